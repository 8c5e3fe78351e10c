/*
 * tracing SCENE: a tracer that goes through what ptrace(2) and wait(2) do, and prints what it
 * sees, so that it can be held against what it sees elsewhere: a process goes by a name.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NT_PRSTATUS 1
#define EVENTS                                                                                     \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |     \
		PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT | PTRACE_O_TRACESYSGOOD)

static pid_t known[64];
static int known_count;

static void know(pid_t pid)
{
	if (known_count < 64)
		known[known_count++] = pid;
}

/* Who a number means: me, or the nth that was met. */
static const char *who(pid_t pid)
{
	static char text[8][16];
	static int turn;
	char *t = text[turn++ % 8];
	int i;

	if (pid == getpid())
		return "me";
	if (pid <= 0)
		return pid ? "-1" : "0";
	for (i = 0; i < known_count && known[i] != pid; i++)
		;
	if (i == known_count)
		know(pid);
	snprintf(t, 16, "P%d", i);
	return t;
}

static long trace(int request, pid_t pid, unsigned long addr, unsigned long data)
{
	errno = 0;
	return syscall(SYS_ptrace, (long)request, (long)pid, addr, data);
}

static void say(const char *what, long r)
{
	printf("%s: %s\n", what, r < 0 ? strerrorname_np(errno) : "done");
}

static void say_status(int status)
{
	if (WIFEXITED(status))
		printf("exited %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		printf("killed %d", WTERMSIG(status));
	else
		printf("stopped %#x", (unsigned int)status >> 8);
}

static void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

static pid_t await(pid_t pid, int flags, int *status)
{
	pid_t got;

	*status = 0;
	got = waitpid(pid, status, flags);
	printf("wait: %s", got < 0 ? strerrorname_np(errno) : who(got));
	if (got > 0) {
		putchar(' ');
		say_status(*status);
	}
	putchar('\n');
	return got;
}

static void say_info(pid_t pid)
{
	siginfo_t si;
	int is_trap;

	memset(&si, 0, sizeof si);
	is_trap = trace(PTRACE_GETSIGINFO, pid, 0, (unsigned long)&si) == 0 &&
		si.si_signo == SIGTRAP && si.si_code != SI_USER;
	if (trace(PTRACE_GETSIGINFO, pid, 0, (unsigned long)&si) < 0)
		printf("siginfo: %s\n", strerrorname_np(errno));
	else
		printf("siginfo: %d code %#x from %s uid %d\n", si.si_signo,
			(unsigned int)si.si_code,
			is_trap ? "-" : who(si.si_pid), is_trap ? 0 : (int)si.si_uid);
}

static void say_message(pid_t pid, int is_pid)
{
	unsigned long m = 0;

	if (trace(PTRACE_GETEVENTMSG, pid, 0, (unsigned long)&m) < 0)
		printf("message: %s\n", strerrorname_np(errno));
	else if (is_pid)
		printf("message: %s\n", who((pid_t)m));
	else
		printf("message: %#lx\n", m);
}

static void go(int request, pid_t pid, int sig)
{
	if (trace(request, pid, 0, (unsigned long)sig) < 0)
		printf("go %#x: %s\n", (unsigned int)request, strerrorname_np(errno));
}

static int event_of(int status)
{
	return WIFSTOPPED(status) ? status >> 16 : 0;
}

/* From here on fork's child. */
static pid_t child(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid > 0)
		know(pid);
	return pid;
}

static pid_t traced_child(void)
{
	pid_t pid = child();
	int status;

	if (pid == 0) {
		trace(PTRACE_TRACEME, 0, 0, 0);
		kill(getpid(), SIGSTOP); /* raise(3) would make another call behind it */
		return 0;
	}
	await(pid, 0, &status);
	return pid;
}

static void scene_exec(void)
{
	pid_t pid = child();
	int status;

	if (pid == 0) {
		say("traceme", trace(PTRACE_TRACEME, 0, 0, 0));
		say("again", trace(PTRACE_TRACEME, 0, 0, 0));
		fflush(stdout);
		execlp("true", "true", NULL);
		_exit(1);
	}
	await(pid, 0, &status);
	say_info(pid);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	await(pid, 0, &status);
}

static void *exec_in_thread(void *arg)
{
	sleep_ms(50);
	execl(arg, arg, "exit", "7", NULL);
	return NULL;
}

static char self[4096];

static void make_all_kinds(void)
{
	pthread_t t;

	if (fork() == 0)
		_exit(3);
	wait(NULL);
	if (vfork() == 0)
		_exit(4);
	wait(NULL);
	pthread_create(&t, NULL, exec_in_thread, self);
	pthread_join(t, NULL);
}

