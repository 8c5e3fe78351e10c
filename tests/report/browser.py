#!/usr/bin/env python3
"""browser.py [--shots DIR] [NAME...]: a report in a real Chromium: each view is drawn, clicks and keys do what they say, names
stay text, nothing is fetched, the console says nothing.  BUILDAUDIT is the program.  With --shots pictures of all views."""
import atexit
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'lib')]
import balib
import chromium
import scene

VIEWS = ['overview', 'time', 'processes', 'sizes', 'files', 'texts']


class Faults(list):
    def is_(self, got, want, what):
        if got != want:
            self.append('%s: %r, and not %r' % (what, got, want))

    def holds(self, good, what):
        if not good:
            self.append(what)


class Bench:
    """The scene, its report, and a browser."""

    def __init__(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix='ba-browser.'))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.scene = scene.Scene(self.folder, os.environ.get('BUILDAUDIT', 'buildaudit'))
        self.scene.record()
        balib.settle(self.scene.db)
        self.report = self.write('r.html', '1')
        con = balib.connect(self.scene.db)
        self.manifest = balib.rows(con, 'SELECT * FROM manifest')
        self.processes = balib.rows(con, 'SELECT * FROM processes')
        con.close()
        self.browser = chromium.Chromium()

    def write(self, name, *words):
        path = os.path.join(self.folder, name)
        r = self.scene.ba('report', '-o', path, *words)
        if r.returncode:
            raise RuntimeError(r.stderr.decode())
        return path

    def end(self):
        self.browser.__exit__()

    def at(self, view):
        self.browser.eval('location.hash = %s' % json.dumps(view))
        self.browser.wait('!document.getElementById(%s).hidden' % json.dumps(view.split('/')[0]))
        self.browser.frame()

    def path(self, name):
        return self.browser.eval('page.model.files.path.findIndex(p => p.endsWith(%s))' % json.dumps(name))

    def rows(self):
        return self.browser.eval('[...document.querySelectorAll("#file-list .row")].map(r => r.querySelector(".folder").textContent + r.querySelector(".leaf").textContent)')


def numbers(bench, b, f):
    """the overview has the numbers of the run, and leads on to the files that they count"""
    bench.at('overview')
    for change in ('created', 'modified', 'removed'):
        want = sum(r['change'].decode() == change and not r['same'] and not r['excluded'] for r in bench.manifest)
        f.is_(b.eval('document.querySelector(".number.%s b").textContent' % change), str(want), change)
    f.holds('command lines as they were given' in b.eval('document.querySelector(".contents").textContent'), 'what is in it is not said')
    f.holds('look like a password' in b.eval('document.querySelector(".contents.warn").textContent'), 'of secrets there is no word')
    b.click_on('.number.removed')
    f.is_(b.eval('location.hash'), '#files', 'a click on a number')
    f.is_(bench.rows(), [bench.scene.top + '/gone'], 'the files it leads to')
    f.holds(b.eval('document.title').startswith('scene'), 'the title')


def table(bench, b, f):
    """the table searches, filters and sorts, by mouse and by keys"""
    bench.at('files')
    counted = sum(not r['excluded'] for r in bench.manifest)
    f.is_(b.eval('page.made.files.found.length'), counted, 'rows')
    b.key('/')
    b.type('bin/ APP')
    f.is_([os.path.basename(r) for r in bench.rows()], ['app', 'app2', 'app3'], 'a search')
    b.key('ArrowDown')
    b.key('ArrowDown')
    b.key('Enter')
    f.is_(b.eval('location.hash'), '#files/file/%d' % bench.path('/bin/app2'), 'the keys')
    f.is_(b.eval('document.activeElement.id'), 'file-list', 'where the keys go')
    b.key('Escape')
    f.holds(b.eval('document.getElementById("detail").hidden'), 'Escape does not close')
    b.eval('page.made.files.search.value = ""; page.made.files.search.dispatchEvent(new Event("input"))')
    b.click_on('.head[data-by="size"]')
    sizes = b.eval('page.made.files.found.map(f => page.model.files.type[f] === "file" ? page.model.files.size[f] : -1)')
    f.is_(sizes, sorted(sizes, reverse=True), 'the order of sizes')
    b.click_on('.head[data-by="path"]')
    b.click_on('.chip[data-filter="created"]')
    f.is_(b.eval('page.made.files.found.some(f => page.model.files.change[f] === "created")'), False, 'a filter')
    b.click_on('.chip[data-filter="created"]')
    b.eval('page.made.files.ofProgram(page.model.programs.findIndex(p => p.name === "ln"))')
    f.is_([os.path.basename(r) for r in bench.rows()], ['app2', 'app3'], 'by program')
    b.eval('page.made.files.ofProgram(-1)')
    b.eval('page.made.files.search.value = "no such file"; page.made.files.search.dispatchEvent(new Event("input"))')
    f.is_(b.eval('document.querySelector("#files .hint").hidden'), False, 'no match is said')
    b.eval('page.made.files.search.value = ""; page.made.files.search.dispatchEvent(new Event("input"))')


