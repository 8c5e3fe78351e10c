#!/usr/bin/env python3
"""Random lives of installs: recorded, edited by a person, taken back in any order, and held against a plain list.

run.py [--seeds A-B,C,...] [-j N] [--mode seccomp,ptrace] [--events install,edit,...] [--moves] [--more] [--shrink]

A life is a list of events in one tree: versions of several softwares are installed over shared and own paths, a person
edits, one run is rolled back, an install is uninstalled. The oracle knows nothing of databases: for each path, who left
what there, one upon the other, as snapshots before and after each event show it.
  an uninstall takes all layers of its software away. What lies on top then is what stands there: another one's, a
  person's, or what was there before them all. A folder that still has something in it stays, until its maker is
  uninstalled once more, or until what was in it goes.
  a prune does the same for the paths that an older version left and the newest run of that software has no word of.
  a rollback takes away the layers of one run that nothing newer lies upon, and what was taken away already below them;
  where its software was uninstalled, none.
  A folder that has gone is made again, as it was, where something comes back in it; and stays as one that was not empty.
--more: installers copy with the old times, set modes of all there is, and write through names elsewhere; and two are
recorded at the same time, over paths that the other has no word of: one in the midst of the other.
What is the last name of a file that stood elsewhere before the run may stay, if it says so, until that has it again.
In the end all are uninstalled, and the tree is as before the first, less what the person did.
Environment: BUILDAUDIT, the program.  The last line is `N passed, N failed, 0 skipped`; exit 1 if any failed.
"""
import argparse
import concurrent.futures
import errno
import json
import os
import random
import re
import shlex
import shutil
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
NAMES = ('alpha', 'beta', 'gamma')
VERSIONS = ('1.0', '2.0', '2.1')
OLD_FOLDERS = ('bin', 'etc')    # there before the first install
NEW_FOLDERS = ('lib', 'lib/sub', 'share')
OLD_FILES = {'etc/conf': 'old conf\n', 'etc/hosts': 'old hosts\n', 'bin/tool': 'old tool\n'}
SHARED = ('etc/conf', 'etc/hosts', 'bin/tool', 'bin/both', 'lib/both', 'lib/sub/both', 'share/both')
KINDS = 'install,both,edit,rollback,uninstall,prune'
# No package manager: of what is in a folder of our own it has no word, and asking it takes nine tenths of the time.
TOOLS = ('sh', 'mv', 'rm', 'ln', 'chmod', 'mkdir', 'cp')
PERSON = None                   # whose a layer is that no run made
UNDO = ''                       # and of a folder that an undo made again, for what came back in it


# What happens, decided before anything does.

def one_command(rng, name, version):
    """A line of the script that installs it; it may fail, as when what it names is not there."""
    own = ['%s/%s%d' % (folder, name, i) for folder in ('bin', 'lib', 'lib/sub', 'share') for i in (1, 2)]
    path = rng.choice(SHARED) if rng.random() < 0.5 else rng.choice(own)
    other = rng.choice(SHARED + tuple(own))
    text = '%s %s %d\\n' % (name, rng.choice((version, 'any')), rng.randrange(3))
    kind = rng.choices(('replace', 'write', 'append', 'remove', 'symlink', 'link', 'chmod', 'folder'),
                       (30, 20, 12, 8, 10, 8, 6, 6))[0]
    if kind == 'replace':
        return "printf '%s' >%s.new && mv -f %s.new %s" % (text, path, path, path)
    if kind == 'write':
        return "printf '%s' >%s" % (text, path)
    if kind == 'append':
        return "printf '%s' >>%s" % (text, path)
    if kind == 'remove':
        return 'rm -f %s' % path
    if kind == 'symlink':
        return 'ln -sf %s %s' % (rng.choice(('both', 'tool', name + '1', 'nothing')), path)
    if kind == 'link':
        return 'ln -f %s %s' % (path, other)
    if kind == 'chmod':
        return 'chmod %s %s' % (rng.choice(('600', '644', '755')), rng.choice((path,) + OLD_FOLDERS))
    return 'mkdir -p %s' % rng.choice(NEW_FOLDERS)


def with_moves(rng, lines, name):
    """And some that carry what is there to another name."""
    paths = SHARED + tuple('%s/%s%d' % (f, name, i) for f in ('bin', 'lib', 'share') for i in (1, 2))
    for _ in range(rng.randrange(1, 4)):
        path = rng.choice(paths)
        other = rng.choice((path + '.bak', rng.choice(paths)))
        lines.insert(rng.randrange(1, len(lines) + 1), 'mv -f %s %s' % rng.choice(((path, other), (other, path))))
    return lines


