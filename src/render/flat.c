/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For a person to read, of a shell's script or another language's: what is told apart is what
 * most of them quote and comment alike.
 */
#include "render/flat.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"

struct flat {
	struct buf *out;
	size_t start;   /* where the line begins in it */
	size_t pattern; /* and a pattern of a case ended; 0: none did */
	const char *at;
	const char *script;
	const char *here;    /* where the body of a here-document ends; NULL: none was begun */
	unsigned int inside; /* so many parentheses */
	bool ended, joined;  /* a line has; by a backslash */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void trim(struct flat *f)
{
	while (f->out->len > f->start && is_blank(f->out->data[f->out->len - 1]))
		f->out->len--;
}

static bool ends_in_word(const char *line, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && !memcmp(line + len - n, word, n) &&
		(len == n || strchr(" \t;", line[len - n - 1]));
}

/* After these a shell wants no semicolon. */
static bool is_open(const struct flat *f)
{
	static const char *const words[] = { "then", "do", "else", "in" };
	const char *line = f->out->data + f->start;
	size_t i, len = f->out->len - f->start;

	if (f->pattern == f->out->len || strchr(";&|({", line[len - 1]))
		return true;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (ends_in_word(line, len, words[i]))
			return true;
	return false;
}

/* What comes next is on another line. */
static void begin_command(struct flat *f)
{
	if (f->out->failed || f->out->len == f->start)
		return;
	buf_adds(f->out, f->joined || is_open(f) || !strncmp(f->at, ";;", 2) ? " " : "; ");
}

static bool is_comment(const struct flat *f)
{
	return *f->at == '#' && (f->at == f->script || strchr(" \t\r\n;&|()", f->at[-1]));
}

/* Up to the quote that ends it. */
static void add_quoted(struct flat *f, char quote, bool escapes)
{
	buf_addc(f->out, *f->at++);
	while (*f->at) {
		char c = *f->at++;

		if (c == '\\' && escapes && *f->at) {
			if (*f->at != '\n')
				buf_add(f->out, f->at - 1, 2);
			f->at++;
			continue;
		}
		if (c == '\n')
			buf_adds(f->out, "\\n");
		else
			buf_addc(f->out, c);
		if (c == quote)
			return;
	}
}

/* What ends a here-document, from behind its <<; false: it is none. */
static bool read_here(const char *p, bool *tabs, struct buf *end)
{
	*tabs = *p == '-';
	p += *tabs;
	while (is_blank(*p))
		p++;
	for (; *p && !strchr(" \t\r\n;&|()<>", *p); p++)
		if (!strchr("'\"\\", *p))
			buf_addc(end, *p);
	return end->len && !end->failed && (unsigned char)(*end->data | 0x20) >= '_';
}

/* The line that ends the body; NULL: there is none, so it was no here-document. */
static const char *find_end(const char *p, bool tabs, const struct buf *end)
{
	while ((p = strchr(p, '\n'))) {
		const char *line = ++p;

		while (tabs && *line == '\t')
			line++;
		if (!strncmp(line, end->data, end->len) &&
			(line[end->len] == '\n' || !line[end->len]))
			return line + end->len;
	}
	return NULL;
}

static void note_here(struct flat *f)
{
	_cleanup_buf_ struct buf word = BUF_INIT;
	const char *end;
	bool tabs;

	if (f->at[2] == '<' || (f->at > f->script && f->at[-1] == '<') ||
		!read_here(f->at + 2, &tabs, &word))
		return;
	end = find_end(f->at, tabs, &word);
	if (end)
		f->here = end;
}

static void add_here(struct flat *f)
{
	for (; f->at < f->here; f->at++)
		if (*f->at == '\n')
			buf_adds(f->out, "\\n");
		else
			buf_addc(f->out, *f->at);
	f->here = NULL;
}

static void end_line(struct flat *f)
{
	if (f->here)
		add_here(f);
	trim(f);
	f->ended = true;
	f->joined = false;
	f->at += *f->at == '\n';
}

static void add_plain(struct flat *f)
{
	if (*f->at == '(')
		f->inside++;
	if (!strncmp(f->at, "<<", 2))
		note_here(f);
	buf_addc(f->out, *f->at);
	if (*f->at == ')' && !f->inside)
		f->pattern = f->out->len;
	else if (*f->at == ')')
		f->inside--;
	f->at++;
}

/* A character of a command, or what is quoted there. */
static void add_part(struct flat *f)
{
	bool ansi = f->at > f->script && f->at[-1] == '$';

	if (f->ended)
		begin_command(f);
	f->ended = f->joined = false;
	if (*f->at == '\\' && f->at[1]) {
		buf_add(f->out, f->at, 2);
		f->at += 2;
	} else if (*f->at == '\'' || *f->at == '"') {
		add_quoted(f, *f->at, *f->at == '"' || ansi);
	} else {
		add_plain(f);
	}
}

static void add_next(struct flat *f)
{
	if (is_comment(f)) {
		f->at += strcspn(f->at, "\n");
	} else if (*f->at == '\n') {
		end_line(f);
	} else if (f->at[0] == '\\' && f->at[1] == '\n') {
		f->at += 2;
		trim(f);
		f->ended = f->joined = true;
	} else if (f->ended && is_blank(*f->at)) {
		f->at++;
	} else {
		add_part(f);
	}
}

void render_flat(struct buf *out, const char *script)
{
	struct flat f = { .out = out,
		.start = out->len,
		.at = script,
		.script = script,
		.ended = true };

	while (*f.at)
		add_next(&f);
	trim(&f);
}
