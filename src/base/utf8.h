/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the well-formed UTF-8 character at s (RFC 3629), 0 when there is none. */
size_t utf8_length(const char *s, size_t n);
/* The number of the character whose bytes utf8_length has counted. */
uint32_t utf8_character(const char *s, size_t length);
/*
 * Its bytes into out, at least 4; how many. One that is none (a
 * surrogate, past U+10FFFF) is U+FFFD.
 */
size_t utf8_encode(uint32_t c, char *out);
bool utf8_valid(const char *s, size_t n);
/*
 * As utf8_length, but 0 also for what a terminal obeys instead of showing it:
 * control characters, and those that turn the direction of writing round, so
 * that a name could be read as another.
 */
size_t utf8_shown(const char *s, size_t n);

#endif
