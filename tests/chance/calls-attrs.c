/* Calls on what is known of a file: mode, owner, times, extended attributes. */
#include "chance.h"

#include <sys/syscall.h>
#include <sys/time.h>

#ifndef XATTR_CREATE
#define XATTR_CREATE 1
#define XATTR_REPLACE 2
#endif

uint32_t some_mode(void)
{
	static const uint32_t modes[] = { 0644, 0600, 0755, 0640, 0444, 04755, 02755, 0700, 0666,
		06711, 01777, 02070, 0 };
	uint32_t mode = modes[roll(&me->what, sizeof modes / sizeof modes[0])];

	/* Who is not root has to come back in. */
	return geteuid() == 0 ? mode : mode | 0700;
}

static uint32_t some_owner(void)
{
	static const uint32_t owners[] = { 0, 1, 12, 1000, 65534, (uint32_t)-1 };

	return owners[roll(&me->what, sizeof owners / sizeof owners[0])];
}

static long do_chmod(void)
{
	char *path = pick(KIND_ANY);
	uint32_t mode = some_mode(), form = roll(&me->what, 4);
	struct at at;

	if (!path)
		return -ENODATA;
	at = spell(path);
	say("chmod %s %o", shown(at.name), mode);
	if (form == 0)
		return sys(fchmodat2, at.dirfd, at.name, mode,
			roll(&me->what, 2) ? AT_SYMLINK_NOFOLLOW : 0);
	if (form == 1 || at.dirfd != AT_FDCWD)
		return sys(fchmodat, at.dirfd, at.name, mode);
	return sys(chmod, at.name, mode);
}

static long do_fchmod(void)
{
	int *fd = open_slot();
	uint32_t mode = some_mode();

	if (!fd)
		return -ENODATA;
	say("fchmod %d %o", *fd, mode);
	if (roll(&me->what, 3) == 0)
		return sys(fchmodat2, *fd, "", mode, AT_EMPTY_PATH);
	return sys(fchmod, *fd, mode);
}

static long do_chown(void)
{
	char *path = pick(KIND_ANY);
	uint32_t user = some_owner(), group = some_owner(), form = roll(&me->what, 4);
	struct at at;

	if (!path)
		return -ENODATA;
	at = spell(path);
	say("chown %s %d %d", shown(at.name), (int)user, (int)group);
	if (form == 0 || at.dirfd != AT_FDCWD)
		return sys(fchownat, at.dirfd, at.name, user, group,
			roll(&me->what, 2) ? AT_SYMLINK_NOFOLLOW : 0);
	if (form == 1)
		return sys(lchown, at.name, user, group);
	return sys(chown, at.name, user, group);
}

static long do_fchown(void)
{
	int *fd = open_slot();
	uint32_t user = some_owner(), group = some_owner();

	if (!fd)
		return -ENODATA;
	say("fchown %d %d %d", *fd, (int)user, (int)group);
	if (roll(&me->what, 3) == 0)
		return sys(fchownat, *fd, "", user, group, AT_EMPTY_PATH);
	return sys(fchown, *fd, user, group);
}

struct timespec *some_times(void)
{
	struct timespec *t = take(2 * sizeof *t);
	uint32_t r = roll(&me->what, 6);

	t[0].tv_nsec = UTIME_OMIT;
	t[1] = (struct timespec){ BACK_THEN + (long)roll(&me->what, 3),
		r == 0         ? UTIME_NOW :
			r == 1 ? UTIME_OMIT :
				 123456789 };
	return t;
}

static long do_utime(void)
{
	char *path = pick(KIND_ANY);
	struct at at;
	struct timespec *t;

	if (!path)
		return -ENODATA;
	at = spell(path);
	t = some_times();
	say("utime %s %ld.%ld", shown(at.name), (long)t[1].tv_sec, t[1].tv_nsec);
	if (at.dirfd == AT_FDCWD && roll(&me->what, 4) == 0) {
		struct timeval *v = take(2 * sizeof *v);

		v[0].tv_sec = v[1].tv_sec = t[1].tv_sec;
		return sys(utimes, at.name, v);
	}
	return sys(utimensat, at.dirfd, at.name, t, roll(&me->what, 2) ? AT_SYMLINK_NOFOLLOW : 0);
}

static long do_futime(void)
{
	int *fd = open_slot();
	struct timespec *t = some_times();

	if (!fd)
		return -ENODATA;
	say("futime %d %ld.%ld", *fd, (long)t[1].tv_sec, t[1].tv_nsec);
	return sys(utimensat, *fd, NULL, t, 0);
}

