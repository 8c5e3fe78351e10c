#!/bin/bash
# A recorded command may trace processes of its own (strace, gdb, LeakSanitizer): it sees what it sees elsewhere, and
# what it changes is on record as what the kernel then did.
. "$(dirname "$0")/../lib/cases.sh"

in_vain=20      # seconds; longer means that somebody waits for what does not come

build() {       # SOURCE OPTION...: -> ./NAME
	local src=$1
	shift
	gcc -O0 -g -o "$(basename "$src" .c)" "$src" "$@"
}

limited() { timeout -k 1 $in_vain "$@"; }
inside() { limited "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- "$@"; }

# Of two tracees that stop at once the kernel tells in one order or another.
ordered() { case $1 in *events*) sort ;; *) cat ;; esac }

case_all_requests() {
	local scene there
	build "$LIB/tracing.c" -pthread
	mkdir there here
	for scene in $(./tracing scenes); do
		(cd there && limited ../tracing "$scene") 2>&1 | ordered "$scene" >"there.$scene"
		(cd here && inside ../tracing "$scene") 2>&1 | ordered "$scene" >"here.$scene"
		diff -u "there.$scene" "here.$scene" >diff || fail "$scene: $(cat diff)"
		[ -s "here.$scene" ] || fail "$scene said nothing"
	done
	there=$(ls there)
	eq "$(ls here)" "$there"
	has "$there" ked
}

# Its name was changed between what the program asked for and what the kernel did; another one was not made at all.
case_what_a_tracer_changes_is_on_record() {
	build "$LIB/tracing.c" -pthread
	mkdir t
	cd t
	rec -q --include "$T/t" -- ../tracing calls >/dev/null
	rec -q --include "$T/t" -- ../tracing steps >/dev/null
	rec -q --include "$T/t" -- ../tracing sysemu >/dev/null
	rec -q --include "$T/t" -- ../tracing seccomp >/dev/null
	eq "$(q "SELECT group_concat(substr(path, length('$T/t/') + 1), ' ') FROM (SELECT path FROM writes WHERE op = 'mkdir'
		AND path LIKE '$T/t/%' ORDER BY run_id)")" 'ked stepped made ered'
	eq "$(ls | tr '\n' ' ')" 'ered ked made stepped '
}

leaky() {
	cat >leaky.c <<-'C'
		#include <pthread.h>
		#include <stdlib.h>
		#include <unistd.h>
		static void *wait_long(void *arg) { pause(); return arg; }
		int main(void)
		{
			volatile char *p = malloc(1234);
			pthread_t t;
			for (int i = 0; i < 3; i++)
				pthread_create(&t, NULL, wait_long, NULL);
			p[0] = 1;
			p = NULL;
			return 0;
		}
	C
	gcc -g -o leaky leaky.c -pthread "-fsanitize=$1" 2>/dev/null || skip "no lib$1 here"
}

leak_is_found() {       # SANITIZER
	local there=0
	leaky "$1"
	# Its report is no file, where ours are.
	limited env -u ASAN_OPTIONS ./leaky >there 2>&1 || there=$?
	[ $there != 0 ] || skip 'the sanitizer finds no leak here'
	want_rc $there inside env -u ASAN_OPTIONS ./leaky >here 2>&1
	has "$(cat here)" '1234 byte\(s\) leaked in 1 allocation'
	eq "$(grep -c '#' here)" "$(grep -c '#' there)"
}
case_leak_sanitizer() { leak_is_found leak; }
case_address_sanitizer() { leak_is_found address; }

