/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tags say is asked of rpmspec, for rpm's macros are in them. The sections are told apart
 * here: librpmbuild's parser (rpmSpecParse), which `rpmspec -P` prints the answer of, has macros
 * expanded and looks for the sources of a build that nobody asks for; and each rpm has it under
 * another name. What goes on to rpmbuild is as it was written.
 */
#include "format/spec.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "package/tool.h"
#include "render/say.h"

static const struct {
	const char *tag, *option;
} tags[] = { { "NAME", "pkgname" }, { "VERSION", "pkgversion" }, { "RELEASE", "pkgrelease" },
	{ "SUMMARY", "summary" }, { "LICENSE", "pkglicense" }, { "GROUP", "pkggroup" },
	{ "PACKAGER", "maintainer" }, { "URL", "pkgsource" } };

/* Their macros are rpm's to expand. */
int spec_take_tags(struct package_options *o)
{
	_cleanup_buf_ struct buf query = BUF_INIT, out = BUF_INIT;
	const char *argv[] = { "rpmspec", "-q", "--srpm", "--qf", NULL, o->spec, NULL };
	char *rest, *value;
	size_t i;

	if (!o->spec)
		return 0;
	for (i = 0; i < ARRAY_SIZE(tags); i++)
		buf_addf(&query, "%%|%s?{%%{%s}}:{}|\n", tags[i].tag, tags[i].tag);
	argv[4] = query.data;
	if (query.failed)
		return say_no_memory();
	if (tool_needed("rpmspec", "--spec") < 0)
		return -1;
	if (tool_run(argv, &out, CHILD_SHOWN) != 0 || !out.data)
		return say_failed("--spec %s: rpmspec cannot read it", o->spec);
	rest = out.data;
	for (i = 0; i < ARRAY_SIZE(tags) && (value = strsep(&rest, "\n")); i++)
		if (*value && !package_option_given(o, tags[i].option) &&
			package_option(o, tags[i].option, value) < 0)
			return -1;
	return 0;
}

/* Each with the letter of what becomes of it: kept, a script's number, or left out. */
static const struct section {
	const char *name;
	int what;
} sections[] = { { "description", 'd' }, { "pre", '0' + PRE_INSTALL },
	{ "post", '0' + POST_INSTALL }, { "preun", '0' + PRE_REMOVE },
	{ "postun", '0' + POST_REMOVE }, { "pretrans", 'k' }, { "posttrans", 'k' },
	{ "changelog", 'k' }, { "prep", 'x' }, { "build", 'x' }, { "conf", 'x' },
	{ "install", 'x' }, { "check", 'x' }, { "clean", 'x' }, { "files", 'x' },
	{ "package", 'x' }, { "generate_buildrequires", 'x' }, { "sourcelist", 'x' },
	{ "patchlist", 'x' }, { "verifyscript", 'x' }, { "triggerprein", 'x' },
	{ "triggerin", 'x' }, { "triggerun", 'x' }, { "triggerpostun", 'x' },
	{ "filetriggerin", 'x' }, { "filetriggerun", 'x' }, { "transfiletriggerin", 'x' },
	{ "transfiletriggerun", 'x' } };

/* What becomes of the section that begins with this line; 0: none does. */
static int section_of(const char *line)
{
	size_t n = *line == '%' ? strspn(line + 1, "abcdefghijklmnopqrstuvwxyz_") : 0, i;
	const char *rest = line + 1 + n;

	if (!n || !strchr(" \t", *rest))
		return 0;
	rest += strspn(rest, " \t");
	for (i = 0; i < ARRAY_SIZE(sections); i++)
		if (strlen(sections[i].name) == n && !strncmp(sections[i].name, line + 1, n))
			/* another package's, when it has words that are no interpreter */
			return *rest && strncmp(rest, "-p", 2) ? 'x' : sections[i].what;
	return 0;
}

/* A tag that is written from the options, or is of what would be built. */
static bool is_ours(const char *line)
{
	static const char *const ours[] = { "name", "version", "release", "summary", "license",
		"group", "packager", "url", "buildarch", "buildarchitectures", "buildroot",
		"source", "patch", "nosource", "nopatch", "icon" };
	size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), i;
	size_t colon = n + strspn(line + n, "0123456789");

	colon += strspn(line + colon, " \t");
	for (i = 0; line[colon] == ':' && i < ARRAY_SIZE(ours); i++)
		if (strlen(ours[i]) == n && !strncasecmp(ours[i], line, n))
			return true;
	return false;
}

static void take_line(struct spec *spec, int *section, const char *line)
{
	const char *word = line + strspn(line, " \t");
	int next = section_of(word);

	if (next)
		*section = next;
	if (next == 'd')
		spec->description = true;
	if (next >= '0' && next < '0' + SCRIPTS)
		spec->scripts[next - '0'] = true;
	if (!*section && !is_ours(word))
		buf_addf(&spec->preamble, "%s\n", line);
	if (*section && *section != 'x')
		buf_addf(&spec->sections, "%s\n", line);
}

int spec_read(struct spec *spec, const struct package_options *o)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *rest, *line;
	int section = 0, r = o->spec ? io_read_file(o->spec, &text, 4U << 20) : 0;

	if (r < 0)
		return say_failed("%s: %s", o->spec, strerror(-r));
	rest = text.data;
	while (rest && (line = strsep(&rest, "\n")))
		take_line(spec, &section, line);
	return spec->preamble.failed || spec->sections.failed ? say_no_memory() : 0;
}

void spec_release(struct spec *spec)
{
	buf_release(&spec->preamble);
	buf_release(&spec->sections);
}
