-- Every statement the program runs, each with a name ("-- name: X" becomes Q_X).
-- A statement that scans a table or sorts says why in a "-- slow:" line; tests/unit/queries holds
-- the query plans against that.

-- Views of each connection: unlike those of the schema, they may call our functions.

-- name: VIEW_HANDED
-- What no call of a run named: it was handed over open, as the log of `make install >log` is, and is whose it was.
CREATE TEMP VIEW IF NOT EXISTS handed AS
SELECT run_id, path_id FROM entry WHERE change = 'modified' AND process_id IS NULL AND file = before_file;

-- name: VIEW_CLAIM
-- What commands did and is theirs. An index that was there before all runs is its tool's, and nobody's, as a package
-- manager's record is.
CREATE TEMP VIEW IF NOT EXISTS claim AS SELECT * FROM standing s
WHERE change <> 'modified' OR (
    (NOT is_common((SELECT name FROM path WHERE id = s.path_id))
        OR EXISTS (SELECT 1 FROM standing c WHERE c.path_id = s.path_id AND c.change = 'created'))
    AND NOT EXISTS (SELECT 1 FROM handed h WHERE h.run_id = s.run_id AND h.path_id = s.path_id));

-- name: VIEW_LASTING
-- Of that, what they left.
CREATE TEMP VIEW IF NOT EXISTS lasting AS SELECT * FROM claim WHERE change <> 'removed';

-- name: VIEW_REPLACED
-- The files of others in whose place a run put its own: another file, or the same from the first byte on. Who did it
-- first tells what for: an installer may edit what it has just put there.
CREATE TEMP VIEW IF NOT EXISTS replaced AS
WITH editor (exe, argv) AS (VALUES ('*/sed', '*'), ('*/ed', '*'), ('*/ex', '*'), ('*/vim*', '*'), ('*/patch', '*'),
    ('*/perl*', '*,"-i["., ]*'), ('*/perl*', '*,"-[pn0]i*'), ('*/perl*', '*,"-[pn0][pn0]i*'),
    ('*/gawk', '*"inplace"*'), ('*/busybox', '["sed",*'))
SELECT run_id, path_id FROM entry e
WHERE change = 'modified' AND mode & 61440 <> 16384
    AND (ino <> before_ino OR dev <> before_dev OR mode & 61440 <> before_mode & 61440
        OR (file <> 0 AND file <> before_file)
        OR EXISTS ( -- through another name of it, too
            SELECT 1
            FROM event v CROSS JOIN exec x ON x.id = v.exec_id CROSS JOIN process p ON p.id = x.process_id
            WHERE v.op = 1 AND v.flags & 512 AND p.run_id = e.run_id AND v.path_id IN (
                SELECT e.path_id UNION ALL
                SELECT path_id FROM alias WHERE run_id = e.run_id AND file = e.file)))
    AND NOT EXISTS (
        SELECT 1
        FROM (
            SELECT v.exec_id, min(v.seq)
            FROM event v CROSS JOIN exec x ON x.id = v.exec_id CROSS JOIN process p ON p.id = x.process_id
            WHERE v.path_id = e.path_id AND v.op < 10 AND p.run_id = e.run_id) first
        CROSS JOIN exec x ON x.id = first.exec_id CROSS JOIN exec image ON image.id = coalesce(x.copy_of, x.id)
        CROSS JOIN path exe ON exe.id = image.exe
        CROSS JOIN editor ON exe.name GLOB editor.exe AND image.argv GLOB editor.argv);

-- name: VIEW_EDITED
-- What was there before the runs of an install, and one of them changed in its place.
CREATE TEMP VIEW IF NOT EXISTS edited AS
SELECT s.run_id, s.path_id, s.install_id FROM standing s
WHERE s.change = 'modified' AND NOT s.folder
    AND NOT EXISTS (SELECT 1 FROM replaced r WHERE r.run_id = s.run_id AND r.path_id = s.path_id)
    AND NOT EXISTS (
        SELECT 1 FROM standing c WHERE c.path_id = s.path_id AND c.install_id = s.install_id AND c.change = 'created');

-- name: VIEW_SWEPT
-- What a run did not come to but by a `chmod -R` and its like, which goes over all there is, and that was so before.
CREATE TEMP VIEW IF NOT EXISTS swept AS SELECT run_id, path_id FROM entry e
WHERE change IS NULL AND NOT EXISTS (
    SELECT 1 FROM event v CROSS JOIN exec x ON x.id = v.exec_id CROSS JOIN process p ON p.id = x.process_id
    CROSS JOIN exec image ON image.id = coalesce(x.copy_of, x.id) LEFT JOIN path q ON q.id = image.exe
    WHERE v.path_id = e.path_id AND p.run_id = e.run_id AND NOT ifnull(
        v.op IN (SELECT id FROM op WHERE name IN ('chmod', 'chown', 'setxattr', 'removexattr'))
        AND EXISTS (
            SELECT 1 FROM json_each(iif(json_valid(image.argv), image.argv, '[]')) w
            WHERE w.value = '--recursive' OR (w.value GLOB '-[^-]*' AND w.value GLOB '*R*'))
        AND replace(q.name, rtrim(q.name, replace(q.name, '/', '')), '')
            IN ('chmod', 'chown', 'chgrp', 'setfacl', 'restorecon', 'chcon'), 0));

-- name: VIEW_SAME_FILE
-- What a run found at a path was the file that one, the same perhaps, found at another, and what that one did there was
-- taken back. It had several names, one of the two says; and who found it first had not taken all of them, or the number
-- would be another file's. What was handed over had been found before the run that has it (since).
CREATE TEMP VIEW IF NOT EXISTS same_file AS
SELECT i.run_id, i.path_id, i.change, i.undone, i.before_file, i.before_nlink, e.run_id AS other_run, e.path_id AS other_path,
    e.undone AS other_undone, e.before_file AS other_before_file, e.before_nlink AS other_nlink
FROM entry i CROSS JOIN entry e INDEXED BY entry_undone ON e.before_ino = i.before_ino AND e.undone > 0
    AND e.before_dev = i.before_dev AND e.before_size = i.before_size AND e.before_mtime = i.before_mtime
    AND e.path_id <> i.path_id AND NOT e.excluded AND max(e.before_nlink, i.before_nlink) > 1
CROSS JOIN run r ON r.id = i.run_id CROSS JOIN run o ON o.id = e.run_id
CROSS JOIN run f ON f.id = iif((ifnull(e.since, o.started_ns), o.id) < (ifnull(i.since, r.started_ns), r.id), o.id, r.id)
WHERE iif(o.id = r.id, e.before_file = i.before_file, iif(f.id = o.id, e.before_nlink, i.before_nlink) > (
        SELECT count(*) FROM entry c
        WHERE c.run_id = f.id AND c.before_ino = i.before_ino AND c.before_dev = i.before_dev
            AND c.change IS NOT NULL AND (c.change = 'removed' OR c.file <> c.before_file)));

-- name: VIEW_CARRIED
-- What a run had carried to a path, which was taken back or given up, and from where.
CREATE TEMP VIEW IF NOT EXISTS carried AS
SELECT e.run_id, e.path_id, h.path_id AS home_id
FROM entry e CROSS JOIN alias a ON a.run_id = e.run_id AND a.file = e.file
CROSS JOIN entry h ON h.run_id = a.run_id AND h.path_id = a.path_id
WHERE e.undone > 0 AND e.file <> 0 AND e.file <> e.before_file AND e.mode & 61440 <> 16384 AND h.path_id <> e.path_id
    AND h.before_file = e.file AND h.change IS NOT NULL AND (h.change = 'removed' OR h.file <> h.before_file);

-- name: VIEW_BROUGHT
-- The files that had stood elsewhere, or under another name, before a run, and have still in them what is from then.
CREATE TEMP VIEW IF NOT EXISTS brought AS
SELECT a.run_id, a.file FROM alias a CROSS JOIN entry h ON h.run_id = a.run_id AND h.path_id = a.path_id
WHERE h.before_file = a.file AND NOT (h.file = a.file AND h.content_changed = 1 AND h.undone);

-- name: VIEW_STRANDED
-- Of that, what has a home and has not come there since, by the record, whose undos may be forgotten, or by what stands
-- there: of what others have built upon that is where it is.
CREATE TEMP VIEW IF NOT EXISTS stranded AS
SELECT c.run_id, c.path_id, c.home_id
FROM carried c CROSS JOIN entry h ON h.run_id = c.run_id AND h.path_id = c.home_id
WHERE NOT EXISTS (
        SELECT 1 FROM entry d JOIN run u ON u.id = d.run_id
        WHERE d.path_id = h.path_id AND d.run_id > h.run_id AND u.kind IS NOT NULL
            AND d.mode & 61440 = h.before_mode & 61440
            AND (d.mode & 61440 <> 32768 OR d.size = h.before_size AND d.mtime = h.before_mtime))
    AND NOT is_like((SELECT name FROM path WHERE id = h.path_id), h.before_mode, h.before_size, h.before_mtime)
    -- an undo has put something else in its place
    AND NOT EXISTS (
        SELECT 1 FROM entry e JOIN entry d ON d.path_id = e.path_id
        WHERE e.run_id = c.run_id AND e.path_id = c.path_id AND d.run_id = (
                SELECT max(x.run_id) FROM entry x JOIN run u ON u.id = x.run_id
                WHERE x.path_id = c.path_id AND x.run_id > c.run_id AND x.change IS NOT NULL AND u.kind IS NOT NULL)
            AND (d.change = 'removed' OR d.mode & 61440 <> e.mode & 61440 OR d.target IS NOT e.target
                OR d.mode & 61440 = 32768 AND (d.size <> e.size OR d.mtime <> e.mtime)))
    -- what had been made there was taken back, too: there is no home
    AND NOT EXISTS (
        SELECT 1 FROM entry g
        WHERE g.path_id = h.path_id AND g.undone <> 0 AND g.run_id = (
            SELECT max(x.run_id) FROM entry x
            WHERE x.path_id = h.path_id AND x.run_id < h.run_id AND x.change IS NOT NULL));

-- name: VIEW_FOUND_LEFT
-- The files of which a run kept what it found, which was what the run before it had left there.
CREATE TEMP VIEW IF NOT EXISTS found_left AS
SELECT n.run_id AS finder, e.run_id, e.path_id, e.file, e.size, e.mtime, n.before_sha256 AS sha256, e.ino = n.before_ino AS same
FROM entry n CROSS JOIN entry e ON e.path_id = n.path_id AND e.run_id = (
    SELECT max(x.run_id) FROM entry x
    WHERE x.path_id = n.path_id AND x.run_id < n.run_id AND x.change IS NOT NULL AND x.run_id NOT IN (SELECT run_id FROM staged))
WHERE n.change IS NOT NULL AND n.keep = 1 AND n.before_sha256 IS NOT NULL
    AND e.mode & 61440 = 32768 AND e.size = n.before_size AND e.mtime = n.before_mtime;

-- name: VIEW_FOUND_UNDONE
-- Where a run found what the one before it had left there, and what that had done was taken back later. An undo counts
-- that took back other things, too, as long as somebody has what was there before both. And so does the next run of one
-- install where an older one knows better what was there before: of what came from elsewhere it is the only one to know.
CREATE TEMP VIEW IF NOT EXISTS found_undone AS
SELECT m.run_id, m.path_id, n.run_id AS of_run
FROM entry n CROSS JOIN entry m ON m.path_id = n.path_id AND m.run_id = (
    SELECT min(x.run_id) FROM entry x
    WHERE x.path_id = n.path_id AND x.run_id > n.run_id AND x.change IS NOT NULL AND x.run_id NOT IN (SELECT run_id FROM staged))
CROSS JOIN run r ON r.id = m.run_id
WHERE n.change IS NOT NULL AND (m.before_mode & 61440) IS (n.mode & 61440)
    AND (ifnull(n.mode & 61440, 0) <> 32768 OR m.before_size = n.size AND m.before_mtime = n.mtime)
    AND iif(n.undone > 0, r.kind IS NULL OR m.run_id = n.undone AND EXISTS (
            SELECT 1 FROM standing s WHERE s.path_id = n.path_id AND s.run_id < n.run_id),
        NOT n.undone AND NOT n.excluded AND r.kind IS NULL AND r.install_id = (SELECT install_id FROM run WHERE id = n.run_id)
        AND EXISTS (SELECT 1 FROM run o WHERE o.install_id = r.install_id AND o.id < n.run_id AND o.scene IS NULL)
        AND (n.before_mode IS NULL OR EXISTS (
            SELECT 1 FROM entry o JOIN run q ON q.id = o.run_id
            WHERE o.path_id = n.path_id AND q.install_id = r.install_id AND NOT o.undone AND o.run_id = (
                    SELECT max(x.run_id) FROM entry x
                    WHERE x.path_id = n.path_id AND x.run_id < n.run_id AND x.change IS NOT NULL
                        AND x.run_id NOT IN (SELECT run_id FROM staged))
                AND o.mode & 61440 = n.before_mode & 61440
                AND (o.mode & 61440 <> 32768 OR o.size = n.before_size AND o.mtime = n.before_mtime)))
        AND NOT EXISTS (
            SELECT 1 FROM alias a CROSS JOIN entry h ON h.run_id = a.run_id AND h.path_id = a.path_id
            WHERE a.run_id = n.run_id AND a.file = n.file AND n.file <> n.before_file AND h.before_file = n.file));

-- name: VIEW_HAND
-- For the statements HAND_*, by the numbers that a run has for its files: what of a file was left and kept, which number
-- an heir has for one of the forgotten run, since when there is one of an heir.
CREATE TEMP TABLE IF NOT EXISTS hand (
    what TEXT, run_id INTEGER, file INTEGER, value ANY, path_id INTEGER, size INTEGER, mtime INTEGER,
    PRIMARY KEY (what, run_id, file)) WITHOUT ROWID;

-- Recording

-- name: RUN_ADD
INSERT INTO run (label, argv, cwd, uid, host, kernel, started_ns, state, recorder, heartbeat, kind, of_run,
    install_id, version, scene, place, root, ids)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'running', ?8, unixepoch('now') + ?11, ?9, ?10,
    (SELECT id FROM install WHERE name = ?12), ?13, ?14, ?15, nullif(?16, ''), ?17);

-- name: INSTALL_ADD
INSERT OR IGNORE INTO install (id, name) SELECT min(ifnull(min(id), 0), 0) - 1, ?1 FROM install;

-- name: RUN_HEARTBEAT
UPDATE run SET heartbeat = unixepoch('now') + ?2 WHERE id = ?1;

-- name: RUN_NOTES
UPDATE run SET notes = ?2 WHERE id = ?1;

-- name: RUN_ENDED
UPDATE run SET ended_ns = ?2, status = ?3 WHERE id = ?1;

-- name: RUN_STATE
UPDATE run SET state = ?2 WHERE id = ?1;

-- name: RUN_CAME_TO_ANY
-- Has it changed, or come to, anything at all?
SELECT EXISTS (SELECT 1 FROM entry WHERE run_id = ?1);

-- name: RUN_COUNTS
UPDATE run SET
    processes = (SELECT count(*) FROM process WHERE run_id = ?1),
    (created, modified, removed, excluded) = (
        SELECT count(*) FILTER (WHERE change = 'created' AND NOT excluded),
            count(*) FILTER (WHERE change = 'modified' AND NOT excluded),
            count(*) FILTER (WHERE change = 'removed' AND NOT excluded),
            count(*) FILTER (WHERE excluded)
        FROM manifest WHERE run_id = ?1)
WHERE id = ?1;

-- name: SEQUENCE_GET
-- slow: the table has one row
SELECT value FROM sequence;

-- name: SEQUENCE_SET
-- slow: the table has one row
UPDATE sequence SET value = ?1;

-- name: PATH_ID
SELECT id FROM path WHERE name = ?1;

-- name: PATH_ADD
INSERT INTO path (name) VALUES (?1);

-- name: PROCESS_ADD
INSERT INTO process (run_id, parent_id, pid, ppid, first_exec, started) VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: PROCESS_END
UPDATE process SET ended = ?2, status = ?3 WHERE id = ?1;

-- name: EXEC_ADD
INSERT INTO exec (process_id, abi, exe, argv, cwd, copy_of, started) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: EVENT_ADD
INSERT INTO event (exec_id, path_id, op, old_id, seq, file, abi, flags, mode, count, first, span, found)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, 0, ?11)
ON CONFLICT DO UPDATE SET
    count = count + 1, span = ?10 - first, file = excluded.file,
    -- the access mode is a number, not bits: read-write covers what differs
    flags = CASE WHEN ?3 = 1 AND flags & 3 <> ?8 & 3 THEN ((flags | ?8) & ~3) | 2 ELSE flags | ?8 END;

