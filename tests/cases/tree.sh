#!/bin/bash
# `tree`: every process in its place; folded, chosen, cut for a person.
. "$(dirname "$0")/../lib/cases.sh"
export LC_ALL=C

case_tree_shows_every_process() {
	rec -q -- bash -c 'sh -c "touch a b; :"; perl -e "open F, q(>), q(c)"; exit 3' || :
	local out
	out=$(ba tree)
	has "$out" 'bash'
	has "$out" 'touch'
	has "$out" 'perl'
	eq "$(ba tree --json | wc -l)" "$(q 'SELECT count(*) FROM processes')"
}

# Two subtrees beside each other, three deep: each process stands below its own parent, the older one first.
case_tree_is_depth_first() {
	rec -q -- bash -c 'f() { [ $1 = 0 ] || { (f $(($1 - 1)); :); (f $(($1 - 1)); :); }; :; }; f 3'
	settle
	eq "$(q 'SELECT count(*) FROM processes')" 15
	ba tree --json | python3 -S -c '
import json, sys
at, last, order = {}, {}, []
for n, p in enumerate(map(json.loads, sys.stdin)):
    me, parent, depth = p["process_id"], p["parent_id"], p["depth"]
    # the way from the root to the process before this one; its parent is the one on it that is a step up
    assert (parent is None) == (n == 0), p
    assert parent is None or order[depth - 1] == parent, ("stands below", order[:depth], p)
    assert depth == (0 if parent is None else at[parent] + 1), p
    assert last.get(parent, 0) < me, ("the older first", p)
    del order[depth:]
    order.append(me)
    at[me], last[parent] = depth, me
assert len(at) == 15, at'
	# The same for people: the parent is the last line above that stands further left.
	eq "$(ba tree -a | sed 's/[0-9].*//' | awk '{ printf "%d", length($0) / 4 }')" 012332331233233
}

# A record that was tampered with: processes that are their own ancestors are no reason to go on for ever.
case_tree_of_a_record_that_goes_in_circles() {
	local out
	rec -q -- sh -c '(sh -c ":; :"; :); :'
	rec -q -- sh -c ':'
	settle
	sqlite3 "$DB" 'UPDATE process SET parent_id = (SELECT min(id) FROM process WHERE run_id = 2) WHERE parent_id IS NULL AND run_id = 1;
		UPDATE process SET parent_id = (SELECT max(id) FROM process WHERE run_id = 1) WHERE run_id = 2'
	out=$(timeout 20 "$BUILDAUDIT" -d "$DB" tree --json 1) || fail 'it has no end'
	eq "$(wc -l <<<"$out")" "$(q 'SELECT count(*) FROM processes WHERE run_id = 1')"
	sqlite3 "$DB" 'UPDATE process SET parent_id = id'
	timeout 20 "$BUILDAUDIT" -d "$DB" tree 1 >/dev/null || fail 'it has no end'
	sqlite3 "$DB" 'UPDATE process SET parent_id = (SELECT min(id) + max(id) - process.id FROM process WHERE run_id = 1) WHERE run_id = 1'
	timeout 20 "$BUILDAUDIT" -d "$DB" tree 1 >/dev/null || fail 'it has no end'
}

# Without times, as they differ; nor the end of the first line, for which a longer one has no room.
plain_tree() { ba tree "$@" | sed -E 's/  [0-9.]+ (ms|s)(, |  |$)/  /; s/ +$//; 1s/ls( d.*)?[.]{3}$/ls .../'; }

