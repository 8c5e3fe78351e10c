/*
 * Names that mean another thing when the call is made than a moment before: a folder that appears,
 * a symbolic link that is turned round, a folder that is renamed, a working folder that a thread
 * changes. Several tasks race; what succeeds has happened, and has to be on record.
 */
#include "prog.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

#define RACERS 10

static _Atomic int round_now = -1, finished;
static int racers, rounds = 100;

/* "stem12", in one of a few buffers of this thread. */
static char *numbered(const char *stem, int i)
{
	static __thread char text[8][64];
	static __thread unsigned int next;
	char *p = text[next++ % 8];

	snprintf(p, sizeof text[0], "%s%d", stem, i);
	return p;
}

static char *inside(const char *stem, int i, const char *name)
{
	static __thread char text[8][64];
	static __thread unsigned int next;
	char *p = text[next++ % 8];

	snprintf(p, sizeof text[0], "%s%d/%s", stem, i, name);
	return p;
}

static void broken(int round, long r)
{
	printf("out\tline 0: round %d: %s\n", round, strerror((int)-r));
	fflush(stdout);
	_exit(99);
}

/* Again and again, until what it needs is there. */
static void insist(long (*call)(int), int round)
{
	long r;

	while ((r = call(round)) == -ENOENT || r == -ENOTDIR)
		sched_yield();
	if (r < 0)
		broken(round, r);
}

static void *racer(void *call)
{
	int i;

	for (i = 0; i < rounds; i++) {
		while (atomic_load(&round_now) < i)
			sched_yield();
		insist((long (*)(int))call, i);
		atomic_fetch_add(&finished, 1);
	}
	return NULL;
}

static void wait_for_all(int round)
{
	while (atomic_load(&finished) < racers * (round + 1))
		sched_yield();
}

/* Lets all of them try in vain for a moment, a little longer each time. */
static void tease(int round)
{
	volatile int spin = round % 100 * 100;

	atomic_store(&round_now, round);
	while (spin-- > 0)
		;
}

static void race(long (*const *calls)(int), void (*appear)(int))
{
	pthread_t threads[RACERS];
	int i;

	for (racers = 0; calls[racers]; racers++)
		if (pthread_create(&threads[racers], NULL, racer, (void *)calls[racers]))
			_exit(94);
	for (i = 0; i < rounds; i++) {
		tease(i);
		appear(i);
		wait_for_all(i);
	}
	for (i = 0; i < racers; i++)
		pthread_join(threads[i], NULL);
}

static long open_at(const char *name, int flags)
{
	long fd = sc(__NR_open, name, flags, 0644);

	return fd < 0 ? fd : sc(__NR_close, fd);
}

/* In a folder that appears empty. */
static long r_mkdir(int i) { return sc(__NR_mkdir, inside("P", i, "d"), 0755); }
static long r_symlink(int i) { return sc(__NR_symlink, "to", inside("P", i, "s")); }
static long r_mknod(int i) { return sc(__NR_mknod, inside("P", i, "n"), S_IFIFO | 0644, 0); }
static long r_link(int i) { return sc(__NR_link, "f", inside("P", i, "l")); }
static long r_rename(int i) { return sc(__NR_rename, numbered("m", i), inside("P", i, "m")); }
static long r_rename_folder(int i)
{
	return sc(__NR_rename, numbered("k", i), inside("P", i, "k"));
}
static long r_open(int i) { return open_at(inside("P", i, "o"), O_WRONLY | O_CREAT | O_TRUNC); }

static long r_bind(int i)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = (int)sc(__NR_socket, AF_UNIX, SOCK_STREAM, 0);
	long r;

	snprintf(un.sun_path, sizeof un.sun_path, "P%d/b", i);
	r = sc(__NR_bind, fd, &un, sizeof un);
	sc(__NR_close, fd);
	return r;
}

static void make_parent(int i)
{
	OK(sc(__NR_mkdir, numbered("P", i), 0755));
}

