/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/hash.h"
#include "base/io.h"
#include "render/progress.h"
#include "render/say.h"
#include "render/stop.h"

/* The first name met of each file that has several. */
struct first_name {
	struct {
		dev_t dev;
		ino_t ino;
	} key;
	struct member *first;
	UT_hash_handle hh;
};

struct check {
	bool md5; /* is asked for, too */
	struct first_name *inodes;
	struct say_list changed;
};

static void differs(struct check *c, const struct member *e, const char *how)
{
	say_item(&c->changed, "%s: %s", e->path, how);
}

static void look_at_head(struct member *e, int fd)
{
	char head[8] = { 0 };
	ssize_t n = pread(fd, head, sizeof head, 0);

	e->elf = n == sizeof head && (!memcmp(head, "\177ELF", 4) || !memcmp(head, "!<arch>\n", 8));
	e->script = n >= 2 && head[0] == '#' && head[1] == '!';
}

static int hash_file(const struct check *c, struct member *e, char sha256[2 * SHA256_LEN + 1])
{
	_cleanup_close_ int fd = io_open_content(AT_FDCWD, member_source(e));
	unsigned char sha[SHA256_LEN] = { 0 }, md5[MD5_LEN] = { 0 };
	int r;

	if (fd < 0)
		return fd;
	look_at_head(e, fd);
	r = c->md5 ? digest_both(fd, sha, md5) : digest_sha256(fd, sha);
	digest_hex(sha, SHA256_LEN, sha256);
	digest_hex(md5, MD5_LEN, e->md5);
	return r;
}

static void check_content(struct check *c, struct member *e)
{
	char now[2 * SHA256_LEN + 1];
	int r = hash_file(c, e, now);

	if (r < 0) {
		differs(c, e, strerror(-r));
		return;
	}
	if (e->known && strcmp(now, e->sha256))
		differs(c, e, "its content changed");
	memcpy(e->sha256, now, sizeof now);
}

/* Another name of a file that was met before? Then it is that one's link. */
static int find_links(struct check *c, struct member *e, const struct stat *st)
{
	struct first_name *in, key;

	if (st->st_nlink < 2)
		return 0;
	memset(&key, 0, sizeof key);
	key.key.dev = st->st_dev;
	key.key.ino = st->st_ino;
	HASH_FIND(hh, c->inodes, &key.key, sizeof key.key, in);
	if (in) {
		e->first = in->first;
		e->first->links++;
		return 0;
	}
	in = calloc(1, sizeof *in);
	if (!in)
		return say_no_memory();
	in->key = key.key;
	in->first = e;
	HASH_ADD(hh, c->inodes, key, sizeof in->key, in);
	if (hash_added(in) < 0) {
		free(in);
		return say_no_memory();
	}
	return 0;
}

/* Labels of a security module and a file system's own are the machine's, not the file's. */
static bool is_packed(const char *name)
{
	return !strncmp(name, "user.", 5) || !strncmp(name, "trusted.", 8) ||
		!strcmp(name, "security.capability") || !strncmp(name, "system.posix_acl_", 17);
}

bool member_next_xattr(const struct member *e, const char **at, struct xattr *out)
{
	if (!*at)
		*at = e->xattrs.data;
	while (e->xattrs.len && xattrs_next(at, e->xattrs.data + e->xattrs.len, out))
		if (is_packed(out->name))
			return true;
	return false;
}

static int find_xattrs(struct member *e)
{
	int r = xattrs_read(e->path, false, &e->xattrs);

	return r < 0 ? say_failed("%s: its attributes: %s", e->path, strerror(-r)) : 0;
}

static void check_link_target(struct check *c, const struct member *e)
{
	char target[PATH_MAX];
	ssize_t n = io_readlink(e->path, target);

	if (n < 0)
		differs(c, e, strerror((int)-n));
	else if (strcmp(target, e->target))
		differs(c, e, "the link points elsewhere");
}

