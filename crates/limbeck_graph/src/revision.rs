//! What is known of a revision before its script runs.

use limbeck_diag::Location;

/// The header of a revision script, as the graph needs it.
///
/// The order of a `Vec<Revision>` is the load order (file order); it is the tie-break of all
/// sorting. The caller keeps whatever else it knows (path, docstring, source) keyed by
/// [`RevisionId`], which counts in that order, or by the id text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Revision {
    /// `revision`: the identifier.
    pub revision: String,
    /// `down_revision`: the parents; empty for a base.
    pub down_revision: Vec<String>,
    /// `depends_on`: further revisions that must run first, as ids or branch labels.
    pub depends_on: Vec<String>,
    /// `branch_labels`: the names this revision gives to its branch.
    pub branch_labels: Vec<String>,
    /// Where the identifier is written.
    pub location: Option<Location>,
    /// Where `down_revision` is written.
    pub down_revision_location: Option<Location>,
    /// Where `depends_on` is written.
    pub depends_on_location: Option<Location>,
    /// Where `branch_labels` is written.
    pub branch_labels_location: Option<Location>,
}

impl Revision {
    /// A revision with an identifier and parents, nothing else.
    pub fn new<D: Into<String>>(
        revision: impl Into<String>,
        down_revision: impl IntoIterator<Item = D>,
    ) -> Revision {
        Revision {
            revision: revision.into(),
            down_revision: down_revision.into_iter().map(Into::into).collect(),
            ..Revision::default()
        }
    }
}

/// A revision of one [`RevisionMap`](crate::RevisionMap): its place in load order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(pub(crate) u32);

impl RevisionId {
    /// The place in load order, counted from zero.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
