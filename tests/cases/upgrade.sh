#!/bin/bash
# An upgrade: what the older version left and the newer did not install again is stale; what the installer passed by as
# up to date is not.
. "$(dirname "$0")/../lib/cases.sh"

# Sources of p, in p-1.0 and p-2.0: `prog` differs, `data` and `man` do not, `old` is the first's only.
sources() {
	local v
	for v in 1.0 2.0; do
		mkdir -p p-$v/doc
		echo "the program of $v" >p-$v/prog
		echo data >p-$v/data
		echo 'a page' >p-$v/doc/p.1.in
		echo "the configuration of $v" >p-$v/p.conf
		: >p-$v/empty
		ln -s data p-$v/link
	done
	echo old >p-1.0/old
	mkdir -p inst/etc
}
# in DIR [OPTION...] COMMAND: as a person would, in the sources' folder.
in_folder() { (cd "$1" && shift && rec -q --include="$T/inst" "$@"); }
# tree: what stands in inst.
tree() { (cd inst && find . ! -path . ! -name etc -printf '%P %y\n' | sort | tr '\n' ','); }
stale() { ba uninstall --list --superseded-by="p@2.0" p | sed "s|^$T/inst/||" | tr '\n' ','; }

installs_with() { # COMMAND: both versions by it, in turn
	in_folder p-1.0 sh -c "$1"
	in_folder p-2.0 sh -c "$1"
	settle
}

case_install_C_is_no_loss() {
	sources
	installs_with 'mkdir -p ../inst/lib; for f in prog data empty $(ls | grep "^old"); do install -C -m 644 $f ../inst/lib/$f; done
		install -C -m 644 doc/p.1.in ../inst/lib/p.1'
	eq "$(stale)" 'lib/old,'
	eq "$(ba diff p@1.0 p@2.0 | sed 's/ .*//' | tr '\n' ' ')" '- ~ '
	ba uninstall -y --superseded-by=p@2.0 p 2>/dev/null
	eq "$(tree)" 'lib d,lib/data f,lib/empty f,lib/p.1 f,lib/prog f,'
	has "$(ba runs)" 'superseded'
	ba uninstall -y p 2>/dev/null
	eq "$(tree)" ''
}

# A chmod over all of the prefix is no sign that a file is wanted; that it has a source is.
case_a_sweep_of_chmod_is_no_install() {
	sources
	installs_with 'cp prog ../inst; cp -u data ../inst; for f in $(ls | grep "^old"); do cp $f ../inst; done; chmod -R u+rwX ../inst'
	eq "$(stale)" 'old,'
	in_folder p-2.0 sh -c 'chmod --recursive u+rwX ../inst'
	eq "$(stale)" 'old,'
	mkdir inst/R
	in_folder p-2.0 sh -c '[ -e ../inst/old ] || exit; chmod -c 644 ../inst/R/../old'
	eq "$(stale)" ''
}

case_one_run_is_superseded_by_another() {
	sources
	installs_with 'for f in prog data $(ls | grep "^old"); do install -C -m 644 $f ../inst/$f; done'
	eq "$(ba uninstall --list --superseded-by=2 1)" "$T/inst/old"
	eq "$(ba uninstall -n --superseded-by=2 1 | grep -c '^remove')" 1
	ba uninstall -y --superseded-by=2 1 2>/dev/null
	eq "$(tree)" 'data f,prog f,'
}

case_prune_takes_the_rest_out() {
	sources
	in_folder p-1.0 sh -c 'mkdir ../inst/sub ../inst/only; cp prog data ../inst; cp old ../inst/sub; cp old ../inst/only'
	has "$(in_folder p-2.0 --prune sh -c 'cp prog data ../inst; echo new >../inst/sub/new' 2>&1)" ''
	settle
	eq "$(tree)" 'data f,prog f,sub d,sub/new f,'
	eq "$(ba verify p)" ''
	eq "$(ba list -0 p | tr '\0' '\n' | sed "s|^$T/inst/||" | tr '\n' ',')" 'data,prog,sub,sub/new,'
}

case_the_summary_says_what_is_stale() {
	sources
	in_folder p-1.0 sh -c 'cp prog data old ../inst'
	local said
	said=$(cd p-2.0 && ba --include="$T/inst" sh -c 'cp prog ../inst' 2>&1)
	has "$said" "1 file of older versions of p is stale, not installed again: '.*uninstall --superseded-by=2 p' takes it out"
	settle
	hasnt "$(cd p-2.0 && ba --include="$T/inst" sh -c 'cp prog data ../inst; exit 3' 2>&1)" stale
	settle
	# what is only built is no install
	hasnt "$(cd p-2.0 && ba --include="$T" sh -c 'echo o >o' 2>&1)" stale
	settle
	# the same version in two steps
	hasnt "$(cd p-2.0 && ba --include="$T/inst" sh -c 'echo o >../inst/more' 2>&1)" 'files of older'
}

