#!/bin/bash
# `who` names every process with a hand in a file, through renames and hard links; `events` agree.
. "$(dirname "$0")/../lib/cases.sh"

# dpkg's way: NAME.dpkg-new is written and renamed.
case_through_a_rename() {
	rec -q -- sh -c 'perl -e "open F, q(>), q(x.dpkg-new); print F 1"; mv x.dpkg-new x'
	local out
	out=$(ba who "$T/x")
	has "$out" 'perl'
	has "$out" 'mv x\.dpkg-new x'
	hasnt "$(ba who "$T/x" | grep -c perl)" '^0'
	eq "$(ba who --json "$T/x" | python3 -S -c 'import json,sys; print(*sorted({json.loads(l)["op"] for l in sys.stdin}))')" 'open rename'
}

case_through_two_renames_of_folders() {
	rec -q -- sh -c 'mkdir a; perl -e "open F, q(>), q(a/f); print F 1"; mv a b; mkdir c; mv b c/d; chmod 600 c/d/f'
	local ops
	ops=$(ba who --json "$T/c/d/f" | python3 -S -c 'import json,sys; print(*sorted({json.loads(l)["op"] for l in sys.stdin}))')
	has "$ops" 'open'
	has "$ops" 'chmod'
}

case_through_a_hard_link() {
	rec -q -- sh -c 'perl -e "open F, q(>), q(a); print F 1"; ln a b; rm a'
	has "$(ba who "$T/b")" 'perl'
	has "$(ba who "$T/b")" 'ln a b'
}

case_newest_run_first() {
	rec -q -- sh -c 'echo 1 >f'
	rec -q -- perl -e 'open F, ">>f"; print F 2'
	settle
	eq "$(ba who --json "$T/f" | head -n 1 | python3 -S -c 'import json,sys; print(json.loads(sys.stdin.readline())["run_id"])')" 2
	eq "$(ba who --json "$T/f" | python3 -S -c 'import json,sys; print(*sorted({json.loads(l)["run_id"] for l in sys.stdin}))')" '1 2'
}

case_ancestors_up_to_the_command() {
	rec -q -- bash -c 'sh -c "perl -e \"open F, q(>), q(f)\"; :"; :'
	local out
	out=$(ba who "$T/f")
	has "$out" 'perl'
	has "$out" 'sh'
	has "$out" 'bash'
}

# A block for each program, however its calls and those of others follow one another.
case_a_block_for_each_process() {
	rec -q -- bash -c 'sh -c "exec 5>x; chmod 600 x; echo >&5; touch -d @1 x"; :; mv x "y z"; perl -e "chmod 0640, q(y z)"; ln "y z" w; :'
	settle
	local out
	out=$(ba who "y z" | sed -E 's/^run 1  [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}  pid [0-9]+  /run 1 /; s|^    /[^ ]*/|    |')
	eq "$(grep '^run' <<<"$out" | sed "s|$T/||g")" "run 1 open  x
run 1 chmod  x
run 1 open, utime  x
run 1 rename  y z from x
run 1 chmod  y z
run 1 link  w from y z" || return
	has "$out" '^        of sh -c '
	eq "$(grep -c '^        of bash -c' <<<"$out")" 6 'each has its ancestors once'
	hasnt "$out" '\\012'
}

case_verbose_has_it_in_full() {
	rec -q -- bash -c 'umask 022; (for i in 1 2; do echo $i >x; done; :)
	:'
	settle
	local out
	out=$(ba who -v x)
	has "$out" 'open O_WRONLY\|O_CREAT\|O_TRUNC 0666 x2  '
	has "$out" ':\)\\n\\t:'
	eq "$(grep -c '^        of ' <<<"$out")" 1 'what it was forked from, too'
	hasnt "$(ba who x)" '^        of '
}

# What -v shows can be given to a shell, which then has the same words.
case_verbose_can_be_copied() {
	local script=$': \'a\' "\\012" \\\\n \n\techo >x; : \x1b[31m $1 \u202e' line
	rec -q -- sh -c "$script" sh $'two\nlines' "it's" '\012' '' é
	settle
	line=$(ba who -v x | sed -n 's|^    /[^ ]*: ||p')
	[[ $(ba tree -v) == "$line  "* ]] || fail 'tree -v has other words' || return
	eq "$(wc -l <<<"$line")" 1 || return
	hasnt "$line" $'\x1b'
	eval "set -- $line"
	eq "$3" "$script" || return
	eq "$#:$5:$6:$7:$8:$9" $'9:two\nlines:it\'s:\\012::é'
}

