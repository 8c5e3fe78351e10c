/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/type.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct title {
	const char *word, *other, *name, *called;
} titles[] = {
#define TITLE(type, ...) [PACKAGE_##type] = { __VA_ARGS__ },
	PACKAGE_TYPES(TITLE, , )
#undef TITLE
};

static bool is_called(const struct title *t, const char *word)
{
	return !strcmp(t->word, word) || (t->other && !strcmp(t->other, word));
}

enum package_type package_type_named(const char *word)
{
	enum package_type type;

	for (type = PACKAGE_AUTO + 1; type < PACKAGE_TYPE_END; type++)
		if (is_called(&titles[type], word))
			return type;
	return PACKAGE_AUTO;
}

const char *package_type_name(enum package_type type)
{
	return titles[type].name;
}

const char *package_type_called(enum package_type type)
{
	return titles[type].called;
}
