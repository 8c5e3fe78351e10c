#!/bin/bash
# A package holds what is installed: all that is the installer's, whatever stood there before it, and nothing of others.
. "$(dirname "$0")/../lib/cases.sh"

export DEBEMAIL='Some One <someone@example.com>' CHECKINSTALLRC=/dev/null BUILDAUDIT_DB
need() { command -v "$1" >/dev/null || skip "no $1 here"; }
pack() { timeout 120 "$BUILDAUDIT" -d "$DB" package -o "$T" --pkgname=thing --pkgversion=1.2 "$@"; }
# What is in the deb of the newest run, below w/.
packed() { dpkg-deb -c "$(pack --type=deb "$@" 2>err)" | awk '{ print $6 }' | sed -n "s|^\./${T#/}/w/\(.*[^/]\)$|\1|p" | sort | xargs; }
# A dpkg of our own, with a package that has these files.
own_dpkg() { # PACKAGE FILE...
	local f
	export DPKG_ADMINDIR=$T/adm
	[ -e adm ] || dpkg_database adm "${P:-}"
	printf 'Package: %s\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: M <m@example.com>\nDescription: d\n\n' "$1" >>adm/status
	for f in "${@:2}"; do echo "$f"; done >"adm/info/$1.list"
}
rpm() { timeout 60 rpm --dbpath "$T/rpmdb" "$@"; }

ways='mkdir -p new w/d
	for f in install cp cat mv tar sed ln; do echo "$f $V" >new/$f; done
	install -m 644 new/install w/d/install
	cp new/cp w/d/cp
	cat new/cat >w/d/cat
	cp new/mv w/d/.mv && mv w/d/.mv w/d/mv
	tar -C new -cf - tar | tar -C w/d -xf -
	install -m 644 new/sed w/d/sed && sed -i "s/sed/SED/" w/d/sed
	ln -f w/d/cp w/d/hard && ln -sf cp w/d/soft
	if command -v rsync >/dev/null; then rsync --ignore-times new/mv w/d/rsync; else cp new/mv w/d/rsync; fi'
all='d/cat d/cp d/hard d/install d/mv d/rsync d/sed d/soft d/tar'

# The first `make install` is often before anybody thinks of a record.
case_an_install_that_nobody_recorded() {
	need dpkg-deb
	local v
	V=1 sh -c "$ways"
	for v in 1 2; do # the same again, and another
		V=$v rec --include "$T/w" -q -- sh -c "$ways"
		settle
		eq "$(packed)" "$all" "of version $v"
		hasnt "$(cat err)" 'not packed'
		hasnt "$(q "SELECT change FROM manifest WHERE run_id = $v AND NOT excluded")" 'created'
	done
	V=3 rec --include "$T/w" -q -- sh -c "$ways; rm w/d/cat"
	settle
	eq "$(packed)" "${all#d/cat }"
}

# Done once more, by halves: what an earlier one replaced is the install's as if it had created it.
case_half_of_it_was_done_again() {
	need dpkg-deb
	mkdir w
	echo theirs | tee w/a w/b w/c w/line >/dev/null
	local install='for f in a b c; do [ -e made-$f ] || cp Makefile w/$f; touch made-$f; done; [ "$1" ] || echo x >>w/line'
	echo mine >Makefile
	touch made-c
	rec --include "$T/w" -q -- sh -c "$install"
	rm made-a
	rec --include "$T/w" -q -- sh -c "$install"
	settle
	eq "$(packed)" 'a b'
	has "$(cat err)" "w/line: it was there before and was changed"
	hasnt "$(cat err)" "w/[abc]:"
	echo theirs >w/b
	has "$(want_rc 125 pack --type=deb 2>&1)" 'w/b: its content changed'
}

# A line more, a byte in the middle, another mode: who does that has no file there.  It is said, quiet or not.
case_edits_of_others_are_left_out_and_named() {
	need dpkg-deb
	mkdir w w/shut w/again
	local f
	for f in append sed patch mode middle twice touched; do printf 'one\ntwo\n' >w/$f; done
	printf -- '--- w/patch\n+++ w/patch\n@@ -1,2 +1,2 @@\n-one\n+1\n two\n' >p
	need patch; need perl
	cp w/sed w/perl
	edits='echo three >>w/append; sed -i s/one/1/ w/sed; perl -pi -e s/one/1/ w/perl; patch -s -p0 <p; chmod 600 w/mode
		chmod 700 w/shut; chmod 755 w/again; printf X 1<>w/middle; sed -i s/one/1/ w/twice; echo 3 >>w/twice
		printf one 1<>w/touched'
	rec --include "$T/w" -q --package=deb -o "$T" --pkgname=thing --pkgversion=1 -- sh -c "echo new >w/new; $edits" >out 2>err
	settle
	eq "$(dpkg-deb -c thing_1-1_all.deb | sed -n 's|.*/w/||p' | xargs)" new
	eq "$(cat out)" ''
	eq "$(head -n 1 err)" "buildaudit: somebody else's, and not packed:"
	eq "$(sed -n "s|^  $T/w/\([^:]*\): .*|\1|p" err | sort | xargs)" 'append middle mode patch perl sed shut twice'
	[ "$(wc -l <err)" = 9 ]
	has "$(cat err)" "w/append: it was there before and was changed \(--include $T/w/append packs it\)$"
	has "$(cat err)" 'w/shut: a folder whose mode or owner was changed$'
	eq "$(packed --include "$T/w/append" --include "$T/w/sed")" 'append new sed'
	has "$(pack --type=tar 2>&1 >/dev/null)" 'w/append: it was there'
}

