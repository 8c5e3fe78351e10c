/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stage/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "package/tree.h"
#include "render/say.h"
#include "render/stop.h"
#include "stage/stage.h"

static bool is_compressed(const char *path)
{
	static const char *const suffixes[] = { ".gz", ".bz2", ".xz", ".Z", ".lzma", ".lz",
		".zst" };
	const char *suffix = strrchr(path, '.');
	size_t i;

	for (i = 0; suffix && i < ARRAY_SIZE(suffixes); i++)
		if (!strcmp(suffixes[i], suffix))
			return true;
	return false;
}

/* The n-th component from the end, 0 the last. "" where there are not so many. */
static void component(const char *path, size_t n, char out[NAME_MAX + 1])
{
	const char *end = path + strlen(path), *slash = memrchr(path, '/', strlen(path));

	for (; slash && n > 0; n--) {
		end = slash;
		slash = memrchr(path, '/', (size_t)(end - path));
	}
	*out = '\0';
	if (slash && end - slash <= NAME_MAX)
		snprintf(out, NAME_MAX + 1, "%.*s", (int)(end - slash - 1), slash + 1);
}

/* .../man/man1/x.1, .../man/de/man1/x.1, .../info/x.info-2; and not compressed. */
static bool is_page(const char *path)
{
	char name[NAME_MAX + 1], folder[NAME_MAX + 1], above[NAME_MAX + 1], top[NAME_MAX + 1];

	component(path, 0, name);
	component(path, 1, folder);
	component(path, 2, above);
	component(path, 3, top);
	if (is_compressed(name))
		return false;
	if (!strcmp(folder, "info"))
		return !fnmatch("*.info", name, 0) || !fnmatch("*.info-[0-9]*", name, 0);
	return !fnmatch("man[0-9ln]*", folder, 0) &&
		(!strcmp(above, "man") || !strcmp(top, "man"));
}

static struct member *find_gz(const struct payload *p, const char *path)
{
	_cleanup_buf_ struct buf gz = BUF_INIT;

	buf_addf(&gz, "%s.gz", path);
	return gz.failed ? NULL : payload_find(p, gz.data);
}

static bool is_older(const struct payload *p, const struct member *e)
{
	_cleanup_free_ char *plain = strdup(e->path);
	const struct member *now;
	size_t n = strlen(e->path);

	if (!e->stays || !plain || n < 3 || strcmp(plain + n - 3, ".gz"))
		return false;
	plain[n - 3] = '\0';
	now = is_page(plain) ? payload_find(p, plain) : NULL;
	return now && !now->stays;
}

void pages_drop_older(struct payload *p)
{
	payload_drop(p, is_older);
}

/* A file is one when all its names are, and the new ones are free. */
static void find_files(struct payload *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		p->entries[i]->page = S_ISREG(p->entries[i]->mode) && !p->entries[i]->source;
	for (i = 0; i < p->count; i++) {
		struct member *e = p->entries[i];

		if (!is_page(e->path) || find_gz(p, e->path))
			e->first->page = false;
	}
	for (i = 0; i < p->count; i++)
		if (S_ISREG(p->entries[i]->mode))
			p->entries[i]->page &= p->entries[i]->first->page;
}

/* Where a link leads: what it leads to is compressed, here or there already. */
static bool leads_to_page(const struct payload *p, const struct member *e)
{
	_cleanup_buf_ struct buf to = BUF_INIT;
	const struct member *target;
	char name[PATH_MAX];

	if (*e->target != '/')
		buf_addf(&to, "%.*s/", (int)(strrchr(e->path, '/') - e->path), e->path);
	buf_adds(&to, e->target);
	if (to.failed || path_canonical(to.data, name) < 0)
		return false;
	target = payload_find(p, name);
	if (target || !is_page(name) || access(name, F_OK) == 0)
		return target && target->page;
	buf_adds(&to, ".gz");
	return !to.failed && access(to.data, F_OK) == 0;
}

/* A link may lead to a link. */
static void find_links(struct payload *p)
{
	bool again = true;
	size_t i;

	while (again) {
		again = false;
		for (i = 0; i < p->count; i++) {
			struct member *e = p->entries[i];

			if (!S_ISLNK(e->mode) || e->page || find_gz(p, e->path))
				continue;
			e->page = leads_to_page(p, e);
			again |= e->page;
		}
	}
}

static int compress_file(int to, const struct member *e, const struct metadata *m)
{
	static const struct compression best = { "gzip", ".gz",
		"gzip:compression-level=9,gzip:!timestamp", NULL };
	_cleanup_close_ int from = io_open_content(AT_FDCWD, member_source(e));
	_cleanup_(archive_writep) struct archive *a = NULL;

	if (from < 0)
		return say_failed("%s: %s", e->path, strerror(-from));
	a = tree_open(to, archive.write_set_format_raw, &best);
	return a && tree_write_head(a, m, "page", 0644, e->size) == 0 &&
			tree_copy(a, from, e->size, e->path) == 0 ?
		tree_close(a, e->path) :
		-1;
}

static int compress_one(struct member *e, const struct metadata *m)
{
	_cleanup_buf_ struct buf copy = BUF_INIT;
	_cleanup_close_ int fd = -1;

	if (stage_name(m, &copy) < 0)
		return -1;
	fd = open(copy.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return say_failed("%s: %s", copy.data, strerror(errno));
	return compress_file(fd, e, m) < 0 ? -1 : stage_pack(e, &copy, m);
}

static int add_gz(char **text)
{
	struct buf gz = BUF_INIT;

	buf_addf(&gz, "%s.gz", *text);
	free(*text);
	*text = buf_steal(&gz);
	return *text ? 0 : say_no_memory();
}

static int rename_one(struct member *e, struct package_options *o)
{
	if (S_ISLNK(e->mode) && add_gz(&e->target) < 0)
		return -1;
	if (!is_page(e->path))
		return 0; /* a link that is elsewhere */
	e->source = strdup(e->path);
	buf_add(&o->renamed, e->path, strlen(e->path) + 1);
	return !e->source || o->renamed.failed ? say_no_memory() : add_gz(&e->path);
}

/* Of several names of one file the first by path is packed with its content. */
static void put_first_first(struct member *e)
{
	struct member *first = e->first;
	char *path = e->path, *source = e->source;

	if (strcmp(path, first->path) >= 0)
		return;
	e->path = first->path;
	e->source = first->source;
	first->path = path;
	first->source = source;
}

int pages_compress(struct payload *p, const struct metadata *m, struct package_options *o)
{
	size_t i;

	if (!o->compress_pages)
		return 0;
	find_files(p);
	find_links(p);
	for (i = 0; i < p->count; i++) {
		struct member *e = p->entries[i];

		if (stop_asked())
			return say_failed("stopped");
		if (e->page && S_ISREG(e->mode) && e->first == e && compress_one(e, m) < 0)
			return -1;
	}
	for (i = 0; i < p->count; i++)
		if (p->entries[i]->page && rename_one(p->entries[i], o) < 0)
			return -1;
	for (i = 0; i < p->count; i++)
		if (p->entries[i]->page)
			put_first_first(p->entries[i]);
	payload_sort(p);
	return 0;
}
