//! What was filled in: fields of a form → what was pressed, and what to keep when the page is shown again.

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::FromRequest;
use axum::http::{Method, Request, header};
use chrono::{Datelike, NaiveDate, NaiveTime};

use super::{CvAct, Stretch};
use crate::conversation::{Side, Ticked};
use crate::model::{Decision, HeaderText, SubmissionId, is_printed};

/// The longest remark kept, in characters, and the longest on one of many candidates. The pages say so too.
const REMARK: usize = 2000;
const NOTE: usize = 1000;
/// Digits looked at of a code that was typed: one more than it has.
const CODE: usize = 7;
/// Boxes of a week grid, and some.
const STRETCHES: usize = 200;

/// The fields of a form, as sent.
#[derive(Debug, Default)]
pub(super) struct Filled {
    fields: Vec<(String, String)>,
}

/// What the button says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Button {
    /// One candidate's page.
    Decide(Decision),
    /// Take back.
    Undo,
    /// Send reasons.
    Reasons,
    /// Send the batch page.
    Batch,
    /// "I decide later": a person looked.
    Later,
    /// Yes or no to a parked answer.
    Confirm(bool),
    /// Mail a fresh link.
    Fresh,
    /// The page of an interview: something to be answered at once.
    Interview(OnInterview),
    /// The page of an interview: a first press, which only leads to a second one.
    Step(Step),
}

impl Button {
    /// The yes or no to a question of ours, when it is one.
    pub(super) const fn confirms(&self) -> Option<bool> {
        match self {
            Self::Confirm(yes) => Some(*yes),
            Self::Decide(_) | Self::Undo | Self::Reasons | Self::Batch | Self::Later | Self::Fresh | Self::Interview(_) | Self::Step(_) => {
                None
            }
        }
    }
}

/// Buttons of the page of an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnInterview {
    /// The picked time.
    Slot,
    /// All ticked times.
    Slots,
    /// The ticked or typed times.
    Times,
    /// The way to read an answer that the link names.
    Meant,
    /// Really none of them.
    NoneWork,
    /// Really another time.
    Move,
    /// Really no interview.
    CallOff,
    /// What was just pressed does not count.
    TakeBack,
}

/// What is asked once more before it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// "None of these?"
    NoneWork,
    /// "Another time?"
    Move,
    /// "Really call it off?"
    CallOff,
}

/// What somebody had filled in, shown again when it could not be taken.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Kept {
    /// The pressed choice of a decide page.
    pub(super) choice: Option<Decision>,
    /// The picked choices of a batch page.
    pub(super) picks: Vec<(SubmissionId, Decision)>,
    /// Ticked reasons; `None` when the form had none to tick.
    pub(super) reasons: Option<Vec<Ticked>>,
    /// Free text.
    pub(super) remark: String,
    /// Free text on single candidates.
    pub(super) notes: Vec<(SubmissionId, String)>,
    /// The name of whoever answers for the addressed contact.
    pub(super) someone_else: String,
    /// The time picked on the page of an interview.
    pub(super) slot: Option<u8>,
    /// All that were ticked there.
    pub(super) slots: Vec<u8>,
    /// What was ticked in the week grid.
    pub(super) stretches: Vec<Stretch>,
    /// What that page asks once more.
    pub(super) step: Option<Step>,
}

