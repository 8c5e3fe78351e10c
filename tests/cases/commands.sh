#!/bin/bash
# The commands that answer: options, JSON, exit status, clear words for bad input.
. "$(dirname "$0")/../lib/cases.sh"

listings='runs files tree events'

some_runs() {
	rec --label first -q -- sh -c 'echo 1 >one; echo secret | cat >two'
	rec --label second --include "$T" -q -- sh -c 'mkdir d; mv one d/; rm two; ln -s d l; exit 5' || :
	settle
}

# keys VIEW: its columns, sorted, or those of a JSON line.
columns() { q "SELECT name FROM pragma_table_info('$1') ORDER BY name"; }
keys() { python3 -S -c '
import json, sys
seen = set()
for line in sys.stdin:
    o = json.loads(line)
    assert isinstance(o, dict), line
    seen.add(tuple(sorted(k for k in o if not k.endswith("_hex"))))
assert len(seen) == 1, seen
print("\n".join(seen.pop()))'; }

case_help_of_each() {
	local c out
	for c in run runs files who list owner show tree events sql package checkinstall; do
		out=$(ba $c -h)
		has "$out" "$c"
		has "$out" '^[Uu]sage'
	done
	has "$(ba --help)" 'who'
	# what is too long for its column has a line of its own
	for c in tree export manifest; do
		eq "$(ba $c -h | sed -n '/^ *--\?[a-z0]/p' | grep -vE '^.{2}.{24} [^ ]|^ *-[^ ]*(, --[^ ]*)?$')" ''
	done
	has "$(ba -h)" 'files'
	has "$(ba --version)" 'buildaudit'
}

case_help_and_version_are_words_of_ours() {
	local c
	eq "$(ba help)" "$(ba -h)"
	eq "$(ba version)" "$(ba --version)"
	has "$(ba version)" '^buildaudit [0-9]'
	for c in run files checkinstall help version; do
		eq "$(ba help $c)" "$(ba $c -h)"
	done
	has "$(want_rc 2 ba help flies 2>&1)" "no subcommand 'flies' \\(did you mean 'files'\\?\\)"
	want_rc 2 ba help files who 2>/dev/null
	want_rc 2 ba version 1 2>/dev/null
	[ ! -e "$DB" ]
}

# What it was perhaps meant for: letters exchanged, left out, put in, taken for others; nothing where nothing is near.
case_a_first_word_that_is_no_command() {
	local word near
	while read -r word near; do
		eq "$(want_rc 127 ba "$word" 2>&1)" "buildaudit: no command '$word'${near:+ (did you mean '$near'?)}"
		[ ! -e "$DB" ] || fail "$word made a database"
	done <<-'E'
		flies files
		file5 files
		fles files
		fyles files
		whos who
		lits list
		onwer owner
		unistal uninstall
		rollbakc rollback
		hlep help
		foo
		no-such-command
		checkinstallationofprograms
		./files
	E
	eq "$(want_rc 127 "$BUILDAUDIT" flies 2>&1)" "buildaudit: no command 'flies' (did you mean 'files'?)"
	eq "$(want_rc 127 ba '' 2>&1)" "buildaudit: no command ''"
	eq "$(want_rc 127 ba -q flies x 2>&1)" "buildaudit: no command 'flies' (did you mean 'files'?)"
	has "$(want_rc 127 ba -q files 2>&1)" 'buildaudit files'
	# Where a command was announced, none of ours was meant.
	for word in run -- '-q --' 'run --' 'run --label=x'; do
		eq "$(want_rc 127 ba $word flies 2>&1)" "buildaudit: no command 'flies'"
	done
	[ ! -e "$DB" ]
}

case_what_cannot_be_executed_is_no_run() {
	mkdir bin closed
	: >bin/flies
	eq "$(PATH=$T/bin:$PATH want_rc 126 ba run flies 2>&1)" "buildaudit: cannot run 'flies': Permission denied"
	eq "$(PATH=$T/bin:$PATH want_rc 126 ba flies 2>&1)" "buildaudit: cannot run 'flies': Permission denied (did you mean 'files'?)"
	want_rc 126 ba ./bin 2>/dev/null
	want_rc 126 ba ./bin/flies 2>/dev/null
	want_rc 126 ba ./bin/flies/x 2>/dev/null
	want_rc 126 ba "./$(printf '%0300d' 0)" 2>/dev/null
	want_rc 127 ba checkinstall -y --pkgname=xx no-such-command 2>err
	has "$(cat err)" "no command 'no-such-command'"
	want_rc 127 ba run --package=tar --pkgname=x --pkgversion=1 no-such-command 2>/dev/null
	[ ! -e "$DB" ]
	# The next folder of PATH may have it; an empty one is the working folder; without PATH there is one all the same.
	printf '#!/bin/sh\necho "of $0"\n' >closed/flies
	chmod +x closed/flies
	eq "$(PATH=$T/bin:$T/closed:$PATH rec -q flies)" "of $T/closed/flies"
	cd closed
	eq "$(PATH=$T/bin::/usr/bin:/bin rec -q flies)" "of flies"
	eq "$(env -u PATH "$BUILDAUDIT" -d "$DB" run $mode_flag -q -- sh -c 'echo found')" found
	cd ..
}

case_what_never_ran_is_not_latest() {
	printf '#!/no/such/interpreter\n' >script
	chmod +x script
	rec -q --include "$T" --label x -- sh -c 'echo >f'
	want_rc 127 rec -q --label x ./script 2>/dev/null
	settle
	# It was there and could be executed, as far as anybody could tell: that is on record.
	eq "$(q 'SELECT count(*) FROM runs')" 2
	eq "$(ba files -0 | tr '\0' '\n')" "$T/f"
	eq "$(ba files -0 x | tr '\0' '\n')" "$T/f"
	ba uninstall -y 2>/dev/null
	[ ! -e f ]
	# One that ran and said 127 itself did run.
	want_rc 127 rec -q --include "$T" -- sh -c 'echo >g; exit 127'
	settle
	eq "$(ba files -0 latest | tr '\0' '\n')" "$T/g"
}

# As for a subcommand; what follows "=" is no part of the name.
case_an_option_that_was_perhaps_meant() {
	some_runs
	has "$(want_rc 2 ba tree --slwo 2>&1)" "there is no option '--slwo' \\(did you mean '--slow'\\?\\)"
	has "$(want_rc 2 ba tree --colour=always 2>&1)" "'--colour=always' \\(did you mean '--color'\\?\\)"
	has "$(want_rc 2 ba --colour=always tree 2>&1)" "did you mean '--color'\\?"
	has "$(want_rc 2 ba --no-pagr tree 2>&1)" "did you mean '--no-pager'\\?"
	hasnt "$(want_rc 2 ba tree --no-such-option 2>&1)" 'did you mean'
}

case_usage_errors_are_2() {
	some_runs
	local c err
	for c in runs files tree events sql who list owner show; do
		err=$(want_rc 2 ba $c --no-such-option 2>&1)
		has "$err" '[Uu]sage'
	done
	want_rc 2 "$BUILDAUDIT" 2>/dev/null
	want_rc 2 ba who 2>/dev/null
	want_rc 2 ba run 2>/dev/null
	want_rc 2 ba run --no-such-option true 2>/dev/null
	want_rc 2 ba --no-such-option true 2>/dev/null
	want_rc 2 "$BUILDAUDIT" -d 2>/dev/null
	want_rc 2 ba run --wait=sometimes true 2>/dev/null
	want_rc 2 ba run --io-uring=perhaps true 2>/dev/null
	want_rc 2 ba files 1 2 3 2>/dev/null
}

case_json_of_each_parses() {
	some_runs
	local c
	for c in $listings; do
		ba $c --json | keys >/dev/null
	done
	ba who --json "$T/d/one" | keys >/dev/null
	ba sql --json 'SELECT 1 AS a, NULL AS b' | keys >/dev/null
}

case_json_keys_are_the_columns() {
	some_runs
	eq "$(ba runs --json | keys)" "$(columns runs)"
	eq "$(ba files --json | keys)" "$(columns manifest)"
	eq "$(ba events --json | keys)" "$(columns events)"
	eq "$(ba tree --json | keys | comm -23 <(columns processes) -)" ''
	local k
	for k in run_id pid op exe argv path; do
		has "$(ba who --json "$T/d/one" | keys)" "^$k\$"
	done
}

case_views_have_the_columns_of_the_contract() {
	some_runs
	local v want c
	while read -r v want; do
		for c in $want; do
			has "$(columns $v)" "^$c\$" || fail "view $v has no $c"
		done
	done <<-'E'
		runs run_id label argv cwd uid host kernel started_at duration_s exit_status term_signal state notes name version
		installs name version runs files bytes first_at last_at state
		owned path name version run_id type mode uid gid size mtime_ns sha256 link_target process_id
		processes process_id run_id pid ppid parent_id exe argv cwd abi started_ns ended_ns exit_status term_signal
		execs exec_id process_id run_id pid exe argv cwd abi started_ns
		writes run_id process_id exec_id pid ppid exe argv abi op path old_path flags mode count first_ns last_ns
		events event_id run_id time_ns
		manifest run_id path change type mode uid gid size mtime_ns sha256 link_target nlink_group content_changed excluded process_id
	E
	[ "$(q 'PRAGMA application_id')" != 0 ]
	[ "$(q 'PRAGMA user_version')" -ge 1 ]
	eq "$(q 'PRAGMA integrity_check')" ok
	eq "$(q 'PRAGMA foreign_key_check')" ''
	eq "$(q "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'")" 0
}

case_paths_are_text() {
	rec -q -- sh -c "echo >'$T/plain'; echo >\"$T/\$(printf 'bad\377')\""
	settle
	eq "$(q "SELECT count(*) FROM writes WHERE path = '$T/plain'")" 1
	eq "$(q "SELECT DISTINCT typeof(path) FROM writes")" text
	eq "$(q "SELECT hex(path) FROM writes WHERE path LIKE '%/bad%'")" "$(printf '%s/bad\377' "$T" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F)"
}

case_json_of_a_name_that_is_not_utf8() {
	rec --include "$T" -q -- sh -c 'echo >"$(printf "bad\\377")"; echo >"$(printf "new\nline\033")"'
	settle
	ba files --json | python3 -S -c '
import json, sys
for line in sys.stdin:
    o = json.loads(line)
    if "bad" in o["path"]:
        assert bytes.fromhex(o["path_hex"]) == sys.argv[1].encode() + b"/bad\xff", o
        bad = 1
    if "new" in o["path"]:
        assert o["path"] == sys.argv[1] + "/new\nline\x1b", o
        new = 1
assert bad and new' "$T"
}

# For people they are those of their own clock; JSON and the views have UTC.
case_times_are_local() {
	some_runs
	sqlite3 "$DB" 'UPDATE run SET started_ns = 1768435200000000000 WHERE id = 1' # 2026-01-15T00:00:00Z
	local c
	for c in 'runs' 'show 1' "who $T/one"; do
		has "$(TZ=America/New_York ba $c)" '2026-01-14 19:00'
		has "$(TZ=Asia/Kolkata ba $c)" '2026-01-15 05:30'
		has "$(TZ=UTC ba $c)" '2026-01-15 00:00'
	done
	has "$(TZ=America/New_York ba runs --json)" '"started_at":"2026-01-15T00:00:00.000Z"'
}

case_runs_by_number_label_and_latest() {
	some_runs
	eq "$(ba runs --json | python3 -S -c 'import json,sys; print([json.loads(l)["run_id"] for l in sys.stdin])')" '[2, 1]'
	has "$(ba files --all 1)" "created +file +$T/one"
	has "$(ba files --all first)" "$T/two"
	eq "$(ba files --all 2)" "$(ba files --all second)"
	eq "$(ba files --all)" "$(ba files --all latest)"
	has "$(ba runs)" second
	eq "$(q "SELECT label || ' ' || exit_status || ' ' || state FROM runs ORDER BY run_id")" "$(printf 'first 0 complete\nsecond 5 complete')"
	has "$(q "SELECT started_at FROM runs")" '^20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].*Z$'
}

case_unknown_run() {
	some_runs
	local c err
	for c in files tree events; do
		for r in 99 no-such-label -1 0; do
			err=$(refused ba $c -- $r 2>&1 >/dev/null)
			has "$err" "$r"
		done
	done
	has "$(ba files 99 2>&1 || :)" '99'
}

case_files_select() {
	some_runs
	has "$(ba files)" "removed +file +$T/two"
	eq "$(ba files --created --json | python3 -S -c 'import json,sys; print({json.loads(l)["change"] for l in sys.stdin})')" "{'created'}"
	eq "$(ba files --removed -0 | tr '\0' '\n')" "$(printf '%s\n' "$T/one" "$T/two")"
	eq "$(ba files --modified)" ''
	# The first run had no --include: its changes are excluded.
	eq "$(ba files 1 | grep -c "$T/" || :)" 0
	eq "$(ba files --all 1 | grep -c "$T/")" 2
}

# make install, and once more: nothing is new, and only what differs has changed.
case_what_is_written_again_is_the_same() {
	local err
	rec --include "$T" -q -- sh -c 'umask 022; mkdir d; for i in a b c m x; do echo $i >d/$i; done; ln -s a d/l; ln d/x d/y'
	err=$(rec --include "$T" -- sh -c 'mkdir -p d; echo a >d/a; rm d/b; echo b >d/b; echo new >d/c; rm d/m; echo m >d/m
		chmod 600 d/m; ln -sfn a d/l; rm d/x; echo n >n' 2>&1)
	has "$err" '^buildaudit: run 2: 1 created, 2 modified, 1 removed, 3 the same$'
	settle
	eq "$(ba files)" "$(sed "s|@|$T|" <<-'E'
		same      file     @/d/a
		same      file     @/d/b
		modified  file     @/d/c
		same      symlink  @/d/l
		modified  file     @/d/m
		removed   file     @/d/x
		created   file     @/n
	E
	)"
	eq "$(ba files --same -0 | tr '\0' '\n')" "$(printf '%s\n' "$T/d/a" "$T/d/b" "$T/d/l")"
	eq "$(ba files --modified -0 | tr '\0' '\n')" "$(printf '%s\n' "$T/d/c" "$T/d/m")"
	eq "$(ba files --modified --same --created -0 | tr '\0' '\n' | wc -l)" 6
	# In the view they are modified, all of them.
	eq "$(q "SELECT count(*) FROM manifest WHERE run_id = 2 AND change = 'modified'")" 5
	eq "$(ba files --json | python3 -S -c 'import json,sys; print(*[o["change"] + str(o["same"]) for o in map(json.loads, sys.stdin)])')" \
		'modified1 modified1 modified0 modified1 modified0 removed0 created0'
	# The originals of these were not kept: nobody knows.
	rec --include "$T" --no-backup -q -- sh -c 'rm d/a; echo a >d/a'
	settle
	eq "$(ba files)" "modified  file     $T/d/a"
}

case_attributes_that_changed_are_no_sameness() {
	echo 1 >f
	setfattr -n user.a -v 1 f 2>/dev/null || skip 'no setfattr, or no attributes here'
	rec --include "$T" -q -- sh -c 'cp --preserve=xattr f g; mv g f'
	rec --include "$T" -q -- sh -c 'echo 1 >g; mv g f'
	settle
	eq "$(ba files 1)" "same      file     $T/f"
	eq "$(ba files 2)" "modified  file     $T/f"
}

case_diff_says_what_went_came_and_changed() {
	rec --include "$T" -q -- sh -c 'mkdir -p d/e stale; echo 1 >d/e/a; echo 1 >d/e/b; echo 1 >stale/f'
	rec --include "$T" -q -- sh -c 'mkdir -p d/e new; echo 1 >d/e/a; echo 2 >d/e/b; echo 1 >new/f'
	settle
	eq "$(want_rc 1 ba diff 1 2)" "$(sed "s|@|$T|" <<-'E'
		~ file     @/d/e/b  (content)
		+ dir      @/new
		+ file     @/new/f
		- dir      @/stale
		- file     @/stale/f
	E
	)"
	eq "$(want_rc 1 ba diff 2 1 | sed 's/^+/x/; s/^-/+/; s/^x/-/')" "$(ba diff 1 2 || :)"
	rec --include "$T" -q -- sh -c 'echo 1 >d/e/a; echo 1 >d/e/b; echo 1 >stale/f'
	settle
	eq "$(ba diff 1 3)" ''
}

