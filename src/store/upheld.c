/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/upheld.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/configuration.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/mix.h"
#include "base/quiet.h"
#include "store/open.h"
#include "store/owned.h"
#include "store/versions.h"

/* Past that many names nothing is said to be stale: a command's status waits for this. */
#define LOOKS_MOST 200000

/* What an earlier run left, and this one did not touch. */
struct left {
	int64_t path_id;
	char *path, *target;
	uint32_t mode;
	int64_t size;
	bool has_hash;
	unsigned char hash[SHA256_LEN];
	bool of_ldconfig; /* it made the link, and leaves a right one alone */
	bool moved;       /* to the folder of this version */
	/* by a run of the same version: a make may have built it there for this one to install */
	bool may_be_source;
	bool upheld;
	/* 1 + the next one of that size, and of that last name; 0: there is none */
	uint32_t next_sized, next_named;
};

struct looking {
	struct run *run;
	struct left *left;
	size_t count, open; /* open: not yet known to be upheld */
	struct u64map paths, folders; /* theirs */
	struct u64map sizes, names;   /* 1 + the first one of each */
	struct u64map again;          /* contents that the run wrote though they stood there */
	char **roots;
	size_t root_count, looks;
};

static uint64_t key_of(const char *s, size_t n)
{
	return mix_bytes(s, n);
}

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static size_t folder_of(const char *path)
{
	return (size_t)(strrchr(path, '/') - path);
}

static uint64_t key_of_size(int64_t size)
{
	return mix64((uint64_t)size + 1);
}

static uint64_t key_of_name(const char *path)
{
	return key_of(name_of(path), strlen(name_of(path)));
}

/* Puts `at` in front of what is there already; *next is that. */
static int put(struct u64map *m, uint64_t key, size_t at, uint32_t *next)
{
	bool added;
	uint32_t *first = u64map_put(m, key, &added);

	if (!first)
		return -ENOMEM;
	*next = *first;
	*first = (uint32_t)at;
	return 0;
}

static struct left *first_of(const struct looking *s, const struct u64map *m, uint64_t key)
{
	const uint32_t *at = u64map_get(m, key);

	return at && *at ? &s->left[*at - 1] : NULL;
}

static struct left *next_of(const struct looking *s, uint32_t next)
{
	return next ? &s->left[next - 1] : NULL;
}

/*
 * The folder share/p-1.0 is share/p-2.0 now: what the run made there has that source, and what
 * stands in the old one has none. Does what is there of the newer version come from the run, or
 * from one before of that version?
 */
static bool has_moved(const struct looking *s, const char *path, const char *old, const char *now)
{
	_cleanup_buf_ struct buf there = BUF_INIT;
	struct versions v = versions_of(path, old, now);
	bool moved = false;

	while (!moved && versions_next(&v, &there))
		moved = db_int(s->run->db, Q_UPHELD_NEWER, 0, "is", s->run->id, there.data);
	return moved;
}

static int note_left(struct looking *s, struct left *l)
{
	uint32_t none;
	int r = 0;

	if (!l->may_be_source)
		r = put(&s->paths, key_of(l->path, strlen(l->path)), s->count, &none);
	if (r == 0 && !l->may_be_source)
		r = put(&s->folders, key_of(l->path, folder_of(l->path)), s->count, &none);
	if (r == 0 && l->moved)
		return 0;
	if (r == 0)
		r = put(&s->names, key_of_name(l->path), s->count, &l->next_named);
	if (r == 0 && S_ISREG(l->mode))
		r = put(&s->sizes, key_of_size(l->size), s->count, &l->next_sized);
	return r;
}

static char *copy_text(const struct rows *rows, int column)
{
	return rows_type(rows, column) == ROWS_NULL ? NULL : strdup(rows_text(rows, column));
}

/* The columns of UPHELD_OPEN. */
enum left_column {
	LEFT_PATH_ID,
	LEFT_PATH,
	LEFT_MODE,
	LEFT_SIZE,
	LEFT_SHA256,
	LEFT_TARGET,
	LEFT_OF_LDCONFIG,
	LEFT_VERSION,
	LEFT_NOW,
};

static int add_left(struct looking *s, const struct rows *rows)
{
	const char *old = rows_text(rows, LEFT_VERSION), *now = rows_text(rows, LEFT_NOW);
	const void *hash = rows_blob(rows, LEFT_SHA256);
	struct left *l = ARRAY_MORE(s->left, s->count);

	if (!l)
		return -ENOMEM;
	l->path_id = rows_int(rows, LEFT_PATH_ID);
	l->path = copy_text(rows, LEFT_PATH);
	l->mode = (uint32_t)rows_int(rows, LEFT_MODE);
	l->size = rows_int(rows, LEFT_SIZE);
	l->has_hash = hash != NULL;
	if (hash)
		memcpy(l->hash, hash, SHA256_LEN);
	l->target = copy_text(rows, LEFT_TARGET);
	l->of_ldconfig = rows_int(rows, LEFT_OF_LDCONFIG);
	l->may_be_source = *old && !strcmp(old, now);
	if (!l->path || !strchr(l->path, '/'))
		return -ENOMEM;
	l->moved = has_moved(s, l->path, old, now);
	s->open += !l->moved;
	return note_left(s, l);
}

