//! The module `mmap`: files as memory.
//!
//! The mapping is outside the heap. While its memory is exported it is neither unmapped nor
//! moved; a dead object unmaps it.

use crate::support::{args, bytesarg, oserror, sys};
use krait_gc::Tracer;
use krait_object::buffer::{BufferProcs, Export};
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::native_module::ModuleDef;
use krait_object::slice::{self, Slice};
use krait_object::{Kind, Raised, Res, Thread, TypeId, Value, bytes, int, list, natives, protocol, string};
use std::cell::Cell;

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "mmap", doc: "", functions: &[], exec };

const DEFAULT: i32 = 0;
const READ: i32 = 1;
const WRITE: i32 = 2;
const COPY: i32 = 3;

#[rustfmt::skip]
const INTS: &[(&str, i64)] = &[
    ("ACCESS_COPY", 3), ("ACCESS_DEFAULT", 0), ("ACCESS_READ", 1), ("ACCESS_WRITE", 2),
    ("MADV_DODUMP", 17), ("MADV_DOFORK", 11), ("MADV_DONTDUMP", 16), ("MADV_DONTFORK", 10),
    ("MADV_DONTNEED", 4), ("MADV_FREE", 8), ("MADV_HUGEPAGE", 14), ("MADV_HWPOISON", 100),
    ("MADV_MERGEABLE", 12), ("MADV_NOHUGEPAGE", 15), ("MADV_NORMAL", 0), ("MADV_RANDOM", 1),
    ("MADV_REMOVE", 9), ("MADV_SEQUENTIAL", 2), ("MADV_UNMERGEABLE", 13), ("MADV_WILLNEED", 3),
    ("MAP_ANON", 32), ("MAP_ANONYMOUS", 32), ("MAP_DENYWRITE", 2048), ("MAP_EXECUTABLE", 4096),
    ("MAP_POPULATE", 32768), ("MAP_PRIVATE", 2), ("MAP_SHARED", 1), ("MAP_STACK", 131072),
    ("PROT_EXEC", 4), ("PROT_READ", 1), ("PROT_WRITE", 2),
];

struct Map {
    data: Cell<*mut u8>,
    size: Cell<usize>,
    pos: Cell<usize>,
    offset: i64,
    fd: Cell<i32>,
    access: i32,
    exports: Cell<usize>,
}

impl Map {
    fn close(&self) {
        let data = self.data.replace(std::ptr::null_mut());
        if !data.is_null() {
            // SAFETY: the mapping is this object's own, and nothing is exported.
            unsafe { libc::munmap(data.cast(), self.size.get()) };
        }
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // SAFETY: the descriptor is this object's own.
            unsafe { libc::close(fd) };
        }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        self.close();
    }
}

impl Payload for Map {
    const NAME: &'static str = "mmap";
    const BUFFER: Option<&'static BufferProcs> = Some(&BufferProcs { get: export, release });
    fn trace(&self, _: &mut Tracer) {}
}

type This = Custom<Map>;

fn export(th: &Thread, v: Value, wanted: u32) -> Res<Export> {
    let m = open(th, v)?;
    let readonly = m.access == READ;
    if readonly && wanted & krait_object::buffer::flags::WRITABLE != 0 {
        return Err(th.raise_new(TypeId::BufferError, "Object is not writable."));
    }
    m.exports.set(m.exports.get() + 1);
    Ok(Export { data: m.data.get(), len: m.size.get(), readonly, layout: None })
}

fn release(v: Value) {
    let m = This::of(v);
    m.exports.set(m.exports.get().saturating_sub(1));
}

static CLASS: NativeClass = NativeClass::new(
    ClassSpec::new(
        "mmap.mmap",
        "mmap(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE|PROT_READ, access=ACCESS_DEFAULT, offset=0)\n--\n\nA file as memory.",
        METHODS,
        GETSET,
    )
    .flags(flag::BASE | flag::WEAKREF),
);

fn exec(th: &Thread, m: Module) -> Res<()> {
    for &(name, n) in INTS {
        m.add_int(th, name, n);
    }
    // SAFETY: asks for a number.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    m.add_int(th, "PAGESIZE", page);
    m.add_int(th, "ALLOCATIONGRANULARITY", page);
    m.add(th, "error", th.interp.class_value(TypeId::OSError));
    m.add_class(th, CLASS.get(th)?);
    Ok(())
}

