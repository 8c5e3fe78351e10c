/* Calls on what is in a file: opens of every kind, writes, lengths, mappings. */
#include "chance.h"

#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>

#ifndef FICLONE
#define FICLONE _IOW(0x94, 9, int)
#endif
#define MAP_LEN (64 << 10)

static const int open_flags[] = {
	O_WRONLY | O_CREAT | O_TRUNC, O_WRONLY | O_CREAT | O_TRUNC, O_WRONLY | O_CREAT | O_TRUNC,
	O_WRONLY | O_CREAT | O_EXCL, O_WRONLY | O_CREAT | O_EXCL, O_RDWR | O_CREAT | O_EXCL,
	O_RDWR, O_RDWR, O_RDWR | O_CREAT, O_RDWR | O_CREAT, O_WRONLY, O_WRONLY | O_APPEND,
	O_WRONLY | O_CREAT | O_APPEND, O_RDWR | O_TRUNC, O_RDONLY | O_TRUNC, O_RDONLY | O_CREAT,
	O_WRONLY | O_NOFOLLOW, O_RDWR | O_CREAT | O_NOATIME, O_WRONLY | O_CREAT | O_NOFOLLOW,
	O_RDWR | O_TRUNC, O_PATH, O_RDONLY, O_ACCMODE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
};

static const uint64_t resolve_flags[] = { 0, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH, RESOLVE_IN_ROOT,
	RESOLVE_NO_XDEV, RESOLVE_NO_MAGICLINKS };

static int *slot(void)
{
	return &me->fd[roll(&me->what, FDS)];
}

static void keep(int fd)
{
	int *at = slot();

	if (*at >= 0)
		close(*at);
	*at = fd;
}

void put_bytes(int fd)
{
	size_t n = roll(&me->what, 4) ? roll(&me->what, 300) : roll(&me->what, 30000);
	ssize_t done = write(fd, bytes(n), n);

	say(" wrote %zd", done);
}

static long opened(long fd)
{
	uint32_t then = roll(&me->what, 10);

	if (fd < 0)
		return fd;
	if (then < 7)
		put_bytes((int)fd);
	if (then < 5)
		close((int)fd);
	else
		keep((int)fd);
	return 0;
}

static long open_how(const struct at *at, int flags, uint32_t mode)
{
	struct open_how *how = take(sizeof *how);

	how->flags = (uint64_t)flags;
	how->mode = flags & O_CREAT ? mode : 0;
	how->resolve =
		resolve_flags[roll(&me->what, sizeof resolve_flags / sizeof resolve_flags[0])];
	say(" how %llx", (unsigned long long)how->resolve);
	return sys(openat2, at->dirfd, at->name, how, sizeof *how);
}

/* creat(2) has no O_NONBLOCK: of a FIFO it would wait for a reader. */
static bool returns(const char *name)
{
	struct stat st;

	return opt.tasks != TASKS_RACE && (stat(name, &st) < 0 || !S_ISFIFO(st.st_mode));
}

static long do_open(void)
{
	char *path = some(KIND_FILE | KIND_LINK, 65);
	int flags =
		open_flags[roll(&me->what, sizeof open_flags / sizeof open_flags[0])] | O_NONBLOCK;
	uint32_t form = roll(&me->what, 6), mode = some_mode();
	struct at at = spell(path);
	long fd;

	say("open %s %#x %o", shown(at.name), flags, mode);
	if (form == 0)
		fd = open_how(&at, flags, mode);
	else if (form == 1 && at.dirfd == AT_FDCWD && returns(at.name))
		fd = sys(creat, at.name, mode);
	else if (form < 4 && at.dirfd == AT_FDCWD)
		fd = sys(open, at.name, flags, mode);
	else
		fd = sys(openat, at.dirfd, at.name, flags, mode);
	if (fd >= 0 && !known_kind(path))
		known_add(path, KIND_FILE);
	return opened(fd);
}

static long do_write(void)
{
	int *fd = open_slot();
	struct iovec iov[2];
	size_t n = roll(&me->what, 500);
	off_t where = roll(&me->what, 8) ? roll(&me->what, 9000) : roll(&me->what, 3 << 20);

	if (!fd)
		return -ENODATA;
	say("write %d, %zu at %ld", *fd, n, (long)where);
	iov[0] = (struct iovec){ bytes(n), n };
	iov[1] = (struct iovec){ bytes(9), 9 };
	switch (roll(&me->what, 4)) {
	case 0:
		return LIBC(pwrite(*fd, iov[0].iov_base, n, where));
	case 1:
		return LIBC(writev(*fd, iov, 2));
	case 2:
		return LIBC(pwritev(*fd, iov, 2, where));
	default:
		return LIBC(write(*fd, iov[0].iov_base, n));
	}
}

