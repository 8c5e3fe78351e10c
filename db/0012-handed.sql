-- Schema step 12: what a run was only handed open belongs to who had it before (queries.sql: handed).

INSERT OR REPLACE INTO owner (path_id, run_id, folder, bytes, nlink_group)
SELECT s.path_id, s.run_id, s.folder, s.bytes, s.nlink_group
FROM owner o
JOIN entry e ON e.run_id = o.run_id AND e.path_id = o.path_id AND e.change = 'modified' AND e.process_id IS NULL
    AND e.file = e.before_file
JOIN standing s ON s.path_id = o.path_id AND s.run_id = (
    SELECT max(n.run_id) FROM standing n JOIN entry x ON x.run_id = n.run_id AND x.path_id = n.path_id
    WHERE n.path_id = o.path_id AND (x.change <> 'modified' OR x.process_id IS NOT NULL OR x.file <> x.before_file))
WHERE s.change <> 'removed';

DELETE FROM owner WHERE EXISTS (
    SELECT 1 FROM entry e
    WHERE e.run_id = owner.run_id AND e.path_id = owner.path_id AND e.change = 'modified' AND e.process_id IS NULL
        AND e.file = e.before_file);
