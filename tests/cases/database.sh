#!/bin/bash
# The database: what is wrong with it is said in words, and what happens to the auditor does not spoil it.
. "$(dirname "$0")/../lib/cases.sh"

# The processes of the auditor on this database: its program, holding the file open.
recorders() {
	local p
	for p in /proc/[0-9]*; do
		[ "$p/exe" -ef "$BUILDAUDIT" ] || continue
		find "$p/fd" -lname "$(readlink -f "$DB")*" -print -quit 2>/dev/null | cut -d/ -f3
	done
}

state() { ba runs --json | python3 -S -c 'import json,sys; print(json.loads(sys.stdin.readline())["state"])'; }

# Not a database of ours: 125, a sentence with its name, nothing run, nothing changed.
refuses() {
	local err before
	before=$(cat "$DB" | sha256sum)
	err=$(want_rc 125 rec -- touch "$T/ran" 2>&1)
	has "$err" 'audit.db'
	[ ! -e ran ] || fail 'the command ran'
	eq "$(cat "$DB" | sha256sum)" "$before" 'the file was changed'
	err=$(want_rc 125 ba runs 2>&1)
	has "$err" 'audit.db'
	eq "$(cat "$DB" | sha256sum)" "$before" 'the file was changed'
}

case_not_a_database() {
	echo 'a letter to my mother, who keeps no databases' >"$DB"
	refuses
	head -c 100000 /dev/urandom >"$DB"
	refuses
}

case_somebody_elses_database() {
	sqlite3 "$DB" 'CREATE TABLE mine (x); INSERT INTO mine VALUES (1); PRAGMA application_id = 12345'
	refuses
	rm "$DB"
	sqlite3 "$DB" 'CREATE TABLE mine (x); INSERT INTO mine VALUES (1)'
	refuses
	eq "$(sqlite3 "$DB" 'SELECT x FROM mine')" 1
}

# Whoever made the file may have made views that answer anything, or never.
case_views_and_triggers_of_others() {
	rec -q -- touch a
	sqlite3 "$DB" 'CREATE VIEW mine AS SELECT 1; CREATE INDEX by_mode ON entry (mode); CREATE TABLE notes (x)'
	ba runs >/dev/null
	rec -q -- touch b
	cp "$DB" good.db
	sqlite3 "$DB" 'DROP VIEW runs; CREATE VIEW Runs AS WITH RECURSIVE n (i) AS
		(VALUES (1) UNION ALL SELECT i FROM n) SELECT i AS run_id FROM n'
	refuses
	cp good.db "$DB"
	sqlite3 "$DB" "DROP TABLE chore; CREATE VIEW chore AS SELECT 'sweep' AS name"
	refuses
	cp good.db "$DB"
	sqlite3 "$DB" 'CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END'
	refuses
	has "$(ba runs 2>&1)" "trigger 't'"
}

case_from_a_newer_version() {
	rec -q -- true
	settle
	sqlite3 "$DB" 'PRAGMA user_version = 9999'
	refuses
	has "$(ba runs 2>&1 || :)" 'newer'
}

case_empty_file_is_a_new_one() {
	: >"$DB"
	rec -q -- true
	settle
	eq "$(q 'SELECT count(*) FROM runs')" 1
}

# Nothing can be recorded there, but asking is still possible.
only_asks() {
	local err
	err=$(want_rc 125 rec -- touch "$T/ran" 2>&1)
	has "$err" "${DB##*/}"
	[ ! -e ran ] || fail 'the command ran'
	has "$(ba runs --json)" '"run_id"'
}

case_on_a_read_only_mount() {
	root
	rec -q -- true
	settle
	mkdir m
	mount --bind "$T" m 2>/dev/null || skip 'no mount here'
	trap 'umount "$T/m"' EXIT
	until_ok test ! -e "$DB-wal"    # one file again
	cp "$DB" "$T/ro.db"
	mount -o remount,bind,ro m
	DB=$T/m/ro.db
	only_asks
}

case_read_only() {
	rec -q -- true
	settle
	chmod 444 "$DB"
	if is_root; then
		# Modes are of no matter to root.
		rec -q -- true
		settle
		eq "$(q 'SELECT count(*) FROM runs')" 2
	else
		only_asks
	fi
}

case_missing_folder() {
	local err
	err=$(want_rc 125 "$BUILDAUDIT" -d "$T/a/b/audit.db" run $mode_flag -- touch ran 2>&1)
	has "$err" "$T/a/b"
	[ ! -e ran ]
}

case_a_folder_is_no_database() {
	mkdir d
	want_rc 125 "$BUILDAUDIT" -d "$T/d" run $mode_flag -- touch ran 2>/dev/null
	[ ! -e ran ]
}

case_files_beside_it_at_the_end() {
	rec -q -- sh -c 'echo x >f'
	settle
	until_ok test ! -e "$DB-wal"
	eq "$(ls "$T/.." | grep audit)" audit.db
	eq "$(stat -c %a "$DB")" 600
}

