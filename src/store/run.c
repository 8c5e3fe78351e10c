/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/mix.h"
#include "store/liveness.h"
#include "store/open.h"
#include "store/owned.h"
#include "store/where.h"

/* Past this many names the memory of their rows starts anew; the table still knows them. */
#define PATHS_MAX 400000
/* What a power cut takes is never more than half a second. */
#define COMMIT_NS 400000000LL

/* Its row, and that of the install it belongs to. */
static int add_row(struct run *run, const struct run_facts *f)
{
	_cleanup_free_ char *self = liveness_self();
	_cleanup_(where_release) struct where where;
	struct utsname u;
	char kernel[256];
	int r = where_read(&where, db_path(run->db));

	if (r == 0 && f->name)
		r = db_run(run->db, Q_INSTALL_ADD, "s", f->name);
	uname(&u);
	snprintf(kernel, sizeof kernel, "%s %s %s", u.sysname, u.release, u.machine);
	return r < 0 ? r :
		       db_run(run->db, Q_RUN_ADD, "sssississIissssss", f->label, f->argv, f->cwd,
			       (int64_t)f->uid, u.nodename, kernel, run->started_ns,
			       self ? self : "", f->kind, f->of_run ? &f->of_run : NULL,
			       run->heartbeat_s, f->name, f->version, f->scene, where.place,
			       where.root, where.ids.data);
}

void run_init(struct run *run, struct db *db)
{
	*run = (struct run){ .db = db,
		.committed_ns = io_monotonic_ns(),
		.synced_ns = io_monotonic_ns() };
}

int run_add(struct run *run, const struct run_facts *f, int64_t heartbeat_s)
{
	int r;

	run->started_ns = f->started_ns ? f->started_ns : io_now_ns();
	run->heartbeat_s = heartbeat_s;
	run->unsynced = true;
	do
		r = add_row(run, f);
	while (r == -EBUSY);
	run->id = db_last_id(run->db);
	return r;
}

int run_reopen(struct run *run, struct db *db, int64_t id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_RUN_REOPEN, "i", id);

	if (r == 0)
		r = rows_next(&rows);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*run = (struct run){ .db = db,
		.id = id,
		.started_ns = rows_int(&rows, 0),
		.unsynced = true };
	if (rows_type(&rows, 1) != ROWS_NULL && !(run->notes = strdup(rows_text(&rows, 1))))
		return -ENOMEM;
	return 0;
}

void run_release(struct run *run)
{
	u64map_release(&run->paths);
	free(run->notes);
	run->notes = NULL;
}

int run_begin(struct run *run)
{
	int r;

	if (run->in_transaction)
		return 0;
	r = db_begin(run->db, &run->sequence);
	run->in_transaction = r == 0;
	return r;
}

int run_try_begin(struct run *run)
{
	int r = db_try_begin(run->db, &run->sequence);

	run->in_transaction = r == 0;
	return r;
}

int run_commit(struct run *run)
{
	int r = 0;

	if (!run->in_transaction)
		return 0;
	r = db_check_place(run->db);
	if (r == 0 && run->notes_changed)
		r = db_run(run->db, Q_RUN_NOTES, "is", run->id, run->notes);
	/* Of one that is gone it says until when it lived. */
	if (r == 0 && run->heartbeat_s)
		r = db_run(run->db, Q_RUN_HEARTBEAT, "ii", run->id, run->heartbeat_s);
	if (r == 0)
		r = db_run(run->db, Q_SEQUENCE_SET, "i", run->sequence);
	if (r == 0)
		r = db_exec(run->db, "COMMIT");
	if (r < 0)
		return r;
	run->notes_changed = false;
	run->in_transaction = false;
	run->unsynced = true;
	run->committed_ns = io_monotonic_ns();
	return 0;
}

int run_commit_if_due(struct run *run)
{
	if (!run->in_transaction || io_monotonic_ns() - run->committed_ns <= COMMIT_NS)
		return 0;
	return run_commit(run);
}

