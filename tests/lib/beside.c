/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * beside DATABASE: records commands from a program that ignores SIGCHLD, that has children of its
 * own, or a handler; prints what is not as it should be.
 */
#include <buildaudit.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *database;
static volatile sig_atomic_t children_ended;

#define EXPECT(what) ((what) ? (void)0 : (void)printf("line %d: %s\n", __LINE__, #what))

static void count(int sig)
{
	(void)sig;
	children_ended++;
}

static int record(char *const argv[], int *status, struct ba_summary *s, char *words)
{
	static struct ba_recording *rec;

	ba_recording_free(rec);
	if (ba_recording_new(&rec) < 0 || ba_recording_set(rec, BA_SET_DATABASE, database) < 0)
		return -1;
	return ba_record(rec, argv, status, s, words);
}

static void statuses(void)
{
	char *const ends[] = { "sh", "-c", "exit 7", NULL },
		    *const dies[] = { "sh", "-c", "kill -TERM $$", NULL },
		    *const nothing[] = { "no-such-command", NULL }, *const folder[] = { "/", NULL };
	char words[BA_WORDS] = "";
	struct ba_summary s;
	int status;

	EXPECT(record(ends, &status, &s, words) == 0 && WIFEXITED(status));
	EXPECT(WEXITSTATUS(status) == 7 && s.run_id > 0 && s.status == status);
	EXPECT(record(dies, &status, &s, words) == 0 && WIFSIGNALED(status));
	EXPECT(WTERMSIG(status) == SIGTERM && s.processes == 1);
	EXPECT(record(dies, &status, NULL, words) == 0);
	EXPECT(record(nothing, &status, &s, words) == -2 && strstr(words, "no-such-command"));
	EXPECT(WEXITSTATUS(status) == 127);
	EXPECT(record(folder, &status, &s, words) == -13 && WEXITSTATUS(status) == 126);
}

/* Then no status is to be had from the kernel, and it is right all the same. */
static void ignored(void)
{
	char *const argv[] = { "sh", "-c", "sleep 0.1; exit 3", NULL };
	char words[BA_WORDS];
	struct ba_summary s;
	int status;

	signal(SIGCHLD, SIG_IGN);
	EXPECT(record(argv, &status, &s, words) == 0 && WEXITSTATUS(status) == 3);
	signal(SIGCHLD, SIG_DFL);
}

static void others_are_left_alone(void)
{
	char *const argv[] = { "true", NULL };
	char words[BA_WORDS];
	struct ba_summary s;
	sigset_t mask, before, after;
	int status, mine = fork();

	if (mine == 0)
		_exit(9);
	signal(SIGCHLD, count);
	signal(SIGINT, count);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_SETMASK, &mask, &before);
	EXPECT(record(argv, &status, &s, words) == 0 && status == 0);
	sigprocmask(SIG_SETMASK, &before, &after);
	EXPECT(sigismember(&after, SIGUSR1) && !sigismember(&after, SIGTERM));
	EXPECT(signal(SIGINT, SIG_DFL) == count && signal(SIGCHLD, SIG_DFL) == count);
	EXPECT(children_ended > 0);
	EXPECT(waitpid(-1, &status, 0) == mine && WEXITSTATUS(status) == 9);
	EXPECT(waitpid(-1, &status, 0) < 0);
}

static void started(void)
{
	char *const argv[] = { "sleep", "100", NULL };
	struct ba_recording *rec;
	char words[BA_WORDS];
	struct ba_summary s;
	int status;
	pid_t pid;

	EXPECT(ba_recording_new(&rec) == 0);
	EXPECT(ba_recording_set(rec, BA_SET_DATABASE, database) == 0);
	EXPECT(ba_record_wait(rec, &status, &s, words) < 0 && strstr(words, "nothing"));
	EXPECT(ba_record_start(rec, argv, &pid, words) == 0 && kill(pid, SIGKILL) == 0);
	EXPECT(ba_record_wait(rec, &status, &s, words) == 0 && WTERMSIG(status) == SIGKILL);
	ba_recording_free(rec);
}

static void answers(void)
{
	struct ba_rows *rows;
	char words[BA_WORDS];
	struct ba *ba;

	if (ba_open(&ba, database, BA_READ, words) < 0) {
		printf("%s\n", words);
		return;
	}
	EXPECT(ba_files(ba, 999, 0, &rows) == -2 && strstr(ba_error(ba), "no run 999"));
	EXPECT(ba_run(ba, 999, &rows) == -2 && ba_run_since(ba, 999, &rows) == -2);
	EXPECT(ba_tree(ba, 999, &rows) == -2 && ba_events(ba, -999, &rows) == -2);
	EXPECT(ba_replaced(ba, 999, &rows) == -2 && ba_made(ba, 999, &rows) == -2);
	EXPECT(ba_unchanged(ba, 999, &rows) == -2 && ba_owned_by(ba, 999, &rows) == -2);
	EXPECT(ba_later_runs(ba, 999, &rows) == -2 && ba_uninstall_list(ba, 999, 0, &rows) == -2);
	EXPECT(ba_diff(ba, 1, 999, 0, &rows) == -2 && ba_diff(ba, 999, 1, 0, &rows) == -2);
	EXPECT(ba_sql(ba, "DELETE FROM run", &rows) == -30 && strstr(ba_error(ba), "read"));
	EXPECT(ba_sql(ba, "CREATE TEMP TABLE t (x)", &rows) == -30);
	EXPECT(ba_sql(ba, "SELECT 1", &rows) == 0);
	ba_rows_free(rows);
	ba_close(ba);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	database = argv[1];
	setvbuf(stdout, NULL, _IONBF, 0);
	statuses();
	ignored();
	others_are_left_alone();
	started();
	answers();
	return 0;
}
