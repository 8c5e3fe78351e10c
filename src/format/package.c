/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "format/package.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "format/format.h"
#include "format/spec.h"
#include "package/check.h"
#include "package/foreign.h"
#include "package/names.h"
#include "package/namesake.h"
#include "package/tool.h"
#include "render/archive.h"
#include "render/say.h"
#include "render/stop.h"
#include "render/text.h"
#include "stage/docs.h"
#include "stage/pages.h"
#include "stage/papers.h"
#include "stage/review.h"
#include "stage/stage.h"
#include "stage/strip.h"

static const struct format *const formats[] = { &deb_format, &rpm_format, &tar_format,
	&slackware_format };
_Static_assert(ARRAY_SIZE(formats) == PACKAGE_TYPE_END - 1, "each type has its format");

int package_setting(struct package_options *o, const char *name, const char *value)
{
	if (!strcmp(name, "type")) {
		o->type = package_type_named(value);
		return o->type == PACKAGE_AUTO ?
			say_failed("there is no type '%s': " PACKAGE_TYPE_WORDS, value) :
			1;
	}
	if (!strcmp(name, "force"))
		return o->force = true;
	if (!strcmp(name, "include"))
		return package_add_include(o, value) < 0 ? -1 : 1;
	if (!strcmp(name, "exclude"))
		return package_add_exclude(o, value) < 0 ? -1 : 1;
	return package_option(o, name, value);
}

enum package_type package_type_here(void)
{
	if (access("/var/lib/dpkg/status", F_OK) == 0)
		return PACKAGE_DEB;
	if (tool_there("upgradepkg")) /* Slackware has rpm, too */
		return PACKAGE_SLACKWARE;
	return tool_there("rpm") ? PACKAGE_RPM : PACKAGE_TAR;
}

static const struct format *format_of(enum package_type type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i]->type == type)
			return formats[i];
	return NULL;
}

/* A record that is not whole, or of a command that failed, is no installation. */
static int check_run(const struct ba_rows *run, int64_t id, const struct package_options *o)
{
	const char *state = row_text(run, "state");
	int exit_status = ba_rows_column(run, "exit_status"),
	    signal = ba_rows_column(run, "term_signal");
	bool ended =
		ba_rows_type(run, exit_status) != BA_NULL || ba_rows_type(run, signal) != BA_NULL;
	long long n = id;

	if (o->force)
		return 0;
	if (!strcmp(state, "incomplete"))
		return say_failed(
			"run %lld is incomplete: what it installed is not all "
			"on record (--force packs what is)",
			n);
	if (!ended)
		return say_failed("run %lld has not ended yet", n);
	if (ba_rows_type(run, signal) != BA_NULL)
		return say_failed(
			"the command of run %lld was killed by signal %lld "
			"(--force packs what it installed)",
			n, (long long)ba_rows_int(run, signal));
	if (ba_rows_int(run, exit_status) != 0)
		return say_failed(
			"the command of run %lld ended with status %lld "
			"(--force packs what it installed)",
			n, (long long)ba_rows_int(run, exit_status));
	return 0;
}

static bool has_files(const struct payload *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (!S_ISDIR(p->entries[i]->mode))
			return true;
	return false;
}

/* Are there no files but other packages'? Their folders alone are no package. */
static bool is_all_of_others(const struct payload *p)
{
	size_t i;

	for (i = 0; !has_files(p) && i < p->side_count; i++)
		if (p->sides[i].owner)
			return true;
	return false;
}

/* Has another install what was its? */
static bool is_superseded(const struct payload *p)
{
	size_t i;

	for (i = 0; !has_files(p) && i < p->side_count; i++)
		if (p->sides[i].taken_by && !p->sides[i].dir)
			return true;
	return false;
}

static int64_t count_excluded(const struct ba_rows *run)
{
	return ba_rows_int(run, ba_rows_column(run, "excluded"));
}

/* Nor are the folders of files that are excluded, or gone, and that an earlier run had made. */
static bool is_worth_packing(const struct payload *p, const struct ba_rows *run)
{
	return has_files(p) ||
		(p->count && !is_all_of_others(p) && !is_superseded(p) && !count_excluded(run) &&
			!p->taken_back);
}