case_runs_say_what_has_become_of_them() {
	state() { ba runs | grep "^$1 " | grep -oE '(partly )?(complete|superseded|rolled back|uninstalled)'; }
	rec --include "$T" -q -- sh -c 'mkdir d; echo 1 >d/a; echo 1 >d/b'
	rec --include "$T" -q -- sh -c 'echo 2 >d/a'
	settle
	eq "$(state 1) $(state 2)" 'complete complete'
	rec --include "$T" -q -- sh -c 'rm d/b; echo 3 >d/c'
	settle
	eq "$(state 1) $(state 2) $(state 3)" 'superseded complete complete'
	# What took its place is taken back: it is what counts again.
	ba rollback -y 3 2>/dev/null
	eq "$(state 1) $(state 2) $(state 3)" 'complete complete rolled back'
	want_rc 1 ba uninstall -y 1 >/dev/null 2>&1
	eq "$(state 1)" 'partly uninstalled'
	rec --include "$T" -q -- sh -c 'echo 1 >z'
	settle
	ba uninstall -y 2>/dev/null
	eq "$(state 6)" uninstalled
	# an undo that kept all it came to has undone nothing
	rec --include "$T" -q -- sh -c 'echo 1 >y'
	settle
	echo mine >>y
	want_rc 1 ba rollback -y 8 >/dev/null 2>&1
	eq "$(state 8)" complete
}

