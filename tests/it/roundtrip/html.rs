//! A letter quoted in HTML, as programs and gateways write it again, and its rendition as text.

use super::clients::{Client, Marks};
use super::dice::Dice;
use super::typed::{Spot, Typed, is_told_apart};

/// What goes through the tags and the text of a page one after the other.
enum Piece<'h> {
    Tag(&'h str),
    Text(&'h str),
}

fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let (is_tag, end) = if rest.starts_with("<!--") {
            (true, rest.find("-->").map_or(rest.len(), |at| at + 3))
        } else if rest.starts_with('<') {
            (true, rest.find('>').map_or(rest.len(), |at| at + 1))
        } else {
            (false, rest.find('<').unwrap_or(rest.len()))
        };
        let (piece, tail) = rest.split_at(end);
        all.push(if is_tag { Piece::Tag(piece) } else { Piece::Text(piece) });
        rest = tail;
    }
    all
}

/// Each tag and each text changed.
fn changed(html: &str, tag: impl Fn(&str) -> String, text: impl Fn(&str) -> String) -> String {
    let each = |piece: Piece<'_>| match piece {
        Piece::Tag(one) => tag(one),
        Piece::Text(one) => text(one),
    };
    pieces(html).into_iter().map(each).collect()
}

/// An attribute's value changed in a tag; `None` takes the attribute away.
fn attribute(tag: &str, name: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let opening = format!(" {name}=\"");
    let Some(at) = tag.find(&opening) else { return tag.to_owned() };
    let start = at + opening.len();
    let Some(end) = tag[start..].find('"').map(|end| start + end) else {
        return tag.to_owned();
    };
    match value(&tag[start..end]) {
        Some(new) => format!("{}{new}{}", &tag[..start], &tag[end..]),
        None => format!("{}{}", &tag[..at], &tag[end + 1..]),
    }
}

fn percent(link: &str) -> String {
    let each = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(b).to_string(),
        _ => format!("%{b:02X}"),
    };
    link.bytes().map(each).collect()
}

/// Safe Links.
pub(super) fn safe_link(link: &str) -> String {
    format!(
        "https://emea01.safelinks.protection.outlook.com/?url={}&amp;data=05%7C02%7Cann.lee%40northwind.example%7Cb1&amp;sdata=x%2Fq%3D&amp;reserved=0",
        percent(link)
    )
}

/// URL Defense, version 3.
pub(super) fn defended(link: &str) -> String {
    format!("https://urldefense.com/v3/__{link}__;!!Ab1C!xYz$")
}

/// The letter as a program or a gateway writes it again.
pub(super) fn rewritten(dice: &mut Dice, html: &str, made: &mut Vec<&'static str>) -> String {
    let mut html = html.to_owned();
    if dice.percent(50) {
        made.push("comments gone");
        html = changed(
            &html,
            |tag| if tag.starts_with("<!--") { String::new() } else { tag.to_owned() },
            str::to_owned,
        );
    }
    if dice.percent(40) {
        made.push("classes renamed");
        let prefix = *dice.one_of(&["x_", "x_x_", "qt-", "m_8812", "ydp7f31"]);
        let renamed = |names: &str| Some(names.split(' ').map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(" "));
        html = changed(
            &html,
            |tag| attribute(&attribute(tag, "class", renamed), "id", renamed),
            str::to_owned,
        );
    }
    match dice.below(6) {
        0 => {
            made.push("styles gone");
            html = changed(&html, |tag| attribute(tag, "style", |_| None), str::to_owned);
        }
        1 => {
            html = changed(
                &html,
                |tag| attribute(tag, "style", |style| Some(style.replace(';', "; ").replace(':', ": "))),
                str::to_owned,
            )
        }
        _ => {}
    }
    match dice.below(4) {
        0 => {
            made.push("safe links");
            html = changed(
                &html,
                |tag| {
                    attribute(tag, "href", |link| {
                        Some(if link.starts_with("http") {
                            safe_link(link)
                        } else {
                            link.to_owned()
                        })
                    })
                },
                str::to_owned,
            );
        }
        1 => {
            made.push("url defense");
            html = changed(
                &html,
                |tag| {
                    attribute(tag, "href", |link| {
                        Some(if link.starts_with("http") {
                            defended(link)
                        } else {
                            link.to_owned()
                        })
                    })
                },
                str::to_owned,
            );
        }
        _ => {}
    }
    match dice.below(5) {
        0 => {
            html = changed(
                &html,
                |tag| if tag.starts_with("<!") { tag.to_owned() } else { upper(tag) },
                str::to_owned,
            )
        }
        1 => {
            html = changed(
                &html,
                |tag| {
                    if tag.contains('\'') || tag.starts_with("<!") {
                        tag.to_owned()
                    } else {
                        tag.replace('"', "'")
                    }
                },
                str::to_owned,
            )
        }
        2 => html = changed(&html, str::to_owned, |text| text.replace(' ', "\n")),
        3 => html = changed(&html, |tag| tag.replace(" class=", "\n class="), |text| text.replace('\n', " ")),
        _ => {}
    }
    match dice.below(5) {
        0 => {
            html = changed(&html, str::to_owned, |text| {
                text.chars()
                    .map(|c| {
                        if c.is_ascii() {
                            c.to_string()
                        } else {
                            format!("&#{};", u32::from(c))
                        }
                    })
                    .collect()
            })
        }
        1 => {
            html = changed(&html, str::to_owned, |text| {
                text.replace('\'', "\u{2019}").replace(" - ", " &ndash; ").replace(", ", ",&nbsp;")
            })
        }
        2 => {
            html = changed(&html, str::to_owned, |text| {
                text.replace(['\u{201c}', '\u{201d}'], "&quot;")
                    .replace(['\u{2013}', '\u{2014}'], "-")
            })
        }
        _ => {}
    }
    html
}

