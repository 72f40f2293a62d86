//! Times that were found without a calendar somebody has: said in the timeline, where a person looks who wonders.

use super::Turn;
use crate::conversation::Unread;
use crate::model::SubmissionId;

impl Turn {
    /// Times for an interview were found, or one was agreed: says whose calendar could not be asked about them.
    pub(super) fn say_unread(&mut self, id: SubmissionId) {
        let concerns = |one: &&Unread| one.about.is_none_or(|about| about == id);
        let unread: Vec<Unread> = self.c.elsewhere.unread.iter().filter(concerns).cloned().collect();
        for Unread { side, as_of, why, .. } in unread {
            let taken = match as_of {
                Some(at) => format!("it is taken as it was read on {}", self.zone_of(id, side).spelled(at)),
                None => "the times are found without it".to_owned(),
            };
            let detail = format!("the calendar of {} could not be read ({why}): {taken}", side.label());
            self.record("calendar_unread", Some(id), detail);
        }
    }
}
