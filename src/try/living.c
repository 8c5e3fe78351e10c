/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/living.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/array.h"
#include "base/io.h"
#include "base/mountinfo.h"
#include "base/proc.h"

#define NAMESPACE 64

/* A mount namespace that was looked at: many processes have the same one. */
struct seen {
	char name[NAMESPACE];
	bool has_it;
};

struct inspection {
	const char *mark;
	struct seen *seen;
	size_t count;
	struct living *found;
};

/* Of this process, or that one. */
static bool sees(pid_t pid, const char *mark)
{
	_cleanup_(mountinfo_release) struct mountinfo m = MOUNTINFO_INIT;
	struct mount_line line;
	bool found = false;

	if (mountinfo_read(&m, pid) < 0)
		return false;
	while (!found && mountinfo_next(&m, &line))
		found = strstr(line.fs_options, mark);
	return found;
}

bool living_here(const char *beginning)
{
	return sees(0, beginning);
}

/* -ENOMEM, or whether its namespace has it. */
static int look_up(struct inspection *s, pid_t pid)
{
	char path[PROC_PATH], name[PATH_MAX];
	struct seen *seen;
	size_t i;

	proc_path(path, pid, "ns/mnt");
	if (io_readlink(path, name) < 0)
		return false; /* it is gone, or a kernel's */
	for (i = 0; i < s->count; i++)
		if (!strcmp(s->seen[i].name, name) && s->seen[i].has_it)
			return true;
	for (i = 0; i < s->count; i++)
		if (!strcmp(s->seen[i].name, name))
			break;
	seen = i < s->count ? &s->seen[i] : ARRAY_MORE(s->seen, s->count);
	if (!seen)
		return -ENOMEM;
	snprintf(seen->name, sizeof seen->name, "%.*s", NAMESPACE - 1, name);
	/* One that has another root does not see all that is mounted in its namespace. */
	return seen->has_it = sees(pid, s->mark);
}

static int look_at(struct inspection *s, const char *name)
{
	pid_t pid = (pid_t)strtol(name, NULL, 10), *room;
	int r = pid > 0 && pid != getpid() ? look_up(s, pid) : 0;

	if (r <= 0)
		return r;
	room = ARRAY_MORE(s->found->each, s->found->count);
	if (!room)
		return -ENOMEM;
	*room = pid;
	return 0;
}

int living_find(struct living *l, const char *mark)
{
	_cleanup_(cleanup_closedirp) DIR *d = opendir("/proc");
	struct inspection s = { .mark = mark, .found = l };
	const struct dirent *e;
	int r = d ? 0 : -errno;

	*l = (struct living){ 0 };
	while (r == 0 && (e = readdir(d)))
		r = look_at(&s, e->d_name);
	free(s.seen);
	return r;
}

bool living_are_ours(const struct living *l)
{
	char ours[PROC_NAME], name[PROC_NAME];
	size_t i;

	proc_name(ours, getpid());
	for (i = 0; i < l->count; i++) {
		proc_name(name, l->each[i]);
		if (*name && strcmp(name, ours) != 0)
			return false;
	}
	return true;
}

void living_say(const struct living *l, struct buf *out)
{
	char name[PROC_NAME];

	if (!l->count)
		return;
	proc_name(name, l->each[0]);
	buf_addf(out, "%s (pid %d)", name, l->each[0]);
	if (l->count > 1)
		buf_addf(out, " and %zu more", l->count - 1);
}

void living_release(struct living *l)
{
	free(l->each);
	*l = (struct living){ 0 };
}
