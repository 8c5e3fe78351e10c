#!/bin/bash
# checkinstall's own command lines, files and configuration.  No package is installed into the system: dpkg is given a
# database of its own.
. "$(dirname "$0")/../lib/cases.sh"

export DEBEMAIL='Some One <someone@example.com>' CHECKINSTALLRC=/dev/null BUILDAUDIT_DB
command -v dpkg-deb >/dev/null || { echo '1..0 # SKIP no dpkg here'; exit; }
[ "$MODE" = ptrace ] && { echo '1..0 # SKIP the mode is of no matter here'; exit; }

# /tmp is left out of every package, as by checkinstall: what is installed has to be somewhere else.
place() {
	P=$(mktemp -d "$([ -w /opt ] && echo /opt || echo ~)/ba-case.XXXXXX")
	trap 'rm -rf "$P"' EXIT
	BUILDAUDIT_DB=$DB
	mkdir thing-1.5
	cd thing-1.5
	printf 'install:\n\tmkdir %s/d\n\techo x >%s/d/x\n' "$P" "$P" >Makefile
}
ci() { timeout 120 "$BUILDAUDIT" checkinstall "$@"; }
# Asked without one of its own, rpm makes a database in the home.
rpm() { timeout 60 rpm --dbpath "$T/rpmdb" "$@"; }

# The command has been, whatever becomes of its package.
case_no_package_and_what_stands() {
	place
	echo there >"$P/f"
	has "$(want_rc 125 ci -D -y --install=no sh -c "echo more >>$P/f" 2>&1)" \
		"^buildaudit: what the command changed stays: 'buildaudit rollback 1' takes it back\$"
	hasnt "$(want_rc 125 ci -D -y --install=no true 2>&1)" 'stays'
}

case_make_install_and_the_folders_name() {
	place
	ci -D -y --install=no >out 2>err
	[ -e thing_1.5-1_all.deb ]
	has "$(dpkg-deb -c thing_1.5-1_all.deb)" "$P/d/x"
	has "$(cat out)" 'mkdir'
}

# The second version's package is all of it: what the first had made, and it made again, is not somebody else's.
case_another_version_over_it() {
	place
	printf 'install:\n\tmkdir -p %s/d\n\techo same >%s/d/same; echo $V >%s/d/x; echo $V >%s/d/only$V\n' "$P" "$P" "$P" "$P" >Makefile
	packed() { dpkg-deb -c *.deb | sed -n "s|.*\./${P#/}/||p" | xargs; }
	V=1 ci -D -y --install=no 2>err
	eq "$(packed)" 'd/ d/only1 d/same d/x'
	cd ..
	mkdir thing-2.0
	cp thing-1.5/Makefile thing-2.0
	cd thing-2.0
	V=2 ci -D -y --install=no 2>err
	eq "$(packed)" 'd/ d/only2 d/same d/x'
	V=2 ci -D -y --install=no 2>err
	eq "$(packed)" 'd/ d/only2 d/same d/x'
	eq "$(ba list thing | sed -n "s|.* $P/||p" | xargs)" 'd d/only1 d/only2 d/same d/x'
	ba uninstall -y thing
	[ ! -e "$P/d" ]
}

# It is said before the command has installed anything.
case_a_name_that_no_package_can_have() {
	place
	has "$(want_rc 125 ci -D -y --pkgname=t make install 2>&1)" "the name 't' is too short"
	has "$(want_rc 125 ci -D -y --pkgversion=x make install 2>&1)" "begins with 'x'"
	has "$(want_rc 125 ba run --package=deb --pkgname=t make install 2>&1)" "the name 't' is too short"
	mkdir t-1
	cp Makefile t-1
	cd t-1
	has "$(want_rc 125 ci -D -y make install 2>&1)" "the name 't' is too short"
	has "$(want_rc 125 ba run --package=deb make install 2>&1)" "the name 't' is too short"
	[ ! -e "$P/d" ] && [ ! -e "$DB" ]
	ba run -q --package=deb --name=thing make install >/dev/null
	[ -e thing_1-1_all.deb ]
}

