/* Changing what is said of a file: truncate, chmod, chown, utime, setxattr, removexattr. */
#include "prog.h"
#include <sys/xattr.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

/* The structures as the ABI under test has them, whatever the compiler thinks. */
#ifdef ABI32
struct pair { int32_t s, u; };
#else
struct pair { int64_t s, u; };
#endif
struct pair64 { int64_t s, n; };
struct xattr_args { uint64_t value; uint32_t size, flags; };

#define ONE_OF(n, call, op, name)                   \
	FORM(n)                                     \
	{                                           \
		if (setup) {                        \
			mk("f", "x");               \
			LIBC(symlink("f", A("s"))); \
			return;                     \
		}                                   \
		OK(call);                           \
		ev(op, A(name), "", "");            \
	}
#define ONE(n, call, op) ONE_OF(n, call, op, "f")
/* The same call made on the link itself. */
#define ONE_L(n, call, op) ONE_OF(n, call, op, "s")

static int fd_of(const char *name, int flags)
{
	return (int)OK(sc(__NR_open, A(name), flags));
}

#ifdef ABI32
ONE(truncate_plain, sc(__NR_truncate, A("f"), 5), "truncate")
ONE(truncate_64, sc(__NR_truncate64, A("f"), 7, 0), "truncate")
#else
ONE(truncate_plain, sc(__NR_truncate, A("f"), 5L), "truncate")
#endif
ONE(truncate_symlink, sc(__NR_truncate, A("s"), 0L), "truncate")

FORM(truncate_none_failed)
{
	if (setup) {
		mkd("d");
		return;
	}
	FAILS(sc(__NR_truncate, A("none"), 0L), ENOENT);
	FAILS(sc(__NR_truncate, A("d"), 0L), EISDIR);
}

/* By descriptor there was an open for writing before it: that is the event. */
FORM(ftruncate_is_the_open)
{
	int fd;

	if (setup) {
		mk("f", "xyz");
		return;
	}
	fd = fd_of("f", O_RDWR);
	LIBC(ftruncate(fd, 1));
	ev("open", A("f"), "", "O_RDWR");
}

ONE(chmod_plain, sc(__NR_chmod, A("f"), 0600), "chmod")
ONE(chmod_symlink, sc(__NR_chmod, A("s"), 0601), "chmod")
ONE(chmod_fd, sc(__NR_fchmod, fd_of("f", O_RDONLY), 0602), "chmod")
ONE(chmod_at, sc(__NR_fchmodat, fd_of(".", O_RDONLY), P("f"), 0603), "chmod")
ONE(chmod_at_symlink, sc(__NR_fchmodat, AT_FDCWD, P("s"), 0604), "chmod")
ONE(chmod_proc_fd, sc(__NR_chmod, P("/proc/self/fd/%d", fd_of("f", O_PATH)), 0605), "chmod")

/* The name that it was opened by is gone, and another is left: the file is changed under that. */
FORM(fchmod_by_its_other_name)
{
	int fd;

	if (setup) {
		mk("f", "x");
		mkd("d");
		return;
	}
	fd = fd_of("f", O_RDONLY);
	OK(sc(__NR_link, A("f"), A("d/g")));
	OK(sc(__NR_unlink, A("f")));
	OK(sc(__NR_fchmod, fd, 0600));
	ev("link", A("d/g"), A("f"), "");
	ev("unlink", A("f"), "", "");
	ev("chmod", A("d/g"), "", "");
}

FORM(fchmod_of_a_named_tmpfile)
{
	int fd = (int)sc(__NR_open, A("."), O_TMPFILE | O_WRONLY, 0644);

	if (setup)
		return;
	if (fd == -EOPNOTSUPP || fd == -EISDIR) {
		note("skip", "no O_TMPFILE on this file system");
		return;
	}
	OK(fd);
	OK(sc(__NR_linkat, AT_FDCWD, P("/proc/self/fd/%d", fd), AT_FDCWD, A("f"),
		AT_SYMLINK_FOLLOW));
	OK(sc(__NR_fchmod, fd, 0600));
	OK(sc(__NR_chmod, P("/proc/self/fd/%d", fd), 0640));
	ev("open", P("%s/*", W), "", "*");
	ev("link", A("f"), "*", "");
	ev("chmod", A("f"), "", "");
}

/* Without any name it is in no tree, by whatever way it is said. */
FORM(chmod_of_what_is_gone)
{
	int fd;

	if (setup) {
		mk("f", "x");
		return;
	}
	fd = fd_of("f", O_RDONLY);
	OK(sc(__NR_unlink, A("f")));
	OK(sc(__NR_fchmod, fd, 0600));
	OK(sc(__NR_chmod, P("/proc/self/fd/%d", fd), 0640));
	ev("unlink", A("f"), "", "");
}

