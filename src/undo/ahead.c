/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/ahead.h"

#include <errno.h>
#include <string.h>

#include "base/mix.h"

enum ahead ahead_of(const struct u64map *ahead, const char *path, size_t len)
{
	const uint32_t *what = ahead ? u64map_get(ahead, mix_bytes(path, len)) : NULL;

	return what ? (enum ahead)*what : AHEAD_NOTHING;
}

bool ahead_is_left(const struct u64map *ahead, const struct entry *e)
{
	enum ahead what = ahead_of(ahead, e->path, strlen(e->path));

	return what == AHEAD_GONE || what == AHEAD_BACK;
}

static enum ahead what_of(const struct plan_item *it)
{
	if (it->state == STATE_REFUSED || it->stays)
		return AHEAD_KEPT;
	if (it->state != STATE_OURS)
		return AHEAD_NOTHING;
	return it->e->before.i.exists ? AHEAD_BACK : AHEAD_GONE;
}

int ahead_note(struct u64map *ahead, const struct plan *p)
{
	size_t i;
	bool added;

	for (i = 0; i < p->all.count; i++) {
		const char *path = p->all.e[i].path;
		enum ahead what = what_of(&p->items[i]);
		uint32_t *known = what == AHEAD_NOTHING ? NULL :
			u64map_put(ahead, mix_bytes(path, strlen(path)), &added);

		if (known)
			*known = what;
		else if (what != AHEAD_NOTHING)
			return -ENOMEM;
	}
	return 0;
}
