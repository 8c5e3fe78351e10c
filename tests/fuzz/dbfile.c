/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file that says it is a record of ours: the input, but for a
 * first byte that says how it is read.
 */
#include "fuzz/database.inc"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	write_file("db", data + 1, size - 1);
	read_some(data[0]);
	return 0;
}
