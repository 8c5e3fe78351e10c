#!/bin/bash
# What has to be said in several places is said in all of them: src/HACKING tells which.
. "$(dirname "$0")/../lib/cases.sh"

tree=$(realpath "$LIB/../..")
lower() { tr '[:upper:]' '[:lower:]'; }

# unnamed MAKEFILE...: of the files on standard input, which are no words of these?
unnamed() { grep -vxFf <(cat "$@" | tr -s ' \t\\' '\n') || :; }

# A file that no Makefile names is in no release.
case_each_file_is_in_the_makefile() {
	cd "$tree" || return
	eq "$(printf '%s\n' src/*/*.[ch] src/*/*.js src/*/*.sh src/*/*.tbl db/*.sql | grep -v '^src/gen/' | unnamed src/Makemodule.am)" \
		'' 'src/Makemodule.am does not name'
	eq "$(find tests/unit/*.c tests/cases/*.sh tests/cases/*.py tests/progs/*.c tests/fuzz/*.c tests/lib/* tests/crash/* tests/chance/* \
		tests/lives/* tests/report/* -prune -type f | unnamed tests/Makemodule.am src/Makemodule.am)" '' 'tests/Makemodule.am does not name'
}

case_each_subcommand_is_in_the_help() {
	local f c n=0
	for f in "$tree"/src/cmd/cmd-*.c; do
		c=${f##*/cmd-}
		has "$(ba -h)" "^  ${c%.c} "
		n=$((n + 1))
	done
	[ $n -ge 10 ]
}

# What `-h` lists is in the usage line, too, unless that says [options].
case_each_option_is_in_the_usage_line() {
	local c usage letter name
	for c in $(ba -h | sed -n 's/^  \([a-z][a-z]*\)  *[a-z].*/\1/p'); do
		usage=$(ba "$c" -h | head -n 1)
		case $usage in *'[options]'*) continue ;; esac
		while read -r letter name; do
			case $name in db|help|color|no-pager) continue ;; esac
			case $usage in
			*"--$name"*|*"[-$letter]"*|*"[-$letter "*) ;;
			*) fail "$c: --$name is not in: $usage" || return ;;
			esac
		done < <(ba "$c" -h | sed -n 's/^ *\(-\([a-zA-Z0-9]\), \)\{0,1\}--\([a-z-]*\).*/\2. \3/p' | sed 's/^\. /_ /; s/\. / /')
	done
}

# Each operation has its name in the database, under its number.
case_each_operation_has_its_row() {
	rec -q true
	eq "$(q 'SELECT name FROM op ORDER BY id')" \
		"$(sed -n 's/^\tOP_\([A-Z]*\),.*/\1/p' "$tree/src/model/op.h" | grep -vxE 'NONE|COUNT' | lower)"
	eq "$(q 'SELECT name FROM abi ORDER BY id')" "$(sed -n 's/^\tABI_\([A-Z0-9_]*\),.*/\1/p' "$tree/src/model/op.h" | grep -vx COUNT | lower)"
}

# What render/notes.c takes for a note by the way is said somewhere, in one piece.
case_each_note_by_the_way_is_said() {
	local note n=0
	while IFS= read -r note; do
		grep -qF -e "$note" "$tree"/src/record/*.c "$tree"/src/api/*.c || fail "nobody says: $note"
		n=$((n + 1))
	done < <(sed -n '/by_the_way\[\] = {/,/^}/s/^\t"\(.*\)",$/\1/p' "$tree/src/render/notes.c")
	[ $n -ge 5 ]
}

# Each step is taken, in the order of the numbers.
case_each_schema_step_is_taken() {
	local f n=0
	for f in "$tree"/db/0*.sql; do
		n=$((n + 1))
		has "${f##*/}" "^$(printf %04d $n)-"
	done
	rec -q true
	eq "$(q 'PRAGMA user_version')" $n
	[ $n -ge 3 ]
}

# Each format that the refusal of another one names is on the page, and makes a file of its own kind.
case_each_package_format_is_documented() {
	local out f n=0
	mkdir installed
	rec -q --include "$T/installed" sh -c 'echo x >installed/file'
	out=$(ba package --type=none 2>&1 || :)
	for f in $(sed -n "s/.*there is no type 'none': //p" <<<"$out" | sed 's/,//g; s/ or / /'); do
		n=$((n + 1))
		grep -q "Cm $f" "$tree/src/buildaudit.1" || fail "the page does not say --type=$f" || return
		[ "$f" != rpm ] || command -v rpmbuild >/dev/null || continue
		has "$(ba package -y --type="$f" --pkgname=thing --pkgversion=1 1 2>/dev/null)" "\\.$f(\\.gz|\\.xz|\\.zst)?\$|\\.t.z\$"
	done
	[ $n -ge 3 ]
}

# lintian refuses what names dpkg's folder, unless it is told why: in whichever package of ours that is.
case_lintian_knows_who_names_dpkg_s_folder() {
	local library f package
	library=$(ldd "$BUILDAUDIT" | sed -n 's/.*=> \(.*libbuildaudit[^ ]*\).*/\1/p')
	for f in "$BUILDAUDIT" $library; do
		grep -aq /var/lib/dpkg "$f" || continue
		package=buildaudit
		[ "$f" = "$BUILDAUDIT" ] || package=libbuildaudit0
		grep -q "^$package: uses-dpkg-database-directly " "$tree/scripts/packaging/debian/$package.lintian-overrides" ||
			fail "no override for $f" || return
	done
	has "$library" libbuildaudit
}

# The functions and files that the map names are there, and what one function does it does in the map's order.
case_the_map_is_of_this_tree() {
	local steps pairs
	read -r steps pairs < <(python3 -S "$LIB/docs.py" map "$tree/src" | tee said | tail -n 1)
	eq "$(sed '$d' said)" ''
	[ "$steps" -ge 100 ]
	[ "$pairs" -ge 20 ]
}

run_cases "$@"
