/* Names and places: odd bytes, long paths, other working folders, chroot. */
#include "prog.h"

static const char *const odd[] = {
	"a b",
	"a\nb",
	"a\tb",
	"a'b\"c",
	"a\\b",
	"\\n",
	"\xff\xfe",
	"bad \xc3( utf-8",
	"caf\xc3\xa9",
	" ",
	"-rf",
	"a\x01"
	"b",
	"%41",
	"$HOME",
	"`id`",
	"...",
	"\x1b[31mred",
	"a\r",
	"x (deleted)",
	"semi;colon",
	"#hash",
	"~",
	"\xe2\x80\xae",
};

FORM(odd_names)
{
	size_t i;

	if (setup)
		return;
	for (i = 0; i < sizeof odd / sizeof *odd; i++) {
		touch(A(odd[i]), O_WRONLY | O_CREAT | O_TRUNC);
		ev("open", A(odd[i]), "", CREAT_FLAGS);
	}
}

FORM(odd_folders)
{
	size_t i;

	if (setup)
		return;
	for (i = 0; i < sizeof odd / sizeof *odd; i++) {
		OK(sc(__NR_mkdir, A(odd[i]), 0755));
		touch(P("%s/%s/f", W, odd[i]), O_WRONLY | O_CREAT | O_TRUNC);
		OK(sc(__NR_symlink, P("%s", odd[i]), P("%s/%s/s", W, odd[i])));
		OK(sc(__NR_rename, P("%s/%s/f", W, odd[i]), P("%s/%s/g", W, odd[i])));
		OK(sc(__NR_chmod, P("%s/%s/g", W, odd[i]), 0600));
		OK(sc(__NR_unlink, P("%s/%s/s", W, odd[i])));
		ev("mkdir", A(odd[i]), "", "");
		ev("open", P("%s/%s/f", W, odd[i]), "", CREAT_FLAGS);
		ev("symlink", P("%s/%s/s", W, odd[i]), odd[i], "");
		ev("rename", P("%s/%s/g", W, odd[i]), P("%s/%s/f", W, odd[i]), "");
		ev("chmod", P("%s/%s/g", W, odd[i]), "", "");
		ev("unlink", P("%s/%s/s", W, odd[i]), "", "");
	}
}

FORM(odd_spellings)
{
	if (setup) {
		mkd("d");
		mkd("d/e");
		return;
	}
	OK(sc(__NR_mkdir, P("%s//d/./e/.././/m1///", W), 0755));
	OK(sc(__NR_mkdir, P("d/../d/e/m2"), 0755));
	OK(sc(__NR_mkdir, P("./m3"), 0755));
	OK(sc(__NR_symlink, P("x"), P("d/e/../s1")));
	OK(sc(__NR_mknod, P("/..//../%s/d/n1", W), S_IFREG | 0600, 0));
	FAILS(sc(__NR_mkdir, P("d/."), 0755), EEXIST);
	FAILS(sc(__NR_mkdir, P("d/.."), 0755), EEXIST);
	FAILS(sc(__NR_rmdir, P("d/e/.")), EINVAL);
	FAILS(sc(__NR_mkdir, P("%s", ""), 0755), ENOENT);
	ev("mkdir", A("d/m1"), "", "");
	ev("mkdir", A("d/e/m2"), "", "");
	ev("mkdir", A("m3"), "", "");
	ev("symlink", A("d/s1"), "x", "");
	ev("mknod", A("d/n1"), "", "");
}

/* Symbolic links in the middle, to absolute and relative places, in a chain. */
FORM(symlinked_parents)
{
	if (setup) {
		mkd("real");
		mkd("real/in");
		mk("real/in/f", "x");
		LIBC(symlink("real", A("one")));
		LIBC(symlink(A("one/in"), A("two")));
		LIBC(symlink("two/.", A("three")));
		return;
	}
	OK(sc(__NR_mkdir, A("three/d"), 0755));
	OK(sc(__NR_rename, A("two/f"), A("one/g")));
	OK(sc(__NR_symlink, P("nowhere"), A("three/../s")));
	OK(sc(__NR_unlink, A("one/in/../s")));
	ev("mkdir", A("real/in/d"), "", "");
	ev("rename", A("real/g"), A("real/in/f"), "");
	ev("symlink", A("real/s"), "nowhere", "");
	ev("unlink", A("real/s"), "", "");
}

