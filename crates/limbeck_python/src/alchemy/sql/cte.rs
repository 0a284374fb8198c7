//! Common table expressions.

use std::rc::Rc;

use limbeck_schema::{Cte, SelectSet, SetOp, Statement};

use crate::alchemy::sql::clause::FromRef;
use crate::alchemy::sql::derived::{Derived, DerivedKind};
use crate::alchemy::sql::select::SelectObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;

/// The common table expressions of a statement.
pub(crate) fn cte_list(ctes: &[Rc<Derived>], froms: &[FromRef]) -> Vec<Cte> {
    let mut list: Vec<Rc<Derived>> = Vec::new();
    fn add(list: &mut Vec<Rc<Derived>>, derived: &Rc<Derived>) {
        for inner in &derived.ctes {
            add(list, inner);
        }
        for from in &derived.inner {
            if let FromRef::Derived(inner) = from {
                add(list, inner);
            }
        }
        if matches!(derived.kind, DerivedKind::Cte(_))
            && !list.iter().any(|found| Rc::ptr_eq(found, derived))
        {
            list.push(Rc::clone(derived));
        }
    }
    for cte in ctes {
        add(&mut list, cte);
    }
    for from in froms {
        if let FromRef::Derived(derived) = from {
            add(&mut list, derived);
        }
    }
    // A recursive one stands where its first part would.
    let restated: Vec<Rc<Derived>> = list.iter().filter_map(|it| it.restates.clone()).collect();
    list.retain(|it| !restated.iter().any(|other| Rc::ptr_eq(other, it)));
    list.iter()
        .filter_map(|derived| match &derived.kind {
            DerivedKind::Cte(cte) => Some((**cte).clone()),
            DerivedKind::From(_) => None,
        })
        .collect()
}

/// `cte.union_all(query)`: the expression again, with what it is joined with, which may read from it.
pub(crate) fn restated(ev: &mut Interp<'_>, this: &Rc<Derived>, name: &str, args: Args) -> R {
    let DerivedKind::Cte(cte) = &this.kind else {
        return Ok(ev.unknown(format!("`{name}()` of a subquery is not modelled")));
    };
    let Statement::Select(first) = &cte.select else {
        return Ok(ev.unknown(format!("`{name}()` of a statement is not modelled")));
    };
    let mut selects = vec![first.clone()];
    let mut ctes = this.ctes.clone();
    for value in &args.positional {
        let Some(select) = value.downcast::<SelectObj>() else {
            return Err(ev.unreadable("a part of a UNION is no `select()`"));
        };
        let used = select.scalar(ev)?.ctes;
        for cte in used {
            let is_known = ctes.iter().any(|it| Rc::ptr_eq(it, &cte));
            if !Rc::ptr_eq(&cte, this) && !is_known {
                ctes.push(cte);
            }
        }
        selects.push(select.build(false));
    }
    let op = match name {
        "union" => SetOp::Union,
        _ => SetOp::UnionAll,
    };
    let select = Statement::Select(SelectSet::Compound {
        op,
        selects,
        order_by: Vec::new(),
        limit: None,
        offset: None,
    });
    let derived = Derived {
        kind: DerivedKind::Cte(Box::new(Cte {
            select,
            ..(**cte).clone()
        })),
        name: this.name.clone(),
        columns: this.columns.clone(),
        inner: Vec::new(),
        query: None,
        ctes,
        restates: Some(Rc::clone(this)),
    };
    Ok(derived.into_value())
}
