/* Making and taking away names: link, symlink, unlink, rmdir, mkdir, mknod. */
#include "prog.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <stddef.h>

#ifndef __NR_bind
#define __NR_bind 361
#define __NR_socket 359
#endif

FORM(link_plain)
{
	if (setup) {
		mk("a", "x");
		return;
	}
	OK(sc(__NR_link, A("a"), A("b")));
	ev("link", A("b"), A("a"), "");
}

FORM(linkat_dirfds)
{
	int d;

	if (setup) {
		mkd("d");
		mk("d/a", "x");
		return;
	}
	d = (int)OK(sc(__NR_open, A("d"), O_PATH));
	OK(sc(__NR_linkat, d, P("a"), AT_FDCWD, P("b"), 0));
	ev("link", A("b"), A("d/a"), "");
}

/* Without AT_SYMLINK_FOLLOW the link is to the symbolic link. */
FORM(linkat_symlinks)
{
	if (setup) {
		mk("a", "x");
		LIBC(symlink("a", A("s")));
		return;
	}
	OK(sc(__NR_linkat, AT_FDCWD, P("s"), AT_FDCWD, P("t"), 0));
	OK(sc(__NR_linkat, AT_FDCWD, P("s"), AT_FDCWD, P("u"), AT_SYMLINK_FOLLOW));
	ev("link", A("t"), A("s"), "");
	ev("link", A("u"), A("a"), "");
}

FORM(linkat_empty_path)
{
	int fd;

	if (setup) {
		mk("a", "x");
		return;
	}
	fd = (int)OK(sc(__NR_open, A("a"), O_RDONLY));
	OK(sc(__NR_linkat, fd, P("%s", ""), AT_FDCWD, P("b"), AT_EMPTY_PATH));
	ev("link", A("b"), A("a"), "");
}

FORM(link_made_here)
{
	if (setup)
		return;
	touch(A("a"), O_WRONLY | O_CREAT | O_TRUNC);
	OK(sc(__NR_link, A("a"), A("b")));
	OK(sc(__NR_link, A("b"), A("c")));
	ev("open", A("a"), "", CREAT_FLAGS);
	ev("link", A("b"), A("a"), "");
	ev("link", A("c"), A("b"), "");
}

FORM(link_none_failed)
{
	if (setup) {
		mk("a", "x");
		mkd("d");
		return;
	}
	FAILS(sc(__NR_link, A("a"), A("a")), EEXIST);
	FAILS(sc(__NR_link, A("none"), A("b")), ENOENT);
	FAILS(sc(__NR_link, A("d"), A("b")), EPERM);
	FAILS(sc(__NR_linkat, AT_FDCWD, P("a"), 999, P("b"), 0), EBADF);
}

/* Where a folder was is a symlink now: what is behind that has other names. */
FORM(hard_link_behind_a_symlink)
{
	if (setup) {
		mkd("b");
		mkd("b/a");
		mkd("a");
		mk("b/a/f", "x");
		LIBC(link(A("b/a/f"), A("a/e")));
		return;
	}
	OK(sc(__NR_rename, A("b"), A("c")));
	OK(sc(__NR_symlink, P("."), A("b")));
	OK(sc(__NR_chmod, A("a/e"), 0600));
	ev("rename", A("c"), A("b"), "");
	ev("symlink", A("b"), ".", "");
	ev("chmod", A("a/e"), "", "");
}

FORM(symlink_plain)
{
	if (setup)
		return;
	OK(sc(__NR_symlink, P("some where/else"), A("s")));
	ev("symlink", A("s"), "some where/else", "");
}

FORM(symlinkat_dirfd)
{
	int d;

	if (setup) {
		mkd("d");
		return;
	}
	d = (int)OK(sc(__NR_open, A("d"), O_RDONLY | O_DIRECTORY));
	OK(sc(__NR_symlinkat, P("../x"), d, P("s")));
	OK(sc(__NR_symlinkat, P("/"), AT_FDCWD, P("t")));
	FAILS(sc(__NR_symlinkat, P("/"), AT_FDCWD, P("t")), EEXIST);
	FAILS(sc(__NR_symlink, P("%s", ""), P("u")), ENOENT);
	ev("symlink", A("d/s"), "../x", "");
	ev("symlink", A("t"), "/", "");
}

