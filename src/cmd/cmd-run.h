/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_CMD_RUN_H
#define CMD_CMD_RUN_H
/* What `try` has of `run`: it records a command in the same way, but not on the disk. */
#include <sys/types.h>

#include "cmd/cmd.h"
#include "package/options.h"

/*
 * The options of both: X(letter, name, the value's name, help, for whom, what it does), the last
 * two in the words of cmd-run.c.
 */
#define RUN_OPTIONS(X)                                                                             \
	X('q', "quiet", NULL, "no summary on stderr, only what warns or fails", BOTH, FLAG(quiet)) \
	X(0, "label", "NAME", "a name for this run, as good as its number", BOTH,                  \
		SETTING(BA_SET_LABEL))                                                             \
	X(0, "name", "NAME", "what is installed; default: what the folder says, or --pkgname",     \
		BOTH, SETTING(BA_SET_NAME))                                                        \
	X(0, "exclude", "GLOB", "paths that do not count as installed (may be repeated)", BOTH,    \
		SETTING(BA_SET_EXCLUDE))                                                           \
	X(0, "include", "DIR",                                                                     \
		"a folder that does, after all, and all below it (may be repeated)", BOTH,         \
		SETTING(BA_SET_INCLUDE))                                                           \
	X(0, "no-backup", NULL, "keep no originals: what is overwritten cannot be put back", BOTH, \
		SETTING(BA_SET_NO_BACKUP))                                                         \
	X(0, "backup-limit", "SIZE", "keep at most that much, as 500M; default: 1G", BOTH,         \
		SETTING(BA_SET_BACKUP_LIMIT))                                                      \
	X(0, "wait", "all", "end only when every process the command left behind has ended",       \
		COMMAND, WORD("all", BA_SET_WAIT_ALL))                                             \
	X(0, "no-seccomp", NULL,                                                                   \
		"stop at every call instead of filtering; slower, and the same record", BOTH,      \
		SETTING(BA_SET_NO_SECCOMP))                                                        \
	X(0, "io-uring", "allow|deny", "leave io_uring open, unrecorded; default: deny (ENOSYS)",  \
		BOTH, WORD_OR("deny", "allow", BA_SET_IO_URING))

/* And behind those that only one of them has. */
#define RUN_PACKAGE_OPTION(X)                                                    \
	X(0, "package", PACKAGE_TYPE_CHOICE "|auto",                             \
		"then packs what it created; auto: as this system installs it", \
		COMMAND, take_package)

/* A row as an option of ours. */
#define RUN_OPTION(letter, name, value, help, whom, does) { letter, name, value, help },

/* What one of them was asked for. */
struct run_asked {
	const struct cmd *self; /* who: of usage errors, the usage */
	const char *db;
	struct ba_recording *recording;
	bool quiet, prune, ask, rollback_on_failure, packing;
	struct package_options pack;
	pid_t *pids;
	size_t pid_count;
	bool named; /* the install, by a name of its own */
	/* the first that says what the package is like; one of those of only one of the two */
	const char *pack_option, *attach_option, *command_option;
};

/* Its command is to work in layers: a run's, or "" for new ones. 0 or -errno. */
int run_in_layers(struct run_asked *a, const char *layers);
/* As cmd->option and cmd->run. */
int run_option(struct run_asked *a, const struct cmd_option *o, const char *value);
int run_command(struct run_asked *a, struct cmd_call *call);

#endif
