//! The opcodes, once for the two dispatchers that rustc compiles.
//!
//! Each body is written against five macros that a dispatcher defines: `go!` (next instruction, so many
//! words on), `goto!` (next instruction, at an address), `leave!` (end the run), and `slow!` and `slow_jump!`
//! (run a slow path, store its result or jump by it, go on). A body never falls off its end.

/// Words of an instruction with its extra words, by name.
macro_rules! opcodes {
    ($($name:ident $handler:ident $words:literal)*) => {
        /// An opcode.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u16)]
        pub enum Op { $($name),* }
        impl Op {
            /// Every opcode, by number.
            pub const ALL: &[Op] = &[$(Op::$name),*];
            /// Words of the instruction with its extra words.
            pub const fn words(self) -> usize {
                match self { $(Op::$name => $words),* }
            }
        }
    };
}

opcodes! {
    MOVE op_move 1
    LOAD_INT op_load_int 1
    LOAD_K op_load_k 1
    ADD op_add 2
    SUB op_sub 2
    MUL op_mul 2
    TRUEDIV op_truediv 2
    AND op_and 2
    ADD_K op_add_k 2
    MUL_K op_mul_k 2
    LT op_lt 1
    JUMP op_jump 1
    JUMP_IF_FALSE op_jump_if_false 1
    JUMP_BACK op_jump_back 2
    JUMP_LT op_jump_lt 2
    JUMP_LT_K op_jump_lt_k 2
    GETITEM_LIST op_getitem_list 2
    SETITEM_LIST op_setitem_list 2
    LOAD_ATTR_SLOT op_load_attr_slot 4
    STORE_ATTR_SLOT op_store_attr_slot 4
    CALL_PY op_call_py 3
    RETURN op_return 1
    FOR_ITER_RANGE op_for_iter_range 3
    EXIT op_exit 1
}