program() {     # processes and threads, one after the other
	cat >program.c <<-'C'
		#include <fcntl.h>
		#include <pthread.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/wait.h>
		#include <unistd.h>
		int twice(int x)
		{
			int y = 2 * x;
			return y;
		}
		static void *work(void *arg)
		{
			char name[2] = { *(char *)arg, 0 };
			close(open(name, O_CREAT | O_WRONLY, 0644));
			unlink(name);
			return NULL;
		}
		int main(void)
		{
			int i, status, sum = 0;
			pthread_t t;
			for (i = 0; i < 3; i++)
				sum += twice(i);
			for (i = 0; i < 3; i++) {
				pthread_create(&t, NULL, work, &"abc"[i]);
				pthread_join(t, NULL);
			}
			for (i = 0; i < 3; i++) {
				if (fork() == 0)
					execlp("sh", "sh", "-c", "echo hi >made; exit 3", (char *)NULL);
				wait(&status);
				sum += WEXITSTATUS(status);
			}
			printf("%d\n", sum);
			return 7;
		}
	C
	build program.c -pthread
}

# A number of a process goes by N, an address by @. What threads that end at once do to each other is left out.
plain() {
	sed -E 's/0x[0-9a-f]{6,}/@/g; s/^([0-9]+ +)?((clone3?|v?fork|wait4|set_tid_address|get(p|t|pp)id)\(.*= )[0-9]+$/\2N/; s/\[[0-9]+\]/[N]/g; s/(pid|tid|child_tid|parent_tid|si_utime|si_stime)=[^,}]*/\1/g;
		s/[0-9]{4,}/N/g; s/^[0-9N]+ +//' "$1" | grep -Ev 'futex|rseq|brk|getrandom|mmap|munmap|mprotect|madvise' | sort
}

strace_is_same() {      # OPTION...
	rm -f here* there*
	want_rc 7 limited strace "$@" -o there ./program >out.there
	want_rc 7 inside strace "$@" -o here ./program >out.here
	eq "$(cat out.here)" "$(cat out.there)" "strace $*"
	[ -e here ] || cat here.* >here
	[ -e there ] || cat there.* >there
	diff -u <(plain there) <(plain here) >diff || fail "strace $*: $(cat diff)"
}

case_strace() {
	command -v strace >/dev/null || skip 'no strace here'
	program
	strace_is_same -q
	strace_is_same -f -e trace=openat,execve,exit_group
	strace_is_same -f --seccomp-bpf -e trace=openat,execve,exit_group
	strace_is_same -ff
	eq "$(q "SELECT count(*) FROM writes WHERE run_id = (SELECT max(run_id) FROM runs) AND path = '$T/made'")" 3
	inside strace -c -f -o counts ./program >/dev/null || true
	has "$(cat counts)" '^ *100.00 .* total$'
}

case_strace_of_a_running_process() {
	command -v strace >/dev/null || skip 'no strace here'
	inside bash -c '
		sleep 60 & pid=$!
		strace -o out -p $pid 2>err & tracer=$!
		until grep -q attached err; do sleep 0.02; done
		kill $tracer; wait $tracer; echo $?
		kill -0 $pid && kill $pid; wait $pid; echo $?' >here 2>/dev/null
	eq "$(tr '\n' ' ' <here)" '143 143 '
}

gdb_says() {    # PREFIX... : what gdb says to ./commands of ./program
	"$@" gdb -nx -batch -x commands ./program 2>&1 </dev/null |
		sed -E 's/0x[0-9a-f]+/@/g; s/ +/ /g; s/(process|LWP|Thread|Thread @) [0-9]+/\1 N/g' | grep -Ev '^(warning|Using host|\[Thread debugging)|libthread_db|^\[(New )?Thread '
}

case_gdb() {
	command -v gdb >/dev/null || skip 'no gdb here'
	program
	cat >commands <<-'C'
		set pagination off
		set confirm off
		break twice
		run
		backtrace
		next
		step
		print y
		watch y
		continue
		stepi
		info registers rip
		delete
		catch fork
		continue
		info threads
		delete
		continue
	C
	gdb_says limited >there
	gdb_says inside >here
	has "$(cat here)" 'exited with code 07'
	diff -u there here >diff || fail "$(cat diff)"
}

