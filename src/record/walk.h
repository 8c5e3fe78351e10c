/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_WALK_H
#define RECORD_WALK_H
/* Everything below a folder, for when the folder gets another name. */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/inode.h"

struct walk_entry {
	struct inode now;
	char *rel; /* below the folder, without a leading slash */
};

struct walk {
	struct walk_entry *entries;
	size_t count;
	bool incomplete; /* some folder could not be read */
};

/* Stays on the folder's file system, as rename(2) does. 0 or -ENOMEM. */
int walk_below(struct walk *w, const char *folder);
/* The whole name of one of them into out; false: no memory. */
bool walk_path(struct buf *out, const char *folder, const struct walk_entry *e);
void walk_release(struct walk *w);

#endif
