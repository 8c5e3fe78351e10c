/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/core.h"

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/io.h"
#include "record/inner.h"

static bool dumps(int sig)
{
	static const int signals[] = { SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV,
		SIGXCPU, SIGXFSZ, SIGSYS };
	size_t i;

	for (i = 0; i < sizeof signals / sizeof signals[0]; i++)
		if (signals[i] == sig)
			return true;
	return false;
}

/* Most are caught, and some programs live on them: nothing is read for one until it was the end. */
void core_signal(struct recorder *r, const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);

	if (!dumps(stop->signal))
		return;
	thread->life->core_tid = stop->task->tid;
	if (thread->may_dump)
		return;
	thread->may_dump = r->dump_awaited = true;
	if (thread->tracee)
		inner_options(r, thread->tracee);
	else
		tracer_watch(&r->tracer, stop->task, true, false);
}

void core_exiting(const struct stop *stop)
{
	struct life *life = thread_of(stop->task)->life;
	pid_t tid = stop->task->tid;
	char path[64], cwd[PATH_MAX];

	if (!thread_of(stop->task)->may_dump || !WCOREDUMP(stop->other))
		return;
	snprintf(path, sizeof path, "/proc/%d/cwd", tid);
	if (io_readlink(path, cwd) < 0)
		return;
	free(life->core_cwd);
	life->core_cwd = strdup(cwd);
	snprintf(path, sizeof path, "/proc/%d/comm", tid);
	io_read_line(path, life->core_comm, sizeof life->core_comm);
}

/* %e: slashes become exclamation marks (core(5)). */
static void add_comm(struct buf *out, const char *comm)
{
	for (; *comm; comm++)
		buf_addc(out, *comm == '/' ? '!' : *comm);
}

/* False for a conversion that cannot be worked out afterwards. */
static bool add_conversion(struct buf *out, char c, const struct life *life, int sig)
{
	struct utsname u;

	switch (c) {
	case '%':
		buf_addc(out, '%');
		return true;
	case 'p':
	case 'P':
		buf_addf(out, "%d", life->pid);
		return true;
	case 'i':
	case 'I':
		buf_addf(out, "%d", life->core_tid);
		return true;
	case 's':
		buf_addf(out, "%d", sig);
		return true;
	case 'e':
		add_comm(out, life->core_comm);
		return true;
	case 'h':
		uname(&u);
		buf_adds(out, u.nodename);
		return true;
	default:
		return false;
	}
}

static bool core_name(const struct life *life, int sig, struct buf *out)
{
	char pattern[256], uses_pid[8];
	bool has_pid = false;
	const char *p;

	io_read_line("/proc/sys/kernel/core_pattern", pattern, sizeof pattern);
	io_read_line("/proc/sys/kernel/core_uses_pid", uses_pid, sizeof uses_pid);
	if (pattern[0] == '|' || pattern[0] == '@')
		return true; /* a program or a socket takes it: not a file of this run */
	if (pattern[0] != '/' && !life->core_cwd)
		return false;
	if (pattern[0] != '/')
		buf_addf(out, "%s/", life->core_cwd);
	for (p = pattern; *p; p++) {
		if (*p != '%')
			buf_addc(out, *p);
		else if (*++p == '\0')
			break;
		else if (!add_conversion(out, *p, life, sig))
			return false;
		else if (*p == 'p')
			has_pid = true;
	}
	if (!has_pid && uses_pid[0] == '1')
		buf_addf(out, ".%d", life->pid);
	return !out->failed;
}

void core_record(struct recorder *r, struct life *life, int status)
{
	struct name name = NAME_INIT;
	_cleanup_buf_ struct buf path = BUF_INIT;
	int64_t now = io_now_ns();
	struct event e;

	if (!WIFSIGNALED(status) || !WCOREDUMP(status))
		return;
	if (!core_name(life, WTERMSIG(status), &path)) {
		r->sink->note(r->sink, "a core was dumped under a name that could not be told");
		return;
	}
	if (path.len && resolve_entry(&r->resolver, getpid(), AT_FDCWD, path.data, &name) == 0 &&
		name.now.exists) {
		e = (struct event){ .process = life->number,
			.op = OP_OPEN,
			.abi = ABI_X86_64,
			.path = name.path.data,
			.file = touches_file(&r->touches, &name.now),
			.mode = 0600,
			.at = now,
			.flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_LARGEFILE };
		e.exec = lives_exec_of(&r->lives, life, ABI_X86_64, now);
		touches_path(&r->touches, name.path.data, &name.now, true);
		touches_place(&r->touches, name.path.data, e.file);
		r->sink->event(r->sink, &e);
	}
	name_release(&name);
}
