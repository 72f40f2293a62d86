//! Whether the receiving server vouches for senders in the way the configuration says: mail that was received shows it.

use std::path::Path;

use super::{Line, Verdict, line, ok, skip};
use crate::message::{Author, Border, Kind};
use crate::store::Store;

/// Messages looked at, the newest.
const SAMPLE: u32 = 50;
/// With fewer than this nothing is concluded.
const ENOUGH: usize = 3;

pub(super) fn look(database: &Path, border: &Border) -> Vec<Line> {
    if border.trust_mailbox {
        let says = "every sender in the mailbox is believed ([inbound] authentication = \"trust-mailbox\")";
        return vec![line(
            "senders",
            Verdict::Warn,
            says,
            "only for a closed server that checks its senders itself",
        )];
    }
    let name = border.authserv_id.as_deref().unwrap_or("the receiving server");
    let (mut seen, mut vouched) = (0, 0);
    for raw in Store::newest_mail(database, SAMPLE).unwrap_or_default() {
        let Ok(message) = crate::message::read(&raw, border) else {
            continue;
        };
        // Machines are often not vouched for, and nothing is decided by their word.
        if matches!(message.kind, Kind::Person) && matches!(message.author, Author::One(_)) {
            seen += 1;
            vouched += usize::from(message.authenticated);
        }
    }
    vec![match (seen, vouched) {
        (0, _) => skip("senders", "no mail from people yet; look again when there is some"),
        (seen, 0) if seen >= ENOUGH => {
            let says = format!("{name} vouches for none of the last {seen} mails from people, so all of them are asked back");
            line(
                "senders",
                Verdict::Warn,
                says,
                "compare [inbound] authserv_id and border with the Authentication-Results: of a mail you received",
            )
        }
        (seen, vouched) => ok(
            "senders",
            format!("{name} vouches for {vouched} of the last {seen} mails from people"),
        ),
    }]
}
