#!/bin/bash
# What the documents say is what the program does: commands, options, examples.
. "$(dirname "$0")/../lib/cases.sh"

page=$LIB/../../src/buildaudit.1
readme=$LIB/../../README
docs() { python3 "$LIB/docs.py" "$@"; }
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

# Their options are taken, and the values of these: -h is answered only after all of them were read.
case_the_examples_of_the_page() {
	local line n=0
	docs examples "$page" >list
	while read -r line; do
		eval "want_rc 0 ba $line" >out || fail "the example: $line"
		has "$(cat out)" '^usage: '
		n=$((n + 1))
	done <list
	[ $n -ge 5 ]
}

case_the_page_is_clean() {
	command -v mandoc >/dev/null || skip 'no mandoc'
	eq "$(mandoc -T lint -W warning "$page" || :)" ''
}

# The examples of README below /tmp/demo, elsewhere; what they print is what README says that they print.
case_the_examples_of_the_readme() {
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
