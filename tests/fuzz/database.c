/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A record that was tampered with: the input says which cells of the tables
 * that database.sql fills get which values, and (its first byte) how they are
 * read.
 */
#include "fuzz/database.inc"

static const struct {
	const char *name, *row; /* which row: by its number */
} tables[] = {
	{ "run", "rowid = ?2" },
	{ "process", "rowid = ?2" },
	{ "exec", "rowid = ?2" },
	{ "path", "rowid = ?2" },
	{ "event", "seq = ?2" },
	{ "entry", "(run_id, path_id) = (SELECT run_id, path_id FROM entry LIMIT 1 OFFSET ?2)" },
	{ "alias",
		"(run_id, file, path_id) = (SELECT run_id, file, "
		"path_id FROM alias LIMIT 1 OFFSET ?2)" },
	{ "original", "(run_id, file) = (SELECT run_id, file FROM original LIMIT 1 OFFSET ?2)" },
	{ "op", "rowid = ?2" },
	{ "abi", "rowid = ?2" },
};

/* The name of a table's column, by its number; to be freed. */
static char *column_of(sqlite3 *db, const char *table, unsigned int n)
{
	sqlite3_stmt *s;
	char *out = NULL;

	sqlite3_prepare_v2(db,
		"SELECT name FROM pragma_table_info(?1) LIMIT 1 OFFSET ?2 % "
		"(SELECT count(*) FROM pragma_table_info(?1))",
		-1, &s, NULL);
	sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
	sqlite3_bind_int(s, 2, (int)n);
	if (sqlite3_step(s) == SQLITE_ROW)
		out = strdup((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return out;
}

static const char *const texts[] = { "", "/", "//", "x", "/..", "/a/../../b", ".", "/a/",
	"/\033[31m/\xe2\x80\xae", "\xff", "[\"", "[]", "[\"\\u12\"]", "null", "created", "modified",
	"removed", "running", "rollback", "/proc/self/mem" };

static void bind_value(sqlite3_stmt *s, struct input *in)
{
	static const int64_t numbers[] = { 0, 1, -1, 2, 3, 4, INT64_MAX, INT64_MIN, INT32_MAX,
		(int64_t)UINT32_MAX + 1, 0100644, 040755, 0120777, 020644, 060644, 010644,
		0140755 };
	uint8_t kind = (uint8_t)take_number(in, 1);
	size_t n;

	switch (kind % 6) {
	case 0:
		sqlite3_bind_null(s, 1);
		break;
	case 1:
		sqlite3_bind_int64(s, 1, numbers[kind / 6 % ARRAY_SIZE(numbers)]);
		break;
	case 2:
		sqlite3_bind_int64(s, 1, (int64_t)take_number(in, kind & 1 ? 1 : 8));
		break;
	case 3:
		sqlite3_bind_text(s, 1, texts[kind / 6 % ARRAY_SIZE(texts)], -1, SQLITE_STATIC);
		break;
	default:
		n = take_number(in, 1);
		n = n < in->left ? n : in->left;
		if (kind % 6 == 4)
			sqlite3_bind_text(s, 1, (const char *)in->p, (int)n, SQLITE_TRANSIENT);
		else
			sqlite3_bind_blob(s, 1, in->p, (int)n, SQLITE_TRANSIENT);
		in->p += n;
		in->left -= n;
	}
}

static void change_cell(sqlite3 *db, struct input *in)
{
	unsigned int t = take_number(in, 1) % ARRAY_SIZE(tables), column = take_number(in, 1);
	_cleanup_free_ char *name = column_of(db, tables[t].name, column);
	_cleanup_buf_ struct buf sql = BUF_INIT;
	sqlite3_stmt *s;

	if (!name)
		abort();
	buf_addf(&sql, "UPDATE OR IGNORE %s SET %s = ?1 WHERE %s", tables[t].name, name,
		tables[t].row);
	if (sqlite3_prepare_v2(db, sql.data, -1, &s, NULL) != SQLITE_OK)
		abort();
	sqlite3_bind_int(s, 2, (int)take_number(in, 1) % 12);
	bind_value(s, in);
	sqlite3_step(s); /* what a STRICT table refuses is not done */
	sqlite3_finalize(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int which = (unsigned int)take_number(&in, 1);
	sqlite3 *db;

	write_file("db", base.data, base.len);
	if (sqlite3_open(place, &db) != SQLITE_OK)
		abort();
	sqlite3_exec(db,
		"PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = "
		"OFF; PRAGMA journal_mode = OFF; BEGIN",
		NULL, NULL, NULL);
	while (in.left > 0)
		change_cell(db, &in);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	read_some(which);
	return 0;
}