FORM(chmod_at2)
{
	if (setup) {
		mk("f", "x");
		mk("g", "x");
		LIBC(symlink("f", A("s")));
		return;
	}
	NEEDS(__NR_fchmodat2);
	OK(sc(__NR_fchmodat2, AT_FDCWD, P("f"), 0611, AT_SYMLINK_NOFOLLOW));
	OK(sc(__NR_fchmodat2, fd_of("g", O_PATH), P("%s", ""), 0612, AT_EMPTY_PATH));
	FAILS(sc(__NR_fchmodat2, AT_FDCWD, P("s"), 0613, AT_SYMLINK_NOFOLLOW), EOPNOTSUPP);
	ev("chmod", A("f"), "", "");
	ev("chmod", A("g"), "", "");
}

FORM(chmod_folder)
{
	if (setup) {
		mkd("d");
		mk("d/f", "x");
		return;
	}
	OK(sc(__NR_chmod, P("%s/d/", W), 0700));
	ev("chmod", A("d"), "", "");
}

FORM(chmod_none_failed)
{
	if (setup)
		return;
	FAILS(sc(__NR_chmod, A("none"), 0600), ENOENT);
	FAILS(sc(__NR_fchmod, 999, 0600), EBADF);
	FAILS(sc(__NR_fchmodat, AT_FDCWD, P("%s", ""), 0600), ENOENT);
}

/* The same mode again: an event, and no change in the manifest. */
FORM(chmod_to_the_same)
{
	if (setup) {
		mk("f", "x");
		return;
	}
	OK(sc(__NR_chmod, A("f"), 0644));
	ev("chmod", A("f"), "", "");
}

#define OWNER getuid() ? getuid() : 12, getuid() ? getgid() : 34

ONE(chown_plain, sc(__NR_chown, A("f"), OWNER), "chown")
ONE(chown_symlink, sc(__NR_chown, A("s"), OWNER), "chown")
ONE(chown_fd, sc(__NR_fchown, fd_of("f", O_RDONLY), OWNER), "chown")
ONE_L(chown_l, sc(__NR_lchown, A("s"), OWNER), "chown")
ONE(chown_at, sc(__NR_fchownat, AT_FDCWD, P("s"), OWNER, 0), "chown")
ONE_L(chown_at_nofollow, sc(__NR_fchownat, fd_of(".", O_PATH), P("s"), OWNER, AT_SYMLINK_NOFOLLOW),
	"chown")
ONE(chown_at_empty, sc(__NR_fchownat, fd_of("f", O_PATH), P("%s", ""), OWNER, AT_EMPTY_PATH),
	"chown")
ONE_L(chown_at_empty_symlink,
	sc(__NR_fchownat, fd_of("s", O_PATH | O_NOFOLLOW), P("%s", ""), OWNER, AT_EMPTY_PATH),
	"chown")
#ifdef ABI32
ONE(chown32_plain, sc(__NR_chown32, A("f"), OWNER), "chown")
ONE(chown32_fd, sc(__NR_fchown32, fd_of("f", O_RDONLY), OWNER), "chown")
ONE_L(chown32_l, sc(__NR_lchown32, A("s"), OWNER), "chown")
#endif

FORM(chown_none_failed)
{
	if (setup)
		return;
	FAILS(sc(__NR_chown, A("none"), OWNER), ENOENT);
	FAILS(sc(__NR_fchown, 999, OWNER), EBADF);
	FAILS(sc(__NR_fchownat, AT_FDCWD, P("f"), OWNER, 0x4000), EINVAL);
}

static struct pair *times(long s, long u)
{
	struct pair *p = take(2 * sizeof *p);

	p[0].s = p[1].s = (int32_t)s;
	p[0].u = p[1].u = (int32_t)u;
	return p;
}

/* struct utimbuf: two seconds and nothing else. */
static void *utimbuf(long s)
{
	struct pair *p = take(sizeof *p);

	p->s = p->u = (int32_t)s;
	return p;
}

ONE(utime_plain, sc(__NR_utime, A("f"), utimbuf(1000000000)), "utime")
ONE(utime_now, sc(__NR_utime, A("f"), 0), "utime")
ONE(utimes_plain, sc(__NR_utimes, A("s"), times(1000000001, 7)), "utime")
ONE(utime_futimesat, sc(__NR_futimesat, fd_of(".", O_RDONLY), P("f"), times(1000000002, 7)),
	"utime")
ONE(utime_futimesat_fd, sc(__NR_futimesat, fd_of("f", O_RDONLY), 0, times(1000000003, 7)), "utime")
ONE(utimensat_plain, sc(__NR_utimensat, AT_FDCWD, P("s"), times(1000000004, 7), 0), "utime")
ONE(utimensat_fd, sc(__NR_utimensat, fd_of("f", O_RDONLY), 0, times(1000000005, 7), 0), "utime")
ONE_L(utimensat_nofollow,
	sc(__NR_utimensat, AT_FDCWD, P("s"), times(1000000006, 7), AT_SYMLINK_NOFOLLOW), "utime")
ONE(utimensat_empty,
	sc(__NR_utimensat, fd_of("f", O_PATH), P("%s", ""), times(1000000007, 7), AT_EMPTY_PATH),
	"utime")

#ifdef ABI32
static struct pair64 *times64(long s)
{
	struct pair64 *p = take(2 * sizeof *p);