case_prune_of_nothing_is_no_run() {
	sources
	in_folder p-1.0 sh -c 'cp prog ../inst'
	has "$(cd p-2.0 && ba --prune --include="$T/inst" sh -c 'cp prog ../inst' 2>&1)" 'nothing of an older version is stale'
	settle
	eq "$(q 'SELECT count(*) FROM runs')" 2
	want_rc 3 in_folder p-2.0 --prune sh -c 'exit 3'
	has "$(cd p-2.0 && want_rc 3 ba --prune sh -c 'exit 3' 2>&1)" '^buildaudit: the command failed: nothing is pruned$'
	hasnt "$(cd p-2.0 && want_rc 3 ba -q --prune sh -c 'exit 3' 2>&1)" pruned
}

# A line added to somebody else's file, which the newer version finds there: it is not stale, and what goes is named.
case_prune_leaves_edits_of_what_is_others() {
	local said
	sources
	echo theirs >inst/shells
	in_folder p-1.0 sh -c 'cp old prog ../inst; echo mine >>../inst/shells'
	said=$(cd p-2.0 && ba --prune --include="$T/inst" sh -c 'cp prog ../inst; grep -q mine ../inst/shells || echo mine >>../inst/shells' 2>&1)
	has "$said" "^buildaudit: removed $T/inst/old\$"
	hasnt "$said" shells
	eq "$(cat inst/shells)" $'theirs\nmine'
	settle
	ba uninstall -y p >/dev/null
	eq "$(cat inst/shells)" theirs
}

# What a newer version finds done already has not gone.
case_an_edit_that_is_there_is_no_difference() {
	sources
	echo before >inst/etc/shells
	installs_with 'grep -qx mine ../inst/etc/shells || echo mine >>../inst/etc/shells; cp prog ../inst/prog'
	eq "$(ba diff p@1.0 p@2.0 | sed 's/ .*//' | tr '\n' ' ')" '~ '
	eq "$(ba diff 2 1 | sed 's/ .*//' | tr '\n' ' ')" '+ ~ '
}

# The build folder has the links of the older version still.
case_a_link_to_what_is_stale() {
	mkdir -p build inst/lib
	(cd build && echo 1 >m.so.1.2 && ln -s m.so.1.2 m.so.1 && ln -s m.so.1 m.so && echo same >same && ln -s same link)
	(cd build && rec -q --include="$T/inst" --name=p --pkgversion=1.0 -- cp -P m.so.1.2 m.so.1 m.so same link ../inst/lib/)
	(cd build && rm m.so.1.2 m.so && echo 2 >m.so.2.0 && ln -s m.so.2.0 m.so)
	(cd build && rec -q --include="$T/inst" --name=p --pkgversion=2.0 --prune -- cp -P m.so.2.0 m.so ../inst/lib/ 2>/dev/null)
	settle
	eq "$(ls inst/lib | xargs)" 'link m.so m.so.2.0 same'
}

# What was there before the first version comes back, and what a person changed stays.
case_prune_gives_back() {
	sources
	echo theirs >inst/old
	in_folder p-1.0 sh -c 'cp -f old ../inst/old.new; mv ../inst/old.new ../inst/old; cp old ../inst/mine; cp prog ../inst'
	echo edit >>inst/mine
	has "$(in_folder p-2.0 --prune sh -c 'cp prog ../inst' 2>&1)" "kept $T/inst/mine: "
	settle
	eq "$(cat inst/old)" theirs
	eq "$(tail -n 1 inst/mine)" edit
}

