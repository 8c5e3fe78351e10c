/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_REMOVAL_H
#define UNDO_REMOVAL_H
/*
 * What an uninstall makes of one thing that the run created: from what is known of it, and nothing
 * else. No file is looked at here; uninstall.c does that, and says what it found.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "buildaudit.h"

struct package_came;

/* What the run left at one place, as an uninstall finds it. */
struct remains {
	int error;       /* 0, or -errno of reaching it */
	bool is;         /* something stands there */
	bool dir;        /* what the run left is a folder */
	bool force;      /* what was changed since goes, too */
	const char *home;    /* where it stood before the run, and stands no more; or NULL */
	int64_t later;       /* a later run wrote it; 0: none */
	const char *package; /* of the system, that has it; or NULL */
	/* it is the record of a package manager, which has one that came with the run; or NULL */
	const struct package_came *record;
	bool foreign;        /* it was there before the run, under a name that is not on record */
	unsigned int differs; /* enum ba_differs, of what it is */
	bool other_kind; /* a folder stands where none was left, or no folder where one was */
	int blocked;     /* 0, or -errno of taking it out, as far as that can be told before */
	bool leaves;     /* a folder in which something stays */
};

/* BA_NOTHING, BA_REMOVE; BA_KEEP or BA_FAIL: then `why` says why. */
enum ba_did removal_of(const struct remains *r, struct buf *why);

#endif
