//! Foreign keys of one table on both sides.

use limbeck_diag::Result;
use limbeck_schema::{
    AddConstraint, Constraint, ConstraintBody, DropConstraint, ForeignKeyConstraint, Op, Table,
    TableName,
};

use crate::{AutogenerateOptions, Candidate, Notes, Object, Part};

/// What makes two keys the same; names do not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    table: TableName,
    columns: Vec<String>,
    referred: TableName,
    referred_columns: Vec<String>,
    onupdate: Option<String>,
    ondelete: Option<String>,
    deferral: &'static str,
}

struct Key<'a> {
    constraint: &'a Constraint,
    body: &'a ForeignKeyConstraint,
    signature: Signature,
}

fn action(written: Option<&String>) -> Option<String> {
    written
        .map(|it| it.to_lowercase())
        .filter(|it| !it.is_empty() && it != "no action")
}

fn keys(table: &Table) -> Vec<Key<'_>> {
    table
        .foreign_keys()
        .map(|(constraint, body)| {
            let texts = |names: &[limbeck_schema::Name]| -> Vec<String> {
                names.iter().map(|it| it.text.clone()).collect()
            };
            let deferred = constraint
                .initially
                .as_ref()
                .is_some_and(|it| it.eq_ignore_ascii_case("deferred"));
            Key {
                constraint,
                body,
                signature: Signature {
                    table: plain(&table.name),
                    columns: texts(&body.columns),
                    referred: plain(&body.referred_table),
                    referred_columns: texts(&body.referred_columns),
                    onupdate: action(body.onupdate.as_ref()),
                    ondelete: action(body.ondelete.as_ref()),
                    deferral: if deferred {
                        "initially_deferrable"
                    } else if constraint.deferrable == Some(true) {
                        "deferrable"
                    } else {
                        "not deferrable"
                    },
                },
            }
        })
        .collect()
}

/// The name without its `quote` flags, which say nothing about identity.
fn plain(name: &TableName) -> TableName {
    TableName::in_schema(
        name.schema.as_ref().map(|it| it.text.as_str().into()),
        name.name.text.as_str(),
    )
}

impl Signature {
    fn same_columns(&self, other: &Signature) -> bool {
        self.table == other.table
            && self.columns == other.columns
            && self.referred == other.referred
            && self.referred_columns == other.referred_columns
    }
}

/// MySQL takes RESTRICT for granted and does not report it: a model that says it is content with nothing.
fn forgive_restrict(found: &mut [Key<'_>], wanted: &[Key<'_>]) {
    for key in found {
        let Some(twin) = wanted
            .iter()
            .rev()
            .find(|it| it.signature.same_columns(&key.signature))
        else {
            continue;
        };
        let restrict = |it: &Option<String>| it.as_deref() == Some("restrict");
        if restrict(&twin.signature.ondelete) && key.body.ondelete.is_none() {
            key.signature.ondelete.clone_from(&twin.signature.ondelete);
        }
        if restrict(&twin.signature.onupdate) && key.body.onupdate.is_none() {
            key.signature.onupdate.clone_from(&twin.signature.onupdate);
        }
    }
}

/// Drops first, then additions.
pub(crate) fn compare(
    database: &Table,
    metadata: &Table,
    options: &AutogenerateOptions<'_>,
    ops: &mut Vec<Op>,
    notes: &mut Notes,
) -> Result<()> {
    let mut found = keys(database);
    let functions = &options.functions;
    functions.retain(
        "foreign_key_constraint",
        &database.name,
        &mut found,
        |key| key.constraint.name.as_str(),
    )?;
    let wanted = keys(metadata);
    if options.target.dialect.is_mysql_family() {
        forgive_restrict(&mut found, &wanted);
    }
    fn named<'k>(keys: &[Key<'k>], name: Option<&str>) -> Option<&'k Constraint> {
        let mut same = keys.iter().filter(|it| it.constraint.name.as_str() == name);
        name.and_then(|_| same.next_back()).map(|it| it.constraint)
    }
    let object = |table, constraint| Object {
        table,
        part: Part::Constraint(constraint),
    };
    for key in unmatched(&found, &wanted) {
        let name = key.constraint.name.as_str();
        let candidate = Candidate {
            kind: "foreign_key_constraint",
            name,
            object: object(database, key.constraint),
            reflected: true,
            counterpart: named(&wanted, name).map(|it| object(metadata, it)),
        };
        if functions.includes(&candidate)? {
            ops.push(Op::DropConstraint(DropConstraint {
                name: key.constraint.name.clone(),
                table: database.name.clone(),
                type_: Some("foreignkey".to_owned()),
                if_exists: false,
                dropped: Some(Box::new(key.constraint.clone())),
            }));
            note("removed", &key.signature, notes);
        }
    }
    for key in unmatched(&wanted, &found) {
        let name = key.constraint.name.as_str();
        let candidate = Candidate {
            kind: "foreign_key_constraint",
            name,
            object: object(metadata, key.constraint),
            reflected: false,
            counterpart: named(&found, name).map(|it| object(database, it)),
        };
        if functions.includes(&candidate)? {
            ops.push(Op::AddConstraint(Box::new(AddConstraint {
                table: metadata.name.clone(),
                constraint: match &key.constraint.body {
                    ConstraintBody::ForeignKey(_) => key.constraint.clone(),
                    _ => continue,
                },
            })));
            note("added", &key.signature, notes);
        }
    }
    Ok(())
}

/// Those of `these` that `others` do not have; of several that are the same, the last.
fn unmatched<'k, 'a>(these: &'k [Key<'a>], others: &[Key<'_>]) -> Vec<&'k Key<'a>> {
    let mut out: Vec<&Key<'a>> = Vec::new();
    for key in these {
        if others.iter().any(|it| it.signature == key.signature) {
            continue;
        }
        match out.iter_mut().find(|it| it.signature == key.signature) {
            Some(earlier) => *earlier = key,
            None => out.push(key),
        }
    }
    out
}

fn note(what: &str, signature: &Signature, notes: &mut Notes) {
    notes.log(
        "alembic.autogenerate.compare.constraints",
        format!(
            "Detected {what} foreign key ({})({}) on table {}",
            signature.columns.join(", "),
            signature.referred_columns.join(", "),
            signature.table
        ),
    );
}
