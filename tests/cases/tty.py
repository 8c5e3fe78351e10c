#!/usr/bin/env python3
"""Job control on a real terminal: an interactive bash on a pseudo-terminal, the command under it.

Each scenario is played twice, without us and with us; both must pass.  Nothing sleeps: a play waits for words.
"""
import fcntl
import os
import re
import select
import shlex
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lib'))
import balib

LIMIT = 15
PROMPT = 'READY>'


def session_groups(sid):
    groups = set()
    for p in os.listdir('/proc'):
        if p.isdigit():
            try:
                with open('/proc/%s/stat' % p) as f:
                    group, session = f.read().rsplit(')', 1)[1].split()[2:4]
                if int(session) == sid and int(group) > 1:
                    groups.add(int(group))
            except (OSError, ValueError):
                pass
    return groups


class Play:
    """A bash on a terminal."""

    def __init__(self, folder):
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            os.chdir(folder)
            env = {k: v for k, v in os.environ.items() if k not in ('PS1', 'PROMPT_COMMAND', 'HISTFILE', 'TMOUT')}
            env.update(PS1=PROMPT, TERM='dumb', HISTFILE='/dev/null')
            for s in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGPIPE):
                signal.signal(s, signal.SIG_DFL)
            os.execvpe('bash', ['bash', '--norc', '--noprofile', '--noediting', '-i'], env)
        self.size(40, 200)
        self.seen = ''
        self.all = ''
        self.expect(PROMPT)

    def size(self, rows, cols):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, cols, 0, 0))

    def send(self, text):
        os.write(self.fd, text.encode())

    def line(self, text):
        self.send(text + '\n')

    def expect(self, pattern):
        """Reads until the pattern is there, and forgets what came before its end."""
        end = time.monotonic() + LIMIT
        while True:
            m = re.search(pattern, self.seen)
            if m:
                self.seen = self.seen[m.end():]
                return m
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError('waited in vain for %r; on the terminal:\n%s' % (pattern, self.all[-1500:]))
            try:
                got = os.read(self.fd, 65536).decode('utf-8', 'replace').replace('\r', '')
            except OSError:
                raise AssertionError('the terminal closed before %r:\n%s' % (pattern, self.all[-1500:]))
            self.seen += got
            self.all += got

    def await_file(self, path):
        end = time.monotonic() + LIMIT
        while not os.path.exists(path):
            if time.monotonic() > end:
                raise AssertionError('%s never came; on the terminal:\n%s' % (path, self.all[-1500:]))
            time.sleep(0.01)

    def status(self, want):
        # What the terminal echoes of the question must not look like its answer.
        self.line('echo status""=$?.')
        self.answer(str(want))
        self.expect(PROMPT)

    def answer(self, *wanted):
        got = self.expect(r'status=(\d+)\.').group(1)
        assert got in wanted, 'status %s, wanted %s; on the terminal:\n%s' % (got, ' or '.join(wanted), self.all[-1500:])

    def close(self):
        # The groups of this session, each by its number; tcgetpgrp answers 0 when the terminal has none.
        for group in session_groups(self.pid):
            try:
                os.killpg(group, signal.SIGKILL)
            except OSError:
                pass
        try:
            os.kill(self.pid, signal.SIGKILL)
        except OSError:
            pass
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def ctrl_c_kills(p, run):
    p.line(run + " sh -c 'echo go\"\"ing; exec sleep 1000'")
    p.expect('going')
    p.send('\x03')
    p.expect(PROMPT)
    p.status(130)


def ctrl_c_caught(p, run):
    p.line(run + " sh -c 'trap \"echo got-\"\"int; exit 7\" INT; echo go\"\"ing; while :; do sleep 0.02; done'")
    p.expect('going')
    p.send('\x03')
    p.expect('got-int')
    p.expect(PROMPT)
    p.status(7)


def ctrl_c_ignored_by_one(p, run):
    p.line(run + " sh -c 'trap \"\" INT; echo go\"\"ing; head -n 1; echo af\"\"ter'")
    p.expect('going')
    p.send('\x03')
    p.line('a line')
    p.expect('after')
    p.expect(PROMPT)
    p.status(0)


