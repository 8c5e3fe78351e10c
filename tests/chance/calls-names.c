/* Calls on names: what is made, moved, linked, taken away. */
#include "chance.h"

#include <dirent.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#define RENAME_WHITEOUT 4
#endif

static long move(const char *old, const char *new, unsigned int flags)
{
	struct at from = spell(old), to = spell(new);
	bool plain = from.dirfd == AT_FDCWD && to.dirfd == AT_FDCWD && roll(&me->spell, 2);
	long r;

	say("rename %s to %s, %u", shown(from.name), shown(to.name), flags);
	if (flags)
		r = sys(renameat2, from.dirfd, from.name, to.dirfd, to.name, flags);
	else if (plain)
		r = sys(rename, from.name, to.name);
	else
		r = sys(renameat, from.dirfd, from.name, to.dirfd, to.name);
	if (r == 0)
		known_move(old, new, flags & RENAME_EXCHANGE);
	return r;
}

static unsigned int rename_flags(void)
{
	uint32_t r = roll(&me->what, 10);

	return r < 7 ? 0 : r < 9 ? RENAME_NOREPLACE : opt.devices ? RENAME_WHITEOUT : 0;
}

static long do_rename(void)
{
	char *old = pick(KIND_ANY);
	char *new = some(KIND_ANY, 40);

	return old ? move(old, new, rename_flags()) : -ENODATA;
}

static long do_rename_dir(void)
{
	char *old = pick(KIND_DIR);
	char *new = some(KIND_DIR, 40);

	return old ? move(old, new, rename_flags()) : -ENODATA;
}

static long do_exchange(void)
{
	char *old = pick(roll(&me->what, 2) ? KIND_ANY : KIND_DIR);
	char *new = pick(roll(&me->what, 2) ? KIND_ANY : KIND_DIR);

	return old && new ? move(old, new, RENAME_EXCHANGE) : -ENODATA;
}

/* There and back again, or round in a ring. */
static long do_rename_ring(void)
{
	char *a = pick(KIND_ANY), *b = fresh(), *c = fresh();
	long r;

	if (!a)
		return -ENODATA;
	r = move(a, b, RENAME_NOREPLACE);
	if (r == 0 && roll(&me->what, 2))
		r = move(b, c, RENAME_NOREPLACE), b = r == 0 ? c : b;
	return r == 0 ? move(b, a, RENAME_NOREPLACE) : r;
}

static long do_link(void)
{
	char *old = pick(KIND_FILE | KIND_LINK | KIND_OTHER), *new = fresh();
	struct at from, to;
	int follow = roll(&me->what, 3) ? 0 : AT_SYMLINK_FOLLOW;
	long r;

	if (!old)
		return -ENODATA;
	from = spell(old);
	to = spell(new);
	say("link %s to %s, %#x", shown(from.name), shown(to.name), follow);
	if (from.dirfd == AT_FDCWD && to.dirfd == AT_FDCWD && !follow && roll(&me->spell, 2))
		r = sys(link, from.name, to.name);
	else
		r = sys(linkat, from.dirfd, from.name, to.dirfd, to.name, follow);
	if (r == 0)
		known_add(new, follow ? KIND_FILE : known_kind(old));
	return r;
}

static char *some_target(void)
{
	uint32_t r = roll(&me->what, 6);
	char *path;

	if (r == 0)
		return text("nowhere");
	path = r < 3 ? pick_dir() : some(KIND_ANY, 80);
	if (r == 1 || r == 3)
		return text("%s/%s", opt.top, path);
	path = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	return *path ? path : text(".");
}

static long do_symlink(void)
{
	char *new = fresh(), *target = some_target();
	struct at at = spell(new);
	long r;

	say("symlink %s at %s", shown(target), shown(at.name));
	if (at.dirfd == AT_FDCWD && roll(&me->spell, 2))
		r = sys(symlink, target, at.name);
	else
		r = sys(symlinkat, target, at.dirfd, at.name);
	if (r == 0)
		known_add(new, KIND_LINK);
	return r;
}

static long do_unlink(void)
{
	char *path = pick(KIND_FILE | KIND_LINK | KIND_OTHER);
	struct at at;
	long r;

	if (!path)
		return -ENODATA;
	at = spell(path);
	say("unlink %s", shown(at.name));
	if (at.dirfd == AT_FDCWD && roll(&me->spell, 2))
		r = sys(unlink, at.name);
	else
		r = sys(unlinkat, at.dirfd, at.name, 0);
	if (r == 0)
		known_drop(path);
	return r;
}

static long do_rmdir(void)
{
	char *path = pick(KIND_DIR);
	struct at at;
	long r;

	if (!path)
		return -ENODATA;
	at = spell(path);
	say("rmdir %s", shown(at.name));
	if (at.dirfd == AT_FDCWD && roll(&me->spell, 2))
		r = sys(rmdir, at.name);
	else
		r = sys(unlinkat, at.dirfd, at.name, AT_REMOVEDIR);
	if (r == 0)
		known_drop(path);
	return r;
}

static long do_mkdir(void)
{
	char *path = fresh();
	struct at at = spell(path);
	uint32_t mode = some_mode();
	long r;

	say("mkdir %s %o", shown(at.name), mode);
	if (at.dirfd == AT_FDCWD && roll(&me->spell, 2))
		r = sys(mkdir, at.name, mode);
	else
		r = sys(mkdirat, at.dirfd, at.name, mode);
	if (r == 0)
		known_add(path, KIND_DIR);
	return r;
}

