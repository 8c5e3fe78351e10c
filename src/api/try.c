/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/try.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "api/undo.h"
#include "base/array.h"
#include "model/births.h"
#include "store/open.h"
#include "store/recover.h"
#include "store/through.h"
#include "try/commit-back.h"
#include "try/scene.h"
#include "undo/forget.h"

/* High, where no caller's may be that the command is to have. */
static int open_folder_of(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);
	_cleanup_close_ int fd = -1;
	int high;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	high = fcntl(fd, F_DUPFD_CLOEXEC, 100);
	return high >= 0 ? high : STEAL_FD(fd);
}

/* What is built upon one whose recorder died could never be committed. */
static int check_whole(struct db *db, int64_t run_id, struct words *words)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_COMMIT_RUNS, "i", run_id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		r = 0;
		if (!strcmp(rows_text(&rows, 1), "incomplete"))
			return words_set(words, -EINVAL,
				"run %lld is incomplete: nobody knows all that it did, so there is "
				"no going on with it (buildaudit discard %lld)",
				(long long)rows_int(&rows, 0), (long long)run_id);
	}
	return db_was_read(db, r, words);
}

static int find_layers(struct ba_recording *rec, struct words *words)
{
	struct ba *ba;
	int64_t run_id;
	int r = ba_open(&ba, rec->db_path, BA_READ, words->text);

	if (r < 0)
		return r;
	r = ba_run_find(ba, rec->continues, &run_id);
	if (r < 0)
		words_set(words, r, "%s", ba_error(ba));
	else
		r = scene_find(&rec->scene, ba->db, run_id, words);
	if (r == 0)
		r = check_whole(ba->db, run_id, words);
	ba_close(ba);
	return r;
}

static int enter(struct ba_recording *rec, struct words *words)
{
	char given[PATH_MAX];
	int r = scene_enter(&rec->scene, &rec->scene_notes, words);

	if (r < 0)
		return r;
	memcpy(given, rec->db_path, sizeof given);
	r = through_name(rec->db_path, sizeof rec->db_path, rec->database_folder, given);
	return r < 0 ? words_set(words, r, "the database's name %s is too long", given) : 0;
}

int try_begin(struct ba_recording *rec, struct words *words)
{
	int r;

	if (!rec->trying)
		return 0;
	recording_make_folder(rec);
	rec->database_folder = open_folder_of(rec->db_path);
	if (rec->database_folder < 0)
		return words_set(words, rec->database_folder,
			"the folder of the database %s cannot be opened: %s", rec->db_path,
			strerror(-rec->database_folder));
	r = rec->continues ? find_layers(rec, words) :
			     scene_make(&rec->scene, rec->db_path, words);
	if (r == 0)
		r = enter(rec, words);
	if (r < 0)
		try_drop(rec);
	else
		births_in_layers();
	return r;
}

void try_tell(struct ba_recording *rec)
{
	char *rest = rec->scene_notes.data, *line;

	while (rest && (line = strsep(&rest, "\n")))
		if (*line)
			rec->writer.sink.note(&rec->writer.sink, line);
}

void try_name(const struct ba_recording *rec, struct words *words)
{
	const char *name = strrchr(rec->db_path, '/') + 1;
	const char *at = rec->database_folder < 0 ? NULL : strstr(words->text, rec->db_path);
	struct words whole;

	if (!at)
		return;
	words_set(&whole, 0, "%.*s%s%s", (int)(at - words->text), words->text,
		rec->database ? rec->database : name, at + strlen(rec->db_path));
	*words = whole;
}

void try_drop(struct ba_recording *rec)
{
	if (rec->trying && !rec->continues)
		scene_drop(&rec->scene);
}

/* What a recorder that was killed had no time for: only from within it can be looked at. */
static void recover(const char *path, int64_t run_id)
{
	struct words words;
	struct db *db;

	if (db_open(&db, path, DB_WRITE, &words) < 0)
		return;
	if (db_int(db, Q_RUN_UNSETTLED, 0, "i", run_id))
		IGNORE(recover_run(db, run_id)); /* then what is on record has to do */
	db_settle(db);
	db_close(db);
}

