/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/program.h"

#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mix.h"
#include "render/argv.h"

/* Whose first argument is a script, as the kernel has it for one that begins with #!. */
static const char *const interpreters[] = { "sh", "*ash", "zsh*", "*ksh*", "csh", "tcsh", "fish",
	"python*", "pypy*", "perl*", "ruby*", "node*", "lua*", "php*", "tclsh*", "wish*", "guile*",
	"Rscript", "bun", "deno", "pwsh" };

const char *program_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *program_called(const char *word, const char *exe)
{
	const char *name = program_name(word);

	return *name ? name : program_name(exe);
}

static bool is_interpreter(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(interpreters); i++)
		if (fnmatch(interpreters[i], name, 0) == 0)
			return true;
	return false;
}

/* What has a wildcard in its name may be asked for by that name, too. */
static bool fits(const char *asked, const char *name)
{
	return !strcmp(asked, name) || fnmatch(asked, name, FNM_PATHNAME) == 0;
}

/* A script is on record as it was called, which may be from the folder that it is asked from. */
static bool is_asked_for(const struct program *p, const char *path)
{
	if (!strchr(p->word, '/'))
		return fits(p->word, program_name(path));
	return fits(p->word, path) || (p->path && fits(p->path, path));
}

/* Of the words of a command, each with a NUL behind it. NULL: it runs none. */
static const char *script_of(const char *words, size_t count)
{
	const char *script = count > 1 ? words + strlen(words) + 1 : "-";

	return *script != '-' && is_interpreter(program_name(words)) ? script : NULL;
}

bool program_is_run(const struct program *p, const char *exe, const char *argv)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	size_t n = argv_words(argv, &words);
	const char *script = words.failed ? NULL : script_of(words.data, n);

	return is_asked_for(p, exe) || (n && !words.failed && is_asked_for(p, words.data)) ||
		(script && is_asked_for(p, script));
}

/* The text of a program that its interpreter was given as an argument, after -c or what it has. */
static const char *text_of(const char *words, size_t count)
{
	size_t i;

	if (!count || !is_interpreter(program_name(words)))
		return "";
	for (i = 1; i < count; i++) {
		words += strlen(words) + 1;
		if (*words != '-')
			return words;
	}
	return "";
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
	return mix64(hash + mix_bytes(text, strlen(text)));
}

/* A program of many names (busybox) is as many programs. */
uint64_t program_hash(const char *exe, const char *argv, bool text)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	size_t n = argv_words(argv, &words);
	const char *script = words.failed ? NULL : script_of(words.data, n);
	uint64_t hash = mix_text(0, script ? script : exe);

	if (words.failed || !n)
		return hash;
	hash = mix_text(hash, program_name(words.data));
	return text && !script ? mix_text(hash, text_of(words.data, n)) : hash;
}
