/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H
/*
 * One HTML file on a run or an install, for a person to look at. All is in it: the page (page.html,
 * page.css, the *.js beside them) is the same for every run; behind it stands the data, a gzip of
 * lines of JSON (columns.h). Names come into the page as text only, and it may fetch nothing: its
 * Content-Security-Policy names the one script and the one style sheet by their hashes.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "buildaudit.h"

struct report_options {
	const char *db;   /* the database's file: originals are beside it */
	const char *name; /* of the install, where that is the subject; else NULL */
	const char *out;  /* a file; "-" is standard output */
	bool redact;      /* what looks secret is masked */
	bool no_texts;    /* without the contents of replaced texts */
};

/* 0, or -1 after saying why. */
int report_write(struct ba *ba, int64_t subject, const struct report_options *o) MUST_CHECK;

#endif
