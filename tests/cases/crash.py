#!/usr/bin/env python3
"""Crashes: a sample of tests/crash, which see.  scripts/check-real has every point."""
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
for folder in ('lib', 'crash'):
    sys.path.insert(0, os.path.join(HERE, '..', folder))
import balib
import kill
import objects
import power

SAMPLES = {
    'seccomp': [
        (kill, '--only rollback,run --samples 5'),
        (kill, '--only uninstall,forget --device other --samples 4'),
        (power, '--fs ext4 --only run,precious --db same --samples 2'),
        (objects, '--only rollback --what damage,full,ENOSPC+ --seeds 4 --samples 4'),
    ],
    'ptrace': [
        (kill, '--only run --device same --samples 3'),
        (power, '--fs ext4 --only precious --db apart --samples 3'),
        (objects, '--only second --what damage,full --seeds 4'),
    ],
}

if __name__ == '__main__':
    tap = balib.Tap()
    for tool, words in SAMPLES[os.environ.get('MODE', 'seccomp')]:
        tool.test(tool.options(words.split() + ['-j', '1']), tap)
    tap.done()
