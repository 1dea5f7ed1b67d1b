/* SPDX-License-Identifier: Apache-2.0 */
/* signalling_text.h - a signalling message as one line of text, for comparing in tests.
 *
 *	gtpv2-c create request refused type=32 cause=94 seq=7 session=0x1 peer=0x2 linked=5
 *	nas=192.0.2.1 imsi=001... msisdn=... imei=... masked mac=02:... ue=10.0.0.1 ue=2001:db8::/64 apn=...
 *	host=... vendor=... plmn=001-01 rat=e-utran area=tai:001-01:5 cell=ecgi:001-01:77
 *	end=uplink:1:5:10.0.0.1:0x9 gone=0x20 recovery=3 since=SECONDS cut
 *
 * What is not said is left out. Ends: kind, interface (- for none), bearer, node, id. */
#ifndef PICKET_TESTS_SIGNALLING_TEXT_H
#define PICKET_TESTS_SIGNALLING_TEXT_H

#include <stddef.h>

struct signalling;

/** Writes at most `size` octets with the NUL; returns the length written. */
size_t signalling_text(const struct signalling *s, char *text, size_t size);

#endif