case_disk_full_from_the_start() {
	root
	mkdir m
	mount -t tmpfs -o size=64k none m 2>/dev/null || skip 'no mount here'
	trap 'umount "$T/m"' EXIT
	head -c 100000 /dev/zero >m/fill 2>/dev/null || :
	local err
	err=$(want_rc 125 "$BUILDAUDIT" -d "$T/m/audit.db" run $mode_flag -- touch ran 2>&1)
	has "$err" 'audit.db'
	has "$err" 'full|[Ss]pace'
	[ ! -e ran ]
}

# Of an install the first row that is wanted is not the run's.
case_disk_full_where_an_install_begins() {
	root
	mkdir m
	mount -t tmpfs -o size=400k none m 2>/dev/null || skip 'no mount here'
	trap 'umount "$T/m"' EXIT
	local err
	"$BUILDAUDIT" -d "$T/m/audit.db" run $mode_flag -q --name=first -- true
	cat /dev/zero >m/fill 2>/dev/null || :
	err=$(want_rc 125 "$BUILDAUDIT" -d "$T/m/audit.db" run $mode_flag --name=other -- touch ran 2>&1)
	has "$err" 'cannot write to the database .*audit.db'
	[ ! -e ran ]
}

case_a_limit_too_small_for_the_database() {
	local err
	err=$(ulimit -f 8; want_rc 125 "$BUILDAUDIT" -d "$T/l.db" run $mode_flag -- touch ran 2>&1)
	has "$err" 'cannot write to .*l\.db: .'
	[ ! -e ran ]
}

case_disk_full_in_the_middle() {
	root
	mkdir m w
	mount -t tmpfs -o size=400k none m 2>/dev/null || skip 'no mount here'
	trap 'umount "$T/m"' EXIT
	DB=$T/m/audit.db
	local err
	err=$(want_rc 7 rec -- perl -e 'for (1..4000) { open F, ">w/" . ("long" x 50) . $_ or die; print F 1 } exit 7' 2>&1)
	eq "$(ls w | wc -l)" 4000
	has "$err" 'incomplete|missing|full|[Ss]pace'
	mount -o remount,size=50m none m
	eq "$(state)" incomplete
	eq "$(q 'PRAGMA integrity_check')" ok
	# And it goes on with the next.
	rec -q -- true
	until_eq complete state
}

case_recorder_killed() { killed recorders; }
# And whoever watches over it: nobody is left to say a last word.
case_every_auditor_process_killed() { killed auditors; }
auditors() {
	local p=$(recorders) parent
	echo $p
	for p in $p; do
		parent=$(sed -n 's/^PPid:\t//p' /proc/$p/status)
		if [ "/proc/$parent/exe" -ef "$BUILDAUDIT" ]; then echo $parent; fi
	done
}
killed() {
	local pid p
	rec -q --name=old --pkgversion=1 --include "$T" -- sh -c 'echo x >early; while [ ! -e go ]; do sleep 0.05; done; echo y >late' 2>err &
	pid=$!
	# What happened is in the database within a second, without an end.
	until_ok recorded "$T/early"
	p=$($1)
	[ -n "$p" ] || fail 'no recorder found'
	kill -KILL $p
	wait $pid || :
	eq "$(state)" incomplete
	eq "$(q 'PRAGMA integrity_check')" ok
	eq "$(q "SELECT count(*) FROM writes WHERE path = '$T/early'")" 1
	# What it followed did not go on unseen.
	: >go
	[ ! -e late ]
	rec -q -- sh -c 'echo z >z'
	until_eq complete state
	eq "$(q 'SELECT count(*) FROM runs')" 2
	# By its name as by its number: nobody can say that all of it is taken back.
	has "$(want_rc 1 ba uninstall -n old 2>&1)" 'run 1 is incomplete'
	has "$(want_rc 1 ba rollback -y old 2>&1)" 'run 1 is incomplete'
	[ ! -e early ]
	has "$(want_rc 1 ba rollback -y 1 2>&1)" 'run 1 is incomplete'
}
recorded() { [ "$(q "SELECT count(*) FROM writes WHERE path = '$1'")" = 1 ]; }

case_commits_while_it_runs() {
	local pid
	rec -q -- sh -c 'i=0; while [ ! -e go ]; do i=$((i + 1)); echo x >f$i; until [ -e seen$i ] || [ -e go ]; do sleep 0.02; done; done' &
	pid=$!
	local i start
	for i in 1 2 3; do
		until_ok test -s f$i
		start=${EPOCHREALTIME/[.,]/}
		until_ok recorded "$T/f$i"
		[ $((${EPOCHREALTIME/[.,]/} - start)) -lt 3000000 ] || fail "took $((${EPOCHREALTIME/[.,]/} - start)) us"
		: >seen$i
	done
	: >go
	wait $pid
}