# By cp, which writes the file that is there from its first byte on, no less than by install(1).
# What an older version had made, and one after it moved aside, is the install's own; what was a person's is not.
case_prune_takes_what_was_moved_aside() {
	mkdir inst
	echo mine >inst/conf
	for v in 1.0 2.0 3.0 4.0; do
		mkdir "p-$v"
		echo "$v" >"p-$v/prog"
		(cd "p-$v" && rec -q --include="$T/inst" --name=p --pkgversion="$v" --prune -- sh -c 'cp --backup=numbered prog ../inst;
			mv -n ../inst/conf ../inst/conf.old 2>&-; :') >out 2>&1
		hasnt "$(cat out)" kept
	done
	eq "$(tree)" 'conf.old f,prog f,prog.~3~ f,'
	ba uninstall -y p 2>/dev/null
	eq "$(tree) $(cat inst/conf)" 'conf f, mine'
}

case_prune_gives_back_what_cp_wrote_over() {
	sources
	echo theirs >inst/old
	in_folder p-1.0 sh -c 'cp old prog ../inst'
	in_folder p-2.0 --prune sh -c 'cp prog ../inst'
	settle
	eq "$(cat inst/old)" theirs
}

# Who writes it anew may have edited it.
case_prune_leaves_what_was_edited_into_another_file() {
	sources
	echo theirs >inst/shells
	in_folder p-1.0 sh -c 'cp prog ../inst; sed -i "\$a mine" ../inst/shells'
	hasnt "$(in_folder p-2.0 --prune sh -c 'cp prog ../inst; grep -q mine ../inst/shells' 2>&1)" shells
	eq "$(cat inst/shells)" $'theirs\nmine'
}

case_a_configuration_that_is_there_is_left_alone() {
	sources
	installs_with 'test -f ../inst/etc/p.conf || cp p.conf ../inst/etc; cp prog ../inst; test ! -f old || cp old ../inst'
	eq "$(stale)" 'old,'
}

# A folder, and a link, that it would have made.
case_what_stood_already_is_wanted() {
	sources
	installs_with 'mkdir -p ../inst/var/p; ln -s data ../inst/link; cp prog ../inst; test ! -f old || mkdir ../inst/gone; exit 0'
	eq "$(stale)" 'gone,'
}

# Written through, or with something new below it: a link is in use, whoever made it.
case_a_link_that_is_used_stays() {
	sources
	mkdir inst/real
	in_folder p-1.0 sh -c 'ln -s real ../inst/dir; ln -s prog-1 ../inst/prog; ln -s prog-1 ../inst/alias; cat prog >../inst/prog'
	in_folder p-2.0 sh -c 'cat prog >../inst/prog; cp data ../inst/dir/data'
	settle
	eq "$(stale)" 'alias,'
}

# It is told nothing but the mode, owner, times or attributes: what it was asked by is a link all the same.
case_a_link_that_leads_to_what_is_changed_stays() {
	sources
	local call
	for call in 'chmod 600' 'touch -c' 'truncate -s 1' 'chown 0:0'; do
		[ "$call" = 'chown 0:0' ] && [ "$(id -u)" != 0 ] && continue
		in_folder p-1.0 sh -c 'cd ../inst; echo x >real; ln -sf real link; ln -sf "$PWD/real" whole; ln -sf real alias; touch prog'
		in_folder p-2.0 sh -c "cp prog ../inst; cd ../inst; echo x >real; $call link; $call '$T/inst/whole'"
		settle
		eq "$(ba uninstall --list --superseded-by=latest p)" "$T/inst/alias"
	done
}

# What a make has built, itself on record as a run of the same version, is what the install looked at.
case_what_a_recorded_make_built_is_a_source() {
	sources
	local v
	for v in 1.0 2.0; do
		in_folder p-$v --include="$T/p-$v" sh -c 'cat data data >built; cat prog data >prog.built'
		in_folder p-$v sh -c 'put() { cmp -s "$1" "../inst/$2" || cp "$1" "../inst/$2"; }
			put built built; put built copy; put prog.built prog; test ! -f old || put old old'
		in_folder / --name=q --pkgversion=$v --include="$T/p-$v" sh -c "cat $T/p-$v/data $T/p-$v/data $T/p-$v/data >$T/p-$v/thrice"
		in_folder / --name=q --pkgversion=$v sh -c "cmp -s $T/p-$v/thrice $T/inst/thrice || cp $T/p-$v/thrice $T/inst/thrice
			cp $T/p-$v/prog $T/inst/q"
	done
	settle
	eq "$(ba uninstall --list --superseded-by=6 p)" "$T/inst/old"
	eq "$(ba uninstall --list --superseded-by=8 q)" ''
	ba uninstall -y --superseded-by=6 p 2>/dev/null
	eq "$(tree)" 'built f,copy f,prog f,q f,thrice f,'
}

# A version that was taken back supersedes nothing: what it had overwritten is the older one's again.
case_a_run_that_was_taken_back_supersedes_nothing() {
	sources
	installs_with 'cp prog data ../inst; rm -f ../inst/gone; test -f old && echo x >../inst/gone && cp old ../inst || cp data ../inst/more'
	eq "$(stale)" 'old,'
	ba rollback -y p@2.0 >/dev/null 2>&1
	eq "$(stale)" ''
	ba uninstall -y --superseded-by=p@2.0 p >/dev/null 2>&1
	eq "$(tree)" 'data f,gone f,old f,prog f,'
}

case_rsync_and_cp_u() {
	sources
	cp -a p-1.0/data p-2.0/data
	echo more | tee -a p-2.0/prog >>p-2.0/p.conf
	installs_with 'rsync -a --exclude=doc --exclude=p.conf "$PWD"/ ../inst/p/; cp -u data ../inst/u'
	eq "$(stale)" 'p/old,'
	in_folder / --name=q --pkgversion=1 rsync -a "$T/p-1.0/" "$T/inst/q/"
	in_folder / --name=q --pkgversion=2 rsync -a "$T/p-2.0/" "$T/inst/q/"
	settle
	eq "$(ba uninstall --list --superseded-by=q@2 q)" "$T/inst/q/old"
}

# A file that was renamed, in a tree that is in the working folder: its content is not its source.
case_a_new_name_is_no_source() {
	mkdir -p inst/lib inst/etc
	rec -q --include="$T" --name=p --pkgversion=1.0 sh -c 'echo text >inst/lib/old; echo 1 >inst/lib/p'
	rec -q --include="$T" --name=p --pkgversion=2.0 sh -c 'echo text >inst/lib/new; echo 2 >inst/lib/p'
	settle
	eq "$(stale)" 'lib/old,'
}

# One that finds all of it there is no other install: its package is the same, and no folder went.
case_again_with_nothing_to_do() {
	command -v dpkg-deb >/dev/null || skip 'no dpkg-deb here'
	sources
	# the older version makes the folder, the newer one all that is in it
	local how='mkdir -p ../inst/lib/deep; install -C -m 644 data ../inst/lib/deep/data-${PWD##*-}; install -C -m 755 prog ../inst/prog'
	installs_with "$how"
	export SOURCE_DATE_EPOCH=1000000000 DEBEMAIL='Some One <someone@example.com>'
	mkdir first again
	ba package -y --type=deb --pkgname=thing -o first p@2.0 2>err >/dev/null || { cat err; false; }
	in_folder p-2.0 sh -c "$how"
	settle
	ba package -y --type=deb --pkgname=thing -o again 3 2>err >/dev/null
	has "$(dpkg-deb -c again/*)" '/inst/lib/deep/$'
	diff -r first again
	eq "$(ba diff 2 3)" ''
	in_folder p-2.0 rm -r ../inst/lib
	in_folder p-2.0 sh -c "$how"
	in_folder p-2.0 sh -c "[ -e ../inst/lib ] || { $how; }"
	settle
	eq "$(ba diff 5 6)" ''
}

case_a_package_has_what_was_passed_by() {
	sources
	installs_with 'install -C -m 755 prog ../inst/prog; install -C -m 644 data ../inst/data; test ! -f old || cp old ../inst'
	ba package --type=tar -o "$T" p@2.0 2>/dev/null
	eq "$(tar tzf p-2.0.tar.gz | grep -v '/$' | sed 's|.*/||' | sort | tr '\n' ' ')" 'data prog '
}

# What moved a file that was there before must not take its last copy along.
case_prune_leaves_what_was_there_before() {
	sources
	echo theirs >inst/theirs
	in_folder p-1.0 sh -c 'mv ../inst/theirs ../inst/moved; cp prog ../inst'
	in_folder p-2.0 --prune sh -c 'cp prog ../inst' 2>/dev/null
	settle
	eq "$(cat inst/moved)" theirs
}

# What stood in the folder of the older version has its source in that of the newer one, now.
case_the_folder_of_the_older_version() {
	sources
	installs_with 'v=${PWD##*-}; mkdir -p ../inst/bin ../inst/p-$v ../inst/p-${v%.0}; cp prog ../inst/bin
		cp data ../inst/p-$v; cp data ../inst/p-${v%.0}/more; ln -s data ../inst/p-$v/link; cp doc/p.1.in ../inst/p.1'
	eq "$(stale)" 'p-1/more,p-1.0/link,p-1.0/data,p-1.0,p-1,'
	has "$(ba diff p@1.0 p@2.0)" "^- file +$T/inst/p-1.0/data\$"
	local said
	said=$(cd p-2.0 && rec --include="$T/inst" sh -c 'echo x >log; install -C -m 644 prog ../inst/bin; [ -e ../inst/p-2.0/data ]' 2>&1)
	has "$said" '0 modified, 0 removed, 1 up to date \(and 1 excluded\)$'
	hasnt "$said" 'all of it is excluded'
	settle
	eq "$(stale)" 'p-1/more,p-1.0/link,p-1.0/data,p-1.0,p-1,' 'of a second one that found all up to date'
	ba uninstall -y --superseded-by=p@2.0 p 2>/dev/null
	eq "$(tree)" 'bin d,bin/prog f,p-2 d,p-2.0 d,p-2.0/data f,p-2.0/link l,p-2/more f,p.1 f,'
}

# Versions that share no file stand side by side on purpose.
case_versions_side_by_side() {
	sources
	installs_with 'v=${PWD##*-}; mkdir -p ../inst/p-$v; cp prog data ../inst/p-$v'
	eq "$(stale)" ''
}

# An installer that wrote its source again, though it stood there, passes none by under another name.
case_a_source_that_was_written_again() {
	sources
	installs_with 'cp data ../inst/data; [ ! -e old ] || cp data ../inst/more'
	eq "$(stale)" 'more,'
}

run_cases "$@"
