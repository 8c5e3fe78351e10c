/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_GZIP_H
#define PACKAGE_GZIP_H
/*
 * gzip on all processors: one stream, of blocks that are compressed each by
 * itself. Its bytes do not depend on how many processors there are.
 */
#include <stddef.h>

struct gzip;

/* Writes to fd, which stays the caller's. NULL: no memory, no threads. */
struct gzip *gzip_new(int fd);
/* 0 or -errno. */
int gzip_write(struct gzip *g, const void *data, size_t n);
/* What is left, and the end of the stream. 0 or -errno. */
int gzip_end(struct gzip *g);
void gzip_free(struct gzip *g);

#endif
