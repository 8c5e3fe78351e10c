/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <pwd.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/project.h"
#include "lib/scratch.h"
#include "lib/tap.h"

#define HASH_1 "1111111111111111111111111111111111111111"
#define HASH_2 "2222222222222222222222222222222222222222"
#define HASH_3 "3333333333333333333333333333333333333333"
#define CONFIGURE(name, version) \
	"#! /bin/sh\nPACKAGE_NAME='GNU x'\nPACKAGE_TARNAME='" name "'\n" \
	"PACKAGE_VERSION='" version "'\n"

/* A folder, asked about; and, below the scratch folder, a file with its content, or two. */
static const struct {
	const char *folder, *file, *content, *file2, *content2, *name, *version;
} situations[] = {
	/* the folder's name */
	{ "nano-7.2", .name = "nano", .version = "7.2" },
	{ "nano-7.2/", .name = "nano", .version = "7.2" },
	{ "tcl8.6.13", .name = "tcl", .version = "8.6.13" },
	{ "foo_1.2", .name = "foo", .version = "1.2" },
	{ "tcl8.6-8.6.13+dfsg/unix", .name = "tcl8.6", .version = "8.6.13+dfsg" },
	{ "lib-v3/build-x/src", .name = "lib", .version = "3" },
	{ "backup-2024-11-25", .name = "backup", .version = "2024-11-25" },
	{ "plain", .name = "plain" },
	{ "sqlite3/_build", .name = "sqlite3" },
	{ "7zip", .name = "7zip" },
	{ "1.2.3" }, { "v1.2" }, { "2024-11-25" }, { "20241125" }, { "latest" },
	{ "two words" }, { "-rf" }, { "a\nb-1.0" }, { "x-1.0;reboot" },

	/* meson */
	{ "m1", "meson.build", "project('gtk', 'c',\n  version : '4.12.1', x: ['a=1'])",
		.name = "gtk", .version = "4.12.1" },
	{ "m2", "meson.build", "# project('no')\n  project( 'yes',\nversion:'1' )\nproject('late')",
		.name = "yes", .version = "1" },
	{ "m3", "meson.build", "project('yes', x: ['version : '], version: run('x'))",
		.name = "yes" },
	{ "m4", "meson.build", "project('yes', x: {'version': '6'}, # version: '7'\nversion: '5')",
		.name = "yes", .version = "5" },
	{ "m5", "meson.build", "project(name, version: '1')", .name = "m5" },
	{ "m6/build", "../meson.build", "project('up', version: '1')", .name = "up",
		.version = "1" },
	{ "m7", "meson.build", "project('it\\'s', version: '1;reboot')", .name = "m7" },
	{ "m8", "meson.build", "project('open", .name = "m8" },
	{ "m9", "meson.build", "project('2024', version: 'v1')", .name = "m9", .version = "1" },

	/* CMake */
	{ "c1", "CMakeLists.txt", "cmake_minimum_required(VERSION 3.5)\n"
		"PROJECT(Hello VERSION 1.2.3 LANGUAGES C)", .name = "Hello", .version = "1.2.3" },
	{ "c2", "CMakeLists.txt", "project(\"hello\"\n  # its VERSION 3\n  C CXX)\nset(VERSION 9)",
		.name = "hello" },
	{ "c3", "CMakeLists.txt", "project(${NAME} VERSION ${MAJOR}.2)", .name = "c3" },
	{ "c4", "CMakeLists.txt", "project_x(no VERSION 1)\nproject(yes LANGUAGES C VERSION 2)",
		.name = "yes", .version = "2" },
	{ "c5", "CMakeLists.txt", "add_library(x x.c)", .name = "c5" },

	/* autoconf */
	{ "nano", "configure", CONFIGURE("nano", "7.2"), .name = "nano", .version = "7.2" },
	{ "a1", "configure", CONFIGURE("hello", "v2.10"), .name = "hello", .version = "2.10" },
	{ "a2", "configure", CONFIGURE("", ""), .name = "a2" },
	{ "a3", "configure", "#!/bin/sh\nPACKAGE_VERSION='3'\necho PACKAGE_TARNAME='no'\n",
		.name = "a3", .version = "3" },
	{ "a4", "configure", CONFIGURE("$(reboot)", "`reboot`"), .name = "a4" },
	{ "a5", "configure", "\nPACKAGE_TARNAME='x\n'", .name = "a5" },
	{ "a6-1.0", "configure", CONFIGURE("other", "2.0"), .name = "a6", .version = "1.0" },

	/* folders that are only for building in, whatever they are called */
	{ "b1", "CMakeCache.txt", "# x\nCMAKE_PROJECT_NAME:STATIC=hello\n\n//x\n"
		"CMAKE_PROJECT_VERSION:STATIC=1.2\nCMAKE_PROJECT_VERSION_MAJOR:STATIC=1\n",
		.name = "hello", .version = "1.2" },
	{ "b2", "CMakeCache.txt", "\nCMAKE_PROJECT_NAME:STATIC=Project\n"
		"CMAKE_PROJECT_VERSION:STATIC=\n", .name = "Project" },
	{ "b3", "config.status", "#! /bin/sh\nS[\"PACKAGE_VERSION\"]=\"2.10\"\n"
		"S[\"PACKAGE_TARNAME\"]=\"hello\"\n", .name = "hello", .version = "2.10" },
	{ "b4", "meson-info/intro-projectinfo.json", "{\"version\": \"3.1\", "
		"\"descriptive_name\": \"mv\", \"subprojects\": []}",
		.name = "mv", .version = "3.1" },
	{ "b5", "config.status", "S[\"PACKAGE_TARNAME\"]=\"open", .name = "b5" },
	{ "b6", "config.status", "\nS[\"PACKAGE_TARNAME\"]=\"$(reboot)\"\n", .name = "b6" },
	{ "c6", "CMakeLists.txt", "project(first VERSION 1)", "CMakeCache.txt",
		"\nCMAKE_PROJECT_NAME:STATIC=second\n", "first", "1" },

	/* package.json */
	{ "j1", "package.json", "{\"version\": \"1.2.3\", \"name\" : \"left-pad\"}",
		.name = "left-pad", .version = "1.2.3" },
	{ "j2", "package.json", "{ \"scripts\": {\"name\": \"no\", \"version\": \"0\"},\n"
		"\"list\": [\"name\", \"x\"], \"name\": \"@angular/cli\", \"version\": \"17.0\" }",
		.name = "angular-cli", .version = "17.0" },
	{ "j3", "package.json", "{\"description\":\"name\",\"version\":null,\"name\":\"..\\/x\"}",
		.name = "j3" },
	{ "j4", "package.json", "[\"name\", {\"name\":\"x\"}]", .name = "j4" },
	{ "j5", "package.json", "{\"a\":\"\\\"\",\"name\":\"quoted\"}", .name = "quoted" },

	/* which of them */
	{ "w1", "meson.build", "project('m')", "configure", CONFIGURE("a", "2"), .name = "m" },
	{ "w2", "meson.build", "x = 1", "configure", CONFIGURE("a", "2"), .name = "a",
		.version = "2" },
	{ "w3/src", "meson.build", "project('in')", "../meson.build",
		"project('out', version: '1')", .name = "in" },

	/* git */
	{ "g1", ".git/HEAD", "ref: refs/heads/main\n", ".git/refs/heads/main", HASH_1 "\n",
		.name = "g1" },
	{ "g2", ".git/HEAD", HASH_1 "\n", ".git/refs/tags/v1.2", HASH_1 "\n", .name = "g2",
		.version = "1.2" },
	{ "g3", ".git/HEAD", HASH_1 "\n", ".git/refs/tags/g3-1.2-rc1", HASH_1 "\n", .name = "g3",
		.version = "1.2-rc1" },
	{ "g4", ".git/HEAD", HASH_1 "\n", ".git/refs/tags/v1.2", HASH_2 "\n", .name = "g4",
		.version = "1.2+g1111111" },
	{ "g5/build", "../.git/HEAD", "ref: refs/heads/x/y\n", "../.git/packed-refs",
		"# pack-refs with: peeled fully-peeled sorted \n"
		HASH_1 " refs/heads/x/y\n" HASH_1 " refs/remotes/origin/x\n"
		HASH_2 " refs/tags/v1.10.0\n^" HASH_1 "\n" HASH_3 " refs/tags/v1.9.0\n^" HASH_1 "\n"
		HASH_3 " refs/tags/v2.0\n^" HASH_2 "\n" HASH_1 " refs/tags/nightly\n",
		.name = "g5", .version = "1.10.0" },
	{ "g6", ".git/HEAD", HASH_1 "\n", ".git/packed-refs",
		HASH_2 " refs/tags/v1.9\n" HASH_3 " refs/tags/v1.10\n"
		HASH_3 " refs/tags/v2.0-rc1\n",
		.name = "g6", .version = "1.10+g1111111" },
	{ "g7", ".git/HEAD", "ref: ../../secret\n", ".git/refs/tags/v1", HASH_1, .name = "g7" },
	{ "g8", ".git/HEAD", HASH_1 "\n", ".git/refs/tags/v1;x", HASH_1 "\n", .name = "g8" },
	{ "g9", ".git/HEAD", HASH_1 "\n", ".git/packed-refs", "^\n\n refs/tags/v1\n" HASH_1,
		.name = "g9" },
	{ "git-c/b-1.0", ".git/HEAD", HASH_1, .name = "b", .version = "1.0" },
};