# Each of these files has an owner, who would lose it to this package, and all of it when that one goes.
case_files_of_other_packages_are_left_out_and_named() {
	need dpkg-deb
	mkdir w
	echo theirs | tee w/whole w/edit w/mine >/dev/null
	own_dpkg other /. "$T/w" "$T/w/whole" "$T/w/edit" "$T/w/created"
	own_dpkg thing "$T/w" "$T/w/mine"
	rec --include "$T/w" -q -- sh -c 'for f in whole mine created new; do echo x >w/.x; mv w/.x w/$f; done; sed -i s/t/T/ w/edit'
	settle
	eq "$(packed)" 'mine new'
	eq "$(sed -n "s|^  $T/w/||p" err | sort)" "created: the package other has it (--replaces=other takes it over)
edit: it was there before and was changed (--include $T/w/edit packs it)
whole: the package other has it (--replaces=other takes it over)"
	eq "$(packed --replaces='other (<< 3), more')" 'created mine new whole'
	hasnt "$(cat err)" 'whole|created'
	eq "$(packed --include "$T/w/whole")" 'mine new whole'
	has "$(cat err)" "w/whole: other"
	has "$(pack --type=tar 2>&1 >/dev/null)" "w/whole: the package other has it \(--include $T/w/whole packs it\)$"
}

case_files_of_other_rpms() {
	need rpmbuild
	mkdir w home
	export HOME=$T/home
	echo "%_dbpath $T/rpmdb" >home/.rpmmacros
	rec --include "$T/w" -q -- sh -c 'echo theirs >w/whole'
	settle
	rpm --justdb --nodeps -i "$(ba package --type=rpm -o "$T" --pkgname=other --pkgversion=1)"
	eq "$(rpm -qf "$T/w/whole" --qf '%{NAME}')" other
	rec --include "$T/w" -q -- sh -c 'for f in whole new; do echo x >w/.x; mv w/.x w/$f; done'
	settle
	eq "$(rpm -qlp "$(pack --type=rpm 2>err)")" "$T/w/new"
	has "$(cat err)" "w/whole: the package other has it \(--replaces=other takes it over\)"
	eq "$(rpm -qlp "$(pack --type=rpm --replaces=other 2>/dev/null)" | xargs)" "$T/w/new $T/w/whole"
}

# Lists that all installations share have no owner, and are written anew as a whole by whoever adds a line.
case_lists_of_the_whole_system() {
	need dpkg-deb; root
	local p=$T/p
	mkdir p etc
	cp /etc/passwd /etc/group etc
	cp etc/passwd etc/shells
	own_dpkg nothing
	# shellcheck disable=SC2016 # the shell in it expands
	unshare -m sh -c 'mount --bind "$1/etc" /etc && shift && "$@"' sh "$T" \
		"$BUILDAUDIT" -d "$DB" run $mode_flag --include "$p" -q --package=deb -o "$T" --pkgname=thing --pkgversion=1 -- sh -c '
			for f in passwd shells; do { cat /etc/$f; echo "w:x:999:999::/:/bin/w"; } >/etc/.new; mv /etc/.new /etc/$f; done
			echo x >/etc/thing.conf; mkdir -p p/share/mime; echo x >p/x' 2>err
	settle
	eq "$(dpkg-deb -c thing_1-1_all.deb | sed -n 's|.* \./||p' | grep -v '/$' | xargs)" "etc/thing.conf ${p#/}/x"
	has "$(cat err)" '^  /etc/passwd: it was there before'
	has "$(cat err)" '^  /etc/shells: it was there before'
}

# An index that a tool writes anew is made anew elsewhere, not carried there.
case_an_index_is_no_file_of_the_package() {
	need dpkg-deb
	mkdir -p w/share/mime
	echo old >w/share/mime/mime.cache
	rec --include "$T/w" -q -- sh -c 'echo x >w/x; echo new >w/share/mime/mime.cache'
	settle
	eq "$(packed)" 'x'
	has "$(cat err)" 'mime.cache: the MIME database, made anew'
	hasnt "$(cat err)" "somebody else's"
}