-- name: ENTRY_ADD
INSERT OR IGNORE INTO entry (run_id, path_id, excluded, late, before_mode, before_uid, before_gid,
    before_size, before_mtime, before_ctime, before_dev, before_ino, before_nlink, before_rdev, before_file)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15);

-- name: ORIGINAL_ADD
INSERT INTO original (run_id, file, keep, sha256, target, xattrs) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO UPDATE SET
    keep = iif(keep = 0, excluded.keep, keep), sha256 = ifnull(sha256, excluded.sha256),
    target = ifnull(target, excluded.target), xattrs = ifnull(xattrs, excluded.xattrs);

-- name: ORIGINALS_PLACE
-- What was kept of a file belongs to every path at which it stood before.
UPDATE entry SET keep = o.keep, before_sha256 = o.sha256, before_target = o.target, before_xattrs = o.xattrs
FROM original o
WHERE entry.run_id = ?1 AND o.run_id = ?1 AND o.file = entry.before_file;

-- name: ENTRY_PLACE
UPDATE entry SET file = ?3 WHERE run_id = ?1 AND path_id = ?2;

-- name: ALIAS_ADD
INSERT OR IGNORE INTO alias (run_id, file, path_id) VALUES (?1, ?2, ?3);

-- The manifest

-- name: ENTRY_BATCH
SELECT e.path_id, p.name, e.file, e.before_file, e.late, e.excluded, e.before_target, e.before_sha256,
    e.before_xattrs,
    -- what stood there when it was settled before; or of a commit that died, what it was to leave there
    e.change IS NOT NULL, e.mode, e.uid, e.gid, e.size, e.mtime, NULL, e.dev, e.ino, NULL, e.rdev,
    e.before_mode, e.before_uid, e.before_gid, e.before_size, e.before_mtime, e.before_ctime, e.before_dev,
    e.before_ino, e.before_nlink, e.before_rdev
FROM entry e JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.path_id > ?2 ORDER BY e.path_id LIMIT ?3;

-- name: ENTRY_DEVICES
SELECT p.name, e.before_mode, e.before_uid, e.before_gid, e.before_size, e.before_mtime, e.before_ctime, e.before_dev,
    e.before_ino, e.before_nlink, e.before_rdev
FROM entry e JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.before_mode IS NOT NULL;

-- name: ENTRY_BEFORES
-- The names of one file are as good as each other.
SELECT before_file, before_mode, before_uid, before_gid, before_size, before_mtime, before_ctime, before_dev, before_ino,
    before_nlink, before_rdev
FROM entry WHERE run_id = ?1 AND before_file <> 0 AND before_ino IS NOT NULL;

-- name: ENTRY_DEVICE_MOVE
-- Below 0 until all are told: two may have changed places.
UPDATE entry SET before_dev = -1 - ?3 WHERE run_id = ?1 AND before_dev = ?2;

-- name: ENTRY_DEVICES_MOVED
UPDATE entry SET before_dev = -1 - before_dev WHERE run_id = ?1 AND before_dev < 0;

-- name: ENTRY_SET
-- What stands there has no column for its change time (?9) and its links (?12). Who did it is told by an exec.
UPDATE entry SET change = ?3, mode = ?4, uid = ?5, gid = ?6, size = ?7, mtime = ?8, dev = ?10, ino = ?11,
    rdev = ?13, sha256 = ?14, target = ?15, xattrs = ?16, nlink_group = ?17, content_changed = ?18,
    process_id = (SELECT process_id FROM exec WHERE id = ?19), attributes_only = ?20
WHERE run_id = ?1 AND path_id = ?2;

-- name: ENTRY_GROUPS
SELECT max(nlink_group) FROM entry WHERE run_id = ?1;

-- name: ENTRY_UNGROUP
UPDATE entry SET nlink_group = NULL
WHERE run_id = ?1 AND nlink_group IN (
    SELECT nlink_group FROM entry WHERE run_id = ?1 AND nlink_group IS NOT NULL
    GROUP BY nlink_group HAVING count(*) = 1);

-- name: PROCESS_FILES
-- slow: the paths of one process at a time
UPDATE process SET files = (
    SELECT count(DISTINCT e.path_id) FROM exec x JOIN event e ON e.exec_id = x.id
    WHERE x.process_id = process.id)
WHERE run_id = ?1;

-- name: RUN_RESULT
SELECT created, modified, removed, excluded, processes FROM run WHERE id = ?1;

-- name: RUN_RUNNING
-- slow: its index holds the runs that go on, and few do
SELECT id, recorder FROM run WHERE state = 'running';

-- name: RUN_SETTLED
UPDATE run SET settled_ns = ?2 WHERE id = ?1;

-- name: RUN_INCOMPLETE
SELECT 1 FROM run WHERE id = ?1 AND state = 'incomplete';

-- name: INCOMPLETE_MEMBER
-- Of a run, or of an install's runs that are not wholly taken back: the newest whose record is incomplete.
SELECT ifnull(max(r.id), 0) FROM member m JOIN run r ON r.id = m.run_id
WHERE m.subject_id = ?1 AND r.state = 'incomplete' AND (
    ?1 > 0 OR EXISTS (SELECT 1 FROM entry e WHERE e.run_id = r.id AND e.change IS NOT NULL AND NOT e.excluded AND NOT e.undone));

-- name: RUN_FINISH
SELECT finish FROM run WHERE id = ?1;

-- name: RUN_FINISH_ASK
UPDATE run SET finish = 1 WHERE id = ?1 AND state = 'running';

-- name: RUN_IS_COMMIT
SELECT 1 FROM run WHERE id = ?1 AND kind = 'commit';

-- name: RUN_ALIVE
-- Until when its recorder can have lived; or its command, and all that that left behind.
SELECT min(heartbeat * 1000000000, ifnull(1000000000 + iif(
        kind = 'commit' OR NOT EXISTS (SELECT 1 FROM process WHERE run_id = run.id AND ended IS NULL),
        max(ended_ns, ifnull(started_ns + (SELECT max(ended) FROM process WHERE run_id = run.id), 0)), NULL),
    heartbeat * 1000000000)), recorder
FROM run WHERE id = ?1;

-- name: RUN_STARTED
SELECT started_ns FROM run WHERE id = ?1;

-- name: RUN_REOPEN
-- A command's, or a commit, that has not come to its end and was not looked at since.
SELECT started_ns, notes FROM run
WHERE id = ?1 AND (kind IS NULL OR kind = 'commit') AND state = 'incomplete' AND settled_ns IS NULL;

-- name: RUN_HANDS
-- slow: the events of one run in their order
-- When was it done last? Who has opened a file can write to it to his end.
SELECT e.file, e.op, e.flags, e.mode, e.exec_id,
    r.started_ns + max(e.first + e.span, iif(e.op = 1, ifnull(p.ended, 0), 0)), p.ended IS NULL
FROM run r JOIN process p ON p.run_id = r.id JOIN exec x ON x.process_id = p.id JOIN event e ON e.exec_id = x.id
WHERE r.id = ?1 ORDER BY e.seq;

-- name: PROCESSES_LEFT
SELECT p.pid, exe.name
FROM process p
LEFT JOIN exec x ON x.id = coalesce((SELECT max(id) FROM exec WHERE process_id = p.id), p.first_exec)
LEFT JOIN exec image ON image.id = coalesce(x.copy_of, x.id)
LEFT JOIN path exe ON exe.id = image.exe
WHERE p.run_id = ?1 AND p.ended IS NULL;

-- name: RUN_UNBEGUN_DROP
-- An undo that was killed over its plan has no process yet, and has changed nothing.
DELETE FROM run
WHERE id = ?1 AND state = 'running' AND kind IS NOT NULL AND NOT EXISTS (SELECT 1 FROM process WHERE run_id = ?1);

-- name: RUN_LOST
UPDATE run SET state = 'incomplete', settled_ns = NULL,
    notes = ltrim(ifnull(notes, '') || char(10) || 'the recorder was killed: what it was told in its last half second may not be on record; the rest was held against the disk afterwards', char(10))
WHERE id = ?1 AND state = 'running';

-- name: ENTRY_LINKED
-- Files with several names that were changed in place: their other names changed with them.
SELECT p.name, e.before_file, e.file = e.before_file, e.excluded, e.before_mode, e.before_uid, e.before_gid, e.before_size,
    e.before_mtime, e.before_ctime, e.before_dev, e.before_ino, e.before_nlink, e.before_rdev
FROM entry e JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.before_nlink > 1 AND (e.before_mode & 61440) <> 16384;

-- name: ENTRY_KNOWN
SELECT 1 FROM entry WHERE run_id = ?1 AND path_id = ?2;

-- Questions

-- name: RUN_SCENE
SELECT scene FROM run WHERE id = ?1 AND scene IS NOT NULL;

-- name: RUN_STAGED
SELECT 1 FROM run WHERE id = ?1 AND scene IS NOT NULL;

-- name: SCENE_NAMED
SELECT 1 FROM run WHERE scene = ?1 LIMIT 1;

-- name: RUN_EXISTS
SELECT id FROM run WHERE id = ?1;

-- name: RUN_WAS
-- slow: the table has a row for each table that gives numbers
-- Was there ever a run of this number?
SELECT 1 FROM sqlite_sequence WHERE name = 'run' AND ?1 BETWEEN 1 AND seq;

-- name: RUN_LATEST
-- slow: goes back from the newest, past the undos and what could not be executed: a run that ended without an exec
SELECT id FROM run r
WHERE kind IS NULL AND (state <> 'complete'
    OR EXISTS (SELECT 1 FROM process p CROSS JOIN exec x ON x.process_id = p.id WHERE p.run_id = r.id))
ORDER BY id DESC LIMIT 1;

-- name: RUN_BY_LABEL
-- The newest; one that could not be executed only where there is no other.
-- slow: the runs of one label are few
SELECT id FROM run r WHERE label = ?1
ORDER BY state <> 'complete' OR kind IS NOT NULL
    OR EXISTS (SELECT 1 FROM process p CROSS JOIN exec x ON x.process_id = p.id WHERE p.run_id = r.id) DESC, id DESC
LIMIT 1;

-- name: RUNS
-- slow: all runs are listed
SELECT * FROM runs ORDER BY run_id DESC;

-- name: RUN
SELECT * FROM runs WHERE run_id = ?1;

-- name: RUN_SINCE
-- What has become of it: the last undo that came to its end, unless it kept all, and whether later runs have all its
-- files. A folder that stays is written to by nobody, so it does not count. Its changes are looked through for what an
-- undo of its install took back only where there was one.
-- slow: undos are few beside runs
WITH of_install (id, kind) AS (
    SELECT u.id, u.kind FROM run u CROSS JOIN run o ON o.id = u.of_run
    WHERE u.of_run IS NOT NULL AND o.install_id = (SELECT install_id FROM run WHERE id = ?1)),
undo (kind, whole) AS (
    SELECT kind, status = 0 FROM run WHERE id = max(
        ifnull((SELECT max(id) FROM run u WHERE of_run = ?1 AND state = 'complete' AND kind NOT IN ('prune', 'commit')
            AND (status = 0 OR EXISTS (SELECT 1 FROM entry WHERE run_id = ?1 AND undone = u.id))), 0),
        ifnull((SELECT max(id) FROM of_install u WHERE kind NOT IN ('prune', 'commit')
            AND EXISTS (SELECT 1 FROM entry WHERE run_id = ?1 AND undone = u.id)), 0)))
SELECT (SELECT kind FROM undo) AS undone, (SELECT whole FROM undo) AS whole,
    (EXISTS (SELECT 1 FROM standing WHERE run_id = ?1 AND change <> 'removed' AND NOT folder)
        OR EXISTS (SELECT 1 FROM of_install u WHERE kind = 'prune'
            AND EXISTS (SELECT 1 FROM entry WHERE run_id = ?1 AND undone = u.id)))
    AND NOT EXISTS (SELECT 1 FROM owner WHERE run_id = ?1 AND NOT folder) AS superseded;

-- name: RUN_SAME
SELECT count(*) FROM manifest WHERE run_id = ?1 AND same AND NOT excluded;

-- name: FILES
-- slow: a run's changes, or an install's, are sorted by path
-- An install did what any of its runs did.
WITH
held (run_id, path_id) AS (
    SELECT run_id, path_id FROM holding WHERE subject_id = ?1
    UNION ALL -- and it took away what was there before it, and nobody has put anything there since
    SELECT s.run_id, s.path_id FROM member r CROSS JOIN standing s ON s.run_id = r.run_id
    WHERE ?1 < 0 AND r.subject_id = ?1 AND s.change = 'removed'
        AND NOT EXISTS (SELECT 1 FROM standing n WHERE n.path_id = s.path_id AND n.run_id > s.run_id)
        AND NOT EXISTS (
            SELECT 1 FROM standing c WHERE c.path_id = s.path_id AND c.change = 'created' AND c.run_id = (
                SELECT min(f.run_id) FROM standing f WHERE f.path_id = s.path_id AND f.install_id = ?1))),
file AS (
    SELECT m.*,
        iif(?1 < 0 AND m.change = 'modified' AND EXISTS (
            SELECT 1 FROM standing s WHERE s.path_id = m.path_id AND s.install_id = ?1 AND s.change = 'created'),
            'created', m.change) AS done,
        ?1 < 0 AND m.change = 'modified' AND EXISTS (
            SELECT 1 FROM standing s CROSS JOIN manifest x ON x.run_id = s.run_id AND x.path_id = s.path_id
            WHERE s.path_id = m.path_id AND s.install_id = ?1 AND NOT x.same) AS differs,
        ?1 < 0 AND m.change = 'modified' AND EXISTS (
            SELECT 1 FROM standing s CROSS JOIN entry x ON x.run_id = s.run_id AND x.path_id = s.path_id
            WHERE s.path_id = m.path_id AND s.install_id = ?1 AND x.content_changed = 1) AS rewritten
    FROM held h CROSS JOIN manifest m ON m.run_id = h.run_id AND m.path_id = h.path_id)
SELECT done AS change, type, path, excluded, mode, uid, gid, size, mtime_ns, sha256, link_target, nlink_group,
    CASE WHEN done <> change THEN NULL WHEN rewritten THEN 1 ELSE content_changed END AS content_changed, process_id, run_id,
    rdev, same AND NOT differs AND done = change AS same, path_id, permissions
FROM file
WHERE (?2 OR NOT excluded)
    AND CASE done WHEN 'created' THEN ?3 WHEN 'modified' THEN iif(same AND NOT differs, ?6, ?4) ELSE ?5 END
ORDER BY path;

-- name: REPLACED
-- slow: what runs overwrote or removed is sorted by path
SELECT e.run_id, m.path, m.change,
    CASE e.before_mode & 61440
        WHEN 32768 THEN 'file' WHEN 16384 THEN 'dir' WHEN 40960 THEN 'symlink' WHEN 4096 THEN 'fifo'
        WHEN 49152 THEN 'socket' WHEN 8192 THEN 'char' WHEN 24576 THEN 'block' END AS old_type,
    e.before_size AS old_size, lower(nullif(hex(coalesce(e.before_sha256,
        -- what was only moved is not kept by that; a later run that overwrites it there keeps it
        (SELECT h.sha256 FROM alias a CROSS JOIN entry h ON h.run_id = a.run_id AND h.path_id = a.path_id
        WHERE e.before_file <> 0 AND a.run_id = e.run_id AND a.file = e.before_file AND a.path_id <> e.path_id
            AND h.file = a.file AND h.change <> 'removed' AND h.size = e.before_size AND h.mtime = e.before_mtime
            AND h.sha256 IS NOT NULL LIMIT 1))), '')) AS old_sha256, e.before_target AS old_target,
    iif(m.change = 'removed', NULL, m.type) AS type, e.size, lower(nullif(hex(e.sha256), '')) AS sha256,
    e.target AS link_target,
    e.before_mode & 4095 AS old_mode, e.before_uid AS old_uid, e.before_gid AS old_gid, e.before_mtime AS old_mtime_ns,
    m.path_id, EXISTS ( -- as it was then, also when all was taken back since
        SELECT 1 FROM member o CROSS JOIN entry x ON x.run_id = o.run_id AND x.path_id = e.path_id
        WHERE o.subject_id = ?1 AND o.run_id < e.run_id AND x.change <> 'removed' AND NOT x.excluded
            AND (NOT x.undone OR abs(x.undone) > e.run_id)) AS own,
    (SELECT min(p.name)
        FROM alias a CROSS JOIN entry h ON h.run_id = a.run_id AND h.path_id = a.path_id JOIN path p ON p.id = a.path_id
        WHERE e.before_file <> 0 AND a.run_id = e.run_id AND a.file = e.before_file AND a.path_id <> e.path_id
            AND h.file = a.file AND h.change <> 'removed') AS moved_to,
    (SELECT iif(x.mode & 61440 = 32768, x.size, NULL)
        FROM member o CROSS JOIN entry x ON x.run_id = o.run_id AND x.path_id = e.path_id
        WHERE o.subject_id = ?1 AND x.change IS NOT NULL AND NOT x.excluded
        ORDER BY x.undone <> 0, o.run_id DESC LIMIT 1) AS last_size
