/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/hands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

int id_set(struct id_list *list, uint32_t n, int64_t id)
{
	if (n >= list->count) {
		size_t count = list->count ? list->count : 256;
		int64_t *ids;

		while (count <= n)
			count *= 2;
		ids = realloc(list->ids, count * sizeof *ids);
		if (!ids)
			return -ENOMEM;
		memset(ids + list->count, 0, (count - list->count) * sizeof *ids);
		list->ids = ids;
		list->count = count;
	}
	list->ids[n] = id;
	return 0;
}

const int64_t *id_get(const struct id_list *list, uint32_t n)
{
	return n && n < list->count && list->ids[n] ? &list->ids[n] : NULL;
}

/* Nothing was made, emptied or can be written: O_CREAT did not have to. */
static bool only_reads(const struct event *e)
{
	return e->op == OP_OPEN && e->mode < 0 && (e->flags & O_ACCMODE) == O_RDONLY &&
		!(e->flags & O_TRUNC);
}

/* After it the file holds what this process put there. */
static bool writes_content(const struct event *e)
{
	return (e->op == OP_OPEN && !only_reads(e)) || e->op == OP_TRUNCATE ||
		e->op == OP_SYMLINK || e->op == OP_MKDIR || e->op == OP_MKNOD;
}

/* Every name of the file shows it. */
static bool changes_in_place(const struct event *e)
{
	return (e->op == OP_OPEN && !only_reads(e)) || e->op >= OP_TRUNCATE;
}

int hands_note(struct hands *h, const struct event *e, int64_t exec)
{
	int r;

	if (!e->file)
		return 0;
	r = id_set(&h->touchers, e->file, exec);
	if (r == 0 && writes_content(e))
		r = id_set(&h->contents, e->file, exec);
	if (r == 0 && changes_in_place(e))
		r = id_set(&h->in_place, e->file, exec);
	return r;
}

void hands_release(struct hands *h)
{
	free(h->contents.ids);
	free(h->touchers.ids);
	free(h->in_place.ids);
}