static int read_left(struct looking *s)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, s->run->db, Q_UPHELD_OPEN, "i", s->run->id);

	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = add_left(s, &rows);
	return r;
}

static int read_again(struct looking *s)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, s->run->db, Q_UPHELD_AGAIN, "i", s->run->id);
	bool added;

	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = u64map_put(&s->again, mix_bytes(rows_blob(&rows, 0), SHA256_LEN), &added) ?
			0 :
			-ENOMEM;
	return r;
}

/* By what stands at path; nothing is its own source. */
static void uphold(struct looking *s, struct left *l, const char *path)
{
	if (path && !strcmp(l->path, path))
		return;
	s->open -= !l->upheld;
	l->upheld = true;
}

static bool is_folder_of_ours(const struct looking *s, const char *path)
{
	return u64map_get(&s->folders, key_of(path, folder_of(path))) != NULL;
}

static bool read_hash(const char *path, unsigned char *hash)
{
	_cleanup_close_ int fd = io_open_content(AT_FDCWD, path);

	return fd >= 0 && digest_sha256(fd, hash) == 0;
}

/*
 * A file of the content of some that were left. Where such ones stand another of that content is
 * nobody's source, unless by its name; and what the run itself made is none: it may be what was
 * installed under another name now, as in the folder of another version. Nor is it one of another
 * name where the installer wrote that content again though it stood there: it passes none by.
 */
static void look_at_content(struct looking *s, const char *path, struct left *l)
{
	unsigned char hash[SHA256_LEN];
	bool known = l && read_hash(path, hash) &&
		!db_int(s->run->db, Q_UPHELD_MADE, 0, "is", s->run->id, path);
	bool among = is_folder_of_ours(s, path);
	bool again = known && u64map_get(&s->again, mix_bytes(hash, SHA256_LEN));

	for (; known && l; l = next_of(s, l->next_sized)) {
		bool enough = l->size && !among && !again;

		if (l->has_hash && !memcmp(hash, l->hash, SHA256_LEN) &&
			(enough || !strcmp(name_of(l->path), name_of(path))))
			uphold(s, l, path);
	}
}

/* A configuration is left alone that is there, whatever the installer's own is like. */
static void look_at_file(struct looking *s, const char *path, const struct stat *st)
{
	struct left *l = first_of(s, &s->names, key_of_name(path));

	for (; l; l = next_of(s, l->next_named))
		if (S_ISREG(l->mode) && path_is_configuration(l->path) &&
			!strcmp(name_of(l->path), name_of(path)))
			uphold(s, l, path);
	look_at_content(s, path, first_of(s, &s->sizes, key_of_size(st->st_size)));
}

static void look_at_link(struct looking *s, const char *path)
{
	struct left *l = first_of(s, &s->names, key_of_name(path));
	char target[PATH_MAX];

	if (!l || quiet_readlink_once(path, target) < 0)
		return;
	for (; l; l = next_of(s, l->next_named))
		if (S_ISLNK(l->mode) && l->target && !strcmp(l->target, target) &&
			!strcmp(name_of(l->path), name_of(path)))
			uphold(s, l, path);
}

/* One name of a place to look at. What another version left is no source, wherever it stands. */
static void look_at(struct looking *s, const char *path, const struct stat *st)
{
	s->looks++;
	if (u64map_get(&s->paths, key_of(path, strlen(path))))
		return;
	if (S_ISREG(st->st_mode))
		look_at_file(s, path, st);
	else if (S_ISLNK(st->st_mode))
		look_at_link(s, path);
}

/* No folder of sources: git's own, and that of our kept originals. */
static bool is_aside(const struct looking *s, const char *name, const char *path)
{
	const char *db = db_path(s->run->db);
	size_t n = strlen(db);

	return !strcmp(name, ".git") || (!strncmp(path, db, n) && !strcmp(path + n, ".d"));
}

static void look_through(struct looking *s, int parent, const char *folder, struct buf *path);

/* One entry of a folder; another file system is another place. */
static void look_at_entry(struct looking *s, DIR *d, const char *name, struct buf *path)
{
	struct stat st, above;

	if (path->failed || fstatat(dirfd(d), name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	look_at(s, path->data, &st);
	if (S_ISDIR(st.st_mode) && !is_aside(s, name, path->data) && fstat(dirfd(d), &above) == 0 &&
		above.st_dev == st.st_dev)
		look_through(s, dirfd(d), name, path);
}

static void look_through(struct looking *s, int parent, const char *folder, struct buf *path)
{
	DIR *d = io_opendir(parent, folder);
	size_t len = path->len;
	struct dirent *e;

	while (d && s->open && s->looks < LOOKS_MOST && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		buf_addc(path, '/');
		buf_adds(path, e->d_name);
		look_at_entry(s, d, e->d_name, path);
		path->len = len;
	}
	if (d)
		closedir(d);
}

static void look_through_all(struct looking *s)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < s->root_count; i++) {
		buf_reset(&path);
		buf_adds(&path, s->roots[i]);
		look_through(s, AT_FDCWD, s->roots[i], &path);
	}
}

