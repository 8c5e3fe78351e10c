/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/utf8.h"

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

bool render_is_terminal(void)
{
	static int known = -1;

	if (known < 0)
		known = isatty(STDOUT_FILENO);
	return known;
}

int render_width(void)
{
	struct winsize w;

	if (!render_is_terminal())
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col == 0)
		return 80;
	return w.ws_col;
}

const char *render_colour(enum colour c)
{
	static const char *const codes[] = { "\033[0m", "\033[31m", "\033[32m", "\033[33m",
		"\033[2m", "\033[1m" };
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!render_is_terminal() || (no && *no) || (term && !strcmp(term, "dumb")))
		return "";
	return codes[c];
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

/* Characters, as far as a terminal shows one column for each. */
static int columns_of(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void pad(struct buf *line, int n)
{
	while (n-- > 0)
		buf_addc(line, ' ');
}

void render_cell(struct buf *out, const char *text, int width)
{
	size_t start = out->len;

	render_name(out, text, strlen(text));
	if (out->data)
		pad(out, width - columns_of(out->data + start));
}

/* Four hexadecimal digits; -1 where there are none, or the text ends before. */
static int hex4(const char *p)
{
	static const char digits[] = "0123456789abcdef";
	int i, value = 0;

	for (i = 0; i < 4; i++) {
		const char *d = p[i] ? strchr(digits, p[i]) : NULL;

		if (!d)
			return -1;
		value = value * 16 + (int)(d - digits);
	}
	return value;
}

/* What stands after a backslash at p; how many bytes that were. */
static size_t json_escape(const char *p, struct buf *out)
{
	char character[4];
	int c;

	switch (*p) {
	case '\0':
		return 0;
	case 'n':
		buf_addc(out, '\n');
		return 1;
	case 't':
		buf_addc(out, '\t');
		return 1;
	case 'u':
		c = hex4(p + 1);
		if (c > 0)
			buf_add(out, character, utf8_encode((uint32_t)c, character));
		return c < 0 ? 1 : 5;
	default:
		buf_addc(out, *p);
		return 1;
	}
}

/* The strings of our own JSON arrays: no escapes but those that buf_add_json makes. */
static const char *json_string(const char *p, struct buf *out)
{
	while (*p && *p != '"') {
		if (*p == '\\')
			p += 1 + json_escape(p + 1, out);
		else
			buf_addc(out, *p++);
	}
	return *p ? p + 1 : p;
}

void render_argv(struct buf *out, const char *json, size_t most)
{
	_cleanup_buf_ struct buf word = BUF_INIT, line = BUF_INIT;
	const char *p = json;

	while ((p = strchr(p, '"'))) {
		buf_reset(&word);
		p = json_string(p + 1, &word);
		if (line.len)
			buf_addc(&line, ' ');
		buf_add_shell(&line, word.data ? word.data : "");
	}
	if (!line.data)
		return;
	if (!most || line.len <= most) {
		buf_add_shown(out, line.data, line.len);
		return;
	}
	while (most && ((unsigned char)line.data[most] & 0xc0) == 0x80)
		most--; /* not inside of a character */
	buf_add_shown(out, line.data, most);
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

void render_date(struct buf *out, const char *iso)
{
	buf_addf(out, "%.10s", iso);
	if (strlen(iso) > 11)
		buf_addf(out, " %.8s", iso + 11);
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

void render_exit(struct buf *out, const struct ba_rows *rows)
{
	int status = ba_rows_column(rows, "exit_status"), sig = ba_rows_column(rows, "term_signal");
	const char *name;

	if (ba_rows_type(rows, sig) == BA_INT) {
		name = sigabbrev_np((int)ba_rows_int(rows, sig));
		buf_addf(out, "SIG%s", name ? name : ba_rows_text(rows, sig, NULL));
	} else if (ba_rows_type(rows, status) == BA_INT) {
		buf_addf(out, "%lld", (long long)ba_rows_int(rows, status));
	} else {
		buf_addc(out, '-');
	}
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

void table_add(struct table *t, struct buf *cell)
{
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 64;
		char **cells = realloc(t->cells, room * sizeof *cells);

		if (!cells)
			return;
		t->cells = cells;
		t->room = room;
	}
	t->cells[t->count++] = buf_steal(cell);
}

/* The line, or as much of it as the terminal has columns. */
static void print_cut(const struct buf *line)
{
	int left = render_width();
	const char *s;

	for (s = line->data; s && *s; s++) {
		if (left && ((unsigned char)*s & 0xc0) != 0x80 && s != line->data && --left == 0)
			break;
		putchar(*s);
	}
	putchar('\n');
}

static void print_row(char *const *cells, const char *const *heads, const int *widths,
	size_t columns)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	size_t i;

	for (i = 0; i < columns; i++) {
		const char *s = cells ? cells[i] : heads[i];

		buf_adds(&line, s ? s : "");
		if (i < columns - 1)
			pad(&line, widths[i] + 2 - columns_of(s ? s : ""));
	}
	print_cut(&line);
}

void table_print(struct table *t, size_t columns, const char *const *heads)
{
	_cleanup_free_ int *widths = calloc(columns, sizeof *widths);
	size_t i;

	if (!widths)
		return;
	for (i = 0; i < columns; i++)
		widths[i] = columns_of(heads[i]);
	for (i = 0; i < t->count; i++) {
		int n = t->cells[i] ? columns_of(t->cells[i]) : 0;

		if (n > widths[i % columns])
			widths[i % columns] = n;
	}
	fputs(render_colour(BOLD), stdout);
	print_row(NULL, heads, widths, columns);
	fputs(render_colour(PLAIN), stdout);
	for (i = 0; i + columns <= t->count; i += columns)
		print_row(t->cells + i, NULL, widths, columns);
}

void table_release(struct table *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){ 0 };
}
