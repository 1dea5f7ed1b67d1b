# SPDX-License-Identifier: Apache-2.0
"""What proves the rules of the pack: for each a device for which it holds, and one for which it nearly
does. prove.py writes them."""
import json

import signalling as sig
from conversations import SECOND, ask
from messages import (DLMS_AARE, DLMS_AARQ, MQTT_CONNACK, dlms, hl7, http_get, http_post, http_reply, mqtt_connect, mqtt_publish)
from wire import Capture, Host, RawTap, Tcp

CAPTURE, DNS, FAR, BEGIN = "rules.pcap.gz", "10.255.0.53", Host("203.0.113.7"), 1_772_409_600 * SECOND


def device(n):
    return f"10.1.{n // 200}.{n % 200 + 1}"


def option(number, last, value):
    """A short CoAP option (RFC 7252, 3.1)."""
    return bytes([number - last << 4 | min(len(value), 13)]) + bytes([len(value) - 13] if len(value) > 12 else []) + value


class Play:
    """What one device does, half a second apart."""

    def __init__(self, cap, n):
        self.cap, self.n, self.t, self.dev = cap, n, BEGIN + n * 60 * SECOND, Host(device(n))

    def tcp(self, port, up=(), down=(), far=FAR, inbound=False):
        """A connection: what its initiator says, and what it is answered, in turn."""
        ends = (far, self.dev) if inbound else (self.dev, far)
        conn = Tcp(self.cap, self.t, *ends, port, 20_000).open()
        for i in range(max(len(up), len(down))):
            if i < len(up):
                conn.up(up[i])
            if i < len(down):
                conn.down(down[i])
        self.t += SECOND // 2
        return self

    def udp(self, port, payload, answer=None, far=FAR):
        sport = self.dev.port()
        self.cap.datagram(self.t, self.dev, sport, far, port, payload)
        if answer is not None:
            self.cap.datagram(self.t + 20_000, far, port, self.dev, sport, answer)
        self.t += SECOND // 2
        return self

    def get(self, path, agent="agent/1", body=b"ok", port=80, host="files.example.net"):
        return self.tcp(port, [http_get(host, path, agent)], [http_reply(body, "application/octet-stream")])

    def post(self, kind, agent="agent/1"):
        return self.tcp(9999, [http_post("register.example.net", "/", agent, kind, b"eyJ4Ijox")],
                        [http_reply(b"{}", "application/json")])

    def mqtt(self, *sent, received=()):
        up = [mqtt_connect("client-1")] + [mqtt_publish(t, b"1") for t in sent]
        return self.tcp(1883, up, [MQTT_CONNACK] + [mqtt_publish(t, b"1") for t in received])

    def coap(self, code, path, queries=()):
        out, last = bytes([0x40, code, 0x12, 0x34]), 0
        for number, values in ((11, path.split("/")), (15, queries)):
            for value in values:
                out += option(number, last, value.encode())
                last = number
        return self.udp(5683, out, bytes([0x60, 0x44, 0x12, 0x34]))

    def module(self, tac):
        """Accounting says whose module has the address."""
        nas, server = Host("10.250.0.1"), Host("10.250.0.2")
        request = sig.radius_accounting(self.n, sig.ACCT_START, f"session-{self.n}-{tac}", nas.addr, 0, f"00101777777{self.n:04d}",
                                        f"88351000000{self.n:04d}", tac + f"{self.n:06d}01", "meters", "001-01", 6, 1, 1, self.dev.addr,
                                        "10.250.0.3", nas.addr, self.n)
        self.cap.datagram(self.t, nas, 40000, server, sig.RADIUS_ACCOUNTING_PORT, request)
        self.cap.datagram(self.t + 1000, server, sig.RADIUS_ACCOUNTING_PORT, nas, 40000, sig.radius_accepted(request))
        self.t += SECOND
        return self

    def names(self, n, rcode):
        for i in range(n):
            self.t = ask(self.cap, self.t, self.dev, Host(DNS), f"x{i}.example.net",
                         *([] if rcode else ["203.0.113.9"]), rcode=rcode)
        return self


