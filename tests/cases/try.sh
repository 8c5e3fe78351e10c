#!/bin/bash
# A try: the command sees and changes the system as ever, nobody else sees it, and discarded it leaves no trace.
. "$(dirname "$0")/../lib/cases.sh"

t() { "$BUILDAUDIT" -d "$DB" try $mode_flag "$@"; }
needs_try() {
	is_root || skip 'a try needs root'
	t -q true 2>"$T/../why" || skip "no try here: $(cat "$T/../why")"
	ba discard 2>/dev/null
}
# Descriptors 8 and 9 are two pipes: those that have a name are others in a try.
pipes() {
	mkfifo "$T/../8" "$T/../9"
	exec 8<>"$T/../8" 9<>"$T/../9"
}
# unchanged FOLDER COMMAND...: with the folder as it was, byte for byte, afterwards.
unchanged() {
	local folder=$1 status=0
	shift
	snap "$folder" "$T/../was-${folder##*/}"
	"$@" || status=$?
	snap "$folder" "$T/../is-${folder##*/}"
	diff "$T/../was-${folder##*/}" "$T/../is-${folder##*/}" >&2 || fail 'it is seen outside'
	return $status
}
# What a snapshot says but for times, which no two runs have the same.
facts() {
	python3 -S -c '
import json, sys
for e in map(json.loads, open(sys.argv[1])):
    print(e["path"], e["type"], oct(e["mode"]), e["uid"], e["gid"], e["sha256"], e["link_target"], e["rdev"], e["nlink"] if e["type"] != "dir" else "")' "$1"
}
# A snapshot with the numbers that a file has on both sides: within, those of a lower layer are in the low bits, and
# what is new has none there. The kernel tells a copied file's birth wrong.
numbers() {
	python3 -S -c '
import json, sys
for e in map(json.loads, open(sys.argv[1])):
    e["ino"] = e["ino"] & 0xffffffff if sys.argv[2] == "outside" or e["ino"] >> 32 else -e["ino"]
    e["dev"] = e["btime_ns"] = 0
    print(json.dumps(e))' "$1" "$2" >"$1-numbers"
}
# tried FOLDER COMMAND...: nothing is seen outside; the manifest is what is seen inside; and that is what a plain run
# of the same leaves.
tried() {
	local folder=$1 status=0 want=0
	shift
	needs_try
	[ "${age_too-yes}" = no ] || age "$folder"
	snap "$folder" "$T/../before"
	unchanged "$folder" t --include "$T/$folder" -q -- "$@" || status=$?
	settle
	run=$(q 'SELECT max(run_id) FROM runs')
	eq "$(q "SELECT state FROM runs WHERE run_id = $run")" staged
	t -q --continue "$run" python3 -S "$LIB/snapshot" "$folder" >"$T/../inside"
	numbers "$T/../before" outside
	numbers "$T/../inside" inside
	python3 -S "$LIB/manifest-equals" "$DB" "$run" "$T/$folder" "$T/../before-numbers" "$T/../inside-numbers" >&2 || fail "the manifest is not the truth"
	want_rc 0 ba verify "$run"
	tried_manifest=$(manifest_of "$run" "$T/$folder")
	ba discard "$run" 2>/dev/null
	[ ! -e "$DB.scenes" ] || fail 'the images are still there'
	[ "${plain_too-yes}" = yes ] || return $status
	rec --include "$T/$folder" -q -- "$@" || want=$?
	settle
	eq "$status" "$want" 'the exit status'
	snap "$folder" "$T/../plain"
	eq "$(facts "$T/../inside")" "$(facts "$T/../plain")" 'not what a plain run leaves'
	eq "$tried_manifest" "$(manifest_of "$(q 'SELECT max(run_id) FROM runs')" "$T/$folder")" 'the manifests'
}
manifest_of() { q "SELECT change || ' ' || type || ' ' || replace(path, '$2/', '') FROM manifest WHERE run_id = $1 AND path LIKE '$2/%' ORDER BY path"; }
# In mounts of its own, which go with it: the case goes on there.
with_mounts() {
	local f
	needs_try
	[ "${BA_TRY_APART-}" = yes ] && return
	for f in "${FUNCNAME[@]}"; do case $f in case_*) break ;; esac; done
	BA_TRY_APART=yes unshare -m "$SELF" "$f" >"$T/../apart" 2>&1 || fail "$(cat "$T/../apart")"
	if grep -q '# SKIP' "$T/../apart"; then skip "$(sed -n 's/.*# SKIP //p' "$T/../apart")"; fi
	apart=done
}

