/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/journal.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"
#include "model/op.h"
#include "store/liveness.h"

#define COMMIT_NS 400000000LL
/* Between two commits a large file may be hashed. */
#define HEARTBEAT_S 600

bool journal_interrupted(struct db *db, int64_t of_run, const char *kind)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;

	return db_rows(&rows, db, Q_UNDO_LAST, "is", of_run, kind) == 0 && rows_next(&rows) > 0 &&
		strcmp(rows_text(&rows, 0), "complete") != 0;
}

/* Our own arguments as a JSON array. */
static void own_argv(struct buf *out)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	size_t at = 0;

	io_read_file("/proc/self/cmdline", &line, 1 << 20);
	buf_addc(out, '[');
	while (line.data && at < line.len) {
		if (at)
			buf_addc(out, ',');
		buf_add_json(out, line.data + at, strlen(line.data + at));
		at += strlen(line.data + at) + 1;
	}
	buf_addc(out, ']');
}

static int begin(struct journal *j)
{
	int r;

	if (j->in_transaction)
		return 0;
	r = db_begin(j->db, &j->sequence);
	j->in_transaction = r == 0;
	return r;
}

static int commit(struct journal *j)
{
	int r;

	if (!j->in_transaction)
		return 0;
	r = db_run(j->db, Q_SEQUENCE_SET, "i", j->sequence);
	if (r == 0)
		r = db_run(j->db, Q_RUN_HEARTBEAT, "ii", j->run_id, (int64_t)HEARTBEAT_S);
	if (r == 0)
		r = db_exec(j->db, "COMMIT");
	j->in_transaction = r < 0;
	j->last_commit_ns = io_monotonic_ns();
	return r;
}

static int64_t path_id(struct journal *j, const char *path)
{
	int64_t id = db_int(j->db, Q_PATH_ID, 0, "s", path);
	int r = id ? 0 : db_run(j->db, Q_PATH_ADD, "s", path);

	return r < 0 ? r : id ? id : db_last_id(j->db);
}

static int add_run(struct journal *j, const char *kind, const char *argv, const char *cwd)
{
	_cleanup_free_ char *self = liveness_self();
	struct utsname u;
	char kernel[256];
	int r;

	uname(&u);
	snprintf(kernel, sizeof kernel, "%s %s %s", u.sysname, u.release, u.machine);
	r = db_run(j->db, Q_RUN_ADD, "sssississI", NULL, argv, cwd, (int64_t)getuid(), u.nodename, kernel,
		j->started_ns, self ? self : "", kind, &j->of_run);
	j->run_id = db_last_id(j->db);
	return r;
}

/* One process with one program, so that who and tree have somebody to name. */
static int add_process(struct journal *j, const char *argv, const char *cwd)
{
	char exe[PATH_MAX] = "buildaudit";
	int64_t exe_id, cwd_id;
	int r = db_run(j->db, Q_PROCESS_ADD, "iIiiIi", j->run_id, NULL, (int64_t)getpid(),
		(int64_t)getppid(), NULL, (int64_t)0);

	j->process_id = db_last_id(j->db);
	io_readlink("/proc/self/exe", exe);
	exe_id = path_id(j, exe);
	cwd_id = path_id(j, cwd);
	if (r == 0 && (exe_id < 0 || cwd_id < 0))
		r = -EIO;
	if (r == 0)
		r = db_run(j->db, Q_EXEC_ADD, "iiIsIIi", j->process_id, (int64_t)ABI_X86_64, &exe_id, argv,
			&cwd_id, NULL, (int64_t)0);
	j->exec_id = db_last_id(j->db);
	return r;
}

