/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tracee stands in a stop of ours, so nearly every request can be made in
 * the tracer's stead, with its data carried from and to its memory. What the
 * kernel would refuse anyhow is left to the kernel: to it the tracer has no
 * tracee at all, and it answers ESRCH or EPERM.
 */
#include "record/inner-calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "record/inner.h"
#include "trace/mem.h"

/* What asm/ptrace-abi.h, asm/prctl.h and newer headers than we are built with have. */
#define REQUEST_CONT 7
#define REQUEST_KILL 8
#define REQUEST_STEP 9
#define REQUEST_DETACH 17
#define REQUEST_GET_THREAD_AREA 25
#define REQUEST_SET_THREAD_AREA 26
#define REQUEST_ARCH_PRCTL 30
#define REQUEST_SYSEMU 31
#define REQUEST_SYSEMU_STEP 32
#define REQUEST_STEP_BLOCK 33
#define REQUEST_SECCOMP_FILTER 0x420c
#define REQUEST_SECCOMP_METADATA 0x420d
#define REQUEST_RSEQ 0x420f
#define REQUEST_SET_DISPATCH 0x4210
#define REQUEST_GET_DISPATCH 0x4211
#define REQUEST_SET_SYSCALL_INFO 0x4212
#define ARCH_GETS_FS 0x1003
#define ARCH_GETS_GS 0x1004

#define SYSCALL_INFO_SIZE 128 /* and to spare, for what kernels add */
#define SYSCALL_INFO_HEAD 24

/* Where a call's argument may be put in memory without harm: below what a function may use. */
#define BELOW_RED_ZONE 512U

#define OPTIONS_KNOWN (0xffU | PTRACE_O_EXITKILL | PTRACE_O_SUSPEND_SECCOMP)

struct errand {
	struct recorder *r;
	struct task *tracer;
	struct tracee *t;
	int request;
	uint64_t addr, data;
};

/* The largest of what is carried: a seccomp filter, the registers of AVX-512 and AMX. */
#define CARRIED_MAX (64U * 1024)

static long ask(const struct errand *a, uint64_t addr, void *data)
{
	return tracer_request(a->t->task, a->request, addr, data);
}

static long fetch(const struct errand *a, uint64_t from, void *to, size_t n)
{
	return mem_read(a->tracer->tid, from, to, n) < 0 ? -EFAULT : 0;
}

static long give(const struct errand *a, uint64_t to, const void *from, size_t n)
{
	return mem_write(a->tracer->tid, to, from, n) < 0 ? -EFAULT : 0;
}

/* Its arguments are numbers. */
static long pass(const struct errand *a, size_t n)
{
	return ask(a, a->addr, (void *)(uintptr_t)a->data);
}

/* It tells n bytes. */
static long tell(const struct errand *a, size_t n)
{
	char data[1024] = { 0 };
	long r = ask(a, a->addr, data), e;

	if (r < 0)
		return r;
	e = give(a, a->data, data, n);
	return e < 0 ? e : r;
}

static long take(const struct errand *a, size_t n)
{
	char data[1024];
	long e = fetch(a, a->data, data, n);

	return e < 0 ? e : ask(a, a->addr, data);
}

/* Without PTRACE_O_TRACESYSGOOD the kernel does not know a call's stop from a signal's. */
static long tell_call(const struct errand *a, size_t n)
{
	char data[SYSCALL_INFO_SIZE] = { 0 };
	long r = ask(a, sizeof data, data), e;
	size_t room = a->addr;

	if (r < 0)
		return r;
	if (a->t->info == INFO_OURS && a->t->stop.kind != STOP_NEW) {
		data[0] = 0;
		r = SYSCALL_INFO_HEAD;
	}
	e = give(a, a->data, data, (size_t)r < room ? (size_t)r : room);
	return e < 0 ? e : r;
}

static long registers(const struct errand *a, size_t n)
{
	_cleanup_free_ char *data = calloc(1, CARRIED_MAX);
	struct iovec theirs, ours;
	bool set = a->request == PTRACE_SETREGSET;
	long e = fetch(a, a->data, &theirs, sizeof theirs);

	if (!data)
		return -ENOMEM;
	ours.iov_base = data;
	ours.iov_len = theirs.iov_len < CARRIED_MAX ? theirs.iov_len : CARRIED_MAX;
	if (e == 0 && set)
		e = fetch(a, (uintptr_t)theirs.iov_base, data, ours.iov_len);
	if (e == 0)
		e = ask(a, a->addr, &ours);
	if (e == 0 && !set)
		e = give(a, (uintptr_t)theirs.iov_base, data, ours.iov_len);
	theirs.iov_len = ours.iov_len;
	return e < 0 ? e : give(a, a->data, &theirs, sizeof theirs);
}

