/* SPDX-License-Identifier: Apache-2.0 */
/* parsers.h - the whole list of our own parsers; one row each. First match wins where ports
 * do not decide. Row `X(dns)` stands for `const struct app_parser dns_parser` in dns.c. */
#ifndef PICKET_CLASSIFY_PARSERS_H
#define PICKET_CLASSIFY_PARSERS_H

#define APP_PARSERS(X)	\
	X(dns)		\
	X(tls)		\
	X(http)		\
	X(mqtt)		\
	X(websocket)	\
	X(dlms)		\
	X(coap)		\
	X(dtls)		\
	X(quic)		\
	X(hl7)		\
	X(ntp)		\
	X(pfcp)		\
	X(radius)	\
	X(ssdp)		\
	X(dhcp)		\
	X(dhcpv6)	\
	X(gtpc)		\
	X(diameter)	\
	X(s1ap)		\
	X(ngap)		\
	X(adb)		\
	X(amqp)		\
	X(ftp)		\
	X(ike)		\
	X(l2tp)		\
	X(lpd)		\
	X(openvpn)	\
	X(rpc)		\
	X(rtp)		\
	X(rtsp)		\
	X(sip)		\
	X(smb)		\
	X(snmp)		\
	X(ssh)		\
	X(stomp)	\
	X(stun)		\
	X(telnet)	\
	X(tftp)		\
	X(wireguard)	\
	X(dnp3)		\
	X(iec104)	\
	X(modbus)	\
	X(dicom)	\
	X(dvrip)	\
	X(gt06)		\
	X(jt808)	\
	X(kalay)	\
	X(pppp)		\
	X(queclink)	\
	X(supl)		\
	X(teltonika)	\
	X(tuya)

struct app_parser;

enum parser_id {
	PARSER_NONE,
#define X(name) PARSER_##name,
	APP_PARSERS(X)
#undef X
	PARSER_N
};

#define X(name) extern const struct app_parser name##_parser;
APP_PARSERS(X)
#undef X

/** The descriptor of a parser; NULL for PARSER_NONE. */
const struct app_parser *app_parser_at(enum parser_id id);

#endif