case_gdb_attaches() {
	command -v gdb >/dev/null || skip 'no gdb here'
	cat >spin.c <<-'C'
		#include <unistd.h>
		volatile int done;
		int main(void) { while (!done) usleep(1000); return 9; }
	C
	build spin.c
	inside bash -c '
		./spin & pid=$!
		sleep 0.1
		gdb -nx -batch -p $pid -ex "print done" -ex "generate-core-file core" -ex "set var done = 1" -ex detach >out 2>&1
		wait $pid; echo $?' >here 2>&1
	eq "$(cat here)" 9
	has "$(cat out)" '^\$1 = 0$'
	has "$(cat out)" 'Saved corefile'
	[ -s core ] || fail 'no core'
}

# Whoever is killed first: the others go on, or end, and nobody is left waiting.  What strace leaves behind when it is killed,
# with us or without (a child of its own that pauses, a tracee that goes on), goes with the session's group.
case_kills_at_any_time() {
	command -v strace >/dev/null || skip 'no strace here'
	local i
	for i in 1 2 3 4 5 6; do
		inside setsid bash -c '
			strace -f -o /dev/null sh -c "while :; do /bin/true; done" & tracer=$!
			sleep 0.0'"$i"'
			pkill -KILL -P $tracer; kill -KILL $tracer; wait; kill -KILL 0' 2>/dev/null || :
		inside setsid bash -c '
			sh -c "i=0; while [ \$i -lt 30 ]; do /bin/true; i=\$((i+1)); done; exit 4" & pid=$!
			strace -f -o /dev/null -p $pid 2>/dev/null & tracer=$!
			sleep 0.0'"$i"'
			kill -KILL $tracer; wait $pid; echo $?; kill -KILL 0' >here 2>/dev/null || :
		eq "$(cat here)" 4
	done
}

# A tracer inside a tracer inside.
case_nested() {
	command -v strace >/dev/null || skip 'no strace here'
	want_rc 5 inside strace -o outer strace -f -o inner sh -c '/bin/true; exit 5' 2>err
	has "$(cat inner)" 'exited with 5'
	has "$(cat outer)" 'ptrace\(PTRACE_'
}

# Whom the kernel gives a program's rights, nobody without those may trace.
case_rights_are_not_given_to_a_tracer() {
	root
	command -v strace >/dev/null || skip 'no strace here'
	local as='setpriv --reuid 65534 --regid 65534 --clear-groups'
	cat >euid.c <<-'C'
		#include <stdio.h>
		#include <unistd.h>
		int main(void) { printf("%d\n", (int)geteuid()); return 3; }
	C
	build euid.c
	chmod 4755 euid
	chmod 755 "$T" "$T/.."
	$as ./euid >/dev/null || [ $? = 3 ] || skip 'not for others'
	# shellcheck disable=SC2086
	want_rc 3 inside $as strace -o /dev/null ./euid >out
	eq "$(cat out)" 0
	has "$(q 'SELECT notes FROM runs')" 'gains rights'
	# shellcheck disable=SC2086
	refused inside $as strace -o /dev/null -p $$ 2>err
	has "$(cat err)" 'not permitted'
	want_rc 3 inside strace -o trace ./euid >out
	has "$(cat trace)" 'exited with 3'
}

case_32_bit_tracers_are_refused_in_words() {
	cat >small.c <<-'C'
		#include <errno.h>
		#include <stdio.h>
		#include <sys/ptrace.h>
		#include <sys/wait.h>
		#include <unistd.h>
		int main(void)
		{
			if (fork() == 0)
				_exit(ptrace(PTRACE_TRACEME, 0, 0, 0) < 0 ? errno : 0);
			int status;
			wait(&status);
			return WEXITSTATUS(status);
		}
	C
	gcc -m32 -o small small.c 2>/dev/null || skip 'no -m32 here'
	./small || skip 'no 32-bit programs here'
	want_rc 1 rec -- ./small 2>err # EPERM
	has "$(cat err)" 'asked to trace another.*32-bit'
	has "$(q 'SELECT notes FROM runs')" '32-bit'
}

run_cases "$@"
