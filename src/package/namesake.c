/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One package by its name, and what it says of itself: base/owners.h, which asks for packages by
 * their paths, reads lists of files, and neither has a use for the other's words.
 */
#include "package/namesake.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/owners.h"
#include "package/tool.h"
#include "render/say.h"

/* A line for each that is known by that name, between bars: state, origin, maker, version. */
static const char deb_format[] =
	"--showformat=|${db:Status-Status}|${Origin}|${Section}|${Version}|\n";
static const char rpm_format[] = "--queryformat=|installed|%{VENDOR}|%{PACKAGER}|%{EVR}|\n";

/* Marks of ours, and of checkinstall's: local packages, too, which an upgrade may replace. */
static bool is_local(const char *line, enum package_type type)
{
	static const char *const deb_marks[] = { "|" PACKAGE_ORIGIN "|", "|checkinstall|" },
		*const rpm_marks[] = { "|" PACKAGE_ORIGIN "|", "|checkinstall" };
	const char *const *marks = type == PACKAGE_RPM ? rpm_marks : deb_marks;

	return strstr(line, marks[0]) || strstr(line, marks[1]);
}

/* The version of the system's package of that name, to be freed, in *version; NULL: none. */
static int find(enum package_type type, const char *name, char **version)
{
	bool rpm = type == PACKAGE_RPM;
	const char *argv[] = { rpm ? "rpm" : "dpkg-query", rpm ? "-q" : "-W",
		rpm ? rpm_format : deb_format, "--", name, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	char *rest, *line;

	*version = NULL;
	if ((!rpm && type != PACKAGE_DEB) || (rpm && !owners_rpm_has_database()))
		return 0;
	/* one that is not there, or cannot be asked, has no such package */
	if (tool_run(argv, &out, CHILD_HIDDEN) != 0 || !out.data)
		return out.failed ? say_no_memory() : 0;
	rest = out.data;
	while (!*version && (line = strsep(&rest, "\n"))) {
		char *end = strrchr(line, '|');

		if (strncmp(line, "|installed|", 11) || is_local(line, type) || !end)
			continue;
		*end = '\0';
		*version = strdup(strrchr(line, '|') + 1);
		if (!*version)
			return say_no_memory();
	}
	return 0;
}

static bool agreed(const char *name, const char *version)
{
	char answer[16];

	fprintf(stderr,
		"The package %s %s of the system is installed, and would be replaced with all its "
		"files. Go on? [y/N] ",
		name, version);
	IGNORE(fflush(stderr));
	return fgets(answer, sizeof answer, stdin) && (*answer == 'y' || *answer == 'Y');
}

int namesake_allowed(struct package_options *o, enum package_type type, const char *name)
{
	_cleanup_free_ char *version = NULL;

	if (o->replace_system)
		return 0;
	if (find(type, name, &version) < 0)
		return -1;
	if (version && !o->installs)
		say("the package %s %s of the system would be replaced by this one", name,
			version);
	if (!version || !o->installs)
		return 0;
	o->replace_system = options_may_ask(o) && agreed(name, version);
	return o->replace_system ?
		0 :
		say_failed("the package %s %s of the system is installed, and would be replaced "
			   "with all its files: --replace-system allows it, another --pkgname "
			   "leaves it alone",
			name, version);
}
