/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/tracer.h"

#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/reg.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "trace/filter.h"
#include "trace/mem.h"
#include "trace/wait.h"

#define CALL_INSTRUCTION 2U /* bytes: of syscall, and of int $0x80 */
#define RESTART_I386 0U     /* restart_syscall(2) there */
#define OPTIONS                                                                                    \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |     \
		PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD)

void tracer_init(struct tracer *t, pid_t command, bool every_call)
{
	memset(t, 0, sizeof *t);
	t->command = command;
	t->every_call = every_call;
	/* Without its recorder the filter would fail the command's calls; a process that was
	 * there before has no filter, and lives on. */
	t->options = OPTIONS | (command ? PTRACE_O_EXITKILL : 0);
	placement_begin(&t->placement);
}

void tracer_release(struct tracer *t)
{
	struct task *task, *next;

	placement_end(&t->placement);
	wait_release(&t->reports);
	HASH_ITER(hh, t->tasks, task, next)
		tracer_forget(t, task);
}

struct task *tracer_task(struct tracer *t, pid_t tid)
{
	struct task *task;

	HASH_FIND_INT(t->tasks, &tid, task);
	if (task)
		return task;
	task = calloc(1, sizeof *task);
	if (!task)
		return NULL;
	task->tid = tid;
	HASH_ADD_INT(t->tasks, tid, task);
	if (hash_added(task) < 0) {
		free(task);
		return NULL;
	}
	return task;
}

void tracer_forget(struct tracer *t, struct task *task)
{
	HASH_DEL(t->tasks, task);
	free(task);
}

static long syscall_info(pid_t tid, struct __ptrace_syscall_info *info)
{
	return ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof *info, info);
}

int tracer_seize(struct tracer *t)
{
	struct __ptrace_syscall_info info;
	struct task *command;
	int status, r = 0;

	if (ptrace(PTRACE_SEIZE, t->command, NULL, (void *)(t->options | PTRACE_O_TRACEEXIT)) < 0)
		return -errno;
	command = tracer_task(t, t->command);
	if (!command)
		return -ENOMEM;
	command->seen = true;
	/* A short stop to see whether this kernel tells about system calls. */
	if (ptrace(PTRACE_INTERRUPT, t->command, NULL, NULL) < 0)
		return -errno;
	if (wait4(t->command, &status, __WALL, NULL) < 0 || !WIFSTOPPED(status))
		return -ESRCH;
	if (syscall_info(t->command, &info) < 0)
		r = errno == EIO ? -ENOSYS : -errno;
	ptrace(PTRACE_CONT, t->command, NULL, NULL);
	return r;
}

int tracer_watch(const struct tracer *t, const struct task *task, bool exit, bool vfork_done)
{
	long options = t->options | (exit ? PTRACE_O_TRACEEXIT : 0) |
		(vfork_done ? PTRACE_O_TRACEVFORKDONE : 0);

	return ptrace(PTRACE_SETOPTIONS, task->tid, NULL, (void *)options) < 0 ? -errno : 0;
}

bool tracer_stops_group(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void read_call(struct stop *stop)
{
	struct __ptrace_syscall_info info;

	stop->kind = STOP_OTHER;
	if (syscall_info(stop->task->tid, &info) < 0)
		return; /* killed since; the death comes next */
	stop->arch = info.arch;
	stop->stack = info.stack_pointer;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		stop->kind = STOP_CALL_EXIT;
		stop->result = info.exit.rval;
		return;
	}
	/* `seccomp` begins as `entry` does. */
	stop->kind = STOP_CALL_ENTRY;
	if (info.op == PTRACE_SYSCALL_INFO_SECCOMP && info.seccomp.ret_data != FILTER_DATA)
		stop->kind = STOP_FOREIGN;
	stop->nr = info.entry.nr;
	memcpy(stop->args, info.entry.args, sizeof stop->args);
}

