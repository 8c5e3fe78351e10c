/*
 * What a program can see of itself is what it sees without us;
 * and what it may not do with us says so.
 */
#include "prog.h"
#include <dirent.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

extern char **environ;

FORM(environment)
{
	char **e;

	if (setup)
		return;
	for (e = environ; *e; e++)
		say("out", *e);
}

FORM(limits)
{
	struct rlimit r;
	int i;

	if (setup)
		return;
	for (i = 0; i < RLIM_NLIMITS; i++)
		if (!getrlimit(i, &r))
			note("out", "limit %d: %llu %llu", i, (unsigned long long)r.rlim_cur,
				(unsigned long long)r.rlim_max);
	note("out", "nice %d", getpriority(PRIO_PROCESS, 0));
}

FORM(signal_state)
{
	struct sigaction sa;
	sigset_t s;
	int i;

	if (setup)
		return;
	sigprocmask(SIG_BLOCK, NULL, &s);
	for (i = 1; i < 65; i++) {
		if (sigismember(&s, i) == 1)
			note("out", "blocked %d", i);
		if (!sigaction(i, NULL, &sa) && sa.sa_handler != SIG_DFL)
			note("out", "disposition of %d: %s", i,
				sa.sa_handler == SIG_IGN ? "ignored" : "caught");
	}
	if (!sigpending(&s))
		for (i = 1; i < 65; i++)
			if (sigismember(&s, i) == 1)
				note("out", "pending %d", i);
}

FORM(descriptors)
{
	struct dirent *e;
	DIR *d;

	if (setup)
		return;
	d = opendir("/proc/self/fd");
	while ((e = readdir(d))) {
		int fd = atoi(e->d_name);

		if (e->d_name[0] != '.' && fd != dirfd(d))
			note("out", "fd %d flags %#x", fd, (unsigned)fcntl(fd, F_GETFD));
	}
	closedir(d);
}

/*
 * The parent is the auditor, and so its number is not compared;
 * group and session are what they were.
 */
FORM(ids)
{
	if (setup)
		return;
	note("out", "pgid %d sid %d leader %d", (int)getpgid(0), (int)getsid(0),
		getpid() == getpgid(0));
	note("out", "uid %d %d gid %d %d groups %d", (int)getuid(), (int)geteuid(), (int)getgid(),
		(int)getegid(), getgroups(0, NULL));
	note("out", "parent in the same session: %d", getsid(getppid()) == getsid(0));
}

/* Every line of /proc/self/status but those that number the process or say how it is watched. */
FORM(proc_status)
{
	static const char *const not[] = {
		"Pid:",
		"Tgid:",
		"Ngid:",
		"PPid:",
		"TracerPid:",
		"NSpid:",
		"NStgid:",
		"Vm",
		"Rss",
		"voluntary",
		"nonvoluntary",
		"Seccomp:",
		"Seccomp_filters:",
		"Speculation",
		"SpeculationIndirectBranch",
		"HugetlbPages",
		"State:",
		"SigQ:",
		"x86_Thread",
		"THP_",
		"untag_mask",
		"CoreDumping",
		"FDSize:",
	};
	char line[1024];
	size_t i;
	FILE *f;

	if (setup)
		return;
	f = fopen("/proc/self/status", "re");
	while (f && fgets(line, sizeof line, f)) {
		for (i = 0; i < sizeof not / sizeof *not; i++)
			if (!strncmp(line, not[i], strlen(not[i])))
				break;
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "NoNewPrivs:", 11))
			note("nnp", "%d", atoi(line + 11));
		else if (i == sizeof not / sizeof *not)
			say("out", line);
	}
}

FORM(prctl_state)
{
	int sub = -1;

	if (setup)
		return;
	prctl(PR_GET_CHILD_SUBREAPER, &sub);
	note("nnp", "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	note("out", "dumpable %d keepcaps %d securebits %d subreaper %d timerslack %d",
	     prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS),
	     prctl(PR_GET_SECUREBITS), sub, prctl(PR_GET_TIMERSLACK));
}

/* Whether there is a filter, before and after one of its own. */
FORM(seccomp_state)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };
	pid_t pid;

	if (setup)
		return;
	note("out", "seccomp %d", prctl(PR_GET_SECCOMP));
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	pid = fork();
	if (!pid) {
		int r = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);

		note("out", "filter %d, seccomp %d", r, prctl(PR_GET_SECCOMP));
		_exit(0);
	}
	wait_ok(pid);
	note("out", "seccomp %d", prctl(PR_GET_SECCOMP));
}

