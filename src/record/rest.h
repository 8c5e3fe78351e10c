/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_REST_H
#define RECORD_REST_H
/*
 * An ignored signal cuts a transfer short: the kernel's loops look whether a
 * signal is pending, and then answer what they have got so far. Untraced there
 * is none, and they go on; so here the rest is transferred by a second call, of
 * which the program knows nothing. Its result is what both have come to, its
 * error the end of the first: that is what the kernel would answer for one.
 *
 * Which calls, and how far, is in rest-call.c.
 */
#include "record/recorder.h"

/* A call that rests are made of has answered something. */
bool rest_is_of(const struct stop *call);
/*
 * The task is on its way out of that call, where nothing but an ignored signal came: is there a
 * rest? True: it is made next, and its stops are wanted.
 */
bool rest_begin(const struct stop *call);
/* Another stop comes before it is made: for this the task is out of its call. */
void rest_undo(const struct stop *stop);
/* At a call's entry: is it that one? True: its exit is wanted. */
bool rest_enter(const struct recorder *r, const struct stop *stop);
/* At its exit. True: the stops of the task's next call are wanted, too. */
bool rest_leave(const struct recorder *r, const struct stop *stop);
/* Is this the SIGPIPE of a rest? One call that has sent something is not signalled. */
bool rest_swallows(const struct stop *stop);

#endif