case_files_are_made_changed_and_removed() {
	mkdir -p p/d p/e
	echo 1 >p/a; echo 2 >p/b; echo 3 >p/d/c; ln -s a p/l; mkfifo p/fifo
	tried p sh -ec 'cd p; echo new >n; echo more >>a; rm b; rm -r d; mkdir d; echo x >d/x; chmod 600 a; ln -sfn n l; rm fifo; rmdir e; touch -d @1 n'
}

case_what_is_not_touched_is_not_in_the_manifest() {
	mkdir -p p/d/e
	for i in 1 2 3 4; do echo $i >p/d/$i; ln p/d/$i p/d/e/$i; ln -s $i p/d/s$i; done
	tried p sh -ec 'cd p; cat d/1 >/dev/null; echo new >n; echo more >>d/2; mv d/e d/f'
}

case_folders_are_renamed() {
	mkdir -p p/d/deep/deeper p/other
	echo 1 >p/d/f; echo 2 >p/d/deep/g; echo 3 >p/d/deep/deeper/h
	tried p sh -ec 'cd p; mv d e; echo new >e/deep/new; mv e/deep other/moved; rm other/moved/g; mkdir d'
}

case_hard_links_stay_one_file() {
	mkdir p
	echo one >p/a; ln p/a p/b; ln p/a p/c
	tried p sh -ec 'cd p; echo two >>a; cat b; rm c; ln b d; cmp a d'
}

case_owners_modes_attributes_and_nodes() {
	mkdir p
	echo 1 >p/a; cp /bin/true p/prog
	tried p sh -ec 'cd p; chown 12:34 a; chmod 4755 prog; setfattr -n user.x -v y a 2>/dev/null || :; mknod n c 1 3; mkdir -m 1777 d; truncate -s 30M sparse'
}

case_a_bystander_never_sees_it() {
	needs_try
	mkdir p
	echo old >p/f
	pipes
	t -q sh -c 'echo new >p/f; echo x >p/g; echo >&8; read x <&9; cat p/f' >out &
	read -r _ <&8
	eq "$(cat p/f; ls p)" "$(printf 'old\nf')"
	echo >&9
	wait $!
	eq "$(cat out)" new
}

case_exit_status_signal_and_output_are_the_commands() {
	needs_try
	want_rc 42 t -q sh -c 'exit 42'
	want_rc 143 sh -c "'$BUILDAUDIT' -d '$DB' try $mode_flag -q sh -c 'kill -TERM \$\$'; exit \$?"
	eq "$(echo in | t -q sh -c 'read x; echo "$x out"; echo err >&2' 2>err)" 'in out'
	eq "$(cat err)" err
	want_rc 127 t -q no-such-command-here 2>/dev/null
	want_rc 126 t -q /dev/null 2>/dev/null
	want_rc 2 t 2>/dev/null
}

case_a_command_that_is_not_there_leaves_nothing() {
	needs_try
	rm "$DB"
	refused t -q no-such-command-here 2>/dev/null
	[ ! -e "$DB" ] && [ ! -e "$DB.scenes" ] || fail 'there is a database, or an image'
}

case_what_is_said_at_the_end() {
	needs_try
	mkdir p
	t --include "$T/p" sh -c 'echo >p/f' 2>err
	has "$(head -n 1 err)" 'nothing of it is in its place; but what was sent to sockets'
	has "$(cat err)" 'run [0-9]+ \(staged\): 1 created'
	has "$(cat err)" 'commit [0-9]+, or discard'
}

