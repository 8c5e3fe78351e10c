/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files come from anywhere, so every offset is held against the size of the
 * file before it is followed. Only files of this machine's byte order are read
 * beyond their head; of others the machine is all that is asked.
 */
#include "package/elf.h"

#include <ar.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#ifndef EM_RISCV
#define EM_RISCV 243
#endif
#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

static const struct machine {
	uint16_t machine;
	bool wide, little;
	const char *deb, *rpm;
} machines[] = {
	{ EM_X86_64, true, true, "amd64", "x86_64" },
	{ EM_X86_64, false, true, "x32", "x86_64" },
	{ EM_386, false, true, "i386", "i686" },
	{ EM_AARCH64, true, true, "arm64", "aarch64" },
	{ EM_ARM, false, true, "armel", "armv7l" },
	{ EM_PPC64, true, true, "ppc64el", "ppc64le" },
	{ EM_PPC64, true, false, "ppc64", "ppc64" },
	{ EM_S390, true, false, "s390x", "s390x" },
	{ EM_RISCV, true, true, "riscv64", "riscv64" },
	{ EM_MIPS, true, true, "mips64el", "mips64el" },
	{ EM_MIPS, false, true, "mipsel", "mipsel" },
	{ EM_LOONGARCH, true, true, "loong64", "loongarch64" },
};

static const struct machine *machine_of(const struct elf *elf)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == elf->machine && machines[i].wide == elf->wide && machines[i].little == elf->little)
			return &machines[i];
	return NULL;
}

const char *elf_deb_arch(const struct elf *elf)
{
	const struct machine *m = machine_of(elf);

	return !m ? NULL : m->machine == EM_ARM && elf->hard_float ? "armhf" : m->deb;
}

const char *elf_rpm_arch(const struct elf *elf)
{
	const struct machine *m = machine_of(elf);

	return !m ? NULL : m->machine == EM_ARM && elf->hard_float ? "armv7hl" : m->rpm;
}

/* The image under the eyes: a file, or a member of an archive. */
struct image {
	const unsigned char *data;
	size_t size;
	bool wide;
};

/* n bytes at an offset, or NULL when the file does not have them. */
static const void *at(const struct image *im, uint64_t offset, uint64_t n)
{
	return offset <= im->size && n <= im->size - offset ? im->data + offset : NULL;
}

/* A string that ends within the file. */
static const char *string_at(const struct image *im, uint64_t table, uint64_t table_size, uint64_t index)
{
	const char *s = index < table_size ? at(im, table + index, table_size - index) : NULL;

	return s && memchr(s, '\0', (size_t)(table_size - index)) ? s : NULL;
}

/* The headers of both classes, in one shape. */
struct segment {
	uint32_t type;
	uint64_t offset, address, size;
};

static bool read_segment(const struct image *im, uint64_t offset, struct segment *out)
{
	Elf64_Phdr p64;
	Elf32_Phdr p32;
	const void *p = at(im, offset, im->wide ? sizeof p64 : sizeof p32);

	if (!p)
		return false;
	if (im->wide) {
		memcpy(&p64, p, sizeof p64);
		*out = (struct segment){ p64.p_type, p64.p_offset, p64.p_vaddr, p64.p_filesz };
	} else {
		memcpy(&p32, p, sizeof p32);
		*out = (struct segment){ p32.p_type, p32.p_offset, p32.p_vaddr, p32.p_filesz };
	}
	return true;
}

struct layout {
	struct segment loads[32];
	size_t load_count;
	struct segment dynamic;
	uint64_t strings, strings_size, symbols, versions, needs, needs_count, hash, gnu_hash;
};

/* Where in the file an address of the image is; UINT64_MAX: nowhere. */
static uint64_t offset_of(const struct layout *l, uint64_t address)
{
	size_t i;

	for (i = 0; i < l->load_count; i++)
		if (address >= l->loads[i].address && address - l->loads[i].address < l->loads[i].size)
			return l->loads[i].offset + (address - l->loads[i].address);
	return UINT64_MAX;
}

static void read_segments(const struct image *im, struct layout *l)
{
	uint64_t start, size, n, i;

	if (im->wide) {
		Elf64_Ehdr h;

		memcpy(&h, im->data, sizeof h);
		start = h.e_phoff;
		size = h.e_phentsize;
		n = h.e_phnum;
	} else {
		Elf32_Ehdr h;

		memcpy(&h, im->data, sizeof h);
		start = h.e_phoff;
		size = h.e_phentsize;
		n = h.e_phnum;
	}
	for (i = 0; i < n; i++) {
		struct segment s;

		if (start > im->size || !read_segment(im, start + i * size, &s))
			return;
		if (s.type == PT_LOAD && l->load_count < ARRAY_SIZE(l->loads))
			l->loads[l->load_count++] = s;
		if (s.type == PT_DYNAMIC)
			l->dynamic = s;
	}
}

