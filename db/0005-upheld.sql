-- Schema step 5: what an installer passed by, since it stood there already as it was to be.

-- A path that an earlier run of the same install left, which this run did not touch and would have left the same.
CREATE TABLE upheld (
    run_id  INTEGER NOT NULL REFERENCES run (id),
    path_id INTEGER NOT NULL REFERENCES path (id),
    PRIMARY KEY (run_id, path_id)
) STRICT, WITHOUT ROWID;
