-- Schema step 3: a device node is a row of the manifest like any other.

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
    iif(coalesce(e.mode, e.before_mode) & 61440 IN (8192, 24576), coalesce(e.rdev, e.before_rdev), NULL) AS rdev
FROM entry e
JOIN path ON path.id = e.path_id
-- Extended attributes no listing shows; the table knows them all the same, for an undo.
WHERE e.change IS NOT NULL AND NOT e.attributes_only;
