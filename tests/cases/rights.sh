#!/bin/bash
# What an ordinary user may and may not do: to take back a run of his takes no more rights than he has.
. "$(dirname "$0")/../lib/cases.sh"

# A folder of his own, with old/ in it that he may not write, and d/ that he may.
own_folder() {
	mkdir -p u/w/old u/w/d/e
	echo a >u/w/old/a
	echo b >u/w/old/b
	echo precious >u/w/d/e/f
	is_root && chown -R 65534:65534 u
	as_user chmod 555 u/w/old
	cd u || return
	DB=$PWD/audit.db
	snap w ../before
}
as_before() { snap w ../after && eq "$(plain ../after)" "$(plain ../before)"; }
mine() { as_user env HOME="$PWD" "$BUILDAUDIT" -d "$DB" "$@"; }

case_read_only_folders() {
	own_folder || return
	mine run -q --include "$PWD/w" -- sh -c 'mkdir -p w/m/x/y; echo 1 >w/m/x/f; echo 1 >w/m/x/y/f; chmod 555 w/m/x/y w/m/x w/m
		chmod 755 w/old; echo x >>w/old/a; rm w/old/b; echo n >w/old/n; chmod 555 w/old'
	mine rollback -n 1 >../dry
	mine rollback -y 1 >&2
	as_before
	eq "$(grep -c . ../dry)" 8
	eq "$(q 'SELECT count(*) FROM unlocked')" 0
}

case_read_only_folders_of_a_run() {
	own_folder || return
	mine run -q --include "$PWD/w" -- sh -c 'mkdir -p w/m/x/y; echo 1 >w/m/x/f; echo 1 >w/m/x/y/f; chmod 555 w/m/x/y w/m/x w/m
		chmod 755 w/old; echo n >w/old/n; chmod 555 w/old'
	mine uninstall -y 1 >&2
	as_before
	eq "$(q 'SELECT count(*) FROM unlocked')" 0
}

case_read_only_folders_of_what_died() {
	own_folder || return
	mine run -q --name=p --include "$PWD/w" -- sh -c 'mkdir w/m; echo 1 >w/m/f; chmod 555 w/m; chmod 755 w/old; echo n >w/old/n; chmod 555 w/old'
	settle
	# as an undo leaves it that is killed
	as_user chmod 755 w/old
	command sqlite3 "$DB" "INSERT INTO unlocked VALUES ('$PWD/w/old', $((0555)))"
	mine uninstall -y p >&2
	as_before
	eq "$(q 'SELECT count(*) FROM unlocked')" 0
}

# What is below a folder that nobody may search is out of sight, not as before.
case_a_folder_that_cannot_be_searched() {
	own_folder || return
	mine run -q --include "$PWD/w" -- sh -c 'rm -r w/d/e; chmod 0 w/d'
	eq "$(mine files 1 | sed "s|$PWD/w/||")" $'modified  dir      d\nremoved   dir      d/e\nremoved   file     d/e/f'
	want_rc 1 mine rollback -y 1 >out 2>&1
	has "$(cat out)" 'keep +file .*d/e/f  \(Permission denied\)'
	mine rollback -y 1 >&2
	as_before
}

case_a_group_that_he_is_not_in() {
	is_root || skip 'needs root, who gives files to a group'
	own_folder || return
	chgrp 7 w/d
	chmod 2775 w/d
	mine run -q --include "$PWD/w" -- chmod 755 w/d
	(mine rollback -y 1 || :) >out 2>&1
	has "$(cat out)" 'fail +dir .*/d  \(Operation not permitted\)'
}

# A program that answers otherwise, and says nothing of it: that is no summary.
case_quiet_warns_of_lost_rights() {
	is_root || skip 'needs root, whose set-uid program is met by a user'
	own_folder || return
	cp /bin/true gains
	chmod 4755 gains
	mine run -q -- ./gains 2>err
	eq "$(cat err)" "buildaudit: note: $PWD/gains did not gain its rights (set-uid, set-gid or capabilities), since an ordinary user records it: put buildaudit behind sudo"
	mine run -q -- sh -c './gains; :' 2>err
	has "$(cat err)" "^buildaudit: note: $PWD/gains did not gain its rights"
	eq "$(wc -l <err)" 1
	mine run -q -- true 2>err
	eq "$(cat err)" ''
}

run_cases "$@"
