/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/teller.h"

#include <stddef.h>

/* Where each is counted. */
static const size_t counters[] = {
	[BA_REMOVE] = offsetof(struct ba_undone, removed),
	[BA_RESTORE] = offsetof(struct ba_undone, restored),
	[BA_NOTHING] = offsetof(struct ba_undone, nothing),
	[BA_KEEP] = offsetof(struct ba_undone, kept),
	[BA_FAIL] = offsetof(struct ba_undone, failed),
};

void teller_step(struct teller *t, const char *path, const char *type, enum ba_did did,
	const char *reason)
{
	struct ba_step step = { path, type, reason, did };

	++*(uint64_t *)(void *)((char *)t->result + counters[did]);
	if (t->how->step)
		t->how->step(&step, t->how->data);
}

static void tell(const struct teller *t, uint64_t done)
{
	if (t->how->progress)
		t->how->progress(done, t->total, t->how->data);
}

void teller_begin(struct teller *t, uint64_t total)
{
	t->done = 0;
	t->total = total;
	tell(t, 0);
}

void teller_progress(struct teller *t)
{
	if (t->done && t->done < t->total)
		tell(t, t->done);
	t->done++;
}

void teller_end(struct teller *t)
{
	if (t->total)
		tell(t, t->total);
}
