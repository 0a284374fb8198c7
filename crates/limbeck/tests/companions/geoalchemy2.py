# Limbeck reads it on: postgresql
import geoalchemy2
import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography, Geometry, Raster
from geoalchemy2 import alembic_helpers  # noqa: F401

revision = "1"
down_revision = None


def upgrade():
    op.create_table(
        "lake",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("geom", Geometry(geometry_type="POINT", srid=4326)),
        sa.Column("area", geoalchemy2.types.Geography("MultiPolygon", srid=4326, spatial_index=False), nullable=False),
    )
    op.create_geospatial_table(
        "city",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("geom", Geometry(geometry_type="LINESTRINGZ", srid=2154, dimension=3, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"), nullable=True),
        sa.Column("any", Geometry(geometry_type=None, spatial_index=False)),
        sa.Column("rast", Raster(spatial_index=False)),
        sa.PrimaryKeyConstraint("id"),
        schema="geo",
    )
    op.create_geospatial_index("idx_city_geom", "city", ["geom"], schema="geo", unique=False, postgresql_using="gist", postgresql_ops={})
    op.add_column("lake", sa.Column("shore", Geometry("LINESTRING", use_N_D_index=True), nullable=True))
    op.add_geospatial_column("lake", sa.Column("deep", Geography("POINT", 4326)))
    op.create_table("bare", sa.Column("g", Geometry))


def downgrade():
    op.drop_geospatial_column("lake", "deep")
    op.drop_geospatial_index("idx_city_geom", table_name="city", schema="geo", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("city", schema="geo")
    with op.batch_alter_table("lake") as batch_op:
        batch_op.create_geospatial_index("idx_lake_geom", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={})
        batch_op.drop_geospatial_index("idx_lake_area", postgresql_using="gist", column_name="area")
        batch_op.drop_column("geom")
