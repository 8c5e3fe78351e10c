/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef API_SHARED_H
#define API_SHARED_H
/* What a recorder has to say to whoever started it: memory that both of them see. */
#include <stddef.h>

#include "buildaudit.h"

/* Notes that are longer are cut. */
#define SHARED_TEXT (256U * 1024)

struct shared {
	struct ba_summary summary; /* its strings are in text; run_id 0: there is none */
	int result, exec_failed;   /* of ba_record_exec(), when it came back */
	char words[BA_WORDS];
	size_t used;
	char text[SHARED_TEXT];
};

/* NULL: out of memory. */
struct shared *shared_new(void);
void shared_free(struct shared *s);
/* In the recorder. s may be NULL: nobody wants to know. */
void shared_tell(struct shared *s, const struct ba_summary *summary);

#endif