/// Calls `$emit!` with the name of the state, the name of the instruction word, and every opcode's number,
/// handler name and body.
macro_rules! for_each_handler {
    ($emit:ident) => { $emit! { s w
        MOVE op_move {
            s.set(w, s.rb(w));
            go!(s, 1);
        }
        LOAD_INT op_load_int {
            s.set(w, int(w.bc() as i64));
            go!(s, 1);
        }
        LOAD_K op_load_k {
            s.set(w, s.constant(w.b()));
            go!(s, 1);
        }
        ADD op_add {
            let (x, y) = (s.rb(w), s.rc(w));
            if ints(x, y) {
                if let Some(r) = (x as i64).checked_add(y as i64) {
                    s.set(w, r as u64);
                    go!(s, 2);
                }
            } else if floats(x, y) {
                let r = float_bits(unfloat(x) + unfloat(y));
                if r & 2 != 0 {
                    s.set(w, r);
                    go!(s, 2);
                }
            }
            slow!(s, w, cold_add, slow_add, 2, 1);
        }
        SUB op_sub {
            let (x, y) = (s.rb(w), s.rc(w));
            if ints(x, y) {
                if let Some(r) = (x as i64).checked_sub(y as i64) {
                    s.set(w, r as u64);
                    go!(s, 2);
                }
            } else if floats(x, y) {
                let r = float_bits(unfloat(x) - unfloat(y));
                if r & 2 != 0 {
                    s.set(w, r);
                    go!(s, 2);
                }
            }
            slow!(s, w, cold_sub, slow_sub, 2, 1);
        }
        MUL op_mul {
            let (x, y) = (s.rb(w), s.rc(w));
            if ints(x, y) {
                if let Some(r) = (x as i64 >> 2).checked_mul(y as i64) {
                    s.set(w, r as u64);
                    go!(s, 2);
                }
            } else if floats(x, y) {
                let r = float_bits(unfloat(x) * unfloat(y));
                if r & 2 != 0 {
                    s.set(w, r);
                    go!(s, 2);
                }
            }
            slow!(s, w, cold_mul, slow_mul, 2, 1);
        }
        TRUEDIV op_truediv {
            let (x, y) = (s.rb(w), s.rc(w));
            if floats(x, y) && unfloat(y) != 0.0 {
                let r = float_bits(unfloat(x) / unfloat(y));
                if r & 2 != 0 {
                    s.set(w, r);
                    go!(s, 2);
                }
            }
            slow!(s, w, cold_truediv, slow_truediv, 2, 1);
        }
        AND op_and {
            let (x, y) = (s.rb(w), s.rc(w));
            if ints(x, y) {
                s.set(w, x & y);
                go!(s, 2);
            }
            slow!(s, w, cold_and, slow_and, 2, 1);
        }
        ADD_K op_add_k {
            let (x, y) = (s.rb(w), s.constant(w.c()));
            if ints(x, y) {
                if let Some(r) = (x as i64).checked_add(y as i64) {
                    s.set(w, r as u64);
                    go!(s, 2);
                }
            } else if floats(x, y) {
                let r = float_bits(unfloat(x) + unfloat(y));
                if r & 2 != 0 {
                    s.set(w, r);
                    go!(s, 2);
                }
            }
            slow!(s, w, cold_add_k, slow_add_k, 2, 1);
        }
        MUL_K op_mul_k {
            let (x, y) = (s.rb(w), s.constant(w.c()));
            if ints(x, y) {
                if let Some(r) = (x as i64 >> 2).checked_mul(y as i64) {
                    s.set(w, r as u64);
                    go!(s, 2);
                }
            } else if floats(x, y) {
                let r = float_bits(unfloat(x) * unfloat(y));
                if r & 2 != 0 {
                    s.set(w, r);
                    go!(s, 2);
                }
            }
            slow!(s, w, cold_mul_k, slow_mul_k, 2, 1);
        }
        LT op_lt {
            let (x, y) = (s.rb(w), s.rc(w));
            if ints(x, y) {
                s.set(w, if (x as i64) < y as i64 { (*s.thread).true_word } else { (*s.thread).false_word });
                go!(s, 1);
            }
            if floats(x, y) {
                s.set(w, if unfloat(x) < unfloat(y) { (*s.thread).true_word } else { (*s.thread).false_word });
                go!(s, 1);
            }
            slow!(s, w, cold_lt, slow_lt, 1, 1);
        }
        JUMP op_jump {
            goto!(s, s.pc.offset(1 + w.bc()));
        }
        JUMP_IF_FALSE op_jump_if_false {
            let x = s.ra(w);
            if x == (*s.thread).true_word {
                go!(s, 1);
            }
            if x == (*s.thread).false_word {
                goto!(s, s.pc.offset(1 + w.bc()));
            }
            slow_jump!(s, w, cold_jump_if_false, slow_truth, 1, 0, w.bc());
        }
        JUMP_BACK op_jump_back {
            let counter = s.extra(1).wrapping_sub(1);
            *s.pc.add(1).cast_mut() = counter;
            if counter != 0 && (*s.thread).events.get() == 0 {
                goto!(s, s.pc.offset(2 + w.bc()));
            }
            slow_jump!(s, w, cold_jump_back, slow_jump_back, 2, 0, w.bc());
        }
        JUMP_LT op_jump_lt {
            let (x, y) = (s.ra(w), s.rb(w));
            if ints(x, y) {
                let skip = if ((x as i64) < y as i64) as u64 == w.c() as u64 { s.extra(1) as isize } else { 0 };
                goto!(s, s.pc.offset(2 + skip));
            }
            if floats(x, y) {
                let skip = if (unfloat(x) < unfloat(y)) as u64 == w.c() as u64 { s.extra(1) as isize } else { 0 };
                goto!(s, s.pc.offset(2 + skip));
            }
            slow_jump!(s, w, cold_jump_lt, slow_jump_lt, 2, w.c() as u64, s.extra(1) as isize);
        }
        JUMP_LT_K op_jump_lt_k {
            let (x, y) = (s.ra(w), s.constant(w.b()));
            if ints(x, y) {
                let skip = if ((x as i64) < y as i64) as u64 == w.c() as u64 { s.extra(1) as isize } else { 0 };
                goto!(s, s.pc.offset(2 + skip));
            }
            if floats(x, y) {
                let skip = if (unfloat(x) < unfloat(y)) as u64 == w.c() as u64 { s.extra(1) as isize } else { 0 };
                goto!(s, s.pc.offset(2 + skip));
            }
            slow_jump!(s, w, cold_jump_lt_k, slow_jump_lt_k, 2, w.c() as u64, s.extra(1) as isize);
        }
        GETITEM_LIST op_getitem_list {
            let (x, i) = (s.rb(w), s.rc(w));
            if is_object(x) && i & 3 == 0 && header(x) as u32 as u64 == LIST {
                let list = cell::<List>(x);
                let i = (i as i64 >> 2) as usize;
                if i < (*list).len {
                    s.set(w, *(*list).items.add(i));
                    go!(s, 2);
                }
            }
            slow!(s, w, cold_getitem, slow_getitem, 2, 1);
        }
        SETITEM_LIST op_setitem_list {
            let (x, i) = (s.ra(w), s.rb(w));
            // One compare for shape and "no barrier needed".
            if is_object(x) && i & 3 == 0 && header(x) == LIST {
                let list = cell::<List>(x);
                let i = (i as i64 >> 2) as usize;
                if i < (*list).len {
                    *(*list).items.add(i) = s.rc(w);
                    go!(s, 2);
                }
            }
            slow!(s, w, cold_setitem, slow_setitem, 2, 0);
        }
        LOAD_ATTR_SLOT op_load_attr_slot {
            let x = s.rb(w);
            let cache = s.extra(1);
            if is_object(x) && header(x) as u32 == cache as u32 {
                s.set(w, *cell::<u64>(x).add(1 + (cache >> 32) as usize));
                go!(s, 4);
            }
            slow!(s, w, cold_load_attr, slow_load_attr, 4, 1);
        }
        STORE_ATTR_SLOT op_store_attr_slot {
            let x = s.ra(w);
            let cache = s.extra(1);
            if is_object(x) && header(x) == cache as u32 as u64 {
                *cell::<u64>(x).add(1 + (cache >> 32) as usize) = s.rb(w);
                go!(s, 4);
            }
            slow!(s, w, cold_store_attr, slow_store_attr, 4, 0);
        }
        CALL_PY op_call_py {
            let window = s.reg(w.a());
            let f = *window.sub(1);
            let code = s.extra(1) as *const Code;
            if is_object(f) && header(f) as u32 as u64 == FUNCTION && (*cell::<Function>(f)).code == code {
                let regs = window.add(1);
                if regs as usize + (*code).frame_bytes <= (*s.thread).stack_end {
                    *window = f;
                    *regs.offset(FRAME_CONSTS) = (*code).consts as u64;
                    *regs.offset(FRAME_PC) = s.pc as u64;
                    *regs.offset(FRAME_REGS) = s.regs as u64;
                    s.regs = regs;
                    goto!(s, (*code).entry);
                }
            }
            slow!(s, w, cold_call, slow_call, 3, 0);
        }
        RETURN op_return {
            let v = s.ra(w);
            let call = *s.regs.offset(FRAME_PC) as *const u64;
            s.regs = *s.regs.offset(FRAME_REGS) as *mut u64;
            *s.reg((*call).c()) = v;
            goto!(s, call.add(3));
        }
        FOR_ITER_RANGE op_for_iter_range {
            let x = s.ra(w);
            if is_object(x) && header(x) as u32 as u64 == RANGE_ITER {
                let it = cell::<RangeIter>(x);
                let (current, step) = ((*it).current, (*it).step);
                // Two branches, not one comparison of truths: that one needs a register too many.
                if if step > 0 { current < (*it).stop } else { current > (*it).stop } {
                    (*it).current = current.wrapping_add(step);
                    *s.reg(w.b()) = current as u64;
                    go!(s, 3);
                }
                goto!(s, s.pc.offset(3 + s.extra(1) as isize));
            }
            slow!(s, w, cold_for_iter, slow_for_iter, 3, 0);
        }
        EXIT op_exit {
            leave!(s, s.ra(w));
        }
    } };
}
pub(crate) use for_each_handler;
