/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BUILDAUDIT_H
#define BUILDAUDIT_H
/*
 * libbuildaudit: record what a command changes in a file tree, and ask for it.
 *
 * Functions return 0 or a positive count, or a negative errno value; then
 * ba_error() (or the words a function was given) has a sentence for a person.
 * Results are written only on success. Nothing prints, nothing exits, but for
 * ba_record_exec(), which becomes the command. A struct ba and what came from
 * it belong to one thread at a time. Times are in nanoseconds since 1970-01-01
 * UTC, sizes in bytes, paths the exact bytes of a name with a NUL behind them.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ba;
struct ba_rows;
struct ba_recording;

#define BA_WORDS 1024

/* The version of the library, as "0.1.0". Since: 0.1 */
const char *ba_version(void);

/*
 * Where a database is when nobody says: $BUILDAUDIT_DB, else
 * /var/lib/buildaudit/audit.db for root and
 * ${XDG_STATE_HOME:-~/.local/state}/buildaudit/audit.db for anyone else.
 * Up to size bytes into out; the length, or -ENAMETOOLONG. Since: 0.1
 */
int ba_default_path(char *out, size_t size);

/*
 * Opens a database that is there. On failure words (BA_WORDS bytes, or NULL)
 * say why: -ENOENT not there, -EMEDIUMTYPE not ours, -EPROTO another schema.
 * The caller ends it with ba_close(). Since: 0.1
 */
enum ba_open {
	BA_READ,  /* never written to */
	BA_WRITE, /* for ba_forget and the like; brought to this library's schema */
};
int ba_open(struct ba **out, const char *path, enum ba_open how, char *words);
void ba_close(struct ba *ba);
/*
 * A database that another program has locked is waited for, half a minute at most; after a second
 * `tell` is called, once for each database, with a sentence that names the program. NULL, as it is
 * at first: nobody is told. It is for all that are opened from then on, in the whole process.
 * Since: 0.2
 */
void ba_on_wait(void (*tell)(const char *words, void *data), void *data);
/* The last failure in words; good until the next call. Since: 0.1 */
const char *ba_error(const struct ba *ba);

/*
 * The run that a person means: a number, a label (the newest run with it), or
 * "latest" (also NULL): the newest command, past any undo. -ENOENT: there is none; -ESTALE: it was
 * forgotten. Since: 0.1
 *
 * Also NAME@VERSION, the newest run of that version of an install; and NAME alone, which gives a
 * number below 0: the install, as all its runs have made it by now. What takes a run takes that
 * number, too, where nothing else is said. Since: 0.2
 */
int ba_run_find(struct ba *ba, const char *name, int64_t *run_id);
/*
 * The newest run of an install that was not taken back, or the newest of all where each was; a
 * run's number is itself. -ENOENT: there is none. Since: 0.2
 */
int ba_run_newest(struct ba *ba, int64_t subject, int64_t *run_id);

/*
 * Answers come as rows. Columns have the names of the database's views, and
 * their order only ever grows at the end. Since: 0.1
 */
enum ba_type { BA_NULL, BA_INT, BA_REAL, BA_TEXT };

/* 1: a row is there; 0: no more; or -errno. */
int ba_rows_next(struct ba_rows *rows);
void ba_rows_free(struct ba_rows *rows);
int ba_rows_columns(const struct ba_rows *rows);
const char *ba_rows_name(const struct ba_rows *rows, int column);
/* The column of that name, or -1. */
int ba_rows_column(const struct ba_rows *rows, const char *name);
enum ba_type ba_rows_type(const struct ba_rows *rows, int column);
int64_t ba_rows_int(const struct ba_rows *rows, int column);
double ba_rows_real(const struct ba_rows *rows, int column);
/* Exact bytes, NUL-terminated, good until the next row; *len may be NULL. "" for NULL. */
const char *ba_rows_text(const struct ba_rows *rows, int column, size_t *len);

/* The runs, newest first. Since: 0.1 */
int ba_runs(struct ba *ba, struct ba_rows **out);
/* One run's row of the same. Since: 0.1 */
int ba_run(struct ba *ba, int64_t run_id, struct ba_rows **out);