/* What is to be read is put where data says; libc's function makes a result of it. */
static long peek(const struct errand *a, size_t n)
{
	return tell(a, sizeof(long));
}

static long segment(const struct errand *a, size_t n)
{
	uint64_t value = 0;
	long e;

	if (a->data != ARCH_GETS_FS && a->data != ARCH_GETS_GS)
		return pass(a, n);
	e = ask(a, (uintptr_t)&value, (void *)(uintptr_t)a->data);
	return e < 0 ? e : give(a, a->addr, &value, sizeof value);
}

static long options(const struct errand *a, size_t n)
{
	if (a->data & ~(uint64_t)OPTIONS_KNOWN)
		return -EINVAL;
	if (a->data & PTRACE_O_SUSPEND_SECCOMP) {
		a->r->sink->note(a->r->sink,
			"PTRACE_O_SUSPEND_SECCOMP was asked for and refused: with the filter the "
			"record would be suspended");
		return -EPERM;
	}
	a->t->options = (uint32_t)a->data;
	inner_options(a->r, a->t->task);
	return 0;
}

static long get_siginfo(const struct errand *a, size_t n)
{
	if (a->t->info == INFO_NONE)
		return -EINVAL;
	if (a->t->info == INFO_OURS)
		return give(a, a->data, &a->t->siginfo, sizeof a->t->siginfo);
	return tell(a, n);
}

static long set_siginfo(const struct errand *a, size_t n)
{
	if (a->t->info == INFO_NONE)
		return -EINVAL;
	if (a->t->info == INFO_OURS)
		return fetch(a, a->data, &a->t->siginfo, sizeof a->t->siginfo);
	return take(a, n);
}

static long peek_siginfo(const struct errand *a, size_t n)
{
	_cleanup_free_ char *data = calloc(1, CARRIED_MAX);
	struct ptrace_peeksiginfo_args args;
	long r = fetch(a, a->addr, &args, sizeof args), e;
	const int most = (int)(CARRIED_MAX / sizeof(siginfo_t));

	if (!data)
		return -ENOMEM;
	if (r < 0)
		return r;
	args.nr = args.nr > most ? most : args.nr;
	r = ask(a, (uintptr_t)&args, data);
	if (r <= 0)
		return r;
	e = give(a, a->data, data, (size_t)r * sizeof(siginfo_t));
	return e < 0 ? e : r;
}

/* Filters are counted from the oldest, which is ours. */
static long filter(const struct errand *a, size_t n)
{
	_cleanup_free_ char *data = a->data ? calloc(1, CARRIED_MAX) : NULL;
	long r, e;

	if (a->data && !data)
		return -ENOMEM;
	r = ask(a, a->addr + a->r->filtered, data);
	if (r <= 0 || !data)
		return r;
	e = give(a, a->data, data, (size_t)r * 8);
	return e < 0 ? e : r;
}

static long metadata(const struct errand *a, size_t n)
{
	uint64_t both[2]; /* which filter, its flags */
	long r;

	if (a->addr != sizeof both)
		return -EINVAL;
	r = fetch(a, a->data, both, sizeof both);
	both[0] += a->r->filtered;
	if (r == 0)
		r = ask(a, a->addr, both);
	both[0] -= a->r->filtered;
	if (r < 0)
		return r;
	return give(a, a->data, both, sizeof both) < 0 ? -EFAULT : r;
}

static long go_on(const struct errand *a, size_t n)
{
	if (a->data >= _NSIG)
		return -EIO;
	return inner_go_on(a->r, a->t, a->request, (int)a->data);
}

static long detach(const struct errand *a, size_t n)
{
	if (a->data >= _NSIG)
		return -EIO;
	return inner_detach(a->r, a->t, (int)a->data);
}

static long end(const struct errand *a, size_t n)
{
	syscall(SYS_tgkill, a->t->tgid, a->t->tid, SIGKILL);
	return 0;
}

static long interrupt(const struct errand *a, size_t n)
{
	if (!a->t->seized)
		return -EIO;
	a->t->interrupted = true;
	return pass(a, n);
}

static long listen(const struct errand *a, size_t n)
{
	long r = a->t->seized ? pass(a, n) : -EIO;

	if (r == 0) {
		a->t->stopped = false;
		a->t->task->listens = true;
	}
	return r;
}

