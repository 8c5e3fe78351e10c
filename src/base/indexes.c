/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/indexes.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

#define LINKER "the linker's cache"
#define MIME "the MIME database", "/usr/share/mime", "/usr/share/mime/packages", \
	"update-mime-database", "update-mime-database %s"
#define INFO "the list of info pages", "/usr/share/info", "/usr/share/info", "install-info", NULL

static const struct index indexes[] = {
	{ "/etc/ld.so.cache", 1, LINKER, "/etc", "ldconfig", "ldconfig", "ldconfig" },
	{ "/var/cache/ldconfig/*", 1, LINKER, "/var/cache/ldconfig", "ldconfig", "ldconfig",
		"ldconfig" },
	{ "*/share/mime/mime.cache", 1, MIME },
	{ "*/share/mime/packages/*", 0, NULL, NULL, NULL, NULL, NULL }, /* a source, no index */
	{ "*/share/mime/*/*.xml", 2, MIME },
	{ "*/share/mime/[a-zXM]*", 1, MIME },
	{ "*/share/icons/*/icon-theme.cache", 1, "an icon cache", "/usr/share/icons/hicolor",
		"/usr/share/icons/hicolor", "gtk-update-icon-cache",
		"gtk-update-icon-cache -q -t -f %s" },
	{ "*/share/applications/mimeinfo.cache", 1, "the index of desktop files",
		"/usr/share/applications", "/usr/share/applications", "update-desktop-database",
		"update-desktop-database -q %s" },
	{ "*/glib-2.0/schemas/gschemas.compiled", 1, "the compiled settings schemas",
		"/usr/share/glib-2.0/schemas", "/usr/share/glib-2.0/schemas",
		"glib-compile-schemas", "glib-compile-schemas %s" },
	{ "*/gio/modules/giomodule.cache", 1, "the index of GIO modules", NULL, NULL,
		"gio-querymodules", "gio-querymodules %s" },
	{ "*/share/info/dir*", 1, INFO },
	{ "*/info/dir", 1, INFO },
	{ "/var/cache/man/*", 0, "the index of manual pages", "/var/cache/man", "/usr/share/man",
		"mandb", "mandb -q" },
	{ "/var/cache/fontconfig/*", 1, "the font cache", "/var/cache/fontconfig",
		"/usr/share/fonts", "fc-cache", "fc-cache -s" },
	{ "*/lib/modules/*/modules.*", 1, "the index of kernel modules", NULL, NULL, "depmod",
		NULL },
	{ "*/__pycache__/*.pyc", 2, "Python byte code", NULL, NULL, "python3",
		"python3 -m compileall -q %s" },
};

/* What a glob has between wildcards at first: most paths do not, and fnmatch() is slow. */
static bool has_plain_part(const char *path, const char *glob)
{
	const char *from = glob + (*glob == '*');

	return memmem(path, strlen(path), from, strcspn(from, "*?[")) != NULL;
}

const struct index *index_of(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(indexes); i++)
		if (has_plain_part(path, indexes[i].glob) &&
			fnmatch(indexes[i].glob, path, 0) == 0)
			return indexes[i].what ? &indexes[i] : NULL;
	return NULL;
}
