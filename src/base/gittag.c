/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* git may not be here, and would refuse a work tree of another user, as sudo meets one. */
#include "base/gittag.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"

enum { REFS_MOST = 4 * 1024 * 1024, LINE_MOST = 4096, LOOSE_TAGS = 256, HASH_MOST = 64 };

struct tree {
	int own, common; /* where HEAD is, and where the refs are: two in an added work tree */
	struct buf packed;
	char head[HASH_MOST + 1];
};

struct best {
	char version[NAME_MAX + 1];
	bool here; /* it is the tag at HEAD */
};

bool gittag_is_tree(const char *folder)
{
	char path[PATH_MAX];
	struct stat st;

	return snprintf(path, sizeof path, "%s/.git", folder) < PATH_MAX && stat(path, &st) == 0;
}

/* The first line of a file in dir, or "". */
static const char *read_line(int dir, const char *name, struct buf *out)
{
	buf_reset(out);
	if (io_read_regular(dir, name, out, LINE_MOST) < 0 || !out->data)
		return "";
	out->data[strcspn(out->data, "\r\n")] = '\0';
	return out->data;
}

/* .git is a folder, or a file with the name of one. */
static int open_own(const char *folder)
{
	_cleanup_close_ int top = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *line;
	int fd = top < 0 ? -1 : openat(top, ".git", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 || top < 0)
		return fd;
	line = read_line(top, ".git", &text);
	if (strncmp(line, "gitdir: ", 8) != 0)
		return -1;
	return openat(top, line + 8, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int open_common(int own)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *line = read_line(own, "commondir", &text);

	return openat(own, *line ? line : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static size_t hash_length(const char *s)
{
	return strspn(s, "0123456789abcdef");
}

static bool is_hash(const char *s)
{
	size_t n = hash_length(s);

	return !s[n] && (n == 40 || n == HASH_MOST);
}

/* `HASH NAME` in packed-refs. */
static void find_packed(struct tree *t, const char *ref)
{
	_cleanup_buf_ struct buf want = BUF_INIT;
	const char *at = t->packed.data;
	size_t n;

	buf_addf(&want, " %s\n", ref);
	at = at && want.data ? strstr(at, want.data) : NULL;
	if (!at)
		return;
	for (n = 0; at > t->packed.data && at[-1] != '\n' && n < HASH_MOST; n++)
		at--;
	snprintf(t->head, sizeof t->head, "%.*s", (int)n, at);
}

static void find_head(struct tree *t)
{
	_cleanup_buf_ struct buf text = BUF_INIT, target = BUF_INIT;
	const char *line = read_line(t->own, "HEAD", &text), *ref = NULL, *hash = line;

	if (!strncmp(line, "ref: refs/", 10) && !strstr(line, ".."))
		ref = line + 5;
	if (ref) {
		hash = read_line(t->own, ref, &target);
		if (!*hash)
			hash = read_line(t->common, ref, &target);
	}
	if (is_hash(hash))
		snprintf(t->head, sizeof t->head, "%s", hash);
	else if (ref)
		find_packed(t, ref);
	if (!is_hash(t->head))
		t->head[0] = '\0';
}

/* foo-1.2, foo_1.2 of foo, v1.2. */
static const char *cut(const char *tag, const char *name)
{
	size_t n = name ? strlen(name) : 0;

	if (n && !strncasecmp(tag, name, n) && (tag[n] == '-' || tag[n] == '_'))
		tag += n + 1;
	if ((tag[0] == 'v' || tag[0] == 'V') && isdigit((unsigned char)tag[1]))
		tag++;
	return tag;
}

static void consider(struct best *best, const char *tag, const char *name, bool here)
{
	const char *version = cut(tag, name);

	if (!isdigit((unsigned char)*version) || strlen(version) > NAME_MAX || here < best->here)
		return;
	/* which of several is a candidate only, nobody can say for every project */
	if (!here && version[strspn(version, "0123456789.")])
		return;
	if (here == best->here && strverscmp(version, best->version) <= 0)
		return;
	snprintf(best->version, sizeof best->version, "%s", version);
	best->here = here;
}

/* Lines `HASH NAME`, behind an annotated tag's one `^HASH`: the commit. */
static void packed_tags(const struct tree *t, const char *name, struct best *best)
{
	static const char tags[] = " refs/tags/";
	const char *line = t->packed.data, *next;
	char tag[NAME_MAX + 1];

	for (; line; line = next ? next + 1 : NULL) {
		size_t n = hash_length(line), len;
		const char *hash = line;

		next = strchr(line, '\n');
		if (!next || n < 40 || strncmp(line + n, tags, strlen(tags)) != 0)
			continue;
		line += n + strlen(tags);
		len = (size_t)(next - line);
		if (len >= sizeof tag)
			continue;
		snprintf(tag, sizeof tag, "%.*s", (int)len, line);
		if (next[1] == '^')
			hash = next + 2;
		n = hash_length(hash);
		consider(best, tag, name,
			n == strlen(t->head) && !strncmp(hash, t->head, n));
	}
}

static void loose_tags(const struct tree *t, const char *name, struct best *best)
{
	_cleanup_(cleanup_closedirp) DIR *d = io_opendir(t->common, "refs/tags");
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct dirent *e;
	int i;

	for (i = 0; d && i < LOOSE_TAGS && (e = readdir(d)); i++)
		if (e->d_name[0] != '.')
			consider(best, e->d_name, name,
				!strcmp(read_line(dirfd(d), e->d_name, &text), t->head));
}

static void tree_close(struct tree *t)
{
	cleanup_closep(&t->own);
	cleanup_closep(&t->common);
	buf_release(&t->packed);
}

static int tree_open(struct tree *t, const char *folder)
{
	t->own = open_own(folder);
	t->common = t->own < 0 ? -1 : open_common(t->own);
	if (t->common < 0)
		return -ENOENT;
	if (io_read_regular(t->common, "packed-refs", &t->packed, REFS_MOST) == -ENOMEM)
		return -ENOMEM;
	find_head(t);
	return *t->head ? 0 : -ENOENT;
}

int gittag_version(const char *folder, const char *name, char **out)
{
	_cleanup_(tree_close) struct tree t = { -1, -1, BUF_INIT, "" };
	struct buf version = BUF_INIT;
	struct best best = { "", false };
	int r = tree_open(&t, folder);

	*out = NULL;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	packed_tags(&t, name, &best);
	loose_tags(&t, name, &best);
	if (!*best.version)
		return 0;
	buf_adds(&version, best.version);
	if (!best.here)
		buf_addf(&version, "+g%.7s", t.head);
	*out = buf_steal(&version);
	return *out ? 0 : -ENOMEM;
}
