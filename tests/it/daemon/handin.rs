//! A recruiter hands in by mail: the preview, corrections in prose, "send"; and what is not theirs to send.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::house::House;
use super::servers::{Lane, Mail};

/// The recruiter is listed in config.toml: nobody has handed in anything yet.
pub(super) fn listed(lane: &Lane) -> House {
    let house = House::new(lane);
    let config = std::fs::read_to_string(house.path("config.toml")).unwrap();
    let recruiter = format!("[[recruiters]]\naddress = \"{}\"\nname = \"Maria Keller\"\n", house.recruiter);
    std::fs::write(house.path("config.toml"), format!("{config}\n{recruiter}")).unwrap();
    house
}

/// A mail with files, as a mail program writes it.
pub(super) fn with_files(from: &str, to: &str, id: &str, body: &str, files: &[(&str, &[u8])]) -> String {
    let mut mail = format!(
        "From: Maria Keller <{from}>\nTo: {to}\nSubject: Two for Northwind\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\
         Message-ID: <{id}@agency.test>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_parts\"\n\n\
         --=_parts\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n"
    );
    for (name, bytes) in files {
        write!(
            mail,
            "--=_parts\nContent-Type: application/pdf; name=\"{name}\"\nContent-Disposition: attachment; filename=\"{name}\"\n\
             Content-Transfer-Encoding: base64\n\n{}\n",
            BASE64.encode(bytes)
        )
        .unwrap();
    }
    mail.push_str("--=_parts--\n");
    mail
}

/// Sends a mail to the bot, which reads it; gives the newest one the recruiter has then.
pub(super) fn told(house: &House, lane: &Lane, to: &str, message: &str) -> Mail {
    let (before, known) = (lane.mail(&house.bot, "INBOX").len(), lane.mail(&house.recruiter, "INBOX").len());
    lane.send(&house.recruiter, to, message);
    lane.inbox(&house.bot, before + 1);
    house.until_idle();
    lane.inbox(&house.recruiter, known + 1).pop().unwrap()
}

pub(super) fn answered(house: &House, lane: &Lane, letter: &Mail, words: &str) -> Mail {
    let (to, message) = letter.answer(&house.recruiter, words);
    told(house, lane, &to, &message)
}

pub(super) fn body(lane: &Lane) -> String {
    format!(
        "Hi,\n\nplease send these two out.\n\nClient: Northwind Logistics\nContact: Ann Lee <{}>\nRole: Senior Java developer\nCandidates:\n\
         - Ana Souza <{}>, Lisbon: Ten years of Java, the last five in payments.\n\
         - Ben Okafor <ben@mail.test>, London: Eight years with warehouse software.\n\nThanks\nMaria\n",
        lane.client(),
        lane.candidate()
    )
}

pub(super) const CVS: [(&str, &[u8]); 2] = [
    ("Ana_Souza_CV.pdf", b"%PDF-1.4 ten years of Java"),
    ("Ben_Okafor_CV.pdf", b"%PDF-1.4 warehouses"),
];

#[test]
fn daemon_takes_candidates_handed_in_by_mail() {
    let Some(lane) = Lane::take() else { return };
    let house = listed(&lane);
    let mail = with_files(&house.recruiter, &house.bot, "handed-in", &body(&lane), &CVS);
    let preview = told(&house, &lane, &house.bot, &mail);
    let text = preview.text();
    for said in [
        "Nothing has left yet",
        "Client: Northwind Logistics",
        &format!("Contact: Ann Lee, {}", lane.client()),
        "CV Ana_Souza_CV.pdf",
        "CV Ben_Okafor_CV.pdf",
        "Europe/Lisbon",
        "The letter that Ann Lee would get",
        "Ten years of Java",
    ] {
        assert!(text.contains(said), "{said:?} is not in:\n{text}");
    }
    assert_eq!(preview.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 0, "nothing leaves before a word");
    let drafts = house.json(&["drafts", "--json"]);
    assert_eq!((drafts.as_array().unwrap().len(), drafts[0]["state"].as_str()), (1, Some("open")));
    assert!(house.ok(&["drafts", "show", "1"]).contains("Client: Northwind Logistics"));

    // Corrected in prose: shown anew, and the old preview sends nothing any more.
    let second = answered(
        &house,
        &lane,
        &preview,
        "The role is Lead Java developer, and make it 30 minutes please.",
    );
    let text = second.text();
    assert!(text.contains("Role: Lead Java developer") && text.contains("30 minutes"), "{text}");
    let refused = answered(&house, &lane, &preview, "send");
    assert!(refused.text().contains("older preview"), "{}", refused.text());
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 0);

    // The newest one does.
    let (to, message) = second.answer(&house.recruiter, "Looks good, send it.");
    let done = told(&house, &lane, &to, &message);
    let letters = lane.inbox(&lane.client(), 1);
    let letter = &letters[0];
    assert!(
        letter.text().contains("Lead Java developer") && letter.text().contains("Ana Souza"),
        "{}",
        letter.text()
    );
    assert!(!letter.raw.contains(&lane.candidate()), "the client sees no candidate's address");
    let parsed = mail_parser::MessageParser::default().parse(letter.raw.as_bytes()).unwrap();
    let attached: Vec<(String, Vec<u8>)> = parsed
        .attachments()
        .filter_map(|part| {
            Some((
                mail_parser::MimeHeaders::attachment_name(part)?.to_owned(),
                part.contents().to_vec(),
            ))
        })
        .collect();
    for (name, bytes) in CVS {
        assert!(
            attached.iter().any(|(own, content)| own == name && content == bytes),
            "{name} is not attached: {:?}",
            attached.iter().map(|(name, _)| name).collect::<Vec<_>>()
        );
    }
    let copies = lane.mail(&house.recruiter, "INBOX");
    assert!(
        copies.iter().any(|one| one.text().contains("Sent: 2 candidates to Ann Lee")),
        "{}",
        done.text()
    );
    let story = house.story();
    assert_eq!((story.status("Ana").as_str(), story.status("Ben").as_str()), ("sent", "sent"));

    // Whatever comes again makes no second batch.
    let again = answered(&house, &lane, &second, "send");
    assert!(again.text().contains("sent before"), "{}", again.text());
    let mail = with_files(&house.recruiter, &house.bot, "handed-in-anew", &body(&lane), &CVS);
    let again = told(&house, &lane, &house.bot, &mail);
    assert!(again.text().contains("sent before"), "{}", again.text());
    house.until_idle();
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 1);
    assert_eq!(house.json(&["list", "--json"]).as_array().unwrap().len(), 1);

    // Nothing in the log gives anybody away.
    let log = house.log();
    for given_away in [&lane.client(), &lane.candidate(), "Ana Souza", "payments", "Northwind"] {
        assert!(!log.contains(given_away), "{given_away} is in the log:\n{log}");
    }
}