def with_more(rng, lines, name):
    """And some that are done to more than one name, or through another one, or leave no trace in a time."""
    paths = SHARED + tuple('%s/%s%d' % (f, name, i) for f in ('bin', 'lib', 'share') for i in (1, 2))
    for _ in range(rng.randrange(1, 4)):
        path = rng.choice(paths)
        line = rng.choice(('cp -p ../src/%d %s' % (rng.randrange(2), path),
                           'cp -p ../src/%d %s' % (rng.randrange(2), path),
                           'chmod -R %s %s' % (rng.choice(('u+rwX', 'go+rX')), rng.choice(OLD_FOLDERS + NEW_FOLDERS)),
                           "ln -f %s ../out/x && printf '%s\\n' >>../out/x" % (path, name)))
        lines.insert(rng.randrange(1, len(lines) + 1), line)
    return lines


def files_of(lines):
    return {w for w in re.findall(r'[a-z0-9/.]+', ' '.join(lines)) if '/' in w and w not in NEW_FOLDERS}


def pairs(rng, events):
    """Some installs come in the midst of the one before, with what of their lines names none of the other's files."""
    folders = r'chmod.* (%s)$' % '|'.join(OLD_FOLDERS + NEW_FOLDERS)
    out = []
    for e in events:
        before = out[-1] if out else None
        if before and e[0] == before[0] == 'install' and e[1] != before[1] and rng.random() < 0.6:
            first = [line for line in before[3] if not re.match(folders, line)]
            second = [line for line in e[3] if not re.match(folders, line) and not files_of([line]) & files_of(first)]
            out[-1] = ('both', (*before[1:3], first), rng.randrange(1, len(first) + 1), (*e[1:3], second))
        else:
            out.append(e)
    return out


def script(seed, name, version):
    rng = random.Random('%s %s %s' % (seed, name, version))
    return ['mkdir -p %s' % ' '.join(rng.sample(NEW_FOLDERS, rng.randrange(1, 3)))] + \
        [one_command(rng, name, version) for _ in range(rng.randrange(3, 10))]


def edit(rng):
    path = rng.choice(SHARED + tuple('%s/%s1' % (f, n) for f in ('bin', 'lib', 'share') for n in NAMES))
    text = 'mine %d\\n' % rng.randrange(1000)
    return rng.choice(("test ! -e %s || printf '%s' >>%s" % (path, text, path),
                       "printf '%s' >%s.mine && mv -f %s.mine %s" % (text, path, path, path),
                       'rm -f %s' % path,
                       "printf '%s' >%s/mine%d" % (text, os.path.dirname(path), rng.randrange(3))))


def life(seed, moves, more=False):
    """[(what, ...)]"""
    rng = random.Random(seed)
    also = random.Random('moves %d' % seed)
    events = []
    for _ in range(rng.randrange(4, 14)):
        kind = rng.choices(('install', 'edit', 'rollback', 'uninstall', 'prune'), (55, 15, 12, 12, 12))[0]
        if kind == 'install':
            name, version = rng.choice(NAMES), rng.choice(VERSIONS)
            lines = script(seed, name, version)
            lines = with_moves(also, lines, name) if moves else lines
            events.append((kind, name, version, with_more(also, lines, name) if more else lines))
        elif kind == 'edit':
            events.append((kind, edit(rng)))
        elif kind == 'rollback':
            events.append((kind, rng.randrange(100)))
        else:
            events.append((kind, rng.choice(NAMES)))
    last = list(NAMES)
    rng.shuffle(last)
    events = pairs(also, events) if more else events
    # A folder that the first had made is empty when the last one's files have gone.
    return events + [('uninstall', name) for _ in range(3) for name in last]


# The plain list.

def looks(e):
    """What of an entry has to be as it was."""
    return None if e is None else (e['type'], None if e['type'] == 'symlink' else e['mode'], e['sha256'], e['link_target'])


class Layer:
    def __init__(self, name, run, state):
        self.name, self.run, self.state = name, run, state
        self.gone = False       # taken away, but something lies on it


class Done(Exception):
    """Nothing more can be told of this life."""