# What two versions install: $P/share/thing is the install's, $P and $P/share were there.  $V is the version.
makefile='install:
	mkdir -p $(P)/bin $(P)/share/thing $(P)/share/empty $(P)/share/dir$(V)/sub
	echo $(V) >new && install new $(P)/bin/thing
	ln -f $(P)/bin/thing $(P)/bin/thing-$(V); ln -sf thing $(P)/bin/link
	install -m 644 Makefile $(P)/share/thing/same
	install -m 644 new $(P)/share/only$(V)
	install -m 600 new $(P)/share/dir$(V)/sub/x
	if [ "$(E)" ]; then mkdir -p $(E)/thing; cp new $(E)/thing/conf; cp new $(E)/thing/conf$(V); fi
'
# /tmp is left out of every package, as by checkinstall: what is installed has to be somewhere else.
place() {
	local v
	P=$(mktemp -d "$([ -w /opt ] && echo /opt || echo ~)/ba-case.XXXXXX")
	E=
	[ -w /etc ] && E=$(mktemp -d /etc/ba-case.XXXXXX)
	export P E V
	# shellcheck disable=SC2064  # those two
	trap "rm -rf '$P' ${E:+'$E'}" EXIT
	mkdir "$P/share" "$P/bin"
	echo theirs >"$P/share/theirs"
	BUILDAUDIT_DB=$DB
	for v in 1 2; do mkdir thing-$v && printf %s "$makefile" >thing-$v/Makefile; done
}
ci() { (cd "thing-$V" && timeout 120 "$BUILDAUDIT" checkinstall -y --nodoc "$@") >out 2>err </dev/null || { cat err >&2; return 1; }; }

# First, second, over another version: what is installed then is the same, and so is the package, of whatever time its
# files are.
case_the_same_bytes_whatever_was_before() {
	need dpkg-deb
	place
	local t clean
	for t in D $(command -v rpmbuild >/dev/null && echo R); do
		(
			mkdir -p "first$t" "again$t" "over$t"
			unset SOURCE_DATE_EPOCH
			export SOURCE_DATE_EPOCH=1000000000
			V=2
			clean=$(cd "$P" && find . | sort)
			ci -$t --install=no --pakdir="$T/first$t"
			ci -$t --install=no --pakdir="$T/again$t"
			ba uninstall -y thing >/dev/null 2>&1
			eq "$(cd "$P" && find . | sort)" "$clean"
			BUILDAUDIT_DB=$T/other$t.db
			V=1 ci -$t --install=no
			ci -$t --install=no --pakdir="$T/over$t"
			[ -e "$P/share/only1" ]
			"$BUILDAUDIT" uninstall -y thing >/dev/null 2>&1
		)
		[ "$(ls "first$t")" ]
		diff -r "first$t" "again$t"
		diff -r "first$t" "over$t"
	done
}

# The life of an install as the package manager has it: v1, v2 over it, gone.  What stood there before is there still.
upgrades_and_goes() { # OWNS-COMMAND GOES-COMMAND CHECKINSTALL'S OPTIONS...
	local owns=$1 goes=$2 v d
	shift 2
	# shellcheck disable=SC2086  # none where /etc cannot be written to
	tree() { for d in "$P" $E; do snap "$d" "$T/snap"; plain "$T/snap" | sed "s|$d||"; done; }
	tree >before
	for V in 1 2 2 1 2; do # again, and back
		ci "$@"
		v=$V
		[ "$(cat "$P/bin/thing")" = "$v" ]
		eq "$($owns | sed -n "s|^$P||p" | grep -v "^/[a-z]*$" | sort | xargs)" \
			"/bin/link /bin/thing /bin/thing-$v /share/dir$v /share/dir$v/sub /share/dir$v/sub/x /share/empty /share/only$v /share/thing /share/thing/same"
		eq "$(cd "$P" && find . -mindepth 2 | sort | xargs)" \
			"./bin/link ./bin/thing ./bin/thing-$v ./share/dir$v ./share/dir$v/sub ./share/dir$v/sub/x ./share/empty ./share/only$v ./share/theirs ./share/thing ./share/thing/same"
		if [ "$E" ]; then
			eq "$(cat "$E/thing/conf")" "$v"
			[ -e "$E/thing/conf$v" ]
			# dpkg leaves a conffile that the new version has not any more until the package is purged
			[ "$1" = -D ] || eq "$(ls "$E/thing" | xargs)" "conf conf$v"
		fi
		eq "$(ba verify)" ''
	done
	$goes >/dev/null
	tree | diff before -
}