/* Every event, one tracee at a time, so that the order is the same each time. */
static void follow(pid_t first, int step)
{
	int status, left = 1;
	pid_t pid;

	go(step, first, 0);
	while (left && (pid = waitpid(-1, &status, __WALL)) > 0) {
		int event = event_of(status), sig = 0;

		if (!WIFSTOPPED(status)) {
			printf("%s ", who(pid));
			say_status(status);
			putchar('\n');
			continue;
		}
		if (event && event != PTRACE_EVENT_STOP) {
			printf("%s event %d\n", who(pid), event);
			say_message(pid, event <= PTRACE_EVENT_VFORK_DONE);
		} else if (WSTOPSIG(status) == SIGSTOP || event == PTRACE_EVENT_STOP) {
			printf("%s begins %#x\n", who(pid), (unsigned int)status >> 8);
			say_info(pid);
		} else if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			sig = WSTOPSIG(status);
		}
		go(step, pid, sig);
	}
}

static void events(int step)
{
	pid_t pid = traced_child();

	if (pid == 0) {
		make_all_kinds();
		_exit(1);
	}
	say("options", trace(PTRACE_SETOPTIONS, pid, 0, EVENTS));
	follow(pid, step);
}

/* Which of two tracees is told of first is not said anywhere: the lines are sorted by the case. */
static void scene_events(void)
{
	events(PTRACE_CONT);
}

static void scene_events_and_calls(void)
{
	events(PTRACE_SYSCALL);
}

static void scene_seized_events(void)
{
	pid_t pid = child();
	int status;

	if (pid == 0) {
		raise(SIGSTOP);
		make_all_kinds();
		_exit(1);
	}
	await(pid, WUNTRACED, &status);
	say("seize", trace(PTRACE_SEIZE, pid, 0, EVENTS));
	await(pid, 0, &status);
	say_info(pid);
	kill(pid, SIGCONT);
	follow(pid, PTRACE_CONT);
}

static void scene_attach(void)
{
	pid_t pid = child();
	int status;

	if (pid == 0)
		for (;;)
			pause();
	say("attach", trace(PTRACE_ATTACH, pid, 0, 0));
	await(pid, 0, &status);
	say_info(pid);
	say("attach again", trace(PTRACE_ATTACH, pid, 0, 0));
	say("interrupt", trace(PTRACE_INTERRUPT, pid, 0, 0));
	say("listen", trace(PTRACE_LISTEN, pid, 0, 0));
	say("cont 99", trace(PTRACE_CONT, pid, 0, 99));
	say("request 0x4ff0", trace(0x4ff0, pid, 0, 0));
	go(PTRACE_CONT, pid, 0);
	say("peek while it runs",
		trace(PTRACE_PEEKDATA, pid, (unsigned long)self, (unsigned long)self));
	await(pid, WNOHANG, &status);
	kill(pid, SIGUSR1);
	await(pid, 0, &status);
	say_info(pid);
	say("detach", trace(PTRACE_DETACH, pid, 0, 0));
	say("detach again", trace(PTRACE_DETACH, pid, 0, 0));
	await(pid, WNOHANG, &status);
	kill(pid, SIGTERM);
	await(pid, 0, &status);
	await(pid, 0, &status);
}

static void scene_attach_stopped(void)
{
	pid_t pid = child();
	int status;

	if (pid == 0) {
		raise(SIGSTOP);
		for (;;)
			pause();
	}
	await(pid, WUNTRACED, &status);
	say("attach", trace(PTRACE_ATTACH, pid, 0, 0));
	await(pid, 0, &status);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	say_info(pid);
	go(PTRACE_CONT, pid, SIGSTOP);
	await(pid, 0, &status);
	say_info(pid);
	say("detach", trace(PTRACE_DETACH, pid, 0, 0));
	sleep_ms(20);
	kill(pid, SIGCONT);
	await(pid, WCONTINUED | WNOHANG, &status);
	kill(pid, SIGKILL);
	await(pid, 0, &status);
}

