//! What each fuzz target does with its bytes, and what must hold whatever they are. Also compiled into the tests, which replay here what
//! was found once.

use std::sync::LazyLock;

use replyd::calendar::{self, Invitation, Method, Proposal};
use replyd::message::{self, Border, LetterText, Message, OwnText};
use replyd::model::{Decision, HeaderText, Mailbox, SubmissionId};
use replyd::reply::times::{self, Intent};
use replyd::reply::{self, Asked, AskedAbout, Question};

/// A letter of ours that the mails answer.
static LETTER: LazyLock<[LetterText; 1]> = LazyLock::new(|| {
    [message::letter_text(include_bytes!(
        "../../fixtures/messages/letters/two-profiles.eml"
    ))]
});

fn read(bytes: &[u8]) -> Option<Message> {
    static BORDER: LazyLock<Border> = LazyLock::new(|| Border {
        authserv_id: Some("mx.agency.example".into()),
        host: Some("mx.agency.example".into()),
        ..Border::default()
    });
    message::read(bytes, &BORDER).ok()
}

/// A raw mail: what kind of mail it is.
pub fn kind(bytes: &[u8]) {
    if let Some(message) = read(bytes) {
        let _ = replyd::lab::kind_name(&message.kind);
    }
}

/// A displayed body, as HTML when it begins like that: which part of it its sender wrote. All of what is shown lies in exactly one span.
pub fn own(bytes: &[u8]) {
    let kind = if bytes.starts_with(b"<") { "html" } else { "plain" };
    let head = format!("From: Ann Lee <ann.lee@client.example>\nContent-Type: text/{kind}; charset=utf-8\n\n");
    let Some(message) = read(&[head.as_bytes(), bytes].concat()) else {
        return;
    };
    let own = message::own_text(&message, &*LETTER);
    let mut end = 0;
    for span in &own.spans {
        assert_eq!(span.range.start, end, "a gap or an overlap");
        assert!(own.shown.get(span.range.clone()).is_some(), "a span ends inside a character");
        end = span.range.end;
    }
    assert_eq!(end, own.shown.len(), "the end is in no span");
}

/// The words of a person: what they say. Every finding rests on words that stand in the text.
pub fn decide(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let names = [
        ("Lena Vogt", "Data engineer in Leipzig"),
        ("Omar Haddad", "Backend developer in Lyon"),
        ("Grace Okafor", "Site reliability engineer in Leeds"),
    ];
    let about = |(number, (name, summary)): (i64, &(&str, &str))| AskedAbout {
        submission: SubmissionId(number),
        name: (*name).to_owned(),
        summary: (*summary).to_owned(),
        open: true,
        meant: (number == 1).then_some(Decision::Pass),
    };
    let question = match text.len() % 8 {
        0 => Question::Reasons(SubmissionId(1)),
        1 => Question::Confirm,
        2 => Question::Meant,
        3 => Question::Whom(Decision::Interested),
        _ => Question::Decision,
    };
    let asked = Asked {
        candidates: (1..).zip(&names).map(about).collect(),
        question,
        today: "2026-07-07".parse().unwrap_or_default(),
    };
    let own = OwnText {
        text: text.trim().to_owned(),
        ..OwnText::default()
    };
    let reply = reply::read(&own, "Re: Two profiles", &asked);
    let words = reply
        .findings
        .iter()
        .map(|one| &one.words)
        .chain(reply.doubts.iter().map(|one| &one.words));
    for words in words {
        assert!(own.text.get(words.range.clone()).is_some(), "words that stand nowhere");
    }
}

