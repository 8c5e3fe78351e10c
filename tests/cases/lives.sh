#!/bin/bash
# An install is all runs of one name: `list`, `owner` and `show` tell of it as it is now.
. "$(dirname "$0")/../lib/cases.sh"

# Two versions of foo, the second without `old`, with bar's `both` over it.
some_lives() {
	mkdir p w
	echo before >p/conf
	inst foo 1.0 'mkdir p/lib; printf 1234 >p/lib/a; echo one >p/old; echo foo >p/both; ln -s a p/lib/l; echo mine >>p/conf'
	inst foo 2.0 'printf 123456 >p/lib/a; rm p/old'
	inst bar 1 'echo bar >p/both; echo x >p/own'
	settle
}
# inst NAME VERSION SCRIPT [OPTION...]
inst() { rec -q --name="$1" --pkgversion="$2" --include="$T/p" "${@:4}" -- sh -c "$3"; }
fields() { python3 -S -c 'import json,sys; [print(*[json.loads(l)[k] for k in sys.argv[1:]]) for l in sys.stdin]' "$@"; }

case_list_has_the_installs() {
	some_lives
	eq "$(ba list --json | fields name version runs files state)" $'bar 1 1 2 installed\nfoo 2.0 2 3 installed'
	has "$(ba list)" '^NAME +VERSION +FILES +SIZE +DATE +STATE'
	has "$(ba list)" '^foo +2\.0 +3 +[0-9]+ B +[0-9-]{10} [0-9:]{8} +installed$'
	eq "$(ba list -0 | tr '\0' ' ')" 'bar foo '
	eq "$(ba list --sort=size --json | fields name)" $'bar\nfoo'
	eq "$(ba list --sort=date --json | fields name)" $'foo\nbar'
}

# What left nothing, or has gone, is no install to a person; --all has it.
case_list_leaves_out_what_owns_nothing() {
	some_lives
	inst none 1 'true'
	settle
	hasnt "$(ba list)" none
	has "$(ba list --all)" '^none +1 +0 +0 B .*nothing$'
	ba rollback -y 3 >/dev/null
	eq "$(ba list -0 | tr '\0' ' ')" 'foo '
	has "$(ba list --all)" '^bar .*removed$'
}

# Another has what it had, and gives it back: nobody has removed it.
case_an_install_that_others_took_over() {
	mkdir p
	inst ta 1 'mkdir p/d; echo 1 >p/d/x'
	inst tk 1 'echo 2 >p/d/x'
	settle
	eq "$(ba list --all --json | fields name files state)" $'ta 0 superseded\ntk 1 installed'
	eq "$(ba list -0 | tr '\0' ' ')" 'tk '
	ba uninstall -y tk >/dev/null
	eq "$(ba list --all --json | fields name files state)" $'ta 1 installed\ntk 0 removed'
	# a command that only takes it out has nothing of it
	rec -q --include="$T/p" -- rm p/d/x
	settle
	has "$(ba list --all)" '^ta .* (installed|gone)$'
	rec -q --include="$T/p" -- rmdir p/d
	settle
	has "$(ba list --all)" '^ta .* removed$'
}

# The name that counts for a file's size may have gone to another file.
case_the_size_of_several_names() {
	mkdir p
	inst foo 1 'printf 12345 >p/a; ln p/a p/b; ln p/a p/c'
	eq "$(ba list --json | fields files bytes)" '3 5'
	inst foo 2 'printf 1234567 >p/d; ln p/d p/e; ln -f p/d p/a'
	settle
	eq "$(ba list --json | fields files bytes)" '5 12'
	has "$(ba list foo)" ': 12 bytes$'
	ba rollback -y 2 >/dev/null
	eq "$(ba list --json | fields files bytes)" '3 5'
}

case_list_of_one_has_what_it_owns_now() {
	some_lives
	eq "$(ba list -0 foo | tr '\0' '\n')" "$T/p/conf"$'\n'"$T/p/lib"$'\n'"$T/p/lib/a"$'\n'"$T/p/lib/l"
	has "$(ba list foo)" "^file +6  $T/p/lib/a\$"
	has "$(ba list foo)" "^symlink +$T/p/lib/l -> a\$"
	eq "$(ba list foo | tail -n 1)" 'total     2 files, 1 folder, 1 link: 18 bytes'
	eq "$(ba list --sort=size --json foo | fields size | sort -n)" "$(ba list --sort=size --json foo | fields size)"
	eq "$(ba list -0 3 | tr '\0' '\n')" "$(ba list -0 bar | tr '\0' '\n')"
	has "$(want_rc 125 ba list nobody 2>&1)" nobody
	want_rc 2 ba list --sort=colour 2>/dev/null
	want_rc 2 ba list foo bar 2>/dev/null
	want_rc 2 ba list -0 --json 2>/dev/null
}

# A person put a symlink where one of its folders was: what is behind it is not taken, and is the install's still.
case_a_folder_that_was_moved_away() {
	mkdir p e
	inst foo 1 'mkdir -p p/d/s; echo 1 >p/d/s/a; echo 1 >p/d/b'
	inst foo 2 'echo 2 >p/c'
	settle
	mv p/d e/d
	ln -s "$T/e/d" p/d
	has "$(ba uninstall -y -v foo 2>&1)" 'a folder above it is a symlink, or no folder, now'
	eq "$(ba list --json foo | fields path | sed "s|$T/||" | xargs)" 'p/d p/d/b p/d/s p/d/s/a'
	rm p/d
	mv e/d p/d
	has "$(ba owner p/d/b)" ': foo 1 '
	eq "$(ba verify foo)" ''
	ba uninstall -y foo >/dev/null
	eq "$(ls p; ba list)" ''
}

case_owner_names_install_run_and_process() {
	some_lives
	has "$(ba owner p/lib/a)" "^$T/p/lib/a: foo 2\\.0 \\(run 2, /.*sh \\([0-9]+\\)\\)\$"
	has "$(ba owner p/both)" ': bar 1 \(run 3, '
	eq "$(ba owner --json "$T/p/lib" | fields path name run_id)" "$T/p/lib foo 1
$T/p/lib/a foo 2
$T/p/lib/l foo 1"
	eq "$(ba owner --json 'c?nf' '?w[n]' | fields path)" "$T/p/conf
$T/p/own"
	cd p/lib || return
	eq "$(ba owner --json a | fields name)" foo
	eq "$(ba owner --json l | fields path)" "$T/p/lib/l
$T/p/lib/a" # the link, and where it leads
	cd ../..
}

case_a_glob_begins_in_a_folder() {
	some_lives
	cd w || return
	eq "$(ba owner --json '../p/c?nf' | fields path)" "$T/p/conf"
	ln -s ../p link
	eq "$(ba owner --json 'link/o*n' | fields path)" "$T/p/own"
	eq "$(ba files -0 3 '../p/o*' | tr '\0' ' ')" "$T/p/own "
	cd ..
}

case_runs_and_totals_know_the_install() {
	mkdir p
	inst foo 1.0 'echo 12345 >p/a; ln p/a p/b'
	inst foo 1.1 'echo 1234567 >p/c; ln p/c p/d'
	settle
	has "$(ba runs)" ' foo 1.1 '
	has "$(ba list foo)" ': 14 bytes$'
	has "$(ba list)" ' 14 B '
}

