//! What a line `at … ` of a script makes happen: an event, made of the words behind the time.
//!
//! In: those words. Out: the event, stepped; or what [`setting`] changes. What is not about an interview is read here, the rest in
//! [`interview`].
//! Never here: what must hold afterwards.

use std::path::Path;

use chrono::NaiveDateTime;
use replyd::calendar::Spans;
use replyd::conversation::{Command, Content, Deadline, Event, Notice, Opened, Party, Side, Standing, Via, Visit, from_desk};
use replyd::message::{self, AutoNature, Border, Kind};
use replyd::model::{Slot, SubmissionId, Timestamp};

use super::Play;
use answers::{by_link, replied, reply, visit};

mod answers;
mod interview;
mod said;
mod setting;

/// What stands behind the time.
struct Line<'a> {
    /// Where, for whoever mends the script.
    place: &'a str,
    verb: &'a str,
    /// What stands behind the verb, as it is written and word by word.
    rest: &'a str,
    words: Vec<&'a str>,
}

impl Play {
    pub(super) fn happen(&mut self, place: &str, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let line = Line {
            place,
            verb,
            rest,
            words: rest.split_whitespace().collect(),
        };
        match verb {
            "wait" => {}
            "again" => {
                let deadlines: Vec<Deadline> = self.c.submissions.iter().map(|one| Deadline::TakeEffect(one.id)).collect();
                for deadline in deadlines {
                    self.step(Event::DeadlinePassed(deadline));
                }
            }
            _ if self.set(&line) => {}
            _ => {
                let event = self.around_batch(&line).or_else(|| self.around_interview(&line));
                self.step(event.unwrap_or_else(|| panic!("{place}: what is {verb}?")));
            }
        }
    }

    /// The event, when it is one around the batch and its decisions.
    fn around_batch(&mut self, line: &Line<'_>) -> Option<Event> {
        let Line { place, rest, words, .. } = line;
        Some(match line.verb {
            "submitted" => Event::Submitted,
            "sent" => Event::SubmissionSent,
            // `erased Ana`: everything that was kept about her is gone.
            "erased" => Event::Erased {
                who: Party::Candidate(self.who(place, rest)),
            },
            "viewed" => Event::Viewed { submission: None },
            // Typed in answer to the last letter: read as the daemon reads it, or said in short.
            "writes" => replied(Side::Client, self.read(rest), self.by_mail(None)),
            "replies" => self.client_says(line, Standing::Full),
            "unvouched" => self.client_says(line, Standing::Unvouched),
            "deputy" => self.client_says(line, Standing::Deputy),
            "stranger" => self.client_says(line, Standing::Stranger),
            "threadless" => self.client_says(line, Standing::Threadless),
            // Typed on a page, without a choice.
            "words" => {
                let visit = Visit {
                    remark: (*rest).to_owned(),
                    ..visit(1)
                };
                replied(Side::Client, reply(vec![]), Via::Link(visit))
            }
            "press" | "scanner" => by_link(Side::Client, self.button(place, words[0], words[1]), visited(line)),
            "undo" => Event::Undone {
                submission: self.who(place, words[0]),
                visit: visit(1),
            },
            "confirm" => Event::Confirmed {
                message: self.messages,
                yes: *rest == "yes",
            },
            "confirm-pressed" => Event::Confirmed {
                message: self.c.parked.last().expect(place).message,
                yes: *rest == "yes",
            },
            "ooo" => Event::AutoReplied {
                until: words.first().map(|day| day.parse().expect(place)),
                substitute: None,
                gone: false,
            },
            "gone" => Event::AutoReplied {
                until: None,
                substitute: None,
                gone: true,
            },
            "mail" => machine_mail(place, rest),
            "bounce" => Event::Undeliverable {
                to: Party::Client,
                status: (*rest).to_owned(),
                address_is_bad: rest.starts_with("5.1"),
            },
            "died" => Event::LetterDied {
                to: Party::Client,
                why: (*rest).to_owned(),
                refused: false,
            },
            "fresh-link" => Event::FreshLinkAsked,
            // Typed by a recruiter in answer to a copy.
            "orders" => self.ordered(rest),
            // `tell Ana They chose somebody else.`, `tell Ana` for no letter: the recruiter's word on it.
            "tell" => by_recruiter(Command::Feedback {
                submission: self.who(place, words[0]),
                body: rest.split_once(' ').map(|(_, body)| body.to_owned()),
            }),
            // A recruiter's answer to what was put to them last.
            "order-answered" => Event::OrderAnswered {
                recruiter: 0,
                proposed: self.put_to_recruiter(),
                yes: *rest == "yes",
                answers: None,
            },
            "answered" => by_recruiter(Command::Answered),
            "take" => by_recruiter(Command::Take),
            "release" => by_recruiter(Command::Release),
            "decide" => by_recruiter(Command::Decide {
                submission: self.who(place, words[0]),
                decision: words[1].parse().expect(place),
                reasons: vec![],
            }),
            // `book Ana 2026-11-24 14:00`, by the client's clock.
            "book" => {
                let start = self.clients_clock(place, words[1], words[2]);
                by_recruiter(Command::Book {
                    submission: self.who(place, words[0]),
                    slot: Slot {
                        start,
                        end: start + chrono::Duration::minutes(i64::from(self.c.batch.project.duration_min)),
                    },
                })
            }
            "undecide" => by_recruiter(Command::Undecide {
                submission: self.who(place, words[0]),
            }),
            _ => return None,
        })
    }

