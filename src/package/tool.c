/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/tool.h"

#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/command.h"
#include "render/say.h"

int tool_run(const char *const argv[], struct buf *out, enum child_errors errors)
{
	int r = child_run(argv, out, errors);

	return r < 0 ? say_failed("cannot run %s: %s", argv[0], strerror(-r)) : r;
}

bool tool_there(const char *program)
{
	char path[PATH_MAX];

	return command_find(program, path) == 0;
}

/* The package that has it where apt-get is, and where rpm is the manager. */
static const char *package_of(const char *program)
{
	static const struct {
		const char *program, *deb, *rpm;
	} packages[] = { { "dpkg-deb", "dpkg", "dpkg" }, { "getcap", "libcap2-bin", "libcap2-bin" },
		{ "rpmbuild", "rpm", "rpm-build" }, { "rpmspec", "rpm", "rpm-build" } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(packages); i++)
		if (!strcmp(packages[i].program, program))
			return tool_there("apt-get") ? packages[i].deb : packages[i].rpm;
	return program;
}

int tool_needed(const char *program, const char *what_for)
{
	if (tool_there(program))
		return 0;
	return say_failed("%s needs the program '%s', which is not here: install the package %s",
		what_for, program, package_of(program));
}