FORM(unlink_plain)
{
	if (setup) {
		mk("a", "x");
		LIBC(symlink("a", A("s")));
		return;
	}
	OK(sc(__NR_unlink, A("s")));
	OK(sc(__NR_unlink, P("a")));
	ev("unlink", A("s"), "", "");
	ev("unlink", A("a"), "", "");
}

FORM(unlinkat_dirfd)
{
	int d;

	if (setup) {
		mkd("d");
		mk("d/a", "x");
		return;
	}
	d = (int)OK(sc(__NR_open, A("d"), O_RDONLY | O_DIRECTORY));
	OK(sc(__NR_unlinkat, d, P("a"), 0));
	ev("unlink", A("d/a"), "", "");
}

/* One of two names goes; the other stays and is not modified. */
FORM(unlink_hard)
{
	if (setup) {
		mk("a", "x");
		LIBC(link(A("a"), A("b")));
		return;
	}
	OK(sc(__NR_unlink, A("b")));
	ev("unlink", A("b"), "", "");
}

FORM(unlink_through_symlinked_parent)
{
	if (setup) {
		mkd("d");
		mk("d/a", "x");
		LIBC(symlink("d", A("s")));
		return;
	}
	OK(sc(__NR_unlink, A("s/a")));
	ev("unlink", A("d/a"), "", "");
}

FORM(unlink_none_failed)
{
	if (setup) {
		mkd("d");
		mk("d/f", "x");
		return;
	}
	FAILS(sc(__NR_unlink, A("none")), ENOENT);
	FAILS(sc(__NR_unlink, A("d")), EISDIR);
	FAILS(sc(__NR_unlinkat, AT_FDCWD, P("d"), AT_REMOVEDIR), ENOTEMPTY);
	FAILS(sc(__NR_rmdir, P("d")), ENOTEMPTY);
	FAILS(sc(__NR_rmdir, P("d/f")), ENOTDIR);
	FAILS(sc(__NR_unlinkat, AT_FDCWD, P("d/f"), 0x4000), EINVAL);
}

FORM(rmdir_plain)
{
	if (setup) {
		mkd("d");
		return;
	}
	OK(sc(__NR_rmdir, P("%s/d/", W)));
	ev("rmdir", A("d"), "", "");
}

FORM(unlinkat_removedir)
{
	if (setup) {
		mkd("d");
		mkd("d/e");
		return;
	}
	OK(sc(__NR_unlinkat, OK(sc(__NR_open, A("d"), O_RDONLY)), P("e"), AT_REMOVEDIR));
	ev("rmdir", A("d/e"), "", "");
}

FORM(rmdir_of_cwd)
{
	if (setup) {
		mkd("d");
		return;
	}
	LIBC(chdir("d"));
	OK(sc(__NR_rmdir, A("d")));
	FAILS(sc(__NR_open, P("f"), O_WRONLY | O_CREAT, 0644), ENOENT);
	FAILS(sc(__NR_mkdir, P("f"), 0755), ENOENT);
	ev("rmdir", A("d"), "", "");
}

FORM(mkdir_plain)
{
	if (setup)
		return;
	OK(sc(__NR_mkdir, A("d"), 0750));
	OK(sc(__NR_mkdir, P("d/e/"), 0777));
	FAILS(sc(__NR_mkdir, A("d"), 0750), EEXIST);
	FAILS(sc(__NR_mkdir, A("none/d"), 0750), ENOENT);
	ev("mkdir", A("d"), "", "");
	ev("mkdir", A("d/e"), "", "");
}

