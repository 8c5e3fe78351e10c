/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/hands.h"

#include <errno.h>
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

/* Operations after which a file holds what this process put there. */
static bool writes_content(enum op op)
{
	return op == OP_OPEN || op == OP_TRUNCATE || op == OP_SYMLINK || op == OP_MKDIR || op == OP_MKNOD;
}

/* Operations that every name of the file shows. */
static bool changes_in_place(enum op op)
{
	return op == OP_OPEN || op >= OP_TRUNCATE;
}

int hands_note(struct hands *h, uint32_t file, enum op op, int64_t exec)
{
	int r;

	if (!file)
		return 0;
	r = id_set(&h->touchers, file, exec);
	if (r == 0 && writes_content(op))
		r = id_set(&h->contents, file, exec);
	if (r == 0 && changes_in_place(op))
		r = id_set(&h->in_place, file, exec);
	return r;
}

void hands_release(struct hands *h)
{
	free(h->contents.ids);
	free(h->touchers.ids);
	free(h->in_place.ids);
}
