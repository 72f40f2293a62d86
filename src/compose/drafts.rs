//! Letters about a draft that was handed in by mail: its preview, and what became of it.
//!
//! In: the draft, what keeps it from being sent, the letter it would send. Out: a letter of the desk.
//! Never here: a word that could be taken for the recruiter's when they quote it; what is said of a draft is said in whole sentences.

use super::{DeskLetter, DeskLine, DeskPart};
use crate::calendar::Zone;
use crate::handin::{About, Because, Candidate, Contact, Draft, Fault, Interview, Missing, Said, State, USUAL_MINUTES};
use crate::model::{HeaderText, Reference};

/// A mail that hands in two people, to be copied and filled in with others.
pub const TEMPLATE: &str = "\
Client: Norrland Data
Contact: Petra Vogel <petra.vogel@norrland.example>
Role: Senior Java Engineer
Interview: video, 45 minutes
Candidates:
- Ana Kovač <ana.kovac@mail.example>, Lisbon: Ten years of Java, the last five in payments.
- Ben Okafor <ben.okafor@mail.example>, London: Eight years with warehouse software.
";

/// What a preview shows.
#[derive(Debug, Clone)]
pub struct Preview<'a> {
    /// The draft's number.
    pub id: i64,
    /// The draft.
    pub draft: &'a Draft,
    /// Why it is shown.
    pub because: Because,
    /// What was not understood of an answer.
    pub unread: &'a [String],
    /// What keeps it from being sent although nothing is missing.
    pub fault: Option<&'a str>,
    /// What else to look at before it is sent.
    pub looks: &'a [String],
    /// The letter that would be sent, as [`letter_as_shown`] gives it.
    pub letter: &'a [String],
    /// Whose clock counts where no zone is said.
    pub zone: Zone,
    /// The day on which it is dropped.
    pub until: &'a str,
}

/// One line that names a draft in lists.
#[must_use]
pub fn draft_title(draft: &Draft) -> String {
    let says = &draft.says;
    let people: Vec<&str> = says.candidates.iter().map(|one| named(&one.name)).collect();
    let people = match people.as_slice() {
        [] => "nobody yet".to_owned(),
        [one] => (*one).to_owned(),
        [first, .., last] if people.len() == 2 => format!("{first} and {last}"),
        [first, ..] => format!("{first} and {} more", people.len() - 1),
    };
    let client = says.client.as_ref().map_or("a client not named", |said| said.value.as_str());
    let role = says.role.as_ref().map(|said| format!(", {}", said.value)).unwrap_or_default();
    HeaderText::new(&format!("{people} for {client}{role}")).to_string()
}

/// The preview of a draft.
#[must_use]
pub fn preview(shown: &Preview<'_>) -> DeskLetter {
    let draft = shown.draft;
    let lacks = draft.lacks();
    let ready = lacks.is_empty() && shown.fault.is_none();
    let mut parts = Vec::new();
    let mut part = |heading: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.push(list(heading, lines));
        }
    };
    part("Not understood, and nothing follows from it", shown.unread.to_vec());
    let mut missing: Vec<String> = lacks.iter().map(|one| missing(draft, one)).collect();
    missing.extend(shown.fault.map(str::to_owned));
    part("Needed before it can be sent", missing);
    let mut looks: Vec<String> = draft.says.doubts.iter().map(|one| doubt(one.about, &one.words.text)).collect();
    looks.dedup();
    looks.extend(files(draft));
    looks.extend(shown.looks.iter().cloned());
    part("Please look at", looks);
    part("What was understood", understood(draft, shown.zone));
    if !shown.letter.is_empty() {
        parts.push(DeskPart {
            heading: format!("The letter that {} would get", named(&draft.says.contact.name)),
            lines: shown.letter.iter().cloned().map(DeskLine::from).collect(),
            as_is: true,
        });
    }
    let todo = match ready {
        true => {
            "Answer \"send\" and the letter leaves. Answer in plain words to change it, such as \"the role is Lead Java Engineer\", \"Ana's email is ana@mail.example\", \"take Ben out\", \"summary for Ana: ten years of Java\". Answer \"discard\" to drop it."
        }
        false => {
            "Answer with what is needed, in plain words or in lines such as those above; then a new preview comes. Answer \"discard\" to drop it."
        }
    };
    DeskLetter {
        headline: headline(shown.id, draft),
        intro: vec![
            because(shown.because, ready).to_owned(),
            format!("Without an answer it is dropped on {}.", shown.until),
        ],
        parts,
        todo: todo.to_owned(),
    }
}

