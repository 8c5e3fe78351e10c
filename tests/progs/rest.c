/* A signal that is ignored cuts no transfer short, neither what is sent nor what is waited for. */
#include "prog.h"
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>

#define WHOLE (1 << 20)
#define LONG (24 << 20) /* takes a kernel some time */
#define LATER 50        /* ms: longer than a call takes to come to where it waits */

static unsigned char *out, *in;

static void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

/* Everywhere another value than 8, 16 or 64 KiB away. */
static unsigned char at(size_t i)
{
	return (unsigned char)(i ^ i >> 8 ^ i >> 13);
}

static void prepare(void)
{
	size_t i;

	out = malloc(LONG);
	in = calloc(1, LONG);
	for (i = 0; i < WHOLE; i++)
		out[i] = at(i);
}

/* While the call waits these are sent, each after a pause in milliseconds. */
struct sent {
	long pause;
	int sig;
};

static int fd[2];
static bool full_first; /* the first comes when no more goes in there, whatever the machine does */

static void wait_full(void)
{
	struct pollfd p = { .fd = fd[1], .events = POLLOUT };

	while (poll(&p, 1, 0) > 0)
		sleep_ms(1);
}

static const struct sent ignored[] = { { LATER, SIGWINCH }, { LATER, SIGURG }, { 0, 0 } };

static pid_t sender(const struct sent *sent)
{
	pid_t to = getpid(), pid = fork();

	if (pid)
		return pid;
	if (full_first)
		wait_full();
	for (; sent->sig; sent++) {
		sleep_ms(sent->pause);
		kill(to, sent->sig);
	}
	_exit(0);
}

static long reader_pause = 4 * LATER;
static int call_ended; /* an eventfd: then the reader need not pause */

/* Reads all, later; its status says whether that was what was sent, one after the other. */
static pid_t reader(int from, int other)
{
	unsigned char b[4096];
	struct pollfd ended = { .events = POLLIN };
	size_t i = 0;
	ssize_t n, k;
	pid_t pid;

	LIBC(call_ended = eventfd(0, 0));
	pid = fork();
	if (pid) {
		close(from);
		return pid;
	}
	close(other);
	ended.fd = call_ended;
	poll(&ended, 1, (int)reader_pause);
	while ((n = read(from, b, sizeof b)) > 0)
		for (k = 0; k < n; k++, i++)
			if (b[k] != at(i))
				_exit(1);
	_exit(0);
}

/* Sends the first part at once, the second later. */
static pid_t feeder(int to, int other, size_t first, size_t second)
{
	pid_t pid = fork();
	ssize_t n;

	if (pid)
		return pid;
	close(other);
	if (write(to, out, first) < 0)
		_exit(1);
	sleep_ms(4 * LATER);
	n = write(to, out + first, second);
	sleep_ms(LATER); /* a terminal that is hung up has nothing more */
	_exit(n != (ssize_t)second);
}

static void a_pipe(void)
{
	LIBC(pipe(fd));
}

static void a_stream(void)
{
	int back[2];

	LIBC(socketpair(AF_UNIX, SOCK_STREAM, 0, back));
	fd[0] = back[1];
	fd[1] = back[0];
}

static void datagrams(void)
{
	LIBC(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd));
}

static void a_terminal(void)
{
	struct termios t;

	LIBC(openpty(&fd[0], &fd[1], NULL, NULL, NULL));
	LIBC(tcgetattr(fd[1], &t));
	cfmakeraw(&t);
	t.c_cc[VMIN] = 50;
	t.c_cc[VTIME] = 0;
	LIBC(tcsetattr(fd[1], TCSANOW, &t));
}

static struct iovec part[3];

static struct iovec *parts(unsigned char *of)
{
	part[0] = (struct iovec){ of, 1000 };
	part[1] = (struct iovec){ of + 1000, 200000 };
	part[2] = (struct iovec){ of + 201000, WHOLE - 201000 };
	return part;
}

static long by_write(void)
{
	return write(fd[1], out, WHOLE);
}