/*
 * What has become of a run since, in one row: `undone`, the kind of the last undo of it that came
 * to its end, or NULL; `whole`, 1 when that one left nothing; `superseded`, 1 when later runs
 * wrote or removed each file that it left. Since: 0.2
 */
int ba_run_since(struct ba *ba, int64_t run_id, struct ba_rows **out);

/*
 * What a run changed (view manifest), by path. The column `same` is 1 where a file that was there
 * was written again, and has the content, mode, owner and attributes that it had. Since: 0.1
 */
enum ba_files {
	BA_FILES_CREATED = 1,
	BA_FILES_MODIFIED = 2,
	BA_FILES_REMOVED = 4,
	BA_FILES_EXCLUDED = 8, /* those that are excluded, too */
	BA_FILES_CHANGES = 7,
	/* of the modified, those that differ and those that do not. Since: 0.2 */
	BA_FILES_DIFFERENT = 16,
	BA_FILES_SAME = 32,
};
int ba_files(struct ba *ba, int64_t run_id, unsigned int which, struct ba_rows **out);
/*
 * What a run replaced by something else, or removed, a row for each time, by path: run_id, path,
 * change, old_type, old_size, old_sha256 (the name of the original beside the database, if it is
 * kept),
 * old_target, type, size, sha256, link_target, old_mode, old_uid, old_gid, old_mtime_ns, path_id,
 * own (1: of an install, what an earlier run of it had left there), moved_to (where the run left
 * the file that was at the path; NULL: nowhere), last_size (of an install, what its newest run left
 * there; NULL: no file).
 * Since: 0.2
 */
int ba_replaced(struct ba *ba, int64_t run_id, struct ba_rows **out);
/*
 * What the run and earlier ones of the same install (or of the same command in
 * the same folder) made, that was not taken back, and that none of the earlier
 * removed since: as the newest of them left it, in the columns of ba_files(), and
 * `stays`: 0 where another install has written it since, 1 where that one was
 * of the same version as the run, 2 where it is a folder of another; `replaced`:
 * 1 where none of them created it; `theirs`: 1 where it is a file that was there
 * before under another name, and was only moved or linked there; `taken_by`: where
 * `stays` is 0, the name of that install, or "run N". Made is what was created, or
 * replaced as a whole: by another file, or written from the first byte on; not what
 * a line was added to, nor what an editor (sed -i) wrote anew. Since: 0.2
 */
int ba_made(struct ba *ba, int64_t run_id, struct ba_rows **out);
/*
 * The paths (one column) at which what the run did was taken back: rolled back, uninstalled or
 * pruned. Since: 0.2
 */
int ba_taken_back(struct ba *ba, int64_t run_id, struct ba_rows **out);

/*
 * The path of each place that a run came to and left as it was, as one that its installer found up
 * to date, where no run on record left anything. Since: 0.2
 */
int ba_unchanged(struct ba *ba, int64_t run_id, struct ba_rows **out);

/*
 * The installs (view installs) by name, or the one of that name; the state of one none of whose
 * files is there any more is `gone`. Since: 0.2
 */
int ba_installs(struct ba *ba, const char *name, struct ba_rows **out);
/*
 * Whose files are (view owned), by path: what is now of a run, or of an install; and what is at
 * and below a folder. Since: 0.2
 */
int ba_owned_by(struct ba *ba, int64_t run_id, struct ba_rows **out);
int ba_owned_below(struct ba *ba, const char *folder, struct ba_rows **out);

/*
 * Every process that had a hand in the file now (or last) at path, through
 * renames and hard links, newest run first; for each what it did, and
 * `ancestors`, a JSON array from its parent up to the command. A path that is
 * not absolute is taken from the working folder. Since: 0.1
 */
int ba_who(struct ba *ba, const char *path, struct ba_rows **out);
/* The same for a name as it is on record, whatever its folders are now. Since: 0.2 */
int ba_who_recorded(struct ba *ba, const char *path, struct ba_rows **out);
/* The same for `count` such names, each row once. Since: 0.2 */
int ba_who_all(struct ba *ba, const char *const paths[], size_t count, struct ba_rows **out);
/* The names (`path`) at and below a folder that any run changed for good, in order. Since: 0.2 */
int ba_paths(struct ba *ba, const char *folder, struct ba_rows **out);

