/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CALLS_H
#define RECORD_CALLS_H
/*
 * The two stops of one call. `enter` asks what stands there before; `leave`,
 * only for a call that succeeded, tells the sink what is there now.
 */
#include "record/places.h"
#include "record/recorder.h"

struct handler {
	enum op op;
	enum next (*enter)(struct recorder *r, struct task *task, struct pending *p);
	void (*leave)(struct recorder *r, struct task *task, struct pending *p, int64_t result);
	/* The task died between the two: what it asked for may have happened. The manifest asks
	 * the disk, so it is enough to name the places. */
	void (*lost)(struct recorder *r, struct pending *p);
	/* For a call whose doing shows: was it done? Then it leaves like any other. */
	bool (*shows)(const struct pending *p);
};

enum next enter_open(struct recorder *r, struct task *task, struct pending *p);
void lost_open(struct recorder *r, struct pending *p);
void leave_open(struct recorder *r, struct task *task, struct pending *p, int64_t result);

/* Calls that change a folder's entries. */
enum next enter_entry(struct recorder *r, struct task *task, struct pending *p);
enum next enter_unlink(struct recorder *r, struct task *task, struct pending *p);
enum next enter_symlink(struct recorder *r, struct task *task, struct pending *p);
enum next enter_bind(struct recorder *r, struct task *task, struct pending *p);
enum next enter_rename(struct recorder *r, struct task *task, struct pending *p);
enum next enter_link(struct recorder *r, struct task *task, struct pending *p);
void leave_made(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void leave_removed(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void leave_rename(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void leave_link(struct recorder *r, struct task *task, struct pending *p, int64_t result);

bool made_shows(const struct pending *p);
bool removed_shows(const struct pending *p);
bool rename_shows(const struct pending *p);
bool link_shows(const struct pending *p);

/* A folder is being renamed, from the entry stop to the end of the call, whatever that is. */
void move_begins(struct recorder *r, struct pending *p);
void move_ends(struct recorder *r, struct pending *p);
/* Its names at the entry were others than those that count. */
void move_unexpects(struct recorder *r, struct pending *p);

void lost_rename(struct recorder *r, struct pending *p);

/* Calls that change a file in its place. */
enum next enter_inode(struct recorder *r, struct task *task, struct pending *p);
/* acct(2): from here on the kernel itself appends to the file. */
enum next enter_acct(struct recorder *r, struct task *task, struct pending *p);
void leave_inode(struct recorder *r, struct task *task, struct pending *p, int64_t result);

/* The event of p's operation; the rest of it is taken from p->call. */
void tell_event(struct recorder *r, const struct task *task, const struct pending *p,
	const char *path, const char *old_path, uint32_t file);
/* A call succeeded and we do not know on what: said in the run's notes. */
void tell_unnamed(struct recorder *r, const struct pending *p, int error);

#endif
