/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_BUF_H
#define BASE_BUF_H
/*
 * A byte string that grows. data is always followed by a NUL; it may hold
 * NULs of its own, so len is the truth. An addition that finds no memory sets
 * the sticky flag `failed`: build the whole, then look once.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len, cap;
	bool failed;
};

#define BUF_INIT { NULL, 0, 0, false }

void buf_release(struct buf *b);
void buf_reset(struct buf *b);
/* Room for n more bytes after len; the place to write them, or NULL. */
char *buf_room(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *data, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/*
 * s as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD,
 * and what a terminal would obey (utf8_shown) is \uXXXX.
 */
void buf_add_json(struct buf *b, const char *s, size_t n);
/*
 * Words, each with a NUL behind it, as a JSON array of strings; of what
 * goes beyond `most` bytes only "..." is there.
 */
void buf_add_json_words(struct buf *b, const char *words, size_t len, size_t most);
/* s for a terminal: what is not shown as a character there (utf8_shown) is \ooo, byte by byte. */
void buf_add_shown(struct buf *b, const char *s, size_t n);
/* s as one word of a POSIX shell line. */
void buf_add_shell(struct buf *b, const char *s);
/*
 * The same for a terminal, on one line: $'a\nb' where s has what is not shown there, which bash,
 * zsh and ksh read back as s.
 */
void buf_add_shell_shown(struct buf *b, const char *s);
/* The string, which the caller now frees; NULL when memory ran out. */
char *buf_steal(struct buf *b);

#define _cleanup_buf_ __attribute__((cleanup(buf_release)))

#endif
