/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "format/readback.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "package/tool.h"
#include "package/tree.h"
#include "render/say.h"

/* What rpm is asked of each file. A link's target comes last: it may have tabs, and newlines. */
enum { MODE, USER, GROUP, TIME, DEVICE, NAMES, SIZE, DIGEST, NAME, FIELDS };
static const char query[] = "[%{FILEMODES:octal}\t%{FILEUSERNAME}\t%{FILEGROUPNAME}\t"
			    "%{FILEMTIMES}\t%{FILERDEVS}\t%{FILENLINKS}\t%{LONGFILESIZES}\t"
			    "%{FILEDIGESTS}\t%{FILENAMES}\t%{FILELINKTOS}\n]";

static bool same_mode(const struct member *e, const char *mode)
{
	return ((strtoul(mode, NULL, 8) ^ e->mode) & (S_ISLNK(e->mode) ? S_IFMT : ~0U)) == 0;
}

static bool same_time(const struct member *e, const struct metadata *m, const char *time)
{
	time_t s;
	long ns;

	tree_time(e->first, m, &s, &ns);
	return strtoll(time, NULL, 10) == s;
}

static bool same_content(const struct member *e, const char *digest)
{
	return !S_ISREG(e->mode) || !strcmp(digest, e->first->sha256);
}

/* A link's is that of its target. */
static size_t size_of(const struct member *e)
{
	return S_ISLNK(e->mode) ? strlen(e->target) : (size_t)e->first->size;
}

static void compare(struct say_list *list, const struct member *e, const struct metadata *m,
	char *const f[FIELDS], const char *target)
{
	bool link = S_ISLNK(e->mode), sized = link || S_ISREG(e->mode);
	const struct {
		bool same;
		const char *what;
	} found[] = {
		{ !e->seen, "there twice" },
		{ same_mode(e, f[MODE]), "of another type or mode" },
		{ !strcmp(f[USER], owner_name(e->uid)), "of another owner" },
		{ !strcmp(f[GROUP], group_name(e->gid)), "of another group" },
		{ same_time(e, m, f[TIME]), "of another time" },
		{ !member_is_device(e) || strtoul(f[DEVICE], NULL, 10) == e->rdev,
			"another device" },
		{ !S_ISREG(e->mode) || strtoul(f[NAMES], NULL, 10) == e->first->links,
			"not a link to its other names" },
		{ !sized || strtoull(f[SIZE], NULL, 10) == size_of(e), "of another size" },
		{ same_content(e, f[DIGEST]), "another in its content" },
		{ !link || !strncmp(target, e->target, size_of(e)), "a link to elsewhere" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(found); i++)
		if (!found[i].same)
			say_item(list, "%s: it is %s", e->path, found[i].what);
}

/* The first file in text; where the next one is, or NULL. */
static char *read_one(struct say_list *list, const struct payload *p, const struct metadata *m,
	char *text)
{
	char *f[FIELDS], *rest = text;
	struct member *e;
	size_t i, target;

	for (i = 0; i < FIELDS && rest; i++)
		f[i] = strsep(&rest, "\t");
	if (!rest)
		return NULL;
	e = payload_find(p, f[NAME]);
	if (e) {
		compare(list, e, m, f, rest);
		e->seen = true;
	} else {
		say_item(list, "%s: it is no part of the payload", f[NAME]);
	}
	target = S_ISLNK(strtoul(f[MODE], NULL, 8)) ? strtoul(f[SIZE], NULL, 10) : 0;
	return target < strlen(rest) ? rest + target + 1 : NULL;
}

int readback(const char *file, const struct payload *p, const struct metadata *m)
{
	const char *ask[] = { "rpm", "-qp", "--nosignature", "--qf", query, file, NULL },
		   *check[] = { "rpm", "-K", "--nosignature", "--dbpath", m->stage, file, NULL };
	struct say_list list = { "the package, read back, is not what was to be packed:", 0,
		false };
	_cleanup_buf_ struct buf said = BUF_INIT, checked = BUF_INIT;
	char *text;
	size_t i;

	if (tool_run(ask, &said, CHILD_SHOWN) != 0 || tool_run(check, &checked, CHILD_SHOWN) != 0)
		return say_failed("rpm cannot read the package");
	for (i = 0; i < p->count; i++)
		p->entries[i]->seen = false;
	for (text = said.data; text;)
		text = read_one(&list, p, m, text);
	for (i = 0; i < p->count; i++)
		if (!p->entries[i]->seen)
			say_item(&list, "%s: it is not there", p->entries[i]->path);
	say_rest(&list);
	return list.count ? -1 : 0;
}
