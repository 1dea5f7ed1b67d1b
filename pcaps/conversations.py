# SPDX-License-Identifier: Apache-2.0
"""What devices do everywhere: look-ups, clocks, an MQTT session, fetching a file; and the days
and networks that scenes take place in."""
from messages import (DLMS_AARE, DLMS_AARQ, DLMS_RLRE, DLMS_RLRQ, DNS_A, DNS_AAAA, DNS_CNAME, MQTT_CONNACK,
                      MQTT_DISCONNECT, MQTT_PINGREQ, MQTT_PINGRESP, dlms, dlms_get, dlms_value, dns_query,
                      dns_reply, mqtt_connect, mqtt_puback, mqtt_publish, mqtt_suback, mqtt_subscribe, ntp)
from wire import Chance, Tcp

SECOND, MINUTE = 1_000_000, 60_000_000
HOUR, MORNING = 3600 * SECOND, 1772438400 * SECOND    # 2026-03-02T08:00:00Z


def begin(dirty, hour):
    """A clean twin is another site on the next day, so that both can be replayed in one run."""
    return MORNING + hour * HOUR + (0 if dirty else 24 * HOUR)


def net(dirty, pattern):
    """The site's network: `#` is a number that is one more at the clean twin's."""
    head, number, tail = pattern.split("#")
    return f"{head}{int(number) + (0 if dirty else 1)}{tail}"


def ask(cap, t, host, server, name, *addresses, alias=None, rcode=0, ttl=300):
    """A look-up and its answer; no address and no rcode: the name has none (NODATA)."""
    qtype = DNS_AAAA if addresses and ":" in addresses[0] else DNS_A
    sport = host.port()
    ident = Chance(f"dns {host.addr} {sport} {name}").below(65536)
    cap.datagram(t, host, sport, server, 53, dns_query(ident, name, qtype))
    answers = [(name, DNS_CNAME, ttl, alias)] if alias else []
    answers += [(alias or name, qtype, ttl, a) for a in addresses]
    cap.datagram(t + 21_000, server, 53, host, sport, dns_reply(ident, name, qtype, answers, rcode))
    return t + 30_000


def clock(cap, t, host, server):
    """An NTP exchange."""
    now, sport = (cap.start_us + t) // SECOND, host.port()
    cap.datagram(t, host, sport, server, 123, ntp(3, now))
    cap.datagram(t + 18_000, server, 123, host, sport, ntp(4, now))


def mqtt_session(conn, client_id, topic, reports, every_us, user=None, commands=None):
    """CONNECT to DISCONNECT; `conn` may carry TLS outside (then use tls_* instead)."""
    conn.up(mqtt_connect(client_id, user, "secret" if user else None)).down(MQTT_CONNACK)
    if commands:
        conn.up(mqtt_subscribe(commands)).down(mqtt_suback())
    for i, report in enumerate(reports, 2):
        conn.wait(every_us).up(mqtt_publish(topic, report, i)).down(mqtt_puback(i))
    conn.wait(every_us).up(MQTT_PINGREQ).down(MQTT_PINGRESP)
    return conn.up(MQTT_DISCONNECT).close()


def fetch(cap, t, host, server, port, requests, rtt_us=160_000):
    """HTTP requests on one connection: (request, reply) octets in turn."""
    conn = Tcp(cap, t, host, server, port, rtt_us).open()
    for request, reply in requests:
        conn.up(request).down(reply, 35_000)
    return conn.close()


def reading(serial, i):
    return f'{{"meter":"{serial}","kwh":{18342 + 3 * i}.{(7 * i) % 10},"v":[231.4,230.9,232.0],"seq":{i}}}'.encode()


def poll_dlms(cap, t, meter, head_end, rounds=2):
    """The head-end polls: it opens the connection to the meter's port 4059."""
    for i in range(rounds):
        conn = Tcp(cap, t + i * 5 * MINUTE, head_end, meter, 4059, rtt_us=110_000).open()
        conn.up(dlms(16, 1, DLMS_AARQ)).down(dlms(1, 16, DLMS_AARE), 60_000)
        for n, obis in enumerate(([1, 0, 1, 8, 0, 255], [1, 0, 2, 8, 0, 255], [1, 0, 32, 7, 0, 255])):
            conn.up(dlms(16, 1, dlms_get(n, obis))).down(dlms(1, 16, dlms_value(n, 1834200 + 31 * n + i)), 60_000)
        conn.up(dlms(16, 1, DLMS_RLRQ)).down(dlms(1, 16, DLMS_RLRE)).close()
