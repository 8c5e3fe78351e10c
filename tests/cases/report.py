#!/usr/bin/env python3
"""`report`: the page holds what the database says, names are nothing but text in it, and it is a file of its own."""
import base64
import collections
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'lib'), os.path.join(HERE, '..', 'report')]
import balib
import page
import scene

PROGRAM = os.environ.get('BUILDAUDIT', 'buildaudit')
MODE = ['--no-seccomp'] if os.environ.get('MODE') == 'ptrace' else []
SCRIPTS = os.path.join(HERE, '..', '..', 'src', 'report')


class Place(scene.Scene):
    """A scene in a folder of its own."""

    def __init__(self):
        folder = os.path.realpath(tempfile.mkdtemp(prefix='ba-report.'))
        os.chmod(folder, 0o755)
        super().__init__(folder, PROGRAM, MODE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def made(self):
        """The scene, recorded and settled."""
        self.record()
        balib.settle(self.db)
        return self

    def rows(self, sql, *args):
        con = balib.connect(self.db)
        out = balib.rows(con, sql, *args)
        con.close()
        return out


def differ(what, got, want):
    """Two lists of what can be hashed, in any order."""
    g, w = collections.Counter(got), collections.Counter(want)
    return ['%s: only in the report: %r' % (what, x) for x in (g - w)] + ['%s: not in the report: %r' % (what, x) for x in (w - g)]


def text(b):
    return None if b is None else b.decode('utf-8', 'surrogateescape')


def files_of(t):
    keys = ('change', 'type', 'mode', 'uid', 'gid', 'size', 'sha256', 'target', 'excluded')
    return [(f['path'],) + tuple(f[k] for k in keys) for f in t['files'] if f['change']]


def check_files(p, t):
    want = [(r['path'], 'same' if r['same'] else text(r['change']), text(r['type']), r['mode'], r['uid'], r['gid'], r['size'] or 0,
             text(r['sha256']) or '', text(r['link_target']) or '', r['excluded'])
            for r in p.rows('SELECT * FROM manifest')]
    paths = [f['path'] for f in t['files']]
    return differ('files', files_of(t), want) + ([] if paths == sorted(paths) else ['the paths are in another order'])


def check_processes(p, t):
    of = t['processes']
    got = [(x['process_id'], of[x['parent']]['process_id'] if x['parent'] >= 0 else None, x['pid'], x['ppid'], x['exit'], x['signal'],
            x['files'], x['start'], x['length']) for x in of]
    begin = p.rows('SELECT started_ns FROM runs')[0]['started_ns']
    want = [(r['process_id'], r['parent_id'], r['pid'], r['ppid'], r['exit_status'], r['term_signal'], r['files'],
             (r['started_ns'] - begin) // 1000, (r['ended_ns'] - begin) // 1000 - (r['started_ns'] - begin) // 1000)
            for r in p.rows('SELECT * FROM processes')]
    return differ('processes', got, want)


def check_hands(p, t):
    def key(h, argv):
        return h['process_id'], h['exe'], argv, h['op'], h['count'], h['path'], h['old_path']
    got = [key({**h, 'op': h['op'].encode()}, json.dumps(h['argv'])) for h in page.hands(t)]
    want = [key({**r, 'old_path': r['old_path'] if r['op'] in (b'rename', b'link') else None}, json.dumps(json.loads(r['argv'])))
            for r in p.rows('SELECT * FROM writes')]
    return differ('hands', got, want)


def case_the_data_is_the_databases():
    """report: its tables are the views, exact bytes"""
    with Place() as p:
        t = page.tables(p.made().page())
        run = p.rows('SELECT * FROM runs')[0]
        faults = check_files(p, t) + check_processes(p, t) + check_hands(p, t)
        said = {k: t['runs'][0][k] for k in ('run_id', 'name', 'argv', 'state', 'exit_status', 'notes')}
        want = {'run_id': 1, 'name': 'scene', 'argv': json.loads(run['argv']), 'state': 'complete', 'exit_status': 0,
                'notes': text(run['notes']) or ''}
        if said != want:
            faults.append('the run: %r, not %r' % (said, want))
        paths = {f['path'] for f in t['files']}
        faults += ['not in it: %r' % n for n in p.names() if n not in paths]
        if not any(f['path'].endswith(b'/came') and not f['change'] for f in t['files']):
            faults.append('what came and went is not in it')
        return faults


def case_names_are_text():
    """report: nothing of a run is in the page but in its data, which is base64"""
    with Place() as p:
        one = p.made().page()
        p.record('--label', scene.TAG, script='echo >"$1/x"')
        balib.settle(p.db)
        other = p.page()
        faults = []
        if page.without_data(one) != page.without_data(other):
            faults.append('the pages of two runs differ outside of their data')
        if not re.fullmatch(rb'[A-Za-z0-9+/=\n]+', page.DATA.search(one).group(2)):
            faults.append('the data is not base64')
        return faults


def case_it_says_what_became_of_the_run():
    """report: a run that was taken back says so"""
    with Place() as p:
        before = page.tables(p.made().page())['runs'][0]['since']
        p.ba('rollback', '-y', '1')
        after = page.tables(p.page())['runs'][0]['since']
        return [] if (before, after) == ('', 'rolled back') else ['since: %r, then %r' % (before, after)]


def hash_of(words):
    return b"'sha256-" + base64.b64encode(hashlib.sha256(words).digest()) + b"'"


def case_the_policy_is_strict():
    """report: one script and one style sheet, by their hashes; nothing inline, nothing fetched, nothing made of words"""
    with Place() as p:
        html = p.made().page()
    policy = re.search(rb'Content-Security-Policy" content="([^"]*)"', html).group(1)
    rest = page.without_data(html)
    scripts = re.findall(rb'<script>(.*?)</script>', rest, re.S)
    styles = re.findall(rb'<style>(.*?)</style>', rest, re.S)
    faults = []
    want = b"default-src 'none'; script-src %s; style-src %s; base-uri 'none'; form-action 'none'; " \
        b"require-trusted-types-for 'script'; trusted-types 'none'" % (hash_of(b''.join(scripts)), hash_of(b''.join(styles)))
    if policy != want or len(scripts) != 1 or len(styles) != 1:
        faults.append('the policy is %r' % policy)
    markup = rest.replace(scripts[0], b'').replace(styles[0], b'')
    for bad in (rb'\son\w+\s*=', rb'\sstyle\s*=', rb'\ssrc\s*=', rb'\shref\s*=', rb'https?:'):
        faults += ['in the markup: %r' % m for m in re.findall(bad, markup)]
    for bad in (rb'innerHTML', rb'outerHTML', rb'insertAdjacentHTML', rb'document\.write', rb'\beval\b', rb'\bFunction\(', rb'setAttribute\(.style',
                rb'\bimport\b', rb'fetch\(', rb'XMLHttpRequest', rb'https?:', rb'</', rb'<!--'):
        faults += ['in the script: %r' % m for m in re.findall(bad, scripts[0])]
    faults += ['in the style sheet: %r' % m for m in re.findall(rb'url\(|@import|</', styles[0])]
    return faults


def case_secrets_are_masked():
    """report --redact: what looks secret is in none of it; without, it says how much does"""
    with Place() as p:
        p.made()
        plain = p.ba('report', '-o', '-')
        masked = p.ba('report', '-o', '-', '--redact')
        faults = []
        before, after = ('\n'.join(page.lines(r.stdout)) for r in (plain, masked))
        faults += ['not in the report: ' + s for s in scene.SECRETS if s not in before]
        faults += ['still in it: ' + s for s in scene.SECRETS if s in after]
        n = page.tables(plain.stdout)['end'][0]['secrets']
        if n < len(scene.SECRETS) or ('%d places in it look like' % n).encode() not in plain.stderr:
            faults.append('it counts %d, and says %r' % (n, plain.stderr))
        if masked.stderr or not page.tables(masked.stdout)['about'][0]['redacted']:
            faults.append('with --redact it says %r' % masked.stderr)
        return faults


def case_texts_are_those_of_show():
    """report: from old to new is what `show` says; not of what is no text, nor with --no-texts"""
    with Place() as p:
        p.made()
        t = page.tables(p.page())
        by = {os.path.basename(t['files'][x['file']]['path']): x for x in t['texts']}
        shown = p.ba('show', '1', os.path.join(p.top, 'app.conf')).stdout.decode()
        faults = []
        if by[b'app.conf']['diff'] != shown or by[b'app.conf']['state'] != '':
            faults.append('%r, not %r' % (by[b'app.conf'], shown))
        if by[b'data.bin']['state'] != 'binary' or by[b'data.bin']['diff'] or set(by) != {b'app.conf', b'data.bin'}:
            faults.append('the others: %r' % by)
        with open(os.path.join(p.top, 'app.conf'), 'a') as f:
            f.write('by hand\n')
        since = [x['state'] for x in page.tables(p.page())['texts'] if 'by hand' in x['diff']]
        if since != ['since']:
            faults.append('changed since: %r' % since)
        os.unlink(os.path.join(p.top, 'app.conf'))
        os.mkfifo(os.path.join(p.top, 'app.conf'))
        if [x['state'] for x in page.tables(p.page())['texts']] != ['gone', 'binary']:
            faults.append('a FIFO in its place')
        if 'texts' in page.tables(p.page('--no-texts')):
            faults.append('--no-texts has texts')
        return faults


def case_an_install_has_all_its_runs():
    """report NAME: its runs, and what they have by now; what one of them removed stays told"""
    with Place() as p:
        p.made()
        p.record(script='echo 2 >"$1/bin/second"; rm "$1/t2"')
        balib.settle(p.db)
        t = page.tables(p.page('scene'))
        said = {os.path.basename(f['path']): f['change'] for f in t['files']}
        faults = []
        if sorted(r['run_id'] for r in t['runs']) != [1, 2]:
            faults.append('its runs: %r' % t['runs'])
        for name, change in ((b'app', 'created'), (b'second', 'created'), (b'gone', 'removed'), (b't2', 'removed'), (b'came', '')):
            if said.get(name) != change:
                faults.append('%r is %r, not %r' % (name, said.get(name), change))
        # an undo is a run, too
        p.ba('rollback', '-y', '--force', '2')
        undo = page.tables(p.page('3'))
        if undo['runs'][0]['kind'] != 'rollback' or not undo['files']:
            faults.append('an undo: %r' % undo['runs'])
        return faults


def refuses(p, where, *said):
    r = p.ba('report', '-o', where)
    lines = r.stderr.decode('utf-8', 'replace').splitlines()
    if r.returncode != 125 or len(lines) != 1 or not all(s in lines[0] for s in said):
        return ['-o %s: status %d, %r' % (where, r.returncode, lines)]
    return []


def case_the_file_is_whole_or_not_there():
    """report -o: a whole file under its name, or a sentence and nothing changed"""
    with Place() as p:
        p.made()
        out = os.path.join(p.folder, 'r.html')
        link = os.path.join(p.folder, 'link.html')
        with open(out, 'w') as f:
            f.write('old')
        os.symlink('r.html', link)
        os.mkdir(os.path.join(p.folder, 'd'))
        os.mkfifo(os.path.join(p.folder, 'fifo'))
        faults = refuses(p, 'd', 'd is a folder') + refuses(p, 'fifo', '-o -') + refuses(p, '/dev/null', '-o -') + \
            refuses(p, 'not/there.html', 'No such file')
        old = os.umask(0o027)
        r = p.ba('report', '-o', link, '1')
        os.umask(old)
        if r.returncode or r.stdout != link.encode() + b'\n' or not os.path.islink(link):
            faults.append('through a link: %r' % r)
        if stat.S_IMODE(os.stat(out).st_mode) != 0o640 or not open(out, 'rb').read().endswith(b'</html>\n'):
            faults.append('the file: mode %o' % os.stat(out).st_mode)
        if [n for n in os.listdir(p.folder) if n.endswith('.part')]:
            faults.append('a part is left: %r' % os.listdir(p.folder))
        with open('/dev/full', 'wb') as full:
            r = subprocess.run([PROGRAM, '-d', p.db, 'report', '-o', '-'], stdout=full, stderr=subprocess.PIPE)
        if r.returncode != 125 or b'No space left' not in r.stderr:
            faults.append('to a full disk: %r' % r)
        return faults


def case_a_name_without_o():
    """report: its own name is LABEL-RUN.html or NAME-RUN.html, and for what is not there a sentence"""
    with Place() as p:
        p.made()
        for label in ('a candidate', 'a/b', '.hidden', 'l' * 300, 'new\nline'):
            p.record('--label', label, script='echo >"$1/x"')
        balib.settle(p.db)
        faults = []
        for words, name in ((('1',), 'scene-1.html'), (('scene',), 'scene.html'), (('a candidate', '--redact'), 'a candidate-2.html'),
                            (('a/b',), 'scene-3.html'), (('.hidden',), 'scene-4.html'), (('5',), 'scene-5.html'), ((), 'scene-6.html')):
            r = p.ba('report', *words)
            if r.returncode or r.stdout.decode() != name + '\n' or not os.path.exists(os.path.join(p.folder, name)):
                faults.append('report %s: %r' % (words, r))
        for words, status in ((('99',), 125), (('1', '2'), 2), (('-o', ''), 2), (('--nothing',), 2)):
            r = p.ba('report', *words)
            if r.returncode != status or not r.stderr.startswith(b'buildaudit: '):
                faults.append('report %s: %r' % (words, r))
        return faults


def case_the_script_runs():
    """report: the page's script, run by node: data, search, layouts, words"""
    if not shutil.which('node') or subprocess.run(['node', '-e', 'DecompressionStream'], stderr=subprocess.DEVNULL).returncode:
        raise balib.Skip('no node, or an old one')
    with Place() as p:
        with open(os.path.join(p.folder, 'r.html'), 'wb') as f:
            f.write(p.made().page())
        r = subprocess.run(['node', os.path.join(HERE, '..', 'report', 'model.js'), SCRIPTS, f.name], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=60)
        return r.stdout.decode('utf-8', 'replace').splitlines() or ([] if r.returncode == 0 else ['status %d' % r.returncode])


if __name__ == '__main__':
    balib.run_cases([f for n, f in sorted(globals().items()) if n.startswith('case_')])
