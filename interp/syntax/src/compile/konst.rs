//! The constants of one code block: equal ones of the same type share an index.

use crate::ast::{Constant, IntLit};
use krait_bytecode::{CodeTemplate, Const};
use std::collections::HashMap;

/// Constants in order of first use.
#[derive(Default)]
pub(super) struct ConstPool {
    pub list: Vec<Const>,
    index: HashMap<Vec<u8>, u32>,
}

impl ConstPool {
    /// Index of a constant.
    pub fn add(&mut self, value: &Constant) -> u32 {
        let mut key = Vec::new();
        write_key(value, &mut key);
        if let Some(&index) = self.index.get(&key) {
            return index;
        }
        let index = self.list.len() as u32;
        self.list.push(to_const(value));
        self.index.insert(key, index);
        index
    }

    /// Index of a code block.
    pub fn add_code(&mut self, code: CodeTemplate) -> u32 {
        self.list.push(Const::Code(Box::new(code)));
        self.list.len() as u32 - 1
    }
}

/// A byte string that is the same for constants of the same type and value (0.0 and -0.0 differ, as do 1 and 1.0).
fn write_key(value: &Constant, out: &mut Vec<u8>) {
    let bytes = |out: &mut Vec<u8>, tag: u8, data: &[u8]| {
        out.push(tag);
        out.extend_from_slice(&(data.len() as u64).to_le_bytes());
        out.extend_from_slice(data);
    };
    match value {
        Constant::None => out.push(b'N'),
        Constant::True => out.push(b'T'),
        Constant::False => out.push(b'F'),
        Constant::Ellipsis => out.push(b'.'),
        Constant::Int(IntLit::Small(n)) => {
            out.push(b'i');
            out.extend_from_slice(&n.to_le_bytes());
        }
        Constant::Int(IntLit::Big { negative, limbs }) => {
            out.push(if *negative { b'm' } else { b'p' });
            out.extend_from_slice(&(limbs.len() as u64).to_le_bytes());
            for limb in limbs.iter() {
                out.extend_from_slice(&limb.to_le_bytes());
            }
        }
        Constant::Float(x) => {
            out.push(b'f');
            out.extend_from_slice(&x.to_bits().to_le_bytes());
        }
        Constant::Complex(re, im) => {
            out.push(b'c');
            out.extend_from_slice(&re.to_bits().to_le_bytes());
            out.extend_from_slice(&im.to_bits().to_le_bytes());
        }
        Constant::Str(s) => bytes(out, b's', s),
        Constant::Bytes(s) => bytes(out, b'b', s),
        Constant::Tuple(items) | Constant::FrozenSet(items) => {
            out.push(if matches!(value, Constant::Tuple(_)) { b'(' } else { b'{' });
            out.extend_from_slice(&(items.len() as u64).to_le_bytes());
            for item in items {
                write_key(item, out);
            }
        }
        Constant::Foreign(n) => {
            out.push(b'o');
            out.extend_from_slice(&n.to_le_bytes());
        }
    }
}

fn to_const(value: &Constant) -> Const {
    match value {
        Constant::None => Const::None,
        Constant::True => Const::True,
        Constant::False => Const::False,
        Constant::Ellipsis => Const::Ellipsis,
        Constant::Int(IntLit::Small(n)) => Const::Int(*n),
        Constant::Int(IntLit::Big { negative, limbs }) => Const::BigInt(*negative, limbs.clone()),
        Constant::Float(x) => Const::Float(*x),
        Constant::Complex(re, im) => Const::Complex(*re, *im),
        Constant::Str(s) => Const::Str(s.clone()),
        Constant::Bytes(s) => Const::Bytes(s.clone()),
        Constant::Tuple(items) => Const::Tuple(items.iter().map(to_const).collect()),
        Constant::FrozenSet(items) => Const::FrozenSet(items.iter().map(to_const).collect()),
        Constant::Foreign(n) => Const::Foreign(*n),
    }
}

/// The truth of a constant; `None` when only running it tells.
pub(super) fn truth(value: &Constant) -> Option<bool> {
    Some(match value {
        Constant::None | Constant::False => false,
        Constant::True | Constant::Ellipsis => true,
        Constant::Int(n) => *n != IntLit::Small(0),
        Constant::Float(x) => *x != 0.0,
        Constant::Complex(re, im) => *re != 0.0 || *im != 0.0,
        Constant::Str(s) | Constant::Bytes(s) => !s.is_empty(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => !items.is_empty(),
        Constant::Foreign(_) => return None,
    })
}
