"""What is interrupted: a tree, a database and one command, on a disk that can be had again as it was, and what has to
hold afterwards.  kill.py, power.py and objects.py interrupt it, each in its own way."""
import hashlib
import os
import select
import shutil
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
import balib
import disk
import undoing

BA = shutil.which(os.environ.get('BUILDAUDIT', 'buildaudit')) or sys.exit('BUILDAUDIT is no program')
LIMIT = 120                         # seconds that one command may take; those that wait for ever are found so
# Where package and its helpers put what they work on.  What is there in a World is its own.
STAGES = ('/tmp', '/dev/shm', '/var/tmp')
NEEDED = (os.path.join(HERE, '..', '..'), os.path.dirname(os.path.dirname(os.path.realpath(BA))), sys.prefix)


class Hit:
    """What killat says of one command."""

    def __init__(self, text, code, said):
        words = dict(l.split(' ', 1) for l in text.splitlines() if l.startswith(('calls ', 'hit ', 'status ')))
        self.calls = int(words.get('calls', -1))
        self.hit = 'hit' in words
        self.status = int(words.get('status', -1))
        self.lines = [l for l in text.splitlines() if '\t' in l]
        self.code, self.said = code, said
        if self.calls < 0:
            raise RuntimeError('killat failed: %s %s' % (text, said))