def hands(bench, b, f):
    """a click on a file shows every hand in it, one on a hand its process: its command line and what it wrote"""
    bench.at('files')
    at = bench.path('/t/bin/app')
    row = b.eval('page.made.files.found.indexOf(%d)' % at)
    b.eval('page.made.files.list.moveTo(%d)' % row)
    b.click_on('#file-list-%d .leaf' % row)
    f.is_(b.eval('document.querySelector("#detail h2").textContent'), bench.scene.top + '/bin/app', 'the file')
    f.is_(b.eval('[...document.querySelectorAll("#detail .hand .strong")].map(e => e.textContent)'), ['cp'], 'its hands')
    digest = next(r['sha256'].decode() for r in bench.manifest if r['path'].endswith(b'/bin/app'))
    f.holds(digest in b.eval('document.getElementById("detail").textContent'), 'its digest')
    f.holds(b.eval('document.querySelector("#detail .facts").textContent').count('app2') == 1, 'its other name')
    b.click_on('#detail .hand .link')
    f.is_(b.eval('document.querySelector("#detail .whole").textContent'), 'cp /bin/true %s/bin/app' % bench.scene.top, 'a command line')
    f.is_(b.eval('[...document.querySelectorAll("#detail .plain-list .leaf")].map(e => e.textContent)'), ['app'], 'what it wrote')
    b.click_on('#detail .family .link')
    f.holds(b.eval('document.querySelector("#detail h2").textContent').startswith('bash '), 'its parent, by what it was when it did most')
    f.holds("true %s '</script>" % bench.scene.top in b.eval('document.querySelector("#detail").textContent'), 'what its parent ran at last')
    b.eval('history.back()')
    b.wait('document.querySelector("#detail .whole").textContent.startsWith("cp ")')
    moved = bench.path('/t/t2')
    bench.at('files/file/%d' % moved)
    f.holds('was ' + bench.scene.top + '/t1' in b.eval('document.querySelector("#detail .move").textContent'), 'where it came from')
    b.key('Escape')


def colours_of(b, selector):
    return b.eval('(c => { const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; const s = new Set(); '
                  'for (let i = 0; i < d.length; i += 4) s.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return s.size; })(document.querySelector("%s"))' % selector)


def place_in_time(b, process):
    return b.eval('(t => { const r = t.canvas.getBoundingClientRect(), p = page.model.processes, i = %d; return '
                  '[r.x + (t.x(p.begin[i]) + t.x(p.end[i])) / 2, r.y + t.y(t.lane[i]) + t.tall / 2]; })(page.made.time)' % process)


