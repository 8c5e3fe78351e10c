/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/fs-id.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define ZFS_MAGIC 0x2fc12fc1UL

/* f_fsid comes from the UUID that mkfs gives (Linux, fs/TYPE/super.c); tmpfs has one since 5.14. */
static bool has_number(unsigned long type)
{
	static const unsigned long types[] = { EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
		F2FS_SUPER_MAGIC, TMPFS_MAGIC, ZFS_MAGIC };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (type == types[i])
			return true;
	return false;
}

static void add_number(struct buf *out, const struct statfs *fs)
{
	uint32_t half[2];

	memcpy(half, &fs->f_fsid, sizeof half);
	if (has_number((unsigned long)fs->f_type) && (half[0] || half[1]))
		buf_addf(out, "%08x%08x", half[0], half[1]);
}

/* A single file that is mounted is the file, whatever was written to it since. */
static void add_folder(struct buf *out, int fd)
{
	struct statx x;

	buf_addc(out, ':');
	if (statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO | STATX_BTIME, &x) < 0 ||
		!S_ISDIR(x.stx_mode)) {
		buf_addc(out, ':');
		return;
	}
	buf_addf(out, "%llx:", (unsigned long long)x.stx_ino);
	if ((x.stx_mask & STATX_BTIME) && x.stx_btime.tv_sec)
		buf_addf(out, "%llx.%x", (unsigned long long)x.stx_btime.tv_sec,
			x.stx_btime.tv_nsec);
}

void fs_id_read(const char *path, char out[FS_ID_MAX])
{
	_cleanup_close_ int fd = open(path, O_PATH | O_CLOEXEC);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct statfs fs;

	*out = '\0';
	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return;
	buf_addf(&text, "%lx:", (unsigned long)fs.f_type);
	add_number(&text, &fs);
	add_folder(&text, fd);
	if (!text.failed)
		snprintf(out, FS_ID_MAX, "%s", text.data);
}

/* One part of it; the rest is behind the colon. */
static const char *part(const char **id, size_t *len)
{
	const char *at = *id;

	*len = strcspn(at, ":");
	*id = at + *len + (at[*len] == ':');
	return at;
}

bool fs_id_is(const char *then, const char *now)
{
	bool same = *then && *now;

	while (same && *then && *now) {
		size_t m, n;
		const char *a = part(&then, &m), *b = part(&now, &n);

		same = !m || !n || (m == n && !memcmp(a, b, n));
	}
	return same;
}

bool fs_id_is_volatile(const char *id)
{
	unsigned long type = strtoul(id, NULL, 16);

	return type == TMPFS_MAGIC || type == RAMFS_MAGIC;
}
