/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * killat [options] -- COMMAND...: counts the calls that change a file tree, of the command and all
 * that it starts, and kills before the N-th is made. So a crash is a number that can be counted
 * through, and no moment to be hit by luck.
 *
 *   -c           only count
 *   -n N         kill before the N-th call (from 1)
 *   -k WHOM      caller: the process that is about to make it (so without -k); main: the one that
 *                was started, or with --recorder the recorder; tree: all; nobody: after --do the
 *                call is made
 *   -v           a line for each counted call: number, pid, name, path
 *   -o FILE      where lines go (else stderr), and at the end `calls COUNT`, `hit N`, `status S`
 *   -w GLOB      count only calls on such a path (fnmatch; again for more)
 *   --locks      flock and fcntl's locks count, too
 *   --opens      an open for writing counts, too, when it makes and empties nothing
 *   --do CMD     at the N-th call, before the kill or the error: sh -c CMD, while the call waits
 *   --slow N     the N-th call waits for half a second: what is written now and then comes next
 *   --fail NAME  no kill: the N-th call is not made and answers this error; NAME+: and all after it
 *   --recorder   the command splits off a recorder that traces it (src/trace/spawn.h): count and
 *                kill on that side. Without it what splits so is let go, both sides.
 *
 * Exit status: kill: 0 hit, 1 the command came to its end before; -c and --fail: the command's;
 * 125 trouble of our own. What was started, and what that left behind, has ended when we do.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                                   \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
		PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof *(a))

/* Where a call has its file, and what else decides whether it changes anything. */
enum place {
	PATH,    /* a name, relative to the working folder */
	AT,      /* a folder's descriptor, then a name */
	FD,      /* a descriptor */
	ANYTHING /* sync(2): no file at all */
};
enum only { ALWAYS, OPEN_FLAGS, OPEN_HOW, CLONES, LOCKS, FCNTL_LOCKS };

static const struct change {
	long nr;
	const char *name;
	enum place place;
	int arg;        /* the place's first argument */
	enum only only;
	int flags;      /* the argument that `only` looks at */
	int other;      /* the first argument of a second place of the same kind; 0 none */
} changes[] = {
#define C(name, ...) { SYS_##name, #name, __VA_ARGS__ }
	C(open, PATH, 0, OPEN_FLAGS, 1),
	C(openat, AT, 0, OPEN_FLAGS, 2),
	C(openat2, AT, 0, OPEN_HOW, 2),
	C(creat, PATH, 0),
	C(write, FD, 0),
	C(pwrite64, FD, 0),
	C(writev, FD, 0),
	C(pwritev, FD, 0),
	C(pwritev2, FD, 0),
	C(copy_file_range, FD, 2),
	C(sendfile, FD, 0),
	C(splice, FD, 2),
	C(fallocate, FD, 0),
	C(ftruncate, FD, 0),
	C(truncate, PATH, 0),
	C(rename, PATH, 0, ALWAYS, 0, 1),
	C(renameat, AT, 0, ALWAYS, 0, 2),
	C(renameat2, AT, 0, ALWAYS, 0, 2),
	C(link, PATH, 0, ALWAYS, 0, 1),
	C(linkat, AT, 0, ALWAYS, 0, 2),
	C(symlink, PATH, 1),
	C(symlinkat, AT, 1),
	C(unlink, PATH, 0),
	C(unlinkat, AT, 0),
	C(rmdir, PATH, 0),
	C(mkdir, PATH, 0),
	C(mkdirat, AT, 0),
	C(mknod, PATH, 0),
	C(mknodat, AT, 0),
	C(chmod, PATH, 0),
	C(fchmod, FD, 0),
	C(fchmodat, AT, 0),
	{ 452, "fchmodat2", AT, 0 },
	C(chown, PATH, 0),
	C(lchown, PATH, 0),
	C(fchown, FD, 0),
	C(fchownat, AT, 0),
	C(utime, PATH, 0),
	C(utimes, PATH, 0),
	C(futimesat, AT, 0),
	C(utimensat, AT, 0),
	C(setxattr, PATH, 0),
	C(lsetxattr, PATH, 0),
	C(fsetxattr, FD, 0),
	C(removexattr, PATH, 0),
	C(lremovexattr, PATH, 0),
	C(fremovexattr, FD, 0),
	{ 463, "setxattrat", AT, 0 },
	{ 466, "removexattrat", AT, 0 },
	C(fsync, FD, 0),
	C(fdatasync, FD, 0),
	C(syncfs, FD, 0),
	C(sync_file_range, FD, 0),
	C(sync, ANYTHING, 0),
	C(ioctl, FD, 0, CLONES, 1),
	C(flock, FD, 0, LOCKS),
	C(fcntl, FD, 0, FCNTL_LOCKS, 1),
#undef C
};

