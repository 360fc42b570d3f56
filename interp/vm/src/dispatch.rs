//! The dispatch table and the entry into the loop.

use crate::machine::{Handler, Pc, Regs, Table};
use crate::{
    arith, attributes, basic, build, call, compare, functions, generators, items, iterate, names, raise,
};
use krait_bytecode::Op;
use krait_object::{Res, Thread, Value};

const fn handler(op: Op) -> Handler {
    match op {
        Op::NOP => basic::nop,
        Op::LOAD_CODE => basic::load_code,
        Op::ENTER => basic::enter,
        Op::MOVE => basic::mov,
        Op::LOAD_CONST => basic::load_const,
        Op::LOAD_K => basic::load_k,
        Op::LOAD_INT => basic::load_int,
        Op::LOAD_NONE => basic::load_none,
        Op::LOAD_BOOL => basic::load_bool,
        Op::CLEAR => basic::clear,
        Op::CHECK_BOUND => basic::check_bound,
        Op::MAKE_CELL => basic::make_cell,
        Op::LOAD_CELL => basic::load_cell,
        Op::STORE_CELL => basic::store_cell,
        Op::DELETE_CELL => basic::delete_cell,
        Op::LOAD_FREE => basic::load_free,
        Op::STORE_FREE => basic::store_free,
        Op::DELETE_FREE => basic::delete_free,
        Op::LOAD_FREE_CELL => basic::load_free_cell,
        Op::LOAD_DICT_OR_CELL => names::load_dict_or_cell,
        Op::LOAD_DICT_OR_GLOBAL => names::load_dict_or_global,
        Op::LOAD_LOCALS => names::load_locals,
        Op::LOAD_NAME => names::load_name,
        Op::STORE_NAME => names::store_name,
        Op::DELETE_NAME => names::delete_name,
        Op::LOAD_GLOBAL => names::load_global,
        Op::STORE_GLOBAL => names::store_global,
        Op::DELETE_GLOBAL => names::delete_global,
        Op::LOAD_GLOBAL_CELL => names::load_global_cell,
        Op::LOAD_GLOBAL_BUILTIN => names::load_global_builtin,
        Op::LOAD_GLOBAL_CELL_CALLEE => names::load_global_cell_callee,
        Op::LOAD_GLOBAL_BUILTIN_CALLEE => names::load_global_builtin_callee,
        Op::STORE_GLOBAL_CELL => names::store_global_cell,
        Op::LOAD_ATTR => attributes::load_attr,
        Op::LOAD_METHOD => attributes::load_method,
        Op::STORE_ATTR => attributes::store_attr,
        Op::DELETE_ATTR => attributes::delete_attr,
        Op::LOAD_SUPER_ATTR => attributes::load_super_attr,
        Op::LOAD_SUPER_METHOD => attributes::load_super_method,
        Op::LOAD_SPECIAL => attributes::load_special,
        Op::LOAD_ATTR_SLOT => attributes::load_attr_slot,
        Op::LOAD_ATTR_CLASS => attributes::load_attr_class,
        Op::LOAD_ATTR_MODULE => attributes::load_attr_module,
        Op::LOAD_ATTR_MEMBER => attributes::load_attr_member,
        Op::LOAD_ATTR_PROPERTY => attributes::load_attr_property,
        Op::LOAD_ATTR_TYPE => attributes::load_attr_type,
        Op::LOAD_METHOD_CLASS => attributes::load_method_class,
        Op::LOAD_METHOD_SLOT => attributes::load_method_slot,
        Op::LOAD_METHOD_MODULE => attributes::load_method_module,
        Op::LOAD_METHOD_TYPE => attributes::load_method_type,
        Op::STORE_ATTR_SLOT | Op::STORE_ATTR_MEMBER => attributes::store_attr_slot,
        Op::STORE_ATTR_ADD => attributes::store_attr_add,
        Op::GETITEM | Op::GETITEM_LIST | Op::GETITEM_TUPLE | Op::GETITEM_DICT => items::getitem,
        Op::GETITEM_K => items::getitem_k,
        Op::SETITEM | Op::SETITEM_LIST | Op::SETITEM_DICT => items::setitem,
        Op::DELITEM => items::delitem,
        Op::GETSLICE => items::getslice,
        Op::SETSLICE => items::setslice,
        Op::BUILD_SLICE => items::build_slice,
        Op::ADD | Op::IADD => arith::add,
        Op::SUB | Op::ISUB => arith::sub,
        Op::MUL | Op::IMUL => arith::mul,
        Op::TRUEDIV | Op::ITRUEDIV => arith::truediv,
        Op::FLOORDIV | Op::IFLOORDIV => arith::floordiv,
        Op::MOD | Op::IMOD => arith::modulo,
        Op::POW | Op::IPOW => arith::pow,
        Op::MATMUL | Op::IMATMUL => arith::matmul,
        Op::LSHIFT | Op::ILSHIFT => arith::lshift,
        Op::RSHIFT | Op::IRSHIFT => arith::rshift,
        Op::AND | Op::IAND => arith::and,
        Op::OR | Op::IOR => arith::or,
        Op::XOR | Op::IXOR => arith::xor,
        Op::ADD_K | Op::IADD_K => arith::add_k,
        Op::SUB_K | Op::ISUB_K => arith::sub_k,
        Op::MUL_K | Op::IMUL_K => arith::mul_k,
        Op::TRUEDIV_K | Op::ITRUEDIV_K => arith::truediv_k,
        Op::FLOORDIV_K | Op::IFLOORDIV_K => arith::floordiv_k,
        Op::MOD_K | Op::IMOD_K => arith::modulo_k,
        Op::POW_K | Op::IPOW_K => arith::pow_k,
        Op::LSHIFT_K | Op::ILSHIFT_K => arith::lshift_k,
        Op::RSHIFT_K | Op::IRSHIFT_K => arith::rshift_k,
        Op::AND_K | Op::IAND_K => arith::and_k,
        Op::OR_K | Op::IOR_K => arith::or_k,
        Op::XOR_K | Op::IXOR_K => arith::xor_k,
        Op::NEG => arith::neg,
        Op::POS => arith::pos,
        Op::INVERT => arith::invert,
        Op::NOT => arith::not,
        Op::TO_BOOL => arith::to_bool,
        Op::LT => compare::lt,
        Op::LE => compare::le,
        Op::EQ => compare::eq,
        Op::NE => compare::ne,
        Op::GT => compare::gt,
        Op::GE => compare::ge,
        Op::IS => compare::is,
        Op::IS_NOT => compare::is_not,
        Op::IN => compare::contains_in,
        Op::NOT_IN => compare::contains_not_in,
        Op::JUMP => compare::jump,
        Op::JUMP_BACK => basic::jump_back,
        Op::JUMP_IF_TRUE => compare::jump_if_true,
        Op::JUMP_IF_FALSE => compare::jump_if_false,
        Op::JUMP_IF_NONE => compare::jump_if_none,
        Op::JUMP_IF_NOT_NONE => compare::jump_if_not_none,
        Op::JUMP_IF_NOT_SUPER => compare::jump_if_not_super,
        Op::JUMP_IF_NOT_BUILTIN => crate::consume::jump_if_not_builtin,
        Op::JUMP_LT => compare::jump_lt,
        Op::JUMP_LE => compare::jump_le,
        Op::JUMP_EQ => compare::jump_eq,
        Op::JUMP_NE => compare::jump_ne,
        Op::JUMP_GT => compare::jump_gt,
        Op::JUMP_GE => compare::jump_ge,
        Op::JUMP_LT_K => compare::jump_lt_k,
        Op::JUMP_LE_K => compare::jump_le_k,
        Op::JUMP_EQ_K => compare::jump_eq_k,
        Op::JUMP_NE_K => compare::jump_ne_k,
        Op::JUMP_GT_K => compare::jump_gt_k,
        Op::JUMP_GE_K => compare::jump_ge_k,
        Op::JUMP_IS => compare::jump_is,
        Op::JUMP_IN => compare::jump_in,
        Op::GET_ITER => build::get_iter,
        Op::FOR_ITER
        | Op::FOR_ITER_LIST
        | Op::FOR_ITER_TUPLE
        | Op::FOR_ITER_RANGE
        | Op::FOR_ITER_GENERATOR => iterate::for_iter,
        Op::UNPACK => iterate::unpack,
        Op::UNPACK_STAR => iterate::unpack_star,
        Op::BUILD_TUPLE => build::build_tuple,
        Op::BUILD_LIST => build::build_list,
        Op::BUILD_SET => build::build_set,
        Op::BUILD_MAP => build::build_map,
        Op::BUILD_STRING => build::build_string,
        Op::LIST_APPEND => build::list_append,
        Op::LIST_EXTEND => build::list_extend,
        Op::LIST_TO_TUPLE => build::list_to_tuple,
        Op::SET_ADD => build::set_add,
        Op::SET_UPDATE => build::set_update,
        Op::MAP_ADD => build::map_add,
        Op::DICT_UPDATE => build::dict_update,
        Op::DICT_MERGE => build::dict_merge,
        Op::CONVERT => build::convert,
        Op::FORMAT => build::format,
        Op::FORMAT_SPEC => build::format_spec,
        Op::CALL | Op::CALL_PY | Op::CALL_CLASS => call::call,
        Op::CALL_NATIVE => call::call,
        Op::CALL_KW => call::call_kw,
        Op::CALL_EX => call::call_ex,
        Op::ARGS_TUPLE => call::args_tuple,
        Op::PUSH_MISSING => call::push_missing,
        Op::RETURN => call::return_value,
        Op::RETURN_NONE => call::return_none,
        Op::MAKE_FUNCTION => functions::make_function,
        Op::LOAD_BUILD_CLASS => functions::load_build_class,
        Op::SETUP_ANNOTATIONS => names::setup_annotations,
        Op::IMPORT_NAME => functions::import_name,
        Op::IMPORT_FROM => functions::import_from,
        Op::IMPORT_STAR => functions::import_star,
        Op::RAISE => raise::raise,
        Op::RERAISE => raise::reraise,
        Op::PUSH_EXC => raise::push_exc,
        Op::POP_EXC => raise::pop_exc,
        Op::EXC_MATCH => raise::exc_match,
        Op::EG_MATCH => raise::eg_match,
        Op::EXC_INFO => raise::exc_info,
        Op::PREP_RERAISE_STAR => raise::prep_reraise_star,
        Op::LOAD_ASSERTION_ERROR => raise::load_assertion_error,
        Op::RETURN_GENERATOR => generators::return_generator,
        Op::YIELD => generators::yield_value,
        Op::SEND => generators::send,
        Op::GET_YIELD_FROM_ITER => generators::get_yield_from_iter,
        Op::GET_AWAITABLE => generators::get_awaitable,
        Op::GET_AITER => generators::get_aiter,
        Op::GET_ANEXT => generators::get_anext,
        Op::END_ASYNC_FOR => generators::end_async_for,
        Op::CLEANUP_THROW => generators::cleanup_throw,
        Op::GET_LEN => build::get_len,
        Op::MATCH_MAPPING => functions::match_mapping,
        Op::MATCH_SEQUENCE => functions::match_sequence,
        Op::MATCH_KEYS => functions::match_keys,
        Op::MATCH_CLASS => functions::match_class,
        Op::INTRINSIC => raise::intrinsic_call,
        Op::ENTER_TRACE | Op::JUMP_BACK_TRACE => crate::jit::enter_trace,
    }
}

