//! The sources as the tidy tests see them: code without comments, literals and tests; and the literals by themselves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// One file of `src`.
pub(super) struct Source {
    /// Below the package, with slashes: `src/reply/mod.rs`.
    pub(super) path: String,
    /// `reply` for `src/reply/…` and `src/reply.rs`; `main`, `lib`, `config` likewise.
    pub(super) room: String,
    /// As written.
    pub(super) text: String,
    /// Comments and literals blanked, `#[cfg(test)]` items cut, lines kept in place.
    pub(super) code: String,
    /// Every string literal outside tests, with its line.
    pub(super) literals: Vec<(usize, String)>,
}

impl Source {
    /// "src/x.rs:12" for a byte of `code`.
    pub(super) fn at(&self, offset: usize) -> String {
        format!("{}:{}", self.path, line(&self.code, offset))
    }
}

fn line(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// The package's directory.
pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All of `src`, in a fixed order.
pub(super) fn sources() -> &'static [Source] {
    static ALL: OnceLock<Vec<Source>> = OnceLock::new();
    ALL.get_or_init(read)
}

fn read() -> Vec<Source> {
    let all: Vec<Source> = rust_files("src")
        .into_iter()
        .map(|(path, text)| {
            let (code, literals) = strip(&text);
            let room = path.trim_start_matches("src/");
            let room = room.split('/').next().unwrap().trim_end_matches(".rs");
            Source {
                room: room.to_owned(),
                path,
                text,
                code,
                literals,
            }
        })
        .collect();
    assert!(all.len() > 20, "only {} files in src: looked in the wrong place?", all.len());
    all
}

/// Every Rust file below a directory of the package.
pub(super) fn rust_files(below: &str) -> Vec<(String, String)> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(below), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Every file under version control; outside a checkout, nothing.
pub(super) fn tracked() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    match listed {
        Ok(listed) if listed.status.success() => String::from_utf8(listed.stdout)
            .unwrap()
            .split_terminator('\0')
            .filter(|name| root().join(name).exists())
            .map(str::to_owned)
            .collect(),
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// Splits a file into its code (comments and literals blanked, test items cut) and its string literals.
fn strip(text: &str) -> (String, Vec<(usize, String)>) {
    let (mut code, literals) = lex(text);
    let mut cut = Vec::new();
    while let Some(start) = code.find("#[cfg(test)]") {
        let end = item_end(&code, start);
        cut.push(line(&code, start)..=line(&code, end));
        let blank: String = code[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        code.replace_range(start..end, &blank);
    }
    let literals = literals
        .into_iter()
        .filter(|(at, _)| !cut.iter().any(|lines| lines.contains(at)))
        .collect();
    (code, literals)
}

/// Where the item after an attribute ends: its closing brace, or a semicolon before any brace opens.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_i32;
    for (at, byte) in code.bytes().enumerate().skip(start + "#[cfg(test)]".len()) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Blanks comments and literals, byte for byte, so that offsets and lines stay.
fn lex(text: &str) -> (String, Vec<(usize, String)>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut literals = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = if rest.starts_with(b"//") {
            at + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            block_comment(bytes, at)
        } else if let Some(hashes) = raw_string(bytes, at) {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = at + rest.iter().position(|b| *b == b'"').unwrap() + 1;
            let length = text[open..].find(&close).unwrap_or(text.len() - open);
            literals.push((line(text, at), text[open..open + length].to_owned()));
            (open + length + close.len()).min(bytes.len())
        } else if bytes[at] == b'"' {
            let mut end = at + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            let end = end.min(bytes.len());
            literals.push((line(text, at), text[at + 1..end].to_owned()));
            (end + 1).min(bytes.len())
        } else if let Some(end) = char_literal(bytes, at) {
            end
        } else {
            at += 1;
            continue;
        };
        for byte in &mut code[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    (String::from_utf8(code).unwrap(), literals)
}

fn block_comment(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// `r"`, `r#"`, `br#"`: the number of hashes. An identifier that ends in r is none.
fn raw_string(bytes: &[u8], at: usize) -> Option<usize> {
    if at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_') {
        return None;
    }
    let rest = bytes[at..].strip_prefix(b"b").unwrap_or(&bytes[at..]);
    let rest = rest.strip_prefix(b"r")?;
    let hashes = rest.iter().take_while(|b| **b == b'#').count();
    (rest.get(hashes) == Some(&b'"')).then_some(hashes)
}

/// A character, told apart from a lifetime by its closing quote.
fn char_literal(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes[at] != b'\'' {
        return None;
    }
    if bytes.get(at + 1) == Some(&b'\\') {
        let close = bytes[at + 3..].iter().position(|b| *b == b'\'')?;
        return Some(at + 3 + close + 1);
    }
    let width = std::str::from_utf8(&bytes[at + 1..bytes.len().min(at + 5)])
        .map_or_else(|e| e.valid_up_to().max(1), |s| s.chars().next().map_or(1, char::len_utf8));
    let width = std::str::from_utf8(&bytes[at + 1..at + 1 + width]).map_or(1, |s| s.chars().next().map_or(1, char::len_utf8));
    (bytes.get(at + 1 + width) == Some(&b'\'')).then_some(at + 1 + width + 1)
}

#[test]
fn tidy_reads_sources_as_the_compiler_does() {
    let (code, literals) = strip(
        "use a::b; // use c::d\nfn f<'a>(x: &'a str) -> char { 'x' }\n/* use /* e */ f */\nlet s = \"use g \\\" h\"; let r = r#\"raw \"q\" \"#;\n\
         let c = '\\''; let q = '\"'; let u = 'ü'; let end = k;\n#[cfg(test)]\nmod tests { fn t() { use_me(\"no\") } }\nfn after() {}\n",
    );
    assert!(
        code.contains("use a::b;") && code.contains("fn f<'a>(x: &'a str) -> char {"),
        "{code}"
    );
    assert!(code.contains("let end = k;") && code.contains("fn after() {}"), "{code}");
    for gone in ["c::d", "use /*", "use g", "raw", "use_me", "mod tests"] {
        assert!(!code.contains(gone), "{gone} is left in {code}");
    }
    assert_eq!(literals, [(4, "use g \\\" h".to_owned()), (4, "raw \"q\" ".to_owned())]);
    assert_eq!(code.matches('\n').count(), 8);
}
