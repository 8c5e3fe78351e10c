/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_OPTIONS_H
#define PACKAGE_OPTIONS_H
/* What was asked for, by whichever command makes the package. */
#include "base/buf.h"
#include "package/compress.h"
#include "package/payload.h"
#include "package/type.h"

enum script { PRE_INSTALL, POST_INSTALL, PRE_REMOVE, POST_REMOVE, SCRIPTS };
extern const char *const script_names[SCRIPTS]; /* preinstall, ... */

/* What a package says of others. */
enum relation { REQUIRES, RECOMMENDS, SUGGESTS, CONFLICTS, REPLACES, PROVIDES, RELATIONS };

/* NULL is "find it out". */
struct package_options {
	enum package_type type;
	char *name, *version, *release, *arch, *license, *group, *source, *altsource, *maintainer,
		*summary;
	char *relations[RELATIONS];
	char *description; /* the long text, its first line is the summary */
	char *out;         /* the folder for the package */
	char *compress;
	char *scripts[SCRIPTS]; /* texts */
	char *spec;       /* the name of a spec file */
	char *docs;       /* a folder whose files go in as documentation */
	char *doc_folder; /* where to, with NAME behind it; NULL: /usr/share/doc */
	struct payload_rules include, exclude;
	bool force, no_questions, date_is_version, show_list, review;
	bool reset_owners; /* all is root's, and nobody else may do more than its group */
	bool keep_links; /* Slackware: no script makes the symlinks */
	bool papers;     /* a deb gets the documents that each has to have */
	bool usual_docs; /* of the folder docs only those that have a usual name: README, say */
	bool strip, strip_libraries, compress_pages;
	bool quiet; /* says only what fails */
	bool installs; /* the package is to be installed here at once */
	bool replace_system; /* in the place of one of the system's, if need be */
	/*
	 * The answers: the package's file and name, the run that is in it, and the paths, each with
	 * a NUL behind it, that have another name there.
	 */
	char *written, *called;
	int64_t run;
	struct buf renamed;
};

/* The types that have a place for what an option says. */
enum {
	IN_RPM = 1 << PACKAGE_RPM,
	IN_BOTH = 1 << PACKAGE_DEB | IN_RPM,
	IN_THREE = IN_BOTH | 1 << PACKAGE_SLACKWARE,
	IN_ALL = IN_THREE | 1 << PACKAGE_TAR
};

/*
 * Its value: any text; one line; a list of other packages; a file, whose text it is; one that is
 * there; a folder.
 */
enum option_kind {
	OPTION_TEXT,
	OPTION_LINE,
	OPTION_LIST,
	OPTION_SCRIPT,
	OPTION_FILE,
	OPTION_FOLDER
};

/*
 * The one list of them: X(letter, name, the value's name, help, where it is kept, types, kind).
 * First those that checkinstall has by the same name.
 */