# A program, a library, pages in all the ways they come: hard links, links, links to links, in another language, compressed.
software() {
	need cc
	cat >make-it <<-'M'
		set -e
		umask 022
		mkdir -p "$1/bin" "$1/lib" "$1/share/man/man1" "$1/share/man/de/man1" "$1/share/info" "$1/doc"
		echo 'int answer(void) { return 42; }' >lib.c
		cc -g -shared -fPIC -o libthing.so lib.c
		cp libthing.so "$1/lib/libthing.so.1"
		ln -sf libthing.so.1 "$1/lib/libthing.so"
		echo 'const char loader[] __attribute__((section(".interp"))) = "/lib64/ld-linux-x86-64.so.2";' >runs.c
		cc -g -shared -fPIC -Wl,-soname,libruns.so.1 -o "$1/lib/libruns.so.1" runs.c
		echo 'extern int answer(void); int main(void) { return answer() != 42; }' >main.c
		cc -g -o thing main.c libthing.so -Wl,-rpath,"$1/lib"
		cc -g -c -o "$1/lib/thing.o" lib.c
		ar rcs "$1/lib/libthing.a" "$1/lib/thing.o"
		cp thing "$1/bin/thing"
		chmod 4711 "$1/bin/thing"
		cp thing "$1/bin/carries"
		echo 'what it carries' >>"$1/bin/carries"
		cp thing "$1/lib/thing.debug"
		head -c 64 thing >"$1/bin/broken"
		echo "the page of thing" >"$1/share/man/man1/thing.1"
		ln -f "$1/share/man/man1/thing.1" "$1/share/man/man1/thing-x.1"
		ln -sf thing.1 "$1/share/man/man1/alias.1"
		ln -sf alias.1 "$1/share/man/man1/second.1"
		ln -sf "$1/share/man/man1/thing.1" "$1/doc/page"
		echo "die Seite" >"$1/share/man/de/man1/thing.1"
		echo "packed before" | gzip -n >"$1/share/man/man1/before.1.gz"
		echo "also a document" >"$1/doc/both.1"
		ln -f "$1/doc/both.1" "$1/share/man/man1/both.1"
		echo "info" >"$1/share/info/thing.info"
		echo "index" >"$1/share/info/dir"
	M
	printf 'install:\n\tsh ./make-it %s/d\n' "$P" >Makefile
}
need() { command -v "$1" >/dev/null || skip "no $1 here"; }
stripped() { ! readelf -S "$1" | grep -q ' \.symtab '; }
pages='alias.1 before.1.gz both.1 second.1 thing-x.1 thing.1'
packed_pages='alias.1.gz before.1.gz both.1 second.1.gz thing-x.1.gz thing.1.gz'

# What is packed is smaller than what is installed, which nobody touches.
case_copies_are_stripped_and_compressed() {
	place
	software
	ci -D -y --install=no >out 2>err
	local d=x$P/d
	snap "$P" before
	dpkg-deb -x thing_1.5-1_*.deb x
	eq "$(ls "$d/share/man/man1" | xargs)" "$packed_pages"
	eq "$(ls "$P/d/share/man/man1" | xargs)" "$pages"
	stripped "$d/bin/thing"
	stripped "$d/lib/libthing.so.1"
	refused stripped "$d/lib/thing.debug"
	refused stripped "$P/d/bin/thing"
	eq "$(stat -c %a "$d/bin/thing")" 4711
	eq "$(stat -c %Y "$d/bin/thing")" "$(stat -c %Y "$P/d/bin/thing")"
	nm "$d/lib/libthing.a" | grep -q answer
	cmp "$d/lib/thing.o" "$P/d/lib/thing.o"
	cmp "$d/bin/carries" "$P/d/bin/carries"
	cmp "$d/bin/broken" "$P/d/bin/broken"
	has "$(cat err)" 'd/bin/carries: it has data of its own behind its end'
	eq "$(gzip -dc "$d/share/man/man1/second.1.gz")" 'the page of thing'
	eq "$(readlink "$d/share/man/man1/second.1.gz")" alias.1.gz
	eq "$(readlink "$d/share/man/man1/alias.1.gz")" thing.1.gz
	eq "$(readlink "$d/doc/page")" "$P/d/share/man/man1/thing.1.gz"
	[ "$d/share/man/man1/thing-x.1.gz" -ef "$d/share/man/man1/thing.1.gz" ]
	[ "$d/share/man/man1/both.1" -ef "$d/doc/both.1" ]
	cmp "$d/share/man/man1/before.1.gz" "$P/d/share/man/man1/before.1.gz"
	[ -e "$d/share/man/de/man1/thing.1.gz" ]
	eq "$(ls "$d/share/info" | xargs)" 'dir thing.info.gz'
	gzip -9nc "$P/d/share/man/man1/thing.1" | cmp - "$d/share/man/man1/thing.1.gz"
	(cd x && dpkg-deb -I ../thing_*.deb md5sums | md5sum -c --quiet -)
	eq "$(ba verify thing)" ''
}

case_nothing_is_stripped_or_compressed() {
	place
	software
	ci -D -y --install=no --strip=no --gzman=no 2>err
	dpkg-deb -x thing_1.5-1_*.deb x
	diff -r "$P/d" "x$P/d"
	rm -rf x
	ci -D -y --install=no --stripso=no 2>err
	dpkg-deb -x thing_1.5-1_*.deb x
	cmp "$P/d/lib/libthing.so.1" "x$P/d/lib/libthing.so.1"
	cmp "$P/d/lib/libruns.so.1" "x$P/d/lib/libruns.so.1"
	stripped "x$P/d/bin/thing"
	printf 'STRIP_ELF=0\nSTRIP_SO_ELF=1\nCOMPRESS_MAN=0\n' >../rc
	CHECKINSTALLRC=$T/rc ci -D -y --install=no 2>err
	rm -rf x
	dpkg-deb -x thing_1.5-1_*.deb x
	diff -r "$P/d" "x$P/d"
}

