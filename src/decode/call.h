/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DECODE_CALL_H
#define DECODE_CALL_H
/*
 * A stop's numbers -> which call, with which arguments. Only this folder knows
 * the numbers of an ABI; what follows reads kinds of argument, not registers.
 * But what a signal does to a call is that call's own: record/again.c and
 * record/rest-call.c have calls by name, and their arguments by place.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/op.h"

enum action {
	CALL_SKIP,
	CALL_OPEN,
	CALL_RENAME,
	CALL_LINK,
	CALL_SYMLINK,
	CALL_UNLINK,
	CALL_RMDIR,
	CALL_MKDIR,
	CALL_MKNOD,
	CALL_BIND,
	CALL_TRUNCATE,
	CALL_CHMOD,
	CALL_CHOWN,
	CALL_UTIME,
	CALL_SETXATTR,
	CALL_REMOVEXATTR,
	CALL_IO_URING,
	CALL_FANOTIFY,
	CALL_CLONE,
	CALL_NAMESPACE,
	CALL_MOUNT,
	CALL_PTRACE,
	CALL_SECCOMP,
	CALL_PRCTL,
	CALL_ACCT,
	CALL_MOUNT_OPTION,
	CALL_SUBVOLUME,
	CALL_WAIT,
	CALL_KILL,
	CALL_SLEEP,
	CALL_ACTIONS,
};

enum kind {
	ARG_NONE,
	ARG_ANY,
	ARG_PATH,
	ARG_FPATH,
	ARG_DIRFD,
	ARG_FD,
	ARG_OFLAGS,
	ARG_HOW,
	ARG_ATFLAGS,
	ARG_RFLAGS,
	ARG_MODE,
	ARG_TARGET,
	ARG_ADDR,
	ARG_ADDRLEN,
	ARG_SOCKCALL,
	ARG_SOCKARGS,
	ARG_CLONEFLAGS,
	ARG_CLONEARGS,
	ARG_NSFLAGS,
	ARG_OPTION,
	ARG_MOUNT,
	ARG_REQUEST,
	ARG_WAITPID,
	ARG_IDTYPE,
	ARG_WAITFLAGS,
	ARG_LEFT,
};

#define CALL_ARGS 6

struct syscall {
	const char *name;
	enum action action;
	uint8_t args[CALL_ARGS]; /* enum kind */
};

/* One name among a call's arguments, still in the tracee's memory. */
struct place {
	int dirfd;     /* AT_FDCWD, or a descriptor of the tracee */
	uint64_t addr; /* of the string; 0 when there is none */
	bool follow;   /* a symlink in the last place is followed */
	bool by_fd;    /* dirfd is the thing itself (fchmod, AT_EMPTY_PATH, utimensat's NULL) */
};

struct call {
	const struct syscall *sys;
	enum abi abi;
	uint64_t nr;
	uint64_t args[CALL_ARGS];
	struct place place[2];
	int places;
	bool empty_path; /* AT_EMPTY_PATH: an empty name means place[0].dirfd itself */
	uint32_t flags;  /* O_*, RENAME_* or AT_* */
	int64_t mode;    /* -1: none */
	uint64_t addr;   /* open_how, symlink target, sockaddr, clone_args; 0: none */
	uint64_t addr_len;
};

/* The row for a number in an ABI; NULL when there is none or it is skipped. */
const struct syscall *syscall_find(enum abi abi, uint64_t nr);
/* What it is called, skipped or not; NULL: there is none. */
const char *syscall_name(enum abi abi, uint64_t nr);
/* The whole table of an ABI, for whoever makes a filter of it: rows by number. */
const struct syscall *syscall_table(enum abi abi, size_t *count);

/* x32 has x86_64's numbers and architecture, and a bit of its own in the number. */
#define X32_BIT 0x40000000U
/* The AUDIT_ARCH_* and number of a stop -> the ABI, with x32's bit taken off. -ENOSYS: not ours. */
int abi_of_stop(uint32_t arch, uint64_t *nr);

/* i386's socketcall(2), by its first number: the call that takes the arguments it has in memory. */
const char *socketcall_name(uint64_t which);
#define SOCKETCALL_BIND 2 /* linux/net.h */

/* Sorts the arguments by kind; c->sys and c->abi are set by the caller. */
void call_sort_arguments(struct call *c, const uint64_t args[CALL_ARGS]);

/* Would this open's flags change a file tree? The filter asks the same question in BPF. */
#define OPEN_CHANGES_MASK (01 | 02 | 0100 | 01000 | 02000) /* WRONLY RDWR CREAT TRUNC APPEND */
bool open_flags_change(uint32_t flags);
/*
 * What may open a file only to hold it: O_PATH, and not O_DIRECTORY, which many programs say when
 * they mean a folder. The filter asks the same again.
 */
#define OPEN_HOLDS 010000000U
#define OPEN_HOLDS_MASK (OPEN_HOLDS | 0200000U)
/* The P_PIDFD of waitid(2), which older headers have not. The filter asks likewise. */
#define WAIT_BY_PIDFD 3U
/*
 * ioctl(2)'s requests of Btrfs for subvolumes; cp's FICLONE has another size. The filter asks
 * likewise.
 */
#define SUBVOLUME_MASK 0xffffff00U
#define SUBVOLUME_REQUEST 0x50009400U
/* unshare(2): names may lead elsewhere after it, now or by a mount. The filter asks likewise. */
#define NAMESPACE_MASK (0x00020000U | 0x10000000U) /* CLONE_NEWNS CLONE_NEWUSER */

#endif
