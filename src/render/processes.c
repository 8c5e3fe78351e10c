/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/processes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/argv.h"
#include "render/family.h"
#include "render/lines.h"
#include "render/text.h"

/* Deeper trees go on, without going on to the right. */
#define DEPTH_SHOWN 40
/* Of a line so much is not for the branch, if there is as much. */
#define LEAST_BESIDE 30
/* Before a command is cut to less than this, less else is said; and to this it is cut at last. */
#define LEAST 20
#define LEAST_EVER 4

struct processes {
	const struct processes_wishes *wishes;
	struct family family;
	struct lines lines;
	size_t shown;
};

/* Choose. */

static bool has_failed(const struct process *p)
{
	return p->status != 0 || p->signal != 0;
}

static int longer(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* What the slowest that are asked for took at least. */
static double slow_limit(const struct processes *t)
{
	const struct family *f = &t->family;
	_cleanup_free_ double *own = calloc(f->count ? f->count : 1, sizeof *own);
	size_t i, n = 0;

	for (i = 0; own && i < f->count; i++)
		if (f->processes[i].inside)
			own[n++] = f->processes[i].own;
	if (!own || n <= t->wishes->slow)
		return 0;
	qsort(own, n, sizeof *own, longer);
	return own[t->wishes->slow - 1];
}

static bool is_wanted(const struct processes_wishes *w, const struct process *p, double slow)
{
	if (w->writers || w->failed || w->slow)
		return (w->writers && p->files) || (w->failed && has_failed(p)) ||
			(w->slow && p->own >= slow && p->own > 0);
	return w->all || p->files || has_failed(p) || p->parent == NONE || w->json;
}

/* Which of its programs is the first that is asked for; NONE: none is. */
static size_t find_named(const struct processes *t, const struct process *p)
{
	const struct program *asked = &t->wishes->from;
	size_t i;

	for (i = p->images; asked->word && i < p->images + p->image_count; i++) {
		const struct proc_image *image = &t->family.images[i];

		if ((p->forked || !image->forked) && program_is_run(asked, image->exe, image->argv))
			return i;
	}
	return NONE;
}

/* Is it below one that is asked for? What the same process started before it ran that, is not. */
static bool is_below_named(const struct process *p, const struct process *up)
{
	return up->inside && (up->from == NONE || (p->starter != NONE && p->starter >= up->from));
}

static void find_inside(struct processes *t)
{
	struct family *f = &t->family;
	size_t i;

	for (i = 0; i < f->count; i++) {
		struct process *p = &f->processes[i];

		p->from = find_named(t, p);
		p->named = p->from != NONE;
		p->inside = !t->wishes->from.word ||
			(p->parent != NONE && is_below_named(p, &f->processes[p->parent]));
		if (p->inside) {
			p->from = NONE;
			continue;
		}
		p->parent = NONE;
		p->inside = p->named;
		if (p->named)
			family_begin_at(f, p, p->from);
	}
}

static void choose(struct processes *t)
{
	struct family *f = &t->family;
	double slow;
	size_t i;

	find_inside(t);
	slow = t->wishes->slow ? slow_limit(t) : 0;
	for (i = f->count; i-- > 0;) {
		struct process *p = &f->processes[i];

		if (p->inside && (is_wanted(t->wishes, p, slow) || p->named))
			p->wanted = true;
		/* and what leads there */
		if (p->wanted && p->parent != NONE)
			f->processes[p->parent].wanted = true;
		t->shown += p->wanted;
	}
}

/* Print. */

static const struct {
	const char *goes_on, *is_last, *passes, *nothing;
} drawn[] = {
	{ "|-- ", "`-- ", "|   ", "    " },
	{ "\xe2\x94\x9c\xe2\x94\x80 ", "\xe2\x94\x94\xe2\x94\x80 ", "\xe2\x94\x82  ", "   " },
};

/* How far to the right a tree goes: half of the line is for what is said, more of a short one. */
static unsigned int depth_shown(size_t width, bool utf8)
{
	size_t room = width / 2, each = render_columns(drawn[utf8].nothing);

	if (width && room + LEAST_BESIDE > width)
		room = width > LEAST_BESIDE ? width - LEAST_BESIDE : 0;
	if (!width || room / each > DEPTH_SHOWN)
		return DEPTH_SHOWN;
	return room / each ? (unsigned int)(room / each) : 1;
}

static void add_branch(const struct lines *lines, const struct line *line, size_t width,
	struct buf *out)
{
	bool utf8 = render_is_utf8(), last[DEPTH_SHOWN];
	const struct line *l = line;
	unsigned int i, depth = line->depth, shown = depth_shown(width, utf8);

	for (; l->depth; l = &lines->lines[l->parent])
		if (l->depth <= shown)
			last[l->depth - 1] = l->next == NONE;
	for (i = 1; i < depth && i < shown; i++)
		buf_adds(out, last[i - 1] ? drawn[utf8].nothing : drawn[utf8].passes);
	if (depth)
		buf_adds(out, last[i - 1] ? drawn[utf8].is_last : drawn[utf8].goes_on);
	if (depth > shown)
		buf_addf(out, "(%u) ", depth);
}

/* What is said of a line, from all to the least that a narrow one has room for. */
static const struct facts {
	bool time, files, whole_end;
} facts[] = {
	{ true, true, true },
	{ true, true, false },
	{ false, true, false },
	{ false, false, false },
};

/* How it ended, in words; "" when that is as it should be. */
static void add_end(const struct line *line, bool goes_on, bool whole, struct buf *out)
{
	const struct process *p = line->process;

	if (line->count > 1 && !line->failed)
		return;
	if (line->count > 1)
		buf_addf(out, "%zu ", line->failed);
	if (!p->has_ended) {
		buf_adds(out, goes_on ? "running" : whole ? "its end is not on record" : "no end");
	} else if (p->signal) {
		buf_adds(out, whole ? "killed by " : "");
		render_signal(out, p->signal);
	} else if (p->status) {
		buf_addf(out, "%sstatus %d", whole ? "failed with " : "", p->status);
	}
}

static void add_facts(const struct processes *t, const struct line *line, const struct facts *f,
	struct buf *out)
{
	_cleanup_buf_ struct buf end = BUF_INIT;
	bool time = f->time && (line->seconds > 0 || line->process->has_ended),
	     files = f->files && line->files;

	if (time || files)
		buf_addf(out, "  %s", render_colour(DIM));
	if (time)
		render_duration(out, line->seconds);
	if (files)
		buf_addf(out, "%s%lld file%s", time ? ", " : "", line->files,
			line->files == 1 ? "" : "s");
	if (time || files)
		buf_adds(out, render_colour(PLAIN));
	add_end(line, t->wishes->goes_on, f->whole_end, &end);
	if (end.len)
		buf_addf(out, "  %s%s%s", render_colour(line->failed ? RED : DIM), end.data,
			render_colour(PLAIN));
}

/* By what it was called, as it is not what the file is called that a link leads to. */
static void add_name(const struct line_part *part, struct buf *out)
{
	const char *name =
		program_called(part->all ? part->words.data : "", part->image->exe);

	render_name(out, name, strlen(name));
}

static void add_part(const struct processes *t, const struct line *line, size_t at, struct buf *out)
{
	const struct line_part *part = &line->parts[at];
	size_t start = out->len;

	if (line->process->forked || (!at && line->process->as_fork != NONE)) {
		add_name(part, out);
		buf_adds(out, " (fork)");
	} else if (t->wishes->whole && part->common == part->all && !part->from) {
		render_argv(out, part->image->argv);
	} else {
		if (part->common)
			render_command_words(out, part->words.data + part->from, part->common);
		if (out->len == start) /* not even the name it was called by */
			add_name(part, out);
		if (part->common < part->all)
			buf_adds(out, " ...");
	}
}

static const char then[] = ", then ";

static void add_command(const struct processes *t, const struct line *line, struct buf *out)
{
	size_t i;

	for (i = 0; i < line->part_count; i++) {
		if (i)
			buf_adds(out, then);
		add_part(t, line, i, out);
	}
}

/* Of the first of its programs what there is room for, of the others their names. */
static void add_short_command(const struct processes *t, const struct line *line, size_t width,
	struct buf *out)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	size_t start = out->len, columns, i;

	if (line->part_count)
		add_part(t, line, 0, out);
	for (i = 1; i < line->part_count; i++) {
		buf_adds(&names, then);
		add_name(&line->parts[i], &names);
	}
	columns = names.data ? render_columns(names.data) : 0;
	if (columns + LEAST <= width)
		render_cut(out, start, width - columns);
	buf_add(out, names.data, names.len);
	render_cut(out, start, width);
}