case_files_with_sizes_and_targets() {
	printf '%0500d' 0 >old
	rec --include "$T" -q -- sh -c 'mkdir d; printf %01000d 0 >d/f; ln d/f d/g; : >d/empty; ln -s ../d/f d/l; mkfifo d/p; rm old'
	settle
	eq "$(ba files -l)" "$(sed "s|@|$T|" <<-'E'
		created   dir                    @/d
		created   file                0  @/d/empty
		created   file             1000  @/d/f
		created   file             1000  @/d/g
		created   symlink                @/d/l -> ../d/f
		created   fifo                   @/d/p
		removed   file              500  @/old
		total     3 files, 1 folder, 1 link, 1 other: 1000 bytes; removed: 1, of 500 bytes
	E
	)"
	# Two names of one file are its size once, as du has it.
	eq "$(ba files -l --created | tail -n 1 | grep -o '[0-9]* bytes')" "$(stat -c '%i %s' d/f d/g d/empty | sort -u | awk '{ n += $2 } END { print n " bytes" }')"
	eq "$(ba files -l --json)" "$(ba files --json)"
	want_rc 2 ba files -l -0 2>/dev/null
}

# Of a run, what is at a name, below a folder, matched by a glob.
case_files_at_a_place() {
	rec --include "$T" --label a/b -q -- sh -c 'mkdir -p d/e "d/e-x" odd; echo >d/e/f.so; echo >d/e-x/g.so; echo >d/h; echo >"odd/a[1]"; echo >odd/a1; ln -s d/e way'
	settle
	at() { ba files -0 "$@" | tr '\0' '\n' | sed "s|^$T/||" | tr '\n' ' '; }
	eq "$(at "$T/d/e")" 'd/e d/e/f.so '
	eq "$(at ./d/e/)" 'd/e d/e/f.so '
	eq "$(at 1 ./d/h ./odd)" 'd/h odd odd/a1 odd/a[1] '
	eq "$(at "$T/d/e" latest)" 'd/e d/e/f.so '
	eq "$(at '*.so')" 'd/e-x/g.so d/e/f.so '
	eq "$(at './d/e*')" 'd/e d/e-x d/e-x/g.so d/e/f.so '
	eq "$(at "$T/d/*/g.so")" 'd/e-x/g.so '
	eq "$(at "$T/*.so")" ''
	# A link to a folder is itself, and where it leads; a file with a bracket in its name is that file.
	eq "$(at ./way)" 'd/e d/e/f.so way '
	eq "$(at './odd/a[1]')" 'odd/a[1] '
	rm 'odd/a[1]'
	eq "$(at './odd/a[1]')" 'odd/a1 odd/a[1] '
	eq "$(at a/b d/h)" 'd/h '
	eq "$(at / | wc -w)" "$(ba files | wc -l)"
	cd d/e
	eq "$(at .)" 'd/e d/e/f.so '
	eq "$(at '../*/g.so')" 'd/e-x/g.so '
	eq "$(at ..)" "$(at "$T/d")"
	cd ../..
	eq "$(want_rc 1 ba files ./d/h ./none 2>err)" "created   file     $T/d/h"
	eq "$(cat err)" 'buildaudit: run 1: nothing at ./none'
	eq "$(ba files --json ./d/h)" "$(ba files --json | grep '"[^"]*/d/h"')"
	want_rc 2 ba files 1 1 ./d 2>/dev/null
	refused ba files no-such-run ./d 2>/dev/null
}

case_files_0_is_exact_and_nothing_else() {
	some_runs
	eq "$(ba files -0 | tr '\0' '\n' | sort)" "$(printf '%s\n' "$T/d" "$T/d/one" "$T/l" "$T/one" "$T/two" | sort)"
}

case_exclude_and_include() {
	mkdir p
	rec -q --include "$T" --exclude "$T/p/*.log" -- sh -c 'echo >p/a; echo >p/b.log; echo >c'
	settle
	eq "$(ba files -0 | tr '\0' '\n' | sort)" "$(printf '%s\n' "$T/c" "$T/p/a")"
	rec -q --include "$T/p" -- sh -c 'echo x >>p/a; echo x >>c'
	settle
	eq "$(ba files -0 | tr '\0' '\n' | sort)" "$T/p/a"
	eq "$(q "SELECT group_concat(excluded) FROM (SELECT excluded FROM manifest WHERE run_id = 2 AND path IN ('$T/c', '$T/p/a') ORDER BY path)")" '1,0'
}

# One below its working folder would look like a run that did nothing.
case_all_of_it_is_excluded() {
	rec -q -- sh -c 'echo >a; echo >b'
	settle
	eq "$(ba files 2>err)$(cat err)" "buildaudit: all that run 1 changed is excluded: 'buildaudit files --all 1' lists it"
	eq "$(ba files -0 --created 2>&1)" ''
	has "$(ba show)" "^excluded  2 paths [(]'buildaudit files --all 1' lists them[)]"
	eq "$(ba files --all -0 | tr '\0' '\n')" "$(printf '%s\n' "$T/a" "$T/b")"
	rec -q --include "$T" -- sh -c 'echo >c'
	settle
	hasnt "$(ba files 2>&1; ba show)" 'excluded'
}

case_sql_one_query() {
	some_runs
	eq "$(ba sql 'SELECT count(*) FROM runs' | tail -n 1 | tr -d ' ')" 2
	want_rc 125 ba sql 'SELECT x FROM nowhere' 2>err || want_rc 1 ba sql 'SELECT x FROM nowhere' 2>err
	has "$(cat err)" 'nowhere'
	refused ba sql 'DELETE FROM runs' 2>/dev/null
	refused ba sql 'DROP VIEW manifest' 2>/dev/null
	eq "$(q 'SELECT count(*) FROM runs')" 2
}

case_no_colour_in_a_pipe() {
	some_runs
	local c
	for c in $listings; do
		hasnt "$(ba $c)" $'\033'
		hasnt "$(NO_COLOR=1 ba $c)" $'\033'
	done
	hasnt "$(ba who "$T/d/one")" $'\033'
}

case_output_that_cannot_be_written() {
	[ -w /dev/full ] || skip 'no /dev/full'
	some_runs
	local c
	for c in $listings; do
		want_rc 125 ba $c >/dev/full 2>/dev/null
	done
}

case_where_the_database_is() {
	mkdir home state
	HOME=$T/home BUILDAUDIT_DB=$T/by-variable.db "$BUILDAUDIT" run $mode_flag -q -- true
	[ -f by-variable.db ]
	HOME=$T/home BUILDAUDIT_DB=$T/not-this.db "$BUILDAUDIT" -d "$T/by-option.db" run $mode_flag -q -- true
	[ -f by-option.db ]
	[ ! -e not-this.db ]
	eq "$(stat -c %a by-variable.db)" 600
	chmod 777 home state
	as_user env HOME="$T/home" XDG_STATE_HOME="$T/state" "$BUILDAUDIT" run $mode_flag -q -- true
	eq "$(stat -c %a state/buildaudit)" 700
	eq "$(stat -c '%a %u' state/buildaudit/audit.db)" "600 $(as_user id -u)"
	as_user env -u XDG_STATE_HOME HOME="$T/home" "$BUILDAUDIT" run $mode_flag -q -- true
	[ -f home/.local/state/buildaudit/audit.db ]
}

case_nothing_recorded_yet() {
	local c
	for c in $listings; do
		refused ba $c >o 2>&1
		has "$(cat o)" '.'
	done
	[ ! -e "$DB" ]
}

case_wide_and_narrow_terminal() {
	some_runs
	command -v script >/dev/null || skip 'no script(1)'
	local out
	out=$(script -qec "stty cols 60; PAGER=cat '$BUILDAUDIT' -d '$DB' runs" /dev/null </dev/null | tr -d '\r' | sed 's/\x1b\[[0-9;]*m//g')
	has "$out" second
	eq "$(awk 'length($0) > 60' <<<"$out")" '' 'wider than the terminal'
}

case_control_characters_are_shown_escaped() {
	command -v script >/dev/null || skip 'no script(1)'
	rec --include "$T" -q -- sh -c 'echo >"$(printf "evil\033[31mname")"'
	settle
	local out
	out=$(NO_COLOR=1 script -qec "'$BUILDAUDIT' -d '$DB' files" /dev/null </dev/null)
	has "$out" 'evil'
	hasnt "$out" $'evil\033'
}

# What turns the direction of writing round makes a line read as another: U+061C, 200E, 200F, 202A-202E, 2066-2069.
case_bidirectional_controls_are_shown_escaped() {
	command -v script >/dev/null || skip 'no script(1)'
	local c out x all=
	local each='\330\234 \342\200\216 \342\200\217 \342\200\252 \342\200\253 \342\200\254 \342\200\255 \342\200\256
		\342\201\246 \342\201\247 \342\201\250 \342\201\251'
	local shown='ev\\330\\234.*\\342\\200\\256.*\\342\\201\\251il'
	for x in $each; do all=$all$(printf "$x"); done
	rec --label "ev${all}il" --include "$T" -q -- sh -c 'echo >"$1"' sh "ev${all}il"
	settle
	for c in runs files tree events manifest 'uninstall --list' 'uninstall -n' "who 'ev${all}il'" 'sql "SELECT label FROM runs"'; do
		out=$(NO_COLOR=1 script -qec "stty cols 1000; '$BUILDAUDIT' -d '$DB' $c" /dev/null </dev/null)
		has "$out" "$shown" || fail "$c"
		for x in $each; do
			hasnt "$out" "$(printf "$x")" || fail "$c"
		done
	done
	# What is said on the way, too; and elsewhere the bytes are exact.
	has "$(NO_COLOR=1 script -qec "stty cols 1000; '$BUILDAUDIT' -d '$DB' who 'ev${all}ill'" /dev/null </dev/null)" "$shown"
	has "$(ba files)" "ev${all}il"
	out=$(ba files --json)
	has "$out" 'ev\\u061c.*\\u202e.*\\u2069il'
	eq "$(python3 -S -c 'import json, sys; sys.stdout.write(json.loads(sys.argv[1])["path"])' "$out")" "$T/ev${all}il"
}

# What fails leaves nothing; the end is the command's own.
case_rollback_on_failure() {
	mkdir p
	echo before >p/a
	want_rc 3 rec --rollback-on-failure --include "$T/p" -- sh -c 'echo x >p/a; echo >p/b; exit 3' 2>err
	has "$(cat err)" '^buildaudit: run 1 rolled back \(as run 2\): 1 removed, 1 restored'
	eq "$(cat p/*)" before
	eq "$(q 'SELECT argv FROM runs WHERE run_id = 2')" "[\"buildaudit\",\"-d\",\"$DB\",\"rollback\",\"-y\",\"1\"]"
	rec --rollback-on-failure --include "$T/p" -- sh -c 'echo x >p/a'
	eq "$(cat p/*)" x
	want_rc 143 rec --rollback-on-failure -q --include "$T/p" -- sh -c 'echo y >p/a; kill $$' 2>/dev/null
	eq "$(cat p/*)" x
	want_rc 127 rec --rollback-on-failure -q -- no-such-command 2>/dev/null
	# what it made is not packed, either
	want_rc 1 rec --rollback-on-failure --package=tar --include "$T/p" -- sh -c 'echo >p/b; exit 1' 2>err
	eq "$(ls p)" a
	hasnt "$(cat err)" 'package:'
}

run_cases "$@"
