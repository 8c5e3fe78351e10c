/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/page.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/io.h"
#include "render/say.h"
#include "report/squeeze.h"

#include "page.inc"

/* 'sha256-...' of what stands between two tags. */
static int add_hash(struct buf *out, const char *what, const char *text)
{
	_cleanup_(digest_freep) struct digest *d = digest_new(DIGEST_SHA256);
	unsigned char sum[SHA256_LEN];

	if (!d)
		return say_failed("a report needs libcrypto (Debian: libssl3)");
	digest_add(d, text, strlen(text));
	digest_end(d, sum);
	buf_addf(out, "; %s-src 'sha256-", what);
	base64_add(out, sum, sizeof sum);
	buf_addc(out, '\'');
	return 0;
}

static int add_policy(struct buf *out)
{
	buf_adds(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'");
	if (add_hash(out, "script", page_js) < 0 || add_hash(out, "style", page_css) < 0)
		return -1;
	buf_adds(out, "; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
		      "trusted-types 'none'\">\n");
	return 0;
}

static int write_out(int fd, const struct buf *out)
{
	int r = out->failed ? -ENOMEM : io_write_all(fd, out->data, out->len);

	return r < 0 ? say_failed("the report: %s", strerror(-r)) : 0;
}

int page_begin(int fd)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	buf_adds(&out, page_head);
	if (add_policy(&out) < 0)
		return -1;
	buf_addf(&out, "<style>%s</style>\n", page_css);
	buf_adds(&out, page_body);
	return write_out(fd, &out);
}

int page_end(int fd)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	buf_adds(&out, page_foot);
	buf_addf(&out, "<script>%s</script>\n</html>\n", page_js);
	return write_out(fd, &out);
}
