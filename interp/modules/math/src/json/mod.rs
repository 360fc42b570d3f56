//! `_json`: the scanner and the encoder behind the `json` package.

mod encoder;
mod escape;
mod numbers;
mod scanner;
mod scanstring;

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::natives;
use krait_object::thread::{Res, Thread};

/// The `_json` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_json", doc: "json speedups\n", functions: FUNCTIONS, exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add(th, "make_scanner", scanner::SCANNER.get(th)?.value());
    m.add(th, "make_encoder", encoder::ENCODER.get(th)?.value());
    Ok(())
}

natives! {
    static FUNCTIONS = {
        function "encode_basestring_ascii" "(string, /)" escape::encode_basestring_ascii, "";
        function "encode_basestring" "(string, /)" escape::encode_basestring, "";
        function "scanstring" "(string, end, strict=True, /)" scanstring::scanstring, "";
    }
}