static const struct {
	const char *name;
	int error;
} errors[] = { { "ENOSPC", ENOSPC }, { "EIO", EIO }, { "EDQUOT", EDQUOT }, { "EACCES", EACCES },
	{ "EPERM", EPERM }, { "EROFS", EROFS }, { "EMFILE", EMFILE }, { "ENOMEM", ENOMEM },
	{ "EMLINK", EMLINK }, { "EINTR", EINTR }, { "EOPNOTSUPP", EOPNOTSUPP },
	{ "EXDEV", EXDEV } };

enum whom { CALLER, MAIN, TREE, NOBODY };

/* A thread that is followed. */
struct task {
	pid_t tid;
	bool seen;      /* has come to its first stop */
	bool named;     /* its parent's event has come, or it is the first */
	bool waits;     /* came before that event: it stands in its first stop */
	bool let_go;
	bool splits;    /* it is in the call that splits a recorder off */
	bool forks;     /* it is in a call that makes a process, no thread */
	bool counts;
	int fails;      /* the error that its call will answer */
};

static struct {
	int count, verbose, locks, opens, recorder; /* as getopt_long sets them */
	bool fail_on;
	unsigned long n, slow;
	enum whom whom;
	const char *hook;
	const char *only[32];
	size_t onlys;
	int fail;
	FILE *out;
} opt = { .whom = CALLER };

static struct task *tasks;
static size_t task_count, task_room;
static unsigned long calls;
static bool hit;
static pid_t started, main_pid; /* main_pid: whom `-k main` means */
static int started_status = -1;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("killat: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(125); /* what is followed dies with us: PTRACE_O_EXITKILL */
}

/* Tasks. */

static struct task *task_of(pid_t tid)
{
	size_t i;

	for (i = 0; i < task_count; i++)
		if (tasks[i].tid == tid)
			return &tasks[i];
	return NULL;
}

static struct task *task_add(pid_t tid)
{
	struct task *t = task_of(tid);

	if (t)
		return t;
	if (task_count == task_room) {
		task_room = 2 * task_room + 64;
		tasks = realloc(tasks, task_room * sizeof *tasks);
		if (!tasks)
			die("out of memory");
	}
	tasks[task_count] = (struct task){ .tid = tid };
	return &tasks[task_count++];
}

static void task_drop(pid_t tid)
{
	struct task *t = task_of(tid);

	if (t)
		*t = tasks[--task_count];
}

/* The number after "NAME:" in /proc/TID/status; 0 when it is gone. */
static pid_t status_number(pid_t tid, const char *name)
{
	char path[64], line[256];
	size_t n = strlen(name);
	pid_t found = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", tid);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof line, f))
		if (!strncmp(line, name, n) && line[n] == ':')
			found = (pid_t)strtol(line + n + 1, NULL, 10);
	if (f)
		fclose(f);
	return found;
}

static pid_t process_of(pid_t tid)
{
	return status_number(tid, "Tgid");
}

/* Names. */

static int read_string(pid_t tid, uint64_t at, char *out, size_t room)
{
	size_t n = 0;

	while (n < room) {
		size_t page = 4096 - (at + n) % 4096, want = page < room - n ? page : room - n;
		struct iovec local = { out + n, want },
			     remote = { (void *)(uintptr_t)(at + n), want };
		ssize_t got = process_vm_readv(tid, &local, 1, &remote, 1, 0);

		if (got <= 0)
			return -1;
		if (memchr(out + n, '\0', (size_t)got))
			return 0;
		n += (size_t)got;
	}
	return -1;
}

static void link_of(pid_t tid, int fd, char out[PATH_MAX])
{
	char path[64];
	ssize_t n;

	if (fd == AT_FDCWD)
		snprintf(path, sizeof path, "/proc/%d/cwd", tid);
	else
		snprintf(path, sizeof path, "/proc/%d/fd/%d", tid, fd);
	n = readlink(path, out, PATH_MAX - 1);
	out[n < 0 ? 0 : n] = '\0';
}