#[test]
fn daemon_asks_for_what_a_hand_in_lacks() {
    let Some(lane) = Lane::take() else { return };
    let house = listed(&lane);
    let short = body(&lane).replace(&format!(" <{}>", lane.client()), "");
    let mail = with_files(&house.recruiter, &house.bot, "short", &short, &[]);
    let preview = told(&house, &lane, &house.bot, &mail);
    assert!(preview.text().contains("The address of Ann Lee"), "{}", preview.text());
    let refused = answered(&house, &lane, &preview, "send");
    assert!(refused.text().contains("cannot be sent yet"), "{}", refused.text());
    let send = house.replyd(&["drafts", "send", "1"]);
    assert_eq!(send.status.code(), Some(65));

    // An address with "send" is shown once more: a slip of the pen would go to a stranger.
    let words = format!("Contact: Ann Lee, {}\n\nsend", lane.client());
    let shown = answered(&house, &lane, &refused, &words);
    assert!(
        shown.text().contains("look once more") && shown.text().contains(&lane.client()),
        "{}",
        shown.text()
    );
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 0);

    // What is not understood is asked, with examples.
    let asked = answered(&house, &lane, &shown, "Could you do that thing with Ben we talked about?");
    assert!(
        asked.text().contains("Not all of your answer was understood") && asked.text().contains("that thing with Ben"),
        "{}",
        asked.text()
    );
    let dropped = answered(&house, &lane, &asked, "discard");
    assert!(dropped.text().contains("Nothing was sent"), "{}", dropped.text());
    assert_eq!(house.json(&["drafts", "--json"]).as_array().unwrap().len(), 0);
    let over = answered(&house, &lane, &asked, "send");
    assert!(over.text().contains("dropped before"), "{}", over.text());
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 0);

    // One that nobody answers is dropped, and its recruiter is told.
    let mail = with_files(&house.recruiter, &house.bot, "forgotten", &body(&lane), &CVS);
    told(&house, &lane, &house.bot, &mail);
    let known = lane.mail(&house.recruiter, "INBOX").len();
    house.later(15 * 24 * 60);
    house.until_idle();
    let told = lane.inbox(&house.recruiter, known + 1).pop().unwrap();
    assert!(told.text().contains("in time"), "{}", told.text());
}

#[test]
fn daemon_takes_nothing_from_who_only_looks_like_a_recruiter() {
    let Some(lane) = Lane::take() else { return };
    let house = listed(&lane);
    let mail = with_files(&house.recruiter, &house.bot, "forged", &body(&lane), &CVS);
    lane.send_as_stranger(&lane.mallory(), &house.bot, &mail);
    lane.inbox(&house.bot, 1);
    house.until_idle();
    assert_eq!(house.json(&["drafts", "--all", "--json"]).as_array().unwrap().len(), 0);

    // Nor an answer to a preview that somebody else got hold of.
    let mail = with_files(&house.recruiter, &house.bot, "genuine", &body(&lane), &CVS);
    let preview = told(&house, &lane, &house.bot, &mail);
    let (to, message) = preview.answer(&house.recruiter, "send");
    lane.send_as_stranger(&lane.mallory(), &to, &message);
    lane.inbox(&house.bot, 3);
    house.until_idle();
    lane.settle();
    assert_eq!(house.json(&["drafts", "--json"])[0]["state"].as_str(), Some("open"));
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 0);
}