static pid_t event_message(pid_t tid)
{
	unsigned long message = 0;

	ptrace(PTRACE_GETEVENTMSG, tid, NULL, &message);
	return (pid_t)message;
}

static void read_event(struct stop *stop, int event, int sig, bool fresh)
{
	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		read_call(stop);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		stop->kind = STOP_CHILD;
		stop->other = event_message(stop->task->tid);
		break;
	case PTRACE_EVENT_EXEC:
		stop->stack = 0;
		read_call(stop); /* for the architecture, and the stack: those of the new image */
		stop->kind = STOP_EXEC;
		stop->other = event_message(stop->task->tid);
		break;
	case PTRACE_EVENT_EXIT:
		stop->kind = STOP_EXITING;
		stop->other = event_message(stop->task->tid);
		break;
	case PTRACE_EVENT_STOP:
		stop->task->interrupted = false;
		stop->kind = fresh ? STOP_NEW : tracer_stops_group(sig) ? STOP_GROUP : STOP_OTHER;
		stop->signal = tracer_stops_group(sig) ? sig : 0;
		break;
	default:
		stop->kind = STOP_OTHER;
	}
}

static int classify(struct tracer *t, struct stop *stop, pid_t tid, int status)
{
	bool fresh;
	int sig;

	memset(stop, 0, offsetof(struct stop, args));
	stop->task = tracer_task(t, tid);
	if (!stop->task)
		return -ENOMEM;
	/* it has come to its end and was not told of: this is another of that number */
	if (stop->task->dead)
		*stop->task = (struct task){ .tid = tid, .hh = stop->task->hh };
	stop->task->listens = false;
	fresh = !stop->task->seen;
	stop->task->seen = true;
	stop->task->halting = false;
	stop->status = status;
	if (!WIFSTOPPED(status)) {
		stop->kind = STOP_GONE;
		if (tid == t->command) {
			t->command_dead = true;
			t->command_status = status;
		}
		return 1;
	}
	sig = WSTOPSIG(status);
	if (sig == (SIGTRAP | 0x80)) {
		read_call(stop);
	} else if (status >> 16) {
		read_event(stop, status >> 16, sig, fresh);
	} else {
		stop->kind = STOP_SIGNAL;
		stop->signal = sig;
	}
	return 1;
}

int tracer_next(struct tracer *t, struct stop *stop, int timeout_ms)
{
	struct report report;
	int r = wait_next(t, &report, timeout_ms);

	if (r <= 0)
		return r;
	if (report.tid == 0) {
		stop->kind = STOP_NONE;
		return 1;
	}
	return classify(t, stop, report.tid, report.status);
}

void tracer_reap(struct tracer *t)
{
	wait_reap(t);
}

/* Within a call: it goes back into it. */
static bool is_inside(enum stop_kind kind)
{
	return kind == STOP_CALL_ENTRY || kind == STOP_FOREIGN || kind == STOP_CHILD ||
		kind == STOP_EXEC;
}

/*
 * Detached, a task has TIF_SIGPENDING set (ptrace_signal_wake_up()), and the call that it goes back
 * into would end with EINTR. So it must be on its way out of the kernel; after an EINTR the stop
 * that tells of the reason is yet to come.
 */
static bool may_let_go(const struct tracer *t, const struct stop *stop)
{
	return t->letting_go && !is_inside(stop->kind) &&
		!(stop->kind == STOP_CALL_EXIT && stop->result == -EINTR);
}

static bool is_step(int request)
{
	return request == PTRACE_SINGLESTEP || request == PTRACE_SINGLEBLOCK;
}

/* Is the instruction there syscall, sysenter or int $0x80? 1, 0, or -errno. */
static int is_call(pid_t tid, uint64_t at)
{
	static const uint8_t calls[][2] = { { 0x0f, 0x05 }, { 0x0f, 0x34 }, { 0xcd, 0x80 } };
	uint8_t code[2];
	size_t i;
	int r = mem_read(tid, at, code, sizeof code);

	for (i = 0; r == 0 && i < ARRAY_SIZE(calls); i++)
		if (!memcmp(code, calls[i], sizeof code))
			return 1;
	return r;
}

