/*
 * Records a command, and says what it made and which program made it.
 *
 *   cc record.c $(pkg-config --cflags --libs buildaudit) -o record
 *   ./record DATABASE COMMAND [ARG...]
 */
#include <buildaudit.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static void fail(const char *words)
{
	fprintf(stderr, "record: %s\n", words);
	exit(125);
}

/* A column by its name: their order may grow. */
static const char *text(const struct ba_rows *rows, const char *column)
{
	return ba_rows_text(rows, ba_rows_column(rows, column), NULL);
}

static void print_created(struct ba *ba, int64_t run)
{
	struct ba_rows *files, *hands;

	if (ba_files(ba, run, BA_FILES_CREATED, &files) < 0)
		fail(ba_error(ba));
	while (ba_rows_next(files) > 0) {
		printf("%s", text(files, "path"));
		/* newest first: the last who had a hand in it */
		if (ba_who_recorded(ba, text(files, "path"), &hands) < 0)
			fail(ba_error(ba));
		if (ba_rows_next(hands) > 0)
			printf("  by %s", text(hands, "exe"));
		printf("\n");
		ba_rows_free(hands);
	}
	ba_rows_free(files);
}

int main(int argc, char **argv)
{
	struct ba_recording *recording;
	struct ba_summary summary;
	char words[BA_WORDS];
	struct ba *ba;
	int status;

	if (argc < 3)
		fail("usage: record DATABASE COMMAND [ARG...]");
	if (ba_recording_new(&recording) < 0 ||
		ba_recording_set(recording, BA_SET_DATABASE, argv[1]) < 0)
		fail("out of memory");
	if (ba_record(recording, argv + 2, &status, &summary, words) < 0)
		fail(words);
	printf("run %lld: %lld created, %lld modified, %lld removed\n", (long long)summary.run_id,
		(long long)summary.created, (long long)summary.modified,
		(long long)summary.removed);
	if (ba_open(&ba, argv[1], BA_READ, words) < 0)
		fail(words);
	print_created(ba, summary.run_id);
	ba_close(ba);
	ba_recording_free(recording);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
