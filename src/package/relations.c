/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "a (>= 2), b | c": what a person writes of other packages, in deb's way or
 * in rpm's ("a >= 2"), becomes what the format at hand wants. checkinstall's
 * users write backslashes before what its shell would have taken. No library
 * knows both ways, and what dpkg-deb or rpmbuild say does not name the option.
 */
#include "package/relations.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/say.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

struct written {
	const char *what;  /* the option */
	const char *item;  /* all of it, for what is said */
	enum package_type type;
};

static const struct {
	const char *written, *deb, *rpm;
} ops[] = { { "<<", "<<", "<" }, { "<=", "<=", "<=" }, { "=", "=", "=" }, { ">=", ">=", ">=" },
	{ ">>", ">>", ">" }, { "<", "<<", "<" }, { ">", ">>", ">" } };

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	for (n = strlen(s); n > 0 && strchr(" \t", s[n - 1]); n--)
		s[n - 1] = '\0';
	return s;
}

/*
 * Where the name ends: at a space, or at the parenthesis of a
 * version; perl(Foo) is a name of rpm's.
 */
static size_t name_length(const char *s)
{
	size_t n;

	for (n = 0; s[n] && !strchr(" \t<>=", s[n]); n++)
		if (s[n] == '(' && strchr("<>= ", s[n + 1]))
			break;
	return n;
}

static const char *op_of(const struct written *r, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		if (strlen(ops[i].written) == n && !strncmp(ops[i].written, text, n))
			return r->type == PACKAGE_DEB ? ops[i].deb : ops[i].rpm;
	return NULL;
}

/* For a deb: what dpkg would say only when the package is there. */
static int check_name(const struct written *r, const char *name, size_t n)
{
	const char *allowed = r->type == PACKAGE_DEB ? ALNUM "+-.:" : ALNUM "+-._/():[]~^=";
	size_t good = strspn(name, allowed);

	if (n == 0)
		return say_failed(
			"--%s: a name is missing: names with commas between them are expected",
			r->what);
	if (good < n)
		return say_failed("--%s: '%s' has a '%c', which no name of a package has", r->what,
			r->item, name[good]);
	return 0;
}

/* "(>= 2)" or ">= 2" */
static int write_version(const struct written *r, char *text, struct buf *out)
{
	size_t len = strlen(text), n;
	bool open = *text == '(';
	const char *op, *version;

	if (open != (text[len - 1] == ')'))
		return say_failed("--%s: '%s' has a parenthesis that is alone", r->what, r->item);
	text[len - open] = '\0';
	text = trim(text + open);
	n = strspn(text, "<>=");
	op = op_of(r, text, n);
	if (!op)
		return say_failed("--%s: '%s' has no <<, <=, =, >= or >> before its version",
			r->what, r->item);
	version = text + n + strspn(text + n, " \t");
	if (!*version || version[strspn(version, ALNUM ".+-~:_^")])
		return say_failed(
			"--%s: '%s' has no version of letters, digits, '.', '+', '-', '~' and ':'",
			r->what, r->item);
	buf_addf(out, r->type == PACKAGE_DEB ? " (%s %s)" : " %s %s", op, version);
	return 0;
}

static int write_one(const struct written *r, char *s, struct buf *out)
{
	size_t n = name_length(s);
	char *rest = s + n + strspn(s + n, " \t");

	if (check_name(r, s, n) < 0)
		return -1;
	buf_add(out, s, n);
	return *rest ? write_version(r, rest, out) : 0;
}

/* One of them is enough: rpm has words for that, in parentheses. */
static int write_alternatives(const struct written *r, char *s, struct buf *out)
{
	bool several = strchr(s, '|') != NULL, rpm = r->type == PACKAGE_RPM;
	char *rest = s, *one;
	size_t k = 0;
	int result = 0;

	if (rpm && *s == '(') { /* a condition in rpm's own words */
		buf_adds(out, s);
		return 0;
	}
	if (several && rpm)
		buf_addc(out, '(');
	while (result == 0 && (one = strsep(&rest, "|"))) {
		if (k++)
			buf_adds(out, rpm ? " or " : " | ");
		result = write_one(r, trim(one), out);
	}
	if (several && rpm)
		buf_addc(out, ')');
	return result;
}

static char *without_backslashes(const char *s)
{
	struct buf out = BUF_INIT;

	for (; *s; s++)
		if (*s != '\\' || !s[1])
			buf_addc(&out, *s);
	return buf_steal(&out);
}

int relations_write(enum package_type type, const char *what, const char *list, struct buf *out)
{
	_cleanup_free_ char *copy = without_backslashes(list);
	char *rest = copy, *item;
	size_t k = 0;
	int r = copy || !*list ? 0 : say_no_memory();

	while (r == 0 && rest && (item = strsep(&rest, ","))) {
		_cleanup_free_ char *whole = strdup(trim(item));
		struct written written = { .what = what, .item = whole, .type = type };

		if (!whole)
			return say_no_memory();
		if (k++)
			buf_adds(out, ", ");
		r = write_alternatives(&written, trim(item), out);
	}
	return r == 0 && out->failed ? say_no_memory() : r;
}
