/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/pending.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void forget_others(struct pending *p, int i)
{
	while (p->other_count[i] > 0)
		name_release(&p->others[i][--p->other_count[i]]);
	free(p->others[i]);
	p->others[i] = NULL;
}

bool pending_other(struct pending *p, int i, struct name *other)
{
	struct name *more;
	size_t n;

	if (!other->path.data || !strcmp(other->path.data, p->name[i].path.data))
		return false;
	for (n = 0; n < p->other_count[i]; n++)
		if (!strcmp(other->path.data, p->others[i][n].path.data))
			return false;
	more = ARRAY_MORE(p->others[i], p->other_count[i]);
	if (!more)
		return false;
	*more = *other;
	*other = (struct name)NAME_INIT;
	return true;
}

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
		(*p)->before[i] = BEFORE_SEEN;
		forget_others(*p, i);
		(*p)->expected[i] = false;
		buf_reset(&(*p)->text[i]);
		walk_release(&(*p)->inside[i]);
	}
	(*p)->how = 0;
	(*p)->expects_inside = (*p)->shifts = (*p)->unnamed = (*p)->by_link = false;
	buf_reset(&(*p)->target);
	buf_reset(&(*p)->asked);
	buf_reset(&(*p)->leads);
	return *p;
}

void pending_free(struct pending *p)
{
	int i;

	if (!p)
		return;
	if (p->spared.file)
		drop_fd(p->spared.held);
	for (i = 0; i < 2; i++) {
		name_release(&p->name[i]);
		forget_others(p, i);
		buf_release(&p->text[i]);
		walk_release(&p->inside[i]);
	}
	buf_release(&p->target);
	buf_release(&p->asked);
	buf_release(&p->leads);
	free(p);
}
