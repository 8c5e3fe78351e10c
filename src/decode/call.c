/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decode/call.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#include "syscalls.inc"

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

const char *syscall_name(enum abi abi, uint64_t nr)
{
	size_t count;
	const struct syscall *table = syscall_table(abi, &count);

	return nr < count ? table[nr].name : NULL;
}

const struct syscall *syscall_find(enum abi abi, uint64_t nr)
{
	size_t count;
	const struct syscall *table = syscall_table(abi, &count);

	return nr < count && table[nr].action != CALL_SKIP ? &table[nr] : NULL;
}

/* By linux/net.h, in its order. send(2) and recv(2) are what they are without an address. */
const char *socketcall_name(uint64_t which)
{
	static const char *const names[] = { NULL, "socket", [SOCKETCALL_BIND] = "bind", "connect",
		"listen", "accept", "getsockname", "getpeername", "socketpair", "sendto",
		"recvfrom", "sendto", "recvfrom", "shutdown", "setsockopt", "getsockopt",
		"sendmsg", "recvmsg", "accept4", "recvmmsg", "sendmmsg" };

	return which < ARRAY_SIZE(names) ? names[which] : NULL;
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

/* Where an argument of a kind goes in struct call. */
static const enum slot {
	SLOT_NONE,
	SLOT_PLACE,
	SLOT_FOLLOWED,
	SLOT_DIRFD,
	SLOT_FD,
	SLOT_FLAGS,
	SLOT_MODE,
	SLOT_ADDR,
	SLOT_LENGTH,
} slots[] = {
	[ARG_PATH] = SLOT_PLACE,
	[ARG_FPATH] = SLOT_FOLLOWED,
	[ARG_DIRFD] = SLOT_DIRFD,
	[ARG_FD] = SLOT_FD,
	[ARG_OFLAGS] = SLOT_FLAGS,
	[ARG_ATFLAGS] = SLOT_FLAGS,
	[ARG_RFLAGS] = SLOT_FLAGS,
	[ARG_CLONEFLAGS] = SLOT_FLAGS,
	[ARG_NSFLAGS] = SLOT_FLAGS,
	[ARG_OPTION] = SLOT_FLAGS,
	[ARG_MOUNT] = SLOT_NONE,
	[ARG_REQUEST] = SLOT_NONE,
	[ARG_WAITPID] = SLOT_NONE,
	[ARG_IDTYPE] = SLOT_NONE,
	[ARG_WAITFLAGS] = SLOT_FLAGS,
	[ARG_SOCKCALL] = SLOT_FLAGS,
	[ARG_MODE] = SLOT_MODE,
	[ARG_HOW] = SLOT_ADDR,
	[ARG_TARGET] = SLOT_ADDR,
	[ARG_ADDR] = SLOT_ADDR,
	[ARG_SOCKARGS] = SLOT_ADDR,
	[ARG_CLONEARGS] = SLOT_ADDR,
	[ARG_LEFT] = SLOT_ADDR,
	[ARG_ADDRLEN] = SLOT_LENGTH,
};

static void take_argument(struct call *c, enum kind kind, uint64_t a, int *dirfd)
{
	enum slot slot = slots[kind];

	if (slot == SLOT_PLACE || slot == SLOT_FOLLOWED) {
		add_place(c, a, slot == SLOT_FOLLOWED, dirfd);
	} else if (slot == SLOT_DIRFD) {
		*dirfd = (int)a;
	} else if (slot == SLOT_FD) {
		*dirfd = (int)a;
		add_place(c, 0, false, dirfd);
		c->place[0].by_fd = true;
	} else if (slot == SLOT_FLAGS) {
		c->flags = (uint32_t)a;
	} else if (slot == SLOT_MODE) {
		c->mode = (int64_t)(a & 0177777);
	} else if (slot == SLOT_ADDR) {
		c->addr = a;
	} else if (slot == SLOT_LENGTH) {
		c->addr_len = a;
	}
}

static bool has_argument(const struct syscall *sys, enum kind kind)
{
	int i;

	for (i = 0; i < CALL_ARGS; i++)
		if (sys->args[i] == kind)
			return true;
	return false;
}

void call_sort_arguments(struct call *c, const uint64_t args[CALL_ARGS])
{
	int i, dirfd = AT_FDCWD;

	c->places = 0;
	c->empty_path = false;
	c->flags = 0;
	c->mode = -1;
	c->addr = c->addr_len = 0;
	for (i = 0; i < CALL_ARGS && c->sys->args[i] != ARG_NONE; i++) {
		/*
		 * An i386 register has 32 bits; what the kernel shows
		 * above them is not the caller's.
		 */
		c->args[i] = c->abi == ABI_I386 ? (uint32_t)args[i] : args[i];
		take_argument(c, (enum kind)c->sys->args[i], c->args[i], &dirfd);
	}
	if (has_argument(c->sys, ARG_ATFLAGS))
		apply_at_flags(c);
	/* creat(2) says its flags by its name. */
	if (c->sys->action == CALL_OPEN && !has_argument(c->sys, ARG_OFLAGS) &&
		!has_argument(c->sys, ARG_HOW))
		c->flags = O_WRONLY | O_CREAT | O_TRUNC;
}
