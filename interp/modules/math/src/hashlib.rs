//! `_hashlib`: what `hashlib` and `hmac` take from OpenSSL elsewhere, over `krait_digest`.
//!
//! Digests by name, HMAC, and the derivation of keys from passwords. The hash objects are those of `hashes`, in classes
//! of their own names; algorithms go by the names that `hashlib` shows, and by OpenSSL's.

use crate::hashes::{self, Hash};
use krait_digest::{Algorithm, Hasher, Hmac, ScryptError};
use krait_object::buffer;
use krait_object::class::{Class, ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::module::Module;
use krait_object::native::Native;
use krait_object::native_class::{ExceptionBase, NativeClass, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::object_methods::address;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, attr, bytes, dict, int, natives, object_reduce, protocol, set};
use std::cell::RefCell;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_hashlib",
    doc: "Digests by name, HMAC and key derivation for hashlib and hmac.",
    functions: FUNCTIONS,
    exec,
};

static UNSUPPORTED: NativeException = NativeException::new(
    "_hashlib.UnsupportedDigestmodError",
    &[ExceptionBase::Builtin(TypeId::ValueError)],
    "",
);

/// The largest number of bytes or iterations that fits OpenSSL's C int.
const MOST: i64 = i32::MAX as i64;

// ---- Hash objects

static HASH: NativeClass = NativeClass::new(
    ClassSpec::new("_hashlib.HASH", "A hash of data given piece by piece.", HASH_METHODS, hashes::GETSET)
        .flags(flag::NO_NEW | flag::BASE),
);

static HASHXOF: NativeClass = NativeClass::derived(
    ClassSpec::new(
        "_hashlib.HASHXOF",
        "A hash whose length is chosen when it is read.",
        XOF_METHODS,
        XOF_GETSET,
    )
    .flags(flag::NO_NEW | flag::BASE),
    &HASH,
);

natives! {
    static HASH_METHODS = {
        method "copy" "()" hashes::copy, "Return a copy of the hash object.";
        method "digest" "()" hashes::digest, "Return the digest value as a bytes object.";
        method "hexdigest" "()" hashes::hexdigest, "Return the digest value as a string of hexadecimal digits.";
        method "update" "(obj, /)" hashes::update, "Update this hash object's state with the provided string.";
        method "__repr__" "()" hash_repr, "";
    }
}

natives! {
    static XOF_METHODS = {
        method "digest" "(length)" hashes::shake_digest, "Return the digest value as a bytes object.";
        method "hexdigest" "(length)" hashes::shake_hexdigest, "Return the digest value as a string of hexadecimal digits.";
    }
}

static XOF_GETSET: &[GetSetDef] = &[GetSetDef::ro("digest_size", xof_digest_size, "")];

fn xof_digest_size(_: &Thread, _: Value) -> Res {
    Ok(Value::ZERO)
}

fn hash_repr(th: &Thread, a: &[Value]) -> Res {
    let name = Custom::<Hash>::of(a[0]).algorithm().name();
    let class = krait_object::type_new::tp_name(th, Class::of_value(th, a[0]));
    Ok(string::new(th, &format!("<{name} {class} object @ {:#x}>", address(a[0]))))
}

fn new_hash(th: &Thread, algorithm: Algorithm, data: Value, for_security: Value) -> Res {
    if let Some(v) = for_security.given() {
        protocol::truth(th, v)?;
    }
    let class = if algorithm.is_extendable() { HASHXOF.get(th)? } else { HASH.get(th)? };
    hashes::start(th, class, Hasher::new(algorithm), data)
}

#[cold]
fn unsupported(th: &Thread) -> Raised {
    UNSUPPORTED.raise(th, "[digital envelope routines] unsupported")
}

fn by_name(th: &Thread, name: Str) -> Res<Algorithm> {
    Algorithm::from_name(&name.to_text()).ok_or_else(|| unsupported(th))
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let Some(name) = Str::from_value(a[0]) else { return Err(th.type_error("name must be a string")) };
    new_hash(th, by_name(th, name)?, a[1], a[2])
}

macro_rules! constructors {
    ($($function:ident $algorithm:ident;)*) => {
        $(
            fn $function(th: &Thread, a: &[Value]) -> Res {
                new_hash(th, Algorithm::$algorithm, a[0], a[1])
            }
        )*
    };
}

