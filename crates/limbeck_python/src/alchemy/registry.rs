//! The modelled classes, made once in a world.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use limbeck_schema::TypeClass;

use crate::alchemy::types::class::{TypeBase, TypeHooks, base_of};
use crate::args::Args;
use crate::eval::{Interp, Types};
use crate::flow::R;
use crate::value::{Class, ClassHooks, Value};

/// Makes an instance of a modelled class.
pub(crate) type Construct = fn(&mut Interp<'_>, &Rc<Class>, Args) -> R;

/// Answers for attributes of a modelled class.
pub(crate) type ClassAttr = fn(&mut Interp<'_>, &Rc<Class>, &str) -> R<Option<Value>>;

/// What the evaluator asks of a modelled class.
struct Hooks {
    key: &'static str,
    construct: Option<Construct>,
    class_attr: Option<ClassAttr>,
}

impl ClassHooks for Hooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        match self.construct {
            Some(construct) => construct(ev, class, args).map(Ok),
            // An operation of a project is a class like any other.
            None if self.key == "MigrateOperation" => Ok(Err(args)),
            None => Ok(Ok(ev.foreign(format!("`{}` is not modelled", class.name)))),
        }
    }

    fn class_attr(&self, ev: &mut Interp<'_>, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        match self.class_attr {
            Some(class_attr) => class_attr(ev, class, name),
            None => Ok(None),
        }
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// State of the models in one world.
pub(crate) struct Alchemy {
    classes: BTreeMap<&'static str, Rc<Class>>,
    types: BTreeMap<TypeClass, Rc<Class>>,
    /// Member names and stored labels of Python enums that a type was made of, by dotted path.
    pub(crate) enum_labels: RefCell<BTreeMap<String, EnumMembers>>,
    /// Instances of types written in Python, by what names them in a schema.
    pub(crate) written_types: RefCell<BTreeMap<String, Vec<Rc<crate::value::Instance>>>>,
}

/// A Python enum class and the label stored for each member.
#[derive(Clone)]
pub(crate) struct EnumMembers {
    /// The class itself.
    pub(crate) class: Value,
    /// Member name and label.
    pub(crate) labels: Vec<(String, String)>,
}

/// The models of the world that is being evaluated in.
pub(crate) fn alchemy(ev: &Interp<'_>) -> Rc<Alchemy> {
    let world = Rc::clone(ev.world());
    world.extension("sqlalchemy", || Alchemy::new(world.types()))
}

/// How a class is made: its key (unique), its module, the key of its base.
struct Spec {
    key: &'static str,
    module: &'static str,
    base: &'static str,
    construct: Option<Construct>,
}

const fn spec(
    key: &'static str,
    module: &'static str,
    base: &'static str,
    construct: Option<Construct>,
) -> Spec {
    Spec {
        key,
        module,
        base,
        construct,
    }
}

/// A class of `alembic.operations.ops`.
const fn operation(key: &'static str) -> Spec {
    spec(
        key,
        "alembic.operations.ops",
        "MigrateOperation",
        Some(crate::alchemy::op::operation::construct),
    )
}

/// Classes that are not types, bases first.
const CLASSES: &[Spec] = &[
    spec(
        "quoted_name",
        "sqlalchemy.sql.elements",
        "str",
        Some(crate::alchemy::schema::names::quoted_name),
    ),
    spec(
        "conv",
        "sqlalchemy.sql.elements",
        "quoted_name",
        Some(crate::alchemy::schema::names::conv),
    ),
    spec("SchemaItem", "sqlalchemy.sql.schema", "object", None),
    spec("ClauseElement", "sqlalchemy.sql.elements", "object", None),
    spec(
        "ColumnElement",
        "sqlalchemy.sql.elements",
        "ClauseElement",
        None,
    ),
    spec(
        "ColumnClause",
        "sqlalchemy.sql.elements",
        "ColumnElement",
        Some(crate::alchemy::sql::clause::column),
    ),
    spec(
        "TextClause",
        "sqlalchemy.sql.elements",
        "ClauseElement",
        Some(crate::alchemy::sql::clause::text_class),
    ),
    spec(
        "BindParameter",
        "sqlalchemy.sql.elements",
        "ColumnElement",
        Some(crate::alchemy::sql::clause::bindparam_class),
    ),
    spec("Null", "sqlalchemy.sql.elements", "ColumnElement", None),
    spec("True_", "sqlalchemy.sql.elements", "ColumnElement", None),
    spec("False_", "sqlalchemy.sql.elements", "ColumnElement", None),
    spec(
        "BinaryExpression",
        "sqlalchemy.sql.elements",
        "ColumnElement",
        None,
    ),
    spec(
        "UnaryExpression",
        "sqlalchemy.sql.elements",
        "ColumnElement",
        None,
    ),
    spec(
        "BooleanClauseList",
        "sqlalchemy.sql.elements",
        "ColumnElement",
        None,
    ),
    spec("Label", "sqlalchemy.sql.elements", "ColumnElement", None),
    spec(
        "Cast",
        "sqlalchemy.sql.elements",
        "ColumnElement",
        Some(crate::alchemy::sql::constructs::cast_class),
    ),
    spec(
        "Case",
        "sqlalchemy.sql.elements",
        "ColumnElement",
        Some(crate::alchemy::sql::constructs::case_class),
    ),
    spec(
        "FunctionElement",
        "sqlalchemy.sql.functions",
        "ColumnElement",
        None,
    ),
    spec(
        "Function",
        "sqlalchemy.sql.functions",
        "FunctionElement",
        None,
    ),
    spec(
        "FromClause",
        "sqlalchemy.sql.selectable",
        "ClauseElement",
        None,
    ),
    spec(
        "TableClause",
        "sqlalchemy.sql.selectable",
        "FromClause",
        Some(crate::alchemy::schema::table::table_clause),
    ),
    spec("Alias", "sqlalchemy.sql.selectable", "FromClause", None),
    spec("Join", "sqlalchemy.sql.selectable", "FromClause", None),
    spec("Subquery", "sqlalchemy.sql.selectable", "FromClause", None),
    spec("CTE", "sqlalchemy.sql.selectable", "FromClause", None),
    spec(
        "Select",
        "sqlalchemy.sql.selectable",
        "ClauseElement",
        Some(crate::alchemy::sql::select::select_class),
    ),
    spec(
        "CompoundSelect",
        "sqlalchemy.sql.selectable",
        "ClauseElement",
        None,
    ),
    spec(
        "Insert",
        "sqlalchemy.sql.dml",
        "ClauseElement",
        Some(crate::alchemy::sql::dml::insert_class),
    ),
    spec(
        "Update",
        "sqlalchemy.sql.dml",
        "ClauseElement",
        Some(crate::alchemy::sql::dml::update_class),
    ),
    spec(
        "Delete",
        "sqlalchemy.sql.dml",
        "ClauseElement",
        Some(crate::alchemy::sql::dml::delete_class),
    ),
    spec(
        "Column",
        "sqlalchemy.sql.schema",
        "ColumnClause",
        Some(crate::alchemy::schema::column::construct),
    ),
    spec(
        "Table",
        "sqlalchemy.sql.schema",
        "TableClause",
        Some(crate::alchemy::schema::table::construct),
    ),
    spec(
        "MetaData",
        "sqlalchemy.sql.schema",
        "SchemaItem",
        Some(crate::alchemy::schema::metadata::construct),
    ),
    spec("Constraint", "sqlalchemy.sql.schema", "SchemaItem", None),
    spec(
        "ForeignKey",
        "sqlalchemy.sql.schema",
        "SchemaItem",
        Some(crate::alchemy::schema::constraint::foreign_key),
    ),
    spec(
        "ForeignKeyConstraint",
        "sqlalchemy.sql.schema",
        "Constraint",
        Some(crate::alchemy::schema::constraint::foreign_key_constraint),
    ),
    spec(
        "PrimaryKeyConstraint",
        "sqlalchemy.sql.schema",
        "Constraint",
        Some(crate::alchemy::schema::constraint::primary_key),
    ),
    spec(
        "UniqueConstraint",
        "sqlalchemy.sql.schema",
        "Constraint",
        Some(crate::alchemy::schema::constraint::unique),
    ),
    spec(
        "CheckConstraint",
        "sqlalchemy.sql.schema",
        "Constraint",
        Some(crate::alchemy::schema::constraint::check),
    ),
    spec(
        "ExcludeConstraint",
        "sqlalchemy.dialects.postgresql.ext",
        "Constraint",
        Some(crate::alchemy::schema::constraint::exclude),
    ),
    spec(
        "Index",
        "sqlalchemy.sql.schema",
        "SchemaItem",
        Some(crate::alchemy::schema::constraint::index),
    ),
    spec(
        "FetchedValue",
        "sqlalchemy.sql.schema",
        "SchemaItem",
        Some(crate::alchemy::schema::defaults::fetched),
    ),
    spec(
        "DefaultClause",
        "sqlalchemy.sql.schema",
        "FetchedValue",
        Some(crate::alchemy::schema::defaults::default_clause),
    ),
    spec(
        "Computed",
        "sqlalchemy.sql.schema",
        "FetchedValue",
        Some(crate::alchemy::schema::defaults::computed),
    ),
    spec(
        "Identity",
        "sqlalchemy.sql.schema",
        "FetchedValue",
        Some(crate::alchemy::schema::defaults::identity),
    ),
    spec(
        "Sequence",
        "sqlalchemy.sql.schema",
        "SchemaItem",
        Some(crate::alchemy::schema::defaults::sequence),
    ),
    spec(
        "ColumnDefault",
        "sqlalchemy.sql.schema",
        "SchemaItem",
        Some(crate::alchemy::schema::defaults::column_default),
    ),
    spec("DDLElement", "sqlalchemy.sql.ddl", "ClauseElement", None),
    spec(
        "DDL",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::ddl),
    ),
    spec(
        "CreateTable",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::create_table),
    ),
    spec(
        "DropTable",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::drop_table),
    ),
    spec(
        "CreateIndex",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::create_index),
    ),
    spec(
        "DropIndex",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::drop_index),
    ),
    spec(
        "CreateSequence",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::create_sequence),
    ),
    spec(
        "DropSequence",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::drop_sequence),
    ),
    spec(
        "CreateSchema",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::create_schema),
    ),
    spec(
        "DropSchema",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::drop_schema),
    ),
    spec(
        "AddConstraint",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::add_constraint),
    ),
    spec(
        "DropConstraint",
        "sqlalchemy.sql.ddl",
        "DDLElement",
        Some(crate::alchemy::schema::ddl::drop_constraint),
    ),
    spec(
        "CreateEnumType",
        "sqlalchemy.dialects.postgresql.named_types",
        "DDLElement",
        None,
    ),
    spec(
        "DropEnumType",
        "sqlalchemy.dialects.postgresql.named_types",
        "DDLElement",
        None,
    ),
    spec("Connection", "sqlalchemy.engine.base", "object", None),
    spec("Engine", "sqlalchemy.engine.base", "object", None),
    spec("Dialect", "sqlalchemy.engine.interfaces", "object", None),
    spec(
        "PGDialect",
        "sqlalchemy.dialects.postgresql.base",
        "Dialect",
        Some(crate::alchemy::live::dialect::construct),
    ),
    spec(
        "MySQLDialect",
        "sqlalchemy.dialects.mysql.base",
        "Dialect",
        Some(crate::alchemy::live::dialect::construct),
    ),
    spec(
        "SQLiteDialect",
        "sqlalchemy.dialects.sqlite.base",
        "Dialect",
        Some(crate::alchemy::live::dialect::construct),
    ),
    spec(
        "PGDialect_psycopg2",
        "sqlalchemy.dialects.postgresql.psycopg2",
        "PGDialect",
        None,
    ),
    spec(
        "PGDialect_psycopg",
        "sqlalchemy.dialects.postgresql.psycopg",
        "PGDialect",
        None,
    ),
    spec(
        "PGDialect_asyncpg",
        "sqlalchemy.dialects.postgresql.asyncpg",
        "PGDialect",
        None,
    ),
    spec(
        "MySQLDialect_pymysql",
        "sqlalchemy.dialects.mysql.pymysql",
        "MySQLDialect",
        None,
    ),
    spec(
        "SQLiteDialect_pysqlite",
        "sqlalchemy.dialects.sqlite.pysqlite",
        "SQLiteDialect",
        None,
    ),
    spec(
        "SQLiteDialect_aiosqlite",
        "sqlalchemy.dialects.sqlite.aiosqlite",
        "SQLiteDialect_pysqlite",
        None,
    ),
    spec(
        "MSDialect",
        "sqlalchemy.dialects.mssql.base",
        "Dialect",
        None,
    ),
    spec(
        "OracleDialect",
        "sqlalchemy.dialects.oracle.base",
        "Dialect",
        None,
    ),
    spec(
        "Inspector",
        "sqlalchemy.engine.reflection",
        "object",
        Some(crate::alchemy::live::inspector::construct),
    ),
    spec("CursorResult", "sqlalchemy.engine.cursor", "object", None),
    spec("ScalarResult", "sqlalchemy.engine.result", "object", None),
    spec("MappingResult", "sqlalchemy.engine.result", "object", None),
    spec("Transaction", "sqlalchemy.engine.base", "object", None),
    spec(
        "RootTransaction",
        "sqlalchemy.engine.base",
        "Transaction",
        None,
    ),
    spec(
        "SessionTransaction",
        "sqlalchemy.orm.session",
        "object",
        None,
    ),
    spec(
        "NestedTransaction",
        "sqlalchemy.engine.base",
        "Transaction",
        None,
    ),
    spec("Row", "sqlalchemy.engine.row", "object", None),
    spec("RowMapping", "sqlalchemy.engine.row", "object", None),
    spec(
        "Session",
        "sqlalchemy.orm.session",
        "object",
        Some(crate::alchemy::orm::session),
    ),
    spec("Operations", "alembic.operations.base", "object", None),
    spec(
        "BatchOperations",
        "alembic.operations.base",
        "Operations",
        None,
    ),
    spec(
        "MigrationContext",
        "alembic.runtime.migration",
        "object",
        None,
    ),
    spec("MigrateOperation", "alembic.operations.ops", "object", None),
    operation("MigrationScript"),
    operation("UpgradeOps"),
    operation("DowngradeOps"),
    operation("ModifyTableOps"),
    operation("CreateTableOp"),
    operation("DropTableOp"),
    operation("AddColumnOp"),
    operation("AlterColumnOp"),
    operation("DropColumnOp"),
    operation("CreateIndexOp"),
    operation("DropIndexOp"),
    operation("CreatePrimaryKeyOp"),
    operation("CreateUniqueConstraintOp"),
    operation("CreateForeignKeyOp"),
    operation("CreateCheckConstraintOp"),
    operation("DropConstraintOp"),
    operation("CreateTableCommentOp"),
    operation("DropTableCommentOp"),
    operation("ExecuteSQLOp"),
    operation("RenameTableOp"),
    operation("BulkInsertOp"),
];

