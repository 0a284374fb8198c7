//! What goes to a server: the text with its placeholders, and the values as drivers take them.

#![expect(
    clippy::unwrap_used,
    reason = "a statement that cannot be written fails the test"
)]

use indexmap::IndexMap;
use limbeck_schema::{
    BinaryOp, Bind, ColumnRef, ColumnType, Date, DateTime, EnumLabels, Expr, InItems, Literal,
    Name, Statement, TableName, TableRef, Text, Time, TypeClass, Update,
};
use limbeck_sql::{
    Dialect, ServerVersion, SqlAlchemyVersion, StatementMode, Target, render_statement,
};

fn target(dialect: Dialect) -> Target {
    let version = match dialect {
        Dialect::Postgres => ServerVersion::new(15, 0, 0),
        Dialect::MariaDb => ServerVersion::new(10, 11, 0),
        Dialect::MySql => ServerVersion::new(8, 0, 30),
        _ => ServerVersion::new(3, 40, 1),
    };
    Target::online(dialect, version, SqlAlchemyVersion::V2_1)
}

#[track_caller]
fn check(dialect: Dialect, statement: &Statement, sql: &str, values: &[Literal]) {
    let rendered = render_statement(
        statement,
        &IndexMap::new(),
        &target(dialect),
        StatementMode::Online,
    )
    .unwrap();
    assert_eq!(rendered.sql, sql, "{dialect}");
    assert_eq!(rendered.params, values, "{dialect}");
}

fn update(type_: ColumnType, value: Literal) -> Statement {
    let mut table = TableRef::new(TableName::new("t"));
    table.columns = vec![
        ("a".into(), Some(type_)),
        ("id".into(), Some(ColumnType::new(TypeClass::Integer))),
    ];
    let mut set = IndexMap::new();
    set.insert(Name::new("a"), Expr::Bind(Bind::value(value, None)));
    let id = Expr::Column(ColumnRef {
        table: Some(TableName::new("t")),
        name: "id".into(),
        type_: Some(Box::new(ColumnType::new(TypeClass::Integer))),
    });
    let members = [1, 2].map(|value| Expr::Bind(Bind::value(Literal::int(value), None)));
    Statement::Update(Box::new(Update {
        ctes: Vec::new(),
        table,
        set,
        ordered: false,
        from: Vec::new(),
        where_: vec![Expr::In {
            expr: Box::new(id),
            items: InItems::List(members.to_vec()),
            negated: false,
        }],
        returning: Vec::new(),
    }))
}

#[test]
fn placeholders_stand_in_the_order_of_their_values() {
    let statement = update(ColumnType::string(Some(5)), Literal::str("x"));
    let values = [Literal::str("x"), Literal::int(1), Literal::int(2)];
    check(
        Dialect::Postgres,
        &statement,
        "UPDATE t SET a=$1::VARCHAR WHERE t.id IN ($2::INTEGER, $3::INTEGER)",
        &values,
    );
    for dialect in [Dialect::MySql, Dialect::Sqlite] {
        check(
            dialect,
            &statement,
            "UPDATE t SET a=? WHERE t.id IN (?, ?)",
            &values,
        );
    }
}