static void scene_seize(void)
{
	pid_t pid = child();
	int status;

	if (pid == 0)
		for (;;)
			pause();
	say("seize with addr", trace(PTRACE_SEIZE, pid, 1, 0));
	say("seize", trace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT));
	sleep_ms(20);
	await(pid, WNOHANG, &status);
	say("interrupt", trace(PTRACE_INTERRUPT, pid, 0, 0));
	await(pid, 0, &status);
	say_info(pid);
	go(PTRACE_CONT, pid, 0);
	kill(pid, SIGSTOP);
	await(pid, 0, &status);
	go(PTRACE_CONT, pid, SIGSTOP);
	await(pid, 0, &status);
	say_info(pid);
	say("listen", trace(PTRACE_LISTEN, pid, 0, 0));
	say("peek", trace(PTRACE_PEEKDATA, pid, (unsigned long)self, (unsigned long)self));
	await(pid, WNOHANG, &status);
	kill(pid, SIGCONT);
	await(pid, 0, &status);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	go(PTRACE_CONT, pid, SIGCONT);
	kill(pid, SIGTERM);
	await(pid, 0, &status);
	go(PTRACE_CONT, pid, SIGTERM);
	await(pid, 0, &status);
	say_message(pid, 0);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
}

static void say_call(pid_t pid)
{
	struct __ptrace_syscall_info info;
	long n;

	memset(&info, 0, sizeof info);
	n = trace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, (unsigned long)&info);
	printf("info: %ld op %d arch %#x", n, info.op, info.arch);
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY || info.op == PTRACE_SYSCALL_INFO_SECCOMP)
		printf(" nr %d", (int)info.entry.nr);
	if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		printf(" result %s", info.exit.rval > 9 ? "many" : info.exit.rval ? "-" : "0");
	putchar('\n');
}

/* Calls are changed, skipped, and their results made up; what comes of it is on the disk. */
static void calls(unsigned long options)
{
	pid_t pid = traced_child();
	struct user_regs_struct regs;
	int status, n;

	if (pid == 0) {
		long a, b, c;

		a = syscall(SYS_mkdir, "asked", 0755);
		b = syscall(SYS_mkdir, "skipped", 0755);
		c = syscall(SYS_getppid);
		_exit(a == 0 && b == 12 && c == 34 ? 5 : 6);
	}
	say("options", trace(PTRACE_SETOPTIONS, pid, 0, options));
	for (n = 0; n < 6; n++) {
		go(PTRACE_SYSCALL, pid, 0);
		await(pid, 0, &status);
		say_info(pid);
		say_call(pid);
		say_message(pid, 0);
		trace(PTRACE_GETREGS, pid, 0, (unsigned long)&regs);
		printf("call %ld, result %d\n", (long)regs.orig_rax, n % 2 && (long)regs.rax == 0);
		if (n == 0) {
			regs.rdi += 2; /* another name: what this one ends with */
			trace(PTRACE_SETREGS, pid, 0, (unsigned long)&regs);
		}
		if (n == 2)
			trace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.orig_rax), -1UL);
		if (n == 3)
			trace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rax), 12);
		if (n == 5)
			trace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rax), 34);
	}
	go(PTRACE_SYSCALL, pid, SIGUSR1);
	await(pid, 0, &status);
	say_info(pid);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
}

static void scene_calls(void)
{
	calls(PTRACE_O_TRACESYSGOOD);
}

static void scene_calls_by_trap(void)
{
	calls(0);
}

static void scene_sysemu(void)
{
	pid_t pid = traced_child();
	int status;

	if (pid == 0) {
		syscall(SYS_mkdir, "emulated", 0755);
		syscall(SYS_mkdir, "made", 0755);
		_exit(0);
	}
	go(31, pid, 0);
	await(pid, 0, &status);
	say_call(pid);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	printf("%d %d\n", access("emulated", F_OK), access("made", F_OK));
}

static volatile sig_atomic_t caught;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)context;
	caught = sig * 100 + (si->si_code == SI_QUEUE ? si->si_value.sival_int : 0);
}

static void scene_signals(void)
{
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	struct { uint64_t off; uint32_t flags; int32_t nr; } args = { 0, 0, 4 };
	siginfo_t si[4];
	uint64_t mask = 0;
	pid_t pid;
	int status;

	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGUSR2, &sa, NULL);
	pid = traced_child();
	if (pid == 0) {
		raise(SIGUSR1);
		if (caught)
			_exit(1);
		raise(SIGUSR1);
		if (caught != SIGUSR2 * 100)
			_exit(2);
		raise(SIGUSR1);
		_exit(caught == SIGUSR1 * 100 + 7 ? 5 : 3);
	}
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	say_info(pid);
	say("mask", trace(PTRACE_GETSIGMASK, pid, 8, (unsigned long)&mask));
	printf("%#lx\n", (unsigned long)mask);
	mask |= 1UL << (SIGHUP - 1);
	say("mask", trace(PTRACE_SETSIGMASK, pid, 8, (unsigned long)&mask));
	kill(pid, SIGHUP);
	printf("pending: %ld",
		trace(PTRACE_PEEKSIGINFO, pid, (unsigned long)&args, (unsigned long)si));
	args.flags = 1;
	printf(" %ld", trace(PTRACE_PEEKSIGINFO, pid, (unsigned long)&args, (unsigned long)si));
	printf(" %d from %s\n", si[0].si_signo, who(si[0].si_pid));
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	go(PTRACE_CONT, pid, SIGUSR2);
	await(pid, 0, &status);
	memset(si, 0, sizeof si[0]);
	si[0].si_signo = SIGUSR1;
	si[0].si_code = SI_QUEUE;
	si[0].si_value.sival_int = 7;
	say("set", trace(PTRACE_SETSIGINFO, pid, 0, (unsigned long)si));
	say_info(pid);
	go(PTRACE_CONT, pid, SIGUSR1);
	await(pid, 0, &status);
}

