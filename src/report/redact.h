/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_REDACT_H
#define REPORT_REDACT_H
/*
 * Words that may be secret, masked: what stands behind password=, token=, key=, authorization: and
 * the like, in a URL before the @, behind an option that is known for it; and what looks like one:
 * tokens of known services, long hex, long base64. It goes by looks: what is left is not promised
 * to be no secret.
 */
#include <stddef.h>

#include "base/buf.h"

#define REDACT_MASK "***"

/* s into out; how many places of it were masked. */
size_t redact_text(const char *s, size_t n, struct buf *out);
/* A JSON array of strings, a command line, as one into out; how many places of it were masked. */
size_t redact_argv(const char *json, struct buf *out);

#endif
