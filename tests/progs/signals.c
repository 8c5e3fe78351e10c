/* Signals, stops and ends are what they are without us. */
#include "prog.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <time.h>

static volatile sig_atomic_t count, value, code_ok;

static void on(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | flags };

	sa.sa_sigaction = fn;
	sigaction(sig, &sa, NULL);
}

static void counts(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	count++;
	value = si->si_value.sival_int;
	code_ok = si->si_pid == getpid() && si->si_uid == getuid();
}

FORM(to_self)
{
	int i;

	if (setup)
		return;
	on(SIGUSR1, counts, 0);
	for (i = 0; i < 100; i++) {
		kill(getpid(), SIGUSR1);
		touch(P("f%d", i), O_WRONLY | O_CREAT | O_TRUNC);
		ev("open", A(P("f%d", i)), "", CREAT_FLAGS);
	}
	note("out", "%d signals, from myself: %d", (int)count, (int)code_ok);
}

FORM(siginfo)
{
	if (setup)
		return;
	on(SIGRTMIN, counts, 0);
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 4711 });
	note("out", "value %d from myself: %d", (int)value, (int)code_ok);
}

static void writes(int sig, siginfo_t *si, void *uc)
{
	(void)si;
	(void)uc;
	(void)sig;
	sc(__NR_close, sc(__NR_openat, AT_FDCWD, "by_handler", O_WRONLY | O_CREAT | O_TRUNC, 0644));
}

FORM(handler_writes)
{
	sigset_t s, old;

	if (setup)
		return;
	on(SIGUSR1, writes, 0);
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigprocmask(SIG_BLOCK, &s, &old);
	kill(getpid(), SIGUSR1);
	touch(P("before"), O_WRONLY | O_CREAT | O_TRUNC);
	sigsuspend(&old);
	touch(P("after"), O_WRONLY | O_CREAT | O_TRUNC);
	ev("open", A("before"), "", CREAT_FLAGS);
	ev("open", A("by_handler"), "", CREAT_FLAGS);
	ev("open", A("after"), "", CREAT_FLAGS);
}

static void faults(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	note("out", "signal %d code %d at %p", sig, si->si_code,
		sig == SIGSEGV ? si->si_addr : NULL);
	touch(P("by_handler"), O_WRONLY | O_CREAT | O_TRUNC);
	exit(5);
}

FORM(segv_handled)
{
	if (setup)
		return;
	on(SIGSEGV, faults, 0);
	ev("open", A("by_handler"), "", CREAT_FLAGS);
	*(volatile int *)16 = 1;
}

FORM(breakpoint_handled)
{
	if (setup)
		return;
	on(SIGTRAP, faults, 0);
	ev("open", A("by_handler"), "", CREAT_FLAGS);
	__asm__ volatile("int3");
}

FORM(sigtrap_raised)
{
	if (setup)
		return;
	on(SIGTRAP, counts, 0);
	raise(SIGTRAP);
	kill(getpid(), SIGTRAP);
	note("out", "%d traps", (int)count);
}

FORM(sigstop_and_cont)
{
	int alive[2];
	pid_t child;

	if (setup)
		return;
	LIBC(pipe(alive));
	child = fork();
	if (!child) {
		/*
		 * SIGCONT before the stop is lost, so again until the parent says that it goes on.
		 */
		struct pollfd p = { .fd = alive[0], .events = POLLIN };

		close(alive[1]);
		while (poll(&p, 1, 2) == 0)
			kill(getppid(), SIGCONT);
		_exit(0);
	}
	raise(SIGSTOP);
	LIBC(write(alive[1], "x", 1));
	wait_ok(child);
	touch(P("f"), O_WRONLY | O_CREAT | O_TRUNC);
	note("out", "goes on");
	ev("open", A("f"), "", CREAT_FLAGS);
}

