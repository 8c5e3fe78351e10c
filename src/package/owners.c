/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "package/child.h"
#include "package/say.h"

/* What a command line may hold is the stack's limit; this is below the least that is usual. */
#define BYTES_AT_ONCE (512U << 10)

struct place {
	char *path;
	char *owner; /* NULL: nobody's */
	bool asked;
	UT_hash_handle hh;
};

struct owners {
	struct place *places;
};

int owners_add(struct owners **o, const char *path)
{
	struct place *p;

	if (!*o && !(*o = calloc(1, sizeof **o)))
		return say_no_memory();
	HASH_FIND_STR((*o)->places, path, p);
	if (p)
		return 0;
	p = calloc(1, sizeof *p);
	if (!p || !(p->path = strdup(path))) {
		free(p);
		return say_no_memory();
	}
	HASH_ADD_KEYPTR(hh, (*o)->places, p->path, strlen(p->path), p);
	if (hash_added(p) == 0)
		return 0;
	free(p->path);
	free(p);
	return say_no_memory();
}

const char *package_owner_of(const struct owners *o, const char *path)
{
	struct place *p = NULL;

	if (o)
		HASH_FIND_STR(o->places, path, p);
	return p ? p->owner : NULL;
}

void owners_free(struct owners *o)
{
	struct place *p, *next;

	if (!o)
		return;
	HASH_ITER(hh, o->places, p, next)
	{
		HASH_DEL(o->places, p);
		free(p->path);
		free(p->owner);
		free(p);
	}
	free(o);
}

static int set_owner(struct owners *o, const char *path, const char *owner, size_t len)
{
	struct place *p;

	HASH_FIND_STR(o->places, path, p);
	if (!p || p->owner)
		return 0;
	p->owner = strndup(owner, len);
	return p->owner ? 0 : say_no_memory();
}

/* "libc6:amd64, other: /lib/x", or "diversion by dash from: /bin/sh". */
static int read_dpkg(struct owners *o, char *text)
{
	char *rest = text, *line, *colon;
	int r = 0;

	while (r == 0 && rest && (line = strsep(&rest, "\n"))) {
		colon = strstr(line, ": /");
		if (colon && strncmp(line, "diversion by ", 13))
			r = set_owner(o, colon + 2, line, strcspn(line, ",") < (size_t)(colon - line) ?
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

static int run_dpkg(struct owners *o, const char **argv)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	int r = child_run(argv, &out, CHILD_HIDDEN);

	/* 1: some belong to nobody */
	if (r != 0 && r != 1)
		return r < 0 ? -1 : say_failed("dpkg-query -S failed");
	return out.data ? read_dpkg(o, out.data) : 0;
}

/* The paths begin at argv[3]. */
static int ask_and_empty(struct owners *o, const char **argv, size_t *n)
{
	int r;

	argv[0] = "dpkg-query";
	argv[1] = "-S";
	argv[2] = "--";
	argv[*n] = NULL;
	r = run_dpkg(o, argv);
	while (*n > 3)
		free((char *)argv[--*n]);
	return r;
}

static int ask_dpkg(struct owners *o)
{
	size_t room = HASH_COUNT(o->places) + 4, n = 3, bytes = 0;
	_cleanup_free_ const char **argv = calloc(room, sizeof *argv);
	struct place *p, *next;
	int r = argv ? 0 : say_no_memory();

	HASH_ITER(hh, o->places, p, next)
	{
		if (r < 0 || p->asked)
			continue;
		argv[n] = without_wildcards(p->path);
		if (!argv[n]) {
			r = say_no_memory();
			continue;
		}
		bytes += strlen(argv[n++]) + 1 + sizeof *argv;
		p->asked = true;
		if (next && bytes < BYTES_AT_ONCE)
			continue;
		r = ask_and_empty(o, argv, &n);
		bytes = 0;
	}
	if (r == 0 && n > 3)
		r = ask_and_empty(o, argv, &n);
	while (argv && n > 3)
		free((char *)argv[--n]);
	return r;
}

/* Asked where it has none, rpm makes a database: on Debian ~/.rpmdb, which nobody wanted. */
static bool rpm_has_database(void)
{
	static const char *const argv[] = { "rpm", "--eval", "%{_dbpath}", NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;

	if (child_run(argv, &out, CHILD_HIDDEN) != 0 || !out.data)
		return false;
	out.data[strcspn(out.data, "\n")] = '\0';
	return access(out.data, F_OK) == 0;
}

static int ask_rpm(struct owners *o)
{
	static const char *const argv[] = { "rpm", "-qa", "--qf", "[%{=NAME}\t%{FILENAMES}\n]", NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	char *rest, *line, *tab;
	int r = rpm_has_database() ? child_run(argv, &out, CHILD_HIDDEN) : 0;

	if (r < 0)
		return -1;
	rest = out.data;
	while (rest && (line = strsep(&rest, "\n"))) {
		tab = strchr(line, '\t');
		if (tab && set_owner(o, tab + 1, line, (size_t)(tab - line)) < 0)
			return -1;
	}
	return 0;
}

static bool is_new(const struct owners *o)
{
	const struct place *p;

	for (p = o->places; p; p = p->hh.next)
		if (!p->asked)
			return true;
	return false;
}

int package_owners_ask(struct owners *o, enum package_type type)
{
	if (!o || !is_new(o))
		return 0;
	return type == PACKAGE_DEB ? ask_dpkg(o) : type == PACKAGE_RPM ? ask_rpm(o) : 0;
}

/* With /bin a link to /usr/bin, a file of a package may have its other name in it. */
static const char *other_name(const char *path)
{
	static const char *const merged[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" };
	size_t i, n;

	if (strncmp(path, "/usr/", 5))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(merged); i++) {
		n = strlen(merged[i]);
		if (!strncmp(path + 4, merged[i], n) && path[4 + n] == '/')
			return path + 4;
	}
	return NULL;
}

int owners_add_payload(struct owners **o, const struct payload *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		const char *path = p->entries[i]->path;

		if (S_ISDIR(p->entries[i]->mode))
			continue;
		if (owners_add(o, path) < 0 || (other_name(path) && owners_add(o, other_name(path)) < 0))
			return -1;
	}
	return 0;
}

/* Is it this package itself, installed before? "name:arch" is. */
static bool is_own(const char *owner, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(owner, name, n) && (owner[n] == '\0' || owner[n] == ':');
}

static const char deb_words[] = "these files belong to installed packages (--replaces=PACKAGE takes them over):";
static const char rpm_words[] = "these files belong to installed packages, beside which rpm will not install this one:";

int owners_list_conflicts(struct metadata *m, const struct payload *p)
{
	struct say_list list = { m->type == PACKAGE_DEB ? deb_words : rpm_words, 0, true };
	size_t i;

	if (owners_add_payload(&m->owners, p) < 0 || package_owners_ask(m->owners, m->type) < 0)
		return -1;
	for (i = 0; i < p->count; i++) {
		const char *path = p->entries[i]->path, *owner = package_owner_of(m->owners, path);

		if (!owner && other_name(path))
			owner = package_owner_of(m->owners, other_name(path));
		if (owner && !S_ISDIR(p->entries[i]->mode) && !is_own(owner, m->name))
			say_item(&list, "%s: %s", path, owner);
	}
	say_rest(&list);
	return 0;
}
