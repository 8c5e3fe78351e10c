/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Symbols and shlibs files are read here: dpkg's own readers of them (Dpkg::Shlibs) are Perl, and
 * of dpkg-dev, which is not where things are only installed; libdpkg has none. Which of them a
 * package has dpkg-query says: base/owners.h asks it for packages by their paths, all at once, and
 * this for each by its name, when that is known.
 */
#include "package/libraries.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "package/tool.h"
#include "package/version.h"
#include "render/say.h"

#define FILE_LIMIT (64U << 20)

static void library_free(struct library *l)
{
	struct promise *p, *next;

	HASH_ITER(hh, l->promises, p, next)
	{
		HASH_DEL(l->promises, p);
		free(p);
	}
	buf_release(&l->symbols_text);
	buf_release(&l->shlibs_text);
	free(l->templates);
	free(l->key);
	free(l->path);
	free(l->real);
	free(l);
}

void libraries_release(struct libraries *ls)
{
	struct library *l, *next;

	HASH_ITER(hh, ls->all, l, next)
	{
		HASH_DEL(ls->all, l);
		library_free(l);
	}
	free(ls->cache);
}

/* Is there a library at path that a program of that machine could load? */
static bool fits(const char *path, const struct elf *by)
{
	struct elf elf;
	bool good = elf_read(&elf, path) == 0 && elf.machine == by->machine &&
		elf.wide == by->wide && elf.little == by->little;

	elf_release(&elf);
	return good;
}

/* Along the file's own run path; $ORIGIN is its folder. */
static char *find_on_run_path(const struct elf *by, const char *by_path, const char *soname)
{
	_cleanup_free_ char *copy = by->run_path ? strdup(by->run_path) : NULL;
	char *rest = copy, *folder;

	while (copy && (folder = strsep(&rest, ":"))) {
		_cleanup_buf_ struct buf path = BUF_INIT;

		if (!strncmp(folder, "$ORIGIN", 7) || !strncmp(folder, "${ORIGIN}", 9))
			buf_addf(&path, "%.*s%s/%s", (int)(strrchr(by_path, '/') - by_path),
				by_path, folder + (folder[1] == '{' ? 9 : 7), soname);
		else
			buf_addf(&path, "%s/%s", folder, soname);
		if (!path.failed && fits(path.data, by))
			return realpath(path.data, NULL);
	}
	return NULL;
}

/* "\tlibc.so.6 (libc6,x86-64) => /lib/x86_64-linux-gnu/libc.so.6" */
static char *find_in_cache(struct libraries *ls, const struct elf *by, const char *soname)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	const char *line = ls->cache;

	buf_addf(&key, "\t%s (", soname);
	while (line && !key.failed && (line = strstr(line, key.data))) {
		const char *arrow = strstr(line, "=> "), *end = line + strcspn(line + 1, "\n") + 1;
		_cleanup_free_ char *path =
			arrow && arrow < end ? strndup(arrow + 3, (size_t)(end - arrow - 3)) : NULL;

		if (path && fits(path, by))
			return STEAL(path);
		line = end;
	}
	return NULL;
}

static int read_cache(struct libraries *ls)
{
	static const char *const argv[] = { "ldconfig", "-p", NULL },
				 *const in_sbin[] = { "/sbin/ldconfig", "-p", NULL };
	struct buf out = BUF_INIT;

	if (ls->cache)
		return 0;
	if (tool_run(tool_there("ldconfig") ? argv : in_sbin, &out, CHILD_HIDDEN) < 0)
		return -1;
	ls->cache = out.data ? buf_steal(&out) : strdup("");
	return ls->cache ? 0 : say_no_memory();
}

static bool in_payload(const struct payload *p, const char *soname)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (!strcmp(strrchr(p->entries[i]->path, '/') + 1, soname) &&
			(p->entries[i]->first->elf || S_ISLNK(p->entries[i]->mode)))
			return true;
	return false;
}

/* dpkg knows a file by the name in its package, which need not be the real one. */
int libraries_add_owners(const struct libraries *ls, struct metadata *m)
{
	const struct library *l;

	for (l = ls->all; l; l = l->hh.next)
		if ((l->path && owners_add(&m->owners, l->path) < 0) ||
			(l->real && owners_add(&m->owners, l->real) < 0))
			return say_no_memory();
	return 0;
}

static int add_template(struct library *l, const char *text)
{
	const char **more = ARRAY_MORE(l->templates, l->template_count);

	if (!more)
		return say_no_memory();
	*more = text;
	return 0;
}

/* " name@VERSION 2.3.4 [template]" */
static int add_promise(struct library *l, char *line)
{
	char *rest = line, *symbol = strsep(&rest, " "), *since = strsep(&rest, " ");
	struct promise *p, *old;

	if (!since || !*symbol)
		return 0;
	if (*symbol == '(') { /* tags, which installed files should not have */
		symbol = strchr(symbol, ')');
		if (!symbol++)
			return 0;
	}
	HASH_FIND_STR(l->promises, symbol, old);
	if (old)
		return 0;
	p = calloc(1, sizeof *p);
	if (!p)
		return say_no_memory();
	*p = (struct promise){ .symbol = symbol,
		.since = since,
		.template = rest ? strtoul(rest, NULL, 10) : 0 };
	HASH_ADD_KEYPTR(hh, l->promises, p->symbol, strlen(p->symbol), p);
	if (hash_added(p) < 0) {
		free(p);
		return say_no_memory();
	}
	if (!l->oldest || version_compare(since, l->oldest) < 0)
		l->oldest = since;
	return 0;
}

