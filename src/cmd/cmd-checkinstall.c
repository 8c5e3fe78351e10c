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
#include "cmd/await.h"
#include "cmd/backup.h"
#include "cmd/checkinstall-options.h"
#include "cmd/checkinstall-rc.h"
#include "cmd/install.h"
#include "cmd/pack.h"
#include "cmd/prune.h"
#include "cmd/summary.h"
#include "format/spec.h"
#include "stage/stage.h"

static struct package_options o;
static struct {
	bool install, strip, strip_libraries, compress_pages, reset_owners, link_script, backup,
		no_docs, del_docs, del_description, del_spec, rpm_fresh;
	char *dpkg_flags, *rpm_flags;
	bool dpkg_asked, rpm_asked; /* for them, on the command line */
	mode_t umask;
	bool umask_set;
} ci = { .install = true, .strip = true, .strip_libraries = true, .compress_pages = true,
	.link_script = true, .backup = true };

static bool stale; /* something of older versions was, before the package was installed */
static bool changed; /* the command has installed something */

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
	{ "reset-uids", &ci.reset_owners }, { "autodoinst", &ci.link_script },
	{ "backup", &ci.backup }, { "deldoc", &ci.del_docs }, { "deldesc", &ci.del_description },
	{ "delspec", &ci.del_spec } };

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
		return cmd_misuse(me, "there is no type '%s': " PACKAGE_TYPE_WORDS, value);
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
		say_always("--include %s: %s", file, strerror(-r));
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
		return set_type(opt->to ? opt->to : value);
	case FIELD:
		return package_option(&o, opt->to, value) < 0 ? EXIT_FAILED : 0;
	case SWITCH:
		return set_switch(opt->to, value);
	case PATHS:
		return add_paths(value);
	case LIST_FILE:
		return add_list_file(value);
	case FLAGS:
		*(*opt->to == 'r' ? &ci.rpm_asked : &ci.dpkg_asked) = true;
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
	case REPLACE_SYSTEM:
		o.replace_system = true;
		return 0;
	case NOTHING:
		if (opt->name)
			say_always("--%s has no meaning here: %s", opt->name, opt->help);
		else
			say_always("-%c has no meaning here: %s", opt->letter, opt->help);
		return 0;
	case HEADING:
	case HELP:
	case ABOUT:
		break;
	}
	return 0;
}

/* An assignment of checkinstallrc, and the option that it is the default of. */
static const struct setting {
	const char *name, *option;
	const char *usual; /* the file's own value where the option has no meaning here */
} settings[] = { { "INSTYPE", "type", NULL }, { "PAK_DIR", "pakdir", NULL },
	{ "ARCHITECTURE", "pkgarch", NULL }, { "INSTALL", "install", NULL },
	{ "DEL_DOCPAK", "deldoc", NULL }, { "DEL_DESC", "deldesc", NULL },
	{ "DEL_SPEC", "delspec", NULL },
	{ "EXCLUDE", "exclude", NULL }, { "INCLUDE", "include", NULL },
	{ "DOC_DIR", "docdir", NULL }, { "DPKG_FLAGS", "dpkgflags", NULL },
	{ "RPM_FLAGS", "rpmflags", NULL }, { "CKUMASK", "umask", NULL },
	{ "MAINTAINER", "maintainer", NULL }, { "PKG_GROUP", "pkggroup", NULL },
	{ "PKG_LICENSE", "pkglicense", NULL }, { "STRIP_ELF", "strip", NULL },
	{ "STRIP_SO_ELF", "stripso", NULL }, { "COMPRESS_MAN", "gzman", NULL },
	{ "AUTODOINST", "autodoinst", NULL }, { "BACKUP", "backup", NULL },
	{ "ADD_SO", "addso", "0" }, { "TRANSLATE", "fstrans", "1" },
	{ "RESET_UIDS", "reset-uids", NULL }, { "SHOW_INSTALL", "showinstall", "1" },
	{ "SHOW_SLACK_INSTALL", "showslack", "1" } };

