"""Annotations that are partly strings, and relationships."""
from typing import TYPE_CHECKING, List, Optional

from sqlmodel import Field, Relationship, SQLModel

if TYPE_CHECKING:
    from nowhere import Missing


class Link(SQLModel, table=True):
    hero_id: Optional[int] = Field(default=None, foreign_key="hero.id", primary_key=True)
    team_id: Optional[int] = Field(default=None, foreign_key="team.id", primary_key=True)


class Team(SQLModel, table=True):
    heroes: List["Hero"] = Relationship(back_populates="teams", link_model=Link)
    name: "str" = Field(index=True)
    owner: Optional["Hero"] = Relationship()
    id: Optional["int"] = Field(default=None, primary_key=True)
    owner_id: "int | None" = Field(default=None, foreign_key="hero.id")
    stuff: "list[Hero]" = Relationship(
        sa_relationship_kwargs={"primaryjoin": "Team.id == Hero.id", "foreign_keys": "Hero.id", "viewonly": True},
    )


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    teams: list[Team] = Relationship(back_populates="heroes", link_model=Link)
    power: Optional["str"] = Field(max_length=9)
