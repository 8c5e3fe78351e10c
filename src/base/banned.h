/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
/*
 * Included before everything else by the build: functions that write past a
 * buffer or keep hidden state do not compile here.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#define BANNED(f) sorry_##f##_is_banned
#undef strcpy
#define strcpy(d, s) BANNED(strcpy)
#undef strcat
#define strcat(d, s) BANNED(strcat)
#undef strncpy
#define strncpy(d, s, n) BANNED(strncpy)
#undef strtok
#define strtok(s, d) BANNED(strtok)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef gmtime
#define gmtime(t) BANNED(gmtime)
#undef localtime
#define localtime(t) BANNED(localtime)

#endif
