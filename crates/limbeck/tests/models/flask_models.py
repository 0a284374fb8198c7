"""Flask-SQLAlchemy: names made of class names, db.Table, inheritance without a key of its own."""
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
convention = {"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
db = SQLAlchemy(metadata=MetaData(naming_convention=convention))
class BaseModel(db.Model):
    __abstract__ = True
    id = db.Column(db.Integer, primary_key=True)
    def save(self):
        db.session.add(self); db.session.commit()
tags = db.Table("tags", db.Column("tag_id", db.Integer, db.ForeignKey("tag.id"), primary_key=True), db.Column("page_id", db.Integer, db.ForeignKey("web_page.id")))
class Tag(BaseModel):
    name = db.Column(db.String(50), unique=True)
class WebPage(BaseModel):
    title = db.Column(db.Unicode(10), index=True)
    tags = db.relationship("Tag", secondary=tags, backref=db.backref("pages", lazy="dynamic"))
class HTTPRequestLog(db.Model):
    __tablename__ = "log"
    __table_args__ = (db.UniqueConstraint("a"), db.Index("ix_z", "a", "b"))
    a = db.Column(db.BigInteger, primary_key=True)
    b = db.Column(db.DateTime, server_default=db.func.now())
    e = db.Column(db.Enum("x", "y", name="e"))
class CamelCaseABCThing(db.Model):
    id = db.Column(db.Integer, primary_key=True)
class SubTag(Tag):
    extra = db.Column(db.String)
class Joined(Tag):
    id = db.Column(db.ForeignKey("tag.id"), primary_key=True)
metadata = db.metadata
