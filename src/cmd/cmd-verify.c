/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "render/json.h"
#include "render/progress.h"
#include "render/text.h"

static const struct {
	unsigned int bit;
	char letter; /* as rpm -V has it; 0: none of its own */
	const char *name;
} marks[] = {
	{ BA_DIFFERS_SIZE, 'S', "size" },
	{ BA_DIFFERS_MODE, 'M', "mode" },
	{ BA_DIFFERS_CONTENT, '5', "content" },
	{ BA_DIFFERS_DEVICE, 'D', "device" },
	{ BA_DIFFERS_LINK, 'L', "link_target" },
	{ BA_DIFFERS_USER, 'U', "uid" },
	{ BA_DIFFERS_GROUP, 'G', "gid" },
	{ BA_DIFFERS_TIME, 'T', "mtime" },
	{ BA_DIFFERS_XATTRS, 'P', "xattrs" },
	{ BA_DIFFERS_MISSING, 0, "missing" },
	{ BA_DIFFERS_PRESENT, 0, "present" },
	{ BA_DIFFERS_TYPE, 0, "type" },
	{ BA_DIFFERS_UNREADABLE, 0, "unreadable" },
	{ BA_DIFFERS_BLOCKED, 0, "blocked" },
};
#define MARKS (sizeof marks / sizeof marks[0])

static void tell_json(const struct ba_difference *d)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	const char *comma = "";
	size_t i;

	buf_addc(&line, '{');
	render_json_field(&line, "path", d->path);
	render_json_field(&line, "type", d->type);
	buf_adds(&line, ",\"differs\":[");
	for (i = 0; i < MARKS; i++) {
		if (!(d->differs & marks[i].bit))
			continue;
		buf_addf(&line, "%s\"%s\"", comma, marks[i].name);
		comma = ",";
	}
	buf_adds(&line, "],\"later_run\":");
	if (d->later_run)
		buf_addf(&line, "%lld}", (long long)d->later_run);
	else
		buf_adds(&line, "null}");
	render_line(&line);
}

static void add_marks(struct buf *line, unsigned int differs)
{
	size_t i;

	if (differs & BA_DIFFERS_MISSING) {
		buf_adds(line, "missing  ");
		return;
	}
	if (differs & BA_DIFFERS_PRESENT) {
		buf_adds(line, "present  ");
		return;
	}
	if (differs & BA_DIFFERS_TYPE)
		differs |= BA_DIFFERS_MODE;
	for (i = 0; i < MARKS && marks[i].letter; i++) {
		bool unread = (differs & BA_DIFFERS_UNREADABLE) && marks[i].letter == '5';

		buf_addc(line, differs & marks[i].bit ? marks[i].letter : unread ? '?' : '.');
	}
}

static void tell(const struct ba_difference *d, void *data)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	const struct cmd_call *call = data;

	render_progress_end();
	if (call->json) {
		tell_json(d);
		return;
	}
	add_marks(&line, d->differs);
	buf_adds(&line, "    ");
	render_name(&line, d->path, strlen(d->path));
	if (d->differs & BA_DIFFERS_TYPE)
		buf_addf(&line, "  (it was a %s)", d->type);
	if (d->differs & BA_DIFFERS_BLOCKED)
		buf_adds(&line, "  (a folder above it is a symlink, or no folder, now)");
	if (d->later_run)
		buf_addf(&line, "  (run %lld)", (long long)d->later_run);
	render_line(&line);
}

static void progress(uint64_t done, uint64_t total, void *data)
{
	render_progress("verifying", done, total);
}

static int run(struct cmd_call *call)
{
	int r;

	render_work_begin("verifying", "the same command begins anew");
	r = ba_verify(call->ba, call->run, tell, progress, call);
	render_progress_end();
	return r < 0 ? cmd_failed(call) : r > 0 ? EXIT_NO : 0;
}

const struct cmd cmd_verify_entry = {
	.name = "verify",
	.usage = "[--json] [RUN]",
	.help = "what differs now from what a run left; nothing, and "
		"exit status 0, if nothing does\n"
		"A line a difference, as rpm -V: S size, M mode or type, 5 content, D device,\n"
		"L link target, U user, G group, T mtime, P attributes, ACLs or capabilities.",
	.flags = CMD_DB_READ | CMD_RUN | CMD_LOOKS | CMD_JSON,
	.run = run,
};
