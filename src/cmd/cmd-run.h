/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_CMD_RUN_H
#define CMD_CMD_RUN_H
/* What `try` has of `run`: it records a command in the same way, but not on the disk. */
#include "cmd/cmd.h"

/* Of both. */
#define RUN_OPTIONS                                                                             \
	{ 'q', "quiet", NULL, "no summary on stderr, only what warns or fails" },		\
	{ 0, "label", "NAME", "a name for this run, as good as its number" },			\
	{ 0, "name", "NAME", "what is installed; default: what the folder says, or --pkgname" },\
	{ 0, "exclude", "GLOB", "paths that do not count as installed (may be repeated)" },	\
	{ 0, "include", "DIR",									\
		"a folder that does, after all, and all below it (may be repeated)" },		\
	{ 0, "no-backup", NULL, "keep no originals: what is overwritten cannot be put back" },	\
	{ 0, "backup-limit", "SIZE", "keep at most that much, as 500M; default: 1G" },		\
	{ 0, "wait", "all", "end only when every process the command left behind has ended" },	\
	{ 0, "no-seccomp", NULL,								\
		"stop at every call instead of filtering; slower, and the same record" },	\
	{ 0, "io-uring", "allow|deny", "leave io_uring open, unrecorded; default: deny (ENOSYS)" },

/* It is that command's: of usage errors, the usage. layers: a run's, "" for new ones. */
int run_in_layers(const struct cmd *cmd, const char *layers);
/* As cmd->option and cmd->run. */
int run_option(const struct cmd_option *o, const char *value);
int run_command(struct cmd_call *call);

#endif