int journal_begin(struct journal *j, const char *db_path, const char *kind, int64_t of_run, struct words *words)
{
	_cleanup_buf_ struct buf argv = BUF_INIT;
	char cwd[PATH_MAX];
	int r;

	*j = (struct journal){ .of_run = of_run, .started_ns = io_now_ns() };
	own_argv(&argv);
	if (!getcwd(cwd, sizeof cwd))
		snprintf(cwd, sizeof cwd, "/");
	if (argv.failed)
		return words_set(words, -ENOMEM, "out of memory");
	r = db_open(&j->db, db_path, DB_WRITE, words);
	if (r < 0)
		return r;
	r = begin(j);
	if (r == 0)
		r = add_run(j, kind, argv.data, cwd);
	if (r == 0)
		r = add_process(j, argv.data, cwd);
	if (r == 0)
		r = commit(j);
	if (r < 0) {
		words_set(words, r, "cannot write to the database %s: %s", db_path, db_error(j->db));
		db_close(j->db);
		j->db = NULL;
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

static int add_entry(struct journal *j, const struct entry *e, const char *change, const struct side *from,
	const struct side *to)
{
	int64_t b[] = { from->i.mode, from->i.uid, from->i.gid, (int64_t)from->i.size, from->i.mtime_ns,
		(int64_t)from->i.rdev };
	int64_t a[] = { to->i.mode, to->i.uid, to->i.gid, (int64_t)to->i.size, to->i.mtime_ns,
		(int64_t)to->i.rdev };

#define B(n) (from->i.exists ? &b[n] : NULL)
#define A(n) (to->i.exists ? &a[n] : NULL)
	return db_run(j->db, Q_UNDO_ENTRY, "iisIIIIIIbsIIIIIIbsi", j->run_id, e->path_id, change, B(0), B(1),
		B(2), B(3), B(4), B(5), from->has_hash ? from->hash : NULL, SHA256_LEN, from->target, A(0),
		A(1), A(2), A(3), A(4), A(5), to->has_hash ? to->hash : NULL, SHA256_LEN, to->target,
		j->process_id);
#undef A
#undef B
}

int journal_step(struct journal *j, const struct entry *e, const char *change, const struct side *from,
	const struct side *to)
{
	int64_t mode = to->i.exists ? to->i.mode & 07777 : 0;
	enum op op = op_of(change, from, to);
	int r;

	if (!j->db)
		return 0;
	r = begin(j);
	if (r == 0)
		r = add_entry(j, e, change, from, to);
	if (r == 0)
		r = db_run(j->db, Q_EVENT_ADD, "iiiiiiiiIi", j->exec_id, e->path_id, (int64_t)op, (int64_t)0,
			++j->sequence, (int64_t)0, (int64_t)ABI_X86_64, (int64_t)(op == OP_OPEN ? 0x241 : 0),
			to->i.exists ? &mode : NULL, io_now_ns() - j->started_ns);
	if (r == 0 && io_monotonic_ns() - j->last_commit_ns > COMMIT_NS)
		r = commit(j);
	return r;
}

int journal_place(struct journal *j, const struct entry *e)
{
	int r = begin(j);

	if (r == 0)
		r = db_run(j->db, Q_UNDO_PLACE_ADD, "ii", j->of_run, e->path_id);
	return r == 0 ? commit(j) : r;
}

int journal_end(struct journal *j, int exit_status)
{
	int64_t now = io_now_ns(), status = (int64_t)exit_status << 8;
	int r;

	if (!j->db)
		return 0;
	r = begin(j);
	if (r == 0)
		r = db_run(j->db, Q_UNDO_PLACES_DROP, "i", j->of_run);
	if (r == 0)
		r = db_run(j->db, Q_RUN_ENDED, "iii", j->run_id, now, status);
	if (r == 0)
		r = db_run(j->db, Q_PROCESS_END, "iii", j->process_id, now - j->started_ns, status);
	if (r == 0)
		r = db_run(j->db, Q_PROCESS_FILES, "i", j->run_id);
	if (r == 0)
		r = db_run(j->db, Q_RUN_COUNTS, "i", j->run_id);
	if (r == 0)
		r = db_run(j->db, Q_RUN_STATE, "is", j->run_id, "complete");
	if (r == 0)
		r = commit(j);
	db_close(j->db);
	j->db = NULL;
	return r;
}
