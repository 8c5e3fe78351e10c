/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One message from the tracer -> its rows. The run's own numbers become row
 * ids here, by lists that grow with the run: eight bytes a process or exec.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "store/message.h"
#include "store/writer.h"

/* Past this many names the memory of their rows starts anew; the table still knows them. */
#define PATHS_MAX 400000

static int id_set(struct id_list *list, uint32_t n, int64_t id)
{
	if (n >= list->count) {
		size_t count = list->count ? list->count : 256;
		int64_t *ids;

		while (count <= n)
			count *= 2;
		ids = realloc(list->ids, count * sizeof *ids);
		if (!ids)
			return -ENOMEM;
		memset(ids + list->count, 0, (count - list->count) * sizeof *ids);
		list->ids = ids;
		list->count = count;
	}
	list->ids[n] = id;
	return 0;
}

static const int64_t *id_get(const struct id_list *list, uint32_t n)
{
	return n && n < list->count && list->ids[n] ? &list->ids[n] : NULL;
}

int64_t writer_path_id(struct writer *w, const char *path, size_t len)
{
	uint32_t *known;
	int64_t id;
	bool added;
	int r;

	if (w->paths.used >= PATHS_MAX)
		u64map_release(&w->paths);
	known = u64map_put(&w->paths, mix_bytes(path, len), &added);
	if (!known)
		return -ENOMEM;
	if (*known)
		return *known;
	id = db_int(w->db, Q_PATH_ID, 0, "s", path);
	if (!id) {
		r = db_run(w->db, Q_PATH_ADD, "s", path);
		if (r < 0)
			return r;
		id = db_last_id(w->db);
	}
	if (id <= UINT32_MAX)
		*known = (uint32_t)id;
	return id;
}

/* An optional string of a message: 0 when there is none. */
static int64_t path_or_none(struct writer *w, const char *path, uint32_t len)
{
	return len > 1 ? writer_path_id(w, path, len - 1) : 0;
}

static int64_t since_start(const struct writer *w, int64_t at)
{
	return at - w->started_ns;
}

static int apply_process_begin(struct writer *w, const struct message *m, const char *const s[])
{
	const struct process_begin *p = &m->u.process_begin;
	int r;

	early_forked(&w->early, p->parent);
	r = db_run(w->db, Q_PROCESS_ADD, "iIiiIi", w->run_id, id_get(&w->processes, p->parent),
		(int64_t)p->pid, (int64_t)p->ppid, id_get(&w->execs, p->exec), since_start(w, p->at));

	return r < 0 ? r : id_set(&w->processes, p->process, db_last_id(w->db));
}

static int apply_process_end(struct writer *w, const struct message *m, const char *const s[])
{
	const struct process_end *p = &m->u.process_end;
	const int64_t *id = id_get(&w->processes, p->process);

	early_ended(&w->early, p->process);
	return id ? db_run(w->db, Q_PROCESS_END, "iii", *id, since_start(w, p->at), (int64_t)p->status) : 0;
}

static int apply_exec_begin(struct writer *w, const struct message *m, const char *const s[])
{
	const struct exec_begin *e = &m->u.exec_begin;
	int64_t exe = path_or_none(w, s[0], m->len[0]), cwd = path_or_none(w, s[2], m->len[2]);
	const int64_t *process = id_get(&w->processes, e->process);
	int r;

	if (exe < 0 || cwd < 0)
		return exe < 0 ? (int)exe : (int)cwd;
	if (!process)
		return 0;
	r = db_run(w->db, Q_EXEC_ADD, "iiIsIIi", *process, (int64_t)e->abi, exe ? &exe : NULL, s[1],
		cwd ? &cwd : NULL, id_get(&w->execs, e->inherited_from), since_start(w, e->at));
	if (r < 0)
		return r;
	return id_set(&w->execs, e->exec, db_last_id(w->db));
}

/* Operations after which a file holds what this process put there. */
static bool writes_content(enum op op)
{
	return op == OP_OPEN || op == OP_TRUNCATE || op == OP_SYMLINK || op == OP_MKDIR || op == OP_MKNOD;
}

/* Operations that every name of the file shows. */
static bool changes_in_place(enum op op)
{
	return op == OP_OPEN || op >= OP_TRUNCATE;
}

static int note_writer(struct writer *w, const struct event *e, const char *path)
{
	int r;

	if (!e->file)
		return 0;
	if (e->op == OP_OPEN)
		early_opened(&w->early, e->process, e->file, path);
	else if (e->op == OP_TRUNCATE)
		early_changed(&w->early, e->file);
	r = id_set(&w->touchers, e->file, e->exec);
	if (r == 0 && writes_content(e->op))
		r = id_set(&w->contents, e->file, e->exec);
	if (r == 0 && changes_in_place(e->op))
		r = id_set(&w->in_place, e->file, e->exec);
	return r;
}