static bool is_at_call(pid_t tid)
{
	struct user_regs_struct regs;

	return ptrace(PTRACE_GETREGS, tid, NULL, &regs) == 0 && is_call(tid, regs.rip) > 0;
}

/*
 * A step over a call has no stop at its entry. At the entry it is one step to
 * its end, and that is followed, too.
 */
static int request_of(const struct tracer *t, const struct stop *stop, bool follow)
{
	const struct task *task = stop->task;
	bool each = t->every_call || task->all_calls;

	if (task->let_go)
		return PTRACE_DETACH;
	if (stop->kind == STOP_GROUP || (stop->kind == STOP_NEW && stop->signal))
		return PTRACE_LISTEN;
	if (is_step(task->request))
		return each && stop->kind != STOP_CALL_ENTRY && is_at_call(task->tid) ?
			PTRACE_SYSCALL :
			task->request;
	if (follow || (!task->request && each))
		return PTRACE_SYSCALL;
	return task->request ? task->request : PTRACE_CONT;
}

int tracer_resume(struct tracer *t, const struct stop *stop, bool follow)
{
	long sig = stop->kind == STOP_GROUP || stop->kind == STOP_NEW ? 0 : stop->signal;
	int request;

	stop->task->inside = is_inside(stop->kind);
	stop->task->let_go = may_let_go(t, stop);
	/* Any stop counts as the answer, and ends the asking; but what is interrupted by it is made
	 * again at a stop of its own. */
	if (stop->task->interrupted)
		ptrace(PTRACE_INTERRUPT, stop->task->tid, NULL, NULL);
	request = request_of(t, stop, follow);
	if (ptrace((enum __ptrace_request)request, stop->task->tid, NULL, (void *)sig) < 0)
		return -errno;
	stop->task->listens = request == PTRACE_LISTEN;
	return 0;
}

long tracer_request(const struct task *task, int request, uint64_t addr, void *data)
{
	long r = syscall(SYS_ptrace, (long)request, (long)task->tid, addr, data);

	return r < 0 ? -errno : r;
}

uint64_t tracer_stack(const struct task *task)
{
	struct user_regs_struct regs;

	return ptrace(PTRACE_GETREGS, task->tid, NULL, &regs) < 0 ? 0 : regs.rsp;
}

/* At its event the kernel does not tell of it, but its registers are as at the entry. */
int tracer_making(struct stop *stop)
{
	struct __ptrace_syscall_info info;
	struct user_regs_struct regs;

	if (syscall_info(stop->task->tid, &info) < 0 ||
		ptrace(PTRACE_GETREGS, stop->task->tid, NULL, &regs) < 0)
		return -errno;
	stop->arch = info.arch;
	stop->nr = regs.orig_rax;
	stop->args[0] = info.arch == AUDIT_ARCH_I386 ? regs.rbx : regs.rdi;
	return 0;
}

void tracer_look(struct stop *stop)
{
	read_call(stop);
	stop->kind = STOP_CALL_ENTRY;
}

void tracer_release_command(struct tracer *t)
{
	int status;

	if (!t->command_released && t->command_dead)
		wait4(t->command, &status, __WALL, NULL);
	t->command_released = true;
}

static int poke(pid_t tid, int reg, uint64_t value)
{
	if (ptrace(PTRACE_POKEUSER, tid, (void *)(8L * reg), (void *)(uintptr_t)value) < 0)
		return -errno;
	return 0;
}

