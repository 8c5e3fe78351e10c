#!/usr/bin/env python3
"""`-p PID`: a process that runs already is recorded for a while, let go, and has not noticed."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
import balib

LIMIT = 60
PROGRAM = os.environ.get('BUILDAUDIT', 'buildaudit')


class Place:
    """A folder of our own with a tree `t` in it, and the processes that were started in it."""

    def __init__(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix='ba-attach.'))
        os.chmod(self.folder, 0o755)
        self.top = os.path.join(self.folder, 't')
        self.db = os.path.join(self.folder, 'audit.db')
        os.mkdir(self.top)
        self.started = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for p in self.started:
            if p.poll() is None:
                p.kill()
                p.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *argv, **more):
        p = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.folder, **more)
        self.started.append(p)
        return p

    def attach(self, *args):
        return self.start(PROGRAM, '-d', self.db, 'run', '--include', self.top, *args, stderr=subprocess.PIPE)

    def ba(self, *args):
        p = subprocess.run([PROGRAM, '-d', self.db, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=LIMIT, cwd=self.folder, check=False)
        return p.returncode, p.stdout

    def rows(self, sql, *args):
        con = balib.connect(self.db)
        try:
            return balib.rows(con, sql, *args)
        finally:
            con.close()

    def snapshot(self):
        return balib.snapshot(os.fsencode(self.top))

    def equals(self, before, after):
        return balib.equals(self.db, balib.latest(self.db), os.fsencode(self.top), before, after)


class Shell:
    """A shell that does one line after another, as it is told."""

    def __init__(self, place, *argv, **more):
        self.p = place.start(*(argv or ('sh',)), **more)
        self.pid = self.p.pid
        self.do('cd ' + place.top)

    def do(self, line):
        self.p.stdin.write(line.encode() + b'\necho done\n')
        self.p.stdin.flush()
        got = self.p.stdout.readline()
        if got != b'done\n':
            raise RuntimeError('the shell says %r to %s' % (got, line))


def traced_by(pid):
    try:
        with open('/proc/%d/status' % pid) as f:
            return int([x for x in f if x.startswith('TracerPid')][0].split()[1])
    except (OSError, IndexError):
        return 0


def await_attached(place, *pids):
    """The run is in the database, and its first process, too: what is done from here on is recorded."""
    def there():
        try:
            return os.path.exists(place.db) and all(place.rows(
                "SELECT 1 FROM processes JOIN runs USING (run_id) WHERE pid = ? AND state = 'running'", p) for p in pids)
        except balib.sqlite3.Error:
            return False
    balib.until(lambda: all(traced_by(p) for p in pids), 'not attached')
    balib.until(there, 'not on record')


def finish(p, sig=signal.SIGINT):
    p.send_signal(sig)
    _, err = p.communicate(timeout=LIMIT)
    return ['it ends with %d: %r' % (p.returncode, err)] if p.returncode else []


def build(place, name, *flags):
    out = os.path.join(place.folder, name)
    subprocess.run([os.environ.get('CC', 'cc'), '-std=gnu11', '-D_GNU_SOURCE', '-O1', '-Wall', '-Wextra',
                    '-Wno-unused-parameter', '-Werror', '-pthread', *flags, '-o', out,
                    os.path.join(HERE, '..', 'attach', name + '.c')], check=True)
    return out


def recorded_for_a_while():
    """what it does meanwhile is on record, what it did before and after is not, and it can be rolled back"""
    with Place() as place:
        sh = Shell(place)
        sh.do('echo old >a; echo old >b; mkdir d; echo old >d/x; exec 5>>log')
        before = place.snapshot()
        p = place.attach('-p', str(sh.pid))
        await_attached(place, sh.pid)
        sh.do('echo new >>a; rm b; mv d e; echo new >&5; ln -s a s; mkdir n; cp a n/y; (cd n; echo sub >z)')
        faults = finish(p)
        after = place.snapshot()
        sh.do('echo later >later; rm later')
        faults += place.equals(before, after)
        if place.rows("SELECT 1 FROM events WHERE path LIKE '%/later'"):
            faults.append('what came after is on record')
        faults += ['it is traced still'] if traced_by(sh.pid) else []
        found = place.rows("SELECT path, flags, op FROM events WHERE found AND path LIKE ?", place.top + '/%')
        if [(r['path'], r['op']) for r in found] != [(os.fsencode(place.top) + b'/log', b'open')] or \
                b'O_WRONLY' not in found[0]['flags'] or b'O_APPEND' not in found[0]['flags']:
            faults.append('found: %r' % [dict(r) for r in found])
        run = place.rows('SELECT state, exit_status, argv, notes FROM runs')[0]
        if run['state'] != b'complete' or run['exit_status'] is not None or run['argv'] != b'["sh"]' or \
                b'attached to process %d' % sh.pid not in run['notes'] or b'let go' not in run['notes']:
            faults.append('the run: %r' % dict(run))
        rc, out = place.ba('rollback', '-y')
        now = place.snapshot()
        strip = lambda s: {k: (e['type'], e['sha256'], e['link_target'], e['mode']) for k, e in s.items()}
        if rc or strip(now) != strip(before):
            faults.append('rollback %d %r: %r' % (rc, out, balib.diff(before, now)))
        return faults


def to_its_end():
    """one that ends meanwhile gives its status; --for ends it as well"""
    with Place() as place:
        sh = Shell(place)
        p = place.attach('-q', '-p', str(sh.pid))
        await_attached(place, sh.pid)
        sh.p.communicate(b'echo x >x\nexit 7\n', timeout=LIMIT)
        _, err = p.communicate(timeout=LIMIT)
        faults = ['it ends with %d %r' % (p.returncode, err)] if p.returncode or err else []
        run = place.rows('SELECT state, exit_status, created FROM runs')[0]
        if (run['state'], run['exit_status'], run['created']) != (b'complete', 7, 1):
            faults.append('the run: %r' % dict(run))
        sh = Shell(place)
        start = time.monotonic()
        p = place.attach('-p', '%d' % sh.pid, '--for=0.3')
        _, err = p.communicate(timeout=LIMIT)
        took = time.monotonic() - start
        if p.returncode or not 0.3 <= took < 20 or b'let go' not in err:
            faults.append('--for=0.3 took %.1f s, status %d, said %r' % (took, p.returncode, err))
        sh.do('true')
        return faults


def children():
    """what it starts is recorded; what it had started before with --children only; several at once"""
    with Place() as place:
        faults = []
        sh, other = Shell(place), Shell(place)
        sh.do('mkfifo go went')
        sh.do('(sh -c "read x <go; echo child >child; echo went >went") & :')
        for more, want in ((), False), (('--children',), True):
            p = place.attach('-p', '%d,%d' % (sh.pid, other.pid), *more)
            await_attached(place, sh.pid, other.pid)
            sh.do('sh -c "echo new >new$$"')
            other.do('echo other >other')
            sh.do('echo >go; read y <went')
            faults += finish(p)
            run = balib.latest(place.db)
            for name, there in ('child', want), ('other', True), ('new%', True):
                got = place.rows("SELECT pid FROM events WHERE run_id = ? AND path LIKE ?", run, place.top + '/' + name)
                if bool(got) != there:
                    faults.append('%r: %s is %son record' % (more, name, '' if got else 'not '))
            if want:
                got = place.rows('SELECT count(*) AS n FROM processes p JOIN processes q ON q.process_id = p.parent_id '
                                 'WHERE p.run_id = ? AND q.pid = ?', run, sh.pid)[0]['n']
                faults += [] if got >= 2 else ['the shell has %d children on record' % got]
            else:
                sh.do('rm -f child new*; (sh -c "read x <go; echo child >child; echo went >went") & :')
        return faults


def found_mapped():
    """a file that is mapped shared and writable, its descriptor closed, is found, too"""
    with Place() as place:
        path = os.path.join(place.top, 'mapped')
        with open(path, 'wb') as f:
            f.write(b'a' * 4096)
        child = place.start(sys.executable, '-c', 'import mmap, sys\nf = open(%r, "r+b"); m = mmap.mmap(f.fileno(), 4096); '
                            'f.close()\nprint("ready", flush=True); sys.stdin.readline()\nm[0] = 66; '
                            'print("did", flush=True); sys.stdin.readline()' % path)
        child.stdout.readline()
        before = place.snapshot()
        p = place.attach('-p', str(child.pid))
        await_attached(place, child.pid)
        child.stdin.write(b'\n')
        child.stdin.flush()
        child.stdout.readline()
        faults = finish(p)
        faults += place.equals(before, place.snapshot())
        rc, out = place.ba('rollback', '-y')
        if rc or place.snapshot()[os.fsencode(path)]['sha256'] != before[os.fsencode(path)]['sha256']:
            faults.append('rollback: %d %r' % (rc, out))
        return faults


def undisturbed(*flags):
    """a busy program of 28 threads, attached to and let go again and again, has not noticed"""
    ends = signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT
    with Place() as place:
        busy = place.start(build(place, 'busy', *flags), place.top, '28')
        busy.stdout.readline()
        faults = []
        for i in range(int(os.environ.get('BUILDAUDIT_ATTACHES', '12'))):
            p = place.attach('-q', '-p', str(busy.pid), *(() if i % 2 else ('--for=0.05',)))
            if i % 2:
                balib.until(lambda: traced_by(busy.pid) or p.poll() is not None, 'not attached')
                time.sleep(0.03)
                p.send_signal(ends[i // 2 % 4])
            _, err = p.communicate(timeout=LIMIT)
            if p.returncode or err:
                faults.append('round %d ends with %d: %r' % (i, p.returncode, err))
            if busy.poll() is not None:
                break
        return faults + as_it_should(busy)


def as_it_should(busy):
    busy.terminate()
    out, _ = busy.communicate(timeout=LIMIT)
    return ['it ends with %d: %r' % (busy.returncode, out)] if busy.returncode or not out.startswith(b'ok') else []


def undisturbed_i386():
    """so has one for i386"""
    with Place() as place:
        try:
            build(place, 'busy', '-m32')
        except subprocess.CalledProcessError:
            return undisturbed()
    return undisturbed('-m32')


def killed_recorder():
    """where the recorder is killed it lives on, and the run is incomplete"""
    with Place() as place:
        busy = place.start(build(place, 'busy'), place.top, '1')
        busy.stdout.readline()
        for i in range(8):
            p = place.attach('-p', str(busy.pid))
            balib.until(lambda: traced_by(busy.pid), 'not attached')
            time.sleep(0.01 * i)
            p.kill()
            p.wait()
        faults = ['it is traced'] if traced_by(busy.pid) else []
        rc, out = place.ba('runs')
        states = {r['state'] for r in place.rows('SELECT state FROM runs')}
        return faults + as_it_should(busy) + ([] if rc == 0 and states == {b'incomplete'} else [repr((rc, out, states))])


def stopped():
    """one that stands still stays so, and goes on when it is told to"""
    with Place() as place:
        sh = Shell(place)
        state = lambda: open('/proc/%d/stat' % sh.pid).read().rsplit(')', 1)[1].split()[0]
        os.kill(sh.pid, signal.SIGSTOP)
        balib.until(lambda: state() == 'T', 'it does not stop')
        p = place.attach('-p', str(sh.pid))
        await_attached(place, sh.pid)
        time.sleep(0.05)
        faults = [] if state() in 'Tt' else ['it went on']
        faults += finish(p)
        balib.until(lambda: not traced_by(sh.pid), 'it is traced')
        time.sleep(0.02)
        faults += [] if state() == 'T' else ['let go, it is in state %s' % state()]
        os.kill(sh.pid, signal.SIGCONT)
        sh.do('true')
        p = place.attach('-p', str(sh.pid))
        await_attached(place, sh.pid)
        os.kill(sh.pid, signal.SIGSTOP)
        balib.until(lambda: state() in 'Tt', 'it does not stop')
        os.kill(sh.pid, signal.SIGCONT)
        sh.do('echo x >x')
        return faults + finish(p)


def refused():
    """what cannot be attached to gets its sentence, and there is no run"""
    with Place() as place:
        faults = []

        def says(arg, *want, status=125):
            rc, out = place.ba('-p', str(arg))
            if rc != status or not all(w in out.decode() for w in want) or (status == 125 and out.count(b'\n') != 1):
                faults.append('-p %s: status %d, %r' % (arg, rc, out))

        gone = place.start('true')
        gone.communicate()
        says(gone.pid, 'there is no process %d' % gone.pid)
        zombie = place.start('true')
        balib.until(lambda: open('/proc/%d/stat' % zombie.pid).read().rsplit(')', 1)[1].split()[0] == 'Z', 'no zombie')
        says(zombie.pid, 'has ended', 'zombie')
        sh = Shell(place)
        p = place.start(PROGRAM, '-d', os.path.join(place.folder, 'other.db'), '-p', str(sh.pid), stderr=subprocess.PIPE)
        balib.until(lambda: traced_by(sh.pid), 'not attached')
        says(sh.pid, 'traced by process %d already' % p.pid)
        says('%d %d' % (os.getpid(), sh.pid), 'traced by process')
        faults += finish(p)
        threads = place.start(build(place, 'busy'), place.top, '2')
        threads.stdout.readline()
        tid = max(int(t) for t in os.listdir('/proc/%d/task' % threads.pid))
        says(tid, 'one thread of process %d' % threads.pid)
        rc = subprocess.run(['sh', '-c', 'exec "$0" -d "$1" -p $$', PROGRAM, place.db], stdin=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, check=False)
        if rc.returncode != 125 or b'this buildaudit itself' not in rc.stderr:
            faults.append('itself: %d %r' % (rc.returncode, rc.stderr))
        for wrong in '0', 'x', '12x', '', '-3', '1,,x':
            says(wrong, 'numbers of processes', status=2)
        if os.path.exists(place.db) and place.rows('SELECT 1 FROM runs'):
            faults.append('there is a run')
        for args, want in ((('-p', '1', 'true'), 'would be a command'), (('--for=3', 'true'), 'is for -p'),
                           (('--children', 'true'), 'is for -p'), (('-p', '1', '--wait=all'), 'is for a command'),
                           (('-p', '1', '--prune'), 'is for a command'), (('--for=-1', '-p', '1'), 'does not take')):
            rc, out = place.ba(*args)
            if rc != 2 or want not in out.decode():
                faults.append('%r: status %d, %r' % (args, rc, out))
        return faults


def others_refused():
    """as an ordinary user, what belongs to another is refused, and one's own is not"""
    if os.getuid():
        with Place() as place:
            rc, out = place.ba('-p', '1')
        right = rc == 125 and (b'only root may' in out or b'ptrace_scope' in out)
        return [] if right else ['status %d, %r' % (rc, out)]
    with Place() as place:
        sh = Shell(place)
        nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs']
        os.mkdir(place.folder + '/n')
        os.chown(place.folder + '/n', 65534, 65534)
        try:
            p = subprocess.run([*nobody, PROGRAM, '-d', place.folder + '/n/a.db', '-p', str(sh.pid)], cwd='/',
                               stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        except PermissionError:
            return []
        want = b'which is of uid 0: only root may', b'ptrace_scope'
        return [] if p.returncode == 125 and any(w in p.stderr for w in want) else \
            ['status %d, %r' % (p.returncode, p.stderr)]


if __name__ == '__main__':
    # Each call stops, in whichever mode: what is left for the other is another architecture.
    balib.run_cases([undisturbed_i386] if os.environ.get('MODE') == 'ptrace' else
                    [recorded_for_a_while, to_its_end, children, found_mapped, undisturbed, killed_recorder, stopped,
                     refused, others_refused])