FORM(mkdirat_dirfd)
{
	int d;

	if (setup) {
		mkd("d");
		return;
	}
	d = (int)OK(sc(__NR_open, A("d"), O_RDONLY | O_DIRECTORY));
	OK(sc(__NR_mkdirat, d, P("e"), 0755));
	OK(sc(__NR_mkdirat, d, P("../g"), 0755));
	ev("mkdir", A("d/e"), "", "");
	ev("mkdir", A("g"), "", "");
}

FORM(mkdir_proc_fd)
{
	int d;

	if (setup) {
		mkd("d");
		return;
	}
	d = (int)OK(sc(__NR_open, A("d"), O_PATH));
	OK(sc(__NR_mkdir, P("/proc/self/fd/%d/e", d), 0755));
	OK(sc(__NR_mkdir, P("/dev/fd/%d/e2", d), 0755));
	OK(sc(__NR_rename, P("/proc/self/fd/%d/e", d), P("/proc/%d/cwd/f", (int)getpid())));
	ev("mkdir", A("d/e"), "", "");
	ev("mkdir", A("d/e2"), "", "");
	ev("rename", A("f"), A("d/e"), "");
}

FORM(mknod_kinds)
{
	if (setup)
		return;
	OK(sc(__NR_mknod, A("fifo"), S_IFIFO | 0644, 0));
	OK(sc(__NR_mknod, A("file"), S_IFREG | 0640, 0));
	OK(sc(__NR_mknod, A("file0"), 0644, 0));
	OK(sc(__NR_mknod, A("sock"), S_IFSOCK | 0644, 0));
	FAILS(sc(__NR_mknod, A("sock"), S_IFSOCK | 0644, 0), EEXIST);
	ev("mknod", A("fifo"), "", "");
	ev("mknod", A("file"), "", "");
	ev("mknod", A("file0"), "", "");
	ev("mknod", A("sock"), "", "");
}

FORM(mknodat_dirfd)
{
	if (setup) {
		mkd("d");
		return;
	}
	OK(sc(__NR_mknodat, OK(sc(__NR_open, A("d"), O_PATH)), P("fifo"), S_IFIFO | 0600, 0));
	ev("mknod", A("d/fifo"), "", "");
}

FORM(mknod_device)
{
	long r;

	if (setup)
		return;
	r = sc(__NR_mknod, A("null"), S_IFCHR | 0600, (1 << 8) | 3);
	if (r == -EPERM)
		return; /* not root, or in a container; refused, it leaves no event */
	OK(r);
	ev("mknod", A("null"), "", "");
}

static struct sockaddr_un *unix_name(const char *path)
{
	struct sockaddr_un *un = NEW(struct sockaddr_un);

	un->sun_family = AF_UNIX;
	strncpy(un->sun_path, path, sizeof un->sun_path);
	return un;
}

/*
 * sun_path is 108 bytes: relative names, so that the length of the working folder does not matter.
 */
FORM(bind_path)
{
	if (setup) {
		mkd("d");
		return;
	}
	OK(sc(__NR_bind, OK(sc(__NR_socket, AF_UNIX, SOCK_STREAM, 0)), unix_name("s"),
		sizeof(struct sockaddr_un)));
	OK(sc(__NR_bind, OK(sc(__NR_socket, AF_UNIX, SOCK_DGRAM, 0)), unix_name("d/t"),
	      offsetof(struct sockaddr_un, sun_path) + 3));
	FAILS(sc(__NR_bind, OK(sc(__NR_socket, AF_UNIX, SOCK_STREAM, 0)), unix_name("s"),
		      sizeof(struct sockaddr_un)),
	      EADDRINUSE);
	ev("mknod", A("s"), "", "");
	ev("mknod", A("d/t"), "", "");
}

/* No NUL at the end: the length given is the name's end. */
FORM(bind_without_nul)
{
	struct sockaddr_un *un = unix_name("abcdef");

	if (setup)
		return;
	OK(sc(__NR_bind, OK(sc(__NR_socket, AF_UNIX, SOCK_STREAM, 0)), un,
		offsetof(struct sockaddr_un, sun_path) + 3));
	ev("mknod", A("abc"), "", "");
}

