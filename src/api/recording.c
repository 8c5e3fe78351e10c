/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/recording.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/shared.h"
#include "base/array.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/command.h"
#include "base/io.h"
#include "base/package-records.h"
#include "base/proc.h"
#include "base/rights.h"
#include "record/rules.h"
#include "store/forked.h"
#include "store/open.h"
#include "store/owned.h"
#include "store/recover.h"

struct given_rule {
	enum ba_set what;
	char *value;
};

API int ba_recording_new(struct ba_recording **out)
{
	struct ba_recording *rec = calloc(1, sizeof *rec);

	if (!rec)
		return -ENOMEM;
	/* Before the fork that becomes the recorder. */
	forked_watch();
	rec->backup_limit = KEEP_LIMIT_DEFAULT;
	rec->scene = (struct scene)SCENE_INIT;
	rec->database_folder = -1;
	*out = rec;
	return 0;
}

API void ba_recording_free(struct ba_recording *rec)
{
	size_t i;

	if (!rec)
		return;
	for (i = 0; i < rec->rule_count; i++)
		free(rec->rules[i].value);
	free(rec->rules);
	shared_free(rec->shared);
	scene_close(&rec->scene);
	buf_release(&rec->scene_notes);
	if (rec->database_folder >= 0)
		drop_fd(rec->database_folder);
	free(rec->continues);
	free(rec->database);
	free(rec->label);
	free(rec->name);
	free(rec->version);
	free(rec);
}

static int set_string(char **to, const char *value)
{
	free(*to);
	*to = strdup(value);
	return *to ? 0 : -ENOMEM;
}

static int add_rule(struct ba_recording *rec, enum ba_set what, const char *value)
{
	struct given_rule *rule = ARRAY_MORE(rec->rules, rec->rule_count);

	if (!rule)
		return -ENOMEM;
	*rule = (struct given_rule){ what, strdup(value) };
	return rule->value ? 0 : -ENOMEM;
}

/* "500M": a number, in bytes or with one of the letters of 1024 and its powers. */
static int read_size(const char *value, uint64_t *out)
{
	static const char letters[] = "kKmMgGtT";
	unsigned long long n;
	const char *letter;
	char *end;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (*value < '0' || *value > '9' || errno)
		return -EINVAL;
	letter = *end ? strchr(letters, *end) : NULL;
	if (*end && (!letter || (end[1] && strcmp(end + 1, "iB") && strcmp(end + 1, "B"))))
		return -EINVAL;
	if (letter) {
		unsigned int shift = 10 * (unsigned int)((letter - letters) / 2 + 1);

		if (n > UINT64_MAX >> shift)
			return -EINVAL;
		n <<= shift;
	}
	*out = n;
	return 0;
}

/* "10", "0.5": seconds, above 0. */
static int read_seconds(const char *value, int64_t *ns)
{
	char *end;
	double s = strtod(value, &end);

	if (end == value || *end || !(s >= 1e-9 && s <= 1e9))
		return -EINVAL;
	*ns = (int64_t)(s * 1e9);
	return 0;
}

/* Not to be taken for what else stands where a run is meant. */
static bool is_label(const char *value)
{
	return value[strspn(value, "0123456789")] && strcmp(value, "latest");
}

/* Nor for a path, or NAME@VERSION. */
static bool is_name(const char *value)
{
	const unsigned char *c = (const unsigned char *)value;

	if (*c == '-' || *c == '.' || !is_label(value))
		return false;
	while (*c > ' ' && *c != 0x7f && *c != '@' && *c != '/')
		c++;
	return !*c;
}

API int ba_recording_set(struct ba_recording *rec, enum ba_set what, const char *value)
{
	switch (what) {
	case BA_SET_DATABASE:
		return set_string(&rec->database, value);
	case BA_SET_LABEL:
		return is_label(value) ? set_string(&rec->label, value) : -EINVAL;
	case BA_SET_NAME:
		return is_name(value) ? set_string(&rec->name, value) : -EINVAL;
	case BA_SET_VERSION:
		return *value ? set_string(&rec->version, value) : -EINVAL;
	case BA_SET_EXCLUDE:
	case BA_SET_INCLUDE:
		return *value ? add_rule(rec, what, value) : -EINVAL;
	case BA_SET_WAIT_ALL:
		rec->wait_all = true;
		return 0;
	case BA_SET_NO_SECCOMP:
		rec->no_seccomp = true;
		return 0;
	case BA_SET_IO_URING:
		rec->allow_io_uring = true;
		return 0;
	case BA_SET_NO_BACKUP:
		rec->no_backup = true;
		return 0;
	case BA_SET_BACKUP_LIMIT:
		return read_size(value, &rec->backup_limit);
	case BA_SET_CHILDREN:
		rec->children = true;
		return 0;
	case BA_SET_FOR:
		return read_seconds(value, &rec->for_ns);
	case BA_SET_TRY:
		rec->trying = true;
		return *value ? set_string(&rec->continues, value) : 0;
	}
	return -EINVAL;
}