	p[0].s = p[1].s = s;
	return p;
}

ONE(utimensat_time64, sc(__NR_utimensat_time64, AT_FDCWD, P("f"), times64(1000000008), 0), "utime")
ONE(utimensat_time64_fd, sc(__NR_utimensat_time64, fd_of("f", O_RDONLY), 0, times64(1000000009), 0),
	"utime")
#endif

FORM(utime_folder)
{
	if (setup) {
		mkd("d");
		return;
	}
	OK(sc(__NR_utimes, A("d"), times(1000000010, 0)));
	ev("utime", A("d"), "", "");
}

/* The time of a FIFO says that something went through: no change to a tree. */
FORM(utime_fifo)
{
	if (setup) {
		LIBC(mkfifo(A("p"), 0600));
		return;
	}
	OK(sc(__NR_utimes, A("p"), 0));
	ev("utime", A("p"), "", "");
}

FORM(utime_none_failed)
{
	if (setup)
		return;
	FAILS(sc(__NR_utime, A("none"), 0), ENOENT);
	FAILS(sc(__NR_utimensat, 999, 0, 0, 0), EBADF);
	FAILS(sc(__NR_utimensat, AT_FDCWD, P("none"), 0, 0), ENOENT);
}

/*
 * Extended attributes: `user.` needs the file system's leave, and a symbolic link holds `trusted.`
 * only, as root. The question is a call that fails, and so leaves no event.
 */
static int xattr_ready(void)
{
	if (setup) {
		mk("f", "x");
		LIBC(symlink("f", A("s")));
		if (!setxattr(A("f"), "user.t", "old", 3, 0) && !geteuid())
			lsetxattr(A("s"), "trusted.t", "old", 3, 0);
		return 0;
	}
	if (getxattr(A("f"), "user.t", NULL, 0) < 0 ||
		(!geteuid() && lgetxattr(A("s"), "trusted.t", NULL, 0) < 0)) {
		note("skip", "no extended attributes here");
		return 0;
	}
	return 1;
}

/* What only root may do to a symbolic link fails for others, and leaves no event. */
static void on_link(long r, const char *op, const char *what, int line)
{
	if (geteuid()) {
		fails(r, EPERM, what, line);
		return;
	}
	must(r, what, line);
	ev(op, A("s"), "", "");
}

#define XONE(n, call, op) FORM(n) { if (!xattr_ready()) return; OK(call); ev(op, A("f"), "", ""); }
#define XONE_L(n, call, op) FORM(n) { if (xattr_ready()) on_link((call), op, #call, __LINE__); }

XONE(setxattr_plain, sc(__NR_setxattr, A("s"), P("user.u"), P("v"), 1, 0), "setxattr")
XONE_L(setxattr_l, sc(__NR_lsetxattr, A("s"), P("trusted.u"), P("v"), 1, 0), "setxattr")
XONE(setxattr_fd, sc(__NR_fsetxattr, fd_of("f", O_RDONLY), P("user.u"), P("v"), 1, 0), "setxattr")
XONE(removexattr_plain, sc(__NR_removexattr, A("s"), P("user.t")), "removexattr")
XONE_L(removexattr_l, sc(__NR_lremovexattr, A("s"), P("trusted.t")), "removexattr")
XONE(removexattr_fd, sc(__NR_fremovexattr, fd_of("f", O_RDONLY), P("user.t")), "removexattr")

FORM(xattr_at)
{
	struct xattr_args *a = NEW(struct xattr_args);

	if (setup)
		mk("g", "x");
	if (!xattr_ready())
		return;
	NEEDS(__NR_setxattrat);
	a->value = (uintptr_t)P("v");
	a->size = 1;
	OK(sc(__NR_setxattrat, AT_FDCWD, P("s"), 0, P("user.u"), a, sizeof *a));
	on_link(sc(__NR_setxattrat, AT_FDCWD, P("s"), AT_SYMLINK_NOFOLLOW, P("trusted.u"), a,
			sizeof *a),
		"setxattr", "setxattrat", __LINE__);
	OK(sc(__NR_removexattrat, AT_FDCWD, P("f"), 0, P("user.t")));
	on_link(sc(__NR_removexattrat, fd_of(".", O_RDONLY), P("s"), AT_SYMLINK_NOFOLLOW,
			P("trusted.t")),
		"removexattr", "removexattrat", __LINE__);
	OK(sc(__NR_setxattrat, fd_of("g", O_RDONLY), P("%s", ""), AT_EMPTY_PATH, P("user.u"), a,
		sizeof *a));
	ev("setxattr", A("f"), "", "");
	ev("setxattr", A("g"), "", "");
	ev("removexattr", A("f"), "", "");
}

FORM(xattr_none_failed)
{
	if (!xattr_ready())
		return;
	FAILS(sc(__NR_setxattr, A("none"), P("user.u"), P("v"), 1, 0), ENOENT);
	FAILS(sc(__NR_removexattr, A("f"), P("user.none")), ENODATA);
	FAILS(sc(__NR_fsetxattr, 999, P("user.u"), P("v"), 1, 0), EBADF);
}
