#!/bin/bash
# What cannot be seen, or was kept from happening, is named in the run's notes.
. "$(dirname "$0")/../lib/cases.sh"

notes() { settle; q 'SELECT notes FROM runs ORDER BY run_id DESC LIMIT 1'; }
uring='import ctypes, errno
l = ctypes.CDLL(None, use_errno=True)
fd = l.syscall(425, 4, ctypes.create_string_buffer(120))
print("open" if fd >= 0 else errno.errorcode[ctypes.get_errno()])'

case_io_uring_is_closed_and_noted() {
	eq "$(rec -q -- python3 -S -c "$uring")" ENOSYS
	has "$(notes)" 'io_uring'
	rec -q -- true
	hasnt "$(notes)" 'io_uring'
}

# What was refused, lost or not seen is said in the end, too, between the second and the last of the three lines.
case_the_summary_has_what_a_person_has_to_know() {
	local err
	err=$(rec -- python3 -S -c "$uring" 2>&1 >/dev/null)
	eq "$(wc -l <<<"$err")" 4
	has "$(sed -n 3p <<<"$err")" '^buildaudit: note: io_uring was asked for and answered ENOSYS'
	has "$(sed -n 4p <<<"$err")" '^buildaudit: (next|all of it is excluded):'
	err=$(rec -- python3 -S -c 'import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)' 2>&1)
	has "$(sed -n 3p <<<"$err")" '^buildaudit: note: a program asked to trace another'
	echo much >f
	err=$(rec --include "$T" --backup-limit=1 -- sh -c 'echo less >f' 2>&1)
	has "$(sed -n 3p <<<"$err")" '^buildaudit: note: --backup-limit was reached'
	eq "$(rec -q -- python3 -S -c "$uring" 2>&1)" ENOSYS
	# What was asked for, and how it was recorded, is for those who look.
	eq "$(rec --io-uring=allow -- true 2>&1 | wc -l)" 3
	settle
	eq "$(ba runs | sed -n 's/.* complete\(, notes\)\{0,1\} .*/x\1/p' | tac | tr '\n' ' ')" 'x, notes x, notes x, notes x, notes x '
}

# A hundred of them are not said one by one, and a name in one gives the terminal no orders.
case_the_summary_has_some_of_many_notes() {
	local err i
	! is_root || skip 'root can read everything'
	for i in 1 2 3 4 5 6; do echo "$i" >"$(printf 'evil\033[31m%s' $i)"; done
	chmod 200 evil*
	err=$(rec --include "$T" -- sh -c 'for f in evil*; do echo new >"$f"; done' 2>&1)
	eq "$(grep -c '^buildaudit: note: the original of .* could not be kept' <<<"$err")" 4
	hasnt "$err" $'\033'
	has "$err" "^buildaudit: 2 notes more: buildaudit -d .* sql 'SELECT notes FROM runs WHERE run_id = 1'\$"
	chmod 600 evil*
}

case_io_uring_allowed() {
	local free
	free=$(python3 -S -c "$uring")
	eq "$(rec -q --io-uring=allow -- python3 -S -c "$uring")" "$free"
	has "$(notes)" 'io_uring'
}

case_io_uring_handed_over_is_noted() {
	[ "$(python3 -S -c "$uring")" = open ] || skip 'no io_uring here'
	python3 -S -c "$uring"'
import os, sys
os.set_inheritable(fd, True)
os.execv(sys.argv[1], sys.argv[1:])' "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- true
	has "$(notes)" 'io_uring was handed over open: what is changed through it is not on record'
}

