/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "store/liveness.h"
#include "store/open.h"
#include "store/owned.h"

/* Between two commits a large file may be hashed. */
#define HEARTBEAT_S 600

int64_t journal_run(struct db *db, int64_t subject)
{
	return db_int(db, Q_MEMBER_NEWEST, 0, "i", subject);
}

int64_t journal_incomplete(struct db *db, int64_t subject)
{
	return db_int(db, Q_INCOMPLETE_MEMBER, 0, "i", subject);
}

bool journal_interrupted(struct db *db, int64_t of_run, const char *kind)
{
	return db_int(db, Q_UNDO_INTERRUPTED, 0, "is", of_run, kind);
}

int journal_idle(struct db *db, struct words *words)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_UNDO_RUNNING, "");

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		r = 0;
		if (liveness_alive(rows_text(&rows, 1)))
			return words_set(words, -EBUSY,
				"%s: run %lld is an undo that is under way: "
				"try again when it has ended",
				db_path(db), (long long)rows_int(&rows, 0));
	}
	return db_was_read(db, r, words);
}

/* Our own arguments as a JSON array. */
static void own_argv(struct buf *out)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	/* without /proc nobody is named */
	IGNORE(io_read_file("/proc/self/cmdline", &line, 1 << 20));
	buf_add_json_words(out, line.data, line.len, line.len);
}

static void own_folder(char cwd[PATH_MAX])
{
	if (!getcwd(cwd, PATH_MAX))
		snprintf(cwd, PATH_MAX, "/");
}

/* One process with one program, so that who and tree have somebody to name. */
static int add_process(struct journal *j, const char *argv)
{
	struct process_begin p = { .pid = getpid(), .ppid = getppid(), .at = j->run.started_ns };
	char exe[PATH_MAX] = "buildaudit", cwd[PATH_MAX];
	struct exec_begin e = { .abi = ABI_X86_64,
		.argv = argv,
		.cwd = cwd,
		.exe = exe,
		.at = j->run.started_ns };

	own_folder(cwd);
	IGNORE(io_readlink("/proc/self/exe", exe)); /* then it is "buildaudit" */
	j->process = run_process(&j->run, &p, NULL, NULL);
	if (j->process < 0)
		return (int)j->process;
	j->exec = run_exec(&j->run, &e, j->process, NULL);
	return j->exec < 0 ? (int)j->exec : 0;
}

int journal_act(struct journal *j)
{
	_cleanup_buf_ struct buf argv = BUF_INIT;
	int r;

	if (!j->db)
		return 0;
	own_argv(&argv);
	r = argv.failed ? -ENOMEM : add_process(j, argv.data);
	return r == 0 ? journal_sync(j) : r;
}

static int write_run(struct journal *j, const struct run_facts *facts)
{
	int r = run_add(&j->run, facts, HEARTBEAT_S);

	return r == 0 ? run_commit(&j->run) : r;
}

/* In the transaction in which it begins: from here on nobody else undoes anything, or forgets. */
static int look_at_subject(struct journal *j, const char *kind, struct words *words)
{
	bool there = db_int(j->db, Q_RUN_EXISTS, 0, "i", j->of_run);
	int r = journal_idle(j->db, words);

	if (r < 0)
		return r;
	j->resumed = journal_interrupted(j->db, j->of_run, kind);
	r = db_was_read(j->db, db_unread(j->db), words);
	return r < 0 || there ? r :
				words_set(words, -ENOENT, "%s: run %lld was forgotten just now",
					db_path(j->db),
					(long long)(j->of_run ? j->of_run : j->subject));
}

static int add_run(struct journal *j, const char *kind, struct words *words)
{
	_cleanup_buf_ struct buf argv = BUF_INIT;
	char cwd[PATH_MAX];
	struct run_facts facts = { .cwd = cwd, .uid = getuid(), .kind = kind, .of_run = j->of_run };
	int r;

	own_argv(&argv);
	own_folder(cwd);
	if (argv.failed)
		return words_set(words, -ENOMEM, "out of memory");
	facts.argv = argv.data;
	/* Asked before, too: the other one may hold the lock. */
	r = journal_idle(j->db, words);
	if (r < 0)
		return r;
	r = run_try_begin(&j->run);
	if (r == 0 && (r = look_at_subject(j, kind, words)) < 0)
		return r;
	if (r == 0)
		r = write_run(j, &facts);
	return r < 0 ? words_set(words, r, "cannot write to the database %s: %s", db_path(j->db),
			       db_error(j->db)) : 0;
}

