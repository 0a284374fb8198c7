"""Classes of the first style: declarative_base(), Column in bodies, decorators, metaclasses, late columns."""
import enum, uuid
from datetime import datetime
from typing import Optional, NewType
import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, ForeignKey, DateTime, Boolean, Text, Enum, func, Table, MetaData, event
from sqlalchemy.ext.declarative import declarative_base, declared_attr
from sqlalchemy.orm import relationship, backref, deferred, column_property, sessionmaker, scoped_session, validates, registry, mapped_column, Mapped, MappedAsDataclass, DeclarativeBase, composite, as_declarative, MappedColumn, DeclarativeMeta
from sqlalchemy.types import TypeDecorator, CHAR
from sqlalchemy.dialects.postgresql import UUID, ARRAY, ENUM

class GUID(TypeDecorator):
    impl = CHAR
    cache_ok = True
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(UUID())
        return dialect.type_descriptor(CHAR(32))
    def process_bind_param(self, value, dialect): return value

class CustomBase:
    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower() + "s"
    id = Column(GUID(), primary_key=True, default=uuid.uuid4)
    def save(self): pass

Base = declarative_base(cls=CustomBase, metadata=MetaData(schema="app"))
session = scoped_session(sessionmaker())
Base.query = session.query_property()

class Kind(str, enum.Enum):
    A = "a"
    B = "bb"

class TimeMixin(object):
    created = Column(DateTime, default=datetime.utcnow, nullable=False, server_default=func.now())
    @declared_attr
    def user_id(cls):
        return Column(ForeignKey("app.users.id"), index=True)

class User(Base):
    email = Column("email_address", String(120), unique=True, index=True, nullable=False)
    kind = Column(Enum(Kind, values_callable=lambda e: [x.value for x in e]), default=Kind.A)
    pk = Column(ENUM("x", "y", name="xy", create_type=False))
    bio = deferred(Column(Text))
    tags = Column(ARRAY(String), server_default="{}")
    upper = column_property(func.upper(email))
    posts = relationship("Post", backref=backref("author", lazy="joined"))
    @validates("email")
    def v(self, k, v): return v
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "user"}

class Post(TimeMixin, Base):
    __tablename__ = "posts"
    __table_args__ = (sa.Index("ix_posts_lower", sa.text("lower(title)"), postgresql_using="btree"), {"schema": "blog", "sqlite_autoincrement": True})
    title = Column(String, nullable=False)
    parent_id = Column(GUID, ForeignKey("blog.posts.id"))
    author_id = Column(ForeignKey(User.id, ondelete="SET NULL", name="fk_author"))
    alpha = Column(Integer, sa.CheckConstraint("alpha > 1"), sa.Identity(start=5))
    stray = sa.UniqueConstraint("title")
    sa.Index("ix_stray_obj", title, unique=True)

class Admin(User):
    __tablename__ = None
    level = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "admin"}

tags = Table("post_tags", Base.metadata, Column("post_id", ForeignKey("blog.posts.id"), primary_key=True), Column("n", Integer, primary_key=True, autoincrement=False), schema="x")
sa.Index("ix_user_kind", User.kind, User.email, unique=True)
User.late = Column(Integer, nullable=False)

@event.listens_for(User, "before_insert")
def bi(m, c, t): pass

UserId = NewType("UserId", int)
reg = registry(metadata=Base.metadata)
@reg.mapped
class Plain:
    __tablename__ = "plain"
    id: Mapped[int] = mapped_column(primary_key=True)
    val: Mapped[float]
    f: Mapped[float] = mapped_column(sa.Float)
@reg.mapped_as_dataclass
class PlainD:
    __tablename__ = "plaind"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    val: Mapped[str] = mapped_column(default="x")
    b: Mapped[Optional[bool]] = mapped_column(default=None)
class Both(MappedAsDataclass, DeclarativeBase):
    metadata = Base.metadata
class D1(Both):
    __tablename__ = "d1"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str] = mapped_column(String(3), kw_only=True)
@as_declarative(metadata=Base.metadata)
class AB:
    stamp = Column(DateTime(timezone=True))
class AB1(AB):
    __tablename__ = "ab1"
    k = Column(String(5), primary_key=True)
    own = Column(Integer)
class MB(metaclass=DeclarativeMeta):
    __abstract__ = True
    registry = reg
    metadata = reg.metadata
class MB1(MB):
    __tablename__ = "mb1"
    __table_args__ = {"comment": "c"}
    k = Column(String(5), primary_key=True)
class Abs(Base):
    __abstract__ = True
    a = Column(Integer)
class Conc(Abs):
    __tablename__ = "conc"
    b = Column(Integer)
class Fixed(Base):
    __table__ = Table("fixed", Base.metadata, Column("id", Integer, primary_key=True), Column("z", String))
    id = __table__.c.id
metadata = Base.metadata
