/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an undo makes of a place: every kind of situation, and what is to be done. */
#include <errno.h>
#include <sys/stat.h>

#include "lib/tap.h"
#include "undo/judgement.h"
#include "undo/packages.h"
#include "undo/removal.h"

#define MADE .change = CHANGE_CREATED
#define CHANGED .change = CHANGE_MODIFIED, .was = true
#define REMOVED .change = CHANGE_REMOVED, .was = true
#define IS .is = true

static const struct {
	const char *name;
	struct situation s;
	enum state state;
	const char *reason; /* how it begins */
	bool lends;
} places[] = {
	{ "made, and as the run left it", { MADE, IS, .as_left = true }, STATE_OURS, NULL, false },
	{ "made, and gone", { MADE }, STATE_BEFORE, NULL, false },
	{ "made, and its folder gone", { MADE, .error = -ENOENT }, STATE_BEFORE, NULL, false },
	{ "made, and edited", { MADE, IS }, STATE_REFUSED, "changed since", false },
	{ "made, edited, and force", { MADE, IS, .force = true }, STATE_OURS, NULL, false },
	{ "made, and now a folder, which force takes no more than it would a stranger's",
		{ MADE, IS, .force = true, .folder_in_way = true }, STATE_REFUSED, "changed since",
		false },
	{ "changed, and as the run left it", { CHANGED, IS, .as_left = true }, STATE_OURS, NULL,
		false },
	{ "changed, and as before again", { CHANGED, IS, .as_before = true }, STATE_BEFORE, NULL,
		false },
	{ "changed, and edited", { CHANGED, IS }, STATE_REFUSED, "changed since", false },
	{ "changed, and gone", { CHANGED }, STATE_REFUSED, "removed since", false },
	{ "changed, and gone with the package of the install", { CHANGED, .taken_out = true },
		STATE_OURS, NULL, false },
	{ "changed, gone, and force", { CHANGED, .force = true }, STATE_OURS, NULL, false },
	{ "changed, and half put back", { CHANGED, IS, .half_done = true }, STATE_OURS, NULL,
		false },
	{ "removed, and nothing there", { REMOVED, .as_left = true }, STATE_OURS, NULL, false },
	{ "removed, and its folder, too", { REMOVED, .as_left = true, .error = -ENOENT },
		STATE_OURS, NULL, false },
	{ "removed, and there again as it was", { REMOVED, IS, .as_before = true }, STATE_BEFORE,
		NULL, false },
	{ "removed, and another is there", { REMOVED, IS }, STATE_REFUSED, "changed since", false },
	{ "what a later run changed, even as it was left",
		{ CHANGED, IS, .as_left = true, .later = 7 }, STATE_REFUSED, "a later run", false },
	{ "a folder above cannot be entered", { CHANGED, .error = -EACCES }, STATE_REFUSED,
		"Permission denied", false },
	{ "that one is no matter of force", { CHANGED, .error = -EACCES, .force = true },
		STATE_REFUSED, "Permission denied", false },
	{ "a folder above is a symlink now", { CHANGED, .error = -ELOOP }, STATE_REFUSED,
		"a folder above", false },
	{ "removed with its folder, where the run put a file", { REMOVED, .error = -ELOOP },
		STATE_OURS, NULL, false },
	{ "removed, and somebody put something where no folder is made again",
		{ REMOVED, .error = -ELOOP, .lacks_folder = true }, STATE_REFUSED, "a folder above",
		false },
	{ "removed, and by a later run, too, below what is no folder now",
		{ REMOVED, .error = -ELOOP, .later = 7 }, STATE_REFUSED, "a later run", false },
	{ "made, and by a later run taken away, below what is no folder now",
		{ MADE, .error = -ELOOP, .later = 7 }, STATE_REFUSED, "a later run", false },
	{ "made in a folder that is the former symlink again",
		{ MADE, .error = -ELOOP, .above_is_link = true, .above_is_back = true },
		STATE_BEFORE, NULL, false },
	{ "made in a folder that is a symlink since: perhaps to where it is now",
		{ MADE, .error = -ELOOP, .above_is_link = true }, STATE_REFUSED, "a folder above",
		false },
	{ "made in a folder that is a file since: it is gone", { MADE, .error = -ELOOP },
		STATE_BEFORE, NULL, false },
	{ "changed in a folder that is a file since", { CHANGED, .error = -ELOOP }, STATE_REFUSED,
		"a folder above", false },
	{ "excluded, and there as the run left it: it may come home from there",
		{ MADE, IS, .as_left = true, .excluded = true }, STATE_LEAVE, NULL, true },
	{ "excluded, and edited", { MADE, IS, .excluded = true }, STATE_LEAVE, NULL, false },
	{ "excluded, and a later run's",
		{ MADE, IS, .as_left = true, .excluded = true, .later = 7 }, STATE_LEAVE, NULL,
		false },
	{ "excluded, and out of reach", { MADE, .excluded = true, .error = -EACCES }, STATE_LEAVE,
		NULL, false },
	{ "excluded, and gone from where it came",
		{ REMOVED, .as_left = true, .excluded = true, .left = true }, STATE_OURS, NULL,
		false },
	{ "excluded, and what came in its place has gone since",
		{ CHANGED, .excluded = true, .left = true }, STATE_OURS, NULL, false },
	{ "excluded, and it was home again before it went", { CHANGED, .excluded = true },
		STATE_LEAVE, NULL, false },
	{ "excluded, and its folder is made again",
		{ REMOVED, .error = -ENOENT, .as_left = true, .excluded = true, .left = true },
		STATE_OURS, NULL, false },
	{ "excluded, and its folder is gone for good",
		{ REMOVED, .error = -ENOENT, .as_left = true, .excluded = true, .left = true,
			.lacks_folder = true }, STATE_LEAVE, NULL, false },
	{ "excluded, and another is there, which force does not take",
		{ REMOVED, IS, .excluded = true, .left = true, .force = true }, STATE_LEAVE, NULL,
		true },
	{ "changed, and its folder is gone for good",
		{ CHANGED, .error = -ENOENT, .as_left = true, .lacks_folder = true },
		STATE_REFUSED, "the folder that it was in", false },
	{ "that one is no matter of force",
		{ CHANGED, .error = -ENOENT, .force = true, .lacks_folder = true }, STATE_REFUSED,
		"the folder that it was in", false },
	{ "made, and its folder is gone for good",
		{ MADE, .error = -ENOENT, .lacks_folder = true }, STATE_BEFORE, NULL, false },
	{ "a folder made only for what comes back, which is there",
		{ REMOVED, IS, .as_needed = true }, STATE_LEAVE, NULL, false },
	{ "that one, not there", { REMOVED, .as_left = true, .as_needed = true }, STATE_OURS, NULL,
		false },
	{ "that one, which an undo made just now",
		{ REMOVED, IS, .half_done = true, .as_needed = true, .begun = true }, STATE_OURS,
		NULL, false },
	{ "what was taken out with its install", { CHANGED, IS, .as_left = true, .for_good = true },
		STATE_LEAVE, NULL, false },
	{ "that one, though somebody changed it", { CHANGED, IS, .for_good = true }, STATE_LEAVE,
		NULL, false },
	{ "another's, which is here for what it may hold, and is something else by now",
		{ CHANGED, IS, .as_left = true, .of_others = true }, STATE_LEAVE, NULL, false },
	{ "that one, as it was left",
		{ CHANGED, IS, .as_left = true, .of_others = true, .is_what_was_left = true },
		STATE_OURS, NULL, false },
	{ "excluded and another's, as the run left it: it may come home from there all the same",
		{ MADE, IS, .as_left = true, .excluded = true, .of_others = true }, STATE_LEAVE,
		NULL, true },
};

