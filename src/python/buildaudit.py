# SPDX-License-Identifier: LGPL-2.1-or-later
"""libbuildaudit for Python: what a command changes in a file tree, recorded and asked for.

    import buildaudit
    done = buildaudit.record(['make', 'install'], name='hello')
    with buildaudit.open() as db:
        for file in db.files(done.run_id, created=True):
            print(file['path'], file['size'])

Answers are iterators of Row, a dict with the columns of the database's views (buildaudit-views(5)).
Text is str, and what of a name is not UTF-8 is in it as os.fsdecode() has it; Row.bytes(column) is
exact. argv and ancestors are lists. Times are nanoseconds since 1970, sizes bytes. Whatever fails
raises Error, an OSError with the library's sentence. A database belongs to one thread at a time.
"""
import collections
import ctypes
import glob
import json
import os

__all__ = ['Database', 'Error', 'Recorded', 'Row', 'Step', 'Undone', 'open', 'record', 'version']

_WORDS = 1024
_NULL, _INT, _REAL, _TEXT = range(4)
_JSON = ('argv', 'ancestors')
_SETTINGS = ('database', 'label', 'exclude', 'include', 'wait_all', 'no_seccomp', 'io_uring', 'no_backup', 'backup_limit',
             'name', 'version')


class Error(OSError):
    """What the library could not do: errno, and a sentence for a person."""


class Row(dict):
    """A row by the names of its columns."""

    def bytes(self, column):
        """A text as the exact bytes that it is; None where there is none."""
        return self._raw.get(column)


Recorded = collections.namedtuple('Recorded', 'status run_id created modified removed excluded same processes left notes name')
Recorded.__doc__ = 'A command that was recorded; status is as os.waitpid() gives it. run_id 0: there is no record of it.'
Step = collections.namedtuple('Step', 'did type path reason')
Step.__doc__ = "One path of an undo; did: 'remove', 'restore', 'nothing', 'keep' or 'fail'."
Undone = collections.namedtuple('Undone', 'run_id removed restored nothing kept failed incomplete steps')
Undone.__doc__ = 'An undo, which is a run of its own (0 of a dry one): counts, and what became of each path.'


class _Summary(ctypes.Structure):
    _fields_ = [(n, ctypes.c_int64) for n in ('run_id', 'created', 'modified', 'removed', 'excluded', 'processes', 'duration_ns')] + [
        ('status', ctypes.c_int), ('left', ctypes.c_uint), ('error', ctypes.c_int), ('excluded_below', ctypes.c_char_p),
        ('same', ctypes.c_int64), ('notes', ctypes.c_char_p), ('name', ctypes.c_char_p), ('stale', ctypes.c_int64),
        ('taken', ctypes.c_int64), ('taken_installs', ctypes.c_int64), ('taken_from', ctypes.c_char_p), ('up_to_date', ctypes.c_int64),
        ('staged', ctypes.c_int)]


class _Step(ctypes.Structure):
    _fields_ = [('path', ctypes.c_char_p), ('type', ctypes.c_char_p), ('reason', ctypes.c_char_p), ('did', ctypes.c_int)]


class _Difference(ctypes.Structure):
    _fields_ = [('path', ctypes.c_char_p), ('type', ctypes.c_char_p), ('differs', ctypes.c_uint), ('later_run', ctypes.c_int64)]


_TELL_STEP = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Step), ctypes.c_void_p)
_TELL_DIFFERENCE = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Difference), ctypes.c_void_p)
_TELL_LINE = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_void_p)


class _Option(ctypes.Structure):
    _fields_ = [('name', ctypes.c_char_p), ('value', ctypes.c_char_p)]


class _Undo(ctypes.Structure):
    _fields_ = [('dry', ctypes.c_int), ('force', ctypes.c_int), ('superseded_by', ctypes.c_int64), ('step', _TELL_STEP),
                ('progress', ctypes.c_void_p), ('data', ctypes.c_void_p)]


class _Undone(ctypes.Structure):
    _fields_ = [('run_id', ctypes.c_int64)] + [(n, ctypes.c_uint64) for n in ('removed', 'restored', 'nothing', 'kept', 'failed')] + [
        ('incomplete', ctypes.c_int64)]


def _load():
    """The library that the loader finds, or the one that this file was installed with."""
    here = os.path.dirname(os.path.realpath(__file__))
    beside = [p for up in ('..', '../..', '../../..') for p in glob.glob(os.path.join(here, up, 'libbuildaudit.so.0'))]
    for name in filter(None, [os.environ.get('LIBBUILDAUDIT'), *beside, 'libbuildaudit.so.0']):
        try:
            return ctypes.CDLL(name)
        except OSError:
            pass
    raise ImportError('libbuildaudit.so.0 is not found: install buildaudit (ldconfig makes it known), or set LIBBUILDAUDIT')