class World:
    """A disk mounted at `m` with the tree `t`, the database's folder (there, or on a disk of its own), and the folder where
    packages go.  Only one in a process; it sees empty
    folders for temporary files, and all is gone when it ends."""

    def __init__(self, kind='ext4', db_apart=False, size=None):
        disk.private()
        for folder in STAGES:
            if os.path.isdir(folder):
                disk.cover(folder, NEEDED)
        # The same in every World: names are as long, and calls as many.  /tmp would count as excluded.
        disk.cover('/mnt', NEEDED)
        self.top = '/mnt/crash'
        os.mkdir(self.top, 0o755)
        home = self.top + '/home'       # rpm makes a database there, once, whatever it is asked
        os.mkdir(home)
        counted = (self.top + '/[md]/*', *(folder + '/*' for folder in STAGES))
        self.counted = [word for glob in counted for word in ('-w', glob)]
        self.kept = {folder: set(os.listdir(folder)) for folder in STAGES if os.path.isdir(folder)}
        self.killat = balib.killat(self.top)
        self.disk = disk.Disk(self.top, 'm', kind, size)
        self.disks = [self.disk]
        self.m = self.disk.at
        if db_apart:
            self.disks.append(disk.Disk(self.top, 'd', kind))
        self.t = self.m + '/tree'
        self.db_folder = self.disks[-1].at + '/db'
        self.db = self.db_folder + '/audit.db'
        self.out = self.m + '/out'
        self.env = dict(os.environ, LC_ALL='C', SOURCE_DATE_EPOCH='1600000000', CHECKINSTALLRC='/dev/null', HOME=home)
        for name in ('BUILDAUDIT_DB', 'TMPDIR'):
            self.env.pop(name, None)
        self.paths = {True: os.environ.get('PATH', os.defpath), False: self.few_programs()}

    def few_programs(self):
        """A folder of those that scenes run, without package managers: of what is on this disk they know nothing, and
        asking them takes most of an undo's time."""
        folder = self.top + '/bin'
        os.mkdir(folder)
        for n in filter(shutil.which, ('sh', 'mv', 'rm', 'mkdir', 'chmod', 'sleep', 'true', 'setfacl')):
            os.symlink(shutil.which(n), folder + '/' + n)
        return folder

    def play(self, scene):
        self.env['PATH'] = self.paths[scene.packs]

    def fresh(self):
        """The first time: empty folders, mounted."""
        for d in self.disks:
            d.mount()
        for p in (self.t, self.db_folder, self.out):
            os.mkdir(p, 0o700)

    def mount(self, which=0):
        for d in self.disks:
            d.mount(which)

    def umount(self):
        for d in self.disks:
            d.umount()

    def save(self):
        for d in self.disks:
            d.flush()
        return [d.image_at_rest() for d in self.disks]

    def restore(self, images):
        for d, i in zip(self.disks, images):
            d.restore(i)

    def run(self, argv, **more):
        return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors='surrogateescape', env=self.env, cwd=self.out, timeout=LIMIT, check=False, **more)

    def ba(self, *args):
        return self.run([BA, '-d', self.db, *args])

    def killed(self, args, *options):
        """The command under killat with these options."""
        report = self.top + '/report'
        p = self.run([self.killat, '-o', report, *self.counted, *options, '--', BA, '-d', self.db, *args])
        with open(report, errors='surrogateescape') as f:
            return Hit(f.read(), p.returncode, p.stdout)

    def cut_at(self, n, args, disks, late, *options):
        """The command, and at its N-th call the power goes; then it and all it started is killed."""
        report, ask, answer = self.top + '/report', self.top + '/ask', self.top + '/answer'
        for p in (ask, answer):
            if not os.path.exists(p):
                os.mkfifo(p)
        asked = os.open(ask, os.O_RDONLY | os.O_NONBLOCK)
        with open(self.top + '/said', 'w+b') as said:
            p = subprocess.Popen([self.killat, '-o', report, *self.counted, '-n', str(n), '-k', 'tree', *options,
                                  '--do', 'echo >%s; read x <%s' % (ask, answer), '--', BA, '-d', self.db, *args],
                                 stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=self.env, cwd=self.out)
            ended = os.pidfd_open(p.pid)
            ready, _, _ = select.select([asked, ended], [], [], LIMIT)
            if asked in ready:
                self.cut(disks, late)
                with open(answer, 'w') as f:
                    f.write('\n')
            p.wait(LIMIT)
            os.close(asked)
            os.close(ended)
            said.seek(0)
            with open(report, errors='surrogateescape') as f:
                return Hit(f.read(), p.returncode, said.read().decode(errors='surrogateescape'))

    @staticmethod
    def cut(disks, late):
        for d in disks:
            d.cut(late)

    def after_cut(self, which):
        for d in self.disks:
            d.after_cut()
        self.clear()
        self.mount(which)

    # What there is.

    def store(self):
        """{object's name: is it whole?}, and what else lies there."""
        out, other = {}, []
        folder = self.db + '.d'
        for top, _, files in os.walk(folder):
            for n in files:
                p = os.path.join(top, n)
                name = os.path.relpath(p, folder).replace('/', '')
                if len(name) != 64:
                    if n != 'lock':
                        other.append(p)
                    continue
                out[name] = digest(p) == name
        return out, other

    def litter(self, cut=False):
        """What nobody asked for: temporary names in the tree, in the store, beside the database and where packages are
        made.  After a power cut the database's own files are there, and right."""
        out = []
        for top, dirs, files in os.walk(os.fsencode(self.t)):
            out += [os.path.join(top, n) for n in dirs + files if n.startswith(b'.buildaudit')]
        out += self.store()[1]
        out += [self.db_folder + '/' + n for n in os.listdir(self.db_folder)
                if n not in ('audit.db', 'audit.db.d') and not (cut and n.startswith('audit.db-'))]
        out += [self.out + '/' + n for n in os.listdir(self.out) if n.endswith('.part')]
        for folder, kept in self.kept.items():
            out += [os.path.join(folder, n) for n in sorted(set(os.listdir(folder)) - kept)]
        return out

    def clear(self):
        """What an interrupted command left in memory."""
        for folder, kept in self.kept.items():
            for n in set(os.listdir(folder)) - kept:
                p = os.path.join(folder, n)
                shutil.rmtree(p) if os.path.isdir(p) and not os.path.islink(p) else os.unlink(p)

    def runs(self):
        """(kind, of_run, state) of each run."""
        con = sqlite3.connect('file:%s?mode=ro' % self.db, uri=True)
        try:
            return con.execute('SELECT kind, of_run, state FROM run ORDER BY id').fetchall()
        finally:
            con.close()


