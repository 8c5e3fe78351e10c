/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fork(2) and not posix_spawn(3): that one has no way to say that the child
 * dies with us, and nobody would take away what a tool makes after that.
 */
#include "base/child.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/io.h"
#include "base/log.h"

extern char **environ;

struct launch {
	const char *program;
	const char *const *argv;
	char **env;
	int out; /* -1: our standard error */
	enum child_errors errors;
	int death; /* the signal that it gets when we die, 0: none */
	pid_t parent;
	sigset_t mask;
};

/* Its own language would not be understood. */
static char **plain_environment(void)
{
	size_t n = 0, k = 0, i;
	char **env;

	while (environ[n])
		n++;
	env = calloc(n + 2, sizeof *env);
	for (i = 0; env && i < n; i++)
		if (strncmp(environ[i], "LC_ALL=", 7))
			env[k++] = environ[i];
	if (env)
		env[k] = (char *)"LC_ALL=C";
	return env;
}

/* What we catch would be lost between the fork and the exec, which does the same. */
void child_catch_nothing(void)
{
	struct sigaction now;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		if (sigaction(sig, NULL, &now) == 0 && now.sa_handler != SIG_IGN &&
			now.sa_handler != SIG_DFL)
			signal(sig, SIG_DFL);
}

static int set_nothing(int as)
{
	_cleanup_close_ int fd = io_open_nothing();

	return fd < 0 || dup2(fd, as) < 0 ? -1 : 0;
}

/* What a tool says is talk; standard output is for our own answer. */
static int set_files(const struct launch *s)
{
	int out = s->out >= 0 ? s->out : STDERR_FILENO;

	if (s->errors == CHILD_AT_TERMINAL)
		return 0;
	if (set_nothing(STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		return -1;
	if (s->errors == CHILD_TO_OUT)
		return dup2(STDOUT_FILENO, STDERR_FILENO) < 0 ? -1 : 0;
	return s->errors == CHILD_HIDDEN ? set_nothing(STDERR_FILENO) : 0;
}

bool child_dies_with(pid_t parent, int sig)
{
	return prctl(PR_SET_PDEATHSIG, sig) == 0 && getppid() == parent;
}

static void become(const struct launch *s)
{
	if (s->death && !child_dies_with(s->parent, s->death))
		_exit(CHILD_NOT_RUN);
	child_catch_nothing();
	pthread_sigmask(SIG_SETMASK, &s->mask, NULL);
	if (set_files(s) == 0)
		execvpe(s->program, (char *const *)s->argv, s->env);
	if (errno == ENOENT)
		_exit(CHILD_NOT_THERE);
	words_say("buildaudit: ", "cannot run %s: %s", s->argv[0], strerror(errno));
	_exit(CHILD_NOT_RUN);
}

pid_t child_fork(sigset_t *mask)
{
	sigset_t all;
	pid_t pid;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, mask);
	pid = fork();
	error = errno;
	if (pid < 0)
		pthread_sigmask(SIG_SETMASK, mask, NULL);
	return pid < 0 ? -error : pid;
}

static pid_t start(const char *program, const char *const argv[], int out, enum child_errors errors,
	int death)
{
	_cleanup_free_ char **env = plain_environment();
	struct launch s = { program, argv, errors == CHILD_AT_TERMINAL ? environ : env, out, errors,
		death, getpid() };
	pid_t pid;

	if (!env)
		return -ENOMEM;
	pid = child_fork(&s.mask);
	if (pid == 0)
		become(&s);
	if (pid > 0)
		pthread_sigmask(SIG_SETMASK, &s.mask, NULL);
	return pid;
}

int child_end(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int child_wait(pid_t pid)
{
	int status, r = child_end(pid, &status);

	return r < 0 ? r : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int child_open(const char *const argv[], enum child_errors errors, pid_t *pid)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*pid = start(argv[0], argv, ends[1], errors, SIGKILL);
	drop_fd(ends[1]);
	if (*pid < 0)
		drop_fd(ends[0]);
	return *pid < 0 ? *pid : ends[0];
}

int child_run(const char *const argv[], struct buf *out, enum child_errors errors)
{
	_cleanup_close_ int fd = -1;
	pid_t pid;
	int r, read;

	if (!out) {
		pid = start(argv[0], argv, -1, errors, errors == CHILD_AT_TERMINAL ? SIGHUP : 0);
		return pid < 0 ? pid : child_wait(pid);
	}
	fd = child_open(argv, errors, &pid);
	if (fd < 0)
		return fd;
	read = io_read_fd(fd, out, SIZE_MAX);
	drop_fd(STEAL_FD(fd));
	r = child_wait(pid);
	return read < 0 ? read : r;
}

int child_run_self(const char *const argv[])
{
	pid_t pid = start("/proc/self/exe", argv, -1, CHILD_AT_TERMINAL, SIGHUP);

	return pid < 0 ? pid : child_wait(pid);
}
