/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_OP_H
#define MODEL_OP_H
/*
 * The operations of the record. The numbers stand in databases (table op of
 * db/0001-init.sql names them): append, never renumber.
 */
enum op {
	OP_NONE,
	OP_OPEN,
	OP_RENAME,
	OP_LINK,
	OP_SYMLINK,
	OP_UNLINK,
	OP_RMDIR,
	OP_MKDIR,
	OP_MKNOD,
	OP_TRUNCATE,
	OP_CHMOD,
	OP_CHOWN,
	OP_UTIME,
	OP_SETXATTR,
	OP_REMOVEXATTR,
	OP_COUNT,
};

/* The ABI of a system call, as the kernel reports it at the stop. Stored too. */
enum abi {
	ABI_X86_64,
	ABI_I386,
	ABI_X32,
	ABI_COUNT,
};

#endif
