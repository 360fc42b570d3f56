//! `_opcode`: the instructions for `opcode` and `dis`, which in Krait show Krait's own.

use krait_bytecode::{Op, Operand};
use krait_object::arguments::c_int;
use krait_object::class::type_name;
use krait_object::code::Code;
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::storage::ValueVec;
use krait_object::thread::{Res, Thread};
use krait_object::tuple;
use krait_object::value::Value;
use krait_object::{bytes, natives, string};

/// The `_opcode` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_opcode", doc: "Opcode support module.", functions: FUNCTIONS, exec: no_exec };

/// `stack_effect`: registers instead of a stack, so nothing has any.
fn stack_effect(th: &Thread, a: &[Value]) -> Res {
    let number = c_int(th, a[0])?;
    if let Some(arg) = a[1].given_not_none() {
        c_int(th, arg)?;
    }
    if a[2].given_not_none().is_some_and(|v| v.as_bool().is_none()) {
        return Err(th.value_error("stack_effect: jump must be False, True or None"));
    }
    if usize::try_from(number).is_ok_and(|n| n < Op::COUNT) {
        Ok(Value::ZERO)
    } else {
        Err(th.value_error("invalid opcode or oparg"))
    }
}

/// Statistics are kept by builds for measuring only.
fn get_specialization_stats(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::none())
}

/// The letter of an operand, as in the table of opcodes.
fn letter(o: Operand) -> char {
    match o {
        Operand::D => 'D',
        Operand::R => 'R',
        Operand::U => 'U',
        Operand::K => 'K',
        Operand::N => 'N',
        Operand::I => 'I',
        Operand::S => 'S',
        Operand::W => 'W',
        Operand::V => 'V',
        Operand::J => 'J',
        Operand::X => '_',
    }
}

/// Is the data word the index of a constant?
fn has_const_data(op: Op) -> bool {
    matches!(
        op,
        Op::LOAD_CONST | Op::CALL_KW | Op::LOAD_DICT_OR_CELL | Op::LOAD_SUPER_ATTR | Op::LOAD_SUPER_METHOD
    )
}

/// `_instructions()`: by number `(name, letters of the operands, data words, cache words, jump, data is a constant)`;
/// jump is 0 for none, 1 for a distance in the instruction, 2 for one in the data word.
fn instructions(th: &Thread, _: &[Value]) -> Res {
    let mut out = ValueVec::with_capacity(th, Op::COUNT)?;
    for &op in Op::ALL {
        let letters: String = op.operands().into_iter().map(letter).collect();
        let jump = op.jump().map_or(0, |in_data| 1 + i64::from(in_data));
        let row = [
            th.interp.interned.intern_text(th, op.name()),
            string::new(th, &letters),
            Value::small(op.data_words() as i64),
            Value::small(op.cache_words() as i64),
            Value::small(jump),
            Value::bool(has_const_data(op)),
        ];
        let row = tuple::from_slice(th, &row)?;
        out.push(th, row)?;
    }
    tuple::from_vec(th, &out)
}

/// `_tables(code)`: names of the registers, constants by index, and the instructions as they run now.
fn tables(th: &Thread, a: &[Value]) -> Res {
    let Some(c) = Code::from_value(a[0]) else {
        let given = type_name(th, a[0]);
        return Err(th.type_error(format!("_tables() argument must be code, not {given}")));
    };
    let mut consts = ValueVec::with_capacity(th, c.const_count())?;
    for i in 0..c.const_count() {
        consts.push(th, c.constant(i))?;
    }
    let consts = tuple::from_vec(th, &consts)?;
    let mut now = Vec::with_capacity(c.data().code.len() * 8);
    c.data().code.iter().for_each(|w| now.extend(w.to_le_bytes()));
    let now = bytes::from_slice(th, &now)?;
    tuple::from_slice(th, &[c.varnames(), consts, now])
}

natives! {
    static FUNCTIONS = {
        function "stack_effect" "(opcode, oparg=None, /, *, jump=None)" stack_effect, "";
        function "get_specialization_stats" "()" get_specialization_stats, "";
        function "_instructions" "()" instructions, "";
        function "_tables" "(code, /)" tables, "";
    }
}
