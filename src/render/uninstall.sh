#!/bin/sh
# The script of `buildaudit uninstall --script`, made into C by scripts/text2c.awk: each part from its "## name:" on. What
# is to be taken out stands between the two, as calls of the functions here.
#
# It goes into each folder first and looks where it has come to, so that a symlink put in the place of a folder leads it
# nowhere; from there it names files by their last component only.

## name: head
# usage: sh SCRIPT [-n] [-f]
#   -n  say what would be done, do nothing
#   -f  take out what was changed since, too
# Ends with 0 when all of it is gone, 1 when something stays.
set -u
LC_ALL=C
export LC_ALL
dry='' force='' removed=0 kept=0
while getopts nf o; do
	case $o in
	n) dry=1 ;;
	f) force=1 ;;
	*) echo "usage: sh $0 [-n] [-f]" >&2; exit 2 ;;
	esac
done
if command -v sha256sum >/dev/null 2>&1; then
	sum() { sha256sum; }
elif command -v shasum >/dev/null 2>&1; then
	sum() { shasum -a 256; }
elif command -v openssl >/dev/null 2>&1; then
	sum() { openssl dgst -sha256 -r; }
elif [ -z "$force" ]; then
	echo "$0: sha256sum is needed to see what was changed since; -f does without" >&2
	exit 125
fi

say() { printf '%s  %s%s\n' "$1" "${dir%/}/$2" "${3:+  ($3)}"; }
keep() { kept=$((kept + 1)); say kept "$1" "$2"; }
there() {
	if [ -n "$here" ]; then
		[ -e "./$1" ] || [ -L "./$1" ]
	elif [ -e "$dir/$1" ] || [ -L "$dir/$1" ]; then
		keep "$1" 'a folder above it is a symlink now'
		return 1
	else
		return 1
	fi
}
take() {
	if [ -n "$dry" ]; then
		say 'would remove' "$1"
	elif rm -f -- "./$1"; then
		removed=$((removed + 1))
	else
		keep "$1" 'it could not be removed'
	fi
}
# in_dir FOLDER: what follows is in it
in_dir() {
	dir=$1 here=
	cd / || exit 125
	if cd -P -- "$1" 2>/dev/null && [ "$(pwd -P; echo x)" = "$1
x" ]; then
		here=1
	fi
}
# file SHA256 NAME
file() {
	there "$2" || return 0
	if [ -L "./$2" ] || [ ! -f "./$2" ]; then
		keep "$2" 'it is something else since'
		return
	fi
	if [ -z "$force" ]; then
		s=$(sum <"./$2") || s=
		if [ "${s%% *}" != "$1" ] || [ -z "$1" ]; then
			keep "$2" 'changed since'
			return
		fi
	fi
	take "$2"
}
# link TARGET NAME
link() {
	there "$2" || return 0
	if [ ! -L "./$2" ]; then
		keep "$2" 'it is something else since'
	elif [ -z "$force" ] && [ "$(readlink -- "./$2"; echo x)" != "$1
x" ]; then
		keep "$2" 'changed since'
	else
		take "$2"
	fi
}
# special TEST NAME: a fifo, a socket, a device
special() {
	there "$2" || return 0
	if [ -L "./$2" ] || ! test "$1" "./$2"; then
		keep "$2" 'it is something else since'
	else
		take "$2"
	fi
}
# folder NAME: goes if it is empty
folder() {
	there "$1" || return 0
	if [ -L "./$1" ] || [ ! -d "./$1" ]; then
		keep "$1" 'it is something else since'
	elif [ -n "$dry" ]; then
		say 'would remove' "$1" 'if it is empty'
	elif rmdir -- "./$1" 2>/dev/null; then
		removed=$((removed + 1))
	else
		keep "$1" 'not empty'
	fi
}
# nowhere NAME
nowhere() {
	kept=$((kept + 1))
	printf 'kept  %s  (%s)\n' "$1" 'the record is damaged: this is no absolute path'
}

## name: tail

echo "$removed removed, $kept kept" >&2
[ "$kept" = 0 ]
