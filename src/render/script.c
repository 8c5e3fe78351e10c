/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the script does is in uninstall.sh; here are the calls of its functions,
 * an item each: by the folder, and then by the last component.
 */
#include "render/script.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/text.h"

#include "script.inc"

static void add_test(struct buf *line, const char *type)
{
	const char *test = !strcmp(type, "fifo") ? "-p" : !strcmp(type, "socket") ? "-S" :
		!strcmp(type, "char") ? "-c" : "-b";

	buf_addf(line, "special %s ", test);
}

static void add_item(struct buf *line, const struct ba_rows *rows, const char *name)
{
	const char *type = row_text(rows, "type");

	if (!strcmp(type, "file")) {
		buf_adds(line, "file ");
		buf_add_shell(line, row_text(rows, "sha256"));
		buf_addc(line, ' ');
	} else if (!strcmp(type, "symlink")) {
		buf_adds(line, "link ");
		buf_add_shell(line, row_text(rows, "link_target"));
		buf_addc(line, ' ');
	} else if (!strcmp(type, "dir")) {
		buf_adds(line, "folder ");
	} else {
		add_test(line, type);
	}
	buf_add_shell(line, name);
}

/* A record that was tampered with. */
static void add_nowhere(struct buf *line, const char *name)
{
	buf_adds(line, "nowhere ");
	buf_add_shell(line, name);
	render_line(line);
}

int render_script(struct ba_rows *rows, const char *title)
{
	_cleanup_buf_ struct buf line = BUF_INIT, folder = BUF_INIT, last = BUF_INIT;
	int path = ba_rows_column(rows, "path"), r;

	printf("#!/bin/sh\n# %s\n%s", title, head);
	while ((r = ba_rows_next(rows)) > 0) {
		const char *name = ba_rows_text(rows, path, NULL), *slash = strrchr(name, '/');

		if (*name != '/') {
			add_nowhere(&line, name);
			continue;
		}
		buf_reset(&folder);
		buf_add(&folder, name, slash == name ? 1 : (size_t)(slash - name));
		if (!last.data || strcmp(last.data, folder.data)) {
			buf_adds(&line, "in_dir ");
			buf_add_shell(&line, folder.data);
			render_line(&line);
			buf_reset(&last);
			buf_adds(&last, folder.data);
		}
		add_item(&line, rows, slash + 1);
		render_line(&line);
	}
	fputs(tail, stdout);
	return r;
}
