"""What the tests know about a file tree and about a buildaudit database.

snapshot() and diff() are the oracle: they read the disk and nothing else.  equals() holds the view `manifest`
against them.  Names are bytes throughout; in text they are percent-escaped (esc, unesc), as tests/progs print them.
"""
import contextlib
import ctypes
import functools
import hashlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import urllib.parse

TYPES = {stat.S_IFREG: 'file', stat.S_IFDIR: 'dir', stat.S_IFLNK: 'symlink', stat.S_IFIFO: 'fifo',
         stat.S_IFSOCK: 'socket', stat.S_IFCHR: 'char', stat.S_IFBLK: 'block'}


def esc(b):
    return ''.join(chr(c) if 0x20 < c < 0x7f and c != 0x25 else '%%%02X' % c for c in b)


def unesc(s):
    return urllib.parse.unquote_to_bytes(s)


# The time of birth tells a replaced file from a rewritten one where the inode number came round again.
_libc = ctypes.CDLL(None, use_errno=True)
_AT_FDCWD, _AT_SYMLINK_NOFOLLOW, _STATX_BTIME = -100, 0x100, 0x800


@contextlib.contextmanager
def reach(path):
    """(dir_fd, name): a call takes no path that is longer than PATH_MAX, but there are such files."""
    if len(path) < 4096:
        yield None, path
        return
    folder, name = os.path.split(path)
    fd = os.open(b'/', os.O_PATH)
    try:
        for part in folder[1:].split(b'/'):
            step = os.open(part, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=fd)
            os.close(fd)
            fd = step
        yield fd, name
    finally:
        os.close(fd)


def btime_ns(fd, name):
    buf = ctypes.create_string_buffer(256)
    if _libc.statx(_AT_FDCWD if fd is None else fd, name, _AT_SYMLINK_NOFOLLOW, _STATX_BTIME, buf) != 0:
        return 0
    if not int.from_bytes(buf.raw[0:4], 'little') & _STATX_BTIME:
        return 0
    sec = int.from_bytes(buf.raw[80:88], 'little', signed=True)
    return sec * 10**9 + int.from_bytes(buf.raw[88:92], 'little')


def digest(fd, name):
    h = hashlib.sha256()
    with open(name, 'rb', opener=lambda n, flags: os.open(n, flags, dir_fd=fd)) as f:
        for block in iter(lambda: f.read(1 << 20), b''):
            h.update(block)
    return h.hexdigest()


def entry(path):
    with reach(path) as (fd, name):
        st = os.lstat(name, dir_fd=fd)
        kind = TYPES[stat.S_IFMT(st.st_mode)]
        return {'path': path, 'type': kind, 'mode': stat.S_IMODE(st.st_mode),
                'uid': st.st_uid, 'gid': st.st_gid, 'size': st.st_size, 'mtime_ns': st.st_mtime_ns,
                'sha256': digest(fd, name) if kind == 'file' else None,
                'link_target': os.readlink(name, dir_fd=fd) if kind == 'symlink' else None,
                'dev': st.st_dev, 'ino': st.st_ino, 'btime_ns': btime_ns(fd, name), 'nlink': st.st_nlink,
                'rdev': st.st_rdev if kind in ('char', 'block') else None}


def names_in(path):
    with reach(path) as (fd, name):
        if fd is None:
            return os.listdir(name)
        folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=fd)
        try:
            return [os.fsencode(n) for n in os.listdir(folder)]
        finally:
            os.close(folder)


def snapshot(root):
    """{path: entry} of root and all below it; {} when root is not there."""
    root = os.path.realpath(os.fsencode(root))
    out = {}
    todo = [root]
    while todo:
        path = todo.pop()
        try:
            out[path] = entry(path)
            if out[path]['type'] == 'dir':
                todo += [os.path.join(path, n) for n in names_in(path)]
        except FileNotFoundError:
            pass
    return out


def dump(snap, f):
    for path in sorted(snap):
        e = {k: os.fsdecode(v) if isinstance(v, bytes) else v for k, v in snap[path].items()}
        f.write(json.dumps(e) + '\n')


def load(f):
    out = {}
    for line in f:
        e = json.loads(line)
        for k in ('path', 'link_target'):
            if e[k] is not None:
                e[k] = os.fsencode(e[k])
        out[e['path']] = e
    return out


