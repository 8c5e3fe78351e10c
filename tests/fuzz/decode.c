/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two stops of calls with any registers and any memory, by a task that
 * stands in a small root of its own: decoder, lookups, what the sink is told.
 *
 * The input: how many calls; each with its ABI, number, six arguments and
 * result; what is left is the task's memory at BASE.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "record/calls.h"
#include "record/setup.h"

#define BASE 0x10000U

ssize_t __wrap_process_vm_readv(pid_t pid, const struct iovec *local, unsigned long liovcnt,
	const struct iovec *remote, unsigned long riovcnt, unsigned long flags);
ssize_t __wrap_process_vm_writev(pid_t pid, const struct iovec *local, unsigned long liovcnt,
	const struct iovec *remote, unsigned long riovcnt, unsigned long flags);
long __wrap_ptrace(int request, ...);

static const uint8_t *memory;
static size_t memory_size;
static pid_t child;
static char root[256];

static const void *at(const struct iovec *remote)
{
	uintptr_t start = (uintptr_t)remote->iov_base - BASE;

	return start < memory_size && remote->iov_len <= memory_size - start ? memory + start :
									       NULL;
}

ssize_t __wrap_process_vm_readv(pid_t pid, const struct iovec *local, unsigned long liovcnt,
	const struct iovec *remote, unsigned long riovcnt, unsigned long flags)
{
	const void *from = at(remote);

	if (!from) {
		errno = EFAULT;
		return -1;
	}
	memcpy(local->iov_base, from, remote->iov_len);
	return (ssize_t)remote->iov_len;
}

ssize_t __wrap_process_vm_writev(pid_t pid, const struct iovec *local, unsigned long liovcnt,
	const struct iovec *remote, unsigned long riovcnt, unsigned long flags)
{
	return at(remote) ? (ssize_t)remote->iov_len : -1;
}

long __wrap_ptrace(int request, ...)
{
	errno = ESRCH;
	return -1;
}

/* The sink: what it is told ends, and is a name. */
static void name(const char *path)
{
	read_through(path);
	if (path && *path != '/')
		abort();
}
static void process_begin(struct sink *s, const struct process_begin *p) { }
static void process_end(struct sink *s, const struct process_end *p) { }
static void exec_begin(struct sink *s, const struct exec_begin *e) { read_through(e->argv); }
static void event(struct sink *s, const struct event *e)
{
	name(e->path);
	read_through(e->old_path);
}
static void touch(struct sink *s, const struct touch *t) { name(t->path); }
static void original(struct sink *s, const struct original *o) { read_through(o->target); }
static void secure(struct sink *s) { }
static void place(struct sink *s, const char *path, uint32_t file) { name(path); }
static void alias(struct sink *s, uint32_t file, const char *one, const char *other)
{
	name(one);
	name(other);
}
static void note(struct sink *s, const char *text) { read_through(text); }
static void command_end(struct sink *s, int status, int64_t when, unsigned int left) { }
static void stood(struct sink *s, const char *path) { name(path); }
static void let_go(struct sink *s) { }

static struct sink sink = { .process_begin = process_begin,
	.process_end = process_end,
	.exec_begin = exec_begin,
	.event = event,
	.touch = touch,
	.original = original,
	.secure = secure,
	.place = place,
	.alias = alias,
	.note = note,
	.lost = note,
	.command_end = command_end,
	.stood = stood,
	.hidden = stood,
	.let_go = let_go };

/* The task: it stands in its root, with a file, a folder and a pipe open. */
static void stand_there(void)
{
	int ends[2];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (geteuid() && unshare(CLONE_NEWUSER) < 0)
		_exit(1);
	if (chroot(root) < 0 || chdir("/d") < 0)
		_exit(1);
	close_range(3, ~0U, 0);
	if (open("/f", O_RDWR) != 3 || open("/d", O_RDONLY) != 4 || pipe(ends) < 0)
		_exit(1);
	for (;;)
		pause();
}

static void tidy(void)
{
	static const char *const names[] = { "f", "d/g", "d/s", "d", "l", "dev" };
	char path[PATH_MAX];
	size_t i;

	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof path, "%s/%s", root, names[i]);
		remove(path);
	}
	rmdir(root);
}

