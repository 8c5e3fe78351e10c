/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/object.h"

#include <stdio.h>

void object_name(const unsigned char hash[SHA256_LEN], char out[OBJECT_NAME])
{
	char hex[2 * SHA256_LEN + 1];

	digest_hex(hash, SHA256_LEN, hex);
	snprintf(out, OBJECT_NAME, "%.2s/%s", hex, hex + 2);
}
