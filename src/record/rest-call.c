/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/rest-call.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>

#include "base/cleanup.h"
#include "decode/call.h"
#include "record/descriptor.h"
#include "trace/mem.h"

/* The kernel transfers no more in one call, whatever it is asked for (MAX_RW_COUNT). */
#define MOST_BYTES 0x7ffff000ULL
#define MOST_PARTS 1024U /* UIO_MAXIOV, and of messages in one call */
/* A longer array is not copied: it might reach beyond a small stack of the program's own. */
#define MOST_COPIED 64U

/*
 * pread64 and its like are for devices that have no place in them. Not cut short are what writes to
 * a file, and vmsplice, tee and what fills a pipe by splice: they look for no signal, or make one
 * turn.
 */
static const struct rest_call calls[] = {
	{ "write", REST_BYTES, false, 0, 1, 2, -1 },
	{ "writev", REST_VECTOR, false, 0, 1, 2, -1 },
	{ "pwrite64", REST_BYTES, false, 0, 1, 2, -1 },
	{ "pwritev", REST_VECTOR, false, 0, 1, 2, -1 },
	{ "pwritev2", REST_VECTOR, false, 0, 1, 2, -1 },
	{ "sendto", REST_BYTES, false, 0, 1, 2, 3 },
	{ "sendmsg", REST_MESSAGE, false, 0, 1, -1, 2 },
	{ "sendmmsg", REST_MESSAGES, false, 0, 1, 2, 3 },
	{ "sendfile", REST_COUNT, false, 0, -1, 3, -1 },
	{ "sendfile64", REST_COUNT, false, 0, -1, 3, -1 },
	{ "splice", REST_COUNT, false, 2, -1, 4, 5 },
	{ "copy_file_range", REST_COUNT, false, 2, -1, 4, -1 },
	{ "read", REST_BYTES, true, 0, 1, 2, -1 },
	{ "readv", REST_VECTOR, true, 0, 1, 2, -1 },
	{ "pread64", REST_BYTES, true, 0, 1, 2, -1 },
	{ "preadv", REST_VECTOR, true, 0, 1, 2, -1 },
	{ "preadv2", REST_VECTOR, true, 0, 1, 2, -1 },
	{ "recvfrom", REST_BYTES, true, 0, 1, 2, 3 },
	{ "recvmsg", REST_MESSAGE, true, 0, 1, -1, 2 },
	{ "recvmmsg", REST_MESSAGES, true, 0, 1, 2, 3 },
	{ "recvmmsg_time64", REST_MESSAGES, true, 0, 1, 2, 3 },
	{ "getrandom", REST_BYTES, true, -1, 0, 1, -1 },
};

/* A word is as wide as a pointer: so are all members of these structures, with their padding. */
enum { MSG_NAME, MSG_NAMELEN, MSG_IOV, MSG_IOVLEN, MSG_CONTROL, MSG_CONTROLLEN, MSG_WORDS = 7 };
#define MMSG_WORDS 8U
#define IOV_WORDS 2U
#define SOCKETCALL_WORDS 6U

static size_t width(const struct transfer *t)
{
	return t->is_wide ? 8 : 4;
}

static int read_words(const struct transfer *t, uint64_t at, uint64_t *out, size_t n)
{
	uint32_t *narrow = (uint32_t *)out;
	int e = mem_read(t->stop->task->tid, at, out, n * width(t));

	while (e == 0 && !t->is_wide && n-- > 0) {
		uint32_t word = narrow[n];

		out[n] = word;
	}
	return e;
}

static int write_words(const struct transfer *t, uint64_t at, const uint64_t *words, size_t n)
{
	_cleanup_free_ uint32_t *narrow = t->is_wide ? NULL : calloc(n, sizeof *narrow);
	size_t i;

	if (!t->is_wide && !narrow)
		return -ENOMEM;
	for (i = 0; narrow && i < n; i++)
		narrow[i] = (uint32_t)words[i];
	return mem_write(t->stop->task->tid, at, narrow ? (const void *)narrow : words,
		n * width(t));
}