static void test_places(void)
{
	size_t i;

	for (i = 0; i < sizeof places / sizeof *places; i++) {
		struct judgement v = judgement_of(&places[i].s);
		const char *want = places[i].reason ? places[i].reason : "";

		ok(v.state == places[i].state && v.lends == places[i].lends &&
				!strncmp(v.reason ? v.reason : "", want, strlen(want)) &&
				!!v.reason == !!places[i].reason,
			"%s", places[i].name);
	}
}

#define FILE_OF(n)                                                                          \
	.before = { .i = { .exists = true, .mode = S_IFREG | 0644, .size = n, .nlink = 1 }, \
		.has_hash = true }
#define EDITED .after = { .has_hash = true, .hash = { 1 } }, .content_changed = 1

static const struct {
	const char *name;
	struct entry e;
	struct holdings h;
	bool content_same, secured, fetch;
	const char *lacks;
} holdings[] = {
	{ "kept whole", { FILE_OF(5), EDITED, .keep = KEEP_WHOLE }, { .object = true }, false, true,
		false, NULL },
	{ "kept, and its object is gone", { FILE_OF(5), EDITED, .keep = KEEP_WHOLE }, { 0 }, false,
		false, false, "its kept original is gone" },
	{ "not kept", { FILE_OF(5), EDITED, .keep = KEEP_OFF }, { 0 }, false, false, false,
		"its original was not kept (--no" },
	{ "over the limit", { FILE_OF(5), EDITED, .keep = KEEP_LIMIT }, { 0 }, false, false, false,
		"its original was not kept (--backup-limit)" },
	{ "not to be read", { FILE_OF(5), EDITED, .keep = KEEP_FAILED }, { 0 }, false, false, false,
		"its original could not be kept" },
	{ "empty: nothing need be kept", { FILE_OF(0), EDITED }, { 0 }, false, true, false, NULL },
	{ "only its mode was changed", { FILE_OF(5) }, { .same_inode = true }, true, false, false,
		NULL },
	{ "the same inode, with other content", { FILE_OF(5), EDITED }, { .same_inode = true },
		false, false, false, "its original was not kept" },
	{ "only its mode, and an undo was writing it", { FILE_OF(5), .begun = BEGUN_CONTENT },
		{ .same_inode = true }, false, false, false, "its original was not kept" },
	{ "only its mode, of a file that an undo made",
		{ FILE_OF(5), .after = { .has_hash = true } }, { .as_left = true }, true,
		false, false, NULL },
	{ "the same, and nothing tells what is in it",
		{ .before = { .i = { .exists = true, .mode = S_IFREG | 0644, .size = 5 } } },
		{ .as_left = true }, false, false, false, "its original was not kept" },
	{ "carried elsewhere", { FILE_OF(5), EDITED }, { .carried = true }, false, false, true,
		NULL },
	{ "carried, and kept, too: the content is enough",
		{ FILE_OF(5), EDITED, .keep = KEEP_WHOLE }, { .object = true, .carried = true },
		false, true, false, NULL },
	{ "of an interrupted undo there is a temporary name", { FILE_OF(5), EDITED },
		{ .temp = true }, false, false, false, NULL },
	{ "asked too late", { FILE_OF(5), EDITED, .keep = KEEP_WHOLE, .late = true },
		{ .object = true }, false, true, false, "what was there before is not known" },
	{ "a symlink whose text is known",
		{ .before = { .i = { .exists = true, .mode = S_IFLNK | 0777 },
			  .target = (char *)"x" },
			EDITED },
		{ 0 }, false, true, false, NULL },
	{ "a symlink whose text is not",
		{ .before = { .i = { .exists = true, .mode = S_IFLNK | 0777 } }, EDITED }, { 0 },
		false, false, false, "its original was not kept" },
	{ "a folder is made anew",
		{ .before = { .i = { .exists = true, .mode = S_IFDIR | 0755 } }, EDITED }, { 0 },
		false, true, false, NULL },
	{ "a fifo, too", { .before = { .i = { .exists = true, .mode = S_IFIFO | 0644 } }, EDITED },
		{ 0 }, false, true, false, NULL },
};

