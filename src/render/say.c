/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/say.h"

#include <stdarg.h>
#include <stdio.h>

#define LISTED 40

static bool no_notes;

void say_no_notes(void)
{
	no_notes = true;
}

void say(const char *fmt, ...)
{
	va_list ap;

	if (no_notes)
		return;
	va_start(ap, fmt);
	words_vsay(SAY_HEAD, fmt, ap);
	va_end(ap);
}

void say_item(struct say_list *l, const char *fmt, ...)
{
	va_list ap;

	if (++l->count > LISTED || (l->note && no_notes))
		return;
	if (l->count == 1)
		say_always("%s", l->head);
	va_start(ap, fmt);
	words_vsay("  ", fmt, ap);
	va_end(ap);
}

void say_rest(const struct say_list *l)
{
	if (l->count > LISTED && !(l->note && no_notes))
		fprintf(stderr, "  and %u more\n", l->count - LISTED);
}
