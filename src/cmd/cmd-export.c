/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "cmd/relay.h"
#include "export/csv.h"
#include "export/export.h"
#include "render/output.h"
#include "render/progress.h"
#include "render/stop.h"
#include "render/text.h"

static const struct export_form *form;
static const char *out_name, *of;

static const struct cmd_option options[] = {
	{ 0, "format", "perfetto|chrome|compile_commands|dot|csv", "the form" },
	{ 0, "of", "files|events|processes|execs", "of csv: which listing; default: files" },
	{ 'o', "output", "FILE", "writes there; default: standard output" },
	{ 0 },
};

static int option(const struct cmd_option *o, const char *value)
{
	size_t i;

	if (o->letter == 'o') {
		out_name = strcmp(value, "-") ? value : NULL;
		return 0;
	}
	if (!strcmp(o->name, "of")) {
		for (i = 0; csv_of(i); i++)
			if (!strcmp(csv_of(i), value)) {
				of = value;
				return 0;
			}
		return cmd_misuse(&cmd_export_entry,
			"--of=%s: it is files, events, processes or execs", value);
	}
	form = export_named(value);
	return form ? 0 :
		      cmd_misuse(&cmd_export_entry,
			      "--format=%s: it is perfetto, chrome, compile_commands, dot or csv",
			      value);
}

static int write_it(struct cmd_call *call, FILE *out)
{
	struct export x = { call->ba, call->run, out, of ? of : csv_of(0), BUF_INIT, 0 };
	int r = form->write(&x);

	buf_release(&x.line);
	if (r == 0 && fflush(out) != 0)
		r = -errno;
	if (r == -ENOENT || r == -EINVAL)
		return cmd_failed(call);
	if (r < 0 && !stop_asked())
		say_always("cannot write %s: %s", out_name ? out_name : "to standard output",
			strerror(-r));
	return r < 0 ? EXIT_FAILED : 0;
}

static int write_named(struct cmd_call *call)
{
	_cleanup_(output_release) struct output o = OUTPUT_INIT;
	FILE *out;
	int r;

	if (output_open_given(&o, out_name) < 0)
		return EXIT_FAILED;
	out = fdopen(dup(o.fd), "w");
	if (!out) {
		say_always("%s: %s", out_name, strerror(errno));
		return EXIT_FAILED;
	}
	r = write_it(call, out);
	if (fclose(out) != 0 && r == 0) {
		say_always("cannot write %s: %s", out_name, strerror(errno));
		r = EXIT_FAILED;
	}
	return r == 0 && output_done(&o, output_usual_mode()) < 0 ? EXIT_FAILED : r;
}

/* By a signal it takes its half-made file away, and then dies. */
static int write_file(struct cmd_call *call)
{
	int r;

	stop_watch();
	render_progress_begin("writing");
	r = write_named(call);
	render_progress_end();
	stop_end(r ? "export" : NULL);
	return r;
}

static int run(struct cmd_call *call)
{
	if (!form)
		return cmd_misuse(&cmd_export_entry, "in which form? --format=FORM");
	if (of && form != &export_csv)
		return cmd_misuse(&cmd_export_entry, "--of=%s: only csv is of one listing", of);
	if (!out_name && form->binary && isatty(STDOUT_FILENO))
		return cmd_misuse(&cmd_export_entry, "%s is nothing for a terminal: -o FILE",
			form->name);
	if (out_name)
		return write_file(call);
	relay_begin();
	return write_it(call, stdout);
}

const struct cmd cmd_export_entry = {
	.name = "export",
	.usage = "--format=FORM [--of=WHAT] [-o FILE] [RUN]",
	.help = "a run in a form that other tools read",
	.flags = CMD_DB_READ | CMD_RUN,
	.options = options,
	.option = option,
	.run = run,
};