fn open(th: &Thread, v: Value) -> Res<This> {
    let m = This::of(v);
    if m.data.get().is_null() { Err(th.value_error("mmap closed or invalid")) } else { Ok(m) }
}

/// The mapped memory; not to be held across anything that may run Python code (conversions of arguments do), which may
/// close or resize it: `open` is asked again after that.
fn memory<'a>(m: This) -> &'a [u8] {
    // SAFETY: the mapping is open and this long.
    unsafe { std::slice::from_raw_parts(m.data.get(), m.size.get()) }
}

fn memory_mut<'a>(m: This) -> &'a mut [u8] {
    // SAFETY: the mapping is open, writable (the callers check) and this long.
    unsafe { std::slice::from_raw_parts_mut(m.data.get(), m.size.get()) }
}

fn check_writable(th: &Thread, m: This) -> Result<(), Raised> {
    if m.access == READ { Err(th.type_error("mmap can't modify a readonly memory map.")) } else { Ok(()) }
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = CLASS.class_arg(th, a[0])?;
    let fd = args::c_int(th, a[1])?;
    let length = protocol::index_isize(th, a[2])?;
    let mut flags = args::c_int_or(th, a[3], libc::MAP_SHARED)?;
    let both = libc::PROT_READ | libc::PROT_WRITE;
    let mut prot = args::c_int_or(th, a[4], both)?;
    let mut access = args::c_int_or(th, a[5], DEFAULT)?;
    let offset = a[6].given().map_or(Ok(0), |v| args::c_long(th, v))?;
    if length < 0 {
        return Err(th.overflow_error("memory mapped length must be positive"));
    }
    if offset < 0 {
        return Err(th.overflow_error("memory mapped offset must be positive"));
    }
    if access != DEFAULT && (flags != libc::MAP_SHARED || prot != both) {
        return Err(th.value_error("mmap can't specify both access and flags, prot."));
    }
    match access {
        READ => (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ),
        WRITE => (flags, prot) = (libc::MAP_SHARED, both),
        COPY => (flags, prot) = (libc::MAP_PRIVATE, both),
        DEFAULT if prot & both == both => {}
        DEFAULT if prot & libc::PROT_WRITE != 0 => access = WRITE,
        DEFAULT => access = READ,
        _ => return Err(th.value_error("mmap invalid access parameter.")),
    }
    let mut size = length as usize;
    let mut own = -1;
    if fd == -1 {
        flags |= libc::MAP_ANONYMOUS;
    } else {
        if let Ok(st) = crate::io::fstat(th, fd)
            && st.st_mode & libc::S_IFMT == libc::S_IFREG
        {
            if size == 0 {
                if st.st_size == 0 {
                    return Err(th.value_error("cannot mmap an empty file"));
                }
                if offset >= st.st_size {
                    return Err(th.value_error("mmap offset is greater than file size"));
                }
                size = (st.st_size - offset) as usize;
            } else if offset > st.st_size || ((st.st_size - offset) as usize) < size {
                return Err(th.value_error("mmap length is greater than file size"));
            }
        }
        // SAFETY: duplicates a descriptor.
        own = sys::quick(th, unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) } as i64)? as i32;
    }
    // SAFETY: a new mapping at an address that the system chooses.
    let data = unsafe { libc::mmap(std::ptr::null_mut(), size, prot, flags, own, offset) };
    if data == libc::MAP_FAILED {
        let n = oserror::errno();
        if own >= 0 {
            // SAFETY: the descriptor is ours.
            unsafe { libc::close(own) };
        }
        return Err(oserror::raise(th, n));
    }
    let m = Map {
        data: Cell::new(data.cast()),
        size: Cell::new(size),
        pos: Cell::new(0),
        offset,
        fd: Cell::new(own),
        access,
        exports: Cell::new(0),
    };
    Ok(custom::alloc(th, c, m)?.value())
}

fn close(th: &Thread, a: &[Value]) -> Res {
    let m = This::of(a[0]);
    if still_exported(th, m) {
        return Err(th.raise_new(TypeId::BufferError, "cannot close exported pointers exist"));
    }
    m.close();
    Ok(Value::none())
}

/// Is the memory exported? Dead views are looked for before the answer is yes.
fn still_exported(th: &Thread, m: This) -> bool {
    if m.exports.get() > 0 {
        th.heap.collect(true);
    }
    m.exports.get() > 0
}

