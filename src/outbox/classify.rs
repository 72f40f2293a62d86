//! What a refusal means: one table, read from the top, the first row that fits counts.   RFC 5321 4.2, RFC 3463
//!
//! In: the phase and the reply. Out: when to try again, or what is wrong for good.
//! Never here: a reply that was understood as consent.

use super::reply::Reply;
use super::{Failure, Outcome, Retry};

/// How far an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Greeting,
    Hello,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Dot,
}

impl Phase {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Hello => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Dot => "end of message",
        }
    }
}

/// What becomes of a letter whose phase was answered by 4yz or 5yz.
pub(super) fn outcome(phase: Phase, reply: &Reply) -> Outcome {
    let why = format!("{}: {}", phase.name(), reply.shown());
    match class(phase, reply) {
        Class::Again(class) => Outcome::Deferred { class, why },
        Class::Never(class) => Outcome::Failed {
            class,
            status: reply.status().map(str::to_owned),
            why,
        },
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Again(Retry),
    Never(Failure),
}

use Class::{Again, Never};
use Phase::{Auth, Data, Dot, Greeting, Hello, Mail, Rcpt, StartTls};

/// A row fits when every column that is not empty fits. A word fits when the reply holds it, in any case.
struct Row {
    phases: &'static [Phase],
    codes: (u16, u16),
    statuses: &'static [&'static str],
    words: &'static [&'static str],
    is: Class,
}

const fn row(
    phases: &'static [Phase],
    codes: (u16, u16),
    statuses: &'static [&'static str],
    words: &'static [&'static str],
    is: Class,
) -> Row {
    Row {
        phases,
        codes,
        statuses,
        words,
        is,
    }
}

const ANY: &[Phase] = &[];
const NO: &[&str] = &[];
/// A status that means nothing in particular: the words decide.
const VAGUE: &[&str] = &["", "5.0.0"];
const OPENING: &[Phase] = &[Greeting, Hello, StartTls];
/// From MAIL on the account has been let in.
const LETTER: &[Phase] = &[Rcpt, Data, Dot];

const THROTTLED: &[&str] = &[
    "throttl",
    "rate limit",
    "too many messages",
    "too many connections",
    "too many concurrent",
    "too many login",
    "sending limit",
    "sending quota",
    "submission quota",
    "submissionquota",
    "message rate",
];
const GREY: &[&str] = &["greylist", "graylist", "grey list", "gray list", "grey-list", "gray-list"];
/// What providers say when the account, not the letter, is at fault: login, sender rights, a blocked tenant.
const ACCOUNT: &[&str] = &[
    "5.1.7", "5.1.8", "5.2.252", "5.7.3", "5.7.8", "5.7.9", "5.7.11", "5.7.13", "5.7.14", "5.7.30", "5.7.57", "5.7.60", "5.7.139",
    "5.7.501", "5.7.502", "5.7.503", "5.7.705", "5.7.708",
];
const SENDER: &[&str] = &[
    "sender address rejected",
    "sendasdenied",
    "authentication required",
    "invalid_grant",
];
const NOBODY: &[&str] = &[
    "user unknown",
    "unknown user",
    "unknown recipient",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "mailbox not found",
    "does not exist",
];

