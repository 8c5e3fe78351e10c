/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "cmd/checkinstall-rc.h"
#include "cmd/install.h"
#include "cmd/pack.h"
#include "cmd/summary.h"
#include "package/stage.h"

static struct package_options o;
static struct {
	bool install, strip, strip_libraries, compress_pages, no_docs, del_docs, del_description,
		rpm_fresh;
	char *dpkg_flags, *rpm_flags;
	mode_t umask;
	bool umask_set;
} ci = { .install = true, .strip = true, .strip_libraries = true, .compress_pages = true };

enum kind {
	TYPE_OF,  /* -t, --type */
	DEB, RPM, SLACKWARE,
	FIELD,    /* a text of the package; `to` is our own name for it */
	SWITCH,   /* yes or no */
	PATHS,    /* --exclude */
	LIST_FILE, /* --include */
	FLAGS, UMASK, SHOW, REVIEW, DEFAULTS, RPM_I, RPM_U, NO_DOCS, HELP, ABOUT,
	NOTHING,  /* known, and without meaning here: `to` says why */
};

/* getopt.h's words for them are none, required, optional. */
static const struct ci_option {
	const char *name;
	int letter, argument;
	enum kind kind;
	const char *to;
} ci_options[] = {
	{ "type", 't', required_argument, TYPE_OF, NULL },
	{ NULL, 'D', no_argument, DEB, NULL },
	{ NULL, 'R', no_argument, RPM, NULL },
	{ NULL, 'S', no_argument, SLACKWARE, NULL },
	{ "newslack", 0, no_argument, SLACKWARE, NULL },
#define FIELD_ROW(letter, name, ...) { name, letter, required_argument, FIELD, name },
	CHECKINSTALL_OPTIONS(FIELD_ROW)
#undef FIELD_ROW
	{ "arch", 'A', required_argument, FIELD, "pkgarch" },
	{ "pakdir", 0, required_argument, FIELD, "output" },
	{ "dpkgflags", 0, required_argument, FLAGS, "dpkg" },
	{ "rpmflags", 0, required_argument, FLAGS, "rpm" },
	{ "exclude", 0, required_argument, PATHS, NULL },
	{ "include", 0, required_argument, LIST_FILE, NULL },
	{ "install", 0, optional_argument, SWITCH, "install" },
	{ "deldoc", 0, optional_argument, SWITCH, "deldoc" },
	{ "deldesc", 0, optional_argument, SWITCH, "deldesc" },
	{ "nodoc", 0, no_argument, NO_DOCS, NULL },
	{ "umask", 0, required_argument, UMASK, NULL },
	{ "inspect", 0, no_argument, SHOW, NULL },
	{ "review-control", 0, no_argument, REVIEW, NULL },
	{ "review-spec", 0, no_argument, REVIEW, NULL },
	{ "default", 'y', no_argument, DEFAULTS, NULL },
	{ "rpmi", 0, no_argument, RPM_I, NULL },
	{ "rpmu", 0, no_argument, RPM_U, NULL },
	{ "help", 'h', no_argument, HELP, NULL },
	{ NULL, 'H', no_argument, HELP, NULL },
	{ "version", 0, no_argument, ABOUT, NULL },
	{ "copyright", 0, no_argument, ABOUT, NULL },
	{ "fstrans", 0, optional_argument, NOTHING,
		"the command writes where it always writes, nothing is redirected" },
	{ "strip", 0, optional_argument, SWITCH, "strip" },
	{ "stripso", 0, optional_argument, SWITCH, "stripso" },
	{ "gzman", 0, optional_argument, SWITCH, "gzman" },
	{ "reset-uids", 0, optional_argument, NOTHING,
		"owners and modes are packed as they were installed" },
	{ "addso", 0, optional_argument, NOTHING,
		"the linker's configuration is not touched; its cache is made anew by a trigger" },
	{ "backup", 0, optional_argument, NOTHING,
		"no archive of what was there before is written" },
	{ "bk", 0, no_argument, NOTHING, "no archive of what was there before is written" },
	{ "spec", 0, required_argument, NOTHING,
		"the spec file is written anew each time, and not kept" },
	{ "delspec", 0, optional_argument, NOTHING, "the spec file is never kept" },
	{ "autodoinst", 0, optional_argument, NOTHING, "there is no doinst.sh in a tar" },
	{ "showinstall", 0, optional_argument, NOTHING, "the command has the terminal, always" },
	{ "si", 0, no_argument, NOTHING, "the command has the terminal, always" },
	{ "showslack", 0, optional_argument, NOTHING, "no installation script is run" },
	{ "ss", 0, no_argument, NOTHING, "no installation script is run" },
	{ "with-tar", 0, required_argument, NOTHING, "tar archives are written by libarchive" },
	{ NULL, 'd', required_argument, NOTHING, "there are no levels of debugging" },
};

