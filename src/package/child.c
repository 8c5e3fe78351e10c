/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "package/say.h"

extern char **environ;

/* What the tools print is read here: their own language would not be understood. */
static char **plain_environment(void)
{
	size_t n = 0, k = 0, i;
	char **env;

	while (environ[n])
		n++;
	env = calloc(n + 2, sizeof *env);
	if (!env)
		return NULL;
	for (i = 0; i < n; i++)
		if (strncmp(environ[i], "LC_", 3) && strncmp(environ[i], "LANG", 4))
			env[k++] = environ[i];
	env[k] = (char *)"LC_ALL=C";
	return env;
}

static int start(const char *const argv[], int out, enum child_errors errors, pid_t *pid)
{
	_cleanup_free_ char **env = plain_environment();
	posix_spawn_file_actions_t actions;
	int r;

	if (!env)
		return say_no_memory();
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	/* What a tool says is talk; standard output is for our own answer. */
	posix_spawn_file_actions_adddup2(&actions, out >= 0 ? out : STDERR_FILENO, STDOUT_FILENO);
	if (errors == CHILD_TO_OUT)
		posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
	if (errors == CHILD_HIDDEN)
		posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	r = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, env);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

int child_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return say_failed("cannot wait for a child: %s", strerror(errno));
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int start_piped(const char *const argv[], enum child_errors errors, pid_t *pid, int *fd)
{
	int pipefd[2], r;

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return -errno;
	r = start(argv, pipefd[1], errors, pid);
	close(pipefd[1]);
	if (r < 0)
		close(pipefd[0]);
	else
		*fd = pipefd[0];
	return r;
}

static int cannot(const char *program, int r)
{
	if (r == -ENOENT)
		return 127;
	return say_failed("cannot run %s: %s", program, strerror(-r));
}

int child_open(const char *const argv[], pid_t *pid)
{
	int fd, r = start_piped(argv, CHILD_SHOWN, pid, &fd);

	return r < 0 ? say_failed("cannot run %s: %s", argv[0], strerror(-r)) : fd;
}

int child_run(const char *const argv[], struct buf *out, enum child_errors errors)
{
	_cleanup_close_ int fd = -1;
	ssize_t n = 0;
	pid_t pid;
	int r;

	if (!out) {
		r = start(argv, -1, errors, &pid);
		return r < 0 ? cannot(argv[0], r) : child_wait(pid);
	}
	r = start_piped(argv, errors, &pid, &fd);
	if (r < 0)
		return cannot(argv[0], r);
	do {
		char *room = buf_room(out, 65536);

		n = room ? read(fd, room, 65536) : -1;
		if (n > 0) {
			out->len += (size_t)n;
			out->data[out->len] = '\0';
		}
	} while (n > 0 || (n < 0 && !out->failed && errno == EINTR));
	close(STEAL_FD(fd));
	r = child_wait(pid);
	return out->failed ? say_no_memory() : r;
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
