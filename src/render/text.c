/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <time.h>

#include "base/cleanup.h"

const char *row_text(const struct ba_rows *rows, const char *column)
{
	int at = ba_rows_column(rows, column);

	return at < 0 ? "" : ba_rows_text(rows, at, NULL);
}

int64_t row_number(const struct ba_rows *rows, const char *column)
{
	int at = ba_rows_column(rows, column);

	return at < 0 ? 0 : ba_rows_int(rows, at);
}

void render_device(struct buf *out, int64_t rdev, char between)
{
	buf_addf(out, "%u%c%u", major((dev_t)rdev), between, minor((dev_t)rdev));
}

void render_name(struct buf *out, const char *name, size_t len)
{
	if (render_is_terminal())
		buf_add_shown(out, name, len);
	else
		buf_add(out, name, len);
}

size_t render_columns(const char *s)
{
	size_t n = 0;

	for (; *s; s++) {
		if (s[0] == '\033' && s[1] == '[') /* a colour takes none */
			s += strcspn(s, "m");
		else
			n += ((unsigned char)*s & 0xc0) != 0x80;
		if (!*s)
			break;
	}
	return n;
}

void render_blanks(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_addc(out, ' ');
}

void render_cell(struct buf *out, const char *text, size_t width)
{
	size_t start = out->len, columns;

	render_name(out, text, strlen(text));
	columns = out->data ? render_columns(out->data + start) : width;
	render_blanks(out, columns < width ? width - columns : 0);
}

void render_cut(struct buf *out, size_t start, size_t columns)
{
	size_t n = 0, at = start, fits = start;

	if (!out->data || render_columns(out->data + start) <= columns)
		return;
	for (; out->data[at]; at++) {
		if (((unsigned char)out->data[at] & 0xc0) == 0x80)
			continue;
		if (n++ + 3 == columns)
			fits = at;
	}
	out->len = fits;
	buf_adds(out, "...");
}

void render_duration(struct buf *out, double seconds)
{
	if (seconds < 0.1)
		buf_addf(out, "%.0f ms", seconds * 1000);
	else if (seconds < 100)
		buf_addf(out, "%.1f s", seconds);
	else
		buf_addf(out, "%.0f min %.0f s", (double)(long)(seconds / 60),
			seconds - 60 * (double)(long)(seconds / 60));
}

void render_size(struct buf *out, int64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double n = (double)bytes / 1024;
	size_t i = 0;

	if (bytes < 1000) {
		buf_addf(out, "%lld B", (long long)bytes);
		return;
	}
	/* what would be printed as 1000 of one is one of the next */
	for (; n >= 999.5; n /= 1024)
		i++;
	buf_addf(out, n < 9.95 ? "%.1f %s" : "%.0f %s", n, units[i]);
}

static void add_local(struct buf *out, time_t seconds)
{
	char text[32];
	struct tm tm;

	if (localtime_r(&seconds, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm))
		buf_adds(out, text);
}

void render_date(struct buf *out, const char *iso)
{
	struct tm tm = { 0 };

	if (strptime(iso, "%Y-%m-%dT%H:%M:%S", &tm))
		add_local(out, timegm(&tm));
}

void render_time(struct buf *out, int64_t ns)
{
	add_local(out, (time_t)(ns / 1000000000));
}

void render_install(struct buf *out, const struct ba_rows *rows)
{
	const char *name = row_text(rows, "name"), *version = row_text(rows, "version");

	render_name(out, name, strlen(name));
	if (!*version)
		return;
	buf_addc(out, ' ');
	render_name(out, version, strlen(version));
}

void render_signal(struct buf *out, int number)
{
	const char *name = sigabbrev_np(number);

	if (name)
		buf_addf(out, "SIG%s", name);
	else
		buf_addf(out, "SIG%d", number);
}

void render_exit(struct buf *out, const struct ba_rows *rows)
{
	int status = ba_rows_column(rows, "exit_status"), sig = ba_rows_column(rows, "term_signal");

	if (ba_rows_type(rows, sig) == BA_INT)
		render_signal(out, (int)ba_rows_int(rows, sig));
	else if (ba_rows_type(rows, status) == BA_INT)
		buf_addf(out, "%lld", (long long)ba_rows_int(rows, status));
	else
		buf_addc(out, '-');
}

static bool incomplete;

bool render_is_whole(void)
{
	return !incomplete;
}

void render_line(struct buf *line)
{
	buf_addc(line, '\n');
	if (line->failed)
		incomplete = true;
	else
		fwrite(line->data, 1, line->len, stdout); /* main() asks stdout in the end */
	buf_reset(line);
}
