/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of packages that can be asked without one: versions, names, ELF files. */
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "package/elf.h"
#include "package/libraries.h"
#include "package/metadata.h"
#include "package/names.h"
#include "package/relations.h"
#include "package/version.h"

static void test_versions(void)
{
	/* each is older than the next; from the policy manual and from what dpkg says */
	static const char *const order[] = { "0~~", "0~~a", "0~", "0", "0.1", "1.0~rc1-1", "1.0",
		"1.0-1", "1.0-1+b1", "1.0-2", "1.0-10", "1.0a", "1.0+dfsg", "1.0.1", "1.10", "10",
		"1:0.1", "2:0" };
	size_t i;

	for (i = 0; i + 1 < sizeof order / sizeof order[0]; i++) {
		ok(version_compare(order[i], order[i + 1]) < 0, "%s is older than %s", order[i],
			order[i + 1]);
		ok(version_compare(order[i + 1], order[i]) > 0, "%s is newer than %s", order[i + 1],
			order[i]);
	}
	ok_int(version_compare("1.0", "1.0-0"), 0, "no revision is the revision 0");
	ok_int(version_compare("1.00", "1.0"), 0, "numbers, not digits");
}

static void folder(const char *path, enum package_type type, const char *name, const char *version)
{
	char *n, *v;

	if (metadata_from_folder(path, type, &n, &v) < 0)
		abort();
	ok_str(n, name, path);
	ok_str(v, version, path);
	free(n);
	free(v);
}

static void test_folders(void)
{
	folder("/src/hello-2.10", PACKAGE_DEB, "hello", "2.10");
	folder("/src/hello-2.10/build", PACKAGE_DEB, "hello", "2.10");
	folder("/src/tcl8.6-8.6.13+dfsg/unix", PACKAGE_DEB, "tcl8.6", "8.6.13+dfsg");
	folder("/src/tcl8.6.13", PACKAGE_DEB, "tcl", "8.6.13");
	folder("/src/Foo_Bar_1.2_3", PACKAGE_DEB, "foo-bar", "1.2+3");
	folder("/src/lib-v3", PACKAGE_DEB, "lib", "3");
	folder("/src/x-1.0-rc1", PACKAGE_RPM, "x", "1.0_rc1");
	folder("/src/sqlite3", PACKAGE_DEB, "sqlite3", NULL);
	folder("/src/plain/", PACKAGE_DEB, "plain", NULL);
	folder("/", PACKAGE_DEB, NULL, NULL);
}

static int named(enum package_type type, const char *name, const char *version)
{
	struct package_options o = { 0 };
	struct metadata m = { &o, type, (char *)name, (char *)version, "1" };

	return names_check(&m);
}

static void test_names(void)
{
	ok_int(named(PACKAGE_DEB, "lib+x-1.0", "1:2.0~rc1-3"), 0, "a deb's characters");
	ok_int(named(PACKAGE_DEB, "Lib", "1"), -1, "a deb's name has no capitals");
	ok_int(named(PACKAGE_DEB, "x", "1"), -1, "a deb's name has two characters");
	ok_int(named(PACKAGE_DEB, "xx", "a1"), -1, "a deb's version begins with a digit");
	ok_int(named(PACKAGE_DEB, "xx", "a:1"), -1, "an epoch is a number");
	ok_int(named(PACKAGE_DEB, "xx", "1:a"), -1, "a digit after the epoch, too");
	ok_int(named(PACKAGE_DEB, "xx", ""), -1, "an empty version");
	ok_int(named(PACKAGE_RPM, "Lib_x", "1.0^git~2"), 0, "an rpm's characters");
	ok_int(named(PACKAGE_RPM, "lib", "1-2"), -1, "an rpm's version has no dash");
	ok_int(named(PACKAGE_RPM, "lib/x", "1"), -1, "no slash");
	ok_int(named(PACKAGE_TAR, "x", ""), 0, "a tar needs no version");
}

static void relations(enum package_type type, const char *list, const char *want)
{
	struct buf out = BUF_INIT;
	int r = relations_write(type, "requires", list, &out);

	ok(want ? r == 0 && !strcmp(out.data, want) : r < 0, "%s", list);
	buf_release(&out);
}

