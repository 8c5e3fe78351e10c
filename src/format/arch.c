/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "format/arch.h"

#include <string.h>
#include <sys/utsname.h>

#include "render/say.h"

int arch_find(struct payload *p, struct metadata *m)
{
	const char *arch = NULL, *one;
	bool several = false;
	struct utsname here;
	size_t i;

	uname(&here);
	for (i = 0; i < p->count && !m->arch; i++) {
		const struct elf *elf = member_elf(p->entries[i]);

		one = elf ? elf_rpm_arch(elf) : NULL;
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
