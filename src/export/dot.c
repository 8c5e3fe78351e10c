/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processes as a graph for Graphviz: what started what, how many files each changed. What one
 * process ran one after the other is joined by dashes.
 */
#include "base/cleanup.h"
#include "export/export.h"
#include "render/argv.h"
#include "render/family.h"
#include "render/text.h"

#define LABEL_WIDTH 60

/* In quotes, where only these two mean something. */
static void add_quoted(struct buf *line, const char *s)
{
	for (; s && *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addc(line, '\\');
		buf_addc(line, *s);
	}
}

/* The first program that a process is told with has its number, others are counted behind it. */
static void add_node(struct buf *line, const struct process *p, unsigned int at)
{
	buf_addf(line, at ? "p%lld_%u" : "p%lld", p->id, at + 1);
}

static void add_edge(struct export *x, const struct process *from, unsigned int at,
	const struct process *to, unsigned int to_at)
{
	buf_addc(&x->line, '\t');
	add_node(&x->line, from, at);
	buf_adds(&x->line, " -> ");
	add_node(&x->line, to, to_at);
	buf_adds(&x->line, from == to ? " [style=dashed];\n" : ";\n");
}

/* How it ended, and its files, are said of the last. */
static void add_program(struct export *x, const struct process *p, const struct proc_image *image,
	unsigned int at, bool last)
{
	_cleanup_buf_ struct buf command = BUF_INIT;
	bool files = last && p->files, failed = last && (p->status || p->signal);

	render_command(&command, image ? image->argv : "", LABEL_WIDTH);
	buf_addc(&x->line, '\t');
	add_node(&x->line, p, at);
	buf_adds(&x->line, " [label=\"");
	add_quoted(&x->line, command.data);
	if (files)
		buf_addf(&x->line, "\\n%lld file%s", p->files, p->files == 1 ? "" : "s");
	buf_addf(&x->line, "\"%s%s];\n", files ? ", style=bold" : "", failed ? ", color=red" : "");
	if (at)
		add_edge(x, p, at - 1, p, at);
}

/* Which of the programs that its parent is told with started it. */
static unsigned int starter_of(const struct family *f, const struct process *p)
{
	const struct process *up = &f->processes[p->parent];
	const struct proc_image *image = NULL;
	unsigned int at;

	for (at = 0; p->starter != NONE && (image = family_told(f, up, image)); at++)
		if (image == &f->images[p->starter])
			return at;
	return 0;
}

static int write_process(struct export *x, const struct family *f, const struct process *p)
{
	const struct proc_image *image = family_told(f, p, NULL), *next;
	unsigned int at = 0;

	for (;; at++) {
		next = image ? family_told(f, p, image) : NULL;
		add_program(x, p, image, at, !next);
		if (!next)
			break;
		image = next;
	}
	if (p->parent != NONE)
		add_edge(x, &f->processes[p->parent], starter_of(f, p), p, 0);
	return export_put(x);
}

static int write_dot(struct export *x)
{
	_cleanup_(family_release) struct family f = { 0 };
	size_t i;
	int r = family_read(&f, x->ba, x->run, false);

	if (r < 0)
		return r;
	buf_adds(&x->line, "digraph run {\n\trankdir=LR;\n"
			   "\tnode [shape=box, fontname=monospace];\n");
	r = export_put(x);
	for (i = 0; r == 0 && i < f.count; i++)
		r = write_process(x, &f, &f.processes[i]);
	buf_adds(&x->line, "}\n");
	return r < 0 ? r : export_put(x);
}

const struct export_form export_dot = { "dot", "the processes as a graph, for Graphviz", false,
	write_dot };
