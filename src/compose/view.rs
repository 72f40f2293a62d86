//! What a template sees: plain values, named as the templates name them.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::excerpt::{in_a_line, lines, quoted, shorten};
use super::interview::InterviewView;
use super::links::Desk;
use super::several::Role;
use super::{Brand, Ink, Refusal, notice, words};
use crate::calendar::Zone;
use crate::conversation::{Candidate, Content, Conversation, Notice, Offered, Party, Share, Understood};
use crate::model::{Decision, HeaderText, Reason, SubmissionId, Timestamp};
use crate::reply::Question;

/// The values every letter has.
#[derive(Serialize)]
pub(super) struct View {
    subject: String,
    /// First name of the reader; may be empty.
    reader: String,
    agency: Agency,
    /// Set in a recruiter's copy: to whom the letter itself went.
    copy: Option<Copy>,
    client: String,
    project: String,
    interview: String,
    reference: String,
    /// Names of the recruiters.
    recruiters: String,
    /// The role's batch page, or that of the interview the letter is about; for a recruiter the page that only shows.
    page: String,
    /// The day on which the links end.
    /// What the client says of a candidate may reach them, by a letter that a recruiter releases.
    shares: bool,
    links_until: String,
    /// A reply as the reader could write it.
    example: String,
    /// The values of this kind of letter.
    says: Says,
}

#[derive(Serialize)]
pub(super) struct Agency {
    name: String,
    signature: Vec<String>,
    website: Option<String>,
    /// The website without its `https://`.
    website_shown: String,
    colour: String,
    on_colour: String,
    colour_as_text: String,
    logo: Option<Picture>,
}

#[derive(Serialize)]
struct Picture {
    source: String,
    width: u32,
    height: u32,
}

#[derive(Serialize)]
struct Copy {
    to: String,
    first_name: String,
}

/// One block for each kind of letter.
#[derive(Serialize)]
#[serde(untagged)]
enum Says {
    Submission {
        count: usize,
        /// "three".
        number: String,
        note: Vec<String>,
        zone: Option<String>,
        candidates: Vec<Profile>,
    },
    Receipt {
        decided: Vec<Decided>,
        rest_unclear: bool,
    },
    DidYouMean {
        words: Vec<String>,
        about: Vec<Profile>,
        /// What was said, where it is not clear of whom.
        said: Option<&'static str>,
    },
    Confirm {
        words: Vec<String>,
        deputy: String,
        would: Vec<Decided>,
        link: String,
    },
    Nudge {
        round: u8,
        open: Vec<Profile>,
        names: String,
    },
    NudgeSeveral {
        round: u8,
        /// "three", and at the beginning of a sentence.
        number: String,
        number_first: String,
        roles: Vec<Role>,
        names: String,
    },
    Withdrawn {
        /// Who is out.
        name: String,
    },
    FollowUp {
        about: Profile,
    },
    AskReasons {
        name: String,
        first_name: String,
        known: String,
        /// What they wrote, of which that was read.
        words: String,
        again: bool,
        right: String,
        other: String,
        reasons: Vec<Choice>,
        mail: Option<String>,
    },
    Interview(Box<InterviewView>),
    Feedback {
        body: Vec<String>,
        paragraphs: Vec<Vec<String>>,
    },
    CvCode {
        code: String,
        /// Until when it opens something.
        until: String,
    },
    Nothing {},
    Notice(notice::News),
}

/// A candidate with the three answers.
#[derive(Serialize)]
pub(super) struct Profile {
    number: usize,
    name: String,
    first_name: String,
    /// The first line of the summary where it is short: it stands above the buttons.
    headline: String,
    /// The rest of the summary, below the buttons.
    about: Vec<String>,
    /// The summary was cut; the rest is on the page.
    cut: bool,
    /// File name of the CV, if there is one.
    cv: String,
    /// It is not attached: a code that is mailed opens it.
    cv_behind_code: bool,
    /// Where; empty in a copy.
    cv_page: String,
    /// What we think was meant, if anything.
    meant: Option<&'static str>,
    answers: Vec<Answer>,
}

