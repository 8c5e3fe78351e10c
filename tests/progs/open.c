/* Opening: what counts as a change, by every call that opens. */
#include "prog.h"
#include <linux/openat2.h>

#define FLAGS_FORM(name, flags, text)         \
	FORM(name)                            \
	{                                     \
		if (setup) {                  \
			mk("f", "old");       \
			return;               \
		}                             \
		touch(A("f"), flags);         \
		ev("open", A("f"), "", text); \
	}

FORM(creat_new)
{
	if (setup)
		return;
	touch(A("f"), O_WRONLY | O_CREAT | O_TRUNC);
	ev("open", A("f"), "", CREAT_FLAGS);
}
FLAGS_FORM(wronly, O_WRONLY, "O_WRONLY")
FLAGS_FORM(rdwr, O_RDWR, "O_RDWR")
FLAGS_FORM(append, O_WRONLY | O_APPEND, "O_WRONLY|O_APPEND")
FLAGS_FORM(rdonly_append, O_APPEND, "O_RDONLY|O_APPEND")
FLAGS_FORM(rdonly_creat, O_CREAT, "O_RDONLY|O_CREAT")
FLAGS_FORM(rdonly_trunc, O_TRUNC, "O_RDONLY|O_TRUNC")
FLAGS_FORM(wronly_trunc, O_WRONLY | O_TRUNC, "O_WRONLY|O_TRUNC")
FLAGS_FORM(many_flags,
	O_RDWR | O_CREAT | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC,
	   "O_RDWR|O_CREAT|O_NOCTTY|O_TRUNC|O_APPEND|O_NONBLOCK|O_NOFOLLOW|O_CLOEXEC")

FORM(creat_excl)
{
	if (setup)
		return;
	touch(A("f"), O_WRONLY | O_CREAT | O_EXCL);
	ev("open", A("f"), "", "O_WRONLY|O_CREAT|O_EXCL");
}

FORM(creat_call)
{
	if (setup)
		return;
	OK(sc(__NR_creat, A("f"), 0600));
	ev("open", A("f"), "", CREAT_FLAGS);
}

/* The path is in the auditor's words even where the program's is relative. */
FORM(relative)
{
	if (setup) {
		mkd("d");
		return;
	}
	LIBC(chdir("d"));
	touch(P("f"), O_WRONLY | O_CREAT);
	touch(P("../g"), O_WRONLY | O_CREAT);
	touch(P("./.././d//h"), O_WRONLY | O_CREAT);
	ev("open", A("d/f"), "", "O_WRONLY|O_CREAT");
	ev("open", A("g"), "", "O_WRONLY|O_CREAT");
	ev("open", A("d/h"), "", "O_WRONLY|O_CREAT");
}

FORM(openat_cwd)
{
	if (setup)
		return;
	OK(sc(__NR_openat, AT_FDCWD, P("f"), O_RDWR | O_CREAT, 0644));
	ev("open", A("f"), "", "O_RDWR|O_CREAT");
}

FORM(openat_dirfd)
{
	int fd;

	if (setup) {
		mkd("d");
		return;
	}
	fd = (int)OK(sc(__NR_open, A("d"), O_RDONLY | O_DIRECTORY));
	OK(sc(__NR_openat, fd, P("f"), O_WRONLY | O_CREAT, 0644));
	ev("open", A("d/f"), "", "O_WRONLY|O_CREAT");
}

FORM(openat_path_dirfd)
{
	int fd;

	if (setup) {
		mkd("d");
		return;
	}
	fd = (int)OK(sc(__NR_open, A("d"), O_PATH));
	OK(sc(__NR_openat, fd, P("f"), O_WRONLY | O_CREAT, 0644));
	ev("open", A("d/f"), "", "O_WRONLY|O_CREAT");
}

FORM(openat_absolute_bad_dirfd)
{
	if (setup)
		return;
	OK(sc(__NR_openat, -1, A("f"), O_WRONLY | O_CREAT, 0644));
	ev("open", A("f"), "", "O_WRONLY|O_CREAT");
}

FORM(openat2_creat)
{
	struct open_how *how = NEW(struct open_how);

	if (setup)
		return;
	NEEDS(__NR_openat2);
	how->flags = O_WRONLY | O_CREAT | O_TRUNC;
	how->mode = 0644;
	OK(sc(__NR_openat2, AT_FDCWD, P("f"), how, sizeof *how));
	ev("open", A("f"), "", CREAT_FLAGS);
}

FORM(openat2_beneath)
{
	struct open_how *how = NEW(struct open_how);
	int fd;

	if (setup) {
		mkd("d");
		return;
	}
	NEEDS(__NR_openat2);
	how->flags = O_RDWR | O_CREAT;
	how->mode = 0600;
	how->resolve = RESOLVE_IN_ROOT;
	fd = (int)OK(sc(__NR_open, A("d"), O_RDONLY | O_DIRECTORY));
	OK(sc(__NR_openat2, fd, P("/../f"), how, sizeof *how));
	ev("open", A("d/f"), "", "O_RDWR|O_CREAT");
}