static const struct request {
	int number;
	long (*carry_out)(const struct errand *a, size_t n);
	size_t n;
	bool any_time; /* of a tracee that runs, too */
} requests[] = {
	{ PTRACE_PEEKTEXT, peek },
	{ PTRACE_PEEKDATA, peek },
	{ PTRACE_PEEKUSR, peek },
	{ PTRACE_POKETEXT, pass },
	{ PTRACE_POKEDATA, pass },
	{ PTRACE_POKEUSR, pass },
	{ PTRACE_GETREGS, tell, 216 },
	{ PTRACE_SETREGS, take, 216 },
	{ PTRACE_GETFPREGS, tell, 512 },
	{ PTRACE_SETFPREGS, take, 512 },
	{ PTRACE_GETREGSET, registers },
	{ PTRACE_SETREGSET, registers },
	{ REQUEST_GET_THREAD_AREA, tell, 16 },
	{ REQUEST_SET_THREAD_AREA, take, 16 },
	{ REQUEST_ARCH_PRCTL, segment },
	{ PTRACE_SETOPTIONS, options },
	{ PTRACE_OLDSETOPTIONS, options },
	{ PTRACE_GETEVENTMSG, tell, 8 },
	{ PTRACE_GETSIGINFO, get_siginfo, sizeof(siginfo_t) },
	{ PTRACE_SETSIGINFO, set_siginfo, sizeof(siginfo_t) },
	{ PTRACE_PEEKSIGINFO, peek_siginfo },
	{ PTRACE_GETSIGMASK, tell, 8 },
	{ PTRACE_SETSIGMASK, take, 8 },
	{ PTRACE_GET_SYSCALL_INFO, tell_call },
	{ REQUEST_SET_SYSCALL_INFO, take, 88 },
	{ REQUEST_SECCOMP_FILTER, filter },
	{ REQUEST_SECCOMP_METADATA, metadata },
	{ REQUEST_RSEQ, tell, 24 },
	{ REQUEST_SET_DISPATCH, take, 32 },
	{ REQUEST_GET_DISPATCH, tell, 32 },
	{ REQUEST_CONT, go_on },
	{ REQUEST_STEP, go_on },
	{ REQUEST_STEP_BLOCK, go_on },
	{ PTRACE_SYSCALL, go_on },
	{ REQUEST_SYSEMU, go_on },
	{ REQUEST_SYSEMU_STEP, go_on },
	{ REQUEST_DETACH, detach },
	{ PTRACE_LISTEN, listen },
	{ PTRACE_INTERRUPT, interrupt, 0, true },
	{ REQUEST_KILL, end, 0, true },
};

static const struct request *find(int number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(requests); i++)
		if (requests[i].number == number)
			return &requests[i];
	return NULL;
}

static void refuse(struct recorder *r, struct task *task, const char *why)
{
	r->sink->note(r->sink, why);
	tracer_deny(task, EPERM);
}

#define REFUSED "a program asked to trace another (a debugger, strace, LeakSanitizer): "

/* May this task be a tracer inside? */
static bool may_trace(struct recorder *r, struct task *task, struct task *tracer, enum abi abi)
{
	const char *why = NULL;

	if (abi != ABI_X86_64)
		why = REFUSED "it was refused, since it is a 32-bit program";
	else if (!tracer)
		why = REFUSED "it was refused, since its parent is not among what is recorded";
	else if (!r->tracer.command)
		why = REFUSED "it was refused, since it is recorded by -p, and let go some day";
	else if (proc_is_nested(tracer->tid))
		why = REFUSED "it was refused, since it is in a pid namespace of its own";
	if (why)
		refuse(r, task, why);
	return !why;
}

/* The thread that made it, if that is there still, else the process. */
static struct task *parent_of(struct recorder *r, struct task *task)
{
	pid_t process = proc_parent(task->tgid);
	struct task *maker = inner_task(r, thread_of(task)->maker);

	return maker && maker->tgid == process ? maker : inner_task(r, process);
}

static void trace_me(struct recorder *r, struct task *task, enum abi abi)
{
	struct task *tracer = parent_of(r, task);

	if (thread_of(task)->tracee)
		tracer_deny(task, EPERM);
	else if (may_trace(r, task, tracer, abi))
		tracer_answer(task, inner_begin(r, tracer, task, false, 0));
}

/*
 * Whether one task may trace another the kernel knows best, and asks itself the same for
 * process_vm_readv(2). Of nothing that is there, so that it is all it does.
 */
