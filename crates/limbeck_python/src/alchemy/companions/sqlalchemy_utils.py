# What the types of sqlalchemy_utils are in SQL, and what they make of a value.
import json as _json
import uuid as _uuid
from enum import Enum as _Enum

import sqlalchemy as _sa
from _limbeck import unreadable as _unreadable
from sqlalchemy.dialects import mssql as _mssql, oracle as _oracle, postgresql as _postgresql, sqlite as _sqlite
from sqlalchemy.types import TypeDecorator as _TypeDecorator, UserDefinedType as _UserDefinedType


class ImproperlyConfigured(Exception):
    __module__ = "sqlalchemy_utils.exceptions"


class UUIDType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.uuid"
    impl = _sa.BINARY(16)
    cache_ok = True

    def __init__(self, binary=True, native=True):
        self.binary = binary
        self.native = native

    def load_dialect_impl(self, dialect):
        if self.native and dialect.name == "postgresql":
            return dialect.type_descriptor(_postgresql.UUID())
        if self.native and dialect.name == "mssql":
            return dialect.type_descriptor(_mssql.UNIQUEIDENTIFIER())
        return dialect.type_descriptor(self.impl if self.binary else _sa.CHAR(32))

    def process_literal_param(self, value, dialect):
        return value

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if not isinstance(value, _uuid.UUID):
            value = _uuid.UUID(value) if isinstance(value, str) else _uuid.UUID(bytes=value)
        if self.native and dialect.name in ("postgresql", "mssql"):
            return str(value)
        return value.bytes if self.binary else value.hex

    def process_result_value(self, value, dialect):
        if value is None or isinstance(value, _uuid.UUID):
            return value
        if self.native and dialect.name in ("postgresql", "mssql"):
            return _uuid.UUID(value)
        return _uuid.UUID(bytes=value) if self.binary else _uuid.UUID(value)


class JSONType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.json"
    impl = _sa.UnicodeText
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return _postgresql.JSON() if dialect.name == "postgresql" else self.impl

    def process_bind_param(self, value, dialect):
        if dialect.name == "postgresql" or value is None:
            return value
        return _json.dumps(value)

    def process_result_value(self, value, dialect):
        if dialect.name == "postgresql" or value is None:
            return value
        return _json.loads(value)


