/* Ways to be a process: whatever makes one, what it does is recorded. */
#include "prog.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

extern char **environ;

static void make(const char *name)
{
	touch(A(name), O_WRONLY | O_CREAT | O_TRUNC);
}

static void made(const char *name)
{
	ev("open", A(name), "", CREAT_FLAGS);
}

static void again(const char *form, const char *what)
{
	execl(self, self, W, form, what, (char *)NULL);
	_exit(96);
}

/* With a null stack clone(2) is fork(2) with flags. */
static long raw_clone(long flags)
{
	return sc(__NR_clone, flags, 0, 0, 0, 0);
}

static void cloned(long flags, const char *name)
{
	long pid = raw_clone(flags);

	if (!pid) {
		make(name);
		_exit(0);
	}
	wait_ok((pid_t)OK(pid));
	made(name);
}

FORM(by_clone) { if (!setup) cloned(SIGCHLD, "f"); }
FORM(by_clone_files_fs) { if (!setup) cloned(CLONE_FILES | CLONE_FS | SIGCHLD, "f"); }
FORM(by_clone_vfork) { if (!setup) cloned(CLONE_VFORK | SIGCHLD, "f"); }
/* CLONE_UNTRACED slips every ptrace option: the call itself has to be seen. */
FORM(by_clone_untraced) { if (!setup) cloned(CLONE_UNTRACED | SIGCHLD, "f"); }

FORM(by_fork)
{
	long pid;

	if (setup)
		return;
	pid = sc(__NR_fork);
	if (!pid) {
		make("f");
		_exit(0);
	}
	wait_ok((pid_t)OK(pid));
	made("f");
}

static void by_clone3_with(uint64_t flags)
{
	uint64_t *args = take(88);
	long pid;

	args[0] = flags;
	args[4] = SIGCHLD;
	pid = sc(__NR_clone3, args, 88);
	if (pid == -ENOSYS)             /* glibc, too, falls back so */
		pid = raw_clone((long)(flags | SIGCHLD));
	if (!pid) {
		make("f");
		_exit(0);
	}
	wait_ok((pid_t)OK(pid));
	made("f");
}

FORM(by_clone3) { if (!setup) by_clone3_with(0); }
FORM(by_clone3_untraced) { if (!setup) by_clone3_with(CLONE_UNTRACED); }

#ifdef __x86_64__
/* clone(2) that gives back its first argument. */
static long clone_keeps(unsigned long *flags)
{
	long r = __NR_clone;

	__asm__ volatile("xor %%r10d, %%r10d; xor %%r8d, %%r8d; syscall"
			 : "+a"(r), "+D"(*flags)
			 : "S"(0), "d"(0)
			 : "rcx", "r11", "r10", "r8", "memory");
	return r;
}

static void clones_and_keeps(unsigned long asked)
{
	unsigned long flags = asked;
	long pid = clone_keeps(&flags);

	if (!pid)
		_exit(flags != asked);
	note("out", "%#lx: %s, %s", asked, pid < 0 ? strerror((int)-pid) : "made",
		flags == asked ? "kept" : "changed");
	if (pid > 0)
		wait_ok((pid_t)pid);
}
#else
static void clones_and_keeps(unsigned long asked)
{
	(void)asked;
}
#endif

/* What was asked for stays as it was: for who made the child, for the child, and where none is. */
FORM(by_clone_untraced_keeps_its_flags)
{
	uint64_t *args = take(88);
	long pid;

	if (setup)
		return;
	clones_and_keeps(CLONE_UNTRACED | SIGCHLD);
	clones_and_keeps(CLONE_UNTRACED | CLONE_VFORK | SIGCHLD);
	clones_and_keeps(CLONE_UNTRACED | CLONE_THREAD);
	args[0] = CLONE_UNTRACED;
	args[4] = SIGCHLD;
	pid = sc(__NR_clone3, args, 88);
	if (!pid)
		_exit(args[0] != CLONE_UNTRACED);
	if (pid > 0)
		wait_ok((pid_t)pid);
	note("out", "%s", args[0] == CLONE_UNTRACED ? "kept" : "changed");
}

