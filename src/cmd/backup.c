/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/backup.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "package/compress.h"
#include "package/tree.h"
#include "render/original.h"
#include "render/output.h"
#include "render/say.h"
#include "render/stop.h"
#include "render/text.h"

static const struct {
	const char *name;
	mode_t bits;
} types[] = { { "file", S_IFREG }, { "dir", S_IFDIR }, { "symlink", S_IFLNK },
	{ "fifo", S_IFIFO } };

static mode_t type_bits(const char *type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(types[i].name, type))
			return types[i].bits;
	return 0;
}

static int add_member(struct payload *p, const struct ba_rows *row, const char *kept)
{
	struct member *e;
	mode_t type = type_bits(row_text(row, "old_type"));

	if (payload_add_extra(p, row_text(row, "path"), kept, false) < 0)
		return -1;
	e = p->entries[p->count - 1];
	e->mode = type | (mode_t)row_number(row, "old_mode");
	e->uid = (uid_t)row_number(row, "old_uid");
	e->gid = (gid_t)row_number(row, "old_gid");
	e->mtime_ns = row_number(row, "old_mtime_ns");
	e->size = S_ISREG(type) ? row_number(row, "old_size") : 0;
	if (S_ISLNK(type) && !(e->target = strdup(row_text(row, "old_target"))))
		return say_no_memory();
	return 0;
}

static int read_replaced(struct payload *p, struct ba *ba, int64_t run, const char *db)
{
	struct say_list lost = { "not in the backup, since their originals were not kept:", 0,
		true };
	struct ba_rows *rows;
	int n, r = ba_replaced(ba, run, &rows) < 0 ? say_failed("%s", ba_error(ba)) : 0;

	while (r == 0 && (n = ba_rows_next(rows)) > 0) {
		char kept[PATH_MAX] = "/dev/null";
		mode_t type = type_bits(row_text(rows, "old_type"));

		if (!type || (S_ISREG(type) && !original_find(db, rows, kept)))
			say_item(&lost, "%s", row_text(rows, "path"));
		else
			r = add_member(p, rows, kept);
	}
	if (r == 0 && n < 0)
		r = say_failed("%s", ba_error(ba));
	ba_rows_free(rows);
	say_rest(&lost);
	return r;
}

/* None takes the place of another one, of the same minute. */
static int name_archive(struct buf *out, const char *name)
{
	char folder[PATH_MAX], date[32], number[16] = "";
	time_t now = time(NULL);
	struct tm tm;
	int n = 1;

	if (!getcwd(folder, sizeof folder))
		return say_failed("the working folder: %s", strerror(errno));
	if (!localtime_r(&now, &tm) || !strftime(date, sizeof date, "%m%d%Y%H%M", &tm))
		return say_failed("the time of the backup cannot be told");
	do {
		buf_reset(out);
		buf_addf(out, "%s/backup-%s-pre-%s%s.tgz", folder[1] ? folder : "", date, name,
			number);
		snprintf(number, sizeof number, "-%d", ++n);
	} while (!out->failed && access(out->data, F_OK) == 0);
	return out->failed ? say_no_memory() : 0;
}

static int write_archive(const struct payload *p, const char *name)
{
	/* no time is too late for it */
	const struct metadata m = { .type = PACKAGE_TAR, .epoch = INT64_MAX / 1000000000 };
	_cleanup_(output_release) struct output out = OUTPUT_INIT;
	_cleanup_(archive_writep) struct archive *a = NULL;
	_cleanup_buf_ struct buf file = BUF_INIT;

	if (name_archive(&file, name) < 0 || output_open(&out, file.data) < 0)
		return -1;
	a = tree_open(out.fd, archive.write_set_format_pax, compression_named("gzip"));
	if (!a || tree_write(a, p, &m, "") < 0 || tree_close(a, file.data) < 0 ||
		output_done(&out, 0644) < 0)
		return -1;
	say("backup of %zu path%s that the command overwrote: %s", p->count,
		p->count == 1 ? "" : "s", file.data);
	return 0;
}

int backup_write(struct ba *ba, int64_t run, const char *name, const char *db)
{
	_cleanup_(payload_release) struct payload p = { 0 };
	char place[PATH_MAX];
	int r;

	if (!db && ba_default_path(place, sizeof place) < 0)
		return say_failed("the name of the database is too long");
	if (read_replaced(&p, ba, run, db ? db : place) < 0)
		return -1;
	if (!p.count)
		return 0;
	stop_watch();
	r = write_archive(&p, name);
	stop_end(r < 0 ? "backup" : NULL);
	return r;
}
