/* SPDX-License-Identifier: Apache-2.0 */
/* linktype.c - LINKTYPE_ values of files to DLT_ values of struct frame. */
#include <pcap/dlt.h>

#include <stddef.h>

#include "linktype.h"
#include "macros.h"

/* Those that differ on this system (libpcap's pcap-common.c); all others are the same. */
static const struct {
	uint16_t linktype;
	int dlt;
} link_types[] = {
	{ 100, DLT_ATM_RFC1483 }, { 101, DLT_RAW }, { 102, DLT_SLIP_BSDOS },
	{ 103, DLT_PPP_BSDOS }, { 106, DLT_ATM_CLIP }, { 109, DLT_ENC },
	{ 246, DLT_PFSYNC }, { 258, DLT_PKTAP },
};

int
linktype_to_dlt(uint16_t linktype)
{
	for (size_t i = 0; i < ARRAY_LEN(link_types); i++)
		if (link_types[i].linktype == linktype)
			return link_types[i].dlt;
	return linktype;
}
