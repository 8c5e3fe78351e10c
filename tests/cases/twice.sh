#!/bin/bash
# Two that know nothing of each other, on one database or one file: what one does takes nothing from the other.
. "$(dirname "$0")/../lib/cases.sh"

in_pid_namespace() { unshare -pf --mount-proc "$@"; }
needs_namespaces() { in_pid_namespace true 2>/dev/null || skip 'no pid namespace to be had here'; }

# Its pid means nothing here, or somebody else.
case_a_recorder_in_another_pid_namespace_lives() {
	needs_namespaces
	mkdir p
	echo b >p/b
	echo c >p/c
	mkfifo up go
	in_pid_namespace "$BUILDAUDIT" -d "$DB" run -q $mode_flag --include "$T/p" -- \
		sh -c 'sh -c "echo 1 >p/a; rm p/c; echo >up; read x <go; echo 2 >b; rm p/b"; exit 3' &
	read -r _ <up
	has "$(ba runs)" running
	echo >go
	want_rc 3 wait $!
	has "$(ba runs)" complete
	ba rollback -y 1 >/dev/null
	eq "$(cat p/*)" $'b\nc'
}

# The first process of a pid namespace: with it all others there die, the recorder among them.
case_the_first_process_of_a_container() {
	needs_namespaces
	mkdir p
	echo b >p/b
	want_rc 3 in_pid_namespace "$BUILDAUDIT" -d "$DB" run $mode_flag --include "$T/p" -- sh -c 'echo 1 >p/a; rm p/b; exit 3' 2>err
	has "$(cat err)" '1 created, 0 modified, 1 removed'
	has "$(ba runs)" complete
	ba rollback -y 1 >/dev/null
	eq "$(ls p)" b
}

# Forgotten when it was about to begin.
case_a_run_that_is_forgotten_under_an_undo() {
	mkdir p
	rec -q --include "$T/p" -- sh -c 'echo 1 >p/a'
	settle
	python3 -S -c '
import sqlite3, subprocess, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
p = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
time.sleep(0.5)
for t, c in ("event", "exec_id IN (SELECT x.id FROM process p JOIN exec x ON x.process_id = p.id WHERE p.run_id = 1)"), \
            ("exec", "process_id IN (SELECT id FROM process WHERE run_id = 1)"), ("process", "run_id = 1"), \
            ("entry", "run_id = 1"), ("alias", "run_id = 1"), ("original", "run_id = 1"), ("run", "id = 1"):
    db.execute("DELETE FROM %s WHERE %s" % (t, c))
db.execute("COMMIT")
print(p.communicate()[0], p.returncode)' "$DB" "$BUILDAUDIT" -d "$DB" rollback -y 1 >said
	has "$(cat said)" 'run 1 was forgotten just now'
	has "$(cat said)" '125$'
	eq "$(ls p)" a
}

# The only copy is what was kept: a rollback began to write it back, and could not.
case_forget_after_a_rollback_that_failed() {
	$own_mounts true 2>/dev/null || skip 'no right to mount here'
	mkdir m
	want_rc 0 $own_mounts bash -c '
		set -e
		b() { "$BUILDAUDIT" -d "$1/audit.db" "${@:2}"; }
		mount -t tmpfs -o size=4m none m
		head -c 2000000 /dev/urandom >m/f
		ln m/f m/g
		cp m/f kept
		b "$1" run -q --include "$1/m" -- sh -c ": >m/f"
		head -c 3500000 /dev/zero >m/full
		! b "$1" rollback -y 1
		! b "$1" forget 1 2>said
		grep -q "failed at [12] places*, .*finish it first" said
		rm m/full
		b "$1" rollback -y 1
		cmp m/f kept
		cmp m/g kept
		b "$1" forget 1' - "$T" >out 2>&1 || { cat out >&2; return 1; }
}