static void scene_steps(void)
{
	pid_t pid = traced_child();
	int status, n = 0, in_call = 0;
	struct user_regs_struct regs;

	if (pid == 0) {
		syscall(SYS_mkdir, "stepped", 0755);
		syscall(SYS_getppid);
		syscall(SYS_exit_group, 5);
	}
	go(PTRACE_SINGLESTEP, pid, 0);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		trace(PTRACE_GETREGS, pid, 0, (unsigned long)&regs);
		if ((long)regs.orig_rax >= 0)
			printf("at step %d call %ld result %ld\n", n, (long)regs.orig_rax,
				regs.orig_rax == SYS_getppid ? 0 : (long)regs.rax), in_call++;
		if (n < 2)
			say_info(pid);
		n++;
		go(PTRACE_SINGLESTEP, pid, 0);
	}
	printf("%d steps, %d of them calls, ", n, in_call);
	say_status(status);
	putchar('\n');
}

static void scene_memory(void)
{
	static volatile unsigned long word = 0x1122334455667788;
	struct user_regs_struct regs, by_set;
	struct user_fpregs_struct fp;
	static char state[16384];
	struct iovec iov = { &by_set, sizeof by_set }, small = { &by_set, 16 };
	struct iovec xstate = { state, sizeof state };
	unsigned long got = 0;
	pid_t pid = traced_child();
	int status, fd;
	char path[64];

	if (pid == 0)
		_exit(word == 0x99 ? 5 : 6);
	say("peektext", trace(PTRACE_PEEKTEXT, pid, (unsigned long)&word, (unsigned long)&got));
	printf("%#lx\n", got);
	say("peek nothing", trace(PTRACE_PEEKDATA, pid, 8, (unsigned long)&got));
	say("peek to nowhere", trace(PTRACE_PEEKDATA, pid, (unsigned long)&word, 8));
	say("poke", trace(PTRACE_POKEDATA, pid, (unsigned long)&word, 0x77));
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	fd = open(path, O_RDWR);
	printf("mem: %zd", pread(fd, &got, 8, (off_t)(unsigned long)&word));
	printf(" %#lx", got);
	got = 0x99;
	printf(" %zd\n", pwrite(fd, &got, 8, (off_t)(unsigned long)&word));
	close(fd);
	say("user", trace(PTRACE_PEEKUSER, pid, offsetof(struct user, regs.orig_rax),
			(unsigned long)&got));
	printf("%ld\n", got);
	say("user at 3", trace(PTRACE_PEEKUSER, pid, 3, (unsigned long)&got));
	say("debug register", trace(PTRACE_PEEKUSER, pid, offsetof(struct user, u_debugreg[7]),
			(unsigned long)&got));
	say("regs", trace(PTRACE_GETREGS, pid, 0, (unsigned long)&regs));
	say("regset", trace(PTRACE_GETREGSET, pid, NT_PRSTATUS, (unsigned long)&iov));
	printf("%zu %d\n", iov.iov_len, memcmp(&regs, &by_set, sizeof regs));
	say("regset", trace(PTRACE_GETREGSET, pid, NT_PRSTATUS, (unsigned long)&small));
	printf("%zu\n", small.iov_len);
	say("regset 999", trace(PTRACE_GETREGSET, pid, 999, (unsigned long)&iov));
	say("xstate", trace(PTRACE_GETREGSET, pid, 0x202, (unsigned long)&xstate));
	printf("%zu\n", xstate.iov_len);
	say("xstate", trace(PTRACE_SETREGSET, pid, 0x202, (unsigned long)&xstate));
	say("setregset", trace(PTRACE_SETREGSET, pid, NT_PRSTATUS, (unsigned long)&iov));
	say("setregs", trace(PTRACE_SETREGS, pid, 0, (unsigned long)&regs));
	say("fpregs", trace(PTRACE_GETFPREGS, pid, 0, (unsigned long)&fp));
	printf("%#x\n", fp.mxcsr);
	say("setfpregs", trace(PTRACE_SETFPREGS, pid, 0, (unsigned long)&fp));
	say("fs", trace(30, pid, (unsigned long)&got, 0x1003));
	printf("%d\n", got == regs.fs_base);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
}

