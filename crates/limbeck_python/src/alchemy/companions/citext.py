# sqlalchemy-citext: `CIText` is spelled alike everywhere, and written as a string on PostgreSQL.
from sqlalchemy.dialects.postgresql import CITEXT as _CITEXT
from sqlalchemy.types import UserDefinedType as _UserDefinedType


class CIText(_UserDefinedType):
    __module__ = "citext"
    __postgresql__ = _CITEXT()

    def get_col_spec(self, **kw):
        return "CITEXT"
