/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"

#define PF_KTHREAD 0x00200000U /* linux/sched.h */

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

long proc_fd_flags(pid_t pid, int fd)
{
	_cleanup_buf_ struct buf info = BUF_INIT;
	char path[PROC_PATH], *flags;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", pid, fd);
	if (io_read_file(path, &info, 4096) < 0 || !info.data)
		return O_RDONLY;
	flags = strstr(info.data, "flags:");
	return flags ? strtol(flags + 6, NULL, 8) : O_RDONLY;
}

/*
 * "begin-end rw-s offset dev inode   path". A line feed in the name is written as \012; such a one
 * is not found by it.
 */
bool proc_mapping_writes(const char *line, const char **name, uint64_t *ino)
{
	unsigned long inode;
	char rights[8];
	int at = 0;

	if (sscanf(line, "%*s %7s %*s %*s %lu %n", rights, &inode, &at) < 2 || !at ||
		rights[1] != 'w' || rights[3] != 's' || line[at] != '/')
		return false;
	*name = line + at;
	*ino = inode;
	return true;
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

static int read_status(pid_t pid, struct buf *out)
{
	char path[PROC_PATH];

	proc_path(path, pid, "status");
	return io_read_file(path, out, 8192);
}

/* A number of /proc/PID/status, by its name with the newline before and the colon behind. */
static uint64_t status_field(const struct buf *status, const char *name, int base)
{
	const char *field = status->data ? strstr(status->data, name) : NULL;

	return field ? strtoull(field + strlen(name), NULL, base) : 0;
}

static pid_t pid_in_status(pid_t pid, const char *name)
{
	_cleanup_buf_ struct buf status = BUF_INIT;

	return read_status(pid, &status) < 0 ? 0 : (pid_t)status_field(&status, name, 10);
}

pid_t proc_parent(pid_t pid)
{
	return pid_in_status(pid, "\nPPid:");
}

pid_t proc_of_thread(pid_t tid)
{
	return pid_in_status(tid, "\nTgid:");
}

pid_t proc_tracer(pid_t tid)
{
	return pid_in_status(tid, "\nTracerPid:");
}

/* The kernel names the thread that traces. */
bool proc_is_traced_by_us(pid_t tid)
{
	pid_t tracer = proc_tracer(tid);

	return tracer && proc_of_thread(tracer) == getpid();
}

/* "Uid:" and "Gid:" have the real, the effective, the saved and that of the file system. */
bool proc_ids(pid_t pid, uid_t *uid, gid_t *gid)
{
	_cleanup_buf_ struct buf status = BUF_INIT;
	const char *uids, *gids;

	if (read_status(pid, &status) < 0 || !status.data)
		return false;
	uids = strstr(status.data, "\nUid:");
	gids = strstr(status.data, "\nGid:");
	return uids && gids && sscanf(uids, "\nUid: %*u %u", uid) == 1 &&
		sscanf(gids, "\nGid: %*u %u", gid) == 1;
}

void proc_name(char name[PROC_NAME], pid_t pid)
{
	char path[PROC_PATH];

	proc_path(path, pid, "comm");
	io_read_line(path, name, PROC_NAME);
}

uid_t proc_user(pid_t pid)
{
	return (uid_t)pid_in_status(pid, "\nUid:");
}

/* The last of such a line's numbers is that of the innermost namespace; 0: there is none. */
static pid_t own_number(const struct buf *status, const char *name)
{
	const char *ids = status->data ? strstr(status->data, name) : NULL;
	const char *last = ids ? memrchr(ids + 1, '\t', strcspn(ids + 1, "\n")) : NULL;

	return last ? (pid_t)strtol(last, NULL, 10) : 0;
}

bool proc_is_nested(pid_t pid)
{
	_cleanup_buf_ struct buf status = BUF_INIT;
	const char *ids;

	if (read_status(pid, &status) < 0 || !status.data)
		return false;
	ids = strstr(status.data, "\nNSpid:\t");
	return ids && strcspn(ids + strlen("\nNSpid:\t"), "\t\n") <
			strcspn(ids + strlen("\nNSpid:\t"), "\n");
}

pid_t proc_own_number(pid_t pid)
{
	_cleanup_buf_ struct buf status = BUF_INIT;

	return read_status(pid, &status) < 0 ? 0 : own_number(&status, "\nNSpid:");
}

bool proc_is_capable(pid_t pid, int capability)
{
	_cleanup_buf_ struct buf status = BUF_INIT;

	return read_status(pid, &status) == 0 &&
		(status_field(&status, "\nCapEff:", 16) >> capability & 1);
}

unsigned int proc_treats(pid_t tid, int sig)
{
	const uint64_t bit = 1ULL << (sig - 1);
	_cleanup_buf_ struct buf status = BUF_INIT;

	if (read_status(tid, &status) < 0)
		return PROC_IGNORES;
	return (status_field(&status, "\nSigIgn:", 16) & bit ? PROC_IGNORES : 0) |
		(status_field(&status, "\nSigCgt:", 16) & bit ? PROC_HANDLES : 0) |
		(status_field(&status, "\nSigBlk:", 16) & bit ? PROC_BLOCKS : 0);
}

bool proc_ignores(pid_t tid, int sig)
{
	const uint64_t bit = 1ULL << (sig - 1);
	_cleanup_buf_ struct buf status = BUF_INIT;
	bool by_default = sig == SIGCHLD || sig == SIGCONT || sig == SIGURG || sig == SIGWINCH;

	if (read_status(tid, &status) < 0)
		return false;
	/* The first of a namespace ignores all that it does not handle (SIGNAL_UNKILLABLE). */
	by_default |= sig != SIGSTOP && own_number(&status, "\nNStgid:") == 1;
	return (status_field(&status, "\nSigIgn:", 16) & bit) ||
		(by_default && !(status_field(&status, "\nSigCgt:", 16) & bit));
}

unsigned int proc_filters(pid_t tid)
{
	_cleanup_buf_ struct buf status = BUF_INIT;

	if (read_status(tid, &status) < 0)
		return 0;
	return (unsigned int)status_field(&status, "\nSeccomp_filters:", 10);
}

/* The fields from the state on, behind the name, which may hold anything, in parentheses; or "". */
static const char *read_stat(pid_t tid, char *text, size_t size)
{
	char path[PROC_PATH], *behind;
	_cleanup_close_ int fd = -1;
	ssize_t n;

	proc_path(path, tid, "stat");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : io_read_all(fd, text, size - 1);
	if (n < 0)
		return "";
	text[n] = '\0';
	behind = strrchr(text, ')');
	return behind && behind[1] == ' ' ? behind + 2 : "";
}

char proc_state(pid_t tid)
{
	char text[256];

	return *read_stat(tid, text, sizeof text);
}

bool proc_is_kernel(pid_t pid)
{
	char text[256];
	unsigned int flags = 0;

	/* state, ppid, pgrp, session, tty_nr, tpgid, flags (proc_pid_stat(5)) */
	sscanf(read_stat(pid, text, sizeof text), "%*c %*d %*d %*d %*d %*d %u", &flags);
	return flags & PF_KTHREAD;
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
