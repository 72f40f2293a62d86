//! The letters that are quoted: the golden ones, and some composed with other people and other words.

use std::path::Path;

use mail_parser::MessageParser;
use replyd::message::{LetterText, letter_text};

use crate::compose::people::submission_with;

/// A letter of ours as a mail program has it before it quotes.
pub(super) struct Quoted {
    pub(super) name: String,
    /// Its text/plain part.
    pub(super) plain: String,
    /// What stands in the body of its text/html part.
    pub(super) html: String,
    /// What replyd keeps of it.
    pub(super) text: LetterText,
}

impl Quoted {
    fn new(name: &str, raw: &[u8]) -> Self {
        let parsed = MessageParser::default().parse(raw).unwrap();
        let html = parsed.body_html(0).unwrap().into_owned();
        let start = html.find("<body").map_or(0, |at| at + html[at..].find('>').unwrap() + 1);
        let end = html.find("</body").unwrap_or(html.len());
        Self {
            name: name.to_owned(),
            plain: parsed.body_text(0).unwrap().replace("\r\n", "\n"),
            html: html[start..end].replace("\r\n", "\n"),
            text: letter_text(raw),
        }
    }
}

pub(super) fn all() -> Vec<Quoted> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/letters");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all: Vec<Quoted> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "eml"))
        .map(|file| Quoted::new(&file.file_stem().unwrap().to_string_lossy(), &std::fs::read(file).unwrap()))
        .collect();
    assert!(all.len() > 20);
    let people: [(&str, &[(&str, &str)]); 5] = [
        (
            "",
            &[
                (
                    "Chloé Núñez-Ångström",
                    "Leitete drei Jahre lang ein Team für Zahlungsverkehr.\nSpricht Deutsch, Französisch und Spanisch.",
                ),
                ("Jürgen Weiß", "Zwölf Jahre C++ und Rust, zuletzt bei einem Zulieferer in Köln."),
            ],
        ),
        (
            "Interested? Maybe? Just reply.",
            &[(
                "Will Pass",
                "Interested in small teams. Maybe free in May.\n- Java\n- Kotlin\n- SQL",
            )],
        ),
        (
            "\"Quotes\", 'single' ones – and dashes — everywhere…",
            &[
                ("Ana Ruiz", "5 years > 3 required; C++ < 2"),
                (
                    "Ana Lima",
                    "On Monday she wrote to us: \"free from May\".\nFrom: Lisbon\nTo: anywhere",
                ),
                ("Anna Meier", "Yes."),
            ],
        ),
        (
            "",
            &[
                ("李 明", "五年 Java 经验，目前在上海。\n希望远程工作。"),
                ("Олег Петренко", "Десять лет в логистике, ищет постоянную работу."),
            ],
        ),
        (
            "One line.",
            &[
                ("A B", "x"),
                ("Ben Okafor", "Ten years of Python."),
                ("Carla Bianchi", "Ten years of Python."),
                ("Dan Petrov", "Ten years of Python."),
                ("Eve Novak", "Sent from my last job with best wishes.\n-- \nNo signature"),
            ],
        ),
    ];
    for (number, (note, people)) in people.iter().enumerate() {
        all.push(Quoted::new(&format!("composed {number}"), &submission_with(note, people)));
    }
    all
}
