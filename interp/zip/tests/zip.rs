//! Round trips, errors and the incremental protocols; and exchange with CPython when `KRAIT_PYTHON` names one.

use std::process::Command;

use krait_zip::lzma::{Branch, Filter, LZMADecompressor, Options, Unlzma};
use krait_zip::{Decoder, FeedError, Incremental, bz2, lzma, zlib};

fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() { "-".into() } else { bytes.iter().map(|b| format!("{b:02x}")).collect() }
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

/// Feeds `data` in pieces of `piece` bytes and takes at most `limit` at a time.
fn feed<D: Decoder>(d: &mut Incremental<D>, data: &[u8], piece: usize, limit: Option<usize>) -> Vec<u8>
where
    D::Error: std::fmt::Debug,
{
    let (mut out, mut pieces) = (Vec::new(), data.chunks(piece));
    while !d.eof() {
        let input = if d.needs_input() { pieces.next().unwrap_or_default() } else { b"" };
        let got = d.decompress(input, limit).expect("valid data");
        assert!(limit.is_none_or(|l| got.len() <= l));
        if got.is_empty() && pieces.len() == 0 && d.needs_input() && input.is_empty() {
            break;
        }
        out.extend(got);
    }
    out
}

fn chain(name: &str) -> Vec<Filter> {
    let lzma2 = |preset| Filter::Lzma2(Options::preset(preset).expect("a preset"));
    match name {
        "2" => vec![lzma2(6)],
        "x2" => vec![Filter::Branch(Branch::X86, 0), lzma2(3)],
        "d2" => vec![Filter::Delta(4), lzma2(1)],
        _ => vec![Filter::Lzma1(small())],
    }
}

fn small() -> Options {
    Options { dict_size: 65536, lc: 2, lp: 1, pb: 1, ..Options::preset(6).expect("a preset") }
}

fn number(word: &str) -> i32 {
    word.parse().expect("a number")
}

const DICTIONARY: &[u8] = b"hello world ";

fn pack(kind: &str, arg: &str, data: &[u8]) -> Vec<u8> {
    let (a, b) = data.split_at(data.len() / 3);
    let join = |parts: [Vec<u8>; 3]| parts.concat();
    match kind {
        "zlib" | "zdict" => {
            let mut c = zlib::Compressor::new(-1, 8, number(arg), 8, 0).expect("valid parameters");
            if kind == "zdict" {
                c.set_dictionary(DICTIONARY).expect("a dictionary");
            }
            let first = c.compress(a).expect("open");
            let mut copy = c.try_clone().expect("open");
            let rest = [copy.compress(b).expect("open"), copy.flush(zlib::Z_FINISH).expect("open")].concat();
            assert_eq!([c.compress(b).expect("open"), c.flush(zlib::Z_FINISH).expect("open")].concat(), rest);
            join([first, rest, Vec::new()])
        }
        "bz2" => {
            let mut c = bz2::Compressor::new(number(arg) as u32).expect("a level");
            join([c.compress(a).expect("open"), c.compress(b).expect("open"), c.flush().expect("open")])
        }
        _ => {
            let preset = [Filter::Lzma2(Options::preset(0).expect("a preset"))];
            let mut c = match kind {
                "xz" => lzma::Compressor::xz(lzma::CHECK_CRC64, &chain(arg)),
                "check" => lzma::Compressor::xz(number(arg) as u32, &preset),
                "alone" => lzma::Compressor::alone(&Options { dict_size: 1 << 20, ..small() }),
                _ => lzma::Compressor::raw(&chain(arg)),
            }
            .expect("valid parameters");
            join([c.compress(a).expect("open"), c.compress(b).expect("open"), c.flush().expect("open")])
        }
    }
}

