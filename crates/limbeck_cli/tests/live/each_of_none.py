# Configured with: transaction_per_migration=True
# Command: downgrade base
# Without a step there is no transaction that would keep the version table.


def upgrade():
    pass
