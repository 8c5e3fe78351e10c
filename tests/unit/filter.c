/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The filter, run as the kernel would run it: classic BPF over a struct
 * seccomp_data.
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/btrfs.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "lib/tap.h"
#include "decode/call.h"
#include "record/rules.h"
#include "record/thread-maker.h"

static uint32_t run(const struct filter *f, const struct seccomp_data *d)
{
	uint32_t a = 0, x = 0;
	unsigned int pc;

	for (pc = 0; pc < f->len; pc++) {
		const struct sock_filter *i = &f->code[pc];
		bool yes = false;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)d + i->k, sizeof a);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			continue;
		case BPF_ALU | BPF_ADD | BPF_K:
			a += i->k;
			continue;
		case BPF_ALU | BPF_SUB | BPF_X:
			a -= x;
			continue;
		case BPF_MISC | BPF_TAX:
			x = a;
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = a >= i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			yes = a & i->k;
			break;
		default:
			return 0xdead;
		}
		pc += yes ? i->jt : i->jf;
	}
	return 0xdead;
}

static struct filter filter;

static bool answer(const struct seccomp_data *d)
{
	uint32_t r = run(&filter, d);

	if (r != SECCOMP_RET_ALLOW && r != (SECCOMP_RET_TRACE | FILTER_DATA))
		printf("# %d answers %x\n", d->nr, r);
	return r == (SECCOMP_RET_TRACE | FILTER_DATA);
}

static bool stops(uint32_t arch, int nr, uint64_t a0, uint64_t a1, uint64_t a2)
{
	/* of those that it looks at only waitid's has a fourth, and that one is likewise */
	const struct seccomp_data d = { .nr = nr, .arch = arch, .args = { a0, a1, a2, a2 } };

	return answer(&d);
}

static bool clone3_stops(uint64_t ip, uint64_t function)
{
	const struct seccomp_data d = { .nr = 435,
		.arch = AUDIT_ARCH_X86_64,
		.instruction_pointer = ip,
		.args = { 0x7ffc1234, 88, function } };

	return answer(&d);
}

/* This library is the one; where it is mapped is chance. */
static void libc_makes_threads(void)
{
	int place = thread_maker_place();
	uint64_t ip = 0x7f1234567000 + (uint64_t)place;

	ok(clone3_stops(0x555555554123, 0x555555554000), "clone3 stops");
	if (place < 0) {
		ok(true, "any, since this libc's was not found");
		return;
	}
	ok(!clone3_stops(ip, ip - 0x81234) && !clone3_stops(ip, ip + 0x81234),
		"but not libc's own");
	ok(clone3_stops(ip + 1, ip) && clone3_stops(ip - 1, ip), "an instruction beside it");
	ok(clone3_stops(ip - 0x200000000000, ip - 0x200000000000), "one of the program's");
	ok(clone3_stops(ip, 0) && clone3_stops(ip, ip - 0x300000) &&
			clone3_stops(ip, ip + 0x300000),
		"and one with a function of somebody else's");
}

/* Every row of the tables: trapped ones stop for some argument, the others never. */
static void whole_table(enum abi abi, uint32_t arch)
{
	size_t count, nr;
	const struct syscall *table = syscall_table(abi, &count);
	int wrong = 0;

	for (nr = 0; nr < count; nr++) {
		bool some =
			stops(arch, (int)nr, ~0ULL, ~0ULL, ~0ULL) ||
			stops(arch, (int)nr, 2, 0, 0) || stops(arch, (int)nr, P_PID, 0, WNOHANG) ||
			stops(arch, (int)nr, PR_GET_SECCOMP, 0, 0) ||
			stops(arch, (int)nr, 0, BTRFS_IOC_SNAP_DESTROY, 0);

		wrong += some != (table[nr].action != CALL_SKIP);
	}
	ok_int(wrong, 0, "each call stops as its row says");
}

