/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/argv.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
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

/* After these a shell wants no semicolon. */
static bool is_open(const char *line, size_t len)
{
	static const char *const words[] = { "then", "do", "else", "in" };
	size_t i, n;

	if (!len || strchr(";&|({", line[len - 1]))
		return true;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		n = strlen(words[i]);
		if (len >= n && !memcmp(line + len - n, words[i], n) &&
			(len == n || strchr(" \t;", line[len - n - 1])))
			return true;
	}
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void trim(struct buf *out, size_t start)
{
	while (out->len > start && is_blank(out->data[out->len - 1]))
		out->len--;
}

/* A script's lines as one: for reading, not to be run. */
static void add_flat(struct buf *out, const char *word)
{
	size_t start = out->len, len;
	bool joined = false; /* by a backslash at the end of the line before */

	for (; *word; word += len + (word[len] == '\n')) {
		while (is_blank(*word))
			word++;
		len = strcspn(word, "\n");
		if (!len)
			continue;
		joined |= out->len > start && is_open(out->data + start, out->len - start);
		if (out->len > start)
			buf_adds(out, joined ? " " : "; ");
		buf_add(out, word, len);
		trim(out, start);
		joined = word[len] && out->len > start && out->data[out->len - 1] == '\\';
		out->len -= joined;
		trim(out, start);
	}
}

/* A script is not quoted once more: nobody could read it. */
static void add_word(struct buf *line, const char *word)
{
	if (!strchr(word, '\n') && strlen(word) < SCRIPT) {
		buf_add_shell(line, word);
		return;
	}
	buf_addc(line, '\'');
	add_flat(line, word);
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
