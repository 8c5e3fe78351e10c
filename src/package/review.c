/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/review.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "package/say.h"
#include "package/stage.h"

/* $EDITOR may have arguments: a shell's business. */
static int edit(const char *file)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	const char *editor = getenv("VISUAL");

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "vi";
	buf_addf(&line, "%s \"$1\"", editor);
	if (line.failed)
		return say_no_memory();
	if (child_run((const char *[]){ "/bin/sh", "-c", line.data, "sh", file, NULL }, NULL,
		    CHILD_AT_TERMINAL) != 0)
		return say_failed("the editor '%s' failed", editor);
	return 0;
}

int package_review(const struct metadata *m, const char *name, struct buf *text)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	int r;

	if (!m->options->review || text->failed)
		return 0;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		say("the %s file is not shown for review: there is no terminal", name);
		return 0;
	}
	buf_addf(&path, "%s/%s", m->stage, name);
	if (path.failed)
		return say_no_memory();
	if (stage_write(path.data, text) < 0)
		return -1;
	r = edit(path.data);
	buf_reset(text);
	if (r == 0 && io_read_file(path.data, text, 1 << 20) < 0)
		r = say_failed("cannot read %s", path.data);
	unlink(path.data);
	return r;
}