    fn client_says(&mut self, line: &Line<'_>, standing: Standing) -> Event {
        Event::Replied {
            by: Side::Client,
            standing,
            reply: self.said(line.place, line.rest),
            via: self.by_mail(None),
        }
    }

    /// What was put to a recruiter last.
    fn put_to_recruiter(&self) -> Vec<Command> {
        let put = |says: &Content| {
            if let Content::Notice(Notice::Ordered { proposed, .. }) = says {
                Some(proposed.clone()).filter(|all| !all.is_empty())
            } else {
                None
            }
        };
        self.said.iter().rev().find_map(|(_, says)| put(says)).unwrap_or_default()
    }

    /// What a recruiter wrote, read as the daemon reads it.
    fn ordered(&self, text: &str) -> Event {
        let own = message::OwnText {
            text: text.replace(" / ", "\n"),
            ..message::OwnText::default()
        };
        let opened = Opened {
            all: std::slice::from_ref(&self.c),
            answers: true,
            of: None,
            written: self.now,
            zone: self.c.batch.contact.zone,
        };
        let (read, _) = from_desk(&own, "", &opened);
        Event::Ordered {
            recruiter: 0,
            commands: read.commands,
            proposed: read.proposed,
            unread: read.unread,
            told: read.asks.iter().map(|ask| (format!("{ask:?}"), Vec::new())).collect(),
            undo: read.undo,
            answers: None,
        }
    }

    /// `2026-03-26 09:00 17:00`, by the client's clock.
    fn stretch(&self, place: &str, words: &[&str]) -> Spans {
        let at = |time| self.clients_clock(place, words[0], time);
        Spans::of(vec![(at(words[1]), at(words[2]))])
    }

    fn clients_clock(&self, place: &str, day: &str, time: &str) -> Timestamp {
        let local = NaiveDateTime::parse_from_str(&format!("{day} {time}"), "%Y-%m-%d %H:%M").expect(place);
        self.c.batch.contact.zone.at_or_after(local.date(), local.time())
    }

    /// Ann, an interviewer or a candidate, and of whose interview they speak.
    fn person(&self, place: &str, name: &str) -> (Side, SubmissionId) {
        let mut candidates = self.c.batch.candidates.iter();
        match candidates.find(|one| one.mailbox.name.as_str().starts_with(name)) {
            Some(candidate) => (Side::Candidate, candidate.submission),
            None => (self.seat(place, name), SubmissionId(1)),
        }
    }
}

/// `press Ana interested 2 as Bo saying …`: in the second visitor's browser, by somebody else, with a remark. A scanner presses by machine.
fn visited(line: &Line<'_>) -> Visit {
    let Line { place, words, .. } = line;
    let mut visit = Visit {
        automated: line.verb == "scanner",
        ..visit(words.get(2).map_or(1, |visitor| visitor.parse().expect(place)))
    };
    let mut rest = words.iter().skip(3);
    while let Some(word) = rest.next() {
        match *word {
            "as" => visit.someone_else = rest.next().map(|name| (*name).to_owned()),
            "saying" => visit.remark = rest.by_ref().copied().collect::<Vec<_>>().join(" "),
            other => panic!("{place}: what is {other}?"),
        }
    }
    visit
}

fn by_recruiter(command: Command) -> Event {
    Event::Steered {
        by: "rita".into(),
        command,
    }
}

/// What the machine hears of a mail in `fixtures/messages/` that another machine wrote.
fn machine_mail(place: &str, name: &str) -> Event {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/messages/{name}.eml"));
    let raw = std::fs::read(&path).unwrap_or_else(|error| panic!("{place}: {name}: {error}"));
    match message::read(&raw, &Border::default()).expect(place).kind {
        Kind::AutoReply(auto) => Event::AutoReplied {
            until: auto.until,
            substitute: auto.substitute,
            gone: auto.nature == AutoNature::Gone,
        },
        other => panic!("{place}: {name} is {other:?}"),
    }
}
