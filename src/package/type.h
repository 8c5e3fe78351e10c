/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_TYPE_H
#define PACKAGE_TYPE_H
/* Which kind of package. */

/*
 * The one list of them: X(constant, as a user says it, as checkinstall does or NULL, its name, what
 * it is called in a sentence), with `between` between two of them and `last` before the last one.
 */
#define PACKAGE_TYPES(X, between, last)                                       \
	X(DEB, "deb", "debian", "deb", "deb") between                         \
	X(RPM, "rpm", NULL, "rpm", "rpm") between                             \
	X(SLACKWARE, "slackware", NULL, "Slackware", "Slackware package") last \
	X(TAR, "tar", NULL, "tar", "tar")

#define PACKAGE_TYPE_CONSTANT(type, ...) PACKAGE_##type,
enum package_type {
	PACKAGE_AUTO,
	PACKAGE_TYPES(PACKAGE_TYPE_CONSTANT, , )
	PACKAGE_TYPE_END
};
#undef PACKAGE_TYPE_CONSTANT

/* How a user says them: for an option's value in a usage line, and for a sentence. */
#define PACKAGE_TYPE_WORD(type, word, ...) word
#define PACKAGE_TYPE_CHOICE PACKAGE_TYPES(PACKAGE_TYPE_WORD, "|", "|")
#define PACKAGE_TYPE_WORDS PACKAGE_TYPES(PACKAGE_TYPE_WORD, ", ", " or ")
#define PACKAGE_TYPE_WORDS_OR_AUTO PACKAGE_TYPES(PACKAGE_TYPE_WORD, ", ", ", ") " or auto"

/* The one that a user means; PACKAGE_AUTO when there is none of that name. */
enum package_type package_type_named(const char *word);
/* "Slackware", which forbids a name; "Slackware package", which has no place for something. */
const char *package_type_name(enum package_type type);
const char *package_type_called(enum package_type type);

#endif
