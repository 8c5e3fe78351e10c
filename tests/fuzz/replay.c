/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fuzz target as a test: every file of its corpus, or those that are named, once. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "fuzz/fuzz.h"

#define INPUT_MAX (1U << 24)

static int count;
static FILE *tap;

static void play(const char *path)
{
	/* Not by io_read_file(), which some targets replace. */
	FILE *file = fopen(path, "re");
	_cleanup_free_ uint8_t *data = malloc(INPUT_MAX);
	size_t n = file && data ? fread(data, 1, INPUT_MAX, file) : 0;
	uint8_t *exact = data ? realloc(data, n ? n : 1) : NULL; /* so that its end is seen */

	/* Said before: one that kills us is named. */
	fprintf(tap, "# %s\n", path);
	if (file && exact)
		LLVMFuzzerTestOneInput(data = exact, n);
	fprintf(tap, "%sok %d - %s\n", file && exact ? "" : "not ", ++count, path);
	if (file)
		drop_file(file);
}

static void play_folder(const char *folder)
{
	struct dirent **names;
	int i, n = scandir(folder, &names, NULL, alphasort);

	for (i = 0; i < n; i++) {
		_cleanup_buf_ struct buf path = BUF_INIT;

		buf_addf(&path, "%s/%s", folder, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			play(path.data);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int main(int argc, char **argv)
{
	const char *top = getenv("srcdir"), *name = strrchr(argv[0], '/');
	char folder[4096];
	int i;

	/* What the targets print is not looked at. */
	tap = fdopen(dup(STDOUT_FILENO), "w");
	if (!tap || !freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
		return 1;
	setvbuf(tap, NULL, _IOLBF, 0);
	LLVMFuzzerInitialize(&argc, &argv);
	for (i = 1; i < argc; i++)
		play(argv[i]);
	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", top ? top : ".",
		name ? name + 1 : argv[0]);
	if (argc == 1)
		play_folder(folder);
	fprintf(tap, "1..%d\n", count);
	return count == 0;
}
