#!/usr/bin/env python3
"""What somebody outside of a run does with a file while its original is kept, or while a commit or an undo takes it away or
writes it anew: the original stays kept as it was, and what he writes is there."""
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lib'))
import balib
from undoing import BA, MODE, Case, compare, expect, sh, snapshot, write

ROOT = os.geteuid() == 0


def objects(c):
    """The kept originals."""
    return [os.path.join(d, n) for d, _, names in os.walk(c.db + '.d') for n in names if len(os.path.basename(d)) == 2]


def text(path):
    with open(path, errors='replace') as f:
        return f.read()


def wait_for(what):
    end = time.monotonic() + 30
    while not what() and time.monotonic() < end:
        time.sleep(0.05)


@contextlib.contextmanager
def in_order():
    """Cases on a tmpfs, where the order of steps is no question: there a file is kept under one name more"""
    top = tempfile.mkdtemp(prefix='ba-order.')
    try:
        if subprocess.run(['mount', '-t', 'tmpfs', 'none', top], check=False).returncode:
            raise balib.Skip('no right to mount a tmpfs here')
        os.chmod(top, 0o755)
        tempfile.tempdir = top
        yield
    finally:
        tempfile.tempdir = None
        subprocess.run(['umount', '-l', top], stderr=subprocess.DEVNULL, check=False)
        os.rmdir(top)


GOING = 'gone1', 'gone2', 'over1', 'over2', 'gone3'


def come_to(paths, opened):
    """Opens each for writing, and gives the last one another name; who finds a lease there waits -> who may wait still"""
    openers = [threading.Thread(target=lambda path=path: opened.append(os.open(path, os.O_WRONLY))) for path in paths[:-1]]
    for opener in openers:
        opener.start()
    os.link(paths[-1], paths[-1] + '.other')
    time.sleep(0.3)
    return openers