/*
 * The processes of a run, each as what it ran last (ba_timeline() has all), parents before
 * children, with `depth`. Since: 0.1
 */
int ba_tree(struct ba *ba, int64_t run_id, struct ba_rows **out);
/*
 * The images that the processes of a run ran, by process and in order: columns of view execs, and
 * copy_of: the exec_id whose image this is, where the process did not exec one itself. Since: 0.2
 */
int ba_execs(struct ba *ba, int64_t run_id, struct ba_rows **out);
/*
 * Who did what to which file, in numbers, what one image did to one file together: exec_id,
 * path_id, op, old_path_id (rename, link), flags (as the call had them), mode, count, first_ns,
 * last_ns, found, run_id. Since: 0.2
 */
int ba_hands(struct ba *ba, int64_t run_id, struct ba_rows **out);
/*
 * Every path that a run came to, changed for good or not, in order: path, path_id, removed: 1 where
 * the newest of the runs that the number stands for took away what was there. Since: 0.2
 */
int ba_places(struct ba *ba, int64_t run_id, struct ba_rows **out);
/*
 * What each process of a run ran, and from when to when, by process and in order: process_id,
 * parent_id (NULL: it was not started by another of the run), pid, ppid, exec_id, exe, argv, cwd,
 * started_ns, ended_ns (NULL: not on record), exit_status and term_signal (of the process, with
 * its last), files (of the process), forked: 1 where it is what its parent ran, changed: 1 where
 * it changed a file. Since: 0.2
 */
int ba_timeline(struct ba *ba, int64_t run_id, struct ba_rows **out);
/* The log of a run in order (view events). Since: 0.1 */
int ba_events(struct ba *ba, int64_t run_id, struct ba_rows **out);
/* The rows of one SQL statement. -EINVAL: ba_error() has SQLite's words. Since: 0.1 */
int ba_sql(struct ba *ba, const char *sql, struct ba_rows **out);

/*
 * Undo. Each of these holds the disk against what a run recorded, path by
 * path, and tells what it found or did as it goes. Paths that are excluded are
 * left alone. Since: 0.1
 */
enum ba_differs {
	BA_DIFFERS_MISSING = 1,
	BA_DIFFERS_PRESENT = 2, /* the run removed it, and it is there */
	BA_DIFFERS_TYPE = 4,
	BA_DIFFERS_SIZE = 8,
	BA_DIFFERS_MODE = 16,
	BA_DIFFERS_CONTENT = 32,
	BA_DIFFERS_DEVICE = 64,
	BA_DIFFERS_LINK = 128,
	BA_DIFFERS_USER = 256,
	BA_DIFFERS_GROUP = 512,
	BA_DIFFERS_TIME = 1024,
	BA_DIFFERS_XATTRS = 2048,
	BA_DIFFERS_UNREADABLE = 4096,
	/* with MISSING: a folder above it is a symlink, or no folder, now */
	BA_DIFFERS_BLOCKED = 8192,
};
struct ba_difference {
	const char *path, *type; /* type as in the view manifest */
	unsigned int differs;
	int64_t later_run; /* the newest later run that changed the path; 0: none */
};
/*
 * How far work has come. Each part of it begins with done 0: an undo first looks at what is there,
 * and then, if it is no dry one, does what is to be done.
 */
typedef void (*ba_progress)(uint64_t done, uint64_t total, void *data);

/*
 * Ends the record of a run whose command has ended and some of whose processes
 * live on: what they do from here on is not on record. 0, also when it had
 * ended; -EBUSY: the command runs; -ETIMEDOUT: the recorder does not answer. Since: 0.2
 */
int ba_finish(struct ba *ba, int64_t run_id);

/*
 * What differs now from what the run left (or, if it goes on, from how it stood
 * when it was looked at last, see runs.settled_at): how many paths, each told; or -errno.
 */
int ba_verify(struct ba *ba, int64_t run_id,
	void (*tell)(const struct ba_difference *d, void *data), ba_progress progress, void *data);

