#!/usr/bin/env python3
"""kill.py [--only SCENES] [--every K | --points A,B-C... | --sample K] [--device same|other|both] [-j N] [-v]

Kills one command (rollback, uninstall, forget, deb, rpm, tar, run) before each call of it that changes a file tree, runs
the same command once more, and looks whether the end is as if nothing had been.  --every K takes each K-th call,
--sample K so many of them, evenly spread.  With another device the file system is mounted from another device between
the two, as after a reboot.

Environment: BUILDAUDIT, the program; MODE=ptrace for `run` without the filter.  Output is TAP, a line for each scene.
"""
import argparse
import collections
import concurrent.futures
import os
import sys
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import disk
import scenes
import balib

DEVICES = {'same': [0], 'other': [1], 'both': [0, 1]}
world = None
ready = {}                          # scene's name -> what prepared() made


def prepared(name):
    """The disk of a scene as it is before the command, what has to be at the end, and how many calls there are."""
    if name not in ready:
        scene = scenes.SCENES[name]()
        for d in world.disks:
            d.erase()
        world.fresh()
        kept = scene.prepare(world)
        world.umount()
        images = world.save()
        world.mount()
        count = world.killed(scene.command(world), '-c', '-v', *scene.options())
        world.umount()
        world.restore(images)
        world.mount()
        ideal = scenes.Ideal(world, scene.again(world))
        world.umount()
        ready[name] = scene, images, kept, ideal, count
    return ready[name]


def count(name):
    scene, _, kept, ideal, counted = prepared(name)
    wrong = scene.wrong_ideal(ideal, kept)
    if counted.calls == 0:
        wrong.append('nothing was counted: ' + counted.said)
    return counted.calls, wrong, counted.lines


def one(job):
    """-> what was wrong after a kill at this point; None: the command came to its end before."""
    name, n, whom, device = job
    scene, images, kept, ideal, _ = prepared(name)
    world.restore(images)
    world.clear()
    world.mount()
    try:
        hit = world.killed(scene.command(world), '-n', str(n), '-k', whom, *scene.options())
        if not hit.hit:
            return None
        if device:
            world.umount()
            world.mount(1)
        return scene.check(world, ideal, kept)
    finally:
        world.umount()


def guarded(what, job):
    try:
        return what(job)
    except Exception:                               # a worker that dies would take the pool with it
        return ['the test itself failed: ' + traceback.format_exc()] if what is one else (0, [traceback.format_exc()], [])


def begin():
    global world
    world = scenes.World()


def points(calls, args):
    if args.points:
        ends = [p.split('-') for p in args.points.split(',')]
        return [n for e in ends for n in range(int(e[0]), int(e[-1]) + 1)]
    if args.sample:
        return sorted({1 + (calls - 1) * i // max(args.sample - 1, 1) for i in range(args.sample)})
    return list(range(1, calls + 1, args.every))


def scene_result(pool, name, args):
    """-> (title, faults) of one scene: every point, each way to kill, each device."""
    calls, wrong, lines = pool.submit(guarded, count, name).result()
    if wrong:
        return '%s as it should be' % name, wrong
    jobs = [(name, n, whom, device) for device in DEVICES[args.device] for whom in scenes.SCENES[name].whom
            for n in points(calls, args)]
    missed, bad = 0, collections.OrderedDict()
    for job, faults in zip(jobs, pool.map(guarded, [one] * len(jobs), jobs)):
        missed += faults is None
        if faults:
            bad[job] = faults
            if args.verbose:
                print('# %s' % title_of(job, lines), *faults, sep='\n#     ', flush=True)
    out = [short(title_of(job, lines), faults) for job, faults in bad.items()]
    # Where calls depend on the time a few more or less there may be; a test that mostly misses tests nothing.
    if missed * 5 > len(jobs):
        out.append('only %d of %d points were reached' % (len(jobs) - missed, len(jobs)))
    if bad:
        out.insert(0, '%d of %d points' % (len(bad), len(jobs)))
    return '%s: killed at %d points of %d calls' % (name, len(jobs) - missed, calls), out


def short(title, faults):
    """One line; -v has them all."""
    said = ' '.join(faults[0].split())
    return '%s: %.200s%s' % (title, said, ' (and %d more)' % (len(faults) - 1) if faults[1:] else '')


def title_of(job, lines):
    name, n, whom, device = job
    call = lines[n - 1].split('\t') if n <= len(lines) else ['?'] * 4
    return '%s %d (%s), %s killed, %s device' % (name, n, ' '.join(call[2:]), whom, 'another' if device else 'the same')


def run(args, tap):
    with concurrent.futures.ProcessPoolExecutor(args.j, initializer=begin) as pool:
        for name in args.only.split(','):
            tap.result(*scene_result(pool, name, args))


def main():
    a = argparse.ArgumentParser(usage=__doc__)
    a.add_argument('--only', default=','.join(scenes.SCENES))
    a.add_argument('--every', type=int, default=1)
    a.add_argument('--points', default='')
    a.add_argument('--sample', type=int, default=0)
    a.add_argument('--device', choices=DEVICES, default='both')
    a.add_argument('-j', type=int, default=os.cpu_count() or 1)
    a.add_argument('-v', '--verbose', action='store_true')
    args = a.parse_args()
    why = disk.missing()
    if why:
        scenes.cannot(why)
    tap = balib.Tap()
    run(args, tap)
    tap.done()


if __name__ == '__main__':
    main()