static const struct rest_call *find(const char *name)
{
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(calls); i++)
		if (!strcmp(calls[i].name, name))
			return &calls[i];
	return NULL;
}

static const struct rest_call *find_socketcall(struct transfer *t)
{
	const struct rest_call *c = find(socketcall_name(t->args[0]));

	t->is_socketcall = true;
	return c && read_words(t, t->args[1], t->args, SOCKETCALL_WORDS) == 0 ? c : NULL;
}

const char *rest_call_name(size_t i)
{
	return i < ARRAY_SIZE(calls) ? calls[i].name : NULL;
}

bool transfer_of(const struct stop *call, struct transfer *t)
{
	uint64_t nr = call->nr;
	int i, abi = abi_of_stop(call->arch, &nr);
	const char *name;

	*t = (struct transfer){ .stop = call,
		.done = (uint64_t)call->result,
		.is_wide = call->arch != AUDIT_ARCH_I386 };
	if (abi < 0 || call->result <= 0)
		return false;
	name = syscall_name((enum abi)abi, nr);
	if (!name)
		return false;
	for (i = 0; i < 6; i++)
		t->args[i] = t->is_wide ? call->args[i] : (uint32_t)call->args[i];
	t->call = strcmp(name, "socketcall") ? find(name) : find_socketcall(t);
	return t->call;
}

/* The struct iovecs of a call; NULL: it has none, or they cannot be read. */
static uint64_t *read_parts(const struct transfer *t, size_t *count)
{
	uint64_t msg[MSG_WORDS], at = t->args[t->call->at], *parts;

	if (t->call->shape == REST_VECTOR) {
		*count = t->args[t->call->count];
	} else {
		if (read_words(t, at, msg, MSG_WORDS) < 0)
			return NULL;
		*count = msg[MSG_IOVLEN];
		at = msg[MSG_IOV];
	}
	if (*count == 0 || *count > MOST_PARTS)
		return NULL;
	parts = calloc(*count * IOV_WORDS, sizeof *parts);
	if (parts && read_words(t, at, parts, *count * IOV_WORDS) == 0)
		return parts;
	free(parts);
	return NULL;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t asked_in_parts(const struct transfer *t)
{
	size_t count, i;
	_cleanup_free_ uint64_t *parts = read_parts(t, &count);
	uint64_t sum = 0;

	for (i = 0; parts && i < count; i++)
		sum = least(MOST_BYTES, sum + least(MOST_BYTES, parts[i * IOV_WORDS + 1]));
	return sum;
}

static uint64_t asked(const struct transfer *t)
{
	switch (t->call->shape) {
	case REST_VECTOR:
	case REST_MESSAGE:
		return asked_in_parts(t);
	case REST_MESSAGES:
		return least(MOST_PARTS, (uint32_t)t->args[t->call->count]);
	default:
		return least(MOST_BYTES, t->args[t->call->count]);
	}
}

static int socket_option(int fd, int option)
{
	int value = 0;
	socklen_t n = sizeof value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &n) < 0 ? 0 : value;
}

static uint64_t flags_of(const struct transfer *t)
{
	return t->call->flags < 0 ? 0 : t->args[t->call->flags];
}

/*
 * What is said of a whole call cannot be said of two: its notification, its last byte. And who
 * looks without taking looks at the same again.
 */
#define NOT_TWICE                                                                                  \
	(MSG_DONTWAIT | MSG_OOB | MSG_PEEK | MSG_ERRQUEUE | MSG_FASTOPEN | MSG_ZEROCOPY |          \
		MSG_WAITFORONE)

/* Of those only a whole one is a message, and what it waits for. */
static bool is_stream(int fd)
{
	return socket_option(fd, SO_TYPE) == SOCK_STREAM;
}