case_owner_of_what_is_nobodys() {
	some_lives
	eq "$(want_rc 1 ba owner p/old 2>&1)" 'buildaudit: no install on record owns p/old'
	eq "$(want_rc 1 ba owner p/nothing p/own 2>/dev/null | cut -d: -f1)" "$T/p/own"
	want_rc 1 ba owner '*.none' 2>/dev/null
	want_rc 2 ba owner 2>/dev/null
	ba rollback -y 3 >/dev/null
	has "$(ba owner p/both)" ': foo 1\.0 \(run 1, '
	want_rc 1 ba owner p/own 2>/dev/null
}

case_show_is_a_page_of_a_run() {
	some_lives
	local out
	rec -q --label=bad --include="$T/p" -- sh -c 'false; sh -c "exit 3"; echo b >p/lib/a; echo foo >p/new; rm p/own'
	settle
	out=$(ba show bad)
	has "$out" '^run +4, .*label bad'
	has "$out" '^command +sh -c '
	has "$out" "^where +$T\$"
	has "$out" '^when +[0-9-]{10} [0-9:]{8}, .* exit status 0, complete$'
	has "$out" '^changed +1 created \(4 B\), 1 replaced \(2 B\), 0 the same, 1 removed'
	has "$out" '^failed +3 +pid [0-9]+ +sh -c .exit 3.'
	has "$out" "^replaced +$T/p/lib/a  6 B -> 2 B, original kept\$"
	has "$out" "^removed +$T/p/own  2 B, original kept\$"
	eq "$(ba show --json bad | fields row)" $'run\nfailed\nreplaced\nreplaced'
	rec -q --label=many --no-backup --include="$T/p" -- bash -c 'for i in {1..13}; do (exit 1); done; echo n >p/lib/a'
	settle
	eq "$(ba show many | grep -c '^failed')" 10
	has "$(ba show many)" '^ +and 3 more \(-v\)$'
	eq "$(ba show -v many | grep -c '^failed')" 13
	has "$(ba show many)" 'original not kept$'
}

# No original is kept of what is still there under another name: the page says where, and shows what it held.
case_show_says_where_a_file_was_moved() {
	mkdir p
	printf 'one\n' >p/gone
	printf 'old\n' >p/conf
	: >p/empty
	rec -q --label=move --include="$T/p" -- sh -c 'mv p/gone p/here; mv p/conf p/conf.old; echo new >p/conf; echo e >p/empty'
	settle
	has "$(ba show move)" "^removed +$T/p/gone  4 B, moved to $T/p/here\$"
	has "$(ba show move)" "^replaced +$T/p/conf  4 B -> 4 B, moved to $T/p/conf.old\$"
	has "$(ba show move)" "^replaced +$T/p/empty  0 B -> 2 B, original kept\$"
	eq "$(ba show move ./p/gone)" "$T/p/gone: file -> nothing (moved to $T/p/here)"
	eq "$(ba show move ./p/conf)" "--- $T/p/conf	before run 1
+++ $T/p/conf	now
@@ -1 +1 @@
-old
+new"
	echo edited >p/conf.old
	eq "$(ba show move ./p/conf)" "$T/p/conf: file -> file (moved to $T/p/conf.old)"
}

# What was moved aside, and then overwritten there, is no more where it was moved.
case_show_of_an_install_says_where_a_file_is_now() {
	mkdir p
	echo user >p/foo
	echo user2 >p/bar
	inst f 1 'echo 1 >foo; install -b foo p/foo; mv p/bar p/bar.old; echo 1 >p/bar'
	settle
	has "$(ba show f)" "p/foo  5 B -> 2 B, moved to $T/p/foo~\$"
	inst f 2 'echo 2 >foo; install -b foo p/foo'
	settle
	has "$(ba show f)" 'p/foo  5 B -> 2 B, original kept$'
	has "$(ba show f "$T/p/foo")" '^-user$'
	has "$(ba show f)" "p/bar  6 B -> 2 B, moved to $T/p/bar.old\$"
	echo person >p/bar.old
	has "$(ba show f)" "p/bar  6 B -> 2 B, moved to $T/p/bar.old, changed or gone since\$"
	has "$(ba show 1)" "p/bar  6 B -> 2 B, moved to $T/p/bar.old\$"
}

case_show_tells_a_chmod_from_what_is_replaced() {
	mkdir -p p/d
	echo a >p/a
	echo b >p/b
	age p
	rec -q --label=set --include="$T/p" -- sh -c 'chmod 600 p/a; chmod 700 p/d; echo bb >p/b'
	settle
	has "$(ba show set)" '^changed +0 created, 1 replaced \(3 B\), 2 given another mode or owner \(2 B\), 0 the same, 0 removed$'
}

case_show_is_a_page_of_an_install() {
	some_lives
	has "$(ba show foo)" '^install +foo 2\.0, installed$'
	has "$(ba show foo)" '^owns +3 files, '
	eq "$(ba show foo | grep '^run ')" $'run       2, of foo 2.0\nrun       1, of foo 1.0'
	eq "$(ba show --json foo | fields row | sort -u)" $'install\nreplaced\nrun'
}

case_what_has_become_of_a_run() {
	some_lives
	inst bar 2 'echo bar2 >p/both; echo y >p/own'
	settle
	ba rollback -y 2 >/dev/null 2>&1
	eq "$(for i in 1 2 3 4; do ba show --json $i | head -n 1; done | fields run_id undone superseded)" $'1 None 0\n2 rollback 0\n3 None 1\n4 None 0'
	has "$(ba show 2)" '^since +rolled back$'
	has "$(ba show 3)" '^since +superseded$'
	hasnt "$(ba show 4)" '^since'
	eq "$(ba show --json 2 | head -n 1 | fields row undone whole)" 'run rollback 1'
}

# What was there before it, not what it wrote anew over its own; and no more of it than a page has.
case_show_has_what_was_there_before_the_install() {
	some_lives
	eq "$(ba show foo | grep -o '^replaced *[^ ]*')" "replaced  $T/p/conf"
	eq "$(ba show -v foo | grep -c '^replaced')" 2
	eq "$(ba show --json foo | grep replaced | fields own path)" "0 $T/p/conf
1 $T/p/lib/a
1 $T/p/old"
	for i in {10..35}; do echo old >p/many$i; done
	inst many 1 'for i in p/many*; do echo new >>"$i"; done'
	settle
	eq "$(ba show many | grep -c '^replaced')" 20
	has "$(ba show many)" '^ +and 6 more \(-v\)$'
	eq "$(ba show -v many | grep -c '^replaced')" 26
}

# An install is all of its runs: what the newest found done is what an older one did, and what is gone by them is removed.
case_an_install_that_was_run_again() {
	mkdir p
	for f in whole mine line; do echo old >p/$f; done
	age p
	local i
	for i in 1 2; do inst qq 1 'echo new >p/whole; echo b >p/b; rm -f p/mine; echo more >>p/line; touch p/b'; done
	settle
	eq "$(ba files qq | sed "s|  .* $T/p/| |")" $'created b\nmodified line\nremoved mine\nmodified whole'
	eq "$(ba files --removed -0 qq | tr '\0' ' ')" "$T/p/mine "
	eq "$(ba files --same -0 qq)" ''
	eq "$(ba files --json qq | fields change same content_changed)" $'created 0 None\nmodified 0 1\nremoved 0 None\nmodified 0 1'
	has "$(ba show qq)" '^changed +1 created \(2 B\), 2 replaced \(18 B\), 0 the same, 1 removed \(4 B\)$'
	has "$(ba show qq)" "^replaced +$T/p/line  4 B -> 14 B, original kept\$"
	eq "$(ba show qq | grep -c "^removed  *$T/p/mine")" 1
	eq "$(ba files 2 | sed 's/ .*//' | xargs)" 'same modified same'
	# what it had made itself is not missed
	inst qq 2 'rm p/b'
	settle
	eq "$(ba files --removed -0 qq | tr '\0' ' ')" "$T/p/mine "
	# nor are its upgrades news once it is gone
	inst up 1 'echo 1 >p/u'
	inst up 2 'echo 2 >p/u'
	settle
	ba uninstall -y up >/dev/null
	hasnt "$(ba show up)" '^replaced'
}

