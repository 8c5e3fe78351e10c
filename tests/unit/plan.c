/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows for one place of a rollback from what becomes of the others. */
#include <sys/stat.h>

#include "lib/tap.h"
#include "undo/plan-load.h"
#include "undo/plan-means.h"

struct place {
	const char *path;
	struct entry e;
	enum state state;
	bool is, secured; /* something stands there now; it can be put back, whatever happens */
	enum state want;
	const char *reason;
};

#define FILE_THERE { .i = { .exists = true, .mode = S_IFREG | 0644 } }
#define FOLDER_THERE { .i = { .exists = true, .mode = S_IFDIR | 0755 } }
/* Their numbers: of the file that stood there, and of the one that stands there. */
#define TAKEN(n) .change = CHANGE_REMOVED, .before = FILE_THERE, .before_file = n
#define MADE(n) .change = CHANGE_CREATED, .after = FILE_THERE, .file = n
#define REPLACED(n, m) .change = CHANGE_MODIFIED, .before = FILE_THERE, .before_file = n, \
	.after = FILE_THERE, .file = m
#define FOLDER_TAKEN .change = CHANGE_REMOVED, .before = FOLDER_THERE
#define FOLDER_MADE .change = CHANGE_CREATED, .after = FOLDER_THERE

static const struct {
	const char *name;
	bool force;
	struct place places[4]; /* by path */
} plans[] = {
	{ "what was moved goes home", false,
		{ { "/from", { TAKEN(1) }, STATE_OURS, .want = STATE_OURS },
			{ "/to", { MADE(1) }, STATE_OURS, true, .want = STATE_OURS } } },
	{ "what cannot go home stays where it is", false,
		{ { "/from", { TAKEN(1) }, STATE_REFUSED, true, .want = STATE_REFUSED },
			{ "/to", { MADE(1) }, STATE_OURS, true, false, STATE_REFUSED,
				"it was there before the run, as /from" } } },
	{ "unless it is kept", false,
		{ { "/from", { TAKEN(1) }, STATE_REFUSED, true, true, STATE_REFUSED, NULL },
			{ "/to", { MADE(1) }, STATE_OURS, true, .want = STATE_OURS } } },
	{ "or force says so", true,
		{ { "/from", { TAKEN(1) }, STATE_REFUSED, true, .want = STATE_REFUSED },
			{ "/to", { MADE(1) }, STATE_OURS, true, .want = STATE_OURS } } },
	{ "what stays for that stays in the way of another, which stays, too", false,
		{ { "/a", { TAKEN(1) }, STATE_REFUSED, true, .want = STATE_REFUSED },
			{ "/b", { REPLACED(2, 1) }, STATE_OURS, true, false, STATE_REFUSED,
				"it was there before the run, as /a" },
			{ "/c", { MADE(2) }, STATE_OURS, true, false, STATE_REFUSED,
				"it was there before the run, as /b" } } },
	{ "whatever comes in which order", false,
		{ { "/a", { MADE(2) }, STATE_OURS, true, false, STATE_REFUSED,
			  "it was there before the run, as /b" },
			{ "/b", { REPLACED(2, 1) }, STATE_OURS, true, false, STATE_REFUSED,
				"it was there before the run, as /c" },
			{ "/c", { TAKEN(1) }, STATE_REFUSED, true, .want = STATE_REFUSED } } },
	{ "a home that is no place of this rollback", false,
		{ { "/to", { MADE(1), .home = (char *)"/elsewhere" }, STATE_OURS, true, false,
			STATE_REFUSED, "it was there before the run, as /elsewhere" } } },
	{ "an excluded home that is no more", false,
		{ { "/from", { TAKEN(1), .excluded = true }, STATE_LEAVE, .want = STATE_LEAVE },
			{ "/to", { REPLACED(2, 1) }, STATE_OURS, true, false, STATE_REFUSED,
				"it was there before the run, as /from" } } },
	{ "of two homes the one that counts", false,
		{ { "/a", { TAKEN(1) }, STATE_OURS, .want = STATE_OURS },
			{ "/b", { TAKEN(1), .excluded = true }, STATE_LEAVE, .want = STATE_LEAVE },
			{ "/to", { REPLACED(2, 1) }, STATE_OURS, true, .want = STATE_OURS } } },
	{ "a file that stands at its home still has two names, of which one goes", false,
		{ { "/a", { REPLACED(1, 1) }, STATE_REFUSED, true, .want = STATE_REFUSED },
			{ "/b", { MADE(1) }, STATE_OURS, true, .want = STATE_OURS } } },
	{ "a folder that nothing comes back in stays gone", false,
		{ { "/d", { FOLDER_TAKEN, .as_needed = true }, STATE_OURS, .want = STATE_LEAVE },
			{ "/d/f", { TAKEN(1) }, STATE_REFUSED, .want = STATE_REFUSED } } },
	{ "and is as before where it was to go if it was empty", false,
		{ { "/d", { FOLDER_TAKEN, .as_needed = true, .if_empty = true }, STATE_OURS,
			.want = STATE_BEFORE } } },
	{ "a folder that something comes back in comes back, and those above it", false,
		{ { "/d", { FOLDER_TAKEN, .as_needed = true }, STATE_OURS, .want = STATE_OURS },
			{ "/d/e", { FOLDER_TAKEN, .as_needed = true }, STATE_OURS,
				.want = STATE_OURS },
			{ "/d/e/f", { TAKEN(1) }, STATE_OURS, .want = STATE_OURS } } },
	{ "what an undo has begun with is done", false,
		{ { "/d", { FOLDER_TAKEN, .as_needed = true, .begun = BEGUN_META }, STATE_OURS,
			.want = STATE_OURS } } },
	{ "a folder that the run made goes", false,
		{ { "/d", { FOLDER_MADE, .if_empty = true }, STATE_OURS, true, .want = STATE_OURS },
			{ "/d/f", { MADE(1) }, STATE_OURS, true, .want = STATE_OURS } } },
	{ "unless something of before comes back in it, or below", false,
		{ { "/d", { FOLDER_MADE, .if_empty = true }, STATE_OURS, true,
			  .want = STATE_SHARED },
			{ "/d/e", { FOLDER_MADE, .if_empty = true }, STATE_OURS, true,
				.want = STATE_SHARED },
			{ "/d/e/f", { TAKEN(1) }, STATE_OURS, .want = STATE_OURS } } },
	{ "or is in it", false,
		{ { "/d", { FOLDER_MADE, .if_empty = true }, STATE_OURS, true,
			  .want = STATE_SHARED },
			{ "/d/f", { REPLACED(1, 1) }, STATE_BEFORE, true,
				.want = STATE_BEFORE } } },
	{ "what is lost for good keeps no folder", false,
		{ { "/d", { FOLDER_MADE, .if_empty = true }, STATE_OURS, true, .want = STATE_OURS },
			{ "/d/f", { TAKEN(1) }, STATE_REFUSED, .want = STATE_REFUSED } } },
};

