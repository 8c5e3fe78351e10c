#!/bin/bash
# Mounts that the run makes: what is changed through them is told by the names that stood before the run.
. "$(dirname "$0")/../lib/cases.sh"

needs_mounts() { $own_mounts sh -c 'mount -t tmpfs none /tmp' 2>/dev/null || skip 'no right to mount here'; }

# made FOLDER COMMAND...: as truth, and then rolled back to what was there before.
made() {
	truth "$@"
	changes=$(manifest "$T/$1")
	ba rollback -y 1 >&2
	snap "$1" "$T/back"
	eq "$(plain "$T/back")" "$(plain "$T/before")" 'rolled back'
}
two_folders() {
	mkdir -p p/m p/s
	echo 1 >p/s/f
	echo 2 >p/s/g
	echo under >p/m/f
}

case_a_bind_mount_in_a_namespace_of_its_own() {
	needs_mounts
	two_folders
	made p $own_mounts sh -c 'mount --bind p/s p/m; echo new >p/m/f; echo n >p/m/x; mkdir p/m/d; mv p/m/g p/m/h; chmod 600 p/m/f; chmod 700 p/m'
	ba who p/s/f >/dev/null
	refused ba who p/m/f
}

# One file by two names that are no links of it, and were there before: whichever it is written by, nothing is lost.
case_a_bind_mount_that_was_there_before() {
	root
	needs_mounts
	local way
	trap 'umount -q "$T/p/m" || :' EXIT
	for way in 'echo x >p/m/f; echo yy >p/s/f' 'echo yy >p/s/f; chmod 600 p/m/f; echo x >p/m/f' 'mv p/m/g p/m/h; echo n >p/s/n; rm p/s/f'; do
		rm -rf p audit.db* "$DB"*
		two_folders
		mount --bind p/s p/m
		echo precious >p/s/f
		snap p before
		rec --include "$T/p" -q -- sh -c "$way"
		settle
		ba rollback -y 1 >&2
		snap p after
		eq "$(plain after)" "$(plain before)" "$way"
		umount p/m
	done
}

# Where the folder itself is moved away below its second name, what was in it is had back all the same.
case_a_bound_folder_that_is_moved() {
	root
	needs_mounts
	local way
	trap 'umount -q "$T/p/m" || :' EXIT
	for way in 'mv p/s p/q; rm p/m/f' 'mv p/s p/q; mkdir p/s; echo new >p/s/f; echo 3 >p/m/f'; do
		rm -rf p audit.db* "$DB"*
		two_folders
		mount --bind p/s p/m
		echo precious >p/s/f
		rec --include "$T/p" -q -- sh -c "$way"
		settle
		ba rollback -y 1 >&2 || :
		grep -rqx precious p || fail "$way"
		umount p/m
	done
}

# By somebody else while the run goes on: each file is the one that its name led to.
case_unmounted_by_somebody_else() {
	root
	needs_mounts
	two_folders
	mkdir b
	echo precious >p/s/f
	mount --bind p/s b
	trap 'umount -q "$T/b" || :' EXIT
	rec --include "$T" -q -- sh -c 'touch go; while [ -e go ]; do sleep 0.05; done; rm p/s/f; echo 3 >p/s/g' &
	until_ok test -e go
	umount b
	rm go
	wait
	settle
	ba rollback -y 1 >&2
	eq "$(cat p/s/f p/s/g)" $'precious\n2'
}

case_a_bind_mount_that_is_gone_at_the_end() {
	root
	needs_mounts
	two_folders
	trap 'umount -q "$T/p/m" || :' EXIT
	made p sh -c 'mount --bind p/s p/m && echo new >p/m/f && rm p/m/g; umount p/m; echo y >p/m/f'
}

case_a_file_system_that_only_the_command_saw() {
	needs_mounts
	two_folders
	made p $own_mounts sh -c 'mount -t tmpfs none p/m; echo new >p/m/f; mkdir p/m/d; echo x >p/m/d/x; rm p/m/f; echo out >p/out'
	eq "$changes" 'created file out'
	has "$(q 'SELECT notes FROM runs')" 'in no file tree of ours'
}

