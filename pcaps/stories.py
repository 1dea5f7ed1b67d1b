# SPDX-License-Identifier: Apache-2.0
"""Scenes in which SIM, module and network themselves are the finding: a SIM that never goes home, devices that
are not in the operator's register, a module that says it has another SIM."""
import signalling as sig
from cellular import FN980, NRF9160, SARA_R4, Site, report_mqtt
from conversations import HOUR, MINUTE, SECOND, begin, net
from core import Accounting, CoreCapture, Epc
from messages import coap
from wire import Chance, Host

DAY = 24 * HOUR
HOME, ABROAD, FURTHER = "001-01", "999-70", "999-71"


def resident(dirty):
    """Ninety days and more in one visited network. Its twin goes home in between; beside both travels one that
    is abroad as long, but nowhere for long."""
    apn, core = net(dirty, "10.#116#"), net(dirty, "172.#12#")
    cap = CoreCapture(begin(dirty, 16), "tunnel")
    site, epc = Site(11, dirty, apn, "trackers.example"), Epc(cap, core)
    enb, dns, head = epc.enb(1), Host(f"{apn}.200.53"), Host(f"{apn}.201.10")
    guest = site.device(SARA_R4, form=1, network=ABROAD)
    traveller = site.device(NRF9160, form=1, network=ABROAD)
    traveller.unsure = guest.unsure = ("plmn",)    # the truth has one for all time
    for visit, day in enumerate((0, 18, 36, 54, 72, 88, 92)):
        guest.network = HOME if not dirty and day == 54 else ABROAD
        traveller.network = (ABROAD, FURTHER)[visit % 2]
        for n, device in enumerate((guest, traveller)):
            t = epc.attach(day * DAY + (1 + 10 * n) * SECOND, device, enb)
            report_mqtt(cap, t, device, head, dns, 10 * visit + n)
            epc.detach(t + 2 * MINUTE, device)
    return cap


def register(dirty):
    """The operator's register has three SIMs with their modules: NAME.register.csv, which whoever replays this
    is to load. One is as it says, one is in another module, and one device is not in it at all."""
    apn, core = net(dirty, "10.#118#"), net(dirty, "172.#14#")
    cap = CoreCapture(begin(dirty, 17), "sgi")
    site, accounting = Site(12, dirty, apn), Accounting(cap, core)
    enb, dns, head = accounting.enb(1), Host(f"{apn}.200.53"), Host(f"{apn}.201.10")
    known, moved, stranger = site.device(FN980, form=0), site.device(NRF9160, form=1), site.device(SARA_R4, form=1)
    spare = site.device(NRF9160, form=1)    # bought, not yet in use
    rows = [(known.imei, known.imsi), (spare.imei if dirty else moved.imei, moved.imsi)]
    if dirty:
        rows.append((moved.imei, spare.imsi))
    else:
        rows += [(stranger.imei, stranger.imsi), (spare.imei, "")]
    for i, device in enumerate((known, moved, stranger)):
        t = accounting.attach(SECOND * (1 + 3 * i), device, enb)
        report_mqtt(cap, t, device, head, dns, 700 + i)
        accounting.detach(t + 2 * MINUTE, device)
    cap.register = "imei,imsi\n" + "".join(f"{imei},{imsi}\n" for imei, imsi in rows)
    return cap


def registration(device, imsi):
    """LwM2M: POST /rd?ep=urn:imei-imsi:... (OMA-TS-LightweightM2M_Core, 6.2.1; names: OMNA)."""
    imei = device.imei[:14] + sig.luhn(device.imei[:14])
    return (f"ep=urn:imei-imsi:{imei}-{imsi}", "lt=86400", "lwm2m=1.0", "b=U")


def two_sims(dirty):
    """What a module says of itself: the SIM that the core knows it by; or that of another network's, too."""
    apn, core = net(dirty, "10.#120#"), net(dirty, "10.#122#")
    cap = CoreCapture(begin(dirty, 18), "tunnel")
    site, epc = Site(13, dirty, apn, "gateways.example"), Epc(cap, core)
    enb, server = epc.enb(1), Host(f"{apn}.201.20")
    for i, tac in enumerate((FN980, NRF9160)):
        device = site.device(tac, form=1)
        t = epc.attach(SECOND * (1 + 2 * i), device, enb)
        second = "00102" + device.imsi[5:] if dirty and i == 1 else device.imsi
        sport = device.port()
        for n in range(3):
            token = Chance(f"registration {device.imsi} {n}").octets(4)
            cap.datagram(t, device, sport, server, 5683, coap(
                0, 2, 300 + n, token, ("rd",), b"</1/0>,</3/0>,</4/0>,</5/0>", 40, registration(device, second)))
            cap.datagram(t + 95_000, server, 5683, device, sport, coap(2, 0x41, 300 + n, token))
            t += 30 * SECOND
    return cap


SCENES = {"cellular-resident": resident, "cellular-register": register, "cellular-two-sims": two_sims}