def time_line(bench, b, f):
    """the time line is drawn, zooms, moves, and opens what is clicked"""
    bench.at('time')
    f.holds(colours_of(b, '.time-canvas') > 8, 'it is not drawn')
    lanes = b.eval('[...page.made.time.lane].every((l, i) => page.model.processes.parent[i] < 0 || l > page.made.time.lane[page.model.processes.parent[i]])')
    f.holds(lanes, 'a process is not below its parent')
    box = b.eval('(r => [r.x, r.y, r.width, r.height])(page.made.time.canvas.getBoundingClientRect())')
    middle = box[0] + box[2] / 2, box[1] + box[3] / 2
    span = 'page.made.time.to - page.made.time.from'
    whole = b.eval(span)
    b.wheel(*middle, -400)
    zoomed = b.eval(span)
    f.holds(zoomed < whole * 0.9, 'the wheel does not zoom: %r of %r' % (zoomed, whole))
    begin = b.eval('page.made.time.from')
    b.drag(*middle, middle[0] - 100, middle[1])
    f.holds(abs(b.eval('page.made.time.from') - begin - zoomed * 100 / box[2]) < zoomed * 0.01, 'it does not move with the mouse')
    b.eval('page.made.time.canvas.focus()')
    b.key('+')
    f.holds(abs(b.eval(span) - zoomed / 2) < 1, 'the key + does not zoom')
    b.key('0')
    f.is_(b.eval(span), whole, 'the key 0')
    failed = b.eval('page.model.failed[0]')
    for _ in range(40):
        if b.eval('page.made.time.x(page.model.processes.end[%d]) - page.made.time.x(page.model.processes.begin[%d])' % (failed, failed)) > 20:
            break
        b.eval('page.made.time.zoom(0.5, page.model.processes.begin[%d])' % failed)
    b.frame()
    b.click(*place_in_time(b, failed))
    f.is_(b.eval('location.hash'), '#time/process/%d' % failed, 'a click on a process')
    f.is_(b.eval('document.querySelector("#detail .badge.failed").textContent'), 'exit status 3', 'how it ended')
    b.eval('page.made.time.canvas.focus()')
    b.key('ArrowDown')
    b.key('Enter')
    f.holds(b.eval('location.hash') not in ('#time', '#time/process/%d' % failed), 'the keys choose no process')
    b.key('Escape')
    b.eval('page.made.time.fit()')


def link_to_time(bench, b, f):
    """a link to a process on the time line, as a reload is, draws it, with that process in sight"""
    last = len(bench.processes) - 1
    b.open(bench.report, at='#time/process/%d' % last)
    b.frame()
    f.holds(colours_of(b, '.time-canvas') > 8, 'it is not drawn')
    f.is_(b.eval('page.made.time.chosen'), last, 'what is chosen')
    x, y = place_in_time(b, last)
    b.click(x, y)
    f.is_(b.eval('[page.made.time.lane[page.made.time.chosen], location.hash.split("/")[0]]'),
          [b.eval('page.made.time.lane[%d]' % last), '#time'], 'a click on it')
    f.holds(b.eval('(c => c.top < %f && %f < c.bottom)(page.made.time.canvas.getBoundingClientRect())' % (y, y)), 'it is not in sight')


def tree(bench, b, f):
    """the tree folds, finds, and opens"""
    bench.at('processes')
    said = 'page.made.processes.rows.length'
    few = b.eval(said)
    b.click_on('#processes .check input')
    b.eval('page.made.processes.rows.forEach((r, i) => r.group && page.made.processes.folded.add(r.key)); page.made.processes.refresh()')
    f.is_(b.eval('page.made.processes.rows.filter(r => !r.group).length'), len(bench.processes), 'all processes')
    f.holds(few < len(bench.processes), 'nothing is folded away')
    b.click_on('#processes .check input')
    b.eval('page.made.processes.list.host.focus()')
    b.key('Home')
    b.key('ArrowLeft')
    f.is_(b.eval(said), 1, 'folded')
    b.key('ArrowRight')
    f.is_(b.eval(said + ' > 1'), True, 'unfolded')
    b.click_on('#processes .search')
    b.type('head -c')
    shown = b.eval('page.made.processes.rows.map(r => r.process)')
    hit = b.eval('page.made.processes.rows.filter(r => /head/.test(argvOf(page.model, page.model.processes.image[r.process]))).map(r => r.process)')
    above = b.eval('%s.flatMap(i => ancestorsOf(page.model, i))' % json.dumps(hit))
    f.is_((sorted(shown), b.eval('page.made.processes.hits')), (sorted({*hit, *above}), len(hit)), 'a search')
    f.holds(len(shown) < len(bench.processes), 'a search finds all')
    row = b.eval('page.made.processes.rows.findIndex(r => programName(page.model, r.process) === "head")')
    b.click_on('#tree-list-%d .tree-line' % row)
    f.holds(b.eval('document.querySelector("#detail .whole").textContent').startswith('head -c 3000'), 'a click on it')
    b.key('Escape')


