//! The module `_stat`: what `st_mode` and the file flags mean.

use crate::support::args::masked_u64;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Res, Thread, Value, natives, string};

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "_stat", doc: "", functions: FUNCTIONS, exec };

/// Bits of modes and flags.
#[rustfmt::skip]
static INTS: &[(&str, i64)] = &[
    ("SF_APPEND", 262144), ("SF_ARCHIVED", 65536), ("SF_IMMUTABLE", 131072), ("SF_NOUNLINK", 1048576),
    ("SF_SNAPSHOT", 2097152), ("ST_ATIME", 7), ("ST_CTIME", 9), ("ST_DEV", 2),
    ("ST_GID", 5), ("ST_INO", 1), ("ST_MODE", 0), ("ST_MTIME", 8),
    ("ST_NLINK", 3), ("ST_SIZE", 6), ("ST_UID", 4), ("S_ENFMT", 1024),
    ("S_IEXEC", 64), ("S_IFBLK", 24576), ("S_IFCHR", 8192), ("S_IFDIR", 16384),
    ("S_IFDOOR", 0), ("S_IFIFO", 4096), ("S_IFLNK", 40960), ("S_IFPORT", 0),
    ("S_IFREG", 32768), ("S_IFSOCK", 49152), ("S_IFWHT", 0), ("S_IREAD", 256),
    ("S_IRGRP", 32), ("S_IROTH", 4), ("S_IRUSR", 256), ("S_IRWXG", 56),
    ("S_IRWXO", 7), ("S_IRWXU", 448), ("S_ISGID", 1024), ("S_ISUID", 2048),
    ("S_ISVTX", 512), ("S_IWGRP", 16), ("S_IWOTH", 2), ("S_IWRITE", 128),
    ("S_IWUSR", 128), ("S_IXGRP", 8), ("S_IXOTH", 1), ("S_IXUSR", 64),
    ("UF_APPEND", 4), ("UF_COMPRESSED", 32), ("UF_HIDDEN", 32768), ("UF_IMMUTABLE", 2),
    ("UF_NODUMP", 1), ("UF_NOUNLINK", 16), ("UF_OPAQUE", 8),
];

fn exec(th: &Thread, m: Module) -> Res<()> {
    for &(name, n) in INTS {
        m.add_int(th, name, n);
    }
    Ok(())
}

fn mode(th: &Thread, v: Value) -> Res<u32> {
    if let Some(n) = v.small_int()
        && (0..=u32::MAX as i64).contains(&n)
    {
        return Ok(n as u32);
    }
    match krait_object::protocol::index(th, v) {
        Ok(i) => match krait_object::int::to_i64(i) {
            Some(n) if (0..=u32::MAX as i64).contains(&n) => Ok(n as u32),
            Some(n) if n < 0 => Err(th.overflow_error("can't convert negative value to unsigned int")),
            Some(_) => Err(th.overflow_error("mode out of range")),
            None => {
                masked_u64(th, i)?;
                Err(th.overflow_error("Python int too large to convert to C unsigned long"))
            }
        },
        Err(e) => Err(e),
    }
}

/// Defines the tests for file types.
macro_rules! tests {
    ($($f:ident $bits:expr;)*) => { $(
        fn $f(th: &Thread, a: &[Value]) -> Res {
            Ok(Value::bool(mode(th, a[0])? & libc::S_IFMT == $bits))
        }
    )* };
}

tests! {
    is_blk libc::S_IFBLK;
    is_chr libc::S_IFCHR;
    is_dir libc::S_IFDIR;
    is_fifo libc::S_IFIFO;
    is_lnk libc::S_IFLNK;
    is_reg libc::S_IFREG;
    is_sock libc::S_IFSOCK;
}

fn never(th: &Thread, a: &[Value]) -> Res {
    mode(th, a[0])?;
    Ok(Value::false_())
}

fn s_imode(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small((mode(th, a[0])? & 0o7777) as i64))
}

fn s_ifmt(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small((mode(th, a[0])? & libc::S_IFMT) as i64))
}

fn filemode(th: &Thread, a: &[Value]) -> Res {
    let m = mode(th, a[0])?;
    let kind = match m & libc::S_IFMT {
        libc::S_IFREG => '-',
        libc::S_IFDIR => 'd',
        libc::S_IFLNK => 'l',
        libc::S_IFBLK => 'b',
        libc::S_IFCHR => 'c',
        libc::S_IFIFO => 'p',
        libc::S_IFSOCK => 's',
        _ => '?',
    };
    let mut out = String::from(kind);
    for (shift, special, letter) in
        [(6, libc::S_ISUID, 's'), (3, libc::S_ISGID, 's'), (0, libc::S_ISVTX, 't')]
    {
        let bits = m >> shift;
        out.push(if bits & 4 != 0 { 'r' } else { '-' });
        out.push(if bits & 2 != 0 { 'w' } else { '-' });
        out.push(match (m & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    Ok(string::new(th, &out))
}

natives! {
    static FUNCTIONS = {
        function "S_ISDIR" "(mode, /)" is_dir, "";
        function "S_ISCHR" "(mode, /)" is_chr, "";
        function "S_ISBLK" "(mode, /)" is_blk, "";
        function "S_ISREG" "(mode, /)" is_reg, "";
        function "S_ISFIFO" "(mode, /)" is_fifo, "";
        function "S_ISLNK" "(mode, /)" is_lnk, "";
        function "S_ISSOCK" "(mode, /)" is_sock, "";
        function "S_ISDOOR" "(mode, /)" never, "";
        function "S_ISPORT" "(mode, /)" never, "";
        function "S_ISWHT" "(mode, /)" never, "";
        function "S_IMODE" "(mode, /)" s_imode, "";
        function "S_IFMT" "(mode, /)" s_ifmt, "";
        function "filemode" "(mode, /)" filemode, "A mode as `ls -l` shows it.";
    }
}