case_a_file_system_mounted_and_unmounted() {
	root
	needs_mounts
	two_folders
	trap 'umount -q "$T/p/m" || :' EXIT
	made p sh -c 'mount -t tmpfs none p/m && echo new >p/m/f && mkdir p/m/d && echo x >p/m/d/x; umount p/m'
	eq "$changes" ''
}

case_a_mount_that_is_detached_while_in_use() {
	needs_mounts
	two_folders
	made p $own_mounts sh -c 'mount --bind p/s p/m && cd p/m && umount -l ../m && echo new >f; echo n >x; mkdir d; mv g h; chmod 600 f'
}

# A copy of a mount that is attached nowhere: what is changed in it must not be taken for ours of that name.
case_a_mount_without_a_place() {
	root
	needs_mounts
	two_folders
	truth p/m python3 -c '
import ctypes, os
tree = ctypes.CDLL(None).syscall(428, -100, b"p/s", 1)
if tree >= 0:
    os.chdir(tree)
    open("f", "w").write("x")
    os.mkdir("etc")
'
	eq "$(q "SELECT path FROM manifest WHERE path NOT LIKE '$T/%'")" ''
	eq "$(q "SELECT count(*) FROM entry JOIN path ON path.id = path_id WHERE name IN ('/f', '/etc')")" 0
}

