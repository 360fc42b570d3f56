//! Blobs of templates: what is written is read again, and damage is found.

use krait_bytecode::image::Image;
use krait_bytecode::serialize::{Error, check, read, write};
use krait_bytecode::{CodeTemplate, Const, Gap, Instr, Op, Position};

fn template(consts: Vec<Const>) -> CodeTemplate {
    CodeTemplate {
        name: "f".into(),
        qualname: "g.<locals>.f".into(),
        filename: b"/a/b.py".as_slice().into(),
        first_line: 7,
        flags: 3,
        arg_count: 1,
        posonly_count: 1,
        kwonly_count: 0,
        varnames: vec!["x".into(), "é".into()],
        cell_registers: vec![1],
        freevars: vec!["y".into()],
        register_count: 3,
        consts,
        has_docstring: false,
        code: vec![Instr::new(Op::RETURN_NONE, 0, 0, 0).0],
        positions: vec![(0, Position { line: 8, end_line: 9, col: 4, end_col: 2 })],
        exceptions: vec![],
        liveness: vec![(0, 2)],
        gaps: vec![Gap { start: 0, end: 1, first: 2, count: 1 }],
        names: vec!["len".into()],
    }
}

fn sample() -> CodeTemplate {
    template(vec![
        Const::None,
        Const::True,
        Const::False,
        Const::Ellipsis,
        Const::Int(i64::MIN),
        Const::Int(-1),
        Const::BigInt(true, vec![1, 2, u64::MAX].into()),
        Const::Float(-0.0),
        Const::Complex(1.5, f64::INFINITY),
        Const::Str(b"\xed\xa0\x80".as_slice().into()),
        Const::Name(b"len".as_slice().into()),
        Const::Bytes(b"\0\xff".as_slice().into()),
        Const::Tuple(vec![Const::Tuple(vec![]), Const::Int(3)]),
        Const::FrozenSet(vec![Const::Int(1)]),
        Const::Code(Box::new(template(vec![Const::None]))),
    ])
}

#[test]
fn round_trip() {
    let t = sample();
    let blob = write(&t).expect("all constants can be written");
    assert_eq!(check(&blob), Ok(()));
    assert_eq!(read(&blob), Ok(t));
}

#[test]
fn foreign_objects_are_refused() {
    assert!(write(&template(vec![Const::Foreign(0)])).is_none());
}

#[test]
fn damage_is_found() {
    let blob = write(&sample()).expect("all constants can be written");
    for i in 0..blob.len() {
        let mut bad = blob.clone();
        bad[i] ^= 0x10;
        assert!(read(&bad).is_err(), "byte {i}");
        assert!(read(&blob[..i]).is_err(), "cut at {i}");
    }
    let mut old = blob.clone();
    old[4] ^= 1;
    assert_eq!(check(&old), Err(Error::Foreign));
}

#[test]
fn records_are_read_alone() {
    let blob = write(&sample()).expect("all constants can be written");
    let image = Image::copy_of(&blob).expect("the blob is whole");
    let r = image.record(image.root()).expect("there is a root");
    assert_eq!((r.name(), r.filename(), r.local_count()), (Some("f"), Some(&b"/a/b.py"[..]), 2));
    assert_eq!(r.positions().count(), 1);
    let mut consts = r.consts();
    let inner = std::iter::from_fn(|| consts.next())
        .find_map(|c| if let krait_bytecode::image::ConstRef::Code(at) = c { Some(at) } else { None })
        .expect("there is a block inside");
    let r = image.record(inner).expect("the block has a record");
    assert_eq!((r.filename(), r.freevars().collect::<Vec<_>>()), (None, vec![Some("y")]));
}

#[test]
fn nothing_panics_on_made_up_blobs() {
    let whole = write(&sample()).expect("all constants can be written");
    for i in 16..whole.len() {
        for flip in [1, 0x7f, 0xff] {
            let mut blob = whole.clone();
            blob[i] ^= flip;
            // What a blob with a right checksum would do.
            if let Ok(image) = Image::written(blob) {
                let _ = image.template(image.root());
            }
        }
    }
}
