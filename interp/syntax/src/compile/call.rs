//! Calls, and attributes of `super()`.
//!
//! A call window lies above everything alive: `FRAME_WORDS` free temporaries, the last of which takes the callable,
//! then the self slot, then the arguments, which are evaluated right where the callee's registers will be.

use super::expr::{Display, attribute_span, is_leaf};
use super::names::Place;
use super::unit::{Dest, Reg, UnitKind};
use super::{Compiler, R};
use crate::ast::*;
use crate::scope::Binding;
use krait_bytecode::{FRAME_WORDS, Op};

/// More arguments than this are passed as a tuple and a dict.
const WINDOW_ARGS: usize = 240;

impl<'a> Compiler<'a> {
    /// The self slot of a window that starts at the stack's top, and where its callable goes. Nothing is pushed.
    pub(super) fn open_window(&mut self) -> (Reg, Dest) {
        let slot = self.u.top + FRAME_WORDS as u16;
        (Reg::temp(slot), Dest::To(Reg::temp(slot - 1)))
    }

    /// Pushes the window, whose callable and receiver are in place: the stack's top moves to the first argument, and
    /// its free words are a gap until the call.
    pub(super) fn push_window(&mut self, slot: Reg) {
        let base = self.u.top;
        self.u.open_gap(base, FRAME_WORDS as u16 - 1);
        self.u.set_top((slot.0 & !Reg::TEMP) + 1);
    }

    /// As [`Compiler::push_window`], with nothing bound.
    pub(super) fn no_receiver(&mut self, slot: Reg, span: Span) {
        self.push_window(slot);
        self.u.emit(Op::PUSH_MISSING, slot.0, 0, 0, span);
    }

    /// Pops the window down to `base` and calls; the result goes to `result`, not counted.
    pub(super) fn emit_call(&mut self, base: u16, slot: Reg, count: u16, result: Reg, span: Span) {
        self.u.set_top(base);
        self.u.close_gap();
        self.u.emit(Op::CALL, slot.0, count, result.0, span);
    }

    /// A call expression.
    pub(super) fn call(
        &mut self,
        e: &'a Expr,
        func: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        dest: Dest,
    ) -> R<()> {
        self.validate_keywords(keywords)?;
        let base = self.u.top;
        let unpacks = args.iter().any(|a| matches!(a.kind, ExprKind::Starred { .. }))
            || keywords.iter().any(|k| k.arg.is_none())
            || args.len() + keywords.len() > WINDOW_ARGS;
        if let ExprKind::Attribute { value, attr, .. } = &func.kind
            && !unpacks
        {
            let loc = attribute_span(func, attr, func.span);
            let call_loc = attribute_span(func, attr, e.span);
            let slot = match self.super_method(func, value, attr)? {
                Some(slot) => slot,
                None => {
                    let object = self.operand(value, &[])?;
                    self.u.set_top(base);
                    let (slot, _) = self.open_window();
                    let name = self.mangled(attr);
                    let name = self.u.name_operand(&name);
                    self.u.emit(Op::LOAD_METHOD, slot.0, object.0, name, loc);
                    slot
                }
            };
            self.push_window(slot);
            return self.window_call(base, slot, 0, args, keywords, dest, call_loc);
        }
        self.check_caller(func);
        if let (Some(which), [arg]) = (self.consumer(func, args, keywords), args) {
            return self.consuming_call(which, func, arg, dest, e.span);
        }
        let (slot, callable) = self.open_window();
        self.expr(func, callable)?;
        self.no_receiver(slot, func.span);
        if unpacks {
            self.unpacking_call(base, slot, 0, args, keywords, dest, e.span)
        } else {
            self.window_call(base, slot, 0, args, keywords, dest, e.span)
        }
    }

