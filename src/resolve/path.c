/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "model/names.h"
#include "resolve/ascent.h"
#include "resolve/start.h"

#define DELETED " (deleted)"

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

void name_release(struct name *n)
{
	buf_release(&n->path);
}

/* Where the run itself mounts, mounts_translate() knows. What we may not look at is believed. */
static int believe(const struct resolver *r, const struct inode *at, const char *path)
{
	struct inode there;

	if (!r->names_doubtful || r->mounts.active || at->nlink == 0 ||
		inode_stat(&there, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return there.exists && inode_identity(&there) == inode_identity(at) ? 0 : -EXDEV;
}

static int take_name(const char *path, const struct inode *now, void *data)
{
	struct buf *out = data;

	buf_reset(out);
	buf_adds(out, path);
	return 1;
}

/*
 * A name that the kernel will not tell, since it is too long: a
 * folder's is found out, a file's was seen before.
 */
static int long_name_of_fd(struct resolver *r, int fd, struct buf *out)
{
	const struct folder *seen;
	struct inode now;
	int e = inode_stat(&now, fd, "", AT_EMPTY_PATH);

	if (e < 0)
		return e;
	if (S_ISDIR(now.mode))
		return ascent_name(&r->folders, fd, out);
	seen = folders_find(&r->long_names, &now);
	if (now.nlink == 0) {
		buf_addf(out, "%s" DELETED, seen ? seen->path : "/");
		return 0;
	}
	if (!seen)
		return -ENAMETOOLONG;
	if (inode_stands_at(&now, seen->path, AT_SYMLINK_NOFOLLOW)) {
		buf_add(out, seen->path, seen->len);
		return 0;
	}
	return names_near(seen->path, &now, 0, take_name, out) > 0 ? 0 : -ENAMETOOLONG;
}

/* What has a long name is remembered by it. */
static void see_long_name(struct resolver *r, const struct name *n)
{
	if (n->path.len >= LONG_NAME && n->now.exists && !S_ISDIR(n->now.mode) &&
		!folders_find(&r->long_names, &n->now))
		folders_learn(&r->long_names, &n->now, n->path.data, n->path.len);
}

/* What the link of /proc says; of what it does not say we take a descriptor of our own. */
static int name_of_link(struct resolver *r, const char *link, struct buf *out)
{
	_cleanup_close_ int fd = -1;
	char *path = buf_room(out, PATH_MAX);
	ssize_t n = path ? io_readlink(link, path) : -ENOMEM;

	if (n == -ENAMETOOLONG) {
		fd = open(link, O_PATH | O_CLOEXEC);
		return fd < 0 ? -errno : long_name_of_fd(r, fd, out);
	}
	if (n < 0)
		return (int)n;
	if (path[0] != '/') {
		path[0] = '\0'; /* out stays empty */
		return -EBADF;
	}
	out->len = (size_t)n;
	return 0;
}

static int name_of_fd(struct resolver *r, int fd, struct buf *out)
{
	char link[PROC_PATH];

	proc_fd_path(link, getpid(), fd);
	return name_of_link(r, link, out);
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
	e = name_of_fd(r, fd, out);
	if (e == 0)
		e = believe(r, &dir, out->data);
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

static bool is_marked(const struct buf *path)
{
	size_t n = strlen(DELETED);

	return path->len > n && !memcmp(path->data + path->len - n, DELETED, n);
}

/*
 * Has the file a name? The kernel marks one that was taken away under an open file, though the file
 * may have others (hard links; one made with O_TMPFILE): those are near it. And a file may really
 * be called "x (deleted)".
 */
static bool has_name(struct name *n)
{
	struct buf *path = &n->path;

	if (!is_marked(path) ||
		(n->now.nlink && inode_stands_at(&n->now, path->data, AT_SYMLINK_NOFOLLOW)))
		return true;
	path->len -= strlen(DELETED);
	path->data[path->len] = '\0';
	return n->now.nlink && names_near(path->data, &n->now, 0, take_name, path) > 0;
}

static int follow_to_end(struct resolver *r, const struct start *s, const char *text,
	struct name *out)
{
	_cleanup_close_ int fd = start_open(s, text, 0);
	int e;

	if (fd < 0)
		return fd;
	e = inode_stat(&out->now, fd, "", AT_EMPTY_PATH);
	if (e == 0)
		e = name_of_fd(r, fd, &out->path);
	if (e == 0 && !has_name(out))
		e = -ENOENT;
	if (e == 0)
		e = believe(r, &out->now, out->path.data);
	return e < 0 ? e : mounts_translate(&r->mounts, s->tid, &out->now, &out->path);
}

/* Something is mounted on the entry itself: its name is the mount's, not its folder's. */
static int entry_mounted(struct resolver *r, const struct start *s, const char *text,
	struct name *out)
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
	if (start_again(&s, e, tid, dirfd, text))
		e = entry_at(r, &s, out);
	if (e == 0)
		see_long_name(r, out);
	if (e == -ENOENT && s.fd == AT_FDCWD && s.text[0] == '/' && strncmp(s.text, "/proc/", 6)) {
		buf_reset(&out->path);
		buf_adds(&out->path, s.text);
	}
	return e;
}

/* Where the last component of text begins, of which only n bytes count. */
static size_t last_begins(const char *text, size_t n)
{
	while (n > 0 && text[n - 1] == '/')
		n--;
	while (n > 0 && text[n - 1] != '/')
		n--;
	return n;
}

static int read_symlink(struct resolver *r, pid_t tid, int dirfd, const char *text,
	char target[PATH_MAX])
{
	_cleanup_start_ struct start s;
	_cleanup_close_ int fd = -1;
	int e = start_at(&s, r, tid, dirfd, text);
	ssize_t n;

	if (e < 0)
		return e;
	fd = start_open(&s, s.text, O_NOFOLLOW);
	n = fd < 0 ? fd : readlinkat(fd, "", target, PATH_MAX - 1);
	if (n < 0)
		return fd < 0 ? fd : -errno;
	target[n] = '\0';
	return 0;
}

/*
 * A symlink at a time: the kernel goes there, too, but its name is too long to be told, or it comes
 * to nothing.
 */
static int follow_by_hand(struct resolver *r, pid_t tid, int dirfd, const char *text,
	struct name *out)
{
	_cleanup_buf_ struct buf next = BUF_INIT, now = BUF_INIT;
	char target[PATH_MAX];
	int e, i;

	buf_adds(&now, text);
	for (i = 0; i < SYMLINKS_MAX && !now.failed; i++) {
		e = resolve_entry(r, tid, dirfd, now.data, out);
		if (e < 0 || !out->now.exists || !S_ISLNK(out->now.mode))
			return e;
		e = read_symlink(r, tid, dirfd, now.data, target);
		if (e < 0)
			return e;
		if (target[0] != '/')
			buf_add(&next, now.data, last_begins(now.data, now.len));
		buf_adds(&next, target);
		buf_reset(&now);
		buf_add(&now, next.data, next.len);
		buf_reset(&next);
	}
	return -ELOOP;
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
	if (e == 0)
		e = follow_to_end(r, &s, s.text, out);
	if (e == -ENAMETOOLONG)
		e = follow_by_hand(r, tid, dirfd, text, out);
	return e == 0 && !out->now.exists ? -ENOENT : e;
}

int resolve_made(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out)
{
	int e = resolve_target(r, tid, dirfd, text, out);

	return e == -ENOENT ? follow_by_hand(r, tid, dirfd, text, out) : e;
}

/* What is not there is no symlink: then "." and ".." mean what they say. */
static void add_components(struct buf *path, const char *rest)
{
	size_t n;

	for (; *rest; rest += n + (rest[n] == '/')) {
		n = strcspn(rest, "/");
		if (n == 2 && !strncmp(rest, "..", 2)) {
			path->len = last_begins(path->data, path->len);
			path->len -= path->len > 1;
			path->data[path->len] = '\0';
		} else if (n && !(n == 1 && *rest == '.')) {
			if (path->len > 1)
				buf_addc(path, '/');
			buf_add(path, rest, n);
		}
	}
}

int resolve_gone(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out)
{
	_cleanup_free_ char *head = strdup(text);
	size_t n = strlen(text);
	int e = head ? resolve_entry(r, tid, dirfd, text, out) : -ENOMEM;

	if (e != -ENOENT)
		return e;
	while (e == -ENOENT && n > 0) {
		n = last_begins(head, n);
		head[n] = '\0';
		e = resolve_target(r, tid, dirfd, n ? head : ".", out);
	}
	if (e < 0)
		return e;
	add_components(&out->path, text + n);
	memset(&out->now, 0, sizeof out->now);
	return out->path.failed ? -ENOMEM : 0;
}

int resolve_opened(struct resolver *r, pid_t tid, int fd, const struct buf *asked, struct name *out,
	bool *deleted)
{
	char link[PROC_PATH];

	if (asked->len && !r->mounts.active) {
		name_reset(out);
		*deleted = false;
		proc_fd_path(link, tid, fd);
		if (inode_stat(&out->now, AT_FDCWD, link, 0) == 0 && out->now.exists &&
			inode_stands_at(&out->now, asked->data, AT_SYMLINK_NOFOLLOW)) {
			buf_add(&out->path, asked->data, asked->len);
			see_long_name(r, out);
			return out->path.failed ? -ENOMEM : 0;
		}
	}
	return resolve_fd(r, tid, fd, out, deleted);
}

int resolve_fd(struct resolver *r, pid_t tid, int fd, struct name *out, bool *deleted)
{
	char link[PROC_PATH];
	int e;

	name_reset(out);
	*deleted = false;
	if (r->served.count && served_fd(&r->served, tid, fd))
		return -EREMOTE;
	proc_fd_path(link, tid, fd);
	e = name_of_link(r, link, &out->path);
	if (e < 0)
		return e;
	e = inode_stat(&out->now, AT_FDCWD, link, 0);
	if (e < 0)
		return e;
	if (!out->now.exists)
		return -ESRCH; /* the task was killed between our two questions */
	*deleted = !has_name(out);
	e = *deleted ? 0 : believe(r, &out->now, out->path.data);
	return e < 0 ? e : mounts_translate(&r->mounts, tid, &out->now, &out->path);
}
