#!/usr/bin/env python3
"""Random programs of file calls (chance.c), recorded, held against the disk, and undone.

run.py [--seeds A-B] [--calls N] [--mode seccomp,ptrace] [-j N] [--tasks one,turns,race] [--few] [--on DIR,DIR]
       [--kept]
run.py --shrink ...     makes each program that fails as small as it can
--kept: before them, those that failed once (the file `seeds` beside this one), of the kinds of --tasks

For each seed: a start tree is made, the program recorded, and then
  the manifest equals a snapshot's difference, extended attributes too; verify finds nothing;
  after `rollback -y` the tree is as before; recorded anew, uninstall takes out what was created, only.
Where several tasks race, what the record could not keep must be said; all else holds for them, too.
Environment: BUILDAUDIT, the program.  The last line is `N passed, N failed, 0 skipped`; exit 1 if any failed.
"""
import argparse
import collections
import concurrent.futures
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
from balib import esc

LIMIT = 60                      # seconds one command may take
PROGRAM = shutil.which(os.environ.get('BUILDAUDIT', 'buildaudit')) or 'buildaudit'
# No package manager is found: of what is in a folder of our own it has no word, and asking it takes half of the time.
ENVIRONMENT = dict(os.environ, PATH='/nonexistent')
UNDO = [True]
TASKS = ('one', 'turns', 'turns', 'race')
SHAPES = ('--few', '--plain', '--devices', '--chroot')

Spec = collections.namedtuple('Spec', 'seed calls mode tasks shape on')


def build(folder):
    """chance, built into a folder -> its path"""
    out = os.path.join(folder, 'chance')
    sources = sorted(os.path.join(HERE, f) for f in os.listdir(HERE) if f.endswith('.c'))
    # What its calls point to must be below 4 GB, for int $0x80.
    subprocess.run([os.environ.get('CC', 'gcc'), '-O1', '-g', '-Wall', '-Wextra', '-Wno-unused-parameter', '-pthread',
                    '-static', '-no-pie', '-mno-red-zone', '-o', out, *sources], check=True)
    return out


def chance(program, spec, top, *more):
    return [program, str(spec.seed), str(spec.calls), top, '--tasks', spec.tasks, *spec.shape, *more]


def snapshot(root):
    """balib's, with what it has no need of: extended attributes."""
    snap = balib.snapshot(root)
    for path, e in snap.items():
        e['xattrs'] = balib.attributes(path)
    return snap


def promised(snap, timed=('file', 'symlink')):
    """What rollback promises of a tree: all but inode numbers, and times of what is not `timed`; `group`, the names of one file."""
    groups = {}
    for path, e in snap.items():
        if e['type'] != 'dir':
            groups.setdefault((e['dev'], e['ino']), []).append(path)
    out = {}
    for path, e in snap.items():
        keys = ['type', 'mode', 'uid', 'gid', 'xattrs', 'rdev', 'link_target', 'sha256']
        if e['type'] in ('file', 'symlink'):
            keys.append('size')
        # What a pipe has let through, or a device, is no matter of the file tree.
        if e['type'] in timed:
            keys.append('mtime_ns')
        if e['type'] != 'dir':
            keys.append('nlink')
        out[path] = {k: e[k] for k in keys}
        if e['type'] != 'dir':
            out[path]['group'] = sorted(groups[e['dev'], e['ino']])
    return out


def compare(before, after):
    wrong = []
    for p in sorted(set(before) | set(after)):
        if p not in after:
            wrong.append((p, 'gone'))
        elif p not in before:
            wrong.append((p, 'left'))
        else:
            wrong += [(p, '%s: %r, was %r' % (k, after[p].get(k), v)) for k, v in before[p].items() if after[p].get(k) != v]
    return wrong


def attribute_rows(db, run, before, after):
    """Rows of what differs in extended attributes only: no listing shows them, an undo needs them."""
    con = balib.connect(db)
    got = {r['name'] for r in balib.rows(con, 'SELECT name FROM entry JOIN path ON path.id = path_id '
                                         'WHERE run_id = ? AND change IS NOT NULL', run)}
    con.close()
    return ['xattrs missed\t' + esc(p) for p in set(before) & set(after)
            if before[p]['xattrs'] != after[p]['xattrs'] and before[p]['type'] == after[p]['type'] and p not in got]


