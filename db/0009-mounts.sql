-- Schema step 9: what was changed on a file system that the run then unmounted, or mounted another one over.

-- What stands at the path after the run is not what the run changed there.
ALTER TABLE entry ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