const TABLE: &[Row] = &[
    // Limits are spoken of in 4yz and in 5yz; both end by waiting.
    row(ANY, (400, 599), NO, THROTTLED, Again(Retry::Rate)),
    row(ANY, (400, 499), &["4.3.2", "4.7.28"], NO, Again(Retry::Rate)),
    row(ANY, (500, 599), &["5.4.5", "5.1.90"], NO, Again(Retry::Rate)),
    // The login. 432 here asks for another mechanism (RFC 4954 section 6), elsewhere it is a limit.
    row(ANY, (400, 599), NO, &["invalid_grant"], Again(Retry::Account)),
    row(&[Auth], (432, 432), NO, NO, Again(Retry::Account)),
    row(&[Auth], (500, 599), NO, NO, Again(Retry::Account)),
    row(ANY, (432, 432), NO, NO, Again(Retry::Rate)),
    row(ANY, (530, 530), NO, NO, Again(Retry::Account)),
    row(ANY, (534, 535), NO, NO, Again(Retry::Account)),
    row(ANY, (538, 538), NO, NO, Again(Retry::Account)),
    // A server that does not want us now says nothing about the letter.
    row(OPENING, (400, 599), NO, NO, Again(Retry::Transient)),
    // 4yz.
    row(ANY, (400, 499), NO, GREY, Again(Retry::Greylisted)),
    row(ANY, (400, 499), &["4.7.1", "4.2.0"], NO, Again(Retry::Greylisted)),
    row(ANY, (400, 499), NO, NO, Again(Retry::Transient)),
    // 5yz about the account or its sender address: true of every letter, so none of them is to blame.
    row(ANY, (500, 599), ACCOUNT, NO, Again(Retry::Account)),
    row(ANY, (500, 599), NO, SENDER, Again(Retry::Account)),
    row(ANY, (553, 553), &["5.7.1"], NO, Again(Retry::Account)),
    // 5yz about size.
    row(ANY, (552, 552), NO, NO, Never(Failure::Message)),
    row(ANY, (500, 599), &["5.3.4", "5.2.3", "5.2.2"], NO, Never(Failure::Message)),
    // MAIL holds only our own address.
    row(&[Mail], (550, 554), &["5.5.0"], NO, Again(Retry::Suspicious)),
    row(&[Mail], (550, 554), NO, NO, Again(Retry::Account)),
    // Syntax and sequence: what went wrong is unclear, a new connection may do better.
    row(ANY, (500, 504), NO, NO, Again(Retry::Suspicious)),
    row(ANY, (555, 555), NO, NO, Again(Retry::Suspicious)),
    row(ANY, (550, 550), &["5.5.0"], NO, Again(Retry::Suspicious)),
    // The recipient.
    row(
        LETTER,
        (500, 599),
        &["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1"],
        NO,
        Never(Failure::Address),
    ),
    row(LETTER, (550, 554), VAGUE, NOBODY, Never(Failure::Address)),
    row(LETTER, (551, 551), VAGUE, NO, Never(Failure::Address)),
    row(LETTER, (553, 553), VAGUE, NO, Never(Failure::Address)),
    // Policy, content, and whatever else is meant for good.
    row(ANY, (500, 599), NO, NO, Never(Failure::Message)),
];

