//! A reading on a terminal: the mail with its spans, and what was found in it.
//!
//! In: a [`Reading`]. Out: lines of text, coloured or not. Never here: a byte of a mail that a terminal would obey.

use std::fmt::Write;
use std::io::IsTerminal;

use super::{Reading, ShownSpan};
use crate::calendar::{Answer, Moment};
use crate::message::{AutoNature, Kind, Label};

/// Of a quoted letter these many lines are shown.
const QUOTED: usize = 4;
/// Of anything else these.
const LINES: usize = 120;
/// Of a line these characters.
const WIDTH: usize = 1_000;

/// How to show a reading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    colour: bool,
    full: bool,
}

impl Style {
    /// Coloured on a terminal that can, unless <https://no-color.org> is asked for.
    pub(super) fn of_terminal(full: bool) -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_some_and(|term| term == "dumb");
        Self {
            colour: std::io::stdout().is_terminal() && set("NO_COLOR").is_none() && !dumb,
            full,
        }
    }
}

/// The whole page.
pub(super) fn reading(reading: &Reading, style: Style) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{}", text.trim_end());
    };
    if !reading.from.is_empty() {
        line(format!("from     {}", safe(&reading.from)));
    }
    line(format!("subject  {}", safe(&reading.subject)));
    line(format!("kind     {}", safe(&kind(&reading.kind))));
    if !reading.reply.is_empty() && reading.kind != Kind::Person {
        line(format!("note     {}", safe(&reading.reply)));
    }
    if !reading.authenticated && reading.kind == Kind::Person {
        line("sender   nobody vouches for them: what follows waits for a confirmation".to_owned());
    }
    if reading.uncertain {
        line("own text uncertain: nothing would be acted on without asking".to_owned());
    }
    line(String::new());
    for shown in spans(&reading.spans, style)
        .into_iter()
        .chain(machine(&reading.machine_text, style))
    {
        line(shown);
    }
    line(String::new());
    for one in &reading.findings {
        let about = one.about.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
        let text = format!("{:<6} {about}{}   \"{}\"", name_of(&one.band), one.says, one.words);
        line(safe(&text));
    }
    for order in reading.orders.iter().flatten() {
        line(safe(&format!("order  {order}")));
    }
    for doubt in &reading.doubts {
        line(safe(&format!("doubt  {}   \"{}\"", name_of(&doubt.kind), doubt.words.text)));
    }
    for shown in reading.times.iter().flat_map(|times| times.lines()) {
        line(safe(&shown));
    }
    line(format!("would {}", reading.would));
    out.truncate(out.trim_end().len());
    out
}

/// The lines of a mail, each with its label; quoted letters and long texts are folded.
fn spans(all: &[ShownSpan], style: Style) -> Vec<String> {
    let lines: Vec<(Label, &str)> = all
        .iter()
        .flat_map(|span| span.text.lines().map(|line| (span.label, line)))
        .filter(|(_, line)| !line.trim().is_empty())
        .collect();
    let mut out = Vec::new();
    for run in lines.chunk_by(|a, b| is_quoted(a.0) == is_quoted(b.0)) {
        let quoted = run.first().is_some_and(|(label, _)| is_quoted(*label));
        let shown = |(label, line): &(Label, &str)| {
            let (before, after) = if style.colour { (paint(*label), "\u{1b}[0m") } else { ("", "") };
            format!("{:<14} {before}{}{after}", name_of(label), safe(&cut(line, style)))
        };
        out.extend(folded(run, if quoted { QUOTED } else { LINES }, style, shown));
    }
    out
}

/// The lines of a machine's mail: whose they are is of no interest.
fn machine(text: &str, style: Style) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    folded(&lines, LINES, style, |line| {
        format!("{:<14} {}", "machine", safe(&cut(line, style)))
    })
}

/// The first of some lines as they are shown, and how many more there are; one line more costs no more room than saying so.
fn folded<T>(lines: &[T], most: usize, style: Style, shown: impl Fn(&T) -> String) -> Vec<String> {
    let kept = if style.full || lines.len() <= most + 1 { lines.len() } else { most };
    let mut out: Vec<String> = lines.iter().take(kept).map(shown).collect();
    if kept < lines.len() {
        out.push(format!("{:<14} … {} more lines; --full shows them", "", lines.len() - kept));
    }
    out
}

const fn is_quoted(label: Label) -> bool {
    match label {
        Label::QuotedOurs | Label::QuotedOther | Label::Forwarded | Label::Attribution => true,
        Label::Own | Label::Signature | Label::Device | Label::Disclaimer | Label::Banner | Label::Struck => false,
    }
}

fn cut(line: &str, style: Style) -> String {
    let long = line.char_indices().nth(WIDTH).filter(|_| !style.full);
    match long.and_then(|(at, _)| line.split_at_checked(at)) {
        Some((head, tail)) => format!("{head} … {} more characters", tail.chars().count()),
        None => line.to_owned(),
    }
}

