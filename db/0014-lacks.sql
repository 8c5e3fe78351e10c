-- Schema step 14: a run that a commit put in its place may be forgotten before the others.

-- Of a commit: how many of its runs are forgotten. NULL: none.
ALTER TABLE run ADD COLUMN lacks INTEGER;
