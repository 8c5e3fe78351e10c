/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/project.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "base/buildfile.h"
#include "base/canonical.h"
#include "base/gittag.h"

enum { LEVELS = 4, WORD_MOST = 128 };

/* Folders that are named for what is done in them, not for what they hold. */
static bool is_workplace(const char *name)
{
	static const char *const names[] = { "build", "_build", "builddir", "obj", "objdir", "out",
		"src", "unix", "source", "release", "Release", "debug", "Debug", "linux" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return true;
	return !strncmp(name, "build-", 6) || !strncmp(name, "cmake-build", 11);
}

/*
 * Where the version begins: at the first digit after a '-' or '_',
 * or at the end of letters as in tcl8.6.13.
 */
static size_t version_at(const char *s)
{
	size_t i, n = strlen(s);

	for (i = 1; i + 1 < n; i++)
		if ((s[i] == '-' || s[i] == '_') &&
			(isdigit((unsigned char)s[i + 1]) ||
				((s[i + 1] == 'v' || s[i + 1] == 'V') &&
					isdigit((unsigned char)s[i + 2]))))
			return i + 1;
	for (i = 1; i < n; i++)
		if (isdigit((unsigned char)s[i]) && isalpha((unsigned char)s[i - 1]) &&
			strchr(s + i, '.'))
			return i;
	return n;
}

/* What may go into a command line, a file's name and a terminal as it is. */
static bool is_word(const char *s)
{
	static const char may[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789.+_~:-";
	size_t n = strspn(s, may);

	return n && !s[n] && n <= WORD_MOST && isalnum((unsigned char)*s);
}

/* Not a version, a number or a date: a RUN that is a number is that run. */
static bool is_name(const char *s)
{
	const char *rest = *s == 'v' || *s == 'V' ? s + 1 : s;

	return is_word(s) && rest[strspn(rest, "0123456789.+_~:-")] && strcmp(s, "latest") != 0;
}

static const char *last_part(const char *folder)
{
	const char *slash = strrchr(folder, '/');

	return slash ? slash + 1 : folder;
}

static int set(char **where, const char *s, size_t n)
{
	if (*where)
		return 0;
	*where = strndup(s, n);
	return *where ? 0 : -ENOMEM;
}

static int set_version(struct project *p, const char *s)
{
	if ((*s == 'v' || *s == 'V') && isdigit((unsigned char)s[1]))
		s++;
	return is_word(s) ? set(&p->version, s, strlen(s)) : 0;
}

/* nano-7.2 */
static int by_versioned_folder(struct project *p, const char *folder)
{
	const char *part = last_part(folder);
	size_t at = version_at(part), n = at;
	char name[NAME_MAX + 1];
	int r;

	if (!part[at] || is_workplace(part) || at > NAME_MAX)
		return 0;
	if (at > 1 && (part[at - 1] == '-' || part[at - 1] == '_'))
		n--;
	snprintf(name, sizeof name, "%.*s", (int)n, part);
	if (!is_name(name) || !is_word(part + at))
		return 0;
	r = set(&p->name, name, n);
	return r < 0 ? r : set_version(p, part + at);
}

static int by_build_files(struct project *p, const char *folder)
{
	_cleanup_free_ char *name = NULL, *version = NULL;
	int r;

	if (p->name) /* the one below said it, and this one's version may be another's */
		return 0;
	r = buildfile_read(folder, &name, &version);
	if (r == 0 && name && is_name(name))
		r = set(&p->name, name, strlen(name));
	if (r == 0 && version)
		r = set_version(p, version);
	return r;
}

static int by_folder(struct project *p, const char *folder)
{
	const char *part = last_part(folder);

	if (is_workplace(part) || !is_name(part))
		return 0;
	return set(&p->name, part, strlen(part));
}

static int by_git(struct project *p, const char *folder)
{
	_cleanup_free_ char *version = NULL;
	int r = 0;

	if (p->version || !gittag_is_tree(folder))
		return 0;
	r = by_folder(p, folder);
	if (r == 0)
		r = gittag_version(folder, p->name, &version);
	return r == 0 && version ? set_version(p, version) : r;
}

static bool is_home(const char *folder)
{
	const char *home = getenv("HOME");
	const struct passwd *pw;
	struct stat st;

	if (home && !strcmp(home, folder))
		return true;
	/* Whose it is says whose home it can be, with sudo, too; one that is not there, ours. */
	pw = getpwuid(stat(folder, &st) < 0 ? getuid() : st.st_uid);
	return pw && !strcmp(pw->pw_dir, folder);
}

/* The system's folders hold many softwares; two of them, their sources. */
static bool is_shared(const char *folder)
{
	static const struct {
		const char *folder;
		bool below, shared;
	} known[] = {
		{ "/usr/src", true, false }, { "/usr/local/src", true, false },
		{ "/usr", true, true }, { "/etc", true, true }, { "/bin", true, true },
		{ "/sbin", true, true }, { "/lib", true, true }, { "/lib64", true, true },
		{ "/boot", true, true }, { "/dev", false, true }, { "/proc", true, true },
		{ "/sys", true, true }, { "/run", false, true }, { "/var/lib", false, true },
		{ "/var/tmp", false, true }, { "/var", false, true }, { "/tmp", false, true },
		{ "/home", false, true }, { "/root", false, true }, { "/opt", false, true },
		{ "/srv", false, true }, { "/mnt", false, true }, { "/media", false, true },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		size_t n = strlen(known[i].folder);

		if (strncmp(folder, known[i].folder, n) != 0)
			continue;
		if (!folder[n] || (known[i].below && folder[n] == '/'))
			return known[i].shared || !folder[n];
	}
	return false;
}

/* How long the names of the folder, and of those above that are asked, are. */
static size_t find_levels(const char *folder, size_t lengths[LEVELS])
{
	char path[PATH_MAX];
	size_t n = strlen(folder), count = 0;

	while (n && folder[n - 1] == '/')
		n--;
	if (*folder != '/' || n >= sizeof path)
		return 0;
	snprintf(path, sizeof path, "%.*s", (int)n, folder);
	while (*path && count < LEVELS && !is_shared(path) && !is_home(path)) {
		lengths[count++] = strlen(path);
		if (!is_workplace(last_part(path)))
			break;
		*strrchr(path, '/') = '\0';
	}
	return count;
}

int project_find(struct project *out, const char *folder)
{
	static int (*const sources[])(struct project *p, const char *folder) = {
		by_versioned_folder, by_build_files, by_git, by_folder };
	size_t lengths[LEVELS], count, i, k;
	char path[PATH_MAX];
	int r = 0;

	*out = (struct project){ NULL, NULL };
	count = find_levels(folder, lengths);
	for (i = 0; i < ARRAY_SIZE(sources); i++)
		for (k = 0; k < count && r == 0 && !(out->name && out->version); k++) {
			snprintf(path, sizeof path, "%.*s", (int)lengths[k], folder);
			r = sources[i](out, path);
		}
	return r;
}

/* How a tool is told where to work; several are followed one after the other. */
static const struct leading {
	const char *tool, *option;
} leading[] = {
	{ "make", "-C" },
	{ "make", "--directory" },
	{ "gmake", "-C" },
	{ "gmake", "--directory" },
	{ "ninja", "-C" },
	{ "samu", "-C" },
	{ "meson", "-C" },
	{ "cmake", "--install" },
	{ "cmake", "--build" },
};

/* The folder that argv[*i] names, alone or with the word behind it; NULL: none. */
static const char *led_to(char *const argv[], size_t *i)
{
	size_t k, n;

	for (k = 0; k < ARRAY_SIZE(leading); k++) {
		const struct leading *l = &leading[k];
		const char *word = argv[*i];

		n = strlen(l->option);
		if (strcmp(last_part(argv[0]), l->tool) || strncmp(word, l->option, n))
			continue;
		if (!word[n])
			return argv[*i + 1] ? argv[++*i] : NULL;
		if (word[1] != '-')
			return word + n;
		if (word[n] == '=')
			return word + n + 1;
	}
	return NULL;
}

static void follow(char *const argv[], const char *cwd, char *out)
{
	char path[PATH_MAX];
	size_t i;

	snprintf(out, PATH_MAX, "%s", cwd);
	for (i = 1; argv[0] && argv[i]; i++) {
		const char *to = led_to(argv, &i);
		const char *from = to && *to == '/' ? "" : out;

		if (to && snprintf(path, sizeof path, "%s%s%s", from, *from ? "/" : "", to) <
				(int)sizeof path && path_canonical_all(path, out) < 0)
			snprintf(out, PATH_MAX, "%s", cwd);
	}
}

int project_of_command(struct project *out, char *const argv[], const char *cwd)
{
	struct project here = { 0 };
	char folder[PATH_MAX];
	int r;

	follow(argv, cwd, folder);
	r = project_find(out, folder);
	if (r < 0 || out->version || !strcmp(folder, cwd))
		return r;
	/* A part of a software, as its tools, is that. */
	r = project_find(&here, cwd);
	if (here.version) {
		project_release(out);
		*out = here;
		return r;
	}
	project_release(&here);
	return r;
}

void project_release(struct project *p)
{
	free(p->name);
	free(p->version);
	*p = (struct project){ NULL, NULL };
}