struct xattr {
	const char *name;
	void *value;
	size_t len;
};

/* linux/capability.h's struct vfs_cap_data, second version. */
static void *capability(void)
{
	uint32_t *c = take(5 * sizeof *c);

	c[0] = 0x02000001;
	c[1] = 1U << roll(&me->what, 20);
	return c;
}

/* linux/posix_acl_xattr.h: a header of four bytes, entries of eight. */
static void *acl(size_t *len)
{
	struct { uint16_t tag, perm; uint32_t id; } *e;
	uint32_t *head = take(4 + 5 * 8);
	static const uint16_t tags[] = { 0x01, 0x02, 0x04, 0x10, 0x20 };
	size_t i;

	head[0] = 2;
	e = (void *)(head + 1);
	for (i = 0; i < 5; i++) {
		e[i].tag = tags[i];
		e[i].perm = (uint16_t)roll(&me->what, 8);
		e[i].id = tags[i] == 0x02 ? 7 + roll(&me->what, 3) : (uint32_t)-1;
	}
	if (geteuid() != 0)
		e[0].perm = 7;
	*len = 4 + 5 * 8;
	return head;
}

static struct xattr some_xattr(void)
{
	static const char *const names[] = { "user.one", "user.two", "user.binary\xff", "user.one",
		"trusted.one", "security.capability", "system.posix_acl_access",
		"system.posix_acl_default" };
	struct xattr x = { names[roll(&me->what, 8)], NULL, 0 };

	if (!strcmp(x.name, "security.capability")) {
		x.value = capability();
		x.len = 20;
	} else if (!strncmp(x.name, "system.", 7)) {
		x.value = acl(&x.len);
	} else {
		x.len = roll(&me->what, 8) ? roll(&me->what, 20) : roll(&me->what, 1500);
		x.value = bytes(x.len);
	}
	return x;
}

struct xattr_args {
	uint64_t value;
	uint32_t size, flags;
};

static long do_setxattr(void)
{
	static const int flags[] = { 0, 0, 0, XATTR_CREATE, XATTR_REPLACE };
	char *path = pick(roll(&me->what, 2) ? KIND_FILE : KIND_ANY);
	struct xattr x = some_xattr();
	int flag = flags[roll(&me->what, 5)];
	struct at at;

	if (!path)
		return -ENODATA;
	at = spell(path);
	say("setxattr %s %s %zu", shown(at.name), shown(x.name), x.len);
	if (at.dirfd != AT_FDCWD) {
		struct xattr_args *args = take(sizeof *args);

		*args = (struct xattr_args){ (uint64_t)x.value, (uint32_t)x.len, (uint32_t)flag };
		return sys(setxattrat, at.dirfd, at.name, 0, text("%s", x.name), args,
			sizeof *args);
	}
	if (roll(&me->what, 2))
		return sys(lsetxattr, at.name, text("%s", x.name), x.value, x.len, flag);
	return sys(setxattr, at.name, text("%s", x.name), x.value, x.len, flag);
}

static long do_removexattr(void)
{
	char *path = pick(roll(&me->what, 2) ? KIND_FILE : KIND_ANY);
	struct xattr x = some_xattr();
	struct at at;

	if (!path)
		return -ENODATA;
	at = spell(path);
	say("removexattr %s %s", shown(at.name), shown(x.name));
	if (at.dirfd != AT_FDCWD)
		return sys(removexattrat, at.dirfd, at.name, 0, text("%s", x.name));
	if (roll(&me->what, 2))
		return sys(lremovexattr, at.name, text("%s", x.name));
	return sys(removexattr, at.name, text("%s", x.name));
}

static long do_fsetxattr(void)
{
	int *fd = open_slot();
	struct xattr x = some_xattr();

	if (!fd)
		return -ENODATA;
	say("fsetxattr %d %s", *fd, shown(x.name));
	if (roll(&me->what, 4) == 0)
		return sys(fremovexattr, *fd, text("%s", x.name));
	return sys(fsetxattr, *fd, text("%s", x.name), x.value, x.len, 0);
}

const struct deed deeds_attrs[] = {
	{ "chmod", 6, do_chmod },
	{ "fchmod", 3, do_fchmod },
	{ "chown", 5, do_chown },
	{ "fchown", 3, do_fchown },
	{ "utime", 6, do_utime },
	{ "futime", 3, do_futime },
	{ "setxattr", 7, do_setxattr },
	{ "removexattr", 4, do_removexattr },
	{ "fsetxattr", 4, do_fsetxattr },
	{ NULL, 0, NULL },
};