impl Filled {
    /// Reads a body; anything that is not a form has no fields.
    pub(super) async fn read(kind: Option<&header::HeaderValue>, body: Bytes) -> Self {
        let is_form = kind
            .and_then(|kind| kind.to_str().ok())
            .and_then(|kind| kind.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM));
        if !is_form {
            return Self::default();
        }
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = Method::POST;
        let kind = header::HeaderValue::from_static(FORM);
        request.headers_mut().insert(header::CONTENT_TYPE, kind);
        match Form::<Vec<(String, String)>>::from_request(request, &()).await {
            Ok(Form(fields)) => Self { fields },
            Err(_) => Self::default(),
        }
    }

    /// The nonce it came with; empty when none did.
    pub(super) fn nonce(&self) -> &str {
        self.first("nonce")
    }

    /// The field that only a program fills in.
    pub(super) fn fell_into_trap(&self) -> bool {
        !self.first("website").is_empty()
    }

    /// The pressed button.
    pub(super) fn button(&self) -> Option<Button> {
        Some(match self.first("do") {
            "undo" => Button::Undo,
            "reasons" => Button::Reasons,
            "batch" => Button::Batch,
            "later" => Button::Later,
            "yes" => Button::Confirm(true),
            "no" => Button::Confirm(false),
            "fresh" => Button::Fresh,
            "slot" => Button::Interview(OnInterview::Slot),
            "slots" => Button::Interview(OnInterview::Slots),
            "times" => Button::Interview(OnInterview::Times),
            "meant" => Button::Interview(OnInterview::Meant),
            "none" => Button::Interview(OnInterview::NoneWork),
            "move" => Button::Interview(OnInterview::Move),
            "call_off" => Button::Interview(OnInterview::CallOff),
            "take_back" => Button::Interview(OnInterview::TakeBack),
            "ask_none" => Button::Step(Step::NoneWork),
            "ask_move" => Button::Step(Step::Move),
            "ask_call_off" => Button::Step(Step::CallOff),
            other => Button::Decide(other.parse().ok()?),
        })
    }

    /// A button of the page of CVs.
    pub(super) fn about_cvs(&self) -> Option<CvAct> {
        match self.first("do") {
            "code" => Some(CvAct::Ask),
            "open" => Some(CvAct::Type(
                self.first("code").chars().filter(char::is_ascii_digit).take(CODE).collect(),
            )),
            _ => None,
        }
    }

    /// What to keep.
    pub(super) fn kept(&self) -> Kept {
        let button = self.button();
        let choice = if let Some(Button::Decide(decision)) = button {
            Some(decision)
        } else {
            None
        };
        Kept {
            choice,
            slot: self.slot(),
            slots: self.slots(),
            stretches: self.stretches(),
            step: match button {
                Some(Button::Step(step)) => Some(step),
                // Sent too late: asked once more, with what was filled in.
                Some(Button::Interview(OnInterview::NoneWork)) => Some(Step::NoneWork),
                Some(Button::Interview(OnInterview::Move)) => Some(Step::Move),
                Some(Button::Interview(OnInterview::CallOff)) => Some(Step::CallOff),
                Some(_) | None => None,
            },
            picks: self.picks("pick-"),
            reasons: (self.button() == Some(Button::Reasons)).then(|| self.reasons()),
            remark: self.remark(),
            notes: self.notes(),
            someone_else: self.someone_else().unwrap_or_default(),
        }
    }

    /// The choices that differ from what the page had shown. What the page merely repeats may have been overtaken by a later answer.
    pub(super) fn changed(&self) -> Vec<(SubmissionId, Decision)> {
        let was = self.picks("was-");
        let mut changed = self.picks("pick-");
        changed.retain(|pick| !was.contains(pick));
        changed
    }

    /// Ticked reasons, each once, in the order in which they are offered.
    pub(super) fn reasons(&self) -> Vec<Ticked> {
        let mut ticked = Vec::new();
        for (_, value) in self.fields.iter().filter(|(name, _)| name == "reason") {
            if let Some(one) = Ticked::named(value).filter(|one| !ticked.contains(one)) {
                ticked.push(one);
            }
        }
        ticked.sort_unstable();
        ticked
    }

    /// Free text: printable, at most [`REMARK`] characters.
    pub(super) fn remark(&self) -> String {
        typed(self.first("remark"), REMARK)
    }

    /// The picked time of an interview, by its place.
    pub(super) fn slot(&self) -> Option<u8> {
        self.first("slot").parse().ok()
    }

    /// All ticked times of an interview, by their places.
    pub(super) fn slots(&self) -> Vec<u8> {
        let ticked = self.fields.iter().filter(|(name, _)| name == "slot");
        ticked.filter_map(|(_, value)| value.parse().ok()).take(STRETCHES).collect()
    }

    /// The interviewers whom the page named as silent, by the numbers of their calendar entries.
    pub(super) fn silent(&self) -> Vec<Side> {
        let named = self.fields.iter().filter(|(name, _)| name == "silent");
        named
            .filter_map(|(_, value)| value.parse().ok())
            .take(STRETCHES)
            .map(Side::of_entry)
            .collect()
    }

    /// What is ticked in the week grid: `2026-11-24 09:00-11:00`.
    pub(super) fn stretches(&self) -> Vec<Stretch> {
        let ticked = self.fields.iter().filter(|(name, _)| name == "at");
        ticked.filter_map(|(_, value)| stretch(value)).take(STRETCHES).collect()
    }

    /// What was typed on single candidates.
    pub(super) fn notes(&self) -> Vec<(SubmissionId, String)> {
        let mut notes: Vec<(SubmissionId, String)> = Vec::new();
        for (name, value) in &self.fields {
            let id = name.strip_prefix("note-").and_then(|id| id.parse().ok()).map(SubmissionId);
            let text = typed(value, NOTE);
            if let Some(id) = id.filter(|id| !text.is_empty() && notes.iter().all(|(known, _)| known != id)) {
                notes.push((id, text));
            }
        }
        notes
    }

    /// The name under "I am someone else".
    pub(super) fn someone_else(&self) -> Option<String> {
        let name = HeaderText::new(self.first("someone_else"));
        (!name.is_empty()).then(|| name.to_string())
    }

    /// `pick-42=pass` and the like; the first word on a candidate counts.
    fn picks(&self, prefix: &str) -> Vec<(SubmissionId, Decision)> {
        let mut picks: Vec<(SubmissionId, Decision)> = Vec::new();
        for (name, value) in &self.fields {
            let id = name.strip_prefix(prefix).and_then(|id| id.parse().ok()).map(SubmissionId);
            if let (Some(id), Ok(decision)) = (id, value.parse())
                && picks.iter().all(|(known, _)| *known != id)
            {
                picks.push((id, decision));
            }
        }
        picks
    }

    fn first(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

fn stretch(value: &str) -> Option<Stretch> {
    let (date, times) = value.split_once(' ')?;
    let (from, to) = times.split_once('-')?;
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    let stretch = Stretch {
        date: NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?,
        from: time(from)?,
        to: time(to)?,
    };
    // A year that no calendar ends before.
    let is_near = (1970..=9000).contains(&stretch.date.year());
    (is_near && stretch.from < stretch.to).then_some(stretch)
}

/// Printable text with LF line ends, cut to a length.
fn typed(text: &str, most: usize) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = text.chars().filter(|c| *c == '\n' || is_printed(*c)).take(most);
    kept.collect::<String>().trim().to_owned()
}

