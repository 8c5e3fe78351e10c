-- Schema step 4: an install has a name, and a life: all runs of that name. A path belongs to the newest of all
-- commands that left it and whose change of it nobody took back.

CREATE TABLE install (
    id   INTEGER PRIMARY KEY CHECK (id < 0), -- so that it may stand where a run's number does
    name TEXT NOT NULL UNIQUE
) STRICT;

ALTER TABLE run ADD COLUMN install_id INTEGER REFERENCES install (id);
ALTER TABLE run ADD COLUMN version TEXT;
CREATE INDEX run_install ON run (install_id) WHERE install_id IS NOT NULL;

-- The undo that took this change back; 0: it stands.
ALTER TABLE entry ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
UPDATE entry SET undone = u.id
FROM run u
WHERE u.of_run = entry.run_id AND u.state = 'complete' AND entry.change IS NOT NULL
    AND (EXISTS (SELECT 1 FROM entry d WHERE d.run_id = u.id AND d.path_id = entry.path_id)
        OR (u.status = 0 AND (u.kind = 'rollback' OR entry.change = 'created')));

CREATE INDEX entry_group ON entry (run_id, nlink_group, path_id) WHERE nlink_group IS NOT NULL;

-- What commands did and nobody took back; bytes: of a regular file, of several names of one the first has them.
CREATE VIEW standing AS
SELECT
    e.path_id, e.run_id, run.install_id, e.change, ifnull(e.mode & 61440 = 16384, 0) AS folder,
    iif(e.mode & 61440 = 32768 AND (e.nlink_group IS NULL OR e.path_id = (
        SELECT min(g.path_id) FROM entry g WHERE g.run_id = e.run_id AND g.nlink_group = e.nlink_group)),
        e.size, 0) AS bytes
FROM entry e
JOIN run ON run.id = e.run_id
WHERE e.change IS NOT NULL AND NOT e.excluded AND NOT e.undone AND run.kind IS NULL;

-- Whose each path is now. It follows from `standing`, and is kept because lists of installs are asked for often, and a
-- hundred thousand paths take long to judge.
CREATE TABLE owner (
    path_id INTEGER PRIMARY KEY,
    run_id  INTEGER NOT NULL,
    folder  INTEGER NOT NULL,
    bytes   INTEGER NOT NULL
) STRICT;
INSERT INTO owner
SELECT s.path_id, s.run_id, s.folder, s.bytes
FROM (SELECT path_id, max(run_id) AS run_id FROM standing GROUP BY path_id) newest
JOIN standing s ON s.run_id = newest.run_id AND s.path_id = newest.path_id
WHERE s.change <> 'removed';
CREATE INDEX owner_run ON owner (run_id, folder, bytes);

-- The runs that a number stands for, and what there is to tell of them: of a run all that it changed, of an install
-- what its runs have now.
CREATE VIEW member AS
SELECT id AS subject_id, id AS run_id FROM run
UNION ALL
SELECT install_id, id FROM run;

CREATE VIEW holding AS
SELECT run_id AS subject_id, run_id, path_id FROM entry
UNION ALL
SELECT run.install_id, o.run_id, o.path_id FROM run JOIN owner o ON o.run_id = run.id;

DROP VIEW manifest;
CREATE VIEW manifest AS
SELECT
    e.run_id, path.name AS path, e.change,
    CASE coalesce(e.mode, e.before_mode) & 61440
        WHEN 32768 THEN 'file' WHEN 16384 THEN 'dir' WHEN 40960 THEN 'symlink' WHEN 4096 THEN 'fifo'
        WHEN 49152 THEN 'socket' WHEN 8192 THEN 'char' WHEN 24576 THEN 'block' END AS type,
    coalesce(e.mode, e.before_mode) & 4095 AS mode,
    coalesce(e.uid, e.before_uid) AS uid, coalesce(e.gid, e.before_gid) AS gid,
    coalesce(e.size, e.before_size) AS size, coalesce(e.mtime, e.before_mtime) AS mtime_ns,
    lower(nullif(hex(coalesce(e.sha256, iif(e.change = 'removed', e.before_sha256, NULL))), '')) AS sha256,
    coalesce(e.target, iif(e.change = 'removed', e.before_target, NULL)) AS link_target,
    e.nlink_group, e.content_changed, e.excluded, e.process_id,
    -- which device it is, as stat(2) gives it: for minor & 255 | major << 8, and more
    iif(coalesce(e.mode, e.before_mode) & 61440 IN (8192, 24576), coalesce(e.rdev, e.before_rdev), NULL) AS rdev,
    -- written again, and as it was
    e.change = 'modified' AND ifnull(e.content_changed = 0, 0) AND e.before_mode = e.mode AND e.before_uid = e.uid
        AND e.before_gid = e.gid AND ifnull(e.before_xattrs, x'') = ifnull(e.xattrs, x'') AS same,
    e.path_id
