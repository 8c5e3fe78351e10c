/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/view.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/canonical.h"
#include "base/mountinfo.h"
#include "model/inode.h"

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif

/* What is no place for files: what is written there is told to the kernel, and meant for it. */
static const char *const kernels[] = { "autofs", "binder", "binfmt_misc", "bpf", "cgroup",
	"cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs", "fusectl", "hugetlbfs",
	"mqueue", "nfsd", "nsfs", "proc", "pstore", "resctrl", "rpc_pipefs", "securityfs",
	"selinuxfs", "smackfs", "sysfs", "tracefs" };
/* What cannot be written by anybody, and so needs nothing over it. */
static const char *const fixed[] = { "cramfs", "erofs", "iso9660", "romfs", "squashfs" };
/* What stands below these is a device, or the kernel's. */
static const char *const real_folders[] = { "/dev", "/proc", "/sys" };

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

static unsigned long flag_of(const char *option)
{
	static const struct {
		const char *name;
		unsigned long flag;
	} flags[] = {
		{ "ro", MS_RDONLY },
		{ "nosuid", MS_NOSUID },
		{ "nodev", MS_NODEV },
		{ "noexec", MS_NOEXEC },
		{ "noatime", MS_NOATIME },
		{ "nodiratime", MS_NODIRATIME },
		{ "relatime", MS_RELATIME },
		{ "nosymfollow", MS_NOSYMFOLLOW },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(option, flags[i].name))
			return flags[i].flag;
	return 0;
}

/* "rw,nosuid,relatime" */
static unsigned long read_flags(char *options)
{
	unsigned long flags = 0;
	char *option;

	while ((option = strsep(&options, ",")))
		flags |= flag_of(option);
	return flags & (MS_NOATIME | MS_RELATIME) ? flags : flags | MS_STRICTATIME;
}

static int read_line(struct shown *s, const struct mount_line *line)
{
	const char *its = line->fs_options;

	*s = (struct shown){ .id = line->id,
		.device = strdup(line->dev),
		.root = strdup(line->root),
		.point = strdup(line->point),
		.type = strdup(line->type),
		.source = strdup(line->source),
		.flags = read_flags(line->options),
		.layer = -1 };
	if (!strncmp(its, "ro", 2) && strchr(",", its[2]))
		s->flags |= MS_RDONLY; /* of the file system, at whatever place */
	return s->device && s->root && s->point && s->type && s->source ? 0 : -ENOMEM;
}

static void shown_release(struct shown *s)
{
	free(s->device);
	free(s->root);
	free(s->point);
	free(s->type);
	free(s->source);
}

void view_release(struct view *v)
{
	size_t i;

	for (i = 0; i < v->count; i++)
		shown_release(&v->all[i]);
	free(v->all);
	*v = (struct view){ 0 };
}

const char *shown_point(const struct shown *s)
{
	return *s->point ? s->point : "/";
}

uint64_t view_mount_of(const char *path, uint32_t *mode)
{
	struct inode i;

	if (inode_stat(&i, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW) < 0 || !i.exists)
		return 0;
	if (mode)
		*mode = i.mode;
	return i.mount;
}

const struct shown *view_find(const struct view *v, uint64_t id)
{
	size_t i;

	for (i = 0; i < v->count; i++)
		if (v->all[i].id == id)
			return &v->all[i];
	return NULL;
}

static bool is_below_real(const char *point)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(real_folders); i++)
		if (path_is_below(point, real_folders[i]))
			return true;
	return false;
}

static enum shown_how how_of(const struct shown *s, uint32_t mode)
{
	if (is_below_real(s->point) || is_one_of(s->type, kernels, ARRAY_SIZE(kernels)) ||
		is_one_of(s->type, fixed, ARRAY_SIZE(fixed)))
		return SHOWN_AS_IT_IS;
	return S_ISDIR(mode) ? SHOWN_BY_LAYERS : S_ISREG(mode) ? SHOWN_BY_COPY : SHOWN_AS_IT_IS;
}

/* Another one may be mounted over it, or over a folder above: then it is not seen. */
static int add_if_seen(struct view *v, struct shown *row)
{
	uint32_t mode = 0;
	struct shown *s;

	if (view_mount_of(shown_point(row), &mode) != row->id) {
		shown_release(row);
		return 0;
	}
	s = ARRAY_MORE(v->all, v->count);
	if (!s) {
		shown_release(row);
		return -ENOMEM;
	}
	*s = *row;
	s->how = how_of(s, mode);
	return 0;
}

/* Does a show all that b does, of the same file system? */
static bool covers(const struct shown *a, const struct shown *b)
{
	return !strcmp(a->device, b->device) && path_is_below(b->root, a->root);
}

static bool has_layers(const struct shown *s)
{
	return s->how == SHOWN_BY_LAYERS || s->how == SHOWN_BY_COPY;
}

/* The one that shows the most, of these the first. */
static void find_others(struct view *v)
{
	size_t i, k;

	for (i = 0; i < v->count; i++) {
		size_t best = i;

		for (k = 0; has_layers(&v->all[i]) && k < v->count; k++)
			if (v->all[k].how == SHOWN_BY_LAYERS && covers(&v->all[k], &v->all[best]) &&
				(k < best || strcmp(v->all[k].root, v->all[best].root)))
				best = k;
		v->all[i].other = best;
	}
	for (i = 0; i < v->count; i++)
		if (has_layers(&v->all[i]) && v->all[i].other != i)
			v->all[i].how = SHOWN_BY_OTHER;
}

static int read_lines(struct view *v)
{
	_cleanup_(mountinfo_release) struct mountinfo m = MOUNTINFO_INIT;
	struct mount_line line;
	struct shown row;
	int r = mountinfo_read(&m, 0);

	while (r == 0 && mountinfo_next(&m, &line)) {
		r = read_line(&row, &line);
		if (r == 0)
			r = add_if_seen(v, &row);
		else
			shown_release(&row);
	}
	return r;
}

/* Parents come before what is mounted in them: that is the order of the list, but for "/". */
static int put_root_first(struct view *v)
{
	struct shown root;
	size_t i;

	for (i = 0; i < v->count && *v->all[i].point; i++)
		;
	if (i == v->count)
		return -ENOSYS;
	root = v->all[i];
	memmove(v->all + 1, v->all, i * sizeof root);
	v->all[0] = root;
	return 0;
}

static int in_depth(const void *a, const void *b)
{
	return strcmp(((const struct shown *)a)->point, ((const struct shown *)b)->point);
}

int view_read(struct view *v)
{
	int r;

	*v = (struct view){ 0 };
	r = read_lines(v);
	if (r == 0)
		r = put_root_first(v);
	if (r == 0) {
		/* A folder's name is a beginning of those below it. */
		qsort(v->all + 1, v->count - 1, sizeof *v->all, in_depth);
		find_others(v);
	}
	return r;
}