/// The same for all letters about one draft, so that they stay in one thread.
fn headline(id: i64, draft: &Draft) -> String {
    let client = draft
        .says
        .client
        .as_ref()
        .map(|said| format!(" for {}", said.value))
        .unwrap_or_default();
    format!("Draft {id}{client}")
}

const fn because(because: Because, ready: bool) -> &'static str {
    match (because, ready) {
        (Because::New, true) => "This is what was understood of your mail, and the letter that would be sent. Nothing has left yet.",
        (Because::New, false) => "This is what was understood of your mail. Nothing has left: something is needed first.",
        (Because::Again, _) => "You handed this in before, and it still waits for your word. Nothing has left.",
        (Because::Changed, true) => "It was changed as you wrote. Nothing has left yet.",
        (Because::Changed, false) => "It was changed as you wrote. Nothing has left: something is still needed.",
        (Because::LookAgain, _) => {
            "It was changed as you wrote. Because it now goes to somebody else or names somebody else, look once more before you say \"send\": nothing has left."
        }
        (Because::Lacking, _) => "It cannot be sent yet: something is needed first. Nothing has left.",
        (Because::NotUnderstood, _) => "Not all of your answer was understood, so nothing has left. What was understood is changed below.",
        (Because::Older, _) => {
            "Your answer was to an older preview, and the draft has changed since. Nothing was changed or sent by it; answer this letter, the newest."
        }
    }
}

fn named(said: &Option<Said<String>>) -> &str {
    said.as_ref().map_or("(name missing)", |said| said.value.as_str())
}

fn first_name(one: &Candidate) -> String {
    let name = one.name.as_ref().map(|said| said.value.as_str()).unwrap_or_default();
    name.split_whitespace().next().unwrap_or("the candidate").to_owned()
}

/// What is missing, and how to say it.
fn missing(draft: &Draft, what: &Missing) -> String {
    let of = |at: &usize| draft.says.candidates.get(*at);
    match what {
        Missing::Client => "The client. Answer for instance \"Client: Norrland Data\".".to_owned(),
        Missing::ContactName => "The name of the contact at the client. Answer for instance \"Contact: Petra Vogel\".".to_owned(),
        Missing::ContactAddress => match &draft.says.contact.name {
            Some(name) => format!(
                "The address of {}. Answer for instance \"Contact: {}, petra@client.example\".",
                name.value, name.value
            ),
            None => "The address of the contact. Answer for instance \"Contact: Petra Vogel, petra@client.example\".".to_owned(),
        },
        Missing::Role => "The role. Answer for instance \"Role: Senior Java Engineer\".".to_owned(),
        Missing::Candidates => "The candidates. Answer for instance \"Add Ana Kovač, ana@mail.example: ten years of Java\".".to_owned(),
        Missing::Address(at) => of(at).map_or_else(String::new, |one| {
            format!(
                "The address of {}. Answer for instance \"{}'s email is ana@mail.example\".",
                named(&one.name),
                first_name(one)
            )
        }),
        Missing::Name(at) => of(at).map_or_else(String::new, |one| {
            let address = one.address.as_ref().map(|said| said.value.to_string()).unwrap_or_default();
            format!("The name of the candidate with the address {address}. Take them out and add them anew with their name.")
        }),
        Missing::Summary(at) => of(at).map_or_else(String::new, |one| {
            format!(
                "What the client is to read about {}. Answer for instance \"Summary for {}: ten years of Java\".",
                named(&one.name),
                first_name(one)
            )
        }),
    }
}

