/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FORMAT_EFFECTS_H
#define FORMAT_EFFECTS_H
/*
 * What a run changed that is not payload, and what becomes of it in a package:
 * an index is rebuilt where the package is installed; the rest is listed.
 */
#include "package/metadata.h"

struct effects {
	bool deb;
	bool ldconfig;
	struct buf triggers;         /* lines of a deb's file of that name */
	struct buf scripts[SCRIPTS]; /* shell lines */
	struct buf seen;             /* what was done already, by lines */
};

/*
 * Looks at the sides and the payload; lists what is known of each side. Capabilities and other
 * attributes that the format itself cannot hold become lines after the installation. 0, or -1
 * after saying why.
 */
int effects_find(struct effects *fx, const struct payload *p, struct metadata *m);
/* May a script have lines of ours, or is the user's own not for a shell? */
bool effects_takes_lines(const struct metadata *m, enum script which);
/* The user's own text behind ours in each script; empty when there is nothing to do. 0 or -1. */
int effects_join_scripts(struct effects *fx, const struct metadata *m);
/* The text form of a file's capabilities, as setcap takes it. 0 or -1. */
int capabilities_text(const struct member *e, struct buf *out);
void effects_release(struct effects *fx);

#endif
