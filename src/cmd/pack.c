/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/pack.h"

int pack_run(struct ba *ba, int64_t run, struct package_options *o)
{
	int r = package_make(ba, run, o);

	if (r == 0 && !o->quiet)
		say_always("package: %s", o->written);
	return r < 0 ? EXIT_FAILED : 0;
}
