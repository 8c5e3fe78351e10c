/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_LIVING_H
#define TRY_LIVING_H
/* Processes that see a scene: what /proc/PID/mountinfo says of their mounts tells. */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"

struct living {
	pid_t *each; /* but for this process */
	size_t count;
};

/* Those that see an overlay with that mark (layers_mark). 0 or -errno. */
int living_find(struct living *l, const char *mark) MUST_CHECK;
/* Are all of them buildaudit, as a recorder is that is about to end? True, too: there is none. */
bool living_are_ours(const struct living *l);
/* "sleep (pid 12) and 3 more" */
void living_say(const struct living *l, struct buf *out);
void living_release(struct living *l);
/* Does this process itself see one with a mark that begins so? */
bool living_here(const char *beginning);

#endif
