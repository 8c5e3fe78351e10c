#!/usr/bin/env python3
"""The Python module: records, asks, undoes, and says what is wrong.

Environment: BUILDAUDIT, the installed program, with the module below its prefix.
"""
import ctypes
import glob
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lib'))
import balib

INST = os.path.dirname(os.path.dirname(os.path.realpath(shutil.which(os.environ.get('BUILDAUDIT', 'buildaudit')))))
FOUND = [f for pattern in ('lib/python3*/*-packages', 'local/lib/python3*/*-packages') for f in glob.glob(os.path.join(INST, pattern))]
MODE = {'no_seccomp': True} if os.environ.get('MODE') == 'ptrace' else {}


class Place:
    def __init__(self):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix='ba-python.'))
        self.p = os.path.join(self.top, 'p')
        self.db = os.path.join(self.top, 'audit.db')
        os.mkdir(self.p)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.top, ignore_errors=True)

    def record(self, script, **settings):
        done = buildaudit.record(['sh', '-c', 'cd %s; %s' % (self.p, script)], database=self.db, include=[self.p], **MODE, **settings)
        balib.settle(self.db)
        return done


def same(faults, what, got, want):
    if got != want:
        faults.append('%s\n  got:  %r\n  want: %r' % (what, got, want))


def raises(faults, what, kind, words, call):
    try:
        got = call()
    except kind as e:
        if words not in str(e):
            faults.append('%s: it says %r' % (what, str(e)))
    else:
        faults.append('%s: no %s, but %r' % (what, kind.__name__, got))


def recorded():
    """a command is recorded from Python, and what it did is known"""
    faults = []
    with Place() as c:
        done = c.record('mkdir d; echo hello >d/a; exit 3', name='hello', version='1.0', label='first')
        same(faults, 'the status', os.waitstatus_to_exitcode(done.status), 3)
        same(faults, 'the counts', done[1:6], (1, 2, 0, 0, 0))
        same(faults, 'the name', done.name, 'hello')
        done = c.record('kill -TERM $$')
        same(faults, 'the signal', os.waitstatus_to_exitcode(done.status), -signal.SIGTERM)
        with buildaudit.open(c.db) as db:
            same(faults, 'files', [(f['change'], f['type'], f['path'], f['size'], f['permissions']) for f in db.files('first')],
                 [('created', 'dir', c.p + '/d', os.stat(c.p + '/d').st_size, 'drwxr-xr-x'), ('created', 'file', c.p + '/d/a', 6, '-rw-r--r--')])
            run = db.run('hello@1.0')
            same(faults, 'a run', (run['run_id'], run['label'], run['exit_status'], run['argv'][:2], run['term_signal']),
                 (1, 'first', 3, ['sh', '-c'], None))
            same(faults, 'runs', [r['run_id'] for r in db.runs()], [2, 1])
            same(faults, 'who', [(w['op'], w['argv'][0], w['ancestors']) for w in db.who(c.p + '/d/a')], [('open', 'sh', [])])
            same(faults, 'the tree', [p['depth'] for p in db.tree(1)][:2], [0, 1])
            same(faults, 'events', [e['op'] for e in db.events(1)], ['mkdir', 'open'])
            same(faults, 'installs', [(i['name'], i['files']) for i in db.installs('hello')], [('hello', 1)])
            same(faults, 'owned', [o['path'] for o in db.owned('hello')], [c.p + '/d', c.p + '/d/a'])
            same(faults, 'owned below', [o['name'] for o in db.owned_below(c.p + '/d')], ['hello', 'hello'])
            same(faults, 'sql', [dict(r) for r in db.sql('SELECT 1 AS one, NULL AS none, 0.5 AS half, \'a\' AS text')],
                 [{'one': 1, 'none': None, 'half': 0.5, 'text': 'a'}])
    return faults