_lib = _load()
_p, _i64, _int, _str = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int, ctypes.c_char_p
for _name, _result, _arguments in (
        ('version', _str, []), ('default_path', _int, [_p, ctypes.c_size_t]), ('open', _int, [_p, _str, _int, _p]),
        ('close', None, [_p]), ('error', _str, [_p]), ('run_find', _int, [_p, _str, _p]), ('run_newest', _int, [_p, _i64, _p]),
        ('rows_next', _int, [_p]), ('rows_free', None, [_p]), ('rows_columns', _int, [_p]), ('rows_name', _str, [_p, _int]),
        ('rows_type', _int, [_p, _int]), ('rows_int', _i64, [_p, _int]), ('rows_real', ctypes.c_double, [_p, _int]),
        ('rows_text', _p, [_p, _int, _p]), ('runs', _int, [_p, _p]), ('files', _int, [_p, _i64, ctypes.c_uint, _p]),
        ('installs', _int, [_p, _str, _p]), ('who', _int, [_p, _str, _p]), ('sql', _int, [_p, _str, _p]),
        ('owned_below', _int, [_p, _str, _p]), ('diff', _int, [_p, _i64, _i64, _int, _p]),
        ('verify', _int, [_p, _i64, _TELL_DIFFERENCE, _p, _p]), ('rollback', _int, [_p, _i64, _p, _p]),
        ('uninstall', _int, [_p, _i64, _p, _p]), ('recording_new', _int, [_p]), ('recording_free', None, [_p]),
        ('recording_set', _int, [_p, _int, _str]), ('package', _int, [_str, _i64, _p, _TELL_LINE, _p, _p, _p]),
        ('record', _int, [_p, _p, _p, _p, _p]),
        *((n, _int, [_p, _i64, _p]) for n in ('run', 'tree', 'events', 'replaced', 'made', 'owned_by', 'later_runs'))):
    _f = getattr(_lib, 'ba_' + _name)
    _f.restype, _f.argtypes = _result, _arguments


def version():
    """The version of the library."""
    return _lib.ba_version().decode()


def _failed(r, words):
    return Error(-r, os.fsdecode(words) if words else os.strerror(-r))


def _value(rows, column, name, raw):
    kind = _lib.ba_rows_type(rows, column)
    if kind == _INT:
        return _lib.ba_rows_int(rows, column)
    if kind == _REAL:
        return _lib.ba_rows_real(rows, column)
    if kind == _NULL:
        return None
    size = ctypes.c_size_t()
    at = _lib.ba_rows_text(rows, column, ctypes.byref(size))
    raw[name] = ctypes.string_at(at, size.value)
    text = os.fsdecode(raw[name])
    return json.loads(text) if name in _JSON and text[:1] == '[' else text