case_the_same_program_is_one_line() {
	rec -q -- bash -c 'for i in 1 2 3; do mkdir -p d/$i; done; for i in 1 2; do sh -c "touch d/$i/f; true; :"; done; ls d >/dev/null; :'
	settle
	eq "$(plain_tree)" "bash -c 'for i in 1 2 3; do mkdir -p d/\$i; done; for i in 1 2; do sh -c \"touch d/\$i/f; true; :\"; done; ls ...
|-- mkdir -p ... x3  4 files
\`-- sh -c ... x2
    \`-- touch ... x2  2 files
1 process that changed nothing and did not fail: --all shows it"
}

# What one of two shells ran does not stand below both, and two scripts are two programs.
case_what_runs_other_programs_is_another_line() {
	echo 'touch "$1"' >one
	echo 'mkdir "$1"' >two
	rec -q -- bash -c 'sh -c "touch a; :"; sh -c "mkdir b; mkdir c; :"; for i in 1 2; do sh -c "touch c$i; mkdir d$i; :"; done
		sh one e; sh two f; sh one g; sh -c "mkdir h; :"; :'
	settle
	eq "$(plain_tree | sed 1d)" '|-- sh -c '\''touch a; :'\''
|   `-- touch a  1 file
|-- sh -c ... x2
|   `-- mkdir ... x3  3 files
|-- sh -c ... x2
|   |-- touch ... x2  2 files
|   `-- mkdir ... x2  2 files
|-- sh one ... x2
|   `-- touch ... x2  2 files
`-- sh two f
    `-- mkdir f  1 file'
}

case_all_is_each_process() {
	rec -q -- bash -c 'true; for i in 1 2 3; do /bin/true; done; (:; :); :'
	settle
	eq "$(ba tree -a | wc -l)" "$(q 'SELECT count(*) FROM processes')"
	has "$(ba tree -a)" "^\|-- $(q "SELECT min(pid) FROM processes WHERE exe LIKE '%/true'") /bin/true "
	has "$(ba tree -a)" "^\`-- $(q "SELECT max(pid) FROM processes") bash \(fork\)  "
}

# Children stand below what started them, and that is what is typed; what the same process ran afterwards stands behind it.
case_a_process_that_runs_one_program_after_the_other() {
	echo q >q
	rec -q -- bash -c 'bash -c "cp q a && mv a b"; sh -c "cp q c; exec env true"; sh -c "exec env touch d"; (cp q e; exec mv e f); :'
	settle
	eq "$(plain_tree | sed 1d)" "|-- bash -c 'cp q a && mv a b', then mv a b  1 file
|   \`-- cp q a  1 file
|-- sh -c 'cp q c; exec env true', then true
|   \`-- cp q c  1 file
|-- touch d  1 file
\`-- bash (fork), then mv e f  1 file
    \`-- cp q e  1 file" || return
	has "$(ba tree -v)" 'cp q a && mv a b.*, then mv a b '
	# it is found by each of them, with what that one started
	eq "$(plain_tree true)" 'true' || return
	eq "$(plain_tree env)" "env true, then true
env touch d, then touch d  1 file" || return
	eq "$(plain_tree mv)" 'mv ... x2  2 files' || return
	has "$(plain_tree bash)" '^\|-- bash -c .cp q a && mv a b., then mv a b  1 file$' || return
	rec -q -- bash -c 'for i in 1 2; do bash -c "cp q $i && mv $i m$i"; done; :'
	settle
	eq "$(plain_tree | sed 1d)" "\`-- bash -c ..., then mv ... x2  2 files
    \`-- cp q ... x2  2 files"
}

# A name that is long has room for the others.
case_of_what_is_long_the_names_are_left() {
	rec -q -- bash -c "bash -c ': $(printf '%0300d' 0); touch a; exec mkdir $(printf '%0100d' 1)'; :"
	settle
	has "$(ba tree | sed -n 2p)" "^.-- bash -c ': 0+[.]{3}, then mkdir  [0-9.]+ m?s, 1 file$"
}

case_how_each_ended_in_words() {
	rec -q -- bash -c 'sh -c "exit 3"; sh -c "kill -TERM \$\$"; sh -c "exit 4"; perl -e "exit 5"; /bin/sh -c "exit 3"; :'
	settle
	has "$(ba tree)" "^\|-- sh -c 'exit 3' x2  [^ ]+ m?s  2 failed with status 3\$"
	has "$(ba tree)" 'kill -TERM.*  killed by SIGTERM$'
	has "$(ba tree)" 'exit 4.*  failed with status 4$'
	has "$(ba tree)" 'exit 5.*  failed with status 5$'
	eq "$(ba tree --failed --json | python3 -S -c 'import json,sys; print(*[json.loads(l)["exit_status"] for l in sys.stdin])')" '0 3 None 4 5 3'
}

# Different scripts that failed are different lines; and a name is one that was typed.
case_what_failed_is_told_apart() {
	rec -q -- bash -c 'sh -c "exit 3"; sh -c ": && exit 3"; sh -c "exit 3" again; sh -c "touch a; :"; /bin/sh -c "touch b; :"; :'
	settle
	eq "$(plain_tree | sed 1d)" "|-- sh -c 'exit 3' ... x2  2 failed with status 3
|-- sh -c ': && exit 3'  failed with status 3
\`-- sh -c ... x2
    \`-- touch ... x2  2 files"
}

# However deep it is, a line has no more columns than there are, and one that is cut is cut once.
case_a_deep_tree_has_room() {
	printf '%s\n' '[ $1 = 0 ] && exit 3' 'sh go $(($1 - 1)) --with-some-option --and-another=one-more --a-third-one-that-is-long; exit 3' >go
	rec -q -- sh go 35 || :
	settle
	eq "$(ba tree | wc -l)" 36
	eq "$(ba tree | awk 'length($0) > 120')" '' || return
	has "$(ba tree)" '[-][-] \(35\) sh go 0 .*  failed with status 3$'
	rec -q -- bash -c "for i in 1 2; do sh -c ': $(printf '%0300d' 0); touch \$1' \$i \$i; done; :"
	settle
	has "$(ba tree)" ': 0+[.]{3} x2  '
}

case_writers_and_what_leads_to_them() {
	rec -q -- bash -c 'sh -c "touch a; :"; sh -c "/bin/true; :"; perl -e "exit 5"; :'
	settle
	eq "$(plain_tree --writers | sed 1d)" '`-- sh -c '\''touch a; :'\''
    `-- touch a  1 file'
	eq "$(ba tree --writers --json | wc -l)" 3
}

# The longest by itself is not who waited for it.
case_the_slowest() {
	rec -q -- bash -c 'sh -c "sleep 0.3; :"; sleep 0.2; /bin/true; :'
	settle
	eq "$(ba tree --slow=2 | grep -c sleep)" 4
	eq "$(ba tree --slow=1 --json | python3 -S -c 'import json,sys; print([json.loads(l)["argv"] for l in sys.stdin][-1])')" "['sleep', '0.3']"
	has "$(ba tree --slow)" 'sleep 0.2'
	has "$(want_rc 2 ba tree --slow=none 2>&1)" 'how many'
	has "$(want_rc 2 ba tree --slow=0 2>&1)" 'how many'
}

case_from_a_program_on() {
	rec -q -- bash -c 'sh -c "touch a; :"; perl -e "system(q(touch), q(b))"; :'
	settle
	eq "$(plain_tree perl)" "perl -e 'system(q(touch), q(b))'
\`-- touch b  1 file"
	eq "$(plain_tree 1 perl)" "$(plain_tree perl)"
	eq "$(plain_tree latest "$(q "SELECT exe FROM processes WHERE exe LIKE '%/perl'")")" "$(plain_tree perl)"
	has "$(want_rc 1 ba tree nothing 2>&1)" "no process of run 1 runs 'nothing'"
	has "$(want_rc 2 ba tree 1 a b 2>&1)" "'b' is left over"
}

# What make is told to make is no program; a script is, by what its interpreter was given.
case_a_program_is_what_runs() {
	printf 'install: ; @perl -e 1; mkdir -p d; touch d/f\n' >Makefile
	printf '#!/bin/sh\nmkdir -p e; install -m 644 Makefile e/x\n' >put
	chmod +x put
	rec -q -- sh -c 'make -s install; ./put a; sh put b; cat put install 2>/dev/null; :'
	settle
	eq "$(plain_tree install)" 'install -m 644 Makefile e/x x2  2 files' || return
	has "$(plain_tree make)" '^make -s install' || return
	eq "$(ba tree -a put | grep -c '^[0-9]* ')" 2 'two shells, and no cat' || return
	local install
	install=$(q "SELECT exe FROM processes WHERE exe LIKE '%/install' LIMIT 1")
	eq "$(plain_tree "$install")" "$(plain_tree install)" || return
	eq "$(cd "${install%/*}"; plain_tree ./install)" "$(plain_tree install)" || return
	eq "$(plain_tree './p?t')" "$(plain_tree ./put)" || return
	eq "$(plain_tree 'inst*')" "$(plain_tree install)" || return
	eq "$(plain_tree "${install%l}?")" "$(plain_tree install)" || return
	eq "$(cd "${install%/*}"; plain_tree '../*/inst*l')" "$(plain_tree install)" || return
	has "$(want_rc 1 ba tree 'stal*' 2>&1)" "no process of run 1 runs 'stal"
}

# In a file a line is cut, and with -v it is not.
case_long_lines() {
	local long
	long=$(printf '%0300d' 0)
	rec -q -- bash -c "touch a; : $long
	:"
	settle
	[ "$(ba tree | awk '{ if (length($0) > n) n = length($0) } END { print n }')" -le 120 ] || fail 'not cut'
	has "$(ba tree -v)" "$long"'\\n\\t:'
	hasnt "$(ba tree)" '\\012'
	has "$(LC_ALL=C.UTF-8 ba tree)" '^└─ touch a'
}

# As deep as there is, and as many: it takes no stack.
case_deep_and_wide() {
	rec -q true
	settle
	sqlite3 "$DB" "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
		INSERT INTO process (id, run_id, parent_id, pid, ppid, first_exec, started, ended, status, files)
		SELECT id + i, run_id, iif(i % 2, id + i - 1, id + i - 2), pid + i, ppid, first_exec, started, ended, 0, 1 FROM process, n WHERE id = 1"
	eq "$(timeout 60 "$BUILDAUDIT" -d "$DB" tree -a | wc -l)" 30001
	timeout 60 "$BUILDAUDIT" -d "$DB" tree >/dev/null
}

run_cases "$@"
