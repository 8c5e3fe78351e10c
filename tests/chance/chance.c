/*
 * chance SEED CALLS DIR [options]: makes CALLS random file calls below DIR, and nowhere else.
 *
 *   --setup         makes what stands there before, instead
 *   --tasks one     one task; `turns`: several processes and threads, one call at a time, always in
 *                   the same order; `race`: each as fast as it can
 *   --skip FILE     leaves out the calls whose numbers stand in FILE, one a line
 *   --plain         every call by the task itself, with absolute names, by x86_64's table
 *   --few           three names a folder, so that calls meet
 *   --devices, --chroot   also these
 *   --say           prints each call and what it returned
 */
#include "chance.h"

#include <linux/futex.h>
#include <linux/limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum purpose { FOR_WHAT = 1, FOR_HOW, FOR_SPELLING, FOR_OWNER, FOR_TASKS, FOR_SETUP };

struct options opt;
struct shared *shared;
__thread struct task *me;
__thread sigjmp_buf *on_fault;
static struct task tasks[TASKS_MAX];
static unsigned int processes = 1, threads = 1;
extern char **environ;

/* What everything is drawn with. */

uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

uint32_t roll(struct rng *r, uint32_t sides)
{
	return sides ? (uint32_t)(rng_next(r) >> 33) % sides : 0;
}

struct rng rng_of(uint64_t seed, uint64_t number, uint64_t purpose)
{
	struct rng r = { seed * 0x9e3779b97f4a7c15ULL ^ number << 8 ^ purpose };

	r.state = rng_next(&r);
	return r;
}

uint64_t hash_text(const char *text)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3ULL;
	return h;
}

/* What calls point to. */

void *take(size_t n)
{
	void *p = me->arena + me->used;

	n = (n + 15) & ~(size_t)15;
	me->used += n;
	if (me->used > ARENA)
		_exit(98);
	return memset(p, 0, n);
}

