/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_FILTER_H
#define TRACE_FILTER_H
/*
 * The seccomp filter: which calls stop. It is handed its numbers, and knows
 * no call by name.
 *
 * It is written here, not through libseccomp, for two reasons: a test of
 * several flag bits is one instruction (libseccomp needs a rule a bit), and
 * the calls with a test stand first, since only they are ever run: for all
 * others the kernel's constant-action cache (Linux 5.11) has the answer. That
 * cache holds as long as a filter looks at nothing but the number and the
 * architecture on the way to an answer.
 */
#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum filter_test {
	FILTER_ALWAYS,
	FILTER_ANY_BIT, /* stops when argument `arg` has a bit of `value` */
	FILTER_EQUAL,   /* stops when argument `arg` is `value` */
	/* stops unless it is made in a library, before an address that ends in the twelve bits
	 * `value`, and argument `arg` is an address of the same library */
	FILTER_NOT_AT,
};

struct filter_rule {
	uint32_t nr;
	enum filter_test test;
	int arg;
	uint32_t value; /* against the lower 32 bits */
	/* and when what it has of `mask` is `masked`; mask 0: no such question */
	uint32_t mask, masked;
	/* but for a first argument that is `but`, and always where it is `always` */
	bool has_but, has_always;
	uint32_t but, always;
};

/* The calls of one AUDIT_ARCH_*; bits of the number outside nr_mask do not count (x32). */
struct filter_arch {
	uint32_t arch, nr_mask;
	const struct filter_rule *rules;
	size_t count;
};

/* What our filter says with each stop: a program's own filter may ask for stops, too. */
#define FILTER_DATA 0xba0dU

#define FILTER_MAX 1024

struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned short len;
};

/* 0, or -E2BIG. */
int filter_build(struct filter *f, const struct filter_arch *archs, size_t count);

/*
 * Installs it on the calling thread. Without no_new_privs where the kernel
 * lets us (CAP_SYS_ADMIN), so that set-uid programs keep gaining rights; with
 * it otherwise, and *no_new_privs says so. 0 or -errno.
 */
int filter_install(const struct filter *f, bool *no_new_privs);

/*
 * Was a filter with a listener set on this process before, by who started it? That one outranks
 * any of ours (SECCOMP_RET_USER_NOTIF). A child is asked, which is made where there is a filter.
 */
bool filter_is_heard(void);

#endif
