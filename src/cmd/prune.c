/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/prune.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/owners.h"
#include "cmd/await.h"
#include "cmd/cmd.h"
#include "cmd/summary.h"
#include "cmd/undoing.h"
#include "render/text.h"

static void step(const struct ba_step *s, void *data)
{
	static const char *const did[] = { [BA_REMOVE] = "removed ",
		[BA_RESTORE] = "restored ",
		[BA_KEEP] = "kept ",
		[BA_FAIL] = "failed to remove " };
	const bool *quiet = data;
	_cleanup_buf_ struct buf line = BUF_INIT;

	if (s->did == BA_NOTHING || (*quiet && s->did < BA_NOTHING))
		return;
	buf_adds(&line, did[s->did]);
	render_name(&line, s->path, strlen(s->path));
	if (*s->reason)
		buf_adds(&line, ": ");
	render_name(&line, s->reason, strlen(s->reason));
	say_always("%s", line.failed ? "out of memory" : line.data);
}

/* The install whose run it is: 0, or -errno. */
static int find_install(struct ba *ba, int64_t run, int64_t *install)
{
	struct ba_rows *rows;
	int r = ba_run(ba, run, &rows);

	if (r < 0)
		return r;
	r = ba_rows_next(rows);
	if (r > 0)
		r = *row_text(rows, "name") ? ba_run_find(ba, row_text(rows, "name"), install) : 0;
	ba_rows_free(rows);
	return r;
}

/* Is there anything? Where nothing is done there shall be no undo on record. 1, 0 or -errno. */
static int any_stale(struct ba *ba, int64_t install, int64_t run)
{
	struct ba_undo how = { .superseded_by = run, .dry = 1 };
	struct ba_undone would;
	int r = ba_uninstall(ba, install, &how, &would);

	return r < 0 ? r : would.removed + would.restored + would.kept > 0;
}

int prune_run(struct ba *ba, int64_t run, bool quiet)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	struct ba_undo how = { .superseded_by = run, .step = step, .data = &quiet };
	struct ba_undone result;
	int64_t install = 0;
	int r = find_install(ba, run, &install);

	if (r == 0 && install)
		r = any_stale(ba, install, run);
	if (r == 0 && !quiet)
		say_always("--prune: nothing of an older version is stale");
	if (r > 0)
		r = ba_uninstall(ba, install, &how, &result) < 0 ? -1 : 1;
	if (r < 0)
		say_always("--prune: %s", ba_error(ba));
	if (r <= 0)
		return r < 0 ? EXIT_FAILED : 0;
	undoing_say_counts(&words, &result);
	if (!quiet)
		say_always("pruned (as run %lld): %s", (long long)result.run_id, words.data);
	return result.failed ? EXIT_FAILED : 0;
}

/* What is stale, as ba_uninstall_list(). 1; 0: the run is of no install; or -errno. */
static int prune_list(struct ba *ba, int64_t run, struct ba_rows **out)
{
	int64_t install = 0;
	int r = find_install(ba, run, &install);

	if (r == 0 && install)
		r = ba_uninstall_list(ba, install, run, out);
	return r < 0 ? r : install != 0;
}

static int list_rest(struct ba *ba, int64_t run, struct owners **rest)
{
	struct ba_rows *rows;
	struct stat st;
	int r = prune_list(ba, run, &rows);

	if (r <= 0)
		return r;
	while ((r = ba_rows_next(rows)) > 0)
		if (strcmp(row_text(rows, "type"), "dir") != 0 &&
			lstat(row_text(rows, "path"), &st) == 0 &&
			(r = owners_add(rest, row_text(rows, "path"))) < 0)
			break;
	ba_rows_free(rows);
	return r;
}

static void count_unowned(const char *path, const char *owner, void *count)
{
	(void)path;
	*(int64_t *)count += !owner;
}

/* Of what a package has, as dpkg keeps a configuration, a prune would take nothing out. */
static int count_rest(struct ba *ba, int64_t run, int64_t *count)
{
	struct owners *rest = NULL;
	int r = list_rest(ba, run, &rest);

	if (r == 0 && rest)
		r = owners_ask(rest, OWNERS_DPKG | OWNERS_RPM);
	if (rest && (r == 0 || r == -EIO))
		owners_each(rest, count_unowned, count);
	owners_free(rest);
	return r == -EIO ? 0 : r;
}

static void say_rest_of(const struct ba_summary *s, const char *db)
{
	_cleanup_buf_ struct buf out = BUF_INIT, me = BUF_INIT;

	summary_add_program(&me, db);
	if (me.data)
		summary_add_stale(&out, s, me.data);
	if (!out.failed && out.len)
		fwrite(out.data, 1, out.len, stderr);
}

static char *name_of(struct ba *ba, int64_t run)
{
	struct ba_rows *row;
	char *name;

	if (ba_run(ba, run, &row) < 0)
		return NULL;
	name = ba_rows_next(row) > 0 ? strdup(row_text(row, "name")) : NULL;
	ba_rows_free(row);
	return name;
}

void prune_say_rest(int64_t run, const char *db)
{
	struct ba *ba = await_open(db);
	_cleanup_free_ char *name = ba ? name_of(ba, run) : NULL;
	struct ba_summary s = { .run_id = run, .name = name };

	if (name && count_rest(ba, run, &s.stale) == 0)
		say_rest_of(&s, db);
	ba_close(ba);
}
