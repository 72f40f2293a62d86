//! How a small world begins: who is put forward to whom, in which week, under the usual policy.

use std::collections::{BTreeMap, BinaryHeap};

use chrono::{Days, Duration, NaiveDate, NaiveTime};

use super::Setting;
use super::case::{Case, Trial};
use super::dice::Dice;
use super::figures::Figures;
use super::people::{self, Person};
use super::world::{Next, World};
use crate::calendar::{Hours, OpenDays, Zone};
use crate::conversation::{Batch, Candidate, Contact, Conversation, InterviewKind, Interviewer, Policy, Project, Scheduling};
use crate::model::{Address, AddressError, ConversationId, Decision, HeaderText, Mailbox, SubmissionId, Timestamp};

/// Batches that share people.
pub(super) const BATCHES: u64 = 8;

impl World {
    /// The batches from `first` on, `count` of them.
    pub(super) fn new(seed: u64, setting: Setting, first: u64, count: u64) -> Result<Self, AddressError> {
        let mut dice = Dice::of(seed, first);
        let begins = beginning(&mut dice);
        let mut world = Self {
            seed,
            now: begins,
            people: Vec::new(),
            cases: Vec::new(),
            queue: BinaryHeap::new(),
            waiting: BTreeMap::new(),
            serial: 0,
            seen: Vec::new(),
            figures: Figures::default(),
            dice,
        };
        let mut contacts: Vec<(usize, usize)> = Vec::new();
        let mut candidates: Vec<usize> = Vec::new();
        for n in 0..count {
            world.add_case(first + n, begins, setting, &mut contacts, &mut candidates)?;
        }
        Ok(world)
    }

    fn add_case(
        &mut self,
        batch: u64,
        begins: Timestamp,
        setting: Setting,
        contacts: &mut Vec<(usize, usize)>,
        candidates: &mut Vec<usize>,
    ) -> Result<(), AddressError> {
        let (contact, place) = match self.dice.one_of(contacts).copied().filter(|_| self.dice.percent(30)) {
            Some(known) => known,
            None => {
                let (place, zone) = people::zone(&mut self.dice, None);
                let person = Person::new(self.people.len() as u64, true, zone, zone, &mut self.dice)?;
                self.people.push(person);
                contacts.push((self.people.len() - 1, place));
                (self.people.len() - 1, place)
            }
        };
        let Some(client) = self.people.get(contact) else { return Ok(()) };
        let client_zone = client.zone;
        let client = client.mailbox.clone();
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..self.dice.between(1, 3) {
            let known = self.dice.one_of(candidates).copied().filter(|_| self.dice.percent(25));
            let candidate = match known.filter(|known| !chosen.contains(known)) {
                Some(known) => known,
                None => {
                    let (_, zone) = people::zone(&mut self.dice, Some(place));
                    let person = Person::new(self.people.len() as u64, false, zone, client_zone, &mut self.dice)?;
                    // One letter never names two of the same first name.
                    let twin = |at: &usize| self.people.get(*at).is_some_and(|other| other.first_name() == person.first_name());
                    if chosen.iter().any(twin) {
                        continue;
                    }
                    self.people.push(person);
                    candidates.push(self.people.len() - 1);
                    self.people.len() - 1
                }
            };
            chosen.push(candidate);
        }
        let (interviewers, seats) = match self.dice.percent(setting.panels) {
            true => self.panel(contact, client_zone, place, contacts)?,
            false => Default::default(),
        };
        let at = self.cases.len();
        let mut trials = Vec::new();
        let mut put_forward = Vec::new();
        for (n, candidate) in chosen.into_iter().enumerate() {
            let Some(person) = self.people.get(candidate) else { continue };
            let id = SubmissionId(i64::try_from(at * 10 + n + 1).unwrap_or(0));
            put_forward.push(Candidate {
                submission: id,
                mailbox: person.mailbox.clone(),
                phone: None,
                zone: person.zone,
                zone_assumed: false,
                summary: "Ten years in the trade.".to_owned(),
                cv: None,
            });
            let opinion = match self.dice.below(100) {
                0..60 => Decision::Interested,
                60..72 => Decision::Maybe,
                _ => Decision::Pass,
            };
            trials.push(Trial::new(id, candidate, opinion));
        }
        let minutes = [30, 45, 60];
        let duration_min = self.dice.one_of(&minutes).copied().unwrap_or(45);
        let interview = match self.dice.below(10) {
            0 => InterviewKind::OnSite,
            1 | 2 => InterviewKind::Phone,
            _ => InterviewKind::Video,
        };
        let recruiter = Mailbox {
            name: HeaderText::new("Rita Moss"),
            address: Address::parse("rita@agency.example")?,
        };
        let batch_file = Batch {
            backup: None,
            client: HeaderText::new("Client Ltd"),
            contact: Contact {
                mailbox: client,
                zone: client_zone,
                zone_assumed: false,
            },
            project: Project {
                title: HeaderText::new("Engineer"),
                interview,
                duration_min,
                place: HeaderText::default(),
                directions: String::new(),
                reasons: Vec::new(),
            },
            recruiters: vec![recruiter],
            candidates: put_forward,
            interviewers: seats,
            contact_attends: true,
            note: String::new(),
        };
        let policy = Policy {
            scheduling: Scheduling {
                order: setting.order,
                ..Scheduling::default()
            },
            ..Policy::default()
        };
        let id = ConversationId(i64::try_from(at).unwrap_or(0) + 1);
        self.cases.push(Case {
            batch,
            conversation: Conversation::new(id, batch_file, policy),
            contact,
            interviewers,
            trials,
            pending: BTreeMap::new(),
            acted: BTreeMap::new(),
            unprompted: BTreeMap::new(),
            handed_in: begins,
            first_answer: None,
            wakes: None,
        });
        // Within two weeks, while somebody at the agency is at work.
        let office = Hours::of(9, 17, OpenDays::Weekdays);
        let wait = Duration::minutes(self.dice.between(0, 10 * 8 * 60));
        let handed_in = office.after(begins, wait, Zone::UTC);
        self.later(handed_in, at, Next::HandIn);
        Ok(())
    }
}

