/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/family.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/mix.h"
#include "base/u64map.h"
#include "render/json.h"
#include "render/text.h"

static bool has(const struct ba_rows *rows, const char *column)
{
	return ba_rows_type(rows, ba_rows_column(rows, column)) != BA_NULL;
}

static char *json_of(const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf row = BUF_INIT;

	render_json_row(rows, &row);
	return buf_steal(&row);
}

static int read_process(struct process *p, const struct ba_rows *rows, bool json)
{
	p->parent = p->line = p->starter = p->as_fork = NONE;
	p->id = row_number(rows, "process_id");
	p->pid = row_number(rows, "pid");
	p->files = row_number(rows, "files");
	p->started = p->covered = row_number(rows, "started_ns");
	p->ended = row_number(rows, "ended_ns");
	p->has_ended = has(rows, "ended_ns");
	p->own = p->has_ended ? (double)(p->ended - p->started) / 1e9 : 0;
	p->status = (int)row_number(rows, "exit_status");
	p->signal = (int)row_number(rows, "term_signal");
	p->json = json ? json_of(rows) : NULL;
	return p->json || !json ? 0 : -ENOMEM;
}

/* The ways in which it took its time are its children's, as far as one of these ran. */
static void take_from_parent(struct family *f, const struct process *p)
{
	struct process *parent = &f->processes[p->parent];
	int64_t from = p->started > parent->covered ? p->started : parent->covered;

	if (p->has_ended && p->ended > from) {
		parent->own -= (double)(p->ended - from) / 1e9;
		parent->covered = p->ended;
	}
}

static uint64_t key_of(const struct ba_rows *rows)
{
	return mix64((uint64_t)row_number(rows, "process_id") + 1);
}

static int read_processes(struct family *f, struct ba_rows *rows, bool json, struct u64map *known)
{
	_cleanup_free_ size_t *way = NULL; /* the last process of each depth */
	size_t depths = 0, depth;
	bool added;
	int r;

	while ((r = ba_rows_next(rows)) > 0) {
		struct process *p = ARRAY_MORE(f->processes, f->count);
		uint32_t *at = u64map_put(known, key_of(rows), &added);

		depth = (size_t)row_number(rows, "depth");
		if (depth > depths)
			return -EBADMSG;
		if (!p || !at || (depth == depths && !ARRAY_MORE(way, depths)) ||
			read_process(p, rows, json) < 0)
			return -ENOMEM;
		*at = (uint32_t)(f->count - 1);
		way[depth] = f->count - 1;
		if (!depth)
			continue;
		p->parent = way[depth - 1];
		take_from_parent(f, p);
	}
	return r;
}

static int read_image(struct proc_image *image, const struct ba_rows *rows)
{
	image->exe = strdup(row_text(rows, "exe"));
	image->argv = strdup(row_text(rows, "argv"));
	image->started = row_number(rows, "started_ns");
	image->forked = row_number(rows, "forked") != 0;
	image->changed = row_number(rows, "changed") != 0;
	return image->exe && image->argv ? 0 : -ENOMEM;
}

/* Those of one process follow each other. */
static int read_images(struct family *f, struct ba_rows *rows, const struct u64map *known)
{
	int r;

	while ((r = ba_rows_next(rows)) > 0) {
		const uint32_t *at = u64map_get(known, key_of(rows));
		struct proc_image *image = at ? ARRAY_MORE(f->images, f->image_count) : NULL;
		struct process *p = at ? &f->processes[*at] : NULL;

		if (!at) /* it has begun since */
			continue;
		if (!image || read_image(image, rows) < 0)
			return -ENOMEM;
		if (!p->image_count++)
			p->images = f->image_count - 1;
		p->forked = image->forked && p->parent != NONE;
	}
	return r;
}

/* What it ran then; NONE: as a fork of its parent it had not yet run anything. */
static size_t image_at(const struct family *f, const struct process *p, int64_t time)
{
	size_t at = NONE, first = NONE, i;

	if (p->forked)
		return p->images;
	for (i = p->images; i < p->images + p->image_count; i++) {
		if (f->images[i].forked)
			continue;
		if (first == NONE)
			first = i;
		if (f->images[i].started <= time)
			at = i;
	}
	if (at != NONE || first == NONE)
		return at;
	/* one that ran already when the recording began was no fork of what its parent runs now */
	return p->parent == NONE || p->started >= f->images[first].started ? first : NONE;
}

/* What a fork was: what its parent ran when it began. */
static size_t image_of_fork(const struct family *f, const struct process *p)
{
	while (p->parent != NONE && p->starter == NONE)
		p = &f->processes[p->parent];
	return p->parent == NONE ? NONE : p->starter;
}

static void note_starter(struct family *f, struct process *p)
{
	struct process *up = &f->processes[p->parent];

	p->starter = image_at(f, up, p->started);
	if (p->starter != NONE)
		f->images[p->starter].told = true;
	else if (up->as_fork == NONE)
		up->as_fork = image_of_fork(f, up);
}

static void note_images(struct family *f, const struct process *p)
{
	size_t i;

	for (i = p->images; i < p->images + p->image_count; i++) {
		struct proc_image *image = &f->images[i];

		/* what a fork opened before it ran something (a shell's > file) is of that */
		if (image->changed && (p->forked || !image->forked))
			image->told = true;
	}
	if (p->image_count)
		f->images[i - 1].told = true;
}

int family_read(struct family *f, struct ba *ba, int64_t run_id, bool json)
{
	_cleanup_(u64map_release) struct u64map known = { 0 };
	struct ba_rows *rows;
	size_t i;
	int r = ba_tree(ba, run_id, &rows);

	if (r < 0)
		return r;
	r = read_processes(f, rows, json, &known);
	ba_rows_free(rows);
	if (r < 0 || (r = ba_timeline(ba, run_id, &rows)) < 0)
		return r;
	r = read_images(f, rows, &known);
	ba_rows_free(rows);
	for (i = 0; i < f->count; i++) {
		note_images(f, &f->processes[i]);
		if (f->processes[i].parent != NONE)
			note_starter(f, &f->processes[i]);
	}
	return r;
}

const struct proc_image *family_told(const struct family *f, const struct process *p,
	const struct proc_image *last)
{
	const struct proc_image *fork = p->as_fork == NONE ? NULL : &f->images[p->as_fork];
	size_t i = p->images;

	if (!last && fork)
		return fork;
	if (last && last != fork)
		i = (size_t)(last - f->images) + 1;
	for (; i < p->images + p->image_count; i++)
		if (f->images[i].told)
			return &f->images[i];
	return NULL;
}

void family_begin_at(struct family *f, struct process *p, size_t from)
{
	size_t i;

	p->as_fork = NONE;
	for (i = p->images; i < from; i++)
		f->images[i].told = false;
	f->images[from].told = true;
}

void family_release(struct family *f)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		free(f->processes[i].json);
	for (i = 0; i < f->image_count; i++) {
		free(f->images[i].exe);
		free(f->images[i].argv);
	}
	free(f->processes);
	free(f->images);
}