fn check_unpack(kind: &str, arg: &str, packed: &[u8], data: &[u8]) {
    let has_end = !(kind == "raw" && data.is_empty());
    let trailed = [packed, b"tail"].concat();
    for (piece, limit) in
        [(usize::MAX, None), (1000, None), (7, Some(100)), (usize::MAX, Some(4096)), (1, None)]
    {
        let piece = piece.min(trailed.len());
        if piece == 1 && data.len() > 10_000 {
            continue;
        }
        let (got, unused) = match kind {
            "zlib" | "zdict" => {
                let dictionary = (kind == "zdict").then(|| DICTIONARY.to_vec());
                let mut d = Incremental::new(zlib::Inflate::new(number(arg), dictionary).expect("valid"));
                (feed(&mut d, &trailed, piece, limit), d.unused_data().to_vec())
            }
            "bz2" => {
                let mut d = Incremental::new(bz2::Bunzip::new());
                (feed(&mut d, &trailed, piece, limit), d.unused_data().to_vec())
            }
            _ => {
                let decoder = match kind {
                    "alone" if piece > 1 => Unlzma::alone(None),
                    "raw" => Unlzma::raw(&chain(arg)).expect("a chain"),
                    _ => Unlzma::auto(Some(100 << 20)),
                };
                let mut d: LZMADecompressor = Incremental::new(decoder);
                let got = feed(&mut d, &trailed, piece, limit);
                if kind == "check" {
                    assert_eq!(d.decoder().check(), number(arg) as u32);
                }
                (got, d.unused_data().to_vec())
            }
        };
        assert!(got == data, "{kind} {arg} {} bytes in pieces of {piece}, limit {limit:?}", data.len());
        assert!(
            b"tail".starts_with(&unused) && (!unused.is_empty() || !has_end || piece < trailed.len()),
            "{kind} {arg} {unused:?}"
        );
    }
}

const KINDS: [(&str, &str); 22] = [
    ("zlib", "15"),
    ("zlib", "9"),
    ("zlib", "-15"),
    ("zlib", "-9"),
    ("zlib", "31"),
    ("zlib", "25"),
    ("zdict", "15"),
    ("zdict", "-15"),
    ("bz2", "1"),
    ("bz2", "9"),
    ("xz", "2"),
    ("xz", "x2"),
    ("xz", "d2"),
    ("check", "0"),
    ("check", "1"),
    ("check", "4"),
    ("check", "10"),
    ("alone", "1"),
    ("raw", "2"),
    ("raw", "x2"),
    ("raw", "d2"),
    ("raw", "1"),
];

#[test]
fn round_trips() {
    let text: Vec<u8> = (0..30_000u32).flat_map(|i| (i * i % 1009).to_string().into_bytes()).collect();
    for data in [&b""[..], b"a", b"hello world hello world", &text] {
        for (kind, arg) in KINDS {
            check_unpack(kind, arg, &pack(kind, arg, data), data);
        }
    }
}

#[test]
fn exchanges_with_cpython() {
    let Ok(python) = std::env::var("KRAIT_PYTHON") else { return };
    let path = std::env::temp_dir().join(format!("krait-zip-{}", std::process::id()));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exchange.py");
    let run = |what: &str| {
        let status = Command::new(&python).args([script, what]).arg(&path).status().expect("a Python to run");
        assert!(status.success(), "{what}");
    };
    run("write");
    let cases = std::fs::read_to_string(&path).expect("cases");
    let mut ours = String::new();
    for line in cases.lines() {
        let w: Vec<&str> = line.split_ascii_whitespace().collect();
        let data = unhex(w[2]);
        if w[0] == "crc" {
            assert_eq!(zlib::crc32(&data, 77).to_string(), w[1]);
            assert_eq!(zlib::adler32(&data, 99).to_string(), w[3]);
            continue;
        }
        check_unpack(w[0], w[1], &unhex(w[3]), &data);
        ours += &format!("{} {} {} {}\n", w[0], w[1], w[2], hex(&pack(w[0], w[1], &data)));
    }
    std::fs::write(&path, ours).expect("a file");
    run("check");
    std::fs::remove_file(path).expect("removable");
}

fn zlib_error(data: &[u8]) -> String {
    zlib::decompress(data, 15, 10).expect_err("invalid").to_string()
}

#[test]
fn zlib_errors() {
    let good = zlib::compress(b"hello", -1, 15).expect("valid");
    assert_eq!(zlib_error(b"abc"), "Error -3 while decompressing data: incorrect header check");
    assert_eq!(zlib_error(b""), "Error -5 while decompressing data: incomplete or truncated stream");
    assert_eq!(
        zlib_error(&good[..good.len() - 2]),
        "Error -5 while decompressing data: incomplete or truncated stream"
    );
    assert_eq!(
        zlib_error(&[&good[..good.len() - 1], b"x"].concat()),
        "Error -3 while decompressing data: incorrect data check"
    );
    assert_eq!(zlib_error(b"x\x9c\xff\xff"), "Error -3 while decompressing data: invalid block type");
    assert_eq!(zlib_error(&pack("zdict", "15", DICTIONARY)), "Error 2 while decompressing data");
    assert_eq!(zlib::compress(b"", 10, 15).map_err(|e| e.code), Err(zlib::Z_STREAM_ERROR));
    let e = zlib::decompress(b"", 7, 10).expect_err("invalid");
    assert_eq!(e.to_string(), "Error -2 while preparing to decompress data: inconsistent stream state");
    for (method, wbits, mem, strategy) in [(3, 15, 8, 0), (8, 3, 8, 0), (8, 15, 0, 0), (8, 15, 8, 9)] {
        let e = zlib::Compressor::new(-1, method, wbits, mem, strategy).expect_err("invalid");
        assert_eq!(e.code, zlib::Z_STREAM_ERROR);
    }
    let mut d = zlib::Decompressor::new(15, Some(b"bad".to_vec())).expect("valid");
    let e = d.decompress(&pack("zdict", "15", DICTIONARY), 0).expect_err("wrong dictionary");
    assert_eq!(e.to_string(), "Error -3 while setting zdict: invalid input data");
}

