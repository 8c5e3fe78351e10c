/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/execs.h"

#include <string.h>

#include "base/mix.h"
#include "render/text.h"
#include "report/columns.h"

static const char *const exec_columns[] = { "process", "exe", "argv", "cwd", "abi", "start",
	"image", NULL };
static const char *const name_columns[] = { "name", NULL };
static const char *const line_columns[] = { "argv", NULL };

struct images {
	struct gather *g;
	struct columns execs, names, lines;
	struct u64map name, line;
};

/* The place of a text that may be there already; -1: no memory. */
static int64_t place_of(struct u64map *map, const char *text, size_t len, bool *added)
{
	uint32_t next = (uint32_t)map->used, *place = u64map_put(map, mix_bytes(text, len), added);

	if (!place)
		return -1;
	if (*added)
		*place = next;
	return *place;
}

static int64_t place_of_name(struct images *w, const struct ba_rows *rows, const char *column)
{
	size_t len;
	const char *text = ba_rows_text(rows, ba_rows_column(rows, column), &len);
	bool added = false;
	int64_t place = len ? place_of(&w->name, text, len, &added) : -1;

	if (added) {
		columns_bytes(&w->names, text, len);
		columns_row(&w->names);
	}
	return place;
}

static int64_t place_of_line(struct images *w, const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf argv = BUF_INIT;
	size_t len;
	const char *text = ba_rows_text(rows, ba_rows_column(rows, "argv"), &len);
	bool added = false;
	int64_t place = len ? place_of(&w->line, text, len, &added) : -1;

	if (added) {
		gather_argv(w->g, text, &argv);
		columns_json(&w->lines, argv.data ? argv.data : "[]");
		columns_row(&w->lines);
	}
	return place;
}

static int add_exec(struct images *w, const struct ba_rows *rows)
{
	struct gather *g = w->g;
	int64_t process = gather_place(&g->processes, row_number(rows, "process_id"));
	int64_t run = gather_place(&g->runs, row_number(rows, "run_id"));
	bool copy = ba_rows_type(rows, ba_rows_column(rows, "copy_of")) != BA_NULL;

	columns_step(&w->execs, process);
	columns_number(&w->execs, place_of_name(w, rows, "exe"));
	columns_number(&w->execs, place_of_line(w, rows));
	columns_number(&w->execs, place_of_name(w, rows, "cwd"));
	columns_text(&w->execs, row_text(rows, "abi"));
	columns_number(&w->execs, gather_time(g, run, row_number(rows, "started_ns")));
	columns_number(&w->execs,
		copy ? gather_place(&g->execs, row_number(rows, "copy_of")) : -1);
	columns_row(&w->execs);
	return gather_add(&g->execs, row_number(rows, "exec_id"));
}

static void release(struct images *w)
{
	columns_release(&w->execs);
	columns_release(&w->names);
	columns_release(&w->lines);
	u64map_release(&w->name);
	u64map_release(&w->line);
}

int execs_gather(struct gather *g)
{
	_cleanup_(release) struct images w = { .g = g };
	_cleanup_ba_rows_ struct ba_rows *rows = NULL;
	int r = ba_execs(g->ba, g->subject, &rows);

	columns_begin(&w.execs, g->to, "execs", exec_columns);
	columns_begin(&w.names, g->to, "names", name_columns);
	columns_begin(&w.lines, g->to, "lines", line_columns);
	while (r >= 0 && (r = gather_next(g, rows, g->execs.used, g->processes.used)) > 0)
		if (add_exec(&w, rows) < 0)
			return -1;
	columns_end(&w.names);
	columns_end(&w.lines);
	columns_end(&w.execs);
	return r < 0 ? gather_failed(g) : 0;
}
