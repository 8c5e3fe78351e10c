/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/core.h"

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"
#include "record/originals.h"

#define PATTERN 256 /* the kernel takes 127 of it (core(5)) */

static bool dumps(int sig)
{
	static const int signals[] = { SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV,
		SIGXCPU, SIGXFSZ, SIGSYS };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (signals[i] == sig)
			return true;
	return false;
}

/* Are cores files here, and not given to a program or a socket? Then pattern says which. */
static bool read_pattern(char pattern[PATTERN])
{
	io_read_line("/proc/sys/kernel/core_pattern", pattern, PATTERN);
	return pattern[0] != '|' && pattern[0] != '@';
}

/* Many are caught, and some programs live on them: where no core may be dumped, nothing is read. */
static bool may_dump(pid_t tid, int sig)
{
	struct rlimit limit;

	return dumps(sig) && prlimit(tid, RLIMIT_CORE, NULL, &limit) == 0 && limit.rlim_cur > 0 &&
		!(proc_treats(tid, sig) & (PROC_IGNORES | PROC_HANDLES));
}

/* Slashes become exclamation marks (core(5)). */
static void add_word(struct buf *out, const char *word)
{
	for (; *word; word++)
		buf_addc(out, *word == '/' ? '!' : *word);
}

static bool add_number(struct buf *out, char c, const struct stop *stop)
{
	pid_t tid = stop->task->tid, pid = stop->task->tgid;
	const struct {
		char letter;
		long number;
	} numbers[] = { { 'p', proc_own_number(pid) }, { 'P', pid }, { 'i', proc_own_number(tid) },
		{ 'I', tid }, { 's', stop->signal }, { 'u', proc_user(tid) } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers) && numbers[i].letter != c; i++)
		;
	if (i < ARRAY_SIZE(numbers))
		buf_addf(out, "%ld", numbers[i].number);
	return i < ARRAY_SIZE(numbers);
}

/* False for one that cannot be told before: the time, say. */
static bool add_conversion(struct buf *out, char c, const struct stop *stop)
{
	char path[PROC_PATH], text[PATH_MAX] = "";
	struct utsname u;

	if (add_number(out, c, stop))
		return true;
	if (c == '%') {
		buf_addc(out, '%');
	} else if (c == 'h') {
		uname(&u);
		buf_adds(out, u.nodename);
	} else if (c == 'e' || c == 'E') {
		proc_path(path, stop->task->tid, c == 'e' ? "comm" : "exe");
		if (c == 'e')
			io_read_line(path, text, sizeof text);
		else
			IGNORE(io_readlink(path, text)); /* of one that is gone there is none */
		add_word(out, text);
	} else {
		return false;
	}
	return true;
}

/* As the process names it: relative to where it stands, or from its own root. */
static bool core_name(const struct stop *stop, const char *pattern, struct buf *out)
{
	bool has_pid = false;
	char uses_pid[8];
	const char *p;

	io_read_line("/proc/sys/kernel/core_uses_pid", uses_pid, sizeof uses_pid);
	for (p = pattern; *p; p++) {
		if (*p != '%')
			buf_addc(out, *p);
		else if (*++p == '\0')
			break;
		else if (!add_conversion(out, *p, stop))
			return false;
		else if (*p == 'p')
			has_pid = true;
	}
	if (!has_pid && uses_pid[0] == '1')
		buf_addf(out, ".%d", proc_own_number(stop->task->tgid));
	return !out->failed && out->len;
}

void core_signal(struct recorder *r, const struct stop *stop)
{
	struct life *life = thread_of(stop->task)->life;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct name name = NAME_INIT;
	pid_t tid = stop->task->tid;
	char pattern[PATTERN];

	if (!may_dump(tid, stop->signal) || !read_pattern(pattern))
		return;
	free(life->core);
	life->core = NULL;
	if (core_name(stop, pattern, &text) &&
		resolve_entry(&r->resolver, tid, AT_FDCWD, text.data, &name) == 0) {
		life->core = strdup(name.path.data);
		life->core_before = name.now;
		originals_lose(r, &name, FILE_CONTENT | FILE_META);
	}
	name_release(&name);
}

void core_record(struct recorder *r, struct life *life, int status)
{
	struct name name = NAME_INIT;
	int64_t now = io_now_ns();
	char pattern[PATTERN];
	struct event e;

	if (!WIFSIGNALED(status) || !WCOREDUMP(status))
		return;
	if (!life->core && read_pattern(pattern))
		r->sink->note(r->sink, "a core was dumped under a name that could not be told");
	if (life->core && resolve_entry(&r->resolver, getpid(), AT_FDCWD, life->core, &name) == 0 &&
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
		touches_path(&r->touches, name.path.data, &life->core_before, false);
		touches_place(&r->touches, name.path.data, e.file);
		r->sink->event(r->sink, &e);
	}
	name_release(&name);
}
