-- Schema step 11: runs that changed nothing on the disk: what they did is in layers that nobody else sees.

-- The image of those layers (src/try/scene.h), until it is committed; NULL: what the run left is in its place.
ALTER TABLE run ADD COLUMN scene TEXT;
CREATE INDEX run_scene ON run (scene) WHERE scene IS NOT NULL;

CREATE VIEW staged AS SELECT id AS run_id FROM run WHERE scene IS NOT NULL;

-- What commands did and nobody took back, in layers or not.
CREATE VIEW deed AS
SELECT
    e.path_id, e.run_id, run.install_id, e.change, ifnull(e.mode & 61440 = 16384, 0) AS folder,
    iif(e.mode & 61440 = 32768, e.size, 0) AS bytes, e.nlink_group, run.scene
FROM entry e
JOIN run ON run.id = e.run_id
WHERE e.change IS NOT NULL AND NOT e.excluded AND NOT e.undone AND run.kind IS NULL;

-- Of these, what is in its place.
DROP VIEW standing;
CREATE VIEW standing AS
SELECT path_id, run_id, install_id, change, folder, bytes, nlink_group FROM deed WHERE scene IS NULL;

-- An install is what is in its place.
DROP VIEW member;
CREATE VIEW member AS
SELECT id AS subject_id, id AS run_id FROM run
UNION ALL
SELECT install_id, id FROM run WHERE scene IS NULL;

DROP VIEW installs;
CREATE VIEW installs AS
SELECT
    i.name,
    (SELECT version FROM run WHERE id = coalesce(newest_good, newest_owning, newest)) AS version,
    runs, files, bytes,
    strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
        || printf('.%03dZ', first_ns / 1000000 % 1000) AS first_at,
    strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
        || printf('.%03dZ', last_ns / 1000000 % 1000) AS last_at,
    CASE WHEN newest_owning IS NOT NULL THEN 'installed' WHEN changed THEN 'removed' ELSE 'nothing' END AS state
FROM install i
JOIN (
    SELECT install_id, count(*) AS runs, max(id) AS newest, max(iif(owning.run_id IS NOT NULL, id, NULL)) AS newest_owning,
        max(iif(owning.run_id IS NOT NULL AND status = 0, id, NULL)) AS newest_good,
        min(started_ns) AS first_ns, max(started_ns) AS last_ns, ifnull(sum(files), 0) AS files,
        ifnull(sum(bytes), 0) AS bytes, max(created + modified + removed) AS changed
    FROM run
    LEFT JOIN (
        SELECT run_id, sum(files) AS files, sum(bytes) AS bytes
        FROM (
            SELECT run_id, sum(NOT folder) AS files, sum(iif(nlink_group IS NULL, bytes, 0)) AS bytes
            FROM owner GROUP BY run_id
            UNION ALL
            SELECT run_id, 0, max(bytes) FROM owner WHERE nlink_group IS NOT NULL GROUP BY run_id, nlink_group
        )
        GROUP BY run_id
    ) owning ON owning.run_id = run.id
    WHERE install_id IS NOT NULL AND scene IS NULL
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
    CASE WHEN state = 'running' AND heartbeat < unixepoch('now') THEN 'incomplete'
        WHEN state = 'complete' AND scene IS NOT NULL THEN 'staged' ELSE state END
        AS state,
    notes,
    created, modified, removed, excluded, processes, kind, of_run, started_ns,
    strftime('%Y-%m-%dT%H:%M:%S', settled_ns / 1000000000, 'unixepoch')
        || printf('.%03dZ', settled_ns / 1000000 % 1000) AS settled_at,
    install.name, version, scene
FROM run
LEFT JOIN install ON install.id = run.install_id;