class Layers:
    """For each path what was there in the beginning, and who left what there since."""

    def __init__(self, snap):
        self.base = {p: looks(e) for p, e in snap.items()}
        self.on = {}
        self.folders = {p: s for p, s in self.base.items() if s[0] == 'dir'}    # as they were when they were last there
        self.stayed = {}        # folders that have still something in them: {path: what is below what went}

    def add(self, name, run, before, after):
        for p in balib.diff(before, after):
            self.stayed.pop(p, None)
            self.on.setdefault(p, []).append(Layer(name, run, looks(after.get(p))))
            if p in after and after[p]['type'] == 'dir':
                self.folders[p] = looks(after[p])

    def add_rest(self, name, run, before, half, after):
        """Of a run that went on: what it leaves now is one with what it left before, which may have been as it is again."""
        changed = set(balib.diff(before, after))
        for p in balib.diff(half, after):
            if self.on.get(p) and self.on[p][-1].run == run:
                self.on[p].pop()
                if p not in changed:
                    half = {**half, p: after[p]} if p in after else {q: e for q, e in half.items() if q != p}
        self.add(name, run, half, after)

    def state(self, p, layers=None):
        layers = self.on.get(p, []) if layers is None else layers
        return layers[-1].state if layers else self.base.get(p)

    def tree(self):
        states = {p: self.state(p) for p in set(self.base) | set(self.on)}
        return {p: s for p, s in states.items() if s is not None}

    def _settle(self, new):
        """Takes {path: layers} over, but for folders that would go and have something in them."""
        for p in sorted(new, reverse=True):
            was = self.state(p)
            if was and was[0] == 'dir' and self.state(p, new[p]) is None and \
                    any(q != p and balib.inside(q, p) for q in self.tree()):
                for layer in self.on[p]:
                    layer.gone = False
                self.stayed[p] = new[p]
                continue
            if self.on[p] != new[p]:
                self.stayed.pop(p, None)
            self.on[p] = new[p]
        for p in sorted({os.path.dirname(p) for p in self.tree()} & set(self.on), reverse=True):
            self._make_again(p)

    def _make_again(self, folder):
        """From the top down, if it is not there."""
        if self.state(folder) is None and folder in self.folders:
            self._make_again(os.path.dirname(folder))
            self.stayed[folder] = self.on[folder]
            self.on[folder] = self.on[folder] + [Layer(UNDO, 0, self.folders[folder])]

    def gone_home(self, paths, states):
        """What stayed as the last of something is not needed there any more, where it has gone: its home shows whether it is."""
        for p in paths & set(self.on):
            layers = list(self.on[p])
            while layers and self.state(p, layers) != states.get(p):
                layers.pop()
            if self.state(p, layers) == states.get(p):
                self.on[p] = layers

    def gone_as_well(self, states):
        """Folders that stayed, and went with what was in them."""
        for p in sorted(self.stayed, reverse=True):
            if p not in states and not any(q != p and balib.inside(q, p) for q in self.tree()):
                self.on[p] = self.stayed.pop(p)

    def uninstall(self, name, stay, only=None):
        new = {}
        for p, layers in self.on.items():
            if p in stay or (only is not None and p not in only):
                continue
            for layer in layers:
                layer.gone |= layer.name == name
            new[p] = list(layers)
            while new[p] and new[p][-1].gone:
                new[p].pop()
        self._settle(new)

    def stale(self, run, versions, words):
        """The files that the other versions of a run's software left, and its script has no word of: {path: run}"""
        name = versions[run][0]
        into = {os.path.dirname(p) for p, layers in self.on.items()
                if any(x.run == run and x.state and x.state[0] != 'dir' for x in layers)}
        mine = {p: layers[-1].run for p, layers in self.on.items()
                if layers and layers[-1].name == name and layers[-1].run < run and layers[-1].state
                and versions[layers[-1].run][1] != versions[run][1] and layers[-1].state[0] != 'dir'}
        meets = {r for p, r in mine.items() if os.path.dirname(p) in into}
        return {p: r for p, r in mine.items() if r in meets and p not in words and p not in self.mixed()}

    def left_before(self, run, name):
        """What earlier runs of a software have left, whoever edited it since; no folders: {path: run}"""
        last = {p: [x for x in layers if x.name and not x.gone][-1:] for p, layers in self.on.items()}
        return {p: x[0].run for p, x in last.items() if x and x[0].name == name and x[0].run < run and x[0].state and x[0].state[0] != 'dir'}

    def can_roll_back(self, run):
        return any(layers and layers[-1].run == run for layers in self.on.values())

    def has_layer(self, run):
        return any(x.run == run and not x.gone for layers in self.on.values() for x in layers)

    def rollback(self, run, stay):
        new = {p: layers[:-1] for p, layers in self.on.items() if layers and layers[-1].run == run and p not in stay}
        for layers in new.values():
            while layers and layers[-1].gone:
                layers.pop()
        self._settle(new)

    def owners(self):
        """{path: (name, run)}, but for what a person had a hand in, of which there is more than one view."""
        return {p: (layers[-1].name, layers[-1].run) for p, layers in self.on.items()
                if layers and layers[-1].state and p not in self.mixed()}

    def mixed(self):
        return {p for p, layers in self.on.items() if any(not x.name for x in layers)} | set(self.stayed)


