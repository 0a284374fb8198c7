"""`declared_attr` on mixins, for columns, names and arguments of tables."""
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, String
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel


class Hero(SQLModel, table=True):
    id: int = Field(primary_key=True)


class DeclaredMixin:
    @declared_attr
    def owner_id(cls):
        return Column(Integer, ForeignKey("hero.id"), nullable=False)

    @declared_attr
    def label(cls):
        return Column(String(10), default=cls.__name__)


class FromDeclaredMixin(DeclaredMixin, SQLModel, table=True):
    id: int = Field(primary_key=True)
    name: str


class Prefixed(SQLModel):
    @declared_attr
    def __tablename__(cls) -> str:
        return "app_" + cls.__name__.lower()


class Thing(Prefixed, table=True):
    id: int = Field(primary_key=True)


class DirectlyDeclared(Prefixed, table=True):
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return f"{cls.__name__}s"

    id: int = Field(primary_key=True)


class TableArgsMethod(SQLModel):
    @declared_attr
    def __table_args__(cls) -> Any:
        return (Index(f"ix_{cls.__name__.lower()}_name", "name"),)

    name: str


class UsesMethod(TableArgsMethod, table=True):
    id: int = Field(primary_key=True)