def ctrl_backslash(p, run):
    p.line('ulimit -c 0')
    p.expect(PROMPT)
    p.line(run + " sh -c 'echo go\"\"ing; exec sleep 1000'")
    p.expect('going')
    p.send('\x1c')
    p.expect(PROMPT)
    p.status(131)


def stop_and_fg(p, run):
    # No fork between the word and the stop: a stop inside a shell's vfork holds the shell itself up, us or no us.
    p.line(run + " sh -c 'echo go\"\"ing; read x; echo \"$x\"; echo en\"\"ded >f; exit 5'")
    p.expect('going')
    p.send('\x1a')
    p.expect('Stopped')
    p.expect(PROMPT)
    p.line('jobs')
    p.expect('Stopped')
    p.expect(PROMPT)
    p.line('fg')
    p.line('a line')
    p.expect('a line\n')
    p.expect(PROMPT)
    p.status(5)


def stop_fg_three_times(p, run):
    p.line(run + ' cat')
    for i in range(3):
        p.line('round%d' % i)
        p.expect('round%d\nround%d\n' % (i, i))
        p.send('\x1a')
        p.expect('Stopped')
        p.expect(PROMPT)
        p.line('fg')
        p.expect('cat\n')
    p.send('\x04')
    p.expect(PROMPT)
    p.status(0)


def stop_and_bg(p, run):
    # Without a fork in the loop: a stop between a shell's vfork and the exec holds the shell itself up.
    p.line(run + """ perl -e '$| = 1; print "go", "ing\\n"; select undef, undef, undef, 0.02 until -e "go"; open F, ">end"'""")
    p.expect('going')
    p.send('\x1a')
    p.expect('Stopped')
    p.expect(PROMPT)
    p.line('bg')
    p.expect(PROMPT)
    p.line('echo here; : >go')
    p.await_file('end')
    p.line('wait %1; echo wai""ted')
    p.expect('waited')


def background_read_stops(p, run):
    p.line(run + ' cat &')
    p.expect(PROMPT)
    p.line('until jobs | grep -q Stop; do sleep 0.02; done; echo is sto""pped')
    p.expect('is stopped')
    p.expect(PROMPT)
    p.line('fg')
    p.expect('cat\n')
    p.line('a line')
    p.expect('a line\na line\n')
    p.send('\x04')
    p.expect(PROMPT)
    p.status(0)


def background_and_wait(p, run):
    p.line(run + " sh -c 'exit 6' &")
    p.expect(PROMPT)
    p.line('wait $!')
    p.expect(PROMPT)
    p.line('echo done; wait %1 2>/dev/null; ' + run + " sh -c 'exit 6' & wait $!; echo stat\"\"us=$?.")
    p.answer('6')


def kill_stopped_job(p, run):
    p.line(run + " sh -c 'echo go\"\"ing; exec sleep 1000'")
    p.expect('going')
    p.send('\x1a')
    p.expect('Stopped')
    p.expect(PROMPT)
    p.line('j=$(jobs -p %1); kill %1; while kill -0 $j 2>/dev/null; do sleep 0.02; done; echo go""ne')
    p.expect('gone')
    p.line('echo la""st')
    p.expect('last')
    assert 'Terminated' in p.all, p.all


def terminal_is_the_same(p, run):
    p.line(run + " sh -c 'tty; stty -a | cksum; test -t 0 && test -t 1 && test -t 2 && echo all th\"\"ree; ps -o tpgid= -p $$ | tr -d \" \" >a; ps -o pgid= -p $$ | tr -d \" \" >b; cmp a b && echo in fore\"\"ground'")
    p.expect('/dev/pts/')
    p.expect('all three')
    p.expect('in foreground')
    p.expect(PROMPT)


def resize_reaches_it(p, run):
    p.line(run + " bash -c 'trap \"stty size\" WINCH; echo go\"\"ing; until [ -e go ]; do sleep 0.02; done'")
    p.expect('going')
    p.size(33, 77)
    p.expect('33 77')
    open('go', 'w').close()
    p.expect(PROMPT)


def raw_mode_program(p, run):
    p.line(run + " sh -c 'stty raw -echo; echo go\"\"ing; dd bs=1 count=3 2>/dev/null | od -An -tx1; stty sane'")
    p.expect('going')
    p.send('\x03\x1a\x1c')
    p.expect('03 1a 1c')
    p.expect(PROMPT)
    p.status(0)