def image(octets):
    return lambda p: p.get("/f.bin", body=octets + bytes(200))


def path(text):
    return lambda p: p.get(text)


def topic(text):
    return lambda p: p.mqtt(text)


def command(text):
    return lambda p: p.mqtt("up/1", received=[text])


def sends(text, port=9000):
    return lambda p: p.tcp(port, [text], [b"ok"])


def into(port, far=FAR, up=b"\xff\xfd\x03", down=b"login: "):
    return lambda p: p.tcp(port, [up], [down], far, inbound=True)


BEACON = bytes.fromhex("80010020") + bytes(range(32))
MLLP = hl7("ORU^R01", "1", ["PID|1"], "MONITOR")
INSIDE = Host("10.2.0.9")
LUAT = "/api/site/firmware_upgrade?project_key=x&imei=001017777777777"

# id -> (it holds, it nearly does)
PROOFS = {
    "quectel-devreport": (lambda p: p.udp(6789, BEACON, bytes(5)),
                          lambda p: p.udp(6789, BEACON[:35]).udp(6789, b"\x80\x01\x00\x21" + BEACON[4:]).udp(6790, BEACON)),
    "zzhc-body": (lambda p: p.post("application/encrypted-json"), lambda p: p.post("application/json")),
    "zzhc-agent": (lambda p: p.post("text/plain", "zzhc/1.0.0"), lambda p: p.post("text/plain", "zzh/1.0.0")),
    "agent-quectel": (lambda p: p.get("/", "QUECTEL_MODULE"), lambda p: p.get("/", "QUECTEL")),
    "agent-simcom": (lambda p: p.get("/", "SIMCOM_MODULE"), lambda p: p.get("/", "simcom_module")),
    "agent-tuya": (lambda p: p.get("/", "TUYA_IOT_SDK"), lambda p: p.get("/", "TUYA_IOT")),
    "luat-fota": (path(LUAT),
                  lambda p: p.get("/api/site/firmware_upgrade?project_key=x").tcp(    # a stranger asks the device
                      80, [http_get("device.example.net", LUAT, "agent/1")], [http_reply(b"no", "text/plain")], inbound=True)),
    "abup-fota": (path("/product/1/a/ota/checkVersion"), path("/product/1/a/b/ota/checkVersion")),
    "adups-android": (path("/otainter-5.0/fota5/detectdown.do"), path("/x/otainter-5.0/fota5")),
    "huawei-tds": (path("/TDS/data/files/p3/s15/G1/x.bin"), path("/tds/data/files/x")),
    "hoymiles-image": (path("/cfs/bin/a.bin"), path("/cfs/bi/a.bin")),
    "name-quectel": (path("/a/FBF_dfota.bin"), path("/a/xfbf_dfota.bin")),
    "name-simcom": (path("/system_patch_1.bin"), path("/system_patch_1.bin.txt")),
    "name-meig": (path("/u/xyDelta.1"), path("/u/axyDelta.1")),
    "name-fibocom": (path("/u/ota.par"), path("/u/iota.par")),
    "name-aithinker": (path("/u/tonew.pack"), path("/u/tonew.packs")),
    "image-uimage": (image(bytes.fromhex("27051956")), image(bytes.fromhex("0027051956"))),
    "image-android": (image(b"CrAU"), image(b"CrAV")),
    "image-squashfs": (image(b"hsqs"), image(b"hsqr")),
    "image-mcuboot": (image(bytes.fromhex("3db8f396")), image(bytes.fromhex("3db8f397"))),
    "image-matter": (image(bytes.fromhex("1ef1ee1b")), image(bytes.fromhex("1ef1ee1a"))),
    "image-dahua": (image(b"DH\3\4"), image(b"PK\3\4")),
    "topic-aliyun-ota": (topic("/ota/device/progress/a/b"), topic("/ota/devices/progress/a/b")),
    "topic-quec-ota": (topic("q/1/d/qd1/ota"), topic("q/3/d/qd1/ota")),
    "topic-tencent-ota": (topic("$ota/report/a/b"), topic("ota/report/a/b")),
    "topic-rainmaker-ota": (topic("node/n1/otafetch"), topic("node/n1/x/otafetch")),
    "topic-aws-jobs": (topic("$aws/things/t/jobs/get"), topic("$aws/things/t/shadow/get")),
    "command-aliyun": (command("/sys/a/b/thing/service/x"), topic("/sys/a/b/thing/service/x")),
    "command-onenet": (command("$sys/a/b/cmd/request/1"), topic("$sys/a/b/cmd/response/1")),
    "command-tuya": (command("smart/device/in/1"), command("smart/device/out/1")),
    "lwm2m-register": (lambda p: p.coap(2, "rd", ["ep=urn:dev:x", "lt=60"]), lambda p: p.coap(2, "rd", ["lt=60"])),
    "lwm2m-bootstrap": (lambda p: p.coap(2, "bs", ["ep=urn:dev:x"]), lambda p: p.coap(1, "bs", ["ep=urn:dev:x"])),
    "lwm2m-firmware": (lambda p: p.coap(2, "5/0/2"), lambda p: p.coap(1, "5/0/2").coap(2, "3/0/4")),
    "tracker-gt06": (sends(bytes.fromhex("78780d010010177777777777000112340d0a")),
                     sends(bytes.fromhex("78780c010010177777777777000112340d0a"))),
    "tracker-h02": (sends(b"*HQ,0010177777,V1,120000,A,5230.00,N,01320.00,E,0,0,020326,FFFFFFFF#"), sends(b"*HQ,00101,V1,")),
    "tracker-setracker": (sends(b"[SG*0010177777*0002*LK]"), sends(b"[SG*0010177777*002*LK]")),
    "camera-dahua-p2p": (lambda p: p.udp(8800, b"DHGET /probe/device HTTP/1.1\r\n\r\n"),
                         lambda p: p.udp(8800, b"DHPUT /probe/device HTTP/1.1\r\n\r\n")),
    "position-xtra": (path("/xtra3grc.bin"), path("/xtra3grc.bins")),
    "position-epo": (path("/EPO.DAT"), path("/EPO.DA")),
    "position-agnss": (sends(b"user=a;pwd=b;cmd=full;gnss=gps;"), sends(b"user=a;pwd=b;cmd=none;")),
    "shell-from-outside": (into(23), into(23, far=INSIDE)),
    "meter-from-outside": (into(4059, up=dlms(16, 1, DLMS_AARQ), down=dlms(1, 16, DLMS_AARE)),
                           into(4059, INSIDE, dlms(16, 1, DLMS_AARQ), dlms(1, 16, DLMS_AARE))),
    "hl7-leaves": (lambda p: p.tcp(2575, [MLLP]), lambda p: p.tcp(2575, [MLLP], far=INSIDE)),
    "nfs-leaves": (lambda p: p.tcp(2049, [b"x"], [b"y"]), lambda p: p.tcp(2049, [b"x"], [b"y"], far=INSIDE)),
    "listed-module-update": (lambda p: p.module("86447504").get("/u/ota.par"),
                             lambda p: p.module("35265610").get("/u/ota.par").module("86447504").get("/u/data.par")),
    "many-failed-lookups": (lambda p: p.names(40, 3), lambda p: p.names(40, 0).names(20, 3)),
}


def capture_of(pack):
    """The capture, None without rules, and its rows for expect.csv: each play has a device and a minute of
    its own."""
    cap, rows, n = Capture(RawTap(), 0), [], 0
    for source in sorted((pack / "rules").glob("*.json")):
        for rule in json.loads(source.read_text()):
            if rule["id"] not in PROOFS:
                continue    # it brings captures of its own
            for expected, make in zip(("fires", "silent"), PROOFS[rule["id"]]):
                n += 1
                make(Play(cap, n))
                rows.append((CAPTURE, device(n), rule["id"], expected))
    return (cap, rows) if rows else (None, [])
