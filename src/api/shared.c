/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/shared.h"

#include <string.h>
#include <sys/mman.h>

struct shared *shared_new(void)
{
	static const struct ba_summary nothing = { .notes = "", .name = "", .taken_from = "",
		.excluded_below = "" };
	struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	s->summary = nothing;
	return s;
}

void shared_free(struct shared *s)
{
	if (s)
		munmap(s, sizeof *s);
}

/* At the same address on both sides, since the recorder is a fork. */
static const char *add_text(struct shared *s, const char *text)
{
	size_t left = sizeof s->text - s->used, len = left ? strnlen(text, left - 1) : 0;
	char *copy = s->text + s->used;

	if (!left)
		return "";
	memcpy(copy, text, len);
	copy[len] = '\0';
	s->used += len + 1;
	return copy;
}

/* The short ones first: what is cut is the notes. */
void shared_tell(struct shared *s, const struct ba_summary *summary)
{
	if (!s)
		return;
	s->used = 0;
	s->summary = *summary;
	s->summary.name = add_text(s, summary->name);
	s->summary.taken_from = add_text(s, summary->taken_from);
	s->summary.excluded_below = add_text(s, summary->excluded_below);
	s->summary.notes = add_text(s, summary->notes);
}
