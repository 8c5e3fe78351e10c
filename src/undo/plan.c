/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/plan.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "undo/numbers.h"
#include "undo/reason.h"

void plan_refuse(struct plan_item *it, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	reason_vset(&it->reason, fmt, ap);
	va_end(ap);
	it->state = STATE_REFUSED;
}

bool plan_has_inode_of(const struct inode *now, const struct inode *b)
{
	return now->exists && b->exists && now->dev == b->dev && now->ino == b->ino &&
		(now->mode & S_IFMT) == (b->mode & S_IFMT);
}

bool plan_same_inode(const struct plan_item *it)
{
	/* A number alone is not enough: what is removed and made anew often gets it again. */
	return plan_has_inode_of(&it->now, &it->e->before.i) &&
		(it->state == STATE_BEFORE || it->e->file == it->e->before_file);
}

struct plan_item *plan_item_at(const struct plan *p, const struct u64map *map, uint32_t file)
{
	size_t at = numbers_at(map, file);

	return at ? &p->items[at - 1] : NULL;
}

bool plan_lacks_folder(const struct plan *p, const struct plan_item *it)
{
	const char *path = it->e->path;
	size_t n = (size_t)(strrchr(path, '/') - path);
	const struct entry *folder = n ? entries_find(&p->all, path, n) : NULL;
	const struct plan_item *above = folder ? &p->items[folder - p->all.e] : NULL;

	return n &&
		!(above && above->state == STATE_OURS && folder->before.i.exists &&
			S_ISDIR(folder->before.i.mode));
}

bool plan_see_temp(struct plan *p, const struct entry *of, const struct entry *beside,
	char name[TEMP_MAX], int *dir, struct inode *now)
{
	const char *last;

	temp_name(name, &p->temps, of->path_id);
	return parents_open(&p->parents, beside->path, dir, &last) == 0 &&
		inode_stat(now, *dir, name, AT_SYMLINK_NOFOLLOW) == 0;
}

void plan_release(struct plan *p)
{
	size_t i;

	for (i = 0; p->items && i < p->all.count; i++)
		free(p->items[i].reason);
	free(p->items);
	u64map_release(&p->carried);
	u64map_release(&p->homes);
	u64map_release(&p->rewritten);
	u64map_release(&p->stands);
	u64map_release(&p->objects_seen);
	packages_lists_release(&p->packages);
	parents_forget(&p->parents);
	if (p->objects >= 0)
		drop_fd(p->objects);
	entries_release(&p->all);
}

int64_t plan_subject(const struct plan *p)
{
	return p->install ? p->install : p->run_id;
}

struct plan_item *plan_home(const struct plan *p, uint32_t file)
{
	return plan_item_at(p, &p->homes, file);
}