case_an_overlay() {
	root
	needs_mounts
	mkdir -p p/low p/up p/work p/on
	echo 1 >p/low/f
	echo 2 >p/low/g
	echo 3 >p/up/h
	$own_mounts mount -t overlay overlay -o "lowerdir=$T/p/low,upperdir=$T/p/up,workdir=$T/p/work" p/on 2>/dev/null || skip 'no overlay here'
	rm -rf p/work/*
	truth p $own_mounts sh -c 'cd p && mount -t overlay overlay -o lowerdir=low,upperdir=up,workdir=work on && echo new >on/f && mkdir on/d && echo x >on/d/x && rm on/g && chmod 600 on/h'
	eq "$(manifest "$T/p" | grep up/)" "$(printf '%s\n' 'created dir up/d' 'created file up/d/x' 'created file up/f' 'created char up/g' 'modified file up/h')"
	ba rollback -y 1
	eq "$(find p/up ! -type d)" p/up/h
}

# What the run changed there is not what stands there in the end: nothing of that is touched.
case_unmounted_or_mounted_over_in_the_end() {
	local way
	root
	ext4_image 8M
	mkdir other
	for f in f g new; do echo under >m/$f; done
	for way in 'umount m' 'umount -l m' 'mount --bind other m' 'mount -t tmpfs none m; echo t >m/new'; do
		rm -rf audit.db*
		rm -f other/*
		way=$way unshare -m bash -c '
			set -e
			mount -o loop img m
			cd "$1"
			rm -rf m/*
			echo one >m/f
			echo two >m/g
			"$BUILDAUDIT" -d audit.db run -q --include "$1/m" -- sh -c "echo 2 >>m/f; rm m/g; echo 3 >m/new; $way"
			grep . m/* >left || :
			"$BUILDAUDIT" -d audit.db rollback -y 1 || :
			grep . m/* >right || :
			cmp left right
			"$BUILDAUDIT" -d audit.db show 1
			for i in m m; do umount m 2>/dev/null || :; done
			grep -c under m/* >under' - "$T" >out 2>err || { cat out err >&2; fail "$way"; return; }
		eq "$(cat under)" $'m/f:1\nm/g:1\nm/new:1' "$way"
		has "$(cat out)" 'the run mounted or unmounted a file system there'
		has "$(cat out)" "a file system was mounted or unmounted at $T/m"
	done
}

# What is below the mount point would be taken for what the run left, or had removed.
case_not_mounted_when_it_is_taken_back() {
	root
	ext4_image 8M
	unshare -m bash -c '
		set -e
		mount -o loop img m
		cd "$1"
		echo one >m/f
		echo two >m/g
		"$BUILDAUDIT" -d audit.db run -q --name=n --include "$1/m" -- sh -c "echo 2 >>m/f; rm m/g; echo 3 >m/new"
		umount m
		for undo in "rollback -y 1" "rollback -n 1" "uninstall -y 1" "uninstall -y n"; do
			rc=0; "$BUILDAUDIT" -d audit.db $undo || rc=$?
			[ $rc = 125 ] && [ -z "$(ls m)" ]
		done
		"$BUILDAUDIT" -d audit.db runs --json | grep -o "\"state\":\"[a-z ]*\""
		mount -o loop img m
		"$BUILDAUDIT" -d audit.db rollback -y 1
		grep . m/f m/g' - "$T" >out 2>err || { cat out err >&2; fail 'not whole'; return; }
	eq "$(sort -u err)" "buildaudit: run 1 rolled back (as run 2): 1 removed, 2 restored
buildaudit: the file system that was at $T/m is not mounted: mount it first, or --force goes without it"
	eq "$(cat out)" $'"state":"complete"\nm/f:one\nm/g:two'
}

# undone WORD: what each undo of run 1, and of the install n, says when it refuses; and that it does nothing.
undone_refused() {
	local undo rc
	for undo in "rollback -y 1" "rollback -n 1" "uninstall -y 1" "uninstall -y n"; do
		rc=0
		snap "$1" refused.before
		"$BUILDAUDIT" -d "${DB:-audit.db}" $undo 2>err || rc=$?
		snap "$1" refused.after
		eq "$rc" 125 "$undo"
		has "$(cat err)" "$2"
		cmp refused.before refused.after
	done
}

# One that was changed, and another one in its place: by then it says nothing of what was done to the first.
case_another_file_system_in_its_place() {
	root
	local kind
	ext4_image 8M
	truncate -s 8M other
	truncate -s 320M third
	mkfs.ext4 -q other
	command -v mkfs.xfs >/dev/null && mkfs.xfs -q third && cp third fourth && mkfs.xfs -qf fourth || rm third
	export -f undone_refused snap eq has
	export T LIB
	for kind in 'img other' 'third fourth' 'tmpfs tmpfs' 'img tmpfs'; do
		[ -e "${kind% *}" ] || [ "${kind% *}" = tmpfs ] || continue
		rm -rf audit.db*
		unshare -m bash -c '
			set -e
			cd "$1"
			on() { if [ $1 = tmpfs ]; then mount -t tmpfs none m; else mount -o loop $1 m; fi; }
			on $2
			rm -rf m/*
			echo one >m/f
			echo two >m/g
			"$BUILDAUDIT" -d audit.db run -q --name=n --include "$1/m" -- sh -c "echo 2 >>m/f; rm m/g; echo 3 >m/new"
			cp -a m was
			if [ $2 = tmpfs ]; then mount --move m kept; else umount m; fi
			on $3
			rm -rf m/*
			undone_refused m "another file system is mounted at $1/m than"
			# a copy of it, as a backup makes one
			cp -a was/. m
			rm -r was
			"$BUILDAUDIT" -d audit.db rollback -y 1
			grep . m/f m/g
			ls m
			umount m' - "$T" $kind >out 2>err2 || { cat out err2 >&2; fail "$kind"; return; }
		eq "$(grep -v lost+found out)" $'m/f:one\nm/g:two\nf\ng' "$kind"
		mkdir -p kept
	done
}

# The mount point goes with it, as of a medium that is taken out; or it is out of sight below another mount.
case_its_place_is_gone_or_covered() {
	root
	ext4_image 8M
	export T LIB
	undone_refused=$(declare -f undone_refused snap eq has) unshare -m bash -c '
		set -e
		eval "$undone_refused"
		cd "$1"
		mkdir p
		mv m p
		mount -o loop img p/m
		"$BUILDAUDIT" -d audit.db run -q --name=n --include "$1/p" -- sh -c "echo 1 >p/m/new"
		umount p/m
		rmdir p/m
		undone_refused p "the file system that was at $1/p/m is not mounted"
		mkdir p/m
		mount -o loop img p/m
		mount -t tmpfs none p
		undone_refused p "the file system that was at $1/p/m is not mounted"
		umount p
		"$BUILDAUDIT" -d audit.db rollback -y 1
		ls p/m' - "$T" >out 2>err || { cat out err >&2; fail 'gone or covered'; return; }
	eq "$(grep -v lost out)" ''
}

# Of an install each run is asked where it was; what one of them left on another disk is no copy of the first one.
case_an_install_on_two_file_systems() {
	root
	needs_mounts
	mkdir m
	export T LIB
	undone_refused=$(declare -f undone_refused snap eq has) unshare -m bash -c '
		set -e
		eval "$undone_refused"
		cd "$1"
		mount -t tmpfs none m
		echo precious >m/f
		"$BUILDAUDIT" -d audit.db run -q --name=n --include "$1/m" -- rm m/f
		mount -t tmpfs none m
		"$BUILDAUDIT" -d audit.db run -q --name=n --include "$1/m" -- sh -c "echo n >m/n"
		undone_refused m "another file system is mounted at $1/m than"
		"$BUILDAUDIT" -d audit.db sql "SELECT 1" >/dev/null
		"$BUILDAUDIT" -d audit.db rollback -y 2
		umount m
		"$BUILDAUDIT" -d audit.db uninstall -y n
		cat m/f' - "$T" >out 2>err || { cat out err >&2; fail 'two file systems'; return; }
	eq "$(cat out)" precious
}

# A record that is held against the disk after a power cut is held against that disk, not against what is in its place.
case_a_power_cut_and_the_disk_is_not_there() {
	root
	ext4_image 8M
	unshare -m bash -c '
		set -e
		cd "$1"
		mount -o loop img m
		echo precious >m/f
		echo kept >m/g
		"$BUILDAUDIT" -d audit.db run $2 -q --include "$1/m" -- sh -c "rm m/f; echo 5 >>m/g; echo new >m/n; touch done; sleep 30" &
		until [ -e done ]; do sleep 0.1; done
		sleep 1
		r=$(sqlite3 -readonly audit.db "SELECT recorder FROM run" | cut -d " " -f 2)
		kill -STOP $r
		mkdir c
		cp -a audit.db audit.db?* c
		kill -KILL $r
		wait || :
		rm -r audit.db*
		mv c/* .
		umount m
		"$BUILDAUDIT" -d audit.db runs >/dev/null
		! "$BUILDAUDIT" -d audit.db rollback -y 1 || exit 1
		[ -z "$(ls m)" ]
		mount -o loop img m
		"$BUILDAUDIT" -d audit.db rollback -y 1 || [ $? = 1 ]
		cat m/f m/g
		ls m' - "$T" "$mode_flag" >out 2>err || { cat out err >&2; fail 'power cut'; return; }
	eq "$(grep -v lost out)" $'precious\nkept\nf\ng'
	has "$(cat err)" "the file system that was at $T/m is not mounted"
}

# It was mounted all the time, and nothing was on it when the command ended.
case_changed_there_by_who_was_left_behind() {
	root
	needs_mounts
	mkdir p p/m
	mount -t tmpfs none p/m
	trap 'umount -q "$T/p/m" || :' EXIT
	echo 2 >p/m/old
	rec -q --include "$T/p" -- sh -c 'echo 1 >p/here; (until [ -e go ]; do sleep 0.05; done; rm p/m/old) >/dev/null 2>&1 &'
	touch go
	until_ok test ! -e p/m/old
	settle
	ba rollback -y 1
	eq "$(find p -type f)" p/m/old
}

# What was changed is below it now.
case_something_is_mounted_over_it_since() {
	root
	needs_mounts
	mkdir -p p/d/e made/x
	echo one >p/d/e/f
	echo two >p/d/g
	DB=audit.db
	rec -q --name=n --include "$T" -- sh -c 'echo 2 >>p/d/e/f; rm p/d/g; echo 3 >p/d/new; mkdir p/void'
	settle
	export -f undone_refused snap eq has
	export T LIB
	unshare -m bash -c '
		set -e
		cd "$1"
		mount -t tmpfs none p/d
		undone_refused p "a file system was mounted at $1/p/d since"
		umount p/d
		mount --bind made p/d
		undone_refused p "a file system was mounted at $1/p/d since"
		umount p/d
		mount -t tmpfs none p/void
		mount --bind p/d p/d
		"$BUILDAUDIT" -d audit.db rollback -y 1 >&2 || [ -d p/void ]
		grep . p/d/e/f p/d/g
		ls p/d' - "$T" >out 2>err || { cat out err >&2; fail 'mounted over'; return; }
	eq "$(cat out)" $'p/d/e/f:one\np/d/g:two\ne\ng'
}

# The names are those of that root: outside the same ones are of other files.
case_recorded_in_another_root() {
	root
	needs_mounts
	echo 'of the host' >precious
	undone_refused=$(declare -f undone_refused snap eq has) LIB=$LIB in_root folder bash -c '
		set -e
		eval "$undone_refused"
		mkdir -p "r$1"
		echo "of the root" >"r$1/precious"
		chroot r "$2" -d /audit.db run $3 -q --name=n --include "$1" -- sh -c "cd $1 && echo more >>precious && echo new >new"
		cp -p "r$1/precious" precious.same
		touch -r "r$1/new" precious.same
		cp r/audit.db .
		undone_refused "r$1" "run 1 was recorded in another root"
		eq "$(cat precious)" "of the host"
		chroot r "$2" -d /audit.db rollback -y n
		cat "r$1/precious"
		[ ! -e "r$1/new" ]' - "$T" "$BUILDAUDIT" "$mode_flag" >out 2>err || { cat out err >&2; fail 'another root'; return; }
	eq "$(cat out)" 'of the root'
}

# Root there is somebody else here: what was his would be given to root.
case_recorded_where_users_have_other_numbers() {
	unshare -Ur true 2>/dev/null || skip 'no user namespaces here'
	set --
	mkdir p db
	echo one >p/f
	is_root && chown -R 12345:12345 p db && set -- setpriv --reuid 12345 --regid 12345 --clear-groups
	DB=db/audit.db
	"$@" unshare -Ur "$BUILDAUDIT" -d $DB run $mode_flag -q --name=n --include "$T" -- sh -c 'rm p/f; echo two >p/f; echo new >p/new'
	is_root && chown -R 0:0 db
	undone_refused p 'run 1 was recorded where users have other numbers'
	is_root && chown -R 12345:12345 db
	"$@" unshare -Ur "$BUILDAUDIT" -d $DB rollback -y 1
	eq "$(cat p/f) $(ls p) $(is_root && stat -c %u p/f)" "one f $(is_root && echo 12345)"
}

# Its owner has no number there, and cannot be given again: it need not be, and is not what keeps a file away.
case_owned_by_somebody_who_has_no_number_there() {
	root
	needs_mounts
	mkdir p db
	chown 54321:54321 p && chmod 777 p
	unshare -m bash -c '
		set -e
		cd "$1"
		mount -t tmpfs none db
		echo precious >p/f && chown 54321:54321 p/f && chmod 666 p/f
		for change in "mv p/f p/g" "echo more >>p/f" "rm p/f"; do
			unshare -Ur "$BUILDAUDIT" -d db/audit.db run $2 -q --include "$1" -- sh -c "$change"
			unshare -Ur "$BUILDAUDIT" -d db/audit.db rollback -y >&2
			echo "$(cat p/f) $(ls p)"
		done' - "$T" "$mode_flag" >out 2>err || { cat out err >&2; fail 'no number'; return; }
	eq "$(sort -u out)" 'precious f'
}

# It has files of its own, which were there before the folder was.
case_mounted_on_a_folder_that_the_run_made() {
	root
	ext4_image 8M
	unshare -m bash -c '
		set -e
		cd "$1"
		mount -o loop img m
		echo precious >m/f
		echo two >m/g
		umount m
		mkdir p
		"$BUILDAUDIT" -d audit.db run $2 -q --include "$1/p" -- sh -c "
			mkdir -p p/a/b; mount -o loop img p/a/b; echo 2 >>p/a/b/f; rm p/a/b/g; mkdir p/a/b/d; echo 3 >p/a/b/d/new"
		"$BUILDAUDIT" -d audit.db files 1
		"$BUILDAUDIT" -d audit.db rollback -y 1 >&2 || :
		grep . p/a/b/f p/a/b/g
		ls p/a/b' - "$T" "$mode_flag" >out 2>err || { cat out err >&2; fail 'mounted on a new folder'; return; }
	eq "$(sed "s|$T/||;s/  */ /g" out | grep -v lost | xargs)" 'created dir p/a created dir p/a/b created dir p/a/b/d created file p/a/b/d/new modified file p/a/b/f removed file p/a/b/g p/a/b/f:precious p/a/b/g:two f g'
}