def sizes(bench, b, f):
    """the map is as large as the files are, by folder and by program, and opens them"""
    bench.at('sizes')
    f.holds(colours_of(b, '.size-canvas') > 4, 'it is not drawn')
    ratio = 'page.made.sizes.boxes.filter(x => x.node.file >= 0).map(x => [x.node.size, x.w * x.h])'
    app = next(x for x in b.eval(ratio) if x[0] == max(r['size'] or 0 for r in bench.manifest))
    whole = b.eval('page.made.sizes.drawing.width * page.made.sizes.drawing.height')
    total = b.eval('page.made.sizes.node.size')
    f.holds(abs(app[1] / whole - app[0] / total) < 0.15, 'the largest is %.2f of the map, and %.2f of the bytes' % (app[1] / whole, app[0] / total))
    seen = {r['path'] for r in bench.manifest if r['type'] == b'file' and not r['excluded'] and r['change'] != b'removed'}
    groups = sum(r['size'] for r in bench.manifest if r['path'] in seen and not r['path'].endswith(b'/app2'))
    f.is_(total, groups, 'all sizes, a file of two names once')
    spot = b.eval('(x => { const r = page.made.sizes.canvas.getBoundingClientRect(); return [r.x + x.x + x.w / 2, r.y + x.y + x.h / 2]; })'
                  '(page.made.sizes.boxes.filter(x => x.node.file >= 0).sort((a, c) => c.w * c.h - a.w * a.h)[0])')
    b.click(*spot)
    f.holds(b.eval('document.querySelector("#detail h2").textContent').endswith('/bin/app'), 'a click on a file')
    b.key('Escape')
    b.click_on('.choice[data-by="program"]')
    programs = b.eval('page.made.sizes.node.children.map(n => n.name)')
    f.holds({'cp', 'bash', 'head'} <= set(programs), 'by program: %r' % programs)
    b.click_on('.side .size-row')
    f.is_(b.eval('page.made.sizes.trail.length'), 2, 'into a program')
    b.click_on('.crumb')
    f.is_(b.eval('page.made.sizes.trail.length'), 1, 'and back')
    b.click_on('.choice[data-by="folder"]')


def old_to_new(bench, b, f):
    """a replaced text is shown from old to new"""
    bench.at('texts')
    got = b.eval('[...document.querySelectorAll("#texts .line")].map(l => l.textContent)')
    want = bench.scene.ba('show', '1', os.path.join(bench.scene.top, 'app.conf')).stdout.decode().splitlines()[2:]
    f.is_(got, want, 'the lines')
    f.is_(b.eval('document.querySelectorAll("#texts .line.plus").length'), 3, 'what is new')
    f.holds('It is no text' in b.eval('document.getElementById("texts").textContent'), 'what is no text')


def hostile(bench, b, f):
    """names that try to be something else are text, and seen for what they are"""
    shown = {'quote"\'`': None, '&lt;b&gt;': None, 'rtl\u202etxt.exe': 'rtlU+202Etxt.exe', 'new\nline\ttab': 'new\\012line\\011tab',
             '<img src=x onerror=alert(1)>': None, 'bad\udcff\udcfename': 'bad\\377\\376name', '\x01\x1b[31m': '\\001\\033[31m',
             'snow\u2603 \U0001f600': None, ' lead': None}
    for name, words in shown.items():
        i = b.eval('page.model.files.path.findIndex(p => p.endsWith(%s))' % json.dumps('/' + name))
        if i < 0:
            f.append('not there: %r' % name)
            continue
        bench.at('files/file/%d' % i)
        f.holds(b.eval('document.querySelector("#detail h2").textContent').endswith('/' + (words or name)), 'shown: %r' % name)
    bench.at('files')
    row = b.eval('page.made.files.found.findIndex(f => page.model.files.path[f].endsWith("/ lead"))')
    b.eval('page.made.files.list.moveTo(%d)' % row)
    f.is_(b.eval('document.querySelector("#file-list-%d .leaf").innerText' % row), ' lead', 'a blank before a name')
    long = b.eval('page.model.files.path.findIndex(p => p.length > 3500 && p.endsWith("/end"))')
    f.holds(long >= 0, 'the long name is not there')
    for view in VIEWS:
        bench.at('%s/file/%d' % (view, long))
        f.is_(b.eval('document.documentElement.scrollWidth'), b.eval('innerWidth'), 'the long name makes %s wide' % view)
        f.is_(b.eval('document.querySelectorAll("img, iframe, object, embed, link, base, form, svg, script[src]").length'), 0, 'elements in ' + view)
    b.key('Escape')


