# The types of advanced-alchemy, which its template puts into every script. Where the package is installed, its own source is read.
from uuid import UUID as _UUID
import datetime as _datetime

from _limbeck import unreadable as _unreadable
from sqlalchemy import (
    BINARY as _BINARY,
    JSON as _JSON,
    BigInteger as _BigInteger,
    Boolean as _Boolean,
    CHAR as _CHAR,
    DateTime as _DateTime,
    Integer as _Integer,
    String as _String,
    Text as _Text,
)
from sqlalchemy.dialects.mssql import UNIQUEIDENTIFIER as _UNIQUEIDENTIFIER
from sqlalchemy.dialects.oracle import BLOB as _BLOB, RAW as _RAW
from sqlalchemy.dialects.postgresql import JSONB as _JSONB, UUID as _PG_UUID
from sqlalchemy.types import TypeDecorator as _TypeDecorator


class GUID(_TypeDecorator):
    __module__ = "advanced_alchemy.types.guid"
    impl = _BINARY(16)
    cache_ok = True

    def __init__(self, *args, binary=True, **kwargs):
        self.binary = binary

    def load_dialect_impl(self, dialect):
        if dialect.name in {"postgresql", "duckdb", "cockroachdb"}:
            return dialect.type_descriptor(_PG_UUID())
        if dialect.name == "oracle":
            return dialect.type_descriptor(_RAW(16))
        if dialect.name == "mssql":
            return dialect.type_descriptor(_UNIQUEIDENTIFIER())
        return dialect.type_descriptor(_BINARY(16) if self.binary else _CHAR(32))

    def process_bind_param(self, value, dialect):
        if value is None:
            return value
        if dialect.name in {"postgresql", "duckdb", "cockroachdb", "mssql"}:
            return str(value)
        value = self.to_uuid(value)
        if dialect.name == "oracle":
            return value.bytes
        return value.bytes if self.binary else value.hex

    def process_result_value(self, value, dialect):
        if value is None or isinstance(value, _UUID):
            return value
        return _UUID(bytes=value) if self.binary else _UUID(hex=value)

    @staticmethod
    def to_uuid(value):
        if isinstance(value, _UUID) or value is None:
            return value
        try:
            value = _UUID(hex=value)
        except (TypeError, ValueError):
            value = _UUID(bytes=value)
        return value


class DateTimeUTC(_TypeDecorator):
    __module__ = "advanced_alchemy.types.datetime"
    impl = _DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return value
        if not value.tzinfo:
            raise TypeError("tzinfo is required")
        return value.astimezone(_datetime.timezone.utc)

    def process_result_value(self, value, dialect):
        if value is None:
            return value
        if value.tzinfo is None:
            return value.replace(tzinfo=_datetime.timezone.utc)
        return value


class Bool(_TypeDecorator):
    __module__ = "advanced_alchemy.types.boolean"
    impl = _Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "oracle":
            _unreadable("the type `Bool` on Oracle depends on the server's version")
        return dialect.type_descriptor(_Boolean())


class ORA_JSONB(_TypeDecorator):
    __module__ = "advanced_alchemy.types.json"
    impl = _BLOB
    cache_ok = True

    def __init__(self, *args, **kwargs):
        self.name = kwargs.pop("name", None)
        self.oracle_strict = kwargs.pop("oracle_strict", True)

    def load_dialect_impl(self, dialect):
        if dialect.name == "oracle":
            _unreadable("the type `ORA_JSONB` on Oracle depends on the server's version")
        return dialect.type_descriptor(_BLOB())

    def process_bind_param(self, value, dialect):
        if value is not None:
            _unreadable("what `ORA_JSONB` makes of a value is not modelled")
        return value

    def process_result_value(self, value, dialect):
        if value is not None:
            _unreadable("what `ORA_JSONB` makes of a value is not modelled")
        return value


JsonB = _JSON().with_variant(_JSONB, "postgresql").with_variant(_BLOB, "oracle").with_variant(_JSONB, "cockroachdb")
BigIntIdentity = _BigInteger().with_variant(_Integer, "sqlite")


class EncryptionBackend:
    __module__ = "advanced_alchemy.types.encrypted_string"


class FernetBackend(EncryptionBackend):
    __module__ = "advanced_alchemy.types.encrypted_string"


class PGCryptoBackend(EncryptionBackend):
    __module__ = "advanced_alchemy.types.encrypted_string"