#[derive(Serialize)]
struct Answer {
    label: &'static str,
    link: String,
    mail: Option<String>,
    /// Shown in the agency's colour.
    first: bool,
}

#[derive(Serialize)]
struct Choice {
    label: String,
    link: String,
}

/// A decision told back.
#[derive(Serialize)]
struct Decided {
    name: String,
    decision: &'static str,
    reasons: String,
    /// What they wrote, of which the reasons were read and not confirmed yet.
    words: String,
    /// "Yes, that is why", and the page on which they say something else.
    right: String,
    other: String,
    condition: String,
    follows: String,
    /// Until when it can be undone; empty when it stands.
    until: String,
    undo: String,
}

/// Everything a view is made from.
pub(super) struct Scene<'a> {
    pub(super) ink: &'a Ink,
    pub(super) conversation: &'a Conversation,
    /// Whom the words are for.
    pub(super) addressee: Party,
    /// Whoever gets it: the addressee, or the recruiter whose copy it is.
    pub(super) reader: Party,
    /// In a copy: the name of whom the letter itself went to.
    pub(super) copy_of: Option<&'a HeaderText>,
    pub(super) desk: Desk<'a>,
    pub(super) subject: &'a HeaderText,
    pub(super) now: Timestamp,
    /// Characters of each summary shown in HTML.
    pub(super) summary_limit: usize,
}

/// A headline is short; a longer first line is part of the text.
const HEADLINE_MAX: usize = 140;

