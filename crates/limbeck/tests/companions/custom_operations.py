import sqlalchemy as sa
from alembic import op
from alembic.operations import MigrateOperation, Operations

revision = "1"
down_revision = None


class ReplaceableObject:
    def __init__(self, name, sqltext):
        self.name = name
        self.sqltext = sqltext


class ReversibleOp(MigrateOperation):
    def __init__(self, target, schema=None):
        self.target = target
        self.schema = schema

    @classmethod
    def invoke_for_target(cls, operations, target, **kw):
        return operations.invoke(cls(target, **kw))

    def reverse(self):
        raise NotImplementedError()


@Operations.register_operation("create_view", "invoke_for_target")
class CreateViewOp(ReversibleOp):
    def reverse(self):
        return DropViewOp(self.target)


@Operations.register_operation("drop_view", "invoke_for_target")
class DropViewOp(ReversibleOp):
    def reverse(self):
        return CreateViewOp(self.target)


@Operations.register_operation("add_flag")
class AddFlagOp(MigrateOperation):
    def __init__(self, table, name):
        self.table = table
        self.name = name

    @classmethod
    def add_flag(cls, operations, table, name, **kw):
        op = AddFlagOp(table, name, **kw)
        return operations.invoke(op)


@Operations.implementation_for(CreateViewOp)
def create_view(operations, operation):
    prefix = f"{operation.schema}." if operation.schema else ""
    operations.execute("CREATE VIEW %s%s AS %s" % (prefix, operation.target.name, operation.target.sqltext))


@Operations.implementation_for(DropViewOp)
def drop_view(operations, operation):
    operations.execute("DROP VIEW %s" % operation.target.name)


@Operations.implementation_for(AddFlagOp)
def add_flag(operations, operation):
    operations.add_column(operation.table, sa.Column(operation.name, sa.Boolean(), server_default=sa.false()))
    if operations.get_context().dialect.name == "postgresql":
        operations.execute("COMMENT ON TABLE %s IS 'flagged'" % operation.table)


view = ReplaceableObject("customers", "SELECT name FROM customer WHERE x = 5")


def upgrade():
    op.create_view(view, schema="s")
    op.add_flag("customer", "is_new")


def downgrade():
    op.drop_view(view)
    op.invoke(DropViewOp(ReplaceableObject("other", "")))
