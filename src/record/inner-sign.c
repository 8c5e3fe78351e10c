/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/inner-sign.h"

#include <linux/audit.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/proc.h"
#include "trace/mem.h"

/* Of a stop the kernel tells nobody who ignores it; of an end, who blocks it all the same. */
static bool comes_to_nothing(const struct tracee *t, unsigned int how)
{
	if (how & PROC_IGNORES)
		return t->task || !(how & PROC_BLOCKS);
	return !(how & (PROC_HANDLES | PROC_BLOCKS));
}

void inner_ring(struct recorder *r, struct tracee *t)
{
	struct tracees *all = &r->tracees;

	if (all->asked != t->tracer_process) {
		all->asked = t->tracer_process;
		all->how = proc_treats(t->tracer_process, SIGCHLD);
	}
	if (comes_to_nothing(t, all->how))
		return;
	/* Of the end of its own child the kernel has told, but for one who ignores that. */
	if (!t->task && t->own_child && !(all->how & PROC_IGNORES))
		return;
	t->rings = true;
	kill(t->tracer_process, SIGCHLD);
}

void inner_describe(const struct tracee *t, siginfo_t *si)
{
	int status = t->status;

	memset(si, 0, sizeof *si);
	si->si_signo = SIGCHLD;
	si->si_pid = t->tid;
	si->si_uid = t->uid;
	if (t->task) {
		si->si_code = CLD_TRAPPED;
		si->si_status = status >> 8;
	} else if (WIFEXITED(status)) {
		si->si_code = CLD_EXITED;
		si->si_status = WEXITSTATUS(status);
	} else {
		si->si_code = WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
		si->si_status = WTERMSIG(status);
	}
}

static bool is_ours(int sig, int code, pid_t pid)
{
	return sig == SIGCHLD && code == SI_USER && pid == getpid();
}

/* One signal tells of all that it was sent for, and speaks of the first. False: it is for none. */
static bool describe_first(struct recorder *r, pid_t process, siginfo_t *si)
{
	struct tracee *t, *first = NULL;

	for (t = r->tracees.first; t; t = t->next) {
		if (!t->rings || t->tracer_process != process)
			continue;
		first = first ? first : t;
		t->rings = false;
	}
	if (!first)
		return false;
	inner_describe(first, si);
	if (first->task)
		si->si_status = WSTOPSIG(first->status) & 0x7f;
	return true;
}

void inner_sign_child(struct recorder *r, const struct stop *stop)
{
	siginfo_t si;

	if (tracer_request(stop->task, PTRACE_GETSIGINFO, 0, &si) == 0 &&
		is_ours(si.si_signo, si.si_code, si.si_pid) &&
		describe_first(r, stop->task->tgid, &si))
		tracer_request(stop->task, PTRACE_SETSIGINFO, 0, &si);
}

void inner_taking(struct recorder *r, const struct stop *stop)
{
	struct takes *takes = &thread_of(stop->task)->takes;
	bool by_wait = stop->nr == SYS_rt_sigtimedwait;

	*takes = (struct takes){ 0 };
	if (stop->arch != AUDIT_ARCH_X86_64 || (!by_wait && stop->nr != SYS_read))
		return;
	takes->by_wait = by_wait;
	takes->fd = (int)stop->args[0];
	takes->where = stop->args[1];
}

static void sign_waited(struct recorder *r, const struct stop *stop, uint64_t where)
{
	pid_t tid = stop->task->tid;
	siginfo_t si;

	if (mem_read(tid, where, &si, sizeof si) == 0 &&
		is_ours(si.si_signo, si.si_code, si.si_pid) &&
		describe_first(r, stop->task->tgid, &si))
		mem_write(tid, where, &si, sizeof si);
}

static void sign_read(struct recorder *r, const struct stop *stop, uint64_t where)
{
	pid_t tid = stop->task->tid;
	struct signalfd_siginfo read;
	siginfo_t si;

	if (mem_read(tid, where, &read, sizeof read) < 0 ||
		!is_ours((int)read.ssi_signo, read.ssi_code, (pid_t)read.ssi_pid) ||
		!describe_first(r, stop->task->tgid, &si))
		return;
	read.ssi_code = si.si_code;
	read.ssi_pid = (uint32_t)si.si_pid;
	read.ssi_uid = si.si_uid;
	read.ssi_status = si.si_status;
	mem_write(tid, where, &read, sizeof read);
}

static bool is_signalfd(pid_t tid, int fd)
{
	char path[PROC_PATH], what[PATH_MAX];

	proc_fd_path(path, tid, fd);
	return io_readlink(path, what) >= 0 && !strcmp(what, "anon_inode:[signalfd]");
}

static bool is_rung_for(const struct recorder *r, pid_t process)
{
	const struct tracee *t;

	for (t = r->tracees.first; t; t = t->next)
		if (t->rings && t->tracer_process == process)
			return true;
	return false;
}

void inner_taken(struct recorder *r, const struct stop *stop)
{
	const struct takes *takes = &thread_of(stop->task)->takes;
	const int64_t size = sizeof(struct signalfd_siginfo);
	int64_t at;

	if (!takes->where || stop->result <= 0 || !is_rung_for(r, stop->task->tgid))
		return;
	if (takes->by_wait)
		sign_waited(r, stop, takes->where);
	else if (stop->result % size == 0 && is_signalfd(stop->task->tid, takes->fd))
		for (at = 0; at < stop->result; at += size)
			sign_read(r, stop, takes->where + (uint64_t)at);
}