const FORM: &str = "application/x-www-form-urlencoded";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reason;

    async fn filled(body: &str) -> Filled {
        let kind = header::HeaderValue::from_static("application/x-www-form-urlencoded; charset=UTF-8");
        Filled::read(Some(&kind), Bytes::copy_from_slice(body.as_bytes())).await
    }

    #[tokio::test]
    async fn buttons_and_picks_are_read() {
        let form = filled("do=pass&remark=too+junior%0D%0Asorry&someone_else=%20Bo%0ALee&reason=salary&reason=skills&reason=x").await;
        assert_eq!(form.button(), Some(Button::Decide(Decision::Pass)));
        assert_eq!(form.remark(), "too junior\nsorry");
        assert_eq!(form.someone_else().as_deref(), Some("Bo Lee"));
        assert_eq!(form.reasons(), [Ticked::Reason(Reason::Skills), Ticked::Reason(Reason::Salary)]);
        assert_eq!(filled("do=undo").await.button(), Some(Button::Undo));
        assert_eq!(filled("do=everything").await.button(), None);
    }

    #[tokio::test]
    async fn only_changed_choices_count() {
        let form =
            filled("was-1=pass&pick-1=pass&was-2=&pick-2=maybe&was-3=maybe&pick-3=interested&pick-3=pass&pick-x=pass&pick-4=no").await;
        assert_eq!(
            form.changed(),
            [(SubmissionId(2), Decision::Maybe), (SubmissionId(3), Decision::Interested)]
        );
    }

    #[tokio::test]
    async fn boxes_of_the_week_grid_are_read_within_the_years_there_are() {
        let form = filled(
            "at=2026-11-24+09%3A00-11%3A00&at=%2B262142-12-31+09%3A00-11%3A00&at=-262143-01-01+09%3A00-11%3A00&at=9001-01-01+09%3A00-11%3A00\
             &at=2026-11-24+11%3A00-09%3A00&at=2026-11-31+09%3A00-11%3A00&at=tomorrow",
        );
        let years: Vec<i32> = form.await.stretches().iter().map(|one| one.date.year()).collect();
        assert_eq!(years, [2026]);
    }

    #[tokio::test]
    async fn other_bodies_have_no_fields() {
        let json = header::HeaderValue::from_static("application/json");
        for kind in [None, Some(&json)] {
            let form = Filled::read(kind, Bytes::from_static(b"do=pass")).await;
            assert_eq!(form.button(), None);
        }
        let odd = filled("%%%=%ff&do=%ff&&&=").await;
        assert_eq!(odd.button(), None);
    }
}
