#!/bin/bash
# Forgetting a run that was taken back costs no other run its undo: what that would ask of it was handed over.
. "$(dirname "$0")/../lib/cases.sh"

one() { rec -q --include="$T/p" "${@:2}" -- sh -c "cd p; $1"; }
# What counts of p: of folders not their times.
look() {
	(cd p && find . ! -type d -printf '%P %y %m %n %s %T@ %l\n' -o -type d -printf '%P d %m\n' | sort &&
		find . -type f | sort | xargs -r sha256sum && find . -type f -links +1 | sort | xargs -r ls -i | awk '{ print $1 == last; last = $1 }')
}
# comes_back PREPARE OLDER NEWER: the newer is rolled back and forgotten, then the older is rolled back
comes_back() {
	rm -rf p "$DB"* && mkdir p
	(cd p && eval "$1")
	look >before
	one "$2"
	one "$3"
	settle
	ba rollback -y 2 >/dev/null 2>&1
	has "$(ba forget 2 2>&1)" '^buildaudit: run 2 is forgotten, with its undo: '
	ba rollback -y 1 >out 2>&1 || fail "$1; $2; $3: $(cat out)"
	look | diff before - >out || fail "$1; $2; $3: $(cat out)"
}

case_what_the_older_left_as_it_was() {
	comes_back 'echo x >f' 'chmod 600 f' 'rm f; echo new >f'
	comes_back 'echo x >f' 'chmod 600 f' 'echo new >f'
	comes_back 'mkdir d; echo x >d/f' 'chmod 700 d' 'rm -r d'
}

case_what_the_older_moved() {
	comes_back 'echo x >f' 'mv f g' 'rm g'
	comes_back 'echo x >f' 'mv f g' 'echo zz >g'
	comes_back 'echo x >f' 'chmod 600 f; mv f g' 'rm g; echo b >g'
	comes_back 'mkdir d; echo x >d/f' 'mv d e' 'rm e/f; echo n >e/f'
	comes_back 'mkdir d; echo x >d/f' 'mv d e' 'rm -r e'
}

case_names_of_one_file() {
	comes_back 'echo x >f; ln f g' 'rm g' 'rm f'
	comes_back 'echo x >f; ln f g; ln f h' 'rm g' 'rm f h; echo y >f'
	comes_back 'echo x >f' 'ln f g' 'rm f g'
	comes_back 'echo x >f; ln f g' 'mv f h' 'rm g h'
}

# The names were two runs', and the newer had both; which of them were one file both knew of those that are forgotten.
case_names_that_several_had() {
	mkdir p
	echo one >p/b
	ln p/b p/c
	look >before
	one 'echo new >c~; mv c~ c'
	one 'chmod 600 b; echo w >c'
	one 'ln b x; echo z >x; mv x y'
	settle
	want_rc 1 ba rollback -y 2 >/dev/null 2>&1
	ba rollback -y 3 2>/dev/null
	ba forget 3 2>/dev/null
	ba rollback -y 1 2>/dev/null
	ba forget 1 2>/dev/null
	ba rollback -y 2 2>/dev/null
	look | diff before -
}

# What stood there before the older one came back under the newer one, which found something else.
case_the_older_is_forgotten_first() {
	mkdir -p p/d
	echo 1 >p/d/x
	look >before
	one 'rm -r d'
	one 'mkdir d'
	settle
	want_rc 1 ba rollback -y 1 >/dev/null 2>&1
	# the folder is needed for what came back in it
	ba rollback -y 2 2>/dev/null
	ba rollback -y 1 2>/dev/null
	ba forget 1 2>/dev/null
	eq "$(ba files 2)" "modified  dir      $T/p/d"
	eq "$(q 'SELECT created, modified FROM runs WHERE run_id = 2')" '0|1'
	ba rollback -y 2 2>/dev/null
	look | diff before -
}

# forgotten_in ORDER PREPARE RUN...: each run is an install, that is taken out and forgotten, in that order
forgotten_in() {
	local n=0 run
	rm -rf p "$DB"* && mkdir p
	(cd p && eval "$2")
	look >before
	for run in "${@:3}"; do
		one "$run" --name="n$((++n))"
	done
	settle
	for n in $1; do
		ba uninstall -y "n$n" >out 2>&1 || fail "$*: $n: $(cat out)"
		ba forget "n$n" 2>/dev/null
	done
	look | diff before - >out || fail "$*: $(cat out)"
}

# What it is a link to was made, or written, by one that is forgotten, and was put back anew: the link is no last name.
case_a_link_to_what_is_made_anew() {
	forgotten_in '1 2' 'echo 4 >e; echo 2 >x' 'echo 1 >>e' 'ln -f e x'
	forgotten_in '1 2 3' 'echo 1 >y; ln y x' 'echo 81 >y' 'echo 2 >>y; rm x' 'ln y e'
	forgotten_in '1 2' 'echo 2 >b; mkdir d' 'ln -sfn c b' 'ln b d'
	# somebody's own it is
	rm -rf p "$DB"* && mkdir p
	echo 4 >p/e
	one 'echo 1 >>e'
	one 'ln e x'
	settle
	ba rollback -y 1 2>/dev/null
	ba forget 1 2>/dev/null
	echo mine >>p/x
	want_rc 1 ba rollback -y 2 >/dev/null 2>&1
	eq "$(tail -n 1 p/x)" mine
}

# The one whose name went first is forgotten first: what it had found is the next one's, as it was before the other came.
case_names_that_went_one_after_the_other() {
	forgotten_in '1 2 3' 'echo 3 >x; ln x y' 'ln -sfn b y' 'rm x' 'ln -sfn l y'
}

