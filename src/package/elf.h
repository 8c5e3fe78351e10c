/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_ELF_H
#define PACKAGE_ELF_H
/* What an ELF file says of the machine it is for and of the libraries it needs. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_symbol {
	const char *name, *version; /* "Base": none */
};

struct elf {
	uint16_t machine;
	bool wide, little;      /* 64-bit; byte order */
	bool hard_float;        /* 32-bit ARM's two worlds */
	bool object;            /* a member of an archive, or an object file: nothing to load */
	/*
	 * Of this machine's byte order: programs load it; it has symbols that nothing needs to
	 * run; there is more behind its end.
	 */
	bool library, symbols_to_strip, tail;
	const char *soname, *run_path; /* NULL: none */
	const char **needed;
	size_t needed_count;
	struct elf_symbol *symbols; /* those it takes from others */
	size_t symbol_count;
	void *map;
	size_t map_size;
};

/*
 * Reads the file (of an archive: its first ELF member). 0; 1: it is no ELF
 * file; -errno. Strings are good until elf_release.
 */
int elf_read(struct elf *elf, const char *path);
void elf_release(struct elf *elf);
/* The names for its machine; NULL when it is none that Debian or rpm knows. */
const char *elf_deb_arch(const struct elf *elf);
const char *elf_rpm_arch(const struct elf *elf);

#endif
