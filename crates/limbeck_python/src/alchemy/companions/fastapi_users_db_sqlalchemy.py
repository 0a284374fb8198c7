# The types of fastapi-users' database adapter.
import datetime as _datetime
import uuid as _uuid

import sqlalchemy as _sa
from sqlalchemy.dialects.postgresql import UUID as _UUID
from sqlalchemy.types import TypeDecorator as _TypeDecorator


class GUID(_TypeDecorator):
    __module__ = "fastapi_users_db_sqlalchemy.generics"
    impl = _sa.CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(_UUID())
        return dialect.type_descriptor(_sa.CHAR(36))

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if dialect.name == "postgresql" or isinstance(value, _uuid.UUID):
            return str(value)
        return str(_uuid.UUID(value))

    def process_result_value(self, value, dialect):
        if value is None or isinstance(value, _uuid.UUID):
            return value
        return _uuid.UUID(value)


class TIMESTAMPAware(_TypeDecorator):
    __module__ = "fastapi_users_db_sqlalchemy.generics"
    impl = _sa.TIMESTAMP
    cache_ok = True

    def process_result_value(self, value, dialect):
        if value is None or dialect.name == "postgresql":
            return value
        return value.replace(tzinfo=_datetime.timezone.utc)