case_relative_path() {
	rec -q -- sh -c 'mkdir d; echo >d/f'
	cd d
	has "$(ba who f)" 'sh'
	has "$(ba who ../d/./f)" 'sh'
	cd ..
}

# Each file below it, and what made the folder itself; of any run.
case_of_a_folder() {
	rec -q -- sh -c 'mkdir -p d/e d-x; awk "BEGIN { print 1 >\"d/a\" }"; perl -e "open F, q(>), q(d/e/b); print F 2"; cp d/a d-x/c; awk "BEGIN { print 1 >\"d/gone\" }"; rm d/gone'
	rec -q -- sh -c 'echo 3 >d/late'
	eq "$(programs d)" 'awk mkdir perl sh'
	eq "$(programs d/e)" 'mkdir perl'
	eq "$(programs ./d/e/../)" 'awk mkdir perl sh'
	eq "$(ba who --json d | paths)" 'd d/a d/e d/e/b d/late '
	ln -s d/e way
	eq "$(ba who --json way | paths)" 'd/e d/e/b '
	eq "$(cd d/e; programs .)" 'mkdir perl'
	rm -r d
	eq "$(programs d)" 'awk mkdir perl sh'
	want_rc 1 ba who d/none 2>/dev/null
}

# A process is one block, with its ancestors once, whatever it wrote to there; a row of JSON is one event, and is there once.
case_of_a_folder_each_process_once() {
	rec -q -- sh -c 'mkdir d; perl -e "for (1 .. 30) { open F, q(>), qq(d/f\$_) } rename q(d/f1), q(d/g)"; echo >d/late'
	local out
	out=$(ba who d)
	eq "$(echo "$out" | grep -c ' pid ')" 3
	eq "$(echo "$out" | grep -c 'perl: perl')" 1
	eq "$(echo "$out" | grep -cE 'open  .*/d/f[0-9]+$')" 30
	eq "$(ba who --json d | sort | uniq -d)" ''
	eq "$(ba who --json d | grep -c '"op":"rename"')" 1
}

case_of_a_glob() {
	rec -q -- sh -c 'mkdir -p d/e; awk "BEGIN { print 1 >\"d/a.so\" }"; perl -e "open F, q(>), q(d/e/b.so); print F 2"; cp d/a.so "d/[x].so"; cp d/a.so d/x.so'
	eq "$(ba who --json '*.so' | paths)" 'd/[x].so d/a.so d/e/b.so d/x.so '
	eq "$(programs '*/e/b.so')" 'perl'
	eq "$(programs 'd/*.so')" 'awk cp'
	eq "$(programs "$T/d/e/?.so")" 'perl'
	# One with such a name is meant itself.
	eq "$(ba who --json 'd/[x].so' | paths)" 'd/[x].so '
	has "$(want_rc 1 ba who '*.none' 2>&1)" 'had a hand in \*\.none'
	want_rc 1 ba who 'e/*.so' 2>/dev/null
}

# A name on record is that name, though a link stands among its folders now.
case_of_a_folder_that_is_a_link_now() {
	rec -q -- sh -c 'mkdir -p d/e f; awk "BEGIN { print 1 >\"d/e/a\" }"; perl -e "open F, q(>), q(f/a)"'
	rm -r d/e
	ln -s ../f d/e
	eq "$(programs 'd/*/a')" awk
	eq "$(programs d/e/a)" perl
}