# All of a container's root: a file of the image gets another time of birth with its first change.
case_a_root_that_is_an_overlay() {
	local way
	is_root || skip 'in a user namespace the numbers of an overlay change while a file stands where it stood'
	mkdir low low/d up work m
	for f in a b c; do echo "precious $f" >low/$f; done
	unshare -m mount -t overlay none -o "lowerdir=$T/low,upperdir=$T/up,workdir=$T/work" m 2>/dev/null || skip 'no overlay here'
	for way in 'mv a g; mv g d/' 'chmod 600 a; rm a' 'mv a b; : >>b; rm b' 'chown 3 a; echo x >>a' \
		'echo new >a.new; ln a a.tmp; mv a.new a; rm a.tmp' 'ln a l; echo x >>l; rm a l' 'mv d e; mv a e; echo x >>e/a'; do
		rm -rf up work audit.db*
		mkdir up work
		way=$way unshare -m bash -c '
			set -e
			mount -t overlay none -o "lowerdir=$1/low,upperdir=$1/up,workdir=$1/work" "$1/m"
			cd "$1/m"
			"$BUILDAUDIT" -d "$1/audit.db" run -q --include "$1/m" -- sh -c "$way"
			"$BUILDAUDIT" -d "$1/audit.db" rollback -y 1
			cat [abc]
			find . -printf "%P "' - "$T" >out 2>err || { cat err >&2; fail "$way"; return; }
		eq "$(head -n 3 out)" $'precious a\nprecious b\nprecious c' "$way"
		eq "$(tail -n 1 out | xargs -n 1 | sort | xargs)" 'a b c d' "$way"
	done
}

