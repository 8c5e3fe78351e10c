/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "export/compiler.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "export/export.h"
#include "render/program.h"

#define RESPONSE_MAX (16U * 1024 * 1024)
#define RESPONSE_DEPTH 8

static bool is_one_of(const char *word, size_t len, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(list[i]) == len && !memcmp(list[i], word, len))
			return true;
	return false;
}

#define IS_ONE_OF(word, len, list) is_one_of(word, len, list, ARRAY_SIZE(list))

/* "cc", "g++-12", "x86_64-linux-gnu-gcc-11.2", "/opt/bin/clang". */
static bool is_compiler(const char *word)
{
	static const char *const names[] = { "cc", "c++", "gcc", "g++", "clang", "clang++", "c89",
		"c99", "icc", "icpc", "icx", "icpx", "tcc", "nvcc", "gfortran" };
	const char *name = program_name(word), *dash;
	size_t len = strlen(name), version = len;

	while (version && strchr("0123456789.", name[version - 1]))
		version--;
	if (version && version < len && name[version - 1] == '-')
		len = version - 1;
	dash = memrchr(name, '-', len);
	if (dash) {
		len -= (size_t)(dash + 1 - name);
		name = dash + 1;
	}
	return IS_ONE_OF(name, len, names);
}

/* It is given the compiler's words behind its own name, and may answer for the compiler. */
static bool is_wrapper(const char *word)
{
	static const char *const names[] = { "ccache", "sccache", "distcc", "icecc", "gomacc",
		"buildcache" };
	const char *name = program_name(word);

	return IS_ONE_OF(name, strlen(name), names);
}

static bool is_source(const char *word)
{
	static const char *const ends[] = { "c", "C", "cc", "cp", "cxx", "cpp", "CPP", "c++", "i",
		"ii", "m", "mm", "M", "mi", "mii", "s", "S", "sx", "cu", "f", "F", "for", "f90",
		"F90", "f95", "F95", "f03", "f08" };
	const char *dot = strrchr(program_name(word), '.');

	return dot && IS_ONE_OF(dot + 1, strlen(dot + 1), ends);
}

/* The next word is this one's, whatever it looks like. */
static bool takes_word(const char *option)
{
	static const char *const names[] = { "-o", "-I", "-D", "-U", "-L", "-T", "-u", "-z", "-x",
		"-A", "-B", "-V", "-b", "-e", "-G", "-include", "-imacros", "-iprefix",
		"-iwithprefix", "-iwithprefixbefore", "-isystem", "-isysroot", "-iquote",
		"-idirafter", "-imultilib", "-Xpreprocessor", "-Xassembler", "-Xlinker", "-Xclang",
		"-arch", "-target", "-framework", "-aux-info", "--param", "-dumpdir", "-dumpbase",
		"-MF", "-MT", "-MQ", "-l", "-Xcompiler" };

	return IS_ONE_OF(option, strlen(option), names);
}

/* They say what else is written, of no use to who wants to know how it is compiled. */
static bool is_of_dependencies(const char *option)
{
	static const char *const names[] = { "-MD", "-MMD", "-MG", "-MP", "-MF", "-MT", "-MQ" };
	static const char *const joined[] = { "-MF", "-MT", "-MQ" };

	return IS_ONE_OF(option, strlen(option), names) ||
		(strlen(option) > 3 && IS_ONE_OF(option, 3, joined));
}

/* Then nothing is compiled. */
static bool is_preprocessing(const char *option)
{
	static const char *const names[] = { "-E", "-M", "-MM", "-cc1", "-cc1as", "-###" };

	return IS_ONE_OF(option, strlen(option), names);
}

/* As GCC reads it: words between blanks, quotes, a backslash before any character. */
static void split_file(const char *s, struct buf *out)
{
	char quote;
	bool in_word = false;

	for (quote = '\0'; *s; s++) {
		if (!quote && strchr(" \t\r\n\v\f", *s)) {
			if (in_word)
				buf_addc(out, '\0');
			in_word = false;
			continue;
		}
		in_word = true;
		if (*s == '\\' && s[1])
			buf_addc(out, *++s);
		else if (quote && *s == quote)
			quote = '\0';
		else if (!quote && (*s == '"' || *s == '\''))
			quote = *s;
		else
			buf_addc(out, *s);
	}
	if (in_word)
		buf_addc(out, '\0');
}

static bool read_response(const char *word, const char *cwd, struct buf *out)
{
	_cleanup_buf_ struct buf raw = BUF_INIT;
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s%s%s", word[1] == '/' ? "" : cwd,
		word[1] == '/' ? "" : "/", word + 1);

	if (n >= (int)sizeof path || io_read_file(path, &raw, RESPONSE_MAX) < 0)
		return false;
	buf_addc(&raw, '\0');
	if (!raw.failed)
		split_file(raw.data, out);
	return !raw.failed;
}

/* One that is not there any more stays the word that it is. */
static void expand(const char *words, const char *end, const char *cwd, int depth, struct buf *out)
{
	for (; words < end; words += strlen(words) + 1) {
		_cleanup_buf_ struct buf more = BUF_INIT;

		if (*words == '@' && depth < RESPONSE_DEPTH && read_response(words, cwd, &more))
			expand(more.data ? more.data : "", more.data ? more.data + more.len : "",
				cwd, depth + 1, out);
		else
			buf_add(out, words, strlen(words) + 1);
	}
}

static int add_word(struct compilation *c, const char *text, bool source)
{
	struct word *w = ARRAY_MORE(c->words, c->count);

	if (!w)
		return -ENOMEM;
	*w = (struct word){ text, source };
	c->sources += source;
	return 0;
}

/* 1, or 0: nothing is compiled. */
static int read_words(struct compilation *c)
{
	const char *word = c->text.data, *end = word + c->text.len, *next;
	bool by_language = false; /* -x LANGUAGE: any name is a source */
	int r = add_word(c, word, false);

	for (word += strlen(word) + 1; r == 0 && word < end; word = next) {
		bool pair;

		next = word + strlen(word) + 1;
		pair = takes_word(word) && next < end;
		if (is_preprocessing(word))
			return 0;
		if (pair && !strcmp(word, "-o"))
			c->output = next;
		if (pair && !strcmp(word, "-x"))
			by_language = strcmp(next, "none") != 0;
		if (!is_of_dependencies(word))
			r = add_word(c, word, *word != '-' && (by_language || is_source(word)));
		if (pair && r == 0 && !is_of_dependencies(word))
			r = add_word(c, next, false);
		if (pair)
			next += strlen(next) + 1;
	}
	return r < 0 ? r : c->sources > 0;
}

int compiler_read(struct compilation *c, const char *words, size_t count, const char *cwd)
{
	const char *end = words;
	size_t i;

	*c = (struct compilation){ .text = BUF_INIT };
	for (i = 0; i < count; i++)
		end += strlen(end) + 1;
	while (words < end && is_wrapper(words))
		words += strlen(words) + 1;
	if (words >= end || !is_compiler(words))
		return 0;
	expand(words, end, cwd, 0, &c->text);
	return c->text.failed ? -ENOMEM : read_words(c);
}

void compiler_release(struct compilation *c)
{
	buf_release(&c->text);
	free(c->words);
	c->words = NULL;
}
