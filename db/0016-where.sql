-- Schema step 16: where a run was recorded: of which root its names are, and of which file systems; and whose numbers its
-- owners are.

-- The database's name in that root; the root's file system and folder (base/fs-id.h); "/proc/self/uid_map" and gid_map,
-- their lines joined by commas, and a semicolon between the two. NULL: not known.
ALTER TABLE run ADD COLUMN place TEXT;
ALTER TABLE run ADD COLUMN root TEXT;
ALTER TABLE run ADD COLUMN ids TEXT;

-- What was mounted there, as root has it; while the run is recorded, of all that was mounted as it began.
ALTER TABLE mounted ADD COLUMN fs TEXT;
