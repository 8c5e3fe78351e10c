#!/usr/bin/env python3
"""Rollback: the tree before an installation is the tree after installation and rollback, whatever the installer did,
and also when the rollback is killed and run again."""
import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
import balib

BA = os.environ.get('BUILDAUDIT', 'buildaudit')
MODE = ['--no-seccomp'] if os.environ.get('MODE') == 'ptrace' else []
ODD = "it's \"odd\"\n$(touch hacked) `x` \\n -rf"
OLD = 1577934245123456789
libc = ctypes.CDLL(None, use_errno=True)


def write(path, data='x', mode='w'):
    with open(path, mode) as f:
        f.write(data)


def snapshot(root):
    """What rollback promises: all but the times of folders, and inode numbers; `group` are the names of one file."""
    out, inodes = {}, {}
    for path, e in balib.snapshot(root).items():
        e = dict(e)
        ino = (e.pop('dev'), e.pop('ino'))
        e.pop('btime_ns')
        e['xattrs'] = balib.attributes(path)
        e['rdev'] = os.lstat(path).st_rdev
        if e['type'] == 'dir':
            for k in ('mtime_ns', 'size', 'nlink'):
                e.pop(k)
        else:
            inodes.setdefault(ino, []).append(path)
        if e['type'] == 'file' and e['size'] > 1 << 20:
            e['sparse'] = os.lstat(path).st_blocks * 512 < e['size']
        out[path] = e
    for names in inodes.values():
        for n in names:
            out[n]['group'] = sorted(names)
    return out


def compare(before, after):
    wrong = []
    for p in sorted(set(before) | set(after)):
        if p not in after:
            wrong.append('gone: %s' % balib.esc(p))
        elif p not in before:
            wrong.append('left: %s' % balib.esc(p))
        else:
            wrong += ['%s %s: %r, was %r' % (balib.esc(p), k, after[p].get(k), v) for k, v in before[p].items()
                      if after[p].get(k) != v]
    return wrong