fn class(phase: Phase, reply: &Reply) -> Class {
    let words = reply.words();
    let status = reply.status().unwrap_or_default();
    let fits = |row: &&Row| {
        (row.phases.is_empty() || row.phases.contains(&phase))
            && (row.codes.0..=row.codes.1).contains(&reply.code)
            && (row.statuses.is_empty() || row.statuses.contains(&status))
            && (row.words.is_empty() || row.words.iter().any(|word| words.contains(word)))
    };
    // The last row takes every 5yz; what is neither 4yz nor 5yz does not come here, and unknown is transient.
    TABLE.iter().find(fits).map_or(Again(Retry::Transient), |row| row.is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_as_servers_write_them() {
        let greylisted = Again(Retry::Greylisted);
        let transient = Again(Retry::Transient);
        let rate = Again(Retry::Rate);
        let account = Again(Retry::Account);
        let suspicious = Again(Retry::Suspicious);
        let (address, message) = (Never(Failure::Address), Never(Failure::Message));
        for (phase, text, expected) in [
            (Greeting, "421 4.3.0 try later", transient),
            (Greeting, "554 5.7.1 blocked", transient),
            (Greeting, "421 4.7.0 Too many connections from you", rate),
            (Hello, "550 who are you", transient),
            (StartTls, "454 4.7.0 TLS not available", transient),
            (Auth, "535 5.7.8 Error: authentication failed", account),
            (Auth, "535 5.7.8 Username and Password not accepted", account),
            (Auth, "534 5.7.14 Please log in via your web browser", account),
            (
                Auth,
                "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
                account,
            ),
            (
                Auth,
                "550 5.7.30 Basic authentication is not supported for Client Submission.",
                account,
            ),
            (Auth, "535 5.7.3 Authentication unsuccessful", account),
            (Auth, "504 5.5.4 mechanism", account),
            (Auth, "454 4.7.0 Temporary authentication failure", transient),
            (Auth, "454 4.7.0 Too many login attempts, please try again later", rate),
            (Auth, "432 4.7.12 A password transition is needed", account),
            (Mail, "530 5.7.0 Authentication Required", account),
            (
                Mail,
                "553 5.7.1 <bot@agency.example>: Sender address rejected: not owned by user x",
                account,
            ),
            (Mail, "550 5.7.1 not allowed", account),
            (Mail, "552 5.3.4 Message size exceeds fixed limit", message),
            (Mail, "452 4.3.1 Insufficient system storage", transient),
            (Mail, "501 5.5.4 Syntax", suspicious),
            (Rcpt, "450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted", greylisted),
            (Rcpt, "451 4.7.1 Greylisting in action, please come back later", greylisted),
            (Rcpt, "450 4.7.1 Try again later", greylisted),
            (Rcpt, "451 Temporarily deferred (graylisted)", greylisted),
            (Rcpt, "450 4.1.2 Domain not found", transient),
            (Rcpt, "452 4.2.2 mailbox full", transient),
            (
                Rcpt,
                "450 4.2.1 The user you are trying to contact is receiving mail too quickly",
                transient,
            ),
            (Rcpt, "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", address),
            (
                Rcpt,
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
                address,
            ),
            (Rcpt, "550 5.4.1 Recipient address rejected: Access denied.", address),
            (Rcpt, "553 sorry, that domain isn't in my list", address),
            (Rcpt, "550 No such user here", address),
            (Rcpt, "551 user not local", address),
            (Rcpt, "550 5.7.1 message refused by policy", message),
            (Rcpt, "554 5.7.1 Relay access denied", message),
            (Rcpt, "553 5.7.1 Sender address rejected: not logged in", account),
            (Rcpt, "550 no, for reasons of policy", message),
            (Rcpt, "550 5.5.0 Requested action not taken: mailbox unavailable", suspicious),
            (Rcpt, "550 5.2.1 mailbox disabled", address),
            (Data, "503 5.5.1 RCPT first", suspicious),
            (Data, "554 5.5.1 no valid recipients", message),
            (Data, "421 4.4.2 timeout", transient),
            (Dot, "552 5.3.4 too big", message),
            (Dot, "552 5.2.2 over quota", message),
            (Dot, "550 5.7.1 looks like spam", message),
            (Dot, "554 5.2.252 SendAsDenied; not allowed to send as", account),
            (Dot, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", rate),
            (Dot, "451 4.7.500 Server busy, throttled", rate),
            (Dot, "421 4.3.2 service shutting down", rate),
            (Dot, "550 5.4.5 Daily user sending limit exceeded", rate),
            (Dot, "451 4.3.0 queue file write error", transient),
            (Dot, "550 5.1.1 no", address),
        ] {
            let (reply, _) = Reply::parse(format!("{text}\r\n").as_bytes()).unwrap().unwrap();
            assert_eq!(class(phase, &reply), expected, "{phase:?} {text}");
        }
    }

    #[test]
    fn every_refusal_in_every_phase_has_a_class() {
        for phase in [Greeting, Hello, StartTls, Auth, Mail, Rcpt, Data, Dot] {
            for code in 400..600 {
                let reply = Reply {
                    code,
                    lines: vec!["x".into()],
                };
                let for_good = matches!(class(phase, &reply), Never(_));
                assert!(!(for_good && code < 500), "{phase:?} {code}: 4yz is never for good");
            }
        }
    }
}