FROM member r CROSS JOIN manifest m ON m.run_id = r.run_id
CROSS JOIN entry e ON e.run_id = m.run_id AND e.path_id = m.path_id
WHERE r.subject_id = ?1 AND m.change <> 'created' AND NOT m.excluded
    AND (m.change = 'removed' OR NOT ifnull(m.content_changed = 0, 0))
ORDER BY m.path, e.run_id;

-- name: UNCHANGED
-- What a run came to and left as it was, and no run on record left there. No call of it came to what it was only handed
-- open.
-- slow: what a run came to is sorted by path
SELECT p.name AS path FROM entry e JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.change IS NULL AND NOT e.excluded
    AND NOT EXISTS (SELECT 1 FROM owner o WHERE o.path_id = e.path_id)
    AND EXISTS (
        SELECT 1 FROM event v CROSS JOIN exec x ON x.id = v.exec_id CROSS JOIN process q ON q.id = x.process_id
        WHERE v.path_id = e.path_id AND q.run_id = e.run_id)
ORDER BY p.name;

-- name: MADE
-- slow: no index has commands, and what runs left is grouped by path
WITH same (id) AS MATERIALIZED (
    SELECT ?1
    UNION
    SELECT e.id FROM run r JOIN run e ON e.id < r.id AND e.kind IS NULL AND e.state <> 'running'
        -- a name without a version may be that of a folder in which all sorts of things are done
        AND ((e.install_id = r.install_id AND r.version IS NOT NULL) OR (e.argv = r.argv AND e.cwd = r.cwd))
        AND (e.scene IS NULL OR e.scene = r.scene)
    WHERE r.id = ?1),
done (path_id, run_id, change) AS MATERIALIZED (
    SELECT s.path_id, s.run_id, iif(s.change <> 'modified'
        OR EXISTS (SELECT 1 FROM replaced e WHERE e.run_id = s.run_id AND e.path_id = s.path_id), s.change, 'edited')
    FROM same JOIN deed s ON s.run_id = same.id),
last (path_id, run_id, made, created) AS (
    SELECT path_id, max(run_id), max(change IN ('created', 'modified')), max(change = 'created')
    FROM done GROUP BY path_id),
-- What somebody had, and was only moved aside or linked: the file stood before at an installed place that was not ours.
had (run_id, file, path_id, ino) AS MATERIALIZED (
    SELECT h.run_id, h.before_file, h.path_id, h.before_ino FROM same CROSS JOIN entry h ON h.run_id = same.id
    WHERE h.before_file <> 0 AND h.before_mode IS NOT NULL AND NOT h.excluded),
theirs (path_id, run_id) AS MATERIALIZED (
    SELECT e.path_id, e.run_id
    FROM last CROSS JOIN entry e ON e.run_id = last.run_id AND e.path_id = last.path_id
    CROSS JOIN had h ON h.run_id = e.run_id AND h.file = e.file AND h.path_id <> e.path_id
    CROSS JOIN run r ON r.id = ?1
    WHERE e.file <> 0 AND e.file <> e.before_file AND e.mode & 61440 <> 16384 AND NOT EXISTS (
        SELECT 1 FROM entry c JOIN run o ON o.id = c.run_id
        WHERE c.path_id = h.path_id AND c.change <> 'removed' AND c.run_id < h.run_id
            AND c.ino = h.ino AND c.file <> c.before_file -- what an earlier one of ours had put there
            AND (o.install_id = r.install_id OR o.id IN (SELECT id FROM same))))
SELECT m.change, m.type, m.path, m.excluded, m.mode, m.uid, m.gid, m.size, m.mtime_ns, m.sha256, m.link_target,
    m.nlink_group, m.content_changed, m.process_id, m.run_id, m.rdev, m.same, m.path_id,
    CASE WHEN EXISTS (
        SELECT 1 FROM owner o JOIN run n ON n.id = o.run_id
        WHERE o.path_id = last.path_id AND n.install_id IS NOT r.install_id) THEN 0
    WHEN l.version IS r.version OR EXISTS (
        SELECT 1 FROM upheld u WHERE u.run_id = r.id AND u.path_id = last.path_id
        UNION ALL -- touched, and no different
        SELECT 1 FROM entry t WHERE t.run_id = r.id AND t.path_id = last.path_id AND t.change IS NULL) THEN 1
    ELSE 2 * (m.type = 'dir') END AS stays,
    NOT last.created AS replaced,
    EXISTS (SELECT 1 FROM theirs t WHERE t.run_id = last.run_id AND t.path_id = last.path_id) AS theirs,
    (SELECT ifnull(i.name, 'run ' || n.id) FROM owner o JOIN run n ON n.id = o.run_id LEFT JOIN install i ON i.id = n.install_id
        WHERE o.path_id = last.path_id AND n.install_id IS NOT r.install_id) AS taken_by
FROM run r CROSS JOIN last JOIN run l ON l.id = last.run_id
JOIN manifest m ON m.run_id = last.run_id AND m.path_id = last.path_id
WHERE r.id = ?1 AND last.made AND (m.change <> 'removed' OR m.run_id = ?1)
ORDER BY m.path;

-- name: TAKEN_BACK
-- slow: what was taken back of a run is sorted by path
SELECT p.name AS path FROM entry e JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.change IS NOT NULL AND NOT e.excluded AND e.undone
ORDER BY p.name;

-- name: PATHS
-- At and below a folder, "" for the root; between the two bounds stand siblings as `folder-x`, too.
SELECT p.name AS path FROM path p
WHERE p.name >= ?1 AND p.name < ?1 || '0' AND (p.name = ?1 OR p.name > ?1 || '/')
    AND EXISTS (SELECT 1 FROM entry e WHERE e.path_id = p.id AND e.change IS NOT NULL)
ORDER BY p.name;

-- name: WHO
-- ?1: the numbers of the names that are asked about, as JSON. All are asked about at once: each question by itself
-- would begin with nothing, and look anew at the folders that they share.
-- slow: the hands in what is asked about are sorted by run and time
WITH RECURSIVE
hand (run_id, file, path_id) AS (
    SELECT e.run_id, e.file, e.path_id FROM json_each(?1) j CROSS JOIN entry e ON e.path_id = j.value
    UNION -- the other names that the file had within the run
    SELECT a.run_id, a.file, a.path_id
    FROM hand h JOIN alias a ON a.run_id = h.run_id AND a.file = h.file
    UNION -- what older runs did under a name that was there before this one
    SELECT o.run_id, o.file, o.path_id
    FROM hand h
    JOIN entry b ON b.run_id = h.run_id AND b.path_id = h.path_id AND b.before_mode IS NOT NULL
    JOIN entry o ON o.path_id = h.path_id AND o.run_id < h.run_id
    WHERE h.path_id NOT IN (SELECT value FROM json_each(?1)) -- which have all their runs already
),
-- the folders above each name
above (name, folder) AS (
    SELECT p.name, rtrim(p.name, replace(p.name, '/', '')) FROM hand h JOIN path p ON p.id = h.path_id
    UNION
    SELECT name, rtrim(rtrim(folder, '/'), replace(rtrim(folder, '/'), '/', ''))
    FROM above WHERE length(folder) > 1
),
-- a folder's new name gave the file one, too
moved (seq, exec_id, path_id, old_id, was_id, is_id) AS (
    SELECT e.seq, e.exec_id, e.path_id, e.old_id, b.id, p.id
    FROM above a
    CROSS JOIN path f ON f.name = rtrim(a.folder, '/')
    CROSS JOIN event e ON e.path_id = f.id AND e.op = 2
    CROSS JOIN path o ON o.id = e.old_id
    CROSS JOIN path b ON b.name = o.name || substr(a.name, length(f.name) + 1)
    CROSS JOIN path p ON p.name = a.name
)
SELECT
    p.run_id, p.pid, op.name AS op, exe.name AS exe, image.argv,
    (WITH RECURSIVE up (id, parent_id, first_exec, n) AS (
        SELECT q.id, q.parent_id, q.first_exec, 1 FROM process q WHERE q.id = p.parent_id
        UNION ALL
        SELECT q.id, q.parent_id, q.first_exec, up.n + 1
        FROM up JOIN process q ON q.id = up.parent_id WHERE up.n < 4096)
     SELECT json_group_array(json_object('process_id', a.process_id, 'pid', a.pid, 'exe', a.exe,
                                         'argv', json(coalesce(a.argv, 'null'))))
     FROM (SELECT up.id AS process_id, q.pid, ax.name AS exe, ai.argv
           FROM up JOIN process q ON q.id = up.id
           -- the image it ran when this one began
           LEFT JOIN exec al ON al.id = coalesce(
               (SELECT max(id) FROM exec WHERE process_id = up.id AND started <= x.started), up.first_exec)
           LEFT JOIN exec ai ON ai.id = coalesce(al.copy_of, al.id)
           LEFT JOIN path ax ON ax.id = ai.exe
           ORDER BY up.n) a) AS ancestors,
    path.name AS path, old.name AS old_path, w.flags, e.mode, e.count, w.first_ns, w.last_ns,
    p.id AS process_id, e.exec_id, p.ppid, w.abi
-- Numbers only are put in order, and stay in it, since all below is looked up one by one: the
-- first line need not wait for the words of the last.
FROM (
    SELECT p.run_id AS run_id, e.seq AS seq, e.exec_id, e.path_id, e.op, e.old_id
    FROM (SELECT DISTINCT path_id FROM hand) n
    CROSS JOIN event e ON e.path_id = n.path_id
    CROSS JOIN exec x ON x.id = e.exec_id
    CROSS JOIN process p ON p.id = x.process_id
    CROSS JOIN hand h ON h.run_id = p.run_id AND h.path_id = e.path_id
    -- a row that stands for several files of one name (count > 1) may be this one's
    WHERE e.file = h.file OR h.file = 0 OR e.count > 1
    UNION
    SELECT p.run_id, m.seq, m.exec_id, m.path_id, 2, m.old_id
    FROM moved m
    CROSS JOIN exec x ON x.id = m.exec_id
    CROSS JOIN process p ON p.id = x.process_id
    CROSS JOIN hand was ON was.run_id = p.run_id AND was.path_id = m.was_id
    CROSS JOIN hand now ON now.run_id = p.run_id AND now.path_id = m.is_id AND now.file = was.file
    ORDER BY run_id DESC, seq LIMIT -1
) d
CROSS JOIN event e ON e.exec_id = d.exec_id AND e.path_id = d.path_id AND e.op = d.op AND e.old_id = d.old_id
CROSS JOIN exec x ON x.id = e.exec_id
CROSS JOIN process p ON p.id = x.process_id
CROSS JOIN exec image ON image.id = coalesce(x.copy_of, x.id)
CROSS JOIN op ON op.id = e.op
CROSS JOIN path ON path.id = e.path_id
LEFT JOIN path exe ON exe.id = image.exe
LEFT JOIN path old ON old.id = e.old_id
JOIN writes w ON w.exec_id = e.exec_id AND w.path = path.name AND w.op = op.name AND w.event_id = e.seq;

-- name: TREE
-- slow: the processes of a run are put in the order of a tree
WITH RECURSIVE
process_of (id, run_id, parent_id) AS (
    SELECT p.id, p.run_id, p.parent_id
    FROM member m CROSS JOIN process p ON p.run_id = m.run_id WHERE m.subject_id = ?1),
tree (id, depth, run_id) AS (
    SELECT p.id, 0, p.run_id FROM process_of p
    LEFT JOIN process up ON up.id = p.parent_id AND up.run_id = p.run_id
    WHERE up.id IS NULL
    UNION ALL
    SELECT p.id, tree.depth + 1, p.run_id
    FROM tree CROSS JOIN process p ON p.parent_id = tree.id AND p.run_id = tree.run_id
    -- the deepest that waits is next, so a process is followed by its own; without a LIMIT SQLite leaves the
    -- order out where the rows are joined with more, and a record that goes in circles has no end
    ORDER BY 2 DESC, 1
    LIMIT (SELECT count(*) FROM process_of))
SELECT t.depth, p.*, (p.ended_ns - p.started_ns) / 1e9 AS duration_s
FROM tree t CROSS JOIN processes p ON p.process_id = t.id;

-- name: EVENTS
-- slow: the log of a run is sorted by its order
SELECT event_id, run_id, first_ns AS time_ns, process_id, exec_id, pid, ppid, exe, argv, abi, op, path,
    old_path, flags, mode, count, last_ns, found
FROM writes WHERE run_id IN (SELECT run_id FROM member WHERE subject_id = ?1) ORDER BY event_id;

-- name: TIMELINE
-- slow: what the processes of a run ran is put in their order
SELECT p.id AS process_id, up.id AS parent_id, p.pid, p.ppid, x.id AS exec_id, exe.name AS exe, i.argv, cwd.name AS cwd,
    run.started_ns + coalesce(x.started, p.started) AS started_ns,
    run.started_ns + coalesce(lead(x.started) OVER images, p.ended) AS ended_ns,
    CASE WHEN lead(x.id) OVER images IS NULL AND p.status & 127 = 0 THEN p.status >> 8 & 255 END AS exit_status,
    CASE WHEN lead(x.id) OVER images IS NULL AND p.status & 127 <> 0 THEN p.status & 127 END AS term_signal,
    p.files, x.id IS NULL OR x.copy_of IS NOT NULL AS forked,
    EXISTS (SELECT 1 FROM event WHERE event.exec_id = x.id) AS changed
FROM member m CROSS JOIN run ON run.id = m.run_id CROSS JOIN process p ON p.run_id = m.run_id
LEFT JOIN process up ON up.id = p.parent_id AND up.run_id = p.run_id
LEFT JOIN exec x ON x.process_id = p.id
LEFT JOIN exec i ON i.id = coalesce(x.copy_of, x.id, p.first_exec)
LEFT JOIN path exe ON exe.id = i.exe
LEFT JOIN path cwd ON cwd.id = i.cwd
WHERE m.subject_id = ?1
WINDOW images AS (PARTITION BY p.id ORDER BY x.id)
ORDER BY p.id, x.id;

-- name: EXECS
-- slow: the images of a run are put in the order of its processes
SELECT x.id AS exec_id, x.process_id, p.run_id, p.pid, exe.name AS exe, x.argv, cwd.name AS cwd, abi.name AS abi,
    run.started_ns + x.started AS started_ns, x.copy_of
FROM member m CROSS JOIN run ON run.id = m.run_id CROSS JOIN process p ON p.run_id = m.run_id
CROSS JOIN exec x ON x.process_id = p.id
LEFT JOIN path exe ON exe.id = x.exe
LEFT JOIN path cwd ON cwd.id = x.cwd
LEFT JOIN abi ON abi.id = x.abi
WHERE m.subject_id = ?1
ORDER BY p.id, x.id;

-- name: HANDS
-- Numbers only, and no words: there may be millions. They come as they stand in the tables: what one image did to one
-- file together.
SELECT e.exec_id, e.path_id, op.name AS op, iif(e.op IN (2, 3), e.old_id, NULL) AS old_path_id, e.flags, e.mode, e.count,
    run.started_ns + e.first AS first_ns, run.started_ns + e.first + e.span AS last_ns, e.found,
    p.run_id
FROM member m CROSS JOIN run ON run.id = m.run_id CROSS JOIN process p ON p.run_id = m.run_id
CROSS JOIN exec x ON x.process_id = p.id
CROSS JOIN event e ON e.exec_id = x.id
CROSS JOIN op ON op.id = e.op
WHERE m.subject_id = ?1;

-- name: PLACES
-- slow: what a run, or an install, came to is sorted by path
SELECT p.name AS path, p.id AS path_id,
    ifnull((SELECT e.change FROM member m CROSS JOIN entry e ON e.run_id = m.run_id AND e.path_id = p.id
        WHERE m.subject_id = ?1 AND NOT e.undone ORDER BY e.run_id DESC LIMIT 1) = 'removed', 0) AS removed
