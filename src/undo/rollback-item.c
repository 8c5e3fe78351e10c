/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/rollback-item.h"

#include <errno.h>
#include <fcntl.h>

#include "undo/remove.h"
#include "undo/unlock.h"

void rollback_tell(struct rollback *rb, struct plan_item *it, enum ba_did did, const char *reason)
{
	const struct entry *e = it->e;

	it->finished = true;
	it->failed = did == BA_FAIL;
	it->stays = did == BA_KEEP || it->failed;
	teller_step(&rb->teller, e->path,
		type_name(e->before.i.exists ? e->before.i.mode : e->after.i.mode), did, reason);
}

const char *rollback_reason(int error)
{
	switch (-error) {
	case ENODATA:
		return "its kept original is gone";
	case EUCLEAN:
		return "its kept original is damaged";
	default:
		return remove_reason(error);
	}
}

/* What was done is done, whether it could be recorded or not; the end says so. */
static void note_step(struct rollback *rb, const struct plan_item *it, const char *change,
	const struct side *to)
{
	int r = journal_step(&rb->journal, it->e, change, &it->e->after, to);

	if (r < 0 && rb->error == 0)
		rb->error = r;
}

void rollback_removed(struct rollback *rb, struct plan_item *it)
{
	static const struct side gone;

	if (!rb->teller.how->dry)
		note_step(rb, it, "removed", &gone);
	rollback_tell(rb, it, BA_REMOVE, "");
}

void rollback_restored(struct rollback *rb, struct plan_item *it)
{
	note_step(rb, it, it->e->change == CHANGE_REMOVED ? "created" : "modified", &it->e->before);
	rollback_tell(rb, it, BA_RESTORE, "");
}

int rollback_open(struct rollback *rb, const struct plan_item *it, int *dir, const char **name)
{
	int r = parents_open(&rb->plan.parents, it->e->path, dir, name);

	if (r == 0 && !rb->locked)
		r = unlock_folder(&rb->journal, *dir, it->e->path);
	return r < 0 ? r : durable_add(&rb->touched, *dir);
}

bool rollback_is_at(const struct inode *is, int dir, const char *name)
{
	struct inode now;

	return inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW) == 0 &&
		plan_has_inode_of(&now, is);
}

int rollback_check(struct rollback *rb, const struct inode *was, int dir, const char *name)
{
	struct inode now;
	int r = inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW);
	bool ours = was->exists && u64map_get(&rb->written, inode_place(was)), still;

	if (r < 0)
		return r;
	still = ours ? plan_has_inode_of(&now, was) : inode_stands_still(&now, was);
	return still ? 0 : -ESTALE;
}

int rollback_writes(struct rollback *rb, const struct inode *i)
{
	bool added;

	return u64map_put(&rb->written, inode_place(i), &added) ? 0 : -ENOMEM;
}

void rollback_kept(struct rollback *rb, struct plan_item *it, const char *reason)
{
	it->state = STATE_REFUSED;
	it->begun = BEGUN_NOT;
	rollback_tell(rb, it, BA_KEEP, reason);
}

bool rollback_wants_file(const struct plan_item *it)
{
	return it->state == STATE_OURS && it->e->before.i.exists && !S_ISDIR(it->e->before.i.mode);
}

bool rollback_wants_dir(const struct plan_item *it)
{
	return it->state == STATE_OURS && it->e->before.i.exists && S_ISDIR(it->e->before.i.mode);
}

bool rollback_goes_in_place(const struct plan_item *it)
{
	return plan_same_inode(it) && (it->content_same || it->e->before.i.nlink > 1);
}
