/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "render/json.h"
#include "render/manifest.h"
#include "render/text.h"

static const char *format = "plain";
static unsigned int which = BA_FILES_CREATED | BA_FILES_MODIFIED;

static const struct cmd_option options[] = {
	{ 0, "format", "plain|json|mtree|sha256sum|md5sums", "the form; default: plain" },
	{ 0, "all", NULL, "those that are excluded, too" },
	{ 0, NULL, NULL, NULL },
};

static int plain(struct ba_rows *rows)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	int path = ba_rows_column(rows, "path"), r;

	while ((r = ba_rows_next(rows)) > 0) {
		size_t len;
		const char *name = ba_rows_text(rows, path, &len);

		render_name(&line, name, len);
		render_line(&line);
	}
	return r;
}

static int sha256sum(struct ba_rows *rows)
{
	return render_sums(rows, false);
}

static int md5sums(struct ba_rows *rows)
{
	return render_sums(rows, true);
}

static const struct {
	const char *name;
	int (*print)(struct ba_rows *rows);
} formats[] = {
	{ "plain", plain },
	{ "json", render_json },
	{ "mtree", render_mtree },
	{ "sha256sum", sha256sum },
	{ "md5sums", md5sums },
};

static int option(const struct cmd_option *o, const char *value)
{
	size_t i;

	if (!strcmp(o->name, "all")) {
		which |= BA_FILES_EXCLUDED;
		return 0;
	}
	format = value;
	for (i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (!strcmp(value, formats[i].name))
			return 0;
	return cmd_misuse(&cmd_manifest_entry, "--format does not take '%s'", value);
}

static int run(struct cmd_call *call)
{
	struct ba_rows *rows;
	size_t i;
	int r = 0;

	if (call->json)
		format = "json";
	if (ba_files(call->ba, call->run, which, &rows) < 0)
		return cmd_failed(call);
	for (i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (!strcmp(format, formats[i].name))
			r = formats[i].print(rows);
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : r > 0 ? EXIT_NO : 0;
}

const struct cmd cmd_manifest_entry = {
	.name = "manifest",
	.usage = "[--format=FORM] [--all] [--json] [RUN]",
	.help = "the files that a run left, in a form that other tools read and check\n"
		"mtree is for 'mtree -e -p /' and bsdtar, the sums "
		"for 'sha256sum -c' and 'md5sum -c'.",
	.flags = CMD_DB_READ | CMD_RUN | CMD_LOOKS | CMD_JSON | CMD_PAGED,
	.options = options,
	.option = option,
	.run = run,
};
