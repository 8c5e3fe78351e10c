"""Workers, each with a World of its own, and what happens in them at each of many points."""
import argparse
import collections
import concurrent.futures
import os
import traceback

import scenes

world = None                        # of this process
ready = {}                          # scene's name -> what prepared() made


def prepared(name):
    """The disk of a scene as it is before the command, what has to be at the end, and how many calls there are."""
    if name not in ready:
        scene = scenes.SCENES[name]()
        for d in world.disks:
            d.erase()
        world.clear()
        world.play(scene)
        world.fresh()
        kept = scene.prepare(world)
        images = world.save()
        ideal = scenes.Ideal(world, scene.again(world))
        world.umount()
        world.restore(images)
        world.mount()
        counted = world.killed(scene.command(world), '-c', '-v', *scene.options())
        world.umount()
        ready[name] = scene, images, kept, ideal, counted
    return ready[name]


def as_before(name):
    """The scene, mounted as it is before the command."""
    scene, images, kept, ideal, _ = prepared(name)
    world.restore(images)
    world.clear()
    world.play(scene)
    world.mount()
    return scene, ideal, kept


def count(name):
    """-> how many calls there are, what is wrong without any disturbance, a line a call."""
    try:
        scene, _, kept, ideal, counted = prepared(name)
        wrong = scene.wrong_ideal(ideal, kept)
        if counted.calls == 0:
            wrong.append('nothing was counted: ' + counted.said)
        return counted.calls, wrong, [l.split('\t')[2:] for l in counted.lines]
    except Exception:
        return 0, [traceback.format_exc()], []


def guarded(one, job):
    """-> what is wrong; None: the point was not reached."""
    try:
        return one(world, job)
    except Exception as e:          # one that is not caught would take the pool with it
        return ['the test itself failed: %r' % e, traceback.format_exc()]
    finally:
        world.umount()


def begin(*args):
    global world
    world = scenes.World(*args)


def pool(args, *what):
    return concurrent.futures.ProcessPoolExecutor(args.j, initializer=begin, initargs=what)


def add_options(a):
    a.add_argument('--every', type=int, default=0)
    a.add_argument('--points', default='')
    a.add_argument('--samples', type=int, default=0)
    a.add_argument('-j', type=int, default=os.cpu_count() or 1)
    a.add_argument('-v', '--verbose', action='store_true')
    a.formatter_class = argparse.RawDescriptionHelpFormatter


def chosen(calls, args):
    if args.points:
        ends = [p.split('-') for p in args.points.split(',')]
        return [n for e in ends for n in range(int(e[0]), int(e[-1]) + 1)]
    if args.samples:
        return sorted({1 + (calls - 1) * i // max(args.samples - 1, 1) for i in range(args.samples)})
    return list(range(1, calls + 1, args.every or 1))


def short(title, faults):
    """One line; -v has them all."""
    said = ' '.join(faults[0].split())
    return '%s: %.200s%s' % (title, said, ' (and %d more)' % (len(faults) - 1) if faults[1:] else '')


def run(workers, one, jobs, title, args):
    """-> how many points were reached, and what went wrong at them."""
    missed, bad = 0, collections.OrderedDict()
    for job, faults in zip(jobs, workers.map(guarded, [one] * len(jobs), jobs)):
        missed += faults is None
        if faults:
            bad[job] = faults
            if args.verbose:
                print('# %s' % title(job), *faults, sep='\n#     ', flush=True)
    out = [short(title(job), faults) for job, faults in bad.items()]
    # Where calls depend on the time there may be fewer than were counted; a test that mostly misses tests nothing.
    if missed > max(2, len(jobs) // 3) or missed == len(jobs):
        out.append('only %d of %d points were reached' % (len(jobs) - missed, len(jobs)))
    if bad:
        out.insert(0, '%d of %d points' % (len(bad), len(jobs)))
    return len(jobs) - missed, out


def call_at(lines, n):
    return ' '.join(lines[n - 1]) if n <= len(lines) else 'a call more than were counted'