def odd_names():
    """a name that is not UTF-8 is what os.fsdecode() makes of it, and exact as bytes"""
    faults = []
    with Place() as c:
        c.record('echo >"$(printf "a\\377b")"; echo >"x y"')
        name = os.fsencode(c.p) + b'/a\xffb'
        with buildaudit.open(c.db) as db:
            rows = list(db.files())
            same(faults, 'text', [os.fsencode(r['path']) for r in rows], [name, os.fsencode(c.p) + b'/x y'])
            same(faults, 'bytes', rows[0].bytes('path'), name)
            same(faults, 'no text', rows[0].bytes('link_target'), None)
            same(faults, 'who by bytes', len(list(db.who(name))), 1)
            same(faults, 'who by text', len(list(db.who(os.fsdecode(name)))), 1)
    return faults


def undone():
    """verify, dry runs, rollback and uninstall, step by step"""
    faults = []
    with Place() as c:
        open(c.p + '/old', 'w').write('old')
        c.record('echo new >old; echo >a')
        with buildaudit.open(c.db, write=True) as db:
            same(faults, 'nothing differs', db.verify(), [])
            open(c.p + '/a', 'w').write('mine')
            same(faults, 'one differs', [(p, t) for p, t, _ in db.verify()], [(c.p + '/a', 'file')])
            open(c.p + '/a', 'w').write('\n')
            dry = db.rollback(dry=True)
            same(faults, 'dry', (dry[:3], open(c.p + '/old').read()), ((0, 1, 1), 'new\n'))
            u = db.rollback(1)
            same(faults, 'rolled back', (u[:6], os.listdir(c.p), open(c.p + '/old').read()), ((2, 1, 1, 0, 0, 0), ['old'], 'old'))
            same(faults, 'its steps', sorted((s.did, s.type, s.path) for s in u.steps),
                 [('remove', 'file', c.p + '/a'), ('restore', 'file', c.p + '/old')])
        c.record('echo >b; echo >c', name='it')
        open(c.p + '/c', 'w').write('mine')
        with buildaudit.open(c.db, write=True) as db:
            u = db.uninstall('it')
            same(faults, 'uninstalled', (u.removed, u.kept, sorted(os.listdir(c.p))), (1, 1, ['c', 'old']))
            same(faults, 'the reason', [s.reason != '' for s in u.steps if s.did == 'keep'], [True])
    return faults


def what_is_wrong():
    """each refusal is an Error with the library's words, or Python's own"""
    faults = []
    with Place() as c:
        raises(faults, 'no database', buildaudit.Error, 'audit.db', lambda: buildaudit.open(c.db))
        raises(faults, 'no command', buildaudit.Error, "no command 'no-such'", lambda: buildaudit.record(['no-such'], database=c.db))
        raises(faults, 'no setting', TypeError, 'colour', lambda: buildaudit.record(['true'], colour='red'))
        raises(faults, 'no name', ValueError, 'name does not take', lambda: buildaudit.record(['true'], database=c.db, name='a b'))
        c.record('echo >a')
        with buildaudit.open(c.db) as db:
            raises(faults, 'no run', buildaudit.Error, 'no run 999', lambda: list(db.files(999)))
            raises(faults, 'no label', buildaudit.Error, "'none'", lambda: list(db.files('none')))
            raises(faults, 'no SQL', buildaudit.Error, 'syntax', lambda: list(db.sql('SELEC 1')))
            raises(faults, 'it writes', buildaudit.Error, 'not written', lambda: list(db.sql('DELETE FROM run')))
            begun = db.runs()
            next(begun)
        raises(faults, 'a closed one', ValueError, 'closed', lambda: list(db.runs()))
        raises(faults, 'a begun one', ValueError, 'closed', lambda: next(begun))
        try:
            list(buildaudit.open(c.db).run('none'))
        except OSError as e:
            same(faults, 'errno', e.errno, 2)
    return faults


