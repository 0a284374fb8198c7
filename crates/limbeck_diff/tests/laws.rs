//! What holds for every comparison.

#![expect(clippy::unwrap_used, reason = "a law that cannot be checked fails")]

use limbeck_diff::{AutogenerateOptions, autogenerate, sorted_tables};
use limbeck_schema::{
    Column, ColumnForeignKey, ColumnType, Constraint, ConstraintBody, ConstraintName,
    ForeignKeyConstraint, Schema, Table, TableName, TypeClass,
};
use limbeck_sql::{Dialect, SqlAlchemyVersion, Target};

fn table(name: &str, refers_to: Option<&str>) -> Table {
    let mut table = Table::new(TableName::new(name));
    let mut id = Column::new("id", Some(ColumnType::new(TypeClass::Integer)));
    id.primary_key = true;
    id.nullable = false;
    table.columns.push(id);
    if let Some(parent) = refers_to {
        let mut column = Column::new("parent_id", Some(ColumnType::new(TypeClass::Integer)));
        column.index = Some(true);
        column.foreign_keys.push(ColumnForeignKey {
            constraint: Constraint::new(
                ConstraintName::None,
                ConstraintBody::ForeignKey(ForeignKeyConstraint {
                    columns: vec!["parent_id".into()],
                    referred_table: TableName::new(parent),
                    referred_columns: vec!["id".into()],
                    onupdate: None,
                    ondelete: None,
                    match_: None,
                    use_alter: false,
                }),
            ),
        });
        table.columns.push(column);
    }
    table
}

fn schema(tables: Vec<Table>) -> Schema {
    Schema {
        tables,
        ..Schema::default()
    }
}

fn check(dialect: Dialect, models: &Schema, database: &Schema, upgrade: &[&str]) {
    let target = Target::offline(dialect, SqlAlchemyVersion::V2_1);
    let options = AutogenerateOptions::new(&target);
    let found = autogenerate(std::slice::from_ref(models), database, &options).unwrap();
    let directives = |items: &[limbeck_schema::ScriptOp]| -> Vec<&str> {
        items
            .iter()
            .flat_map(|item| item.ops())
            .map(|op| op.directive())
            .collect()
    };
    assert_eq!(directives(&found.upgrade), upgrade, "{dialect:?}");
    assert_eq!(
        directives(&found.downgrade).len(),
        upgrade.len(),
        "{dialect:?}"
    );
}

/// Named as the database names it.
fn stored(tables: Vec<Table>) -> Schema {
    let models = schema(tables);
    let convention = &models.naming_convention;
    let tables = models.tables.iter();
    schema(
        tables
            .map(|table| table.flattened_by(convention).unwrap())
            .collect(),
    )
}

#[test]
fn what_is_the_same_gives_nothing() {
    for dialect in Dialect::ALL {
        let tables = vec![table("child", Some("parent")), table("parent", None)];
        check(dialect, &schema(tables.clone()), &stored(tables), &[]);
    }
}

#[test]
fn tables_come_after_those_they_refer_to_and_go_before_them() {
    for dialect in Dialect::ALL {
        let tables = vec![table("a_child", Some("parent")), table("parent", None)];
        check(
            dialect,
            &schema(tables.clone()),
            &Schema::default(),
            &["create_table", "create_table", "create_index"],
        );
        check(
            dialect,
            &Schema::default(),
            &stored(tables),
            &["drop_index", "drop_table", "drop_table"],
        );
    }
}

#[test]
fn a_cycle_is_told_and_sorted_by_name() {
    let sorted = sorted_tables(&[
        table("b", Some("a")),
        table("a", Some("b")),
        table("0", None),
    ]);
    let names: Vec<String> = sorted.tables.iter().map(|it| it.name.to_string()).collect();
    assert_eq!(names, ["0", "a", "b"]);
    assert!(sorted.warnings.iter().any(|it| it.contains("\"a, b\"")));
}
