/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is read of /proc: status, mountinfo (of the recorder and of a task),
 * stat, fdinfo; texts with a NUL between them, in this order.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "base/io.h"
#include "base/proc.h"
#include "fuzz/fuzz.h"
#include "resolve/mounts.h"
#include "resolve/served.h"
#include "store/liveness.h"

#define TASK 4000000 /* no pid is as high as this */

int __wrap_io_read_file(const char *path, struct buf *out, size_t limit);
ssize_t __wrap_io_readlink(const char *path, char *out);

static char *status, *ours, *theirs, *stat_line, *fdinfo, *root;

int __wrap_io_read_file(const char *path, struct buf *out, size_t limit)
{
	const char *name = strrchr(path, '/') + 1, *text = strstr(path, "/fdinfo/") ? fdinfo : "";

	if (!strcmp(name, "status"))
		text = status;
	else if (!strcmp(name, "mountinfo"))
		text = strstr(path, "/self/") ? ours : theirs;
	else if (!strcmp(name, "stat"))
		text = stat_line;
	buf_add(out, text, strnlen(text, limit));
	return out->failed ? -ENOMEM : 0;
}

ssize_t __wrap_io_readlink(const char *path, char *out)
{
	return snprintf(out, PATH_MAX, "%s", root);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return 0;
}

static void mount_names(struct input *in)
{
	struct mounts mounts = { 0 };
	struct served served = { 0 };
	struct inode at = { .mount = take_number(in, 1), .exists = true, .nlink = 1 };
	_cleanup_buf_ struct buf path = BUF_INIT;

	served_begin(&served);
	served_learn(&served, TASK);
	mounts_begin(&mounts, TASK);
	buf_adds(&path, "/");
	buf_add(&path, in->p, in->left);
	mounts_cover(&mounts, path.data);
	mounts_translate(&mounts, TASK, &at, &path);
	read_through(path.data);
	mounts_changed(&mounts);
	at.mount++;
	mounts_translate(&mounts, TASK, &at, &path);
	mounts_release(&mounts);
	served_release(&served);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char **texts[] = { &status, &ours, &theirs, &stat_line, &fdinfo, &root };
	const char *name;
	uint64_t ino;
	char *self;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		*texts[i] = take_text(&in, 1U << 16);
	proc_parent(TASK);
	proc_of_thread(TASK);
	proc_fd_flags(TASK, 3);
	proc_mapping_writes(stat_line, &name, &ino);
	self = liveness_self();
	liveness_alive(self);
	liveness_alive(stat_line);
	free(self);
	mount_names(&in);
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		free(*texts[i]);
	return 0;
}
