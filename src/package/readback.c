/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/readback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "package/check.h"
#include "package/say.h"
#include "package/stop.h"
#include "package/tree.h"

struct reading {
	struct payload *payload;
	const struct metadata *meta;
	struct digest *sha256;
	struct say_list list;
};

static void differs(struct reading *r, const char *path, const char *how)
{
	say_item(&r->list, "%s: %s", path, how);
}

/* "./usr/bin/" and "usr/bin" are both /usr/bin. */
static int plain_path(struct buf *out, const char *name)
{
	buf_reset(out);
	if (!strncmp(name, "./", 2))
		name += 2;
	while (*name == '/')
		name++;
	buf_addc(out, '/');
	buf_adds(out, name);
	while (out->len > 1 && out->data[out->len - 1] == '/')
		out->data[--out->len] = '\0';
	return out->failed ? say_no_memory() : 0;
}

static void compare_times(struct reading *r, const struct member *e, struct archive_entry *ae)
{
	time_t s;
	long ns;

	tree_time(e, r->meta, &s, &ns);
	if (archive.entry_mtime(ae) != s ||
		(r->meta->type == PACKAGE_TAR && archive.entry_mtime_nsec(ae) != ns))
		differs(r, e->path, "its time is another");
}

static bool has_xattr(struct archive_entry *ae, const struct xattr *x)
{
	const char *name;
	const void *value;
	size_t size;

	/* a pax header has each twice, in two spellings */
	archive.entry_xattr_reset(ae);
	while (archive.entry_xattr_next(ae, &name, &value, &size) == ARCHIVE_OK)
		if (!strcmp(x->name, name) && x->size == size && !memcmp(x->value, value, size))
			return true;
	return false;
}

static void compare_xattrs(struct reading *r, const struct member *e, struct archive_entry *ae)
{
	const char *at = NULL;
	struct xattr x;

	while (member_next_xattr(e, &at, &x))
		if (!has_xattr(ae, &x)) {
			differs(r, e->path, "an extended attribute is missing or another");
			return;
		}
}

static int compare_content(struct reading *r, const struct member *e, struct archive *a)
{
	unsigned char sha256[SHA256_LEN];
	const void *block;
	int64_t offset, at = 0;
	size_t n;
	int k;

	while ((k = archive.read_data_block(a, &block, &n, &offset)) == ARCHIVE_OK) {
		static const char zeros[4096];

		for (; at < offset; at += (int64_t)sizeof zeros)
			digest_add(r->sha256, zeros,
				offset - at < (int64_t)sizeof zeros ? (size_t)(offset - at) :
								      sizeof zeros);
		digest_add(r->sha256, block, n);
		at = offset + (int64_t)n;
	}
	digest_end(r->sha256, sha256);
	if (k != ARCHIVE_EOF)
		return tree_failed(a, e->path);
	if (memcmp(sha256, e->first->sha256, SHA256_LEN))
		differs(r, e->path, "its content is another");
	return 0;
}

static int compare_file(struct reading *r, struct member *e, struct archive_entry *ae,
	struct archive *a)
{
	_cleanup_buf_ struct buf first = BUF_INIT;
	const char *link = archive.entry_hardlink(ae);

	/* An rpm has the bytes of several names at the last of them. */
	if (r->meta->type == PACKAGE_RPM) {
		if (!link && e->first->links == 1)
			return compare_content(r, e, a);
		if (archive.entry_size(ae) > 0) {
			e->first->group = -1;
			return compare_content(r, e, a);
		}
		return 0;
	}
	if (!link && e->first != e) {
		differs(r, e->path, "it is not a link to its other names");
		return 0;
	}
	if (!link)
		return compare_content(r, e, a);
	if (plain_path(&first, link) < 0)
		return -1;
	if (e->first == e || strcmp(first.data, e->first->path))
		differs(r, e->path, "it is a link to another file");
	return 0;
}

static int compare(struct reading *r, struct member *e, struct archive_entry *ae, struct archive *a)
{
	mode_t mode = archive.entry_mode(ae);
	bool link = archive.entry_hardlink(ae) != NULL;

	if (e->seen)
		differs(r, e->path, "it is there twice");
	e->seen = true;
	/* A link's type is its first name's. */
	if (!link && (mode & S_IFMT) != (e->mode & S_IFMT))
		differs(r, e->path, "its type is another");
	if ((mode & 07777) != (e->mode & 07777) && !S_ISLNK(e->mode))
		differs(r, e->path, "its mode is another");
	if (r->meta->type != PACKAGE_RPM &&
		(archive.entry_uid(ae) != (int64_t)e->uid ||
			archive.entry_gid(ae) != (int64_t)e->gid))
		differs(r, e->path, "its owner is another");
	if (r->meta->type != PACKAGE_RPM || e->first->links == 1)
		compare_times(r, e, ae);
	if (r->meta->type == PACKAGE_TAR && e->first == e)
		compare_xattrs(r, e, ae);
	if (S_ISLNK(e->mode) &&
		(!archive.entry_symlink(ae) || strcmp(archive.entry_symlink(ae), e->target)))
		differs(r, e->path, "it points elsewhere");
	if (member_is_device(e) && archive.entry_rdev(ae) != e->rdev)
		differs(r, e->path, "it is another device");
	if (S_ISREG(e->mode))
		return compare_file(r, e, ae, a);
	return 0;
}

static int read_all(struct reading *r, struct archive *a)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	struct archive_entry *ae;
	struct member *e;
	size_t i;
	int k;

	for (i = 0; i < r->payload->count; i++)
		r->payload->entries[i]->seen = false;
	while ((k = archive.read_next_header(a, &ae)) == ARCHIVE_OK || k == ARCHIVE_WARN) {
		if (stop_asked())
			return say_failed("stopped");
		if (plain_path(&path, archive.entry_pathname(ae)) < 0)
			return -1;
		e = payload_find(r->payload, path.data);
		if (!e)
			differs(r, path.data, "it is no part of the payload");
		else if (compare(r, e, ae, a) < 0)
			return -1;
	}
	if (k != ARCHIVE_EOF)
		return tree_failed(a, "the package");
	for (i = 0; i < r->payload->count; i++) {
		e = r->payload->entries[i];
		if (!e->seen)
			differs(r, e->path, "it is not there");
		else if (r->meta->type == PACKAGE_RPM && e->first == e && e->links > 1 &&
			e->size > 0 && e->group != -1)
			differs(r, e->path, "its content is not there");
	}
	return 0;
}

int readback(struct archive *a, struct payload *p, const struct metadata *m)
{
	struct reading r = { p, m, digest_new(DIGEST_SHA256),
		{ "the package, read back, is not what was to be packed:", 0, false } };
	int k = r.sha256 ? read_all(&r, a) : say_no_memory();

	say_rest(&r.list);
	digest_free(r.sha256);
	return k < 0 || r.list.count ? -1 : 0;
}
