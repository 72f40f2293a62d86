//! What the daemon tells the hub's pages, and what they tell the daemon. Times are spelled by the reader's clocks before they come here.

use serde::Serialize;

/// Whoever holds a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The session's row.
    pub session: i64,
    /// The recruiter's row.
    pub recruiter: i64,
    /// As pages greet them.
    pub name: String,
    /// Sees everything.
    pub lead: bool,
}

/// A page somebody wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All lanes.
    Board,
    /// One lane, on from a card.
    Lane {
        /// Its name.
        lane: String,
        /// As the page before gave it; empty for the beginning.
        after: String,
    },
    /// What has these words.
    Search(String),
    /// A submission. `after` is an event: what came since is told apart.
    Submission {
        /// Its row.
        id: i64,
        /// The last event its reader had seen.
        after: Option<i64>,
    },
    /// A mail.
    Mail(MailId),
    /// The HTML of a mail, as it came.
    Html(MailId),
    /// The bytes of a mail.
    Raw(MailId),
    /// What was set aside.
    Quarantine,
    /// A message that was set aside, by its row.
    SetAside(i64),
    /// Letters that wait or did not arrive.
    Outbox,
    /// Letters that wait for a person's word.
    Drafts,
    /// One of them, by its number.
    Draft(i64),
    /// Figures.
    Figures(FiguresAsked),
    /// How this replyd is set up.
    Settings,
}

/// Of what figures are wanted, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FiguresAsked {
    /// Only clients with this in their name.
    pub client: String,
    /// Only roles with this in their title.
    pub project: String,
    /// project, client, recruiter, month: what the table shows.
    pub by: String,
}

/// A mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailId {
    /// Received: the message's row.
    Message(i64),
    /// Ours: the letter's row.
    Letter(i64),
}

/// What somebody is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// [`Wanted::Board`].
    Board(Box<BoardView>),
    /// [`Wanted::Lane`] and [`Wanted::Search`].
    Cards(Box<CardsView>),
    /// [`Wanted::Submission`].
    Submission(Box<SubmissionView>),
    /// [`Wanted::Mail`].
    Mail(Box<MailView>),
    /// [`Wanted::Html`].
    Html(String),
    /// [`Wanted::Raw`].
    Raw(Vec<u8>),
    /// [`Wanted::Quarantine`].
    Quarantine(Vec<AsideView>),
    /// [`Wanted::SetAside`].
    SetAside(Box<AsideView>),
    /// [`Wanted::Outbox`].
    Outbox(Vec<LetterView>),
    /// [`Wanted::Drafts`].
    Drafts(Vec<LetterView>),
    /// [`Wanted::Draft`].
    Draft(Box<DraftView>),
    /// [`Wanted::Figures`].
    Figures(Box<FiguresView>),
    /// [`Wanted::Settings`].
    Settings(Vec<SectionView>),
    /// It is not there, or not for their eyes: the two are told alike.
    Nothing,
    /// The database cannot be read at this moment.
    Busy,
}

/// Figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FiguresView {
    /// Of what.
    pub asked: FiguresAsked,
    /// Why there is nothing to show, if so.
    pub nothing: String,
    /// How many submissions, until when.
    pub counted: String,
    /// The four by which replyd is measured.
    pub success: Vec<FigureView>,
    /// What passes on one project have in common.
    pub suggestions: Vec<SuggestionView>,
    /// SVG elements, drawn here.
    pub plots: Vec<String>,
    /// How long each stage takes.
    pub waiting: Vec<FigureView>,
    /// Of each project, client, recruiter or month.
    pub groups: Vec<GroupView>,
    /// By the month of handing in.
    pub months: Vec<GroupView>,
}

/// One figure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FigureView {
    /// What.
    pub label: String,
    /// How much, of how many.
    pub value: String,
    /// What it should be; empty without one.
    pub target: String,
    /// Whether it is.
    pub met: Option<bool>,
    /// Last month and this one.
    pub trend: String,
}

/// "3 of 5 passes say salary."
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuggestionView {
    /// That.
    pub says: String,
    /// Those who say it.
    pub cases: Vec<CaseView>,
}

/// A submission that something rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseView {
    /// Its row.
    pub id: i64,
    /// The candidate.
    pub name: String,
    /// Its batch's.
    pub reference: String,
}

/// A row of a table of figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupView {
    /// Of what.
    pub name: String,
    /// Submitted, viewed, decided, interested, interview, held.
    pub counts: Vec<u32>,
    /// Answered within 48 hours.
    pub within_48h: String,
    /// Passes with a reason.
    pub reasons: String,
}

