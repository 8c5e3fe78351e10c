/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/packages.h"

#include <errno.h>

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