static void say_waitid(int type, id_t id, int options)
{
	siginfo_t si;
	long r;

	memset(&si, 0, sizeof si);
	r = waitid((idtype_t)type, id, &si, options);
	if (r < 0)
		printf("waitid: %s\n", strerrorname_np(errno));
	else
		printf("waitid: %s code %d status %#x uid %d\n", who(si.si_pid), si.si_code,
			(unsigned int)si.si_status, (int)si.si_uid);
}

static void scene_waits(void)
{
	pid_t pid = traced_child(), other;
	struct rusage usage;
	int status, fd;

	if (pid == 0) {
		raise(SIGUSR1);
		raise(SIGUSR2);
		_exit(5);
	}
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	await(-1, WNOHANG, &status);
	go(PTRACE_CONT, pid, 0);
	say_waitid(P_PID, (id_t)pid, WEXITED | WNOWAIT);
	say_waitid(P_ALL, 0, WSTOPPED | WNOWAIT);
	say_waitid(P_PIDFD, (id_t)fd, WSTOPPED | WNOWAIT);
	say_waitid(P_PGID, 0, WSTOPPED | WNOWAIT);
	say_waitid(P_PGID, 1, WSTOPPED | WNOWAIT | WNOHANG);
	say_waitid(P_ALL, 0, 0);
	memset(&usage, 0xff, sizeof usage);
	printf("wait4: %s", who(wait4(0, &status, 0, &usage)));
	printf(" %#x, %d\n", (unsigned int)status,
		usage.ru_maxrss > 0 && usage.ru_utime.tv_sec < 9);
	await(pid, WNOHANG, &status);
	other = child();
	if (other == 0)
		_exit(9);
	await(other, 0, &status);
	go(PTRACE_CONT, pid, 0);
	other = child();
	if (other == 0)
		_exit(10);
	sleep_ms(20);
	await(pid, __WALL, &status);
	await(-1, 0, &status);
	go(PTRACE_CONT, pid, 0);
	await(-1, 0, &status);
	await(-1, 0, &status);
	await(-1, WNOHANG, &status);
}

/* A tracer already, it waits for one that is no tracee yet. */
static void scene_late(void)
{
	pid_t first = traced_child(), pid;
	int status;

	if (first == 0)
		_exit(5);
	pid = child();
	if (pid == 0) {
		sleep_ms(50);
		trace(PTRACE_TRACEME, 0, 0, 0);
		kill(getpid(), SIGSTOP);
		_exit(6);
	}
	await(pid, 0, &status);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	go(PTRACE_CONT, first, 0);
	await(-1, 0, &status);
}

static volatile sig_atomic_t rung;
static siginfo_t ring;

static void on_child(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	ring = *si;
	rung++;
}

static void say_ring(void)
{
	printf("SIGCHLD: %d code %d from %s status %d\n", (int)rung, ring.si_code, who(ring.si_pid),
		ring.si_status);
	rung = 0;
}

static void nothing(int sig)
{
	(void)sig;
}

/* A stop rings, a handler interrupts a wait or does not, and a wait by other means ends, too. */
static void scene_sigchld(void)
{
	struct sigaction sa = { .sa_sigaction = on_child, .sa_flags = SA_SIGINFO };
	struct itimerval soon = { { 0, 0 }, { 0, 30000 } };
	sigset_t chld, old;
	pid_t pid;
	int status;

	sigaction(SIGCHLD, &sa, NULL);
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = nothing }, NULL);
	pid = traced_child();
	if (pid == 0) {
		sleep_ms(50);
		raise(SIGUSR1);
		sleep_ms(50);
		raise(SIGUSR2);
		sleep_ms(100);
		_exit(5);
	}
	say_ring();
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	say_ring();
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);
	go(PTRACE_CONT, pid, 0);
	sigsuspend(&old);
	say_ring();
	sigprocmask(SIG_SETMASK, &old, NULL);
	await(pid, WNOHANG, &status);
	go(PTRACE_CONT, pid, 0);
	setitimer(ITIMER_REAL, &soon, NULL);
	await(pid, 0, &status);
	await(pid, 0, &status);
	say_ring();
}

static void say_taken(int sig, int code, pid_t pid, int status, uid_t uid)
{
	printf("taken: %d code %d from %s status %d uid %d\n", sig, code, who(pid), status,
		(int)uid);
}

