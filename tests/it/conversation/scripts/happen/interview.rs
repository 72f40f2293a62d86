//! What happens around an interview: what interviewers, candidates and their calendars say of times, and what a client or a recruiter
//! says of an interview.
//!
//! In: a line that begins with `seat`, `candidate`, `answers`, `picks` and so on. Out: the event it is.
//! Never here: decisions about candidates.

use chrono::Duration;
use replyd::calendar::Spans;
use replyd::conversation::{Command, Content, Event, GoesOn, Notice, Party, Side, Standing, Via, Visit};
use replyd::message::OwnText;
use replyd::model::{Slot, SubmissionId};
use replyd::reply::times::Intent;
use replyd::reply::{Finding, Says, TimesSaid};

use super::answers::{by_calendar, by_link, certain, own, replied, reply, told, visit};
use super::{Line, Play, by_recruiter};

impl Play {
    /// The event, when it is one around an interview.
    pub(super) fn around_interview(&mut self, line: &Line<'_>) -> Option<Event> {
        let Line { place, rest, words, .. } = line;
        Some(match line.verb {
            // `seat Jo Thursday at two works`: an interviewer types an answer to the last letter they got.
            "seat" => self.interviewer_types(place, rest, Standing::Full),
            "seat-deputy" => self.interviewer_types(place, rest, Standing::Deputy),
            "seat-unvouched" => self.interviewer_types(place, rest, Standing::Unvouched),
            // A candidate does; what is `unsure` may be words of that letter.
            "candidate" | "unsure" => {
                let (name, text) = rest.split_once(' ').expect(place);
                let id = self.who(place, name);
                let own = OwnText {
                    uncertain: line.verb == "unsure",
                    ..own(text)
                };
                let reply = self.read_about_interview(id, Side::Candidate, &own);
                replied(Side::Candidate, reply, self.by_mail(Some(id)))
            }
            // `answers Jo offer_times 1: the second one works`: types an answer to the first letter of that kind to them, or without a
            // number to the newest of it.
            "answers" => {
                let (letter, text) = rest.split_once(": ").expect(place);
                let letter: Vec<&str> = letter.split(' ').collect();
                let (by, id) = self.person(place, letter[0]);
                let nth = letter.get(2).map(|nth| nth.parse().expect(place));
                let letter = self.letter(place, by.party(id), letter[1], nth);
                let mut via = self.by_mail((by == Side::Candidate).then_some(id));
                if let Via::Mail { confirms, .. } = &mut via {
                    *confirms = letter.confirmation().map(|one| one.message);
                }
                replied(by, self.read_answer(Some(&letter), by, &own(text)), via)
            }
            // `declines Ana Jo`: Jo's calendar says no to the interview with Ana.
            "declines" => {
                let submission = self.who(place, words[0]);
                by_calendar(self.seat(place, words[1]), Says::Attends { submission, yes: false })
            }
            // `counters Ana Jo 2026-03-26 15:00`: Jo's calendar proposes that time for the interview with Ana.
            "counters" => {
                let submission = self.who(place, words[0]);
                let from = self.clients_clock(place, words[2], words[3]);
                let said = TimesSaid {
                    open: Spans::of(vec![(from, from + Duration::minutes(45))]),
                    ..TimesSaid::of(Intent::Reschedule)
                };
                by_calendar(self.seat(place, words[1]), Says::Times { submission, said })
            }
            // `gives Jo Ana 2026-03-26 09:00 17:00`: ticks free times on the page.
            "gives" => {
                let said = free(self.stretch(place, &words[2..]));
                by_link(
                    self.seat(place, words[0]),
                    times(self.who(place, words[1]), said),
                    visit(browser_of(words[0])),
                )
            }
            // `presses Jo Ana 1,3`: an interviewer ticks slots of the last letter and sends them.
            "presses" => {
                let (by, id) = (self.seat(place, words[0]), self.who(place, words[1]));
                let ticked = words[2].split(',').map(|number| self.offered(place, by.party(id), number));
                let said = TimesSaid {
                    taken: ticked.collect(),
                    ..TimesSaid::of(Intent::Select)
                };
                by_link(by, times(id, said), visit(browser_of(words[0])))
            }
            "picks" => self.picks(line),
            // `means Ana 2`: Ana presses the second way to read the answer that the last letter to her asks about.
            "means" => {
                let id = self.who(place, words[0]);
                let interview = self.c.submission(id).unwrap().interview.as_ref().expect(place);
                let meant = interview.candidate.meant[words[1].parse::<usize>().expect(place) - 1];
                let said = free(interview.readings[usize::from(meant)].clone());
                by_link(Side::Candidate, times(id, said), visit(1))
            }
            // `attends Ana no`: the client presses whether the interview took place.
            "attends" => {
                let (submission, yes) = (self.who(place, words[0]), words[1] == "yes");
                by_link(Side::Client, certain(Says::Attends { submission, yes }), visit(1))
            }
            // `away Ana 2026-04-02`: a machine at Ana's says until when she is away.
            "away" => Event::CandidateAway {
                submission: self.who(place, words[0]),
                until: words.get(1).map(|day| day.parse().expect(place)),
            },
            "seat-away" => Event::InterviewerAway {
                submission: SubmissionId(1),
                interviewer: match self.seat(place, words[0]) {
                    Side::Interviewer(n) => n,
                    other => panic!("{place}: {} is {other:?}", words[0]),
                },
                until: words.get(1).map(|day| day.parse().expect(place)),
            },
            "seat-bounce" => Event::Undeliverable {
                to: self.seat(place, words[0]).party(SubmissionId(1)),
                status: "5.1.1".to_owned(),
                address_is_bad: true,
            },
            // `go-on Ana yes`, `go-on Ana yes 1`: a recruiter answers the newest question, or the first.
            "go-on" => by_recruiter(Command::GoOn {
                submission: self.who(place, words[0]),
                yes: words[1] == "yes",
                without: self.asked_without(place, words.get(2)),
            }),
            // The same on its page.
            "go-on-pressed" => Event::GoOnPressed(GoesOn {
                submission: self.who(place, words[0]),
                by: "rita".into(),
                yes: words[1] == "yes",
                without: self.asked_without(place, words.get(2)),
            }),
            _ => return None,
        })
    }

