/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name, version and the like: from the options, else from what is in the folder, else asked. */
#include "package/metadata.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/owners.h"
#include "base/project.h"
#include "render/argv.h"
#include "render/say.h"
#include "render/text.h"

/* What was found is a suggestion only: what the format forbids is written another way. */
static void tame(char *s, enum package_type type, bool version)
{
	for (; *s; s++) {
		if (type == PACKAGE_DEB && !version)
			*s = *s == '_' ? '-' : (char)tolower((unsigned char)*s);
		else if (type == PACKAGE_DEB && *s == '_')
			*s = '+';
		else if (type != PACKAGE_DEB && type != PACKAGE_TAR && version && *s == '-')
			*s = '_';
	}
}

int metadata_from_folder(const char *folder, enum package_type type, char **name, char **version)
{
	struct project p;
	int r = project_find(&p, folder);

	*name = p.name;
	*version = p.version;
	if (*name)
		tame(*name, type, false);
	if (*version)
		tame(*version, type, true);
	return r;
}

static char *ask(const char *what, const char *suggestion)
{
	_cleanup_free_ char *line = NULL;
	size_t room = 0;
	ssize_t n;

	fprintf(stderr, "%s%s%s%s: ", what, suggestion ? " [" : "", suggestion ? suggestion : "",
		suggestion ? "]" : "");
	IGNORE(fflush(stderr));
	n = getline(&line, &room, stdin);
	while (n > 0 && isspace((unsigned char)line[n - 1]))
		line[--n] = '\0';
	if (n > 0)
		return STEAL(line);
	return suggestion ? strdup(suggestion) : NULL;
}

static char *run_date(const struct metadata *m)
{
	time_t t = (time_t)m->epoch;
	struct tm tm;
	char text[16];

	return gmtime_r(&t, &tm) && strftime(text, sizeof text, "%Y%m%d", &tm) ? strdup(text) :
										 NULL;
}

/* As it is on record; of an older record, by the folder. 0 or -ENOMEM. */
static int find_recorded(const struct metadata *m, const struct ba_rows *run, char **name,
	char **version)
{
	const char *n = row_text(run, "name");
	const char *v = row_text(run, "version");

	if (!*n)
		return metadata_from_folder(m->cwd, m->type, name, version);
	*name = strdup(n);
	*version = *v ? strdup(v) : NULL;
	if (!*name || (*v && !*version))
		return -ENOMEM;
	tame(*name, m->type, false);
	if (*version)
		tame(*version, m->type, true);
	return 0;
}

static int find_name(struct metadata *m, const struct package_options *o,
	const struct ba_rows *run)
{
	_cleanup_free_ char *name = NULL, *version = NULL;

	if (find_recorded(m, run, &name, &version) < 0)
		return say_no_memory();
	m->name = o->name ? strdup(o->name) : STEAL(name);
	m->version = o->version ? strdup(o->version) : STEAL(version);
	if (!m->version && o->date_is_version)
		m->version = run_date(m);
	if (!m->name && options_may_ask(o))
		m->name = ask("name of the package", NULL);
	if (!m->version && options_may_ask(o))
		m->version = ask("its version", NULL);
	if (!m->name)
		return say_failed(
			"no name for the package: the folder %s gives none; say --pkgname=NAME",
			m->cwd);
	if (!m->version)
		return say_failed(
			"no version for the package: the folder %s gives "
			"none; say --pkgversion=VERSION",
			m->cwd);
	return 0;
}

/* Who is at work, if it is not only root: root has no mail address that a package may show. */
static const char *find_user(void)
{
	const char *user = getenv("SUDO_USER");
	const struct passwd *pw = getpwuid(getuid());

	if (user && *user && strcmp(user, "root"))
		return user;
	return pw && strcmp(pw->pw_name, "root") ? pw->pw_name : "admin";
}

/*
 * "Name <address>" as the Debian tools find it: DEBFULLNAME and
 * DEBEMAIL, EMAIL, the user at this machine.
 */
static char *find_maintainer(void)
{
	const char *name = getenv("DEBFULLNAME"), *mail = getenv("DEBEMAIL"), *user = find_user();
	const struct passwd *pw = getpwnam(user);
	char host[256] = "localhost";
	struct buf out = BUF_INIT;

	if (!mail || !*mail)
		mail = getenv("EMAIL");
	if (mail && strchr(mail, '<'))
		return strdup(mail);
	if (!name || !*name)
		name = getenv("NAME");
	if (name && *name)
		buf_adds(&out, name);
	else if (pw && *pw->pw_gecos && *pw->pw_gecos != ',')
		buf_add(&out, pw->pw_gecos, strcspn(pw->pw_gecos, ",<>"));
	else
		buf_adds(&out, user);
	gethostname(host, sizeof host - 1);
	if (mail && *mail)
		buf_addf(&out, " <%s>", mail);
	else /* home.arpa is what RFC 8375 gives to networks without a domain of their own */
		buf_addf(&out, " <%s@%s%s>", user, host, strchr(host, '.') ? "" : ".home.arpa");
	return buf_steal(&out);
}