/* How one ends that is in strict mode, and makes such a call. */
static int strict_end(int by_seccomp, long nr)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		long r = by_seccomp ? syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL) :
				      prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0);

		if (r < 0)
			syscall(SYS_exit, 100 + errno);
		syscall(SYS_write, -1, "", 0);
		syscall(SYS_read, -1, NULL, 0);
		syscall(nr, 7, 0, 0);
		syscall(SYS_exit, 99);
	}
	waitpid(pid, &status, 0);
	return status;
}

FORM(seccomp_strict)
{
	if (setup)
		return;
	note("out", "exit %x, exit_group %x, getpid %x, open %x",
	     strict_end(0, SYS_exit), strict_end(0, SYS_exit_group), strict_end(0, SYS_getpid),
	     strict_end(1, SYS_openat));
	note("out", "by seccomp: exit %x, mkdir %x", strict_end(1, SYS_exit),
	     strict_end(1, SYS_mkdir));
}

FORM(arguments)
{
	char buf[8192];
	FILE *f;
	size_t n, i;

	if (setup)
		return;
	f = fopen("/proc/self/cmdline", "re");
	n = f ? fread(buf, 1, sizeof buf - 1, f) : 0;
	for (i = 0; i < n; i++)
		if (!buf[i])
			buf[i] = '|';
	buf[n] = '\0';
	say("out", buf);
	n = (size_t)readlink("/proc/self/exe", buf, sizeof buf - 1);
	buf[n] = '\0';
	say("out", buf);
	note("out", "umask %o", umask(0));
}

/* A write through a mapping is no call at all; the open is what is seen. */
FORM(writes_by_mmap)
{
	char *p;
	int fd;

	if (setup) {
		mk("f", "old bytes");
		mk("g", "old bytes");
		return;
	}
	fd = (int)OK(sc(__NR_open, A("f"), O_RDWR));
	p = mmap(NULL, 9, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	memcpy(p, "new", 3);
	msync(p, 9, MS_SYNC);
	munmap(p, 9);
	fd = (int)OK(sc(__NR_open, A("g"), O_RDWR));
	p = mmap(NULL, 9, PROT_READ, MAP_SHARED, fd, 0);
	note("out", "%.3s", p);
	ev("open", A("f"), "", "O_RDWR");
	ev("open", A("g"), "", "O_RDWR");
}

#define STATIC_FILTER(...) \
	struct sock_filter code[] = { __VA_ARGS__ }; \
	struct sock_fprog prog = { sizeof code / sizeof *code, code }; \
	LIBC(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); \
	LIBC(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
#define ON_CALL(call, action) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), BPF_STMT(BPF_RET | BPF_K, (action)), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

FORM(own_filter_refuses)
{
	if (setup)
		return;
	STATIC_FILTER(ON_CALL(SYS_mkdir, SECCOMP_RET_ERRNO | EDOM));
	FAILS(sc(__NR_mkdir, A("d"), 0755), EDOM);
	touch(A("f"), O_WRONLY | O_CREAT | O_TRUNC);
	ev("open", A("f"), "", CREAT_FLAGS);
}

FORM(own_filter_kills)
{
	int status;

	if (setup)
		return;
	if (!fork()) {
		STATIC_FILTER(ON_CALL(SYS_mkdir, SECCOMP_RET_KILL_PROCESS));
		touch(A("f"), O_WRONLY | O_CREAT | O_TRUNC);
		sc(__NR_mkdir, A("d"), 0755);
		_exit(0);
	}
	LIBC(wait(&status));
	note("out", "killed by %d", WTERMSIG(status));
	ev("open", A("f"), "", CREAT_FLAGS);
}

static void on_sys(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	note("out", "signal %d, call was mkdir: %d", sig, si->si_syscall == SYS_mkdir);
}

FORM(own_filter_traps)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO };

	if (setup)
		return;
	sa.sa_sigaction = on_sys;
	sigaction(SIGSYS, &sa, NULL);
	STATIC_FILTER(ON_CALL(SYS_mkdir, SECCOMP_RET_TRAP));
	sc(__NR_mkdir, A("d"), 0755);
	touch(A("f"), O_WRONLY | O_CREAT | O_TRUNC);
	ev("open", A("f"), "", CREAT_FLAGS);
}

