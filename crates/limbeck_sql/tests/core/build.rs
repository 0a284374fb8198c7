//! Statements from their description: the same that `xtask/record/core_statements.py` gives to SQLAlchemy.

use std::cell::RefCell;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use limbeck_schema::{
    BinaryOp, Bind, ColumnRef, ColumnType, Conflict, ConflictAction, Cte, Date, DateTime, Delete,
    EnumLabels, Expr, FromClause, InItems, Insert, InsertSource, Interval, JoinKind, ListOp,
    Literal, Name, Select, SelectSet, SetOp, Statement, Substring, TableName, TableRef, Text, Time,
    TypeClass, UnaryOp, Update,
};
use num_bigint::BigInt;
use serde_json::Value;

/// Columns with their types.
type Columns = Vec<(String, Option<ColumnType>)>;

/// What builds one case.
pub(crate) struct Build<'v> {
    tables: &'v Value,
    /// Columns of named subqueries, with their types.
    named: RefCell<BTreeMap<String, Columns>>,
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn type_of(name: &str) -> Option<ColumnType> {
    let class = |class| Some(ColumnType::new(class));
    match name {
        "Integer" => class(TypeClass::Integer),
        "BigInteger" => class(TypeClass::BigInteger),
        "String" => class(TypeClass::String),
        "String(10)" => Some(ColumnType::string(Some(10))),
        "Text" => class(TypeClass::Text),
        "Unicode" => class(TypeClass::Unicode),
        "Boolean" => class(TypeClass::Boolean),
        "Date" => class(TypeClass::Date),
        "DateTime" => class(TypeClass::DateTime),
        "TIMESTAMP" => class(TypeClass::SqlTimestamp),
        "Time" => class(TypeClass::Time),
        "Numeric" => class(TypeClass::Numeric),
        "Numeric(10,2)" => Some(ColumnType {
            precision: Some(10),
            scale: Some(2),
            ..ColumnType::new(TypeClass::Numeric)
        }),
        "Float" => class(TypeClass::Float),
        "LargeBinary" => class(TypeClass::LargeBinary),
        "Uuid" => class(TypeClass::Uuid),
        "JSON" => class(TypeClass::Json),
        "JSONB" => class(TypeClass::PgJsonb),
        "Interval" => class(TypeClass::Interval),
        "ARRAY" => Some(ColumnType {
            item: Some(Box::new(ColumnType::new(TypeClass::Integer))),
            ..ColumnType::new(TypeClass::PgArray)
        }),
        "Enum" => Some(ColumnType {
            labels: Some(EnumLabels {
                labels: vec!["a".into(), "b".into()],
                enum_class: None,
            }),
            name: Some("en".into()),
            ..ColumnType::new(TypeClass::Enum)
        }),
        "NullType" => None,
        other => panic!("no type {other}"),
    }
}

fn date(value: &str) -> Date {
    let parts: Vec<i32> = value
        .split('-')
        .map(|part| part.parse().expect("date"))
        .collect();
    Date {
        year: parts[0],
        month: u8::try_from(parts[1]).expect("month"),
        day: u8::try_from(parts[2]).expect("day"),
    }
}

fn time(value: &str) -> Time {
    let (clock, micros) = value.split_once('.').unwrap_or((value, "0"));
    let parts: Vec<u8> = clock
        .split(':')
        .map(|part| part.parse().expect("time"))
        .collect();
    Time {
        hour: parts[0],
        minute: parts[1],
        second: parts[2],
        microsecond: micros.parse().expect("micros"),
        utc_offset: None,
    }
}