def build(t):
    """What stands there before; each thing is named for what happens to it."""
    for n in ('overwritten appended truncated shortened renamed_over chmodded chowned deleted by_link by_symlink by_dir '
              'touched xattr_set xattr_gone acl_set acl_file caps moved chain swap1 swap2 rewritten_same setuid empty '
              'linked_new written_by_link onto_itself untouched replaced_twice bak_and_new deleted_remade moved_back').split():
        write(t + '/' + n, n * 50 if n != 'empty' else '')
    write(t + '/' + ODD, 'odd content')
    write(os.fsencode(t) + b'/not-utf8-\xff\xfe', 'bytes')
    write(t + '/big', os.urandom(3 << 20), 'wb')
    with open(t + '/sparse', 'wb') as f:
        f.seek(8 << 20)
        f.write(b'end of holes')
        f.truncate(16 << 20)
    for g in 'abcdef':
        write(t + '/group_%s1' % g, 'group %s' % g)
        for i in '23':
            os.link(t + '/group_%s1' % g, t + '/group_%s%s' % (g, i))
    os.mkdir(t + '/far')
    os.link(t + '/group_f1', t + '/far/group_f4')
    for n in ('dir_gone', 'dir_mode', 'dir_moved', 'dir_moved/deep', 'dir_moved/deep/er', 'dir_by_file', 'dir_by_link',
              'dir_acl', 'dir_swap1', 'dir_swap2', 'dir_into_file', 'dir_again', 'dir_empty_moved', 'home', 'home/sub'):
        os.mkdir(t + '/' + n)
    for n in ('dir_gone/a', 'dir_gone/b', 'dir_moved/a', 'dir_moved/b', 'dir_moved/c', 'dir_moved/deep/er/d', 'dir_by_file/x',
              'dir_by_link/y', 'dir_swap1/one', 'dir_swap2/two', 'dir_into_file/z', 'dir_again/q', 'home/f', 'home/sub/g'):
        write(t + '/' + n, n)
    os.link(t + '/dir_moved/a', t + '/dir_moved/a_link')
    os.symlink('a', t + '/dir_moved/symlink')
    os.symlink('untouched', t + '/symlink_gone')
    os.symlink('nowhere', t + '/symlink_changed')
    os.symlink('untouched', t + '/symlink_by_file')
    os.symlink('deleted', t + '/symlink_chown')
    os.mkfifo(t + '/fifo_gone')
    s = socket.socket(socket.AF_UNIX)
    cwd = os.getcwd()
    os.chdir(t)
    s.bind('socket_gone')
    os.chdir(cwd)
    if os.getuid() == 0:
        os.mknod(t + '/device_gone', 0o640 | stat.S_IFCHR, os.makedev(1, 3))
        os.chown(t + '/chowned', 12, 34)
        os.chown(t + '/dir_gone', 5, 6)
    os.chmod(t + '/chmodded', 0o4751)
    os.chmod(t + '/setuid', 0o6755)
    os.chmod(t + '/dir_mode', 0o1777)
    os.chmod(t + '/dir_gone', 0o2750)
    os.setxattr(t + '/xattr_gone', 'user.there', b'\0binary\xff')
    os.setxattr(t + '/deleted', 'user.kept', b'yes')
    os.setxattr(t + '/dir_gone', 'user.dir', b'too')
    subprocess.run(['setfacl', '-m', 'u:7:rwx', t + '/acl_file'], check=False)
    subprocess.run(['setfacl', '-d', '-m', 'u:9:rx', t + '/dir_acl'], check=False)
    subprocess.run(['setcap', 'cap_net_raw+ep', t + '/caps'], check=False)
    for top, dirs, files in os.walk(os.fsencode(t), topdown=False):
        for n in dirs + files:
            os.utime(os.path.join(top, n), ns=(OLD, OLD), follow_symlinks=False)
    for i, n in enumerate(sorted(os.listdir(t))):
        os.utime(t + '/' + n, ns=(OLD + i, OLD + i), follow_symlinks=False)


def swap(a, b):
    if libc.syscall(316, -100, os.fsencode(a), -100, os.fsencode(b), 2) != 0:
        raise OSError(ctypes.get_errno(), 'renameat2')


