#!/usr/bin/env python3
"""Rollback: the tree before an installation is the tree after installation and rollback, whatever the installer did."""
import fcntl
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lib'))
import balib
from undoing import (ADMINS, BA, Case, HOME, NEWER, ODD, OLD, build, carried, compare, expect, made, names, sh, snapshot, texts, write)


def everything():
    """One of each kind of loss, then rollback"""
    with Case() as c:
        build(c.t)
        before = snapshot(c.t)
        wrong = c.adversary()
        after = snapshot(c.t)
        p = c.ba('verify')
        if p.returncode or p.stdout:
            wrong.append('verify after the run says:\n' + p.stdout)
        dry = c.ba('rollback', '-n')
        if compare(after, snapshot(c.t)) or dry.returncode:
            wrong.append('the dry run: %s' % dry.stdout)
        p = c.ba('rollback', '-y')
        if p.returncode:
            wrong.append('rollback ends with %d: %s' % (p.returncode, p.stdout))
        wrong += compare(before, snapshot(c.t))
        again = c.ba('rollback', '-y', '1')
        if again.returncode or ' 0 removed, 0 restored' not in again.stdout:
            wrong.append('a second rollback finds something to do: ' + again.stdout)
        return wrong + compare(before, snapshot(c.t))


def carried_out():
    """What the run moved to an excluded place comes home, and is not left there"""
    wrong = []
    with Case() as c:
        os.makedirs(c.t + '/app/lib')
        os.mkdir(c.top + '/aside')
        for n in ('app/lib/f', 'app/g', 'conf', 'twice'):
            write(c.t + '/' + n, n)
        os.link(c.t + '/twice', c.t + '/again')
        os.symlink('g', c.t + '/app/link')
        os.setxattr(c.t + '/app/g', 'user.kept', b'yes')
        write(c.top + '/aside/conf', 'was there')
        age(c.t)
        before = snapshot(c.t)
        wrong += sh(c, 'mv app ../aside/app; mv conf ../aside/conf; echo new >conf; mv twice again ../aside')
        p = c.ba('rollback', '-y')
        expect(wrong, 'exit status: ' + p.stdout, p.returncode, 0)
        wrong += compare(before, snapshot(c.t))
        expect(wrong, 'aside', [n for _, _, files in os.walk(c.top + '/aside') for n in files], [])
    return wrong
LINKED = 'mv -f prog "$1/prog"; mv -f other "$1/other"; ln -s "$1/prog" prog; ln -s nowhere other'
STRIPPED = 'mv -f prog "$1/prog"; mv -f other "$1/other"; echo >>"$1/prog"; echo >>"$1/other"'
BESIDE = dict(NEWER, **{'prog.buildaudit-1': 'prog1', 'other.buildaudit-1': 'other1'})
# what happens, the undo, its exit status, what is in the tree then, and in the folder of what was built
CARRIED_IN = [
    ('', 'uninstall p', 0, ADMINS, HOME),
    ('', 'rollback 1', 0, ADMINS, HOME),
    ('', 'rollback p', 0, ADMINS, HOME),
    ('', 'uninstall --force p', 0, ADMINS, HOME),
    ('strip', 'uninstall p', 0, ADMINS, HOME),
    ('upgrade', 'uninstall p', 0, ADMINS, NEWER),
    ('upgrade', 'rollback 2', 0, HOME, NEWER),
    ('newer', 'uninstall p', 0, ADMINS, BESIDE),
    ('newer', 'rollback 1', 0, ADMINS, BESIDE),
    ('newer', 'uninstall --force p', 0, ADMINS, BESIDE),
    ('newer taken', 'uninstall p', 0, ADMINS,
     dict(NEWER, **{'prog.buildaudit-1': 'mine', 'prog.buildaudit-1.2': 'prog1', 'other.buildaudit-1': 'other1'})),
    ('same', 'uninstall p', 0, ADMINS, HOME),
    ('copied', 'uninstall p', 0, ADMINS, NEWER),
    ('gone', 'uninstall p', 1, HOME, None),
    ('gone', 'uninstall --force p', 0, ADMINS, None),
    ('back', 'uninstall p', 0, ADMINS, NEWER),
    ('back', 'uninstall --force p', 0, ADMINS, NEWER),
    ('back cleaned', 'uninstall p', 0, ADMINS, {}),
    ('newer cleaned', 'uninstall p', 0, ADMINS, {}),
    ('exchanged', 'rollback 1', 0, ADMINS, HOME),
    ('renamed', 'uninstall p', 0, ADMINS, {'prog': 'prog2', 'other': 'other1', 'prog.buildaudit-2': 'prog1'}),
]


def carried_in():
    """What an install has moved in from an excluded place goes home, or beside what is there by now"""
    wrong = []
    for what, undo, status, tree, src in CARRIED_IN:
        with Case() as c:
            os.mkdir(c.top + '/src')
            write(c.t + '/prog', 'admin')
            made(c, 1)
            come_in(c, what)
            dry = c.ba(*undo.split(), '-n')
            p = c.ba(*undo.split(), '-y')
            name = '%s, %s: ' % (what, undo)
            expect(wrong, name + 'exit status: ' + p.stdout, p.returncode, status)
            expect(wrong, name + 'said before', re.findall(r'\d+ (?:re|kept)[a-z]*', dry.stdout),
                   re.findall(r'\d+ (?:re|kept)[a-z]*', p.stdout))
            expect(wrong, name + 'tree', texts(c.t), tree)
            expect(wrong, name + 'src', texts(c.top + '/src') if src is not None else None, src)
    return wrong