static uint64_t whole_of_socket(struct transfer *t, int fd, uint64_t n)
{
	uint64_t flags = flags_of(t);

	t->of_socket = true;
	t->limit = descriptor_limit(fd, t->call->gets ? SO_RCVTIMEO : SO_SNDTIMEO);
	if (t->call->shape == REST_COUNT)
		return n;
	if (flags & NOT_TWICE)
		return 0;
	/* One of these may be a part only; the count of them does not tell. */
	if (t->call->shape == REST_MESSAGES)
		return is_stream(fd) ? 0 : n;
	if (!t->call->gets || (is_stream(fd) && (flags & MSG_WAITALL)))
		return n;
	return is_stream(fd) ? least(n, (uint64_t)socket_option(fd, SO_RCVLOWAT)) : 0;
}

/* Reading in raw mode it waits for VMIN, and for no more. A pty's other end has no such mode. */
static uint64_t whole_of_terminal(const struct transfer *t, const struct stat *st, int fd,
	uint64_t n)
{
	struct termios mode;

	if (tcgetattr(fd, &mode) < 0)
		return 0;
	if (!t->call->gets)
		return n;
	if (st->st_rdev == makedev(5, 2) || major(st->st_rdev) == 2 || (mode.c_lflag & ICANON) ||
		mode.c_cc[VTIME])
		return 0;
	return least(n, mode.c_cc[VMIN]);
}

/* /dev/zero, full, random and urandom: there is always more. */
static bool is_endless(const struct stat *st)
{
	unsigned int n = minor(st->st_rdev);

	return S_ISCHR(st->st_mode) && major(st->st_rdev) == 1 && (n == 5 || (n >= 7 && n <= 9));
}

/* Who reads a pipe gets what is there; sendfile(2) and splice(2) fill one once. */
static uint64_t whole_of_pipe(const struct transfer *t, uint64_t n)
{
	return t->call->gets || t->call->shape == REST_COUNT ? 0 : n;
}

/* Written to, a file is not given up for a signal; but what moves pages looks before each. */
static uint64_t whole_of_file(const struct transfer *t, uint64_t n)
{
	return t->call->fd == 2 ? n : 0;
}

/* In the call's measure, what it was to come to; 0: whatever it has is an answer. */
static uint64_t whole_of(struct transfer *t, int fd, uint64_t n)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return 0;
	if (is_endless(&st))
		return n;
	if (fcntl(fd, F_GETFL) & O_NONBLOCK)
		return 0;
	if (S_ISSOCK(st.st_mode))
		return whole_of_socket(t, fd, n);
	return S_ISFIFO(st.st_mode) ? whole_of_pipe(t, n) :
		S_ISCHR(st.st_mode) ? whole_of_terminal(t, &st, fd, n) :
				      whole_of_file(t, n);
}

/* Nothing is left to wait for. */
static bool is_timed_out(const struct transfer *t)
{
	uint64_t left[2];
	bool is_small = !strcmp(t->call->name, "recvmmsg");
	struct transfer as = *t;

	if (!t->call->gets || t->call->shape != REST_MESSAGES || !t->args[4])
		return false;
	as.is_wide |= !is_small;
	return read_words(&as, t->args[4], left, 2) < 0 || !(left[0] | left[1]);
}

/*
 * What comes beside the bytes, descriptors say, goes with the first of them. How much room there
 * was for it the kernel has written over.
 */
static bool has_more_than_bytes(const struct transfer *t)
{
	uint64_t msg[MSG_WORDS];

	return t->call->shape == REST_MESSAGE &&
		(read_words(t, t->args[t->call->at], msg, MSG_WORDS) < 0 ||
			msg[t->call->gets ? MSG_CONTROL : MSG_CONTROLLEN]);
}