void journal_break(struct journal *j)
{
	run_abandon(&j->run);
	/* what fails here is done by the next one that looks: it finds that we are gone */
	if (j->run.id && !j->ended && j->process <= 0)
		IGNORE(run_drop(&j->run));
	else if (j->run.id && !j->ended)
		IGNORE(run_close(&j->run, "incomplete"));
	run_release(&j->run);
	db_close(j->db);
	j->db = NULL;
}

int journal_begin(struct journal *j, const char *db_path, const char *kind, int64_t subject,
	struct words *words)
{
	int r;

	*j = (struct journal){ .subject = subject,
		.gives_up = !strcmp(kind, "uninstall") ||
			(subject < 0 && !strcmp(kind, "rollback")) };
	r = db_open(&j->db, db_path, DB_WRITE, words);
	if (r < 0)
		return r;
	run_init(&j->run, j->db);
	j->of_run = journal_run(j->db, subject);
	r = db_was_read(j->db, db_unread(j->db), words);
	if (r == 0)
		r = add_run(j, kind, words);
	if (r < 0) {
		j->run.id = 0; /* its row goes with the transaction */
		journal_break(j);
	}
	return r;
}

static enum op op_of(const char *change, const struct side *from, const struct side *to)
{
	if (*change == 'r')
		return S_ISDIR(from->i.mode) ? OP_RMDIR : OP_UNLINK;
	switch (to->i.mode & S_IFMT) {
	case S_IFREG:
		return OP_OPEN;
	case S_IFDIR:
		return *change == 'c' ? OP_MKDIR : OP_CHMOD;
	case S_IFLNK:
		return OP_SYMLINK;
	default:
		return OP_MKNOD;
	}
}

static int add_entry(struct journal *j, const struct entry *e, const char *change,
	const struct side *from, const struct side *to)
{
	/* What did not change the content, did not when it was taken back. */
	int64_t changed = e->content_changed;

	return db_run(j->db, Q_UNDO_ENTRY, "iisNbsNbsiI", j->run.id, e->path_id, change, &from->i,
		from->has_hash ? from->hash : NULL, SHA256_LEN, from->target, &to->i,
		to->has_hash ? to->hash : NULL, SHA256_LEN, to->target, j->process,
		*change == 'm' && changed >= 0 ? &changed : NULL);
}

int journal_step(struct journal *j, const struct entry *e, const char *change,
	const struct side *from, const struct side *to)
{
	struct event event = { .op = op_of(change, from, to), .abi = ABI_X86_64, .path = e->path,
		.mode = to->i.exists ? (int64_t)(to->i.mode & 07777) : -1, .at = io_now_ns() };
	int r;

	if (!j->db)
		return 0;
	event.flags = event.op == OP_OPEN ? O_WRONLY | O_CREAT | O_TRUNC : 0;
	r = run_begin(&j->run);
	if (r == 0)
		r = add_entry(j, e, change, from, to);
	if (r == 0)
		r = run_event(&j->run, &event, j->exec);
	return r == 0 ? run_commit_if_due(&j->run) : r;
}

int journal_found(struct journal *j, const struct entry *e, const char *change,
	const struct side *from, const struct side *to)
{
	int r = run_begin(&j->run);

	return r < 0 ? r : add_entry(j, e, change, from, to);
}

int journal_undone(struct journal *j, const struct entry *e)
{
	int r = run_begin(&j->run);

	return r < 0 ? r : owned_release(j->db, e->path_id, j->subject, j->run.id);
}

int journal_place(struct journal *j, const struct entry *e, enum begun what)
{
	int r = run_begin(&j->run);

	return r < 0 ? r :
		       db_run(j->db, Q_UNDO_PLACE_ADD, "iii", j->of_run, e->path_id, (int64_t)what);
}

int journal_places_end(struct journal *j)
{
	int r = run_begin(&j->run);

	return r < 0 ? r : db_run(j->db, Q_UNDO_PLACES_DROP, "i", j->of_run);
}

int journal_sync(struct journal *j)
{
	return run_sync(&j->run);
}

int journal_end(struct journal *j, int exit_status)
{
	int status = exit_status << 8, r;
	int64_t now = io_now_ns();

	if (!j->db)
		return 0;
	r = run_ended(&j->run, now, status);
	/* Of a run's rollback more is to come, when what stands above has been rolled back. */
	if (r == 0 && j->gives_up)
		r = owned_give_up(j->db, j->subject, j->run.id);
	if (r == 0)
		r = run_process_end(&j->run, j->process, now, status);
	if (r == 0)
		r = run_count(&j->run);
	if (r == 0)
		r = run_close(&j->run, "complete");
	if (r == 0)
		r = run_sync(&j->run);
	j->ended = r == 0;
	journal_break(j);
	return r;
}

void journal_drop(struct journal *j)
{
	j->ended = run_drop(&j->run) == 0;
	journal_break(j);
}
