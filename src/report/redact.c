/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/redact.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "render/argv.h"

/* Shorter ones are names and numbers. */
#define LONG_RUN 32
#define LONG_TOKEN 16

struct masking {
	const char *s;
	size_t n, at; /* what comes next */
	struct buf *out;
	size_t masked;
};

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_-.", c));
}

static bool is_run(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_-+/", c));
}

static void mask(struct masking *t, size_t upto)
{
	buf_adds(t->out, REDACT_MASK);
	t->at = upto;
	t->masked++;
}

static bool ends_with(const char *s, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && !strncasecmp(s + n - len, word, len);
}

/* apiKey, API_KEY, key; but not monkey. */
static bool is_key(const char *s, size_t n)
{
	static const char *const before[] = { "api", "auth", "access", "secret", "private" };
	size_t i;

	if (!ends_with(s, n, "key"))
		return false;
	if (n == 3 || !isalpha((unsigned char)s[n - 4]) ||
		(s[n - 3] == 'K' && islower((unsigned char)s[n - 4])))
		return true;
	for (i = 0; i < ARRAY_SIZE(before); i++)
		if (ends_with(s, n - 3, before[i]))
			return true;
	return false;
}

/* Does what has this name want to be secret? */
static bool is_secret_name(const char *s, size_t n)
{
	static const char *const words[] = { "password", "passwd", "passphrase", "secret", "token",
		"authorization", "credential", "credentials", "_pwd", "cookie" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (ends_with(s, n, words[i]))
			return true;
	if (ends_with(s, n, "pass") && (n == 4 || !isalpha((unsigned char)s[n - 5])))
		return true;
	return is_key(s, n);
}

/* The name that ends before `end`, perhaps quoted, perhaps with blanks behind it; its length. */
static size_t name_before(const char *s, size_t end, size_t *start)
{
	while (end && (s[end - 1] == ' ' || s[end - 1] == '\t'))
		end--;
	if (end && (s[end - 1] == '"' || s[end - 1] == '\''))
		end--;
	*start = end;
	while (*start && is_name(s[*start - 1]))
		(*start)--;
	return end - *start;
}

/* Behind the value that begins at `at`; what is after an authorization: has blanks in it. */
static size_t value_end(const struct masking *t, size_t at, bool whole_line)
{
	while (at < t->n && !strchr(whole_line ? "\n\"'" : " \t\r\n&;,\"')}`", t->s[at]))
		at++;
	return at;
}

static size_t quoted_end(const struct masking *t, size_t at, char quote)
{
	while (at < t->n && t->s[at] != quote)
		at += t->s[at] == '\\' && at + 1 < t->n ? 2 : 1;
	return at;
}

/* password=VALUE, "token": "VALUE", Authorization: Bearer VALUE; at the sign between the two. */
static bool take_value(struct masking *t)
{
	size_t start, len, at = t->at + 1, end;
	char quote;

	if (t->s[t->at] != '=' && t->s[t->at] != ':')
		return false;
	len = name_before(t->s, t->at, &start);
	if (!len || !is_secret_name(t->s + start, len))
		return false;
	while (at < t->n && (t->s[at] == ' ' || t->s[at] == '\t'))
		at++;
	quote = at < t->n && (t->s[at] == '"' || t->s[at] == '\'') ? t->s[at++] : '\0';
	end = quote ? quoted_end(t, at, quote) :
		      value_end(t, at, ends_with(t->s + start, len, "authorization") ||
				      ends_with(t->s + start, len, "cookie"));
	if (end <= at || t->s[at] == '=' || t->s[at] == ':')
		return false;
	buf_add(t->out, t->s + t->at, at - t->at);
	mask(t, end);
	return true;
}

/* ://user:PASSWORD@ */
static bool take_url(struct masking *t)
{
	size_t at = t->at + 3, colon = 0;

	if (t->n - t->at < 3 || strncmp(t->s + t->at, "://", 3) != 0)
		return false;
	for (; at < t->n && !strchr("/ \t\n\"'@", t->s[at]); at++)
		if (t->s[at] == ':' && !colon)
			colon = at;
	if (!colon || at == t->n || t->s[at] != '@')
		return false;
	buf_add(t->out, t->s + t->at, colon + 1 - t->at);
	mask(t, at);
	return true;
}

static bool is_known_token(const char *s, size_t n)
{
	static const char *const heads[] = { "ghp_", "gho_", "ghs_", "ghu_", "github_pat_",
		"glpat-", "xoxb-", "xoxp-", "sk-", "npm_", "pypi-", "hf_", "AKIA" };
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		len = strlen(heads[i]);
		if (n >= len + LONG_TOKEN && !strncmp(s, heads[i], len))
			return true;
	}
	return false;
}

