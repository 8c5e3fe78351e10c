/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pax archive with all that a file has. */
#include <locale.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "format/format.h"
#include "package/tree.h"

static void file_name(const struct metadata *m, struct buf *out)
{
	buf_addf(out, "%s%s%s.tar%s", m->name, *m->version ? "-" : "", m->version,
		m->compression->suffix);
}

static bool is_ascii(const char *s)
{
	while (*s > 0)
		s++;
	return *s == '\0';
}

/*
 * Names in a pax header are UTF-8; libarchive takes ours for that in a UTF-8
 * locale. Where one is not, all of them are marked as plain bytes, of which
 * other tars may say that they do not know the mark.
 */
static bool names_are_bytes(const struct payload *p)
{
	bool utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
	size_t i;

	for (i = 0; i < p->count; i++) {
		const char *path = p->entries[i]->path, *target = p->entries[i]->target;

		if (!is_ascii(path) && (!utf8 || !utf8_valid(path, strlen(path))))
			return true;
		if (target && !is_ascii(target) && (!utf8 || !utf8_valid(target, strlen(target))))
			return true;
	}
	return false;
}

static int set_pax_of_bytes(struct archive *a)
{
	archive.write_set_format_pax(a);
	return archive.write_set_format_option(a, "pax", "hdrcharset", "BINARY");
}

static int make(const struct output *out, struct payload *p, struct metadata *m)
{
	_cleanup_(archive_writep) struct archive *a = tree_open(out->fd,
		names_are_bytes(p) ? set_pax_of_bytes : archive.write_set_format_pax,
		m->compression);

	return a && tree_write(a, p, m, "") == 0 ? tree_close(a, out->name) : -1;
}

const struct format tar_format = { PACKAGE_TAR, NULL, file_name, make, false };
