#!/usr/bin/env python3
"""Several runs over the same few files, rolled back in any order: when each says that it is done, the tree is as before.

orders.py [--seeds A-B,C,...] [-j N] [--mode seccomp,ptrace] [--names rollback|uninstall] [--forget] [--attrs]

A rollback leaves what a later run has, and says so; those that did are asked for again, in that order, until none keeps
anything. Names of one file stay names of one file.
--names: each run is an install, and is taken back so by its name.  --forget: what was taken back is forgotten at once.
--attrs: extended attributes, owners and times are set, too.
Environment: BUILDAUDIT, the program.  The last line is `N passed, N failed, 0 skipped`; exit 1 if any failed.
"""
import os
import random
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
sys.path.insert(0, HERE)
import balib
import trials
from run import LIMIT, PROGRAM

NAMES = ('a', 'b', 'c', 'd', 'd/x', 'd/y', 'e', 'e/x', 'l')
STARTS = ('echo 1 >a; echo 2 >b; mkdir d; echo 3 >d/x; ln d/x d/y; ln -s a l; cp a c',
          'echo 1 >a; ln a b; mkdir d e; echo 3 >d/x; echo 4 >e/x',
          'echo 1 >a; ln a b; ln a c; mkdir d; ln a d/x; ln -s d l',
          'echo 1 >a; mkdir -m 710 d e; echo 2 >d/x; echo 3 >d/y; echo 4 >e/x; chmod 600 d/x')
ROUNDS = 4
RUNS = 3


def attribute(rng, one):
    return rng.choice(('setfattr -n user.%s -v %d %s' % (rng.choice('kl'), rng.randrange(100), one),
                       'setfattr -x user.k %s' % one, 'chown %d:%d %s' % (rng.randrange(3), rng.randrange(3), one),
                       'touch -d @%d %s' % (1000000000 + rng.randrange(100), one), 'setfacl -m u:7:r %s' % one))


def command(rng, attrs):
    one, other = rng.choice(NAMES), rng.choice(NAMES)
    few = rng.choice((5, 100))          # now and then what is written is, by chance, what stood there
    if attrs and rng.random() < 0.4:
        return attribute(rng, one)
    return rng.choice(('rm -rf %s' % one, 'mv -T %s %s' % (one, other), 'echo %d >>%s' % (rng.randrange(few), one),
                       'echo %d >%s' % (rng.randrange(few), one), 'ln -f %s %s' % (one, other), 'mkdir %s' % one,
                       'chmod %s %s' % (rng.choice(('600', '644', '755')), one), 'ln -sfn %s %s' % (one, other),
                       'cp -a %s %s' % (one, other)))


def tree(top):
    """What has to come back: of folders not their times."""
    snap = balib.snapshot(os.fsencode(top))
    links = {}
    for p, e in snap.items():
        if e['type'] != 'dir':
            links.setdefault(os.lstat(p).st_ino, []).append(p)
    return {p: (e['type'], e['mode'], e['uid'], e['gid'], e['sha256'], e['link_target'], e['type'] != 'dir' and e['mtime_ns'],
                e['type'] != 'dir' and tuple(links[os.lstat(p).st_ino]),
                sorted((x, os.getxattr(p, x, follow_symlinks=False)) for x in os.listxattr(p, follow_symlinks=False)))
            for p, e in snap.items()}


def trial(seed, mode, args, folder):
    """-> what is wrong, in lines"""
    rng = random.Random(seed)
    top, db, story = os.path.join(folder, 't'), os.path.join(folder, 'audit.db'), []

    def ba(*words):
        p = subprocess.run([PROGRAM, '-d', db, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=LIMIT, cwd=folder, check=False)
        story.append('%s: %d %s' % (' '.join(words), p.returncode, p.stdout.decode(errors='replace').strip()))
        return p.returncode

    os.mkdir(top)
    start = rng.choice(STARTS) + ('; setfattr -n user.k -v 0 a; setfattr -n user.l -v 0 d; chown 1:2 d/x' if args.attrs else '')
    subprocess.run(['sh', '-c', start], cwd=top, check=True)
    before = tree(top)
    for run in range(1, RUNS + 1):
        script = 'cd t; ' + '; '.join(command(rng, args.attrs) for _ in range(rng.randrange(1, 5)))
        ba('run', *(['--no-seccomp'] if mode == 'ptrace' else []), *(['--name=n%d' % run, '--pkgversion=1'] if args.names else []),
           '-q', '--include', top, '--', 'sh', '-c', script)
        balib.settle(db)
    def stays(run):
        name = 'n%d' % run if args.names else str(run)
        return ba(args.names or 'rollback', '-y', name) or (args.forget and ba('forget', name))

    order = rng.sample(range(1, RUNS + 1), RUNS)
    for _ in range(ROUNDS):
        order = [run for run in order if stays(run)]
    if order:
        return [start, *story, 'it never comes to an end']
    after = tree(top)
    wrong = ['%s: %s, should be %s' % (balib.esc(p), after.get(p), before.get(p))
             for p in sorted(set(before) | set(after)) if before.get(p) != after.get(p)]
    return [start, *story, *wrong] if wrong else []


if __name__ == '__main__':
    trials.main(trial, 'ba-orders.', {'forget': {'action': 'store_true'}, 'attrs': {'action': 'store_true'}, 'names': {'choices': ('rollback', 'uninstall')}})
