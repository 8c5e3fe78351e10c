/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/rules.h"

#include <errno.h>
#include <linux/audit.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "decode/call.h"
#include "record/thread-maker.h"

/* Kinds of argument that the filter can test in a register. */
static const struct {
	enum kind kind;
	enum filter_test test;
	uint32_t value, mask, masked;
} tests[] = {
	{ ARG_OFLAGS, FILTER_ANY_BIT, OPEN_CHANGES_MASK, OPEN_HOLDS_MASK, OPEN_HOLDS },
	{ ARG_CLONEFLAGS, FILTER_ANY_BIT,
		CLONE_UNTRACED | CLONE_NEWNS | CLONE_PARENT | CLONE_PTRACE, 0, 0 },
	{ ARG_NSFLAGS, FILTER_ANY_BIT, NAMESPACE_MASK, 0, 0 },
	{ ARG_OPTION, FILTER_EQUAL, PR_GET_SECCOMP, ~0U, PR_SET_SECCOMP },
	{ ARG_REQUEST, FILTER_EQUAL, SUBVOLUME_REQUEST, SUBVOLUME_MASK, SUBVOLUME_REQUEST },
	{ ARG_SOCKCALL, FILTER_EQUAL, SOCKETCALL_BIND, 0, 0 },
	{ ARG_WAITFLAGS, FILTER_ANY_BIT, WNOHANG, 0, 0 },
	{ ARG_LEFT, FILTER_ANY_BIT, ~0U, 0, 0 },
};

/*
 * And what makes the test needless. A shell that has waited asks once more, for any child, after
 * each command; who knows by something else that one has ended asks for that one. A pidfd may have
 * been made so that nobody waits by it (PIDFD_NONBLOCK), which no register tells.
 */
static const struct {
	enum kind kind;
	uint32_t value;
	bool has_always;
	uint32_t always;
} buts[] = {
	{ ARG_WAITPID, (uint32_t)-1, false, 0 },
	{ ARG_IDTYPE, P_ALL, true, WAIT_BY_PIDFD },
};

static void add_but(struct filter_rule *rule, const struct syscall *sys)
{
	size_t b;

	for (b = 0; b < ARRAY_SIZE(buts); b++) {
		if (sys->args[0] != buts[b].kind)
			continue;
		rule->has_but = true;
		rule->but = buts[b].value;
		rule->has_always = buts[b].has_always;
		rule->always = buts[b].always;
	}
}

static struct filter_rule rule_of(uint32_t nr, const struct syscall *sys)
{
	struct filter_rule rule = { .nr = nr, .test = FILTER_ALWAYS };
	size_t t;
	int i;

	for (i = 0; i < CALL_ARGS; i++) {
		for (t = 0; t < ARRAY_SIZE(tests); t++) {
			if (sys->args[i] != tests[t].kind)
				continue;
			rule.test = tests[t].test;
			rule.value = tests[t].value;
			rule.mask = tests[t].mask;
			rule.masked = tests[t].masked;
			rule.arg = i;
		}
	}
	add_but(&rule, sys);
	return rule;
}

/* Of clone3's own arguments libc has two, and in %rdx a function to go to. */
static void spare_libc(struct filter_rule *rules, size_t count)
{
	int place = thread_maker_place();
	size_t i;

	for (i = 0; place >= 0 && i < count; i++) {
		const struct syscall *sys = syscall_find(ABI_X86_64, rules[i].nr);

		if (sys->args[0] == ARG_CLONEARGS)
			rules[i] = (struct filter_rule){ .nr = rules[i].nr,
				.test = FILTER_NOT_AT,
				.arg = 2,
				.value = (uint32_t)place };
	}
}

static int rules_of(enum abi abi, struct filter_arch *out)
{
	size_t count, nr;
	const struct syscall *table = syscall_table(abi, &count);
	struct filter_rule *rules = calloc(count, sizeof *rules);

	if (!rules)
		return -ENOMEM;
	for (nr = 0; nr < count; nr++)
		if (table[nr].action != CALL_SKIP)
			rules[out->count++] = rule_of((uint32_t)nr, &table[nr]);
	if (abi == ABI_X86_64)
		spare_libc(rules, out->count);
	out->rules = rules;
	return 0;
}

int rules_build(struct filter *f)
{
	struct filter_arch archs[] = {
		{ .arch = AUDIT_ARCH_X86_64, .nr_mask = ~X32_BIT },
		{ .arch = AUDIT_ARCH_I386, .nr_mask = ~0U },
	};
	int r = rules_of(ABI_X86_64, &archs[0]);

	if (r == 0)
		r = rules_of(ABI_I386, &archs[1]);
	if (r == 0)
		r = filter_build(f, archs, ARRAY_SIZE(archs));
	free((void *)archs[0].rules);
	free((void *)archs[1].rules);
	return r;
}