int main(void)
{
	const uint32_t x86 = AUDIT_ARCH_X86_64, i386 = AUDIT_ARCH_I386;
	const int x32 = 0x40000000;

	ok_int(rules_build(&filter), 0, "the filter is built");
	ok(filter.len < 4096, "and short enough for the kernel");
	ok(!stops(x86, 257, 0, 0, O_RDONLY | O_CLOEXEC | O_DIRECTORY),
		"a read-only openat goes on");
	ok(stops(x86, 257, 0, 0, O_WRONLY), "openat for writing stops");
	ok(stops(x86, 257, 0, 0, 010000000) && stops(i386, 5, 0, 010000000 | O_CLOEXEC, 0),
		"to hold a file by O_PATH");
	ok(!stops(x86, 257, 0, 0, 010000000 | O_DIRECTORY), "but not a folder");
	ok(stops(x86, 257, 0, 0, O_RDWR), "for both");
	ok(stops(x86, 257, 0, 0, O_CREAT), "for making");
	ok(stops(x86, 2, 0, O_TRUNC, 0), "open that truncates");
	ok(!stops(x86, 2, ~0ULL, O_RDONLY, ~0ULL), "open looks at its own flags only");
	ok(stops(x86, x32 + 257, 0, 0, O_WRONLY), "x32's openat");
	ok(!stops(x86, x32 + 257, 0, 0, O_RDONLY), "x32's, read-only");
	ok(stops(i386, 5, 0, O_WRONLY, 0), "i386's open");
	ok(!stops(i386, 257, 0, 0, O_WRONLY), "257 means something else to i386");
	ok(stops(i386, 102, 2, 0, 0) && !stops(i386, 102, 3, 0, 0),
		"socketcall: bind and no other");
	ok(!stops(x86, 157, PR_SET_NAME, 0, 0) && stops(x86, 157, PR_GET_SECCOMP, 0, 0) &&
			stops(x86, 157, PR_SET_SECCOMP, 0, 0),
		"prctl: what asks for a filter, or sets one, and no other");
	ok(!stops(x86, 61, ~0ULL, ~0ULL, WUNTRACED) && stops(x86, 61, 0, 0, WNOHANG | WUNTRACED) &&
			stops(x86, 247, P_PID, 0, WNOHANG | WEXITED) &&
			!stops(x86, 247, P_PID, 1, WEXITED) && stops(i386, 7, 1, 0, WNOHANG) &&
			!stops(i386, 7, 1, 1, 0),
		"to wait, if it does not");
	ok(!stops(x86, 61, ~0ULL, 0, WNOHANG) && !stops(i386, 7, ~0U, 0, WNOHANG) &&
			!stops(x86, 247, P_ALL, 0, WNOHANG | WEXITED),
		"but not for any child");
	ok(stops(x86, 247, 3, 4, WEXITED) && stops(i386, 284, 3, 4, WEXITED),
		"and by a pidfd, which says by itself whether it waits");
	ok(!stops(x86, 56, SIGCHLD, 0, 0) && stops(x86, 56, CLONE_UNTRACED, 0, 0),
		"clone with CLONE_UNTRACED");
	ok(!stops(i386, 3, 0, 0, 0) && !stops(i386, 54, ~0ULL, ~0ULL, ~0ULL) &&
		stops(i386, 10, 0, 0, 0) && stops(i386, 8, 0, 0, 0),
		"i386: read and ioctl go on, unlink and creat stop");
	ok(stops(x86, 16, 3, BTRFS_IOC_SUBVOL_CREATE, 0) &&
			stops(i386, 54, 3, BTRFS_IOC_SNAP_DESTROY, 0) &&
			!stops(x86, 16, 3, FICLONE, 0) && !stops(x86, 16, 3, FICLONERANGE, 0),
		"ioctl stops for subvolumes, and not for cp's FICLONE");
	ok(!stops(0x1234, 257, 0, 0, O_WRONLY), "another architecture is let through");
	libc_makes_threads();
	whole_table(ABI_X86_64, x86);
	whole_table(ABI_I386, i386);
	return done_testing();
}
