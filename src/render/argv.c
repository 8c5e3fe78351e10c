/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/argv.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "render/flat.h"
#include "render/text.h"

/* A command is never cut to less than this. */
#define LEAST 20
/* A word of that length is a script. */
#define SCRIPT 60

/* Four hexadecimal digits; -1 where there are none, or the text ends before. */
static int hex4(const char *p)
{
	static const char digits[] = "0123456789abcdef";
	int i, value = 0;

	for (i = 0; i < 4; i++) {
		const char *d = p[i] ? strchr(digits, p[i]) : NULL;

		if (!d)
			return -1;
		value = value * 16 + (int)(d - digits);
	}
	return value;
}

/* What stands after a backslash at p; how many bytes that were. */
static size_t json_escape(const char *p, struct buf *out)
{
	char character[4];
	int c;

	switch (*p) {
	case '\0':
		return 0;
	case 'n':
		buf_addc(out, '\n');
		return 1;
	case 't':
		buf_addc(out, '\t');
		return 1;
	case 'u':
		c = hex4(p + 1);
		if (c > 0)
			buf_add(out, character, utf8_encode((uint32_t)c, character));
		return c < 0 ? 1 : 5;
	default:
		buf_addc(out, *p);
		return 1;
	}
}

/* The strings of our own JSON arrays: no escapes but those that buf_add_json makes. */
static const char *json_string(const char *p, struct buf *out)
{
	while (*p && *p != '"') {
		if (*p == '\\')
			p += 1 + json_escape(p + 1, out);
		else
			buf_addc(out, *p++);
	}
	return *p ? p + 1 : p;
}

size_t argv_words(const char *json, struct buf *out)
{
	const char *p = json;
	size_t n = 0;

	for (; (p = strchr(p, '"')); n++) {
		p = json_string(p + 1, out);
		buf_addc(out, '\0');
	}
	return n;
}

void render_argv(struct buf *out, const char *json)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	size_t i, n = argv_words(json, &words);
	const char *word = words.data;

	for (i = 0; i < n && !words.failed; i++, word += strlen(word) + 1) {
		if (i)
			buf_addc(out, ' ');
		buf_add_shell_shown(out, word);
	}
}

/* A script is not quoted once more: nobody could read it. */
static void add_word(struct buf *line, const char *word)
{
	bool lines = strchr(word, '\n');

	if (!lines && strlen(word) < SCRIPT) {
		buf_add_shell(line, word);
		return;
	}
	buf_addc(line, '\'');
	if (lines)
		render_flat(line, word);
	else
		buf_adds(line, word);
	buf_addc(line, '\'');
}

void render_command_words(struct buf *line, const char *words, size_t count)
{
	_cleanup_buf_ struct buf command = BUF_INIT;
	size_t i;

	for (i = 0; i < count; i++, words += strlen(words) + 1) {
		if (i)
			buf_addc(&command, ' ');
		add_word(&command, words);
	}
	if (command.data)
		buf_add_shown(line, command.data, command.len);
}

void render_command(struct buf *line, const char *json, size_t width)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	size_t n = argv_words(json, &words), start = line->len;
	size_t before = line->data ? render_columns(line->data) : 0;

	if (words.failed)
		return;
	render_command_words(line, words.data, n);
	if (width)
		render_cut(line, start, width > before + LEAST ? width - before : LEAST);
}
