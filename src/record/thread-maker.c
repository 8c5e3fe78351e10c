/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/thread-maker.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "trace/mem.h"

/* From clone(3) on; the two are made from neighbouring files. */
#define NEAR 16384U

int thread_maker_place(void)
{
	/* mov %rcx,%r8; mov $435,%eax; syscall */
	static const uint8_t code[] = { 0x49, 0x89, 0xc8, 0xb8, 0xb3, 0x01, 0, 0, 0x0f, 0x05 };
	uint64_t start = (uint64_t)(uintptr_t)dlsym(RTLD_DEFAULT, "clone");
	uint8_t near[NEAR];
	const uint8_t *found;

	/* Not by a pointer: another libc may end before. */
	if (!start || mem_read(getpid(), start, near, sizeof near) < 0)
		return -1;
	found = memmem(near, sizeof near, code, sizeof code);
	if (!found)
		return -1;
	return (int)((start + (uint64_t)(found - near) + sizeof code) & 0xfffU);
}
