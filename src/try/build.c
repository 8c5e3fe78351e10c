/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/build.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "try/image.h"
#include "try/layers.h"
#include "try/sockets.h"
#include "try/view.h"

#define NEW_ROOT "root"

static int cannot(const char *what, const char *where, struct words *words)
{
	return words_set(words, -errno, "cannot %s %s for a try: %s", what, where, strerror(errno));
}

/* What is mounted from here on, here or elsewhere, is not seen on the other side. */
static int go_apart(struct words *words)
{
	if (unshare(CLONE_NEWNS) < 0)
		return cannot("have", "mounts of its own", words);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return 0;
	if (errno != EINVAL)
		return cannot("part", "the mounts", words);
	/* What is mounted there could be seen on the other side. */
	return words_set(words, -EINVAL,
		"a try needs a root that is a mount, and this one, of a chroot, is a plain folder: "
		"mount --bind it over itself before chroot(8)");
}

static int make_workshop(const struct site *s, struct words *words)
{
	if (mount("none", s->folder, "tmpfs", 0, "mode=0700") < 0 || chdir(s->folder) < 0)
		return cannot("mount at", s->folder, words);
	if (mkdir(s->name, 0700) < 0 || mkdir("layers", 0700) < 0 || mkdir(NEW_ROOT, 0755) < 0)
		return cannot("write below", s->folder, words);
	return 0;
}

static void layer_place(char out[PATH_MAX], size_t i)
{
	snprintf(out, PATH_MAX, "layers/%zu", i);
}

/* Something of its kind to be mounted over. */
static int make_place(const char *path, enum shown_how how)
{
	_cleanup_close_ int fd = -1;

	if (how != SHOWN_BY_COPY)
		return mkdir(path, 0700) < 0 ? -errno : 0;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : 0;
}

/*
 * The kernel has nothing over file systems that compare names in their own way (FAT): of those
 * only reading is left, and what is written there fails instead of being real.
 */
static void leave_to_read(struct view *v, size_t i, struct buf *notes)
{
	size_t k;

	for (k = 0; k < v->count; k++)
		if (k == i || (v->all[k].how == SHOWN_BY_OTHER && v->all[k].other == i)) {
			v->all[k].how = SHOWN_AS_IT_IS;
			v->all[k].flags |= MS_RDONLY;
		}
	if (!notes)
		return;
	buf_addf(notes, "%s (%s) cannot have layers over it: in a try it can only be read\n",
		shown_point(&v->all[i]), v->all[i].type);
}

static int mount_layers(const struct site *s, struct view *v, struct buf *notes,
	struct words *words)
{
	char at[PATH_MAX];
	size_t i;
	int r = 0;

	for (i = 0; i < v->count; i++) {
		const struct shown *m = &v->all[i];

		if (m->how != SHOWN_BY_LAYERS && m->how != SHOWN_BY_COPY)
			continue;
		layer_place(at, i);
		r = make_place(at, m->how);
		if (r == 0)
			r = layers_mount(s->name, m, at);
		if (r == -EINVAL && i)
			leave_to_read(v, i, notes);
		else if (r < 0)
			return words_set(words, r, "cannot put a layer over %s (%s): %s",
				shown_point(m), m->type, strerror(-r));
	}
	return 0;
}

/* Where the mount is to be had from. */
static int find_source(const struct view *v, size_t i, char out[PATH_MAX])
{
	const struct shown *s = &v->all[i];
	int n;

	if (s->how == SHOWN_AS_IT_IS)
		n = snprintf(out, PATH_MAX, "%s", shown_point(s));
	else
		n = snprintf(out, PATH_MAX, "layers/%zu%s", s->other,
			s->root + strlen(v->all[s->other].root));
	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Its flags are those that it has outside; of what was only read in, they are kept. */
static int bind(const struct view *v, size_t i)
{
	const struct shown *s = &v->all[i];
	char source[PATH_MAX], at[PATH_MAX];
	int r = find_source(v, i, source);

	if (r < 0 || snprintf(at, sizeof at, NEW_ROOT "%s", s->point) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (mount(source, at, NULL, MS_BIND, NULL) < 0)
		return -errno;
	if (s->how == SHOWN_AS_IT_IS && !(s->flags & MS_RDONLY))
		return 0;
	return mount(NULL, at, NULL, MS_REMOUNT | MS_BIND | s->flags, NULL) < 0 ? -errno : 0;
}

static int assemble(const struct view *v, struct words *words)
{
	size_t i;
	int r;

	for (i = 0; i < v->count; i++) {
		r = bind(v, i);
		if (r < 0)
			return words_set(words, r, "cannot mount %s as it is outside: %s",
				shown_point(&v->all[i]), strerror(-r));
	}
	return 0;
}

/*
 * The old root goes. In the kernel's first root pivot_root(2) cannot; then the new one hides it.
 */
static int change_root(struct words *words)
{
	if (chdir(NEW_ROOT) < 0)
		return cannot("enter", "the new root", words);
	if (syscall(SYS_pivot_root, ".", ".") == 0) {
		if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
			return cannot("leave", "the old root", words);
		return 0;
	}
	if (mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
		return cannot("change to", "the new root", words);
	return 0;
}

static int build(const struct site *s, struct view *v, struct buf *notes, struct words *words)
{
	int r = make_workshop(s, words);

	if (r == 0)
		r = image_mount(s->images, s->file, s->name, words);
	if (r == 0)
		r = layers_assign(s->name, v, words);
	if (r == 0)
		r = mount_layers(s, v, notes, words);
	if (r == 0)
		r = assemble(v, words);
	if (r == 0)
		sockets_bind(v, NEW_ROOT);
	if (r == 0)
		return change_root(words);
	/* What is given up must not keep the folder in use. */
	if (chdir("/") == 0)
		umount2(s->folder, MNT_DETACH);
	return r;
}

int build_scene(const struct site *s, struct buf *notes, struct words *words)
{
	struct view v;
	int r = go_apart(words);

	if (r < 0)
		return r;
	r = view_read(&v);
	if (r == -ENOSYS)
		words_set(words, r, "a try needs Linux 5.8 or newer");
	else if (r < 0)
		words_set(words, r, "cannot read what is mounted: %s", strerror(-r));
	else
		r = build(s, &v, notes, words);
	view_release(&v);
	return r;
}