def come_in(c, what):
    first = {'strip': STRIPPED, 'exchanged': 'mv prog x; mv "$1/prog" prog; mv x "$1/prog"; mv other "$1"',
             'renamed': 'mv prog "$1/lib.1"'}
    carried(c, '--pkgversion=1', **({'script': first[what]} if what in first else {}))
    if 'back' in what:
        c.ba('uninstall', '-y', 'p')
    if what in ('upgrade', 'newer', 'newer taken', 'newer cleaned', 'copied', 'back', 'renamed'):
        made(c, 2)
    if what in ('upgrade', 'copied', 'back', 'renamed'):
        carried(c, '--pkgversion=2', **({} if what == 'upgrade' else {'script': 'mv prog "$1/lib.2"'} if what == 'renamed'
                                        else {'script': 'cp prog other "$1"'}))
    if what == 'renamed':
        write(c.top + '/src/other', 'other1')
    if what == 'same':
        made(c, 1)
    if 'taken' in what:
        write(c.top + '/src/prog.buildaudit-1', 'mine')
    if what == 'gone':
        shutil.rmtree(c.top + '/src')
    if what == 'newer cleaned':
        c.ba('uninstall', '-y', 'p')
    if 'cleaned' in what:
        shutil.rmtree(c.top + '/src')
        os.mkdir(c.top + '/src')


def left_in_place():
    """A link that the build leaves where its product was is something newer, too"""
    wrong = []
    with Case() as c:
        os.mkdir(c.top + '/src')
        write(c.t + '/prog', 'admin')
        made(c, 1)
        carried(c, script=LINKED)
        p = c.ba('uninstall', '-y', 'p')
        expect(wrong, 'exit status: ' + p.stdout, p.returncode, 0)
        expect(wrong, 'tree', texts(c.t), ADMINS)
        expect(wrong, 'src', sorted(os.listdir(c.top + '/src')), ['other', 'other.buildaudit-1', 'prog', 'prog.buildaudit-1'])
    return wrong


def folders_carried_in():
    """A folder that was moved in from an excluded place goes home with all that is in it"""
    wrong = []
    for script in 'mv d "$1/d"', 'mkdir "$1/d"; mv d/f d/g "$1/d"; rmdir d':
        for undo in 'uninstall p', 'rollback 1':
            with Case() as c:
                os.makedirs(c.top + '/src/d')
                for name in 'fg':
                    write(c.top + '/src/d/' + name, name)
                before = snapshot(c.top + '/src')
                carried(c, script=script)
                p = c.ba(*undo.split(), '-y')
                expect(wrong, '%s, %s: %s' % (script, undo, p.stdout), p.returncode, 0)
                expect(wrong, script, os.listdir(c.t), [])
                wrong += compare(before, snapshot(c.top + '/src'))
    return wrong


def two_names_of_what_was_there():
    """What the install gave a name in an excluded place as well is fetched from where that may not have gone"""
    wrong = []
    with Case() as c:
        os.mkdir(c.top + '/src')
        write(c.t + '/prog', 'admin')
        made(c, 1)
        carried(c, script='mv "$1/prog" "$1/prog.old"; ln "$1/prog.old" x; mv prog "$1/prog"')
        os.unlink(c.top + '/src/x')
        p = c.ba('uninstall', '-y', 'p')
        expect(wrong, 'exit status: ' + p.stdout, p.returncode, 0)
        expect(wrong, 'tree', texts(c.t), ADMINS)
        expect(wrong, 'src', texts(c.top + '/src'), HOME)
    return wrong


def cannot_come_home():
    """What could not be fetched home after all is not replaced where it stands"""
    wrong = []
    with Case() as c:
        os.mkdir(c.top + '/src')
        write(c.t + '/prog', 'admin')
        made(c, 1)
        carried(c)
        if os.geteuid() or subprocess.run(['chattr', '+i', c.top + '/src'], check=False, stderr=subprocess.DEVNULL).returncode:
            return wrong
        p = c.ba('uninstall', '-y', 'p')
        subprocess.run(['chattr', '-i', c.top + '/src'], check=True)
        expect(wrong, 'exit status: ' + p.stdout, p.returncode, 125)
        expect(wrong, 'tree', texts(c.t), HOME)
        p = c.ba('uninstall', '-y', 'p')
        expect(wrong, 'exit status: ' + p.stdout, p.returncode, 0)
        expect(wrong, 'tree', texts(c.t), ADMINS)
        expect(wrong, 'src', texts(c.top + '/src'), HOME)
    return wrong


def carried_out_of_an_install():
    """What an install has moved to an excluded place comes home by its name as well"""
    wrong = []
    with Case() as c:
        os.mkdir(c.top + '/src')
        write(c.t + '/prog', 'admin')
        made(c, 1)
        carried(c, script='mv "$1/prog" old; cp prog "$1/prog"')
        p = c.ba('uninstall', '-y', 'p')
        expect(wrong, 'exit status: ' + p.stdout, p.returncode, 0)
        expect(wrong, 'tree', texts(c.t), ADMINS)
        expect(wrong, 'src', texts(c.top + '/src'), HOME)
    return wrong


