# What the spatial types of geoalchemy2 are on PostgreSQL; their other databases are managed by functions of theirs.
from _limbeck import unreadable as _unreadable
from sqlalchemy.exc import ArgumentError as _ArgumentError
from sqlalchemy.types import UserDefinedType as _UserDefinedType


class _Spatial(_UserDefinedType):
    __only__ = "postgresql"
    # `ST_Equals` and its like.
    comparator_factory = object

    def __init__(
        self,
        geometry_type="GEOMETRY",
        srid=-1,
        dimension=None,
        spatial_index=True,
        use_N_D_index=False,
        use_typmod=None,
        from_text=None,
        name=None,
        nullable=True,
        **other,
    ):
        self.srid = int(srid if srid is not None else -1)
        self.geometry_type = geometry_type.upper() if geometry_type else geometry_type
        if use_typmod is False:
            _unreadable("a column that is managed by `AddGeometryColumn()` is not modelled")
        if use_typmod is not None and not nullable:
            raise _ArgumentError('The "nullable" and "use_typmod" arguments can not be used together')
        if dimension not in [None, 2, 3, 4]:
            raise ValueError(f"dimension must be one of [None, 2, 3, 4] but got {dimension}")
        if self.geometry_type is not None:
            if self.geometry_type.endswith("ZM"):
                if dimension not in [None, 4]:
                    raise ValueError("dimension must be 4 when geometry_type ends with 'ZM'")
                dimension = 4
            elif self.geometry_type[-1] in ["Z", "M"]:
                if dimension not in [None, 3]:
                    raise ValueError("dimension must be 3 when geometry_type ends with 'Z' or 'M'")
                dimension = 3
            else:
                dimension = 2
        self.dimension = dimension
        self.use_typmod = use_typmod
        if from_text is not None:
            self.from_text = from_text
        if name is not None:
            self.name = name
        self.spatial_index = spatial_index
        self.use_N_D_index = use_N_D_index
        self.nullable = nullable

    def get_col_spec(self):
        return f"{self.name}({self.geometry_type},{self.srid})" if self.geometry_type else self.name

    def __implied_index__(self, table, column):
        if not self.spatial_index:
            if self.use_N_D_index:
                raise _ArgumentError("Arg Error(use_N_D_index): spatial_index must be True")
            return None
        options = {"postgresql_using": "gist"}
        if self.use_N_D_index:
            options["postgresql_ops"] = {column: "gist_geometry_ops_nd"}
        return f"idx_{table}_{column}", options

    def bind_processor(self, dialect):
        _unreadable("a spatial value is not modelled")

    def literal_processor(self, dialect):
        _unreadable("a spatial value is not modelled")

    def column_expression(self, column):
        _unreadable("a spatial column that is selected is not modelled")


class Geometry(_Spatial):
    __module__ = "geoalchemy2.types"
    name = "geometry"
    from_text = "ST_GeomFromEWKT"


class Geography(_Spatial):
    __module__ = "geoalchemy2.types"
    name = "geography"
    from_text = "ST_GeogFromText"


class Raster(_Spatial):
    __module__ = "geoalchemy2.types"
    name = "raster"

    def __init__(self, spatial_index=True, from_text=None, name=None, nullable=True, **other):
        super().__init__(None, spatial_index=spatial_index, name=name, nullable=nullable)

    def __implied_index__(self, table, column):
        if self.spatial_index:
            _unreadable("the index that a raster column gets is not modelled")
        return None
