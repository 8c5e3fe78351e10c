/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is written through an overlay that the run mounts, the kernel itself
 * writes into the overlay's upper folder, without a call that names it. So the
 * upper folder and the work folder are read when they are about to be mounted,
 * and again at the end: what differs was changed.
 */
#include "record/overlay.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "record/originals.h"
#include "trace/mem.h"

#define OPTIONS_MAX 4096 /* a page, as mount(2) reads it */

struct overlay_folder {
	struct name name;
	struct walk before;
	struct overlay_folder *next;
};

static bool is_writable_layer(const char *key)
{
	return !strcmp(key, "upperdir") || !strcmp(key, "workdir");
}

static void folder_free(struct overlay_folder *o)
{
	name_release(&o->name);
	walk_release(&o->before);
	free(o);
}

static bool is_watched(const struct recorder *r, const char *path)
{
	const struct overlay_folder *o;

	for (o = r->overlays; o; o = o->next)
		if (!strcmp(o->name.path.data, path))
			return true;
	return false;
}

/* What counts is what it held at the first time: it may be mounted again. */
static void watch_folder(struct recorder *r, const struct task *task, const char *folder)
{
	struct overlay_folder *o = calloc(1, sizeof *o);

	if (!o)
		return;
	if (resolve_target(&r->resolver, task->tid, AT_FDCWD, folder, &o->name) < 0 ||
		is_watched(r, o->name.path.data) || walk_below(&o->before, o->name.path.data) < 0) {
		folder_free(o);
		return;
	}
	o->next = r->overlays;
	r->overlays = o;
	/* Any of it may be written now without a call that names it. */
	originals_lose_inside(r, o->name.path.data, &o->before);
}

/* "lowerdir=a:b,upperdir=c,workdir=d"; a comma in a name has a backslash before it. */
static void watch_options(struct recorder *r, const struct task *task, char *options)
{
	char *in = options, *out, *value, *option;
	bool more = true;

	while (more) {
		for (option = out = in; *in && *in != ','; *out++ = *in++)
			if (*in == '\\' && in[1])
				in++;
		more = *in++ != '\0';
		*out = '\0';
		value = strchr(option, '=');
		if (!value)
			continue;
		*value++ = '\0';
		if (is_writable_layer(option))
			watch_folder(r, task, value);
	}
}

void overlay_mount(struct recorder *r, const struct task *task, const struct call *c)
{
	char type[16], options[OPTIONS_MAX];

	if (c->sys->args[0] != ARG_MOUNT || !c->args[2] || !c->args[4])
		return;
	if (mem_read_string(task->tid, c->args[2], type, sizeof type) < 0 ||
		strcmp(type, "overlay"))
		return;
	if (mem_read_string(task->tid, c->args[4], options, sizeof options) >= 0)
		watch_options(r, task, options);
}

enum next enter_mount_option(struct recorder *r, struct task *task, struct pending *p)
{
	const uint64_t *args = p->call.args;
	char key[16];

	if (args[2] && args[3] && mem_read_string(task->tid, args[2], key, sizeof key) >= 0 &&
		is_writable_layer(key) &&
		mem_read_string(task->tid, args[3], r->text, sizeof r->text) >= 0)
		watch_folder(r, task, r->text);
	return NEXT_GO;
}

static void tell_names(struct recorder *r, const char *folder, const struct walk *w,
	const struct walk *before)
{
	static const struct inode nothing;
	_cleanup_buf_ struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count; i++) {
		if (!walk_path(&path, folder, &w->entries[i]))
			return;
		touches_path(&r->touches, path.data, w == before ? &w->entries[i].now : &nothing,
			false);
		touches_look(&r->touches, path.data);
	}
}

void overlay_tell(struct recorder *r)
{
	struct overlay_folder *o;

	for (o = r->overlays; o; o = o->next) {
		struct walk now = { 0 };

		walk_below(&now, o->name.path.data);
		tell_names(r, o->name.path.data, &o->before, &o->before);
		tell_names(r, o->name.path.data, &now, &o->before);
		walk_release(&now);
	}
}

void overlay_release(struct recorder *r)
{
	while (r->overlays) {
		struct overlay_folder *next = r->overlays->next;

		folder_free(r->overlays);
		r->overlays = next;
	}
}
