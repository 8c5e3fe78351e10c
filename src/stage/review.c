/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stage/review.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"
#include "render/say.h"
#include "stage/stage.h"

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

static bool can_edit(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* The text as a person left it; name is that of the file that is edited. 0 or -1. */
static int edit_text(const struct metadata *m, const char *name, struct buf *text)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	int r;

	buf_addf(&path, "%s/%s", m->stage, name);
	if (path.failed)
		return say_no_memory();
	if (stage_write(path.data, text) < 0)
		return -1;
	r = edit(path.data);
	buf_reset(text);
	if (r == 0 && io_read_file(path.data, text, 64U << 20) < 0)
		r = say_failed("cannot read %s", path.data);
	unlink(path.data);
	return r;
}

int package_review(const struct metadata *m, const char *name, struct buf *text)
{
	if (!m->options->review || text->failed)
		return 0;
	if (!can_edit()) {
		say("the %s file is not shown for review: there is no terminal", name);
		return 0;
	}
	return edit_text(m, name, text);
}

static bool is_line(const struct member *e)
{
	return !strchr(e->path, '\n');
}

/* Whose line was there no more. One that cannot be a line stays. */
static bool was_taken_out(const struct payload *p, const struct member *e)
{
	return is_line(e) && !e->seen;
}

/* A folder that was put in has files that are there already. */
static bool is_twice(const struct payload *p, const struct member *e)
{
	return payload_find(p, e->path) != e;
}

static int take_lines(struct payload *p, char *text)
{
	_cleanup_buf_ struct buf more = BUF_INIT;
	char *line;
	size_t at;
	int r = 0;

	while (text && (line = strsep(&text, "\n"))) {
		struct member *e = payload_find(p, line);

		if (e)
			e->seen = true;
		else if (*line)
			buf_add(&more, line, strlen(line) + 1);
	}
	payload_drop(p, was_taken_out);
	for (at = 0; r == 0 && at < more.len; at += strlen(more.data + at) + 1)
		r = payload_add_path(p, more.data + at);
	payload_sort(p);
	payload_drop(p, is_twice);
	return more.failed ? say_no_memory() : r;
}

int review_files(struct payload *p, const struct metadata *m)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; m->options->show_list && i < p->count; i++) {
		p->entries[i]->seen = false;
		if (!can_edit())
			words_say("  ", "%s", p->entries[i]->path);
		else if (is_line(p->entries[i]))
			buf_addf(&text, "%s\n", p->entries[i]->path);
	}
	if (!text.len && !text.failed)
		return 0;
	if (text.failed)
		return say_no_memory();
	if (edit_text(m, "files", &text) < 0 || take_lines(p, text.data) < 0)
		return -1;
	return p->count ? 0 : say_failed("nothing to pack: the list is empty");
}