fn doubt(about: About, words: &str) -> String {
    let words = HeaderText::new(words);
    let quoted = match words.is_empty() {
        true => String::new(),
        false => format!(": \"{words}\""),
    };
    match about {
        About::Client => format!("Several companies could be the client{quoted}. Write \"Client: …\"."),
        About::Contact => format!("Several people or addresses could be the contact{quoted}. Write \"Contact: NAME, ADDRESS\"."),
        About::Role => format!("Several roles are named{quoted}. Write \"Role: …\"."),
        About::Address => format!("An address stands for several people, or several for one{quoted}. Write whose it is."),
        About::File => format!("A file fits several people, or several files fit one{quoted}. Name the files after the people."),
        About::Count => "The mail names more or fewer people than it counts.".to_owned(),
        About::Person => format!("Somebody is neither clearly a candidate nor clearly not{quoted}. Write \"add …\" if they are one."),
        About::Length => "The mail is longer than what is read; its end was left out.".to_owned(),
    }
}

/// Files that go nowhere, and why.
fn files(draft: &Draft) -> Vec<String> {
    let faulty = draft.files.iter().filter_map(|file| {
        let why = match file.fault? {
            Fault::Empty => "is empty",
            Fault::TooLarge => "is larger than 10 MiB, which most mail servers refuse",
            Fault::Kind => "is not a CV people can open: use pdf, docx, doc, odt, rtf or txt",
            Fault::Content => "is not what its name says",
        };
        let name = match file.name.is_empty() {
            true => "A file without a name",
            false => file.name.as_str(),
        };
        Some(format!("{name} {why}. It is not attached."))
    });
    let unclaimed = draft.unclaimed().into_iter();
    let unclaimed = unclaimed.map(|file| format!("{} is nobody's CV by its name. It is not attached.", file.name));
    let mut all: Vec<String> = faulty.chain(unclaimed).collect();
    if all.len() > 12 {
        let more = all.len() - 12;
        all.truncate(12);
        all.push(format!("and {more} files more that are not attached"));
    }
    all
}

/// All that a draft says, line by line.
fn understood(draft: &Draft, zone: Zone) -> Vec<String> {
    let says = &draft.says;
    let mut lines = Vec::new();
    let text = |said: &Option<Said<String>>| said.as_ref().map_or_else(|| "missing".to_owned(), |said| said.value.clone());
    lines.push(format!("Client: {}", text(&says.client)));
    let address = says.contact.address.as_ref();
    lines.push(format!(
        "Contact: {}, {}",
        text(&says.contact.name),
        address.map_or_else(|| "address missing".to_owned(), |said| said.value.to_string())
    ));
    lines.extend(backup(&says.backup));
    lines.push(format!("Role: {}", text(&says.role)));
    let kind = match says.interview.as_ref().map(|said| said.value) {
        Some(Interview::Video) => "by video",
        Some(Interview::Phone) => "by phone",
        Some(Interview::OnSite) => "on site",
        None => "by video (not said)",
    };
    let minutes = match &says.minutes {
        Some(said) => format!("{} minutes", said.value),
        None => format!("{USUAL_MINUTES} minutes (not said)"),
    };
    lines.push(format!("Interview: {kind}, {minutes}"));
    lines.extend(says.location.as_ref().map(|said| format!("Place of the interview: {}", said.value)));
    lines.extend(says.note.as_ref().map(|said| format!("Message to the client: {}", said.value)));
    for (at, one) in says.candidates.iter().enumerate() {
        let mut parts = vec![format!("Candidate {}: {}", at + 1, named(&one.name))];
        parts.push(
            one.address
                .as_ref()
                .map_or_else(|| "address missing".to_owned(), |said| said.value.to_string()),
        );
        parts.extend(one.phone.as_ref().map(|said| format!("phone {}", said.value)));
        parts.push(match &one.zone {
            Some(said) => said.value.name().to_owned(),
            None => format!("{} (not said)", zone.name()),
        });
        parts.push(match one.cv.and_then(|at| draft.files.get(at)) {
            Some(file) => format!("CV {}", file.name),
            None => "no CV".to_owned(),
        });
        if !one.summary.trim().is_empty() {
            parts.push(format!("\"{}\"", one.summary.trim()));
        }
        lines.push(parts.join(", "));
    }
    lines
}