case_several_auditors_at_once() {
	local i pids=
	for i in 1 2 3 4 5 6; do
		(want_rc $i rec -q --label "run$i" -- perl -e "for my \$n (1..150) { open F, '>', \"f$i-\$n\" or die } exit $i") &
		pids="$pids $!"
	done
	for i in $pids; do wait $i; done
	settle
	eq "$(q 'SELECT count(*) FROM runs')" 6
	for i in 1 2 3 4 5 6; do
		eq "$(q "SELECT exit_status || ' ' || state FROM runs WHERE label = 'run$i'")" "$i complete"
		eq "$(q "SELECT count(*) FROM manifest m JOIN runs USING (run_id) WHERE label = 'run$i' AND path LIKE '$T/f$i-%'")" 150
		eq "$(q "SELECT count(DISTINCT path) FROM writes w JOIN runs USING (run_id) WHERE label = 'run$i' AND path LIKE '$T/f%'")" 150
	done
	eq "$(q 'PRAGMA integrity_check')" ok
}

# In the midst of reading it, until there is a file `release`.
reader() {
	rm -f holding release
	python3 -S - "$DB" <<'P' &
import os, sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute('BEGIN'); c.execute('SELECT count(*) FROM runs').fetchall()
open('holding', 'w')
end = time.monotonic() + 20
while not os.path.exists('release') and time.monotonic() < end:
    time.sleep(0.02)
P
	holder=$!
	until_ok test -e holding
}

# Somebody who reads it is waited for.  One who does not end could hold up the end of the record, so nothing starts.
case_locked_by_a_reader() {
	local holder
	rec -q -- true
	settle
	reader
	(sleep 1; : >release) &
	want_rc 4 rec -q -- sh -c 'echo x >f; exit 4'
	wait
	settle
	eq "$(q "SELECT count(*) FROM writes WHERE path = '$T/f'")" 1
	reader
	has "$(want_rc 125 rec -q -- touch g 2>&1)" "^buildaudit: cannot write to .*: python3 \(pid $holder\) is in the middle of reading it"
	: >release
	wait
	[ ! -e g ]
}

# After a second, and once; from where the command runs on its own lines are all there is.
case_who_is_waited_for_is_said() {
	local holder
	rec -q --include="$T" -- touch f
	settle
	python3 -S - "$DB" <<'P' 8>&- &
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open('holding', 'w').close()
end = time.monotonic() + 60
while not os.path.exists('release') and time.monotonic() < end:
    time.sleep(0.02)
P
	holder=$!
	until_ok test -e holding
	ba rollback -y 1 2>said &
	until_ok grep -q waiting said
	: >release
	wait
	eq "$(head -n 1 said)" "buildaudit: waiting for python3 (pid $holder), which has locked $DB"
	eq "$(grep -c waiting said)" 1
	has "$(cat said)" 'run 1 rolled back'
	[ ! -e f ]
}

# What is printed waits for its reader, and nobody else does.
case_a_listing_that_is_read_slowly() {
	rec -q -- sh -c 'seq 1500 | xargs touch'
	settle
	mkfifo p
	ba events >p &
	exec 8<p
	read -r _ <&8
	want_rc 4 timeout 20 "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c 'touch g; exit 4'
	settle
	cat <&8 >rest
	exec 8<&-
	wait
	eq "$(wc -l <rest)" 2999
	ba events 1 >whole
	tail -n +2 whole | cmp - rest
	# who leaves early ends it, as ever
	ba events 1 | head -n 1 >first
	cmp <(head -n 1 whole) first
}

case_nested_auditors() {
	# The inner one says so before it starts anything.
	local err
	err=$(want_rc 125 rec -q -- "$BUILDAUDIT" -d "$T/inner.db" run $mode_flag -- touch inner 2>&1)
	has "$err" 'trac'
	[ ! -e inner ]
}

case_by_somebody_who_is_not_root() {
	chmod 777 .
	as_user "$BUILDAUDIT" -d "$T/own.db" run $mode_flag -q -- sh -c 'echo x >f; mkdir d; mv f d/'
	DB=$T/own.db
	settle
	eq "$(q "SELECT group_concat(op, ' ') FROM (SELECT op FROM events WHERE path LIKE '$T/%' ORDER BY event_id)")" 'open mkdir rename'
	eq "$(q 'SELECT uid FROM runs')" "$(as_user id -u)"
}

# Where there is no /dev/null, as in a chroot without /dev, or it is not for us, the recorder does without.
case_without_dev_null() {
	unshare -rm mount -t tmpfs none /dev 2>/dev/null || skip 'no mount here'
	unshare -rm sh -c 'mount -t tmpfs none /dev && exec "$@"' sh "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c 'echo x >f'
	settle
	eq "$(q "SELECT op FROM events WHERE path = '$T/f'")" open
	unshare -rm sh -c ': >nothing; chmod 0 nothing; mount --bind nothing /dev/null && exec setpriv --bounding-set -all "$@"' sh \
		"$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c 'echo x >g'
	settle
	eq "$(q "SELECT op FROM events WHERE path = '$T/g'")" open
}

run_cases "$@"
