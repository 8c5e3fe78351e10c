-- Schema step 5: what an installer passed by, since it stood there already as it was to be.

-- A path that an earlier run of the same install left, which this run did not touch and would have left the same.
CREATE TABLE upheld (
    run_id  INTEGER NOT NULL REFERENCES run (id),
    path_id INTEGER NOT NULL REFERENCES path (id),
    PRIMARY KEY (run_id, path_id)
) STRICT, WITHOUT ROWID;

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
    e.nlink_group
FROM owner o
JOIN path ON path.id = o.path_id
JOIN run ON run.id = o.run_id
JOIN entry e ON e.run_id = o.run_id AND e.path_id = o.path_id
LEFT JOIN install ON install.id = run.install_id;
