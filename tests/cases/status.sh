#!/bin/bash
# The command behaves as it would without us: status, death, streams.
. "$(dirname "$0")/../lib/cases.sh"

case_exit_status_is_kept() {
	local s
	for s in 0 1 2 42 125 126 127 128 137 255; do
		want_rc $s rec -q -- sh -c "exit $s"
		eq "$(q 'SELECT exit_status FROM runs ORDER BY run_id DESC LIMIT 1')" $s
	done
}

# A shell writes 128+N for a death by signal and for an exit with that number; wait(2) tells them apart.
case_death_by_signal_is_kept() {
	local s
	for s in TERM KILL INT HUP SEGV ABRT PIPE USR1 QUIT; do
		python3 -S - "$s" "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c "kill -$s \$\$" <<'P'
import resource, signal, subprocess, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
got = subprocess.run(sys.argv[2:]).returncode
want = -getattr(signal, 'SIG' + sys.argv[1])
sys.exit(0 if got == want else 'SIG%s: returned %d, wanted %d' % (sys.argv[1], got, want))
P
		eq "$(q 'SELECT term_signal FROM runs ORDER BY run_id DESC LIMIT 1')" "$(kill -l "$s")"
	done
}

case_not_found_is_127() {
	local err
	err=$(want_rc 127 rec -- ./no-such-command 2>&1)
	has "$err" 'no-such-command'
	err=$(PATH=/usr/bin:/bin want_rc 127 rec -- no-such-command-in-path 2>&1)
	has "$err" 'no-such-command-in-path'
	# In a folder that may not be searched, it may be: as env(1) has it.
	mkdir closed
	chmod 0 closed
	err=$(PATH=/usr/bin:/bin:$T/closed want_rc "$(is_root && echo 127 || echo 126)" rec -- no-such-command-in-path 2>&1)
	want_rc "$(is_root && echo 127 || echo 126)" env PATH="/usr/bin:/bin:$T/closed" no-such-command-in-path 2>/dev/null
	has "$err" 'no-such-command-in-path'
}

case_not_executable_is_126() {
	local err
	: >plain
	err=$(want_rc 126 rec -- ./plain 2>&1)
	has "$err" 'plain'
	mkdir folder
	want_rc 126 rec -- ./folder
	printf '#!/no/such/interpreter\n' >script
	chmod +x script
	want_rc 127 rec -- ./script ||
		want_rc 126 rec -- ./script
}

case_our_own_failure_is_125() {
	want_rc 125 "$BUILDAUDIT" -d /proc/no/such/audit.db run $mode_flag -- true
	: >ran
	rm ran
	want_rc 125 "$BUILDAUDIT" -d /proc/no/such/audit.db run $mode_flag -- touch "$T/ran"
	[ ! -e ran ]
}

case_stdin_passes_through() {
	eq "$(printf 'one\ntwo\n' | rec -q -- cat)" "$(printf 'one\ntwo\n')"
	eq "$(printf 'one\ntwo\n' | { rec -q -- sh -c 'read x; echo $x'; cat; })" "$(printf 'one\ntwo')"
	want_rc 1 rec -q -- cat <&- 2>/dev/null
	head -c 3000000 /dev/urandom >big
	rec -q -- cat <big | cmp - big
}

case_output_is_the_same_byte_for_byte() {
	cat >say <<'S'
i=0
while [ $i -lt 300 ]; do echo "out $i"; echo "err $i" >&2; i=$((i + 1)); done
printf 'no newline at the end'
printf '\0\377\n\r' >&2
S
	sh say >o1 2>e1
	rec -q -- sh say >o2 2>e2
	cmp o1 o2
	cmp e1 e2
	sh say >b1 2>&1
	rec -q -- sh say >b2 2>&1
	cmp b1 b2
}

case_closed_streams_stay_closed() {
	printf '%s\n' 'for fd in 0 1 2; do [ -e /proc/self/fd/$fd ] && echo $fd; done >fds; exit 0' >s
	for c in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		eval "sh s $c"
		mv fds untraced
		eval "rec -q -- sh s $c"
		cmp fds untraced
	done
}

case_a_full_pipe_reader_gone() {
	rec -q -- yes | head -n 1 >o
	eq "$(cat o)" y
	settle
	eq "$(q 'SELECT term_signal FROM runs')" 13
}

