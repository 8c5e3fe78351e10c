#!/usr/bin/env python3
"""What a person sees on a terminal: colours, a pager, the width, how far an undo has come.

Each runs on a pseudo-terminal of its own.  Environment: BUILDAUDIT, the program; MODE.
"""
import contextlib
import fcntl
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lib'))
import balib

BA = os.environ.get('BUILDAUDIT', 'buildaudit')
LIMIT = 60
MODE = ['--no-seccomp'] if os.environ.get('MODE') == 'ptrace' else []


class Place:
    """A folder with a database, and terminals to look at it."""

    def __init__(self):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix='ba-terminal.'))
        self.db = os.path.join(self.top, 'audit.db')
        self.p = os.path.join(self.top, 'p')
        os.mkdir(self.p)
        self.started = []       # descriptors of processes

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for fd in self.started:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(fd, signal.SIGKILL)
            os.close(fd)
        shutil.rmtree(self.top, ignore_errors=True)

    def record(self, *argv):
        subprocess.run([BA, '-d', self.db, 'run', *MODE, '-q', '--include', self.p, '--', *argv], cwd=self.p,
                       stdin=subprocess.DEVNULL, check=False)
        balib.settle(self.db)

    def start(self, *words, columns=100, rows=40, one_at_a_time=False, **env):
        pid, fd = os.forkpty()
        if pid == 0:
            if one_at_a_time: # nobody goes on before who wakes him up has done all that he wants
                os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
                os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
            os.chdir(self.p)
            clean = {k: v for k, v in os.environ.items() if k not in ('PAGER', 'LESS', 'BUILDAUDIT_PAGER', 'NO_COLOR')}
            clean.update({'TERM': 'xterm', 'LC_ALL': 'C', 'LESSHISTFILE': '-', **env})
            os.execvpe(BA, [BA, '-d', self.db, *words], clean)
        self.started.append(os.pidfd_open(pid))
        return pid, fd

    def look(self, *words, **how):
        """What it prints, and how it ends."""
        pid, fd = self.start(*words, **how)
        text = read(fd, lambda text: False)
        os.close(fd)
        return text, os.waitpid(pid, 0)[1]


def read(fd, enough):
    text, end = b'', time.monotonic() + LIMIT
    while not enough(text):
        if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
            raise AssertionError('it waits: %r' % text[-500:])
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        text += got
    return text.decode('utf-8', 'replace').replace('\r\n', '\n')


def plain(text):
    return re.sub('\x1b\\[[0-9;]*[A-Za-z]', '', text)


def colours():
    """on a terminal, and not elsewhere; as --color and NO_COLOR say"""
    with Place() as c:
        c.record('sh', '-c', 'echo >a; sh -c "exit 3"; :')
        red = '\x1b[31mfailed with status 3'
        want = {(): True, ('--color=never',): False, ('--color=always',): True}
        faults = ['tree %s: %r' % (f, t) for f, w in want.items() for t in [c.look('tree', *f, PAGER='cat')[0]] if (red in t) != w]
        faults += ['NO_COLOR: %r' % t for t in [c.look('tree', PAGER='cat', NO_COLOR='1')[0]] if '\x1b' in t]
        faults += ['NO_COLOR and --color: %r' % t for t in [c.look('tree', '--color=always', PAGER='cat', NO_COLOR='1')[0]]
                   if red not in t]
        faults += ['TERM=%s: %r' % (term, t) for term in ('dumb', '') for t in [c.look('tree', TERM=term)[0]] if '\x1b' in t]
        faults += ['before the subcommand: %r' % t for t in [c.look('--color=never', '--no-pager', 'tree')[0]] if '\x1b' in t]
        for words, want in (['tree'], False), (['tree', '--color=always'], True):
            p = subprocess.run([BA, '-d', c.db, *words], stdout=subprocess.PIPE, check=True)
            faults += ['in a file, %s: %r' % (words, p.stdout)] if (b'\x1b' in p.stdout) != want else []
        p = subprocess.run([BA, '-d', c.db, 'tree', '--color=red'], stderr=subprocess.PIPE, check=False)
        faults += ['--color=red: %d %r' % (p.returncode, p.stderr)] if p.returncode != 2 or b'auto' not in p.stderr else []
        return faults