def packages():
    """a package is made, and what is in the way is said"""
    faults, said = [], []
    with Place() as c:
        c.record('echo x >a; echo y >b', name='thing')
        with buildaudit.open(c.db) as db:
            path = db.package('thing', note=said.append, type='tar', output=c.top, exclude=['b', 'none'], pkgversion='1.0')
            same(faults, 'its name', os.path.dirname(path), os.path.realpath(c.top))
            names = subprocess.run(['tar', '-tf', path], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
            same(faults, 'what is in it', [n for n in names if n.endswith(('/a', '/b'))], [c.p[1:] + '/a'])
            raises(faults, 'a type', buildaudit.Error, "no type 'none'", lambda: db.package('thing', type='none'))
            raises(faults, 'an option', buildaudit.Error, "no option 'nothing'", lambda: db.package('thing', nothing='x'))
            with open(c.p + '/a', 'w') as f:
                f.write('changed')
            raises(faults, 'changed since', buildaudit.Error, 'its content changed',
                   lambda: db.package('thing', type='tar', output=c.top, pkgversion='1.0'))
            odd = c.p + '/odd\n\1' + c.top
            buildaudit.record(['sh', '-c', 'mkdir -p "$(dirname "$1")"; echo >"$1"', 'sh', odd], database=c.db, include=[c.p], name='odd', **MODE)
            balib.settle(c.db)
            with open(odd, 'w') as f:
                f.write('changed')
            raises(faults, 'a name that looks like an answer', buildaudit.Error, 'its content changed',
                   lambda: db.package('odd', type='tar', output=c.top, pkgversion='1.0'))
            try:
                db.package(999, type='tar')
            except buildaudit.Error as e:
                same(faults, 'no run', e.errno, 2)
            raises(faults, 'none that is newer', buildaudit.Error, 'no run 999', lambda: db.uninstall(1, dry=True, superseded_by=999))
            raises(faults, 'nothing to record', buildaudit.Error, 'no command', lambda: buildaudit.record([], database=c.db))
            same(faults, 'the database', [r['name'] for r in db.runs()], ['odd', 'thing'])
    return faults


def callers():
    """a caller that ignores SIGCHLD, or has children of its own, gets the status, and keeps them"""
    faults = []
    with Place() as c:
        mine = subprocess.Popen(['sh', '-c', 'exit 5'])
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        done = c.record('exit 4')
        same(faults, 'the status', os.waitstatus_to_exitcode(done.status), 4)
        same(faults, 'a child of its own', mine.wait(), 5)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        try:
            same(faults, 'SIGCHLD ignored', os.waitstatus_to_exitcode(c.record('exit 6').status), 6)
        finally:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    return faults


def with_it_open():
    """who has the database open when he records has all that was recorded, whoever leaves it first"""
    faults = []
    with Place() as c:
        first, second = c.top + '/first', c.top + '/second'
        ends = []
        for fifo in (first, second):
            os.mkfifo(fifo)
            ends.append(os.open(fifo, os.O_RDWR | os.O_CLOEXEC))        # waits for nobody, whatever becomes of the others
        program = [os.environ.get('BUILDAUDIT', 'buildaudit'), '-q', '-d', c.db, '--include=' + c.p, *(['--no-seccomp'] if MODE else [])]
        # The log is there as long as another one records.
        other = subprocess.Popen(program + ['sh', '-c', 'echo a >%s/a; read x <%s; echo b >%s/b' % (c.p, first, c.p)])
        balib.until(lambda: os.path.exists(c.p + '/a'), 'the other one does not begin')
        mine = buildaudit.open(c.db)
        same(faults, 'what is under way', [r['state'] for r in mine.runs()], ['running'])
        script = 'for i in 1 2 3 4; do echo >%s/c$i; done; read x <%s; for i in 5 6 7 8; do echo >%s/c$i; done' % (c.p, second, c.p)
        done = []
        thread = threading.Thread(target=lambda: done.append(
            buildaudit.record(['sh', '-c', script], database=c.db, include=[c.p], name='mine', **MODE)))
        thread.start()
        balib.until(lambda: done or not thread.is_alive() or os.path.exists(c.p + '/c4'), 'it does not begin')
        mine.close()
        os.write(ends[0], b'\n')
        other.wait()
        balib.settle(c.db, 1)
        # One more, for whom the log is what he makes it.
        subprocess.run(program + ['sh', '-c', 'echo d >%s/d' % c.p], check=True)
        os.write(ends[1], b'\n')
        thread.join()
        for end in ends:
            os.close(end)
        balib.settle(c.db, 2)
        same(faults, 'what it came to', [d.created for d in done], [8])
        with buildaudit.open(c.db) as db:
            same(faults, 'the runs', [(r['run_id'], r['state']) for r in db.runs()], [(3, 'complete'), (2, 'complete'), (1, 'complete')])
            same(faults, 'its files', len([f for f in db.files(2) if f['path'].startswith(c.p + '/c')]), 8)
    return faults


def other_threads():
    """who records while other threads are at work in SQLite does not wait for one that the fork left behind"""
    faults, stop = [], threading.Event()

    def busy():
        own = sqlite3.connect(':memory:')
        while not stop.is_set():
            own.execute('WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)'
                        'SELECT group_concat(hex(randomblob(i % 50))) FROM n').fetchall()
        own.close()

    # Of its own, since one that waits for ever could not be ended.
    with Place() as c:
        child = os.fork()
        if child == 0:
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            for fd in range(3):
                os.dup2(null, fd)
            threads = [threading.Thread(target=busy, daemon=True) for _ in range(3)]
            for thread in threads:
                thread.start()
            for _ in range(20):
                buildaudit.record(['true'], database=c.db, **MODE)
            os._exit(0)
        try:
            balib.until(lambda: os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT), 'it does not come back')
        except RuntimeError as e:
            faults.append(str(e))
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with buildaudit.open(c.db) as db:
            same(faults, 'what was recorded', len(list(db.runs())), 20)
    return faults


