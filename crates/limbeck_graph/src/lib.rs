//! The revision graph: which revisions there are, how they follow each other, what a symbol such as
//! `head`, `+1`, `label@head` or `ae10` means, which revisions an upgrade, a downgrade or a stamp
//! runs and in which order, and how the rows of the version table change with each of them.
//!
//! Everything here is a pure function of revision headers ([`Revision`]) and of the content of the
//! version table. This crate never parses Python, never reads a file and never sees a connection.
//!
//! The words are Alembic's: *head*, *base*, *branch point*, *merge point*, *branch label*,
//! *dependency*. A *real* head is one that nothing depends upon either; the *normalized*
//! dependencies of a revision are those that none of its ancestors has already.

mod collect;
mod cycle;
mod derive;
mod error;
mod head_maintainer;
mod lanes;
mod map;
mod order;
mod plan;
mod reach;
mod resolve;
mod revision;
mod step;
mod symbol;
mod walk;

pub use collect::RangeOptions;
pub use derive::verify_rev_id;
pub use error::{RevisionError, Wording};
pub use head_maintainer::{HeadMaintainer, VersionChange};
pub use lanes::LaneRow;
pub use map::{Node, RevisionMap};
pub use resolve::{Place, Resolved};
pub use revision::{Revision, RevisionId};
pub use step::{Direction, RevisionStep, StampStep, Step, Steps};
pub use symbol::Target;
