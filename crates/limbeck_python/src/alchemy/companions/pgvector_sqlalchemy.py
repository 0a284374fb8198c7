# What the types of pgvector are in SQL.
from _limbeck import unreadable as _unreadable
from sqlalchemy.dialects.postgresql import BIT as _BIT
from sqlalchemy.types import TypeDecorator as _TypeDecorator, UserDefinedType as _UserDefinedType


class _Vector(_UserDefinedType):
    cache_ok = True
    # `<->` and its like.
    comparator_factory = object

    def __init__(self, dim=None):
        self.dim = dim

    def get_col_spec(self, **kw):
        return self.spelled if self.dim is None else "%s(%d)" % (self.spelled, self.dim)

    def bind_processor(self, dialect):
        _unreadable("a vector bound as a value is not modelled")

    def literal_processor(self, dialect):
        _unreadable("a vector bound as a value is not modelled")


class VECTOR(_Vector):
    __module__ = "pgvector.sqlalchemy.vector"
    spelled = "VECTOR"


class HALFVEC(_Vector):
    __module__ = "pgvector.sqlalchemy.halfvec"
    spelled = "HALFVEC"


class SPARSEVEC(_Vector):
    __module__ = "pgvector.sqlalchemy.sparsevec"
    spelled = "SPARSEVEC"


class BIT(_TypeDecorator):
    __module__ = "pgvector.sqlalchemy.bit"
    impl = _BIT
    cache_ok = True
    comparator_factory = object


Vector = VECTOR
