//! The backup contact of a batch: somebody else at the client whom it names. When the contact does not answer, recruiters were told and the leads
//! were told, and nobody of them objected within the configured hours, the batch goes on with the backup contact in the contact's place.
//!
//! In: a conversation. Out: the same with another contact. Never here: whether it is time for that.

use super::{Batch, Candidate, Chase, Contact, Conversation, Deadline, Party, Submission};
use crate::model::Timestamp;

/// How the note to a backup contact begins, and how its first sentence ends.
const TURNED: &str = "We have written to ";
const TURNED_END: &str = ", so we turn to you.";

impl Conversation {
    /// Whom the batch turns to next, if the contact stays silent.
    #[must_use]
    pub fn backup(&self) -> Option<&Contact> {
        self.batch.backup.as_ref().filter(|_| !self.chase.with_backup)
    }

    /// From here on the backup contact is the contact: what was written to the other one, and what was known of them, is not theirs.
    pub fn turn_to_backup(&mut self) {
        let Some(backup) = self.backup().cloned() else { return };
        // Whoever stayed silent is still somebody whose address nobody else learns.
        let silent = std::mem::replace(&mut self.batch.contact, backup);
        let turned = format!("{TURNED}{} about this and have not heard back{TURNED_END}", silent.mailbox.shown());
        self.batch.note = match self.batch.note.as_str() {
            "" => turned,
            note => format!("{turned}\n\n{note}"),
        };
        self.batch.backup = Some(silent);
        self.corrected.retain(|(who, _)| *who != Party::Client);
        self.named_zones.retain(|one| one.party != Party::Client);
        self.elsewhere.written.retain(|(who, _)| *who != Party::Client);
        self.elsewhere.waiting.clear();
        self.written.unprompted.clear();
        self.client_unreachable = false;
        self.chase = Chase {
            with_backup: true,
            ..Chase::default()
        };
    }

    /// The batch as it was handed in, with what is known of its people now: who was the contact first is it there.
    #[must_use]
    pub fn as_handed_in(&self) -> Batch {
        let mut batch = self.batch.clone();
        if let Some(backup) = batch.backup.as_mut().filter(|_| self.chase.with_backup) {
            std::mem::swap(&mut batch.contact, backup);
            if batch.note.starts_with(TURNED)
                && let Some((_, rest)) = batch.note.split_once(TURNED_END)
            {
                batch.note = rest.trim_start_matches('\n').to_owned();
            }
        }
        batch
    }

    /// The candidates whom the first letter puts forward: all of them; to a backup contact those whom nobody has decided about.
    pub fn put_forward(&self) -> impl Iterator<Item = &Candidate> + '_ {
        let all = !self.chase.with_backup;
        let open = move |one: &&Candidate| all || self.submission(one.submission).is_some_and(Submission::is_open);
        self.batch.candidates.iter().filter(open)
    }

    /// When the backup contact is written to, if nobody objects.
    #[must_use]
    pub fn backup_due(&self) -> Option<Timestamp> {
        self.backup().and(self.deadlines.get(Deadline::Backup))
    }
}
