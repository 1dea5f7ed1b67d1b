/* SPDX-License-Identifier: Apache-2.0 */
/* bench_cpu.c - run a program and say what it took: CPU time of the whole process, user and
 * system, and its greatest resident size. Small itself, since a child's ru_maxrss begins
 * with what its parent had. The program's output is thrown away, its errors are not. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct rusage used;
	int status;
	pid_t pid = argc < 2 ? -1 : fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		execv(argv[1], argv + 1);
		fprintf(stderr, "bench_cpu: %s: %s\n", argv[1], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid) {
		fputs("usage: bench_cpu PROGRAM ARGUMENTS...\n", stderr);
		return 2;
	}
	printf("{\"status\": %d, \"user_us\": %lld, \"system_us\": %lld, \"peak_kib\": %ld}\n",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    used.ru_utime.tv_sec * 1000000ll + used.ru_utime.tv_usec,
	    used.ru_stime.tv_sec * 1000000ll + used.ru_stime.tv_usec, used.ru_maxrss);
	return 0;
}
