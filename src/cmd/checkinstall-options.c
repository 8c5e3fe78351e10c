/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/checkinstall-options.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "package/options.h"

#define YES_NO "yes|no"

static const struct ci_option ci_options[] = {
	{ .kind = HEADING, .help = "The kind of package" },
	{ "type", 't', required_argument, TYPE_OF, NULL, "TYPE",
		PACKAGE_TYPE_WORDS " (default: what this system installs)" },
	{ NULL, 'D', no_argument, TYPE_OF, "debian", NULL, "a Debian package" },
	{ NULL, 'R', no_argument, TYPE_OF, "rpm", NULL, "an rpm" },
	{ NULL, 'S', no_argument, TYPE_OF, "slackware", NULL, "a Slackware package" },
	{ "newslack", 0, no_argument, TYPE_OF, "slackware", NULL, "the same" },
	{ .kind = HEADING, .help = "What it says of itself" },
#define FIELD_ROW(letter, name, value, help, ...) \
	{ name, letter, required_argument, FIELD, name, value, help },
	CHECKINSTALL_OPTIONS(FIELD_ROW)
#undef FIELD_ROW
	{ "arch", 'A', required_argument, FIELD, "pkgarch", "ARCH", "as --pkgarch" },
	{ "review-control", 0, no_argument, REVIEW, NULL, NULL,
		"the control file in an editor, before the deb is made" },
	{ "review-spec", 0, no_argument, REVIEW, NULL, NULL,
		"the spec file in an editor, before the rpm is made" },
	{ .kind = HEADING, .help = "What goes into it" },
	{ "strip", 0, optional_argument, SWITCH, "strip", YES_NO,
		"programs without their symbols (yes)" },
	{ "stripso", 0, optional_argument, SWITCH, "stripso", YES_NO,
		"and shared libraries, too (yes)" },
	{ "gzman", 0, optional_argument, SWITCH, "gzman", YES_NO,
		"manual and info pages compressed (yes)" },
	{ "reset-uids", 0, optional_argument, SWITCH, "reset-uids", YES_NO,
		"all is root's, folders 755, others may what the group may (no)" },
	{ "autodoinst", 0, optional_argument, SWITCH, "autodoinst", YES_NO,
		"Slackware: doinst.sh makes the symlinks (yes)" },
	{ "nodoc", 0, no_argument, NO_DOCS, NULL, NULL,
		"no documents: neither doc-pak nor README, COPYING and the like" },
	{ "exclude", 0, required_argument, PATHS, NULL, "PATHS",
		"leaves these out, and all below them; commas between them" },
	{ "include", 0, required_argument, LIST_FILE, NULL, "FILE",
		"packs the paths in that file, too, one a line" },
	{ "inspect", 0, no_argument, SHOW, NULL, NULL,
		"the list of files in an editor, on a terminal" },
	{ .kind = HEADING, .help = "What is done" },
	{ "default", 'y', no_argument, DEFAULTS, NULL, NULL, "asks nothing" },
	{ "umask", 0, required_argument, UMASK, NULL, "OCTAL", "the umask of the command" },
	{ "pakdir", 0, required_argument, FIELD, "output", "DIR",
		"where the package goes (default: the working folder)" },
	{ "install", 0, optional_argument, SWITCH, "install", YES_NO,
		"installs the package (yes)" },
	{ "dpkgflags", 0, required_argument, FLAGS, "dpkg", "FLAGS",
		"words for dpkg when it installs the package" },
	{ "rpmflags", 0, required_argument, FLAGS, "rpm", "FLAGS",
		"words for rpm when it installs the package" },
	{ "rpmi", 0, no_argument, RPM_I, NULL, NULL, "'rpm -i' installs it" },
	{ "rpmu", 0, no_argument, RPM_U, NULL, NULL, "'rpm -U' installs it (the default)" },
	{ "replace-system", 0, no_argument, REPLACE_SYSTEM, NULL, NULL,
		"in the place of the system's package of that name" },
	{ "backup", 0, optional_argument, SWITCH, "backup", YES_NO,
		"an archive of what the command overwrote (yes)" },
	{ "bk", 0, no_argument, SWITCH, "backup", NULL, "as --backup=yes" },
	{ "deldoc", 0, optional_argument, SWITCH, "deldoc", YES_NO,
		"removes doc-pak in the end (no)" },
	{ "deldesc", 0, optional_argument, SWITCH, "deldesc", YES_NO,
		"removes description-pak in the end (no)" },
	{ "delspec", 0, optional_argument, SWITCH, "delspec", YES_NO,
		"removes the file of --spec in the end (no)" },
	{ "help", 'h', no_argument, HELP, NULL, NULL, "this" },
	{ NULL, 'H', no_argument, HELP, NULL, NULL, "this" },
	{ "version", 0, no_argument, ABOUT, NULL, NULL, "the version" },
	{ "copyright", 0, no_argument, ABOUT, NULL, NULL, "the version" },
	{ .kind = HEADING, .help = "Taken, and of no meaning here, for the reason given" },
	{ "fstrans", 0, optional_argument, NOTHING, NULL, YES_NO,
		"the command writes where it always writes, nothing is redirected" },
	{ "addso", 0, optional_argument, NOTHING, NULL, YES_NO,
		"the linker's configuration is not touched; its cache is made anew" },
	{ "showinstall", 0, optional_argument, NOTHING, NULL, YES_NO,
		"the command has the terminal, always" },
	{ "si", 0, no_argument, NOTHING, NULL, NULL, "the command has the terminal, always" },
	{ "showslack", 0, optional_argument, NOTHING, NULL, YES_NO,
		"what the installation script says is shown, always" },
	{ "ss", 0, no_argument, NOTHING, NULL, NULL,
		"what the installation script says is shown, always" },
	{ "with-tar", 0, required_argument, NOTHING, NULL, "FILE",
		"tar archives are written by libarchive" },
	{ NULL, 'd', required_argument, NOTHING, NULL, "N", "there are no levels of debugging" },
};

