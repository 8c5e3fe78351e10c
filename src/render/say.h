/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_SAY_H
#define RENDER_SAY_H
/* Sentences on stderr, with the program's name in front. */
#include <stdbool.h>

#include "base/log.h"

#define SAY_HEAD "buildaudit: "

/* A note: what is good to know, and no failure. None are said after say_no_notes(). */
void say_no_notes(void);
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What is said in any case. */
#define say_always(...) words_say(SAY_HEAD, __VA_ARGS__)
/* A failure: `return say_failed("...");`, which is -1. */
#define say_failed(...)                  \
	({                               \
		say_always(__VA_ARGS__); \
		-1;                      \
	})
#define say_no_memory() say_failed("out of memory")

/* Names that are listed: all of them up to some, then how many more there are. */
struct say_list {
	const char *head; /* said before the first */
	unsigned int count;
	bool note; /* the list is one, not a reason for failing */
};
void say_item(struct say_list *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void say_rest(const struct say_list *l);

#endif
