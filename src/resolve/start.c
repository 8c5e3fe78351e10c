/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

void start_release(struct start *s)
{
	if (s->fd >= 0)
		drop_fd(s->fd);
}

/*
 * These mean something else to us than to the task that says them; all
 * but one mean its process, not the thread.
 */
static const struct {
	const char *prefix, *becomes;
	bool of_thread;
} self_links[] = {
	{ "/proc/self/", "/", false },
	{ "/proc/thread-self/", "/", true },
	{ "/dev/fd/", "/fd/", false },
	{ "/dev/stdin", "/fd/0", false },
	{ "/dev/stdout", "/fd/1", false },
	{ "/dev/stderr", "/fd/2", false },
};

/*
 * What follows prefix in text, which may spell it "//proc/./self/"; NULL when it is another name.
 */
static const char *after_prefix(const char *text, const char *prefix)
{
	for (; *prefix; prefix++) {
		if (*text++ != *prefix)
			return NULL;
		while (*prefix == '/' && (*text == '/' || (text[0] == '.' && text[1] == '/')))
			text += *text == '/' ? 1 : 2;
	}
	return prefix[-1] == '/' || *text == '/' || *text == '\0' ? text : NULL;
}

static bool rewrite_self(struct start *s, pid_t tid, const char *text)
{
	size_t i;

	if (text[0] != '/' || !strchr("pd/.", text[1]))
		return false;
	for (i = 0; i < ARRAY_SIZE(self_links); i++) {
		const char *rest = after_prefix(text, self_links[i].prefix);
		pid_t pid = rest && !self_links[i].of_thread ? proc_of_thread(tid) : tid;

		if (!rest)
			continue;
		snprintf(s->room, sizeof s->room, "/proc/%d%s%s", pid, self_links[i].becomes, rest);
		s->text = s->room;
		return true;
	}
	return false;
}

/*
 * Below a root that is not ours the kernel gives up at a ".." when anything was renamed or mounted
 * meanwhile, by whomever (openat2(2): EAGAIN): it is asked again, a number of times that no
 * innocent program's renames outlast.
 */
#define TRIES 10000

static int open_scoped(const struct start *s, const char *text, int flags)
{
	struct open_how how = { .flags = (uint64_t)flags, .resolve = s->how };
	int fd, tries = TRIES;

	do
		fd = (int)syscall(SYS_openat2, s->fd, text, &how, sizeof how);
	while (fd < 0 && errno == EAGAIN && --tries);
	return fd;
}

