/* What stands there before: files, folders and links of every kind, from the same seed. */
#include "chance.h"

#include <dirent.h>

#define FILES 26

static void put_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
	uint32_t kind = roll(&me->what, 12);
	size_t n = kind == 0 ? 0 : kind < 9 ? roll(&me->what, 400) : roll(&me->what, 30000);

	if (fd < 0)
		return;
	if (kind == 11 && lseek(fd, 300000, SEEK_SET) < 0)
		_exit(95);
	if (write(fd, bytes(n), n) != (ssize_t)n)
		_exit(95);
	close(fd);
	known_add(path, KIND_FILE);
}

static void make_folders(void)
{
	static const char *const folders[] = { "a", "b", "c", "a/b", "a/d", "b/a", "c/d", "c/d/e",
		"d" };
	size_t i;

	for (i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (mkdir(folders[i], 0755) == 0)
			known_add(folders[i], KIND_DIR);
}

/* The same calls as later: links, symbolic links, a pipe, attributes. */
static void make_some(const struct deed *deeds, const char *name, unsigned int count)
{
	for (; deeds->fn; deeds++) {
		while (!strcmp(deeds->name, name) && count--) {
			me->used = me->said_len = 0;
			deeds->fn();
		}
	}
}

static void set_time(const char *path, int kind, void *data)
{
	struct rng r = { hash_text(path) };
	struct timespec t[2] = { { BACK_THEN, 0 }, { BACK_THEN + (long)roll(&r, 3), 123456789 } };

	utimensat(AT_FDCWD, path, t, AT_SYMLINK_NOFOLLOW);
}

int setup(void)
{
	unsigned int i;

	opt.plain = true;
	make_folders();
	for (i = 0; i < FILES; i++) {
		me->used = 0;
		put_file(fresh());
	}
	make_some(deeds_names, "link", 6);
	make_some(deeds_names, "symlink", 5);
	make_some(deeds_names, "mknod", 2);
	make_some(deeds_names, "bind", 1);
	make_some(deeds_attrs, "chown", 6);
	make_some(deeds_attrs, "chmod", 12);
	make_some(deeds_attrs, "setxattr", 20);
	known_all(set_time, NULL);
	return 0;
}

static void know(const char *folder)
{
	DIR *d = opendir(*folder ? folder : ".");
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char path[NAME_SIZE];
		int kind = e->d_type == DT_REG ? KIND_FILE : e->d_type == DT_DIR ? KIND_DIR :
			e->d_type == DT_LNK ? KIND_LINK : KIND_OTHER;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
			snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "",
				e->d_name) >= NAME_SIZE)
			continue;
		known_add(path, kind);
		if (kind == KIND_DIR)
			know(path);
	}
	if (d)
		closedir(d);
}

void know_all(void)
{
	know("");
}
