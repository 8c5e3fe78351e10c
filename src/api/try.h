/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef API_TRY_H
#define API_TRY_H
/* A recording in layers that nobody else sees. Without BA_SET_TRY none of these does anything. */
#include "api/recording.h"

/*
 * This process, which is to be the command and from which its recorder comes, enters the scene; the
 * database is reached through its folder, rec->database_folder, from here on. 0, or -errno with a
 * sentence.
 */
int try_begin(struct ba_recording *rec, struct words *words) MUST_CHECK;
/* In the recorder: into the notes what the command does not find as it is outside. */
void try_tell(struct ba_recording *rec);
/* A sentence has the database's name as it was given. */
void try_name(const struct ba_recording *rec, struct words *words);
/* Nothing came of it: layers that were made for it go. */
void try_drop(struct ba_recording *rec);

#endif