/// The words of a person: when they are free. No time before the mail was written, every stretch rests on words that stand in the text,
/// and only slots that were offered are taken.
pub fn times(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let at = |text: &str| text.parse::<replyd::model::Timestamp>().unwrap_or_default();
    let written = at("2026-03-26T15:10:00Z");
    let options = [
        (at("2026-03-30T13:00:00Z"), at("2026-03-30T13:45:00Z")),
        (at("2026-03-31T08:00:00Z"), at("2026-03-31T08:45:00Z")),
        (at("2026-04-01T14:30:00Z"), at("2026-04-01T15:15:00Z")),
    ];
    let zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"];
    let zone = |n: usize| {
        zones
            .get(n % zones.len())
            .and_then(|name| name.parse().ok())
            .unwrap_or(replyd::calendar::Zone::UTC)
    };
    let languages = ["", "en", "de", "fr", "es", "nl", "it", "pt"];
    let language = languages.get(text.len() / 4 % languages.len()).copied().unwrap_or_default();
    let asked = times::Asked {
        written,
        zone: zone(text.len()),
        ours: zone(text.len() / 2),
        minutes: 45,
        options: options.get(..text.len() % 4).unwrap_or(&options),
        booked: (text.len() % 8 == 4).then_some(options[1]),
        language,
        places: &[],
    };
    let read = times::read(&text, &asked);
    let selects = read.intent == Intent::Select;
    assert_eq!(selects, !read.selected.is_empty());
    assert!(read.selected.iter().all(|at| *at < asked.options.len()));
    let mut end = None;
    for (start, until) in read.open.iter() {
        assert!(start < until && (selects || start >= written), "{start} to {until}");
        assert!(end.is_none_or(|end| end < start), "stretches touch");
        end = Some(until);
    }
    for one in &read.intervals {
        assert!(text.get(one.words.clone()).is_some(), "words that are none");
        assert!(read.open.iter().any(|(start, end)| start <= one.start && one.end <= end));
    }
    for one in times::expressions(&text, written.naive_utc(), language, text.len().is_multiple_of(2)) {
        assert!(one.start.is_some() || one.end.is_some());
    }
}

/// A calendar: as an answer, as somebody's busy times, and its text as that of an invitation. What is proposed lies ahead, what is busy within
/// what was asked for, and an invitation reads back as it was meant whatever its texts are.
pub fn itip(bytes: &[u8]) {
    let at = |text: &str| text.parse::<replyd::model::Timestamp>().unwrap_or_default();
    let (now, end) = (at("2026-03-26T15:10:00Z"), at("2026-11-26T15:10:00Z"));
    if let Ok(answer) = calendar::answer(bytes, None) {
        if let Proposal::Time { from, to } = answer.proposal(now) {
            assert!(from > now && to.is_none_or(|to| to > from));
        }
        assert!(
            answer
                .note
                .is_none_or(|note| note.chars().all(|c| c == '\n' || replyd::model::is_printed(c)))
        );
    }
    let zone = if bytes.len().is_multiple_of(2) {
        "Europe/Berlin"
    } else {
        "America/St_Johns"
    };
    let Ok(address) = "ann.lee@client.example".parse() else { return };
    let owner = calendar::Owner {
        zone: zone.parse().unwrap_or(calendar::Zone::UTC),
        address: &address,
        is_ours: &|uid| uid.len() == 1,
    };
    if let Ok(busy) = calendar::busy(bytes, owner, now, end) {
        for spans in [busy.spans, busy.unnamed] {
            assert!(spans.iter().all(|(start, until)| now <= start && start < until && until <= end));
            assert!(spans.iter().count() <= 50_000);
        }
    }
    let text = String::from_utf8_lossy(bytes);
    let (first, second) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let person = |name: &str, address: &str| {
        let address = address.parse().ok()?;
        Some(Mailbox {
            name: HeaderText::new(name),
            address,
        })
    };
    let people = person(first, "talent@agency.example").zip(person(second, "ann.lee@client.example"));
    let Some((organizer, attendee)) = people else { return };
    let invitation = Invitation {
        method: if bytes.len().is_multiple_of(3) {
            Method::Cancel
        } else {
            Method::Request
        },
        uid: "iv-1@agency.example".to_owned(),
        sequence: 1,
        stamp: now,
        organizer,
        attendee,
        start: now,
        end,
        summary: second.to_owned(),
        description: text.clone().into_owned(),
        location: first.to_owned(),
        conference: Some(format!("https://{second}")),
        alarms: Vec::new(),
        may_counter: true,
    };
    let written = invitation.bytes();
    if let Err(wrong) = calendar::check(&written, &invitation) {
        panic!("{wrong}");
    }
}