def digest(path):
    h = hashlib.sha256()
    with open(path, 'rb') as f:
        for block in iter(lambda: f.read(1 << 20), b''):
            h.update(block)
    return h.hexdigest()


def contents(snapshot):
    return {e['sha256']: p for p, e in snapshot.items() if e['type'] == 'file' and e['size']}


def lost(world, before):
    """The contents of before that stand nowhere now, neither in the tree nor whole in the store."""
    there = set(contents(undoing.snapshot(world.t)))
    there |= {name for name, whole in world.store()[0].items() if whole}
    return ['lost: the content of %s' % balib.esc(p) for h, p in sorted(contents(before).items()) if h not in there]


def outputs(world):
    """{name: digest} of the packages that were made."""
    return {n: digest(world.out + '/' + n) for n in sorted(os.listdir(world.out)) if os.path.isfile(world.out + '/' + n)}


def can(tap, what, missing):
    """Without what it needs a test is skipped; but it fails where that must be there."""
    if missing:
        must = os.environ.get('BUILDAUDIT_MUST_TRACE') == '1' and os.getuid() == 0
        tap.result(what, [missing] if must else [], None if must else missing)
    return not missing


def names(tap, only):
    """The scenes of a list that can be had here; the others are skipped."""
    for name in only.split(','):
        needs = SCENES[name].needs
        if needs and not shutil.which(needs):
            tap.result(name, [], 'no %s here' % needs)
        else:
            yield name


class Ideal:
    """What is there when the command was not disturbed."""

    def __init__(self, world, p):
        self.status, self.said = p.returncode, p.stdout
        self.tree = undoing.snapshot(world.t)
        self.store, _ = world.store()
        self.outputs = outputs(world)
        self.runs = world.runs()
        self.litter = world.litter()


OVERWRITE = 'cd "$1" && for f in overwritten truncated renamed_over; do echo second >$f; done; rm by_link; mv moved_to moved_2'


def give_back(w):
    """Some files have again what they had before the installer came: it is in the store already."""
    for n in ('overwritten', 'truncated', 'renamed_over', 'by_link'):
        if os.path.exists(w.t + '/' + n):
            os.unlink(w.t + '/' + n)
        undoing.write(w.t + '/' + n, n * 50)


