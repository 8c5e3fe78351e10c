/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A .deb: an ar archive of two tar archives, all three written by libarchive.
 * `dpkg-deb --build` itself would want a second tree on the disk with the same
 * owners, which only root can make, and links into it or a copy of everything.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "format/effects.h"
#include "format/format.h"
#include "package/conflicts.h"
#include "package/depends.h"
#include "package/folders.h"
#include "package/namesake.h"
#include "package/shlibs.h"
#include "package/tool.h"
#include "package/tree.h"
#include "render/say.h"
#include "stage/review.h"

/* An epoch is no part of a file's name. */
static void file_name(const struct metadata *m, struct buf *out)
{
	const char *colon = strchr(m->version, ':');

	buf_addf(out, "%s_%s-%s_%s.deb", m->name, colon ? colon + 1 : m->version, m->release,
		m->arch);
}

/* As dpkg counts: files in whole KiB, each thing else one. */
static int64_t installed_size(const struct payload *p)
{
	int64_t kib = 0;
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->entries[i]->first == p->entries[i])
			kib += S_ISREG(p->entries[i]->mode) ? (p->entries[i]->size + 1023) / 1024 :
							      1;
	return kib;
}

static void add_field(struct buf *out, const char *name, const char *value)
{
	if (value && *value)
		buf_addf(out, "%s: %s\n", name, value);
}

/* Lines of the long description begin with a space; an empty one is " .". */
static void add_description(struct buf *out, const struct metadata *m)
{
	const char *line = m->description;

	buf_addf(out, "Description: %s\n", m->summary);
	while (*line) {
		size_t n = strcspn(line, "\n");

		if (strspn(line, " \t\r") >= n)
			buf_adds(out, " .\n");
		else
			buf_addf(out, " %.*s\n", (int)n, line);
		line += n + (line[n] == '\n');
	}
}

static void control_text(const struct payload *p, const struct metadata *m, struct buf *out)
{
	static const char *const relations[RELATIONS] = { "Depends", "Recommends", "Suggests",
		"Conflicts", "Replaces", "Provides" };
	const struct package_options *o = m->options;
	enum relation i;

	add_field(out, "Package", m->name);
	buf_addf(out, "Version: %s-%s\n", m->version, m->release);
	add_field(out, "Architecture", m->arch);
	add_field(out, "Maintainer", m->maintainer);
	add_field(out, "Origin", PACKAGE_ORIGIN);
	buf_addf(out, "Installed-Size: %lld\n", (long long)installed_size(p));
	for (i = 0; i < RELATIONS; i++)
		add_field(out, relations[i], m->relations[i].data);
	add_field(out, "Section", o->group ? o->group : "misc");
	buf_adds(out, "Priority: optional\n");
	add_field(out, "Homepage", metadata_url(m));
	add_description(out, m);
}

static void sums_text(const struct payload *p, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct member *e = p->entries[i];

		if (S_ISREG(e->mode) && !member_is_configuration(e))
			buf_addf(out, "%s  %s\n", e->first->md5, e->path + 1);
	}
}

static void conffiles_text(const struct payload *p, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (member_is_configuration(p->entries[i]))
			buf_addf(out, "%s\n", p->entries[i]->path);
}

static int write_control(struct archive *a, const struct payload *p, const struct metadata *m,
	const struct effects *fx)
{
	_cleanup_buf_ struct buf conffiles = BUF_INIT, control = BUF_INIT, sums = BUF_INIT,
				 shlibs = BUF_INIT;
	const struct {
		const char *name;
		mode_t mode;
		const struct buf *text;
	} parts[] = {
		{ "./conffiles", 0644, &conffiles },
		{ "./control", 0644, &control },
		{ "./md5sums", 0644, &sums },
		{ "./postinst", 0755, &fx->scripts[POST_INSTALL] },
		{ "./postrm", 0755, &fx->scripts[POST_REMOVE] },
		{ "./preinst", 0755, &fx->scripts[PRE_INSTALL] },
		{ "./prerm", 0755, &fx->scripts[PRE_REMOVE] },
		{ "./shlibs", 0644, &shlibs },
		{ "./triggers", 0644, &fx->triggers },
	};
	size_t i;
	int r;

	conffiles_text(p, &conffiles);
	control_text(p, m, &control);
	sums_text(p, &sums);
	r = shlibs_text(p, m, &shlibs);
	if (r == 0)
		r = package_review(m, "control", &control);
	for (i = 0; r == 0 && i < ARRAY_SIZE(parts); i++)
		if (parts[i].text->len || parts[i].text->failed)
			r = tree_write_text(a, m, parts[i].name, parts[i].mode, parts[i].text);
	return r;
}

