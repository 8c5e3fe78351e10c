/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_HANDS_H
#define STORE_HANDS_H
/*
 * Who had a hand in which file: by the run's numbers for files, eight bytes
 * each, in lists that grow with the run.
 */
#include "base/cleanup.h"
#include "model/sink.h"

/* A number of the run's own -> something else; 0: nothing. */
struct id_list {
	int64_t *ids;
	size_t count;
};

/* 0 or -ENOMEM. */
int id_set(struct id_list *list, uint32_t n, int64_t id) MUST_CHECK;
/* What is known of n, or NULL; good until the next id_set(). */
const int64_t *id_get(const struct id_list *list, uint32_t n);

struct hands {
	struct id_list contents; /* file -> the row of the exec that last wrote it */
	struct id_list touchers; /* of the one that last changed anything of it */
	struct id_list in_place; /* of the one that changed it where it stands */
};

/* An event happened, of the exec with that row. 0 or -ENOMEM. */
int hands_note(struct hands *h, const struct event *e, int64_t exec) MUST_CHECK;
void hands_release(struct hands *h);

#endif
