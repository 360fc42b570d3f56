//! `match`: patterns become chains of checks that jump to the next case.
//!
//! Values taken apart stay in the temporaries they were unpacked to until the whole pattern has matched; only then
//! are the captured names stored. A failure may therefore jump away at any point and needs no cleanup.

use super::expr::constant_of;
use super::unit::{Dest, Label, Reg};
use super::unparse::constant_repr;
use super::{Compiler, R};
use crate::ast::*;
use krait_bytecode::Op;

/// What is known while one case's pattern is compiled.
struct Context<'a> {
    /// Captured names and where their values are.
    stores: Vec<(&'a Name, Reg)>,
    /// Whether a pattern that always matches may stand here.
    allow_irrefutable: bool,
    fail: Label,
}

fn is_wildcard(p: &Pattern) -> bool {
    matches!(p.kind, PatternKind::MatchAs { pattern: None, name: None })
}

impl<'a> Compiler<'a> {
    pub(super) fn match_stmt(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) -> R<()> {
        let mark = self.u.top;
        let subject = self.push(subject)?;
        let end = self.u.label();
        let has_default = cases.len() > 1 && cases.last().is_some_and(|c| is_wildcard(&c.pattern));
        let tested = cases.len() - has_default as usize;
        for (i, case) in cases[..tested].iter().enumerate() {
            let fail = self.u.label();
            let mut context = Context {
                stores: Vec::new(),
                allow_irrefutable: case.guard.is_some() || i == cases.len() - 1,
                fail,
            };
            self.u.set_top(mark + 1);
            self.pattern(&case.pattern, subject, &mut context)?;
            for (name, from) in std::mem::take(&mut context.stores) {
                self.store_name(name, from, case.pattern.span)?;
            }
            self.u.set_top(mark + 1);
            if let Some(guard) = &case.guard {
                self.cond(guard, fail, false)?;
            }
            self.u.set_top(mark);
            self.stmts(&case.body)?;
            self.u.jump(end);
            self.u.bind(fail);
        }
        self.u.set_top(mark);
        if has_default && let Some(case) = cases.last() {
            self.u.emit(Op::NOP, 0, 0, 0, case.pattern.span);
            if let Some(guard) = &case.guard {
                self.cond(guard, end, false)?;
            }
            self.stmts(&case.body)?;
        }
        self.u.bind(end);
        Ok(())
    }

    /// Compiles a pattern for the value in `subject`: goes on when it matches, jumps to `context.fail` when not.
    fn pattern(&mut self, p: &'a Pattern, subject: Reg, context: &mut Context<'a>) -> R<()> {
        let span = p.span;
        match &p.kind {
            PatternKind::MatchValue { value } => {
                if !matches!(value.kind, ExprKind::Constant { .. } | ExprKind::Attribute { .. }) {
                    return self.error("patterns may only match literals and attribute lookups", span);
                }
                let mark = self.u.top;
                if let Some(k) = self.constant_operand(value) {
                    self.u.emit_jump(Op::JUMP_EQ_K, subject.0, k, 0, context.fail, span);
                } else {
                    let r = self.operand(value, &[])?;
                    self.u.set_top(mark);
                    self.u.emit_jump(Op::JUMP_EQ, subject.0, r.0, 0, context.fail, span);
                }
            }
            PatternKind::MatchSingleton { value } => {
                if matches!(value, Constant::None) {
                    self.u.emit_jump(Op::JUMP_IF_NOT_NONE, subject.0, 0, 0, context.fail, span);
                } else {
                    let mark = self.u.top;
                    self.constant(value, Dest::Push, span);
                    self.u.set_top(mark);
                    let r = Reg::temp(mark);
                    self.u.emit_jump(Op::JUMP_IS, subject.0, r.0, 0, context.fail, span);
                }
            }
            PatternKind::MatchSequence { patterns } => {
                self.sequence_pattern(patterns, subject, context, span)?
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.mapping_pattern(keys, patterns, rest.as_ref(), subject, context, span)?
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.class_pattern(cls, patterns, kwd_attrs, kwd_patterns, subject, context, span)?
            }
            PatternKind::MatchStar { name } => {
                if let Some(name) = name {
                    self.capture(name, subject, context, span)?;
                }
            }
            PatternKind::MatchAs { pattern: None, name } => {
                if !context.allow_irrefutable {
                    return match name {
                        Some(name) => self.error(
                            &format!("name capture '{name}' makes remaining patterns unreachable"),
                            span,
                        ),
                        None => self.error("wildcard makes remaining patterns unreachable", span),
                    };
                }
                if let Some(name) = name {
                    self.capture(name, subject, context, span)?;
                }
            }
            PatternKind::MatchAs { pattern: Some(pattern), name } => {
                self.pattern(pattern, subject, context)?;
                if let Some(name) = name {
                    self.capture(name, subject, context, span)?;
                }
            }
            PatternKind::MatchOr { patterns } => self.or_pattern(patterns, subject, context, span)?,
        }
        Ok(())
    }