def policy(bench, b, f):
    """the policy holds: no script but the one, no markup from words, nothing is fetched"""
    b.eval('window.caught = []; addEventListener("securitypolicyviolation", e => caught.push(e.effectiveDirective))')
    b.eval('(s => { try { s.textContent = "window.ran = 1"; document.body.append(s); } catch (e) { s.remove(); } })(document.createElement("script"))')
    f.is_(b.eval('(() => { try { document.body.innerHTML = "<b>x</b>"; return "set"; } catch (e) { return e.name; } })()'), 'TypeError', 'markup from words')
    b.eval('(i => { i.src = "https://example.invalid/x.png"; document.body.append(i); i.remove(); })(new Image())')
    b.wait('caught.includes("img-src")')
    f.is_(b.eval('window.ran'), None, 'another script')
    # these are what was asked for
    b.errors.clear()


def narrow(bench, b, f):
    """in little room folders are cut and names are not; the tabs say that there are more; a chosen row stays in sight"""
    cut = '''[...document.querySelectorAll("%s .leaf")].filter(l => { const r = document.createRange(); r.selectNodeContents(l);
        return l.textContent.length < 20 && r.getBoundingClientRect().width > l.getBoundingClientRect().width + 0.01; }).map(l => l.textContent)'''
    b.size(340, 700, True)
    bench.at('files')
    f.is_(b.eval(cut % '#files'), [], 'names that are cut')
    f.holds(b.eval('document.getElementById("tabs").scrollLeft > 0 && '
                   '/local.*scroll/.test(getComputedStyle(document.getElementById("tabs")).backgroundAttachment)'), 'tabs without a hint of more')
    b.size(1000, 820)
    bench.at('time/process/%d' % b.eval('page.model.hands.process[page.model.handsOnFile.of(%d)[0]]' % bench.path('/bin/app')))
    f.is_(b.eval(cut % '#detail'), [], 'names that are cut beside the time line')
    b.key('Escape')
    b.size(1280, 420)
    bench.at('files')
    row = b.eval('(l => Math.floor((l.host.scrollTop + l.host.clientHeight) / l.height) - 1)(page.made.files.list)')
    b.click_on('#file-list-%d .leaf' % row)
    f.holds(b.eval('(l => l.mark === %d && (l.mark + 1) * l.height <= l.host.scrollTop + l.host.clientHeight + 1)(page.made.files.list)' % row),
            'the chosen row is out of sight')
    b.key('Escape')
    b.size(1280, 820)


def looks(bench, b, f):
    """light and dark, a telephone, print"""
    for view in VIEWS:
        bench.at(view)
        b.size(390, 800, True)
        b.frame()
        f.is_(b.eval('document.documentElement.scrollWidth'), 390, view + ' on a telephone')
        b.size(1280, 820)
    tints = []
    for scheme in ('dark', 'light'):
        b.media(scheme)
        bench.at('time')
        b.frame()
        tints.append(b.eval('getComputedStyle(document.body).backgroundColor'))
    f.holds(tints[0] != tints[1], 'dark is as light')
    for view in VIEWS:
        bench.at(view)
        path = os.path.join(bench.folder, 'print.pdf')
        b.pdf(path)
        f.holds(os.path.getsize(path) > 10000, 'on paper %s is empty' % view)
    bench.at('files')
    b.eval('beforePrint()')
    f.is_(b.eval('document.querySelectorAll(".printed .row").length'), b.eval('page.made.files.found.length'), 'the files on paper')


