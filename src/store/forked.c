/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/forked.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/cleanup.h"

/*
 * In the order in which SQLite takes one with another held: a shared cache is
 * looked for, its file opened, a temporary name chosen, the generator seeded.
 */
static const int shared_by_all[] = { SQLITE_MUTEX_STATIC_OPEN, SQLITE_MUTEX_STATIC_VFS1,
	SQLITE_MUTEX_STATIC_PRNG, SQLITE_MUTEX_STATIC_MAIN, SQLITE_MUTEX_STATIC_LRU,
	SQLITE_MUTEX_STATIC_PMEM, SQLITE_MUTEX_STATIC_MEM };

static sqlite3_mutex *mutexes[ARRAY_SIZE(shared_by_all)];
static dev_t generation; /* how many forks lie behind us */
static int (*stat_before)(const char *, struct stat *);
static int (*fstat_before)(int, struct stat *);

/* The device is of use to SQLite only as half of a file's identity. */
static int apart(int r, struct stat *st)
{
	if (r == 0)
		st->st_dev += generation << 40;
	return r;
}

static int stat_apart(const char *path, struct stat *st)
{
	return apart(stat_before(path, st), st);
}

static int fstat_apart(int fd, struct stat *st)
{
	return apart(fstat_before(fd, st), st);
}

static void hold(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(mutexes); i++)
		sqlite3_mutex_enter(mutexes[i]);
}

static void let_go(void)
{
	for (size_t i = ARRAY_SIZE(mutexes); i-- > 0;)
		sqlite3_mutex_leave(mutexes[i]);
}

static void begin_anew(void)
{
	generation++;
	let_go();
}

static void watch(void)
{
	/* Which may be the first call of SQLite, and readies the mutexes. */
	sqlite3_vfs *vfs = sqlite3_vfs_find("unix");

	if (!vfs)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(mutexes); i++)
		mutexes[i] = sqlite3_mutex_alloc(shared_by_all[i]);
	stat_before = (int (*)(const char *, struct stat *))vfs->xGetSystemCall(vfs, "stat");
	fstat_before = (int (*)(int, struct stat *))vfs->xGetSystemCall(vfs, "fstat");
	if (!stat_before || !fstat_before || pthread_atfork(hold, let_go, begin_anew) != 0)
		return;
	vfs->xSetSystemCall(vfs, "stat", (sqlite3_syscall_ptr)stat_apart);
	vfs->xSetSystemCall(vfs, "fstat", (sqlite3_syscall_ptr)fstat_apart);
}

void forked_watch(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, watch);
}
