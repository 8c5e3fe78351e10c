-- Schema step 8: of several names of one file whichever an install has left counts for its size. The first one's may
-- be another run's by now. What is edited in place and somebody else's, is said in one place. And the version of an
-- install is that of the last command that succeeded, if one did.

DROP VIEW standing;
CREATE VIEW standing AS
SELECT
    e.path_id, e.run_id, run.install_id, e.change, ifnull(e.mode & 61440 = 16384, 0) AS folder,
    iif(e.mode & 61440 = 32768, e.size, 0) AS bytes, e.nlink_group
FROM entry e
JOIN run ON run.id = e.run_id
WHERE e.change IS NOT NULL AND NOT e.excluded AND NOT e.undone AND run.kind IS NULL;

DROP INDEX owner_run;
ALTER TABLE owner ADD COLUMN nlink_group INTEGER;
UPDATE owner SET bytes = s.bytes, nlink_group = s.nlink_group
FROM standing s WHERE s.run_id = owner.run_id AND s.path_id = owner.path_id;
CREATE INDEX owner_run ON owner (run_id, folder, nlink_group, bytes);
CREATE INDEX owner_group ON owner (run_id, nlink_group, bytes) WHERE nlink_group IS NOT NULL;

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
    WHERE install_id IS NOT NULL
    GROUP BY install_id
) life ON life.install_id = i.id;

CREATE VIEW edited AS
SELECT e.run_id, e.path_id, run.install_id
FROM entry e
JOIN run ON run.id = e.run_id
WHERE e.change = 'modified' AND e.file <> 0 AND e.file = e.before_file AND NOT EXISTS (
    SELECT 1 FROM standing c WHERE c.path_id = e.path_id AND c.install_id = run.install_id AND c.change = 'created');
