-- Schema step 7: what a mode means stands beside it.

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
    e.path_id,
    -- as ls -l has it
    substr('.pc.d.b.-.l.s...', (coalesce(e.mode, e.before_mode) >> 12) + 1, 1)
        || substr('-----x-w--wxr--r-xrw-rwx', (coalesce(e.mode, e.before_mode) >> 6 & 7) * 3 + 1, 2)
        || substr('-xSs', (coalesce(e.mode, e.before_mode) >> 10 & 2) + (coalesce(e.mode, e.before_mode) >> 6 & 1) + 1, 1)
        || substr('-----x-w--wxr--r-xrw-rwx', (coalesce(e.mode, e.before_mode) >> 3 & 7) * 3 + 1, 2)
        || substr('-xSs', (coalesce(e.mode, e.before_mode) >> 9 & 2) + (coalesce(e.mode, e.before_mode) >> 3 & 1) + 1, 1)
        || substr('-----x-w--wxr--r-xrw-rwx', (coalesce(e.mode, e.before_mode) & 7) * 3 + 1, 2)
        || substr('-xTt', (coalesce(e.mode, e.before_mode) >> 8 & 2) + (coalesce(e.mode, e.before_mode) & 1) + 1, 1) AS permissions
FROM entry e
JOIN path ON path.id = e.path_id
-- Extended attributes no listing shows; the table knows them all the same, for an undo.
WHERE e.change IS NOT NULL AND NOT e.attributes_only;

DROP VIEW owned;
CREATE VIEW owned AS
SELECT
    path.name AS path, install.name AS name, run.version, o.run_id,
    CASE coalesce(e.mode, e.before_mode) & 61440
        WHEN 32768 THEN 'file' WHEN 16384 THEN 'dir' WHEN 40960 THEN 'symlink' WHEN 4096 THEN 'fifo'
        WHEN 49152 THEN 'socket' WHEN 8192 THEN 'char' WHEN 24576 THEN 'block' END AS type,
    coalesce(e.mode, e.before_mode) & 4095 AS mode,
    coalesce(e.uid, e.before_uid) AS uid, coalesce(e.gid, e.before_gid) AS gid,
    coalesce(e.size, e.before_size) AS size, coalesce(e.mtime, e.before_mtime) AS mtime_ns,
    lower(nullif(hex(e.sha256), '')) AS sha256, e.target AS link_target, e.process_id,
    -- as of the view manifest: it counts within the run
    e.nlink_group,
    -- as ls -l has it
    substr('.pc.d.b.-.l.s...', (coalesce(e.mode, e.before_mode) >> 12) + 1, 1)
        || substr('-----x-w--wxr--r-xrw-rwx', (coalesce(e.mode, e.before_mode) >> 6 & 7) * 3 + 1, 2)
        || substr('-xSs', (coalesce(e.mode, e.before_mode) >> 10 & 2) + (coalesce(e.mode, e.before_mode) >> 6 & 1) + 1, 1)
        || substr('-----x-w--wxr--r-xrw-rwx', (coalesce(e.mode, e.before_mode) >> 3 & 7) * 3 + 1, 2)
        || substr('-xSs', (coalesce(e.mode, e.before_mode) >> 9 & 2) + (coalesce(e.mode, e.before_mode) >> 3 & 1) + 1, 1)
        || substr('-----x-w--wxr--r-xrw-rwx', (coalesce(e.mode, e.before_mode) & 7) * 3 + 1, 2)
        || substr('-xTt', (coalesce(e.mode, e.before_mode) >> 8 & 2) + (coalesce(e.mode, e.before_mode) & 1) + 1, 1) AS permissions
FROM owner o
JOIN path ON path.id = o.path_id
JOIN run ON run.id = o.run_id
JOIN entry e ON e.run_id = o.run_id AND e.path_id = o.path_id
LEFT JOIN install ON install.id = run.install_id;
