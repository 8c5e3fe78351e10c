/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/apply.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/message.h"
#include "store/mounted.h"
#include "store/upheld.h"

static int apply_process_begin(struct apply *a, const struct message *m, const char *const s[])
{
	const struct process_begin *p = &m->u.process_begin;
	int64_t id;

	early_forked(&a->early, p->parent);
	id = run_process(a->run, p, id_get(&a->processes, p->parent), id_get(&a->execs, p->exec));
	return id < 0 ? (int)id : id_set(&a->processes, p->process, id);
}

static int apply_process_end(struct apply *a, const struct message *m, const char *const s[])
{
	const struct process_end *p = &m->u.process_end;
	const int64_t *id = id_get(&a->processes, p->process);

	early_ended(&a->early, p->process);
	return id ? run_process_end(a->run, *id, p->at, p->status) : 0;
}

static int apply_exec_begin(struct apply *a, const struct message *m, const char *const s[])
{
	struct exec_begin e = m->u.exec_begin;
	const int64_t *process = id_get(&a->processes, e.process);
	int64_t id;

	if (!process)
		return 0;
	e.exe = s[0];
	e.argv = s[1];
	e.cwd = s[2];
	id = run_exec(a->run, &e, *process, id_get(&a->execs, e.inherited_from));
	return id < 0 ? (int)id : id_set(&a->execs, e.exec, id);
}

static void tell_early(struct early *early, const struct event *e)
{
	if (e->file && e->op == OP_OPEN)
		early_opened(early, e->process, e->file, e->path);
	else if (e->file && e->op == OP_TRUNCATE)
		early_changed(early, e->file);
}

static int tell_anew(struct anew *anew, const struct event *e)
{
	int r = anew_path(anew, e->path);

	if (r == 0)
		r = anew_path(anew, e->old_path);
	return r < 0 ? r : anew_file(anew, e->file);
}

static int apply_event(struct apply *a, const struct message *m, const char *const s[])
{
	const int64_t *exec = id_get(&a->execs, m->u.event.exec);
	struct event e = m->u.event;
	int r;

	e.path = s[0];
	e.old_path = s[1];
	if (!exec || !e.path)
		return 0;
	a->events++;
	r = run_event(a->run, &e, *exec);
	if (r == 0)
		r = tell_anew(&a->anew, &e);
	if (r < 0)
		return r;
	tell_early(&a->early, &e);
	return hands_note(&a->hands, &e, *exec);
}

static int apply_touch(struct apply *a, const struct message *m, const char *const s[])
{
	struct touch t = m->u.touch;
	int r = anew_path(&a->anew, s[0]);

	t.path = s[0];
	return r < 0 ? r : run_touch(a->run, &t);
}

static int apply_original(struct apply *a, const struct message *m, const char *const s[])
{
	struct original o = m->u.original;

	o.hash = (const void *)s[0];
	o.target = s[1];
	/* An empty list of attributes is told, too: it is not NULL. */
	o.xattrs = !o.xattrs ? NULL : s[2] ? s[2] : "";
	a->receipt = o.receipt ? o.receipt : a->receipt;
	return run_original(a->run, &o);
}

static int apply_place(struct apply *a, const struct message *m, const char *const s[])
{
	int r = anew_path(&a->anew, s[0]);

	return r < 0 ? r : run_place(a->run, s[0], m->u.file);
}

static int apply_alias(struct apply *a, const struct message *m, const char *const s[])
{
	int r = anew_path(&a->anew, s[0]);

	if (r == 0)
		r = anew_path(&a->anew, s[1]);
	if (r == 0)
		r = anew_file(&a->anew, m->u.file);
	if (r == 0)
		r = run_alias(a->run, m->u.file, s[0]);
	return r < 0 ? r : run_alias(a->run, m->u.file, s[1]);
}

static int apply_stood(struct apply *a, const struct message *m, const char *const s[])
{
	return upheld_add(a->run, s[0]);
}

static int apply_hidden(struct apply *a, const struct message *m, const char *const s[])
{
	int r = run_hide(a->run, s[0]);

	return r < 0 ? r : mounted_add(a->run, s[0]);
}

static int apply_note(struct apply *a, const struct message *m, const char *const s[])
{
	run_note(a->run, s[0]);
	return 0;
}

static int apply_command_end(struct apply *a, const struct message *m, const char *const s[])
{
	int64_t at = m->u.command_end.at;
	unsigned int left = m->u.command_end.left;
	char text[160];

	a->status = m->u.command_end.status;
	a->duration_ns = at - a->run->started_ns;
	if (left) {
		snprintf(text, sizeof text,
			"%u %s stayed behind when the command ended, and went on being recorded",
			left, left == 1 ? "process" : "processes");
		run_note(a->run, text);
	}
	/* A broken record still learns how the command ended, for the summary. */
	return a->broken ? 0 : run_ended(a->run, at, a->status);
}

static int (*const kinds[])(struct apply *a, const struct message *m, const char *const s[]) = {
	[MSG_PROCESS_BEGIN] = apply_process_begin,
	[MSG_PROCESS_END] = apply_process_end,
	[MSG_EXEC_BEGIN] = apply_exec_begin,
	[MSG_EVENT] = apply_event,
	[MSG_TOUCH] = apply_touch,
	[MSG_ORIGINAL] = apply_original,
	[MSG_PLACE] = apply_place,
	[MSG_ALIAS] = apply_alias,
	[MSG_STOOD] = apply_stood,
	[MSG_HIDDEN] = apply_hidden,
	[MSG_NOTE] = apply_note,
	[MSG_COMMAND_END] = apply_command_end,
};

int apply_message(struct apply *a, const void *message)
{
	const struct message *m = message;
	const char *strings[MESSAGE_STRINGS], *p = m->strings;
	int i;

	for (i = 0; i < MESSAGE_STRINGS; i++) {
		strings[i] = m->len[i] ? p : NULL;
		p += m->len[i];
	}
	if (a->broken && m->kind != MSG_COMMAND_END)
		return 0;
	return kinds[m->kind](a, m, strings);
}

void apply_release(struct apply *a)
{
	free(a->processes.ids);
	free(a->execs.ids);
	hands_release(&a->hands);
	early_release(&a->early);
	anew_release(&a->anew);
}
