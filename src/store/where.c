/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/where.h"

#include "base/canonical.h"
#include "base/ids.h"

int where_read(struct where *w, const char *db)
{
	*w = (struct where){ .ids = BUF_INIT };
	if (path_canonical(db, w->place) < 0)
		w->place[0] = '\0';
	fs_id_read("/", w->root);
	return ids_maps(&w->ids);
}

void where_release(struct where *w)
{
	buf_release(&w->ids);
}
