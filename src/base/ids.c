/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/ids.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"

/* At most 340 lines (user_namespaces(7)). */
#define MAP_MAX (64U << 10)

struct id_range {
	unsigned int inside, outside, count;
};

/* Calls each() for each range of a map: its numbers are padded with blanks. 0 or -ENOMEM. */
static int read_map(const char *file, void (*each)(const struct id_range *, void *), void *data)
{
	_cleanup_buf_ struct buf map = BUF_INIT;
	char *line, *rest;
	struct id_range r;
	int e = io_read_file(file, &map, MAP_MAX);

	for (rest = e < 0 ? NULL : map.data; rest && (line = strsep(&rest, "\n"));)
		if (sscanf(line, "%u %u %u", &r.inside, &r.outside, &r.count) == 3)
			each(&r, data);
	return e == -ENOMEM ? e : 0;
}

static void add_range(const struct id_range *r, void *data)
{
	struct buf *out = data;
	bool first = !out->len || out->data[out->len - 1] == ';';

	buf_addf(out, "%s%u %u %u", first ? "" : ",", r->inside, r->outside, r->count);
}

int ids_maps(struct buf *out)
{
	int r = read_map("/proc/self/uid_map", add_range, out);

	buf_addc(out, ';');
	if (r == 0)
		r = read_map("/proc/self/gid_map", add_range, out);
	return out->failed ? -ENOMEM : r;
}

bool ids_are_known(const char *maps)
{
	return maps && strspn(maps, ";") < strlen(maps);
}

struct overflow_id {
	bool asked;
	uint32_t number; /* UINT32_MAX: none, all are known */
};

static void leave_out(const struct id_range *r, void *data)
{
	struct overflow_id *o = data;

	if (o->number - r->inside < r->count)
		o->number = UINT32_MAX;
}

static bool is_known(struct overflow_id *o, const char *number, const char *map, uint32_t shown)
{
	char text[32];

	if (!o->asked) {
		io_read_line(number, text, sizeof text);
		o->number = *text ? (uint32_t)strtoul(text, NULL, 10) : UINT32_MAX;
		o->asked = read_map(map, leave_out, o) == 0;
	}
	return shown != o->number;
}

uid_t ids_user(uint32_t shown)
{
	static _Thread_local struct overflow_id users;

	return is_known(&users, "/proc/sys/kernel/overflowuid", "/proc/self/uid_map", shown) ?
		shown :
		(uid_t)-1;
}

gid_t ids_group(uint32_t shown)
{
	static _Thread_local struct overflow_id groups;

	return is_known(&groups, "/proc/sys/kernel/overflowgid", "/proc/self/gid_map", shown) ?
		shown :
		(gid_t)-1;
}
