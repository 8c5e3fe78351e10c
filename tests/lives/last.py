#!/usr/bin/env python3
"""The last copy is sacred: no undo, in whatever order, takes away the last of what a person has written.

last.py [--seeds A-B,C,...] [-j N] [--mode seccomp,ptrace] [--folders] [--more]

Runs of several installs move, link, copy, overwrite, edit and remove a few files; a person writes in between. Then they
are taken back in any order, by number or name. Before and after each undo all contents are looked at that are in the
tree, or kept beside the database: what a person wrote, and did not write over himself, is there after if it was before.
Nothing is said of where.
--folders: folders are moved, exchanged, copied by links and replaced by links, too, and attributes are set.
--more: the person writes between the undos, too; some runs are tried first, then committed or discarded; runs are
forgotten (what stands in the tree has to stay); and any command may be killed before some call of it, and be asked for
once more.
Environment: BUILDAUDIT, the program.  The last line is `N passed, N failed, 0 skipped`; exit 1 if any failed.
"""
import os
import random
import subprocess
import sys
import tempfile

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


def contents(top, db=None):
    """All that stands in the tree, or is kept."""
    out = set()
    for folder in (top, db + '.d') if db else (top,):
        for where, _, files in os.walk(folder):
            for name in files:
                path = os.path.join(where, name)
                if os.path.islink(path):
                    continue
                try:
                    out.add(read(path))
                except FileNotFoundError:   # a recorder that was killed has a watcher that clears up
                    pass
    return out


class Life:
    """A tree `top`, a database beside it, what a person has written there, and the story of all that was done."""

    def __init__(self, rng, mode, args, folder):
        self.rng, self.mode, self.args, self.folder = rng, mode, args, folder
        self.top, self.db = os.path.join(folder, 't'), os.path.join(folder, 'audit.db')
        self.story, self.written, self.runs, self.staged = [], set(), 0, []
        os.mkdir(self.top)
        if args.more and rng.random() < 0.7:
            for name in 'de':
                os.mkdir(os.path.join(self.top, name))

    def started(self, words, *before):
        p = subprocess.run([*before, PROGRAM, '-d', self.db, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=LIMIT, cwd=self.folder, check=False)
        said = p.stdout.decode(errors='replace').strip()
        self.story.append('%s%s: %d %s' % ('killat %s ' % ' '.join(before[1:-1]) if before else '', ' '.join(words), p.returncode, said))

    def ba(self, *words, recorder=False):
        """The command; now and then it is killed first, and then comes again."""
        if self.args.more and self.rng.random() < 0.25:
            self.started(words, self.args.killat, '-o', '/dev/null', '-w', self.folder + '/*', '-n', str(self.rng.randrange(1, 40)),
                         *(['--recorder', '-k', 'main'] if recorder else ['-k', 'tree']), '--')
            if recorder:
                return
        self.started(words)

    def person(self):
        for _ in range(self.rng.randrange(1, 4)):
            path, text = os.path.join(self.top, self.rng.choice(NAMES)), 'person %d\n' % self.rng.randrange(10 ** 9)
            how = self.rng.choice(('w', 'a'))
            # not through a link: it may lead anywhere
            if os.path.isdir(os.path.dirname(path)) and not os.path.isdir(path) and not os.path.islink(path):
                if os.path.exists(path):
                    self.written.discard(read(path))
                with open(path, how) as f:
                    f.write(text)
                self.written.add(read(path))
                self.story.append('person: %s %s %s' % (how, path, text.strip()))
        if self.args.folders and self.rng.random() < 0.3:
            one, other = (os.path.join(self.top, n) for n in self.rng.sample(NAMES, 2))
            if os.path.lexists(one) and not os.path.lexists(other) and os.path.isdir(os.path.dirname(other)):
                subprocess.run(['mv', '-T', one, other], stderr=subprocess.DEVNULL, check=False)
                self.story.append('person: mv %s %s' % (one, other))

    def run(self):
        self.runs += 1
        name = 'r%d' % self.runs
        script = 'cd t; ' + '; '.join(command(self.rng, self.args.folders) for _ in range(self.rng.randrange(1, 4)))
        tried = self.args.more and self.rng.random() < 0.3
        self.ba('try' if tried else 'run', *(['--no-seccomp'] if self.mode == 'ptrace' else []), '--name=' + self.rng.choice('pqr'),
                '--pkgversion=%d' % self.runs, '--label=' + name, '-q', '--include', self.top, '--', 'sh', '-c', script, recorder=True)
        balib.settle(self.db)
        if tried:
            self.staged.append(name)

    def undo(self):
        which = self.rng.choice(['r%d' % (r + 1) for r in range(self.runs)] + list('pqr'))
        if self.staged and self.rng.random() < 0.5:
            self.ba(*self.rng.choice((('commit', '-y'), ('commit', '-y', '--force'), ('discard',))), self.staged.pop())
        else:
            self.ba(self.rng.choice(('rollback', 'rollback', 'uninstall')), '-y', which)

    def lost(self, do, kept=True):
        """What was there before do(), and after it is not."""
        before = contents(self.top, self.db if kept else None) & self.written
        do()
        return before - contents(self.top, self.db)

    def step(self):
        """One thing after the runs -> what is lost"""
        if self.args.more and self.rng.random() < 0.3:
            self.person()
            return []
        if self.args.more and self.rng.random() < 0.15:
            # The originals that only this run had may go.
            return self.lost(lambda: self.ba('forget', 'r%d' % (self.rng.randrange(self.runs) + 1)), kept=False)
        return self.lost(self.undo)


def trial(seed, mode, args, folder):
    """-> what is wrong, in lines"""
    rng = random.Random(seed)
    life = Life(rng, mode, args, folder)
    for step in range(STEPS):
        if step == 0 or rng.random() < 0.4:
            life.person()
        else:
            lost = life.lost(life.run)
            if lost:
                return [*life.story, *('lost by a run: %r' % text for text in lost)]
    for _ in range(UNDOS * (1 + args.more) if life.runs else 0):
        lost = life.step()
        if lost:
            return [*life.story, *('lost: %r' % text for text in lost)]
    return []


if __name__ == '__main__':
    with tempfile.TemporaryDirectory(prefix='ba-last.') as tools:
        trials.main(trial, 'ba-last.', {'folders': {'action': 'store_true'}, 'more': {'action': 'store_true'}},
                    killat=balib.killat(tools))
