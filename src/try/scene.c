/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/scene.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "base/canonical.h"
#include "base/child.h"
#include "base/io.h"
#include "base/proc.h"
#include "base/rights.h"
#include "store/sql.h"
#include "try/build.h"
#include "try/image.h"
#include "try/layers.h"
#include "try/living.h"

/* Whoever leaves a scene lets go of its image a moment later. */
#define LOOKS 500
#define LOOK_NS 20000000L
#define NAME "try-"
#define SUFFIX ".img"

void scene_close(struct scene *s)
{
	const int open[] = { s->images, s->lock, s->space, s->root };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(open); i++)
		if (open[i] >= 0)
			drop_fd(open[i]);
	free(s->name);
	free(s->folder);
	*s = (struct scene)SCENE_INIT;
}

static int no_memory(struct words *words)
{
	return words_set(words, -ENOMEM, "out of memory");
}

/* By a name that is right wherever this process goes. */
static int open_folder(struct scene *s, const char *db_path, struct words *words)
{
	char whole[PATH_MAX];

	if (asprintf(&s->folder, "%s.scenes",
		    path_canonical(db_path, whole) < 0 ? db_path : whole) < 0) {
		s->folder = NULL;
		return no_memory(words);
	}
	s->images = open(s->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return s->images < 0 ? -errno : 0;
}

static int make_folder(struct scene *s, const char *db_path, struct words *words)
{
	int r = open_folder(s, db_path, words);

	if (r == -ENOENT && mkdir(s->folder, 0700) == 0) {
		free(STEAL(s->folder));
		r = open_folder(s, db_path, words);
	}
	return r < 0 && r != -ENOMEM ? words_set(words, r,
				"cannot make the folder %s for the layers of a try: %s", s->folder,
				strerror(-r)) :
		       r;
}

static void file_name(const struct scene *s, char out[NAME_MAX])
{
	snprintf(out, NAME_MAX, "%s" SUFFIX, s->name);
}

static int choose_name(struct scene *s, struct words *words)
{
	unsigned long long number;

	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number ||
		asprintf(&s->name, NAME "%016llx", number) < 0) {
		s->name = NULL;
		return no_memory(words);
	}
	return 0;
}

/* All that can be known to forbid it. */
static int check_here(struct words *words)
{
	if (geteuid() != 0 || !rights_capable(CAP_SYS_ADMIN) || !rights_capable(CAP_SYS_CHROOT))
		return words_set(words, -EPERM,
			"a try mounts layers over the file systems, and for now only root may: put "
			"sudo before buildaudit");
	if (living_here("upperdir=" NAME))
		return words_set(words, -EBUSY,
			"this is a try already, and there is none within another: what is done "
			"here can be committed or discarded as it is");
	return 0;
}

int scene_make(struct scene *s, const char *db_path, struct words *words)
{
	char file[NAME_MAX];
	int r = check_here(words);

	if (r == 0)
		r = make_folder(s, db_path, words);
	if (r == 0)
		r = choose_name(s, words);
	if (r < 0)
		return r;
	file_name(s, file);
	r = image_make(s->images, file, s->folder, words);
	if (r < 0) {
		scene_drop(s);
		return r;
	}
	s->lock = r;
	return 0;
}

/*
 * The folder goes with the last of them; it may not be empty. By what is open: from within a scene
 * its name leads elsewhere. 1: it has gone, on the disk, too; 0: it stays; or -errno.
 */
static int remove_folder(const struct scene *s)
{
	_cleanup_close_ int above = openat(s->images, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (above < 0 || unlinkat(above, strrchr(s->folder, '/') + 1, AT_REMOVEDIR) < 0)
		return 0;
	return fsync(above) < 0 ? -errno : 1;
}

/* What is said to be gone is so on the disk. */
static int remove_image(const struct scene *s)
{
	char file[NAME_MAX];
	int r;

	if (s->images < 0)
		return 0;
	file_name(s, file);
	if (unlinkat(s->images, file, 0) < 0 && errno != ENOENT)
		return -errno;
	r = remove_folder(s);
	if (r == 0 && fsync(s->images) < 0)
		r = -errno;
	return r < 0 ? r : 0;
}

void scene_drop(struct scene *s)
{
	if (s->images >= 0 && s->name)
		IGNORE(remove_image(s)); /* the next one that looks takes it */
	scene_close(s);
}

static int read_name(struct scene *s, struct db *db, int64_t run_id, struct words *words)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_RUN_SCENE, "i", run_id);

	if (r == 0)
		r = rows_next(&rows);
	if (r < 0)
		return words_set(words, r, "%s: %s", db_path(db), db_error(db));
	if (r == 0)
		return words_set(words, -ENOENT,
			"run %lld is not staged: what it changed is in its place, and rollback "
			"takes it back",
			(long long)run_id);
	s->name = strdup(rows_text(&rows, 0));
	return s->name ? 0 : no_memory(words);
}