static void print_option(const struct ci_option *c)
{
	bool may = c->argument == optional_argument;
	_cleanup_buf_ struct buf left = BUF_INIT;

	buf_addf(&left, c->letter ? "-%c" : "  ", c->letter);
	if (c->name)
		buf_addf(&left, "%s--%s", c->letter ? ", " : "  ", c->name);
	if (c->value)
		buf_addf(&left, "%s%s%s%s", may ? "[" : "", c->name ? "=" : " ", c->value,
			may ? "]" : "");
	printf("  %-28s %s\n", left.data ? left.data : "", c->help);
}

void ci_print_help(void)
{
	size_t i;

	printf("usage: checkinstall [options] [COMMAND [ARG...]]\n\n"
	       "Records COMMAND (default: make install), packs what it created, and installs the\n"
	       "package. What is in /etc/checkinstallrc goes before the defaults given here.\n");
	for (i = 0; i < ARRAY_SIZE(ci_options); i++)
		if (ci_options[i].kind == HEADING)
			printf("\n%s:\n", ci_options[i].help);
		else
			print_option(&ci_options[i]);
}

struct tables {
	struct option longs[ARRAY_SIZE(ci_options) + 1];
	char shorts[2 * ARRAY_SIZE(ci_options) + 4];
};

static void fill_tables(struct tables *t)
{
	size_t i, n = 0, at = 2;

	memset(t, 0, sizeof *t);
	memcpy(t->shorts, "+:", 2);
	for (i = 0; i < ARRAY_SIZE(ci_options); i++) {
		const struct ci_option *c = &ci_options[i];

		if (c->name)
			t->longs[n++] = (struct option){ c->name, c->argument, NULL, 256 + (int)i };
		if (!c->letter)
			continue;
		t->shorts[at++] = (char)c->letter;
		if (c->argument == required_argument)
			t->shorts[at++] = ':';
	}
}

static const struct ci_option *option_of(int c)
{
	size_t i;

	if (c >= 256)
		return &ci_options[c - 256];
	for (i = 0; i < ARRAY_SIZE(ci_options); i++)
		if (ci_options[i].letter == c)
			return &ci_options[i];
	return NULL;
}

int ci_next_option(int argc, char **argv, const struct ci_option **opt, const char **why)
{
	static struct tables t;
	int c;

	if (!*t.shorts)
		fill_tables(&t);
	opterr = 0;
	/* as checkinstall: a long option may have one dash */
	c = getopt_long_only(argc, argv, t.shorts, t.longs, NULL);
	*opt = c == -1 || c == '?' || c == ':' ? NULL : option_of(c);
	*why = c == ':' ? "option '%s' needs a value" : "there is no option '%s'";
	return c == -1 ? 0 : *opt ? 1 : -1;
}

const struct ci_option *ci_option_at(size_t place)
{
	return place < ARRAY_SIZE(ci_options) ? &ci_options[place] : NULL;
}

const struct ci_option *ci_option_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ci_options); i++)
		if (ci_options[i].name && !strcmp(ci_options[i].name, name))
			return &ci_options[i];
	return NULL;
}