static int check_file(struct check *c, struct member *e, const struct stat *st)
{
	if (!e->source && find_links(c, e, st) < 0)
		return -1;
	if (e->first == e) {
		e->size = e->known ? e->size : st->st_size;
		check_content(c, e);
	} else if ((e->known && strcmp(e->sha256, e->first->sha256)) ||
		(e->group && e->first->group && e->group != e->first->group)) {
		differs(c, e, "it is now a link to another file");
	}
	return 0;
}

/*
 * A configuration that the newer version left alone, and a person has edited: what was installed
 * is not kept, and without the file the manager would take it away. As it stands it is what the
 * manager finds there, and leaves alone, too.
 */
static void take_edit(const struct check *c, struct member *e, const struct stat *st)
{
	char now[2 * SHA256_LEN + 1];

	if (!e->stays || !e->known || !member_is_configuration(e) || hash_file(c, e, now) < 0)
		return;
	if (!strcmp(now, e->sha256) && st->st_mode == e->mode && st->st_uid == e->uid &&
		st->st_gid == e->gid)
		return;
	memcpy(e->sha256, now, sizeof now);
	e->mode = st->st_mode;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	e->size = st->st_size;
	e->mtime_ns = io_ns(&st->st_mtim);
	e->edited = true;
}

static int check_entry(struct check *c, struct member *e)
{
	struct stat st;

	if (lstat(member_source(e), &st) < 0) {
		differs(c, e, errno == ENOENT || errno == ENOTDIR ? "it is gone" : strerror(errno));
		return 0;
	}
	if ((st.st_mode & S_IFMT) != (e->mode & S_IFMT)) {
		differs(c, e, "it is of another type now");
		return 0;
	}
	take_edit(c, e, &st);
	if (!e->source && (st.st_mode & 07777) != (e->mode & 07777) && !S_ISLNK(e->mode))
		differs(c, e, "its mode changed");
	if (!e->source && (st.st_uid != e->uid || st.st_gid != e->gid))
		differs(c, e, "its owner changed");
	if (member_is_device(e) && st.st_rdev != e->rdev)
		differs(c, e, "it is another device now");
	if (e->source)
		e->mtime_ns = io_ns(&st.st_mtim);
	e->dev = st.st_dev;
	e->ino = st.st_ino;
	e->ctime_ns = io_ns(&st.st_ctim);
	if (S_ISLNK(e->mode))
		check_link_target(c, e);
	if (S_ISREG(e->mode) && check_file(c, e, &st) < 0)
		return -1;
	return e->source ? 0 : find_xattrs(e);
}

int payload_check(struct payload *p, bool md5)
{
	struct check c = { md5, NULL,
		{ "refused: changed since the run, so that the package "
			"would not hold what was installed:",
			0, false } };
	struct first_name *in, *next;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->count; i++) {
		r = stop_asked() ? -1 : check_entry(&c, p->entries[i]);
		render_progress("checking", i, p->count);
	}
	render_progress_end();
	say_rest(&c.changed);
	HASH_ITER(hh, c.inodes, in, next)
	{
		HASH_DEL(c.inodes, in);
		free(in);
	}
	return r < 0 || c.changed.count ? -1 : 0;
}

int payload_unchanged(const struct payload *p)
{
	struct say_list list = { "changed while it was packed:", 0, false };
	struct stat st;
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct member *e = p->entries[i];

		/*
		 * Every change of content, mode, owner or attribute moves the change time; so does
		 * a link to the file, which takes nothing from what was packed: folders and links
		 * are left to their rest.
		 */
		if (lstat(member_source(e), &st) < 0 || st.st_ino != e->ino ||
			st.st_dev != e->dev ||
			(S_ISREG(e->mode) && io_ns(&st.st_ctim) != e->ctime_ns))
			say_item(&list, "%s", e->path);
	}
	say_rest(&list);
	return list.count ? -1 : 0;
}