static const struct setting *setting_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strcmp(settings[i].name, name))
			return &settings[i];
	return NULL;
}

/* One that is no option's, of where its tools are, say, says nothing to us. */
static void assign_option(const struct setting *s, const char *value)
{
	static const char *const types[] = { "Ddebian", "Rrpm", "Sslackware" };
	const struct ci_option *opt = ci_option_named(s->option);
	size_t i;

	for (i = 0; opt->kind == TYPE_OF && i < ARRAY_SIZE(types); i++)
		if (value[0] == types[i][0] && !value[1])
			value = types[i] + 1;
	if (*value && !(s->usual && !strcmp(s->usual, value)))
		take(opt, value);
}

static void assign(const char *name, const char *value)
{
	const struct setting *s = setting_named(name);

	if (s && !value)
		say_always("checkinstallrc: the value of %s is for a shell to tell: left out",
			name);
	else if (s)
		assign_option(s, value);
	if (!value || !*value)
		return;
	if (!strcmp(name, "ACCEPT_DEFAULT"))
		o.no_questions = is_yes(value);
	if (!strcmp(name, "CK_INSPECT"))
		o.show_list = is_yes(value);
	if (!strcmp(name, "REVIEW_CONTROL") || !strcmp(name, "REVIEW_SPEC"))
		o.review |= is_yes(value);
	if (!strcmp(name, "RPM_IU"))
		ci.rpm_fresh = !strcmp(value, "i");
}

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv)
{
	const struct ci_option *opt;
	const char *why;
	int r;

	optind = 1;
	while ((r = ci_next_option(argc, argv, &opt, &why)) > 0) {
		if (opt->kind == HELP) {
			ci_print_help();
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
	return r < 0 ? cmd_misuse(me, why, argv[optind - 1]) : -1;
}

/* The lines "NAME: text" of a slack-desc, without its remarks and its ruler. */
static void read_slack_desc(struct buf *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *rest = io_read_file("slack-desc", &text, 1U << 20) == 0 ? text.data : NULL, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		char *colon = strchr(line, ':');

		if (!colon || strpbrk(line, "#|"))
			continue;
		colon += 1 + (colon[1] == ' ');
		if (*colon || out->len)
			buf_addf(out, "%s\n", colon);
	}
}

static int set_script(enum script script, const char *file)
{
	if (access(file, F_OK) < 0)
		return 0;
	return package_option(&o, script_names[script], file) < 0 ? EXIT_FAILED : 0;
}

/* The files that checkinstall looks for in the working folder. */
static int read_files(void)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct stat st;
	enum script i;
	int r = 0;

	if (io_read_file("description-pak", &text, 1U << 20) < 0)
		read_slack_desc(&text);
	if (!o.description && text.len)
		o.description = buf_steal(&text);
	o.usual_docs = stat("doc-pak", &st) < 0 || !S_ISDIR(st.st_mode);
	o.papers = !ci.no_docs;
	if (!ci.no_docs && package_option(&o, "docs", o.usual_docs ? "." : "doc-pak") < 0)
		return EXIT_FAILED;
	for (i = 0; r == 0 && i < SCRIPTS; i++) {
		char name[32];

		snprintf(name, sizeof name, "%s-pak", script_names[i]);
		r = set_script(i, name);
	}
	return r == 0 && o.type == PACKAGE_SLACKWARE ? set_script(POST_INSTALL, "install-pak") : r;
}

static void summary(const struct ba_summary *s, void *data)
{
	_cleanup_buf_ struct buf out = BUF_INIT, name = BUF_INIT;

	summary_add_program(&name, data);
	buf_adds(&out, "buildaudit: ");
	summary_add_counts(&out, s);
	buf_addc(&out, '\n');
	if (name.data)
		summary_add_notes(&out, s, name.data);
	/* else a manager may take it out: it is said when that has been */
	if (name.data && !ci.install)
		summary_add_stale(&out, s, name.data);
	if (!out.failed)
		fwrite(out.data, 1, out.len, stderr);
}

