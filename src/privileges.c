/* SPDX-License-Identifier: Apache-2.0 */
/* privileges.c - from root, or from capabilities, to an ordinary user for good. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privileges.h"

struct complaint {
	char *text;
	size_t size;
};

/* Returns `code`, so that a failure is one line where it happens. */
static int __attribute__((format(printf, 3, 4)))
complain(const struct complaint *c, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(c->text, c->size, fmt, ap);
	va_end(ap);
	return code;
}

static int
find_ids(const char *user, const char *group, uid_t *uid, gid_t *gid, const struct complaint *c)
{
	const struct passwd *pw = getpwnam(user);
	const struct group *gr;

	if (pw == NULL)
		return complain(c, -ENOENT, "no such user: '%s'", user);
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	if (group == NULL)
		return 0;
	gr = getgrnam(group);
	if (gr == NULL)
		return complain(c, -ENOENT, "no such group: '%s'", group);
	*gid = gr->gr_gid;
	return 0;
}

/* The user may own the folder and have put a link to another's file there: only a plain file
 * with one name is handed over. */
static int
hand_over_log(const char *log_dir, uid_t uid, gid_t gid, const struct complaint *c)
{
	char path[4096];
	struct stat st;
	int fd, rc = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/eve.json", log_dir) >= sizeof(path))
		return complain(c, -ENAMETOOLONG, "log_dir is too long");
	fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : complain(c, -errno, "cannot hand over '%s': %s", path,
		    strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1)
		rc = complain(c, -EPERM, "cannot hand over '%s': not a file with one name", path);
	else if (fchown(fd, uid, gid) != 0)
		rc = complain(c, -errno, "cannot hand over '%s': %s", path, strerror(errno));
	(void)close(fd);
	return rc;
}

static int
become(const char *user, uid_t uid, gid_t gid, const struct complaint *c)
{
	if (initgroups(user, gid) != 0 || setresgid(gid, gid, gid) != 0 ||
	    setresuid(uid, uid, uid) != 0)
		return complain(c, -errno, "cannot become user '%s': %s", user, strerror(errno));
	return 0;
}

/* capset(2) has no wrapper in glibc, and libcap for one call is a library too many. */
static int
clear_capabilities(const struct complaint *c)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 ||
	    syscall(SYS_capset, &header, none) != 0)
		return complain(c, -errno, "cannot give up capabilities: %s", strerror(errno));
	return 0;
}

/* A drop that can be undone is none. */
static int
verify(uid_t uid, gid_t gid, const struct complaint *c)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uid_t uids[3];
	gid_t gids[3];

	if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 ||
	    getresgid(&gids[0], &gids[1], &gids[2]) != 0 || syscall(SYS_capget, &header, data) != 0)
		return complain(c, -errno, "cannot verify privileges: %s", strerror(errno));
	for (int i = 0; i < 3; i++)
		if (uids[i] != uid || gids[i] != gid)
			return complain(c, -EPERM, "privileges are not all gone: another id is kept");
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if ((data[i].effective | data[i].permitted | data[i].inheritable) != 0)
			return complain(c, -EPERM, "privileges are not all gone: a capability is kept");
	if (uid != 0 && (setuid(0) == 0 || seteuid(0) == 0))
		return complain(c, -EPERM, "privileges are not all gone: root can be had back");
	return 0;
}

static int
drop_to(const char *user, const char *group, const char *log_dir, const struct complaint *c)
{
	uid_t uid = 0;
	gid_t gid = 0;
	int rc = find_ids(user, group, &uid, &gid, c);

	if (rc != 0)
		return rc;
	if (geteuid() == 0) {
		if (log_dir != NULL)
			rc = hand_over_log(log_dir, uid, gid, c);
		if (rc == 0)
			rc = become(user, uid, gid, c);
	} else if (geteuid() != uid || getegid() != gid)
		rc = complain(c, -EPERM, "cannot become user '%s': not started as root", user);
	if (rc == 0)
		rc = clear_capabilities(c);
	if (rc == 0)
		rc = verify(uid, gid, c);
	if (rc == 0 && log_dir != NULL && access(log_dir, W_OK | X_OK) != 0)
		rc = complain(c, -errno, "log_dir '%s' is not writable for user '%s'", log_dir, user);
	return rc;
}

int
privileges_drop(const char *user, const char *group, const char *log_dir, char *err,
    size_t err_size)
{
	struct complaint c = { err, err_size };
	int rc = 0;

	if (user != NULL)
		rc = drop_to(user, group, log_dir, &c);
	else if (geteuid() != 0)
		rc = clear_capabilities(&c);
	if (rc == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		rc = complain(&c, -errno, "cannot forbid new privileges: %s", strerror(errno));
	return rc;
}
