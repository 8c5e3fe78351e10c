#!/usr/bin/env python3
"""power.py [--fs KINDS] [--only SCENES] [--db WHERES] [--cut WHEN] [--samples N | --every K | --points A,B-C...]
            [-j N] [-v]

Cuts the power at N calls of a command, evenly spread (12 without an option), and when it has said that it is done.  Then
the file system is mounted from another device, and it is looked whether nothing is lost; the command is run again, the
power is cut once more at its end, and what it said has to be true.

WHEN is `once`: nothing goes to the disk any more; `later`: as some seconds later, when names and attributes have gone to
the disk, but what was written has not (no file system promises that order); `both`, without it.

KINDS of file systems are ext4, xfs, btrfs; SCENES as kill.py's, precious and carried.  WHERES, where the database is: same (the
tree's file system), apart (another, whose power stays on), both (another, whose power goes, too).

Environment: BUILDAUDIT, the program; MODE=ptrace for `run` without the filter.  Output is TAP.
"""
import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import disk
import points
import scenes
import balib

WHERES = ('same', 'apart', 'both')
LATES = {'once': [False], 'later': [True], 'both': [False, True]}


def one(world, job):
    name, where, n, late = job
    scene, ideal, kept = points.as_before(name)
    disks = world.disks[:1] if where == 'apart' else world.disks
    if n:
        if not world.cut_at(n, scene.command(world), disks, late, *scene.options()).hit:
            return None
        world.after_cut(1)
        wrong = scene.check(world, ideal, kept, cut=True)
    else:
        wrong = scene.wrong_status(scene.again(world), ideal, world)
        world.cut(disks, late)
        world.after_cut(1)
        wrong += scene.done_and_cut(world, ideal, kept)
    world.cut(disks, late)
    world.after_cut(0)
    wrong += ['after a cut at the end: ' + s for s in scene.still(world, ideal, kept, cut=True)]
    return wrong + scene.last(world)


def scene_result(workers, kind, where, name, args):
    calls, wrong, lines = workers.submit(points.count, name).result()
    if wrong:
        return '%s on %s as it should be' % (name, kind), wrong
    jobs = [(name, where, n, late) for late in LATES[args.cut] for n in points.chosen(calls, args) + [0] * (not args.points)]

    def title(job):
        _, _, n, late = job
        when = '%d (%s)' % (n, points.call_at(lines, n)) if n else 'done'
        return '%s on %s, database %s, %s, %s' % (name, kind, where, when, 'later' if late else 'at once')
    reached, wrong = points.run(workers, one, jobs, title, args)
    return '%s on %s: the power cut at %d points, database %s' % (name, kind, reached, where), wrong


def options(argv):
    a = argparse.ArgumentParser(description=__doc__, usage=argparse.SUPPRESS)
    points.add_options(a)
    a.add_argument('--only', default='commit,precious,carried,run,second,unfinished,rollback,life,prune,uninstall,forget,deb,rpm,tar')
    a.add_argument('--fs', default='ext4,xfs,btrfs')
    a.add_argument('--db', default=','.join(WHERES))
    a.add_argument('--cut', choices=LATES, default='both')
    args = a.parse_args(argv)
    if not args.points and args.every == 0 and not args.samples:
        args.samples = 12
    return args


def test(args, tap):
    for kind in args.fs.split(','):
        if not scenes.can(tap, 'power cuts on ' + kind, disk.missing(kind)):
            continue
        for apart in (False, True):
            wheres = [w for w in args.db.split(',') if (w != 'same') == apart]
            if not wheres:
                continue
            with points.pool(args, kind, apart) as workers:
                for where in wheres:
                    for name in scenes.names(tap, args.only):
                        tap.result(*scene_result(workers, kind, where, name, args))


if __name__ == '__main__':
    results = balib.Tap()
    test(options(sys.argv[1:]), results)
    results.done()
