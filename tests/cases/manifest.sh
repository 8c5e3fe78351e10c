#!/bin/bash
# The manifest is the truth: what ordinary tools do to a folder, held against snapshots of the disk.
. "$(dirname "$0")/../lib/cases.sh"

case_hard_links() {
	mkdir w
	echo old >w/there
	truth "$T/w" sh -c 'cd w; echo x >a; ln a b; mkdir d; ln a d/c; ln there there2; echo y >e; cp -l e f'
	eq "$(q "SELECT count(DISTINCT nlink_group) FROM manifest WHERE path IN ('$T/w/a', '$T/w/b', '$T/w/d/c')")" 1
}

# Both names show the new bytes, whichever one they were written through.
case_write_through_one_of_two_hard_links() {
	mkdir w
	echo old >w/a
	ln w/a w/b
	truth "$T/w" sh -c 'echo new >>w/b'
	eq "$(manifest "$T/w")" "$(printf 'modified file a\nmodified file b')"
}

case_emptied_folder() {
	mkdir -p w/d/e
	touch w/d/f w/d/e/g
	truth "$T/w" sh -c 'rm -r w/d/*'
	eq "$(manifest "$T/w")" "$(printf 'removed dir d/e\nremoved file d/e/g\nremoved file d/f')"
}

case_removed_tree() {
	mkdir -p w/d/e/f
	touch w/d/1 w/d/e/2 w/d/e/f/3
	ln -s 1 w/d/s
	mkfifo w/d/p
	truth "$T/w" rm -rf w/d
	eq "$(manifest "$T/w" | wc -l)" 8
}

case_renamed_tree() {
	mkdir -p w/d/e/f
	touch w/d/1 w/d/e/2 w/d/e/f/3
	ln w/d/1 w/d/e/hard
	truth "$T/w" mv w/d w/n
	eq "$(manifest "$T/w" | grep -c '^created')" 7
	eq "$(manifest "$T/w" | grep -c '^removed')" 7
}

case_renamed_tree_from_outside() {
	mkdir -p w o/d/e
	touch o/d/e/1 o/d/2
	truth "$T/w" sh -c 'mv o/d w/; mv w/d/2 w/3'
	eq "$(manifest "$T/w")" "$(printf 'created file 3\ncreated dir d\ncreated dir d/e\ncreated file d/e/1')"
}

case_renamed_tree_to_outside() {
	mkdir -p w/d/e o
	touch w/d/e/1 w/d/2
	truth "$T/w" sh -c 'mv w/d o/; echo x >o/d/3'
}

case_renamed_then_removed() {
	mkdir -p w/d/e
	touch w/d/e/1
	truth "$T/w" sh -c 'mv w/d w/x; rm -r w/x'
	truth "$T/w" sh -c 'mkdir -p w/a/b; touch w/a/b/c; mv w/a w/z; rm -r w/z'
	eq "$(manifest "$T/w")" ''
}

case_folders_swapped_by_hand() {
	mkdir -p w/a/sub w/b
	echo 1 >w/a/same
	echo 2 >w/b/same
	touch w/a/sub/only
	truth "$T/w" sh -c 'cd w; mv a t; mv b a; mv t b'
}

case_replaced_by_rename() {
	mkdir w
	echo old >w/f
	truth "$T/w" sh -c 'echo new >w/f.tmp; mv w/f.tmp w/f'
	eq "$(manifest "$T/w")" 'modified file f'
}

case_replaced_by_the_same_bytes() {
	mkdir w
	echo same >w/f
	truth "$T/w" sh -c 'cp w/f w/f.tmp; mv w/f.tmp w/f'
	eq "$(manifest "$T/w")" 'modified file f'
	[ "$(content_changed w/f)" != 1 ]
}

# Unknown (NULL) is allowed; wrong is not.
content_changed() { q "SELECT content_changed FROM manifest WHERE path = '$T/$1'"; }
case_content_changed_is_never_wrong() {
	mkdir w
	echo old >w/f
	echo old >w/g
	echo old >w/h
	truth "$T/w" sh -c 'echo new >w/f; chmod 600 w/g; echo longer >w/h; echo x >w/made'
	[ "$(content_changed w/f)" != 0 ]
	[ "$(content_changed w/g)" != 1 ]
	eq "$(content_changed w/h)" 1
}

