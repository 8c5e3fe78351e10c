#!/bin/bash
# Processes that outlive the command: it returns at once, and they go on being recorded.
. "$(dirname "$0")/../lib/cases.sh"

# In the background, with no stream of ours, waiting for `go`.
late='(while [ ! -e go ]; do sleep 0.02; done; echo x >late) </dev/null >/dev/null 2>&1 &'
notes() { q 'SELECT notes FROM runs ORDER BY run_id DESC LIMIT 1'; }

case_returns_when_the_command_ends() {
	want_rc 3 timeout 15 "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c "$late exit 3"
	[ ! -e late ]
	: >go
	until_ok test -s late
	settle
	eq "$(q "SELECT count(*) FROM writes WHERE path = '$T/late'")" 1
	eq "$(q "SELECT change FROM manifest WHERE path = '$T/late'")" created
	eq "$(q 'SELECT exit_status FROM runs')" 3
	has "$(notes)" '[1-9]'
}

# A pipe's reader sees the end when the command and its children have let go of it; we hold nothing.
case_streams_are_let_go() {
	eq "$(timeout 15 "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c "$late echo said" 2>&1)" said
	[ ! -e late ]
	: >go
	until_ok test -s late
	settle
}

case_summary_comes_before_the_stragglers_end() {
	local err
	err=$(timeout 15 "$BUILDAUDIT" -d "$DB" run $mode_flag -- sh -c "echo >f; $late :" 2>&1)
	eq "$(wc -l <<<"$err")" 3
	: >go
	until_ok test -s late
	settle
}

case_wait_all() {
	local pid
	"$BUILDAUDIT" -d "$DB" run $mode_flag --wait=all -q -- sh -c "$late : >started; exit 3" &
	pid=$!
	until_ok test -e started
	# The command ends; we do not: its process is gone and ours is there.
	until_ok command_gone
	kill -0 $pid
	: >go
	want_rc 3 wait $pid
	[ -s late ]
	eq "$(q 'SELECT state FROM runs')" complete
	eq "$(q "SELECT count(*) FROM writes WHERE path = '$T/late'")" 1
}
command_gone() { [ "$(q 'SELECT ended_ns IS NOT NULL FROM processes WHERE parent_id IS NULL')" = 1 ]; }

case_daemon_with_setsid() {
	timeout 15 "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- perl -e '
		exit if fork; setpgrp; exit if fork; open STDIN, "</dev/null"; open STDOUT, ">/dev/null"; open STDERR, ">/dev/null";
		select undef, undef, undef, 0.02 until -e "go"; mkdir "d"; rename "d", "e"; open F, ">e/f"; print F 1; close F; open G, ">done"'
	: >go
	until_ok test -e done
	settle
	eq "$(q "SELECT group_concat(op, ' ') FROM (SELECT op FROM events WHERE path LIKE '$T/e%' OR path = '$T/d' ORDER BY event_id)")" 'mkdir rename open'
}

# The command is killed; what it started goes on and is recorded.
case_command_killed_and_child_goes_on() {
	python3 - "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c "$late kill -KILL \$\$" <<'P'
import subprocess, sys
sys.exit(0 if subprocess.run(sys.argv[1:], timeout=15).returncode == -9 else 1)
P
	: >go
	until_ok test -s late
	settle
	eq "$(q "SELECT count(*) FROM writes WHERE path = '$T/late'")" 1
}

case_a_second_run_meanwhile() {
	rec -q -- sh -c "$late :"
	rec -q -- sh -c 'echo >second; exit 0'
	until_eq complete q 'SELECT state FROM runs WHERE run_id = 2'
	eq "$(q 'SELECT state FROM runs WHERE run_id = 1')" running
	: >go
	until_ok test -s late
	settle
	eq "$(q "SELECT group_concat(run_id) FROM (SELECT DISTINCT run_id FROM writes WHERE path = '$T/late')")" 1
}

run_cases "$@"
