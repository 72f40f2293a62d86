//! Messages that a connection broke on. One message that cannot be had must not keep the others waiting.

use std::collections::HashMap;

use super::{Place, Trouble};

/// After so many failures a message is reported and left to the deep passes.
const ENOUGH: u32 = 3;

/// What is held against which message. Kept by the caller from one connection to the next; losing it costs nothing but
/// some tries.
#[derive(Debug, Default)]
pub struct Suspects {
    cases: HashMap<Place, Case>,
}

#[derive(Debug, Clone, Default)]
struct Case {
    failures: u32,
    head_only: bool,
    given_up: bool,
    reported: bool,
}

impl Suspects {
    /// Something went wrong while this message was due. Returns whether it is to be reported, once.
    pub(super) fn blame(&mut self, place: &Place, too_large: bool) -> bool {
        let case = self.cases.entry(place.clone()).or_default();
        case.failures = case.failures.saturating_add(1);
        case.head_only |= too_large || case.failures >= ENOUGH - 1;
        case.given_up = case.failures >= ENOUGH;
        let report = case.given_up && !case.reported;
        case.reported |= report;
        report
    }

    pub(super) fn acquit(&mut self, place: &Place) {
        self.cases.remove(place);
    }

    /// Lets each message that was given up be tried once more.
    pub fn another_chance(&mut self) {
        for case in self.cases.values_mut() {
            case.given_up = false;
        }
    }

    /// Forgets what was held against messages under another UIDVALIDITY.
    pub(super) fn forget_other_validities(&mut self, like: &Place) {
        self.cases
            .retain(|place, _| place.account != like.account || place.folder != like.folder || place.uid_validity == like.uid_validity);
    }

    pub(super) fn knows(&self, place: &Place) -> bool {
        self.cases.contains_key(place)
    }

    /// The suspects of this folder that are not given up, those with the fewest failures first, each with whether its head is all that is asked for.
    pub(super) fn of(&self, like: &Place) -> Vec<(u32, bool)> {
        let mut found: Vec<(u32, u32, bool)> = self
            .cases
            .iter()
            .filter(|(place, _)| place.account == like.account && place.folder == like.folder && place.uid_validity == like.uid_validity)
            .filter(|(_, case)| !case.given_up)
            .map(|(place, case)| (case.failures, place.uid, case.head_only))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, uid, head_only)| (uid, head_only)).collect()
    }
}

/// Whether this trouble may be one message's fault, and not the line's alone. A closed connection may be: servers die on messages.
pub(super) fn may_be_the_message(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Refused { .. }
        | Trouble::Closed { .. }
        | Trouble::Silent { .. }
        | Trouble::Unparsable { .. }
        | Trouble::TooLarge { .. } => true,
        Trouble::Net(_)
        | Trouble::Login(_)
        | Trouble::NoUidValidity { .. }
        | Trouble::Unsendable { .. }
        | Trouble::Ledger(_)
        | Trouble::Broken(_) => false,
    }
}
