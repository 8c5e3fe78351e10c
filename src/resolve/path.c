/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"

#define DELETED " (deleted)"

/*
 * Where a lookup of ours starts to see what the task sees: `text` from `fd`.
 * In the usual case fd is AT_FDCWD and text begins with the name of the folder
 * that the task starts from. Where that name may not lead there (a rename is
 * under way, a mount hides it) it begins with the magic link to that folder,
 * /proc/TID/cwd or /proc/TID/fd/N, which is right always, and dear: the kernel
 * asks each time whether we may look.
 */
struct start {
	int fd;
	const char *text;
	pid_t tid;
	uint64_t how; /* RESOLVE_*: what the lookup may do */
	size_t base;  /* so much of text is the canonical name of its folder; 0: it is not */
	char room[PATH_MAX + PROC_PATH];
};

static void start_release(struct start *s)
{
	if (s->fd >= 0)
		close(s->fd);
}

#define _cleanup_start_ __attribute__((cleanup(start_release)))

/* These four mean something else to us than to the task that says them. */
static const struct {
	const char *prefix, *becomes;
} self_links[] = {
	{ "/proc/self/", "/" },
	{ "/proc/thread-self/", "/" },
	{ "/dev/fd/", "/fd/" },
	{ "/dev/stdin", "/fd/0" },
	{ "/dev/stdout", "/fd/1" },
	{ "/dev/stderr", "/fd/2" },
};

/* What follows prefix in text, which may spell it "//proc/./self/"; NULL when it is another name. */
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

		if (!rest)
			continue;
		snprintf(s->room, sizeof s->room, "/proc/%d%s%s", tid, self_links[i].becomes, rest);
		s->text = s->room;
		return true;
	}
	return false;
}

static void base_of(char out[PROC_PATH], pid_t tid, int dirfd)
{
	if (dirfd == AT_FDCWD)
		proc_path(out, tid, "cwd");
	else
		proc_fd_path(out, tid, dirfd);
}