# dpkg asks about configurations only: what else a person edited goes with the version that had it.
case_an_edit_of_what_the_next_version_has_not() {
	need dpkg-deb; root
	place
	own_dpkg nothing
	V=1 ci -D --dpkgflags=--log=/dev/null
	hasnt "$(cat err)" 'taken out with the older version'
	echo mine >>"$P/share/only1"
	V=2 ci -D --dpkgflags=--log=/dev/null
	eq "$(grep -A1 'taken out with the older version, though edited since.*:' err | tail -n 1 | xargs)" "$P/share/only1"
	[ ! -e "$P/share/only1" ]
	# what nobody had edited is named, too
	eq "$(sed -n '/taken out with the older version (/,/^[^ ]*: installed/ s/^  //p' err | xargs)" \
		"$P/bin/thing-1 $P/share/dir1/sub/x"
	ba rollback -y >/dev/null
	eq "$(tail -n 1 "$P/share/only1")" mine
}

# What a person has edited and the next version leaves alone: dpkg then finds what it is about to install.
case_a_configuration_that_a_person_edited() {
	need dpkg-deb; root
	place
	own_dpkg nothing
	local v
	for v in 1 2; do
		printf 'install:\n\tmkdir -p $(E)/thing\n\t[ -e $(E)/thing/conf ] || cp conf $(E)/thing/conf\n\techo %s >$(P)/bin/thing\n' \
			$v >"thing-$v/Makefile"
		echo shipped >"thing-$v/conf"
	done
	V=1 ci -D
	echo edited >"$E/thing/conf"
	chmod 600 "$E/thing/conf"
	V=2 ci -D
	has "$(cat err)" "as they are now, edited since"
	has "$(cat err)" "^  $E/thing/conf$"
	eq "$(stat -c '%a' "$E/thing/conf") $(cat "$E/thing/conf" "$P/bin/thing" | xargs)" '600 edited 2'
	dpkg-deb -x thing-2/*.deb x
	eq "$(cat "x$E/thing/conf")" edited
	has "$(want_rc 1 ba verify thing)" '^S.*thing/conf'
	# of this very version it is a change since the run
	rm "$E/thing/conf"
	V=2 ci -D --install=no
	echo again >"$E/thing/conf"
	has "$(want_rc 125 ba package -y --type=deb thing 2>&1)" 'conf: its content changed'
}

# An edit below the etc of any prefix is as one below /etc; what is left out of the newer package stays, too.
case_a_configuration_below_another_etc() {
	need dpkg-deb; root
	place
	own_dpkg nothing
	local v
	mkdir "$P/etc"
	for v in 1 2; do
		printf 'install:\n\t[ -e $(P)/etc/conf ] || cp conf $(P)/etc/conf\n\techo %s >$(P)/bin/thing\n' \
			$v >"thing-$v/Makefile"
		echo shipped >"thing-$v/conf"
	done
	V=1 ci -D
	eq "$(dpkg-deb -I thing-1/*.deb conffiles)" "$P/etc/conf"
	echo edited >"$P/etc/conf"
	for V in 1 2; do
		ci -D
		has "$(cat err)" 'as they are now, edited since'
		has "$(cat err)" "^  $P/etc/conf$"
		eq "$(cat "$P/etc/conf" "$P/bin/thing" | xargs)" "edited $V"
	done
	V=2 ci -D --exclude="$P/etc/conf"
	eq "$(cat "$P/etc/conf")" edited
}

# The manager takes what it has put there, and what stood there before is given back by us.
case_what_stood_there_before_a_package() {
	need dpkg-deb; root
	place
	own_dpkg nothing
	echo before >"$P/bin/thing"
	echo other >"$P/bin/link"
	V=1 ci -D
	dpkg --purge thing >/dev/null 2>&1
	eq "$(cd "$P/bin" && ls | xargs)" ''
	ba rollback --force -y 2 >&2
	ba rollback --force -y 1 >&2
	eq "$(cd "$P/bin" && ls | xargs) $(cat "$P/bin/thing" "$P/bin/link" | xargs)" 'link thing before other'
}

# What went with the package was the install's, and what had stood there comes back; what a person took away does not.
case_what_a_package_took_out_comes_back() {
	need dpkg-deb; root
	place
	own_dpkg nothing
	echo before >"$P/bin/thing"
	echo other >"$P/bin/link"
	echo third >"$P/share/only1"
	V=1 ci -D --exclude="$P/bin/link"
	rm "$P/bin/link" "$P/share/only1"
	want_rc 1 ba uninstall -n thing >out 2>&1
	has "$(cat out)" '^keep .*/only1  \(removed since\)$'
	dpkg --log=/dev/null --purge thing >/dev/null 2>&1
	[ ! -e "$P/bin/thing" ]
	want_rc 1 ba uninstall -y thing >out 2>&1
	eq "$(grep -v ^buildaudit: out | sed 's/^keep.*bin/bin/')" 'bin/link  (removed since)'
	eq "$(cat "$P/bin/thing")" before
	[ ! -e "$P/bin/link" ]
}

