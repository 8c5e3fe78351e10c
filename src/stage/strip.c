/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a copy says of mode, owner, times and attributes is of no account: a
 * package has those of the file.
 */
#include "stage/strip.h"

#include <string.h>

#include "base/cleanup.h"
#include "package/tool.h"
#include "render/say.h"
#include "render/stop.h"
#include "stage/stage.h"

/* Files that have nothing but symbols: a debugger's. */
static bool is_debug_file(const char *path)
{
	size_t n = strlen(path);

	return strstr(path, "/lib/debug/") || (n > 6 && !strcmp(path + n - 6, ".debug"));
}

static int strip_one(struct member *e, const struct elf *elf, const struct metadata *m,
	struct say_list *failed)
{
	_cleanup_buf_ struct buf copy = BUF_INIT, said = BUF_INIT;
	int r = stage_name(m, &copy);
	const char *argv[] = { "strip", elf->library ? "--strip-unneeded" : "--strip-all", "-o",
		copy.data, e->path, NULL };

	if (r == 0)
		r = tool_run(argv, &said, CHILD_TO_OUT);
	if (r == 0)
		return stage_pack(e, &copy, m);
	if (r > 0)
		say_item(failed, "%s: %.*s", e->path,
			(int)strcspn(said.data ? said.data : "", "\n"), said.data ? said.data : "");
	return r < 0 ? -1 : 0;
}

/*
 * Data behind the end of an ELF file is a program's own business (an archive
 * that it unpacks, say), and strip(1) leaves it out.
 */
static int strip_if_wanted(struct member *e, const struct metadata *m, struct say_list *failed)
{
	const struct elf *elf = member_elf(e);

	if (!elf || elf->object || !elf->symbols_to_strip ||
		(elf->library && !m->options->strip_libraries))
		return 0;
	if (elf->tail) {
		say_item(failed, "%s: it has data of its own behind its end", e->path);
		return 0;
	}
	return strip_one(e, elf, m, failed);
}

int strip_payload(struct payload *p, const struct metadata *m)
{
	struct say_list failed = { "packed with their symbols:", 0, true };
	size_t i;

	if (!m->options->strip)
		return 0;
	for (i = 0; i < p->count; i++) {
		struct member *e = p->entries[i];

		if (!e->elf || e->first != e || e->source || is_debug_file(e->path))
			continue;
		if (!tool_there("strip")) {
			say("programs are packed with their symbols: there is no strip(1) here "
			    "(package binutils)");
			return 0;
		}
		if (stop_asked())
			return say_failed("stopped");
		if (strip_if_wanted(e, m, &failed) < 0)
			return -1;
	}
	say_rest(&failed);
	return 0;
}