FORM(bind_none)
{
	struct sockaddr_un *un = unix_name("");

	if (setup)
		return;
	snprintf(un->sun_path + 1, 60, "buildaudit-test-%d", (int)getpid());
	/* abstract */
	OK(sc(__NR_bind, OK(sc(__NR_socket, AF_UNIX, SOCK_STREAM, 0)), un, sizeof *un));
	/* autobind */
	OK(sc(__NR_bind, OK(sc(__NR_socket, AF_UNIX, SOCK_STREAM, 0)), un, sizeof(sa_family_t)));
	un->sun_family = AF_INET;
	FAILS(sc(__NR_bind, OK(sc(__NR_socket, AF_UNIX, SOCK_STREAM, 0)), un, sizeof *un), EINVAL);
	FAILS(sc(__NR_bind, 999, un, sizeof *un), EBADF);
}

#ifdef ABI32
FORM(bind_socketcall)
{
	uint32_t *a = take(12);

	if (setup)
		return;
	a[0] = (uint32_t)OK(sc(__NR_socket, AF_UNIX, SOCK_STREAM, 0));
	a[1] = (uint32_t)(uintptr_t)unix_name("s");
	a[2] = sizeof(struct sockaddr_un);
	OK(sc(__NR_socketcall, 2, a));
	FAILS(sc(__NR_socketcall, 2, a), EADDRINUSE);
	FAILS(sc(__NR_socketcall, 2, 0), EFAULT);
	ev("mknod", A("s"), "", "");
}
#endif

/* Made and gone again: events, and nothing in the manifest. */
FORM(made_and_gone)
{
	if (setup)
		return;
	OK(sc(__NR_mkdir, A("d"), 0755));
	touch(A("d/f"), O_WRONLY | O_CREAT | O_TRUNC);
	OK(sc(__NR_symlink, P("f"), A("d/s")));
	OK(sc(__NR_unlink, A("d/f")));
	OK(sc(__NR_unlink, A("d/s")));
	OK(sc(__NR_rmdir, A("d")));
	ev("mkdir", A("d"), "", "");
	ev("open", A("d/f"), "", CREAT_FLAGS);
	ev("symlink", A("d/s"), "f", "");
	ev("unlink", A("d/f"), "", "");
	ev("unlink", A("d/s"), "", "");
	ev("rmdir", A("d"), "", "");
}

/* Gone and made again: modified, and of the new kind. */
FORM(gone_and_made)
{
	if (setup) {
		mk("f", "x");
		mk("g", "x");
		mkd("d");
		return;
	}
	OK(sc(__NR_unlink, A("f")));
	touch(A("f"), O_WRONLY | O_CREAT | O_TRUNC);
	OK(sc(__NR_unlink, A("g")));
	OK(sc(__NR_mkdir, A("g"), 0755));
	touch(A("g/h"), O_WRONLY | O_CREAT | O_TRUNC);
	OK(sc(__NR_rmdir, A("d")));
	OK(sc(__NR_symlink, P("f"), A("d")));
	ev("unlink", A("f"), "", "");
	ev("open", A("f"), "", CREAT_FLAGS);
	ev("unlink", A("g"), "", "");
	ev("mkdir", A("g"), "", "");
	ev("open", A("g/h"), "", CREAT_FLAGS);
	ev("rmdir", A("d"), "", "");
	ev("symlink", A("d"), "f", "");
}

FORM(proc_self_in_other_spellings)
{
	if (setup) {
		mkd("d");
		return;
	}
	OK(sc(__NR_mkdir, P("//proc/self/cwd/d/a"), 0755));
	OK(sc(__NR_mkdir, P("/proc/./self//./cwd/d/b"), 0755));
	OK(sc(__NR_mkdir, P("/./proc//thread-self/cwd/d/c"), 0755));
	ev("mkdir", A("d/a"), "", "");
	ev("mkdir", A("d/b"), "", "");
	ev("mkdir", A("d/c"), "", "");
}
