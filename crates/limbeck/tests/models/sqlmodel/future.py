"""Annotations that are strings."""
from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Optional

from sqlmodel import JSON, Column, Field, SQLModel

if TYPE_CHECKING:
    from nowhere import Missing


class TeamBase(SQLModel):
    name: str = Field(index=True)
    founded: Optional[date] = None
    KIND: ClassVar[Missing] = None


class Team(TeamBase, table=True):
    id: uuid.UUID | None = Field(default_factory=uuid.uuid4, primary_key=True)
    data: Missing = Field(sa_column=Column(JSON))
    typed: Missing | None = Field(sa_type=JSON)


class Hero(SQLModel, table=True):
    id: int = Field(primary_key=True)
    team_id: "uuid.UUID" = Field(foreign_key="team.id")
    quoted: "Optional[str]" = None
    part: Optional["int"] = None