impl Scene<'_> {
    /// The values for the template of a letter.
    pub(super) fn view(&self, says: &Content) -> Result<Value, Refusal> {
        let Conversation { batch, .. } = self.conversation;
        let reader = match self.addressee {
            Party::Client => Some(&batch.contact.mailbox.name),
            Party::Candidate(submission) => self.conversation.candidate(submission).map(|one| &one.mailbox.name),
            Party::Interviewer(n) => self.conversation.interviewer(n).map(|one| &one.mailbox.name),
            Party::Recruiter(n) => batch.recruiters.get(usize::from(n)).map(|one| &one.name),
        };
        let open: Vec<Candidate> = self.asked(says);
        let view = View {
            subject: self.subject.to_string(),
            reader: reader.map(words::first_name).unwrap_or_default(),
            agency: self.agency(),
            copy: self.copy_of.map(|name| Copy {
                to: name.to_string(),
                first_name: words::first_name(name),
            }),
            client: batch.client.to_string(),
            project: batch.project.title.to_string(),
            interview: words::interview(&batch.project),
            reference: self.conversation.reference().to_string(),
            recruiters: self.recruiters(),
            page: match (says.interview(), self.addressee) {
                (Some(submission), _) => self.desk.interview(submission),
                // An interviewer sees nothing of the candidates.
                (None, Party::Interviewer(_) | Party::Candidate(_)) if self.copy_of.is_none() => String::new(),
                (None, _) => self.desk.batch(),
            },
            shares: self.conversation.policy.share == Share::Draft,
            links_until: words::day(self.conversation.links_end(self.now), self.zone()),
            example: words::example(&words::short_names(&open), says.question()),
            says: self.says(says)?,
        };
        Ok(Value::from(Serde(view)))
    }

    /// The names of the recruiters, else the agency's.
    pub(super) fn recruiters(&self) -> String {
        let names: Vec<String> = self
            .conversation
            .batch
            .recruiters
            .iter()
            .map(crate::model::Mailbox::shown)
            .collect();
        if names.is_empty() {
            return self.agency().name;
        }
        words::list(&names)
    }

    /// Where the reader is; of a recruiter nobody knows, and the client's zone is as good as any.
    fn zone(&self) -> Zone {
        let contact = self.conversation.batch.contact.zone;
        match self.addressee {
            Party::Client | Party::Recruiter(_) => contact,
            Party::Candidate(submission) => self.conversation.candidate(submission).map_or(contact, |one| one.zone),
            Party::Interviewer(n) => self.conversation.interviewer(n).map_or(contact, |one| one.zone),
        }
    }

    fn agency(&self) -> Agency {
        let brand = Brand::of(&self.ink.brands, self.conversation.batch.client.as_str());
        let agency = brand.map_or(&self.ink.agency, |brand| &brand.agency);
        agency_view(agency)
    }

    /// The candidates the letter asks about: they are named in its example of a reply.
    fn asked(&self, says: &Content) -> Vec<Candidate> {
        let all = &self.conversation.batch.candidates;
        let only = |ids: Vec<SubmissionId>| all.iter().filter(|one| ids.contains(&one.submission)).cloned().collect();
        match says {
            Content::DidYouMean { about, .. } => only(about.iter().map(|(id, _)| *id).collect()),
            Content::Nudge { open, also, .. } => {
                let others = self.conversation.spoken_for(also);
                let others = others.flat_map(|(one, other)| other.batch.candidates.iter().filter(|who| one.open.contains(&who.submission)));
                only(open.clone()).into_iter().chain(others.cloned()).collect()
            }
            Content::FollowUp { submission } | Content::Withdrawn { submission } | Content::AskReasons { submission, .. } => {
                only(vec![*submission])
            }
            Content::Submission => self.conversation.put_forward().cloned().collect(),
            Content::Receipt { .. }
            | Content::ConfirmSender { .. }
            | Content::ConfirmDeputy { .. }
            | Content::FreshLink
            | Content::CvCode { .. }
            | Content::Notice(_) => all.clone(),
            Content::Feedback { submission, .. }
            | Content::AskTimes { submission, .. }
            | Content::OfferTimes { submission, .. }
            | Content::Invitation { submission, .. }
            | Content::CalledOff { submission, .. }
            | Content::Reminder { submission, .. }
            | Content::StaysAsIs { submission, .. }
            | Content::NotHeld { submission, .. }
            | Content::AskOutcome { submission, .. } => only(vec![*submission]),
        }
    }

    fn says(&self, says: &Content) -> Result<Says, Refusal> {
        let batch = &self.conversation.batch;
        Ok(match says {
            Content::Submission => Says::Submission {
                count: self.conversation.put_forward().count(),
                number: words::number(self.conversation.put_forward().count()).to_lowercase(),
                note: lines(&batch.note),
                zone: batch.contact.zone_assumed.then(|| batch.contact.zone.name().replace('_', " ")),
                candidates: self.profiles(self.conversation.put_forward().map(|one| one.submission))?,
            },
            Content::Receipt { decided, rest_unclear } => Says::Receipt {
                decided: self.decided(decided)?,
                rest_unclear: *rest_unclear,
            },
            Content::DidYouMean { about, words, .. } => {
                let said = match says.question() {
                    Question::Whom(said) => Some(said),
                    Question::Decision | Question::Meant | Question::Reasons(_) | Question::Confirm => None,
                };
                Says::DidYouMean {
                    words: quoted(words),
                    about: about
                        .iter()
                        .map(|(id, meant)| self.profile(*id, *meant, meant.or(said)))
                        .collect::<Result<_, _>>()?,
                    said: said.map(Decision::label),
                }
            }
            Content::ConfirmSender { message, would, words } => Says::Confirm {
                words: quoted(words),
                deputy: String::new(),
                would: self.decided(would)?,
                link: self.desk.confirm(*message),
            },
            Content::ConfirmDeputy {
                message,
                deputy,
                would,
                words,
            } => Says::Confirm {
                words: quoted(words),
                deputy: HeaderText::new(deputy).to_string(),
                would: self.decided(would)?,
                link: self.desk.confirm(*message),
            },
            Content::Nudge { round, open, also } if !also.is_empty() => {
                let names: Vec<String> = self.asked(says).iter().map(|one| one.mailbox.name.to_string()).collect();
                let mut roles = vec![self.role(self.profiles(open.iter().copied())?)];
                roles.extend(self.other_roles(self.reader, also)?);
                Says::NudgeSeveral {
                    round: *round,
                    number: words::number(roles.len()).to_lowercase(),
                    number_first: words::number(roles.len()),
                    roles,
                    names: words::list(&names),
                }
            }
            Content::Nudge { round, open, .. } => {
                let names: Vec<String> = self.asked(says).iter().map(|one| one.mailbox.name.to_string()).collect();
                Says::Nudge {
                    round: *round,
                    open: self.profiles(open.iter().copied())?,
                    names: words::list(&names),
                }
            }
            Content::Withdrawn { submission } => {
                let mailbox = &self.candidate(*submission)?.mailbox;
                Says::Withdrawn {
                    name: match mailbox.address.is_erased() {
                        true => words::capitalised(&words::unnamed(self.conversation, *submission)),
                        false => mailbox.name.to_string(),
                    },
                }
            }
            Content::FollowUp { submission } => Says::FollowUp {
                about: self.profile(*submission, None, Some(Decision::Interested))?,
            },
            Content::AskReasons {
                submission,
                known,
                words,
                again,
            } => self.ask_reasons(*submission, known, words, *again)?,
            Content::Feedback { body, .. } => {
                let body = lines(body);
                Says::Feedback {
                    paragraphs: body
                        .split(String::is_empty)
                        .filter(|one| !one.is_empty())
                        .map(<[String]>::to_vec)
                        .collect(),
                    body,
                }
            }
            Content::FreshLink => Says::Nothing {},
            Content::CvCode { code, until } => Says::CvCode {
                code: code.clone(),
                until: batch.contact.zone.spelled(*until),
            },
            Content::AskTimes { .. }
            | Content::OfferTimes { .. }
            | Content::Invitation { .. }
            | Content::CalledOff { .. }
            | Content::Reminder { .. }
            | Content::StaysAsIs { .. }
            | Content::NotHeld { .. }
            | Content::AskOutcome { .. } => Says::Interview(Box::new(self.interview(says)?)),
            Content::Notice(what) => {
                let link = if let Notice::GoOnWithout { submission, .. } = what {
                    self.desk.go_on(*submission)
                } else {
                    String::new()
                };
                Says::Notice(notice::news(
                    self.conversation,
                    what,
                    self.addressee,
                    link,
                    self.desk.orders_to(),
                    self.now,
                ))
            }
        })
    }

    fn ask_reasons(&self, submission: SubmissionId, known: &[Reason], said: &str, again: bool) -> Result<Says, Refusal> {
        let candidate = self.candidate(submission)?;
        let choice = |one: Offered| Choice {
            label: one.label,
            link: self.desk.reasons(submission, Some(one.ticked)),
        };
        Ok(Says::AskReasons {
            name: candidate.mailbox.name.to_string(),
            first_name: words::first_name(&candidate.mailbox.name),
            known: words::reasons(known),
            words: in_a_line(said),
            again,
            right: self.desk.reasons_as_read(submission),
            other: self.desk.reasons(submission, None),
            reasons: self.conversation.offered_reasons().into_iter().map(choice).collect(),
            mail: self.desk.mail_about(self.subject.as_str(), candidate.mailbox.name.as_str())?,
        })
    }

    /// Candidates whom the client is asked about; nothing is known of the answer.
    pub(super) fn profiles(&self, whom: impl Iterator<Item = SubmissionId>) -> Result<Vec<Profile>, Refusal> {
        whom.map(|id| self.profile(id, None, Some(Decision::Interested))).collect()
    }

    fn profile(&self, submission: SubmissionId, meant: Option<Decision>, leading: Option<Decision>) -> Result<Profile, Refusal> {
        let candidate = self.candidate(submission)?;
        let position = self
            .conversation
            .batch
            .candidates
            .iter()
            .position(|one| one.submission == submission);
        let mut about = lines(&candidate.summary);
        let headline = if about.first().is_some_and(|first| first.chars().count() <= HEADLINE_MAX) {
            about.remove(0)
        } else {
            String::new()
        };
        // The blank lines between the headline and the rest are the template's business.
        while about.first().is_some_and(String::is_empty) {
            about.remove(0);
        }
        let cut = shorten(&mut about, self.summary_limit);
        let name = candidate.mailbox.name.as_str();
        let answers: Result<Vec<Answer>, Refusal> = Decision::ALL
            .into_iter()
            .map(|decision| {
                Ok(Answer {
                    label: decision.label(),
                    link: self.desk.decide(submission, decision),
                    mail: self.desk.mail_decision(decision, name)?,
                    first: leading == Some(decision),
                })
            })
            .collect();
        Ok(Profile {
            number: position.map_or(0, |at| at + 1),
            name: name.to_owned(),
            first_name: words::first_name(&candidate.mailbox.name),
            headline,
            about,
            cut,
            cv: candidate.cv.as_ref().map(|cv| cv.name.to_string()).unwrap_or_default(),
            cv_behind_code: self.conversation.policy.cv_code,
            cv_page: self.desk.cvs(),
            meant: meant.map(Decision::label),
            answers: answers?,
        })
    }

    fn decided(&self, all: &[Understood]) -> Result<Vec<Decided>, Refusal> {
        let zone = self.conversation.batch.contact.zone;
        all.iter()
            .map(|one| {
                let candidate = self.candidate(one.submission)?;
                let rests = self
                    .conversation
                    .submission(one.submission)
                    .and_then(|rests| rests.resting.as_ref());
                let on = rests
                    .filter(|rests| rests.decision == one.decision)
                    .and_then(|rests| rests.follow_up);
                let business = &self.conversation.policy.business;
                Ok(Decided {
                    name: candidate.mailbox.name.to_string(),
                    decision: one.decision.label(),
                    reasons: words::reasons(&one.reasons),
                    words: match one.decision == Decision::Pass && !one.reasons.is_empty() {
                        true => in_a_line(&one.words),
                        false => String::new(),
                    },
                    right: self.desk.reasons_as_read(one.submission),
                    other: self.desk.reasons(one.submission, None),
                    condition: one
                        .condition
                        .as_deref()
                        .map(|text| HeaderText::new(text).to_string())
                        .unwrap_or_default(),
                    follows: words::follows(
                        one.decision,
                        &words::first_name(&candidate.mailbox.name),
                        on.map(|day| words::day(business.opening_on_or_after(day, zone), zone)),
                    ),
                    until: one.until.map(|at| zone.spelled(at)).unwrap_or_default(),
                    undo: self.desk.undo(one.submission),
                })
            })
            .collect()
    }

    pub(super) fn candidate(&self, submission: SubmissionId) -> Result<&Candidate, Refusal> {
        let found = self.conversation.candidate(submission);
        found.ok_or_else(|| Refusal::Nobody(format!("candidate number {submission}")))
    }
}

/// How an agency is shown at the top and the end of a letter.
pub(super) fn agency_view(agency: &super::Agency) -> Agency {
    let website = agency.website.as_deref().unwrap_or_default();
    let shown = website
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_end_matches('/');
    Agency {
        name: agency.name.to_string(),
        signature: agency.signature.iter().map(HeaderText::to_string).collect(),
        website: agency.website.clone(),
        website_shown: shown.to_owned(),
        colour: agency.colour.to_string(),
        on_colour: agency.colour.on_it().to_owned(),
        colour_as_text: agency.colour.as_text(),
        logo: agency.logo.as_ref().map(|logo| Picture {
            source: format!("cid:{}", super::bytes::LOGO_ID),
            width: logo.width,
            height: logo.height,
        }),
    }
}