int scene_find(struct scene *s, struct db *db, int64_t run_id, struct words *words)
{
	int r;

	*s = (struct scene)SCENE_INIT;
	r = read_name(s, db, run_id, words);
	/* Where the folder is gone, its run can still be discarded. */
	if (r == 0 && open_folder(s, db_path(db), words) == -ENOMEM)
		r = -ENOMEM;
	if (r < 0)
		scene_close(s);
	return r;
}

static void pause_for_a_look(void)
{
	const struct timespec pause = { 0, LOOK_NS };

	nanosleep(&pause, NULL);
}

/* Two that built the same scene at once would write one image from two sides. */
static int take_lock(struct scene *s, struct words *words)
{
	char file[NAME_MAX];
	int i;

	file_name(s, file);
	s->lock = s->images < 0 ? -1 : openat(s->images, file, O_RDONLY | O_CLOEXEC);
	if (s->lock < 0)
		return words_set(words, -ENOENT,
			"the layers of this try, %s/%s, are not there any more: discard the run",
			s->folder, file);
	for (i = 0; i < LOOKS; i++) {
		if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
			return 0;
		pause_for_a_look();
	}
	return words_set(words, -EBUSY,
		"%s/%s is held by somebody else: try again when he is done", s->folder, file);
}

static void release_lock(struct scene *s)
{
	drop_fd(STEAL_FD(s->lock));
}

static int find_living(const struct scene *s, struct living *l)
{
	_cleanup_buf_ struct buf mark = BUF_INIT;

	layers_mark(s->name, &mark);
	return mark.failed ? -ENOMEM : living_find(l, mark.data);
}

static int open_of(pid_t pid, const char *what, int flags)
{
	char path[PROC_PATH];

	proc_path(path, pid, what);
	return open(path, flags | O_CLOEXEC);
}

/* As that process sees it. 0, or -errno: it is gone, perhaps. */
static int join(pid_t pid)
{
	_cleanup_close_ int space = open_of(pid, "ns/mnt", O_RDONLY);
	_cleanup_close_ int root = open_of(pid, "root", O_PATH | O_DIRECTORY);

	if (space < 0 || root < 0 || setns(space, CLONE_NEWNS) < 0)
		return -errno;
	return fchdir(root) < 0 || chroot(".") < 0 ? -errno : 0;
}

static int cannot_read_proc(int error, struct words *words)
{
	return words_set(words, error, "cannot read /proc: %s", strerror(-error));
}

/* One that somebody is in is entered through him: 1; 0: nobody is, and the image is free. */
static int join_living(const struct scene *s, struct words *words)
{
	char file[NAME_MAX];
	int i, r = 0;

	file_name(s, file);
	for (i = 0; i < LOOKS; i++) {
		struct living l;

		r = find_living(s, &l);
		if (r == 0 && l.count && join(l.each[0]) == 0)
			r = 1;
		living_release(&l);
		if (r || !image_is_attached(file))
			return r < 0 ? cannot_read_proc(r, words) : r;
		pause_for_a_look();
	}
	return words_set(words, -EBUSY,
		"the layers %s/%s are mounted elsewhere, by whom cannot be told: unmount them",
		s->folder, file);
}

static int build(const struct scene *s, struct buf *notes, struct words *words)
{
	char file[NAME_MAX];
	struct site site = { s->name, file, s->folder, s->images };

	file_name(s, file);
	return build_scene(&site, notes, words);
}

static int go_back_to(const char *folder, struct words *words)
{
	if (chdir(folder) < 0)
		return words_set(words, -errno,
			"the working folder %s cannot be entered in the try: %s", folder,
			strerror(errno));
	return 0;
}

int scene_enter(struct scene *s, struct buf *notes, struct words *words)
{
	_cleanup_free_ char *folder = getcwd(NULL, 0);
	bool had_lock = s->lock >= 0;
	int r = 0;

	if (!folder || *folder != '/')
		return words_set(words, -ENOENT,
			"the working folder has no name, so it cannot be found in the try: go to "
			"another one");
	if (!had_lock)
		r = take_lock(s, words);
	if (r == 0 && !had_lock)
		r = join_living(s, words);
	if (r == 0)
		r = build(s, notes, words);
	if (!had_lock && s->lock >= 0)
		release_lock(s);
	return r < 0 ? r : go_back_to(folder, words);
}