case_same_files_same_bytes() {
	export SOURCE_DATE_EPOCH=1000000000
	place
	software
	ci -D -y --install=no 2>err
	cp thing_*.deb first
	sleep 1.1
	ci -D -y --install=no 2>err
	cmp first thing_*.deb
}

case_a_strip_that_fails() {
	place
	software
	mkdir ../bin
	printf '#!/bin/sh\necho "no way to strip" >&2\nexit 1\n' >../bin/strip
	chmod +x ../bin/strip
	PATH=$T/bin:$PATH ci -D -y --install=no 2>err
	has "$(cat err)" 'packed with their symbols:$'
	has "$(cat err)" 'd/bin/thing: no way to strip$'
	dpkg-deb -x thing_1.5-1_*.deb x
	cmp "$P/d/bin/thing" "x$P/d/bin/thing"
}

# The manager puts the package's files in the place of those that the run left: they are the install's.
case_stripped_files_are_the_installs() {
	export SOURCE_DATE_EPOCH=1000000000
	root
	place
	software
	own_dpkg
	snap "$P" before
	local flags="--admindir=$T/adm --log=/dev/null --force-depends" was now
	ci -D -y --nodoc --dpkgflags="$flags" >out 2>err
	eq "$(cat out | grep -v '^sh ./make-it')" ''
	eq "$(ls "$P/d/share/man/man1" | xargs)" "$packed_pages"
	stripped "$P/d/bin/thing"
	eq "$(dpkg --admindir="$T/adm" -V thing)" ''
	eq "$(ba verify thing)" ''
	eq "$(ba verify)" ''
	was=$(ba list thing | sed 1,2d)
	cp thing_*.deb first
	ci -D -y --nodoc --dpkgflags="$flags" >out 2>err
	eq "$(ls "$P/d/share/man/man1" | xargs)" "$packed_pages"
	eq "$(dpkg --admindir="$T/adm" -V thing)" ''
	eq "$(ba verify thing)" ''
	cmp first thing_*.deb
	now=$(ba list thing | sed 1,2d)
	eq "$(awk '{ print $NF }' <<<"$now")" "$(awk '{ print $NF }' <<<"$was")"
	mkdir ../packed
	tar -C ../packed -xf "$(ba package --type=tar -o "$T" thing 2>err)"
	diff -r --no-dereference "$P/d" "../packed$P/d"
	for run in 4 3 2 1; do ba rollback -y $run >out 2>&1 || fail "$(cat out)"; done
	snap "$P" after
	diff <(plain before) <(plain after)
}

# What unpacks the archive has what was there before, as it was.
case_backup() {
	place
	mkdir -p "$P/w/folder"
	echo old >"$P/w/file"
	chmod 6751 "$P/w/file"
	: >"$P/w/empty"
	echo gone >"$P/w/folder/gone"
	echo stays >"$P/w/stays"
	echo aside >"$P/w/moved"
	ln -s nowhere "$P/w/link"
	age "$P/w"
	touch -d '2001-02-03 04:05:06.000000007' "$P/w"
	cp -a "$P/w" was
	printf 'install:\n\techo new >%s/w/file; echo new >%s/w/empty; rm -r %s/w/folder; ln -sfn here %s/w/link; echo x >%s/w/x; touch %s/w/stays\n\tmv %s/w/moved %s/w/moved.orig; echo m >%s/w/moved\n' \
		"$P" "$P" "$P" "$P" "$P" "$P" "$P" "$P" "$P" >Makefile
	ci -D -y --install=no >out 2>err
	has "$(cat err)" "backup of 6 paths that the command overwrote: $PWD/backup-[0-9]{12}-pre-thing.tgz\$"
	mkdir x
	tar -C x -xpzf backup-*-pre-thing.tgz
	eq "$(cd x && find . ! -type d | sort | xargs)" ".$P/w/empty .$P/w/file .$P/w/folder/gone .$P/w/link .$P/w/moved"
	sed -i 's/echo new/echo newer/' Makefile
	mkdir "$P/w/folder"
	ci -D -y --install=no >out 2>err
	eq "$(ls | grep -c '^backup-.*-pre-thing\(-2\)*.tgz$')" 2
	rm was/stays
	list() { (cd "$1" && find . ! -type d -printf '%P %m %U %G %l %T@\n' | sort); }
	diff <(list was) <(list "x$P/w")
	diff -r --no-dereference was "x$P/w"
	rm backup-*
	ci -D -y --install=no --backup=no sh -c "echo other >$P/w/file; echo x >$P/w/y" >out 2>err
	ci -D -y --install=no --bk sh -c "echo z >$P/w/z" >out 2>err
	eq "$(ls | grep backup || :)" ''
	hasnt "$(cat err)" backup
}

