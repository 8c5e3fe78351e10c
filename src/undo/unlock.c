/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/unlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/proc.h"

#define MAY_WRITE (S_IWUSR | S_IXUSR)
#define UNLOCKED (S_IRUSR | MAY_WRITE)

static bool is_locked(const struct stat *st)
{
	return geteuid() && st->st_uid == geteuid() && (st->st_mode & MAY_WRITE) != MAY_WRITE;
}

bool unlock_helps(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && is_locked(&st);
}

static int remember(struct journal *j, const char *folder, uint32_t mode)
{
	int r = run_begin(&j->run);

	if (r == 0)
		r = db_run(j->db, Q_UNLOCKED_ADD, "Si", folder, (int64_t)mode);
	return r < 0 ? r : journal_sync(j);
}

int unlock_folder(struct journal *j, int dir, const char *path)
{
	_cleanup_free_ char *folder = NULL;
	char link[PROC_PATH];
	struct stat st;
	int r;

	if (fstat(dir, &st) < 0 || !is_locked(&st))
		return 0;
	folder = strndup(path, (size_t)(strrchr(path, '/') - path));
	if (!folder)
		return -ENOMEM;
	r = remember(j, folder, st.st_mode & 07777);
	if (r < 0)
		return r;
	proc_fd_path(link, getpid(), dir);
	IGNORE(chmod(link, (st.st_mode & 07777) | UNLOCKED)); /* what follows tells */
	return 0;
}

/* Somebody may have given it another mode since, or taken it away: then that is how it is. */
static void lock(struct parents *parents, const char *folder, uint32_t mode)
{
	_cleanup_close_ int fd = -1;
	char link[PROC_PATH];
	struct stat st;
	const char *name;
	int dir;

	if (parents_open(parents, folder, &dir, &name) < 0)
		return;
	fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || (st.st_mode & 07777) != (mode | UNLOCKED))
		return;
	proc_fd_path(link, getpid(), fd);
	IGNORE(chmod(link, mode));
}

int lock_folders(struct journal *j)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct parents parents = PARENTS_INIT;
	int r = db_rows(&rows, j->db, Q_UNLOCKED, "");
	bool any = false;

	/* What is in a folder before it: the way there is open still. */
	while (r == 0 && (r = rows_next(&rows)) > 0) {
		lock(&parents, rows_text(&rows, 0), (uint32_t)rows_int(&rows, 1));
		any = true;
		r = 0;
	}
	parents_forget(&parents);
	rows_done(&rows);
	if (r == 0 && any)
		r = run_begin(&j->run);
	return r == 0 && any ? db_run(j->db, Q_UNLOCKED_DROP, "") : r;
}
