"""What models have of pydantic and nothing asks for."""
from typing import Optional

from pydantic import BaseModel
from sqlmodel import Field, SQLModel


class Inner(BaseModel):
    later: Optional["Outer"] = None


class Outer(BaseModel):
    name: str


Inner.model_rebuild()


class HeroBase(SQLModel):
    name: str = Field(max_length=len(Outer.model_fields) + 9)


class Hero(HeroBase, table=True):
    id: int = Field(primary_key=True)


HeroBase.model_rebuild()
Hero.update_forward_refs() if False else Hero.model_rebuild(force=True)
EXAMPLE = HeroBase(name="x")
SCHEMA = HeroBase.model_json_schema()
HEROES = [Hero(id=1, name="x")]
