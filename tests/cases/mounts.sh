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
plain() {
	python3 -c '
import json, sys
for e in map(json.loads, open(sys.argv[1])):
    print(e["path"], e["type"], e["mode"], e["sha256"], e["type"] != "dir" and e["mtime_ns"])' "$1"
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
	eq "$(manifest "$T/p" | grep up/)" "$(printf 'created dir up/d\ncreated file up/d/x\ncreated file up/f\nmodified file up/h')"
	ba rollback -y 1
	eq "$(find p/up -type f)" p/up/h
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
		umount mnt'
	has "$changes" 'created file src/e/t'
	has "$changes" 'modified file src/there'
	has "$(q 'SELECT notes FROM runs')" 'serves itself'
}

run_cases "$@"
