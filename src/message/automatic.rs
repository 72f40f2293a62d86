//! Mail written by a machine, told by its header first and by fixed phrases last.   RFC 3834

use super::away::{Notice, plain_case};
use super::classify::Sighting;
use super::subject::strip_subject;
use super::tables::{Section, TABLES};
use super::words::head;
use super::{Author, AutoNature, AutoReply, ReturnPath};
use crate::model::Reference;

/// How much of a mail without any mark is looked at, in characters: what a machine has to say of itself stands above.
const FIRST: usize = 1_200;

/// What machine wrote this, or `None` when a person did.
pub(super) fn automatic(seen: &Sighting<'_>) -> Option<AutoReply> {
    // A null reverse-path is only ever written by machines (RFC 5321 4.5.5); which one stays open.
    let nobody = *seen.return_path == ReturnPath::Null;
    let marked = marked(seen);
    let first = plain_case(head(seen.plain().trim_start(), FIRST));
    let special = receipt(seen, marked || nobody, &first)
        .or_else(|| recall(seen, &first))
        .or_else(|| challenge(seen, &first));
    // Most mail is written by people: nothing more is read of it then.
    let suspicious = marked || nobody || TABLES.is_suspicious(&first);
    if special.is_none() && !suspicious && answers(seen) {
        return None;
    }
    let notice = Notice::of(seen.plain());
    let nature = special
        .or_else(|| marked.then(|| nature(seen, &notice)))
        .or_else(|| for_many(seen, &notice).then_some(AutoNature::Bulk))
        .or_else(|| unmarked(seen, &notice))
        .or_else(|| nobody.then(|| nature(seen, &notice)))?;
    let absent = matches!(nature, AutoNature::OutOfOffice | AutoNature::Gone);
    // Some name the day in the subject only.
    let until = || notice.until(seen.date).or_else(|| Notice::of(seen.subject).until(seen.date));
    Some(AutoReply {
        nature,
        until: absent.then(until).flatten(),
        substitute: if absent { notice.substitute() } else { None },
    })
}

/// True for a mail that answers another one, or carries the reference of a letter of ours.
fn answers(seen: &Sighting<'_>) -> bool {
    seen.fields.has("in-reply-to") || seen.fields.has("references") || Reference::find(seen.subject).is_some()
}

/// What an automatic reply is about.
fn nature(seen: &Sighting<'_>, notice: &Notice<'_>) -> AutoNature {
    // "Automatic reply: …" in a language of which nothing else is known is hardly ever anything else.
    let announced = TABLES.has(Section::Away, seen.lower_subject) || TABLES.starts(Section::AutomaticSubject, seen.lower_subject);
    let away = notice.away() || announced;
    // "I am no longer at my desk; back on Monday."
    let returns = || notice.away() && notice.until(seen.date).is_some();
    if notice.gone() && !returns() {
        AutoNature::Gone
    } else if away && !notice.says_ticket() {
        AutoNature::OutOfOffice
    } else {
        AutoNature::Other
    }
}

/// The marks of RFC 3834 and of the programs that came before it.
fn marked(seen: &Sighting<'_>) -> bool {
    let fields = seen.fields;
    let lower = |name: &'static str| fields.first(name).unwrap_or_default().to_ascii_lowercase();
    let submitted = lower("auto-submitted");
    if !submitted.is_empty() && submitted.split([';', ' ', '(']).next() != Some("no") {
        return true;
    }
    // Exchange puts X-Auto-Response-Suppress on mail of people as well; only together with the loop mark it is an answer by a rule.
    let suppress = lower("x-auto-response-suppress");
    let suppresses_all = suppress.split(',').any(|word| word.trim() == "all");
    if suppresses_all && fields.has("x-ms-exchange-inbox-rules-loop") {
        return true;
    }
    let program = [
        "x-autoreply",
        "x-auto-reply",
        "x-autorespond",
        "x-autoresponder",
        "x-auto-responder",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-otrs-loop",
        "x-servicenow-generated",
    ];
    if program.into_iter().any(|name| fields.has(name)) || lower("x-apple-action") == "vacation" || lower("precedence") == "auto_reply" {
        return true;
    }
    TABLES.starts(Section::AutomaticSubject, seen.lower_subject)
}

