/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/lock-wait.h"

#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/locks.h"
#include "base/log.h"

#define MS INT64_C(1000000) /* ns */
#define TOLD_MS 1000

static lock_wait_fn *teller;
static void *teller_data;

void lock_wait_tell(lock_wait_fn *tell, void *data)
{
	teller_data = data;
	teller = tell;
}

/* A write lock is on the log's index, where there is a log. */
const char *lock_wait_for(const char *path, bool writes, struct buf *room)
{
	_cleanup_buf_ struct buf index = BUF_INIT;
	bool has_log;

	buf_addf(&index, "%s-shm", path);
	has_log = writes && !index.failed && access(index.data, F_OK) == 0;
	locks_say_holder(has_log ? index.data : path, writes, room);
	return room->failed ? "another program" : room->data;
}

static void say_waiting(struct lock_wait *w, bool writes)
{
	_cleanup_buf_ struct buf who = BUF_INIT;
	struct words words;

	w->told = true;
	words_set(&words, 0, "waiting for %s, which has locked %s",
		lock_wait_for(w->path, writes, &who), w->path);
	teller(words.text, teller_data);
}

/* A quarter of what was waited already: soon at first, and no burden later. */
static void rest(int64_t waited)
{
	int64_t ns = waited / 4 < MS ? MS : waited / 4 > 50 * MS ? 50 * MS : waited / 4;
	const struct timespec pause = { 0, (long)ns };

	nanosleep(&pause, NULL);
}

bool lock_wait_goes_on(struct lock_wait *w, int count, int most_ms, bool writes)
{
	int64_t now = io_monotonic_ns();

	if (count == 0)
		w->since = now;
	if (now - w->since >= most_ms * MS)
		return false;
	if (now - w->since >= TOLD_MS * MS && teller && !w->silent && !w->told)
		say_waiting(w, writes);
	rest(now - w->since);
	return true;
}