/* What waitpid(2) says of a child that stops, goes on and dies. */
FORM(child_stops)
{
	static const int sigs[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	int status, next[2];
	size_t i;
	pid_t pid;
	char c;

	if (setup)
		return;
	LIBC(pipe(next));
	for (i = 0; i < 4; i++) {
		setpgid(0, 0);
		pid = fork();
		if (!pid) {
			/* not orphaned: our parent is in another group of the session */
			setpgid(0, 0);
			raise(sigs[i]);
			touch(P("f%d", (int)i), O_WRONLY | O_CREAT | O_TRUNC);
			/* A second stop before the parent has asked would hide that we went on. */
			LIBC(read(next[0], &c, 1));
			raise(SIGSTOP);
			for (;;)
				pause();
		}
		waitpid(pid, &status, WUNTRACED);
		note("out", "stopped %d by %d", WIFSTOPPED(status), WSTOPSIG(status));
		kill(pid, SIGCONT);
		waitpid(pid, &status, WCONTINUED);
		note("out", "continued %d", WIFCONTINUED(status));
		LIBC(write(next[1], "x", 1));
		waitpid(pid, &status, WUNTRACED);
		note("out", "stopped %d by %d", WIFSTOPPED(status), WSTOPSIG(status));
		kill(pid, SIGTERM);
		kill(pid, SIGCONT);
		waitpid(pid, &status, 0);
		note("out", "killed %d by %d", WIFSIGNALED(status), WTERMSIG(status));
		ev("open", A(P("f%d", (int)i)), "", CREAT_FLAGS);
	}
}

static void *stops_process(void *p)
{
	(void)p;
	touch(A("by_thread"), O_WRONLY | O_CREAT | O_TRUNC);
	raise(SIGSTOP);
	touch(A("by_thread2"), O_WRONLY | O_CREAT | O_TRUNC);
	return NULL;
}

/* A stop is of the whole process, whichever thread got the signal. */
FORM(threads_stop)
{
	int status;
	pid_t pid;

	if (setup)
		return;
	pid = fork();
	if (!pid) {
		pthread_t th;

		pthread_create(&th, NULL, stops_process, NULL);
		pthread_join(th, NULL);
		touch(A("main"), O_WRONLY | O_CREAT | O_TRUNC);
		_exit(9);
	}
	waitpid(pid, &status, WUNTRACED);
	note("out", "stopped %d by %d; %s", WIFSTOPPED(status), WSTOPSIG(status),
	     access("main", F_OK) && access("by_thread2", F_OK) ? "stands still" : "runs");
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	note("out", "exit %d", WEXITSTATUS(status));
	ev("open", A("by_thread"), "", CREAT_FLAGS);
	ev("open", A("by_thread2"), "", CREAT_FLAGS);
	ev("open", A("main"), "", CREAT_FLAGS);
}

FORM(child_ends)
{
	static const int sigs[] = { SIGKILL, SIGTERM, SIGSEGV, SIGABRT, SIGPIPE, SIGINT, SIGQUIT,
		SIGTRAP, SIGSYS, SIGUSR1 };
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	int status, i;

	if (setup)
		return;
	for (i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid) {
			sigaction(sigs[i], &dfl, NULL);
			touch(P("f%d", i), O_WRONLY | O_CREAT | O_TRUNC);
			kill(getpid(), sigs[i]);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		note("out", "%d: signaled %d by %d, exit %d", sigs[i], WIFSIGNALED(status),
			WTERMSIG(status), WEXITSTATUS(status));
		ev("open", A(P("f%d", i)), "", CREAT_FLAGS);
	}
	for (i = 0; i < 256; i += 51) {
		if (!fork())
			_exit(i);
		wait(&status);
		note("out", "exit %d", WEXITSTATUS(status));
	}
}

#define DIES(n, sig)                                         \
	FORM(n)                                              \
	{                                                    \
		if (setup)                                   \
			return;                              \
		touch(P("f"), O_WRONLY | O_CREAT | O_TRUNC); \
		ev("open", A("f"), "", CREAT_FLAGS);         \
		signal(sig, SIG_DFL);                        \
		kill(getpid(), sig);                         \
		for (;;)                                     \
			pause();                             \
	}

DIES(dies_of_kill, SIGKILL)
DIES(dies_of_term, SIGTERM)
DIES(dies_of_abrt, SIGABRT)
DIES(dies_of_usr2, SIGUSR2)
DIES(dies_of_trap, SIGTRAP)

/* Killed by another in the middle of making and taking away: the disk says how far it came. */
FORM(killed_in_the_middle)
{
	struct timespec ts = { 0, 3000000 };
	int i, n;

	if (setup) {
		mkd("d");
		for (i = 0; i < 20; i++)
			mk(P("d/old%d", i), "x");
		return;
	}
	note("noevents", "how far it came is not fixed");
	for (n = 0; n < 20; n++) {
		pid_t pid = fork();

		if (!pid) {
			for (i = 0; ; i++) {
				char a[64], b[64];

				snprintf(a, sizeof a, "d/new%d-%d", n, i % 50);
				snprintf(b, sizeof b, "d/old%d", i % 20);
				sc(__NR_close,
					sc(__NR_openat, AT_FDCWD, a, O_WRONLY | O_CREAT | O_TRUNC,
						0644));
				sc(__NR_renameat, AT_FDCWD, a, AT_FDCWD, b);
				if (i % 7 == 0)
					sc(__NR_unlinkat, AT_FDCWD, b, 0);
			}
		}
		nanosleep(&ts, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

FORM(interrupted_read)
{
	struct itimerval t = { .it_value = { 0, 20000 } };
	int p[2];
	char c;

	if (setup)
		return;
	LIBC(pipe(p));
	on(SIGALRM, counts, 0);
	setitimer(ITIMER_REAL, &t, NULL);
	note("out", "read: %ld %d", (long)read(p[0], &c, 1), errno == EINTR);
}

/* With SA_RESTART the read goes on, and gets what the handler's process writes next. */
static int restart_pipe[2];

static void feeds(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)si;
	(void)uc;
	if (write(restart_pipe[1], "x", 1) == 1)
		count++;
}

FORM(restarted_read)
{
	struct itimerval t = { .it_value = { 0, 20000 } };
	char c = 0;

	if (setup)
		return;
	LIBC(pipe(restart_pipe));
	on(SIGALRM, feeds, SA_RESTART);
	setitimer(ITIMER_REAL, &t, NULL);
	note("out", "read: %ld %c", (long)read(restart_pipe[0], &c, 1), c);
}

/* nanosleep(2) goes on after a stop by itself (restart_syscall). */
FORM(stopped_sleep)
{
	struct timespec ts = { 0, 150000000 }, left = { 0, 0 }, a, b;
	int status;
	pid_t pid;

	if (setup)
		return;
	pid = fork();
	if (!pid) {
		int r;

		clock_gettime(CLOCK_MONOTONIC, &a);
		r = nanosleep(&ts, &left);
		clock_gettime(CLOCK_MONOTONIC, &b);
		note("out", "slept: %d, long enough: %d", r,
		     (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec >= 150000000);
		exit(0);
	}
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGCONT);
	wait_ok(pid);
}

/* A FIFO's open for writing blocks until a reader comes; meanwhile nobody else may stand still. */
FORM(blocking_open)
{
	pid_t pid;

	if (setup) {
		LIBC(mkfifo(A("fifo"), 0600));
		return;
	}
	say("any", A("fifo"));
	pid = fork();
	if (!pid) {
		int fd = (int)OK(sc(__NR_open, A("fifo"), O_WRONLY));

		LIBC(write(fd, "through", 7));
		_exit(0);
	}
	touch(P("f"), O_WRONLY | O_CREAT | O_TRUNC);
	char buf[8] = "";
	int fd = (int)OK(sc(__NR_open, A("fifo"), O_RDONLY));

	LIBC(read(fd, buf, 7));
	wait_ok(pid);
	note("out", "%s", buf);
	ev("open", A("f"), "", CREAT_FLAGS);
}

FORM(interrupted_blocking_open)
{
	struct itimerval t = { .it_value = { 0, 30000 } };

	if (setup) {
		LIBC(mkfifo(A("fifo"), 0600));
		return;
	}
	on(SIGALRM, counts, 0);
	setitimer(ITIMER_REAL, &t, NULL);
	FAILS(sc(__NR_open, A("fifo"), O_WRONLY), EINTR);
	note("out", "%d signals", (int)count);
}

/*
 * Killed while it waits in a call that was stopped at its entry: no
 * event, and nobody waits for its exit stop.
 */
FORM(killed_in_blocking_open)
{
	struct timespec ts = { 0, 20000000 };
	int status;
	pid_t pid;

	if (setup) {
		LIBC(mkfifo(A("fifo"), 0600));
		return;
	}
	pid = fork();
	if (!pid) {
		sc(__NR_open, A("fifo"), O_WRONLY);
		_exit(0);
	}
	nanosleep(&ts, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	note("out", "killed by %d", WTERMSIG(status));
}

FORM(signalfd_and_sigwait)
{
	struct signalfd_siginfo si;
	struct timespec ts = { 5, 0 };
	siginfo_t info;
	sigset_t s;
	int fd;

	if (setup)
		return;
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigaddset(&s, SIGCHLD);
	sigprocmask(SIG_BLOCK, &s, NULL);
	fd = signalfd(-1, &s, 0);
	kill(getpid(), SIGUSR1);
	LIBC(read(fd, &si, sizeof si));
	note("out", "signalfd %d", (int)si.ssi_signo);
	if (!fork())
		_exit(6);
	note("out", "sigtimedwait %d", sigtimedwait(&s, &info, &ts));
	note("out", "status %d code %d", info.si_status, info.si_code);
}

static void *ends_last(void *p)
{
	(void)p;
	usleep(300);
	return NULL;
}

/* The second of its threads outlives the first. */
static void end_by_threads(void)
{
	pthread_t th;

	pthread_create(&th, NULL, ends_last, NULL);
	pthread_exit(NULL);
}

/* By waitid(2) without waiting: the call says so, or the descriptor (PIDFD_NONBLOCK). */
static pid_t by_pidfd(int fd, int nonblock)
{
	siginfo_t si = { .si_pid = 0 };
	int r;

	if (nonblock)
		LIBC(fcntl(fd, F_SETFL, O_NONBLOCK));
	r = waitid((idtype_t)3, (id_t)fd, &si, WEXITED | (nonblock ? 0 : WNOHANG));
	if (r < 0 && !(nonblock && errno == EAGAIN))
		LIBC(r);
	return si.si_pid;
}

static void poll_and_wait(int times)
{
	int i, status, none[4] = { 0, 0, 0, 0 };

	for (i = 0; i < times; i++) {
		struct pollfd p = { .events = POLLIN };
		pid_t pid = fork(), got;

		if (!pid) {
			usleep(200);
			if (i % 4 == 2)
				end_by_threads();
			_exit(0);
		}
		p.fd = (int)OK(sc(__NR_pidfd_open, pid, 0));
		LIBC(poll(&p, 1, -1));
		if (i % 2)
			got = by_pidfd(p.fd, i % 4 == 3);
		else
			LIBC(got = waitpid(pid, &status, WNOHANG));
		if (!got) {
			none[i % 4]++;
			waitpid(pid, &status, 0);
		}
		close(p.fd);
	}
	note("out", "not yet: %d by waitpid, %d by waitid, %d of two threads, %d by a descriptor",
		none[0], none[1], none[2], none[3]);
}

/* Who has ended, by its pidfd, can be waited for. */
FORM(pidfd_and_wait)
{
	if (setup)
		return;
	NEEDS(__NR_pidfd_open);
	note("processes", "*");
	poll_and_wait(800);
}

/* A process that traces another does not wait for what has not happened to that. */
static void wait_for_tracee(int end)
{
	pid_t pid = fork(), of;

	if (!pid) {
		char c;

		LIBC(read(end, &c, 1));
		_exit(0);
	}
	of = fork();
	if (!of) {
		int fd = (int)OK(sc(__NR_pidfd_open, pid, 0)), r;
		siginfo_t si;

		LIBC(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
		LIBC(fcntl(fd, F_SETFL, O_NONBLOCK));
		alarm(2);
		r = waitid((idtype_t)3, (id_t)fd, &si, WEXITED);
		note("out", "%s", r < 0 ? strerror(errno) : "ended");
		_exit(0);
	}
	wait_ok(of);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

FORM(pidfd_and_wait_of_a_tracer)
{
	pid_t pid;
	int p[2];

	if (setup)
		return;
	NEEDS(__NR_pidfd_open);
	if (sizeof(long) == 4) {
		note("skip", "tracers of 32 bits are refused");
		return;
	}
	note("processes", "*");
	LIBC(pipe(p));
	wait_for_tracee(p[0]);
	pid = fork();
	if (!pid) {
		char c;

		LIBC(read(p[0], &c, 1));
		_exit(0);
	}
	LIBC(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	poll_and_wait(800);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* SIGCHLD comes once a child that ends, and not for its stops when SA_NOCLDSTOP says so. */
FORM(sigchld_counts)
{
	int status;
	pid_t pid;

	if (setup)
		return;
	on(SIGCHLD, counts, SA_NOCLDSTOP | SA_RESTART);
	pid = fork();
	if (!pid) {
		raise(SIGSTOP);
		touch(P("f"), O_WRONLY | O_CREAT | O_TRUNC);
		_exit(0);
	}
	waitpid(pid, &status, WUNTRACED);
	note("out", "after the stop: %d", (int)count);
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	while (!count)
		;
	note("out", "after the end: %d", (int)count);
	ev("open", A("f"), "", CREAT_FLAGS);
}
