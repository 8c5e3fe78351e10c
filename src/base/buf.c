/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT;
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

char *buf_room(struct buf *b, size_t n)
{
	size_t want, cap = b->cap ? b->cap : 64;
	char *p;

	/* No object is larger than PTRDIFF_MAX, and twice that still fits. */
	if (n >= PTRDIFF_MAX - b->len)
		b->failed = true;
	if (b->failed)
		return NULL;
	want = b->len + n + 1;
	if (want <= b->cap)
		return b->data + b->len;
	while (cap < want)
		cap *= 2;
	p = realloc(b->data, cap);
	if (!p) {
		b->failed = true;
		return NULL;
	}
	b->data = p;
	b->cap = cap;
	return b->data + b->len;
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	char *p = buf_room(b, n);

	if (!p)
		return;
	if (n)
		memcpy(p, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addv(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		b->failed = true;
	if (n < 0 || !buf_room(b, (size_t)n))
		return;
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_addv(b, fmt, ap);
	va_end(ap);
}

/* One character of `step` bytes; 0: a byte that is none. */
static void add_json_character(struct buf *b, const char *s, size_t step)
{
	if (step == 0)
		buf_adds(b, "\\ufffd");
	else if (*s == '"' || *s == '\\')
		buf_addf(b, "\\%c", *s);
	else if (*s == '\n')
		buf_adds(b, "\\n");
	else if (*s == '\t')
		buf_adds(b, "\\t");
	else if (!utf8_shown(s, step))
		buf_addf(b, "\\u%04x", (unsigned int)utf8_character(s, step));
	else
		buf_add(b, s, step);
}

void buf_add_json(struct buf *b, const char *s, size_t n)
{
	size_t i = 0, step;

	buf_addc(b, '"');
	while (i < n) {
		step = utf8_length(s + i, n - i);
		add_json_character(b, s + i, step);
		i += step ? step : 1;
	}
	buf_addc(b, '"');
}

void buf_add_json_words(struct buf *b, const char *words, size_t len, size_t most)
{
	size_t i, n;

	buf_addc(b, '[');
	for (i = 0; i < len && i < most; i += n + 1) {
		n = strnlen(words + i, len - i);
		if (i)
			buf_addc(b, ',');
		buf_add_json(b, words + i, n);
	}
	if (len > most)
		buf_adds(b, ",\"...\"");
	buf_addc(b, ']');
}

/* quoted: as in $'...' of a shell. */
static void add_shown(struct buf *b, const char *s, size_t n, bool quoted)
{
	size_t i, step;

	for (i = 0; i < n; i += step) {
		step = utf8_shown(s + i, n - i);
		if (step) {
			if (quoted && (s[i] == '\\' || s[i] == '\''))
				buf_addc(b, '\\');
			buf_add(b, s + i, step);
			continue;
		}
		step = 1;
		if (quoted && (s[i] == '\n' || s[i] == '\t'))
			buf_adds(b, s[i] == '\n' ? "\\n" : "\\t");
		else
			buf_addf(b, "\\%03o", (unsigned char)s[i]);
	}
}

void buf_add_shown(struct buf *b, const char *s, size_t n)
{
	add_shown(b, s, n, false);
}

static bool is_shown(const char *s)
{
	size_t n = strlen(s), step = 1;

	for (; n && step; s += step, n -= step)
		step = utf8_shown(s, n);
	return step;
}

void buf_add_shell(struct buf *b, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*s && s[strspn(s, plain)] == '\0') {
		buf_adds(b, s);
		return;
	}
	buf_addc(b, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_adds(b, "'\\''");
		else
			buf_addc(b, *s);
	}
	buf_addc(b, '\'');
}

void buf_add_shell_shown(struct buf *b, const char *s)
{
	if (is_shown(s)) {
		buf_add_shell(b, s);
		return;
	}
	buf_adds(b, "$'");
	add_shown(b, s, strlen(s), true);
	buf_addc(b, '\'');
}

char *buf_steal(struct buf *b)
{
	char *p;

	if (!b->data && !b->failed)
		buf_add(b, "", 0);
	if (b->failed) {
		buf_release(b);
		return NULL;
	}
	p = b->data;
	*b = (struct buf)BUF_INIT;
	return p;
}