    /// Arguments of a call whose callable and receiver are in place, after `pushed` arguments that are too.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn call_arguments(
        &mut self,
        base: u16,
        slot: Reg,
        pushed: u16,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        dest: Dest,
        span: Span,
    ) -> R<()> {
        self.validate_keywords(keywords)?;
        let unpacks = args.iter().any(|a| matches!(a.kind, ExprKind::Starred { .. }))
            || keywords.iter().any(|k| k.arg.is_none())
            || args.len() + keywords.len() > WINDOW_ARGS;
        if unpacks {
            self.unpacking_call(base, slot, pushed, args, keywords, dest, span)
        } else {
            self.window_call(base, slot, pushed, args, keywords, dest, span)
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn window_call(
        &mut self,
        base: u16,
        slot: Reg,
        pushed: u16,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        dest: Dest,
        span: Span,
    ) -> R<()> {
        for arg in args {
            self.push(arg)?;
        }
        let mut names = Vec::new();
        for keyword in keywords {
            if let Some(name) = &keyword.arg {
                names.push(Constant::Str(name.as_bytes().into()));
            }
            self.push(&keyword.value)?;
        }
        let count = pushed + (args.len() + keywords.len()) as u16;
        self.u.set_top(base);
        let result = self.u.target(dest);
        if names.is_empty() {
            self.emit_call(base, slot, count, result, span);
        } else {
            self.u.close_gap();
            let names = self.u.constant(&Constant::Tuple(names));
            self.u.emit_data(Op::CALL_KW, slot.0, count, result.0, names, span);
        }
        self.u.pushed(dest);
        Ok(())
    }

    /// A call with `*args` or `**kwargs`.
    #[allow(clippy::too_many_arguments)]
    fn unpacking_call(
        &mut self,
        base: u16,
        slot: Reg,
        pushed: u16,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        dest: Dest,
        span: Span,
    ) -> R<()> {
        let height = slot.0 & !Reg::TEMP;
        let callable = Reg::temp(height - 1);
        let positional = Reg::temp(height + 1);
        let named = Reg::temp(height + 2);
        let mut iterable = None;
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if pushed == 0 => {
                let later: Vec<&Expr> = keywords.iter().map(|k| &k.value).collect();
                let r = self.operand(value, &later)?;
                self.u.set_top(height + 2);
                if !r.is_temp() {
                    // The slot must hold something until the tuple is made after the keywords.
                    self.u.emit(Op::MOVE, positional.0, r.0, 0, span);
                }
                iterable = Some(positional);
            }
            _ => self.display(args, Display::Tuple, pushed, true, Dest::Push, span)?,
        }
        if keywords.is_empty() {
            self.u.emit(Op::PUSH_MISSING, named.0, 0, 0, span);
        } else {
            self.keyword_dict(callable, keywords, span)?;
        }
        self.u.set_top(height + 3);
        if let Some(iterable) = iterable {
            self.u.emit(Op::ARGS_TUPLE, positional.0, iterable.0, callable.0, span);
        }
        self.u.set_top(base);
        self.u.close_gap();
        let result = self.u.target(dest);
        self.u.emit(Op::CALL_EX, slot.0, 0, result.0, span);
        self.u.pushed(dest);
        Ok(())
    }

    /// Pushes a dict of keyword arguments with unpacked mappings.
    fn keyword_dict(&mut self, callable: Reg, keywords: &'a [Keyword], span: Span) -> R<()> {
        let mark = self.u.top;
        let dict = Reg::temp(mark);
        let mut have_dict = false;
        let mut i = 0;
        while i < keywords.len() {
            if keywords[i].arg.is_none() {
                if !have_dict {
                    self.u.emit_to(Op::BUILD_MAP, Dest::Push, dict.0, 0, span);
                    have_dict = true;
                }
                let r = self.operand(&keywords[i].value, &[])?;
                self.u.set_top(mark + 1);
                self.u.emit(Op::DICT_MERGE, dict.0, r.0, callable.0, span);
                i += 1;
                continue;
            }
            let base = self.u.top;
            let start = i;
            while i < keywords.len() && i - start < 100 {
                let Some(name) = &keywords[i].arg else { break };
                self.string(name, Dest::Push, span);
                self.push(&keywords[i].value)?;
                i += 1;
            }
            self.u.set_top(base);
            let first = Reg::temp(base);
            self.u.emit_to(Op::BUILD_MAP, Dest::Push, first.0, (i - start) as u16, span);
            if have_dict {
                self.u.set_top(base);
                self.u.emit(Op::DICT_MERGE, dict.0, first.0, callable.0, span);
            }
            have_dict = true;
        }
        Ok(())
    }

    fn validate_keywords(&mut self, keywords: &[Keyword]) -> R<()> {
        for (i, keyword) in keywords.iter().enumerate() {
            let Some(name) = &keyword.arg else { continue };
            self.forbidden_name(name, true, keyword.span)?;
            for other in &keywords[i + 1..] {
                if other.arg.as_ref() == Some(name) {
                    return self.error(&format!("keyword argument repeated: {name}"), other.span);
                }
            }
        }
        Ok(())
    }

    /// Whether an attribute of this expression can use the instructions for `super()`: with the class and the
    /// instance as expressions, or without arguments.
    fn super_call(&mut self, value: &'a Expr, attr: &Name) -> Option<&'a [Expr]> {
        let ExprKind::Call { func, args, keywords } = &value.kind else { return None };
        if !func.is_name("super") || attr == "__class__" || !keywords.is_empty() {
            return None;
        }
        let name = Name::new("super");
        let module = self.scopes.module().map_or(Binding::Unknown, |m| m.binding(&name));
        if self.name_binding(&name) != Binding::GlobalImplicit
            || !(module == Binding::Unknown || self.u.kind == UnitKind::Module)
        {
            return None;
        }
        match args.as_slice() {
            // They are compiled twice, so they must be simple.
            [a, b] if is_leaf(a) && is_leaf(b) => Some(args),
            [] if self.u.arg_count > 0 && self.name_binding(&Name::new("__class__")) == Binding::Free => {
                Some(args)
            }
            _ => None,
        }
    }

    /// Loads the class and the instance for `super()`.
    fn super_operands(&mut self, args: &'a [Expr], span: Span) -> R<(Reg, Reg)> {
        if let [class, instance] = args {
            let class = self.operand(class, &[instance])?;
            let instance = self.operand(instance, &[])?;
            return Ok((class, instance));
        }
        let class = Reg::temp(self.u.top);
        self.load_name(&Name::new("__class__"), Dest::Push, span);
        let first = self.u.varnames[0].clone();
        let instance = match self.place(&first, true) {
            Place::Local(reg) => {
                self.check_bound(reg, span);
                reg
            }
            _ => {
                let reg = Reg::temp(self.u.top);
                self.load_mangled(&first, Dest::Push, span);
                reg
            }
        };
        Ok((class, instance))
    }

    /// `super().attr` without a call; false when it is not that.
    pub(super) fn super_attribute(
        &mut self,
        e: &'a Expr,
        value: &'a Expr,
        attr: &Name,
        dest: Dest,
    ) -> R<bool> {
        let Some(args) = self.super_call(value, attr) else { return Ok(false) };
        let ExprKind::Call { func, .. } = &value.kind else { return Ok(false) };
        let mark = self.u.top;
        let span = e.span;
        let name = self.mangled(attr);
        let generic = self.u.label();
        let end = self.u.label();
        let loaded = self.push(func)?;
        self.u.emit_jump(Op::JUMP_IF_NOT_SUPER, loaded.0, 0, 0, generic, func.span);
        self.u.set_top(mark);
        let (class, instance) = self.super_operands(args, value.span)?;
        self.u.set_top(mark);
        let operand = self.u.name_operand(&name) as u32;
        let to = self.u.target(dest);
        self.u.emit_data(Op::LOAD_SUPER_ATTR, to.0, class.0, instance.0, operand, span);
        self.u.bind(end);

        let cold = self.u.begin_cold();
        self.u.bind(generic);
        self.generic_super(loaded, args, value.span)?;
        self.u.set_top(mark);
        let operand = self.u.name_operand(&name);
        self.u.emit(Op::LOAD_ATTR, to.0, loaded.0, operand, span);
        self.u.jump(end);
        self.u.end_cold(cold);
        self.u.set_top(mark);
        self.u.pushed(dest);
        Ok(true)
    }

    /// `super().attr` for a call: the window's self slot; `None` when it is not that.
    fn super_method(&mut self, func: &'a Expr, value: &'a Expr, attr: &Name) -> R<Option<Reg>> {
        let Some(args) = self.super_call(value, attr) else { return Ok(None) };
        let ExprKind::Call { func: name_expr, .. } = &value.kind else { return Ok(None) };
        let mark = self.u.top;
        let span = func.span;
        let name = self.mangled(attr);
        let generic = self.u.label();
        let end = self.u.label();
        let slot = Reg::temp(mark + FRAME_WORDS as u16);
        let loaded = self.push(name_expr)?;
        self.u.emit_jump(Op::JUMP_IF_NOT_SUPER, loaded.0, 0, 0, generic, name_expr.span);
        self.u.set_top(mark);
        let (class, instance) = self.super_operands(args, value.span)?;
        self.u.set_top(mark);
        let operand = self.u.name_operand(&name) as u32;
        self.u.emit_data(Op::LOAD_SUPER_METHOD, slot.0, class.0, instance.0, operand, span);
        self.u.bind(end);

        let cold = self.u.begin_cold();
        self.u.bind(generic);
        self.generic_super(loaded, args, value.span)?;
        self.u.set_top(mark);
        let operand = self.u.name_operand(&name);
        self.u.emit(Op::LOAD_METHOD, slot.0, loaded.0, operand, span);
        self.u.jump(end);
        self.u.end_cold(cold);
        self.u.set_top(mark);
        Ok(Some(slot))
    }

    /// Calls whatever `super` is; the result replaces it in `loaded`, which is pushed.
    fn generic_super(&mut self, loaded: Reg, args: &'a [Expr], span: Span) -> R<()> {
        let mark = loaded.0 & !Reg::TEMP;
        self.u.set_top(mark + 1);
        let (slot, _) = self.open_window();
        self.u.emit(Op::MOVE, slot.0 - 1, loaded.0, 0, span);
        self.no_receiver(slot, span);
        for arg in args {
            self.push(arg)?;
        }
        self.emit_call(mark, slot, args.len() as u16, loaded, span);
        self.u.set_top(mark + 1);
        Ok(())
    }
}