# The editor is a script of ours: it takes lines out, and puts one in.
on_a_terminal() { python3 -S -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@"; }
case_inspect() {
	place
	mkdir -p "$P/more"
	echo 1 >"$P/more/in"
	printf 'install:\n\tmkdir -p %s/d/man/man1\n\techo x >%s/d/x; echo y >%s/d/y; echo z >%s/d/man/man1/z.1\n' "$P" "$P" "$P" "$P" >Makefile
	printf '#!/bin/sh\ncp "$1" "%s/list"\n. "%s/edit"\n' "$T" "$T" >../editor
	chmod +x ../editor
	packed() { dpkg-deb -c thing_1.5-1_all.deb | sed -n "s|.*\./${P#/}/||p" | xargs; }
	inspect() { # COMMAND
		echo "$1" >../edit
		VISUAL=$T/editor on_a_terminal timeout 60 "$BUILDAUDIT" checkinstall -D -y --install=no --nodoc --inspect >out 2>&1
	}
	inspect "sed -i -e '/d.x\$/d' \"\$1\"; echo '$P' >>\"\$1\""
	eq "$(sed "s|$P/||" ../list | xargs)" 'd d/man d/man/man1 d/man/man1/z.1 d/x d/y'
	eq "$(packed)" 'd/ d/man/ d/man/man1/ d/man/man1/z.1.gz d/x d/y more/ more/in'
	inspect "sed -i -e '/d.x\$/d' \"\$1\"; echo '$P/more' >>\"\$1\""
	eq "$(packed)" 'd/ d/man/ d/man/man1/ d/man/man1/z.1.gz d/y more/ more/in'
	want_rc 125 inspect "echo /no/such/thing >>\"\$1\""
	has "$(cat out)" '/no/such/thing.*: No such file'
	want_rc 125 inspect ': >"$1"'
	has "$(cat out)" 'the list is empty'
	want_rc 125 inspect 'exit 1'
	has "$(cat out)" "the editor '.*editor' failed"
	ci -D -y --install=no --inspect >out 2>err
	has "$(cat err)" "^  $P/d/man/man1/z.1\$"
}

# What somebody wrote for a build is good for what it says of the package.
case_spec() {
	need rpmbuild
	place
	cat >our.spec <<-'S'
		%global short other
		Name: %{short}-thing
		Version: 3.1
		Release: 4%{?nothing}
		Summary: Does %{short} things
		License: MIT
		URL: https://example.com/
		Source0: nowhere.tar.gz
		Requires: something >= 2
		BuildRequires: not-here
		%description
		All of it,
		in words.
		%package devel
		Summary: more
		%description devel
		no
		%prep
		exit 1
		%install
		rm -rf %{buildroot}
		exit 1
		%post
		echo theirs
		%post devel
		echo no
		%files
		/no/such/file
		%files devel
		%changelog
		* Mon Jan 01 2024 Some One <someone@example.com> - 3.1-4
		- begun
	S
	ci -R -y --install=no --spec=our.spec >out 2>err
	eq "$(ls ./*.rpm)" ./other-thing-3.1-4.noarch.rpm
	eq "$(rpm -qp --qf '%{NAME} %{VERSION} %{RELEASE} %{SUMMARY} %{LICENSE} %{URL} %{POSTIN}' ./*.rpm)" \
		'other-thing 3.1 4 Does other things MIT https://example.com/ echo theirs'
	eq "$(rpm -qp --qf '%{DESCRIPTION}' ./*.rpm | xargs)" 'All of it, in words.'
	has "$(rpm -qpR ./*.rpm)" '^something >= 2$'
	has "$(rpm -qp --changelog ./*.rpm)" 'begun'
	eq "$(rpm -qpl ./*.rpm | xargs)" "$P/d $P/d/x"
	has "$(ba list)" '^other-thing +3.1 '
	[ -e our.spec ]
	rm ./*.rpm
	rm -r "$P/d"
	echo 'echo ours' >postinstall-pak
	ci -R -y --install=no --spec=our.spec --delspec --summary=Ours --pkgname=mine --nodoc >out 2>err
	eq "$(rpm -qp --qf '%{NAME} %{RELEASE} %{SUMMARY} %{POSTIN}' ./*.rpm)" 'mine 4 Ours echo theirs'
	has "$(cat err)" '--spec: its %post is taken'
	refused test -e our.spec
	rm -r "$P/d"
	has "$(want_rc 125 ci -R -y --install=no --spec=our.spec 2>&1)" 'our.spec: No such file'
	refused test -e "$P/d"
}

# As makepkg lays it out: what unpacks it and runs the script has the files as they were.
case_slackware() {
	place
	software
	echo 'a note' >README
	printf 'Does one thing\nAnd does it %s.\n' "$(seq -s ' and again ' 60)" >description-pak
	echo 'echo "mine, in $PWD" >mine' >postinstall-pak
	ci -S -y --pkgrelease=3 >out 2>err
	eq "$(ls ./*.tgz)" "./thing-1.5-$(uname -m)-3.tgz"
	mkdir x
	tar -C x -xpzf thing-*.tgz
	has "$(cat err)" 'it is not installed, there is no upgradepkg here'
	eq "$(find x -type l | wc -l)" 0
	eq "$(grep -c '^thing:' x/install/slack-desc)" 11
	eq "$(sed -n 's/^thing: //p' x/install/slack-desc | head -n 1)" 'thing (Does one thing)'
	sed -n '/^ *|/,$p' x/install/slack-desc | awk 'NR == 1 { n = length } length > n { print; bad = 1 } END { exit bad || n != 77 }'
	eq "$(cat x/usr/share/doc/thing/README)" 'a note'
	has "$(cat x/install/doinst.sh)" "^\\( cd ${P#/}/d/lib ; rm -rf libthing.so \\)\$"
	(cd x && sh install/doinst.sh)
	eq "$(cat x/mine)" "mine, in $PWD/x"
	eq "$(find x -type l | wc -l)" 4
	eq "$(readlink "x$P/d/lib/libthing.so")" libthing.so.1
	stripped "x$P/d/bin/thing"
	eq "$(ls "x$P/d/share/man/man1" | xargs)" "$packed_pages"
	rm -rf x ./*.tgz
	ci -S -y --pkgrelease=3 --autodoinst=no --gzman=no --strip=no --nodoc --install=no >out 2>err
	mkdir x
	tar -C x -xpzf thing-*.tgz
	diff -r --no-dereference "$P/d" "x$P/d"
	hasnt "$(cat x/install/doinst.sh)" 'ln -sf'
	has "$(want_rc 125 ci -S -y --install=no --pkgversion=1-2 true 2>&1)" "has a '-', which Slackware does not allow"
}

case_slackware_is_installed() {
	place
	mkdir ../bin
	printf '#!/bin/sh\necho "$@" >"%s/asked"\n' "$T" >../bin/upgradepkg
	chmod +x ../bin/upgradepkg
	PATH=$T/bin:$PATH ci -S -y >out 2>err
	eq "$(cat ../asked)" "--install-new --reinstall $PWD/thing-1.5-noarch-1.tgz"
	printf '# a remark: no\n     |---ruler: no---|\nthing:\nthing: thing (their words)\nthing:\nthing: More: of it.\n' >slack-desc
	echo 'echo theirs' >install-pak
	ci -S -y --install=no touch "$P/d/y" >out 2>err
	tar -xzf thing-*.tgz install
	eq "$(sed -n 's/^thing: //p' install/slack-desc | xargs)" 'thing (thing (their words)) More: of it.'
	eq "$(cat install/doinst.sh)" 'echo theirs'
}

# As in images without manuals: a page stays where its compressed one did not come.
case_pages_that_the_manager_leaves_out() {
	root
	place
	own_dpkg
	printf 'install:\n\tmkdir -p %s/d/man/man1\n\techo page >%s/d/man/man1/x.1\n' "$P" "$P" >Makefile
	ci -D -y --nodoc --dpkgflags="--admindir=$T/adm --path-exclude=*.gz --log=/dev/null" >out 2>err
	eq "$(ls "$P/d/man/man1")" x.1
	eq "$(ba verify thing)" ''
}

case_rpm_installs_stripped_files() {
	need rpmbuild; root
	place
	software
	snap "$P" before
	ci -R -y --rpmflags="--dbpath $T/rpmdb --nodeps" >out 2>err
	eq "$(ls "$P/d/share/man/man1" | xargs)" "$packed_pages"
	stripped "$P/d/bin/thing"
	eq "$(rpm --dbpath "$T/rpmdb" -V --nodeps thing)" ''
	eq "$(ba verify thing)" ''
	for run in 2 1; do ba rollback -y $run >out 2>&1 || fail "$(cat out)"; done
	snap "$P" after
	diff <(plain before) <(plain after)
}

# What did nothing is no run: the latest is the command's.
case_it_cannot_be_installed() {
	place
	mkdir ../bin
	printf '#!/bin/sh\necho no way >&2\nexit 3\n' >../bin/upgradepkg
	chmod +x ../bin/upgradepkg
	PATH=$T/bin:$PATH want_rc 125 ci -S -y >out 2>err
	has "$(cat err)" '^no way$'
	has "$(cat err)" 'upgradepkg did not install the package \(status 3\); it is /'
	settle
	eq "$(q 'SELECT run_id || argv FROM runs')" '1["make","install"]'
}

# What only the older version had, its package takes out: it is nobody's then.
case_the_next_version_is_installed() {
	root
	place
	own_dpkg
	local flags="--admindir=$T/adm --log=/dev/null"
	printf 'install:\n\tmkdir -p %s/d/man/man1\n\techo $V >%s/d/man/man1/x$V.1; echo $V >%s/d/x\n' "$P" "$P" "$P" >Makefile
	V=1 ci -D -y --nodoc --pkgversion=1 --dpkgflags="$flags" >out 2>err
	V=2 ci -D -y --nodoc --pkgversion=2 --dpkgflags="$flags" >out 2>err
	eq "$(ls "$P/d/man/man1" | xargs)" x2.1.gz
	hasnt "$(cat err)" stale
	eq "$(ba verify thing)" ''
	eq "$(dpkg --admindir="$T/adm" -V thing)" ''
	ba uninstall -y thing >out 2>&1 || fail "$(cat out)"
	[ ! -e "$P/d" ]
}

# Unless its package manager has taken it out, what the newer version did not install again is stale.
case_what_is_stale_is_said() {
	place
	back() { ba rollback -y "$(q "SELECT max(run_id) FROM runs WHERE argv = '[\"make\",\"install\"]'")"; }
	local says="^buildaudit: 1 file of older versions of thing is stale.* uninstall --superseded-by=[0-9]+ thing' takes it out\$"
	printf 'install:\n\tmkdir -p %s/doc; echo $V >%s/doc/doc$V\n' "$P" "$P" >Makefile
	V=1 ci -S -y --nodoc --pkgversion=1 --install=no 2>err
	hasnt "$(cat err)" stale
	V=2 "$BUILDAUDIT" -d "$DB" checkinstall -S -y --nodoc --pkgversion=2 --install=no 2>err
	has "$(cat err)" "$says"
	has "$(cat err)" "'buildaudit -d $DB uninstall --sup"
	back
	mkdir ../bin
	ln -s "$(type -P false)" ../bin/upgradepkg
	V=2 PATH=$T/bin:$PATH want_rc 125 ci -S -y --nodoc --pkgversion=2 2>err
	has "$(cat err)" "$says"
	back
	ln -sf "$(type -P true)" ../bin/upgradepkg
	V=2 PATH=$T/bin:$PATH ci -S -y --nodoc --pkgversion=2 2>err
	has "$(cat err)" "$says"
	back
	printf '#!/bin/sh\nrm %s/doc/doc1\n' "$P" >../bin/removes
	chmod +x ../bin/removes
	mv ../bin/removes ../bin/upgradepkg
	V=2 PATH=$T/bin:$PATH ci -S -y --nodoc --pkgversion=2 2>err
	[ ! -e "$P/doc/doc1" ]
	hasnt "$(cat err)" stale
}

case_called_by_its_name() {
	place
	ln -s "$BUILDAUDIT" ../checkinstall
	timeout 120 ../checkinstall -D -y --install=no --pkgname=by-name touch "$P/y" 2>/dev/null
	[ -e by-name_1.5-1_all.deb ]
	has "$(../checkinstall --version)" 'buildaudit'
}

case_every_option_is_taken() {
	place
	mkdir ../out
	: >x.spec
	ci -t debian --pkgname=nn --pkgversion 2.0 --pkgrelease=7 --pkgarch=all --pkglicense=GPL --pkggroup=utils \
		--pkgsource=s --pkgaltsource=a --maintainer='M <m@example.com>' --provides=p --requires='r1, r2' --recommends=rc \
		--suggests=s --conflicts=c --replaces=re --exclude="$P/e,$P/f" --install=no --fstrans=no --strip=no --stripso=no \
		--gzman=no --backup=no --nodoc --docdir=/usr/share/doc --pakdir="$T/out" --deldoc=yes --deldesc=yes --delspec=yes --bk \
		--review-control --dpkgflags=-x -y -d0 --default --inspect --reset-uids=no --umask=0027 --addso=no --replace-system --rpmflags=-x \
		--spec=x.spec --rpmi --rpmu --summary=S --autodoinst=no -si -ss --showinstall=no --showslack=no --with-tar=/bin/tar \
		--review-spec sh -c "mkdir $P/d; touch $P/d/in $P/e; umask >mask" >out 2>err
	eq "$(cat mask)" 0027
	local deb=$T/out/nn_2.0-7_all.deb info o
	info=$(dpkg-deb -f "$deb")
	has "$info" '^Depends: r1, r2$'
	has "$info" '^Provides: p$'
	has "$info" '^Replaces: re$'
	has "$info" '^Section: utils$'
	has "$info" '^Maintainer: M <m@example.com>$'
	hasnt "$(dpkg-deb -c "$deb")" "$P/e"
	for o in --fstrans --addso --showinstall \
		--si --showslack --ss --with-tar -d; do
		has "$(cat err)" "^buildaudit: $o has no meaning here: "
	done
	refused test -e x.spec
	for o in pkglicense pkgsource pkgaltsource dpkgflags rpmflags spec; do
		has "$(cat err)" "^buildaudit: --$o: left out"
	done
}

# Where there is no doc-pak, what lies about and has a name that documents have.
case_documents_by_default() {
	place
	[ -w / ] || { touch THANKS; chmod 0 THANKS; }
	mkdir -p doc/deep docs-api src
	echo history >ChangeLog
	touch README README.md NEWS.md COPYING COPYING.LIB INSTALL.unix install-sh NEWSPAPER TODO.c doc/a doc/deep/b \
		docs-api/c src/README ../LICENSE
	chmod 600 README
	ln -s ../LICENSE LICENSE
	sed -i 's/mkdir/mkdir -p/' Makefile
	ci -D -y --install=no >out 2>err
	eq "$(dpkg-deb -c thing_1.5-1_all.deb | sed -n 's|.*\./usr/share/doc/thing/||p' | xargs)" \
		'COPYING COPYING.LIB LICENSE NEWS.md README README.md changelog.Debian.gz changelog.gz copyright doc/ doc/a doc/deep/ doc/deep/b docs-api/ docs-api/c'
	has "$(dpkg-deb -c thing_1.5-1_all.deb)" '^-rw-r--r-- root/root .*/thing/README$'
	eq "$(dpkg-deb --fsys-tarfile thing_1.5-1_all.deb | tar -xO ./usr/share/doc/thing/changelog.gz | gzip -d)" history
	[ -w / ] || has "$(cat err)" 'THANKS: left out of the documents: Permission denied'
	eq "$(grep -vc THANKS err)" 2
	eq "$(ba list thing | grep -c /doc/ || :)" 0
	ci -D -y --install=no --nodoc 2>err
	hasnt "$(dpkg-deb -c thing_1.5-1_all.deb)" /doc/
	ci -D -y --install=no --docdir="$P/doc" --deldoc 2>err
	has "$(dpkg-deb -c thing_1.5-1_all.deb)" "$P/doc/thing/README"
	hasnt "$(cat err)" 'doc-pak'
	[ -e README ]
	mkdir doc-pak
	touch doc-pak/only
	ln -s ../doc-pak doc-pak/round
	ln -s / doc-pak/all
	ci -D -y --install=no 2>err
	eq "$(dpkg-deb -c thing_1.5-1_all.deb | sed -n 's|.*\./usr/share/doc/thing/||p' | xargs)" 'changelog.Debian.gz copyright only'
}

case_a_folder_for_documents_and_owners() {
	root
	place
	touch README
	printf 'install:\n\tmkdir -p %s/d\n\techo x >%s/d/x\n\tchmod 700 %s/d\n\tchmod 6750 %s/d/x\n\tcp %s/d/x %s/d/y && chown 2:3 %s/d/x && chmod 6751 %s/d/x\n\tchmod 4757 %s/d/y\n' \
		"$P" "$P" "$P" "$P" "$P" "$P" "$P" "$P" "$P" >Makefile
	ci -D -y --install=no --docdir=":$P/docs" >out 2>err || skip 'no other owners here'
	dpkg-deb -c thing_1.5-1_all.deb >list
	has "$(cat list)" "^-rw-r--r-- root/root .*$P/docs/README\$"
	has "$(cat list)" "^drwx------ root/root .*$P/d/\$"
	has "$(cat list)" "^-rwsr-s--x [^ ]*/[^ ]* .*$P/d/x\$"
	ci -D -y --install=no --reset-uids >out 2>err
	dpkg-deb -c thing_1.5-1_all.deb >list
	has "$(cat list)" "^drwxr-xr-x root/root .*$P/d/\$"
	has "$(cat list)" "^-rwxr-xr-x root/root .*$P/d/x\$"
	has "$(cat list)" "^-rwsr-xr-x root/root .*$P/d/y\$"
	eq "$(stat -c %a "$P/d")" 700
}

# Every option that the help has is in the list above, or is one that has no use in it.
case_no_option_is_forgotten() {
	local o
	ci --help | grep -oE -- '--[a-z-]+' | sort -u >options
	[ "$(wc -l <options)" -gt 50 ]
	while read -r o; do
		case $o in
		--arch|--copyright|--deldoc|--help|--include|--newslack|--type|--version) continue ;;
		esac
		grep -q -e "[[:space:](]-\?$o\b" "$LIB/../cases/checkinstall.sh" || grep -q -e " -${o#--} " "$LIB/../cases/checkinstall.sh" ||
			fail "no test takes $o"
	done <options
}

