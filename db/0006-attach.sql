-- Schema step 6: processes that ran already.

-- The file was open when the recorder came: flags are those of the descriptor.
ALTER TABLE event ADD COLUMN found INTEGER NOT NULL DEFAULT 0;

DROP VIEW events;
DROP VIEW writes;

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
    e.seq AS event_id, e.found
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
    old_path, flags, mode, count, last_ns, found
FROM writes
ORDER BY event_id;
