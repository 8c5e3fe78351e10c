/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An .rpm: a spec file that lists every file by name, and rpmbuild, with all
 * that it would do to the files turned off. Requirements are its generator's.
 * librpmbuild would want the same spec file, under a name that changes with rpm.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/copy.h"
#include "format/arch.h"
#include "format/effects.h"
#include "format/format.h"
#include "format/readback.h"
#include "format/spec.h"
#include "package/check.h"
#include "package/conflicts.h"
#include "package/namesake.h"
#include "package/tool.h"
#include "package/tree.h"
#include "render/say.h"
#include "stage/review.h"
#include "stage/stage.h"

static void file_name(const struct metadata *m, struct buf *out)
{
	buf_addf(out, "%s-%s-%s.%s.rpm", m->name, m->version, m->release, m->arch);
}

/* In a spec file '%' begins a macro, wherever it stands. */
static void add_text(struct buf *out, const char *text)
{
	for (; text && *text; text++) {
		if (*text == '%')
			buf_addc(out, '%');
		buf_addc(out, *text);
	}
}

static void add_tag(struct buf *out, const char *tag, const char *value)
{
	if (!value || !*value)
		return;
	buf_addf(out, "%s: ", tag);
	add_text(out, value);
	buf_addc(out, '\n');
}

static void add_head(struct buf *out, const struct metadata *m)
{
	static const char *const relations[RELATIONS] = { "Requires", "Recommends", "Suggests",
		"Conflicts", "Obsoletes", "Provides" };
	const struct package_options *o = m->options;
	enum relation i;

	add_tag(out, "Name", m->name);
	add_tag(out, "Version", m->version);
	add_tag(out, "Release", m->release);
	add_tag(out, "Summary", m->summary);
	add_tag(out, "License", o->license ? o->license : "unknown");
	add_tag(out, "Group", o->group);
	add_tag(out, "Packager", m->maintainer);
	add_tag(out, "Vendor", PACKAGE_ORIGIN);
	add_tag(out, "URL", metadata_url(m));
	if (!strcmp(m->arch, "noarch"))
		add_tag(out, "BuildArch", "noarch");
	for (i = 0; i < RELATIONS; i++)
		add_tag(out, relations[i], m->relations[i].data);
}

static void add_description(struct buf *out, const struct metadata *m)
{
	buf_adds(out, "%description\n");
	add_text(out, m->description);
	buf_addc(out, '\n');
}

/* What stands in somebody's spec file goes before ours, but for what options are made of. */
static void add_theirs(struct buf *out, const struct spec *spec, const struct metadata *m)
{
	add_head(out, m);
	buf_add(out, spec->preamble.data, spec->preamble.len);
	if (!spec->description)
		add_description(out, m);
	buf_add(out, spec->sections.data, spec->sections.len);
	buf_addc(out, '\n');
}

/*
 * A script has a file of its own: a line of it may begin with what begins a section of a spec file.
 */