# Under a filter or a tracer of an ordinary user no program gains rights: which one was to is told by its set-uid bit.
case_set_uid_of_an_ordinary_user_is_warned_of() {
	local gains warning="^buildaudit: '[^']*' gains no rights .*'sudo buildaudit make install'$"
	mkdir d e
	if is_root; then
		cp "$(type -P true)" gains
		chmod 4755 gains
		gains=$T/gains
		hasnt "$(rec ./gains 2>&1)" 'gains no rights'
	else
		gains=$(command -v su) && [ -u "$gains" ] || skip 'no set-uid program here'
	fi
	chmod 777 d e
	cd d
	user() { as_user env HOME="$T/e" PATH="${gains%/*}:$PATH" "$BUILDAUDIT" -d "$T/e/db" "$@"; }
	has "$(user run $mode_flag "$gains" --help 2>&1 | head -n 1)" "$warning"
	has "$(user run $mode_flag "${gains##*/}" --help 2>&1 | head -n 1)" "^buildaudit: '${gains##*/}' gains no rights"
	eq "$(user run $mode_flag "$gains" --help 2>&1 | grep -c 'gains no rights')" 1
	hasnt "$(user run $mode_flag -q "$gains" --help 2>&1)" 'gains no rights'
	hasnt "$(user run $mode_flag true 2>&1)" 'gains no rights'
	has "$(user checkinstall -y --install=no --pkgname=dd "$gains" --help 2>&1 || :)" "$warning"
	# Where it would gain none anyhow, nothing is lost.
	hasnt "$(as_user setpriv --no-new-privs "$BUILDAUDIT" -d "$T/e/db" run $mode_flag "$gains" --help 2>&1)" 'gains no rights'
	cd ..
}

case_three_lines_and_q_none() {
	local err
	err=$(rec --include "$T" -- sh -c 'mkdir d; echo x >d/f' 2>&1 >/dev/null)
	eq "$(wc -l <<<"$err")" 3 'lines of summary'
	has "$(sed -n 1p <<<"$err")" '[0-9]'
	has "$(sed -n 2p <<<"$err")" '[0-9].*process'
	has "$err" 'buildaudit'
	eq "$(rec -q -- sh -c 'echo x >f' 2>&1)" ''
	eq "$(rec -- sh -c 'echo to-stdout' 2>/dev/null)" to-stdout
}

case_all_excluded_is_said() {
	local err
	mkdir w
	cd w
	err=$(rec -- sh -c 'mkdir out; echo a >out/a; echo b >out/b' 2>&1)
	has "$err" '3'
	has "$err" '--include'
	cd ..
}

case_environment_is_the_same() {
	# `_` is the shell's word for the program it started; the form `environment` of tests/progs has no shell.
	env | grep -v '^_=' | sort >e1
	rec -q -- env | grep -v '^_=' | sort >e2
	diff e1 e2
	eq "$(rec -q -- env -i env)" ''
}

case_env_i_is_followed() {
	rec -q -- env -i "$(command -v sh)" -c 'echo x >f'
	settle
	eq "$(q "SELECT op FROM writes WHERE path = '$T/f'")" open
}

case_no_descriptor_of_ours() {
	ls -l /proc/self/fd | sed -n 's/.* \([0-9]*\) -> .*/\1/p' >f1
	rec -q -- ls -l /proc/self/fd | sed -n 's/.* \([0-9]*\) -> .*/\1/p' >f2
	diff f1 f2
	# What a caller leaves open on purpose does come through.
	exec 9</dev/null 200</dev/null
	rec -q -- sh -c '[ -e /proc/self/fd/9 ] && [ -e /proc/self/fd/200 ]'
	exec 9<&- 200<&-
}

case_few_descriptors_allowed() {
	(ulimit -n 64; rec -q -- sh -c 'ulimit -n; for i in 1 2 3 4 5; do (echo $i >f$i) & done; wait') >o
	eq "$(cat o)" 64
	settle
	eq "$(q "SELECT count(DISTINCT path) FROM writes WHERE path LIKE '$T/f%'")" 5
}

case_ignored_signals_stay_ignored() {
	# nohup's way: SIGHUP ignored before us.
	(trap '' HUP USR1; sed -n 's/^SigIgn:\t//p' /proc/self/status) >s1
	(trap '' HUP USR1; rec -q -- sed -n 's/^SigIgn:\t//p' /proc/self/status) >s2
	cmp s1 s2
	# SIGCHLD ignored makes the kernel reap children unasked; the status must not be lost to that.
	(trap '' CHLD; want_rc 7 rec -q -- sh -c 'exit 7')
}

case_sigterm_reaches_the_command() {
	local pid
	"$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c 'trap "echo got >got; exit 9" TERM; echo ready >ready; while :; do sleep 0.05; done' &
	pid=$!
	until_ok test -s ready
	kill -TERM $pid
	want_rc 9 wait $pid
	eq "$(cat got)" got
}

case_other_signals_reach_the_command() {
	local pid s
	for s in HUP USR1 USR2 INT QUIT; do
		rm -f ready got
		# A background job of a script has INT and QUIT ignored, so env(1) puts them back.
		env --default-signal=INT,QUIT "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- \
			bash -c "trap 'echo $s >got; exit 9' $s; echo ready >ready; while :; do sleep 0.05; done" &
		pid=$!
		until_ok test -s ready
		kill -$s $pid
		want_rc 9 wait $pid
		eq "$(cat got)" $s
	done
}

case_killed_by_its_signal_when_the_command_is() {
	local pid
	"$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c 'echo ready >ready; exec sleep 60' &
	pid=$!
	until_ok test -s ready
	until_ok sleeping
	kill -TERM $pid
	want_rc 143 wait $pid
	settle
	eq "$(q 'SELECT term_signal FROM runs')" 15
}

sleeping() { grep -q sleep "/proc/$(q 'SELECT pid FROM processes LIMIT 1')/comm"; }

case_cwd_and_umask() {
	mkdir d
	cd d
	eq "$(rec -q -- pwd -P)" "$T/d"
	eq "$(umask 027; rec -q -- sh -c umask)" 0027
	eq "$(q 'SELECT DISTINCT cwd FROM runs')" "$T/d"
	cd ..
}

case_words_of_the_command_line() {
	eq "$(rec -q -- printf '[%s]' 'a b' '' "c'd" -- -x)" "[a b][][c'd][--][-x]"
	eq "$("$BUILDAUDIT" -d "$DB" $mode_flag -q printf '[%s]' -x --json)" '[-x][--json]'
	# `--` makes a command of a word that names a subcommand.
	mkdir bin
	printf '#!/bin/sh\necho my own who "$@"\n' >bin/who
	chmod +x bin/who
	eq "$(PATH=$T/bin:$PATH "$BUILDAUDIT" -d "$DB" $mode_flag -q -- who am i)" 'my own who am i'
}

