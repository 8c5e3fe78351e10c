/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_JUDGEMENT_H
#define UNDO_JUDGEMENT_H
/*
 * What a rollback makes of one place: from what is known of it, and nothing
 * else. No file is looked at here, and the database is not asked; plan-judge.c
 * and plan-means.c do both, and say what they found.
 */
#include "undo/entry.h"

enum state {
	STATE_LEAVE,  /* not of this rollback (excluded, say) */
	STATE_SHARED, /* a folder that others have something in: theirs from here on */
	STATE_BEFORE, /* it is as it was before the run */
	STATE_OURS,   /* it is as the run left it: to be taken back */
	STATE_REFUSED,
};

/* One place as a rollback finds it. */
struct situation {
	enum change change;     /* what the run did there */
	bool excluded;          /* it does not count as installed */
	bool left;              /* the run took what stood there elsewhere, or away */
	bool was, is;           /* something stood there before the run; stands there now */
	/* what is known of both is the same: before and now, the run's end and now */
	bool as_before, as_left;
	bool hidden;            /* the run mounted or unmounted something over it */
	bool half_done;         /* an undo that was interrupted was at it */
	bool folder_in_way;     /* a folder stands there, and the run left none */
	bool force;             /* what was changed since goes, too */
	bool taken_out;         /* by the package of this very install, of which it was */
	bool index;             /* its tool makes it anew, whoever installs what */
	int64_t later;          /* a later run changed it; 0: none, or that is no matter */
	/* 0, or -errno of reaching it; -ELOOP: a folder above it is none now */
	int error;
	/*
	 * Of that folder, with -ELOOP: what stood there before the run does again, be it half of
	 * it; a symlink is there, and what it leads to may have the place in it.
	 */
	bool above_is_back, above_is_link;
	/* for the reason: where it is, as so much of the path; a later run that changed it, or 0 */
	size_t above_length;
	int64_t above_later;
	bool lacks_folder;      /* its folder is not there, nor one of those that are made again */
	bool as_needed;         /* it is made only for what comes back in it, or linked to */
	bool begun;             /* an undo was at it, as the record says */
	bool for_good;          /* its install was taken out since */
	/* it is here for what it may hold; what the run left is still that, be it half undone */
	bool of_others, is_what_was_left;
};

struct judgement {
	enum state state;
	/* STATE_LEAVE, but what stood elsewhere before may be fetched from here */
	bool lends;
	const char *reason; /* of STATE_REFUSED */
	bool whoever; /* the reason is that one, whoever else changed it */
};

struct judgement judgement_of(const struct situation *s);

/* What there is to put a place's former thing back with. */
struct holdings {
	const struct entry *e;
	bool same_inode; /* the very file stands there still, whatever is in it */
	bool as_left;    /* or another with what the run left in it, held against its digest */
	bool rewritten;  /* which gets what it had before, where it stands, and before this does */
	bool object;     /* its kept content is there, and whole */
	bool carried;    /* the run took it elsewhere, and there it is, unchanged */
	bool other_name; /* another name of it, which the run had, too, is as before */
	bool temp;       /* an interrupted rollback has given it a temporary name */
};

struct means {
	bool content_same; /* its content stands there; only its attributes have to be set */
	bool secured;      /* whatever happens elsewhere, it can be put back */
	bool fetch;        /* from where the run took it */
	const char *lacks; /* NULL, or why it cannot be put back */
};

/* Of something that stood there before. */
struct means means_of(const struct holdings *h);

#endif