/* As the caller says it, with its folder before; /proc/self/fd/N is what it stands for. */
static void name_at(pid_t tid, int dir, uint64_t at, char out[PATH_MAX])
{
	static char name[PATH_MAX], folder[PATH_MAX];
	int fd, end = 0;

	if (!at || read_string(tid, at, name, sizeof name) < 0)
		*name = '\0';
	if (sscanf(name, "/proc/self/fd/%d%n", &fd, &end) == 1) {
		link_of(tid, fd, folder);
		memmove(name, name + end, strlen(name + end) + 1);
		snprintf(out, PATH_MAX, "%.2000s%.2000s", folder, name);
	} else if (*name == '/') {
		memcpy(out, name, PATH_MAX);
	} else {
		link_of(tid, dir, folder);
		snprintf(out, PATH_MAX, "%.2000s%s%.2000s", folder, *name ? "/" : "", name);
	}
}

static void path_of(pid_t tid, enum place place, int arg, const uint64_t *args, char out[PATH_MAX])
{
	*out = '\0';
	if (place == PATH)
		name_at(tid, AT_FDCWD, args[arg], out);
	else if (place == AT)
		name_at(tid, (int)args[arg], args[arg + 1], out);
	else if (place == FD)
		link_of(tid, (int)args[arg], out);
}

/* Which calls count. */

/* What goes into pipes, terminals and memory files changes no tree. */
static bool is_on_disk(pid_t tid, int fd)
{
	char path[64], target[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", tid, fd);
	if (stat(path, &st) < 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return false;
	link_of(tid, fd, target);
	return strncmp(target, "/memfd:", 7) != 0 && strncmp(target, "/proc/", 6) != 0;
}

static bool open_changes(uint64_t flags)
{
	uint64_t what = O_CREAT | O_TRUNC | (__O_TMPFILE & ~O_DIRECTORY);

	return (flags & what) ||
		(opt.opens && (flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH));
}

static bool is_lock(uint64_t cmd)
{
	return cmd == F_SETLK || cmd == F_SETLKW || cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW;
}

static bool changes_something(pid_t tid, const struct change *c, const uint64_t *args)
{
	struct iovec local, remote;
	uint64_t how = 0;

	switch (c->only) {
	case ALWAYS:
		break;
	case OPEN_FLAGS:
		return open_changes(args[c->flags]);
	case OPEN_HOW:
		local = (struct iovec){ &how, sizeof how };
		remote = (struct iovec){ (void *)(uintptr_t)args[c->flags], sizeof how };
		return process_vm_readv(tid, &local, 1, &remote, 1, 0) == sizeof how &&
			open_changes(how);
	case CLONES:
		if (args[c->flags] != FICLONE && args[c->flags] != FICLONERANGE)
			return false;
		break;
	case LOCKS:
		return opt.locks;
	case FCNTL_LOCKS:
		return opt.locks && is_lock(args[c->flags]);
	}
	return c->place != FD || is_on_disk(tid, (int)args[c->arg]);
}

static bool is_wanted(const char *path)
{
	size_t i;

	for (i = 0; i < opt.onlys; i++)
		if (fnmatch(opt.only[i], path, 0) == 0)
			return true;
	return opt.onlys == 0;
}

static const struct change *change_of(long nr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(changes); i++)
		if (changes[i].nr == nr)
			return &changes[i];
	return NULL;
}

/* What is done at the N-th. */

static void run_hook(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", opt.hook, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		die("the hook failed: %s", opt.hook);
}

/* The process of a thread; one that is gone has none, and 0 would be all of ours. */
static void kill_process(pid_t tid)
{
	pid_t pid = process_of(tid);

	if (pid > 0)
		kill(pid, SIGKILL);
}

static void kill_them(pid_t tid)
{
	size_t i;

	if (opt.whom == CALLER) {
		kill_process(tid);
	} else if (opt.whom == MAIN) {
		kill_process(main_pid);
	} else if (opt.whom == TREE) {
		kill_process(started);
		for (i = 0; i < task_count; i++)
			kill_process(tasks[i].tid);
	}
}

static void poke(pid_t tid, int reg, uint64_t value)
{
	ptrace(PTRACE_POKEUSER, tid, (void *)(8L * reg), (void *)(uintptr_t)value);
}

/* Room is what these ask for; a full disk refuses nothing else. */
static bool takes_room(const struct change *c)
{
	static const char *const none[] = { "unlink", "unlinkat", "rmdir", "fsync", "fdatasync",
		"syncfs", "sync", "flock", "fcntl", "chmod", "fchmod", "fchmodat", "fchmodat2",
		"chown", "lchown", "fchown", "fchownat", "utime", "utimes", "utimensat",
		"futimesat", "removexattr", "lremovexattr", "fremovexattr", "sync_file_range" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(none); i++)
		if (!strcmp(none[i], c->name))
			return false;
	return true;
}

static void at_change(struct task *t, const struct change *c)
{
	bool now = calls == opt.n || (opt.fail_on && calls > opt.n && opt.n);

	if (!now || (hit && !opt.fail_on))
		return;
	if (opt.fail && opt.fail_on && (opt.fail == ENOSPC || opt.fail == EDQUOT) && !takes_room(c))
		return;
	hit = true;
	if (opt.hook)
		run_hook();
	if (opt.fail) {
		t->fails = opt.fail;
		poke(t->tid, ORIG_RAX, (uint64_t)-1);
		return;
	}
	kill_them(t->tid); /* a call at whose entry SIGKILL comes is not made */
}

static void say_call(pid_t tid, const struct change *c, const char *path, const char *other)
{
	if (opt.verbose)
		fprintf(opt.out, "%lu\t%d\t%s\t%s%s%s\n", calls, tid, c->name, path,
			*other ? "\t" : "", other);
}

static void at_entry(struct task *t, const struct __ptrace_syscall_info *info)
{
	static char path[PATH_MAX], other[PATH_MAX];
	const struct change *c;
	uint64_t args[6];

	if (info->arch != AUDIT_ARCH_X86_64)
		die("pid %d is no x86_64 program: its calls cannot be counted", t->tid);
	memcpy(args, info->entry.args, sizeof args);
	t->splits = info->entry.nr == SYS_clone && !(args[0] & (CSIGNAL | CLONE_THREAD));
	t->forks = info->entry.nr != SYS_clone3 &&
		!(info->entry.nr == SYS_clone && (args[0] & CLONE_THREAD));
	c = t->counts ? change_of((long)info->entry.nr) : NULL;
	if (!c || !changes_something(t->tid, c, args))
		return;
	path_of(t->tid, c->place, c->arg, args, path);
	*other = '\0';
	if (c->other)
		path_of(t->tid, c->place, c->other, args, other);
	if (!is_wanted(path) && !(c->other && is_wanted(other)))
		return;
	calls++;
	if (calls == opt.slow)
		usleep(500000);
	say_call(t->tid, c, path, other);
	at_change(t, c);
}

static void at_call(struct task *t)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, (void *)sizeof info, &info) <= 0)
		return; /* killed since */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		at_entry(t, &info);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && t->fails) {
		poke(t->tid, RAX, (uint64_t)(int64_t)-t->fails);
		t->fails = 0;
	}
}