def install(t):
    """What the installer does: this file runs itself for it, under the recorder."""
    os.chdir(t)
    write('overwritten', 'new content')
    write('appended', 'more', 'a')
    os.truncate('truncated', 0)
    fd = os.open('shortened', os.O_RDWR)
    os.ftruncate(fd, 3)
    os.close(fd)
    write('tmp1', 'by rename')
    os.rename('tmp1', 'renamed_over')
    os.chmod('chmodded', 0o600)
    if os.getuid() == 0:
        os.chown('chowned', 1, 2)
        os.chown('caps', 3, 3)
        os.chown('symlink_chown', 4, 4, follow_symlinks=False)
        os.chown('acl_file', 8, 8)
        os.unlink('device_gone')
    os.unlink('deleted')
    os.unlink('by_link')
    os.link('untouched', 'by_link')
    os.unlink('by_symlink')
    os.symlink('untouched', 'by_symlink')
    os.unlink('by_dir')
    os.mkdir('by_dir')
    write('by_dir/in', 'in')
    os.utime('touched')
    os.setxattr('xattr_set', 'user.new', b'1')
    os.removexattr('xattr_gone', 'user.there')
    subprocess.run(['setfacl', '-m', 'u:11:r', 'acl_set'], check=False)
    subprocess.run(['setfacl', '-b', 'acl_file'], check=False)
    os.rename('moved', 'moved_to')
    os.rename('chain', 'c1')
    os.rename('c1', 'c2')
    write('c2', 'changed under its third name', 'a')
    swap('swap1', 'swap2')
    write('rewritten_same', 'rewritten_same' * 50)
    write('setuid', 'no longer')
    write('empty', 'not empty')
    os.link('linked_new', 'second_name')
    os.link('written_by_link', 'third_name')
    write('third_name', 'changed', 'a')
    os.rename('onto_itself', 'onto_itself')
    write('onto_itself', 'changed', 'a')
    write('replaced_twice', '1')
    write('tmp2', '2')
    os.rename('tmp2', 'replaced_twice')
    os.rename('bak_and_new', 'bak_and_new.bak')
    write('bak_and_new', 'the new one')
    os.unlink('deleted_remade')
    write('deleted_remade', 'again')
    os.rename('moved_back', 'mb')
    os.rename('mb', 'moved_back')
    write(ODD, 'changed')
    os.unlink(b'not-utf8-\xff\xfe')
    write('big', 'small')
    with open('sparse', 'r+b') as f:
        f.write(b'start')
    # a: one name written; b: one replaced; c: one removed; d: two removed, the third written; e: all removed;
    # f: one replaced, one written, and a name in another folder that nobody mentions
    write('group_a2', 'written', 'a')
    write('tmp3', 'b')
    os.rename('tmp3', 'group_b1')
    os.unlink('group_c3')
    os.unlink('group_d1')
    os.unlink('group_d2')
    write('group_d3', 'd')
    for i in '123':
        os.unlink('group_e' + i)
    write('tmp4', 'f')
    os.rename('tmp4', 'group_f1')
    write('group_f2', 'f2')
    os.chmod('group_f3', 0o640)
    shutil.rmtree('dir_gone')
    os.chmod('dir_mode', 0o755)
    os.rename('dir_moved', 'dir_new')
    write('dir_new/a', 'changed under the new name')
    os.unlink('dir_new/b')
    os.chmod('dir_new/c', 0o400)
    write('dir_new/added', 'added')
    os.rename('dir_new/deep', 'deep')
    write('deep/er/d', 'moved twice and changed', 'a')
    shutil.rmtree('dir_by_file')
    write('dir_by_file', 'a file now')
    shutil.rmtree('dir_by_link')
    os.symlink('home', 'dir_by_link')
    write('dir_by_link/sub/g', 'through the link')
    subprocess.run(['setfacl', '-k', 'dir_acl'], check=False)
    write('dir_acl/made', 'x')
    swap('dir_swap1', 'dir_swap2')
    # a folder becomes the file that was in it, and a file a folder with itself inside
    os.rename('dir_into_file/z', 'zz')
    os.rmdir('dir_into_file')
    os.rename('zz', 'dir_into_file')
    os.rename('home/f', 'ff')
    os.mkdir('home/f')
    os.rename('ff', 'home/f/f')
    shutil.rmtree('dir_again')
    os.mkdir('dir_again', 0o700)
    os.rename('dir_empty_moved', 'dir_empty_there')
    os.unlink('symlink_gone')
    os.unlink('symlink_changed')
    os.symlink('elsewhere', 'symlink_changed')
    os.unlink('symlink_by_file')
    write('symlink_by_file', 'file')
    os.unlink('fifo_gone')
    os.unlink('socket_gone')
    os.makedirs('new/deep/er')
    write('new/deep/er/' + ODD, 'new')
    os.symlink('er', 'new/deep/link')
    os.link('new/deep/er/' + ODD, 'new/hard')
    os.mkfifo('new/fifo')


