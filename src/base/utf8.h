/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include <stdbool.h>
#include <stddef.h>

/* Bytes of the well-formed UTF-8 character at s (RFC 3629), 0 when there is none. */
size_t utf8_length(const char *s, size_t n);
bool utf8_valid(const char *s, size_t n);

#endif
