# What migrations take from Flask-AppBuilder where it is not installed: the class of its `db`. The base of its models is
# another one in each of its generations, so it is left out.
import flask_appbuilder as _package
from flask_sqlalchemy import SQLAlchemy as _SQLAlchemy


class SQLA(_SQLAlchemy):
    __module__ = "flask_appbuilder.models.sqla"

    def make_declarative_base(self, model, metadata=None):
        return _package.Model


def get_sqla_class():
    return SQLA