int run_sync(struct run *run)
{
	int r = run_commit(run);

	if (r < 0 || !run->unsynced)
		return r;
	r = db_sync(run->db);
	run->unsynced = r < 0;
	run->synced_ns = io_monotonic_ns();
	return r;
}

bool run_sync_is_due(const struct run *run)
{
	return run->unsynced && io_monotonic_ns() - run->synced_ns >= COMMIT_NS;
}

void run_abandon(struct run *run)
{
	db_rollback(run->db);
	run->in_transaction = false;
	u64map_release(&run->paths);
}

/* Twice as often as promised. */
int run_beat(struct run *run)
{
	if (io_monotonic_ns() - run->committed_ns <= run->heartbeat_s * 500000000LL)
		return 0;
	return run_promise(run, run->heartbeat_s);
}

int run_promise(struct run *run, int64_t heartbeat_s)
{
	int r = run_begin(run);

	run->heartbeat_s = heartbeat_s;
	return r == 0 ? run_commit(run) : r;
}

void run_note(struct run *run, const char *text)
{
	char *longer;

	if (run->notes && strstr(run->notes, text))
		return;
	if (asprintf(&longer, "%s%s%s", run->notes ? run->notes : "", run->notes ? "\n" : "",
		    text) < 0)
		return;
	free(run->notes);
	run->notes = longer;
	run->notes_changed = true;
}

int64_t run_path_id(struct run *run, const char *path)
{
	uint32_t *known;
	int64_t id;
	bool added;
	int r = run_begin(run);

	if (r < 0)
		return r;
	if (run->paths.used >= PATHS_MAX)
		u64map_release(&run->paths);
	known = u64map_put(&run->paths, mix_bytes(path, strlen(path)), &added);
	if (!known)
		return -ENOMEM;
	if (*known)
		return *known;
	id = db_int(run->db, Q_PATH_ID, 0, "s", path);
	if (!id) {
		r = db_run(run->db, Q_PATH_ADD, "s", path);
		if (r < 0)
			return r;
		id = db_last_id(run->db);
	}
	if (id <= UINT32_MAX)
		*known = (uint32_t)id;
	return id;
}

/* An optional one: 0 when there is none. */
static int64_t path_or_none(struct run *run, const char *path)
{
	return path && *path ? run_path_id(run, path) : 0;
}

int64_t run_process(struct run *run, const struct process_begin *p, const int64_t *parent,
	const int64_t *exec)
{
	int r = run_begin(run);

	if (r == 0)
		r = db_run(run->db, Q_PROCESS_ADD, "iIiiIi", run->id, parent, (int64_t)p->pid,
			(int64_t)p->ppid, exec, p->at - run->started_ns);
	return r < 0 ? r : db_last_id(run->db);
}

int run_process_end(struct run *run, int64_t process, int64_t at, int status)
{
	int r = run_begin(run);

	return r < 0 ? r :
		       db_run(run->db, Q_PROCESS_END, "iii", process, at - run->started_ns,
			       (int64_t)status);
}

int64_t run_exec(struct run *run, const struct exec_begin *e, int64_t process,
	const int64_t *copy_of)
{
	int64_t exe = path_or_none(run, e->exe), cwd = path_or_none(run, e->cwd);
	int r = run_begin(run);

	if (r < 0 || exe < 0 || cwd < 0)
		return r < 0 ? r : exe < 0 ? exe : cwd;
	r = db_run(run->db, Q_EXEC_ADD, "iiIsIIi", process, (int64_t)e->abi, exe ? &exe : NULL,
		e->argv, cwd ? &cwd : NULL, copy_of, e->at - run->started_ns);
	return r < 0 ? r : db_last_id(run->db);
}

int run_event(struct run *run, const struct event *e, int64_t exec)
{
	int64_t path = path_or_none(run, e->path), old = path_or_none(run, e->old_path);
	int64_t mode = e->mode;
	int r = run_begin(run);

	if (r < 0 || path < 0 || old < 0)
		return r < 0 ? r : path < 0 ? (int)path : (int)old;
	if (!path)
		return 0;
	return db_run(run->db, Q_EVENT_ADD, "iiiiiiiiIii", exec, path, (int64_t)e->op, old,
		++run->sequence, (int64_t)e->file, (int64_t)e->abi, (int64_t)e->flags,
		mode < 0 ? NULL : &mode, e->at - run->started_ns, (int64_t)e->found);
}

