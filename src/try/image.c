/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/loop.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "base/child.h"
#include "base/io.h"
#include "base/proc.h"

#define BLOCK 4096
#define LEAST (64ULL << 20)
/* mkfs.ext4 takes longer for more, and nobody installs as much. */
#define MOST (64ULL << 30)
/* The device that was free just now may be somebody else's by now. */
#define TRIES 64

static const char *const programs[] = { "mkfs.ext4", "/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4" };

/* All that is free, but for a part that the database may need meanwhile. 0: it is too little. */
static uint64_t size_there(int images)
{
	struct statvfs fs;
	uint64_t free_bytes;

	if (fstatvfs(images, &fs) < 0)
		return 0;
	free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	free_bytes = (free_bytes - free_bytes / 32) / BLOCK * BLOCK;
	return free_bytes < LEAST ? 0 : free_bytes < MOST ? free_bytes : MOST;
}

/*
 * This process becomes the command, perhaps: what SIGCHLD is to it, and whether one is pending, is
 * as before.
 */
static int run_unnoticed(const char *const argv[], struct buf *said)
{
	struct sigaction usual = { .sa_handler = SIG_DFL }, before;
	const struct timespec at_once = { 0, 0 };
	sigset_t child, pending;
	int r;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigpending(&pending);
	sigaction(SIGCHLD, &usual, &before);
	r = child_run(argv, said, CHILD_TO_OUT);
	if (!sigismember(&pending, SIGCHLD))
		sigtimedwait(&child, NULL, &at_once);
	sigaction(SIGCHLD, &before, NULL);
	return r;
}

/*
 * No journal: where the power goes the command is gone, too. Tables of inodes that nobody uses are
 * not written, now or later, or the file would not stay small.
 */
static int make_file_system(int file, struct words *words)
{
	_cleanup_buf_ struct buf said = BUF_INIT;
	char path[PROC_PATH];
	const char *argv[] = { NULL, "-q", "-F", "-b", "4096", "-m", "0", "-O",
		"^has_journal,^resize_inode", "-E", "lazy_itable_init=1,nodiscard", path, NULL };
	int r = CHILD_NOT_THERE;
	size_t i;

	proc_fd_path(path, getpid(), file);
	for (i = 0; r == CHILD_NOT_THERE && i < ARRAY_SIZE(programs); i++) {
		argv[0] = programs[i];
		r = run_unnoticed(argv, &said);
	}
	if (r == CHILD_NOT_THERE)
		return words_set(words, -ENOENT,
			"mkfs.ext4 is needed for the layers of a try: install e2fsprogs");
	return r ? words_set(words, -EIO, "mkfs.ext4 failed: %s", said.data ? said.data : "") : 0;
}

int image_make(int images, const char *file, const char *folder, struct words *words)
{
	_cleanup_close_ int fd = -1;
	uint64_t size = size_there(images);
	int r;

	if (!size)
		return words_set(words, -ENOSPC,
			"too little space in %s for the layers of a try: %llu MiB at least, or "
			"name a database elsewhere with -d",
			folder, LEAST >> 20);
	fd = openat(images, file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) < 0 || ftruncate(fd, (off_t)size) < 0)
		return words_set(words, -errno, "cannot make %s/%s: %s", folder, file,
			strerror(errno));
	r = make_file_system(fd, words);
	return r < 0 ? r : STEAL_FD(fd);
}

static int open_free_device(char *path, size_t size)
{
	_cleanup_close_ int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE), fd;

	if (number < 0)
		return -errno;
	snprintf(path, size, "/dev/loop%d", number);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Past the page cache, where the file system can: all is in that of the image already. */
static int set_file(int device, int file)
{
	struct loop_config config = { .fd = (unsigned int)file,
		.block_size = BLOCK,
		.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO };

	if (ioctl(device, LOOP_CONFIGURE, &config) == 0)
		return 0;
	if (errno == EBUSY)
		return -EBUSY;
	config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
	return ioctl(device, LOOP_CONFIGURE, &config) < 0 ? -errno : 0;
}

static int attach(int file, char *path, size_t size)
{
	int tries, fd, r = -EBUSY;

	for (tries = 0; r == -EBUSY && tries < TRIES; tries++) {
		fd = open_free_device(path, size);
		if (fd < 0)
			return fd;
		r = set_file(fd, file);
		if (r == 0)
			return fd;
		drop_fd(fd);
	}
	return r;
}

int image_mount(int images, const char *file, const char *at, struct words *words)
{
	_cleanup_close_ int fd = openat(images, file, O_RDWR | O_CLOEXEC), device = -1;
	char path[64];

	if (fd < 0)
		return words_set(words, -errno, "the layers of this try, %s, cannot be opened: %s",
			file, strerror(errno));
	device = attach(fd, path, sizeof path);
	if (device < 0)
		return words_set(words, device,
			"no loop device can be had for the layers of a try (%s): the module loop "
			"is needed, and in a container /dev/loop-control and /dev/loop*",
			strerror(-device));
	/* Nobody waits for a flush of what may be given up. */
	if (mount(path, at, "ext4", 0, "noinit_itable,barrier=0") < 0)
		return words_set(words, -errno, "cannot mount %s, the layers of a try: %s", file,
			strerror(errno));
	return 0;
}

static bool is_of(const char *device, const char *file)
{
	char path[300], backing[PATH_MAX];
	size_t n, k = strlen(file);

	snprintf(path, sizeof path, "/sys/block/%s/loop/backing_file", device);
	io_read_line(path, backing, sizeof backing);
	n = strlen(backing);
	return n > k && backing[n - k - 1] == '/' && !strcmp(backing + n - k, file);
}

bool image_is_attached(const char *file)
{
	_cleanup_(cleanup_closedirp) DIR *d = opendir("/sys/block");
	const struct dirent *e;
	bool found = false;

	while (!found && d && (e = readdir(d)))
		found = !strncmp(e->d_name, "loop", 4) && is_of(e->d_name, file);
	return found;
}
