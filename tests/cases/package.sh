#!/bin/bash
# A run becomes a package: it holds what the run made, and another machine's manager installs, checks and removes it.
. "$(dirname "$0")/../lib/cases.sh"

export DEBEMAIL='Some One <someone@example.com>'

# A folder with what is hard to pack: links, an empty folder, modes, odd names, a fifo, devices.
make_tree() { # FOLDER
	rec --include "$1" -q -- sh -c '
		umask 022
		mkdir -p "$1/bin" "$1/empty" "$1/lib/a b"
		printf "one\n" >"$1/bin/one"; chmod 755 "$1/bin/one"
		ln "$1/bin/one" "$1/bin/two"; ln "$1/bin/one" "$1/lib/three"
		ln -s ../bin/one "$1/lib/link"
		printf "odd\n" >"$1/lib/a b/x*[y]?{z}%d\$q"
		printf "\303\251\n" >"$1/lib/$(printf "caf\303\251")"
		: >"$1/lib/nothing"
		printf s >"$1/lib/shut"; chmod 4710 "$1/lib/shut"
		mkfifo "$1/lib/fifo"
		mknod "$1/lib/null" c 1 3 2>/dev/null && mknod "$1/lib/disk" b 7 30 2>/dev/null || : # only root may
	' sh "$1"
	settle
}
# As a package manager sees it: content, modes, owners and links, but no times.
tree() { # FOLDER
	snap "$1" "$T/../snap"
	python3 -S -c '
import json, sys
first = {}
for line in open(sys.argv[1], errors="surrogateescape"):
    e = json.loads(line)
    print(json.dumps([e[k] for k in ("path", "type", "mode", "uid", "gid", "sha256", "link_target", "nlink", "rdev")]))' "$T/../snap"
}
admin() { dpkg_database "$T/adm"; }
dp() { dpkg --admindir="$T/adm" --force-depends --log=/dev/null "$@"; }
# A package manager that waits for something would wait for ever.
rpm() { timeout 60 rpm --dbpath "$T/rpmdb" "$@"; }
pack() { timeout 120 "$BUILDAUDIT" -d "$DB" package -o "$T" --pkgname=thing --pkgversion=1.2 "$@"; }
need() { command -v "$1" >/dev/null || skip "no $1 here"; }

case_deb_installs_and_goes() {
	need dpkg-deb; root
	local p=$T/w/p
	mkdir w
	make_tree "$p"
	tree "$p" >"$T/before"
	local deb
	deb=$(pack --type=deb 2>"$T/err")
	eq "$deb" "$T/thing_1.2-1_all.deb"
	rm -rf w/p
	admin
	dp -i "$deb" >/dev/null
	tree "$p" | diff "$T/before" -
	eq "$(dp -L thing | grep "^$p" | sort)" "$(q "SELECT path FROM manifest WHERE change = 'created' AND NOT excluded" | sort)"
	has "$(dp -L thing)" '^/\.$'
	hasnt "$(dp -L thing)" "^$T/w$" # somebody made it, and it is to stay
	eq "$(dp -V thing)" ''
	dp -r thing >/dev/null
	[ ! -e w/p ]
	[ -d w ]
}

case_rpm_installs_and_goes() {
	need rpmbuild; root
	local p=$T/w/p
	mkdir w
	make_tree "$p"
	has "$(want_rc 125 pack --type=rpm 2>&1)" 'cannot install fifos'
	rm "$p/lib/fifo"
	tree "$p" >"$T/before"
	local rpm
	rpm=$(pack --type=rpm --exclude '*/fifo' 2>"$T/err")
	eq "$rpm" "$T/thing-1.2-1.noarch.rpm"
	rm -rf w/p
	rpm --nodeps -i "$rpm"
	tree "$p" | diff "$T/before" -
	eq "$(rpm -ql thing | sort)" "$(q "SELECT path FROM manifest WHERE change = 'created' AND NOT excluded AND type <> 'fifo'" | sort)"
	eq "$(rpm -V --nodeps thing)" ''
	rpm --nodeps -e thing
	[ ! -e w/p ]
	[ -d w ]
}

case_tar_holds_it_all() {
	root
	local p=$T/w/p f
	mkdir w
	make_tree "$p"
	tree "$p" >"$T/before"
	for f in gzip xz none; do
		rm -f "$T"/thing-1.2.tar*
		f=$(pack --type=tar --compress=$f)
		rm -rf x
		mkdir x
		tar -C x -xpf "$f"
		tree "x$p" | sed "s|$T/x||" | diff <(sed "s|$T/x||" "$T/before") -
	done
}

# Every member of the archives, held against the disk: nothing else in the product does that.
case_every_member_is_what_is_on_the_disk() {
	need dpkg-deb; root
	mkdir w
	make_tree "$T/w/p"
	rec --include "$T/w" -q -- sh -c '
		cp -a "$1/p" "$1/q"
		cd "$1/q"
		touch -d "1931-05-04 03:02:01.987654321" bin/one lib/shut
		chown 1:2 lib/three empty 2>/dev/null && chown -h 2:1 lib/link || : # only root may
		setfattr -n user.who -v "m\303\251" lib/shut 2>/dev/null || echo "# no extended attributes here" >&2
	' sh "$T/w"
	settle
	local f
	for f in gzip xz zstd none; do
		rm -f thing*
		"$LIB/members" tar "$T/w/q" "$(pack --type=tar --compress=$f)"
		"$LIB/members" deb "$T/w/q" "$(pack --type=deb --compress=$f)"
	done
	need rpmbuild
	eq "$(rpm -qp --qf '[%{FILENAMES} %{FILEMTIMES}\n]' "$(pack --type=rpm --exclude fifo)" | grep -c ' 0$')" 4
}

