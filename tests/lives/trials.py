"""What a model of random seeds is started by: its options, its processes, and what it says."""
import argparse
import concurrent.futures
import functools
import os
import shutil
import subprocess
import sys
import tempfile

import balib
from run import numbers


def one(trial, args, prefix, job):
    seed, mode = job
    folder = os.path.realpath(tempfile.mkdtemp(prefix=prefix))
    try:
        return seed, mode, trial(seed, mode, args, folder)
    except (OSError, subprocess.SubprocessError) as e:
        return seed, mode, ['%s: %s' % (type(e).__name__, e)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(trial, prefix, options, **given_on):
    """trial(seed, mode, args, folder) -> what is wrong, in lines; options: of argparse, by their names; given_on goes
    into args"""
    a = argparse.ArgumentParser()
    a.add_argument('--seeds', default='1-100')
    a.add_argument('--mode', default=os.environ.get('MODE', 'seccomp'))
    a.add_argument('-j', type=int, default=os.cpu_count() or 2)
    for name, how in options.items():
        a.add_argument('--' + name, **how)
    args = a.parse_args(namespace=argparse.Namespace(**given_on))
    given = ''.join(' --%s%s' % (n, '' if v is True else ' ' + v) for n, v in vars(args).items() if n in options and v)
    jobs = [(seed, mode) for seed in numbers(args.seeds) for mode in args.mode.split(',')]
    failed = 0
    with tempfile.TemporaryDirectory(prefix=prefix) as packages, concurrent.futures.ProcessPoolExecutor(args.j) as pool:
        balib.no_packages(packages)
        for seed, mode, faults in pool.map(functools.partial(one, trial, args, prefix), jobs):
            failed += bool(faults)
            if faults:
                print('FAILED: --seeds %d --mode %s%s' % (seed, mode, given), *faults, sep='\n    ')
                sys.stdout.flush()
    print('%d passed, %d failed, 0 skipped' % (len(jobs) - failed, failed))
    sys.exit(1 if failed else 0)