enum ba_did {
	BA_REMOVE,
	BA_RESTORE,
	BA_NOTHING, /* it was so already */
	BA_KEEP,    /* left as it is, for the reason given */
	BA_FAIL,    /* tried in vain, for the reason given */
	/* By a commit. Since: 0.2 */
	BA_CREATE,
	BA_MODIFY,
};
struct ba_step {
	const char *path, *type, *reason;
	enum ba_did did;
};
struct ba_undo {
	int dry;               /* tell only; nothing is written, nor recorded */
	/* what was changed since, too; and a run that goes on is finished first */
	int force;
	/*
	 * uninstall: leave what this run installed, too, or passed by as up to date; of an install,
	 * of which that is a run, what older runs left goes. 0: none
	 */
	int64_t superseded_by;
	void (*step)(const struct ba_step *step, void *data); /* or NULL */
	ba_progress progress;  /* or NULL */
	void *data;
};
struct ba_undone {
	int64_t run_id; /* the undo is a run of its own; 0 after a dry one */
	uint64_t removed, restored, nothing, kept, failed;
	/* a run whose record is incomplete: some of what it changed may stay; or 0. Since: 0.2 */
	int64_t incomplete;
};
/* Takes out what the run created. 0, also when things were kept: see *result. Or -errno. */
int ba_uninstall(struct ba *ba, int64_t run_id, const struct ba_undo *how,
	struct ba_undone *result);
/*
 * Puts everything back as it was before the run. The same. One that
 * was interrupted goes on where it stopped. Of a commit: as it was before all runs that it put in
 * their place, the newest first, each by an undo of its own; *result is their sum, run_id the last.
 */
int ba_rollback(struct ba *ba, int64_t run_id, const struct ba_undo *how, struct ba_undone *result);

/*
 * What an uninstall would consider: files, then folders, what is in a folder before it. Since: 0.1
 */
int ba_uninstall_list(struct ba *ba, int64_t run_id, int64_t superseded_by, struct ba_rows **out);
/*
 * Later runs, not undone, that changed the same paths: run_id,
 * label, argv, paths (how many), path (one).
 */
int ba_later_runs(struct ba *ba, int64_t run_id, struct ba_rows **out);
/*
 * What two runs left, side by side, by path: `change` is removed (only the
 * first has it), added, or changed, then with `differs`. Since: 0.1
 */
int ba_diff(struct ba *ba, int64_t run_1, int64_t run_2, int with_excluded, struct ba_rows **out);

/*
 * 0; -EBUSY: an undo is under way on this database, now: the disk
 * is not as any run left it. Since: 0.2
 */
int ba_undo_idle(struct ba *ba);

struct ba_forgotten {
	uint64_t objects, bytes; /* kept originals that went, too */
	int later; /* a recording is under way: they go with the next forget */
	/* paths that a later run of the same install has: what this one found there cannot be given
	 * back by an undo of the install any more. Since: 0.2 */
	unsigned int lost;
	/* that took back what the run did: runs of their own, forgotten with it. Since: 0.2 */
	unsigned int undos;
	/* that put the run in its place, and nothing else: the same. Since: 0.2 */
	unsigned int commits;
	/* 0, or: it is an undo, and goes when the run is forgotten that it took back. Since: 0.2 */
	int64_t with;
};
/*
 * Drops a run, what took it back or put it in its place, and what is kept for it alone. -EBUSY: it
 * is being recorded, or undone. Since: 0.1
 */
int ba_forget(struct ba *ba, int64_t run_id, struct ba_forgotten *forgotten);

/*
 * Of a run that is staged (BA_SET_TRY): this process enters the file system as its command left it,
 * for good, so that what looks at the disk, ba_verify() say, finds that; in the working folder of
 * the same name. Of any other run, or an install: nothing. Only root may, in a process that has one
 * thread. 1: it has; 0: there was nothing to enter; or -errno: then the process, and ba, are good
 * for nothing but ba_error() and ba_close(). Since: 0.2
 */
int ba_enter(struct ba *ba, int64_t run_id);
/*
 * Gives up what a run did that is staged, and all runs that went on in the same layers: these and
 * their record go without a trace. How many runs they were; -EBUSY: processes live in the layers
 * (force: they may). ba was opened with BA_WRITE. Since: 0.2
 */
