/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/pack.h"

static struct package_options o;

static const struct cmd_option options[] = {
	{ 't', "type", PACKAGE_TYPE_CHOICE, "default: what this system installs" },
	{ 0, "include", "PATH",
		"packs this, too, and all below it: changed, excluded "
		"or not of the run (may be repeated)" },
	{ 0, "exclude", "GLOB", "leaves this out, and all below it (may be repeated)" },
	{ 0, "force", NULL, "packs a run that is incomplete or whose command failed" },
	{ 'y', "yes", NULL, "asks nothing" },
	PACKAGE_OPTIONS(PACKAGE_OPTION)
	{ 0, NULL, NULL, NULL },
};

static int option(const struct cmd_option *opt, const char *value)
{
	if (opt->letter == 'y')
		return o.no_questions = true, 0;
	return package_setting(&o, opt->name, value) < 0 ? EXIT_USAGE : 0;
}

static int run(struct cmd_call *call)
{
	int r;

	if (o.doc_folder && !o.docs)
		return cmd_misuse(&cmd_package_entry, "--docdir is for --docs");
	if (ba_run_newest(call->ba, call->run, &call->run) < 0)
		return cmd_failed(call);
	r = package_make(call->ba, call->run, &o);

	if (r == 0)
		printf("%s\n", o.written);
	package_options_release(&o);
	return r < 0 ? EXIT_FAILED : 0;
}

const struct cmd cmd_package_entry = {
	.name = "package",
	.usage = "[--type=" PACKAGE_TYPE_CHOICE "] [-o DIR] [options] [RUN]",
	.help = "a package from what a run created",
	.flags = CMD_DB_READ | CMD_RUN,
	.options = options,
	.option = option,
	.run = run,
};
