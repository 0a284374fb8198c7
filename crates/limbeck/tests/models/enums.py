"""Which namespace an enum type belongs to, and annotations that a later attribute shadows."""
import enum
from sqlalchemy import *
from sqlalchemy.orm import *
from sqlalchemy.dialects import postgresql
class E(enum.Enum): a='x'; b='y'
class Base(DeclarativeBase):
    metadata=MetaData(schema="s")
class Mx:
    m: Mapped[E]
    n = mapped_column(Enum(E, name="n"))
    o = Column(Enum(E, name="o"))
    p = mapped_column(Enum("q","r", name="p", schema=None))
class T(Mx, Base):
    __tablename__="t"
    id: Mapped[int]=mapped_column(primary_key=True)
    a: Mapped[E]
    b = mapped_column(Enum(E,name="b"))
    c = Column(postgresql.ENUM(E,name="c"))
    d: Mapped[E] = mapped_column(Enum(E,name="d", inherit_schema=True))
    f = Column(ARRAY(Enum(E,name="f")))
    g = Column(Boolean)


import datetime as dt
from datetime import time


class Shadow(Base):
    __tablename__ = "shadow"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[time | None]
    time: Mapped[str | None] = mapped_column(String(5))


metadata = Base.metadata
