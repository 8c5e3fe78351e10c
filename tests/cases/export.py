#!/usr/bin/env python3
"""`export`: each form is read back, and held against the record.

Environment: BUILDAUDIT, the program; MODE.
"""
import csv
import io
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lib'))
import balib

BA = os.environ.get('BUILDAUDIT', 'buildaudit')
MODE = ['--no-seccomp'] if os.environ.get('MODE') == 'ptrace' else []
BUSY = r'''for i in 1 2 3; do echo $i >f$i; done
sh -c 'mkdir -p "a,b"; echo >"a,b/q\"q"; exit 3'
(echo >sub; perl -e 'print 1' >"$(printf 'odd\377\nname')")
sh -c 'kill -TERM $$' 2>/dev/null
:'''


class Place:
    def __init__(self):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix='ba-export.'))
        self.p = os.path.join(self.top, 'p')
        self.db = os.path.join(self.top, 'audit.db')
        os.mkdir(self.p)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.top, ignore_errors=True)

    def record(self, *argv, **env):
        subprocess.run([BA, '-d', self.db, 'run', *MODE, '-q', '--include', self.p, '--', *argv], cwd=self.p, env={**os.environ, **env},
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        balib.settle(self.db)

    def export(self, form, *words):
        return subprocess.run([BA, '-d', self.db, 'export', '--format=' + form, *words], stdout=subprocess.PIPE, check=True).stdout

    def rows(self, query):
        db = sqlite3.connect('file:%s?mode=ro' % self.db, uri=True)
        db.text_factory = os.fsdecode
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()


def a_listing_as_csv():
    """each listing: its heads are the columns, and each field is what the record has"""
    faults = []
    with Place() as c:
        c.record('bash', '-c', BUSY)
        for of, column, table in ('files', 'path', 'manifest WHERE NOT excluded'), ('events', 'event_id', 'events'), ('processes', 'process_id', 'processes'):
            text = os.fsdecode(c.export('csv', '--of=' + of))
            rows = list(csv.DictReader(io.StringIO(text, newline='')))
            want = sorted(str(r[0]) for r in c.rows('SELECT %s FROM %s' % (column, table)))
            if sorted(r[column] for r in rows) != want or not want:
                faults.append('%s: %r, wanted %r' % (of, rows, want))
        odd = [r for r in csv.DictReader(io.StringIO(os.fsdecode(c.export('csv')), newline='')) if '"' in r['path'] or '\n' in r['path']]
        faults += [] if len(odd) == 2 else ['the odd names: %r' % odd]
        faults += [] if c.export('csv') == c.export('csv', '--of=files') else ['files is not what is meant without --of']
        faults += [] if len(c.export('csv', '--of=execs').splitlines()) > len(c.export('csv', '--of=processes').splitlines()) else ['too few execs']
    return faults


def nests(slices):
    """The slices of a track do not overlap but one after another; here they do not nest either."""
    ends = 0
    for start, end in sorted(slices):
        if start < ends - 0.01 or end < start:  # microseconds in floating point
            return False
        ends = end
    return True


def a_time_line_for_chrome():
    """each process has its track, each program its slice, in its time; the changes add up"""
    faults = []
    with Place() as c:
        c.record('bash', '-c', BUSY)
        trace = json.loads(c.export('chrome').decode())['traceEvents']
        names = {e['tid']: e['args']['name'] for e in trace if e['ph'] == 'M'}
        want = {p: os.path.basename(e) for p, e in c.rows('SELECT process_id, exe FROM processes')}
        faults += [] if set(names) == set(want) else ['tracks: %r, wanted %r' % (names, want)]
        slices = [e for e in trace if e['ph'] == 'X']
        execs = c.rows('SELECT count(*) FROM execs e WHERE e.argv IS NOT NULL')[0][0]
        faults += [] if len(slices) >= execs else ['%d slices of %d execs' % (len(slices), execs)]
        for tid in names:
            if not nests([(e['ts'], e['ts'] + e['dur']) for e in slices if e['tid'] == tid]):
                faults.append('the slices of %s overlap' % tid)
        failed = sorted(e['args']['exit'] for e in slices if 'exit' in e['args'])
        faults += [] if failed == ['3', 'SIGTERM'] else ['how they ended: %r' % failed]
        counts = [e['args']['changes'] for e in trace if e['ph'] == 'C']
        if counts != sorted(counts) or not counts or counts[-1] != c.rows('SELECT count(*) FROM events')[0][0]:
            faults.append('the counter: %r' % counts)
    return faults


def varint(data, at):
    n = shift = 0
    while True:
        n |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return n, at


def fields(data):
    """A protobuf message: {field: [values]}."""
    at, out = 0, {}
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
            if len(value) != size:
                raise AssertionError('it ends within a field')
        else:
            raise AssertionError('wire type %d' % (key & 7))
        out.setdefault(key >> 3, []).append(value)
    return out


def a_time_line_for_perfetto():
    """its packets: tracks below their parents', slices that begin and end, the counter"""
    faults = []
    with Place() as c:
        c.record('bash', '-c', BUSY)
        packets = [fields(p) for p in fields(c.export('perfetto'))[1]]
        faults += ['a packet of no sequence' for p in packets if p[10] != [1]][:1]
        tracks = [fields(p[60][0]) for p in packets if 60 in p]
        parents = {t[1][0]: t.get(5, [None])[0] for t in tracks if 8 not in t}
        want = dict(c.rows('SELECT process_id, parent_id FROM processes'))
        faults += [] if parents == want else ['tracks: %r, wanted %r' % (parents, want)]
        faults += [] if [t[2] for t in tracks if 8 in t] == [[b'changes']] else ['no counter']
        events = [(p[8][0], fields(p[11][0])) for p in packets if 11 in p]
        open_slices = dict.fromkeys(parents, 0)
        for _, e in events:
            if e[9] == [1]:
                open_slices[e[11][0]] += 1
            elif e[9] == [2]:
                open_slices[e[11][0]] -= 1
        faults += ['slices without an end: %r' % open_slices] if any(open_slices.values()) else []
        named = {e[23][0].decode() for _, e in events if e[9] == [1]}
        faults += [] if {'bash', 'mkdir', 'perl'} <= named else ['names: %r' % named]
        notes = [{a[10][0].decode(): (a.get(6) or a.get(4))[0] for a in map(fields, e[4])} for _, e in events if e[9] == [1]]
        faults += [] if any(n.get('exit_status') == 3 for n in notes) and any(n.get('term_signal') == 15 for n in notes) else ['how they ended']
        faults += [] if all({'argv', 'cwd', 'pid', 'files'} <= set(n) for n in notes) else ['annotations: %r' % notes[:3]]
        counts = [e[30][0] for _, e in events if e[9] == [4]]
        faults += [] if counts and counts[-1] == c.rows('SELECT count(*) FROM events')[0][0] else ['the counter: %r' % counts]
    return faults


def a_graph():
    """each process is a node, each but the first has an edge from its parent, and words cannot break it"""
    faults = []
    with Place() as c:
        c.record('bash', '-c', BUSY + '\nsh -c \'echo "\\\\" >x; :\'')
        text = c.export('dot').decode('utf-8', 'replace')
        outside = re.sub(r'"(\\.|[^"\\])*"', '""', text)
        faults += ['quotes: %s' % outside] if outside.count('"') % 2 or not re.fullmatch(r'[\s\w=\[\]{};,">.-]*', outside) else []
        nodes = {int(n) for n in re.findall(r'^\tp(\d+) \[', outside, re.M)}
        edges = {(int(a), int(b)) for a, b in re.findall(r'^\tp(\d+) -> p(\d+);', outside, re.M)}
        faults += [] if nodes == {r[0] for r in c.rows('SELECT process_id FROM processes')} else ['nodes: %r' % nodes]
        want = set(c.rows('SELECT parent_id, process_id FROM processes WHERE parent_id IS NOT NULL'))
        faults += [] if edges == want else ['edges: %r, wanted %r' % (edges, want)]
        faults += [] if outside.count('color=red') == 2 else ['red ones: %s' % outside]
        # what ran afterwards in the same process is another node, and started nothing
        c.record('bash', '-c', 'bash -c "cp f1 x2 && mv x2 x3"; :')
        text = c.export('dot').decode()
        node = {w: re.search(r'^\t(\w+) \[label="%s' % w, text, re.M) for w in ("bash -c 'cp", 'mv x2', 'cp f1')}
        if not all(node.values()):
            return faults + ['no node: %s' % text]
        bash, mv, cp = (m[1] for m in node.values())
        faults += ['no edge %s: %s' % (e, text) for e in ('\t%s -> %s [style=dashed];' % (bash, mv), '\t%s -> %s;' % (bash, cp)) if e not in text]
        faults += ['mv started something: %s' % text] if '\t%s ->' % mv in text else []
    return faults


def compiled(c, *argv, **env):
    c.record(*argv, **env)
    return json.loads(c.export('compile_commands', 'latest'))


def what_the_compilers_were_told():
    """sources, folders and words; through files of words, wrappers, links; not what a compiler starts"""
    faults = []
    with Place() as c:
        for name in 'a.c', 'b b.cc', 'c.S', 'no-end':
            with open(os.path.join(c.p, name), 'w') as f:
                f.write('')
        bin_ = os.path.join(c.top, 'bin')
        os.mkdir(bin_)
        # Compilers of ours: what they start is a compiler by its name, too.
        source = os.path.join(c.top, 'compiler.c')
        with open(source, 'w') as f:
            f.write('#include <stdlib.h>\nint main(void) { return getenv("INNER") || setenv("INNER", "1", 1) || '
                    'system("%s/gcc -c inner.c; :"); }\n' % bin_)
        subprocess.run(['cc', '-o', os.path.join(bin_, 'ccache'), source], check=True)
        for name in 'gcc', 'x86_64-linux-gnu-g++-12', 'clang', 'cc', 'tcc':
            os.symlink('ccache', os.path.join(bin_, name))
        with open(os.path.join(c.p, 'words'), 'w') as f:
            f.write('-DQ="a b" \'-DR=1 2\'\n-DS=\\"x\\" "b b.cc"')
        path = bin_ + ':' + os.environ['PATH']
        cases = [
            ('gcc -c a.c -o a.o -MD -MF a.d -MT a.o -Wall', [('a.c', 'a.o', 'gcc -c a.c -o a.o -Wall'.split())]),
            ('%s/x86_64-linux-gnu-g++-12 -I. -c "b b.cc"' % bin_, [('b b.cc', None, [bin_ + '/x86_64-linux-gnu-g++-12', '-I.', '-c', 'b b.cc'])]),
            ('clang @words -c', [('b b.cc', None, ['clang', '-DQ=a b', '-DR=1 2', '-DS="x"', 'b b.cc', '-c'])]),
            ('clang @gone -c a.c', [('a.c', None, ['clang', '@gone', '-c', 'a.c'])]),
            ('ccache gcc -c a.c', [('a.c', None, ['gcc', '-c', 'a.c'])]),
            ('cc -c c.S', [('c.S', None, ['cc', '-c', 'c.S'])]),
            ('gcc a.c c.S -o prog -include x.c', [('a.c', 'prog', 'gcc a.c -o prog -include x.c'.split()), ('c.S', 'prog', 'gcc c.S -o prog -include x.c'.split())]),
            ('tcc -x c no-end', [('no-end', None, 'tcc -x c no-end'.split())]),
            ('gcc -E a.c; gcc -M a.c; clang -cc1 a.c; gcc --version; gcc a.o -o prog; gcc -D a.c -o x.c', []),
            ('env -i PATH=$PATH gcc -c a.c', [('a.c', None, ['gcc', '-c', 'a.c'])]),
            ('gcc -c a.c; (gcc -c c.S; :); exec gcc -c "b b.cc"', [(f, None, ['gcc', '-c', f]) for f in ('a.c', 'c.S', 'b b.cc')]),
        ]
        for script, want in cases:
            got = compiled(c, 'bash', '-c', script, PATH=path, **({} if want else {'INNER': '1'}))
            if sorted([e['file'], e.get('output'), e['arguments']] for e in got) != sorted(map(list, want)) or any(e['directory'] != c.p for e in got):
                faults.append('%s\n  got:  %r\n  want: %r' % (script, got, want))
        faults += [] if compiled(c, 'true') == [] else ['none: %r' % compiled(c, 'true')]
    return faults


def into_a_file():
    """-o, and what is wrong"""
    faults = []
    with Place() as c:
        c.record('sh', '-c', 'echo >a')
        path = os.path.join(c.top, 'out.csv')
        c.export('csv', '-o', path)
        with open(path, 'rb') as f:
            faults += [] if f.read() == c.export('csv') else ['the file is another']
        mask = os.umask(0)
        os.umask(mask)
        faults += [] if stat.S_IMODE(os.stat(path).st_mode) == 0o666 & ~mask else ['mode %o' % os.stat(path).st_mode]
        subprocess.run([BA, '-d', c.db, 'export', '--format=csv', '-o', 'out.csv'], cwd=c.top, check=True)
        faults += [] if sorted(os.listdir(c.top)) == ['audit.db', 'out.csv', 'p'] else ['left: %s' % os.listdir(c.top)]
        for words, status, said in ([], 2, 'which form'), (['--format=pdf'], 2, 'compile_commands'), (['--format=csv', '--of=x'], 2, 'events'), (['--format=dot', '--of=files'], 2, 'only csv'), \
                (['--format=csv', '999'], 125, '999'), (['--format=csv', '-o', c.top + '/none/x'], 125, 'none'), (['--format=csv', '-o', c.top], 125, 'a folder'), \
                (['--format=csv', '-o', '/dev/null'], 125, "'-o -'"):
            p = subprocess.run([BA, '-d', c.db, 'export', *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
            if p.returncode != status or said not in p.stderr or p.stdout:
                faults.append('%s: %d %r %r' % (words, p.returncode, p.stderr, p.stdout))
        with open('/dev/full', 'wb') as full:
            p = subprocess.run([BA, '-d', c.db, 'export', '--format=csv'], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        faults += [] if p.returncode == 125 and 'No space' in p.stderr else ['full: %d %r' % (p.returncode, p.stderr)]
    return faults


balib.run_cases((a_listing_as_csv, a_time_line_for_chrome, a_time_line_for_perfetto, a_graph, what_the_compilers_were_told, into_a_file))
