#!/bin/bash
# What is installed for other programs: the library by its buildaudit.pc, its examples, the views for other languages.
. "$(dirname "$0")/../lib/cases.sh"

inst=$(cd "$(dirname "$BUILDAUDIT")/.." && pwd -P)
top=$LIB/../..
export PKG_CONFIG_PATH=$inst/lib/pkgconfig LD_LIBRARY_PATH=$inst/lib
share=$inst/share

# compile COMPILER SOURCE PROGRAM: with what pkg-config says, and without a warning.
compile() {
	# shellcheck disable=SC2046
	"$1" -Wall -Wextra -Werror ${SANITIZE:-} "$2" $(pkg-config --cflags --libs buildaudit) -o "$3"
}
# A library that was built with a sanitizer needs a program that was.
sanitized() { nm -D "$inst/lib/libbuildaudit.so.0" | grep -qE '__(asan|tsan)_init'; }

case_the_example_in_c() {
	! sanitized || skip 'the library has a sanitizer in it'
	compile cc "$share/doc/buildaudit/examples/record.c" record
	mkdir new
	(cd "$HOME" && d=$(mktemp -d ./ba-library.XXXXXX) && cd "$d" && want_rc 3 "$T/record" "$DB" sh -c 'mkdir -p ../ba-made.$$/x; echo >../ba-made.$$/x/f; exit 3' >"$T/out"
		rm -rf "$HOME"/ba-made.* "$HOME/$d")
	has "$(cat out)" '^run 1: 3 created, 0 modified, 0 removed$'
	has "$(cat out)" '/x/f  by /.*sh$'
	has "$(want_rc 125 ./record "$DB" no-such-command 2>&1)" "no command 'no-such-command'"
}