/* Following. */

static void go_on(const struct task *t, int sig)
{
	ptrace(hit && !opt.fail ? PTRACE_CONT : PTRACE_SYSCALL, t->tid, NULL, (void *)(long)sig);
}

static void let_go(pid_t tid)
{
	ptrace(PTRACE_DETACH, tid, NULL, NULL);
	task_drop(tid);
}

/* Killed between a fork and its event, a parent names nobody. */
static bool creator_lives(pid_t tid)
{
	pid_t parent = status_number(tid, "PPid"), self = process_of(tid);
	size_t i;

	for (i = 0; i < task_count; i++) {
		pid_t pid = process_of(tasks[i].tid);

		if (tasks[i].tid != tid && pid > 0 && (pid == parent || pid == self))
			return true;
	}
	return false;
}

static void at_first_stop(struct task *t)
{
	t->waits = !t->named && creator_lives(t->tid);
	if (t->waits)
		return;
	if (t->let_go)
		let_go(t->tid);
	else
		go_on(t, 0);
}

/* A child is named by its parent's event, and may have come to its first stop before. */
static void at_child(struct task *parent)
{
	struct task was = *parent, *child; /* the table may move */
	unsigned long tid = 0;

	ptrace(PTRACE_GETEVENTMSG, was.tid, NULL, &tid);
	child = task_add((pid_t)tid);
	child->named = true;
	child->counts = was.counts || (was.splits && opt.recorder);
	child->let_go = was.splits && !opt.recorder;
	/* The recorder is the last of the forks on its side. */
	if (opt.recorder && child->counts && was.forks)
		main_pid = child->tid;
	if (child->waits)
		at_first_stop(child);
	if (was.splits)
		let_go(was.tid);
	else
		go_on(&was, 0);
}

static void look_at_waiting(void)
{
	size_t i;

	for (i = task_count; i-- > 0;) /* letting go moves the last into its place */
		if (tasks[i].waits)
			at_first_stop(&tasks[i]);
}