FORM(by_vfork_exec)
{
	pid_t pid;

	if (!strcmp(arg, "child")) {
		make("f");
		return;
	}
	if (setup)
		return;
	pid = vfork();
	if (!pid)
		again("by_vfork_exec", "child");
	LIBC(pid);
	wait_ok(pid);
	made("f");
}

FORM(by_posix_spawn)
{
	char *argv[] = { (char *)self, (char *)W, "by_posix_spawn", "child", NULL };
	pid_t pid;

	if (!strcmp(arg, "child")) {
		make("f");
		return;
	}
	if (setup)
		return;
	if (posix_spawn(&pid, self, NULL, NULL, argv, environ))
		return;
	wait_ok(pid);
	made("f");
}

/* The child's parent is our own parent; it is nobody's here to wait for. */
FORM(by_clone_parent)
{
	long pid;

	if (setup)
		return;
	say("wait", A("f"));
	pid = raw_clone(CLONE_PARENT | SIGCHLD);
	if (!pid) {
		fclose(stdout);
		make("f");
		_exit(0);
	}
	OK(pid);
	made("f");
}

FORM(in_pid_namespace)
{
	long pid;

	if (setup)
		return;
	pid = raw_clone((geteuid() ? CLONE_NEWUSER : 0) | CLONE_NEWPID | SIGCHLD);
	if (pid == -EPERM || pid == -EINVAL) {
		note("skip", "no new pid namespace here");
		return;
	}
	if (!pid) {
		cloned(SIGCHLD, "f");
		OK(sc(__NR_mkdir, P("d"), 0755));
		touch(P("/proc/self/cwd/d/g"), O_WRONLY | O_CREAT | O_TRUNC);
		_exit(0);
	}
	wait_ok((pid_t)OK(pid));
	ev("mkdir", A("d"), "", "");
	made("d/g");
}

/* /proc/self is the process: of a thread with a working folder of its own, that is another one. */
static void *in_own_folder(void *p)
{
	LIBC(unshare(CLONE_FS));
	LIBC(chdir(A("d")));
	touch(P("/proc/self/cwd/f"), O_WRONLY | O_CREAT | O_TRUNC);
	touch(P("/proc/thread-self/cwd/g"), O_WRONLY | O_CREAT | O_TRUNC);
	touch(P("h"), O_WRONLY | O_CREAT | O_TRUNC);
	return p;
}

FORM(thread_in_own_folder)
{
	pthread_t id;

	if (setup) {
		mkd("d");
		return;
	}
	if (pthread_create(&id, NULL, in_own_folder, NULL) || pthread_join(id, NULL))
		_exit(95);
	ev("open", A("f"), "", CREAT_FLAGS);
	ev("open", A("d/g"), "", CREAT_FLAGS);
	ev("open", A("d/h"), "", CREAT_FLAGS);
}

#define THREADS 8
#define EACH 50

static void *write_some(void *p)
{
	int t = (int)(intptr_t)p, i;
	char name[64];

	for (i = 0; i < EACH; i++) {
		int fd;

		snprintf(name, sizeof name, "t%d-%d", t, i);
		fd = (int)sc(__NR_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		if (fd < 0 || write(fd, name, 2) != 2)
			_exit(95);
		close(fd);
	}
	return NULL;
}

static void made_by_threads(void)
{
	int t, i;

	for (t = 0; t < THREADS; t++)
		for (i = 0; i < EACH; i++)
			made(P("t%d-%d", t, i));
}

FORM(threads)
{
	pthread_t th[THREADS];
	int t;

	if (setup)
		return;
	for (t = 0; t < THREADS; t++)
		if (pthread_create(&th[t], NULL, write_some, (void *)(intptr_t)t))
			_exit(94);
	for (t = 0; t < THREADS; t++)
		pthread_join(th[t], NULL);
	made_by_threads();
}

/* So short that they are gone before anybody asks for them; several tasks make them at once. */
#define SHORT_THREADS 10000
#define MAKERS 8

static void *nothing(void *p)
{
	return p;
}

static void *makes_threads(void *detached)
{
	pthread_attr_t attr;
	pthread_t th;
	int i, e;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 1 << 16);
	if (detached)
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (i = 0; i < SHORT_THREADS / MAKERS; i++) {
		while ((e = pthread_create(&th, &attr, nothing, NULL)) == EAGAIN)
			usleep(100);
		if (e || (!detached && pthread_join(th, NULL)))
			_exit(94);
	}
	return NULL;
}