constructors! {
    md5 Md5;
    sha1 Sha1;
    sha224 Sha224;
    sha256 Sha256;
    sha384 Sha384;
    sha512 Sha512;
    sha3_224 Sha3_224;
    sha3_256 Sha3_256;
    sha3_384 Sha3_384;
    sha3_512 Sha3_512;
    shake_128 Shake128;
    shake_256 Shake256;
}

/// What a constructor's name begins with.
const PREFIX: &str = "openssl_";

/// The algorithm that a digest argument names: by its name, or one of the constructors here.
fn digest_arg(th: &Thread, v: Value) -> Res<Algorithm> {
    if let Some(name) = Str::from_value(v) {
        return by_name(th, name);
    }
    let ours =
        Native::from_value(v).map(Native::def).filter(|d| FUNCTIONS.iter().any(|f| std::ptr::eq(f, *d)));
    if let Some(algorithm) = ours.and_then(|d| d.name.strip_prefix(PREFIX)).and_then(Algorithm::from_name) {
        return Ok(algorithm);
    }
    let shown = Str::of(protocol::str_of(th, v)?).to_text();
    Err(UNSUPPORTED.raise(th, format!("Unsupported digestmod {shown}")))
}

// ---- HMAC

struct Code(RefCell<Hmac>);

impl Payload for Code {
    const NAME: &'static str = "HMAC";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

static HMAC: NativeClass = NativeClass::new(
    ClassSpec::new("_hashlib.HMAC", "A message authentication code.", HMAC_METHODS, HMAC_GETSET)
        .flags(flag::NO_NEW),
);

natives! {
    static HMAC_METHODS = {
        method "copy" "()" hmac_copy, "Return a copy (\"clone\") of the HMAC object.";
        method "digest" "()" hmac_digest_of, "Return the digest of the bytes passed to the update() method so far.";
        method "hexdigest" "()" hmac_hexdigest, "Return hexadecimal digest of the bytes passed to the update() method so far.";
        method "update" "(msg)" hmac_update, "Update the HMAC object with msg.";
        method "__repr__" "()" hmac_repr, "";
    }
}

static HMAC_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("digest_size", |_, v| Ok(Value::small(algorithm_of(v).digest_size() as i64)), ""),
    GetSetDef::ro("block_size", |_, v| Ok(Value::small(algorithm_of(v).block_size() as i64)), ""),
    GetSetDef::ro("name", |th, v| Ok(string::new(th, &format!("hmac-{}", algorithm_of(v).name()))), ""),
];

fn algorithm_of(v: Value) -> Algorithm {
    Custom::<Code>::of(v).0.borrow().algorithm()
}

fn state(a: &[Value]) -> Hmac {
    Custom::<Code>::of(a[0]).0.borrow().clone()
}

fn wrap(th: &Thread, hmac: Hmac) -> Res {
    Ok(custom::alloc(th, HMAC.get(th)?, Code(RefCell::new(hmac)))?.value())
}

fn start_hmac(th: &Thread, algorithm: Algorithm, key: &[u8]) -> Res<Hmac> {
    Hmac::new(algorithm, key).map_err(|e| th.value_error(e.to_string()))
}

fn hmac_new(th: &Thread, a: &[Value]) -> Res {
    let key = buffer::bytes_like(th, a[0])?;
    let Some(digest) = a[2].given() else {
        return Err(th.type_error("Missing required parameter 'digestmod'."));
    };
    let mut hmac = start_hmac(th, digest_arg(th, digest)?, &key)?;
    if let Some(message) = a[1].given_not_none() {
        hmac = fed(th, hmac, message)?;
    }
    wrap(th, hmac)
}

/// The code after more data; other threads run while there is much to do.
fn fed(th: &Thread, mut hmac: Hmac, data: Value) -> Res<Hmac> {
    let data = hashes::data_arg(th, data)?;
    if data.len < hashes::LONG {
        hmac.update(&data);
    } else {
        th.without_lock(|| hmac.update(&data));
    }
    Ok(hmac)
}

fn hmac_update(th: &Thread, a: &[Value]) -> Res {
    // A copy is updated: another thread may use the object meanwhile.
    let hmac = fed(th, state(a), a[1])?;
    Custom::<Code>::of(a[0]).0.replace(hmac);
    Ok(Value::none())
}

