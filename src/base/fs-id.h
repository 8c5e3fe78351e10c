/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_FS_ID_H
#define BASE_FS_ID_H
/*
 * Which file system is mounted somewhere, and which folder of it: as a text that stays the same
 * when it is mounted again, by whatever device.
 *
 *	type:number:inode:birth, all hexadecimal; what is not known is empty
 *
 * type and number are f_type and f_fsid of statfs(2), the number only where it is the file
 * system's own, and not its device's (xfs and vfat have that). inode and birth are the folder's
 * (statx(2)): mkfs, or who mounts a tmpfs, makes a root.
 */
#include <stdbool.h>

#define FS_ID_MAX 80

/* Of what is mounted at the path; "" where it cannot be told. */
void fs_id_read(const char *path, char out[FS_ID_MAX]);
/* Are both known, and is there nothing that differs? */
bool fs_id_is(const char *then, const char *now);
/* Does it live in memory, and is gone for good with the machine? */
bool fs_id_is_volatile(const char *id);

#endif
