//! What the daemon tells a page, and what a page tells the daemon.

use super::{InterviewView, Pressed};
use crate::conversation::{Guess, Offered, Proxy, Side, Ticked};
use crate::link::Claim;
use crate::model::{ConversationId, Decision, Reason, SubmissionId, Timestamp};

/// What a page shows of a conversation: never more than the letter did.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Which batch, for the way to its page.
    pub batch: ConversationId,
    /// The client company. Pages are dressed in what the agency shows to it.
    pub client: String,
    /// The role.
    pub project: String,
    /// `REF-7K3Q`.
    pub reference: String,
    /// `j***@client.com`.
    pub addressed_to: String,
    /// What somebody else's answer needs.
    pub proxy: Proxy,
    /// The reasons for a pass to choose from.
    pub offered: Vec<Offered>,
    /// A candidate may be told why, by a letter that a recruiter releases.
    pub shares: bool,
    /// All candidates of the batch.
    pub candidates: Vec<CandidateView>,
    /// For [`crate::link::Scope::Confirm`]: the parked words and who wrote them.
    pub parked: Option<ParkedView>,
    /// For the page of an interview, as its reader may see it.
    pub interview: Option<InterviewView>,
    /// The silent interviewers the link asks a recruiter about.
    pub silent: Option<SilentView>,
    /// A mailto: address that takes an answer when the page cannot.
    pub mail_instead: String,
}

/// One candidate on a page.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateView {
    /// Which.
    pub submission: SubmissionId,
    /// Full name.
    pub name: String,
    /// As in the letter.
    pub summary: String,
    /// File name of the CV, where a page shows it to whoever types a code; empty otherwise.
    pub cv: String,
    /// What was decided, if anything.
    pub decision: Option<Decision>,
    /// Until when it can be undone; `None` when it stands or nothing was decided.
    pub until: Option<Timestamp>,
    /// `until` in the reader's zone, spelled out.
    pub until_spelled: Option<String>,
    /// What somebody else decided, and the addressed contact has yet to confirm.
    pub waiting: Option<Decision>,
    /// They have just said yes to it: it rests with the next receipt.
    pub confirmed: bool,
    /// Reasons known so far.
    pub reasons: Vec<Reason>,
    /// The words given with them.
    pub reason_words: String,
    /// What may be the reasons: to be confirmed.
    pub guess: Option<Guess>,
    /// Contradicting presses came: the page asks to decide once more.
    pub needs_confirmation: bool,
    /// How it ended without being decided, in a word: "Withdrawn".
    pub ended: Option<&'static str>,
}

/// Interviewers who do not answer, as a recruiter is shown them.
#[derive(Debug, Clone, PartialEq)]
pub struct SilentView {
    /// The candidate's name.
    pub with: String,
    /// Who does not answer; nobody once that is settled.
    pub names: Vec<String>,
    /// Which interviewers these are.
    pub sides: Vec<Side>,
    /// What was pressed a moment ago, and follows in some seconds.
    pub said: Option<bool>,
    /// The time that was agreed, if one was.
    pub booked: Option<String>,
}

/// A parked answer on its confirmation page.
#[derive(Debug, Clone, PartialEq)]
pub struct ParkedView {
    /// The name it came under.
    pub name: String,
    /// Its words.
    pub words: String,
    /// What it would do, for each candidate it is about.
    pub would: Vec<(SubmissionId, Decision)>,
    /// Where it stands.
    pub state: ParkedState,
}

/// Where a parked answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParkedState {
    /// It waits for a yes or no.
    Waits,
    /// Yes was pressed a moment ago: it takes effect with the receipt.
    Counts,
    /// No was pressed a moment ago.
    SetAside,
    /// It waits no longer: what came of it stands with the candidates.
    Settled,
}

/// A button that a person pressed.
#[derive(Debug, Clone, PartialEq)]
pub struct Press {
    /// The verified token.
    pub claim: Claim,
    /// What was pressed.
    pub action: Action,
    /// A few words on single candidates, from the batch page.
    pub notes: Vec<(SubmissionId, String)>,
    /// Who pressed, as far as one can tell.
    pub visit: crate::conversation::Visit,
}

/// What can be pressed.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// A decision for one or more candidates; for none when only words were sent.
    Decide(Vec<(SubmissionId, Decision)>),
    /// Take back the resting decision.
    Undo(SubmissionId),
    /// Say why: all reasons that hold; free text rides in the visit's remark.
    Reasons(SubmissionId, Vec<Ticked>),
    /// "Yes, that was me" or "no".
    Confirm(bool),
    /// An answer about an interview.
    Interview(Pressed),
    /// A recruiter's: it goes on without interviewers who do not answer, or waits for them.
    GoOn(bool, Vec<Side>),
    /// Mail me a fresh link (from the expired page; nothing else may follow from an expired claim).
    FreshLink,
    /// Show me the profile: a person looks.
    View,
}

/// The daemon's answer to a look or a press.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The page as it now stands.
    Page(Box<View>),
    /// The claim is of an old generation, or what it names is gone: the expired page.
    Expired {
        /// The client company, when it is still known.
        client: Option<String>,
    },
    /// A fresh link goes to the address on file, or went there a short while ago.
    Mailed {
        /// The address, masked.
        to: String,
        /// The client company.
        client: String,
    },
    /// Not now (disk full, shutting down): 503 and the mailto alternative.
    Busy,
}
