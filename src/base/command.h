/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_COMMAND_H
#define BASE_COMMAND_H

/*
 * Where execvp(3) would find the program `name`: with a slash in it there, else in the folders of
 * $PATH. 0, with its path in `path` (PATH_MAX bytes); -ENOENT: nowhere; -EACCES: it is there, and
 * nobody may execute it; or another -errno. That it starts is not said: what is in it was not read.
 */
int command_find(const char *name, char *path);

#endif