static void free_rows(struct ba_rows **rows)
{
	ba_rows_free(*rows);
}

/* What has become of what the run made, that none of it is there. */
static const char *what_became(const struct ba_rows *since)
{
	const char *undone = row_text(since, "undone");

	if (!*undone)
		return "superseded";
	return strcmp(undone, "rollback") ? "uninstalled" : "rolled back";
}

static int nothing_any_more(struct ba *ba, const struct ba_rows *run, int64_t id)
{
	_cleanup_(free_rows) struct ba_rows *since = NULL;
	_cleanup_buf_ struct buf name = BUF_INIT;

	if (ba_run_since(ba, id, &since) < 0 || ba_rows_next(since) <= 0)
		return say_failed("%s", ba_error(ba));
	render_install(&name, run);
	return say_failed("nothing to pack: run %lld%s%s%s was %s", (long long)id,
		name.len ? " (" : "", name.len ? name.data : "", name.len ? ")" : "",
		what_became(since));
}

static int nothing(const struct payload *p, struct ba *ba, const struct ba_rows *run, int64_t id)
{
	long long excluded = count_excluded(run);

	if (p->taken_back || is_superseded(p))
		return nothing_any_more(ba, run, id);
	if (is_all_of_others(p))
		return say_failed(
			"nothing to pack: other packages have all that run %lld created or "
			"replaced",
			(long long)id);
	if (excluded)
		return say_failed(
			"nothing to pack: run %lld created nothing that counts as installed; %lld "
			"path%s excluded ('buildaudit files --all %lld' lists them, --include "
			"takes them in)",
			(long long)id, excluded, excluded == 1 ? " is" : "s are", (long long)id);
	return say_failed("nothing to pack: run %lld created no file", (long long)id);
}

static int name_file(const struct format *f, const struct metadata *m, struct buf *name)
{
	const char *asked = m->options->out ? m->options->out : ".";
	char folder[PATH_MAX];

	if (!realpath(asked, folder))
		return say_failed("%s: %s", asked, strerror(errno));
	buf_addf(name, "%s/", folder[1] ? folder : "");
	f->file_name(m, name);
	return name->failed ? say_no_memory() : 0;
}

static int fill(const struct format *f, const struct output *out, struct payload *p,
	struct metadata *m)
{
	return f->make(out, p, m) == 0 && payload_unchanged(p) == 0 && !stop_asked() ? 0 : -1;
}

static int make_file(const struct format *f, struct payload *p, struct metadata *m,
	struct package_options *o)
{
	_cleanup_buf_ struct buf name = BUF_INIT;
	_cleanup_(output_release) struct output out = OUTPUT_INIT;

	if (name_file(f, m, &name) < 0 || output_open(&out, name.data) < 0 ||
		fill(f, &out, p, m) < 0 || output_done(&out, 0644) < 0)
		return -1;
	o->written = buf_steal(&name);
	o->called = strdup(m->name);
	return o->called ? 0 : say_no_memory();
}

/* With the run's row in hand all that is read is of one moment. */
static int read_run(struct payload *p, struct metadata *m, struct ba *ba, int64_t run,
	struct package_options *o)
{
	_cleanup_(free_rows) struct ba_rows *row = NULL;
	int n = ba_run(ba, run, &row) < 0 ? -1 : ba_rows_next(row);

	if (n == 0)
		return say_failed("there is no run %lld", (long long)run);
	if (n < 0 || ba_undo_idle(ba) < 0)
		return say_failed("%s", ba_error(ba));
	if (check_run(row, run, o) < 0 || (o->type == PACKAGE_RPM && spec_take_tags(o) < 0) ||
		metadata_find(m, o, row) < 0 || names_check(m) < 0 ||
		namesake_allowed(o, m->type, m->name) < 0)
		return -1;
	metadata_say_unused(m);
	if (payload_read(p, ba, run, &o->include, &o->exclude) < 0 ||
		foreign_leave_out(p, m) < 0 || foreign_name_unchanged(p, ba, run) < 0)
		return -1;
	return is_worth_packing(p, row) ? 0 : nothing(p, ba, row, run);
}