# One name is installed, the other is not.
case_hard_links_out_of_what_is_installed() {
	local way
	for way in 'rm o/b; rm p/a' ': >>o/b; rm p/a; rm o/b' 'echo new >o/b' 'mv z o/b; echo n >p/a' 'rm o/b; echo v2 >o/b; ln -f o/b p/a' \
		'chmod 600 o/b; rm p/a'; do
		rm -rf p o z "$DB"*
		mkdir p o
		echo precious >p/a
		ln p/a o/b
		echo z >z
		rec -q --include "$T/p" -- sh -c "$way"
		settle
		ba rollback -y 1 >&2
		eq "$(cat p/a) $(stat -c %a p/a)" 'precious 644' "$way"
	done
}

# Neither of two that wrote a file at the same time found what the other left: each says so, and what helps does.
case_two_at_once_are_taken_back_together() {
	local r
	mkdir w
	echo old >w/f
	mkfifo one two
	rec -q --include "$T/w" -- sh -c 'echo 1 >>w/f; echo >one; read x <two; echo 3 >>w/f' &
	read -r r <one
	rec -q --include "$T/w" -- sh -c 'echo 2 >>w/f'
	echo >two
	wait $!
	settle
	for r in 2 1; do
		(ba rollback -y $r || :) >out 2>&1
		has "$(cat out)" "run $((3 - r)) changed it at the same time: --force takes both back, the newer one first"
	done
	eq "$(tr '\n' ' ' <w/f)" 'old 1 2 3 '
	ba rollback -y --force 2 >&2
	ba rollback -y --force 1 >&2
	eq "$(cat w/f)" old
}

# A clock that was ahead once: nobody made it just now.
case_a_file_from_the_future() {
	root
	command -v debugfs >/dev/null || skip 'no debugfs here'
	ext4_image 16M
	unshare -m bash -c '
		set -e
		mount -o loop img m
		for f in a b c d; do echo precious >m/$f; done
		umount m
		for f in a b c d; do debugfs -w -R "set_inode_field /$f crtime 20391231000000" img; done
		mount -o loop img m
		"$BUILDAUDIT" -d "$1/audit.db" run -q --include "$1/m" -- sh -c "chmod 600 m/a; mv m/b m/b2; echo x >>m/c; rm m/d"
		"$BUILDAUDIT" -d "$1/audit.db" rollback -y 1
		cat m/[a-d]*' - "$T" >out 2>err || { cat err >&2; return 1; }
	eq "$(sort -u out)" precious
	eq "$(wc -l <out)" 4
}

# A clock that was ahead by seconds, and has caught up when the command comes to the file.
case_a_file_from_the_near_future() {
	root
	command -v debugfs >/dev/null || skip 'no debugfs here'
	ext4_image 16M
	unshare -m bash -c '
		set -e
		mount -o loop img m
		mkdir m/e
		for f in a b c d e/f g l; do echo precious >m/$f; done
		ln m/l m/l2
		umount m
		at=$(($(date +%s) + 4))
		for f in a b c d e e/f g l; do debugfs -w -R "set_inode_field /$f crtime @$at" img; done
		mount -o loop img m
		ba() { "$BUILDAUDIT" -d "$1/audit.db" "${@:2}"; }
		ba "$1" run -q --include "$1/m" -- sh -c "while [ \$(date +%s) -le $at ]; do sleep 0.2; done
			chmod 600 m/a; mv m/b m/b2; echo x >m/c; rm m/d; mv m/e m/e2; mv m/b2 m/g; echo y >>m/l
			echo new >m/n; echo newer >m/n"
		ba "$1" sql "SELECT group_concat(substr(change, 1, 1) || substr(path, length(\"$1\") + 3)) FROM
			(SELECT * FROM manifest WHERE run_id = 1 ORDER BY change, path)" >changes
		ba "$1" rollback -y 1
		[ ! -e m/n ]
		cat m/[a-dg] m/l m/l2 m/e/f' - "$T" >out 2>err || { cat out err >&2; return 1; }
	eq "$(sort -u out)" precious
	eq "$(wc -l <out)" 8
	eq "$(cat changes)" c/e2,c/e2/f,c/n,m/a,m/c,m/g,m/l,m/l2,r/b,r/d,r/e,r/e/f
}

run_cases "$@"