def carried(before, after):
    """Names of files that stood elsewhere before: uninstall may leave them, and must leave the last."""
    inode = lambda e: (e['dev'], e['ino'], e['btime_ns'])
    old = {inode(e) for e in before.values() if e['type'] != 'dir'}
    return {p for p, e in after.items() if e['type'] != 'dir' and inode(e) in old}


class Trial:
    """One seed, in a folder of its own."""

    def __init__(self, program, spec, skip=()):
        self.program = program
        self.spec = spec
        self.folder = tempfile.mkdtemp(prefix='ba-chance.', dir=spec.on)
        self.top = os.path.join(os.path.realpath(self.folder), 't')
        self.db = os.path.join(self.folder, 'audit.db')
        self.skip = []
        if skip:
            self.skip = ['--skip', os.path.join(self.folder, 'skip')]
            with open(self.skip[1], 'w') as f:
                f.write('\n'.join(map(str, sorted(skip))))
        self.notes = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(['rm', '-rf', self.folder], check=False)

    def execute(self, argv):
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             start_new_session=True, env=ENVIRONMENT)
        try:
            out, _ = p.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            out, _ = p.communicate()
            return None, out
        return p.returncode, out

    def ba(self, *args):
        return self.execute([PROGRAM, '-d', self.db, *args])

    def setup(self):
        os.mkdir(self.top)
        rc, out = self.execute(chance(self.program, self.spec, self.top, '--setup'))
        if rc:
            raise RuntimeError('the start tree: %s %s' % (rc, out))

    def said(self):
        """What the program does, untraced: its own words"""
        self.setup()
        return self.execute(chance(self.program, self.spec, self.top, '--say', *self.skip))[1]

    def record(self):
        mode = ['--no-seccomp'] if self.spec.mode == 'ptrace' else []
        rc, out = self.ba('run', *mode, '-q', '--include', self.top, '--', *chance(self.program, self.spec, self.top, *self.skip))
        if rc or out:
            return ['run ends with %s: %r' % (rc, out)]
        balib.settle(self.db)   # a task that was killed may leave a child behind
        con = balib.connect(self.db)
        row = balib.rows(con, 'SELECT run_id, state, notes FROM runs ORDER BY run_id DESC LIMIT 1')[0]
        con.close()
        self.run = row['run_id']
        self.notes |= set((row['notes'] or b'').decode('utf-8', 'replace').splitlines())
        return [] if row['state'] == b'complete' else ['the run is %r' % row['state']]

    def manifest(self, before, after):
        return balib.equals(self.db, self.run, self.top, before, after) + \
            attribute_rows(self.db, self.run, before, after)

    def outside(self):
        """All that the program does is done below the top."""
        con = balib.connect(self.db)
        got = balib.rows(con, 'SELECT DISTINCT p.name FROM entry e JOIN path p ON p.id = e.path_id WHERE e.run_id = ?', self.run)
        con.close()
        top = os.fsencode(self.top)
        return ['named, outside: ' + esc(r['name']) for r in got if r['name'] != top and not balib.inside(r['name'], top)]

    def verify(self):
        rc, out = self.ba('verify')
        return ['verify right after the run: %s %r' % (rc, out)] if rc or out else []

    def rollback(self, before):
        rc, out = self.ba('rollback', '-y', str(self.run))
        was = promised(before)
        wrong = compare(was, promised(snapshot(self.top)))
        # What tasks that raced took from each other may be lost, but not without a word.
        unsaid = [w for w in wrong if self.spec.tasks != 'race' or rc != 1 or
                  not any(self.told(name, out) for name in self.names_for(was, *w))]
        faults = ['rollback: %s %s' % (esc(p), what) for p, what in unsaid]
        if rc is None or rc > 1 or (rc and self.spec.tasks != 'race'):
            faults.append('rollback ends with %s: %r' % (rc, out))
        return faults, bool(wrong)

    @staticmethod
    def names_for(was, path, what):
        """A file that stays as it is under one name is not to be had back under the others."""
        return was[path]['group'] if what.startswith(('nlink:', 'group:')) else [path]

    @staticmethod
    def told(path, out):
        """Is the path, or a folder that it stands in, among those that were named?"""
        names = [line.split(None, 2)[2] for line in out.split(b'\n') if line.startswith((b'keep ', b'fail '))]
        return any(n == path or n.startswith(path + b'  (') or balib.inside(path, n.rpartition(b'  (')[0]) for n in names)

    def uninstall(self, before, after):
        rc, out = self.ba('uninstall', '-y', str(self.run))
        created = {p for p, w in balib.diff(before, after).items() if w[0] == 'created'}
        stay = carried(before, after) & created
        now = snapshot(self.top)
        wrong = ['uninstall took: %s' % esc(p) for p in set(after) - set(now) - created]
        wrong += ['uninstall left: %s' % esc(p) for p in created & set(now) - stay
                  if not any(balib.inside(s, p) for s in stay)]
        kept = lambda snap: {(e['ino'], e['btime_ns']) for e in snap.values() if e['type'] != 'dir'}
        lost = kept(before) & kept(after) - kept(now)
        wrong += ['uninstall took the last name of %s' % esc(p) for p, e in after.items() if (e['ino'], e['btime_ns']) in lost]
        if wrong or rc not in (0, 1):
            wrong.append('uninstall ends with %s: %r' % (rc, out))
        return wrong

    def all(self):
        self.setup()
        before = snapshot(self.top)
        wrong = self.record()
        if wrong:
            return wrong
        after = snapshot(self.top)
        wrong = self.manifest(before, after) + self.outside() + self.verify()
        if not UNDO[0]:
            return wrong
        faults, differs = self.rollback(before)
        if wrong or faults or differs:
            return wrong + faults
        before = snapshot(self.top)
        wrong = self.record()
        after = snapshot(self.top)
        wrong += self.manifest(before, after)
        return wrong or self.uninstall(before, after)