# What an installer moves out of its way is whose it was, and no part of a package.
case_what_was_moved_aside_is_not_packed() {
	need dpkg-deb
	mkdir w w/d
	for f in tool conf hard; do echo theirs >w/d/$f; done
	rec -q --name=thing --pkgversion=1 --include="$T/w" -- sh -c 'mv w/d/tool w/d/tool.orig; echo mine >w/d/tool
		mv w/d/conf w/d/conf~; echo mine >w/d/conf; ln w/d/hard w/d/link; echo new >src; mv src w/d/moved'
	settle
	eq "$(packed)" 'd/conf d/moved d/tool'
	has "$(cat err)" 'w/d/tool\.orig: it was there before'
	has "$(cat err)" 'w/d/link: it was there before'
	rec -q --name=thing --pkgversion=2 --include="$T/w" -- sh -c 'mv w/d/tool w/d/tool.v1; echo 2 >w/d/tool'
	settle
	eq "$(packed)" 'd/tool d/tool.v1'
}

case_an_upgrade_by_dpkg() {
	need dpkg-deb; root
	place
	own_dpkg nothing
	upgrades_and_goes 'dpkg -L thing' 'dpkg --log=/dev/null -P thing' -D --dpkgflags=--log=/dev/null
}

case_an_upgrade_by_rpm() {
	need rpmbuild; root
	place
	upgrades_and_goes 'rpm -ql thing' 'rpm -e thing' -R --rpmflags="--dbpath=$T/rpmdb --nodeps"
}

# At a terminal, where somebody answers.
at_terminal() { # ANSWER COMMAND...
	python3 -S -c '
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
os.write(fd, sys.argv[1].encode() + b"\n")
try:
    while text := os.read(fd, 4096):
        os.write(1, text)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@"
}

# The distribution's package would lose its files to ours, and its name.
in_the_place_of_the_systems() { # VERSION GOES-COMMAND CHECKINSTALL'S OPTIONS...
	local refused="^buildaudit: the package thing $1 of the system is installed.*--replace-system" v=$1 goes=$2
	shift 2
	V=2
	refused ci "$@" 2>/dev/null
	has "$(cat err)" "$refused"
	[ ! -e "$P/bin/thing" ] # nor did the command run
	(cd thing-2 && want_rc 125 "$BUILDAUDIT" checkinstall --nodoc "$@" </dev/null 2>../err)
	has "$(cat err)" "$refused"
	(cd thing-2 && want_rc 125 at_terminal n "$BUILDAUDIT" checkinstall --nodoc "$@" >../out)
	has "$(cat out)" "^The package thing $v of the system is installed.* Go on\? \[y/N\]"
	[ ! -e "$P/bin/thing" ]
	# one of another name, or one that is not installed, is no matter
	ci "$@" --pkgname=other
	has "$(want_rc 125 ba package --pkgname=thing --type="$([ "$1" = -D ] && echo deb || echo rpm)" 2>&1)" 'nothing to pack: other packages have all that run [0-9]+ created or replaced$'
	$goes other
	ci "$@" --install=no
	has "$(cat err)" "the package thing $v of the system would be replaced by this one"
	(cd thing-2 && at_terminal y "$BUILDAUDIT" checkinstall --nodoc "$@" >../out) || { cat out; return 1; }
	# it is ours by now
	V=1 ci "$@"
	hasnt "$(cat err)" 'of the system'
}

case_a_package_of_the_system_by_dpkg() {
	need dpkg-deb; root
	place
	own_dpkg thing "$P/share/theirs"
	in_the_place_of_the_systems 1 'dpkg --log=/dev/null -P' -D --dpkgflags=--log=/dev/null
	has "$(dpkg -s thing)" '^Origin: buildaudit$'
	dpkg --log=/dev/null -P thing >/dev/null
	own_dpkg more
	V=1 ci -D --dpkgflags=--log=/dev/null --pkgname=more --replace-system --install=yes
	has "$(dpkg -s more)" '^Version: 1-1$'
}

