/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/packages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/package-records.h"

int packages_ask(struct owners **out, const struct entries *all)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < all->count; i++)
		if (all->e[i].after.i.exists)
			r = owners_add(out, all->e[i].path);
	if (r == 0)
		r = owners_ask(*out, OWNERS_DPKG | OWNERS_RPM);
	return r == -EIO ? 0 : r;
}

bool packages_came(struct package_came *out, const struct owners *owners, const struct entry *e)
{
	const char *name = e->change == CHANGE_CREATED ? owners_of(owners, e->path) : NULL;
	const char *remover = name ? owners_remover(owners, e->path) : "dpkg -r";
	size_t len = name ? strlen(name) : 0;

	if (!name && e->after.i.exists)
		name = package_record_of(e->path, &len);
	if (!name || len >= sizeof out->name)
		return false;
	snprintf(out->name, sizeof out->name, "%.*s", (int)len, name);
	out->remover = remover;
	return true;
}

void packages_why(struct buf *why, const struct package_came *of)
{
	buf_addf(why, "the package manager's, which has %s still: '%s %s' takes that out", of->name,
		of->remover, of->name);
}
