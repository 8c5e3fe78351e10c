/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/gather.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/mix.h"
#include "render/argv.h"
#include "render/progress.h"
#include "render/say.h"
#include "render/since.h"
#include "render/stop.h"
#include "render/text.h"
#include "report/columns.h"
#include "report/redact.h"

int gather_failed(const struct gather *g)
{
	if (stop_asked())
		return -1;
	render_progress_end();
	return say_failed("%s", ba_error(g->ba));
}

int gather_next(struct gather *g, struct ba_rows *rows, uint64_t done, uint64_t total)
{
	if (stop_asked())
		return -ECANCELED;
	/* the first step is done in no time; 0 would begin anew */
	render_progress("writing the report", 1000 * g->step + (total ? 1000 * done / total : 0),
		1000 * GATHER_STEPS);
	return ba_rows_next(rows);
}

/* Keys are spread, and none of them is 0. */
static uint64_t key_of(int64_t number)
{
	return mix64((uint64_t)number + 1);
}

int64_t gather_place(const struct u64map *map, int64_t number)
{
	const uint32_t *place = u64map_get(map, key_of(number));

	return place ? (int64_t)*place : -1;
}

int gather_add(struct u64map *map, int64_t number)
{
	uint32_t next = (uint32_t)map->used, *place;
	bool added;

	place = u64map_put(map, key_of(number), &added);
	if (!place)
		return say_no_memory();
	if (added)
		*place = next;
	return 0;
}

void gather_argv(struct gather *g, const char *json, struct buf *out)
{
	_cleanup_buf_ struct buf masked = BUF_INIT, words = BUF_INIT;

	g->secrets += redact_argv(json, &masked);
	if (g->redact) {
		buf_adds(out, masked.data ? masked.data : "[]");
		return;
	}
	/* a record that was tampered with may have anything there */
	argv_words(json, &words);
	buf_add_json_words(out, words.data, words.len, words.len);
}

int64_t gather_time(const struct gather *g, int64_t run, int64_t ns)
{
	/* the numbers of a record that was tampered with may be any */
	return run < 0 ? 0 : (int64_t)((uint64_t)ns - (uint64_t)g->started[run]) / 1000;
}

static const char *const run_columns[] = { "run_id", "name", "version", "label", "argv", "cwd",
	"uid", "host", "kernel", "started_at", "duration", "exit_status", "term_signal", "state",
	"notes", "kind", "of_run", "excluded", "since", NULL };

/* A number, or null where the row has none. */
static void number_of(struct columns *c, const struct ba_rows *rows, const char *column)
{
	if (ba_rows_type(rows, ba_rows_column(rows, column)) == BA_NULL)
		columns_null(c);
	else
		columns_number(c, row_number(rows, column));
}

static void text_of(struct columns *c, const struct ba_rows *rows, const char *column)
{
	size_t len;
	const char *text = ba_rows_text(rows, ba_rows_column(rows, column), &len);

	columns_bytes(c, text, len);
}

static void texts_of(struct columns *c, const struct ba_rows *rows, const char *const *columns)
{
	for (; *columns; columns++)
		text_of(c, rows, *columns);
}

/* 1, or -errno. */
static int add_run(struct gather *g, struct columns *c, const struct ba_rows *rows)
{
	static const char *const names[] = { "name", "version", "label", NULL };
	static const char *const place[] = { "host", "kernel", "started_at", NULL };
	static const char *const state[] = { "state", "notes", "kind", NULL };
	_cleanup_buf_ struct buf argv = BUF_INIT, since = BUF_INIT;
	int64_t run = row_number(rows, "run_id");
	int r = render_since(&since, g->ba, run);

	gather_argv(g, row_text(rows, "argv"), &argv);
	columns_number(c, run);
	texts_of(c, rows, names);
	columns_json(c, argv.data ? argv.data : "[]");
	text_of(c, rows, "cwd");
	number_of(c, rows, "uid");
	texts_of(c, rows, place);
	if (ba_rows_type(rows, ba_rows_column(rows, "duration_s")) == BA_NULL)
		columns_null(c);
	else
		columns_number(c, (int64_t)(ba_rows_real(rows,
			ba_rows_column(rows, "duration_s")) * 1e6));
	number_of(c, rows, "exit_status");
	number_of(c, rows, "term_signal");
	texts_of(c, rows, state);
	number_of(c, rows, "of_run");
	number_of(c, rows, "excluded");
	columns_bytes(c, since.data ? since.data : "", since.len);
	columns_row(c);
	return r;
}

/* The run; or of an install all its commands. */
static bool is_meant(const struct gather *g, const struct ba_rows *rows)
{
	if (!g->name)
		return row_number(rows, "run_id") == g->subject;
	return !strcmp(row_text(rows, "name"), g->name) && !*row_text(rows, "kind");
}

static int note_run(struct gather *g, const struct ba_rows *rows)
{
	int64_t *started = ARRAY_MORE(g->started, g->count);

	if (!started)
		return say_no_memory();
	*started = row_number(rows, "started_ns");
	return gather_add(&g->runs, row_number(rows, "run_id"));
}

int gather_runs(struct gather *g)
{
	_cleanup_columns_ struct columns c;
	_cleanup_ba_rows_ struct ba_rows *rows = NULL;
	int r = ba_runs(g->ba, &rows);

	columns_begin(&c, g->to, "runs", run_columns);
	while (r >= 0 && (r = ba_rows_next(rows)) > 0)
		if (is_meant(g, rows)) {
			if (note_run(g, rows) < 0)
				return -1;
			r = add_run(g, &c, rows);
		}
	columns_end(&c);
	return r < 0 ? gather_failed(g) : 0;
}

static const char *const process_columns[] = { "process_id", "run", "pid", "ppid", "parent",
	"start", "length", "exit", "signal", "files", NULL };

static void add_process(struct gather *g, struct columns *c, const struct ba_rows *rows)
{
	int64_t run = gather_place(&g->runs, row_number(rows, "run_id"));
	int64_t begin = row_number(rows, "started_ns"), end = row_number(rows, "ended_ns");

	columns_step(c, row_number(rows, "process_id"));
	columns_number(c, run);
	columns_number(c, row_number(rows, "pid"));
	columns_number(c, row_number(rows, "ppid"));
	columns_number(c, gather_place(&g->processes, row_number(rows, "parent_id")));
	columns_number(c, gather_time(g, run, begin));
	if (ba_rows_type(rows, ba_rows_column(rows, "ended_ns")) == BA_NULL)
		columns_null(c);
	else
		columns_number(c, gather_time(g, run, end) - gather_time(g, run, begin));
	number_of(c, rows, "exit_status");
	number_of(c, rows, "term_signal");
	columns_number(c, row_number(rows, "files"));
	columns_row(c);
}

int gather_processes(struct gather *g)
{
	_cleanup_columns_ struct columns c;
	_cleanup_ba_rows_ struct ba_rows *rows = NULL;
	int r = ba_tree(g->ba, g->subject, &rows);

	columns_begin(&c, g->to, "processes", process_columns);
	while (r >= 0 && (r = gather_next(g, rows, g->processes.used, 0)) > 0) {
		/* before itself is known, so that it is not its own parent */
		add_process(g, &c, rows);
		if (gather_add(&g->processes, row_number(rows, "process_id")) < 0)
			return -1;
	}
	columns_end(&c);
	return r < 0 ? gather_failed(g) : 0;
}

void gather_release(struct gather *g)
{
	u64map_release(&g->runs);
	u64map_release(&g->processes);
	u64map_release(&g->execs);
	u64map_release(&g->files);
	free(g->started);
}
