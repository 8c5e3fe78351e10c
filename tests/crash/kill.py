#!/usr/bin/env python3
"""kill.py [--only SCENES] [--every K | --points A,B-C... | --samples K] [--device same|other|both] [--slow] [-j N]
        [-v]

Kills one command (commit, uncommit, rollback, together, life, prune, uninstall, forget, deb, rpm, tar, run, second, unfinished, checkinstall) before each call of
it that changes a file tree, runs the same command once more, and looks whether the end is as if nothing had been.
--every K takes each K-th call, --samples K so many of them, evenly spread.  With another device the file system is
mounted from another device between the two, as after a reboot.  --slow: some calls before it, it has to wait, and so what is
put on record now and then is on record.

Environment: BUILDAUDIT, the program; MODE=ptrace for `run` without the filter.  Output is TAP, a line for each scene.
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

SLOW_BEFORE = 16                    # a commit has some seven calls
DEVICES = {'same': [0], 'other': [1], 'both': [0, 1]}


def one(world, job):
    name, n, whom, device, slow = job
    scene, ideal, kept = points.as_before(name)
    slowly = ['--slow', str(max(1, n - 1 - n % SLOW_BEFORE))] if slow else []
    hit = world.killed(scene.command(world), '-n', str(n), '-k', whom, *slowly, *scene.options())
    if not hit.hit:
        return None
    if device:
        world.umount()
        world.mount(1)
    return scene.check(world, ideal, kept) + scene.last(world)


def scene_result(workers, name, args):
    """-> (title, faults) of one scene: every point, each way to kill, each device."""
    calls, wrong, lines = workers.submit(points.count, name).result()
    if wrong:
        return '%s as it should be' % name, wrong
    jobs = [(name, n, whom, device, args.slow) for device in DEVICES[args.device] for whom in scenes.SCENES[name].whom
            for n in points.chosen(calls, args)]

    def title(job):
        _, n, whom, device, _ = job
        return '%s %d (%s), %s killed, %s device' % (name, n, points.call_at(lines, n), whom,
                                                     'another' if device else 'the same')
    reached, wrong = points.run(workers, one, jobs, title, args)
    return '%s: killed at %d points of %d calls' % (name, reached, calls), wrong


def options(argv):
    a = argparse.ArgumentParser(description=__doc__, usage=argparse.SUPPRESS)
    points.add_options(a)
    a.add_argument('--only', default='commit,uncommit,rollback,together,life,prune,uninstall,forget,deb,rpm,tar,run,second,unfinished,checkinstall')
    a.add_argument('--device', choices=DEVICES, default='both')
    a.add_argument('--slow', action='store_true')
    return a.parse_args(argv)


def test(args, tap):
    if not scenes.can(tap, 'kill at ' + args.only, disk.missing()):
        return
    with points.pool(args) as workers:
        for name in scenes.names(tap, args.only):
            tap.result(*scene_result(workers, name, args))


if __name__ == '__main__':
    results = balib.Tap()
    test(options(sys.argv[1:]), results)
    results.done()