def leads_to_itself(path):
    """A link through which nothing can be written."""
    try:
        os.stat(path)
    except OSError as e:
        return e.errno == errno.ELOOP
    return False


def compare(want, got, top):
    out = []
    for p in sorted(set(want) | set(got)):
        if want.get(p) != got.get(p):
            out.append('%s: %s, should be %s' % (esc(os.path.relpath(p, top)), got.get(p), want.get(p)))
    return out


class Life:
    """One seed, in a folder of its own."""

    def __init__(self, mode, events):
        self.mode, self.events = mode, events
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix='ba-lives.'))
        self.top = os.fsencode(os.path.join(self.folder, 't'))
        self.db = os.path.join(self.folder, 'audit.db')
        self.tools = os.path.join(self.folder, 'bin')
        self.runs = []
        self.versions = {}      # a run -> what it installed: (name, version)
        self.words = {}         # and every path that its script names
        self.made = {}          # and those that it names to have them there: no `rm -f` does, nor a chmod or cp of what is not there
        self.in_place = {}      # and those that it only edits: such is not stale where another's file was
        self.moved_about = set() # those that any script moves
        self.linked = {}        # and those in an `ln -f`, which fails where one is not there
        self.upheld = {}        # and what of older runs may have been passed by, since its source is there
        self.taken_back = set() # runs of which a rollback took something back: such supersede nothing
        self.uninstalled = set() # of which nothing is left: rolled back, they change nothing
        self.names = set()      # what was ever installed
        self.said = b''
        self.last_names = set() # what was kept as the last name of an older file, and said to be

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def ba(self, *args):
        p = subprocess.run([PROGRAM, '-d', self.db, *args], stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT, cwd=self.folder, check=False,
                           env=dict(os.environ, PATH=self.tools))
        self.said = p.stdout
        return p.returncode

    def setup(self):
        os.mkdir(self.tools)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(self.tools, tool))
        for f in OLD_FOLDERS:
            os.makedirs(os.path.join(self.top, f.encode()))
        os.mkdir(os.path.join(self.folder, 'out'))
        os.mkdir(os.path.join(self.folder, 'src'))
        for n in ('0', '1'):
            self.write_old(os.path.join(self.folder, 'src', n), 'source %s\n' % n)
        for name, text in OLD_FILES.items():
            with open(os.path.join(self.top, name.encode()), 'w') as f:
                f.write(text)

    @staticmethod
    def write_old(path, text):
        with open(path, 'w') as f:
            f.write(text)
        os.utime(path, (10**9, 10**9))

    def in_top(self, lines):
        return 'cd %s || exit 99\nexec 2>/dev/null\n%s\ntrue' % (shlex.quote(os.fsdecode(self.top)), '\n'.join(lines))

    def command(self, name, version, lines):
        mode = ['--no-seccomp'] if self.mode == 'ptrace' else []
        return ['run', *mode, '-q', '--name', name, '--pkgversion', version, '--include', os.fsdecode(self.top), '--',
                'sh', '-c', self.in_top(lines)]

    def install(self, name, version, lines):
        elsewhere = self.elsewhere()
        rc = self.ba(*self.command(name, version, lines))
        if rc or self.said:
            return ['the run ends with %s: %r' % (rc, self.said)]
        self.begin(name, version, lines)
        after = balib.snapshot(self.top)
        self.model.add(name, self.runs[-1], self.before, after)
        self.end(self.runs[-1], set(balib.diff(self.before, after)), after, elsewhere)
        return []

    def both(self, first, at, second):
        """The second is recorded as a whole while the first waits before line `at`."""
        name, version, lines = first
        for fifo in ('here', 'on'):
            os.mkfifo(os.path.join(self.folder, fifo))
        wait = ['echo >../here', 'read x <../on']
        elsewhere = self.elsewhere()
        p = subprocess.Popen([PROGRAM, '-d', self.db, *self.command(name, version, lines[:at] + wait + lines[at:])],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder,
                             env=dict(os.environ, PATH=self.tools))
        with open(os.path.join(self.folder, 'here')) as f:
            f.read()
        half = balib.snapshot(self.top)
        self.begin(name, version, lines)
        run = self.runs[-1]
        self.model.add(name, run, self.before, half)
        before, self.before = self.before, half
        wrong = self.install(*second)
        half = balib.snapshot(self.top)
        with open(os.path.join(self.folder, 'on'), 'w') as f:
            f.write('\n')
        said = p.communicate(timeout=LIMIT)[0]
        for fifo in ('here', 'on'):
            os.unlink(os.path.join(self.folder, fifo))
        if p.returncode or said:
            return ['the run ends with %s: %r' % (p.returncode, said)]
        after = balib.snapshot(self.top)
        changed = set(balib.diff(before, self.before)) | set(balib.diff(half, after))
        if changed & set(balib.diff(self.before, half)):
            raise Done          # by another name of a file they met all the same
        self.model.add_rest(name, run, before, half, after)
        self.end(run, changed, after, elsewhere)
        return wrong

    def begin(self, name, version, lines):
        """A run that is on record; what is there now is what it works on."""
        self.names.add(name)
        self.runs.append(balib.latest(self.db))
        self.versions[self.runs[-1]] = name, version
        self.words[self.runs[-1]] = self.paths(lines)
        self.in_place[self.runs[-1]] = self.paths(line for line in lines if line.startswith('chmod ') or '>>' in line)
        self.moved_about |= self.paths(line for line in lines if line.startswith('mv '))
        self.made[self.runs[-1]] = self.paths(line for line in lines if not line.startswith(('rm ', 'chmod ', 'mv ', 'cp '))) | {
            p for p in self.paths(line for line in lines if line.startswith(('chmod ', 'cp '))) if os.path.exists(p)}
        self.linked[self.runs[-1]] = self.paths(x for x in lines if x.startswith('ln -f '))

    def elsewhere(self):
        """What is no part of the tree, and may be a source of what is."""
        return {p: e for f in ('src', 'out') for p, e in balib.snapshot(os.fsencode(os.path.join(self.folder, f))).items()}

    def end(self, run, changed, after, before_elsewhere):
        others = self.elsewhere()
        changed = changed | set(balib.diff(before_elsewhere, others))
        self.upheld[run] = self.passed_by(run, changed, {**after, **others})

    def edit(self, line):
        subprocess.run(['sh', '-c', self.in_top([line])], check=True)
        self.model.add(PERSON, 0, self.before, balib.snapshot(self.top))
        return []

    def rollback(self, number):
        can = [r for r in self.runs if self.model.can_roll_back(r) or (r in self.uninstalled and not self.model.has_layer(r))]
        if not can:
            return []
        run = can[number % len(can)]
        self.taken_back.add(run)
        return self.undo(self.model.rollback, run, 'rollback', '-y', str(run))

    def uninstall(self, name):
        if name not in self.names:
            return []
        self.uninstalled |= {r for r in self.runs if self.versions[r][0] == name}
        return self.undo(self.model.uninstall, name, 'uninstall', '-y', name)

    def paths(self, lines):
        return {os.path.join(self.top, w.encode()) for w in re.findall(r'[a-z0-9/]+', ' '.join(lines))}

    def prune(self, name):
        """What it takes out is said beforehand, is nothing that the newest run has, and is all that is stale."""
        mine = [r for r in self.runs if self.versions[r][0] == name]
        if not mine:
            return []
        by = mine[-1]
        if self.ba('uninstall', '-n', '--json', '--superseded-by=%d' % by, name) not in (0, 1):
            return ['the dry run ends with: %r' % self.said]
        listed = {os.fsencode(json.loads(line)['path']) for line in self.said.splitlines() if line.startswith(b'{')}
        if self.ba('uninstall', '--list', '-0', '--superseded-by=%d' % by, name) or \
                any(os.path.lexists(p) for p in set(self.said.split(b'\0')[:-1]) - listed):
            return ['the list ends with, or has more: %r' % self.said]
        named = sorted(p for p in listed & self.made[by] if p not in self.linked[by] and not leads_to_itself(p))
        peers = [r for r in mine if self.versions[r] == self.versions[by]]
        missing = sorted(p for p, run in self.model.stale(by, self.versions, self.words[by]).items()
                         if by not in self.taken_back and p not in listed and p in self.made[run] - self.in_place[run] - self.moved_about and not self.moved(p) and
                         not any(p in self.upheld[r] or p in self.words[r] for r in peers if r > run))
        wrong = ['stale, and the newest run names it: %s' % esc(p) for p in named] + \
            ['stale, and not taken out: %s' % esc(p) for p in missing]
        return wrong or self.undo(lambda n, stay: self.model.uninstall(n, stay, listed), name,
                                  'uninstall', '-y', '--superseded-by=%d' % by, name)

    def passed_by(self, run, changed, after):
        """What older runs of its software left, and may have its source somewhere in the tree: such is not stale."""
        name, version = self.versions[run]
        left = {p: r for p, r in self.model.left_before(run, name).items() if p in after and p not in self.words[run]}
        older = {p for p, r in left.items() if self.versions[r][1] != version}
        folders = {os.path.dirname(p) for p in older}

        def is_source(q, p):
            e, f = after[p], after[q]
            same_name = os.path.basename(p) == os.path.basename(q)
            if e['type'] != f['type'] or q in older:
                return False
            if e['type'] == 'symlink':
                return same_name and e['link_target'] == f['link_target']
            if e['sha256'] == f['sha256'] and q not in changed and \
                    (same_name or (e['size'] and os.path.dirname(q) not in folders)):
                return True
            return same_name and b'/etc/' in p     # a configuration

        return {p for p in left if any(is_source(q, p) for q in after if q != p)}

    def moved(self, path):
        """It stood elsewhere before the run that gave it this name."""
        con = balib.connect(self.db)
        rows = balib.rows(con, 'SELECT 1 FROM entry e JOIN path p ON p.id = e.path_id JOIN entry h ON h.run_id = e.run_id '
                          'AND h.before_file = e.file WHERE p.name = CAST(? AS TEXT) AND e.file <> 0 AND h.file <> h.before_file', path)
        con.close()
        return bool(rows)

    def stay(self):
        """The last names of files that stood elsewhere, which it keeps, and says so."""
        return {line.split(None, 2)[2].rpartition(b'  (')[0] for line in self.said.splitlines()
                if line.startswith(b'keep ') and b' was there before the run' in line}

    def undo(self, take_away, what, *args):
        """What is said beforehand is what is done, and what is there then is what the list says."""
        self.ba(args[0], '-n', *args[2:])
        would = sorted(x for x in self.said.splitlines() if not x.startswith(b'buildaudit: '))
        rc = self.ba(*args)
        if rc not in (0, 1):
            return ['it ends with %s: %r' % (rc, self.said)]
        did = sorted(x for x in self.said.splitlines() if not x.startswith(b'buildaudit: '))
        missing = [x for x in did if x not in would]    # -y names what it keeps only
        if missing:
            return ['dry: %r was not foretold: %r' % (missing, would)]
        take_away(what, self.stay())
        self.last_names |= self.stay()
        states = {p: looks(e) for p, e in balib.snapshot(self.top).items()}
        self.model.gone_home(self.last_names, states)
        self.model.gone_as_well(states)
        wrong = compare(self.model.tree(), states, self.top)
        if self.moved_about and self.lives_elsewhere(states):
            raise Done
        return wrong + ['it said: %r' % self.said] if wrong else []

    def lives_elsewhere(self, states):
        """What was moved on by another is kept nowhere, and lives on as that one's: so it says, and there this life ends."""
        paths = re.findall(br'^keep .*?  (/.*)  \(its original was not kept\)$', self.said, re.MULTILINE)
        contents = list(states.values())
        return paths and all(self.model.state(p) in contents for p in paths)

    def owned(self):
        """The view holds what the list does."""
        if not os.path.exists(self.db):
            return []
        con = balib.connect(self.db)
        rows = balib.rows(con, 'SELECT path, name, run_id FROM owned')
        con.close()
        mixed = self.model.mixed() | self.last_names
        got = {r['path']: (r['name'].decode(), r['run_id']) for r in rows if r['path'] not in mixed}
        want = {p: o for p, o in self.model.owners().items() if p not in self.last_names}
        return ['owner of %s: %s, should be %s' % (esc(os.path.relpath(p, self.top)), got.get(p), want.get(p))
                for p in sorted(set(got) | set(want)) if got.get(p) != want.get(p)]

    def live(self):
        self.setup()
        self.model = Layers(balib.snapshot(self.top))
        for i, event in enumerate(self.events):
            self.before = balib.snapshot(self.top)
            faults = getattr(self, event[0])(*event[1:]) or self.owned()
            if faults:
                return ['after event %d, %s:' % (i + 1, story(event))] + faults
        return self.as_before() if ('uninstall', NAMES[0]) in self.events[-3:] else []

    def as_before(self):
        """All are gone: what is left that was not there is a person's, a last name, or the folder of something that is."""
        out = []
        for p, layers in self.model.on.items():
            left = [x for x in layers if x.name is not PERSON and not x.gone]
            if left and p not in self.last_names and not any(q != p and balib.inside(q, p) for q in self.model.tree()):
                out.append('%s is still of %s' % (esc(os.path.relpath(p, self.top)), left[-1].name))
        return out