#[test]
fn values_are_what_the_types_bind() {
    let sets = [
        (
            Dialect::Sqlite,
            TypeClass::Boolean,
            Literal::Bool(true),
            Literal::int(1),
        ),
        (
            Dialect::MySql,
            TypeClass::Boolean,
            Literal::Bool(false),
            Literal::int(0),
        ),
        (
            Dialect::Postgres,
            TypeClass::Boolean,
            Literal::Bool(true),
            Literal::Bool(true),
        ),
        (
            Dialect::Sqlite,
            TypeClass::DateTime,
            Literal::DateTime(DateTime {
                date: Date {
                    year: 2020,
                    month: 1,
                    day: 2,
                },
                time: Time {
                    hour: 3,
                    minute: 4,
                    second: 5,
                    microsecond: 0,
                    utc_offset: None,
                },
            }),
            Literal::str("2020-01-02 03:04:05.000000"),
        ),
        (
            Dialect::Sqlite,
            TypeClass::Json,
            Literal::Json("[1]".into()),
            Literal::Json("[1]".into()),
        ),
        (
            Dialect::Sqlite,
            TypeClass::Json,
            Literal::str("a\"b"),
            Literal::Json(r#""a\"b""#.into()),
        ),
        (
            Dialect::Sqlite,
            TypeClass::Uuid,
            Literal::Uuid([0x12; 16]),
            Literal::str("12".repeat(16)),
        ),
        (
            Dialect::Postgres,
            TypeClass::Uuid,
            Literal::Uuid([1; 16]),
            Literal::Uuid([1; 16]),
        ),
        (
            Dialect::Sqlite,
            TypeClass::Numeric,
            Literal::Decimal("1.50".into()),
            Literal::Float(1.5),
        ),
        (
            Dialect::Postgres,
            TypeClass::NullType,
            Literal::str("x"),
            Literal::str("x"),
        ),
    ];
    for (dialect, class, value, expected) in sets {
        let statement = update(ColumnType::new(class), value);
        let rendered = render_statement(
            &statement,
            &IndexMap::new(),
            &target(dialect),
            StatementMode::Online,
        )
        .unwrap();
        assert_eq!(
            rendered.params.first(),
            Some(&expected),
            "{dialect} {class:?}"
        );
    }
    let labels = ColumnType {
        labels: Some(EnumLabels {
            labels: vec!["RED".into()],
            enum_class: None,
        }),
        ..ColumnType::new(TypeClass::Enum)
    };
    let red = Literal::EnumMember {
        name: "RED".into(),
        value: Box::new(Literal::int(1)),
    };
    let rendered = render_statement(
        &update(labels, red),
        &IndexMap::new(),
        &target(Dialect::Postgres),
        StatementMode::Online,
    )
    .unwrap();
    assert_eq!(rendered.params.first(), Some(&Literal::str("RED")));
}

#[test]
fn text_takes_the_values_of_its_execution() {
    let statement = Statement::Text(Text::new(r"select :a, :b, :a, x::int, '\:c' || '50%'"));
    let given: IndexMap<String, Literal> = [
        ("a".to_owned(), Literal::int(1)),
        ("b".to_owned(), Literal::str("x")),
    ]
    .into_iter()
    .collect();
    let render = |dialect| {
        render_statement(&statement, &given, &target(dialect), StatementMode::Online).unwrap()
    };
    let postgres = render(Dialect::Postgres);
    assert_eq!(postgres.sql, "select $1, $2, $1, x::int, ':c' || '50%'");
    assert_eq!(postgres.params, [Literal::int(1), Literal::str("x")]);
    let mysql = render(Dialect::MySql);
    assert_eq!(mysql.sql, "select ?, ?, ?, x::int, ':c' || '50%'");
    assert_eq!(mysql.params.len(), 3);
    let missing = render_statement(
        &statement,
        &IndexMap::new(),
        &target(Dialect::Sqlite),
        StatementMode::Online,
    );
    assert_eq!(
        missing.unwrap_err().to_string(),
        "A value is required for bind parameter 'a'"
    );
}

#[test]
fn the_drivers_own_words_are_kept() {
    let statement = Statement::Driver {
        sql: "select '50%%' where a = %s".into(),
        params: vec![Literal::int(3)],
    };
    check(
        Dialect::Postgres,
        &statement,
        "select '50%' where a = $1",
        &[Literal::int(3)],
    );
    check(
        Dialect::MySql,
        &statement,
        "select '50%' where a = ?",
        &[Literal::int(3)],
    );
    let statement = Statement::Driver {
        sql: "select '50%%'".into(),
        params: vec![],
    };
    check(Dialect::Sqlite, &statement, "select '50%%'", &[]);
}

#[test]
fn an_operator_of_its_own_is_spaced() {
    let expr = Expr::Binary {
        left: Box::new(Expr::column("a")),
        op: BinaryOp::Custom {
            op: "&&".into(),
            precedence: 0,
            is_comparison: true,
        },
        right: Box::new(Expr::column("b")),
    };
    check(
        Dialect::Postgres,
        &Statement::Expr(Box::new(expr)),
        "SELECT a && b AS anon_1",
        &[],
    );
}
