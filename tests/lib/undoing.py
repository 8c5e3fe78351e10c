"""A tree with one of each kind of loss, what is done with it under the program, and what has to come back."""
import ctypes
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile

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
        p = self.record('--', sys.executable, '-S', os.path.realpath(__file__), '--install', self.t)
        return [] if p.returncode == 0 else ['the installer failed: ' + p.stdout]


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
HOME = {'prog': 'prog1', 'other': 'other1'}
NEWER = {'prog': 'prog2', 'other': 'other2'}
ADMINS = {'prog': 'admin'}


def stops(turn):
    """The calls to stop at, without end: each where EVERY_POINT is set (scripts/check-real), else by turns one of the
    first three, and every eighth from there."""
    n, step = (1, 1) if os.environ.get('EVERY_POINT') else (1 + turn % 3, 8)
    while True:
        yield n
        n += step


if __name__ == '__main__' and sys.argv[1:2] == ['--install']:
    install(sys.argv[2])
