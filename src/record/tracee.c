/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/tracee.h"

#include <stdlib.h>

struct tracee *tracees_add(struct tracees *all)
{
	struct tracee *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->next = all->first;
	all->first = t;
	return t;
}

static void take_off(struct tracees *all, struct tracee *t)
{
	struct tracee **at = &all->first;

	while (*at && *at != t)
		at = &(*at)->next;
	if (*at)
		*at = t->next;
	t->next = NULL;
}

void tracees_remove(struct tracees *all, struct tracee *t)
{
	take_off(all, t);
	free(t);
}

void tracees_last(struct tracees *all, struct tracee *t)
{
	struct tracee **at = &all->first;

	take_off(all, t);
	while (*at)
		at = &(*at)->next;
	*at = t;
}

bool tracees_of(const struct tracees *all, pid_t process)
{
	const struct tracee *t;

	for (t = all->first; t; t = t->next)
		if (t->tracer_process == process)
			return true;
	return false;
}

void tracees_release(struct tracees *all)
{
	struct released *next;

	while (all->first)
		tracees_remove(all, all->first);
	for (; all->released; all->released = next) {
		next = all->released->next;
		free(all->released);
	}
}
