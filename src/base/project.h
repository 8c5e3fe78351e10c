/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_PROJECT_H
#define BASE_PROJECT_H
/* Which software a folder holds. */
#include "base/cleanup.h"

struct project {
	char *name, *version; /* letters, digits and .+_~:- only; NULL: not found */
};

/*
 * Looked for in the folder, and above it while that is named for what is done there (build, src),
 * from the surest to the least: the folder's name where it has a version; what the files of its
 * build system say (base/buildfile.h); its git work tree; the folder's name. What has no version
 * by one may get it by the next. A folder that holds no one software, as a home or /usr/bin, gives
 * nothing; one that is not there is known by its name alone. It opens a few files and never waits:
 * it is called as a command starts. 0 or -ENOMEM; *out is to be released either way.
 */
int project_find(struct project *out, const char *folder) MUST_CHECK;
/*
 * The same of a command: of the folder that make -C and its like lead to from cwd, unless it is
 * cwd that has a version.
 */
int project_of_command(struct project *out, char *const argv[], const char *cwd) MUST_CHECK;
void project_release(struct project *p);

#endif
