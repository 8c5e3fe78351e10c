/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "export/timeline.h"

#include "render/text.h"

/* Nobody sees more of it. */
#define EVERY_NS 1000000

int timeline_walk(struct export *x,
	int (*process)(struct export *x, const struct ba_rows *rows),
	int (*image)(struct export *x, const struct ba_rows *rows))
{
	struct ba_rows *rows;
	int64_t last = 0;
	int r = ba_timeline(x->ba, x->run, &rows);

	if (r < 0)
		return r;
	while (r == 0 && (r = ba_rows_next(rows)) > 0) {
		r = last == row_number(rows, "process_id") ? 0 : process(x, rows);
		last = row_number(rows, "process_id");
		if (r == 0)
			r = image(x, rows);
	}
	ba_rows_free(rows);
	return r;
}

int timeline_changes(struct export *x, int (*tell)(struct export *x, int64_t ns, int64_t count))
{
	int64_t told = 0, now = 0, count = 0;
	struct ba_rows *rows;
	int time, r = ba_events(x->ba, x->run, &rows);

	if (r < 0)
		return r;
	time = ba_rows_column(rows, "time_ns");
	while (r == 0 && (r = ba_rows_next(rows)) > 0) {
		r = 0;
		count++;
		/* in their order, which that of two threads need not be */
		if (ba_rows_int(rows, time) > now)
			now = ba_rows_int(rows, time);
		if (now - told >= EVERY_NS) {
			r = tell(x, now, count);
			told = now;
		}
	}
	ba_rows_free(rows);
	return r == 0 && count && now != told ? tell(x, now, count) : r;
}
