/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_SENT_H
#define RECORD_SENT_H
/*
 * Untraced, the kernel asks whether a signal is ignored when it is sent. To a
 * tracee it comes all the same, and may meet a handler that another thread has
 * set since: kill(getpid(), SIGTERM) between SIG_IGN and SIG_DFL would kill. So
 * a process of several threads is asked at the entry of kill(2). (With one
 * thread nothing lies between: it takes the signal before it does anything else.)
 *
 * What did not help: to stop at rt_sigaction(2), of which a shell has twenty a command.
 */
#include "record/handler.h"

enum next enter_kill(struct recorder *r, struct task *task, struct pending *p);
/* At a STOP_SIGNAL: would it never have come? */
bool sent_in_vain(const struct stop *stop);
/*
 * At a STOP_SIGNAL. The first process of a namespace dies of a fault, but while it is traced the
 * kernel protects it (force_sig_info_to_task()), and it would fault for ever.
 */
void sent_to_first(struct recorder *r, const struct stop *stop);

#endif