case_the_working_folder_is_the_one_of_that_name() {
	needs_try
	mkdir -p p/q
	(cd p/q && unchanged "$T/p" t -q sh -c 'pwd; echo x >here; echo y >../there') >out
	eq "$(cat out)" "$T/p/q"
	t -q --continue latest cat p/q/here p/there >out
	eq "$(cat out)" "$(printf 'x\ny')"
}

case_a_database_named_from_here_and_within_the_tree() {
	needs_try
	mkdir p
	echo 1 >p/f
	(cd p && "$BUILDAUDIT" -d here.db try $mode_flag -q sh -c 'rm f; echo gone >here.db; rm -rf here.db.scenes; ls')
	eq "$(cat p/f)" 1
	eq "$("$BUILDAUDIT" -d p/here.db files --all | grep -c "removed .*$T/p/f ")" 1
	want_rc 0 "$BUILDAUDIT" -d p/here.db verify
	"$BUILDAUDIT" -d p/here.db discard 2>/dev/null
	eq "$(ls p)" "$(printf 'f\nhere.db')"
}

case_goes_on_in_the_same_layers() {
	needs_try
	mkdir p
	echo 0 >p/f
	t -q --include "$T/p" --label=first sh -c 'echo 1 >p/f; mkdir p/d'
	t -q --include "$T/p" --label=second --continue first sh -c 'cat p/f; echo 2 >>p/f; echo x >p/d/x' >out
	eq "$(cat out; cat p/f)" "$(printf '1\n0')"
	settle
	eq "$(ba files second | sed "s,$T/,,")" "$(printf 'created   file     p/d/x\nmodified  file     p/f')"
	eq "$(q 'SELECT count(DISTINCT scene) FROM run')" 1
	ba discard first 2>err
	has "$(cat err)" 'with 1 more in the same layers'
	eq "$(q 'SELECT count(*) FROM runs')" 0
}

case_a_shell() {
	needs_try
	mkdir p
	eq "$(echo 'echo x >p/f; ls p; exit 3' | SHELL=/bin/sh want_rc 3 t -q -i)" f
	[ ! -e p/f ] || fail 'it is outside'
	want_rc 2 t -i true 2>/dev/null
}

case_processes_left_behind_keep_their_layers() {
	needs_try
	mkdir p
	pipes
	t -q --include "$T/p" sh -c 'echo 1 >p/f; (read x <&9; echo 2 >>p/f; cat p/f >p/g) >/dev/null 2>&1 &'
	want_rc 125 ba discard 2>err
	has "$(cat err)" 'pid [0-9]+'
	eq "$(t -q --continue latest cat p/f)" 1
	echo >&9
	settle
	until_eq "$(printf '1\n2')" t -q --continue 2 cat p/g
	ba discard 2 2>err
	[ ! -e "$DB.scenes" ] || fail 'the images are still there'
	eq "$(ls p)" ''
}

case_discarded_by_force() {
	needs_try
	mkdir p
	pipes
	t -q sh -c 'echo 1 >p/f; (read x <&9; echo 2 >p/f) >/dev/null 2>&1 &'
	want_rc 125 ba discard 2>/dev/null
	ba discard --force 2>/dev/null
	[ ! -e "$DB.scenes" ] || fail 'the images are still there'
	eq "$(q 'SELECT count(*) FROM runs')" 0
	echo >&9
}

case_a_killed_recorder_leaves_what_can_be_discarded() {
	needs_try
	mkdir p
	pipes
	"$BUILDAUDIT" -d "$DB" try $mode_flag -q --include "$T/p" sh -c 'echo 1 >p/f; echo >&8; exec sleep 100' 2>/dev/null &
	command=$!
	read -r _ <&8
	kill -KILL "$(awk '/^TracerPid/ { print $2 }' "/proc/$command/status")"
	wait $command || :
	settle
	eq "$(ls p)" ''
	eq "$(q 'SELECT state FROM runs')" incomplete
	refused t -q --continue "$(q 'SELECT run_id FROM runs')" true 2>err
	has "$(cat err)" '^buildaudit: run [0-9]+ is incomplete.*discard'
	ba discard 2>/dev/null
	[ ! -e "$DB.scenes" ] || fail 'the images are still there'
}

