#!/usr/bin/env python3
"""The last copy is sacred: no undo, in whatever order, takes away the last of what a person has written.

last.py [--seeds A-B,C,...] [-j N] [--mode seccomp,ptrace] [--folders]

Runs of several installs move, link, copy, overwrite, edit and remove a few files; a person writes in between. Then they
are taken back in any order, by number or name. Before and after each undo all contents are looked at that are in the
tree, or kept beside the database: what a person wrote, and did not write over himself, is there after if it was before.
Nothing is said of where.
--folders: folders are moved, exchanged, copied by links and replaced by links, too, and attributes are set.
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

NAMES = ('a', 'b', 'c', 'a.bak', 'd', 'd/x', 'd/y', 'e', 'e/x')
FOLDERS = ('d', 'e', 'e/f', 'l')
STEPS = 7
UNDOS = 8


def folders(rng):
    one, other, folder, place = rng.choice(NAMES), rng.choice(NAMES), rng.choice('de'), rng.choice(FOLDERS)
    return rng.choice(('mv -T %s s && mv -T %s %s && mv -T s %s' % (one, other, one, other), 'rm -rf %s; mv -T %s %s' % (place, folder, place),
                       'mv -T %s %s.old && ln -s %s.old %s' % (folder, folder, folder, folder), 'rm -rf %s; ln -s %s %s' % (folder, one, folder),
                       'ln -sfnT %s %s' % (one, other), 'cp -al %s %s' % (folder, place), 'cp -aT %s %s' % (folder, place),
                       'rsync -a --delete --backup %s/ %s/' % (folder, place), 'tar cf - -C %s . | tar xf - -C %s' % (folder, place),
                       'test -L %s && rm %s && mkdir %s' % (folder, folder, folder), 'mkdir -p d e e/f', 'chmod -R 700 %s' % folder,
                       'setfattr -n user.k -v r %s' % one, 'truncate -s 3 %s' % one, 'ln %s/x %s/h' % (folder, place)))


def command(rng, more):
    one, other = rng.choice(NAMES), rng.choice(NAMES)
    if more and rng.random() < 0.5:
        return folders(rng)
    return rng.choice(('rm -rf %s' % one, 'mv -T %s %s' % (one, other), 'mv -T %s %s' % (one, other), 'ln -f %s %s' % (one, other),
                       'cp -a %s %s' % (one, other), 'install -b -m 644 /dev/null %s' % one, 'sed -i s/^/r/ %s' % one,
                       'echo r%d >%s' % (rng.randrange(100), one), 'echo r >>%s' % one, 'chmod 600 %s' % one, 'mkdir -p d e',
                       'echo n >n && mv n %s' % one, 'mv %s %s.bak; echo r >%s' % (one, one, one)))


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def contents(top, db):
    """All that stands in the tree, or is kept."""
    out = set()
    for folder in (top, db + '.d'):
        for where, _, files in os.walk(folder):
            for name in files:
                path = os.path.join(where, name)
                if not os.path.islink(path):
                    out.add(read(path))
    return out


def trial(seed, mode, args, folder):
    """-> what is wrong, in lines"""
    rng = random.Random(seed)
    top, db, story, written, runs = os.path.join(folder, 't'), os.path.join(folder, 'audit.db'), [], set(), 0

    def ba(*words):
        p = subprocess.run([PROGRAM, '-d', db, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=LIMIT, cwd=folder, check=False)
        story.append('%s: %d %s' % (' '.join(words), p.returncode, p.stdout.decode(errors='replace').strip()))

    os.mkdir(top)
    for step in range(STEPS):
        if step == 0 or rng.random() < 0.4:
            for _ in range(rng.randrange(1, 4)):
                path, text = os.path.join(top, rng.choice(NAMES)), 'person %d\n' % rng.randrange(10 ** 9)
                how = rng.choice(('w', 'a'))
                # not through a link: it may lead anywhere
                if os.path.isdir(os.path.dirname(path)) and not os.path.isdir(path) and not os.path.islink(path):
                    if os.path.exists(path):
                        written.discard(read(path))
                    with open(path, how) as f:
                        f.write(text)
                    written.add(read(path))
                    story.append('person: %s %s' % (how, path))
            if args.folders and rng.random() < 0.3:
                one, other = (os.path.join(top, n) for n in rng.sample(NAMES, 2))
                if os.path.lexists(one) and not os.path.lexists(other) and os.path.isdir(os.path.dirname(other)):
                    subprocess.run(['mv', '-T', one, other], stderr=subprocess.DEVNULL, check=False)
                    story.append('person: mv %s %s' % (one, other))
        else:
            runs += 1
            script = 'cd t; ' + '; '.join(command(rng, args.folders) for _ in range(rng.randrange(1, 4)))
            ba('run', *(['--no-seccomp'] if mode == 'ptrace' else []), '--name=' + rng.choice('pqr'), '--pkgversion=%d' % runs,
               '-q', '--include', top, '--', 'sh', '-c', script)
            balib.settle(db)
    for _ in range(UNDOS if runs else 0):
        before = contents(top, db) & written
        ba(rng.choice(('rollback', 'rollback', 'uninstall')), '-y', rng.choice([str(r + 1) for r in range(runs)] + list('pqr')))
        lost = before - contents(top, db)
        if lost:
            return [*story, *('lost: %r' % text for text in lost)]
    return []


if __name__ == '__main__':
    trials.main(trial, 'ba-last.', {'folders': {'action': 'store_true'}})
