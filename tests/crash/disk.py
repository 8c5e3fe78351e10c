"""File systems that a test may break: each is a piece of memory behind two loop devices of its own.

Mounted by the one or the other it has another device number, as after a reboot.  All of it belongs to the process that
made it, and is in a mount namespace of that process: however that one ends, nothing is left behind.
"""
import ctypes
import errno
import fcntl
import os
import shutil
import stat
import struct
import subprocess
import time

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 0x20000, 0x1000, 0x4000, 1 << 18, 2
LOOP_SET_FD, LOOP_SET_STATUS64, LOOP_CTL_GET_FREE, LO_FLAGS_AUTOCLEAR = 0x4C00, 0x4C04, 0x4C82, 4
BLKFLSBUF = 0x1261
BTRFS_START_SYNC, BTRFS_WAIT_SYNC = 0x80089418, 0x40089416
GOING_DOWN, NO_LOG_FLUSH = 0x8004587d, 2            # EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are one number
MB = 1 << 20

# What makes each, and how large it has to be.
KINDS = {
    'ext4': (160 * MB, ['mkfs.ext4', '-q', '-F', '-b', '4096', '-I', '256', '-N', '4096', '-J', 'size=4',
                       '-E', 'lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0']),
    'xfs': (320 * MB, ['mkfs.xfs', '-q', '-f']),
    'btrfs': (256 * MB, ['mkfs.btrfs', '-q', '-f']),
}
PATH = os.environ.get('PATH', '') + ':/usr/sbin:/sbin'


def call(what, result):
    if result != 0:
        e = ctypes.get_errno()
        raise OSError(e, '%s: %s' % (what, os.strerror(e)))


def mount(what, where, kind, flags=0, options=''):
    call('mount %s' % where, libc.mount(what.encode(), where.encode(), kind.encode(), flags, options.encode()))


def private():
    """A mount namespace of our own, from here on, for us and all that we start."""
    call('unshare', libc.unshare(CLONE_NEWNS))
    call('mount', libc.mount(b'none', b'/', None, MS_REC | MS_PRIVATE, None))


def cover(folder, needed):
    """An empty file system of our own at folder, in memory; but the folders that are needed are still there."""
    inside = [p for p in sorted({os.path.realpath(p) for p in needed}) if p.startswith(folder + '/')]
    opened = [os.open(p, os.O_PATH | os.O_CLOEXEC) for p in inside]
    mount('none', folder, 'tmpfs', 0, 'mode=1777')
    for p, fd in zip(inside, opened):
        os.makedirs(p, exist_ok=True)
        mount('/proc/self/fd/%d' % fd, p, 'none', MS_BIND | MS_REC)
        os.close(fd)


def may_mount():
    with open('/proc/self/status') as f:
        caps = next(line for line in f if line.startswith('CapEff'))
    return bool(int(caps.split()[1], 16) & 1 << 21)


def missing(kind='ext4'):
    """Why there can be no such file system here; None: there can."""
    if os.getuid() != 0:
        return 'loop devices need root'
    if not may_mount():
        return 'mounting is not allowed here (CAP_SYS_ADMIN)'
    if not os.path.exists('/dev/loop-control'):
        return 'no loop devices here'
    if not shutil.which(KINDS[kind][1][0], path=PATH):
        return 'no %s here' % KINDS[kind][1][0]
    with open('/proc/filesystems') as f:
        if kind not in f.read().split() and subprocess.run(['modprobe', '-q', kind], check=False).returncode != 0:
            return 'this kernel has no %s' % kind
    return None


def copy_data(src, dst):
    """The holes of a file stay holes."""
    size = os.fstat(src).st_size
    os.ftruncate(dst, 0)
    os.ftruncate(dst, size)
    at = 0
    while at < size:
        try:
            at = os.lseek(src, at, os.SEEK_DATA)
        except OSError as e:
            if e.errno == errno.ENXIO:
                break
            raise
        end = os.lseek(src, at, os.SEEK_HOLE)
        os.lseek(dst, at, os.SEEK_SET)
        while at < end:
            n = os.sendfile(dst, src, at, end - at)
            if n == 0:
                raise OSError('the copy of an image ended early')
            at += n
    return dst


def same_data(a, b):
    size, at = os.fstat(a).st_size, 0
    while at < size:
        try:
            at = os.lseek(a, at, os.SEEK_DATA)
        except OSError:
            break
        if os.pread(a, MB, at) != os.pread(b, MB, at):
            return False
        at += MB
    return True


