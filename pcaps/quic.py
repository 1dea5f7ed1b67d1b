# SPDX-License-Identifier: Apache-2.0
"""QUIC v1 Initial packets (RFC 9000, RFC 9001): their keys follow from the connection id, so a
passive observer can read the ClientHello in them. AES by the book, since the standard library
has none; speed does not matter here."""
import hashlib
import hmac

INITIAL_SALT = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")    # RFC 9001, 5.2


def _times(a, b):
    """GF(2^8) product, FIPS 197, 4.2."""
    out = 0
    while b:
        out ^= a if b & 1 else 0
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return out


def _sbox():
    box = []
    for x in range(256):
        inverse = next((y for y in range(256) if _times(x, y) == 1), 0)
        rotated = inverse
        for _ in range(4):
            inverse = (inverse << 1 | inverse >> 7) & 0xFF
            rotated ^= inverse
        box.append(rotated ^ 0x63)
    return box


SBOX = _sbox()
TWICE, THRICE = [_times(x, 2) for x in range(256)], [_times(x, 3) for x in range(256)]


def _round_keys(key):
    words = [key[i:i + 4] for i in range(0, 16, 4)]
    rcon = 1
    for i in range(4, 44):
        word = words[-1]
        if i % 4 == 0:
            word = bytes([SBOX[word[1]] ^ rcon, SBOX[word[2]], SBOX[word[3]], SBOX[word[0]]])
            rcon = _times(rcon, 2)
        words.append(bytes(a ^ b for a, b in zip(words[i - 4], word)))
    return [b"".join(words[i:i + 4]) for i in range(0, 44, 4)]


def aes128(key, block):
    keys = _round_keys(key)
    state = [a ^ b for a, b in zip(block, keys[0])]
    for n in range(1, 11):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]    # SubBytes, ShiftRows
        if n < 10:
            state = [TWICE[state[i]] ^ THRICE[state[i // 4 * 4 + (i + 1) % 4]]
                     ^ state[i // 4 * 4 + (i + 2) % 4] ^ state[i // 4 * 4 + (i + 3) % 4] for i in range(16)]
        state = [a ^ b for a, b in zip(state, keys[n])]
    return bytes(state)


def _gcm_times(x, y):
    """NIST SP 800-38D, 6.3."""
    out = 0
    for i in range(127, -1, -1):
        out ^= y if x >> i & 1 else 0
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return out


def gcm_seal(key, nonce, plain, head):
    def counter(n):
        return aes128(key, nonce + n.to_bytes(4, "big"))
    sealed = b""
    for i in range(0, len(plain), 16):
        sealed += bytes(a ^ b for a, b in zip(plain[i:i + 16], counter(2 + i // 16)))
    h, y = int.from_bytes(aes128(key, bytes(16)), "big"), 0
    blocks = head + bytes(-len(head) % 16) + sealed + bytes(-len(sealed) % 16)
    blocks += (8 * len(head)).to_bytes(8, "big") + (8 * len(sealed)).to_bytes(8, "big")
    for i in range(0, len(blocks), 16):
        y = _gcm_times(y ^ int.from_bytes(blocks[i:i + 16], "big"), h)
    return sealed + (y ^ int.from_bytes(counter(1), "big")).to_bytes(16, "big")


def _expand(secret, label, size):
    label = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes([len(label)]) + label + b"\0"
    return hmac.new(secret, info + b"\x01", hashlib.sha256).digest()[:size]


def _varint(n):
    return bytes([n]) if n < 64 else (n | 0x4000).to_bytes(2, "big")    # RFC 9000, 16


def initial(side, first_dcid, dcid, scid, number, frames, size):
    """A protected Initial packet of `size` octets. side: "client in" or "server in";
    first_dcid: the destination id of the client's first packet, from which the keys come."""
    secret = _expand(hmac.new(INITIAL_SALT, first_dcid, hashlib.sha256).digest(), side.encode(), 32)
    key, iv, mask_key = _expand(secret, b"quic key", 16), _expand(secret, b"quic iv", 12), _expand(secret, b"quic hp", 16)
    head = b"\xc3\0\0\0\x01" + bytes([len(dcid)]) + dcid + bytes([len(scid)]) + scid + b"\0"
    rest = size - len(head) - 2    # after the two octets of length
    head += (rest | 0x4000).to_bytes(2, "big") + number.to_bytes(4, "big")
    plain = frames + bytes(rest - 4 - 16 - len(frames))    # PADDING frames
    nonce = bytes(a ^ b for a, b in zip(iv, number.to_bytes(12, "big")))
    sealed = gcm_seal(key, nonce, plain, head)
    mask = aes128(mask_key, sealed[:16])    # the number is four octets: the sample follows it
    at = len(head) - 4
    out = bytearray(head + sealed)
    out[0] ^= mask[0] & 0x0F
    for i in range(4):
        out[at + i] ^= mask[1 + i]
    return bytes(out)


def crypto_frame(offset, data):
    return b"\x06" + _varint(offset) + _varint(len(data)) + data