# From the kept original, as diff(1) has it.
case_show_of_a_path_is_old_to_new() {
	some_lives
	eq "$(ba show 1 p/conf)" "--- $T/p/conf	before run 1
+++ $T/p/conf	now
@@ -1 +1,2 @@
 before
+mine"
	eq "$(ba show foo p/conf)" "$(ba show 1 ./p/conf)"
	eq "$(ba show 2 ./p/old)" "--- $T/p/old	before run 2
+++ $T/p/old	gone
@@ -1 +0,0 @@
-one"
	has "$(want_rc 1 ba show foo ./p/both 2>&1)" 'is at ./p/both'
	printf '\0\1' >p/bin
	rec -q --include="$T/p" -- sh -c 'printf "\0\2" >p/bin; ln -sfn b p/lib/l'
	settle
	eq "$(ba show latest ./p/bin | wc -l)" 1
	eq "$(ba show latest ./p/lib/l)" "$T/p/lib/l: symlink to a -> symlink to b"
	rec -q --no-backup --include="$T/p" -- sh -c 'echo >p/bin'
	settle
	has "$(ba show latest ./p/bin)" 'original not kept'
}

# The install as its runs have made it by now: what was taken back is no part of it.
case_package_of_what_is_left_of_it() {
	local said
	mkdir p
	inst foo 1 'mkdir p/bin; echo 1 >p/bin/foo; echo 1 >p/bin/bar; echo 1 >p/bin/baz'
	inst foo 2 'echo 2 >p/bin/foo; echo 1 >p/bin/bar; echo 2 >p/bin/two'
	settle
	pack() { ba package --type=tar --compress=none -o "$T" -y "$@"; }
	ba rollback -y foo@2 >/dev/null
	eq "$(pack foo 2>/dev/null)" "$T/foo-1.tar"
	eq "$(tar -tf foo-1.tar | sed -n "s|.*${T#/}/p/bin/||p" | xargs)" 'bar baz foo'
	said=$(want_rc 125 ba package --type=tar -y foo@2 2>&1)
	eq "$said" 'buildaudit: nothing to pack: run 2 (foo 2) was rolled back'
	ba uninstall -y foo >/dev/null
	said=$(want_rc 125 ba package --type=tar -y foo 2>&1)
	eq "$said" 'buildaudit: nothing to pack: run 2 (foo 2) was uninstalled'
	said=$(want_rc 125 ba package --type=tar -y foo@1 2>&1)
	eq "$said" 'buildaudit: nothing to pack: run 1 (foo 1) was uninstalled'
}

# What an uninstall of the run leaves is packed, and what it takes out is not said to be somebody else's.
case_package_of_what_an_uninstall_left() {
	mkdir p
	inst foo 1 'echo 1 >p/a; echo 1 >p/b'
	inst foo 2 'echo 2 >p/a; echo 2 >p/c'
	settle
	ba uninstall -y foo@2 >/dev/null
	hasnt "$(ba package --type=tar --compress=none -y foo 2>&1)" 'somebody|gone'
	eq "$(tar -tf foo-2.tar | sed -n "s|.*${T#/}/p/||p" | xargs)" 'a'
	inst foo 3 'echo 3 >p/a; echo 3 >p/b'
	settle
	echo person >p/b
	ba uninstall -y foo >/dev/null 2>&1 || :
	hasnt "$(want_rc 125 ba package --type=tar -y foo 2>&1)" "p/a"
}

# What another install has by now is that one's: the rest is packed, and whose it is is said.
case_package_of_what_another_install_took_over() {
	local said
	mkdir p
	pack() { ba package --type=tar --compress=none -o "$T" -y "$@"; }
	inst ta 1 'mkdir p/d; echo 1 >p/x; echo 1 >p/y'
	inst tk 1 'echo 2 >p/x; chmod 700 p/d'
	settle
	eq "$(ba list -0 ta | tr '\0' ' ')" "$T/p/y "
	said=$(pack ta 2>&1 >/dev/null)
	has "$said" "^  $T/p/x: tk has installed it since\$"
	eq "$(tar -tf ta-1.tar | sed -n "s|.*${T#/}/p/||p" | xargs)" 'y'
	inst ta 2 'echo 3 >p/x; chmod 755 p/d'
	settle
	said=$(want_rc 125 pack tk 2>&1)
	has "$said" "^  $T/p/x: ta has installed it since\$"
	has "$said" '^buildaudit: nothing to pack: run 2 \(tk 1\) was superseded$'
}

# Of a package that is not made nothing is said to be in it.
case_a_package_that_is_refused_has_nothing_in_it() {
	mkdir p
	inst foo 1 'echo 1 >p/a; echo 1 >p/b'
	inst foo 1 '[ -e p/b ] || exit; echo 1 >p/a'
	settle
	has "$(ba package --type=tar -y foo 2>&1)" 'packed, too: 1 path that earlier runs of it made'
	echo person >p/a
	hasnt "$(want_rc 125 ba package --type=tar -y foo 2>&1)" 'packed, too'
}

# Taken out by hand, or by a package manager that it was packed for: it is said, and one uninstall ends it.
case_what_somebody_else_took_out_is_gone() {
	mkdir p
	inst foo 1 'mkdir p/d; echo a >p/d/a; echo b >p/d/b'
	settle
	rm p/d/a
	has "$(ba list)" '^foo .*installed$'
	eq "$(ba list foo 2>&1 >/dev/null)" ''
	rm -r p/d
	has "$(ba list)" '^foo +1 +2 .*gone$'
	eq "$(ba list --json | fields state)" gone
	has "$(ba show foo)" '^install +foo 1, gone$'
	has "$(ba list foo 2>&1 >/dev/null)" "none of these files.*uninstall foo'"
	eq "$(ba verify foo | awk '{ print $1 }' | uniq)" missing
	ba uninstall -y foo 2>/dev/null
	eq "$(ba list)" ''
	has "$(ba list --all)" '^foo .*removed$'
}

# An index that was there before is nobody's own, whoever had it made anew.
case_an_index_is_its_tools() {
	mkdir -p p/share/info
	local dir=p/share/info/dir
	echo head >$dir
	inst foo 1 "echo page >p/foo.info; echo foo >>$dir"
	settle
	eq "$(ba list -0 foo | tr '\0' ' ')" "$T/p/foo.info "
	want_rc 1 ba owner $dir 2>/dev/null
	has "$(ba files)" "^modified +file +$T/$dir\$"
	echo others >>$dir
	eq "$(ba verify foo)$(ba verify 1)" ''
	ba uninstall -y foo 2>err || fail "$(cat err)"
	eq "$(cat $dir)" $'head\nfoo\nothers'
	eq "$(ls p)" share
	eq "$(ba list)" ''
}

# One that nobody changed since is what it was.
case_an_index_comes_back() {
	mkdir -p p/share/info
	local dir=p/share/info/dir how
	echo head >$dir
	for how in uninstall rollback; do
		inst foo 1 "echo page >p/foo.info; echo foo >>$dir"
		settle
		ba $how -y $([ $how = rollback ] || echo foo) 2>err || fail "$(cat err)"
		eq "$(cat $dir)" head "after $how"
	done
}

# One that an install made goes with the last that has something in it.
case_an_index_that_an_install_made() {
	local dir=p/share/info/dir
	mkdir p
	inst foo 1 "mkdir -p p/share/info; echo foo >$dir"
	inst bar 1 "echo bar >>$dir"
	settle
	has "$(ba owner $dir)" ': bar 1 '
	ba uninstall -y foo 2>/dev/null || :
	eq "$(cat $dir)" $'foo\nbar'
	ba uninstall -y bar 2>/dev/null || :
	refused test -e $dir
}

# Another install's file is not written over without a word.
case_the_summary_names_whose_files_were_changed() {
	mkdir p
	inst foo 1 'mkdir -p p/share/info; for f in a b c d share/info/dir; do echo foo >p/$f; done'
	inst bar 1 'echo bar >p/x'
	settle
	local said
	said=$(rec --name=baz --include="$T/p" -- sh -c 'echo baz >p/a; rm p/b; echo foo >p/c; echo 1 >>p/share/info/dir' 2>&1)
	has "$said" "^buildaudit: 2 files of foo were changed or removed: see '.*buildaudit.* show 3'\$"
	has "$(ba show 3)" "^removed +$T/p/b "
	settle
	said=$(rec --name=qux --include="$T/p" -- sh -c 'echo qux >p/d; rm p/x' 2>&1)
	has "$said" '^buildaudit: 2 files of bar and 1 other were changed or removed: '
	settle
	said=$(rec --name=foo --include="$T/p" -- sh -c 'echo again >p/d' 2>&1)
	has "$said" '^buildaudit: 1 file of qux was changed or removed: '
	settle
	hasnt "$(rec --name=foo --include="$T/p" -- sh -c 'echo more >p/d' 2>&1)" 'changed or removed'
}

# What no install can be called is refused, in words; and RUN is told with all that it can be.
case_what_a_name_can_be() {
	local name
	for name in 'two words' a@b a/b 12 latest -a .a; do
		has "$(want_rc 2 rec --name="$name" -- true 2>&1)" 'a name has no space.* nor .latest'
	done
	has "$("$BUILDAUDIT" -h)" 'NAME@VERSION, NAME \(an install'
	refused test -e "$DB"
}

# tree: what stands in p, with its mode.
tree() { (cd p && find . ! -path . -printf '%P %m\n' | sort | tr '\n' ','); }

# The first one's folder goes while it is empty; what the second had in it comes back when the third goes.
case_a_folder_that_has_gone_is_made_again() {
	mkdir p
	inst one 1 'mkdir -m 750 p/sub p/sub/sub'
	inst two 1 'echo two >p/sub/sub/f; echo two >p/sub/g'
	inst three 1 'rm p/sub/sub/f p/sub/g'
	settle
	ba uninstall -y one >/dev/null 2>&1
	eq "$(tree)" ''
	ba uninstall -n three | sed '/^buildaudit/d' >dry
	ba uninstall -y -v three 2>&1 | sed '/^buildaudit/d' >done
	eq "$(sort dry)" "$(sort done)"
	eq "$(tree)" 'sub 750,sub/g 644,sub/sub 750,sub/sub/f 644,'
	eq "$(cat p/sub/g p/sub/sub/f)" $'two\ntwo'
	ba uninstall -y two >/dev/null 2>&1
	eq "$(tree)" ''
}

# alpha's folder goes with alpha when what a person had put into it has gone, too; else it stays, or comes back.
case_a_folder_goes_when_nothing_of_before_is_in_it() {
	mkdir p
	inst alpha 1 'mkdir p/lib'
	echo mine >p/lib/a
	inst alpha 2 'echo alpha >p/lib/a'
	settle
	rm p/lib/a
	want_rc 1 ba uninstall -y alpha 2>/dev/null
	eq "$(ls p)" ''
}
case_a_folder_stays_for_what_comes_back() {
	mkdir p
	inst alpha 1 'mkdir p/lib p/l2'
	echo mine >p/lib/a
	echo mine >p/l2/a
	inst alpha 2 'echo alpha >p/lib/a; rm p/l2/a'
	settle
	rmdir p/l2
	has "$(ba uninstall -n alpha)" '^restore .*p/l2/a'
	ba uninstall -y alpha >/dev/null
	eq "$(cat p/lib/a p/l2/a)" $'mine\nmine'
}

# By another run, or by nobody who left a word of it; one that nobody ever made is not known.
case_a_rollback_makes_the_folder_again() {
	mkdir p p/nobodys
	echo nobodys | tee p/nobodys/f >p/g
	inst one 1 'mkdir p/sub; echo one | tee p/sub/a p/sub/b >p/sub/keep'
	inst two 1 'rm p/sub/a p/nobodys/f p/g'
	inst three 1 'rm -r p/sub'
	settle
	rmdir p/nobodys
	ba rollback -n 2 | sed '/^buildaudit/d' >dry
	want_rc 1 ba rollback -y -v 2 >done 2>&1
	has "$(cat done)" "^keep .* $T/p/nobodys/f +\\(the folder that it was in is gone\\)"
	eq "$(sort dry)" "$(sed '/^buildaudit/d' done | sort)"
	eq "$(tree)" 'g 644,sub 755,sub/a 644,'
	ba rollback -y 3 >/dev/null
	ba rollback -y 1 >/dev/null
	eq "$(tree)" 'g 644,'
}

# One that is wanted for nothing that comes back stays away.
case_a_folder_that_has_gone_stays_away() {
	mkdir p
	inst one 1 'mkdir p/sub; echo one >p/sub/f'
	inst two 1 'echo two >p/sub/f' --no-backup
	settle
	rm -r p/sub
	want_rc 1 ba uninstall -y two >/dev/null 2>&1
	eq "$(tree)" ''
}

# Changed, taken back, and changed again: what was there before them all is as it was.
case_the_same_change_once_more() {
	local change back
	for change in 'chmod 600 p/f' 'touch -d 2020-01-01 p/f' 'chmod 600 p/f p/own' 'echo more >>p/f'; do
		for back in 'rollback 1' 'uninstall one'; do
			rm -rf p "$DB" "$DB.d"
			mkdir p
			echo text >p/f
			ln p/f p/own
			tree_of p/f p/own >before
			inst one 1 "$change"
			settle
			ba ${back% *} -y ${back#* } >/dev/null
			inst one 2 "$change"
			settle
			ba uninstall -y one 2>/dev/null
			eq "$(tree_of p/f p/own)" "$(cat before)" "$change, $back"
		done
	done
}

# What one changed, and the other gave a second name: that one stays as it was left, whatever it was.
case_a_name_that_another_gave_a_file_stays() {
	local change names
	for change in 'chmod 600' 'chown 12:34' 'touch -d 2020-01-01' 'echo more >>' 'setfattr -n user.a -v new'; do
		for names in 'p/f' 'p/f p/own'; do
			is_root || [ "$change" != 'chown 12:34' ] || continue
			rm -rf p "$DB" "$DB.d"
			mkdir p
			echo text >p/f
			setfattr -n user.b -v old p/f 2>/dev/null || :
			[ "$names" = p/f ] || ln p/f p/own
			tree_of p/f p/own >before
			inst one 1 "$change p/f"
			inst two 1 'ln p/f p/second'
			settle
			tree_of p/second >second
			ba uninstall -y one 2>/dev/null
			eq "$(tree_of p/second)" "$(cat second)" "$change, $names"
			eq "$(tree_of p/f p/own)" "$(cat before)" "$change, $names"
			ba uninstall -y two 2>/dev/null
			eq "$(tree_of p/f p/own)" "$(cat before)" "$change, $names"
			eq "$(cd p && echo *)" "$(sed 's|p/||g' <<<"$names")"
		done
	done
}
# Type, mode, owner, time, attributes and content; and of each other the same file or not.
tree_of() {
	local f
	for f; do [ ! -e "$f" ] || { stat -c '%F %a %u:%g %y' "$f"; getfattr -d "$f" 2>/dev/null | sed '/^#/d'; cat "$f"; }; done
	[ $# -lt 2 ] || [ ! -e "$2" ] || [ "$1" -ef "$2" ] || echo 'two files'
}

# What an uninstall took out does not come again by the rollback of a run, nor what it had put back; what no undo has yet
# put back does.
case_a_rollback_after_an_uninstall() {
	mkdir p
	echo before >p/conf
	echo before >p/gone
	inst foo 1 'echo one >p/a; echo one >p/b; mkdir p/d'
	inst foo 2 'rm p/a p/gone; echo two >p/b; echo two >p/conf; rmdir p/d'
	settle
	ba uninstall -y foo 2>/dev/null
	eq "$(cat p/conf p/gone; ls p)" $'before\nbefore\nconf\ngone'
	rm p/gone
	has "$(ba rollback -n 2 2>&1)" ' 0 removed, 0 restored'
	ba rollback -y 2 2>/dev/null || :
	eq "$(cat p/conf; ls p)" $'before\nconf'
	inst bar 1 'echo bar >p/x; echo bar >p/conf'
	settle
	ba uninstall -y latest 2>/dev/null || :
	eq "$(cat p/conf; ls p)" $'bar\nconf' 'an uninstall of a run leaves what it modified'
	ba rollback -y latest 2>err || fail "$(cat err)"
	eq "$(cat p/conf; ls p)" $'before\nconf'
}

# What a run found of another install that was uninstalled since is no more to come back than that one's own.
case_a_rollback_above_what_was_uninstalled() {
	mkdir p
	echo before >p/old
	inst foo 1 'echo foo >p/a; echo foo >p/b; echo foo >p/old; mkdir p/d; echo foo >p/d/x; ln -s foo p/l'
	inst foo 2 'echo two >p/a'
	inst bar 1 'echo bar >p/a; rm p/b; echo bar >p/old; chmod 700 p/d; echo bar >p/d/x; ln -sf bar p/l; chmod 600 p/d/x'
	settle
	ba uninstall -y foo 2>/dev/null
	eq "$(cat p/a p/old p/d/x; readlink p/l; ls p)" $'bar\nbar\nbar\nbar\na\nd\nl\nold'
	ba rollback -y latest 2>err || fail "$(cat err)"
	has "$(cat err)" ' 4 removed, 1 restored'
	eq "$(cat p/old; ls p)" $'before\nold'
	eq "$(ba list)" ''
}

# Its content was not kept, since a chmod loses none; but another run kept what it came to.
case_a_mode_comes_back_to_another_inode() {
	mkdir p
	inst foo 1 'echo one >p/a; echo one >p/b; chmod 640 p/a p/b'
	inst foo 2 'chmod 600 p/a p/b'
	inst bar 1 'chmod 604 p/a'
	inst baz 1 'echo baz >p/new; mv p/new p/a; echo baz >p/new; mv p/new p/b'
	settle
	ba rollback -y 4 2>err || fail "$(cat err)"
	ba rollback -y 3 2>err || fail "$(cat err)"
	ba rollback -y 2 2>err || fail "$(cat err)"
	eq "$(stat -c '%a %n' p/*; cat p/*)" $'640 p/a\n640 p/b\none\none'
}


all() { (cd p && find . -type f | sort | while read -r f; do printf '%s=%s ' "$f" "$(cat "$f")"; done); }
# What one run carried away, and a later one overwrote there, was kept by that one.
case_what_was_moved_aside_twice_comes_back() {
	local v
	mkdir p p/app
	echo orig >p/conf
	echo mine >p/app/user
	for v in 1 2; do
		inst it $v "cd p; mv conf conf.bak; echo $v >conf; rm -rf app.old; mv app app.old; mkdir app; echo $v >app/f"
	done
	settle
	ba uninstall -y it >/dev/null
	eq "$(all)" './app/user=mine ./conf=orig '
	eq "$(ls -A p)" $'app\nconf'
}
case_the_same_run_by_run() {
	local v
	mkdir p
	echo orig >p/conf
	for v in 1 2; do inst it $v "cd p; mv conf conf.bak; echo $v >conf"; done
	settle
	ba rollback -y 2 >/dev/null
	ba rollback -y 1 >/dev/null
	eq "$(all)" './conf=orig '
}
case_what_was_moved_aside_and_overwritten_by_another() {
	local first
	for first in one two; do
		mkdir p
		echo orig >p/a
		inst one 1 'cd p; mv a b'
		inst two 1 'cd p; echo two >x; mv x b'
		settle
		ba uninstall -y $first >/dev/null
		ba uninstall -y "$([ $first = one ] && echo two || echo one)" >/dev/null
		eq "$(all)" './a=orig ' "$first first"
		rm -r p
	done
}
# The last copy of what another has built upon the place of stays, and goes home with that one.
case_the_last_copy_stays_until_it_can_go_home() {
	mkdir p
	echo orig >p/a
	inst one 1 'cd p; mkdir d; mv a d/b'
	inst two 1 'cd p; echo two >a'
	settle
	has "$(want_rc 1 ba uninstall -y one 2>&1)" "^keep .*/d/b +\\(it was there before the run, as $T/p/a\\)\$"
	eq "$(all)" './a=two ./d/b=orig '
	eq "$(ba list -0 | tr '\0' ' ')" 'two '
	ba uninstall -y two >/dev/null
	eq "$(all)" './a=orig '
	eq "$(ls -A p)" a
}
case_the_last_copy_is_not_overwritten() {
	mkdir p
	echo orig >p/a
	echo other >p/b
	inst one 1 'cd p; mv a b'
	inst two 1 'cd p; echo two >a'
	settle
	has "$(want_rc 1 ba rollback -y 1 2>&1)" "^keep .*/b +\\(it was there before the run, as $T/p/a\\)\$"
	eq "$(all)" './a=two ./b=orig '
	ba rollback -y 2 >/dev/null
	ba rollback -y 1 >/dev/null
	eq "$(all)" './a=orig ./b=other '
}
# Three names of one file, the first taken by one version, the others by the next.
case_hard_links_broken_up_by_two_runs() {
	mkdir p
	echo before >p/a
	ln p/a p/b
	ln p/a p/c
	echo alone >p/d
	cp -p p/d p/e
	inst foo 1 'rm p/a p/d; echo 1 >p/a; echo 1 >p/d'
	inst foo 2 'rm p/b p/c p/e; echo 2 >p/b; echo 2 >p/c; echo 2 >p/e'
	settle
	ba uninstall -y foo >/dev/null
	eq "$(cat p/*)" $'before\nbefore\nbefore\nalone\nalone'
	eq "$(stat -c %h p/a p/b p/c p/d p/e | xargs)" '3 3 3 1 1'
}

# One took a name of a file, and the next changed what there is of it: a mode, an attribute. In whatever order they are
# taken back, the names are one file again, and none keeps what it never had.
case_a_name_that_goes_before_an_attribute_comes() {
	local how way order
	mkdir p
	touch p/x
	setfattr -n user.x -v 1 p/x 2>/dev/null || skip 'no user attributes here'
	for how in 'chmod 600 b' 'setfattr -n user.x -v 1 b' 'setfattr -x user.y b'; do
		for way in 'echo new >n; mv n c' 'rm c'; do
			for order in '1 2' '2 1'; do
				names_with_attributes
				taken_back "cd p; $way" "cd p; $how" "$order"
			done
		done
	done
}
# It has another place by then, from where it cannot go home as long as the later one stands.
case_a_name_that_goes_while_the_file_is_elsewhere() {
	local how order
	mkdir p
	touch p/x
	setfattr -n user.x -v 1 p/x 2>/dev/null || skip 'no user attributes here'
	for how in 'chmod 600 q' 'setfattr -n user.x -v 1 q'; do
		for order in '1 2 1' '2 1'; do
			names_with_attributes
			taken_back 'cd p; mv b x; mv q b; mv x q; echo new >n; mv n c' "cd p; $how" "$order"
		done
	done
}
names_with_attributes() {
	rm -rf p "$DB"*
	mkdir p
	echo one >p/b
	setfattr -n user.y -v 1 p/b
	ln p/b p/c
	echo q >p/q
}
# taken_back OLDER NEWER ORDER: two runs, taken back in that order
taken_back() {
	local n
	attributes_of >before
	rec -q --include="$T/p" -- sh -ec "$1"
	rec -q --include="$T/p" -- sh -ec "$2"
	settle
	for n in $3; do
		ba rollback -y "$n" >out 2>&1 || has "$(cat out)" 'roll that one back first'
	done
	attributes_of | diff before - >&2 || fail "$1; $2; $3: $(cat out)"
}
attributes_of() {
	find p -type f -printf '%P %m %n %s %T@\n' | sort
	getfattr -d -m 'user\.' p/*
	cat p/*
}

# A name that an undo takes away is nobody's, however it is stopped: the file stays the one that it is.
case_a_name_that_goes_is_no_strangers() {
	local way
	for way in 'ln -f p/x p/w; chmod 640 p/w' 'ln -f p/x p/w; echo more >>p/w' 'ln -f p/x p/w; echo more >>p/x2' \
		'rm p/w; mv p/x p/w; ln p/w p/x' 'ln -f p/x p/w; rm p/x2; chmod 640 p/w' 'ln -f p/x p/l; chmod 640 p/x'; do
		rm -rf p "$DB"*
		mkdir p
		echo x >p/x
		echo w >p/w
		ln -s w p/l
		case $way in *x2*) ln p/x p/x2 ;; esac
		tree_of p/x p/x2 p/w >before
		rec -q --include="$T/p" -- chmod 600 p/x
		tree_of p/x p/x2 p/w >between
		rec -q --include="$T/p" -- sh -c "$way"
		settle
		ls -i p/x >inode
		ba rollback -y 2 >&2 || fail "$way: 2"
		eq "$(tree_of p/x p/x2 p/w)" "$(cat between)" "$way"
		case $way in *'>>p/w') ;; *) eq "$(ls -i p/x)" "$(cat inode)" "$way" ;; esac
		eq "$(readlink p/l)" w "$way"
		ba rollback -y 1 >&2 || fail "$way: 1"
		eq "$(tree_of p/x p/x2 p/w)" "$(cat before)" "$way"
	done
}
# What is somebody's is his; that run's file is made anew, and the run before has nothing to know it by but its content.
case_a_mode_comes_back_to_what_an_undo_made() {
	local how
	for how in "1 2" "one two"; do
		rm -rf p "$DB"*
		mkdir p
		echo x >p/x
		tree_of p/x >before
		inst one 1 'chmod 600 p/x'
		inst two 1 'chmod 640 p/x'
		settle
		ln p/x p/own
		tree_of p/own >own
		ba rollback -y "${how#* }" >&2 || fail "$how"
		ba rollback -y "${how% *}" >&2 || fail "$how"
		eq "$(tree_of p/x)" "$(cat before)" "$how"
		eq "$(tree_of p/own)" "$(cat own)" "$how"
	done
}

# Two installs took a name each, or one took two of which only one can come back for now: in any order it is one file.
case_hard_links_broken_up_by_two_installs() {
	local how order make
	for how in rollback uninstall; do
		for order in 'bar foo' 'foo bar'; do
			for make in 'rm p/a,ln -sfn z p/b' 'rm p/a,echo 2 >x; mv x p/b' 'echo 1 >x; mv x p/a,rm p/b' \
				'echo 1 >>p/a,ln -sfn z p/a; rm p/c'; do
				rm -rf p "$DB"*
				mkdir p
				echo before >p/a
				ln p/a p/b
				case $make in *p/c*) ln p/a p/c ;; *) cp p/a p/c ;; esac
				linked p >before
				inst foo 1 "${make%,*}"
				inst bar 1 "${make#*,}"
				settle
				for one in $order; do ba $how -y $one >&2 || fail "$how $one of $make"; done
				eq "$(linked p)" "$(cat before)" "$how $order of $make"
			done
		done
	done
}
linked() { (cd "$1" && stat -c '%n %h %a %y' -- * && tail -n +1 -- *); }
# What was there before an install that has gone is that file, too, when another one's that stood upon it goes.
case_hard_links_below_another_install() {
	local order
	for order in '4 2' '2 4' 'baz bar' 'bar baz'; do
		rm -rf p "$DB"*
		mkdir p
		echo before >p/a
		ln p/a p/b
		inst foo 1 'rm p/a'
		inst bar 1 'echo bar >p/a'
		settle
		ba uninstall -y foo >&2
		inst baz 1 'rm p/b'
		settle
		for one in $order; do ba rollback -y $one >&2 || fail "$one of $order"; done
		eq "$(stat -c %h p/* | xargs; cat p/*)" $'2 2\nbefore\nbefore' "$order"
	done
}

# What comes over its like is another file all the same: its old place wants it back.
case_what_was_moved_over_its_like() {
	local way
	for way in 'mv -f p/conf p/conf.old; echo B >p/conf' 'rm p/conf.old; mv p/conf p/conf.old; echo B >p/conf' \
		'mv p/l2 p/l3; mv p/l1 p/l2; echo new >p/l1' 'mv p/conf p/conf.old' 'ln -f p/conf p/conf.old' \
		'rm -rf p/d.old; mv p/d p/d.old; mkdir p/d; echo n >p/d/f'; do
		rm -rf p "$DB"*
		mkdir p p/d
		echo A >p/conf
		cp -p p/conf p/conf.old
		for l in 1 2 3; do cp -p p/conf p/l$l; done
		echo f >p/d/f
		cp -a p/d p/d.old
		snap p "$T/before"
		inst foo 1 "$way"
		settle
		ba rollback -y latest
		snap p "$T/back"
		eq "$(plain "$T/back")" "$(plain "$T/before")" "$way"
		inst foo 1 "$way"
		settle
		ba uninstall -y foo
		snap p "$T/back"
		eq "$(plain "$T/back")" "$(plain "$T/before")" "$way"
	done >&2
}

# What was made and has gone under one name is nobody's of before under the other.
case_a_name_of_what_another_made_goes() {
	local way
	for way in 'ln p/a p/g' 'mv p/a p/g' 'ln p/a p/g; rm p/a' 'cp -al p/s p/t' 'mkdir p/t; mv p/s/x p/t/x' 'mv p/s p/t'; do
		rm -rf p "$DB"*
		mkdir p
		inst h 1 'echo a >p/a; mkdir p/s; echo x >p/s/x'
		inst g 1 "$way"
		settle
		ba uninstall -y h >&2
		ba uninstall -y g >&2
		eq "$(find p -mindepth 1)" '' "$way"
	done
}

# A line in somebody's list keeps nothing alive; several names are one size; what was removed is named as that.
case_what_is_gone_but_for_a_line() {
	mkdir p
	echo before >p/hosts
	echo old >p/old
	inst foo 1 'printf 12345 >p/a; ln p/a p/b; echo mine >>p/hosts; rm p/old'
	settle
	has "$(ba show foo)" '2 created \(5 B\), 1 replaced \(12 B\), 0 the same, 1 removed \(4 B\)$'
	has "$(ba show 1)" '2 created \(5 B\), .*, 1 removed'
	has "$(ba list)" installed
	rm p/a p/b
	has "$(ba list)" gone
}

case_what_was_moved_and_brought_back() {
	mkdir p
	echo orig >p/c
	inst one 1 'cd p; mv c b'
	settle
	ba rollback -y one >/dev/null
	inst two 1 'cd p; rm c; echo two >c'
	settle
	ba uninstall -y two >/dev/null
	eq "$(all)" './c=orig '
}

case_a_rollback_by_name_is_for_good() {
	mkdir p
	inst one 1 'echo one >p/f'
	inst two 1 'echo two >>p/f'
	settle
	ba rollback -y one >/dev/null
	eq "$(all)" $'./f=one\ntwo '
	ba rollback -y two >/dev/null
	eq "$(all)" ''
}

# The folder of one in which something of another comes back is the other's from then on.
case_a_folder_goes_with_the_last_that_has_something_in_it() {
	mkdir p
	inst one 1 'mkdir p/d; echo one >p/d/x'
	inst two 1 'echo two >p/d/b'
	inst one 1 'rm p/d/b; echo new >p/d/b'
	settle
	ba uninstall -y one >/dev/null
	eq "$(all)" './d/b=two '
	ba uninstall -y two >/dev/null
	eq "$(ls -A p)" ''
	eq "$(ba list -0 | tr '\0' ' ')" ''
}

# Taken away by hand, and with what it had replaced: it ends on record, and the original is there with --force.
case_what_a_person_took_away_is_nobodys() {
	mkdir p
	echo old >p/f
	inst it 1 'echo it >p/x; mv p/x p/f'
	settle
	rm p/f
	has "$(ba list)" 'gone$'
	has "$(want_rc 1 ba uninstall -y it 2>&1)" '\(removed since\)'
	eq "$(ba list -0 | tr '\0' ' ')" ''
	ba uninstall -y --force it >/dev/null
	eq "$(all)" './f=old '
}

case_a_dry_run_is_in_the_order_of_what_is_done() {
	mkdir p p/d
	echo a | tee p/z p/c >p/d/y
	ln -s t p/b
	inst it 1 'cd p; rm b; echo x >z; chmod 700 d; echo x >d/new; rm d/y; mv c k'
	settle
	ba uninstall -n it >dry
	ba uninstall -yv it >done
	eq "$(cat dry)" "$(cat done)"
}

# A script and a list are of what goes; what comes back no script can give.
case_a_list_has_nothing_that_was_there_before() {
	mkdir p
	echo orig >p/f
	echo orig >p/moved
	inst it 1 'cd p; echo it >f.new; mv f.new f; echo 1 >g; echo 1 >h; mv moved elsewhere'
	inst it 2 'cd p; echo 2 >g'
	settle
	has "$(ba uninstall -n --superseded-by=2 it)" "^restore .*/f\$"
	eq "$(ba uninstall --list -0 --superseded-by=2 it | tr '\0' ' ')" "$T/p/h "
	eq "$(ba uninstall --list -0 it | tr '\0' ' ')" "$T/p/h $T/p/g "
	ba uninstall --script --superseded-by=2 it | sh >/dev/null
	eq "$(all)" './elsewhere=orig ./f=it ./g=2 '
}

# An upgrade moves its folder away, with a person's file in it, and puts something else in its place.
case_a_folder_that_an_upgrade_moved_away() {
	local how verb
	for how in 'ln -s d-2 d' 'echo file >d' 'mkdir d' ':'; do
		for verb in 'uninstall -y' 'uninstall -y --force' 'rollback -y' 'rollback -y --force'; do
			rm -rf p "$DB" "$DB.d"
			mkdir p
			inst it 1 'mkdir p/d; echo 1 >p/d/a'
			echo mine >p/d/mine
			inst it 2 "cd p; mv d d-2; $how"
			settle
			ba $verb it >said 2>&1 || fail "$how: $verb: $(cat said)"
			eq "$(find p -type f | xargs)" p/d/mine "$how: $verb"
		done
	done
	# Nothing has to come back in it: what is in its place goes.
	rm -rf p "$DB" "$DB.d"
	mkdir p
	inst it 1 'mkdir p/d; echo 1 >p/d/a'
	inst it 2 'cd p; mv d d-2; ln -s d-2 d'
	settle
	ba uninstall -y it >/dev/null
	eq "$(ls p)" ''
}

case_a_label_and_a_name_that_are_the_same() {
	mkdir p
	inst one 1 'echo one >p/a'
	rec -q --name=two --label=one --include="$T/p" -- sh -c 'echo two >p/b'
	settle
	has "$(want_rc 125 ba uninstall -y one 2>&1)" "'one' is the label of run 2 and the name of another install: say 2, or 'one@VERSION'"
	eq "$(ls p)" $'a\nb'
	ba uninstall -y one@1 >/dev/null
	eq "$(ls p)" b
}

# A command that failed halfway has changed something, and made no version of it.
case_the_version_after_a_failure() {
	mkdir p
	inst foo 2.0 'echo 2 >p/a; echo 2 >p/b'
	want_rc 2 inst foo 1.0 'echo 1 >p/a; exit 2'
	settle
	eq "$(ba list --json | fields version files)" '2.0 2'
	inst foo 1.0 'echo 1 >p/a; echo 1 >p/b'
	settle
	eq "$(ba list --json | fields version files)" '1.0 2'
}

# `make install >log`: the log is whoever's it was, and no part of the install. But a rollback takes back all.
case_a_log_that_was_handed_over() {
	local run
	mkdir p packed
	echo before >log
	inst foo 1 'echo 1 >p/a; echo said' --include="$T" >>log
	inst foo 2 'echo 2 >p/a; echo said' --include="$T" >>log
	inst bar 1 'echo 3 >p/b; echo said' --include="$T" >>log
	settle
	has "$(ba files 1)" "^modified +file +$T/log$"
	refused ba owner log >/dev/null 2>&1
	ba package --type=tar --compress=none -o "$T/packed" 3 >/dev/null 2>"$T/../said"
	hasnt "$(tar tf packed/*.tar)" log
	ba uninstall -y foo >/dev/null
	eq "$(ls p)" b
	eq "$(cat log)" $'before\nsaid\nsaid\nsaid'
	for run in 3 2 1; do ba rollback -y $run 2>/dev/null; done
	eq "$(cat log)" before
}

# A file of an install that is another run's log, or its own: changed since, by whomever.
case_a_log_that_an_install_owns() {
	mkdir p
	inst bar 1 'echo a >p/bl; echo b >p/b'
	inst foo 1 'echo noise; echo c >p/c' >>p/bl
	inst qux 1 'echo a >p/ql'
	inst qux 1 'echo noise' >>p/ql
	settle
	has "$(want_rc 1 ba uninstall -y bar 2>&1)" 'keep +file .*p/bl +\(changed since\)'
	has "$(want_rc 1 ba uninstall -y qux 2>&1)" 'keep +file .*p/ql +\(changed since\)'
	eq "$(ls p)" $'bl\nc\nql'
	ba uninstall -y --force bar 2>/dev/null
	eq "$(ls p)" $'c\nql'
	eq "$(ba list --json | fields name state)" $'foo installed\nqux installed'
}

# What an install only edited does not make it gone, nor is it there by that.
case_an_install_that_only_edited() {
	mkdir p
	echo before | tee p/conf >p/rc
	inst tune 1 'echo line >>p/conf'
	inst more 1 'echo line >>p/rc; echo 1 >p/f'
	settle
	eq "$(ba list --json | fields name state)" $'more installed\ntune installed'
	rm p/f
	eq "$(ba list --json | fields name state)" $'more gone\ntune installed'
}

# What would be taken for something else is no label.
case_what_a_label_can_be() {
	local l
	mkdir p
	inst one 1 'echo one >p/a'
	for l in 1 latest ''; do has "$(want_rc 2 rec --label="$l" true 2>&1)" "--label does not take '$l'"; done
	inst two 1 'echo two >p/b' --label=one@1
	settle
	has "$(want_rc 125 ba uninstall -y one@1 2>&1)" "'one@1' is the label of run 2 and a version of an install, run 1: say one of these"
	eq "$(ls p)" $'a\nb'
}

# The run that had found what was there before is gone from the record: that is said.
case_forget_says_what_an_install_loses() {
	mkdir p
	echo before >p/a
	inst foo 1 'echo 1 >p/a; echo 1 >p/b; echo 1 >p/c'
	inst foo 2 'echo 2 >p/a; echo 2 >p/b'
	inst bar 1 'echo bar >p/c'
	settle
	has "$(ba forget 1 2>&1)" '^buildaudit: what it found at 2 paths that its install still has is forgotten, too'
	ba uninstall -y foo >/dev/null
	eq "$(cat p/a p/b p/c | xargs)" '1 1 bar'
	hasnt "$(ba forget 3 2>&1)" 'what it found'
}

# They are as many as its uninstall gives back then, folders too.
case_forget_counts_what_is_given_back() {
	mkdir p
	inst foo 1 'mkdir -p p/d/e; echo 1 >p/d/f; echo 1 >p/d/g'
	inst foo 2 'echo 2 >p/d/f; chmod 700 p/d p/d/e'
	settle
	has "$(ba forget 1 2>&1)" '^buildaudit: what it found at 3 paths that its install still has is forgotten, too'
	has "$(ba uninstall -n foo 2>&1)" ', 3 restored'
}

# But what an older run of it knows, or what nothing was there before, is known still; and what came from elsewhere stays.
case_forget_of_one_between() {
	mkdir p
	echo o | tee p/c >p/m
	inst z 1 'echo 1 >p/y; echo z1 >p/c'
	inst z 2 'echo 2 >p/y; echo z2 >p/c; echo n >p/n; mv p/m p/k'
	inst z 3 'echo 3 >p/y; echo z3 >p/c; rm p/n p/k'
	settle
	hasnt "$(ba forget 2 2>&1)" 'what it found'
	ba uninstall -y z 2>/dev/null
	eq "$(ls p | xargs)" 'c k'
	eq "$(cat p/c p/k | xargs)" 'o o'
}

# What an uninstall of a run leaves as it is, is that run's, and not the one's before.
case_what_stays_of_a_run_is_its_own() {
	mkdir p
	inst foo 1 'echo 1 >p/a; echo 1 >p/b'
	inst foo 2 'echo two-long >p/a; rm p/b; echo 2 >p/c'
	settle
	ba uninstall -y foo@2 >/dev/null
	eq "$(ls p) $(cat p/a)" 'a two-long'
	eq "$(ba list foo | head -n 1)" "file                9  $T/p/a"
	has "$(ba owner "$T/p/a")" "^$T/p/a: foo 2 \\(run 2"
	eq "$(ba verify foo)" ''
	eq "$(want_rc 1 ba owner "$T/p/b" 2>/dev/null)" ''
	ba rollback -y 2 >/dev/null
	eq "$(cat p/a p/b | xargs) $(ls p | xargs)" '1 1 a b'
	eq "$(ba verify foo)" ''
	ba uninstall -y foo >/dev/null
	eq "$(ls p)" ''
}

# Its own uninstaller, which nobody recorded, put the file of others back: the install has nothing there any more.
case_what_it_found_was_put_back_by_others() {
	mkdir p
	echo o >p/conf
	echo o >p/edited
	inst foo 1 'echo 1 >p/foo; sed -i "\$a line" p/conf p/edited'
	settle
	rm p/foo
	echo o >p/conf
	echo person >p/edited
	eq "$(ba list --json | fields state)" gone
	has "$(ba list foo 2>&1)" "^file                2  $T/p/foo  \\(missing\\)\$"
	has "$(ba list foo 2>&1)" '^total     2 files, 0 folders, 0 links: 14 bytes; missing: 1, of 2 bytes$'
	has "$(ba list foo 2>&1)" 'none of the files that it put there is there any more, only what others have, too'
	has "$(want_rc 1 ba uninstall -y foo 2>&1)" "^keep .*$T/p/edited  \\(changed since\\)$"
	eq "$(cat p/conf p/edited | xargs)" 'o person'
	eq "$(ba list --json | fields state)" gone
	eq "$(ba list foo 2>/dev/null | grep -c "$T/p/")" 1
	ba uninstall -y --force foo >/dev/null
	eq "$(ba list; cat p/conf p/edited | xargs)" 'o o'
	# one that only edits is there as long as its edit is
	inst foo 2 'echo line >>p/edited'
	settle
	eq "$(ba list --json | fields state)" installed
}

# (run N) is who came later: nobody, after what an install has now.
case_verify_of_an_install() {
	mkdir p
	inst foo 1 'echo 1 >p/a'
	inst foo 2 'echo 22 >p/a'
	settle
	echo person >p/a
	eq "$(want_rc 1 ba verify foo)" "S.5....T.    $T/p/a"
	has "$(want_rc 1 ba verify 1)" '\(run 2\)$'
}

run_cases "$@"