/* A symbols file: "soname template", then lines about it that begin with '|', '*' or a space. */
static int read_symbols(struct library *l, const char *file)
{
	size_t n = strlen(l->soname);
	bool ours = false;
	char *rest, *line;
	int r = 0;

	if (l->symbols_text.data || io_read_file(file, &l->symbols_text, FILE_LIMIT) < 0)
		return 0;
	rest = l->symbols_text.data;
	while (r == 0 && rest && (line = strsep(&rest, "\n"))) {
		if (*line == '#' || !*line)
			continue;
		if (!strchr(" |*", *line)) {
			ours = !strncmp(line, l->soname, n) && line[n] == ' ';
			if (ours)
				r = add_template(l, line + n + 1);
		} else if (ours && *line == '|') {
			r = add_template(l, line + 1 + strspn(line + 1, " "));
		} else if (ours && *line == ' ') {
			r = add_promise(l, line + 1);
		}
	}
	return r;
}

/* libz.so.1 is "libz 1", and libdb-5.3.so is "libdb 5.3". */
static bool split_soname(const char *soname, char *name, char *version, size_t size)
{
	const char *so = strstr(soname, ".so"), *dash;

	if (!so)
		return false;
	if (so[3] == '.') {
		snprintf(name, size, "%.*s", (int)(so - soname), soname);
		snprintf(version, size, "%s", so + 4);
		return true;
	}
	for (dash = soname; (dash = strchr(dash, '-')); dash++)
		if (isdigit((unsigned char)dash[1])) {
			snprintf(name, size, "%.*s", (int)(dash - soname), soname);
			snprintf(version, size, "%.*s", (int)(so - dash - 1), dash + 1);
			return true;
		}
	return false;
}

/* A shlibs file: "name version dependency..."; lines for the installer have a type in front. */
static void read_shlibs(struct library *l, const char *file)
{
	char name[256], version[256], *rest, *line;

	if (l->shlibs_text.data || !split_soname(l->soname, name, version, sizeof name) ||
		io_read_file(file, &l->shlibs_text, FILE_LIMIT) < 0)
		return;
	rest = l->shlibs_text.data;
	while (!l->shlibs && rest && (line = strsep(&rest, "\n"))) {
		char *words = line + strspn(line, " \t"), *a = strsep(&words, " \t"), *b;

		words += words ? strspn(words, " \t") : 0;
		b = strsep(&words, " \t");
		if (b && !strcmp(a, name) && !strcmp(b, version))
			l->shlibs = words ? words + strspn(words, " \t") : strchr(b, '\0');
	}
}

static int read_promises(struct library *l)
{
	const char *argv[] = { "dpkg-query", "--control-path", l->package, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	char *rest, *line, *dot;
	int r = tool_run(argv, &out, CHILD_HIDDEN);

	if (r < 0)
		return -1;
	r = 0;
	rest = out.data;
	while (r == 0 && rest && (line = strsep(&rest, "\n"))) {
		dot = strrchr(line, '.');
		if (dot && !strcmp(dot, ".symbols"))
			r = read_symbols(l, line);
		else if (dot && !strcmp(dot, ".shlibs"))
			read_shlibs(l, line);
	}
	return r;
}

static int find(struct libraries *ls, struct library *l, const struct elf *by, const char *by_path)
{
	l->own = in_payload(ls->payload, l->soname);
	if (l->own)
		return 0;
	if (read_cache(ls) < 0)
		return -1;
	l->path = find_on_run_path(by, by_path, l->soname);
	if (!l->path)
		l->path = find_in_cache(ls, by, l->soname);
	l->real = l->path ? realpath(l->path, NULL) : NULL;
	return 0;
}

int libraries_find_packages(struct libraries *ls, const struct owners *o)
{
	struct library *l;

	for (l = ls->all; l; l = l->hh.next) {
		l->package = l->path ? owners_of(o, l->path) : NULL;
		if (!l->package && l->real)
			l->package = owners_of(o, l->real);
		if (l->package && read_promises(l) < 0)
			return -1;
	}
	return 0;
}

struct library *libraries_get(struct libraries *ls, const struct elf *by, const char *by_path,
	const char *soname)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	struct library *l = NULL;

	buf_addf(&key, "%s %u %d", soname, by->machine, by->wide);
	if (!key.failed)
		HASH_FIND_STR(ls->all, key.data, l);
	if (l)
		return l;
	l = calloc(1, sizeof *l);
	if (!l || !(l->key = buf_steal(&key))) {
		free(l);
		say_no_memory();
		return NULL;
	}
	l->soname = soname;
	HASH_ADD_KEYPTR(hh, ls->all, l->key, strlen(l->key), l);
	if (hash_added(l) < 0) {
		say_no_memory();
		library_free(l);
		return NULL;
	}
	return find(ls, l, by, by_path) < 0 ? NULL : l;
}