static long do_close(void)
{
	int *fd = open_slot(), was;

	if (!fd)
		return -ENODATA;
	was = *fd;
	*fd = -1;
	say("close %d", was);
	return LIBC(close(was));
}

static long some_length(void)
{
	uint32_t r = roll(&me->what, 5);

	return r == 0 ? 0 : r < 4 ? roll(&me->what, 9000) : roll(&me->what, 2 << 20);
}

static long do_truncate(void)
{
	char *path = some(KIND_FILE | KIND_LINK, 95), *name = spell_plain(path);
	long n = some_length();

	say("truncate %s %ld", shown(name), n);
	return sys(truncate, name, n);
}

static long do_ftruncate(void)
{
	int *fd = open_slot();
	long n = some_length();

	if (!fd)
		return -ENODATA;
	say("ftruncate %d %ld", *fd, n);
	return sys(ftruncate, *fd, n);
}

static long do_fallocate(void)
{
	static const int modes[] = { 0, FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, FALLOC_FL_ZERO_RANGE,
		FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE };
	int *fd = open_slot(), mode = modes[roll(&me->what, 6)];
	off_t at = 4096 * (off_t)roll(&me->what, 4), len = 4096 * (off_t)(1 + roll(&me->what, 3));

	if (!fd)
		return -ENODATA;
	say("fallocate %d %#x %ld %ld", *fd, mode, (long)at, (long)len);
	return LIBC(fallocate(*fd, mode, at, len));
}

static long do_copy(void)
{
	int *from = open_slot(), *to = open_slot();
	loff_t in = 0, out = roll(&me->what, 5000);
	size_t n = roll(&me->what, 6000);

	if (!from || !to)
		return -ENODATA;
	say("copy %d to %d, %zu", *from, *to, n);
	switch (roll(&me->what, 3)) {
	case 0:
		return LIBC(copy_file_range(*from, &in, *to, &out, n, 0));
	case 1:
		return LIBC(ioctl(*to, FICLONE, *from));
	default:
		return LIBC(sendfile(*to, *from, &in, n));
	}
}

