/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/summary.h"

#include <string.h>

#include "render/notes.h"

/* More are for a page, not for the end of a build. */
#define NOTES_SHOWN 4

void summary_add_counts(struct buf *out, const struct ba_summary *s)
{
	buf_addf(out, "run %lld%s: %lld created, %lld modified", (long long)s->run_id,
		s->error ? " (incomplete)" : s->staged ? " (staged)" : "", (long long)s->created,
		(long long)(s->modified - s->same));
	buf_addf(out, ", %lld removed", (long long)s->removed);
	if (s->same)
		buf_addf(out, ", %lld the same", (long long)s->same);
	if (s->up_to_date)
		buf_addf(out, ", %lld up to date", (long long)s->up_to_date);
	if (s->excluded)
		buf_addf(out, " (and %lld excluded)", (long long)s->excluded);
}

static void add_note(struct buf *out, const char *note, size_t len)
{
	buf_adds(out, "buildaudit: note: ");
	buf_add_shown(out, note, len);
	buf_addc(out, '\n');
}

void summary_add_warnings(struct buf *out, const struct ba_summary *s)
{
	const char *note = s->notes;
	size_t len = 0;

	for (; (note = render_note(note, &len)); note += len)
		if (render_note_warns(note, len))
			add_note(out, note, len);
}

void summary_add_notes(struct buf *out, const struct ba_summary *s, const char *me)
{
	const char *note = s->notes;
	size_t len = 0, n = 0;

	while ((note = render_note(note, &len))) {
		if (n++ < NOTES_SHOWN)
			add_note(out, note, len);
		note += len;
	}
	if (n > NOTES_SHOWN)
		buf_addf(out,
			"buildaudit: %zu notes more: %s sql 'SELECT notes FROM runs WHERE run_id = "
			"%lld'\n",
			n - NOTES_SHOWN, me, (long long)s->run_id);
}

void summary_add_stale(struct buf *out, const struct ba_summary *s, const char *me)
{
	if (!s->stale)
		return;
	buf_addf(out, "buildaudit: %lld file%s of older versions of ", (long long)s->stale,
		s->stale == 1 ? "" : "s");
	buf_add_shown(out, s->name, strlen(s->name));
	buf_addf(out, " %s stale, not installed again: '%s uninstall --superseded-by=%lld ",
		s->stale == 1 ? "is" : "are", me, (long long)s->run_id);
	buf_add_shown(out, s->name, strlen(s->name));
	buf_addf(out, "' takes %s out\n", s->stale == 1 ? "it" : "them");
}

void summary_add_program(struct buf *out, const char *db)
{
	buf_adds(out, "buildaudit");
	if (db) {
		buf_adds(out, " -d ");
		buf_add_shell(out, db);
	}
}
