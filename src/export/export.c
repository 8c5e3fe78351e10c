/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "export/export.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/stop.h"

static const struct export_form *const forms[] = { &export_perfetto, &export_chrome,
	&export_compile_commands, &export_dot, &export_csv };

const struct export_form *export_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (!strcmp(forms[i]->name, name))
			return forms[i];
	return NULL;
}

int export_put(struct export *x)
{
	bool failed = x->line.failed;

	if (stop_asked())
		return -EINTR;
	if (!failed && x->line.len && fwrite(x->line.data, x->line.len, 1, x->out) != 1)
		return -(errno ? errno : EIO);
	buf_reset(&x->line);
	return failed ? -ENOMEM : 0;
}