static long do_mknod(void)
{
	static const uint32_t types[] = { S_IFIFO, S_IFIFO, S_IFREG, S_IFSOCK, S_IFCHR, S_IFBLK };
	char *path = fresh();
	struct at at = spell(path);
	uint32_t type = types[roll(&me->what, opt.devices ? 6 : 4)], mode = some_mode();
	unsigned int device = (unsigned int)makedev(roll(&me->what, 2) ? 1 : 7, roll(&me->what, 9));
	long r;

	say("mknod %s %o", shown(at.name), type | mode);
	if (at.dirfd == AT_FDCWD && roll(&me->spell, 2))
		r = sys(mknod, at.name, type | mode, device);
	else
		r = sys(mknodat, at.dirfd, at.name, type | mode, device);
	if (r == 0)
		known_add(path, type == S_IFREG ? KIND_FILE : KIND_OTHER);
	return r;
}

static long do_bind(void)
{
	char *path = fresh(), *name = spell_plain(path);
	struct sockaddr_un *un = take(sizeof *un);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	long r;

	say("bind %s", shown(name));
	un->sun_family = AF_UNIX;
	if (strlen(name) < sizeof un->sun_path)
		strcpy(un->sun_path, name);
	r = sys(bind, fd, un, sizeof *un);
	close(fd);
	if (r == 0)
		known_add(path, KIND_OTHER);
	return r;
}

static long remove_in(int dir)
{
	DIR *d = fdopendir(dir);
	struct dirent *e;
	long r = 0;

	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		r = LIBC(unlinkat(dir, e->d_name, 0));
		if (r == -EISDIR) {
			int below = openat(dir, e->d_name,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			r = below < 0 ? -errno : remove_in(below);
			r = LIBC(unlinkat(dir, e->d_name, AT_REMOVEDIR));
		}
	}
	closedir(d);
	return r;
}

long remove_below(const char *path)
{
	int fd = open(whole(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	long r = fd < 0 ? -errno : remove_in(fd);

	return fd < 0 ? r : LIBC(rmdir(whole(path)));
}

static long do_remove_all(void)
{
	char *path = pick(KIND_DIR);
	long r;

	if (!path)
		return -ENODATA;
	say("remove all of %s", shown(path));
	r = remove_below(path);
	if (r == 0)
		known_drop(path);
	if (r == 0 && roll(&me->what, 3) == 0 && sys(mkdir, whole(path), some_mode()) == 0)
		known_add(path, KIND_DIR);
	return r;
}

/* A folder becomes the file that was in it; a file becomes a folder that holds it. */
static long do_turn(void)
{
	char *path = pick(KIND_FILE), *up, *temp, *in;
	long r;

	if (!path)
		return -ENODATA;
	temp = text("%s.turn", path);
	r = move(path, temp, 0);
	if (r < 0)
		return r;
	up = strrchr(path, '/');
	if (up && roll(&me->what, 2)) {
		char *dir = text("%.*s", (int)(up - path), path), *beside = text("%s.turn", dir);

		r = move(temp, beside, 0);
		if (remove_below(dir) == 0)
			known_drop(dir);
		return r == 0 ? move(beside, dir, 0) : r;
	}
	if (sys(mkdir, whole(path), 0755) == 0)
		known_add(path, KIND_DIR);
	in = text("%s/%s", path, roll(&me->what, 2) ? "in" : "a");
	return move(temp, in, 0);
}

static long do_chdir(void)
{
	char *path = pick_dir(), *name = spell_plain(path);
	long r;

	say("chdir %s", shown(name));
	if (me->in_root)
		return -ENODATA;
	r = LIBC(chdir(name));
	if (r == 0)
		memcpy(me->cwd, path, NAME_SIZE);
	return r;
}

static long do_open_dir(void)
{
	struct dir *d = &me->dir[roll(&me->what, DIRS)];
	char *path = pick_dir();
	int fd = open(whole(path),
		O_RDONLY | O_DIRECTORY | O_CLOEXEC | (roll(&me->what, 2) ? O_PATH : 0));

	say("open folder %s", shown(path));
	if (fd < 0)
		return -errno;
	if (d->fd >= 0)
		close(d->fd);
	d->fd = fd;
	memcpy(d->path, path, NAME_SIZE);
	return 0;
}

const struct deed deeds_names[] = {
	{ "rename", 14, do_rename },
	{ "rename_dir", 8, do_rename_dir },
	{ "exchange", 6, do_exchange },
	{ "rename_ring", 3, do_rename_ring },
	{ "link", 9, do_link },
	{ "symlink", 6, do_symlink },
	{ "unlink", 9, do_unlink },
	{ "rmdir", 4, do_rmdir },
	{ "mkdir", 9, do_mkdir },
	{ "mknod", 3, do_mknod },
	{ "bind", 2, do_bind },
	{ "remove_all", 2, do_remove_all },
	{ "turn", 3, do_turn },
	{ "chdir", 4, do_chdir },
	{ "open_dir", 4, do_open_dir },
	{ NULL, 0, NULL },
};
