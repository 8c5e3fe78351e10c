/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names as a task means them, and what they come to: a table of what
 * stands in one folder. This process is the task.
 */
#include <errno.h>
#include <sys/stat.h>

#include "lib/scratch.h"
#include "lib/tap.h"
#include "resolve/path.h"

static struct resolver r;

/*
 * dir/file  dir/sub/  link -> dir  chain -> link  file_link -> dir/file  dangling -> none  loop ->
 * loop up -> dir/sub/..  absolute -> (the test's folder)/dir  "odd (deleted)"
 */
static void furnish(void)
{
	if (mkdir(at("dir"), 0755) < 0 || mkdir(at("dir/sub"), 0755) < 0 ||
		symlink("dir", at("link")) < 0 || symlink("link", at("chain")) < 0 ||
		symlink("dir/file", at("file_link")) < 0 || symlink("none", at("dangling")) < 0 ||
		symlink("loop", at("loop")) < 0 || symlink("dir/sub/..", at("up")) < 0 ||
		symlink(at("dir"), at("absolute")) < 0)
		abort();
	make("dir/file", "x");
	make("odd (deleted)", "x");
}

/*
 * As an entry, and as what it leads to: the name below the test's folder,
 * "=" the same again, or NULL with the error.
 */
static const struct {
	const char *text, *entry;
	int entry_error;
	bool exists;
	const char *target;
	int target_error;
} names[] = {
	{ "dir/file", "dir/file", 0, true, "=", 0 },
	{ "dir//./file", "dir/file", 0, true, "=", 0 },
	{ "dir/sub/../file", "dir/file", 0, true, "=", 0 },
	{ "link/file", "dir/file", 0, true, "=", 0 },
	{ "chain/sub", "dir/sub", 0, true, "=", 0 },
	{ "absolute/file", "dir/file", 0, true, "=", 0 },
	{ "up/file", "dir/file", 0, true, "=", 0 },
	{ "link", "link", 0, true, "dir", 0 },
	{ "chain", "chain", 0, true, "dir", 0 },
	{ "file_link", "file_link", 0, true, "dir/file", 0 },
	{ "dir/.", "dir", 0, true, "=", 0 },
	{ "dir/sub/..", "dir", 0, true, "=", 0 },
	{ "dir/sub/", "dir/sub", 0, true, "=", 0 },
	{ "dir/none", "dir/none", 0, false, NULL, -ENOENT },
	{ "link/none", "dir/none", 0, false, NULL, -ENOENT },
	{ "dangling", "dangling", 0, true, NULL, -ENOENT },
	{ "none/file", NULL, -ENOENT, false, NULL, -ENOENT },
	{ "loop", "loop", 0, true, NULL, -ELOOP },
	{ "loop/file", NULL, -ELOOP, false, NULL, -ELOOP },
	{ "odd (deleted)", "odd (deleted)", 0, true, "=", 0 },
	{ "", NULL, -ENOENT, false, NULL, -ENOENT },
};

static bool is_named(const struct name *n, const char *want)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof path, "%s/%s", top, want);
	return n->path.len && !strcmp(n->path.data, path);
}

static void test_names(int dirfd, const char *how)
{
	struct name n = NAME_INIT;
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++) {
		const char *entry = names[i].entry, *target = names[i].target;
		int e = resolve_entry(&r, getpid(), dirfd, names[i].text, &n);

		ok(e == names[i].entry_error &&
				(e < 0 || (is_named(&n, entry) && n.now.exists == names[i].exists)),
			"%s: '%s' as an entry", how, names[i].text);
		e = resolve_target(&r, getpid(), dirfd, names[i].text, &n);
		if (target && !strcmp(target, "="))
			target = entry;
		ok(e == names[i].target_error && (e < 0 || is_named(&n, target)),
			"%s: what '%s' leads to", how, names[i].text);
	}
	name_release(&n);
}

