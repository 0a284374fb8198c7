"""Where enumerated types belong when the metadata has a namespace."""

import enum

from sqlalchemy import Column, Enum, Integer, MetaData, String, Table
from sqlalchemy.dialects.postgresql import ARRAY, ENUM
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Color(enum.Enum):
    red = 1
    blue = 2


metadata = MetaData(schema="own")
elsewhere = MetaData(schema="elsewhere")
nowhere = MetaData()


class Base(DeclarativeBase):
    metadata = metadata


def columns():
    return [
        Column("id", Integer, primary_key=True),
        Column("plain", Enum("a", "b", name="plain")),
        Column("python", Enum(Color)),
        Column("none", Enum("a", "b", name="none", schema=None)),
        Column("given", Enum("a", "b", name="given", schema="given")),
        Column("inherits", Enum("a", "b", name="inherits", inherit_schema=True)),
        Column("inherits_not", Enum("a", "b", name="inherits_not", inherit_schema=False)),
        Column("of_elsewhere", Enum("a", "b", name="of_elsewhere", metadata=elsewhere)),
        Column("of_nowhere", Enum("a", "b", name="of_nowhere", metadata=nowhere)),
        Column("of_own", Enum("a", "b", name="of_own", metadata=metadata)),
        Column("none_of_own", Enum("a", "b", name="none_of_own", metadata=metadata, schema=None)),
        Column("inherits_of", Enum("a", "b", name="inherits_of", metadata=elsewhere, inherit_schema=True)),
        Column("pg", ENUM("a", "b", name="pg")),
        Column("pg_none", ENUM("a", "b", name="pg_none", schema=None)),
        Column("pg_inherits", ENUM("a", "b", name="pg_inherits", inherit_schema=True)),
        Column("variant", String(5).with_variant(ENUM("a", "b", name="variant", schema=None), "postgresql")),
        Column("array", ARRAY(Enum("a", "b", name="array", schema=None))),
        Column("array_plain", ARRAY(Enum("a", "b", name="array_plain"))),
    ]


Table("of_metadata", metadata, *columns())
Table("of_other", metadata, *columns(), schema="other")


class Mixin:
    mixed: Mapped[Color] = mapped_column(Enum(Color, name="mixed", schema=None))
    mixed_plain: Mapped[Color] = mapped_column(Enum(Color, name="mixed_plain"))
    mixed_inherits: Mapped[Color] = mapped_column(Enum(Color, name="mixed_inherits", inherit_schema=True))


class Mapping(Mixin, Base):
    __tablename__ = "mapping"
    id: Mapped[int] = mapped_column(primary_key=True)
    found: Mapped[Color]
    none: Mapped[Color] = mapped_column(Enum(Color, schema=None, name="mapped_none"))


class Other(Mixin, Base):
    __tablename__ = "mapping_other"
    __table_args__ = {"schema": "other"}
    id: Mapped[int] = mapped_column(primary_key=True)
    found: Mapped[Color]
