from alembic import op
from alembic_utils.pg_extension import PGExtension
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_grant_table import PGGrantTable, PGGrantTableChoice
from alembic_utils.pg_materialized_view import PGMaterializedView
from alembic_utils.pg_policy import PGPolicy
from alembic_utils.pg_trigger import PGTrigger
from alembic_utils.pg_view import PGView
from sqlalchemy import text as sql_text

revision = "1"
down_revision = None

trigram = PGExtension(schema="public", signature="pg_trgm")


def function(body):
    return PGFunction(
        schema="public",
        signature="toUpper(some_text text DEFAULT 'a:b', other  text default 'x')",
        definition=f"RETURNS text as\n$$ {body} $$ language SQL;",
    )


block = PGFunction(
    schema='"app"',
    signature="touch()",
    definition="returns trigger AS $$\nDECLARE n int := 1;\nBEGIN\n  NEW.at := now()::text || ':x' || '\\:y';\n  RETURN NEW;\nEND;\n"
    "$$ LANGUAGE 'plpgsql' ;",
)
view = PGView(schema="public", signature="my view", definition="SELECT a::int, '\\:b' AS b FROM t;")
total = PGMaterializedView(schema="public", signature="totals", definition="SELECT 1::int AS one;\n", with_data=False)
filled = PGMaterializedView.from_sql("CREATE MATERIALIZED VIEW public.filled (a) AS SELECT 2 AS a WITH DATA;")
trigger = PGTrigger(
    schema="public",
    signature="lower_account_EMAIL",
    on_entity="account",
    definition="BEFORE INSERT\nON public.account\nFOR EACH ROW EXECUTE PROCEDURE public.downcase_email()",
)
constraint = PGTrigger.from_sql(
    "create constraint trigger checked after update on app.account deferrable for each row execute function app.touch()"
)
policy = PGPolicy(
    schema="public",
    signature="allow_read",
    on_entity="public.some_tab",
    definition="AS PERMISSIVE\nFOR SELECT\nTO anon_user\nUSING (note = 'a:b')",
)
grant = PGGrantTable(
    schema="public",
    table="account",
    role="anon_user",
    grant=PGGrantTableChoice.SELECT,
    columns=["id", "email"],
    with_grant_option=True,
)
truncate = PGGrantTable(schema="public", table="account", role="anon_user", grant="TRUNCATE")
parsed = PGFunction.from_sql("CREATE OR REPLACE FUNCTION public.add_one(n int)\nRETURNS int AS $$ select n + 1 $$ language sql")
shown = PGView.from_sql('create or replace view public."seen" as select 1 as one')


def upgrade():
    op.create_entity(trigram)
    op.create_entity(function("select upper(some_text) || '::' || ':c'"))
    op.create_entity(block)
    op.create_entity(parsed)
    op.create_entity(view)
    op.create_entity(shown)
    op.create_entity(total)
    op.create_entity(filled)
    op.create_entity(trigger)
    op.create_entity(constraint)
    op.create_entity(policy)
    op.create_entity(grant)
    op.create_entity(truncate)
    op.replace_entity(function("select lower(some_text)"))
    op.replace_entity(view)
    op.replace_entity(total)
    op.replace_entity(constraint)
    op.replace_entity(policy)
    op.replace_entity(truncate)
    op.execute(sql_text("SELECT 1"))


def downgrade():
    op.drop_entity(truncate)
    op.drop_entity(grant)
    op.drop_entity(policy)
    op.drop_entity(trigger, cascade=True)
    op.drop_entity(filled)
    op.drop_entity(total, cascade=True)
    op.drop_entity(view)
    op.drop_entity(parsed)
    op.drop_entity(block)
    op.drop_entity(function("x"), cascade=True)
    op.drop_entity(trigram)
