/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The back half without a thread: events written by hand, a tree on
 * disk, rows out; and a run taken up again.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/io.h"
#include "lib/begun.h"
#include "lib/scratch.h"
#include "lib/tap.h"
#include "model/receipt.h"
#include "store/manifest.h"
#include "store/open.h"
#include "store/recover.h"
#include "store/run.h"
#include "store/versions.h"

static struct db *open_db(void)
{
	struct words words;
	struct db *db;

	if (db_open(&db, at("audit.db"), DB_MAKE, &words) < 0) {
		fprintf(stderr, "%s\n", words.text);
		abort();
	}
	return db;
}

/* The first column of what a statement answers, as text. */
static const char *ask(struct db *db, const char *sql)
{
	static char text[4096];
	struct rows rows;

	snprintf(text, sizeof text, "nothing");
	if (db_rows_text(&rows, db, sql, NULL) == 0 && rows_next(&rows) > 0)
		snprintf(text, sizeof text, "%s", rows_text(&rows, 0));
	rows_done(&rows);
	return text;
}

static void event(struct run *run, struct hands *hands, int64_t exec, enum op op, const char *name,
	uint32_t file)
{
	struct event e = { .op = op,
		.path = at(name),
		.file = file,
		.mode = -1,
		.at = io_now_ns() };

	ok(run_event(run, &e, exec) == 0 && hands_note(hands, &e, exec) == 0, "an event of %s",
		name);
}

/* A file that was made, one that was written, one that is gone, one that was looked at only. */
static void test_manifest(struct db *db)
{
	static const struct scope scope;
	struct hands hands = { 0 };
	struct run run;
	struct manifest m = { .run = &run, .hands = &hands, .scope = &scope };
	const char *const names[] = { "made", "written", "gone", "same" };
	int64_t exec;
	uint32_t i;

	for (i = 1; i < 4; i++)
		make(names[i], "before");
	exec = begin(&run, db);
	for (i = 0; i < 4; i++) {
		struct touch t = { .path = at(names[i]),
			.before = look(names[i]),
			.before_file = i ? i + 1 : 0 };

		ok(run_touch(&run, &t) == 0 && run_place(&run, t.path, i + 1) == 0,
			"%s was touched", names[i]);
	}
	make("made", "new");
	make("written", "longer than before");
	unlink(at("gone"));
	event(&run, &hands, exec, OP_OPEN, "made", 1);
	event(&run, &hands, exec, OP_OPEN, "written", 2);
	event(&run, &hands, exec, OP_OPEN, "written", 2);
	event(&run, &hands, exec, OP_UNLINK, "gone", 3);
	ok(manifest_settle(&m) == 0 && run_close(&run, "complete") == 0,
		"the manifest is made");
	ok_str(ask(db, "SELECT group_concat(change || ' ' || type, ', ') FROM "
		"(SELECT * FROM manifest ORDER BY path)"),
		"removed file, created file, modified file", "what it comes to");
	ok_str(ask(db, "SELECT count FROM writes WHERE path LIKE '%/written'"), "2",
		"two opens are one row");
	ok_str(ask(db, "SELECT created || modified || removed FROM runs"), "111", "the counts");
	ok_str(ask(db, "SELECT count(*) FROM manifest WHERE process_id IS NULL"), "0",
		"each has its process");
	hands_release(&hands);
	run_release(&run);
}

/* What the newer version may call a path of the older one, in the order in which it is asked. */
static const struct {
	const char *path, *old, *now, *want, *what;
} moves[] = {
	{ "/share/p-1/x", "1", "2.0", "/share/p-2.0/x ", "a number" },
	{ "/share/p-1.2.3/x", "1.2.3", "1.2.4", "/share/p-1.2.4/x ", "with what both have" },
	{ "/share/p-1.2/x", "1.2.3", "1.3.0", "/share/p-1.3/x ", "its first parts" },
	{ "/share/1.0/x", "1.0", "2.0", "/share/2.0/x /share/2.0/x ", "the last is the same" },
	{ "/p1.2/lib1.2", "1.2", "1.3", "/p1.3/lib1.3 /p1.2/lib1.3 ", "from each place on" },
	{ "/lib/libp.so.1.2.3", "1.2.3", "1.3.0", "", "part of a longer one" },
	{ "/p/11.2/x", "1.2", "1.3", "", "the end of a longer number" },
	{ "/p/1.20/x", "1.2", "1.3", "", "the beginning of one" },
	{ "/p/1.2/x", "1.2", "1.2", "", "the same version" },
	{ "/p/1.2/x", "", "1.2", "", "none before" },
	{ "/p/1.2/x", "1.2", "", "", "none now" },
	{ "/opt/x", "/opt", "/srv", "/srv/x ", "at the very beginning" },
};