fn upper(tag: &str) -> String {
    let end = tag.find([' ', '>', '\n']).unwrap_or(tag.len());
    format!("{}{}", tag[..end].to_uppercase(), &tag[end..])
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Typed lines as the program writes them.
pub(super) fn lines(client: &Client, text: &str) -> String {
    let (before, after) = client.line;
    let line = |line: &str| {
        let inner = if line.is_empty() { "<br>".to_owned() } else { escaped(line) };
        format!("{before}{inner}{after}")
    };
    text.lines().map(line).collect()
}

/// The letter with what is typed between its paragraphs and inside them, and the typed texts in their order.
pub(super) fn quoted(dice: &mut Dice, letter: &str, client: &Client, typed: &[Typed]) -> (String, Vec<String>) {
    let mut starts = Vec::new();
    let mut shown: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    let mut paragraph = false;
    let (mut ends, mut insides) = (Vec::new(), Vec::new());
    for piece in pieces(letter) {
        match piece {
            Piece::Tag(tag) => {
                let lower = tag.to_lowercase();
                paragraph = lower.starts_with("<p") || paragraph && !lower.starts_with("</p");
                at += tag.len();
                if lower == "</p>" {
                    ends.push(at);
                }
            }
            Piece::Text(text) => {
                if paragraph && text.split_whitespace().count() >= 6 {
                    starts.push((at, text));
                }
                at += text.len();
                if text.contains(char::is_alphanumeric) {
                    shown.push((at, decoded(text)));
                }
            }
        }
    }
    for (at, text) in starts {
        let first = text.len() - text.trim_start().len();
        let inner: Vec<usize> = text
            .match_indices([' ', '\n'])
            .map(|(n, _)| n)
            .filter(|n| *n > first && *n < text.trim_end().len())
            .collect();
        insides.extend(inner.into_iter().map(|n| at + n));
    }
    let mut into: Vec<(usize, String, String)> = Vec::new();
    for one in typed {
        let (places, place, inner) = match one.spot {
            Spot::Between(place) => (&ends, place, lines(client, &one.text)),
            Spot::Inside(place) => (
                &insides,
                place,
                format!(" <span style=\"color:#c00000\">{}</span> ", escaped(&one.text)),
            ),
            Spot::Above | Spot::Below => continue,
        };
        if places.is_empty() {
            continue;
        }
        let at = places[place * places.len() / 1_000];
        let before = shown.iter().rev().find(|(end, _)| *end <= at).map_or("", |(_, text)| text);
        let after = shown.iter().find(|(end, _)| *end > at).map_or("", |(_, text)| text);
        if matches!(one.spot, Spot::Inside(_)) || is_told_apart(&one.text, typed, before, after) {
            into.push((at, inner, one.text.clone()));
        }
    }
    into.sort_by_key(|(at, _, _)| *at);
    let _ = dice;
    let mut out = letter.to_owned();
    for (at, inner, _) in into.iter().rev() {
        out.insert_str(*at, inner);
    }
    (out, into.into_iter().map(|(_, _, text)| text).collect())
}

/// The page as plain text, as programs make the other half of a mail from it.
pub(super) fn rendered(dice: &mut Dice, html: &str, client: &Client) -> String {
    let with_links = dice.percent(60);
    let cell = *dice.one_of(&["\t", " ", "\n", " | "]);
    let with_hidden = dice.percent(30);
    let mut out = String::new();
    let mut quotes = 0_usize;
    let mut link: Option<String> = None;
    let mut hidden: Option<usize> = None;
    let mut depth = 0_usize;
    let mut styled = false;
    let newline = |out: &mut String, quotes: usize, force: bool| {
        let last = out.rsplit('\n').next().unwrap_or_default();
        if force || !last.trim_matches(['>', ' ']).is_empty() {
            out.push('\n');
            out.push_str(&"> ".repeat(if client.marks == Marks::Prefix { quotes } else { 0 }));
        }
    };
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) => {
                let lower = tag.to_lowercase();
                let name: String = lower
                    .trim_start_matches(['<', '/'])
                    .chars()
                    .take_while(char::is_ascii_alphanumeric)
                    .collect();
                let closing = lower.starts_with("</");
                match name.as_str() {
                    "br" => newline(&mut out, quotes, true),
                    "blockquote" => {
                        quotes = if closing { quotes.saturating_sub(1) } else { quotes + 1 };
                        newline(&mut out, quotes, true);
                    }
                    "p" => newline(&mut out, quotes, closing),
                    "div" | "table" | "tr" | "hr" => newline(&mut out, quotes, false),
                    "td" if !closing && cell != "\n" => out.push_str(cell),
                    "td" if !closing => newline(&mut out, quotes, false),
                    "a" if closing => {
                        if let Some(link) = link.take().filter(|_| with_links && hidden.is_none()) {
                            out.push_str(&format!("<{link}>"));
                        }
                    }
                    "a" => {
                        link = tag
                            .find("href=")
                            .and_then(|at| tag[at + 6..].split(['"', '\'']).next())
                            .map(decoded)
                    }
                    _ => {}
                }
                if name == "style" {
                    styled = !closing;
                }
                if name == "div" {
                    depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
                    if !closing && !with_hidden && lower.replace(' ', "").contains("display:none") {
                        hidden = hidden.or(Some(depth));
                    }
                    if hidden.is_some_and(|at| depth < at) {
                        hidden = None;
                    }
                }
            }
            Piece::Text(text) if hidden.is_none() && !styled => {
                let text = decoded(text);
                let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let last = out.chars().last().unwrap_or('\n');
                if text.starts_with(char::is_whitespace) && !last.is_whitespace() && !words.is_empty() {
                    out.push(' ');
                }
                out.push_str(&words);
                if text.ends_with(char::is_whitespace) && !words.is_empty() {
                    out.push(' ');
                }
            }
            Piece::Text(_) => {}
        }
    }
    out.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end + 1);
        let name = rest[at..end].trim_start_matches('&').trim_end_matches(';');
        let number = name
            .strip_prefix("#x")
            .map(|hex| u32::from_str_radix(hex, 16).ok())
            .or_else(|| name.strip_prefix('#').map(|n| n.parse().ok()));
        match (name, number) {
            (_, Some(Some(number))) => out.extend(char::from_u32(number)),
            ("amp", _) => out.push('&'),
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("quot", _) => out.push('"'),
            ("nbsp", _) => out.push(' '),
            ("middot", _) => out.push('·'),
            ("ndash", _) => out.push('–'),
            ("ldquo", _) => out.push('“'),
            ("rdquo", _) => out.push('”'),
            ("hellip", _) => out.push('…'),
            _ => panic!("unknown entity in {:?}", &rest[at..end]),
        }
        rest = &rest[end..];
    }
    out + rest
}
