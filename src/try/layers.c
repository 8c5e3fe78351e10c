/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/layers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/copy.h"
#include "base/io.h"
#include "base/xattrs.h"

#define LAYERS_MAX 10000
/* As mount(2) takes it: a page. */
#define OPTIONS_MAX 4095

static int layer_path(char out[PATH_MAX], const char *image, int layer, const char *name)
{
	int n = snprintf(out, PATH_MAX, "%s/%d/%s", image, layer, name);

	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Owner, mode, attributes and times of what it stands for: those that are seen are its own. */
static int dress(const char *path, const char *as)
{
	_cleanup_buf_ struct buf attributes = BUF_INIT;
	struct timespec times[2];
	struct stat st;
	int r;

	if (stat(as, &st) < 0)
		return -errno;
	if (chown(path, st.st_uid, st.st_gid) < 0 || chmod(path, st.st_mode & 07777) < 0)
		return -errno;
	r = xattrs_read(as, true, &attributes);
	if (r == 0 && attributes.len)
		r = xattrs_apply(path, true, attributes.data, attributes.len);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (r == 0 && utimensat(AT_FDCWD, path, times, 0) < 0)
		r = -errno;
	return r;
}

static int make_folder(const char *image, int layer, const char *name, const char *as)
{
	char path[PATH_MAX];
	int r = layer_path(path, image, layer, name);

	if (r == 0 && mkdir(path, 0700) < 0)
		r = -errno;
	return r == 0 && as ? dress(path, as) : r;
}

static int make_copy(const char *image, int layer, const char *of)
{
	_cleanup_close_ int from = open(of, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), to = -1;
	unsigned char hash[SHA256_LEN];
	char path[PATH_MAX];
	int r = layer_path(path, image, layer, "file");

	if (r == 0)
		to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (from < 0 || to < 0)
		return r < 0 ? r : -errno;
	r = copy_content(from, to, hash, NULL);
	return r < 0 ? r : dress(path, of);
}

/* Last of all: without it the layer is none. */
static int write_point(const char *image, int layer, const char *point)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	int r = layer_path(path, image, layer, "point");

	if (r == 0)
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return r < 0 ? r : -errno;
	return io_write_all(fd, point, strlen(point));
}

static int make_layer(const char *image, const struct shown *s)
{
	const char *point = shown_point(s);
	int r = make_folder(image, s->layer, "", NULL);

	if (r == 0 && s->how == SHOWN_BY_COPY)
		r = make_copy(image, s->layer, point);
	else if (r == 0 && (r = make_folder(image, s->layer, "upper", point)) == 0 &&
		(r = make_folder(image, s->layer, "was", point)) == 0)
		r = make_folder(image, s->layer, "work", NULL);
	return r < 0 ? r : write_point(image, s->layer, point);
}

static bool is_empty(const char *path)
{
	DIR *d = opendir(path);
	bool empty = d != NULL;
	struct dirent *e;

	while (empty && (e = readdir(d)))
		empty = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
	if (d)
		closedir(d);
	return empty;
}

/* The next one that is not the overlay's own mark. */
static bool next_attribute(const char **at, const char *end, struct xattr *out)
{
	static const char own[] = "trusted.overlay.";

	while (xattrs_next(at, end, out))
		if (strncmp(out->name, own, sizeof own - 1))
			return true;
	return false;
}

static bool have_same_attributes(const char *path, const char *other)
{
	_cleanup_buf_ struct buf a = BUF_INIT, b = BUF_INIT;
	const char *in_a, *in_b;
	struct xattr x, y;
	bool more;

	if (xattrs_read(path, false, &a) < 0 || xattrs_read(other, false, &b) < 0)
		return false;
	in_a = a.data;
	in_b = b.data;
	while ((more = next_attribute(&in_a, a.data + a.len, &x)) &&
		next_attribute(&in_b, b.data + b.len, &y))
		if (strcmp(x.name, y.name) || x.size != y.size || memcmp(x.value, y.value, x.size))
			return false;
	return !more && !next_attribute(&in_b, b.data + b.len, &y);
}

