/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/claim.h"
#include "base/cleanup.h"
#include "base/locks.h"
#include "base/mix.h"
#include "base/mountinfo.h"
#include "base/ring.h"
#include "base/u64map.h"
#include "base/utf8.h"
#include "lib/tap.h"

static void buffers(void)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_add_json(&b, "a\"\\\n\001\xff\xc3\xa9", 8);
	ok_str(b.data, "\"a\\\"\\\\\\n\\u0001\\ufffd\xc3\xa9\"", "a JSON string");
	buf_reset(&b);
	buf_add_shell(&b, "it's");
	ok_str(b.data, "'it'\\''s'", "a shell word");
	buf_reset(&b);
	buf_add_shell(&b, "");
	ok_str(b.data, "''", "an empty shell word");
	buf_reset(&b);
	buf_addf(&b, "%s-%d", "x", 7);
	ok_str(b.data, "x-7", "formatted");
	ok(buf_room(&b, SIZE_MAX - 2) == NULL && b.failed,
		"more than there can be is no memory, and ends");
	buf_addc(&b, 'y');
	ok_str(b.data, "x-7", "and stays so");
}

static void characters(void)
{
	ok(utf8_valid("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10), "one to four bytes");
	ok(!utf8_valid("\xc0\x80", 2), "overlong");
	ok(!utf8_valid("\xed\xa0\x80", 3), "a surrogate");
	ok(!utf8_valid("\xf4\x90\x80\x80", 4), "past the end of Unicode");
	ok(!utf8_valid("\xe2\x82", 2), "cut short");
}

static const struct {
	const char *text;
	size_t length;
	bool shown;
} marks[] = {
	{ " ", 1, true }, { "\033", 1, false }, { "\n", 1, false }, { "\x7f", 1, false },
	{ "\xc2\x80", 2, false }, { "\xc2\x9f", 2, false }, { "\xc2\xa0", 2, true },
	{ "\xd8\x9b", 2, true }, { "\xd8\x9c", 2, false }, { "\xd8\x9d", 2, true },
	{ "\xe2\x80\x8d", 3, true }, { "\xe2\x80\x8e", 3, false }, { "\xe2\x80\x8f", 3, false },
	{ "\xe2\x80\x90", 3, true }, { "\xe2\x80\xa9", 3, true }, { "\xe2\x80\xaa", 3, false },
	{ "\xe2\x80\xae", 3, false }, { "\xe2\x80\xaf", 3, true }, { "\xe2\x81\xa5", 3, true },
	{ "\xe2\x81\xa6", 3, false }, { "\xe2\x81\xa9", 3, false }, { "\xe2\x81\xaa", 3, true },
	{ "\xf0\x9f\x98\x80", 4, true }, { "\xff", 1, false }, { "\xe2\x80", 2, false },
};

static void shown(void)
{
	size_t i;
	bool good = true;

	for (i = 0; i < ARRAY_SIZE(marks); i++)
		if ((utf8_shown(marks[i].text, marks[i].length) == marks[i].length) !=
			marks[i].shown) {
			printf("# mark %zu\n", i);
			good = false;
		}
	ok(good, "controls and what turns the direction of writing are no characters to be shown");
}

static void maps(void)
{
	struct u64map m = { 0 };
	uint64_t i;
	bool added, good = true;

	for (i = 1; i < 10000; i++) {
		uint32_t *v = u64map_put(&m, mix64(i), &added);

		good &= v && added;
		*v = (uint32_t)i;
	}
	for (i = 1; i < 10000; i++)
		good &= u64map_get(&m, mix64(i)) && *u64map_get(&m, mix64(i)) == i;
	ok(good, "ten thousand keys come back");
	ok(u64map_get(&m, mix64(10001)) == NULL, "one that was never put does not");
	u64map_put(&m, mix64(5), &added);
	ok(!added, "a key is added once");
	ok(u64map_put(&m, 0, &added) && added, "zero is a key, too");
	u64map_release(&m);
}

#define RECORDS 200000

static void *produce(void *data)
{
	struct ring *r = data;
	uint32_t i;

	for (i = 0; i < RECORDS; i++) {
		size_t n = sizeof i + i % 300;
		char *room = ring_room(r, n);

		memcpy(room, &i, sizeof i);
		memset(room + sizeof i, (int)(i & 0xff), n - sizeof i);
		ring_push(r);
	}
	return NULL;
}

static void rings(void)
{
	struct ring r;
	pthread_t t;
	uint32_t want = 0, got;
	bool good = true;
	size_t n;

	ring_init(&r, 1U << 16);
	pthread_create(&t, NULL, produce, &r);
	while (want < RECORDS) {
		const char *p = ring_peek(&r, &n);

		if (!p) {
			ring_wait(&r, 1);
			continue;
		}
		memcpy(&got, p, sizeof got);
		good &= got == want && n == sizeof got + want % 300 &&
			(n == sizeof got || (unsigned char)p[n - 1] == (want & 0xff));
		want++;
		ring_pop(&r);
	}
	pthread_join(t, NULL);
	ok(good, "records come out whole and in order, through a ring much smaller than they are");
	ok(ring_peek(&r, &n) == NULL, "and then there are none");
	ring_release(&r);
}

/* What a killed one left is told from what somebody works on, and from what is not ours at all. */
static void claims(void)
{
	char folder[] = "/tmp/ba-unit.XXXXXX", path[64], moved[64];
	int gate[2], first, second, status;
	pid_t child;
	char c;

	ok(mkdtemp(folder) && pipe(gate) == 0, "a folder");
	snprintf(path, sizeof path, "%s/x", folder);
	snprintf(moved, sizeof moved, "%s/y", folder);
	first = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	second = open(path, O_RDWR | O_CLOEXEC);
	ok_int(claim(first, path), 0, "nobody has it");
	ok_int(claim(second, path), -EBUSY, "somebody has it");
	child = fork();
	if (child == 0) {
		close(gate[1]);
		_exit(read(gate[0], &c, 1) != 0);
	}
	close(first);
	ok_int(claim(second, path), -EBUSY, "a child of his has it");
	close(gate[1]);
	ok(waitpid(child, &status, 0) == child && status == 0, "the child ended");
	ok_int(claim(second, path), 0, "nobody has it any more");
	rename(path, moved);
	ok_int(claim(second, path), -EAGAIN, "the name is free by now");
	close(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	ok_int(claim(second, path), -EAGAIN, "the name is another file's by now");
	close(second);
	/* the root folder is root's; root gives a file away */
	second = open(geteuid() ? "/" : path, O_RDONLY | O_CLOEXEC);
	ok(geteuid() || fchown(second, 1, 1) == 0, "a file of somebody else");
	ok_int(claim(second, geteuid() ? "/" : path), -EPERM, "is somebody else's");
	close(second);
	unlink(path);
	unlink(moved);
	rmdir(folder);
}

static const char mounts[] =
	"1 0 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw\n"
	"36 1 0:41 /a\\040b /mnt/tab\\011new\\012line\\134end ro shared:2 master:3 - fuse.sshfs "
	"a:\\040b rw,user_id=0\n"
	"37 1 0:42 / /no/dash rw\n"
	"38 1 0:43 / /no/source rw -\n"
	"39 1 0:44 / /nameless\\777\\09 rw - tmpfs  ro,upperdir=x\\040y\n"
	"40 1 0:45 / /cut rw - tmpfs";

static void mount_lines(void)
{
	_cleanup_(mountinfo_release) struct mountinfo m = MOUNTINFO_INIT;
	struct mount_line line;

	buf_adds(&m.text, mounts);
	if (ok(mountinfo_next(&m, &line) && line.id == 1, "the first mount")) {
		ok_str(line.point, "", "\"/\" is no name behind a name");
		ok_str(line.root, "", "nor is all of the file system");
		ok_str(line.fs_options, "rw", "what stands behind the dash");
	}
	if (ok(mountinfo_next(&m, &line) && line.id == 36, "one with more before the dash")) {
		ok_str(line.dev, "0:41", "its file system");
		ok_str(line.root, "/a b", "a space");
		ok_str(line.point, "/mnt/tab\tnew\nline\\end", "and what else is in octal digits");
		ok_str(line.options, "ro", "the options of the mount");
		ok_str(line.type, "fuse.sshfs", "the type");
		ok_str(line.source, "a: b", "the source");
	}
	if (ok(mountinfo_next(&m, &line) && line.id == 39, "what is no whole line is none")) {
		ok_str(line.point, "/nameless\\777\\09", "no byte has these digits");
		ok_str(line.source, "", "no name is one");
		ok_str(line.fs_options, "ro,upperdir=x\\040y", "these are left as they are");
	}
	ok(!mountinfo_next(&m, &line), "the last one was cut off");
	mountinfo_release(&m);
	ok(mountinfo_read(&m, getpid()) == 0 && mountinfo_next(&m, &line),
		"this process sees a mount");
}

/* A process with a lock of that kind on a file; it ends when `end` is closed. */
static pid_t locker(const char *path, short kind, int *end)
{
	int out[2], in[2];
	pid_t pid;
	char c;

	if (pipe(out) < 0 || pipe(in) < 0)
		abort();
	pid = fork();
	if (pid == 0) {
		struct flock l = {
			.l_type = kind, .l_whence = SEEK_SET, .l_start = 120, .l_len = 1
		};

		close(in[1]);
		if (fcntl(open(path, O_RDWR), F_SETLK, &l) < 0 || write(out[1], "", 1) != 1 ||
			read(in[0], &c, 1) != 0)
			_exit(1);
		_exit(0);
	}
	if (read(out[0], &c, 1) != 1)
		abort();
	*end = in[1];
	return pid;
}

static void holder_is(const char *path, bool writes, pid_t pid, const char *what)
{
	struct buf who = BUF_INIT;
	char want[32];

	snprintf(want, sizeof want, "(pid %d)", (int)pid);
	locks_say_holder(path, writes, &who);
	if (pid)
		ok(strstr(who.data, want), "%s: %s", what, who.data);
	else
		ok_str(who.data, "another program", what);
	buf_release(&who);
}

static void holders(void)
{
	char path[] = "/tmp/ba-unit.XXXXXX";
	int fd = mkstemp(path), end, status;
	pid_t pid = locker(path, F_RDLCK, &end);

	holder_is(path, false, pid, "who reads holds it");
	holder_is(path, true, 0, "and keeps nobody else from reading");
	close(end);
	ok(waitpid(pid, &status, 0) == pid && status == 0, "he had it all the time");
	pid = locker(path, F_WRLCK, &end);
	holder_is(path, true, pid, "who writes holds it alone");
	close(end);
	waitpid(pid, &status, 0);
	holder_is(path, false, 0, "and now nobody");
	unlink(path);
	close(fd);
}

int main(void)
{
	claims();
	holders();
	buffers();
	characters();
	shown();
	maps();
	rings();
	mount_lines();
	return done_testing();
}
