/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

int words_set(struct words *w, int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->text, sizeof w->text, fmt, ap);
	va_end(ap);
	return r;
}

static void (*before)(void);

void words_before(void (*clear)(void))
{
	before = clear;
}

static bool always_shown;

void words_always_shown(void)
{
	always_shown = true;
}

void words_vsay(const char *head, const char *fmt, va_list ap)
{
	_cleanup_buf_ struct buf plain = BUF_INIT, shown = BUF_INIT;

	if (before)
		before();
	buf_addv(&plain, fmt, ap);
	buf_adds(&shown, head);
	if (plain.data && (always_shown || isatty(STDERR_FILENO)))
		buf_add_shown(&shown, plain.data, plain.len);
	else if (plain.data)
		buf_add(&shown, plain.data, plain.len);
	buf_addc(&shown, '\n');
	fputs(plain.failed || shown.failed ? "buildaudit: out of memory\n" : shown.data, stderr);
}

void words_say(const char *head, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	words_vsay(head, fmt, ap);
	va_end(ap);
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "buildaudit: BUG at %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}
