/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each format forbids, in one clear sentence. */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "package/metadata.h"
#include "package/say.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct rule {
	const char *what, *format;
	const char *chars, *first; /* the characters that are allowed, and at the beginning */
	const char *words, *first_words;
	size_t shortest;
};

static const struct rule deb_name = { "name", "deb", LOWER DIGITS "+-.", LOWER DIGITS,
	"lower-case letters, digits, '+', '-' and '.'", "a lower-case letter or a digit", 2 };
static const struct rule deb_version = { "version", "deb", LOWER UPPER DIGITS ".+-~:", DIGITS,
	"letters, digits, '.', '+', '-', '~' and, after an epoch, ':'", "a digit", 1 };
static const struct rule deb_release = { "release", "deb", LOWER UPPER DIGITS ".+~", LOWER UPPER DIGITS,
	"letters, digits, '.', '+' and '~'", "a letter or a digit", 1 };
static const struct rule rpm_name = { "name", "rpm", LOWER UPPER DIGITS "+-._", LOWER UPPER DIGITS "_",
	"letters, digits, '+', '-', '.' and '_'", "a letter, a digit or '_'", 1 };
static const struct rule rpm_version = { "version", "rpm", LOWER UPPER DIGITS ".+_~^", LOWER UPPER DIGITS,
	"letters, digits, '.', '+', '_', '~' and '^' (no '-')", "a letter or a digit", 1 };
static const struct rule rpm_release = { "release", "rpm", LOWER UPPER DIGITS ".+_~^", LOWER UPPER DIGITS,
	"letters, digits, '.', '+', '_', '~' and '^' (no '-')", "a letter or a digit", 1 };
static const struct rule tar_part = { "name", "tar", LOWER UPPER DIGITS "+-._~:^", LOWER UPPER DIGITS "_",
	"letters, digits, '+', '-', '.', '_', '~', ':' and '^'", "a letter, a digit or '_'", 1 };
static const struct rule tar_version = { "version", "tar", LOWER UPPER DIGITS "+-._~:^", LOWER UPPER DIGITS "_",
	"letters, digits, '+', '-', '.', '_', '~', ':' and '^'", "a letter, a digit or '_'", 1 };
static const struct rule deb_arch = { "architecture", "deb", LOWER DIGITS "-", LOWER,
	"lower-case letters, digits and '-'", "a letter", 2 };
static const struct rule rpm_arch = { "architecture", "rpm", LOWER DIGITS "_", LOWER,
	"lower-case letters, digits and '_'", "a letter", 2 };

static int wrong_char(const struct rule *r, const char *value, char c, const char *words)
{
	if (isprint((unsigned char)c))
		return say_failed("the %s '%s' has a '%c', which %s does not allow there: %s", r->what, value, c,
			r->format, words);
	return say_failed("the %s has the byte 0x%02x, which %s does not allow: %s", r->what, (unsigned char)c,
		r->format, words);
}

static int check(const struct rule *r, const char *value)
{
	size_t n = strspn(value, r->chars);

	if (!*value)
		return say_failed("the %s is empty: %s are allowed", r->what, r->words);
	if (value[n])
		return wrong_char(r, value, value[n], r->words);
	if (!strchr(r->first, *value))
		return say_failed("the %s '%s' begins with '%c': for %s it begins with %s", r->what, value, *value,
			r->format, r->first_words);
	if (strlen(value) < r->shortest)
		return say_failed("the %s '%s' is too short: %s wants %zu characters", r->what, value, r->format,
			r->shortest);
	return 0;
}

/* "2:1.0": what is before the colon is a number, and there is only one colon. */
static int check_epoch(const char *version)
{
	const char *colon = strchr(version, ':');

	if (!colon)
		return 0;
	if (strspn(version, DIGITS) != (size_t)(colon - version) || strchr(colon + 1, ':'))
		return say_failed("the version '%s' has a ':', which deb allows only after a number in front", version);
	if (!isdigit((unsigned char)colon[1]))
		return say_failed("the version '%s' has no digit after its epoch", version);
	return 0;
}

static int check_dots(const char *what, const char *value)
{
	return strstr(value, "..") ? say_failed("the %s '%s' has a '..', which rpm does not allow", what, value) : 0;
}

static int check_line(const char *what, const char *value)
{
	if (value && strpbrk(value, "\r\n"))
		return say_failed("the %s goes over more than one line", what);
	return 0;
}

static int check_lines(const struct package_options *o)
{
	const struct {
		const char *what, *value;
	} lines[] = { { "maintainer", o->maintainer }, { "group", o->group }, { "license", o->license },
		{ "list of --requires", o->requires }, { "list of --provides", o->provides },
		{ "list of --recommends", o->recommends }, { "list of --suggests", o->suggests },
		{ "list of --conflicts", o->conflicts }, { "list of --replaces", o->replaces }, { "summary", o->summary },
		{ "source", o->source }, { "alternate source", o->altsource } };
	size_t i;

	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (check_line(lines[i].what, lines[i].value) < 0)
			return -1;
	return 0;
}

static int check_deb(const struct metadata *m)
{
	if (check(&deb_name, m->name) < 0 || check(&deb_version, m->version) < 0 || check_epoch(m->version) < 0 ||
		check(&deb_release, m->release) < 0)
		return -1;
	return m->arch ? check(&deb_arch, m->arch) : 0;
}

static int check_rpm(const struct metadata *m)
{
	if (check(&rpm_name, m->name) < 0 || check(&rpm_version, m->version) < 0 ||
		check(&rpm_release, m->release) < 0 || check_dots("version", m->version) < 0 ||
		check_dots("release", m->release) < 0)
		return -1;
	return m->arch ? check(&rpm_arch, m->arch) : 0;
}

int names_check(const struct metadata *m)
{
	if (check_lines(m->options) < 0)
		return -1;
	if (m->type == PACKAGE_DEB)
		return check_deb(m);
	if (m->type == PACKAGE_RPM)
		return check_rpm(m);
	return check(&tar_part, m->name) < 0 || (*m->version && check(&tar_version, m->version) < 0) ? -1 : 0;
}

/* rpm opens what it installs for reading, and at a fifo it then waits for a writer for ever (tried: 4.18). */
static bool is_fifo(const struct entry *e)
{
	return S_ISFIFO(e->mode);
}

/* An rpm has 16 bits for both numbers. */
static bool is_big_device(const struct entry *e)
{
	return entry_is_device(e) && e->rdev > 0xffff;
}

/* dpkg keeps its file lists by lines. */
static bool has_newline(const struct entry *e)
{
	return strchr(e->path, '\n');
}

/* rpm calls these illegal. */
static bool has_control(const struct entry *e)
{
	const char *c = e->path;

	while (*c && (unsigned char)*c >= ' ' && *c != 0x7f)
		c++;
	return *c;
}

static const struct refusal {
	enum package_type type;
	bool (*is_one)(const struct entry *e);
	const char *head;
} refusals[] = {
	{ PACKAGE_DEB, has_newline,
		"refused: names that a deb cannot hold (a newline); --exclude leaves them out:" },
	{ PACKAGE_RPM, has_control,
		"refused: names that an rpm cannot hold (control characters); --exclude leaves them out:" },
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
