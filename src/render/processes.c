/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Read, chosen, folded, printed. A process comes after its parent, as ba_tree() gives them, and so
 * does a line: each step is one pass, forwards or backwards, however deep the tree is.
 */
#include "render/processes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/mix.h"
#include "base/u64map.h"
#include "render/argv.h"
#include "render/json.h"
#include "render/text.h"

/* Deeper trees go on, without going on to the right. */
#define DEPTH_SHOWN 40
#define NONE ((size_t)-1)

struct process {
	size_t parent, line; /* NONE: it has none */
	long long pid, files;
	char *exe, *argv, *json; /* json: where it is asked for */
	int64_t started, ended, covered; /* covered: until then its children so far have run */
	double own;                      /* seconds in which none of its children ran */
	uint64_t shape;                  /* of what it runs, and of all that is shown below it */
	int status, signal;
	bool has_ended, forked; /* forked: it runs what its parent runs */
	bool wanted, inside;
	bool named; /* it runs what is asked for */
};

/* What is printed as one: processes of one shape whose parents are one line, too. */
struct line {
	size_t parent, first, last, next; /* the line it is below, its own lines, and its sister */
	const struct process *process;    /* the first of them */
	struct buf words;                 /* of that one */
	bool ends_differ;
	size_t count, failed, common;     /* common: so many words are those of all */
	long long files;
	double seconds;
	unsigned int depth;
};

struct processes {
	const struct processes_wishes *wishes;
	struct process *processes;
	struct line *lines;
	size_t count, line_count, shown;
	size_t first, last; /* the lines that are below none */
};

/* Read. */

static char *copy_text(const struct ba_rows *rows, const char *column)
{
	return strdup(row_text(rows, column));
}

static char *json_of(const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf row = BUF_INIT;

	render_json_row(rows, &row);
	return buf_steal(&row);
}

static int read_process(struct process *p, const struct ba_rows *rows, bool json)
{
	p->parent = p->line = NONE;
	p->pid = row_number(rows, "pid");
	p->files = row_number(rows, "files");
	p->started = p->covered = row_number(rows, "started_ns");
	p->ended = row_number(rows, "ended_ns");
	p->has_ended = ba_rows_type(rows, ba_rows_column(rows, "ended_ns")) != BA_NULL;
	p->own = p->has_ended ? (double)(p->ended - p->started) / 1e9 : 0;
	p->status = (int)row_number(rows, "exit_status");
	p->signal = (int)row_number(rows, "term_signal");
	p->exe = copy_text(rows, "exe");
	p->argv = copy_text(rows, "argv");
	p->json = json ? json_of(rows) : NULL;
	return p->exe && p->argv && (p->json || !json) ? 0 : -ENOMEM;
}

/* The ways in which it took its time are its children's, as far as one of these ran. */
static void take_from_parent(const struct processes *t, const struct process *p)
{
	struct process *parent = &t->processes[p->parent];
	int64_t from = p->started > parent->covered ? p->started : parent->covered;

	if (p->has_ended && p->ended > from) {
		parent->own -= (double)(p->ended - from) / 1e9;
		parent->covered = p->ended;
	}
}

static void place(struct processes *t, struct process *p, size_t parent)
{
	const struct process *up;

	p->parent = parent;
	if (parent == NONE)
		return;
	up = &t->processes[parent];
	p->forked = !strcmp(p->exe, up->exe) && !strcmp(p->argv, up->argv);
	take_from_parent(t, p);
}

static int read_all(struct processes *t, struct ba_rows *rows)
{
	_cleanup_free_ size_t *way = NULL; /* the last process of each depth */
	size_t depths = 0, depth;
	int r;

	while ((r = ba_rows_next(rows)) > 0) {
		struct process *p = ARRAY_MORE(t->processes, t->count);

		depth = (size_t)row_number(rows, "depth");
		if (depth > depths)
			return -EBADMSG;
		if (!p || (depth == depths && !ARRAY_MORE(way, depths)) ||
			read_process(p, rows, t->wishes->json) < 0)
			return -ENOMEM;
		way[depth] = t->count - 1;
		place(t, p, depth ? way[depth - 1] : NONE);
	}
	return r;
}

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
	_cleanup_free_ double *own = calloc(t->count ? t->count : 1, sizeof *own);
	size_t i, n = 0;

	for (i = 0; own && i < t->count; i++)
		if (t->processes[i].inside)
			own[n++] = t->processes[i].own;
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

static void choose(struct processes *t)
{
	const struct program *from = &t->wishes->from;
	double slow;
	size_t i;

	for (i = 0; i < t->count; i++) {
		struct process *p = &t->processes[i];

		p->named = from->word && program_is_run(from, p->exe, p->argv);
		p->inside = !from->word || p->named ||
			(p->parent != NONE && t->processes[p->parent].inside);
	}
	slow = t->wishes->slow ? slow_limit(t) : 0;
	for (i = t->count; i-- > 0;) {
		struct process *p = &t->processes[i];

		if (p->inside && (is_wanted(t->wishes, p, slow) || p->named))
			p->wanted = true;
		/* and what leads there */
		if (p->wanted && p->parent != NONE && t->processes[p->parent].inside)
			t->processes[p->parent].wanted = true;
		t->shown += p->wanted;
	}
}

