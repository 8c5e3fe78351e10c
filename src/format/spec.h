/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FORMAT_SPEC_H
#define FORMAT_SPEC_H
/* A spec file that somebody wrote: what it says of the package. How to build it is not asked. */
#include "package/metadata.h"

/* Its tags are those of the options that nobody gave. 0, or -1 after saying why. */
int spec_take_tags(struct package_options *o);

struct spec {
	struct buf preamble; /* without the tags that options are made of, and sources */
	struct buf sections; /* the description, scripts and changelog */
	bool description, scripts[SCRIPTS]; /* it has these */
};

/* 0, or -1 after saying why. Without such an option it is empty. */
int spec_read(struct spec *spec, const struct package_options *o);
void spec_release(struct spec *spec);

#endif
