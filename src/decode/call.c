/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decode/call.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#include "syscalls.inc"

#define X32_BIT 0x40000000U

int abi_of_stop(uint32_t arch, uint64_t *nr)
{
	if (arch == AUDIT_ARCH_I386)
		return ABI_I386;
	if (arch != AUDIT_ARCH_X86_64)
		return -ENOSYS;
	if (!(*nr & X32_BIT))
		return ABI_X86_64;
	*nr &= ~(uint64_t)X32_BIT;
	return ABI_X32;
}

const struct syscall *syscall_table(enum abi abi, size_t *count)
{
	if (abi == ABI_I386) {
		*count = ARRAY_SIZE(syscalls_i386);
		return syscalls_i386;
	}
	*count = ARRAY_SIZE(syscalls_x86_64);
	return syscalls_x86_64;
}

const struct syscall *syscall_find(enum abi abi, uint64_t nr)
{
	size_t count;
	const struct syscall *table = syscall_table(abi, &count);

	return nr < count && table[nr].action != CALL_SKIP ? &table[nr] : NULL;
}

bool open_flags_change(uint32_t flags)
{
	/* With O_PATH the kernel drops all but three flags, so nothing is opened for writing. */
	return (flags & OPEN_CHANGES_MASK) && !(flags & O_PATH);
}

static void add_place(struct call *c, uint64_t addr, bool follow, int *dirfd)
{
	struct place *p = &c->place[c->places++];

	p->dirfd = *dirfd;
	p->addr = addr;
	p->follow = follow;
	p->by_fd = addr == 0 && *dirfd != AT_FDCWD;
	*dirfd = AT_FDCWD;
}

static void apply_at_flags(struct call *c)
{
	if (c->flags & AT_SYMLINK_NOFOLLOW)
		c->place[0].follow = false;
	if (c->flags & AT_SYMLINK_FOLLOW)
		c->place[0].follow = true;
	c->empty_path = c->flags & AT_EMPTY_PATH;
}

void call_sort_arguments(struct call *c, const uint64_t args[CALL_ARGS])
{
	/* i386 and x32 pass what a 32-bit register holds; an int is 32 bits in all three. */
	bool at = false, flags_given = false;
	int i, dirfd = AT_FDCWD;

	c->places = 0;
	c->empty_path = false;
	c->flags = 0;
	c->mode = -1;
	c->addr = c->addr_len = 0;
	for (i = 0; i < CALL_ARGS; i++) {
		uint64_t a = c->abi == ABI_I386 ? (uint32_t)args[i] : args[i];

		c->args[i] = a;
		switch ((enum kind)c->sys->args[i]) {
		case ARG_PATH:
			add_place(c, a, false, &dirfd);
			break;
		case ARG_FPATH:
			add_place(c, a, true, &dirfd);
			break;
		case ARG_FD:
			dirfd = (int)a;
			add_place(c, 0, false, &dirfd);
			c->place[0].by_fd = true;
			break;
		case ARG_DIRFD:
			dirfd = (int)a;
			break;
		case ARG_ATFLAGS:
			at = true;
			c->flags = (uint32_t)a;
			break;
		case ARG_OFLAGS:
			flags_given = true;
			c->flags = (uint32_t)a;
			break;
		case ARG_RFLAGS:
		case ARG_CLONEFLAGS:
		case ARG_NSFLAGS:
		case ARG_SOCKCALL:
			c->flags = (uint32_t)a;
			break;
		case ARG_MODE:
			c->mode = (int64_t)(a & 0177777);
			break;
		case ARG_HOW:
			flags_given = true;
			c->addr = a;
			break;
		case ARG_TARGET:
		case ARG_ADDR:
		case ARG_SOCKARGS:
		case ARG_CLONEARGS:
			c->addr = a;
			break;
		case ARG_ADDRLEN:
			c->addr_len = a;
			break;
		case ARG_ANY:
		case ARG_NONE:
			break;
		}
	}
	if (at)
		apply_at_flags(c);
	if (c->sys->action == CALL_OPEN && !flags_given)
		c->flags = O_WRONLY | O_CREAT | O_TRUNC; /* creat(2) */
}
