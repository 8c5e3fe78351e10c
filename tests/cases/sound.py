#!/usr/bin/env python3
"""What a run destroyed can be had back: whose a change is, whose record is believed, what becomes of a record that is taken
away, of processes that stay behind, and how originals are kept.  Kills and power cuts are tests/crash's."""
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lib'))
import balib
from undoing import BA, MODE, Case, compare, expect, sh, snapshot, write

ROOT = os.geteuid() == 0
STEP = int(os.environ.get('STEP', 7))


def objects(c):
    """The kept originals; while one is recorded, receipts and the lock stand beside them."""
    return [os.path.join(d, n) for d, _, names in os.walk(c.db + '.d') for n in names
            if len(os.path.basename(d)) == 2]


def in_any_order():
    """What a later run changed is kept, and rolled back in whatever order the end is the same"""
    wrong = []
    for order in (('v1', 'v2', 'v1'), ('v2', 'v1')):
        with Case() as c:
            write(c.t + '/there', 'from before')
            before = snapshot(c.t)
            wrong += sh(c, 'echo a >a; echo 1 >v; echo 1 >there; echo gone >g', '--label', 'v1')
            after_v1 = snapshot(c.t)
            wrong += sh(c, 'rm a g; echo a >a; echo 2 >v', '--label', 'v2')
            for i, label in enumerate(order):
                p = c.ba('rollback', '-y', label)
                first = i == 0 and label == 'v1'
                expect(wrong, '%s of %s: %s' % (label, order, p.stdout), p.returncode, 1 if first else 0)
                if first:
                    expect(wrong, 'what v2 wrote', open(c.t + '/v').read(), '2\n')
                    expect(wrong, 'what v2 did not touch', open(c.t + '/there').read(), 'from before')
                if order[0] == 'v2' and i == 0:
                    wrong += ['after v2: ' + f for f in compare(after_v1, snapshot(c.t))]
            wrong += ['%s: %s' % (order, f) for f in compare(before, snapshot(c.t))]
    return wrong


def not_believed():
    """A database that others own or may write is not believed, and nothing is done"""
    wrong = []
    ways = [('it can be written by others', lambda c: os.chmod(c.db, 0o666), 'can be written by others'),
            ('its folder of originals can be', lambda c: os.chmod(c.db + '.d', 0o770), 'can be written by others'),
            ('its place can be', lambda c: os.chmod(c.top, 0o777), 'can be written by others')]
    if ROOT:
        ways += [('it is somebody else\'s', lambda c: os.chown(c.db, 65534, 65534), 'belongs to user 65534'),
                 ('its folder of originals is', lambda c: os.chown(c.db + '.d', 65534, 0), 'belongs to user 65534'),
                 ('its log is', lambda c: (write(c.db + '-journal', ''), os.chown(c.db + '-journal', 65534, 0)), 'belongs to user')]
    for what, spoil, words in ways:
        with Case() as c:
            write(c.t + '/a', 'before')
            wrong += sh(c, 'echo after >a; echo new >b')
            after = snapshot(c.t)
            spoil(c)
            for verb in ('rollback', 'uninstall', 'forget'):
                p = c.ba(verb, *([] if verb == 'forget' else ['-y']), '1')
                if p.returncode != 125 or words not in p.stdout or p.stdout.count('\n') != 1:
                    wrong.append('%s, %s: %d %s' % (what, verb, p.returncode, p.stdout))
            wrong += ['%s: %s' % (what, f) for f in compare(after, snapshot(c.t))]
    return wrong


def taken_away():
    """A database that is deleted, replaced or cut short while it is written: the summary says so"""
    wrong = []
    for what in ('rm %s', ': >%s', 'mv %s %s.old; echo >%s'):
        with Case() as c:
            script = 'cd "$1"; echo 1 >a; sleep 0.7; %s; echo 2 >b' % what.replace('%s', c.db)
            p = c.ba('run', *MODE, '--include', c.t, '--', 'sh', '-c', script, 'sh', c.t)
            expect(wrong, '%s: the status' % what, p.returncode, 0)
            if 'incomplete' not in p.stdout or 'was deleted, replaced or cut short' not in p.stdout:
                wrong.append('%s: %s' % (what, p.stdout))
    return wrong


