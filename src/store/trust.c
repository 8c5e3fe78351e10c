/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/trust.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFUSED \
	"%s %s: its record is not believed (whoever writes it decides what an undo does); %s"

static int refuse(struct words *words, const char *path, const char *what, const char *remedy)
{
	return words_set(words, -EPERM, REFUSED, path, what, remedy);
}

/* What is not there is written by nobody. */
static int check(const char *path, uid_t also, bool is_folder, struct words *words)
{
	struct stat st;
	char owner[64];

	if (stat(path, &st) < 0)
		return errno == ENOENT ? 0 :
					 words_set(words, -errno, "%s: %s", path, strerror(errno));
	if (st.st_uid != 0 && st.st_uid != geteuid() && st.st_uid != also) {
		snprintf(owner, sizeof owner, "belongs to user %u", st.st_uid);
		return refuse(words, path, owner,
			"run it as that user, or chown it if it is yours");
	}
	/* In a folder with the sticky bit nobody takes another one's files away. */
	if ((st.st_mode & 022) && !(is_folder && (st.st_mode & S_ISVTX)))
		return refuse(words, path, "can be written by others",
			"chmod go-w it if you know what it holds");
	return 0;
}

/* Under sudo a user's own folder is the usual place: what he may do as root he may do anyhow. */
static uid_t sudo_user(void)
{
	const char *uid = geteuid() == 0 ? getenv("SUDO_UID") : NULL;

	return uid ? (uid_t)strtoul(uid, NULL, 10) : 0;
}

int trust_database(const char *path, struct words *words)
{
	static const char *const beside[] = { "", "-wal", "-shm", "-journal", ".d" };
	char name[PATH_MAX + 16], whole[PATH_MAX];
	size_t i;
	int r = 0;

	if (!realpath(path, whole))
		return words_set(words, -errno, "%s: %s", path, strerror(errno));
	for (i = 0; r == 0 && i < ARRAY_SIZE(beside); i++) {
		snprintf(name, sizeof name, "%s%s", whole, beside[i]);
		r = check(name, 0, false, words);
	}
	return r == 0 ? check(dirname(whole), sudo_user(), true, words) : r;
}
