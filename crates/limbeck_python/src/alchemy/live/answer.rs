//! What a database's answer may be.

/// Methods of tables and columns that were reflected, of rows, and of values that drivers make, besides those of the
/// objects that have a table of their own.
const OTHERS: &[&str] = &[
    // Row, RowMapping, collections of columns
    "_asdict",
    "_tuple",
    "tuple",
    "keys",
    "values",
    "items",
    "get",
    // Table
    "insert",
    "update",
    "delete",
    "select",
    "alias",
    "join",
    "outerjoin",
    "create",
    "drop",
    "exists",
    // datetime, date, timedelta
    "isoformat",
    "strftime",
    "date",
    "time",
    "timestamp",
    "replace",
    "astimezone",
    "weekday",
    "isoweekday",
    "total_seconds",
    // arrays of numbers, views of bytes
    "tolist",
    "tobytes",
    "hex",
    // re.Match
    "group",
    "groups",
    "groupdict",
    "start",
    "end",
    "span",
    // hashes
    "hexdigest",
    "digest",
    // savepoints, rows and results
    "commit",
    "rollback",
    "close",
    "count",
    "index",
    // context managers
    "execute",
    "scalar",
    "scalars",
];

/// True when one of the things that a database may answer with has the modelled method `name`.
pub(crate) fn is_method_of_an_answer(name: &str) -> bool {
    crate::builtins::is_method_of_data(name)
        || [
            OTHERS,
            crate::alchemy::op::batch::BATCH,
            crate::alchemy::sql::dml::METHODS,
            crate::alchemy::live::inspector::METHODS,
            crate::alchemy::sql::operators::COLUMN_METHODS,
            crate::alchemy::sql::operators::METHODS,
            crate::alchemy::live::result::METHODS,
            crate::alchemy::sql::select::METHODS,
        ]
        .iter()
        .any(|methods| methods.contains(&name))
}