def the_pager():
    """$BUILDAUDIT_PAGER, $PAGER, or less; none where it is cat, forbidden, or not there"""
    with Place() as c:
        c.record('sh', '-c', 'echo >a')
        upper = 'tr a-z A-Z'
        faults = []
        for words, env, want in [(['runs'], {'PAGER': upper}, True), (['runs'], {'PAGER': 'cat', 'BUILDAUDIT_PAGER': upper}, True),
                                 (['runs'], {'PAGER': upper, 'BUILDAUDIT_PAGER': ''}, False), (['runs', '--no-pager'], {'PAGER': upper}, False),
                                 (['runs', '--json'], {'PAGER': upper}, True), (['sql', 'SELECT 1 AS one'], {'PAGER': upper}, True),
                                 (['version'], {'PAGER': upper}, False), (['runs', '-h'], {'PAGER': upper}, False)]:
            text, status = c.look(*words, **env)
            if status or (plain(text) == plain(text).upper()) != want:
                faults.append('%s %s: %d %r' % (words, env, status, text))
        text, status = c.look('runs', PAGER='head -c 1')
        faults += ['one that ends early: %d %r' % (status, text)] if status not in (0, 13) or len(plain(text)) > 1 else []
        for pager in '/nothing/of/that/name', 'no-pager-of-that-name -F':
            text, status = c.look('runs', PAGER=pager)
            if status or 'cannot run the pager' not in text or 'COMMAND' not in text:
                faults.append('%s: %d %r' % (pager, status, text))
        text, status = c.look('runs', PAGER='exec ' + upper)
        faults += ['a word of the shell: %d %r' % (status, text)] if status or plain(text) != plain(text).upper() else []
        # Who waits is the pager, for a person; and the status is what it would be without.
        text, status = c.look('who', 'none', PAGER='cat; sleep 0.2; echo after')
        faults += ['its end is not waited for: %d %r' % (status, text)] if os.waitstatus_to_exitcode(status) != 1 or 'after' not in text else []
        return faults


def less_pages_what_does_not_fit():
    """what fits is printed, what does not is paged, and ^C leaves the terminal to less"""
    with Place() as c:
        c.record('sh', '-c', 'i=0; while [ $i -lt 60 ]; do echo >f$i; i=$((i + 1)); done')
        faults = ['what fits: %d %r' % (s, t) for t, s in [c.look('runs')] if s or 'RUN' not in t]
        pid, fd = c.start('files', rows=20)
        read(fd, lambda text: b':' in text[-12:] and b'f20' in text)
        os.write(fd, b'\x03')
        # What is typed while less sees to the ^C is lost to it.
        end, ended = time.monotonic() + LIMIT, (0, 0)
        while ended == (0, 0) and time.monotonic() < end:
            with contextlib.suppress(OSError):
                os.write(fd, b'q')
            with contextlib.suppress(OSError):
                if select.select([fd], [], [], 0.1)[0]:
                    os.read(fd, 65536)
            ended = os.waitpid(pid, os.WNOHANG)
        os.close(fd)
        status, text = ended[1], 'it waits for ever' if ended == (0, 0) else ''
        return faults + (['after q: %d %r' % (status, text)] if text or status not in (0, 13, 2) else [])


def the_pager_and_a_signal():
    """the pager ends in the moment that a ^C comes"""
    with Place() as c:
        c.record('true')
        ends = [c.look('runs', one_at_a_time=True, PAGER='cat; sleep 0.05; kill -INT $PPID') for _ in range(3)]
        return ['%d %r' % (status, text) for text, status in ends if status != signal.SIGINT]


def the_width():
    """a line of tree and who is no longer than the terminal is wide, and runs drops no column"""
    with Place() as c:
        c.record('sh', '-c', 'echo >a; : %s\n:' % ('long ' * 60))
        c.record('perl', '-e', 'exit 3')
        faults = []
        for columns in 60, 100, 140:
            for words in ['tree', '1'], ['who', 'a']:
                text, _ = c.look(*words, columns=columns, PAGER='cat')
                over = [l for l in plain(text).split('\n') if len(l) > columns and 'pid' not in l]
                faults += ['%s in %d columns: %r' % (words, columns, over)] if over else []
            text = plain(c.look('runs', columns=columns, PAGER='cat')[0])
            faults += ['runs in %d columns: no %s in %r' % (columns, w, text) for w in ('COMMAND', 'perl -e', 'GONE', 'complete') if w not in text]
        with open(os.path.join(c.p, 'go'), 'w') as f:
            f.write('[ $1 = 0 ] && exit 3\nsh go $(($1 - 1)) --with-some-option --and-another=one-more --a-third; exit 3\n')
        c.record('sh', 'go', '14')
        for columns in 40, 60, 80:
            over = [l for l in plain(c.look('tree', '3', columns=columns, PAGER='cat')[0]).split('\n') if len(l) > columns]
            faults += ['a deep tree in %d columns: %r' % (columns, over)] if over else []
        text = c.look('tree', '-v', '1', columns=60, PAGER='cat')[0]
        faults += ['-v is cut: %r' % text] if text.count('long') != 60 else []
        faults += ['an empty column is shown: %r' % text for text in [c.look('runs', PAGER='cat')[0]] if 'LABEL' in text]
        return faults