int start_open(const struct start *s, const char *text, int flags)
{
	int fd = s->how ? open_scoped(s, text, flags | O_PATH | O_CLOEXEC) :
			  openat(s->fd, text, flags | O_PATH | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/*
 * Is `base`, as seen from the task's root, the folder behind the link? A
 * detached mount (umount -l) has no such name.
 */
static bool leads_back(const struct start *s, const char *base, const char *link)
{
	_cleanup_close_ int fd = start_open(s, *base ? base : "/", O_DIRECTORY);
	struct inode a, b;

	return fd >= 0 && inode_stat(&a, fd, "", AT_EMPTY_PATH) == 0 &&
		inode_stat(&b, AT_FDCWD, link, 0) == 0 && inode_identity(&a) == inode_identity(&b);
}

/* With another root: the whole name from that root on, so that symlinks stay inside it. */
static int start_in_root(struct start *s, const struct resolver *r, pid_t tid, int dirfd,
	const char *text)
{
	char link[PROC_PATH], root[PATH_MAX], base[PATH_MAX];
	ssize_t n;

	proc_path(link, tid, "root");
	s->fd = open(link, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0)
		return -errno;
	s->how = r->how | RESOLVE_IN_ROOT;
	s->text = text;
	if (text[0] == '/')
		return 0;
	n = io_readlink(link, root);
	if (n < 0)
		return (int)n;
	proc_dirfd_path(link, tid, dirfd);
	if (io_readlink(link, base) < 0)
		return -ENOENT;
	if (n == 1)
		n = 0; /* "/", though perhaps of another mount namespace */
	if (strncmp(base, root, (size_t)n) || (n && base[n] != '/' && base[n] != '\0') ||
		!leads_back(s, base + n, link)) {
		/* A folder outside of the root, as chroot(2) leaves it: only ".." can tell. */
		drop_fd(s->fd);
		s->fd = AT_FDCWD;
		s->how = r->how;
		return snprintf(s->room, sizeof s->room, "%s/%s", link, text) < PATH_MAX ?
			(s->text = s->room, 0) : -ENAMETOOLONG;
	}
	if (snprintf(s->room, sizeof s->room, "%s/%s", base + n, text) >= PATH_MAX)
		return -ENAMETOOLONG;
	s->text = s->room;
	return 0;
}

static bool start_below(struct start *s, const char *folder, size_t len, const char *text)
{
	size_t n = strlen(text);

	if (len + 1 + n >= PATH_MAX)
		return false;
	memcpy(s->room, folder, len);
	s->room[len] = '/';
	memcpy(s->room + len + 1, text, n + 1);
	s->text = s->room;
	return true;
}

/* From the folder by its own name, if that is known to lead to it. */
static bool start_by_name(struct start *s, struct resolver *r, const char *link, const char *text)
{
	const struct folder *d;
	char path[PATH_MAX];
	struct inode dir;
	ssize_t n;

	if (r->mounts.active || r->folders.moving || inode_stat(&dir, AT_FDCWD, link, 0) < 0)
		return false;
	if (!S_ISDIR(dir.mode) || dir.nlink == 0)
		return false;
	d = folders_find(&r->folders, &dir);
	if (!d && (n = io_readlink(link, path)) > 0)
		d = folders_learn(&r->folders, &dir, path, (size_t)n);
	if (!d || d->len == 1 || !start_below(s, d->path, d->len, text))
		return false; /* "/" needs no other name */
	s->base = d->len;
	return true;
}

static int start_at_link(struct start *s, const char *link, const char *text)
{
	s->base = 0;
	if (start_below(s, link, strlen(link), text))
		return 0;
	/* A name of nearly PATH_MAX bytes has no room for a prefix. */
	s->text = text;
	s->fd = open(link, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return s->fd < 0 ? -errno : 0;
}

int start_at(struct start *s, struct resolver *r, pid_t tid, int dirfd, const char *text)
{
	char link[PROC_PATH];
	bool rewritten;

	s->fd = AT_FDCWD;
	s->tid = tid;
	s->how = r->how;
	s->base = 0;
	if (*text == '\0')
		return -ENOENT;
	rewritten = !(r->how & (RESOLVE_IN_ROOT | RESOLVE_BENEATH)) && rewrite_self(s, tid, text);
	/*
	 * Of a task that is gone; asked for us it would be our own
	 * folder, and no file of the run's.
	 */
	if (rewritten && tid == getpid())
		return -ENOENT;
	if (r->served.count && served_place(&r->served, tid, dirfd, rewritten ? s->text : text))
		return -EREMOTE;
	if (r->how & (RESOLVE_IN_ROOT | RESOLVE_BENEATH)) {
		/*
		 * A root of its own, which the descriptor is; a link of
		 * /proc would not lead through it.
		 */
		proc_dirfd_path(link, tid, dirfd);
		s->text = text;
		s->fd = open(link, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return s->fd < 0 ? -errno : 0;
	}
	if (rewritten)
		return 0;
	if (r->roots_vary)
		return start_in_root(s, r, tid, dirfd, text);
	s->text = text;
	if (text[0] == '/')
		return 0;
	proc_dirfd_path(link, tid, dirfd);
	return start_by_name(s, r, link, text) ? 0 : start_at_link(s, link, text);
}

int start_stat(const struct start *s, const char *text, int flags, struct inode *out)
{
	_cleanup_close_ int fd = -1;

	if (!s->how)
		return inode_stat(out, s->fd, text, flags);
	fd = start_open(s, text, flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0);
	if (fd >= 0)
		return inode_stat(out, fd, "", AT_EMPTY_PATH);
	memset(out, 0, sizeof *out);
	return fd == -ENOENT || fd == -ENOTDIR ? 0 : fd;
}

/*
 * A folder above may have been closed to us since its name was
 * learned; a task that is inside still goes on.
 */
bool start_again(struct start *s, int error, pid_t tid, int dirfd, const char *text)
{
	char link[PROC_PATH];

	if (error != -EACCES || !s->base)
		return false;
	proc_dirfd_path(link, tid, dirfd);
	return start_at_link(s, link, text) == 0;
}
