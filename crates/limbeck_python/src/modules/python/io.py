# `io.StringIO` and `io.BytesIO`: files in memory.
SEEK_SET = 0
SEEK_CUR = 1
SEEK_END = 2


class _Memory:
    def _begin(self, value):
        self._text = value
        self._at = 0
        self.closed = False

    def _open(self):
        if self.closed:
            raise ValueError("I/O operation on closed file" + ("" if self._empty == "" else "."))

    def read(self, size=-1):
        self._open()
        if size is None or size < 0:
            found = self._text[self._at :]
        else:
            found = self._text[self._at : self._at + size]
        self._at = max(self._at, self._at + len(found))
        return found

    def readline(self, size=-1):
        self._open()
        end = self._text.find(self._newline, self._at)
        end = len(self._text) if end < 0 else end + 1
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        found = self._text[self._at : end]
        self._at = max(self._at, end)
        return found

    def readlines(self, hint=-1):
        lines = []
        total = 0
        while True:
            line = self.readline()
            if not line:
                return lines
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                return lines

    def __iter__(self):
        self._open()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def write(self, value):
        self._open()
        value = self._checked(value)
        if not value:
            return 0
        if self._at > len(self._text):
            self._text = self._text + self._fill * (self._at - len(self._text))
        self._text = self._text[: self._at] + value + self._text[self._at + len(value) :]
        self._at += len(value)
        return len(value)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def getvalue(self):
        self._open()
        return self._text

    def tell(self):
        self._open()
        return self._at

    def truncate(self, size=None):
        self._open()
        size = self._at if size is None else size
        self._text = self._text[:size]
        return size

    def flush(self):
        self._open()

    def close(self):
        self.closed = True

    def readable(self):
        self._open()
        return True

    def writable(self):
        self._open()
        return True

    def seekable(self):
        self._open()
        return True

    def isatty(self):
        self._open()
        return False

    def __enter__(self):
        self._open()
        return self

    def __exit__(self, *args):
        self.close()


class StringIO(_Memory):
    _newline = "\n"
    _fill = "\0"
    _empty = ""

    def __init__(self, initial_value="", newline="\n"):
        if newline not in ("\n", ""):
            from _limbeck import unreadable

            unreadable("`newline` of `io.StringIO` is not modelled")
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(f"initial_value must be str or None, not {type(initial_value).__name__}")
        self._begin(initial_value or "")

    def _checked(self, value):
        if not isinstance(value, str):
            raise TypeError(f"string argument expected, got '{type(value).__name__}'")
        return value

    def seek(self, cookie, whence=0):
        self._open()
        if whence == 0:
            if cookie < 0:
                raise ValueError(f"Negative seek position {cookie}")
            self._at = cookie
        elif cookie != 0:
            raise OSError("Can't do nonzero cur-relative seeks")
        elif whence == 2:
            self._at = len(self._text)
        return self._at


class BytesIO(_Memory):
    _newline = b"\n"
    _fill = b"\0"
    _empty = b""

    def __init__(self, initial_bytes=b""):
        self._begin(bytes(initial_bytes or b""))

    def _checked(self, value):
        if isinstance(value, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        return bytes(value)

    def getbuffer(self):
        return self.getvalue()

    def seek(self, offset, whence=0):
        self._open()
        if whence == 0 and offset < 0:
            raise ValueError(f"negative seek value {offset}")
        base = [0, self._at, len(self._text)][whence]
        self._at = max(0, base + offset)
        return self._at