def sql_has_heads():
    """a query's answer has the names of its columns; too wide, one line for each"""
    with Place() as c:
        c.record('sh', '-c', 'echo >a')
        text = plain(c.look('sql', 'SELECT run_id, argv, created FROM runs', PAGER='cat')[0])
        faults = [] if re.search('run_id +argv +created\n +1 +\\["sh".* +1', text) else ['narrow: %r' % text]
        text = plain(c.look('sql', 'SELECT run_id, argv, created, label FROM runs', columns=30, PAGER='cat')[0])
        faults += [] if re.search('run_id +1\nargv +\\["sh".*\ncreated +1\nlabel', text) else ['wide: %r' % text]
        p = subprocess.run([BA, '-d', c.db, 'sql', 'SELECT run_id, created FROM runs'], stdout=subprocess.PIPE, check=True)
        return faults + ([] if p.stdout == b'1|1\n' else ['in a file: %r' % p.stdout])


def an_undo_that_is_interrupted_says_so():
    """^C says how far it came and how to go on, and the next one does"""
    with Place() as c:
        c.record('sh', '-c', 'i=0; while [ $i -lt 3000 ]; do : >f$i; i=$((i + 1)); done')
        pid, fd = c.start('rollback', '-y')
        # Some are gone, and not all.
        end = time.monotonic() + LIMIT
        while len(os.listdir(c.p)) > 2900 and time.monotonic() < end:
            time.sleep(0.001)
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGINT)
        text = plain(read(fd, lambda text: False))
        os.close(fd)
        status = os.waitpid(pid, 0)[1]
        left = len(os.listdir(c.p))
        faults = []
        if status != signal.SIGINT or not re.search('interrupted while rolling back, [0-9]+ of [0-9]+ done: the same command goes on from there', text):
            faults.append('%d left, status %d: %r' % (left, status, text))
        p = subprocess.run([BA, '-d', c.db, 'rollback', '-y'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        faults += ['the next one: %d %r' % (p.returncode, p.stdout)] if p.returncode or os.listdir(c.p) else []
        return faults


def held(c):
    """A PATH by which an undo waits over its plan, at what it asks the package manager, and says so by the file."""
    where = os.path.join(c.top, 'bin')
    os.makedirs(where, exist_ok=True)
    with open(os.path.join(where, 'dpkg-query'), 'w', encoding='ascii') as f:
        f.write('#!/bin/sh\n: >"%s/asked"\nexec sleep 60\n' % c.top)
    os.chmod(f.name, 0o755)
    return where + ':' + os.environ['PATH']


def stopped_in_the_plan(c, how, *words):
    """What it says, and how it ends."""
    asked_at = os.path.join(c.top, 'asked')
    with contextlib.suppress(FileNotFoundError):
        os.unlink(asked_at)
    pid, fd = c.start(*words, PATH=held(c))
    end = time.monotonic() + LIMIT
    while not os.path.exists(asked_at) and time.monotonic() < end:
        time.sleep(0.01)
    text = read(fd, lambda text: b'...' in text or b'%' in text)
    os.kill(pid, how)
    text += read(fd, lambda text: False)
    os.close(fd)
    return text, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def runs_on_record(c):
    p = subprocess.run([BA, '-d', c.db, 'sql', 'SELECT run_id FROM runs'], stdout=subprocess.PIPE, check=True)
    return p.stdout.split()


def a_plan_that_is_interrupted_says_so():
    """it has done nothing: that is said, no run of it is left, and forget is free to do what it does"""
    said = 'interrupted while checking(, [0-9]+ of [0-9]+ done)?: nothing was changed, and the same command begins anew'
    faults = []
    for words in ['uninstall', '-y', '1'], ['uninstall', '-n', '1'], ['uninstall', '1'], ['uninstall', '-y', 'named']:
        for how in (signal.SIGINT, signal.SIGKILL):
            with Place() as c:
                subprocess.run([BA, '-d', c.db, 'run', *MODE, '-q', '--name=named', '--include', c.p, '--', 'touch', 'a', 'b'], cwd=c.p, check=True)
                balib.settle(c.db)
                text, status = stopped_in_the_plan(c, how, *words)
                if status != -how or (how == signal.SIGINT and not re.search(said, plain(text))):
                    faults.append('%s, %s: %d %r' % (words, how.name, status, text))
                if how == signal.SIGINT and plain(text.rsplit('\r\x1b[K', 1)[-1]).count('\n') != 1:
                    faults.append('%s: not one line: %r' % (words, text))
                left = runs_on_record(c), sorted(os.listdir(c.p))
                faults += ['%s, %s: left %s' % (words, how.name, left)] if left != ([b'1'], ['a', 'b']) else []
                p = subprocess.run([BA, '-d', c.db, 'forget', 'named'], stderr=subprocess.PIPE, check=False)
                faults += ['%s, %s: forget: %r' % (words, how.name, p.stderr)] if p.returncode else []
    return faults


def one_that_was_begun_is_gone_on_with():
    """an undo that was killed at work, and once more over its next plan, is still to be finished"""
    with Place() as c:
        c.record('sh', '-c', 'i=0; while [ $i -lt 3000 ]; do : >f$i; i=$((i + 1)); done')
        pid, fd = c.start('uninstall', '-y', '1')
        end = time.monotonic() + LIMIT
        while len(os.listdir(c.p)) > 2900 and time.monotonic() < end:
            time.sleep(0.001)
        os.kill(pid, signal.SIGKILL)
        read(fd, lambda text: False)
        os.close(fd)
        os.waitpid(pid, 0)
        faults = [] if os.listdir(c.p) else ['it was done before it was killed']
        stopped_in_the_plan(c, signal.SIGKILL, 'uninstall', '-y', '1')
        p = subprocess.run([BA, '-d', c.db, 'forget', '1'], stderr=subprocess.PIPE, check=False)
        faults += ['forget: %d %r' % (p.returncode, p.stderr)] if p.returncode != 125 or b'finish it first' not in p.stderr else []
        p = subprocess.run([BA, '-d', c.db, 'uninstall', '-y', '1'], stderr=subprocess.PIPE, check=False)
        faults += ['the next one: %d %r' % (p.returncode, p.stderr)] if p.returncode or os.listdir(c.p) else []
        p = subprocess.run([BA, '-d', c.db, 'forget', '1'], stderr=subprocess.PIPE, check=False)
        return faults + (['forget, then: %d %r' % (p.returncode, p.stderr)] if p.returncode else [])


def verify_that_is_interrupted_says_so():
    """one line, in the place of what stood there"""
    with Place() as c:
        c.record('truncate', '-s', '2000M', 'f')
        os.utime(os.path.join(c.p, 'f'))
        pid, fd = c.start('verify')
        text = read(fd, lambda text: b'...' in text or b'%' in text)
        os.kill(pid, signal.SIGINT)
        text += read(fd, lambda text: False)
        os.close(fd)
        status = os.waitpid(pid, 0)[1]
        if status != signal.SIGINT or not re.search('\r\x1b\\[Kbuildaudit: interrupted while verifying, [0-9]+ of [0-9]+ done: '
                                                    'the same command begins anew\n$', text):
            return ['status %d: %r' % (status, text)]
        return []


def export_that_is_interrupted_leaves_nothing():
    """^C takes the half-made file away, and says so"""
    with Place() as c:
        c.record('sh', '-c', 'i=0; while [ $i -lt 5000 ]; do : >f$i; i=$((i + 1)); done')
        out = os.path.join(c.top, 'out')
        os.mkdir(out)
        pid, fd = c.start('export', '--format=csv', '--of=events', '-o', out + '/x.csv', '1')
        end = time.monotonic() + LIMIT
        while not os.listdir(out) and time.monotonic() < end:
            pass
        os.kill(pid, signal.SIGINT)
        text = read(fd, lambda text: False)
        os.close(fd)
        status = os.waitpid(pid, 0)[1]
        faults = [] if status == signal.SIGINT and 'interrupted: no export was made' in text else ['status %d: %r' % (status, text)]
        return faults + (['left: %s' % os.listdir(out)] if os.listdir(out) else [])


def a_dry_run_checks_once():
    """what is told of it is that it checks, from 0 to the end, once"""
    with Place() as c:
        c.record('sh', '-c', 'i=0; while [ $i -lt 9 ]; do truncate -s 300M f$i; i=$((i + 1)); done')
        for i in range(9):
            os.utime(os.path.join(c.p, 'f%d' % i))
        text = c.look('rollback', '-n')[0]
        shares = [int(n) for n in re.findall('checking \\[#* *\\] +([0-9]+)%', plain(text))]
        return ['%r' % text] if not shares or shares != sorted(shares) or 'rolling back' in text else []


QUESTION = b'ifference: '


def asked(c, script, *answers):
    """What is said after each answer, and how it ends."""
    pid, fd = c.start('--ask', *MODE, '--include', c.p, '--', 'sh', '-c', script, PAGER='cat')
    said = [read(fd, lambda text: QUESTION in text)]
    for a in answers:
        os.write(fd, a)
        said.append(read(fd, lambda text: QUESTION in text))
    os.close(fd)
    return [plain(s) for s in said], os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kept_or_rolled_back():
    """--ask shows what was changed, and does what is answered"""
    faults = []
    with Place() as c:
        with open(c.p + '/conf', 'w') as f:
            f.write('old\n')
        said, status = asked(c, 'echo new >conf; echo >made; exit 3', b'f\n', b'w\n', b'd\n', b'what?\n', b'\n', b'r\n')
        want = ['created .*/made', 'modified .*/conf', 'sh -c', r'\+new', 'Keep it', 'Keep it', '1 removed, 1 restored']
        faults += ['%s: %r' % (w, s) for w, s in zip(want, said) if not re.search(w, s)]
        with open(c.p + '/conf') as f:
            faults += ['it is not back: %r' % t for t in [f.read()] if t != 'old\n']
        faults += ['left: %s' % os.listdir(c.p)] if os.listdir(c.p) != ['conf'] else []
        faults += ['status %d' % status] if status != 3 else []
        faults += ['rolled back: %r' % (a,) for a in [asked(c, 'echo >made', b'r\n')] if a[1] != 1 or '1 removed' not in a[0][1]]
        for answer, word in (b' K\n', 'is kept'), (b'\x04', 'is kept'), (b'\x03', 'is kept'):
            said, status = asked(c, 'echo >made', answer)
            faults += ['%r: %d %r' % (answer, status, said)] if status or word not in said[1] or 'made' not in os.listdir(c.p) else []
    with Place() as c:
        p = subprocess.run([BA, '-d', c.db, '--ask', '--', 'touch', c.p + '/x'], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if p.returncode != 2 or b'no terminal' not in p.stderr or os.listdir(c.p) or os.path.exists(c.db):
            faults.append('without a terminal: %d %r' % (p.returncode, p.stderr))
    return faults


def packing_shows_how_far_it_is():
    """what takes its time has a bar, and ^C leaves nothing"""
    with Place() as c:
        c.record('sh', '-c', 'i=0; while [ $i -lt 6 ]; do head -c 60000000 /dev/urandom >f$i; i=$((i + 1)); done')
        out = os.path.join(c.top, 'out')
        os.mkdir(out)
        pid, fd = c.start('package', '--type=tar', '-o', out, '--pkgname=p', '--pkgversion=1')
        text = read(fd, lambda text: b'%' in text)
        os.kill(pid, signal.SIGINT)
        text += read(fd, lambda text: False)
        os.close(fd)
        status = os.waitpid(pid, 0)[1]
        faults = [] if re.search('(checking|packing) \\[#* *\\] +[0-9]+%', plain(text)) else ['no bar: %r' % text]
        faults += [] if status == signal.SIGINT and 'interrupted: no package was made' in text else ['status %d: %r' % (status, text)]
        return faults + (['left: %s' % os.listdir(out)] if os.listdir(out) else [])


CASES = (colours, the_pager, less_pages_what_does_not_fit, the_pager_and_a_signal, the_width, sql_has_heads, an_undo_that_is_interrupted_says_so,
         a_plan_that_is_interrupted_says_so, one_that_was_begun_is_gone_on_with, verify_that_is_interrupted_says_so,
         export_that_is_interrupted_leaves_nothing, a_dry_run_checks_once, kept_or_rolled_back, packing_shows_how_far_it_is)


balib.run_cases(CASES)