case_the_example_of_packages() {
	! sanitized || skip 'the library has a sanitizer in it'
	rec --include "$T" --name thing --pkgversion 1.0 -q -- sh -c 'echo >a; echo >b'
	settle
	compile cc "$share/doc/buildaudit/examples/package.c" package
	mkdir out
	eq "$(./package "$DB" thing out "$T/b" 2>said)" "$T/$(echo out/*)"
	eq "$(tar -tf out/* | grep "${T#/}/")" "${T#/}/a"
	echo changed >a
	has "$(want_rc 125 ./package "$DB" thing out 2>&1)" "^  $T/a: its content changed"
	eq "$(ls out | wc -l)" 1
}

case_the_example_in_cxx() {
	! sanitized || skip 'the library has a sanitizer in it'
	rec -q -- true 'a b'
	settle
	compile c++ "$share/doc/buildaudit/examples/runs.cc" runs
	eq "$(./runs "$DB")" '1 ["true","a b"]'
	has "$(want_rc 125 ./runs "$T/none" 2>&1)" 'none'
}

case_recorded_from_a_program() {
	! sanitized || skip 'the library has a sanitizer in it'
	compile cc "$LIB/beside.c" beside
	eq "$(./beside "$DB")" ''
	# one may have been killed before it began
	[ "$(q 'SELECT count(*) FROM runs')" -ge 5 ]
}

case_the_header_has_what_the_library_has() {
	eq "$(grep -oE '\bba_[a-z_]+\(' "$inst/include/buildaudit.h" | tr -d '(' | grep -vxE 'ba_progress' | sort -u)" \
		"$(nm -D --defined-only "$inst/lib/libbuildaudit.so.0" | sed -n 's/.* \(ba_[a-z_]*\)\(@.*\)\{0,1\}$/\1/p' | sort -u)"
}

# What packagers cannot see by NEEDED: each has a note, and is what the loader finds by that name.
case_what_is_loaded_later_has_a_note() {
	python3 -S - "$BUILDAUDIT" "$(dirname "$BUILDAUDIT")/../lib/libbuildaudit.so" >notes <<-'E'
		import ctypes, json, re, struct, subprocess, sys
		for f in sys.argv[1:]:
		    with open(f, 'rb') as file:
		        data = file.read()
		    line = re.search(r'\.note\.dlopen +NOTE +\w+ (\w+) (\w+)', subprocess.check_output(['readelf', '-SW', f], text=True))
		    at, end = int(line[1], 16), int(line[1], 16) + int(line[2], 16)
		    while at < end:
		        owner, size, kind = struct.unpack_from('=III', data, at)
		        assert (owner, kind, data[at + 12:at + 16]) == (4, 0x407c0c0a, b'FDO\0')
		        for note in json.loads(data[at + 16:at + 16 + size].rstrip(b'\0')):
		            ctypes.CDLL(note['soname'][0])
		            print(note['soname'][0].partition('.')[0], note['priority'])
		        at += 16 + (size + 3) // 4 * 4
	E
	eq "$(sort -u notes)" $'libarchive recommended\nlibcrypto required'
}

case_the_page_has_each_function() {
	local f
	for f in $(nm -D --defined-only "$inst/lib/libbuildaudit.so.0" | sed -n 's/.* \(ba_[a-z_]*\)\(@.*\)\{0,1\}$/\1/p' | sort -u); do
		grep -qE "Fn $f\b" "$share/man/man3/libbuildaudit.3" || fail "libbuildaudit(3) has no $f"
	done
}

# Its synopsis is what the header declares, word for word.
case_the_page_has_each_prototype() {
	python3 -S - "$inst/include/buildaudit.h" "$share/man/man3/libbuildaudit.3" <<-'E' >out
		import re, sys
		header, page = (open(name).read() for name in sys.argv[1:])
		plain = re.sub(r'\s+', ' ', re.sub(r'(?s)/\*.*?\*/|(?m:^#[^\n]*$)', '', header))
		declared = [m.strip() for m in re.findall(r'(?:^|(?<=[;{}]))([^;{}()]*\bba_\w+\([^;{}]*\)) ?;', plain)]
		told = []
		for line in page.splitlines():
		    macro, _, word = line.partition(' ')
		    word = word.strip('"')
		    if macro == '.Ft':
		        told.append(word + ('' if word.endswith('*') else ' '))
		    elif macro == '.Fo':
		        told[-1] += word + '('
		    elif macro == '.Fa':
		        told[-1] += ('' if told[-1].endswith('(') else ', ') + word
		    elif macro == '.Fc':
		        told[-1] += ')'
		print(len(declared), *sorted(set(declared) ^ set(told)), sep='\n')
	E
	[ "$(head -n 1 out)" -gt 50 ]
	eq "$(tail -n +2 out)" ''
}

# Of each public view; the others are the schema's own.
case_the_page_has_each_column() {
	local v c n=0 page=$share/man/man5/buildaudit-views.5
	rec -q -- true
	settle
	for v in $(sed -n 's/^\.It Sy //p' "$page"); do
		eq "$(q "SELECT type FROM sqlite_schema WHERE name = '$v'")" view "$v"
		n=$((n + 1))
		[ "$v" != events ] || continue
		for c in $(q "SELECT name FROM pragma_table_info('$v')"); do
			sed -n "/^\.It Sy $v\$/,/^\.It Sy /p" "$page" | grep -qwE "$c" || fail "buildaudit-views(5): $v has no $c"
		done
	done
	[ $n = 8 ]
}

# literal N: the Nth display of a page, as it is printed.
literal() { sed -n '/^\.Bd -literal/,/^\.Ed/p' "$share/man/man$1" | awk -v n="$2" '/^\.Bd/ { i++; next } /^\.Ed/ { next } i == n' | sed 's/\\e/\\/g'; }

case_the_recipe_in_perl() {
	rec --include "$T" -q -- sh -c 'echo >a; cp a "b c"'
	settle
	literal 5/buildaudit-views.5 2 >recipe.pl
	eq "$(perl recipe.pl "$DB" | sed -E "s|$T/||; s|\t/[^\t]*/|\t|")" "a	${SHELL_NAME:-$(q "SELECT replace(exe, rtrim(exe, replace(exe, '/', '')), '') FROM processes WHERE parent_id IS NULL")}	[\"sh\",\"-c\",\"echo >a; cp a \\\"b c\\\"\"]
b c	cp	[\"cp\",\"a\",\"b c\"]"
}

case_the_recipe_in_python() {
	rec --include "$T" -q -- sh -c 'echo >"$(printf "a\377")"'
	settle
	literal 5/buildaudit-views.5 1 | sed "s|audit.db|$DB|" >recipe.py
	echo 'import sys; sys.stdout.buffer.write(b"".join(os.fsencode(r[0]) for r in db.execute("SELECT path FROM manifest")))' >>recipe.py
	eq "$(python3 recipe.py)" "$T/"$'a\377'
}

case_the_queries_of_the_page() {
	local sql n=0
	rec -q -- true
	settle
	while IFS= read -r sql; do
		q "$sql" >/dev/null || fail "$sql"
		n=$((n + 1))
	done < <(sed -n 's/^\.Dl "\(.*\)"$/\1/p' "$share/man/man5/buildaudit-views.5")
	[ $n -ge 3 ]
}

run_cases "$@"
