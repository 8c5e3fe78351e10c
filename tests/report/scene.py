"""A run with all that a report has to tell, under names that try to be something else."""
import os
import subprocess

TAG = '</script><img src=x onerror=alert(1)>'
LONG = 'l' * 255
NAMES = [TAG.replace('/', '\u2044'), 'quote"\'`', 'rtl\u202etxt.exe', 'new\nline\ttab', '&lt;b&gt;', ' lead', 'snow\u2603 \U0001f600', '--']
BYTES = [b'bad\xff\xfename', b'surrogate\xed\xa0\x80', b'\x01\x1b[31m']
OLD = 'port = 80\npassword = hunter2old\nname = a\n'
NEW = 'port = 8080\npassword = hunter3new\nname = a\nmore = <b>1</b>\n'
SECRETS = ['hunter2old', 'hunter3new', 's3cr3tpw', 'abcdef12345']


def deep(top):
    """A name of some 4,000 bytes, in parts that a folder takes."""
    return os.path.join(top, *[LONG] * ((4050 - len(top)) // 256))


SCRIPT = r'''
set -u
mkdir -p "$1/bin" "$1/</script>"
echo x >"$1/</script>/<img src=x onerror=alert(1)>"
cp /bin/true "$1/bin/app"; ln "$1/bin/app" "$1/bin/app2"; ln -s app "$1/bin/app3"
cp "$2" "$1/app.conf"
head -c 3000 /dev/zero >"$1/data.bin"
rm "$1/gone"
cat "$1/same" >"$1/copy"; cat "$1/copy" >"$1/same"
echo t >"$1/t1"; mv "$1/t1" "$1/t2"
echo t >"$1/came"; rm "$1/came"
for f in "${@:3}"; do echo x >"$f"; done
sh -c 'exit 3'
sh -c 'kill -9 $$'
sh -c ': --token=abcdef12345 https://bob:s3cr3tpw@example.com/'
(sleep 0.05; echo fork >"$1/forked") & wait
exec true "$1" '</script><script>alert(2)</script>'
'''


class Scene:
    """Makes `top` (that counts), records into `db`."""

    def __init__(self, folder, program, mode=()):
        self.folder, self.program, self.mode = folder, program, list(mode)
        self.top = os.path.join(folder, 't')
        self.db = os.path.join(folder, 'audit.db')
        os.mkdir(self.top)
        os.makedirs(deep(self.top))
        for name, text in (('app.conf', OLD), ('gone', 'gone\n'), ('same', 'same\n'), ('data.bin', 'a\0b')):
            with open(os.path.join(self.top, name), 'w') as f:
                f.write(text)
        self.new = os.path.join(folder, 'new.conf')
        with open(self.new, 'w') as f:
            f.write(NEW)

    def names(self):
        top = os.fsencode(self.top)
        return [os.path.join(top, n.encode() if isinstance(n, str) else n) for n in NAMES + BYTES] + \
            [os.path.join(os.fsencode(deep(self.top)), b'end')]

    def ba(self, *words, **how):
        return subprocess.run([self.program, '-d', self.db, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, cwd=self.folder, timeout=120, **how)

    def record(self, *options, script=SCRIPT, words=None):
        words = [self.top, self.new, *self.names()] if words is None else words
        return self.ba('run', *self.mode, '-q', '--include', self.top, '--name', 'scene', *options, '--', 'bash', '-c', script, 'bash', *words)

    def page(self, *words):
        """What `report` writes to standard output."""
        r = self.ba('report', '-o', '-', *words)
        if r.returncode:
            raise RuntimeError(r.stderr.decode('utf-8', 'replace'))
        return r.stdout
