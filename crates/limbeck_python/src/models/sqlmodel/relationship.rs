//! `Relationship(…)`: known never to matter to a table, and to be no field.

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{NativeObject, Value};

/// What `Relationship()` gives.
pub(super) struct RelationshipInfo;

impl NativeObject for RelationshipInfo {
    fn type_name(&self) -> String {
        "RelationshipInfo".to_owned()
    }
}

/// `Relationship(…)`
pub(super) fn relationship(ev: &mut Interp<'_>, args: Args) -> R {
    const SIGNATURE: &str = "*, back_populates=, cascade_delete=, passive_deletes=, link_model=, sa_relationship=, \
        sa_relationship_args=, sa_relationship_kwargs=";
    let args = args.bind(ev, "Relationship", SIGNATURE)?;
    let has = |name: &str| args.get(name).is_some_and(|value| !value.is_none());
    if has("sa_relationship") {
        for name in ["sa_relationship_args", "sa_relationship_kwargs"] {
            if has(name) {
                let text =
                    format!("Passing {name} is not supported when also passing a sa_relationship");
                return Err(ev.raise("RuntimeError", text));
            }
        }
    }
    Ok(Value::object(RelationshipInfo))
}
