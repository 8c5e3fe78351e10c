/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "package/say.h"
#include "package/stop.h"

#define CHILD_NOT_RUN 126

extern char **environ;

static const char *tmp;

void child_tmp(const char *folder)
{
	tmp = folder;
}

static bool is_kept(const char *variable)
{
	return strncmp(variable, "LC_", 3) && strncmp(variable, "LANG", 4) &&
		(!tmp || strncmp(variable, "TMPDIR=", 7));
}

/* What the tools print is read here: their own language would not be understood. */
static char **plain_environment(struct buf *folder)
{
	size_t n = 0, k = 0, i;
	char **env;

	while (environ[n])
		n++;
	env = calloc(n + 3, sizeof *env);
	if (!env)
		return NULL;
	for (i = 0; i < n; i++)
		if (is_kept(environ[i]))
			env[k++] = environ[i];
	env[k++] = (char *)"LC_ALL=C";
	if (tmp) {
		buf_addf(folder, "TMPDIR=%s", tmp);
		env[k] = folder->data;
	}
	return folder->failed ? NULL : env;
}

/* What a child is given. */
struct start {
	const char *const *argv;
	char **env;
	int out;
	enum child_errors errors;
	bool ours; /* a tool of ours, which has no business without us */
	pid_t parent;
	sigset_t mask; /* of signals, to be set */
};

static int open_null(int flags, int as)
{
	int fd = open("/dev/null", flags);

	return fd < 0 || (fd != as && dup2(fd, as) < 0) ? -1 : 0;
}

/* What a tool says is talk; standard output is for our own answer. */
static int set_files(const struct start *s)
{
	int out = s->out >= 0 ? s->out : STDERR_FILENO;

	if (open_null(O_RDONLY, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		return -1;
	if (s->errors == CHILD_TO_OUT)
		return dup2(STDOUT_FILENO, STDERR_FILENO) < 0 ? -1 : 0;
	return s->errors == CHILD_HIDDEN ? open_null(O_WRONLY, STDERR_FILENO) : 0;
}

/* In the child: it dies when we are killed, for nobody would take away what it makes then. */
static void become(const struct start *s)
{
	if (s->ours && (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != s->parent))
		_exit(CHILD_NOT_RUN);
	stop_not_here();
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	if (set_files(s) == 0)
		execvpe(s->argv[0], (char *const *)s->argv, s->env);
	if (errno == ENOENT)
		_exit(127);
	say_failed("cannot run %s: %s", s->argv[0], strerror(errno));
	_exit(CHILD_NOT_RUN);
}

/* The process, or -1 after saying why. */
static pid_t start(const char *const argv[], int out, enum child_errors errors, bool ours)
{
	_cleanup_buf_ struct buf folder = BUF_INIT;
	_cleanup_free_ char **env = plain_environment(&folder);
	struct start s = { argv, env, out, errors, ours, getpid() };
	sigset_t all;
	pid_t pid;

	if (!env)
		return say_no_memory();
	/* One that comes before the exec would be caught by what is ours. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &s.mask);
	pid = fork();
	if (pid == 0)
		become(&s);
	sigprocmask(SIG_SETMASK, &s.mask, NULL);
	return pid < 0 ? say_failed("cannot run %s: %s", argv[0], strerror(errno)) : pid;
}

int child_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return say_failed("cannot wait for a child: %s", strerror(errno));
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int child_open(const char *const argv[], enum child_errors errors, pid_t *pid)
{
	int pipefd[2];

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return say_failed("cannot run %s: %s", argv[0], strerror(errno));
	*pid = start(argv, pipefd[1], errors, true);
	drop_fd(pipefd[1]);
	if (*pid < 0)
		drop_fd(pipefd[0]);
	return *pid < 0 ? -1 : pipefd[0];
}

int child_run(const char *const argv[], struct buf *out, enum child_errors errors)
{
	_cleanup_close_ int fd = -1;
	pid_t pid;
	int r, read;

	if (!out) {
		pid = start(argv, -1, errors, false);
		return pid < 0 ? -1 : child_wait(pid);
	}
	fd = child_open(argv, errors, &pid);
	if (fd < 0)
		return -1;
	read = io_read_fd(fd, out, SIZE_MAX);
	drop_fd(STEAL_FD(fd));
	r = child_wait(pid);
	return read < 0 ? say_failed("%s: %s", argv[0], strerror(-read)) : r;
}

bool child_there(const char *program)
{
	_cleanup_free_ char *path = strdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	char *rest = path, *folder;

	while (path && (folder = strsep(&rest, ":"))) {
		_cleanup_buf_ struct buf file = BUF_INIT;

		buf_addf(&file, "%s/%s", *folder ? folder : ".", program);
		if (!file.failed && access(file.data, X_OK) == 0)
			return true;
	}
	return false;
}

int child_needed(const char *program, const char *what_for, const char *package)
{
	if (child_there(program))
		return 0;
	return say_failed("%s needs the program '%s', which is not here: install the package %s", what_for,
		program, package);
}
