/* A signal that is ignored wakes nobody, and interrupts no call. */
#include "prog.h"
#include <linux/aio_abi.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>

#define MS 1000000L

/* How long each call waits for what does not come. */
static long limit_ms = 60;

static void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * MS };

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / MS;
}

static struct timespec limit(void)
{
	return (struct timespec){ limit_ms / 1000, limit_ms % 1000 * MS };
}

static struct timeval limit_of_socket(void)
{
	return (struct timeval){ limit_ms / 1000, limit_ms % 1000 * 1000 };
}

static long by_epoll_wait(void)
{
	struct epoll_event e;

	return epoll_wait(epoll_create1(0), &e, 1, (int)limit_ms);
}

static long by_epoll_pwait(void)
{
	struct epoll_event e;
	sigset_t none;

	sigemptyset(&none);
	return epoll_pwait(epoll_create1(0), &e, 1, (int)limit_ms, &none);
}

static long by_sigtimedwait(void)
{
	struct timespec ts = limit();
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, SIGUSR2);
	sigprocmask(SIG_BLOCK, &s, NULL);
	return sigtimedwait(&s, NULL, &ts);
}

static long by_semtimedop(void)
{
	struct timespec ts = limit();
	struct sembuf op = { 0, -1, 0 };
	int id = semget(IPC_PRIVATE, 1, 0600), r = semtimedop(id, &op, 1, &ts), e = errno;

	semctl(id, 0, IPC_RMID);
	errno = e;
	return r;
}

static long by_io_getevents(void)
{
	struct timespec ts = limit();
	struct io_event event;
	aio_context_t context = 0;
	long r;

	if (syscall(SYS_io_setup, 1, &context) < 0)
		return 0; /* the kernel has none; untraced it is the same */
	r = syscall(SYS_io_getevents, context, 1L, 1L, &event, &ts);
	return r;
}

