/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/mountinfo.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/proc.h"

int mountinfo_read(struct mountinfo *m, pid_t pid)
{
	char path[PROC_PATH] = "/proc/self/mountinfo";

	if (pid)
		proc_path(path, pid, "mountinfo");
	return io_read_file(path, &m->text, PROC_TABLE_MAX);
}

void mountinfo_release(struct mountinfo *m)
{
	buf_release(&m->text);
	m->at = 0;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Space, tab, newline and backslash stand there as three octal digits. */
static char *unescaped(char *s)
{
	char *in, *out = s;

	for (in = s; *in; in++) {
		if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && is_octal(in[2]) &&
			is_octal(in[3])) {
			*out++ = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
			in += 3;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
	return s;
}

static char *folder(char *s)
{
	return unescaped(strcmp(s, "/") ? s : s + 1);
}

enum mount_field {
	FIELD_ID,
	FIELD_PARENT,
	FIELD_DEV,
	FIELD_ROOT,
	FIELD_POINT,
	FIELD_OPTIONS,
	FIELDS,
};
/* Behind the dash: what stands before it may grow. */
enum mount_tail { TAIL_TYPE, TAIL_SOURCE, TAIL_OPTIONS, TAILS };

static bool split(char *line, char **field, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!(field[i] = strsep(&line, " ")))
			return false;
	return true;
}

/* "36 35 254:0 /root /point options [more]... - type source options" */
static bool read_line(struct mount_line *out, char *line)
{
	char *dash = strstr(line, " - "), *field[FIELDS], *tail[TAILS];

	if (!dash)
		return false;
	*dash = '\0';
	if (!split(line, field, FIELDS) || !split(dash + 3, tail, TAILS))
		return false;
	*out = (struct mount_line){ .id = strtoull(field[FIELD_ID], NULL, 10),
		.parent = strtoull(field[FIELD_PARENT], NULL, 10),
		.dev = field[FIELD_DEV],
		.root = folder(field[FIELD_ROOT]),
		.point = folder(field[FIELD_POINT]),
		.options = field[FIELD_OPTIONS],
		.type = unescaped(tail[TAIL_TYPE]),
		.source = unescaped(tail[TAIL_SOURCE]),
		.fs_options = tail[TAIL_OPTIONS] };
	return true;
}

bool mountinfo_next(struct mountinfo *m, struct mount_line *out)
{
	while (m->at < m->text.len) {
		char *line = m->text.data + m->at;
		size_t n = strcspn(line, "\n");

		m->at += n + 1;
		line[n] = '\0';
		if (read_line(out, line))
			return true;
	}
	return false;
}