/* What stands at a place is what the run left, where it left something. */
static void set_item(struct plan_item *it, const struct place *place)
{
	const struct side *stands = it->e->after.i.exists ? &it->e->after : &it->e->before;

	it->state = place->state;
	it->secured = place->secured;
	if (place->is)
		it->now = stands->i;
}

/* A file has as many names as there are places at which it stands. */
static void count_names(struct plan *p)
{
	size_t i, k;

	for (i = 0; i < p->all.count; i++)
		for (k = 0; k < p->all.count; k++)
			p->items[i].now.nlink += p->items[k].now.exists &&
				p->items[k].now.ino == p->items[i].now.ino;
}

static void check(const char *name, const struct plan_item *it, const struct place *place)
{
	ok(it->state == place->want &&
			!strcmp(it->reason ? it->reason : "", place->reason ? place->reason : ""),
		"%s: %s", name, place->path);
}

static void try_plan(size_t i)
{
	struct entry entries[4];
	struct plan p = { .all = { .e = entries }, .force = plans[i].force };
	size_t k;

	for (k = 0; k < 4 && plans[i].places[k].path; k++) {
		entries[k] = plans[i].places[k].e;
		entries[k].path = (char *)plans[i].places[k].path;
		entries[k].after.i.ino = entries[k].file;
		entries[k].before.i.ino = entries[k].before_file;
		p.all.count++;
	}
	if (plan_index(&p) < 0)
		abort();
	for (k = 0; k < p.all.count; k++)
		set_item(&p.items[k], &plans[i].places[k]);
	count_names(&p);
	if (plan_settle(&p) < 0)
		abort();
	for (k = 0; k < p.all.count; k++) {
		check(plans[i].name, &p.items[k], &plans[i].places[k]);
		free(p.items[k].reason);
	}
	free(p.items);
	u64map_release(&p.carried);
	u64map_release(&p.homes);
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof plans / sizeof *plans; i++)
		try_plan(i);
	return done_testing();
}