def kept_by_link():
    """A file that goes whole is kept as it is; where the call fails nothing of that is seen, and it is kept when it goes"""
    wrong = []
    tempfile.tempdir = '/dev/shm'       # a tmpfs: there the order of steps is no question
    with Case() as c:
        tempfile.tempdir = None
        write(c.t + '/whole', 'whole' * 1000)
        write(c.t + '/spared', 'spared' * 1000)
        os.mkdir(c.t + '/dir')
        before, inode = snapshot(c.t), os.stat(c.t + '/whole').st_ino
        script = ('import os; os.chdir(%r)\n'
                  'try: os.rename("dir", "spared")\n'
                  'except NotADirectoryError: pass\n'
                  'assert os.stat("spared").st_nlink == 1\n'
                  'os.unlink("whole")\n'
                  'f = open("spared", "w"); f.write("changed in place"); f.close()' % c.t)
        p = c.record('--', sys.executable, '-c', script)
        expect(wrong, 'the program %s' % p.stdout, p.returncode, 0)
        kept = {os.stat(o).st_ino: os.stat(o).st_nlink for o in objects(c)}
        expect(wrong, 'objects', len(kept), 2)
        expect(wrong, 'the inode of what was unlinked, by one name', kept.get(inode), 1)
        expect(wrong, 'rollback', c.ba('rollback', '-y').returncode, 0)
        wrong += compare(before, snapshot(c.t))
    with Case() as c:
        # Somebody has it open: he would see that it has a name still. So it is copied.
        write(c.t + '/open', 'open')
        inode = os.stat(c.t + '/open').st_ino
        p = c.record('--', sys.executable, '-c', 'import os; f = open(%r); os.unlink(f.name); '
                     'assert os.fstat(f.fileno()).st_nlink == 0' % (c.t + '/open'))
        expect(wrong, 'a reader %s' % p.stdout, p.returncode, 0)
        expect(wrong, 'its inode is the object\'s', inode in {os.stat(o).st_ino for o in objects(c)}, False)
    return wrong


HOLDER = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
how, name = sys.argv[1:]
if how == 'open':
    fd = os.open(name, os.O_PATH)
elif how == 'openat2':
    fd = libc.syscall(437, -100, name.encode(), (ctypes.c_uint64 * 3)(os.O_PATH, 0, 0), 24)
elif how == 'open_tree':
    fd = libc.syscall(428, -100, name.encode(), 0)
else:
    fd = int(how)
