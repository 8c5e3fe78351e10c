-- Schema step 13: a run may build on what one that is forgotten did and was taken back (queries.sql: HAND_FOUND).

-- When what the entry tells of began, in ns since 1970; NULL: with its run.
ALTER TABLE entry ADD COLUMN since INTEGER;
