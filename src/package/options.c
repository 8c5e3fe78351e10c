/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/options.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "package/relations.h"
#include "render/say.h"
#include "render/terminal.h"

const char *const script_names[SCRIPTS] = { "preinstall", "postinstall", "preremove",
	"postremove" };

static const struct option {
	const char *name;
	size_t at; /* of its text in struct package_options */
	int types;
	enum option_kind kind;
} options[] = {
#define ROW(letter, name, value, help, kept, types, kind) \
	{ name, offsetof(struct package_options, kept), types, kind },
	PACKAGE_OPTIONS(ROW)
#undef ROW
};

static char **text_of(const struct package_options *o, const struct option *opt)
{
	return (char **)((char *)o + opt->at);
}

static int set(char **to, char *text)
{
	if (!text)
		return say_no_memory();
	free(*to);
	*to = text;
	return 1;
}

static int set_script(char **to, const char *file)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = io_read_file(file, &text, 4U << 20);

	if (r < 0)
		return say_failed("%s: %s", file, strerror(-r));
	return set(to, text.data ? buf_steal(&text) : strdup(""));
}

static int set_file(char **to, const char *file)
{
	char path[PATH_MAX];
	int r = access(file, R_OK) < 0 ? -errno : path_canonical(file, path);

	return r < 0 ? say_failed("%s: %s", file, strerror(-r)) : set(to, strdup(path));
}

static int set_folder(char **to, const char *folder)
{
	char path[PATH_MAX];
	struct stat st;
	int r = stat(folder, &st) < 0 ? -errno : path_canonical(folder, path);

	if (r < 0 || !S_ISDIR(st.st_mode))
		return say_failed("--docs %s: %s", folder,
			r < 0 ? strerror(-r) : "it is no folder");
	return set(to, strdup(path));
}

static const struct option *option_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(options[i].name, name))
			return &options[i];
	return NULL;
}

const char *package_option_given(const struct package_options *o, const char *name)
{
	const struct option *opt = option_named(name);

	return opt ? *text_of(o, opt) : NULL;
}

int package_option(struct package_options *o, const char *name, const char *value)
{
	const struct option *opt = option_named(name);

	if (!opt)
		return 0;
	switch (opt->kind) {
	case OPTION_SCRIPT:
		return set_script(text_of(o, opt), value);
	case OPTION_FILE:
		return set_file(text_of(o, opt), value);
	case OPTION_FOLDER:
		return set_folder(text_of(o, opt), value);
	default:
		return set(text_of(o, opt), strdup(value));
	}
}

static int add_rule(struct payload_rules *list, const char *text)
{
	struct payload_rule *rule = ARRAY_MORE(list->rules, list->count);

	return rule && (rule->text = strdup(text)) ? 0 : say_no_memory();
}

int package_add_include(struct package_options *o, const char *path)
{
	char name[PATH_MAX];
	int r = *path ? path_canonical(path, name) : 0;

	if (!*path)
		return say_failed("--include: the path is empty");
	if (r < 0)
		return say_failed("--include %s: %s", path, strerror(-r));
	return add_rule(&o->include, name);
}

int package_add_exclude(struct package_options *o, const char *glob)
{
	char name[PATH_MAX];
	bool path = strchr(glob, '/') && *glob != '*' && path_canonical(glob, name) == 0;

	return add_rule(&o->exclude, path ? name : glob);
}

int options_check_lines(const struct package_options *o)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		const char *text = *text_of(o, &options[i]);
		bool line = options[i].kind == OPTION_LINE || options[i].kind == OPTION_LIST;

		if (text && line && strpbrk(text, "\r\n"))
			return say_failed("--%s goes over more than one line", options[i].name);
	}
	return 0;
}

int options_write_relations(const struct package_options *o, struct buf out[RELATIONS])
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		char **text = text_of(o, &options[i]);

		if (options[i].kind == OPTION_LIST && *text &&
			relations_write(o->type, options[i].name, *text,
				&out[text - o->relations]) < 0)
			return -1;
	}
	return 0;
}

void options_say_unused(const struct package_options *o)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (*text_of(o, &options[i]) && !(options[i].types & 1 << o->type))
			say("--%s: left out, a %s has no place for it", options[i].name,
				package_type_called(o->type));
}

static void rules_release(struct payload_rules *list)
{
	while (list->count > 0)
		free(list->rules[--list->count].text);
	free(list->rules);
}

bool options_may_ask(const struct package_options *o)
{
	return !o->no_questions && render_can_ask();
}

void package_options_release(struct package_options *o)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		free(*text_of(o, &options[i]));
	free(o->written);
	free(o->called);
	buf_release(&o->renamed);
	rules_release(&o->include);
	rules_release(&o->exclude);
	*o = (struct package_options){ 0 };
}
