/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_SPAWN_H
#define TRACE_SPAWN_H
/*
 * The process that was started becomes the command; its recorder stands
 * beside it. So the command has the pid, the parent, the process group, the
 * terminal, the timers, the locks and the pending signals that it would have
 * without us: for a caller there is no process of ours in between.
 *
 *   started process  ------------------------------ exec --> the command
 *        \-- fork, fork --> watcher -- fork, setsid --> recorder: seizes it, follows, stores
 *
 * The watcher does nothing but wait for the recorder, to say of one that was
 * killed what it could not say itself.
 */
#include <stdbool.h>
#include <sys/types.h>

/* What the two say to each other before the exec. */
struct spawn_message {
	int error;         /* 0, or the errno that ends it all */
	bool every_call;   /* no seccomp here: stop at each call. The recorder may say so, too */
	bool no_new_privs;
	char text[1024];   /* with an error: the sentence for the user */
};

struct spawn {
	int fd;        /* to the other one */
	bool recorder; /* which of the two we are */
	pid_t command;
	int kept; /* a descriptor that the recorder and the watcher keep, under its number; -1 */
	/* Called in the watcher when the recorder was killed by a signal. */
	void (*lost)(void *data);
	void *data;
};

/*
 * Splits in two; kept, lost and data are set by the caller. In the recorder all descriptors but
 * stderr, s->fd and s->kept are closed, stdin and stdout are /dev/null, every signal is blocked,
 * and the folder is "/". In the started process nothing has changed. 0 or -errno.
 */
int spawn_split(struct spawn *s);

/*
 * fork(2) whose end sends no signal, and is waited for with __WALL: a SIGCHLD would stay pending in
 * the command if its mask blocks it.
 */
pid_t spawn_silently(void);

int spawn_send(const struct spawn *s, const struct spawn_message *m);
int spawn_receive(const struct spawn *s, struct spawn_message *m);

#endif
