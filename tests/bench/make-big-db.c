/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make-big-db DATABASE RUNS EVENTS: a database as large as one likes, through
 * the library's own store. Each run has EVENTS events: twenty a process, five
 * a file; all runs change the same files, as nightly builds do. Says how long
 * it took, how large the memory grew and what the events came to on disk.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "store/open.h"
#include "store/writer.h"

#define FILES_EACH 4
#define OPS 5

static const enum op ops[OPS] = { OP_OPEN, OP_CHMOD, OP_CHOWN, OP_UTIME, OP_SETXATTR };

static void name_file(char *out, size_t size, uint32_t n)
{
	snprintf(out, size, "/nowhere/usr/share/package-%u/module-%u/file-%06u.h", n % 97, n % 1009,
		n);
}

static void one_file(struct sink *s, uint32_t exec, uint32_t n, int64_t at)
{
	char path[128];
	struct touch touch = { .path = path };
	struct event e = { .process = exec,
		.exec = exec,
		.file = n + 1,
		.path = path,
		.flags = 01101,
		.mode = 0644 };
	int i;

	name_file(path, sizeof path, n);
	s->touch(s, &touch);
	s->place(s, path, n + 1);
	for (i = 0; i < OPS; i++) {
		e.op = ops[i];
		e.at = at + i * 1000;
		s->event(s, &e);
	}
}

static void one_process(struct sink *s, uint32_t n)
{
	int64_t at = io_now_ns();
	uint32_t parent = 1 + (n - 1) / 16, i;
	struct process_begin begin = { .process = n + 1,
		.parent = parent,
		.pid = (int)(n % 30000 + 2),
		.ppid = (int)(parent % 30000 + 2),
		.exec = parent,
		.at = at };
	struct exec_begin exec = { .exec = n + 1,
		.process = n + 1,
		.at = at,
		.exe = "/usr/bin/install",
		.argv = "[\"install\",\"-m\",\"644\",\"file.h\",\"/nowhere/usr/share\"]",
		.cwd = "/nowhere" };
	struct process_end end = { .process = n + 1, .at = at + 1000000 };

	s->process_begin(s, &begin);
	s->exec_begin(s, &exec);
	for (i = 0; i < FILES_EACH; i++)
		one_file(s, n + 1, (n - 1) * FILES_EACH + i, at);
	s->process_end(s, &end);
}

static void root(struct sink *s)
{
	struct process_begin begin = { .process = 1, .pid = 2, .ppid = 1, .at = io_now_ns() };
	struct exec_begin exec = { .exec = 1, .process = 1, .at = begin.at, .exe = "/usr/bin/make",
		.argv = "[\"make\",\"install\"]", .cwd = "/nowhere" };

	s->process_begin(s, &begin);
	s->exec_begin(s, &exec);
}

static int one_run(struct db *db, uint32_t processes, struct words *words)
{
	static const struct scope scope;
	struct run_facts facts = { .argv = "[\"make\",\"install\"]", .cwd = "/nowhere" };
	struct writer *w = calloc(1, sizeof *w);
	struct rusage before, after;
	uint32_t n;
	int r = w ? writer_start(w, db, &facts, &scope, words) : -ENOMEM;

	if (r < 0)
		return r;
	root(&w->sink);
	getrusage(RUSAGE_SELF, &before);
	for (n = 1; n <= processes; n++) {
		one_process(&w->sink, n);
		if (n == processes / 4)
			getrusage(RUSAGE_SELF, &before);
	}
	w->sink.command_end(&w->sink, 0, io_now_ns(), 0);
	getrusage(RUSAGE_SELF, &after);
	if (processes >= 10000)
		printf("memory: %ld MiB at a quarter, %ld MiB at the end of the events\n",
			before.ru_maxrss / 1024, after.ru_maxrss / 1024);
	r = writer_finish(w);
	free(w);
	return r;
}

int main(int argc, char **argv)
{
	struct words words = { "" };
	struct rusage usage;
	struct stat st;
	struct db *db;
	long runs, events, i;
	int64_t start = io_monotonic_ns();
	int r;

	if (argc != 4 || (runs = strtol(argv[2], NULL, 10)) <= 0 ||
		(events = strtol(argv[3], NULL, 10)) < 20) {
		fprintf(stderr, "usage: make-big-db DATABASE RUNS EVENTS\n");
		return 2;
	}
	r = db_open(&db, argv[1], DB_MAKE, &words);
	for (i = 0; r == 0 && i < runs; i++)
		r = one_run(db, (uint32_t)(events / (FILES_EACH * OPS)), &words);
	if (r < 0) {
		fprintf(stderr, "make-big-db: %s %s\n", words.text, strerror(-r));
		return 1;
	}
	db_settle(db);
	db_close(db);
	getrusage(RUSAGE_SELF, &usage);
	if (stat(argv[1], &st) < 0)
		return 1;
	printf("%ld events in %.1f s, %ld MiB at most, %.1f bytes an event\n", runs * events,
		(double)(io_monotonic_ns() - start) / 1e9, usage.ru_maxrss / 1024,
		(double)st.st_size / (double)(runs * events));
	return 0;
}
