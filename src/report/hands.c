/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What each image did to each file is one row, whatever it did there: which
 * calls, how often, is a text that many rows share.
 */
#include "report/hands.h"

#include <string.h>

#include "base/mix.h"
#include "base/u64map.h"
#include "render/say.h"
#include "report/columns.h"

/* The columns of ba_hands(). There may be a million rows: they are not asked for by name. */
enum { EXEC, PATH, OP, OLD, FLAGS, MODE, COUNT, FIRST, LAST, FOUND, RUN };

static const char *const hand_columns[] = { "exec", "file", "ops", "first", "span", NULL };
static const char *const ops_columns[] = { "ops", NULL };
static const char *const move_columns[] = { "hand", "op", "old", NULL };

struct hand_list {
	struct gather *g;
	struct columns c, ops, moves;
	struct u64map known; /* texts of ops */
	struct buf text;     /* of this hand: "open 577 420 1, chmod 0 420 2" */
	bool any;
	uint64_t at; /* the place of the last image */
	int64_t exec, path, first, last;
};

static int end_hand(struct hand_list *h)
{
	uint32_t next = (uint32_t)h->known.used, *place;
	bool added;

	if (!h->any)
		return 0;
	place = u64map_put(&h->known, mix_bytes(h->text.data, h->text.len), &added);
	if (!place || h->text.failed)
		return say_no_memory();
	if (added) {
		*place = next;
		columns_bytes(&h->ops, h->text.data, h->text.len);
		columns_row(&h->ops);
	}
	h->at = (uint64_t)(gather_place(&h->g->execs, h->exec) + 1);
	columns_step(&h->c, (int64_t)h->at - 1);
	columns_step(&h->c, gather_place(&h->g->files, h->path));
	columns_number(&h->c, *place);
	columns_step(&h->c, h->first);
	columns_number(&h->c, h->last - h->first);
	columns_row(&h->c);
	buf_reset(&h->text);
	h->any = false;
	return 0;
}

static void begin_hand(struct hand_list *h, const struct ba_rows *rows)
{
	h->any = true;
	h->exec = ba_rows_int(rows, EXEC);
	h->path = ba_rows_int(rows, PATH);
	h->first = INT64_MAX;
	h->last = INT64_MIN;
}

static void add_move(struct hand_list *h, const struct ba_rows *rows)
{
	if (ba_rows_type(rows, OLD) == BA_NULL)
		return;
	columns_number(&h->moves, h->c.total);
	columns_text(&h->moves, ba_rows_text(rows, OP, NULL));
	columns_number(&h->moves, gather_place(&h->g->files, ba_rows_int(rows, OLD)));
	columns_row(&h->moves);
}

static void add_op(struct hand_list *h, const struct ba_rows *rows)
{
	int64_t run = gather_place(&h->g->runs, ba_rows_int(rows, RUN));
	int64_t first = gather_time(h->g, run, ba_rows_int(rows, FIRST));
	int64_t last = gather_time(h->g, run, ba_rows_int(rows, LAST));

	if (h->first > first)
		h->first = first;
	if (h->last < last)
		h->last = last;
	buf_addf(&h->text, "%s%s %lld %lld %lld", h->text.len ? "," : "",
		ba_rows_text(rows, OP, NULL), (long long)ba_rows_int(rows, FLAGS),
		(long long)ba_rows_int(rows, MODE), (long long)ba_rows_int(rows, COUNT));
	if (ba_rows_int(rows, FOUND))
		buf_adds(&h->text, " found");
	add_move(h, rows);
}

static int add_row(struct hand_list *h, const struct ba_rows *rows)
{
	if (h->any && (ba_rows_int(rows, EXEC) != h->exec || ba_rows_int(rows, PATH) != h->path) &&
		end_hand(h) < 0)
		return -1;
	if (!h->any)
		begin_hand(h, rows);
	add_op(h, rows);
	return 0;
}

static void release(struct hand_list *h)
{
	columns_release(&h->c);
	columns_release(&h->ops);
	columns_release(&h->moves);
	u64map_release(&h->known);
	buf_release(&h->text);
}

int hands_gather(struct gather *g)
{
	_cleanup_(release) struct hand_list h = { .g = g };
	_cleanup_ba_rows_ struct ba_rows *rows = NULL;
	int r = ba_hands(g->ba, g->subject, &rows);

	columns_begin(&h.c, g->to, "hands", hand_columns);
	columns_begin(&h.ops, g->to, "ops", ops_columns);
	columns_begin(&h.moves, g->to, "moves", move_columns);
	while (r >= 0 && (r = gather_next(g, rows, h.at, g->execs.used)) > 0)
		if (add_row(&h, rows) < 0)
			return -1;
	if (r >= 0 && end_hand(&h) < 0)
		return -1;
	columns_end(&h.ops);
	columns_end(&h.moves);
	columns_end(&h.c);
	return r < 0 ? gather_failed(g) : 0;
}
