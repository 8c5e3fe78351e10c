/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dpkg-dev's dh_makeshlibs works on a built source package, in a folder of its own. */
#include "package/shlibs.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/say.h"

/*
 * "libx.so.1" is version 1 of libx, "libx-1.2.so" version 1.2. One without a version promises
 * nothing: a module, which its program loads by name.
 */
static bool split(const char *soname, int *name, const char **version, int *length)
{
	const char *so = strstr(soname, ".so"), *dash = NULL, *at;

	if (!so)
		return false;
	*name = (int)(so - soname);
	*version = so + 4;
	*length = (int)strlen(so) - 4;
	if (so[3] == '.')
		return *length > 0;
	for (at = soname; at < so; at++)
		if (*at == '-' && isdigit((unsigned char)at[1]))
			dash = at;
	if (so[3] || !dash)
		return false;
	*name = (int)(dash - soname);
	*version = dash + 1;
	*length = (int)(so - dash) - 1;
	return true;
}

static void add_line(struct buf *out, const char *soname, const struct metadata *m)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	const char *version;
	int name, length;

	if (soname[strcspn(soname, " \t\n")] || !split(soname, &name, &version, &length))
		return;
	buf_addf(&line, "%.*s %.*s %s (>= %s)\n", name, soname, length, version, m->name,
		m->version);
	out->failed |= line.failed;
	if (!line.failed && (!out->len || !strstr(out->data, line.data)))
		buf_adds(out, line.data);
}

int shlibs_text(const struct payload *p, const struct metadata *m, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct elf *elf = member_elf(p->entries[i]);

		if (elf && elf->soname && !elf->object)
			add_line(out, elf->soname, m);
	}
	return out->failed ? say_no_memory() : 0;
}