class Case:
    def __init__(self):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix='ba-undo.'))
        self.t = os.path.join(self.top, 'tree')
        self.db = os.path.join(self.top, 'audit.db')
        os.mkdir(self.t)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(['rm', '-rf', self.top], check=False)

    def ba(self, *args):
        return subprocess.run([BA, '-d', self.db, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors='surrogateescape', check=False)

    def record(self, *argv):
        p = self.ba('run', *MODE, '-q', '--include', self.t, *argv)
        balib.settle(self.db)
        return p

    def stopped(self, killat, n, *flags):
        """Rollback of run 1, killed (or as the flags say) before its n-th call that changes the tree -> was there one?"""
        subprocess.run([killat, '-w', self.t + '/*', '-n', str(n), *flags, '-o', self.top + '/report', '--', BA, '-d', self.db,
                        'rollback', '-y', '1'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       check=False)
        with open(self.top + '/report') as f:
            return 'hit' in f.read()

    def adversary(self):
        p = self.record('--', sys.executable, os.path.realpath(__file__), '--install', self.t)
        return [] if p.returncode == 0 else ['the installer failed: ' + p.stdout]


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


def killed():
    """A rollback, killed at some of the calls that change something; run again, the end is the same"""
    wrong, points = [], 4
    with Case() as c:
        killat = balib.killat(c.top)
        build(c.t)
        before = snapshot(c.t)
        calls = 0
        for n in range(points + 1):
            wrong += c.adversary()
            run = str(balib.latest(c.db))
            # Counted once; which calls they are does not depend on the time.
            how = ['-n', str(max(1, calls * (2 * n - 1) // (2 * points)))] if n else ['-c']
            p = subprocess.run([killat, '-o', c.top + '/report', *how, '--', BA, '-d', c.db, 'rollback', '-y', run],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            with open(c.top + '/report') as f:
                report = f.read()
            if p.returncode:
                wrong.append('%s: it was to be hit: %s %s' % (how, report, p.stdout))
            if n == 0:
                calls = int(re.search(r'^calls (\d+)', report, re.M).group(1))
            else:
                p = c.ba('rollback', '-y', run)
                if p.returncode:
                    wrong.append('kill %s: the second rollback ends with %d: %s' % (how, p.returncode, p.stdout))
            wrong += ['kill %s: %s' % (how, f) for f in compare(before, snapshot(c.t))]
            if wrong:
                break
    return wrong


def uninstall_killed(how):
    """An install of two versions is taken out under killat, and again if it was killed -> its calls, what is wrong"""
    # It is no package's: to ask for that takes long, and then some of the record is written before.
    few = dict(os.environ, PATH='/nonexistent')
    with Case() as c:
        killat = balib.killat(c.top)
        write(c.t + '/there', 'from before')
        before = snapshot(c.t)
        wrong = sh(c, 'mkdir new; mv there new/moved; echo 1 >new/x', '--name=it', '--pkgversion=1')
        wrong += sh(c, 'echo 2 >new/x', '--name=it', '--pkgversion=2')
        p = subprocess.run([killat, '-v', '-o', c.top + '/report', *how, '--', BA, '-d', c.db, 'uninstall', '-y', 'it'],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=few, check=False)
        expect(wrong, '%s: %s' % (how, p.stdout), p.returncode, 0)
        if '-n' in how:
            p = c.ba('uninstall', '-y', 'it')
            expect(wrong, '%s: the second try: %s' % (how, p.stdout), p.returncode, 0)
        with open(c.top + '/report') as f:
            return f.read().splitlines(), wrong + ['%s: %s' % (how, f) for f in compare(before, snapshot(c.t))]


def killed_install():
    """An install that is taken out, killed when some of that is on record already; run again, the end is the same"""
    def number(calls, *words):
        return next(i for i, line in enumerate(calls, 1) if all(w in line for w in words))
    calls, wrong = uninstall_killed(['-c'])
    # Waiting where what was moved away is taken out: the next step writes the record.
    slow = ['--slow', str(number(calls, 'unlink', '/new/moved'))]
    calls, more = uninstall_killed(['-c', *slow])
    wrong += more
    for n in (number(calls, 'utimensat'), number(calls, 'rename', '/there')):
        wrong += uninstall_killed(['-n', str(n), *slow])[1]
    return wrong


def back_and_out():
    """Of an install the newer version is rolled back, killed or not, then the whole is taken out: all is at home again"""
    wrong = []
    for kill in (False, True):
        with Case() as c:
            killat = balib.killat(c.top)
            write(c.t + '/there', 'from before')
            before = snapshot(c.t)
            wrong += sh(c, 'mv there moved; mkdir d; echo 1 >d/x', '--name=it', '--pkgversion=1')
            wrong += sh(c, 'mv moved d/moved; echo 2 >d/x', '--name=it', '--pkgversion=2')
            if kill:                    # all is done, and not on record
                p = subprocess.run([killat, '-w', c.t, '-n', '1', '-o', c.top + '/report', '--', BA, '-d', c.db, 'rollback', '-y', '2'],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                expect(wrong, 'killed in syncfs: %s' % p.stdout, p.returncode, 0)
            for verb in (('rollback', '-y', '2'), ('uninstall', '-y', 'it')):
                p = c.ba(*verb)
                expect(wrong, '%s: %s' % (' '.join(verb), p.stdout), p.returncode, 0)
            wrong += compare(before, snapshot(c.t))
    return wrong


def failed_once():
    """What a rollback could not put back since a write failed, the next one does, when it does not fail"""
    wrong = []
    for glob, n in (('.buildaudit*', 2), ('b*', 3), ('b*', 4), ('/proc/*/fd/*', 3), ('/proc/*/fd/*', 4), ('/proc/*/fd/*', 5)):
        with Case() as c:
            killat = balib.killat(c.top)
            write(c.t + '/a', 'from before')
            os.mkdir(c.t + '/d')
            os.chmod(c.t + '/d', 0o1755)
            os.setxattr(c.t + '/d', 'user.kept', b'yes')
            write(c.t + '/b', 'of two names')
            os.link(c.t + '/b', c.t + '/b2')
            before = snapshot(c.t)
            wrong += sh(c, 'rm a; mkdir a; echo changed >b; rmdir d')
            p = subprocess.run([killat, '-w', os.path.join(c.t, glob), '-n', str(n), '--fail', 'EIO', '-o', c.top + '/report',
                                '--', BA, '-d', c.db, 'rollback', '-y', '1'],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            with open(c.top + '/report') as f:
                expect(wrong, '%s %d: %s' % (glob, n, p.stdout), (p.returncode, 'hit' in f.read()), (125, True))
            p = c.ba('rollback', '-y', '1')
            expect(wrong, '%s %d: again: %s' % (glob, n, p.stdout), p.returncode, 0)
            wrong += ['%s %d: %s' % (glob, n, f) for f in compare(before, snapshot(c.t))]
    return wrong


def stopped_where_a_name_gives_way():
    """A file is written where it stands while a name that goes is one of its own: killed, or failed, at each call in the tree"""
    wrong = []
    with Case() as tool:
        killat = balib.killat(tool.top)
        for change in ('ln -f x w; chmod 640 w', 'ln -f x w; echo more >>y', 'ln -f x w2; echo more >>w; rm y; chmod 600 x',
                       # what it leaves is, by chance, what stood there
                       'rm w2; ln -f x w; printf another >w'):
            for flags in ([], ['--fail', 'EIO']):
                n, hit = 0, True
                while hit:
                    n += 1
                    with Case() as c:
                        write(c.t + '/x', 'x')
                        write(c.t + '/w', 'another')
                        for old, new in (('x', 'y'), ('w', 'w2')):
                            os.link('%s/%s' % (c.t, old), '%s/%s' % (c.t, new))
                        before = snapshot(c.t)
                        wrong += sh(c, change)
                        hit = c.stopped(killat, n, *flags)
                        p = c.ba('rollback', '-y', '1')
                        expect(wrong, '%s %s %d: %s' % (change, flags, n, p.stdout), p.returncode, 0)
                        wrong += ['%s %s %d: %s' % (change, flags, n, f) for f in compare(before, snapshot(c.t))]
                expect(wrong, '%s: calls in the tree' % change, n > 3, True)
    return wrong


def unread():
    """Where the database could not be read, an undo says so, and has done nothing"""
    wrong = []
    for verb in ('rollback', 'uninstall'):
        for n in (1, 2, 3, 4):
            with Case() as c:
                killat = balib.killat(c.top)
                write(c.t + '/a', 'from before')
                wrong += sh(c, 'echo new >n')
                after = snapshot(c.t)
                p = subprocess.run([killat, '-w', c.db + '-shm', '-n', str(n), '--fail', 'EIO', '-o', c.top + '/report',
                                    '--', BA, '-d', c.db, verb, '-y', '1'],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                done = c.ba('sql', 'SELECT kind, of_run FROM runs WHERE kind IS NOT NULL AND state = \'complete\'').stdout
                if p.returncode == 0:
                    expect(wrong, '%s %d: %s' % (verb, n, p.stdout), done, '%s|1\n' % verb)
                else:
                    expect(wrong, '%s %d: %s' % (verb, n, p.stdout), (p.returncode, done), (125, ''))
                    wrong += ['%s %d: %s' % (verb, n, f) for f in compare(after, snapshot(c.t))]
    return wrong


def killed_beside_others():
    """An uninstall beside names of another install, in folders that have gone: killed, and done once more"""
    wrong, calls, done, points = [], 0, None, 6
    for n in range(points + 1):
        with Case() as c:
            for name in 'abcd':
                write(c.t + '/' + name, name * 20)
            os.link(c.t + '/b', c.t + '/b2')
            os.link(c.t + '/d', c.t + '/d2')
            for name, script in (('folders', 'mkdir -m 750 s s/t'), ('two', 'echo f >s/t/f; echo g >s/g'),
                                 ('one', 'chmod 600 a; echo more >>b; chmod 640 c; chmod 604 d; rm s/t/f s/g'),
                                 ('three', 'ln a a3; ln b b3; ln c c3; ln d d3')):
                wrong += sh(c, script, '--name', name, '--pkgversion', '1')
            c.ba('uninstall', '-y', 'folders')
            how = ['-n', str(max(1, calls * (2 * n - 1) // (2 * points)))] if n else ['-c']
            subprocess.run([balib.killat(c.top), '-o', c.top + '/report', *how, '--', BA, '-d', c.db, 'uninstall', '-y', 'one'],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            with open(c.top + '/report') as f:
                report = f.read()
            if n == 0:
                calls = int(re.search(r'^calls (\d+)', report, re.M).group(1))
            for again in range(2):      # the second time there is nothing to do
                p = c.ba('uninstall', '-y', 'one')
                expect(wrong, '%s: exit status of try %d, which said %s' % (how, again, p.stdout), p.returncode, 0)
            got = {k[len(c.t):]: (e['mode'], e.get('sha256'), [x[len(c.t):] for x in e.get('group', ())])
                   for k, e in snapshot(c.t).items()}
            done = done or got
            wrong += ['kill %s: %s: %s, wanted %s' % (how, k, got.get(k), done.get(k))
                      for k in set(done) | set(got) if done.get(k) != got.get(k)]
    expect(wrong, 'modes of a, a3, s', [oct(done[k][0] & 0o777) for k in (b'/a', b'/a3', b'/s')], ['0o644', '0o600', '0o750'])
    return wrong


def sh(c, script, *flags):
    """Records a shell script in the tree."""
    p = c.record(*flags, '--', 'sh', '-ec', 'cd "$1"; ' + script, 'sh', c.t)
    return [] if p.returncode == 0 else ['the command failed: %s' % p.stdout]


def names(c):
    out = []
    for top, dirs, files in os.walk(os.fsencode(c.t)):
        out += [os.path.relpath(os.path.join(top, n), os.fsencode(c.t)) for n in dirs + files]
    return sorted(out)


def expect(wrong, what, got, want):
    if got != want:
        wrong.append('%s: %r, wanted %r' % (what, got, want))


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


def made(c, n):
    for name in ('prog', 'other'):
        write(c.top + '/src/' + name, name + str(n))


def carried(c, *run, script='mv -f prog "$1/prog"; mv -f other "$1/other"'):
    """An install whose working folder has what was built."""
    p = subprocess.run([BA, '-d', c.db, 'run', *MODE, '-q', '--include', c.t, '--name=p', *run, '--', 'sh', '-ec', script,
                        'sh', c.t], cwd=c.top + '/src', check=False)
    balib.settle(c.db)
    return p.returncode


def texts(folder):
    out = {}
    for name in sorted(os.listdir(folder)):
        if not os.path.isdir(folder + '/' + name):
            with open(folder + '/' + name) as f:
                out[name] = f.read()
    return out


LINKED = 'mv -f prog "$1/prog"; mv -f other "$1/other"; ln -s "$1/prog" prog; ln -s nowhere other'
STRIPPED = 'mv -f prog "$1/prog"; mv -f other "$1/other"; echo >>"$1/prog"; echo >>"$1/other"'
HOME = {'prog': 'prog1', 'other': 'other1'}
NEWER = {'prog': 'prog2', 'other': 'other2'}
ADMINS = {'prog': 'admin'}
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


def killed_coming_home():
    """One file goes home and one is put beside what is there; killed, and done once more"""
    wrong, calls, points = [], 0, int(os.environ.get('POINTS', 6))
    for n in range(points + 1):
        with Case() as c:
            os.mkdir(c.top + '/src')
            for name in ('prog', 'other'):
                write(c.t + '/' + name, 'admin')
            made(c, 1)
            carried(c, script='mv -f prog other "$1"; touch new; mv new "$1"')
            write(c.top + '/src/prog', 'prog2')
            how = ['-n', str(max(1, calls * (2 * n - 1) // (2 * points)))] if n else ['-c']
            p = subprocess.run([balib.killat(c.top), '-o', c.top + '/report', *how, '--', BA, '-d', c.db, 'uninstall', '-y', 'p'],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                               env=dict(os.environ, PATH='/nonexistent'))
            expect(wrong, '%s: %s' % (how, p.stdout), p.returncode, 0)
            with open(c.top + '/report') as f:
                calls = calls or int(re.search(r'^calls (\d+)', f.read(), re.M).group(1))
            if n:
                p = c.ba('uninstall', '-y', 'p')
                expect(wrong, '%s: the second try: %s' % (how, p.stdout), p.returncode, 0)
            expect(wrong, '%s: tree' % how, texts(c.t), {'prog': 'admin', 'other': 'admin'})
            expect(wrong, '%s: src' % how, texts(c.top + '/src'),
                   {'prog': 'prog2', 'prog.buildaudit-1': 'prog1', 'other': 'other1'})
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


def edited_after_a_kill():
    """A rollback is killed, or fails, at each call in the tree, somebody writes to all that is there, and it goes on"""
    wrong = []
    with Case() as tool:
        killat = balib.killat(tool.top)
        # a build that is reproducible gives all its files one time
        for flags, one_time in (((), False), ((), True), (('--fail', 'EIO'), False)):
            wrong += ['%s %s' % ((flags, one_time), w) for w in edited_after(killat, flags, one_time)]
    return wrong


def edited_after(killat, flags, one_time):
    wrong, n, hit = [], 0, True
    while hit:
        n += 1
        with Case() as c:
            for f in ('conf', 'two', 'set', 'over', 'gone', 'moved', 'next'):
                write('%s/%s' % (c.t, f), f * 9)
                os.utime('%s/%s' % (c.t, f), (10 ** 9, 10 ** 9))
            os.link(c.t + '/two', c.t + '/too')
            os.mkdir(c.t + '/folder')
            wrong += sh(c, 'echo run >>conf; echo run >>two; chmod 600 set; echo run >o; mv o over; rm gone; echo run >new; '
                           'rmdir folder; echo run >folder; mv moved x; mv next moved')
            hit = c.stopped(killat, n, *flags)
            there = [f for f in os.listdir(c.t) if not f.startswith('.') and os.path.isfile('%s/%s' % (c.t, f))]
            for f in there:
                write('%s/%s' % (c.t, f), 'mine\n', 'a')
                if one_time:
                    os.utime('%s/%s' % (c.t, f), (10 ** 9, 10 ** 9))
            if not hit:
                break
            mine = {f: t for f, t in texts(c.t).items() if 'mine' in t}
            expect(wrong, '%d: written to' % n, len(mine) >= len(there), True)
            p = c.ba('rollback', '-y', '1')
            expect(wrong, '%d: exit status: %s' % (n, p.stdout), p.returncode, 1)
            now = texts(c.t).values()
            wrong += ['%d: %s is gone: %s' % (n, f, p.stdout) for f, t in mine.items() if t not in now]
    expect(wrong, 'calls', n > 5, True)
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


def taken_place():
    """A rollback is killed at each call, somebody makes a file where one was to come home: that one has a name that is said"""
    wrong, n, hit = [], 0, True
    with Case() as tool:
        killat = balib.killat(tool.top)
        while hit:
            n += 1
            with Case() as c:
                write(c.t + '/f', 'precious')
                wrong += sh(c, 'mv f g')
                hit = c.stopped(killat, n)
                if not hit or os.path.exists(c.t + '/f'):
                    break
                write(c.t + '/f', 'mine')
                for again in range(2):
                    p = c.ba('rollback', '-y', '1')
                    expect(wrong, '%d: exit status: %s' % (n, p.stdout), p.returncode, 1)
                    expect(wrong, '%d: said: %s' % (n, p.stdout), 'tree/g  (it was there before the run, as ' in p.stdout, True)
                expect(wrong, '%d' % n, texts(c.t), {'f': 'mine', 'g': 'precious'})
    expect(wrong, 'calls', n > 2, True)
    return wrong


def two_databases():
    """Rollbacks of two databases in one folder: what one that was killed has there under a temporary name is not the other's"""
    wrong, n, hit = [], 0, True
    with Case() as tool:
        killat = balib.killat(tool.top)
        while hit:
            n += 1
            with Case() as c, Case() as other:
                other.t = c.t
                for f in ('precious', 'beside'):
                    write('%s/%s' % (c.t, f), f)
                before = snapshot(c.t)
                wrong += sh(c, 'mv precious p') + sh(other, 'mv beside b')
                hit = c.stopped(killat, n)
                said = [x.ba('rollback', '-y', '1').returncode for x in (other, c)]
                expect(wrong, '%d: exit status' % n, said, [0, 0])
                wrong += ['%d: %s' % (n, f) for f in compare(before, snapshot(c.t))]
    expect(wrong, 'calls', n > 2, True)
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


CASES = [in_the_way, waiting_for_one_another, taken_place, two_databases, last_copies, edited_after_a_kill, written_meanwhile, folder_that_became_a_file, everything, filled, killed, killed_install, back_and_out, failed_once, stopped_where_a_name_gives_way, unread, killed_beside_others, carried_out, carried_in, left_in_place,
         folders_carried_in, two_names_of_what_was_there, killed_coming_home, cannot_come_home, carried_out_of_an_install, uninstalled, unkept, known_by_two_names, claimed, scripted, hostile, many, forms, upgraded, planned, forgotten, edited, exchanged]

if __name__ == '__main__':
    if len(sys.argv) == 3 and sys.argv[1] == '--install':
        install(sys.argv[2])
        sys.exit(0)
    with tempfile.TemporaryDirectory(prefix='ba-undo.') as packages:
        balib.no_packages(packages)
        balib.run_cases(CASES)
