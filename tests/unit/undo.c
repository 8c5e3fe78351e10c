/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an undo stands on: folders without symlinks, attributes, copies, other names. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/copy.h"
#include "base/xattrs.h"
#include "model/names.h"
#include "lib/scratch.h"
#include "lib/tap.h"
#include "base/parents.h"
#include "undo/remake.h"
#include "undo/remove.h"

static int opens(const char *path)
{
	struct parents p = PARENTS_INIT;
	const char *name;
	int dir, r = parents_open(&p, path, &dir, &name);

	parents_forget(&p);
	return r;
}

static void test_parents(void)
{
	mkdir(at("real"), 0755);
	make("real/f", "x");
	if (symlink("real", at("link")) < 0)
		abort();
	ok(opens(at("real/f")) == 0, "a plain folder is opened");
	ok(opens(at("link/f")) == -ELOOP, "a symlink among the folders is refused");
	ok(opens(at("real/f/g")) == -ELOOP, "a file among the folders, too");
	ok(opens(at("none/f")) == -ENOENT, "one that is not there is named so");
	ok(opens("/") == -EINVAL && opens("relative") == -EINVAL,
		"\"/\" and relative names are none of ours");
	ok(opens("/a/../b") == -EINVAL && opens("/a/./b") == -EINVAL && opens("/a//b") == -EINVAL,
		"nor are names with dots, or an empty component");
}

static void test_remove(void)
{
	struct parents p = PARENTS_INIT;
	struct inode now, other;

	make("gone", "x");
	make("other", "x");
	inode_stat(&now, AT_FDCWD, at("gone"), 0);
	inode_stat(&other, AT_FDCWD, at("other"), 0);
	ok(remove_entry(&p, at("gone"), &other) == -ESTALE,
		"another file than was looked at stays");
	ok(remove_entry(&p, at("gone"), &now) == 0 && access(at("gone"), F_OK) < 0,
		"the one that was goes");
	inode_stat(&now, AT_FDCWD, at("real"), 0);
	ok(remove_entry(&p, at("real"), &now) == -ENOTEMPTY, "a folder that is not empty stays");
	inode_stat(&now, AT_FDCWD, "/proc", 0);
	ok(remove_entry(&p, "/proc", &now) == -EBUSY, "a mount point stays");
	parents_forget(&p);
}

static void test_xattrs(void)
{
	struct buf a = BUF_INIT, b = BUF_INIT;

	make("attrs", "x");
	if (setxattr(at("attrs"), "user.b", "1", 1, 0) < 0 ||
		setxattr(at("attrs"), "user.a", "\0z", 2, 0) < 0) {
		ok(1, "# SKIP no extended attributes here");
		return;
	}
	ok(xattrs_read(at("attrs"), false, &a) == 0 && a.len > 0, "attributes are read");
	setxattr(at("attrs"), "user.b", "changed", 7, 0);
	setxattr(at("attrs"), "user.c", "new", 3, 0);
	removexattr(at("attrs"), "user.a");
	ok(xattrs_apply(at("attrs"), false, a.data, a.len) == 0, "and put back");
	ok(xattrs_read(at("attrs"), false, &b) == 0 && b.len == a.len &&
			!memcmp(a.data, b.data, a.len),
		"exactly: changed, added and removed ones");
	ok(xattrs_apply(at("attrs"), false, "\5\0\0", 3) == 0, "a string cut short does no harm");
	buf_release(&a);
	buf_release(&b);
}

static void test_copy(void)
{
	unsigned char one[SHA256_LEN], two[SHA256_LEN];
	int from, to;
	uint64_t stored = 0;
	struct stat st;

	from = open(at("holes"), O_RDWR | O_CREAT, 0644);
	to = open(at("copy"), O_RDWR | O_CREAT, 0644);
	if (from < 0 || to < 0 || pwrite(from, "middle", 6, 1 << 20) != 6 ||
		ftruncate(from, 3 << 20) < 0)
		abort();
	ok(copy_content(from, to, one, &stored) == 0 && stored < (1 << 20),
		"a file is copied without its holes");
	lseek(from, 0, SEEK_SET);
	ok(digest_sha256(from, two) == 0 && !memcmp(one, two, SHA256_LEN),
		"its digest is that of the whole");
	ok(fstat(to, &st) == 0 && st.st_size == 3 << 20, "and so is its size");
	lseek(to, 0, SEEK_SET);
	ok(digest_sha256(to, two) == 0 && !memcmp(one, two, SHA256_LEN),
		"the copy has the same content");
	close(from);
	close(to);
}

static int count_name(const char *path, const struct inode *now, void *data)
{
	++*(int *)data;
	return (int)now->nlink;
}

static void test_names(void)
{
	struct inode i;
	int n = 0;

	make("name1", "x");
	mkdir(at("far"), 0755);
	if (link(at("name1"), at("name2")) < 0 || link(at("name1"), at("far/name3")) < 0)
		abort();
	inode_stat(&i, AT_FDCWD, at("name1"), 0);
	ok(names_near(at("name1"), &i, i.birth_ns, count_name, &n) == 3 && n == 3,
		"the names of a file are found near one of them");
	if (!i.birth_ns)
		return;
	ok(names_near(at("name1"), &i, i.birth_ns - 1, count_name, &n) == 0,
		"not those of a later one with its number");
	i.birth_ns--;
	ok(names_near(at("name1"), &i, 0, count_name, &n) == 0,
		"nor those of one that was born at another time");
}

/* A file that was swapped since it was looked at gets nobody's owner and mode. */
static void test_meta(void)
{
	struct side want = {
		.i = { .exists = true, .mode = S_IFREG | 04755, .uid = getuid(), .gid = getgid() }
	};
	struct inode looked_at;
	struct stat st;

	make("looked_at", "x");
	make("other", "y");
	if (inode_stat(&looked_at, AT_FDCWD, at("looked_at"), AT_SYMLINK_NOFOLLOW) < 0)
		abort();
	ok(remake_meta(AT_FDCWD, at("looked_at"), &looked_at, &want) == 0 &&
			stat(at("looked_at"), &st) == 0 && (st.st_mode & 07777) == 04755,
		"mode and owner of what was looked at");
	if (rename(at("other"), at("looked_at")) < 0)
		abort();
	ok(remake_meta(AT_FDCWD, at("looked_at"), &looked_at, &want) == -ESTALE &&
			stat(at("looked_at"), &st) == 0 && (st.st_mode & 07777) == 0644,
		"not of what has its name since");
}

int main(void)
{
	scratch_begin();
	test_parents();
	test_remove();
	test_xattrs();
	test_copy();
	test_names();
	test_meta();
	scratch_end();
	return done_testing();
}
