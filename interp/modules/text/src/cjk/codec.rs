//! `MultibyteCodec` objects, and the modules that have them.

use super::{data_arg, text_of};
use crate::support::payload;
use krait_object::arguments::bad_argument;
use krait_object::class::{ClassSpec, flag};
use krait_object::codec;
use krait_object::codec_registry::result;
use krait_object::custom::{self, Custom};
use krait_object::native_class::NativeClass;
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, bytes, natives};
use krait_text::CharsBuf;
use krait_text::cjk::Codec;

/// A codec of one encoding, without state.
pub struct MultibyteCodec {
    pub codec: Codec,
}

payload!(MultibyteCodec, "MultibyteCodec", []);

fn errors_arg(th: &Thread, v: Value, function: &str) -> Res<Option<String>> {
    match v.given_not_none() {
        None => Ok(None),
        Some(v) if Str::from_value(v).is_none() => {
            Err(bad_argument(th, v, &format!("{function}() argument 'errors'"), "str or None"))
        }
        Some(v) => codec::name_arg(th, v, ""),
    }
}

fn encode(th: &Thread, a: &[Value]) -> Res {
    let c = Custom::<MultibyteCodec>::of(a[0]).codec;
    let errors = errors_arg(th, a[2], "encode")?;
    let text = text_of(th, a[1])?;
    let mut out = Vec::with_capacity(text.len());
    codec::encode_with(th, text, &mut c.encoder(), errors.as_deref(), &mut out)?;
    let made = bytes::from_slice(th, &out)?;
    result(th, made, text.len())
}

fn decode(th: &Thread, a: &[Value]) -> Res {
    let c = Custom::<MultibyteCodec>::of(a[0]).codec;
    let data = data_arg(th, a[1])?;
    let errors = errors_arg(th, a[2], "decode")?;
    let mut out = CharsBuf::with_capacity(data.len);
    codec::decode_into(th, &data, true, &mut c.decoder(), errors.as_deref(), &mut out)?;
    let text = string::from_buf(th, &out)?;
    result(th, text, data.len)
}

/// `__create_codec(capsule)`: codecs of C modules, which there are none of.
pub fn create(th: &Thread, _: &[Value]) -> Res {
    Err(th.value_error("argument type invalid"))
}

natives! {
    static METHODS = {
        method "encode" "(input, errors=None)" encode, "";
        method "decode" "(input, errors=None)" decode, "";
    }
}

static CODEC: NativeClass =
    NativeClass::new(ClassSpec::new("_multibytecodec.MultibyteCodec", "", METHODS, &[]).flags(flag::NO_NEW));

/// `getcodec` of a module with the encodings.
fn get(th: &Thread, name: Value, encodings: &[&str]) -> Res {
    let Some(s) = Str::from_value(name) else {
        return Err(th.type_error("encoding name must be a string."));
    };
    let name = s.to_text();
    let found = encodings.contains(&name.as_str()).then(|| Codec::from_name(&name)).flatten();
    match found {
        Some(codec) => Ok(custom::alloc(th, CODEC.get(th)?, MultibyteCodec { codec })?.value()),
        None => Err(th.raise_new(TypeId::LookupError, "no such codec is supported.")),
    }
}

macro_rules! modules {
    ($($place:ident $name:literal [$($encoding:literal),*];)*) => {
        $(mod $place {
            use super::*;
            fn getcodec(th: &Thread, a: &[Value]) -> Res {
                get(th, a[0], &[$($encoding),*])
            }
            natives! {
                static FUNCTIONS = {
                    function "getcodec" "!(encoding, /)" getcodec, "";
                }
            }
            pub static MODULE: ModuleDef =
                ModuleDef { name: $name, doc: "", functions: FUNCTIONS, exec: no_exec };
        })*
        /// The modules of codecs.
        pub static MODULES: &[&ModuleDef] = &[$(&$place::MODULE),*];
    };
}

modules! {
    cn "_codecs_cn" ["gb2312", "gbk", "gb18030", "hz"];
    hk "_codecs_hk" ["big5hkscs"];
    iso2022 "_codecs_iso2022" [
        "iso2022_kr", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3",
        "iso2022_jp_ext"
    ];
    jp "_codecs_jp" [
        "shift_jis", "cp932", "euc_jp", "shift_jis_2004", "euc_jis_2004", "euc_jisx0213",
        "shift_jisx0213"
    ];
    kr "_codecs_kr" ["euc_kr", "cp949", "johab"];
    tw "_codecs_tw" ["big5", "cp950"];
}
