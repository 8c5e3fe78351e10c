/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The languages themselves are not interpreted: a name that is computed is not
 * found. Their tools are not asked, for they may not be here, and take seconds.
 */
#include "base/buildfile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/io.h"

/* Behind this much of a file nothing is looked for; configure has it below its own help. */
enum { TEXT_MOST = 64 * 1024, CONFIGURE_MOST = 1024 * 1024 };

struct span {
	const char *at; /* NULL: not said */
	size_t len;
};

struct said {
	struct span name, version;
};

/*
 * Words, strings and single characters of a text: `quote` is what strings stand in, and a word
 * ends at one of `ends`.
 */
struct lexer {
	const char *at, *ends;
	char quote;
};

enum { TOKEN_END = 0, TOKEN_WORD = 'w', TOKEN_STRING = 's' }; /* any other: the character itself */

static int string_token(struct lexer *l, struct span *text)
{
	text->at = ++l->at;
	while (*l->at && *l->at != l->quote)
		l->at += *l->at == '\\' && l->at[1] ? 2 : 1;
	text->len = (size_t)(l->at - text->at);
	if (!*l->at)
		return TOKEN_END;
	l->at++;
	return TOKEN_STRING;
}

static int next_token(struct lexer *l, struct span *text)
{
	while (isspace((unsigned char)*l->at) || *l->at == '#')
		l->at += *l->at == '#' ? strcspn(l->at, "\n") : 1;
	if (!*l->at)
		return TOKEN_END;
	if (*l->at == l->quote)
		return string_token(l, text);
	text->at = l->at;
	text->len = strcspn(l->at, l->ends);
	if (!text->len)
		return *l->at++;
	l->at += text->len;
	return TOKEN_WORD;
}

static bool is_text(struct span s, const char *text)
{
	return s.at && s.len == strlen(text) && !strncasecmp(s.at, text, s.len);
}

static int deeper(int token)
{
	return token && strchr("([{", token) ? 1 : token && strchr(")]}", token) ? -1 : 0;
}

/* Behind the '(' of the first line that begins with project(, or NULL. */
static const char *project_call(const char *text)
{
	static const char word[] = "project";
	const char *line, *next;

	for (line = text; line; line = next ? next + 1 : NULL) {
		next = strchr(line, '\n');
		line += strspn(line, " \t");
		if (strncasecmp(line, word, strlen(word)) != 0)
			continue;
		line += strlen(word);
		line += strspn(line, " \t");
		if (*line == '(')
			return line + 1;
	}
	return NULL;
}

/* KEY : 'string' at this depth; other values are passed by. */
static void read_pairs(struct lexer *l, int depth, struct said *out)
{
	struct span text = { NULL, 0 }, key = text;
	int token, before = 0;

	while (depth > 0 && (token = next_token(l, &text))) {
		depth += deeper(token);
		if (depth == 1 && token == TOKEN_STRING && before == ':') {
			if (is_text(key, "name"))
				out->name = text;
			else if (is_text(key, "version"))
				out->version = text;
		} else if (token == TOKEN_WORD || token == TOKEN_STRING) {
			key = text;
		}
		before = token;
	}
}

/* project('NAME', 'c', version : 'VERSION') */
static void read_meson(const char *text, struct said *out)
{
	struct lexer l = { project_call(text), " \t\r\n()[]{}:,'#", '\'' };

	if (!l.at || next_token(&l, &out->name) != TOKEN_STRING) {
		out->name.at = NULL;
		return;
	}
	read_pairs(&l, 1, out);
}

/* project(NAME VERSION 1.2 LANGUAGES C) */
static void read_cmake(const char *text, struct said *out)
{
	struct lexer l = { project_call(text), " \t\r\n()\"#", '"' };
	struct span word, before = { NULL, 0 };
	int token;

	while (l.at && (token = next_token(&l, &word)) && token != ')') {
		if (!out->name.at)
			out->name = word;
		else if (is_text(before, "VERSION") && !out->version.at)
			out->version = word;
		before = word;
	}
}

/* Up to the character that ends it, on the same line. */
static void read_assigned(const char *text, const char *assignment, char end, struct span *out)
{
	const char ends[] = { end, '\n', '\0' }, *at = strstr(text, assignment);

	if (!at)
		return;
	at += strlen(assignment);
	out->len = strcspn(at, ends);
	out->at = out->len && at[out->len] == end ? at : NULL;
}

static void read_configure(const char *text, struct said *out)
{
	read_assigned(text, "\nPACKAGE_TARNAME='", '\'', &out->name);
	read_assigned(text, "\nPACKAGE_VERSION='", '\'', &out->version);
}

/* S["PACKAGE_TARNAME"]="NAME" */
static void read_config_status(const char *text, struct said *out)
{
	read_assigned(text, "\nS[\"PACKAGE_TARNAME\"]=\"", '"', &out->name);
	read_assigned(text, "\nS[\"PACKAGE_VERSION\"]=\"", '"', &out->version);
}

static void read_cmake_cache(const char *text, struct said *out)
{
	read_assigned(text, "\nCMAKE_PROJECT_NAME:STATIC=", '\n', &out->name);
	read_assigned(text, "\nCMAKE_PROJECT_VERSION:STATIC=", '\n', &out->version);
}

static void read_meson_info(const char *text, struct said *out)
{
	read_assigned(text, "\"descriptive_name\": \"", '"', &out->name);
	read_assigned(text, "{\"version\": \"", '"', &out->version);
}

static void read_package_json(const char *text, struct said *out)
{
	struct lexer l = { text, " \t\r\n[]{}:,\"", '"' };
	struct span first;

	if (next_token(&l, &first) == '{')
		read_pairs(&l, 1, out);
}

/* The scope of a JavaScript package is a part of its name: @a/b is a-b. */
static char *copy_of(struct span s)
{
	bool scoped = s.len > 1 && s.at[0] == '@';
	char *copy = strndup(s.at + scoped, s.len - scoped), *slash;

	if (copy && scoped && (slash = strchr(copy, '/')))
		*slash = '-';
	return copy;
}

static int take(const struct said *said, char **name, char **version)
{
	if (said->name.at && !(*name = copy_of(said->name)))
		return -ENOMEM;
	if (said->version.at && !(*version = copy_of(said->version)))
		return -ENOMEM;
	return 0;
}

static const struct {
	const char *file;
	size_t most;
	void (*read)(const char *text, struct said *out);
} files[] = {
	{ "meson.build", TEXT_MOST, read_meson },
	{ "CMakeLists.txt", TEXT_MOST, read_cmake },
	{ "configure", CONFIGURE_MOST, read_configure },
	{ "package.json", TEXT_MOST, read_package_json },
	/* what the tools left where it is built, whatever that folder is called */
	{ "CMakeCache.txt", CONFIGURE_MOST, read_cmake_cache },
	{ "meson-info/intro-projectinfo.json", TEXT_MOST, read_meson_info },
	{ "config.status", CONFIGURE_MOST, read_config_status },
};

int buildfile_read(const char *folder, char **name, char **version)
{
	_cleanup_close_ int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	size_t i;

	*name = *version = NULL;
	for (i = 0; dir >= 0 && i < ARRAY_SIZE(files); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct said said = { { NULL, 0 }, { NULL, 0 } };
		int r = io_read_regular(dir, files[i].file, &text, files[i].most);

		if (r == -ENOMEM)
			return r;
		if (r < 0 || !text.data)
			continue;
		files[i].read(text.data, &said);
		if (said.name.at || said.version.at)
			return take(&said, name, version);
	}
	return 0;
}
