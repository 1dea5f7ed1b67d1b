/* SPDX-License-Identifier: Apache-2.0 */
/* privileges.h - give up, once sources and outputs are open, what only opening them took. */
#ifndef PICKET_PRIVILEGES_H
#define PICKET_PRIVILEGES_H

#include <stddef.h>

/**
 * Become `user` and `group`, keep no capability, and let no later exec() gain any.
 *
 * user: NULL: root stays root, and anybody else loses the capabilities that came with the
 * start (systemd's AmbientCapabilities). group: NULL: the user's own.
 * log_dir (may be NULL): its eve.json is handed to the user, so that it can be opened again.
 * The folder must be writable for them already: we give nobody a folder, it may be /tmp.
 *
 * 0, or -errno with a line in `err`; -ENOENT: no such user or group. After a failure the
 * process must end, since half of it may be done.
 */
int privileges_drop(const char *user, const char *group, const char *log_dir, char *err,
    size_t err_size);

#endif