/// "Read: …" as Exchange writes it when it does not send a report.
fn receipt(seen: &Sighting<'_>, marked: bool, first: &str) -> Option<AutoNature> {
    let named = TABLES.starts(Section::ReceiptSubject, seen.lower_subject);
    (named && (marked || TABLES.has(Section::Receipt, head(first, 400)))).then_some(AutoNature::ReadReceipt)
}

fn recall(seen: &Sighting<'_>, first: &str) -> Option<AutoNature> {
    let class = seen.fields.first("content-class");
    let classed = class.is_some_and(|class| class.to_lowercase().contains("recall"));
    let first = head(first, 300);
    let named = || TABLES.starts(Section::RecallSubject, seen.lower_subject) && TABLES.has(Section::Recall, first);
    // Of which nothing else speaks so.
    let said = || first.contains("would like to recall the message, \"");
    (classed || named() || said()).then_some(AutoNature::Recall)
}

/// Mail that wants a person to prove that they are one. Such programs rarely mark themselves.
fn challenge(seen: &Sighting<'_>, first: &str) -> Option<AutoNature> {
    if seen.fields.has("x-boxtrapper") || seen.fields.has("x-spamarrest-challenge") {
        return Some(AutoNature::Challenge);
    }
    let link = || first.contains("http://") || first.contains("https://") || first.contains("reply to this");
    (TABLES.has(Section::Challenge, first) && link() && TABLES.has(Section::Held, first)).then_some(AutoNature::Challenge)
}

/// Newsletters and other mail for many: marked as such, and no answer to anything.
fn for_many(seen: &Sighting<'_>, notice: &Notice<'_>) -> bool {
    let fields = seen.fields;
    // In a list where people write to each other these marks mean nothing.
    let discussed = seen.via_list
        || fields.has("x-google-group-id")
        || fields.has("x-mailman-version")
        || fields
            .first("list-post")
            .is_some_and(|post| post.to_ascii_lowercase().contains("mailto:"));
    if answers(seen) || discussed {
        return false;
    }
    let precedence = fields.first("precedence").unwrap_or_default().to_ascii_lowercase();
    let spam = fields.first("x-spam-flag").unwrap_or_default().to_ascii_lowercase();
    matches!(precedence.as_str(), "bulk" | "junk" | "list") && !notice.away()
        || spam.starts_with("yes")
        || fields.has("list-unsubscribe")
        || fields.has("list-id")
        || notice.says_newsletter()
}

/// Notices of programs that set no mark at all.
fn unmarked(seen: &Sighting<'_>, notice: &Notice<'_>) -> Option<AutoNature> {
    let precedence = seen.fields.first("precedence").unwrap_or_default().to_ascii_lowercase();
    let announced = matches!(precedence.as_str(), "bulk" | "junk")
        || strip_subject(seen.subject) == seen.subject.trim() && TABLES.has(Section::Away, seen.lower_subject);
    let name = match seen.author {
        Author::One(mailbox) => mailbox.name.as_str(),
        Author::Unknown => "",
    };
    if notice.is_nothing_else(announced, name) || (announced && notice.says_machine()) {
        return Some(nature(seen, notice));
    }
    let machine = || notice.says_machine() && (notice.says_ticket() || notice.away() || notice.gone());
    let desk = || notice.says_ticket() && from_desk(seen.author);
    (machine() || desk()).then(|| nature(seen, notice))
}

/// Addresses behind which a ticket system answers first.
fn from_desk(author: &Author) -> bool {
    let Author::One(mailbox) = author else { return false };
    let local = mailbox.address.local().to_ascii_lowercase();
    let desks = [
        "noreply",
        "no-reply",
        "no_reply",
        "donotreply",
        "do-not-reply",
        "support",
        "help",
        "service",
        "ticket",
        "desk",
        "jobs",
    ];
    desks.iter().any(|desk| local.contains(desk))
}
