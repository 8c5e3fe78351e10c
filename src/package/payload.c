/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manifest of a run -> the entries of a package, and what stays out. */
#include "package/payload.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "render/say.h"

/* The columns of ba_files(). */
enum {
	CHANGE,
	TYPE,
	PATH,
	EXCLUDED,
	MODE,
	UID,
	GID,
	SIZE,
	MTIME,
	SHA256,
	TARGET,
	GROUP,
	CONTENT,
	PROCESS,
	RUN,
	RDEV,
	SAME,
	PATH_ID,
	STAYS, /* of ba_made() only, and the next */
	REPLACED,
	THEIRS,
	TAKEN_BY
};

static void member_free(struct member *e)
{
	if (!e)
		return;
	elf_release(&e->read.elf);
	buf_release(&e->xattrs);
	free(e->path);
	free(e->source);
	free(e->copy);
	free(e->target);
	free(e->taken_by);
	free(e);
}

void payload_release(struct payload *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		member_free(p->entries[i]);
	for (i = 0; i < p->side_count; i++) {
		free(p->sides[i].path);
		free(p->sides[i].owner);
		free(p->sides[i].taken_by);
	}
	free(p->entries);
	free(p->sides);
	*p = (struct payload){ 0 };
}

static struct member *add_entry(struct payload *p, const char *path)
{
	struct member **at = ARRAY_MORE(p->entries, p->count),
		      *e = at ? (*at = calloc(1, sizeof *e)) : NULL;

	if (!e || !(e->path = strdup(path)))
		return NULL;
	e->first = e;
	e->links = 1;
	return e;
}

/* What stands there, with what every kind has. NULL: no memory. */
static struct member *add_found(struct payload *p, const char *path, const struct stat *st)
{
	struct member *e = add_entry(p, path);

	if (!e)
		return NULL;
	e->mode = st->st_mode;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	return e;
}

/* NULL after saying why. */
static struct bystander *add_side(struct payload *p, const char *path)
{
	struct bystander *side = ARRAY_MORE(p->sides, p->side_count);

	if (side)
		*side = (struct bystander){ .path = strdup(path) };
	if (!side || !side->path)
		say_no_memory();
	return side && side->path ? side : NULL;
}

static int add_side_row(struct payload *p, const struct ba_rows *row)
{
	struct bystander *side = add_side(p, ba_rows_text(row, PATH, NULL));

	if (!side)
		return -1;
	side->removed = *ba_rows_text(row, CHANGE, NULL) == 'r';
	side->dir = !strcmp(ba_rows_text(row, TYPE, NULL), "dir");
	side->same = ba_rows_int(row, SAME);
	return 0;
}

/* What another install has put there since is that one's, and goes with its package. */
static int add_taken(struct payload *p, const struct member *mine)
{
	struct bystander *side = add_side(p, mine->path);

	if (!side)
		return -1;
	side->dir = S_ISDIR(mine->mode);
	side->taken_by = strdup(mine->taken_by);
	return side->taken_by ? 0 : say_no_memory();
}

/* The rule that takes path in, or NULL. */
static struct payload_rule *included(const struct payload_rules *include, const char *path)
{
	size_t i;

	for (i = 0; i < include->count; i++)
		if (path_is_below(path, include->rules[i].text))
			return &include->rules[i];
	return NULL;
}

/*
 * A glob that matches a folder leaves out all below it, too; one
 * without a slash is for each name on the way.
 */
static bool glob_covers(const char *glob, const char *path)
{
	_cleanup_free_ char *part = strdup(path);
	bool whole = strchr(glob, '/') != NULL;
	char *slash;

	while (part && (slash = strrchr(part, '/'))) {
		if (fnmatch(glob, whole ? part : slash + 1, 0) == 0)
			return true;
		*slash = '\0';
	}
	return false;
}

static bool left_out(const struct payload_rules *exclude, const char *path)
{
	size_t i;

	for (i = 0; i < exclude->count; i++)
		if (path_is_below(path, exclude->rules[i].text) ||
			glob_covers(exclude->rules[i].text, path))
			return exclude->rules[i].used = true;
	return false;
}