# What rpmbuild makes of the files, and of what it is told of them, is looked at.
case_another_rpm_than_was_asked_for() {
	local real
	real=$(command -v rpmbuild) || skip 'no rpmbuild here'
	own_rpmbuild "cd \"\$TMPDIR/root$T/w/p\" && . '$T/how' && exec $real \"\$@\""
	make_tree "$T/w/p"
	tampered() { # COMMAND
		echo "$1" >how
		want_rc 125 own_rpm 2>&1
	}
	has "$(tampered 'echo two >bin/one')" 'bin/two: it is another in its content'
	has "$(tampered 'touch -d "2001-01-01" lib/shut')" 'lib/shut: it is of another time'
	has "$(tampered 'ln -sfn "../bin/one
" lib/link')" 'lib/link: it is of another size'
	has "$(tampered 'ln -sfn ../bin/two lib/link')" 'lib/link: it is a link to elsewhere'
	has "$(tampered 'cp -p bin/one x; mv x bin/two')" 'bin/two: it is not a link to its other names'
	has "$(tampered 'rm lib/nothing; ln -s x lib/nothing')" 'lib/nothing: it is of another type or mode'
	has "$(tampered 'sed -i "/nothing/d" "$TMPDIR/package.spec"')" 'lib/nothing: it is not there'
	has "$(tampered 'sed -i "s/0644,[a-z0-9]*,/0600,bin,/" "$TMPDIR/package.spec"')" 'lib/nothing: it is of another owner'
	has "$(tampered ': >more; echo "%attr(0644,-,-) \"$PWD/more\"" | sed "s|$TMPDIR/root||" >>"$TMPDIR/package.spec"')" \
		'p/more: it is no part of the payload'
	own_rpmbuild "$real \"\$@\" && truncate -s -9 \"\$TMPDIR/package.rpm\""
	has "$(want_rc 125 own_rpm 2>&1)" 'rpm cannot read the package'
	eq "$(ls | grep thing || :)" ''
}

case_same_run_same_bytes() {
	need dpkg-deb
	local t
	make_tree "$T/w/p"
	for t in deb tar $(command -v rpmbuild >/dev/null && echo rpm); do
		cp "$(pack --type=$t --exclude '*/fifo')" first
		sleep 1.1 # a clock in it would show
		cmp first "$(pack --type=$t --exclude '*/fifo')"
		SOURCE_DATE_EPOCH=1000000000 pack --type=$t --exclude '*/fifo' >/dev/null
		cp "$(SOURCE_DATE_EPOCH=1000000000 pack --type=$t --exclude '*/fifo')" second
		touch w/p
		cmp second "$(SOURCE_DATE_EPOCH=1000000000 pack --type=$t --exclude '*/fifo')"
		refused cmp -s first second
	done
}

