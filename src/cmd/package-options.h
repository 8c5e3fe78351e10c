/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_PACKAGE_OPTIONS_H
#define CMD_PACKAGE_OPTIONS_H
/* The options that say what a package is like, for each command that makes one. */
#include "cmd/cmd.h"
#include "package/package.h"

#define PACKAGE_OPTIONS                                                                               \
	{ 'o', "output", "DIR", "where the package goes (default: the working folder)" },             \
	{ 0, "pkgname", "NAME", "its name (default: from the name of the folder the command ran in)" }, \
	{ 0, "pkgversion", "VERSION", "its version (default: from the same name)" },                  \
	{ 0, "pkgrelease", "RELEASE", "its release (default: 1)" },                                   \
	{ 0, "pkgarch", "ARCH", "its architecture (default: from the ELF files)" },                   \
	{ 0, "pkglicense", "LICENSE", "its license (rpm)" },                                          \
	{ 0, "pkggroup", "GROUP", "its section or group" },                                           \
	{ 0, "pkgsource", "URL", "where its source is" },                                             \
	{ 0, "pkgaltsource", "URL", "where else" },                                                   \
	{ 0, "maintainer", "WHO", "Name <address> (default: $DEBFULLNAME, $DEBEMAIL, or the user)" }, \
	{ 0, "summary", "LINE", "what it is, in one line" },                                          \
	{ 0, "description", "TEXT", "what it is, at length" },                                        \
	{ 0, "provides", "LIST", "what it provides besides its name" },                               \
	{ 0, "requires", "LIST", "what it needs, added to what its ELF files need" },                 \
	{ 0, "recommends", "LIST", "what it would like to have" },                                    \
	{ 0, "suggests", "LIST", "what goes well with it" },                                          \
	{ 0, "conflicts", "LIST", "what cannot be there with it" },                                   \
	{ 0, "replaces", "LIST", "the packages whose files it takes over (an rpm: that it takes out)" }, \
	{ 0, "docs", "DIR", "a folder whose files go in as documents" },                              \
	{ 0, "docdir", "DIR", "where they go, with its name behind (default: /usr/share/doc)" },      \
	{ 0, "preinstall", "FILE", "a script of its own (also postinstall, preremove, postremove)" }, \
	{ 0, "postinstall", "FILE", "" },                                                             \
	{ 0, "preremove", "FILE", "" },                                                               \
	{ 0, "postremove", "FILE", "" },                                                              \
	{ 0, "compress", "HOW", "gzip, xz, zstd or none (default: gzip; an rpm: zstd)" }

/* One option of that list: 1 it was, 0 it is not of the list, -1 after saying why it cannot be. */
int package_option(struct package_options *o, const char *name, const char *value);
/* "/a" from "a", with the working folder in front; to be freed. NULL: no memory. */
char *package_absolute(const char *path);
/* What to take in: a path; what to leave out: a glob, which is no path when it begins with a * or has no slash. */
int package_add_include(struct package_options *o, const char *path);
int package_add_exclude(struct package_options *o, const char *glob);

/*
 * Records argv in a child (which becomes it) and waits, with what the terminal
 * sends left to the command; summary is told of the record, in another process.
 * The child's status as wait(2) gives it and the run's number, or -1.
 */
int record_and_wait(struct ba_recording *rec, char **argv, void (*summary)(const struct ba_summary *, void *),
	int64_t *run);
/* A status of wait(2) that is a failure, as our own end: does not return. */
void end_like(int status) __attribute__((noreturn));
/* Packs the run of a database (NULL: the usual one). An exit status; o->written is the package. */
int pack_run(const char *db, int64_t run, struct package_options *o);
/* All of it: a command that fails is our end, too. An exit status. */
int record_and_pack(struct ba_recording *rec, char **argv, void (*summary)(const struct ba_summary *, void *),
	const char *db, struct package_options *o);

#endif