case_a_package_of_the_system_by_rpm() {
	need rpmbuild; root
	place
	mkdir home
	export HOME=$T/home
	echo "%_dbpath $T/rpmdb" >home/.rpmmacros
	printf 'Name: thing\nVersion: 0.9\nRelease: 3\nSummary: s\nLicense: l\nVendor: Somebody\n%%description\n%%files\n' >thing.spec
	rpmbuild -bb --nodeps --quiet --define "_topdir $T/top" thing.spec >/dev/null 2>&1
	rpm --nodeps -i top/RPMS/*/*.rpm 2>/dev/null
	in_the_place_of_the_systems 0.9-3 'rpm -e' -R --rpmflags=--nodeps
	eq "$(rpm -q --qf '%{VENDOR} %{VERSION}' thing)" 'buildaudit 1'
}

# An upgrade by a plain `make install` of what a package has: no prune takes out what the package is to take out.
case_what_a_package_has_is_not_said_to_be_stale() {
	need dpkg-deb; root
	place
	own_dpkg nothing
	V=1 ci -D --dpkgflags=--log=/dev/null
	cp -a "$P/share/only1" keep
	(cd thing-2 && V=2 ba --include="$P" make install) >out 2>err
	has "$(cat err)" 'modified'
	hasnt "$(cat err)" stale
	dpkg --log=/dev/null --purge thing >/dev/null 2>&1
	cp -a keep "$P/share/only1"
	(cd thing-2 && V=2 ba --include="$P" make install) >out 2>err
	has "$(cat err)" '1 file of older versions of thing is stale'
}

# A package that was made of the install has what it replaced, too; one that had the file before gets it back.
case_an_uninstall_leaves_what_a_package_has_by_now() {
	need dpkg-deb
	mkdir w
	echo theirs | tee w/both >w/systems
	rec -q --name=thing --include="$T/w" -- sh -c 'cd w; for f in both systems own; do echo mine >x; mv x $f; done; echo mine >rest'
	settle
	own_dpkg thing "$T/w/both" "$T/w/own"
	own_dpkg systems "$T/w/systems"
	want_rc 1 ba uninstall -yv thing >out 2>&1
	has "$(cat out)" "^keep .*/both  \\(it belongs to the package thing, which 'dpkg -r thing' takes out\\)\$"
	has "$(cat out)" '^keep .*/own  \(it belongs to the package thing\)$'
	eq "$(cat w/both w/own w/systems)" $'mine\nmine\ntheirs'
	[ ! -e w/rest ]
}

# A recorded `dpkg -i`: what the package has stays, so dpkg has to know of it still, whichever way it is taken out; and a
# rollback takes both back.
case_an_uninstall_leaves_the_package_manager_its_record() {
	need dpkg-deb; root
	local n what want list
	export DPKG_ADMINDIR=$T/adm
	dpkg_database adm "$T/w/x"
	mkdir -p w/there "bare$T/w/there"
	for n in thing other bare; do
		mkdir -p "$n/DEBIAN" "$n$T/w"
		printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: M <m@example.com>\nDescription: d\n' "$n" >"$n/DEBIAN/control"
		[ $n = bare ] || echo mine >"$n$T/w/$n"
		dpkg-deb -b $n $n.deb >/dev/null
	done
	into() { dpkg --log=/dev/null --force-not-root --force-bad-path -i "$1.deb" >/dev/null 2>&1; }
	export -f into
	rec -q --name=thing --pkgversion=1 --include="$T/w" --include="$T/adm" -- bash -c 'into thing; echo rest >w/rest
		mkdir adm/alternatives && echo a >adm/alternatives/rest'
	rec -q --name=bare --pkgversion=1 --include="$T/adm" -- bash -c 'into bare'
	settle
	cp -a adm found
	rm -r found/alternatives # which an uninstall takes out, as what it is of
	for what in thing 1 bare; do
		want=$(want_rc 1 ba uninstall -n $what 2>/dev/null | grep ^keep | sort)
		eq "$(want_rc 1 ba uninstall -yv $what 2>/dev/null | grep ^keep | sort)" "$want"
		list=info/${what/1/thing}.list
		has "$want" "/$list  \(the package manager's, which has ${what/1/thing} still: 'dpkg -r ${what/1/thing}' takes that out\)$"
		diff -r found adm || fail "adm, after the uninstall of $what"
	done
	[ ! -e w/rest ]
	for what in thing 1; do eq "$(ba uninstall --list -0 $what | tr '\0' '\n' | grep "^$T/adm/" | grep -vc /alternatives)" 0; done
	eq "$(dpkg-query -S "$T/w/thing")" "thing: $T/w/thing"
	# somebody else's package came: what is in the record since cannot be taken back, the rest is not, either
	into other
	want_rc 1 ba uninstall -y thing >out 2>&1
	has "$(cat out)" '/status  \(changed since\)'
	eq "$(dpkg -V thing other; dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' | xargs)" \
		'bare installed base installed other installed thing installed'
	dpkg --log=/dev/null --force-not-root -P thing >/dev/null 2>&1
	eq "$(ba list | awk '$1 == "thing" { print $NF }')" gone
	want=$(ba list thing 2>&1)
	has "$want" "$T/adm/info/thing.list  \\(missing\\)\$"
	has "$want" '^total     [0-9]+ files?, 0 folders, 0 links: [0-9]+ bytes; missing: [1-9]'
}