impl<'v> Build<'v> {
    pub(crate) fn new(tables: &'v Value) -> Build<'v> {
        Build {
            tables,
            named: RefCell::default(),
        }
    }

    fn table(&self, name: &str) -> TableRef {
        let (schema, bare) = name
            .split_once('.')
            .map_or((None, name), |(schema, bare)| (Some(schema), bare));
        let mut table = TableRef::new(TableName::in_schema(schema.map(Name::from), bare));
        table.columns = list(&self.tables[bare])
            .iter()
            .map(|pair| (Name::new(text(&pair[0])), type_of(&text(&pair[1]))))
            .collect();
        table
    }

    fn column(&self, path: &str) -> Expr {
        let (table, column) = path.rsplit_once('.').expect("dotted");
        if let Some(columns) = self.named.borrow().get(table) {
            let type_ = columns
                .iter()
                .find(|(name, _)| name == column)
                .and_then(|(_, type_)| type_.clone());
            return Expr::Column(ColumnRef {
                table: Some(TableName::new(table)),
                name: Name::new(column),
                type_: type_.map(Box::new),
            });
        }
        let table = self.table(table);
        let type_ = table
            .columns
            .iter()
            .find(|(name, _)| name.text == column)
            .and_then(|(_, type_)| type_.clone());
        Expr::Column(ColumnRef {
            table: Some(table.name),
            name: Name::new(column),
            type_: type_.map(Box::new),
        })
    }

    /// A plain value, if it is one.
    fn literal(&self, value: &Value) -> Option<Literal> {
        Some(match value {
            Value::Null => Literal::Null,
            Value::Bool(value) => Literal::Bool(*value),
            Value::String(value) => Literal::str(value.clone()),
            Value::Number(number) => {
                let text = number.to_string();
                match text.parse::<BigInt>() {
                    Ok(value) => Literal::Int(value),
                    // serde_json reads what does not fit into 64 bits as a float.
                    Err(_) if number.as_f64() == Some(2f64.powi(70)) => {
                        Literal::Int(BigInt::from(1) << 70)
                    }
                    Err(_) => Literal::Float(number.as_f64().expect("number")),
                }
            }
            Value::Array(items) => {
                let head = items.first()?.as_str()?;
                let arg = |idx: usize| items[idx].as_str().expect("text");
                let int = |idx: usize| items[idx].as_u64().expect("number");
                match head {
                    "$dec" => Literal::Decimal(arg(1).to_owned()),
                    "$date" => Literal::Date(date(arg(1))),
                    "$time" => Literal::Time(time(arg(1))),
                    "$datetime" => {
                        let (day, clock) = arg(1).split_once('T').expect("datetime");
                        Literal::DateTime(DateTime {
                            date: date(day),
                            time: time(clock),
                        })
                    }
                    "$delta" => Literal::Interval(Interval {
                        days: items[1].as_i64().expect("days"),
                        seconds: u32::try_from(int(2)).expect("seconds"),
                        microseconds: u32::try_from(int(3)).expect("micros"),
                    }),
                    "$uuid" => {
                        let hex: String = arg(1).chars().filter(|c| *c != '-').collect();
                        let mut bytes = [0; 16];
                        for (idx, byte) in bytes.iter_mut().enumerate() {
                            *byte =
                                u8::from_str_radix(&hex[idx * 2..idx * 2 + 2], 16).expect("hex");
                        }
                        Literal::Uuid(bytes)
                    }
                    "$bytes" => Literal::Bytes(arg(1).as_bytes().to_vec()),
                    "$list" => Literal::Array(
                        items[1..]
                            .iter()
                            .map(|item| self.literal(item))
                            .collect::<Option<_>>()?,
                    ),
                    _ => return None,
                }
            }
            Value::Object(_) => return None,
        })
    }

    pub(crate) fn expr(&self, value: &Value) -> Expr {
        if let Some(literal) = self.literal(value) {
            return Expr::Bind(Bind::value(literal, None));
        }
        let items = list(value);
        let head = items[0].as_str().expect("head").trim_start_matches('$');
        let one = |idx: usize| Box::new(self.expr(&items[idx]));
        let all = |from: usize| {
            items[from..]
                .iter()
                .map(|item| self.expr(item))
                .collect::<Vec<_>>()
        };
        let each = |value: &Value| {
            list(value)
                .iter()
                .map(|item| self.expr(item))
                .collect::<Vec<_>>()
        };
        let binary = |op: BinaryOp| Expr::Binary {
            left: one(1),
            op,
            right: one(2),
        };
        let unary = |op: UnaryOp| Expr::Unary {
            op,
            operand: one(1),
        };
        match head {
            "col" => self.column(&text(&items[1])),
            "bare" => Expr::column(text(&items[1])),
            "text" => Expr::Text(self.text(&text(&items[1]), items.get(2))),
            "litcol" => Expr::LiteralColumn {
                sql: text(&items[1]),
                type_: items
                    .get(2)
                    .and_then(|name| type_of(&text(name)))
                    .map(Box::new),
            },
            "lit" => {
                let literal = self.literal(&items[1]).expect("value");
                let type_ = match &literal {
                    Literal::Int(_) => TypeClass::Integer,
                    _ => TypeClass::String,
                };
                // `literal(5)` is a parameter of its own, whatever it stands beside.
                Expr::Bind(Bind::value(literal, Some(ColumnType::new(type_))))
            }
            "param" => Expr::Bind(Bind {
                name: Some(text(&items[1])),
                ..Bind::value(self.literal(&items[2]).expect("value"), None)
            }),
            "null" => Expr::Null,
            "true" => Expr::True,
            "false" => Expr::False,
            "func" | "pfunc" => Expr::Function {
                path: text(&items[1]).split('.').map(Name::from).collect(),
                args: all(2),
                type_: None,
            },
            "cast" => Expr::Cast {
                expr: one(1),
                type_: Box::new(type_of(&text(&items[2])).expect("type")),
                try_: false,
            },
            "coerce" => Expr::TypeCoerce {
                expr: one(1),
                type_: Box::new(type_of(&text(&items[2])).expect("type")),
            },
            "case" => Expr::Case {
                value: None,
                whens: list(&items[1])
                    .iter()
                    .map(|pair| (self.expr(&pair[0]), self.expr(&pair[1])))
                    .collect(),
                else_: items.get(2).map(|item| Box::new(self.expr(item))),
            },
            "in" | "notin" => Expr::In {
                expr: one(1),
                items: InItems::List(each(&items[2])),
                negated: head == "notin",
            },
            "insel" => Expr::In {
                expr: one(1),
                items: InItems::Select(Box::new(self.select(&items[2]))),
                negated: false,
            },
            "between" => Expr::Between {
                expr: one(1),
                low: one(2),
                high: one(3),
                negated: false,
                symmetric: false,
            },
            "like" => binary(BinaryOp::Like {
                escape: items.get(3).map(text),
            }),
            "notlike" => binary(BinaryOp::NotLike { escape: None }),
            "ilike" => binary(BinaryOp::ILike { escape: None }),
            "startswith" | "endswith" | "contains" | "icontains" | "istartswith" => {
                binary(BinaryOp::Substring {
                    place: match head {
                        "startswith" | "istartswith" => Substring::Start,
                        "endswith" => Substring::End,
                        _ => Substring::Anywhere,
                    },
                    ignore_case: matches!(head, "icontains" | "istartswith"),
                    escape: None,
                })
            }
            "regexp" => binary(BinaryOp::RegexpMatch { flags: None }),
            "is" => binary(BinaryOp::Is),
            "isnot" => binary(BinaryOp::IsNot),
            "distinctfrom" => binary(BinaryOp::IsDistinctFrom),
            "concat" => binary(BinaryOp::Concat),
            "and" | "or" => Expr::List {
                op: if head == "and" {
                    ListOp::And
                } else {
                    ListOp::Or
                },
                items: all(1),
            },
            "not" => unary(UnaryOp::Not),
            "neg" => unary(UnaryOp::Neg),
            "distinct" => unary(UnaryOp::Distinct),
            "desc" | "asc" | "nullslast" => Expr::Unary {
                op: match head {
                    "desc" => UnaryOp::Desc,
                    "asc" => UnaryOp::Asc,
                    _ => UnaryOp::NullsLast,
                },
                operand: Box::new(self.by(&items[1])),
            },
            "label" => Expr::Label {
                expr: one(1),
                name: Name::new(text(&items[2])),
            },
            "sub" => Expr::Subquery(Box::new(self.select(&items[1]))),
            "exists" => Expr::Exists(Box::new(self.select(&items[1]))),
            "over" => Expr::Over {
                func: one(1),
                partition_by: each(&items[2]),
                order_by: each(&items[3]),
                frame: None,
            },
            "filter" => Expr::Filter {
                func: one(1),
                criterion: one(2),
            },
            "extract" => Expr::Extract {
                field: text(&items[1]),
                expr: one(2),
            },
            "collate" => Expr::Collate {
                expr: one(1),
                collation: text(&items[2]),
            },
            "tuple" => Expr::Tuple(all(1)),
            "group" => Expr::Grouping(one(1)),
            "json" => {
                let (op, key) = match &items[2] {
                    Value::Array(parts) => (
                        BinaryOp::JsonPath,
                        Literal::Array(
                            parts
                                .iter()
                                .map(|part| self.literal(part).expect("value"))
                                .collect(),
                        ),
                    ),
                    key => (BinaryOp::JsonGet, self.literal(key).expect("value")),
                };
                Expr::Binary {
                    left: one(1),
                    op,
                    right: Box::new(Expr::Bind(Bind::value(key, None))),
                }
            }
            "astext" => binary(BinaryOp::JsonGetText),
            "op" => Expr::Binary {
                left: one(2),
                op: BinaryOp::Custom {
                    op: text(&items[1]),
                    precedence: 0,
                    is_comparison: false,
                },
                right: one(3),
            },
            "excluded" => Expr::Column(ColumnRef {
                table: Some(TableName::new("excluded")),
                name: Name::new(text(&items[1])),
                type_: None,
            }),
            "==" => binary(BinaryOp::Eq),
            "!=" => binary(BinaryOp::Ne),
            "<" => binary(BinaryOp::Lt),
            "<=" => binary(BinaryOp::Le),
            ">" => binary(BinaryOp::Gt),
            ">=" => binary(BinaryOp::Ge),
            "+" => binary(BinaryOp::Add),
            "-" => binary(BinaryOp::Sub),
            "*" => binary(BinaryOp::Mul),
            "/" => binary(BinaryOp::TrueDiv),
            "//" => binary(BinaryOp::FloorDiv),
            "%" => binary(BinaryOp::Mod),
            "&" => binary(BinaryOp::BitAnd),
            "|" => binary(BinaryOp::BitOr),
            "^" => binary(BinaryOp::BitXor),
            other => panic!("no expression {other}"),
        }
    }

    fn by(&self, value: &Value) -> Expr {
        match value {
            Value::String(name) => Expr::LabelReference(name.clone()),
            value => self.expr(value),
        }
    }

    fn text(&self, sql: &str, binds: Option<&Value>) -> Text {
        Text {
            sql: sql.to_owned(),
            binds: binds
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .map(|(name, value)| Bind {
                    name: Some(name.clone()),
                    ..Bind::value(self.literal(value).expect("value"), None)
                })
                .collect(),
        }
    }

    fn from(&self, value: &Value) -> FromClause {
        if let Some(name) = value.as_str() {
            if self.named.borrow().contains_key(name) {
                return FromClause::Cte {
                    name: Name::new(name),
                    alias: None,
                };
            }
            return FromClause::Table(self.table(name));
        }
        if let Some(join) = value.get("join") {
            let kind = match join.get(3).and_then(Value::as_str) {
                Some("left") => JoinKind::LeftOuter,
                Some("full") => JoinKind::FullOuter,
                _ => JoinKind::Inner,
            };
            return FromClause::Join {
                left: Box::new(self.from(&join[0])),
                right: Box::new(self.from(&join[1])),
                on: Box::new(self.expr(&join[2])),
                kind,
            };
        }
        let alias = text(&value["alias"]);
        if let Some(sub) = value.get("sub") {
            let select = self.select(sub);
            self.named
                .borrow_mut()
                .insert(alias.clone(), results(&select));
            return FromClause::Subquery {
                select: Box::new(select),
                alias: Some(Name::new(alias)),
                lateral: false,
            };
        }
        let mut table = self.table(&text(&value["table"]));
        let columns = table
            .columns
            .iter()
            .map(|(name, type_)| (name.text.clone(), type_.clone()))
            .collect();
        self.named.borrow_mut().insert(alias.clone(), columns);
        table.alias = Some(Name::new(alias));
        FromClause::Table(table)
    }

    pub(crate) fn select(&self, value: &Value) -> SelectSet {
        let each = |key: &str| {
            list(&value[key])
                .iter()
                .map(|item| self.expr(item))
                .collect::<Vec<_>>()
        };
        let by = |key: &str| {
            list(&value[key])
                .iter()
                .map(|item| self.by(item))
                .collect::<Vec<_>>()
        };
        let number = |key: &str| value.get(key).map(|value| Box::new(self.expr(value)));
        if value.get("union").is_some() {
            return SelectSet::Compound {
                op: match value.get("how").and_then(Value::as_str) {
                    Some("union_all") => SetOp::UnionAll,
                    Some("except") => SetOp::Except,
                    Some("intersect") => SetOp::Intersect,
                    _ => SetOp::Union,
                },
                selects: list(&value["union"])
                    .iter()
                    .map(|part| self.select(part))
                    .collect(),
                order_by: by("order_by"),
                limit: number("limit"),
                offset: None,
            };
        }
        let mut ctes = Vec::new();
        for (name, inner) in value
            .get("ctes")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let select = self.select(inner);
            self.named
                .borrow_mut()
                .insert(name.clone(), results(&select));
            ctes.push(Cte {
                name: Name::new(name.clone()),
                select: Statement::Select(select),
                recursive: false,
                materialized: None,
            });
        }
        let from = list(&value["from"])
            .iter()
            .map(|item| self.from(item))
            .collect();
        let flag =
            |value: &Value, key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
        SelectSet::Select(Box::new(Select {
            ctes,
            distinct: flag(value, "distinct"),
            columns: each("select"),
            from,
            where_: each("where"),
            group_by: by("group_by"),
            having: each("having"),
            order_by: by("order_by"),
            limit: number("limit"),
            offset: number("offset"),
            for_update: value.get("for_update").map(|options| {
                (
                    flag(options, "read"),
                    flag(options, "nowait"),
                    flag(options, "skip_locked"),
                )
            }),
            ..Select::default()
        }))
    }