fn enter(th: &Thread, a: &[Value]) -> Res {
    open(th, a[0])?;
    Ok(a[0])
}

fn exit(th: &Thread, a: &[Value]) -> Res {
    krait_object::call::call_method_text(th, a[0], "close", &[])
}

fn take(th: &Thread, m: This, n: usize) -> Res {
    let pos = m.pos.get().min(m.size.get());
    let n = n.min(m.size.get() - pos);
    let r = bytes::from_slice(th, &memory(m)[pos..pos + n])?;
    m.pos.set(pos + n);
    Ok(r)
}

fn read(th: &Thread, a: &[Value]) -> Res {
    open(th, a[0])?;
    let n = args::opt_size(th, a[1])?;
    let m = open(th, a[0])?;
    take(th, m, if n < 0 { usize::MAX } else { n as usize })
}

fn readline(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    let rest = &memory(m)[m.pos.get().min(m.size.get())..];
    let n = rest.iter().position(|&b| b == b'\n').map_or(rest.len(), |i| i + 1);
    take(th, m, n)
}

fn read_byte(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    let pos = m.pos.get();
    if pos >= m.size.get() {
        return Err(th.value_error("read byte out of range"));
    }
    m.pos.set(pos + 1);
    Ok(Value::small(memory(m)[pos] as i64))
}

fn write(th: &Thread, a: &[Value]) -> Res {
    open(th, a[0])?;
    let data = bytesarg::readable(th, a[1])?;
    let m = open(th, a[0])?;
    check_writable(th, m)?;
    let (pos, n) = (m.pos.get(), data.len());
    if pos > m.size.get() || m.size.get() - pos < n {
        return Err(th.value_error("data out of range"));
    }
    // The source may be a view of the same memory.
    // SAFETY: both ranges are inside their objects.
    unsafe { std::ptr::copy(data.ptr(), m.data.get().add(pos), n) };
    m.pos.set(pos + n);
    Ok(int::from_usize(th, n))
}

fn write_byte(th: &Thread, a: &[Value]) -> Res {
    let n = args::c_long(th, a[1])?;
    if n < 0 {
        return Err(th.overflow_error("unsigned byte integer is less than minimum"));
    }
    if n > 255 {
        return Err(th.overflow_error("unsigned byte integer is greater than maximum"));
    }
    let m = open(th, a[0])?;
    check_writable(th, m)?;
    let pos = m.pos.get();
    if pos >= m.size.get() {
        return Err(th.value_error("write byte out of range"));
    }
    memory_mut(m)[pos] = n as u8;
    m.pos.set(pos + 1);
    Ok(Value::none())
}

/// A bound of `find`: negative ones count from the end.
fn bound(size: usize, i: isize) -> usize {
    let i = if i < 0 { i + size as isize } else { i };
    (i.max(0) as usize).min(size)
}

fn search(th: &Thread, a: &[Value], backwards: bool) -> Res {
    let m = open(th, a[0])?;
    let (pos, size) = (m.pos.get() as isize, m.size.get() as isize);
    let part = bytesarg::readable(th, a[1])?;
    let start = a[2].given().map_or(Ok(pos), |v| protocol::index_isize(th, v))?;
    let end = a[3].given().map_or(Ok(size), |v| protocol::index_isize(th, v))?;
    let m = open(th, a[0])?;
    let (start, end) = (bound(m.size.get(), start), bound(m.size.get(), end));
    let part = part.as_slice();
    if start + part.len() > end {
        return Ok(Value::small(-1));
    }
    let room = &memory(m)[start..end];
    let found = if part.is_empty() {
        Some(if backwards { room.len() } else { 0 })
    } else if backwards {
        room.windows(part.len()).rposition(|w| w == part)
    } else {
        room.windows(part.len()).position(|w| w == part)
    };
    Ok(found.map_or(Value::small(-1), |i| int::from_usize(th, start + i)))
}

fn find(th: &Thread, a: &[Value]) -> Res {
    search(th, a, false)
}

fn rfind(th: &Thread, a: &[Value]) -> Res {
    search(th, a, true)
}

fn size(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    match crate::io::fstat(th, m.fd.get()) {
        Ok(st) => Ok(int::from_i64(th, st.st_size)),
        Err(n) => Err(oserror::raise(th, n)),
    }
}

