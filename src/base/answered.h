/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_ANSWERED_H
#define BASE_ANSWERED_H
/*
 * Included before everything else in the library and the program: calls whose
 * answer is the only word of what did not get to the disk. One that is not
 * looked at does not compile (--enable-werror). Of our own functions MUST_CHECK
 * says so; a descriptor that nothing was written through is closed with
 * drop_fd(); both are in base/cleanup.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ANSWERED(function) extern function __attribute__((warn_unused_result))
ANSWERED(int fsync(int));
ANSWERED(int fdatasync(int));
ANSWERED(int syncfs(int));
ANSWERED(int close(int));
ANSWERED(int fclose(FILE *));
ANSWERED(int fflush(FILE *));
ANSWERED(int ftruncate(int, off_t));
ANSWERED(int rename(const char *, const char *));
ANSWERED(int renameat(int, const char *, int, const char *));
ANSWERED(int link(const char *, const char *));
ANSWERED(int linkat(int, const char *, int, const char *, int));
ANSWERED(int mkdir(const char *, mode_t));
ANSWERED(int mkdirat(int, const char *, mode_t));
ANSWERED(int chmod(const char *, mode_t));
ANSWERED(int fchmod(int, mode_t));
ANSWERED(int fchmodat(int, const char *, mode_t, int));
ANSWERED(int utimensat(int, const char *, const struct timespec[2], int));
ANSWERED(int futimens(int, const struct timespec[2]));

#endif