FROM entry e
JOIN path ON path.id = e.path_id
-- Extended attributes no listing shows; the table knows them all the same, for an undo.
WHERE e.change IS NOT NULL AND NOT e.attributes_only;

CREATE VIEW owned AS
SELECT
    path.name AS path, install.name AS name, run.version, o.run_id,
    CASE coalesce(e.mode, e.before_mode) & 61440
        WHEN 32768 THEN 'file' WHEN 16384 THEN 'dir' WHEN 40960 THEN 'symlink' WHEN 4096 THEN 'fifo'
        WHEN 49152 THEN 'socket' WHEN 8192 THEN 'char' WHEN 24576 THEN 'block' END AS type,
    coalesce(e.mode, e.before_mode) & 4095 AS mode,
    coalesce(e.uid, e.before_uid) AS uid, coalesce(e.gid, e.before_gid) AS gid,
    coalesce(e.size, e.before_size) AS size, coalesce(e.mtime, e.before_mtime) AS mtime_ns,
    lower(nullif(hex(e.sha256), '')) AS sha256, e.target AS link_target, e.process_id
FROM owner o
JOIN path ON path.id = o.path_id
JOIN run ON run.id = o.run_id
JOIN entry e ON e.run_id = o.run_id AND e.path_id = o.path_id
LEFT JOIN install ON install.id = run.install_id;

-- files: all that it owns but folders. An install whose runs never left anything has state 'nothing': a `make`
-- before the first `make install`, say.
CREATE VIEW installs AS
SELECT
    i.name,
    (SELECT version FROM run WHERE id = coalesce(newest_owning, newest)) AS version,
    runs, files, bytes,
    strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
        || printf('.%03dZ', first_ns / 1000000 % 1000) AS first_at,
    strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
        || printf('.%03dZ', last_ns / 1000000 % 1000) AS last_at,
    CASE WHEN newest_owning IS NOT NULL THEN 'installed' WHEN changed THEN 'removed' ELSE 'nothing' END AS state
FROM install i
JOIN (
    SELECT install_id, count(*) AS runs, max(id) AS newest, max(iif(owning.run_id IS NOT NULL, id, NULL)) AS newest_owning,
        min(started_ns) AS first_ns, max(started_ns) AS last_ns, ifnull(sum(files), 0) AS files,
        ifnull(sum(bytes), 0) AS bytes, max(created + modified + removed) AS changed
    FROM run
    LEFT JOIN (
        SELECT run_id, sum(NOT folder) AS files, sum(bytes) AS bytes FROM owner GROUP BY run_id
    ) owning ON owning.run_id = run.id
    WHERE install_id IS NOT NULL
    GROUP BY install_id
) life ON life.install_id = i.id;

DROP VIEW runs;
CREATE VIEW runs AS
SELECT
    run.id AS run_id, label, argv, cwd, uid, host, kernel,
    strftime('%Y-%m-%dT%H:%M:%S', started_ns / 1000000000, 'unixepoch')
        || printf('.%03dZ', started_ns / 1000000 % 1000) AS started_at,
    (ended_ns - started_ns) / 1e9 AS duration_s,
    CASE WHEN status & 127 = 0 THEN status >> 8 & 255 END AS exit_status,
    CASE WHEN status & 127 <> 0 THEN status & 127 END AS term_signal,
    -- A recorder that was killed cannot say so: its silence does.
    CASE WHEN state = 'running' AND heartbeat < unixepoch('now') THEN 'incomplete' ELSE state END
        AS state,
    notes,
    created, modified, removed, excluded, processes, kind, of_run, started_ns,
    strftime('%Y-%m-%dT%H:%M:%S', settled_ns / 1000000000, 'unixepoch')
        || printf('.%03dZ', settled_ns / 1000000 % 1000) AS settled_at,
    install.name, version
FROM run
LEFT JOIN install ON install.id = run.install_id;