/// Text in which nothing is left that moves a cursor, changes a colour, turns the direction of writing, or is not seen at all.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push_str("    "),
            '\n' => out.push(' '),
            '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{AD}' => {
                out.extend(c.escape_unicode())
            }
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// The name under which a value stands in JSON.
fn name_of(value: &impl serde::Serialize) -> String {
    let name = serde_json::to_string(value).unwrap_or_default();
    name.trim_matches('"').to_owned()
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Calendar { method, answer, .. } => {
            let says = answer.as_deref().map_or_else(|| ", which cannot be read".to_owned(), answered);
            format!("calendar {method}{says}")
        }
        Kind::Report(report) => {
            let mut text = format!("report, {}", name_of(&report.action));
            for part in [report.status.as_deref(), report.recipient.as_ref().map(|address| address.as_str())]
                .into_iter()
                .flatten()
            {
                let _ = write!(text, ", {part}");
            }
            if report.gone {
                text.push_str(", has left");
            }
            if !report.diagnostic.is_empty() {
                let _ = write!(text, ": {}", report.diagnostic);
            }
            text
        }
        Kind::Reaction { emoji } => format!("reaction {}", emoji.as_deref().unwrap_or_default()),
        Kind::AutoReply(auto) => {
            let what = match auto.nature {
                AutoNature::OutOfOffice => "automatic reply, away",
                AutoNature::Gone => "automatic reply, has left",
                AutoNature::ReadReceipt => "read receipt",
                AutoNature::Recall => "recall",
                AutoNature::Challenge => "challenge: a person is to prove that they are one",
                AutoNature::CalendarNote => "invitation or other note of a calendar",
                AutoNature::Feedback => "feedback report",
                AutoNature::Bulk => "mail for many",
                AutoNature::Other => "automatic mail",
            };
            let until = auto.until.map(|day| format!(" until {day}")).unwrap_or_default();
            let substitute = auto
                .substitute
                .as_deref()
                .map(|words| format!("; instead: \"{words}\""))
                .unwrap_or_default();
            format!("{what}{until}{substitute}")
        }
        Kind::Person => "person".to_owned(),
    }
}

fn answered(answer: &Answer) -> String {
    let time = |moment: &Moment| match moment {
        Moment::At(at) => at.format("%Y-%m-%d %H:%M UTC").to_string(),
        Moment::Local { time, zone } => format!("{} ({})", time.format("%Y-%m-%d %H:%M"), zone.as_deref().unwrap_or("no zone")),
    };
    let at = answer
        .time
        .as_ref()
        .map(|span| format!(", {}", time(&span.from)))
        .unwrap_or_default();
    format!(", {}{at}", name_of(&answer.part_stat))
}

const fn paint(label: Label) -> &'static str {
    match label {
        Label::Own => "\u{1b}[1;32m",
        Label::QuotedOurs | Label::QuotedOther | Label::Forwarded => "\u{1b}[90m",
        Label::Attribution | Label::Banner => "\u{1b}[33m",
        Label::Signature | Label::Device | Label::Disclaimer => "\u{1b}[36m",
        Label::Struck => "\u{1b}[9m",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(label: Label, text: &str) -> ShownSpan {
        ShownSpan {
            label,
            why: "test",
            text: text.to_owned(),
        }
    }

    const PLAIN: Style = Style {
        colour: false,
        full: false,
    };

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let hostile = "\u{1b}[2J\u{9b}31m\u{7}\u{202e}\u{200b}a\tb\rc\u{7f}";
        let shown = safe(hostile);
        assert!(
            shown.chars().all(|c| !c.is_control() && !matches!(c, '\u{202E}' | '\u{200B}')),
            "{shown:?}"
        );
        assert_eq!(safe("日本 é 👍"), "日本 é 👍");
        let lines = spans(&[span(Label::Own, hostile)], Style { colour: true, full: true });
        let escapes = lines.concat().matches('\u{1b}').count();
        assert_eq!(escapes, 2, "only our own colour and its end");
    }

    #[test]
    fn quoted_letters_and_long_lines_are_folded() {
        let quoted = "line\n".repeat(30);
        let all = [
            span(Label::Own, "yes\n"),
            span(Label::QuotedOurs, &quoted),
            span(Label::Signature, &"x".repeat(3_000)),
        ];
        let lines = spans(&all, PLAIN);
        assert_eq!(lines.len(), 1 + QUOTED + 1 + 1, "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains("26 more lines")), "{lines:#?}");
        assert!(lines.last().unwrap().ends_with("2000 more characters"));
        let full = spans(&all, Style { full: true, ..PLAIN });
        assert_eq!(full.len(), 32);
        assert!(lines.iter().all(|line| !line.contains('\u{1b}')));
    }
}
