/*
 * Makes a tar of a run, or of an install as it is now.
 *
 *   cc package.c $(pkg-config --cflags --libs buildaudit) -o package
 *   ./package DATABASE RUN FOLDER [EXCLUDE]
 */
#include <buildaudit.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static void note(const char *line, void *data)
{
	fprintf(stderr, "%s: %s\n", (const char *)data, line);
}

static void fail(const char *words)
{
	fprintf(stderr, "package: %s\n", words);
	exit(125);
}

int main(int argc, char **argv)
{
	struct ba_option options[] = { { "type", "tar" }, { "output", NULL }, { NULL, NULL },
		{ NULL, NULL } };
	char file[PATH_MAX], words[BA_WORDS];
	struct ba *ba;
	int64_t run;

	if (argc < 4)
		fail("usage: package DATABASE RUN FOLDER [EXCLUDE]");
	options[1].value = argv[3];
	if (argc > 4)
		options[2] = (struct ba_option){ "exclude", argv[4] };
	if (ba_open(&ba, argv[1], BA_READ, words) < 0)
		fail(words);
	if (ba_run_find(ba, argv[2], &run) < 0)
		fail(ba_error(ba));
	ba_close(ba);
	if (ba_package(argv[1], run, options, note, "note", file, words) < 0)
		fail(words);
	printf("%s\n", file);
	return 0;
}