/* Of the facts what there is room for beside `used` columns; how many are used then. */
static size_t add_fitting(const struct processes *t, const struct line *line, size_t used,
	size_t width, struct buf *said)
{
	size_t i, columns = 0;

	for (i = 0; i < ARRAY_SIZE(facts); i++) {
		buf_reset(said);
		add_facts(t, line, &facts[i], said);
		columns = said->data ? render_columns(said->data) : 0;
		if (!width || used + columns <= width)
			break;
	}
	return used + columns;
}

static void add_count(const struct line *line, struct buf *out)
{
	if (line->count > 1)
		buf_addf(out, " %sx%zu%s", render_colour(BOLD), line->count, render_colour(PLAIN));
}

static void print_line(const struct processes *t, const struct line *line)
{
	_cleanup_buf_ struct buf out = BUF_INIT, said = BUF_INIT, count = BUF_INIT, all = BUF_INIT;
	size_t width = t->wishes->whole ? 0 : render_line_width(), wants, least, used;

	add_branch(&t->lines, line, width, &out);
	if (t->wishes->all)
		buf_addf(&out, "%lld ", line->process->pid);
	add_command(t, line, &all);
	add_count(line, &count);
	wants = all.data ? render_columns(all.data) : 0;
	least = wants < LEAST ? wants : LEAST;
	used = (out.data ? render_columns(out.data) : 0) +
		(count.data ? render_columns(count.data) : 0);
	used = add_fitting(t, line, used + least, width, &said) - least;
	if (!width || used + wants <= width)
		buf_add(&out, all.data, all.len);
	else
		add_short_command(t, line, used + LEAST_EVER < width ? width - used : LEAST_EVER,
			&out);
	buf_add(&out, count.data, count.len);
	buf_add(&out, said.data, said.len);
	render_line(&out);
}

