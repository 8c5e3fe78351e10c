/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_SCOPE_H
#define MODEL_SCOPE_H
/*
 * Which paths a person would not call installed. Rules are asked in the order
 * they were added, and the last one that matches decides.
 */
#include <stdbool.h>
#include <stddef.h>

struct scope_rule {
	char *pattern;
	bool exclude;
	/* fnmatch(3) on the path or one of its folders; else a folder and all below it */
	bool glob;
};

struct scope {
	struct scope_rule *rules;
	size_t count;
};

void scope_release(struct scope *s);
/* A folder and all below it. Absolute, canonical. 0 or -ENOMEM. */
int scope_add_folder(struct scope *s, const char *folder, bool exclude);
/*
 * A glob. Without a slash it is held against each component of a path, else
 * against the path and each of its folders.
 */
int scope_add_glob(struct scope *s, const char *glob, bool exclude);
bool scope_excludes(const struct scope *s, const char *path);

/*
 * What is excluded by default: the working folder of the command (unless it
 * is "/"), $TMPDIR, /tmp, /var/tmp, /run, $HOME/.cache and ccache's folder.
 */
int scope_add_defaults(struct scope *s, const char *cwd);

/* Never part of a manifest: what the kernel shows as files but keeps on no disk. */
bool path_is_virtual(const char *path);

#endif