# More names than listxattr(2) can tell: what cannot be put back is said.
case_attributes_that_cannot_be_read_are_noted() {
	command -v mkfs.xfs >/dev/null || skip 'no mkfs.xfs here'
	truncate -s 320M img
	mkfs.xfs -q img
	mkdir m
	needs_loop img m
	unshare -m sh -ec '
		mount -o loop img m
		python3 -S -c "import os
open(\"m/f\", \"w\").write(\"x\")
for i in range(400): os.setxattr(\"m/f\", \"user.\" + (\"n%03d\" % i).ljust(200, \"x\"), b\"v\")"
		exec "$@"' sh "$BUILDAUDIT" -d "$DB" run $mode_flag --include="$T" -q -- rm m/f
	has "$(notes)" "the extended attributes of $T/m/f could not be read \(.*\): they cannot be put back"
}

# A descriptor that no call has opened.
case_fanotify_for_writing_is_noted() {
	rec -q -- python3 -S -c 'import ctypes, os; ctypes.CDLL(None).syscall(300, 0, os.O_RDONLY)'
	hasnt "$(notes)" 'fanotify'
	rec -q -- python3 -S -c 'import ctypes, os; ctypes.CDLL(None).syscall(300, 0, os.O_RDWR)'
	has "$(notes)" 'fanotify was asked for files that are open for writing'
}

case_ptrace_in_the_tree() {
	rec -q -- python3 -S -c 'import ctypes, errno
l = ctypes.CDLL(None, use_errno=True)
print(l.ptrace(0, 0, 0, 0), errno.errorcode.get(ctypes.get_errno()))' >o
	eq "$(cat o)" '-1 EPERM'
	has "$(notes)" 'ptrace|trac'
}

case_chroot_is_noted() {
	root
	mkdir root
	rec -q -- perl -e 'chroot "root" or die $!; mkdir "/d" or die'
	has "$(notes)" 'chroot'
	eq "$(q "SELECT count(*) FROM writes WHERE op = 'mkdir' AND path = '$T/root/d'")" 1
}

case_mount_is_noted() {
	$own_mounts true 2>/dev/null || skip 'no mount namespace here'
	mkdir m
	rec -q -- $own_mounts mount -t tmpfs none m || skip 'no mount here'
	has "$(notes)" 'mount'
}

case_nothing_to_note() {
	rec -q -- sh -c 'echo x >f; cat f >/dev/null'
	if is_root || [ "$MODE" = ptrace ]; then
		eq "$(notes)" ''
	else
		# An ordinary user's filter asks for it.
		eq "$(notes)" 'recorded with no_new_privs: set-uid programs did not gain their rights (root, or CAP_SYS_ADMIN, records without it)'
	fi
}

# Deep in a build nobody sees that it did something else than it would have.
case_a_program_that_gains_no_rights_is_named() {
	local gains
	gains=$(command -v su) && [ -u "$gains" ] || skip 'no set-uid program here'
	rec -- sh -c "$gains --version; true" >/dev/null 2>err
	if is_root; then
		eq "$(notes | grep -c 'did not gain its rights')" 0
	else
		has "$(notes)" "$(readlink -f "$gains") did not gain its rights .* sudo"
		has "$(cat err)" "^buildaudit: note: .*/su did not gain"
	fi
}

# Names are told by /proc: without it nothing would be on record, and nobody would know.
case_without_proc() {
	is_root || skip 'only root may unmount /proc'
	printf '%s\n' 'set -e' 'umount -l /proc' '"$@"' >bare
	want_rc 125 unshare -m sh bare "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c 'echo x >f' 2>err
	has "$(cat err)" '^buildaudit: /proc is not mounted, .*mount -t proc'
	eq "$(grep -c "^buildaudit: " err)" 1
	[ ! -e f ]
	[ ! -e "$DB" ]
	want_rc 125 unshare -pf "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c 'echo x >f' 2>err
	has "$(cat err)" 'another pid namespace'
	[ ! -e f ]
	[ ! -e "$DB" ]
}

case_proc_is_unmounted_by_the_command() {
	is_root || skip 'only root may unmount /proc'
	unshare -m "$BUILDAUDIT" -d "$DB" run $mode_flag -- sh -c 'echo 1 >a; umount -l /proc; echo 2 >b' 2>err
	has "$(notes)" '/proc was unmounted'
	has "$(cat err)" 'run 1 \(incomplete\)'
	has "$(cat err)" 'notes say why'
	eq "$(q 'SELECT state FROM runs')" incomplete
	# One of the command's own namespace is no loss of ours.
	rec -q -- unshare -m sh -c 'umount -l /proc'
	eq "$(q 'SELECT state FROM runs WHERE run_id = 2')" complete
}

case_ptrace_forbidden() {
	# A filter that refuses ptrace(2), as containers have it.
	cat >noptrace.c <<'C'
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, code };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		return 99;
	execvp(argv[1], argv + 1);
	return argc;
}
C
	gcc -o noptrace noptrace.c
	local err
	err=$(want_rc 125 ./noptrace "$BUILDAUDIT" -d "$DB" run $mode_flag -- touch "$T/ran" 2>&1)
	has "$err" 'ptrace|trace'
	[ ! -e ran ]
}

