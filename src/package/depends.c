/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A deb's architecture and dependencies, in the way of dpkg-shlibdeps: each
 * library that an ELF file needs leads to its package, whose symbols file says
 * since which version it has each symbol; the highest of them is asked for.
 * That one itself is of dpkg-dev, which is not where things are only installed,
 * and wants a source package around it.
 */
#include "package/depends.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "package/conflicts.h"
#include "package/libraries.h"
#include "package/tool.h"
#include "package/version.h"
#include "render/say.h"

struct need {
	char *template;      /* with #MINVER# where the version goes */
	const char *version; /* the library's; NULL: any */
	UT_hash_handle hh;
};

struct finding {
	struct libraries libraries;
	struct need *needs;
	struct say_list unknown;
	char *native;
	const char *arch; /* of the files, as far as they are read */
	bool several;
	/* a file of another architecture needs a package of this one, such as libc6-i386 */
	bool native_library;
};

static int add_need(struct finding *f, const char *template, const char *version)
{
	struct need *n;

	HASH_FIND_STR(f->needs, template, n);
	if (!n) {
		n = calloc(1, sizeof *n);
		if (!n || !(n->template = strdup(template))) {
			free(n);
			return say_no_memory();
		}
		HASH_ADD_KEYPTR(hh, f->needs, n->template, strlen(n->template), n);
		if (hash_added(n) < 0)
			return say_no_memory();
	}
	if (version && strcmp(version, "0") &&
		(!n->version || version_compare(version, n->version) > 0))
		n->version = version;
	return 0;
}

/*
 * "libz (>= 1.2), libx": each word is a need; a version is taken out, so that the highest is kept.
 */
static int add_shlibs(struct finding *f, char *text)
{
	char *rest = text, *one;
	int r = 0;

	while (r == 0 && (one = strsep(&rest, ","))) {
		_cleanup_buf_ struct buf template = BUF_INIT;
		char *open = strstr(one, " (>= "), *close = open ? strchr(open, ')') : NULL;

		one += strspn(one, " ");
		if (!*one)
			continue;
		if (!close || strchr(one, '|')) {
			r = add_need(f, one, NULL);
			continue;
		}
		*close = '\0';
		buf_addf(&template, "%.*s #MINVER#", (int)(open - one), one);
		r = template.failed ? say_no_memory() : add_need(f, template.data, open + 5);
	}
	return r;
}

static int use_library(struct finding *f, struct library *l, const struct elf *elf,
	const char *path)
{
	bool used = false;
	size_t i;

	if (l->own)
		return 0;
	if (!l->package) {
		say_item(&f->unknown,
			l->path ? "%s, needed by %s: it belongs to no package" :
				  "%s, needed by %s: it is not here",
			l->soname, path);
		return 0;
	}
	/* "libc6:i386" says its architecture, and one that does not is of this machine's. */
	f->native_library |= !strchr(l->package, ':') && strcmp(elf_deb_arch(elf), f->native);
	if (!l->template_count && l->used)
		return 0;
	l->used = true;
	if (!l->template_count)
		return l->shlibs ? add_shlibs(f, l->shlibs) : add_need(f, l->package, NULL);
	for (i = 0; i < elf->symbol_count; i++) {
		_cleanup_buf_ struct buf key = BUF_INIT;
		struct promise *p;
		size_t template;

		buf_addf(&key, "%s@%s", elf->symbols[i].name, elf->symbols[i].version);
		if (key.failed)
			return say_no_memory();
		HASH_FIND_STR(l->promises, key.data, p);
		if (!p)
			continue;
		used = true;
		template = p->template < l->template_count ? p->template : 0;
		if (add_need(f, l->templates[template], p->since) < 0)
			return -1;
	}
	return used ? 0 : add_need(f, l->templates[0], l->oldest);
}

static void set_file_arch(struct finding *f, const char *arch)
{
	f->several |= f->arch && strcmp(f->arch, arch);
	if (!f->arch || !strcmp(arch, f->native))
		f->arch = arch;
}

/* Firmware and programs for other worlds are data. */
static const struct elf *elf_of(struct member *e)
{
	const struct elf *elf = member_elf(e);

	return elf && elf_deb_arch(elf) ? elf : NULL;
}