case_made_and_gone() {
	mkdir w
	truth "$T/w" sh -c 'cd w; mkdir d; touch d/f; mv d/f d/g; ln d/g h; ln -s x s; mkfifo p; rm -r d h s p'
	eq "$(manifest "$T/w")" ''
	[ "$(q "SELECT count(*) FROM writes WHERE path LIKE '$T/w/%'")" -ge 8 ]
}

case_moved_away_and_back() {
	mkdir w
	echo x >w/f
	truth "$T/w" sh -c 'mv w/f w/g; mv w/g w/f'
	eq "$(manifest "$T/w")" ''
}

case_chmod_only() {
	mkdir -p w/d
	touch w/f
	truth "$T/w" sh -c 'chmod 600 w/f; chmod 700 w/d'
	eq "$(manifest "$T/w")" "$(printf 'modified dir d\nmodified file f')"
}

case_chmod_and_back() {
	mkdir w
	touch w/f
	chmod 644 w/f
	truth "$T/w" sh -c 'chmod 600 w/f; chmod 644 w/f'
	eq "$(manifest "$T/w")" ''
}

case_chown_only() {
	mkdir -p w/d
	touch w/f
	ln -s f w/s
	if ! is_root; then
		want_rc 1 truth "$T/w" sh -c 'chown 12:34 w/f w/d; chown -h 56:78 w/s' 2>/dev/null
		eq "$(manifest "$T/w")" ''
		return
	fi
	truth "$T/w" sh -c 'chown 12:34 w/f w/d; chown -h 56:78 w/s'
	eq "$(manifest "$T/w")" "$(printf 'modified dir d\nmodified file f\nmodified symlink s')"
}

case_touch_only() {
	mkdir -p w/d
	touch w/f
	truth "$T/w" sh -c 'touch w/f; touch w/d; touch w/new'
	eq "$(manifest "$T/w")" "$(printf 'modified file f\ncreated file new')"
}

case_symlinks() {
	mkdir w
	echo x >w/f
	ln -s f w/old
	ln -s f w/moved
	ln -s f w/gone
	truth "$T/w" sh -c 'cd w; ln -s f s; ln -s /no/where t; ln -sfn /else old; echo y >>moved; mv moved m2; rm gone; ln -s . self'
	eq "$(q "SELECT link_target FROM manifest WHERE path = '$T/w/t'")" /no/where
}

case_write_through_symlink_modifies_the_target() {
	mkdir w o
	echo x >w/f
	ln -s ../w/f o/s
	truth "$T/w" sh -c 'echo y >o/s'
	eq "$(manifest "$T/w")" 'modified file f'
}

case_folder_becomes_file_and_back() {
	mkdir -p w/d/sub
	touch w/f w/d/1
	truth "$T/w" sh -c 'cd w; rm -r d; echo x >d; rm f; mkdir f; touch f/new'
}

case_folder_removed_and_made_again() {
	mkdir -p w/d
	touch w/d/kept w/d/lost
	truth "$T/w" sh -c 'cd w; rm -r d; mkdir d; touch d/kept'
}

case_fifo_and_socket() {
	mkdir w
	truth "$T/w" sh -c 'mkfifo w/p; python3 -S -c "import socket; socket.socket(socket.AF_UNIX).bind(\"w/s\")"'
	eq "$(manifest "$T/w")" "$(printf 'created fifo p\ncreated socket s')"
}

devices() { mknod probe c 1 3 2>/dev/null || skip 'no right to make device nodes'; }