/* In a child: it stays until somebody has taken hold of what it sees. */
__attribute__((noreturn)) static void show(struct scene *s, int to_parent)
{
	struct words words = { "" };
	char c;

	if (chdir("/") < 0 || scene_enter(s, NULL, &words) < 0)
		IGNORE(io_write_all(to_parent, words.text, sizeof words.text));
	else
		IGNORE(io_write_all(to_parent, "", 1));
	IGNORE(read(to_parent, &c, 1));
	_exit(0);
}

/* One byte that is 0: it is there; else a sentence. */
static int hear(int from_child, struct words *words)
{
	ssize_t n = read(from_child, words->text, sizeof words->text);

	if (n == 1 && !words->text[0])
		return 0;
	return n > 1 ? -EIO : words_set(words, -EIO, "the layers could not be shown");
}

static int take_hold(struct scene *s, pid_t child, struct words *words)
{
	s->space = open_of(child, "ns/mnt", O_RDONLY);
	s->root = open_of(child, "root", O_PATH | O_DIRECTORY);
	if (s->space >= 0 && s->root >= 0)
		return 0;
	return words_set(words, -errno, "cannot take hold of the layers: %s", strerror(errno));
}

static int open_by_child(struct scene *s, struct words *words)
{
	int pair[2], status, r;
	sigset_t mask;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return words_set(words, -errno, "cannot start a process: %s", strerror(errno));
	child = child_fork(&mask);
	if (child == 0) {
		drop_fd(pair[0]);
		show(s, pair[1]);
	}
	drop_fd(pair[1]);
	if (child > 0)
		pthread_sigmask(SIG_SETMASK, &mask, NULL);
	r = child < 0 ? words_set(words, child, "cannot start a process: %s", strerror(-child)) :
			hear(pair[0], words);
	if (r == 0)
		r = take_hold(s, child, words);
	drop_fd(pair[0]);
	if (child > 0)
		IGNORE(child_end(child, &status));
	return r;
}

int scene_open(struct scene *s, struct db *db, int64_t run_id, struct words *words)
{
	int r = scene_find(s, db, run_id, words);

	if (r == 0)
		r = open_by_child(s, words);
	if (r < 0)
		scene_close(s);
	return r;
}

int scene_root(const struct scene *s)
{
	return s->root;
}

int scene_sync(const struct scene *s)
{
	_cleanup_close_ int top = openat(s->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int image = -1;
	char file[NAME_MAX];

	/* All layers are on one file system, and that is in one file. */
	if (top < 0 || syncfs(top) < 0)
		return -errno;
	file_name(s, file);
	image = openat(s->images, file, O_RDONLY | O_CLOEXEC);
	return image < 0 || fsync(image) < 0 ? -errno : 0;
}

int scene_living(const struct scene *s, struct buf *who)
{
	struct living l;
	int i, r = find_living(s, &l);

	for (i = 0; r == 0 && l.count && living_are_ours(&l) && i < LOOKS; i++) {
		living_release(&l);
		pause_for_a_look();
		r = find_living(s, &l);
	}
	if (r == 0) {
		buf_reset(who);
		buf_adds(who, "");
		living_say(&l, who);
		r = (int)l.count;
	}
	living_release(&l);
	return r;
}

int scene_remove(struct scene *s, struct words *words)
{
	int r = remove_image(s);

	if (r < 0)
		words_set(words, r, "cannot remove %s/%s" SUFFIX ": %s", s->folder, s->name,
			strerror(-r));
	scene_close(s);
	return r;
}

/* "try-0123456789abcdef.img" */
static char *name_of_file(const char *file)
{
	size_t n = strlen(file), k = strlen(SUFFIX);

	if (strncmp(file, NAME, strlen(NAME)) || n <= k || strcmp(file + n - k, SUFFIX))
		return NULL;
	return strndup(file, n - k);
}

static void sweep_one(struct scene *s, struct db *db, const char *file)
{
	_cleanup_close_ int fd = -1;

	free(STEAL(s->name));
	s->name = name_of_file(file);
	if (!s->name)
		return;
	fd = openat(s->images, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	/* In this order: whoever makes one holds its lock until a run names it. */
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
		!db_int(db, Q_SCENE_NAMED, 0, "s", s->name) && db_unread(db) == 0)
		IGNORE(remove_image(s));
}

void scene_sweep(struct db *db)
{
	_cleanup_(cleanup_closedirp) DIR *d = NULL;
	_cleanup_scene_ struct scene s = SCENE_INIT;
	const struct dirent *e;
	struct words words;

	if (open_folder(&s, db_path(db), &words) < 0)
		return;
	d = io_opendir(s.images, ".");
	while (d && (e = readdir(d)))
		sweep_one(&s, db, e->d_name);
	/* of which the last image went, and then somebody was killed */
	IGNORE(remove_folder(&s));
}
