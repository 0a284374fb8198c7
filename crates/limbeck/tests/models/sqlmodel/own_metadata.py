"""A base with a metadata of its own; `SQLModel.metadata` has the rest."""
from typing import Optional

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel as Root


class SQLModel(Root):
    metadata = MetaData(schema="app", naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(column_0_label)s"})


class Registered(Root, registry=registry(metadata=MetaData())):
    pass


class Hero(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    parent_id: Optional[int] = Field(default=None, foreign_key="hero.id")


class Elsewhere(Root, table=True):
    id: int = Field(primary_key=True)


class Third(Registered, table=True):
    id: int = Field(primary_key=True)
