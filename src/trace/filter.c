/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/filter.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/spawn.h"

#define NR offsetof(struct seccomp_data, nr)
#define IP_LOW offsetof(struct seccomp_data, instruction_pointer)
#define IP_HIGH (IP_LOW + 4)
#define ARCH offsetof(struct seccomp_data, arch)
/* Little endian: the lower half stands first. */
#define ARG_LOW(i) (offsetof(struct seccomp_data, args) + 8U * (unsigned)(i))

static void put(struct filter *f, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
	if (f->len < FILTER_MAX)
		f->code[f->len] = (struct sock_filter)BPF_JUMP(code, k, jt, jf);
	f->len++;
}

static void put_return(struct filter *f, uint32_t action)
{
	put(f, BPF_RET | BPF_K, action, 0, 0);
}

/* In instructions: a rung, or a test. */
static size_t rule_length(const struct filter_rule *r)
{
	if (r->test == FILTER_NOT_AT)
		return 15;
	if (r->test == FILTER_ALWAYS)
		return 1;
	return (r->mask ? 7U : 5U) + (r->has_but ? 2U : 0) + r->has_always;
}

/* Libraries are mapped at 0x7f..........; two addresses of one are no farther apart than this. */
#define LIBRARIES 0x7f00U
#define LIBRARY_SIZE (2U << 20)

static void put_not_at(struct filter *f, const struct filter_rule *r)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, r->nr, 0, (uint8_t)(rule_length(r) - 1));
	put(f, BPF_LD | BPF_W | BPF_ABS, IP_HIGH, 0, 0);
	put(f, BPF_ALU | BPF_AND | BPF_K, ~0xffU, 0, 0);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, LIBRARIES, 0, 10);
	put(f, BPF_LD | BPF_W | BPF_ABS, IP_LOW, 0, 0);
	put(f, BPF_ALU | BPF_AND | BPF_K, 0xfffU, 0, 0);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, r->value, 0, 7);
	put(f, BPF_LD | BPF_W | BPF_ABS, IP_LOW, 0, 0);
	put(f, BPF_MISC | BPF_TAX, 0, 0, 0);
	put(f, BPF_LD | BPF_W | BPF_ABS, ARG_LOW(r->arg), 0, 0);
	put(f, BPF_ALU | BPF_SUB | BPF_X, 0, 0, 0);
	put(f, BPF_ALU | BPF_ADD | BPF_K, LIBRARY_SIZE, 0, 0);
	put(f, BPF_JMP | BPF_JGE | BPF_K, 2 * LIBRARY_SIZE, 1, 0);
	put_return(f, SECCOMP_RET_ALLOW);
	put_return(f, SECCOMP_RET_TRACE | FILTER_DATA);
}

/* By its first argument it goes on without the test: over that, to ALLOW, or to TRACE. */
static void put_first(struct filter *f, const struct filter_rule *r)
{
	uint8_t test = r->mask ? 4 : 2;

	put(f, BPF_LD | BPF_W | BPF_ABS, ARG_LOW(0), 0, 0);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, r->but, (uint8_t)(test + 1 + r->has_always), 0);
	if (r->has_always)
		put(f, BPF_JMP | BPF_JEQ | BPF_K, r->always, test, 0);
}

/* if (nr == rule.nr) return argument passes the test ? TRACE : ALLOW; */
static void put_tested(struct filter *f, const struct filter_rule *r)
{
	uint16_t op = r->test == FILTER_ANY_BIT ? BPF_JSET : BPF_JEQ;

	put(f, BPF_JMP | BPF_JEQ | BPF_K, r->nr, 0, (uint8_t)(rule_length(r) - 1));
	if (r->has_but)
		put_first(f, r);
	put(f, BPF_LD | BPF_W | BPF_ABS, ARG_LOW(r->arg), 0, 0);
	put(f, BPF_JMP | op | BPF_K, r->value, r->mask ? 2 : 0, r->mask ? 0 : 1);
	if (r->mask) {
		put(f, BPF_ALU | BPF_AND | BPF_K, r->mask, 0, 0);
		put(f, BPF_JMP | BPF_JEQ | BPF_K, r->masked, 0, 1);
	}
	put_return(f, SECCOMP_RET_TRACE | FILTER_DATA);
	put_return(f, SECCOMP_RET_ALLOW);
}