static void take_by_descriptor(int fd)
{
	struct signalfd_siginfo si[3];
	ssize_t n = read(fd, si, sizeof si);
	int i;

	for (i = 0; i < (int)(n / (ssize_t)sizeof *si); i++)
		say_taken((int)si[i].ssi_signo, si[i].ssi_code, (pid_t)si[i].ssi_pid,
			si[i].ssi_status, si[i].ssi_uid);
	if (n < 0)
		printf("read: %s\n", strerrorname_np(errno));
}

static void take_by_wait(const sigset_t *set)
{
	struct timespec limit = { 5, 0 };
	siginfo_t si;

	if (sigtimedwait(set, &si, &limit) < 0)
		printf("sigtimedwait: %s\n", strerrorname_np(errno));
	else
		say_taken(si.si_signo, si.si_code, si.si_pid, si.si_status, si.si_uid);
}

/* Blocked, it is taken by a call, which says what has stopped, or ended. */
static void scene_sigchld_taken(void)
{
	struct pollfd p = { .events = POLLIN };
	sigset_t chld;
	pid_t pid, other;
	int status, turn;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	p.fd = signalfd(-1, &chld, SFD_NONBLOCK);
	pid = traced_child();
	if (pid == 0) {
		for (turn = 0; turn < 6; turn++)
			raise(SIGUSR1 + turn % 2 * (SIGUSR2 - SIGUSR1));
		_exit(5);
	}
	for (turn = 0; turn < 8; turn++) {
		if (turn % 2) {
			printf("poll: %d\n", poll(&p, 1, 5000));
			take_by_descriptor(p.fd);
		} else {
			take_by_wait(&chld);
		}
		take_by_descriptor(p.fd);
		if (turn)
			await(pid, WNOHANG, &status);
		go(PTRACE_CONT, pid, 0);
	}
	other = child();
	if (other == 0)
		_exit(7);
	take_by_wait(&chld);
	await(other, 0, &status);
	kill(getpid(), SIGCHLD);
	take_by_wait(&chld);
}

/* Ignored, none comes; wait tells of a tracee's stop and end, and of a child's end does not. */
static void scene_sigchld_ignored(void)
{
	sigset_t chld, pending;
	pid_t pid, other;
	int status;

	signal(SIGCHLD, SIG_IGN);
	pid = traced_child();
	if (pid == 0) {
		raise(SIGUSR1);
		_exit(5);
	}
	other = child();
	if (other == 0)
		_exit(7);
	await(other, 0, &status);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	await(-1, 0, &status);
	sigpending(&pending);
	printf("pending: %d\n", sigismember(&pending, SIGCHLD));
}

/* Without zombies a child's end is told by SIGCHLD alone, and a tracee's by wait as well. */
static void scene_sigchld_no_zombies(void)
{
	struct sigaction sa = { .sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_NOCLDWAIT };
	pid_t pid, other;
	int status, turn;

	sigaction(SIGCHLD, &sa, NULL);
	for (turn = 0; turn < 3; turn++) {
		pid = traced_child();
		if (pid == 0)
			_exit(5);
		say_ring();
		other = turn == 1 ? child() : 0;
		if (turn == 1 && other == 0)
			for (;;)
				pause();
		go(PTRACE_CONT, pid, 0);
		if (turn == 2)
			say_waitid(P_ALL, 0, WEXITED);
		else
			await(-1, 0, &status);
		say_ring();
		if (other) {
			await(-1, WNOHANG, &status);
			kill(other, SIGKILL);
			await(-1, 0, &status);
			say_ring();
		}
	}
}

/* The tracee is not the tracer's child, and dies: first the tracer is told, and then its parent. */
static void scene_other_child(void)
{
	pid_t pid = child(), tracer;
	int status;

	if (pid == 0)
		for (;;)
			pause();
	tracer = child();
	if (tracer == 0) {
		struct itimerval soon = { { 0, 0 }, { 0, 30000 } };

		sigaction(SIGALRM, &(struct sigaction){ .sa_handler = nothing }, NULL);
		say("attach", trace(PTRACE_ATTACH, pid, 0, 0));
		await(pid, __WALL, &status);
		go(PTRACE_CONT, pid, 0);
		setitimer(ITIMER_REAL, &soon, NULL);
		await(pid, __WALL, &status);
		await(pid, WNOHANG, &status);
		kill(pid, SIGUSR2);
		await(-1, __WALL, &status);
		go(PTRACE_CONT, pid, SIGUSR2);
		await(-1, __WALL, &status);
		await(-1, __WALL, &status);
		fflush(stdout);
		_exit(0);
	}
	waitpid(tracer, &status, 0);
	await(pid, 0, &status);
}

