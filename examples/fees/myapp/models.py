"""Who owes what to the school."""
import enum
from datetime import datetime
from decimal import Decimal
from typing import Optional

from sqlalchemy import Column, DateTime, String, Text, func
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, Relationship, SQLModel


class FeeStatus(str, enum.Enum):
    pending = "pending"
    paid = "paid"
    waived = "waived"


class Student(SQLModel, table=True):
    __tablename__ = "students"

    id: Optional[int] = Field(default=None, primary_key=True)
    name: str = Field(max_length=100)
    email: str = Field(max_length=255, unique=True, index=True)
    enrolled: bool = True

    fees: list["Fee"] = Relationship(back_populates="student")


class Fee(SQLModel, table=True):
    __tablename__ = "fees"

    id: Optional[int] = Field(default=None, primary_key=True)
    student_id: int = Field(foreign_key="students.id", index=True)
    amount: Decimal = Field(max_digits=10, decimal_places=2)
    status: FeeStatus = Field(
        default=FeeStatus.pending,
        sa_column=Column(
            String(20).with_variant(
                postgresql.ENUM("pending", "paid", "waived", name="fee_status", create_type=False),
                "postgresql",
            ),
            nullable=False,
            index=True,
        ),
    )
    due_at: datetime = Field(sa_column=Column(DateTime, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime, server_default=func.now(), nullable=False))
    note: Optional[str] = Field(default=None, sa_column=Column(Text))

    student: Student = Relationship(back_populates="fees")


class User(SQLModel, table=True):
    __tablename__ = "users"

    id: Optional[int] = Field(default=None, primary_key=True)
    username: str = Field(max_length=50, unique=True, index=True)
    student_id: Optional[int] = Field(default=None, foreign_key="students.id")
