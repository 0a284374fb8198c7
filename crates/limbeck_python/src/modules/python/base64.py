# The encodings of `base64` beside base64 itself.
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def b16encode(s):
    return bytes(s).hex().upper().encode()


def b16decode(s, casefold=False):
    from binascii import Error

    text = s if isinstance(s, str) else bytes(s).decode("latin-1")
    if casefold:
        text = text.upper()
    for char in text:
        if char not in "0123456789ABCDEF":
            raise Error("Non-base16 digit found")
    if len(text) % 2:
        raise Error("Odd-length string")
    return bytes.fromhex(text)


def b32encode(s):
    data = bytes(s)
    out = []
    for at in range(0, len(data), 5):
        part = data[at : at + 5]
        number = int.from_bytes(part + b"\0" * (5 - len(part)), "big")
        digits = "".join([_DIGITS[(number >> shift) & 31] for shift in range(35, -1, -5)])
        used = (len(part) * 8 + 4) // 5
        out.append(digits[:used] + "=" * (8 - used))
    return "".join(out).encode()


def b32decode(s, casefold=False, map01=None):
    from binascii import Error

    text = s if isinstance(s, str) else bytes(s).decode("latin-1")
    if len(text) % 8:
        raise Error("Incorrect padding")
    if casefold:
        text = text.upper()
    body = text.rstrip("=")
    missing = len(text) - len(body)
    if missing not in (0, 1, 3, 4, 6):
        raise Error("Incorrect padding")
    number = 0
    for char in body:
        if char not in _DIGITS:
            raise Error("Non-base32 digit found")
        number = number * 32 + _DIGITS.index(char)
    number <<= 5 * missing
    decoded = number.to_bytes(len(text) // 8 * 5, "big")
    return decoded[: len(decoded) - (missing * 5 + 7) // 8] if missing else decoded