/*
 * The names are those of files that stand outside, too: what is meant is what is below the folder.
 */
FORM(openat2_in_root)
{
	struct open_how *how = NEW(struct open_how);
	int fd;

	if (setup) {
		mkd("d");
		mkd("d/etc");
		mkd("d/dev");
		mk("d/etc/only-there", "old");
		mk("d/etc/passwd", "old");
		return;
	}
	NEEDS(__NR_openat2);
	how->resolve = RESOLVE_IN_ROOT;
	how->flags = O_WRONLY | O_TRUNC;
	fd = (int)OK(sc(__NR_open, A("d"), O_RDONLY | O_DIRECTORY));
	OK(sc(__NR_openat2, fd, P("/etc/only-there"), how, sizeof *how));
	ev("open", A("d/etc/only-there"), "", "O_WRONLY|O_TRUNC");
	OK(sc(__NR_openat2, fd, P("/etc/passwd"), how, sizeof *how));
	ev("open", A("d/etc/passwd"), "", "O_WRONLY|O_TRUNC");
	how->flags = O_WRONLY | O_CREAT | O_TRUNC;
	how->mode = 0644;
	OK(sc(__NR_openat2, fd, P("/dev/null"), how, sizeof *how));
	ev("open", A("d/dev/null"), "", CREAT_FLAGS);
}

FORM(openat2_rdonly_none)
{
	struct open_how *how = NEW(struct open_how);

	if (setup) {
		mk("f", "x");
		return;
	}
	NEEDS(__NR_openat2);
	OK(sc(__NR_openat2, AT_FDCWD, P("f"), how, sizeof *how));
	how->flags = O_PATH;
	OK(sc(__NR_openat2, AT_FDCWD, P("f"), how, sizeof *how));
	FAILS(sc(__NR_openat2, AT_FDCWD, P("f"), how, 3), EINVAL);
	how->flags = O_WRONLY;
	FAILS(sc(__NR_openat2, AT_FDCWD, P("missing"), how, sizeof *how), ENOENT);
}

FORM(by_handle)
{
	struct file_handle *h = take(sizeof *h + 128);
	int *mount = NEW(int), fd;

	if (setup) {
		mk("f", "x");
		return;
	}
	h->handle_bytes = 128;
	if (sc(__NR_name_to_handle_at, AT_FDCWD, P("f"), h, mount, 0) < 0) {
		note("skip", "this file system has no file handles");
		return;
	}
	fd = (int)OK(sc(__NR_open, A("."), O_RDONLY | O_DIRECTORY));
	if (sc(__NR_open_by_handle_at, fd, h, O_RDONLY) == -EPERM) {
		FAILS(sc(__NR_open_by_handle_at, fd, h, O_WRONLY | O_TRUNC), EPERM);
		return;
	}
	OK(sc(__NR_open_by_handle_at, fd, h, O_WRONLY | O_TRUNC));
	ev("open", A("f"), "", "O_WRONLY|O_TRUNC");
}

static int tmpfile_open(void)
{
	int fd = (int)OK(sc(__NR_open, A("."), O_TMPFILE | O_RDWR, 0644));

	LIBC(write(fd, "tmp", 3));
	return fd;
}

FORM(tmpfile_gone)
{
	if (setup)
		return;
	tmpfile_open();
	ev("open", P("%s/*", W), "", "*");
}

FORM(tmpfile_link_proc)
{
	if (setup)
		return;
	OK(sc(__NR_linkat, AT_FDCWD, P("/proc/self/fd/%d", tmpfile_open()), AT_FDCWD, A("f"),
		AT_SYMLINK_FOLLOW));
	ev("open", P("%s/*", W), "", "*");
	ev("link", A("f"), "*", "");
}

FORM(tmpfile_link_empty)
{
	if (setup)
		return;
	OK(sc(__NR_linkat, tmpfile_open(), P("%s", ""), AT_FDCWD, P("f"), AT_EMPTY_PATH));
	ev("open", P("%s/*", W), "", "*");
	ev("link", A("f"), "*", "");
}

