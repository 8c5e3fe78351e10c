#!/usr/bin/env python3
"""objects.py [--only SCENES] [--what WHATS] [--samples N | --every K | --points A,B-C...] [--seeds N] [--seed S]
              [-j N] [-v]

The last copy of a content is sacred.  WHATS is what happens to a command (rollback, uninstall, forget, run, second; and
deb, rpm, tar, which take nothing from the store, but can fail all the same):

  damage   objects of the store are cut off, filled with zeros, changed or removed by chance, before it (--seeds times)
  full     the disk is full up to a few pages, by chance (--seeds times)
  EIO, ENOSPC, EIO+, ENOSPC+   its N-th call that changes a file tree fails so; with + all after it, too (N as kill.py's)

Afterwards each content from before is somewhere whole, or was gone before, or the record says that it could not be kept;
what was said is true; and once nothing fails any more, the same command ends as it should.

Environment: BUILDAUDIT, the program; MODE=ptrace for `run` without the filter.  Output is TAP.
"""
import argparse
import os
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import disk
import points
import scenes
import balib
import undoing

WHATS = ('damage', 'full', 'EIO', 'ENOSPC', 'EIO+', 'ENOSPC+')


def there(w):
    """The contents that stand somewhere, whole."""
    return set(scenes.contents(undoing.snapshot(w.t))) | {n for n, whole in w.store()[0].items() if whole}


def damage(path, rng):
    size = os.path.getsize(path)
    how = rng.choice(['remove', 'cut', 'zero', 'flip', 'empty', 'longer'])
    if how == 'remove':
        os.unlink(path)
        return
    with open(path, 'r+b') as f:
        if how in ('cut', 'empty'):
            f.truncate(rng.randrange(size) if how == 'cut' and size else 0)
        elif how == 'zero':
            f.truncate(0)
            f.truncate(size)
        elif how == 'longer':
            f.seek(0, 2)
            f.write(b'more')
        else:
            at = rng.randrange(max(size, 1))
            f.seek(at)
            byte = f.read(1) or b'\0'
            f.seek(at)
            f.write(bytes([byte[0] ^ 1]))


def damage_some(w, rng):
    objects = sorted(os.path.join(top, n) for top, _, files in os.walk(w.db + '.d') for n in files if n != 'lock')
    for p in rng.sample(objects, rng.randint(1, len(objects)) if objects else 0):
        damage(p, rng)


def fill(w, rng):
    """Takes all room but a little; -> what to remove for it to be there again."""
    name = w.m + '/ballast'
    left = rng.choice([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]) * 4096
    with open(name, 'wb') as f:
        free = os.statvfs(w.m).f_bfree * os.statvfs(w.m).f_frsize
        os.posix_fallocate(f.fileno(), 0, max(free - left - (4 << 20), 4096))
        try:
            while os.statvfs(w.m).f_bfree * os.statvfs(w.m).f_frsize > left:
                os.posix_fallocate(f.fileno(), f.seek(0, 2), 4096)
                f.seek(0, 2)
        except OSError:
            pass
    return name


def named(said, path):
    """Is the path, or a folder above it, in a line of what was said?"""
    text = said.encode(errors='surrogateescape')
    return any(b' ' + p + b' ' in text.replace(b'\n', b' ') for p in (path, os.path.dirname(path))) or b'\n' in path


def untrue(scene, w, ideal, before, status, said):
    """What was said of the tree and is not so."""
    if isinstance(scene, scenes.Run):
        return untrue_run(scene, w, before, status, said)
    if isinstance(scene, scenes.Package):
        return untrue_package(w, ideal, status, said)
    if status == ideal.status and not isinstance(scene, scenes.Uninstall):
        return ['it says it is done: ' + s for s in scene.wrong_tree(w, ideal, before)]
    if isinstance(scene, scenes.Forget) and status == 0 and len(w.runs()) != len(ideal.runs):
        return ['it says the run is forgotten: %r' % w.runs()]
    return [] if said.strip() else ['it ends with %d and says nothing' % status]


def untrue_package(w, ideal, status, said):
    """It is there, whole, when it is said to be; else there is none, and it was said why."""
    made = {n: d for n, d in scenes.outputs(w).items() if not n.endswith('.part')}
    wanted = ideal.outputs if status == 0 or 'is made, but may go' in said else {}
    wrong = [] if made == wanted else ['it ends with %d, and made %r, undisturbed %r' % (status, made, ideal.outputs)]
    return wrong if said.strip() else wrong + ['it ends with %d and says nothing' % status]


