/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a run comes to: in each row of the table a thing as it was before the run, what the run did
 * to it, with the call that it is told to have made, and the row that it has in the manifest then.
 */
#include <errno.h>
#include <sys/stat.h>

#include "base/io.h"
#include "lib/begun.h"
#include "lib/scratch.h"
#include "lib/tap.h"
#include "store/befores.h"
#include "store/manifest.h"
#include "store/open.h"

/* before and after are sh, in the test's folder; "$f" is the thing's name. */
static const struct {
	const char *name, *before, *after;
	enum op op;
	const char *row; /* change, type, and the view's content_changed; "" for none */
} things[] = {
	{ "a file is made", "", "echo x >$f", OP_OPEN, "created file" },
	{ "an empty file is made", "", ": >$f", OP_OPEN, "created file" },
	{ "made, and taken away again", "", ":", OP_UNLINK, "" },
	{ "a folder is made", "", "mkdir $f", OP_MKDIR, "created dir" },
	{ "a symlink is made", "", "ln -s x $f", OP_SYMLINK, "created symlink" },
	{ "a fifo is made", "", "mkfifo $f", OP_MKNOD, "created fifo" },
	{ "a file is written", "echo before >$f", "echo longer than before >$f", OP_OPEN,
		"modified file 1" },
	{ "written, and as long as before", "echo before >$f", "echo beyond >$f; touch -d @9 $f",
		OP_OPEN, "modified file" },
	{ "opened, and nothing was written", "echo before >$f", ":", OP_OPEN, "" },
	{ "another file in its place", "echo before >$f", "echo before >$f.new; mv $f.new $f",
		OP_RENAME, "modified file" },
	{ "a mode", "echo before >$f", "chmod 751 $f", OP_CHMOD, "modified file 0" },
	{ "a mode, and back", "echo before >$f", "chmod 751 $f; chmod 644 $f", OP_CHMOD, "" },
	{ "a time", "echo before >$f", "touch -d @9 $f", OP_UTIME, "modified file 0" },
	{ "a file is removed", "echo before >$f", "rm $f", OP_UNLINK, "removed file" },
	{ "removed, and a folder made there", "echo before >$f", "rm $f; mkdir $f", OP_MKDIR,
		"modified dir 1" },
	{ "a folder's mode", "mkdir $f", "chmod 700 $f", OP_CHMOD, "modified dir 0" },
	{ "what is in a folder is no change of it", "mkdir $f", "echo x >$f/x", OP_MKDIR, "" },
	{ "a folder, removed and made anew as it was", "mkdir $f", "rmdir $f; mkdir $f", OP_MKDIR,
		"" },
	{ "a folder is removed", "mkdir $f", "rmdir $f", OP_RMDIR, "removed dir" },
	{ "a symlink is turned round", "ln -s x $f", "ln -sfn other $f", OP_SYMLINK,
		"modified symlink" },
	{ "what goes through a fifo is none", "mkfifo $f", "touch $f", OP_OPEN, "" },
	{ "a second name", "", "echo x >$f.first; ln $f.first $f", OP_LINK, "created file" },
	{ "its folder has become a symlink: nothing stands there",
		"mkdir $f.d; echo x >$f.d/in; ln -s $f.d $f",
		"rm -r $f.d; mkdir $f.e; ln -s $f.e $f.d", OP_UNLINK, "" },
};

static void run_sh(const char *what, size_t i)
{
	char command[PATH_MAX + 512];

	snprintf(command, sizeof command, "umask 022; cd '%s' && f=thing%zu; %s", top, i, what);
	if (*what && system(command) != 0)
		abort();
}

static const char *name_of(size_t i)
{
	static char name[32];

	snprintf(name, sizeof name, "thing%zu", i);
	return name;
}

/*
 * The thing has a file's number, and as it has no other name, that
 * stays its own unless it is another file now.
 */
