/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_REST_CALL_H
#define RECORD_REST_CALL_H
#include "record/lives.h"

/* How a call says what is to be transferred. */
enum rest_shape {
	REST_BYTES,    /* where, and how many */
	REST_VECTOR,   /* an array of struct iovec, and how many */
	REST_MESSAGE,  /* struct msghdr */
	REST_MESSAGES, /* an array of struct mmsghdr, and how many: it answers in those */
	REST_COUNT,    /* how many; where is up to descriptors */
};

struct rest_call {
	const char *name;
	enum rest_shape shape;
	bool gets;
	int fd; /* the arguments that have each; -1: none has */
	int at, count, flags;
};

/* One call of those that has answered something. */
struct transfer {
	const struct stop *stop;
	const struct rest_call *call;
	uint64_t args[6]; /* as of the call that socketcall(2) stands for */
	bool is_socketcall;
	bool is_wide; /* its structures are of 64 bits */
	bool of_socket;
	int64_t limit;        /* the socket's, in nanoseconds; 0: none */
	uint64_t done, whole; /* in its own measure: what it has, and shall come to */
};

/* For the test that looks each up in the table of calls: the names, to NULL. */
const char *rest_call_name(size_t i);
/* False: none of those. */
bool transfer_of(const struct stop *call, struct transfer *t);
/* Was it cut short, as far as one can tell? Then all of *t is set. */
bool transfer_is_short(struct transfer *t);
/* The arguments of what is left; what they point to is put below the stack. 0 or -errno. */
int transfer_rest(const struct transfer *t, uint64_t args[6]);

#endif
