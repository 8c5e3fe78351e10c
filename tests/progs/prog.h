/*
 * The frame of the small programs: each FORM does one thing to the kernel and prints the events it
 * expects.
 *
 *   PROG DIR FORM setup    makes what FORM needs; run untraced
 *   PROG DIR FORM          does it; run untraced, then (DIR made anew) traced: both print the same
 *   PROG --list            the forms
 *
 * Printed, tab-separated, bytes outside '!'..'~' and '%' itself as %XX:
 *   ev OP PATH OLD FLAGS   an event; FLAGS is compared for open and rename only; * stands for
 *                          anything
 *   any PATH               events on PATH are neither wanted nor refused
 *   skip WHY               the machine cannot do this (said untraced)
 *   nomanifest WHY         the manifest is not held against the disk
 *   noevents WHY           the events are not compared (what happens is not fixed)
 *   differs WHY            traced output may differ from untraced: the design says so
 *   processes N            so many are on record (*: any number), and each has come to its end
 *   wait FILE              the test is over when FILE is there
 *   unseen NOTE            an ordinary user cannot see what it did: no event, nothing in the
 *                          manifest, and a note says so
 *   nnp N                  no_new_privs: 1 when traced by an ordinary user's filter, as the man
 *                          page says; else the same
 *   out ...                anything the program saw
 *
 * One source is built for several ABIs: native, -m32, -DINT80 (a 64-bit program calling the i386
 * table), -DX32 (a 64-bit program calling the x32 table). sc() is the raw call and answers -errno.
 * What its pointers point to comes from the arena (P, A, NEW), which is below 4 GB in the INT80
 * build.
 */
#ifndef PROG_H
#define PROG_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef INT80
#include <asm/unistd_32.h>

#include "../lib/int80.h"
#else
#include <asm/unistd.h>
#endif

#if defined(INT80) || defined(__i386__)
#define ABI32 1
#endif

/* Newer than some headers; the numbers are the same in every ABI. */
#ifndef __NR_clone3
#define __NR_clone3 435
#endif
#ifndef __NR_openat2
#define __NR_openat2 437
#endif
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_setxattrat
#define __NR_setxattrat 463
#endif
#ifndef __NR_removexattrat
#define __NR_removexattrat 466
#endif
#ifndef __NR_file_setattr
#define __NR_file_setattr 469
#endif

struct form {
	const char *name;
	void (*fn)(void);
	struct form *next;
};

static struct form *forms;
static const char *W;           /* the working folder, canonical; also the current one */
static const char *self;        /* this program, absolute */
static const char *arg;         /* a third argument, for a form that runs itself again */
static int setup;
static char arena[4 << 20] __attribute__((aligned(16)));
static size_t arena_used;

#define FORM(n)                                                \
	static void n(void);                                   \
	static struct form form_##n = { #n, n, NULL };         \
	__attribute__((constructor)) static void add_##n(void) \
	{                                                      \
		form_##n.next = forms;                         \
		forms = &form_##n;                             \
	}                                                      \
	static void n(void)

__attribute__((unused)) static void *take(size_t n)
{
	void *p = arena + arena_used;

	arena_used = (arena_used + n + 15) & ~(size_t)15;
	if (arena_used > sizeof arena)
		_exit(98);
	return p;               /* zero: nothing is ever given back */
}

#define NEW(type) ((type *)take(sizeof(type)))

