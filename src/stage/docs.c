/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stage/docs.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/canonical.h"
#include "base/cleanup.h"
#include "render/say.h"

struct docs {
	struct payload *payload;
	size_t made; /* so many of its entries are in order, and not documents */
	bool usual;  /* nobody asked for just these */
	bool deb;
};

static int add_doc(struct docs *docs, const char *path, const char *source, bool dir)
{
	const struct payload before = { .entries = docs->payload->entries, .count = docs->made };

	if (!payload_find(&before, path))
		return payload_add_extra(docs->payload, path, source, dir);
	if (!dir && !docs->usual)
		say("%s is not taken from the documents: the run made one", path);
	return 0;
}

/* The names that checkinstall looks for. */
static const char *const usual[] = { "ABOUT", "ABOUT-NLS", "ANNOUNCE", "AUTHORS", "*BUGS*",
	"CHANGELOG", "CHANGES", "CONFIGURATION*", "CONTRIBUTORS", "*COPYING*", "*COPYRIGHT*",
	"CREDITS", "ChangeLog", "Changelog", "Doc", "Docs*", "*FAQ*", "FEATURES", "FILES", "GPL",
	"HACKING", "HISTORY", "History", "INSTALL*", "LICENSE", "LSM", "License", "MANIFEST",
	"NEWS", "*README*", "*RELEASE*", "RELNOTES", "ROADMAP", "*Readme*", "Roadmap", "SITES",
	"THANKS", "TIPS", "TODO", "VERSION", "doc", "docs*" };

/* Of a text its kind, as in NEWS.md, is no part of the name. */
static bool is_usual(const struct docs *docs, const char *name)
{
	static const char *const kinds[] = { ".md", ".txt", ".rst", ".adoc", ".html" };
	_cleanup_free_ char *stem = strdup(name);
	char *dot = stem ? strrchr(stem, '.') : NULL;
	size_t i;

	/* How to build it is of no use where it is installed, and Debian's policy says so. */
	if (docs->deb && !strncmp(name, "INSTALL", 7))
		return false;
	for (i = 0; dot && i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(dot, kinds[i]))
			*dot = '\0';
	for (i = 0; stem && i < ARRAY_SIZE(usual); i++)
		if (!fnmatch(usual[i], stem, 0))
			return true;
	return false;
}

static int add_below(struct docs *docs, const char *from, const char *to);

static int add_name(struct docs *docs, const char *from, const char *to, const char *name)
{
	_cleanup_buf_ struct buf source = BUF_INIT, path = BUF_INIT;
	char real[PATH_MAX];
	struct stat st;

	buf_addf(&source, "%s/%s", from, name);
	buf_addf(&path, "%s/%s", to, name);
	if (source.failed || path.failed)
		return say_no_memory();
	/* Of a link what it leads to; one to a folder above it would go round for ever. */
	if (!realpath(source.data, real) || stat(real, &st) < 0 ||
		(!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) || path_is_below(from, real)) {
		say("%s is no file: left out", source.data);
		return 0;
	}
	if (docs->usual && access(real, R_OK) < 0) {
		say("%s: left out of the documents: %s", real, strerror(errno));
		return 0;
	}
	return S_ISDIR(st.st_mode) ? add_below(docs, real, path.data) :
				     add_doc(docs, path.data, real, false);
}

static int add_below(struct docs *docs, const char *from, const char *to)
{
	_cleanup_(cleanup_closedirp) DIR *dir = opendir(from);
	struct dirent *d;
	int r;

	if (!dir)
		return say_failed("%s: %s", from, strerror(errno));
	r = add_doc(docs, to, from, true);
	while (r == 0 && (d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			r = add_name(docs, from, to, d->d_name);
	return r;
}

static int add_usual(struct docs *docs, const char *from, const char *to)
{
	_cleanup_(cleanup_closedirp) DIR *dir = opendir(from);
	struct dirent *d;
	int r = 0;

	while (dir && r == 0 && (d = readdir(dir))) {
		if (!is_usual(docs, d->d_name))
			continue;
		if (docs->payload->count == docs->made)
			r = add_doc(docs, to, from, true);
		if (r == 0)
			r = add_name(docs, from, to, d->d_name);
	}
	return r;
}

int docs_add(struct payload *p, const struct metadata *m)
{
	const struct package_options *o = m->options;
	struct docs docs = { p, p->count, o->usual_docs, m->type == PACKAGE_DEB };
	const char *folder = o->doc_folder ? o->doc_folder : "/usr/share/doc";
	_cleanup_buf_ struct buf to = BUF_INIT;
	int r;

	if (!o->docs)
		return 0;
	if (*folder == ':') /* that very folder */
		buf_adds(&to, folder + 1);
	else
		buf_addf(&to, "%s/%s", folder, m->name);
	if (to.failed)
		return say_no_memory();
	if (*to.data != '/' || !to.data[1])
		return say_failed("--docdir: '%s' has to begin with a '/'", folder);
	r = (docs.usual ? add_usual : add_below)(&docs, o->docs, to.data);
	payload_sort(p);
	return r;
}