/// Exceptions: key, module, base.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("SQLAlchemyError", "sqlalchemy.exc", "Exception"),
    ("ArgumentError", "sqlalchemy.exc", "SQLAlchemyError"),
    ("CompileError", "sqlalchemy.exc", "SQLAlchemyError"),
    (
        "UnsupportedCompilationError",
        "sqlalchemy.exc",
        "CompileError",
    ),
    (
        "CircularDependencyError",
        "sqlalchemy.exc",
        "SQLAlchemyError",
    ),
    ("TimeoutError", "sqlalchemy.exc", "SQLAlchemyError"),
    ("NoForeignKeysError", "sqlalchemy.exc", "ArgumentError"),
    (
        "AmbiguousForeignKeysError",
        "sqlalchemy.exc",
        "ArgumentError",
    ),
    ("InvalidRequestError", "sqlalchemy.exc", "SQLAlchemyError"),
    ("NoSuchTableError", "sqlalchemy.exc", "InvalidRequestError"),
    ("NoSuchColumnError", "sqlalchemy.exc", "InvalidRequestError"),
    (
        "NoInspectionAvailable",
        "sqlalchemy.exc",
        "InvalidRequestError",
    ),
    ("NoSuchModuleError", "sqlalchemy.exc", "ArgumentError"),
    ("DuplicateColumnError", "sqlalchemy.exc", "ArgumentError"),
    ("NoReferenceError", "sqlalchemy.exc", "InvalidRequestError"),
    (
        "NoReferencedTableError",
        "sqlalchemy.exc",
        "NoReferenceError",
    ),
    ("NoResultFound", "sqlalchemy.exc", "InvalidRequestError"),
    (
        "MultipleResultsFound",
        "sqlalchemy.exc",
        "InvalidRequestError",
    ),
    (
        "PendingRollbackError",
        "sqlalchemy.exc",
        "InvalidRequestError",
    ),
    (
        "ResourceClosedError",
        "sqlalchemy.exc",
        "InvalidRequestError",
    ),
    (
        "ObjectNotExecutableError",
        "sqlalchemy.exc",
        "ArgumentError",
    ),
    (
        "ConstraintColumnNotFoundError",
        "sqlalchemy.exc",
        "ArgumentError",
    ),
    ("DuplicateColumnError", "sqlalchemy.exc", "ArgumentError"),
    ("IdentifierError", "sqlalchemy.exc", "SQLAlchemyError"),
    (
        "UnreflectableTableError",
        "sqlalchemy.exc",
        "InvalidRequestError",
    ),
    (
        "UnboundExecutionError",
        "sqlalchemy.exc",
        "InvalidRequestError",
    ),
    ("StatementError", "sqlalchemy.exc", "SQLAlchemyError"),
    ("DBAPIError", "sqlalchemy.exc", "StatementError"),
    ("InterfaceError", "sqlalchemy.exc", "DBAPIError"),
    ("DatabaseError", "sqlalchemy.exc", "DBAPIError"),
    ("DataError", "sqlalchemy.exc", "DatabaseError"),
    ("OperationalError", "sqlalchemy.exc", "DatabaseError"),
    ("IntegrityError", "sqlalchemy.exc", "DatabaseError"),
    ("InternalError", "sqlalchemy.exc", "DatabaseError"),
    ("ProgrammingError", "sqlalchemy.exc", "DatabaseError"),
    ("NotSupportedError", "sqlalchemy.exc", "DatabaseError"),
    (
        "SADeprecationWarning",
        "sqlalchemy.exc",
        "DeprecationWarning",
    ),
    ("SAWarning", "sqlalchemy.exc", "RuntimeWarning"),
    (
        "RemovedIn20Warning",
        "sqlalchemy.exc",
        "SADeprecationWarning",
    ),
    ("MovedIn20Warning", "sqlalchemy.exc", "RemovedIn20Warning"),
    ("CommandError", "alembic.util.exc", "Exception"),
];