# A read-only open never stops.  strace's filter, which has to stop at each, takes twenty times as long; three times
# is far from that and far from what a busy machine does to two runs in a row.
case_read_only_opens_cost_nothing() {
	[ "$MODE" = seccomp ] || skip 'about the other mode'
	local i t free=999999999 traced=999999999
	opens() { "$@" perl -e 'for (1..100000) { open F, "<", "/dev/null" } '; }
	for i in 1 2 3; do
		t=${EPOCHREALTIME/[.,]/}
		opens env
		t=$((${EPOCHREALTIME/[.,]/} - t))
		free=$((t < free ? t : free))
		t=${EPOCHREALTIME/[.,]/}
		opens rec -q --
		t=$((${EPOCHREALTIME/[.,]/} - t))
		traced=$((t < traced ? t : traced))
	done
	[ $traced -lt $((free * 3 + 200000)) ] || fail "$traced us traced, $free us not"
}

case_perl_system_cp() {
	printf 'bytes\n' >a
	rec --include "$T" -q -- perl -e 'system("cp a b")'
	settle
	eq "$(manifest "$T")" 'created file b'
	has "$(ba who "$T/b")" 'cp a b'
	has "$(ba who "$T/b")" 'perl'
}

case_make_with_jobserver() {
	local i
	{
		echo "all: $(printf 'f%d ' $(seq 40))"
		echo 'f%: ; @$(MAKE) -s -f sub.mk F=$@'
	} >Makefile
	echo 'all: ; @echo $(F) >$(F); echo $(F) >$(F).2' >sub.mk
	rec -q -- make -s -j4 2>err
	eq "$(cat err)" '' 'make warned'
	settle
	eq "$(q "SELECT count(DISTINCT path) FROM writes WHERE op = 'open' AND path LIKE '$T/f%'")" 80
	rm -f f*
	printf 'all: a b c\na b c: ; @sleep 0.0; exit 3\n' >Makefile
	want_rc 2 rec -q -- make -s -k -j4 2>/dev/null
}

run_cases "$@"