    /// A pattern inside of another: it may always match.
    fn subpattern(&mut self, p: &'a Pattern, subject: Reg, context: &mut Context<'a>) -> R<()> {
        let allowed = std::mem::replace(&mut context.allow_irrefutable, true);
        let result = self.pattern(p, subject, context);
        context.allow_irrefutable = allowed;
        result
    }

    fn capture(&mut self, name: &'a Name, from: Reg, context: &mut Context<'a>, span: Span) -> R<()> {
        self.forbidden_name(name, true, span)?;
        if context.stores.iter().any(|(n, _)| *n == name) {
            return self.duplicate_store(name, span);
        }
        context.stores.push((name, from));
        Ok(())
    }

    fn duplicate_store(&self, name: &Name, span: Span) -> R<()> {
        let name =
            String::from_utf8_lossy(&constant_repr(&Constant::Str(name.as_bytes().into()))).into_owned();
        self.error(&format!("multiple assignments to name {name} in pattern"), span)
    }

    /// Jumps to the failure unless `op` of the subject is true.
    fn check(&mut self, op: Op, subject: Reg, context: &Context<'a>, span: Span) {
        let t = Reg::temp(self.u.top);
        self.u.emit(op, t.0, subject.0, 0, span);
        self.u.emit_jump(Op::JUMP_IF_FALSE, t.0, 0, 0, context.fail, span);
    }

    fn check_length(&mut self, jump: Op, length: usize, subject: Reg, context: &Context<'a>, span: Span) {
        let t = Reg::temp(self.u.top);
        self.u.emit(Op::GET_LEN, t.0, subject.0, 0, span);
        let k = self.u.constant(&Constant::Int(IntLit::Small(length as i64)));
        if k >= 0x8000 {
            self.u.overflow = true;
        }
        self.u.emit_jump(jump, t.0, k as u16, 0, context.fail, span);
    }

    fn sequence_pattern(
        &mut self,
        patterns: &'a [Pattern],
        subject: Reg,
        context: &mut Context<'a>,
        span: Span,
    ) -> R<()> {
        let size = patterns.len();
        let mut star = None;
        let mut only_wildcards = true;
        let mut star_wildcard = false;
        for (i, p) in patterns.iter().enumerate() {
            if let PatternKind::MatchStar { name } = &p.kind {
                if star.is_some() {
                    return self.error("multiple starred names in sequence pattern", span);
                }
                star_wildcard = name.is_none();
                only_wildcards &= star_wildcard;
                star = Some(i);
                continue;
            }
            only_wildcards &= is_wildcard(p);
        }
        self.check(Op::MATCH_SEQUENCE, subject, context, span);
        match star {
            None => self.check_length(Op::JUMP_EQ_K, size, subject, context, span),
            Some(_) if size > 1 => self.check_length(Op::JUMP_GE_K, size - 1, subject, context, span),
            Some(_) => {}
        }
        if only_wildcards {
            return Ok(());
        }
        if let Some(star) = star
            && star_wildcard
        {
            return self.sequence_items(patterns, star, subject, context, span);
        }
        let first = self.u.top;
        if size > 0x7000 {
            return self.error("too many expressions in sequence pattern", span);
        }
        match star {
            None => self.u.emit(Op::UNPACK, Reg::temp(first).0, subject.0, size as u16, span),
            Some(star) => {
                if star >= 1 << 8 || size - star > 0x7fff_ffff >> 8 {
                    return self.error("too many expressions in star-unpacking sequence pattern", span);
                }
                let after = (size - star - 1) as u32;
                self.u.emit_data(Op::UNPACK_STAR, Reg::temp(first).0, subject.0, star as u16, after, span);
            }
        }
        self.u.set_top(first + size as u16);
        for (i, p) in patterns.iter().enumerate() {
            self.subpattern(p, Reg::temp(first + i as u16), context)?;
        }
        Ok(())
    }