/* Fold. */

static uint64_t own_shape(const struct process *p)
{
	return program_hash(p->exe, p->argv) + p->forked * 2u + has_failed(p);
}

/*
 * Two that have other programs below them are two lines: else what is below one would seem to be
 * what each of them did. How often a program is there is of no account.
 */
static int find_shapes(struct processes *t)
{
	_cleanup_(u64map_release) struct u64map counted = { 0 };
	size_t i;
	bool added;

	for (i = t->count; i-- > 0;) {
		struct process *p = &t->processes[i];

		if (!p->wanted)
			continue;
		p->shape = mix64(p->shape + own_shape(p));
		if (p->parent == NONE)
			continue;
		if (!u64map_put(&counted, mix64(p->parent) ^ p->shape, &added))
			return -ENOMEM;
		if (added)
			t->processes[p->parent].shape += mix64(p->shape);
	}
	return 0;
}

static int add_line(struct processes *t, size_t parent, const struct process *p)
{
	struct line *line = ARRAY_MORE(t->lines, t->line_count);
	size_t n = t->line_count - 1, *first = &t->first, *last = &t->last;

	if (!line)
		return -ENOMEM;
	line->parent = parent;
	line->first = line->last = line->next = NONE;
	line->process = p;
	line->common = argv_words(p->argv, &line->words);
	if (parent != NONE) {
		first = &t->lines[parent].first;
		last = &t->lines[parent].last;
		line->depth = t->lines[parent].depth + 1;
	}
	if (*first == NONE)
		*first = n;
	else
		t->lines[*last].next = n;
	*last = n;
	return line->words.failed ? -ENOMEM : 0;
}

/* How many of the line's words are the process's, too. */
static void find_common(struct line *line, const struct process *p)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	size_t n = argv_words(p->argv, &words), i;
	const char *a = line->words.data, *b = words.data;

	if (words.failed || line->process->argv == p->argv)
		return;
	for (i = 0; i < n && i < line->common && !strcmp(a, b); i++) {
		a += strlen(a) + 1;
		b += strlen(b) + 1;
	}
	line->common = i;
}

/* The line of those of this shape, a new one for the first. */
static int find_line(struct processes *t, struct u64map *known, size_t parent, struct process *p)
{
	bool added = true;
	uint32_t *at = NULL;

	if (!t->wishes->all) {
		at = u64map_put(known, mix64(parent) ^ p->shape, &added);
		if (!at)
			return -ENOMEM;
	}
	if (at && added)
		*at = (uint32_t)t->line_count;
	p->line = at ? *at : t->line_count;
	return added ? add_line(t, parent, p) : 0;
}

static int fold(struct processes *t)
{
	_cleanup_(u64map_release) struct u64map known = { 0 };
	size_t i, parent;
	int r = find_shapes(t);

	for (i = 0; r == 0 && i < t->count; i++) {
		struct process *p = &t->processes[i];
		struct line *line;

		if (!p->wanted)
			continue;
		parent = p->parent == NONE ? NONE : t->processes[p->parent].line;
		r = find_line(t, &known, parent, p);
		if (r < 0)
			break;
		line = &t->lines[p->line];
		line->count++;
		line->failed += has_failed(p);
		line->ends_differ |= p->status != line->process->status ||
			p->signal != line->process->signal;
		line->files += p->files;
		line->seconds += p->has_ended ? (double)(p->ended - p->started) / 1e9 : 0;
		find_common(line, p);
	}
	return r;
}

/* Print. */

static const struct {
	const char *goes_on, *is_last, *passes, *nothing;
} drawn[] = {
	{ "|-- ", "`-- ", "|   ", "    " },
	{ "\xe2\x94\x9c\xe2\x94\x80 ", "\xe2\x94\x94\xe2\x94\x80 ", "\xe2\x94\x82  ", "   " },
};

static void add_branch(const struct processes *t, const struct line *line, struct buf *out)
{
	bool utf8 = render_is_utf8(), last[DEPTH_SHOWN];
	const struct line *l = line;
	unsigned int i, depth = line->depth;

	for (; l->depth; l = &t->lines[l->parent])
		if (l->depth <= DEPTH_SHOWN)
			last[l->depth - 1] = l->next == NONE;
	for (i = 1; i < depth && i < DEPTH_SHOWN; i++)
		buf_adds(out, last[i - 1] ? drawn[utf8].nothing : drawn[utf8].passes);
	if (depth)
		buf_adds(out, last[i - 1] ? drawn[utf8].is_last : drawn[utf8].goes_on);
}

