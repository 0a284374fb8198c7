//! Queries.

use std::collections::BTreeMap;

use limbeck_diag::Result;
use limbeck_schema::{
    Cte, Expr, FromClause, JoinKind, Name, Select, SelectSet, SetOp, TableName, TableRef,
};

use super::limit::Rows;
use crate::bind::Fragment;
use crate::dialect::Dialect;
use crate::expr::build::build_plain;
use crate::expr::context::{Compiler, Frame, Labelled, Place};
use crate::expr::element::{El, Kind};
use crate::expr::op::Op;

/// What columns of a source are called by, as it is compared with others.
fn key_of(table: &TableName) -> String {
    table.to_string()
}

/// The names of the sources in a FROM clause.
pub(crate) fn source_names(from: &FromClause) -> Vec<String> {
    match from {
        FromClause::Table(table) => vec![match &table.alias {
            Some(alias) => alias.text.clone(),
            None => key_of(&table.name),
        }],
        FromClause::Join { left, right, .. } => {
            let mut names = source_names(left);
            names.extend(source_names(right));
            names
        }
        FromClause::Subquery { alias, .. } | FromClause::Function { alias, .. } => {
            alias.iter().map(|alias| alias.text.clone()).collect()
        }
        FromClause::Cte { name, alias } => vec![alias.as_ref().unwrap_or(name).text.clone()],
        FromClause::Text(_) => Vec::new(),
    }
}

fn tables_of(from: &FromClause) -> Vec<&TableRef> {
    match from {
        FromClause::Table(table) => vec![table],
        FromClause::Join { left, right, .. } => {
            let mut tables = tables_of(left);
            tables.extend(tables_of(right));
            tables
        }
        _ => Vec::new(),
    }
}

impl<'a> Compiler<'a> {
    /// A query that is a statement, or one half of INSERT … SELECT.
    pub(crate) fn write_query(
        &mut self,
        query: &'a SelectSet,
        as_from: bool,
        out: &mut Fragment,
    ) -> Result<()> {
        let mut body = Fragment::new();
        self.write_select_set(query, as_from, &mut body)?;
        if self.stack.is_empty() {
            self.write_ctes(out);
        }
        out.append(&body);
        Ok(())
    }

    /// A query inside an expression.
    pub(crate) fn write_subquery(
        &mut self,
        query: &'a SelectSet,
        out: &mut Fragment,
    ) -> Result<()> {
        self.write_select_set(query, false, out)
    }

    fn write_select_set(
        &mut self,
        query: &'a SelectSet,
        as_from: bool,
        out: &mut Fragment,
    ) -> Result<()> {
        match query {
            SelectSet::Select(select) => self.write_select(select, as_from, out),
            SelectSet::Text(text) => self.write_text(text, Place::PLAIN, out),
            SelectSet::Compound {
                op,
                selects,
                order_by,
                limit,
                offset,
            } => {
                let around = self.stack.last().cloned().unwrap_or_default();
                let labels = selects.first().map(labels_of).unwrap_or_default();
                self.stack.push(Frame { labels, ..around });
                let word = match (op, self.target.dialect) {
                    (SetOp::Union, _) => " UNION ",
                    (SetOp::UnionAll, _) => " UNION ALL ",
                    (SetOp::Intersect, _) => " INTERSECT ",
                    (SetOp::IntersectAll, _) => " INTERSECT ALL ",
                    (SetOp::Except, Dialect::Oracle) => " MINUS ",
                    (SetOp::Except, _) => " EXCEPT ",
                    (SetOp::ExceptAll, _) => " EXCEPT ALL ",
                };
                for (idx, part) in selects.iter().enumerate() {
                    if idx > 0 {
                        out.push(word);
                    }
                    let grouped = needs_parentheses(part);
                    if grouped {
                        out.push("(");
                    }
                    self.write_select_set(part, as_from, out)?;
                    if grouped {
                        out.push(")");
                    }
                }
                let place = Place {
                    include_table: false,
                    by_label: true,
                    ..Place::PLAIN
                };
                if !order_by.is_empty() {
                    out.push(" ORDER BY ");
                    self.write_exprs(order_by, place, out)?;
                }
                let rows = Rows::new(limit.as_deref(), offset.as_deref());
                self.write_rows(rows, !order_by.is_empty(), out)?;
                self.stack.pop();
                Ok(())
            }
        }
    }