/// Who is asked when the contact does not answer. Half of it is shown too, with what it lacks to be of use.
fn backup(who: &Contact) -> Option<String> {
    let address = who.address.as_ref().map(|said| said.value.to_string());
    let name = who.name.as_ref().map(|said| said.value.clone());
    match (name, address) {
        (Some(name), Some(address)) => Some(format!(
            "Backup contact, asked only when the contact does not answer: {name}, {address}"
        )),
        (Some(name), None) => Some(format!("Backup contact: {name}, address missing; nobody is asked without it")),
        (None, Some(address)) => Some(format!("Backup contact: {address}, name missing; nobody is asked without it")),
        (None, None) => None,
    }
}

/// The text of a letter as a preview shows it: its links would open nothing, and stand there as "(link)".
#[must_use]
pub fn letter_as_shown(text: &str, base: &str) -> Vec<String> {
    let is_link = |word: &str| word.contains(base) || word.contains("mailto:");
    let line = |line: &str| {
        let words = line.split(' ').map(|word| if is_link(word) { "(link)" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    text.lines().map(line).collect()
}

/// What became of a draft that was sent. `changed`: by the same answer.
#[must_use]
pub fn draft_sent(id: i64, draft: &Draft, reference: &Reference, changed: bool) -> DeskLetter {
    let count = match draft.says.candidates.len() {
        1 => "1 candidate".to_owned(),
        more => format!("{more} candidates"),
    };
    let to = draft
        .says
        .contact
        .address
        .as_ref()
        .map(|said| said.value.to_string())
        .unwrap_or_default();
    let mut intro = vec![format!(
        "Sent: {count} to {} ({to}), [{reference}].",
        named(&draft.says.contact.name)
    )];
    if changed {
        intro.push("It was changed as you wrote before it left; your copy shows how.".to_owned());
    }
    DeskLetter {
        headline: headline(id, draft),
        intro,
        parts: Vec::new(),
        todo: String::new(),
    }
}

/// That a draft is over. `title` is that of [`draft_title`]; `now`: it was dropped by what is answered.
#[must_use]
pub fn draft_over(id: i64, title: &str, state: State, reference: Option<&Reference>, now: bool) -> DeskLetter {
    let told = match (state, now) {
        (State::Discarded, true) => "Dropped. Nothing was sent, and the files are forgotten.".to_owned(),
        (State::Discarded, false) => "This draft was dropped before; nothing was sent. Hand it in anew to send it.".to_owned(),
        (State::Stale, true) => {
            "Nobody said \"send\" in time, so this draft was dropped. Nothing was sent. Hand it in anew to send it.".to_owned()
        }
        (State::Stale, false) => {
            "This draft was dropped because nobody answered in time. Nothing was sent. Hand it in anew to send it.".to_owned()
        }
        (State::Sent | State::Open, _) => {
            let reference = reference.map(|one| format!(", [{one}]")).unwrap_or_default();
            format!("This was sent before{reference}. It was not sent again, and nothing was changed.")
        }
    };
    DeskLetter {
        headline: format!("Draft {id}"),
        intro: vec![title.to_owned(), told],
        parts: Vec::new(),
        todo: String::new(),
    }
}

/// How to hand in by mail, for whoever asks for help.
#[must_use]
pub fn how_to_hand_in() -> DeskPart {
    DeskPart {
        heading: "To put candidates forward, send a new mail such as this one, with the CVs attached and named after the people".to_owned(),
        lines: TEMPLATE.lines().map(|line| DeskLine::from(line.to_owned())).collect(),
        as_is: true,
    }
}

fn list(heading: &str, lines: Vec<String>) -> DeskPart {
    DeskPart {
        heading: heading.to_owned(),
        lines: lines.into_iter().map(DeskLine::from).collect(),
        as_is: false,
    }
}
