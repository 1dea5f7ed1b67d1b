/* SPDX-License-Identifier: Apache-2.0 */
/* test_privileges.c - what is left after the drop, each case in a process of its own. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "macros.h"
#include "privileges.h"

static char folder[64];	/* of the running test */

/* In a child: fails (99) unless the drop answers `want`; then what `after` finds. */
static int
in_child(const char *user, const char *group, const char *log_dir, int want, int (*after)(void))
{
	pid_t pid = fork();
	char err[512] = "";
	int status, rc;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		rc = privileges_drop(user, group, log_dir, err, sizeof(err));
		if (rc != want || (rc != 0 && (err[0] == '\0' || strchr(err, '\n') != NULL))) {
			(void)dprintf(STDERR_FILENO, "got %d '%s'\n", rc, err);
			_exit(99);
		}
		_exit(after == NULL ? 0 : after());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int
nothing_is_left(void)
{
	char path[96];

	if (getuid() == 0 || geteuid() == 0 || setuid(0) == 0 || setgid(0) == 0)
		return 1;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 2;
	/* the log can be renamed away and opened anew: rotation */
	(void)snprintf(path, sizeof(path), "%s/eve.json", folder);
	if (open(path, O_WRONLY | O_APPEND) < 0)
		return 3;
	return unlink(path) == 0 ? 0 : 4;
}

static int
only_new_privileges_are_gone(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1;
}

static void
make_log(uid_t owner)
{
	char path[96];
	int fd;

	(void)snprintf(folder, sizeof(folder), "/tmp/picket-privileges-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chown(folder, owner, (gid_t)-1), 0);
	(void)snprintf(path, sizeof(path), "%s/eve.json", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0640);
	ck_assert_int_ge(fd, 0);
	(void)close(fd);
}

static void
remove_log(void)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/eve.json", folder);
	(void)unlink(path);
	(void)rmdir(folder);
}

START_TEST(root_becomes_an_ordinary_user)
{
	struct passwd *pw = getpwnam("nobody");

	ck_assert_ptr_nonnull(pw);
	make_log(pw->pw_uid);
	ck_assert_int_eq(in_child("nobody", NULL, folder, 0, nothing_is_left), 0);
	remove_log();
}
END_TEST

START_TEST(log_folder_of_another_is_refused)
{
	make_log(0);
	ck_assert_int_eq(in_child("nobody", NULL, folder, -EACCES, NULL), 0);
	remove_log();
}
END_TEST

START_TEST(link_in_place_of_the_log_is_not_handed_over)
{
	char path[96], victim[96];
	struct stat st;

	make_log(0);
	(void)snprintf(path, sizeof(path), "%s/eve.json", folder);
	(void)snprintf(victim, sizeof(victim), "%s/victim", folder);
	ck_assert_int_eq(rename(path, victim), 0);
	ck_assert_int_eq(symlink(victim, path), 0);
	ck_assert_int_eq(in_child("nobody", NULL, folder, -ELOOP, NULL), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(link(victim, path), 0);
	ck_assert_int_eq(in_child("nobody", NULL, folder, -EPERM, NULL), 0);
	ck_assert_int_eq(stat(victim, &st), 0);
	ck_assert_uint_eq(st.st_uid, 0);
	ck_assert_int_eq(unlink(victim), 0);
	remove_log();
}
END_TEST

START_TEST(unknown_names_are_told)
{
	ck_assert_int_eq(in_child("no-such-user-x", NULL, NULL, -ENOENT, NULL), 0);
	ck_assert_int_eq(in_child("nobody", "no-such-group-x", NULL, -ENOENT, NULL), 0);
	ck_assert_int_eq(in_child(NULL, NULL, NULL, 0, only_new_privileges_are_gone), 0);
}
END_TEST

/* Not root: another user cannot be had, and this is said. */
static int
ordinary_user_cannot_change(void)
{
	char err[512] = "";

	return privileges_drop("root", NULL, NULL, err, sizeof(err)) == -EPERM &&
	    strstr(err, "not started as root") != NULL ? 0 : 1;
}

START_TEST(ordinary_user_stays)
{
	ck_assert_int_eq(in_child("nobody", NULL, NULL, 0, ordinary_user_cannot_change), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("privileges");
	TCase *t = tcase_create("privileges");
	SRunner *sr;
	int failed;

	if (geteuid() != 0) {
		puts("skipped: only root can drop anything");
		return 77;
	}
	sr = srunner_create(s);
	suite_add_tcase(s, t);
	tcase_add_test(t, root_becomes_an_ordinary_user);
	tcase_add_test(t, log_folder_of_another_is_refused);
	tcase_add_test(t, link_in_place_of_the_log_is_not_handed_over);
	tcase_add_test(t, unknown_names_are_told);
	tcase_add_test(t, ordinary_user_stays);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