static mode_t type_bits(const char *type)
{
	static const struct {
		const char *name;
		mode_t bits;
	} types[] = { { "file", S_IFREG }, { "dir", S_IFDIR }, { "symlink", S_IFLNK },
		{ "fifo", S_IFIFO }, { "socket", S_IFSOCK }, { "char", S_IFCHR },
		{ "block", S_IFBLK } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(types[i].name, type))
			return types[i].bits;
	return 0;
}

static int add_row(struct payload *p, const struct ba_rows *row, bool wanted, bool replaced)
{
	struct member *e = add_entry(p, ba_rows_text(row, PATH, NULL));

	if (!e)
		return say_no_memory();
	e->mode = type_bits(ba_rows_text(row, TYPE, NULL)) | (mode_t)ba_rows_int(row, MODE);
	e->uid = (uid_t)ba_rows_int(row, UID);
	e->gid = (gid_t)ba_rows_int(row, GID);
	e->size = ba_rows_int(row, SIZE);
	e->mtime_ns = ba_rows_int(row, MTIME);
	e->rdev = (dev_t)ba_rows_int(row, RDEV);
	e->group = ba_rows_int(row, GROUP);
	snprintf(e->sha256, sizeof e->sha256, "%s", ba_rows_text(row, SHA256, NULL));
	e->known = *e->sha256;
	e->wanted = wanted;
	e->replaced = replaced;
	if (S_ISLNK(e->mode) && !(e->target = strdup(ba_rows_text(row, TARGET, NULL))))
		return say_no_memory();
	return 0;
}

/* The manifest of a run on its way to its payload. */
struct reading {
	struct payload *payload;
	const struct payload_rules *include, *exclude;
	struct payload made; /* by the run or before, by others of its install */
	struct payload back; /* the paths at which what the run did was taken back */
};

/* It was changed by no call of the run, as the log that it was only given open. */
static bool is_handed(const struct ba_rows *row)
{
	return *ba_rows_text(row, CHANGE, NULL) == 'm' && ba_rows_type(row, PROCESS) == BA_NULL;
}

static int sort_row(struct reading *r, const struct ba_rows *row)
{
	const char *path = ba_rows_text(row, PATH, NULL), *change = ba_rows_text(row, CHANGE, NULL);
	bool excluded = ba_rows_int(row, EXCLUDED), removed = *change == 'r';
	struct member *mine = payload_find(&r->made, path);
	bool made = *change == 'c' || mine;
	struct payload_rule *rule;

	/* what is there by now is an earlier run's of the install, or not its doing */
	if (payload_find(&r->back, path))
		return 0;
	rule = removed ? NULL : included(r->include, path);
	if (mine)
		mine->seen = true;
	if (rule)
		rule->used = true;
	if (left_out(r->exclude, path))
		return 0;
	if (mine && mine->taken_by && !rule && !excluded)
		return add_taken(r->payload, mine);
	if (rule || (made && !excluded && !removed && !(mine && mine->theirs)))
		return add_row(r->payload, row, rule != NULL, mine && mine->replaced);
	if (excluded || (mine && !mine->theirs) || is_handed(row))
		return 0;
	return add_side_row(r->payload, row);
}

static int back_row(struct reading *r, const struct ba_rows *row)
{
	if (!add_entry(&r->back, ba_rows_text(row, 0, NULL)))
		return say_no_memory();
	r->payload->taken_back++;
	return 0;
}

static int made_row(struct reading *r, const struct ba_rows *row)
{
	const char *taken_by = ba_rows_text(row, TAKEN_BY, NULL);
	struct member *e;

	if (add_row(&r->made, row, false, ba_rows_int(row, REPLACED)) < 0)
		return -1;
	e = r->made.entries[r->made.count - 1];
	e->stays = (int)ba_rows_int(row, STAYS);
	e->theirs = ba_rows_int(row, THEIRS);
	if (*taken_by && !(e->taken_by = strdup(taken_by)))
		return say_no_memory();
	return 0;
}

