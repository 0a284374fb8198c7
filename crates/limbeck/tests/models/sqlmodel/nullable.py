"""What makes a column nullable."""
from typing import Annotated, Any, Optional, Union

from sqlalchemy import JSON, String
from sqlmodel import Column, Field, SQLModel


class Nullable(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    optional: Optional[str]
    pipe: str | None
    pipe_first: None | str = None
    union: Union[str, None] = None
    annotated: Annotated[Optional[str], Field(max_length=3)] = None
    optional_annotated: Optional[Annotated[str, Field(max_length=3, index=True)]] = None
    none_default: str = None
    text_default: str = "x"
    factory: str = Field(default_factory=str)
    optional_factory: Optional[str] = Field(default_factory=str)
    forced: str = Field(nullable=True)
    forbidden: Optional[str] = Field(default=None, nullable=False)
    by_kwargs: str = Field(sa_column_kwargs={"nullable": True})
    kwargs_win: str | None = Field(default=None, nullable=True, sa_column_kwargs={"nullable": False})
    typed: Optional[dict] = Field(default=None, sa_type=JSON)
    typed_any: Any = Field(sa_type=JSON)
    column: str = Field(sa_column=Column(String(5)))
    column_not_null: Optional[str] = Field(default=None, sa_column=Column(String(5), nullable=False))
    nothing: None = Field(default=None, sa_type=String(3))
    nothing_required: None = Field(sa_type=String(3))


class TwoKeys(SQLModel, table=True):
    left: Optional[int] = Field(default=None, primary_key=True)
    right: int = Field(primary_key=True, nullable=True)