const fn handlers() -> [Handler; Op::COUNT] {
    let mut t = [basic::never as Handler; Op::COUNT];
    let mut i = 0;
    while i < Op::COUNT {
        t[i] = handler(Op::ALL[i]);
        i += 1;
    }
    t
}

/// The interpreter's own table. All its slots lead to the observer while something is observed.
pub static TABLE: Table = Table::new(handlers());

/// The same handlers, never replaced.
pub static PLAIN: Table = Table::new(handlers());

/// May a handler do the work of instructions that follow its own? Not under another table (a recorder's) nor while
/// somebody observes: then every instruction counts.
#[inline(always)]
pub fn may_join(t: &Table) -> bool {
    std::ptr::eq(t, &TABLE) && !crate::monitor::active()
}

/// Runs a frame that was pushed with [`crate::machine::Cont::Entry`], from its saved address to its end.
pub fn run(th: &Thread, regs: Regs) -> Res {
    th.entries.set(th.entries.get() + 1);
    let pc = regs.pc();
    let v = start(pc, regs, th);
    left(th, v)
}

/// As `run`, but the frame starts by raising the pending exception at its saved address.
pub fn run_unwinding(th: &Thread, regs: Regs) -> Res {
    th.entries.set(th.entries.get() + 1);
    let v = crate::unwind::unwind(regs, th, &TABLE);
    left(th, v)
}

/// A dispatch loop has ended with this value.
#[inline(always)]
fn left(th: &Thread, v: Value) -> Res {
    let n = th.entries.get();
    if th.compiled.recording.get() == n {
        crate::jit::recording_left(th);
    }
    th.entries.set(n - 1);
    if v == Value::ERROR { Err(th.raised()) } else { Ok(v) }
}

#[inline(never)]
fn start(pc: Pc, regs: Regs, th: &Thread) -> Value {
    (TABLE.handler(pc.op()))(pc, regs, th, &TABLE)
}