impl Alchemy {
    fn new(types: &Types) -> Alchemy {
        let mut classes: BTreeMap<&'static str, Rc<Class>> = BTreeMap::new();
        for spec in CLASSES {
            let base = classes
                .get(spec.base)
                .cloned()
                .unwrap_or_else(|| types.get(spec.base));
            let hooks = Hooks {
                key: spec.key,
                construct: spec.construct,
                class_attr: class_attr_of(spec.key),
            };
            let class = Class::native(spec.key, spec.module, vec![base], Some(Rc::new(hooks)));
            classes.insert(spec.key, class);
        }
        for (key, module, base) in EXCEPTIONS {
            let base = classes
                .get(base)
                .cloned()
                .unwrap_or_else(|| types.exception(base));
            let class = match *key {
                // Rows and their mappings are looked into as dictionaries are.
                "NoSuchColumnError" => {
                    Types::new_exception_of(key, module, vec![base, types.exception("KeyError")])
                }
                _ => Types::new_exception(key, module, &base),
            };
            classes.insert(key, class);
        }
        for (key, base) in crate::alchemy::types::class::ABSTRACT {
            let bases: Vec<Rc<Class>> = base
                .iter()
                .filter_map(|base| classes.get(base).cloned())
                .collect();
            let bases = if bases.is_empty() {
                vec![Rc::clone(&types.object)]
            } else {
                bases
            };
            let hooks: Rc<dyn ClassHooks> =
                Rc::new(crate::alchemy::types::custom::AbstractTypeHooks { key });
            classes.insert(
                key,
                Class::native(key, "sqlalchemy.sql.type_api", bases, Some(hooks)),
            );
        }
        let mut by_type: BTreeMap<TypeClass, Rc<Class>> = BTreeMap::new();
        for type_class in TypeClass::ALL {
            make_type(*type_class, &classes, &mut by_type, types);
        }
        Alchemy {
            classes,
            types: by_type,
            enum_labels: RefCell::new(BTreeMap::new()),
            written_types: RefCell::new(BTreeMap::new()),
        }
    }