def commit_met(n, kept):
    """Before its N-th call at a file that goes somebody comes to all of them, and writes when it is over -> what is wrong, or
    None: it has no N-th call"""
    wrong, opened = [], []
    with in_order(), Case() as c:
        killat, files = balib.killat(c.top), [c.t + '/' + f for f in GOING]
        for f in files:
            write(f, 'before ' + f)
        before, found = snapshot(c.t), {f: os.stat(f).st_ino for f in files}
        p = c.ba('try', *MODE, '-q', '--no-backup', '--include', c.t, '--', 'sh', '-ec', 'cd "$1"; rm gone?; for f in over?; do '
                 'echo new >new; mv new $f; done', 'sh', c.t)
        expect(wrong, 'try: %s' % p.stdout, p.returncode, 0)
        balib.settle(c.db)
        said = open(c.top + '/said', 'w+')
        commit = subprocess.Popen([killat, '-w', c.t + '/gone?', '-w', c.t + '/over?', '-n', str(n), '-k', 'nobody', '-o',
                                   c.top + '/report', '--do', ': >"$T/met"; until [ -e "$T/on" ]; do sleep 0.02; done', '--',
                                   BA, '-d', c.db, 'commit', '-y', '1'], env=dict(os.environ, T=c.top),
                                  stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        wait_for(lambda: os.path.exists(c.top + '/met') or commit.poll() is not None)
        if not os.path.exists(c.top + '/met'):
            return None
        kept += [o for o in objects(c) if os.stat(o).st_nlink == 2]
        files = [f for f in files if os.path.exists(f) and os.stat(f).st_ino == found[f]]
        openers = come_to(files, opened)
        write(c.top + '/on', '')
        expect(wrong, 'commit', commit.wait(), 0)
        for opener in openers:
            opener.join()
        opened.append(os.open(files[-1] + '.other', os.O_WRONLY))
        os.unlink(files[-1] + '.other')
        for fd in opened:
            os.pwrite(fd, b'CLOBBERED', 0)
            os.close(fd)
        expect(wrong, 'the run is committed', c.ba('sql', 'SELECT state FROM runs WHERE run_id = 1').stdout, 'complete\n')
        p = c.ba('rollback', '-y', '1')
        expect(wrong, 'rollback: %s' % p.stdout, p.returncode, 0)
        wrong += compare(before, snapshot(c.t))
        said.seek(0)
        return ['%d: %s; %s' % (n, w, said.read()) for w in wrong]


def commit_meets_others():
    """What a commit takes away stays kept as it was, whoever has come to it since it was kept and writes to it later"""
    if not ROOT:
        raise balib.Skip('a try needs root')
    wrong, kept, n = [], [], 1
    while (bad := commit_met(n, kept)) is not None:
        wrong += bad
        n += 1
    expect(wrong, 'there were calls to come before', n > len(GOING), True)
    expect(wrong, 'some were kept under one name more', kept != [], True)
    return wrong


def copy_met(what, again):
    """Somebody does that to a file in the middle of its being copied, and perhaps again and again -> what is wrong"""
    wrong = []
    with Case() as c:
        killat, file = balib.killat(c.top), c.t + '/file'
        with open(file, 'wb') as f:
            f.write(os.urandom(4 << 20))
        os.utime(file, (10 ** 9, 10 ** 9))
        with open(file, 'rb') as f:
            before = f.read()
        p = subprocess.run([killat, '--recorder', '-w', c.db + '.d/tmp-*', '-n', '4', '-k', 'nobody', '-o', c.top + '/report', '--do',
                            'cd "$T"; once() { %s; }; once; [ -z "%s" ] || while [ "$(stat -c %%s file)" = 4194304 ]; do once; done &'
                            % (what, again), '--',
                            BA, '-d', c.db, 'run', *MODE, '--include', c.t, '--', 'sh', '-c', 'echo by-run >"$1"', 'sh', file],
                           env=dict(os.environ, T=c.t), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           text=True, check=False)
        if 'hit' not in text(c.top + '/report'):
            wrong.append('it was not copied: %s' % text(c.top + '/report'))
        balib.settle(c.db)
        said = p.stdout + c.ba('rollback', '-y', '--force', '1').stdout
        with open(file, 'rb') as f:
            after = f.read()
        if not again:
            expect(wrong, 'it says so: %s' % said, 'changed while its original was copied' in said, True)
            expect(wrong, 'what is kept of it', [o for o in objects(c) if os.path.getsize(o) == len(before)], [])
        else:
            expect(wrong, 'it is back: %s' % said, after == before, True)
        return ['%s: %s' % (what, w) for w in wrong]


def copied_meanwhile():
    """A file that others give another mode or name while it is copied is kept; not one that they write to, whatever its time"""
    wrong = []
    for what in ('chmod 600 file; chmod 644 file', 'chown "$(id -u)" file', 'ln file other && rm other'):
        wrong += copy_met(what, 'again')
    wrong += copy_met('for at in 0 4194300; do dd if=/dev/urandom of=file bs=4 count=1 oflag=seek_bytes seek=$at conv=notrunc '
                      'status=none; done; touch -d @1000000000 file', '')
    return wrong


def rewritten_meanwhile(n):
    """Somebody opens a file before the N-th call by which a rollback writes it anew, and writes to it -> what is wrong, or
    None: it has no N-th call"""
    wrong = []
    with Case() as c:
        killat = balib.killat(c.top)
        write(c.t + '/file', 'before' * 1000)
        os.link(c.t + '/file', c.t + '/other')
        wrong += sh(c, 'echo by-run >file')
        p = subprocess.run([killat, '-w', c.t + '/file', '-w', c.t + '/other', '-n', str(n), '-k', 'nobody', '-o', c.top + '/report',
                            '--do', '(printf MINE >>"$T/file") & sleep 0.2', '--', BA, '-d', c.db, 'rollback', '-y', '1'],
                           env=dict(os.environ, T=c.t), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           text=True, check=False)
        if 'hit' not in text(c.top + '/report'):
            return None
        wait_for(lambda: text(c.t + '/file').endswith('MINE'))
        expect(wrong, '%d: what was written, %s' % (n, p.stdout), text(c.t + '/file')[-4:], 'MINE')
    return wrong


def is_read(pid, path):
    """Has the process read the start of it by now?"""
    try:
        fds = [fd for fd in os.listdir('/proc/%d/fd' % pid) if os.readlink('/proc/%d/fd/%s' % (pid, fd)) == path]
        return any('pos:\t0\n' not in text('/proc/%d/fdinfo/%s' % (pid, fd)) for fd in fds)
    except FileNotFoundError:
        return False


def joined_meanwhile(somebody):
    """A name of a file came back as another one, and is joined with it again; somebody writes to one of them while both are read"""
    wrong = []
    with Case() as c:
        one, other = c.t + '/one', c.t + '/other'
        with open(one, 'wb') as f:
            f.write(os.urandom(64 << 20))
        os.link(one, other)
        os.link(one, c.t + '/third')
        wrong += sh(c, 'rm one')
        wrong += sh(c, 'echo by-run >other')
        expect(wrong, 'the first', c.ba('rollback', '-y', '1').returncode, 0)
        with open(one, 'r+b', buffering=0) as f:
            p = subprocess.Popen([BA, '-d', c.db, 'rollback', '-y', '2'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
            while somebody and (os.stat(other).st_nlink == 2 or not is_read(p.pid, one)) and p.poll() is None:
                pass
            if somebody:
                f.write(b'MINE')
            p.wait()
        if somebody:
            with open(one, 'rb') as f:
                expect(wrong, 'what was written', f.read(4), b'MINE')
        else:
            expect(wrong, 'they are one', os.path.samefile(one, other), True)
    return wrong


def written_meanwhile():
    """What somebody writes to a file while an undo writes it anew, or joins its names again, is there when it is done"""
    wrong, n = [], 1
    while (bad := rewritten_meanwhile(n)) is not None:
        wrong += bad
        n += 1
    expect(wrong, 'there were calls to come before', n > 2, True)
    return wrong + joined_meanwhile(False) + joined_meanwhile(True)


CASES = [commit_meets_others, copied_meanwhile, written_meanwhile]

if __name__ == '__main__':
    balib.run_cases(CASES)
