/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people write: checkinstallrc, lists of other packages, names and versions, sizes, globs. */
#include <stdio.h>
#include <limits.h>

#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "cmd/checkinstall-rc.h"
#include "cmd/pack.h"
#include "fuzz/fuzz.h"
#include "model/scope.h"
#include "package/metadata.h"
#include "package/names.h"
#include "package/relations.h"
#include "render/argv.h"

int __wrap_io_read_file(const char *path, struct buf *out, size_t limit);

static char *rc;

int __wrap_io_read_file(const char *path, struct buf *out, size_t limit)
{
	buf_add(out, rc, strnlen(rc, limit));
	return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	setenv("CHECKINSTALLRC", "/nowhere", 1);
	return 0;
}

static void assigned(const char *name, const char *value)
{
	read_through(name);
	read_through(value);
}

static void configuration(struct input *in)
{
	rc = take_text(in, SIZE_MAX);
	checkinstall_rc(assigned);
	free(rc);
}

/*
 * What goes into a control or spec file is one line of it; of options that
 * are more, names_check() has said so before.
 */
static void relations(struct input *in)
{
	enum package_type type = take_number(in, 1) & 1 ? PACKAGE_DEB : PACKAGE_RPM;
	_cleanup_free_ char *list = take_text(in, SIZE_MAX);
	_cleanup_buf_ struct buf out = BUF_INIT;

	if (!strpbrk(list, "\r\n") && relations_write(type, "requires", list, &out) == 0 &&
		out.data && strchr(out.data, '\n'))
		abort();
}

static void names(struct input *in)
{
	enum package_type type = PACKAGE_DEB + take_number(in, 1) % 4;
	char *texts[5];
	struct metadata m = { .type = type };
	struct package_options o = { .type = type };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		texts[i] = take_text(in, 4096);
	m.options = &o;
	m.name = texts[0];
	m.version = texts[1];
	m.release = texts[2];
	m.arch = texts[3];
	m.maintainer = m.summary = m.description = texts[4];
	names_check(&m);
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		free(texts[i]);
}

static void folder(struct input *in)
{
	enum package_type type = PACKAGE_DEB + take_number(in, 1) % 4;
	_cleanup_free_ char *text = take_text(in, 4096), *name = NULL, *version = NULL;

	if (metadata_from_folder(text, type, &name, &version) < 0)
		abort();
	read_through(name);
	read_through(version);
}

static void options(struct input *in)
{
	static const char *const known[] = { "output", "pkgname", "docs", "preinstall", "compress",
		"nothing" };
	struct package_options o = { 0 };
	const char *name = known[take_number(in, 1) % ARRAY_SIZE(known)];
	_cleanup_free_ char *value = take_text(in, 4096);

	rc = value;
	package_option(&o, name, value);
	package_add_include(&o, value);
	package_add_exclude(&o, value);
	package_options_release(&o);
}

static void recording(struct input *in)
{
	_cleanup_free_ char *value = take_text(in, 4096), *path = take_text(in, 4096);
	struct ba_recording *rec;
	struct scope scope = { 0 };

	if (ba_recording_new(&rec) < 0)
		abort();
	ba_recording_set(rec, BA_SET_BACKUP_LIMIT, value);
	ba_recording_set(rec, BA_SET_EXCLUDE, value);
	ba_recording_free(rec);
	scope_add_glob(&scope, value, true);
	scope_add_folder(&scope, value, false);
	scope_excludes(&scope, path);
	scope_release(&scope);
}

static void arguments(struct input *in)
{
	size_t most = take_number(in, 1);
	_cleanup_free_ char *json = take_text(in, SIZE_MAX);
	_cleanup_buf_ struct buf out = BUF_INIT;

	render_argv(&out, json);
	buf_reset(&out);
	render_command(&out, json, most);
	read_through(out.data);
}

static void canonical(struct input *in)
{
	_cleanup_free_ char *path = take_text(in, SIZE_MAX);
	char out[PATH_MAX];

	if (path_canonical(path, out) == 0 && *out != '/')
		abort();
	path_canonical_all(path, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const all[])(struct input * in) = { configuration, relations, names, folder,
		options, recording, arguments, canonical };
	struct input in = { data, size };

	all[take_number(&in, 1) % ARRAY_SIZE(all)](&in);
	return 0;
}