static void scene_deaths(void)
{
	pid_t pid = traced_child(), tracer, second;
	int status, pair[2];
	char c;

	if (pid == 0)
		for (;;)
			pause();
	kill(pid, SIGKILL);
	await(pid, 0, &status);
	say("cont", trace(PTRACE_CONT, pid, 0, 0));
	pid = traced_child();
	if (pid == 0)
		for (;;)
			pause();
	say("kill", trace(PTRACE_KILL, pid, 0, 0));
	await(pid, 0, &status);
	/* Its tracer dies: it goes on, or dies, too. */
	pid = child();
	if (pid == 0)
		for (;;)
			pause();
	second = child();
	if (second == 0)
		for (;;)
			pause();
	if (pipe(pair) < 0)
		return;
	tracer = child();
	if (tracer == 0) {
		say("seize", trace(PTRACE_SEIZE, pid, 0, 0));
		say("seize", trace(PTRACE_SEIZE, second, 0, PTRACE_O_EXITKILL));
		trace(PTRACE_INTERRUPT, pid, 0, 0);
		await(pid, __WALL, &status);
		fflush(stdout);
		_exit(write(pair[1], "x", 1) != 1);
	}
	waitpid(tracer, &status, 0);
	if (read(pair[0], &c, 1) != 1)
		return;
	await(second, 0, &status);
	await(pid, WNOHANG, &status);
	say("seize", trace(PTRACE_SEIZE, pid, 0, 0));
	say("interrupt", trace(PTRACE_INTERRUPT, pid, 0, 0));
	await(pid, 0, &status);
	say("detach", trace(PTRACE_DETACH, pid, 0, 0));
	kill(pid, SIGTERM);
	await(pid, 0, &status);
}

static void scene_refusals(void)
{
	pid_t pid, other;
	int status;

	say("attach myself", trace(PTRACE_ATTACH, getpid(), 0, 0));
	say("attach nobody", trace(PTRACE_ATTACH, 4194303, 0, 0));
	say("attach init", trace(PTRACE_ATTACH, 2, 0, 0));
	pid = child();
	if (pid == 0)
		for (;;)
			pause();
	say("cont a stranger", trace(PTRACE_CONT, pid, 0, 0));
	say("seize with odd options", trace(PTRACE_SEIZE, pid, 0, 0x80000000));
	other = child();
	if (other == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			printf("not root\n");
		else
			say("attach as another", trace(PTRACE_ATTACH, pid, 0, 0));
		fflush(stdout);
		_exit(0);
	}
	waitpid(other, &status, 0);
	say("attach", trace(PTRACE_ATTACH, pid, 0, 0));
	await(pid, 0, &status);
	say("odd options", trace(PTRACE_SETOPTIONS, pid, 0, 0x40000000));
	kill(pid, SIGKILL);
	await(pid, 0, &status);
}

static void filter_calls(int nr, unsigned int answer)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

static void seccomp_stops(unsigned long options)
{
	pid_t pid = traced_child();
	struct user_regs_struct regs;
	int status;

	if (pid == 0) {
		long r;

		filter_calls(SYS_mkdir, SECCOMP_RET_TRACE | 0x123);
		r = syscall(SYS_mkdir, "filtered", 0755);
		_exit(r == 0 ? 5 : errno == ENOSYS ? 6 : 7);
	}
	trace(PTRACE_SETOPTIONS, pid, 0, options);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
	if (WIFSTOPPED(status)) {
		say_message(pid, 0);
		say_call(pid);
		trace(PTRACE_GETREGS, pid, 0, (unsigned long)&regs);
		regs.rdi += 4;
		trace(PTRACE_SETREGS, pid, 0, (unsigned long)&regs);
		go(PTRACE_SYSCALL, pid, 0);
		await(pid, 0, &status);
		say_call(pid);
		go(PTRACE_CONT, pid, 0);
		await(pid, 0, &status);
	}
}

static void scene_seccomp(void)
{
	seccomp_stops(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD);
}

static void scene_seccomp_unasked(void)
{
	seccomp_stops(0);
}

static int loops(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return 0;
}

static void *loop_thread(void *arg)
{
	*(pid_t *)arg = gettid();
	for (;;)
		pause();
	return NULL;
}

/* A process of this one's memory attaches to its threads, as LeakSanitizer's does. */
static int attach_to_all(void *arg)
{
	pid_t *tids = arg;
	int i, status;

	for (i = 0; i < 3; i++) {
		say("attach", trace(PTRACE_ATTACH, tids[i], 0, 0));
		await(tids[i], __WALL, &status);
	}
	for (i = 0; i < 3; i++)
		say("detach", trace(PTRACE_DETACH, tids[i], 0, 0));
	return 0;
}