# Made and deleted by ioctl(2), whole.
case_subvolumes() {
	root
	command -v btrfs >/dev/null && command -v mkfs.btrfs >/dev/null || skip 'no btrfs-progs here'
	truncate -s 128M img
	mkfs.btrfs -q img || skip 'no mkfs.btrfs here'
	mkdir m
	needs_loop img m
	export T DB LIB MODE mode_flag
	unshare -m bash -c "$(declare -f)"'
		set -e
		mount -o loop img m
		mkdir m/p
		btrfs -q subvolume create m/p/old
		mkdir m/p/old/d
		echo 1 >m/p/old/f
		echo 2 >m/p/old/d/g
		ln m/p/old/f m/p/old/h
		truth m/p sh -c "cd m/p; btrfs -q subvolume snapshot old snap; echo 3 >>snap/f; btrfs -q subvolume delete old
			btrfs -q subvolume create new; echo 4 >new/x"
		manifest "$T/m/p" >changes
		ba rollback -y 1 >&2
		snap m/p back
		eq "$(plain back)" "$(plain before)" "rolled back"
		umount m' >out 2>err || { cat out err >&2; fail 'subvolumes'; return; }
	eq "$(wc -l <changes)" 12
}

# The kernel writes in the upper folder itself: what is there already is kept before.
case_an_overlay_over_files() {
	root
	needs_mounts
	mkdir -p p/low p/up p/work p/on
	echo 1 >p/low/a
	for f in a b z; do echo "upper $f" >p/up/$f; done
	$own_mounts mount -t overlay overlay -o "lowerdir=$T/p/low,upperdir=$T/p/up,workdir=$T/p/work" p/on 2>/dev/null || skip 'no overlay here'
	rm -rf p/work/*
	made p $own_mounts sh -c 'cd p && mount -t overlay overlay -o lowerdir=low,upperdir=up,workdir=work on && echo X >>on/a && rm on/b && mv on/z on/b'
}

case_another_root() {
	needs_mounts
	mkdir -p p/r/old p/d
	echo 1 >p/r/f
	made p $own_mounts python3 -c '
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.mount(b"p/r", b"p/r", None, 4096, None)
os.chdir("p/r")
if libc.syscall(155, b".", b"old"):
    raise SystemExit("pivot_root: " + os.strerror(ctypes.get_errno()))
os.mkdir("/d")
open("/d/x", "w").write("x")
os.rename("/f", "/g")
os.chmod("/g", 0o600)
'
}

# Where roots vary a name is looked up in the task's own root, and there the kernel gives up on ".." while anything
# is renamed, anywhere (openat2(2): EAGAIN).
case_a_way_up_while_others_rename() {
	needs_mounts
	mkdir -p p/d busy
	for i in $(seq 40); do echo "$i" >p/d/$i; done
	touch busy/a
	python3 -c '
import os
while True:
    os.rename("busy/a", "busy/b")
    os.rename("busy/b", "busy/a")' &
	trap "kill $!" EXIT
	made p $own_mounts python3 -c '
import os
for i in range(1, 41):
    os.truncate("p/" + "d/../" * 50 + "d/%d" % i, 0)'
}

# In the root r, with what a program needs to start there; the database is in it, too.
in_root() {
	local made=$1 inst
	shift
	inst=$(cd "$(dirname "$BUILDAUDIT")/.." && pwd -P)
	mkdir r
	$own_mounts sh -c '
		set -e
		r=$1 made=$2 inst=$3
		shift 3
		if [ $made = mount ]; then mount -t tmpfs none r; fi
		for d in usr bin lib lib64 etc dev proc "$inst"; do
			if [ -L "/$d" ]; then ln -s "$(readlink "/$d")" "r/$d"; continue; fi
			[ -d "/$d" ] || continue
			mkdir -p "r/$d"
			mount --rbind "/$d" "r/$d"
		done
		"$@"' - "$T/r" "$made" "$inst" "$@"
}

# The kernel names a file outside as if it stood in the root: there it is another file, or none.
case_handed_over_from_outside_of_the_root() {
	local made
	root
	needs_mounts
	for made in folder mount; do
		echo old >out
		echo old >out2
		in_root $made sh -c '
			mkdir -p "r$1"
			echo other >"r$1/out"
			cd r
			chroot . "$2" -d /a.db run $3 -q -- sh -c "echo new; echo x >/f; chmod 600 /proc/self/fd/4" >>"$1/out" 4<>"$1/out2"
			chroot . "$2" -d /a.db sql "SELECT change, path FROM manifest"
			chroot . "$2" -d /a.db sql "SELECT notes FROM runs" >&2
			chroot . "$2" -d /a.db rollback -y' - "$T" "$BUILDAUDIT" "$mode_flag" >said 2>notes
		has "$(cat said)" '^created.f$|^created./f$'
		hasnt "$(cat said)" 'out'
		has "$(cat notes)" 'handed over open for writing'
		has "$(cat notes)" 'were changed outside of the root'
		eq "$(cat out)" "$(printf 'old\nnew')"
		rm -rf r
	done
}

# Its server stands in stops of ours while others wait for it: whoever asks it for a name then waits for ever.
case_a_file_system_that_the_run_serves_itself() {
	root
	command -v bindfs >/dev/null || skip 'no bindfs here'
	mkdir -p p/src mnt
	echo old >p/src/there
	{ bindfs p/src mnt && umount mnt; } 2>/dev/null || skip 'no right to mount with FUSE here'
	trap 'umount -lq "$T/mnt" || :' EXIT
	made p sh -c '
		bindfs p/src mnt || exit
		for i in 1 2 3 4; do
			(for j in 1 2 3 4 5 6 7 8; do mkdir mnt/d$i-$j; echo x >mnt/d$i-$j/f; cp /bin/true mnt/d$i-$j/t; done) &
		done
		wait
		ln -s mnt link; echo new >link/there
		cd mnt && mv d1-1 e && chmod 700 e && rm d2-2/f && cd ..
		# the kernel lets go of what was open there a little later than the one who had it
		for i in 1 2 3 4 5 6 7 8 9; do umount mnt 2>/dev/null && exit; sleep 0.1; done
		umount mnt'
	has "$changes" 'created file src/e/t'
	has "$changes" 'modified file src/there'
	has "$(q 'SELECT notes FROM runs')" 'serves itself'
}

# One block has room for the one or the other: what has to be smaller is made so first.
case_attributes_that_share_a_block() {
	root
	ext4_image 8M
	cat >both <<-'E'
		for one in a b; do setfattr -x user.$one m/f 2>/dev/null; done
		setfattr -n user.a -v "$1" m/f && setfattr -n user.b -v "$2" m/f
	E
	unshare -m bash -ec '
		mount -o loop img m
		much=$(printf %0700d 0) few=$(printf %0100d 1)
		echo x >m/f
		sh both "$much" "$few"
		getfattr -d m/f >before
		"$0" run "$@" -- sh both "$few" "$much"
		"$0" rollback -d audit.db -y 1
		getfattr -d m/f | diff before -' "$BUILDAUDIT" -d audit.db $mode_flag -q --include "$T"
}

run_cases "$@"
