/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Capabilities are told in getcap's words, of libcap's own tools, which is there where any file has
 * some: libcap itself (cap_to_text) would be one more library to build with and to load, for a line
 * of few packages. An index is made anew by its own tool, in a script: no library of ours is there
 * where the package is installed.
 */
#include "format/effects.h"

#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/indexes.h"
#include "base/io.h"
#include "package/check.h"
#include "package/tool.h"
#include "render/say.h"

static char *folder_of(const char *path, int up)
{
	char *folder = strdup(path);

	while (folder && up-- > 0 && strrchr(folder, '/') > folder)
		*strrchr(folder, '/') = '\0';
	return folder;
}

/* Was this line said before? Remembers it. */
static bool first_time(struct effects *fx, const char *kind, const char *text)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	buf_addf(&line, "\n%s %s\n", kind, text);
	if (line.failed || (fx->seen.data && strstr(fx->seen.data, line.data)))
		return false;
	buf_adds(&fx->seen, line.data);
	return true;
}

static void add_trigger(struct effects *fx, const char *name)
{
	if (first_time(fx, "trigger", name))
		buf_addf(&fx->triggers, "activate-noawait %s\n", name);
}

/* A path of the system that the package is installed into, as a word of a shell. */
static void add_path(const struct effects *fx, struct buf *out, const char *path)
{
	if (fx->deb)
		buf_adds(out, "\"$DPKG_ROOT\"");
	buf_add_shell(out, path);
}

static void add_command(struct effects *fx, enum script which, const char *tool,
	const char *command)
{
	struct buf *out = &fx->scripts[which];
	char kind[32];

	snprintf(kind, sizeof kind, "script %d", which);
	if (!first_time(fx, kind, command))
		return;
	/* Debian has GLib's tools where no path leads. */
	if (!strncmp(tool, "gio-", 4) || !strncmp(tool, "glib-", 5))
		buf_adds(out, "for d in /usr/lib/*/glib-2.0; do PATH=$PATH:$d; done\n");
	/* The tool may not be there: then nobody there reads its index. */
	buf_addf(out, "if command -v %s >/dev/null 2>&1; then\n\t%s || :\nfi\n", tool, command);
}

static void add_info_page(struct effects *fx, enum script which, const char *command,
	const char *folder, const char *page)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	buf_addf(&line, "%s --info-dir=", command);
	add_path(fx, &line, folder);
	buf_addc(&line, ' ');
	add_path(fx, &line, page);
	if (!line.failed)
		add_command(fx, which, "install-info", line.data);
}

static void add_info_pages(struct effects *fx, const struct payload *p, const char *folder)
{
	size_t i, n = strlen(folder);

	for (i = 0; i < p->count; i++) {
		const char *path = p->entries[i]->path;

		/* name.info-1 and the like are parts of name.info */
		if (strncmp(path, folder, n) || path[n] != '/' || strchr(path + n + 1, '/') ||
			(fnmatch("*.info", path, 0) && fnmatch("*.info.*z", path, 0)))
			continue;
		add_info_page(fx, POST_INSTALL, "install-info", folder, path);
		add_info_page(fx, PRE_REMOVE, "install-info --delete", folder, path);
	}
}

static int add_index(struct effects *fx, const struct payload *p, const struct index *ix,
	const char *path)
{
	_cleanup_free_ char *folder = folder_of(path, ix->up);
	_cleanup_buf_ struct buf command = BUF_INIT;
	const char *at;

	if (!folder)
		return say_no_memory();
	if (!strcmp(ix->tool, "ldconfig"))
		fx->ldconfig = true;
	if (fx->deb && ix->trigger &&
		(!strcmp(ix->tool, "ldconfig") || !strncmp(folder, ix->usual, strlen(ix->usual)))) {
		add_trigger(fx, ix->trigger);
		return 0;
	}
	if (!strcmp(ix->tool, "install-info")) {
		add_info_pages(fx, p, folder);
		return 0;
	}
	if (!strcmp(ix->tool, "depmod")) {
		buf_adds(&command, "depmod -a ");
		buf_add_shell(&command, strrchr(folder, '/') + 1);
	} else if ((at = strstr(ix->command, "%s"))) {
		buf_add(&command, ix->command, (size_t)(at - ix->command));
		add_path(fx, &command, folder);
	} else {
		buf_adds(&command, ix->command);
	}
	if (command.failed)
		return say_no_memory();
	add_command(fx, POST_INSTALL, ix->tool, command.data);
	if (strcmp(ix->tool, "python3"))
		add_command(fx, POST_REMOVE, ix->tool, command.data);
	return 0;
}

