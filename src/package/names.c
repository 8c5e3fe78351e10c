/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What each format forbids, in one clear sentence: the tools say it
 * late, or not at all, or of a file of ours.
 */
#include "package/names.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "render/say.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct rule {
	enum package_type type;
	size_t at; /* of the text in struct metadata */
	const char *what;
	const char *chars, *first; /* the characters that are allowed, and at the beginning */
	const char *words, *first_words;
	size_t shortest; /* 0: it may be empty */
};

#define AT(member) offsetof(struct metadata, member)
#define RPM_VERSION LOWER UPPER DIGITS ".+_~^", LOWER UPPER DIGITS, \
	"letters, digits, '.', '+', '_', '~' and '^' (no '-')", "a letter or a digit", 1
#define TAR_PART LOWER UPPER DIGITS "+-._~:^", LOWER UPPER DIGITS "_", \
	"letters, digits, '+', '-', '.', '_', '~', ':' and '^'", "a letter, a digit or '_'"

/* A package's name is taken apart at its last three dashes. */
#define SLACKWARE_PART LOWER UPPER DIGITS "+._~^", LOWER UPPER DIGITS "_", \
	"letters, digits, '+', '.', '_', '~' and '^' (no '-')", "a letter, a digit or '_'", 1

static const struct rule rules[] = {
	{ PACKAGE_DEB, AT(name), "name", LOWER DIGITS "+-.", LOWER DIGITS,
		"lower-case letters, digits, '+', '-' and '.'", "a lower-case letter or a digit",
		2 },
	{ PACKAGE_DEB, AT(version), "version", LOWER UPPER DIGITS ".+-~:", DIGITS,
		"letters, digits, '.', '+', '-', '~' and, after an epoch, ':'", "a digit", 1 },
	{ PACKAGE_DEB, AT(release), "release", LOWER UPPER DIGITS ".+~", LOWER UPPER DIGITS,
		"letters, digits, '.', '+' and '~'", "a letter or a digit", 1 },
	{ PACKAGE_DEB, AT(arch), "architecture", LOWER DIGITS "-", LOWER,
		"lower-case letters, digits and '-'", "a letter", 2 },
	{ PACKAGE_RPM, AT(name), "name", LOWER UPPER DIGITS "+-._", LOWER UPPER DIGITS "_",
		"letters, digits, '+', '-', '.' and '_'", "a letter, a digit or '_'", 1 },
	{ PACKAGE_RPM, AT(version), "version", RPM_VERSION },
	{ PACKAGE_RPM, AT(release), "release", RPM_VERSION },
	{ PACKAGE_RPM, AT(arch), "architecture", LOWER DIGITS "_", LOWER,
		"lower-case letters, digits and '_'", "a letter", 2 },
	{ PACKAGE_TAR, AT(name), "name", TAR_PART, 1 },
	{ PACKAGE_TAR, AT(version), "version", TAR_PART, 0 },
	{ PACKAGE_SLACKWARE, AT(name), "name", TAR_PART, 1 },
	{ PACKAGE_SLACKWARE, AT(version), "version", SLACKWARE_PART },
	{ PACKAGE_SLACKWARE, AT(release), "release", SLACKWARE_PART },
	{ PACKAGE_SLACKWARE, AT(arch), "architecture", SLACKWARE_PART },
};

static int wrong_char(const struct rule *r, const char *value, char c, const char *words)
{
	if (isprint((unsigned char)c))
		return say_failed("the %s '%s' has a '%c', which %s does not allow there: %s",
			r->what, value, c, package_type_name(r->type), words);
	return say_failed("the %s has the byte 0x%02x, which %s does not allow: %s", r->what,
		(unsigned char)c, package_type_name(r->type), words);
}

static int check(const struct rule *r, const char *value)
{
	size_t n = strspn(value, r->chars);

	if (!*value)
		return !r->shortest ?
			0 :
			say_failed("the %s is empty: %s are allowed", r->what, r->words);
	if (value[n])
		return wrong_char(r, value, value[n], r->words);
	if (!strchr(r->first, *value))
		return say_failed("the %s '%s' begins with '%c': for %s it begins with %s", r->what,
			value, *value, package_type_name(r->type), r->first_words);
	if (strlen(value) < r->shortest)
		return say_failed("the %s '%s' is too short: %s wants %zu characters", r->what,
			value, package_type_name(r->type), r->shortest);
	return 0;
}

/* "2:1.0": what is before the colon is a number, and there is only one colon. */
static int check_epoch(const char *version)
{
	const char *colon = version ? strchr(version, ':') : NULL;

	if (!colon)
		return 0;
	if (strspn(version, DIGITS) != (size_t)(colon - version) || strchr(colon + 1, ':'))
		return say_failed(
			"the version '%s' has a ':', which deb allows only after a number in front",
			version);
	if (!isdigit((unsigned char)colon[1]))
		return say_failed("the version '%s' has no digit after its epoch", version);
	return 0;
}

static int check_dots(const char *what, const char *value)
{
	return value && strstr(value, "..") ?
		say_failed("the %s '%s' has a '..', which rpm does not allow", what, value) :
		0;
}

int names_check(const struct metadata *m)
{
	size_t i;

	if (options_check_lines(m->options) < 0)
		return -1;
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		const char *value = *(char *const *)((const char *)m + rules[i].at);

		if (rules[i].type == m->type && value && check(&rules[i], value) < 0)
			return -1;
	}
	if (m->type == PACKAGE_DEB)
		return check_epoch(m->version);
	if (m->type == PACKAGE_RPM && check_dots("version", m->version) < 0)
		return -1;
	return m->type == PACKAGE_RPM ? check_dots("release", m->release) : 0;
}

/*
 * rpm opens what it installs for reading, and at a fifo it then
 * waits for a writer for ever (tried: 4.18).
 */
static bool is_fifo(const struct member *e)
{
	return S_ISFIFO(e->mode);
}

/* An rpm has 16 bits for both numbers. */
static bool is_big_device(const struct member *e)
{
	return member_is_device(e) && e->rdev > 0xffff;
}

/* dpkg keeps its file lists by lines. */
static bool has_newline(const struct member *e)
{
	return strchr(e->path, '\n');
}

/* rpm calls these illegal. */
static bool has_control(const struct member *e)
{
	const char *c = e->path;

	while ((unsigned char)*c >= ' ' && *c != 0x7f)
		c++;
	return *c;
}

static const struct refusal {
	enum package_type type;
	bool (*is_one)(const struct member *e);
	const char *head;
} refusals[] = {
	{ PACKAGE_DEB, has_newline,
		"refused: names that a deb cannot hold (a newline); --exclude leaves them out:" },
	{ PACKAGE_RPM, has_control,
		"refused: names that an rpm cannot hold (control "
		"characters); --exclude leaves them out:" },
	{ PACKAGE_RPM, is_fifo, "refused: rpm cannot install fifos; --exclude leaves them out:" },
	{ PACKAGE_RPM, is_big_device,
		"refused: device numbers that an rpm cannot hold; --exclude leaves them out:" },
};

static int refuse(const struct refusal *why, const struct payload *p)
{
	struct say_list list = { why->head, 0, false };
	size_t i;

	for (i = 0; i < p->count; i++)
		if (why->is_one(p->entries[i]))
			say_item(&list, "%s", p->entries[i]->path);
	say_rest(&list);
	return list.count ? -1 : 0;
}

int names_check_paths(const struct metadata *m, const struct payload *p)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		if (refusals[i].type == m->type && refuse(&refusals[i], p) < 0)
			return -1;
	return 0;
}
