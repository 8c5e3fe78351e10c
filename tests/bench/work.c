/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The loads of scripts/bench that do one thing only: work NAME COUNT [TASKS].
 * Files are made in the working folder. With TASKS, that many processes share
 * the count.
 */
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void reads(long count)
{
	while (count--) {
		int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			fail("open");
		close(fd);
	}
}

static void creat_unlink(long count)
{
	char name[64];

	snprintf(name, sizeof name, "file-%d", getpid());
	while (count--) {
		int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);

		if (fd < 0)
			fail(name);
		close(fd);
		unlink(name);
	}
}

static void wait_for(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		fail("child");
}

static void fork_exec(long count)
{
	while (count--) {
		pid_t pid = fork();

		if (pid == 0) {
			execl("/bin/true", "true", (char *)NULL);
			_exit(1);
		}
		wait_for(pid);
	}
}

static void spawns(long count)
{
	char *argv[] = { "true", NULL };

	while (count--) {
		pid_t pid = -1;

		posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ);
		wait_for(pid);
	}
}

static void *nothing(void *data)
{
	return data;
}

static void threads(long count)
{
	while (count--) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, nothing, NULL))
			fail("pthread_create");
		pthread_join(thread, NULL);
	}
}

/* `count` processes at once, each of which makes a few files. */
static void crowd(long count)
{
	long i;
	char c;
	int fds[2];

	if (pipe(fds) < 0)
		fail("pipe");
	for (i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid == 0) {
			close(fds[1]);
			if (read(fds[0], &c, 1) < 0)
				_exit(1);
			creat_unlink(5);
			_exit(0);
		}
	}
	close(fds[0]);
	close(fds[1]); /* all of them go on now */
	while (count--) {
		int status;

		if (wait(&status) < 0 || status)
			fail("child");
	}
}

static const struct {
	const char *name;
	void (*run)(long count);
} loads[] = {
	{ "reads", reads },
	{ "creat", creat_unlink },
	{ "fork", fork_exec },
	{ "spawn", spawns },
	{ "thread", threads },
	{ "crowd", crowd },
};

static void run(const char *name, long count)
{
	size_t i;

	for (i = 0; i < sizeof loads / sizeof *loads; i++) {
		if (!strcmp(loads[i].name, name)) {
			loads[i].run(count);
			return;
		}
	}
	fprintf(stderr, "work: no load %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	long tasks = argc > 3 ? strtol(argv[3], NULL, 10) : 1, i;

	if (count <= 0 || tasks <= 0) {
		fprintf(stderr, "usage: work reads|creat|fork|spawn|thread|crowd COUNT [TASKS]\n");
		return 2;
	}
	if (tasks == 1) {
		run(argv[1], count);
		return 0;
	}
	for (i = 0; i < tasks; i++) {
		if (fork() == 0) {
			run(argv[1], count / tasks);
			_exit(0);
		}
	}
	for (i = 0; i < tasks; i++) {
		int status;

		if (wait(&status) < 0 || status)
			return 1;
	}
	return 0;
}