static bool is_hex(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return n >= LONG_RUN;
}

static int class_of(char c)
{
	return islower((unsigned char)c) ? 1 : isupper((unsigned char)c) ? 2 : 4;
}

/*
 * The kind of letter changes at every other one, as it does not in words and paths; nor, where
 * there is no digit, in a NameOfManyWords.
 */
static bool is_random(const char *s, size_t n)
{
	size_t i, letters = 0, changes = 0;
	int seen = 0, last = 0, now;

	for (i = 0; i < n; i++) {
		if (!isalnum((unsigned char)s[i]))
			continue;
		now = class_of(s[i]);
		changes += last && now != last;
		seen |= now;
		last = now;
		letters++;
	}
	if (letters < LONG_RUN)
		return false;
	return seen == 7 ? changes * 3 >= letters : seen == 3 && changes * 5 >= letters * 2;
}

static bool begins_run(const struct masking *t)
{
	return is_run(t->s[t->at]) && !(t->at && is_run(t->s[t->at - 1]));
}

/* A JSON web token, whose first part is {" in base64: short ones have no long run. */
static bool take_web_token(struct masking *t)
{
	const char *s = t->s + t->at;
	size_t n = 0, left = t->n - t->at, dots = 0;

	if (!begins_run(t) || left < LONG_TOKEN || strncmp(s, "eyJ", 3) != 0)
		return false;
	for (; n < left && is_name(s[n]); n++)
		dots += s[n] == '.';
	if (n < LONG_TOKEN || dots < 2)
		return false;
	mask(t, t->at + n);
	return true;
}

/* A run of letters that looks like a secret by itself; at its begin. */
static bool take_run(struct masking *t)
{
	const char *s = t->s + t->at;
	size_t n = 0, left = t->n - t->at;

	if (!begins_run(t))
		return false;
	while (n < left && is_run(s[n]))
		n++;
	if (!is_known_token(s, n) && !is_hex(s, n) && !is_random(s, n))
		return false;
	while (n < left && s[n] == '=')
		n++;
	mask(t, t->at + n);
	return true;
}

size_t redact_text(const char *s, size_t n, struct buf *out)
{
	struct masking t = { .s = s, .n = n, .out = out };

	while (t.at < n)
		if (!take_value(&t) && !take_url(&t) && !take_web_token(&t) && !take_run(&t))
			buf_addc(out, s[t.at++]);
	return t.masked;
}

/* Short options behind which some programs take one: in the next word, in the same, or either. */
enum { NEXT = 1, SAME = 2 };
static const struct known_option {
	const char *program, *option;
	int where;
	char split; /* behind this it is, before it a user's name; 0: it is all */
} known[] = {
	{ "mysql*", "-p", SAME, '\0' },
	{ "mariadb*", "-p", SAME, '\0' },
	{ "mongo*", "-p", NEXT | SAME, '\0' },
	{ "7z*", "-p", SAME, '\0' },
	{ "sshpass", "-p", NEXT | SAME, '\0' },
	{ "login", "-p", NEXT | SAME, '\0' }, /* docker login, podman login */
	{ "zip", "-P", NEXT | SAME, '\0' },
	{ "unzip", "-P", NEXT | SAME, '\0' },
	{ "redis-cli", "-a", NEXT | SAME, '\0' },
	{ "ldap*", "-w", NEXT | SAME, '\0' },
	{ "curl", "-u", NEXT | SAME, ':' },
	{ "curl", "-U", NEXT | SAME, ':' },
	{ "curl", "--user", NEXT, ':' },
	{ "curl", "--proxy-user", NEXT, ':' },
	{ "curl", "--user=", SAME, ':' },
	{ "curl", "--proxy-user=", SAME, ':' },
	{ "curl", "--oauth2-bearer", NEXT, '\0' },
	{ "ssh-keygen", "-N", NEXT | SAME, '\0' },
	{ "smbclient", "-U", NEXT | SAME, '%' },
	{ "lftp", "-u", NEXT | SAME, ',' },
};

struct argv_state {
	bool runs[ARRAY_SIZE(known)]; /* that program was named */
	const struct known_option *next;     /* the next word is its secret */
	bool all;                     /* the next word is one, whole */
	size_t masked;
};

