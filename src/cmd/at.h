/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_AT_H
#define CMD_AT_H
/*
 * A PATH by which a person asks for what is on record: a name, a folder with
 * all below it, or a glob.
 */
#include <stdbool.h>
#include <stddef.h>

struct at {
	const char *word; /* as it was given */
	char *path;       /* its name, a symlink in the last place as it is */
	char *folder;     /* where that leads: what is below it is meant, too */
	char *glob;       /* NULL: it is none */
	bool found;       /* something matched */
};

/* What a word means. 0, or -errno; at_release() in any case. */
int at_read(struct at *at, const char *word);
void at_release(struct at *at);
/* Is this recorded name meant? Sets at->found. */
bool at_matches(struct at *at, const char *path);

/*
 * What each of the words means, to be released by at_release_all(); NULL after
 * saying why not. Of no words everything is meant.
 */
struct at *at_read_all(char *const words[], int count);
/* Is this recorded name meant by any of them? Sets found in each by which it is. */
bool at_any(struct at *all, int count, const char *path);
void at_release_all(struct at *all, int count);
/* A folder that holds all that can match. */
void at_folder(const struct at *at, char *out, size_t size);

#endif
