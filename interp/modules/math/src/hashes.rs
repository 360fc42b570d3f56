//! `_md5`, `_sha1`, `_sha2`, `_sha3`, `_blake2`: hash objects over `krait_digest`.

use crate::args::unsigned;
use krait_digest::{Algorithm, Hasher, Parameters};
use krait_object::buffer::{self, Buffer};
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, bytes, int, natives, protocol};
use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub static MD5: ModuleDef = ModuleDef { name: "_md5", doc: "", functions: MD5_FUNCTIONS, exec: md5_exec };
pub static SHA1: ModuleDef = ModuleDef { name: "_sha1", doc: "", functions: SHA1_FUNCTIONS, exec: sha1_exec };
pub static SHA2: ModuleDef = ModuleDef { name: "_sha2", doc: "", functions: SHA2_FUNCTIONS, exec: sha2_exec };
pub static SHA3: ModuleDef = ModuleDef { name: "_sha3", doc: "", functions: &[], exec: sha3_exec };
pub static BLAKE2: ModuleDef = ModuleDef { name: "_blake2", doc: "", functions: &[], exec: blake2_exec };

pub(crate) struct Hash {
    hasher: RefCell<Hasher>,
    /// Held while the object is used, so that threads hash one after another what they give to one object.
    turn: Mutex<()>,
}

impl Hash {
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.hasher.borrow().algorithm()
    }
}

impl Payload for Hash {
    const NAME: &'static str = "hash";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

/// From so many bytes on, hashing lets other threads run.
pub(crate) const LONG: usize = 2048;

/// The bytes of an argument to hash.
pub(crate) fn data_arg(th: &Thread, v: Value) -> Res<Buffer> {
    if Str::from_value(v).is_some() {
        return Err(th.type_error("Strings must be encoded before hashing"));
    }
    if !buffer::has_buffer(th, v) {
        return Err(th.type_error("object supporting the buffer API required"));
    }
    let b = buffer::bytes_like(th, v)?;
    if b.ndim() > 1 {
        return Err(th.raise_new(TypeId::BufferError, "Buffer must be single dimension"));
    }
    Ok(b)
}

fn feed(th: &Thread, hasher: &mut Hasher, data: &[u8]) {
    if data.len() < LONG {
        hasher.update(data);
    } else {
        th.without_lock(|| hasher.update(data));
    }
}

fn wrap(th: &Thread, class: Class, hasher: Hasher) -> Res {
    Ok(custom::alloc(th, class, Hash { hasher: RefCell::new(hasher), turn: Mutex::new(()) })?.value())
}

/// A new hash object; `data` may be `MISSING`.
pub(crate) fn start(th: &Thread, class: Class, mut hasher: Hasher, data: Value) -> Res {
    if let Some(v) = data.given() {
        let b = data_arg(th, v)?;
        feed(th, &mut hasher, &b);
    }
    wrap(th, class, hasher)
}

fn this(a: &[Value]) -> Custom<Hash> {
    Custom::of(a[0])
}

/// Waits until no other thread uses the object; they run meanwhile.
fn turn<'a>(th: &Thread, h: &'a Hash) -> MutexGuard<'a, ()> {
    match h.turn.try_lock() {
        Ok(guard) => guard,
        Err(_) => th.without_lock(|| h.turn.lock().unwrap_or_else(PoisonError::into_inner)),
    }
}

/// What the object hashed so far.
fn state(th: &Thread, a: &[Value]) -> Hasher {
    let h = this(a);
    let _turn = turn(th, &h);
    h.hasher.borrow().clone()
}

pub(crate) fn update(th: &Thread, a: &[Value]) -> Res {
    let b = data_arg(th, a[1])?;
    let h = this(a);
    let _turn = turn(th, &h);
    if b.len < LONG {
        h.hasher.borrow_mut().update(&b);
        return Ok(Value::none());
    }
    // A copy is updated, for another thread may ask for what needs no turn meanwhile.
    let mut copy = h.hasher.borrow().clone();
    feed(th, &mut copy, &b);
    h.hasher.replace(copy);
    Ok(Value::none())
}

pub(crate) fn copy(th: &Thread, a: &[Value]) -> Res {
    let hasher = state(th, a);
    wrap(th, Class::of_value(th, a[0]), hasher)
}

pub(crate) fn digest(th: &Thread, a: &[Value]) -> Res {
    let d = state(th, a).digest();
    bytes::from_slice(th, &d)
}

