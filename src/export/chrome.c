/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Trace event JSON, which chrome://tracing, Perfetto and Speedscope read: each process is a thread
 * with a slice for each program that it ran; a counter has the changes made so far. Times are
 * microseconds, in floating point: since the first process began, for it is exact then.
 */
#include <string.h>

#include "export/export.h"
#include "export/timeline.h"
#include "render/program.h"
#include "render/text.h"

/* A comma stands between two, and before the first there is none. */
static void begin(struct export *x)
{
	buf_adds(&x->line, x->began ? ",\n" : "\n");
}

static void add_time(struct buf *line, const char *key, int64_t ns)
{
	if (ns < 0)
		ns = 0;
	buf_addf(line, ",\"%s\":%lld.%03d", key, (long long)(ns / 1000), (int)(ns % 1000));
}

static void add_name(struct export *x, const struct ba_rows *rows)
{
	const char *program = program_name(row_text(rows, "exe"));

	buf_add_json(&x->line, program, strlen(program));
}

static int write_track(struct export *x, const struct ba_rows *rows)
{
	begin(x);
	buf_addf(&x->line,
		"{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":1,\"tid\":%s,\"args\":{\"name\":",
		row_text(rows, "process_id"));
	add_name(x, rows);
	buf_adds(&x->line, "}}");
	return export_put(x);
}

static int write_slice(struct export *x, const struct ba_rows *rows)
{
	int64_t start = row_number(rows, "started_ns"), end = row_number(rows, "ended_ns");

	if (!x->began)
		x->began = start;
	begin(x);
	buf_addf(&x->line, "{\"ph\":\"X\",\"pid\":1,\"tid\":%s,\"name\":",
		row_text(rows, "process_id"));
	add_name(x, rows);
	add_time(&x->line, "ts", start - x->began);
	add_time(&x->line, "dur", end > start ? end - start : 0);
	buf_addf(&x->line, ",\"args\":{\"pid\":%s,\"argv\":", row_text(rows, "pid"));
	buf_adds(&x->line, *row_text(rows, "argv") ? row_text(rows, "argv") : "[]");
	buf_addf(&x->line, ",\"files\":%s", row_text(rows, "files"));
	if (row_number(rows, "exit_status") || row_number(rows, "term_signal")) {
		buf_adds(&x->line, ",\"exit\":\"");
		render_exit(&x->line, rows);
		buf_addc(&x->line, '"');
	}
	buf_adds(&x->line, "}}");
	return export_put(x);
}

static int write_count(struct export *x, int64_t ns, int64_t files)
{
	buf_adds(&x->line, ",\n{\"ph\":\"C\",\"pid\":1,\"name\":\"changes\"");
	add_time(&x->line, "ts", ns - x->began);
	buf_addf(&x->line, ",\"args\":{\"changes\":%lld}}", (long long)files);
	return export_put(x);
}

static int write_chrome(struct export *x)
{
	int r;

	buf_adds(&x->line, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
	r = export_put(x);
	if (r == 0)
		r = timeline_walk(x, write_track, write_slice);
	if (r == 0)
		r = timeline_changes(x, write_count);
	buf_addf(&x->line, "\n],\"otherData\":{\"began_ns\":\"%lld\"}}\n", (long long)x->began);
	return r < 0 ? r : export_put(x);
}

const struct export_form export_chrome = { "chrome",
	"a time line for chrome://tracing, Perfetto, Speedscope (JSON)", false, write_chrome };
