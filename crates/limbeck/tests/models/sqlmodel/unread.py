"""Classes that make no table, whatever it is that is done to them."""
import abc
import inspect

from pydantic import BaseModel
from sqlmodel import Field, SQLModel


def looked_at(cls):
    for name, value in inspect.getmembers(cls, inspect.isfunction):
        setattr(cls, name, value)
    return cls


@looked_at
class Client(metaclass=abc.ABCMeta):
    def ask(self):
        return Hero(id=1)


@looked_at
class Settings(BaseModel):
    name: str = "x"


class Hero(SQLModel, table=True):
    id: int = Field(primary_key=True)
