/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A path is what it has in common with the one before, in whole components, and the rest. */
#include "report/files.h"

#include <string.h>

#include "base/buf.h"
#include "render/text.h"
#include "report/columns.h"

static const char *const file_columns[] = { "shared", "rest", "change", "type", "mode", "uid",
	"gid", "size", "mtime", "sha256", "target", "excluded", "content", "group", "process",
	"run", NULL };

struct file_list {
	struct gather *g;
	struct columns c;
	struct ba_rows *places, *files;
	bool has_file; /* the files have one more row */
	struct buf last;
};

/* How many slashes there are in the folders that both are in; *from: behind the last of them. */
static int64_t shared(const char *last, const char *path, size_t *from)
{
	int64_t n = 0;
	size_t i;

	*from = 0;
	for (i = 0; path[i] && path[i] == last[i]; i++)
		if (path[i] == '/') {
			n++;
			*from = i + 1;
		}
	return n;
}

static void add_path(struct file_list *l, const char *path, size_t len)
{
	size_t from;

	columns_number(&l->c, shared(l->last.data ? l->last.data : "", path, &from));
	columns_bytes(&l->c, path + from, len - from);
	buf_reset(&l->last);
	buf_adds(&l->last, path);
}

/* created, modified, same, removed; nothing: it came and went, or was left as it was. */
static const char *change_of(const struct ba_rows *file)
{
	return row_number(file, "same") ? "same" : row_text(file, "change");
}

static void add_numbers(struct columns *c, const struct ba_rows *file)
{
	static const char *const columns[] = { "mode", "uid", "gid", "size", NULL };
	size_t i;

	for (i = 0; columns[i]; i++)
		columns_number(c, row_number(file, columns[i]));
	columns_step(c, row_number(file, "mtime_ns") / 1000000);
}

static void add_file(struct file_list *l, const struct ba_rows *file)
{
	struct columns *c = &l->c;
	struct gather *g = l->g;
	int content = ba_rows_column(file, "content_changed");

	columns_text(c, change_of(file));
	columns_text(c, row_text(file, "type"));
	add_numbers(c, file);
	columns_text(c, row_text(file, "sha256"));
	columns_text(c, row_text(file, "link_target"));
	columns_number(c, row_number(file, "excluded"));
	columns_number(c, ba_rows_type(file, content) == BA_NULL ? -1 : ba_rows_int(file, content));
	columns_number(c, row_number(file, "nlink_group"));
	columns_number(c, gather_place(&g->processes, row_number(file, "process_id")));
	columns_number(c, gather_place(&g->runs, row_number(file, "run_id")));
}

static void add_nothing(struct columns *c, bool removed)
{
	int i;

	columns_text(c, removed ? "removed" : "");
	columns_text(c, "");
	for (i = 0; i < 4; i++)
		columns_number(c, 0);
	columns_step(c, 0);
	columns_text(c, "");
	columns_text(c, "");
	columns_number(c, 0);
	columns_number(c, -1);
	columns_number(c, 0);
	columns_number(c, -1);
	columns_number(c, -1);
}

/* Both lists are in the order of their paths; what is only in the second is in neither. */
static int find_file(struct file_list *l, const char *path)
{
	int r = 1;

	while (l->has_file && strcmp(row_text(l->files, "path"), path) < 0) {
		r = ba_rows_next(l->files);
		l->has_file = r > 0;
		if (r < 0)
			return r;
	}
	return l->has_file && !strcmp(row_text(l->files, "path"), path);
}

static int add_place(struct file_list *l)
{
	size_t len;
	const char *path = ba_rows_text(l->places, 0, &len);
	int r = find_file(l, path);

	if (r < 0)
		return gather_failed(l->g);
	add_path(l, path, len);
	if (r > 0)
		add_file(l, l->files);
	else
		add_nothing(&l->c, ba_rows_int(l->places, 2) != 0);
	columns_row(&l->c);
	return gather_add(&l->g->files, ba_rows_int(l->places, 1));
}

static void release(struct file_list *l)
{
	ba_rows_free(l->places);
	ba_rows_free(l->files);
	columns_release(&l->c);
	buf_release(&l->last);
}

int files_gather(struct gather *g)
{
	_cleanup_(release) struct file_list l = { .g = g };
	int r = ba_places(g->ba, g->subject, &l.places);

	columns_begin(&l.c, g->to, "files", file_columns);
	if (r >= 0)
		r = ba_files(g->ba, g->subject, BA_FILES_CHANGES | BA_FILES_EXCLUDED, &l.files);
	if (r >= 0)
		r = ba_rows_next(l.files);
	l.has_file = r > 0;
	while (r >= 0 && (r = gather_next(g, l.places, g->files.used, 0)) > 0)
		if (add_place(&l) < 0)
			return -1;
	columns_end(&l.c);
	return r < 0 ? gather_failed(g) : 0;
}