static void prepare_sources(void)
{
	int i;

	mk("f", "x");
	for (i = 0; i < rounds; i++) {
		mk(numbered("m", i), "x");
		mkd(numbered("k", i));
		mkd(inside("k", i, "in"));
	}
}

static void events_in_parents(void)
{
	int i;

	for (i = 0; i < rounds; i++) {
		ev("mkdir", A(inside("P", i, "d")), "", "");
		ev("symlink", A(inside("P", i, "s")), "to", "");
		ev("mknod", A(inside("P", i, "n")), "", "");
		ev("mknod", A(inside("P", i, "b")), "", "");
		ev("link", A(inside("P", i, "l")), A("f"), "");
		ev("rename", A(inside("P", i, "m")), A(numbered("m", i)), "");
		ev("rename", A(inside("P", i, "k")), A(numbered("k", i)), "");
		ev("open", A(inside("P", i, "o")), "", CREAT_FLAGS);
	}
}

static long (*const into_parent[])(int) = {
	r_mkdir, r_symlink, r_mknod, r_link, r_rename, r_rename_folder, r_open, r_bind, NULL,
};

FORM(parent_appears)
{
	int i;

	rounds = 400;
	if (setup) {
		prepare_sources();
		return;
	}
	race(into_parent, make_parent);
	events_in_parents();
	for (i = 0; i < rounds; i++)
		ev("mkdir", A(numbered("P", i)), "", "");
}

/* It goes again, with what is in it: by then some calls have not come back yet. */
static void *to_and_fro(void *p)
{
	int i;

	for (i = 0; i < rounds; i++) {
		while (sc(__NR_rename, numbered("P", i), numbered("G", i)) == -ENOENT)
			;
		if (sc(__NR_rename, numbered("G", i), numbered("P", i)) < 0)
			_exit(96);
	}
	return p;
}

FORM(parent_comes_and_goes)
{
	pthread_t th;
	int i;

	if (setup) {
		prepare_sources();
		return;
	}
	if (pthread_create(&th, NULL, to_and_fro, NULL))
		_exit(94);
	race(into_parent, make_parent);
	pthread_join(th, NULL);
	note("noevents", "under which of its names a thing came into the folder is not fixed");
	for (i = 0; i < rounds; i++)
		if (access(inside("P", i, "b"), F_OK))
			broken(i, -errno);
}

/* In a folder that appears full. */
static long f_unlink(int i) { return sc(__NR_unlink, inside("P", i, "u")); }
static long f_rmdir(int i) { return sc(__NR_rmdir, inside("P", i, "e")); }
static long f_rename(int i) { return sc(__NR_rename, inside("P", i, "m"), numbered("m", i)); }
static long f_rename_folder(int i)
{
	return sc(__NR_rename, inside("P", i, "k"), numbered("k", i));
}
static long f_link(int i) { return sc(__NR_link, inside("P", i, "l"), numbered("l", i)); }
static long f_chmod(int i) { return sc(__NR_chmod, inside("P", i, "c"), 0600); }
static long f_utime(int i) { return sc(__NR_utimensat, AT_FDCWD, inside("P", i, "t"), 0, 0); }
static long f_truncate(int i) { return sc(__NR_truncate, inside("P", i, "z"), 0L); }
static long f_open(int i) { return open_at(inside("P", i, "w"), O_WRONLY | O_TRUNC); }
static long f_setxattr(int i)
{
	return sc(__NR_setxattr, inside("P", i, "x"), "user.x", "x", 1, 0);
}

static long (*const in_full_parent[])(int) = {
	f_unlink,
	f_rmdir,
	f_rename,
	f_rename_folder,
	f_link,
	f_chmod,
	f_utime,
	f_truncate,
	f_open,
	NULL,
	NULL,
};

static const char *const files_inside[] = { "u", "m", "l", "c", "t", "z", "w", "x", "kept" };

