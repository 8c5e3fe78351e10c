#!/usr/bin/env python3
"""Crashes: a sample of tests/crash, which see.  scripts/check-real has every point."""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
for folder in ('lib', 'crash'):
    sys.path.insert(0, os.path.join(HERE, '..', folder))
import balib
import disk
import kill
import objects
import power
import scenes

SAMPLES = {
    'seccomp': [
        (kill, '--only rollback,run --samples 3'),
        (kill, '--only uninstall,forget --device other --samples 3'),
        (kill, '--only unfinished --device other --samples 2'),
        (kill, '--only commit,uncommit,together --device other --samples 3'),
        (power, '--fs ext4 --only run,precious,carried,rollback,commit --db same --samples 2'),
        (objects, '--only rollback --what damage,full,ENOSPC+ --seeds 2 --samples 3'),
    ],
    'ptrace': [
        (kill, '--only run,unfinished,deb,tar --device same --samples 2'),
        (kill, '--only checkinstall,rpm --device same --samples 1'),
        (power, '--fs ext4 --only precious,deb --db apart --samples 1'),
        (objects, '--only second --what damage,full --seeds 2'),
    ],
}


def counts():
    """killat: each call is made or not, as it says"""
    script = 'echo x >one; mv one two; ln two three; rm two three'
    after = [[], ['one'], ['one'], ['two'], ['three', 'two'], ['three'], []]
    wrong = []
    with tempfile.TemporaryDirectory(prefix='ba-crash.') as top:
        killat = balib.killat(top)
        for n, names in enumerate(after, 1):
            place = tempfile.mkdtemp(dir=top)
            p = subprocess.run([killat, '-n', str(n), '-k', 'tree', '-o', top + '/report', '--', 'sh', '-c', script], cwd=place,
                               stderr=subprocess.DEVNULL, check=False)
            got = sorted(os.listdir(place)), p.returncode
            if got != (names, n == len(after)):
                wrong.append('before call %d: %r, wanted %r' % (n, got, names))
        p = subprocess.run([killat, '-n', '3', '--fail', 'ENOSPC', '-o', top + '/report', '--', 'sh', '-c', script], cwd=place,
                           stderr=subprocess.PIPE, text=True, check=False)
        if 'No space left' not in p.stderr:
            wrong.append('a call that has to fail: ' + p.stderr)
    return wrong


def loses():
    """A power cut loses what was not flushed, and nothing else"""
    def write(name, flush):
        with open(d.at + '/' + name, 'w') as f:
            f.write('content')
            f.flush()
            if flush:
                os.fsync(f.fileno())
    wrong = []
    with tempfile.TemporaryDirectory(prefix='ba-crash.') as top:
        d = disk.Disk(top, 'm')
        d.mount()
        try:
            for late in (False, True):
                write('flushed', True)
                write('not', False)
                d.cut(late)
                d.after_cut()
                d.mount(1)
                sizes = [os.path.getsize(d.at + '/' + n) if os.path.exists(d.at + '/' + n) else None for n in ('flushed', 'not')]
                if sizes != [7, 0 if late else None]:
                    wrong.append('%s: %r' % ('later' if late else 'at once', sizes))
        finally:
            d.umount()
    return wrong


def apart(test):
    """In a process of its own: it leaves our mounts."""
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            disk.private()
            said = '\n'.join(test())
        except Exception as e:
            said = repr(e)
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with open(read) as f:
        said = f.read()
    os.wait()
    return [said] if said else []


if __name__ == '__main__':
    tap = balib.Tap()
    tap.result(counts.__doc__, counts())
    if scenes.can(tap, loses.__doc__, disk.missing()):
        tap.result(loses.__doc__, apart(loses))
    for tool, words in SAMPLES[os.environ.get('MODE', 'seccomp')]:
        tool.test(tool.options(words.split() + ['-j', '1']), tap)
    tap.done()