class Scene:
    """One command.  prepare() makes the disk as it is before; what it returns is kept for the checks."""
    needs = None                    # a program that may not be here
    recorder = False                # is it the recorder that is meant?
    whom = ('caller',)              # whom to kill
    packs = False                   # has it need of package managers?
    args = ()

    def command(self, w):
        return self.args

    def prepare(self, w):
        undoing.build(w.t)
        before = undoing.snapshot(w.t)
        self.install(w)
        return before

    def install(self, w, *flags):
        p = w.ba('run', '-q', '--include', w.t, *flags, '--', sys.executable, '-S', undoing.__file__, '--install', w.t)
        if p.returncode:
            raise RuntimeError('the installer failed: ' + p.stdout)
        balib.settle(w.db)

    def version(self, w, number, script):
        p = w.ba('run', '-q', '--include', w.t, '--name=it', '--pkgversion=%d' % number, '--', 'sh', '-c', script, 'sh', w.t)
        if p.returncode:
            raise RuntimeError('version %d failed: %s' % (number, p.stdout))
        balib.settle(w.db)

    def options(self):
        return ['--recorder'] if self.recorder else []

    def again(self, w):
        """The same command once more."""
        return w.ba(*self.command(w))

    def wrong_status(self, p, ideal, w):
        if p.returncode != ideal.status:
            return ['the same command again ends with %d: %s' % (p.returncode, p.stdout[-1500:])]
        return []

    def wrong_tree(self, w, ideal, before):
        return undoing.compare(ideal.tree, undoing.snapshot(w.t))

    def wrong_ideal(self, ideal, before):
        """What is wrong without any interruption."""
        return ['litter: %r' % n for n in ideal.litter] + ['undisturbed it ends with %d: %s' % (ideal.status, ideal.said)] * (ideal.status != 0)

    def check(self, w, ideal, before, cut=False):
        """After the interruption (a power cut, too): the command again, and all that has to hold then."""
        p = self.again(w)
        return self.wrong_status(p, ideal, w) + self.still(w, ideal, before, cut=False)

    def done_and_cut(self, w, ideal, before):
        """The power went after the command had said that it is done."""
        return self.still(w, ideal, before, cut=True)

    def still(self, w, ideal, before, cut):
        """What holds from the command's end on, whatever comes."""
        wrong = self.wrong_tree(w, ideal, before)
        store, _ = w.store()
        wrong += ['an object too many: ' + n for n in sorted(set(store) - set(ideal.store))]
        wrong += ['an object is gone: ' + n for n in sorted(set(ideal.store) - set(store))]
        wrong += ['an object is damaged: ' + n for n, whole in sorted(store.items()) if not whole]
        wrong += ['litter: %r' % n for n in w.litter(cut) if n not in ideal.litter]
        if outputs(w) != ideal.outputs:
            wrong.append('made: %r, wanted %r' % (outputs(w), ideal.outputs))
        return wrong + self.wrong_runs(w, ideal)

    def last(self, w):
        """What is asked when nothing more is needed."""
        return []

    def wrong_runs(self, w, ideal):
        """As undisturbed, but that interrupted tries may stand before the last."""
        runs = w.runs()
        wrong = ['a run counts as running: %r' % (r,) for r in runs if r[2] == 'running']
        kept = [r for i, r in enumerate(runs) if r[2] == 'complete' or i == 0]
        if kept[:len(ideal.runs)] != ideal.runs or len(kept) - len(ideal.runs) not in (0, 1):
            wrong.append('the runs are %r, undisturbed they are %r' % (runs, ideal.runs))
        return wrong


class Rollback(Scene):
    args = ('rollback', '-y', '1')

    def wrong_tree(self, w, ideal, before):
        return undoing.compare(before, undoing.snapshot(w.t))


    def wrong_ideal(self, ideal, before):
        return super().wrong_ideal(ideal, before) + undoing.compare(before, ideal.tree)


class Life(Rollback):
    """An install of two versions is taken out by its name."""
    args = ('uninstall', '-y', 'it')

    def prepare(self, w):
        undoing.build(w.t)
        before = undoing.snapshot(w.t)
        self.install(w, '--name=it', '--pkgversion=1')
        self.version(w, 2, OVERWRITE)
        return before


class Together(Rollback):
    """A commit of three runs that build upon each other is rolled back: each of them is, one after the other."""
    args = ('rollback', '-y', '4')

    def go_on(self, w, *command):
        p = w.ba('try', '-q', '--include', w.t, *self.layers, '--', *command, w.t)
        if p.returncode:
            raise RuntimeError('the try failed: ' + p.stdout)
        balib.settle(w.db)
        self.layers = ('--continue=1',)

    def prepare(self, w):
        self.layers = ()
        undoing.build(w.t)
        before = undoing.snapshot(w.t)
        self.go_on(w, sys.executable, '-S', undoing.__file__, '--install')
        self.go_on(w, 'sh', '-c', OVERWRITE + '; mkdir more; echo 2 >more/f; mv truncated more/moved', 'sh')
        self.go_on(w, 'sh', '-c', 'cd "$1" && chmod 600 overwritten more/moved; mv more/moved truncated; rm -r more', 'sh')
        p = w.ba('commit', '-y', '1')
        if p.returncode:
            raise RuntimeError('the commit failed: ' + p.stdout)
        return before


