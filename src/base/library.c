/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int library_load(const char *soname, const char *const *names, size_t count, void *table,
	const char **why)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL), *function;
	size_t i;

	for (i = 0; library && i < count; i++) {
		function = dlsym(library, names[i]);
		if (!function)
			break;
		memcpy((char *)table + i * sizeof function, &function, sizeof function);
	}
	if (library && i == count)
		return 0;
	if (why)
		*why = dlerror();
	return -ELIBACC;
}
