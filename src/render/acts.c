/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/acts.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/mix.h"
#include "base/u64map.h"
#include "render/argv.h"
#include "render/text.h"

/* To one name, or from one to another. */
struct act {
	char *path, *old;
	struct buf ops; /* "open, chmod" */
	bool symlink;
};

/* What one program did, from its exec to the next. */
struct block {
	int64_t run, exec, first_ns;
	long long pid;
	char *exe, *argv, *ancestors;
	struct act *acts;
	size_t count;
};

struct blocks {
	struct block *b;
	size_t count;
	struct u64map known; /* an exec, or what it did to a name -> 1 + its place */
};

static void release(struct blocks *all)
{
	size_t i, k;

	for (i = 0; i < all->count; i++) {
		struct block *b = &all->b[i];

		for (k = 0; k < b->count; k++) {
			free(b->acts[k].path);
			free(b->acts[k].old);
			buf_release(&b->acts[k].ops);
		}
		free(b->acts);
		free(b->exe);
		free(b->argv);
		free(b->ancestors);
	}
	free(all->b);
	u64map_release(&all->known);
}

/* In the order in which they began; what others did in between does not part them. */
static struct block *block_of(struct blocks *all, const struct ba_rows *rows)
{
	int64_t exec = row_number(rows, "exec_id");
	bool added;
	uint32_t *place = u64map_put(&all->known, mix64((uint64_t)exec), &added);
	struct block *b;

	if (!place || !added)
		return place ? &all->b[*place - 1] : NULL;
	b = ARRAY_MORE(all->b, all->count);
	if (!b)
		return NULL;
	*place = (uint32_t)all->count;
	b->run = row_number(rows, "run_id");
	b->exec = exec;
	b->pid = row_number(rows, "pid");
	b->first_ns = row_number(rows, "first_ns");
	b->exe = strdup(row_text(rows, "exe"));
	b->argv = strdup(row_text(rows, "argv"));
	b->ancestors = strdup(row_text(rows, "ancestors"));
	return b->exe && b->argv && b->ancestors ? b : NULL;
}

static struct act *act_of(struct blocks *all, struct block *b, const struct ba_rows *rows)
{
	const char *path = row_text(rows, "path"), *old = row_text(rows, "old_path");
	uint64_t key = mix_bytes(path, strlen(path)) ^ mix64(mix_bytes(old, strlen(old)));
	bool added;
	uint32_t *place = u64map_put(&all->known, mix64((uint64_t)b->exec ^ key), &added);
	struct act *a;

	if (!place || !added)
		return place ? &b->acts[*place - 1] : NULL;
	a = ARRAY_MORE(b->acts, b->count);
	if (!a)
		return NULL;
	*place = (uint32_t)b->count;
	a->path = strdup(path);
	a->old = strdup(old);
	a->symlink = !strcmp(row_text(rows, "op"), "symlink");
	return a->path && a->old ? a : NULL;
}

static bool is_said(const struct buf *ops, const char *op)
{
	size_t n = strlen(op);
	const char *p = ops->data;

	for (; p && (p = strstr(p, op)); p += n)
		if ((p == ops->data || p[-1] == ' ') && (p[n] == ',' || !p[n]))
			return true;
	return false;
}

/* With -v how, with what, and how often, too. */
static void add_op(struct buf *ops, const struct ba_rows *rows, bool whole)
{
	const char *op = row_text(rows, "op"), *flags = row_text(rows, "flags");
	int mode = ba_rows_column(rows, "mode");

	if (!whole && is_said(ops, op))
		return;
	buf_addf(ops, "%s%s", ops->len ? ", " : "", op);
	if (!whole)
		return;
	if (*flags)
		buf_addf(ops, " %s", flags);
	if (ba_rows_type(rows, mode) != BA_NULL)
		buf_addf(ops, " %04llo", (unsigned long long)ba_rows_int(rows, mode) & 07777);
	if (row_number(rows, "count") > 1)
		buf_addf(ops, " x%s", row_text(rows, "count"));
}

static int read_blocks(struct blocks *all, struct ba_rows *rows, bool whole)
{
	int r;

	while ((r = ba_rows_next(rows)) > 0) {
		struct block *b = block_of(all, rows);
		struct act *a = b ? act_of(all, b, rows) : NULL;

		if (!a)
			return -ENOMEM;
		add_op(&a->ops, rows, whole);
	}
	return r;
}

static void add_act(const struct act *a, struct buf *line)
{
	buf_addf(line, "%s%s%s  ", render_colour(BOLD), a->ops.data ? a->ops.data : "",
		render_colour(PLAIN));
	render_name(line, a->path, strlen(a->path));
	if (!*a->old)
		return;
	buf_adds(line, a->symlink ? " -> " : " from ");
	render_name(line, a->old, strlen(a->old));
}

static void add_program(struct buf *line, const char *argv, bool whole)
{
	if (whole)
		render_argv(line, argv);
	else
		render_command(line, argv, render_line_width());
}

/* The length of the JSON array of strings at p; a bracket inside of a string does not end it. */
static size_t array_length(const char *p)
{
	const char *start = p;
	bool in_string = false;

	for (; *p && (in_string || *p != ']'); p++) {
		if (in_string && *p == '\\' && p[1])
			p++;
		else if (*p == '"')
			in_string = !in_string;
	}
	return (size_t)(p - start) + (*p == ']');
}

/* One that has the words of the one before it was forked, and says nothing new. */
static void print_ancestors(const struct block *b, bool whole)
{
	_cleanup_buf_ struct buf line = BUF_INIT, argv = BUF_INIT, before = BUF_INIT;
	const char *p = b->ancestors;

	buf_adds(&before, b->argv);
	while ((p = strstr(p, "\"argv\":"))) {
		p += strlen("\"argv\":");
		buf_reset(&argv);
		if (*p == '[') {
			buf_add(&argv, p, array_length(p));
			p += array_length(p);
		}
		if (argv.failed || before.failed ||
			(!whole && argv.data && !strcmp(argv.data, before.data)))
			continue;
		buf_addf(&line, "%s        of ", render_colour(DIM));
		if (argv.data)
			add_program(&line, argv.data, whole);
		else
			buf_adds(&line, "a process that ran no program yet");
		buf_adds(&line, render_colour(PLAIN));
		render_line(&line);
		buf_reset(&before);
		buf_adds(&before, argv.data ? argv.data : "");
	}
}

static void print_block(const struct block *b, bool whole)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	size_t i;

	buf_addf(&line, "run %lld  ", (long long)b->run);
	render_time(&line, b->first_ns);
	buf_addf(&line, "  pid %lld  ", b->pid);
	for (i = 0; i < b->count; i++) {
		if (i)
			buf_adds(&line, "    ");
		add_act(&b->acts[i], &line);
		render_line(&line);
	}
	buf_adds(&line, "    ");
	render_name(&line, b->exe, strlen(b->exe));
	buf_adds(&line, ": ");
	add_program(&line, b->argv, whole);
	render_line(&line);
	print_ancestors(b, whole);
}

int acts_print(struct ba_rows *rows, bool whole)
{
	struct blocks all = { 0 };
	int r = read_blocks(&all, rows, whole);
	size_t i;

	for (i = 0; r == 0 && i < all.count; i++)
		print_block(&all.b[i], whole);
	if (r == 0)
		r = all.count > 0;
	release(&all);
	return r;
}
