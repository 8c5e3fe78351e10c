/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ba_record_attach(): a thread of its own follows processes that run already,
 * and lets them go by its end.
 */
#include <errno.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/recording.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"
#include "base/rights.h"
#include "record/attach.h"
#include "record/lives.h"
#include "store/open.h"

struct attached {
	struct ba_recording *rec;
	const pid_t *pids;
	size_t count;
	struct words words;
	struct attach_end end;
	pid_t thread;
	bool begun; /* all of them are followed */
	int result;
};

/* A leader that has ended is a zombie as long as its threads run. */
static bool is_zombie(pid_t pid)
{
	return proc_state(pid) == 'Z' && !proc_is_running(pid);
}

static int check(pid_t pid, struct words *words)
{
	pid_t process = proc_of_thread(pid), tracer = proc_tracer(pid);

	if (!process)
		return words_set(words, -ESRCH, "there is no process %d", pid);
	if (process == getpid())
		return words_set(words, -EINVAL, "%d is this buildaudit itself", pid);
	if (process != pid)
		return words_set(words, -EINVAL,
			"%d is one thread of process %d: attach to that, which is all its threads",
			pid, process);
	if (proc_is_kernel(pid))
		return words_set(words, -EPERM,
			"%d is a thread of the kernel, which makes no calls", pid);
	if (is_zombie(pid))
		return words_set(words, -ESRCH,
			"process %d has ended, and waits for its parent (a zombie)", pid);
	if (tracer)
		return words_set(words, -EBUSY,
			"process %d is traced by process %d already, and the kernel allows one "
			"tracer",
			pid, proc_of_thread(tracer));
	return 0;
}

static int yama_scope(void)
{
	char text[16];

	io_read_line("/proc/sys/kernel/yama/ptrace_scope", text, sizeof text);
	return *text ? atoi(text) : 0;
}

static int refused(pid_t pid, struct words *words)
{
	bool may = rights_capable(CAP_SYS_PTRACE);
	uid_t owner = (uid_t)-1;
	int yama = yama_scope();
	gid_t group;

	if (yama >= 3 || (yama > 0 && !may))
		return words_set(words, -EPERM,
			"may not attach to process %d: kernel.yama.ptrace_scope is %d, which %s",
			pid, yama,
			yama >= 3 ? "forbids it until the next boot" :
				    "leaves it to root: sudo buildaudit -p, or set it to 0");
	if (!may && proc_ids(pid, &owner, &group) && owner != geteuid())
		return words_set(words, -EPERM,
			"may not attach to process %d, which is of uid %u: only root may", pid,
			owner);
	return words_set(words, -EPERM,
		"may not attach to process %d: %s", pid,
		may ? "a container needs --cap-add=SYS_PTRACE, or a security module forbids it" :
		      "it has rights that you have not, or keeps others out (PR_SET_DUMPABLE)");
}

static int seize(struct attached *a)
{
	size_t i;
	int r = 0;

	for (i = 0; i < a->count && r == 0; i++) {
		r = attach_seize(&a->rec->recorder, a->pids[i], a->rec->children);
		if (r == -EPERM)
			r = refused(a->pids[i], &a->words);
		else if (r == -ESRCH)
			words_set(&a->words, r, "process %d has ended", a->pids[i]);
		else if (r < 0)
			words_set(&a->words, r, "cannot attach to process %d: %s", a->pids[i],
				strerror(-r));
	}
	return r;
}

static int follow(struct attached *a)
{
	struct recorder_setup setup = recording_setup(a->rec);
	int64_t until = a->rec->for_ns ? io_monotonic_ns() + a->rec->for_ns : 0;
	int r = attach_begin(&a->rec->recorder, &setup);

	if (r == 0)
		r = attach_loop(&a->rec->recorder, until, &a->end);
	if (r < 0)
		recording_failed(a->rec);
	return r;
}

