"""`Annotated`, and how it merges with what is assigned."""
from typing import Annotated, Literal, Optional

import pydantic
from annotated_types import Gt, Len, MaxLen
from pydantic import AfterValidator, BeforeValidator, StringConstraints
from sqlalchemy import JSON, String
from sqlmodel import Field, SQLModel

Name = Annotated[str, Field(max_length=40, index=True)]
Key = Annotated[int, Field(primary_key=True)]
Short = Annotated[str, MaxLen(5)]
Shorter = Annotated[Short, MaxLen(3)]


def check(value):
    return value


class Annotations(SQLModel, table=True):
    id: Key
    name: Name
    name_default: Name = "x"
    name_assigned: Name = Field(unique=True)
    name_longer: Name = Field(max_length=99)
    optional_name: Optional[Name] = None
    name_or_none: Name | None = None
    short: Short
    short_assigned: Short = Field(max_length=9)
    shorter: Shorter
    length: Annotated[str, Len(1, 8)]
    constrained: Annotated[str, StringConstraints(max_length=8)]
    positive: Annotated[int, Gt(0)] = 1
    validated: Annotated[str, AfterValidator(check), Field(max_length=6)]
    before: Annotated[Optional[str], BeforeValidator(check)] = Field(default=None, max_length=2)
    from_pydantic: Annotated[str, pydantic.Field(max_length=12)]
    two_fields: Annotated[str, Field(index=True), Field(unique=True, max_length=4)]
    typed: Annotated[dict, Field(sa_type=JSON)]
    chosen: Annotated[Literal["a", "b"], Field(sa_type=String(1))] = "a"
    foreign: Annotated[int | None, Field(foreign_key="annotations.id", ondelete="CASCADE")] = None
    nullable: Annotated[str, Field(nullable=True, sa_column_kwargs={"comment": "c"})]
