/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of calls against this machine's own headers, so that a new
 * kernel's call is noticed; and a few rows by hand, so that a table of
 * nothing but "skip" fails. And the calls that others name are in it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/call.h"
#include "lib/tap.h"
#include "record/again.h"
#include "record/rest-call.h"

/* Reads "#define __NR_name number" lines; the count of names that the table has otherwise. */
static int compare(enum abi abi, const char *header)
{
	FILE *f = fopen(header, "r");
	char line[256], name[128];
	size_t count;
	const struct syscall *table = syscall_table(abi, &count);
	int seen = 0, wrong = 0;
	unsigned int nr;

	if (!f)
		return -1;
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "#define __NR_%127s %u", name, &nr) != 2)
			continue;
		seen++;
		if (nr < count && table[nr].name && !strcmp(table[nr].name, name))
			continue;
		printf("# %s: %s is %u there; add a row to src/decode/syscalls.tbl\n", header, name,
			nr);
		wrong++;
	}
	fclose(f);
	return seen > 300 ? wrong : -1;
}

static const struct syscall *named(enum abi abi, const char *name)
{
	size_t count, i;
	const struct syscall *table = syscall_table(abi, &count);

	for (i = 0; i < count; i++)
		if (table[i].name && !strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

static int count_unknown(const char *(*name_of)(size_t i))
{
	const char *name;
	int unknown = 0;
	size_t i;

	for (i = 0; (name = name_of(i)); i++) {
		if (named(ABI_X86_64, name) || named(ABI_I386, name))
			continue;
		printf("# %s is no call of src/decode/syscalls.tbl\n", name);
		unknown++;
	}
	return i > 10 ? unknown : -1;
}

/* send and recv are numbers of socketcall(2) only, and it has them as sendto and recvfrom. */
static const char *name_of_socketcall(size_t i)
{
	return socketcall_name(i + 1);
}

static void arguments(void)
{
	struct call c = { .abi = ABI_X86_64, .sys = named(ABI_X86_64, "linkat") };
	uint64_t linkat[] = { 3, 0x1000, 4, 0x2000, AT_SYMLINK_FOLLOW, 0 };
	uint64_t creat[] = { 0x1000, 0755, 0, 0, 0, 0 };
	uint64_t utimensat[] = { 7, 0, 0, 0, 0, 0 };

	call_sort_arguments(&c, linkat);
	ok_int(c.places, 2, "linkat has two places");
	ok_int(c.place[0].dirfd, 3, "the first from its folder");
	ok_int(c.place[1].dirfd, 4, "the second from its own");
	ok(c.place[0].follow && !c.place[1].follow, "AT_SYMLINK_FOLLOW is for the first");
	c.sys = named(ABI_X86_64, "creat");
	call_sort_arguments(&c, creat);
	ok_int(c.flags, O_WRONLY | O_CREAT | O_TRUNC, "creat's flags are implied");
	c.sys = named(ABI_X86_64, "utimensat");
	call_sort_arguments(&c, utimensat);
	ok(c.place[0].by_fd, "utimensat without a name is about the descriptor");
}

int main(void)
{
	uint64_t nr = 0x40000000 + 2;

	ok_int(compare(ABI_X86_64, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), 0,
		"x86_64's calls are all there");
	ok_int(compare(ABI_I386, "/usr/include/x86_64-linux-gnu/asm/unistd_32.h"), 0,
		"i386's calls are all there");
	ok_int(named(ABI_X86_64, "openat")->action, CALL_OPEN, "openat is followed");
	ok_int(named(ABI_I386, "chown32")->action, CALL_CHOWN, "chown32 is followed");
	ok(named(ABI_X86_64, "chown32") == NULL, "x86_64 has no chown32");
	ok(syscall_find(ABI_X86_64, 0) == NULL, "read is skipped");
	ok(syscall_find(ABI_X86_64, 100000) == NULL, "a number past the table is no call");
	ok_int(abi_of_stop(0xc000003e, &nr), ABI_X32, "bit 30 is x32");
	ok_int((int)nr, 2, "and comes off");
	ok(abi_of_stop(0x1234, &nr) < 0, "another architecture is not ours");
	ok(open_flags_change(O_WRONLY) && open_flags_change(O_TRUNC),
		"writing and truncating change");
	ok(!open_flags_change(O_RDONLY | O_CLOEXEC), "reading does not");
	ok(!open_flags_change(O_PATH | O_RDWR), "O_PATH opens nothing for writing");
	ok_int(count_unknown(again_name), 0, "what is begun again is in the table");
	ok_int(count_unknown(rest_call_name), 0, "what may be cut short is, too");
	ok_int(count_unknown(name_of_socketcall), 0, "and what socketcall stands for");
	ok_str(socketcall_name(SOCKETCALL_BIND), "bind", "bind's number");
	ok_str(socketcall_name(9), "sendto", "send is a sendto");
	ok_str(socketcall_name(20), "sendmmsg", "the last one");
	ok(!socketcall_name(0) && !socketcall_name(21), "and no others");
	arguments();
	return done_testing();
}
