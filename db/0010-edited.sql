-- Schema step 10. What is edited in place asks what a run replaced, which is a view of each connection (queries.sql).

DROP VIEW edited;
