/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "format/arch.h"

#include <string.h>
#include <sys/utsname.h>

#include "package/elf.h"
#include "render/say.h"

int arch_find(struct payload *p, struct metadata *m)
{
	const char *arch = NULL, *one;
	bool several = false;
	struct utsname here;
	size_t i;

	uname(&here);
	for (i = 0; i < p->count && !m->arch; i++) {
		struct elf elf;

		if (!p->entries[i]->elf || p->entries[i]->first != p->entries[i])
			continue;
		one = elf_read(&elf, p->entries[i]->path) == 0 ? elf_rpm_arch(&elf) : NULL;
		elf_release(&elf);
		several |= one && arch && strcmp(one, arch);
		if (one && (!arch || !strcmp(one, here.machine)))
			arch = one;
	}
	if (several)
		say("the files are for several architectures: the package is for %s", arch);
	if (!m->arch)
		m->arch = strdup(arch ? arch : "noarch");
	return m->arch ? 0 : say_no_memory();
}
