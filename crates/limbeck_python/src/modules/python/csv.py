# `csv`: the reader and the writer of Python's own, of all dialects but what no file has.
from _limbeck import unreadable as _unreadable

QUOTE_MINIMAL = 0
QUOTE_ALL = 1
QUOTE_NONNUMERIC = 2
QUOTE_NONE = 3


class Error(Exception):
    pass


class Dialect:
    delimiter = ","
    quotechar = '"'
    escapechar = None
    doublequote = True
    skipinitialspace = False
    lineterminator = "\r\n"
    quoting = QUOTE_MINIMAL
    strict = False


class excel(Dialect):
    pass


class excel_tab(excel):
    delimiter = "\t"


class unix_dialect(Dialect):
    lineterminator = "\n"
    quoting = QUOTE_ALL


_DIALECTS = {"excel": excel, "excel-tab": excel_tab, "unix": unix_dialect}
_OPTIONS = (
    "delimiter",
    "quotechar",
    "escapechar",
    "doublequote",
    "skipinitialspace",
    "lineterminator",
    "quoting",
    "strict",
)


def register_dialect(name, dialect=None, **options):
    _DIALECTS[name] = _dialect(dialect or excel, options)


def get_dialect(name):
    if name not in _DIALECTS:
        raise Error("unknown dialect")
    return _DIALECTS[name]


def list_dialects():
    return list(_DIALECTS)


class _Options:
    pass


def _dialect(dialect, options):
    if isinstance(dialect, str):
        dialect = get_dialect(dialect)
    made = _Options()
    for name in _OPTIONS:
        setattr(made, name, getattr(dialect, name, getattr(Dialect, name)))
    for name, value in options.items():
        if name not in _OPTIONS:
            raise TypeError(f"'{name}' is an invalid keyword argument for this function")
        setattr(made, name, value)
    if not isinstance(made.delimiter, str) or len(made.delimiter) != 1:
        raise TypeError('"delimiter" must be a 1-character string')
    if made.quotechar is None:
        made.quoting = QUOTE_NONE
    return made


class _Reader:
    def __init__(self, lines, dialect, options):
        self.dialect = _dialect(dialect, options)
        self.line_num = 0
        self._lines = iter(lines)

    def __iter__(self):
        return self

    def __next__(self):
        options = self.dialect
        fields = []
        field = []
        quoted = False
        # start: of a record; begin: of a field; plain, inside, after: a quote inside quotes; skip: a line end.
        state = "start"
        while True:
            try:
                line = next(self._lines)
            except StopIteration:
                if state in ("start", "skip"):
                    raise
                if state == "inside":
                    if options.strict:
                        raise Error("unexpected end of data")
                fields.append(self._value(field, quoted))
                return fields
            if not isinstance(line, str):
                raise Error(
                    f"iterator should return strings, not {type(line).__name__} (the file should be opened in text mode)"
                )
            self.line_num += 1
            escaped = False
            for char in line:
                if state == "skip":
                    if char in "\r\n":
                        continue
                    raise Error(
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?"
                    )
                if state == "start":
                    if char in "\r\n":
                        state = "skip"
                        continue
                    state = "begin"
                if escaped:
                    field.append(char)
                    escaped = False
                elif state == "inside":
                    if char == options.escapechar:
                        escaped = True
                    elif char == options.quotechar and options.quoting != QUOTE_NONE:
                        state = "after" if options.doublequote else "plain"
                    else:
                        field.append(char)
                elif state == "after" and char == options.quotechar and options.quoting != QUOTE_NONE:
                    field.append(char)
                    state = "inside"
                elif char in "\r\n":
                    fields.append(self._value(field, quoted))
                    field = []
                    quoted = False
                    state = "skip"
                elif char == options.delimiter:
                    fields.append(self._value(field, quoted))
                    field = []
                    quoted = False
                    state = "begin"
                elif state == "after":
                    if options.strict:
                        raise Error(f"'{options.delimiter}' expected after '{options.quotechar}'")
                    field.append(char)
                    state = "plain"
                elif state == "begin" and char == options.quotechar and options.quoting != QUOTE_NONE:
                    quoted = True
                    state = "inside"
                elif state == "begin" and char == " " and options.skipinitialspace:
                    pass
                elif char == options.escapechar:
                    escaped = True
                    state = "plain"
                else:
                    field.append(char)
                    state = "plain"
            if escaped:
                field.append("\n")
            if state == "skip":
                return fields
            if state == "start":
                return fields
            if state != "inside":
                fields.append(self._value(field, quoted))
                return fields

    def _value(self, field, quoted):
        text = "".join(field)
        if self.dialect.quoting == QUOTE_NONNUMERIC and not quoted and text:
            return float(text)
        return text