__attribute__((format(printf, 1, 2), unused)) static char *P(const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = take((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

/* A name in the working folder. */
__attribute__((unused)) static char *A(const char *name)
{
	return P("%s/%s", W, name);
}

static long sc6(long nr, long a, long b, long c, long d, long e, long f)
{
#ifdef INT80
	return by_int80(nr, a, b, c, d, e, f);
#else
	long r;

#ifdef X32
	nr |= 0x40000000;
#endif
	r = syscall(nr, a, b, c, d, e, f);
	return r == -1 ? -errno : r;
#endif
}

#define sc_(n, a, b, c, d, e, f, ...) \
	sc6((long)(n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define sc(...) sc_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static void put(const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c > 0x20 && c < 0x7f && c != '%')
			putchar(c);
		else
			printf("%%%02X", c);
	}
}

__attribute__((unused)) static void ev(const char *op, const char *path, const char *old,
	const char *flags)
{
	printf("ev\t%s\t", op);
	put(path);
	putchar('\t');
	put(old ? old : "");
	printf("\t%s\n", flags ? flags : "");
}

__attribute__((unused)) static void say(const char *word, const char *path)
{
	printf("%s\t", word);
	put(path);
	putchar('\n');
}

__attribute__((format(printf, 2, 3), unused)) static void note(const char *word, const char *fmt,
	...)
{
	va_list ap;

	printf("%s\t", word);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

__attribute__((unused)) static long must(long r, const char *what, int line)
{
	if (r < 0) {
		printf("out\tline %d: %s: %s\n", line, what, strerror((int)-r));
		fflush(stdout);
		_exit(99);
	}
	return r;
}

#define OK(call) must((call), #call, __LINE__)
#define LIBC(call) must((call) < 0 ? -errno : 0, #call, __LINE__)
/* The call fails with this errno, and so leaves no event. */
#define FAILS(call, err) fails((call), (err), #call, __LINE__)

__attribute__((unused)) static void fails(long r, int err, const char *what, int line)
{
	if (r != -err) {
		printf("out\tline %d: %s: got %ld, want %d\n", line, what, r, -err);
		fflush(stdout);
		_exit(99);
	}
}

/* Makes a file in the working folder with libc: for setups. */
__attribute__((unused)) static void mk(const char *name, const char *bytes)
{
	int fd = open(A(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	LIBC(fd);
	LIBC(write(fd, bytes, strlen(bytes)));
	close(fd);
}

__attribute__((unused)) static void mkd(const char *name)
{
	LIBC(mkdir(A(name), 0755));
}

/* Opens and closes; for the many forms that only need the event. */
__attribute__((unused)) static void touch(const char *path, int flags)
{
	OK(sc(__NR_close, OK(sc(__NR_open, path, flags, 0644))));
}

#define CREAT_FLAGS "O_WRONLY|O_CREAT|O_TRUNC"

__attribute__((unused)) static void wait_ok(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			LIBC(-1);
	if (status)
		printf("out\tchild ended with %#x\n", (unsigned)status);
}

/* A call with harmless arguments answers ENOSYS where the kernel has not got it. */
__attribute__((unused)) static int lacks(long nr)
{
	return sc(nr, -1, 0, 0, 0, 0, 0) == -ENOSYS;
}

#define NEEDS(nr)                                                       \
	do {                                                            \
		if (lacks(nr)) {                                        \
			note("skip", "this kernel has no %s", #nr + 5); \
			return;                                         \
		}                                                       \
	} while (0)

/*
 * Rights in a namespace of its own, where the machine lets an ordinary
 * user have one; false: no rights of any kind.
 */
__attribute__((unused)) static int rights(void)
{
	return !geteuid() || !syscall(SYS_unshare, CLONE_NEWUSER);
}

int main(int argc, char **argv)
{
	struct form *f;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "--list")) {
		sc(__NR_close, -1); /* where there are no calls of this kind it ends here */
		for (f = forms; f; f = f->next)
			puts(f->name);
		return 0;
	}
	if (argc < 3)
		return 97;
	W = realpath(argv[1], NULL);
	if (!W || chdir(W))
		return 97;
	W = strcpy(take(strlen(W) + 1), W);
	self = argv[0];
	arg = argc > 3 ? argv[3] : "";
	setup = !strcmp(arg, "setup");
	umask(022);
#ifdef X32
	if (sc(__NR_getpid) == -ENOSYS) {
		note("skip", "this kernel has no x32 calls (CONFIG_X86_X32_ABI)");
		return 0;
	}
#endif
	for (f = forms; f; f = f->next) {
		if (!strcmp(f->name, argv[2])) {
			f->fn();
			return 0;
		}
	}
	return 97;
}

#endif