class Folders(Life):
    """A folder of the install stays, or is made again as it was, for what a person had put there and the install took."""

    def prepare(self, w):
        self.version(w, 1, 'set -e; cd "$1"; mkdir -m 750 gone gone/deep stays empty')
        for n in ('gone/deep/f', 'gone/g', 'stays/f', 'stays/g'):
            undoing.write(w.t + '/' + n, 'content of ' + n)
        left = undoing.snapshot(w.t)
        self.version(w, 2, 'set -e; cd "$1"; rm -r gone/deep/f gone/g stays/g; echo it >stays/f; echo it >empty/own')
        os.rmdir(w.t + '/gone/deep')
        os.rmdir(w.t + '/gone')
        return {p: e for p, e in left.items() if not p.endswith(b'/empty')}


class Prune(Scene):
    """Of an install what the second version did not install again is taken out; what was there before stays, and it says so."""
    args = ('uninstall', '-y', '--superseded-by=it@2', 'it')
    prepare = Life.prepare

    def wrong_ideal(self, ideal, before):
        return [] if ideal.status in (0, 1) and ' removed' in ideal.said else super().wrong_ideal(ideal, before)


class Unfinished(Scene):
    """What is rolled back is a run whose recorder was killed.  What that had not put on record stays, and it ends with 1."""
    args = ('rollback', '-y', '1')

    def wrong_ideal(self, ideal, before):
        return [] if ideal.status == 1 and 'rolled back' in ideal.said else super().wrong_ideal(ideal, before)

    def check(self, w, ideal, before, cut=False):
        return super().check(w, ideal, before, cut) + lost(w, before)

    def install(self, w, *flags):
        run = Run()
        if not w.killed(run.command(w), '-n', '250', '-k', 'tree', '--recorder').hit:
            raise RuntimeError('the recorder was not killed')


class Uninstall(Scene):
    """What the run carried elsewhere is not its own, and stays: it ends with 1."""
    args = ('uninstall', '-y', '1')

    def wrong_ideal(self, ideal, before):
        return [] if ideal.status == 1 and 'it was there before the run' in ideal.said else super().wrong_ideal(ideal, before)


class Forget(Scene):
    """Two runs share some of their originals; the first is forgotten."""
    args = ('forget', '1')

    def prepare(self, w):
        before = super().prepare(w)
        give_back(w)
        p = w.ba('run', '-q', '--include', w.t, '--', 'sh', '-c', OVERWRITE, 'sh', w.t)
        if p.returncode:
            raise RuntimeError('the second run failed: ' + p.stdout)
        balib.settle(w.db)
        return before

    def wrong_status(self, p, ideal, w):
        # What is forgotten already is not there: that, too, is the truth, and what was asked for.
        if p.returncode and "no run has the number or label '1'" in p.stdout and len(w.runs()) == 1:
            return []
        return super().wrong_status(p, ideal, w)

    def wrong_runs(self, w, ideal):
        return [] if w.runs() == ideal.runs else ['the runs are %r, wanted %r' % (w.runs(), ideal.runs)]


class Package(Scene):
    """What is packed is small; names that a format cannot have are in no package."""
    whom = ('tree', 'main')
    packs = True
    script = ('cd "$1"; mkdir -p bin lib/deep share; echo one >bin/a; cp bin/a bin/b; chmod 755 bin/*; ln bin/a bin/a2; '
              'ln -s a bin/link; seq 20000 >share/data; echo x >lib/deep/x; chmod 4755 bin/b')

    def prepare(self, w):
        undoing.write(w.t + '/there', 'before')
        before = undoing.snapshot(w.t)
        p = w.ba('run', '-q', '--include', w.t, '--', 'sh', '-ec', self.script, 'sh', w.t)
        if p.returncode:
            raise RuntimeError('the installer failed: ' + p.stdout)
        balib.settle(w.db)
        return before


class Deb(Package):
    needs = 'dpkg-deb'
    args = ('package', '--type=deb', '--pkgname=thing', '--pkgversion=1', '1')


