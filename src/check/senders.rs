//! Whether the receiving server vouches for senders in the way the configuration says: mail that was received shows it.

use std::path::Path;

use super::{Line, Verdict, line, ok, skip};
use crate::message::{Author, Border, Kind, OnTop, is_stub, on_top};
use crate::store::Store;

/// Messages looked at, the newest.
const SAMPLE: u32 = 50;
/// One in so many, or fewer, is nearly none.
const NEARLY_NONE: usize = 10;

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
    let (mut seen, mut vouched) = (0_usize, 0);
    let mut top = None;
    for raw in Store::newest_mail(database, SAMPLE).unwrap_or_default() {
        // Of a mail whose sender was erased, or that was let go of, nothing is left to be vouched for.
        if is_stub(&raw) {
            continue;
        }
        let Ok(message) = crate::message::read(&raw, border) else {
            continue;
        };
        // Machines are often not vouched for, and nothing is decided by their word.
        if matches!(message.kind, Kind::Person) && matches!(message.author, Author::One(_)) {
            seen += 1;
            match message.authenticated {
                true => vouched += 1,
                false => top = Some(on_top(&raw)),
            }
        }
    }
    vec![match (seen, vouched) {
        (0, _) => skip("senders", "no mail from people yet; look again when there is some"),
        (seen, vouched) if vouched * NEARLY_NONE <= seen => {
            let few = if vouched == 0 { "none".to_owned() } else { vouched.to_string() };
            let follows = if vouched == 0 { "all of them" } else { "the others" };
            let says = format!("{name} vouches for {few} of the last {seen} mails from people, so {follows} are asked back");
            line("senders", Verdict::Warn, says, fix(name, border, &top.unwrap_or_default()))
        }
        (seen, vouched) => ok(
            "senders",
            format!("{name} vouches for {vouched} of the last {seen} mails from people"),
        ),
    }]
}

/// What to compare, and with what: the names that the newest mail nobody vouches for carries.
fn fix(name: &str, border: &Border, top: &OnTop) -> String {
    let known = |named: &Option<String>| named.clone().unwrap_or_else(|| "nothing that can be read".to_owned());
    let is = border
        .host
        .as_deref()
        .map_or_else(|| "empty".to_owned(), |host| format!("\"{host}\""));
    let advice = match top {
        OnTop { authserv_id: None, .. } => "the receiving server has to check its senders and write Authentication-Results:",
        OnTop { below: true, .. } => {
            "a hop of your own wrote its Received: above the results: name in border the host that receives from the world"
        }
        OnTop { .. } => "compare the two with the configuration",
    };
    format!(
        "the newest of these has Received: … by {} and Authentication-Results: {} on top; [inbound] authserv_id is \"{name}\" and border is {is}: {advice}",
        known(&top.received_by),
        known(&top.authserv_id)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ERASED, Timestamp, Traces};
    use crate::store::{NewMessage, Role};

    const FOREIGN: &str = "Received: from mail.example by lmtp.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\n\
                           Authentication-Results: mx.agency.example; dmarc=pass header.from=client.example\r\n\
                           Received: from out.client.example by mx.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\n";
    const VOUCHED: &str = "Authentication-Results: mx.agency.example; dmarc=pass header.from=client.example\r\n\
                           Received: from out.client.example by mx.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\n";

    /// A mailbox with these mails, of which the first so many were left by whoever was erased.
    async fn looked(tops: &[&str], erased: usize) -> Line {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("replyd.db");
        let now: Timestamp = "2026-03-03T10:00:00Z".parse().unwrap();
        let store = Store::open(&path, Role::Daemon, now).unwrap();
        for (uid, top) in (1..).zip(tops) {
            let head = format!("Message-ID: <{uid}@client.example>\r\nFrom: Ann Lee <ann@client.example>\r\nSubject: Re: two profiles");
            let mut raw = format!("{top}{head}\r\n\r\nYes to both.\r\n").into_bytes();
            if usize::try_from(uid).unwrap() <= erased {
                raw = crate::message::stub(&raw, &Traces::default(), true, ERASED);
            }
            let message = NewMessage {
                account: "main".into(),
                folder: "INBOX".into(),
                uid_validity: 1,
                uid,
                received: None,
                truncated: false,
                raw,
            };
            assert!(store.write(move |tx| tx.store_message(&message, now)).await.unwrap());
        }
        let border = Border {
            authserv_id: Some("mx.agency.example".into()),
            ..Border::default()
        };
        look(&path, &border).remove(0)
    }

    #[tokio::test]
    async fn what_was_erased_says_nothing_of_who_vouches() {
        let line = looked(&[VOUCHED, VOUCHED, VOUCHED], 2).await;
        assert_eq!(
            (line.verdict, line.says.contains("for 1 of the last 1 ")),
            (Verdict::Ok, true),
            "{line:?}"
        );
        assert_eq!(looked(&[VOUCHED], 1).await.verdict, Verdict::Skip);
    }

    #[tokio::test]
    async fn when_nobody_is_vouched_for_it_warns_and_says_what_to_look_at() {
        for count in [1, 12] {
            let line = looked(&vec![FOREIGN; count], 0).await;
            assert_eq!(line.verdict, Verdict::Warn, "{line:?}");
            for part in [
                "by lmtp.agency.example",
                "Authentication-Results: mx.agency.example",
                "border is empty",
                "name in border the host",
            ] {
                assert!(line.fix.contains(part), "{part}: {line:?}");
            }
        }
        let mut nearly_none = vec![FOREIGN; 12];
        nearly_none.push(VOUCHED);
        assert_eq!(looked(&nearly_none, 0).await.verdict, Verdict::Warn);
        assert_eq!(looked(&[FOREIGN, VOUCHED, VOUCHED], 0).await.verdict, Verdict::Ok);
    }
}