static void test_means(void)
{
	size_t i;

	for (i = 0; i < sizeof holdings / sizeof *holdings; i++) {
		struct holdings h = holdings[i].h;
		const char *want = holdings[i].lacks ? holdings[i].lacks : "";
		struct means m;

		h.e = &holdings[i].e;
		m = means_of(&h);
		ok(m.content_same == holdings[i].content_same && m.secured == holdings[i].secured &&
			m.fetch == holdings[i].fetch && !!m.lacks == !!holdings[i].lacks &&
				!strncmp(m.lacks ? m.lacks : "", want, strlen(want)),
			"%s", holdings[i].name);
	}
}

/* Of several names it is the inode that counts: it is fetched though its content is kept. */
static void test_many_names(void)
{
	struct entry e = { FILE_OF(5), EDITED, .keep = KEEP_WHOLE };
	struct holdings h = { .e = &e, .object = true, .carried = true };

	e.before.i.nlink = 2;
	ok(means_of(&h).fetch, "a file with other names is fetched though its content is kept");
}

#define LEFT .is = true

static const struct package_came came = { "p", "dpkg -r" };

static const struct {
	const char *name;
	struct remains r;
	enum ba_did did;
	const char *reason; /* how it begins */
} remains[] = {
	{ "as the run left it", { LEFT }, BA_REMOVE, NULL },
	{ "gone", { 0 }, BA_NOTHING, NULL },
	{ "gone with its folder", { .error = -ENOENT }, BA_NOTHING, NULL },
	{ "out of reach", { .error = -EACCES }, BA_KEEP, "Permission denied" },
	{ "brought from elsewhere", { LEFT, .home = "/a" }, BA_KEEP,
		"it was there before the run, as /a" },
	{ "that one is no matter of force", { LEFT, .home = "/a", .force = true }, BA_KEEP,
		"it was there before the run, as /a" },
	{ "a folder that was brought", { LEFT, .home = "/a", .dir = true }, BA_REMOVE, NULL },
	{ "a later run wrote it, too", { LEFT, .later = 7 }, BA_KEEP, "run 7 wrote it, too" },
	{ "a later run wrote in a folder", { LEFT, .later = 7, .dir = true }, BA_REMOVE, NULL },
	{ "a package has it", { LEFT, .package = "p" }, BA_KEEP, "it belongs to the package p" },
	{ "a package has a folder", { LEFT, .package = "p", .dir = true }, BA_KEEP,
		"it belongs to the package p" },
	{ "a package has it, and force", { LEFT, .package = "p", .force = true }, BA_KEEP,
		"it belongs to the package p" },
	{ "a package manager's record", { LEFT, .record = &came }, BA_KEEP,
		"the package manager's, which has p still: 'dpkg -r p' takes that out" },
	{ "that one, and force", { LEFT, .record = &came, .force = true }, BA_KEEP,
		"the package manager's" },
	{ "edited", { LEFT, .differs = BA_DIFFERS_CONTENT }, BA_KEEP, "changed since" },
	{ "edited, and force", { LEFT, .differs = BA_DIFFERS_CONTENT, .force = true }, BA_REMOVE,
		NULL },
	{ "not to be read", { LEFT, .differs = BA_DIFFERS_UNREADABLE }, BA_KEEP,
		"it cannot be read" },
	{ "a symlink by now, and force", { LEFT, .differs = BA_DIFFERS_TYPE, .force = true },
		BA_REMOVE, NULL },
	{ "a folder by now, which force takes no more than it would a stranger's",
		{ LEFT, .differs = BA_DIFFERS_TYPE, .other_kind = true, .force = true }, BA_KEEP,
		"it is something else since" },
	{ "there before, under another name", { LEFT, .foreign = true }, BA_KEEP,
		"it was there before the run, under" },
	{ "that one, and force", { LEFT, .foreign = true, .force = true }, BA_REMOVE, NULL },
	{ "a mount point", { LEFT, .blocked = -EBUSY }, BA_KEEP, "a mount point" },
	{ "in a folder that may not be written", { LEFT, .blocked = -EACCES }, BA_FAIL,
		"Permission denied" },
	{ "on a disk that may not be", { LEFT, .blocked = -EROFS }, BA_FAIL, "Read-only" },
	{ "a folder in which something stays", { LEFT, .dir = true, .leaves = true }, BA_KEEP,
		"not empty" },
	{ "what was edited is told before what blocks it",
		{ LEFT, .differs = BA_DIFFERS_SIZE, .blocked = -EACCES }, BA_KEEP,
		"changed since" },
};

static void test_remains(void)
{
	size_t i;

	for (i = 0; i < sizeof remains / sizeof *remains; i++) {
		_cleanup_buf_ struct buf why = BUF_INIT;
		enum ba_did did = removal_of(&remains[i].r, &why);
		const char *want = remains[i].reason ? remains[i].reason : "";

		ok(did == remains[i].did && !!why.len == !!remains[i].reason &&
				!strncmp(why.data ? why.data : "", want, strlen(want)),
			"of an uninstall: %s", remains[i].name);
	}
}

int main(void)
{
	test_places();
	test_means();
	test_many_names();
	test_remains();
	return done_testing();
}