def called(bench, b, f):
    """what a run is called stands above it; a file that it was only handed is none of its files; a script has its own name"""
    log, script = (os.path.join(bench.scene.top, n) for n in ('log', 'slow.sh'))
    with open(script, 'w') as s:
        s.write('mv "$1/one" "$1/two"; exec touch "$1/two"\n')
    with open(log, 'w') as out:
        subprocess.run([bench.scene.program, '-d', bench.scene.db, 'run', '-q', '--include', bench.scene.top, '--name', 'tool', '--label', 'lab', '--',
                        'sh', '-c', '>"$1/one"; sh "$1/slow.sh" "$1"; :', 'sh', bench.scene.top], stdout=out, stderr=out, check=False)
    balib.settle(bench.scene.db)
    b.open(bench.write('called.html', 'lab'))
    f.is_(b.eval('document.querySelector("h1").textContent'), 'lab \u00b7 tool', 'the title')
    f.is_(b.eval('page.model.files.path.some((p, f) => p.endsWith("/t/log") && !page.model.files.idle[f])'), False, 'a file it was handed')
    f.is_(b.eval('page.model.programs.map(p => p.name).sort().join()'), 'mv,sh,slow.sh,touch', 'its programs')
    bench.at('processes')
    shown = b.eval('[...document.querySelectorAll("#tree-list .tree-line")].map(l => l.textContent.replaceAll(%s, ""))' % json.dumps(bench.scene.top))
    f.is_(shown[1:], ['slow.sh , then touch /two', 'mv /one /two'], 'what ran one after the other')
    b.open(bench.report)


def nothing(bench, b, f):
    """a run that changed nothing has its page, too; one that was cut off says so"""
    bench.scene.record(script='exit 0', words=[])
    balib.settle(bench.scene.db)
    b.open(bench.write('nothing.html', 'latest'))
    for view in VIEWS[:5]:
        bench.at(view)
        f.holds(len(b.eval('document.getElementById(%s).innerText' % json.dumps(view)).strip()) > 10, view + ' is empty')
    with open(bench.report, 'rb') as whole, open(os.path.join(bench.folder, 'cut.html'), 'wb') as cut:
        page = whole.read()
        at = page.index(b'</script>', page.index(b'id="data"'))
        cut.write(page[:at - 400] + page[at:])
    b.open(cut.name, 'Boolean(document.querySelector(".bad"))')
    f.holds('cannot be shown' in b.eval('document.querySelector(".bad").textContent'), 'a file that was cut off')


def multiply(db, top):
    """100,000 files and 1,000,000 events more, by SQL, below what the scene recorded."""
    con = sqlite3.connect(db)
    con.text_factory = bytes
    process, image, run = con.execute('SELECT p.id, x.id, p.run_id FROM process p JOIN exec x ON x.process_id = p.id WHERE p.run_id = 1 ORDER BY p.id LIMIT 1').fetchone()
    series = 'WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < %d) '
    con.execute(series % 100000 + "INSERT INTO path (id, name) SELECT v + 1000000, ? || '/many/package-' || (v % 97) || '/module-' || (v % 1009) || printf('/file-%06d.h', v) FROM n", (top,))
    con.execute(series % 5000 + 'INSERT INTO process (id, run_id, parent_id, pid, ppid, started, ended, status, files) SELECT v + 1000000, 1, ?, v + 2, 2, v * 1000000, v * 1000000 + 900000, 0, 20 FROM n', (process,))
    con.execute("INSERT INTO exec (id, process_id, abi, exe, argv, cwd, started) SELECT p.id, p.id, 0, x.exe, x.argv, x.cwd, p.started FROM process p, exec x WHERE p.id > 1000000 AND x.id = ?", (image,))
    con.execute(series % 100000 + "INSERT INTO entry (run_id, path_id, file, excluded, late, change, mode, uid, gid, size, mtime, sha256, process_id, content_changed) "
                "SELECT 1, v + 1000000, v, 0, 0, 'created', 33188, 0, 0, v % 90000, 1790000000000000000 + v * 1000003, randomblob(32), 1000000 + v % 5000 + 1, 1 FROM n", ())
    con.execute("INSERT INTO event (exec_id, path_id, op, old_id, seq, file, abi, flags, mode, count, first, span) "
                "SELECT 1000001 + (e.path_id + k.v * 2500) % 5000, e.path_id, o.id, 0, e.path_id * 10 + o.id, e.file, 0, 577, 420, 1, e.path_id * 1000, 500 "
                "FROM entry e, (SELECT 0 AS v UNION ALL SELECT 1) k, (SELECT id FROM op WHERE id IN (1, 10, 11, 12, 13)) o WHERE e.path_id > 1000000")
    con.commit()
    counted = con.execute('SELECT count(*) FROM event').fetchone()[0], con.execute('SELECT count(*) FROM entry WHERE run_id = 1').fetchone()[0]
    con.close()
    return counted


