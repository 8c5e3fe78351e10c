/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/lives.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"
#include "record/pending.h"
#include "trace/arguments.h"

/* Argument lists go up to 6 MiB in Linux; what is past this is cut, and marked so. */
#define ARGV_MAX (64U * 1024)

static struct life *life_new(struct lives *l, pid_t pid, const struct life *parent)
{
	struct life *life = calloc(1, sizeof *life);

	if (!life)
		return NULL;
	life->number = ++l->last_life;
	life->pid = pid;
	if (parent) {
		life->parent = parent->number;
		life->exec = parent->exec;
		life->exec_is_inherited = true;
	}
	l->alive++;
	return life;
}

int lives_thread(struct task *task, struct life *life)
{
	struct thread *thread = calloc(1, sizeof *thread);

	if (!thread)
		return -ENOMEM;
	thread->life = life;
	life->threads++;
	task->data = thread;
	task->tgid = life->pid;
	return 0;
}

static void tell_begin(struct lives *l, const struct life *life, pid_t ppid, int64_t at)
{
	struct process_begin p = { .process = life->number, .parent = life->parent,
		.pid = life->pid, .ppid = ppid, .exec = life->exec, .at = at };

	l->sink->process_begin(l->sink, &p);
}

int lives_begin(struct lives *l, struct task *command, pid_t ppid, int64_t at)
{
	l->command = life_new(l, command->tid, NULL);
	if (!l->command || lives_thread(command, l->command) < 0)
		return -ENOMEM;
	thread_of(command)->watched = true;
	tell_begin(l, l->command, ppid, at);
	return 0;
}

int lives_child(struct lives *l, struct task *parent, struct task *child, bool thread, int64_t at)
{
	struct life *from = thread_of(parent)->life, *life;

	if (child->data)
		return 0;
	life = thread ? from : life_new(l, child->tid, from);
	if (!life)
		return -ENOMEM;
	if (!thread)
		tell_begin(l, life, from->pid, at);
	if (lives_thread(child, life) < 0)
		return -ENOMEM;
	thread_of(child)->watched = thread_of(parent)->watched;
	return 0;
}

static void free_life(struct life *life)
{
	free(life->core);
	free(life);
}

static void end_life(struct lives *l, struct life *life, int status, int64_t at)
{
	struct process_end e = { .process = life->number, .status = status, .at = at };

	l->sink->process_end(l->sink, &e);
	l->alive--;
	if (life == l->command)
		l->command = NULL;
	free_life(life);
}

/* Its process, which has one thread less by now; NULL: it is none of ours. */
static struct life *free_thread(struct task *task)
{
	struct thread *thread = thread_of(task);
	struct life *life;

	if (!thread)
		return NULL;
	life = thread->life;
	life->threads--;
	pending_free(thread->pending);
	free(thread);
	task->data = NULL;
	return life;
}

void lives_end(struct lives *l, struct task *task, int status, int64_t at)
{
	struct life *life = free_thread(task);

	/* The leader's end is the process's: the kernel tells it after all its threads'. */
	if (life && (task->tid == life->pid || life->threads == 0))
		end_life(l, life, status, at);
}

void lives_let_go(struct task *task)
{
	struct life *life = free_thread(task);

	if (life && life->threads == 0)
		free_life(life);
}

void lives_argv(pid_t pid, enum abi abi, uint64_t stack, struct buf *out)
{
	_cleanup_buf_ struct buf raw = BUF_INIT;
	char path[PROC_PATH];

	if (!stack || arguments_read(pid, stack, abi != ABI_I386, ARGV_MAX + 1, &raw) < 0) {
		buf_reset(&raw);
		proc_path(path, pid, "cmdline");
		IGNORE(io_read_file(path, &raw, ARGV_MAX + 1)); /* gone by now: no arguments */
	}
	buf_add_json_words(out, raw.data, raw.len, ARGV_MAX);
}

static const char *link_of(pid_t pid, const char *which, char *out)
{
	char path[PROC_PATH];

	proc_path(path, pid, which);
	if (io_readlink(path, out) < 0)
		out[0] = '\0';
	return out;
}

/* After an exec by another thread the kernel has given it the leader's tid; the rest are gone. */
static void take_over(struct tracer *t, struct task *leader, pid_t former)
{
	struct task *old;

	if (former == leader->tid || former == 0)
		return;
	HASH_FIND_INT(t->tasks, &former, old);
	if (!old)
		return;
	free_thread(old);
	tracer_forget(t, old);
}

/* The image that a process runs now. */
static void tell_image(struct lives *l, struct life *life, enum abi abi, uint64_t stack, int64_t at)
{
	_cleanup_buf_ struct buf argv = BUF_INIT;
	char exe[PATH_MAX], cwd[PATH_MAX];
	struct exec_begin e;

	lives_argv(life->pid, abi, stack, &argv);
	life->exec = ++l->last_exec;
	life->exec_is_inherited = false;
	e = (struct exec_begin){ .exec = life->exec, .process = life->number, .abi = abi, .at = at,
		.exe = link_of(life->pid, "exe", exe), .cwd = link_of(life->pid, "cwd", cwd),
		.argv = argv.failed ? "[]" : argv.data };
	l->sink->exec_begin(l->sink, &e);
}

void lives_exec(struct lives *l, struct tracer *t, const struct stop *stop, enum abi abi,
	int64_t at)
{
	take_over(t, stop->task, stop->other);
	tell_image(l, thread_of(stop->task)->life, abi, stop->stack, at);
}

int lives_found(struct lives *l, struct task *task, pid_t pid, const struct life *parent,
	enum abi abi, int64_t at)
{
	struct life *life = life_new(l, pid, NULL);

	if (!life)
		return -ENOMEM;
	life->parent = parent ? parent->number : 0;
	tell_begin(l, life, proc_parent(pid), at);
	tell_image(l, life, abi, 0, at);
	return lives_thread(task, life);
}

uint32_t lives_exec_of(struct lives *l, struct life *life, enum abi abi, int64_t at)
{
	struct exec_begin e;

	if (!life->exec_is_inherited)
		return life->exec;
	e = (struct exec_begin){ .exec = ++l->last_exec, .process = life->number, .abi = abi,
		.inherited_from = life->exec, .at = at };
	life->exec = e.exec;
	life->exec_is_inherited = false;
	l->sink->exec_begin(l->sink, &e);
	return life->exec;
}