static void test_gone(int dirfd)
{
	struct name n = NAME_INIT;

	ok(resolve_gone(&r, getpid(), dirfd, "link/none/../none/./x", &n) == 0 &&
			is_named(&n, "dir/none/x") && !n.now.exists,
		"what is not there has the name that it would have");
	ok(resolve_gone(&r, getpid(), dirfd, "dir/file", &n) == 0 && is_named(&n, "dir/file") &&
			n.now.exists,
		"and what is there its own");
	name_release(&n);
}

static void test_made(int dirfd)
{
	struct name n = NAME_INIT;

	ok(resolve_made(&r, getpid(), dirfd, "dangling", &n) == 0 && is_named(&n, "none") &&
			!n.now.exists,
		"a symlink to nothing has the name of what would be made");
	ok(resolve_made(&r, getpid(), dirfd, "file_link", &n) == 0 && is_named(&n, "dir/file") &&
			n.now.exists,
		"and one to a file its name");
	ok(resolve_made(&r, getpid(), dirfd, "loop", &n) == -ELOOP, "one to itself makes nothing");
	name_release(&n);
}

static void test_descriptors(void)
{
	struct name n = NAME_INIT;
	bool deleted;
	int fd, ends[2];

	make("goes", "x");
	fd = open(at("goes"), O_RDONLY);
	ok(resolve_fd(&r, getpid(), fd, &n, &deleted) == 0 && is_named(&n, "goes") && !deleted,
		"a descriptor");
	if (rename(at("goes"), at("went")) < 0)
		abort();
	ok(resolve_fd(&r, getpid(), fd, &n, &deleted) == 0 && is_named(&n, "went") && !deleted,
		"after a rename");
	if (link(at("went"), at("dir/stays")) < 0 || unlink(at("went")) < 0)
		abort();
	ok(resolve_fd(&r, getpid(), fd, &n, &deleted) == 0 && !deleted && is_named(&n, "dir/stays"),
		"with its first name gone it goes by another one near it");
	unlink(at("dir/stays"));
	ok(resolve_fd(&r, getpid(), fd, &n, &deleted) == 0 && deleted,
		"and without any it has none");
	close(fd);
	fd = open(at("odd (deleted)"), O_RDONLY);
	ok(resolve_fd(&r, getpid(), fd, &n, &deleted) == 0 && is_named(&n, "odd (deleted)") &&
			!deleted,
		"a file that is really called so");
	close(fd);
	if (pipe(ends) < 0)
		abort();
	ok(resolve_fd(&r, getpid(), ends[0], &n, &deleted) == -EBADF, "a pipe has no name");
	close(ends[0]);
	close(ends[1]);
	name_release(&n);
}

/* A folder's name is remembered; a rename of folders makes it forgotten. */
static void test_memory(int dirfd)
{
	struct name n = NAME_INIT;

	if (resolve_entry(&r, getpid(), dirfd, "dir/sub/x", &n) < 0 || !is_named(&n, "dir/sub/x"))
		abort();
	folders_forget(&r.folders);
	if (rename(at("dir/sub"), at("dir/moved")) < 0)
		abort();
	ok(resolve_entry(&r, getpid(), dirfd, "dir/moved/x", &n) == 0 &&
			is_named(&n, "dir/moved/x"),
		"a folder has its new name");
	name_release(&n);
}

int main(void)
{
	int fd;

	scratch_begin();
	furnish();
	fd = open(top, O_RDONLY | O_DIRECTORY);
	if (fd < 0 || chdir(top) < 0)
		return 1;
	test_names(fd, "from a descriptor");
	test_names(AT_FDCWD, "from the working folder");
	r.roots_vary = true;
	test_names(fd, "through the task's root");
	test_made(fd);
	r.roots_vary = false;
	test_gone(fd);
	test_made(fd);
	test_descriptors();
	test_memory(fd);
	close(fd);
	if (chdir("/") < 0)
		return 1;
	resolver_release(&r);
	scratch_end();
	return done_testing();
}