def story(event):
    return ' '.join('; '.join(x) if isinstance(x, list) else str(x) for x in event)


def attempt(mode, events):
    with Life(mode, events) as one:
        try:
            return one.live()
        except Done:
            return []
        except (OSError, subprocess.SubprocessError, TypeError) as e:
            return ['%s: %s' % (type(e).__name__, e)]


# Making a life that fails shorter.

def kinds(faults):
    starts = ('owner', 'the run', 'it ends', 'stale, and not', 'stale, and the', 'dry')
    return {next((s for s in starts if f.startswith(s)), 'left' if ' is still of ' in f else 'tree')
            for f in faults if not f.startswith('after event')}


def shorter(event):
    """The event with one line of its script less, each"""
    if event[0] != 'install':
        return
    for i in range(len(event[3])):
        yield (*event[:3], event[3][:i] + event[3][i + 1:])


def shrink(mode, events, faults):
    want = kinds(faults)

    def fails(less):
        found = attempt(mode, less)
        return found if kinds(found) & want else None

    again = True
    while again:
        again = False
        for i in range(len(events) - 1, -1, -1):
            for less in [events[:i] + events[i + 1:]] + [events[:i] + [e] + events[i + 1:] for e in shorter(events[i])]:
                found = fails(less)
                if found:
                    events, faults, again = less, found, True
                    break
            if again:
                break
    return [story(e) for e in events] + faults


