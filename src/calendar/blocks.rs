//! The components of a calendar, one after the other.   RFC 5545 3.6
//!
//! In: the bytes of a calendar. Out: events, zones, free-busy lists with their lines and those of the parts directly inside them. However
//! deep somebody nests, nothing here calls itself, and what lies deeper is passed over.

use super::lines::{Line, lines};

/// A component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Block {
    /// Upper case.
    pub(super) name: String,
    /// Its own lines.
    pub(super) lines: Vec<Line>,
    /// The components directly inside, without what is inside those.
    pub(super) inner: Vec<Block>,
}

impl Block {
    fn named(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// The first line of a name.
    pub(super) fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.name == name)
    }

    /// The value of the first line of a name, without white space around it.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.line(name).map(|line| line.value.trim())
    }
}

/// They stand side by side in a calendar, so where one begins the one before is over, whether or not it said so.
const TOP: [&str; 5] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"];
/// More parts than any event or zone has.
const MOST_INNER: usize = 200;
/// More lines than any of them has.
const MOST_LINES: usize = 20_000;

/// The METHOD of a calendar, in upper case: it stands before the first component.   RFC 5545 3.7.2
#[must_use]
pub fn method(calendar: &[u8]) -> Option<String> {
    let head = lines(calendar).take_while(|line| line.name != "BEGIN" || line.value.trim().eq_ignore_ascii_case("VCALENDAR"));
    let mut methods = head.filter(|line| line.name == "METHOD");
    methods.next().map(|line| line.value.trim().to_ascii_uppercase())
}

/// The components of a calendar. One that is cut short is given as far as it goes.
pub(super) fn blocks(calendar: &[u8]) -> impl Iterator<Item = Block> + '_ {
    let mut lines = lines(calendar);
    let mut begun: Option<String> = None;
    std::iter::from_fn(move || {
        let mut block = match begun.take() {
            Some(name) => Block::named(name),
            None => Block::named(lines.find_map(|line| edge(&line, "BEGIN").filter(|name| TOP.contains(&name.as_str())))?),
        };
        let mut depth = 0_usize;
        for line in lines.by_ref() {
            if let Some(name) = edge(&line, "BEGIN") {
                if TOP.contains(&name.as_str()) {
                    begun = Some(name);
                    break;
                }
                depth += 1;
                if depth == 1 && block.inner.len() < MOST_INNER {
                    block.inner.push(Block::named(name));
                }
            } else if let Some(name) = edge(&line, "END") {
                if name == block.name || name == "VCALENDAR" {
                    break;
                }
                depth = depth.saturating_sub(1);
            } else if depth == 0 && block.lines.len() < MOST_LINES {
                block.lines.push(line);
            } else if depth == 1
                && let Some(inner) = block.inner.last_mut()
                && inner.lines.len() < MOST_LINES
            {
                inner.lines.push(line);
            }
        }
        Some(block)
    })
}

fn edge(line: &Line, which: &str) -> Option<String> {
    (line.name == which).then(|| line.value.trim().to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(calendar: &str) -> Vec<String> {
        let shown = |block: Block| {
            let inner: Vec<String> = block
                .inner
                .iter()
                .map(|inner| format!("{}:{}", inner.name, inner.lines.len()))
                .collect();
            format!("{}:{}[{}]", block.name, block.lines.len(), inner.join(" "))
        };
        blocks(calendar.as_bytes()).map(shown).collect()
    }

    #[test]
    fn parts_keep_their_own_lines() {
        let calendar = "BEGIN:VCALENDAR\nMETHOD:reply\nBEGIN:VEVENT\nA:1\nBEGIN:VALARM\nB:1\nBEGIN:X\nC:1\nEND:X\nEND:VALARM\nD:1\nEND:VEVENT\n\
                        BEGIN:VTIMEZONE\nBEGIN:STANDARD\nE:1\nF:1\nEND:STANDARD\nEND:VTIMEZONE\nEND:VCALENDAR\n";
        assert_eq!(shape(calendar), ["VEVENT:2[VALARM:1]", "VTIMEZONE:0[STANDARD:2]"]);
        assert_eq!(method(calendar.as_bytes()).as_deref(), Some("REPLY"));
    }

    #[test]
    fn what_is_not_closed_ends_where_the_next_begins() {
        let calendar = "begin:vevent\nA:1\nBEGIN:VALARM\nBEGIN:VEVENT\nB:1\nEND:VEVENT\nMETHOD:REPLY\nBEGIN:VEVENT\nC:1";
        assert_eq!(shape(calendar), ["VEVENT:1[VALARM:0]", "VEVENT:1[]", "VEVENT:1[]"]);
        assert_eq!(method(calendar.as_bytes()), None, "a METHOD within is none");
    }

    #[test]
    fn nesting_costs_nothing() {
        let deep = format!(
            "BEGIN:VEVENT\n{}A:1\n{}UID:a\nEND:VEVENT\n",
            "BEGIN:X\n".repeat(100_000),
            "END:X\n".repeat(100_000)
        );
        assert_eq!(shape(&deep), ["VEVENT:1[X:0]"]);
        let side_by_side = format!("BEGIN:VEVENT\n{}", "BEGIN:X\nEND:X\n".repeat(100_000));
        assert_eq!(blocks(side_by_side.as_bytes()).next().unwrap().inner.len(), MOST_INNER);
    }
}
