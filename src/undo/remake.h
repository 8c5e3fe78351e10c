/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_REMAKE_H
#define UNDO_REMAKE_H
/*
 * Making a thing as it was: under a temporary name beside its place, whole,
 * with all its attributes; then one rename puts it there. A kill at any
 * moment leaves the old thing or the new one, and perhaps the temporary name,
 * which is the same at every try and so is found again.
 */
#include "undo/entry.h"

#define TEMP_MAX 96

/* Whose temporary names: when the run began sets them apart from those of another database. */
struct temps {
	int64_t run_id, started_ns;
};

/* The one for an entry of the run. */
void temp_name(char out[TEMP_MAX], const struct temps *of, int64_t path_id);

/*
 * Owner, mode, attributes and times of what stands at name, provided that it is
 * the inode `is` still (-ESTALE): a folder may belong to somebody who would
 * like to see another file of his become set-uid. 0 or -errno.
 */
int remake_meta(int dir, const char *name, const struct inode *is,
	const struct side *want) MUST_CHECK;
/* The same of its time alone. */
int remake_time(int dir, const char *name, const struct inode *is, int64_t mtime_ns) MUST_CHECK;
/*
 * A new thing at name, where nothing is: not a folder. A regular file gets the
 * content `objects` has for its digest; -EUCLEAN: that object is damaged,
 * -ENODATA: it is not there.
 */
int remake_new(int dir, const char *name, const struct side *want, int objects) MUST_CHECK;
/* The same with the content that can be read from `from`; -1: it has none, or is no file. */
int remake_from(int dir, const char *name, const struct side *want, int from) MUST_CHECK;
/*
 * A file of its own at name, where nothing is: with the content of the regular file `is` that
 * stands at from. 0 or -errno; the digest of what was copied is in *hash.
 */
int remake_copy(int dir, const char *from, const struct inode *is, const char *name,
	const struct side *want, unsigned char *hash) MUST_CHECK;
/*
 * The content of an object into the regular file at name, in its place, provided that nobody has
 * written to it since it was looked at (-ESTALE).
 */
int remake_in_place(int dir, const char *name, const struct inode *now, const struct side *want,
	int objects) MUST_CHECK;
/* Can it be what remake_in_place() had come to: the beginning of the content? */
bool remake_is_begun(int dir, const char *name, const struct inode *now, const struct side *want,
	int objects);
/* remake_in_place() with what can be read from `from`; -1: it is to be empty. */
int remake_in_place_from(int dir, const char *name, const struct inode *now,
	const struct side *want, int from) MUST_CHECK;
/* Is the object there, and whole? It is read. */
bool object_whole(int objects, const struct side *want);

#endif
