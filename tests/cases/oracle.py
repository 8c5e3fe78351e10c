#!/usr/bin/env python3
"""The tests' own eyes: snapshot, diff and equals see what is there, and see it when a manifest lies."""
import os
import shutil
import sqlite3
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lib'))
import balib

COLUMNS = ('run_id path change type mode uid gid size mtime_ns sha256 link_target nlink_group content_changed excluded '
           'process_id rdev').split()


def write(path, data='x'):
    with open(path, 'w') as f:
        f.write(data)


def before(d):
    for n in ('kept', 'written', 'chmodded', 'removed', 'replaced', 'hard1', 'touched'):
        write(d + '/' + n)
    os.link(d + '/hard1', d + '/hard2')
    for n in ('dir', 'dir_gone', 'dir_mode', 'dir_again'):
        os.mkdir(d + '/' + n)
    os.symlink('kept', d + '/link')
    for n in os.listdir(d):
        os.utime(d + '/' + n, ns=(10**18, 10**18), follow_symlinks=False)


def change(d):
    write(d + '/written', 'y')
    os.chmod(d + '/chmodded', 0o600)
    os.unlink(d + '/removed')
    write(d + '/new')
    os.link(d + '/new', d + '/dir/new2')
    os.rename(d + '/new', d + '/replaced')
    os.link(d + '/replaced', d + '/new3')
    write(d + '/hard2', 'z')
    os.rmdir(d + '/dir_gone')
    os.chmod(d + '/dir_mode', 0o700)
    os.rmdir(d + '/dir_again')
    os.mkdir(d + '/dir_again')
    os.unlink(d + '/link')
    os.symlink('elsewhere', d + '/link')
    os.utime(d + '/touched', ns=(10**18, 10**18 + 1))
    os.mkfifo(d + '/fifo')


WANT = {'written': ('modified', 'file'), 'chmodded': ('modified', 'file'), 'removed': ('removed', 'file'),
        'dir/new2': ('created', 'file'), 'replaced': ('modified', 'file'), 'new3': ('created', 'file'),
        'hard1': ('modified', 'file'), 'hard2': ('modified', 'file'), 'dir_gone': ('removed', 'dir'),
        'dir_mode': ('modified', 'dir'), 'link': ('modified', 'symlink'),
        'touched': ('modified', 'file'), 'fifo': ('created', 'fifo')}


def database(path, got, after):
    con = sqlite3.connect(path)
    con.execute('CREATE TABLE manifest (%s)' % ', '.join(COLUMNS))
    groups = {}
    for p, (what, kind) in got.items():
        e = after.get(p, {})
        group = groups.setdefault(e['ino'], len(groups)) if e.get('nlink', 0) > 1 and kind == 'file' else None
        link = e.get('link_target')
        row = [1, os.fsdecode(p), what, kind, e.get('mode'), e.get('uid'), e.get('gid'), e.get('size'), e.get('mtime_ns'),
               e.get('sha256'), os.fsdecode(link) if link else None, group, None, 0, 1, None]
        con.execute('INSERT INTO manifest VALUES (%s)' % ','.join('?' * len(row)), row)
    con.commit()
    return con


LIES = ["DELETE FROM manifest WHERE path LIKE '%/written'",
        "DELETE FROM manifest WHERE path LIKE '%/dir_gone'",
        "INSERT INTO manifest (run_id, path, change, type) SELECT 1, replace(path, 'written', 'kept'), 'modified', 'file' FROM manifest WHERE path LIKE '%/written'",
        "INSERT INTO manifest SELECT * FROM manifest WHERE path LIKE '%/written'",
        "UPDATE manifest SET change = 'created' WHERE path LIKE '%/written'",
        "UPDATE manifest SET type = 'dir' WHERE path LIKE '%/fifo'",
        "UPDATE manifest SET mode = 420 WHERE path LIKE '%/chmodded'",
        "UPDATE manifest SET uid = uid + 1 WHERE path LIKE '%/written'",
        "UPDATE manifest SET size = NULL WHERE path LIKE '%/written'",
        "UPDATE manifest SET mtime_ns = mtime_ns + 1 WHERE path LIKE '%/touched'",
        "UPDATE manifest SET sha256 = upper(sha256) WHERE path LIKE '%/hard1'",
        "UPDATE manifest SET sha256 = NULL WHERE path LIKE '%/written'",
        "UPDATE manifest SET link_target = 'kept' WHERE path LIKE '%/link'",
        "UPDATE manifest SET nlink_group = NULL WHERE path LIKE '%/new3'",
        "UPDATE manifest SET nlink_group = 77 WHERE path LIKE '%/new2' OR path LIKE '%/fifo'",
        "UPDATE manifest SET run_id = 2"]


def main():
    tap = balib.Tap()
    top = tempfile.mkdtemp(prefix='ba-oracle.')
    try:
        d = os.path.join(top, 'w')
        os.mkdir(d)
        before(d)
        b = balib.snapshot(d)
        tap.result('oracle nothing changed is no difference', ['%r' % x for x in balib.diff(b, balib.snapshot(d)).items()])
        change(d)
        a = balib.snapshot(d)
        got = balib.diff(b, a)
        want = {os.fsencode(d + '/' + n): w for n, w in WANT.items()}
        tap.result('oracle every change is seen, and no other', sorted('%r' % (x,) for x in set(got.items()) ^ set(want.items())))
        dump = os.path.join(top, 'dump')
        with open(dump, 'w') as f:
            balib.dump(a, f)
        with open(dump) as f:
            tap.result('oracle what is written is what is read', [] if balib.load(f) == a else ['not the same'])
        for i, lie in enumerate([None] + LIES):
            db = os.path.join(top, '%d.db' % i)
            con = database(db, got, a)
            if lie:
                con.execute(lie)
                con.commit()
            con.close()
            faults = balib.equals(db, 1, d, b, a)
            if lie:
                tap.result('oracle sees: ' + lie[:70], [] if faults else ['did not see it'])
            else:
                tap.result('oracle believes the truth', faults)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    tap.done()


main()
