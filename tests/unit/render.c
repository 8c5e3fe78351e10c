/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is printed of a record that was tampered with: no endless loop,
 * nothing read past an end, JSON that is JSON.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lib/tap.h"
#include "render/argv.h"
#include "render/json.h"
#include "render/manifest.h"
#include "render/script.h"
#include "render/text.h"
#include "store/open.h"
#include "store/sql.h"

static struct ba *ba;

static void arguments(void)
{
	static const struct {
		const char *json, *line;
	} cases[] = {
		{ "[\"a b\",\"it's\"]", "'a b' 'it'\\''s'" },
		{ "[\"\\u001b\\u202e\\n\"]", "$'\\033\\342\\200\\256\\n'" },
		{ "[\"\\u00e9\\u20ac\"]", "'\xc3\xa9\xe2\x82\xac'" },
		{ "[\"a", "a" },
		{ "[\"a\\", "a" },
		{ "[\"a\\u", "a" },
		{ "[\"a\\u12", "a12" },
		{ "[\"\\ud800\"]", "'\xef\xbf\xbd'" },
		{ "[\"a\\u0000b\"]", "ab" },
		{ "\"", "''" },
		{ "", "" },
		{ "no JSON", "" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* its own piece of memory, so that a sanitizer sees where it ends */
		_cleanup_free_ char *json = strdup(cases[i].json);
		_cleanup_buf_ struct buf out = BUF_INIT;

		render_argv(&out, json);
		ok_str(out.data ? out.data : "", cases[i].line, cases[i].json);
	}
}

/* For a person: a script on one line, and no longer than there is room for. */
#define UMLAUTS "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6"

static void commands(void)
{
	static const struct {
		const char *json, *line;
		size_t width;
	} cases[] = {
		{ "[\"ls\",\"a b\"]", "ls 'a b'", 0 },
		{ "[\"sh\",\"-c\",\"a\\nb\"]", "sh -c 'a; b'", 0 },
		{ "[\"a \\\\\\n\\tb;\\n if c; then\\n\\td\\n\\nfi\\n\"]",
			"'a b; if c; then d; fi'", 0 },
		{ "[\"a &&\\n{\\nb\\n}\"]", "'a && { b; }'", 0 },
		{ "[\"a 'b'\\nc\"]", "'a 'b'; c'", 0 },
		{ "[\"within\\nthen\\n\"]", "'within; then'", 0 },
		{ "[\"a\\u001bb\"]", "'a\\033b'", 0 },
		/* no comment hides the rest; a line end in quotes is none between commands */
		{ "[\"a >f\\n# why\\nif b; then\\n"
		  "\\tc \\\"x\\n y\\\" >g # so\\nfi\\n#\"]",
			"'a >f; if b; then c \"x\\n y\" >g; fi'", 0 },
		{ "[\"a '#\\n#' $# ${#x} b#c \\\\#\\nd\"]", "'a '#\\n#' $# ${#x} b#c \\#; d'", 0 },
		{ "[\"a \\\"\\\\\\\"\\\\\\n# b\\\"\\nc\"]", "'a \"\\\"# b\"; c'", 0 },
		{ "[\"cat <<'E' >f\\n# a\\n\\tb\\nE\\nc\"]",
			"'cat <<'E' >f\\n# a\\n\\011b\\nE; c'", 0 },
		{ "[\"a <<-E; : $((1<<b))\\nx\\n\\tE\\nc\"]",
			"'a <<-E; : $((1<<b))\\nx\\n\\011E; c'", 0 },
		{ "[\"a <<E\\nb\"]", "'a <<E; b'", 0 },
		{ "[\"case $1 in\\na)\\n\\tb\\n\\t;;\\nesac\\n(c)\\nd\"]",
			"'case $1 in a) b ;; esac; (c); d'", 0 },
		{ "[\"# a\\n# b\"]", "''", 0 },
		{ "[\"a 'b\\n\"]", "'a 'b\\n'", 0 },
		{ "[\"0123456789\",\"0123456789\"]", "0123456789 012345...", 20 },
		{ "[\"0123456789\",\"012345678\"]", "0123456789 012345678", 20 },
		/* never to less than twenty, and by characters */
		{ "[\"" UMLAUTS UMLAUTS UMLAUTS "\"]", "'" UMLAUTS UMLAUTS "...", 5 },
		{ "", "", 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;

		render_command(&out, cases[i].json, cases[i].width);
		ok_str(out.data ? out.data : "", cases[i].line, cases[i].json);
	}
}

/* What `print` writes to stdout of the rows of a query. */
static void printed(const char *sql, int (*print)(struct ba_rows *rows), struct buf *out)
{
	FILE *file = tmpfile();
	int kept = dup(STDOUT_FILENO);
	struct ba_rows *rows;
	char line[4096];

	fflush(stdout);
	if (!file || kept < 0 || ba_sql(ba, sql, &rows) < 0 ||
		dup2(fileno(file), STDOUT_FILENO) < 0)
		abort();
	print(rows);
	ba_rows_free(rows);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	rewind(file);
	while (fgets(line, sizeof line, file))
		buf_adds(out, line);
	fclose(file);
}

static int script(struct ba_rows *rows)
{
	return render_script(rows, "a title");
}

static void scripts(void)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	printed("SELECT 'file' AS type, 'no slash' AS path, '' AS sha256, '' AS link_target "
		"UNION ALL SELECT 'file', '/top', 'e3', '' UNION ALL SELECT 'dir', '', NULL, NULL "
		"UNION ALL SELECT NULL, '/d/x', NULL, NULL",
		script, &out);
	ok(strstr(out.data, "\nnowhere 'no slash'\nin_dir /\nfile e3 top\nnowhere ''\nin_dir /d\n"),
		"a script names what is no path, and goes on");
}

static void mtree(void)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	printed("SELECT column1 AS path, 'dir' AS type, '' AS sha256, 0 AS "
		"mtime_ns, 0 AS uid, 0 AS gid, 493 AS mode "
		"FROM (VALUES ('/a/b'), (''), ('c/d'))",
		render_mtree, &out);
	ok_str(out.data,
		"#mtree\n. type=dir\n./a type=dir\n./a/b type=dir uid=0 gid=0 mode=0755\n"
		". type=dir uid=0 gid=0 mode=0755\n.c type=dir\n.c/d "
		"type=dir uid=0 gid=0 mode=0755\n",
		"mtree has each folder once, above what is in it");
}