def attempt(program, spec, skip=()):
    with Trial(program, spec, skip) as t:
        try:
            return t.all(), sorted(t.notes)
        except (OSError, RuntimeError, IndexError) as e:
            return ['%s: %s' % (type(e).__name__, e)], []


def words(spec):
    out = '--seeds %d --calls %d --mode %s --tasks %s --on %s' % (spec.seed, spec.calls, spec.mode, spec.tasks, spec.on)
    return ' '.join([out, *spec.shape])


# Making a program that fails smaller.

def kinds(faults):
    """What sort of faults they are: 'missed', 'rollback gone', 'rollback xattrs', 'rollback ends with 1'"""
    out = set()
    for f in faults:
        word = f.split('\t')[0].split(':')[0]
        if f.startswith('rollback: '):
            word = 'rollback ' + f.split(' ')[2].rstrip(':')
        elif not f.startswith('rollback ends'):
            word = word.split(' ')[0]
        out.add(word)
    return out


class Shrinker:
    def __init__(self, program, spec, faults):
        self.program = program
        self.spec = spec
        self.want = kinds(faults)
        self.faults = faults

    def fails(self, spec, skip):
        for _ in range(6 if spec.tasks == 'race' else 1):
            faults, _ = attempt(self.program, spec, skip)
            if kinds(faults) & self.want:
                self.faults = faults
                return True
        return False

    def plainer(self):
        for change in ({'shape': (*self.spec.shape, '--plain')}, {'tasks': 'one'}):
            spec = self.spec._replace(**change)
            if spec != self.spec and self.spec.tasks != 'race' and self.fails(spec, ()):
                self.spec = spec

    def prefix(self):
        """The fewest calls from the first on that still fail"""
        low, high = 0, self.spec.calls
        while low + 1 < high:
            middle = (low + high) // 2
            if self.fails(self.spec, range(middle, self.spec.calls)):
                high = middle
            else:
                low = middle
        return list(range(high))

    def fewer(self, keep):
        size = max(1, len(keep) // 2)
        while size:
            i = 0
            while i < len(keep):
                less = keep[:i] + keep[i + size:]
                if self.fails(self.spec, set(range(self.spec.calls)) - set(less)):
                    keep = less
                else:
                    i += size
            size //= 2
        return keep

    def run(self):
        self.plainer()
        keep = self.fewer(self.prefix())
        skip = set(range(self.spec.calls)) - set(keep)
        self.fails(self.spec, skip)
        with Trial(self.program, self.spec, skip) as t:
            said = t.said().decode('utf-8', 'replace').splitlines()
        return ['%s, calls %s' % (words(self.spec), ' '.join(map(str, keep)))] + said + self.faults


# Many of them.

def numbers(text):
    first, _, last = text.partition('-')
    return range(int(first), int(last or first) + 1)


def places(args):
    if args.on:
        return args.on.split(',')
    return [tempfile.gettempdir()] + (['/dev/shm'] if os.access('/dev/shm', os.W_OK) else [])


def specs(args):
    on = places(args)
    shape = tuple(s for s in SHAPES if getattr(args, s[2:]))
    for seed in numbers(args.seeds):
        for mode in args.mode.split(','):
            tasks = args.tasks.split(',') if args.tasks else TASKS
            more = ('--chroot',) if seed % 10 == 9 and not shape else ()
            yield Spec(seed, args.calls, mode, tasks[seed % len(tasks)], shape + more, on[seed // 4 % len(on)])


def kept(args):
    """A line of `seeds`: seed, calls, tasks, shape (or -), where (disk or memory), then what it was."""
    on = places(args)
    with open(os.path.join(HERE, 'seeds')) as f:
        for line in f:
            word = line.split()
            if not word or word[0].startswith('#') or (args.tasks and word[2] not in args.tasks.split(',')):
                continue
            shape = () if word[3] == '-' else tuple('--' + s for s in word[3].split(','))
            for mode in args.mode.split(','):
                yield Spec(int(word[0]), int(word[1]), mode, word[2], shape, on[-1] if word[4] == 'memory' else on[0])


def one(job):
    program, spec, shrink = job
    faults, notes = attempt(program, spec)
    if faults and shrink:
        return spec, Shrinker(program, spec, faults).run(), notes
    return spec, faults, notes


def run_all(program, jobs, workers, shrink, tell):
    """tell(spec, faults) for each -> (passed, failed, notes)"""
    passed = failed = 0
    notes = collections.Counter()
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        for spec, faults, said in pool.map(one, [(program, s, shrink) for s in jobs], chunksize=4):
            notes.update(said)
            passed += not faults
            failed += bool(faults)
            if faults:
                tell(spec, faults)
    return passed, failed, notes


def show(spec, faults):
    print('FAILED: ' + words(spec))
    for f in faults[:60]:
        print('    ' + f)
    sys.stdout.flush()


def arguments():
    a = argparse.ArgumentParser()
    a.add_argument('--seeds', default='1-100')
    a.add_argument('--calls', type=int, default=200)
    a.add_argument('--mode', default=os.environ.get('MODE', 'seccomp'))
    a.add_argument('--tasks', default='')
    a.add_argument('--on', default='', help='the folders to work in, one after another')
    a.add_argument('-j', type=int, default=os.cpu_count() or 2)
    a.add_argument('--shrink', action='store_true')
    a.add_argument('--kept', action='store_true')
    a.add_argument('--record', action='store_true', help='no undo: the manifest and verify')
    a.add_argument('--notes', action='store_true', help='which notes the runs have, and how often')
    a.add_argument('--chance', help='the program, built already')
    for s in SHAPES:
        a.add_argument(s, action='store_true')
    return a.parse_args()


def main():
    args = arguments()
    UNDO[0] = not args.record
    work = tempfile.mkdtemp(prefix='ba-chance-prog.')
    start = time.monotonic()
    try:
        program = args.chance or build(work)
        jobs = (list(kept(args)) if args.kept else []) + list(specs(args))
        passed, failed, notes = run_all(program, jobs, args.j, args.shrink, show)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if args.notes:
        for text, n in notes.most_common():
            print('%6d  %s' % (n, text))
    print('%.1f s' % (time.monotonic() - start))
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