API void ba_recording_summary(struct ba_recording *rec,
	void (*done)(const struct ba_summary *, void *), void *data)
{
	rec->summary = done;
	rec->summary_data = data;
}

/* A filter of somebody without rights takes set-uid from all below it; so does his tracer. */
static bool takes_rights(const struct ba_recording *rec)
{
	return !rights_capable(CAP_SYS_PTRACE) ||
		(!rec->no_seccomp && !rights_capable(CAP_SYS_ADMIN));
}

API int ba_recording_warning(const struct ba_recording *rec, const char *command, char *out)
{
	char path[PATH_MAX];
	struct words words = { "" };
	int r = 0;

	if (command_find(command, path) == 0 && rights_gained_by(path) && takes_rights(rec))
		r = words_set(&words, 1,
			"'%s' gains no rights when it is recorded by an ordinary user: put "
			"buildaudit behind sudo, as in 'sudo buildaudit make install'",
			command);
	memcpy(out, words.text, BA_WORDS);
	return r;
}

static int build_scope(struct ba_recording *rec, struct scope *scope)
{
	char folder[PATH_MAX];
	int r = scope_add_defaults(scope, rec->cwd);
	size_t i;

	for (i = 0; r == 0 && i < rec->rule_count; i++) {
		const struct given_rule *rule = &rec->rules[i];

		if (rule->what == BA_SET_EXCLUDE)
			r = scope_add_glob(scope, rule->value, true);
		else if ((r = path_canonical(rule->value, folder)) == 0)
			r = scope_add_folder(scope, folder, false);
		/* a symlink is that itself, and what it leads to */
		if (r == 0 && rule->what == BA_SET_INCLUDE &&
			(r = path_canonical_all(rule->value, folder)) == 0)
			r = scope_add_folder(scope, folder, false);
	}
	return r;
}

/* Nearly every name of a file is asked for there. */
static int check_proc_here(struct words *words)
{
	int r = proc_check();

	if (r == -ENOENT)
		return words_set(words, r,
			"/proc is not mounted, and names of files are told "
			"by it: mount -t proc proc /proc");
	if (r < 0)
		return words_set(words, r,
			"/proc is that of another pid namespace, and nothing can be told by it: "
			"mount -t proc proc /proc (unshare has --mount-proc)");
	return 0;
}

