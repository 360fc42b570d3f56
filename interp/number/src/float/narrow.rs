//! Doubles to and from the narrower formats of IEEE 754, as `struct` packs them.

/// `value` in half precision, ties to even; `None` if it overflows (OverflowError "float too large to pack with
/// e format").
pub fn pack_half(value: f64) -> Option<u16> {
    let raw = value.to_bits();
    let sign = (raw >> 48 & 0x8000) as u16;
    let magnitude = value.abs();
    if value.is_nan() {
        return Some(sign | 0x7e00);
    }
    if value.is_infinite() {
        return Some(sign | 0x7c00);
    }
    // Multiples of the unit of the last place: 2**-24 below the normal range.
    let exponent = ((raw >> 52 & 0x7ff) as i32 - 1023).max(-14);
    // A product with a power of two is exact, but for numbers that vanish anyway.
    let units = (magnitude * f64::from_bits(((10 - exponent + 1023) as u64) << 52)).round_ties_even() as u32;
    // A carry out of the mantissa goes into the exponent by itself.
    let bits = (((exponent + 14) as u32) << 10) + units;
    (bits < 0x7c00).then_some(sign | bits as u16)
}

/// The value of a half-precision number.
pub fn unpack_half(bits: u16) -> f64 {
    let exponent = i32::from(bits >> 10 & 0x1f);
    let mantissa = f64::from(bits & 0x3ff);
    let magnitude = match exponent {
        0 => mantissa * 2f64.powi(-24),
        0x1f if mantissa == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        e => (mantissa + 1024.0) * 2f64.powi(e - 25),
    };
    if bits & 0x8000 != 0 { -magnitude } else { magnitude }
}

/// `value` in single precision; `None` if it overflows (OverflowError "float too large to pack with f format").
pub fn pack_single(value: f64) -> Option<f32> {
    let single = value as f32;
    (single.is_finite() || !value.is_finite()).then_some(single)
}