# What dpkg was recorded doing is taken back exactly, and both of it.
case_a_rollback_takes_a_package_back_with_its_record() {
	need dpkg-deb; root
	export DPKG_ADMINDIR=$T/adm
	dpkg_database adm "$T/w/x"
	mkdir -p w "thing/DEBIAN" "thing$T/w"
	printf 'Package: thing\nVersion: 1\nArchitecture: all\nMaintainer: M <m@example.com>\nDescription: d\n' >thing/DEBIAN/control
	echo mine >"thing$T/w/thing"
	dpkg-deb -b thing thing.deb >/dev/null
	cp -a adm before
	rec -q --name=thing --include="$T/w" --include="$T/adm" -- dpkg --log=/dev/null --force-not-root -i thing.deb >/dev/null 2>&1
	settle
	[ -e w/thing ]
	ba rollback -y thing >/dev/null
	[ ! -e w/thing ]
	diff -r before adm
}

# dpkg makes no folder that no package has, and checkers of packages miss those that are not listed.  One that somebody
# made for this machine is made on another, and is nobody's.
case_a_deb_has_the_folders_above_its_files() {
	need dpkg-deb; root
	mkdir -p w/theirs/more w/bare
	chmod 2750 w/bare
	rec --include "$T/w" -q -- sh -c 'mkdir w/bare/new; for f in bare/new/x bare/y theirs/more/x x; do echo x >w/$f; done'
	settle
	own_dpkg other /. "$T/w" "$T/w/theirs"
	own_dpkg thing /. "$T/w" "$T/w/theirs" "$T/w/theirs/more" # an older one of itself: no matter
	local deb
	eq "$(dpkg-deb -f "$(pack --type=deb --provides=more)" Provides)" more
	deb=$(pack --type=deb)
	eq "$(dpkg-deb -f "$deb" Provides)" thing
	eq "$(dpkg-deb -c "$deb" | awk '{ print $6 }' | sed -n "s|^\.$T/w/||p" | xargs)" 'bare/new/ bare/new/x bare/y theirs/ theirs/more/x x'
	eq "$(dpkg-deb -c "$deb" | head -n 1 | awk '{ print $1, $6 }')" 'drwxr-xr-x ./'
	eq "$(dpkg-deb -I "$deb" preinst | sed -n "s|^mkdir -p \"\$DPKG_ROOT\"'*$T/w/||p" | tr -d "'" | sort | xargs)" 'bare theirs/more'
	# another machine
	dpkg_database adm
	rm -r w adm/info/other* adm/info/thing*
	dpkg --log=/dev/null -i "$deb" >/dev/null
	eq "$(cat w/bare/new/x w/theirs/more/x | xargs)" 'x x'
	dpkg --log=/dev/null -P thing >/dev/null 2>&1
	eq "$(find w | sort | xargs)" 'w w/bare w/theirs w/theirs/more'
}

# Debian's own packages do not list /usr/local/bin, and dpkg takes out the last of an empty folder that is listed.
case_folders_of_every_system_stay() {
	need dpkg-deb; root
	own_dpkg nothing
	mkdir thing-1
	printf 'install:\n\tinstall Makefile /usr/local/bin/thing\n\tinstall -D Makefile /usr/local/share/man/man1/thing.1\n' >thing-1/Makefile
	# shellcheck disable=SC2016 # the shell in it expands
	want_rc 0 unshare -m bash -c '
		set -e
		mount -t tmpfs t /usr/local
		mkdir -p /usr/local/bin /usr/local/share/man
		chmod 2775 /usr/local/bin
		"$2/snapshot" /usr/local >before
		cd thing-1
		CHECKINSTALLRC=/dev/null "$1" -d "$3" checkinstall -D -y --nodoc --dpkgflags=--log=/dev/null >/dev/null 2>&1
		dpkg -L thing >../listed
		dpkg --log=/dev/null -P thing >/dev/null 2>&1
		"$2/snapshot" /usr/local >../after
	' bash "$BUILDAUDIT" "$LIB" "$DB"
	eq "$(sed "s/.gz$//" listed | xargs)" "/. /usr /usr/local /usr/local/bin /usr/local/bin/thing /usr/local/share /usr/local/share/man /usr/local/share/man/man1 /usr/local/share/man/man1/thing.1"
	plain before >before.plain
	plain after | diff before.plain -
}