# As people have them in scripts: quoted for checkinstall's own shell.
case_relations_with_backslashes() {
	place
	ci -D -y --install=no --requires='libc6 \(\>= 2.3\),zlib1g' touch "$P/x" >/dev/null 2>&1
	eq "$(dpkg-deb -f thing_1.5-1_all.deb Depends)" 'libc6 (>= 2.3), zlib1g'
}

case_its_files() {
	place
	mkdir -p doc-pak/more
	echo read >doc-pak/README
	echo y >doc-pak/more/y
	printf 'Does things\nand more\n' >description-pak
	echo 'echo pre' >preinstall-pak
	printf '#!/bin/bash\necho post\n' >postinstall-pak
	echo 'echo prerm' >preremove-pak
	echo 'echo postrm' >postremove-pak
	ci -D -y --install=no --deldoc --deldesc=yes >/dev/null 2>&1
	local deb=thing_1.5-1_all.deb
	has "$(dpkg-deb -f $deb Description)" '^Does things$'
	has "$(dpkg-deb -f $deb Description)" '^ and more$'
	has "$(dpkg-deb -I $deb preinst)" '^#!/bin/sh$'
	has "$(dpkg-deb -I $deb postinst)" '^#!/bin/bash$'
	has "$(dpkg-deb -I $deb prerm)" 'prerm'
	has "$(dpkg-deb -I $deb postrm)" 'postrm'
	has "$(dpkg-deb -c $deb)" 'root/root .*\./usr/share/doc/thing/more/y$'
	refused ls doc-pak description-pak 2>/dev/null
}

