#!/bin/bash
# A file whose last name goes is kept under one name more: what somebody outside the run does with it meanwhile.
. "$(dirname "$0")/../lib/cases.sh"

# in_lease HOW COMMAND...: while it is run on a new file m/t/big, with all on one file system; then rollback.
in_lease() {
	root
	ext4_image 192M
	unshare -m bash -c '
		set -e
		how=$1 lib=$2 mode=$3
		mount -o loop img m
		mkdir m/t
		mkdir -m 700 m/db
		ba() { "$BUILDAUDIT" -d "$PWD/m/db/audit.db" "$@"; }
		for i in {1..10}; do
			rm -f m/t/*
			head -c 48M /dev/urandom >m/t/big
			sum=$(sha256sum <m/t/big)
			rc=0
			"$lib/in-lease" m/t/big "$how" "$BUILDAUDIT" -d "$PWD/m/db/audit.db" run -q $mode --include "$PWD/m/t" -- "${@:4}" || rc=$?
			[ $rc = 3 ] || break
		done
		[ $rc = 0 ]
		[ ! -e m/t/big.other ] || printf EDIT | dd of=m/t/big.other bs=4 conv=notrunc status=none
		ba rollback -y latest
		[ "$(sha256sum <m/t/big)" = "$sum" ]
		echo "kept as it was"' - "$1" "$LIB" "$mode_flag" "${@:2}" >out 2>&1 || { cat out >&2; return 1; }
	has "$(cat out)" '^kept as it was$'
}

case_opened_before_it_is_unlinked() { in_lease open rm m/t/big; }
case_opened_before_another_takes_its_place() { in_lease open sh -c 'echo new >m/t/new; python3 -c "import os; os.replace(\"m/t/new\", \"m/t/big\")"'; }
case_opened_when_it_is_kept() { in_lease late rm m/t/big; }
case_linked_before_it_is_unlinked() { in_lease link rm m/t/big; }
# It stands where it stood, and goes later: what is written to it is no original.
case_opened_before_a_call_that_fails() { in_lease open sh -c 'mkdir m/t/d; ! mv -T m/t/d m/t/big 2>/dev/null; rm m/t/big'; }

run_cases "$@"
