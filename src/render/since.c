/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/since.h"

#include <string.h>

#include "render/json.h"

enum { UNDONE, WHOLE, SUPERSEDED };

static int ask(struct ba *ba, int64_t run_id, struct ba_rows **since)
{
	int r = ba_run_since(ba, run_id, since);

	if (r < 0)
		return r;
	r = ba_rows_next(*since);
	if (r > 0)
		return r;
	ba_rows_free(*since);
	return r < 0 ? r : -1;
}

int render_since(struct buf *out, struct ba *ba, int64_t run_id)
{
	struct ba_rows *since;
	int r = ask(ba, run_id, &since);
	const char *undone = r > 0 ? ba_rows_text(since, UNDONE, NULL) : "";

	if (r < 0)
		return r;
	if (*undone)
		buf_addf(out, "%s%s", ba_rows_int(since, WHOLE) ? "" : "partly ",
			!strcmp(undone, "rollback") ? "rolled back" : "uninstalled");
	else if (ba_rows_int(since, SUPERSEDED))
		buf_adds(out, "superseded");
	ba_rows_free(since);
	return 1;
}

int render_since_json(struct buf *object, struct ba *ba, int64_t run_id)
{
	_cleanup_buf_ struct buf row = BUF_INIT;
	struct ba_rows *since;
	int r = ask(ba, run_id, &since);

	if (r < 0)
		return r;
	render_json_row(since, &row);
	ba_rows_free(since);
	if (row.failed || !row.len || !object->len)
		return 1; /* a buffer that failed says so where it is written */
	object->data[object->len - 1] = ',';
	buf_adds(object, row.data + 1);
	return 1;
}