static void print_json(const struct processes *t)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	size_t i;

	for (i = 0; i < t->family.count; i++)
		if (t->family.processes[i].wanted) {
			buf_adds(&line, t->family.processes[i].json);
			render_line(&line);
		}
}

static void print_hidden(const struct processes *t)
{
	const struct processes_wishes *w = t->wishes;
	_cleanup_buf_ struct buf line = BUF_INIT;
	size_t i, hidden = 0;

	for (i = 0; i < t->family.count; i++)
		hidden += t->family.processes[i].inside && !t->family.processes[i].wanted;
	if (!hidden || w->writers || w->failed || w->slow)
		return;
	buf_addf(&line, "%s%zu process%s that changed nothing and did not fail: --all shows %s%s",
		render_colour(DIM), hidden, hidden == 1 ? "" : "es", hidden == 1 ? "it" : "them",
		render_colour(PLAIN));
	render_line(&line);
}

bool processes_print(struct processes *t)
{
	size_t at;

	if (t->wishes->json) {
		print_json(t);
		return t->shown;
	}
	for (at = t->lines.first; at != NONE; at = lines_next(&t->lines, at))
		print_line(t, &t->lines.lines[at]);
	print_hidden(t);
	return t->shown;
}

int processes_read(struct processes **out, struct ba *ba, int64_t run_id,
	const struct processes_wishes *wishes)
{
	struct processes *t = calloc(1, sizeof *t);
	int r = -ENOMEM;

	*out = t;
	if (!t)
		return r;
	t->wishes = wishes;
	t->lines.first = NONE;
	r = family_read(&t->family, ba, run_id, wishes->json);
	if (r < 0)
		return r;
	choose(t);
	return wishes->json ? 0 : lines_fold(&t->lines, &t->family, wishes->all);
}

void processes_free(struct processes *t)
{
	if (t) {
		family_release(&t->family);
		lines_release(&t->lines);
	}
	free(t);
}
