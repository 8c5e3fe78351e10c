/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls made by hand, and what a sink is told of them: the front half without a tracer. This
 * process stands for the command, so that the calls are really made, between the two stops that are
 * only said.
 */
#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/io.h"
#include "lib/scratch.h"
#include "lib/tap.h"
#include "record/calls.h"
#include "record/setup.h"

/* What was told, a line each: names below the test's folder, files by their numbers. */
static struct buf told;

static const char *below(const char *path)
{
	size_t n = strlen(top);

	return !strncmp(path, top, n) && path[n] == '/' ? path + n + 1 : path;
}

static void say_file(uint32_t file)
{
	if (file)
		buf_addf(&told, "%u\n", file);
	else
		buf_adds(&told, "nothing\n");
}

static const char *const ops[OP_COUNT] = { [OP_OPEN] = "open",
	[OP_RENAME] = "rename",
	[OP_LINK] = "link",
	[OP_SYMLINK] = "symlink",
	[OP_UNLINK] = "unlink",
	[OP_RMDIR] = "rmdir",
	[OP_MKDIR] = "mkdir",
	[OP_MKNOD] = "mknod",
	[OP_TRUNCATE] = "truncate",
	[OP_CHMOD] = "chmod",
	[OP_CHOWN] = "chown",
	[OP_UTIME] = "utime",
	[OP_SETXATTR] = "setxattr",
	[OP_REMOVEXATTR] = "removexattr" };

static void say_event(struct sink *s, const struct event *e)
{
	buf_addf(&told, "%s %s", ops[e->op], below(e->path));
	if (e->old_path)
		buf_addf(&told, " of %s", below(e->old_path));
	if (e->mode >= 0)
		buf_addf(&told, " %03llo", (long long)e->mode);
	buf_adds(&told, ": ");
	say_file(e->file);
}

static void say_touch(struct sink *s, const struct touch *t)
{
	buf_addf(&told, "before %s%s%s: ", below(t->path), t->excluded ? " excluded" : "",
		t->late ? " late" : "");
	say_file(t->before_file);
}

static void say_original(struct sink *s, const struct original *o)
{
	static const char *const words[] = { "", " content", " excluded", " unkept", " limit",
		" failed" };

	buf_addf(&told, "loses%s%s%s: ", words[o->keep], o->target ? " text" : "",
		o->xattrs ? " attributes" : "");
	say_file(o->file);
}

static void say_place(struct sink *s, const char *path, uint32_t file)
{
	buf_addf(&told, "now %s: ", below(path));
	say_file(file);
}

static void say_alias(struct sink *s, uint32_t file, const char *name, const char *other)
{
	buf_addf(&told, "names %s, %s: ", below(name), below(other));
	say_file(file);
}

static void say_stood(struct sink *s, const char *path)
{
	buf_addf(&told, "stood %s\n", below(path));
}

static void say_hidden(struct sink *s, const char *path)
{
	buf_addf(&told, "hidden %s\n", below(path));
}

static void say_note(struct sink *s, const char *text)
{
	buf_addf(&told, "note: %.24s\n", text);
}

static void no_process(struct sink *s, const struct process_begin *p) { }
static void no_end(struct sink *s, const struct process_end *p) { }
static void no_exec(struct sink *s, const struct exec_begin *e) { }
static void nothing(struct sink *s) { }
static void no_command_end(struct sink *s, int status, int64_t at_ns, unsigned int left) { }

static struct sink printer = { .process_begin = no_process,
	.process_end = no_end,
	.exec_begin = no_exec,
	.event = say_event,
	.touch = say_touch,
	.original = say_original,
	.secure = nothing,
	.place = say_place,
	.alias = say_alias,
	.note = say_note,
	.lost = say_note,
	.command_end = no_command_end,
	.stood = say_stood,
	.hidden = say_hidden,
	.let_go = nothing };

static struct recorder r = { .sink = &printer,
	.keeper = { .off = true, .dir = -1, .lock = -1, .receipts = -1 } };
static struct task *self;

static struct stop stop_of(struct task *task, long nr, const uint64_t args[6])
{
	struct stop s = { .task = task, .arch = AUDIT_ARCH_X86_64, .nr = (uint64_t)nr };

	memcpy(s.args, args, sizeof s.args);
	return s;
}

