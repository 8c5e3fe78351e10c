/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/folders.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/owners.h"
#include "package/tree.h"
#include "render/say.h"

/* From the name of something to that of its folder; false: it is the root. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!path[1])
		return false;
	slash[slash == path] = '\0';
	return true;
}

int folders_ask(struct metadata *m, const struct payload *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		_cleanup_free_ char *path = strdup(p->entries[i]->path);

		while (path && go_up(path))
			if (owners_add(&m->owners, path) < 0)
				return say_no_memory();
		if (!path)
			return say_no_memory();
	}
	return 0;
}

/* In what is in order, and in what was added behind it. */
static bool is_there(const struct payload *p, size_t sorted, const char *path)
{
	const struct payload before = { .entries = p->entries, .count = sorted };
	size_t i;

	for (i = sorted; i < p->count; i++)
		if (!strcmp(p->entries[i]->path, path))
			return true;
	return payload_find(&before, path) != NULL;
}

/* Folders that every system has, though its packages may not list them. */
static bool is_standard(const char *path)
{
	static const char *const standard[] = { "/opt", "/srv", "/home", "/root", "/usr/local",
		"/usr/local/bin", "/usr/local/etc", "/usr/local/games", "/usr/local/include",
		"/usr/local/lib", "/usr/local/libexec", "/usr/local/man", "/usr/local/sbin",
		"/usr/local/share", "/usr/local/share/man", "/usr/local/src" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(standard); i++)
		if (!strcmp(path, standard[i]))
			return true;
	return false;
}

/* Does another package list it, so that it stays when this one goes? */
static bool is_safe(const struct metadata *m, const char *path)
{
	return !path[1] || owners_besides(m->owners, path, m->name);
}

static void add_before(struct buf *before, const char *path)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	buf_adds(&line, "mkdir -p \"$DPKG_ROOT\"");
	buf_add_shell(&line, path);
	buf_addc(&line, '\n');
	before->failed |= line.failed;
	if (!line.failed && (!before->len || !strstr(before->data, line.data)))
		buf_adds(before, line.data);
}

static int add_above(struct payload *p, size_t sorted, size_t of, const struct metadata *m,
	struct buf *before)
{
	_cleanup_free_ char *path = strdup(p->entries[of]->path);

	if (!path)
		return say_no_memory();
	while (go_up(path) && !is_there(p, sorted, path)) {
		if (!is_safe(m, path) && !is_standard(path))
			add_before(before, path);
		else if (payload_add_folder(p, path, m->epoch) < 0)
			return -1;
	}
	return 0;
}

static void add_line(const struct member *e, struct buf *again)
{
	const char *user = owner_name(e->uid), *group = group_name(e->gid);

	buf_adds(again, "d=\"$DPKG_ROOT\"");
	buf_add_shell(again, e->path);
	buf_adds(again, "\nif [ ! -d \"$d\" ]; then\n\tmkdir -p \"$d\"\n");
	if (user && group && (e->uid || e->gid))
		buf_addf(again, "\tchown %s:%s \"$d\" || :\n", user, group);
	if ((e->mode & 07777) != 0755)
		buf_addf(again, "\tchmod %04o \"$d\" || :\n", e->mode & 07777U);
	buf_adds(again, "fi\n");
}

int folders_add(struct payload *p, const struct metadata *m, struct buf *before, struct buf *again)
{
	size_t i, sorted = p->count;

	for (i = 0; i < sorted; i++)
		if (add_above(p, sorted, i, m, before) < 0)
			return -1;
	qsort(p->entries + sorted, p->count - sorted, sizeof *p->entries, payload_by_path);
	for (i = sorted; i < p->count; i++)
		if (!is_safe(m, p->entries[i]->path))
			add_line(p->entries[i], again);
	payload_sort(p);
	return before->failed || again->failed ? say_no_memory() : 0;
}