# A node is installed like a file; what goes to the device is not.
case_device_nodes() {
	devices
	mkdir w
	mknod w/gone b 7 1
	mknod w/again c 1 3
	mknod w/other c 1 3
	mknod w/written c 1 3
	mknod w/mode c 1 3
	truth "$T/w" sh -c 'cd w; mknod null c 1 3; mknod b b 7 300; rm gone again other; mknod again c 1 3; mknod other c 1 5
		echo x >written; echo x >/dev/null; chmod 600 mode; ln null linked; mknod p c 1 3; mv p q'
	eq "$(manifest "$T/w")" "$(printf '%s\n' 'created block b' 'removed block gone' 'created char linked' \
		'modified char mode' 'created char null' 'modified char other' 'created char q')"
	eq "$(q "SELECT rdev FROM manifest WHERE path = '$T/w/b'")" "$(python3 -S -c 'import os; print(os.makedev(7, 300))')"
	eq "$(q "SELECT count(*) FROM manifest WHERE path LIKE '/dev/%' OR path LIKE '/proc/%' OR path LIKE '/sys/%'")" 0
	has "$(ba files --all)" "^created   block    $T/w/b  \\(7:300\\)"
	has "$(ba manifest --format=mtree)" 'w/b type=block .* device=linux,7,300'
	ba verify 1
	rm w/null
	mknod w/null c 1 7
	has "$(ba verify 1 || :)" "D.* $T/w/null"
	rm w/null
	ln w/linked w/null
	ba rollback -y 1
	snap w "$T/back"
	eq "$(plain "$T/back")" "$(plain "$T/before")" 'rolled back'
}

case_device_nodes_are_uninstalled() {
	devices
	mkdir w
	truth "$T/w" sh -c 'mknod w/null c 1 3; mknod w/b b 7 0; mknod w/changed c 1 3'
	has "$(ba uninstall --script 1)" "^special -b "
	rm w/changed
	mknod w/changed c 1 5
	ba uninstall -y 1 || :
	eq "$(ls w)" changed
}

case_failed_command_still_tells() {
	mkdir w
	want_rc 3 truth "$T/w" sh -c 'touch w/f; exit 3'
	eq "$(manifest "$T/w")" 'created file f'
}

case_installs_of_many_kinds() {
	mkdir -p src/lib w
	for i in 1 2 3 4 5 6 7 8 9; do echo $i >src/lib/f$i; done
	ln -s f1 src/lib/link
	ln src/lib/f2 src/lib/hard
	chmod 640 src/lib/f3
	touch -d 2011-11-11 src/lib/f4
	truth "$T/w" sh -c 'cp -a src/lib w/cp; install -D -m 755 src/lib/f1 w/bin/prog; (cd src && tar cf - lib) | tar xf - -C w
		rsync=1; cp -r src/lib w/cp2; ln -sf ../lib/f1 w/bin/l; sed -i s/1/2/ w/bin/prog; install -s src/lib/f1 w/bin/x 2>/dev/null; true'
}

case_many_files() {
	mkdir w
	truth "$T/w" perl -e 'for my $d (0..19) { mkdir "w/d$d"; for my $f (0..99) { open F, ">w/d$d/f$f"; print F $f } }
		for my $d (0..4) { rename "w/d$d", "w/r$d"; unlink "w/r$d/f$_" for 0..49 }'
	eq "$(manifest "$T/w" | wc -l)" $((20 + 2000 - 250))
}

case_names_of_any_bytes() {
	mkdir w
	truth "$T/w" perl -e 'for my $n ("a b", "a\nb", "a\tb", "q\"uo\x27te", "back\\slash", "\xff\xfe", "caf\xc3\xa9", "\x01", "%d", "-f", "x (deleted)") {
		mkdir "w/$n" or die; open F, ">w/$n/$n" or die; symlink $n, "w/$n/$n.s" or die }'
	eq "$(ba files --all -0 | tr -cd '\0' | wc -c)" 33
	# -0 is the exact bytes.
	find "$T/w" -mindepth 1 -print0 | sort -z >f1
	ba files --all -0 | grep -azF "$T/w" | sort -z >f2
	cmp f1 f2
}

case_all_through_one_symlinked_folder() {
	mkdir -p w/real
	ln -s w/real s
	truth "$T/w" sh -c 'cd s; echo a >f; mkdir d; cd d; echo b >g; mv g ../h; echo c >../../real/i'
	eq "$(manifest "$T/w")" "$(printf 'created dir real/d\ncreated file real/f\ncreated file real/h\ncreated file real/i')"
}

case_parallel_writers_of_one_file() {
	mkdir w
	truth "$T/w" sh -c 'exec 2>/dev/null; for i in 1 2 3 4 5 6 7 8; do (for j in 1 2 3 4 5; do echo $i >w/f; mv w/f w/g; cp w/g w/f; rm -f w/g; done) & done; wait; true'
}

