/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/mem.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#define PAGE 4096U
/* Most names are short: a first look this long costs least. */
#define FIRST_LOOK 256U

int mem_read(pid_t tid, uint64_t addr, void *out, size_t n)
{
	struct iovec local = { out, n }, remote = { (void *)(uintptr_t)addr, n };
	ssize_t r = process_vm_readv(tid, &local, 1, &remote, 1, 0);

	if (r < 0)
		return -errno;
	return (size_t)r == n ? 0 : -EFAULT;
}

int mem_write(pid_t tid, uint64_t addr, const void *data, size_t n)
{
	struct iovec local = { (void *)(uintptr_t)data, n };
	struct iovec remote = { (void *)(uintptr_t)addr, n };
	ssize_t r = process_vm_writev(tid, &local, 1, &remote, 1, 0);

	if (r < 0)
		return -errno;
	return (size_t)r == n ? 0 : -EFAULT;
}

ssize_t mem_read_string(pid_t tid, uint64_t addr, char *out, size_t size)
{
	size_t got = 0, want = FIRST_LOOK;

	while (got < size) {
		size_t to_page_end = PAGE - (size_t)((addr + got) % PAGE);
		char *nul;
		int r;

		if (want > to_page_end)
			want = to_page_end;
		if (want > size - got)
			want = size - got;
		r = mem_read(tid, addr + got, out + got, want);
		if (r < 0)
			return r;
		nul = memchr(out + got, '\0', want);
		if (nul)
			return nul - out;
		got += want;
		want = PAGE;
	}
	return -ENAMETOOLONG;
}