def the_example():
    """the example of libbuildaudit(3) runs"""
    faults = []
    with open(os.path.join(INST, 'share/man/man3/libbuildaudit.3')) as f:
        lines = f.read().split('\n')
    text = '\n'.join(lines[lines.index('.Bd -literal -offset indent') + 1:lines.index('.Ed')])
    with Place() as c:
        with open(c.p + '/Makefile', 'w') as f:
            f.write('install:\n\techo >%s/installed\n' % c.p)
        env = dict(os.environ, BUILDAUDIT_DB=c.db, PYTHONPATH=FOUND[0], HOME=c.top)
        text = text.replace("name='hello')", "name='hello', include=%r)" % c.p)
        p = subprocess.run([sys.executable, '-c', text], cwd=c.p, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if p.returncode or 'installed 1' not in p.stdout or "did='remove'" not in p.stdout:
            faults.append('%d %s' % (p.returncode, p.stdout))
    return faults


def as_in_c():
    """what it hands to the library is as large as the library takes it for"""
    names = {'summary': '_Summary', 'step': '_Step', 'difference': '_Difference', 'option': '_Option', 'undo': '_Undo', 'undone': '_Undone'}
    with Place() as c:
        with open(c.p + '/sizes.c', 'w') as f:
            f.write('#include <buildaudit.h>\n#include <stdio.h>\nint main(void) { %s return 0; }\n' % ' '.join(
                'printf("%s %%zu\\n", sizeof(struct ba_%s));' % (n, n) for n in names))
        subprocess.run(['cc', '-I', INST + '/include', '-o', c.p + '/sizes', c.p + '/sizes.c'], check=True)
        sizes = dict(line.split() for line in subprocess.run([c.p + '/sizes'], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines())
    return ['struct ba_%s has %s bytes, %s %d' % (n, sizes[n], cls, ctypes.sizeof(getattr(buildaudit, cls)))
            for n, cls in names.items() if int(sizes[n]) != ctypes.sizeof(getattr(buildaudit, cls))]


if not FOUND:
    print('not ok 1 - the module is installed\n#   below %s there is none\n1..1' % INST)
    sys.exit(1)
sys.path.insert(0, FOUND[0])
if subprocess.run('nm -D %s/lib/libbuildaudit.so.0 | grep -qE "__(asan|tsan)_init"' % INST, shell=True, check=False).returncode == 0:
    print('1..0 # SKIP the library has a sanitizer in it')
    sys.exit(0)
import buildaudit
balib.run_cases((recorded, odd_names, undone, what_is_wrong, packages, callers, with_it_open, other_threads, the_example, as_in_c))