static long by_writev(void)
{
	return writev(fd[1], parts(out), 3);
}

static long by_send(void)
{
	return send(fd[1], out, WHOLE, 0);
}

static long by_sendmsg(void)
{
	struct msghdr m = { .msg_iov = parts(out), .msg_iovlen = 3 };

	return sendmsg(fd[1], &m, 0);
}

static int a_file(void)
{
	int f = memfd_create("rest", 0);

	LIBC(write(f, out, WHOLE));
	return f;
}

static long by_sendfile(void)
{
	off_t o = 0;
	long r = sendfile(fd[1], a_file(), &o, WHOLE);

	return o == WHOLE ? r : -1;
}

static long by_splice(void)
{
	int p[2];

	LIBC(pipe(p));
	LIBC(fcntl(p[1], F_SETPIPE_SZ, WHOLE));
	LIBC(write(p[1], out, WHOLE));
	return splice(p[0], NULL, fd[1], NULL, WHOLE + 1, 0);
}

static const struct {
	const char *name;
	void (*make)(void);
	long (*call)(void);
} sends[] = {
	{ "write, pipe", a_pipe, by_write },
	{ "writev, pipe", a_pipe, by_writev },
	{ "write, socket", a_stream, by_write },
	{ "writev, socket", a_stream, by_writev },
	{ "send", a_stream, by_send },
	{ "sendmsg", a_stream, by_sendmsg },
	{ "sendfile", a_stream, by_sendfile },
	{ "splice", a_stream, by_splice },
	{ "write, terminal", a_terminal, by_write },
};

static void say_result(const char *what, long r)
{
	note("out", "%s: %ld %s", what, r, r < 0 ? strerror(errno) : "");
}

static void send_by(size_t i, const struct sent *sent)
{
	pid_t to, by;
	int status;
	long r;

	sends[i].make();
	to = reader(fd[0], fd[1]);
	by = sender(sent);
	r = sends[i].call();
	eventfd_write(call_ended, 1);
	close(call_ended);
	close(fd[1]);
	say_result(sends[i].name, r);
	wait_ok(by);
	waitpid(to, &status, 0);
	if (status)
		note("out", "what was read is not what was sent: %#x", (unsigned)status);
}

FORM(sent_whole)
{
	size_t i;

	if (setup)
		return;
	prepare();
	for (i = 0; i < sizeof sends / sizeof *sends; i++)
		send_by(i, ignored);
}

FORM(a_child_ends)
{
	static const struct sent none[] = { { 0, 0 } };

	if (setup)
		return;
	prepare();
	if (!fork()) {
		sleep_ms(LATER);
		_exit(0);
	}
	send_by(0, none);
}

/* Ignored ones, a millisecond apart; the last is the list's end. */
static void all_the_time(struct sent *sent, size_t n)
{
	while (--n > 0)
		*sent++ = (struct sent){ 1, SIGWINCH };
}

/* Slowly read, and interrupted all the time. */
FORM(many)
{
	static struct sent sent[200];
	size_t i;

	if (setup)
		return;
	prepare();
	all_the_time(sent, sizeof sent / sizeof *sent);
	reader_pause = 20;
	for (i = 0; i < sizeof sends / sizeof *sends; i++)
		send_by(i, sent);
}

static void nothing(int sig)
{
	(void)sig;
}

/* With a handler a call that has sent something ends with that, whatever came before. */
FORM(a_handler_cuts_short)
{
	static const struct sent sent[] = { { 5 * LATER, SIGWINCH }, { LATER, SIGWINCH },
		{ 0, SIGUSR1 }, { 0, 0 } };
	struct sigaction sa = { .sa_handler = nothing, .sa_flags = SA_RESTART };

	if (setup)
		return;
	prepare();
	sigaction(SIGUSR1, &sa, NULL);
	full_first = true;
	reader_pause = 1000 * LATER;
	send_by(0, sent);
	send_by(1, sent);
}

