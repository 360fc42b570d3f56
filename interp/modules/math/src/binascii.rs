//! `binascii`: binary data as text. The functions check arguments; the codings are in `binascii_codec`.

use crate::args::{AsciiOrBytes, c_int_or, masked_u32};
use crate::binascii_codec::{self as codec, Base64Error, UuError};
use krait_object::buffer;
use krait_object::bytes;
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::string::Str;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, int, natives, protocol};

/// The `binascii` module.
pub static MODULE: ModuleDef = ModuleDef {
    name: "binascii",
    doc: "Conversion between binary data and ASCII",
    functions: FUNCTIONS,
    exec,
};

static ERROR: NativeException =
    NativeException::new("binascii.Error", &[ExceptionBase::Builtin(TypeId::ValueError)], "");
static INCOMPLETE: NativeException =
    NativeException::new("binascii.Incomplete", &[ExceptionBase::Builtin(TypeId::Exception)], "");

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, ERROR.get(th)?);
    m.add_class(th, INCOMPLETE.get(th)?);
    Ok(())
}

fn flag(th: &Thread, v: Value, default: bool) -> Res<bool> {
    v.given().map_or(Ok(default), |v| protocol::truth(th, v))
}

fn a2b_uu(th: &Thread, a: &[Value]) -> Res {
    let data = AsciiOrBytes::get(th, a[0])?;
    match codec::uu_decode(data.as_slice()) {
        Ok(out) => bytes::from_slice(th, &out),
        Err(UuError::IllegalChar) => Err(ERROR.raise(th, "Illegal char")),
        Err(UuError::Garbage) => Err(ERROR.raise(th, "Trailing garbage")),
    }
}

fn b2a_uu(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let backtick = flag(th, a[1], false)?;
    if data.len > 45 {
        return Err(ERROR.raise(th, "At most 45 bytes at once"));
    }
    bytes::from_slice(th, &codec::uu_encode(&data, backtick))
}

fn a2b_base64(th: &Thread, a: &[Value]) -> Res {
    let data = AsciiOrBytes::get(th, a[0])?;
    let strict = flag(th, a[1], false)?;
    match codec::base64_decode(data.as_slice(), strict) {
        Ok(out) => bytes::from_slice(th, &out),
        Err(e) => Err(ERROR.raise(
            th,
            match e {
                Base64Error::LeadingPadding => "Leading padding not allowed".into(),
                Base64Error::ExcessData => "Excess data after padding".into(),
                Base64Error::OtherData => "Only base64 data is allowed".into(),
                Base64Error::Discontinuous => "Discontinuous padding not allowed".into(),
                Base64Error::Padding => "Incorrect padding".into(),
                Base64Error::Count(n) => format!(
                    "Invalid base64-encoded string: number of data characters ({n}) cannot be 1 more than a multiple of 4"
                ),
            },
        )),
    }
}

fn b2a_base64(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let newline = flag(th, a[1], true)?;
    let len = data.len.div_ceil(3) * 4 + usize::from(newline);
    bytes::fill(th, len, |to| codec::base64_encode(&data, newline, to))
}

fn crc_hqx(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let crc = masked_u32(th, a[1])?;
    Ok(Value::small(codec::crc_hqx(&data, crc as u16).into()))
}

fn crc32(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let crc = a[1].given().map_or(Ok(0), |v| masked_u32(th, v))?;
    Ok(int::from_u64(th, krait_zip::zlib::crc32(&data, crc).into()))
}

/// The separator argument of `hexlify`: a single byte.
fn separator(th: &Thread, v: Value) -> Res<Option<u8>> {
    let Some(v) = v.given() else { return Ok(None) };
    if protocol::len(th, v)? != 1 {
        return Err(th.value_error("sep must be length 1."));
    }
    if let Some(s) = Str::from_value(v) {
        return match u8::try_from(s.at(0)) {
            Ok(c) => Ok(Some(c)),
            Err(_) => Err(th.value_error("sep must be ASCII.")),
        };
    }
    match bytes::get(v) {
        Some(b) => Ok(b.first().copied()),
        None => Err(th.type_error("sep must be str or bytes.")),
    }
}

fn b2a_hex(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let per_group = c_int_or(th, a[2], 1)?;
    let sep = separator(th, a[1])?;
    bytes::from_slice(th, &codec::hex_encode(&data, sep, per_group))
}

fn a2b_hex(th: &Thread, a: &[Value]) -> Res {
    let data = AsciiOrBytes::get(th, a[0])?;
    let data = data.as_slice();
    if data.len() % 2 != 0 {
        return Err(ERROR.raise(th, "Odd-length string"));
    }
    match codec::hex_decode(data) {
        Some(out) => bytes::from_slice(th, &out),
        None => Err(ERROR.raise(th, "Non-hexadecimal digit found")),
    }
}

fn a2b_qp(th: &Thread, a: &[Value]) -> Res {
    let data = AsciiOrBytes::get(th, a[0])?;
    let header = flag(th, a[1], false)?;
    bytes::from_slice(th, &codec::qp_decode(data.as_slice(), header))
}

fn b2a_qp(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let how = codec::QuotedPrintable {
        quote_tabs: flag(th, a[1], false)?,
        is_text: flag(th, a[2], true)?,
        header: flag(th, a[3], false)?,
    };
    bytes::from_slice(th, &codec::qp_encode(&data, how))
}

natives! {
    static FUNCTIONS = {
        function "a2b_uu" "(data, /)" a2b_uu, "Decode a line of uuencoded data.";
        function "b2a_uu" "(data, /, *, backtick=False)" b2a_uu, "Uuencode line of data.";
        function "a2b_base64" "(data, /, *, strict_mode=False)" a2b_base64, "Decode a line of base64 data.";
        function "b2a_base64" "(data, /, *, newline=True)" b2a_base64, "Base64-code line of data.";
        function "a2b_hex" "(hexstr, /)" a2b_hex, "Binary data of hexadecimal representation.";
        function "b2a_hex" "(data, sep=<unrepresentable>, bytes_per_sep=1)" b2a_hex, "Hexadecimal representation of binary data.";
        function "hexlify" "(data, sep=<unrepresentable>, bytes_per_sep=1)" b2a_hex, "Hexadecimal representation of binary data.";
        function "unhexlify" "(hexstr, /)" a2b_hex, "Binary data of hexadecimal representation.";
        function "crc_hqx" "(data, crc, /)" crc_hqx, "Compute CRC-CCITT incrementally.";
        function "crc32" "(data, crc=0, /)" crc32, "Compute CRC-32 incrementally.";
        function "a2b_qp" "(data, header=False)" a2b_qp, "Decode a string of qp-encoded data.";
        function "b2a_qp" "(data, quotetabs=False, istext=True, header=False)" b2a_qp, "Encode a string using quoted-printable encoding.";
    }
}
