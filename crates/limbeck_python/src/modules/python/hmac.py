# `hmac`, of the hashes of `hashlib`.
import hashlib as _hashlib


def _hash(digestmod, data=b""):
    if isinstance(digestmod, str):
        return _hashlib.new(digestmod, data)
    return digestmod(data)


class HMAC:
    def __init__(self, key, msg=None, digestmod=""):
        if not isinstance(key, (bytes, bytearray)):
            raise TypeError(f"key: expected bytes or bytearray, but got {type(key).__name__!r}")
        if not digestmod:
            raise TypeError("Missing required parameter 'digestmod'.")
        self._digestmod = digestmod
        inner = _hash(digestmod)
        self.digest_size = inner.digest_size
        self.block_size = inner.block_size
        self.name = "hmac-" + inner.name
        if len(key) > self.block_size:
            key = _hash(digestmod, key).digest()
        key = bytes(key) + b"\0" * (self.block_size - len(key))
        self._outer = bytes([byte ^ 0x5C for byte in key])
        self._text = bytes([byte ^ 0x36 for byte in key])
        if msg is not None:
            self.update(msg)

    def update(self, msg):
        self._text += msg

    def copy(self):
        other = HMAC(b"", None, self._digestmod)
        other._outer = self._outer
        other._text = self._text
        return other

    def digest(self):
        return _hash(self._digestmod, self._outer + _hash(self._digestmod, self._text).digest()).digest()

    def hexdigest(self):
        return self.digest().hex()


def new(key, msg=None, digestmod=""):
    return HMAC(key, msg, digestmod)


def digest(key, msg, digest):
    return HMAC(key, msg, digest).digest()


def compare_digest(a, b):
    return a == b