fn hmac_copy(th: &Thread, a: &[Value]) -> Res {
    wrap(th, state(a))
}

fn hmac_digest_of(th: &Thread, a: &[Value]) -> Res {
    bytes::from_slice(th, &state(a).digest())
}

fn hmac_hexdigest(th: &Thread, a: &[Value]) -> Res {
    hashes::hex(th, &state(a).digest())
}

fn hmac_repr(th: &Thread, a: &[Value]) -> Res {
    let name = algorithm_of(a[0]).name();
    Ok(string::new(th, &format!("<{name} HMAC object @ {:#x}>", address(a[0]))))
}

fn hmac_digest(th: &Thread, a: &[Value]) -> Res {
    let (key, message) = (buffer::bytes_like(th, a[0])?, buffer::bytes_like(th, a[1])?);
    let algorithm = digest_arg(th, a[2])?;
    let code = th.without_lock(|| krait_digest::hmac_digest(algorithm, &key, &message));
    match code {
        Ok(code) => bytes::from_slice(th, &code),
        Err(e) => Err(th.value_error(e.to_string())),
    }
}

// ---- Keys from passwords

/// A C long.
fn long(th: &Thread, v: Value) -> Res<i64> {
    let i = protocol::index(th, v)?;
    int::to_i64(i).ok_or_else(|| th.overflow_error("Python int too large to convert to C long"))
}

/// Zeroed bytes for a key.
fn room(th: &Thread, len: usize) -> Res<Vec<u8>> {
    let mut out = Vec::new();
    out.try_reserve_exact(len).map_err(|_| th.memory_error())?;
    out.resize(len, 0);
    Ok(out)
}

fn pbkdf2_hmac(th: &Thread, a: &[Value]) -> Res {
    let Some(name) = Str::from_value(a[0]) else {
        let given = type_name(th, a[0]);
        return Err(th.type_error(format!("pbkdf2_hmac() argument 'hash_name' must be str, not {given}")));
    };
    let (password, salt) = (buffer::bytes_like(th, a[1])?, buffer::bytes_like(th, a[2])?);
    let iterations = long(th, a[3])?;
    let algorithm = by_name(th, name)?;
    if iterations < 1 {
        return Err(th.value_error("iteration value must be greater than 0."));
    }
    if iterations > MOST {
        return Err(th.overflow_error("iteration value is too great."));
    }
    let len = match a[4].given_not_none() {
        None => algorithm.digest_size() as i64,
        Some(v) => {
            let n = long(th, v)?;
            if n < 1 {
                return Err(th.value_error("key length must be greater than 0."));
            }
            if n > MOST {
                return Err(th.overflow_error("key length is too great."));
            }
            n
        }
    };
    let mut out = room(th, len as usize)?;
    let iterations = iterations as u32;
    let done =
        th.without_lock(|| krait_digest::pbkdf2_hmac(algorithm, &password, &salt, iterations, &mut out));
    match done {
        Ok(()) => bytes::from_slice(th, &out),
        Err(e) => Err(th.value_error(e.to_string())),
    }
}

/// One of scrypt's numbers.
fn scrypt_number(th: &Thread, v: Value, name: &str) -> Res<u64> {
    if let Some(v) = v.given() {
        if !int::is_int(v) {
            let given = if v.is_none() { "None".into() } else { type_name(th, v) };
            return Err(th.type_error(format!("scrypt() argument '{name}' must be int, not {given}")));
        }
        if let Some(n) = int::with_ref(v, |r| r.to_u64()) {
            return Ok(n);
        }
    }
    Err(th.type_error(format!("{name} is required and must be an unsigned int")))
}

fn scrypt(th: &Thread, a: &[Value]) -> Res {
    let password = buffer::bytes_like(th, a[0])?;
    let max_memory = a[5].given().map_or(Ok(0), |v| long(th, v))?;
    let len = a[6].given().map_or(Ok(64), |v| long(th, v))?;
    let Some(salt) = a[1].given() else { return Err(th.type_error("salt is required")) };
    let salt = buffer::bytes_like(th, salt)?;
    let n = scrypt_number(th, a[2], "n")?;
    if n < 2 || !n.is_power_of_two() {
        return Err(th.value_error(ScryptError::NotPowerOfTwo.to_string()));
    }
    let (r, p) = (scrypt_number(th, a[3], "r")?, scrypt_number(th, a[4], "p")?);
    if !(0..=MOST).contains(&max_memory) {
        return Err(th.value_error(format!("maxmem must be positive and smaller than {MOST}")));
    }
    if !(1..=MOST).contains(&len) {
        return Err(th.value_error(format!("dklen must be greater than 0 and smaller than {MOST}")));
    }
    let mut out = room(th, len as usize)?;
    let max_memory = max_memory as u64;
    match th.without_lock(|| krait_digest::scrypt(&password, &salt, n, r, p, max_memory, &mut out)) {
        Ok(()) => bytes::from_slice(th, &out),
        Err(e) => Err(th.value_error(e.to_string())),
    }
}

