/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/owners.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"

extern char **environ;

struct owner {
	const char *path; /* the entry's */
	char *package;
	UT_hash_handle hh;
};

/* "P NAME" begins a package; any other line that has a '/' is a path of it, blanks before it or not. */
static const char *const dpkg[] = { "dpkg-query", "-W", "-f", "P ${binary:Package}\n${db-fsys:Files}", NULL };
static const char *const rpm[] = { "rpm", "-qa", "--qf", "P %{NAME}\n[%{FILENAMES}\n]", NULL };

const char *owners_of(const struct owners *o, const char *path)
{
	struct owner *w;

	HASH_FIND_STR(o->paths, path, w);
	return w ? w->package : NULL;
}

void owners_release(struct owners *o)
{
	struct owner *w, *next;

	HASH_ITER(hh, o->paths, w, next) {
		HASH_DEL(o->paths, w);
		free(w->package);
		free(w);
	}
}

static void mark(struct owners *o, const char *path, const char *package)
{
	struct owner *w;

	HASH_FIND_STR(o->paths, path, w);
	if (w && !w->package)
		w->package = strdup(package);
}

/* Packages name /bin/x what is /usr/bin/x since /bin became a symlink. */
static void mark_moved(struct owners *o, const char *path, const char *package)
{
	static const char *const folders[] = { "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/" };
	char moved[4096 + 8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		if (strncmp(path, folders[i], strlen(folders[i])))
			continue;
		snprintf(moved, sizeof moved, "/usr%s", path);
		mark(o, moved, package);
	}
}

static void read_list(struct owners *o, FILE *in)
{
	_cleanup_free_ char *line = NULL, *package = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, in)) > 0) {
		char *path;

		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (!strncmp(line, "P ", 2)) {
			free(package);
			package = strdup(line + 2);
			continue;
		}
		path = line + strspn(line, " ");
		if (*path != '/' || !package)
			continue;
		mark(o, path, package);
		mark_moved(o, path, package);
	}
}

/* What argv prints; NULL when it cannot be started. */
static FILE *start(const char *const argv[], pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	FILE *in = NULL;
	int ends[2];

	*pid = 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, environ) != 0)
		*pid = 0;
	posix_spawn_file_actions_destroy(&actions);
	drop_fd(ends[1]);
	if (*pid)
		in = fdopen(ends[0], "r");
	if (!in)
		drop_fd(ends[0]);
	return in;
}

static void end(FILE *in, pid_t pid)
{
	if (in)
		drop_file(in);
	while (pid && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void ask(struct owners *o, const char *const argv[])
{
	pid_t pid;
	FILE *in = start(argv, &pid);

	if (in)
		read_list(o, in);
	end(in, pid);
}

/* Asked where it has none, rpm makes a database: on Debian ~/.rpmdb, which nobody wanted. */
static bool rpm_has_database(void)
{
	static const char *const argv[] = { "rpm", "--eval", "%{_dbpath}", NULL };
	char line[4096] = "";
	pid_t pid;
	FILE *in = start(argv, &pid);

	if (in && !fgets(line, sizeof line, in))
		line[0] = '\0';
	end(in, pid);
	line[strcspn(line, "\n")] = '\0';
	return *line == '/' && access(line, F_OK) == 0;
}

int owners_ask(struct owners *o, const struct entries *all)
{
	size_t i;

	o->paths = NULL;
	for (i = 0; i < all->count; i++) {
		struct owner *w;

		if (all->e[i].change != CHANGE_CREATED)
			continue;
		w = calloc(1, sizeof *w);
		if (!w)
			return -ENOMEM;
		w->path = all->e[i].path;
		HASH_ADD_KEYPTR(hh, o->paths, w->path, strlen(w->path), w);
		if (hash_added(w) < 0) {
			free(w);
			return -ENOMEM;
		}
	}
	if (o->paths) {
		ask(o, dpkg);
		if (rpm_has_database())
			ask(o, rpm);
	}
	return 0;
}
