/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H
/* An array that grows: a pointer, NULL at first, and how many there are. */
#include <stdlib.h>
#include <string.h>

/*
 * One more element, zeroed, at the end of list; NULL when memory ran out. Its
 * memory doubles: there is room to the next power of two.
 */
#define ARRAY_MORE(list, count)                                                            \
	({                                                                                 \
		__typeof__(list) more_ = (list);                                           \
		if (((count) & ((count) - 1)) == 0)                                        \
			more_ = reallocarray(more_, (count) ? 2 * (count) : 1, sizeof *more_); \
		if (more_) {                                                               \
			(list) = more_;                                                    \
			more_ += (count)++;                                                \
			memset(more_, 0, sizeof *more_);                                   \
		}                                                                          \
		more_;                                                                     \
	})

#endif