/* Nothing was changed in it, nor of its topmost folder. */
static bool is_untouched(const char *image, int layer)
{
	char upper[PATH_MAX], was[PATH_MAX];
	struct stat now, then;

	return layer_path(upper, image, layer, "upper") == 0 &&
		layer_path(was, image, layer, "was") == 0 && lstat(upper, &now) == 0 &&
		lstat(was, &then) == 0 && now.st_mode == then.st_mode &&
		now.st_uid == then.st_uid && now.st_gid == then.st_gid &&
		now.st_mtim.tv_sec == then.st_mtim.tv_sec &&
		now.st_mtim.tv_nsec == then.st_mtim.tv_nsec && is_empty(upper) &&
		have_same_attributes(upper, was);
}

static struct shown *find_point(struct view *v, const char *point)
{
	size_t i;

	for (i = 0; i < v->count; i++)
		if (!strcmp(shown_point(&v->all[i]), point))
			return &v->all[i];
	return NULL;
}

/*
 * The next free number into *next; one that no mount is there for is a sentence, unless it has
 * nothing: mounts of others come and go.
 */
static int find_layers(const char *image, struct view *v, int *next, struct words *words)
{
	char path[PATH_MAX];
	int r = 0;

	for (*next = 0; r == 0 && *next < LAYERS_MAX; ++*next) {
		_cleanup_buf_ struct buf point = BUF_INIT;
		struct shown *s;

		r = layer_path(path, image, *next, "point");
		if (r == 0 && io_read_file(path, &point, PATH_MAX) < 0)
			return 0;
		s = point.data ? find_point(v, point.data) : NULL;
		if (!s && is_untouched(image, *next))
			continue;
		if (!s || (s->how != SHOWN_BY_LAYERS && s->how != SHOWN_BY_COPY))
			return words_set(words, -ENXIO,
				"%s is not mounted as it was when the try began: mount it again, "
				"or discard the run",
				point.data ? point.data : path);
		s->layer = *next;
	}
	return r;
}

int layers_assign(const char *image, struct view *v, struct words *words)
{
	int next, r = find_layers(image, v, &next, words);
	size_t i;

	for (i = 0; r == 0 && i < v->count; i++) {
		struct shown *s = &v->all[i];

		if (s->layer >= 0 || (s->how != SHOWN_BY_LAYERS && s->how != SHOWN_BY_COPY))
			continue;
		s->layer = next++;
		r = make_layer(image, s);
		if (r < 0)
			return words_set(words, r, "cannot make a layer over %s: %s",
				shown_point(s), strerror(-r));
	}
	return r;
}

/* What overlayfs would take for a sign. */
static void add_escaped(struct buf *out, const char *name)
{
	for (; *name; name++) {
		if (strchr("\\:,", *name))
			buf_addc(out, '\\');
		buf_addc(out, *name);
	}
}

/*
 * redirect_dir: a folder of the lower layer can be renamed; index: a file's names stay names of
 * one file; xino: its number stays, when it is copied up.
 */
static int mount_overlay(const char *image, const struct shown *s, const char *at)
{
	_cleanup_buf_ struct buf options = BUF_INIT;

	buf_adds(&options, "redirect_dir=on,index=on,xino=on,metacopy=off,lowerdir=");
	add_escaped(&options, shown_point(s));
	buf_addf(&options, ",upperdir=%s/%d/upper,workdir=%s/%d/work", image, s->layer, image,
		s->layer);
	if (options.failed)
		return -ENOMEM;
	if (options.len > OPTIONS_MAX)
		return -ENAMETOOLONG;
	return mount(s->source, at, "overlay", 0, options.data) < 0 ? -errno : 0;
}

/*
 * Another file system is there than before (a medium was changed): to a layer that has nothing
 * that is all the same.
 */
static int forget_lower(const char *image, int layer)
{
	char upper[PATH_MAX];
	int r = layer_path(upper, image, layer, "upper");

	if (r < 0 || !is_untouched(image, layer))
		return r < 0 ? r : -ESTALE;
	return lremovexattr(upper, "trusted.overlay.origin") < 0 ? -errno : 0;
}

int layers_mount(const char *image, const struct shown *s, const char *at)
{
	char path[PATH_MAX];
	int r;

	if (s->how == SHOWN_BY_LAYERS) {
		r = mount_overlay(image, s, at);
		return r == -ESTALE && forget_lower(image, s->layer) == 0 ?
			mount_overlay(image, s, at) :
			r;
	}
	r = layer_path(path, image, s->layer, "file");
	return r == 0 && mount(path, at, NULL, MS_BIND, NULL) < 0 ? -errno : r;
}

void layers_mark(const char *image, struct buf *out)
{
	buf_addf(out, "upperdir=%s/0/upper", image);
}