static void read_arguments(struct stop *stop, const struct user_regs_struct *regs)
{
	const uint64_t x86_64[] = { regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8,
		regs->r9 };
	const uint64_t i386[] = { regs->rbx, regs->rcx, regs->rdx, regs->rsi, regs->rdi,
		regs->rbp };

	memcpy(stop->args, stop->arch == AUDIT_ARCH_I386 ? i386 : x86_64, sizeof stop->args);
}

/*
 * In front of a handler, when the next signal comes, the registers are those of the call still, but
 * for the result: on i386 that is the number of the signal, which looks like bytes read.
 */
static bool is_behind_call(pid_t tid, uint64_t ip)
{
	return is_call(tid, ip - 2) != 0; /* what cannot be read tells nothing */
}

int tracer_interrupted(struct stop *stop)
{
	struct __ptrace_syscall_info info;
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, stop->task->tid, NULL, &regs) < 0)
		return -errno;
	/* A 32-bit program's are 32 bits wide. */
	stop->result = (int32_t)regs.rax;
	if ((int32_t)regs.orig_rax < 0 || stop->result == 0 ||
		(stop->result > 0 && !is_behind_call(stop->task->tid, regs.rip)))
		return 0;
	if (syscall_info(stop->task->tid, &info) < 0)
		return -errno;
	stop->arch = info.arch;
	stop->nr = regs.orig_rax;
	stop->stack = regs.rsp;
	read_arguments(stop, &regs);
	return 1;
}

int tracer_set_result(const struct task *task, int64_t result)
{
	return poke(task->tid, RAX, (uint64_t)result);
}

int tracer_answer(const struct task *task, int64_t result)
{
	int r = poke(task->tid, ORIG_RAX, (uint64_t)-1);

	return r < 0 ? r : poke(task->tid, RAX, (uint64_t)result);
}

int tracer_deny(const struct task *task, int error)
{
	return tracer_answer(task, -error);
}

int tracer_set_call(const struct task *task, uint64_t nr)
{
	return poke(task->tid, ORIG_RAX, nr);
}

int tracer_call_again(const struct task *task, uint64_t nr)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, task->tid, NULL, &regs) < 0)
		return -errno;
	regs.rip -= CALL_INSTRUCTION;
	regs.rax = nr;
	regs.orig_rax = (unsigned long)-1;
	return ptrace(PTRACE_SETREGS, task->tid, NULL, &regs) < 0 ? -errno : 0;
}

int tracer_call_ended(const struct task *task, uint64_t nr, int64_t result)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, task->tid, NULL, &regs) < 0)
		return -errno;
	regs.rip += CALL_INSTRUCTION;
	regs.rax = (unsigned long)result;
	regs.orig_rax = nr;
	return ptrace(PTRACE_SETREGS, task->tid, NULL, &regs) < 0 ? -errno : 0;
}

/* A call that the kernel goes on with where it was, not from its start, is restart_syscall(2). */
static uint64_t restart_of(uint32_t arch, uint64_t nr)
{
	return arch == AUDIT_ARCH_I386 ? RESTART_I386 :
					 SYS_restart_syscall | (nr & __X32_SYSCALL_BIT);
}

bool tracer_is_before(const struct task *task, uint32_t arch, uint64_t nr, bool on_its_way)
{
	struct user_regs_struct regs;

	return ptrace(PTRACE_GETREGS, task->tid, NULL, &regs) == 0 &&
		(regs.rax == nr || regs.rax == restart_of(arch, nr)) &&
		(!on_its_way || regs.orig_rax == nr) && is_call(task->tid, regs.rip) > 0;
}

int tracer_set_arg(const struct task *task, uint32_t arch, int i, uint64_t value)
{
	static const int x86_64[] = { RDI, RSI, RDX, R10, R8, R9 };
	static const int i386[] = { RBX, RCX, RDX, RSI, RDI, RBP };

	if (i < 0 || i >= 6)
		BUG("argument %d", i);
	return poke(task->tid, arch == AUDIT_ARCH_I386 ? i386[i] : x86_64[i], value);
}