static int start_open(const struct start *s, const char *text, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_PATH | O_CLOEXEC),
		.resolve = s->how };
	int fd;

	if (s->how)
		fd = (int)syscall(SYS_openat2, s->fd, text, &how, sizeof how);
	else
		fd = openat(s->fd, text, flags | O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Is `base`, as seen from the task's root, the folder behind the link? A detached mount (umount -l) has no such name. */
static bool leads_back(const struct start *s, const char *base, const char *link)
{
	_cleanup_close_ int fd = start_open(s, *base ? base : "/", O_DIRECTORY);
	struct inode a, b;

	return fd >= 0 && inode_stat(&a, fd, "", AT_EMPTY_PATH) == 0 && inode_stat(&b, AT_FDCWD, link, 0) == 0 &&
		inode_identity(&a) == inode_identity(&b);
}

/* With another root: the whole name from that root on, so that symlinks stay inside it. */
static int start_in_root(struct start *s, const struct resolver *r, pid_t tid, int dirfd, const char *text)
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
	base_of(link, tid, dirfd);
	if (io_readlink(link, base) < 0)
		return -ENOENT;
	if (n == 1)
		n = 0; /* "/", though perhaps of another mount namespace */
	if (strncmp(base, root, (size_t)n) || (n && base[n] != '/' && base[n] != '\0') ||
		!leads_back(s, base + n, link)) {
		/* A folder outside of the root, as chroot(2) leaves it: only ".." can tell. */
		close(s->fd);
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

static int start_at(struct start *s, struct resolver *r, pid_t tid, int dirfd, const char *text)
{
	char link[PROC_PATH];

	s->fd = AT_FDCWD;
	s->tid = tid;
	s->how = r->how;
	s->base = 0;
	if (*text == '\0')
		return -ENOENT;
	if (r->how & (RESOLVE_IN_ROOT | RESOLVE_BENEATH)) {
		/* A root of its own, which the descriptor is; a link of /proc would not lead through it. */
		base_of(link, tid, dirfd);
		s->text = text;
		s->fd = open(link, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return s->fd < 0 ? -errno : 0;
	}
	if (rewrite_self(s, tid, text))
		return 0;
	if (r->roots_vary)
		return start_in_root(s, r, tid, dirfd, text);
	s->text = text;
	if (text[0] == '/')
		return 0;
	base_of(link, tid, dirfd);
	return start_by_name(s, r, link, text) ? 0 : start_at_link(s, link, text);
}

static int start_stat(const struct start *s, const char *text, int flags, struct inode *out)
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

/* A folder above may have been closed to us since its name was learned; a task that is inside still goes on. */
static bool start_again(struct start *s, int error, pid_t tid, int dirfd, const char *text)
{
	char link[PROC_PATH];

	if (error != -EACCES || !s->base)
		return false;
	base_of(link, tid, dirfd);
	return start_at_link(s, link, text) == 0;
}

int resolve_stat(struct resolver *r, pid_t tid, int dirfd, const char *text, struct inode *out)
{
	_cleanup_start_ struct start s;
	int e = start_at(&s, r, tid, dirfd, text);

	memset(out, 0, sizeof *out);
	if (e < 0)
		return e;
	e = start_stat(&s, s.text, 0, out);
	return start_again(&s, e, tid, dirfd, text) ? start_stat(&s, s.text, 0, out) : e;
}

void resolver_release(struct resolver *r)
{
	folders_forget(&r->folders);
	mounts_release(&r->mounts);
}

void name_release(struct name *n)
{
	buf_release(&n->path);
}

static int name_of_fd(int fd, struct buf *out)
{
	char link[PROC_PATH], path[PATH_MAX];
	ssize_t n;

	proc_fd_path(link, getpid(), fd);
	n = io_readlink(link, path);
	if (n < 0)
		return (int)n;
	if (path[0] != '/')
		return -EBADF;
	buf_add(out, path, (size_t)n);
	return 0;
}

/* The canonical name of the folder `text` into out, which is empty; and the mount it is on. */
static int name_of_dir(struct resolver *r, const struct start *s, const char *text, struct buf *out,
	uint64_t *mount)
{
	_cleanup_close_ int fd = -1;
	const struct folder *d;
	struct inode dir;
	int e = start_stat(s, text, 0, &dir);

	if (e < 0)
		return e;
	if (!dir.exists || !S_ISDIR(dir.mode) || dir.nlink == 0)
		return -ENOENT;
	*mount = dir.mount;
	d = folders_find(&r->folders, &dir);
	if (d) {
		buf_add(out, d->path, d->len);
		return 0;
	}
	fd = start_open(s, text, O_DIRECTORY);
	if (fd < 0)
		return fd;
	e = name_of_fd(fd, out);
	if (e == 0)
		e = mounts_translate(&r->mounts, s->tid, &dir, out);
	if (e == 0 && !r->roots_vary && !out->failed)
		folders_learn(&r->folders, &dir, out->data, out->len);
	return e;
}

/* Splits off the last component; false when it is none of its own ("/", ".", ".."). */
static bool split_last(char *text, char **last)
{
	size_t n = strlen(text);
	char *slash;

	while (n > 1 && text[n - 1] == '/')
		text[--n] = '\0';
	slash = strrchr(text, '/');
	*last = slash ? slash + 1 : text;
	return **last && strcmp(*last, ".") && strcmp(*last, "..");
}

static int follow_to_end(struct resolver *r, const struct start *s, const char *text, struct name *out)
{
	_cleanup_close_ int fd = start_open(s, text, 0);
	int e;

	if (fd < 0)
		return fd;
	e = inode_stat(&out->now, fd, "", AT_EMPTY_PATH);
	if (e == 0)
		e = name_of_fd(fd, &out->path);
	return e < 0 ? e : mounts_translate(&r->mounts, s->tid, &out->now, &out->path);
}

/* Something is mounted on the entry itself: its name is the mount's, not its folder's. */
static int entry_mounted(struct resolver *r, const struct start *s, const char *text, struct name *out)
{
	buf_reset(&out->path);
	return follow_to_end(r, s, text, out);
}

static int entry_below(struct resolver *r, const struct start *s, char *text, struct name *out)
{
	uint64_t mount = 0;
	char *last;
	int e;

	if (!split_last(text, &last))
		return follow_to_end(r, s, text, out);
	/* what stands there is asked before the name is cut in two */
	e = start_stat(s, text, AT_SYMLINK_NOFOLLOW, &out->now);
	if (e < 0)
		return e;
	if (s->base && last == text + s->base + 1) {
		buf_adds(&out->path, text);
		return out->path.failed ? -ENOMEM : 0;
	}
	if (last == text) {
		e = name_of_dir(r, s, ".", &out->path, &mount);
	} else if (last == text + 1) {
		e = name_of_dir(r, s, "/", &out->path, &mount);
	} else {
		last[-1] = '\0';
		e = name_of_dir(r, s, text, &out->path, &mount);
		last[-1] = '/';
	}
	if (e < 0)
		return e;
	if (r->mounts.active && out->now.exists && out->now.mount != mount)
		return entry_mounted(r, s, text, out);
	if (out->path.len > 1)
		buf_addc(&out->path, '/');
	buf_adds(&out->path, last);
	return out->path.failed ? -ENOMEM : 0;
}

static void name_reset(struct name *n)
{
	buf_reset(&n->path);
	memset(&n->now, 0, sizeof n->now);
}

/* entry_below, with a text that it may cut. */
static int entry_at(struct resolver *r, struct start *s, struct name *out)
{
	size_t n = strlen(s->text) + 1;

	name_reset(out);
	if (s->text != s->room) {
		if (n > sizeof s->room)
			return -ENAMETOOLONG;
		memcpy(s->room, s->text, n);
		s->text = s->room;
	}
	return entry_below(r, s, s->room, out);
}

int resolve_entry(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out)
{
	_cleanup_start_ struct start s;
	int e = start_at(&s, r, tid, dirfd, text);

	if (e < 0) {
		name_reset(out);
		return e;
	}
	e = entry_at(r, &s, out);
	return start_again(&s, e, tid, dirfd, text) ? entry_at(r, &s, out) : e;
}

int resolve_target(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out)
{
	_cleanup_start_ struct start s;
	int e;

	s.fd = -1; /* it is closed on every way out, and the first ones do not open it */
	e = resolve_entry(r, tid, dirfd, text, out);
	/* Nearly always the last component is no symlink, and then the entry is the target. */
	if (e < 0 || (out->now.exists && !S_ISLNK(out->now.mode)))
		return e;
	if (!out->now.exists)
		return -ENOENT;
	e = start_at(&s, r, tid, dirfd, text);
	name_reset(out);
	return e < 0 ? e : follow_to_end(r, &s, s.text, out);
}

static bool cut_deleted(struct buf *path)
{
	size_t n = strlen(DELETED);

	if (path->len <= n || memcmp(path->data + path->len - n, DELETED, n))
		return false;
	path->len -= n;
	path->data[path->len] = '\0';
	return true;
}

static bool stands_at(const char *path, const struct inode *i)
{
	struct inode there;

	return inode_stat(&there, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW) == 0 && there.exists &&
		inode_identity(&there) == inode_identity(i);
}

int resolve_opened(struct resolver *r, pid_t tid, int fd, const struct buf *asked, struct name *out, bool *deleted)
{
	char link[PROC_PATH];

	if (asked->len && !r->mounts.active) {
		name_reset(out);
		*deleted = false;
		proc_fd_path(link, tid, fd);
		if (inode_stat(&out->now, AT_FDCWD, link, 0) == 0 && out->now.exists &&
			stands_at(asked->data, &out->now)) {
			buf_add(&out->path, asked->data, asked->len);
			return out->path.failed ? -ENOMEM : 0;
		}
	}
	return resolve_fd(r, tid, fd, out, deleted);
}

int resolve_fd(struct resolver *r, pid_t tid, int fd, struct name *out, bool *deleted)
{
	char link[PROC_PATH];
	char *path;
	ssize_t n;
	int e;

	name_reset(out);
	*deleted = false;
	proc_fd_path(link, tid, fd);
	path = buf_room(&out->path, PATH_MAX);
	if (!path)
		return -ENOMEM;
	n = readlink(link, path, PATH_MAX - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	out->path.len = (size_t)n;
	if (path[0] != '/')
		return -EBADF;
	e = inode_stat(&out->now, AT_FDCWD, link, 0);
	if (e < 0)
		return e;
	if (!out->now.exists)
		return -ESRCH; /* the task was killed between our two questions */
	/* A file may really be called "x (deleted)": only a link count of 0 tells. */
	if (out->now.nlink == 0)
		*deleted = cut_deleted(&out->path);
	return mounts_translate(&r->mounts, tid, &out->now, &out->path);
}