#[test]
fn zlib_objects() {
    let data = b"hello".repeat(100);
    let mut c = zlib::Compressor::new(-1, 8, 15, 8, 0).expect("valid");
    let mut z = c.compress(&data).expect("open");
    let sync =
        [c.flush(zlib::Z_SYNC_FLUSH).expect("open"), c.flush(zlib::Z_NO_FLUSH).expect("open")].concat();
    assert!(sync.ends_with(b"\0\0\xff\xff"));
    z.extend(sync);
    let mut early = zlib::Decompressor::new(15, None).expect("valid");
    assert_eq!(early.decompress(&z, 0).expect("valid"), data);
    assert!(!early.eof());
    z.extend(c.flush(zlib::Z_FINISH).expect("open"));
    assert_eq!(
        c.compress(b"x").expect_err("finished").to_string(),
        "Error -2 while compressing data: inconsistent stream state"
    );
    assert_eq!(
        c.flush(zlib::Z_FINISH).expect_err("finished").to_string(),
        "Error -2 while flushing: inconsistent stream state"
    );
    assert_eq!(c.flush(zlib::Z_NO_FLUSH).expect("nothing"), b"");
    assert!(c.try_clone().is_err());

    let mut d = zlib::Decompressor::new(47, None).expect("valid");
    assert_eq!(d.decompress(&z, 10).expect("valid"), b"hellohello");
    assert!(!d.unconsumed_tail().is_empty() && d.unused_data().is_empty() && !d.eof());
    let mut copy = d.try_clone().expect("open");
    let tail = copy.unconsumed_tail().to_vec();
    assert_eq!(copy.decompress(&[&tail[..], b"rest"].concat(), 0).expect("valid"), data[10..]);
    assert!(copy.eof() && copy.unused_data() == b"rest");
    assert_eq!(d.flush(10).expect("valid"), data[10..]);
    assert!(d.eof() && d.unconsumed_tail().is_empty());
    assert_eq!(
        d.decompress(b"x", 0).expect_err("ended").to_string(),
        "Error -2 while decompressing data: inconsistent stream state"
    );
    assert!(d.try_clone().is_err());
    assert_eq!(d.flush(1).expect("nothing"), b"");

    // Many times more output than input, a little at a time.
    let z = zlib::compress(&vec![0; 1 << 20], 9, 15).expect("valid");
    let (mut d, mut input, mut total) = (zlib::Decompressor::new(15, None).expect("valid"), z, 0);
    while !d.eof() {
        let got = d.decompress(&input, 1000).expect("valid");
        assert!(got.len() <= 1000);
        total += got.len();
        input = d.unconsumed_tail().to_vec();
    }
    assert_eq!(total, 1 << 20);
}

#[test]
fn bz2_errors() {
    assert!(matches!(bz2::Compressor::new(0), Err(bz2::Error::Level)));
    let mut c = bz2::Compressor::new(9).expect("a level");
    c.flush().expect("open");
    assert_eq!(c.flush(), Err(bz2::Error::Flushed));
    assert_eq!(c.compress(b""), Err(bz2::Error::Finished));
    let mut d = Incremental::new(bz2::Bunzip::new());
    assert_eq!(d.decompress(b"abcdefgh", None), Err(FeedError::Format(bz2::Error::Data)));
    let mut packed = pack("bz2", "9", b"hello");
    let mut d = Incremental::new(bz2::Bunzip::new());
    d.decompress(&packed, None).expect("valid");
    assert_eq!(d.decompress(b"", None), Err(FeedError::EndOfStream));
    packed[11] ^= 1;
    assert_eq!(
        Incremental::new(bz2::Bunzip::new()).decompress(&packed, None),
        Err(FeedError::Format(bz2::Error::Data))
    );
}

