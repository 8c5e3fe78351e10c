/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PACKAGES_H
#define UNDO_PACKAGES_H
/*
 * What an uninstall would take out, and a package of the system has. What the run itself installed
 * with a package manager is that one's to take out; and as long as such a package is here the
 * manager's record of it is not taken back, or its files would be nobody's.
 */
#include "base/buf.h"
#include "base/owners.h"
#include "store/sql.h"
#include "undo/entry.h"

/*
 * Asks for all that was left; a manager that fails owns nothing, as one that
 * is not here. 0 or -ENOMEM.
 */
int packages_ask(struct owners **out, const struct entries *all) MUST_CHECK;

/* A package that came with what is taken back; its name is "" where there is none. */
struct package_came {
	char name[256];
	const char *remover; /* how it is taken out: "dpkg -r" */
};

/*
 * Does an entry, which is there still, say that a package came with it, or in another version? It
 * has what was created there; or that is its list of files.
 */
bool packages_came(struct package_came *out, const struct owners *owners, const struct entry *e);

/* The packages of which dpkg wrote its list in runs of an install, and what those say now. */
struct packages_lists {
	struct packages_list {
		int64_t run_id;
		struct buf files; /* package_record_files() */
	} *lists;
	size_t count;
	bool asked;
};

/*
 * Has one of them, that had put a path there, taken it out since? As long as one has it nobody
 * has: who removed it then is a person.
 */
bool packages_took(struct packages_lists *l, struct db *db, int64_t install, int64_t path_id,
	const char *path);
void packages_lists_release(struct packages_lists *l);

/* Why a package manager's record stays. */
void packages_why(struct buf *why, const struct package_came *of);

#endif