/* A folder whose path is TOTAL bytes long, by names of up to 200 bytes. */
static char *deep_name(size_t total)
{
	char *p = take(total + 1);
	size_t i = strlen(W);

	memcpy(p, W, i);
	while (total - i > 1) {
		size_t n = total - i - 1;

		if (n > 200)
			n = n == 201 ? 199 : 200;       /* leaves room for one more name */
		p[i++] = '/';
		memset(p + i, 'x', n);
		i += n;
	}
	return p;
}

static void deep_make(const char *path)
{
	char *copy = P("%s", path + strlen(W)), *name;

	for (name = strtok(copy, "/"); name; name = strtok(NULL, "/")) {
		LIBC(mkdir(name, 0755));
		LIBC(chdir(name));
	}
	LIBC(chdir(W));
}

/* Paths of exactly PATH_MAX - 1 bytes, the most a call takes. */
FORM(longest_path)
{
	const char *d = deep_name(4085);

	if (setup) {
		deep_make(d);
		return;
	}
	touch(P("%s/%s", d, "123456789"), O_WRONLY | O_CREAT | O_TRUNC);
	OK(sc(__NR_mkdir, P("%s/%s", d, "dir456789"), 0755));
	OK(sc(__NR_rename, P("%s/%s", d, "123456789"), P("%s/%s", d, "abcdefghi")));
	OK(sc(__NR_chmod, P("%s/%s", d, "abcdefghi"), 0600));
	FAILS(sc(__NR_mkdir, P("%s/%s", d, "1234567890"), 0755), ENAMETOOLONG);
	ev("open", P("%s/%s", d, "123456789"), "", CREAT_FLAGS);
	ev("mkdir", P("%s/%s", d, "dir456789"), "", "");
	ev("rename", P("%s/%s", d, "abcdefghi"), P("%s/%s", d, "123456789"), "");
	ev("chmod", P("%s/%s", d, "abcdefghi"), "", "");
}

/* A string that ends with the last byte of its page, and one that runs across two. */
FORM(page_edges)
{
	static char pages[3 * 4096] __attribute__((aligned(4096)));
	char *p = pages + 4096 - 2;

	if (setup)
		return;
	strcpy(p, "a");
	OK(sc(__NR_mkdir, p, 0755));
	p = pages + 2 * 4096 - 3;
	strcpy(p, "bcdef");
	OK(sc(__NR_mkdir, p, 0755));
	ev("mkdir", A("a"), "", "");
	ev("mkdir", A("bcdef"), "", "");
}

/*
 * Deeper than a call can say, and than the kernel will: by steps,
 * relative to a folder or a descriptor.
 */
#define STEPS 40

static char *step_down(const char *path)
{
	char *name = take(201);

	memset(name, 'y', 200);
	OK(sc(__NR_mkdir, name, 0755));
	LIBC(chdir(name));
	return P("%s/%s", path, name);
}

FORM(beyond_path_max)
{
	const char *d = W;
	int i, f, o;

	if (setup)
		return;
	for (i = 0; i < STEPS; i++) {
		d = step_down(d);
		ev("mkdir", d, "", "");
	}
	f = (int)OK(sc(__NR_open, P("f"), O_WRONLY | O_CREAT | O_TRUNC, 0644));
	ev("open", P("%s/f", d), "", CREAT_FLAGS);
	LIBC(write(f, "deep", 4));
	OK(sc(__NR_fchmod, f, 0640));
	ev("chmod", P("%s/f", d), "", "");
	OK(sc(__NR_rename, P("f"), P("g")));
	ev("rename", P("%s/g", d), P("%s/f", d), "");
	OK(sc(__NR_chmod, P("g"), 0600));
	ev("chmod", P("%s/g", d), "", "");
	OK(sc(__NR_symlink, P("g"), P("s")));
	ev("symlink", P("%s/s", d), "g", "");
	OK(sc(__NR_truncate, P("s"), 2L));
	ev("truncate", P("%s/g", d), "", "");
	OK(sc(__NR_link, P("g"), P("../h")));
	ev("link", P("%.*s/h", (int)strlen(d) - 201, d), P("%s/g", d), "");
	o = (int)OK(sc(__NR_open, P("."), O_RDONLY | O_DIRECTORY));
	LIBC(chdir(W));
	OK(sc(__NR_mkdirat, o, P("m"), 0755));
	ev("mkdir", P("%s/m", d), "", "");
	OK(sc(__NR_renameat, o, P("m"), AT_FDCWD, P("n")));
	ev("rename", A("n"), P("%s/m", d), "");
	OK(sc(__NR_unlinkat, o, P("s"), 0));
	ev("unlink", P("%s/s", d), "", "");
	OK(sc(__NR_fchmod, o, 0700));
	ev("chmod", d, "", "");
}

