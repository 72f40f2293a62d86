//! The HTML part as mail programs take it: layout for Word's engine, colours for dark modes, links that survive.

use std::sync::LazyLock;

use regex::Regex;

use super::letters::{client_letters, notices};
use super::meeting;
use super::people::*;

/// Every letter and every copy, read again.
fn all() -> &'static [(String, Read)] {
    static ALL: std::sync::OnceLock<Vec<(String, Read)>> = std::sync::OnceLock::new();
    ALL.get_or_init(write_all)
}

fn write_all() -> Vec<(String, Read)> {
    let mut out = Vec::new();
    for (name, letter) in client_letters().into_iter().chain(notices()) {
        for one in write(&letter, &conversation()).unwrap() {
            out.push((format!("{name} as {}", one.kind), read(&one.bytes)));
        }
    }
    for (name, letter) in meeting::letters() {
        for one in meeting::write(&letter, &meeting::conversation()).unwrap() {
            out.push((format!("{name} as {}", one.kind), read(&one.bytes)));
        }
    }
    assert!(out.len() > 120, "only {} letters", out.len());
    out
}

/// Opening tags of the body: name, attributes.
fn tags(html: &str) -> Vec<(String, String)> {
    static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<([a-z][a-z0-9]*)\b([^>]*)>").unwrap());
    let body = &html[html.find("<body").unwrap()..];
    let found: Vec<_> = TAG.captures_iter(body).map(|hit| (hit[1].to_owned(), hit[2].to_owned())).collect();
    assert!(found.len() > 20);
    found
}

fn style(attributes: &str) -> Vec<(String, String)> {
    let Some((_, rest)) = attributes.split_once("style=\"") else {
        return Vec::new();
    };
    rest.split_once('"')
        .unwrap()
        .0
        .split(';')
        .filter(|one| !one.trim().is_empty())
        .map(|one| {
            let (name, value) = one.split_once(':').unwrap_or_else(|| panic!("{one}"));
            (name.trim().to_owned(), value.trim().to_owned())
        })
        .collect()
}

/// C-A1: what Word's engine drops is not used; padding that matters stands on cells.
#[test]
fn compose_html_is_layout_tables_for_word() {
    for (name, letter) in all() {
        let mut buttons = 0;
        for (tag, attributes) in tags(&letter.html) {
            for (property, value) in style(&attributes) {
                let banned = [
                    "border-radius",
                    "float",
                    "position",
                    "background-image",
                    "flex",
                    "grid",
                    "box-shadow",
                    "transform",
                ];
                assert!(
                    !banned.iter().any(|one| property.contains(one) || value.contains(one)),
                    "{name}: {tag} {property}: {value}"
                );
                match property.as_str() {
                    "max-width" => assert_eq!(tag, "table", "{name}"),
                    // The link in a button has padding too, for programs that honour it; Word takes the cell's.
                    "padding" if tag == "a" => buttons += 1,
                    "padding" => assert!(["td", "body"].contains(&tag.as_str()), "{name}: padding on {tag}"),
                    _ => {}
                }
            }
        }
        let cells = letter.html.matches("mso-padding-alt:").count();
        assert_eq!(buttons, cells, "{name}: a button whose cell has no padding for Word");
    }
}

/// C-A2: all styles inline; the style element is in the head, small, and only for dark mode.
#[test]
fn compose_html_styles_are_inline() {
    for (name, letter) in all() {
        let (head, body) = letter.html.split_once("</head>").unwrap();
        assert!(!body.contains("<style") && !body.contains("<link"), "{name}");
        let sheet = head.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        assert!(
            sheet.len() < 16_000 && sheet.trim_start().starts_with("@media (prefers-color-scheme: dark)"),
            "{name}"
        );
        for (tag, attributes) in tags(&letter.html) {
            let classed = attributes.contains("class=");
            assert!(
                !classed || attributes.contains("style="),
                "{name}: {tag} has a class and no style of its own"
            );
        }
    }
}

/// C-A4: a button is a coloured, padded cell around a link with colours of its own and real text.
#[test]
fn compose_buttons_are_cells_with_text() {
    let button = Regex::new(
        r##"<td[^>]* bgcolor="(#[0-9a-f]{6})" style="background-color:(#[0-9a-f]{6});color:#[0-9a-f]{6};border:1px solid #[0-9a-f]{6};padding:2px;mso-padding-alt:[^"]+"><a[^>]*href="https://[^"]+"[^>]*style="[^"]*background-color:(#[0-9a-f]{6});color:#[0-9a-f]{6};">([A-Za-z ?]+)</a></td>"##,
    )
    .unwrap();
    let (_, submission) = &client_letters()[0];
    let letter = read(&write(submission, &conversation()).unwrap()[0].bytes);
    let mut labels = Vec::new();
    for hit in button.captures_iter(&letter.html) {
        assert!(hit[1] == hit[2] && hit[2] == hit[3], "{}", &hit[0]);
        labels.push(hit[4].to_owned());
    }
    assert_eq!(labels.join(" "), ["Interested Maybe Pass"; 3].join(" "));
}