static const struct cmd *me = &cmd_checkinstall_entry;

static bool is_yes(const char *value)
{
	return !value || !strcasecmp(value, "yes") || !strcmp(value, "1");
}

static const struct {
	const char *name;
	bool *on;
} switches[] = { { "install", &ci.install }, { "strip", &ci.strip },
	{ "stripso", &ci.strip_libraries }, { "gzman", &ci.compress_pages },
	{ "deldoc", &ci.del_docs }, { "deldesc", &ci.del_description } };

static int set_switch(const char *name, const char *value)
{
	bool on = is_yes(value);
	size_t i;

	if (!on && strcasecmp(value, "no") && strcmp(value, "0"))
		return cmd_misuse(me, "--%s is yes or no, not '%s'", name, value);
	for (i = 0; i < ARRAY_SIZE(switches); i++)
		if (!strcmp(switches[i].name, name))
			*switches[i].on = on;
	return 0;
}

static int set_type(const char *value)
{
	o.type = package_type_named(value);
	if (o.type == PACKAGE_AUTO)
		return cmd_misuse(me, "there is no type '%s': debian, rpm or slackware", value);
	if (o.type == PACKAGE_TAR)
		complain("a Slackware package is a plain tar archive here");
	return 0;
}

/* "a,b": paths, each with all below it. */
static int add_paths(const char *value)
{
	_cleanup_free_ char *copy = strdup(value);
	char *rest = copy, *one;

	while (copy && (one = strsep(&rest, ",")))
		if (*one && package_add_exclude(&o, one) < 0)
			return EXIT_FAILED;
	return copy ? 0 : EXIT_FAILED;
}

static int add_list_file(const char *file)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = io_read_file(file, &text, 16U << 20);
	char *rest, *line;

	if (r < 0) {
		complain("--include %s: %s", file, strerror(-r));
		return EXIT_FAILED;
	}
	rest = text.data;
	while (rest && (line = strsep(&rest, "\n")))
		if (*line && package_add_include(&o, line) < 0)
			return EXIT_FAILED;
	return 0;
}

static int set_umask(const char *value)
{
	char *end;
	unsigned long mask = strtoul(value, &end, 8);

	if (!*value || *end || mask > 0777)
		return cmd_misuse(me, "--umask '%s' is no octal number up to 777", value);
	ci.umask = (mode_t)mask;
	ci.umask_set = true;
	return 0;
}

static int set_string(char **to, const char *value)
{
	free(*to);
	*to = strdup(value);
	return *to ? 0 : EXIT_FAILED;
}

static int take(const struct ci_option *opt, const char *value)
{
	switch (opt->kind) {
	case TYPE_OF:
		return set_type(value);
	case DEB:
		return set_type("debian");
	case RPM:
		return set_type("rpm");
	case SLACKWARE:
		return set_type("slackware");
	case FIELD:
		return package_option(&o, opt->to, value) < 0 ? EXIT_FAILED : 0;
	case SWITCH:
		return set_switch(opt->to, value);
	case PATHS:
		return add_paths(value);
	case LIST_FILE:
		return add_list_file(value);
	case FLAGS:
		return set_string(*opt->to == 'r' ? &ci.rpm_flags : &ci.dpkg_flags, value);
	case UMASK:
		return set_umask(value);
	case SHOW:
		o.show_list = true;
		return 0;
	case REVIEW:
		o.review = true;
		return 0;
	case DEFAULTS:
		o.no_questions = true;
		return 0;
	case RPM_I:
	case RPM_U:
		ci.rpm_fresh = opt->kind == RPM_I;
		return 0;
	case NO_DOCS:
		ci.no_docs = true;
		return 0;
	case NOTHING:
		if (opt->name)
			complain("--%s has no meaning here: %s", opt->name, opt->to);
		else
			complain("-%c has no meaning here: %s", opt->letter, opt->to);
		return 0;
	case HELP:
	case ABOUT:
		break;
	}
	return 0;
}