def _modified(b, a):
    keys = ['type', 'mode', 'uid', 'gid']
    if a['type'] == 'symlink':
        keys.remove('mode')
    # A folder that was made anew under its old name, with the same mode and owner, is the same to everybody; a
    # device node, if it is of the same device.
    if a['type'] in ('char', 'block'):
        keys += ['rdev']
    elif a['type'] != 'dir':
        keys += ['dev', 'ino', 'btime_ns']
    # A folder's own mtime says only that its entries changed; a FIFO's, that something went through.
    if a['type'] in ('file', 'symlink'):
        keys += ['mtime_ns', 'size', 'sha256', 'link_target']
    return any(b[k] != a[k] for k in keys)


def diff(before, after):
    """The net change as {path: (change, type)}, with DESIGN's meaning of `manifest`."""
    out = {}
    for p in set(before) | set(after):
        if p not in before:
            out[p] = ('created', after[p]['type'])
        elif p not in after:
            out[p] = ('removed', before[p]['type'])
        elif _modified(before[p], after[p]):
            out[p] = ('modified', after[p]['type'])
    return out


def connect(db):
    con = sqlite3.connect('file:%s?mode=ro' % urllib.parse.quote(os.path.abspath(db)), uri=True, timeout=20)
    con.text_factory = bytes
    return con


def rows(con, sql, *args):
    cur = con.execute(sql, args)
    names = [d[0] for d in cur.description]
    return [dict(zip(names, r)) for r in cur]


def inside(path, folder):
    return path == folder or (path or b'').startswith(folder.rstrip(b'/') + b'/')


def latest(db):
    con = connect(db)
    r = con.execute('SELECT max(run_id) FROM runs').fetchone()[0]
    con.close()
    return r


def until(what, text, seconds=30):
    """Waits until what() is so, or raises what is said of it."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise RuntimeError(text)
        time.sleep(0.005)


def settle(db, run=None, seconds=30):
    """Waits until a run is recorded to its end; returns its state as text."""
    end = time.monotonic() + seconds
    state = None
    while time.monotonic() < end:
        try:
            con = connect(db)
            r = con.execute('SELECT state FROM runs WHERE run_id = coalesce(?, (SELECT max(run_id) FROM runs))',
                            (run,)).fetchone()
            con.close()
            state = r[0].decode() if r else None
            if state not in (None, 'running'):
                return state
        except sqlite3.OperationalError:
            pass
        time.sleep(0.01)
    return state


def _text(v):
    return v.decode('utf-8', 'surrogateescape') if isinstance(v, bytes) else v


def equals(db, run, folder, before, after):
    """What is wrong with the manifest of a run within a folder, a line a fault; [] when it tells the truth."""
    folder = os.path.realpath(os.fsencode(folder))
    con = connect(db)
    got = {}
    wrong = []
    for r in rows(con, 'SELECT * FROM manifest WHERE run_id = ?', run):
        if inside(r['path'], folder):
            if r['path'] in got:
                wrong.append('twice\t%s' % esc(r['path']))
            got[r['path']] = r
    con.close()
    want = diff(before, after)
    for p in sorted(set(got) | set(want)):
        g = (_text(got[p]['change']), _text(got[p]['type'])) if p in got else None
        w = want.get(p)
        if g is None:
            wrong.append('missed\t%s\t%s\t%s' % (*w, esc(p)))
        elif w is None:
            wrong.append('invented\t%s\t%s\t%s' % (*g, esc(p)))
        elif g != w:
            wrong.append('differs\t%s %s, on disk %s %s\t%s' % (*g, *w, esc(p)))
        elif w[0] != 'removed':
            wrong += _attributes(got[p], after[p])
    wrong += _groups(got, after, want)
    return wrong


def _attributes(row, disk):
    want = {'uid': disk['uid'], 'gid': disk['gid']}
    if disk['type'] != 'symlink':
        want['mode'] = disk['mode']
    if disk['type'] in ('file', 'symlink'):
        want['mtime_ns'] = disk['mtime_ns']
    if disk['type'] == 'file':
        want['size'] = disk['size']
        want['sha256'] = disk['sha256'].encode()
    if disk['type'] == 'symlink':
        want['link_target'] = disk['link_target']
    if 'rdev' in disk:
        want['rdev'] = disk['rdev']
    out = []
    for k, w in want.items():
        g = row[k]
        if k == 'mode' and isinstance(g, int):
            g &= 0o7777
        if g != w:
            out.append('wrong %s\t%r, on disk %r\t%s' % (k, g, w, esc(disk['path'])))
    return out


def _groups(got, after, want):
    """Hard links: two created names share an nlink_group exactly when they share an inode."""
    disk, said = {}, {}
    for p, w in want.items():
        if w[0] == 'created' and w[1] != 'dir' and p in got:
            disk.setdefault((after[p]['dev'], after[p]['ino']), set()).add(p)
            if got[p]['nlink_group'] is not None:
                said.setdefault(got[p]['nlink_group'], set()).add(p)
    d = {frozenset(s) for s in disk.values() if len(s) > 1}
    s = {frozenset(s) for s in said.values() if len(s) > 1}
    show = lambda g: ' '.join(sorted(esc(p) for p in g))
    return ['nlink_group missed\t' + show(g) for g in d - s] + ['nlink_group invented\t' + show(g) for g in s - d]


def attributes(path):
    """Its extended attributes, a symlink's own -> {name: value}; none where there cannot be any"""
    out = {}
    try:
        for n in os.listxattr(path, follow_symlinks=False):
            out[n] = os.getxattr(path, n, follow_symlinks=False)
    except OSError:
        pass
    return out


