#!/bin/bash
# A commit puts in its place what was tried: exactly what a plain run would have left, or nothing.
. "$(dirname "$0")/../lib/cases.sh"

t() { "$BUILDAUDIT" -d "$DB" try $mode_flag -q --include "$T" -- "$@"; settle; }
needs_try() {
	is_root || skip 'a try needs root'
	t true 2>"$T/../why" || skip "no try here: $(cat "$T/../why")"
	ba discard 2>/dev/null
	rm -f "$DB"
}
see() { "$LIB/twins" see "$1" >"$T/../$2"; }
same() { "$LIB/twins" same "$T/../$1" "$T/../$2" "${@:3}" >&2 || fail "$1 and $2 are not the same"; }
commit() { ba commit -y "$@" 2>"$T/../said" || fail "commit: $(cat "$T/../said")"; }
# What commit says, with the exit status that it has to have.
says() {        # STATUS PATTERN ARGUMENT...
	local out
	out=$(want_rc "$1" ba commit "${@:3}" 2>&1) || fail "$out"
	has "$out" "$2"
}
# What a kind of file can be, and names of it outside of the folder.
start() {
	rm -rf p outside
	mkdir -p p/kept p/goes/deep p/moved/in p/to_file p/times outside
	for f in written appended replaced gone linked attributes caps running one two swap1 swap2 both; do
		echo "$f" >p/$f
	done
	seq 60000 >p/big
	ln p/linked p/linked2
	ln p/linked outside/linked
	ln p/both outside/both
	echo d >p/goes/deep/d
	echo m >p/moved/m
	ln p/moved/m p/moved/in/m2
	echo t >p/to_file/t
	echo u >p/to_folder
	echo x >p/times/x
	ln -s written p/symlink
	mkfifo p/pipe
	setfattr -n user.kept -v 1 p/attributes
	chown 3:4 p/caps
	find p outside -execdir touch -h -d '2020-01-02 03:04:05.123456789' {} +
}
changes='
echo new >written
echo more >>appended
echo whole >tmp; chmod 640 tmp; mv tmp replaced
rm gone; rm -r goes
echo through >>linked
mv moved renamed; echo r >renamed/r; echo mm >>renamed/m
rm -r to_file; echo now >to_file
rm to_folder; mkdir -m 750 to_folder; echo in >to_folder/in
mkdir -p new/er; echo e >new/er/e; ln new/er/e new/e2; ln -s ../written new/s; mkfifo -m 600 new/p; mknod new/null c 1 3
chmod 4755 attributes; chown 5:6 attributes; setfattr -n user.kept -v 2 attributes; setfattr -n user.more -v 3 attributes
setcap cap_net_raw+ep caps
ln one another; ln both new/both
mv swap1 swap; mv swap2 swap1; mv swap swap2
touch -d 2001-02-03 two; touch -h -d 2001-02-04 symlink
echo y >times/y; rm times/y; touch -d 2001-02-05 times
chmod g+s kept; setfattr -n user.of -v folder kept
dd if=/dev/zero of=big bs=1 seek=100000 count=5 conv=notrunc status=none
truncate -s 1G new/sparse
'
program() { (cd p && sh -ec "$changes"); }

