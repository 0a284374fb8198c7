"""Annotated declarative classes: mixins, type maps, naming conventions, joined and single inheritance."""
from __future__ import annotations

import datetime, uuid, enum
from decimal import Decimal
from typing import Optional, Any, List, Annotated, Literal
from sqlalchemy import *
from sqlalchemy import Enum as SAEnum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, declared_attr, MappedAsDataclass, registry, synonym, column_property
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.ext.asyncio import AsyncAttrs

intpk = Annotated[int, mapped_column(primary_key=True)]
str50 = Annotated[str, 50]
ts = Annotated[datetime.datetime, mapped_column(DateTime(timezone=True), server_default=func.now(), index=True)]

class Color(enum.Enum):
    RED = "r"; GREEN = "g"

class Base(AsyncAttrs, DeclarativeBase):
    metadata = MetaData(naming_convention={"ix": "ix_%(column_0_label)s","uq": "uq_%(table_name)s_%(column_0_name)s","ck": "ck_%(table_name)s_%(constraint_name)s","fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s","pk": "pk_%(table_name)s"})
    type_annotation_map = {str50: String(50), dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"), datetime.datetime: DateTime(timezone=True)}

class Stamp:
    created_at: Mapped[ts]
    updated_at: Mapped[datetime.datetime] = mapped_column(onupdate=func.now(), sort_order=10)
    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("owner.id", ondelete="CASCADE"))

class Named:
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower()
    id: Mapped[intpk]

class Owner(Named, Base):
    name: Mapped[str50] = mapped_column(unique=True)
    nick: Mapped[Optional[str50]]
    color: Mapped[Color] = mapped_column(default=Color.RED)
    mode: Mapped[Literal["a","bcd"]]
    things: Mapped[List["Thing"]] = relationship(back_populates="owner")

class Thing(Stamp, Named, Base):
    __table_args__ = (UniqueConstraint("title", "price"), CheckConstraint("price > 0", name="pos"), Index("ix_low", func.lower("title")), {"comment": "things"})
    title: Mapped[str] = mapped_column(String(20), comment="t")
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2), server_default=text("0"))
    data: Mapped[dict[str, Any] | None]
    key: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    owner: Mapped["Owner"] = relationship(back_populates="things")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("thing.id"))
    area: Mapped[float] = mapped_column(Computed("price * 2"))
    flag: Mapped[bool] = mapped_column(server_default=false())
    @hybrid_property
    def x(self): return self.title
    @x.expression
    def x(cls): return cls.title

class Sub(Owner):
    __tablename__ = "sub"
    id: Mapped[int] = mapped_column(ForeignKey("owner.id"), primary_key=True)
    extra: Mapped[bytes]
class Single(Owner):
    __tablename__ = None
    single: Mapped[datetime.date | None] = mapped_column()

assoc = Table("assoc", Base.metadata, Column("a", ForeignKey(Owner.id), primary_key=True), Column("b", ForeignKey("thing.id"), primary_key=True))
Index("ix_mod", Thing.title.desc(), Thing.price)
metadata = Base.metadata