FROM (
    SELECT path_id FROM holding WHERE subject_id = ?1
    UNION
    SELECT e.path_id
    FROM member m CROSS JOIN process q ON q.run_id = m.run_id CROSS JOIN exec x ON x.process_id = q.id
    CROSS JOIN event e ON e.exec_id = x.id
    WHERE m.subject_id = ?1
    UNION
    SELECT e.old_id
    FROM member m CROSS JOIN process q ON q.run_id = m.run_id CROSS JOIN exec x ON x.process_id = q.id
    CROSS JOIN event e ON e.exec_id = x.id
    WHERE m.subject_id = ?1 AND e.op IN (2, 3) AND e.old_id <> 0
) place
JOIN path p ON p.id = place.path_id
ORDER BY p.name;

-- name: RUN_DROP
DELETE FROM run WHERE id = ?1;

-- name: RUN_EXCLUDED
SELECT min(path), max(path) FROM manifest WHERE run_id = ?1 AND excluded;

-- Undo

-- name: ENTRIES
-- What a run changed, both sides; and the excluded paths from which it carried a file to one that is not, or
-- to which it carried one from there.
SELECT e.path_id, p.name, e.change, e.excluded, e.late, e.hidden, e.content_changed, e.keep, e.file, e.before_file,
    ifnull((SELECT u.what FROM undo_place u WHERE u.run_id = e.run_id AND u.path_id = e.path_id), 0),
    e.before_mode, e.before_uid, e.before_gid, e.before_size, e.before_mtime, e.before_ctime, e.before_dev,
    e.before_ino, e.before_nlink, e.before_rdev, e.before_sha256, e.before_target, e.before_xattrs,
    e.mode, e.uid, e.gid, e.size, e.mtime, NULL, e.dev, e.ino, NULL, e.rdev, e.sha256, e.target, e.xattrs, e.since
FROM holding h CROSS JOIN entry e ON e.run_id = h.run_id AND e.path_id = h.path_id JOIN path p ON p.id = e.path_id
WHERE h.subject_id = ?1 AND e.change IS NOT NULL
    AND (NOT e.excluded
        OR (e.change <> 'created' AND (e.change = 'removed' OR e.file <> e.before_file) AND e.before_file IN (
            SELECT c.file FROM entry c
            WHERE c.run_id = ?1 AND c.change <> 'removed' AND NOT c.excluded AND c.file NOT IN (0, c.before_file)))
        OR (e.change <> 'removed' AND e.file IN (
            SELECT h.before_file FROM entry h
            WHERE h.run_id = ?1 AND h.change IS NOT NULL AND NOT h.excluded AND h.before_file <> 0)));

-- name: LIFE
-- All that was ever done, by whomever, to the paths of an install, and to folders that were left standing because
-- it had something in them, and where what it found there stands now, given up by who had moved it. What an
-- interrupted try of the same undo did is on record in part, and on disk: left out; and so is a step that the undo
-- which went on with it tells, too.
-- slow: the changes of each path are put in order
WITH RECURSIVE
touched (path_id) AS MATERIALIZED (
    SELECT DISTINCT e.path_id FROM member m CROSS JOIN entry e ON e.run_id = m.run_id
    WHERE m.subject_id = ?1 AND e.change IS NOT NULL),
moved (run_id, file) AS MATERIALIZED (
    SELECT DISTINCT e.run_id, e.before_file FROM touched t CROSS JOIN entry e ON e.path_id = t.path_id
    WHERE e.before_file <> 0 AND (e.change = 'removed' OR e.file <> e.before_file) AND e.change IS NOT NULL AND e.undone),
known (path_id) AS MATERIALIZED (
    SELECT path_id FROM touched
    UNION
    SELECT e.path_id FROM (SELECT DISTINCT run_id FROM moved) r CROSS JOIN entry e ON e.run_id = r.run_id
    CROSS JOIN moved m ON m.run_id = e.run_id AND m.file = e.file
    WHERE e.undone AND e.change IS NOT NULL AND e.mode IS NOT NULL),
above (folder) AS (
    SELECT DISTINCT rtrim(rtrim(p.name, replace(p.name, '/', '')), '/') FROM known t CROSS JOIN path p ON p.id = t.path_id
    UNION
    SELECT rtrim(rtrim(folder, replace(folder, '/', '')), '/') FROM above WHERE length(folder) > 1),
concerned (path_id) AS (
    SELECT path_id FROM known
    UNION
    SELECT e.path_id FROM above a CROSS JOIN path p ON p.name = a.folder CROSS JOIN entry e ON e.path_id = p.id
    WHERE e.undone)
SELECT e.path_id, p.name, e.change, e.excluded, e.late, e.hidden, e.content_changed, e.keep, e.file, e.before_file,
    ifnull((SELECT u.what FROM undo_place u WHERE u.run_id = ?2 AND u.path_id = e.path_id), 0),
    e.before_mode, e.before_uid, e.before_gid, e.before_size, e.before_mtime, e.before_ctime, e.before_dev,
    e.before_ino, e.before_nlink, e.before_rdev, e.before_sha256, e.before_target, e.before_xattrs,
    e.mode, e.uid, e.gid, e.size, e.mtime, NULL, e.dev, e.ino, NULL, e.rdev, e.sha256, e.target, e.xattrs, e.since,
    e.run_id, ifnull(e.since, r.started_ns), r.kind IS NOT NULL OR ifnull(r.install_id = ?1, 0) OR r.id = ?1
        OR e.undone AND NOT EXISTS ( -- what stands there has its home elsewhere, and others see to that
            SELECT 1 FROM stranded s
            WHERE s.run_id = e.run_id AND s.path_id = e.path_id AND s.home_id NOT IN (SELECT path_id FROM touched)),
    ifnull(r.install_id = ?1, 0) OR r.id = ?1, ifnull(r.kind, 'commit') <> 'commit'
FROM concerned c CROSS JOIN entry e ON e.path_id = c.path_id JOIN path p ON p.id = e.path_id JOIN run r ON r.id = e.run_id
WHERE e.change IS NOT NULL AND r.scene IS NULL
    -- what was only handed open was changed by somebody else, as a person does
    AND NOT EXISTS (SELECT 1 FROM handed h WHERE h.run_id = e.run_id AND h.path_id = e.path_id)
    AND (r.kind IS NULL OR r.state = 'complete' OR NOT (
        (r.of_run = ?2 AND r.kind IN ('uninstall', 'prune'))
        OR EXISTS (
            SELECT 1 FROM entry d JOIN run whole ON whole.id = d.run_id
            WHERE d.path_id = e.path_id AND whole.id > r.id AND whole.of_run = r.of_run AND whole.kind = r.kind
                AND whole.state = 'complete')))
    AND (NOT e.excluded
        OR (e.change <> 'created' AND (e.change = 'removed' OR e.file <> e.before_file) AND e.before_file IN (
            SELECT c.file FROM entry c
            WHERE c.run_id = e.run_id AND c.change <> 'removed' AND NOT c.excluded AND c.file NOT IN (0, c.before_file)))
        OR (e.change <> 'removed' AND e.file IN (
            SELECT h.before_file FROM entry h
            WHERE h.run_id = e.run_id AND h.change IS NOT NULL AND NOT h.excluded AND h.before_file <> 0)))
ORDER BY e.path_id, e.run_id;

-- name: FOLDER_LAST
-- A folder as it was when it was last on record: it is gone, and something comes back in it. As ENTRIES.
SELECT path_id, name, 'removed', 0, 0, 0, NULL, 0, 0, 0, ifnull((
        SELECT u.what FROM undo_place u WHERE u.run_id = ?2 AND u.path_id = f.path_id), 0),
    iif(left, mode, before_mode), iif(left, uid, before_uid), iif(left, gid, before_gid), 0, iif(left, mtime, before_mtime),
    NULL, 0, 0, NULL, 0, NULL, NULL, iif(left, xattrs, before_xattrs),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM (
    SELECT e.*, p.name, ifnull(e.mode & 61440 = 16384, 0) AS left
    FROM path p JOIN entry e ON e.path_id = p.id
    WHERE p.name = ?1 AND e.change IS NOT NULL) f
WHERE (left OR before_mode & 61440 = 16384)
    -- what came after it was no folder: the one that had it comes first
    AND NOT EXISTS (SELECT 1 FROM standing s WHERE s.path_id = f.path_id AND s.run_id > f.run_id)
ORDER BY run_id DESC LIMIT 1;

-- name: LINKED_FROM
-- Where the file at a path stood before, and stood still when a run had given it this name; and whether a command on
-- record had made it there, or left it as it is now (?3, ?4, ?5), which was taken back since: its home is a copy. Of one
-- that is forgotten the home says so (HAND_SEEN).
SELECT p.name, h.undone AND h.before_ino = ?3 AND h.before_size = ?4 AND h.before_mtime = ?5 OR EXISTS (
    SELECT 1 FROM entry c JOIN run u ON u.id = c.run_id
    WHERE c.path_id = h.path_id AND c.run_id < h.run_id AND c.change <> 'removed' AND c.file <> c.before_file
        AND c.undone AND u.kind IS NULL AND c.mode & 61440 = h.before_mode & 61440
        -- a number is given again; and a commit gives a file another than it had in the layers
        AND ((c.ino = h.before_ino AND c.size IS h.before_size AND c.mtime IS h.before_mtime)
            OR (c.ino = ?3 AND c.size = ?4 AND c.mtime = ?5))
        AND NOT EXISTS (SELECT 1 FROM brought b WHERE b.run_id = c.run_id AND b.file = c.file)
    UNION ALL
    SELECT 1 FROM entry c JOIN run u ON u.id = c.run_id
    WHERE c.path_id = h.path_id AND c.file = c.before_file AND (c.content_changed = 1 OR c.mtime <> c.before_mtime)
        AND c.undone AND u.kind IS NULL AND c.ino = ?3 AND c.size = ?4 AND c.mtime = ?5)
FROM member m CROSS JOIN entry e ON e.run_id = m.run_id AND e.path_id = ?2
CROSS JOIN alias a ON a.run_id = e.run_id AND a.file = e.file
CROSS JOIN entry h ON h.run_id = a.run_id AND h.path_id = a.path_id
JOIN path p ON p.id = h.path_id
WHERE m.subject_id = ?1 AND e.file <> 0 AND h.before_file = e.file AND h.file = e.file AND a.path_id <> ?2;

-- name: MOVED_FROM
-- Where the file at a path had been before a run moved it there, which was taken back, and as what.
SELECT p.name, h.before_mode, h.before_size, h.before_mtime
FROM entry e CROSS JOIN alias a ON a.run_id = e.run_id AND a.file = e.file
CROSS JOIN entry h ON h.run_id = a.run_id AND h.path_id = a.path_id
JOIN path p ON p.id = h.path_id
WHERE e.path_id = ?1 AND e.ino = ?2 AND e.undone > 0 AND e.file <> 0 AND e.file <> e.before_file
    AND h.before_file = e.file AND h.undone > 0 AND h.path_id <> ?1;

-- name: PUT_BACK
-- Has a file again what a run before this one had found in it, and that was taken back? What a later one found may be
-- somebody's work since.
SELECT 1 FROM entry
WHERE before_ino = ?1 AND undone > 0 AND before_size = ?2 AND before_mtime = ?3 AND before_mode & 61440 = 32768
    AND run_id < ?4 LIMIT 1;

-- name: LEFT_THERE
-- Was the file that stood at a path, as it was, made or written there by a command that was taken back, and not only given
-- that name?
SELECT 1 FROM entry g
WHERE g.path_id = ?1 AND g.ino = ?2 AND g.mode & 61440 = ?3 & 61440 AND g.size IS ?4 AND g.mtime IS ?5
    AND g.undone <> 0 AND g.change <> 'removed' AND iif(g.file = g.before_file, g.content_changed = 1,
        NOT EXISTS (SELECT 1 FROM brought b WHERE b.run_id = g.run_id AND b.file = g.file))
LIMIT 1;

-- name: MADE_SINCE
-- Was the folder at a path, as it is, made by a command after a run, which was taken back, and left for what stood there
-- before?
SELECT 1 FROM entry e
WHERE e.path_id = ?1 AND e.run_id > ?2 AND e.undone > 0 AND e.ino = ?3 AND e.mode = ?4 AND e.uid = ?5 AND e.gid = ?6
    AND ifnull(e.before_mode, 0) & 61440 <> 16384
LIMIT 1;

-- name: PUT_BACK_BELOW
-- What a rollback of an earlier run has put back below a folder.
SELECT p.name, x.mode, x.mtime
FROM path p CROSS JOIN entry x ON x.path_id = p.id JOIN run u ON u.id = x.run_id
WHERE p.name > ?2 || '/' AND p.name < ?2 || '0' AND u.kind = 'rollback' AND u.of_run < ?1 AND x.change = 'created';

-- name: MADE_FOLDER
-- Was a folder made by a run, or by one of an install?
SELECT 1 FROM path p CROSS JOIN member m CROSS JOIN entry e ON e.run_id = m.run_id AND e.path_id = p.id
WHERE p.name = ?2 AND m.subject_id = ?1 AND e.change = 'created' AND e.mode & 61440 = 16384 LIMIT 1;

-- name: LINKED_SINCE
-- The names that a command gave the file at a path after the last change of it by a run or an install; be it of another
-- of its names, which may be gone.
-- slow: names of one file are looked for among all that a run changed; it is asked of files with several only
WITH name (path_id) AS MATERIALIZED (
    SELECT ?2
    UNION
    SELECT n.path_id FROM member m CROSS JOIN entry c ON c.run_id = m.run_id AND c.path_id = ?2
    CROSS JOIN entry n ON n.run_id = c.run_id AND n.before_file = c.before_file
    WHERE m.subject_id = ?1 AND c.before_file <> 0)
SELECT p.name
FROM name w CROSS JOIN entry h ON h.path_id = w.path_id JOIN run r ON r.id = h.run_id
CROSS JOIN alias a ON a.run_id = h.run_id AND a.file = h.file
CROSS JOIN entry e ON e.run_id = a.run_id AND e.path_id = a.path_id
JOIN path p ON p.id = e.path_id
WHERE h.file <> 0 AND r.kind IS NULL AND r.scene IS NULL AND h.run_id > (
        SELECT max(c.run_id) FROM member m CROSS JOIN entry c ON c.run_id = m.run_id AND c.path_id = w.path_id
        WHERE m.subject_id = ?1 AND c.change IS NOT NULL)
    AND a.path_id <> w.path_id AND e.file = h.file AND e.before_file <> e.file AND e.change <> 'removed' AND e.undone = 0;

-- name: CAME_BACK
-- slow: two runs may have found the same name
-- Other names of the file that a run found at a path, which came back: nothing has come there since that was not taken
-- back, and what stands there may be that file again.
SELECT DISTINCT p.name
FROM same_file s JOIN path p ON p.id = s.other_path
WHERE s.run_id = ?1 AND s.path_id = ?2
    AND NOT EXISTS (
        SELECT 1 FROM entry n JOIN run r ON r.id = n.run_id
        WHERE n.path_id = s.other_path AND n.run_id > s.other_undone AND n.change IS NOT NULL AND NOT n.undone
            AND r.kind IS NULL);

-- name: CAME_BACK_SINCE
-- slow: two runs may have taken the same name
-- Of those the names that an earlier run had taken when this one came, so that it found the file with one less; or that
-- were handed over by one which had (HAND_NAMES).
SELECT DISTINCT p.name
FROM same_file s CROSS JOIN entry e ON e.run_id = s.other_run AND e.path_id = s.other_path JOIN path p ON p.id = s.other_path
WHERE s.run_id = ?1 AND s.path_id = ?2 AND s.other_undone > ?1 AND s.other_nlink > s.before_nlink
    AND iif(e.run_id = ?1, e.change IS NULL, e.run_id < ?1 AND (e.change = 'removed' OR e.file <> e.before_file))
    AND NOT EXISTS (
        SELECT 1 FROM entry n JOIN run r ON r.id = n.run_id
        WHERE n.path_id = s.other_path AND n.run_id > s.other_undone AND n.change IS NOT NULL AND NOT n.undone
            AND r.kind IS NULL);

-- name: LATER_RUN
-- The newest later run that changed a path, an undo included.
SELECT e.run_id FROM entry e
WHERE e.path_id = ?1 AND e.run_id > ?2 AND e.change IS NOT NULL AND e.run_id NOT IN (SELECT run_id FROM staged)
ORDER BY e.run_id DESC LIMIT 1;

-- name: LATER_WRITER
-- The newest later command that wrote a path and was not undone since.
SELECT run_id FROM standing WHERE path_id = ?1 AND run_id > ?2 AND change <> 'removed' ORDER BY run_id DESC LIMIT 1;