static void write_below(const char *folder, const char *file, const char *content)
{
	char name[60], whole[PATH_MAX];

	snprintf(name, sizeof name, "%s/%s", folder, file);
	snprintf(whole, sizeof whole, "%s", at(name));
	*strrchr(whole, '/') = '\0';
	if (io_mkdirs(whole, 0755) < 0)
		abort();
	make(name, content);
}

static void is_found(const char *path, const char *name, const char *version)
{
	struct project p;

	if (project_find(&p, path) < 0)
		abort();
	ok_str(p.name, name, path);
	ok_str(p.version, version, path);
	project_release(&p);
}

static void test_situations(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(situations); i++) {
		__auto_type s = &situations[i];

		if (io_mkdirs(at(s->folder), 0755) < 0)
			abort();
		if (s->file)
			write_below(s->folder, s->file, s->content);
		if (s->file2)
			write_below(s->folder, s->file2, s->content2);
		is_found(at(s->folder), s->name, s->version);
	}
}

/* An added work tree: .git is a file, and the refs are with the first one's. */
static void test_added_work_tree(void)
{
	write_below("added", ".git", "gitdir: ../main/.git/worktrees/added\n");
	write_below("main", ".git/worktrees/added/HEAD", "ref: refs/heads/b\n");
	write_below("main", ".git/worktrees/added/commondir", "../..\n");
	write_below("main", ".git/refs/heads/b", HASH_1 "\n");
	write_below("main", ".git/refs/tags/3.1", HASH_1 "\n");
	is_found(at("added"), "added", "3.1");
}

