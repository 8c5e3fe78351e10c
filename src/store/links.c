/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/links.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"

struct linked {
	char *path;
	struct inode before;
	uint32_t file;
	bool stays; /* the last that was told of path: it is there */
	bool excluded;
	struct linked *next;
};

struct completion {
	struct run *run;
	const struct scope *scope;
	struct anew *anew;
	const struct linked *of;
	unsigned int names; /* that it has now, as one of them shows; 0: none was found */
};

static int add_entry(struct completion *s, const char *path)
{
	const struct linked *of = s->of;
	struct touch t = { .path = path, .before = of->before, .before_file = of->file,
		.excluded = s->scope ? scope_excludes(s->scope, path) : of->excluded };
	int r = s->anew ? anew_path(s->anew, path) : 0;

	if (r == 0)
		r = run_touch(s->run, &t);
	if (r == 0)
		r = run_place(s->run, path, of->file);
	return r == 0 ? run_alias(s->run, of->file, path) : r;
}

static int add_name(const char *path, const struct inode *now, void *data)
{
	struct completion *s = data;
	int64_t id = run_path_id(s->run, path);
	int r = 0;

	s->names = now->nlink;
	if (id < 0)
		return (int)id;
	if (!db_int(s->run->db, Q_ENTRY_KNOWN, 0, "ii", s->run->id, id))
		r = add_entry(s, path);
	return r < 0 ? r : (int)now->nlink;
}

/* Is it there, and so, whatever its birth, no other one to which its number was given? */
static bool is_there(const struct linked *l, struct inode *now)
{
	return l->stays && inode_stat(now, AT_FDCWD, l->path, AT_SYMLINK_NOFOLLOW) == 0 &&
		now->exists && inode_place(now) == inode_place(&l->before);
}

/* How many names it has now against how many were found. 0 or -errno. */
static int complete(struct completion *s, const struct linked *l)
{
	struct inode now;
	bool there = is_there(l, &now);
	int found;

	s->of = l;
	s->names = 0;
	found = names_near(l->path, there ? &now : &l->before, there ? 0 : s->run->started_ns,
		add_name, s);
	if (found < 0)
		return found;
	if ((unsigned int)found < s->names)
		run_note(s->run,
			"a file with several hard links was changed in place, and not all of its "
			"names were found: those are not in the manifest");
	return 0;
}

static void linked_free(struct linked *l)
{
	while (l) {
		struct linked *next = l->next;

		free(l->path);
		free(l);
		l = next;
	}
}

/* The columns of ENTRY_LINKED. */
enum linked_column { LINKED_PATH, LINKED_FILE, LINKED_STAYS, LINKED_EXCLUDED, LINKED_BEFORE };

static struct linked *linked_new(const struct rows *rows)
{
	struct linked *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->path = strdup(rows_text(rows, LINKED_PATH));
	l->file = (uint32_t)rows_int(rows, LINKED_FILE);
	l->stays = rows_int(rows, LINKED_STAYS);
	l->excluded = rows_int(rows, LINKED_EXCLUDED);
	rows_inode(rows, LINKED_BEFORE, &l->before);
	if (!l->path) {
		free(l);
		return NULL;
	}
	return l;
}

static bool is_wanted(const struct hands *hands, const struct anew *anew, const struct linked *l)
{
	return id_get(&hands->in_place, l->file) &&
		(!anew || anew_has_file(anew, l->file, &l->before));
}

/* One name for each inode that was changed in place is enough to start from. */
static int read_linked(struct run *run, const struct hands *hands, const struct anew *anew,
	struct linked **out)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct u64map seen = { 0 };
	int r = db_rows(&rows, run->db, Q_ENTRY_LINKED, "i", run->id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		struct linked *l = linked_new(&rows);
		bool added = false;

		r = l && u64map_put(&seen, inode_place(&l->before), &added) ?
			0 :
			-ENOMEM;
		if (r == 0 && added && is_wanted(hands, anew, l)) {
			l->next = *out;
			*out = l;
		} else {
			linked_free(l);
		}
	}
	u64map_release(&seen);
	return r;
}

int links_complete(struct run *run, const struct hands *hands, const struct scope *scope,
	struct anew *anew)
{
	struct completion s = { .run = run, .scope = scope, .anew = anew };
	struct linked *all = NULL, *l;
	int r = read_linked(run, hands, anew, &all);

	for (l = all; r == 0 && l; l = l->next)
		r = complete(&s, l);
	linked_free(all);
	return r == 0 ? run_commit(run) : r;
}