/* A program that would become set-uid root by that is no such program any more. */
static void reset_owner(struct member *e)
{
	if (e->uid || e->gid)
		e->mode &= ~(mode_t)(S_ISUID | S_ISGID);
	e->uid = 0;
	e->gid = 0;
	if (S_ISDIR(e->mode))
		e->mode = S_IFDIR | 0755;
	else if (S_ISREG(e->mode))
		e->mode = (e->mode & ~(mode_t)07) | (e->mode >> 3 & 07);
}

/* What goes in is not all as it is on the disk. */
static int change_copies(struct payload *p, const struct metadata *m, struct package_options *o)
{
	size_t i;

	for (i = 0; o->reset_owners && i < p->count; i++)
		reset_owner(p->entries[i]);
	return strip_payload(p, m) == 0 ? pages_compress(p, m, o) : -1;
}

/* Of a package that is there only: what is in it and is not as the run left it. */
static void say_besides(const struct payload *p)
{
	struct say_list edited = { "packed as they are now, edited since they were installed:", 0,
		false };
	size_t i, earlier = 0;

	for (i = 0; i < p->count; i++) {
		earlier += p->entries[i]->stays != 0;
		if (p->entries[i]->edited)
			say_item(&edited, "%s", p->entries[i]->path);
	}
	say_rest(&edited);
	if (earlier)
		say("packed, too: %zu path%s that earlier runs of it made", earlier,
			earlier == 1 ? "" : "s");
}

static int make(struct payload *p, struct metadata *m, struct package_options *o)
{
	_cleanup_(stage_close) struct stage stage = STAGE_INIT;
	const struct format *f = format_of(o->type);
	bool staged = f->staged || o->strip || o->compress_pages || o->show_list;

	pages_drop_older(p);
	if (docs_add(p, m) < 0 || (staged && stage_open(&stage, p) < 0))
		return -1;
	m->stage = stage.folder;
	if (papers_add(p, m) < 0 || review_files(p, m) < 0 || names_check_paths(m, p) < 0 ||
		payload_check(p, o->type == PACKAGE_DEB) < 0 || change_copies(p, m, o) < 0)
		return -1;
	if (f->metadata && f->metadata(p, m) < 0)
		return -1;
	if (make_file(f, p, m, o) < 0)
		return -1;
	say_besides(p);
	return 0;
}

int package_may_begin(struct package_options *o)
{
	enum package_type type = o->type == PACKAGE_AUTO ? package_type_here() : o->type;
	_cleanup_free_ char *name = NULL, *version = NULL, *folder = getcwd(NULL, 0);
	struct metadata m = { .options = o, .type = type, .release = o->release };

	if (!folder || metadata_from_folder(folder, type, &name, &version) < 0)
		return say_no_memory();
	m.name = o->name ? o->name : name;
	m.version = o->version ? o->version : version;
	if (names_check(&m) < 0)
		return -1;
	return o->installs && m.name ? namesake_allowed(o, type, m.name) : 0;
}

/* What it left may be staged; the package is for outside. */
static int enter(struct ba *ba, int64_t run, const struct package_options *o)
{
	int r;

	if (output_keep(o->out ? o->out : ".") < 0)
		return -1;
	r = ba_enter(ba, run);
	if (r == 0)
		output_let_go();
	return r < 0 ? say_failed("%s", ba_error(ba)) : 0;
}

int package_make(struct ba *ba, int64_t run, struct package_options *o)
{
	_cleanup_(payload_release) struct payload payload = { 0 };
	_cleanup_(metadata_release) struct metadata meta = { 0 };
	int r;

	o->run = run;
	if (o->quiet)
		say_no_notes();
	if (o->type == PACKAGE_AUTO)
		o->type = package_type_here();
	stop_watch();
	r = archive_load();
	if (r == 0)
		r = enter(ba, run, o);
	if (r == 0)
		r = read_run(&payload, &meta, ba, run, o);
	if (r == 0)
		r = make(&payload, &meta, o);
	stop_end(r < 0 ? "package" : NULL);
	return r;
}
