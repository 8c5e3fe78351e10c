-- Schema step 9: what was changed on a file system that the run then unmounted, or mounted another one over; and
-- folders of an ordinary user that an undo may not write.

-- What stands at the path after the run is not what the run changed there.
ALTER TABLE entry ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;

-- Folders that an undo under way has given the right to be written, with the mode that they had.
CREATE TABLE unlocked (
    path TEXT PRIMARY KEY,
    mode INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which files an undo has put back: of several names of one, taken by several runs, the last finds the others by it.
CREATE INDEX entry_undone ON entry (before_ino) WHERE undone > 0;