/* The places. */

/* Where things go to, that is: nothing comes from there. */
static bool holds_installed(const struct looking *s, const char *folder)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (!s->left[i].may_be_source && path_is_below(s->left[i].path, folder))
			return true;
	return false;
}

static int add_root(struct looking *s, const char *path)
{
	char **root;
	size_t i;

	if (!path[1])
		return 0; /* all there is is nobody's source */
	for (i = 0; i < s->root_count; i++)
		if (path_is_below(path, s->roots[i]))
			return 0;
	root = ARRAY_MORE(s->roots, s->root_count);
	if (root)
		*root = strdup(path);
	return root && *root ? 0 : -ENOMEM;
}

/* A word of a command line. What is below the folder it was said in is looked through anyway. */
static int add_word(struct looking *s, const char *cwd, const char *word)
{
	char path[PATH_MAX], real[PATH_MAX];
	struct stat st;
	int n = snprintf(path, sizeof path, "%s/%s", *word == '/' ? "" : cwd, word);

	s->looks++;
	if (n >= (int)sizeof path || path_canonical_all(path, real) < 0 || lstat(real, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return holds_installed(s, real) ? 0 : add_root(s, real);
	if (S_ISREG(st.st_mode))
		look_at(s, real, &st);
	return 0;
}

/* The columns of UPHELD_PLACES. */
enum place_column { PLACE_FOLDER, PLACE_WORD };

/* First the folders, so that what they hold is looked at once. */
static int read_places(struct looking *s)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, s->run->db, Q_UPHELD_PLACES, "i", s->run->id);

	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = rows_type(&rows, PLACE_WORD) == ROWS_NULL ?
			add_root(s, rows_text(&rows, PLACE_FOLDER)) :
			add_word(s, rows_text(&rows, PLACE_FOLDER), rows_text(&rows, PLACE_WORD));
	return r;
}

/* A folder that the run has something in, whether or not it went there by this link. */
static bool leads_to_folder_of_run(const struct looking *s, const struct left *l)
{
	char real[PATH_MAX];

	return path_canonical_all(l->path, real) == 0 &&
		db_int(s->run->db, Q_LEFT_BELOW, 0, "is", s->run->id, real);
}

/* Links that are of use still. ldconfig leaves its own alone where they lead to what is there. */
static void uphold_links(struct looking *s)
{
	struct stat st;
	size_t i;

	for (i = 0; i < s->count; i++) {
		struct left *l = &s->left[i];

		if (!S_ISLNK(l->mode) || l->upheld || l->moved || stat(l->path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode) ? leads_to_folder_of_run(s, l) : l->of_ldconfig)
			uphold(s, l, NULL);
	}
}

/* A link that is as its source is of no use where what it leads to is none of this version. */
static void let_go_of_links(struct looking *s)
{
	char real[PATH_MAX];
	size_t i;

	for (i = 0; i < s->count; i++) {
		struct left *l = &s->left[i], *to = NULL;

		if (S_ISLNK(l->mode) && l->upheld && path_canonical_all(l->path, real) == 0)
			to = first_of(s, &s->paths, key_of(real, strlen(real)));
		if (!to || to->upheld || !S_ISREG(to->mode))
			continue;
		l->upheld = false;
		s->open++;
	}
}

static int write_all(struct looking *s)
{
	bool unknown = s->open && s->looks >= LOOKS_MOST;
	int r = run_begin(s->run);
	size_t i;

	if (r == 0 && unknown)
		run_note(s->run,
			"there was too much to look through for what the installer passed by as "
			"up to date: nothing is said to be stale");
	for (i = 0; r == 0 && i < s->count; i++)
		if (s->left[i].upheld || unknown)
			r = db_run(s->run->db, Q_UPHELD_ADD, "ii", s->run->id, s->left[i].path_id);
	return r;
}

static void release(struct looking *s)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		free(s->left[i].path);
		free(s->left[i].target);
	}
	for (i = 0; i < s->root_count; i++)
		free(s->roots[i]);
	free(s->left);
	free(s->roots);
	u64map_release(&s->paths);
	u64map_release(&s->names);
	u64map_release(&s->sizes);
	u64map_release(&s->folders);
	u64map_release(&s->again);
}

int upheld_add(struct run *run, const char *path)
{
	int r = run_begin(run);

	return r < 0 ? r : db_run(run->db, Q_UPHELD_STOOD, "is", run->id, path);
}

int upheld_find(struct run *run)
{
	struct looking s = { .run = run };
	int r = run_begin(run);

	if (r < 0 || !owned_any(run->db, run->id))
		return r;
	r = db_views(run->db);
	if (r == 0)
		r = read_left(&s);
	if (r == 0 && s.open)
		r = read_again(&s);
	if (r == 0 && s.open)
		r = read_places(&s);
	if (r == 0)
		look_through_all(&s);
	if (r == 0)
		uphold_links(&s);
	if (r == 0)
		let_go_of_links(&s);
	if (r == 0 && s.count)
		r = write_all(&s);
	release(&s);
	return r;
}
