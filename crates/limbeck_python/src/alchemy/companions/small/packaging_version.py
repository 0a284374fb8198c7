# `packaging.version`: versions as PEP 440 orders them.
import re as _re
from functools import total_ordering as _total_ordering

_FORM = _re.compile(
    r"\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?"
    r"(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*",
    _re.IGNORECASE,
)
_LETTERS = {"alpha": "a", "beta": "b", "preview": "rc", "pre": "rc", "c": "rc"}


class InvalidVersion(ValueError):
    pass


@_total_ordering
class Version:
    def __init__(self, version):
        match = _FORM.fullmatch(version)
        if match is None:
            raise InvalidVersion(f"Invalid version: {version!r}")
        epoch, release, letter, number, post, post_word, post_number, dev_word, dev, local = match.groups()
        self.epoch = int(epoch or 0)
        self.release = tuple(int(part) for part in release.split("."))
        letter = letter.lower() if letter else None
        self.pre = (_LETTERS.get(letter, letter), int(number or 0)) if letter else None
        self.post = int(post or post_number or 0) if post or post_word else None
        self.dev = int(dev or 0) if dev_word else None
        self.local = _re.sub(r"[-_.]", ".", local.lower()) if local else None
        padded = self.release + (0, 0)
        self.major, self.minor, self.micro = padded[0], padded[1], (padded + (0,))[2]

    @property
    def is_prerelease(self):
        return self.dev is not None or self.pre is not None

    @property
    def public(self):
        return str(self).split("+", 1)[0]

    @property
    def base_version(self):
        release = ".".join(str(part) for part in self.release)
        return f"{self.epoch}!{release}" if self.epoch else release

    def __str__(self):
        text = self.base_version
        if self.pre is not None:
            text += f"{self.pre[0]}{self.pre[1]}"
        if self.post is not None:
            text += f".post{self.post}"
        if self.dev is not None:
            text += f".dev{self.dev}"
        return f"{text}+{self.local}" if self.local else text

    def __repr__(self):
        return f"<Version('{self}')>"

    def _key(self):
        release = list(self.release)
        while len(release) > 1 and release[-1] == 0:
            release.pop()
        if self.pre is not None:
            pre = (1, self.pre[0], self.pre[1])
        else:
            # A development release of a version comes before what leads to that version.
            pre = (0, "", 0) if self.post is None and self.dev is not None else (2, "", 0)
        post = -1 if self.post is None else self.post
        dev = (1, 0) if self.dev is None else (0, self.dev)
        parts = self.local.split(".") if self.local else []
        local = tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)
        return (self.epoch, tuple(release), pre, post, dev, (0 if self.local is None else 1, local))

    def __eq__(self, other):
        return self._key() == other._key() if isinstance(other, Version) else NotImplemented

    def __lt__(self, other):
        return self._key() < other._key() if isinstance(other, Version) else NotImplemented

    def __hash__(self):
        return hash(self._key())


def parse(version):
    return Version(version)
