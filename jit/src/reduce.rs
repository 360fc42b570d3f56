//! Strength reduction: the same result by a cheaper instruction.
//!
//! Part of folding; here is what needs a constant of its own. Floor division and modulo by a power of two are a shift
//! and a mask for negative numbers, too. Other constant divisors are the assembler's business.

use crate::build::Builder;
use crate::ir::{Inst, Op, Ref};

impl Builder {
    /// A cheaper instruction with the same result, or the same instruction.
    pub(crate) fn reduce(&mut self, i: Inst) -> Inst {
        let [a, b, _] = i.args;
        match i.op {
            Op::DivI | Op::ModI => match self.known_int(b) {
                Some(n) if n > 0 && n & (n - 1) == 0 => {
                    let (op, k) = if i.op == Op::DivI {
                        (Op::SarI, n.trailing_zeros() as i64)
                    } else {
                        (Op::AndI, n - 1)
                    };
                    let k = self.int(k);
                    Inst::new(op, &[a, k])
                }
                _ => i,
            },
            Op::MulI => match (self.known_int(a), self.known_int(b)) {
                (_, Some(2)) => Inst { args: [a, a, Ref::NONE], op: Op::AddI, ..i },
                (Some(2), _) => Inst { args: [b, b, Ref::NONE], op: Op::AddI, ..i },
                // Constants stand on the right, where the assembler has room for them.
                (Some(_), None) => Inst { args: [b, a, Ref::NONE], ..i },
                _ => i,
            },
            Op::AddI | Op::AddW | Op::AndI | Op::OrI | Op::XorI
                if self.known_int(a).is_some() && self.known_int(b).is_none() =>
            {
                Inst { args: [b, a, Ref::NONE], ..i }
            }
            Op::DivF => match self.known_float(b).and_then(reciprocal) {
                Some(r) => {
                    let r = self.constant(Op::KFloat, r.to_bits() as i64);
                    Inst::new(Op::MulF, &[a, r])
                }
                None => i,
            },
            _ => i,
        }
    }

    fn known_int(&self, r: Ref) -> Option<i64> {
        let i = self.region.inst(r);
        (i.op == Op::KInt).then_some(i.imm)
    }

    fn known_float(&self, r: Ref) -> Option<f64> {
        let i = self.region.inst(r);
        (i.op == Op::KFloat).then_some(f64::from_bits(i.imm as u64))
    }
}

/// 1 / x for a power of two, where multiplying rounds as dividing does. Results near the edges of the range are left
/// alone: there is no reciprocal beside a subnormal number.
fn reciprocal(x: f64) -> Option<f64> {
    let bits = x.to_bits();
    let exponent = bits >> 52 & 0x7ff;
    (bits & ((1 << 52) - 1) == 0 && (2..0x7fd).contains(&exponent)).then(|| 1.0 / x)
}

#[cfg(test)]
mod tests {
    use super::reciprocal;

    #[test]
    fn only_powers_of_two_have_one() {
        assert_eq!(reciprocal(4.0), Some(0.25));
        assert_eq!(reciprocal(-0.5), Some(-2.0));
        for x in [3.0, 0.0, f64::INFINITY, f64::NAN, f64::MIN_POSITIVE, 5e-324] {
            assert_eq!(reciprocal(x), None, "{x}");
        }
    }
}