def reader(csvfile, dialect="excel", **options):
    return _Reader(csvfile, dialect, options)


class _Writer:
    def __init__(self, file, dialect, options):
        self.dialect = _dialect(dialect, options)
        self._file = file

    def writerow(self, row):
        options = self.dialect
        cells = list(row)
        out = []
        for cell in cells:
            numeric = isinstance(cell, (int, float))
            if cell is None:
                text = ""
            elif isinstance(cell, float):
                text = repr(cell)
            else:
                text = str(cell)
            out.append(self._cell(text, numeric, len(cells) == 1))
        return self._file.write(options.delimiter.join(out) + options.lineterminator)

    def _cell(self, text, numeric, alone):
        options = self.dialect
        special = [options.delimiter, "\r", "\n"] + list(options.lineterminator)
        if options.quotechar is not None:
            special.append(options.quotechar)
        if options.escapechar is not None:
            special.append(options.escapechar)
        if options.quoting == QUOTE_NONE:
            out = []
            for char in text:
                if char in special:
                    if options.escapechar is None:
                        raise Error("need to escape, but no escapechar set")
                    out.append(options.escapechar)
                out.append(char)
            if alone and not text:
                raise Error("single empty field record must be quoted")
            return "".join(out)
        needs = options.quoting == QUOTE_ALL or (options.quoting == QUOTE_NONNUMERIC and not numeric)
        needs = needs or (alone and not text)
        for char in text:
            if char in special:
                needs = True
        if not needs:
            return text
        if options.escapechar is not None:
            text = text.replace(options.escapechar, options.escapechar * 2)
        if options.doublequote:
            text = text.replace(options.quotechar, options.quotechar * 2)
        elif options.quotechar in text:
            if options.escapechar is None:
                raise Error("need to escape, but no escapechar set")
            text = text.replace(options.quotechar, options.escapechar + options.quotechar)
        return options.quotechar + text + options.quotechar

    def writerows(self, rows):
        for row in rows:
            self.writerow(row)


def writer(csvfile, dialect="excel", **options):
    return _Writer(csvfile, dialect, options)


class DictReader:
    def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect="excel", *args, **kwds):
        self._fieldnames = list(fieldnames) if fieldnames is not None else None
        self.restkey = restkey
        self.restval = restval
        self.reader = reader(f, dialect, *args, **kwds)
        self.dialect = dialect
        self.line_num = 0

    def __iter__(self):
        return self

    @property
    def fieldnames(self):
        if self._fieldnames is None:
            try:
                self._fieldnames = next(self.reader)
            except StopIteration:
                pass
        self.line_num = self.reader.line_num
        return self._fieldnames

    @fieldnames.setter
    def fieldnames(self, value):
        self._fieldnames = value

    def __next__(self):
        if self.line_num == 0:
            self.fieldnames
        row = next(self.reader)
        self.line_num = self.reader.line_num
        while row == []:
            row = next(self.reader)
        found = dict(zip(self.fieldnames, row))
        known = len(self.fieldnames)
        if known < len(row):
            found[self.restkey] = row[known:]
        else:
            for key in self.fieldnames[len(row) :]:
                found[key] = self.restval
        return found


class DictWriter:
    def __init__(self, f, fieldnames, restval="", extrasaction="raise", dialect="excel", *args, **kwds):
        self.fieldnames = fieldnames
        self.restval = restval
        self.extrasaction = extrasaction.lower()
        if self.extrasaction not in ("raise", "ignore"):
            raise ValueError(f"extrasaction ({extrasaction}) must be 'raise' or 'ignore'")
        self.writer = writer(f, dialect, *args, **kwds)

    def writeheader(self):
        return self.writerow(dict(zip(self.fieldnames, self.fieldnames)))

    def writerow(self, rowdict):
        if self.extrasaction == "raise":
            wrong = [key for key in rowdict if key not in self.fieldnames]
            if wrong:
                raise ValueError(
                    "dict contains fields not in fieldnames: " + ", ".join([repr(key) for key in wrong])
                )
        return self.writer.writerow([rowdict.get(key, self.restval) for key in self.fieldnames])

    def writerows(self, rowdicts):
        for rowdict in rowdicts:
            self.writerow(rowdict)


def Sniffer(*args):
    _unreadable("`csv.Sniffer` is not modelled")
