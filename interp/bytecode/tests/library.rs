//! Library files: what is written is found again, and damage is not.

use krait_bytecode::library::{Directory, HEADER, Stamp, directory_len, write};

fn sample() -> Vec<u8> {
    let stamp = |n: i64| Stamp { time: -n, size: n as u64 };
    let mut modules = vec![
        ("os.py".to_owned(), stamp(3), b"blob of os".to_vec()),
        ("abc.py".to_owned(), stamp(2), vec![]),
        ("json/__init__.py".to_owned(), stamp(1), vec![7; 100]),
    ];
    write(&mut modules)
}

fn open(file: &[u8]) -> Option<Directory> {
    let header = file.first_chunk::<HEADER>()?;
    let len = directory_len(header, file.len() as u64)?;
    Directory::read(header, file[HEADER..].get(..len)?.into())
}

#[test]
fn modules_are_found() {
    let file = sample();
    let l = open(&file).expect("the file is whole");
    assert_eq!(l.len(), 3);
    let (range, stamp) = l.find(b"os.py").expect("os is there");
    assert_eq!(&file[range.start as usize..range.end as usize], b"blob of os");
    assert_eq!(stamp, Stamp { time: -3, size: 3 });
    assert_eq!(l.find(b"json/__init__.py").map(|f| f.0.end - f.0.start), Some(100));
    assert_eq!(l.find(b"json"), None);
    assert_eq!(l.stamps().map(|s| s.1.size).collect::<Vec<_>>(), [2, 1, 3]);
    assert!(open(&write(&mut [])).is_some_and(|l| l.is_empty()));
}

#[test]
fn damage_is_found() {
    let file = sample();
    let directory = HEADER + 3 * 40 + 27;
    for i in 0..directory {
        let mut bad = file.clone();
        bad[i] ^= 0x10;
        assert!(open(&bad).is_none(), "byte {i}");
    }
    for i in 0..file.len() {
        assert!(open(&file[..i]).is_none(), "cut at {i}");
    }
}