/// Hexadecimal digits.
pub(crate) fn hex(th: &Thread, data: &[u8]) -> Res {
    let digits = b"0123456789abcdef";
    let text: Vec<u8> =
        data.iter().flat_map(|b| [digits[(b >> 4) as usize], digits[(b & 15) as usize]]).collect();
    string::from_latin1(th, &text)
}

pub(crate) fn hexdigest(th: &Thread, a: &[Value]) -> Res {
    let d = state(th, a).digest();
    hex(th, &d)
}

fn extended(th: &Thread, a: &[Value]) -> Res<Vec<u8>> {
    let n = unsigned(th, a[1], "unsigned long")?;
    if n >= 1 << 29 {
        return Err(th.value_error("length is too large"));
    }
    let d = state(th, a).digest_of(n as usize);
    d.ok_or_else(|| th.memory_error())
}

pub(crate) fn shake_digest(th: &Thread, a: &[Value]) -> Res {
    let d = extended(th, a)?;
    bytes::from_slice(th, &d)
}

pub(crate) fn shake_hexdigest(th: &Thread, a: &[Value]) -> Res {
    let d = extended(th, a)?;
    hex(th, &d)
}

fn algorithm(v: Value) -> Algorithm {
    Custom::<Hash>::of(v).algorithm()
}

fn get_name(th: &Thread, v: Value) -> Res {
    Ok(string::new(th, algorithm(v).name()))
}

fn get_digest_size(th: &Thread, v: Value) -> Res {
    Ok(int::from_usize(th, Custom::<Hash>::of(v).hasher.borrow().digest_size()))
}

fn get_block_size(th: &Thread, v: Value) -> Res {
    Ok(int::from_usize(th, algorithm(v).block_size()))
}

fn get_rate(th: &Thread, v: Value) -> Res {
    Ok(int::from_usize(th, algorithm(v).block_size() * 8))
}

fn get_capacity(th: &Thread, v: Value) -> Res {
    Ok(int::from_usize(th, 1600 - algorithm(v).block_size() * 8))
}

fn get_suffix(th: &Thread, v: Value) -> Res {
    bytes::from_slice(th, if algorithm(v).is_extendable() { b"\x1f" } else { b"\x06" })
}

natives! {
    static METHODS = {
        method "copy" "()" copy, "Return a copy of the hash object.";
        method "digest" "()" digest, "Return the digest value as a bytes object.";
        method "hexdigest" "()" hexdigest, "Return the digest value as a string of hexadecimal digits.";
        method "update" "(obj, /)" update, "Update this hash object's state with the provided string.";
    }
}

pub(crate) static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("block_size", get_block_size, ""),
    GetSetDef::ro("name", get_name, ""),
    GetSetDef::ro("digest_size", get_digest_size, ""),
];

static SHA3_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("block_size", get_block_size, ""),
    GetSetDef::ro("name", get_name, ""),
    GetSetDef::ro("digest_size", get_digest_size, ""),
    GetSetDef::ro("_capacity_bits", get_capacity, ""),
    GetSetDef::ro("_rate_bits", get_rate, ""),
    GetSetDef::ro("_suffix", get_suffix, ""),
];

macro_rules! sealed {
    ($($class:ident $name:literal $new:ident $algorithm:ident;)*) => {
        $(
            static $class: NativeClass =
                NativeClass::new(ClassSpec::new($name, "", METHODS, GETSET).flags(flag::NO_NEW));

            fn $new(th: &Thread, a: &[Value]) -> Res {
                if let Some(v) = a[1].given() {
                    protocol::truth(th, v)?;
                }
                start(th, $class.get(th)?, Hasher::new(Algorithm::$algorithm), a[0])
            }
        )*
    };
}

sealed! {
    MD5_TYPE "_md5.md5" md5 Md5;
    SHA1_TYPE "_sha1.sha1" sha1 Sha1;
    SHA224_TYPE "_sha2.SHA224Type" sha224 Sha224;
    SHA256_TYPE "_sha2.SHA256Type" sha256 Sha256;
    SHA384_TYPE "_sha2.SHA384Type" sha384 Sha384;
    SHA512_TYPE "_sha2.SHA512Type" sha512 Sha512;
}

natives! {
    static MD5_FUNCTIONS = {
        function "md5" "(string=b'', *, usedforsecurity=True)" md5, "";
    }
}

