# `Enum` of sqlalchemy-enum34: SQLAlchemy's own, of the values of a Python enum (or of its names).
import enum as _enum

import sqlalchemy as _sa
from sqlalchemy.types import TypeDecorator as _TypeDecorator


class Enum(_TypeDecorator):
    __module__ = "sqlalchemy_enum34"
    impl = _sa.Enum

    def __init__(self, enum_class, by_name=False, **options):
        if not issubclass(enum_class, _enum.Enum):
            raise TypeError("expected enum.Enum subtype")
        self._enum_class = enum_class
        self._by_name = bool(by_name)
        labels = [member.name if by_name else member.value for member in enum_class]
        super().__init__(*labels, **options)

    def process_bind_param(self, value, dialect):
        if not value:
            return None
        return value.name if self._by_name else value.value

    def process_result_value(self, value, dialect):
        if not value:
            return None
        return self._enum_class[value] if self._by_name else self._enum_class(value)


EnumType = Enum
