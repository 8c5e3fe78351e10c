/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "package/check.h"
#include "render/progress.h"
#include "render/say.h"
#include "render/stop.h"

#define CHUNK (256 * 1024)

/* "archive: what libarchive says"; -1. */
static int failed(struct archive *a, const char *what)
{
	const char *words = archive.error_string(a);

	return say_failed("%s: %s", what, words ? words : "libarchive does not say why");
}

struct archive *tree_open(int fd, int (*set_format)(struct archive *), const struct compression *c)
{
	_cleanup_(archive_writep) struct archive *a = archive.write_new();
	int r = a ? set_format(a) : say_no_memory();

	if (r == ARCHIVE_OK && c && c->options)
		r = archive.write_add_filter_by_name(a, c->name);
	if (r == ARCHIVE_OK && c && c->options)
		r = archive.write_set_options(a, c->options);
	if (r == ARCHIVE_OK)
		r = archive.write_open_fd(a, fd);
	if (a && r != ARCHIVE_OK)
		failed(a, c ? c->name : "the package");
	return r == ARCHIVE_OK ? STEAL(a) : NULL;
}

int tree_close(struct archive *a, const char *what)
{
	return archive.write_close(a) == ARCHIVE_OK ? 0 : failed(a, what);
}

/* The names are few and asked for thousands of times. */
const char *owner_name(uid_t uid)
{
	static char name[64];
	static uid_t last;
	const struct passwd *pw;

	if (*name && last == uid)
		return name;
	pw = getpwuid(uid);
	if (!pw)
		return NULL;
	snprintf(name, sizeof name, "%s", pw->pw_name);
	last = uid;
	return name;
}

const char *group_name(gid_t gid)
{
	static char name[64];
	static gid_t last;
	const struct group *gr;

	if (*name && last == gid)
		return name;
	gr = getgrgid(gid);
	if (!gr)
		return NULL;
	snprintf(name, sizeof name, "%s", gr->gr_name);
	last = gid;
	return name;
}

void tree_time(const struct member *e, const struct metadata *m, time_t *s, long *ns)
{
	int64_t t = e->mtime_ns;

	if (t > m->epoch * 1000000000)
		t = m->epoch * 1000000000;
	if (t < 0 && m->type != PACKAGE_TAR) /* the others have none before 1970 */
		t = 0;
	*s = (time_t)(t / 1000000000);
	*ns = (long)(t % 1000000000);
	if (*ns < 0) { /* libarchive (3.6) writes -1.3 s, given as -2 and 0.7, as -2.7 */
		*ns = 0;
		--*s;
	}
}

static void describe(struct archive_entry *ae, const struct member *e, const struct metadata *m,
	const char *top)
{
	_cleanup_buf_ struct buf name = BUF_INIT;
	const char *who, *at = NULL;
	struct xattr x;
	time_t s;
	long ns;

	buf_addf(&name, "%s%s", top, e->path + !*top);
	archive.entry_clear(ae);
	archive.entry_set_pathname(ae, name.data);
	archive.entry_set_mode(ae, e->mode);
	archive.entry_set_uid(ae, e->uid);
	archive.entry_set_gid(ae, e->gid);
	if ((who = owner_name(e->uid)))
		archive.entry_set_uname(ae, who);
	if ((who = group_name(e->gid)))
		archive.entry_set_gname(ae, who);
	tree_time(e, m, &s, &ns);
	archive.entry_set_mtime(ae, s, m->type == PACKAGE_DEB ? 0 : ns);
	if (S_ISLNK(e->mode))
		archive.entry_set_symlink(ae, e->target);
	if (member_is_device(e))
		archive.entry_set_rdev(ae, e->rdev);
	archive.entry_set_size(ae, S_ISREG(e->mode) && e->first == e ? e->size : 0);
	if (e->first != e) {
		buf_reset(&name);
		buf_addf(&name, "%s%s", top, e->first->path + !*top);
		archive.entry_set_hardlink(ae, name.data);
	}
	while (m->type == PACKAGE_TAR && e->first == e && member_next_xattr(e, &at, &x))
		archive.entry_xattr_add_entry(ae, x.name, x.value, x.size);
}

int tree_copy(struct archive *a, int fd, int64_t size, const char *what)
{
	_cleanup_free_ char *chunk = malloc(CHUNK);
	ssize_t n = chunk ? 0 : say_no_memory();

	while (n >= 0 && size > 0) {
		n = io_read_all(fd, chunk, size < CHUNK ? (size_t)size : CHUNK);
		if (n == 0)
			return say_failed("%s became shorter while it was packed", what);
		if (n < 0)
			return say_failed("%s: %s", what, strerror((int)-n));
		if (archive.write_data(a, chunk, (size_t)n) != n)
			return failed(a, what);
		size -= n;
	}
	return n < 0 ? -1 : 0;
}

static int copy_file(struct archive *a, const struct member *e)
{
	_cleanup_close_ int fd = io_open_content(AT_FDCWD, member_bytes(e));

	return fd < 0 ? say_failed("%s: %s", member_bytes(e), strerror(-fd)) :
			tree_copy(a, fd, e->size, member_bytes(e));
}

int tree_write(struct archive *a, const struct payload *p, const struct metadata *m,
	const char *top)
{
	_cleanup_(archive_entryp) struct archive_entry *ae = archive.entry_new();
	size_t i;

	if (!ae)
		return say_no_memory();
	for (i = 0; i < p->count; i++) {
		const struct member *e = p->entries[i];

		if (stop_asked())
			return -1;
		render_progress("packing", i, p->count);
		describe(ae, e, m, top);
		if (archive.write_header(a, ae) != ARCHIVE_OK)
			return failed(a, e->path);
		if (S_ISREG(e->mode) && e->first == e && copy_file(a, e) < 0)
			return -1;
	}
	render_progress_end();
	return 0;
}

int tree_unpack(const char *folder, const struct payload *p, const struct metadata *m)
{
	_cleanup_(archive_writep) struct archive *a = archive.write_disk_new();

	if (!a)
		return say_no_memory();
	archive.write_disk_set_options(a, ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME);
	return tree_write(a, p, m, folder) < 0 ? -1 : tree_close(a, folder);
}

int tree_write_head(struct archive *a, const struct metadata *m, const char *name, mode_t mode,
	int64_t size)
{
	_cleanup_(archive_entryp) struct archive_entry *ae = archive.entry_new();

	if (!ae)
		return say_no_memory();
	archive.entry_set_pathname(ae, name);
	archive.entry_set_mode(ae, S_IFREG | mode);
	archive.entry_set_uname(ae, "root");
	archive.entry_set_gname(ae, "root");
	archive.entry_set_mtime(ae, (time_t)m->epoch, 0);
	archive.entry_set_size(ae, size);
	return archive.write_header(a, ae) == ARCHIVE_OK ? 0 : failed(a, name);
}

int tree_write_text(struct archive *a, const struct metadata *m, const char *name, mode_t mode,
	const struct buf *text)
{
	if (text->failed)
		return say_no_memory();
	if (tree_write_head(a, m, name, mode, (int64_t)text->len) < 0)
		return -1;
	return archive.write_data(a, text->data, text->len) == (ssize_t)text->len ?
		0 :
		failed(a, name);
}