class Rpm(Package):
    needs = 'rpmbuild'
    args = ('package', '--type=rpm', '--pkgname=thing', '--pkgversion=1', '1')


class Tar(Package):
    args = ('package', '--type=tar', '--pkgname=thing', '--pkgversion=1', '1')


class Checkinstall(Scene):
    """What packs and installs dies; what is recorded is not meant.  The package goes into a dpkg database of its own."""
    needs = 'dpkg'
    whom = ('tree', 'main')
    packs = True
    # As installers do it: what is there is written anew, or left as it is.  The page is compressed in the package.
    script = ('mkdir -p "$1/opt/bin" "$1/opt/man/man1"; echo one >"$1/opt/bin/a"; ln -sfn a "$1/opt/bin/link"; '
              'echo page >"$1/opt/man/man1/a.1"; [ -e "$1/opt/data" ] || seq 9999 >"$1/opt/data"')

    def prepare(self, w):
        for n in ('info', 'updates', 'triggers'):
            os.makedirs(w.m + '/dpkg/' + n)
        undoing.write(w.m + '/dpkg/status', '')
        os.makedirs(w.out + '/doc-pak/more')
        for n in ('README', 'more/a', 'more/b'):
            undoing.write('%s/doc-pak/%s' % (w.out, n), 'read')
        return None

    def command(self, w):
        return ('checkinstall', '-D', '-y', '--pkgname=thing', '--pkgversion=1', '--pakdir=' + w.out,
                '--deldoc', '--docdir=%s/doc' % w.t, '--dpkgflags=--admindir=%s/dpkg --log=/dev/null' % w.m, 'sh', '-ec', self.script, 'sh', w.t)

    def again(self, w):
        p = super().again(w)
        end = time.monotonic() + 10     # the recorder closes the database a moment after
        while os.path.exists(w.db + '-wal') and time.monotonic() < end:
            time.sleep(0.01)
        return p

    def wrong_ideal(self, ideal, before):
        return super().wrong_ideal(ideal, before) + ([] if ideal.outputs else ['no package'])

    def still(self, w, ideal, before, cut):
        dpkg = ['dpkg', '--admindir=%s/dpkg' % w.m]
        wrong = ['litter: %r' % n for n in w.litter(cut)]
        if w.run([*dpkg, '-V', 'thing']).stdout or w.run([*dpkg, '--audit']).stdout:
            wrong.append('dpkg finds something wrong')
        listed = w.run([*dpkg, '-L', 'thing']).stdout
        wrong += ['not in the package: ' + n for n in ('bin/a', 'bin/link', 'data', 'man/man1/a.1.gz') if w.t + '/opt/' + n not in listed]
        now, wanted = untimed(undoing.snapshot(w.t)), untimed(ideal.tree)
        # When it died at the very last the documents are gone, as was wanted, and the next package has none.
        docs = {p for p in wanted if p.startswith(os.fsencode(w.t + '/doc/thing'))}
        if not docs & set(now):
            wanted = {p: e for p, e in wanted.items() if p not in docs}
        wrong += ['left: ' + n for n in os.listdir(w.out) if n.startswith('.') or n == 'doc-pak']
        return wrong + undoing.compare(wanted, now)


def untimed(snapshot):
    return {p: {k: v for k, v in e.items() if k != 'mtime_ns'} for p, e in snapshot.items()}


