/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line comes after the one it is below: each step is one pass, however deep the tree is. */
#include "render/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/mix.h"
#include "base/u64map.h"
#include "render/argv.h"
#include "render/program.h"

static bool has_failed(const struct process *p)
{
	return p->status != 0 || p->signal != 0;
}

/* What failed is known by how it ended, and by the very text that it was given, too. */
static uint64_t own_shape(const struct family *f, const struct process *p)
{
	const struct proc_image *image = NULL;
	bool failed = has_failed(p);
	uint64_t shape = (p->forked || p->as_fork != NONE) + 2u * (unsigned int)p->status +
		512u * (unsigned int)p->signal;

	while ((image = family_told(f, p, image)))
		shape = mix64(shape + program_hash(image->exe, image->argv, failed));
	return shape;
}

/*
 * Two that have other programs below them are two lines: else what is below one would seem to be
 * what each of them did. How often a program is there is of no account.
 */
static int find_shapes(struct family *f)
{
	_cleanup_(u64map_release) struct u64map counted = { 0 };
	size_t i;
	bool added;

	for (i = f->count; i-- > 0;) {
		struct process *p = &f->processes[i];

		if (!p->wanted)
			continue;
		p->shape = mix64(p->shape + own_shape(f, p));
		if (p->parent == NONE)
			continue;
		if (!u64map_put(&counted, mix64(p->parent) ^ p->shape, &added))
			return -ENOMEM;
		if (added)
			f->processes[p->parent].shape += mix64(p->shape);
	}
	return 0;
}

static int add_parts(struct line *line, const struct family *f)
{
	const struct proc_image *image = NULL;

	while ((image = family_told(f, line->process, image))) {
		struct line_part *part = ARRAY_MORE(line->parts, line->part_count);

		if (!part)
			return -ENOMEM;
		part->image = image;
		part->all = part->common = argv_words(image->argv, &part->words);
		if (part->words.failed)
			return -ENOMEM;
	}
	return 0;
}

static int add_line(struct lines *l, const struct family *f, size_t parent, const struct process *p)
{
	struct line *line = ARRAY_MORE(l->lines, l->count);
	size_t n = l->count - 1, *first = &l->first, *last = &l->last;

	if (!line)
		return -ENOMEM;
	line->parent = parent;
	line->first = line->last = line->next = NONE;
	line->process = p;
	if (parent != NONE) {
		first = &l->lines[parent].first;
		last = &l->lines[parent].last;
		line->depth = l->lines[parent].depth + 1;
	}
	if (*first == NONE)
		*first = n;
	else
		l->lines[*last].next = n;
	*last = n;
	return add_parts(line, f);
}

/* How many of the part's words are the image's, too. A program has its name, in whatever folder. */
static void find_common(struct line_part *part, const struct proc_image *image)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	size_t n = argv_words(image->argv, &words), i = 0;
	const char *a, *b = words.data;

	if (n > part->all)
		part->all = n;
	if (words.failed || !n || !part->common) {
		part->common = 0;
		return;
	}
	a = part->words.data + part->from;
	if (strcmp(a, b) != 0) {
		part->from += (size_t)(program_name(a) - a);
		a = program_name(a);
		b = program_name(b);
	}
	for (; i < n && i < part->common && !strcmp(a, b); i++) {
		a += strlen(a) + 1;
		b += strlen(b) + 1;
	}
	part->common = i;
}

/* The line of those of this shape, a new one for the first. */
static int find_line(struct lines *l, const struct family *f, struct u64map *known, size_t parent,
	struct process *p)
{
	bool added = true;
	uint32_t *at = NULL;

	if (known) {
		at = u64map_put(known, mix64(parent) ^ p->shape, &added);
		if (!at)
			return -ENOMEM;
	}
	if (at && added)
		*at = (uint32_t)l->count;
	p->line = at ? *at : l->count;
	return added ? add_line(l, f, parent, p) : 0;
}

static void add_process(struct line *line, const struct family *f, const struct process *p)
{
	const struct proc_image *image = NULL;
	size_t i;

	line->count++;
	line->failed += has_failed(p);
	line->files += p->files;
	line->seconds += p->has_ended ? (double)(p->ended - p->started) / 1e9 : 0;
	if (line->process == p)
		return;
	for (i = 0; i < line->part_count && (image = family_told(f, p, image)); i++)
		find_common(&line->parts[i], image);
}

int lines_fold(struct lines *l, struct family *f, bool each)
{
	_cleanup_(u64map_release) struct u64map known = { 0 };
	size_t i, parent;
	int r = find_shapes(f);

	l->first = l->last = NONE;
	for (i = 0; r == 0 && i < f->count; i++) {
		struct process *p = &f->processes[i];

		if (!p->wanted)
			continue;
		parent = p->parent == NONE ? NONE : f->processes[p->parent].line;
		r = find_line(l, f, each ? NULL : &known, parent, p);
		if (r == 0)
			add_process(&l->lines[p->line], f, p);
	}
	return r;
}

size_t lines_next(const struct lines *l, size_t at)
{
	if (l->lines[at].first != NONE)
		return l->lines[at].first;
	while (at != NONE && l->lines[at].next == NONE)
		at = l->lines[at].parent;
	return at == NONE ? NONE : l->lines[at].next;
}

void lines_release(struct lines *l)
{
	size_t i, k;

	for (i = 0; i < l->count; i++) {
		for (k = 0; k < l->lines[i].part_count; k++)
			buf_release(&l->lines[i].parts[k].words);
		free(l->lines[i].parts);
	}
	free(l->lines);
}
