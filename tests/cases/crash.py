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
        (kill, '--only rollback,uninstall --samples 8'),
        (power, '--fs ext4 --only uninstall --db same --samples 4'),
        (objects, '--only rollback --what damage,full --seeds 6'),
        (objects, '--only rollback --what ENOSPC+ --samples 6'),
        (objects, '--only second --what damage,full --seeds 6'),
    ],
    'ptrace': [
        (objects, '--only second --what damage,full --seeds 6'),
    ],
}

if __name__ == '__main__':
    tap = balib.Tap()
    for tool, words in SAMPLES[os.environ.get('MODE', 'seccomp')]:
        tool.test(tool.options(words.split() + ['-j', '1']), tap)
    tap.done()