case_what_a_plain_run_leaves() {
	needs_try
	start
	program
	mkdir ../by_itself
	mv p outside ../by_itself
	see ../by_itself plain
	start
	mkdir both && mv p outside both
	see both before
	(cd both/p && t sh -ec "$changes
		'$LIB/twins' see '$T/both' >&9" 9>"$T/../seen")
	see both untouched
	same before untouched --times
	(ba commit -n >"$T/../would") 2>&1
	see both untouched
	same before untouched --times
	commit
	see both committed
	same plain committed
	same seen committed --times
	want_rc 0 ba verify 1
	has "$(grep -c . "$T/../would")" '^[1-9]'
	[ ! -e "$DB.scenes" ] || fail 'the image is there still'
	ba rollback -y 1 2>/dev/null
	see both back
	same before back
}

case_rollback_of_the_commit_is_that_of_the_run() {
	needs_try
	start
	see p before
	t sh -ec "cd p; $changes"
	commit
	eq "$(q 'SELECT run_id, kind, of_run, state FROM runs ORDER BY run_id')" $'1|||complete\n2|commit|1|complete'
	ba rollback -y 2 2>/dev/null
	see p back
	same before back
	has "$(ba runs --json | head -n 1)" '"kind":"rollback","of_run":1,'
}

case_what_was_changed_since_is_named() {
	needs_try
	start
	mkdir p/home
	t sh -ec "cd p; $changes
		echo n >home/n; chmod 700 kept"
	echo else >p/written
	rm p/gone
	echo here >p/another
	rm -r p/home
	chmod 711 p/kept
	echo foreign >p/goes/foreign
	see p before
	out=$(want_rc 1 ba commit -y 2>&1)
	has "$out" 'keep +file +.*/p/written +\(changed since\)'
	has "$out" 'keep +file +.*/p/gone +\(removed since\)'
	has "$out" 'keep +file +.*/p/another +\(something stands there since\)'
	has "$out" 'keep +file +.*/p/home/n +\(the folder that it is in is gone\)'
	has "$out" 'keep +dir +.*/p/kept +\(changed since\)'
	has "$out" 'keep +dir +.*/p/goes +\(something came into the folder since'
	has "$out" 'run 1 is not committed: at 6 places'
	eq "$(grep -c '^[a-z]* *[a-z]* */' <<<"$out")" 6
	see p after
	same before after --times
	eq "$(q 'SELECT count(*) FROM runs')" 1
	says 1 'at 2 places' -y --force
	mkdir p/home
	rm p/goes/foreign
	commit --force
	eq "$(cat p/written p/another p/home/n)" $'new\none\nn'
	ba rollback -y 1 2>/dev/null
	eq "$(cat p/written p/another)" $'else\nhere'
	refused test -e p/gone
}

# Files that had two names, and those that had one, are not what the command found any more.
case_names_of_one_file_that_are_none_any_more() {
	local force
	needs_try
	mkdir p
	echo orig >p/a && ln p/a p/a2
	echo one >p/b && echo two >p/b2
	echo gone >p/c && ln p/c p/c2
	t sh -c 'cd p; echo mine >a; echo mine1 >b; echo mine2 >b2; rm c2; echo mine >c'
	cp -p p/a p/x && mv p/x p/a2
	ln -f p/b p/b2
	rm p/c && mkdir p/c
	see p before
	for force in '' --force; do
		out=$(want_rc 1 ba commit -y $force 2>&1)
		has "$out" 'keep +file +.*/p/a2 +\(it is no name of the same file as .*/p/a any more'
		has "$out" 'keep +file +.*/p/b2 +\(it is a name of the same file as .*/p/b now'
		has "$out" 'keep +file +.*/p/c2 +\(it is no name of the same file as .*/p/c any more'
		see p after
		same before after --times
	done
	ln -f p/a p/a2
	rm p/b2 && echo two >p/b2
	rmdir p/c && ln p/c2 p/c
	commit --force
	eq "$(cat p/a p/a2 p/b p/b2 p/c)" $'mine\nmine\nmine1\nmine2\nmine'
	ba rollback -y 1 2>/dev/null
	eq "$(cat p/a p/a2 p/b p/b2 p/c p/c2)" $'orig\norig\none\ntwo\ngone\ngone'
}

# What stood nowhere when the command put it there is a name of a file of before now.
case_a_new_name_that_is_another_file_now() {
	needs_try
	mkdir p
	echo orig >p/a
	t sh -c 'cd p; echo mine >a; echo new >n'
	ln p/a p/n
	says 1 'it is a name of the same file as .*/p/a now' -y --force
	eq "$(cat p/a p/n)" $'orig\norig'
}

case_a_name_of_two_that_is_gone() {
	needs_try
	mkdir p
	echo orig >p/a && ln p/a p/a2
	t sh -c 'echo mine >p/a'
	rm p/a2
	says 1 '/p/a2 +\(removed since' -y
	commit --force
	eq "$(cat p/a p/a2)" $'mine\nmine'
}

case_two_commands_that_write_to_one_file_by_two_names() {
	needs_try
	mkdir p
	echo orig >p/a && ln p/a p/a2
	t sh -c 'echo 1 >>p/a'
	"$BUILDAUDIT" -d "$DB" try $mode_flag -q --continue 1 --include "$T" -- sh -c 'echo 2 >>p/a2'
	settle
	commit
	eq "$(cat p/a)" $'orig\n1\n2'
	eq "$(cat p/a2)" "$(cat p/a)"
}

# All but the ctime is as it was, and there is no hash: nobody knows whether it is another's by now.
case_what_was_changed_since_where_nothing_was_kept() {
	needs_try
	start
	for f in rewritten in_place removed left by_link chmod; do echo orig >p/$f; done
	ln p/by_link p/by_link2
	age p
	"$BUILDAUDIT" -d "$DB" try $mode_flag -q --no-backup --include "$T" -- sh -ec 'cd p
		echo mine >rewritten; echo mine >new; mv new rewritten; echo mine >in_place; rm removed
		echo mine >left; echo mine >by_link2; chmod 600 chmod; ln -sf mine symlink'
	settle
	for f in rewritten in_place removed by_link; do
		echo THEM >p/$f
		touch -d '2020-01-02 03:04:05.123456789' p/$f
	done
	ln -sfn theirs! p/symlink
	touch -h -d '2020-01-02 03:04:05.123456789' p/symlink
	see p before
	out=$(want_rc 1 ba commit -y 2>&1)
	see p after
	same before after --times
	for f in rewritten in_place removed by_link by_link2 symlink; do
		has "$out" "keep +[a-z]+ +.*/p/$f +\\(changed since"
	done
	has "$out" 'not committed: at 6 places'
	commit --force
	eq "$(cat p/rewritten p/in_place p/by_link p/left)" $'mine\nmine\nmine\nmine'
	ba rollback -y 1 2>/dev/null
	eq "$(cat p/rewritten p/in_place p/by_link p/removed p/left)" $'THEM\nTHEM\nTHEM\nTHEM\norig'
}

case_without_originals_what_nobody_changed_is_committed() {
	needs_try
	start
	(cd p && "$BUILDAUDIT" -d "$DB" try $mode_flag -q --no-backup --include "$T" -- sh -ec "$changes")
	"$BUILDAUDIT" -d "$DB" try $mode_flag -q --no-backup --continue 1 --include "$T" -- \
		sh -c 'cd p; echo again >>linked2; echo more >one; rm big'
	settle
	commit
	eq "$(tail -n 1 p/linked)" again
	eq "$(cat p/another)" more
	refused test -e p/big
}

case_a_later_run_goes_first() {
	needs_try
	mkdir p
	echo 0 >p/f
	t sh -c 'echo 1 >p/f'
	rec -q --include "$T/p" sh -c 'echo 2 >p/f'
	settle
	says 1 'run 2 changed it since: roll that one back first' -y --force 1
	ba rollback -y 2 2>/dev/null
	commit 1
	eq "$(cat p/f)" 1
}

# A link to what another one made; the older one is rolled back first.
case_a_link_to_what_was_committed() {
	needs_try
	mkdir p
	t sh -c 'echo hi >p/e'
	commit
	t ln p/e p/c
	commit
	ba rollback -y 1 >/dev/null 2>&1
	ba rollback -y 3 >"$T/../said" 2>&1 || fail "$(cat "$T/../said")"
	eq "$(ls p)" ''
}

case_a_part_of_it() {
	needs_try
	start
	t sh -ec "cd p; $changes"
	says 125 'names of one file' -y --only "$T/p/swap1"
	says 125 'is the new folder it is in' -y --only "$T/p/new/er/e" --only "$T/p/new/e2"
	commit --only "$T/p/writ*" --only "$T/p/to_folder" --only 'app*'
	has "$(cat "$T/../said")" '1 created, 3 modified, 0 removed, [1-9][0-9]* given up'
	eq "$(cat p/written p/to_folder/in p/appended p/replaced p/gone)" $'new\nin\nappended\nmore\nreplaced\ngone'
	eq "$(ba files 1)" "modified  file     $T/p/appended
modified  dir      $T/p/to_folder
created   file     $T/p/to_folder/in
modified  file     $T/p/written"
	want_rc 0 ba verify 1
}

# A slip of the finger gives nothing up.
case_a_part_that_is_none() {
	needs_try
	mkdir p
	t sh -c 'echo 1 >p/f'
	says 125 'nothing that was changed matches' -y --only nomatch
	says 125 'nothing that was changed matches' -n --only p/f
	commit --only "$T/p/f"
	eq "$(cat p/f)" 1
}

case_several_commands_one_after_the_other() {
	needs_try
	start
	see p before
	t sh -c 'cd p; echo 1 >made; echo 1 >written; mkdir dir; echo gone >dir/gone; mv replaced kept/'
	"$BUILDAUDIT" -d "$DB" try $mode_flag -q --continue 1 --include "$T" -- sh -c \
		'cd p; echo 2 >made; echo 2 >>written; rm -r dir; ln made made2; mv kept/replaced replaced'
	settle
	commit
	eq "$(cat p/made p/written p/made2 p/replaced)" $'2\n1\n2\n2\nreplaced'
	[ p/made -ef p/made2 ] && [ ! -e p/dir ]
	eq "$(q "SELECT DISTINCT state FROM runs")" complete
	ba rollback -y 2 2>/dev/null
	eq "$(cat p/made p/written)" $'1\n1'
	ba rollback -y 1 2>/dev/null
	see p back
	same before back
}

# Three runs in one scene that build upon each other: made, changed, moved and taken away again.
several() {
	local go_on=("$BUILDAUDIT" -d "$DB" try $mode_flag -q --continue 1 --include "$T")

	start
	see p before
	t sh -c 'cd p; rm gone; mkdir -p d/sub; echo 1 >d/sub/f; echo 1 >written; mv replaced kept/; rm -r goes
		echo 1 >made; chmod 600 one'
	"${go_on[@]}" -- sh -c 'cd p; echo 5 >gone; echo 2 >d/sub/g; echo 2 >>written; mv kept/replaced replaced
		chmod 700 made; echo 2 >two; echo 2 >d/h; rm to_file/t; rmdir to_file; mkdir goes'
	settle
	"${go_on[@]}" -- sh -c 'cd p; rm -r d; echo 3 >goes/in; rm written; echo 3 >to_file; echo 3 >linked; chmod 640 two'
	settle
	commit
}

case_rollback_of_the_commit_is_that_of_all_its_runs() {
	local would
	needs_try
	several
	see p committed
	says 0 'run 3 is committed already \(as run 4\)' -y 3
	would=$(ba rollback -n 4 2>&1)
	see p after
	same committed after --times
	hasnt "$would" 'keep|fail'
	has "$would" 'run 4 would be rolled back: [1-9][0-9]* removed, [1-9][0-9]* restored'
	out=$(ba rollback -y 4 2>&1)
	has "$out" '^buildaudit: run 4 rolled back \(as run 7\): [1-9][0-9]* removed, [1-9][0-9]* restored'
	see p back
	same before back
	eq "$(q "SELECT count(*) FROM standing")" 0
	eq "$(ba runs | grep -c 'rolled back')" 3
	# once more there is nothing to be done
	has "$(want_rc 0 ba rollback -y 4 2>&1)" ' 0 removed, 0 restored'
	see p back
	same before back
}

# What a commit put in its place is what was kept for the runs; without that there is nothing to give back.
case_a_run_is_forgotten_that_was_committed() {
	needs_try
	mkdir w
	echo precious >w/a
	ba try -q --include="$T" -- sh -c 'echo try >w/a; echo n >w/n'
	ba commit -y 1 2>/dev/null
	has "$(ba forget 1 2>&1)" 'run 1 is forgotten, with its commit: 1 kept original, '
	has "$(ba forget 2 2>&1)" 'run 2 is forgotten already'
	eq "$(q 'SELECT count(*) FROM runs')" 0
	ba try -q --include="$T" -- sh -c 'echo two >w/a'
	ba try --continue=3 -q --include="$T" -- sh -c 'echo three >w/a; echo 3 >w/n'
	ba commit -y 4 2>/dev/null
	ba forget 3 2>/dev/null
	has "$(want_rc 125 ba rollback -y 5 2>&1)" 'run 5 is a commit, and one of the runs that it put in its place is forgotten: what is left'
	has "$(want_rc 125 ba rollback -n 5 2>&1)" 'is forgotten'
	eq "$(cat w/a)" three
	ba rollback -y 4 2>/dev/null
	eq "$(cat w/a w/n)" $'two\nn'
	has "$(ba forget 4 2>&1)" 'run 4 is forgotten, with its undo and its commit: '
	ba try -q --include="$T" -- sh -c 'echo again >w/a'
	ba commit -y latest 2>/dev/null
	ba forget 8 2>/dev/null
	ba rollback -y 7 2>/dev/null
	eq "$(cat w/a)" two
}

case_rollback_of_a_commit_with_what_was_changed_since() {
	needs_try
	several
	echo mine >p/linked
	echo mine >p/made
	out=$(want_rc 1 ba rollback -n 4 2>&1)
	has "$out" 'keep +file +.*/p/linked +\(changed since'
	has "$out" 'keep +file +.*/p/made +\(changed since'
	eq "$(want_rc 1 ba rollback -y 4 2>&1 | grep '^keep')" "$(grep '^keep' <<<"$out")"
	eq "$(cat p/linked p/made p/gone p/written p/to_file/t)" $'mine\nmine\ngone\nwritten\nt'
	has "$(want_rc 1 ba rollback -y 4 2>&1)" 'keep +file +.*/p/linked'
	ba rollback -y --force 4 2>/dev/null
	see p back
	same before back
}

# What it put in its place is those runs': an uninstall of the commit would be none, and say that it is done.
case_a_commit_is_not_uninstalled() {
	needs_try
	mkdir p
	t sh -c 'echo 1 >p/f'
	commit
	has "$(want_rc 125 ba uninstall -y 2 2>&1)" 'run 2 is a commit: what can be uninstalled is what it put in its place, run 1$'
	eq "$(q 'SELECT count(*) FROM runs')" 2
	ba uninstall -y 1 2>/dev/null
	eq "$(ls p)" ''
}

# By its number in the layers it would be another file than the one that the commit has made.
case_what_one_run_wrote_and_the_next_one_dressed() {
	local run go_on=("$BUILDAUDIT" -d "$DB" try $mode_flag -q --continue 1 --include "$T")
	needs_try
	mkdir p
	for f in chmodded chowned marked moved linked; do echo old >p/$f; done
	ln p/linked p/linked2
	see p before
	t sh -c 'cd p; echo new >chmodded; echo new >chowned; echo new >marked; mv moved elsewhere; echo new >linked'
	"${go_on[@]}" -- sh -c 'cd p; chmod 600 chmodded linked2; chown 3:4 chowned; setfattr -n user.a -v 1 marked
		mv elsewhere moved'
	"${go_on[@]}" -- sh -c 'cd p; chmod 640 chmodded moved; rm marked'
	settle
	commit
	for run in 3 2 1; do
		ba rollback -y $run 2>"$T/../said" || fail "rollback of run $run: $(cat "$T/../said")"
	done
	see p back
	same before back
}

# The newest of its runs was taken back by itself.
case_rollback_of_a_commit_that_was_rolled_back_in_part() {
	needs_try
	several
	ba rollback -y 3 2>/dev/null
	eq "$(cat p/written p/d/sub/f p/d/sub/g)" $'1\n2\n1\n2'
	ba rollback -y 4 2>"$T/../said" || fail "rollback: $(cat "$T/../said")"
	see p back
	same before back
}

case_processes_that_it_left() {
	needs_try
	mkdir p
	(cd p && "$BUILDAUDIT" -d "$DB" try $mode_flag -q --include "$T" -- sh -c 'echo 1 >f; sleep 1000 >/dev/null 2>&1 & echo $! >&9' 9>"$T/../pid")
	pid=$(cat "$T/../pid")
	trap 'kill $pid 2>/dev/null || :' EXIT
	says 125 "\(pid $pid\)" -y
	"$BUILDAUDIT" -d "$DB" try $mode_flag -q --continue 1 --include "$T" -- true
	says 125 "\(pid $pid\)" -y 2
	[ ! -e p/f ]
	commit --force
	eq "$(cat p/f)" 1
}

case_what_fails_halfway_is_taken_back() {
	needs_try
	mkdir -p p/m
	unshare -m sh -ec '
		mount -t tmpfs -o size=100k none p/m
		echo 1 >p/f; echo 1 >p/m/f
		"$1" -d "$2" try -q --include "$3" -- sh -c "echo 2 >p/f; echo 2 >p/m/f; head -c 300000 /dev/zero >p/m/large; mkdir p/new"
		"$1" -d "$2" commit -y 2>refused && exit 1
		"$1" -d "$2" commit -y --force 2>said && exit 1
		cat p/f p/m/f; ls p p/m' sh "$BUILDAUDIT" "$DB" "$T" >out
	eq "$(cat out)" $'1\n1\np:\nf\nm\n\np/m:\nf'
	has "$(cat refused)" 'no room for .*/p/m/large and what else .*: it takes 1 MiB, and 0 MiB are free .*: nothing was changed'
	has "$(cat said)" 'p/m/large could not be made: No space left'
	hasnt "$(cat said)" '; and'
	eq "$(q 'SELECT run_id, state FROM runs')" '1|staged'
}

# The database is on the disk that is full, and the commit is taken back all the same.
case_no_room_for_the_database_either() {
	needs_try
	mkdir m
	unshare -m sh -ec '
		mount -t tmpfs -o size=100m none m
		mkdir m/t m/d; echo old >m/t/old; echo gone >m/t/gone
		"$1" -d "$PWD/m/d/db" try -q --include "$PWD/m/t" sh -c "
			cd m/t; echo new >old; rm gone; mkdir d; echo 1 >d/f; head -c 70M /dev/urandom >big"
		for force in "" --force --force; do
			"$1" -d "$PWD/m/d/db" commit -y $force 2>>said && exit 1
			ls -A m/t; cat m/t/old; ls -A m/d; "$1" -d "$PWD/m/d/db" sql "SELECT run_id, state FROM runs"
		done
		"$1" -d "$PWD/m/d/db" commit -y --only "$PWD/m/t/old" 2>>said; cat m/t/old' sh "$BUILDAUDIT" >out
	cat said out >&2
	eq "$(grep -c 'm/t/big could not be made: No space left on device$' said)" 2
	has "$(head -n 1 said)" 'no room for .*/m/t/big .*: it takes 71 MiB'
	eq "$(grep -c '^old$' out)" 6
	eq "$(tail -n 1 out)" new
}

case_a_program_that_runs() {
	needs_try
	mkdir p
	cp "$(command -v sleep)" p/prog
	p/prog 1000 &
	trap 'kill $! 2>/dev/null || :' EXIT
	t sh -c 'head -c 4000000 /dev/zero >p/prog'
	commit
	eq "$(stat -c %s p/prog)" 4000000
}

case_an_install_owns_it_from_then_on() {
	needs_try
	mkdir -p p thing-1.2
	(cd thing-1.2 && "$BUILDAUDIT" -d "$DB" try $mode_flag -q --include "$T/p" -- sh -c "echo 1 >$T/p/f; mkdir $T/p/d")
	settle
	refused ba list thing 2>/dev/null
	commit
	has "$(ba list)" '^thing +1\.2 +1 '
	has "$(ba owner p/f)" 'thing'
	ba uninstall -y thing 2>/dev/null
	eq "$(ls p)" ''
}

# The database by its plain name, from its folder.
case_a_database_beside() {
	needs_try
	mkdir p
	here() { (cd "$T/.." && "$BUILDAUDIT" -d audit.db "$@"); }
	here try $mode_flag -q --include "$T" -- sh -c "echo 1 >$T/p/f"
	settle
	eq "$(here files -0 | tr '\0' ' ')" "$T/p/f "
	here verify
	here commit -y 2>/dev/null
	eq "$(cat p/f)" 1
	here try $mode_flag -q --include "$T" -- sh -c "echo 2 >$T/p/f"
	settle
	here discard 2>/dev/null
	eq "$(cat p/f)" 1
	[ ! -e "$DB.scenes" ]
	here rollback -y 2>/dev/null
	eq "$(ls p)" ''
}

case_it_asks_and_tells() {
	local out
	needs_try
	mkdir p
	says 125 'there is no database' -y
	t sh -c 'echo 1 >p/f'
	says 2 '-y is needed'
	out=$(ba commit -n --json 2>"$T/../said") || fail "commit: $(cat "$T/../said")"
	eq "$out" "{\"action\":\"create\",\"type\":\"file\",\"path\":\"$T/p/f\",\"reason\":null}"
	says 0 'would be committed: 1 created, 0 modified, 0 removed' -n
	[ ! -e p/f ]
	eq "$(ba commit -y -v 2>"$T/../said")" "create   file     $T/p/f"
	has "$(cat "$T/../said")" '^buildaudit: run 1 committed \(as run 2\): 1 created, 0 modified, 0 removed$'
	says 0 'run 1 is committed already \(as run 2\)' -y 1
	rec -q true
	says 125 'is not staged: there is nothing to commit' -y
	refused ba discard 1 2>/dev/null
}

run_cases "$@"