-- name: LATER_OWNER
-- The newest later command that changed a path, removed it perhaps, and whose change of it stands.
SELECT run_id FROM standing WHERE path_id = ?1 AND run_id > ?2 ORDER BY run_id DESC LIMIT 1;

-- name: MEANWHILE
-- Another command that was recorded while a run was, and changed the path, too: neither found what the other left. It is
-- the later one that is known of (?3), or what stands there now is what it left.
SELECT s.run_id
FROM standing s JOIN run o ON o.id = s.run_id JOIN run m ON m.id = ?2
JOIN entry x ON x.run_id = s.run_id AND x.path_id = s.path_id
WHERE s.path_id = ?1 AND o.id <> m.id AND (o.id = ?3 OR (x.size = ?4 AND x.mtime = ?5))
    -- of one that was killed nobody knows how long it went on
    AND o.started_ns < ifnull(m.ended_ns, iif(m.state = 'running', 1 << 62, m.started_ns))
    AND m.started_ns < ifnull(o.ended_ns, iif(o.state = 'running', 1 << 62, o.started_ns))
ORDER BY s.run_id DESC LIMIT 1;

-- name: UNDONE_FOR_GOOD
-- The change of a path by a run was taken back, and so was the one before it that it had found, as by an uninstall of
-- the install that both are of: that is not to come again. Or an undo that was not this run's rollback has put back
-- what it had found: then what became of that since is no matter of the run.
SELECT e.undone FROM entry e CROSS JOIN run u ON u.id = e.undone
WHERE e.path_id = ?1 AND e.run_id = ?2 AND (
    EXISTS (
        SELECT 1 FROM entry f
        WHERE f.path_id = e.path_id AND f.run_id < e.run_id AND f.undone > e.run_id AND f.change IS NOT NULL)
    OR (e.change <> 'created' AND NOT (u.kind = 'rollback' AND u.of_run = e.run_id)
        AND EXISTS (SELECT 1 FROM entry d WHERE d.run_id = u.id AND d.path_id = e.path_id)));

-- name: LATER_FOUND
-- What the next change of a path had kept, where it found there what the run had left.
SELECT n.before_sha256 FROM entry n
WHERE n.path_id = ?1 AND n.keep = 1 AND n.before_sha256 IS NOT NULL
    AND n.before_ino = ?3 AND n.before_size = ?4 AND n.before_mtime = ?5
    AND n.run_id = (
        SELECT min(x.run_id) FROM entry x
        WHERE x.path_id = ?1 AND x.run_id > ?2 AND x.change IS NOT NULL AND x.run_id NOT IN (SELECT run_id FROM staged));

-- name: LATER_CONTENT
-- What a run left has the content that a later change found there and had kept, or that one which left it alone has a
-- digest of (an undo made a file anew, say), as long as nobody changed it between.
SELECT iif(n.keep = 1 AND n.before_sha256 IS NOT NULL, n.before_sha256, n.sha256)
FROM entry e CROSS JOIN entry n ON n.path_id = e.path_id AND n.run_id > e.run_id
WHERE e.path_id = ?1 AND e.run_id = ?2 AND n.change IS NOT NULL AND (
        n.keep = 1 AND n.before_sha256 IS NOT NULL AND n.before_size = e.size AND n.before_mtime = e.mtime
        OR n.content_changed = 0 AND n.sha256 IS NOT NULL AND n.size = e.size AND n.mtime = e.mtime)
    AND NOT EXISTS (
        SELECT 1 FROM entry m
        WHERE m.path_id = e.path_id AND m.run_id > e.run_id AND m.run_id < n.run_id AND m.change IS NOT NULL
            AND ifnull(m.content_changed <> 0, 1))
    AND n.run_id NOT IN (SELECT run_id FROM staged)
LIMIT 1;

-- name: LATER_RUNS
-- slow: the paths of a run are grouped by who changed them later
SELECT r.id AS run_id, r.label, r.argv, count(*) AS paths, min(p.name) AS path
FROM entry e
JOIN standing l ON l.path_id = e.path_id AND l.run_id > e.run_id
JOIN run r ON r.id = l.run_id
JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.change IS NOT NULL AND NOT e.excluded
GROUP BY r.id ORDER BY r.id DESC;

-- name: RUN_FACTS
SELECT state, kind, of_run, settled_at FROM runs WHERE run_id = ?1;

-- name: MEMBERS
SELECT run_id FROM member WHERE subject_id = ?1;

-- name: FOUND_UNDONE
-- The paths at which a run may have found what was taken back since.
SELECT e.path_id FROM entry e
WHERE e.run_id = ?1 AND e.change IS NOT NULL AND NOT e.excluded AND NOT e.undone AND EXISTS (
    SELECT 1 FROM entry f
    WHERE f.path_id = e.path_id AND f.run_id < e.run_id AND f.change IS NOT NULL AND f.undone);

-- name: MEMBER_NEWEST
SELECT max(run_id) FROM member WHERE subject_id = ?1;

-- name: MEMBER_LATEST
-- Past those that were taken back, of which nothing is in its place; where all were, the newest.
-- slow: the runs of an install are looked at one by one
SELECT coalesce(max(iif(
    EXISTS (SELECT 1 FROM entry WHERE run_id = m.run_id AND change IS NOT NULL AND NOT excluded AND undone)
    AND NOT EXISTS (SELECT 1 FROM standing WHERE run_id = m.run_id), NULL, m.run_id)), max(m.run_id))
FROM member m WHERE m.subject_id = ?1;

-- name: PACKAGE_LISTS
-- What may be a package manager's list of a package, and the run that wrote it.
SELECT e.run_id, p.name FROM member m CROSS JOIN entry e ON e.run_id = m.run_id JOIN path p ON p.id = e.path_id
WHERE m.subject_id = ?1 AND e.change <> 'removed' AND p.name GLOB '*/info/*.list';

-- name: UNDO_INTERRUPTED
-- The undo of this kind, of a run, that did not come to its end, nor did one after it that does the same. A prune is
-- a part of an uninstall.
SELECT u.id FROM run u
WHERE u.of_run = ?1 AND u.state <> 'complete'
    AND (u.kind = ?2 OR (u.kind IN ('uninstall', 'prune') AND ?2 IN ('uninstall', 'prune')))
    AND NOT EXISTS (
        SELECT 1 FROM run c
        WHERE c.of_run = ?1 AND c.id > u.id AND c.state = 'complete'
            AND (c.kind = u.kind OR (u.kind = 'prune' AND c.kind = 'uninstall')))
ORDER BY u.id DESC LIMIT 1;

-- name: UNDO_OPEN
-- Undos that did not come to their end, of this run or of its install: kind, by the number of which run, and whose.
SELECT u.kind, u.of_run, ifnull(i.name, '')
FROM run r JOIN run o ON o.id = r.id OR o.install_id = r.install_id JOIN run u ON u.of_run = o.id
LEFT JOIN install i ON i.id = r.install_id
WHERE r.id = ?1 AND u.state <> 'complete'
    AND u.id = (SELECT max(id) FROM run WHERE of_run = o.id AND kind = u.kind);

-- name: UNDO_FAILED
-- slow: of few places
-- At how many places a rollback of a run failed halfway, so that what was kept may be the only copy; or else of which
-- other one of its install: what that has to put back may be what this one had kept.
SELECT u.run_id, count(*) FROM undo_place u WHERE u.what IN (1, 2) AND u.run_id IN (
    SELECT ?1 UNION ALL SELECT o.id FROM run r JOIN run o ON o.install_id = r.install_id WHERE r.id = ?1)
GROUP BY u.run_id ORDER BY u.run_id <> ?1, u.run_id LIMIT 1;

-- name: UNDO_RUNNING
-- slow: its index holds the runs that go on, and few do
SELECT id, recorder FROM run WHERE state = 'running' AND kind IS NOT NULL;

-- name: UNDO_ENTRY
-- Which inodes they were (?9, ?10, ?11, ?12 and ?21 to ?24) is of no use to anybody.
INSERT OR IGNORE INTO entry (run_id, path_id, excluded, late, keep, change,
    before_mode, before_uid, before_gid, before_size, before_mtime, before_rdev, before_sha256, before_target,
    mode, uid, gid, size, mtime, rdev, sha256, target, process_id, content_changed)
VALUES (?1, ?2, 0, 0, 3, ?3, ?4, ?5, ?6, ?7, ?8, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?25, ?26, ?27, ?28, ?29);

-- name: UNDO_PLACE_ADD
INSERT INTO undo_place (run_id, path_id, what) VALUES (?1, ?2, ?3)
ON CONFLICT DO UPDATE SET what = max(what, excluded.what);

-- name: UNDO_PLACES_DROP
DELETE FROM undo_place WHERE run_id = ?1;

-- name: UNLOCKED_ADD
INSERT OR IGNORE INTO unlocked (path, mode) VALUES (?1, ?2);

-- name: UNLOCKED
-- slow: they are few
SELECT path, mode FROM unlocked ORDER BY path DESC;

-- name: UNLOCKED_DROP
DELETE FROM unlocked;

-- name: UNINSTALL_LIST
-- slow: what a run created is sorted: files, then folders, what is in a folder before it
SELECT type, path, mode, uid, gid, size, mtime_ns, sha256, link_target, nlink_group, m.run_id
FROM holding held CROSS JOIN manifest m ON m.run_id = held.run_id AND m.path_id = held.path_id
WHERE held.subject_id = ?1 AND NOT excluded
    AND change = 'created'
    AND (?2 = 0 OR NOT EXISTS (
        SELECT 1 FROM entry n WHERE n.path_id = m.path_id AND n.run_id = ?2
        UNION ALL
        SELECT 1 FROM upheld u WHERE u.path_id = m.path_id AND u.run_id = ?2))
    -- nor a folder that the other run has something in
    AND (?2 = 0 OR type <> 'dir' OR NOT EXISTS (
        SELECT 1 FROM path p CROSS JOIN entry n ON n.path_id = p.id AND n.run_id = ?2
        WHERE p.name > m.path || '/' AND p.name < m.path || '0' AND n.change IN ('created', 'modified')))
    -- what was there before under another name is not the run's to take out
    AND path NOT IN (
        SELECT p.name FROM entry h
        JOIN entry c ON c.run_id = h.run_id AND c.file = h.before_file AND c.path_id <> h.path_id
        JOIN path p ON p.id = c.path_id
        WHERE h.run_id = m.run_id AND h.before_file <> 0 AND h.change IS NOT NULL
            AND (h.change = 'removed' OR h.file <> h.before_file)
            AND c.change = 'created' AND c.mode & 61440 <> 16384)
    -- nor is a package manager's record: a script does not ask which packages are there
    AND NOT is_record(path)
ORDER BY type = 'dir', path DESC;

-- name: UNINSTALL_LIST_OF
-- The same of an install: ?1 is what life_created() says.
-- slow: what an install created is sorted
SELECT m.type, m.path, m.mode, m.uid, m.gid, m.size, m.mtime_ns, m.sha256, m.link_target, m.nlink_group, m.run_id
FROM json_each(?1) j CROSS JOIN manifest m ON m.run_id = j.value ->> 0 AND m.path_id = j.value ->> 1
WHERE NOT is_record(m.path)
ORDER BY m.type = 'dir', m.path DESC;

-- name: WAS_REMOVED
-- Is the last that a run did to a path that it took it away?
-- slow: what it did to one path is put in order
SELECT v.op IN (SELECT id FROM op WHERE name IN ('unlink', 'rmdir'))
    AND NOT EXISTS ( -- nor has a folder come there that may hold one of that name
        WITH RECURSIVE above (folder) AS (
            SELECT rtrim(rtrim(name, replace(name, '/', '')), '/') FROM path WHERE id = ?2
            UNION
            SELECT rtrim(rtrim(folder, replace(folder, '/', '')), '/') FROM above WHERE length(folder) > 1)
        SELECT 1 FROM above a CROSS JOIN path f ON f.name = a.folder
        CROSS JOIN event r ON r.path_id = f.id AND r.op = (SELECT id FROM op WHERE name = 'rename') AND r.seq > v.seq)
FROM event v CROSS JOIN exec x ON x.id = v.exec_id CROSS JOIN process p ON p.id = x.process_id
WHERE v.path_id = ?2 AND p.run_id = ?1
ORDER BY v.seq DESC LIMIT 1;

-- name: HIDE
-- All that was changed so far at and below a folder.
UPDATE entry SET hidden = 1 WHERE run_id = ?1 AND path_id IN (
    SELECT id FROM path WHERE name = ?2
    UNION ALL
    SELECT id FROM path WHERE name > ?2 || '/' AND name < ?2 || '0');

-- name: HAS_HIDDEN
SELECT 1 FROM path p CROSS JOIN entry e ON e.path_id = p.id AND e.run_id = ?1
WHERE e.hidden AND p.name >= ?2 AND p.name < ?2 || '0' AND (p.name = ?2 OR p.name > ?2 || '/') LIMIT 1;

-- name: TOUCHED_BY
SELECT 1 FROM entry WHERE path_id = ?1 AND run_id = ?2
UNION ALL
SELECT 1 FROM upheld WHERE path_id = ?1 AND run_id = ?2;

-- name: LEFT_BELOW
-- Something that a run left in a folder.
SELECT 1 FROM path p CROSS JOIN entry n ON n.path_id = p.id AND n.run_id = ?1
WHERE p.name > ?2 || '/' AND p.name < ?2 || '0' AND n.change IN ('created', 'modified') LIMIT 1;

-- name: DIFF
-- slow: two runs are laid side by side
WITH
a AS MATERIALIZED (
    SELECT m.* FROM holding h CROSS JOIN manifest m ON m.run_id = h.run_id AND m.path_id = h.path_id
    WHERE h.subject_id = ?1 AND change <> 'removed' AND (?3 OR NOT excluded)),
b AS MATERIALIZED (
    SELECT m.* FROM holding h CROSS JOIN manifest m ON m.run_id = h.run_id AND m.path_id = h.path_id
    WHERE h.subject_id = ?2 AND change <> 'removed' AND (?3 OR NOT excluded))
SELECT CASE WHEN b.path IS NULL THEN 'removed' WHEN a.path IS NULL THEN 'added' ELSE 'changed' END AS change,
    coalesce(b.type, a.type) AS type, coalesce(a.path, b.path) AS path,
    CASE WHEN a.path IS NULL OR b.path IS NULL THEN NULL ELSE
        ltrim(iif(a.type <> b.type, ',type', '') || iif(a.sha256 IS NOT b.sha256, ',content', '')
            || iif(a.link_target IS NOT b.link_target, ',target', '') || iif(a.mode <> b.mode, ',mode', '')
            || iif(a.rdev IS NOT b.rdev, ',device', '') || iif(a.uid <> b.uid, ',user', '')
            || iif(a.gid <> b.gid, ',group', ''), ',') END AS differs,
    a.size AS size_1, b.size AS size_2, a.sha256 AS sha256_1, b.sha256 AS sha256_2
FROM (SELECT path_id FROM a UNION SELECT path_id FROM b) n
LEFT JOIN a ON a.path_id = n.path_id LEFT JOIN b ON b.path_id = n.path_id
WHERE CASE
    -- passed by as up to date, or touched and no different
    WHEN b.path IS NULL AND EXISTS (
        SELECT 1 FROM member n CROSS JOIN upheld u ON u.run_id = n.run_id WHERE n.subject_id = ?2 AND u.path_id = a.path_id
        UNION ALL
        SELECT 1 FROM member n CROSS JOIN entry e ON e.run_id = n.run_id
        WHERE n.subject_id = ?2 AND e.path_id = a.path_id AND e.change IS NULL
        UNION ALL
        -- a later run of the same install may have found its line there already
        SELECT 1 FROM edited e JOIN run n ON n.install_id = e.install_id AND n.id > e.run_id
        WHERE n.id = ?2 AND e.run_id = a.run_id AND e.path_id = a.path_id)
        THEN 0
    -- a folder that one of them made and the other found, and has something in, went and came nowhere
    WHEN a.path IS NULL OR b.path IS NULL THEN coalesce(a.type, b.type) <> 'dir' OR NOT EXISTS (
        SELECT 1 FROM path p
        WHERE p.name > coalesce(a.path, b.path) || '/' AND p.name < coalesce(a.path, b.path) || '0' AND (
            EXISTS (
                SELECT 1 FROM member n CROSS JOIN entry e ON e.run_id = n.run_id AND e.path_id = p.id
                WHERE n.subject_id = iif(a.path IS NULL, ?1, ?2)
                    AND e.change IS NOT 'removed' AND e.mode IS NOT NULL AND (?3 OR NOT e.excluded))
            OR EXISTS (
                SELECT 1 FROM member n CROSS JOIN upheld u ON u.run_id = n.run_id AND u.path_id = p.id
                WHERE n.subject_id = iif(a.path IS NULL, ?1, ?2))))
    ELSE a.type <> b.type OR a.sha256 IS NOT b.sha256 OR a.link_target IS NOT b.link_target
        OR a.rdev IS NOT b.rdev OR a.mode <> b.mode OR a.uid <> b.uid OR a.gid <> b.gid
    END
