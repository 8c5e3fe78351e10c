/*
 * The Test Anything Protocol for unit tests: ok() a line a check,
 * and `return done_testing();` at the end.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_count, tap_bad;

__attribute__((format(printf, 4, 5), unused))
static bool tap_ok(bool good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!good) {
		tap_bad++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}

__attribute__((unused))
static bool tap_str(const char *got, const char *want, const char *file, int line, const char *name)
{
	bool good = got == want || (got && want && !strcmp(got, want));

	tap_ok(good, file, line, "%s", name);
	if (!good)
		printf("#   got  %s\n#   want %s\n", got ? got : "(null)", want ? want : "(null)");
	return good;
}

__attribute__((unused))
static bool tap_int(long long got, long long want, const char *file, int line, const char *name)
{
	bool good = got == want;

	tap_ok(good, file, line, "%s", name);
	if (!good)
		printf("#   got  %lld\n#   want %lld\n", got, want);
	return good;
}

__attribute__((format(printf, 1, 2), noreturn, unused))
static void skip_all(const char *fmt, ...)
{
	va_list ap;

	printf("1..0 # SKIP ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	exit(0);
}

__attribute__((unused))
static int done_testing(void)
{
	printf("1..%d\n", tap_count);
	return tap_bad != 0;
}

#define ok(cond, ...) tap_ok((cond), __FILE__, __LINE__, __VA_ARGS__)
#define ok_str(got, want, name) tap_str((got), (want), __FILE__, __LINE__, (name))
#define ok_int(got, want, name) tap_int((got), (want), __FILE__, __LINE__, (name))

#endif