int recording_prepare(struct ba_recording *rec, struct words *words)
{
	char given[PATH_MAX];
	int r = check_proc_here(words);

	if (r < 0)
		return r;
	rec->asked_ns = io_now_ns();
	if (rec->database)
		r = snprintf(given, sizeof given, "%s", rec->database) < (int)sizeof given ?
			0 :
			-ENAMETOOLONG;
	else
		r = ba_default_path(given, sizeof given);
	if (r >= 0)
		r = path_canonical(given, rec->db_path);
	if (r < 0)
		return words_set(words, r, "the database's name %s: %s", given, strerror(-r));
	r = rules_build(&rec->filter);
	if (r == 0)
		r = build_scope(rec, &rec->recorder.scope);
	if (r < 0)
		return words_set(words, r, "cannot prepare the recording: %s", strerror(-r));
	rec->run_id = mmap(NULL, sizeof *rec->run_id, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return rec->run_id == MAP_FAILED ? words_set(words, -ENOMEM, "out of memory") : 0;
}

void recording_make_folder(const struct ba_recording *rec)
{
	_cleanup_free_ char *folder = strdup(rec->db_path);
	char *slash = folder ? strrchr(folder, '/') : NULL;

	if (rec->database || getenv("BUILDAUDIT_DB") || !slash || slash == folder)
		return;
	*slash = '\0';
	IGNORE(io_mkdirs(folder, 0700)); /* opening the database says what is wrong */
}

int recording_open(struct ba_recording *rec, struct db **db, const char *argv, struct words *words)
{
	struct run_facts facts = { .label = rec->label, .name = rec->name, .version = rec->version,
		.argv = argv, .cwd = rec->cwd, .uid = getuid(), .started_ns = rec->asked_ns,
		.scene = rec->scene.name };
	int r;

	recording_make_folder(rec);
	r = db_open(db, rec->db_path, DB_MAKE, words);
	if (r < 0)
		return r;
	/* Before this run changes what another one left. */
	IGNORE(recover_lost(*db));
	if (rec->trying)
		scene_sweep(*db);
	r = writer_start(&rec->writer, *db, &facts, &rec->recorder.scope, words);
	if (r == 0)
		*rec->run_id = rec->writer.run.id;
	/* From here on stderr is the command's. */
	db_wait_silently(*db);
	return r;
}

void recording_drop(struct ba_recording *rec, struct db *db)
{
	if (!*rec->run_id)
		return;
	IGNORE(writer_finish(&rec->writer)); /* nothing was recorded */
	/* One that stays is found to be without a recorder by the next look. */
	IGNORE(run_drop(&rec->writer.run));
	db_settle(db);
}

struct recorder_setup recording_setup(struct ba_recording *rec)
{
	return (struct recorder_setup){ .sink = &rec->writer.sink,
		.db_path = rec->db_path,
		.run_id = rec->writer.run.id,
		.asked_ns = rec->asked_ns,
		.allow_io_uring = rec->allow_io_uring,
		.wait_all = rec->wait_all,
		.no_backup = rec->no_backup,
		.no_rights = takes_rights(rec),
		.trying = rec->trying,
		.backup_limit = rec->backup_limit };
}

void recording_failed(struct ba_recording *rec)
{
	rec->writer.sink.note(&rec->writer.sink, "the tracer failed: the record ends early");
}

/* Folders stand and fall with what is in them; and a package has to be taken out as such. */
static bool is_stale(const struct rows *rows, const struct buf *packaged)
{
	const char *path = rows_text(rows, 1);
	struct stat st;

	return strcmp(rows_text(rows, 0), "dir") != 0 && lstat(path, &st) == 0 &&
		!package_record_has(packaged, path);
}

static int64_t count_stale(struct db *db, int64_t run_id, const char *name)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	_cleanup_buf_ struct buf files = BUF_INIT;
	int64_t n = 0;

	package_record_files(&files, name);
	if (db_views(db) < 0 || db_rows(&rows, db, Q_STALE, "ii", run_id, (int64_t)0) < 0)
		return 0;
	while (rows_next(&rows) > 0)
		n += is_stale(&rows, &files);
	return n;
}

/* The columns of TAKEN. */
enum taken_column { TAKEN_FILES, TAKEN_INSTALLS, TAKEN_NAME };

/* What was somebody else's. The rows have the name, and are the caller's to end. */
static void find_taken(struct ba_summary *s, struct rows *rows, struct db *db)
{
	if (db_rows(rows, db, Q_TAKEN, "i", s->run_id) < 0 || rows_next(rows) <= 0)
		return;
	s->taken = rows_int(rows, TAKEN_FILES);
	s->taken_installs = rows_int(rows, TAKEN_INSTALLS);
	s->taken_from = s->taken ? rows_text(rows, TAKEN_NAME) : "";
}

/* By the writer's thread, to which the run belongs. */
void recording_summary(const struct run_result *res, void *data)
{
	const struct ba_recording *rec = data;
	const struct run *run = &rec->writer.run;
	struct ba_summary s = { .run_id = res->run_id, .created = res->created,
		.modified = res->modified, .removed = res->removed, .excluded = res->excluded,
		.processes = res->processes, .duration_ns = res->duration_ns, .status = res->status,
		.left = res->left, .error = res->error, .excluded_below = res->excluded_below,
		.notes = run->notes ? run->notes : "",
		.name = rec->name ? rec->name : "", .taken_from = "", .staged = rec->trying };
	_cleanup_rows_ struct rows taken = ROWS_INIT;
	bool has;

	if (res->modified + res->removed)
		find_taken(&s, &taken, run->db);
	if (res->modified)
		s.same = db_int(run->db, Q_RUN_SAME, 0, "i", res->run_id);
	has = rec->name && owned_any(run->db, res->run_id);
	if (has && !res->error && res->status == 0 && !rec->trying)
		s.stale = count_stale(run->db, res->run_id, rec->name);
	if (has)
		s.up_to_date = db_int(run->db, Q_UP_TO_DATE, 0, "i", res->run_id);
	shared_tell(rec->shared, &s);
	if (rec->summary)
		rec->summary(&s, rec->summary_data);
}