def uninstalled():
    """Uninstall removes exactly what was created, and says what it leaves"""
    wrong = []
    with Case() as c:
        for n in ('kept', 'modified', ODD + ' old'):
            write(c.t + '/' + n, 'old')
        os.mkdir(c.t + '/old_dir')
        before = names(c)
        wrong += sh(c, 'echo new >modified; mkdir -p new/a/b old_dir/sub; echo 1 >new/a/f; ln new/a/f new/hard; '
                       'ln -s nowhere new/link; mkfifo new/pipe; echo 2 >old_dir/g; '
                       'echo 4 >changed; echo 5 >old_dir/sub/mine')
        odd = os.path.join(c.t, 'new', ODD)
        wrong += [] if c.record('--', 'cp', c.t + '/kept', odd).returncode == 0 else ['cp failed']
        listed = c.ba('uninstall', '--list', '-0', '1').stdout.split('\0')[:-1]
        kinds = [os.path.isdir(p) and not os.path.islink(p) for p in listed]
        if kinds != sorted(kinds) or len(listed) != 11:
            wrong.append('the list is not files, then folders: %r' % listed)
        write(c.t + '/changed', 'changed by its user\n')
        write(c.t + '/old_dir/sub/users', 'x')
        inode = os.stat(c.t + '/modified').st_ino
        expect(wrong, 'without -y', c.ba('uninstall', '1').returncode, 2)
        p = c.ba('uninstall', '-n', '1')
        expect(wrong, 'the dry run says', p.returncode, 1)
        expect(wrong, 'after the dry run', os.path.exists(c.t + '/new/pipe'), True)
        p = c.ba('uninstall', '-y', '1')
        expect(wrong, 'exit status', p.returncode, 1)
        for word in ('changed  (changed since)', 'old_dir/sub  (not empty)', 'new  (not empty)'):
            if word not in p.stdout:
                wrong.append('not said: %s in %s' % (word, p.stdout))
        left = sorted(before + [b'changed', b'new', os.fsencode('new/' + ODD), b'old_dir/sub', b'old_dir/sub/users'])
        expect(wrong, 'what is left', names(c), left)
        expect(wrong, 'a modified file', os.stat(c.t + '/modified').st_ino, inode)
        p = c.ba('uninstall', '-y', '--force', '1')
        expect(wrong, 'by force', os.path.exists(c.t + '/changed'), False)
        p = c.ba('uninstall', '-y', '2')
        expect(wrong, 'the second run', (p.returncode, os.path.exists(odd)), (0, False))
        kinds = c.ba('sql', "SELECT kind || of_run || state FROM runs WHERE kind IS NOT NULL ORDER BY run_id").stdout
        expect(wrong, 'on record', kinds.split(), ['uninstall1complete', 'uninstall1complete', 'uninstall2complete'])
    return wrong


def claimed():
    """What a later run wrote, or a package owns, stays"""
    wrong = []
    with Case() as c:
        wrong += sh(c, 'echo 1 >a; echo 1 >b; echo 1 >owned; echo 1 >mine')
        wrong += sh(c, 'echo 1 >b')
        os.mkdir(c.top + '/bin')
        write(c.top + '/bin/dpkg-query', '#!/bin/sh\nprintf "P thing:amd64\\n /.\\n %s\\n" "' + c.t + '/owned"\n')
        os.chmod(c.top + '/bin/dpkg-query', 0o755)
        path = os.environ['PATH']
        os.environ['PATH'] = c.top + '/bin:' + path
        p = c.ba('uninstall', '-y', '1')
        os.environ['PATH'] = path
        expect(wrong, 'left', names(c), [b'b', b'owned'])
        for word in ('b  (run 2 wrote it, too)', 'owned  (it belongs to the package thing:amd64)'):
            if word not in p.stdout:
                wrong.append('not said: %s in %s' % (word, p.stdout))
        p = c.ba('rollback', '-n', '1')
        if 'run 2 came later' not in p.stdout:
            wrong.append('a later run is not told: ' + p.stdout)
        p = c.ba('verify', '1')
        if not any(l.startswith('missing') and l.endswith('a  (run 3)') for l in p.stdout.split('\n')):
            wrong.append('verify does not say who: ' + p.stdout)
        expect(wrong, 'verify', p.returncode, 1)
    return wrong


