/* SPDX-License-Identifier: Apache-2.0 */
/* role.h - what a flow is for, whatever protocol carries it. */
#ifndef PICKET_ROLE_H
#define PICKET_ROLE_H

#define ROLES(X)					\
	X(ROLE_UNKNOWN, "unknown")			\
	X(ROLE_TELEMETRY, "telemetry")			\
	X(ROLE_FIRMWARE_UPDATE, "firmware_update")	\
	X(ROLE_CLOUD_ENDPOINT, "cloud_endpoint")	\
	X(ROLE_DEVICE_MANAGEMENT, "device_management")	\
	X(ROLE_PROVISIONING, "provisioning")		\
	X(ROLE_POSITIONING, "positioning")		\
	X(ROLE_TIME, "time")				\
	X(ROLE_NAME_LOOKUP, "name_lookup")		\
	X(ROLE_REMOTE_ACCESS, "remote_access")		\
	X(ROLE_CONTROL, "control")			\
	X(ROLE_MEDIA, "media")				\
	X(ROLE_FILE_TRANSFER, "file_transfer")		\
	X(ROLE_TUNNEL, "tunnel")			\
	X(ROLE_SIGNALLING, "signalling")		\
	X(ROLE_ANALYTICS_ADS, "analytics_ads")		\
	X(ROLE_DATA_SPILL, "data_spill")		\
	X(ROLE_C2, "c2")				\
	X(ROLE_TEST_SERVER, "test_server")

enum role {
#define X(id, name) id,
	ROLES(X)
#undef X
	ROLE_N
};

/** Name of a role; "unknown" for a value that is none. */
const char *role_name(enum role role);
/** The role of that name (an enum role), -1 when there is none. */
int role_from_name(const char *name);

#endif