/* A tar of dpkg's kind into an open file: the payload, or what is said of it. */
static int write_tar(int fd, const struct payload *p, const struct metadata *m,
	const struct effects *control)
{
	_cleanup_(archive_writep) struct archive *a =
		tree_open(fd, archive.write_set_format_gnutar, m->compression);

	if (!a || (control ? write_control(a, p, m, control) : tree_write(a, p, m, ".")) < 0)
		return -1;
	return tree_close(a, control ? "control.tar" : "data.tar");
}

static int add_member(struct archive *ar, const struct metadata *m, const char *name, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return say_failed("%s: %s", name, strerror(errno));
	if (tree_write_head(ar, m, name, 0644, st.st_size) < 0)
		return -1;
	return tree_copy(ar, fd, st.st_size, name);
}

/* A file without a name, beside the package: its size may be beyond what /tmp holds. */
static int scratch_file(const struct output *beside)
{
	_cleanup_buf_ struct buf name = BUF_INIT;
	int fd;

	buf_addf(&name, "%s.part", beside->part);
	if (name.failed)
		return say_no_memory();
	unlink(name.data); /* a killed one's */
	fd = open(name.data, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return say_failed("cannot write beside %s: %s", beside->part, strerror(errno));
	unlink(name.data);
	return fd;
}

static int write_deb(const struct output *out, int control, int data, const struct metadata *m)
{
	_cleanup_(archive_writep) struct archive *ar =
		tree_open(out->fd, archive.write_set_format_ar_bsd, NULL);
	_cleanup_buf_ struct buf version = BUF_INIT;
	char control_name[32], data_name[32];

	buf_adds(&version, "2.0\n");
	snprintf(control_name, sizeof control_name, "control.tar%s", m->compression->suffix);
	snprintf(data_name, sizeof data_name, "data.tar%s", m->compression->suffix);
	if (!ar || tree_write_text(ar, m, "debian-binary", 0644, &version) < 0 ||
		add_member(ar, m, control_name, control) < 0 ||
		add_member(ar, m, data_name, data) < 0)
		return -1;
	return tree_close(ar, out->name);
}

static int build(const struct output *out, const struct payload *p, const struct metadata *m,
	const struct effects *fx)
{
	_cleanup_close_ int data = scratch_file(out), control = scratch_file(out);

	if (data < 0 || control < 0 || write_tar(data, p, m, NULL) < 0 ||
		write_tar(control, p, m, fx) < 0)
		return -1;
	return write_deb(out, control, data, m);
}

/*
 * dpkg-deb refuses a control file that dpkg would not take. What is in it that others wrote, it
 * found wrong: in a list of other packages a version that begins with no digit, a name that begins
 * with '-' or an architecture of two words; and of --review-control, whatever a person made of it.
 */
static int read_control(const char *file, const struct metadata *m)
{
	const char *argv[] = { "dpkg-deb", "--show",
		"--showformat=${Package} ${Version} ${Architecture}", file, NULL };
	_cleanup_buf_ struct buf want = BUF_INIT, got = BUF_INIT;

	buf_addf(&want, "%s %s-%s %s", m->name, m->version, m->release, m->arch);
	if (tool_run(argv, &got, CHILD_SHOWN) != 0)
		return say_failed("dpkg-deb does not take what was packed");
	if (want.failed || !got.data)
		return say_no_memory();
	if (strcmp(got.data, want.data))
		return say_failed("the package says of itself '%s', not '%s'", got.data, want.data);
	return 0;
}

static int add_folders(struct payload *p, const struct metadata *m, struct effects *fx)
{
	_cleanup_buf_ struct buf again = BUF_INIT;

	if (folders_add(p, m, &fx->scripts[PRE_INSTALL], &again) < 0)
		return -1;
	/* a script of the user's that is not for a shell goes without */
	if (again.len && effects_takes_lines(m, POST_REMOVE))
		buf_adds(&fx->scripts[POST_REMOVE], again.data);
	return 0;
}

static int make(const struct output *out, struct payload *p, struct metadata *m)
{
	_cleanup_(effects_release) struct effects fx = { 0 };

	if (tool_needed("dpkg-deb", "a deb") < 0 || conflicts_list(m, p) < 0 ||
		effects_find(&fx, p, m) < 0 || add_folders(p, m, &fx) < 0 ||
		effects_join_scripts(&fx, m) < 0 || build(out, p, m, &fx) < 0)
		return -1;
	return read_control(out->part, m);
}

const struct format deb_format = { PACKAGE_DEB, deb_metadata, file_name, make, true };
