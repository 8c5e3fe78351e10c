#!/bin/bash
# A folder that a run was at is a file by now, or a symlink: what an undo says of what was below, and that it ends.
. "$(dirname "$0")/../lib/cases.sh"

one() { rec -q --include="$T/p" "${@:2}" -- sh -ec "cd p; $1"; }
look() { (cd p && find . ! -type d -printf '%P %y %m %s %T@ %l\n' -o -type d -printf '%P d %m\n' | sort && find . -type f -exec sha256sum {} + | sort); }
# What it tells of each place, but for its last line.
told() { sed "s|$T/p/||; /^buildaudit: /d" "$1"; }
# dry_is_the_deed STATUS RUN: both say the same.
dry_is_the_deed() {
	want_rc "$1" ba rollback -nv "$2" >dry 2>&1
	want_rc "$1" ba rollback -yv "$2" >deed 2>&1
	eq "$(told dry | sort)" "$(told deed | sort)" 'the dry run is not the deed'
}
taken_back() { for k in "$@"; do ba rollback -y "$k" >out 2>&1 || fail "run $k: $(cat out)"; done; look | diff before -; }

case_a_later_run_put_a_file_there() {
	mkdir -p p/c/a
	echo one >p/c/a/a
	look >before
	one 'rm -r c/a'
	one 'rm -r c; echo file >c'
	settle
	dry_is_the_deed 1 1
	eq "$(grep -c "^keep .*(run 2 changed $T/p/c since: roll that one back first)\$" deed)" 2
	hasnt "$(cat deed)" 'fail'
	taken_back 2 1
}

# Of a commit all is taken back at one time, and the dry run knows what the later one would have put back.
case_both_of_one_commit() {
	is_root && "$BUILDAUDIT" -d "$DB" try -q -- true 2>why || skip "no try here"
	rm -rf "$DB"*
	mkdir -p p/c/a
	echo one >p/c/a/a
	look >before
	"$BUILDAUDIT" -d "$DB" try $mode_flag -q --include "$T/p" -- sh -ec 'rm -r p/c/a'
	"$BUILDAUDIT" -d "$DB" try $mode_flag -q --continue 1 --include "$T/p" -- sh -ec 'rm -r p/c; echo file >p/c'
	settle
	ba commit -y 1
	dry_is_the_deed 0 3
	look | diff before -
}

# Nothing fails, and so the runs may be forgotten.
case_several_runs_of_an_install() {
	mkdir -p p/c/a
	echo one >p/c/a/a
	look >before
	one 'rm -r c/a; chmod 700 c' --name=p --pkgversion=1
	one 'ln -s x c/a' --name=p --pkgversion=2
	one 'rm c/a; echo f >c/a' --name=p --pkgversion=3
	one 'rm -r c; echo file >c'
	settle
	dry_is_the_deed 1 1
	hasnt "$(cat deed)" 'fail'
	taken_back 4 3 2 1
	ba forget 2
	ba forget 3
}

case_a_symlink_came_there() {
	mkdir -p p/c/a p/z
	echo one >p/c/a/a
	one 'rm -r c/a; mkdir c/new; echo n >c/new/f'
	settle
	mv p/c p/z/c
	ln -s z/c p/c
	dry_is_the_deed 1 1
	eq "$(told deed | grep -c '^keep .*a folder above it is a symlink, or no folder, now')" 4
	eq "$(cat p/c/new/f)" n
}

# There is nothing below a file: what the run had made there has gone.
case_once_more_when_all_is_back() {
	local link
	for link in 'echo two >a/b' 'ln -s ../c a/b'; do
		rm -rf p "$DB"*
		mkdir -p p/a p/c/a
		echo three >p/c/a/f
		(cd p && eval "$link")
		look >before
		one 'mv a/b x; mv c a/b; mv x a/y; rm a/y'
		one 'rm -r a/b/a; echo mine >a/b/a'
		settle
		want_rc 1 ba rollback -y 1 >out 2>&1
		taken_back 2 1 1
		has "$(ba rollback -yv 1 2>&1)" '0 removed, 0 restored, 6 as before already$'
		has "$(ba rollback -yv --force 1 2>&1)" '0 removed, 0 restored, 6 as before already$'
	done
}

# The folder stays as long as a later run has something to put back in it.
case_a_folder_that_a_later_run_needs() {
	mkdir -p p/a p/c/a
	echo two >p/a/b
	echo three >p/c/a/f
	look >before
	one 'mv a/b x; mv c a/b; mv x a/y; rm a/y'
	one 'rm -r a/b/a'
	settle
	dry_is_the_deed 1 1
	has "$(cat deed)" "^keep +file +$T/p/a/b  \(run 2 changed what is in it since: roll that one back first\)$"
	taken_back 2 1
	has "$(ba rollback -yv 1 2>&1)" '0 removed, 0 restored, 6 as before already$'
}

# The file that is in the way is the last copy of another, which nobody kept: that stays, and what was below cannot come.
case_the_file_in_the_way_has_to_stay() {
	mkdir -p p/d/e
	echo in >p/d/e/f
	echo only >p/x
	one 'rm -r d; mv x d' --no-backup
	one 'echo new >x'
	settle
	dry_is_the_deed 1 1
	hasnt "$(cat deed)" 'fail'
	eq "$(cat p/d p/x | xargs)" 'only new'
}

case_forget_says_whose_rollback_failed() {
	local k
	mkdir -p p
	for k in 1 2 3; do one "echo $k >f$k" --name=p --pkgversion=$k; done
	settle
	sqlite3 "$DB" 'INSERT INTO undo_place (run_id, path_id, what) SELECT run_id, path_id, 1 FROM entry WHERE run_id = 2 AND change IS NOT NULL'
	for k in 1 3; do
		has "$(want_rc 125 ba forget $k 2>&1)" 'a rollback of run 2, which is of the same install, failed at 1 place, .*first \(that one again\)$'
	done
	has "$(want_rc 125 ba forget 2 2>&1)" 'a rollback of run 2 failed at 1 place, .*first \(the same again\)$'
	ba rollback -y 2 >&2
	ba forget 3
}

run_cases "$@"