def large(bench, b, f):
    """a million events and 100,000 files: it opens, and answers a search, in two seconds"""
    events, files = multiply(bench.scene.db, bench.scene.top)
    f.holds(events >= 1000000 and files >= 100000, 'there are only %d events and %d files' % (events, files))
    began = time.monotonic()
    path = bench.write('large.html', '1')
    written = time.monotonic() - began
    b.open(path)
    opened = b.eval('performance.getEntriesByName("ready")[0].startTime') / 1000
    bench.at('files')
    took = b.eval('(files => { const from = performance.now(); files.search.value = "module-7 *99.h"; files.search.dispatchEvent(new Event("input")); '
                  'return (performance.now() - from) / 1000; })(page.made.files)')
    f.holds(b.eval('page.made.files.found.length') > 10, 'nothing is found')
    for view in VIEWS:
        bench.at(view)
    print('# %d events, %d files: %.1f MB, written in %.1f s, opened in %.2f s, a search in %.3f s (load %.1f on %d processors)' % (
        events, files, os.path.getsize(path) / 1e6, written, opened, took, os.getloadavg()[0], os.cpu_count()))
    # where others use the processors, that is no fault of the page
    patience = max(1, os.getloadavg()[0] / os.cpu_count())
    f.holds(opened < 2 * patience, 'it opens in %.2f s' % opened)
    f.holds(took < 2, 'a search takes %.2f s' % took)


TESTS = [numbers, table, hands, time_line, link_to_time, tree, sizes, old_to_new, hostile, policy, narrow, looks, called, nothing, large]


def shots(bench, folder):
    b = bench.browser
    os.makedirs(folder, exist_ok=True)
    for scheme, width, height, phone in (('light', 1280, 820, False), ('dark', 1280, 820, False), ('light', 390, 800, True)):
        b.media(scheme)
        b.size(width, height, phone)
        b.open(bench.report)
        for view in VIEWS + ['files/file/%d' % bench.path('/bin/app')]:
            bench.at(view)
            b.shot(os.path.join(folder, '%s-%s%s.png' % (view.replace('/', '-'), scheme, '-phone' if phone else '')))
    b.size(1280, 820)
    b.media('light')


def main(words):
    folder = words[words.index('--shots') + 1] if '--shots' in words else None
    names = [w for w in words if w != '--shots' and w != folder]
    tap = balib.Tap()
    if not chromium.find():
        tap.result('report in a browser', [], 'no Chromium here')
        tap.done()
    bench = Bench()
    try:
        b = bench.browser
        if folder:
            shots(bench, folder)
        for test in TESTS:
            if names and test.__name__ not in names:
                continue
            faults = Faults()
            b.open(bench.report)
            try:
                test(bench, b, faults)
            except (RuntimeError, TimeoutError, TypeError, StopIteration) as e:
                faults.append('%s: %s' % (type(e).__name__, e))
            faults += b.errors
            b.errors.clear()
            tap.result('report in a browser: ' + test.__doc__, faults)
    finally:
        bench.end()
    tap.done()


main(sys.argv[1:])