static void test_versions(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(moves); i++) {
		_cleanup_buf_ struct buf got = BUF_INIT, one = BUF_INIT;
		struct versions v = versions_of(moves[i].path, moves[i].old, moves[i].now);

		while (versions_next(&v, &one))
			buf_addf(&got, "%s ", one.data);
		ok_str(got.data ? got.data : "", moves[i].want, moves[i].what);
	}
}

static void test_receipt(void)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	unsigned char hash[SHA256_LEN], out[SHA256_LEN];
	struct touch t = { .path = "/a b\n/c",
		.excluded = true,
		.before = { .exists = true,
			.mode = S_IFLNK | 0777,
			.uid = 1,
			.gid = 2,
			.size = UINT64_MAX,
			.dev = 3,
			.ino = 4,
			.nlink = 5,
			.rdev = 6,
			.mtime_ns = -7,
			.ctime_ns = INT64_MAX } },
		     t2;
	struct original o = { .file = 9,
		.keep = KEEP_WHOLE,
		.hash = hash,
		.target = "to/ the\nend",
		.xattrs = "",
		.xattrs_len = 0 },
			o2;

	memset(hash, 0xa5, sizeof hash);
	receipt_pack(&text, &t, &o);
	ok(receipt_unpack(text.data, text.len, &t2, &o2, out) == 0, "a receipt is read again");
	ok_str(t2.path, t.path, "its path");
	ok_str(o2.target, o.target, "the text of a link");
	ok(!memcmp(out, hash, sizeof hash) && o2.hash && o2.xattrs && !o2.xattrs_len,
		"digest and attributes");
	ok(t2.excluded && t2.before.mtime_ns == -7 && t2.before.size == UINT64_MAX &&
			t2.before_file == 9,
		"numbers");
	buf_reset(&text);
	buf_adds(&text, "1 9 1 0 33188 1 2");
	ok(receipt_unpack(text.data, text.len, &t2, &o2, out) == -EINVAL,
		"one that was cut off is none");
}

static void leave_receipt(int64_t run_id, const char *name)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char folder[RECEIPT_NAME], path[PATH_MAX + 128];
	struct touch t = { .path = at(name), .before = look(name) };
	struct original o = { .file = 1, .keep = KEEP_LIMIT };

	receipt_pack(&text, &t, &o);
	receipt_folder(folder, run_id);
	snprintf(path, sizeof path, "%s.d", at("audit.db"));
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s.d/%s", at("audit.db"), folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s.d/%s/1", at("audit.db"), folder);
	if (symlink(text.data, path) < 0)
		abort();
}

/* The recorder is gone before it could write what it had a receipt for. */
static void test_recover(struct db *db)
{
	struct run run;
	char path[PATH_MAX + 128];

	make("lost", "before");
	begin(&run, db);
	ok(run_commit(&run) == 0, "the run is there");
	leave_receipt(run.id, "lost");
	unlink(at("lost"));
	ok(recover_run(db, run.id) == 0, "it is recovered");
	ok_str(ask(db, "SELECT change FROM manifest WHERE path LIKE '%/lost'"), "removed",
		"what it had a receipt for");
	ok_str(ask(db, "SELECT state FROM runs ORDER BY run_id DESC"), "incomplete", "its state");
	snprintf(path, sizeof path, "%s.d/run-%lld", at("audit.db"), (long long)run.id);
	ok(access(path, F_OK) < 0, "the receipts are gone");
	ok(recover_run(db, run.id) == 0, "a second time there is nothing to do");
	run_release(&run);
}

/* What went with a transaction is made again; and a run that did nothing goes with all its rows. */
static void test_given_up(struct db *db)
{
	struct run run;

	begin(&run, db);
	ok(run_commit(&run) == 0 && run_path_id(&run, "/given-up") > 0, "a path has a row");
	run_abandon(&run);
	ok_str(ask(db, "SELECT count(*) FROM path WHERE name = '/given-up'"), "0", "for a while");
	ok(run_path_id(&run, "/given-up") > 0 && run_commit(&run) == 0, "it is wanted again");
	ok_str(ask(db, "SELECT count(*) FROM path WHERE name = '/given-up'"), "1", "and there");
	ok(run_drop(&run) == 0 && !run.in_transaction, "the run is dropped");
	ok_int(db_int(db, Q_RUN_EXISTS, 0, "i", run.id), 0, "its row is gone");
	ok_str(ask(db, "SELECT count(*) FROM process p LEFT JOIN run r ON r.id = p.run_id "
		"WHERE r.id IS NULL"), "0", "and those of its processes");
	run_release(&run);
}

int main(void)
{
	struct db *db;

	scratch_begin();
	db = open_db();
	test_manifest(db);
	test_versions();
	test_receipt();
	test_recover(db);
	test_given_up(db);
	db_close(db);
	scratch_end();
	return done_testing();
}
