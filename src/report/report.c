/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "render/output.h"
#include "render/progress.h"
#include "render/say.h"
#include "render/stop.h"
#include "report/columns.h"
#include "report/execs.h"
#include "report/files.h"
#include "report/gather.h"
#include "report/hands.h"
#include "report/page.h"
#include "report/texts.h"

static const char *const about_columns[] = { "version", "made_ms", "name", "run_id", "redacted",
	"texts", NULL };
static const char *const end_columns[] = { "texts", "secrets", NULL };

static void add_about(struct squeeze *q, int64_t subject, const struct report_options *o)
{
	_cleanup_columns_ struct columns c;

	columns_begin(&c, q, "about", about_columns);
	columns_text(&c, ba_version());
	columns_number(&c, io_now_ns() / 1000000);
	columns_text(&c, o->name ? o->name : "");
	columns_number(&c, subject);
	columns_number(&c, o->redact);
	columns_number(&c, !o->no_texts);
	columns_row(&c);
	columns_end(&c);
}

/* The last line: a file without it was cut off on its way. */
static void add_end(struct squeeze *q, size_t texts, size_t secrets)
{
	_cleanup_columns_ struct columns c;

	columns_begin(&c, q, "end", end_columns);
	columns_number(&c, (int64_t)texts);
	columns_number(&c, (int64_t)secrets);
	columns_row(&c);
	columns_end(&c);
}

/* With the run's row in hand all that is read is of one moment. */
static int hold(struct ba *ba, int64_t subject, struct ba_rows **rows)
{
	int64_t run;

	if (ba_run_newest(ba, subject, &run) < 0 || ba_run(ba, run, rows) < 0 ||
		ba_rows_next(*rows) < 0)
		return say_failed("%s", ba_error(ba));
	return 0;
}

static int add_tables(struct gather *g)
{
	static int (*const steps[])(struct gather *) = { gather_runs, gather_processes,
		execs_gather, files_gather, hands_gather };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++, g->step++)
		if (steps[i](g) < 0)
			return -1;
	return 0;
}

static void say_secrets(const struct gather *g)
{
	if (g->secrets && !g->redact)
		say("%zu place%s in it look%s like a password, a token or a key; --redact masks "
		    "%s",
			g->secrets, g->secrets == 1 ? "" : "s", g->secrets == 1 ? "s" : "",
			g->secrets == 1 ? "it" : "them");
}

static int add_data(struct ba *ba, int64_t subject, const struct report_options *o,
	struct squeeze *q)
{
	_cleanup_(gather_release) struct gather g = { .ba = ba,
		.subject = subject,
		.name = o->name,
		.redact = o->redact,
		.to = q };
	_cleanup_ba_rows_ struct ba_rows *rows = NULL;
	size_t texts = 0;

	if (hold(ba, subject, &rows) < 0)
		return -1;
	add_about(q, subject, o);
	if (add_tables(&g) < 0 || (!o->no_texts && texts_gather(&g, o->db, &texts) < 0))
		return -1;
	render_progress_end();
	add_end(q, texts, g.secrets);
	if (stop_asked() || squeeze_end(q) < 0)
		return -1;
	say_secrets(&g);
	return 0;
}

static int write_all(struct ba *ba, int64_t subject, const struct report_options *o, int fd)
{
	_cleanup_(squeeze_release) struct squeeze q = { .fd = -1 };

	if (squeeze_begin(&q, fd) < 0 || page_begin(fd) < 0 || add_data(ba, subject, o, &q) < 0)
		return -1;
	return page_end(fd);
}

static int write_file(struct ba *ba, int64_t subject, const struct report_options *o)
{
	_cleanup_(output_release) struct output out = OUTPUT_INIT;

	if (output_open_given(&out, o->out) < 0 || write_all(ba, subject, o, out.fd) < 0)
		return -1;
	return output_done(&out, output_usual_mode());
}

/* What the run left may be staged; the report is for outside. */
static int enter(struct ba *ba, int64_t subject, const struct report_options *o)
{
	int r;

	if (output_keep_for(o->out) < 0)
		return -1;
	r = ba_enter(ba, subject);
	if (r == 0)
		output_let_go();
	return r < 0 ? say_failed("%s", ba_error(ba)) : 0;
}

int report_write(struct ba *ba, int64_t subject, const struct report_options *o)
{
	int r;

	stop_watch();
	r = enter(ba, subject, o);
	if (r == 0)
		r = strcmp(o->out, "-") ? write_file(ba, subject, o) :
					  write_all(ba, subject, o, STDOUT_FILENO);
	render_progress_end();
	stop_end(r < 0 ? "report" : NULL);
	return r;
}
