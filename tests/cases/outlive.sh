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
	python3 -S - "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c "$late kill -KILL \$\$" <<'P'
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

text() { for f in "$@"; do echo "$f: $(tr '\n' ' ' <"$f")"; done; }

# What the command wrote, and a person edits, puts another in the place of, removes or makes anew while it goes on to be recorded, is
# his: an undo keeps it.
case_what_a_person_writes_meanwhile_is_his() {
	local how at
	for how in end finish event; do
		mkdir $how; cd $how
		echo original >conf; echo original >old; echo original >gone; echo original >two; ln two same
		timeout 15 "$BUILDAUDIT" -d "$DB" run $mode_flag -q --label $how --include "$T" -- sh -c '
			for f in conf old new two; do echo by-run >>$f; done; mkdir d; echo x >d/x; rm gone; echo by-run >lost
			(while [ ! -e ../go ]; do sleep 0.02; [ ! -e ../more ] || echo x >>late; done) </dev/null >/dev/null 2>&1 &'
		for f in conf new d/x same; do echo by-person >>$f; done
		echo by-person >.old; mv .old old
		echo by-person >gone
		rm lost
		: >at; text conf old new two same d/x gone >../want
		case $how in
		finish) ba finish $how 2>/dev/null ;;
		event) at=$(q "SELECT settled_at FROM runs WHERE label = '$how'"); : >../more
			until_ok ahead "$at" $how; rm ../more ;;
		esac
		: >../go; settle; rm ../go
		want_rc 1 ba verify $how >../said
		has "$(cat ../said)" "/$how/conf"
		want_rc 1 ba rollback -y $how >../said 2>&1
		eq "$(text conf old new two same d/x gone)" "$(cat ../want)" "$how: $(cat ../said)"
		eq "$(grep -c 'changed since' ../said)" 7 "$(cat ../said)"
		[ ! -e lost ]; [ ! -e late ]
		cd ..
	done
}
ahead() { [ "$(q "SELECT settled_at > '$1' FROM runs WHERE label = '$2'")" = 1 ]; }

# Whether by calls, or through what it held open or mapped when the command ended: it is the run's, and is taken back.
case_what_stays_behind_goes_on_to_write_is_the_runs() {
	mkdir w
	(cd w; for f in held mapped again other far moved/x away; do mkdir -p "$(dirname $f)"; echo original >$f; done; ln again second)
	age w
	snap w before
	cat >daemon.py <<'P'
import mmap, os, time
held = open('held', 'a'); quiet = os.open('far', os.O_RDWR)
def mapping(name):
    with open(name, 'r+b') as f:
        return mmap.mmap(f.fileno(), 0)
mapped = mapping('mapped')
for f in 'again', 'other', 'away': open(f, 'a').write('by-run\n')
made = os.open('made', os.O_WRONLY | os.O_CREAT, 0o644)
if os.fork():
    os._exit(0)
for i in 0, 1, 2: os.close(i); os.open('/dev/null', os.O_RDWR)
while not os.path.exists('../go'): time.sleep(0.02)
held.write('held\n'); held.flush()
mapped[0:4] = b'MAPS'; mapped.flush()
os.write(quiet, b'far'); os.write(made, b'made')
open('second', 'a').write('second\n')
os.rename('moved', 'there'); open('there/x', 'a').write('x\n'); os.rename('there', 'moved')
os.remove('away')
P
	timeout 15 "$BUILDAUDIT" -d "$DB" run $mode_flag -q --include "$T/w" -- sh -c 'cd w && exec python3 ../daemon.py'
	eq "$(manifest "$T/w" | grep -E '(made|away)$')" "$(printf 'modified file away\ncreated file made')"
	: >go
	settle
	snap w after
	python3 -S "$LIB/manifest-equals" "$DB" latest "$T/w" before after >&2 || fail "the manifest is not the truth"
	ba verify >/dev/null
	ba rollback -y >/dev/null
	snap w back
	eq "$(plain back)" "$(plain before)"
}

run_cases "$@"