class EnrichedDateTimeType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.enriched_datetime.enriched_datetime_type"
    impl = _sa.DateTime
    cache_ok = True

    def __init__(self, datetime_processor=None, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def process_literal_param(self, value, dialect):
        return value

    def process_bind_param(self, value, dialect):
        # A value is brought to UTC and its zone dropped, unless the column has one.
        if value is None:
            return None
        _unreadable("a date and time bound to a column of an enriched type is not modelled")

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        _unreadable("a date and time of an enriched type is an object that is not modelled")


class ArrowType(EnrichedDateTimeType):
    __module__ = "sqlalchemy_utils.types.arrow"

    def __init__(self, *args, **kwargs):
        super().__init__(None, *args, **kwargs)


class EnrichedDateType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.enriched_datetime.enriched_date_type"
    impl = _sa.Date
    cache_ok = True

    def __init__(self, date_processor=None, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def process_literal_param(self, value, dialect):
        return value

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        _unreadable("a date bound to a column of an enriched type is not modelled")

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        _unreadable("a date of an enriched type is an object that is not modelled")


class Choice:
    __module__ = "sqlalchemy_utils.types.choice"

    def __init__(self, code, value):
        self.code = code
        self.value = value

    def __eq__(self, other):
        return self.code == (other.code if isinstance(other, Choice) else other)

    def __hash__(self):
        return hash(self.code)

    def __str__(self):
        return str(self.value)


class ChoiceType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.choice"
    impl = _sa.Unicode(255)
    cache_ok = True

    def __init__(self, choices, impl=None):
        self.choices = tuple(choices) if isinstance(choices, list) else choices
        self.is_enum = isinstance(choices, type) and issubclass(choices, _Enum)
        if not self.is_enum and not choices:
            raise ImproperlyConfigured("ChoiceType needs list of choices defined.")
        if isinstance(impl, type):
            _unreadable("`impl` of ChoiceType is a class; SQLAlchemy needs an instance")
        if impl:
            self.impl = impl

    def process_bind_param(self, value, dialect):
        if self.is_enum:
            return None if value is None else self.choices(value).value
        if value and isinstance(value, Choice):
            return value.code
        return value

    def process_result_value(self, value, dialect):
        if self.is_enum:
            return None if value is None else self.choices(value)
        return None if value is None else Choice(value, dict(self.choices)[value])


class _Engine:
    def __init__(self, *args, **kwargs):
        pass


class AesEngine(_Engine):
    __module__ = "sqlalchemy_utils.types.encrypted.encrypted_type"


class AesGcmEngine(AesEngine):
    __module__ = "sqlalchemy_utils.types.encrypted.encrypted_type"


class FernetEngine(_Engine):
    __module__ = "sqlalchemy_utils.types.encrypted.encrypted_type"


class StringEncryptedType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.encrypted.encrypted_type"
    impl = _sa.String
    cache_ok = True

    def __init__(self, type_in=None, key=None, engine=None, padding=None, **kwargs):
        super().__init__(**kwargs)

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        _unreadable("a value that is encrypted is not modelled")

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        _unreadable("a value that is decrypted is not modelled")


class EncryptedType(StringEncryptedType):
    __module__ = "sqlalchemy_utils.types.encrypted.encrypted_type"
    impl = _sa.LargeBinary


class TSVectorType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.ts_vector"
    impl = _postgresql.TSVECTOR
    cache_ok = True

    def __init__(self, *args, **kwargs):
        self.columns = args
        self.options = kwargs
        super().__init__()


class IPAddressType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.ip_address"
    impl = _sa.Unicode(50)
    cache_ok = True

    def __init__(self, max_length=50, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.impl = _sa.Unicode(max_length)

    def process_bind_param(self, value, dialect):
        return str(value) if value else None

    def process_result_value(self, value, dialect):
        if not value:
            return None
        _unreadable("an address is an object that is not modelled")


class TimezoneType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.timezone"
    impl = _sa.Unicode(50)
    cache_ok = True

    def __init__(self, backend="dateutil"):
        self.backend = backend

    def process_bind_param(self, value, dialect):
        if not value:
            return None
        _unreadable("a time zone bound as a value is not modelled")

    def process_result_value(self, value, dialect):
        if not value:
            return None
        _unreadable("a time zone is an object that is not modelled")


class EmailType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.email"
    impl = _sa.Unicode
    cache_ok = True
    # Compares in lower case.
    comparator_factory = object

    def __init__(self, length=255, *args, **kwargs):
        super().__init__(length=length, *args, **kwargs)

    def process_bind_param(self, value, dialect):
        return value if value is None else value.lower()


class _TextThatBecomesAnObject(_TypeDecorator):
    def process_bind_param(self, value, dialect):
        if value is None or isinstance(value, str):
            return value
        _unreadable("an object bound to a column of this type is not modelled")

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        _unreadable("a value of this type is an object that is not modelled")


class LocaleType(_TextThatBecomesAnObject):
    __module__ = "sqlalchemy_utils.types.locale"
    impl = _sa.Unicode(10)
    cache_ok = True

    def __init__(self):
        pass


class URLType(_TextThatBecomesAnObject):
    __module__ = "sqlalchemy_utils.types.url"
    impl = _sa.UnicodeText
    cache_ok = True


class CountryType(_TextThatBecomesAnObject):
    __module__ = "sqlalchemy_utils.types.country"
    impl = _sa.String(2)
    cache_ok = True


class CurrencyType(_TextThatBecomesAnObject):
    __module__ = "sqlalchemy_utils.types.currency"
    impl = _sa.String(3)
    cache_ok = True


class ColorType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.color"
    impl = _sa.Unicode(20)
    cache_ok = True

    def __init__(self, max_length=20, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.impl = _sa.Unicode(max_length)

    def process_bind_param(self, value, dialect):
        if not value or isinstance(value, str):
            return value
        _unreadable("a colour that is an object is not modelled")

    def process_result_value(self, value, dialect):
        if not value:
            return value
        _unreadable("a colour is an object that is not modelled")


class PhoneNumberType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.phone_number"
    impl = _sa.Unicode(20)
    cache_ok = True

    def __init__(self, region="US", max_length=20, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.region = region
        self.impl = _sa.Unicode(max_length)

    def process_bind_param(self, value, dialect):
        if not value:
            return value
        _unreadable("a telephone number is rewritten by a library that is not modelled")

    def process_result_value(self, value, dialect):
        if not value:
            return value
        _unreadable("a telephone number is an object that is not modelled")


class PasswordType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.password"
    impl = _sa.VARBINARY(1024)
    cache_ok = True

    def __init__(self, max_length=None, **kwargs):
        self.length = max_length

    def load_dialect_impl(self, dialect):
        if dialect.name == "sqlite":
            return _sa.BLOB(self.length)
        if dialect.name == "postgresql":
            return _postgresql.BYTEA(self.length)
        if self.length is None:
            _unreadable("the length of this `PasswordType` depends on passlib")
        if dialect.name == "oracle":
            return _oracle.RAW(self.length)
        return _sa.VARBINARY(self.length)

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        _unreadable("a password is hashed by passlib, which is not modelled")

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        _unreadable("a password is an object that is not modelled")


class LtreeType(_UserDefinedType):
    __module__ = "sqlalchemy_utils.types.ltree"
    cache_ok = True

    def get_col_spec(self, **kw):
        return "LTREE"

    def process_literal_param(self, value, dialect):
        if isinstance(value, str):
            return value
        _unreadable("an `Ltree` is not modelled")

    def process_bind_param(self, value, dialect):
        if not value:
            return None
        _unreadable("an `Ltree` is not modelled")


class _RangeType(_TypeDecorator):
    cache_ok = True

    def __init__(self, *args, **kwargs):
        super().__init__()

    def load_dialect_impl(self, dialect):
        return self.impl if dialect.name == "postgresql" else _sa.String(255)

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        _unreadable("a range bound as a value is not modelled")

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        _unreadable("a range is an object that is not modelled")


class IntRangeType(_RangeType):
    __module__ = "sqlalchemy_utils.types.range"
    impl = _postgresql.INT4RANGE


class Int8RangeType(_RangeType):
    __module__ = "sqlalchemy_utils.types.range"
    impl = _postgresql.INT8RANGE


class DateRangeType(_RangeType):
    __module__ = "sqlalchemy_utils.types.range"
    impl = _postgresql.DATERANGE


class NumericRangeType(_RangeType):
    __module__ = "sqlalchemy_utils.types.range"
    impl = _postgresql.NUMRANGE


class DateTimeRangeType(_RangeType):
    __module__ = "sqlalchemy_utils.types.range"
    impl = _postgresql.TSRANGE


class ScalarListException(Exception):
    __module__ = "sqlalchemy_utils.types.scalar_list"


class ScalarListType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.scalar_list"
    impl = _sa.UnicodeText()
    cache_ok = True

    def __init__(self, coerce_func=str, separator=","):
        self.separator = str(separator)
        self.coerce_func = coerce_func

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        texts = [str(item) for item in value]
        if any(self.separator in text for text in texts):
            raise ScalarListException("a value of the list holds its separator " + self.separator)
        return self.separator.join(texts)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return [self.coerce_func(item) for item in value.split(self.separator)] if value else []


class BitType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.bit"
    impl = _sa.BINARY
    cache_ok = True

    def __init__(self, length=1, **kwargs):
        self.length = length
        super().__init__(**kwargs)

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return _postgresql.BIT(self.length)
        if dialect.name == "sqlite":
            return _sa.String(self.length)
        return _sa.BINARY(self.length)


class WeekDaysType(_TypeDecorator):
    __module__ = "sqlalchemy_utils.types.weekdays"
    impl = BitType(7)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        _unreadable("days of the week bound as a value are not modelled")

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        _unreadable("days of the week are an object that is not modelled")