/* What is left out for other reasons is named by package/foreign.c. */
static int list_sides(struct effects *fx, const struct payload *p)
{
	struct say_list list = { "changed by the run and not packed:", 0, true };
	size_t i;

	for (i = 0; i < p->side_count; i++) {
		const struct bystander *s = &p->sides[i];
		const struct index *ix =
			s->removed || s->dir || s->owner ? NULL : index_of(s->path);

		if (ix && add_index(fx, p, ix, s->path) < 0)
			return -1;
		if (ix)
			say_item(&list, "%s: %s, made anew where the package is installed", s->path,
				ix->what);
		else if (s->removed)
			say_item(&list, "%s: it was removed", s->path);
	}
	say_rest(&list);
	return 0;
}

/*
 * One that the run made is its file like any other, but the next package will want the name, too.
 */
static void list_packed_indexes(const struct payload *p)
{
	struct say_list list = {
		"indexes that the run made are packed as they are (--exclude leaves one out):", 0,
		true
	};
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct member *e = p->entries[i];
		const struct index *ix = S_ISREG(e->mode) ? index_of(e->path) : NULL;

		if (ix && ix->trigger)
			say_item(&list, "%s: %s", e->path, ix->what);
	}
	say_rest(&list);
}

static void add_linker_folders(const char *conf, struct buf *out, int depth)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *rest, *line;

	if (depth > 4 || io_read_file(conf, &text, 1 << 20) < 0 || !text.data)
		return;
	rest = text.data;
	while ((line = strsep(&rest, "\n"))) {
		line += strspn(line, " \t");
		line[strcspn(line, "#")] = '\0';
		if (*line == '/')
			buf_addf(out, "%.*s\n", (int)strcspn(line, " \t"), line);
		if (!strncmp(line, "include ", 8)) {
			glob_t g;
			size_t i;

			if (glob(line + 8 + strspn(line + 8, " \t"), 0, NULL, &g) == 0) {
				for (i = 0; i < g.gl_pathc; i++)
					add_linker_folders(g.gl_pathv[i], out, depth + 1);
				globfree(&g);
			}
		}
	}
}

/*
 * A library where the linker looks wants its cache made anew,
 * whether or not the installer thought of it.
 */
static int find_libraries(struct effects *fx, const struct payload *p)
{
	_cleanup_buf_ struct buf folders = BUF_INIT;
	size_t i;

	buf_adds(&folders, "\n/lib\n/usr/lib\n/lib64\n/usr/lib64\n");
	add_linker_folders("/etc/ld.so.conf", &folders, 0);
	for (i = 0; i < p->count && !fx->ldconfig; i++) {
		const struct member *e = p->entries[i];
		_cleanup_buf_ struct buf folder = BUF_INIT;

		if (!e->first->elf || !strstr(e->path, ".so"))
			continue;
		buf_addf(&folder, "\n%.*s\n", (int)(strrchr(e->path, '/') - e->path), e->path);
		fx->ldconfig =
			!folder.failed && !folders.failed && strstr(folders.data, folder.data);
	}
	if (fx->ldconfig && fx->deb)
		add_trigger(fx, "ldconfig");
	if (fx->ldconfig && !fx->deb) {
		add_command(fx, POST_INSTALL, "ldconfig", "ldconfig");
		add_command(fx, POST_REMOVE, "ldconfig", "ldconfig");
	}
	return folders.failed ? say_no_memory() : 0;
}

int capabilities_text(const struct member *e, struct buf *out)
{
	const char *argv[] = { "getcap", "-n", e->path, NULL };
	size_t n = strlen(e->path);

	if (tool_needed("getcap", "a file with capabilities") < 0)
		return -1;
	if (tool_run(argv, out, CHILD_SHOWN) != 0 || out->len <= n ||
		strncmp(out->data, e->path, n) || out->data[n] != ' ')
		return say_failed("getcap does not tell the capabilities of %s", e->path);
	memmove(out->data, out->data + n + 1, out->len - n);
	out->len -= n + 1;
	out->data[strcspn(out->data, "\n")] = '\0';
	out->len = strlen(out->data);
	return 0;
}

static int add_capabilities(struct effects *fx, const struct member *e)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct buf *out = &fx->scripts[POST_INSTALL];

	if (capabilities_text(e, &text) < 0)
		return -1;
	buf_adds(out, "setcap ");
	buf_add_shell(out, text.data);
	buf_addc(out, ' ');
	add_path(fx, out, e->path);
	buf_addc(out, '\n');
	return 0;
}

