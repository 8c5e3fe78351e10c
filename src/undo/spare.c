/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/spare.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/indexes.h"
#include "base/mix.h"
#include "base/package-records.h"
#include "undo/packages.h"

struct spare {
	struct owners *owners;
	struct u64map came;         /* the packages that came with the install */
	struct package_came one;    /* the first of them that is here */
};

/* Of one name for two machines each goes with the other. */
static uint64_t package_key(const char *package)
{
	return mix_bytes(package, strcspn(package, ":"));
}

/* What is in them is of what stays, too. */
static void spare_index(struct plan_item *it)
{
	if (it->state == STATE_OURS && it->e->before.i.exists && index_of(it->e->path))
		it->state = STATE_BEFORE;
}

static int spare_record(struct plan_item *it, const struct package_came *of)
{
	_cleanup_buf_ struct buf why = BUF_INIT;

	if (it->state != STATE_OURS || !package_record_is(it->e->path))
		return 0;
	packages_why(&why, of);
	if (why.failed)
		return -ENOMEM;
	plan_refuse(it, "%s", why.data);
	return 0;
}

/* A package that came has all of it that it has. */
static int find_came(struct spare *s, const struct rollback *rb)
{
	struct package_came came;
	bool added;
	size_t i;

	for (i = 0; i < rb->plan.all.count; i++) {
		const struct plan_item *it = &rb->plan.items[i];

		if (!packages_came(&came, s->owners, it->e) ||
			(!it->now.exists && !owners_of(s->owners, it->e->path)))
			continue;
		if (!*s->one.name)
			s->one = came;
		if (!u64map_put(&s->came, package_key(came.name), &added))
			return -ENOMEM;
	}
	return 0;
}

/* The first says how the package is taken out, for all. */
static void refuse_file(struct plan_item *it, const char *package, const char *remover)
{
	if (remover)
		plan_refuse(it, "it belongs to the package %s, which '%s %.*s' takes out", package,
			remover, (int)strcspn(package, ":"), package);
	else
		plan_refuse(it, "it belongs to the package %s", package);
}

static void spare_files(struct spare *s, struct rollback *rb)
{
	bool told = false;
	size_t i;

	for (i = 0; i < rb->plan.all.count; i++) {
		struct plan_item *it = &rb->plan.items[i];
		const char *package = owners_of(s->owners, it->e->path);

		if (package && it->state == STATE_OURS &&
			u64map_get(&s->came, package_key(package))) {
			refuse_file(it, package,
				told ? NULL : owners_remover(s->owners, it->e->path));
			told = true;
		}
	}
}

int spare_packages(struct rollback *rb)
{
	struct spare s = { 0 };
	int r = strcmp(rb->kind, "rollback") ? packages_ask(&s.owners, &rb->plan.all) : 0;
	size_t i;

	if (r == 0 && strcmp(rb->kind, "rollback") != 0)
		r = find_came(&s, rb);
	if (r == 0)
		spare_files(&s, rb);
	for (i = 0; r == 0 && *s.one.name && i < rb->plan.all.count; i++) {
		spare_index(&rb->plan.items[i]);
		r = spare_record(&rb->plan.items[i], &s.one);
	}
	u64map_release(&s.came);
	owners_free(s.owners);
	return r;
}