fn resize(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    let n = protocol::index_isize(th, a[1])?;
    let m = open(th, m.value())?;
    if still_exported(th, m) {
        return Err(th.raise_new(TypeId::BufferError, "mmap can't resize with extant buffers exported."));
    }
    if m.access != WRITE && m.access != DEFAULT {
        return Err(th.type_error("mmap can't resize a readonly or copy-on-write memory map."));
    }
    if n < 0 || (isize::MAX - n) < m.offset as isize {
        return Err(th.value_error("new size out of range"));
    }
    if m.fd.get() != -1 {
        // SAFETY: changes the file's length.
        sys::quick(th, unsafe { libc::ftruncate(m.fd.get(), m.offset + n as i64) } as i64)?;
    }
    // SAFETY: the mapping is this object's own and nothing is exported, so it may move.
    let data = unsafe { libc::mremap(m.data.get().cast(), m.size.get(), n as usize, libc::MREMAP_MAYMOVE) };
    if data == libc::MAP_FAILED {
        return Err(oserror::raise_last(th));
    }
    m.data.set(data.cast());
    m.size.set(n as usize);
    Ok(Value::none())
}

fn tell(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, open(th, a[0])?.pos.get()))
}

fn seek(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    let by = protocol::index_isize(th, a[1])?;
    let how = args::c_int_or(th, a[2], 0)?;
    let from = match how {
        0 => 0,
        1 => m.pos.get() as isize,
        2 => m.size.get() as isize,
        _ => return Err(th.value_error("unknown seek type")),
    };
    match from.checked_add(by) {
        Some(to) if to >= 0 && to as usize <= m.size.get() => {
            m.pos.set(to as usize);
            Ok(Value::none())
        }
        _ => Err(th.value_error("seek out of range")),
    }
}

fn flush(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    let offset = args::size_or(th, a[1], 0)?;
    let n = args::size_or(th, a[2], m.size.get() as isize)?;
    let m = open(th, m.value())?;
    if offset < 0 || n < 0 || (m.size.get() as isize - offset) < n {
        return Err(th.value_error("flush values out of range"));
    }
    if m.access == READ || m.access == COPY {
        return Ok(Value::none());
    }
    // SAFETY: the range is inside the mapping.
    let r = unsafe { libc::msync(m.data.get().add(offset as usize).cast(), n as usize, libc::MS_SYNC) };
    sys::quick(th, r as i64)?;
    Ok(Value::none())
}

fn madvise(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    let option = args::c_int(th, a[1])?;
    let start = args::size_or(th, a[2], 0)?;
    let n = args::size_or(th, a[3], m.size.get() as isize)?;
    let m = open(th, m.value())?;
    if start < 0 || start as usize >= m.size.get() {
        return Err(th.value_error("madvise start out of bounds"));
    }
    if n < 0 {
        return Err(th.value_error("madvise length invalid"));
    }
    if isize::MAX - start < n {
        return Err(th.overflow_error("madvise length too large"));
    }
    let n = (n as usize).min(m.size.get() - start as usize);
    // SAFETY: the range is inside the mapping.
    let r = unsafe { libc::madvise(m.data.get().add(start as usize).cast(), n, option) };
    sys::quick(th, r as i64)?;
    Ok(Value::none())
}

fn move_bytes(th: &Thread, a: &[Value]) -> Res {
    let (to, from, n) = (
        protocol::index_isize(th, a[1])?,
        protocol::index_isize(th, a[2])?,
        protocol::index_isize(th, a[3])?,
    );
    let m = open(th, a[0])?;
    check_writable(th, m)?;
    let size = m.size.get() as isize;
    if to < 0 || from < 0 || n < 0 || size - to < n || size - from < n {
        return Err(th.value_error("source, destination, or count out of range"));
    }
    memory_mut(m).copy_within(from as usize..(from + n) as usize, to as usize);
    Ok(Value::none())
}

fn len(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, open(th, a[0])?.size.get()))
}