static void ask_kernel(struct task *task, const struct pending *p, uint64_t stack)
{
	uint64_t at = (stack - BELOW_RED_ZONE) & ~15ULL;
	const struct iovec vectors[2] = { { (void *)(uintptr_t)at, 1 }, { (void *)8, 1 } };
	const uint64_t args[6] = { p->call.args[1], at, 1, at + sizeof vectors[0], 1, 0 };
	struct asks *asks = &thread_of(task)->asks;
	int i;

	if (mem_write(task->tid, at, vectors, sizeof vectors) < 0) {
		tracer_deny(task, EPERM);
		return;
	}
	*asks = (struct asks){ .on = true, .seize = p->call.args[0] == PTRACE_SEIZE,
		.tid = (pid_t)p->call.args[1], .options = (uint32_t)p->call.args[3] };
	for (i = 0; i < 6; i++) {
		asks->args[i] = p->call.args[i];
		tracer_set_arg(task, AUDIT_ARCH_X86_64, i, args[i]);
	}
	tracer_set_call(task, SYS_process_vm_readv);
	task->all_calls = true;
}

/* What the kernel refuses before it looks who traces it, it refuses as ever. */
static bool is_for_kernel(const struct pending *p, const struct task *task,
	const struct task *target)
{
	if (!target || thread_of(target)->tracee || target->tgid == task->tgid)
		return true;
	return p->call.args[0] == PTRACE_SEIZE &&
		(p->call.args[2] || (p->call.args[3] & ~(uint64_t)OPTIONS_KNOWN));
}

static void attach(struct recorder *r, struct task *task, struct pending *p)
{
	if (is_for_kernel(p, task, inner_task(r, (pid_t)p->call.args[1])))
		return;
	if (may_trace(r, task, task, p->call.abi))
		ask_kernel(task, p, tracer_stack(task));
}

static void attached(struct recorder *r, struct task *task, struct task *target)
{
	const struct asks *asks = &thread_of(task)->asks;
	int e = inner_begin(r, task, target, asks->seize, asks->seize ? asks->options : 0);

	tracer_set_result(task, e);
	if (e < 0)
		return;
	if (target->listens)
		tracer_request(target, PTRACE_INTERRUPT, 0, NULL);
	else if (asks->seize && (asks->options & (PTRACE_O_TRACEEXIT | PTRACE_O_TRACEVFORKDONE)))
		inner_kick(target); /* only where it stands it gets its options */
	if (asks->seize)
		return;
	thread_of(target)->tracee->attaching = true;
	syscall(SYS_tgkill, target->tgid, target->tid, SIGSTOP);
}

void inner_asked(struct recorder *r, const struct stop *stop)
{
	struct asks *asks = &thread_of(stop->task)->asks;
	struct task *target;
	int i;

	if (!asks->on)
		return;
	asks->on = false;
	target = inner_task(r, asks->tid);
	for (i = 0; i < 6; i++)
		tracer_set_arg(stop->task, AUDIT_ARCH_X86_64, i, asks->args[i]);
	if (target && !thread_of(target)->tracee && (stop->result > 0 || stop->result == -EFAULT)) {
		attached(r, stop->task, target);
		return;
	}
	stop->task->all_calls = tracees_of(&r->tracees, stop->task->tgid);
	tracer_set_result(stop->task, -EPERM);
}

bool inner_is_request(const struct stop *stop)
{
	return stop->task->all_calls && stop->arch == AUDIT_ARCH_X86_64 && stop->nr == SYS_ptrace;
}

static void carry_out(struct recorder *r, struct task *task, const struct pending *p)
{
	const struct request *q = find((int)p->call.args[0]);
	struct task *target = inner_task(r, (pid_t)p->call.args[1]);
	struct errand a = { r, task, target ? thread_of(target)->tracee : NULL,
		(int)p->call.args[0], p->call.args[2], p->call.args[3] };
	long result;

	if (!a.t || a.t->tracer != task->tid)
		return; /* ESRCH */
	if (!a.t->stopped && !(q && q->any_time))
		result = -ESRCH;
	else
		result = q ? q->carry_out(&a, q->n) : -EIO;
	tracer_answer(task, result);
}

enum next enter_ptrace(struct recorder *r, struct task *task, struct pending *p)
{
	uint64_t request = p->call.args[0];

	if (request == PTRACE_TRACEME)
		trace_me(r, task, p->call.abi);
	else if (request == PTRACE_ATTACH || request == PTRACE_SEIZE)
		attach(r, task, p);
	else
		carry_out(r, task, p);
	return NEXT_GO;
}