    /// A class that is not a concrete type, by its key.
    pub(crate) fn class(&self, key: &str) -> Rc<Class> {
        match self.classes.get(key) {
            Some(class) => Rc::clone(class),
            // Keys are literals of this crate; SchemaItem stands for a mistake there.
            None => Class::native(key, "sqlalchemy", Vec::new(), None),
        }
    }

    /// A class that is not a concrete type, if there is one of that key.
    pub(crate) fn find_class(&self, key: &str) -> Option<Rc<Class>> {
        self.classes.get(key).cloned()
    }

    /// The class of a type.
    pub(crate) fn type_class(&self, class: TypeClass) -> Rc<Class> {
        match self.types.get(&class) {
            Some(class) => Rc::clone(class),
            None => self.class("TypeEngine"),
        }
    }
}

fn make_type(
    type_class: TypeClass,
    classes: &BTreeMap<&'static str, Rc<Class>>,
    made: &mut BTreeMap<TypeClass, Rc<Class>>,
    types: &Types,
) -> Rc<Class> {
    if let Some(class) = made.get(&type_class) {
        return Rc::clone(class);
    }
    let mut bases = Vec::new();
    for base in base_of(type_class) {
        match base {
            TypeBase::Type(base) => bases.push(make_type(*base, classes, made, types)),
            TypeBase::Abstract(key) => bases.extend(classes.get(key).cloned()),
        }
    }
    if bases.is_empty() {
        bases.push(Rc::clone(&types.object));
    }
    let module = crate::alchemy::types::class::module_of(type_class);
    let hooks: Rc<dyn ClassHooks> = Rc::new(TypeHooks { class: type_class });
    let class = Class::native(type_class.py_name(), module, bases, Some(hooks));
    made.insert(type_class, Rc::clone(&class));
    class
}

/// Class attributes of modelled classes.
fn class_attr_of(key: &str) -> Option<ClassAttr> {
    match key {
        "Inspector" => Some(crate::alchemy::live::inspector::class_attr),
        "Operations" | "BatchOperations" => Some(crate::alchemy::op::custom::class_attr),
        _ => None,
    }
}