static bool read_dynamic(const struct image *im, const struct layout *l, uint64_t i, uint64_t *tag, uint64_t *value)
{
	Elf64_Dyn d64;
	Elf32_Dyn d32;
	uint64_t size = im->wide ? sizeof d64 : sizeof d32;
	const void *p = (i + 1) * size <= l->dynamic.size ? at(im, l->dynamic.offset + i * size, size) : NULL;

	if (!p)
		return false;
	if (im->wide) {
		memcpy(&d64, p, sizeof d64);
		*tag = (uint64_t)d64.d_tag;
		*value = d64.d_un.d_val;
	} else {
		memcpy(&d32, p, sizeof d32);
		*tag = (uint64_t)d32.d_tag;
		*value = d32.d_un.d_val;
	}
	return *tag != DT_NULL;
}

static void find_tables(const struct image *im, struct layout *l)
{
	uint64_t i, tag, value;

	for (i = 0; read_dynamic(im, l, i, &tag, &value); i++)
		switch (tag) {
		case DT_STRTAB: l->strings = offset_of(l, value); break;
		case DT_STRSZ: l->strings_size = value; break;
		case DT_SYMTAB: l->symbols = offset_of(l, value); break;
		case DT_VERSYM: l->versions = offset_of(l, value); break;
		case DT_VERNEED: l->needs = offset_of(l, value); break;
		case DT_VERNEEDNUM: l->needs_count = value; break;
		case DT_HASH: l->hash = offset_of(l, value); break;
		case DT_GNU_HASH: l->gnu_hash = offset_of(l, value); break;
		default: break;
		}
}

static int read_names(struct elf *elf, const struct image *im, const struct layout *l)
{
	uint64_t i, tag, value;

	for (i = 0; read_dynamic(im, l, i, &tag, &value); i++) {
		const char *s = string_at(im, l->strings, l->strings_size, value);

		if (tag == DT_SONAME)
			elf->soname = s;
		if (tag == DT_RUNPATH || (tag == DT_RPATH && !elf->run_path))
			elf->run_path = s;
		if (tag == DT_NEEDED && s) {
			const char **more = reallocarray(elf->needed, elf->needed_count + 1, sizeof *more);

			if (!more)
				return -ENOMEM;
			elf->needed = more;
			more[elf->needed_count++] = s;
		}
	}
	return 0;
}

/* The names of the versions that symbols ask for, by their index. */
static const char *version_name(const struct image *im, const struct layout *l, unsigned int index)
{
	uint64_t need = l->needs, n, k;

	for (n = 0; n < l->needs_count; n++) {
		Elf64_Verneed v; /* the same in both classes */
		const void *p = at(im, need, sizeof v);
		uint64_t aux;

		if (!p)
			return NULL;
		memcpy(&v, p, sizeof v);
		aux = need + v.vn_aux;
		for (k = 0; k < v.vn_cnt; k++) {
			Elf64_Vernaux x;

			p = at(im, aux, sizeof x);
			if (!p)
				return NULL;
			memcpy(&x, p, sizeof x);
			if (x.vna_other == index)
				return string_at(im, l->strings, l->strings_size, x.vna_name);
			aux += x.vna_next;
		}
		if (!v.vn_next)
			return NULL;
		need += v.vn_next;
	}
	return NULL;
}

/*
 * How many dynamic symbols there are is nowhere written but in the hash tables.
 * Those a file takes from others stand in front of the first that GNU's hashes.
 */
static uint64_t symbol_count(const struct image *im, const struct layout *l)
{
	uint32_t words[2];
	const void *p = l->hash != UINT64_MAX && l->hash ? at(im, l->hash, sizeof words) : NULL;

	if (!p)
		p = l->gnu_hash != UINT64_MAX && l->gnu_hash ? at(im, l->gnu_hash, sizeof words) : NULL;
	if (!p)
		return 0;
	memcpy(words, p, sizeof words);
	return words[1];
}

