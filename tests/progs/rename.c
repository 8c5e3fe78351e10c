/* Renaming, by every call that renames. */
#include "prog.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#define RENAME_WHITEOUT 4
#endif

FORM(rename_plain)
{
	if (setup) {
		mk("a", "x");
		return;
	}
	OK(sc(__NR_rename, A("a"), A("b")));
	ev("rename", A("b"), A("a"), "");
}

FORM(rename_over)
{
	if (setup) {
		mk("a", "x");
		mk("b", "y");
		return;
	}
	OK(sc(__NR_rename, P("a"), P("./b")));
	ev("rename", A("b"), A("a"), "");
}

FORM(renameat_dirfds)
{
	int d, e;

	if (setup) {
		mkd("d");
		mkd("e");
		mk("d/a", "x");
		return;
	}
	d = (int)OK(sc(__NR_open, A("d"), O_RDONLY | O_DIRECTORY));
	e = (int)OK(sc(__NR_open, A("e"), O_PATH));
	OK(sc(__NR_renameat, d, P("a"), e, P("b")));
	ev("rename", A("e/b"), A("d/a"), "");
}

FORM(renameat2_plain)
{
	if (setup) {
		mk("a", "x");
		return;
	}
	OK(sc(__NR_renameat2, AT_FDCWD, A("a"), AT_FDCWD, P("b"), 0));
	ev("rename", A("b"), A("a"), "");
}

FORM(renameat2_noreplace)
{
	if (setup) {
		mk("a", "x");
		mk("c", "x");
		return;
	}
	FAILS(sc(__NR_renameat2, AT_FDCWD, P("a"), AT_FDCWD, P("c"), RENAME_NOREPLACE), EEXIST);
	OK(sc(__NR_renameat2, AT_FDCWD, P("a"), AT_FDCWD, P("b"), RENAME_NOREPLACE));
	ev("rename", A("b"), A("a"), "RENAME_NOREPLACE");
}

FORM(renameat2_exchange)
{
	if (setup) {
		mk("a", "x");
		mkd("d");
		mk("d/y", "y");
		return;
	}
	OK(sc(__NR_renameat2, AT_FDCWD, P("a"), AT_FDCWD, P("d"), RENAME_EXCHANGE));
	ev("rename", A("d"), A("a"), "RENAME_EXCHANGE");
	ev("rename", A("a"), A("d"), "RENAME_EXCHANGE");
}

FORM(exchange_trees)
{
	if (setup) {
		mkd("a");
		mk("a/same", "1");
		mk("a/only_a", "1");
		mkd("b");
		mk("b/same", "2");
		mkd("b/sub");
		mk("b/sub/only_b", "2");
		return;
	}
	OK(sc(__NR_renameat2, AT_FDCWD, P("a"), AT_FDCWD, P("b"), RENAME_EXCHANGE));
	ev("rename", A("b"), A("a"), "RENAME_EXCHANGE");
	ev("rename", A("a"), A("b"), "RENAME_EXCHANGE");
}

FORM(renameat2_whiteout)
{
	long r;

	if (setup) {
		mk("a", "x");
		return;
	}
	r = sc(__NR_renameat2, AT_FDCWD, P("a"), AT_FDCWD, P("b"), RENAME_WHITEOUT);
	if (r == -EINVAL || r == -EPERM) {
		note("skip", "no RENAME_WHITEOUT here");
		return;
	}
	OK(r);
	note("nomanifest", "a device node stands at the old name");
	ev("rename", A("b"), A("a"), "RENAME_WHITEOUT");
}

FORM(folder)
{
	if (setup) {
		mkd("d");
		mkd("d/sub");
		mk("d/f", "x");
		mk("d/sub/g", "y");
		LIBC(symlink("f", A("d/s")));
		LIBC(link(A("d/f"), A("d/hard")));
		return;
	}
	OK(sc(__NR_rename, A("d"), A("e")));
	ev("rename", A("e"), A("d"), "");
}

/*
 * A folder made here, filled, renamed and filled again; then onto an empty folder that was there.
 */