# An rpmbuild in front of the real one: it says that it is there, and does what is wanted.
own_rpmbuild() { # COMMANDS
	need rpmbuild
	mkdir -p bin tmp
	printf '#!/bin/bash\ntouch "$TMPDIR/litter"\necho $$ >"%s/pid"\n%s\n' "$T" "$1" >bin/rpmbuild
	chmod +x bin/rpmbuild
}
has_ended() { [ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"; }
own_rpm() { PATH="$T/bin:$PATH" TMPDIR=$T/tmp pack --type=rpm --exclude '*/fifo' "$@"; }

# What it made on the way is taken away by the next one; what it started dies with it.
case_killed_on_the_way() {
	export SOURCE_DATE_EPOCH=1000000000
	own_rpmbuild 'kill -9 $PPID; exec sleep 60'
	make_tree "$T/w/p"
	cp "$(pack --type=rpm --exclude '*/fifo')" first
	rm thing*
	want_rc 137 own_rpm
	eq "$(ls tmp/*/litter thing*)" "$(ls tmp/buildaudit-stage.??????/litter thing-1.2-1.noarch.rpm.part)"
	until_ok has_ended "$(cat pid)"
	ln -s "$T/w" tmp/buildaudit-stage.links
	mkdir -p tmp/buildaudit-stage.theirs/x
	is_root && chown 65534 tmp/buildaudit-stage.theirs
	rm bin/rpmbuild
	cmp first "$(own_rpm)"
	eq "$(ls thing*)" thing-1.2-1.noarch.rpm
	eq "$(ls tmp | xargs)" "buildaudit-stage.links$(is_root && echo ' buildaudit-stage.theirs')"
	[ -e w/p/bin/one ]
}

case_another_at_the_same_time() {
	local real first
	real=$(command -v rpmbuild) || skip 'no rpmbuild here'
	own_rpmbuild "read -r x <'$T/go'; exec $real \"\$@\""
	mkfifo go
	make_tree "$T/w/p"
	own_rpm >out 2>err &
	first=$!
	until_ok test -s pid
	has "$(want_rc 125 own_rpm 2>&1)" 'noarch.rpm is being made by somebody else right now'
	pack --type=deb >/dev/null
	TMPDIR=$T/tmp pack --type=deb >/dev/null
	[ -e tmp/buildaudit-stage.*/litter ]
	ba forget 1 2>/dev/null # what is packed was read at once
	echo >go
	wait $first
	eq "$(cat out)" "$T/thing-1.2-1.noarch.rpm"
	eq "$(ls tmp)" ''
}

# Folders that even their owner may not write in.
case_nothing_is_left_of_shut_folders() {
	need rpmbuild
	mkdir tmp
	rec --include "$T/w" -q -- sh -c 'mkdir -p "$1/a/b"; touch "$1/a/b/c"; chmod 555 "$1/a/b"; chmod 500 "$1/a"' sh "$T/w/p"
	settle
	TMPDIR=$T/tmp pack --type=rpm >/dev/null
	eq "$(ls tmp)" ''
}

# Somebody else's file under the name that ours has until it is whole.
case_a_name_that_is_taken() {
	make_tree "$T/w/p"
	echo theirs >theirs
	ln -s theirs thing-1.2.tar.gz.part
	refused pack --type=tar 2>/dev/null
	rm thing-1.2.tar.gz.part
	ln theirs thing-1.2.tar.gz.part
	has "$(want_rc 125 pack --type=tar 2>&1)" 'part is not a file of ours: take it away first'
	rm thing-1.2.tar.gz.part
	mkdir thing-1.2.tar.gz.part
	refused pack --type=tar 2>/dev/null
	eq "$(cat theirs)" theirs
}

# An installation that is done once more, after one that failed, say, finds most of it there.
case_what_the_same_command_made_before() {
	need dpkg-deb
	local install='mkdir -p "$1/d"; echo new >"$1/d/anew"; [ -e "$1/d/once" ] || echo o >"$1/d/once"
		if [ -e "$1/d/first" ]; then rm "$1/d/first"; else echo f >"$1/d/first"; fi; echo $$ >>"$1/theirs"'
	inst() { rec --include "$T/w" -q -- sh -c "$install" sh "$T/w"; settle; }
	packed() { dpkg-deb -c "$(pack --type=deb "$@" 2>err)" | sed -n "s|.*\./${T#/}/w/||p" | xargs; }
	mkdir w
	echo theirs >w/theirs
	inst
	eq "$(packed)" 'd/ d/anew d/first d/once'
	inst
	eq "$(packed)" 'd/ d/anew d/once'
	has "$(cat err)" 'packed, too: 2 paths that earlier runs of it made'
	eq "$(packed --exclude '*/once')" 'd/ d/anew'
	eq "$(packed --include "$T/w/d")" 'd/ d/anew d/once'
	rec --include "$T/w" -q -- sh -c 'echo more >>w/d/once'
	settle
	has "$(want_rc 125 pack --type=deb 3 2>&1)" 'nothing to pack'
	has "$(want_rc 125 pack --type=deb 2 2>&1)" 'd/once: its content changed'
	ba rollback -y 3 2>/dev/null
	eq "$(packed 2)" 'd/ d/anew d/once'
	rm w/d/once
	eq "$(packed 2)" 'd/ d/anew'
	# what was undone is nobody's
	ba uninstall -y 2 2>/dev/null || :
	ba uninstall -y 1 2>/dev/null || :
	mkdir -p w/d
	echo mine >w/d/once
	inst
	eq "$(packed)" 'd/anew d/first'
}

case_control_says_what_it_is() {
	need dpkg-deb
	make_tree "$T/w/p"
	local deb info
	deb=$(pack --type=deb --pkgrelease=3 --pkggroup=utils --requires='foo (>= 2), bar' --recommends=r --suggests=s \
		--conflicts=c --provides=pr --replaces=re --summary='Does it' --description='Line one

Line two' --pkgsource=https://example.com/x)
	info=$(dpkg-deb -f "$deb")
	has "$info" '^Version: 1.2-3$'
	has "$info" '^Section: utils$'
	has "$info" '^Depends: foo \(>= 2\), bar$'
	has "$info" '^Recommends: r$'
	has "$info" '^Suggests: s$'
	has "$info" '^Conflicts: c$'
	has "$info" '^Provides: pr$'
	has "$info" '^Replaces: re$'
	has "$info" '^Maintainer: Some One <someone@example.com>$'
	has "$info" '^Homepage: https://example.com/x$'
	has "$info" '^Description: Does it$'
	has "$info" '^ \.$'
	has "$info" '^Installed-Size: [0-9]+$'
}

case_name_and_version_from_the_folder() {
	need dpkg-deb
	mkdir -p Foo_Bar-2.0~rc1/build p
	(cd Foo_Bar-2.0~rc1/build && rec --include "$T/p" -q -- touch "$T/p/x")
	settle
	eq "$(ba package --type=deb -o "$T")" "$T/foo-bar_2.0~rc1-1_all.deb"
	mkdir tcl8.6.13
	(cd tcl8.6.13 && rec --include "$T/p" -q -- touch "$T/p/y")
	settle
	eq "$(ba package --type=deb -o "$T")" "$T/tcl_8.6.13-1_all.deb"
	mkdir plain
	(cd plain && rec --include "$T/p" -q -- touch "$T/p/z")
	settle
	has "$(want_rc 125 ba package --type=deb -o "$T" 2>&1)" 'version.*--pkgversion'
}

case_architecture_and_dependencies_from_elf_files() {
	packages_of_this_machine
	need dpkg-deb; need dpkg-shlibdeps; need cc
	echo 'int main(void) { return 0; }' >m.c
	cc m.c -o m
	cp /usr/bin/bash b
	mkdir p
	rec --include "$T/p" -q -- cp m b p/
	settle
	local deb arch
	arch=$(dpkg --print-architecture)
	deb=$(pack --type=deb)
	eq "$deb" "$T/thing_1.2-1_$arch.deb"
	mkdir debian
	printf 'Source: x\n\nPackage: x\nArchitecture: any\n' >debian/control
	# the order is no part of it
	local want
	want=$(dpkg-shlibdeps -O p/m p/b 2>/dev/null | sed 's/^shlibs:Depends=//' | tr ',' '\n' | sed 's/^ //' | sort)
	eq "$(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/^ //' | sort)" "$want"
}

case_what_was_modified_stays_out() {
	need dpkg-deb
	mkdir p
	echo old >p/conf
	echo old >p/gone
	rec --include "$T/p" -q -- sh -c 'echo new >>p/conf; echo x >p/new; rm p/gone'
	settle
	local deb err
	deb=$(pack --type=deb 2>err)
	hasnt "$(dpkg-deb -c "$deb")" 'conf|gone'
	has "$(cat err)" "p/conf: it was there before and was changed"
	has "$(cat err)" "p/gone: it was removed"
	deb=$(pack --type=deb --include "$T/p/conf" 2>/dev/null)
	has "$(dpkg-deb -c "$deb")" 'p/conf'
	deb=$(pack --type=deb --exclude '*/p/n*' --include "$T/p/conf")
	hasnt "$(dpkg-deb -c "$deb")" 'p/new'
}

case_indexes_are_made_anew() {
	need dpkg-deb
	mkdir -p p/share/mime/packages p/share/glib-2.0/schemas p/share/info p/lib/python/__pycache__
	touch p/share/mime/mime.cache p/share/glib-2.0/schemas/gschemas.compiled p/share/info/dir
	rec --include "$T/p" -q -- sh -c 'for f in p/share/mime/mime.cache p/share/glib-2.0/schemas/gschemas.compiled p/share/info/dir
		do echo x >>$f; done; echo i >p/share/info/thing.info; echo n >p/new'
	settle
	local deb post
	deb=$(pack --type=deb 2>err)
	post=$(dpkg-deb -I "$deb" postinst)
	has "$post" "update-mime-database .*/p/share/mime"
	has "$post" "glib-compile-schemas .*/p/share/glib-2.0/schemas"
	has "$post" "install-info --info-dir=.*/p/share/info .*thing.info"
	has "$(dpkg-deb -I "$deb" prerm)" 'install-info --delete'
	has "$(dpkg-deb -I "$deb" postrm)" 'update-mime-database'
	sh -n <<<"$post"
	has "$(cat err)" 'mime.cache: the MIME database, made anew'
	hasnt "$(dpkg-deb -c "$deb")" 'mime.cache|schemas|info/dir'
}

case_changed_since_is_refused() {
	need dpkg-deb
	mkdir p
	rec --include "$T/p" -q -- sh -c 'echo 1 >p/a; echo 2 >p/b; echo 3 >p/c; ln -s a p/l; echo 5 >p/e'
	settle
	echo x >p/a
	rm p/b
	chmod 600 p/c
	ln -sfn b p/l
	local err t
	for t in deb tar; do
		err=$(want_rc 125 pack --type=$t 2>&1)
		has "$err" 'p/a: its content changed'
		has "$err" 'p/b: it is gone'
		has "$err" 'p/c: its mode changed'
		has "$err" 'p/l: the link points elsewhere'
		hasnt "$err" 'p/e'
	done
	refused ls thing* 2>/dev/null
}

case_bad_names_are_said() {
	need dpkg-deb
	make_tree "$T/w/p"
	has "$(want_rc 125 ba package --type=deb -o "$T" --pkgname=Thing --pkgversion=1 2>&1)" "has a 'T'.*lower-case"
	has "$(want_rc 125 ba package --type=deb -o "$T" --pkgname=thing --pkgversion=1_2 2>&1)" "has a '_'.*letters, digits"
	has "$(want_rc 125 ba package --type=deb -o "$T" --pkgname=thing --pkgversion=v1 2>&1)" "begins with 'v'.*digit"
	has "$(want_rc 125 ba package --type=rpm -o "$T" --pkgname=thing --pkgversion=1-2 2>&1)" "has a '-'.*no '-'"
	has "$(want_rc 125 ba package --type=deb -o "$T" --pkgname=t --pkgversion=1 2>&1)" 'too short'
	has "$(want_rc 125 ba package --type=rpm -o "$T" --pkgname=thing --pkgversion=1..2 2>&1)" "has a '..'"
	has "$(want_rc 125 ba package --type=tar -o "$T" --pkgname=thing --pkgversion=1/2 2>&1)" "the version '1/2' has a '/'"
	has "$(want_rc 125 ba package --type=deb -o "$T" --pkgname=thing --pkgversion=1 --pkgarch=my_cpu 2>&1)" "architecture.*has a '_'"
	has "$(want_rc 2 ba package --type=zip 2>&1)" 'deb, rpm, slackware or tar'
	has "$(want_rc 125 pack --type=deb --compress=arc 2>&1)" "no compression 'arc'"
	has "$(want_rc 125 ba package --type=deb -o "$T/nowhere" --pkgname=thing --pkgversion=1 2>&1)" 'nowhere'
	refused ls "$T"/*.deb "$T"/*.rpm "$T"/*.part 2>/dev/null
	mkdir p
	rec --include "$T/p" -q -- touch "p/new
line"
	settle
	has "$(want_rc 125 pack --type=deb 2>&1)" 'newline'
	pack --type=tar >/dev/null
}

case_nothing_to_pack() {
	rec -q -- true
	has "$(want_rc 125 pack --type=deb 2>&1)" 'nothing to pack'
	rec -q -- touch inside
	has "$(want_rc 125 pack --type=deb 2>&1)" 'nothing to pack.*excluded'
	settle
}

case_incomplete_or_failed_is_refused() {
	need dpkg-deb
	mkdir p
	rec --include "$T/p" -q -- sh -c 'touch p/x; exit 3' || :
	settle
	has "$(want_rc 125 pack --type=deb 2>&1)" 'status 3.*--force'
	pack --type=deb --force >/dev/null
	sqlite3 "$DB" "UPDATE run SET state = 'incomplete', status = 0"
	has "$(want_rc 125 pack --type=deb 2>&1)" 'incomplete.*--force'
	pack --type=deb --force >/dev/null
}

case_missing_tools_are_named() {
	mkdir p bin
	rec --include "$T/p" -q -- touch p/x
	settle
	has "$(PATH=$T/bin want_rc 125 "$BUILDAUDIT" -d "$DB" package --type=deb -o . --pkgname=aa --pkgversion=1 2>&1)" 'install the package dpkg'
	has "$(PATH=$T/bin want_rc 125 "$BUILDAUDIT" -d "$DB" package --type=rpm -o . --pkgname=aa --pkgversion=1 2>&1)" 'rpmbuild.*install the package rpm'
}

case_run_packs_when_it_succeeds() {
	need dpkg-deb
	mkdir p
	rec --package=deb -o "$T" --pkgname=thing --pkgversion=1 --include "$T/p" -- touch p/x 2>err
	has "$(cat err)" "package: $T/thing_1-1_all.deb"
	has "$(dpkg-deb -c thing_1-1_all.deb)" 'p/x'
	want_rc 7 rec --package=deb --pkgname=thing -q -o "$T" --include "$T/p" -- sh -c 'touch p/y; exit 7'
	want_rc 143 sh -c '"$@"; exit $?' sh "$BUILDAUDIT" -d "$DB" run $mode_flag --package=deb --pkgname=thing -q -- sh -c 'kill -TERM $$' 2>/dev/null
	PATH=/usr/bin:/bin want_rc 127 rec --package=deb --pkgname=thing -q -- no-such-command 2>/dev/null
	want_rc 125 rec --package=deb --pkgname=thing -q -- true 2>/dev/null
	want_rc 2 rec --package=zip -- true 2>/dev/null
	settle
}

# A signal to the auditor alone reaches the command.
case_run_with_package_hands_signals_on() {
	mkdir p
	"$BUILDAUDIT" -d "$DB" run $mode_flag --package=deb --pkgname=thing -q -- sh -c 'trap "exit 9" TERM; : >ready; while :; do sleep 0.05; done' &
	local pid=$!
	until_ok test -e ready
	kill -TERM $pid
	want_rc 9 wait $pid
	settle
}

case_extended_attributes_are_kept() {
	need setfattr; need setcap; root
	mkdir w w/p
	touch w/try
	setfattr -n user.t -v 1 w/try 2>/dev/null || skip 'no extended attributes here'
	rec --include "$T/w/p" -q -- sh -c 'cp /bin/true w/p/t; setcap cap_net_raw=ep w/p/t; echo x >w/p/x; setfattr -n user.who -v me w/p/x'
	settle
	local f
	f=$(pack --type=tar)
	mkdir x
	tar --xattrs --xattrs-include='*' -C x -xpf "$f"
	has "$(getfattr -n user.who "x$T/w/p/x")" '"me"'
	has "$(getcap "x$T/w/p/t")" 'cap_net_raw=ep'
	f=$(pack --type=deb)
	rm -rf w/p
	admin
	dp -i "$f" >/dev/null
	has "$(getfattr -n user.who w/p/x)" '"me"'
	has "$(getcap w/p/t)" 'cap_net_raw=ep'
	dp -r thing >/dev/null
	need rpmbuild
	rec --include "$T/w/p" -q -- sh -c 'mkdir w/p; cp /bin/true w/p/t; setcap cap_net_raw=ep w/p/t'
	settle
	f=$(pack --type=rpm)
	rm -rf w/p
	rpm --nodeps -i "$f"
	has "$(getcap w/p/t)" 'cap_net_raw=ep'
	eq "$(rpm -V --nodeps thing)" ''
}

case_conffiles_and_owners() {
	need dpkg-deb
	[ -w /etc ] || skip 'needs root, to write in /etc'
	local d=/etc/ba-test-$$
	trap "rm -rf $d" EXIT
	mkdir p
	rec --include "$T/p" -q -- sh -c "mkdir $d; echo a >$d/conf; ln -s conf $d/link; echo x >p/x; chown 12:34 p/x"
	settle
	local deb
	deb=$(pack --type=deb)
	eq "$(dpkg-deb -I "$deb" conffiles)" "$d/conf"
	has "$(dpkg-deb --fsys-tarfile "$deb" | tar --numeric-owner -tv)" ' 12/34 .*p/x'
}

case_owned_files_are_listed() {
	packages_of_this_machine
	need dpkg-deb
	mkdir p
	rec --include "$T/p" -q -- touch p/x
	settle
	local err
	err=$(pack --type=deb --include /usr/bin/env 2>&1 >/dev/null)
	has "$err" '/usr/bin/env: coreutils'
	has "$err" '--replaces'
}

# What a shell, a glob, a macro or a spec file would take for its own, in all three, installed and removed.
case_odd_names_mean_themselves() {
	need dpkg-deb; need rpmbuild; root
	local p=$T/w/p f
	mkdir -p w/p
	cat >names <<-'N'
		%%
		%{name} %d
		h *
		*
		?
		[x]
		x
		{a,b}
		a
		b
		{c *
		q"uote
		h "q" %
		it's %
		back\slash
		back\ *
		$HOME
		`id`
		#c
		-dash
		 lead
		a|b;c&d
	N
	printf '\377\n\303\251\n' >>names
	rec --include "$p" -q -- sh -c 'while IFS= read -r n; do printf "%s\n" "$n" >"w/p/$n"; ln -s -- "$n" "w/p/to $n"; done <names'
	settle
	tree "$p" >"$T/before"
	for f in deb rpm tar; do pack --type=$f >/dev/null; done
	rm -rf w/p
	admin
	dp -i thing_1.2-1_all.deb >/dev/null
	tree "$p" | diff "$T/before" -
	eq "$(dp -V thing)" ''
	dp -P thing >/dev/null
	rpm --nodeps -i thing-1.2-1.noarch.rpm
	tree "$p" | diff "$T/before" -
	rpm --nodeps -e thing
	eq "$(ls -A w/p)" ''
	mkdir x
	tar -C x -xpf thing-1.2.tar.gz
	tree "x$p" | sed "s|$T/x||" | diff <(sed "s|$T/x||" "$T/before") -
	mkdir c
	rec --include "$T/c" -q -- touch "c/$(printf '\001')"
	settle
	has "$(want_rc 125 pack --type=rpm 2>&1)" 'control characters'
}

case_long_names() {
	need dpkg-deb; need rpmbuild; root
	local p=$T/w/p n
	mkdir w
	n=$(printf 'n%.0s' {1..200})
	rec --include "$p" -q -- sh -c 'mkdir -p "$2/$1/$1/$1"; echo x >"$2/$1/$1/$1/f"; ln "$2/$1/$1/$1/f" "$2/$1/g"; ln -s "$1/$1/$1/f" "$2/link"' sh "$n" "$p"
	settle
	tree "$p" >"$T/before"
	pack --type=deb >/dev/null
	pack --type=rpm >/dev/null
	rm -rf w/p
	admin
	dp -i thing_1.2-1_all.deb >/dev/null
	tree "$p" | diff "$T/before" -
	dp -P thing >/dev/null
	rpm --nodeps -i thing-1.2-1.noarch.rpm
	tree "$p" | diff "$T/before" -
}

# Large files, one with holes; whatever else reads gzip reads them.
case_large_files() {
	need dpkg-deb
	mkdir p
	rec --include "$T/p" -q -- sh -c 'seq 1 3000000 >p/text; head -c 3000001 /dev/urandom >p/random; truncate -s 100M p/sparse'
	settle
	local f
	f=$(pack --type=tar)
	gzip -t "$f"
	eq "$(tar -xzOf "$f" "${T#/}/p/text" | cksum)" "$(cksum <p/text)"
	eq "$(tar -xzOf "$f" "${T#/}/p/random" | cksum)" "$(cksum <p/random)"
	f=$(pack --type=deb)
	eq "$(dpkg-deb --fsys-tarfile "$f" | tar -xO ".$T/p/sparse" | cksum)" "$(cksum <p/sparse)"
}

case_same_bytes_elsewhere_and_later() {
	need dpkg-deb; need rpmbuild
	local t
	make_tree "$T/w/p"
	mkdir one two tmp
	for t in deb rpm tar; do
		pack --type=$t --exclude fifo -o "$T/one" >/dev/null
		sleep 1.1 # a clock in it would show
		(cd two && umask 077 && TMPDIR=$T/tmp TZ=Asia/Tokyo LANG=C.UTF-8 pack --type=$t --exclude fifo -o . >/dev/null)
	done
	eq "$(ls one)" "$(ls two)"
	diff -r one two
	eq "$(ls tmp)" ''
}

case_an_upgrade() {
	need dpkg-deb; need rpmbuild; root
	mkdir -p w p/share/info
	touch p/share/info/dir
	rec --include "$T/p" --include "$T/w" -q -- sh -c 'mkdir -p w/d; echo 1 >w/d/x; echo i >p/share/info/t.info; echo d >p/share/info/dir'
	settle
	pack --type=deb >/dev/null 2>&1
	pack --type=rpm >/dev/null 2>&1
	pack --type=deb --pkgversion=2 --pkgrelease=9 >/dev/null 2>&1
	rm -rf w/d
	admin
	dp -i thing_1.2-1_all.deb >/dev/null
	dp -i thing_2-9_all.deb >/dev/null
	eq "$(cat w/d/x)" 1
	has "$(dp -s thing)" '^Version: 2-9$'
	dp -P thing >/dev/null
	[ ! -e w/d ]
	# rpm removes the old one after the new one is there: what it takes out of an index would be the new one's
	has "$(rpm -qp --scripts thing-1.2-1.noarch.rpm)" '^if \[ "\$1" = 0 \]; then$'
}

case_relations_in_either_way() {
	need dpkg-deb; need rpmbuild
	mkdir p
	rec --include "$T/p" -q -- touch p/x
	settle
	local w f
	for w in 'aa >= 2, bb | cc (<< 3)' 'aa (>= 2),bb|cc(<<3)' 'aa \(\>= 2\), bb | cc \(<<3\)'; do
		f=$(pack --type=deb --requires="$w")
		eq "$(dpkg-deb -f "$f" Depends)" 'aa (>= 2), bb | cc (<< 3)'
		f=$(pack --type=rpm --requires="$w")
		eq "$(rpm -qp --requires "$f" | grep -v '^rpmlib' | sort | paste -sd';')" '(bb or cc < 3);aa >= 2'
	done
	f=$(pack --type=rpm --requires='perl(Foo) >= 1, /bin/sh, libx.so.1()(64bit)')
	eq "$(rpm -qp --requires "$f" | grep -v '^rpmlib' | sort | paste -sd';')" '/bin/sh;libx.so.1()(64bit);perl(Foo) >= 1'
	for f in deb rpm; do
		has "$(want_rc 125 pack --type=$f --requires='aa (>= 2' 2>&1)" "^buildaudit: --requires: 'aa \(>= 2' has a parenthesis"
		has "$(want_rc 125 pack --type=$f --conflicts='aa (~ 2)' 2>&1)" "^buildaudit: --conflicts: .* before its version$"
		has "$(want_rc 125 pack --type=$f --provides='aa,,bb' 2>&1)" '^buildaudit: --provides: a name is missing'
		has "$(want_rc 125 pack --type=$f --suggests='a;b' 2>&1)" "has a ';'"
		has "$(want_rc 125 pack --type=$f --replaces='aa (= )' 2>&1)" 'no version'
	done
	f=$(pack --type=rpm --replaces='old' 2>err)
	eq "$(rpm -qp --obsoletes "$f")" old
	has "$(cat err)" 'Obsoletes in an rpm.*takes these packages out'
}

# It is dpkg-deb who knows, once it is made: nothing of it is left.
case_a_deb_that_dpkg_would_not_take_is_none() {
	need dpkg-deb
	mkdir p
	rec --include "$T/p" -q -- touch p/x
	settle
	local w
	for w in 'aa (>= b)' '-aa' 'aa:b:c'; do
		has "$(want_rc 125 pack --type=deb --requires="$w" 2>&1)" '^buildaudit: dpkg-deb does not take what was packed$'
		eq "$(find . -name '*.deb*')" ''
	done
}

case_what_a_type_has_no_place_for_is_said() {
	need dpkg-deb
	mkdir p
	rec --include "$T/p" -q -- touch p/x
	settle
	has "$(pack --type=deb --pkglicense=GPL 2>&1 >/dev/null)" '^buildaudit: --pkglicense: left out, a deb'
	has "$(pack --type=deb --pkgsource=here --pkgaltsource=there 2>&1 >/dev/null)" "pkgsource: left out, 'here' is no URL"
	has "$(pack --type=deb --pkgsource=here --pkgaltsource=there 2>&1 >/dev/null)" 'pkgaltsource: left out'
	has "$(pack --type=deb --exclude '*.none' 2>&1 >/dev/null)" 'exclude \*.none: there is no such path'
	echo 'echo x' >s
	local o err
	err=$(pack --type=tar --requires=aa --maintainer=m --pkgrelease=2 --postinstall=s --summary=s 2>&1 >/dev/null)
	for o in requires maintainer pkgrelease postinstall summary; do has "$err" "^buildaudit: --$o: left out, a tar"; done
	has "$(want_rc 2 rec --pkgrelease=2 -- true 2>&1)" '--pkgrelease is for a package.*--package=TYPE'
	has "$(want_rc 2 pack --docdir=/x 2>&1)" '--docdir is for --docs'
	has "$(want_rc 2 pack --docs=s 2>&1)" 'it is no folder'
	has "$(want_rc 125 pack --include '' 2>&1)" 'the path is empty'
}

case_documents() {
	packages_of_this_machine
	need dpkg-deb
	mkdir -p p docs/more
	echo c >docs/copyright
	echo m >docs/more/m
	if is_root; then chown -R 12:12 docs; fi
	rec --include "$T/p" -q -- touch p/x
	settle
	local f
	f=$(pack --type=deb --docs=docs)
	eq "$(dpkg-deb --fsys-tarfile "$f" | tar -t | grep doc/ | sort | paste -sd' ')" './usr/share/doc/ ./usr/share/doc/thing/ ./usr/share/doc/thing/copyright ./usr/share/doc/thing/more/ ./usr/share/doc/thing/more/m'
	hasnt "$(dpkg-deb -c "$f")" ' 12/'
	f=$(pack --type=tar --docs=docs --docdir="$T/w")
	has "$(tar -tf "$f")" "^${T#/}/w/thing/copyright$"
}

# rpm makes an empty database in ~/.rpmdb where it is asked and has none.
case_nothing_is_left_at_home() {
	mkdir home p
	HOME=$T/home
	export HOME
	rec --include "$T/p" -q -- touch p/x
	settle
	local t
	for t in deb rpm tar; do pack --type=$t >/dev/null; done
	ba uninstall -y
	[ ! -e p/x ]
	eq "$(ls -A home)" ''
}

# And what is not in the package, though the run changed it.
case_quiet_says_only_what_fails() {
	need dpkg-deb
	mkdir p
	echo old >p/old
	rec -q --package=deb -o "$T" --pkgname=thing --pkgversion=1 --pkglicense=x --include "$T/p" -- sh -c 'echo n >p/new; echo n >>p/old' >out 2>&1
	settle
	[ -e thing_1-1_all.deb ]
	eq "$(grep -v "^  $T/p/old: " out)" "buildaudit: somebody else's, and not packed:"
	has "$(want_rc 125 rec -q --package=deb --pkgname=Bad --pkgversion=1 --include "$T/p" -- touch p/y 2>&1)" "has a 'B'"
	settle
}

# In a payload of one architecture, and of two; a library of the payload's own, and one that is not here.
case_libraries_of_each_kind() {
	packages_of_this_machine
	need dpkg-deb; need cc
	echo 'int own(void) { return 1; }' >own.c
	echo 'int gone(void) { return 1; }' >gone.c
	echo 'int own(void), gone(void); int main(void) { return own() + gone(); }' >m.c
	cc -shared -fPIC -Wl,-soname,libown.so.1 own.c -o libown.so
	cc -shared -fPIC -Wl,-soname,libgone.so.1 gone.c -o libgone.so
	cc m.c -o m -L. -lown -lgone
	mkdir p
	rec --include "$T/p" -q -- sh -c 'cp m p/; cp libown.so p/libown.so.1; echo text >p/libgone.so.1'
	settle
	local deb
	deb=$(pack --type=deb 2>err)
	has "$(dpkg-deb -f "$deb" Depends)" '^libc6 \(>= [0-9.]+\)$'
	has "$(cat err)" 'libgone.so.1, needed by .*/p/m: it is not here'
	hasnt "$(cat err)" 'libown'
}

case_i386_files() {
	packages_of_this_machine
	need dpkg-deb; need cc
	echo 'int main(void) { return 0; }' >m.c
	cc -m32 m.c -o m 2>/dev/null || skip 'no 32-bit compiler here'
	mkdir p
	rec --include "$T/p" -q -- cp m p/
	settle
	local deb arch depends
	deb=$(pack --type=deb 2>/dev/null)
	arch=$(dpkg-deb -f "$deb" Architecture)
	depends=$(dpkg-deb -f "$deb" Depends)
	# a package for i386 cannot depend on amd64's packages of 32-bit libraries
	case $depends in
	libc6-i386*) eq "$arch" amd64 ;;
	libc6\ *) eq "$arch" i386 ;;
	*) fail "depends on: $depends" ;;
	esac
}