ORDER BY 3;

-- What a run passed by

-- name: UPHELD_OPEN
-- The files that earlier runs of the same install left and this one did not touch.
-- slow: the words of the commands that came to a path are looked through
SELECT o.path_id, p.name, e.mode, e.size, e.sha256, e.target, EXISTS (
    SELECT 1 FROM exec x JOIN path q ON q.id = x.exe WHERE x.process_id = e.process_id AND q.name GLOB '*/ldconfig*'),
    r.version, n.version
FROM run n CROSS JOIN run r ON r.install_id = n.install_id AND r.id < n.id
CROSS JOIN owner o ON o.run_id = r.id
CROSS JOIN entry e ON e.run_id = o.run_id AND e.path_id = o.path_id
JOIN path p ON p.id = o.path_id
WHERE n.id = ?1 AND NOT o.folder AND NOT EXISTS (
    SELECT 1 FROM entry t WHERE t.run_id = n.id AND t.path_id = o.path_id
        AND NOT EXISTS (SELECT 1 FROM swept w WHERE w.run_id = t.run_id AND w.path_id = t.path_id)
    UNION ALL
    SELECT 1 FROM upheld u WHERE u.run_id = n.id AND u.path_id = o.path_id);

-- name: UPHELD_PLACES
-- The folders that its processes ran in; then the words that lead out of these.
-- slow: the places are put in this order
SELECT cwd, NULL FROM run WHERE id = ?1
UNION
SELECT c.name, NULL FROM process p JOIN exec x ON x.process_id = p.id JOIN path c ON c.id = x.cwd WHERE p.run_id = ?1
UNION
SELECT c.name, w.value
FROM process p JOIN exec x ON x.process_id = p.id JOIN path c ON c.id = x.cwd,
    json_each(iif(json_valid(x.argv), x.argv, '[]')) w
WHERE p.run_id = ?1 AND (w.value GLOB '/*' OR w.value GLOB '*../*' OR w.value = '..')
ORDER BY 2, 1;

-- name: UPHELD_MADE
SELECT 1 FROM path p CROSS JOIN entry e ON e.path_id = p.id AND e.run_id = ?1
WHERE p.name = ?2 AND e.change IN ('created', 'modified');

-- name: UPHELD_NEWER
-- Was it made by the run, or by one of its version before?
SELECT 1 FROM path p CROSS JOIN entry e ON e.path_id = p.id AND e.run_id = ?1
WHERE p.name = ?2 AND e.change IN ('created', 'modified')
UNION ALL
SELECT 1 FROM run n CROSS JOIN path p ON p.name = ?2 CROSS JOIN owner o ON o.path_id = p.id
JOIN run r ON r.id = o.run_id AND r.id < n.id AND r.install_id = n.install_id AND r.version = n.version
WHERE n.id = ?1;

-- name: UPHELD_AGAIN
-- The contents that it wrote again, and they were the same.
SELECT sha256 FROM entry
WHERE run_id = ?1 AND change = 'modified' AND content_changed = 0 AND sha256 IS NOT NULL
    AND (file <> before_file OR mtime <> before_mtime);

-- name: UPHELD_ADD
INSERT OR IGNORE INTO upheld (run_id, path_id) VALUES (?1, ?2);

-- name: UPHELD_STOOD
-- Of an earlier run's only.
INSERT OR IGNORE INTO upheld (run_id, path_id)
SELECT n.id, p.id
FROM run n JOIN path p ON p.name = ?2 JOIN owner o ON o.path_id = p.id JOIN run r ON r.id = o.run_id
WHERE n.id = ?1 AND r.install_id = n.install_id AND r.id < n.id;

-- name: UPHELD_DROP
DELETE FROM upheld WHERE run_id = ?1;

-- name: STALE
-- What older runs of the same install left and this one did not install again, nor pass by as up to date: files, then
-- folders, what is in a folder before it. Not older are other runs of the same version; of none where versions are not
-- known (all of them are older where ?2 says so). Only runs that installed into the same folders count: a `make`
-- leaves what no `make install` has. And nothing is where the run itself was taken back: what it had overwritten is there again.
-- Nor what is somebody else's, and was edited in place: a newer version that finds its line there leaves it alone.
-- slow: what runs left is laid side by side, and sorted
WITH
older (id, peer) AS MATERIALIZED ( -- peer: of the run's own version
    SELECT r.id, r.id = n.id OR ifnull(r.version = n.version, 0)
    FROM run n CROSS JOIN run r ON r.install_id = n.install_id AND r.kind IS NULL
    WHERE n.id = ?1 AND (r.id >= n.id OR ?2 OR r.version <> n.version OR r.version = n.version)
        AND (r.scene IS NULL OR r.id = n.id)),
found (run_id, path_id) AS (
    SELECT o.run_id, o.path_id FROM older r CROSS JOIN owner o ON o.run_id = r.id WHERE NOT r.peer AND NOT o.folder
    UNION ALL
    SELECT run_id, path_id FROM entry WHERE run_id = ?1 AND NOT ifnull(mode & 61440 = 16384 OR change = 'removed', 0)),
folder (run_id, name) AS MATERIALIZED (
    SELECT DISTINCT f.run_id, rtrim(p.name, replace(p.name, '/', '')) FROM found f JOIN path p ON p.id = f.path_id),
-- all that it has left may be in folders of its version: then a file that both came to tells
beside (run_id) AS MATERIALIZED (
    SELECT r.id FROM older r
    WHERE NOT r.peer AND r.id < ?1
        AND NOT EXISTS (SELECT 1 FROM entry t JOIN run u ON u.id = t.undone WHERE t.run_id = ?1 AND u.kind <> 'prune') AND (
        EXISTS (SELECT 1 FROM folder a JOIN folder b ON b.name = a.name WHERE a.run_id = r.id AND b.run_id = ?1)
        OR EXISTS (
            SELECT 1 FROM entry a CROSS JOIN entry b ON b.run_id = ?1 AND b.path_id = a.path_id
            WHERE a.run_id = r.id AND a.change <> 'removed' AND NOT a.excluded AND a.mode & 61440 <> 16384
                AND NOT b.excluded))),
rest (path_id, run_id, folder, name) AS MATERIALIZED (
    SELECT o.path_id, o.run_id, o.folder, p.name
    FROM beside r CROSS JOIN owner o ON o.run_id = r.run_id JOIN path p ON p.id = o.path_id
    WHERE NOT EXISTS (
            SELECT 1 FROM older n CROSS JOIN entry e ON e.run_id = n.id AND e.path_id = o.path_id
            WHERE n.peer AND n.id > o.run_id AND (e.change IS NULL OR NOT e.undone)
                AND NOT EXISTS (SELECT 1 FROM swept w WHERE w.run_id = e.run_id AND w.path_id = e.path_id))
        AND NOT EXISTS (
            SELECT 1 FROM older n CROSS JOIN upheld u ON u.run_id = n.id AND u.path_id = o.path_id
            WHERE n.peer AND n.id > o.run_id)
        AND (o.folder OR NOT EXISTS (SELECT 1 FROM edited e WHERE e.run_id = o.run_id AND e.path_id = o.path_id)))
SELECT m.type, m.path, m.mode, m.uid, m.gid, m.size, m.mtime_ns, m.sha256, m.link_target, m.nlink_group, m.run_id, s.path_id
FROM rest s CROSS JOIN manifest m ON m.run_id = s.run_id AND m.path_id = s.path_id
WHERE NOT (s.folder AND EXISTS (
        SELECT 1 FROM path p CROSS JOIN owner o ON o.path_id = p.id
        WHERE p.name > s.name || '/' AND p.name < s.name || '0' AND p.id NOT IN (SELECT path_id FROM rest)))
    -- what was there before under another name is not to be taken out
    AND (s.folder OR (s.run_id, (SELECT file FROM entry c WHERE c.run_id = s.run_id AND c.path_id = s.path_id)) NOT IN (
        SELECT h.run_id, h.before_file FROM older r CROSS JOIN entry h ON h.run_id = r.id
        WHERE h.before_file <> 0 AND h.change IS NOT NULL AND (h.change = 'removed' OR h.file <> h.before_file)
            AND NOT EXISTS ( -- what an older one of ours had put there
                SELECT 1 FROM older o CROSS JOIN entry c ON c.run_id = o.id AND c.path_id = h.path_id
                WHERE o.id < h.run_id AND c.change <> 'removed' AND c.ino = h.before_ino AND c.file <> c.before_file)))
ORDER BY m.type = 'dir', m.path DESC;

-- Owners

-- name: UP_TO_DATE
-- How many files of its install a run came to and left as they were.
SELECT count(*)
FROM run n CROSS JOIN entry e ON e.run_id = n.id AND e.change IS NULL AND NOT e.excluded
CROSS JOIN owner o ON o.path_id = e.path_id CROSS JOIN run r ON r.id = o.run_id
WHERE n.id = ?1 AND NOT o.folder AND r.install_id = n.install_id;

-- name: TAKEN
-- How many files of other installs a run changed or removed, of how many of these, and the name of one.
-- slow: the installs that had them are counted
SELECT count(*), count(DISTINCT i.id), min(i.name)
FROM run n CROSS JOIN entry e ON e.run_id = n.id
CROSS JOIN standing s ON s.path_id = e.path_id AND s.run_id = (
    SELECT max(run_id) FROM standing WHERE path_id = e.path_id AND run_id < n.id)
CROSS JOIN install i ON i.id = s.install_id
WHERE n.id = ?1 AND e.change IN ('modified', 'removed') AND NOT e.excluded AND NOT ifnull(e.content_changed = 0, 0)
    AND s.change <> 'removed' AND NOT s.folder AND s.install_id IS NOT n.install_id
    AND NOT is_common((SELECT name FROM path WHERE id = e.path_id));

-- name: INSTALLS
-- The state of one of which nothing that it put there is there any more is 'gone': somebody took it out by hand, or a
-- package manager did.
-- slow: all installs are listed
SELECT name, version, runs, files, bytes, first_at, last_at,
    -- what it only edited is no sign of it, neither of its being there nor of its having gone, nor where an
    -- uninstall has taken out all but that; and what a package manager writes down is none
    iif(state = 'installed' AND files AND ifnull((
        SELECT max(is_there(p.name)) FROM install i JOIN run r ON r.install_id = i.id CROSS JOIN owner o ON o.run_id = r.id
        JOIN path p ON p.id = o.path_id
        WHERE i.name = l.name AND NOT o.folder AND NOT is_record(p.name)
            AND NOT EXISTS (SELECT 1 FROM edited d WHERE d.run_id = o.run_id AND d.path_id = p.id)), NOT EXISTS (
        SELECT 1 FROM install i JOIN run r ON r.install_id = i.id CROSS JOIN entry e ON e.run_id = r.id
        JOIN run u ON u.id = e.undone
        WHERE i.name = l.name AND e.change = 'created' AND NOT e.excluded AND e.mode & 61440 <> 16384
            AND u.kind = 'uninstall' AND u.id > (
                SELECT max(w.run_id) FROM run n CROSS JOIN owner w ON w.run_id = n.id WHERE n.install_id = i.id))) = 0,
        'gone', state) AS state
FROM installs l WHERE ?1 IS NULL OR name = ?1 ORDER BY name;

-- name: OWNED_BY
-- slow: what an install, or a run, has now is sorted by path
SELECT o.*, is_there(o.path) AS there FROM member m CROSS JOIN owner w ON w.run_id = m.run_id CROSS JOIN path p ON p.id = w.path_id
CROSS JOIN owned o ON o.path = p.name
WHERE m.subject_id = ?1 ORDER BY o.path;

-- name: OWNED_BELOW
-- At and below a folder, "" for the root; between the two bounds stand siblings as `folder-x`, too.
SELECT o.* FROM path p CROSS JOIN owned o ON o.path = p.name
WHERE p.name >= ?1 AND p.name < ?1 || '0' AND (p.name = ?1 OR p.name > ?1 || '/')
ORDER BY p.name;

-- name: INSTALL_BY_NAME
SELECT id FROM install WHERE name = ?1
    AND EXISTS (SELECT 1 FROM run WHERE install_id = install.id AND scene IS NULL);

-- name: RUN_INSTALL
SELECT install_id FROM run WHERE id = ?1;

-- name: RUN_BY_VERSION
-- The newest; one that could not be executed only where there is no other.
-- slow: the runs of one install are few
SELECT r.id FROM run r JOIN install i ON i.id = r.install_id WHERE i.name = ?1 AND r.version = ?2
ORDER BY r.state <> 'complete'
    OR EXISTS (SELECT 1 FROM process p CROSS JOIN exec x ON x.process_id = p.id WHERE p.run_id = r.id) DESC, r.id DESC
LIMIT 1;

-- name: OWNS_ANY
SELECT EXISTS (
    SELECT 1 FROM run n CROSS JOIN run r ON r.install_id = n.install_id CROSS JOIN owner o ON o.run_id = r.id
    WHERE n.id = ?1);

-- name: OWNER_TAKE
-- What a run left, unless a newer one did.
INSERT INTO owner (path_id, run_id, folder, bytes, nlink_group)
SELECT path_id, run_id, folder, bytes, nlink_group FROM lasting WHERE run_id = ?1
ON CONFLICT DO UPDATE SET run_id = excluded.run_id, folder = excluded.folder, bytes = excluded.bytes,
    nlink_group = excluded.nlink_group
WHERE excluded.run_id >= run_id;

-- name: OWNER_REMOVED
DELETE FROM owner WHERE run_id <= ?1 AND path_id IN (
    SELECT path_id FROM standing WHERE run_id = ?1 AND change = 'removed');

-- name: OWNER_PASS_ON
-- All that a run has now goes to who had it before.
INSERT OR REPLACE INTO owner (path_id, run_id, folder, bytes, nlink_group)
SELECT s.path_id, s.run_id, s.folder, s.bytes, s.nlink_group
FROM owner o CROSS JOIN lasting s ON s.path_id = o.path_id AND s.run_id = (
    SELECT max(run_id) FROM claim WHERE path_id = o.path_id AND run_id <> ?1)
WHERE o.run_id = ?1;

-- name: OWNER_DROP
DELETE FROM owner WHERE run_id = ?1;

-- name: ENTRY_UNDONE
UPDATE entry SET undone = ?3
WHERE path_id = ?1 AND run_id IN (SELECT run_id FROM member WHERE subject_id = ?2) AND NOT undone;

-- name: ENTRY_GIVE_UP
-- What somebody else has by now, or took away, was not taken back, and is not to come back when that one goes. What a
-- run changed, or removed, its uninstall leaves alone.
UPDATE entry SET undone = ?2
WHERE run_id IN (SELECT run_id FROM member WHERE subject_id = ?1) AND change IS NOT NULL AND NOT undone
    AND (?1 < 0 OR change = 'created') AND NOT EXISTS (
    SELECT 1 FROM owner o WHERE o.path_id = entry.path_id
        AND o.run_id IN (SELECT run_id FROM member WHERE subject_id = ?1)
    UNION ALL
    SELECT 1 FROM handed h WHERE h.run_id = entry.run_id AND h.path_id = entry.path_id);

-- name: OWNER_DROP_PATH
DELETE FROM owner WHERE path_id = ?1;

-- name: OWNER_OF_PATH
INSERT INTO owner (path_id, run_id, folder, bytes, nlink_group)
SELECT path_id, run_id, folder, bytes, nlink_group FROM lasting
WHERE path_id = ?1 AND run_id = (SELECT max(run_id) FROM claim WHERE path_id = ?1);

-- name: HAND_CLEAR
DELETE FROM hand;