/* How it ended, in words; "" when that is as it should be. */
static void add_end(const struct line *line, bool goes_on, struct buf *out)
{
	const struct process *p = line->process;

	if (line->count > 1 && !line->failed)
		return;
	if (line->count > 1)
		buf_addf(out, "%zu ", line->failed);
	if (line->ends_differ) {
		buf_adds(out, "failed");
	} else if (!p->has_ended) {
		buf_adds(out, goes_on ? "running" : "its end is not on record");
	} else if (p->signal) {
		buf_adds(out, "killed by ");
		render_signal(out, p->signal);
	} else if (p->status) {
		buf_addf(out, "failed with status %d", p->status);
	}
}

static void add_facts(const struct processes *t, const struct line *line, struct buf *out)
{
	_cleanup_buf_ struct buf end = BUF_INIT;
	bool timed = line->seconds > 0 || line->process->has_ended;

	buf_addf(out, "  %s", render_colour(DIM));
	if (timed)
		render_duration(out, line->seconds);
	if (line->files)
		buf_addf(out, "%s%lld file%s", timed ? ", " : "", line->files,
			line->files == 1 ? "" : "s");
	buf_adds(out, render_colour(PLAIN));
	add_end(line, t->wishes->goes_on, &end);
	if (end.len)
		buf_addf(out, "  %s%s%s", render_colour(line->failed ? RED : DIM), end.data,
			render_colour(PLAIN));
}

static void add_command(const struct processes *t, const struct line *line, size_t width,
	struct buf *out)
{
	size_t all = 0, start;
	const char *word = line->words.data, *program = program_name(line->process->exe);

	for (; word && word < line->words.data + line->words.len; word += strlen(word) + 1)
		all++;
	if (line->process->forked) {
		render_name(out, program, strlen(program));
		buf_adds(out, " (fork)");
	} else if (t->wishes->whole && line->common == all) {
		render_argv(out, line->process->argv);
	} else {
		start = out->len;
		render_command_words(out, line->words.data, line->common, width);
		if (out->len == start) /* not even the name it was called by */
			render_name(out, program, strlen(program));
		if (line->common < all)
			buf_adds(out, " ...");
	}
}

static void print_line(const struct processes *t, const struct line *line)
{
	_cleanup_buf_ struct buf out = BUF_INIT, facts = BUF_INIT, count = BUF_INIT;
	size_t width = render_line_width(), used;

	add_facts(t, line, &facts);
	if (line->count > 1)
		buf_addf(&count, " %sx%zu%s", render_colour(BOLD), line->count,
			render_colour(PLAIN));
	buf_add(&count, "", 0);
	add_branch(t, line, &out);
	if (t->wishes->all)
		buf_addf(&out, "%lld ", line->process->pid);
	if (!facts.data || !count.data)
		return;
	used = render_columns(facts.data) + render_columns(count.data) + strlen(" ...");
	add_command(t, line, t->wishes->whole ? 0 : width > used ? width - used : 1, &out);
	buf_add(&out, count.data, count.len);
	buf_add(&out, facts.data, facts.len);
	render_line(&out);
}

/* The line after this one: its first, or its sister, or that of the nearest above which has one. */
static size_t next_line(const struct processes *t, size_t at)
{
	if (t->lines[at].first != NONE)
		return t->lines[at].first;
	while (at != NONE && t->lines[at].next == NONE)
		at = t->lines[at].parent;
	return at == NONE ? NONE : t->lines[at].next;
}

static void print_json(const struct processes *t)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	size_t i;

	for (i = 0; i < t->count; i++)
		if (t->processes[i].wanted) {
			buf_adds(&line, t->processes[i].json);
			render_line(&line);
		}
}

static void print_hidden(const struct processes *t)
{
	const struct processes_wishes *w = t->wishes;
	_cleanup_buf_ struct buf line = BUF_INIT;
	size_t i, hidden = 0;

	for (i = 0; i < t->count; i++)
		hidden += t->processes[i].inside && !t->processes[i].wanted;
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
	for (at = t->first; at != NONE; at = next_line(t, at))
		print_line(t, &t->lines[at]);
	print_hidden(t);
	return t->shown;
}

int processes_read(struct processes **out, struct ba_rows *rows,
	const struct processes_wishes *wishes)
{
	struct processes *t = calloc(1, sizeof *t);
	int r = -ENOMEM;

	*out = t;
	if (!t)
		return r;
	t->wishes = wishes;
	t->first = t->last = NONE;
	r = read_all(t, rows);
	if (r < 0)
		return r;
	choose(t);
	return wishes->json ? 0 : fold(t);
}

void processes_free(struct processes *t)
{
	size_t i;

	for (i = 0; t && i < t->count; i++) {
		free(t->processes[i].exe);
		free(t->processes[i].argv);
		free(t->processes[i].json);
	}
	for (i = 0; t && i < t->line_count; i++)
		buf_release(&t->lines[i].words);
	if (t) {
		free(t->processes);
		free(t->lines);
	}
	free(t);
}
