/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a report masks, and how bytes of any kind come into its data. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lib/tap.h"
#include "report/columns.h"
#include "report/redact.h"
#include "report/squeeze.h"

static const struct {
	const char *given, *masked;
} texts[] = {
	{ "password=hunter2", "password=***" },
	{ "DB_PASSWORD=hunter2 make", "DB_PASSWORD=*** make" },
	{ "--token=abc&x=1", "--token=***&x=1" },
	{ "PASSWD='a b' c", "PASSWD='***' c" },
	{ "secret=\"a\\\"b\" c", "secret=\"***\" c" },
	{ "\"api_key\": \"abc\", \"n\": 1", "\"api_key\": \"***\", \"n\": 1" },
	{ "+password = hunter2\n+port = 80\n", "+password = ***\n+port = 80\n" },
	{ "Authorization: Bearer abc def\nHost: x", "Authorization: ***\nHost: x" },
	{ "-H 'Authorization: Basic YTpi'", "-H 'Authorization: ***'" },
	{ "apiKey=1 monkey=2 KEY=3", "apiKey=*** monkey=2 KEY=***" },
	{ "compass=north pass=x db_pass=y", "compass=north pass=*** db_pass=***" },
	{ "pass:abc", "pass:***" },
	{ "MYSQL_PWD=x PWD=/tmp", "MYSQL_PWD=*** PWD=/tmp" },
	{ "https://bob:pw@example.com/a", "https://bob:***@example.com/a" },
	{ "https://example.com:80/a@b", "https://example.com:80/a@b" },
	{ "ghp_abcdefghijklmnop1", "***" },
	{ "x AKIAABCDEFGHIJKLMNOP y", "x *** y" },
	{ "sk-short", "sk-short" },
	{ "da39a3ee5e6b4b0d3255bfef95601890afd80709", "***" },
	{ "0123456789012345678901234567890123456789", "***" },
	{ "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef", "***" },
	{ "0123456789012345678901234567890", "0123456789012345678901234567890" },
	{ "bWFuIGlzIGRpc3RpbmdXaXNoZWQsIGVdCBvbmxIGJbWFu", "***" },
	{ "bWFuIGlGaXNoZWQsIGVdCBvbmxIGJbWFuQwErTy", "***" },
	{ "AbstractSingletonProxyFactoryBeanConfigurationTest",
		"AbstractSingletonProxyFactoryBeanConfigurationTest" },
	{ "-H x:eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_def-ghi y", "-H x:*** y" },
	{ "eyJhbGciOiJIUzI1NiJ9..iv.text.tag", "***" },
	{ "eyJh.b.c heyJhbGciOiJIUzI1NiJ9.b.c eyJhbGciOiJIUzI1NiJ9.txt",
		"eyJh.b.c heyJhbGciOiJIUzI1NiJ9.b.c eyJhbGciOiJIUzI1NiJ9.txt" },
	{ "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000" },
	{ "bWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5==", "***" },
	{ "/usr/lib/x86_64-linux-gnu/perl5/5.36/auto/List/Util/Util.so",
		"/usr/lib/x86_64-linux-gnu/perl5/5.36/auto/List/Util/Util.so" },
	{ "some-rather-long-name-of-a-file-with-words-in-it-2.10-1_amd64.deb",
		"some-rather-long-name-of-a-file-with-words-in-it-2.10-1_amd64.deb" },
	{ "-DCMAKE_INSTALL_PREFIX=/usr", "-DCMAKE_INSTALL_PREFIX=/usr" },
	{ "if [ \"$key\" == x ]; then", "if [ \"$key\" == x ]; then" },
	{ "std::token::x", "std::token::x" },
	{ "password=", "password=" },
	{ "=x :y", "=x :y" },
	{ "", "" },
};