#define CHECKINSTALL_OPTIONS(X)                                                                  \
	X(0, "pkgname", "NAME",                                                                  \
		"its name (default: what the folder the command ran in says)", name,             \
		IN_ALL, OPTION_TEXT)                                                             \
	X(0, "pkgversion", "VERSION", "its version (default: from there, too)", version,         \
		IN_ALL, OPTION_TEXT)                                                             \
	X(0, "pkgrelease", "RELEASE", "its release (default: 1)", release, IN_THREE,             \
		OPTION_TEXT)                                                                     \
	X(0, "pkgarch", "ARCH", "its architecture (default: from the ELF files)", arch,          \
		IN_THREE, OPTION_TEXT)                                                           \
	X(0, "pkglicense", "LICENSE", "its license (rpm)", license, IN_RPM, OPTION_LINE)         \
	X(0, "pkggroup", "GROUP", "its section or group", group, IN_BOTH, OPTION_LINE)           \
	X(0, "pkgsource", "URL", "where its source is", source, IN_BOTH, OPTION_LINE)            \
	X(0, "pkgaltsource", "URL", "where else", altsource, IN_BOTH, OPTION_LINE)               \
	X(0, "maintainer", "WHO",                                                                \
		"Name <address> (default: $DEBFULLNAME, $DEBEMAIL, or the user)", maintainer,    \
		IN_BOTH, OPTION_LINE)                                                            \
	X(0, "summary", "LINE", "what it is, in one line", summary, IN_THREE, OPTION_LINE)       \
	X(0, "provides", "LIST", "what it provides besides its name", relations[PROVIDES],       \
		IN_BOTH, OPTION_LIST)                                                            \
	X(0, "requires", "LIST", "what it needs, added to what its ELF files need",              \
		relations[REQUIRES], IN_BOTH, OPTION_LIST)                                       \
	X(0, "recommends", "LIST", "what it would like to have", relations[RECOMMENDS], IN_BOTH, \
		OPTION_LIST)                                                                     \
	X(0, "suggests", "LIST", "what goes well with it", relations[SUGGESTS], IN_BOTH,         \
		OPTION_LIST)                                                                     \
	X(0, "conflicts", "LIST", "what cannot be there with it", relations[CONFLICTS], IN_BOTH, \
		OPTION_LIST)                                                                     \
	X(0, "replaces", "LIST",                                                                 \
		"the packages whose files it takes over (an rpm: that it takes out)",            \
		relations[REPLACES], IN_BOTH, OPTION_LIST)                                       \
	X(0, "spec", "FILE", "a spec file: what it says of itself, and more (rpm)", spec, IN_RPM, \
		OPTION_FILE)                                                                     \
	X(0, "docdir", "DIR",                                                                    \
		"where documents go, with its name behind (default: /usr/share/doc)",            \
		doc_folder, IN_ALL, OPTION_TEXT)

#define PACKAGE_OPTIONS(X)                                                                        \
	X('o', "output", "DIR", "where the package goes (default: the working folder)", out,      \
		IN_ALL, OPTION_TEXT)                                                              \
	X(0, "description", "TEXT", "what it is, at length", description, IN_THREE, OPTION_TEXT)  \
	X(0, "docs", "DIR", "a folder whose files go in as documents", docs, IN_ALL,              \
		OPTION_FOLDER)                                                                    \
	CHECKINSTALL_OPTIONS(X)                                                                   \
	X(0, "preinstall", "FILE",                                                                \
		"a script of its own (also postinstall, preremove, postremove)",                  \
		scripts[PRE_INSTALL], IN_BOTH, OPTION_SCRIPT)                                     \
	X(0, "postinstall", "FILE", "", scripts[POST_INSTALL], IN_THREE, OPTION_SCRIPT)           \
	X(0, "preremove", "FILE", "", scripts[PRE_REMOVE], IN_BOTH, OPTION_SCRIPT)                \
	X(0, "postremove", "FILE", "", scripts[POST_REMOVE], IN_BOTH, OPTION_SCRIPT)              \
	X(0, "compress", "HOW", COMPRESSION_NAMES(" or ") " (default: gzip; an rpm: zstd)",       \
		compress, IN_ALL, OPTION_TEXT)

/* What was given for one option of that list, or NULL. */
const char *package_option_given(const struct package_options *o, const char *name);
/* One option of that list: 1 it was, 0 it is not of the list, -1 after saying why it cannot be. */
int package_option(struct package_options *o, const char *name, const char *value);
/*
 * What to take in: a path; what to leave out: a glob, which is no path
 * when it begins with a * or has no slash.
 */
int package_add_include(struct package_options *o, const char *path);
int package_add_exclude(struct package_options *o, const char *glob);
void package_options_release(struct package_options *o);

/* Is there somebody to ask, who did not say not to? */
bool options_may_ask(const struct package_options *o);
/* None has more lines than it may have. 0, or -1 after saying which. */
int options_check_lines(const struct package_options *o);
/* The lists of other packages in the type's own words. 0, or -1 after saying why. */
int options_write_relations(const struct package_options *o, struct buf out[RELATIONS]);
/* Names those that the type has no place for. */
void options_say_unused(const struct package_options *o);

#endif
