/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/mounted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/mountinfo.h"
#include "store/sql.h"

struct point {
	const char *path; /* in the text of the mountinfo */
	size_t len;
	bool used;
};

struct points {
	struct mountinfo info;
	struct point *each;
	size_t count;
};

/*
 * Where one is mounted over another the path is there twice: no harm. Without /proc nobody knows of
 * any.
 */
static int read_points(struct points *p)
{
	struct mount_line line;
	int r = mountinfo_read(&p->info, 0);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	while (mountinfo_next(&p->info, &line)) {
		struct point *point;

		if (!*line.point)
			continue;
		point = ARRAY_MORE(p->each, p->count);
		if (!point)
			return -ENOMEM;
		*point = (struct point){ line.point, strlen(line.point), false };
	}
	return 0;
}

static void use(struct points *p, const char *path)
{
	struct point *deepest = NULL;
	size_t i;

	for (i = 0; i < p->count; i++) {
		struct point *at = &p->each[i];

		if ((!deepest || at->len > deepest->len) && path_is_below(path, at->path))
			deepest = at;
	}
	if (deepest)
		deepest->used = true;
}

static int use_all(struct points *p, struct run *run)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, run->db, Q_CHANGED_NAMES, "i", run->id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		use(p, rows_text(&rows, 0));
		r = 0;
	}
	return r;
}

int mounted_note(struct run *run)
{
	struct points p = { .info = MOUNTINFO_INIT };
	size_t i;
	int r = run_begin(run);

	if (r == 0)
		r = read_points(&p);
	if (r == 0)
		r = use_all(&p, run);
	for (i = 0; r == 0 && i < p.count; i++)
		if (p.each[i].used)
			r = db_run(run->db, Q_MOUNTED_ADD, "is", run->id, p.each[i].path);
	mountinfo_release(&p.info);
	free(p.each);
	return r;
}
