-- Schema step 2: what a run needs to be had back after its recorder was killed, or the power was cut.

-- When the disk was last held against what the run touched, since 1970; NULL: never. A run that goes on
-- after its command ended is looked at again as it goes.
ALTER TABLE run ADD COLUMN settled_ns INTEGER;
UPDATE run SET settled_ns = ended_ns WHERE state = 'complete';

-- Somebody asked the recorder to end the record, though processes of the run live on.
ALTER TABLE run ADD COLUMN finish INTEGER NOT NULL DEFAULT 0;

-- What an undo has begun in place: 1 attributes, 2 the content, too.
ALTER TABLE undo_place ADD COLUMN what INTEGER NOT NULL DEFAULT 2;

-- What was begun and has to be ended by whoever comes next: 'sweep', the store has objects that nobody names.
CREATE TABLE chore (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

DROP VIEW runs;
CREATE VIEW runs AS
SELECT
    id AS run_id, label, argv, cwd, uid, host, kernel,
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
        || printf('.%03dZ', settled_ns / 1000000 % 1000) AS settled_at
FROM run;