static long do_map(void)
{
	int *fd = open_slot();
	struct map *m = &me->map[roll(&me->what, MAPS)];
	struct stat st;
	void *at;

	if (!fd || fstat(*fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -ENODATA;
	if (st.st_size == 0 && ftruncate(*fd, 5000) == 0)
		st.st_size = 5000;
	say("mmap %d", *fd);
	if (m->at)
		munmap(m->at, m->len);
	m->at = NULL;
	m->len = (size_t)(st.st_size > MAP_LEN ? MAP_LEN : st.st_size);
	at = mmap(NULL, m->len ? m->len : 1, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (at == MAP_FAILED)
		return -errno;
	m->at = at;
	if (roll(&me->what, 2)) {
		close(*fd);
		*fd = -1;
	}
	return 0;
}

static long store(const struct map *m, size_t at, size_t n, bool sync)
{
	sigjmp_buf env;
	long r = 0;

	if (sigsetjmp(env, 1) == 0) {
		on_fault = &env;
		memcpy(m->at + at, bytes(n), n);
		if (sync)
			r = LIBC(msync(m->at, m->len, MS_ASYNC));
	} else {
		r = -EFAULT;
	}
	on_fault = NULL;
	return r;
}

static long do_store(void)
{
	struct map *m = &me->map[roll(&me->what, MAPS)];
	uint32_t how = roll(&me->what, 4);
	size_t at, n;
	pid_t child;

	if (!m->at || m->len < 2)
		return -ENODATA;
	at = roll(&me->what, (uint32_t)m->len - 1);
	n = 1 + roll(&me->what, (uint32_t)(m->len - at));
	say("store %zu at %zu", n, at);
	if (how)
		return store(m, at, n, how == 1);
	child = fork();
	if (child == 0)
		_exit(store(m, at, n, false) < 0);
	return child < 0 ? -errno : LIBC(waitpid(child, NULL, 0));
}

static long do_unmap(void)
{
	struct map *m = &me->map[roll(&me->what, MAPS)];

	if (!m->at)
		return -ENODATA;
	say("munmap");
	munmap(m->at, m->len);
	m->at = NULL;
	return 0;
}

static long give_name(int fd, const char *path)
{
	struct at to = spell(path);
	long r;

	say(" link %s", shown(to.name));
	if (roll(&me->what, 2))
		r = sys(linkat, fd, "", to.dirfd, to.name, AT_EMPTY_PATH);
	else
		r = sys(linkat, AT_FDCWD, text("/proc/self/fd/%d", fd), to.dirfd, to.name,
			AT_SYMLINK_FOLLOW);
	if (r == 0)
		known_add(path, KIND_FILE);
	return r;
}

static long do_tmpfile(void)
{
	struct at at = spell(pick_dir());
	int flags = (roll(&me->what, 4) ? O_RDWR : O_WRONLY) | O_TMPFILE |
		(roll(&me->what, 6) ? 0 : O_EXCL);
	long fd = sys(openat, at.dirfd, at.name, flags, some_mode()), r = 0;

	say("tmpfile %s", shown(at.name));
	if (fd < 0)
		return fd;
	put_bytes((int)fd);
	if (roll(&me->what, 4))
		r = give_name((int)fd, fresh());
	put_bytes((int)fd);
	keep((int)fd);
	return r;
}

static long do_name_fd(void)
{
	int *fd = open_slot();

	if (!fd)
		return -ENODATA;
	say("name %d", *fd);
	return give_name(*fd, fresh());
}

/* Removed while it is open, and written to all the same. */
static long do_unlink_open(void)
{
	char *path = pick(KIND_FILE);
	struct at at;
	long fd, r;

	if (!path)
		return -ENODATA;
	at = spell(path);
	say("unlink while open %s", shown(at.name));
	fd = sys(openat, at.dirfd, at.name, O_RDWR | O_NONBLOCK);
	r = sys(unlinkat, at.dirfd, at.name, 0);
	if (r == 0)
		known_drop(path);
	if (fd < 0)
		return r;
	put_bytes((int)fd);
	if (roll(&me->what, 3) == 0)
		give_name((int)fd, path);
	keep((int)fd);
	return r;
}

/* What editors and installers do: a new file over an old one. */
static long do_replace(void)
{
	char *path = some(KIND_FILE, 80), *temp = text("%s.t%u", path, roll(&me->what, 3));
	char *from = spell_plain(temp), *to = spell_plain(path);
	long fd = sys(open, from, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, some_mode()), r;

	say("replace %s", shown(to));
	if (fd < 0)
		return fd;
	put_bytes((int)fd);
	if (roll(&me->what, 3) == 0)
		sys(fchmod, fd, some_mode());
	close((int)fd);
	r = sys(rename, from, to);
	known_add(r == 0 ? path : temp, KIND_FILE);
	return r;
}

/* The old one is kept beside it, by a link or by a rename. */
static long do_backup(void)
{
	char *path = pick(KIND_FILE), *beside, *from, *to;
	long fd, r;

	if (!path)
		return -ENODATA;
	beside = text("%s~", path);
	from = spell_plain(path);
	to = spell_plain(beside);
	say("backup %s", shown(from));
	if (roll(&me->what, 2)) {
		sys(unlink, to);
		r = sys(link, from, to);
		if (r == 0)
			sys(unlink, from);
	} else {
		r = sys(rename, from, to);
	}
	if (r < 0)
		return r;
	known_move(path, beside, false);
	fd = sys(open, from, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, some_mode());
	if (fd >= 0)
		known_add(path, KIND_FILE);
	return opened(fd);
}

const struct deed deeds_data[] = {
	{ "open", 30, do_open },
	{ "write", 10, do_write },
	{ "close", 5, do_close },
	{ "truncate", 4, do_truncate },
	{ "ftruncate", 3, do_ftruncate },
	{ "fallocate", 4, do_fallocate },
	{ "copy", 4, do_copy },
	{ "map", 5, do_map },
	{ "store", 8, do_store },
	{ "unmap", 1, do_unmap },
	{ "tmpfile", 4, do_tmpfile },
	{ "name_fd", 2, do_name_fd },
	{ "unlink_open", 4, do_unlink_open },
	{ "replace", 8, do_replace },
	{ "backup", 4, do_backup },
	{ NULL, 0, NULL },
};
