//! The fuzz targets, on every fixture and on everything that fuzzing found once (`fuzz/found/`). `tests/fuzz` looks for more.

use std::path::{Path, PathBuf};

// There they are the library of a package of its own.
#[allow(unreachable_pub)]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// All files of a directory; none when it is not there.
fn files(dir: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    paths.map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn what_fuzzing_found_is_read() {
    for (name, target) in [
        ("decide", targets::decide as fn(&[u8])),
        ("itip", targets::itip),
        ("kind", targets::kind),
        ("own", targets::own),
        ("times", targets::times),
    ] {
        files(&root().join("fuzz/found").join(name)).iter().for_each(|bytes| target(bytes));
    }
}

#[test]
fn the_fuzz_targets_hold_for_all_fixtures() {
    let mails = files(&root().join("fixtures/messages"));
    assert!(mails.len() > 300);
    for mail in &mails {
        targets::kind(mail);
        let body = mail
            .windows(2)
            .position(|two| two == b"\n\n")
            .map_or(&mail[..], |at| &mail[at + 2..]);
        targets::own(body);
        targets::own(&[b"<p>", body].concat());
        targets::decide(body);
        targets::times(body);
    }
    for folder in ["answers", "busy"] {
        files(&root().join("fixtures/calendar").join(folder))
            .iter()
            .for_each(|file| targets::itip(file));
    }
    for table in files(&root().join("fixtures/availability")) {
        table.split(|b| *b == b'\n').for_each(targets::times);
    }
    for table in files(&root().join("fixtures/decisions")) {
        table.split(|b| *b == b'\n').take(400).for_each(targets::decide);
    }
}