case_its_configuration_is_read_and_not_run() {
	place
	cat >../rc <<-R
		# a comment
		INSTYPE="D"     # with one behind it
		INSTALL=0
		PAK_DIR='$T'
		ACCEPT_DEFAULT=1
		touch $T/was-run
		EXCLUDE=\$(touch $T/was-run)
	R
	CHECKINSTALLRC=$T/rc ci --pkgname=fromrc >/dev/null 2>../err
	[ -e "$T/fromrc_1.5-1_all.deb" ]
	refused test -e "$T/was-run"
	has "$(cat ../err)" 'EXCLUDE is for a shell'
}

# What stands in it where nobody has edited it is no reason to say anything.
case_the_usual_configuration() {
	packages_of_this_machine
	place
	cat >../rc <<-'R'
		DEBUG=0
		INSTALLWATCH_PREFIX="/usr"
		INSTALLWATCH=${INSTALLWATCH_PREFIX}/bin/installwatch
		MAKEPKG=/sbin/makepkg
		MAKEPKG_FLAGS="-l y -c n"
		SHOW_MAKEPKG=0
		BASE_TMP_DIR=/var/tmp   ##  not /tmp
		DOC_DIR="/usr/share/doc"
		ARCHITECTURE=""
		INSTYPE="D"
		PAK_DIR=""
		RPM_FLAGS=" --force --nodeps --replacepkgs "
		DPKG_FLAGS=""
		SHOW_INSTALL=1
		SHOW_SLACK_INSTALL=1
		DEL_DOCPAK=0
		DEL_SPEC=0
		DEL_DESC=0
		STRIP_ELF=1
		STRIP_SO_ELF=1
		ADD_SO=0
		COMPRESS_MAN=1
		CKUMASK=0022
		BACKUP=1
		AUTODOINST=1
		TRANSLATE=1
		RESET_UIDS=0
		NEW_SLACK=1
		EXCLUDE=""
		ACCEPT_DEFAULT=0
		RPM_IU=U
		CK_INSPECT=0
		REVIEW_SPEC=0
		REVIEW_CONTROL=0
		INSTALL=1
	R
	CHECKINSTALLRC=$T/rc ci -y --install=no >out 2>err
	has "$(sed -n 1p err)" '^buildaudit: run 1: '
	has "$(sed -n 2p err)" '^buildaudit: package: '
	eq "$(wc -l <err)" 2
	sed -i 's/ADD_SO=0/ADD_SO=1/' ../rc
	CHECKINSTALLRC=$T/rc ci -y --install=no true 2>err || :
	has "$(cat err)" 'addso has no meaning here: '
}

