/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_COMMIT_PLAN_H
#define TRY_COMMIT_PLAN_H
/*
 * What a commit has to do to each path: what all commands of a scene came to, as if one had done
 * it, with what stands there in the scene and what stands there now. Nothing is changed here.
 */
#include "base/parents.h"
#include "base/u64map.h"
#include "model/keep-linked.h"
#include "undo/entry.h"

enum commit_act {
	COMMIT_NOTHING,    /* made and gone again, or given up */
	COMMIT_REMOVE,
	COMMIT_FOLDER,     /* one that stays */
	COMMIT_NEW_FOLDER,
	COMMIT_IN_PLACE,   /* the file that stands there stays, and gets what it lacks */
	COMMIT_LINK,       /* a file that was there before, under one name more */
	COMMIT_MAKE,       /* a new one, or one name more of it */
};

struct commit_item {
	struct entry *e;
	enum commit_act act;
	struct inode now; /* what stands there */
	struct side want; /* what has to: it is read from the scene */
	/* where that is made first; NULL: in its place, or it is not made */
	char *work;
	struct commit_item *from; /* LINK: where the file stands now; MAKE: the name made before */
	bool leads;               /* of the names of one file it is changed through this one, */
	bool writes;              /* and its content, too */
	/*
	 * The scene shows something else than the command left. Its files have several names by
	 * the numbers of those beneath; where a commit was taken back these may be others, and a
	 * name shows what was there before. Another name of the file has it.
	 */
	bool astray;
	bool begun;   /* something may have been changed at its path, */
	bool written; /* and where it is changed as it stands */
	struct keep_linked linked; /* what stands there, once it is kept so */
	bool given_up;            /* not chosen */
	bool fixed;               /* the reason stands, whatever is forced */
	char *reason;             /* why it cannot be; NULL: it can */
};

/* A folder whose time is set, and nothing else of it is changed. */
struct commit_folder {
	char *path;
	struct inode now;
	int64_t mtime_ns; /* as in the scene; or as it is, where others were there since */
};

struct commit_plan {
	struct db *db;
	struct entries all;
	struct commit_item *items; /* one an entry */
	int64_t *runs;             /* of the scene, from old to new */
	size_t run_count;
	struct commit_folder *folders; /* those that names come to or go from, by path */
	size_t folder_count;
	struct u64map folders_seen;
	uint32_t files;      /* the last number that a file has */
	int64_t started_ns;  /* when the first of the runs began */
	bool was_back; /* a commit was taken back just now: that has changed inodes, too */
	struct u64map homes; /* a file's number -> 1 + an item where it stands before */
	struct u64map leads; /* the same, where it stands afterwards: of what was there before */
	struct parents real, scene;
};

/*
 * The runs that have run_id's scene, whose / is `root`. 0, or -errno: the database's, or out of
 * memory. commit_plan_release() in any case.
 */
int commit_plan_load(struct commit_plan *p, struct db *db, int64_t run_id, int root) MUST_CHECK;
void commit_plan_release(struct commit_plan *p);

/* The item of a path, or NULL. */
struct commit_item *commit_plan_find(const struct commit_plan *p, const char *path, size_t n);
/* The one of the folder that the item stands in, or NULL. */
struct commit_item *commit_plan_folder(const struct commit_plan *p, const struct commit_item *it);
/* Where the file that stands at the item afterwards stands now; NULL: nowhere, it is new. */
struct commit_item *commit_plan_home(const struct commit_plan *p, const struct commit_item *it);
/* Where the file that stands at the item now is to stand afterwards, and is changed; or NULL. */
struct commit_item *commit_plan_lead(const struct commit_plan *p, const struct commit_item *it);
/* The first item that came to the map with that key, perhaps this one. NULL: no memory. */
struct commit_item *commit_plan_first(const struct commit_plan *p, struct u64map *map,
	uint64_t key, const struct commit_item *it);

/* Reads what stands there in the scene, and what stands there now. 0 or -ENOMEM. */
int commit_plan_look(struct commit_plan *p) MUST_CHECK;
/* Decides what is done to each, and which folders get their times. The same. */
int commit_plan_decide(struct commit_plan *p) MUST_CHECK;
/*
 * Where each is made: beside its place, under a temporary name of that run; in a
 * folder that is new, too, under its own. The same.
 */
int commit_plan_place(struct commit_plan *p, int64_t commit_id) MUST_CHECK;

/*
 * The time that a folder has to have, which is `now` and would be want_ns: it does not go back
 * behind what others did there since.
 */
int64_t commit_plan_time(const struct commit_plan *p, const struct inode *now, int64_t want_ns);

/* It cannot be, whatever is forced; or unless it is. The reason is copied. */
void commit_refuse(struct commit_item *it, bool fixed, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
