/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/at.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/glob.h"
#include "cmd/cmd.h"

static const char wild[] = "*?[";

/* Up to the last slash before what may be anything. */
static size_t plain_part(const char *glob)
{
	size_t n = strcspn(glob, "*?[\\");

	while (n && glob[n - 1] != '/')
		n--;
	return n;
}

/* One with a slash begins in a folder, as a shell's does: it is named as the kernel has it. */
static int read_glob(struct at *at, const char *word)
{
	_cleanup_buf_ struct buf glob = BUF_INIT;
	char folder[PATH_MAX], real[PATH_MAX];
	size_t n = plain_part(word);
	const char *c;
	int r = 0;

	if (strchr(word, '/')) {
		snprintf(folder, sizeof folder, "%.*s", n ? (int)n : 1, n ? word : ".");
		r = path_canonical_all(folder, real);
		for (c = real; r == 0 && real[1] && *c; c++) {
			if (strchr("*?[\\", *c))
				buf_addc(&glob, '\\');
			buf_addc(&glob, *c);
		}
		buf_addc(&glob, '/');
	}
	if (r < 0)
		return r;
	buf_adds(&glob, word + n);
	at->glob = glob.failed ? NULL : buf_steal(&glob);
	return at->glob ? 0 : -ENOMEM;
}

int at_read(struct at *at, const char *word)
{
	char name[PATH_MAX];
	int r = path_canonical(word, name);

	*at = (struct at){ .word = word };
	if (r < 0)
		return r;
	at->path = strdup(name);
	r = path_canonical_all(word, name);
	at->folder = r < 0 ? NULL : strdup(name);
	if (!at->path || !at->folder)
		return r < 0 ? r : -ENOMEM;
	/* A file with such a name is meant itself. */
	if (!strpbrk(word, wild) || access(word, F_OK) == 0)
		return 0;
	return read_glob(at, word);
}

void at_release(struct at *at)
{
	free(at->path);
	free(at->folder);
	free(at->glob);
}

bool at_matches(struct at *at, const char *path)
{
	bool matches = !strcmp(path, at->path) || path_is_below(path, at->folder) ||
		(at->glob && glob_matches(at->glob, path));

	at->found |= matches;
	return matches;
}

void at_folder(const struct at *at, char *out, size_t size)
{
	const char *from = at->glob ? at->glob : at->folder;
	size_t n = at->glob ? plain_part(from) : strlen(from);

	if (at->glob && n)
		n--; /* the slash */
	snprintf(out, size, "%.*s", (int)n, *from == '/' ? from : "");
	if (!*out)
		snprintf(out, size, "/");
}

struct at *at_read_all(char *const words[], int count)
{
	struct at *all = calloc((size_t)count + 1, sizeof *all);
	int i, r = all ? 0 : -ENOMEM;

	for (i = 0; r == 0 && i < count; i++)
		r = at_read(&all[i], words[i]);
	if (r == 0)
		return all;
	say_always("%s%s%s", i ? words[i - 1] : "", i ? ": " : "", strerror(-r));
	at_release_all(all, i);
	return NULL;
}

bool at_any(struct at *all, int count, const char *path)
{
	bool any = count == 0;
	int i;

	for (i = 0; i < count; i++)
		any |= at_matches(&all[i], path);
	return any;
}

void at_release_all(struct at *all, int count)
{
	while (all && count-- > 0)
		at_release(&all[count]);
	free(all);
}
