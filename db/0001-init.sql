-- Schema step 1. A released step is not edited: a change is a new file, db/0002-*.sql, that the
-- Makefile lists; each step runs in one transaction with the user_version it leads to.
--
-- The views at the end are the public interface (their columns only ever grow); the tables are ours.
-- Paths are TEXT holding the exact bytes of the name, UTF-8 or not. Times in tables are nanoseconds
-- since the start of their run, in views since 1970-01-01 UTC.

PRAGMA application_id = 0x62617564; -- "baud"

CREATE TABLE op (
    id   INTEGER PRIMARY KEY, -- enum op of src/model/op.h
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO op VALUES
    (1, 'open'), (2, 'rename'), (3, 'link'), (4, 'symlink'), (5, 'unlink'), (6, 'rmdir'),
    (7, 'mkdir'), (8, 'mknod'), (9, 'truncate'), (10, 'chmod'), (11, 'chown'), (12, 'utime'),
    (13, 'setxattr'), (14, 'removexattr');

CREATE TABLE abi (
    id   INTEGER PRIMARY KEY, -- enum abi
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO abi VALUES (0, 'x86_64'), (1, 'i386'), (2, 'x32');

-- Every path the database speaks of, once.
CREATE TABLE path (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE run (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- a number is never given twice
    label       TEXT,
    argv        TEXT NOT NULL,
    cwd         TEXT NOT NULL,
    uid         INTEGER NOT NULL,
    host        TEXT NOT NULL,
    kernel      TEXT NOT NULL,
    started_ns  INTEGER NOT NULL, -- since 1970
    ended_ns    INTEGER,          -- the command's end, since 1970
    status      INTEGER,          -- as wait(2) gives it
    state       TEXT NOT NULL CHECK (state IN ('running', 'complete', 'incomplete')),
    recorder    TEXT NOT NULL,    -- boot id, pid and start time of the process that writes this run
    heartbeat   INTEGER NOT NULL, -- seconds since 1970: until then that process will have been heard of again
    notes       TEXT,
    processes   INTEGER NOT NULL DEFAULT 0,
    created     INTEGER NOT NULL DEFAULT 0, -- the counts leave excluded paths out
    modified    INTEGER NOT NULL DEFAULT 0,
    removed     INTEGER NOT NULL DEFAULT 0,
    excluded    INTEGER NOT NULL DEFAULT 0,
    of_run      INTEGER,          -- an undo: the run that it undid
    kind        TEXT              -- NULL: a command; 'uninstall', 'rollback'
) STRICT;
CREATE INDEX run_label ON run (label) WHERE label IS NOT NULL;
CREATE INDEX run_of ON run (of_run) WHERE of_run IS NOT NULL;
CREATE INDEX run_running ON run (id) WHERE state = 'running';

-- The last number given to an event, over all runs.
CREATE TABLE sequence (value INTEGER NOT NULL) STRICT;
INSERT INTO sequence VALUES (0);

CREATE TABLE process (
    id         INTEGER PRIMARY KEY,
    run_id     INTEGER NOT NULL REFERENCES run (id),
    parent_id  INTEGER,
    pid        INTEGER NOT NULL,
    ppid       INTEGER NOT NULL,
    first_exec INTEGER, -- the image it started in, its parent's
    started    INTEGER NOT NULL,
    ended      INTEGER,
    status     INTEGER,
    files      INTEGER NOT NULL DEFAULT 0 -- how many paths it changed
) STRICT;
CREATE INDEX process_run ON process (run_id);
CREATE INDEX process_parent ON process (parent_id);

CREATE TABLE exec (
    id         INTEGER PRIMARY KEY,
    process_id INTEGER NOT NULL REFERENCES process (id),
    abi        INTEGER NOT NULL,
    exe        INTEGER REFERENCES path (id),
    argv       TEXT,
    cwd        INTEGER REFERENCES path (id),
    copy_of    INTEGER, -- a fork that changed a file without an exec of its own: its parent's row
    started    INTEGER NOT NULL
) STRICT;
CREATE INDEX exec_process ON exec (process_id);

-- One row for each exec, file and operation; repeats are counted.
CREATE TABLE event (
    exec_id INTEGER NOT NULL REFERENCES exec (id),
    path_id INTEGER NOT NULL REFERENCES path (id),
    op      INTEGER NOT NULL,
    old_id  INTEGER NOT NULL DEFAULT 0, -- rename, link: the other name; symlink: what it holds
    seq     INTEGER NOT NULL,           -- the order, over all runs
    file    INTEGER NOT NULL,           -- the inode, by the run's own number
    abi     INTEGER NOT NULL,
    flags   INTEGER NOT NULL,
    mode    INTEGER,
    count   INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    span    INTEGER NOT NULL, -- from the first to the last
    PRIMARY KEY (exec_id, path_id, op, old_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_path ON event (path_id);

-- Every path that a run changed: what was there before, and (after the run) what is there now.
CREATE TABLE entry (
    run_id        INTEGER NOT NULL REFERENCES run (id),
    path_id       INTEGER NOT NULL REFERENCES path (id),
    file          INTEGER NOT NULL DEFAULT 0, -- the inode that stands or stood here last
    excluded      INTEGER NOT NULL,
    late          INTEGER NOT NULL,           -- what was before could only be asked after the change
    before_file   INTEGER NOT NULL DEFAULT 0, -- the inode that stood here before, by the run's number
    before_mode   INTEGER,                    -- NULL: nothing was there
    before_uid    INTEGER,
    before_gid    INTEGER,
    before_size   INTEGER,
    before_mtime  INTEGER,
    before_ctime  INTEGER,
    before_dev    INTEGER,
    before_ino    INTEGER,
    before_nlink  INTEGER,
    before_rdev   INTEGER,
    before_target TEXT,
    before_sha256 BLOB,
    before_xattrs BLOB,
    keep          INTEGER NOT NULL DEFAULT 0, -- enum keep
    change        TEXT,                       -- NULL: no net change
    attributes_only INTEGER NOT NULL DEFAULT 0, -- nothing but extended attributes differs
    mode          INTEGER,
    uid           INTEGER,
    gid           INTEGER,
    size          INTEGER,
    mtime         INTEGER,
    dev           INTEGER,
    ino           INTEGER,
    rdev          INTEGER,
    sha256        BLOB,
    target        TEXT,
    xattrs        BLOB,
    nlink_group   INTEGER,
    content_changed INTEGER,
    process_id    INTEGER,
    PRIMARY KEY (run_id, path_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_path ON entry (path_id);

-- The other names one file has, or had, within a run.
CREATE TABLE alias (
    run_id  INTEGER NOT NULL,
    file    INTEGER NOT NULL,
    path_id INTEGER NOT NULL,
    PRIMARY KEY (run_id, file, path_id)
) STRICT, WITHOUT ROWID;

-- What was kept of a file before the run changed it.
CREATE TABLE original (
    run_id INTEGER NOT NULL,
    file   INTEGER NOT NULL,
    keep   INTEGER NOT NULL, -- enum keep, of the content
    sha256 BLOB,             -- the name of the content beside the database
    target TEXT,             -- a symlink's text
    xattrs BLOB,             -- NULL: not asked
    PRIMARY KEY (run_id, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX original_sha256 ON original (sha256) WHERE sha256 IS NOT NULL;

-- Files that an undo has begun to write in place: half-written, they match no record.
CREATE TABLE undo_place (
    run_id  INTEGER NOT NULL, -- the run that is being undone
    path_id INTEGER NOT NULL,
    PRIMARY KEY (run_id, path_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW runs AS
SELECT
    id AS run_id, label, argv, cwd, uid, host, kernel,
    strftime('%Y-%m-%dT%H:%M:%S', started_ns / 1000000000, 'unixepoch')
        || printf('.%03dZ', started_ns / 1000000 % 1000) AS started_at,
    (ended_ns - started_ns) / 1e9 AS duration_s,
    CASE WHEN status & 127 = 0 THEN status >> 8 & 255 END AS exit_status,
    CASE WHEN status & 127 <> 0 THEN status & 127 END AS term_signal,
    -- A recorder that was killed cannot say so: its silence does.
    CASE WHEN state = 'running' AND heartbeat < unixepoch('now') THEN 'incomplete' ELSE state END
        AS state,
    notes,
    created, modified, removed, excluded, processes, kind, of_run, started_ns
FROM run;

CREATE VIEW processes AS
SELECT
    p.id AS process_id, p.run_id, p.pid, p.ppid, p.parent_id,
    exe.name AS exe, image.argv, cwd.name AS cwd, abi.name AS abi,
    run.started_ns + p.started AS started_ns, run.started_ns + p.ended AS ended_ns,
    CASE WHEN p.status & 127 = 0 THEN p.status >> 8 & 255 END AS exit_status,
    CASE WHEN p.status & 127 <> 0 THEN p.status & 127 END AS term_signal,
    p.files
FROM process p
JOIN run ON run.id = p.run_id
LEFT JOIN exec last ON last.id =
    coalesce((SELECT max(id) FROM exec WHERE process_id = p.id), p.first_exec)
LEFT JOIN exec image ON image.id = coalesce(last.copy_of, last.id)
LEFT JOIN path exe ON exe.id = image.exe
LEFT JOIN path cwd ON cwd.id = image.cwd
LEFT JOIN abi ON abi.id = image.abi;

CREATE VIEW execs AS
SELECT
    e.id AS exec_id, e.process_id, p.run_id, p.pid,
    exe.name AS exe, image.argv, cwd.name AS cwd, abi.name AS abi,
    run.started_ns + e.started AS started_ns
FROM exec e
JOIN process p ON p.id = e.process_id
JOIN run ON run.id = p.run_id
JOIN exec image ON image.id = coalesce(e.copy_of, e.id)
LEFT JOIN path exe ON exe.id = image.exe
LEFT JOIN path cwd ON cwd.id = image.cwd
LEFT JOIN abi ON abi.id = e.abi;

-- The flags are the bits of the x86 ABIs, which agree (asm-generic/fcntl.h).
CREATE VIEW writes AS
SELECT
    p.run_id, p.id AS process_id, e.exec_id, p.pid, p.ppid, exe.name AS exe, image.argv,
    abi.name AS abi, op.name AS op, path.name AS path, old.name AS old_path,
    CASE e.op
    WHEN 1 THEN
        CASE e.flags & 3 WHEN 0 THEN 'O_RDONLY' WHEN 1 THEN 'O_WRONLY' WHEN 2 THEN 'O_RDWR'
                         ELSE 'O_ACCMODE' END
        || iif(e.flags & 0x40, '|O_CREAT', '') || iif(e.flags & 0x80, '|O_EXCL', '')
        || iif(e.flags & 0x100, '|O_NOCTTY', '') || iif(e.flags & 0x200, '|O_TRUNC', '')
        || iif(e.flags & 0x400, '|O_APPEND', '') || iif(e.flags & 0x800, '|O_NONBLOCK', '')
        || CASE e.flags & 0x101000 WHEN 0x1000 THEN '|O_DSYNC' WHEN 0 THEN '' ELSE '|O_SYNC' END
        || iif(e.flags & 0x2000, '|O_ASYNC', '') || iif(e.flags & 0x4000, '|O_DIRECT', '')
        || iif(e.flags & 0x8000, '|O_LARGEFILE', '')
        || CASE e.flags & 0x410000 WHEN 0x10000 THEN '|O_DIRECTORY' ELSE '' END
        || iif(e.flags & 0x20000, '|O_NOFOLLOW', '') || iif(e.flags & 0x40000, '|O_NOATIME', '')
        || iif(e.flags & 0x80000, '|O_CLOEXEC', '') || iif(e.flags & 0x200000, '|O_PATH', '')
        || iif(e.flags & 0x400000, '|O_TMPFILE', '')
    WHEN 2 THEN nullif(substr(iif(e.flags & 1, '|RENAME_NOREPLACE', '')
        || iif(e.flags & 2, '|RENAME_EXCHANGE', '') || iif(e.flags & 4, '|RENAME_WHITEOUT', ''), 2), '')
    END AS flags,
    e.mode, e.count,
    run.started_ns + e.first AS first_ns, run.started_ns + e.first + e.span AS last_ns,
    e.seq AS event_id
FROM event e
JOIN exec x ON x.id = e.exec_id
JOIN process p ON p.id = x.process_id
JOIN run ON run.id = p.run_id
JOIN exec image ON image.id = coalesce(x.copy_of, x.id)
JOIN op ON op.id = e.op
JOIN path ON path.id = e.path_id
LEFT JOIN path exe ON exe.id = image.exe
LEFT JOIN path old ON old.id = e.old_id
LEFT JOIN abi ON abi.id = e.abi;

CREATE VIEW events AS
SELECT
    event_id, run_id, first_ns AS time_ns, process_id, exec_id, pid, ppid, exe, argv, abi, op, path,
    old_path, flags, mode, count, last_ns
FROM writes
ORDER BY event_id;

CREATE VIEW manifest AS
SELECT
    e.run_id, path.name AS path,
    CASE WHEN e.gone THEN 'removed' WHEN e.come THEN 'created' ELSE e.change END AS change,
    CASE iif(e.gone, e.before_mode, coalesce(e.mode, e.before_mode)) & 61440
        WHEN 32768 THEN 'file' WHEN 16384 THEN 'dir' WHEN 40960 THEN 'symlink' WHEN 4096 THEN 'fifo'
        WHEN 49152 THEN 'socket' WHEN 8192 THEN 'char' WHEN 24576 THEN 'block' END AS type,
    iif(e.gone, e.before_mode, coalesce(e.mode, e.before_mode)) & 4095 AS mode,
    iif(e.gone, e.before_uid, coalesce(e.uid, e.before_uid)) AS uid,
    iif(e.gone, e.before_gid, coalesce(e.gid, e.before_gid)) AS gid,
    iif(e.gone, e.before_size, coalesce(e.size, e.before_size)) AS size,
    iif(e.gone, e.before_mtime, coalesce(e.mtime, e.before_mtime)) AS mtime_ns,
    lower(nullif(hex(coalesce(e.sha256, iif(e.gone OR e.change = 'removed', e.before_sha256, NULL))), '')) AS sha256,
    coalesce(e.target, iif(e.gone OR e.change = 'removed', e.before_target, NULL)) AS link_target,
    e.nlink_group, e.content_changed, e.excluded, e.process_id
FROM (
    SELECT *,
        change = 'modified' AND mode & 61440 IN (8192, 24576) AS gone,
        change = 'modified' AND before_mode & 61440 IN (8192, 24576) AS come
    FROM entry
) e
JOIN path ON path.id = e.path_id
-- Device nodes are no installed files (one in a file's place: the file is gone, and the other way
-- round), and extended attributes no listing shows; the table knows them all the same, for an undo.
WHERE e.change IS NOT NULL AND NOT e.attributes_only
    AND (e.gone OR coalesce(e.mode, e.before_mode) & 61440 NOT IN (8192, 24576));
