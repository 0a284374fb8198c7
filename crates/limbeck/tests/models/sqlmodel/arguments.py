"""The arguments of `Field()`."""
import uuid
from decimal import Decimal
from typing import List, Optional

from sqlalchemy import (
    BigInteger,
    Computed,
    Identity,
    Integer,
    String,
    Text,
    func,
    text,
)
from sqlmodel import JSON, Column, Field, ForeignKey, SQLModel


def later():
    return "x"


def key_field(target: str, **more):
    return Field(foreign_key=f"{target}.id", ondelete="CASCADE", **more)


class Team(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str = Field(index=True, unique=True)
    slug: str = Field(unique=True)
    city: str = Field(index=True, max_length=50, title="City", description="Where it is", min_length=1)


class Hero(SQLModel, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True, alias="ID", index=True)
    team_id: Optional[int] = Field(default=None, foreign_key="team.id", ondelete="SET NULL")
    other_id: int = Field(foreign_key="team.id", ondelete="RESTRICT", index=True)
    third_id: int = key_field("team", unique=True)
    fourth_id: Optional[int] = key_field("team", default=None, nullable=True)
    parent_id: Optional[uuid.UUID] = Field(default=None, foreign_key="hero.id")
    empty_key: int = Field(foreign_key="")
    renamed: int = Field(sa_column_kwargs={"name": "new_name", "comment": "said", "key": "k"})
    served: str = Field(default="a", sa_column_kwargs={"server_default": "a"})
    served_text: int = Field(sa_column_kwargs={"server_default": text("0")})
    served_now: str = Field(sa_column_kwargs={"server_default": func.now(), "onupdate": later})
    kwargs_index: str = Field(index=False, sa_column_kwargs={"index": True, "unique": True})
    auto: int = Field(sa_column_kwargs={"autoincrement": False})
    args: int = Field(sa_column_args=[ForeignKey("team.id", deferrable=True, initially="DEFERRED")])
    keyed: int = Field(sa_column_args=(ForeignKey("team.id", name="fk_keyed", onupdate="CASCADE"),))
    computed: int = Field(sa_column=Column(Integer, Computed("other_id * 2")))
    identity: int = Field(sa_column_args=[Identity(start=5)])
    big: int = Field(sa_type=BigInteger)
    long: str = Field(sa_type=Text, max_length=10)
    long_instance: str = Field(sa_type=String(77), default="d", index=True)
    tags: List[str] = Field(default_factory=list, sa_type=JSON)
    data: dict = Field(default={}, sa_column=Column(JSON))
    column_name: str = Field(sa_column=Column("other_name", String(4), index=True, unique=True, comment="c"))
    ignored_column: str = Field(sa_column=String(3), max_length=8)
    none_column: str = Field(default="x", sa_column=None)
    amount: Decimal = Field(default=0, max_digits=5, decimal_places=2, ge=0, le=10, gt=-1, lt=11, multiple_of=1)
    items: str = Field(max_items=6)
    extra: str = Field(schema_extra={"examples": ["a"]}, regex="^a", exclude=True, repr=False)
    extra_length: str = Field(schema_extra={"max_length": 21})

