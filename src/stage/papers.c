/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stage/papers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "package/tree.h"
#include "render/say.h"
#include "stage/stage.h"

/* The package's time in that form, in no locale's words. */
static void add_time(struct buf *out, const struct metadata *m, const char *format)
{
	time_t t = (time_t)m->epoch;
	struct tm tm;
	char text[64];

	if (gmtime_r(&t, &tm) && strftime(text, sizeof text, format, &tm))
		buf_adds(out, text);
}

/* What is known of it here; whose it is says the software's own text. */
static void write_copyright(struct buf *out, const struct metadata *m)
{
	static const char *const usual[] = { "COPYING", "COPYING.LIB", "COPYING.LESSER",
		"COPYRIGHT", "LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "License",
		"AUTHORS", "NOTICE" };
	const char *url = metadata_url(m), *between = "See its source";
	size_t i;

	buf_addf(out, "%s %s\n\n", m->name, m->version);
	buf_adds(out, "The copyright is its authors'; this package was made in ");
	add_time(out, m, "%Y");
	buf_adds(out, " by buildaudit, from\nwhat was installed. ");
	buf_addf(out, "What may be done with it is in its source%s%s.\n", url ? ":\n" : "",
		url ? url : "");
	for (i = 0; i < ARRAY_SIZE(usual); i++) {
		_cleanup_buf_ struct buf name = BUF_INIT;

		buf_addf(&name, "%s/%s", m->cwd, usual[i]);
		if (!name.failed && access(name.data, R_OK) == 0) {
			buf_addf(out, "%s %s", between, usual[i]);
			between = ",";
		}
	}
	if (*between == ',')
		buf_adds(out, ".\n");
}

static void write_changelog(struct buf *out, const struct metadata *m)
{
	buf_addf(out, "%s (%s-%s) UNRELEASED; urgency=medium\n\n", m->name, m->version, m->release);
	buf_addf(out, "  * Packed by buildaudit from what was installed.\n\n -- %s  ",
		m->maintainer);
	add_time(out, m, "%a, %d %b %Y %H:%M:%S +0000");
	buf_addc(out, '\n');
}

static int write_gz(const char *file, const struct buf *text, const struct metadata *m)
{
	static const struct compression best = { "gzip", ".gz",
		"gzip:compression-level=9,gzip:!timestamp", NULL };
	_cleanup_close_ int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	_cleanup_(archive_writep) struct archive *a = NULL;

	if (fd < 0)
		return say_failed("%s: %s", file, strerror(errno));
	a = tree_open(fd, archive.write_set_format_raw, &best);
	return a && tree_write_text(a, m, "changelog", 0644, text) == 0 ? tree_close(a, file) : -1;
}

/* The software's own history, as its authors call it. */
static struct member *find_history(const struct payload *p, const char *folder)
{
	static const char *const names[] = { "ChangeLog", "CHANGES" };
	size_t i, k, n = strlen(folder);

	for (i = 0; i < ARRAY_SIZE(names); i++)
		for (k = 0; k < p->count; k++) {
			const struct member *e = p->entries[k];
			const char *name = e->path + n + 1, *end;

			if (!e->source || !path_is_below(e->path, folder) || !S_ISREG(e->mode))
				continue;
			end = name + strlen(names[i]);
			if (!strncasecmp(name, names[i], strlen(names[i])) &&
				(!*end || (*end == '.' && !strchr(end + 1, '.'))))
				return p->entries[k];
		}
	return NULL;
}

/* It has one name in every package, and is compressed. */
static int rename_history(struct payload *p, const struct metadata *m, const char *folder)
{
	struct member *e = find_history(p, folder);
	_cleanup_buf_ struct buf path = BUF_INIT, file = BUF_INIT, text = BUF_INIT;
	int r;

	buf_addf(&path, "%s/changelog.gz", folder);
	if (path.failed || !e || payload_find(p, path.data))
		return path.failed ? say_no_memory() : 0;
	r = io_read_file(e->source, &text, 64U << 20);
	if (r < 0)
		return say_failed("%s: %s", e->source, strerror(-r));
	if (stage_name(m, &file) < 0 || write_gz(file.data, &text, m) < 0)
		return -1;
	free(e->path);
	free(e->source);
	e->path = buf_steal(&path);
	e->source = buf_steal(&file);
	payload_sort(p);
	return e->path && e->source ? 0 : say_no_memory();
}

static int add_paper(struct payload *p, const struct metadata *m, const char *name,
	void (*write)(struct buf *out, const struct metadata *m))
{
	const struct payload before = { .entries = p->entries, .count = p->count };
	_cleanup_buf_ struct buf path = BUF_INIT, file = BUF_INIT, text = BUF_INIT;
	bool gz = strstr(name, ".gz") != NULL;

	buf_addf(&path, "/usr/share/doc/%s/%s", m->name, name);
	if (path.failed || stage_name(m, &file) < 0)
		return say_no_memory();
	if (payload_find(&before, path.data))
		return 0;
	write(&text, m);
	if ((gz ? write_gz(file.data, &text, m) : stage_write(file.data, &text)) < 0 ||
		payload_add_extra(p, path.data, file.data, false) < 0)
		return -1;
	payload_sort(p);
	return 0;
}

int papers_add(struct payload *p, const struct metadata *m)
{
	_cleanup_buf_ struct buf folder = BUF_INIT;

	if (m->type != PACKAGE_DEB || !m->options->papers)
		return 0;
	buf_addf(&folder, "/usr/share/doc/%s", m->name);
	if (folder.failed)
		return say_no_memory();
	if (m->options->usual_docs && rename_history(p, m, folder.data) < 0)
		return -1;
	if (!payload_find(p, folder.data)) {
		if (payload_add_extra(p, folder.data, m->stage, true) < 0)
			return -1;
		payload_sort(p);
	}
	return add_paper(p, m, "copyright", write_copyright) < 0 ||
			add_paper(p, m, "changelog.Debian.gz", write_changelog) < 0 ?
		-1 :
		0;
}
