/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_OUTPUT_H
#define RENDER_OUTPUT_H
#include <sys/types.h>

/*
 * The file that a package or a report is written to. Until it is whole and on disk it has
 * a name of its own beside the final one, NAME.part: the next that makes the
 * same takes over what a killed one left there.
 */
struct output {
	char *name, *part; /* absolute; of a folder that is kept, through its descriptor */
	int fd;            /* of part: empty, to be read and written */
};
#define OUTPUT_INIT (struct output){ NULL, NULL, -1 }

/*
 * This process is about to enter the layers of a run (ba_enter): what is made in that folder
 * afterwards is made in the one that has its name now. 0, or -1 after saying why.
 */
int output_keep(const char *folder);
/* The same for the folder of a file that a person named; "-" is none. */
int output_keep_for(const char *given);
/* It did not: the name will do. */
void output_let_go(void);
/* For the file of that name. 0, or -1 after saying why: somebody is making it right now, say. */
int output_open(struct output *o, const char *name);
/*
 * The same for a file that a person named: of a symlink it is what that leads to; what is no file,
 * and so could not be replaced, is refused.
 */
int output_open_given(struct output *o, const char *given);
/* What a new file gets of the umask. */
mode_t output_usual_mode(void);
/*
 * It has its name and mode, in the place of what had it before, and stays there
 * when the power goes. 0, or -1 after saying why.
 */
int output_done(struct output *o, mode_t mode);
/* What is not done by now is taken away. */
void output_release(struct output *o);

#endif
