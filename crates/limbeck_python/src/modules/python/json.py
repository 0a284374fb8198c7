# What of `json` is seldom used.
class JSONEncoder:
    item_separator = ", "
    key_separator = ": "

    def __init__(
        self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, sort_keys=False, indent=None,
        separators=None, default=None,
    ):
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.check_circular = check_circular
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = indent
        self._separators = separators
        if default is not None:
            self.default = default

    def default(self, o):
        raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")

    def encode(self, o):
        from json import dumps

        return dumps(
            o, skipkeys=self.skipkeys, ensure_ascii=self.ensure_ascii, check_circular=self.check_circular,
            allow_nan=self.allow_nan, sort_keys=self.sort_keys, indent=self.indent, separators=self._separators,
            default=self.default,
        )

    def iterencode(self, o):
        yield self.encode(o)


def dump(obj, fp, **options):
    from json import dumps

    fp.write(dumps(obj, **options))
