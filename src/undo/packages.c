/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/packages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/package-records.h"

int packages_ask(struct owners **out, const struct entries *all)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < all->count; i++)
		if (all->e[i].after.i.exists)
			r = owners_add(out, all->e[i].path);
	if (r == 0)
		r = owners_ask(*out, OWNERS_DPKG | OWNERS_RPM);
	return r == -EIO ? 0 : r;
}

bool packages_came(struct package_came *out, const struct owners *owners, const struct entry *e)
{
	const char *name = e->change == CHANGE_CREATED ? owners_of(owners, e->path) : NULL;
	const char *remover = name ? owners_remover(owners, e->path) : "dpkg -r";
	size_t len = name ? strlen(name) : 0;

	if (!name && e->after.i.exists)
		name = package_record_of(e->path, &len);
	if (!name || len >= sizeof out->name)
		return false;
	snprintf(out->name, sizeof out->name, "%.*s", (int)len, name);
	out->remover = remover;
	return true;
}

void packages_why(struct buf *why, const struct package_came *of)
{
	buf_addf(why, "the package manager's, which has %s still: '%s %s' takes that out", of->name,
		of->remover, of->name);
}

static int add_list(struct packages_lists *l, int64_t run_id, const char *path)
{
	_cleanup_free_ char *package = NULL;
	struct packages_list *list;
	size_t len;
	const char *name = package_record_of(path, &len);

	if (!name)
		return 0;
	package = strndup(name, len);
	list = package ? ARRAY_MORE(l->lists, l->count) : NULL;
	if (!list)
		return -ENOMEM;
	*list = (struct packages_list){ run_id, BUF_INIT };
	package_record_files(&list->files, package);
	return list->files.failed ? -ENOMEM : 0;
}

/* What cannot be asked has taken nothing out. */
static int read_lists(struct packages_lists *l, struct db *db, int64_t install)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_PACKAGE_LISTS, "i", install);

	l->asked = true;
	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = add_list(l, rows_int(&rows, 0), rows_text(&rows, 1));
	return r;
}

bool packages_took(struct packages_lists *l, struct db *db, int64_t install, int64_t path_id,
	const char *path)
{
	bool took = false;
	size_t i;

	if (!l->asked && read_lists(l, db, install) < 0)
		packages_lists_release(l);
	for (i = 0; i < l->count; i++) {
		if (package_record_has(&l->lists[i].files, path))
			return false;
		took = took || db_int(db, Q_TOUCHED_BY, 0, "ii", path_id, l->lists[i].run_id);
	}
	return took;
}

void packages_lists_release(struct packages_lists *l)
{
	while (l->count)
		buf_release(&l->lists[--l->count].files);
	free(l->lists);
	l->lists = NULL;
}