def one(job):
    seed, mode, kinds_wanted, small, moves, more = job
    # What was moved is kept nowhere: where a person then edits it, what it was is gone for good.
    events = [e for e in life(seed, moves, more) if e[0] in kinds_wanted and not (moves and e[0] == 'edit')]
    faults = attempt(mode, events)
    if faults and small:
        faults = shrink(mode, events, faults)
    return seed, mode, faults


def numbers(text):
    ends = [part.partition('-') for part in text.split(',')]
    return [n for first, _, last in ends for n in range(int(first), int(last or first) + 1)]


def arguments():
    a = argparse.ArgumentParser()
    a.add_argument('--seeds', default='1-100')
    a.add_argument('--mode', default=os.environ.get('MODE', 'seccomp'))
    a.add_argument('--events', default=KINDS, help='only these')
    a.add_argument('-j', type=int, default=os.cpu_count() or 2)
    a.add_argument('--moves', action='store_true', help='installers move files about, too')
    a.add_argument('--more', action='store_true', help='and do more than one thing at a time')
    a.add_argument('--shrink', action='store_true')
    return a.parse_args()


def main():
    args = arguments()
    jobs = [(seed, mode, args.events.split(','), args.shrink, args.moves, args.more) for seed in numbers(args.seeds) for mode in args.mode.split(',')]
    start = time.monotonic()
    failed = 0
    with concurrent.futures.ProcessPoolExecutor(args.j) as pool:
        for seed, mode, faults in pool.map(one, jobs):
            failed += bool(faults)
            if faults:
                print('FAILED: --seeds %d --mode %s' % (seed, mode))
                for f in faults[:60]:
                    print('    ' + f)
                sys.stdout.flush()
    print('%.1f s' % (time.monotonic() - start))
    print('%d passed, %d failed, 0 skipped' % (len(jobs) - failed, failed))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
