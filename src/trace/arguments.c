/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/arguments.h"

#include <errno.h>
#include <string.h>

#include "trace/mem.h"

#define PAGE 4096U
/* Most lists are short. */
#define FIRST_LOOK 512U

/* The stack begins with the count and the address of the first word; all words follow that one. */
static int read_head(pid_t tid, uint64_t stack, bool wide, uint64_t *count, uint64_t *first)
{
	uint32_t narrow[2];
	uint64_t words[2];
	int r = wide ? mem_read(tid, stack, words, sizeof words) :
		       mem_read(tid, stack, narrow, sizeof narrow);

	*count = wide ? words[0] : narrow[0];
	*first = wide ? words[1] : narrow[1];
	return r;
}

/* Goes past up to n words; how many it found the end of. */
static uint64_t skip_words(const char *text, size_t len, uint64_t n, size_t *used)
{
	const char *p = text, *end = text + len, *nul;
	uint64_t found = 0;

	while (found < n && (nul = memchr(p, '\0', (size_t)(end - p)))) {
		p = nul + 1;
		found++;
	}
	*used = found == n ? (size_t)(p - text) : len;
	return found;
}

int arguments_read(pid_t tid, uint64_t stack, bool wide, size_t limit, struct buf *out)
{
	uint64_t left, at;
	size_t want = FIRST_LOOK, used;
	int r = read_head(tid, stack, wide, &left, &at);

	if (r < 0)
		return r;
	if (left > limit)
		return -E2BIG; /* or no such stack */
	while (left && out->len < limit) {
		size_t to_page_end = PAGE - (size_t)(at % PAGE);
		char *room;

		want = want < to_page_end ? want : to_page_end;
		room = buf_room(out, want);
		if (!room)
			return -ENOMEM;
		r = mem_read(tid, at, room, want);
		if (r < 0)
			return r;
		left -= skip_words(room, want, left, &used);
		out->len += used;
		out->data[out->len] = '\0';
		at += used;
		want = PAGE;
	}
	return 0;
}