int ba_discard(struct ba *ba, int64_t run_id, int force, struct ba_forgotten *forgotten);

struct ba_commit {
	int dry;   /* tell only */
	/* what was changed since, too, and whoever lives in the layers */
	int force;
	/* globs, then NULL: what none of them matches is given up; NULL: all of it is wanted */
	const char *const *only;
	/* BA_CREATE, BA_MODIFY, BA_REMOVE; BA_KEEP what stands in the way; or NULL */
	void (*step)(const struct ba_step *step, void *data);
	ba_progress progress;  /* or NULL */
	void *data;
};
struct ba_committed {
	int64_t run_id;     /* the commit is a run of its own; 0: nothing was committed */
	int64_t taken_back; /* one that had been interrupted, and was taken back first; 0: none */
	int already;        /* it was before: run_id did it */
	uint64_t created, modified, removed;
	uint64_t differ;    /* what is not as the command found it: then nothing was committed */
	uint64_t given_up;  /* what was not chosen */
};
/*
 * Puts in its place what a run did that is staged, and all runs that went on in the same layers:
 * they are then as if they had been no try. A commit that was interrupted is taken back by the next
 * one, which begins anew. 0, also when it was refused, since something is not as the commands found
 * it: see *result. Or -errno; then all is as it was, unless ba_error() says something else.
 * Since: 0.2
 */
int ba_commit(struct ba *ba, int64_t run_id, const struct ba_commit *how,
	struct ba_committed *result);

/*
 * Recording. Settings are kept by the recording; strings are copied. Since: 0.1
 */
enum ba_set {
	BA_SET_DATABASE,   /* a file; made when it is not there */
	BA_SET_LABEL,
	BA_SET_EXCLUDE,    /* a glob; may be set many times, the last that matches decides */
	BA_SET_INCLUDE,    /* a folder, and all below it */
	BA_SET_WAIT_ALL,   /* "": the status is held until the last descendant ended */
	BA_SET_NO_SECCOMP, /* "": stop at each call instead of filtering */
	BA_SET_IO_URING,   /* "": leave io_uring open, unrecorded */
	BA_SET_NO_BACKUP,  /* "": keep nothing of what is overwritten or removed */
	BA_SET_BACKUP_LIMIT, /* what may be kept, in bytes or as "500M"; default 1 GiB */
	/*
	 * What is installed: a name, without '@' or '/' and no number; and its version. Where none
	 * is given they are found in the folder the command runs in. Since: 0.2
	 */
	BA_SET_NAME,
	BA_SET_VERSION,
	/* Of ba_record_attach(): "", with all that descends from it; and how long, in seconds.
	 * Since: 0.2 */
	BA_SET_CHILDREN,
	BA_SET_FOR,
	/*
	 * Of ba_record_exec(): what the command changes is in layers that nobody else sees; "", or
	 * the run (as for ba_run_find) whose layers those are. Where the command could not be
	 * started this process may be in them all the same. Only root may, for now. Since: 0.2
	 */
	BA_SET_TRY,
};

struct ba_summary {
	int64_t run_id;
	int64_t created, modified, removed; /* paths that are not excluded */
	int64_t excluded;                   /* changed paths that are */
	int64_t processes, duration_ns;
	int status;            /* the command's, as wait(2) gives it; -1: it runs on, let go */
	unsigned int left;     /* processes that outlive it */
	int error;             /* -errno when the record is not whole, else 0 */
	const char *excluded_below; /* the folder that holds all that is excluded, or "" */
	int64_t same;      /* of the modified: written again, and no different. Since: 0.2 */
	const char *notes; /* as in the view runs, or "". Since: 0.2 */
	/*
	 * The install's name, or ""; and how many files older versions of it left that this run
	 * neither installed again nor passed by as up to date, and that dpkg's package of that
	 * name has not. Since: 0.2
	 */
	const char *name;
	int64_t stale;
	/*
	 * How many files of other installs it changed or removed, of how many of these, and the
	 * name of one. Since: 0.2
	 */
	int64_t taken, taken_installs;
	const char *taken_from;
	/* Files of its install that it came to and left as they were. Since: 0.2 */
	int64_t up_to_date;
	int staged; /* by BA_SET_TRY: nothing of it is in its place. Since: 0.2 */
};