static bool stops_group(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void at_stop(pid_t tid, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;
	struct task *t = task_add(tid);
	bool fresh = !t->seen;

	t->seen = true;
	if (sig == (SIGTRAP | 0x80)) {
		at_call(t);
		go_on(t, 0);
	} else if (event == PTRACE_EVENT_STOP && fresh) {
		at_first_stop(t);
	} else if (event == PTRACE_EVENT_STOP && stops_group(sig)) {
		ptrace(PTRACE_LISTEN, tid, NULL, NULL);
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
		event == PTRACE_EVENT_CLONE) {
		at_child(t);
	} else {
		go_on(t, event ? 0 : sig);
	}
}

static void follow(void)
{
	pid_t tid;
	int status;

	while ((tid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (tid <= 0)
			continue;
		if (WIFSTOPPED(status)) {
			at_stop(tid, status);
			continue;
		}
		if (tid == started)
			started_status =
				WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		task_drop(tid);
		look_at_waiting();
	}
}

/* The child waits until it is followed; its exec is where its calls begin to stop. */
static void start(char **argv)
{
	int gate[2];
	char go;

	if (pipe2(gate, O_CLOEXEC) < 0 || (started = fork()) < 0)
		die("cannot start: %s", strerror(errno));
	if (started == 0) {
		close(gate[1]);
		if (read(gate[0], &go, 1) < 0)
			_exit(125);
		execvp(*argv, argv);
		_exit(127);
	}
	if (ptrace(PTRACE_SEIZE, started, NULL, (void *)OPTIONS) < 0)
		die("cannot trace: %s", strerror(errno));
	close(gate[0]);
	*task_add(started) = (struct task){ .tid = started,
		.seen = true,
		.named = true,
		.counts = !opt.recorder };
	main_pid = started;
	close(gate[1]);
}

/* Options. */

static void set_error(const char *name)
{
	size_t i, n = strlen(name);

	opt.fail_on = n && name[n - 1] == '+';
	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (strlen(errors[i].name) == n - opt.fail_on &&
			!strncmp(errors[i].name, name, n - opt.fail_on))
			opt.fail = errors[i].error;
	if (!opt.fail)
		die("--fail %s: no error that is known here", name);
}

static void set_whom(const char *name)
{
	static const char *const names[] = { [CALLER] = "caller", [MAIN] = "main",
		[TREE] = "tree", [NOBODY] = "nobody" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name)) {
			opt.whom = (enum whom)i;
			return;
		}
	die("-k %s: caller, main, tree or nobody", name);
}

static void set_option(int letter, char *value)
{
	switch (letter) {
	case 0: /* a flag: set already */
		break;
	case 'n':
		opt.n = strtoul(value, NULL, 10);
		break;
	case 'k':
		set_whom(value);
		break;
	case 'o':
		if (!(opt.out = fopen(value, "we")))
			die("%s: %s", value, strerror(errno));
		break;
	case 'w':
		if (opt.onlys == ARRAY_SIZE(opt.only))
			die("-w: too many");
		opt.only[opt.onlys++] = value;
		break;
	case 'd':
		opt.hook = value;
		break;
	case 's':
		opt.slow = strtoul(value, NULL, 10);
		break;
	case 'f':
		set_error(value);
		break;
	default:
		exit(125);
	}
}

int main(int argc, char **argv)
{
	static const struct option longs[] = { { "locks", 0, &opt.locks, 1 },
		{ "opens", 0, &opt.opens, 1 }, { "recorder", 0, &opt.recorder, 1 },
		{ "do", 1, NULL, 'd' }, { "slow", 1, NULL, 's' },
		{ "fail", 1, NULL, 'f' }, { 0 } };
	int letter;

	opt.out = stderr;
	while ((letter = getopt_long(argc, argv, "+cn:k:vo:w:", longs, NULL)) >= 0) {
		if (letter == 'c')
			opt.count = 1;
		else if (letter == 'v')
			opt.verbose = 1;
		else
			set_option(letter, optarg);
	}
	if (optind == argc || opt.count == (opt.n != 0))
		die("wanted: -c or -n N, then -- COMMAND");
	/*
	 * What the command leaves behind comes to us when its parent
	 * is gone: it has ended when we do.
	 */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	start(argv + optind);
	follow();
	fprintf(opt.out, "calls %lu\n", calls);
	if (hit)
		fprintf(opt.out, "hit %lu\n", opt.n);
	fprintf(opt.out, "status %d\n", started_status);
	if (fflush(opt.out) != 0)
		die("cannot write what was counted");
	return opt.count || opt.fail ? started_status : !hit;
}
