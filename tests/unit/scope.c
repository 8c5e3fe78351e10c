/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/tap.h"
#include "base/canonical.h"
#include "model/scope.h"

int main(void)
{
	struct scope s = { 0 };

	ok(!scope_excludes(&s, "/usr/bin/x"), "no rule: nothing is excluded");
	scope_add_folder(&s, "/home/u/src", true);
	ok(scope_excludes(&s, "/home/u/src/a.o"), "below the folder");
	ok(scope_excludes(&s, "/home/u/src"), "the folder itself");
	ok(!scope_excludes(&s, "/home/u/src2/a.o"), "a longer name is another folder");
	scope_add_folder(&s, "/home/u/src/stage", false);
	ok(!scope_excludes(&s, "/home/u/src/stage/bin/x"), "included again");
	ok(scope_excludes(&s, "/home/u/src/a.o"), "the rest is not");
	scope_add_glob(&s, "*.pyc", true);
	ok(scope_excludes(&s, "/home/u/src/stage/lib/x.pyc"), "a later glob wins");
	ok(scope_excludes(&s, "/usr/lib/a.pyc"), "a glob without a slash matches any component");
	scope_add_glob(&s, "/opt/*/cache", true);
	ok(scope_excludes(&s, "/opt/x/cache/y/z"),
		"a glob with a slash matches a folder of the path");
	ok(!scope_excludes(&s, "/opt/x/y/cache"), "and its star stays within one component");
	scope_release(&s);

	scope_add_defaults(&s, "/");
	ok(!scope_excludes(&s, "/usr/bin/x"), "a working folder of / excludes nothing");
	ok(scope_excludes(&s, "/tmp/x") && scope_excludes(&s, "/run/x"),
		"/tmp and /run are excluded");
	scope_release(&s);

	ok(path_is_virtual("/proc/self/comm") && path_is_virtual("/sys/x"),
		"/proc and /sys are virtual");
	ok(!path_is_virtual("/process"), "/process is not");
	ok(path_is_below("/a", "/") && path_is_below("/a/b", "/a/"), "everything is below /");
	return done_testing();
}
