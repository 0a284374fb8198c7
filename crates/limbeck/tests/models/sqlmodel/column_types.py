"""Every type that an annotation decides."""
import enum
import ipaddress
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Optional

import pydantic
from pydantic import (
    UUID4,
    Base64Str,
    ByteSize,
    EmailStr,
    FilePath,
    FiniteFloat,
    NonNegativeInt,
    PositiveInt,
    StrictBool,
    StrictStr,
    conbytes,
    condate,
    condecimal,
    confloat,
    conint,
    constr,
)
from sqlmodel import Field, SQLModel


class Color(enum.Enum):
    red = 1
    dark_green = 2


class Size(str, enum.Enum):
    small = "S"
    LARGE = "XXL"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Word(enum.StrEnum):
    Alpha = enum.auto()
    Beta = enum.auto()


class Sku(str):
    pass


class Plain(SQLModel, table=True):
    model_config = {"arbitrary_types_allowed": True}

    id: int = Field(primary_key=True)
    text: str
    long: str = Field(max_length=120)
    zero: str = Field(max_length=0)
    sku: Sku = Field(max_length=9)
    real: float
    flag: bool
    whole: int
    day: date
    clock: time
    span: timedelta
    blob: bytes
    short_blob: bytes = Field(max_length=5)
    token: uuid.UUID
    money: Decimal
    exact: Decimal = Field(max_digits=12, decimal_places=3)
    digits: Decimal = Field(max_digits=8)
    places: Decimal = Field(decimal_places=4)
    where: Path
    short_path: Path = Field(max_length=64)
    v4: ipaddress.IPv4Address
    v6: ipaddress.IPv6Address = Field(max_length=45)
    net: ipaddress.IPv4Network
    net6: ipaddress.IPv6Network
    interface: ipaddress.IPv4Interface
    interface6: ipaddress.IPv6Interface


class Enums(SQLModel, table=True):
    id: int = Field(primary_key=True)
    color: Color
    size: Size = Size.small
    size_again: Optional[Size] = None
    level: Level
    word: Word


class Pydantic(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: EmailStr
    short_email: EmailStr = Field(max_length=80)
    positive: PositiveInt
    natural: NonNegativeInt = 0
    finite: FiniteFloat
    strict: StrictStr
    strict_long: StrictStr = Field(max_length=7)
    yes: StrictBool
    v4: UUID4
    file: FilePath
    base64: Base64Str
    size: ByteSize
    short: constr(max_length=10)
    short_field: constr(min_length=1) = Field(max_length=11)
    number: conint(gt=3)
    ratio: confloat(ge=0, le=1)
    raw: conbytes(max_length=3)
    born: condate(gt=date(2000, 1, 1))
    price: condecimal(max_digits=9, decimal_places=2)
    price_field: condecimal(max_digits=9, decimal_places=2) = Field(max_digits=5, decimal_places=1)
    pydantic_length: str = pydantic.Field(max_length=33)