class Database:
    """A database to ask, and with write=True to undo by. RUN is a number, a label, NAME@VERSION, a NAME or 'latest' (None)."""

    def __init__(self, path=None, write=False):
        self._ba = None
        words, ba = ctypes.create_string_buffer(_WORDS), _p()
        if path is None:
            place = ctypes.create_string_buffer(4096)
            r = _lib.ba_default_path(place, len(place))
            if r < 0:
                raise _failed(r, None)
            path = place.value
        r = _lib.ba_open(ctypes.byref(ba), os.fsencode(path), int(write), words)
        if r < 0:
            raise _failed(r, words.value)
        self._path = os.path.abspath(os.fsencode(path))
        self._ba = ba

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends it; answers that were not read to their end are void."""
        if self._ba:
            _lib.ba_close(self._ba)
        self._ba = None

    def _check(self, r):
        if r < 0:
            raise _failed(r, _lib.ba_error(self._ba))
        return r

    def _open(self):
        if not self._ba:
            raise ValueError('the database was closed')
        return self._ba

    def _ask(self, question, *arguments):
        rows = _p()
        self._check(getattr(_lib, 'ba_' + question)(self._open(), *arguments, ctypes.byref(rows)))
        return self._rows(rows)

    def _rows(self, rows):
        try:
            names = [_lib.ba_rows_name(rows, i).decode() for i in range(_lib.ba_rows_columns(rows))]
            while self._open() and self._check(_lib.ba_rows_next(rows)) > 0:
                raw = {}
                row = Row((name, _value(rows, i, name, raw)) for i, name in enumerate(names))
                row._raw = raw
                yield row
        finally:
            if self._ba:
                _lib.ba_rows_free(rows)

    def find(self, run=None):
        """The number of what a person means by RUN; below 0 it is an install."""
        if isinstance(run, int):
            return run
        found = _i64()
        self._check(_lib.ba_run_find(self._open(), None if run is None else os.fsencode(run), ctypes.byref(found)))
        return found.value

    def runs(self):
        """The runs, newest first."""
        return self._ask('runs')

    def run(self, run=None):
        """One run."""
        return next(self._ask('run', self.find(run)))

    def files(self, run=None, created=False, modified=False, removed=False, excluded=False):
        """What a run changed, by path; all kinds of change where none is named."""
        return self._ask('files', self.find(run), created | modified << 1 | removed << 2 | excluded << 3)

    def replaced(self, run=None):
        """What a run replaced by something else, or removed."""
        return self._ask('replaced', self.find(run))

    def tree(self, run=None):
        """The processes of a run, parents before children, with their depth."""
        return self._ask('tree', self.find(run))

    def events(self, run=None):
        """The log of a run."""
        return self._ask('events', self.find(run))

    def who(self, path):
        """Every process that had a hand in the file at path, newest run first."""
        return self._ask('who', os.fsencode(path))

    def installs(self, name=None):
        """The installs, or the one of that name."""
        return self._ask('installs', None if name is None else os.fsencode(name))

    def owned(self, run=None):
        """What is now of a run or of an install, by path."""
        return self._ask('owned_by', self.find(run))

    def owned_below(self, folder):
        """Whose the files at and below a folder are."""
        return self._ask('owned_below', os.fsencode(os.path.abspath(folder)))

    def diff(self, run_1, run_2, excluded=False):
        """What two runs left, side by side."""
        return self._ask('diff', self.find(run_1), self.find(run_2), int(excluded))

    def sql(self, query):
        """The rows of one statement that only reads."""
        return self._ask('sql', os.fsencode(query))

    def verify(self, run=None):
        """The paths that are not as the run left them: [(path, type, differs)], differs as in buildaudit.h."""
        told = []

        @_TELL_DIFFERENCE
        def tell(difference, _):
            d = difference.contents
            told.append((os.fsdecode(d.path), d.type.decode(), d.differs))

        self._check(_lib.ba_verify(self._open(), self.find(run), tell, None, None))
        return told

    def _undo(self, what, run, dry, force, superseded_by):
        steps, result = [], _Undone()

        @_TELL_STEP
        def tell(step, _):
            s = step.contents
            steps.append(Step(('remove', 'restore', 'nothing', 'keep', 'fail')[s.did], s.type.decode(), os.fsdecode(s.path),
                              os.fsdecode(s.reason)))

        how = _Undo(int(dry), int(force), superseded_by, tell, None, None)
        self._check(what(self._open(), self.find(run), ctypes.byref(how), ctypes.byref(result)))
        return Undone(*(getattr(result, name) for name, _ in _Undone._fields_), steps)

    def rollback(self, run=None, dry=False, force=False):
        """Puts back what was there before the run."""
        return self._undo(_lib.ba_rollback, run, dry, force, 0)

    def uninstall(self, run=None, dry=False, force=False, superseded_by=None):
        """Takes out what the run, or the install, created."""
        by = 0 if superseded_by is None else self.find(superseded_by)
        return self._undo(_lib.ba_uninstall, run, dry, force, by)

    def package(self, run=None, note=None, **options):
        """Makes a package, and gives its path. Options are those of `buildaudit package` by their long names: type,
        output, pkgname, include and exclude (one, or a list), force (True); note is told a line of what it says."""
        pairs = [(n, v) for n, value in options.items() for v in (value if isinstance(value, (list, tuple)) else [value])
                 if v is not None and v is not False]
        vector = (_Option * (len(pairs) + 1))(*((n.encode(), b'' if v is True else _text(v)) for n, v in pairs))
        path, words = (ctypes.create_string_buffer(4096) for _ in range(2))
        tell = _TELL_LINE(lambda line, _: note(os.fsdecode(line))) if note else _TELL_LINE()
        self._open()
        r = _lib.ba_package(self._path, self.find(run), vector, tell, None, path, words)
        if r < 0:
            raise _failed(r, words.value)
        return os.fsdecode(path.value)


def open(path=None, write=False):       # as of gzip and tarfile
    """A Database: the one at path, or the usual one."""
    return Database(path, write)


def _text(value):
    text = os.fsencode(value if isinstance(value, (bytes, os.PathLike)) else str(value))
    if b'\0' in text:
        raise ValueError('a NUL in %r' % (value,))
    return text


def _set(recording, name, value):
    if value is None or value is False:
        return
    for one in value if isinstance(value, (list, tuple)) else [value]:
        text = b'' if one is True else _text(one)
        if _lib.ba_recording_set(recording, _SETTINGS.index(name), text) < 0:
            raise ValueError('%s does not take %r' % (name, one))


def record(argv, **settings):
    """Runs a command, recorded, and waits for it. Settings: database, label, name, version, include and exclude (one, or a
    list), wait_all, no_seccomp, io_uring, no_backup (True), backup_limit."""
    recording, status, summary, words = _p(), _int(), _Summary(), ctypes.create_string_buffer(_WORDS)
    unknown = set(settings) - set(_SETTINGS)
    if unknown:
        raise TypeError('record() has no setting %s' % ', '.join(sorted(unknown)))
    if _lib.ba_recording_new(ctypes.byref(recording)) < 0:
        raise MemoryError
    try:
        for name, value in settings.items():
            _set(recording, name, value)
        vector = (_str * (len(argv) + 1))(*map(os.fsencode, argv), None)
        r = _lib.ba_record(recording, vector, ctypes.byref(status), ctypes.byref(summary), words)
        if r < 0:
            raise _failed(r, words.value)
        return Recorded(status.value, *(getattr(summary, n) for n in Recorded._fields[1:-2]), os.fsdecode(summary.notes),
                        os.fsdecode(summary.name))
    finally:
        _lib.ba_recording_free(recording)
