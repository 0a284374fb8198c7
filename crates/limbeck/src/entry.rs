//! A revision as the commands that read show it.

use limbeck_graph::RevisionId;

use crate::Project;

/// A revision with what the graph, and perhaps the database, says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its identifier.
    pub revision: String,
    /// Its parents; none for a base.
    pub down_revision: Vec<String>,
    /// What it depends on, as the script says it.
    pub depends_on: Vec<String>,
    /// Revisions whose parent it is.
    pub next: Vec<String>,
    /// Labels of its branch, sorted.
    pub branch_labels: Vec<String>,
    /// No revision has it for a parent.
    pub is_head: bool,
    /// It is a head, and no revision depends on it.
    pub is_real_head: bool,
    /// It has several children.
    pub is_branch_point: bool,
    /// It has several parents.
    pub is_merge_point: bool,
    /// The version table names it; `None` where no database was asked.
    pub is_current: Option<bool>,
    /// The first paragraph of the docstring.
    pub message: String,
    /// The whole docstring, stripped.
    pub doc: String,
    /// The script, as Alembic shows its path.
    pub path: String,
}

impl Entry {
    /// The entry of a revision; `rows` are those of the version table, if it was asked for.
    pub(crate) fn new(project: &Project, id: RevisionId, rows: Option<&[String]>) -> Entry {
        let map = project.map();
        let (node, script) = (map.node(id), project.script(id));
        let names = |ids: &[RevisionId]| {
            let names = ids.iter().map(|id| map.node(*id).revision().to_owned());
            names.collect::<Vec<_>>()
        };
        Entry {
            revision: node.revision().to_owned(),
            down_revision: names(node.down_revisions()),
            depends_on: node.dependencies().to_vec(),
            next: names(node.nextrev()),
            branch_labels: node.branch_labels().iter().cloned().collect(),
            is_head: node.is_head(),
            is_real_head: node.is_real_head(),
            is_branch_point: node.is_branch_point(),
            is_merge_point: node.is_merge_point(),
            is_current: rows.map(|rows| rows.iter().any(|row| row == node.revision())),
            message: script.doc().to_owned(),
            doc: script.longdoc.clone(),
            path: script.path.display().to_string(),
        }
    }
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseState {
    /// Its URL without its password.
    pub url: String,
    /// SQLAlchemy's name of its dialect.
    pub dialect: String,
    /// The rows of its version table, in the order in which the server gives them.
    pub rows: Vec<String>,
    /// True if the rows are all heads of the project and nothing else.
    pub is_at_heads: bool,
    /// The revisions of the rows, and heads that are there because others depend on them.
    pub revisions: Vec<Entry>,
}