/// All lanes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoardView {
    /// In walking order.
    pub lanes: Vec<LaneView>,
    /// Everybody's, not only one's own.
    pub everybody: bool,
    /// The last event there was.
    pub seen: i64,
}

/// A lane of the board.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LaneView {
    /// For addresses.
    pub name: String,
    /// For people.
    pub label: String,
    /// What it means.
    pub hint: String,
    /// "12", "1000+".
    pub count: String,
    /// Its first cards.
    pub cards: Vec<CardView>,
    /// Where the next page begins; empty when this is all.
    pub more: String,
}

/// Cards, one below the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CardsView {
    /// The lane's label; empty for what was searched.
    pub label: String,
    /// The lane's name; empty for what was searched.
    pub lane: String,
    /// What was searched.
    pub words: String,
    /// These.
    pub cards: Vec<CardView>,
    /// Where the next page begins; empty when this is all.
    pub more: String,
    /// The last event there was.
    pub seen: i64,
}

/// A submission in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CardView {
    /// Its row.
    pub id: i64,
    /// Its batch's row.
    pub batch: i64,
    /// The candidate.
    pub candidate: String,
    /// The client.
    pub client: String,
    /// The role.
    pub project: String,
    /// `REF-7K3Q`.
    pub reference: String,
    /// "Sent", "Interested".
    pub status: String,
    /// For its colour.
    pub status_name: String,
    /// "Waits for Ann Lee".
    pub waits: String,
    /// "3 days".
    pub since: String,
    /// The instant, spelled.
    pub since_spelled: String,
    /// A recruiter drives.
    pub by_hand: bool,
}

/// Everything about one submission.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubmissionView {
    /// As in lists.
    pub card: CardView,
    /// The contact at the client.
    pub contact: String,
    /// Who recruits.
    pub recruiters: Vec<String>,
    /// Why, as far as known.
    pub reasons: Vec<String>,
    /// "Thu 26 November 2026, 10:00 (UTC), 45 minutes, confirmed".
    pub interview: String,
    /// What is out of the ordinary: letters come back, a person drives.
    pub warnings: Vec<String>,
    /// The others of the batch.
    pub others: Vec<CardView>,
    /// What will happen by itself, soonest first.
    pub next: Vec<NextView>,
    /// What has happened, newest first.
    pub timeline: Vec<LineView>,
    /// There is more than is shown.
    pub cut: bool,
    /// What can be done.
    pub actions: Vec<ActionView>,
    /// The last event that is shown: an act says which one was seen.
    pub seen: i64,
    /// Makes a form that is sent twice one act.
    pub once: String,
    /// Lines that came since the reader had looked.
    pub meanwhile: Vec<LineView>,
}

/// What will happen by itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NextView {
    /// "Nudge Ann Lee".
    pub what: String,
    /// "Thu 26 November 2026, 09:00 (UTC)".
    pub at: String,
    /// "in 2 days".
    pub away: String,
}

/// A line of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineView {
    /// "Tue 24 November 2026, 10:00 (UTC)".
    pub at: String,
    /// For machines.
    pub instant: String,
    /// What kind of line, for its colour: mail, letter, word, act, machine, auto.
    pub class: &'static str,
    /// "Mail received", "Decision".
    pub label: String,
    /// Whom it is about, when it is one of several.
    pub about: String,
    /// One sentence.
    pub detail: String,
    /// The words it rests on.
    pub words: String,
    /// Why it happened, where nobody did it: "by itself: …".
    pub cause: String,
    /// The mail behind it: `m17`, `l3`; empty for none.
    pub mail: String,
}

/// Something a recruiter can do.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ActionView {
    /// For the form: `take`.
    pub name: &'static str,
    /// "Take over".
    pub label: String,
    /// What it does.
    pub hint: String,
    /// What is asked; with none it is a button alone.
    pub fields: Vec<FieldView>,
    /// It is the first thing to think of.
    pub strong: bool,
    /// Shown open, with what was typed.
    pub open: bool,
}

/// A field of a form.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FieldView {
    /// For the form.
    pub name: &'static str,
    /// For people.
    pub label: String,
    /// text, words (several lines), letter (many), one (of the options), some (of them), when (day and time).
    pub kind: &'static str,
    /// Value and label of each.
    pub options: Vec<(String, String)>,
    /// What is filled in.
    pub value: String,
    /// Of several options those that are ticked.
    pub chosen: Vec<String>,
}