static void enter(struct stop *s, enum turn turn)
{
	s->task->in_call = call_enter(&r, s->task, s, turn) == NEXT_FOLLOW;
}

static void leave(struct stop *s, long result)
{
	s->result = result < 0 ? -errno : result;
	if (s->task->in_call)
		call_leave(&r, s->task, s);
	s->task->in_call = false;
}

static long make_call(const struct stop *s)
{
	return syscall((long)s->nr, s->args[0], s->args[1], s->args[2], s->args[3], s->args[4]);
}

#define ARG(x) ((uint64_t)(x))
#define NAME(x) ARG((uintptr_t)(x))
#define CALL(nr, ...) call((nr), (const uint64_t[6]){ __VA_ARGS__ })

/* One call, from its entry to its exit; its result. */
static long call(long nr, const uint64_t args[6])
{
	struct stop s = stop_of(self, nr, args);
	long result;

	buf_reset(&told);
	enter(&s, TURN_NEW);
	result = make_call(&s);
	leave(&s, result);
	return result;
}

static const char *what_was_told(void)
{
	return told.len ? told.data : "";
}

/* What stands there now was there before the run. */
static void count_as_before(void)
{
	r.touches.started_ns = io_now_ns();
	while (io_coarse_ns() <= r.touches.started_ns)
		;
}

static void open_for(const char *name, int flags)
{
	long fd = CALL(SYS_openat, ARG(AT_FDCWD), NAME(at(name)), ARG(flags), 0644);

	if (fd >= 0)
		close((int)fd);
}

static void test_opens(void)
{
	make("old", "content");
	count_as_before();
	open_for("old", O_RDONLY);
	ok_str(what_was_told(), "", "to read is to change nothing");
	open_for("none/new", O_WRONLY | O_CREAT);
	ok_str(what_was_told(), "", "what fails has changed nothing");
	open_for("new", O_WRONLY | O_CREAT | O_EXCL);
	ok_str(what_was_told(), "before new: nothing\nnow new: 1\nopen new 644: 1\n",
		"a file is made");
	open_for("new", O_WRONLY);
	ok_str(what_was_told(), "open new: 1\n", "of what is known only the event is told");
	open_for("old", O_WRONLY | O_TRUNC);
	ok_str(what_was_told(),
		"before old: 2\nloses unkept attributes: 2\nnow old: 2\nopen old: 2\n",
		"what was there before may be lost");
	open_for("old", O_WRONLY | O_TRUNC);
	ok_str(what_was_told(), "open old: 2\n", "it can be lost but once");
}

static void test_attributes(void)
{
	make("mode", "");
	count_as_before();
	CALL(SYS_chmod, NAME(at("mode")), 04751);
	ok_str(what_was_told(),
		"before mode: 3\nloses attributes: 3\nnow mode: 3\nchmod mode 4751: 3\n", "a mode");
	CALL(SYS_truncate, NAME(at("mode")), 0);
	ok_str(what_was_told(), "loses unkept: 3\ntruncate mode: 3\n",
		"then the content is lost, too");
	CALL(SYS_chmod, NAME(at("nowhere")), 0644);
	ok_str(what_was_told(), "", "a call that fails");
}

static void test_entries(void)
{
	CALL(SYS_mkdir, NAME(at("dir")), 0755);
	ok_str(what_was_told(), "before dir: nothing\nnow dir: 4\nmkdir dir 755: 4\n", "a folder");
	CALL(SYS_symlink, NAME("dir"), NAME(at("link")));
	ok_str(what_was_told(), "before link: nothing\nnow link: 5\nsymlink link of dir: 5\n",
		"a symlink");
	open_for("link/../link/in", O_WRONLY | O_CREAT);
	ok_str(what_was_told(), "before dir/in: nothing\nnow dir/in: 6\nopen dir/in 644: 6\n",
		"names are canonical");
	CALL(SYS_link, NAME(at("dir/in")), NAME(at("second")));
	ok_str(what_was_told(),
		"before second: nothing\nnow second: 6\nnames second, "
		"dir/in: 6\nlink second of dir/in: 6\n",
		"a second name");
	CALL(SYS_unlink, NAME(at("second")));
	ok_str(what_was_told(), "unlink second: 6\n", "and away with it");
	CALL(SYS_unlink, NAME(at("second")));
	ok_str(what_was_told(), "", "a second time it is not there");
}

