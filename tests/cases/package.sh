#!/bin/bash
# A run becomes a package: it holds what the run made, and another machine's manager installs, checks and removes it.
. "$(dirname "$0")/../lib/cases.sh"

export DEBEMAIL='Some One <someone@example.com>'

# A folder with what is hard to pack: links, an empty folder, modes, odd names, a fifo.
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
	' sh "$1"
	settle
}
# As a package manager sees it: content, modes, owners and links, but no times.
tree() { # FOLDER
	snap "$1" "$T/../snap"
	python3 -c '
import json, sys
first = {}
for line in open(sys.argv[1], errors="surrogateescape"):
    e = json.loads(line)
    print(json.dumps([e[k] for k in ("path", "type", "mode", "uid", "gid", "sha256", "link_target", "nlink")]))' "$T/../snap"
}
admin() { mkdir -p "$T/adm/info" "$T/adm/updates" "$T/adm/triggers" && : >>"$T/adm/status"; }
dp() { dpkg --admindir="$T/adm" --force-depends --log=/dev/null "$@"; }
# A package manager that waits for something would wait for ever.
rpm() { timeout 60 rpm "$@"; }
pack() { timeout 120 "$BUILDAUDIT" -d "$DB" package -o "$T" --pkgname=thing --pkgversion=1.2 "$@"; }
need() { command -v "$1" >/dev/null || skip "no $1 here"; }
root() { [ "$(id -u)" = 0 ] || skip 'needs root'; }

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
	eq "$(dp -L thing | sort)" "$(q "SELECT path FROM manifest WHERE change = 'created' AND NOT excluded" | sort)"
	eq "$(dp -V thing)" ''
	dp -r thing >/dev/null
	[ ! -e w/p ] && [ -d w ]
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
	rpm --dbpath "$T/rpmdb" --nodeps -i "$rpm"
	tree "$p" | diff "$T/before" -
	eq "$(rpm --dbpath "$T/rpmdb" -ql thing | sort)" "$(q "SELECT path FROM manifest WHERE change = 'created' AND NOT excluded AND type <> 'fifo'" | sort)"
	eq "$(rpm --dbpath "$T/rpmdb" -V --nodeps thing)" ''
	rpm --dbpath "$T/rpmdb" --nodeps -e thing
	[ ! -e w/p ] && [ -d w ]
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
	deb=$(pack --type=deb --exclude '*/n*' --include "$T/p/conf" 2>/dev/null)
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
	has "$(want_rc 2 ba package --type=zip 2>&1)" 'deb, rpm or tar'
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
	want_rc 7 rec --package=deb -q -o "$T" --include "$T/p" -- sh -c 'touch p/y; exit 7'
	want_rc 143 sh -c '"$@"; exit $?' sh "$BUILDAUDIT" -d "$DB" run $mode_flag --package=deb -q -- sh -c 'kill -TERM $$' 2>/dev/null
	want_rc 127 rec --package=deb -q -- no-such-command 2>/dev/null
	want_rc 125 rec --package=deb -q -- true 2>/dev/null
	want_rc 2 rec --package=zip -- true 2>/dev/null
	settle
}

# A signal to the auditor alone reaches the command.
case_run_with_package_hands_signals_on() {
	mkdir p
	"$BUILDAUDIT" -d "$DB" run $mode_flag --package=deb -q -- sh -c 'trap "exit 9" TERM; : >ready; while :; do sleep 0.05; done' &
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
	rpm --dbpath "$T/rpmdb" --nodeps -i "$f"
	has "$(getcap w/p/t)" 'cap_net_raw=ep'
	eq "$(rpm --dbpath "$T/rpmdb" -V --nodeps thing)" ''
}

case_conffiles_and_owners() {
	need dpkg-deb; root
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
	need dpkg-deb
	mkdir p
	rec --include "$T/p" -q -- touch p/x
	settle
	local err
	err=$(pack --type=deb --include /usr/bin/env 2>&1 >/dev/null)
	has "$err" '/usr/bin/env: coreutils'
	has "$err" '--replaces'
}

run_cases "$@"