/* Where the words of a command lead to from a folder. */
static const struct {
	const char *folder, *argv[6], *name, *version;
} commands[] = {
	{ "led", { "make", "install" }, "led", NULL },
	{ "led", { "make", "-C", "one-1.0", "install" }, "one", "1.0" },
	{ "led", { "/usr/bin/make", "install", "-Cone-1.0/src" }, "one", "1.0" },
	{ "led", { "make", "--directory=more", "-C", "tools" }, "tools", NULL },
	{ "led", { "ninja", "-C", "one-1.0/build", "install" }, "one", "1.0" },
	{ "led", { "cmake", "--install", "one-1.0/build" }, "one", "1.0" },
	{ "led", { "cmake", "--install-prefix=one-1.0" }, "led", NULL },
	{ "led", { "make", "-C" }, "led", NULL },
	{ "led", { "cp", "-C", "one-1.0" }, "led", NULL },
	{ "led/one-1.0", { "make", "-C", "tools" }, "one", "1.0" },
};

static void test_commands(void)
{
	struct project p;
	size_t i;

	if (io_mkdirs(at("led/one-1.0/build"), 0755) < 0 ||
		io_mkdirs(at("led/more/tools"), 0755) < 0)
		abort();
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		__auto_type c = &commands[i];

		if (project_of_command(&p, (char *const *)c->argv, at(c->folder)) < 0)
			abort();
		ok_str(p.name, c->name, c->argv[1]);
		ok_str(p.version, c->version, c->argv[1]);
		project_release(&p);
	}
}

static void test_no_names(void)
{
	static const char *const none[] = { "/", "", "relative-1.0", "/tmp", "/tmp/", "/var/tmp",
		"/usr/bin", "/usr/local", "/usr/src", "/etc/nginx", "/home", "/opt" };
	const struct passwd *pw = getpwuid(getuid());
	size_t i;

	for (i = 0; i < ARRAY_SIZE(none); i++)
		is_found(none[i], NULL, NULL);
	if (pw)
		is_found(pw->pw_dir, NULL, NULL);
	write_below("me", "package.json", "{\"name\":\"dotfiles\"}");
	setenv("HOME", at("me"), 1);
	is_found(at("me"), NULL, NULL);
	write_below("me", "src/package.json", "{\"name\":\"mine\"}");
	is_found(at("me/src"), "mine", NULL);
	is_found(at("me/build"), NULL, NULL);
	is_found("/usr/src/nano-7.2", "nano", "7.2");
	is_found("/nowhere/at/all-1.0", "all", "1.0");
}

/* What is no regular file is not waited for; what is too long is cut. */
static void test_hostile(void)
{
	_cleanup_free_ char *text = malloc(200 * 1024);

	if (!text || io_mkdirs(at("fifo/.git"), 0755) < 0 || mkfifo(at("fifo/configure"), 0600) ||
		mkfifo(at("fifo/.git/HEAD"), 0600) || mkfifo(at("fifo/.git/packed-refs"), 0600))
		abort();
	is_found(at("fifo"), "fifo", NULL);
	memset(text, ' ', 100 * 1024);
	snprintf(text + 100 * 1024, 1024, "\nproject('far')\n");
	write_below("far", "meson.build", text);
	is_found(at("far"), "far", NULL);
	snprintf(text, 1024, "project('x%0128d')", 0);
	write_below("long", "meson.build", text);
	is_found(at("long"), "long", NULL);
}

int main(void)
{
	scratch_begin();
	test_situations();
	test_added_work_tree();
	test_commands();
	test_no_names();
	test_hostile();
	scratch_end();
	return done_testing();
}
