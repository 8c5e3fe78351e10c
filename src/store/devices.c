/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/devices.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"

static struct device *find(const struct devices *d, uint64_t then, uint64_t now)
{
	size_t i;

	for (i = 0; i < d->count; i++)
		if (d->each[i].then == then && d->each[i].now == now)
			return &d->each[i];
	return NULL;
}

int devices_see(struct devices *d, const struct inode *recorded, const struct inode *now)
{
	struct device *at;

	if (!recorded->exists || !now->exists || recorded->ino != now->ino ||
		(recorded->mode & S_IFMT) != (now->mode & S_IFMT))
		return 0;
	at = find(d, recorded->dev, now->dev);
	if (!at) {
		at = ARRAY_MORE(d->each, d->count);
		if (!at)
			return -ENOMEM;
		*at = (struct device){ recorded->dev, now->dev, 0 };
	}
	at->votes++;
	return 0;
}

void devices_translate(const struct devices *d, struct inode *recorded)
{
	const struct device *best = find(d, recorded->dev, recorded->dev);
	size_t i;

	for (i = 0; i < d->count; i++)
		if (d->each[i].then == recorded->dev && (!best || d->each[i].votes > best->votes))
			best = &d->each[i];
	if (recorded->exists && best)
		recorded->dev = best->now;
}

void devices_release(struct devices *d)
{
	free(d->each);
	*d = (struct devices){ 0 };
}