    fn interviewer_types(&mut self, place: &str, rest: &str, standing: Standing) -> Event {
        let (name, text) = rest.split_once(' ').expect(place);
        let by = self.seat(place, name);
        let about = self.last(by.party(SubmissionId(1))).and_then(Content::interview).expect(place);
        Event::Replied {
            by,
            standing,
            reply: self.read_about_interview(about, by, &own(text)),
            via: self.by_mail(None),
        }
    }

    /// `picks Ana 2`: the client presses the second slot of the last letter; `picks Ana 2 candidate`: Ana does. `later` chooses nothing,
    /// `off` calls the interview off; `as Bo` is somebody else, `saying …` what is typed beside it.
    fn picks(&self, line: &Line<'_>) -> Event {
        let Line { place, rest, words, .. } = line;
        let id = self.who(place, words[0]);
        let by = if words.get(2) == Some(&"candidate") {
            Side::Candidate
        } else {
            Side::Client
        };
        let said = match words[1] {
            "off" => TimesSaid::of(Intent::Cancel),
            "later" => TimesSaid::of(Intent::Select),
            number => TimesSaid {
                taken: vec![self.offered(place, by.party(id), number)],
                ..TimesSaid::of(Intent::Select)
            },
        };
        let typed = rest.split_once(" saying ").map(|(_, typed)| Finding {
            words: told(typed),
            ..certain(Says::Question)
        });
        let visit = Visit {
            someone_else: (words.get(3) == Some(&"as")).then(|| words[4].to_owned()),
            ..visit(1)
        };
        let findings = std::iter::once(times(id, said)).chain(typed).collect();
        replied(by, reply(findings), Via::Link(visit))
    }

    /// A slot of the last letter to somebody, by its number there.
    fn offered(&self, place: &str, to: Party, number: &str) -> Slot {
        match self.last(to) {
            Some(Content::OfferTimes { slots, .. }) => slots[number.parse::<usize>().expect(place) - 1],
            other => panic!("{place}: nothing was offered: {other:?}"),
        }
    }

    /// A letter to somebody, by its kind: the nth, or the newest.
    fn letter(&self, place: &str, to: Party, kind: &str, nth: Option<usize>) -> Content {
        let of_kind = self
            .said
            .iter()
            .filter(|(one, says)| *one == to && super::super::kind(says) == kind);
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
}

/// What somebody says of the time of an interview, by pressing it.
fn times(submission: SubmissionId, said: TimesSaid) -> Finding {
    certain(Says::Times { submission, said })
}

fn free(open: Spans) -> TimesSaid {
    TimesSaid {
        open,
        ..TimesSaid::of(Intent::Availability)
    }
}

/// Each interviewer has a browser of their own.
fn browser_of(name: &str) -> u64 {
    u64::from(name.as_bytes()[0])
}