def untrue_run(scene, w, before, status, said):
    """The command has its own status; a record that is not whole says so; and one that is can be undone."""
    if status == 125:                   # nothing was started
        return ['125, and yet: ' + s for s in undoing.compare(before, undoing.snapshot(w.t))]
    wrong = [] if status == 0 else ['the command ended with 0, and this with %d: %s' % (status, said)]
    if not os.path.exists(w.db):
        return wrong if said.strip() else wrong + ['there is no record, and nothing was said']
    p = w.ba('sql', "SELECT state || '|' || coalesce(notes, '') FROM runs WHERE run_id = %d" % scene.run_id)
    whole = p.stdout.strip() == 'complete|'
    # The three lines that end every run are no warning.
    warned = [l for l in said.splitlines() if ' created, ' not in l and ' exit status ' not in l and ': next: ' not in l]
    if not whole and not warned:
        wrong.append('the record is not whole (%s), and that was not said: %s' % (p.stdout.strip(), said))
    p = w.ba('rollback', '-y', str(scene.run_id))
    if whole and p.returncode:
        wrong.append('a record that is complete cannot be undone: ' + p.stdout)
    if p.returncode == 0:
        wrong += ['it says it is done: ' + s for s in undoing.compare(before, undoing.snapshot(w.t))]
    if whole:
        wrong += ['a record that is complete, and yet ' + s for s in scenes.lost(w, before)]
    return wrong


def gone(w, scene, what, kept, before):
    """What was somewhere, and is not any more."""
    now = there(w)
    names = scenes.contents(before)
    if isinstance(scene, scenes.Run) and what != 'damage':
        return []                       # untrue_run() asks: what could not be kept is said, and lost
    return ['lost: the content of %s' % balib.esc(names[h]) for h in sorted(kept - now)]


def one(world, job):
    name, what, n = job
    scene, ideal, before = points.as_before(name)
    rng = random.Random('%s %s %d' % job)
    if what == 'damage':
        damage_some(world, rng)
    ballast = fill(world, rng) if what == 'full' else None
    kept = there(world) & set(scenes.contents(before))
    # What is forgotten goes; what another run names, or stands in the tree, stays.
    if isinstance(scene, scenes.Forget):
        kept = set(scenes.contents(undoing.snapshot(world.t))) | (kept & set(ideal.store))
    if what in ('damage', 'full'):
        p = scene.again(world)
        status, said = p.returncode, p.stdout
    else:
        hit = world.killed(scene.command(world), '-n', str(n), '--opens', '--fail', what, *scene.options())
        if not hit.hit:
            return None
        status, said = hit.status, hit.said
    wrong = gone(world, scene, what, kept, before)
    if what == 'damage':
        return wrong + damaged_truth(scene, world, ideal, before, status, said)
    wrong += untrue(scene, world, ideal, before, status, said)
    if ballast:
        os.unlink(ballast)
    if not isinstance(scene, scenes.Run):
        wrong += scene.check(world, ideal, before)
    return wrong + (scene.last(world) if isinstance(scene, scenes.Run) and os.path.exists(world.db) else [])


def apart(snapshot):
    """Without what the other names of a file decide."""
    return {p: {k: v for k, v in e.items() if k not in ('nlink', 'group')} for p, e in snapshot.items()}


def damaged_truth(scene, w, ideal, before, status, said):
    """Each path that is not as before is named; and what is named cannot be had."""
    if not isinstance(scene, scenes.Rollback):
        return untrue(scene, w, ideal, before, status, said)
    now = apart(undoing.snapshot(w.t))
    before = apart(before)
    different = {p for p in set(before) | set(now) if before.get(p) != now.get(p)}
    wrong = ['not as before, and not named: %s' % balib.esc(p) for p in sorted(different) if not named(said, p)]
    if different and status == 0:
        wrong.append('it says it is done')
    return wrong


def jobs_of(name, what, calls, args):
    if what in ('damage', 'full'):
        return [(name, what, args.seed + i) for i in range(args.seeds)]
    return [(name, what, n) for n in points.chosen(calls, args)]


def scene_result(workers, name, what, args):
    calls, wrong, lines = workers.submit(points.count, name).result()
    if wrong:
        return '%s as it should be' % name, wrong

    def title(job):
        n = job[2]
        at = 'seed %d' % n if what in ('damage', 'full') else '%d (%s)' % (n, points.call_at(lines, n))
        return '%s, %s, %s' % (name, what, at)
    reached, wrong = points.run(workers, one, jobs_of(name, what, calls, args), title, args)
    return '%s, %s: %d times' % (name, what, reached), wrong


def options(argv):
    a = argparse.ArgumentParser(description=__doc__, usage=argparse.SUPPRESS)
    points.add_options(a)
    a.add_argument('--only', default='rollback,uninstall,forget,run,second')
    a.add_argument('--what', default=','.join(WHATS))
    a.add_argument('--seeds', type=int, default=20)
    a.add_argument('--seed', type=int, default=1)
    args = a.parse_args(argv)
    return args


def test(args, tap):
    if not scenes.can(tap, 'objects of ' + args.only, disk.missing()):
        return
    with points.pool(args) as workers:
        for name in scenes.names(tap, args.only):
            for what in args.what.split(','):
                tap.result(*scene_result(workers, name, what, args))


if __name__ == '__main__':
    results = balib.Tap()
    test(options(sys.argv[1:]), results)
    results.done()