# Each Debian package has these two; one that the software has of its own is that.
case_a_deb_of_checkinstall_has_its_papers() {
	need dpkg-deb
	place
	local deb=thing-2/thing_2-1_all.deb doc=./usr/share/doc/thing
	papers() { (cd thing-2 && timeout 120 "$BUILDAUDIT" checkinstall -D -y --install=no "$@") >out 2>err </dev/null; }
	inside() { dpkg-deb --fsys-tarfile $deb | tar -xO "$doc/$1"; }
	export SOURCE_DATE_EPOCH=1000000000
	V=2
	papers --pkgsource=https://example.com/thing
	eq "$(inside changelog.Debian.gz | zcat)" "thing (2-1) UNRELEASED; urgency=medium

  * Packed by buildaudit from what was installed.

 -- Some One <someone@example.com>  Sun, 09 Sep 2001 01:46:40 +0000"
	has "$(inside copyright)" 'copyright.* 2001'
	has "$(inside copyright)" 'https://example.com/thing'
	has "$(dpkg-deb -c $deb)" "^-rw-r--r-- root/root .*$doc/copyright$"
	has "$(dpkg-deb -c $deb)" "^drwxr-xr-x root/root .*$doc/$"
	dpkg-deb -x $deb x
	(cd x && md5sum -c --quiet <(dpkg-deb -I ../$deb md5sums))
	cp $deb first
	sleep 1.1 # a clock in it would show
	papers --pkgsource=https://example.com/thing
	cmp first $deb
	mkdir thing-2/doc-pak
	echo 'Copyright 2026 Some One' >thing-2/doc-pak/copyright
	papers
	eq "$(inside copyright)" 'Copyright 2026 Some One'
	papers --nodoc
	hasnt "$(dpkg-deb -c $deb)" "$doc"
}

# What is linked with a library of ours depends on our package, as with those of the distribution.
case_a_deb_says_what_its_libraries_are() {
	need dpkg-deb; need cc; root
	mkdir -p w/lib v
	echo 'int f(void) { return 1; }' >f.c
	echo 'int f(void); int main(void) { return f(); }' >m.c
	local so=libba-case-f.so.1
	lib() { cc -shared -fPIC ${2:+-Wl,-soname,$2} f.c -o "$1"; }
	lib $so $so
	lib dash libba-case-g-2.5.so
	lib module libba-case-module.so
	lib plain ''
	rec --include "$T/w" -q -- sh -c 'for f in "$1" dash module plain; do install $f w/lib/$f; done; ln -s $1 w/lib/libba-case-f.so; cp m.c w/' sh $so
	settle
	own_dpkg nothing
	local deb
	deb=$(pack --type=deb 2>/dev/null)
	eq "$(dpkg-deb -I "$deb" shlibs | sort)" "libba-case-f 1 thing (>= 1.2)
libba-case-g 2.5 thing (>= 1.2)"
	dpkg --log=/dev/null --force-depends -i "$deb" >/dev/null 2>&1
	cc m.c -o m -L w/lib -lba-case-f -Wl,-rpath,"$T/w/lib"
	rec --include "$T/v" -q -- cp m v/
	settle
	has "$(dpkg-deb -f "$(pack --type=deb --pkgname=other 2>/dev/null)" Depends)" 'thing \(>= 1.2\)'
	rec --include "$T/v" -q -- cp m.c v/
	settle
	dpkg-deb -I "$(pack --type=deb 2>/dev/null)" shlibs 2>/dev/null && fail 'libraries without libraries'
	true
}

# An installer that passes by what is up to date, after an installation that nobody recorded: it is said.
case_what_was_up_to_date_and_nobody_recorded() {
	need dpkg-deb
	mkdir w
	local how
	echo prog >prog
	for how in 'install -C prog w/prog' 'chmod 755 w/prog'; do
		install prog w/prog
		rec --include "$T/w" -q -- sh -c "$how; echo new >w/new; : >w/tmp; rm w/tmp"
		settle
		pack --type=deb >/dev/null 2>err
		eq "$(cat err)" "buildaudit: found as they were to be, left by nothing on record, and not packed (--include PATH packs one, or a folder):"$'\n'"  $T/w/prog"
	done
	# nor is the log of whoever called it any of that, whatever came of it
	for how in 'echo said' :; do
		rec --include "$T" --exclude "$T/err" -- sh -c "chmod 755 w/prog; echo new >w/new; $how" >log 2>&1
		settle
		pack --type=deb >/dev/null 2>err
		has "$(cat err)" w/prog
		hasnt "$(cat err)" /log
	done
	pack --type=deb --include "$T/w/prog" >/dev/null 2>err
	hasnt "$(cat err)" w/prog
	# one that is on record is packed
	rm w/prog
	rec --include "$T/w" -q -- install -C prog w/prog
	rec --include "$T/w" -q -- install -C prog w/prog
	settle
	has "$(packed)" '^prog'
	hasnt "$(cat err)" found
}

# What an earlier run made, and this one has excluded: its folders alone are no package.
case_folders_of_what_is_excluded() {
	need dpkg-deb
	local how='mkdir -p d; echo x >d/x'
	mkdir w
	cd w
	rec --name=thing --pkgversion=1.2 --include "$T/w" -q -- sh -c "$how"
	rec --name=thing --pkgversion=1.2 -q -- sh -c "$how"
	settle
	has "$(want_rc 125 pack --type=deb 2>&1)" 'nothing to pack: .* 1 paths? .*excluded'
	eq "$(pack --type=deb --include=d/x 2>/dev/null | grep -c .)" 1
}

run_cases "$@"