case_architectures_in_either_way() {
	need dpkg-deb; need rpmbuild
	mkdir p
	rec --include "$T/p" -q -- sh -c 'touch p/x; ln -s /nowhere p/l'
	settle
	eq "$(pack --type=deb --pkgarch=x86_64 2>&1)" "$T/thing_1.2-1_amd64.deb"
	eq "$(pack --type=deb --pkgarch=noarch 2>&1)" "$T/thing_1.2-1_all.deb"
	eq "$(pack --type=rpm --pkgarch=amd64 2>&1)" "$T/thing-1.2-1.x86_64.rpm"
	eq "$(pack --type=rpm --pkgarch=all 2>&1)" "$T/thing-1.2-1.noarch.rpm"
}

# rpm's generator is asked for one name of a file: the package needs what it needs.
case_rpm_requirements_of_linked_programs() {
	need rpmbuild
	mkdir p
	rec --include "$T/p" -q -- sh -c 'cp /usr/bin/env p/a; ln p/a p/b+c.d; ln p/a "p/e f%g"; cp /usr/bin/env p/z'
	settle
	local rpm
	rpm=$(pack --type=rpm)
	has "$(rpm -qp --requires "$rpm")" '^libc\.so\.6\('
	eq "$(rpm -qp --qf '[%{FILENAMES} %{FILENLINKS}\n]' "$rpm" | grep -c ' 3$')" 3
	eq "$(rpm -qp --qf '[%{FILECLASS}\n]' "$rpm" | grep -c ELF)" 4
}

case_rpm_scripts_and_texts_mean_themselves() {
	need rpmbuild
	mkdir p
	rec --include "$T/p" -q -- touch p/x
	settle
	printf '#!/bin/sh -e\necho "%%s %%%% %%{name}"\n%%files\n%%if 0\n' >post
	local rpm
	rpm=$(pack --type=rpm --postinstall=post --summary='S %{name} %%' --description='100% %{name}' --pkglicense='%{x}')
	eq "$(rpm -qp --qf '%{SUMMARY}|%{DESCRIPTION}|%{LICENSE}|[%{POSTINPROG} ]' "$rpm")" 'S %{name} %%|100% %{name}|%{x}|/bin/sh -e '
	eq "$(rpm -qp --qf '%{POSTIN}' "$rpm")" "$(tail -n +2 post)"
	has "$(want_rc 125 pack --type=rpm --description="a
%if b" 2>&1)" "line of the description begins with '%if'"
}

run_cases "$@"