-- name: HAND_FILES
-- slow: the numbers of both runs are put together, once
INSERT OR REPLACE INTO hand (what, run_id, file, value, path_id, size, mtime)
SELECT 'left', run_id, file, sha256, path_id, size, mtime FROM found_left WHERE finder = ?1 AND same AND file <> 0
UNION ALL -- by another name; what stands below counts more
SELECT 'number', s.run_id, s.other_before_file, max(s.before_file), NULL, NULL, NULL
FROM (SELECT DISTINCT run_id FROM found_undone WHERE of_run = ?1) f CROSS JOIN same_file s ON s.run_id = f.run_id
WHERE s.other_run = ?1 AND s.run_id > ?1 AND s.other_nlink > s.before_nlink AND s.before_file <> 0 AND s.other_before_file <> 0
GROUP BY s.run_id, s.other_before_file
UNION ALL -- by what it had left alone
SELECT 'number', m.run_id, n.before_file, max(m.before_file), NULL, NULL, NULL
FROM entry n CROSS JOIN entry m ON m.path_id = n.path_id AND m.run_id > n.run_id
WHERE n.run_id = ?1 AND n.change IS NULL AND n.before_file <> 0 AND m.before_file <> 0
    AND m.before_ino = n.before_ino AND m.before_dev = n.before_dev GROUP BY m.run_id, n.before_file
UNION ALL
SELECT 'number', f.run_id, n.file, max(m.before_file), NULL, NULL, NULL
FROM found_undone f CROSS JOIN entry n ON n.run_id = f.of_run AND n.path_id = f.path_id
CROSS JOIN entry m ON m.run_id = f.run_id AND m.path_id = f.path_id
WHERE f.of_run = ?1 AND n.file <> 0 AND m.before_file <> 0 GROUP BY f.run_id, n.file
UNION ALL
SELECT 'since', f.run_id, m.before_file, min(ifnull(n.since, r.started_ns)), NULL, NULL, NULL
FROM found_undone f CROSS JOIN entry n ON n.run_id = f.of_run AND n.path_id = f.path_id
CROSS JOIN run r ON r.id = n.run_id CROSS JOIN entry m ON m.run_id = f.run_id AND m.path_id = f.path_id
WHERE f.of_run = ?1 AND m.before_file <> 0 GROUP BY f.run_id, m.before_file;

-- name: HAND_TOPS
-- slow: the highest number of an heir is looked for, once
-- Of a file that an heir has no number for, it gets one above.
INSERT INTO hand (what, run_id, file, value)
SELECT 'top', f.run_id, 0, max(ifnull((SELECT max(max(e.file), max(e.before_file)) FROM entry e WHERE e.run_id = f.run_id), 0),
    ifnull((SELECT max(a.file) FROM alias a WHERE a.run_id = f.run_id), 0))
FROM (SELECT DISTINCT run_id FROM found_undone WHERE of_run = ?1) f;

-- name: HAND_CARRIED_ON
-- slow: the heirs of both places are asked for, once
-- What the forgotten run had carried elsewhere, and others have built upon, home again or not: the first of them is the
-- one that carried it from now on ('home', 'place': at which path, by its entry of which other), and what the next one
-- found was what that one had left ('found').
INSERT OR REPLACE INTO hand (what, run_id, file, value, path_id)
WITH
heir (path_id, run_id) AS (
    SELECT f.path_id, f.run_id FROM found_undone f JOIN run r ON r.id = f.run_id WHERE f.of_run = ?1 AND r.kind IS NULL),
lost (path_id, home_id, run_id, home_run) AS MATERIALIZED (
    SELECT s.path_id, s.home_id, (SELECT h.run_id FROM heir h WHERE h.path_id = s.path_id),
        (SELECT h.run_id FROM heir h WHERE h.path_id = s.home_id)
    FROM carried s WHERE s.run_id = ?1),
carrier (what, run_id, path_id, other_id, next_run) AS MATERIALIZED (
    SELECT 'home', run_id, home_id, path_id, home_run FROM lost WHERE run_id < ifnull(home_run, run_id + 1)
    UNION ALL
    SELECT 'place', home_run, path_id, home_id, run_id FROM lost WHERE home_run < ifnull(run_id, home_run + 1))
SELECT what, run_id, path_id, NULL, other_id FROM carrier c
WHERE NOT EXISTS (SELECT 1 FROM entry x WHERE x.run_id = c.run_id AND x.path_id = c.path_id AND x.change IS NOT NULL)
UNION ALL
SELECT 'found', next_run, path_id, NULL, NULL FROM carrier c
WHERE next_run IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM entry x WHERE x.run_id = c.run_id AND x.path_id = c.path_id AND x.change IS NOT NULL);

-- name: HAND_HOME
-- Who changed it where it is has taken it from its home: what is not known of it there is known of it here.
INSERT OR REPLACE INTO entry (run_id, path_id, excluded, late, change, file, before_file, since, keep, before_mode,
    before_uid, before_gid, before_size, before_mtime, before_ctime, before_dev, before_ino, before_nlink, before_rdev, before_target,
    before_sha256, before_xattrs)
SELECT c.run_id, h.path_id, h.excluded, h.late, 'removed', 0, m.before_file, ifnull(h.since, r.started_ns),
    iif(h.keep = 0 AND m.keep = 1 AND m.before_sha256 IS NOT NULL AND m.before_size = h.before_size
        AND m.before_mtime = h.before_mtime, 1, h.keep),
    h.before_mode, h.before_uid, h.before_gid, h.before_size, h.before_mtime, h.before_ctime, h.before_dev, h.before_ino,
    h.before_nlink, h.before_rdev, ifnull(h.before_target, m.before_target),
    ifnull(h.before_sha256,
        iif(m.before_size = h.before_size AND m.before_mtime = h.before_mtime, m.before_sha256, NULL)),
    ifnull(h.before_xattrs, n.xattrs)
FROM hand c CROSS JOIN entry h ON h.run_id = ?1 AND h.path_id = c.file
CROSS JOIN entry n ON n.run_id = ?1 AND n.path_id = c.path_id
CROSS JOIN entry m ON m.run_id = c.run_id AND m.path_id = c.path_id JOIN run r ON r.id = ?1
WHERE c.what = 'home';

-- name: HAND_PLACE_LEFT
-- Who has built upon its home has carried it to where it is; what was given up there is so still.
INSERT OR REPLACE INTO entry (run_id, path_id, change, excluded, late, hidden, keep, content_changed, attributes_only,
    undone, file, before_file, since, before_mode, before_uid, before_gid, before_size, before_mtime, before_ctime, before_dev,
    before_ino, before_nlink, before_rdev, before_target, before_sha256, before_xattrs,
    mode, uid, gid, size, mtime, dev, ino, rdev, target, sha256, xattrs)
SELECT c.run_id, n.path_id, n.change, n.excluded, n.late, n.hidden, n.keep, n.content_changed, n.attributes_only, n.undone,
    ifnull(k.value, t.value + n.file), iif(n.before_file = 0, 0, ifnull(b.value, t.value + n.before_file)),
    ifnull(n.since, r.started_ns), n.before_mode, n.before_uid, n.before_gid, n.before_size, n.before_mtime, n.before_ctime,
    n.before_dev, n.before_ino, n.before_nlink, n.before_rdev, n.before_target, n.before_sha256, n.before_xattrs,
    n.mode, n.uid, n.gid, n.size, n.mtime, n.dev, n.ino, n.rdev, n.target, n.sha256, n.xattrs
FROM hand c CROSS JOIN entry n ON n.run_id = ?1 AND n.path_id = c.file
CROSS JOIN hand t ON t.what = 'top' AND t.run_id = c.run_id AND t.file = 0 JOIN run r ON r.id = ?1
LEFT JOIN hand k ON k.what = 'number' AND k.run_id = c.run_id AND k.file = n.file
LEFT JOIN hand b ON b.what = 'number' AND b.run_id = c.run_id AND b.file = n.before_file
WHERE c.what = 'place';

-- name: HAND_ALIASES
-- slow: they are few
-- Both are names of that file, by the number that its carrier has for it.
INSERT OR IGNORE INTO alias (run_id, file, path_id)
SELECT e.run_id, iif(c.what = 'home', e.before_file, e.file), iif(i.value, c.file, c.path_id)
FROM hand c CROSS JOIN entry e ON e.run_id = c.run_id AND e.path_id = c.file CROSS JOIN json_each('[0, 1]') i
WHERE c.what IN ('home', 'place');

-- name: HAND_KEPT_OF_THEM
-- What was kept of them is the carrier's, too.
INSERT OR IGNORE INTO original (run_id, file, keep, sha256)
SELECT c.run_id, -c.file, n.keep, n.before_sha256
FROM hand c CROSS JOIN entry n ON n.run_id = ?1 AND n.path_id = c.file
WHERE c.what IN ('home', 'place') AND n.keep = 1 AND n.before_sha256 IS NOT NULL;

-- name: HAND_KEPT
-- What a run only carried elsewhere, or left the content of as it was, it did not keep; the run to be forgotten did, for
-- both.
INSERT INTO original (run_id, file, keep, sha256)
SELECT e.run_id, e.before_file, 1, h.value
FROM entry e CROSS JOIN hand h ON h.what = 'left' AND h.run_id = e.run_id AND h.file = e.before_file
WHERE e.run_id IN (SELECT DISTINCT run_id FROM hand WHERE what = 'left')
    AND e.keep = 0 AND e.before_sha256 IS NULL AND e.before_mode & 61440 = 32768
    AND (e.path_id = h.path_id AND e.content_changed = 0 OR e.before_size = h.size AND e.before_mtime = h.mtime)
ON CONFLICT DO UPDATE SET keep = 1, sha256 = excluded.sha256 WHERE keep = 0;

-- name: HAND_PLACE
-- It belongs to every path at which the file stood before, as ever.
UPDATE entry SET keep = 1, before_sha256 = o.sha256
FROM original o
WHERE entry.run_id IN (SELECT DISTINCT run_id FROM hand WHERE what = 'left') AND o.run_id = entry.run_id
    AND o.file = entry.before_file AND o.keep = 1 AND entry.keep = 0 AND entry.before_mode & 61440 = 32768;

-- name: HAND_LEFT
-- What was left there is known by its content, too: an undo may have made it anew.
UPDATE entry SET sha256 = g.sha256
FROM found_left g
WHERE g.finder = ?1 AND entry.run_id = g.run_id AND entry.path_id = g.path_id AND entry.sha256 IS NULL;

-- name: HAND_HEIRS
-- slow: the runs that followed are put together
-- The runs that found, somewhere, what was taken back since.
SELECT DISTINCT run_id FROM found_undone WHERE of_run = ?1;

-- name: HAND_ORIGINALS
-- What it found there had been kept, perhaps; as of a file that the heir has no number for.
INSERT OR IGNORE INTO original (run_id, file, keep, sha256)
SELECT f.run_id, -f.path_id, n.keep, n.before_sha256
FROM found_undone f CROSS JOIN entry n ON n.run_id = f.of_run AND n.path_id = f.path_id
WHERE f.of_run = ?1 AND n.keep = 1 AND n.before_sha256 IS NOT NULL;

-- name: HAND_SINCE
-- What an heir carried elsewhere is as old as where it found it.
UPDATE entry SET since = h.value
FROM hand h
WHERE entry.run_id IN (SELECT DISTINCT run_id FROM hand WHERE what = 'since')
    AND h.what = 'since' AND h.run_id = entry.run_id AND h.file = entry.file;

-- name: HAND_FOUND
-- What came of a change that was taken back is from now on what came of that which it had found.
UPDATE entry SET
    before_file = iif(n.before_file = 0, 0, ifnull(k.value, h.value + n.before_file)),
    since = ifnull(n.since, r.started_ns),
    -- what was left as it was then the heir has kept
    keep = iif(n.content_changed = 0 AND n.keep = 0, entry.keep, n.keep), late = n.late, before_mode = n.before_mode,
    before_uid = n.before_uid, before_gid = n.before_gid, before_size = n.before_size, before_mtime = n.before_mtime,
    before_ctime = n.before_ctime, before_dev = n.before_dev, before_ino = n.before_ino, before_nlink = n.before_nlink,
    before_rdev = n.before_rdev, before_target = n.before_target,
    before_sha256 = ifnull(n.before_sha256, iif(n.content_changed = 0, entry.before_sha256, NULL)),
    before_xattrs = n.before_xattrs,
    content_changed = iif(n.content_changed = 0 AND entry.content_changed = 0, 0, n.before_sha256 <> entry.sha256),
    attributes_only = n.attributes_only AND entry.attributes_only,
    change = CASE WHEN entry.mode IS NULL THEN iif(n.before_mode IS NULL, NULL, 'removed')
        WHEN n.before_mode IS NULL THEN 'created' ELSE 'modified' END
FROM found_undone f CROSS JOIN hand h ON h.what = 'top' AND h.run_id = f.run_id AND h.file = 0
CROSS JOIN entry n ON n.run_id = f.of_run AND n.path_id = f.path_id CROSS JOIN run r ON r.id = n.run_id
LEFT JOIN hand k ON k.what = 'number' AND k.run_id = f.run_id AND k.file = n.before_file
WHERE f.of_run = ?1 AND entry.run_id = f.run_id AND entry.path_id = f.path_id
    AND NOT EXISTS (SELECT 1 FROM hand s WHERE s.what = 'found' AND s.run_id = f.run_id AND s.file = f.path_id);

-- name: HAND_LINKS
-- slow: the names of one file are put together, once
-- The names that an heir took of a file, and those of the forgotten run, are from now on those of one that found them all.
UPDATE entry SET before_nlink = l.nlink
FROM (
    SELECT s.run_id, s.path_id, max(s.other_nlink) AS nlink
    FROM (SELECT DISTINCT run_id FROM found_undone WHERE of_run = ?1) f CROSS JOIN same_file s ON s.run_id = f.run_id
    WHERE s.other_run = ?1 GROUP BY s.run_id, s.path_id) l
WHERE entry.run_id = l.run_id AND entry.path_id = l.path_id AND entry.before_nlink < l.nlink;

-- name: HAND_NAMES
-- slow: who found another name of a file is looked for among all that was found
-- A name that came back (CAME_BACK) stays on record with those that found the file under another one.
INSERT OR IGNORE INTO entry (run_id, path_id, excluded, late, before_file, before_mode, before_uid, before_gid, before_size,
    before_mtime, before_ctime, before_dev, before_ino, before_nlink, before_rdev, undone)
SELECT s.run_id, n.path_id, 0, n.late, s.before_file, n.before_mode, n.before_uid, n.before_gid, n.before_size,
    n.before_mtime, n.before_ctime, n.before_dev, n.before_ino, n.before_nlink, n.before_rdev, n.undone
FROM same_file s CROSS JOIN entry n ON n.run_id = s.other_run AND n.path_id = s.other_path
WHERE s.other_run = ?1 AND s.run_id <> ?1 AND s.change IS NOT NULL AND NOT s.undone AND s.before_file <> 0;

-- name: HAND_SEEN
-- What others only came to at a path, as the home of what they gave another name, was made or written by the forgotten
-- run, and was taken back: there it is a copy from now on (LINKED_FROM).
UPDATE entry SET undone = -n.undone
FROM entry n
WHERE n.run_id = ?1 AND n.undone > 0 AND n.change IS NOT NULL AND n.change <> 'removed' AND n.mode & 61440 <> 16384
    AND entry.path_id = n.path_id AND entry.run_id > n.run_id AND entry.change IS NULL AND NOT entry.undone
    AND entry.before_ino = n.ino AND entry.before_mode & 61440 = n.mode & 61440
    AND entry.before_size IS n.size AND entry.before_mtime IS n.mtime
    AND iif(n.file = n.before_file, n.content_changed = 1 OR n.mtime <> n.before_mtime,
        NOT EXISTS (SELECT 1 FROM brought b WHERE b.run_id = n.run_id AND b.file = n.file));

-- name: FORGET_UNDOS
-- slow: what an undo took back is looked for among all that was
-- The undos of what a run did, and of nothing else.
SELECT u.id FROM run u
WHERE u.kind IN ('rollback', 'uninstall', 'prune')
    AND (u.of_run = ?1 OR EXISTS (SELECT 1 FROM entry e WHERE e.run_id = ?1 AND e.undone = u.id))
    AND NOT EXISTS (
        SELECT 1 FROM entry o WHERE o.undone = u.id AND o.undone > 0 AND o.change IS NOT NULL AND o.run_id <> ?1);

-- name: MOUNTED_DROP
DELETE FROM mounted WHERE run_id = ?1;

-- name: FORGET_PART
-- The commit that put it in its place, with others.
UPDATE run SET lacks = ifnull(lacks, 0) + 1
WHERE kind = 'commit' AND state = 'complete' AND id > ?1 AND EXISTS (
    SELECT 1 FROM run r WHERE r.id = ?1 AND r.kind IS NULL AND (run.of_run = r.id OR run.settled_ns = r.settled_ns));