static int add_script(struct buf *out, const char *folder, const char *section, const char *name,
	const char *text)
{
	_cleanup_buf_ struct buf file = BUF_INIT, body = BUF_INIT;

	buf_addf(&file, "%s/%s", folder, name);
	buf_adds(out, section);
	if (!strncmp(text, "#!", 2)) {
		size_t n;

		text += 2 + strspn(text + 2, " \t");
		n = strcspn(text, "\r\n");
		while (n > 0 && strchr(" \t", text[n - 1]))
			n--;
		/* in quotes: the interpreter and its argument */
		buf_addf(out, " -p \"%.*s\"", (int)n, text);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	buf_addf(out, " -f %s\n", file.data);
	add_text(&body, text);
	return file.failed ? say_no_memory() : stage_write(file.data, &body);
}

static int add_scripts(struct buf *out, const struct metadata *m, const struct effects *fx,
	const struct spec *spec)
{
	static const char *const sections[SCRIPTS] = { "%pre", "%post", "%preun", "%postun" };
	enum script i;

	for (i = 0; i < SCRIPTS; i++)
		if (fx->scripts[i].len && spec->scripts[i])
			say("--spec: its %s is taken, and left out is what the package would do "
			    "besides: %s",
				sections[i], fx->scripts[i].data);
		else if (fx->scripts[i].len &&
			add_script(out, m->stage, sections[i], script_names[i],
				fx->scripts[i].data) < 0)
			return -1;
	return 0;
}

/*
 * A name in %files is a glob, in quotes, whose macros are expanded more than
 * once. Where a character means something it is put in brackets; a name with
 * brackets is then taken apart once more, as by a shell, and joins its words
 * with backslashes. A '"' ends the quotes and a '{' begins a choice whatever
 * stands before them: they are written as ranges that have them. One that
 * takes more than the one file is found when the package is read back.
 */
static void add_name(struct buf *out, const char *path)
{
	bool glob = path[strcspn(path, "*?[%\"{")] != '\0';

	buf_addc(out, '"');
	for (; *path; path++)
		if (!glob)
			buf_addc(out, *path);
		else if (strchr("*?[%", *path))
			buf_addf(out, "[%c]", *path);
		else if (*path == '"')
			buf_adds(out, "[\\ -#]");
		else if (*path == '{')
			buf_adds(out, "[z-|]");
		else if (*path == '\\')
			buf_adds(out, "\\\\\\\\");
		else if (strchr(" '", *path))
			buf_addf(out, "\\%c", *path);
		else
			buf_addc(out, *path);
	buf_adds(out, "\"\n");
}

static int add_file(struct buf *out, const struct member *e)
{
	const char *user = owner_name(e->uid), *group = group_name(e->gid), *at = NULL;
	struct xattr x;

	if (!user || !group)
		return say_failed(
			"%s: its owner %u:%u has no name here, and rpm knows owners only by name",
			e->path, e->uid, e->gid);
	if (S_ISDIR(e->mode))
		buf_adds(out, "%dir ");
	if (member_is_configuration(e))
		buf_adds(out, "%config(noreplace) ");
	if (S_ISLNK(e->mode))
		buf_addf(out, "%%attr(-,%s,%s) ", user, group);
	else
		buf_addf(out, "%%attr(%04o,%s,%s) ", e->mode & 07777U, user, group);
	while (member_next_xattr(e, &at, &x))
		if (!strcmp(x.name, "security.capability")) {
			_cleanup_buf_ struct buf text = BUF_INIT;

			if (capabilities_text(e, &text) < 0)
				return -1;
			buf_addf(out, "%%caps(%s) ", text.data);
		}
	add_name(out, e->path);
	return 0;
}

/* A name as a regular expression. False: it has what means something to a macro. */
static bool add_pattern(struct buf *out, const char *path)
{
	const unsigned char *c;

	for (c = (const unsigned char *)path; *c; c++)
		if (*c < 0x80 && !isalnum(*c) && !strchr("/_-.+,:=@~", *c))
			return false;
	for (; *path; path++)
		if (*path == '.' || *path == '+')
			buf_addf(out, "[%c]", *path);
		else
			buf_addc(out, *path);
	return true;
}

/*
 * rpm's generator reads every name of a file anew, twice: the 142 names of
 * git's program took it five seconds, for the same answer each time. One name
 * is enough for what the package needs.
 */
static void add_same_elves(struct buf *out, const struct payload *p)
{
	_cleanup_buf_ struct buf list = BUF_INIT;
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct member *e = p->entries[i];
		size_t before = list.len;

		if (e->first == e || !e->first->elf)
			continue;
		if (list.len)
			buf_addc(&list, '|');
		if (!add_pattern(&list, e->path) && list.len)
			list.data[list.len = before] = '\0';
	}
	if (list.len)
		buf_addf(out, "%%global __elf_exclude_path ^(%s)$\n", list.data);
	out->failed |= list.failed;
}