static int apply_event(struct writer *w, const struct message *m, const char *const s[])
{
	const struct event *e = &m->u.event;
	const int64_t *exec = id_get(&w->execs, e->exec);
	int64_t path = path_or_none(w, s[0], m->len[0]), old = path_or_none(w, s[1], m->len[1]);
	int64_t mode = e->mode;
	int r;

	if (path < 0 || old < 0)
		return path < 0 ? (int)path : (int)old;
	if (!exec || !path)
		return 0;
	w->events++;
	r = db_run(w->db, Q_EVENT_ADD, "iiiiiiiiIi", *exec, path, (int64_t)e->op, old, ++w->sequence,
		(int64_t)e->file, (int64_t)e->abi, (int64_t)e->flags, mode < 0 ? NULL : &mode,
		since_start(w, e->at));
	return r < 0 ? r : note_writer(w, e, s[0]);
}

static int apply_touch(struct writer *w, const struct message *m, const char *const s[])
{
	const struct touch *t = &m->u.touch;
	const struct inode *b = &t->before;
	int64_t path = path_or_none(w, s[0], m->len[0]);
	int64_t v[] = { b->mode, b->uid, b->gid, (int64_t)b->size, b->mtime_ns, b->ctime_ns,
		(int64_t)b->dev, (int64_t)b->ino, b->nlink, (int64_t)b->rdev };

	if (path <= 0)
		return (int)path;
#define V(i) (b->exists ? &v[i] : NULL)
	return db_run(w->db, Q_ENTRY_ADD, "iiiiIIIIIIIIIIi", w->run_id, path, (int64_t)t->excluded,
		(int64_t)t->late, V(0), V(1), V(2), V(3), V(4), V(5), V(6), V(7), V(8), V(9),
		(int64_t)t->before_file);
#undef V
}

static int apply_original(struct writer *w, const struct message *m, const char *const s[])
{
	const struct original *o = &m->u.original;

	/* An empty attribute list is told, too: it is not NULL. */
	return db_run(w->db, Q_ORIGINAL_ADD, "iiibsb", w->run_id, (int64_t)o->file, (int64_t)o->keep, s[0],
		(int)m->len[0], s[1], o->xattrs ? (s[2] ? s[2] : "") : NULL, (int)m->len[2]);
}

static int apply_place(struct writer *w, const struct message *m, const char *const s[])
{
	int64_t path = path_or_none(w, s[0], m->len[0]);

	return path <= 0 ? (int)path : db_run(w->db, Q_ENTRY_PLACE, "iii", w->run_id, path, (int64_t)m->u.file);
}

static int apply_alias(struct writer *w, const struct message *m, const char *const s[])
{
	int i, r = 0;

	for (i = 0; r == 0 && i < 2; i++) {
		int64_t path = path_or_none(w, s[i], m->len[i]);

		r = path <= 0 ? (int)path :
				db_run(w->db, Q_ALIAS_ADD, "iii", w->run_id, (int64_t)m->u.file, path);
	}
	return r;
}

static int apply_note(struct writer *w, const struct message *m, const char *const s[])
{
	writer_note(w, s[0]);
	return 0;
}

static int apply_command_end(struct writer *w, const struct message *m, const char *const s[])
{
	int64_t at = m->u.command_end.at, status = m->u.command_end.status;
	char text[160];

	w->result.status = m->u.command_end.status;
	w->result.duration_ns = at - w->started_ns;
	if (m->u.command_end.left) {
		snprintf(text, sizeof text, "%u %s stayed behind when the command ended, and went on being recorded",
			m->u.command_end.left, m->u.command_end.left == 1 ? "process" : "processes");
		writer_note(w, text);
	}
	return db_run(w->db, Q_RUN_ENDED, "iii", w->run_id, at, status);
}

static int (*const apply[])(struct writer *w, const struct message *m, const char *const s[]) = {
	[MSG_PROCESS_BEGIN] = apply_process_begin,
	[MSG_PROCESS_END] = apply_process_end,
	[MSG_EXEC_BEGIN] = apply_exec_begin,
	[MSG_EVENT] = apply_event,
	[MSG_TOUCH] = apply_touch,
	[MSG_ORIGINAL] = apply_original,
	[MSG_PLACE] = apply_place,
	[MSG_ALIAS] = apply_alias,
	[MSG_NOTE] = apply_note,
	[MSG_COMMAND_END] = apply_command_end,
};

int writer_apply(struct writer *w, const void *message)
{
	const struct message *m = message;
	const char *strings[MESSAGE_STRINGS], *p = m->strings;
	int i, r;

	for (i = 0; i < MESSAGE_STRINGS; i++) {
		strings[i] = m->len[i] ? p : NULL;
		p += m->len[i];
	}
	/* A broken record still learns how the command ended, for the summary. */
	r = w->error && m->kind != MSG_COMMAND_END ? 0 : apply[m->kind](w, m, strings);
	return w->error ? 0 : r;
}
