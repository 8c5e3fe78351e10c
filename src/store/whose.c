/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/whose.h"

#include <sys/stat.h>

/* What a new file is made with (undo/remake.c). */
#define NEW_MODE 0600
/* From a call to the time that it stamps a file with, and to when it is told of. */
#define CALL_NS 1000000000LL

/* What stood there when it was settled before. */
static const struct inode *left(const struct standing *s)
{
	return s->told ? s->settled : s->before;
}

static bool same_file(const struct inode *a, const struct inode *b)
{
	return a->exists && b->exists && a->ino == b->ino && a->dev == b->dev;
}

/* What somebody else put in a file's place is not the one that the run may have changed. */
static bool can_have_changed(const struct anew *anew, const struct standing *s)
{
	const struct inode *n = s->now;

	return anew_has_path(anew, s->path) ||
		(same_file(n, left(s)) &&
			(anew_has_file(anew, s->file, n) ||
				anew_has_file(anew, s->before_file, n)));
}

/* Than the last sign of life of who wrote the run. */
static bool is_later(const struct manifest *m, const struct inode *now)
{
	return m->until_ns && now->ctime_ns > m->until_ns;
}

static bool is_longer(const struct standing *s)
{
	return s->told && s->now->size > s->settled->size;
}

/* A new file can be half of what it was to be. Its mode is the last thing that it gets. */
static enum whose whose_new(const struct manifest *m, const struct standing *s)
{
	const struct inode *n = s->now, *want = s->settled;
	bool half = !m->done && !s->before->exists && want->exists &&
		(n->size == want->size ||
			(n->size < want->size && (n->mode & 07777) == NEW_MODE));

	return !s->told || (half && !is_later(m, n)) ? WHOSE_RUN : WHOSE_ROW;
}

/* A file that the commit found, wherever it stands now, and that is not as it was. */
static enum whose whose_found(const struct manifest *m, const struct standing *s, uint32_t file)
{
	if (!s->told && !s->before->exists)
		return WHOSE_RUN; /* one name more, for a moment */
	if (id_get(&m->hands->contents, file)) /* emptied, and then written to its end */
		return m->done || is_later(m, s->now) || is_longer(s) ? WHOSE_ROW : WHOSE_RUN;
	return id_get(&m->hands->in_place, file) || file != s->before_file ? WHOSE_ROW :
									     WHOSE_NOT_RUN;
}

/*
 * A commit has told ahead what it was to leave where, and which files it was going to write in
 * place. What is neither that nor as before is half of that, or somebody else has written it.
 */
static enum whose whose_of_commit(const struct manifest *m, const struct standing *s)
{
	const struct inode *n = s->now, *was;
	uint32_t file = befores_was(m->befores, m->run, n, &was);

	if (!n->exists || S_ISDIR(n->mode) || (s->told && inode_is_like(n, s->settled)) ||
		(file && inode_is_like(n, was)))
		return WHOSE_RUN;
	return file ? whose_found(m, s, file) : whose_new(m, s);
}

/* After who opened it had ended it was told of no more. */
static bool was_let_be(const struct manifest *m, const struct standing *s)
{
	const int64_t *at = id_get(&m->last->at, s->file);

	return at && s->now->ctime_ns > *at + CALL_NS && !id_get(&m->last->open, s->file);
}

/*
 * A recorder takes its processes along when it dies; those that it was attached to go on, and are
 * on nobody's record.
 */
static enum whose whose_of_lost(const struct manifest *m, const struct standing *s)
{
	const struct inode *n = s->now, *was;

	if (!n->exists || S_ISDIR(n->mode) || (s->told && inode_is_like(n, s->settled)) ||
		(befores_was(m->befores, m->run, n, &was) && inode_is_like(n, was)))
		return WHOSE_RUN;
	if (!is_later(m, n) && !was_let_be(m, s))
		return WHOSE_RUN;
	return s->told ? WHOSE_ROW : WHOSE_UNKNOWN;
}

enum whose whose(const struct manifest *m, const struct standing *s)
{
	if (m->anew)
		return can_have_changed(m->anew, s) ? WHOSE_RUN : WHOSE_ROW;
	if (m->told_ahead)
		return whose_of_commit(m, s);
	return m->last ? whose_of_lost(m, s) : WHOSE_RUN;
}