/// OpenSSL's mode in which only approved algorithms may be used.
fn get_fips_mode(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::ZERO)
}

natives! {
    static FUNCTIONS = {
        function "new" "(name, string=b'', *, usedforsecurity=True)" new, "Return a new hash object using the named algorithm.";
        function "openssl_md5" "(string=b'', *, usedforsecurity=True)" md5, "Returns a md5 hash object; optionally initialized with a string";
        function "openssl_sha1" "(string=b'', *, usedforsecurity=True)" sha1, "Returns a sha1 hash object; optionally initialized with a string";
        function "openssl_sha224" "(string=b'', *, usedforsecurity=True)" sha224, "Returns a sha224 hash object; optionally initialized with a string";
        function "openssl_sha256" "(string=b'', *, usedforsecurity=True)" sha256, "Returns a sha256 hash object; optionally initialized with a string";
        function "openssl_sha384" "(string=b'', *, usedforsecurity=True)" sha384, "Returns a sha384 hash object; optionally initialized with a string";
        function "openssl_sha512" "(string=b'', *, usedforsecurity=True)" sha512, "Returns a sha512 hash object; optionally initialized with a string";
        function "openssl_sha3_224" "(string=b'', *, usedforsecurity=True)" sha3_224, "Returns a sha3-224 hash object; optionally initialized with a string";
        function "openssl_sha3_256" "(string=b'', *, usedforsecurity=True)" sha3_256, "Returns a sha3-256 hash object; optionally initialized with a string";
        function "openssl_sha3_384" "(string=b'', *, usedforsecurity=True)" sha3_384, "Returns a sha3-384 hash object; optionally initialized with a string";
        function "openssl_sha3_512" "(string=b'', *, usedforsecurity=True)" sha3_512, "Returns a sha3-512 hash object; optionally initialized with a string";
        function "openssl_shake_128" "(string=b'', *, usedforsecurity=True)" shake_128, "Returns a shake-128 variable hash object; optionally initialized with a string";
        function "openssl_shake_256" "(string=b'', *, usedforsecurity=True)" shake_256, "Returns a shake-256 variable hash object; optionally initialized with a string";
        function "pbkdf2_hmac" "(hash_name, password, salt, iterations, dklen=None)" pbkdf2_hmac, "Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function.";
        function "scrypt" "(password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64)" scrypt, "scrypt password-based key derivation function.";
        function "hmac_new" "(key, msg=b'', digestmod=None)" hmac_new, "Return a new hmac object.";
        function "hmac_digest" "(key, msg, digest)" hmac_digest, "Single-shot HMAC.";
        function "get_fips_mode" "()" get_fips_mode, "Whether OpenSSL's FIPS mode is on: never.";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    for c in [&HASH, &HASHXOF, &HMAC] {
        m.add_class(th, c.get(th)?);
    }
    m.add_class(th, UNSUPPORTED.get(th)?);
    let names = dict::new(th);
    for a in Algorithm::ALL {
        names.set(th, th.interp.interned.intern_text(th, a.name()), Value::none())?;
    }
    m.add(th, "openssl_md_meth_names", set::new_frozen(th, names));
    let constructors = dict::new(th);
    for f in FUNCTIONS {
        if let Some(name) = f.name.strip_prefix(PREFIX)
            && let Some(constructor) = m.dict().get_text(th, f.name)
        {
            constructors.set(th, constructor, string::new(th, name))?;
        }
    }
    m.add(th, "_constructors", constructors.value());
    // The same comparison in constant time as everywhere.
    let operator = object_reduce::import(th, "_operator")?;
    m.add(th, "compare_digest", attr::get_text(th, operator, "_compare_digest")?);
    Ok(())
}