case_what_nobody_names_is_swept() {
	needs_try
	t -q true
	: >"$DB.scenes/try-0123456789abcdef.img"
	ba discard 2>/dev/null
	[ ! -e "$DB.scenes" ] || fail 'an image without a run is still there'
}

case_a_database_that_is_none_is_named() {
	needs_try
	echo text >text
	want_rc 125 "$BUILDAUDIT" -d text try $mode_flag true 2>err
	has "$(cat err)" '^buildaudit: text is not a database'
	eq "$(ls)" "$(printf 'err\ntext')"
}

case_none_within_another() {
	needs_try
	t -q true
	settle
	refused rec -q -- "$BUILDAUDIT" -d "$DB" try true 2>err
	has "$(cat err)" 'recorded by another'
	settle
	eq "$(q "SELECT count(*) FROM events WHERE path LIKE '%.scenes/%'")" 0
	ba discard "$(q "SELECT run_id FROM runs WHERE state = 'staged'")" 2>/dev/null
	refused t -q "$BUILDAUDIT" -d "$T/../other.db" try true 2>err
	has "$(cat err)" 'another'
	# where nobody traces, the layers tell
	t -q sh -c 'true'
	settle
}

case_undo_of_what_is_not_there_is_refused() {
	needs_try
	mkdir p
	t -q --include "$T/p" sh -c 'echo >p/f'
	for c in 'rollback -y' 'uninstall -y' forget; do
		want_rc 125 ba $c latest 2>err
		has "$(cat err)" 'discard'
	done
	rec -q --label=real true
	want_rc 125 ba discard real 2>err
	has "$(cat err)" 'is not staged'
}

case_every_listing() {
	needs_try
	mkdir p
	echo old >p/f
	t -q --include "$T/p" --name=hello sh -c 'echo new >p/f; echo x >p/g'
	settle
	ba runs | grep -q staged
	ba files | grep -q p/g
	ba who p/g | grep -q 'sh -c'
	ba tree >/dev/null
	ba events | grep -q p/g
	ba diff latest latest >/dev/null
	has "$(ba show p/f)" '^\+new'
	has "$(ba manifest --format=sha256sum)" "$(echo x | sha256sum | cut -c1-64)  $T/p/g"
	want_rc 0 ba verify
	eq "$(ba list | grep -c hello || :)" 0 'an install is what is in its place'
	refused ba owner p/g 2>/dev/null
	want_rc 1 ba verify --json --no-pager latest >/dev/null || :
	ba report -o report.html >/dev/null
	grep -q '<html' report.html
	eq "$(ba package --type=tar -y -o "$T" --pkgname=hello --pkgversion=1)" "$(ls "$T"/hello*.tar*)"
	tar tf "$T"/hello*.tar* | grep -q p/g
	eq "$(cat p/f)" old
}

case_a_package_at_once() {
	needs_try
	mkdir p out
	t -q --include "$T/p" --package=tar -o out --pkgname=hello --pkgversion=1 sh -c 'echo x >p/g'
	tar tf out/hello*.tar* | grep -q p/g
	eq "$(ls p)" ''
}

case_sockets_are_the_real_ones() {
	needs_try
	mkdir p
	cat >server.py <<END
import socket
s = socket.socket(socket.AF_UNIX)
s.bind('$T/p/socket')
s.listen(1)
open('ready', 'w').close()
c = s.accept()[0]
open('said', 'wb').write(c.recv(9))
END
	python3 server.py &
	until_ok test -e ready
	t -q python3 -S -c 'import socket; s = socket.socket(socket.AF_UNIX); s.connect("p/socket"); s.send(b"hello")'
	wait $!
	eq "$(cat said)" hello
}