bool transfer_is_short(struct transfer *t)
{
	_cleanup_close_ int fd = -1;
	uint64_t n = asked(t);

	if (t->done >= n || is_timed_out(t) || has_more_than_bytes(t))
		return false;
	t->whole = n;
	if (t->call->fd < 0)
		return true;
	fd = descriptor_of(t->stop->task, (int)t->args[t->call->fd]);
	t->whole = fd < 0 ? 0 : whole_of(t, fd, n);
	return t->done < t->whole;
}

/* What of the parts is left, as many as there are; the last one ends where the whole does. */
static size_t skip(uint64_t *parts, size_t count, uint64_t done, uint64_t whole)
{
	uint64_t left = whole - done;
	size_t i, n = 0;

	for (i = 0; i < count && left; i++) {
		uint64_t at = parts[i * IOV_WORDS], len = parts[i * IOV_WORDS + 1];
		uint64_t gone = least(done, len);

		done -= gone;
		if (gone == len)
			continue;
		parts[n * IOV_WORDS] = at + gone;
		parts[n * IOV_WORDS + 1] = least(left, len - gone);
		left -= parts[n++ * IOV_WORDS + 1];
	}
	return n;
}

/* Where nothing of the program's can stand. */
static uint64_t below_stack(const struct transfer *t, size_t words)
{
	return (t->stop->stack - MEM_BELOW_STACK - words * 8) & ~15ULL;
}

static int put_message(const struct transfer *t, uint64_t at, uint64_t parts, uint64_t count)
{
	uint64_t msg[MSG_WORDS];
	int e = read_words(t, t->args[t->call->at], msg, MSG_WORDS);

	if (e < 0)
		return e;
	msg[MSG_IOV] = parts;
	msg[MSG_IOVLEN] = count;
	/* the first of it has told who sent it */
	if (t->call->gets)
		msg[MSG_NAME] = msg[MSG_NAMELEN] = 0;
	return write_words(t, at, msg, MSG_WORDS);
}

/* The parts, and above them what points to them. */
static int put_parts(const struct transfer *t, uint64_t args[6])
{
	size_t count, n;
	_cleanup_free_ uint64_t *parts = read_parts(t, &count);
	uint64_t at;
	int e;

	if (!parts)
		return -EFAULT;
	n = skip(parts, count, t->done, t->whole);
	if (n > MOST_COPIED)
		return -E2BIG;
	at = below_stack(t, SOCKETCALL_WORDS + MMSG_WORDS + n * IOV_WORDS);
	e = write_words(t, at, parts, n * IOV_WORDS);
	args[t->call->at] = at;
	if (t->call->shape == REST_VECTOR) {
		args[t->call->count] = n;
		return e;
	}
	args[t->call->at] = at + n * IOV_WORDS * 8;
	return e < 0 ? e : put_message(t, args[t->call->at], at, n);
}

static int shorten(const struct transfer *t, uint64_t args[6])
{
	switch (t->call->shape) {
	case REST_BYTES:
		args[t->call->at] += t->done;
		args[t->call->count] = t->whole - t->done;
		return 0;
	case REST_MESSAGES:
		args[t->call->at] += t->done * MMSG_WORDS * width(t);
		args[t->call->count] = t->whole - t->done;
		return 0;
	case REST_COUNT:
		args[t->call->count] = t->whole - t->done;
		/* splice has got something, and does not wait for its pipe to hold more */
		if (t->call->flags >= 0)
			args[t->call->flags] |= SPLICE_F_NONBLOCK;
		return 0;
	default:
		return put_parts(t, args);
	}
}

int transfer_rest(const struct transfer *t, uint64_t args[6])
{
	uint64_t own[6], at = below_stack(t, SOCKETCALL_WORDS);
	int e;

	memcpy(own, t->args, sizeof own);
	e = shorten(t, own);
	memcpy(args, t->is_socketcall ? t->stop->args : own, sizeof own);
	if (e < 0 || !t->is_socketcall)
		return e;
	args[1] = at;
	return write_words(t, at, own, SOCKETCALL_WORDS);
}
