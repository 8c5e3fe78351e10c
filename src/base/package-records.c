/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/package-records.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"

/* Where dpkg has its record, if nobody told it another place. */
#define DPKG_FOLDER "/var/lib/dpkg"

/* What begins like one of these. */
static const char *const records[] = { DPKG_FOLDER "/", "/var/log/dpkg.log", "/var/cache/debconf/",
	"/var/lib/apt/", "/var/log/apt/", "/var/lib/rpm/", "/usr/lib/sysimage/rpm/",
	"/var/lib/dnf/", "/usr/lib/sysimage/libdnf5/", "/var/lib/zypp/", "/var/lib/pacman/",
	"/var/log/pacman.log", "/lib/apk/db/", "/usr/lib/apk/db/" };

/* What is below a folder, or NULL. */
static const char *below(const char *path, const char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	return n && !strncmp(path, folder, n) && path[n] == '/' ? path + n + 1 : NULL;
}

/* dpkg-query, which is asked whose a file is, reads that of this folder, too. */
static const char *dpkg_folder(void)
{
	const char *given = getenv("DPKG_ADMINDIR");

	return given && *given ? given : DPKG_FOLDER;
}

static const char *below_dpkg(const char *path)
{
	return below(path, dpkg_folder());
}

/* Links that anybody may have made by it; they are no package's, and go with those in /etc. */
static bool is_alternative(const char *path)
{
	static const char folder[] = "alternatives";
	const char *name = below(path, DPKG_FOLDER);

	if (!name)
		name = below_dpkg(path);
	return name && strcspn(name, "/") == strlen(folder) &&
		!strncmp(name, folder, strlen(folder));
}

bool package_record_is(const char *path)
{
	size_t i;

	if (is_alternative(path))
		return false;
	for (i = 0; i < ARRAY_SIZE(records); i++)
		if (!strncmp(path, records[i], strlen(records[i])))
			return true;
	return below_dpkg(path) != NULL;
}

const char *package_record_of(const char *path, size_t *len)
{
	static const char info[] = "info/", list[] = ".list";
	const char *name = below_dpkg(path), *end;

	if (!name || strncmp(name, info, strlen(info)) != 0)
		return NULL;
	name += strlen(info);
	end = strrchr(name, '.');
	if (!end || end == name || strcmp(end, list) != 0)
		return NULL;
	*len = (size_t)(end - name);
	return name;
}

void package_record_files(struct buf *files, const char *package)
{
	_cleanup_buf_ struct buf name = BUF_INIT;

	buf_addf(&name, "%s/info/%s.list", dpkg_folder(), package);
	/* each name begins and ends a line */
	buf_addc(files, '\n');
	if (strchr(package, '/') || name.failed || io_read_file(name.data, files, 64U << 20) < 0)
		files->len = 0;
}

bool package_record_has(const struct buf *files, const char *path)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	if (!files->len || files->failed)
		return false;
	buf_addf(&line, "\n%s\n", path);
	return !line.failed && strstr(files->data, line.data);
}