impl World {
    /// One or two others of the client's who talk to the candidates as well, most of them required.
    fn panel(
        &mut self,
        contact: usize,
        zone: Zone,
        place: usize,
        contacts: &[(usize, usize)],
    ) -> Result<(Vec<usize>, Vec<Interviewer>), AddressError> {
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..self.dice.between(1, 2) {
            // Sometimes the contact of another batch.
            let known = self.dice.one_of(contacts).map(|(at, _)| *at).filter(|_| self.dice.percent(20));
            match known.filter(|known| *known != contact && !chosen.contains(known)) {
                Some(known) => chosen.push(known),
                None => {
                    let (_, own) = people::zone(&mut self.dice, Some(place));
                    let own = if self.dice.percent(70) { zone } else { own };
                    let person = Person::new(self.people.len() as u64, true, own, zone, &mut self.dice)?;
                    self.people.push(person);
                    chosen.push(self.people.len() - 1);
                }
            }
        }
        let mut seats = Vec::new();
        for at in &chosen {
            let Some(person) = self.people.get(*at) else { continue };
            seats.push(Interviewer {
                mailbox: person.mailbox.clone(),
                zone: person.zone,
                zone_assumed: false,
                required: self.dice.percent(70),
            });
        }
        Ok((chosen, seats))
    }
}

/// The days before a change of the clocks in spring or in autumn, on either side of the Atlantic, or in an ordinary week.
fn beginning(dice: &mut Dice) -> Timestamp {
    const WEEKS: [(i32, u32, u32); 8] = [
        (2027, 3, 8),
        (2027, 3, 22),
        (2026, 10, 19),
        (2026, 10, 26),
        (2026, 6, 1),
        (2026, 9, 7),
        (2027, 1, 11),
        (2027, 5, 17),
    ];
    let (year, month, day) = dice.one_of(&WEEKS).copied().unwrap_or((2026, 6, 1));
    let monday = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    // From up to a week before.
    let day = monday.checked_sub_days(Days::new(dice.below(8))).unwrap_or(monday);
    day.and_time(NaiveTime::MIN).and_utc()
}
