import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade():
    job = sa.table("job", sa.column("id", sa.Integer), sa.column("result"), sa.column("at", sa.String))
    op.execute(
        job.update()
        .where(job.c.result == op.inline_literal("X"))
        .values({"result": op.inline_literal("Y"), "at": "Z"})
    )
    op.execute(job.insert().values(id=op.inline_literal(3), result=sa.literal("W")))
    op.bulk_insert(job, [{"id": 1, "at": op.inline_literal("V")}, {"id": 2, "at": "U"}])


def downgrade():
    job = sa.table("job", sa.column("result"))
    op.execute(job.update().values(result="Y"))