static void json(void)
{
	static const struct {
		const char *argv, *said;
	} cases[] = {
		{ "[]", "[]" },
		{ "[\"a\",\"\\n\\u001b\"]", "[\"a\",\"\\n\\u001b\"]" },
		{ "[\"\xe2\x80\xae\"]", "[\"\\u202e\"]" },
		{ "[\"a\"", "\"[\\\"a\\\"\"" },
		{ "[\"a\",]", "\"[\\\"a\\\",]\"" },
		{ "[\"\\u12\"]", "\"[\\\"\\\\u12\\\"]\"" },
		{ "{}", "\"{}\"" },
		{ "[]\n{}", "\"[]\\n{}\"" },
		{ "[\"\\", "\"[\\\"\\\\\"" },
		{ "[", "\"[\"" },
		{ "[1]", "\"[1]\"" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf sql = BUF_INIT, out = BUF_INIT, want = BUF_INIT;

		buf_addf(&sql, "SELECT '%s' AS argv", cases[i].argv);
		buf_addf(&want, "{\"argv\":%s}\n", cases[i].said);
		printed(sql.data, render_json, &out);
		ok_str(out.data, want.data, "an argv in JSON");
	}
}

int main(void)
{
	char folder[] = "/tmp/ba-render.XXXXXX", path[64];
	struct words words = { "" };
	struct db *db;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/db", folder);
	arguments();
	commands();
	if (ok(db_open(&db, path, DB_MAKE, &words) == 0, "a database %s", words.text)) {
		db_settle(db);
		db_close(db);
	}
	if (ok(ba_open(&ba, path, BA_READ, words.text) == 0, "to read %s", words.text)) {
		scripts();
		mtree();
		json();
		ba_close(ba);
	}
	unlink(path);
	rmdir(folder);
	return done_testing();
}
