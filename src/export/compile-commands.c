/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compile_commands.json, as Clang's tools read it: an entry for each source that a compiler of the
 * run compiled. What a compiler starts (cc1, a wrapper's compiler) is not asked once more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "export/compiler.h"
#include "export/export.h"
#include "render/argv.h"
#include "render/text.h"

/* A process that compiles, from some time on: what it starts then, and runs, is part of that. */
struct compiling {
	int64_t process, since;
	UT_hash_handle hh;
};

struct writing {
	struct export *x;
	struct compiling *all;
	bool any; /* an entry was written */
};

static const struct compiling *find(const struct writing *s, int64_t process)
{
	struct compiling *c;

	HASH_FIND(hh, s->all, &process, sizeof process, c);
	return c;
}

static int add(struct writing *s, int64_t process, int64_t since)
{
	struct compiling *c = calloc(1, sizeof *c);

	if (!c)
		return -ENOMEM;
	c->process = process;
	c->since = since;
	HASH_ADD(hh, s->all, process, sizeof c->process, c);
	if (hash_added(c) == 0)
		return 0;
	free(c);
	return -ENOMEM;
}

static void release(struct writing *s)
{
	struct compiling *c, *next;

	HASH_ITER(hh, s->all, c, next)
	{
		HASH_DEL(s->all, c);
		free(c);
	}
}

static void add_key(struct buf *line, const char *key, const char *text)
{
	buf_addf(line, "%s\"%s\":", strcmp(key, "directory") != 0 ? "," : "{", key);
	buf_add_json(line, text, strlen(text));
}

static int write_entry(struct writing *s, const struct compilation *c, const char *cwd,
	const struct word *source)
{
	struct buf *line = &s->x->line;
	size_t i;
	bool first = true;

	buf_adds(line, s->any ? ",\n" : "\n");
	s->any = true;
	add_key(line, "directory", cwd);
	add_key(line, "file", source->text);
	if (c->output)
		add_key(line, "output", c->output);
	buf_adds(line, ",\"arguments\":[");
	for (i = 0; i < c->count; i++) {
		const struct word *w = &c->words[i];

		if (w->is_source && w != source)
			continue;
		if (!first)
			buf_addc(line, ',');
		first = false;
		buf_add_json(line, w->text, strlen(w->text));
	}
	buf_adds(line, "]}");
	return export_put(s->x);
}

static int write_entries(struct writing *s, const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	struct compilation c;
	const char *cwd = row_text(rows, "cwd");
	size_t i, n = argv_words(row_text(rows, "argv"), &words);
	int r = words.failed ? -ENOMEM : compiler_read(&c, words.data ? words.data : "", n, cwd);

	if (words.failed)
		return r;
	if (r > 0)
		r = add(s, row_number(rows, "process_id"), row_number(rows, "started_ns"));
	for (i = 0; r == 0 && i < c.count; i++)
		if (c.words[i].is_source && c.sources)
			r = write_entry(s, &c, cwd, &c.words[i]);
	compiler_release(&c);
	return r;
}

/* Is it, or what it was started by, part of something that is an entry already? */
static int is_part(struct writing *s, const struct ba_rows *rows)
{
	int64_t process = row_number(rows, "process_id"), from = row_number(rows, "started_ns");
	const struct compiling *parent = find(s, row_number(rows, "parent_id"));

	if (find(s, process))
		return 1;
	if (!parent || from < parent->since)
		return 0;
	return add(s, process, from) < 0 ? -ENOMEM : 1;
}

static int write_compile_commands(struct export *x)
{
	struct writing s = { .x = x };
	struct ba_rows *rows;
	int r = ba_timeline(x->ba, x->run, &rows);

	if (r < 0)
		return r;
	buf_adds(&x->line, "[");
	r = export_put(x);
	while (r == 0 && (r = ba_rows_next(rows)) > 0) {
		r = is_part(&s, rows);
		if (r == 0 && !row_number(rows, "forked"))
			r = write_entries(&s, rows);
		else if (r > 0)
			r = 0;
	}
	ba_rows_free(rows);
	release(&s);
	buf_adds(&x->line, "\n]\n");
	return r < 0 ? r : export_put(x);
}

const struct export_form export_compile_commands = { "compile_commands",
	"what the compilers were told, for clangd and its kin (JSON)", false,
	write_compile_commands };
