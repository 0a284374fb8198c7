import sqlalchemy as sa
from alembic import op
from alembic_postgresql_enum import ColumnType, TableReference
from alembic_postgresql_enum.sql_commands.indexes import TableIndex

revision = "1"
down_revision = None


def upgrade():
    op.sync_enum_values(
        enum_schema="public",
        enum_name="order_status",
        new_values=["active", "passive"],
        affected_columns=[
            TableReference(table_schema="public", table_name="orders", column_name="status", existing_server_default="'active'::order_status"),
            TableReference("orders", "many", column_type=ColumnType.ARRAY, existing_server_default="'{active}'::order_status[]"),
            TableReference(table_schema="other", table_name="Orders", column_name="plain"),
        ],
        enum_values_to_rename=[],
    )
    op.add_enum_value(enum_schema="public", enum_name="order_status", new_value="waiting", before_value="passive")
    op.add_enum_value("public", "order_status", "done")


def downgrade():
    op.sync_enum_values(
        enum_schema="public",
        enum_name="order_status",
        new_values=["active", "old"],
        affected_columns=[
            TableReference(table_schema="public", table_name="orders", column_name="status", existing_server_default="'waiting'::order_status"),
            TableReference(table_schema="public", table_name="orders", column_name="many", column_type=ColumnType.ARRAY, existing_server_default="ARRAY['done'::order_status]"),
            TableReference(table_schema="", table_name="orders", column_name="plain"),
        ],
        enum_values_to_rename=[("waiting", "active"), ("done", "old")],
        indexes_to_recreate=[TableIndex(name="public.ix_a", definition="CREATE INDEX ix_a ON public.orders (id) WHERE status = 'done'::order_status")],
    )