char *text(const char *fmt, ...)
{
	char line[4 * NAME_SIZE];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	return memcpy(take((size_t)n + 1), line,
		(size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

char *bytes(size_t n)
{
	struct rng r = rng_of(opt.seed, roll(&me->what, 1 << 30), 0);
	char *p = take(n + 1);
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (char)('a' + (i % 64 ? (r.state + i) % 23 : rng_next(&r) % 26));
	return p;
}

int *open_slot(void)
{
	uint32_t i, start = roll(&me->what, FDS);

	for (i = 0; i < FDS; i++)
		if (me->fd[(start + i) % FDS] >= 0)
			return &me->fd[(start + i) % FDS];
	return NULL;
}

void say(const char *fmt, ...)
{
	size_t room = sizeof me->said - me->said_len;
	va_list ap;
	int n;

	if (!opt.say)
		return;
	va_start(ap, fmt);
	n = vsnprintf(me->said + me->said_len, room, fmt, ap);
	va_end(ap);
	me->said_len += (size_t)n < room ? (size_t)n : room - 1;
}

char *shown(const char *name)
{
	char *out, *p;

	if (!opt.say)
		return (char *)name;
	out = p = take(3 * strlen(name) + 1);
	for (; *name; name++)
		p += sprintf(p, *name > 0x20 && *name < 0x7f && *name != '%' ? "%c" : "%%%02X",
			(unsigned char)*name);
	return out;
}

/* One call. */

static const struct deed *some_deed(void)
{
	static const struct deed *const all[] = { deeds_data, deeds_names, deeds_attrs };
	unsigned int total = 0, i;
	const struct deed *d;
	uint32_t r;

	for (i = 0; i < 3; i++)
		for (d = all[i]; d->fn; d++)
			total += d->weight;
	r = roll(&me->what, total);
	for (i = 0;; i++) {
		for (d = all[i]; d->fn; d++) {
			if (r < d->weight)
				return d;
			r -= d->weight;
		}
	}
}

static void make_call(unsigned int number, uint64_t again)
{
	const struct deed *deed;
	long r;

	me->what = rng_of(opt.seed, number + (again << 32), FOR_WHAT);
	me->spell = rng_of(opt.seed, number + (again << 32), FOR_SPELLING);
	me->used = me->said_len = 0;
	deed = some_deed();
	r = deed->fn();
	if (opt.say && r != -ENODATA)
		dprintf(1, "%u\t%u%s\t%s\t%s = %s\n", number, me->number, me->i386 ? " i386" : "",
			deed->name, me->said, r < 0 ? strerrorname_np((int)-r) : "0");
}

static void wait_for(pid_t child)
{
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

static pid_t forked(unsigned int number, unsigned int count)
{
	pid_t child = fork();
	unsigned int i;

	if (child != 0)
		return child;
	for (i = 0; i < count; i++)
		make_call(number, i);
	_exit(0);
}

/* This program anew, for the one call. */
static void spawned(unsigned int number)
{
	char seed[24], calls[16], state[16], call[16];
	char *argv[] = { "chance", seed, calls, (char *)opt.top, "--state", state, "--call", call,
		"--cwd", me->cwd, opt.say ? "--say" : "--quiet",
		opt.devices ? "--devices" : "--quiet", opt.few ? "--few" : "--quiet", NULL };
	pid_t child;

	snprintf(seed, sizeof seed, "%llu", (unsigned long long)opt.seed);
	snprintf(calls, sizeof calls, "%u", opt.calls);
	snprintf(state, sizeof state, "%d", opt.state);
	snprintf(call, sizeof call, "%u", number);
	if (posix_spawn(&child, opt.self, NULL, NULL, argv, environ) == 0)
		wait_for(child);
}

static void in_other_root(unsigned int number)
{
	pid_t child = fork();
	char *dir;
	unsigned int i;

	if (child) {
		wait_for(child);
		return;
	}
	me->used = 0;
	me->what = rng_of(opt.seed, number, FOR_SETUP);
	dir = pick(KIND_DIR);
	if (!dir || chroot(whole(dir)) < 0 || chdir("/") < 0)
		_exit(0);
	memcpy(me->cwd, dir, NAME_SIZE);
	me->in_root = true;
	for (i = 0; i < 6; i++)
		make_call(number, i);
	_exit(0);
}

/* Killed wherever it is then. */
static void killed(unsigned int number, struct rng *how)
{
	pid_t child = forked(number, 12);

	usleep(roll(how, 3000));
	if (child > 0)
		kill(child, SIGKILL);
	wait_for(child);
}

static void do_call(unsigned int number)
{
	struct rng how = rng_of(opt.seed, number, FOR_HOW);
	uint32_t r = opt.plain ? 0 : roll(&how, 100);
	pid_t child;

	me->i386 = opt.int80 && r >= 60 && r < 75;
	if (r < 70) {
		make_call(number, 0);
	} else if (r < 84) {
		child = forked(number, 1);
		if (child > 0)
			wait_for(child);
	} else if (r < 90) {
		spawned(number);
	} else if (r < 93 && opt.tasks == TASKS_RACE) {
		killed(number, &how);
	} else if (r < 94 && opt.chroot) {
		in_other_root(number);
	} else {
		make_call(number, 0);
	}
}

/* Whose turn it is. */

static long futex(uint32_t *at, int op, uint32_t value)
{
	return syscall(SYS_futex, at, op, value, NULL, NULL, 0);
}

static void wait_turn(unsigned int number)
{
	uint32_t now;

	while ((now = __atomic_load_n(&shared->turn, __ATOMIC_ACQUIRE)) != number)
		futex(&shared->turn, FUTEX_WAIT, now);
}

static void pass_turn(unsigned int number)
{
	__atomic_store_n(&shared->turn, number + 1, __ATOMIC_RELEASE);
	futex(&shared->turn, FUTEX_WAKE, 1000);
}

static void work(void)
{
	unsigned int i;

	for (i = 0; i < opt.calls; i++) {
		struct rng owner = rng_of(opt.seed, i, FOR_OWNER);
		bool mine = roll(&owner, processes * threads) == me->number;

		if (!mine)
			continue;
		if (opt.tasks != TASKS_RACE)
			wait_turn(i);
		if (!opt.skip || !opt.skip[i])
			do_call(i);
		if (opt.tasks != TASKS_RACE)
			pass_turn(i);
	}
}

static void task_begin(unsigned int number)
{
	int i;

	me = &tasks[number];
	me->number = number;
	for (i = 0; i < FDS; i++)
		me->fd[i] = -1;
	for (i = 0; i < DIRS; i++)
		me->dir[i].fd = -1;
}

static void *thread(void *number)
{
	unshare(CLONE_FS);
	task_begin((unsigned int)(uintptr_t)number);
	work();
	return NULL;
}

static void process(unsigned int number)
{
	pthread_t id[TASKS_MAX];
	unsigned int i;

	for (i = 1; i < threads; i++)
		if (pthread_create(&id[i], NULL, thread, (void *)(uintptr_t)(number * threads + i)))
			_exit(96);
	task_begin(number * threads);
	work();
	for (i = 1; i < threads; i++)
		pthread_join(id[i], NULL);
}

static void all_processes(void)
{
	struct rng r = rng_of(opt.seed, 0, FOR_TASKS);
	pid_t child[TASKS_MAX];
	unsigned int i;

	if (opt.tasks != TASKS_ONE) {
		processes = opt.few ? 8 : 1 + roll(&r, 4);
		threads = opt.few ? 1 : 1 + roll(&r, 3);
	}
	for (i = 1; i < processes; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			process(i);
			_exit(0);
		}
	}
	process(0);
	for (i = 1; i < processes; i++)
		wait_for(child[i]);
}

/* Before. */

static void fault(int sig)
{
	if (on_fault)
		siglongjmp(*on_fault, 1);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void read_skip(const char *name)
{
	FILE *f = fopen(name, "re");
	char *skip = calloc(opt.calls + 1, 1);
	unsigned int n;

	if (!f || !skip)
		exit(97);
	while (fscanf(f, "%u", &n) == 1)
		if (n < opt.calls)
			skip[n] = 1;
	fclose(f);
	opt.skip = skip;
}

static int share(int fd)
{
	bool new = fd < 0;

	if (new) {
		fd = memfd_create("chance", 0);
		if (ftruncate(fd, sizeof *shared) < 0)
			return -1;
	}
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	opt.state = fd;
	return shared == MAP_FAILED ? -1 : 0;
}

static bool flag(const char *word)
{
	const struct {
		const char *name;
		bool *at;
	} flags[] = { { "--say", &opt.say }, { "--plain", &opt.plain },
		{ "--devices", &opt.devices }, { "--chroot", &opt.chroot }, { "--few", &opt.few } };
	size_t i;

	for (i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (!strcmp(word, flags[i].name))
			return *flags[i].at = true;
	return !strcmp(word, "--quiet");
}

int main(int argc, char **argv)
{
	static char self[PATH_MAX];
	bool before = false;
	int i, state = -1, call = -1;

	if (argc < 4)
		return 97;
	task_begin(0);
	opt.seed = strtoull(argv[1], NULL, 10);
	opt.calls = (unsigned int)atoi(argv[2]);
	opt.top = realpath(argv[3], NULL);
	opt.self = realpath("/proc/self/exe", self);
	for (i = 4; i < argc; i++) {
		if (!strcmp(argv[i], "--setup"))
			before = true;
		else if (flag(argv[i]))
			;
		else if (i + 1 == argc)
			return 97;
		else if (!strcmp(argv[i], "--tasks"))
			opt.tasks = argv[++i][0] == 'o' ? TASKS_ONE :
				argv[i][0] == 't'       ? TASKS_TURNS :
							  TASKS_RACE;
		else if (!strcmp(argv[i], "--skip"))
			read_skip(argv[++i]);
		else if (!strcmp(argv[i], "--state"))
			state = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--call"))
			call = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--cwd"))
			snprintf(me->cwd, NAME_SIZE, "%s", argv[++i]);
		else
			return 97;
	}
	umask(022);
	signal(SIGBUS, fault);
	signal(SIGPIPE, SIG_IGN);
	if (!opt.top || share(state) < 0)
		return 97;
	if (call >= 0) {
		make_call((unsigned int)call, 0);
		return 0;
	}
	opt.int80 = int80_works();
	if (chdir(opt.top) < 0)
		return 97;
	me->what = rng_of(opt.seed, 0, FOR_SETUP);
	if (before)
		return setup();
	know_all();
	all_processes();
	return 0;
}