static void add_attribute(struct effects *fx, const struct member *e, const struct xattr *x)
{
	struct buf *out = &fx->scripts[POST_INSTALL];
	size_t i;

	buf_adds(out, "setfattr -h -n ");
	buf_add_shell(out, x->name);
	buf_adds(out, " -v 0x");
	for (i = 0; i < x->size; i++)
		buf_addf(out, "%02x", ((const unsigned char *)x->value)[i]);
	buf_addc(out, ' ');
	add_path(fx, out, e->path);
	buf_addc(out, '\n');
}

static void depend_on(struct metadata *m, const char *package)
{
	buf_addf(&m->relations[REQUIRES], "%s%s", m->relations[REQUIRES].len ? ", " : "", package);
}

static int add_attributes(struct effects *fx, const struct payload *p, struct metadata *m)
{
	bool caps = false, others = false;
	struct xattr x;
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct member *e = p->entries[i];
		const char *at = NULL;

		while (e->first == e && member_next_xattr(e, &at, &x)) {
			bool cap = !strcmp(x.name, "security.capability");

			if (!cap)
				add_attribute(fx, e, &x);
			else if (fx->deb && add_capabilities(fx, e) < 0)
				return -1;
			others |= !cap;
			caps |= cap && fx->deb;
		}
	}
	if (caps)
		depend_on(m, "libcap2-bin");
	if (others)
		depend_on(m, "attr");
	return 0;
}

int effects_find(struct effects *fx, const struct payload *p, struct metadata *m)
{
	fx->deb = m->type == PACKAGE_DEB;
	buf_addc(&fx->seen, '\n');
	if (list_sides(fx, p) < 0 || find_libraries(fx, p) < 0)
		return -1;
	list_packed_indexes(p);
	return add_attributes(fx, p, m);
}

/* Does this text run in a shell? One with another first line does not. */
static bool is_shell(const char *text)
{
	size_t n = strcspn(text, "\n");

	if (strncmp(text, "#!", 2))
		return true;
	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\r'))
		n--;
	return n >= 2 && text[n - 1] == 'h' && text[n - 2] == 's' && !memchr(text, '-', n);
}

bool effects_takes_lines(const struct metadata *m, enum script which)
{
	const char *theirs = m->options->scripts[which];

	return !theirs || is_shell(theirs);
}

static void add_ours(const struct effects *fx, enum script which, struct buf *out)
{
	/* when a package is purged the last of it goes after the removal */
	static const char *const when[SCRIPTS] = { "install|upgrade", "configure", "remove",
		"remove|purge" };
	const char *ours = fx->scripts[which].data;

	if (fx->deb)
		buf_addf(out, "set -e\ncase \"$1\" in\n%s)\n%s;;\nesac\n", when[which], ours);
	else if (which == PRE_REMOVE || which == POST_REMOVE)
		/* rpm runs the old one's after the new one is there */
		buf_addf(out, "if [ \"$1\" = 0 ]; then\n%sfi\n", ours);
	else
		buf_adds(out, ours);
}

/* Behind the user's own first line. */
static int join_script(struct effects *fx, enum script which, const char *theirs)
{
	struct buf *ours = &fx->scripts[which], both = BUF_INIT;
	size_t head = strncmp(theirs, "#!", 2) ? 0 : strcspn(theirs, "\n");

	if (!ours->len && !*theirs)
		return 0;
	if (ours->len && !is_shell(theirs))
		return say_failed(
			"the %s script is not for a shell, and lines have to be added to it",
			script_names[which]);
	if (head)
		buf_addf(&both, "%.*s\n", (int)head, theirs);
	else if (fx->deb)
		buf_adds(&both, "#!/bin/sh\n");
	if (ours->len)
		add_ours(fx, which, &both);
	if (ours->len && *theirs && fx->deb)
		buf_adds(&both, "set +e\n");
	buf_adds(&both, theirs + head + (head && theirs[head]));
	both.failed |= ours->failed;
	buf_release(ours);
	*ours = both;
	return both.failed ? say_no_memory() : 0;
}

int effects_join_scripts(struct effects *fx, const struct metadata *m)
{
	char *const *theirs = m->options->scripts;
	enum script i;

	for (i = 0; i < SCRIPTS; i++)
		if (join_script(fx, i, theirs[i] ? theirs[i] : "") < 0)
			return -1;
	return 0;
}

void effects_release(struct effects *fx)
{
	size_t i;

	buf_release(&fx->triggers);
	buf_release(&fx->seen);
	for (i = 0; i < SCRIPTS; i++)
		buf_release(&fx->scripts[i]);
}
