"""Names and arguments of tables."""
from typing import Optional

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, desc, text
from sqlmodel import Field, SQLModel, func


class CamelCaseName(SQLModel, table=True):
    id: int = Field(primary_key=True)


class Named(SQLModel, table=True):
    __tablename__ = "the_name"
    id: int = Field(primary_key=True)
    other_id: int = Field(foreign_key=f"{CamelCaseName.__tablename__}.id")


class AnnotatedName(SQLModel, table=True):
    __tablename__: str = "annotated_name"
    id: int = Field(primary_key=True)
    other_id: int = Field(foreign_key=Named.__tablename__ + ".id")


class Fixed(SQLModel):
    __tablename__ = "fixed"
    __table_args__ = (UniqueConstraint("a", "b", name="uq_fixed"),)
    a: str
    b: int


class FromFixed(Fixed, table=True):
    id: int = Field(primary_key=True)


class WithArguments(SQLModel, table=True):
    __tablename__ = "arguments"
    __table_args__ = (
        UniqueConstraint("a", "b"),
        CheckConstraint("a > 0", name="a_positive"),
        Index("ix_both", "a", "b", unique=True),
        Index("ix_where", "b", postgresql_where=text("a > 1")),
        Index("ix_lower", func.lower("c")),
        Index(None, "c"),
        ForeignKeyConstraint(["a", "b"], ["keys.a", "keys.b"], ondelete="CASCADE"),
        {"comment": "about it", "mysql_engine": "InnoDB", "sqlite_autoincrement": True},
    )
    id: int = Field(primary_key=True)
    a: int
    b: int
    c: str


class Keys(SQLModel, table=True):
    __table_args__ = (PrimaryKeyConstraint("b", "a", name="pk_keys"),)
    a: int
    b: int


class InSchema(SQLModel, table=True):
    __table_args__ = {"schema": "store"}
    id: int = Field(primary_key=True, index=True)
    name: str = Field(index=True, unique=True)
    parent: Optional[int] = Field(default=None, foreign_key="store.inschema.id")


class Extended(SQLModel, table=True):
    __table_args__ = {"extend_existing": True}
    id: int = Field(primary_key=True)
    name: str


class Link(SQLModel, table=True):
    left_id: int | None = Field(default=None, foreign_key="the_name.id", primary_key=True)
    right_id: int | None = Field(default=None, foreign_key="camelcasename.id", primary_key=True)


class StrayConstraint(SQLModel, table=True):
    id: int = Field(primary_key=True)
    name: str
    UniqueConstraint("name")


Index("ix_keys", Keys.a)
Index("ix_named_desc", desc(Named.other_id))


class OfAView(SQLModel, table=True):
    __mapper_args__ = {"primary_key": ["pid"]}
    pid: str
    name: str
