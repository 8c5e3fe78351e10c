/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/notes.h"

#include <string.h>

#include "base/cleanup.h"

/*
 * What is so by the way: how it was recorded, and what was asked for.
 * tests/cases/pieces.sh looks for each in the sources.
 */
static const char *const by_the_way[] = {
	"recorded with no_new_privs",
	"which is slower",
	"--io-uring=allow: ",
	"and no part of the try",
	" was called: ",
	"the flag was taken away, the child is on record",
	" stayed behind when the command ended", /* the summary has their number */
	" let go, and went on unrecorded", /* likewise */
};

static bool matters(const char *note, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(by_the_way); i++)
		if (memmem(note, len, by_the_way[i], strlen(by_the_way[i])))
			return false;
	return len > 0;
}

bool render_note_warns(const char *note, size_t len)
{
	static const char lost[] = " did not gain its rights";

	return memmem(note, len, lost, sizeof lost - 1);
}

const char *render_note(const char *notes, size_t *len)
{
	for (; *notes; notes += *len) {
		notes += *notes == '\n';
		*len = strcspn(notes, "\n");
		if (matters(notes, *len))
			return notes;
	}
	return NULL;
}