natives! {
    static SHA1_FUNCTIONS = {
        function "sha1" "(string=b'', *, usedforsecurity=True)" sha1, "";
    }
}

natives! {
    static SHA2_FUNCTIONS = {
        function "sha224" "(string=b'', *, usedforsecurity=True)" sha224, "";
        function "sha256" "(string=b'', *, usedforsecurity=True)" sha256, "";
        function "sha384" "(string=b'', *, usedforsecurity=True)" sha384, "";
        function "sha512" "(string=b'', *, usedforsecurity=True)" sha512, "";
    }
}

fn md5_exec(th: &Thread, m: Module) -> Res<()> {
    m.add(th, "MD5Type", MD5_TYPE.get(th)?.value());
    Ok(())
}

fn sha1_exec(th: &Thread, m: Module) -> Res<()> {
    m.add(th, "SHA1Type", SHA1_TYPE.get(th)?.value());
    Ok(())
}

fn sha2_exec(th: &Thread, m: Module) -> Res<()> {
    for c in [&SHA224_TYPE, &SHA256_TYPE, &SHA384_TYPE, &SHA512_TYPE] {
        m.add_class(th, c.get(th)?);
    }
    Ok(())
}

macro_rules! sha3 {
    ($($class:ident $name:literal $new:ident $methods:ident $algorithm:ident $digest:ident $hexdigest:ident $params:literal;)*) => {
        $(
            natives! {
                static $methods = {
                    staticmethod "__new__" "(cls, data=b'', /, *, usedforsecurity=True)" $new, "";
                    method "copy" "()" copy, "";
                    method "digest" $params $digest, "";
                    method "hexdigest" $params $hexdigest, "";
                    method "update" "(data, /)" update, "";
                }
            }

            static $class: NativeClass =
                NativeClass::new(ClassSpec::new($name, "", $methods, SHA3_GETSET).flags(0));

            fn $new(th: &Thread, a: &[Value]) -> Res {
                let class = $class.class_arg(th, a[0])?;
                if let Some(v) = a[2].given() {
                    protocol::truth(th, v)?;
                }
                start(th, class, Hasher::new(Algorithm::$algorithm), a[1])
            }
        )*
    };
}

sha3! {
    SHA3_224_TYPE "_sha3.sha3_224" sha3_224 SHA3_224_METHODS Sha3_224 digest hexdigest "()";
    SHA3_256_TYPE "_sha3.sha3_256" sha3_256 SHA3_256_METHODS Sha3_256 digest hexdigest "()";
    SHA3_384_TYPE "_sha3.sha3_384" sha3_384 SHA3_384_METHODS Sha3_384 digest hexdigest "()";
    SHA3_512_TYPE "_sha3.sha3_512" sha3_512 SHA3_512_METHODS Sha3_512 digest hexdigest "()";
    SHAKE_128_TYPE "_sha3.shake_128" shake_128 SHAKE_128_METHODS Shake128 shake_digest shake_hexdigest "(length, /)";
    SHAKE_256_TYPE "_sha3.shake_256" shake_256 SHAKE_256_METHODS Shake256 shake_digest shake_hexdigest "(length, /)";
}

fn sha3_exec(th: &Thread, m: Module) -> Res<()> {
    let classes =
        [&SHA3_224_TYPE, &SHA3_256_TYPE, &SHA3_384_TYPE, &SHA3_512_TYPE, &SHAKE_128_TYPE, &SHAKE_256_TYPE];
    for c in classes {
        m.add_class(th, c.get(th)?);
    }
    m.add_str(th, "implementation", "RustCrypto");
    Ok(())
}

/// A small number argument of BLAKE2: one that does not fit a byte is out of range.
fn small(th: &Thread, v: Value, default: u8, text: &str) -> Res<u8> {
    let Some(v) = v.given() else { return Ok(default) };
    let i = protocol::index(th, v)?;
    int::to_i64(i).and_then(|n| u8::try_from(n).ok()).ok_or_else(|| th.value_error(text))
}