/* The secret of a word: behind `split`, if that is in it, or all of it. */
static void add_secret(struct argv_state *l, const char *word, size_t n, char split,
	struct buf *out)
{
	const char *at = split ? memchr(word, split, n) : NULL;
	size_t shown = at ? (size_t)(at + 1 - word) : split ? n : 0;
	bool masked = n - shown == strlen(REDACT_MASK) &&
		!memcmp(word + shown, REDACT_MASK, n - shown);

	buf_add(out, word, shown);
	if (shown < n)
		buf_adds(out, REDACT_MASK);
	l->masked += shown < n && !masked;
}

static void note_program(struct argv_state *l, const char *word, size_t n)
{
	char name[64];
	const char *slash = memrchr(word, '/', n);
	size_t i, skip = slash ? (size_t)(slash + 1 - word) : 0;

	snprintf(name, sizeof name, "%.*s", (int)(n - skip < 63 ? n - skip : 63), word + skip);
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (fnmatch(known[i].program, name, 0) == 0)
			l->runs[i] = true;
}

/* -pSECRET, or -p with it in the next word. */
static bool take_known(struct argv_state *l, const char *word, size_t n, struct buf *out)
{
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		len = strlen(known[i].option);
		if (!l->runs[i] || n < len || strncmp(word, known[i].option, len) != 0)
			continue;
		if (n == len && known[i].where & NEXT)
			l->next = &known[i];
		if (n == len || !(known[i].where & SAME))
			continue;
		buf_add(out, word, len);
		add_secret(l, word + len, n - len, known[i].split, out);
		return true;
	}
	return false;
}

static void next_command(struct argv_state *l)
{
	memset(l->runs, 0, sizeof l->runs);
	l->next = NULL;
	l->all = false;
}

static void add_script(struct argv_state *l, const char *text, size_t n, struct buf *out);

/* A word of a command line, or of a script in one, of which all that tells by itself is masked. */
static void add_word(struct argv_state *l, const char *word, size_t n, struct buf *out)
{
	const struct known_option *next = l->next;
	bool option = n && *word == '-', all = l->all && !option;

	l->next = NULL;
	l->all = false;
	if (next || all) {
		add_secret(l, word, n, next ? next->split : '\0', out);
		return;
	}
	if (memchr(word, ' ', n) || memchr(word, '\n', n)) {
		add_script(l, word, n, out);
		return;
	}
	if (!option)
		note_program(l, word, n);
	else if (take_known(l, word, n, out))
		return;
	l->all = option && !memchr(word, '=', n) && !memchr(word, ':', n) &&
		is_secret_name(word, n);
	buf_add(out, word, n);
}

/* What a shell would take for words, quoted or not; what is between them stays. */
static void add_script(struct argv_state *l, const char *text, size_t n, struct buf *out)
{
	const char *end = text + n, *from, *close;

	while (text < end) {
		if (strchr("\n;&|()`", *text))
			next_command(l);
		if (strchr(" \t\n;&|()<>`", *text)) {
			buf_addc(out, *text++);
			continue;
		}
		if (*text == '"' || *text == '\'') {
			close = memchr(text + 1, *text, (size_t)(end - text) - 1);
			buf_addc(out, *text);
			from = text + 1;
			text = close ? close : end;
			add_word(l, from, (size_t)(text - from), out);
			if (close)
				buf_addc(out, *text++);
			continue;
		}
		for (from = text; text < end && !strchr(" \t\n;&|()<>`\"'", *text); text++)
			;
		add_word(l, from, (size_t)(text - from), out);
	}
}

size_t redact_argv(const char *json, struct buf *out)
{
	_cleanup_buf_ struct buf words = BUF_INIT, plain = BUF_INIT, shown = BUF_INIT;
	size_t i, n = argv_words(json, &words);
	const char *word = words.data;
	struct argv_state l = { .next = NULL };

	buf_addc(out, '[');
	for (i = 0; i < n; i++, word += strlen(word) + 1) {
		buf_reset(&plain);
		buf_reset(&shown);
		l.masked += redact_text(word, strlen(word), &plain);
		add_word(&l, plain.data ? plain.data : "", plain.len, &shown);
		if (i)
			buf_addc(out, ',');
		buf_add_json(out, shown.data ? shown.data : "", shown.len);
	}
	buf_addc(out, ']');
	return l.masked;
}
