-- Schema step 14: what an undo has to know to be whole: of a commit, all of its runs; of a file, its file system.

-- Of a commit: how many of its runs are forgotten. NULL: none.
ALTER TABLE run ADD COLUMN lacks INTEGER;

-- Where file systems were mounted on which a run changed something, but for "/".
CREATE TABLE mounted (
    run_id INTEGER NOT NULL,
    point  TEXT NOT NULL,
    PRIMARY KEY (run_id, point)
) STRICT, WITHOUT ROWID;
