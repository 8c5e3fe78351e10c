/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ELF reader, on any file. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "package/elf.h"

void *__real_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset);
int __real_munmap(void *addr, size_t size);
void *__wrap_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset);
int __wrap_munmap(void *addr, size_t size);

static int file = -1;
static void *copy;

/* The mapping ends at a page's end; memory of this size ends where the file does. */
void *__wrap_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (addr || fd < 0)
		return __real_mmap(addr, size, prot, flags, fd, offset);
	copy = malloc(size);
	if (!copy || pread(fd, copy, size, 0) != (ssize_t)size)
		abort();
	return copy;
}

int __wrap_munmap(void *addr, size_t size)
{
	if (addr != copy)
		return __real_munmap(addr, size);
	free(addr);
	copy = NULL;
	return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	file = memfd_create("elf", 0);
	return file < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	struct elf elf;
	size_t i;

	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	if (ftruncate(file, 0) < 0 || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
	if (elf_read(&elf, path) == 0) {
		read_through(elf_deb_arch(&elf));
		read_through(elf_rpm_arch(&elf));
	}
	read_through(elf.soname);
	read_through(elf.run_path);
	for (i = 0; i < elf.needed_count; i++)
		read_through(elf.needed[i]);
	for (i = 0; i < elf.symbol_count; i++) {
		read_through(elf.symbols[i].name);
		read_through(elf.symbols[i].version);
	}
	elf_release(&elf);
	return 0;
}
