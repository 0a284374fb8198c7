"""pydantic's kinds of `datetime`, since SQLModel 0.0.45."""
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, NaiveDatetime
from sqlmodel import Field, SQLModel


class Moment(SQLModel, table=True):
    id: int = Field(primary_key=True)
    aware: AwareDatetime
    naive: NaiveDatetime
    maybe: NaiveDatetime | None = None
    marked: Annotated[datetime, NaiveDatetime]
    marked_aware: Annotated[datetime, AwareDatetime]
    last_wins: Annotated[datetime, NaiveDatetime, AwareDatetime]
    inside: Annotated[NaiveDatetime, Field(index=True)]
