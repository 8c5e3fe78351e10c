/* A run of `make install` that has begun: the row of its program. */
#ifndef BEGUN_H
#define BEGUN_H

#include <stdlib.h>

#include "lib/tap.h"
#include "store/run.h"

static int64_t begin(struct run *run, struct db *db)
{
	static const struct run_facts facts = { .argv = "[\"make\",\"install\"]", .cwd = "/" };
	struct process_begin p = { .pid = 2, .ppid = 1 };
	struct exec_begin e = { .exe = "/usr/bin/make", .argv = "[\"make\"]", .cwd = "/" };
	int64_t process, exec;

	run_init(run, db);
	if (run_add(run, &facts, 3) < 0)
		abort();
	p.at = e.at = run->started_ns;
	process = run_process(run, &p, NULL, NULL);
	exec = run_exec(run, &e, process, NULL);
	ok(process > 0 && exec > 0, "a process and its program have rows");
	return exec;
}

#endif