case_the_folder_itself_is_made() {
	mkdir w
	truth "$T/w" sh -c 'mkdir -p w/p/q/r; echo x >w/p/q/r/f'
	eq "$(manifest "$T/w")" "$(printf 'created dir p\ncreated dir p/q\ncreated dir p/q/r\ncreated file p/q/r/f')"
}

case_xattr_alone_is_no_change() {
	mkdir w
	touch w/f
	setfattr -n user.t -v 1 w/f 2>/dev/null || skip 'no extended attributes here'
	truth "$T/w" setfattr -n user.t -v 2 w/f
	eq "$(manifest "$T/w")" ''
}

case_a_device_in_the_place_of_a_file() {
	mkdir w
	devices
	mknod w/c c 1 3
	echo x >w/f
	truth "$T/w" sh -c 'rm w/f; mknod w/f c 1 3; rm w/c; echo y >w/c'
	eq "$(manifest "$T/w")" "$(printf 'modified file c\nmodified char f')"
	ba rollback -y 1
	eq "$(cat w/f)$(stat -c %F w/c)" 'xcharacter special file'
}

case_a_symlink_in_the_place_of_a_folder() {
	mkdir -p w/old/d w/new/d
	echo 1 >w/old/d/f
	echo 2 >w/new/d/f
	truth "$T/w" sh -c 'cd w; rm -r old; mkdir -p old/d; echo 3 >old/d/f; rm -r old; ln -s new old; mkdir x; echo 4 >x/f; mv x/f new/f; rmdir x; ln -s new x'
	eq "$(manifest "$T/w")" "$(printf 'created file new/f\nmodified symlink old\nremoved dir old/d\nremoved file old/d/f\ncreated symlink x')"
	ba rollback -y 1
	eq "$(cat w/old/d/f w/new/d/f | tr '\n' ' ')$(find w | wc -l)" '1 2 7'
}

# Others make files in folders while these are renamed, some between the look into them and the rename.
case_a_folder_renamed_while_others_write_into_it() {
	mkdir w
	for k in 1 2 3 4 5 6 7 8; do mkdir w/a$k && (cd w/a$k && seq 600 | xargs touch); done
	truth "$T/w" python3 -S -c '
import os
def into(k, n, i):
    for what in (lambda p: os.close(os.open(p + "f", os.O_CREAT | os.O_WRONLY)), lambda p: os.mkdir(p + "d"), lambda p: os.symlink("x", p + "s")):
        for folder in ("w/a%d" % k, "w/z%d" % k):
            try:
                what("%s/%d-%d-" % (folder, n, i))
                break
            except FileNotFoundError:
                pass
children = []
for n in range(2):
    children.append(os.fork())
    if not children[-1]:
        for k in range(1, 9):
            i = 0
            while i < 20 or not os.path.exists("w/z%d" % k):
                i += 1
                into(k, n, i)
        os._exit(0)
for k in range(1, 9):
    while not os.path.exists("w/a%d/1-5-d" % k):
        pass
    os.rename("w/a%d" % k, "w/z%d" % k)
for pid in children:
    os.waitpid(pid, 0)
'
}

# What moves with a folder is read even where hardly a descriptor is to be had.
case_a_deep_folder_renamed_with_few_descriptors() {
	mkdir -p w/$(printf 'd/%.0s' {1..40})
	echo x >w/$(printf 'd/%.0s' {1..40})f
	(ulimit -n 24; rec --include w -q -- mv w/d w/e)
	settle
	eq "$(q "SELECT count(*) FROM manifest WHERE change = 'removed'")" 41
	eq "$(q "SELECT count(*) FROM manifest WHERE change = 'created'")" 41
}

case_a_working_folder_that_is_gone() {
	mkdir w gone
	want_rc 3 sh -c 'cd gone && rmdir ../gone && exec "$0" -d "$1" run $2 -q -- sh -c "echo x >\"\$1\"; exit 3" sh "$3"' \
		"$BUILDAUDIT" "$DB" "$mode_flag" "$T/w/f"
	settle
	eq "$(manifest "$T/w")" 'created file f'
	mkdir gone
	has "$(want_rc 125 sh -c 'cd gone && rmdir ../gone && exec "$0" -d here.db run -- true' "$BUILDAUDIT" 2>&1)" 'here\.db'
}

