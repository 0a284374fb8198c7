//! Expressions.

use std::rc::Rc;

use limbeck_diag::ErrorKind;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{
    BoolOp, CmpOp as AstCmpOp, ConversionFlag, Expr, ExprCompare, ExprDict, ExprFString,
    InterpolatedStringElement, InterpolatedStringElements, Number, Operator, Parameters, UnaryOp,
};
use ruff_text_size::{Ranged as _, TextRange};

use super::code::{Body, Code};
use super::names::Names;
use super::scope::Scope;
use super::{Interp, Mode};
use crate::flow::{Flow, R};
use crate::parse::span_of;
use crate::value::{BinOp, CmpOp, Dict, Function, Int, Set, Slice, Str, Value};

/// Defaults of positional parameters, and of keyword-only ones by name.
type Defaults = (Vec<Value>, Vec<(Str, Value)>);

impl Interp<'_> {
    /// Evaluates an expression.
    pub(crate) fn eval(&mut self, scope: &Rc<Scope>, expr: &Expr) -> R {
        if !self.is_probing() && self.forgiven.is_none() {
            return self.eval_noted(scope, expr);
        }
        let (frames, depth, effects) = (self.frames.len(), self.depth, self.effects);
        let result = self.eval_noted(scope, expr);
        match (result, &mut self.forgiven) {
            (Err(Flow::Fatal(error)), Some(forgiven))
                if error.kind == ErrorKind::Unreadable
                    && matches!(expr, Expr::Call(_))
                    && self.effects == effects =>
            {
                let location = error.diagnostic.location().cloned();
                let value = Value::foreign(error.diagnostic.message.clone(), location);
                forgiven.push(*error);
                self.frames.truncate(frames);
                self.depth = depth;
                Ok(value)
            }
            (result, _) => self.answer_instead(result, frames, depth),
        }
    }

    /// Evaluates an expression, and counts it where a program goes on after what it may have raised.
    fn eval_noted(&mut self, scope: &Rc<Scope>, expr: &Expr) -> R {
        let value = self.eval_expr(scope, expr)?;
        if self.is_guarded() {
            self.note_unread(expr, &value);
        }
        Ok(value)
    }

    fn eval_expr(&mut self, scope: &Rc<Scope>, expr: &Expr) -> R {
        self.step()?;
        match expr {
            Expr::Name(name) => self.lookup_name(scope, name.id.as_str()),
            Expr::StringLiteral(literal) => {
                let text = literal.value.to_str();
                Ok(match self.has_half_a_pair(scope, text, literal.range()) {
                    true => self.unknown("a character of this literal is not modelled"),
                    false => Value::from(text),
                })
            }
            Expr::NumberLiteral(literal) => Ok(match &literal.value {
                Number::Int(int) => match int.as_i64() {
                    Some(small) => Value::from(small),
                    None => big_literal(&int.to_string()).map_or_else(
                        || self.unknown("an integer literal that cannot be read"),
                        Value::Int,
                    ),
                },
                Number::Float(float) => Value::Float(*float),
                Number::Complex { .. } => self.unknown("complex numbers are not modelled"),
            }),
            Expr::BooleanLiteral(literal) => Ok(Value::Bool(literal.value)),
            Expr::NoneLiteral(_) => Ok(Value::None),
            Expr::EllipsisLiteral(_) => Ok(Value::Ellipsis),
            Expr::BytesLiteral(literal) => {
                let bytes: Vec<u8> = literal.value.bytes().collect();
                Ok(Value::bytes(&bytes))
            }
            Expr::Call(call) => self.eval_call(scope, call),
            Expr::Attribute(attribute) => {
                let value = self.eval(scope, &attribute.value)?;
                self.set_at(span_of(attribute.range));
                self.get_attr(&value, attribute.attr.as_str())
            }
            Expr::Subscript(subscript) => {
                let value = self.eval(scope, &subscript.value)?;
                let key = self.eval(scope, &subscript.slice)?;
                self.set_at(span_of(subscript.range));
                self.get_item(&value, &key)
            }
            Expr::List(list) => Ok(match self.eval_elements(scope, &list.elts)? {
                Ok(items) => Value::list(items),
                Err(unknown) => unknown,
            }),
            Expr::Tuple(tuple) => Ok(match self.eval_elements(scope, &tuple.elts)? {
                Ok(items) => Value::tuple(items),
                Err(unknown) => unknown,
            }),
            Expr::Set(set) if set.elts.iter().any(Expr::is_starred_expr) => {
                let mut made = Set::new();
                for element in &set.elts {
                    let value = match element {
                        Expr::Starred(starred) => self.eval(scope, &starred.value)?,
                        other => self.eval(scope, other)?,
                    };
                    if value.is_unknown() {
                        return Ok(value);
                    }
                    if element.is_starred_expr() {
                        crate::builtins::set::extend(self, &mut made, &value)?;
                    } else {
                        match self.add_to_set(made, vec![value])? {
                            Ok(more) => made = more,
                            Err(unknown) => return Ok(unknown),
                        }
                    }
                }
                Ok(Value::set(made))
            }
            Expr::Set(set) => match self.eval_elements(scope, &set.elts)? {
                Ok(items) => Ok(match self.make_set(items)? {
                    // CPython makes a frozen set of three constants and more, which the new set takes over.
                    Ok(made) if set.elts.len() > 2 && set.elts.iter().all(is_constant) => {
                        Value::set(made.rebuilt().copied())
                    }
                    Ok(made) => Value::set(made),
                    Err(unknown) => unknown,
                }),
                Err(unknown) => Ok(unknown),
            },
            Expr::Dict(dict) => self.eval_dict(scope, dict),
            Expr::BinOp(binary) => {
                let left = self.eval(scope, &binary.left)?;
                let right = self.eval(scope, &binary.right)?;
                self.set_at(span_of(binary.range));
                self.binary(bin_op(binary.op), &left, &right)
            }
            Expr::UnaryOp(unary) => {
                let value = self.eval(scope, &unary.operand)?;
                match unary.op {
                    UnaryOp::Not => {
                        if value.is_unknown() {
                            return Ok(value);
                        }
                        Ok(Value::Bool(!self.truth(&value, "the operand of `not`")?))
                    }
                    UnaryOp::USub => self.unary('-', &value),
                    UnaryOp::UAdd => self.unary('+', &value),
                    UnaryOp::Invert => self.unary('~', &value),
                }
            }
            Expr::BoolOp(bool_op) => {
                let mut last = Value::None;
                let count = bool_op.values.len();
                for (index, operand) in bool_op.values.iter().enumerate() {
                    last = self.eval(scope, operand)?;
                    if index + 1 == count {
                        break;
                    }
                    if last.is_unknown() && !self.is_answer(&last) {
                        let rest = bool_op.values.iter().skip(index + 1);
                        self.may_skip(&last, rest, "an operand of `and` or `or`")?;
                        return Ok(last);
                    }
                    let truth = self.truth(&last, "an operand of `and` or `or`")?;
                    if truth == (bool_op.op == BoolOp::Or) {
                        break;
                    }
                }
                Ok(last)
            }
            Expr::Compare(compare) => self.eval_compare(scope, compare),
            Expr::If(if_) => {
                let test = self.eval(scope, &if_.test)?;
                if test.is_unknown() && !self.is_answer(&test) {
                    self.may_skip(
                        &test,
                        [&*if_.body, &*if_.orelse],
                        "the condition of an `if` expression",
                    )?;
                    return Ok(test);
                }
                if self.truth(&test, "the condition of an `if` expression")? {
                    self.eval(scope, &if_.body)
                } else {
                    self.eval(scope, &if_.orelse)
                }
            }
            Expr::Named(named) => {
                let value = self.eval(scope, &named.value)?;
                if let Expr::Name(name) = &*named.target {
                    scope.assign_walrus(name.id.as_str(), value.clone());
                }
                Ok(value)
            }
            Expr::FString(fstring) => self.eval_fstring(scope, fstring),
            Expr::TString(_) => Ok(self.unknown("template strings are not modelled")),
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.as_deref().cloned().unwrap_or_default();
                let code = scope.unit.code(lambda.range, || {
                    let mut names = Names::of_expr(&lambda.body);
                    names.add_parameters(&parameters);
                    Code {
                        name: Str::from("<lambda>"),
                        unit: Rc::clone(&scope.unit),
                        names: Rc::new(names),
                        parameters: parameters.clone(),
                        returns: None,
                        body: Body::Lambda((*lambda.body).clone()),
                        is_async: false,
                        doc: None,
                        range: lambda.range,
                        generator: super::generator::GeneratorBody::new(),
                    }
                });
                self.make_function(scope, code)
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.eval_comprehension(scope, expr)
            }
            Expr::Starred(_) => Err(self.raise("SyntaxError", "can't use starred expression here")),
            Expr::Slice(slice) => {
                let mut part = |expr: &Option<Box<Expr>>| match expr {
                    Some(expr) => self.eval(scope, expr),
                    None => Ok(Value::None),
                };
                let (start, stop, step) =
                    (part(&slice.lower)?, part(&slice.upper)?, part(&slice.step)?);
                Ok(Value::Slice(Rc::new(Slice { start, stop, step })))
            }
            Expr::Await(await_) => {
                let value = self.eval(scope, &await_.value)?;
                self.set_at(span_of(await_.range));
                crate::modules::asyncio::await_value(self, &value)
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.set_at(span_of(expr.range()));
                Err(self.unreadable("`yield` inside an expression is not modelled"))
            }
            Expr::IpyEscapeCommand(_) => Err(self.raise("SyntaxError", "invalid syntax")),
        }
    }

    /// Fails while a migration runs if expressions that an unknown condition decides about have effects.
    pub(crate) fn may_skip<'e>(
        &mut self,
        unknown: &Value,
        exprs: impl IntoIterator<Item = &'e Expr>,
        what: &str,
    ) -> R<()> {
        if self.mode == Mode::Load {
            self.note_skipped_exprs(unknown, exprs, what);
        } else if exprs.into_iter().any(has_effects) {
            self.need_known(unknown, what)?;
        }
        Ok(())
    }

    /// Elements of a list display; the inner error is an unknown that was starred.
    fn eval_elements(
        &mut self,
        scope: &Rc<Scope>,
        elements: &[Expr],
    ) -> R<Result<Vec<Value>, Value>> {
        self.charge(4);
        let mut items = Vec::with_capacity(elements.len());
        let mut unknown = None;
        for element in elements {
            match element {
                Expr::Starred(starred) => {
                    let value = self.eval(scope, &starred.value)?;
                    if value.is_unknown() {
                        unknown = Some(value);
                        continue;
                    }
                    let more = self.iterate(&value)?;
                    self.charge(more.len());
                    self.step()?;
                    items.extend(more);
                }
                element => items.push(self.eval(scope, element)?),
            }
        }
        Ok(match unknown {
            Some(unknown) => Err(unknown),
            None => Ok(items),
        })
    }

    /// What a loop goes through. CPython makes a frozen set of a set of constants that is only iterated over.
    pub(crate) fn eval_iterable(&mut self, scope: &Rc<Scope>, expr: &Expr) -> R {
        match expr {
            Expr::Set(set) if set.elts.iter().all(is_constant) => {
                match self.eval_elements(scope, &set.elts)? {
                    Ok(items) => Ok(match self.make_set(items)? {
                        Ok(made) => Value::FrozenSet(Rc::new(made.rebuilt())),
                        Err(unknown) => unknown,
                    }),
                    Err(unknown) => Ok(unknown),
                }
            }
            other => self.eval(scope, other),
        }
    }

    /// A set of values; the inner error is an unknown element.
    pub(crate) fn make_set(&mut self, items: Vec<Value>) -> R<Result<Set, Value>> {
        self.add_to_set(Set::new(), items)
    }

    /// A set with more values; the inner error is an unknown element.
    pub(crate) fn add_to_set(&mut self, mut set: Set, items: Vec<Value>) -> R<Result<Set, Value>> {
        for item in items {
            match self.key_or_unknown(&item)? {
                Ok(key) => {
                    set.insert(key, item);
                }
                Err(unknown) => return Ok(Err(unknown)),
            }
        }
        Ok(Ok(set))
    }

    fn eval_dict(&mut self, scope: &Rc<Scope>, dict: &ExprDict) -> R {
        self.charge(8);
        let mut result = Dict::new();
        let mut unknown = None;
        for item in &dict.items {
            match &item.key {
                Some(key) => {
                    let key = self.eval(scope, key)?;
                    let value = self.eval(scope, &item.value)?;
                    match self.key_or_unknown(&key)? {
                        Ok(hash) => {
                            result.insert(hash, key, value);
                        }
                        Err(because) => unknown = Some(because),
                    }
                }
                None => {
                    let value = self.eval(scope, &item.value)?;
                    if value.is_unknown() {
                        unknown = Some(value);
                        continue;
                    }
                    let more = self.mapping_items(&value, "object is not a mapping:")?;
                    self.charge(more.len() * 4);
                    self.step()?;
                    for (key, value) in more {
                        let hash = self.hash_key(&key)?;
                        result.insert(hash, key, value);
                    }
                }
            }
        }
        Ok(unknown.unwrap_or_else(|| Value::dict(result)))
    }

    fn eval_compare(&mut self, scope: &Rc<Scope>, compare: &ExprCompare) -> R {
        let mut left = self.eval(scope, &compare.left)?;
        let mut result = Value::Bool(true);
        let count = compare.ops.len();
        for (index, (op, right)) in compare.ops.iter().zip(&compare.comparators).enumerate() {
            let right = self.eval(scope, right)?;
            self.set_at(span_of(compare.range));
            result = self.compare_op(*op, &left, &right)?;
            if index + 1 == count {
                break;
            }
            if result.is_unknown() {
                self.may_skip(
                    &result.clone(),
                    compare.comparators.iter().skip(index + 1),
                    "a comparison",
                )?;
                return Ok(result);
            }
            if !self.truth(&result, "a comparison")? {
                return Ok(result);
            }
            left = right;
        }
        Ok(result)
    }

    fn compare_op(&mut self, op: AstCmpOp, left: &Value, right: &Value) -> R {
        let op = match op {
            AstCmpOp::Eq => CmpOp::Eq,
            AstCmpOp::NotEq => CmpOp::Ne,
            AstCmpOp::Lt => CmpOp::Lt,
            AstCmpOp::LtE => CmpOp::Le,
            AstCmpOp::Gt => CmpOp::Gt,
            AstCmpOp::GtE => CmpOp::Ge,
            AstCmpOp::Is | AstCmpOp::IsNot => {
                for value in [left, right] {
                    if let Value::Opaque(opaque) = value {
                        return Ok(self.unknown(format!("{} is not modelled", opaque.what)));
                    }
                    if value.is_unknown() {
                        return Ok(value.clone());
                    }
                }
                return Ok(Value::Bool(left.is_same(right) == (op == AstCmpOp::Is)));
            }
            AstCmpOp::In | AstCmpOp::NotIn => {
                let found = self.contains(right, left)?;
                return Ok(match found {
                    Value::Bool(found) => Value::Bool(found == (op == AstCmpOp::In)),
                    unknown => unknown,
                });
            }
        };
        self.compare(op, left, right)
    }

    fn eval_fstring(&mut self, scope: &Rc<Scope>, fstring: &ExprFString) -> R {
        let mut out = String::new();
        let mut unknown = None;
        for part in fstring.value.as_slice() {
            match part {
                ruff_python_ast::FStringPart::Literal(literal) => {
                    if self.has_half_a_pair(scope, &literal.value, literal.range()) {
                        unknown = Some(self.unknown("a character of this literal is not modelled"));
                    }
                    out.push_str(&literal.value);
                }
                ruff_python_ast::FStringPart::FString(part) => {
                    self.eval_interpolated(scope, &part.elements, &mut out, &mut unknown)?;
                }
            }
        }
        self.check_size(out.len())?;
        Ok(unknown.unwrap_or_else(|| Value::from(out)))
    }

    fn eval_interpolated(
        &mut self,
        scope: &Rc<Scope>,
        elements: &InterpolatedStringElements,
        out: &mut String,
        unknown: &mut Option<Value>,
    ) -> R<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    if self.has_half_a_pair(scope, &literal.value, literal.range()) {
                        *unknown =
                            Some(self.unknown("a character of this literal is not modelled"));
                    }
                    out.push_str(&literal.value);
                }
                InterpolatedStringElement::Interpolation(part) => {
                    let value = self.eval(scope, &part.expression)?;
                    let mut conversion = part.conversion;
                    if let Some(debug) = &part.debug_text {
                        out.push_str(debug.as_str());
                        if conversion == ConversionFlag::None && part.format_spec.is_none() {
                            conversion = ConversionFlag::Repr;
                        }
                    }
                    let mut spec = String::new();
                    if let Some(format_spec) = &part.format_spec {
                        self.eval_interpolated(scope, &format_spec.elements, &mut spec, unknown)?;
                    }
                    if value.is_unknown() {
                        unknown.get_or_insert(value);
                        continue;
                    }
                    if let Value::Opaque(opaque) = &value {
                        let reason = format!("the text of {} is not modelled", opaque.what);
                        let value = self.unknown(reason);
                        unknown.get_or_insert(value);
                        continue;
                    }
                    if unknown.is_some() {
                        continue;
                    }
                    self.set_at(span_of(part.range));
                    let value = match conversion {
                        ConversionFlag::None => value,
                        ConversionFlag::Str => Value::from(self.to_str(&value)?),
                        ConversionFlag::Repr => Value::from(self.to_repr(&value)?),
                        ConversionFlag::Ascii => Value::from(self.to_ascii(&value)?),
                    };
                    out.push_str(&self.format_value(&value, &spec)?);
                }
            }
        }
        Ok(())
    }

    /// `ascii(value)`.
    #[expect(
        clippy::wrong_self_convention,
        reason = "named like `to_str` and `to_repr`"
    )]
    pub(crate) fn to_ascii(&mut self, value: &Value) -> R<String> {
        let text = self.to_repr(value)?;
        let mut out = String::with_capacity(text.len());
        for char in text.chars() {
            if char.is_ascii() {
                out.push(char)
            } else {
                limbeck_schema::push_py_escape(&mut out, char)
            }
        }
        Ok(out)
    }

    /// A function object: evaluates defaults and takes the closure.
    pub(crate) fn make_function(&mut self, scope: &Rc<Scope>, code: Rc<Code>) -> R {
        let (defaults, kw_defaults) = self.eval_defaults(scope, &code.parameters)?;
        let qualname = if &*code.name == "<lambda>" {
            Str::from(format!("{}<lambda>", scope.qualname))
        } else {
            Str::from(format!("{}{}", scope.qualname, code.name))
        };
        Ok(Value::Function(Rc::new(Function {
            name: Str::clone(&code.name),
            qualname,
            module: Rc::clone(&scope.module),
            code,
            defaults,
            kw_defaults,
            closure: Rc::clone(scope),
            attrs: Rc::default(),
            owner: std::cell::RefCell::new(None),
        })))
    }

    fn eval_defaults(&mut self, scope: &Rc<Scope>, parameters: &Parameters) -> R<Defaults> {
        let mut defaults = Vec::new();
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            if let Some(default) = &parameter.default {
                defaults.push(self.eval(scope, default)?);
            }
        }
        let mut kw_defaults = Vec::new();
        for parameter in &parameters.kwonlyargs {
            if let Some(default) = &parameter.default {
                let value = self.eval(scope, default)?;
                kw_defaults.push((Str::from(parameter.parameter.name.as_str()), value));
            }
        }
        Ok((defaults, kw_defaults))
    }

    /// True for a literal with half a surrogate pair, which no text of ours can hold. The parser writes the replacement character for it.
    fn has_half_a_pair(&self, scope: &Rc<Scope>, text: &str, range: TextRange) -> bool {
        let is_half = |escape: &str| {
            let mut digits = escape.chars().skip_while(|it| *it == '0');
            let first = digits
                .next()
                .is_some_and(|it| it.eq_ignore_ascii_case(&'d'));
            first
                && digits
                    .next()
                    .is_some_and(|it| matches!(it, '8'..='9' | 'a'..='f' | 'A'..='F'))
        };
        text.contains(char::REPLACEMENT_CHARACTER)
            && self
                .source_text(scope, range)
                .split('\\')
                .filter_map(|part| part.strip_prefix(['u', 'U']))
                .any(is_half)
    }

    /// Text of source at a range, for messages.
    pub(crate) fn source_text(&self, scope: &Rc<Scope>, range: TextRange) -> Str {
        Str::from(scope.unit.file.slice(span_of(range)))
    }
}