class EncryptedString(_TypeDecorator):
    __module__ = "advanced_alchemy.types.encrypted_string"
    impl = _String
    cache_ok = True

    def __init__(self, key=b"", backend=FernetBackend, length=None, **kwargs):
        super().__init__()
        self.key = key
        self.backend = backend()
        self.length = length

    def __repr__(self):
        key = self.key.__name__ if callable(self.key) else repr(self.key)
        return f"{type(self).__name__}(key={key}, backend={self.backend.__class__.__name__}, length={self.length})"

    def load_dialect_impl(self, dialect):
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(_Text())
        if dialect.name == "oracle":
            return dialect.type_descriptor(_String(length=4000))
        return dialect.type_descriptor(_String())

    def process_bind_param(self, value, dialect):
        if value is not None or isinstance(self.backend, PGCryptoBackend):
            _unreadable("a value that is encrypted is not modelled")
        return value

    def process_result_value(self, value, dialect):
        if value is not None or isinstance(self.backend, PGCryptoBackend):
            _unreadable("a value that is encrypted is not modelled")
        return value


class EncryptedText(EncryptedString):
    __module__ = "advanced_alchemy.types.encrypted_string"
    impl = _Text
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(_Text())


class TOTPSecret(EncryptedString):
    __module__ = "advanced_alchemy.types.totp"
    cache_ok = True

    def __init__(self, key, backend=FernetBackend, digits=6, interval=30, digest=None, issuer=None, length=None, **kwargs):
        super().__init__(key=key, backend=backend, length=length, **kwargs)
        self.digits = digits
        self.interval = interval
        self.digest = digest
        self.issuer = issuer

    def __repr__(self):
        key = self.key.__name__ if callable(self.key) else repr(self.key)
        return (
            f"{type(self).__name__}(key={key}, backend={self.backend.__class__.__name__}, "
            f"digits={self.digits}, interval={self.interval}, digest={self.digest!r}, "
            f"issuer={self.issuer!r}, length={self.length})"
        )


class HashingBackend:
    __module__ = "advanced_alchemy.types.password_hash.base"

    def __init__(self, *args, **kwargs):
        pass


class Argon2Hasher(HashingBackend):
    __module__ = "advanced_alchemy.types.password_hash.argon2"


class PasslibHasher(HashingBackend):
    __module__ = "advanced_alchemy.types.password_hash.passlib"


class PwdlibHasher(HashingBackend):
    __module__ = "advanced_alchemy.types.password_hash.pwdlib"


class PasswordHash(_TypeDecorator):
    __module__ = "advanced_alchemy.types.password_hash.base"
    impl = _String
    cache_ok = True

    def __init__(self, backend, length=255):
        self.length = length
        super().__init__(length=length)
        self.backend = backend

    def __repr__(self):
        return f"{type(self).__name__}(backend=sa.{self.backend.__class__.__name__}(), length={self.length})"

    def process_bind_param(self, value, dialect):
        if value is not None:
            _unreadable("a password that is hashed is not modelled")
        return value

    def process_result_value(self, value, dialect):
        if value is not None:
            _unreadable("a password that is hashed is not modelled")
        return value


class OneTimeCode(_TypeDecorator):
    __module__ = "advanced_alchemy.types.password_hash.one_time_code"
    impl = JsonB
    cache_ok = True

    def __init__(self, backend, ttl_seconds=None, max_attempts=3, **kwargs):
        super().__init__(**kwargs)
        self.backend = backend
        self.ttl_seconds = ttl_seconds
        self.max_attempts = max_attempts

    def __repr__(self):
        return (
            f"{type(self).__name__}(backend=sa.{self.backend.__class__.__name__}(), "
            f"ttl_seconds={self.ttl_seconds}, max_attempts={self.max_attempts})"
        )

    def process_bind_param(self, value, dialect):
        if value is not None:
            _unreadable("a code that is hashed is not modelled")
        return value

    def process_result_value(self, value, dialect):
        if value is not None:
            _unreadable("a code that is hashed is not modelled")
        return value


class StoredObject(_TypeDecorator):
    __module__ = "advanced_alchemy.types.file_object.data_type"
    impl = JsonB
    cache_ok = True

    def __init__(self, backend, multiple=False, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.multiple = multiple

    def process_bind_param(self, value, dialect):
        if value is not None:
            _unreadable("a stored file is not modelled")
        return value

    def process_result_value(self, value, dialect):
        if value is not None:
            _unreadable("a stored file is not modelled")
        return value
