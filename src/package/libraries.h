/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_LIBRARIES_H
#define PACKAGE_LIBRARIES_H
/* From a library that an ELF file needs to the Debian package that promises it. */
#include <stdbool.h>

#include "base/buf.h"
#include "base/hash.h"
#include "package/conflicts.h"
#include "package/elf.h"
#include "package/metadata.h"

/*
 * What a package's symbols file says of one symbol. The words of
 * these files stay in memory with the library.
 */
struct promise {
	const char *symbol; /* name@version */
	const char *since;  /* the package's version */
	size_t template;
	UT_hash_handle hh;
};

struct library {
	char *key;           /* soname, and the machine it is for */
	const char *soname;  /* the ELF file's that asked first */
	char *path, *real;   /* as it was found, and without symlinks; NULL: it was not */
	bool own;            /* it is in the payload */
	const char *package; /* the owners'; NULL: no package has it */
	struct buf symbols_text, shlibs_text;
	const char **templates; /* "libc6 #MINVER#", and others that symbols name */
	size_t template_count;
	struct promise *promises;
	const char *oldest; /* of all since */
	char *shlibs; /* a dependency of its shlibs file, for libraries without symbols */
	bool used;    /* its shlibs were taken */
	UT_hash_handle hh;
};

struct libraries {
	struct library *all;
	char *cache; /* what ldconfig -p says */
	const struct payload *payload;
};

/*
 * The library a file needs, looked for at the first asking; by and soname stay until they are
 * released. NULL after saying why.
 */
struct library *libraries_get(struct libraries *ls, const struct elf *by, const char *by_path,
	const char *soname);
/*
 * Their packages: first what has to be asked of dpkg, then, from its answer,
 * the packages and what they promise. 0, or -1 after saying why.
 */
int libraries_add_owners(const struct libraries *ls, struct metadata *m);
int libraries_find_packages(struct libraries *ls, const struct owners *o);
void libraries_release(struct libraries *ls);

#endif