static void make_tree(void)
{
	make_top(root, sizeof root);
	if (chdir(root) < 0 || chmod(".", 0755) < 0 || mkdir("d", 0755) < 0 ||
		mkdir("dev", 0755) < 0 || mknod("f", S_IFREG | 0644, 0) < 0 ||
		mknod("d/g", S_IFREG | 0600, 0) < 0 || symlink("../f", "d/s") < 0 ||
		symlink("d", "l") < 0)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int here = open(".", O_PATH | O_DIRECTORY);

	make_tree();
	if (here < 0 || fchdir(here) < 0)
		abort();
	close(here);
	child = fork();
	if (child == 0)
		stand_there();
	atexit(tidy);
	/* Until it stands there names would be looked up in our own root. */
	for (;;) {
		char link[64], now[PATH_MAX] = "";

		snprintf(link, sizeof link, "/proc/%d/fd/5", child);
		if (readlink(link, now, sizeof now - 1) > 0 && !strncmp(now, "pipe:", 5))
			return 0;
		if (waitpid(child, NULL, WNOHANG))
			abort();
		usleep(1000);
	}
}

static uint64_t argument(struct input *in)
{
	static const uint64_t numbers[] = { 0, 1, 3, 4, 5, 99, (uint64_t)AT_FDCWD, 0x41, 0x241,
		0x1000, 0x1100, 0x400, 0100, 0x200000, 0x410000, UINT64_MAX, UINT32_MAX, INT64_MAX,
		1ULL << 63, 2 };
	uint8_t kind = (uint8_t)take_number(in, 1);

	if (kind < 96)
		return BASE + take_number(in, 1) * (kind & 1 ? 1 : 8);
	if (kind < 224)
		return numbers[kind % ARRAY_SIZE(numbers)];
	return take_number(in, kind < 240 ? 4 : 8);
}

static void one_call(struct recorder *r, struct task *task, struct input *in)
{
	static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_X86_64,
		AUDIT_ARCH_ARM };
	uint8_t abi = take_number(in, 1) % 4, how;
	struct stop stop = { .task = task, .arch = archs[abi], .nr = take_number(in, 2) };
	size_t i;

	if (abi == 2)
		stop.nr |= 0x40000000;
	for (i = 0; i < 6; i++)
		stop.args[i] = argument(in);
	how = (uint8_t)take_number(in, 1);
	stop.result = how & 0x80 ? 3 + how % 5 : how & 0x40 ? -ENOENT : 0;
	if (call_enter(r, task, &stop, TURN_NEW) != NEXT_FOLLOW)
		return;
	if (how & 0x20)
		call_lost(r, task, thread_of(task)->pending);
	else
		call_leave(r, task, &stop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char folder[] = "/nowhere.d";
	struct recorder r = { .sink = &sink, .keeper = { .off = true, .dir = -1, .lock = -1 } };
	struct input in = { data, size };
	unsigned int calls = take_number(&in, 1) % 4 + 1, i;
	uint64_t bytes = take_number(&in, 1) * 4;
	struct task *task;

	if (in.left < bytes)
		bytes = in.left;
	memory_size = in.left - (size_t)bytes;
	/* of this size, so that its end is seen */
	memory = memcpy(malloc(memory_size + 1), in.p + bytes, memory_size);
	in.left = (size_t)bytes;
	r.keeper.folder = strdup(folder);
	tracer_init(&r.tracer, child, true);
	r.resolver.roots_vary = true;
	r.touches.sink = r.lives.sink = &sink;
	r.touches.scope = &r.scope;
	r.touches.mounts = &r.resolver.mounts;
	task = tracer_task(&r.tracer, child);
	if (!task || lives_begin(&r.lives, task, 1, 1) < 0)
		abort();
	for (i = 0; i < calls; i++)
		one_call(&r, task, &in);
	lives_end(&r.lives, task, 0, 2);
	tracer_forget(&r.tracer, task);
	recorder_release(&r);
	free((void *)memory);
	return 0;
}
