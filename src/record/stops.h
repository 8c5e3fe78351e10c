/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_STOPS_H
#define RECORD_STOPS_H
/* What is done at each kind of stop. */
#include "record/recorder.h"

/* One stop, as the tracer gave it, and those whose turn has come by it. 0 or -errno. */
int recorder_serve(struct recorder *r, const struct stop *stop) MUST_CHECK;
/* Those who wait at their entry, in their order, as far as they can go on now. 0 or -errno. */
int recorder_serve_waiting(struct recorder *r) MUST_CHECK;

#endif
