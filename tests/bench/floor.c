/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * floor COMMAND...: the least that a tracer of this kind can do. It follows,
 * stops twice at each call that can change a file tree, and does nothing with
 * it: no names, no record. What another tracer takes more than this is its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                                    \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |     \
		PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)

/* and where their flags stand */
static const long opens[][2] = { { SYS_open, 1 }, { SYS_openat, 2 } };
static const long plain[] = { SYS_creat, SYS_openat2, SYS_rename, SYS_renameat, SYS_renameat2,
	SYS_link, SYS_linkat, SYS_symlink, SYS_symlinkat, SYS_unlink, SYS_unlinkat, SYS_rmdir,
	SYS_mkdir, SYS_mkdirat, SYS_mknod, SYS_mknodat, SYS_truncate, SYS_chmod, SYS_fchmod,
	SYS_fchmodat, SYS_chown, SYS_fchown, SYS_lchown, SYS_fchownat, SYS_utime, SYS_utimes,
	SYS_utimensat, SYS_futimesat, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr,
	SYS_lremovexattr, SYS_fremovexattr };

static void install_filter(void)
{
	struct sock_filter code[160];
	unsigned short n = 0;
	size_t i;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, nr));
	for (i = 0; i < sizeof opens / sizeof *opens; i++) {
		unsigned int flags =
			offsetof(struct seccomp_data, args) + 8 * (unsigned int)opens[i][1];

		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			(unsigned int)opens[i][0], 0, 4);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, flags);
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K,
			O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	for (i = 0; i < sizeof plain / sizeof *plain; i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			(unsigned int)plain[i], 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){ n, code }) < 0) {
		perror("floor: seccomp");
		_exit(125);
	}
}

static int follow(pid_t command)
{
	int status, result = 0;
	pid_t tid;

	while ((tid = wait4(-1, &status, __WALL, NULL)) > 0) {
		int request = PTRACE_CONT, event = status >> 16, sig = 0;

		if (!WIFSTOPPED(status)) {
			if (tid == command)
				result = WIFEXITED(status) ? WEXITSTATUS(status) :
							     128 + WTERMSIG(status);
			continue;
		}
		if (event == PTRACE_EVENT_SECCOMP)
			request = PTRACE_SYSCALL;
		else if (event == PTRACE_EVENT_STOP && WSTOPSIG(status) != SIGTRAP)
			request = PTRACE_LISTEN;
		else if (!event && WSTOPSIG(status) != (SIGTRAP | 0x80))
			sig = WSTOPSIG(status);
		ptrace((enum __ptrace_request)request, tid, NULL, (void *)(long)sig);
	}
	return result;
}

int main(int argc, char **argv)
{
	int ready[2], status;
	pid_t command;
	char c;

	if (argc < 2 || pipe(ready) < 0)
		return 2;
	command = fork();
	if (command == 0) {
		close(ready[1]);
		if (read(ready[0], &c, 1) < 0)
			_exit(125);
		close(ready[0]);
		install_filter();
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (command < 0 || ptrace(PTRACE_SEIZE, command, NULL, (void *)OPTIONS) < 0) {
		perror("floor: ptrace");
		return 125;
	}
	close(ready[0]);
	close(ready[1]);
	status = follow(command);
	return status;
}