/* Of a description: rpm would take the line for one of its own. */
static int check_text(const char *text)
{
	while (*text) {
		const char *word = text + strspn(text, " \t");

		if (word[0] == '%' && isalpha((unsigned char)word[1]))
			return say_failed(
				"a line of the description begins with '%.*s', which "
				"rpm takes for a word of its own",
				(int)strcspn(word, " \t\n"), word);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 0;
}

static int write_spec(const char *file, const struct payload *p, const struct metadata *m,
	const struct effects *fx)
{
	_cleanup_(spec_release) struct spec theirs = { 0 };
	_cleanup_buf_ struct buf spec = BUF_INIT;
	size_t i;

	if (spec_read(&theirs, m->options) < 0)
		return -1;
	add_same_elves(&spec, p);
	add_theirs(&spec, &theirs, m);
	if (add_scripts(&spec, m, fx, &theirs) < 0)
		return -1;
	buf_adds(&spec, "%files\n");
	for (i = 0; i < p->count; i++)
		if (add_file(&spec, p->entries[i]) < 0)
			return -1;
	return package_review(m, "spec", &spec) < 0 ? -1 : stage_write(file, &spec);
}

/* Nothing may be done to the files, nothing be added to them, and two builds be the same. */
static const char *const defines[] = {
	"--define=_rpmdir %{_topdir}",
	"--define=_tmppath %{_topdir}",
	"--define=__spec_install_pre %{nil}",
	"--define=__os_install_post %{nil}",
	"--define=__spec_install_post %{nil}",
	"--define=__check_files %{nil}",
	"--define=debug_package %{nil}",
	"--define=_build_id_links none",
	"--define=_missing_build_ids_terminate_build 0",
	"--define=_binaries_in_noarch_packages_terminate_build 0",
	"--define=_invalid_encoding_terminates_build 0",
	"--define=_buildhost localhost",
	"--define=use_source_date_epoch_as_buildtime 1",
	"--define=source_date_epoch_from_changelog 0",
	"--define=clamp_mtime_to_source_date_epoch 1",
	"--define=_rpmfilename package.rpm",
	"--define=_binary_filedigest_algorithm 8", /* SHA-256 */
};

static int run_rpmbuild(const char *spec, const char *root, const struct metadata *m)
{
	_cleanup_buf_ struct buf top = BUF_INIT, payload = BUF_INIT, out = BUF_INIT;
	/*
	 * --nodeps: nothing is required to build, and looking it up makes a database where there is
	 * none. --noclean: we remove all of it, and rm(1) cannot remove what is in a shut folder.
	 */
	const char *argv[64] = { "rpmbuild", "-bb", "--nodeps", "--noclean", "--quiet",
		"--buildroot", root, spec };
	char epoch[32];
	size_t n = 8, i;
	int r;

	buf_addf(&top, "--define=_topdir %s", m->stage);
	buf_addf(&payload, "--define=_binary_payload %s", m->compression->rpm);
	if (top.failed || payload.failed)
		return say_no_memory();
	argv[n++] = top.data;
	argv[n++] = payload.data;
	for (i = 0; i < ARRAY_SIZE(defines); i++)
		argv[n++] = defines[i];
	if (strcmp(m->arch, "noarch")) {
		argv[n++] = "--target";
		argv[n++] = m->arch;
	}
	snprintf(epoch, sizeof epoch, "%lld", (long long)m->epoch);
	setenv("SOURCE_DATE_EPOCH", epoch, 1);
	/* its warnings, of links that begin with a slash, say, are for who writes spec files */
	r = tool_run(argv, &out, CHILD_TO_OUT);
	if (r > 0 && out.len)
		fputs(out.data, stderr);
	return r == 0 ? 0 : r < 0 ? -1 : say_failed("rpmbuild failed with status %d", r);
}

static int copy_made(const char *made, const struct output *out)
{
	_cleanup_close_ int in = open(made, O_RDONLY | O_CLOEXEC);
	unsigned char hash[SHA256_LEN];
	int r = in < 0 ? -errno : copy_content(in, out->fd, hash, NULL);

	return r < 0 ? say_failed("%s: %s", in < 0 ? made : out->name, strerror(-r)) : 0;
}

static int build(const struct output *out, struct payload *p, struct metadata *m,
	struct effects *fx)
{
	_cleanup_buf_ struct buf spec = BUF_INIT, root = BUF_INIT, made = BUF_INIT;

	buf_addf(&spec, "%s/package.spec", m->stage);
	buf_addf(&root, "%s/root", m->stage);
	buf_addf(&made, "%s/package.rpm", m->stage);
	if (spec.failed || root.failed || made.failed)
		return say_no_memory();
	if (tree_unpack(root.data, p, m) < 0 || write_spec(spec.data, p, m, fx) < 0 ||
		run_rpmbuild(spec.data, root.data, m) < 0)
		return -1;
	return copy_made(made.data, out);
}

static int make(const struct output *out, struct payload *p, struct metadata *m)
{
	_cleanup_(effects_release) struct effects fx = { 0 };

	if (tool_needed("rpmbuild", "an rpm") < 0 || tool_needed("rpm", "an rpm") < 0 ||
		check_text(m->description) < 0 || conflicts_list(m, p) < 0 ||
		effects_find(&fx, p, m) < 0 || effects_join_scripts(&fx, m) < 0 ||
		build(out, p, m, &fx) < 0)
		return -1;
	return readback(out->part, p, m);
}

const struct format rpm_format = { PACKAGE_RPM, arch_find, file_name, make, true };
