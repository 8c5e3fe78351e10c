/*
 * busy DIR THREADS: threads that write files, sleep in calls that are not begun anew when something
 * interrupts them, start processes, and send each other signals, each holding every call to what it
 * answers undisturbed. On SIGTERM it prints `ok` and what it has done, and ends with 0; what is not
 * as it should be is said, and it ends with 3.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *dir;
static _Atomic bool quit;
static _Atomic long rounds, writes;

static void fail(const char *what, long got)
{
	printf("%s answers %ld (%s)\n", what, got, strerror(errno));
	fflush(stdout);
	_exit(3);
}

#define WANT(call, want)                                                                           \
	do {                                                                                       \
		long got_ = (long)(call);                                                          \
		if (got_ != (long)(want))                                                          \
			fail(#call, got_);                                                         \
	} while (0)

static void name(char out[256], const char *what, long i, long n)
{
	snprintf(out, 256, n < 0 ? "%s/%s%ld" : "%s/%s%ld.%ld", dir, what, i, n);
}

static void files(long i, long n)
{
	char line[32], to[256], from[256];
	int len = snprintf(line, sizeof line, "%ld\n", n), fd;

	name(to, "lines", i, -1);
	fd = open(to, O_WRONLY | O_CREAT | O_APPEND, 0644);
	WANT(fd >= 0, 1);
	WANT(write(fd, line, (size_t)len), len);
	WANT(close(fd), 0);
	name(from, "new", i, n % 4);
	name(to, "moved", i, n % 4);
	fd = open(from, O_WRONLY | O_CREAT | O_EXCL, 0600);
	WANT(fd >= 0, 1);
	WANT(write(fd, line, (size_t)len), len);
	WANT(close(fd), 0);
	WANT(rename(from, to), 0);
	name(to, "folder", i, -1);
	WANT(mkdir(to, 0755), 0);
	WANT(rmdir(to), 0);
	writes++;
}

static void epolls(long i, long n)
{
	static __thread int fd;
	struct epoll_event e;

	if (!fd)
		fd = epoll_create1(0);
	WANT(epoll_wait(fd, &e, 1, 5), 0);
}

static void sleeps(long i, long n)
{
	struct timespec ts = { 0, 3000000 };

	WANT(nanosleep(&ts, NULL), 0);
	WANT(poll(NULL, 0, 2), 0);
}

static void signals(long i, long n)
{
	struct timespec ts = { 0, 4000000 };
	sigset_t usr2;

	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	WANT(sigtimedwait(&usr2, NULL, &ts) < 0 && errno == EAGAIN, 1);
}

static void semaphores(long i, long n)
{
	static __thread int id = -1;
	struct timespec ts = { 0, 4000000 };
	struct sembuf op = { 0, -1, 0 };

	if (id < 0) {
		id = semget(IPC_PRIVATE, 1, 0600);
		WANT(id >= 0, 1);
	}
	WANT(semtimedop(id, &op, 1, &ts) < 0 && errno == EAGAIN, 1);
	if (quit)
		semctl(id, 0, IPC_RMID);
}

static void sockets(long i, long n)
{
	static __thread int pair[2];
	struct timeval tv = { 0, 4000 };
	char c;

	if (!pair[0]) {
		WANT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		WANT(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv), 0);
	}
	WANT(recv(pair[0], &c, 1, 0) < 0 && errno == EAGAIN, 1);
}

static void spawns(long i, long n)
{
	char *const argv[] = { "true", NULL };
	int status;
	pid_t pid;

	WANT(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, NULL), 0);
	WANT(waitpid(pid, &status, 0), pid);
	WANT(status, 0);
	usleep(2000);
}

/* Real-time signals are queued: not one may be lost, and none come twice. */
static __thread int expected;

static void handler(int sig, siginfo_t *si, void *context)
{
	if (si->si_value.sival_int != expected++)
		_exit(4);
}

static void to_itself(long i, long n)
{
	siginfo_t si;
	sigset_t rt;

	sigemptyset(&rt);
	sigaddset(&rt, SIGRTMIN);
	pthread_sigmask(SIG_UNBLOCK, &rt, NULL);
	memset(&si, 0, sizeof si);
	si.si_code = SI_QUEUE;
	si.si_value.sival_int = (int)n;
	WANT(syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), SIGRTMIN, &si), 0);
	WANT(expected, n + 1);
	usleep(500);
}

static void (*const works[])(long i, long n) = { files, epolls, files, sleeps, files, signals,
	files, semaphores, files, sockets, files, spawns, files, to_itself };

static void *work(void *data)
{
	long i = (long)data, n = 0;

	while (!quit) {
		works[(unsigned long)i % (sizeof works / sizeof works[0])](i, n++);
		rounds++;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct sigaction on = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	long count = argc > 2 ? atol(argv[2]) : 14, i;
	pthread_t threads[256];
	sigset_t all, term;
	int sig;

	dir = argv[1];
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigaction(SIGRTMIN, &on, NULL);
	for (i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)i))
			return 1;
	printf("ready\n");
	fflush(stdout);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigwait(&term, &sig);
	quit = true;
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("ok %ld rounds, %ld writes\n", (long)rounds, (long)writes);
	return 0;
}
