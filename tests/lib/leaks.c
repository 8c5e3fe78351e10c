/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Part of the program where it is built with --enable-sanitizers: leaks are
 * looked for where LeakSanitizer can (it stops threads by ptrace, and a command
 * that could not be executed is traced already), and at _exit(), too, since
 * that is how a recorder ends.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sanitizer/lsan_interface.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

int __lsan_is_turned_off(void);

static bool is_traced(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	int tracer = 0;

	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			break;
	return status && fclose(status) == 0 && tracer != 0;
}

/*
 * A process that nobody traces may ask about itself, and is told
 * so by ESRCH; a filter answers otherwise. Where the threads are told by /proc.
 */
static bool may_trace(void)
{
	return access("/proc/self/task", R_OK) == 0 && !is_traced() &&
		ptrace(PTRACE_PEEKUSER, getpid(), NULL, NULL) < 0 && errno == ESRCH;
}

EXPORTED int __lsan_is_turned_off(void)
{
	return !may_trace();
}

EXPORTED void _exit(int status)
{
	if (may_trace())
		__lsan_do_leak_check();
	syscall(SYS_exit_group, status);
	__builtin_unreachable();
}
