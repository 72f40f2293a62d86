//! What a line `at … ` of a script makes happen: an event, made of the words behind the time.

use std::path::Path;

use chrono::NaiveDateTime;
use replyd::calendar::Spans;
use replyd::conversation::{
    Command, Content, Deadline, Event, GoesOn, Interviewer, Notice, Order, Party, Proxy, Side, Standing, Via, Visit,
};
use replyd::message::{self, AutoNature, Border, Kind, OwnText};
use replyd::model::{Decision, MessageId, Reason, SubmissionId};
use replyd::reply::times::Intent;
use replyd::reply::{self, Band, Doubt, DoubtKind, Finding, Reply, Says, TimesSaid, Words};

use super::super::people;
use super::Play;

impl Play {
    pub(super) fn happen(&mut self, place: &str, event: &str) {
        let (verb, rest) = event.split_once(' ').unwrap_or((event, ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        let event = match verb {
            "wait" => return,
            "submitted" => Event::Submitted,
            "sent" => Event::SubmissionSent,
            "viewed" => Event::Viewed { submission: None },
            // Typed on a page, without a choice.
            "words" => Event::Replied {
                by: Side::Client,
                standing: Standing::Full,
                reply: reply(vec![]),
                via: Via::Link(Visit {
                    remark: rest.to_owned(),
                    ..visit(1, false)
                }),
            },
            "press" | "scanner" => {
                let mut visit = visit(words.get(2).map_or(1, |visitor| visitor.parse().expect(place)), verb == "scanner");
                // `as Bo` is somebody else, `saying …` a remark.
                let mut rest = words.iter().skip(3);
                while let Some(word) = rest.next() {
                    match *word {
                        "as" => visit.someone_else = rest.next().map(|name| (*name).to_owned()),
                        "saying" => visit.remark = rest.by_ref().copied().collect::<Vec<_>>().join(" "),
                        other => panic!("{place}: what is {other}?"),
                    }
                }
                let finding = self.pressed(place, words[0], words[1]);
                Event::Replied {
                    by: Side::Client,
                    standing: Standing::Full,
                    reply: reply(vec![finding]),
                    via: Via::Link(visit),
                }
            }
            "order" => {
                self.c.policy.scheduling.order = match rest {
                    "candidate" => Order::Candidate,
                    "client" => Order::Client,
                    "both" => Order::Both,
                    other => panic!("{place}: what is {other}?"),
                };
                return;
            }
            // `zone Ana America/New_York`
            "zone" => {
                let id = self.who(place, words[0]);
                let candidate = self.c.batch.candidates.iter_mut().find(|one| one.submission == id).unwrap();
                candidate.zone = words[1].parse().expect(place);
                return;
            }
            // `interviewer Jo required in Europe/Berlin`: is there beside the contact.
            "interviewer" => {
                let interviewer = Interviewer {
                    mailbox: people::mailbox(
                        &format!("{} Seat", words[0]),
                        &format!("{}@client.example", words[0].to_lowercase()),
                    ),
                    zone: words[3].parse().expect(place),
                    zone_assumed: false,
                    required: words[1] == "required",
                };
                self.c.batch.interviewers.push(interviewer);
                return;
            }
            "contact-stays-away" => {
                self.c.batch.contact_attends = false;
                return;
            }
            "quorum" => {
                self.c.policy.scheduling.quorum = Some(rest.parse().expect(place));
                return;
            }
            // An interviewer types an answer to the last letter they got.
            "seat" | "seat-deputy" | "seat-unvouched" => {
                let (name, text) = rest.split_once(' ').expect(place);
                let by = self.seat(place, name);
                let about = self.last(by.party(SubmissionId(1))).and_then(Content::interview).expect(place);
                Event::Replied {
                    by,
                    standing: match verb {
                        "seat" => Standing::Full,
                        "seat-deputy" => Standing::Deputy,
                        _ => Standing::Unvouched,
                    },
                    reply: self.read_about_interview(about, by, &own(text)),
                    via: self.by_mail(None),
                }
            }
            // `declines Ana Jo`: Jo's calendar says no to the interview with Ana.
            "declines" => {
                let submission = self.who(place, words[0]);
                let finding = Finding {
                    says: Says::Attends { submission, yes: false },
                    words: told(""),
                    band: Band::Act,
                };
                Event::Replied {
                    by: self.seat(place, words[1]),
                    standing: Standing::Full,
                    reply: reply(vec![finding]),
                    via: Via::Calendar {
                        message_id: None,
                        version: (0, None),
                    },
                }
            }
            // `busy Jo 2026-03-26 10:00 12:00`: Jo's calendar shows something, by the client's clock.
            "busy" => {
                let (side, id) = self.person(place, words[0]);
                let busy = self.c.elsewhere.of(side, id).union(&self.stretch(place, &words[1..]));
                let elsewhere = &mut self.c.elsewhere;
                match side {
                    Side::Client => elsewhere.client = busy,
                    Side::Candidate => {
                        elsewhere.candidates.retain(|(one, _)| *one != id);
                        elsewhere.candidates.push((id, busy));
                    }
                    Side::Interviewer(n) => {
                        let n = usize::from(n);
                        elsewhere
                            .interviewers
                            .resize(elsewhere.interviewers.len().max(n + 1), Spans::default());
                        elsewhere.interviewers[n] = busy;
                    }
                }
                return;
            }
            // `answers Jo offer_times 1: the second one works`: types an answer to the first letter of that kind to them, or without a
            // number to the newest of it.
            "answers" => {
                let (letter, text) = rest.split_once(": ").expect(place);
                let letter: Vec<&str> = letter.split(' ').collect();
                let (by, id) = self.person(place, letter[0]);
                let nth = letter.get(2).map(|nth| nth.parse().expect(place));
                let letter = self.letter(place, by.party(id), letter[1], nth);
                let via = match self.by_mail((by == Side::Candidate).then_some(id)) {
                    Via::Mail {
                        message,
                        message_id,
                        name,
                        of,
                        ..
                    } => Via::Mail {
                        message,
                        message_id,
                        name,
                        confirms: letter.confirmation().map(|one| one.message),
                        of,
                    },
                    other => other,
                };
                Event::Replied {
                    by,
                    standing: Standing::Full,
                    reply: self.read_answer(Some(&letter), by, &own(text)),
                    via,
                }
            }
            // `counters Ana Jo 2026-03-26 15:00`: Jo's calendar proposes that time for the interview with Ana.
            "counters" => {
                let (by, id) = (self.seat(place, words[1]), self.who(place, words[0]));
                let local = NaiveDateTime::parse_from_str(&words[2..].join(" "), "%Y-%m-%d %H:%M").expect(place);
                let from = self.c.batch.contact.zone.at_or_after(local.date(), local.time());
                let said = TimesSaid {
                    open: Spans::of(vec![(from, from + chrono::Duration::minutes(45))]),
                    ..TimesSaid::of(Intent::Reschedule)
                };
                let finding = Finding {
                    says: Says::Times { submission: id, said },
                    words: told(""),
                    band: Band::Act,
                };
                Event::Replied {
                    by,
                    standing: Standing::Full,
                    reply: reply(vec![finding]),
                    via: Via::Calendar {
                        message_id: None,
                        version: (0, None),
                    },
                }
            }
            // `attends Ana no`: the client presses whether the interview took place.
            "attends" => {
                let finding = Finding {
                    says: Says::Attends {
                        submission: self.who(place, words[0]),
                        yes: words[1] == "yes",
                    },
                    words: told(""),
                    band: Band::Act,
                };
                Event::Replied {
                    by: Side::Client,
                    standing: Standing::Full,
                    reply: reply(vec![finding]),
                    via: Via::Link(visit(1, false)),
                }
            }
            "seat-away" => {
                let Side::Interviewer(interviewer) = self.seat(place, words[0]) else {
                    panic!("{place}: who is {}?", words[0])
                };
                Event::InterviewerAway {
                    submission: SubmissionId(1),
                    interviewer,
                    until: words.get(1).map(|day| day.parse().expect(place)),
                }
            }
            "seat-bounce" => Event::Undeliverable {
                to: self.seat(place, words[0]).party(SubmissionId(1)),
                status: "5.1.1".to_owned(),
                address_is_bad: true,
            },
            // `go-on Ana yes`, `go-on Ana yes 1`: a recruiter answers the newest question, or the first.
            "go-on" => Event::Steered {
                by: "rita".into(),
                command: Command::GoOn {
                    submission: self.who(place, words[0]),
                    yes: words[1] == "yes",
                    without: self.asked_without(place, words.get(2)),
                },
            },
            // The same on its page.
            "go-on-pressed" => Event::GoOnPressed(GoesOn {
                submission: self.who(place, words[0]),
                by: "rita".into(),
                yes: words[1] == "yes",
                without: self.asked_without(place, words.get(2)),
            }),
            // `gives Jo Ana 2026-03-26 09:00 17:00`: ticks free times on the page.
            "gives" => {
                let (by, id) = (self.seat(place, words[0]), self.who(place, words[1]));
                let said = TimesSaid {
                    open: self.stretch(place, &words[2..]),
                    ..TimesSaid::of(Intent::Availability)
                };
                let finding = Finding {
                    says: Says::Times { submission: id, said },
                    words: told(""),
                    band: Band::Act,
                };
                Event::Replied {
                    by,
                    standing: Standing::Full,
                    reply: reply(vec![finding]),
                    via: Via::Link(visit(u64::from(words[0].as_bytes()[0]), false)),
                }
            }
            // `presses Jo Ana 1,3`: an interviewer ticks slots of the last letter and sends them.
            "presses" => {
                let (by, id) = (self.seat(place, words[0]), self.who(place, words[1]));
                let Some(Content::OfferTimes { slots, .. }) = self.last(by.party(id)) else {
                    panic!("{place}: nothing was offered")
                };
                let ticked = words[2].split(',').map(|place| slots[place.parse::<usize>().unwrap() - 1]);
                let said = TimesSaid {
                    taken: ticked.collect(),
                    ..TimesSaid::of(Intent::Select)
                };
                let finding = Finding {
                    says: Says::Times { submission: id, said },
                    words: told(""),
                    band: Band::Act,
                };
                Event::Replied {
                    by,
                    standing: Standing::Full,
                    reply: reply(vec![finding]),
                    via: Via::Link(visit(u64::from(words[0].as_bytes()[0]), false)),
                }
            }
            // A candidate types an answer to the last letter they got; what is `unsure` may be words of that letter.
            "candidate" | "unsure" => {
                let (name, text) = rest.split_once(' ').expect(place);
                let id = self.who(place, name);
                let own = OwnText {
                    uncertain: verb == "unsure",
                    ..own(text)
                };
                Event::Replied {
                    by: Side::Candidate,
                    standing: Standing::Full,
                    reply: self.read_about_interview(id, Side::Candidate, &own),
                    via: self.by_mail(Some(id)),
                }
            }
            // `picks Ana 2`: the client presses the second slot of the last letter; `picks Ana 2 candidate`: Ana does. `later` chooses nothing;
            // `as Bo` is somebody else, `saying …` what is typed beside it.
            "picks" => {
                let id = self.who(place, words[0]);
                let by = if words.get(2) == Some(&"candidate") {
                    Side::Candidate
                } else {
                    Side::Client
                };
                let calls_off = words[1] == "off";
                let mut said = TimesSaid::of(if calls_off { Intent::Cancel } else { Intent::Select });
                if !calls_off && words[1] != "later" {
                    let Some(Content::OfferTimes { slots, .. }) = self.last(by.party(id)) else {
                        panic!("{place}: nothing was offered")
                    };
                    said.taken.push(slots[words[1].parse::<usize>().expect(place) - 1]);
                }
                let finding = |says, text: &str| Finding {
                    says,
                    words: told(text),
                    band: Band::Act,
                };
                let mut findings = vec![finding(Says::Times { submission: id, said }, "")];
                if let Some((_, typed)) = rest.split_once(" saying ") {
                    findings.push(finding(Says::Question, typed));
                }
                Event::Replied {
                    by,
                    standing: Standing::Full,
                    reply: reply(findings),
                    via: Via::Link(Visit {
                        someone_else: (words.get(3) == Some(&"as")).then(|| words[4].to_owned()),
                        ..visit(1, false)
                    }),
                }
            }
            // `means Ana 2`: Ana presses the second way to read the answer that the last letter to her asks about.
            "means" => {
                let id = self.who(place, words[0]);
                let interview = self.c.submission(id).unwrap().interview.as_ref().expect(place);
                let meant = interview.candidate.meant[words[1].parse::<usize>().expect(place) - 1];
                let said = TimesSaid {
                    open: interview.readings[usize::from(meant)].clone(),
                    ..TimesSaid::of(Intent::Availability)
                };
                let finding = Finding {
                    says: Says::Times { submission: id, said },
                    words: told(""),
                    band: Band::Act,
                };
                Event::Replied {
                    by: Side::Candidate,
                    standing: Standing::Full,
                    reply: reply(vec![finding]),
                    via: Via::Link(visit(1, false)),
                }
            }
            "proxy" => {
                self.c.policy.proxy = match rest {
                    "confirm" => Proxy::Confirm,
                    "accept" => Proxy::Accept,
                    "refuse" => Proxy::Refuse,
                    other => panic!("{place}: what is {other}?"),
                };
                return;
            }
            "confirm-pressed" => Event::Confirmed {
                message: self.c.parked.last().expect(place).message,
                yes: rest == "yes",
            },
            "undo" => Event::Undone {
                submission: self.who(place, words[0]),
                visit: visit(1, false),
            },
            "confirm" => Event::Confirmed {
                message: self.messages,
                yes: rest == "yes",
            },
            // `away Ana 2026-04-02`: a machine at Ana's says until when she is away.
            "away" => Event::CandidateAway {
                submission: self.who(place, words[0]),
                until: words.get(1).map(|day| day.parse().expect(place)),
            },
            "ooo" => Event::AutoReplied {
                until: words.first().map(|day| day.parse().expect(place)),
                substitute: None,
                gone: false,
            },
            "mail" => machine_mail(place, rest),
            "gone" => Event::AutoReplied {
                until: None,
                substitute: None,
                gone: true,
            },
            "bounce" => Event::Undeliverable {
                to: Party::Client,
                status: rest.to_owned(),
                address_is_bad: rest.starts_with("5.1"),
            },
            "died" => Event::LetterDied {
                to: Party::Client,
                why: rest.to_owned(),
                refused: false,
            },
            "fresh-link" => Event::FreshLinkAsked,
            "take" => Event::Steered {
                by: "rita".into(),
                command: Command::Take,
            },
            "release" => Event::Steered {
                by: "rita".into(),
                command: Command::Release,
            },
            "decide" => Event::Steered {
                by: "rita".into(),
                command: Command::Decide {
                    submission: self.who(place, words[0]),
                    decision: words[1].parse().expect(place),
                    reasons: vec![],
                },
            },
            "again" => {
                let deadlines: Vec<Deadline> = self.c.submissions.iter().map(|one| Deadline::TakeEffect(one.id)).collect();
                for deadline in deadlines {
                    self.step(Event::DeadlinePassed(deadline));
                }
                return;
            }
            // Typed in answer to the last letter, and read as the daemon reads it.
            "replies" | "writes" | "unvouched" | "deputy" | "stranger" | "threadless" => {
                let standing = match verb {
                    "unvouched" => Standing::Unvouched,
                    "deputy" => Standing::Deputy,
                    "stranger" => Standing::Stranger,
                    "threadless" => Standing::Threadless,
                    _ => Standing::Full,
                };
                let via = self.by_mail(None);
                Event::Replied {
                    by: Side::Client,
                    standing,
                    reply: if verb == "writes" {
                        self.read(rest)
                    } else {
                        self.said(place, rest)
                    },
                    via,
                }
            }
            other => panic!("{place}: what is {other}?"),
        };
        self.step(event);
    }

    fn by_mail(&mut self, of: Option<SubmissionId>) -> Via {
        self.messages += 1;
        Via::Mail {
            message: self.messages,
            message_id: Some(MessageId("a@b".into())),
            name: "Priya".into(),
            confirms: None,
            of,
        }
    }

    pub(super) fn last(&self, party: Party) -> Option<&Content> {
        self.said.iter().rev().find(|(to, _)| *to == party).map(|(_, says)| says)
    }

    /// A letter to somebody, by its kind: the nth, or the newest.
    fn letter(&self, place: &str, to: Party, kind: &str, nth: Option<usize>) -> Content {
        let of_kind = self.said.iter().filter(|(one, says)| *one == to && super::kind(says) == kind);
        let mut letters: Vec<&Content> = of_kind.map(|(_, says)| says).collect();
        letters.truncate(nth.unwrap_or(letters.len()));
        let letter = letters.last().filter(|_| nth.is_none_or(|nth| nth == letters.len()));
        (*letter.unwrap_or_else(|| panic!("{place}: no {kind} {nth:?}"))).clone()
    }

    /// Of whom the nth question asked, or the newest, whether it goes on without them.
    fn asked_without(&self, place: &str, nth: Option<&&str>) -> Vec<Side> {
        let nth = nth.map(|nth| nth.parse().expect(place));
        match self.letter(place, Party::Recruiter(0), "go_on_without", nth) {
            Content::Notice(Notice::GoOnWithout { silent, .. }) => silent,
            other => panic!("{place}: {other:?}"),
        }
    }

    /// `2026-03-26 09:00 17:00`, by the client's clock.
    fn stretch(&self, place: &str, words: &[&str]) -> Spans {
        let at = |time: &str| {
            let local = NaiveDateTime::parse_from_str(&format!("{} {time}", words[0]), "%Y-%m-%d %H:%M").expect(place);
            self.c.batch.contact.zone.at_or_after(local.date(), local.time())
        };
        Spans::of(vec![(at(words[1]), at(words[2]))])
    }

    /// Ann, an interviewer or a candidate, and of whose interview they speak.
    fn person(&self, place: &str, name: &str) -> (Side, SubmissionId) {
        let mut candidates = self.c.batch.candidates.iter();
        match candidates.find(|one| one.mailbox.name.as_str().starts_with(name)) {
            Some(candidate) => (Side::Candidate, candidate.submission),
            None => (self.seat(place, name), SubmissionId(1)),
        }
    }

    fn read(&self, text: &str) -> Reply {
        self.read_answer(self.last(Party::Client), Side::Client, &own(text))
    }

    /// What somebody answers to a letter, read as the daemon reads it.
    fn read_answer(&self, letter: Option<&Content>, by: Side, own: &OwnText) -> Reply {
        let (zone, minutes) = (self.c.batch.contact.zone, self.c.batch.project.duration_min);
        match letter.and_then(|letter| self.c.interview_of(letter)) {
            Some(id) => self.read_about(id, by, letter, own),
            None => reply::read_with_times(own, "Re: Candidates", &self.c.asked(letter, self.now), self.now, zone, minutes),
        }
    }

    fn read_about_interview(&self, id: SubmissionId, side: Side, own: &OwnText) -> Reply {
        self.read_about(id, side, self.last(side.party(id)), own)
    }

    fn read_about(&self, id: SubmissionId, side: Side, letter: Option<&Content>, own: &OwnText) -> Reply {
        let interview = self.c.submission(id).and_then(|one| one.interview.as_ref()).expect("an interview");
        let asked = interview.asked(&self.c, id, side, letter, self.now);
        reply::read_interview(own, "Re: Interview", &asked)
    }

    /// A button: a decision, or a reason.
    fn pressed(&self, place: &str, name: &str, button: &str) -> Finding {
        let submission = self.who(place, name);
        match (button.parse(), button.parse()) {
            (Ok(decision), _) => decide(submission, decision, Band::Act, ""),
            (_, Ok(reason)) => Finding {
                says: Says::Because { submission, reason },
                words: told(""),
                band: Band::Act,
            },
            (Err(_), Err(_)) => panic!("{place}: what is {button}?"),
        }
    }

    /// `Ana interested; Ben pass because salary; question` and `Ana ask interested; unclear; whom; stop; thanks; later 2026-12-01`.
    fn said(&self, place: &str, text: &str) -> Reply {
        let mut out = Reply::default();
        for part in text.split(';').map(str::trim) {
            let words: Vec<&str> = part.split_whitespace().collect();
            let other = |says| Finding {
                says,
                words: told(part),
                band: Band::Human,
            };
            match words[..] {
                ["question"] => out.findings.push(other(Says::Question)),
                ["stop"] => out.findings.push(other(Says::Stop)),
                ["wrong-person"] => out.findings.push(other(Says::WrongPerson)),
                ["thanks"] => out.findings.push(other(Says::Thanks)),
                ["later", day] => out.findings.push(other(Says::Later {
                    on: Some(day.parse().expect(place)),
                })),
                ["unclear"] => out.doubts.push(Doubt {
                    kind: DoubtKind::Unclear,
                    words: told(part),
                }),
                ["whom"] => out.doubts.push(Doubt {
                    kind: DoubtKind::Whom,
                    words: told(part),
                }),
                ["whom", said] => {
                    out.homeless = Some(said.parse().expect(place));
                    out.doubts.push(Doubt {
                        kind: DoubtKind::Whom,
                        words: told(part),
                    });
                }
                ["empty"] => out.doubts.push(Doubt {
                    kind: DoubtKind::Empty,
                    words: told(""),
                }),
                [name, "ask", decision] => {
                    out.findings
                        .push(decide(self.who(place, name), decision.parse().expect(place), Band::Ask, part))
                }
                [name, "ask", decision, "if", ..] => {
                    let mut finding = decide(self.who(place, name), decision.parse().expect(place), Band::Ask, part);
                    if let Says::Decide { condition, .. } = &mut finding.says {
                        *condition = part.split_once(" if ").map(|(_, text)| text.to_owned());
                    }
                    finding.words.text = format!("{name} {decision}");
                    out.findings.push(finding);
                }
                [name, "ask", decision, "on", day] => {
                    let mut finding = decide(self.who(place, name), decision.parse().expect(place), Band::Ask, part);
                    if let Says::Decide { follow_up, .. } = &mut finding.says {
                        *follow_up = Some(day.parse().expect(place));
                    }
                    out.findings.push(finding);
                }
                [name, "because", reason] => {
                    let says = Says::Because {
                        submission: self.who(place, name),
                        reason: reason.parse().expect(place),
                    };
                    out.findings.push(Finding {
                        says,
                        words: told(part),
                        band: Band::Act,
                    });
                }
                [name, decision] => out
                    .findings
                    .push(decide(self.who(place, name), decision.parse().expect(place), Band::Act, part)),
                [name, decision, "because", reason] => {
                    out.findings
                        .push(decide(self.who(place, name), decision.parse().expect(place), Band::Act, part));
                    let reason: Reason = reason.parse().expect(place);
                    let says = Says::Because {
                        submission: self.who(place, name),
                        reason,
                    };
                    out.findings.push(Finding {
                        says,
                        words: told(part),
                        band: Band::Act,
                    });
                }
                [name, decision, "on", day] => {
                    let says = Says::Decide {
                        submission: self.who(place, name),
                        decision: decision.parse().expect(place),
                        condition: None,
                        follow_up: Some(day.parse().expect(place)),
                    };
                    out.findings.push(Finding {
                        says,
                        words: told(part),
                        band: Band::Act,
                    });
                }
                _ => panic!("{place}: what does {part:?} say?"),
            }
        }
        out
    }
}

fn visit(visitor: u64, automated: bool) -> Visit {
    Visit {
        visitor,
        automated,
        whole_batch: false,
        someone_else: None,
        remark: String::new(),
    }
}

fn decide(submission: SubmissionId, decision: Decision, band: Band, words: &str) -> Finding {
    Finding {
        says: Says::Decide {
            submission,
            decision,
            condition: None,
            follow_up: None,
        },
        words: told(words),
        band,
    }
}

fn own(text: &str) -> OwnText {
    OwnText {
        text: text.to_owned(),
        ..OwnText::default()
    }
}

fn told(text: &str) -> Words {
    Words {
        text: text.to_owned(),
        range: 0..text.len(),
    }
}

fn reply(findings: Vec<Finding>) -> Reply {
    Reply {
        findings,
        ..Reply::default()
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