static void prepare_full(const char *stem)
{
	int i;
	size_t n;

	for (i = 0; i < rounds; i++) {
		mkd(numbered(stem, i));
		mkd(inside(stem, i, "e"));
		mkd(inside(stem, i, "k"));
		mk(inside(stem, i, "k/in"), "in");
		for (n = 0; n < sizeof files_inside / sizeof *files_inside; n++)
			mk(inside(stem, i, files_inside[n]), files_inside[n]);
	}
}

static void move_parent(int i)
{
	OK(sc(__NR_rename, numbered("T", i), numbered("P", i)));
}

static void events_in_full(void)
{
	int i;

	for (i = 0; i < rounds; i++) {
		ev("rename", A(numbered("P", i)), A(numbered("T", i)), "");
		ev("unlink", A(inside("P", i, "u")), "", "");
		ev("rmdir", A(inside("P", i, "e")), "", "");
		ev("rename", A(numbered("m", i)), A(inside("P", i, "m")), "");
		ev("rename", A(numbered("k", i)), A(inside("P", i, "k")), "");
		ev("link", A(numbered("l", i)), A(inside("P", i, "l")), "");
		ev("chmod", A(inside("P", i, "c")), "", "");
		ev("utime", A(inside("P", i, "t")), "", "");
		ev("truncate", A(inside("P", i, "z")), "", "");
		ev("open", A(inside("P", i, "w")), "", "O_WRONLY|O_TRUNC");
	}
}

FORM(full_parent_appears)
{
	static long (*calls[RACERS + 1])(int);

	if (setup) {
		prepare_full("T");
		return;
	}
	memcpy(calls, in_full_parent, sizeof in_full_parent);
	if (f_setxattr(0) != -EOPNOTSUPP)
		calls[RACERS - 1] = f_setxattr;
	race(calls, move_parent);
	events_in_full();
	for (int i = 0; calls[RACERS - 1] && i < rounds; i++)
		ev("setxattr", A(inside("P", i, "x")), "", "");
}

/* What is renamed, or led to, appears: not the folder that it stands in. */
static long s_rename(int i) { return sc(__NR_rename, "S", numbered("D", i)); }

static void bring_source(int i)
{
	OK(sc(__NR_rename, numbered("T", i), "S"));
}

FORM(source_appears)
{
	static long (*const calls[])(int) = { s_rename, NULL };
	int i;

	if (setup) {
		for (i = 0; i < rounds; i++) {
			mkd(numbered("T", i));
			mk(inside("T", i, "f"), "f");
			mkd(inside("T", i, "g"));
			mk(inside("T", i, "g/h"), "h");
		}
		return;
	}
	race(calls, bring_source);
	for (i = 0; i < rounds; i++) {
		ev("rename", A("S"), A(numbered("T", i)), "");
		ev("rename", A(numbered("D", i)), A("S"), "");
	}
}

static long l_chmod(int i) { return sc(__NR_chmod, numbered("L", i), 0600); }
static long l_truncate(int i) { return sc(__NR_truncate, numbered("L", i), 2L); }
static long l_open(int i) { return open_at(numbered("L", i), O_WRONLY | O_APPEND); }
static long l_mkdir(int i) { return sc(__NR_mkdir, inside("M", i, "d"), 0755); }

static void bring_links(int i)
{
	OK(sc(__NR_symlink, numbered("f", i), numbered("L", i)));
	OK(sc(__NR_symlink, numbered("d", i), numbered("M", i)));
}

FORM(symlink_appears)
{
	static long (*const calls[])(int) = { l_chmod, l_truncate, l_open, l_mkdir, NULL };
	int i;

	if (setup) {
		for (i = 0; i < rounds; i++) {
			mk(numbered("f", i), "four");
			mkd(numbered("d", i));
		}
		return;
	}
	race(calls, bring_links);
	for (i = 0; i < rounds; i++) {
		ev("symlink", A(numbered("L", i)), numbered("f", i), "");
		ev("symlink", A(numbered("M", i)), numbered("d", i), "");
		ev("chmod", A(numbered("f", i)), "", "");
		ev("truncate", A(numbered("f", i)), "", "");
		ev("open", A(numbered("f", i)), "", "O_WRONLY|O_APPEND");
		ev("mkdir", A(inside("d", i, "d")), "", "");
	}
}

