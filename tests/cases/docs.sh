#!/bin/bash
# What the documents say is what the program does: commands, options, examples.
. "$(dirname "$0")/../lib/cases.sh"

page=$LIB/../../src/buildaudit.1
readme=$LIB/../../README
docs() { python3 -S "$LIB/docs.py" "$@"; }
# The first words of the list in `buildaudit -h`.
commands() { ba -h | sed -n 's/^  \([a-z][a-z]*\)  *[a-z].*/\1/p' | sort; }

case_the_page_has_each_command() {
	has "$(commands)" '^rollback$'
	eq "$(docs man-commands "$page")" "$(commands)"
}

case_the_page_has_each_option() {
	local c
	for c in $(commands); do
		eq "$(docs man-options "$page" $c)" "$(ba $c -h | docs help-options)" "$c: the page (got) and -h (want)"
	done
}

case_the_page_says_which_commands_have_json() {
	local c without=
	for c in $(commands); do
		grep -q -e '--json' <<<"$(ba $c -h)" || without="$without$c"$'\n'
	done
	eq "$(docs no-json "$page")" "${without%$'\n'}"
}

# Each is typed, in their order, by somebody who has hello-2.10 in his working folder. What they install goes to a
# folder that counts: not below /tmp.
case_the_examples_of_the_page() {
	local line home n=0
	command -v dpkg-deb >/dev/null && command -v make >/dev/null || skip 'no dpkg-deb or no make'
	home=$(mktemp -d "$HOME/ba-examples.XXXXXX")
	# shellcheck disable=SC2064  # that one
	trap "rm -rf '$home'" EXIT
	mkdir -p bin hello-2.10
	ln -s "$BUILDAUDIT" bin/buildaudit
	printf '#!/bin/sh\nexec "$@"\n' >bin/sudo
	chmod +x bin/sudo
	cd hello-2.10
	printf 'install:\n\tinstall -D Makefile $(DESTDIR)%s/usr/local/bin/hello\n' "$home" >Makefile
	docs examples "$page" | sed "s|/usr/local|$home/usr/local|; s|/tmp|$T|g" >../list
	while IFS= read -r line; do
		PATH=$T/bin:$PATH BUILDAUDIT_DB=$DB CHECKINSTALLRC=/dev/null bash -o pipefail -c "$line" >../out 2>&1 </dev/null ||
			fail "the example: $line"$'\n'"$(cat ../out)"
		n=$((n + 1))
	done <../list
	[ $n -ge 15 ]
	# They did what a reader thinks they do.
	ls hello_2.10-1_*.deb "$T"/hello-2.10*.tar.gz >../out
	[ -s hello.sha256 ]
	[ -s uninstall-hello.sh ]
	[ -e "$home/usr/local/bin/hello" ]
	has "$(ba runs)" 'complete +[1-9][0-9]* +0 +0 +make install DESTDIR'
	cd ..
}

# A quote that a macro takes for its own is not printed.
case_the_examples_are_printed_as_they_are_typed() {
	local line
	command -v mandoc >/dev/null || skip 'no mandoc'
	mandoc -T utf8 -O width=200 "$page" | sed "s,.\x08,,g" >shown
	while IFS= read -r line; do
		grep -qF -e "     $line" shown || fail "not printed: $line"
	done < <(docs examples "$page")
	docs examples "$page" | grep -q '"SELECT'
}

case_the_page_is_clean() {
	command -v mandoc >/dev/null || skip 'no mandoc'
	eq "$(mandoc -T lint -W warning "$page" || :)" ''
}

# The examples of README below /tmp/demo, elsewhere; what they print is what README says that they print.
case_the_examples_of_the_readme() {
	packages_of_this_machine
	{ [ -e /etc/debian_version ] && command -v make >/dev/null; } || skip 'they are of a Debian with make'
	mkdir bin
	ln -s "$BUILDAUDIT" bin/buildaudit
	docs readme "$readme" | sed "s|/tmp/demo|$T/demo|g" >want
	has "$(cat want)" '^\$ buildaudit rollback'
	has "$(cat want)" '^\$ buildaudit .*--package'
	# Each command is shown, then run; all in one shell.
	sed -n 's/^\$ //p' want | while IFS= read -r line; do
		printf "printf '%%s\\\\n' %q\n%s\n" "\$ $line" "$line"
	done >script
	PATH=$T/bin:$PATH BUILDAUDIT_DB=$DB bash script >got 2>&1 || fail "$(cat got)"
	# Owners, sizes, days and architectures are those of a machine, and so is what its libc is called.
	local vary='s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{5}/DAY/; s/ [^ ]+ +[0-9]+ DAY/ OWNER SIZE DAY/; s/_(amd64|i386|arm64)\.deb/_ARCH.deb/; s/^libc6.*/LIBC/'
	eq "$(sed -E "$vary" got)" "$(sed -E "$vary" want)"
}

run_cases "$@"
