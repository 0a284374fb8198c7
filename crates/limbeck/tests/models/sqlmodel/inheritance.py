"""Fields of bases and mixins, and the order of columns."""
from typing import ClassVar, Generic, Optional, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, computed_field, field_validator, model_validator
from pydantic import Field as PydanticField
from sqlalchemy import Column, DateTime, Integer, func
from sqlmodel import Field, Relationship, SQLModel


class HeroBase(SQLModel):
    name: str = Field(index=True, max_length=30)
    secret: str
    age: Optional[int] = Field(default=None, index=True)


class Stamped(SQLModel):
    created: int = Field(default=0)
    updated: int = 0


class Keyed(SQLModel):
    id: Optional[int] = Field(default=None, primary_key=True)


class Hero(HeroBase, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    note: str


class HeroCreate(HeroBase):
    password: str


class HeroRead(HeroBase):
    id: int


class TwoMixins(Keyed, Stamped, table=True):
    own: str


class OtherOrder(Stamped, Keyed, table=True):
    own: str


class Base3(SQLModel):
    x: int
    y: int
    z: int


class Overridden(Base3, table=True):
    id: int = Field(primary_key=True)
    y: str = Field(max_length=3)


class Middle(Base3):
    y: Optional[int] = None
    w: str = "w"


class Deep(Middle, Keyed, table=True):
    x: float


class Narrowed(Base3):
    z: str


class Diamond(Narrowed, Middle, table=True):
    id: int = Field(primary_key=True)


class PlainModel(BaseModel):
    a: str = PydanticField(max_length=5, description="a")
    b: Optional[int] = None


class PlainClass:
    c: int
    d: str = Field(max_length=6, index=True)
    e: str = "e"


class FromPlain(PlainModel, PlainClass, Keyed, table=True):
    f: str


class OnlyAnnotations:
    g: int
    h: Optional[str] = None


class FromAnnotations(OnlyAnnotations, SQLModel, table=True):
    id: int = Field(primary_key=True)


class ColumnMixin:
    created_at = Column(DateTime, server_default=func.now(), nullable=False)
    number = Column("no", Integer, index=True)


class FromColumnMixin(ColumnMixin, SQLModel, table=True):
    id: int = Field(primary_key=True)
    name: str


class Everything(Keyed, table=True):
    model_config = ConfigDict(arbitrary_types_allowed=True, validate_assignment=True)

    KIND: ClassVar[str] = "kind"
    kinds: ClassVar = {}
    _private: int = PrivateAttr(default=1)
    _other: str = "x"
    name: str
    heroes: list["Everything"] = Relationship(sa_relationship_kwargs={"viewonly": True, "primaryjoin": "1 == 0"})
    parent_id: Optional[int] = Field(default=None, foreign_key="everything.id")
    last: str = ""

    @property
    def upper(self) -> str:
        return self.name.upper()

    @computed_field
    @property
    def lower(self) -> str:
        return self.name.lower()

    @field_validator("name")
    @classmethod
    def check_name(cls, value):
        return value

    @model_validator(mode="after")
    def check_all(self):
        return self

    @staticmethod
    def helper():
        return 1

    def method(self):
        return 2


class Child(Hero):
    extra: str


class ChildTable(Hero, table=True):
    extra: str


class ConfiguredTable(Keyed):
    model_config = ConfigDict(table=True)
    name: str


class ClassVarsBetween(Base3, table=True):
    id: int = Field(primary_key=True)
    first: str
    COUNT: ClassVar[int] = 1
    x: int
    second: str
