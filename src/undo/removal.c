/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/removal.h"

#include <errno.h>

#include "undo/packages.h"
#include "undo/remove.h"

/* The reasons that hold whatever stands there; "" none. */
static void add_recorded_reason(const struct remains *r, struct buf *why)
{
	/* Carried here from elsewhere; a second name of what is still there is no loss. */
	if (r->home && !r->dir)
		buf_addf(why, "it was there before the run, as %s", r->home);
	else if (r->later && !r->dir)
		buf_addf(why, "run %lld wrote it, too", (long long)r->later);
	else if (r->package)
		buf_addf(why, "it belongs to the package %s", r->package);
	else if (r->record)
		packages_why(why, r->record);
}

static const char *changed_reason(unsigned int differs)
{
	if (differs & BA_DIFFERS_TYPE)
		return "it is something else since";
	if (differs & BA_DIFFERS_UNREADABLE)
		return "it cannot be read, so nobody knows whether it changed";
	return "changed since";
}

/* What is there, by its attributes and content. */
static void add_reason_there(const struct remains *r, struct buf *why)
{
	if (r->foreign && !r->force)
		buf_adds(why, "it was there before the run, under a name that is not on record");
	/*
	 * Force takes what was edited, but no folder where a file
	 * was, and no file where a folder was.
	 */
	else if (r->differs && !(r->force && !r->other_kind))
		buf_adds(why, changed_reason(r->differs));
}

enum ba_did removal_of(const struct remains *r, struct buf *why)
{
	if (r->error == -ENOENT || (r->error == 0 && !r->is))
		return BA_NOTHING;
	if (r->error < 0)
		buf_adds(why, remove_reason(r->error));
	else
		add_recorded_reason(r, why);
	if (!why->len)
		add_reason_there(r, why);
	if (why->len || why->failed)
		return BA_KEEP;
	if (r->blocked < 0)
		buf_adds(why, remove_reason(r->blocked));
	else if (r->leaves)
		buf_adds(why, remove_reason(-ENOTEMPTY));
	return r->blocked < 0 && r->blocked != -EBUSY ? BA_FAIL : why->len ? BA_KEEP : BA_REMOVE;
}
