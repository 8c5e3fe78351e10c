/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_TELL_H
#define RECORD_TELL_H
/* What is told of a call, beside what it changed. */
#include "record/recorder.h"

/* The event of p's operation; the rest of it is taken from p->call. */
void tell_event(struct recorder *r, const struct task *task, const struct pending *p,
	const char *path, const char *old_path, uint32_t file);
/* A call succeeded and we do not know on what: said in the run's notes. */
void tell_unnamed(struct recorder *r, const struct pending *p, int error);
/* A new image runs that has its rights from its file, and has not gained them: likewise. */
void tell_rights(struct recorder *r, const struct task *task);

#endif