    /// The sources that a query lists itself: those of the query around it are only referred to.
    fn own_sources(&self, select: &'a Select, as_from: bool) -> Vec<&'a FromClause> {
        let Some(around) = self.stack.last() else {
            return select.from.iter().collect();
        };
        let stays = |from: &&FromClause, outer: &[String]| {
            let names = source_names(from);
            names.is_empty() || !names.iter().all(|name| outer.contains(name))
        };
        if !select.correlate.is_empty() {
            // `correlate()` names a table without its namespace.
            let named = |name: &String| {
                let bare = name.rsplit('.').next().unwrap_or(name);
                select
                    .correlate
                    .iter()
                    .any(|outer| outer.text == *name || outer.text == bare)
            };
            return select
                .from
                .iter()
                .filter(|from| {
                    stays(from, &around.correlate) || !source_names(from).iter().all(named)
                })
                .collect();
        }
        if as_from || select.from.len() < 2 {
            return select.from.iter().collect();
        }
        let own: Vec<&FromClause> = select
            .from
            .iter()
            .filter(|from| stays(from, &around.froms))
            .collect();
        if own.is_empty() {
            select.from.iter().collect()
        } else {
            own
        }
    }

    fn write_select(
        &mut self,
        select: &'a Select,
        as_from: bool,
        out: &mut Fragment,
    ) -> Result<()> {
        self.known_ctes.extend(select.ctes.iter());
        let froms = self.own_sources(select, as_from);
        let mut names: Vec<String> = froms.iter().flat_map(|from| source_names(from)).collect();
        let mut correlate = names.clone();
        if let Some(around) = self.stack.last() {
            correlate.extend(around.correlate.iter().cloned());
        }
        names.dedup();
        let mut labels = column_labels(&select.columns);
        for from in &froms {
            for table in tables_of(from) {
                let written = match &table.alias {
                    Some(alias) => self.target.quote(alias),
                    None => self.target.format_table(&table.name),
                };
                labels.extend(
                    table
                        .columns
                        .iter()
                        .map(|(name, _)| (name.text.clone(), Labelled::Of(written.clone(), name))),
                );
            }
        }
        let inside = !self.stack.is_empty();
        self.stack.push(Frame {
            froms: names,
            correlate,
            labels,
        });
        let result = self.write_select_body(select, &froms, as_from, inside, out);
        self.stack.pop();
        result
    }

    fn write_select_body(
        &mut self,
        select: &'a Select,
        froms: &[&'a FromClause],
        as_from: bool,
        inside: bool,
        out: &mut Fragment,
    ) -> Result<()> {
        let rows = Rows::new(select.limit.as_deref(), select.offset.as_deref());
        let mssql_wraps = self.target.dialect == Dialect::MsSql
            && (rows.limit.is_some() || rows.offset.is_some())
            && !self.uses_top(rows)
            && !self.has_fetch();
        if mssql_wraps && select.order_by.is_empty() {
            return Err(crate::expr::context::compile_error(
                "MSSQL requires an order_by when using an OFFSET or a non-simple LIMIT clause",
            ));
        }
        out.push("SELECT ");
        for prefix in &select.prefixes {
            out.push(prefix);
            out.push(" ");
        }
        if !select.distinct_on.is_empty() && self.target.dialect == Dialect::Postgres {
            out.push("DISTINCT ON (");
            self.write_exprs(&select.distinct_on, Place::PLAIN, out)?;
            out.push(") ");
        } else if select.distinct || !select.distinct_on.is_empty() {
            out.push("DISTINCT ");
        }
        self.write_top(rows, out)?;
        self.write_results(&select.columns, as_from, out)?;
        if select.columns.is_empty() {
            out.trim_end();
        }
        if froms.is_empty() {
            match self.target.dialect {
                Dialect::Oracle => out.push(" FROM DUAL"),
                Dialect::MySql | Dialect::MariaDb if !select.where_.is_empty() => {
                    out.push(" FROM DUAL");
                }
                _ => {}
            }
        } else {
            out.push(" \nFROM ");
            for (idx, from) in froms.iter().enumerate() {
                if idx > 0 {
                    out.push(", ");
                }
                self.write_from(from, out)?;
            }
        }
        self.write_where(" \nWHERE ", &select.where_, out)?;
        let by = Place {
            by_label: true,
            ..Place::PLAIN
        };
        if !select.group_by.is_empty() {
            out.push(" GROUP BY ");
            self.write_exprs(&select.group_by, by, out)?;
        }
        self.write_where(" \nHAVING ", &select.having, out)?;
        // SQL Server allows no ORDER BY in a subquery, except with TOP or OFFSET.
        let drops_order = self.target.dialect == Dialect::MsSql
            && inside
            && !self.uses_top(rows)
            && (rows.offset.is_none() || !self.has_fetch());
        if !select.order_by.is_empty() && !drops_order {
            out.push(" ORDER BY ");
            self.write_exprs(&select.order_by, by, out)?;
        }
        self.write_rows(rows, !select.order_by.is_empty(), out)?;
        if let Some((read, nowait, skip_locked)) = select.for_update {
            self.write_for_update(read, nowait, skip_locked, inside, out);
        }
        Ok(())
    }

    pub(crate) fn write_where(
        &mut self,
        word: &str,
        conditions: &'a [Expr],
        out: &mut Fragment,
    ) -> Result<()> {
        let mut text = Fragment::new();
        self.write_conditions(conditions, Place::PLAIN, &mut text)?;
        if !text.is_empty() {
            out.push(word);
            out.append(&text);
        }
        Ok(())
    }

    fn write_for_update(
        &mut self,
        read: bool,
        nowait: bool,
        skip_locked: bool,
        inside: bool,
        out: &mut Fragment,
    ) {
        let word = match self.target.dialect {
            Dialect::Sqlite | Dialect::MsSql => return,
            Dialect::Oracle if inside => return,
            Dialect::Postgres if read => " FOR SHARE",
            // A server that calls itself 10 or more is MariaDB, behind a URL of MySQL's.
            Dialect::MySql
                if read
                    && self
                        .target
                        .version
                        .is_some_and(|version| (8..10).contains(&version.major)) =>
            {
                " FOR SHARE"
            }
            Dialect::MySql | Dialect::MariaDb if read => " LOCK IN SHARE MODE",
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Oracle => {
                " FOR UPDATE"
            }
        };
        out.push(word);
        if nowait {
            out.push(" NOWAIT");
        }
        if skip_locked {
            out.push(" SKIP LOCKED");
        }
    }

    /// A source of rows.
    pub(crate) fn write_from(&mut self, from: &'a FromClause, out: &mut Fragment) -> Result<()> {
        match from {
            FromClause::Table(table) => {
                out.push(&self.target.format_table(&table.name));
                self.write_alias(table.alias.as_ref(), out);
                Ok(())
            }
            FromClause::Join {
                left,
                right,
                on,
                kind,
            } => {
                self.write_from(left, out)?;
                let word = match (kind, self.target.dialect.is_mysql_family()) {
                    (JoinKind::Inner, true) => " INNER JOIN ",
                    (JoinKind::Inner, false) => " JOIN ",
                    (JoinKind::LeftOuter, _) => " LEFT OUTER JOIN ",
                    (JoinKind::FullOuter, _) => " FULL OUTER JOIN ",
                };
                out.push(word);
                let grouped = matches!(**right, FromClause::Join { .. });
                if grouped {
                    out.push("(");
                }
                self.write_from(right, out)?;
                if grouped {
                    out.push(")");
                }
                out.push(" ON ");
                let condition = build_plain(on).self_group(Some(&Op::AsBool));
                self.write(&condition, Place::PLAIN, out)
            }
            FromClause::Subquery {
                select,
                alias,
                lateral,
            } => {
                if *lateral {
                    out.push("LATERAL ");
                }
                out.push("(");
                self.write_select_set(select, true, out)?;
                out.push(")");
                match alias {
                    Some(_) => self.write_alias(alias.as_ref(), out),
                    None => {
                        let name = Name::new(self.names.anonymous("anon"));
                        self.write_alias(Some(&name), out);
                    }
                }
                Ok(())
            }
            FromClause::Cte { name, alias } => {
                self.ensure_cte(name)?;
                out.push(&self.target.quote(name));
                self.write_alias(alias.as_ref(), out);
                Ok(())
            }
            FromClause::Function { func, alias } => {
                if self.target.dialect == Dialect::Oracle {
                    out.push("TABLE (");
                }
                self.write_expr(func, Place::PLAIN, out)?;
                if self.target.dialect == Dialect::Oracle {
                    out.push(")");
                }
                self.write_alias(alias.as_ref(), out);
                Ok(())
            }
            FromClause::Text(text) => self.write_text(text, Place::PLAIN, out),
        }
    }

    pub(crate) fn write_alias(&self, alias: Option<&Name>, out: &mut Fragment) {
        if let Some(alias) = alias {
            out.push(if self.target.dialect == Dialect::Oracle {
                " "
            } else {
                " AS "
            });
            out.push(&self.target.quote(alias));
        }
    }

    /// Writes a common table expression unless it stands there already.
    fn ensure_cte(&mut self, name: &Name) -> Result<()> {
        let found: Option<&'a Cte> = self
            .known_ctes
            .iter()
            .rev()
            .find(|cte| cte.name.text == name.text)
            .copied();
        let Some(cte) = found else {
            return Ok(());
        };
        if self.ctes.iter().any(|(known, _)| std::ptr::eq(*known, cte)) {
            return Ok(());
        }
        // Its place is taken before its text is made: a recursive one refers to itself.
        let place = self.ctes.len();
        self.ctes.push((cte, Fragment::new()));
        let mut text = Fragment::of(self.target.quote(&cte.name));
        if cte.recursive
            && let limbeck_schema::Statement::Select(select) = &cte.select
        {
            let names: Vec<String> = result_names(select)
                .iter()
                .map(|name| self.target.quote_text(name))
                .collect();
            text.push(&format!("({})", names.join(", ")));
        }
        text.push(" AS ");
        match cte.materialized {
            Some(true) => text.push("MATERIALIZED "),
            Some(false) => text.push("NOT MATERIALIZED "),
            None => {}
        }
        text.push("\n(");
        // Inside, it is a statement of its own that no query surrounds.
        let around = std::mem::take(&mut self.stack);
        self.stack.push(Frame::default());
        let result = match &cte.select {
            limbeck_schema::Statement::Select(select) => {
                self.write_select_set(select, true, &mut text)
            }
            other => self.write_statement(other, &mut text),
        };
        self.stack = around;
        result?;
        text.push(")");
        if let Some(entry) = self.ctes.get_mut(place) {
            entry.1 = text;
        }
        Ok(())
    }

    /// Those that nothing has referred to are written all the same.
    pub(crate) fn ensure_ctes(&mut self, ctes: &'a [Cte]) -> Result<()> {
        self.known_ctes.extend(ctes.iter());
        for cte in ctes {
            self.ensure_cte(&cte.name)?;
        }
        Ok(())
    }

    /// `WITH …`, once everything else is written.
    pub(crate) fn write_ctes(&mut self, out: &mut Fragment) {
        if self.ctes.is_empty() {
            return;
        }
        let recursive = self.ctes.iter().any(|(cte, _)| cte.recursive);
        let plain = matches!(self.target.dialect, Dialect::MsSql | Dialect::Oracle);
        out.push(if recursive && !plain {
            "WITH RECURSIVE "
        } else {
            "WITH "
        });
        for (idx, (_, text)) in std::mem::take(&mut self.ctes).iter().enumerate() {
            if idx > 0 {
                out.push(", \n");
            }
            out.append(text);
        }
        out.push("\n ");
    }

    /// The list of results, each with the label that SQLAlchemy gives it.
    pub(crate) fn write_results(
        &mut self,
        columns: &'a [Expr],
        as_from: bool,
        out: &mut Fragment,
    ) -> Result<()> {
        let mut seen: BTreeMap<String, El<'a>> = BTreeMap::new();
        let mut repeats = 0;
        let mut first = true;
        for column in columns {
            if !first {
                out.push(", ");
            }
            first = false;
            let el = build_plain(column);
            let label = self
                .label_of(&el, as_from, &mut seen, &mut repeats)
                .map(|label| label.resolve(self));
            let place = Place {
                in_columns: label.is_none(),
                ..Place::PLAIN
            };
            self.write(&el, place, out)?;
            if let Some(label) = label {
                out.push(" AS ");
                out.push(&self.target.quote_text(&label));
            }
        }
        Ok(())
    }

    fn label_of(
        &self,
        el: &El<'a>,
        as_from: bool,
        seen: &mut BTreeMap<String, El<'a>>,
        repeats: &mut u32,
    ) -> Option<LabelText> {
        match &el.kind {
            Kind::Column(column) => {
                let table = column.table.as_ref()?;
                let name = column.name.text.clone();
                match seen.get(&name) {
                    None => {
                        seen.insert(name.clone(), el.clone());
                        as_from.then_some(LabelText::Fixed(name))
                    }
                    Some(other) => {
                        let same = matches!(&other.kind, Kind::Column(other) if other.table.as_ref() == Some(table));
                        if same {
                            *repeats += 1;
                            return Some(LabelText::Fixed(format!("{name}__{repeats}")));
                        }
                        Some(LabelText::Anonymous(name))
                    }
                }
            }
            Kind::Label { name, .. } => {
                seen.insert(name.text.clone(), el.clone());
                None
            }
            Kind::Text(_) | Kind::LiteralColumn(_) | Kind::Star(_) | Kind::Raw(_) => None,
            Kind::Unary { .. } | Kind::Modifier { .. } | Kind::AsBool { .. } => {
                let bare = !crate::expr::affinity::has_native_boolean(self.target)
                    && matches!(el.kind, Kind::AsBool { .. });
                (bare || as_from || !wraps_column(el)).then(|| natural(el))
            }
            _ => Some(natural(el)),
        }
    }
}

/// The label of a result that is not a column.
enum LabelText {
    Fixed(String),
    Anonymous(String),
}

impl LabelText {
    fn resolve(&self, compiler: &mut Compiler<'_>) -> String {
        match self {
            LabelText::Fixed(name) => name.clone(),
            LabelText::Anonymous(stem) => {
                let name = compiler.names.anonymous(stem);
                let limit = compiler.target.caps.max_identifier;
                compiler.names.fitting("colident", name, limit)
            }
        }
    }
}

fn wraps_column(el: &El<'_>) -> bool {
    match &el.kind {
        Kind::Unary { element, .. }
        | Kind::Modifier { element, .. }
        | Kind::AsBool { element, .. }
        | Kind::Grouping(element) => wraps_column(element),
        Kind::Column(_) | Kind::LiteralColumn(_) => true,
        _ => false,
    }
}

/// `count_1` of a function, the column's own name of a cast, `anon_1` of the rest.
fn natural(el: &El<'_>) -> LabelText {
    match &el.kind {
        Kind::Function(function) => LabelText::Anonymous(function.spelling()),
        Kind::NextValue(_) => LabelText::Anonymous("next_value".to_owned()),
        Kind::Cast { element, .. } | Kind::Coerce(element) | Kind::AsBool { element, .. } => {
            match &element.kind {
                Kind::Column(column) => LabelText::Fixed(column.name.text.clone()),
                Kind::LiteralColumn(sql) => LabelText::Fixed((*sql).to_owned()),
                Kind::Label { name, .. } => LabelText::Fixed(name.text.clone()),
                Kind::Function(_) | Kind::Cast { .. } | Kind::Coerce(_) => natural(element),
                _ => LabelText::Anonymous("anon".to_owned()),
            }
        }
        _ => LabelText::Anonymous("anon".to_owned()),
    }
}

fn column_labels(columns: &[Expr]) -> Vec<(String, Labelled<'_>)> {
    columns
        .iter()
        .filter_map(|column| match column {
            Expr::Label { name, .. } => Some((name.text.clone(), Labelled::Label(name))),
            Expr::Column(column) => Some((column.name.text.clone(), Labelled::Column(column))),
            _ => None,
        })
        .collect()
}

fn labels_of(query: &SelectSet) -> Vec<(String, Labelled<'_>)> {
    match query {
        SelectSet::Select(select) => column_labels(&select.columns),
        SelectSet::Compound { selects, .. } => selects.first().map(labels_of).unwrap_or_default(),
        SelectSet::Text(_) => Vec::new(),
    }
}

fn result_names(query: &SelectSet) -> Vec<String> {
    match query {
        SelectSet::Select(select) => select
            .columns
            .iter()
            .enumerate()
            .map(|(idx, column)| match column {
                Expr::Label { name, .. } => name.text.clone(),
                Expr::Column(column) => column.name.text.clone(),
                _ => format!("anon_{}", idx + 1),
            })
            .collect(),
        SelectSet::Compound { selects, .. } => {
            selects.first().map(result_names).unwrap_or_default()
        }
        SelectSet::Text(_) => Vec::new(),
    }
}

fn needs_parentheses(part: &SelectSet) -> bool {
    match part {
        SelectSet::Select(select) => {
            select.limit.is_some() || select.offset.is_some() || !select.order_by.is_empty()
        }
        SelectSet::Compound { .. } => true,
        SelectSet::Text(_) => false,
    }
}
