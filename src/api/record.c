/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ba_record_exec(): one process becomes the command, the other its recorder.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/recording.h"
#include "api/try.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/command.h"
#include "base/proc.h"
#include "base/project.h"
#include "store/open.h"
#include "store/recover.h"
#include "trace/spawn.h"

static void recorder_lost(void *data)
{
	const struct ba_recording *rec = data;
	struct words words;
	struct db *db;

	if (*rec->run_id && db_open(&db, rec->db_path, DB_WRITE, &words) == 0) {
		IGNORE(recover_run(db, *rec->run_id)); /* else the next one that looks does it */
		db_settle(db);
		db_close(db);
	}
}

static void json_of(char *const argv[], struct buf *out)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	int i;

	for (i = 0; argv[i]; i++)
		buf_add(&words, argv[i], strlen(argv[i]) + 1);
	if (words.failed)
		out->failed = true;
	else
		buf_add_json_words(out, words.data, words.len, words.len);
}

/* What was not given, by the folder it works in. */
static int find_name(struct ba_recording *rec, char *const argv[])
{
	struct project found = { 0 };
	int r = rec->name && rec->version ? 0 : project_of_command(&found, argv, rec->cwd);

	if (!rec->name)
		rec->name = STEAL(found.name);
	if (rec->name && !rec->version)
		rec->version = STEAL(found.version);
	project_release(&found);
	return r;
}

static int open_run(struct ba_recording *rec, struct db **db, char *const argv[],
	struct words *words)
{
	_cleanup_buf_ struct buf json = BUF_INIT;
	int r = find_name(rec, argv);

	json_of(argv, &json);
	if (r < 0 || json.failed)
		return words_set(words, -ENOMEM, "out of memory");
	return recording_open(rec, db, json.data, words);
}

/* A second filter of ours would say of its stops that they are the first one's. */
static pid_t other_recorder(pid_t command)
{
	pid_t tracer = proc_tracer(command);
	char theirs[PROC_NAME], ours[PROC_NAME];

	if (!tracer)
		return 0;
	proc_name(theirs, tracer);
	proc_name(ours, getpid());
	return strcmp(theirs, ours) ? 0 : tracer;
}

static int check_outside(pid_t command, struct words *words)
{
	pid_t other = other_recorder(command);

	return !other ? 0 : words_set(words, -EBUSY,
		"this is recorded by another buildaudit (process %d), and one cannot trace "
		"inside of another: what is done here is on that one's record", other);
}

static int seize(struct ba_recording *rec, pid_t command, struct words *words)
{
	int r = check_outside(command, words);

	if (r < 0)
		return r;
	tracer_init(&rec->recorder.tracer, command, rec->no_seccomp);
	r = tracer_seize(&rec->recorder.tracer);
	if (r == -EPERM)
		return words_set(words, r,
			"ptrace is forbidden here, so nothing can be recorded: a container needs "
			"--cap-add=SYS_PTRACE (or a seccomp profile that allows ptrace), and "
			"kernel.yama.ptrace_scope must be below 3");
	if (r == -ENOSYS)
		return words_set(words, r,
			"this kernel cannot tell a tracer about system calls: "
			"Linux 5.3 or newer is needed");
	return r < 0 ? words_set(words, r, "cannot trace the command: %s", strerror(-r)) : 0;
}

static void tell_mode(struct ba_recording *rec, const struct spawn_message *m)
{
	struct sink *sink = &rec->writer.sink;

	rec->recorder.tracer.every_call = m->every_call;
	if (rec->heard)
		sink->note(sink,
			"it ran under a seccomp filter with a listener: each call was stopped at, "
			"which is slower");
	if (m->every_call && !rec->no_seccomp)
		sink->note(sink,
			"no seccomp filter could be set: each call was "
			"stopped at instead, which is slower");
	if (m->no_new_privs)
		sink->note(sink,
			"recorded with no_new_privs: set-uid programs did not gain their rights "
			"(root, or CAP_SYS_ADMIN, records without it)");
	if (rec->allow_io_uring)
		sink->note(sink,
			"--io-uring=allow: what is changed through io_uring is not on record");
}

static void give_summary(const struct run_result *res, void *data)
{
	recording_summary(res, data);
	/* Whoever reads our stderr to its end must not wait for what stays behind. */
	drop_fd(STDERR_FILENO);
}

static bool settle(void *data, unsigned int alive)
{
	struct ba_recording *rec = data;

	return writer_settle(&rec->writer, alive, give_summary, rec);
}

