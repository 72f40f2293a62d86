//! A [`View`] → the values of a template: which page a claim leads to, and what stands on it.

use minijinja::context;
use minijinja::value::Value;

use super::form::Kept;
use super::press::is_clients;
use super::{CandidateView, ParkedState, ParkedView, View, reader};
use crate::conversation::{Offered, Proxy, Ticked, holds};
use crate::link::{Claim, Scope};
use crate::model::{Decision, SubmissionId};

/// A few words above a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// The nonce was missing or too old.
    Stale,
    /// The visit touched the trap.
    Automated,
    /// A form without an answer.
    NothingPicked,
    /// A form with every reason there is.
    TooManyReasons,
    /// "I decide later."
    Seen,
    /// The decision stands on the page.
    Recorded,
    /// It was handed on but does not stand on the page.
    Received,
    /// Under another name: it waits for the addressed contact.
    SomeoneElse,
    /// Under another name, which answers nothing here.
    NotTheirs,
    /// An undo.
    TakenBack,
    /// Reasons came in.
    ReasonsKept,
    /// What was pressed about an interview cannot be taken any more.
    TooLate,
}

impl Notice {
    const fn name(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::Automated => "automated",
            Self::NothingPicked => "nothing_picked",
            Self::TooManyReasons => "too_many_reasons",
            Self::Seen => "seen",
            Self::Recorded => "recorded",
            Self::Received => "received",
            Self::SomeoneElse => "someone_else",
            Self::NotTheirs => "not_theirs",
            Self::TakenBack => "taken_back",
            Self::ReasonsKept => "reasons_kept",
            Self::TooLate => "too_late",
        }
    }
}

/// What stands behind the token of a link to the page of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Picked {
    /// A reason: the page shows it ticked.
    One(Ticked),
    /// "Yes, that is why": the page shows ticked what was read.
    Read,
}

impl Picked {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "yes" => Some(Self::Read),
            name => Ticked::named(name).map(Self::One),
        }
    }
}

/// What a page is made of.
pub(super) struct Shown<'a> {
    pub(super) claim: &'a Claim,
    pub(super) token: &'a str,
    /// The reason that the pressed link of the letter names.
    pub(super) picked: Option<Picked>,
    pub(super) nonce: &'a str,
    pub(super) view: &'a View,
    pub(super) kept: &'a Kept,
    pub(super) notice: Option<Notice>,
    /// The page answers a press.
    pub(super) pressed: bool,
    /// The address, seen from this page, of another page on the same terms.
    pub(super) sign: &'a dyn Fn(Scope, i64) -> String,
}

