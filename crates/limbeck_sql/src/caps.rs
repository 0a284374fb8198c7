//! What each database can do: one record a dialect, all on one screen.

use crate::dialect::{Dialect, ServerVersion, SqlAlchemyVersion};

/// Where the comment of a table or column is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommentStyle {
    /// `COMMENT ON …` as a statement of its own.
    Statement,
    /// Inside `CREATE TABLE` and `ALTER TABLE`.
    Inline,
    /// `sp_addextendedproperty`.
    ExtendedProperty,
    /// The database has no comments: they are left out.
    None,
}

/// Capabilities of a dialect, as SQLAlchemy and Alembic see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// A failed migration rolls its DDL back (Alembic's `transactional_ddl`).
    pub transactional_ddl: bool,
    /// Longest identifier, in characters.
    pub max_identifier: usize,
    /// Longest name of an index.
    pub max_index_name: usize,
    /// Longest name of a constraint.
    pub max_constraint_name: usize,
    /// There is a boolean type, and `true`/`false` can be bound.
    pub native_boolean: bool,
    /// There are enumerated types.
    pub native_enum: bool,
    /// There is a UUID type.
    pub native_uuid: bool,
    /// A CHECK is dropped with `DROP CONSTRAINT`, where its relatives say `DROP CHECK`.
    pub drops_check_as_constraint: bool,
    /// Where comments go.
    pub comments: CommentStyle,
    /// `CREATE SEQUENCE` exists.
    pub sequences: bool,
    /// Sequences marked `optional=True` are left out.
    pub sequences_optional: bool,
    /// `GENERATED … AS IDENTITY` or `IDENTITY(…)` exists.
    pub identity_columns: bool,
    /// `ALTER TABLE … ADD CONSTRAINT` exists.
    pub alter: bool,
    /// `INSERT … RETURNING` (or `OUTPUT`) is used to get keys back.
    pub insert_returning: bool,
    /// `INSERT … VALUES (…), (…)` exists.
    pub multivalues_insert: bool,
    /// What ends a statement in a script.
    pub terminator: &'static str,
    /// What stands on a line of its own after a statement in a script.
    pub batch_separator: Option<&'static str>,
}

const POSTGRES: Caps = Caps {
    transactional_ddl: true,
    max_identifier: 63,
    max_index_name: 63,
    max_constraint_name: 63,
    native_boolean: true,
    native_enum: true,
    native_uuid: true,
    drops_check_as_constraint: false,
    comments: CommentStyle::Statement,
    sequences: true,
    sequences_optional: true,
    identity_columns: true,
    alter: true,
    insert_returning: true,
    multivalues_insert: true,
    terminator: ";",
    batch_separator: None,
};

const MYSQL: Caps = Caps {
    transactional_ddl: false,
    max_identifier: 255,
    max_index_name: 64,
    max_constraint_name: 64,
    native_boolean: false,
    native_enum: true,
    native_uuid: false,
    drops_check_as_constraint: false,
    comments: CommentStyle::Inline,
    sequences: false,
    sequences_optional: false,
    identity_columns: false,
    alter: true,
    insert_returning: false,
    multivalues_insert: true,
    terminator: ";",
    batch_separator: None,
};

const MARIADB: Caps = Caps {
    native_uuid: true,
    drops_check_as_constraint: true,
    sequences: true,
    sequences_optional: true,
    insert_returning: true,
    ..MYSQL
};

const SQLITE: Caps = Caps {
    transactional_ddl: false,
    max_identifier: 9999,
    max_index_name: 9999,
    max_constraint_name: 9999,
    native_boolean: false,
    native_enum: false,
    native_uuid: false,
    drops_check_as_constraint: false,
    comments: CommentStyle::None,
    sequences: false,
    sequences_optional: false,
    identity_columns: false,
    alter: false,
    insert_returning: true,
    multivalues_insert: true,
    terminator: ";",
    batch_separator: None,
};

const MSSQL: Caps = Caps {
    transactional_ddl: true,
    max_identifier: 128,
    max_index_name: 128,
    max_constraint_name: 128,
    native_boolean: false,
    native_enum: false,
    native_uuid: true,
    drops_check_as_constraint: false,
    comments: CommentStyle::ExtendedProperty,
    sequences: true,
    sequences_optional: true,
    identity_columns: true,
    alter: true,
    insert_returning: true,
    multivalues_insert: true,
    terminator: ";",
    batch_separator: Some("GO"),
};

const ORACLE: Caps = Caps {
    transactional_ddl: false,
    max_identifier: 128,
    max_index_name: 128,
    max_constraint_name: 128,
    native_boolean: true,
    native_enum: false,
    native_uuid: false,
    drops_check_as_constraint: false,
    comments: CommentStyle::Statement,
    sequences: true,
    sequences_optional: false,
    identity_columns: true,
    alter: true,
    insert_returning: true,
    multivalues_insert: false,
    terminator: "",
    batch_separator: Some("/"),
};

impl Caps {
    /// Capabilities of a dialect; where the version is not known, what SQLAlchemy assumes without a connection.
    #[must_use]
    pub fn of(
        dialect: Dialect,
        version: Option<ServerVersion>,
        sqlalchemy: SqlAlchemyVersion,
    ) -> Caps {
        match dialect {
            Dialect::Postgres => POSTGRES,
            Dialect::MySql => MYSQL,
            Dialect::MariaDb => {
                let online = |major, minor| {
                    version.map(|version| (version.major, version.minor) >= (major, minor))
                };
                Caps {
                    // SQLAlchemy 2.0 has no UUID of MariaDB's, whatever the server.
                    native_uuid: sqlalchemy >= SqlAlchemyVersion::V2_1
                        && online(10, 7).unwrap_or(true),
                    sequences: online(10, 3).unwrap_or(false),
                    insert_returning: online(10, 5)
                        .unwrap_or(sqlalchemy >= SqlAlchemyVersion::V2_1),
                    ..MARIADB
                }
            }
            Dialect::Sqlite => Caps {
                insert_returning: version
                    .is_none_or(|version| (version.major, version.minor) >= (3, 35)),
                ..SQLITE
            },
            Dialect::MsSql => MSSQL,
            Dialect::Oracle => match sqlalchemy {
                SqlAlchemyVersion::V2_0 => Caps {
                    native_boolean: false,
                    multivalues_insert: false,
                    ..ORACLE
                },
                SqlAlchemyVersion::V2_1 => Caps {
                    native_boolean: version.is_none_or(|version| version.major >= 23),
                    ..ORACLE
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sqlalchemy_2_1_uses_the_uuid_of_mariadb() {
        let uuid = |version: Option<(u32, u32)>, sqlalchemy| {
            let version = version.map(|(major, minor)| ServerVersion::new(major, minor, 0));
            Caps::of(Dialect::MariaDb, version, sqlalchemy).native_uuid
        };
        assert!(!uuid(Some((10, 11)), SqlAlchemyVersion::V2_0));
        assert!(!uuid(None, SqlAlchemyVersion::V2_0));
        assert!(uuid(Some((10, 11)), SqlAlchemyVersion::V2_1));
        assert!(!uuid(Some((10, 6)), SqlAlchemyVersion::V2_1));
        assert!(uuid(None, SqlAlchemyVersion::V2_1));
    }
}
