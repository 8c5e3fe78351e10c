/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "render/text.h"
#include "report/report.h"

/* A longer label is no part of a file's name. */
#define NAME_SHOWN 200

static struct report_options o;

static const struct cmd_option options[] = {
	{ 'o', "output", "FILE",
		"writes there, '-' is standard output; default: LABEL- or NAME-RUN.html" },
	{ 0, "redact", NULL, "masks what looks like a password, a token or a key" },
	{ 0, "no-texts", NULL, "leaves out what replaced texts held, old and new" },
	{ 0, NULL, NULL, NULL },
};

static int option(const struct cmd_option *opt, const char *value)
{
	if (opt->letter == 'o')
		o.out = value;
	else if (!strcmp(opt->name, "redact"))
		o.redact = true;
	else
		o.no_texts = true;
	return 0;
}

/* A name that an install has is one of a file, too; a label may be anything. */
static bool is_file_name(const char *label)
{
	const unsigned char *c = (const unsigned char *)label;

	if (!*c || *c == '-' || *c == '.' || strlen(label) > NAME_SHOWN)
		return false;
	while (*c >= ' ' && *c != 0x7f && *c != '/')
		c++;
	return !*c;
}

/* candidate-7.html for a run with a label, hello-2.10-7.html, hello-2.10.html, run-7.html. */
static int name_file(const struct cmd_call *call, struct buf *name)
{
	const char *its, *install;
	struct ba_rows *rows;
	int r;

	if (call->run < 0) {
		buf_addf(name, "%s.html", call->what);
		return 0;
	}
	if (ba_run(call->ba, call->run, &rows) < 0)
		return -1;
	r = ba_rows_next(rows);
	its = row_text(rows, "label");
	install = row_text(rows, "name");
	if (!is_file_name(its))
		its = *install ? install : "run";
	if (r > 0)
		buf_addf(name, "%s-%lld.html", its, (long long)call->run);
	ba_rows_free(rows);
	return r > 0 ? 0 : -1;
}

static int run(struct cmd_call *call)
{
	_cleanup_buf_ struct buf name = BUF_INIT;

	if (o.out && !*o.out)
		return cmd_misuse(&cmd_report_entry, "-o wants the name of a file");
	if (o.out && !strcmp(o.out, "-") && isatty(STDOUT_FILENO))
		return cmd_misuse(&cmd_report_entry,
			"a page is nothing for a terminal: give -o a file, or send it on");
	if (!o.out && name_file(call, &name) < 0)
		return cmd_failed(call);
	if (!o.out)
		o.out = name.data;
	o.db = call->db;
	o.name = call->run < 0 ? call->what : NULL;
	if (report_write(call->ba, call->run, &o) < 0)
		return EXIT_FAILED;
	if (strcmp(o.out, "-") != 0)
		printf("%s\n", o.out);
	return 0;
}

const struct cmd cmd_report_entry = {
	.name = "report",
	.usage = "[-o FILE] [--redact] [--no-texts] [NAME|RUN]",
	.help = "one HTML page to look at and to pass on: time line, tree, sizes, files, who",
	.flags = CMD_DB_READ | CMD_RUN,
	.options = options,
	.option = option,
	.run = run,
};