/* And so it does where it was stopped. */
FORM(a_stop_cuts_short)
{
	static const struct sent sent[] = { { 5 * LATER, SIGWINCH }, { LATER, SIGSTOP },
		{ LATER, SIGCONT }, { 0, 0 } };

	if (setup)
		return;
	prepare();
	full_first = true;
	reader_pause = 1000 * LATER;
	send_by(0, sent);
	send_by(1, sent);
}

#define WAITED 30000

static long by_recv(void)
{
	return recv(fd[0], in, WAITED, MSG_WAITALL);
}

/* Only of TCP it means something. */
static long by_recv_cut(void)
{
	return recv(fd[0], in, WAITED, MSG_WAITALL | MSG_TRUNC);
}

static long by_recvmsg(void)
{
	struct iovec v[2] = { { in, 500 }, { in + 500, WAITED - 500 } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };

	return recvmsg(fd[0], &m, MSG_WAITALL);
}

/* Of a socket that has a mark to wait for. */
static long by_read_to_mark(void)
{
	int mark = WAITED;

	LIBC(setsockopt(fd[0], SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark));
	return read(fd[0], in, WAITED);
}

static long by_readv(void)
{
	struct iovec v[2] = { { in, 500 }, { in + 500, WAITED - 500 } };
	int mark = WAITED;

	LIBC(setsockopt(fd[0], SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark));
	return readv(fd[0], v, 2);
}

static const struct {
	const char *name;
	long (*call)(void);
} waits[] = {
	{ "recv", by_recv },
	{ "recv, MSG_TRUNC", by_recv_cut },
	{ "recvmsg", by_recvmsg },
	{ "read", by_read_to_mark },
	{ "readv", by_readv },
};

static void wait_for(const char *name, long (*call)(void), size_t first, size_t second)
{
	pid_t from = feeder(fd[1], fd[0], first, second), by = sender(ignored);
	long r, i;

	memset(in, 0, WAITED);
	close(fd[1]);
	r = call();
	say_result(name, r);
	for (i = 0; i < r && in[i] == at((size_t)i); i++)
		;
	if (i < r)
		note("out", "not what was sent, from %ld on", i);
	wait_ok(by);
	wait_ok(from);
	close(fd[0]);
}

FORM(waited_for)
{
	size_t i;

	if (setup)
		return;
	prepare();
	for (i = 0; i < sizeof waits / sizeof *waits; i++) {
		a_stream();
		wait_for(waits[i].name, waits[i].call, 1000, WAITED - 1000);
	}
	/* it ends before */
	a_stream();
	wait_for("recv", by_recv, 1000, 1000);
}

static long by_limited_recv(void)
{
	struct timeval tv = { 0, 2 * LATER * 1000 };

	LIBC(setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
	return recv(fd[0], in, WAITED, MSG_WAITALL);
}

FORM(limited)
{
	static const struct sent many[] = { { LATER, SIGWINCH }, { LATER - 10, SIGURG },
		{ LATER, SIGWINCH }, { LATER, SIGWINCH }, { LATER, SIGWINCH }, { LATER, SIGURG },
		{ LATER, SIGURG }, { LATER, SIGURG }, { LATER, SIGURG }, { 0, 0 } };
	struct timeval from, to;
	pid_t by;
	long r;

	if (setup)
		return;
	prepare();
	a_stream();
	LIBC(write(fd[1], out, 1000));
	by = sender(many);
	gettimeofday(&from, NULL);
	r = by_limited_recv();
	gettimeofday(&to, NULL);
	say_result("recv", r);
	r = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_usec - from.tv_usec) / 1000;
	note("out", "%s", r < 2 * LATER - 10 ? "early" : r > 7 * LATER ? "late" : "in time");
	wait_ok(by);
}

static long by_terminal(void)
{
	return read(fd[0], in, 80);
}

/* It waits for VMIN, and for no more than that. */
FORM(terminal)
{
	int swap;

	if (setup)
		return;
	prepare();
	a_terminal();
	swap = fd[0];
	fd[0] = fd[1];
	fd[1] = swap;
	wait_for("read", by_terminal, 20, 30);
}