    /// `[a, *_, b]`: only the items that matter are looked at.
    fn sequence_items(
        &mut self,
        patterns: &'a [Pattern],
        star: usize,
        subject: Reg,
        context: &mut Context<'a>,
        span: Span,
    ) -> R<()> {
        for (i, p) in patterns.iter().enumerate() {
            if i == star || is_wildcard(p) {
                continue;
            }
            let item = Reg::temp(self.u.top);
            if i < star {
                let k = self.u.constant(&Constant::Int(IntLit::Small(i as i64))) as u16;
                self.u.emit(Op::GETITEM_K, item.0, subject.0, k, span);
            } else {
                // The subject may not know negative indexes.
                let back = Constant::Int(IntLit::Small((patterns.len() - i) as i64));
                let k = self.u.constant(&back) as u16;
                self.u.emit(Op::GET_LEN, item.0, subject.0, 0, span);
                self.u.emit(Op::SUB_K, item.0, item.0, k, span);
                self.u.emit(Op::GETITEM, item.0, subject.0, item.0, span);
            }
            self.u.push();
            self.subpattern(p, item, context)?;
        }
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        keys: &'a [Expr],
        patterns: &'a [Pattern],
        rest: Option<&'a Name>,
        subject: Reg,
        context: &mut Context<'a>,
        span: Span,
    ) -> R<()> {
        let size = keys.len();
        if size != patterns.len() {
            let n = patterns.len();
            return self
                .error(&format!("keys ({size}) / patterns ({n}) length mismatch in mapping pattern"), span);
        }
        self.check(Op::MATCH_MAPPING, subject, context, span);
        if size == 0 && rest.is_none() {
            return Ok(());
        }
        if size > 0 {
            self.check_length(Op::JUMP_GE_K, size, subject, context, span);
        }
        let mut seen: Vec<Vec<u8>> = Vec::new();
        let tuple = self.u.top;
        for key in keys {
            if let Some(value) = constant_of(key) {
                let known = equality_key(value);
                if seen.contains(&known) {
                    let shown = String::from_utf8_lossy(&constant_repr(value)).into_owned();
                    return self.error(&format!("mapping pattern checks duplicate key ({shown})"), span);
                }
                seen.push(known);
            } else if !matches!(key.kind, ExprKind::Attribute { .. }) {
                return self
                    .error("mapping pattern keys may only match literals and attribute lookups", span);
            }
            self.push(key)?;
        }
        self.u.set_top(tuple);
        let names = Reg::temp(tuple);
        let values = Reg::temp(tuple + 1);
        self.u.emit_to(Op::BUILD_TUPLE, Dest::Push, names.0, size as u16, span);
        self.u.emit_to(Op::MATCH_KEYS, Dest::Push, subject.0, names.0, span);
        self.u.emit_jump(Op::JUMP_IF_NONE, values.0, 0, 0, context.fail, span);
        let first = self.u.top;
        self.u.emit(Op::UNPACK, Reg::temp(first).0, values.0, size as u16, span);
        self.u.set_top(first + size as u16);
        for (i, p) in patterns.iter().enumerate() {
            self.subpattern(p, Reg::temp(first + i as u16), context)?;
        }
        if let Some(rest) = rest {
            let dict = self.u.push();
            self.u.set_top(dict.0 & !Reg::TEMP);
            self.u.emit_to(Op::BUILD_MAP, Dest::Push, dict.0, 0, span);
            self.u.emit(Op::DICT_UPDATE, dict.0, subject.0, 0, span);
            let first = self.u.top;
            self.u.emit(Op::UNPACK, Reg::temp(first).0, names.0, size as u16, span);
            self.u.set_top(first + size as u16);
            for i in (0..size as u16).rev() {
                self.u.emit(Op::DELITEM, dict.0, Reg::temp(first + i).0, 0, span);
            }
            self.u.set_top(first);
            self.capture(rest, dict, context, span)?;
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    fn class_pattern(
        &mut self,
        cls: &'a Expr,
        patterns: &'a [Pattern],
        kwd_attrs: &'a [Name],
        kwd_patterns: &'a [Pattern],
        subject: Reg,
        context: &mut Context<'a>,
        span: Span,
    ) -> R<()> {
        if kwd_attrs.len() != kwd_patterns.len() {
            let (a, p) = (kwd_attrs.len(), kwd_patterns.len());
            return self.error(
                &format!("kwd_attrs ({a}) / kwd_patterns ({p}) length mismatch in class pattern"),
                span,
            );
        }
        for (i, name) in kwd_attrs.iter().enumerate() {
            self.forbidden_name(name, true, kwd_patterns[i].span)?;
            for (j, other) in kwd_attrs.iter().enumerate().skip(i + 1) {
                if name == other {
                    let msg = format!("attribute name repeated in class pattern: {other}");
                    return self.error(&msg, kwd_patterns[j].span);
                }
            }
        }
        let base = self.u.top;
        self.push(cls)?;
        let names = kwd_attrs.iter().map(|n| Constant::Str(n.as_bytes().into())).collect();
        self.constant(&Constant::Tuple(names), Dest::Push, span);
        self.u.set_top(base);
        let found = Reg::temp(base);
        self.u.emit_data(Op::MATCH_CLASS, found.0, subject.0, found.0, patterns.len() as u32, span);
        self.u.push();
        self.u.emit_jump(Op::JUMP_IF_NONE, found.0, 0, 0, context.fail, span);
        let size = patterns.len() + kwd_patterns.len();
        self.u.set_top(base);
        self.u.emit(Op::UNPACK, found.0, found.0, size as u16, span);
        self.u.set_top(base + size as u16);
        for (i, p) in patterns.iter().chain(kwd_patterns).enumerate() {
            if !is_wildcard(p) {
                self.subpattern(p, Reg::temp(base + i as u16), context)?;
            }
        }
        Ok(())
    }

    fn or_pattern(
        &mut self,
        patterns: &'a [Pattern],
        subject: Reg,
        context: &mut Context<'a>,
        span: Span,
    ) -> R<()> {
        let end = self.u.label();
        let outer_fail = context.fail;
        let allowed = context.allow_irrefutable;
        let before = std::mem::take(&mut context.stores);
        // Each alternative leaves the captured values in the same temporaries.
        let mut names = Vec::new();
        if let Some(first) = patterns.first() {
            captured(first, &mut names);
        }
        let slots = self.u.top;
        self.u.open_gap(slots, names.len() as u16);
        self.u.set_top(slots + names.len() as u16);
        let top = self.u.top;
        let mut control: Vec<&'a Name> = Vec::new();
        for (i, p) in patterns.iter().enumerate() {
            self.u.set_top(top);
            context.fail = self.u.label();
            context.allow_irrefutable = allowed && i + 1 == patterns.len();
            self.pattern(p, subject, context)?;
            let stores = std::mem::take(&mut context.stores);
            if i == 0 {
                control = stores.iter().map(|(name, _)| *name).collect();
            }
            if stores.len() != control.len() {
                return self.error("alternative patterns bind different names", span);
            }
            for (slot, name) in control.iter().enumerate() {
                let Some((_, from)) = stores.iter().find(|(n, _)| n == name) else {
                    return self.error("alternative patterns bind different names", span);
                };
                self.u.mov(Reg::temp(slots + slot as u16), *from, p.span);
            }
            self.u.jump(end);
            self.u.bind(context.fail);
        }
        context.fail = outer_fail;
        context.allow_irrefutable = allowed;
        context.stores = before;
        self.u.set_top(top);
        self.u.jump(outer_fail);
        self.u.bind(end);
        self.u.close_gap();
        for (slot, name) in control.into_iter().enumerate() {
            if context.stores.iter().any(|(n, _)| *n == name) {
                return self.duplicate_store(name, span);
            }
            context.stores.push((name, Reg::temp(slots + slot as u16)));
        }
        Ok(())
    }
}

/// The names that a pattern captures.
fn captured<'a>(p: &'a Pattern, names: &mut Vec<&'a Name>) {
    match &p.kind {
        PatternKind::MatchValue { .. } | PatternKind::MatchSingleton { .. } => {}
        PatternKind::MatchSequence { patterns } => patterns.iter().for_each(|p| captured(p, names)),
        PatternKind::MatchMapping { patterns, rest, .. } => {
            patterns.iter().for_each(|p| captured(p, names));
            names.extend(rest);
        }
        PatternKind::MatchClass { patterns, kwd_patterns, .. } => {
            patterns.iter().chain(kwd_patterns).for_each(|p| captured(p, names));
        }
        PatternKind::MatchStar { name } => names.extend(name),
        PatternKind::MatchAs { pattern, name } => {
            if let Some(p) = pattern {
                captured(p, names);
            }
            names.extend(name);
        }
        PatternKind::MatchOr { patterns } => {
            if let Some(p) = patterns.first() {
                captured(p, names);
            }
        }
    }
}

/// A text that is the same for constants that are equal as dict keys: 1, 1.0 and True are.
fn equality_key(value: &Constant) -> Vec<u8> {
    let number = match value {
        Constant::True => Some((1.0, 0.0)),
        Constant::False => Some((0.0, 0.0)),
        Constant::Int(IntLit::Small(n)) if n.unsigned_abs() < 1 << 53 => Some((*n as f64, 0.0)),
        Constant::Float(x) => Some((*x, 0.0)),
        Constant::Complex(re, im) => Some((*re, *im)),
        _ => None,
    };
    match number {
        Some((re, im)) => format!("number {} {}", re + 0.0, im + 0.0).into_bytes(),
        None => constant_repr(value),
    }
}
