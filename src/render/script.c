/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The script goes into each folder first and looks where it has come to, so
 * that a symlink put in the place of a folder leads it nowhere; from there it
 * names files by their last component only.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/render.h"

static const char head[] =
	"# usage: sh SCRIPT [-n] [-f]\n"
	"#   -n  say what would be done, do nothing\n"
	"#   -f  take out what was changed since, too\n"
	"# Ends with 0 when all of it is gone, 1 when something stays.\n"
	"set -u\n"
	"LC_ALL=C\n"
	"export LC_ALL\n"
	"dry= force= removed=0 kept=0\n"
	"while getopts nf o; do\n"
	"\tcase $o in\n"
	"\tn) dry=1 ;;\n"
	"\tf) force=1 ;;\n"
	"\t*) echo \"usage: sh $0 [-n] [-f]\" >&2; exit 2 ;;\n"
	"\tesac\n"
	"done\n"
	"if command -v sha256sum >/dev/null 2>&1; then\n"
	"\tsum() { sha256sum; }\n"
	"elif command -v shasum >/dev/null 2>&1; then\n"
	"\tsum() { shasum -a 256; }\n"
	"elif command -v openssl >/dev/null 2>&1; then\n"
	"\tsum() { openssl dgst -sha256 -r; }\n"
	"elif [ -z \"$force\" ]; then\n"
	"\techo \"$0: sha256sum is needed to see what was changed since; -f does without\" >&2\n"
	"\texit 125\n"
	"fi\n"
	"\n"
	"say() { printf '%s  %s%s\\n' \"$1\" \"${dir%/}/$2\" \"${3:+  ($3)}\"; }\n"
	"keep() { kept=$((kept + 1)); say kept \"$1\" \"$2\"; }\n"
	"there() {\n"
	"\tif [ -n \"$here\" ]; then\n"
	"\t\t[ -e \"./$1\" ] || [ -L \"./$1\" ]\n"
	"\telif [ -e \"$dir/$1\" ] || [ -L \"$dir/$1\" ]; then\n"
	"\t\tkeep \"$1\" 'a folder above it is a symlink now'\n"
	"\t\treturn 1\n"
	"\telse\n"
	"\t\treturn 1\n"
	"\tfi\n"
	"}\n"
	"take() {\n"
	"\tif [ -n \"$dry\" ]; then\n"
	"\t\tsay 'would remove' \"$1\"\n"
	"\telif rm -f -- \"./$1\"; then\n"
	"\t\tremoved=$((removed + 1))\n"
	"\telse\n"
	"\t\tkeep \"$1\" 'it could not be removed'\n"
	"\tfi\n"
	"}\n"
	"# in_dir FOLDER: what follows is in it\n"
	"in_dir() {\n"
	"\tdir=$1 here=\n"
	"\tcd / || exit 125\n"
	"\tif cd -P -- \"$1\" 2>/dev/null && [ \"$(pwd -P; echo x)\" = \"$1\n"
	"x\" ]; then\n"
	"\t\there=1\n"
	"\tfi\n"
	"}\n"
	"# file SHA256 NAME\n"
	"file() {\n"
	"\tthere \"$2\" || return 0\n"
	"\tif [ -L \"./$2\" ] || [ ! -f \"./$2\" ]; then\n"
	"\t\tkeep \"$2\" 'it is something else since'\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tif [ -z \"$force\" ]; then\n"
	"\t\ts=$(sum <\"./$2\") || s=\n"
	"\t\tif [ \"${s%% *}\" != \"$1\" ] || [ -z \"$1\" ]; then\n"
	"\t\t\tkeep \"$2\" 'changed since'\n"
	"\t\t\treturn\n"
	"\t\tfi\n"
	"\tfi\n"
	"\ttake \"$2\"\n"
	"}\n"
	"# link TARGET NAME\n"
	"link() {\n"
	"\tthere \"$2\" || return 0\n"
	"\tif [ ! -L \"./$2\" ]; then\n"
	"\t\tkeep \"$2\" 'it is something else since'\n"
	"\telif [ -z \"$force\" ] && [ \"$(readlink -- \"./$2\"; echo x)\" != \"$1\n"
	"x\" ]; then\n"
	"\t\tkeep \"$2\" 'changed since'\n"
	"\telse\n"
	"\t\ttake \"$2\"\n"
	"\tfi\n"
	"}\n"
	"# special TEST NAME: a fifo, a socket, a device\n"
	"special() {\n"
	"\tthere \"$2\" || return 0\n"
	"\tif [ -L \"./$2\" ] || [ ! \"$1\" \"./$2\" ]; then\n"
	"\t\tkeep \"$2\" 'it is something else since'\n"
	"\telse\n"
	"\t\ttake \"$2\"\n"
	"\tfi\n"
	"}\n"
	"# folder NAME: goes if it is empty\n"
	"folder() {\n"
	"\tthere \"$1\" || return 0\n"
	"\tif [ -L \"./$1\" ] || [ ! -d \"./$1\" ]; then\n"
	"\t\tkeep \"$1\" 'it is something else since'\n"
	"\telif [ -n \"$dry\" ]; then\n"
	"\t\tsay 'would remove' \"$1\" 'if it is empty'\n"
	"\telif rmdir -- \"./$1\" 2>/dev/null; then\n"
	"\t\tremoved=$((removed + 1))\n"
	"\telse\n"
	"\t\tkeep \"$1\" 'not empty'\n"
	"\tfi\n"
	"}\n"
	"# nowhere NAME\n"
	"nowhere() {\n"
	"\tkept=$((kept + 1))\n"
	"\tprintf 'kept  %s  (%s)\\n' \"$1\" 'the record is damaged: this is no absolute path'\n"
	"}\n"
	"\n";

static const char tail[] =
	"\n"
	"echo \"$removed removed, $kept kept\" >&2\n"
	"[ \"$kept\" = 0 ]\n";

static void add_test(struct buf *line, const char *type)
{
	const char *test = !strcmp(type, "fifo") ? "-p" : !strcmp(type, "socket") ? "-S" :
		!strcmp(type, "char") ? "-c" : "-b";

	buf_addf(line, "special %s ", test);
}

static void add_item(struct buf *line, const struct ba_rows *rows, const char *name)
{
	const char *type = ba_rows_text(rows, ba_rows_column(rows, "type"), NULL);

	if (!strcmp(type, "file")) {
		buf_adds(line, "file ");
		buf_add_shell(line, ba_rows_text(rows, ba_rows_column(rows, "sha256"), NULL));
		buf_addc(line, ' ');
	} else if (!strcmp(type, "symlink")) {
		buf_adds(line, "link ");
		buf_add_shell(line, ba_rows_text(rows, ba_rows_column(rows, "link_target"), NULL));
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