/* Each row of what was asked for with that answer; rows are freed. */
static int read_rows(struct reading *r, struct ba *ba, int asked, struct ba_rows *rows,
	int (*read_row)(struct reading *, const struct ba_rows *))
{
	int n, result = 0;

	if (asked < 0)
		return say_failed("%s", ba_error(ba));
	while (result == 0 && (n = ba_rows_next(rows)) > 0)
		result = read_row(r, rows);
	ba_rows_free(rows);
	return result == 0 && n < 0 ? say_failed("%s", ba_error(ba)) : result;
}

/* A folder of another version goes with what is packed in it. */
static bool is_needed(const struct reading *r, const struct member *e)
{
	size_t i;

	for (i = 0; e->stays == 2 && i < r->payload->count; i++)
		if (path_is_below(r->payload->entries[i]->path, e->path))
			return true;
	return e->stays == 1 && !e->theirs;
}

/* What the run found done already, by the same command before, and left as it was. */
static int take_over(struct reading *r)
{
	struct stat st;
	size_t i;

	/* From the end: what is in a folder tells whether that is needed. */
	for (i = r->made.count; i-- > 0;) {
		struct member *e = r->made.entries[i], **at;
		const struct payload_rule *rule = included(r->include, e->path);

		/* an unused rule's come from the disk */
		if (e->seen || !is_needed(r, e) || (rule && !rule->used) ||
			left_out(r->exclude, e->path) || lstat(e->path, &st) < 0)
			continue;
		at = ARRAY_MORE(r->payload->entries, r->payload->count);
		if (!at)
			return say_no_memory();
		e->group = 0; /* numbers of another run */
		e->wanted = rule != NULL;
		*at = STEAL(r->made.entries[i]);
	}
	return 0;
}

static int read_manifest(struct reading *r, struct ba *ba, int64_t run)
{
	struct ba_rows *rows = NULL;
	int asked = ba_taken_back(ba, run, &rows);

	if (read_rows(r, ba, asked, rows, back_row) < 0)
		return -1;
	payload_sort(&r->back);
	asked = ba_made(ba, run, &rows);
	if (read_rows(r, ba, asked, rows, made_row) < 0)
		return -1;
	payload_sort(&r->made);
	asked = ba_files(ba, run, BA_FILES_CHANGES | BA_FILES_EXCLUDED, &rows);
	if (read_rows(r, ba, asked, rows, sort_row) < 0)
		return -1;
	return take_over(r);
}

/*
 * What was asked for and is not in the manifest comes from the
 * disk, a folder with all that is in it.
 */
static int add_from_disk(struct payload *p, const char *path, const struct payload_rules *exclude)
{
	char target[PATH_MAX];
	struct member *e;
	struct stat st;
	struct dirent *d;
	DIR *dir;
	int r = 0;

	if (!strcmp(path, "/"))
		return say_failed("--include /: the run changed nothing");
	if (lstat(path, &st) < 0)
		return say_failed("%s, which is to be packed, too: %s", path, strerror(errno));
	if (left_out(exclude, path))
		return 0;
	e = add_found(p, path, &st);
	if (!e)
		return say_no_memory();
	e->size = st.st_size;
	e->rdev = st.st_rdev;
	e->mtime_ns = io_ns(&st.st_mtim);
	e->wanted = true;
	if (S_ISLNK(st.st_mode) && io_readlink(path, target) < 0)
		return say_failed("%s: the link cannot be read", path);
	if (S_ISLNK(st.st_mode) && !(e->target = strdup(target)))
		return say_no_memory();
	if (!S_ISDIR(st.st_mode))
		return 0;
	dir = opendir(path);
	if (!dir)
		return say_failed("%s: %s", path, strerror(errno));
	while (r == 0 && (d = readdir(dir))) {
		_cleanup_buf_ struct buf name = BUF_INIT;

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		buf_addf(&name, "%s/%s", path, d->d_name);
		r = name.failed ? say_no_memory() : add_from_disk(p, name.data, exclude);
	}
	closedir(dir);
	return r;
}

int payload_add_path(struct payload *p, const char *path)
{
	static const struct payload_rules none;
	char name[PATH_MAX];
	int r = path_canonical(path, name);

	return r < 0 ? say_failed("%s: %s", path, strerror(-r)) : add_from_disk(p, name, &none);
}

