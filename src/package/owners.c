/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "package/child.h"
#include "package/say.h"

/* Some systems allow a command line of no more than 128 KiB a word, 2 MiB in all. */
#define AT_ONCE 2000

struct place {
	const char *path;
	size_t index;
	UT_hash_handle hh;
};

struct asking {
	struct place *places, *by_path;
	char **owners;
};

static int set_owner(struct asking *a, const char *path, const char *owner, size_t len)
{
	struct place *place;

	HASH_FIND_STR(a->by_path, path, place);
	if (!place || a->owners[place->index])
		return 0;
	a->owners[place->index] = strndup(owner, len);
	return a->owners[place->index] ? 0 : say_no_memory();
}

/* "libc6:amd64, other: /lib/x", or "diversion by dash from: /bin/sh". */
static int read_dpkg(struct asking *a, char *text)
{
	char *rest = text, *line, *colon;
	int r = 0;

	while (r == 0 && rest && (line = strsep(&rest, "\n"))) {
		colon = strstr(line, ": /");
		if (colon && strncmp(line, "diversion by ", 13))
			r = set_owner(a, colon + 2, line, strcspn(line, ",") < (size_t)(colon - line) ?
								     strcspn(line, ",") :
								     (size_t)(colon - line));
	}
	return r;
}

static char *without_wildcards(const char *path)
{
	struct buf out = BUF_INIT;

	for (; *path; path++) {
		if (strchr("*?[\\", *path))
			buf_addc(&out, '\\');
		buf_addc(&out, *path);
	}
	return buf_steal(&out);
}

static int ask_dpkg(struct asking *a, const char *const *paths, size_t n)
{
	_cleanup_free_ const char **argv = calloc(n + 4, sizeof *argv);
	_cleanup_buf_ struct buf out = BUF_INIT;
	size_t i;
	int r;

	if (!argv)
		return say_no_memory();
	argv[0] = "dpkg-query";
	argv[1] = "-S";
	argv[2] = "--";
	for (i = 0; i < n; i++)
		argv[3 + i] = without_wildcards(paths[i]);
	r = child_run(argv, &out, true);
	for (i = 0; i < n; i++)
		free((char *)argv[3 + i]);
	/* 1: some belong to nobody */
	if (r != 0 && r != 1)
		return r < 0 ? -1 : say_failed("dpkg-query -S failed");
	return out.data ? read_dpkg(a, out.data) : 0;
}

static int ask_rpm(struct asking *a)
{
	static const char *const argv[] = { "rpm", "-qa", "--qf", "[%{=NAME}\t%{FILENAMES}\n]", NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	char *rest, *line, *tab;
	int r = child_run(argv, &out, true);

	if (r < 0)
		return -1;
	rest = out.data;
	while (rest && (line = strsep(&rest, "\n"))) {
		tab = strchr(line, '\t');
		if (tab && set_owner(a, tab + 1, line, (size_t)(tab - line)) < 0)
			return -1;
	}
	return 0;
}

static int index_paths(struct asking *a, const char *const *paths, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct place *p = &a->places[i];

		p->path = paths[i];
		p->index = i;
		HASH_ADD_KEYPTR(hh, a->by_path, p->path, strlen(p->path), p);
		if (hash_added(p) < 0)
			return say_no_memory();
	}
	return 0;
}

int owners_ask(enum package_type type, const char *const *paths, size_t n, char ***out)
{
	struct asking a = { calloc(n + 1, sizeof *a.places), NULL, calloc(n + 1, sizeof *a.owners) };
	size_t at;
	int r = a.places && a.owners ? index_paths(&a, paths, n) : say_no_memory();

	if (r == 0 && type == PACKAGE_RPM && n)
		r = ask_rpm(&a);
	for (at = 0; r == 0 && type == PACKAGE_DEB && at < n; at += AT_ONCE)
		r = ask_dpkg(&a, paths + at, n - at < AT_ONCE ? n - at : AT_ONCE);
	HASH_CLEAR(hh, a.by_path);
	free(a.places);
	if (r < 0)
		owners_free(a.owners, n);
	else
		*out = a.owners;
	return r;
}

void owners_free(char **owners, size_t n)
{
	while (owners && n > 0)
		free(owners[--n]);
	free(owners);
}

/* Is it this package itself, installed before? "name:arch" is. */
static bool is_own(const char *owner, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(owner, name, n) && (owner[n] == '\0' || owner[n] == ':');
}

int owners_list_conflicts(const struct metadata *m, const struct payload *p)
{
	struct say_list list = { "these files belong to installed packages (--replaces=PACKAGE takes them over):", 0 };
	_cleanup_free_ const char **paths = calloc(p->count + 1, sizeof *paths);
	char **owners;
	size_t i, n = 0;

	if (!paths)
		return say_no_memory();
	for (i = 0; i < p->count; i++)
		if (!S_ISDIR(p->entries[i]->mode))
			paths[n++] = p->entries[i]->path;
	if (owners_ask(m->type, paths, n, &owners) < 0)
		return -1;
	for (i = 0; i < n; i++)
		if (owners[i] && !is_own(owners[i], m->name))
			say_item(&list, "%s: %s", paths[i], owners[i]);
	say_rest(&list);
	owners_free(owners, n);
	return 0;
}