static int read_elves(struct finding *f, const struct payload *p)
{
	size_t i, k;

	for (i = 0; i < p->count; i++) {
		const char *path = p->entries[i]->path;
		const struct elf *elf = elf_of(p->entries[i]);

		if (elf)
			set_file_arch(f, elf_deb_arch(elf));
		for (k = 0; elf && k < elf->needed_count; k++)
			if (!libraries_get(&f->libraries, elf, path, elf->needed[k]))
				return -1;
	}
	return 0;
}

/* Their packages known, what is needed of them. */
static int use_elves(struct finding *f, const struct payload *p)
{
	size_t i, k;

	for (i = 0; i < p->count; i++) {
		const char *path = p->entries[i]->path;
		const struct elf *elf = elf_of(p->entries[i]);

		for (k = 0; elf && k < elf->needed_count; k++) {
			struct library *l =
				libraries_get(&f->libraries, elf, path, elf->needed[k]);

			if (!l || use_library(f, l, elf, path) < 0)
				return -1;
		}
	}
	say_rest(&f->unknown);
	return 0;
}

/*
 * dpkg is asked once for all that will be wanted of it: each
 * asking reads the lists of all packages.
 */
static int ask_owners(struct finding *f, const struct payload *p, struct metadata *m)
{
	if (conflicts_add(m, p) < 0 || libraries_add_owners(&f->libraries, m) < 0 ||
		conflicts_ask(m) < 0)
		return -1;
	return libraries_find_packages(&f->libraries, m->owners);
}

static int by_template(const struct need *a, const struct need *b)
{
	return strcmp(a->template, b->template);
}

/* What was computed stands before what was asked for. */
static int write_depends(struct finding *f, struct metadata *m)
{
	struct buf *asked = &m->relations[REQUIRES], out = BUF_INIT;
	size_t own = strlen(m->name);
	struct need *n;

	HASH_SORT(f->needs, by_template);
	for (n = f->needs; n; n = n->hh.next) {
		const char *mark = strstr(n->template, " #MINVER#"), *rest = n->template;

		if (!strncmp(n->template, m->name, own) && strchr(" :", n->template[own]))
			continue;
		buf_adds(&out, out.len ? ", " : "");
		for (; mark; rest = mark + 9, mark = strstr(rest, " #MINVER#")) {
			buf_add(&out, rest, (size_t)(mark - rest));
			if (n->version)
				buf_addf(&out, " (>= %s)", n->version);
		}
		buf_adds(&out, rest);
	}
	if (asked->len)
		buf_addf(&out, "%s%s", out.len ? ", " : "", asked->data);
	buf_release(asked);
	*asked = out;
	return out.failed ? say_no_memory() : 0;
}

static int find_native(struct finding *f)
{
	static const char *const argv[] = { "dpkg", "--print-architecture", NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;

	if (tool_needed("dpkg", "a deb") < 0)
		return -1;
	if (tool_run(argv, &out, CHILD_SHOWN) != 0 || !out.data)
		return say_failed("dpkg does not say which architecture this is");
	out.data[strcspn(out.data, "\n")] = '\0';
	f->native = buf_steal(&out);
	return f->native ? 0 : say_no_memory();
}

static int set_arch(struct finding *f, struct metadata *m)
{
	if (f->several)
		say("the files are for several architectures: the package is for %s",
			m->arch ? m->arch : f->arch);
	if (!m->arch && f->native_library && strcmp(f->arch, f->native))
		say("the files are for %s and need libraries that %s "
			"packages have: the package is for %s",
			f->arch, f->native, f->native);
	if (!m->arch)
		m->arch = strdup(f->native_library ? f->native : f->arch ? f->arch : "all");
	return m->arch ? 0 : say_no_memory();
}

static void finding_release(struct finding *f)
{
	struct need *n, *next;

	HASH_ITER(hh, f->needs, n, next)
	{
		HASH_DEL(f->needs, n);
		free(n->template);
		free(n);
	}
	libraries_release(&f->libraries);
	free(f->native);
}

int deb_metadata(struct payload *p, struct metadata *m)
{
	_cleanup_(finding_release) struct finding f = { .libraries.payload = p,
		.unknown = { "libraries that no dependency can be found for:", 0, true } };

	if (find_native(&f) < 0 || read_elves(&f, p) < 0 || ask_owners(&f, p, m) < 0 ||
		use_elves(&f, p) < 0 || set_arch(&f, m) < 0)
		return -1;
	return write_depends(&f, m);
}
