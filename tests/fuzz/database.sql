-- A small record for the database target: {T} is the folder of its files.
INSERT INTO path (id, name) VALUES (1, '{T}'), (2, '{T}/f'), (3, '{T}/d'), (4, '{T}/d/g'), (5, '{T}/l'), (6, '{T}/gone'),
	(7, '{T}/old'), (8, '/bin/sh'), (9, '{T}/d/h'), (10, '/');
INSERT INTO run (id, label, argv, cwd, uid, host, kernel, started_ns, ended_ns, status, state, recorder, heartbeat,
	processes, created, modified, removed, settled_ns) VALUES
	(1, 'one', '["sh","-c","echo \u001b"]', '{T}', 0, 'h', 'k', 1700000000000000000, 1700000001000000000, 0, 'complete',
		'b 1 1', 1, 3, 3, 1, 1, 1700000001000000000),
	(2, 'two', '["make","install"]', '{T}', 0, 'h', 'k', 1700000002000000000, 1700000003000000000, 256, 'complete',
		'b 1 1', 1, 2, 1, 1, 0, 1700000003000000000);
INSERT INTO run (id, argv, cwd, uid, host, kernel, started_ns, state, recorder, heartbeat, of_run, kind, status) VALUES
	(3, '["rollback"]', '/', 0, 'h', 'k', 1700000004000000000, 'complete', 'b 1 1', 1, 2, 'rollback', 0);
INSERT INTO process (id, run_id, parent_id, pid, ppid, first_exec, started, ended, status, files) VALUES
	(1, 1, NULL, 10, 1, 1, 0, 9, 0, 2), (2, 1, 1, 11, 10, 1, 1, 5, 256, 1), (3, 1, 1, 12, 10, 1, 2, NULL, NULL, 1),
	(4, 2, NULL, 20, 1, 3, 0, 9, 9, 1), (5, 2, 4, 21, 20, 3, 1, 2, 0, 0);
INSERT INTO exec (id, process_id, abi, exe, argv, cwd, copy_of, started) VALUES
	(1, 1, 0, 8, '["sh","-c","x"]', 1, NULL, 0), (2, 2, 1, 8, '["cp","a","b"]', 1, NULL, 1), (3, 4, 0, 8, '["mv"]', 1, NULL, 0),
	(4, 3, 0, NULL, NULL, NULL, 1, 2);
INSERT INTO event (exec_id, path_id, op, old_id, seq, file, abi, flags, mode, count, first, span) VALUES
	(1, 2, 1, 0, 1, 1, 0, 577, 420, 1, 1, 0), (2, 3, 7, 0, 2, 2, 1, 0, 493, 1, 2, 0), (2, 4, 1, 0, 3, 3, 0, 577, 420, 3, 3, 5),
	(4, 5, 4, 2, 4, 4, 0, 0, NULL, 1, 4, 0), (1, 6, 5, 0, 5, 5, 0, 0, NULL, 1, 5, 0), (1, 2, 2, 7, 6, 1, 0, 0, NULL, 1, 6, 0),
	(3, 9, 2, 4, 7, 3, 0, 0, NULL, 1, 1, 0), (3, 3, 10, 0, 8, 2, 0, 0, 448, 1, 2, 0);
INSERT INTO entry (run_id, path_id, file, excluded, late, before_file, before_mode, before_uid, before_gid, before_size,
	before_mtime, before_ctime, before_dev, before_ino, before_nlink, before_sha256, keep, change, mode, uid, gid, size, mtime,
	dev, ino, sha256, content_changed, process_id) VALUES
	(1, 2, 1, 0, 0, 9, 33188, 0, 0, 3, 5, 5, 1, 100, 1,
		x'cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4', 1, 'modified', 33188, 0, 0, 2, 5, 1, 101,
		x'73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac', 1, 1),
	(1, 4, 3, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 'created', 33188, 0, 0, 2, 5, 1, 103,
		x'73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac', NULL, 2),
	(1, 6, 5, 0, 0, 5, 33261, 0, 0, 2, 5, 5, 1, 105, 2,
		x'73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac', 1, 'removed', NULL, NULL, NULL, NULL, NULL, NULL,
		NULL, NULL, NULL, 1),
	(2, 9, 3, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 'created', 33188, 0, 0, 2, 5, 1, 103,
		x'73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac', NULL, 4);
INSERT INTO entry (run_id, path_id, file, excluded, late, change, mode, uid, gid, size, mtime, dev, ino, target, process_id,
	xattrs) VALUES
	(1, 3, 2, 0, 0, 'created', 16877, 0, 0, 40, 5, 1, 102, NULL, 2, NULL),
	(1, 5, 4, 0, 0, 'created', 41471, 0, 0, 1, 5, 1, 104, 'f', 3, x'0700000001000000757365722e740041'),
	(1, 7, 1, 1, 0, 'created', 33188, 0, 0, 2, 5, 1, 101, NULL, 1, NULL);
INSERT INTO alias (run_id, file, path_id) VALUES (1, 1, 2), (1, 1, 7), (1, 3, 4), (2, 3, 4), (2, 3, 9);
INSERT INTO original (run_id, file, keep, sha256, xattrs) VALUES
	(1, 9, 1, x'cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4', NULL),
	(1, 5, 1, x'73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac', x'0700000001000000757365722e740041');
