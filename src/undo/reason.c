/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/reason.h"

#include <stdio.h>
#include <stdlib.h>

void reason_vset(char **reason, const char *fmt, va_list ap)
{
	free(*reason);
	if (vasprintf(reason, fmt, ap) < 0)
		*reason = NULL;
}
