"""`datetime`, which has a time zone since SQLModel 0.0.45."""
from datetime import datetime
from typing import Optional

from sqlalchemy import TIMESTAMP, DateTime
from sqlmodel import Column, Field, SQLModel


class Event(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    maybe: Optional[datetime] = None
    created: datetime = Field(default_factory=datetime.now, nullable=False)
    plain: datetime = Field(sa_type=DateTime)
    zoned: datetime = Field(sa_type=DateTime(timezone=True))
    column: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    stamp: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
