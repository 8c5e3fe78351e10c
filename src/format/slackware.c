/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Slackware package, as makepkg makes it with its symlinks added: a tar of
 * what is below the root, and install/ with the description and a script that
 * makes the symlinks. Who removes it reads them in that script.
 */
#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "format/arch.h"
#include "format/effects.h"
#include "format/format.h"
#include "package/check.h"
#include "package/tree.h"
#include "render/say.h"

#define LINES 11 /* of a description, each with the package's name in front */
#define WIDTH 70

static void file_name(const struct metadata *m, struct buf *out)
{
	const char *suffix = m->compression->suffix;

	buf_addf(out, "%s-%s-%s-%s.", m->name, m->version, m->arch, m->release);
	if (!strcmp(suffix, ".gz") || !strcmp(suffix, ".xz"))
		buf_addf(out, "t%s", suffix + 1);
	else
		buf_addf(out, "tar%s", suffix);
}

/* How much of text is its next line. */
static size_t line_length(const char *text)
{
	size_t n = strcspn(text, "\n"), fits;

	if (n <= WIDTH)
		return n;
	for (fits = WIDTH; fits > 0 && text[fits] != ' '; fits--)
		;
	return fits ? fits : WIDTH;
}

static void add_line(struct buf *out, const struct metadata *m, const char *text, size_t n)
{
	buf_addf(out, "%s:%s", m->name, n ? " " : "");
	for (; n > 0; n--, text++)
		buf_addc(out, iscntrl((unsigned char)*text) ? ' ' : *text);
	buf_addc(out, '\n');
}

static void write_description(struct buf *out, const struct metadata *m)
{
	_cleanup_buf_ struct buf first = BUF_INIT;
	const char *text = m->description;
	size_t lines = 2;

	buf_adds(out,
		"# The first of eleven lines names the package; none goes beyond the ruler.\n\n");
	buf_addf(out, "%*s|-----handy-ruler%s|\n", (int)strlen(m->name), "",
		"------------------------------------------------------");
	buf_addf(&first, "%s (%s)", m->name, m->summary);
	add_line(out, m, first.data ? first.data : "", first.len < WIDTH ? first.len : WIDTH);
	add_line(out, m, "", 0);
	for (; *text && lines < LINES; lines++) {
		size_t n = line_length(text);

		add_line(out, m, text, n);
		text += n + (text[n] == '\n' || text[n] == ' ');
	}
	for (; lines < LINES; lines++)
		add_line(out, m, "", 0);
	out->failed |= first.failed;
}

static bool is_plain(const char *text)
{
	_cleanup_buf_ struct buf word = BUF_INIT;

	buf_add_shell(&word, text);
	return !word.failed && !strcmp(word.data, text);
}

/* One that the tools, too, find in the script. */
static bool is_scripted(const struct metadata *m, const struct member *e)
{
	return S_ISLNK(e->mode) && !m->options->keep_links && is_plain(e->path) &&
		is_plain(e->target);
}

static void add_link(struct buf *out, const struct member *e)
{
	const char *name = strrchr(e->path, '/') + 1;
	int n = (int)(name - e->path) - 2;
	const char *folder = n > 0 ? e->path + 1 : ".";

	if (n <= 0)
		n = 1;
	buf_addf(out, "( cd %.*s ; rm -rf %s )\n", n, folder, name);
	buf_addf(out, "( cd %.*s ; ln -sf %s %s )\n", n, folder, e->target, name);
}

static int add_capabilities(struct buf *out, const struct member *e)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *at = NULL;
	struct xattr x;

	while (e->first == e && member_next_xattr(e, &at, &x)) {
		if (strcmp(x.name, "security.capability"))
			continue;
		if (capabilities_text(e, &text) < 0)
			return -1;
		buf_adds(out, "setcap ");
		buf_add_shell(out, text.data);
		buf_addc(out, ' ');
		buf_add_shell(out, e->path + 1);
		buf_addc(out, '\n');
	}
	return 0;
}

/* The script works in the root that the package is installed into. */
static int write_script(struct effects *fx, const struct payload *p, struct metadata *m)
{
	size_t i;

	if (effects_find(fx, p, m) < 0)
		return -1;
	for (i = 0; i < p->count; i++)
		if (add_capabilities(&fx->scripts[POST_INSTALL], p->entries[i]) < 0)
			return -1;
	for (i = 0; i < p->count; i++)
		if (is_scripted(m, p->entries[i]))
			add_link(&fx->scripts[POST_INSTALL], p->entries[i]);
	return effects_join_scripts(fx, m);
}

/* Without what the script makes. */
static int write_files(struct archive *a, const struct payload *p, const struct metadata *m)
{
	struct payload files = { .entries = calloc(p->count + 1, sizeof *files.entries) };
	size_t i;
	int r;

	for (i = 0; files.entries && i < p->count; i++)
		if (!is_scripted(m, p->entries[i]))
			files.entries[files.count++] = p->entries[i];
	r = files.entries ? tree_write(a, &files, m, "") : say_no_memory();
	free(files.entries);
	return r;
}

static int write_all(struct archive *a, const struct payload *p, const struct metadata *m,
	const struct buf *script)
{
	_cleanup_buf_ struct buf description = BUF_INIT;

	write_description(&description, m);
	if (tree_write_text(a, m, "install/slack-desc", 0644, &description) < 0 ||
		(script->len && tree_write_text(a, m, "install/doinst.sh", 0755, script) < 0))
		return -1;
	return write_files(a, p, m);
}

static int make(const struct output *out, struct payload *p, struct metadata *m)
{
	_cleanup_(effects_release) struct effects fx = { 0 };
	_cleanup_(archive_writep) struct archive *a = NULL;

	if (write_script(&fx, p, m) < 0)
		return -1;
	setlocale(LC_CTYPE, "C.UTF-8"); /* names go as they are */
	a = tree_open(out->fd, archive.write_set_format_gnutar, m->compression);
	return a && write_all(a, p, m, &fx.scripts[POST_INSTALL]) == 0 ? tree_close(a, out->name) :
									 -1;
}

const struct format slackware_format = { PACKAGE_SLACKWARE, arch_find, file_name, make,
	false };
