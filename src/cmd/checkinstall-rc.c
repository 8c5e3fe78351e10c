/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checkinstallrc is a piece of shell that people have edited. Here it is read
 * for its assignments, and nothing in it is run.
 */
#include "cmd/checkinstall-rc.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "render/say.h"

/* The word behind NAME=, quotes taken off. False: it is more than a plain word. */
static bool read_word(const char *s, struct buf *out)
{
	char quote = '\0';

	for (; *s && (quote || (!isspace((unsigned char)*s) && *s != '#' && *s != ';')); s++) {
		if (quote != '\'' && (*s == '$' || *s == '`'))
			return false;
		if (quote && *s == quote)
			quote = '\0';
		else if (!quote && (*s == '"' || *s == '\''))
			quote = *s;
		else if (*s == '\\' && quote != '\'' && s[1])
			buf_addc(out, *++s);
		else
			buf_addc(out, *s);
	}
	return !quote && !out->failed;
}

static void read_line(char *line, void (*assign)(const char *name, const char *value))
{
	_cleanup_buf_ struct buf value = BUF_INIT;
	size_t n;

	line += strspn(line, " \t");
	if (!strncmp(line, "export ", 7))
		line += 7 + strspn(line + 7, " \t");
	n = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	if (!n || line[n] != '=')
		return;
	line[n] = '\0';
	if (read_word(line + n + 1, &value))
		assign(line, value.data ? value.data : "");
	else
		assign(line, NULL);
}

void checkinstall_rc(void (*assign)(const char *name, const char *value))
{
	static const char *const places[] = { "/etc/checkinstallrc",
		"/usr/local/lib/checkinstall/checkinstallrc" };
	const char *given = getenv("CHECKINSTALLRC");
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *rest, *line;
	size_t i;
	int r = -ENOENT;

	if (given && *given) {
		r = io_read_file(given, &text, 1U << 20);
		if (r < 0)
			say_always("%s: %s", given, strerror(-r));
	} else {
		for (i = 0; r < 0 && i < ARRAY_SIZE(places); i++)
			r = io_read_file(places[i], &text, 1U << 20);
	}
	rest = r < 0 ? NULL : text.data;
	while (rest && (line = strsep(&rest, "\n")))
		read_line(line, assign);
}
