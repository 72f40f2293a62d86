//! What `calendar` finds, writes and reads. Calendars of others are files in `fixtures/calendar` (see the README there).

mod answers;
mod busy;
mod invitations;
mod slots;
mod zones;

use std::path::Path;

use replyd::calendar::Zone;
use replyd::model::Timestamp;

fn utc(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

/// `NAME.ics` with `NAME.toml` beside it, each with LF and with CRLF: name, bytes, table.
fn fixture_pairs(folder: &str) -> Vec<(String, Vec<u8>, toml::Table)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/calendar").join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "ics"));
    paths.sort();
    let mut pairs = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let bytes = unhexed(&std::fs::read(&path).unwrap());
        let table: toml::Table = std::fs::read_to_string(path.with_extension("toml")).unwrap().parse().unwrap();
        let crlf = bytes.split_inclusive(|byte| *byte == b'\n');
        let crlf = crlf.flat_map(|line| match line.strip_suffix(b"\n") {
            Some(line) => [line, b"\r\n"].concat(),
            None => line.to_vec(),
        });
        pairs.push((format!("{name} (CRLF)"), crlf.collect(), table.clone()));
        pairs.push((name, bytes, table));
    }
    pairs
}

/// `\xHH` as the byte it stands for.
fn unhexed(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let hex = rest.strip_prefix(b"\\x").and_then(|hex| std::str::from_utf8(hex.get(..2)?).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &rest[4..];
            }
            None => {
                out.push(*first);
                rest = behind;
            }
        }
    }
    out
}