case_mounts_of_many_kinds() {
	with_mounts; [ "${apart-}" ] && return
	local plain_too=no age_too=no
	mkdir -p p/tmpfs p/loop q/from/sub q/bind q/ro
	truncate -s 16M "$T/../disk"
	mkfs.ext4 -q -F "$T/../disk"
	mount -t tmpfs none p/tmpfs
	mount -o loop "$T/../disk" p/loop || skip 'no right to mount a loop device here'
	mkdir p/tmpfs/nested
	mount -t tmpfs none p/tmpfs/nested
	for d in p/tmpfs p/loop p/tmpfs/nested q/from/sub; do echo old >"$d/f"; done
	mount --bind q/from/sub q/bind
	mount --bind q/from q/ro
	mount -o remount,bind,ro q/ro
	echo one >file; echo over >q/file
	mount --bind file q/file
	unchanged q tried p sh -ec '
		for d in p/tmpfs p/loop p/tmpfs/nested q/from/sub; do echo "new $d" >"$d/f"; echo x >"$d/x"; mkdir "$d/d"; done
		test "$(cat q/bind/f)" = "new q/from/sub"; echo back >q/bind/back; test "$(cat q/from/sub/back)" = back
		test "$(cat q/ro/sub/back)" = back; ! touch q/ro/x 2>/dev/null
		echo "in the file" >>q/file; test "$(cat file)" = "$(cat q/file)"; ! rm q/file 2>/dev/null
		! rmdir p/tmpfs/nested 2>/dev/null; ! ln q/from/sub/f p/loop/other 2>/dev/null'
	eq "$(cat p/tmpfs/f p/loop/f q/bind/f p/tmpfs/nested/f file)" "$(printf 'old\nold\nold\nold\none')"
	umount -R p/tmpfs p/loop q/bind q/ro q/file
}

case_a_mount_that_is_not_there_any_more() {
	with_mounts; [ "${apart-}" ] && return
	mkdir p
	mount -t tmpfs none p
	t -q sh -c 'echo x >p/f'
	settle
	umount p
	want_rc 125 ba verify 2>err
	has "$(cat err)" 'p is not mounted as it was'
	ba discard 2>/dev/null
}

# Somebody else's, in which nothing was changed: they come and go.
case_a_mount_that_does_not_matter() {
	with_mounts; [ "${apart-}" ] && return
	mkdir p q
	setfattr -n user.of -v q q 2>/dev/null || :
	mount -t tmpfs none q
	t -q sh -c 'echo x >p/f; ls q'
	umount q
	ba verify
	mount -t tmpfs none q
	t -q --continue latest sh -c 'chmod 700 q'
	settle
	umount q
	has "$(want_rc 125 ba verify 2>&1)" 'q is not mounted as it was'
	ba discard 2>/dev/null
}

case_mounts_that_the_command_makes() {
	needs_try
	mkdir p
	unchanged p t -q sh -c 'mount -t tmpfs none p && echo x >p/f && umount p'
	refused mountpoint -q p
}

case_a_full_image_is_the_commands_enospc() {
	with_mounts; [ "${apart-}" ] && return
	mkdir p db
	truncate -s 100M "$T/../disk"
	mkfs.ext4 -q -F "$T/../disk"
	mount -o loop "$T/../disk" db || skip 'no right to mount a loop device here'
	"$BUILDAUDIT" -d db/a.db try $mode_flag -q sh -c 'head -c 200M /dev/zero >p/big' 2>err || :
	has "$(cat err)" 'No space left on device'
	"$BUILDAUDIT" -d db/a.db discard 2>/dev/null
	truncate -s 60M db/fill && dd if=/dev/zero of=db/fill bs=1M count=60 2>/dev/null
	want_rc 125 "$BUILDAUDIT" -d db/a.db try true 2>err
	has "$(cat err)" 'too little space'
	until_ok umount db
}

case_only_root_may() {
	as_user "$BUILDAUDIT" -d "$T/../user.db" try true 2>err && fail 'it may'
	has "$(cat err)" 'only root may'
}

run_cases "$@"
