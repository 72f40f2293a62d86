//! What a line of a timeline is called outside: names that do not change.

/// For each kind of line its public name. What the names mean stands in `src/http/events.schema.json`.
const NAMES: [(&str, &str); 97] = [
    ("submitted", "submission.submitted"),
    ("sent", "submission.sent"),
    ("viewed", "submission.viewed"),
    ("decided", "submission.decided"),
    ("in_effect", "submission.decision_final"),
    ("undone", "submission.decision_undone"),
    ("misread", "submission.decision_undone"),
    ("undo_too_late", "submission.undo_refused"),
    ("needs_confirmation", "answer.contradictory"),
    ("answer_after_end", "submission.answered_after_end"),
    ("withdrawn", "submission.withdrawn"),
    ("followed_up", "submission.followed_up"),
    ("corrected", "submission.corrected"),
    ("asked_reasons", "feedback.asked"),
    ("reason", "feedback.given"),
    ("reason_unsure", "feedback.unsure"),
    ("reason_confirmed", "feedback.confirmed"),
    ("feedback_released", "feedback.released"),
    ("feedback_shared", "feedback.shared"),
    ("feedback_dropped", "feedback.dropped"),
    ("arranging", "interview.requested"),
    ("asked_about_interview", "interview.asked"),
    ("spoke_of_times", "interview.times_given"),
    ("times_told", "interview.times_given"),
    ("available", "interview.times_given"),
    ("picked", "interview.answered"),
    ("slot_gone", "interview.slot_gone"),
    ("picked_too_late", "interview.slot_gone"),
    ("none_in_common", "interview.no_common_time"),
    ("booked", "interview.booked"),
    ("moved", "interview.move_requested"),
    ("stays_as_is", "interview.unchanged"),
    ("called_off", "interview.cancelled"),
    ("completed", "interview.held"),
    ("no_show", "interview.no_show"),
    ("still_on", "interview.confirmed"),
    ("reminded", "interview.reminded"),
    ("not_reminded", "interview.not_reminded"),
    ("about_interview", "interview.remarked"),
    ("interview_to_recruiter", "interview.needs_person"),
    ("put_to_lead", "interview.needs_person"),
    ("go_on", "interview.attendees_unchanged"),
    ("waits_on", "interview.attendees_unchanged"),
    ("not_waited_for", "interview.attendees_changed"),
    ("goes_on_without", "interview.attendees_changed"),
    ("left_out", "interview.attendees_changed"),
    ("comes_after_all", "interview.attendees_changed"),
    ("not_coming", "interview.attendees_changed"),
    ("clocks_changed", "interview.clocks_changed"),
    ("calendar_unread", "interview.calendar_unread"),
    ("taken", "conversation.taken_over"),
    ("released", "conversation.handed_back"),
    ("note", "conversation.noted"),
    ("paused", "conversation.paused"),
    ("nudged", "conversation.nudged"),
    ("stale", "conversation.stale"),
    ("chase_stopped", "conversation.chase_stopped"),
    ("backup_asked", "conversation.backup_asked"),
    ("reachable", "conversation.reachable"),
    ("answered", "conversation.answered"),
    ("ordered", "conversation.ordered"),
    ("order_unclear", "conversation.order_unclear"),
    ("order_undone", "conversation.order_undone"),
    ("order_proposed", "conversation.order_proposed"),
    ("order_dropped", "conversation.order_dropped"),
    ("not_done", "conversation.order_refused"),
    ("needs_person", "conversation.needs_person"),
    ("handed_over", "conversation.needs_person"),
    ("erased", "person.erased"),
    ("readdressed", "person.readdressed"),
    ("zone_named", "person.zone_changed"),
    ("unclear", "answer.unclear"),
    ("asked_which", "answer.unclear"),
    ("question", "answer.question"),
    ("request", "answer.document_wanted"),
    ("complaint", "answer.complaint"),
    ("other_business", "answer.other_business"),
    ("passed_on", "answer.passed_on"),
    ("wrong_person", "answer.wrong_person"),
    ("gone", "answer.gone"),
    ("stop", "answer.stop"),
    ("thanks", "answer.thanks"),
    ("remark", "answer.remark"),
    ("repeated", "answer.repeated"),
    ("parked", "answer.parked"),
    ("confirmed", "answer.confirmed"),
    ("disowned", "answer.disowned"),
    ("pressed_for", "answer.by_deputy"),
    ("auto_reply", "answer.automatic"),
    ("candidate_away", "answer.automatic"),
    ("interviewer_away", "answer.automatic"),
    ("automated_visit", "page.automated_visit"),
    ("cv_code", "page.cv_code_mailed"),
    ("cv_code_withheld", "page.cv_code_withheld"),
    ("cvs_opened", "page.cvs_opened"),
    ("undeliverable", "letter.bounced"),
    ("loop_stopped", "letter.held_back"),
];

/// The same for what operators do to letters, and what ends letters.
const LETTERS: [(&str, &str); 6] = [
    ("letter_failed", "letter.failed"),
    ("letter_refused", "letter.failed"),
    ("letter_retried", "letter.retried"),
    ("letter_cancelled", "letter.cancelled"),
    ("fresh_link", "letter.link_renewed"),
    ("resent", "letter.resent"),
];

/// A letter to client, candidate or interviewer was taken by a server.
pub(super) const LETTER_SENT: &str = "letter.sent";
/// Times were put to somebody, to choose from.
pub(super) const PROPOSED: &str = "interview.proposed";
/// A time was agreed in the place of another one.
pub(super) const MOVED: &str = "interview.moved";
/// What has no name of its own yet: a line is never left out.
const OTHER: [&str; 2] = ["conversation.other", "submission.other"];

/// The public name of a kind of line.
pub(super) fn name(kind: &str, of_submission: bool) -> &'static str {
    let known = NAMES.iter().chain(&LETTERS).find(|(known, _)| *known == kind);
    match (known, of_submission) {
        (Some((_, name)), _) => name,
        (None, false) => OTHER[0],
        (None, true) => OTHER[1],
    }
}

/// Every name there is.
pub fn names() -> impl Iterator<Item = &'static str> {
    let known = NAMES.iter().chain(&LETTERS).map(|(_, name)| *name);
    known.chain([LETTER_SENT, PROPOSED, MOVED]).chain(OTHER)
}

/// Whether a kind of line has a name of its own.
#[must_use]
pub fn is_named(kind: &str) -> bool {
    NAMES.iter().chain(&LETTERS).any(|(known, _)| *known == kind)
}