def loop_on(fd, folder):
    """A loop device on an open file -> its descriptor and a node for it.  It goes when the descriptor is closed."""
    for _ in range(100):
        with open('/dev/loop-control', 'rb') as control:
            number = fcntl.ioctl(control, LOOP_CTL_GET_FREE)
        node = os.path.join(folder, 'loop%d.%d' % (number, fd))
        os.mknod(node, stat.S_IFBLK | 0o600, os.makedev(7, number))
        loop = os.open(node, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.ioctl(loop, LOOP_SET_FD, fd)
        except OSError as e:
            os.close(loop)
            os.unlink(node)
            if e.errno != errno.EBUSY:          # somebody else was quicker
                raise
            time.sleep(0.01)
            continue
        info = struct.pack('=5Q4I', 0, 0, 0, 0, 0, 0, 0, 0, LO_FLAGS_AUTOCLEAR) + bytes(176)
        fcntl.ioctl(loop, LOOP_SET_STATUS64, info)
        return loop, node
    raise OSError('no loop device is free')


class Disk:
    def __init__(self, folder, name, kind='ext4', size=None):
        """Made, and not mounted yet: at FOLDER/NAME it will be."""
        self.kind = kind
        self.at = os.path.join(folder, name)
        os.mkdir(self.at)
        self.size = size or KINDS[kind][0]
        self.fd = os.memfd_create('disk')
        self.erase()
        self.loops = [loop_on(self.fd, folder), loop_on(self.fd, folder)]
        self.mounted = self.shifted = False
        self.cut_image = None

    def erase(self):
        """Made anew, and empty."""
        os.ftruncate(self.fd, 0)
        os.ftruncate(self.fd, self.size)
        make = KINDS[self.kind][1] + ['/proc/%d/fd/%d' % (os.getpid(), self.fd)]
        subprocess.run(make, check=True, env=dict(os.environ, PATH=PATH), stdout=subprocess.DEVNULL)

    def mount(self, which=0):
        fcntl.ioctl(self.loops[which][0], BLKFLSBUF, 0)
        options = {'ext4': 'noauto_da_alloc', 'xfs': 'nouuid', 'btrfs': ''}[self.kind]
        # btrfs has an anonymous device's number, the lowest that is free: something else takes that first.
        if self.kind == 'btrfs' and which and not self.shifted:
            os.makedirs(self.at + '.shift', exist_ok=True)
            mount('none', self.at + '.shift', 'tmpfs')
            self.shifted = True
        mount(self.loops[which][1], self.at, self.kind, 0, options)
        self.mounted = True

    def umount(self):
        if not self.mounted:
            return
        end = time.monotonic() + 20
        while libc.umount2(self.at.encode(), 0) != 0:
            if time.monotonic() > end:          # somebody is in there: the namespace's end takes it
                libc.umount2(self.at.encode(), MNT_DETACH)
                raise OSError('%s is still in use' % self.at)
            time.sleep(0.01)
        self.mounted = False
        if self.shifted:
            call('umount', libc.umount2((self.at + '.shift').encode(), 0))
            self.shifted = False
        for loop, _ in self.loops:
            fcntl.ioctl(loop, BLKFLSBUF, 0)

    def flush(self):
        d = os.open(self.at, os.O_RDONLY)
        call('syncfs', libc.syncfs(d))
        os.close(d)

    def image(self):
        """What is on it, unmounted."""
        return copy_data(self.fd, os.memfd_create('image'))

    def image_at_rest(self):
        """What has come to it, mounted: two copies that are the same are of one moment."""
        last = self.image()
        for _ in range(50):
            again = self.image()
            if same_data(again, last):
                os.close(again)
                return last
            os.close(last)
            last = again
        raise OSError('the file system does not come to rest')

    def restore(self, image):
        copy_data(image, self.fd)

    def commit_names(self):
        """What happens every few seconds anyhow: names and attributes go to the disk, what was written need not yet."""
        d = os.open(self.at, os.O_RDONLY)
        if self.kind == 'btrfs':
            fcntl.ioctl(d, BTRFS_WAIT_SYNC, fcntl.ioctl(d, BTRFS_START_SYNC, bytes(8)))
        else:
            f = os.open('.commit', os.O_CREAT | os.O_WRONLY, 0o600, dir_fd=d)
            os.write(f, b'x')
            os.fsync(f)
            os.close(f)
        os.close(d)

    def cut(self, late):
        """The power goes, while it is mounted: what was not written out yet is lost.  umount() is next."""
        if late:
            self.commit_names()
        if self.kind != 'btrfs':
            d = os.open(self.at, os.O_RDONLY)
            fcntl.ioctl(d, GOING_DOWN, struct.pack('=I', NO_LOG_FLUSH))
            os.close(d)
            return
        # What has come out of the file system by now is what a disk would have.
        self.cut_image = self.image_at_rest()

    def after_cut(self):
        self.umount()
        if self.cut_image is not None:
            self.restore(self.cut_image)
            os.close(self.cut_image)
            self.cut_image = None
            for loop, _ in self.loops:
                fcntl.ioctl(loop, BLKFLSBUF, 0)