static void make_short_threads(void *detached)
{
	pthread_t th[MAKERS];
	int i;

	for (i = 0; i < MAKERS; i++)
		if (pthread_create(&th[i], NULL, makes_threads, detached))
			_exit(94);
	for (i = 0; i < MAKERS; i++)
		pthread_join(th[i], NULL);
}

FORM(short_threads)
{
	if (setup)
		return;
	make_short_threads(NULL);
	note("processes", "1");
}

FORM(short_threads_detached)
{
	if (setup)
		return;
	make_short_threads("detached");
	note("processes", "1");
}

/* The kernel's event for this one is that of fork(2). */
static int is_a_thread(void *p)
{
	__atomic_store_n((int *)p, 1, __ATOMIC_SEQ_CST);
	return 0;
}

FORM(thread_like_a_fork)
{
	static char stack[1 << 16] __attribute__((aligned(16)));
	static int done;

	if (setup)
		return;
	LIBC(clone(is_a_thread, stack + sizeof stack,
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
			SIGCHLD,
		&done));
	while (!__atomic_load_n(&done, __ATOMIC_SEQ_CST))
		usleep(100);
	make("f");
	made("f");
	note("processes", "1");
}

/*
 * A fork whose maker is killed before it can tell of it: the child's parent is another one from
 * then on, and nobody will ever name it. It must not be waited for.
 */
#define KILLS 60

static void *forks(void *p)
{
	for (;;)
		if (fork() == 0)
			_exit(0);
	return p;
}