fn blake2_new(th: &Thread, class: Class, a: &[Value], max_size: usize, wide: bool) -> Res {
    let data = match a[1].given() {
        Some(v) => Some(data_arg(th, v)?),
        None => None,
    };
    let bytes_arg = |v: Value| v.given().map(|v| buffer::bytes_like(th, v)).transpose();
    let (key, salt, person) = (bytes_arg(a[3])?, bytes_arg(a[4])?, bytes_arg(a[5])?);
    let digest_size = match a[2].given() {
        None => max_size,
        Some(v) => {
            let i = protocol::index(th, v)?;
            // Anything out of range is refused together with what is too large.
            int::to_i64(i).and_then(|n| usize::try_from(n).ok()).filter(|&n| n > 0).unwrap_or(usize::MAX)
        }
    };
    let fan_out = small(th, a[6], 1, "fanout must be between 0 and 255")?;
    let depth = small(th, a[7], 1, "depth must be between 1 and 255")?;
    let leaf_size = a[8].given().map_or(Ok(0), |v| unsigned(th, v, "unsigned long"))?;
    let Ok(leaf_size) = u32::try_from(leaf_size) else {
        return Err(th.overflow_error("leaf_size is too large"));
    };
    let node_offset = a[9].given().map_or(Ok(0), |v| unsigned(th, v, "unsigned long long"))?;
    let node_depth = small(th, a[10], 0, "node_depth must be between 0 and 255")?;
    let inner = format!("inner_size must be between 0 and is {max_size}");
    let inner_size = small(th, a[11], 0, &inner)?.into();
    let last_node = a[12].given().map_or(Ok(false), |v| protocol::truth(th, v))?;
    if let Some(v) = a[13].given() {
        protocol::truth(th, v)?;
    }
    let p = Parameters {
        digest_size: Some(digest_size),
        key: key.as_deref().unwrap_or_default(),
        salt: salt.as_deref().unwrap_or_default(),
        person: person.as_deref().unwrap_or_default(),
        fan_out,
        depth,
        leaf_size,
        node_offset,
        node_depth,
        inner_size,
        last_node,
    };
    let made = if wide { Hasher::blake2b(&p) } else { Hasher::blake2s(&p) };
    let mut hasher = match made {
        Ok(h) => h,
        Err(krait_digest::Parameter::NodeOffset) => {
            return Err(th.overflow_error("node_offset is too large"));
        }
        Err(e) => return Err(th.value_error(e.to_string())),
    };
    if let Some(b) = data {
        feed(th, &mut hasher, &b);
    }
    wrap(th, class, hasher)
}

fn blake2b(th: &Thread, a: &[Value]) -> Res {
    blake2_new(th, BLAKE2B.class_arg(th, a[0])?, a, 64, true)
}

fn blake2s(th: &Thread, a: &[Value]) -> Res {
    blake2_new(th, BLAKE2S.class_arg(th, a[0])?, a, 32, false)
}

macro_rules! blake2_class {
    ($class:ident $name:literal $methods:ident $new:ident $doc:literal) => {
        natives! {
            static $methods = {
                staticmethod "__new__" "(cls, data=b'', /, *, digest_size=0, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)" $new, "";
                method "copy" "()" copy, "";
                method "digest" "()" digest, "";
                method "hexdigest" "()" hexdigest, "";
                method "update" "(data, /)" update, "";
            }
        }

        static $class: NativeClass = NativeClass::new(ClassSpec::new($name, $doc, $methods, GETSET).flags(0));
    };
}

blake2_class! {
    BLAKE2B "_blake2.blake2b" BLAKE2B_METHODS blake2b
    "blake2b(data=b'', /, *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True)\n--\n\nReturn a new BLAKE2b hash object."
}
blake2_class! {
    BLAKE2S "_blake2.blake2s" BLAKE2S_METHODS blake2s
    "blake2s(data=b'', /, *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True)\n--\n\nReturn a new BLAKE2s hash object."
}

fn blake2_exec(th: &Thread, m: Module) -> Res<()> {
    for (c, prefix, digest, salt) in [(&BLAKE2B, "BLAKE2B", 64, 16), (&BLAKE2S, "BLAKE2S", 32, 8)] {
        let class = c.get(th)?;
        m.add_class(th, class);
        let sizes = [
            ("SALT_SIZE", salt),
            ("PERSON_SIZE", salt),
            ("MAX_KEY_SIZE", digest),
            ("MAX_DIGEST_SIZE", digest),
        ];
        for (name, n) in sizes {
            m.add_int(th, &format!("{prefix}_{name}"), n);
            class.dict().set_text(th, name, Value::small(n));
        }
    }
    Ok(())
}
