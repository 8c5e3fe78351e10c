/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_SCENE_H
#define TRY_SCENE_H
/*
 * The scene of a try: what `buildaudit try` changed, in layers over the file systems, that nobody
 * else sees. (A package has a stage, src/stage; of a run that has a scene users read `staged`.)
 *
 * The layers are in one image, a sparse file with a file system of its own beside the database
 * (DB.scenes/NAME.img). It is mounted, and each file system has an overlay over it, in a mount
 * namespace that lives as long as somebody is in it; the last one to go leaves the image alone.
 * It can be entered again, also after the machine was down.
 *
 * Column `scene` of a run is the image's NAME. Several runs have the same, where one went on with
 * what another had left (try --continue): they are discarded, and committed, together.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"

struct db;

struct scene {
	char *name;   /* of the image, without its folder */
	char *folder; /* the one of images: DB.scenes */
	int images;   /* the same, held open: also from within a scene it is the real one; -1 */
	int lock;     /* of the image, while somebody is about to enter or to remove it; -1 */
	int space;    /* the mount namespace that shows it, held open; -1: it was not opened */
	int root;     /* the folder that is / there (O_PATH); -1 */
};

#define SCENE_INIT { NULL, NULL, -1, -1, -1, -1 }
#define _cleanup_scene_ __attribute__((cleanup(scene_close)))

/* Which one a run has, without a look at it. 0, or -errno with a sentence: -ENOENT it has none. */
int scene_find(struct scene *s, struct db *db, int64_t run_id, struct words *words) MUST_CHECK;
/*
 * A new one, for a database that need not be there yet; its image is ours to remove (scene_drop)
 * until a run names it, and until then s->lock tells others that it is nobody's.
 */
int scene_make(struct scene *s, const char *db_path, struct words *words) MUST_CHECK;
void scene_drop(struct scene *s);

/*
 * scene_find(), and the file system as the command left it: s->space and s->root are there until
 * scene_close(), and keep it mounted. This process itself stays where it is.
 */
int scene_open(struct scene *s, struct db *db, int64_t run_id, struct words *words) MUST_CHECK;
/*
 * The folder that is / in it, O_PATH: openat(2) and the like, with a name below it, come to what
 * the command saw there, through every mount (of /proc, /sys and /dev: the real ones). Not for
 * absolute symlinks (RESOLVE_IN_ROOT of openat2(2) is). Of the scene; not to be closed.
 */
int scene_root(const struct scene *s);
/* What is in it, opened, is on the disk when this returns. 0 or -errno. */
int scene_sync(const struct scene *s) MUST_CHECK;
/*
 * This process enters it, for good; it must have no other thread. Its working folder is the one
 * of the same name there, and notes (or NULL) get what could not be made as it is outside, a
 * sentence a line.
 */
int scene_enter(struct scene *s, struct buf *notes, struct words *words) MUST_CHECK;

/*
 * Who lives in it, besides this process: how many, with the first of them as "sleep (pid 12) and
 * 3 more" in who, "" if there is nobody. A recorder that is about to end is waited for. Or -errno.
 */
int scene_living(const struct scene *s, struct buf *who) MUST_CHECK;
/*
 * Its image goes, and with the last one the folder of images. Somebody may live in it still: then
 * its blocks go with him. The runs' rows are the caller's matter: they must not name it any more
 * when this is called, so that a kill between leaves a file too many, which scene_sweep() takes.
 */
int scene_remove(struct scene *s, struct words *words) MUST_CHECK;
/* Images that no run names, and nobody is about to: whoever made them was killed. */
void scene_sweep(struct db *db);
/* What was open of it is closed: nobody of us keeps it mounted any more. */
void scene_close(struct scene *s);

#endif
