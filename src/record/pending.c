/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/pending.h"

#include <stdlib.h>

struct pending *pending_begin(struct pending **p)
{
	int i;

	if (!*p)
		*p = calloc(1, sizeof **p);
	if (!*p)
		return NULL;
	for (i = 0; i < 2; i++) {
		(*p)->named[i] = false;
		(*p)->error[i] = 0;
		buf_reset(&(*p)->name[i].path);
		(*p)->name[i].now.exists = false;
		walk_release(&(*p)->inside[i]);
	}
	(*p)->how = 0;
	buf_reset(&(*p)->target);
	buf_reset(&(*p)->asked);
	return *p;
}

void pending_free(struct pending *p)
{
	int i;

	if (!p)
		return;
	for (i = 0; i < 2; i++) {
		name_release(&p->name[i]);
		walk_release(&p->inside[i]);
	}
	buf_release(&p->target);
	buf_release(&p->asked);
	free(p);
}