static void find_words(struct metadata *m, const struct package_options *o)
{
	const char *text = o->description;
	struct buf out = BUF_INIT;
	char *c;

	if (o->summary) {
		m->summary = strdup(o->summary);
		m->description = strdup(text ? text : "");
	} else if (text && *text) {
		size_t n = strcspn(text, "\n");

		m->summary = strndup(text, n);
		m->description = strdup(text[n] ? text + n + 1 : "");
	} else {
		buf_addf(&out, "files installed by %.60s", m->command);
		m->summary = buf_steal(&out);
		for (c = m->summary; c && *c; c++)
			if (iscntrl((unsigned char)*c))
				*c = ' ';
	}
	if (!m->description || !*m->description) {
		free(m->description);
		out = (struct buf)BUF_INIT;
		buf_addf(&out, "Made by buildaudit from what this command installed:\n%s",
			m->command);
		m->description = buf_steal(&out);
	}
}

/* The command's last moment, or what SOURCE_DATE_EPOCH says. */
static int find_epoch(struct metadata *m, const struct ba_rows *run)
{
	const char *given = getenv("SOURCE_DATE_EPOCH");
	double duration = ba_rows_real(run, ba_rows_column(run, "duration_s"));
	char *end;

	if (!given || !*given) {
		m->epoch = ba_rows_int(run, ba_rows_column(run, "started_ns")) / 1000000000 +
			(int64_t)duration + 1;
		return 0;
	}
	errno = 0;
	m->epoch = strtoll(given, &end, 10);
	if (errno || *end || m->epoch < 0)
		return say_failed("SOURCE_DATE_EPOCH is '%s': seconds since 1970 are expected",
			given);
	return 0;
}

/* The two managers have their own names of machines; either is understood for both. */
static char *find_arch(const struct metadata *m, const char *arch)
{
	static const struct {
		const char *deb, *rpm;
	} names[] = { { "all", "noarch" }, { "amd64", "x86_64" }, { "i386", "i686" },
		{ "arm64", "aarch64" }, { "armhf", "armv7hl" }, { "ppc64el", "ppc64le" } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (m->type == PACKAGE_DEB && !strcmp(arch, names[i].rpm))
			return strdup(names[i].deb);
		if (m->type != PACKAGE_DEB && !strcmp(arch, names[i].deb) && strcmp(arch, "i386"))
			return strdup(names[i].rpm);
	}
	return strdup(arch);
}

/* What an option says and the package has no place for, is said to be left out. */
void metadata_say_unused(const struct metadata *m)
{
	const struct package_options *o = m->options;

	options_say_unused(o);
	if (m->type != PACKAGE_DEB && m->type != PACKAGE_RPM)
		return;
	if (o->source && !strstr(o->source, "://"))
		say("--pkgsource: left out, '%s' is no URL", o->source);
	if (o->altsource && (!strstr(o->altsource, "://") || metadata_url(m) != o->altsource))
		say("--pkgaltsource: left out, %s",
			strstr(o->altsource, "://") ? "--pkgsource is the one URL" :
						      "it is no URL");
	if (m->type == PACKAGE_RPM && o->relations[REPLACES])
		say("--replaces is Obsoletes in an rpm: 'rpm -U' takes these packages out: %s",
			m->relations[REPLACES].data);
}

const char *metadata_url(const struct metadata *m)
{
	const struct package_options *o = m->options;

	if (o->source && strstr(o->source, "://"))
		return o->source;
	return o->altsource && strstr(o->altsource, "://") ? o->altsource : NULL;
}

int metadata_find(struct metadata *m, const struct package_options *o, const struct ba_rows *run)
{
	_cleanup_buf_ struct buf command = BUF_INIT;

	m->options = o;
	m->type = o->type;
	m->cwd = strdup(row_text(run, "cwd"));
	render_argv(&command, row_text(run, "argv"));
	m->command = buf_steal(&command);
	if (!m->cwd || !m->command)
		return say_no_memory();
	/*
	 * gzip: every dpkg and every checker of packages takes it, and
	 * it costs less than the installation did
	 */
	m->compression = compression_named(o->compress ? o->compress :
			o->type == PACKAGE_RPM         ? "zstd" :
							 "gzip");
	if (!m->compression || find_epoch(m, run) < 0 || find_name(m, o, run) < 0)
		return -1;
	m->release = o->release ? o->release : "1";
	m->arch = o->arch ? find_arch(m, o->arch) : NULL;
	m->maintainer = o->maintainer ? strdup(o->maintainer) : find_maintainer();
	find_words(m, o);
	if (options_write_relations(o, m->relations) < 0)
		return -1;
	/* as checkinstall has it; an rpm provides its name by itself */
	if (m->type == PACKAGE_DEB && !o->relations[PROVIDES])
		buf_adds(&m->relations[PROVIDES], m->name);
	if (!m->maintainer || !m->summary || !m->description ||
		(o->arch && !m->arch))
		return say_no_memory();
	return 0;
}

void metadata_release(struct metadata *m)
{
	size_t i;

	free(m->name);
	free(m->version);
	free(m->arch);
	free(m->maintainer);
	free(m->summary);
	free(m->description);
	free(m->cwd);
	free(m->command);
	for (i = 0; i < RELATIONS; i++)
		buf_release(&m->relations[i]);
	owners_free(m->owners);
}