static void tell(struct run *run, struct hands *hands, int64_t exec, size_t i,
	const struct inode *before)
{
	uint32_t number = (uint32_t)(2 * i + 1);
	struct touch t = { .path = at(name_of(i)),
		.before = *before,
		.before_file = before->exists ? number : 0 };
	struct inode now = look(name_of(i));
	bool other = !before->exists || before->ino != now.ino ||
		(things[i].op != OP_OPEN && things[i].op != OP_CHMOD && things[i].op != OP_UTIME &&
			things[i].op != OP_UNLINK && things[i].op != OP_RMDIR);
	struct event e = { .op = things[i].op,
		.path = t.path,
		.file = number + other,
		.mode = -1,
		.flags = O_WRONLY,
		.at = io_now_ns() };

	if (run_touch(run, &t) < 0 || run_place(run, t.path, now.exists ? e.file : 0) < 0 ||
		run_event(run, &e, exec) < 0 || hands_note(hands, &e, exec) < 0)
		abort();
}

static const char *row_of(struct db *db, int64_t run_id, const char *path)
{
	static char text[128];
	struct rows rows;

	*text = '\0';
	if (db_rows_text(&rows, db,
		    "SELECT path, change || ' ' || type, content_changed, run_id FROM manifest",
		    NULL) < 0)
		abort();
	while (rows_next(&rows) > 0)
		if (!strcmp(rows_text(&rows, 0), path) && rows_int(&rows, 3) == run_id)
			snprintf(text, sizeof text, "%s%s%s", rows_text(&rows, 1),
				rows_type(&rows, 2) == ROWS_NULL ? "" : " ", rows_text(&rows, 2));
	rows_done(&rows);
	return text;
}

static void test_things(struct db *db)
{
	static struct inode before[sizeof things / sizeof *things];
	static const struct scope scope;
	struct hands hands = { 0 };
	struct run run;
	struct manifest m = { .run = &run, .hands = &hands, .scope = &scope };
	int64_t exec = begin(&run, db);
	size_t i, n = sizeof things / sizeof *things;

	for (i = 0; i < n; i++) {
		run_sh(things[i].before, i);
		before[i] = look(name_of(i));
	}
	for (i = 0; i < n; i++) {
		run_sh(things[i].after, i);
		tell(&run, &hands, exec, i, &before[i]);
	}
	ok(manifest_settle(&m) == 0 && run_close(&run, "complete") == 0, "the manifest is made");
	for (i = 0; i < n; i++)
		ok_str(row_of(db, run.id, at(name_of(i))), things[i].row, things[i].name);
	hands_release(&hands);
	run_release(&run);
}

/* A recorder was killed: which file stands there, by its number, its time, and its birth. */
static void test_befores(struct db *db)
{
	struct inode old = { .exists = true, .mode = S_IFREG | 0644, .ino = 12, .dev = 7,
		.size = 3, .mtime_ns = 5 };
	struct touch t = { .path = "/was", .before = old, .before_file = 4 };
	struct touch other = { .path = "/other", .before = old, .before_file = 6 };
	struct befores b = { 0 };
	struct run run;

	other.before.ino = 13;
	begin(&run, db);
	if (run_touch(&run, &t) < 0 || run_touch(&run, &other) < 0 || befores_read(&b, &run) < 0)
		abort();
	old.birth_ns = run.started_ns - 1;
	ok(befores_file(&b, &run, &old, 0) == 4, "a file of before is known by its number");
	old.birth_ns = run.started_ns + 1;
	ok(befores_file(&b, &run, &old, 0) == 4 && befores_file(&b, &run, &old, 6) == 4,
		"so is one that a clock gave a later birth, where it is as it was");
	ok(befores_file(&b, &run, &old, 9) == 9,
		"but not where the run is on record to have made it");
	old.mtime_ns++;
	ok(befores_file(&b, &run, &old, 0) == 0 && befores_file(&b, &run, &old, 6) == 6,
		"nor one with another time: a number is given again");
	befores_release(&b);
	run_release(&run);
}

int main(void)
{
	struct words words;
	struct db *db;

	scratch_begin();
	if (db_open(&db, at("audit.db"), DB_MAKE, &words) < 0)
		abort();
	test_things(db);
	test_befores(db);
	db_close(db);
	scratch_end();
	return done_testing();
}