fn place(th: &Thread, m: This, key: Value) -> Res<usize> {
    let i = protocol::sequence_index(th, key)?;
    let size = m.size.get() as isize;
    let i = if i < 0 { i + size } else { i };
    if i < 0 || i >= size { Err(th.index_error("mmap index out of range")) } else { Ok(i as usize) }
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    if let Some(s) = Slice::from_value(a[1]) {
        let span = slice::resolve(th, s, || m.size.get())?;
        let m = open(th, a[0])?;
        let all = memory(m);
        let picked: Vec<u8> = span.indexes().map(|i| all[i]).collect();
        return bytes::from_slice(th, &picked);
    }
    if !crate::support::path::has_index(th, a[1]) {
        return Err(th.type_error("mmap indices must be integers"));
    }
    let i = place(th, m, a[1])?;
    Ok(Value::small(memory(open(th, a[0])?)[i] as i64))
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    check_writable(th, m)?;
    if let Some(s) = Slice::from_value(a[1]) {
        let span = slice::resolve(th, s, || m.size.get())?;
        let data = bytesarg::readable(th, a[2])?;
        let m = open(th, a[0])?;
        let places: Vec<usize> = span.indexes().collect();
        if data.len() != places.len() {
            return Err(th.index_error("mmap slice assignment is wrong size"));
        }
        let copy = data.as_slice().to_vec();
        let all = memory_mut(m);
        if places.iter().any(|&i| i >= all.len()) {
            return Err(th.index_error("mmap index out of range"));
        }
        for (i, b) in places.into_iter().zip(copy) {
            all[i] = b;
        }
        return Ok(Value::none());
    }
    if !crate::support::path::has_index(th, a[1]) {
        return Err(th.type_error("mmap indices must be integers"));
    }
    let i = place(th, m, a[1])?;
    if !crate::support::path::has_index(th, a[2]) {
        return Err(th.type_error("mmap item value must be an int"));
    }
    let n = protocol::index(th, a[2])?;
    let Some(n @ 0..=255) = int::to_i64(n) else {
        return Err(th.value_error("mmap item value must be in range(0, 256)"));
    };
    match memory_mut(open(th, a[0])?).get_mut(i) {
        Some(b) => *b = n as u8,
        None => return Err(th.index_error("mmap index out of range")),
    }
    Ok(Value::none())
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    check_writable(th, m)?;
    Err(th.type_error(if a[1].is_kind(Kind::Slice) {
        "mmap object doesn't support slice deletion"
    } else {
        "mmap doesn't support item deletion"
    }))
}

/// Iteration gives bytes of length 1, unlike indexing.
fn iter(th: &Thread, a: &[Value]) -> Res {
    let m = open(th, a[0])?;
    let l = list::new(th);
    for i in 0..m.size.get() {
        if i >= m.size.get() || m.data.get().is_null() {
            break;
        }
        let b = memory(m)[i];
        l.push(th, bytes::from_slice(th, &[b])?)?;
    }
    protocol::iter(th, l.value())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let m = This::of(a[0]);
    let name = krait_object::type_new::tp_name(th, krait_object::Class::of_value(th, a[0]));
    if m.data.get().is_null() {
        return string::try_new(th, &format!("<{name} closed=True>"));
    }
    let access = match m.access {
        READ => "ACCESS_READ",
        WRITE => "ACCESS_WRITE",
        COPY => "ACCESS_COPY",
        _ => "ACCESS_DEFAULT",
    };
    let text = format!(
        "<{name} closed=False, access={access}, length={}, pos={}, offset={}>",
        m.size.get(),
        m.pos.get(),
        m.offset
    );
    string::try_new(th, &text)
}

fn closed_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(This::of(v).data.get().is_null()))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, fileno, length, flags=1, prot=3, access=0, offset=0)" new, "";
        method "close" "()" close, "";
        method "find" "(sub, start=None, end=None, /)" find, "";
        method "rfind" "(sub, start=None, end=None, /)" rfind, "";
        method "flush" "(offset=0, size=None, /)" flush, "";
        method "madvise" "(option, start=0, length=None, /)" madvise, "";
        method "move" "(dest, src, count, /)" move_bytes, "";
        method "read" "(n=None, /)" read, "";
        method "read_byte" "()" read_byte, "";
        method "readline" "()" readline, "";
        method "resize" "(newsize, /)" resize, "";
        method "seek" "(pos, whence=0, /)" seek, "";
        method "size" "()" size, "";
        method "tell" "()" tell, "";
        method "write" "(bytes, /)" write, "";
        method "write_byte" "(byte, /)" write_byte, "";
        method "__enter__" "()" enter, "";
        method "__exit__" "(*args)" exit, "";
        method "__len__" "()" len, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__setitem__" "(key, value, /)" setitem, "";
        method "__delitem__" "(key, /)" delitem, "";
        method "__iter__" "()" iter, "";
        method "__repr__" "()" repr, "";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("closed", closed_get, "")];
