/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* As wide as what a person reads in a file or in a mail. */
#define FILE_WIDTH 120

static enum { AUTO, ALWAYS, NEVER } colours;

bool render_is_terminal(void)
{
	static int known = -1;

	if (known < 0)
		known = isatty(STDOUT_FILENO);
	return known;
}

bool render_is_file(void)
{
	struct stat st;

	return !render_is_terminal() && fstat(STDOUT_FILENO, &st) == 0 &&
		(S_ISREG(st.st_mode) || S_ISCHR(st.st_mode));
}

bool render_can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool render_term_is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || !strcmp(term, "dumb");
}

/* Asked once: afterwards a pager may stand before it. */
int render_width(void)
{
	static int known = -1;
	struct winsize w;

	if (known < 0) {
		known = render_is_terminal() ? 80 : 0;
		if (known && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
			known = w.ws_col;
	}
	return known;
}

size_t render_line_width(void)
{
	int width = render_width();

	return width ? (size_t)width : FILE_WIDTH;
}

/* As setlocale(3) looks for it; the locale itself is not needed. */
bool render_is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *locale = NULL;
	size_t i;

	for (i = 0; i < 3 && (!locale || !*locale); i++)
		locale = getenv(names[i]);
	return locale && (strcasestr(locale, "utf-8") || strcasestr(locale, "utf8"));
}

bool render_choose_colour(const char *when)
{
	static const char *const words[] = { [AUTO] = "auto", [ALWAYS] = "always",
		[NEVER] = "never" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(words[i], when)) {
			colours = i;
			return true;
		}
	return false;
}

static bool is_coloured(void)
{
	const char *no = getenv("NO_COLOR");

	if (colours != AUTO)
		return colours == ALWAYS;
	return render_is_terminal() && !(no && *no) && !render_term_is_dumb();
}

const char *render_colour(enum colour c)
{
	static const char *const codes[] = { "\033[0m", "\033[31m", "\033[32m", "\033[33m",
		"\033[2m", "\033[1m" };

	return is_coloured() ? codes[c] : "";
}
