//! Operations run on real servers: what the compiler writes is what the server takes.
#![expect(
    clippy::unwrap_used,
    reason = "a step of a test that fails must end it"
)]

use indexmap::IndexMap;
use limbeck_db::{Connection, Server};
use limbeck_schema::{
    AddColumn, AddConstraint, AlterColumn, BulkInsert, Change, CheckConstraint, Column,
    ColumnForeignKey, ColumnPosition, ColumnType, Computed, Constraint, ConstraintBody,
    ConstraintName, CreateIndex, CreateTable, CreateTableComment, DropColumn, DropConstraint,
    DropIndex, DropTable, EnumLabels, Expr, ForeignKeyConstraint, Identity, Index, IndexElement,
    Literal, MssqlDropColumn, Name, NamingConvention, Op, OptionValue, PrimaryKeyConstraint,
    RenameTable, ServerDefault, SourcedOp, Table, TableName, TableRef, TypeClass, UniqueConstraint,
};
use limbeck_sql::{CompileContext, Dialect, ServerVersion, SqlAlchemyVersion, Target, compile_ops};
use limbeck_testkit::Database;

fn target(connection: &dyn Connection) -> Target {
    let version = connection.version();
    let version = ServerVersion::new(version.major, version.minor, version.patch);
    let dialect = match connection.server() {
        Server::Sqlite => Dialect::Sqlite,
        Server::Postgres => Dialect::Postgres,
        Server::MySql => Dialect::MySql,
        Server::MariaDb => Dialect::MariaDb,
    };
    Target::online(dialect, version, SqlAlchemyVersion::V2_1)
}

fn run(connection: &mut dyn Connection, ops: Vec<Op>) {
    let ops: Vec<SourcedOp> = ops.into_iter().map(SourcedOp::unsourced).collect();
    let target = target(connection);
    let mut context = CompileContext::online(NamingConvention::default(), None);
    let mut statements = Vec::new();
    compile_ops(&ops, &target, &mut context, &mut statements).unwrap();
    for statement in statements {
        let result = if statement.params.is_empty() {
            connection.execute(&statement.sql)
        } else {
            connection.execute_params(&statement.sql, &statement.params)
        };
        result.unwrap_or_else(|error| panic!("{}\n{}", statement.sql, error.diagnostic.message));
    }
}

