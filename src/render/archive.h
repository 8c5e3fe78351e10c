/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_ARCHIVE_H
#define RENDER_ARCHIVE_H
/*
 * libarchive, loaded when something is packed (base/library.h): archive.write_new()
 * is its archive_write_new().
 */
#include <archive.h>
#include <archive_entry.h>

#define ARCHIVE_FUNCTIONS(X) \
	X(entry_clear) \
	X(entry_free) \
	X(entry_new) \
	X(entry_set_gid) \
	X(entry_set_gname) \
	X(entry_set_hardlink) \
	X(entry_set_mode) \
	X(entry_set_mtime) \
	X(entry_set_pathname) \
	X(entry_set_rdev) \
	X(entry_set_size) \
	X(entry_set_symlink) \
	X(entry_set_uid) \
	X(entry_set_uname) \
	X(entry_xattr_add_entry) \
	X(error_string) \
	X(write_add_filter_by_name) \
	X(write_close) \
	X(write_data) \
	X(write_disk_new) \
	X(write_disk_set_options) \
	X(write_free) \
	X(write_header) \
	X(write_new) \
	X(write_open) \
	X(write_open_fd) \
	X(write_set_bytes_in_last_block) \
	X(write_set_options) \
	X(write_set_format_ar_bsd) \
	X(write_set_format_gnutar) \
	X(write_set_format_option) \
	X(write_set_format_pax) \
	X(write_set_format_raw)

struct archive_functions {
#define X(f) __typeof__(&archive_##f) f;
	ARCHIVE_FUNCTIONS(X)
#undef X
};

extern struct archive_functions archive;

/* Before anything else here. 0, or -1 after saying why. */
int archive_load(void);

static inline void archive_writep(struct archive **a)
{
	if (*a)
		archive.write_free(*a);
}
static inline void archive_entryp(struct archive_entry **e)
{
	if (*e)
		archive.entry_free(*e);
}

#endif
