/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files come from anywhere, so every offset is held against the size of the
 * file before it is followed. Only files of this machine's byte order are read
 * beyond their head; of others the machine is all that is asked.
 *
 * Not libelf (tried: 0.188): it finds tables by sections, which a file need not
 * have; the way by segments stays to be told, in as many lines, and what libelf
 * reads the sanitizers of tests/fuzz do not see.
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

#include "base/array.h"
#include "base/cleanup.h"

#ifndef EM_RISCV
#define EM_RISCV 243
#endif
#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

static const struct machine {
	uint16_t machine;
	bool wide, little, hard_float;
	const char *deb, *rpm;
} machines[] = {
	{ EM_X86_64, true, true, false, "amd64", "x86_64" },
	{ EM_X86_64, false, true, false, "x32", "x86_64" },
	{ EM_386, false, true, false, "i386", "i686" },
	{ EM_AARCH64, true, true, false, "arm64", "aarch64" },
	{ EM_ARM, false, true, false, "armel", "armv7l" },
	{ EM_ARM, false, true, true, "armhf", "armv7hl" },
	{ EM_PPC64, true, true, false, "ppc64el", "ppc64le" },
	{ EM_PPC64, true, false, false, "ppc64", "ppc64" },
	{ EM_S390, true, false, false, "s390x", "s390x" },
	{ EM_RISCV, true, true, false, "riscv64", "riscv64" },
	{ EM_MIPS, true, true, false, "mips64el", "mips64el" },
	{ EM_MIPS, false, true, false, "mipsel", "mipsel" },
	{ EM_LOONGARCH, true, true, false, "loong64", "loongarch64" },
};

static const struct machine *machine_of(const struct elf *elf)
{
	static const struct machine none;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == elf->machine && machines[i].wide == elf->wide &&
			machines[i].little == elf->little &&
			machines[i].hard_float == elf->hard_float)
			return &machines[i];
	return &none;
}

const char *elf_deb_arch(const struct elf *elf)
{
	return machine_of(elf)->deb;
}

