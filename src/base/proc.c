/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"

static char *add_number(char *to, unsigned int n)
{
	char digits[16];
	int i = 0;

	do
		digits[i++] = (char)('0' + n % 10);
	while (n /= 10);
	while (i > 0)
		*to++ = digits[--i];
	return to;
}

static char *begin_path(char *out, pid_t pid)
{
	return add_number(stpcpy(out, "/proc/"), (unsigned int)pid);
}

void proc_path(char out[PROC_PATH], pid_t pid, const char *what)
{
	char *p = begin_path(out, pid);

	*p++ = '/';
	if (strlen(what) >= (size_t)(out + PROC_PATH - p))
		BUG("/proc has nothing called %s", what);
	memcpy(p, what, strlen(what) + 1);
}

void proc_fd_path(char out[PROC_PATH], pid_t pid, int fd)
{
	*add_number(stpcpy(begin_path(out, pid), "/fd/"), (unsigned int)fd) = '\0';
}

void proc_dirfd_path(char out[PROC_PATH], pid_t pid, int dirfd)
{
	if (dirfd == AT_FDCWD)
		proc_path(out, pid, "cwd");
	else
		proc_fd_path(out, pid, dirfd);
}

int proc_check(void)
{
	char self[PATH_MAX], pid[16];
	struct statfs fs;

	if (statfs("/proc", &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return -ENOENT;
	snprintf(pid, sizeof pid, "%d", getpid());
	return io_readlink("/proc/self", self) > 0 && strcmp(self, pid) == 0 ? 0 : -ESRCH;
}

/* A number of /proc/PID/status, by its name with the newline before and the colon behind. */
static pid_t status_field(pid_t pid, const char *name)
{
	_cleanup_buf_ struct buf status = BUF_INIT;
	char path[64];
	const char *field;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	if (io_read_file(path, &status, 4096) < 0)
		return 0;
	field = status.data ? strstr(status.data, name) : NULL;
	return field ? (pid_t)strtol(field + strlen(name), NULL, 10) : 0;
}

pid_t proc_parent(pid_t pid)
{
	return status_field(pid, "\nPPid:");
}

pid_t proc_of_thread(pid_t tid)
{
	return status_field(tid, "\nTgid:");
}

/* The state is the first field behind the name, which may hold anything, in parentheses. */
char proc_state(pid_t tid)
{
	char path[PROC_PATH], text[256], *behind;
	_cleanup_close_ int fd = -1;
	ssize_t n;

	proc_path(path, tid, "stat");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : io_read_all(fd, text, sizeof text - 1);
	if (n < 0)
		return '\0';
	text[n] = '\0';
	behind = strrchr(text, ')');
	return behind && behind[1] == ' ' ? behind[2] : '\0';
}

static bool thread_is_running(const char *tid)
{
	char state = proc_state((pid_t)strtol(tid, NULL, 10));

	return state == 'R' || state == 't';
}

bool proc_is_running(pid_t pid)
{
	char path[PROC_PATH];
	bool running = false;
	struct dirent *e;
	DIR *d;

	proc_path(path, pid, "task");
	d = opendir(path);
	while (d && !running && (e = readdir(d)))
		running = e->d_name[0] != '.' && thread_is_running(e->d_name);
	if (d)
		closedir(d);
	return running;
}