/// C-A3: buttons come before long text, under 80 KB even when there is a lot to say, and nothing is lost in the text part.
#[test]
fn compose_html_is_small_and_buttons_come_first() {
    let mut long = conversation();
    let summary = "Knows a great deal about many things and tells it at length. ".repeat(1500);
    long.batch.candidates[1].summary = format!("A headline\n{summary}");
    let (_, submission) = &client_letters()[0];
    let finished = write(submission, &long).unwrap();
    let letter = read(&finished[0].bytes);
    assert!(letter.html.len() < 80_000, "{}", letter.html.len());
    assert!(letter.html.contains(">Read on</a>"));
    assert!(letter.text.contains(summary.trim_end()));
    for one in &long.batch.candidates {
        let name = letter.html.rfind(&format!(". {}</p>", one.mailbox.name)).unwrap();
        let buttons = letter.html[name..].find(">Pass</a>").unwrap();
        let text = one.summary.lines().nth(1).unwrap();
        let about = letter.html[name..].find(&text[..40]).unwrap();
        assert!(buttons < about, "{}", one.mailbox.name);
    }
    // Far too many candidates: refused with the fix, not clipped.
    let many = std::iter::repeat_n(long.batch.candidates[2].clone(), 60).collect();
    long.batch.candidates = many;
    let refusal = write(submission, &long).unwrap_err().to_string();
    assert!(refusal.contains("fewer candidates"), "{refusal}");
}

/// C-A5, C-A6, C-A10: no form, no image of any kind, nothing that reports an opening.
#[test]
fn compose_html_has_no_form_and_loads_nothing() {
    for (name, letter) in all() {
        let html = letter.html.to_lowercase();
        for banned in [
            "<form",
            "<input",
            "<button",
            "<select",
            "<textarea",
            "<script",
            "<iframe",
            "<object",
            "<svg",
            "<video",
        ] {
            assert!(!html.contains(banned), "{name}: {banned}");
        }
        for banned in ["<img", "src=", "data:", "cid:", "url(", "@import", "background=", "<link"] {
            assert!(!html.contains(banned), "{name}: {banned}");
        }
    }
}

/// C-A7.
#[test]
fn compose_html_names_its_language_and_its_layout_tables() {
    for (name, letter) in all() {
        assert!(letter.html.contains("<html lang=\"en\""), "{name}");
        assert!(letter.html.contains("<div lang=\"en\""), "{name}");
        for (tag, attributes) in tags(&letter.html) {
            assert!(tag != "table" || attributes.contains("role=\"presentation\""), "{name}");
        }
    }
}

/// C-A8: text and background colour always come together, so that no dark mode turns only one of them.
#[test]
fn compose_colours_come_in_pairs() {
    for (name, letter) in all() {
        for (tag, attributes) in tags(&letter.html) {
            let set = style(&attributes);
            let has = |property: &str| set.iter().any(|(one, _)| one == property);
            assert_eq!(has("color"), has("background-color"), "{name}: {tag} {attributes}");
            assert!(
                !attributes.contains("bgcolor") || has("background-color"),
                "{name}: {tag} {attributes}"
            );
            assert!(!has("mso-padding-alt") || has("border"), "{name}: a button without a border");
        }
    }
}

/// C-A9: the text part holds the same pages as the HTML part, and says that a reply works.
#[test]
fn compose_text_part_holds_the_same_actions() {
    let mut seen = 0;
    let about_interviews = meeting::letters().into_iter().map(|(name, letter)| {
        let written = meeting::write(&letter, &meeting::conversation());
        (name, written)
    });
    let others = client_letters()
        .into_iter()
        .map(|(name, letter)| (name.to_owned(), write(&letter, &conversation())));
    for (name, written) in others.chain(about_interviews) {
        let read = read(&written.unwrap()[0].bytes);
        let mut links: Vec<String> = read.links();
        links.retain(|link| link.starts_with("https://answers."));
        for link in &links {
            // The page of one candidate alone is linked from the HTML footer too.
            assert!(
                read.text.contains(link.as_str()) || name == "submission-one-candidate",
                "{name}: {link}"
            );
            seen += 1;
        }
        assert!(!links.is_empty(), "{name}");
        assert!(read.text.to_lowercase().contains("reply"), "{name}");
        assert!(!read.text.contains('<') && !read.text.contains("&amp;"), "{name}");
    }
    assert!(seen > 50, "{seen} links");
}

/// R-L10: URLs of at most 120 characters, plain tokens, whole in the text part after quoted-printable.
#[test]
fn compose_links_are_short_and_plain() {
    let shape = Regex::new(r"^https://answers\.harborline\.example/[a-z]/[A-Za-z0-9_-]{54}(/[a-z_]+)?$").unwrap();
    let mut seen = 0;
    for (name, letter) in all() {
        for link in letter.links().iter().filter(|link| link.starts_with("https://answers")) {
            assert!(link.len() <= 120 && shape.is_match(link), "{name}: {link}");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}
