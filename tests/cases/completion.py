#!/usr/bin/env python3
"""Completion in the real shells, on a terminal: bash, zsh and fish.

Environment: BUILDAUDIT, the installed program, with the shells' files below its prefix.
"""
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

BA = os.path.realpath(shutil.which(os.environ.get('BUILDAUDIT', 'buildaudit')))
SHARE = os.path.join(os.path.dirname(os.path.dirname(BA)), 'share')
LIMIT = 30


class Shell:
    """An interactive shell without a person's settings, in a folder with a recorded database."""

    def __init__(self, argv, prompt, **env):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix='ba-completion.'))
        self.p = os.path.join(self.top, 'p')
        self.db = os.path.join(self.top, 'audit.db')
        for d in 'p', 'bin', 'home':
            os.mkdir(os.path.join(self.top, d))
        os.symlink(BA, os.path.join(self.top, 'bin', 'buildaudit'))
        subprocess.run([BA, '-d', self.db, 'run', '-q', '--include', self.p, '--label', 'labelled', '--name', 'hello', '--', 'sh', '-c',
                        'mkdir "%s/deep"; echo >"%s/deep/only"' % (self.p, self.p)], check=True)
        balib.settle(self.db)
        # a file that no run knows
        with open(os.path.join(self.p, 'labfile'), 'w', encoding='ascii'):
            pass
        self.prompt, self.seen = prompt, ''
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            os.chdir(self.p)
            base = {'PATH': self.top + '/bin:' + os.environ['PATH'], 'HOME': self.top + '/home', 'TERM': 'xterm', 'BUILDAUDIT_DB': self.db,
                    'LC_ALL': 'C.UTF-8', 'XDG_DATA_DIRS': SHARE + ':/usr/share', 'XDG_CONFIG_HOME': self.top + '/home'}
            os.execvpe(argv[0], argv, {**base, **env})
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 200, 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
        shutil.rmtree(self.top, ignore_errors=True)

    def send(self, text):
        os.write(self.fd, text.encode())

    def until(self, pattern):
        """Reads until that is on the terminal; what came by then."""
        end = time.monotonic() + LIMIT
        while not re.search(pattern, self.seen):
            if time.monotonic() > end or not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError('waited in vain for %r: %r' % (pattern, self.seen[-900:]))
            try:
                got = os.read(self.fd, 65536).decode('utf-8', 'replace')
            except OSError:
                got = ''
            if not got:
                raise AssertionError('it ended before %r: %r' % (pattern, self.seen[-900:]))
            # fish asks the terminal what it is
            if '\x1b[c' in got or '\x1b[0c' in got:
                os.write(self.fd, b'\x1b[?62;c')
            self.seen += re.sub(r'\x1b(\[[0-9;?>=]*[A-Za-z]|[=>(][A-Z0-9]?|\][^\x07\x1b]*(\x07|\x1b\\)|[78])', '', got).replace('\r', '')
        return self.seen

    def completes(self, faults, typed, want, never=None, tabs='\t'):
        """What is typed becomes, by a tab or two, what is wanted; and of what shall not be offered there is nothing."""
        self.seen = ''
        self.send(typed + tabs)
        try:
            self.until(want)
        except AssertionError as e:
            faults.append('%s: %s' % (typed, e))
        offered, self.seen = self.seen, ''
        self.send('\x15')
        self.send('\n')
        try:
            self.until(self.prompt)
        except AssertionError as e:
            faults.append('no prompt after %s: %s' % (typed, e))
        if never and never in offered + self.seen:
            faults.append('%s: %s is offered: %r' % (typed, never, offered + self.seen))


# What is typed, what then stands on the line, or below it, and what does not.
LINES = (
    ('buildaudit tree hello mkd', 'tree hello mkdir'),
    ('buildaudit tree mkd', 'tree mkdir'),
    ('buildaudit show lab', 'show labelled', 'labfile'),
    ('buildaudit files hello lab', 'hello labfile', 'labelled'),
    ('buildaudit chec', 'buildaudit checkinstall'),
    ('buildaudit tree --wri', 'tree --writers'),
    ('buildaudit export --format=comp', '--format=compile_commands'),
    ('buildaudit --no-pa', 'buildaudit --no-pager'),
    ('buildaudit --color=nev', 'buildaudit --color=never'),
    ('buildaudit --no-pager verif', 'buildaudit --no-pager verify'),
    ('buildaudit files lab', 'files labelled'),
    ('buildaudit show hel', 'show hello'),
    ('buildaudit help verif', 'help verify'),
    ('buildaudit who %(p)s/de', '/p/deep/'),
    ('buildaudit who %(p)s/deep/on', '/p/deep/only'),
    ('buildaudit -d %(db)s rollback lab', 'rollback labelled'),
    ('buildaudit run -q --label x buildaud', '--label x buildaudit'),
    ('buildaudit -- buildaudit runs --js', 'buildaudit runs --json'),
)


def play(shell, lines=LINES):
    faults = []
    shell.until(shell.prompt)
    for typed, want, *never in lines:
        shell.completes(faults, typed % {'p': shell.p, 'db': shell.db}, re.escape(want), *never)
    return faults


def in_bash():
    """bash, with and without its own completions"""
    faults = []
    for init in ('/usr/share/bash-completion/bash_completion', '/dev/null'):
        rc = 'PS1="READY> "; unset HISTFILE; bind "set bell-style none"; . %s; . %s/bash-completion/completions/buildaudit\n' % (init, SHARE)
        with tempfile.NamedTemporaryFile('w', prefix='ba-bashrc.', suffix='.sh') as f:
            f.write(rc)
            f.flush()
            os.chmod(f.name, 0o644)
            with Shell(['bash', '--noprofile', '--rcfile', f.name, '-i'], 'READY> ') as shell:
                # without them it is bash that completes a command's own words
                faults += play(shell, LINES[:-1] if init == '/dev/null' else LINES)
    return faults


def in_zsh():
    """zsh"""
    folder = tempfile.mkdtemp(prefix='ba-zsh.')
    try:
        with open(folder + '/.zshrc', 'w') as f:
            f.write('PS1="READY> "; unset zle_bracketed_paste; setopt NO_BEEP; fpath=(%s/zsh/site-functions $fpath); '
                    'autoload -U compinit; compinit -u -D\n' % SHARE)
        with Shell(['zsh', '-i'], 'READY> ', ZDOTDIR=folder) as shell:
            return play(shell)
    finally:
        shutil.rmtree(folder)


def in_fish():
    """fish"""
    with Shell(['fish', '--no-config', '-i', '-C', 'function fish_prompt; echo "READYfish> "; end; function fish_greeting; end; '
                'set -g fish_autosuggestion_enabled 0; source %s/fish/vendor_completions.d/buildaudit.fish' % SHARE], 'READYfish> ') as shell:
        return play(shell)


balib.run_cases((in_bash, in_zsh, in_fish))
