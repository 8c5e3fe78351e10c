/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/scope.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/glob.h"

void scope_release(struct scope *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		free(s->rules[i].pattern);
	free(s->rules);
	*s = (struct scope){ 0 };
}

static int add(struct scope *s, const char *pattern, bool exclude, bool glob)
{
	struct scope_rule *r = ARRAY_MORE(s->rules, s->count);

	if (!r)
		return -ENOMEM;
	*r = (struct scope_rule){ strdup(pattern), exclude, glob };
	return r->pattern ? 0 : -ENOMEM;
}

int scope_add_folder(struct scope *s, const char *folder, bool exclude)
{
	return add(s, folder, exclude, false);
}

int scope_add_glob(struct scope *s, const char *glob, bool exclude)
{
	return add(s, glob, exclude, true);
}

bool scope_excludes(const struct scope *s, const char *path)
{
	size_t i;

	for (i = s->count; i-- > 0;) {
		const struct scope_rule *r = &s->rules[i];

		if (r->glob ? glob_matches(r->pattern, path) : path_is_below(path, r->pattern))
			return r->exclude;
	}
	return false;
}

/* The folder as the kernel names it; one that is not there is taken as it is written. */
static int add_default(struct scope *s, const char *folder)
{
	_cleanup_free_ char *real = NULL;

	if (!folder || folder[0] != '/' || folder[1] == '\0')
		return 0;
	real = realpath(folder, NULL);
	if (real && !strcmp(real, "/"))
		return 0;
	return add(s, real ? real : folder, true, false);
}

static int add_below_home(struct scope *s, const char *name)
{
	const char *home = getenv("HOME");
	char path[PATH_MAX];

	if (!home || snprintf(path, sizeof path, "%s/%s", home, name) >= (int)sizeof path)
		return 0;
	return add_default(s, path);
}

int scope_add_defaults(struct scope *s, const char *cwd)
{
	static const char *const fixed[] = { "/tmp", "/var/tmp", "/run", "/var/run" };
	int r = add_default(s, cwd);
	size_t i;

	for (i = 0; r == 0 && i < ARRAY_SIZE(fixed); i++)
		r = add_default(s, fixed[i]);
	if (r == 0)
		r = add_default(s, getenv("TMPDIR"));
	if (r == 0)
		r = add_default(s, getenv("CCACHE_DIR"));
	if (r == 0)
		r = add_below_home(s, ".cache");
	if (r == 0)
		r = add_below_home(s, ".ccache");
	return r;
}

bool path_is_virtual(const char *path)
{
	return path_is_below(path, "/proc") || path_is_below(path, "/sys");
}