static void say_unused_flags(void)
{
	if (ci.dpkg_asked && (o.type != PACKAGE_DEB || !ci.install))
		say_always("--dpkgflags: left out, dpkg does not install this");
	if (ci.rpm_asked && (o.type != PACKAGE_RPM || !ci.install))
		say_always("--rpmflags: left out, rpm does not install this");
}

/* All at once, by its name: the next one takes it for the documents as long as it has that. */
static int remove_docs(void)
{
	static const char going[] = ".doc-pak.buildaudit";
	int r = stage_remove(AT_FDCWD, going); /* a killed one's */

	if (r == 0 && o.docs && !o.usual_docs && rename("doc-pak", going) < 0)
		r = -errno;
	return r == 0 ? stage_remove(AT_FDCWD, going) : r;
}

static void clean_up(void)
{
	int r = ci.del_docs ? remove_docs() : 0;

	if (r < 0)
		say_always("doc-pak: it cannot be removed: %s", strerror(-r));
	if (ci.del_description && unlink("description-pak") < 0 && errno != ENOENT)
		say_always("description-pak: it cannot be removed: %s", strerror(errno));
	if (ci.del_spec && o.spec && unlink(o.spec) < 0 && errno != ENOENT)
		say_always("%s: it cannot be removed: %s", o.spec, strerror(errno));
}

static void keep_counts(const struct ba_summary *s, void *data)
{
	(void)data;
	stale = s->stale > 0;
	changed = s->created + s->modified + s->removed > s->same;
}

/* There is no package, and the system is not as it was. */
static void say_stands(int64_t run, const char *db)
{
	_cleanup_buf_ struct buf program = BUF_INIT;

	summary_add_program(&program, db);
	if (changed && program.data)
		say_always("what the command changed stays: '%s rollback %lld' takes it back",
			program.data, (long long)run);
}

static int pack_and_back_up(struct ba *ba, int64_t run, void *db)
{
	int r = pack_run(ba, run, &o);

	if (r == 0 && ci.backup && backup_write(ba, run, o.called, db) < 0)
		r = EXIT_FAILED;
	if (r)
		say_stands(run, db);
	return r;
}

static int record(char **command, const char *db)
{
	static char *make_install[] = { (char *)"make", (char *)"install", NULL };
	const struct awaiting who = { summary, keep_counts, NULL, pack_and_back_up, (void *)db };
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
	o.reset_owners = ci.reset_owners;
	o.keep_links = !ci.link_script;
	r = await_and_go_on(rec, command, db, &who);
	ba_recording_free(rec);
	return r;
}

static int run(struct cmd_call *call)
{
	int r;

	o.date_is_version = true;
	if (call->argc == 2 &&
		(!strcmp(call->argv[1], "-h") || !strcmp(call->argv[1], "--help"))) {
		ci_print_help();
		return 0;
	}
	checkinstall_rc(assign);
	ci.dpkg_asked = ci.rpm_asked = false;
	r = read_options(call->argc, call->argv);
	if (r >= 0)
		return r;
	if (o.type == PACKAGE_AUTO)
		o.type = package_type_here();
	/* as dpkg-deb does it: this package is kept, or handed on */
	if (o.type == PACKAGE_DEB && package_option(&o, "compress", "xz") < 0)
		return EXIT_FAILED;
	r = read_files();
	/* its name is the install's */
	if (r == 0 && o.type == PACKAGE_RPM && spec_take_tags(&o) < 0)
		r = EXIT_FAILED;
	o.installs = ci.install;
	if (r == 0 && package_may_begin(&o) < 0)
		r = EXIT_FAILED;
	if (r == 0)
		r = record(call->argv + optind, call->db);
	if (r == 0)
		say_unused_flags();
	if (r == 0 && ci.install)
		r = install(&o,
			o.type == PACKAGE_RPM         ? ci.rpm_flags :
				o.type == PACKAGE_DEB ? ci.dpkg_flags :
							NULL,
			ci.rpm_fresh, call->db);
	if (ci.install && stale)
		prune_say_rest(o.run, call->db);
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
	.flags = CMD_OWN_OPTIONS,
	.run = run,
};
