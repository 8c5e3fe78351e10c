/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_LOG_H
#define BASE_LOG_H
/*
 * Words for a person. The library only builds sentences (a struct words) and
 * hands them up; the program prints them with its name in front.
 */
#include <stdarg.h>
#include <stddef.h>

struct words {
	char text[1024];
};

/* Sets the sentence and returns r, so that `return words_set(w, -EINVAL, ...)` reads well. */
int words_set(struct words *w, int r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * A sentence of the program's on stderr: head, the words, a newline, in one
 * piece. Where a terminal reads it, names in it cannot give that orders.
 */
void words_say(const char *head, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void words_vsay(const char *head, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* From now on names are as a terminal gets them: a sentence is one line, whatever is in it. */
void words_always_shown(void);

/* What is to be done before a sentence is printed: a bar is taken away. NULL: nothing. */
void words_before(void (*clear)(void));

/* For what cannot happen; kept in release builds. */
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
void bug_at(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), noreturn));

#endif
