/*
 * A random program of file calls, the same for the same seed.
 *
 * What a call does is drawn from its own number alone, never from how earlier draws went: a program
 * with some of its calls left out makes the others as before, so that a failing one can be made
 * small (run.py --shrink).
 */
#ifndef CHANCE_H
#define CHANCE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define NAME_SIZE 1200          /* of a path below the top, with its NUL */
#define KNOWN_MAX 600
#define FDS 6
#define MAPS 3
#define DIRS 3
#define TASKS_MAX 16
#define ARENA (256 << 10)
#define BACK_THEN 1577934245L   /* what was there before is old, so that every write shows */

/* splitmix64 */
struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *r);
uint32_t roll(struct rng *r, uint32_t sides);
struct rng rng_of(uint64_t seed, uint64_t number, uint64_t purpose);
uint64_t hash_text(const char *text);

/* The names that are there, as far as the program knows: shared by its tasks. */
enum kind { KIND_FILE = 1, KIND_DIR = 2, KIND_LINK = 4, KIND_OTHER = 8 };
#define KIND_ANY (KIND_FILE | KIND_DIR | KIND_LINK | KIND_OTHER)

struct known {
	char path[NAME_SIZE];   /* below the top; empty: this slot is free */
	uint64_t hash;
	int kind;
};

struct shared {
	uint32_t turn;          /* the call whose turn it is; a futex */
	uint32_t lock;
	uint32_t used;          /* slots of known[] that were ever used */
	struct known known[KNOWN_MAX];
};

struct options {
	uint64_t seed;
	unsigned int calls;
	const char *top;        /* canonical */
	enum { TASKS_ONE, TASKS_TURNS, TASKS_RACE } tasks;
	bool devices, chroot, plain, say, few;
	bool int80;             /* there are such calls: not every machine has them */
	const char *skip;       /* one character a call, '1': leave it out; NULL: none is */
	const char *self;
	int state;              /* the descriptor of what is shared */
};

extern struct options opt;
extern struct shared *shared;

struct map {
	char *at;
	size_t len;
};

struct dir {
	int fd;
	char path[NAME_SIZE];
};

/* Whoever makes calls: a thread. */
struct task {
	unsigned int number;
	int fd[FDS];
	struct map map[MAPS];
	struct dir dir[DIRS];
	char cwd[NAME_SIZE];    /* below the top; a thread has its own (unshare) */
	bool i386, in_root;     /* by int $0x80; after chroot(2), cwd is the root */
	struct rng what, spell;
	size_t used, said_len;
	char said[4096];
	char arena[ARENA];      /* what calls point to: below 4 GB in this program */
};

extern __thread struct task *me;
extern __thread sigjmp_buf *on_fault; /* a store into what was cut off meanwhile */

void *take(size_t n);
char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A name for people: what is not printable as %XX. */
char *shown(const char *name);
/* Bytes that are this call's own. */
char *bytes(size_t n);

/* names.c: all paths are below the top; what is returned is the task's own until its next call. */
void known_add(const char *path, int kind);
void known_drop(const char *path);
void known_move(const char *old, const char *new, bool exchange);
int known_kind(const char *path);
char *pick(int kinds);          /* NULL: there is none */
char *pick_dir(void);           /* perhaps the top itself, "" */
char *fresh(void);              /* a name in a folder that is there; perhaps taken */
char *some(int kinds, int percent_there);
void known_all(void (*fn)(const char *path, int kind, void *data), void *data);

/* A path, as the task says it. */
struct at {
	int dirfd;
	char *name;
};

struct at spell(const char *path);
char *spell_plain(const char *path); /* for calls that take no descriptor of a folder */
char *whole(const char *path);       /* absolute */

/* sys.c: the raw call, by the ABI of the task: -errno or what it returned. */
#define CALLS(X)                                                                                   \
	X(open, 5)                                                                                 \
	X(creat, 8) X(openat, 295) X(openat2, 437) X(truncate, 92) X(ftruncate, 93) X(rename,      \
		38) X(renameat, 302) X(renameat2, 353) X(link, 9) X(linkat, 303) X(symlink,        \
		83) X(symlinkat, 304) X(unlink, 10) X(unlinkat, 301) X(mkdir, 39) X(mkdirat, 296)  \
		X(rmdir, 40) X(mknod, 14) X(mknodat, 297) X(bind, 361) X(chmod, 15) X(fchmod, 94)  \
			X(fchmodat, 306) X(fchmodat2, 452) X(chown, 212) X(lchown, 198)            \
				X(fchown, 207) X(fchownat, 298) X(utimensat, 412) X(setxattr, 226) \
					X(lsetxattr, 227) X(fsetxattr, 228) X(removexattr, 235)    \
						X(lremovexattr, 236) X(fremovexattr, 237)          \
							X(utimes, 0) X(setxattrat, 463)            \
								X(removexattrat, 464 + 2)

enum sys {
#define X(name, i386) SYS32_##name,
	CALLS(X)
#undef X
};

bool int80_works(void);
long sys_call(enum sys nr, long a, long b, long c, long d, long e, long f);
#define sys_(n, a, b, c, d, e, f, ...) \
	sys_call(SYS32_##n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define sys(...) sys_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
/* A call of the C library: its result, or -errno. */
#define LIBC(call) ((call) < 0 ? -errno : 0)

/*
 * What can be done (calls-*.c). Each returns 0 or -errno,
 * -ENODATA when there was nothing to do it to.
 */
struct deed {
	const char *name;
	unsigned int weight;
	long (*fn)(void);
};

extern const struct deed deeds_data[], deeds_names[], deeds_attrs[]; /* each ends with a NULL */

uint32_t some_mode(void);
/* A slot of me->fd that is open, from wherever the draw begins; NULL: none is. */
int *open_slot(void);
void put_bytes(int fd);
/* The numbers of a file's time: few, so that some come round again. */
struct timespec *some_times(void);
long remove_below(const char *path);

/* setup.c: what stands there before, from the same seed. */
int setup(void);
/* What is there becomes known. */
void know_all(void);

#endif