FORM(killed_while_forking)
{
	int i;

	if (setup)
		return;
	LIBC(prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (i = 0; i < KILLS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			forks(NULL);
		usleep(300 + (unsigned)i * 37 % 1500);
		LIBC(kill(pid, SIGKILL));
		while (wait(NULL) > 0)
			;
	}
	note("processes", "*");
}

static void execs_while_forking(void)
{
	pthread_t th;
	int i;

	for (i = 0; i < 3; i++)
		if (pthread_create(&th, NULL, forks, NULL))
			_exit(94);
	usleep(500);
	execl("/bin/true", "true", NULL);
	_exit(94);
}

FORM(exec_while_forking)
{
	int i;

	if (setup)
		return;
	LIBC(prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (i = 0; i < KILLS; i++) {
		if (fork() == 0)
			execs_while_forking();
		while (wait(NULL) > 0)
			;
	}
	note("processes", "*");
}

/* /proc/PID of a leader that has ended has neither fd nor cwd: the threads' own must be asked. */
static void *outlives_leader(void *p)
{
	struct timespec ms = { 0, 1000000 };
	char state = 'R', line[512];
	int i;

	for (i = 0; i < 5000 && state != 'Z'; i++) {
		FILE *f = fopen("/proc/self/stat", "re");

		if (f && fgets(line, sizeof line, f) && strrchr(line, ')'))
			state = strrchr(line, ')')[2];
		if (f)
			fclose(f);
		nanosleep(&ms, NULL);
	}
	write_some(p);
	OK(sc(__NR_mkdir, "d", 0755));
	OK(sc(__NR_rename, "d", "e"));
	exit(0);
}

FORM(leader_ends_first)
{
	pthread_t th;

	if (setup)
		return;
	for (int i = 0; i < EACH; i++)
		made(P("t0-%d", i));
	ev("mkdir", A("d"), "", "");
	ev("rename", A("e"), A("d"), "");
	if (pthread_create(&th, NULL, outlives_leader, NULL))
		_exit(94);
	pthread_exit(NULL);
}

static void *execs(void *form)
{
	make("before");
	again(form, "child");
	return NULL;
}

FORM(exec_from_thread)
{
	pthread_t th;

	if (!strcmp(arg, "child")) {
		make("after");
		made("after");
		return;
	}
	if (setup)
		return;
	made("before");
	if (pthread_create(&th, NULL, execs, "exec_from_thread"))
		_exit(94);
	for (;;)
		pause();
}

/* The same while the others are in the middle of writing. */
FORM(exec_from_thread_among_many)
{
	pthread_t th;
	int t;

	if (!strcmp(arg, "child")) {
		make("after");
		return;
	}
	if (setup)
		return;
	note("noevents", "how far the other threads came is not fixed");
	for (t = 0; t < THREADS; t++)
		if (pthread_create(&th, NULL, write_some, (void *)(intptr_t)t))
			_exit(94);
	if (pthread_create(&th, NULL, execs, "exec_from_thread_among_many"))
		_exit(94);
	for (;;)
		pause();
}

FORM(exit_group_among_many)
{
	pthread_t th;
	int t;

	if (setup)
		return;
	note("noevents", "how far the other threads came is not fixed");
	for (t = 0; t < THREADS; t++)
		if (pthread_create(&th, NULL, write_some, (void *)(intptr_t)t))
			_exit(94);
	make("f");
	_exit(3);
}

/* Writes after the command itself has ended: the pipe says when. */
FORM(daemonized)
{
	int end[2];
	char c;

	if (setup)
		return;
	made("f");
	made("g");
	say("wait", A("g"));
	LIBC(pipe(end));
	if (!fork()) {
		setsid();
		if (!fork()) {
			close(end[1]);
			fclose(stdout);
			close(1);
			close(2);
			while (read(end[0], &c, 1) > 0)
				;
			make("f");
			make("g");
			_exit(0);
		}
		_exit(0);
	}
	wait_ok(-1);
}

FORM(files_5000)
{
	int i;

	if (setup)
		return;
	for (i = 0; i < 5000; i++) {
		size_t used = arena_used;

		if (i % 100 == 0) {
			OK(sc(__NR_mkdir, P("%s/d%02d", W, i / 100), 0755));
			ev("mkdir", P("%s/d%02d", W, i / 100), "", "");
		}
		make(P("d%02d/f%04d", i / 100, i));
		made(P("d%02d/f%04d", i / 100, i));
		memset(arena + used, 0, arena_used - used);
		arena_used = used;
	}
}

FORM(processes_200)
{
	int i, j;

	if (setup)
		return;
	for (i = 0; i < 10; i++) {
		for (j = 0; j < 20; j++)
			made(P("p%d-%d", i, j));
		if (!fork()) {
			for (j = 0; j < 20; j++) {
				if (!fork()) {
					make(P("p%d-%d", i, j));
					_exit(0);
				}
			}
			for (j = 0; j < 20; j++)
				wait_ok(-1);
			_exit(0);
		}
	}
	for (i = 0; i < 10; i++)
		wait_ok(-1);
}

/* Nobody waits for anybody: ends race with starts. */
FORM(processes_unwaited)
{
	int i, end[2];
	char c;

	if (setup)
		return;
	LIBC(pipe(end));
	for (i = 0; i < 50; i++) {
		made(P("u%d", i));
		if (!fork()) {
			if (!fork()) {
				make(P("u%d", i));
				_exit(0);
			}
			_exit(0);
		}
	}
	close(end[1]);
	while (read(end[0], &c, 1) > 0)         /* the end comes when the last has gone */
		;
}

FORM(depth_50)
{
	int i;

	if (setup)
		return;
	for (i = 0; i < 50; i++)
		made(P("deep%d", i));
	for (i = 0; i < 50; i++) {
		pid_t pid = fork();

		if (pid) {
			wait_ok(pid);
			if (i)
				_exit(0);
			return;
		}
		make(P("deep%d", i));
	}
	_exit(0);
}

FORM(exec_fails_then_writes)
{
	if (setup) {
		mk("noexec", "x");
		return;
	}
	FAILS((execl(A("none"), "x", (char *)NULL), -errno), ENOENT);
	FAILS((execl(A("noexec"), "x", (char *)NULL), -errno), EACCES);
	make("f");
	made("f");
}

FORM(exec_script)
{
	if (!strcmp(arg, "child")) {
		make("f");
		made("f");
		return;
	}
	if (setup) {
		int fd = open(A("script"), O_WRONLY | O_CREAT, 0755);

		LIBC(fd);
		dprintf(fd, "#!/bin/sh\nexec '%s' '%s' exec_script child\n", self, W);
		close(fd);
		return;
	}
	execl(A("script"), "script", (char *)NULL);
}

FORM(execveat_fd)
{
	char *argv[] = { (char *)self, (char *)W, "execveat_fd", "child", NULL };
	int fd;

	if (!strcmp(arg, "child")) {
		make("f");
		made("f");
		return;
	}
	if (setup)
		return;
	fd = open(self, O_PATH | O_CLOEXEC);
	fexecve(fd, argv, environ);
}

/* The descriptor is made here and written there: the opener is named. */
FORM(descriptor_passed)
{
	char buf[CMSG_SPACE(sizeof(int))] = { 0 }, c = 'x';
	struct iovec iov = { &c, 1 };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = buf,
		.msg_controllen = sizeof buf };
	int pair[2], fd;

	if (setup)
		return;
	LIBC(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	if (!fork()) {
		LIBC(recvmsg(pair[1], &m, 0));
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
		LIBC(write(fd, "passed", 6));
		_exit(0);
	}
	fd = (int)OK(sc(__NR_open, A("f"), O_WRONLY | O_CREAT | O_TRUNC, 0644));
	CMSG_FIRSTHDR(&m)->cmsg_level = SOL_SOCKET;
	CMSG_FIRSTHDR(&m)->cmsg_type = SCM_RIGHTS;
	CMSG_FIRSTHDR(&m)->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &fd, sizeof fd);
	LIBC(sendmsg(pair[0], &m, 0));
	close(fd);
	wait_ok(-1);
	made("f");
}

/* Threads of one process with folders of their own. */
static void *elsewhere(void *p)
{
	LIBC(unshare(CLONE_FS | CLONE_FILES));
	LIBC(chdir("d"));
	OK(sc(__NR_mkdir, "in_d", 0755));
	OK(sc(__NR_close, OK(sc(__NR_open, "f", O_WRONLY | O_CREAT | O_TRUNC, 0644))));
	return p;
}

FORM(thread_with_its_own_cwd)
{
	pthread_t th;

	if (setup) {
		mkd("d");
		return;
	}
	if (pthread_create(&th, NULL, elsewhere, NULL))
		_exit(94);
	pthread_join(th, NULL);
	OK(sc(__NR_mkdir, P("in_w"), 0755));
	ev("mkdir", A("d/in_d"), "", "");
	ev("mkdir", A("in_w"), "", "");
	made("d/f");
}

/* dumpable 0: /proc/PID belongs to root and may not be read by others; root's sight does
 * not depend on it, and an ordinary user's is told of. */
FORM(not_dumpable)
{
	if (setup)
		return;
	LIBC(prctl(PR_SET_DUMPABLE, 0));
	if (geteuid())
		note("unseen",
			"mkdir changed a file whose name could not be "
			"told: Operation not permitted");
	make("f");
	OK(sc(__NR_mkdir, P("d"), 0755));
	made("f");
	ev("mkdir", A("d"), "", "");
}

FORM(subreaper)
{
	int i;

	if (setup)
		return;
	LIBC(prctl(PR_SET_CHILD_SUBREAPER, 1));
	if (!fork()) {
		if (!fork()) {
			make("f");
			_exit(7);
		}
		_exit(0);
	}
	for (i = 0; i < 2; i++) {
		int status;

		LIBC(wait(&status));
		note("out", "reaped %d", WEXITSTATUS(status) == 7 || WEXITSTATUS(status) == 0);
	}
	note("out", "and no more: %s", wait(NULL) < 0 && errno == ECHILD ? "ECHILD" : "another");
	made("f");
}
