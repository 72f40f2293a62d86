//! Text from outside in lines, and no more of it than a letter has room for.

use super::words;

/// Characters of somebody's words that are quoted back.
const QUOTE_MAX: usize = 3_000;

/// Text from outside as clean lines; none for an empty text.
pub(super) fn lines(text: &str) -> Vec<String> {
    let clean = words::plain(text);
    if clean.is_empty() {
        Vec::new()
    } else {
        clean.split('\n').map(str::to_owned).collect()
    }
}

/// Somebody's words, quoted back: enough to recognise them by.
pub(super) fn quoted(text: &str) -> Vec<String> {
    let mut all = lines(text);
    shorten(&mut all, QUOTE_MAX);
    all
}

/// Characters of somebody's words that are quoted within a sentence.
const LINE_MAX: usize = 160;

/// Somebody's words within a sentence of ours.
pub(super) fn in_a_line(text: &str) -> String {
    let mut one = vec![lines(text).join(" ")];
    shorten(&mut one, LINE_MAX);
    one.concat()
}

/// Keeps `limit` characters, whole words; says whether something was left out.
pub(super) fn shorten(lines: &mut Vec<String>, limit: usize) -> bool {
    let mut left = limit;
    for at in 0..lines.len() {
        let Some(line) = lines.get_mut(at) else { break };
        let length = line.chars().count();
        if length > left {
            let kept: String = line.chars().take(left).collect();
            let whole = kept.rsplit_once(' ').map_or("", |(head, _)| head);
            *line = format!("{whole} …").trim_start().to_owned();
            lines.truncate(at + 1);
            return true;
        }
        left -= length;
    }
    false
}