static bool read_symbol(const struct image *im, uint64_t table, uint64_t i, uint64_t *name, bool *undefined)
{
	Elf64_Sym s64;
	Elf32_Sym s32;
	uint64_t size = im->wide ? sizeof s64 : sizeof s32;
	const void *p = table <= im->size ? at(im, table + i * size, size) : NULL;

	if (!p)
		return false;
	if (im->wide) {
		memcpy(&s64, p, sizeof s64);
		*name = s64.st_name;
		*undefined = s64.st_shndx == SHN_UNDEF;
	} else {
		memcpy(&s32, p, sizeof s32);
		*name = s32.st_name;
		*undefined = s32.st_shndx == SHN_UNDEF;
	}
	return true;
}

static int read_symbols(struct elf *elf, const struct image *im, const struct layout *l)
{
	uint64_t n = symbol_count(im, l), i, name;
	bool undefined;

	if (n > im->size / sizeof(Elf32_Sym))
		return 0;
	elf->symbols = calloc((size_t)n + 1, sizeof *elf->symbols);
	if (!elf->symbols)
		return -ENOMEM;
	for (i = 1; i < n && read_symbol(im, l->symbols, i, &name, &undefined); i++) {
		struct elf_symbol *s = &elf->symbols[elf->symbol_count];
		const void *v = l->versions && l->versions != UINT64_MAX ? at(im, l->versions + 2 * i, 2) : NULL;
		uint16_t index = 1;

		s->name = string_at(im, l->strings, l->strings_size, name);
		if (!undefined || !s->name || !*s->name)
			continue;
		if (v)
			memcpy(&index, v, 2);
		index &= 0x7fff;
		s->version = index > 1 ? version_name(im, l, index) : NULL;
		if (!s->version)
			s->version = "Base";
		elf->symbol_count++;
	}
	return 0;
}

static int read_image(struct elf *elf, const unsigned char *data, size_t size, bool member)
{
	struct image im = { data, size, false };
	struct layout l = { 0 };
	uint16_t type, machine;
	uint32_t flags = 0;
	int r;

	if (size < sizeof(Elf32_Ehdr) || memcmp(data, ELFMAG, SELFMAG))
		return 1;
	im.wide = elf->wide = data[EI_CLASS] == ELFCLASS64;
	elf->little = data[EI_DATA] == ELFDATA2LSB;
	if (im.wide && size < sizeof(Elf64_Ehdr))
		return 1;
	memcpy(&type, data + 16, 2);
	memcpy(&machine, data + 18, 2);
	if (!elf->little) {
		elf->machine = (uint16_t)(machine >> 8 | machine << 8);
		return 0;
	}
	elf->machine = machine;
	if (!im.wide)
		memcpy(&flags, data + offsetof(Elf32_Ehdr, e_flags), 4);
	elf->hard_float = flags & 0x400; /* EF_ARM_ABI_FLOAT_HARD */
	elf->object = member || type == ET_REL;
	if (elf->object)
		return 0;
	read_segments(&im, &l);
	find_tables(&im, &l);
	if (l.strings == UINT64_MAX || l.strings == 0)
		return 0;
	r = read_names(elf, &im, &l);
	return r < 0 ? r : read_symbols(elf, &im, &l);
}

/* Goes through the members of an ar archive up to the first that is ELF. */
static int read_archive(struct elf *elf)
{
	const unsigned char *data = elf->map;
	size_t pos = SARMAG, member;
	struct ar_hdr h;

	while (pos + sizeof h <= elf->map_size) {
		char size[sizeof h.ar_size + 1] = { 0 };

		memcpy(&h, data + pos, sizeof h);
		memcpy(size, h.ar_size, sizeof h.ar_size);
		pos += sizeof h;
		member = (size_t)strtoull(size, NULL, 10);
		if (memcmp(h.ar_fmag, ARFMAG, 2) || member > elf->map_size - pos)
			return 1;
		if (read_image(elf, data + pos, member, true) == 0)
			return 0;
		pos += member + member % 2;
	}
	return 1;
}

int elf_read(struct elf *elf, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	*elf = (struct elf){ 0 };
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size < 64)
		return 1;
	elf->map_size = (size_t)st.st_size;
	elf->map = mmap(NULL, elf->map_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (elf->map == MAP_FAILED) {
		elf->map = NULL;
		return -errno;
	}
	if (!memcmp(elf->map, ARMAG, SARMAG))
		return read_archive(elf);
	return read_image(elf, elf->map, elf->map_size, false);
}

void elf_release(struct elf *elf)
{
	free(elf->needed);
	free(elf->symbols);
	if (elf->map)
		munmap(elf->map, elf->map_size);
	*elf = (struct elf){ 0 };
}