/* What was there: changed, replaced, taken away, and the folders above it renamed. */
FORM(beyond_path_max_there)
{
	const char *d = W, *top;
	char *name = take(201);
	int i;

	memset(name, 'y', 200);
	top = A(name);
	for (i = 0; i < STEPS; i++) {
		if (setup)
			LIBC(mkdir(name, 0755));
		LIBC(chdir(name));
		d = P("%s/%s", d, name);
	}
	if (setup) {
		for (i = 0; i < 4; i++)
			close(OK(open(P("f%d", i), O_WRONLY | O_CREAT, 0644)));
		LIBC(mkdir("e", 0755));
		return;
	}
	touch(P("f0"), O_WRONLY | O_TRUNC);
	ev("open", P("%s/f0", d), "", "O_WRONLY|O_TRUNC");
	OK(sc(__NR_unlink, P("f1")));
	ev("unlink", P("%s/f1", d), "", "");
	OK(sc(__NR_rename, P("f2"), P("f3")));
	ev("rename", P("%s/f3", d), P("%s/f2", d), "");
	OK(sc(__NR_rmdir, P("e")));
	ev("rmdir", P("%s/e", d), "", "");
	OK(sc(__NR_rename, top, A("moved")));
	ev("rename", A("moved"), top, "");
	touch(P("new"), O_WRONLY | O_CREAT | O_TRUNC);
	ev("open", P("%s%s/new", A("moved"), d + strlen(top)), "", CREAT_FLAGS);
}

FORM(cwd_deleted_and_fchdir)
{
	int fd;

	if (setup) {
		mkd("d");
		mkd("e");
		return;
	}
	fd = (int)OK(sc(__NR_open, A("e"), O_PATH));
	LIBC(chdir("d"));
	OK(sc(__NR_rmdir, A("d")));
	LIBC(fchdir(fd));
	OK(sc(__NR_mkdir, P("in"), 0755));
	ev("rmdir", A("d"), "", "");
	ev("mkdir", A("e/in"), "", "");
}

FORM(in_chroot)
{
	if (setup) {
		mkd("root");
		mkd("root/dir");
		LIBC(symlink("/dir", A("root/abs")));
		return;
	}
	if (!rights() || chroot(A("root"))) {
		note("skip", "chroot is not permitted");
		return;
	}
	LIBC(chdir("/"));
	touch(P("/dir/f"), O_WRONLY | O_CREAT | O_TRUNC);
	touch(P("/abs/g"), O_WRONLY | O_CREAT | O_TRUNC);
	OK(sc(__NR_mkdir, P("/abs/m"), 0755));
	OK(sc(__NR_mkdir, P("/../../n"), 0755));
	OK(sc(__NR_mkdir, P("../o"), 0755));
	OK(sc(__NR_rename, P("/dir/f"), P("abs/h")));
	OK(sc(__NR_symlink, P("/dir/h"), P("/s")));
	OK(sc(__NR_chmod, P("/s"), 0600));
	OK(sc(__NR_truncate, P("/s"), 0L));
	OK(sc(__NR_unlink, P("/abs/g")));
	ev("open", A("root/dir/f"), "", CREAT_FLAGS);
	ev("open", A("root/dir/g"), "", CREAT_FLAGS);
	ev("mkdir", A("root/dir/m"), "", "");
	ev("mkdir", A("root/n"), "", "");
	ev("mkdir", A("root/o"), "", "");
	ev("rename", A("root/dir/h"), A("root/dir/f"), "");
	ev("symlink", A("root/s"), "/dir/h", "");
	ev("chmod", A("root/dir/h"), "", "");
	ev("truncate", A("root/dir/h"), "", "");
	ev("unlink", A("root/dir/g"), "", "");
}

/* A working folder that is outside the root: relative names go on from there. */
FORM(outside_chroot)
{
	if (setup) {
		mkd("root");
		mkd("root/in");
		return;
	}
	if (!rights() || chroot(A("root"))) {
		note("skip", "chroot is not permitted");
		return;
	}
	touch(P("f"), O_WRONLY | O_CREAT | O_TRUNC);
	OK(sc(__NR_mkdir, P("d"), 0755));
	OK(sc(__NR_mkdir, P("/in/e"), 0755));
	ev("open", A("f"), "", CREAT_FLAGS);
	ev("mkdir", A("d"), "", "");
	ev("mkdir", A("root/in/e"), "", "");
}