static void test_relations(void)
{
	relations(PACKAGE_DEB, "a", "a");
	relations(PACKAGE_DEB, " a:any ( >=2 ) | b<3,c", "a:any (>= 2) | b (<< 3), c");
	relations(PACKAGE_DEB, "a > 1", "a (>> 1)");
	relations(PACKAGE_RPM, "a (>> 1), b (<< 2:1-1)", "a > 1, b < 2:1-1");
	relations(PACKAGE_RPM, "a | b (= 1)", "(a or b = 1)");
	relations(PACKAGE_RPM, "(a if b)", "(a if b)");
	relations(PACKAGE_RPM, "libx.so.1(X_1.0)(64bit) >= 2", "libx.so.1(X_1.0)(64bit) >= 2");
	relations(PACKAGE_DEB, "", NULL);
	relations(PACKAGE_DEB, "a,", NULL);
	relations(PACKAGE_DEB, "|a", NULL);
	relations(PACKAGE_DEB, "a (", NULL);
	relations(PACKAGE_DEB, "a )", NULL);
	relations(PACKAGE_DEB, "a ()", NULL);
	relations(PACKAGE_DEB, "a >", NULL);
	relations(PACKAGE_DEB, "a 1", NULL);
	relations(PACKAGE_DEB, "a (>= 1) x", NULL);
	relations(PACKAGE_DEB, "a (=> 1)", NULL);
	relations(PACKAGE_DEB, "a_b", NULL);
}

static void write_file(const char *path, const void *data, size_t n)
{
	FILE *f = fopen(path, "w");

	fwrite(data, 1, n, f);
	fclose(f);
}

/* Whatever the bytes, nothing beyond the file is read. */
static void test_broken(const char *self)
{
	char path[] = "/tmp/ba-elf.XXXXXX", data[4096];
	FILE *f = fopen(self, "r");
	size_t n = fread(data, 1, sizeof data, f), i, k;
	unsigned int seed = 1;
	struct elf elf;

	fclose(f);
	close(mkstemp(path));
	for (i = 0; i < 200; i++) {
		char bent[sizeof data];

		memcpy(bent, data, n);
		for (k = 0; k < 8; k++) {
			seed = seed * 1103515245U + 12345U;
			bent[16 + seed / 65536 % (n - 16)] = (char)(seed >> 8);
		}
		write_file(path, bent, i % 2 ? n : 64 + seed % (n - 64));
		elf_read(&elf, path);
		elf_release(&elf);
	}
	write_file(path, "!<arch>\n", 8);
	elf_read(&elf, path);
	elf_release(&elf);
	ok(true, "broken files");
	unlink(path);
}

static void test_elf(const char *self)
{
	struct elf elf;
	size_t i, main_found = 0;

	ok_int(elf_read(&elf, "/proc/self/exe"), 0, "our own program is read");
	ok_str(elf_deb_arch(&elf), "amd64", "its architecture for dpkg");
	ok_str(elf_rpm_arch(&elf), "x86_64", "its architecture for rpm");
	for (i = 0; i < elf.needed_count; i++)
		main_found |= !strcmp(elf.needed[i], "libc.so.6");
	ok(main_found, "it needs libc.so.6");
	for (i = main_found = 0; i < elf.symbol_count; i++)
		main_found |= !strcmp(elf.symbols[i].name, "__libc_start_main") &&
			!strncmp(elf.symbols[i].version, "GLIBC_", 6);
	ok(main_found, "from which it takes __libc_start_main, of a version");
	elf_release(&elf);
	ok(elf_read(&elf, "/etc/passwd") == 1, "a text is no ELF file");
	elf_release(&elf);
	ok(elf_read(&elf, "/no/such/file") < 0, "a file that is not there");
	test_broken("/proc/self/exe");
}

int main(int argc, char **argv)
{
	test_versions();
	test_folders();
	test_names();
	test_relations();
	test_elf(argv[0]);
	return done_testing();
}
