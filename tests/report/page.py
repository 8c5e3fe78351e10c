"""What a report holds: its data, decoded as the page does it, and the rest of the page."""
import base64
import json
import re
import zlib

DATA = re.compile(rb'(<script id="data" type="text/plain">\n)(.*?)(</script>)', re.S)
STEPS = {('processes', 'process_id'), ('execs', 'process'), ('files', 'mtime'), ('hands', 'exec'), ('hands', 'file'),
         ('hands', 'first')}


def as_bytes(text):
    return text.encode('utf-8', 'surrogateescape')


def without_data(page):
    return DATA.sub(rb'\1\3', page)


def lines(page):
    return zlib.decompress(base64.b64decode(DATA.search(page).group(2)), 31).decode().splitlines()


def tables(page):
    """{table: [row as a dict]}"""
    out = {}
    for line in lines(page):
        part = json.loads(line)
        name, n = part.pop('table'), part.pop('rows')
        for column, values in part.items():
            if len(values) != n:
                raise ValueError('%s.%s has %d values for %d rows' % (name, column, len(values), n))
            if (name, column) in STEPS:
                for i in range(1, n):
                    values[i] += values[i - 1]
        out.setdefault(name, []).extend(dict(zip(part, row)) for row in zip(*part.values()))
    last = ''
    for f in out.get('files', []):
        last = '/'.join(last.split('/')[:f['shared']]) + ('/' if f['shared'] else '') + f['rest']
        f['path'] = as_bytes(last)
    return out


def hands(t):
    """Each call that is told of, as a dict."""
    out = []
    moves = {}
    for m in t.get('moves', []):
        moves.setdefault((m['hand'], m['op']), []).append(t['files'][m['old']]['path'] if m['old'] >= 0 else None)
    for i, h in enumerate(t.get('hands', [])):
        exe, argv, process = image(t, h['exec'])
        for part in t['ops'][h['ops']]['ops'].split(','):
            op, flags, mode, count = part.split(' ')[:4]
            olds = moves.get((i, op))
            out.append({'process_id': t['processes'][process]['process_id'], 'exe': exe, 'argv': argv, 'op': op, 'count': int(count),
                        'path': t['files'][h['file']]['path'], 'old_path': olds.pop(0) if olds else None})
    return out


def image(t, at):
    """exe, argv and process of an image"""
    x = t['execs'][at]
    process = x['process']
    while x['image'] >= 0:
        x = t['execs'][x['image']]
    return (as_bytes(t['names'][x['exe']]['name']) if x['exe'] >= 0 else None,
            t['lines'][x['argv']]['argv'] if x['argv'] >= 0 else None, process)