# The names in an answer, from here.
paths() { python3 -S -c '
import json, os, sys
print(*sorted({os.path.relpath(json.loads(l)["path"]) for l in sys.stdin}), end=" ")'; }

case_of_a_removed_file() {
	rec -q -- sh -c 'echo >f; rm f'
	has "$(ba who "$T/f")" 'rm f'
}

case_nothing_known_is_1() {
	rec -q -- true
	want_rc 1 ba who "$T/never-there"
	eq "$(ba who --json "$T/never-there" || :)" ''
}

case_several_paths() {
	rec -q -- sh -c 'echo >a; cp a b'
	has "$(ba who a b)" 'cp a b'
	want_rc 1 ba who none1 none2
}

case_not_the_file_that_was_there_before_under_this_name() {
	# `x` was another file, moved off; who wrote that one has no hand in the file now here.
	rec -q -- sh -c 'awk "BEGIN { print 1 >\"x\" }"; mv x y; perl -e "open F, q(>), q(x); print F 2"'
	eq "$(programs "$T/x")" 'perl'
	eq "$(programs "$T/y")" 'awk mv'
}

# The programs that had a hand in a file, by their first words.
programs() {
	ba who --json "$1" | python3 -S -c '
import json, sys
words = lambda a: json.loads(a) if isinstance(a, str) else a
print(*sorted({words(json.loads(l)["argv"])[0] for l in sys.stdin}))'
}

case_processes_of_the_view() {
	rec -q -- bash -c '(exit 4); sh -c "kill -9 \$\$"; exit 0'
	settle
	eq "$(q 'SELECT group_concat(exit_status) FROM processes WHERE exit_status = 4')" 4
	eq "$(q 'SELECT count(*) FROM processes WHERE term_signal = 9')" 1
	eq "$(q 'SELECT count(*) FROM processes WHERE ended_ns IS NULL OR ended_ns < started_ns')" 0
	eq "$(q 'SELECT count(*) FROM processes p WHERE parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM processes WHERE process_id = p.parent_id)')" 0
	eq "$(q 'SELECT count(*) FROM processes WHERE parent_id IS NULL')" 1
	has "$(q 'SELECT argv FROM execs')" '^\["bash","-c"'
	eq "$(q "SELECT json_valid(argv) FROM runs")" 1
	eq "$(q "SELECT json_extract(argv, '\$[0]') FROM runs")" bash
}

case_argv_of_odd_bytes() {
	rec -q -- printf '%s' 'quote " back \ tab	end' $'new\nline' $'\xff\xfe' $'\x01' >/dev/null
	settle
	eq "$(q 'SELECT count(*) FROM execs WHERE NOT json_valid(argv)')" 0
	eq "$(q "SELECT json_extract(argv, '\$[2]') FROM runs")" 'quote " back \ tab	end'
}

# Longer than a page, and than what is kept of it.
case_argv_of_any_length() {
	local long
	long=$(printf '%09000d' 0)
	rec -q -- sh -c '/bin/true "$1" "" "$1" end; /bin/true $(seq 20000)' sh "$long"
	eq "$(q "SELECT argv FROM execs WHERE argv LIKE '[\"/bin/true\",\"0%'")" "[\"/bin/true\",\"$long\",\"\",\"$long\",\"end\"]"
	has "$(q "SELECT argv FROM execs WHERE argv LIKE '[\"/bin/true\",\"1\"%'")" '"9999",.*,"\.\.\."]$'
}

case_abi_of_each() {
	gcc -m32 -x c -o p32 - <<<'#include <stdio.h>
int main(void) { fopen("f32", "w"); }' 2>/dev/null || skip 'no 32-bit compiler'
	./p32 || skip 'no 32-bit programs here'
	rec -q -- sh -c './p32; echo >f64'
	settle
	eq "$(q "SELECT DISTINCT abi FROM writes WHERE path = '$T/f32'")" i386
	eq "$(q "SELECT DISTINCT abi FROM writes WHERE path = '$T/f64'")" x86_64
}

case_events_are_in_order() {
	rec -q -- sh -c 'mkdir d; echo >d/f; mv d/f d/g; rm d/g; rmdir d'
	settle
	eq "$(q "SELECT group_concat(op, ' ') FROM (SELECT op FROM events WHERE path LIKE '$T/d%' ORDER BY event_id)")" 'mkdir open rename unlink rmdir'
	eq "$(ba events --json | python3 -S -c '
import json, sys
t = [json.loads(l) for l in sys.stdin]
print(*[e["op"] for e in t if (e["path"] or "").startswith(sys.argv[1])])
assert [e["time_ns"] for e in t] == sorted(e["time_ns"] for e in t)' "$T/d")" 'mkdir open rename unlink rmdir'
}

run_cases "$@"
