/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/subvolumes.h"

#include <linux/btrfs.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "record/call-entry.h"
#include "record/originals.h"
#include "record/places.h"
#include "trace/mem.h"

/* The name stands in the caller's struct, of either kind. */
#define NAME_V1 offsetof(struct btrfs_ioctl_vol_args, name)
#define NAME_V2 offsetof(struct btrfs_ioctl_vol_args_v2, name)

#ifndef BTRFS_IOC_SNAP_DESTROY_V2 /* Linux 5.7 */
#define BTRFS_IOC_SNAP_DESTROY_V2 _IOW(BTRFS_IOCTL_MAGIC, 63, struct btrfs_ioctl_vol_args_v2)
#endif
#define BY_NUMBER (1ULL << 4) /* BTRFS_SUBVOL_SPEC_BY_ID */

static const struct request {
	uint32_t request;
	enum op op;
	size_t name;
} requests[] = {
	{ (uint32_t)BTRFS_IOC_SUBVOL_CREATE, OP_MKDIR, NAME_V1 },
	{ (uint32_t)BTRFS_IOC_SUBVOL_CREATE_V2, OP_MKDIR, NAME_V2 },
	{ (uint32_t)BTRFS_IOC_SNAP_CREATE, OP_MKDIR, NAME_V1 },
	{ (uint32_t)BTRFS_IOC_SNAP_CREATE_V2, OP_MKDIR, NAME_V2 },
	{ (uint32_t)BTRFS_IOC_SNAP_DESTROY, OP_RMDIR, NAME_V1 },
	{ (uint32_t)BTRFS_IOC_SNAP_DESTROY_V2, OP_RMDIR, NAME_V2 },
};

static const struct request *request_of(uint64_t request)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(requests); i++)
		if (requests[i].request == (uint32_t)request)
			return &requests[i];
	return NULL;
}

/* Deleted by its number, it need not have a name. */
static bool has_no_name(const struct task *task, const struct pending *p, const struct request *q)
{
	uint64_t flags = 0;

	return q->request == (uint32_t)BTRFS_IOC_SNAP_DESTROY_V2 &&
		mem_read(task->tid,
			p->call.args[2] + offsetof(struct btrfs_ioctl_vol_args_v2, flags), &flags,
			sizeof flags) == 0 &&
		(flags & BY_NUMBER);
}

/* All that is in it goes at once; the files have no call of their own before which to keep them. */
static void keep_inside(struct recorder *r, struct pending *p)
{
	walk_below(&p->inside[0], p->name[0].path.data);
	if (p->inside[0].incomplete)
		r->sink->note(r->sink,
			"a subvolume that was deleted could not be read in full: some of what was "
			"in it is not in the manifest");
	originals_lose_inside(r, p->name[0].path.data, &p->inside[0]);
}

enum next enter_subvolume(struct recorder *r, struct task *task, struct pending *p)
{
	const struct request *q = request_of(p->call.args[1]);

	if (!q)
		return NEXT_GO;
	if (has_no_name(task, p, q)) {
		r->sink->note(r->sink, "a subvolume was deleted by its number: what was in it is "
				       "not in the manifest");
		return NEXT_GO;
	}
	p->op = q->op;
	p->call.mode = -1;
	p->call.places = 1;
	p->call.place[0] = (struct place){ .dirfd = (int)p->call.args[0],
		.addr = p->call.args[2] + q->name };
	place_ask(r, task, p, 0);
	if (q->op == OP_RMDIR && p->named[0] && p->name[0].now.exists) {
		originals_lose(r, &p->name[0], FILE_META);
		keep_inside(r, p);
	}
	return NEXT_FOLLOW;
}

bool subvolume_shows(const struct pending *p)
{
	return p->op == OP_MKDIR ? made_shows(p) : removed_shows(p);
}

static void tell_inside(struct recorder *r, const char *folder, const struct walk *w, bool made)
{
	static const struct inode nothing;
	_cleanup_buf_ struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count && walk_path(&path, folder, &w->entries[i]); i++) {
		const struct inode *now = &w->entries[i].now;

		touches_path(&r->touches, path.data, made ? &nothing : now, false);
		if (made)
			touches_place(&r->touches, path.data, touches_made(&r->touches, now));
	}
}

void leave_subvolume(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	struct walk now = { 0 };

	if (p->op == OP_MKDIR)
		leave_made(r, task, p, result);
	else
		leave_removed(r, task, p, result);
	if (!p->named[0])
		return;
	if (p->op == OP_MKDIR)
		walk_below(&now, p->name[0].path.data);
	tell_inside(r, p->name[0].path.data, p->op == OP_MKDIR ? &now : &p->inside[0],
		p->op == OP_MKDIR);
	walk_release(&now);
}
