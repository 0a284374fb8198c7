import sqlalchemy as sa
from alembic import op
from oslo_db.sqlalchemy import types as db_types
from oslo_log import log as logging
from oslo_utils import strutils, uuidutils

revision = "1"
down_revision = None

LOG = logging.getLogger(__name__)


def upgrade():
    LOG.info("Creating %s", "nodes")
    op.create_table(
        "nodes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("traits", db_types.JsonEncodedList(), nullable=True),
        sa.Column("info", db_types.JsonEncodedDict(mysql_as_long=True)),
        sa.Column("extra", db_types.JsonEncodedDict(mysql_as_medium=True)),
        sa.Column("deleted", db_types.SoftDeleteInteger()),
    )
    nodes = sa.table(
        "nodes",
        sa.column("traits", db_types.JsonEncodedList()),
        sa.column("info", db_types.JsonEncodedDict()),
        sa.column("extra", db_types.JsonEncodedDict()),
        sa.column("deleted", db_types.SoftDeleteInteger()),
    )
    op.bulk_insert(nodes, [{"traits": [1, "a"], "info": {"b": None}, "extra": None, "deleted": False}])
    op.alter_column("nodes", "info", existing_type=sa.Text(), type_=db_types.JsonEncodedDict(mysql_as_long=True).impl)
    if strutils.bool_from_string(" Yes ") and not strutils.bool_from_string("maybe"):
        op.execute("SELECT 1")
    if uuidutils.is_uuid_like("12345678-1234-5678-1234-567812345678") and not uuidutils.is_uuid_like("x"):
        op.execute("SELECT 2")


def downgrade():
    LOG.warning("Dropping nodes")
    op.drop_table("nodes")
