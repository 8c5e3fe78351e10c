/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_QUERIES_H
#define STORE_QUERIES_H
/* The statements of db/queries.sql by their names: enum query. */
#define QUERY_NAMES
#include "queries.inc"
#undef QUERY_NAMES

#endif