case_seccomp_forbidden_falls_back() {
	[ "$MODE" = seccomp ] || skip 'about the other mode'
	cat >noseccomp.c <<'C'
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 7, code };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		return 99;
	execvp(argv[1], argv + 1);
	return argc;
}
C
	gcc -o noseccomp noseccomp.c
	mkdir w
	want_rc 5 ./noseccomp "$BUILDAUDIT" -d "$DB" run -q --include "$T/w" -- sh -c 'mkdir w/d; echo x >w/f; exit 5'
	settle
	eq "$(manifest "$T/w")" "$(printf 'created dir d\ncreated file f')"
}

# Who started it all has set one, and lets each call pass (a container's manager does).
case_a_listener_was_there_before() {
	[ "$MODE" = seccomp ] || skip 'about the other mode'
	cat >heard.c <<'C'
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static void supervise(int listener)
{
	for (;;) {
		struct seccomp_notif n;
		struct seccomp_notif_resp r;
		memset(&n, 0, sizeof n);
		memset(&r, 0, sizeof r);
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n))
			continue;
		r.id = n.id;
		r.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r);
	}
}
int main(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unlinkat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 5, code };
	int status, listener, told[2], done[2];
	pid_t pid, by;
	char c;
	if (pipe(told) || pipe(done))
		return 98;
	if (!(pid = fork())) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
			_exit(97);
		prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
		listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
		if (write(told[1], &listener, sizeof listener) < 0 || listener < 0 || read(done[0], &c, 1) < 1)
			_exit(96);
		close(listener);
		execvp(argv[1], argv + 1);
		_exit(argc);
	}
	if (read(told[0], &listener, sizeof listener) < 0 || listener < 0)
		return 77;
	listener = syscall(438 /* pidfd_getfd */, syscall(434 /* pidfd_open */, pid, 0), listener, 0);
	if (listener < 0)
		return 77;
	if (!(by = fork()))
		supervise(listener);
	close(listener);
	if (write(done[1], "x", 1) < 0 || waitpid(pid, &status, 0) < 0)
		return 95;
	kill(by, SIGKILL);
	return WEXITSTATUS(status);
}
C
	gcc -o heard heard.c
	local rc=0
	./heard true || rc=$?
	[ $rc != 77 ] || skip 'no filter with a listener here'
	mkdir w
	echo precious >w/f
	want_rc 5 ./heard "$BUILDAUDIT" -d "$DB" run -q --include "$T/w" -- sh -c 'mkdir w/d; rm w/f; exit 5'
	has "$(notes)" 'under a seccomp filter with a listener'
	eq "$(manifest "$T/w")" "$(printf 'created dir d\nremoved file f')"
	ba rollback -y >/dev/null
	eq "$(cat w/f)" precious
	rec -q -- true
	hasnt "$(notes)" 'with a listener'
}

run_cases "$@"
