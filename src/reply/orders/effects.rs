//! What is said beside an order and follows from it: that people are told, that it is noted, why nothing is to be sent.
//!
//! In: drafts in the order of the text. Out: drafts without those that are part of another one. Never here: an order that stands alone.

use super::kind::Kind;
use super::reader::{Draft, Reader, What};
use super::{Decision, Whom, Wish, about, table};

impl Reader<'_> {
    /// "Cancel Ana's interview and tell them both": that they are told is part of it.
    pub(super) fn effects(&mut self) {
        self.sent_to_new_address();
        let of_interview = |draft: &Draft| {
            matches!(
                draft.what,
                What::Do(Wish::CallOff(_) | Wish::Move { .. } | Wish::Book { .. } | Wish::Withdraw(_) | Wish::Times { .. })
            )
        };
        let of_interview = self.drafts.iter().any(of_interview);
        let wanted = self
            .drafts
            .iter()
            .any(|draft| matches!(draft.what, What::Told(_, Decision::Interested)));
        let text = |draft: &Draft| about::folded(self.text.get(draft.bytes.clone()).unwrap_or_default()).join(" ");
        let effect = |draft: &Draft| of_interview && draft.kind == Kind::Request && table::is("effect", &text(draft));
        // "Tyrell: yes! Move him forward": the same once more.
        let onward = |draft: &Draft| wanted && draft.kind == Kind::Move && draft.what == What::Ask && table::is("onward", &text(draft));
        // "Ana yes, Ben no. Please write it down."
        let answers = self.drafts.iter().any(|draft| matches!(draft.what, What::Told(..)));
        let noted = |draft: &Draft| answers && draft.kind == Kind::Note && table::is("note_of_answers", &text(draft));
        // "Hold till then, no point in reminding her."
        let pauses = self.drafts.iter().any(|draft| matches!(draft.what, What::Do(Wish::Pause(_))));
        let no_use = |draft: &Draft| pauses && draft.kind == Kind::StopChase && table::is("no_use", &text(draft));
        let keep: Vec<bool> = self
            .drafts
            .iter()
            .map(|draft| !(effect(draft) || onward(draft) || noted(draft) || no_use(draft)))
            .collect();
        let mut keep = keep.into_iter();
        self.drafts.retain(|_| keep.next().unwrap_or(true));
    }

    /// "It's ana@new.example. Send again please": to whom the address belongs.
    fn sent_to_new_address(&mut self) {
        let who = |draft: &Draft| match &draft.what {
            What::Do(Wish::Readdress { who, .. }) => Some(*who),
            _ => None,
        };
        let mut all = self.drafts.iter().filter_map(who);
        let Some(one) = all.next().filter(|_| all.next().is_none()) else {
            return;
        };
        // To the client only because nobody was spoken of.
        let unnamed = |draft: &Draft| {
            let mut so_far = self.lines.iter().take(draft.line + 1);
            so_far.all(|line| line.written.signs("&").next().is_none())
        };
        let again: Vec<bool> = self
            .drafts
            .iter()
            .map(|draft| draft.what == What::Do(Wish::Resend(Whom::Client)) && unnamed(draft))
            .collect();
        for (draft, _) in self.drafts.iter_mut().zip(again).filter(|(_, again)| *again) {
            draft.what = What::Do(Wish::Resend(one));
        }
    }
}