/* Our own connection is one of the names outside; from within it is opened anew. */
static int reopen(struct ba *ba, int folder, const char *path, int64_t run_id)
{
	bool unsettled = db_int(ba->db, Q_RUN_INCOMPLETE, 0, "i", run_id) &&
		db_int(ba->db, Q_RUN_UNSETTLED, 0, "i", run_id);
	char inside[PATH_MAX];
	int r = through_name(inside, sizeof inside, folder, path);

	db_close(STEAL(ba->db));
	if (r == 0 && unsettled)
		recover(inside, run_id);
	if (r == 0)
		r = db_open(&ba->db, inside, ba->writes ? DB_WRITE : DB_READ, &ba->words);
	return r;
}

API int ba_enter(struct ba *ba, int64_t run_id)
{
	_cleanup_scene_ struct scene scene = SCENE_INIT;
	_cleanup_free_ char *path = strdup(db_path(ba->db));
	int folder, r;

	if (run_id < 0 || ba->entered || !db_int(ba->db, Q_RUN_STAGED, 0, "i", run_id))
		return path ? 0 : -ENOMEM;
	folder = path ? open_folder_of(path) : -ENOMEM;
	if (folder < 0)
		return words_set(&ba->words, folder, "%s: %s", db_path(ba->db), strerror(-folder));
	r = scene_find(&scene, ba->db, run_id, &ba->words);
	if (r == 0)
		r = scene_enter(&scene, NULL, &ba->words);
	if (r == 0)
		r = reopen(ba, folder, path, run_id);
	ba->entered = r == 0;
	return r < 0 ? r : 1; /* the folder stays open: the database's name goes through it */
}

static int check_living(struct ba *ba, const struct scene *scene, int64_t run_id)
{
	_cleanup_buf_ struct buf who = BUF_INIT;
	int r = scene_living(scene, &who);

	if (r < 0)
		return words_set(&ba->words, r, "cannot read /proc: %s", strerror(-r));
	return r == 0 ? 0 : words_set(&ba->words, -EBUSY,
		"what run %lld changed is still in use: %s lives in it: stop it, or say --force",
		(long long)run_id, who.data);
}

/* The newest first: it has what an older one left for what was there before. */
static int forget_all(struct ba *ba, const int64_t *runs, size_t count, struct ba_forgotten *all)
{
	struct ba_forgotten one;
	int r = 0;

	while (r == 0 && count-- > 0) {
		r = undo_forget(ba->db, runs[count], &one, &ba->words);
		all->objects += one.objects;
		all->bytes += one.bytes;
		all->later |= one.later;
	}
	return r;
}

API int ba_discard(struct ba *ba, int64_t run_id, int force, struct ba_forgotten *forgotten)
{
	_cleanup_scene_ struct scene scene = SCENE_INIT;
	_cleanup_free_ int64_t *runs = NULL;
	size_t count = 0;
	int64_t commit_id;
	int r = scene_find(&scene, ba->db, run_id, &ba->words);

	*forgotten = (struct ba_forgotten){ 0 };
	if (r == 0)
		r = ba_parts(ba, run_id, &runs, &count);
	if (r == 0)
		r = ba_check_parts(ba, run_id, force);
	if (r == 0 && !force)
		r = check_living(ba, &scene, run_id);
	/* A commit that died has put some of it in its place. */
	if (r == 0)
		r = commit_take_back(ba->db, run_id, &commit_id, &ba->words);
	if (r == 0)
		r = forget_all(ba, runs, count, forgotten);
	if (r == 0)
		r = scene_remove(&scene, &ba->words);
	if (r == 0)
		scene_sweep(ba->db);
	return r < 0 ? r : (int)count;
}
