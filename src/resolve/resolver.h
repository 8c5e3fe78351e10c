/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RESOLVE_RESOLVER_H
#define RESOLVE_RESOLVER_H
/* What is known of names, from one call of the run to the next. */
#include <stdbool.h>
#include <stdint.h>

#include "resolve/folders.h"
#include "resolve/mounts.h"
#include "resolve/served.h"

struct resolver {
	struct folders folders;
	/* of files that were opened under names longer than the kernel tells */
	struct folders long_names;
	/*
	 * Some process of the run has another root or mount namespace than ours:
	 * from then on every name is looked up through /proc/TID/root.
	 */
	bool roots_vary;
	struct mounts mounts;
	struct served served;
	/*
	 * The kernel names what stands outside of our root, or in another mount
	 * namespace, as if it stood inside: then each name it gives is looked at.
	 */
	bool names_doubtful;
	uint64_t how; /* RESOLVE_* of the call at hand (openat2), 0 for all others */
};

/* Is "/" the root of what we see, for sure? Else names_doubtful is set. */
void resolver_begin(struct resolver *r);
void resolver_release(struct resolver *r);

#endif