/* A folder takes along what is in it, made by the run or not. */
static void test_renames(void)
{
	if (mkdir(at("from"), 0755) < 0)
		abort();
	make("from/a", "");
	count_as_before();
	CALL(SYS_rename, NAME(at("from")), NAME(at("to")));
	ok(strstr(what_was_told(), "before from: 7\n") &&
			strstr(what_was_told(), "before to: nothing\n") &&
			strstr(what_was_told(), "before from/a: 8\n") &&
			strstr(what_was_told(), "before to/a: nothing\n"),
		"both ends of each name are touched");
	ok(strstr(what_was_told(), "now from: nothing\n") || strstr(what_was_told(), "now to: 7\n"),
		"it stands there now");
	ok(strstr(what_was_told(), "names to/a, from/a: 8\n") &&
			strstr(what_was_told(), "rename to of from: 7\n"),
		"what is in it has both names");
	open_for("to/a", O_WRONLY);
	ok_str(what_was_told(), "loses unkept attributes: 8\nopen to/a: 8\n",
		"it is the same file there");
}

static int quiet_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

/* Between the two stops of one call another one turns the way round that it goes. */
static void test_race(const char *made, const char *way, const char *way2)
{
	pid_t pid = quiet_child();
	struct task *other = tracer_task(&r.tracer, pid);
	const uint64_t make_it[6] = { NAME(made), 0755 }, turn_it[6] = { NAME(way2), NAME(way) };
	struct stop a = stop_of(self, SYS_mkdir, make_it), b = stop_of(other, SYS_rename, turn_it);

	if (mkdir(at("one"), 0755) < 0 || mkdir(at("two"), 0755) < 0 || symlink("one", way) < 0 ||
		symlink("two", way2) < 0 || lives_child(&r.lives, self, other, false, 1) < 0)
		abort();
	buf_reset(&told);
	enter(&a, TURN_NEW);
	ok(call_enter(&r, other, &b, TURN_NEW) == NEXT_WAIT, "who would turn it round waits");
	enter(&b, TURN_FORCED);
	leave(&b, make_call(&b));
	buf_reset(&told);
	leave(&a, make_call(&a));
	ok(strstr(what_was_told(), "mkdir two/made 755") && !strstr(what_was_told(), "one/made"),
		"it was made where the name led to in the end");
	lives_end(&r.lives, other, 0, 2);
	tracer_forget(&r.tracer, other);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/*
 * Every call of the table is handled: one that goes on to its exit
 * is told there, or was lost before it.
 */
static void test_handlers(void)
{
	int action;

	for (action = CALL_SKIP + 1; action < CALL_ACTIONS; action++) {
		const struct handler *h = call_handler((enum action)action);

		ok(h->enter && !h->leave == !h->lost && (h->leave || !h->op) &&
				!h->begins == !h->ends,
			"action %d has a handler, of all that it needs", action);
	}
}

/* Who stands in a call is killed. */
static void lose(void)
{
	buf_reset(&told);
	call_lost(&r, self, thread_of(self)->pending);
	self->in_call = false;
}

static void lose_open(const char *name, int flags)
{
	struct stop s = stop_of(self, SYS_openat,
		(const uint64_t[6]){ ARG(AT_FDCWD), NAME(at(name)), ARG(flags), 0644 });

	enter(&s, TURN_NEW);
	close((int)make_call(&s));
	lose();
}

/* And it knew a name where there was no folder yet. */
static void test_lost_in_new_folder(void)
{
	struct stop s = stop_of(self, SYS_openat,
		(const uint64_t[6]){ ARG(AT_FDCWD), NAME(at("comes/o")), O_WRONLY | O_CREAT,
			0644 });

	enter(&s, TURN_NEW);
	if (mkdir(at("comes"), 0755) < 0)
		abort();
	close((int)make_call(&s));
	lose();
	ok(strstr(what_was_told(), "before comes/o: nothing\nnow comes/o: "), "a file in it");
	s = stop_of(self, SYS_mkdir, (const uint64_t[6]){ NAME(at("comes2/d")), 0755 });
	enter(&s, TURN_NEW);
	if (mkdir(at("comes2"), 0755) < 0)
		abort();
	make_call(&s);
	lose();
	ok(strstr(what_was_told(), "before comes2/d: nothing\nnow comes2/d: "), "a folder in it");
}

/* With its task its root is gone: where a symlink led was asked before. */
static void test_lost_through_link(void)
{
	if (mkdir(at("lead"), 0755) < 0)
		abort();
	make("lead/there", "");
	if (symlink("lead/none", at("to_none")) < 0 || symlink("to_none", at("chain")) < 0 ||
		symlink("lead/there", at("to_there")) < 0 || symlink("no/way", at("no_way")) < 0)
		abort();
	count_as_before();
	r.resolver.roots_vary = true;
	lose_open("no_way", O_WRONLY | O_CREAT);
	ok_str(what_was_told(), "", "a symlink to nowhere has made nothing");
	lose_open("chain", O_WRONLY | O_CREAT);
	ok(strstr(what_was_told(), "before lead/none: nothing\nnow lead/none: "),
		"one to nothing has made a file");
	lose_open("to_there", O_WRONLY | O_TRUNC);
	ok(!strncmp(what_was_told(), "now lead/there: ", 16), "and one to a file has emptied it");
	test_lost_in_new_folder();
	r.resolver.roots_vary = false;
}

/* What stands there then is another file than before, by the lost call or another. */
static void test_lost_elsewhere(void)
{
	struct stop s;
	const char *now;

	make("moved", "");
	count_as_before();
	CALL(SYS_rename, NAME(at("moved")), NAME(at("away")));
	s = stop_of(self, SYS_creat, (const uint64_t[6]){ NAME(at("moved")), 0644 });
	enter(&s, TURN_NEW);
	close((int)make_call(&s));
	lose();
	ok(!strncmp(what_was_told(), "now moved: ", 11), "an open has made it");
	test_lost_through_link();
	make("slept", "");
	make("other", "");
	s = stop_of(self, SYS_chmod, (const uint64_t[6]){ NAME(at("slept")), 0600 });
	enter(&s, TURN_NEW);
	if (rename(at("other"), at("slept")) < 0)
		abort();
	lose();
	now = strstr(what_was_told(), "now slept: ");
	ok(now && strstr(now + 1, "now slept: "), "it slept while another came there");
}

/* Whoever called was killed in its call: what it asked for may have happened. */
static void test_lost(void)
{
	const uint64_t args[6] = { NAME(at("perhaps")), 0755 };
	struct stop s = stop_of(self, SYS_mkdir, args);

	buf_reset(&told);
	enter(&s, TURN_NEW);
	call_lost(&r, self, thread_of(self)->pending);
	self->in_call = false;
	ok_str(what_was_told(), "before perhaps: nothing\n",
		"the place is named, and no event told");
	enter(&s, TURN_NEW);
	make_call(&s);
	buf_reset(&told);
	call_lost(&r, self, thread_of(self)->pending);
	self->in_call = false;
	ok(strstr(what_was_told(), "mkdir perhaps 755: ") != NULL,
		"what was done shows, and is told");
}

static void test_excluded(void)
{
	if (mkdir(at("cache"), 0755) < 0 || scope_add_folder(&r.scope, at("cache"), true) < 0)
		abort();
	open_for("cache/x", O_WRONLY | O_CREAT);
	ok(strstr(what_was_told(), "before cache/x excluded: nothing\n") != NULL,
		"what does not count as installed");
}

static void begin(void)
{
	tracer_init(&r.tracer, getpid(), false);
	r.touches.sink = r.lives.sink = &printer;
	r.touches.scope = &r.scope;
	r.touches.mounts = &r.resolver.mounts;
	self = tracer_task(&r.tracer, getpid());
	if (!self || lives_begin(&r.lives, self, 1, 1) < 0)
		abort();
}

int main(void)
{
	char way[PATH_MAX + 8], way2[PATH_MAX + 8], made[PATH_MAX + 16];

	scratch_begin();
	umask(022);
	begin();
	test_handlers();
	test_opens();
	test_attributes();
	test_entries();
	test_renames();
	snprintf(way, sizeof way, "%s/way", top);
	snprintf(way2, sizeof way2, "%s/way2", top);
	snprintf(made, sizeof made, "%s/way/made", top);
	test_race(made, way, way2);
	test_lost();
	test_lost_elsewhere();
	test_excluded();
	lives_end(&r.lives, self, 0, 2);
	recorder_release(&r);
	buf_release(&told);
	scratch_end();
	return done_testing();
}
