/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_RECORDER_H
#define RECORD_RECORDER_H
/*
 * The front half in one struct: it follows the command and tells a sink.
 */
#include <limits.h>

#include "model/scope.h"
#include "model/sink.h"
#include "model/keep.h"
#include "record/lives.h"
#include "record/pending.h"
#include "record/touches.h"
#include "record/turns.h"
#include "resolve/path.h"
#include "trace/filter.h"
#include "trace/tracer.h"

struct recorder {
	struct tracer tracer;
	struct resolver resolver;
	struct lives lives;
	struct touches touches;
	struct turns turns;
	struct tracees tracees; /* of tracers inside */
	bool may_wait, has_to; /* the call at its entry: for one that is under way */
	struct keeper keeper;
	bool handles; /* somebody may hold a file in a way that no lease tells of (handles.h) */
	/* the run itself is on disk: what is kept has somebody to belong to */
	bool secured;
	struct spared spared; /* of the call at its entry stop; goes with its struct pending */
	struct sink *sink;
	struct overlay_folder *overlays; /* what the run mounts over (overlay.c) */
	bool proc_lost; /* /proc was unmounted, and that is told */
	bool mounts_told; /* what only the end can tell of mounts was told when the command ended */
	struct scope scope;
	bool allow_io_uring;
	bool filtered; /* all have our filter */
	/*
	 * Calls that may change what a name leads to (places.h): how
	 * many are under way, and have begun.
	 */
	unsigned int shifting;
	uint64_t shifts;
	unsigned int unnamed; /* calls under way that have named what was not there */
	bool no_rights; /* a set-uid program gains none: an ordinary user records it */
	bool trying;   /* in layers that nobody else sees */
	bool wait_all; /* hold the command's status until its last descendant has ended */
	char text[PATH_MAX]; /* scratch: a name as the tracee gave it */
};

#endif
