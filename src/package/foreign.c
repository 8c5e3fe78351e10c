/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/foreign.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/indexes.h"
#include "package/conflicts.h"
#include "render/say.h"

/*
 * Lists that each installation adds its lines to, with tools that write all of the file anew. No
 * package has them, since all share them; whoever replaces one of them has edited it.
 */
static bool is_shared(const char *path)
{
	static const char *const shared[] = { "/etc/passwd*", "/etc/group*", "/etc/shadow*",
		"/etc/gshadow*", "/etc/subuid*", "/etc/subgid*", "/etc/shells", "/etc/aliases",
		"/etc/fstab", "/etc/hosts", "/etc/hostname", "/etc/environment", "/etc/timezone",
		"/etc/localtime", "/etc/mtab", "/etc/resolv.conf", "/etc/machine-id",
		"/etc/inittab", "/etc/services", "/etc/ld.so.conf", "/etc/alternatives/*",
		"/etc/crontab", "/var/spool/cron/*", "/var/lib/dpkg/*", "/var/lib/rpm/*",
		"/var/lib/alternatives/*", "/var/log/*", "/etc/xml/catalog", "/etc/sgml/catalog",
		"*/easy-install.pth", "*/perllocal.pod" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shared); i++)
		if (fnmatch(shared[i], path, 0) == 0)
			return true;
	return false;
}

struct asking {
	const struct metadata *m;
	struct owners *beside; /* what the manager knows that the package is not for */
};

static const char *whose(const struct member *e, const void *data)
{
	const struct asking *a = data;
	const char *owner;

	if (e->wanted || S_ISDIR(e->mode))
		return NULL;
	owner = owners_of(a->m->owners, e->path);
	if (!owner)
		owner = owners_of(a->beside, e->path);
	if (owner)
		return conflicts_is_settled(a->m, owner) ? NULL : owner;
	return e->replaced && (is_shared(e->path) || index_of(e->path)) ? "" : NULL;
}

static void name_side(struct say_list *list, const struct metadata *m, const struct bystander *s)
{
	if (s->taken_by)
		say_item(list, "%s: %s has installed it since", s->path, s->taken_by);
	else if (s->owner && (m->type == PACKAGE_DEB || m->type == PACKAGE_RPM))
		say_item(list, "%s: the package %s has it (--replaces=%.*s takes it over)", s->path,
			s->owner, (int)strcspn(s->owner, ":"), s->owner);
	else if (s->owner)
		say_item(list, "%s: the package %s has it (--include %s packs it)", s->path,
			s->owner, s->path);
	else if (s->dir)
		say_item(list, "%s: a folder whose mode or owner was changed", s->path);
	else
		say_item(list, "%s: it was there before and was changed (--include %s packs it)",
			s->path, s->path);
}

static void name_sides(const struct payload *p, const struct metadata *m)
{
	struct say_list list = { "somebody else's, and not packed:", 0, false };
	size_t i;

	for (i = 0; i < p->side_count; i++) {
		const struct bystander *s = &p->sides[i];

		if (!s->removed && !s->same && (s->owner || !index_of(s->path)) &&
			!(s->taken_by && s->dir))
			name_side(&list, m, s);
	}
	say_rest(&list);
}

static int add_files(struct owners **to, const struct payload *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (!S_ISDIR(p->entries[i]->mode) && owners_add(to, p->entries[i]->path) < 0)
			return say_no_memory();
	return 0;
}

/* Of files that dpkg has an rpm is made, too. One that cannot be asked says nothing. */
static int ask_beside(struct asking *a, const struct payload *p)
{
	unsigned int manager = a->m->type == PACKAGE_DEB ? OWNERS_RPM : OWNERS_DPKG;

	if (add_files(&a->beside, p) < 0)
		return -1;
	return owners_ask(a->beside, manager) == -ENOMEM ? say_no_memory() : 0;
}

int foreign_leave_out(struct payload *p, struct metadata *m)
{
	struct asking a = { .m = m };
	int r = conflicts_add(m, p) < 0 || conflicts_ask(m) < 0 ? -1 : ask_beside(&a, p);

	if (r == 0)
		r = payload_set_aside(p, whose, &a);
	owners_free(a.beside);
	if (r == 0)
		name_sides(p, m);
	return r;
}

/* Something of an installation's, and not in the package for some other reason. */
static bool is_unchanged_file(const struct payload *p, const char *path)
{
	struct stat st;

	return !payload_find(p, path) && !is_shared(path) && !index_of(path) &&
		lstat(path, &st) == 0 && (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode));
}

static int read_unchanged(struct owners **to, const struct payload *p, struct ba *ba, int64_t run)
{
	struct ba_rows *rows;
	int r = ba_unchanged(ba, run, &rows);

	if (r < 0)
		return say_failed("%s", ba_error(ba));
	while ((r = ba_rows_next(rows)) > 0)
		if (is_unchanged_file(p, ba_rows_text(rows, 0, NULL)) &&
			owners_add(to, ba_rows_text(rows, 0, NULL)) < 0)
			break;
	ba_rows_free(rows);
	return r < 0 ? say_failed("%s", ba_error(ba)) : r ? say_no_memory() : 0;
}

static void name_unowned(const char *path, const char *owner, void *list)
{
	if (!owner)
		say_item(list, "%s", path);
}

int foreign_name_unchanged(const struct payload *p, struct ba *ba, int64_t run)
{
	struct say_list list = { "found as they were to be, left by nothing on record, and not "
				 "packed (--include PATH packs one, or a folder):",
		0, false };
	struct owners *all = NULL;
	int r = read_unchanged(&all, p, ba, run);

	if (r == 0 && all && owners_ask(all, OWNERS_DPKG | OWNERS_RPM) == -ENOMEM)
		r = say_no_memory();
	if (r == 0)
		owners_each(all, name_unowned, &list);
	owners_free(all);
	say_rest(&list);
	return r;
}
