/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H
/*
 * Shared libraries that only some uses need. Linked in, each is loaded before
 * every recorded command: libcrypto takes 1 ms, libarchive with all that it
 * brings 2.5 ms, and three forks copy their page tables. So the first use
 * loads them, by the name that the linker found when this was built.
 *
 *	#define CRYPTO(X) X(EVP_MD_fetch) X(EVP_MD_CTX_new)
 *	static struct { CRYPTO(LIBRARY_FUNCTION) } crypto;
 *	static const char *const names[] = { CRYPTO(LIBRARY_NAME) };
 *	library_load("libcrypto.so.3", names, ARRAY_SIZE(names), &crypto, NULL);
 *
 * Once for each library, for those who make packages: no NEEDED tells them of it.
 *
 *	LIBRARY_NOTE("libcrypto.so.3", "digest", "digests of files", "required");
 */
#include <stddef.h>
#include <stdint.h>

#define LIBRARY_FUNCTION(f) __typeof__(&f) f;
#define LIBRARY_NAME(f) #f,

#define LIBRARY_JSON(soname, feature, description, priority) \
	"[{\"soname\":[\"" soname "\"],\"feature\":\"" feature "\",\"description\":\"" description \
	"\",\"priority\":\"" priority "\"}]"
/* An ELF note as <https://systemd.io/ELF_DLOPEN_METADATA/> has it; dh_dlopenlibdeps reads it. */
#define LIBRARY_NOTE(...) \
	static const struct { \
		uint32_t owner_size, size, type; \
		char owner[4]; \
		_Alignas(4) char json[sizeof LIBRARY_JSON(__VA_ARGS__)]; \
	} library_note __attribute__((used, section(".note.dlopen"), aligned(4))) = { 4, \
		sizeof LIBRARY_JSON(__VA_ARGS__), 0x407c0c0aU, "FDO", LIBRARY_JSON(__VA_ARGS__) }

/*
 * Fills `table`, pointers to functions in the order of names. 0, or -ELIBACC
 * when the library or one of them is not there; *why, if asked for, then holds
 * the loader's words. The library stays until the end of the process.
 */
int library_load(const char *soname, const char *const *names, size_t count, void *table,
	const char **why);

#endif