impl Shown<'_> {
    /// The template of this page and its values; `None` when what the claim names is not in the view.
    pub(super) fn page(&self) -> Option<(&'static str, Value)> {
        let view = self.view;
        // The page of one candidate says what is recorded in its own place.
        let one_candidate = matches!(self.claim.scope, Scope::Decide(_) | Scope::Undo);
        let common = context! {
            reference => &view.reference,
            client => &view.client,
            project => &view.project,
            shares => view.shares,
            addressed_to => &view.addressed_to,
            proxy => match view.proxy {
                Proxy::Confirm => "confirm",
                Proxy::Accept => "accept",
                Proxy::Refuse => "refuse",
            },
            mail_instead => mail_instead(&view.mail_instead),
            trap => trap(self.token, self.picked),
            nonce => self.nonce,
            notice => self.notice.filter(|notice| !(one_candidate && *notice == Notice::Recorded)).map(Notice::name),
            kept => context! { ticked => !self.kept.stretches.is_empty(), remark => &self.kept.remark, someone_else => &self.kept.someone_else },
        };
        let candidate = || view.candidates.iter().find(|one| one.submission == SubmissionId(self.claim.item));
        if reader(self.claim).is_some() {
            let interview = view.interview.as_ref()?;
            return Some(("interview.html", context! { ..super::interview::values(interview, self), ..common }));
        }
        // A candidate or an interviewer sees the interview, and nothing of the batch.
        if self.claim.addressed_to < 0 || self.claim.interviewer().is_some() && self.claim.scope != Scope::Confirm {
            return None;
        }
        if self.claim.scope == Scope::GoOn {
            let silent = view.silent.as_ref().filter(|_| self.claim.is_recruiters())?;
            let values = context! {
                with => &silent.with,
                names => &silent.names,
                silent => silent.sides.iter().map(|side| side.entry()).collect::<Vec<_>>(),
                said => silent.said,
                booked => &silent.booked,
                answered => self.pressed,
            };
            return Some(("go_on.html", context! { ..values, ..common }));
        }
        if !is_clients(self.claim) && self.claim.scope != Scope::Confirm {
            return Some(("look.html", context! { ..self.look(), ..common }));
        }
        Some(match self.claim.scope {
            Scope::Decide(picked) => ("decide.html", context! { ..self.decide(candidate()?, Some(picked)), ..common }),
            Scope::Undo => {
                let candidate = candidate()?;
                match candidate
                    .decision
                    .filter(|_| candidate.until.is_some() && !self.pressed && !candidate.needs_confirmation)
                {
                    Some(decision) => (
                        "undo.html",
                        context! { candidate => one(candidate), others => others(&[Some(decision)]), ..common },
                    ),
                    None => ("decide.html", context! { ..self.decide(candidate, None), ..common }),
                }
            }
            Scope::Reasons => {
                let candidate = candidate()?;
                let values = context! {
                    candidate => one(candidate),
                    reasons => self.reasons(candidate),
                    reads_back => self.reads_back(candidate),
                    passed => candidate.decision == Some(Decision::Pass) && !candidate.needs_confirmation,
                };
                ("reasons.html", context! { ..values, ..common })
            }
            Scope::Batch => {
                let answered = view
                    .candidates
                    .iter()
                    .filter(|one| one.decision.is_some() && !one.needs_confirmation);
                (
                    "batch.html",
                    context! { answered => answered.count(), candidates => self.batch(), cvs => self.cvs(&view.candidates.iter().collect::<Vec<_>>()), ..common },
                )
            }
            Scope::Confirm => (
                "confirm.html",
                context! { parked => view.parked.as_ref().map(|one| self.parked(one)), ..common },
            ),
            Scope::Pick(_) | Scope::Meant(_) | Scope::Interview | Scope::GoOn | Scope::Look => {
                ("look.html", context! { ..self.look(), ..common })
            }
        })
    }

    /// What a recruiter's copy shows.
    fn look(&self) -> Value {
        context! {
            candidates => all(self.view),
            interview => self.view.interview.as_ref().map(super::interview::line),
        }
    }

    /// One candidate: `picked` is what the link was for.
    fn decide(&self, candidate: &CandidateView, picked: Option<Decision>) -> Value {
        let decision = candidate.decision.filter(|_| !candidate.needs_confirmation);
        let pick = self.kept.choice.or(picked);
        // The page asks to change an answer only when the link (or the form that came too late) says something else.
        let settled_here = decision.is_some() && (self.pressed || pick.is_none() || pick == decision);
        let ask_reasons = decision == Some(Decision::Pass) && settled_here && self.notice != Some(Notice::ReasonsKept);
        context! {
            candidate => one(candidate),
            cvs => self.cvs(&[candidate]),
            pick => pick.map(word),
            others => others(&[decision, pick.filter(|_| !settled_here)]),
            settled_here,
            ask_reasons,
            recorded => self.notice == Some(Notice::Recorded),
            reasons => self.reasons(candidate),
        }
    }

    /// The page of CVs, seen from this one, when one of these has a CV there.
    fn cvs(&self, of: &[&CandidateView]) -> Option<String> {
        let any = of.iter().any(|one| !one.cv.is_empty());
        any.then(|| format!("{}/cv", (self.sign)(Scope::Batch, self.view.batch.0)))
    }

    fn reasons(&self, candidate: &CandidateView) -> Vec<Value> {
        let offered = &self.view.offered;
        // What somebody ticked or took away by hand counts more than what the link named.
        let named = self.picked.filter(|_| self.kept.reasons.is_none() && !self.pressed);
        let guess = candidate.guess.as_ref().filter(|_| named == Some(Picked::Read));
        let is_picked = |one: &Offered| match &self.kept.reasons {
            Some(ticked) => ticked.contains(&one.ticked),
            None => {
                holds(one, offered, &candidate.reasons, &candidate.reason_words)
                    || named == Some(Picked::One(one.ticked))
                    || guess.is_some_and(|guess| guess.reasons.contains(&one.reason))
            }
        };
        let reason = |one: &Offered| context! { name => one.ticked.name(), label => &one.label, picked => is_picked(one) };
        offered.iter().map(reason).collect()
    }

    /// The link says that they were read right: one press on the page does.
    fn reads_back(&self, candidate: &CandidateView) -> bool {
        let something = !candidate.reasons.is_empty() || candidate.guess.is_some();
        something && self.picked == Some(Picked::Read) && !self.pressed && self.kept.reasons.is_none()
    }

    fn batch(&self) -> Vec<Value> {
        let candidates = self.view.candidates.iter();
        let each = candidates.map(|candidate| {
            let decision = candidate.decision.filter(|_| !candidate.needs_confirmation);
            let kept = self.kept.picks.iter().find(|(id, _)| *id == candidate.submission);
            let picked = kept.map(|(_, decision)| *decision).or(decision);
            let choice = |choice: Decision| context! { picked => picked == Some(choice), ..word(choice) };
            let note = self.kept.notes.iter().find(|(id, _)| *id == candidate.submission);
            let unexplained = decision == Some(Decision::Pass) && candidate.reasons.is_empty();
            context! {
                note => note.map(|(_, note)| note),
                undo => candidate.until.map(|_| (self.sign)(Scope::Undo, candidate.submission.0)),
                ask_reasons => unexplained.then(|| (self.sign)(Scope::Reasons, candidate.submission.0)),
                standing => decision.map_or("", Decision::name),
                choices => Decision::ALL.map(choice).to_vec(),
                ..one(candidate)
            }
        });
        each.collect()
    }

    /// A parked answer: what it would do, and once it is settled, where its candidates stand.
    fn parked(&self, parked: &ParkedView) -> Value {
        let would = parked.would.iter().filter_map(|(id, decision)| {
            let now = self.view.candidates.iter().find(|one| one.submission == *id)?;
            Some(context! {
                would => word(*decision),
                undo => now.until.map(|_| (self.sign)(Scope::Undo, id.0)),
                ..one(now)
            })
        });
        context! {
            name => &parked.name,
            words => &parked.words,
            would => would.collect::<Vec<_>>(),
            state => match parked.state {
                ParkedState::Waits => "waits",
                ParkedState::Counts => "counts",
                ParkedState::SetAside => "set_aside",
                ParkedState::Settled => "settled",
            },
            all => is_clients(self.claim).then(|| (self.sign)(Scope::Batch, self.view.batch.0)),
        }
    }
}