    fn values(&self, value: &Value) -> IndexMap<Name, Expr> {
        value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (Name::new(name.clone()), self.expr(value)))
            .collect()
    }

    pub(crate) fn statement(&self, value: &Value) -> Statement {
        let each = |key: &str| {
            list(&value[key])
                .iter()
                .map(|item| self.expr(item))
                .collect::<Vec<_>>()
        };
        let others = || {
            list(&value["others"])
                .iter()
                .map(|item| self.from(item))
                .collect::<Vec<_>>()
        };
        if let Some(sql) = value.get("text") {
            return Statement::Text(self.text(&text(sql), value.get("binds")));
        }
        if let Some(name) = value.get("insert") {
            let mut table = self.table(&text(name));
            table.primary_key = list(&value["pk"])
                .iter()
                .map(|name| Name::new(text(name)))
                .collect();
            if let [key] = table.primary_key.as_slice()
                && key.text == "id"
            {
                table.autoincrement = Some(key.clone());
            }
            let source = match (value.get("values"), value.get("from_select")) {
                (_, Some(pair)) => InsertSource::Select {
                    columns: list(&pair[0])
                        .iter()
                        .map(|name| Name::new(text(name)))
                        .collect(),
                    select: Box::new(self.select(&pair[1])),
                },
                (Some(Value::Array(rows)), _) => {
                    InsertSource::Values(rows.iter().map(|row| self.values(row)).collect())
                }
                (Some(row), _) => InsertSource::Values(vec![self.values(row)]),
                (None, None) => InsertSource::Values(Vec::new()),
            };
            let conflict = value.get("conflict").map(|conflict| Conflict {
                elements: list(&conflict["elements"])
                    .iter()
                    .map(|name| Expr::column(text(name)))
                    .collect(),
                constraint: None,
                index_where: None,
                action: match conflict.get("set") {
                    Some(set) => ConflictAction::Update {
                        set: self.values(set),
                        where_: conflict
                            .get("where")
                            .map(|condition| Box::new(self.expr(condition))),
                    },
                    None => ConflictAction::Nothing,
                },
            });
            return Statement::Insert(Box::new(Insert {
                ctes: Vec::new(),
                table,
                source,
                inline: value.get("inline").is_some(),
                returning: each("returning"),
                conflict,
                prefixes: Vec::new(),
            }));
        }
        if let Some(name) = value.get("update") {
            return Statement::Update(Box::new(Update {
                ctes: Vec::new(),
                table: self.table(&text(name)),
                set: self.values(&value["set"]),
                ordered: false,
                from: others(),
                where_: each("where"),
                returning: each("returning"),
            }));
        }
        if let Some(name) = value.get("delete") {
            return Statement::Delete(Box::new(Delete {
                ctes: Vec::new(),
                table: self.table(&text(name)),
                using: others(),
                where_: each("where"),
                returning: each("returning"),
            }));
        }
        Statement::Select(self.select(value))
    }
}

/// Names and types of a query's results.
fn results(query: &SelectSet) -> Columns {
    match query {
        SelectSet::Select(select) => select
            .columns
            .iter()
            .filter_map(|column| match column {
                Expr::Column(column) => {
                    Some((column.name.text.clone(), column.type_.as_deref().cloned()))
                }
                Expr::Label { name, .. } => {
                    Some((name.text.clone(), Some(ColumnType::new(TypeClass::Integer))))
                }
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