/// True when evaluating an expression may do something besides giving a value.
pub(crate) fn has_effects(expr: &Expr) -> bool {
    struct Finder(bool);
    impl<'ast> Visitor<'ast> for Finder {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            match expr {
                Expr::Call(_)
                | Expr::Await(_)
                | Expr::Yield(_)
                | Expr::YieldFrom(_)
                | Expr::Named(_) => {
                    self.0 = true;
                }
                Expr::Lambda(_) => {}
                _ => walk_expr(self, expr),
            }
        }
    }
    let mut finder = Finder(false);
    finder.visit_expr(expr);
    finder.0
}

/// The operator of a syntax node.
pub(crate) fn bin_op(op: Operator) -> BinOp {
    match op {
        Operator::Add => BinOp::Add,
        Operator::Sub => BinOp::Sub,
        Operator::Mult => BinOp::Mul,
        Operator::MatMult => BinOp::MatMul,
        Operator::Div => BinOp::TrueDiv,
        Operator::Mod => BinOp::Mod,
        Operator::Pow => BinOp::Pow,
        Operator::LShift => BinOp::LShift,
        Operator::RShift => BinOp::RShift,
        Operator::BitOr => BinOp::Or,
        Operator::BitXor => BinOp::Xor,
        Operator::BitAnd => BinOp::And,
        Operator::FloorDiv => BinOp::FloorDiv,
    }
}

fn big_literal(text: &str) -> Option<Int> {
    let text = text.replace('_', "").to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return Int::parse(digits, radix);
        }
    }
    // Python refuses longer ones, too: its limit of digits in a conversion.
    (text.len() <= 4300)
        .then(|| Int::parse(&text, 10))
        .flatten()
}

/// True for an expression that CPython computes when it compiles.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_) => true,
        Expr::UnaryOp(unary) => is_constant(&unary.operand),
        Expr::BinOp(binary) => is_constant(&binary.left) && is_constant(&binary.right),
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_constant),
        _ => false,
    }
}
