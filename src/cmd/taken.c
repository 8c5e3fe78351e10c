/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/taken.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "cmd/await.h"
#include "cmd/cmd.h"
#include "render/say.h"
#include "render/text.h"

int taken_add(struct taken *t, const struct ba_rows *row)
{
	struct taken_file *f;

	if (!strcmp(row_text(row, "type"), "dir"))
		return 0;
	f = ARRAY_MORE(t->files, t->count);
	if (!f)
		return -1;
	f->path = strdup(row_text(row, "path"));
	f->sha256 = strdup(row_text(row, "sha256"));
	return f->path && f->sha256 ? 0 : -1;
}

void taken_release(struct taken *t)
{
	while (t->count) {
		t->count--;
		free(t->files[t->count].path);
		free(t->files[t->count].sha256);
	}
	free(t->files);
	t->files = NULL;
}

static int by_path(const void *a, const void *b)
{
	const struct taken_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* Its content; a mode or an owner is soon given again. */
static bool was_edited(const struct taken *t, const struct ba_rows *row)
{
	struct taken_file key = { .path = (char *)row_text(row, "path") };
	const struct taken_file *had =
		t->count ? bsearch(&key, t->files, t->count, sizeof key, by_path) : NULL;
	const char *was = row_text(row, "sha256");

	return had && *had->sha256 && *was && strcmp(had->sha256, was) != 0;
}

static bool is_among(const struct buf *names, const char *path)
{
	size_t at;

	for (at = 0; at < names->len; at += strlen(names->data + at) + 1)
		if (!strcmp(names->data + at, path))
			return true;
	return false;
}

/* Those that a person edited come first, in a list of their own. */
static int say_those(const struct taken *t, struct ba *ba, int64_t run, const struct buf *renamed,
	bool edited)
{
	_cleanup_buf_ struct buf head = BUF_INIT;
	struct say_list list = { .note = true };
	struct ba_rows *rows;
	int r = ba_files(ba, run, BA_FILES_REMOVED, &rows);

	buf_addf(&head, "taken out with the older version%s (rollback of run %lld gives it back):",
		edited ? ", though edited since" : "", (long long)run);
	list.head = head.failed ? "taken out with the older version:" : head.data;
	if (r < 0)
		return r;
	while ((r = ba_rows_next(rows)) > 0)
		if (strcmp(row_text(rows, "type"), "dir") != 0 &&
			!is_among(renamed, row_text(rows, "path")) &&
			was_edited(t, rows) == edited)
			say_item(&list, "%s", row_text(rows, "path"));
	ba_rows_free(rows);
	say_rest(&list);
	return r;
}

void taken_say(const struct taken *t, const char *db, int64_t run, const struct buf *renamed)
{
	struct ba *ba = await_open(db);

	if (ba && say_those(t, ba, run, renamed, true) == 0)
		IGNORE(say_those(t, ba, run, renamed, false));
	ba_close(ba);
}