case_bind_mount_and_mount_namespace() {
	$own_mounts true 2>/dev/null || skip 'no mount namespace here'
	mkdir w o
	rec -q -- $own_mounts sh -c "mount --bind '$T/w' '$T/o' && echo x >'$T/o/f'"
	settle
	has "$(q 'SELECT notes FROM runs')" 'mount'
}

case_relative_paths_in_a_deep_folder() {
	mkdir -p w/a/b/c/d/e
	truth "$T/w" sh -c 'cd w/a/b/c/d/e; echo x >../../f; mkdir ../g; cd ../../..; echo y >./../h; mv c/f .; ln -s a l; cd ../../..; rm -r w/a/b/c/d/e'
}

# Between the two stops of a rename a name that was just true is not any more.
# 22 folders of 200 bytes: longer than any call takes, and than the kernel tells.
deep='
import os, sys
def down(make):
    for i in range(22):
        name = chr(97 + i) * 200
        if make:
            os.mkdir(name)
        os.chdir(name)
'
case_longer_than_a_path_can_be() {
	mkdir w w/new
	(cd w && python3 -S -c "$deep"'
down(True)
for n in "gone", "changed", "replaced", "moved", "chmodded":
    open(n, "w").write(n)
os.symlink("changed", "link")
os.link("changed", "linked")
os.mkdir("empty")')
	truth "$T/w" python3 -S -c "$deep"'
os.chdir("w/new")
down(True)
open("f", "w").write("new")
os.link("f", "../f2")
os.symlink("f", "s")
os.mkfifo("p")
os.mkdir("d")
os.chmod("d", 0o700)
os.chdir(sys.argv[1] + "/w")
down(False)
os.unlink("gone")
open("link", "a").write("more")
open("tmp", "w").write("other")
os.rename("tmp", "replaced")
os.rename("moved", "../moved")
os.chmod("chmodded", 0o600)
os.rmdir("empty")' "$T"
	eq "$(q "SELECT count(*), max(length(path)) > 4200 FROM manifest WHERE change = 'created'")" '28|1'
	ba verify 1
	ba rollback -y 1
	snap w "$T/back"
	eq "$(plain "$T/back")" "$(plain "$T/before")" 'rolled back'
	truth "$T/w" python3 -S -c "$deep"'
os.chdir("w/new")
down(True)
open("f", "w").write("new")'
	ba uninstall -y
	snap w "$T/back"
	eq "$(plain "$T/back")" "$(plain "$T/before")" 'uninstalled'
}

case_folders_renamed_under_those_who_write_in_them() {
	mkdir -p w/d/in
	local i
	for i in $(seq 0 49); do echo old >w/d/in/f$i; done
	truth "$T/w" python3 -S -c '
import os
there, below = os.open("w", os.O_PATH), os.open("w/d/in", os.O_PATH)
child = os.fork()
if child == 0:
    os.fchdir(below)
    for i in range(400):
        with open("f%d" % (i % 100), "w") as f:
            f.write("%d" % i)
        if i % 3 == 0:
            os.unlink("f%d" % (i % 100))
        if i % 5 == 0:
            os.mkdir("d%d" % i)
    os._exit(0)
os.fchdir(there)
for i in range(300):
    os.rename("d", "e")
    os.rename("e/in", "e/out")
    os.rename("e/out", "e/in")
    os.rename("e", "d")
assert os.waitpid(child, 0)[1] == 0'
}

# Whoever is in a folder goes on there; by the folder's name nobody comes to it any more.
case_the_way_to_the_working_folder_is_closed() {
	mkdir -p w/a/b
	echo old >w/a/b/there
	if is_root; then chown -R 65534:65534 . && chmod 777 .; fi
	age w
	snap w before
	as_user "$BUILDAUDIT" -d "$T/own.db" run $mode_flag --include "$T/w" -q -- sh -c '
		w=$PWD/w; cd w/a/b || exit; echo 1 >f; echo 1 >gone; chmod 0 ../../a
		echo 2 >g; rm gone; mkdir d; echo 3 >>there; chmod 600 there; mv g h; ln h i; chmod 755 "$w/a"'
	DB=$T/own.db settle
	snap w after
	python3 -S "$LIB/manifest-equals" "$T/own.db" latest "$T/w" before after >&2
	eq "$(DB=$T/own.db q "SELECT count(*) FROM writes WHERE path LIKE '$T/w/a/b/%'")" 9
}

# What nobody can look at after the command is named, once.
case_what_cannot_be_looked_at() {
	mkdir w
	if is_root; then chown 65534:65534 . w; fi
	as_user "$BUILDAUDIT" -d "$T/own.db" run $mode_flag --include "$T/w" -q -- sh -c '
		mkdir w/d; echo 1 >w/d/a; echo 2 >w/d/b; echo 3 >w/d/c; chmod 0 w/d'
	DB=$T/own.db settle
	[ "$(DB=$T/own.db q "SELECT notes FROM runs" | grep 'looked at\|could other')" = "$T/w/d/a could not be looked at after the command (Permission denied): it is not in the manifest
nor could other paths be: they are not in the manifest either" ]
	eq "$(DB=$T/own.db q "SELECT path FROM manifest WHERE change = 'created' ORDER BY path")" "$T/w/d"
	chmod 700 w/d
}

# Digests are taken while the command still runs; each of these changes a file after it was left alone for a while.
# The time of access says that somebody read a folder, or a file: we have not, as far as anybody can tell.
case_no_trace_in_times_of_access() {
	mkdir -p inst/sub p-1.0 p-2.0/src
	echo 1 >inst/one
	ln inst/one inst/sub/two
	echo old >inst/gone
	echo data | tee p-1.0/data >p-2.0/src/data
	(cd p-1.0 && rec -q --include="$T/inst" -- cp data ../inst/data)
	settle
	# Each by its name: whoever lists a folder has read it.
	touch -a -d @1000000000 inst inst/one inst/sub inst/sub/two inst/gone inst/data p-2.0 p-2.0/src p-2.0/src/data
	# A name is searched for, an original kept, a folder looked into that moves, and sources looked through.
	(cd p-2.0 && rec -q --include="$T/inst" -- sh -c 'echo 2 >>../inst/one; echo >../inst/gone; mv ../inst/sub ../inst/other')
	settle
	eq "$(stat -c '%X %n' inst inst/one inst/other inst/other/two inst/gone inst/data p-2.0 p-2.0/src p-2.0/src/data |
		grep -v '^1000000000 ')" ''
}

# The kernel has no O_NOATIME for the text of a symlink.
case_no_trace_in_times_of_access_of_links() {
	is_root || skip 'needs root, who may mount'
	mkdir -p w/d
	ln -s here w/d/moved
	ln -s there w/given
	touch -h -a -d @1000000000 w/d/moved w/given
	rec -q --include="$T/w" -- sh -c 'mv w/d w/e; chown -h 1 w/given; ln -s x w/made; touch -h -a -d @1000000000 w/made'
	settle
	eq "$(stat -c '%X %n' w/e/moved w/given w/made | grep -v '^1000000000 ')" ''
	eq "$(q "SELECT group_concat(link_target) FROM (SELECT link_target FROM manifest WHERE path IN ('$T/w/e/moved', '$T/w/made') ORDER BY path)")" here,x
}

case_digests_of_files_that_change_again() {
	mkdir w
	local f
	truth "$T/w" bash -c '
		cd w || exit
		for f in same append inside cut mapped back kept linked over renamed gone; do
			cp /bin/true $f; cp -p /bin/true $f.old
		done
		exec 7<>held; sh -c "echo one >&7"; cp /bin/true held2; exec 8<>held2
		sleep 0.6
		echo x >>append
		printf x | dd of=inside bs=1 seek=100 conv=notrunc 2>/dev/null
		truncate -s 100 cut
		python3 -S -c "
import mmap
with open(\"mapped\", \"r+b\") as f:
    m = mmap.mmap(f.fileno(), 0); m[0:4] = b\"mmap\"; m.close()"
		touch -r back stamp; printf x | dd of=back bs=1 seek=100 conv=notrunc 2>/dev/null; touch -r stamp back; rm stamp
		chmod 600 kept; mv kept kept2
		ln linked linked2; echo x >>linked2
		cp /bin/ls over
		mv same renamed
		rm gone; cp /bin/ls gone
		sh -c "printf two" >&7; printf xyz >&8
		python3 -S -c "
import os, socket, time
a, b = socket.socketpair()
if os.fork() == 0:
    f = os.open(\"passed\", os.O_RDWR | os.O_CREAT)
    os.write(f, b\"one\")
    socket.send_fds(a, [b\"x\"], [f])
    os._exit(0)
fd = socket.recv_fds(b, 1, 1)[1][0]
os.wait()
time.sleep(0.6)
os.write(fd, b\"two\")"
	'
	for f in w/*; do
		eq "$(q "SELECT sha256 FROM manifest WHERE path = '$T/$f'")" "$(sha256sum <"$f" | cut -d' ' -f1)" "$f"
	done
}

# What the kernel writes for a process that dies has no call.  Of the signals before that were caught nothing is left.
dumping() {
	cat >dumping.c <<-'C'
		#define _GNU_SOURCE
		#include <pthread.h>
		#include <signal.h>
		#include <stdlib.h>
		#include <sys/prctl.h>
		#include <sys/stat.h>
		#include <sys/wait.h>
		#include <unistd.h>
		static void handle(int sig) { }
		static void *in_thread(void *arg) { abort(); }
		int main(int argc, char **argv)
		{
			pthread_t t;
			signal(SIGSEGV, handle);
			for (int i = 0; i < 10; i++)
				raise(SIGSEGV);
			if (argc > 2 && fork() == 0)
				execl(argv[0], argv[0], argv[1], NULL);
			mkdir(argv[1], 0755);
			chdir(argv[1]);
			prctl(PR_SET_NAME, "d/r");
			if (argc > 2)
				wait(NULL);
			pthread_create(&t, NULL, in_thread, NULL);
			pause();
		}
	C
	gcc -w -pthread -o dumping dumping.c
}
case_core_is_on_record() {
	[ "$(cat /proc/sys/kernel/core_pattern)" = core ] || skip 'cores are not called core here'
	ulimit -Sc unlimited 2>/dev/null || skip 'no cores here'
	mkdir w
	dumping
	(truth "$T/w" bash -c 'cd w && ../dumping one; ../dumping "$PWD/two"; (../dumping three more); true') 2>/dev/null
	eq "$(manifest "$T/w" | sed -n 's:^created file \(.*\)/core.*:\1:p' | sort -u | tr '\n' ' ')" 'one three two '
	eq "$(q 'SELECT notes FROM runs' | grep -c 'core was dumped')" 0
}

# What stood at the core's name is had back.
case_core_over_a_file_is_undone() {
	[ "$(cat /proc/sys/kernel/core_pattern)" = core ] || skip 'cores are not called core here'
	[ "$(cat /proc/sys/kernel/core_uses_pid)" = 0 ] || skip 'cores have a number here'
	ulimit -Sc unlimited 2>/dev/null || skip 'no cores here'
	mkdir w
	echo precious >w/core
	chmod 640 w/core
	(truth "$T/w" bash -c 'cd w && sh -c "kill -SEGV \$\$"; true') 2>/dev/null
	has "$(manifest "$T/w")" 'modified file'
	[ "$(wc -c <w/core)" -gt 1000 ]
	"$BUILDAUDIT" -d "$DB" rollback -y >rollback.out
	eq "$(cat w/core)$(stat -c %a w/core)" precious640
}

# No signal tells of this death before it comes.
case_core_of_a_filter_is_told() {
	[ "$(cat /proc/sys/kernel/core_pattern)" = core ] || skip 'cores are not called core here'
	ulimit -Sc unlimited 2>/dev/null || skip 'no cores here'
	cat >killed.c <<-'C'
		#include <linux/filter.h>
		#include <linux/seccomp.h>
		#include <sys/prctl.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		int main(void)
		{
			struct sock_filter f[] = {
				BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
				BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
				BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
				BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
			};
			struct sock_fprog p = { 4, f };
			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
			prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
			getppid();
		}
	C
	gcc -o killed killed.c
	(rec -q -- ./killed) 2>/dev/null || :
	ls core* >/dev/null
	has "$(q 'SELECT notes FROM runs')" 'a core was dumped'
}

run_cases "$@"
