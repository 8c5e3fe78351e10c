/*
 * The names that are there, as far as the program knows; and how it says them. It need not be
 * right: a call on a name that is gone fails, which is a case, too. What is drawn is the name with
 * the highest hash, so that a name more or less changes no other draw.
 */
#include "chance.h"

/* The parts that names are made of: most are plain, so that they meet. */
static const char *const plain[] = { "a", "b", "c", "d", "e", "f", "g", "h" };
static const char *const odd[] = { "new\nline", "\xff\xfe not UTF-8", "gone (deleted)", "-rf",
	"a b", "%41", "\x1b[31m", ".buildaudit-x.tmp", "\xc3\xa9", "f~",
	"long-long-long-long-long-long-long-long-long-long-long-long-long-"
	"long-long-long-long-long-long-long-long-long-"
	"long-long-long-long-long-long-long-long-long-long-long-long-long-"
	"long-long-long-long-long-long-long-long-long-"
	"long-long-long-long-long-long-long" };

static bool locked(void)
{
	int tries;

	/* Whoever held it may have been killed: it is a hint, not a promise. */
	for (tries = 0; tries < 20000; tries++)
		if (!__atomic_exchange_n(&shared->lock, 1, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

static void unlocked(bool was)
{
	if (was)
		__atomic_store_n(&shared->lock, 0, __ATOMIC_RELEASE);
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return n == 0 || (!strncmp(path, folder, n) && (path[n] == '\0' || path[n] == '/'));
}

static void set(struct known *k, const char *path, int kind)
{
	memcpy(k->path, path, strlen(path) + 1); /* its length was looked at */
	k->hash = hash_text(k->path);
	k->kind = kind;
}

static struct known *find(const char *path)
{
	uint64_t hash = hash_text(path);
	uint32_t i;

	for (i = 0; i < shared->used; i++)
		if (shared->known[i].path[0] && shared->known[i].hash == hash)
			return &shared->known[i];
	return NULL;
}

static struct known *room(void)
{
	uint32_t i;

	for (i = 0; i < shared->used; i++)
		if (!shared->known[i].path[0])
			return &shared->known[i];
	return shared->used < KNOWN_MAX ? &shared->known[shared->used++] : NULL;
}

static void add(const char *path, int kind)
{
	struct known *k = find(path);

	if (!*path || strlen(path) >= NAME_SIZE)
		return;
	if (!k)
		k = room();
	if (k)
		set(k, path, kind);
}

static void drop(const char *path)
{
	uint32_t i;

	for (i = 0; i < shared->used; i++)
		if (shared->known[i].path[0] && is_below(shared->known[i].path, path))
			shared->known[i].path[0] = '\0';
}

void known_add(const char *path, int kind)
{
	bool was = locked();

	add(path, kind);
	unlocked(was);
}

void known_drop(const char *path)
{
	bool was = locked();

	drop(path);
	unlocked(was);
}

static void renamed(struct known *k, const char *old, const char *new)
{
	char path[2 * NAME_SIZE];

	snprintf(path, sizeof path, "%s%s", new, k->path + strlen(old));
	if (strlen(path) >= NAME_SIZE)
		k->path[0] = '\0';
	else
		set(k, path, k->kind);
}

void known_move(const char *old, const char *new, bool exchange)
{
	bool was = locked();
	uint32_t i;

	if (!exchange && strcmp(old, new))
		drop(new);
	for (i = 0; i < shared->used; i++) {
		struct known *k = &shared->known[i];

		if (!k->path[0])
			continue;
		if (is_below(k->path, old))
			renamed(k, old, new);
		else if (exchange && is_below(k->path, new))
			renamed(k, new, old);
	}
	unlocked(was);
}

int known_kind(const char *path)
{
	struct known *k = find(path);

	return *path == '\0' ? KIND_DIR : k ? k->kind : 0;
}

void known_all(void (*fn)(const char *path, int kind, void *data), void *data)
{
	uint32_t i;

	for (i = 0; i < shared->used; i++)
		if (shared->known[i].path[0])
			fn(shared->known[i].path, shared->known[i].kind, data);
}

static char *copy_of(const char *path)
{
	char *p = take(NAME_SIZE);

	memcpy(p, path, NAME_SIZE - 1);
	return p;
}

char *pick(int kinds)
{
	uint64_t draw = rng_next(&me->what), best = 0;
	const struct known *at = NULL;
	uint32_t i;

	for (i = 0; i < shared->used; i++) {
		const struct known *k = &shared->known[i];
		struct rng r = { k->hash ^ draw };
		uint64_t h;

		if (!k->path[0] || !(k->kind & kinds))
			continue;
		h = rng_next(&r);
		if (h >= best) {
			best = h;
			at = k;
		}
	}
	return at ? copy_of(at->path) : NULL;
}

char *pick_dir(void)
{
	bool top = roll(&me->what, 4) == 0;
	char *p = pick(KIND_DIR);

	return top || !p ? text("%s", "") : p;
}

static unsigned int depth(const char *path)
{
	unsigned int n = 0;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

char *fresh(void)
{
	char *dir = pick_dir();
	uint32_t r = roll(&me->what, 100);
	const char *part = r < 82 || opt.few ? plain[r % (opt.few ? 3 : 8)] :
					       odd[r % (sizeof odd / sizeof odd[0])];

	if (depth(dir) > 4 || strlen(dir) > 700)
		dir = text("%s", "");
	return text("%s%s%s", dir, *dir ? "/" : "", part);
}

char *some(int kinds, int percent_there)
{
	bool there = roll(&me->what, 100) < (uint32_t)percent_there;
	char *p = pick(kinds), *q = fresh();

	return there && p ? p : q;
}

/* How the same file is said. */

char *whole(const char *path)
{
	if (me->in_root)
		return text("/%s", is_below(path, me->cwd) ? path + strlen(me->cwd) : path);
	return text("%s/%s", opt.top, path);
}

/* Never by "..": who was moved elsewhere would leave the tree. */
static char *from_cwd(const char *path)
{
	size_t n = strlen(me->cwd);

	if (!is_below(path, me->cwd))
		return whole(path);
	if (!*me->cwd)
		return text("%s", *path ? path : ".");
	return text("%s", path[n] ? path + n + 1 : ".");
}

/* "a/b/c" -> "a//./b/../b/c" */
static char *noisy(const char *path)
{
	const char *slash = strrchr(path, '/'), *before;

	if (!slash)
		return text("%s//.//%s", opt.top, path);
	for (before = slash; before > path && before[-1] != '/';)
		before--;
	return text("%s/./%.*s/../%s", opt.top, (int)(slash - path), path, before);
}

static char *by_proc(const char *path)
{
	static const char *const links[] = { "/proc/self/cwd", "/proc/thread-self/cwd",
		"//proc/./self/cwd" };
	const char *link = links[roll(&me->spell, 3)];

	return is_below(path, me->cwd) ? text("%s/%s", link, from_cwd(path)) : whole(path);
}

static struct at by_folder(const char *path)
{
	const struct dir *d = &me->dir[roll(&me->spell, DIRS)];
	size_t n = strlen(d->path);

	if (d->fd < 0 || !is_below(path, d->path))
		return (struct at){ AT_FDCWD, from_cwd(path) };
	if (roll(&me->spell, 4) == 0)
		return (struct at){ AT_FDCWD,
			text("/proc/self/fd/%d/%s", d->fd,
				n && path[n] ? path + n + 1 : path + n) };
	path += n;
	return (struct at){ d->fd, text("%s", *path == '/' && n ? path + 1 : *path ? path : ".") };
}

struct at spell(const char *path)
{
	uint32_t r = opt.plain ? 0 : roll(&me->spell, 100);

	if (me->in_root || r < 35)
		return (struct at){ AT_FDCWD, whole(path) };
	if (r < 60)
		return (struct at){ AT_FDCWD, from_cwd(path) };
	if (r < 80)
		return by_folder(path);
	if (r < 90)
		return (struct at){ AT_FDCWD, by_proc(path) };
	if (r < 94 && known_kind(path) == KIND_DIR)
		return (struct at){ AT_FDCWD, text("%s/", whole(path)) };
	return (struct at){ AT_FDCWD, *path ? noisy(path) : whole(path) };
}

char *spell_plain(const char *path)
{
	struct at at = spell(path);

	return at.dirfd == AT_FDCWD ? at.name : from_cwd(path);
}
