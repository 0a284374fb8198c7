//! The version table, as Alembic creates and changes it.

use limbeck_diag::Result;
use limbeck_schema::{
    Column, ColumnType, Constraint, ConstraintBody, ConstraintName, Name, NamingConvention,
    PrimaryKeyConstraint, Table, TableName,
};

use crate::ddl::Writer;
use crate::ddl::bound::bind_table;
use crate::ddl::table::create_table;
use crate::dialect::{Compat, Dialect, Target};

/// Alembic's version table: its name and whether it has a key (`version_table_pk`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionTable {
    /// `version_table` and `version_table_schema`.
    pub name: TableName,
    /// `version_table_pk`
    pub primary_key: bool,
}

impl Default for VersionTable {
    /// `alembic_version`, with a key.
    fn default() -> VersionTable {
        VersionTable {
            name: TableName::new("alembic_version"),
            primary_key: true,
        }
    }
}

impl VersionTable {
    /// The table as a table.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(self.name.clone());
        let mut column = Column::new("version_num", Some(ColumnType::string(Some(32))));
        column.nullable = false;
        column.nullable_given = true;
        table.columns.push(column);
        if self.primary_key {
            let name = ConstraintName::Given(Name::new(format!("{}_pkc", self.name.name)));
            let body = PrimaryKeyConstraint {
                columns: vec![Name::new("version_num")],
            };
            table
                .constraints
                .push(Constraint::new(name, ConstraintBody::PrimaryKey(body)));
        }
        table
    }

    /// `CREATE TABLE`. `offline` decides, as for every table, how its lines are indented.
    ///
    /// # Errors
    /// A name that is too long for the database.
    pub fn render_create(&self, target: &Target, offline: bool) -> Result<String> {
        let writer = Writer::new(target, offline);
        let bound = bind_table(&self.table(), &NamingConvention::default(), &writer)?;
        create_table(&writer, &bound, false)
    }

    /// `INSERT` of a revision. In a script (`offline`) it carries the RETURNING that SQLAlchemy adds; a runner needs none.
    #[must_use]
    pub fn render_insert(&self, revision: &str, target: &Target, offline: bool) -> String {
        let table = target.format_table(&self.name);
        let asks = offline && self.primary_key && target.caps.insert_returning;
        let returning = match target.dialect {
            Dialect::Postgres | Dialect::MariaDb => format!(" RETURNING {table}.version_num"),
            Dialect::Sqlite => " RETURNING version_num".to_owned(),
            Dialect::Oracle if target.compat == Compat::Alembic => {
                format!(" RETURNING {table}.version_num INTO :ret_0")
            }
            // SQL Server asks elsewhere; a script of Oracle has no place for the answer.
            Dialect::MySql | Dialect::MsSql | Dialect::Oracle => String::new(),
        };
        let output = match target.dialect {
            Dialect::MsSql if asks => " OUTPUT inserted.version_num",
            Dialect::Postgres
            | Dialect::MySql
            | Dialect::MariaDb
            | Dialect::Sqlite
            | Dialect::MsSql
            | Dialect::Oracle => "",
        };
        let returning = if asks { returning } else { String::new() };
        format!("INSERT INTO {table} (version_num){output} VALUES ('{revision}'){returning}")
    }

    /// `UPDATE` of the row of one revision to another.
    #[must_use]
    pub fn render_update(&self, from: &str, to: &str, target: &Target) -> String {
        let table = target.format_table(&self.name);
        format!("UPDATE {table} SET version_num='{to}' WHERE {table}.version_num = '{from}'")
    }

    /// `DELETE` of the row of a revision.
    #[must_use]
    pub fn render_delete(&self, revision: &str, target: &Target) -> String {
        let table = target.format_table(&self.name);
        format!("DELETE FROM {table} WHERE {table}.version_num = '{revision}'")
    }

    /// How many tables there are of its name: none or one.
    #[must_use]
    pub fn render_exists(&self, target: &Target) -> String {
        let text = |name: &str| format!("'{}'", name.replace('\'', "''"));
        let name = text(&self.name.name.text);
        let schema = self.name.schema.as_ref().map(|schema| text(&schema.text));
        match target.dialect {
            Dialect::Postgres => {
                let place = match schema {
                    Some(schema) => format!("n.nspname = {schema}"),
                    None => "pg_catalog.pg_table_is_visible(c.oid)".to_owned(),
                };
                format!(
                    "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                     WHERE c.relname = {name} AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND {place}"
                )
            }
            Dialect::Sqlite => {
                let place = match &self.name.schema {
                    Some(schema) => format!("{}.sqlite_master", target.quote_schema(schema)),
                    None => "sqlite_master".to_owned(),
                };
                format!(
                    "SELECT count(*) FROM {place} WHERE type IN ('table', 'view') AND name = {name}"
                )
            }
            Dialect::MySql | Dialect::MariaDb | Dialect::MsSql | Dialect::Oracle => {
                let schema = schema.unwrap_or_else(|| "DATABASE()".to_owned());
                format!(
                    "SELECT count(*) FROM information_schema.tables WHERE table_schema = {schema} AND table_name = {name}"
                )
            }
        }
    }

    /// `SELECT` of all rows.
    #[must_use]
    pub fn render_select(&self, target: &Target) -> String {
        let table = target.format_table(&self.name);
        format!("SELECT {table}.version_num \nFROM {table}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::SqlAlchemyVersion;

    fn check(dialect: Dialect, expected: [&str; 4]) {
        let target = Target::offline(dialect, SqlAlchemyVersion::V2_1);
        let table = VersionTable::default();
        let texts = [
            table.render_create(&target, true).unwrap(),
            table.render_insert("bbbb", &target, true),
            table.render_update("bbbb", "cccc", &target),
            table.render_delete("cccc", &target),
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn statements_are_alembics() {
        let create = "CREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL, \n    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n)";
        let update = "UPDATE alembic_version SET version_num='cccc' WHERE alembic_version.version_num = 'bbbb'";
        let delete = "DELETE FROM alembic_version WHERE alembic_version.version_num = 'cccc'";
        let insert = "INSERT INTO alembic_version (version_num) VALUES ('bbbb') RETURNING alembic_version.version_num";
        check(Dialect::Postgres, [create, insert, update, delete]);
        check(Dialect::MariaDb, [create, insert, update, delete]);
        let plain = "INSERT INTO alembic_version (version_num) VALUES ('bbbb')";
        check(Dialect::MySql, [create, plain, update, delete]);
        let sqlite =
            "INSERT INTO alembic_version (version_num) VALUES ('bbbb') RETURNING version_num";
        check(Dialect::Sqlite, [create, sqlite, update, delete]);
        let mssql =
            "INSERT INTO alembic_version (version_num) OUTPUT inserted.version_num VALUES ('bbbb')";
        check(Dialect::MsSql, [create, mssql, update, delete]);
        let oracle = "CREATE TABLE alembic_version (\n    version_num VARCHAR2(32 CHAR) NOT NULL, \n    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n)";
        check(Dialect::Oracle, [oracle, plain, update, delete]);
    }
}
