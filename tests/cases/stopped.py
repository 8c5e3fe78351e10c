#!/usr/bin/env python3
"""An undo that is killed, or that a call fails of, at some of its calls or at each; the same command once more ends it."""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lib'))
import balib
from undoing import (BA, Case, build, carried, compare, expect, made, sh, snapshot, stops, texts, write)


def killed():
    """A rollback, killed at some of the calls that change something; run again, the end is the same"""
    wrong, points = [], 4
    with Case() as c:
        killat = balib.killat(c.top)
        build(c.t)
        before = snapshot(c.t)
        calls = 0
        for n in range(points + 1):
            wrong += c.adversary()
            run = str(balib.latest(c.db))
            # Counted once; which calls they are does not depend on the time.
            how = ['-n', str(max(1, calls * (2 * n - 1) // (2 * points)))] if n else ['-c']
            p = subprocess.run([killat, '-o', c.top + '/report', *how, '--', BA, '-d', c.db, 'rollback', '-y', run],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            with open(c.top + '/report') as f:
                report = f.read()
            if p.returncode:
                wrong.append('%s: it was to be hit: %s %s' % (how, report, p.stdout))
            if n == 0:
                calls = int(re.search(r'^calls (\d+)', report, re.M).group(1))
            else:
                p = c.ba('rollback', '-y', run)
                if p.returncode:
                    wrong.append('kill %s: the second rollback ends with %d: %s' % (how, p.returncode, p.stdout))
            wrong += ['kill %s: %s' % (how, f) for f in compare(before, snapshot(c.t))]
            if wrong:
                break
    return wrong


def uninstall_killed(how):
    """An install of two versions is taken out under killat, and again if it was killed -> its calls, what is wrong"""
    # It is no package's: to ask for that takes long, and then some of the record is written before.
    few = dict(os.environ, PATH='/nonexistent')
    with Case() as c:
        killat = balib.killat(c.top)
        write(c.t + '/there', 'from before')
        before = snapshot(c.t)
        wrong = sh(c, 'mkdir new; touch there; mv there new/moved; echo 1 >new/x', '--name=it', '--pkgversion=1')
        wrong += sh(c, 'echo 2 >new/x', '--name=it', '--pkgversion=2')
        p = subprocess.run([killat, '-v', '-o', c.top + '/report', *how, '--', BA, '-d', c.db, 'uninstall', '-y', 'it'],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=few, check=False)
        expect(wrong, '%s: %s' % (how, p.stdout), p.returncode, 0)
        if '-n' in how:
            p = c.ba('uninstall', '-y', 'it')
            expect(wrong, '%s: the second try: %s' % (how, p.stdout), p.returncode, 0)
        with open(c.top + '/report') as f:
            return f.read().splitlines(), wrong + ['%s: %s' % (how, f) for f in compare(before, snapshot(c.t))]


def killed_install():
    """An install that is taken out, killed when some of that is on record already; run again, the end is the same"""
    def number(calls, *words):
        return next(i for i, line in enumerate(calls, 1) if all(w in line for w in words))
    calls, wrong = uninstall_killed(['-c'])
    # Waiting where what was moved away is taken out: the next step writes the record.
    slow = ['--slow', str(number(calls, 'unlink', '/new/moved'))]
    calls, more = uninstall_killed(['-c', *slow])
    wrong += more
    for n in (number(calls, 'utimensat'), number(calls, 'rename', '/there')):
        wrong += uninstall_killed(['-n', str(n), *slow])[1]
    return wrong


def back_and_out():
    """Of an install the newer version is rolled back, killed or not, then the whole is taken out: all is at home again"""
    wrong = []
    for kill in (False, True):
        with Case() as c:
            killat = balib.killat(c.top)
            write(c.t + '/there', 'from before')
            before = snapshot(c.t)
            wrong += sh(c, 'mv there moved; mkdir d; echo 1 >d/x', '--name=it', '--pkgversion=1')
            wrong += sh(c, 'mv moved d/moved; echo 2 >d/x', '--name=it', '--pkgversion=2')
            if kill:                    # all is done, and not on record
                p = subprocess.run([killat, '-w', c.t, '-n', '1', '-o', c.top + '/report', '--', BA, '-d', c.db, 'rollback', '-y', '2'],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                expect(wrong, 'killed in syncfs: %s' % p.stdout, p.returncode, 0)
            for verb in (('rollback', '-y', '2'), ('uninstall', '-y', 'it')):
                p = c.ba(*verb)
                expect(wrong, '%s: %s' % (' '.join(verb), p.stdout), p.returncode, 0)
            wrong += compare(before, snapshot(c.t))
    return wrong


def failed_once():
    """What a rollback could not put back since a write failed, the next one does, when it does not fail"""
    wrong = []
    for glob, n in (('.buildaudit*', 2), ('b*', 3), ('b*', 4), ('/proc/*/fd/*', 3), ('/proc/*/fd/*', 4), ('/proc/*/fd/*', 5)):
        with Case() as c:
            killat = balib.killat(c.top)
            write(c.t + '/a', 'from before')
            os.mkdir(c.t + '/d')
            os.chmod(c.t + '/d', 0o1755)
            os.setxattr(c.t + '/d', 'user.kept', b'yes')
            write(c.t + '/b', 'of two names')
            os.link(c.t + '/b', c.t + '/b2')
            before = snapshot(c.t)
            wrong += sh(c, 'rm a; mkdir a; echo changed >b; rmdir d')
            p = subprocess.run([killat, '-w', os.path.join(c.t, glob), '-n', str(n), '--fail', 'EIO', '-o', c.top + '/report',
                                '--', BA, '-d', c.db, 'rollback', '-y', '1'],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            with open(c.top + '/report') as f:
                expect(wrong, '%s %d: %s' % (glob, n, p.stdout), (p.returncode, 'hit' in f.read()), (125, True))
            p = c.ba('rollback', '-y', '1')
            expect(wrong, '%s %d: again: %s' % (glob, n, p.stdout), p.returncode, 0)
            wrong += ['%s %d: %s' % (glob, n, f) for f in compare(before, snapshot(c.t))]
    return wrong


def stopped_where_a_name_gives_way():
    """A file is written where it stands while a name that goes is one of its own: killed, or failed, at each call in the tree"""
    wrong = []
    with Case() as tool:
        killat = balib.killat(tool.top)
        for turn, change in enumerate(('ln -f x w; chmod 640 w', 'ln -f x w; echo more >>y', 'ln -f x w2; echo more >>w; rm y; chmod 600 x',
                       # what it leaves is, by chance, what stood there
                       'rm w2; ln -f x w; printf another >w')):
            for flags in ([], ['--fail', 'EIO']):
                for n in stops(turn + len(flags)):
                    with Case() as c:
                        write(c.t + '/x', 'x')
                        write(c.t + '/w', 'another')
                        for old, new in (('x', 'y'), ('w', 'w2')):
                            os.link('%s/%s' % (c.t, old), '%s/%s' % (c.t, new))
                        before = snapshot(c.t)
                        wrong += sh(c, change)
                        hit = c.stopped(killat, n, *flags)
                        p = c.ba('rollback', '-y', '1')
                        expect(wrong, '%s %s %d: %s' % (change, flags, n, p.stdout), p.returncode, 0)
                        wrong += ['%s %s %d: %s' % (change, flags, n, f) for f in compare(before, snapshot(c.t))]
                    if not hit:
                        break
                expect(wrong, '%s: calls in the tree' % change, n > 3, True)
    return wrong


def unread():
    """Where the database could not be read, an undo says so, and has done nothing"""
    wrong = []
    for verb in ('rollback', 'uninstall'):
        for n in (1, 2, 3, 4):
            with Case() as c:
                killat = balib.killat(c.top)
                write(c.t + '/a', 'from before')
                wrong += sh(c, 'echo new >n')
                after = snapshot(c.t)
                p = subprocess.run([killat, '-w', c.db + '-shm', '-n', str(n), '--fail', 'EIO', '-o', c.top + '/report',
                                    '--', BA, '-d', c.db, verb, '-y', '1'],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                done = c.ba('sql', 'SELECT kind, of_run FROM runs WHERE kind IS NOT NULL AND state = \'complete\'').stdout
                if p.returncode == 0:
                    expect(wrong, '%s %d: %s' % (verb, n, p.stdout), done, '%s|1\n' % verb)
                else:
                    expect(wrong, '%s %d: %s' % (verb, n, p.stdout), (p.returncode, done), (125, ''))
                    wrong += ['%s %d: %s' % (verb, n, f) for f in compare(after, snapshot(c.t))]
    return wrong


def killed_beside_others():
    """An uninstall beside names of another install, in folders that have gone: killed, and done once more"""
    wrong, calls, done, points = [], 0, None, 6
    for n in range(points + 1):
        with Case() as c:
            for name in 'abcd':
                write(c.t + '/' + name, name * 20)
            os.link(c.t + '/b', c.t + '/b2')
            os.link(c.t + '/d', c.t + '/d2')
            for name, script in (('folders', 'mkdir -m 750 s s/t'), ('two', 'echo f >s/t/f; echo g >s/g'),
                                 ('one', 'chmod 600 a; echo more >>b; chmod 640 c; chmod 604 d; rm s/t/f s/g'),
                                 ('three', 'ln a a3; ln b b3; ln c c3; ln d d3')):
                wrong += sh(c, script, '--name', name, '--pkgversion', '1')
            c.ba('uninstall', '-y', 'folders')
            how = ['-n', str(max(1, calls * (2 * n - 1) // (2 * points)))] if n else ['-c']
            subprocess.run([balib.killat(c.top), '-o', c.top + '/report', *how, '--', BA, '-d', c.db, 'uninstall', '-y', 'one'],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            with open(c.top + '/report') as f:
                report = f.read()
            if n == 0:
                calls = int(re.search(r'^calls (\d+)', report, re.M).group(1))
            for again in range(2):      # the second time there is nothing to do
                p = c.ba('uninstall', '-y', 'one')
                expect(wrong, '%s: exit status of try %d, which said %s' % (how, again, p.stdout), p.returncode, 0)
            got = {k[len(c.t):]: (e['mode'], e.get('sha256'), [x[len(c.t):] for x in e.get('group', ())])
                   for k, e in snapshot(c.t).items()}
            done = done or got
            wrong += ['kill %s: %s: %s, wanted %s' % (how, k, got.get(k), done.get(k))
                      for k in set(done) | set(got) if done.get(k) != got.get(k)]
    expect(wrong, 'modes of a, a3, s', [oct(done[k][0] & 0o777) for k in (b'/a', b'/a3', b'/s')], ['0o644', '0o600', '0o750'])
    return wrong


def killed_coming_home():
    """One file goes home and one is put beside what is there; killed, and done once more"""
    wrong, calls, points = [], 0, int(os.environ.get('POINTS', 6))
    for n in range(points + 1):
        with Case() as c:
            os.mkdir(c.top + '/src')
            for name in ('prog', 'other'):
                write(c.t + '/' + name, 'admin')
            made(c, 1)
            carried(c, script='mv -f prog other "$1"; touch new; mv new "$1"')
            write(c.top + '/src/prog', 'prog2')
            how = ['-n', str(max(1, calls * (2 * n - 1) // (2 * points)))] if n else ['-c']
            p = subprocess.run([balib.killat(c.top), '-o', c.top + '/report', *how, '--', BA, '-d', c.db, 'uninstall', '-y', 'p'],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                               env=dict(os.environ, PATH='/nonexistent'))
            expect(wrong, '%s: %s' % (how, p.stdout), p.returncode, 0)
            with open(c.top + '/report') as f:
                calls = calls or int(re.search(r'^calls (\d+)', f.read(), re.M).group(1))
            if n:
                p = c.ba('uninstall', '-y', 'p')
                expect(wrong, '%s: the second try: %s' % (how, p.stdout), p.returncode, 0)
            expect(wrong, '%s: tree' % how, texts(c.t), {'prog': 'admin', 'other': 'admin'})
            expect(wrong, '%s: src' % how, texts(c.top + '/src'),
                   {'prog': 'prog2', 'prog.buildaudit-1': 'prog1', 'other': 'other1'})
    return wrong


def edited_after_a_kill():
    """A rollback is killed, or fails, at each call in the tree, somebody writes to all that is there, and it goes on"""
    wrong = []
    with Case() as tool:
        killat = balib.killat(tool.top)
        # a build that is reproducible gives all its files one time
        for turn, (flags, one_time) in enumerate((((), False), ((), True), (('--fail', 'EIO'), False))):
            wrong += ['%s %s' % ((flags, one_time), w) for w in edited_after(killat, turn, flags, one_time)]
    return wrong


def edited_after(killat, turn, flags, one_time):
    wrong = []
    for n in stops(turn):
        with Case() as c:
            for f in ('conf', 'two', 'set', 'over', 'gone', 'moved', 'next'):
                write('%s/%s' % (c.t, f), f * 9)
                os.utime('%s/%s' % (c.t, f), (10 ** 9, 10 ** 9))
            os.link(c.t + '/two', c.t + '/too')
            os.mkdir(c.t + '/folder')
            wrong += sh(c, 'echo run >>conf; echo run >>two; chmod 600 set; echo run >o; mv o over; rm gone; echo run >new; '
                           'rmdir folder; echo run >folder; mv moved x; mv next moved')
            hit = c.stopped(killat, n, *flags)
            there = [f for f in os.listdir(c.t) if not f.startswith('.') and os.path.isfile('%s/%s' % (c.t, f))]
            for f in there:
                write('%s/%s' % (c.t, f), 'mine\n', 'a')
                if one_time:
                    os.utime('%s/%s' % (c.t, f), (10 ** 9, 10 ** 9))
            if not hit:
                break
            mine = {f: t for f, t in texts(c.t).items() if 'mine' in t}
            expect(wrong, '%d: written to' % n, len(mine) >= len(there), True)
            p = c.ba('rollback', '-y', '1')
            expect(wrong, '%d: exit status: %s' % (n, p.stdout), p.returncode, 1)
            now = texts(c.t).values()
            wrong += ['%d: %s is gone: %s' % (n, f, p.stdout) for f, t in mine.items() if t not in now]
    expect(wrong, 'calls', n > 5, True)
    return wrong


def taken_place():
    """A rollback is killed at each call, somebody makes a file where one was to come home: that one has a name that is said"""
    wrong, n, hit = [], 0, True
    with Case() as tool:
        killat = balib.killat(tool.top)
        while hit:
            n += 1
            with Case() as c:
                write(c.t + '/f', 'precious')
                wrong += sh(c, 'mv f g')
                hit = c.stopped(killat, n)
                if not hit or os.path.exists(c.t + '/f'):
                    break
                write(c.t + '/f', 'mine')
                for again in range(2):
                    p = c.ba('rollback', '-y', '1')
                    expect(wrong, '%d: exit status: %s' % (n, p.stdout), p.returncode, 1)
                    expect(wrong, '%d: said: %s' % (n, p.stdout), 'tree/g  (it was there before the run, as ' in p.stdout, True)
                expect(wrong, '%d' % n, texts(c.t), {'f': 'mine', 'g': 'precious'})
    expect(wrong, 'calls', n > 2, True)
    return wrong


def two_databases():
    """Rollbacks of two databases in one folder: what one that was killed has there under a temporary name is not the other's"""
    wrong, n, hit = [], 0, True
    with Case() as tool:
        killat = balib.killat(tool.top)
        while hit:
            n += 1
            with Case() as c, Case() as other:
                other.t = c.t
                for f in ('precious', 'beside'):
                    write('%s/%s' % (c.t, f), f)
                before = snapshot(c.t)
                wrong += sh(c, 'mv precious p') + sh(other, 'mv beside b')
                hit = c.stopped(killat, n)
                said = [x.ba('rollback', '-y', '1').returncode for x in (other, c)]
                expect(wrong, '%d: exit status' % n, said, [0, 0])
                wrong += ['%d: %s' % (n, f) for f in compare(before, snapshot(c.t))]
    expect(wrong, 'calls', n > 2, True)
    return wrong


CASES = [killed, killed_install, back_and_out, failed_once, stopped_where_a_name_gives_way, unread, killed_beside_others, killed_coming_home, edited_after_a_kill, taken_place, two_databases]

if __name__ == '__main__':
    balib.run_cases(CASES)
