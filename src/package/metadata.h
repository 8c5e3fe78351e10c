/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_METADATA_H
#define PACKAGE_METADATA_H
/* What a package says of itself. */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "package/compress.h"
#include "package/options.h"

struct metadata {
	const struct package_options *options;
	enum package_type type;
	char *name, *version;
	const char *release; /* the option's */
	char *arch, *maintainer, *summary, *description;
	int64_t epoch; /* seconds: the time of what has none of its own, and no file is younger */
	char *cwd, *command;
	const struct compression *compression;
	const char *stage; /* a folder of our own for what is made on the way; NULL: nothing is */
	/* in the type's own words; what it requires is computed and asked for */
	struct buf relations[RELATIONS];
	struct owners *owners;
};

/*
 * From the options, the run's row, the folder it worked in, and questions
 * on a terminal. 0, or -1 after saying why.
 */
int metadata_find(struct metadata *m, const struct package_options *o, const struct ba_rows *run);
/* Options that this kind of package has no place for are named. */
void metadata_say_unused(const struct metadata *m);
void metadata_release(struct metadata *m);
/* Where its source is, when an option says so with a URL, else NULL. */
const char *metadata_url(const struct metadata *m);
/*
 * What base/project.h finds in a folder, in characters that the format has; both to be freed, or
 * NULL. 0 or -ENOMEM.
 */
int metadata_from_folder(const char *folder, enum package_type type, char **name, char **version);

#endif