class Run(Scene):
    """The recorder dies, and by that its command.  What is left is no whole record, and says so; but nothing is lost."""
    recorder = True
    whom = ('caller', 'tree')
    run_id = 1

    def __init__(self):
        self.flags = ['--no-seccomp'] if os.environ.get('MODE') == 'ptrace' else []

    def prepare(self, w):
        undoing.build(w.t)
        return undoing.snapshot(w.t)

    def command(self, w):
        return ('run', *self.flags, '--include', w.t, '--', sys.executable, '-S', undoing.__file__, '--install', w.t)

    def check(self, w, ideal, before, cut=False):
        self.done = False
        wrong = lost(w, before)
        if not os.path.exists(w.db):
            return wrong + undoing.compare(before, undoing.snapshot(w.t))
        p = w.ba('sql', 'PRAGMA integrity_check')
        if 'is empty: nothing was recorded' in p.stdout:
            # Nothing of it has come to the disk; or nothing had been started.
            return wrong + ([] if cut else undoing.compare(before, undoing.snapshot(w.t)))
        if p.returncode or p.stdout != 'ok\n':
            wrong.append('the database: %s' % p.stdout)
        p = w.ba('runs')
        runs = w.runs() if p.returncode == 0 else []
        if len(runs) >= self.run_id:
            wrong += self.check_run(w, before, cut)
        elif not cut:
            wrong += undoing.compare(before, undoing.snapshot(w.t))
        return wrong

    def check_run(self, w, before, cut):
        state = w.ba('sql', 'SELECT state FROM runs WHERE run_id = %d' % self.run_id).stdout.strip()
        wrong = [] if state in ('incomplete', 'complete') else ['the run is ' + state]
        as_left = undoing.snapshot(w.t)
        p = w.ba('rollback', '-y', str(self.run_id))
        now = undoing.snapshot(w.t)
        self.done = p.returncode == 0
        if self.done:
            wrong += undoing.compare(before, now)
        elif 'rolled back' not in p.stdout:
            wrong += ['refused, and yet: ' + s for s in undoing.compare(as_left, now)]
        # A power cut leaves what no command made: that may be "changed since".
        if state == 'complete' and p.returncode and not cut:
            wrong.append('a run that counts as complete is not rolled back: ' + p.stdout[-800:])
        gone = ['after the rollback (%d): %s' % (p.returncode, s) for s in lost(w, before)]
        return wrong + gone + (['it had said: ' + p.stdout] if gone else [])

    def done_and_cut(self, w, ideal, before):
        wrong = self.check(w, ideal, before, cut=True)
        if not os.path.exists(w.db) or w.runs()[self.run_id - 1:self.run_id] != [(None, None, 'complete')]:
            wrong.append('the record of a run that said it is done is not there, or not complete')
        return wrong

    def still(self, w, ideal, before, cut):
        return undoing.compare(before, undoing.snapshot(w.t)) if self.done else lost(w, before)

    def last(self, w):
        """A run after it goes right, and forgetting takes all that was left."""
        wrong = []
        p = w.ba('run', '-q', '--', 'true')
        balib.settle(w.db)
        if p.returncode:
            wrong.append('the next run ends with %d: %s' % (p.returncode, p.stdout))
        wrong += ['a run counts as running: %r' % (r,) for r in w.runs() if r[2] == 'running']
        con = sqlite3.connect('file:%s?mode=ro' % w.db, uri=True)
        ids = [r[0] for r in con.execute('SELECT id FROM run ORDER BY id')]
        con.close()
        for i in ids:
            p = w.ba('forget', str(i))
            if p.returncode:
                wrong.append('forget %d ends with %d: %s' % (i, p.returncode, p.stdout))
        store, _ = w.store()
        wrong += ['an object that nobody names: ' + n for n in store]
        return wrong + ['litter: %r' % n for n in w.litter()]


class Scripted(Run):
    """A run of a few shell commands in the tree."""

    def command(self, w):
        return ('run', *self.flags, '--include', w.t, '--', 'sh', '-c', 'cd "$1"; ' + self.script, 'sh', w.t)


class Precious(Scripted):
    """A content that is carried away by its name, and then written over there."""
    script = 'mv A B; : >>B'

    def prepare(self, w):
        undoing.write(w.t + '/A', 'precious')
        return undoing.snapshot(w.t)


