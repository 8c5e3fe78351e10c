/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/where.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/binds.h"
#include "base/io.h"

/* At most 340 lines (user_namespaces(7)). */
#define MAP_MAX (64U << 10)

/* The numbers are padded with blanks, a line for each range of them. */
static int add_map(struct buf *out, const char *file)
{
	_cleanup_buf_ struct buf map = BUF_INIT;
	char *line, *rest;
	unsigned int inside, outside, count;
	bool first = true;

	if (io_read_file(file, &map, MAP_MAX) < 0)
		return 0;
	for (rest = map.data; rest && (line = strsep(&rest, "\n"));) {
		if (sscanf(line, "%u %u %u", &inside, &outside, &count) != 3)
			continue;
		buf_addf(out, "%s%u %u %u", first ? "" : ",", inside, outside, count);
		first = false;
	}
	return out->failed ? -ENOMEM : 0;
}

int where_read(struct where *w, const char *db)
{
	int r;

	*w = (struct where){ .ids = BUF_INIT };
	if (binds_path(db, w->place) < 0)
		w->place[0] = '\0';
	fs_id_read("/", w->root);
	r = add_map(&w->ids, "/proc/self/uid_map");
	buf_addc(&w->ids, ';');
	return r < 0 ? r : add_map(&w->ids, "/proc/self/gid_map");
}

void where_release(struct where *w)
{
	buf_release(&w->ids);
}