/// A mail, with what was read in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MailView {
    /// `m17`, `l3`.
    pub id: String,
    /// Ours.
    pub ours: bool,
    /// Its subject.
    pub subject: String,
    /// Who says to have written it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// When.
    pub at: String,
    /// "Written by a person, vouched for by the receiving server."
    pub kind: String,
    /// Where it stands, or why nothing followed.
    pub state: String,
    /// The submission whose page leads here.
    pub submission: i64,
    /// "Ana Souza, Northwind Logistics".
    pub about: String,
    /// All of its text, by whose it is.
    pub spans: Vec<SpanView>,
    /// It has an HTML part.
    pub html: bool,
    /// What was read, with the words it rests on.
    pub findings: Vec<FindingView>,
    /// What was doubted.
    pub doubts: Vec<String>,
    /// Corrections so far.
    pub labels: Vec<String>,
    /// What can be done.
    pub actions: Vec<ActionView>,
    /// The last event that is shown.
    pub seen: i64,
    /// Makes a form that is sent twice one act.
    pub once: String,
}

/// A stretch of a mail's text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpanView {
    /// own, quoted_ours, …
    pub label: String,
    /// Why.
    pub why: String,
    /// The text.
    pub text: String,
}

/// Something that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingView {
    /// Whom it is about; may be empty.
    pub about: String,
    /// What.
    pub says: String,
    /// The words it rests on.
    pub words: String,
    /// act, ask, human.
    pub band: String,
}

/// A message that was set aside.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AsideView {
    /// Its row.
    pub id: i64,
    /// Since when.
    pub at: String,
    /// Why.
    pub reason: String,
    /// Somebody looked at it.
    pub seen: bool,
    /// Where it lies, how large it is.
    pub facts: String,
    /// Its bytes are here: it can be looked at and read again.
    pub kept: bool,
    /// How it begins.
    pub begins: String,
    /// Makes a form that is sent twice one act.
    pub once: String,
}

/// A letter in the outbox.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LetterView {
    /// Its row.
    pub id: i64,
    /// "Nudge to the client".
    pub what: String,
    /// `REF-7K3Q`.
    pub reference: String,
    /// A submission of its batch.
    pub submission: i64,
    /// queued, failed, …
    pub state: String,
    /// What a server said, and since when it waits.
    pub says: String,
    /// When it goes, or went.
    pub at: String,
    /// It can be tried again by hand.
    pub retry: bool,
    /// It may have arrived already.
    pub doubted: bool,
    /// Makes a form that is sent twice one act.
    pub once: String,
}

/// A draft, as the mail about it shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DraftView {
    /// Its number.
    pub id: i64,
    /// One line: what it is about.
    pub headline: String,
    /// A sentence or two below it.
    pub intro: Vec<String>,
    /// The rest, part by part.
    pub parts: Vec<PartView>,
    /// Until when it waits; empty when it is over.
    pub until: String,
    /// What somebody had typed for an older version of it.
    pub typed: String,
    /// Its form is a letter, and wants room.
    pub wide: bool,
    /// What can be done with it; nothing when it is over.
    pub actions: Vec<ActionView>,
    /// Which version this is.
    pub seen: i64,
    /// Makes a form that is sent twice one act.
    pub once: String,
}

/// A part of a draft's page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartView {
    /// Its heading.
    pub heading: String,
    /// Its lines, each with where it leads; mostly nowhere.
    pub lines: Vec<(String, String)>,
    /// They are a text that is shown as it is, rather than a list.
    pub as_is: bool,
}

/// Settings that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectionView {
    /// Its name.
    pub label: String,
    /// Each with what it is set to.
    pub lines: Vec<(String, String)>,
}

/// What somebody wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// To what.
    pub on: Target,
    /// [`ActionView::name`].
    pub name: String,
    /// What was filled in.
    pub fields: Vec<(String, String)>,
    /// The last event they had seen; of a draft its version.
    pub seen: i64,
    /// The form's own key.
    pub once: String,
}

/// What something is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A submission.
    Submission(i64),
    /// A mail.
    Mail(MailId),
    /// A message that was set aside.
    SetAside(i64),
    /// A letter in the outbox.
    Letter(i64),
    /// A draft.
    Draft(i64),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// It is done, or was when the same form came before.
    Done,
    /// Something else happened since they looked: nothing was done.
    Stale,
    /// It cannot be done, and why.
    Refused(String),
    /// It is not there, or not for them.
    Nothing,
    /// The database cannot be written at this moment: nothing was done.
    Busy,
}

impl MailId {
    /// `m17`, `l3`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Message(id) => format!("m{id}"),
            Self::Letter(id) => format!("l{id}"),
        }
    }

    /// The mail of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let id = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| digits)
        };
        match (name.strip_prefix('m'), name.strip_prefix('l')) {
            (Some(text), _) => id(text).map(Self::Message),
            (_, Some(text)) => id(text).map(Self::Letter),
            (None, None) => None,
        }
    }
}