# Each option has a few words, and its value a name.
case_help_in_words() {
	eq "$(ci -h)" "$(ci --help)"
	eq "$(ci --help | grep -c -e '--')" "$(ci --help | grep -c -e '--[a-z-]*[^ ]*  *[^ ].\{3,\}')"
	has "$(ci -h)" '^  -A, --arch=ARCH  '
	has "$(ci -h)" '^      --strip\[=yes\|no\] .* symbols'
	ci -h | awk 'length > 100 { print; bad = 1 } END { exit bad }'
}

case_the_command_fails() {
	place
	want_rc 5 ci -D -y --install=no sh -c "touch $P/x; exit 5" 2>/dev/null
	refused ls ./*.deb 2>/dev/null
}

own_dpkg() { dpkg_database "$T/adm" "$P"; }
case_it_installs() {
	root
	place
	own_dpkg
	ci -D -y --nodoc --dpkgflags="--admindir=$T/adm --log=/dev/null" >/dev/null 2>&1
	has "$(dpkg --admindir="$T/adm" -L thing)" "$P/d/x"
	eq "$(dpkg --admindir="$T/adm" -V thing)" ''
	eq "$(ba verify thing)" ''
	dpkg --admindir="$T/adm" --log=/dev/null -r thing >/dev/null
	refused test -e "$P/d"
}

case_bad_words() {
	place
	want_rc 2 ci --no-such-option 2>/dev/null
	want_rc 2 ci --type=zip 2>/dev/null
	want_rc 2 ci --install=perhaps 2>/dev/null
	want_rc 2 ci --umask=9 2>/dev/null
	has "$(ci --help)" 'usage: checkinstall'
}

run_cases "$@"
