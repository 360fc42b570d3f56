//! Known digests, and those of CPython when `KRAIT_PYTHON` names one.

use std::process::Command;

use krait_digest::{
    Algorithm, Hasher, Hmac, NoHmac, Parameter, Parameters, ScryptError, hmac_digest, pbkdf2_hmac, scrypt,
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(word: &str) -> Vec<u8> {
    if word == "-" {
        return Vec::new();
    }
    (0..word.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&word[i..i + 2], 16).expect("hexadecimal"))
        .collect()
}

fn digest(name: &str, data: &[u8]) -> String {
    let mut h = Hasher::new(Algorithm::from_name(name).expect("a name"));
    h.update(data);
    hex(&h.digest())
}

#[test]
fn standard_examples() {
    assert_eq!(digest("md5", b"abc"), "900150983cd24fb0d6963f7d28e17f72");
    assert_eq!(digest("SHA-1", b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_eq!(
        digest("SHA2-256", b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(digest("blake2s", b"abc"), "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
    let mut out = [0; 20];
    pbkdf2_hmac(Algorithm::Sha1, b"password", b"salt", 2, &mut out).expect("fixed length");
    assert_eq!(hex(&out), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
}

#[test]
fn errors() {
    assert_eq!(Algorithm::from_name("md4"), None);
    assert_eq!(hmac_digest(Algorithm::Shake128, b"", b"").map(|_| ()), Err(NoHmac));
    assert_eq!(pbkdf2_hmac(Algorithm::Shake256, b"", b"", 1, &mut [0]), Err(NoHmac));
    let of = |p: Parameters<'_>| Hasher::blake2s(&p).map(|_| ()).expect_err("out of range");
    assert_eq!(of(Parameters { digest_size: Some(33), ..Default::default() }), Parameter::DigestSize(32));
    assert_eq!(of(Parameters { node_offset: 1 << 48, ..Default::default() }), Parameter::NodeOffset);
    assert_eq!(of(Parameters { depth: 0, ..Default::default() }), Parameter::Depth);
    assert_eq!(of(Parameters { salt: &[0; 9], ..Default::default() }), Parameter::Salt(8));
    let of = |n, r, p, max| scrypt(b"", b"", n, r, p, max, &mut [0; 8]).expect_err("out of range");
    assert_eq!(of(3, 1, 1, 0), ScryptError::NotPowerOfTwo);
    assert_eq!(of(2, 0, 1, 0), ScryptError::Invalid);
    assert_eq!(of(1 << 20, 8, 1, 0), ScryptError::MemoryLimit);
    assert_eq!(of(1 << 62, u64::MAX / 256, 1, u64::MAX), ScryptError::MemoryLimit);
    assert_eq!(of(2, 1, 1, 10), ScryptError::MemoryLimit);
}

#[test]
fn agrees_with_cpython() {
    let Ok(python) = std::env::var("KRAIT_PYTHON") else { return };
    let path = std::env::temp_dir().join(format!("krait-digest-vectors-{}", std::process::id()));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors.py");
    let status = Command::new(python).arg(script).arg(&path).status().expect("a Python to run");
    assert!(status.success());
    let text = std::fs::read_to_string(&path).expect("vectors");
    std::fs::remove_file(path).expect("removable vectors");
    for line in text.lines() {
        check(&line.split_ascii_whitespace().collect::<Vec<_>>());
    }
}

fn check(words: &[&str]) {
    let number = |i: usize| words[i].parse::<u64>().expect("a number");
    let algorithm = |i: usize| Algorithm::from_name(words[i]).expect("a name");
    let expected = if words[words.len() - 1] == "-" { "" } else { words[words.len() - 1] };
    let got = match words[0] {
        "hash" => {
            let (a, data) = (algorithm(1), unhex(words[4]));
            assert_eq!((a.digest_size(), a.block_size()), (number(2) as usize, number(3) as usize));
            for step in [1, 7, 64, 100] {
                let mut h = Hasher::new(a);
                data.chunks(step).for_each(|part| h.update(part));
                assert_eq!(hex(&h.digest()), expected);
            }
            digest(words[1], &data)
        }
        "shake" => {
            let mut h = Hasher::new(algorithm(1));
            h.update(&unhex(words[3]));
            hex(&h.digest_of(number(2) as usize).expect("of any length"))
        }
        "hmac" => {
            let mut h = Hmac::new(algorithm(1), &unhex(words[2])).expect("fixed length");
            unhex(words[3]).chunks(11).for_each(|part| h.update(part));
            hex(&h.digest())
        }
        "pbkdf2" => {
            let mut out = vec![0; expected.len() / 2];
            pbkdf2_hmac(algorithm(1), &unhex(words[3]), &unhex(words[4]), number(2) as u32, &mut out)
                .expect("fixed length");
            hex(&out)
        }
        "scrypt" => {
            let mut out = vec![0; expected.len() / 2];
            scrypt(&unhex(words[4]), &unhex(words[5]), number(1), number(2), number(3), 0, &mut out)
                .expect("fits");
            hex(&out)
        }
        name => {
            let (key, salt, person) = (unhex(words[2]), unhex(words[3]), unhex(words[4]));
            let p = Parameters {
                digest_size: Some(number(1) as usize),
                key: &key,
                salt: &salt,
                person: &person,
                fan_out: number(5) as u8,
                depth: number(6) as u8,
                leaf_size: number(7) as u32,
                node_offset: number(8),
                node_depth: number(9) as u8,
                inner_size: number(10) as usize,
                last_node: number(11) == 1,
            };
            let h = if name == "blake2b" { Hasher::blake2b(&p) } else { Hasher::blake2s(&p) };
            let mut h = h.expect("in range");
            unhex(words[12]).chunks(50).for_each(|part| h.update(part));
            hex(&h.digest())
        }
    };
    assert_eq!(got, expected, "{words:?}");
}