/* SECCOMP_RET_TRACE without a tracer of its own: the kernel answers ENOSYS. */
FORM(own_filter_traces)
{
	if (setup)
		return;
	STATIC_FILTER(ON_CALL(SYS_getppid, SECCOMP_RET_TRACE | 77));
	note("out", "getppid: %s",
		syscall(SYS_getppid) == -1 && errno == ENOSYS ? "ENOSYS" : "answered");
	touch(A("f"), O_WRONLY | O_CREAT | O_TRUNC);
	ev("open", A("f"), "", CREAT_FLAGS);
}

/* The supervisor of a filter with a listener: of three calls one is refused, or none (-1). */
static void supervise(int listener, int refused)
{
	struct seccomp_notif n;
	struct seccomp_notif_resp r;
	int i;

	for (i = 0; i < 3; i++) {
		memset(&n, 0, sizeof n);
		memset(&r, 0, sizeof r);
		LIBC(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n));
		r.id = n.id;
		r.error = i == refused ? -EDOM : 0;
		r.flags = i == refused ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		LIBC(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r));
	}
}

FORM(own_filter_listens)
{
	struct sock_filter code[] = { ON_CALL(__NR_mkdir, SECCOMP_RET_USER_NOTIF) };
	struct sock_fprog prog = { sizeof code / sizeof *code, code };
	int *listener;
	pid_t pid;

	if (setup)
		return;
	listener = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*listener = -1;
	pid = fork();
	if (!pid) {
		LIBC(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		*listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
		LIBC(*listener);
		/* The parent copies the descriptor out. */
		while (*(volatile int *)listener >= 0)
			poll(NULL, 0, 1);
		OK(sc(__NR_mkdir, A("d"), 0755));
		FAILS(sc(__NR_mkdir, A("e"), 0755), EDOM);
		OK(sc(__NR_mkdir, A("g"), 0755));
		touch(A("d/f"), O_WRONLY | O_CREAT | O_TRUNC);
		_exit(0);
	}
	while (*(volatile int *)listener < 0)
		poll(NULL, 0, 1);
	{
		int fd = (int)syscall(438 /* pidfd_getfd */,
			(int)syscall(434 /* pidfd_open */, pid, 0), *listener, 0);

		LIBC(fd);
		*listener = -1;
		supervise(fd, 1);
	}
	wait_ok(pid);
	ev("mkdir", A("d"), "", "");
	ev("mkdir", A("g"), "", "");
	ev("open", A("d/f"), "", CREAT_FLAGS);
}

/* What the other threads are in when the filter comes. */
static int sleeps[2], polls[2];
static volatile int computes = 1;

static void *sleeper(void *name)
{
	char c;

	LIBC(read(sleeps[0], &c, 1));
	OK(sc(__NR_mkdir, (char *)name, 0755));
	return NULL;
}

static void *poller(void *name)
{
	struct epoll_event e = { .events = EPOLLIN };
	int fd = epoll_create1(0);

	LIBC(epoll_ctl(fd, EPOLL_CTL_ADD, polls[0], &e));
	LIBC(epoll_wait(fd, &e, 1, -1));
	OK(sc(__NR_mkdir, (char *)name, 0755));
	return NULL;
}

static void *computer(void *name)
{
	while (computes)
		;
	OK(sc(__NR_mkdir, (char *)name, 0755));
	return NULL;
}

static void *supervisor(void *listener)
{
	supervise(*(int *)listener, -1);
	return NULL;
}

/* It is set on all threads (TSYNC): the next call of each has to be seen. */
static int listen_to_all(void)
{
	struct sock_filter code[] = { ON_CALL(__NR_mkdir, SECCOMP_RET_USER_NOTIF) };
	struct sock_fprog prog = { sizeof code / sizeof *code, code };

	LIBC(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC |
			SECCOMP_FILTER_FLAG_TSYNC_ESRCH, &prog);
}

FORM(own_filter_listens_to_all)
{
	pthread_t t[4];
	int listener;

	if (setup)
		return;
	LIBC(pipe(sleeps));
	LIBC(pipe(polls));
	pthread_create(&t[0], NULL, sleeper, A("d"));
	pthread_create(&t[1], NULL, poller, A("e"));
	pthread_create(&t[2], NULL, computer, A("g"));
	poll(NULL, 0, 50);
	listener = listen_to_all();
	if (listener < 0) {
		note("skip", "no filter with a listener for all threads here");
		return;
	}
	pthread_create(&t[3], NULL, supervisor, &listener);
	LIBC(write(sleeps[1], "x", 1));
	pthread_join(t[0], NULL);
	LIBC(write(polls[1], "x", 1));
	pthread_join(t[1], NULL);
	computes = 0;
	pthread_join(t[2], NULL);
	ev("mkdir", A("d"), "", "");
	ev("mkdir", A("e"), "", "");
	ev("mkdir", A("g"), "", "");
}

FORM(own_filter_strict)
{
	int status;

	if (setup)
		return;
	if (!fork()) {
		touch(A("f"), O_WRONLY | O_CREAT | O_TRUNC);
		LIBC(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
		sc(__NR_mkdir, A("d"), 0755);
		syscall(SYS_exit, 0);
	}
	LIBC(wait(&status));
	note("out", "killed by %d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	/* Strict mode and a filter exclude each other, so prctl fails under ours. */
	note("differs", "no strict mode under a filter");
	say("any", A("d"));
	note("nomanifest", "whether mkdir happens depends on it");
	ev("open", A("f"), "", CREAT_FLAGS);
}

/* The kernel itself appends; accounting is a pid namespace's own. */
FORM(accounting)
{
	pid_t pid;

	if (setup) {
		mk("f", "");
		return;
	}
	if (geteuid()) {
		FAILS(syscall(SYS_acct, A("f")) ? -errno : 0, EPERM);
		return;
	}
	if (unshare(CLONE_NEWPID)) {
		note("skip", "no new pid namespace here: %s", strerror(errno));
		return;
	}
	pid = fork();
	if (!pid) {
		LIBC(syscall(SYS_acct, A("f")));
		pid = fork();
		if (!pid)
			_exit(0);
		wait_ok(pid);
		LIBC(syscall(SYS_acct, NULL));
		_exit(0);
	}
	wait_ok(pid);
	ev("open", A("f"), "", "O_WRONLY|O_APPEND");
}

FORM(io_uring_is_closed)
{
	char params[120] = { 0 };
	long r;

	if (setup)
		return;
	note("differs", "io_uring_setup answers ENOSYS");
	r = syscall(425, 4, params);
	note("traced", "io_uring_setup: %s",
		r == -1 && errno == ENOSYS ? "ENOSYS" :
			r < 0              ? strerror(errno) :
					     "open");
	note("want", "io_uring_setup: ENOSYS");
}

FORM(ptrace_is_refused)
{
	if (setup)
		return;
	note("differs", "one tracer a task");
	note("traced", "PTRACE_TRACEME: %s",
		ptrace(PTRACE_TRACEME, 0, 0, 0) ? strerror(errno) : "done");
	note("want", "PTRACE_TRACEME: %s", strerror(EPERM));
}

/* A set-uid program run by somebody else gains root's rights, as it does without us. */
FORM(setuid_program)
{
	char c;

	if (!strcmp(arg, "child")) {
		note("out", "euid %d uid %d", (int)geteuid(), (int)getuid());
		touch(A("by_root"), O_WRONLY | O_CREAT | O_TRUNC);
		OK(sc(__NR_mkdir, A("d"), 0755));
		ev("open", A("by_root"), "", CREAT_FLAGS);
		ev("mkdir", A("d"), "", "");
		return;
	}
	if (setup) {
		int in = open(self, O_RDONLY),
		    out = open(A("suid"), O_WRONLY | O_CREAT | O_TRUNC, 0755);

		while (read(in, &c, 1) == 1)
			if (write(out, &c, 1) != 1)
				return;
		if (!getuid() && fchmod(out, 04755))
			return;
		return;
	}
	if (getuid()) {
		note("skip", "only root can make a set-uid program");
		return;
	}
	LIBC(setgroups(0, NULL));
	LIBC(setresgid(65534, 65534, 65534));
	LIBC(setresuid(65534, 65534, 65534));
	execl(A("suid"), "suid", W, "setuid_program", "child", (char *)NULL);
}
