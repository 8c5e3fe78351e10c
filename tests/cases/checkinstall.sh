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
	ci -t debian --pkgname=nn --pkgversion 2.0 --pkgrelease=7 --pkgarch=all --pkglicense=GPL --pkggroup=utils \
		--pkgsource=s --pkgaltsource=a --maintainer='M <m@example.com>' --provides=p --requires='r1, r2' --recommends=rc \
		--suggests=s --conflicts=c --replaces=re --exclude="$P/e,$P/f" --install=no --fstrans=no --strip=no --stripso=no \
		--gzman=no --backup=no --nodoc --docdir=/usr/share/doc --pakdir="$T/out" --deldoc=yes --deldesc=yes --delspec=yes --bk \
		--review-control --dpkgflags=-x -y -d0 --default --inspect --reset-uids=no --umask=0027 --addso=no --rpmflags=-x \
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
	for o in --fstrans --strip --stripso --gzman --reset-uids --addso --backup --bk --spec --delspec --autodoinst --showinstall \
		--si --showslack --ss --with-tar -d; do
		has "$(cat err)" "^buildaudit: $o has no meaning here: "
	done
	for o in pkglicense pkgsource pkgaltsource dpkgflags rpmflags; do
		has "$(cat err)" "^buildaudit: --$o: left out"
	done
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

case_the_command_fails() {
	place
	want_rc 5 ci -D -y --install=no sh -c "touch $P/x; exit 5" 2>/dev/null
	refused ls ./*.deb 2>/dev/null
}

case_it_installs() {
	root
	place
	mkdir -p "$T/adm/info" "$T/adm/updates" "$T/adm/triggers"
	: >"$T/adm/status"
	ci -D -y --dpkgflags="--admindir=$T/adm --log=/dev/null" >/dev/null 2>&1
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
