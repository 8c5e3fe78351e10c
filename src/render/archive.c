/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/archive.h"

#include "base/cleanup.h"
#include "base/library.h"
#include "render/say.h"

LIBRARY_NOTE(LIBARCHIVE_SONAME, "package", "packages, and reading them", "recommended");

struct archive_functions archive;

int archive_load(void)
{
#define X(f) "archive_" #f,
	static const char *const names[] = { ARCHIVE_FUNCTIONS(X) };
#undef X
	const char *why = NULL;

	if (archive.write_new ||
		library_load(LIBARCHIVE_SONAME, names, ARRAY_SIZE(names), &archive, &why) == 0)
		return 0;
	return say_failed("this needs libarchive (Debian: libarchive13): %s", why);
}