static void assign(const char *name, const char *value)
{
	static const struct {
		const char *name, *option;
	} known[] = { { "INSTYPE", "type" }, { "PAK_DIR", "pakdir" }, { "ARCHITECTURE", "pkgarch" },
		{ "INSTALL", "install" }, { "DEL_DOCPAK", "deldoc" }, { "DEL_DESC", "deldesc" },
		{ "EXCLUDE", "exclude" }, { "INCLUDE", "include" }, { "DOC_DIR", "docdir" },
		{ "DPKG_FLAGS", "dpkgflags" }, { "RPM_FLAGS", "rpmflags" }, { "CKUMASK", "umask" },
		{ "MAINTAINER", "maintainer" }, { "PKG_GROUP", "pkggroup" },
		{ "PKG_LICENSE", "pkglicense" }, { "STRIP_ELF", "strip" },
		{ "STRIP_SO_ELF", "stripso" }, { "COMPRESS_MAN", "gzman" } };
	size_t i, k;

	if (!value) {
		complain("checkinstallrc: the value of %s is for a shell to tell: left out", name);
		return;
	}
	if (!*value)
		return;
	if (!strcmp(name, "INSTYPE"))
		value = !strcmp(value, "D") ? "debian" :
			!strcmp(value, "R") ? "rpm" :
			!strcmp(value, "S") ? "slackware" :
					      value;
	if (!strcmp(name, "ACCEPT_DEFAULT"))
		o.no_questions = is_yes(value);
	if (!strcmp(name, "CK_INSPECT"))
		o.show_list = is_yes(value);
	if (!strcmp(name, "REVIEW_CONTROL") || !strcmp(name, "REVIEW_SPEC"))
		o.review |= is_yes(value);
	if (!strcmp(name, "RPM_IU"))
		ci.rpm_fresh = !strcmp(value, "i");
	for (i = 0; i < ARRAY_SIZE(known); i++)
		for (k = 0; !strcmp(known[i].name, name) && k < ARRAY_SIZE(ci_options); k++)
			if (ci_options[k].name && !strcmp(ci_options[k].name, known[i].option))
				take(&ci_options[k], value);
}

static void print_help(void)
{
	size_t i;

	printf("usage: checkinstall [options] [COMMAND [ARG...]]\n\n"
	       "Records COMMAND (default: make install), packs what it "
		"created, and installs the package.\n\n");
	for (i = 0; i < ARRAY_SIZE(ci_options); i++) {
		const struct ci_option *c = &ci_options[i];

		printf("  %s%s%s%s%s",
			c->letter ? (char[]){ '-', (char)c->letter, c->name ? ',' : '\0', '\0' } :
				    "",
			c->letter && c->name ? " " : "", c->name ? "--" : "",
			c->name ? c->name : "",
			c->argument == required_argument         ? "=VALUE" :
				c->argument == optional_argument ? "=yes|no" :
								   "");
		if (c->kind == NOTHING)
			printf("  (accepted, no meaning here: %s)", c->to);
		putchar('\n');
	}
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

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv)
{
	struct tables t;
	int c, r;

	fill_tables(&t);
	opterr = 0;
	optind = 1;
	/* as checkinstall: a long option may have one dash */
	while ((c = getopt_long_only(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		const struct ci_option *opt = c == '?' || c == ':' ? NULL : option_of(c);

		if (!opt)
			return cmd_misuse(me,
				c == ':' ? "option '%s' needs a value" : "there is no option '%s'",
				argv[optind - 1]);
		if (opt->kind == HELP) {
			print_help();
			return 0;
		}
		if (opt->kind == ABOUT) {
			printf("checkinstall of buildaudit %s\n", ba_version());
			return 0;
		}
		r = take(opt, optarg);
		if (r)
			return r;
	}
	return -1;
}

/* The files that checkinstall looks for in the working folder. */
static int read_files(void)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct stat st;
	enum script i;

	if (!o.description && io_read_file("description-pak", &text, 1U << 20) == 0 && text.len)
		o.description = buf_steal(&text);
	if (!ci.no_docs && stat("doc-pak", &st) == 0 && S_ISDIR(st.st_mode) &&
		package_option(&o, "docs", "doc-pak") < 0)
		return EXIT_FAILED;
	for (i = 0; i < SCRIPTS; i++) {
		char name[32];

		snprintf(name, sizeof name, "%s-pak", script_names[i]);
		if (access(name, F_OK) == 0 && package_option(&o, script_names[i], name) < 0)
			return EXIT_FAILED;
	}
	return 0;
}

static void summary(const struct ba_summary *s, void *data)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	buf_adds(&out, "buildaudit: ");
	summary_add_counts(&out, s);
	buf_addc(&out, '\n');
	summary_add_notes(&out, s, "buildaudit");
	if (!out.failed)
		fwrite(out.data, 1, out.len, stderr);
}

