/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The managers' libraries have no place here: libdpkg is no shared library,
 * and each librpm has another name. What their tools print is the same for
 * years.
 */
#include "base/owners.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/hash.h"

struct asked {
	char *path, *package; /* NULL: nobody's */
	char *other; /* a second one, of a folder */
	const char *remover; /* of the first one */
	UT_hash_handle hh;
};

struct owners {
	struct asked *places;
	bool unasked; /* there is one that was not asked for */
	const char *remover; /* of the manager that is being asked */
};

static int add_place(struct owners *o, const char *path)
{
	struct asked *p = calloc(1, sizeof *p);

	if (!p || !(p->path = strdup(path))) {
		free(p);
		return -ENOMEM;
	}
	HASH_ADD_KEYPTR(hh, o->places, p->path, strlen(p->path), p);
	if (hash_added(p) < 0) {
		free(p->path);
		free(p);
		return -ENOMEM;
	}
	o->unasked = true;
	return 0;
}

int owners_add(struct owners **o, const char *path)
{
	struct asked *p;

	if (!*o && !(*o = calloc(1, sizeof **o)))
		return -ENOMEM;
	HASH_FIND_STR((*o)->places, path, p);
	return p ? 0 : add_place(*o, path);
}

const char *owners_of(const struct owners *o, const char *path)
{
	struct asked *p = NULL;

	if (o)
		HASH_FIND_STR(o->places, path, p);
	return p ? p->package : NULL;
}

const char *owners_remover(const struct owners *o, const char *path)
{
	struct asked *p = NULL;

	if (o)
		HASH_FIND_STR(o->places, path, p);
	return p ? p->remover : NULL;
}

void owners_each(const struct owners *o,
	void (*each)(const char *path, const char *owner, void *data), void *data)
{
	struct asked *p;

	for (p = o ? o->places : NULL; p; p = p->hh.next)
		each(p->path, p->package, data);
}

bool owner_is(const char *owner, const char *name, size_t len)
{
	return strcspn(owner, ":") == len && !strncmp(owner, name, len);
}

const char *owners_besides(const struct owners *o, const char *path, const char *name)
{
	struct asked *p = NULL;

	if (o)
		HASH_FIND_STR(o->places, path, p);
	if (!p || !p->package)
		return NULL;
	return owner_is(p->package, name, strlen(name)) ? p->other : p->package;
}

void owners_free(struct owners *o)
{
	struct asked *p, *next;

	if (!o)
		return;
	HASH_ITER(hh, o->places, p, next) {
		HASH_DEL(o->places, p);
		free(p->path);
		free(p->package);
		free(p->other);
		free(p);
	}
	free(o);
}

static int mark(struct owners *o, const char *path, const char *package)
{
	struct asked *p;
	char **to;

	HASH_FIND_STR(o->places, path, p);
	if (!p || p->other)
		return 0;
	to = p->package ? &p->other : &p->package;
	/* of one name for two machines is one */
	if (p->package && owner_is(package, p->package, strcspn(p->package, ":")))
		return 0;
	if (!p->package)
		p->remover = o->remover;
	*to = strdup(package);
	return *to ? 0 : -ENOMEM;
}

/* Packages name /bin/x what is /usr/bin/x since /bin became a symlink. */
static int mark_moved(struct owners *o, const char *path, const char *package)
{
	static const char *const merged[] = { "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/",
		"/libx32/" };
	_cleanup_buf_ struct buf moved = BUF_INIT;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(merged) && strncmp(path, merged[i], strlen(merged[i])); i++)
		;
	if (i == ARRAY_SIZE(merged))
		return 0;
	buf_addf(&moved, "/usr%s", path);
	return moved.failed ? -ENOMEM : mark(o, moved.data, package);
}

/*
 * "P NAME" begins a package; any other line that has a '/' is a
 * path of it, blanks before it or not.
 */
static int read_list(struct owners *o, FILE *in)
{
	_cleanup_free_ char *line = NULL, *package = NULL;
	size_t room = 0;
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = getline(&line, &room, in)) > 0) {
		const char *path = line + strspn(line, " ");

		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (!strncmp(line, "P ", 2)) {
			free(package);
			package = strdup(line + 2);
			r = package ? 0 : -ENOMEM;
		} else if (*path == '/' && package) {
			r = mark(o, path, package);
			if (r == 0)
				r = mark_moved(o, path, package);
		}
	}
	return r;
}

static int ask(struct owners *o, const char *const argv[], const char *remover)
{
	pid_t pid;
	int fd = child_open(argv, CHILD_HIDDEN, &pid), r, status;
	FILE *in = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd < 0)
		return fd == -ENOMEM ? fd : -EIO;
	o->remover = remover;
	r = in ? read_list(o, in) : -ENOMEM;
	if (in)
		drop_file(in);
	else
		drop_fd(fd);
	status = child_wait(pid);
	return r < 0 ? r : status == 0 || status == CHILD_NOT_THERE ? 0 : -EIO;
}

/* Asked where it has none, rpm makes a database: on Debian ~/.rpmdb, which nobody wanted. */
bool owners_rpm_has_database(void)
{
	static const char *const argv[] = { "rpm", "--eval", "%{_dbpath}", NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;

	if (child_run(argv, &out, CHILD_HIDDEN) != 0 || !out.data)
		return false;
	out.data[strcspn(out.data, "\n")] = '\0';
	return *out.data == '/' && access(out.data, F_OK) == 0;
}

int owners_ask(struct owners *o, unsigned int managers)
{
	static const char *const dpkg[] = { "dpkg-query", "-W", "-f",
		"P ${binary:Package}\n${db-fsys:Files}", NULL };
	static const char *const rpm[] = { "rpm", "-qa", "--qf", "P %{NAME}\n[%{FILENAMES}\n]",
		NULL };
	int r = 0, e;

	if (!o || !o->unasked)
		return 0;
	o->unasked = false;
	if (managers & OWNERS_DPKG)
		r = ask(o, dpkg, "dpkg -r");
	if (managers & OWNERS_RPM && owners_rpm_has_database() &&
		(e = ask(o, rpm, "rpm -e")) < 0 && r == 0)
		r = e;
	return r;
}
