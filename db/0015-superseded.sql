-- Schema step 15: what others have by now nobody removed: an install that owns no file, and put some where another has one,
-- is 'superseded', whatever folders it has.

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
    CASE
        WHEN files THEN 'installed'
        WHEN EXISTS (
            SELECT 1 FROM run n CROSS JOIN standing s ON s.run_id = n.id CROSS JOIN owner o ON o.path_id = s.path_id
            WHERE n.install_id = i.id AND s.change <> 'removed' AND NOT s.folder) THEN 'superseded'
        WHEN newest_owning IS NOT NULL THEN 'installed'
        WHEN changed THEN 'removed'
        ELSE 'nothing' END AS state
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