static void set_messages(struct mmsghdr *m, struct iovec *v, unsigned char *of, int n)
{
	int i;

	memset(m, 0, (size_t)n * sizeof *m);
	for (i = 0; i < n; i++) {
		v[i] = (struct iovec){ of + i, 1 };
		m[i].msg_hdr.msg_iov = &v[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
}

#define MESSAGES 40 /* more than wait in a queue */

static void receive_later(void)
{
	struct mmsghdr m[MESSAGES];
	struct iovec v[MESSAGES];
	int i, n = 0;

	sleep_ms(4 * LATER);
	while (n < MESSAGES && recv(fd[0], in, 100, 0) == 1 && in[0] == at((size_t)n))
		n++;
	set_messages(m, v, out, 2);
	for (i = 0; i < 2; i++) {
		sleep_ms(4 * LATER);
		send(fd[0], out + i, 1, 0);
	}
	_exit(n != MESSAGES);
}

FORM(messages)
{
	struct mmsghdr m[MESSAGES];
	struct iovec v[MESSAGES];
	pid_t by, other;
	int r;

	if (setup)
		return;
	prepare();
	datagrams();
	other = fork();
	if (!other)
		receive_later();
	by = sender(ignored);
	set_messages(m, v, out, MESSAGES);
	r = sendmmsg(fd[1], m, MESSAGES, 0);
	note("out", "sendmmsg %d, the last one of %u", r, m[MESSAGES - 1].msg_len);
	wait_ok(by);
	by = sender((const struct sent[]){ { 3 * LATER, SIGWINCH }, { 3 * LATER, SIGWINCH },
		{ 0, 0 } });
	set_messages(m, v, in, 2);
	r = recvmmsg(fd[1], m, 2, 0, NULL);
	note("out", "recvmmsg %d, of %u and %u: %d", r, m[0].msg_len, m[1].msg_len,
		in[0] == at(0) && in[1] == at(1));
	wait_ok(by);
	wait_ok(other);
}

FORM(copied)
{
	static struct sent sent[30];
	int from = memfd_create("from", 0), to = memfd_create("to", 0);
	off_t o = 0;
	pid_t by;

	if (setup)
		return;
	LIBC(ftruncate(from, 2 * LONG));
	all_the_time(sent, sizeof sent / sizeof *sent);
	by = sender(sent);
	say_result("copy_file_range", copy_file_range(from, &o, to, NULL, LONG, 0));
	note("out", "%d", o == LONG);
	say_result("to the end", copy_file_range(from, &o, to, NULL, 4 * LONG, 0));
	wait_ok(by);
}

FORM(devices)
{
	static struct sent sent[30];
	static const char *const names[] = { "/dev/zero", "/dev/urandom" };
	size_t i;
	pid_t by;

	if (setup)
		return;
	prepare();
	all_the_time(sent, sizeof sent / sizeof *sent);
	by = sender(sent);
	say_result("getrandom", getrandom(in, LONG, 0));
	wait_ok(by);
	for (i = 0; i < 2; i++) {
		int f = open(names[i], O_RDONLY);

		by = sender(sent);
		say_result(names[i], read(f, in, LONG));
		wait_ok(by);
		by = sender(sent);
		say_result(names[i], pread(f, in, LONG, 0));
		wait_ok(by);
	}
}

static volatile sig_atomic_t pipes;

static void counts(int sig)
{
	(void)sig;
	pipes++;
}

/* Whose other end goes away: what was sent is the answer. Only a pipe signals that as well. */
FORM(other_end_goes)
{
	size_t i;

	if (setup)
		return;
	prepare();
	signal(SIGPIPE, counts);
	for (i = 0; i < 6; i++) {
		pid_t by, pid;
		long r;

		pipes = 0;
		sends[i].make();
		pid = fork();
		if (!pid) {
			sleep_ms(4 * LATER);
			_exit(0);
		}
		close(fd[0]);
		by = sender(ignored);
		r = sends[i].call();
		note("out", "%s: %s, %d signals", sends[i].name, r > 0 ? "short" : "none",
			(int)pipes);
		r = write(fd[1], out, 1);
		note("out", "then %ld %s, %d signals", r, strerror(errno), (int)pipes);
		close(fd[1]);
		wait_ok(by);
		wait_ok(pid);
	}
}

/* That signal is ignored, too, as by Python's programs; with others before it, or alone. */
FORM(other_end_goes_unnoticed)
{
	static const struct sent none[] = { { 0, 0 } };
	size_t i;

	if (setup)
		return;
	prepare();
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < 12; i++) {
		pid_t by, pid;
		long r;

		sends[i / 2].make();
		pid = fork();
		if (!pid) {
			sleep_ms(4 * LATER);
			_exit(read(fd[0], in, 1) != 1);
		}
		close(fd[0]);
		by = sender(i % 2 ? ignored : none);
		r = sends[i / 2].call();
		note("out", "%s: %s", sends[i / 2].name, r > 0 ? "short" : "none");
		close(fd[1]);
		wait_ok(by);
		wait_ok(pid);
	}
}

/* A file that may not be longer: what there was room for is the answer. */
FORM(too_long)
{
	struct rlimit few = { 100000, 100000 };
	int f;

	if (setup)
		return;
	prepare();
	signal(SIGXFSZ, SIG_IGN);
	LIBC(setrlimit(RLIMIT_FSIZE, &few));
	LIBC(f = memfd_create("long", 0));
	say_result("write", write(f, out, WHOLE));
	say_result("write", write(f, out, WHOLE));
	LIBC(ftruncate(f, 0));
	LIBC(lseek(f, 0, SEEK_SET));
	fd[1] = f;
	say_result("splice", by_splice());
	say_result("splice", by_splice());
}

/* What is no stream, and what is there, is an answer, however often it is interrupted. */
FORM(answers)
{
	static struct sent sent[300];
	long sum = 0, r = 0;
	pid_t by, other;
	size_t i;

	if (setup)
		return;
	prepare();
	all_the_time(sent, sizeof sent / sizeof *sent);
	a_stream();
	other = fork();
	if (!other) {
		close(fd[1]);
		while ((r = read(fd[0], in, 5000)) > 0 && write(fd[0], in, 100) == 100)
			;
		_exit(r < 0);
	}
	close(fd[0]);
	by = sender(sent);
	while (waitpid(by, NULL, WNOHANG) == 0) {
		LIBC(write(fd[1], out, 5000));
		for (sum = 0; sum < 100; sum += r)
			LIBC(r = read(fd[1], in, 5000));
	}
	close(fd[1]);
	wait_ok(other);
	note("out", "%ld", sum % 100);
}

#if defined(__x86_64__) && defined(__LP64__)
/* A write, with something in the registers that it has no arguments in. */
static long write_by_registers(int to, long kept[6])
{
	register long r10 __asm__("r10") = 4;
	register long r8 __asm__("r8") = 5;
	register long r9 __asm__("r9") = 6;
	long rdi = to, rsi = (long)out, rdx = WHOLE, rax = SYS_write;

	__asm__ volatile("syscall"
			 : "+a"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
			 :
			 : "rcx", "r11", "memory");
	memcpy(kept, (long[]){ rdi - to, rsi - (long)out, rdx, r10, r8, r9 }, 6 * sizeof *kept);
	return rax;
}

/* They are left as they were. */
FORM(registers)
{
	long kept[6], r;
	pid_t to, by;

	if (setup)
		return;
	prepare();
	a_pipe();
	to = reader(fd[0], fd[1]);
	by = sender(ignored);
	r = write_by_registers(fd[1], kept);
	note("out", "%ld: %ld %ld %ld %ld %ld %ld", r, kept[0], kept[1], kept[2], kept[3], kept[4],
		kept[5]);
	close(fd[1]);
	wait_ok(by);
	wait_ok(to);
}
#endif