FORM(none_rdonly)
{
	int i;

	if (setup) {
		mk("f", "x");
		return;
	}
	OK(sc(__NR_open, A("f"), O_RDONLY));
	OK(sc(__NR_openat, AT_FDCWD, P("f"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
	OK(sc(__NR_open, A("f"), O_PATH));
	/*
	 * With O_PATH the kernel looks at no other bit: this opens
	 * nothing for writing and makes nothing.
	 */
	OK(sc(__NR_open, A("f"), O_PATH | O_RDWR | O_TRUNC));
	OK(sc(__NR_openat, AT_FDCWD, A("f"), O_PATH | O_WRONLY | O_APPEND));
	FAILS(sc(__NR_open, A("none"), O_PATH | O_CREAT, 0644), ENOENT);
	OK(sc(__NR_open, A("."), O_RDONLY | O_DIRECTORY));
	for (i = 0; i < 1000; i++)
		OK(sc(__NR_close, OK(sc(__NR_open, A("f"), O_RDONLY))));
}

FORM(none_failed)
{
	if (setup) {
		mk("f", "x");
		mkd("d");
		return;
	}
	FAILS(sc(__NR_open, A("f"), O_WRONLY | O_CREAT | O_EXCL, 0644), EEXIST);
	FAILS(sc(__NR_open, A("none/f"), O_WRONLY | O_CREAT, 0644), ENOENT);
	FAILS(sc(__NR_open, A("d"), O_WRONLY), EISDIR);
	FAILS(sc(__NR_open, A("f/g"), O_WRONLY | O_CREAT, 0644), ENOTDIR);
	FAILS(sc(__NR_open, NULL, O_WRONLY | O_CREAT, 0644), EFAULT);
	FAILS(sc(__NR_open, 1, O_WRONLY | O_CREAT, 0644), EFAULT);
	FAILS(sc(__NR_openat, 999, P("f"), O_WRONLY | O_CREAT, 0644), EBADF);
	FAILS(sc(__NR_open, P("%s", ""), O_WRONLY | O_CREAT, 0644), ENOENT);
	FAILS(sc(__NR_creat, A("d"), 0644), EISDIR);
}

/* One exec, one file, a hundred times: one row. */
FORM(folds)
{
	int i;

	if (setup)
		return;
	for (i = 0; i < 100; i++)
		touch(A("f"), O_WRONLY | O_CREAT);
	ev("open", A("f"), "", "O_WRONLY|O_CREAT");
	note("count", "100\t%s/f", W);
}

FORM(dangling_symlink)
{
	if (setup) {
		mkd("d");
		LIBC(symlink("d/target", A("s")));
		return;
	}
	touch(A("s"), O_WRONLY | O_CREAT);
	ev("open", A("d/target"), "", "O_WRONLY|O_CREAT");
}

FORM(through_symlink)
{
	if (setup) {
		mk("f", "x");
		mkd("d");
		LIBC(symlink(A("f"), A("s")));
		LIBC(symlink("d", A("sd")));
		return;
	}
	touch(A("s"), O_WRONLY | O_TRUNC);
	touch(A("sd/g"), O_WRONLY | O_CREAT);
	touch(A("sd/../h"), O_WRONLY | O_CREAT);
	ev("open", A("f"), "", "O_WRONLY|O_TRUNC");
	ev("open", A("d/g"), "", "O_WRONLY|O_CREAT");
	ev("open", A("h"), "", "O_WRONLY|O_CREAT");
}

/* Three ways to a file by a descriptor that only reads it. */
FORM(proc_self_fd)
{
	int fd;

	if (setup) {
		mk("f", "x");
		mkd("d");
		return;
	}
	fd = (int)OK(sc(__NR_open, A("f"), O_RDONLY));
	touch(P("/proc/self/fd/%d", fd), O_WRONLY);
	fd = (int)OK(sc(__NR_open, A("d"), O_RDONLY));
	touch(P("/dev/fd/%d/g", fd), O_WRONLY | O_CREAT);
	touch(P("/proc/self/cwd/h"), O_WRONLY | O_CREAT);
	touch(P("/proc/%d/root%s/i", (int)getpid(), W), O_WRONLY | O_CREAT);
	touch(P("/proc/thread-self/cwd/j"), O_WRONLY | O_CREAT);
	ev("open", A("f"), "", "O_WRONLY");
	ev("open", A("d/g"), "", "O_WRONLY|O_CREAT");
	ev("open", A("h"), "", "O_WRONLY|O_CREAT");
	ev("open", A("i"), "", "O_WRONLY|O_CREAT");
	ev("open", A("j"), "", "O_WRONLY|O_CREAT");
}

/* A file opened for writing and not written is not modified; one truncated at its end is. */
FORM(opened_not_written)
{
	if (setup) {
		mk("f", "x");
		mk("g", "x");
		return;
	}
	touch(A("f"), O_RDWR);
	LIBC(write((int)OK(sc(__NR_open, A("g"), O_WRONLY | O_APPEND)), "y", 1));
	ev("open", A("f"), "", "O_RDWR");
	ev("open", A("g"), "", "O_WRONLY|O_APPEND");
}

/* Nothing is made, emptied or written; that the file lost a name shows in its ctime only. */
FORM(creat_of_what_is_there)
{
	if (setup) {
		mk("f", "x");
		LIBC(link(A("f"), A("g")));
		return;
	}
	touch(A("f"), O_RDONLY | O_CREAT);
	OK(sc(__NR_unlink, A("g")));
	ev("open", A("f"), "", "O_RDONLY|O_CREAT");
	ev("unlink", A("g"), "", "");
}