const char *elf_rpm_arch(const struct elf *elf)
{
	return machine_of(elf)->rpm;
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
static const char *string_at(const struct image *im, uint64_t table, uint64_t table_size,
	uint64_t index)
{
	const char *s = index < table_size ? at(im, table + index, table_size - index) : NULL;

	return s && memchr(s, '\0', (size_t)(table_size - index)) ? s : NULL;
}

/* A member of a structure, as each class has it. */
struct field {
	size_t at[2], size[2];
};
#define FIELD(type, member)                                                         \
	(&(const struct field){                                                     \
		{ offsetof(Elf32_##type, member), offsetof(Elf64_##type, member) }, \
		{ sizeof(((Elf32_##type *)0)->member), sizeof(((Elf64_##type *)0)->member) } })
#define SIZE(im, type) ((im)->wide ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

/* The member of the structure at an offset; 0 when that is beyond the file. */
static uint64_t get(const struct image *im, uint64_t offset, const struct field *f)
{
	const void *p =
		offset <= im->size ? at(im, offset + f->at[im->wide], f->size[im->wide]) : NULL;
	uint64_t value = 0;

	if (p)
		memcpy(&value, p, f->size[im->wide]);
	return value;
}

struct segment {
	uint64_t offset, address, size;
};

/* The end of what the file itself speaks of; more than it has means nothing. */
static void reach(uint64_t *end, uint64_t offset, uint64_t size)
{
	if (offset + size > *end && offset + size >= offset)
		*end = offset + size;
}

static void read_sections(struct elf *elf, const struct image *im, uint64_t *end)
{
	uint64_t at = get(im, 0, FIELD(Ehdr, e_shoff)), size = get(im, 0, FIELD(Ehdr, e_shentsize)),
		 n = get(im, 0, FIELD(Ehdr, e_shnum));

	reach(end, at, n * size);
	for (; n > 0 && at < im->size; n--, at += size) {
		uint64_t type = get(im, at, FIELD(Shdr, sh_type));

		elf->symbols_to_strip |= type == SHT_SYMTAB;
		if (type != SHT_NOBITS)
			reach(end, get(im, at, FIELD(Shdr, sh_offset)),
				get(im, at, FIELD(Shdr, sh_size)));
	}
}

struct layout {
	struct segment loads[32];
	size_t load_count;
	struct segment dynamic;
	bool program; /* it says who loads it, or that it is one */
	uint64_t end;
	uint64_t strings, strings_size, symbols, versions, needs, needs_count, hash, gnu_hash;
};

/* Where in the file an address of the image is; UINT64_MAX: nowhere. */
static uint64_t offset_of(const struct layout *l, uint64_t address)
{
	size_t i;

	for (i = 0; i < l->load_count; i++)
		if (address >= l->loads[i].address &&
			address - l->loads[i].address < l->loads[i].size)
			return l->loads[i].offset + (address - l->loads[i].address);
	return UINT64_MAX;
}

static void read_segments(const struct image *im, struct layout *l)
{
	uint64_t at = get(im, 0, FIELD(Ehdr, e_phoff)), size = get(im, 0, FIELD(Ehdr, e_phentsize));
	uint64_t n = get(im, 0, FIELD(Ehdr, e_phnum));

	for (; n > 0 && at < im->size; n--, at += size) {
		uint64_t type = get(im, at, FIELD(Phdr, p_type));
		struct segment s = { get(im, at, FIELD(Phdr, p_offset)),
			get(im, at, FIELD(Phdr, p_vaddr)), get(im, at, FIELD(Phdr, p_filesz)) };

		if (type == PT_LOAD && l->load_count < ARRAY_SIZE(l->loads))
			l->loads[l->load_count++] = s;
		if (type == PT_DYNAMIC)
			l->dynamic = s;
		l->program |= type == PT_INTERP;
		reach(&l->end, s.offset, s.size);
	}
}

static bool read_dynamic(const struct image *im, const struct layout *l, uint64_t i, uint64_t *tag,
	uint64_t *value)
{
	uint64_t at = l->dynamic.offset + i * SIZE(im, Dyn);

	if ((i + 1) * SIZE(im, Dyn) > l->dynamic.size || l->dynamic.offset > im->size)
		return false;
	*tag = get(im, at, FIELD(Dyn, d_tag));
	*value = get(im, at, FIELD(Dyn, d_un));
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
		case DT_FLAGS_1: l->program |= value & DF_1_PIE; break;
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
			const char **needed = ARRAY_MORE(elf->needed, elf->needed_count);

			if (!needed)
				return -ENOMEM;
			*needed = s;
		}
	}
	return 0;
}

/*
 * The names of the versions that symbols ask for, by their index.
 * Beyond the file there is no next one.
 */
static const char *version_name(const struct image *im, const struct layout *l, unsigned int index)
{
	uint64_t need = l->needs, n, k;

	for (n = 0; n < l->needs_count; n++) {
		uint64_t aux = need + get(im, need, FIELD(Verneed, vn_aux));
		uint64_t count = get(im, need, FIELD(Verneed, vn_cnt)),
			 next = get(im, need, FIELD(Verneed, vn_next));

		for (k = 0; k < count && aux < im->size; k++) {
			if (get(im, aux, FIELD(Vernaux, vna_other)) == index)
				return string_at(im, l->strings, l->strings_size,
					get(im, aux, FIELD(Vernaux, vna_name)));
			aux += get(im, aux, FIELD(Vernaux, vna_next));
		}
		if (!next)
			return NULL;
		need += next;
	}
	return NULL;
}

/*
 * How many dynamic symbols there are is nowhere written but in the hash tables.
 * Those a file takes from others stand in front of the first that GNU's hashes.
 */
static uint64_t symbol_count(const struct image *im, const struct layout *l)
{
	const struct field second = { { 4, 4 }, { 4, 4 } };

	return get(im, l->hash && l->hash < im->size ? l->hash : l->gnu_hash, &second);
}

static int read_symbols(struct elf *elf, const struct image *im, const struct layout *l)
{
	uint64_t n = symbol_count(im, l), i;

	if (l->symbols > im->size || n > im->size / sizeof(Elf32_Sym))
		return 0;
	elf->symbols = calloc((size_t)n + 1, sizeof *elf->symbols);
	if (!elf->symbols)
		return -ENOMEM;
	for (i = 1; i < n; i++) {
		uint64_t at_symbol = l->symbols + i * SIZE(im, Sym);
		struct elf_symbol *s = &elf->symbols[elf->symbol_count];
		const void *v = l->versions && l->versions != UINT64_MAX ?
			at(im, l->versions + 2 * i, 2) :
			NULL;
		uint16_t index = 1;

		s->name = string_at(im, l->strings, l->strings_size,
			get(im, at_symbol, FIELD(Sym, st_name)));
		if (get(im, at_symbol, FIELD(Sym, st_shndx)) != SHN_UNDEF || !s->name || !*s->name)
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
	int r;

	if (size < sizeof(Elf32_Ehdr) || memcmp(data, ELFMAG, SELFMAG))
		return 1;
	im.wide = elf->wide = data[EI_CLASS] == ELFCLASS64;
	elf->little = data[EI_DATA] == ELFDATA2LSB;
	if (im.wide && size < sizeof(Elf64_Ehdr))
		return 1;
	elf->machine = (uint16_t)get(&im, 0, FIELD(Ehdr, e_machine));
	if (!elf->little) {
		elf->machine = (uint16_t)(elf->machine >> 8 | elf->machine << 8);
		return 0;
	}
	elf->hard_float = elf->machine == EM_ARM &&
		get(&im, 0, FIELD(Ehdr, e_flags)) & EF_ARM_ABI_FLOAT_HARD;
	elf->object = member || get(&im, 0, FIELD(Ehdr, e_type)) == ET_REL;
	if (elf->object)
		return 0;
	read_segments(&im, &l);
	find_tables(&im, &l);
	read_sections(elf, &im, &l.end);
	elf->library = get(&im, 0, FIELD(Ehdr, e_type)) == ET_DYN && !l.program;
	elf->tail = l.end < size;
	if (l.strings == UINT64_MAX || l.strings == 0)
		return 0;
	r = read_names(elf, &im, &l);
	/* one that can be run, too, is what its name for others says */
	elf->library |= elf->soname && get(&im, 0, FIELD(Ehdr, e_type)) == ET_DYN;
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
	int r;

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
		r = read_archive(elf);
	else
		r = read_image(elf, elf->map, elf->map_size, false);
	/* thousands of mappings that nobody looks at would be too many for the system */
	if (!elf->needed_count && !elf->symbol_count && !elf->soname && !elf->run_path)
		munmap(STEAL(elf->map), elf->map_size);
	return r;
}

void elf_release(struct elf *elf)
{
	free(elf->needed);
	free(elf->symbols);
	if (elf->map)
		munmap(elf->map, elf->map_size);
	*elf = (struct elf){ 0 };
}
