//! The new text in a reply, found by structure alone: no letter of ours is known. Cases of whole mails lie in `fixtures/messages`; labels,
//! attributions and footers of many languages are laid around one answer here.

use replyd::message::{Border, OwnText, own_text, read};

use super::cases::check;

const ANSWER: &str = "Ana yes, Carl no.";

fn own(body: &str) -> OwnText {
    let raw = format!("From: a@client.example\nContent-Type: text/plain; charset=utf-8\n\n{body}");
    own_text(&read(raw.as_bytes(), &Border::default()).unwrap(), &[])
}

/// All bodies must come down to the answer; all that do not are told.
fn leaves_the_answer(bodies: impl IntoIterator<Item = String>) {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for body in bodies {
        seen += 1;
        let got = own(&body).text;
        if got != ANSWER {
            wrong.push(format!("{body:?}\n   read {got:?}"));
        }
    }
    assert!(seen > 0);
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_client_is_known_by_its_mark() {
    check(&[
        "marker-",
        "gmail-",
        "outlook-web-",
        "outlook-mobile-",
        "outlook-desktop-",
        "apple-mail-",
        "ios-",
        "thunderbird-",
    ]);
}

fn own_of_page(page: &str) -> OwnText {
    let raw = format!("From: a@client.example\nContent-Type: text/html; charset=utf-8\n\n{page}");
    own_text(&read(raw.as_bytes(), &Border::default()).unwrap(), &[])
}

const OUTLOOK_HEADER: &str = "<div id=\"divRplyFwdMsg\"><b>From:</b> Agency &lt;talent@agency.example&gt;<br><b>Sent:</b> Tuesday<br>\
    <b>To:</b> Ann<br><b>Subject:</b> Two profiles</div>";

/// Outlook on the web gives what its editor writes a class, and renames the classes of what it quotes.
#[test]
fn what_the_editor_marks_as_written_is_typed_inside_the_old_mail_too() {
    let page = |class: &str| {
        format!(
            "{OUTLOOK_HEADER}<div><p>Hi Ann,</p><p>1. Lena</p><div class=\"{class}\">Good, when can we meet?</div><p>2. Omar</p></div>\
             <div class=\"{class}\">Ann</div>"
        )
    };
    let own = own_of_page(&page("elementToProof"));
    assert_eq!((own.text.as_str(), own.uncertain), ("Good, when can we meet?\nAnn", false));
    // What an earlier mail of such a program was written with is old.
    assert!(own_of_page(&format!("<div>Fine.</div>{}", page("x_elementToProof"))).text == "Fine.");
    let boxed = format!(
        "<div>Fine.</div><div id=\"mail-editor-reference-message-container\">{}</div>",
        page("elementToProof")
    );
    assert_eq!(own_of_page(&boxed).text, "Fine.");
}

/// Where nothing is typed above, what follows the blocks of the old mail is the answer.
#[test]
fn what_stands_below_the_blocks_of_the_old_mail_is_typed() {
    let old = "<div><div><p>Hi Ann,</p><table><tr><td>1. Lena</td></tr></table><p>Kind regards<br>Sam</p></div></div>";
    let own = own_of_page(&format!("{OUTLOOK_HEADER}{old}<div>Yes to Lena.</div><div>Ann</div>"));
    assert_eq!((own.text.as_str(), own.uncertain), ("Yes to Lena.\nAnn", true));
    let above = own_of_page(&format!(
        "<div>Yes to Lena.</div>{OUTLOOK_HEADER}{old}<div>Sam Porter, Harbor Row 4</div>"
    ));
    assert_eq!((above.text.as_str(), above.uncertain), ("Yes to Lena.", false));
}

#[test]
fn marks_are_known_behind_prefixes() {
    check(&["marker-prefix-", "outlook-web-prefixed-ids", "marker-yahoo-ydp", "marker-aol"]);
}

#[test]
fn the_old_mail_follows_its_header_block() {
    check(&["outlook-web-", "outlook-desktop-", "outlook-mobile-without-container"]);
}

#[test]
fn a_rule_alone_is_no_boundary() {
    check(&["marker-rule-line-is-no-boundary"]);
    assert_eq!(
        own("Ana yes.\n____________________________\nCarl no.").text,
        "Ana yes.\n____________________________\nCarl no."
    );
}

/// What wraps a signed text is nobody's words; what is typed below a signature that was cut off is.
#[test]
fn a_signed_text_is_unwrapped() {
    let signed = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n";
    let signature = "-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v2\n\niQEzBAEB\n=abcd";
    leaves_the_answer([
        format!("{signed}{ANSWER}\n{signature}\n-----END PGP SIGNATURE-----\n"),
        format!("{signed}{ANSWER}\n{signature}\n"),
        format!(
            "> {}\n> Are you there?\n> {}\n\n{ANSWER}\n",
            signed.trim_end().replace('\n', "\n> "),
            signature.replace('\n', "\n> ")
        ),
    ]);
    let below = own(&format!("{signed}Hello\n{signature}\n\n{ANSWER}\n")).text;
    assert!(below.ends_with(ANSWER), "{below:?}");
}

#[test]
fn a_box_round_everything_is_kept_and_uncertain() {
    check(&["marker-box-round-everything", "gmail-container-round-the-reply"]);
}

#[test]
fn the_shortest_cut_with_text_is_taken() {
    check(&["header-block-on-top", "plain-thread-of-three"]);
}

#[test]
fn text_below_and_between_quotes_is_kept() {
    check(&[
        "plain-quote-first",
        "thunderbird-answer-below",
        "gmail-answers-between",
        "apple-mail-edits-inside",
        "list-footer-below",
    ]);
}

#[test]
fn text_outside_the_document_is_read() {
    check(&["marker-yahoo-android-before-html", "marker-proton-second-document"]);
}

#[test]
fn a_body_with_a_content_id_is_a_body() {
    check(&["outlook-html-with-content-id"]);
}

#[test]
fn header_blocks_of_the_languages_open_the_old_mail() {
    let labels = [
        ["From", "Sent", "To", "Subject"],
        ["From", "Date", "To", "Subject"],
        ["Von", "Gesendet", "An", "Betreff"],
        ["Von", "Datum", "An", "Betreff"],
        ["De\u{a0}", "Envoyé\u{a0}", "À\u{a0}", "Objet\u{a0}"],
        ["De ", "Date ", "Pour ", "Sujet "],
        ["De", "Enviado el", "Para", "Asunto"],
        ["De", "Fecha", "A", "Asunto"],
        ["Da", "Inviato", "A", "Oggetto"],
        ["Mittente", "Data", "A", "Oggetto"],
        ["De", "Enviada em", "Para", "Assunto"],
        ["De", "Data", "Para", "Assunto"],
        ["Van", "Verzonden", "Aan", "Onderwerp"],
        ["Van", "Datum", "Aan", "Onderwerp"],
        ["Från", "Skickat", "Till", "Ämne"],
        ["Från", "Datum", "Till", "Ämne"],
        ["Fra", "Sendt", "Til", "Emne"],
        ["Fra", "Dato", "Til", "Emne"],
        ["Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"],
        ["Lähettäjä", "Päivämäärä", "Vastaanottaja", "Aihe"],
        ["Od", "Wysłano", "Do", "Temat"],
        ["Nadawca", "Data", "Adresat", "Temat"],
        ["Od", "Odesláno", "Komu", "Předmět"],
        ["Od", "Dátum", "Komu", "Predmet"],
        ["Feladó", "Elküldve", "Címzett", "Tárgy"],
        ["De la", "Trimis", "Destinatarul", "Subiect"],
        ["Expeditorul", "Dată", "Destinatarul", "Subiect"],
        ["Kimden", "Gönderilen", "Kime", "Konu"],
        ["Gönderen", "Tarih", "Kime", "Konu"],
        ["От", "Отправлено", "Кому", "Тема"],
        ["Отправитель", "Дата", "Кому", "Тема"],
        ["Від", "Відправлено", "Кому", "Тема"],
        ["发件人", "发送时间", "收件人", "主题"],
        ["寄件者", "寄件日期", "收件者", "主旨"],
        ["差出人", "送信日時", "宛先", "件名"],
        ["送信元", "日付", "送信先", "件名"],
    ];
    let rule = "_".repeat(32);
    let block = |[from, date, to, subject]: [&str; 4], mark: &str| {
        let lines = [
            (from, "Sam Porter <talent@agency.example>"),
            (date, "7.7.2026 10:02"),
            (to, "Ann Lee <ann@client.example>"),
            (subject, "Two profiles"),
        ];
        lines.map(|(label, value)| format!("{mark}{label}:{mark} {value}\n")).concat()
    };
    let bodies = |one: [&'static str; 4]| {
        [
            format!("{ANSWER}\n\n{rule}\n{}\nHi Ann,\ntwo people.\n", block(one, "")),
            format!("{ANSWER}\n\n{}\nHi Ann,\ntwo people.\n", block(one, "")),
            format!("{ANSWER}\n{}\nHi Ann,\ntwo people.\n", block(one, "*")),
        ]
    };
    leaves_the_answer(labels.into_iter().flat_map(bodies));
}

const ATTRIBUTIONS: [&str; 20] = [
    "On Tue, Jul 7, 2026 at 10:02 AM Sam Porter <talent@agency.example> wrote:",
    "Am Di., 7. Juli 2026 um 10:02 Uhr schrieb Sam Porter <talent@agency.example>:",
    "Le mar. 7 juil. 2026 à 10:02, Sam Porter <talent@agency.example> a écrit :",
    "El mar, 7 jul 2026 a las 10:02, Sam Porter (<talent@agency.example>) escribió:",
    "Il giorno mar 7 lug 2026 alle ore 10:02 Sam Porter <talent@agency.example> ha scritto:",
    "Em ter., 7 de jul. de 2026 às 10:02, Sam Porter <talent@agency.example> escreveu:",
    "Op di 7 jul 2026 om 10:02 schreef Sam Porter <talent@agency.example>:",
    "Den tis 7 juli 2026 kl 10:02 skrev Sam Porter <talent@agency.example>:",
    "ti 7. heinäk. 2026 klo 10.02 Sam Porter (talent@agency.example) kirjoitti:",
    "Dnia 7 lipca 2026 10:02 Sam Porter <talent@agency.example> napisał(a):",
    "W dniu 07.07.2026 o 10:02, Sam Porter <talent@agency.example> pisze:",
    "Dne 7. 7. 2026 v 10:02 Sam Porter <talent@agency.example> napsal(a):",
    "Sam Porter <talent@agency.example> ezt írta (időpont: 2026. júl. 7., K, 10:02):",
    "вт, 7 июл. 2026 г. в 10:02, Sam Porter <talent@agency.example> написал(а):",
    "07.07.2026 10:02, Sam Porter <talent@agency.example> пише:",
    "在 2026年7月7日，10:02，Sam Porter <talent@agency.example> 写道：",
    "2026年7月7日(火) 10:02 Sam Porter <talent@agency.example>:",
    "---- On Tue, 07 Jul 2026 10:02:00 +0200 Sam Porter <talent@agency.example> wrote ----",
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
];

/// The line in about three parts.
fn on_three_lines(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    words
        .chunks(words.len().div_ceil(3))
        .map(|part| part.join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn attributions_of_the_languages_open_the_old_mail() {
    let bodies = ATTRIBUTIONS.iter().flat_map(|line| {
        [
            format!("{ANSWER}\n\n{line}\n> Hi Ann,\n> two people.\n"),
            format!("{ANSWER}\n\n{line}\n\n> Hi Ann,\n> two people.\n"),
            format!("{ANSWER}\n\n{line}\nHi Ann,\ntwo people.\n"),
        ]
    });
    leaves_the_answer(bodies);
    let wrapped = ATTRIBUTIONS.iter().filter(|line| line.contains('@') && !line.starts_with('-'));
    leaves_the_answer(wrapped.map(|line| format!("{ANSWER}\n\n{}\n> Hi Ann,\n> two people.\n", on_three_lines(line))));
    leaves_the_answer(
        ["-----Message d'origine-----", "-----Mensaje original-----"].map(|line| format!("{ANSWER}\n\n{line}\nHi Ann,\ntwo people.\n")),
    );
    check(&["attribution-"]);
}

#[test]
fn what_a_signed_text_is_wrapped_in_is_set_aside() {
    let signature = "-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCgAdFiEE\n=aB3d\n-----END PGP SIGNATURE-----\n";
    let begin = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n";
    leaves_the_answer([
        format!("{begin}{ANSWER}\n{signature}"),
        format!("{begin}{ANSWER}\n\nOn Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:\n> Hi Ann\n{signature}"),
    ]);
}

#[test]
fn another_sign_than_usual_may_mark_the_old_mail() {
    let quoted = |sign: &str| {
        ["Hi Ann,", "", "two people.", "Which of them?"]
            .map(|line| format!("{sign} {line}\n"))
            .concat()
    };
    leaves_the_answer(["|", "}", ":", "%", "#", "]"].iter().flat_map(|sign| {
        let old = format!("On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:\n{}", quoted(sign));
        [
            format!("{ANSWER}\n\n{old}"),
            format!("{old}\n{ANSWER}\n"),
            format!("{old}\n{ANSWER}\n\n{sign} Kind regards\n{sign} Sam\n"),
        ]
    }));
    let table = "On 7 July I can offer, as said to a@b.example:\n| 9:00 | Ana\n| 10:00 | Carl\n";
    assert_eq!(own(table).text, table.trim_end());
}

#[test]
fn a_header_without_colons_below_its_separator_opens_the_old_mail() {
    let header = "------ Original Message ------\nFrom \"Sam Porter\" <talent@agency.example>\nTo \"Ann Lee\" <ann@client.example>\n\
        Date 07/07/2026 10:02:11\nSubject Two profiles";
    leaves_the_answer(["> Hi Ann,\n> two people.", "Hi Ann,\ntwo people."].map(|old| format!("{ANSWER}\n\n{header}\n\n{old}\n")));
    let typed = "From Ana I expect more\nTo Carl say no\nDate is fine";
    assert_eq!(own(typed).text, typed);
}

#[test]
fn a_mail_that_is_a_signature_and_nothing_else_is_kept_and_uncertain() {
    let alone = own("-- \nAnn");
    assert_eq!((alone.text.as_str(), alone.uncertain), ("--\nAnn", true));
    for quoted in [
        "-- \nAnn\n\nOn Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:\n> Hi Ann,\n> two people.\n",
        "On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:\n> Hi Ann,\n> two people.\n-- \nAnn\n",
    ] {
        assert_eq!(own(quoted).text, "", "{quoted}");
    }
    // A pressed button says all in its subject.
    let pressed = b"From: a@client.example\nSubject: Interested: Ana Souza [REF-7K3Q]\n\n-- \nAnn\n";
    assert_eq!(own_text(&read(pressed, &Border::default()).unwrap(), &[]).text, "");
}

#[test]
fn an_answer_in_the_element_of_a_signature_is_told_from_a_signature() {
    let page = |inner: &str| {
        format!(
            "From: Ann Lee <ann@client.example>\nSubject: Re: Two profiles\nContent-Type: text/html; charset=utf-8\n\n<div class=\"gmail_signature\">{inner}</div>\
             <div class=\"gmail_quote\"><div class=\"gmail_attr\">On Tue, 7 Jul 2026 at 10:02, Agency wrote:<br></div><blockquote class=\"gmail_quote\">Hi Ann</blockquote></div>"
        )
    };
    let own = |inner: &str| own_text(&read(page(inner).as_bytes(), &Border::default()).unwrap(), &[]).text;
    assert_eq!(own("Yes to Ana, please."), "Yes to Ana, please.");
    assert_eq!(own("Ann Lee<br>Head of Data"), "");
    assert_eq!(own("Dr. Ann Lee, Geschäftsführerin<br>Northwind GmbH<br>www.northwind.example"), "");
}

#[test]
fn what_only_looks_like_a_quote_is_kept() {
    check(&["plain-traps-stay", "plain-sent-from-my-desk", "person-writes-about"]);
    for text in [
        "On Monday I wrote to her",
        "On Monday I wrote to her:\nplease call",
        "From: 9 to 5 works\nTo: be honest, mornings are better",
        "Le 4 mars me convient",
        "- one\n- two",
        "Date: Tuesday 14 July 2026\nTime: 15:00\nAddress: Main Street 1",
        ">5 years of Java is a must",
        "Subject to contract, yes.",
        "--> yes to Ana\n--> no to Carl",
    ] {
        assert_eq!(own(text).text, text);
    }
    assert_eq!(own("> two people\n>3 years would do\n> and so on").text, ">3 years would do");
    assert_eq!(own("Fine.\n\n>two people\n>3 years of Spark\n>and so on").text, "Fine.");
}

#[test]
fn warnings_and_labels_above_are_set_aside() {
    let banners = [
        "CAUTION: This email originated from outside the organization. Do not click links or open attachments.",
        "EXTERNAL EMAIL: Be careful with links and attachments.",
        "[Public]",
        "[Company Official Use Only - General]",
        "Vous n'obtenez pas souvent d'e-mail à partir de talent@agency.example. Pourquoi c'est important<https://aka.ms/LearnAboutSenderIdentification>",
        "Du får inte ofta e-post från talent@agency.example. Läs om varför det här är viktigt<https://aka.ms/LearnAboutSenderIdentification>",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Klicken Sie nicht auf Links.",
    ];
    leaves_the_answer(banners.map(|banner| format!("{banner}\n\n{ANSWER}\n")));
    let kept = "External recruiters are fine, but please mail me before you send links to the team.";
    assert_eq!(own(kept).text, kept);
}

#[test]
fn device_lines_signatures_and_legal_text_below_are_set_aside() {
    let below = [
        "-- \nAnn Lee\nHead of Data",
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Az iPhone-omról küldve",
        "Get BlueMail for Android",
        "Sent with Spike",
        "Yahoo Mail: Search, Organize, Conquer",
        "Verzonden met Gmail Mobile",
        "Hole dir Outlook für Android<https://aka.ms/AAb9ysg>",
        "On Tue, Jul 7, 2026 at 10:02 AM Sam Porter <talent@agency.example> wrote:\n> Hi Ann,\n\nThis message is confidential and \
         intended solely for the addressee. If you have received it in error, please notify the sender.",
    ];
    leaves_the_answer(below.map(|below| format!("{ANSWER}\n\n{below}\n")));
}

#[test]
fn a_sentence_below_the_name_that_goes_on_over_a_line_is_no_card() {
    let from = |body: &str| {
        let raw = format!("From: Ann Lee <a@client.example>\nContent-Type: text/plain; charset=utf-8\n\n{body}");
        own_text(&read(raw.as_bytes(), &Border::default()).unwrap(), &[]).text
    };
    let typed =
        "Lena: yes\nOmar: no\n\nKind regards,\nAnn Lee\nFor dates write to Joe Hill <hill@client.example>, who plans them all\nfor us.";
    assert_eq!(from(typed), typed);
    assert_eq!(
        from("Lena: yes\n\nKind regards,\nAnn Lee\nHead of Data\nClient Ltd\nann@client.example\n+44 20 7946 0018\nMain Road 1"),
        "Lena: yes\n\nKind regards,\nAnn Lee"
    );
}

#[test]
fn a_body_nobody_can_read_is_not_an_empty_answer() {
    check(&["outlook-winmail-only", "smime-encrypted"]);
}

#[test]
fn character_sets_and_flowed_lines_are_undone() {
    check(&["charset-", "flowed-", "thunderbird-plain-flowed", "base64-text"]);
}

#[test]
fn the_vectors_of_phones_and_gateways_are_read() {
    let mobile = "Pass\r\n\r\nGet Outlook for iOS<https://aka.ms/x>\r\n________________________________\r\nFrom: Sam Porter <talent@agency.example>\r\n\
        Sent: Thursday, 26 September 2026 10:02\r\nTo: Ann Lee <ann@client.example>\r\nSubject: Two profiles\r\n\r\nInterested or Pass?\r\n";
    assert_eq!(own(mobile).text, "Pass");
    let gateway = "[Company Official Use Only - General]\r\n\r\nCAUTION: This email originated from outside the organization.\r\n\r\nYes please\r\n\r\n\
        On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example>\r\nwrote:\r\n> Hi Ann\r\nThis email message is strictly confidential and intended \
        solely for the addressee.\r\n";
    assert_eq!(own(gateway).text, "Yes please");
    check(&["plain-label-banner-disclaimer", "outlook-mobile-pass"]);
}

#[test]
fn an_afterthought_below_a_rule_under_the_signature_is_kept() {
    for added in [
        "PS: Carl is a no.",
        "P.S. Carl ist raus",
        "Carl is a no.",
        "By the way: pass on Carl, see www.x.example",
    ] {
        let body = format!("Yes to Ana.\n\nKind regards,\nAnn Lee\n-------\n{added}\n");
        assert!(own(&body).text.contains(added), "{added}: {:?}", own(&body).text);
    }
}

#[test]
fn of_a_body_without_end_the_rest_follows_what_stands_before_it() {
    let long = own(&format!("{ANSWER}\n{}", "> old\n".repeat(150_000)));
    assert_eq!((long.text.as_str(), long.uncertain), (ANSWER, true));
    let typed = own(&"yes\n".repeat(150_000));
    assert_eq!(typed.spans.last().unwrap().range.end, typed.shown.len());
    assert!(typed.uncertain && typed.text.len() > 599_000);
}
