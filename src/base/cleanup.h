/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H
/*
 * What is freed or closed is freed or closed by the variable that holds it.
 * STEAL and STEAL_FD hand the thing over and leave the variable empty.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

#define STEAL(p)                                                                                   \
	({                                                                                         \
		__auto_type stolen_ = (p);                                                         \
		(p) = NULL;                                                                        \
		stolen_;                                                                           \
	})
#define STEAL_FD(fd)                                                                               \
	({                                                                                         \
		int stolen_ = (fd);                                                                \
		(fd) = -1;                                                                         \
		stolen_;                                                                           \
	})

/*
 * In front of a prototype: a call whose answer nobody looks at does not
 * compile (--enable-werror). Where it truly does not matter, IGNORE says so,
 * and the line says why.
 */
#define MUST_CHECK __attribute__((warn_unused_result))
#define IGNORE(call)                                                                               \
	do {                                                                                       \
		__auto_type ignored_ = (call);                                                     \
		(void)ignored_;                                                                    \
	} while (0)

/* Closes what nothing was written through: there is nothing to learn from how that ends. */
static inline void drop_fd(int fd)
{
	IGNORE(close(fd));
}

static inline void drop_file(FILE *f)
{
	IGNORE(fclose(f));
}

static inline void cleanup_freep(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_closedirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

static inline void cleanup_closep(const int *fd)
{
	if (*fd >= 0)
		drop_fd(*fd);
}

#define _cleanup_free_ _cleanup_(cleanup_freep)
#define _cleanup_close_ _cleanup_(cleanup_closep)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