FORM(folder_made_and_filled)
{
	if (setup) {
		mkd("empty");
		return;
	}
	OK(sc(__NR_mkdir, A("new"), 0755));
	touch(A("new/f"), O_WRONLY | O_CREAT | O_TRUNC);
	OK(sc(__NR_rename, A("new"), A("new2")));
	touch(A("new2/g"), O_WRONLY | O_CREAT | O_TRUNC);
	OK(sc(__NR_rename, A("new2"), A("empty")));
	touch(A("empty/h"), O_WRONLY | O_CREAT | O_TRUNC);
	ev("mkdir", A("new"), "", "");
	ev("open", A("new/f"), "", CREAT_FLAGS);
	ev("rename", A("new2"), A("new"), "");
	ev("open", A("new2/g"), "", CREAT_FLAGS);
	ev("rename", A("empty"), A("new2"), "");
	ev("open", A("empty/h"), "", CREAT_FLAGS);
}

FORM(folder_trailing_slashes)
{
	if (setup) {
		mkd("d");
		mk("d/f", "x");
		return;
	}
	OK(sc(__NR_rename, P("%s/d/", W), P("%s/e//", W)));
	ev("rename", A("e"), A("d"), "");
}

FORM(through_symlinked_parent)
{
	if (setup) {
		mkd("d");
		mk("d/a", "x");
		LIBC(symlink("d", A("s")));
		return;
	}
	OK(sc(__NR_rename, A("s/a"), A("s/../d/./b")));
	ev("rename", A("d/b"), A("d/a"), "");
}

/* The name of a symbolic link is renamed, not what it points to. */
FORM(of_a_symlink)
{
	if (setup) {
		mk("f", "x");
		LIBC(symlink("f", A("s")));
		return;
	}
	OK(sc(__NR_rename, A("s"), A("t")));
	ev("rename", A("t"), A("s"), "");
}

/* The cwd itself is moved away; later names are under the new one. */
FORM(cwd_moved)
{
	if (setup) {
		mkd("d");
		return;
	}
	LIBC(chdir("d"));
	OK(sc(__NR_rename, A("d"), A("e")));
	touch(P("f"), O_WRONLY | O_CREAT);
	OK(sc(__NR_mkdir, P("sub"), 0755));
	ev("rename", A("e"), A("d"), "");
	ev("open", A("e/f"), "", "O_WRONLY|O_CREAT");
	ev("mkdir", A("e/sub"), "", "");
}

FORM(there_and_back)
{
	if (setup) {
		mkd("d");
		mk("d/f", "x");
		return;
	}
	OK(sc(__NR_rename, A("d"), A("e")));
	OK(sc(__NR_rename, A("e"), A("d")));
	ev("rename", A("e"), A("d"), "");
	ev("rename", A("d"), A("e"), "");
}

/* Two names of one inode: the kernel answers 0 and does nothing. */
FORM(onto_itself)
{
	if (setup) {
		mk("a", "x");
		LIBC(link(A("a"), A("b")));
		return;
	}
	OK(sc(__NR_rename, A("a"), A("b")));
	OK(sc(__NR_rename, A("a"), A("a")));
	note("noevents", "a rename that did nothing may or may not be one");
}

FORM(none_failed)
{
	if (setup) {
		mkd("d");
		mk("d/f", "x");
		mk("a", "x");
		return;
	}
	FAILS(sc(__NR_rename, A("none"), A("b")), ENOENT);
	FAILS(sc(__NR_rename, A("d"), A("d/sub")), EINVAL);
	FAILS(sc(__NR_rename, A("a"), A("d")), EISDIR);
	FAILS(sc(__NR_rename, A("a"), A("none/b")), ENOENT);
	FAILS(sc(__NR_rename, A("a"), NULL), EFAULT);
	FAILS(sc(__NR_renameat, 999, P("a"), AT_FDCWD, P("b")), EBADF);
	FAILS(sc(__NR_renameat2, AT_FDCWD, P("a"), AT_FDCWD, P("none"), RENAME_EXCHANGE), ENOENT);
}
