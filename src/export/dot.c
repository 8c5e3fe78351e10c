/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes as a graph for Graphviz: who started whom, how many files each changed. */
#include "export/export.h"
#include "render/argv.h"
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

static int write_process(struct export *x, const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf command = BUF_INIT;
	long long id = row_number(rows, "process_id"), files = row_number(rows, "files"),
		  depth = row_number(rows, "depth");
	bool failed = row_number(rows, "exit_status") || row_number(rows, "term_signal");

	render_command(&command, row_text(rows, "argv"), LABEL_WIDTH);
	buf_addf(&x->line, "\tp%lld [label=\"", id);
	add_quoted(&x->line, command.data);
	if (files)
		buf_addf(&x->line, "\\n%lld file%s", files, files == 1 ? "" : "s");
	buf_addf(&x->line, "\"%s%s];\n", files ? ", style=bold" : "", failed ? ", color=red" : "");
	if (depth)
		buf_addf(&x->line, "\tp%lld -> p%lld;\n",
			(long long)row_number(rows, "parent_id"), id);
	return export_put(x);
}

static int write_dot(struct export *x)
{
	struct ba_rows *rows;
	int r = ba_tree(x->ba, x->run, &rows);

	if (r < 0)
		return r;
	buf_adds(&x->line, "digraph run {\n\trankdir=LR;\n"
			   "\tnode [shape=box, fontname=monospace];\n");
	r = export_put(x);
	while (r == 0 && (r = ba_rows_next(rows)) > 0)
		r = write_process(x, rows);
	ba_rows_free(rows);
	buf_adds(&x->line, "}\n");
	return r < 0 ? r : export_put(x);
}

const struct export_form export_dot = { "dot", "the processes as a graph, for Graphviz", false,
	write_dot };