/*
 * Names that lead to one place or another: what they mean is turned round all the while, by another
 * thread. Where a thing comes to stand is not fixed; that it is on record there is.
 */
static _Atomic int stop_turning, turned;

struct turned {
	char *at;     /* names begin so */
	int folder;   /* what they start from */
	int once;     /* a round: it is waited for */
};

static void make_all(const struct turned *t, int i)
{
	char name[4][80];
	int n;

	for (n = 0; n < 4; n++)
		snprintf(name[n], sizeof name[n], "%s%c%d", t->at, "dsnr"[n], i);
	if (sc(__NR_mkdirat, t->folder, name[0], 0755) < 0 ||
		sc(__NR_symlinkat, "to", t->folder, name[1]) < 0 ||
		sc(__NR_mknodat, t->folder, name[2], S_IFIFO | 0644, 0) < 0 ||
		sc(__NR_renameat, AT_FDCWD, A(numbered("m", i)), t->folder, name[3]) < 0)
		_exit(95);
}

static void prepare_turned(void)
{
	int i;

	mkd("a");
	mkd("b");
	for (i = 0; i < rounds; i++)
		mk(numbered("m", i), "x");
	LIBC(symlink("a", A("s")));
}

static void turn(void *(*turner)(void *), const struct turned *t)
{
	const char *const folders[] = { A("a"), A("b") };
	pthread_t th;
	int i;

	note("noevents", "where a thing comes to stand is not fixed");
	if (pthread_create(&th, NULL, turner, (void *)folders))
		_exit(94);
	for (i = 0; i < rounds; i++) {
		atomic_store(&round_now, i);
		make_all(t, i);
		while (t->once && atomic_load(&turned) < i)
			sched_yield();
	}
	atomic_store(&stop_turning, 1);
	pthread_join(th, NULL);
}

static void *turn_link(void *p)
{
	int i;

	for (i = 0; !atomic_load(&stop_turning); i++)
		if (sc(__NR_symlink, i % 2 ? "a" : "b", "tmp") < 0 ||
			sc(__NR_rename, "tmp", "s") < 0)
			_exit(96);
	return p;
}

FORM(symlink_turned)
{
	const struct turned t = { "s/", AT_FDCWD, 0 };

	if (setup)
		prepare_turned();
	else
		turn(turn_link, &t);
}

/* Once for each round: the folder is read each time, and fills up. */
static void *turn_folder(void *p)
{
	int i, seen = -1;

	for (i = 0; !atomic_load(&stop_turning); i++) {
		while (atomic_load(&round_now) == seen && !atomic_load(&stop_turning))
			sched_yield();
		seen = atomic_load(&round_now);
		if (sc(__NR_rename, i % 2 ? "c" : "a", i % 2 ? "a" : "c") < 0)
			_exit(96);
		atomic_store(&turned, seen);
	}
	if (i % 2 && sc(__NR_rename, "c", "a") < 0)
		_exit(96);
	return p;
}

FORM(folder_renamed_by_descriptor)
{
	struct turned t = { "", AT_FDCWD, 1 };

	if (setup) {
		prepare_turned();
		return;
	}
	t.folder = (int)OK(sc(__NR_open, "a", O_PATH));
	turn(turn_folder, &t);
}

/*
 * Not twice during one call: a folder that is there before and
 * after it tells nothing of the one between.
 */
static void *turn_cwd(void *folders)
{
	const char *const *to = folders;
	int seen = -1;

	while (!atomic_load(&stop_turning)) {
		if (atomic_load(&round_now) == seen) {
			sched_yield();
			continue;
		}
		seen = atomic_load(&round_now);
		if (chdir(to[seen & 1]))
			_exit(96);
		atomic_store(&turned, seen);
	}
	return NULL;
}

FORM(working_folder_changed)
{
	const struct turned t = { "", AT_FDCWD, 1 };

	if (setup) {
		prepare_turned();
		return;
	}
	turn(turn_cwd, &t);
}
