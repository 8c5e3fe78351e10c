#!/usr/bin/env python3
"""Random programs of file calls (chance.c), tried and committed, held against the same program that just ran.

try.py [--seeds A-B] [--calls N] [--mode seccomp,ptrace] [-j N] [--tasks one,turns,race] [--few] [--on DIR,DIR]

For each seed: the program runs in a start tree, and what it leaves is known.  Then, in the same tree anew, it is tried:
  the tree does not change; after `commit -y` it is as the program had left it, and as the program saw it, down to the times
  of files and folders; verify finds nothing; after `rollback -y` the tree is as before.
With tasks that race nobody knows what the program had left: what it saw has to do.
Environment: BUILDAUDIT, the program.  The last line is `N passed, N failed, 0 skipped`; exit 1 if any failed.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import run
import balib
from balib import esc

# A commit gives folders their times, too; of two runs of a program none are the same.
ALL = ('file', 'symlink', 'dir')


def pack(snap):
    plain = lambda v: {'bytes': os.fsdecode(v)} if isinstance(v, bytes) else v
    return json.dumps([{k: {n: plain(x) for n, x in v.items()} if k == 'xattrs' else plain(v) for k, v in e.items()}
                       for e in snap.values()])


def unpack(text):
    plain = lambda v: os.fsencode(v['bytes']) if isinstance(v, dict) and set(v) == {'bytes'} else v
    snap = [{k: {n: plain(x) for n, x in v.items()} if k == 'xattrs' else plain(v) for k, v in e.items()}
            for e in json.loads(text)]
    return {e['path']: e for e in snap}


def inside(root, argv):
    """In the layers: the program, and then what it sees."""
    status = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False).returncode
    print(pack(run.snapshot(root)))
    return status


class Try(run.Trial):
    def twice(self):
        """What it leaves by itself; then the start tree again."""
        self.setup()
        before = run.snapshot(self.top)
        self.execute(run.chance(self.program, self.spec, self.top, *self.skip))
        left = run.snapshot(self.top)
        subprocess.run(['rm', '-rf', self.top], check=True)
        self.setup()
        return before, left

    def attempt(self):
        mode = ['--no-seccomp'] if self.spec.mode == 'ptrace' else []
        # The database is outside of the tree, and what is seen goes where the scene does not.
        p = subprocess.run([run.PROGRAM, '-d', self.db, 'try', *mode, '-q', '--include', self.top, '--', sys.executable,
                            os.path.realpath(__file__), '--inside', self.top,
                            *run.chance(self.program, self.spec, self.top, *self.skip)],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=run.LIMIT,
                           check=False)
        if p.stderr or not p.stdout:
            return None, ['try ends with %s: %r' % (p.returncode, p.stderr)]
        balib.settle(self.db)
        return unpack(p.stdout.decode()), []

    def all(self):
        _, left = self.twice()
        before = run.snapshot(self.top)
        seen, wrong = self.attempt()
        if wrong:
            return wrong
        self.run = 1
        say = lambda what, pairs: ['%s: %s %s' % (what, esc(p), how) for p, how in pairs]
        wrong = say('tried, and yet', run.compare(run.promised(before, ALL), run.promised(run.snapshot(self.top), ALL)))
        rc, out = self.ba('commit', '-y', '1')
        if rc:
            return wrong + ['commit ends with %s: %r' % (rc, out)]
        now = run.snapshot(self.top)
        if self.spec.tasks != 'race':
            wrong += say('not as without a try', run.compare(run.promised(left, ()), run.promised(now, ())))
        wrong += say('not as it was seen', run.compare(run.promised(seen, ALL), run.promised(now, ALL)))
        wrong += self.verify()
        faults, _ = self.rollback(before)
        return wrong + faults


def one(job):
    program, spec = job
    with Try(program, spec) as t:
        try:
            return spec, t.all()
        except (OSError, RuntimeError, IndexError, ValueError, subprocess.SubprocessError) as e:
            return spec, ['%s: %s' % (type(e).__name__, e)]


def main():
    args = run.arguments()
    args.on = args.on or tempfile.gettempdir()      # below /dev a try has no layers
    start = time.monotonic()
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix='ba-chance-prog.') as work:
        program = args.chance or run.build(work)
        # A process that changes its root sees no database.
        jobs = [(program, s) for s in run.specs(args) if '--chroot' not in s.shape]
        with run.concurrent.futures.ProcessPoolExecutor(args.j) as pool:
            for spec, faults in pool.map(one, jobs):
                passed += not faults
                failed += bool(faults)
                if faults:
                    run.show(spec, faults)
    print('%d programs in %.0f s' % (passed + failed, time.monotonic() - start))
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    sys.exit(failed > 0)


if __name__ == '__main__':
    if sys.argv[1:2] == ['--inside']:
        sys.exit(inside(sys.argv[2], sys.argv[3:]))
    main()