int run_touch(struct run *run, const struct touch *t)
{
	int64_t path = path_or_none(run, t->path);

	return path <= 0 ? (int)path : db_run(run->db, Q_ENTRY_ADD, "iiiiNi", run->id, path,
		(int64_t)t->excluded, (int64_t)t->late, &t->before, (int64_t)t->before_file);
}

int run_original(struct run *run, const struct original *o)
{
	int r = run_begin(run);

	return r < 0 ? r : db_run(run->db, Q_ORIGINAL_ADD, "iiibsb", run->id, (int64_t)o->file,
		(int64_t)o->keep, o->hash, SHA256_LEN, o->target, o->xattrs, (int)o->xattrs_len);
}

int run_place(struct run *run, const char *path, uint32_t file)
{
	int64_t id = path_or_none(run, path);

	return id <= 0 ? (int)id :
			 db_run(run->db, Q_ENTRY_PLACE, "iii", run->id, id, (int64_t)file);
}

int run_alias(struct run *run, uint32_t file, const char *path)
{
	int64_t id = path_or_none(run, path);

	return id <= 0 ? (int)id : db_run(run->db, Q_ALIAS_ADD, "iii", run->id, (int64_t)file, id);
}

int run_hide(struct run *run, const char *folder)
{
	char text[PATH_MAX + 160];
	int r = run_begin(run);

	if (r == 0)
		r = db_run(run->db, Q_HIDE, "is", run->id, folder);
	if (r < 0 || !db_int(run->db, Q_HAS_HIDDEN, 0, "is", run->id, folder))
		return r;
	snprintf(text, sizeof text,
		"a file system was mounted or unmounted at %s: what had been changed there before "
		"is out of sight, and is not put back",
		folder);
	run_note(run, text);
	return 0;
}

int run_ended(struct run *run, int64_t at, int status)
{
	int64_t known = status;
	int r = run_begin(run);

	return r < 0 ? r : db_run(run->db, Q_RUN_ENDED, "iiI", run->id, at,
		status < 0 ? NULL : &known);
}

int run_count(struct run *run)
{
	int r = run_begin(run);

	if (r == 0)
		r = db_run(run->db, Q_PROCESS_FILES, "i", run->id);
	return r < 0 ? r : db_run(run->db, Q_RUN_COUNTS, "i", run->id);
}

int run_settled(struct run *run, bool any)
{
	int r = run_begin(run);

	if (r == 0 && any)
		r = owned_take(run->db, run->id);
	return r < 0 ? r : db_run(run->db, Q_RUN_SETTLED, "ii", run->id, io_now_ns());
}

int run_close(struct run *run, const char *state)
{
	int r = run_begin(run);

	if (r == 0)
		r = db_run(run->db, Q_RUN_STATE, "is", run->id, state);
	return r == 0 ? run_commit(run) : r;
}

int run_drop(struct run *run)
{
	static const enum query all[] = { Q_FORGET_EVENTS, Q_FORGET_EXECS, Q_FORGET_PROCESSES,
		Q_RUN_DROP };
	size_t i;
	int r = run_begin(run);

	for (i = 0; r == 0 && i < ARRAY_SIZE(all); i++)
		r = db_run(run->db, all[i], "i", run->id);
	return r == 0 ? run_commit(run) : r;
}

int run_committed(struct db *db, int64_t run_id, int64_t commit_id)
{
	int r = db_run(db, Q_COMMIT_DONE, "ii", run_id, commit_id);

	if (r == 0)
		r = db_run(db, Q_MOUNTED_DROP, "i", run_id);
	if (r == 0)
		r = db_run(db, Q_COMMIT_MOUNTED, "ii", run_id, commit_id);
	if (r == 0)
		r = db_run(db, Q_RUN_COUNTS, "i", run_id);
	return r < 0 ? r : owned_take(db, run_id);
}
