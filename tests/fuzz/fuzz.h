/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FUZZ_H
#define FUZZ_H
/*
 * A fuzz target is a program with these two functions. Built with
 * --enable-fuzzers it is libFuzzer's; otherwise replay.c is its main, and
 * `make check` plays tests/fuzz/corpus/TARGET/ again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A folder of the target's own below $TMPDIR, where scripts/fuzz tidies up after one that crashed.
 */
__attribute__((unused)) static void make_top(char *out, size_t size)
{
	const char *tmp = getenv("TMPDIR");

	if (snprintf(out, size, "%s/ba-fuzz.XXXXXX", tmp ? tmp : "/tmp") >= (int)size ||
		!mkdtemp(out))
		abort();
}

/* What is left of the input; past its end there are zeros. */
struct input {
	const uint8_t *p;
	size_t left;
};

__attribute__((unused)) static uint64_t take_number(struct input *in, size_t bytes)
{
	uint64_t n = 0;

	for (; bytes > 0 && in->left > 0; bytes--, in->left--)
		n = n << 8 | *in->p++;
	return n;
}

/*
 * All up to the next NUL (or n bytes), to be freed, with a NUL behind: in
 * memory of its own, so that its end is seen.
 */
__attribute__((unused)) static char *take_text(struct input *in, size_t n)
{
	const uint8_t *nul = memchr(in->p, '\0', in->left < n ? in->left : n);
	size_t len = nul ? (size_t)(nul - in->p) : in->left < n ? in->left : n;
	char *out = malloc(len + 1);

	if (!out)
		abort();
	memcpy(out, in->p, len);
	out[len] = '\0';
	in->p += len + (nul != NULL);
	in->left -= len + (nul != NULL);
	return out;
}

/* Reads all of a string, so that a sanitizer sees whether it ends where it should. */
__attribute__((unused)) static void read_through(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	__asm__ volatile("" : : "r"(n));
}

#endif