def pipeline(p, run):
    p.line('echo words | ' + run + " tr a-z A-Z | sed s/W/w/")
    p.expect('wORDS')
    p.expect(PROMPT)
    p.line(run + ' cat | head -n 1')
    p.line('first')
    p.expect('first\nfirst\n')
    p.send('\x03')
    p.expect(PROMPT)


def shell_inside(p, run):
    """An interactive shell under us has job control of its own."""
    p.line(run + ' bash --norc --noprofile --noediting -i')
    p.expect(PROMPT)
    # bash prints the job's line before it hands over the terminal; the job itself says when it goes on.
    p.line("""perl -e '$| = 1; $SIG{CONT} = sub { print "con", "tinued\\n" }; print "go", "ing\\n"; sleep 1000 while 1'""")
    p.expect('going')
    p.send('\x1a')
    p.expect('Stopped')
    p.expect(PROMPT)
    p.line('fg')
    p.expect('continued')
    p.send('\x03')
    p.expect(PROMPT)
    p.status(130)
    p.line('sleep 1000 & echo x >f; kill %1; wait %1; echo inner stat""us=$?')
    p.expect('inner status=143')
    p.expect(PROMPT)
    p.line('suspend')
    p.expect('Stopped')
    p.expect(PROMPT)
    p.line('fg')
    p.line('echo back a""gain')
    p.expect('back again')
    p.expect(PROMPT)
    p.line('exit 9')
    p.expect(PROMPT)
    p.status(9)


def make_interrupted(p, run):
    with open('Makefile', 'w') as f:
        f.write('all: a b\na b:\n\t@exec perl -e \'$$| = 1; print "going-$@\\n"; sleep 1000\'\n')
    p.line(run + ' make -j2')
    p.expect('going-[ab]\n')
    p.expect('going-[ab]\n')
    p.send('\x03')
    # What status make ends with is its own affair (2 or 130, it races with its jobs); that it ends is ours.
    p.expect('Interrupt')
    p.expect(PROMPT)
    p.line('echo stat""us=$?.')
    p.answer('2', '130')


def hangup(p, run):
    """The terminal goes: SIGHUP reaches the command."""
    p.line('shopt -u huponexit; ' + run + " sh -c 'trap \"echo x >hup; exit\" HUP; echo go\"\"ing; while :; do sleep 0.02; done'")
    p.expect('going')
    os.kill(p.pid, signal.SIGHUP)
    p.await_file('hup')


SCENARIOS = [ctrl_c_kills, ctrl_c_caught, ctrl_c_ignored_by_one, ctrl_backslash, stop_and_fg, stop_fg_three_times,
             stop_and_bg, background_read_stops, background_and_wait, kill_stopped_job, terminal_is_the_same,
             resize_reaches_it, raw_mode_program, pipeline, shell_inside, make_interrupted, hangup]


def play(scenario, run):
    folder = tempfile.mkdtemp(prefix='ba-tty.')
    os.chdir(folder)
    p = None
    try:
        p = Play(folder)
        scenario(p, run(folder) if callable(run) else run)
        return []
    except AssertionError as e:
        return [str(e) or 'an assertion failed']
    finally:
        if p:
            p.close()
        os.chdir('/')
        shutil.rmtree(folder, ignore_errors=True)


def main():
    mode = os.environ.get('MODE', 'seccomp')
    flag = ['--no-seccomp'] if mode == 'ptrace' else []
    tap = balib.Tap()
    wanted = sys.argv[1:]
    for s in SCENARIOS:
        if wanted and s.__name__ not in wanted:
            continue
        name = 'tty %s [%s]' % (s.__name__, mode)
        faults = ['UNTRACED, the test itself: ' + f for f in play(s, 'env')]
        if not faults and os.environ.get('BUILDAUDIT'):
            faults = play(s, lambda d: ' '.join(map(shlex.quote, [os.environ['BUILDAUDIT'], '-d', d + '/audit.db', 'run', *flag, '-q', '--'])))
        tap.result(name, faults)
    tap.done()


main()