-- name: FORGET_COMMIT
-- The commit that put it, and nothing else that is on record, in its place.
SELECT c.id FROM run r CROSS JOIN run c ON c.id > r.id
WHERE r.id = ?1 AND r.kind IS NULL AND c.kind = 'commit' AND c.state = 'complete'
    AND (c.of_run = r.id OR c.settled_ns = r.settled_ns)
    AND NOT EXISTS (
        SELECT 1 FROM run o WHERE o.id < c.id AND o.id <> r.id AND o.kind IS NULL
            AND (o.id = c.of_run OR o.settled_ns = c.settled_ns));

-- name: UNDID
-- slow: what an undo took back is looked for among all that was
-- A run on record that an undo took back.
SELECT run_id FROM entry WHERE undone = ?1 AND undone > 0 AND change IS NOT NULL LIMIT 1;

-- name: FORGET_LOSES
-- At how many paths a later run of the same install builds upon what this one did.
SELECT count(*) FROM run r CROSS JOIN entry e ON e.run_id = r.id CROSS JOIN owner o ON o.path_id = e.path_id
WHERE r.id = ?1 AND e.change IS NOT NULL AND NOT e.undone AND NOT e.excluded AND o.run_id > r.id
    AND r.install_id = (SELECT install_id FROM run WHERE id = o.run_id)
    AND NOT EXISTS (SELECT 1 FROM found_undone f WHERE f.of_run = ?1 AND f.path_id = e.path_id);

-- name: FORGET_INSTALL
DELETE FROM install WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM run WHERE install_id = ?1);

-- name: FORGET_EVENTS
DELETE FROM event WHERE exec_id IN (
    SELECT x.id FROM process p JOIN exec x ON x.process_id = p.id WHERE p.run_id = ?1);

-- name: FORGET_EXECS
DELETE FROM exec WHERE process_id IN (SELECT id FROM process WHERE run_id = ?1);

-- name: FORGET_PROCESSES
DELETE FROM process WHERE run_id = ?1;

-- name: FORGET_ENTRIES
DELETE FROM entry WHERE run_id = ?1;

-- name: FORGET_ALIASES
DELETE FROM alias WHERE run_id = ?1;

-- name: FORGET_ORIGINALS
DELETE FROM original WHERE run_id = ?1;

-- name: SWEEP_ADD
-- The store has what nobody names: whoever opens the database next takes it away.
INSERT OR IGNORE INTO chore (name) VALUES ('sweep');

-- name: SWEEP_DUE
SELECT 1 FROM chore WHERE name = 'sweep';

-- name: SWEEP_DONE
DELETE FROM chore WHERE name = 'sweep';

-- name: RUN_UNSETTLED
SELECT 1 FROM run WHERE id = ?1 AND (state = 'running' OR settled_ns IS NULL);

-- name: CHANGED_NAMES
-- And did it make a folder there? Of one that was not held against the disk yet all that it touched.
SELECT p.name, ifnull(e.change = 'created' AND e.mode & 61440 = 16384, 0)
FROM entry e CROSS JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND NOT e.excluded AND NOT e.hidden
    AND (e.change IS NOT NULL OR (SELECT settled_ns FROM run WHERE id = ?1) IS NULL);

-- name: CHANGED_STANDS
-- Of what it left on a file system, is there a file that stands there as it was left?
SELECT 1 FROM entry e CROSS JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.change <> 'removed' AND e.mode & 61440 = 32768 AND NOT e.excluded AND NOT e.hidden
    AND p.name > ?2 || '/' AND p.name < ?2 || '0' AND is_like(p.name, e.mode, e.size, e.mtime)
    AND NOT EXISTS (SELECT 1 FROM mounted d WHERE d.run_id = ?1 AND length(d.point) > length(?2)
        AND p.name > d.point || '/' AND p.name < d.point || '0')
LIMIT 1;

-- name: RUN_CHANGED
-- Is there anything to be taken back?
SELECT 1 FROM entry WHERE run_id = ?1 AND NOT excluded AND NOT undone
    AND (change IS NOT NULL OR (SELECT settled_ns FROM run WHERE id = ?1) IS NULL) LIMIT 1;

-- name: RUN_WHERE
SELECT root, place, ids FROM run WHERE id = ?1;

-- name: MOUNTED_ADD
INSERT OR REPLACE INTO mounted (run_id, point, fs) VALUES (?1, ?2, nullif(?3, ''));

-- name: MOUNTED_UNUSED
DELETE FROM mounted WHERE run_id = ?1 AND point = ?2;

-- name: MOUNTED
-- And was it in this boot (?2)?
SELECT d.point, d.fs, instr(r.recorder, ?2) > 0 FROM mounted d CROSS JOIN run r ON r.id = d.run_id
WHERE d.run_id = ?1 ORDER BY d.point;

-- name: MOUNTED_KNOWN
SELECT 1 FROM mounted WHERE run_id = ?1 AND point = ?2;

-- name: OBJECT_WANTED
SELECT 1 FROM original WHERE sha256 = ?1;

-- Commit

-- name: COMMIT_RUNS
-- Those that have one scene with a run, from old to new.
SELECT id, state FROM run WHERE scene = (SELECT scene FROM run WHERE id = ?1) ORDER BY id;

-- name: COMMIT_ENTRIES
-- As ENTRIES, but all that the run changed, excluded or not; and what it left as it was, and gave another name.
SELECT e.path_id, p.name, e.change, e.excluded, e.late, e.hidden, e.content_changed, e.keep, e.file, e.before_file, 0,
    e.before_mode, e.before_uid, e.before_gid, e.before_size, e.before_mtime, e.before_ctime, e.before_dev,
    e.before_ino, e.before_nlink, e.before_rdev, e.before_sha256, e.before_target, e.before_xattrs,
    e.mode, e.uid, e.gid, e.size, e.mtime, NULL, e.dev, e.ino, NULL, e.rdev, e.sha256, e.target, e.xattrs, e.since
FROM entry e JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.change IS NOT NULL
UNION ALL
SELECT e.path_id, p.name, e.change, e.excluded, 0, e.hidden, 0, 0, e.before_file, e.before_file, 0,
    e.before_mode, e.before_uid, e.before_gid, e.before_size, e.before_mtime, e.before_ctime, e.before_dev,
    e.before_ino, e.before_nlink, e.before_rdev, e.before_sha256, e.before_target, e.before_xattrs,
    e.before_mode, e.before_uid, e.before_gid, e.before_size, e.before_mtime, NULL, e.before_dev, e.before_ino, NULL,
    e.before_rdev, e.before_sha256, e.before_target, e.before_xattrs, NULL
FROM entry e JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.change IS NULL AND e.before_file <> 0 AND e.before_mode & 61440 <> 16384
    AND e.before_file IN (SELECT c.file FROM entry c WHERE c.run_id = ?1 AND c.change <> 'removed');

-- name: COMMIT_TIMES
-- Folders that have another time, perhaps: a command came to them, or to a name in them.
SELECT p.name FROM entry e JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.change IS NULL AND e.before_mode & 61440 = 16384
UNION
SELECT rtrim(rtrim(p.name, replace(p.name, '/', '')), '/') FROM entry e JOIN path p ON p.id = e.path_id WHERE e.run_id = ?1;

-- name: COMMIT_FOLDERS
-- Folders of which nothing has another value, but the time, perhaps; and that time as it was.
SELECT p.name, e.before_mode, e.before_uid, e.before_gid, e.before_size, e.before_mtime, e.before_ctime, e.before_dev,
    e.before_ino, e.before_nlink, e.before_rdev
FROM entry e JOIN path p ON p.id = e.path_id
WHERE e.run_id = ?1 AND e.change IS NULL AND e.before_mode & 61440 = 16384;

-- name: COMMIT_OPEN
-- A commit of one of the runs that have a scene with this one, that did not come to its end.
SELECT max(c.id) FROM run c
WHERE c.of_run IN (SELECT id FROM run WHERE scene = (SELECT scene FROM run WHERE id = ?1))
    AND c.kind = 'commit' AND c.state <> 'complete';

-- name: COMMIT_OF
-- The commit that put a run in its place, with the others of its scene perhaps.
SELECT max(c.id) FROM run r CROSS JOIN run c ON c.id > r.id
WHERE r.id = ?1 AND c.kind = 'commit' AND c.state = 'complete' AND (c.of_run = r.id OR c.settled_ns = r.settled_ns);

-- name: COMMIT_PARTS
-- The runs that a commit which came to its end put in their place, from old to new: they were settled by it.
SELECT r.id FROM run c CROSS JOIN run r ON r.id < c.id
WHERE c.id = ?1 AND c.kind = 'commit' AND c.state = 'complete'
    AND (r.id = c.of_run OR (r.kind IS NULL AND r.settled_ns = c.settled_ns))
ORDER BY r.id;

-- name: COMMIT_LACKS
-- Is a run a commit of which nothing can be taken back, or not all: what it put in its place is forgotten.
SELECT 1 FROM run c
WHERE c.id = ?1 AND c.kind = 'commit' AND c.state = 'complete' AND (c.lacks > 0 OR NOT EXISTS (
    SELECT 1 FROM run r WHERE r.id < c.id AND (r.id = c.of_run OR (r.kind IS NULL AND r.settled_ns = c.settled_ns))));

-- name: RUN_STANDS
SELECT 1 FROM standing WHERE run_id = ?1 LIMIT 1;

-- name: COMMIT_TAKEN_BACK
-- Was a commit taken back, to the end? What was changed since may have been kept.
SELECT 1 FROM run WHERE of_run = ?1 AND kind = 'rollback' AND state = 'complete'
    AND NOT EXISTS (SELECT 1 FROM entry WHERE run_id = ?1 AND change IS NOT NULL AND NOT undone)
LIMIT 1;

-- name: COMMIT_FILES
-- Of the runs of a scene, what each found and left is the file that the commit (?2) has made of it: in layers it had
-- another number. They give none twice; by another run's number for a file system it may be known at the same path.
-- slow: all that the runs changed is looked at
UPDATE entry SET before_dev = x.before_dev, before_ino = x.before_ino, dev = x.dev, ino = x.ino
FROM (
    WITH part (run_id) AS MATERIALIZED (SELECT id FROM run WHERE scene = (SELECT scene FROM run WHERE id = ?1)),
    made (path_id, dev, ino) AS (
        SELECT path_id, dev, ino FROM entry WHERE run_id = ?2 AND change <> 'removed'
        UNION ALL
        SELECT path_id, before_dev, before_ino FROM entry WHERE run_id = ?2 AND change IS NULL AND before_mode IS NOT NULL),
    known (path_id, layer_dev, layer_ino, dev, ino) AS MATERIALIZED (
        SELECT l.path_id, l.dev, l.ino, m.dev, m.ino
        FROM made m CROSS JOIN part p CROSS JOIN entry l ON l.run_id = p.run_id AND l.path_id = m.path_id
        WHERE l.change <> 'removed' AND l.run_id = (
            SELECT max(o.run_id) FROM part q CROSS JOIN entry o ON o.run_id = q.run_id AND o.path_id = m.path_id
            WHERE o.change IS NOT NULL))
    SELECT e.run_id, e.path_id, ifnull(b.dev, e.before_dev) AS before_dev, ifnull(b.ino, e.before_ino) AS before_ino,
        ifnull(a.dev, e.dev) AS dev, ifnull(a.ino, e.ino) AS ino
    FROM part p CROSS JOIN entry e ON e.run_id = p.run_id
    LEFT JOIN known b ON b.layer_ino = e.before_ino AND (b.layer_dev = e.before_dev OR b.path_id = e.path_id)
    LEFT JOIN known a ON a.layer_ino = e.ino AND (a.layer_dev = e.dev OR a.path_id = e.path_id)
    WHERE e.change IS NOT NULL AND (a.ino IS NOT NULL OR b.ino IS NOT NULL)) x
WHERE entry.run_id = x.run_id AND entry.path_id = x.path_id;

-- name: COMMIT_BEFORES
-- What the commit (?2) found stood before the first run of the scene that changed the path. By force it may have found a
-- file that the run has no number for.
UPDATE entry SET late = 0,
    before_file = iif(entry.before_file = 0 AND c.before_mode IS NOT NULL,
        c.before_file + (SELECT max(max(file, before_file)) FROM entry WHERE run_id = ?1), entry.before_file),
    keep = c.keep, before_mode = c.before_mode, before_uid = c.before_uid, before_gid = c.before_gid,
    before_size = c.before_size, before_mtime = c.before_mtime, before_ctime = c.before_ctime, before_dev = c.before_dev,
    before_ino = c.before_ino, before_nlink = c.before_nlink, before_rdev = c.before_rdev, before_sha256 = c.before_sha256,
    before_target = c.before_target, before_xattrs = c.before_xattrs
FROM entry c
WHERE entry.run_id = ?1 AND entry.change IS NOT NULL AND c.run_id = ?2 AND c.path_id = entry.path_id AND NOT EXISTS (
    SELECT 1 FROM run r CROSS JOIN entry o ON o.run_id = r.id AND o.path_id = entry.path_id
    WHERE r.scene = (SELECT scene FROM run WHERE id = ?1) AND r.id < ?1 AND o.change IS NOT NULL);

-- name: COMMIT_AFTERS
-- What it left stands there after the last one: what it found, where that came to be the same.
UPDATE entry SET mode = c.mode, uid = c.uid, gid = c.gid, size = c.size, mtime = c.mtime, dev = c.dev, ino = c.ino,
    rdev = c.rdev, sha256 = ifnull(c.sha256, entry.sha256), target = ifnull(c.target, entry.target),
    xattrs = ifnull(c.xattrs, entry.xattrs)
FROM (
    SELECT run_id, path_id, mode, uid, gid, size, mtime, dev, ino, rdev, sha256, target, xattrs FROM entry
    WHERE run_id = ?2 AND change <> 'removed'
    UNION ALL
    SELECT run_id, path_id, before_mode, before_uid, before_gid, before_size, before_mtime, before_dev, before_ino,
        before_rdev, before_sha256, before_target, before_xattrs FROM entry
    WHERE run_id = ?2 AND change IS NULL AND before_mode IS NOT NULL
) c
WHERE entry.run_id = ?1 AND entry.change <> 'removed' AND c.path_id = entry.path_id AND NOT EXISTS (
    SELECT 1 FROM run r CROSS JOIN entry o ON o.run_id = r.id AND o.path_id = entry.path_id
    WHERE r.scene = (SELECT scene FROM run WHERE id = ?1) AND r.id > ?1 AND o.change IS NOT NULL);

-- name: COMMIT_CHANGES
-- Of a path that one run only has changed: by force, it may have found something else than it thought.
UPDATE entry SET change = c.change, content_changed = ifnull(c.content_changed, entry.content_changed),
    attributes_only = c.attributes_only
FROM entry c
WHERE entry.run_id = ?1 AND entry.change IS NOT NULL AND c.run_id = ?2 AND c.path_id = entry.path_id
    AND c.change IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM run r CROSS JOIN entry o ON o.run_id = r.id AND o.path_id = entry.path_id
        WHERE r.scene = (SELECT scene FROM run WHERE id = ?1) AND r.id <> ?1 AND o.change IS NOT NULL);

-- name: COMMIT_ORIGINALS
-- By the run's own numbers for files.
INSERT INTO original (run_id, file, keep, sha256, target, xattrs)
SELECT e.run_id, e.before_file, e.keep, e.before_sha256, e.before_target, e.before_xattrs FROM entry e
WHERE e.run_id = ?1 AND e.before_file <> 0 AND e.before_mode IS NOT NULL AND EXISTS (
    SELECT 1 FROM entry c WHERE c.run_id = ?2 AND c.path_id = e.path_id AND c.before_mode IS NOT NULL)
ON CONFLICT DO UPDATE SET
    keep = iif(excluded.keep = 1, 1, keep), sha256 = ifnull(excluded.sha256, sha256),
    target = ifnull(excluded.target, target), xattrs = ifnull(excluded.xattrs, xattrs);

-- name: COMMIT_UNTOLD
-- A commit that failed had not come to write there.
DELETE FROM event WHERE exec_id = ?1 AND path_id = ?2;

-- name: COMMIT_GIVE_UP
DELETE FROM entry WHERE run_id = ?1 AND path_id = ?2;

-- name: COMMIT_DONE
-- It was held against the disk when the commit (?2) was, and where that was.
UPDATE run SET scene = NULL, (settled_ns, place, root, ids) = (SELECT settled_ns, place, root, ids FROM run WHERE id = ?2)
WHERE id = ?1;

-- name: COMMIT_MOUNTED
INSERT INTO mounted (run_id, point, fs) SELECT ?1, point, fs FROM mounted WHERE run_id = ?2;