static const struct {
	const char *given, *masked;
	size_t places;
} lines[] = {
	{ "[\"mysql\",\"-phunter2\",\"-u\",\"bob\"]", "[\"mysql\",\"-p***\",\"-u\",\"bob\"]", 1 },
	{ "[\"mysqldump\",\"-p\",\"db\"]", "[\"mysqldump\",\"-p\",\"db\"]", 0 },
	{ "[\"mkdir\",\"-p\",\"dir\"]", "[\"mkdir\",\"-p\",\"dir\"]", 0 },
	{ "[\"/usr/bin/sshpass\",\"-p\",\"pw\",\"ssh\",\"h\"]",
		"[\"/usr/bin/sshpass\",\"-p\",\"***\",\"ssh\",\"h\"]", 1 },
	{ "[\"curl\",\"-u\",\"bob:pw\",\"x\"]", "[\"curl\",\"-u\",\"bob:***\",\"x\"]", 1 },
	{ "[\"curl\",\"-ubob:pw\"]", "[\"curl\",\"-ubob:***\"]", 1 },
	{ "[\"curl\",\"-u\",\"bob\"]", "[\"curl\",\"-u\",\"bob\"]", 0 },
	{ "[\"docker\",\"run\",\"-p\",\"80:80\"]", "[\"docker\",\"run\",\"-p\",\"80:80\"]", 0 },
	{ "[\"docker\",\"login\",\"-p\",\"pw\"]", "[\"docker\",\"login\",\"-p\",\"***\"]", 1 },
	{ "[\"x\",\"--password\",\"pw\",\"y\"]", "[\"x\",\"--password\",\"***\",\"y\"]", 1 },
	{ "[\"x\",\"--token\",\"-v\"]", "[\"x\",\"--token\",\"-v\"]", 0 },
	{ "[\"sh\",\"-c\",\"A_TOKEN=x b\\npassword=y\"]",
		"[\"sh\",\"-c\",\"A_TOKEN=*** b\\npassword=***\"]", 2 },
	{ "[\"smbclient\",\"-U\",\"bob%pw\"]", "[\"smbclient\",\"-U\",\"bob%***\"]", 1 },
	{ "[\"\xc3\xa4 \\\"x\\\"\",\"\"]", "[\"\xc3\xa4 \\\"x\\\"\",\"\"]", 0 },
	{ "[\"sh\",\"-c\",\"curl -u joe:pw h; x --token pw2; y --password \\\"pw 3\\\"; :\"]",
		"[\"sh\",\"-c\",\"curl -u joe:*** h; x --token ***; y --password "
		"\\\"***\\\"; :\"]",
		3 },
	{ "[\"sh\",\"-c\",\"sshpass -p pw ssh h\\nmkdir -p d && mysql -ppw\"]",
		"[\"sh\",\"-c\",\"sshpass -p *** ssh h\\nmkdir -p d && mysql -p***\"]", 2 },
	{ "[\"sh\",\"-c\",\"bash -c 'curl -u joe:pw x' && echo 'a b\"]",
		"[\"sh\",\"-c\",\"bash -c 'curl -u joe:*** x' && echo 'a b\"]", 1 },
	{ "[\"curl\",\"--user=joe:pw\",\"--oauth2-bearer\",\"t\",\"-H\",\"Cookie: a=b; c=d\"]",
		"[\"curl\",\"--user=joe:***\",\"--oauth2-bearer\",\"***\",\"-H\","
		"\"Cookie: ***\"]",
		3 },
	{ "no JSON", "[]", 0 },
	{ "[\"a", "[\"a\"]", 0 },
	{ "", "[]", 0 },
};

static void check_texts(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		/* its own piece of memory, so that a sanitizer sees where it ends */
		size_t n = strlen(texts[i].given);
		_cleanup_free_ char *given = malloc(n + 1);
		_cleanup_buf_ struct buf out = BUF_INIT;
		size_t places;

		if (!given)
			return;
		memcpy(given, texts[i].given, n);
		given[n] = 'x';
		places = redact_text(given, n, &out);
		ok_str(out.data ? out.data : "", texts[i].masked, texts[i].given);
		ok((places > 0) == (strcmp(texts[i].given, texts[i].masked) != 0), "counted");
	}
}

static void check_lines(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_free_ char *given = strdup(lines[i].given);
		_cleanup_buf_ struct buf out = BUF_INIT;
		size_t places = given ? redact_argv(given, &out) : 0;

		ok_str(out.data, lines[i].masked, lines[i].given);
		ok_int((long long)places, (long long)lines[i].places, "places");
	}
}

static void check_base64(void)
{
	static const char *const want[] = { "", "YQ==", "YWI=", "YWJj", "YWJjZA==" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;

		base64_add(&out, (const unsigned char *)"abcd", i);
		ok_str(out.data ? out.data : "", want[i], "base64");
	}
}

/* The cells of one row, before it is squeezed. */
static void check_cells(void)
{
	static const char *const names[] = { "name", "at", "none", NULL };
	struct squeeze nowhere = { .fd = -1, .failed = true };
	_cleanup_columns_ struct columns c;

	columns_begin(&c, &nowhere, "t", names);
	columns_bytes(&c, "a\xff\"\\\n\xc3\xa4\xed\xa0\x80", 10);
	columns_step(&c, 5);
	columns_null(&c);
	columns_row(&c);
	columns_text(&c, "");
	columns_step(&c, INT64_MIN);
	columns_null(&c);
	columns_row(&c);
	ok_str(c.cells[0].data,
		"\"a\\udcff\\\"\\\\\\u000a\xc3\xa4\\udced\\udca0\\udc80\",\"\"", "exact bytes");
	ok_str(c.cells[1].data, "5,9223372036854775803", "steps");
	ok_str(c.cells[2].data, "null,null", "nothing");
	ok_int((long long)c.rows, 2, "rows");
	columns_end(&c);
	ok_int((long long)c.rows, 0, "squeezed");
}

int main(void)
{
	check_texts();
	check_lines();
	check_base64();
	check_cells();
	return done_testing();
}