def no_packages(folder):
    """Who undoes by name asks dpkg first, which takes longer than all else: from here on it has no packages."""
    for part in ('info', 'updates'):
        os.makedirs(os.path.join(folder, part))
    with open(os.path.join(folder, 'status'), 'w'):
        pass
    os.environ['DPKG_ADMINDIR'] = folder


@functools.lru_cache(None)
def _killat():
    """The program killat, built once in a process: a case has a folder of its own for it at each of its turns."""
    source = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'crash', 'killat.c')
    with tempfile.TemporaryDirectory(prefix='ba-killat.') as folder:
        out = os.path.join(folder, 'killat')
        subprocess.run([os.environ.get('CC', 'cc'), '-std=gnu11', '-D_GNU_SOURCE', '-O1', '-g', '-Wall', '-Wextra',
                        '-Wno-missing-field-initializers', '-Werror', '-o', out, source], check=True)
        with open(out, 'rb') as f:
            return f.read()


def killat(folder):
    """Puts tests/crash/killat into the folder; returns its name."""
    out = os.path.join(folder, 'killat')
    with open(out, 'wb') as f:
        f.write(_killat())
    os.chmod(out, 0o755)
    return out


class Tap:
    """Prints the Test Anything Protocol; a fault's words follow its line as comments."""

    def __init__(self):
        self.n = self.bad = 0

    def result(self, name, faults, skip=None):
        self.n += 1
        ok = not faults
        self.bad += not ok
        print('%sok %d - %s%s' % ('' if ok else 'not ', self.n, name, ' # SKIP ' + skip if skip else ''))
        for f in faults[:40]:
            for line in str(f).split('\n'):
                print('#   ' + line)
        if len(faults) > 40:
            print('#   and %d more' % (len(faults) - 40))
        sys.stdout.flush()

    def done(self):
        print('1..%d' % self.n)
        sys.exit(1 if self.bad else 0)


class Skip(Exception):
    """What a case cannot be tried without is not here."""


def run_cases(cases):
    """A file's main: each case, or those that are named, is a function that returns its faults; its first line is its name."""
    with tempfile.TemporaryDirectory(prefix='ba-dpkg.') as packages:
        os.chmod(packages, 0o755)       # some are somebody else's
        no_packages(packages)
        _run_cases(cases)


def _run_cases(cases):
    tap = Tap()
    for case in cases:
        if len(sys.argv) > 1 and case.__name__ not in sys.argv[1:]:
            continue
        name = '%s [%s]' % (case.__doc__.split('\n')[0], os.environ.get('MODE', 'seccomp'))
        try:
            tap.result(name, case())
        except AssertionError as e:
            tap.result(name, [str(e) or 'an assertion failed'])
        except Skip as e:
            tap.result(name, [], str(e))
    tap.done()
