/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_AGAIN_H
#define RECORD_AGAIN_H
/*
 * Untraced, a signal that is ignored wakes nobody. The kernel shows it to a
 * tracer all the same (ptrace(2)), and a few calls end by that with EINTR and
 * are not begun anew, as others are (signal(7)): here they are. A handler
 * interrupts them as ever, and so does a stop. Others end by that with what they
 * have got so far: rest.h.
 */
#include "record/recorder.h"

/* For the test that looks each up in the table of calls: the names of those calls, to NULL. */
const char *again_name(size_t i);
/*
 * At a STOP_SIGNAL; ignored: that is known. True: the stops of the task's next call are wanted,
 * whichever it is.
 */
bool again_signal(const struct recorder *r, const struct stop *stop, bool ignored);
/*
 * At any STOP_SIGNAL, first: an ignored one has come before it, and the call is to be made again,
 * but not begun. For this one the task is in its call still.
 */
void again_undo(const struct stop *stop);
/*
 * The same as again_signal() where it stands still with its group, which interrupts, or goes on
 * after that; or where we have asked it to stop (attach.h), which does not.
 */
bool again_stopped(const struct recorder *r, const struct stop *stop);
/* Its arguments are not the program's own until it ends. */
bool again_has_changed(const struct task *task);
/* At a call's entry: is it that one? Its limit is what is left of it. */
bool again_enter(const struct recorder *r, const struct stop *stop);
/* At its exit. True: the stops of the task's next call are wanted, too. */
bool again_leave(const struct recorder *r, const struct stop *stop);

#endif