static void *tracer_thread(void *data)
{
	struct attached *a = data;

	a->thread = gettid();
	tracer_init(&a->rec->recorder.tracer, 0, true);
	a->result = seize(a);
	a->begun = a->result == 0;
	if (a->begun)
		a->result = follow(a);
	recorder_release(&a->rec->recorder);
	return NULL;
}

/* The kernel takes a thread's tracees from it after pthread_join(3) has its result. */
static void wait_until_gone(pid_t thread)
{
	const struct timespec pause = { 0, 1000000 };
	char path[PROC_PATH];
	int tries = 1000;

	snprintf(path, sizeof path, "/proc/self/task/%d", thread);
	while (access(path, F_OK) == 0 && tries-- > 0)
		nanosleep(&pause, NULL);
}

static int trace(struct attached *a)
{
	pthread_t thread;
	int r = pthread_create(&thread, NULL, tracer_thread, a);

	if (r)
		return words_set(&a->words, -r, "cannot start the tracer: %s", strerror(r));
	pthread_join(thread, NULL);
	wait_until_gone(a->thread);
	return a->result;
}

static void tell_beginning(const struct attached *a)
{
	struct sink *sink = &a->rec->writer.sink;
	char text[128];
	size_t i;

	for (i = 0; i < a->count; i++) {
		snprintf(text, sizeof text,
			"attached to process %d: what it had done before is not on record",
			a->pids[i]);
		sink->note(sink, text);
	}
}

static void tell_end(const struct attached *a)
{
	struct sink *sink = &a->rec->writer.sink;
	char text[128];

	if (a->end.left) {
		snprintf(text, sizeof text, "%u %s let go, and went on unrecorded", a->end.left,
			a->end.left == 1 ? "process was" : "processes were");
		sink->note(sink, text);
	}
	sink->command_end(sink, a->end.status, io_now_ns(), 0);
}

static int record(struct attached *a)
{
	struct ba_recording *rec = a->rec;
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct db *db = NULL;
	int r;

	/* The words of the first process stand for the command. */
	lives_argv(a->pids[0], ABI_X86_64, 0, &json);
	if (json.failed)
		return words_set(&a->words, -ENOMEM, "out of memory");
	r = recording_open(rec, &db, json.data, &a->words);
	if (r == 0) {
		tell_beginning(a);
		r = trace(a);
	}
	if (!a->begun) {
		recording_drop(rec, db);
		db_close(db);
		return r;
	}
	tell_end(a);
	writer_settle(&rec->writer, 0, recording_summary, rec);
	IGNORE(writer_finish(&rec->writer)); /* the summary told, and the run has a note of it */
	db_close(db);
	return r < 0 ? words_set(&a->words, r, "the tracer failed: %s", strerror(-r)) : 0;
}

static int prepare(struct attached *a)
{
	struct ba_recording *rec = a->rec;
	char path[PROC_PATH];
	size_t i;
	int r = 0;

	for (i = 0; i < a->count && r == 0; i++)
		r = check(a->pids[i], &a->words);
	if (r < 0)
		return r;
	proc_path(path, a->pids[0], "cwd");
	if (io_readlink(path, rec->cwd) < 0 || rec->cwd[0] != '/')
		rec->cwd[0] = '\0';
	return recording_prepare(rec, &a->words);
}

API int ba_record_attach(struct ba_recording *rec, const pid_t *pids, size_t count, char *out)
{
	struct attached a = { .rec = rec, .pids = pids, .count = count,
		.end = { .first = count ? pids[0] : 0 } };
	struct sigaction old, child = { .sa_handler = SIG_DFL };
	sigset_t all, mask;
	int r = count ? prepare(&a) : words_set(&a.words, -EINVAL, "there is no process");

	if (r == 0) {
		/* The thread waits for those that end it, and for SIGCHLD, which must come. */
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &mask);
		sigaction(SIGCHLD, &child, &old);
		r = record(&a);
		sigaction(SIGCHLD, &old, NULL);
		pthread_sigmask(SIG_SETMASK, &mask, NULL);
	}
	memcpy(out, a.words.text, BA_WORDS);
	return r;
}