os.unlink(name)
assert os.fstat(fd).st_nlink == 0
assert libc.linkat(fd, b'', -100, name.encode() + b'.back', 0x1000) < 0 and ctypes.get_errno() == 2
again = os.open('/proc/self/fd/%d' % fd, os.O_WRONLY | os.O_TRUNC)
os.write(again, b'junk')
"""


def held_by_handle():
    """What somebody holds by an O_PATH descriptor has no name any more, and what is written to it then is no original"""
    wrong = []
    for how in ('open', 'openat2', 'open_tree', 'inherited'):
        tempfile.tempdir = '/dev/shm'   # where a name more is all that keeping takes
        with Case() as c:
            tempfile.tempdir = None
            name = c.t + '/held'
            write(name, 'precious')
            before = snapshot(c.t)
            fd = os.open(name, os.O_PATH)
            if how != 'inherited':
                os.close(fd)
            word = str(fd) if how == 'inherited' else how
            p = subprocess.run([BA, '-d', c.db, 'run', *MODE, '-q', '--include', c.t, '--', sys.executable, '-c',
                                HOLDER, word, name], pass_fds=[fd] if how == 'inherited' else [],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            expect(wrong, '%s: %s' % (how, p.stdout), p.returncode, 0)
            expect(wrong, how + ': rollback', c.ba('rollback', '-y').returncode, 0)
            wrong += compare(before, snapshot(c.t))
            if how == 'inherited':
                os.close(fd)
    return wrong


def damaged():
    """An object that was damaged is not counted on: the content is kept anew, and an undo names what is lost"""
    wrong = []
    with Case() as c:
        write(c.t + '/a', 'precious')
        wrong += sh(c, 'echo 1 >a')
        write(objects(c)[0], 'damaged!')
        write(c.t + '/a', 'precious')
        wrong += sh(c, 'rm a')
        p = c.ba('rollback', '-y', '2')
        expect(wrong, 'kept anew %s' % p.stdout, open(c.t + '/a').read(), 'precious')
        wrong += sh(c, 'echo 3 >a')
        os.truncate(objects(c)[0], 3)
        p = c.ba('rollback', '-y', '4')
        if p.returncode != 1 or 'its kept original is gone, or damaged' not in p.stdout:
            wrong.append('a damaged object: %d %s' % (p.returncode, p.stdout))
        expect(wrong, 'what stands there', open(c.t + '/a').read(), '3\n')
    return wrong


def left_behind():
    """Of processes that stay behind listings tell how it stands; an undo wants finish, or force"""
    wrong = []
    for how in ('finish', '--force'):
        with Case() as c:
            before = snapshot(c.t)
            p = c.ba('run', *MODE, '-q', '--include', c.t, '--', 'sh', '-c', 'cd "$1"; echo 1 >a; echo $$ >pid; '
                     '(while :; do echo . >>late; sleep 0.2; done) >/dev/null 2>&1 & echo $! >pid', 'sh', c.t)
            pid = int(open(c.t + '/pid').read())
            try:
                expect(wrong, 'the command', p.returncode, 0)
                end = time.monotonic() + 60
                while '/late' not in (p := c.ba('files')).stdout and time.monotonic() < end:
                    time.sleep(0.2)
                if '/late' not in p.stdout or 'goes on' not in p.stdout:
                    wrong.append('files: %s' % p.stdout)
                p = c.ba('rollback', '-y')
                if p.returncode != 125 or 'buildaudit finish 1' not in p.stdout:
                    wrong.append('rollback: %d %s' % (p.returncode, p.stdout))
                if how == 'finish':
                    expect(wrong, 'finish', c.ba('finish', '1').returncode, 0)
                    os.kill(pid, signal.SIGKILL)
                p = c.ba('rollback', '-y', *([] if how == 'finish' else ['--force']), '1')
                expect(wrong, '%s, then rollback: %s' % (how, p.stdout), 'run 1 rolled back' in p.stdout, True)
                expect(wrong, 'what the command made', os.path.exists(c.t + '/a'), False)
                expect(wrong, 'the state', c.ba('sql', 'SELECT state FROM runs WHERE run_id = 1').stdout, 'complete\n')
            finally:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
    return wrong


def one_at_a_time():
    """While an undo is under way there is no other, no forgetting and no packing; one that was killed is finished first"""
    wrong = []
    with Case() as c:
        for i in range(300):
            write('%s/f%d' % (c.t, i), 'before %d' % i)
        before = snapshot(c.t)
        wrong += sh(c, 'for f in f*; do echo after >$f; done')
        p = subprocess.Popen([BA, '-d', c.db, 'rollback', '-y', '-v', '1'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
        p.stdout.readline()             # it has begun
        p.send_signal(signal.SIGSTOP)
        for verb in ('rollback', 'uninstall', 'forget', 'package'):
            q = c.ba(verb, *([] if verb == 'forget' else ['-y']), '1')
            if q.returncode != 125 or 'under way' not in q.stdout:
                wrong.append('%s meanwhile: %d %s' % (verb, q.returncode, q.stdout))
        p.kill()
        p.wait()
        q = c.ba('forget', '1')
        if q.returncode != 125 or 'finish it first' not in q.stdout:
            wrong.append('forget after it was killed: %d %s' % (q.returncode, q.stdout))
        expect(wrong, 'finished', c.ba('rollback', '-y', '1').returncode, 0)
        wrong += compare(before, snapshot(c.t))
        expect(wrong, 'forget', c.ba('forget', '1').returncode, 0)
        expect(wrong, 'objects', objects(c), [])
    return wrong


def kill_recorder(c):
    """Recorder and watcher at once, as a power cut or the kernel short of memory would: nobody is there to recover the run"""
    mine = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            if os.path.samefile('/proc/%s/exe' % pid, BA) and c.db.encode() in open('/proc/%s/cmdline' % pid, 'rb').read():
                mine.append(int(pid))
        except OSError:
            pass
    for pid in mine:
        os.kill(pid, signal.SIGSTOP)
    for pid in mine:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any((text('/proc/%d/stat' % pid) or ') Z').rsplit(')', 1)[1][1] not in 'ZX' for pid in mine))
    return len(mine)


def text(path):
    try:
        with open(path, errors='replace') as f:
            return f.read()
    except FileNotFoundError:
        return None


def wait_for(what):
    end = time.monotonic() + 30
    while not what() and time.monotonic() < end:
        time.sleep(0.05)


def lost_with_its_watcher():
    """What is written after a recorder died, or a while after the run had to do with a file that was settled, is not the run's"""
    wrong = []
    for behind in (False, True):
        with Case() as c:
            for n in 'edited', 'gone', 'last':
                write(c.t + '/' + n, 'before\n')
            p = subprocess.Popen([BA, '-d', c.db, 'run', *MODE, '-q', '--include', c.t, '--', 'sh', '-c', 'cd "$1"; '
                                  'sh -c "echo by-run >>edited; rm gone; echo by-run >new; ln -s new link"; ' +
                                  ('(sleep 100; :) >/dev/null 2>&1 &' if behind else 'echo by-run >>last; : >ready; sleep 100'), 'sh', c.t],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if behind:
                p.wait()
                time.sleep(1.5)
            else:
                wait_for(lambda: os.path.exists(c.t + '/ready'))
                time.sleep(0.5)
                expect(wrong, 'there was somebody to kill', kill_recorder(c) > 0, True)
                time.sleep(5)
            for n in 'edited', 'new':
                with open(c.t + '/' + n, 'a') as f:
                    f.write('by-person\n')
            os.remove(c.t + '/link')
            os.symlink('by-person', c.t + '/link')
            if behind:
                expect(wrong, 'there was somebody to kill', kill_recorder(c) > 0, True)
            p.wait()
            q = c.ba('rollback', '-y', '1')
            what = 'behind %s: %s' % (behind, q.stdout)
            expect(wrong, what, (q.returncode, q.stdout.count('changed since')), (1, 3))
            expect(wrong, what, {n: text(c.t + '/' + n) for n in ('edited', 'new', 'gone', 'last')},
                   {'edited': 'before\nby-run\nby-person\n', 'new': 'by-run\nby-person\n', 'gone': 'before\n', 'last': 'before\n'})
            expect(wrong, what, os.path.lexists(c.t + '/link') and os.readlink(c.t + '/link'), 'by-person')
            expect(wrong, what, os.path.exists(c.t + '/ready'), False)
    return wrong


def commit_cut(n, *how):
    """A commit is killed at its N-th call in the tree, or that call fails; a person writes to each file just then -> what is
    wrong, or None: it has no N-th call"""
    wrong = []
    with Case() as c:
        killat, mine = balib.killat(c.top), 'by a person' * 30
        for i in '123':
            write(c.t + '/edited' + i, 'before ' + i)
            write(c.t + '/gone' + i, 'gone ' + i)
            write(c.t + '/linked' + i, 'linked ' + i)
            os.link(c.t + '/linked' + i, c.t + '/other' + i)
        p = c.ba('try', *MODE, '-q', '--include', c.t, '--', 'sh', '-c', 'cd "$1"; mkdir d; for i in 1 2 3; do echo by-try >>edited$i; '
                 'echo by-try >>linked$i; rm gone$i; echo new >new$i; echo new >d/new$i; done', 'sh', c.t)
        expect(wrong, 'try: %s' % p.stdout, p.returncode, 0)
        balib.settle(c.db)
        wrote = c.top + '/wrote'
        p = subprocess.run([killat, '-v', '-w', c.t + '/*', '-n', str(n), *how, '-o', c.top + '/report', '--do',
                            'cd "$T"; for f in *[123] d/*; do [ ! -f "$f" ] || { echo "$f" >>"$W"; echo "%s, $f" >>"$f"; }; done' % mine,
                            '--', BA, '-d', c.db, 'commit', '-y', '1'], env=dict(os.environ, T=c.t, W=wrote),
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if not os.path.exists(wrote):
            return None
        said = [p.stdout] + [c.ba('commit', '-y', '1').stdout for _ in range(3)] + [c.ba('discard', '1').stdout]
        texts = [open(os.path.join(d, f), errors='replace').read() for top in (c.t, c.db + '.d')
                 for d, _, names in os.walk(top) for f in names]
        # What it is writing at that very moment is anybody's.
        now = os.path.basename(text(c.top + '/report').splitlines()[n - 1].split('\t')[-1]).replace('other', 'linked')
        for f in text(wrote).split():
            if os.path.basename(f).replace('other', 'linked') != now and not any('%s, %s\n' % (mine, f) in x for x in texts):
                wrong.append('what the person wrote to %s is lost' % f)
        for i in '123':
            for before in ('before ', 'gone ', 'linked '):
                if not any(x.startswith(before + i) for x in texts):
                    wrong.append('%s%s is lost' % (before, i))
        return ['%s %d: %s; %s' % (how, n, w, said) for w in wrong]


def commit_of_others():
    """What a person writes when a commit is killed, or fails, stays, or is kept"""
    if not ROOT:
        raise balib.Skip('a try needs root')
    wrong = []
    for how in (['-k', 'tree'], ['--fail', 'EIO']):
        for n in range(1, 200, STEP):
            bad = commit_cut(n, *how)
            if bad is None:
                break
            wrong += bad
    return wrong


CASES = [in_any_order, not_believed, taken_away, kept_by_link, held_by_handle, damaged, left_behind, one_at_a_time, lost_with_its_watcher,
         commit_of_others]

if __name__ == '__main__':
    balib.run_cases(CASES)
