/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PLAN_H
#define UNDO_PLAN_H
/*
 * What a rollback has to do to each path, and whether it may: the disk is
 * held against both sides of the record. It is loaded (plan-load.h), judged
 * (plan-judge.h), and gets its means (plan-means.h); nothing is changed there.
 */
#include "base/parents.h"
#include "base/u64map.h"
#include "buildaudit.h"
#include "undo/entry.h"
#include "undo/judgement.h"
#include "undo/packages.h"
#include "undo/remake.h"

struct plan_item {
	struct entry *e;
	enum state state;
	struct inode now;
	char *reason;             /* of STATE_REFUSED */
	/* what stands there has the content of before, only its attributes differ */
	bool content_same;
	/* where the run carried the file that stood here; NULL: nowhere */
	struct plan_item *source;
	bool staged;              /* that file has a temporary name beside this place */
	struct inode temp;        /* and is this one */
	/* or beside the place that the run carried it to, this one */
	const struct plan_item *parked;
	/* it has a name by now that is none of this rollback's: no change to it where it stands */
	bool shared;
	/* one of the plan's own names of such a file: what was there before comes in its place */
	bool gives_way;
	/*
	 * It stood before in an excluded place, where something else is by now: nothing is lost if
	 * it goes; be it that it is put beside that, whose path this is, or NULL.
	 */
	bool may_go;
	const char *aside;
	bool secured;             /* whatever happens to the source, this can be put back */
	bool as_left;  /* what the run left stands there, by all that is known of it */
	bool unseen;   /* what stands there could not be looked at */
	bool blocked;  /* for a folder above it is none now */
	int64_t later; /* refused, as that run changed it later; 0: none did */
	bool for_good; /* undone, as was what it had found: nothing of it is to come again */
	/* excluded, but as the run left it: what stood elsewhere before is fetched from here */
	bool lends;
	bool needed;              /* something comes back in it */
	bool finished;            /* put back, or taken out, in this rollback */
	bool stays;               /* in vain, or not at all */
	bool failed;              /* it could not be put back, or taken out */
	enum begun begun;         /* this rollback marked it so */
	bool goes;                /* what the run left there is taken out, or would be */
	bool emptied;             /* and was, or moved home: nothing should stand there */
};

struct plan {
	struct entries all;
	struct plan_item *items;
	struct u64map carried;    /* a file's number -> 1 + the item where it stands now */
	struct u64map homes;      /* a file's number -> 1 + an item where it stood before */
	/* a file's number -> 1 + an item where it stands still, and gets other content there */
	struct u64map rewritten;
	/* a file's number -> 1 + an item where one of its names is as it was before */
	struct u64map stands;
	struct u64map objects_seen; /* digest -> 1 the object is whole, 2 it is not */
	struct db *db;
	/* 0: it is a run; of an install run_id is the newest one */
	int64_t run_id, started_ns, install;
	struct temps temps;       /* by which an interrupted one's are found again */
	bool force, resumed;
	int objects;              /* the folder of kept originals, -1: there is none */
	const struct u64map *ahead; /* one of several runs (ahead.h); or NULL */
	struct parents parents;
	struct packages_lists packages; /* of the install */
};

void plan_release(struct plan *p);

/* The run or install that it is of. */
int64_t plan_subject(const struct plan *p);
/* An item where a file, by its number, stood before the run; NULL: nowhere. */
struct plan_item *plan_home(const struct plan *p, uint32_t file);

/* Its folder is none of those that are made again. */
bool plan_lacks_folder(const struct plan *p, const struct plan_item *it);

/*
 * The temporary name that a rollback may have given what stood at an entry, beside another: in
 * name, in the folder dir, as now. False: it cannot be looked at.
 */
bool plan_see_temp(struct plan *p, const struct entry *of, const struct entry *beside,
	char name[TEMP_MAX], int *dir, struct inode *now);

/* Where a file is by that map of the plan's; or NULL. */
struct plan_item *plan_item_at(const struct plan *p, const struct u64map *map, uint32_t file);

/* Is it the same inode, and as much of one? */
bool plan_has_inode_of(const struct inode *now, const struct inode *b);
/* Is what stands at the item's path still the file that it lost, under the same inode? */
bool plan_same_inode(const struct plan_item *it);
/* A refusal; the reason is copied. */
void plan_refuse(struct plan_item *it, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
