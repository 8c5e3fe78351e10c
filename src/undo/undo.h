/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_UNDO_H
#define UNDO_UNDO_H
/*
 * Taking a run back, in two ways: uninstall takes out what it created,
 * rollback also puts back what was there before. And looking without touching.
 */
#include "base/log.h"
#include "store/sql.h"

/* What became of one path. The same numbers as enum ba_did. */
enum did {
	DID_REMOVE,  /* it was created: taken out */
	DID_RESTORE, /* it was changed or removed: put back */
	DID_NOTHING, /* it is as it should be already */
	DID_KEEP,    /* it stays, with a reason */
	DID_FAIL,    /* it was tried, with the reason that it failed */
};

struct undo_step {
	const char *path, *type, *reason; /* reason: "" when there is none to give */
	enum did did;
};

struct undo_how {
	bool dry;    /* tell what would be done, and do nothing */
	bool force;  /* also what was changed since */
	int64_t superseded_by; /* uninstall: only what this run did not touch; 0: all */
	void (*step)(const struct undo_step *step, void *data);
	void (*progress)(uint64_t done, uint64_t total, void *data); /* or NULL */
	void *data;
};

struct undo_result {
	int64_t run_id; /* the undo's own; 0 when nothing was done */
	uint64_t removed, restored, nothing, kept, failed;
};

/* 0, or -errno with a sentence when it could not begin. What it could not do to a path is in the result. */
int undo_uninstall(struct db *db, int64_t run_id, const struct undo_how *how, struct undo_result *result,
	struct words *words);
int undo_rollback(struct db *db, int64_t run_id, const struct undo_how *how, struct undo_result *result,
	struct words *words);

struct undo_difference {
	const char *path, *type;
	unsigned int differs; /* enum differs */
	int64_t later_run;    /* the newest run after this one that changed the path; 0: none */
};

/* How many paths differ from what the run left; each is told. Or -errno. */
int undo_verify(struct db *db, int64_t run_id, void (*tell)(const struct undo_difference *d, void *data),
	void (*progress)(uint64_t done, uint64_t total, void *data), void *data, struct words *words);

struct forgotten {
	uint64_t objects, bytes; /* of kept originals that nobody else needed */
	bool later;              /* a recording holds the store: the objects go with the next forget */
};
/* -EBUSY: an undo reads it, or has to be finished. */
int undo_forget(struct db *db, int64_t run_id, struct forgotten *f, struct words *words) MUST_CHECK;
/* Did one that was killed leave something to sweep? Then this ends it. */
bool forget_is_due(struct db *db);
void forget_sweep(struct db *db);

#endif