static int a_socket(int *other)
{
	struct timeval tv = limit_of_socket();
	int fd[2];

	LIBC(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	LIBC(setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
	*other = fd[1];
	return fd[0];
}

static long by_recv(void)
{
	int other, fd = a_socket(&other);
	char c;

	return recv(fd, &c, 1, 0);
}

static long by_read(void)
{
	int other, fd = a_socket(&other);
	char c;

	return read(fd, &c, 1);
}

static long by_preadv2(void)
{
	int other, fd = a_socket(&other);
	char c;

	return preadv2(fd, &(struct iovec){ &c, 1 }, 1, -1, 0);
}

static long by_splice(void)
{
	int other, fd = a_socket(&other), p[2];

	LIBC(pipe(p));
	return splice(fd, NULL, p[1], NULL, 1, 0);
}

/* One that takes nothing more. */
static int a_full_socket(void)
{
	static char much[65536];
	struct timeval tv = limit_of_socket();
	int fd[2];

	LIBC(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	LIBC(fcntl(fd[0], F_SETFL, O_NONBLOCK));
	while (write(fd[0], much, sizeof much) > 0)
		;
	LIBC(fcntl(fd[0], F_SETFL, 0));
	LIBC(setsockopt(fd[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv));
	return fd[0];
}

static long by_pwritev2(void)
{
	return pwritev2(a_full_socket(), &(struct iovec){ "x", 1 }, 1, -1, 0);
}

static long by_sendfile(void)
{
	int f = memfd_create("sent", 0);
	off_t o = 0;

	LIBC(write(f, "x", 1));
	return sendfile(a_full_socket(), f, &o, 1);
}

static long by_splice_to(void)
{
	int p[2];

	LIBC(pipe(p));
	LIBC(write(p[1], "x", 1));
	return splice(p[0], NULL, a_full_socket(), NULL, 1, 0);
}

static long by_accept(void)
{
	struct timeval tv = limit_of_socket();
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	LIBC(bind(fd, &(struct sockaddr){ .sa_family = AF_UNIX }, sizeof(sa_family_t)));
	LIBC(listen(fd, 1));
	LIBC(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
	return accept(fd, NULL, NULL);
}

/* Where the kernel cannot write what is left of it. */
static void *read_only(const void *limit, size_t size)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memcpy(page, limit, size);
	LIBC(mprotect(page, 4096, PROT_READ));
	return page;
}

static long by_select(void)
{
#ifdef __i386__
	long tv[2] = { limit_ms / 1000, limit_ms % 1000 * 1000 };

	return syscall(SYS__newselect, 0, NULL, NULL, NULL, read_only(tv, sizeof tv));
#else
	struct timeval tv = limit_of_socket();

	return syscall(SYS_select, 0, NULL, NULL, NULL, read_only(&tv, sizeof tv));
#endif
}

static long by_pselect(void)
{
	struct timespec ts = limit();

	return syscall(SYS_pselect6, 0, NULL, NULL, NULL, read_only(&ts, sizeof ts), NULL);
}

static long by_ppoll(void)
{
	struct timespec ts = limit();

	return syscall(SYS_ppoll, NULL, 0, read_only(&ts, sizeof ts), NULL, 8);
}

static const struct {
	const char *name;
	long (*call)(void);
} calls[] = {
	{ "epoll_wait", by_epoll_wait },
	{ "epoll_pwait", by_epoll_pwait },
	{ "sigtimedwait", by_sigtimedwait },
	{ "semtimedop", by_semtimedop },
	{ "io_getevents", by_io_getevents },
	{ "recv", by_recv },
	{ "read", by_read },
	{ "preadv2", by_preadv2 },
	{ "splice", by_splice },
	{ "pwritev2", by_pwritev2 },
	{ "sendfile", by_sendfile },
	{ "splice to one", by_splice_to },
	{ "accept", by_accept },
	{ "select", by_select },
	{ "pselect", by_pselect },
	{ "ppoll", by_ppoll },
};

/* While the call waits somebody sends `signals` of them, `pause` apart; 0: only its end is told. */
static pid_t sender(int sig, int signals, long pause)
{
	pid_t to = getpid(), pid = fork();

	if (pid)
		return pid;
	while (signals--) {
		sleep_ms(pause);
		if (sig)
			kill(to, sig);
	}
	_exit(0);
}

/* It ends by itself, no earlier than it should, nor much later, however often it was made again. */
static void waits(int sig, int signals, long pause, const char *what)
{
	size_t i;

	for (i = 0; i < sizeof calls / sizeof *calls; i++) {
		long since = now_ms(), r, took;
		pid_t pid = sender(sig, signals, pause);
		int e;

		errno = 0;
		r = calls[i].call();
		e = r < 0 ? errno : 0;
		took = now_ms() - since;
		note("out", "%s, %s: %ld %s, %s", calls[i].name, what, r < 0 ? -1 : r, strerror(e),
			took < limit_ms - 10 ? "early" : took > 25 * limit_ms ? "late" : "in time");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

FORM(a_child_ends)
{
	if (setup)
		return;
	waits(0, 1, 20, "a child ended");
}

FORM(a_default_that_is_ignored)
{
	if (setup)
		return;
	waits(SIGWINCH, 1, 20, "SIGWINCH");
	waits(SIGURG, 2, 20, "SIGURG");
}

FORM(asked_to_ignore)
{
	if (setup)
		return;
	signal(SIGUSR1, SIG_IGN);
	waits(SIGUSR1, 1, 20, "ignored");
	signal(SIGTSTP, SIG_IGN);
	waits(SIGTSTP, 1, 20, "ignored stop");
}

/* Faster than the call's limit, and for longer: it must come to its end all the same. */
FORM(many)
{
	if (setup)
		return;
	waits(SIGWINCH, 400, 10, "SIGWINCH by the hundred");
}

static void nothing(int sig)
{
	(void)sig;
}

/* The first process of a new namespace: as fork(), or -1 where there is none to be had. */
static pid_t fork_first(void)
{
	pid_t pid;

	note("processes", "*");
	if (rights() && !unshare(CLONE_NEWPID)) {
		LIBC(pid = fork());
		return pid;
	}
	note("skip", "no namespaces for an ordinary user here");
	return -1;
}

/* It ignores from within what it does not handle. */
FORM(first_of_a_namespace)
{
	pid_t pid;

	if (setup)
		return;
	pid = fork_first();
	if (pid < 0)
		return;
	if (!pid) {
		waits(SIGTERM, 1, 20, "SIGTERM");
		waits(SIGUSR1, 1, 20, "SIGUSR1");
		waits(SIGTSTP, 1, 20, "SIGTSTP");
		waits(SIGSTOP, 1, 20, "SIGSTOP");
		_exit(0);
	}
	wait_ok(pid);
}

static int clone_stops(void *arg)
{
	(void)arg;
	return 0;
}

/* In every way in which a process can send itself a signal. */
static void stop_oneself(void)
{
	struct sigevent by = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGSTOP };
	struct itimerspec soon = { .it_value = { 0, MS } };
	static char stack[65536];
	int fd[2], timer;

	raise(SIGSTOP);
	pthread_kill(pthread_self(), SIGSTOP);
	sigqueue(getpid(), SIGSTOP, (union sigval){ .sival_int = 1 });
	LIBC(syscall(SYS_timer_create, CLOCK_MONOTONIC, &by, &timer));
	LIBC(syscall(SYS_timer_settime, timer, 0, &soon, NULL));
	sleep_ms(20);
	LIBC(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	LIBC(fcntl(fd[0], F_SETOWN, getpid()));
	LIBC(fcntl(fd[0], F_SETSIG, SIGSTOP));
	LIBC(fcntl(fd[0], F_SETFL, O_ASYNC));
	LIBC(write(fd[1], "x", 1));
	LIBC(clone(clone_stops, stack + sizeof stack, SIGSTOP, NULL));
	sleep_ms(20);
}

/* Nor does it stop by any of them; who is outside stops it. */
FORM(first_of_a_namespace_stops)
{
	struct pollfd done = { .events = POLLIN };
	int status = 0, stops = 0, p[2];
	pid_t pid;

	if (setup)
		return;
	LIBC(pipe(p));
	pid = fork_first();
	if (pid < 0)
		return;
	if (!pid) {
		stop_oneself();
		LIBC(write(p[1], "x", 1));
		for (;;)
			pause();
	}
	done.fd = p[0];
	while (poll(&done, 1, 10) == 0) {
		if (waitpid(pid, &status, WUNTRACED | WNOHANG) != pid)
			continue;
		if (!WIFSTOPPED(status))
			break;
		stops++;
		kill(pid, SIGCONT);
	}
	kill(pid, SIGSTOP);
	LIBC(waitpid(pid, &status, WUNTRACED));
	note("out", "from within: %d stops; from outside: %d", stops, WIFSTOPPED(status));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

/* It ends with EINTR by any signal that is there in the end. */
FORM(a_terminal_drained)
{
	int fd, other, failed = 0;
	long until;
	pid_t pid;

	if (setup)
		return;
	fd = posix_openpt(O_RDWR | O_NOCTTY);
	LIBC(fd);
	LIBC(grantpt(fd));
	LIBC(unlockpt(fd));
	other = open(ptsname(fd), O_RDWR | O_NOCTTY);
	LIBC(other);
	pid = sender(SIGWINCH, 100000, 0);
	for (until = now_ms() + 300; now_ms() < until;)
		failed += tcdrain(other) < 0;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	note("out", "%s", failed ? "some failed" : "none failed");
}

/* But not a fault of its own; by which signal it goes is another matter. */
FORM(first_of_a_namespace_faults)
{
	int status;
	pid_t pid;

	if (setup)
		return;
	pid = fork_first();
	if (pid < 0)
		return;
	if (!pid) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		*(volatile int *)1 = 1;
		_exit(0);
	}
	waitpid(pid, &status, 0);
	note("out", "%s", WIFSIGNALED(status) ? "killed" : "ended");
}

/* What is left of a sleep is written for a handler only, or while the process is stopped. */
static void sleeps_over(int sig, const char *what)
{
	struct timespec ts = { 0, 100 * MS }, left = { 7, 7 };
	pid_t pid = sender(sig, 3, 20);
	long r = syscall(SYS_nanosleep, &ts, &left);

	note("out", "%s: %ld, %s", what, r, left.tv_sec == 7 ? "kept" : "written");
	left.tv_sec = 7;
	r = clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &left);
	note("out", "by a clock: %ld, %s", r, left.tv_sec == 7 ? "kept" : "written");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

FORM(what_is_left_of_a_sleep)
{
	struct timespec ts = { 0, 40 * MS };
	long since = now_ms();
	pid_t pid;
	int i;

	if (setup)
		return;
	sleeps_over(SIGWINCH, "SIGWINCH");
	signal(SIGUSR1, nothing);
	sleeps_over(SIGUSR1, "handled");
	sleeps_over(SIGCONT, "SIGCONT");
	pid = sender(SIGWINCH, 100, 15);
	for (since = now_ms(), i = 0; i < 5; i++)
		nanosleep(&ts, &ts);
	note("out", "of five: %s", now_ms() - since < 190 ? "early" : "in time");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static volatile int handled;

static void count(int sig)
{
	(void)sig;
	handled++;
}

/* Each is over when it is sent, though the other thread may take what comes only later. */
static void *sent_in_vain(void *unused)
{
	int i;

	(void)unused;
	sleep_ms(20);
	for (i = 0; i < 50; i++) {
		signal(SIGUSR1, SIG_IGN);
		if (i % 2)
			kill(getpid(), SIGUSR1);
		else
			sigqueue(getpid(), SIGUSR1, (union sigval){ 0 });
		signal(SIGUSR1, count);
		usleep(300);
	}
	return NULL;
}

FORM(ignored_when_it_was_sent)
{
	pthread_t t;

	if (setup)
		return;
	pthread_create(&t, NULL, sent_in_vain, NULL);
	pthread_join(t, NULL);
	note("out", "handled %s", handled ? "what was ignored" : "nothing");
	handled = 0;
	kill(getpid(), SIGUSR1);
	note("out", "then %d", handled);
}

/* The letter of /proc/PID/stat; the name before it may hold anything. */
static char state_of(pid_t pid)
{
	char path[64], text[512] = "", *end;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
		close(fd);
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : '?';
}

/* Until it waits, and not only for a moment; on a busy machine that takes its time. */
static void await_asleep(pid_t pid)
{
	int i, asleep = 0;

	for (i = 0; i < 1000 && asleep < 4; i++) {
		sleep_ms(5);
		asleep = state_of(pid) == 'S' ? asleep + 1 : 0;
	}
}

/* A SIGCONT that came before would take the stop back, and nothing had happened (signal(7)). */
static void await_stopped(pid_t pid)
{
	int i;

	for (i = 0; i < 1000 && !strchr("Tt", state_of(pid)); i++)
		sleep_ms(5);
}

/* While each call waits these are sent, each after a pause in milliseconds. */
struct sent {
	long pause;
	int sig;
};

static void interrupted_by(const struct sent *sent, size_t n)
{
	size_t i, k;

	limit_ms = 5000; /* they come long before */
	for (i = 0; i < sizeof calls / sizeof *calls; i++) {
		pid_t to = getpid(), pid = fork();
		int e;

		if (!pid) {
			await_asleep(to);
			for (k = 0; k < n; k++) {
				sleep_ms(sent[k].pause);
				kill(to, sent[k].sig);
				if (sent[k].sig == SIGSTOP)
					await_stopped(to);
			}
			_exit(0);
		}
		errno = 0;
		calls[i].call();
		e = errno;
		note("out", "%s: %s", calls[i].name, strerror(e));
		wait_ok(pid);
	}
}

/*
 * One with a handler interrupts, also when an ignored one comes with it.
 */
FORM(a_handler_interrupts)
{
	static const struct sent sent[] = { { 20, SIGWINCH }, { 20, SIGWINCH }, { 0, SIGUSR1 } };
	struct sigaction sa = { .sa_handler = nothing, .sa_flags = SA_RESTART };

	if (setup)
		return;
	sigaction(SIGUSR1, &sa, NULL);
	interrupted_by(sent, 3);
}

/* While somebody else waits for the n-th time he gets an ignored signal, and soon a handled one. */
static void send_two(pid_t to, const volatile int *nth, int n)
{
	long turns;

	while (*nth != n)
		usleep(20);
	while (state_of(to) != 'S')
		usleep(20);
	kill(to, SIGWINCH);
	for (turns = random() % 40000; turns > 0; turns--)
		__asm__ volatile("");
	kill(to, SIGUSR1);
}

/* Also where the call is to be made again because of the first, and has not begun. */
FORM(a_handler_soon_after)
{
	struct sigaction sa = { .sa_handler = nothing };
	volatile int *nth = mmap(NULL, sizeof *nth, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int n, other, fd, failed = 0;
	pid_t to = getpid(), pid;
	char c;

	if (setup)
		return;
	sigaction(SIGUSR1, &sa, NULL);
	limit_ms = 1000;
	fd = a_socket(&other);
	pid = fork();
	for (n = 1; n <= 1500; n++) {
		if (!pid) {
			send_two(to, nth, n);
			continue;
		}
		*nth = n;
		failed += recv(fd, &c, 1, 0) >= 0 || errno != EINTR;
	}
	if (!pid)
		_exit(0);
	note("out", "%d", failed);
	wait_ok(pid);
}

/* Stopped and continued: these calls are interrupted by that without any handler (signal(7)). */
FORM(a_stop_interrupts)
{
	static const struct sent sent[] = { { 20, SIGSTOP }, { 20, SIGCONT } };

	if (setup)
		return;
	interrupted_by(sent, 2);
}
