"""A real Chromium without a window, over its DevTools protocol: two pipes, messages of JSON with a NUL behind each."""
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

NAMES = ('chromium', 'chromium-browser', 'google-chrome', 'chrome')


def find():
    """The browser's name, or None."""
    return os.environ.get('CHROMIUM') or next((n for n in NAMES if shutil.which(n)), None)


class Chromium:
    """with Chromium() as b: b.open(path); b.eval('1 + 1'); b.click(x, y); b.errors"""

    def __init__(self, width=1280, height=820):
        self.profile = tempfile.mkdtemp(prefix='ba-chromium.')
        its_in, self.write = os.pipe()
        self.read, its_out = os.pipe()
        command = [find(), '--headless=new', '--remote-debugging-pipe', '--user-data-dir=' + self.profile, '--no-first-run',
                   '--disable-gpu', '--hide-scrollbars', '--disable-dev-shm-usage', '--window-size=%d,%d' % (width, height),
                   '--force-device-scale-factor=1', 'about:blank']
        if os.getuid() == 0:
            command.insert(1, '--no-sandbox')
        # it reads at 3 and writes at 4: a shell puts the pipes there
        self.process = subprocess.Popen(['sh', '-c', 'in=$1 out=$2; shift 2; eval "exec \\"\\$@\\" 3<&$in 4>&$out"', 'sh',
                                         str(its_in), str(its_out)] + command,
                                        pass_fds=(its_in, its_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(its_in)
        os.close(its_out)
        self.number, self.left, self.events, self.errors = 0, b'', [], []
        self.session = None
        try:
            self.attach(width, height)
        except BaseException:
            self.__exit__()
            raise

    def attach(self, width, height):
        target = self.call('Target.getTargets')['targetInfos']
        page = next(t for t in target if t['type'] == 'page')
        self.session = self.call('Target.attachToTarget', targetId=page['targetId'], flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(domain + '.enable')
        self.size(width, height)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.read)
        os.close(self.write)
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self, seconds=60):
        end = time.monotonic() + seconds
        while b'\0' not in self.left:
            if not select.select([self.read], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError('the browser does not answer')
            got = os.read(self.read, 1 << 20)
            if not got:
                raise EOFError('the browser has ended')
            self.left += got
        one, self.left = self.left.split(b'\0', 1)
        return json.loads(one)

    def note(self, m):
        """What nobody waits for; whatever is wrong, or is fetched, is kept."""
        p, method = m.get('params', {}), m.get('method')
        if method == 'Runtime.exceptionThrown':
            d = p['exceptionDetails']
            self.errors.append('exception: ' + d.get('exception', {}).get('description', d['text']))
        elif method == 'Log.entryAdded' and p['entry']['level'] in ('error', 'warning'):
            self.errors.append('log: ' + p['entry']['text'])
        elif method == 'Runtime.consoleAPICalled' and p['type'] in ('error', 'warning', 'assert'):
            self.errors.append('console: ' + str([a.get('value', a.get('description')) for a in p['args']]))
        elif method == 'Network.requestWillBeSent' and p['request']['url'] != self.address:
            self.errors.append('it fetches ' + p['request']['url'][:100])
        self.events.append(m)

    address = None

    def call(self, method, **params):
        self.number += 1
        m = {'id': self.number, 'method': method, 'params': params}
        if self.session:
            m['sessionId'] = self.session
        os.write(self.write, json.dumps(m).encode() + b'\0')
        while True:
            got = self.message()
            if got.get('id') == self.number:
                if 'error' in got:
                    raise RuntimeError('%s: %s' % (method, got['error']))
                return got['result']
            self.note(got)

    def size(self, width, height, phone=False):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self.call('Emulation.setTouchEmulationEnabled', enabled=phone)

    def media(self, scheme='light', medium=''):
        self.call('Emulation.setEmulatedMedia', media=medium, features=[{'name': 'prefers-color-scheme', 'value': scheme}])

    def open(self, path, ready='document.body.classList.contains("ready")', at=''):
        # it would stay in the page if only what is behind the # differed
        self.address = 'about:blank'
        self.call('Page.navigate', url=self.address)
        self.address = 'file://' + os.path.realpath(path)
        self.call('Page.navigate', url=self.address + at)
        self.wait(ready)

    def eval(self, script):
        r = self.call('Runtime.evaluate', expression=script, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in r:
            d = r['exceptionDetails']
            raise RuntimeError(script[:80] + ': ' + d.get('exception', {}).get('description', d['text']))
        return r['result'].get('value')

    def wait(self, script, seconds=30):
        end = time.monotonic() + seconds
        while True:
            try:
                if self.eval(script):
                    return
            except RuntimeError:
                pass  # the page is not there yet
            if time.monotonic() > end:
                raise TimeoutError('waited in vain for: ' + script)
            time.sleep(0.02)

    def frame(self):
        """What was asked for is drawn."""
        self.eval('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))')

    def mouse(self, kind, x, y, **more):
        self.call('Input.dispatchMouseEvent', type=kind, x=x, y=y, **more)

    def click(self, x, y):
        self.mouse('mouseMoved', x, y)
        self.mouse('mousePressed', x, y, button='left', clickCount=1)
        self.mouse('mouseReleased', x, y, button='left', clickCount=1)
        self.frame()

    def drag(self, x, y, to_x, to_y):
        self.mouse('mousePressed', x, y, button='left', clickCount=1)
        for k in range(1, 6):
            self.mouse('mouseMoved', x + (to_x - x) * k / 5, y + (to_y - y) * k / 5, button='left', buttons=1)
        self.mouse('mouseReleased', to_x, to_y, button='left', clickCount=1)
        self.frame()

    def wheel(self, x, y, down):
        self.mouse('mouseWheel', x, y, deltaX=0, deltaY=down)
        self.frame()

    def click_on(self, selector):
        box = self.eval('(e => { e.scrollIntoView({block: "nearest"}); const b = e.getBoundingClientRect(); '
                        'return [b.x + b.width / 2, b.y + b.height / 2]; })(document.querySelector(%s))' % json.dumps(selector))
        self.click(*box)

    KEYS = {'Enter': 13, 'Escape': 27, 'ArrowDown': 40, 'ArrowUp': 38, 'ArrowLeft': 37, 'ArrowRight': 39, 'Tab': 9, 'Home': 36, 'End': 35}

    def key(self, key):
        more = {'windowsVirtualKeyCode': self.KEYS[key]} if key in self.KEYS else {'text': key}
        if key == 'Enter':
            more['text'] = '\r'
        self.call('Input.dispatchKeyEvent', type='keyDown', key=key, **more)
        self.call('Input.dispatchKeyEvent', type='keyUp', key=key)
        self.frame()

    def type(self, text):
        self.call('Input.insertText', text=text)
        self.frame()

    def shot(self, path):
        self.frame()
        with open(path, 'wb') as f:
            f.write(base64.b64decode(self.call('Page.captureScreenshot', format='png')['data']))

    def pdf(self, path):
        with open(path, 'wb') as f:
            f.write(base64.b64decode(self.call('Page.printToPDF', printBackground=True)['data']))
