/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FORMAT_FORMAT_H
#define FORMAT_FORMAT_H
/* A kind of package: a file of its own (deb.c), which says here what package.c has to know. */
#include <stdbool.h>

#include "package/metadata.h"
#include "render/output.h"

struct format {
	enum package_type type;
	/* Architecture and dependencies, in its own words; NULL: it has none. 0 or -1. */
	int (*metadata)(struct payload *p, struct metadata *m);
	void (*file_name)(const struct metadata *m, struct buf *out);
	/* Writes the package. 0, or -1 after saying why. */
	int (*make)(const struct output *out, struct payload *p, struct metadata *m);
	bool staged; /* it runs tools that make files on the way */
};

extern const struct format deb_format, rpm_format, tar_format, slackware_format;

#endif
