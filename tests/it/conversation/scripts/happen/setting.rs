//! What a script changes by itself: the policy, who is there, and what calendars show. No event tells of it.
//!
//! In: a line that begins with `order`, `proxy`, `share`, `quorum`, `zone`, `interviewer`, `backup`, `contact-stays-away` or `busy`. Out: a changed [`Play`].

use replyd::calendar::Spans;
use replyd::conversation::{Contact, Interviewer, Order, Proxy, Share, Side};

use super::super::super::people;
use super::{Line, Play};

impl Play {
    /// Whether the line was one of these.
    pub(super) fn set(&mut self, line: &Line<'_>) -> bool {
        let Line { place, rest, words, .. } = line;
        match line.verb {
            "order" => {
                self.c.policy.scheduling.order = match *rest {
                    "candidate" => Order::Candidate,
                    "client" => Order::Client,
                    "both" => Order::Both,
                    other => panic!("{place}: what is {other}?"),
                };
            }
            "proxy" => {
                self.c.policy.proxy = match *rest {
                    "confirm" => Proxy::Confirm,
                    "accept" => Proxy::Accept,
                    "refuse" => Proxy::Refuse,
                    other => panic!("{place}: what is {other}?"),
                };
            }
            // `share draft`: recruiters get a letter for whom the client passed on.
            "share" => {
                self.c.policy.share = match *rest {
                    "draft" => Share::Draft,
                    "never" => Share::Never,
                    other => panic!("{place}: what is {other}?"),
                };
            }
            "quorum" => self.c.policy.scheduling.quorum = Some(rest.parse().expect(place)),
            // `zone Ana America/New_York`
            "zone" => {
                let id = self.who(place, words[0]);
                let candidate = self.c.batch.candidates.iter_mut().find(|one| one.submission == id).unwrap();
                candidate.zone = words[1].parse().expect(place);
            }
            // `interviewer Jo required in Europe/Berlin`: is there beside the contact.
            "interviewer" => {
                let (name, address) = (format!("{} Seat", words[0]), format!("{}@client.example", words[0].to_lowercase()));
                self.c.batch.interviewers.push(Interviewer {
                    mailbox: people::mailbox(&name, &address),
                    zone: words[3].parse().expect(place),
                    zone_assumed: false,
                    required: words[1] == "required",
                });
            }
            // `backup Kim in Europe/Berlin`: is asked when Ann does not answer.
            "backup" => {
                let (name, address) = (format!("{} Park", words[0]), format!("{}@client.example", words[0].to_lowercase()));
                self.c.batch.backup = Some(Contact {
                    mailbox: people::mailbox(&name, &address),
                    zone: words[2].parse().expect(place),
                    zone_assumed: false,
                });
            }
            "contact-stays-away" => self.c.batch.contact_attends = false,
            // `busy Jo 2026-03-26 10:00 12:00`: Jo's calendar shows something, by the client's clock.
            "busy" => self.is_busy(place, words[0], &words[1..]),
            _ => return false,
        }
        true
    }

    fn is_busy(&mut self, place: &str, name: &str, when: &[&str]) {
        let (side, id) = self.person(place, name);
        let busy = self.c.elsewhere.of(side, id).union(&self.stretch(place, when));
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
    }
}
