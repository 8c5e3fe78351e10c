# shellcheck shell=bash
# Sourced by tests/cases/*: each function case_NAME is a test, run in a shell and a folder of its own.
#
#   . "$(dirname "$0")/../lib/cases.sh"
#   case_exit_status_is_kept() { want_rc 42 rec sh -c 'exit 42'; }
#   run_cases "$@"
#
# A case fails when a command in it fails (set -e); `want_rc`, `eq`, `has` and `hasnt` say what was wrong.  $T is its
# folder, $DB its database.  `ba ...` is the program on $DB; `rec ...` is `run` in the mode under test ($MODE).
# Cases are for root and for an ordinary user; what differs is asked with `is_root`, what needs root begins with `root`.
# Arguments of the file name the cases to run.  Output is TAP.

set -u
: "${BUILDAUDIT:?is the program to test}" "${MODE:=seccomp}"
export MODE
SELF=$(realpath "$0")
LIB=$(CDPATH= cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mode_flag=
[ "$MODE" = ptrace ] && mode_flag=--no-seccomp
unset BUILDAUDIT_DB CDPATH

ba() { "$BUILDAUDIT" -d "$DB" "$@"; }
# A function: in the background, $! is a shell's number; where the program's own is needed, write it out.
rec() { "$BUILDAUDIT" -d "$DB" run $mode_flag "$@"; }
q() { sqlite3 -readonly "$DB" "$1"; }

fail() { printf '%s\n' "$*" >&2; return 1; }
skip() { printf '%s\n' "$*" >"$T/../skip"; exit 77; }

eq() {
	[ "$1" = "$2" ] && return
	printf '%s\n  got:  %s\n  want: %s\n' "${3:-not the same}" "$1" "$2" >&2
	return 1
}

has() {         # TEXT PATTERN (extended regular expression)
	grep -Eq -e "$2" <<<"$1" && return
	printf 'not found: %s\nin:\n%s\n' "$2" "$1" >&2
	return 1
}

hasnt() {
	grep -Eq -e "$2" <<<"$1" || return 0
	printf 'found, and should not be: %s\nin:\n%s\n' "$2" "$1" >&2
	return 1
}

want_rc() {     # STATUS COMMAND...; the output of the command goes where it goes
	local want=$1 got=0
	shift
	"$@" || got=$?
	[ "$got" = "$want" ] || fail "exit status $got, wanted $want: $*"
}

refused() {     # COMMAND...: has to fail
	if "$@"; then fail "succeeded, and should not: $*"; fi
}

# Waits until a command succeeds, twenty seconds at most.
until_ok() {
	local end=$((SECONDS + 20))
	until "$@" 2>/dev/null; do
		[ $SECONDS -lt $end ] || fail "waited in vain for: $*" || return
		read -rt 0.02 <> <(:) || :
	done
}

# until_eq TEXT COMMAND...: until the command says TEXT.
until_eq() {
	local want=$1
	shift
	until_ok _says "$want" "$@" || fail "the last it said: $("$@")"
}
_says() { local want=$1; shift; [ "$("$@")" = "$want" ]; }

# A recorder closes its database a moment after its run has ended.
sqlite3() { command sqlite3 -cmd '.timeout 20000' "$@"; }

settled() { [ "$(q 'SELECT count(*) FROM runs WHERE state = '\''running'\')" = 0 ]; }
settle() { until_ok settled; }

# -S: what a site puts into each python3 takes longer than these do, and is nothing to them.
snap() { python3 -S "$LIB/snapshot" "$1" >"$2"; }
# What a rollback has to bring back of a snapshot.
plain() {
	python3 -S -c '
import json, sys
for e in map(json.loads, open(sys.argv[1])):
    print(e["path"], e["type"], e["mode"], e["sha256"], e["rdev"], e["type"] in ("file", "symlink") and e["mtime_ns"])' "$1"
}
# truth FOLDER COMMAND...: records the command and holds the manifest against the disk.
truth() {
	local folder=$1 status=0
	shift
	age "$folder"
	snap "$folder" "$T/before"
	rec --include "$folder" -q -- "$@" || status=$?
	settle
	snap "$folder" "$T/after"
	python3 -S "$LIB/manifest-equals" "$DB" latest "$folder" "$T/before" "$T/after" >&2 || fail "the manifest is not the truth"
	return $status
}
# What was there is old, so that every write shows in its mtime.
age() { find "$1" -execdir touch -h -d '2020-01-02 03:04:05.123456789' {} +; }
manifest() { q "SELECT change || ' ' || type || ' ' || replace(path, '$1/', '') FROM manifest WHERE run_id = (SELECT max(run_id) FROM runs) AND path LIKE '$1/%' ORDER BY path"; }

# dpkg_database FOLDER [PATH...]: a database of dpkg's own, with one package: it has the folders that every system has
# and those above $T and the paths, as base-files has them, so that no other package takes them with it.
dpkg_database() {
	local d
	mkdir -p "$1/info" "$1/updates" "$1/triggers"
	printf 'Package: base\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: M <m@example.com>\nDescription: d\n\n' >"$1/status"
	echo /. >"$1/info/base.list"
	for d in /etc/x /opt/x /usr/local/x /usr/share/doc/x "$HOME/x" "$T" "${@:2}"; do
		while d=${d%/*} && [ "$d" ]; do echo "$d"; done
	done | sort -u >>"$1/info/base.list"
}

is_root() { [ "$(id -u)" = 0 ]; }
# A command with mounts of its own; for an ordinary user, of a user namespace in which he is root.
own_mounts='unshare -m'
is_root || own_mounts='unshare -Urm'
# needs_loop IMAGE FOLDER: can it be mounted there?
needs_loop() {
	losetup -f >/dev/null 2>&1 || skip 'no loop device here'
	unshare -m mount -o loop "$1" "$2" 2>/dev/null || skip 'no right to mount a loop device here'
}
# ext4_image SIZE: an empty file system in img, to be mounted at the folder m.
ext4_image() {
	command -v mkfs.ext4 >/dev/null || skip 'no mkfs.ext4 here'
	truncate -s "$1" img
	mkfs.ext4 -q img
	mkdir m
	needs_loop img m
}
# What somebody who is not root does.
if is_root; then
	as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
else
	as_user() { "$@"; }
fi

# For what only root can do.  An ordinary user's case is played by the root of a user namespace of his own instead.
root() {
	local f out rc=0
	is_root && return
	unshare -Urm true 2>/dev/null || skip 'needs root, or a user namespace'
	for f in "${FUNCNAME[@]}"; do
		case $f in case_*) break ;; esac
	done
	out=$(unshare -Urm "$SELF" "$f") || rc=$?
	case $out in *'# SKIP '*) skip "${out##*# SKIP }" ;; esac
	[ $rc = 0 ] || printf '%s\n' "$out" >&2
	exit $rc
}

# One run that shows whether anything can be traced at all.
_can_trace() {
	local out
	out=$("$BUILDAUDIT" -d "$1/probe.db" run $mode_flag -q -- sh -c 'echo traced' 2>&1) && [ "$out" = traced ] && return
	printf '%s' "$out" | head -n 1
	return 1
}

# Who undoes by name, or makes a package, asks dpkg first, which takes longer than all else: for these cases it has no
# packages.  A case that is about those of this machine begins with `packages_of_this_machine`.
no_packages() {
	mkdir -p "$1/info" "$1/updates"
	: >"$1/status"
	export DPKG_ADMINDIR=$1
}
packages_of_this_machine() { unset DPKG_ADMINDIR; }

run_cases() {
	local n=0 bad=0 c rc why names
	top=$(mktemp -d "${TMPDIR:-/tmp}/ba-case.XXXXXX") || exit 1
	chmod 755 "$top"
	trap 'rm -rf "$top"' EXIT       # top is global: the trap runs when this function has returned
	no_packages "$top/dpkg"
	names=${*:-$(declare -F | sed -n 's/^declare -f \(case_.*\)/\1/p')}
	if ! why=$(_can_trace "$top") && [ "${BUILDAUDIT_MUST_TRACE:-0}" != 1 ]; then
		echo "1..0 # SKIP cannot trace here: $why"
		exit 0
	fi
	for c in $names; do
		n=$((n + 1))
		# Each has a folder of its own: what a case left behind may still be closing its database.
		mkdir -p "$top/$n/t" && chmod 755 "$top/$n"
		(
			T=$(cd "$top/$n/t" && pwd -P)
			DB=$T/../audit.db
			cd "$T" || exit 1
			set -eE
			trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND" >&2' ERR
			"$c"
		) >"$top/log" 2>&1 </dev/null
		rc=$?
		if [ $rc = 77 ] && [ -s "$top/$n/skip" ]; then
			echo "ok $n - $(basename "$0" .sh) ${c#case_} [$MODE] # SKIP $(cat "$top/$n/skip")"
		elif [ $rc = 0 ]; then
			echo "ok $n - $(basename "$0" .sh) ${c#case_} [$MODE]"
		else
			bad=$((bad + 1))
			echo "not ok $n - $(basename "$0" .sh) ${c#case_} [$MODE]"
			tail -n 40 "$top/log" | sed 's/^/#   /'
		fi
		chmod -R u+rwX "$top/$n" 2>/dev/null
		rm -rf "${top:?}/$n"
	done
	echo "1..$n"
	[ $bad = 0 ]
}