static void put_arch(struct filter *f, const struct filter_arch *a)
{
	size_t i, plain = 0, skip;

	put(f, BPF_LD | BPF_W | BPF_ABS, NR, 0, 0);
	put(f, BPF_ALU | BPF_AND | BPF_K, a->nr_mask, 0, 0);
	for (i = 0; i < a->count; i++) {
		if (a->rules[i].test == FILTER_ALWAYS)
			plain++;
		else if (a->rules[i].test == FILTER_NOT_AT)
			put_not_at(f, &a->rules[i]);
		else
			put_tested(f, &a->rules[i]);
	}
	/* A ladder: each rung jumps over the rest of it, and over the ALLOW below, to TRACE. */
	for (i = 0; i < a->count; i++) {
		if (a->rules[i].test != FILTER_ALWAYS)
			continue;
		skip = plain--;
		put(f, BPF_JMP | BPF_JEQ | BPF_K, a->rules[i].nr, (uint8_t)skip, 0);
	}
	put_return(f, SECCOMP_RET_ALLOW);
	put_return(f, SECCOMP_RET_TRACE | FILTER_DATA);
}

static size_t arch_length(const struct filter_arch *a)
{
	size_t i, n = 4;

	for (i = 0; i < a->count; i++)
		n += rule_length(&a->rules[i]);
	return n;
}

int filter_build(struct filter *f, const struct filter_arch *archs, size_t count)
{
	size_t i, rungs, j;

	f->len = 0;
	put(f, BPF_LD | BPF_W | BPF_ABS, ARCH, 0, 0);
	for (i = 0; i < count; i++) {
		rungs = 0;
		for (j = 0; j < archs[i].count; j++)
			rungs += archs[i].rules[j].test == FILTER_ALWAYS;
		if (rungs > 250)
			return -E2BIG; /* a conditional jump reaches 255 instructions */
		/* Not this architecture: an unconditional jump, which has no such limit. */
		put(f, BPF_JMP | BPF_JEQ | BPF_K, archs[i].arch, 1, 0);
		put(f, BPF_JMP | BPF_JA, (uint32_t)arch_length(&archs[i]), 0, 0);
		put_arch(f, &archs[i]);
	}
	put_return(f, SECCOMP_RET_ALLOW);
	return f->len > FILTER_MAX ? -E2BIG : 0;
}

static int load(const struct sock_fprog *prog)
{
	/* SPEC_ALLOW: before Linux 5.16 a filter slowed the whole tree down by turning on a
	 * mitigation for speculative store bypass; older kernels than 4.17 do not know the flag. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, prog) ==
		0)
		return 0;
	if (errno == EINVAL &&
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, prog) == 0)
		return 0;
	return -errno;
}

int filter_install(const struct filter *f, bool *no_new_privs)
{
	struct sock_fprog prog = { .len = f->len, .filter = (struct sock_filter *)f->code };
	int r = load(&prog);

	*no_new_privs = false;
	if (r != -EACCES)
		return r;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	*no_new_privs = true;
	return load(&prog);
}

/* The kernel allows one listener a process: EBUSY tells that there is one. */
static bool is_heard(void)
{
	struct sock_filter all[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	struct sock_fprog prog = { .len = 1, .filter = all };

	/* Without rights it is asked for; the child ends with it. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		       &prog) < 0 &&
		errno == EBUSY;
}

bool filter_is_heard(void)
{
	int status = 0;
	pid_t pid;

	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_MODE_FILTER)
		return false;
	pid = spawn_silently();
	if (pid == 0)
		_exit(is_heard());
	while (pid > 0 && waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 1;
}