class Carried(Scripted):
    """Contents that are carried to where something else stood before, some of it on disk in the record, the rest not
    yet: were what stands there now only taken away, it would be their end."""
    script = 'rm B; sleep 0.7; mv A B; mv C D; mv folder/inside i; sleep 0.7; rm -r folder; mv i folder'

    def prepare(self, w):
        for n in 'ABCD':
            undoing.write(w.t + '/' + n, 'content of ' + n)
        os.mkdir(w.t + '/folder')
        undoing.write(w.t + '/folder/inside', 'content of inside')
        return undoing.snapshot(w.t)


class Second(Run):
    """What it destroys is in the store already, from a run before it."""
    run_id = 2

    def prepare(self, w):
        Scene.prepare(self, w)
        give_back(w)
        return undoing.snapshot(w.t)

    def command(self, w):
        return ('run', *self.flags, '--include', w.t, '--', 'sh', '-c', OVERWRITE, 'sh', w.t)


class Commit(Scene):
    """What was tried is put in its place.  However often that dies, in the end all of it is there, to the times of folders."""
    args = ('commit', '-y', '1')
    whom = ('caller', 'tree')
    committed = None                # the tree, undisturbed

    @staticmethod
    def tree(w):
        snap = balib.snapshot(w.t)
        return {p: dict(e, time=snap[p]['mtime_ns'] if e['type'] == 'dir' else None)
                for p, e in undoing.snapshot(w.t).items()}

    def prepare(self, w):
        undoing.build(w.t)
        self.before = self.tree(w)
        p = w.ba('try', '-q', '--include', w.t, '--', sys.executable, '-S', undoing.__file__, '--install', w.t)
        if p.returncode:
            raise RuntimeError('the try failed: ' + p.stdout)
        balib.settle(w.db)
        w.umount()                  # when nobody is in the layers any more
        w.mount()
        return self.before

    def again(self, w):
        p = super().again(w)
        self.committed = self.committed or self.tree(w)
        return p

    def wrong_ideal(self, ideal, before):
        return super().wrong_ideal(ideal, before) + (['nothing was committed'] if self.committed == before else [])

    def wrong_tree(self, w, ideal, before):
        return undoing.compare(self.committed, self.tree(w))

    def last(self, w):
        """It can be taken back as if it had been no try."""
        p = w.ba('rollback', '-y', '1')
        wrong = ['rollback ends with %d: %s' % (p.returncode, p.stdout)] if p.returncode else []
        untimed_folders = {n: {k: v for k, v in e.items() if k != 'time'} for n, e in self.before.items()}
        return wrong + undoing.compare(untimed_folders, undoing.snapshot(w.t))


class Uncommit(Commit):
    """A commit that died is given up: nothing of it is left, nor of the try; but one that was at its end is one."""

    def check(self, w, ideal, before, cut=False):
        p = w.ba('discard', '1')
        self.given_up = p.returncode == 0
        if not self.given_up and 'has no layers' not in p.stdout and 'is not staged' not in p.stdout:
            return ['discard ends with %d: %s' % (p.returncode, p.stdout)]
        if not self.given_up:
            return super().check(w, ideal, before, cut)
        return self.still(w, ideal, before, cut=False)

    def still(self, w, ideal, before, cut):
        if not self.given_up:
            return super().still(w, ideal, before, cut)
        wrong = undoing.compare(before, self.tree(w)) + ['litter: %r' % n for n in w.litter(cut)]
        return wrong + ['an object: ' + n for n in w.store()[0]] + ['a run: %r' % (r,) for r in w.runs()]

    def last(self, w):
        return [] if self.given_up else super().last(w)


SCENES = {'commit': Commit, 'uncommit': Uncommit, 'rollback': Rollback, 'together': Together, 'life': Life, 'folders': Folders, 'prune': Prune, 'uninstall': Uninstall, 'forget': Forget, 'deb': Deb, 'rpm': Rpm, 'tar': Tar,
          'run': Run, 'precious': Precious, 'carried': Carried, 'second': Second, 'unfinished': Unfinished, 'checkinstall': Checkinstall}