int payload_by_path(const void *a, const void *b)
{
	const struct member *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

struct member *payload_find(const struct payload *p, const char *path)
{
	struct member key = { .path = (char *)path }, *k = &key;
	struct member **at = p->count ?
		bsearch(&k, p->entries, p->count, sizeof *p->entries, payload_by_path) :
		NULL;

	return at ? *at : NULL;
}

void payload_sort(struct payload *p)
{
	if (p->count)
		qsort(p->entries, p->count, sizeof *p->entries, payload_by_path);
}

int payload_set_aside(struct payload *p,
	const char *(*owner)(const struct member *e, const void *data), const void *data)
{
	size_t i, kept = 0;
	int r = 0;

	for (i = 0; i < p->count; i++) {
		struct member *e = p->entries[i];
		const char *whose = r == 0 ? owner(e, data) : NULL;
		struct bystander *side = whose ? add_side(p, e->path) : NULL;

		if (side && *whose && !(side->owner = strdup(whose)))
			r = say_no_memory();
		if (whose && !side)
			r = -1;
		if (side)
			member_free(e);
		else
			p->entries[kept++] = e;
	}
	p->count = kept;
	return r;
}

int payload_add_extra(struct payload *p, const char *path, const char *source, bool dir)
{
	struct member *e = add_entry(p, path);

	if (!e || !(e->source = strdup(source)))
		return say_no_memory();
	e->mode = dir ? S_IFDIR | 0755 : S_IFREG | 0644;
	e->wanted = true;
	return 0;
}

int payload_add_folder(struct payload *p, const char *path, int64_t mtime)
{
	struct member *e;
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	e = add_found(p, path, &st);
	if (!e)
		return say_no_memory();
	e->dev = st.st_dev;
	e->ino = st.st_ino;
	e->mtime_ns = mtime * INT64_C(1000000000);
	return 0;
}

/* All are asked before the first goes: drops() may look for others. */
void payload_drop(struct payload *p, bool (*drops)(const struct payload *, const struct member *))
{
	size_t i, kept = 0;

	for (i = 0; i < p->count; i++)
		p->entries[i]->seen = drops(p, p->entries[i]);
	for (i = 0; i < p->count; i++)
		if (p->entries[i]->seen)
			member_free(p->entries[i]);
		else
			p->entries[kept++] = p->entries[i];
	p->count = kept;
}

static bool is_socket(const struct payload *p, const struct member *e)
{
	return S_ISSOCK(e->mode);
}

/* Sockets belong to a running program; no package format has them. */
static void drop_sockets(struct payload *p)
{
	struct say_list list = { "sockets are not packed:", 0, true };
	size_t i;

	for (i = 0; i < p->count; i++)
		if (is_socket(p, p->entries[i]))
			say_item(&list, "%s", p->entries[i]->path);
	say_rest(&list);
	payload_drop(p, is_socket);
}

int payload_read(struct payload *p, struct ba *ba, int64_t run,
	const struct payload_rules *include, const struct payload_rules *exclude)
{
	struct reading reading = { .payload = p, .include = include, .exclude = exclude };
	int r = read_manifest(&reading, ba, run);
	size_t i;

	payload_release(&reading.made);
	payload_release(&reading.back);
	for (i = 0; r == 0 && i < exclude->count; i++)
		if (!exclude->rules[i].used)
			say("--exclude %s: there is no such path among those that the run changed",
				exclude->rules[i].text);
	for (i = 0; r == 0 && i < include->count; i++)
		if (!include->rules[i].used)
			r = add_from_disk(p, include->rules[i].text, exclude);
	if (r < 0)
		return r;
	drop_sockets(p);
	payload_sort(p);
	return 0;
}

const struct elf *member_elf(struct member *e)
{
	if (!e->elf || e->first != e)
		return NULL;
	if (!e->read.asked)
		e->read.known = elf_read(&e->read.elf, member_source(e)) == 0;
	e->read.asked = true;
	return e->read.known ? &e->read.elf : NULL;
}