static void say_unused_flags(void)
{
	if (ci.dpkg_flags && (o.type != PACKAGE_DEB || !ci.install))
		complain("--dpkgflags: left out, dpkg does not install this");
	if (ci.rpm_flags && (o.type != PACKAGE_RPM || !ci.install))
		complain("--rpmflags: left out, rpm does not install this");
}

/* All at once, by its name: the next one takes it for the documents as long as it has that. */
static int remove_docs(void)
{
	static const char going[] = ".doc-pak.buildaudit";
	int r = stage_remove(AT_FDCWD, going); /* a killed one's */

	if (r == 0 && o.docs && rename("doc-pak", going) < 0)
		r = -errno;
	return r == 0 ? stage_remove(AT_FDCWD, going) : r;
}

static void clean_up(void)
{
	int r = ci.del_docs ? remove_docs() : 0;

	if (r < 0)
		complain("doc-pak: it cannot be removed: %s", strerror(-r));
	if (ci.del_description && unlink("description-pak") < 0 && errno != ENOENT)
		complain("description-pak: it cannot be removed: %s", strerror(errno));
}

static int record(char **command, const char *db)
{
	static char *make_install[] = { (char *)"make", (char *)"install", NULL };
	struct ba_recording *rec;
	int r;

	if (ba_recording_new(&rec) < 0)
		return EXIT_FAILED;
	if (db)
		ba_recording_set(rec, BA_SET_DATABASE, db);
	/* One that no install can have is the package's alone. */
	if (o.name)
		ba_recording_set(rec, BA_SET_NAME, o.name);
	if (o.version)
		ba_recording_set(rec, BA_SET_VERSION, o.version);
	if (!*command)
		command = make_install;
	cmd_warn_before(rec, command[0]);
	if (ci.umask_set)
		umask(ci.umask);
	o.strip = ci.strip;
	o.strip_libraries = ci.strip_libraries;
	o.compress_pages = ci.compress_pages;
	r = record_and_pack(rec, command, summary, db, &o);
	ba_recording_free(rec);
	return r;
}

static int checkinstall(int argc, char **argv, const char *db)
{
	int r;

	o.date_is_version = true;
	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		print_help();
		return 0;
	}
	checkinstall_rc(assign);
	r = read_options(argc, argv);
	if (r >= 0)
		return r;
	r = read_files();
	if (r == 0)
		r = record(argv + optind, db);
	if (r == 0)
		say_unused_flags();
	if (r == 0 && ci.install)
		r = install(&o, o.type == PACKAGE_RPM ? ci.rpm_flags : ci.dpkg_flags,
			ci.rpm_fresh, db);
	if (r == 0)
		clean_up();
	package_options_release(&o);
	free(ci.dpkg_flags);
	free(ci.rpm_flags);
	return r;
}

const struct cmd cmd_checkinstall_entry = {
	.name = "checkinstall",
	.usage = "[checkinstall's options] [COMMAND [ARG...]]",
	.help = "as checkinstall: records COMMAND (make install), packs "
		"what it created, installs the package",
	.whole = checkinstall,
};