# An install that another one had come over, and that was taken out again by then.
case_an_install_under_it() {
	local undo
	mkdir p
	for undo in 'rollback -y q' 'uninstall -y q'; do
		rm -rf "$DB"*
		one 'echo p >f; ln f g' --name=p
		one 'rm f; echo qq >f' --name=q
		one 'echo qqq >f' --name=q
		settle
		# shellcheck disable=SC2086
		ba $undo 2>/dev/null
		ba forget q 2>/dev/null
		eq "$(ba runs --json | python3 -S -c 'import json,sys; print(*[json.loads(l)["run_id"] for l in sys.stdin])')" 1 "$undo"
		ba uninstall -y p 2>/dev/null
		eq "$(ls p)" '' "$undo"
	done
}

# Of two runs that one uninstall took out one is forgotten: the install below is known still.
case_one_of_two_is_forgotten() {
	local n
	mkdir p
	for n in 2 3; do
		rm -rf "$DB"*
		one 'echo p >f' --name=p
		one 'echo qq >f' --name=q
		one 'echo qqq >f' --name=q
		settle
		ba uninstall -y q 2>/dev/null
		hasnt "$(ba forget $n 2>&1)" undo
		eq "$(cat p/f)" p
		ba uninstall -y p 2>/dev/null
		eq "$(ls p)" '' "run $n"
	done
}

# taken_out FORGET ORDER PREPARE COMMAND...: each command is an install, n1 and so on, that is taken out by its name in that
# order, and again as long as it keeps something; what was there before is there again.
taken_out() {
	local forget=$1 left=$2 prepare=$3 n=0 try again c
	rm -rf p "$DB"* && mkdir p
	(cd p && eval "$prepare")
	look >before
	for c in "${@:4}"; do
		n=$((n + 1))
		one "$c" --name=n$n
	done
	settle
	for try in 1 2 3; do
		again=
		for n in $left; do
			if ba uninstall -y "n$n" >>said 2>&1; then
				[ -z "$forget" ] || ba forget "n$n" >>said 2>&1
			else
				again+=" $n"
			fi
		done
		left=$again
	done
	eq "$left" '' "$*: it comes to an end: $(tail -n 4 said)"
	look | diff before - >out || fail "$*: $(cat out)"
}
any_order() {
	local forget order all='12 21'
	[ $# -lt 4 ] || all='123 132 213 231 312 321'
	for forget in '' forget; do
		# shellcheck disable=SC2001
		for order in $all; do taken_out "$forget" "$(echo "$order" | sed 's/./& /g')" "$@"; done
	done
}

# A name was split off for another one that the newer had given the file, which comes home later.
case_a_file_comes_home_to_its_other_name() {
	any_order 'echo x >x; ln x y; echo l >l' 'chmod 600 y' 'mv x l'
	any_order 'echo x >x; ln x y; echo l >l' 'chmod 600 y' 'mv x n'
}

# The one who took a name away found one less than was there before the one that is forgotten.
case_the_other_name_of_what_it_came_over() {
	any_order 'echo x >x; ln x y' 'echo e >e; ln -f e y' 'rm x y'
	any_order 'echo x >x; ln x y; ln x z' 'echo e >e; ln -f e y' 'chmod 600 x' 'rm x y'
}

# Of what the newer only gave other attributes nobody has the content: it is where the older had moved it to.
case_what_was_moved_and_changed_there() {
	any_order 'echo a >a; echo cc >c' 'mv c a' 'chmod 600 a'
	any_order 'echo a >a; echo cc >c' 'mv c a' 'chmod 600 a' 'echo new >c'
	any_order 'echo a >a; echo cc >c' 'mv c a' 'echo new >c' 'chmod 600 a'
	any_order 'echo cc >c' 'mv c a' 'chmod 600 a' 'echo new >c'
	any_order 'echo a >a; echo cc >c' 'mv c a' 'echo more >>a' 'echo new >c'
}

# It came home by an undo that went with another run.
case_what_came_home_by_what_is_forgotten() {
	mkdir p
	(cd p && echo a >a && echo cc >c)
	look >before
	one 'mv c a' --name=n1
	one 'echo more >>a' --name=n2
	one 'echo new >c' --name=n3
	settle
	ba uninstall -y n1 2>/dev/null
	ba uninstall -y n3 2>/dev/null
	ba forget n3 2>/dev/null
	ba uninstall -y n2 2>/dev/null
	look | diff before -
}

case_an_undo_goes_with_what_it_undid() {
	mkdir p
	one 'echo 1 >a'
	one 'echo 2 >b'
	settle
	ba rollback -y 2 2>/dev/null
	eq "$(ba forget 3 2>&1)" 'buildaudit: run 3 took back what run 2 did, and goes when that is forgotten'
	has "$(want_rc 125 ba forget 2 7 2>&1)" "label .7.,"
	eq "$(q 'SELECT count(*) FROM runs')" 3 'nothing is forgotten'
	eq "$(ba forget 2 3 2>&1)" 'buildaudit: run 2 is forgotten, with its undo: 0 kept originals, 0 bytes'
	eq "$(q 'SELECT group_concat(run_id) FROM runs')" 1
	eq "$(ba forget 3 2>&1)" 'buildaudit: run 3 is forgotten already'
	has "$(want_rc 125 ba files 3 2>&1)" ': run 3 is forgotten$'
}

run_cases "$@"