static void scene_own_threads(void)
{
	static char stack[65536];
	static pid_t tids[3];
	pthread_t t;
	pid_t pid;
	int status, i;

	tids[0] = getpid();
	for (i = 1; i < 3; i++) {
		pthread_create(&t, NULL, loop_thread, &tids[i]);
		while (!*(volatile pid_t *)&tids[i])
			sched_yield();
		know(tids[i]);
	}
	fflush(stdout);
	pid = clone(attach_to_all, stack + sizeof stack,
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_UNTRACED, tids);
	waitpid(pid, &status, __WALL);
	printf("%#x\n", (unsigned int)status);
}

/* One thread has a tracee; another one's waits tell of it, but for __WNOTHREAD. */
static void *wait_elsewhere(void *arg)
{
	int status;

	await(*(pid_t *)arg, __WALL | __WNOTHREAD | WNOHANG, &status);
	await(*(pid_t *)arg, __WALL, &status);
	say("cont", trace(PTRACE_CONT, *(pid_t *)arg, 0, 0));
	return NULL;
}

static void scene_threads(void)
{
	static char stack[65536];
	pthread_t t;
	pid_t pid, plain;
	int status;

	fflush(stdout);
	plain = clone(loops, stack + sizeof stack, CLONE_VM | CLONE_FILES, NULL);
	know(plain);
	say("attach", trace(PTRACE_ATTACH, plain, 0, 0));
	await(plain, 0, &status);
	kill(plain, SIGKILL);
	await(plain, __WALL, &status);
	pid = traced_child();
	if (pid == 0) {
		raise(SIGUSR1);
		_exit(5);
	}
	go(PTRACE_CONT, pid, 0);
	sleep_ms(20);
	pthread_create(&t, NULL, wait_elsewhere, &pid);
	pthread_join(t, NULL);
	go(PTRACE_CONT, pid, 0);
	await(pid, 0, &status);
}

static void *fork_soon(void *arg)
{
	(void)arg;
	sleep_ms(50);
	if (child() == 0)
		_exit(9);
	return NULL;
}

/* Of the tracer's own children there is none when it begins to wait. */
static void scene_new_child(void)
{
	pid_t pid = child(), tracer;
	int status;

	if (pid == 0)
		for (;;)
			pause();
	tracer = child();
	if (tracer == 0) {
		pthread_t t;

		say("seize", trace(PTRACE_SEIZE, pid, 0, 0));
		pthread_create(&t, NULL, fork_soon, NULL);
		await(-1, __WALL, &status);
		kill(pid, SIGKILL);
		await(-1, __WALL, &status);
		await(-1, __WALL, &status);
		_exit(0);
	}
	waitpid(tracer, &status, 0);
	await(pid, 0, &status);
}

static const struct {
	const char *name;
	void (*play)(void);
} scenes[] = {
	{ "exec", scene_exec },
	{ "events", scene_events },
	{ "events-and-calls", scene_events_and_calls },
	{ "seized-events", scene_seized_events },
	{ "attach", scene_attach },
	{ "attach-stopped", scene_attach_stopped },
	{ "seize", scene_seize },
	{ "calls", scene_calls },
	{ "calls-by-trap", scene_calls_by_trap },
	{ "sysemu", scene_sysemu },
	{ "signals", scene_signals },
	{ "steps", scene_steps },
	{ "memory", scene_memory },
	{ "waits", scene_waits },
	{ "late", scene_late },
	{ "sigchld", scene_sigchld },
	{ "sigchld-taken", scene_sigchld_taken },
	{ "sigchld-ignored", scene_sigchld_ignored },
	{ "sigchld-no-zombies", scene_sigchld_no_zombies },
	{ "other-child", scene_other_child },
	{ "new-child", scene_new_child },
	{ "deaths", scene_deaths },
	{ "refusals", scene_refusals },
	{ "seccomp", scene_seccomp },
	{ "seccomp-unasked", scene_seccomp_unasked },
	{ "own-threads", scene_own_threads },
	{ "threads", scene_threads },
};

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 3 && !strcmp(argv[1], "exit"))
		return atoi(argv[2]);
	if (argc != 2 || readlink("/proc/self/exe", self, sizeof self - 1) < 0)
		return 2;
	if (!strcmp(argv[1], "scenes"))
		for (i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
			puts(scenes[i].name);
	for (i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
		if (!strcmp(argv[1], scenes[i].name))
			scenes[i].play();
	fflush(stdout);
	return 0;
}