int ba_recording_new(struct ba_recording **out);
void ba_recording_free(struct ba_recording *rec);
/* -EINVAL when value does not fit what is set. */
int ba_recording_set(struct ba_recording *rec, enum ba_set what, const char *value);
/*
 * Called in the recorder, once the record of the command is complete and
 * before its status is handed back; it may write to stderr, and to nothing else.
 */
void ba_recording_summary(struct ba_recording *rec, void (*done)(const struct ba_summary *, void *),
	void *data);
/*
 * 1: words (BA_WORDS bytes) have what a person should know before `command` is recorded with
 * these settings: that it is set-uid, and would gain no rights. 0: nothing. Since: 0.2
 */
int ba_recording_warning(const struct ba_recording *rec, const char *command, char *words);
/*
 * Becomes argv[0], as execvp(3) does, recorded by a process that stands
 * beside it. Returns only when that failed, with words (BA_WORDS bytes):
 * -ENOENT or -EACCES with *exec_failed set when the command is not there, or
 * cannot be executed; or -errno when nothing was started. Where that can be
 * told beforehand there is no run, and no database is made.
 */
int ba_record_exec(struct ba_recording *rec, char *const argv[], char *words, int *exec_failed);

/*
 * Records a command and waits for it: a child of the caller becomes it, as by ba_record_exec(), in
 * the caller's folder, environment and session. *status is its status, as wait(2) gives it, also
 * where the caller ignores SIGCHLD or waits for any child elsewhere; the caller's signals are as
 * they were, and no other child of it is waited for. *summary (or NULL) is of its record; run_id 0:
 * there is none. Its strings are good until the recording is started again, or freed. What
 * databases the caller has open, and what its other threads do with them, makes no difference.
 * 0; or -errno with words (BA_WORDS bytes), and no run: *status then is that of exit(127) where the
 * command is not there, of 126 where it cannot be executed, else of 125, or -1. Since: 0.2
 */
int ba_record(struct ba_recording *rec, char *const argv[], int *status,
	struct ba_summary *summary, char *words);
/* Its two halves; *pid is the command, which may be sent signals. Since: 0.2 */
int ba_record_start(struct ba_recording *rec, char *const argv[], pid_t *pid, char *words);
int ba_record_wait(struct ba_recording *rec, int *status, struct ba_summary *summary, char *words);

/*
 * Records processes that run already, their threads, and what they start from now on, until they
 * end, until the time set is up, or until SIGINT, SIGTERM, SIGHUP or SIGQUIT; then they run on as
 * if nothing had been. Each call of theirs stops, since a filter could not be taken out of them
 * again. What they hold open for writing is on record as found; where this process is killed, they
 * live on. 0, or, with words (BA_WORDS bytes), -errno: -ESRCH there is no such process, -EPERM,
 * -EBUSY somebody else traces it; then none is traced, and there is no run. Meanwhile all signals
 * are blocked in the calling thread, and should be in the others. Since: 0.2
 */
int ba_record_attach(struct ba_recording *rec, const pid_t *pids, size_t count, char *words);

/* An option of `buildaudit package`, by its long name. */
struct ba_option {
	const char *name, *value; /* value: NULL or "" where it takes none */
};

/*
 * Makes a package of a run, or of the newest run of an install (a number below 0), as `buildaudit
 * package -y` does; database: NULL is the usual one. options end with one whose name is NULL (or
 * are NULL): "type", "output", "pkgname", "include" and so on, as buildaudit(1) has them. What it
 * says besides is told to note, a line at a time, unless that is NULL. It works in a process of its
 * own: signals, files and other children of the caller are left alone; so are its other threads,
 * once it has opened a database with this library.
 * 0, with the package's path in file (PATH_MAX bytes); or -errno with words (BA_WORDS bytes) that
 * say why there is none: -ENOENT no such run or database, -EINVAL an option, -ECANCELED what is
 * installed cannot be packed. Since: 0.2
 */
int ba_package(const char *database, int64_t run_id, const struct ba_option *options,
	void (*note)(const char *line, void *data), void *data, char *file, char *words);

#ifdef __cplusplus
}
#endif
#endif