static int follow(struct ba_recording *rec)
{
	struct loop_end end = { settle, rec };
	struct recorder_setup setup = recording_setup(rec);
	int r = recorder_begin(&rec->recorder, &setup);

	return r < 0 ? r : recorder_loop(&rec->recorder, &end);
}

/* The recorder has the filters that the command will have. */
static bool wants_every_call(struct ba_recording *rec)
{
	rec->heard = !rec->no_seccomp && filter_is_heard();
	rec->no_seccomp |= rec->heard;
	return rec->no_seccomp;
}

/* The recorder's whole life. */
static void record(struct ba_recording *rec, const struct spawn *spawn, char *const argv[])
{
	struct spawn_message m = { .every_call = wants_every_call(rec) };
	struct words words = { "" };
	struct db *db = NULL;
	int r = open_run(rec, &db, argv, &words);

	if (r == 0)
		r = seize(rec, spawn->command, &words);
	try_name(rec, &words);
	m.error = -r;
	memcpy(m.text, words.text, sizeof m.text);
	if (spawn_send(spawn, &m) < 0 || r < 0 || spawn_receive(spawn, &m) < 0) {
		recording_drop(rec, db);
		_exit(125);
	}
	tell_mode(rec, &m);
	try_tell(rec);
	r = follow(rec);
	if (r < 0)
		recording_failed(rec);
	IGNORE(writer_finish(&rec->writer)); /* the summary told, and the run has a note of it */
	db_close(db);
	recorder_release(&rec->recorder);
	_exit(r < 0 ? 125 : 0);
}

/* Between the recorder's word and the exec: the filter, which stays with all that follows. */
static int enter_filter(const struct ba_recording *rec, const struct spawn *spawn, bool every_call,
	struct words *words)
{
	struct spawn_message m = { .every_call = every_call };

	if (!m.every_call && filter_install(&rec->filter, &m.no_new_privs) < 0)
		m.every_call = true;
	return spawn_send(spawn, &m) < 0 ? words_set(words, -EPIPE, "the recorder is gone") : 0;
}

static int become_command(const struct ba_recording *rec, const struct spawn *spawn,
	char *const argv[], struct words *words, int *exec_failed)
{
	struct spawn_message m;
	int r = spawn_receive(spawn, &m);

	if (r < 0)
		return words_set(words, r, "the recorder could not be started: %s", strerror(-r));
	if (m.error)
		return words_set(words, -m.error, "%s", m.text);
	r = enter_filter(rec, spawn, m.every_call, words);
	if (r < 0)
		return r;
	execvp(argv[0], argv);
	*exec_failed = 1;
	return words_set(words, -errno, "cannot run '%s': %s", argv[0], strerror(errno));
}

/* What cannot start leaves no run behind, as far as it can be told before. */
static int find_command(const char *name, struct words *words, int *exec_failed)
{
	char path[PATH_MAX];
	int r = command_find(name, path);

	*exec_failed = r < 0;
	if (r == -ENOENT)
		return words_set(words, r, "no command '%s'", name);
	return r < 0 ? words_set(words, r, "cannot run '%s': %s", name, strerror(-r)) : 0;
}

/*
 * One that was removed, or that we may not look at, has no name: the
 * command may run there all the same.
 */
static void find_folder(struct ba_recording *rec)
{
	if (!getcwd(rec->cwd, sizeof rec->cwd) || rec->cwd[0] != '/')
		rec->cwd[0] = '\0';
}

API int ba_record_exec(struct ba_recording *rec, char *const argv[], char *out, int *exec_failed)
{
	struct spawn spawn = { .kept = -1, .lost = recorder_lost, .data = rec };
	struct words words = { "" };
	int r = argv[0] ? find_command(argv[0], &words, exec_failed) :
			  words_set(&words, -EINVAL, "there is no command to record");

	find_folder(rec);
	if (r == 0)
		r = recording_prepare(rec, &words);
	/* Before layers are made for nothing, on the other one's record. */
	if (r == 0 && rec->trying)
		r = check_outside(getpid(), &words);
	if (r == 0)
		r = try_begin(rec, &words);
	if (r == 0) {
		spawn.kept = rec->database_folder;
		r = spawn_split(&spawn);
		if (spawn.recorder && r < 0)
			_exit(125);
		if (r < 0)
			words_set(&words, r, "cannot start the recorder: %s", strerror(-r));
		else if (spawn.recorder)
			record(rec, &spawn, argv);
		else
			r = become_command(rec, &spawn, argv, &words, exec_failed);
	}
	/* It has a run where only the exec failed. */
	if (r < 0 && !*exec_failed)
		try_drop(rec);
	memcpy(out, words.text, BA_WORDS);
	return r;
}