fn scalar(connection: &mut dyn Connection, sql: &str) -> String {
    match connection.execute(sql).unwrap().scalar() {
        Some(Literal::Int(value)) => value.to_string(),
        Some(Literal::Str(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn table(name: &str) -> TableName {
    TableName::new(name)
}

fn integer(name: &str) -> Column {
    Column::new(name, Some(ColumnType::new(TypeClass::Integer)))
}

fn key() -> Column {
    let mut column = integer("id");
    column.primary_key = true;
    column.nullable = false;
    column
}

fn foreign_key(name: &str, column: &str, to: &str) -> Constraint {
    Constraint::new(
        ConstraintName::Given(name.into()),
        ConstraintBody::ForeignKey(ForeignKeyConstraint {
            columns: vec![column.into()],
            referred_table: table(to),
            referred_columns: vec!["id".into()],
            onupdate: None,
            ondelete: Some("CASCADE".to_owned()),
            match_: None,
            use_alter: false,
        }),
    )
}

fn create(table: Table) -> Op {
    Op::CreateTable(Box::new(CreateTable {
        table,
        if_not_exists: false,
        metadata: None,
    }))
}

/// Two tables with one of everything that every server has.
fn set_up() -> Vec<Op> {
    let mut owner = Table::new(table("owner"));
    owner.columns.push(key());
    let mut items = Table::new(table("order"));
    items.columns.push(key());
    let mut label = Column::new("La bel", Some(ColumnType::string(Some(20))));
    label.server_default = Some(ServerDefault::Text("it's".to_owned()));
    label.nullable = false;
    label.comment = Some("a comment".to_owned());
    items.columns.push(label);
    let mut kind = ColumnType::new(TypeClass::Enum);
    kind.name = Some("kind".into());
    kind.labels = Some(EnumLabels {
        labels: vec!["a".to_owned(), "b".to_owned()],
        enum_class: None,
    });
    kind.create_constraint = true;
    items.columns.push(Column::new("kind", Some(kind)));
    let mut made = Column::new("made", Some(ColumnType::new(TypeClass::DateTime)));
    made.server_default = Some(ServerDefault::Expr(Expr::text("CURRENT_TIMESTAMP")));
    items.columns.push(made);
    items.columns.push(integer("n"));
    let mut twice = integer("twice");
    twice.server_default = Some(ServerDefault::Computed(Computed {
        sqltext: Expr::text("n * 2"),
        persisted: Some(true),
    }));
    items.columns.push(twice);
    let mut owner_id = integer("owner_id");
    owner_id.foreign_keys.push(ColumnForeignKey {
        constraint: foreign_key("fk_owner", "owner_id", "owner"),
    });
    items.columns.push(owner_id);
    items.constraints.push(Constraint::new(
        ConstraintName::Given("ck_n".into()),
        ConstraintBody::Check(CheckConstraint {
            sqltext: Expr::text("n >= 0"),
            type_bound: None,
        }),
    ));
    items.constraints.push(Constraint::new(
        ConstraintName::Given("uq_n".into()),
        ConstraintBody::Unique(UniqueConstraint {
            columns: vec!["n".into()],
        }),
    ));
    items.constraints.push(Constraint::new(
        ConstraintName::None,
        ConstraintBody::PrimaryKey(PrimaryKeyConstraint {
            columns: vec!["id".into()],
        }),
    ));
    let index = Index {
        name: ConstraintName::Given("ix_label".into()),
        elements: vec![
            IndexElement::Column("La bel".into()),
            IndexElement::Column("n".into()),
        ],
        unique: false,
        column_flag: false,
        options: IndexMap::from([(
            "postgresql_where".to_owned(),
            OptionValue::Expr(Expr::text("n > 5")),
        )]),
    };
    let rows = vec![
        IndexMap::from([("n".to_owned(), value(1)), ("kind".to_owned(), text("a"))]),
        IndexMap::from([("n".to_owned(), value(2)), ("kind".to_owned(), text("b"))]),
    ];
    let mut place = TableRef::new(table("order"));
    place.columns = vec![
        ("n".into(), Some(ColumnType::new(TypeClass::Integer))),
        ("kind".into(), Some(ColumnType::string(None))),
    ];
    vec![
        create(owner),
        create(items),
        Op::CreateIndex(Box::new(CreateIndex {
            table: table("order"),
            index,
            if_not_exists: false,
        })),
        Op::BulkInsert(Box::new(BulkInsert {
            table: place,
            defaults: IndexMap::new(),
            rows,
            multiinsert: true,
        })),
    ]
}

fn value(number: i64) -> Expr {
    Expr::Bind(limbeck_schema::Bind::value(
        Literal::int(number),
        Some(ColumnType::new(TypeClass::Integer)),
    ))
}

fn text(text: &str) -> Expr {
    Expr::LiteralColumn {
        sql: format!("'{text}'"),
        type_: None,
    }
}

fn alter(column: &str, change: impl FnOnce(&mut AlterColumn)) -> Op {
    let mut op = AlterColumn::new(table("order"), Name::new(column));
    change(&mut op);
    Op::AlterColumn(Box::new(op))
}

fn add_column(column: Column) -> Op {
    Op::AddColumn(Box::new(AddColumn {
        table: table("order"),
        column,
        if_not_exists: false,
        inline_references: false,
        inline_primary_key: false,
        position: ColumnPosition::default(),
    }))
}

fn drop_column(name: &str) -> Op {
    Op::DropColumn(DropColumn {
        table: table("order"),
        column: name.into(),
        if_exists: false,
        mssql: MssqlDropColumn::default(),
        dropped: None,
    })
}

fn drop_constraint(name: &str, kind: &str) -> Op {
    Op::DropConstraint(DropConstraint {
        name: ConstraintName::Given(name.into()),
        table: table("order"),
        type_: Some(kind.to_owned()),
        if_exists: true,
        dropped: None,
    })
}

#[test]
fn tables_with_one_of_everything_are_created_on_every_server() {
    for server in [Server::Sqlite, Server::Postgres, Server::MariaDb] {
        let database = Database::create(server);
        let mut connection = database.connect();
        run(&mut *connection, set_up());
        let quote = if server == Server::MariaDb { '`' } else { '"' };
        let sql = format!("SELECT sum(twice) FROM {quote}order{quote}");
        assert_eq!(
            scalar(
                &mut *connection,
                &format!("SELECT CAST(({sql}) AS CHAR(1))")
            ),
            "6",
            "{server:?}"
        );
        let label = format!("SELECT {quote}La bel{quote} FROM {quote}order{quote} WHERE n = 1");
        assert_eq!(scalar(&mut *connection, &label), "it's", "{server:?}");
        run(
            &mut *connection,
            vec![
                add_column(integer("spare")),
                drop_column("spare"),
                Op::DropIndex(DropIndex {
                    name: ConstraintName::Given("ix_label".into()),
                    table: Some("order".into()),
                    schema: None,
                    if_exists: false,
                    options: IndexMap::new(),
                    dropped: None,
                }),
                Op::RenameTable(RenameTable {
                    table: table("order"),
                    new_name: "items".into(),
                }),
                Op::DropTable(DropTable {
                    table: table("items"),
                    if_exists: true,
                    dropped: None,
                    options: IndexMap::new(),
                }),
            ],
        );
    }
}

#[test]
fn columns_and_constraints_are_altered_where_the_server_can() {
    for server in [Server::Postgres, Server::MariaDb] {
        let database = Database::create(server);
        let mut connection = database.connect();
        run(&mut *connection, set_up());
        let integer_type = || Some(ColumnType::new(TypeClass::Integer));
        let mut counted = Column::new("counted", integer_type());
        if server == Server::Postgres {
            counted.server_default = Some(ServerDefault::Identity(Identity {
                always: true,
                ..Identity::default()
            }));
            counted.nullable = false;
        }
        let unique = Constraint::new(
            ConstraintName::Given("uq_two".into()),
            ConstraintBody::Unique(UniqueConstraint {
                columns: vec!["n".into(), "owner_id".into()],
            }),
        );
        run(
            &mut *connection,
            vec![
                add_column(counted),
                alter("owner_id", |op| {
                    op.nullable = Some(true);
                    op.server_default = Change::Set(ServerDefault::Text("1".to_owned()));
                    op.comment = Change::Set("100%".to_owned());
                    op.existing_type = integer_type();
                }),
                alter("owner_id", |op| {
                    op.server_default = Change::Drop;
                    op.existing_type = integer_type();
                }),
                alter("made", |op| {
                    op.new_name = Some("made_at".into());
                    op.existing_type = Some(ColumnType::new(TypeClass::DateTime));
                }),
                alter("La bel", |op| {
                    op.type_ = Some(ColumnType::string(Some(40)));
                    op.existing_nullable = Some(false);
                    op.postgresql_using = Some("\"La bel\"::varchar".to_owned());
                }),
                Op::AddConstraint(Box::new(AddConstraint {
                    table: table("order"),
                    constraint: unique,
                })),
                drop_constraint("uq_two", "unique"),
                drop_constraint("ck_n", "check"),
                drop_constraint("fk_owner", "foreignkey"),
                Op::CreateTableComment(CreateTableComment {
                    table: table("order"),
                    comment: Some("it's".to_owned()),
                    existing_comment: None,
                }),
            ],
        );
        let here = if server == Server::MariaDb {
            "DATABASE()"
        } else {
            "'public'"
        };
        let columns = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'order' AND column_name IN ('made_at', 'counted', 'made')";
        let columns = format!("{columns} AND table_schema = {here}");
        assert_eq!(scalar(&mut *connection, &columns), "2", "{server:?}");
        let checks = "SELECT count(*) FROM information_schema.table_constraints WHERE table_name = 'order' AND constraint_name IN ('ck_n', 'fk_owner', 'uq_two', 'uq_n')";
        let checks = format!("{checks} AND table_schema = {here}");
        assert_eq!(scalar(&mut *connection, &checks), "1", "{server:?}");
    }
}

#[test]
fn a_cycle_of_tables_is_closed_when_both_are_there() {
    for server in [Server::Sqlite, Server::Postgres, Server::MariaDb] {
        let database = Database::create(server);
        let mut connection = database.connect();
        let side = |name: &str, other: &str, later: bool| {
            let mut it = Table::new(table(name));
            it.columns.extend([key(), integer("other_id")]);
            let mut constraint = foreign_key(&format!("fk_{name}"), "other_id", other);
            if let ConstraintBody::ForeignKey(body) = &mut constraint.body {
                body.use_alter = later;
            }
            it.constraints.push(constraint);
            create(it)
        };
        run(
            &mut *connection,
            vec![side("a", "b", true), side("b", "a", false)],
        );
        let count = match server {
            Server::Sqlite => "SELECT count(*) FROM pragma_foreign_key_list('a')",
            _ => {
                "SELECT count(*) FROM information_schema.table_constraints WHERE constraint_name IN ('fk_a', 'fk_b')"
            }
        };
        let expected = if server == Server::Sqlite { "1" } else { "2" };
        assert_eq!(scalar(&mut *connection, count), expected, "{server:?}");
    }
}