fn lzma_error(d: Unlzma, data: &[u8]) -> lzma::Error {
    match Incremental::new(d).decompress(data, None) {
        Err(FeedError::Format(e)) => e,
        other => panic!("{other:?}"),
    }
}

#[test]
fn lzma_errors() {
    use lzma::Error;
    assert_eq!(lzma_error(Unlzma::auto(None), b"abc"), Error::Format);
    assert_eq!(lzma_error(Unlzma::xz(None), b"abcdefghijklmnop"), Error::Format);
    assert_eq!(Incremental::new(Unlzma::xz(None)).decompress(b"abc", None), Ok(Vec::new()));
    let good = pack("xz", "2", &b"hello".repeat(1000));
    assert_eq!(lzma_error(Unlzma::auto(Some(10)), &good), Error::MemoryLimit);
    for at in [8, 13, 30, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert!(
            matches!(lzma_error(Unlzma::auto(None), &bad), Error::Data | Error::Options | Error::Format),
            "{at}"
        );
    }
    let preset = |p| Options::preset(p).expect("a preset");
    assert!(Options::preset(10).is_none());
    let xz = |check, chain: &[Filter]| lzma::Compressor::xz(check, chain).err();
    assert_eq!(xz(99, &[Filter::Lzma2(preset(6))]), Some(Error::Internal));
    assert_eq!(xz(4, &[]), Some(Error::Internal));
    assert_eq!(xz(4, &[Filter::Lzma1(preset(6))]), Some(Error::Internal));
    assert_eq!(xz(4, &[Filter::Delta(1)]), Some(Error::Options));
    assert_eq!(xz(4, &[Filter::Delta(300), Filter::Lzma2(preset(6))]), Some(Error::Options));
    assert_eq!(xz(4, &[Filter::Lzma2(Options { lc: 9, ..preset(6) })]), Some(Error::Options));
    let mut c = lzma::Compressor::alone(&preset(0)).expect("valid");
    c.flush().expect("open");
    assert_eq!(c.flush(), Err(Error::Flushed));
    assert_eq!(c.compress(b""), Err(Error::Finished));
}

#[test]
fn lzma_properties() {
    let lzma1 = Filter::Lzma1(Options::preset(6).expect("a preset"));
    assert_eq!(lzma1.encode_properties().expect("valid"), b"]\0\0\x80\0");
    assert_eq!(Filter::decode_properties(lzma::FILTER_LZMA1, b"]\0\0\x80\0"), Ok(lzma1));
    let lzma2 = Filter::Lzma2(Options::preset(9).expect("a preset"));
    assert_eq!(lzma2.encode_properties().expect("valid"), b"\x1c");
    assert_eq!(Filter::Delta(7).encode_properties().expect("valid"), b"\x06");
    assert_eq!(Filter::decode_properties(lzma::FILTER_DELTA, b"\x06"), Ok(Filter::Delta(7)));
    assert_eq!(Filter::Branch(Branch::X86, 0).encode_properties().expect("valid"), b"");
    assert_eq!(Filter::Branch(Branch::Arm, 16).encode_properties().expect("valid"), b"\x10\0\0\0");
    assert_eq!(Filter::decode_properties(99, b""), Err(lzma::Error::Options));
    assert_eq!(Filter::decode_properties(lzma::FILTER_LZMA1, b""), Err(lzma::Error::Options));
}

#[test]
fn damaged_data_do_no_harm() {
    let data = b"the quick brown fox ".repeat(40);
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut random = move |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % n as u64) as usize
    };
    for (kind, arg) in KINDS {
        let good = pack(kind, arg, &data);
        for _ in 0..60 {
            let mut bad = good.clone();
            for _ in 0..=random(3) {
                let at = random(bad.len());
                bad[at] = random(256) as u8;
            }
            bad.truncate(bad.len() - random(3));
            match kind {
                "zlib" | "zdict" => {
                    let dictionary = Some(DICTIONARY.to_vec());
                    let mut d = Incremental::new(zlib::Inflate::new(number(arg), dictionary).expect("valid"));
                    _ = d.decompress(&bad, Some(1 << 20));
                }
                "bz2" => _ = Incremental::new(bz2::Bunzip::new()).decompress(&bad, Some(1 << 20)),
                "raw" => {
                    let decoder = Unlzma::raw(&chain(arg)).expect("a chain");
                    _ = Incremental::new(decoder).decompress(&bad, Some(1 << 20));
                }
                _ => _ = Incremental::new(Unlzma::auto(Some(64 << 20))).decompress(&bad, Some(1 << 20)),
            }
        }
    }
}
