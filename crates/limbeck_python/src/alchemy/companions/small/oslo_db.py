# The types of oslo.db. Where the package is installed, its own source is read.
import json as _json

from sqlalchemy.dialects import mysql as _mysql
from sqlalchemy.types import Integer as _Integer
from sqlalchemy.types import Text as _Text
from sqlalchemy.types import TypeDecorator as _TypeDecorator


class JsonEncodedType(_TypeDecorator):
    __module__ = "oslo_db.sqlalchemy.types"
    type = None
    impl = _Text
    cache_ok = True

    def __init__(self, mysql_as_long=False, mysql_as_medium=False):
        super().__init__()
        if mysql_as_long and mysql_as_medium:
            raise TypeError("mysql_as_long and mysql_as_medium are mutually exclusive")
        if mysql_as_long:
            self.impl = _Text().with_variant(_mysql.LONGTEXT(), "mysql")
        elif mysql_as_medium:
            self.impl = _Text().with_variant(_mysql.MEDIUMTEXT(), "mysql")

    def process_bind_param(self, value, dialect):
        if value is None:
            if self.type is not None:
                value = self.type()
        elif self.type is not None and not isinstance(value, self.type):
            raise TypeError(
                "%s supposes to store %s objects, but %s given"
                % (self.__class__.__name__, self.type.__name__, type(value).__name__)
            )
        return _json.dumps(value)

    def process_result_value(self, value, dialect):
        return _json.loads(value) if value is not None else value


class JsonEncodedDict(JsonEncodedType):
    __module__ = "oslo_db.sqlalchemy.types"
    type = dict
    cache_ok = True


class JsonEncodedList(JsonEncodedType):
    __module__ = "oslo_db.sqlalchemy.types"
    type = list
    cache_ok = True


class SoftDeleteInteger(_TypeDecorator):
    __module__ = "oslo_db.sqlalchemy.types"
    impl = _Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else int(value)