def scripted():
    """uninstall --script does the same where there is no buildaudit"""
    wrong = []
    with Case() as c:
        write(c.t + '/old', 'old')
        src = os.path.join(c.top, 'src')
        write(src, 'odd')
        wrong += sh(c, 'mkdir -p d/e f; echo 1 >d/e/x; echo 2 >d/changed; ln -s "a b" "d/li nk"; mkfifo d/pipe; echo >-rf; '
                       'echo over >old')
        p = c.record('--', 'cp', src, os.path.join(c.t, 'd', ODD))
        for run, flags, rc, left in (('1', ['-n'], 0, None), ('1', [], 1, [b'd', b'd/changed', os.fsencode('d/' + ODD), b'old'])):
            if flags == []:
                write(c.t + '/d/changed', 'changed')
            text = subprocess.run([BA, '-d', c.db, 'uninstall', '--script', run], stdout=subprocess.PIPE, check=True).stdout
            was = names(c)
            p = subprocess.run(['env', '-i', 'PATH=/usr/bin:/bin', 'sh', '-s', '--', *flags], input=text, cwd='/',
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            expect(wrong, 'exit status %s: %r' % (flags, p.stdout), p.returncode, rc)
            expect(wrong, 'left', names(c), was if left is None else left)
        text = subprocess.run([BA, '-d', c.db, 'uninstall', '--script', '2'], stdout=subprocess.PIPE, check=True).stdout
        p = subprocess.run(['env', '-i', 'PATH=/usr/bin:/bin', 'sh', '-s'], input=text, cwd='/', stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, check=False)
        expect(wrong, 'the odd name: %r' % p.stdout, (p.returncode, names(c)), (0, [b'd', b'd/changed', b'old']))
        expect(wrong, 'what was there', open(c.t + '/old').read(), 'over\n')
        if os.path.exists('/hacked') or os.path.exists('hacked'):
            wrong.append('the name was run as a command')
    return wrong


def hostile():
    """A folder swapped for a symlink leads nowhere"""
    wrong = []
    with Case() as c:
        os.mkdir(c.t + '/old')
        write(c.t + '/old/f', 'before')
        wrong += sh(c, 'mkdir -p opt/app/etc; for i in passwd shadow; do echo same >opt/app/etc/$i; done; echo after >old/f; rm -rf old/g')
        victim = os.path.join(c.top, 'victim')
        shutil.copytree(c.t + '/opt/app/etc', victim)
        os.mkdir(victim + '2')
        write(victim + '2/f', 'after\n')
        for n, v in (('opt/app/etc', victim), ('old', victim + '2')):
            shutil.rmtree(c.t + '/' + n)
            os.symlink(v, c.t + '/' + n)
        was = snapshot(c.top + '/victim'), snapshot(c.top + '/victim2')
        text = subprocess.run([BA, '-d', c.db, 'uninstall', '--script', '1'], stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(['sh', '-s'], input=text, cwd='/', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        said = ''
        for flags in ('', '--force'):
            for cmd in ('uninstall', 'rollback'):
                p = c.ba(*[cmd, '-y', '1', flags][:4 if flags else 3])
                said += p.stdout
                expect(wrong, '%s %s' % (cmd, flags), p.returncode, 1)
        c.ba('verify', '1')
        if (snapshot(c.top + '/victim'), snapshot(c.top + '/victim2')) != was:
            wrong.append('something outside was touched: ' + said)
        if 'a folder above it is a symlink' not in said:
            wrong.append('it is not said: ' + said)
    return wrong


def many():
    """1,000 files installed over 1,000 others"""
    wrong = []
    with Case() as c:
        for i in range(1000):
            if i % 100 == 0:
                os.mkdir(c.t + '/%d' % (i // 100))
            write(c.t + '/%d/f%d' % (i // 100, i), 'old %d' % i)
        age(c.t)
        before = snapshot(c.t)
        wrong += sh(c, 'perl -e \'for $i (0..999) { $d = int($i / 100); '
                       'open F, ">", "$d/f$i"; print F "new $i"; close F; open F, ">", "$d/n$i"; print F $i; close F }\'')
        times = []
        for what in (['verify'], ['uninstall', '-n'], ['rollback', '-y']):
            start = time.monotonic()
            p = c.ba(*what)
            times.append('%s %.2f s' % (what[0], time.monotonic() - start))
            expect(wrong, ' '.join(what) + p.stdout[-300:], p.returncode, 0)
        print('# ' + ', '.join(times))
        wrong += compare(before, snapshot(c.t))
    return wrong


def age(folder):
    for top, dirs, files in os.walk(os.fsencode(folder), topdown=False):
        for n in dirs + files:
            os.utime(os.path.join(top, n), ns=(OLD, OLD), follow_symlinks=False)


def forms():
    """Manifests that sha256sum, md5sum, mtree and bsdtar take"""
    wrong = []
    with Case() as c:
        wrong += sh(c, 'mkdir -p d/e; echo 1 >d/e/f; ln d/e/f d/hard; ln -s "e/f g" "d/li nk"; echo 2 >"d/#a*b[c]=?"; mkfifo d/p')
        wrong += [] if c.record('--', 'cp', c.t + '/d/e/f', os.path.join(c.t, ODD)).returncode == 0 else ['cp failed']
        for run in ('1', '2'):
            for form, tool in (('sha256sum', ['sha256sum', '-c', '--strict']), ('md5sums', ['md5sum', '-c', '--strict'])):
                sums = subprocess.run([BA, '-d', c.db, 'manifest', '--format', form, run], stdout=subprocess.PIPE, check=False)
                p = subprocess.run(tool, input=sums.stdout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                expect(wrong, '%s %r' % (form, p.stdout), (sums.returncode, p.returncode), (0, 0))
            spec = subprocess.run([BA, '-d', c.db, 'manifest', '--format=mtree', run], stdout=subprocess.PIPE, check=True).stdout
            if shutil.which('mtree'):
                p = subprocess.run(['mtree', '-e', '-p', '/'], input=spec, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                expect(wrong, 'mtree %r' % p.stdout, p.returncode, 0)
            if shutil.which('bsdtar'):
                write(c.top + '/spec', spec.decode())
                p = subprocess.run('bsdtar -cf - -C / @%s/spec | bsdtar -tf -' % c.top, shell=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, check=False)
                if p.returncode or b'tree/' not in p.stdout:
                    wrong.append('bsdtar: %r' % p.stdout)
        write(c.t + '/d/e/f', 'changed')
        expect(wrong, 'md5sums of a changed file', c.ba('manifest', '--format=md5sums', '1').returncode, 1)
        if shutil.which('mtree'):
            p = subprocess.run(['mtree', '-e', '-p', '/'], input=c.ba('manifest', '--format=mtree', '1').stdout.encode(),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            expect(wrong, 'mtree of a changed file', p.returncode, 2)
        expect(wrong, 'plain', c.ba('manifest', '1').stdout.count('\n'), 7)
        p = c.ba('verify', '1')
        expect(wrong, 'verify', sorted(l.split()[0] for l in p.stdout.split('\n') if l), ['S.5....T.', 'S.5....T.'])
    return wrong


def upgraded():
    """diff shows what is stale after an upgrade; --superseded-by takes just that out"""
    wrong = []
    with Case() as c:
        wrong += sh(c, 'mkdir -p share/v1 bin; echo a >bin/x; echo b >share/v1/data; echo c >bin/gone', '--label', 'v1')
        wrong += sh(c, 'mkdir -p share/v2 bin; echo A >bin/x; echo b >share/v2/data', '--label', 'v2')
        p = c.ba('diff', 'v1', 'v2')
        got = sorted((l.split()[0], l.split()[2].replace(c.t + '/', '')) for l in p.stdout.split('\n') if l)
        expect(wrong, 'diff', got, [('+', 'share/v2'), ('+', 'share/v2/data'), ('-', 'bin/gone'), ('-', 'share/v1'),
                                    ('-', 'share/v1/data'), ('~', 'bin/x')])
        p = c.ba('uninstall', '-y', '--superseded-by', 'v2', 'v1')
        expect(wrong, 'left', names(c), [b'bin', b'bin/x', b'share', b'share/v2', b'share/v2/data'])
    return wrong


def lived(c):
    """Two versions, a person's edits and a file of his own; what v1 left is some of each."""
    wrong = sh(c, 'mkdir -p share/v1 bin lib/full lib/empty closed links; echo a >bin/x; echo b >share/v1/data; echo c >bin/gone;'
                  'echo d >lib/full/d; echo e >lib/empty/e; echo f >edited; echo g >removed; echo h >closed/h;'
                  'echo i >links/i; ln links/i links/j; ln -s i links/k; mkdir was; echo l >was/l', '--label', 'v1')
    wrong += sh(c, 'mkdir -p share/v2 bin; echo A >bin/x; echo b >share/v2/data', '--label', 'v2')
    write(c.t + '/lib/full/mine')
    write(c.t + '/edited')
    os.unlink(c.t + '/removed')
    shutil.rmtree(c.t + '/was')
    os.symlink('bin', c.t + '/was')
    os.chmod(c.t + '/closed', 0o555)       # to root that is no different
    return wrong


def planned():
    """A dry run of uninstall says what is then done, line by line, and what it says is so"""
    wrong = []
    kept = {}
    for flags in [], ['--superseded-by=v2'], ['--force'], ['--force', '--superseded-by=v2']:
        with Case() as c:
            wrong += lived(c)
            before = snapshot(c.t)
            listed = c.ba('uninstall', '--list', *flags[-1:], 'v1').stdout if flags != ['--force'] else None
            dry = c.ba('uninstall', '-n', *flags, 'v1')
            wrong += compare(before, snapshot(c.t))
            done = c.ba('uninstall', '-y', '-v', *flags, 'v1')
            plan, lines = ([l for l in p.stdout.split('\n') if not l.startswith('buildaudit: ')] for p in (dry, done))
            expect(wrong, '%s: exit status' % flags, dry.returncode, done.returncode)
            if plan != lines:
                wrong.append('%s says:\n%s\nand does:\n%s' % (flags, dry.stdout, done.stdout))
            said = {l.split()[2]: l.split()[0] for l in plan if l}
            if listed is not None:
                expect(wrong, '%s: --list' % flags, listed.split(), [l.split()[2] for l in plan if l])
            left = snapshot(c.t)
            expect(wrong, '%s: gone' % flags, sorted(map(os.fsdecode, set(before) - set(left))), sorted(p for p in said if said[p] == 'remove'))
            kept[' '.join(flags)] = sorted(p[len(c.t) + 1:] for p in said if said[p] == 'keep')
            os.chmod(c.t + '/closed', 0o755) if os.path.isdir(c.t + '/closed') else None
    expect(wrong, 'kept', kept, {
        '': sorted(['bin', 'bin/x', 'edited', 'lib', 'lib/full', 'share', 'was', 'was/l']),
        '--superseded-by=v2': sorted(['edited', 'lib', 'lib/full', 'was', 'was/l']),
        '--force': sorted(['bin', 'bin/x', 'lib', 'lib/full', 'share', 'was', 'was/l']),
        '--force --superseded-by=v2': sorted(['lib', 'lib/full', 'was', 'was/l'])})
    return wrong


def forgotten():
    """forget drops a run and the originals that nobody else needs; limits are kept and told"""
    wrong = []
    objects = lambda c: sum(len(f) for d, _, f in os.walk(c.db + '.d')) - os.path.exists(c.db + '.d/lock')
    with Case() as c:
        write(c.t + '/a', 'shared')
        write(c.t + '/b', 'alone')
        wrong += sh(c, 'echo 1 >a; echo 1 >b')
        write(c.t + '/a', 'shared')
        wrong += sh(c, 'echo 2 >a')
        expect(wrong, 'objects', objects(c), 2)
        for d, folders, files in os.walk(c.db + '.d'):
            for n in files:
                expect(wrong, n, stat.S_IMODE(os.stat(d + '/' + n).st_mode), 0o600)
            expect(wrong, d, stat.S_IMODE(os.stat(d).st_mode), 0o700)
        expect(wrong, 'forget', c.ba('forget', '1').returncode, 0)
        expect(wrong, 'objects after', objects(c), 1)
        expect(wrong, 'rollback of the other', c.ba('rollback', '-y', '2').returncode, 0)
        expect(wrong, 'its content', open(c.t + '/a').read(), 'shared')
        expect(wrong, 'rollback of what is forgotten', c.ba('rollback', '-y', '1').returncode, 125)
        write(c.t + '/big', 'x' * 5000)
        wrong += sh(c, 'echo small >b; echo over >big', '--backup-limit', '4k')
        if 'backup-limit' not in c.ba('sql', 'SELECT notes FROM runs ORDER BY run_id DESC LIMIT 1').stdout:
            wrong.append('the notes do not tell of the limit')
        p = c.ba('rollback', '-y')
        if p.returncode != 1 or 'big  (its original was not kept (--backup-limit))' not in p.stdout:
            wrong.append('past the limit: ' + p.stdout)
        expect(wrong, 'within the limit', open(c.t + '/b').read(), '1\n')
        wrong += sh(c, 'echo x >b', '--no-backup')
        p = c.ba('rollback', '-y')
        if p.returncode != 1 or 'no-backup' not in p.stdout or open(c.t + '/b').read() != 'x\n':
            wrong.append('without backup: ' + p.stdout)
        expect(wrong, 'excluded', c.record('--exclude', 'b', '--', 'sh', '-c', 'echo y >' + c.t + '/b').returncode, 0)
        expect(wrong, 'objects at the end', objects(c), 2)
    return wrong


def edited():
    """What was edited since stays in a rollback, file by file, and goes by force"""
    wrong = []
    with Case() as c:
        for n in 'abcx':
            write(c.t + '/' + n, 'before ' + n)
        os.mkdir(c.t + '/f')
        before = snapshot(c.t)
        wrong += sh(c, 'for i in a b c d x; do echo after >$i; done; mv c c2; chmod 700 f')
        for n in 'fx':
            os.setxattr(c.t + '/' + n, 'user.mine', b'set')
        write(c.t + '/a', 'edited')
        write(c.t + '/d', 'edited')
        os.unlink(c.t + '/c2')
        p = c.ba('rollback', '-y')
        expect(wrong, 'exit status', p.returncode, 1)
        expect(wrong, 'left', {n: open(c.t + '/' + n).read() for n in 'abd'}, {'a': 'edited', 'b': 'before b', 'd': 'edited'})
        expect(wrong, 'what has an attribute since', [l.split()[2] for l in p.stdout.splitlines() if l.startswith('keep')],
               [c.t + '/' + n for n in 'adfx'])
        expect(wrong, 'attributes', [os.getxattr(c.t + '/' + n, 'user.mine') for n in 'fx'], [b'set'] * 2)
        expect(wrong, 'c, kept when it was written', open(c.t + '/c').read(), 'before c')
        p = c.ba('rollback', '-y', '--force', '1')
        wrong += compare(before, snapshot(c.t))
    return wrong


def filled():
    """A folder that the run made, and in which somebody put a file, stays; the dry run says what is then done"""
    wrong = []
    with Case() as c:
        write(c.t + '/f', 'precious')
        wrong += sh(c, 'rm f; mkdir f new new/sub; echo in >f/in; echo in >new/sub/in; ln -s f link')
        write(c.t + '/f/mine', 'mine')
        write(c.t + '/new/sub/mine', 'mine')
        dry, done = c.ba('rollback', '-n'), c.ba('rollback', '-v', '-y')
        expect(wrong, 'exit status', done.returncode, 1)
        expect(wrong, 'dry run', *(sorted(p.stdout.splitlines()[:-1]) for p in (dry, done)))
        expect(wrong, 'left', sorted(n.decode() for n in snapshot(c.t)), [c.t + n for n in ('', '/f', '/f/mine', '/new', '/new/sub', '/new/sub/mine')])
        os.unlink(c.t + '/f/mine')
        expect(wrong, 'again', c.ba('rollback', '-y', '1').returncode, 1)
        expect(wrong, 'then', open(c.t + '/f').read(), 'precious')
    return wrong


def unkept():
    """What was moved and changed comes home only when its content does; what was only moved, always"""
    wrong = []
    for change, status in (('mv a b; chmod 600 b', 0), ('ln a c; rm a', 0), ('mv a b; : >>b', 0), ('mv a b; echo x >>b', 1),
                           ('mkdir d; mv a d; mv d e; echo x >>e/a', 1)):
        with Case() as c:
            write(c.t + '/a', 'precious')
            before = snapshot(c.t)
            wrong += sh(c, change, '--no-backup')
            p = c.ba('rollback', '-y')
            expect(wrong, change, p.returncode, status)
            if status == 0:
                wrong += compare(before, snapshot(c.t))
            else:
                expect(wrong, change, '--no-backup' in p.stdout and not os.path.exists(c.t + '/a'), True)
    return wrong


def known_by_two_names():
    """Of a file with several names, changed by one and linked by another: the other name is that file still"""
    wrong = []
    for change in ('chmod 600 d/d; ln a/c d/a; rm d/d; rm d/a', 'chmod 600 d/d; ln a/c d/a; mv d e; rm e/d; rm e/a',
                   'ln a/c d/a; rm a/c; echo x >>d/a', 'chmod 600 a/c; ln d/d x; rm a/c; rm x'):
        with Case() as c:
            os.mkdir(c.t + '/a')
            os.mkdir(c.t + '/d')
            write(c.t + '/a/c', 'precious')
            os.setxattr(c.t + '/a/c', 'user.one', b'1')
            os.link(c.t + '/a/c', c.t + '/d/d')
            before = snapshot(c.t)
            inode = os.stat(c.t + '/a/c').st_ino
            wrong += sh(c, change)
            kept = os.path.exists(c.t + '/a/c') or os.path.exists(c.t + '/d/d')
            expect(wrong, change, c.ba('rollback', '-y').returncode, 0)
            wrong += compare(before, snapshot(c.t))
            if kept:
                expect(wrong, change + ': the inode', os.stat(c.t + '/a/c').st_ino, inode)
    return wrong


def exchanged():
    """Two folders trade names, or one is moved over the other's: what is in them looks the same, and is not"""
    wrong = []
    for change in ('import ctypes; assert not ctypes.CDLL(None).renameat2(-100, b"a", -100, b"b", 2)',
                   'import os; os.rename("a", "c"); os.rename("b", "a"); os.rename("c", "b")',
                   'import os; os.rename("a", "old"); os.rename("b", "a")'):
        with Case() as c:
            for folder, text in ('a', 'nowhere'), ('b', '.'):
                os.mkdir(c.t + '/' + folder)
                os.symlink(text, c.t + '/' + folder + '/link')
                write(c.t + '/' + folder + '/file', text)
                for n in ('link', 'file'):
                    os.utime(c.t + '/' + folder + '/' + n, ns=(OLD, OLD), follow_symlinks=False)
            before = snapshot(c.t)
            wrong += sh(c, "%s -c '%s'" % (sys.executable, change))
            expect(wrong, change, c.ba('rollback', '-y').returncode, 0)
            wrong += compare(before, snapshot(c.t))
    return wrong


def in_the_way():
    """A file stays where the run had moved it while somebody has something in the folder that the run put in its place"""
    wrong = []
    with Case() as c:
        write(c.t + '/b', 'two')
        before = snapshot(c.t)
        wrong += sh(c, 'mv b b.old; mkdir b; echo x >b/f')
        write(c.t + '/b/mine', 'mine')
        said = c.ba('rollback', '-nv', '1').stdout
        p = c.ba('rollback', '-yv', '1')
        expect(wrong, 'exit status', p.returncode, 1)
        expect(wrong, 'what was said before', said.split('buildaudit: ')[0], p.stdout.split('buildaudit: ')[0])
        expect(wrong, 'what stays', names(c), [b'b', b'b.old', b'b/mine'])
        expect(wrong, 'its content', open(c.t + '/b.old').read(), 'two')
        os.unlink(c.t + '/b/mine')
        expect(wrong, 'the way is free', c.ba('rollback', '-y', '1').returncode, 0)
        expect(wrong, 'the tree', snapshot(c.t), before)
    return wrong


def meanwhile(c, wrong, verb, change):
    """An undo that has looked at all, and waits for whoever reads what it says; then the change; -> the end of it"""
    there = set(os.listdir(c.t))
    read, wrote = os.pipe()
    fcntl.fcntl(read, fcntl.F_SETPIPE_SZ, 4096)
    p = subprocess.Popen([BA, '-d', c.db, verb, '-yv', '1'], stdin=subprocess.DEVNULL, stdout=wrote, stderr=subprocess.STDOUT)
    os.close(wrote)
    end = time.monotonic() + 60
    while there <= set(os.listdir(c.t)) and p.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    expect(wrong, verb + ' is under way', p.poll(), None)
    change()
    with os.fdopen(read) as f:
        said = f.read()
    return p.wait(), said


def written_meanwhile():
    """What somebody writes while an undo is at work is his, wherever it has not been yet"""
    wrong = []
    script = ('for i in $(seq 1000 1400); do echo x >m-a-name-of-some-length-$i; done; echo run >a-new; echo run >>a-conf; '
              'echo run >a-over.tmp; mv a-over.tmp a-over; rm a-gone; mv a-moved a-there; chmod 600 a-set')
    for verb, kept in (('rollback', ('a-conf', 'a-gone', 'a-new', 'a-over', 'a-set', 'a-there')), ('uninstall', ('a-new',))):
        with Case() as c:
            for n in ('conf', 'over', 'gone', 'moved', 'set'):
                write('%s/a-%s' % (c.t, n), n + '\n')
            wrong += sh(c, script)
            for _ in (1, 2):
                def change():
                    for n in kept:
                        write('%s/%s' % (c.t, n), 'mine\n', 'a')
                rc, said = meanwhile(c, wrong, verb, change) if _ == 1 else (c.ba(verb, '-y', '1').returncode, '')
                expect(wrong, '%s: exit status' % verb, rc, 1)
                if said:
                    expect(wrong, verb + ' says', sorted(re.findall(r'^keep .*/(a-\S+)  \(changed (?:just now|since)\)$', said, re.M)),
                           sorted(set(kept) | ({'a-moved'} if verb == 'rollback' else set())))
                for n in kept:
                    with open('%s/%s' % (c.t, n)) as f:
                        expect(wrong, '%s: %s' % (verb, n), 'mine' in f.read(), True)
                expect(wrong, verb + ' leaves', [n for n in os.listdir(c.t) if n.startswith(('m-', '.buildaudit'))], [])
    return wrong
# Runs are R and M (an install of another name), P is a person; then who is taken back, in this order, as 'rollback 2'.
# In each a person's `mine` is in a file that a run gave another name, or other attributes.
SACRED = (
    (('R', 'echo r >c'), ('P', 'echo mine >c'), ('R', 'chmod 600 c'), 'rollback 2', 'rollback 1'),
    (('R', 'echo r >c'), ('P', 'echo mine >c'), ('R', 'mv c c.bak'), 'rollback 2', 'rollback 1'),
    (('R', 'echo r >c'), ('P', 'echo mine >c'), ('R', 'mv c c.bak; echo new >c'), 'rollback 2', 'rollback 1'),
    (('R', 'echo r >c'), ('P', 'echo mine >c'), ('R', 'sed -i s/mine/mine/ c'), 'rollback 2', 'rollback 1'),
    (('P', 'echo mine >f'), ('R', 'mv f f.bak'), ('M', 'mv f.bak f.bak.1'), 'uninstall r', 'uninstall m', 'uninstall r'),
    (('P', 'echo mine >f'), ('R', 'mv f f.bak'), ('M', 'mv f.bak f.bak.1'), 'rollback r', 'rollback m'),
    (('P', 'echo mine >g'), ('R', 'ln g l'), ('R', 'mv g g.bak; mv l l.bak'), ('M', 'echo new >g'), 'rollback 2', 'rollback 1',
     'rollback 3', 'rollback 2', 'rollback 1'),
    (('P', 'echo mine >f'), ('R', 'mv f f.old'), ('P', 'echo two >f'), ('M', 'ln -f f.old f'), 'uninstall r', 'uninstall m'),
    (('P', 'echo mine >f'), ('R', 'mv f f.old'), ('P', 'echo two >f'), ('M', 'ln -f f.old f'), 'rollback r', 'rollback m'),
    (('P', 'mkdir e; echo mine >e/x'), ('R', 'mv e/x e/x.bak; echo r >e/x'), ('M', 'mv e d'), 'uninstall 1', 'rollback 2',
     'rollback 1'),
    (('P', 'mkdir e; echo mine >e/z'), ('R', 'mkdir e/f; ln e/z e/f/z'), ('P', 'echo two >n; mv n e/z'), ('M', 'mv e d'),
     'uninstall 1', 'rollback 2', 'rollback 1'),
    (('P', 'mkdir e d; echo mine >d/y; echo x >e/x'), ('R', 'mv e s; mv d/y e; mv s d/y'), ('P', 'mv d l'), ('M', 'chmod -R 700 e'),
     'uninstall r', 'uninstall m', 'uninstall r'),
    (('P', 'echo mine >a; mkdir e'), ('R', 'mv a e/a'), ('P', 'echo two >a'), ('R', 'echo r >n; mv n a'), 'rollback r', 'rollback 1'),
    (('R', 'mkdir -p e/f; ln -s q e/f/x'), ('P', 'rm e/f/x; echo mine >e/f/x'), ('M', 'mv e/f e/f.old; ln -s f.old e/f'),
     ('P', 'mv e/f d2'), 'rollback m', 'rollback 1', 'rollback 2'),
    # of one size, and made in one moment
    (('P', 'echo your >a; ln a b; echo mine >z; touch -d @1000000000 a z'), ('R', 'mv z s; mv a z; mv s a'), ('R', 'mv b c'),
     ('R', 'echo r >n; mv n z'), 'rollback 3', 'rollback 1', 'rollback 2'),
    (('P', 'mkdir e d; echo your >d/x; ln d/x d/y; echo mine >e/x; touch -d @1000000000 d/x e/x'), ('R', 'mv e s; mv d e; mv s d'),
     ('M', 'chmod 600 e/x'), 'rollback r', 'rollback m'),
)


def last_copies():
    """What a person wrote is somewhere, whatever is taken back in which order"""
    wrong = []
    for steps in SACRED:
        with Case() as c:
            for step in steps:
                if isinstance(step, str):
                    c.ba(step.split()[0], '-y', step.split()[1])
                elif step[0] == 'P':
                    subprocess.run(['sh', '-ec', step[1]], cwd=c.t, check=True)
                else:
                    wrong += sh(c, step[1], '--name', step[0].lower(), '--pkgversion', '1')
            left = {n: e['sha256'] for n, e in snapshot(c.t).items() if e['type'] == 'file'}
            expect(wrong, '%s: %s' % (steps, sorted(left)), hashlib.sha256(b'mine\n').hexdigest() in left.values(), True)
    return wrong
# What was there; what the runs did; the order in which they are asked for.
WAITING = (
    ('mkdir -m 710 a; echo i >a/in', ('rm -r a; echo f >a', 'rm a; mkdir a; echo n >a/new'), '1212'),
    ('mkdir -m 710 d; echo x >d/x', ('chmod 700 d', 'mv d e', 'mkdir d'), '123123123'),
    ('mkdir c; echo A >c/in', ('mkfifo e; cat c/in >x; cat x >c/in; rm x', 'mv c/in e; echo B >>e', 'rm e; mkdir e; echo n >e/in'), '231213'),
    ('echo 1 >a; ln a b; mkdir d', ('chmod 640 b; mv a d/y', 'mkdir a'), '121'),
    ('echo 1 >a; echo 2 >b; ln -s a l', ('echo 2 >>b', 'echo 20 >b; ln -f b l', 'ln -f l e'), '123123'),
)


def waiting_for_one_another():
    """Runs that are asked for in an order in which each waits for another: they come to an end, and it is the same"""
    wrong = []
    for setup, runs, order in WAITING:
        with Case() as c:
            subprocess.run(['sh', '-ec', setup], cwd=c.t, check=True)
            before = snapshot(c.t)
            for run in runs:
                wrong += sh(c, run)
            said = [c.ba('rollback', '-y', n) for n in order]
            expect(wrong, '%s: %s' % (runs, [p.stdout for p in said]), [p.returncode for p in said[-len(runs):]], [0] * len(runs))
            wrong += ['%s: %s' % (runs, f) for f in compare(before, snapshot(c.t))]
    return wrong


def folder_that_became_a_file():
    """The oldest of three is asked for first: a folder that was something else since is not made for it"""
    wrong = []
    with Case() as c:
        os.mkdir(c.t + '/c')
        write(c.t + '/c/b', 'one')
        write(c.t + '/c/d', 'two')
        before = snapshot(c.t)
        for script in ('rm c/b', 'rm -r c; echo file >c', 'rm c'):
            wrong += sh(c, script)
        said = [c.ba('rollback', '-y', n).returncode for n in '1321']
        expect(wrong, 'exit status', said, [1, 0, 0, 0])
        expect(wrong, 'the tree', snapshot(c.t), before)
    return wrong


CASES = [in_the_way, waiting_for_one_another, last_copies, written_meanwhile, folder_that_became_a_file, everything, filled, carried_out, carried_in, left_in_place, folders_carried_in, two_names_of_what_was_there, cannot_come_home, carried_out_of_an_install, uninstalled, unkept, known_by_two_names, claimed, scripted, hostile, many, forms, upgraded, planned, forgotten, edited, exchanged]

if __name__ == '__main__':
    balib.run_cases(CASES)
