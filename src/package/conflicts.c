/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/conflicts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "package/folders.h"
#include "render/say.h"

int conflicts_add(struct metadata *m, const struct payload *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (!S_ISDIR(p->entries[i]->mode) &&
			owners_add(&m->owners, p->entries[i]->path) < 0)
			return say_no_memory();
	return m->type == PACKAGE_DEB ? folders_ask(m, p) : 0;
}

int conflicts_ask(struct metadata *m)
{
	int r = owners_ask(m->owners, m->type == PACKAGE_DEB ? OWNERS_DPKG : OWNERS_RPM);

	if (r == -EIO && m->type == PACKAGE_DEB)
		return say_failed("dpkg-query failed");
	return r == -ENOMEM ? say_no_memory() : 0;
}

bool conflicts_is_settled(const struct metadata *m, const char *owner)
{
	const char *word = m->relations[REPLACES].data;
	size_t n;

	if (owner_is(owner, m->name, strlen(m->name)))
		return true;
	for (; word && *word; word += n) {
		word += strspn(word, ", |()");
		n = strcspn(word, ", |()");
		if (owner_is(owner, word, n))
			return true;
	}
	return false;
}

static const char deb_words[] =
	"these files belong to installed packages (--replaces=PACKAGE takes them over):";
static const char rpm_words[] =
	"these files belong to installed packages, beside which rpm will not install this one:";

int conflicts_list(struct metadata *m, const struct payload *p)
{
	struct say_list list = { m->type == PACKAGE_DEB ? deb_words : rpm_words, 0, true };
	size_t i;

	if (conflicts_add(m, p) < 0 || conflicts_ask(m) < 0)
		return -1;
	for (i = 0; i < p->count; i++) {
		const char *path = p->entries[i]->path, *owner = owners_of(m->owners, path);

		if (owner && !S_ISDIR(p->entries[i]->mode) && !conflicts_is_settled(m, owner))
			say_item(&list, "%s: %s", path, owner);
	}
	say_rest(&list);
	return 0;
}