/// Where the trap of a page is, relative to the page; a page with a reason behind its token lies one step deeper.
fn trap(token: &str, picked: Option<Picked>) -> String {
    let up = if picked.is_some() { "../" } else { "" };
    format!("{up}{token}/trap")
}

/// The expired page: it knows the token and nothing else.
pub(super) fn expired(claim: &Claim, token: &str, picked: Option<Picked>, nonce: &str, notice: Option<Notice>) -> Value {
    context! { may_renew => is_clients(claim) || reader(claim).is_some(), trap => trap(token, picked), nonce, notice => notice.map(Notice::name) }
}

/// A `mailto:` address as it may stand in a page; anything else is left out.
pub(super) fn mail_instead(address: &str) -> Option<&str> {
    address.starts_with("mailto:").then_some(address)
}

fn all(view: &View) -> Vec<Value> {
    view.candidates.iter().map(one).collect()
}

fn one(candidate: &CandidateView) -> Value {
    context! {
        id => candidate.submission.0,
        name => &candidate.name,
        summary => &candidate.summary,
        cv => &candidate.cv,
        decision => candidate.decision.map(word),
        until => candidate.until.and(candidate.until_spelled.as_ref()),
        needs_confirmation => candidate.needs_confirmation,
        ended => candidate.ended,
        waiting => candidate.waiting.map(word),
        confirmed => candidate.confirmed,
        reason_words => &candidate.reason_words,
        reasons => candidate.reasons.iter().map(|reason| reason.label()).collect::<Vec<_>>(),
        guess => candidate.guess.as_ref().map(|guess| guess.reasons.iter().map(|reason| reason.label()).collect::<Vec<_>>()),
        guess_words => candidate.guess.as_ref().map(|guess| &guess.words),
    }
}

fn word(decision: Decision) -> Value {
    context! { name => decision.name(), label => decision.label() }
}

fn others(but: &[Option<Decision>]) -> Vec<Value> {
    Decision::ALL
        .into_iter()
        .filter(|one| !but.contains(&Some(*one)))
        .map(word)
        .collect()
}
