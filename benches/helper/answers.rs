//! A contact's answer as Gmail or Outlook would send it, with our whole letter quoted below.

use mail_parser::MessageParser;

const YES: [&str; 4] = [
    "Yes to Ana, please. We would like to meet her.",
    "Hi,\n\nthanks for this. We are interested in Ana.",
    "Ana looks good. Yes, let us go ahead with her.",
    "Hello,\n\nI am interested in Ana Souza.",
];

const SIGNATURE: &str = "Kind regards,\nAnn Lee\nHead of Engineering\nClient Ltd, 12 Quay Street, London";

/// The answer as it lies in a Maildir: LF line ends.
pub(crate) fn write(letter: &[u8], n: usize) -> String {
    let letter = MessageParser::default().parse(letter).unwrap();
    let bot = letter.from().unwrap().first().unwrap().address().unwrap().to_owned();
    let ann = letter.to().unwrap().first().unwrap().address().unwrap().to_owned();
    let subject = letter.subject().unwrap();
    let parent = letter.message_id().unwrap();
    let text = letter.body_text(0).unwrap().replace("\r\n", "\n");
    let html = letter.body_html(0).unwrap().replace("\r\n", "\n");
    let says = YES[n % YES.len()];
    let date = "Sat, 21 Nov 2026 03:00:00 +0000";
    let (plain, rich) = match n % 2 {
        0 => gmail(says, &bot, &text, &html),
        _ => outlook(says, &bot, &ann, subject, &text, &html),
    };
    let junk = |label: &str, lines: usize| {
        let line = "abcdefghijklmnopqrstuvwxyz0123456789+/ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
        format!("{label}{}", format!("\n\t{line}").repeat(lines))
    };
    let boundary = format!("000000000000{n:012x}");
    format!(
        "Return-Path: <{ann}>\nDelivered-To: {bot}\n\
         Authentication-Results: mx.agency.test; dmarc=pass header.from=client.test; spf=pass smtp.mailfrom=client.test\n\
         Received: from mail.client.test (mail.client.test [203.0.113.9])\n\tby mx.agency.test (Postfix) with ESMTPS id {n:010X}\n\tfor <{bot}>; {date}\n\
         Received: from out.client.test (203.0.113.8) by mail.client.test (203.0.113.9) with\n Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id\n 15.20.9115.17; {date}\n\
         {}\n{}\n{}\n{}\n\
         From: Ann Lee <{ann}>\nTo: Harbour Talent <{bot}>\nSubject: Re: {subject}\nDate: {date}\n\
         Message-ID: <answer-{n}@client.test>\nIn-Reply-To: <{parent}>\nReferences: <{parent}>\n\
         MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"{boundary}\"\n\n\
         --{boundary}\nContent-Type: text/plain; charset=\"UTF-8\"\nContent-Transfer-Encoding: quoted-printable\n\n{}\n\
         --{boundary}\nContent-Type: text/html; charset=\"UTF-8\"\nContent-Transfer-Encoding: quoted-printable\n\n{}\n--{boundary}--\n",
        junk("ARC-Seal: i=1; a=rsa-sha256; s=arcselector10001; d=client.test; cv=none; b=", 6),
        junk("ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=client.test; b=", 9),
        junk(
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=client.test; s=selector1; b=",
            6
        ),
        junk("X-MS-Exchange-AntiSpam-MessageData-0: ", 60),
        quoted_printable(&plain),
        quoted_printable(&rich),
    )
}

fn gmail(says: &str, bot: &str, text: &str, html: &str) -> (String, String) {
    let head = format!("On Sat, Nov 21, 2026 at 2:30 AM Harbour Talent <{bot}> wrote:");
    let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
    let plain = format!("{says}\n\n{SIGNATURE}\n\n{head}\n\n{quoted}");
    let rich = format!(
        "<div dir=\"ltr\"><div>{}</div><div><br></div><div dir=\"ltr\" class=\"gmail_signature\" data-smartmail=\"gmail_signature\">{}</div></div><br>\
         <div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">{}<br></div>\
         <blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">{}</blockquote></div>\n",
        lines(says),
        lines(SIGNATURE),
        escape(&head),
        inside(html)
    );
    (plain, rich)
}

fn outlook(says: &str, bot: &str, ann: &str, subject: &str, text: &str, html: &str) -> (String, String) {
    let head = [
        ("From", format!("Harbour Talent <{bot}>")),
        ("Sent", "Saturday, November 21, 2026 2:30 AM".to_owned()),
        ("To", format!("Ann Lee <{ann}>")),
        ("Subject", subject.to_owned()),
    ];
    let written: String = head.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let rule = "_".repeat(32);
    let plain = format!("{says}\n\n{SIGNATURE}\n{rule}\n{written}\n{text}");
    let style = "font-family: Aptos, Aptos_EmbeddedFont, Calibri, Helvetica, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);";
    let paragraphs: String = format!("{says}\n\n{SIGNATURE}")
        .lines()
        .map(|line| {
            format!(
                "<div class=\"elementToProof\" style=\"{style}\">{}</div>\n",
                if line.is_empty() { "<br>".into() } else { escape(line) }
            )
        })
        .collect();
    let shown: String = head
        .iter()
        .map(|(name, value)| format!("<b>{name}:</b> {}<br>\n", escape(value)))
        .collect();
    let rich = format!(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\n\
         <style type=\"text/css\" style=\"display:none;\"> P {{margin-top:0;margin-bottom:0;}} </style>\n</head>\n<body dir=\"ltr\">\n{paragraphs}\
         <div id=\"appendonsend\"></div>\n<hr style=\"display:inline-block;width:98%\" tabindex=\"-1\">\n\
         <div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri, sans-serif\" style=\"font-size:11pt\" color=\"#000000\">{shown}</font>\n<div>&nbsp;</div>\n</div>\n\
         <div>{}</div>\n</body>\n</html>\n",
        inside(html)
    );
    (plain, rich)
}

fn inside(html: &str) -> &str {
    let body = html.split_once("<body").and_then(|(_, rest)| rest.split_once('>'));
    body.map_or(html, |(_, rest)| rest.split_once("</body>").map_or(rest, |(inside, _)| inside))
}

fn lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("<br>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut width = 0;
        for byte in line.bytes() {
            let plain = (byte.is_ascii_graphic() || byte == b' ') && byte != b'=';
            let piece = if plain {
                (byte as char).to_string()
            } else {
                format!("={byte:02X}")
            };
            if width + piece.len() > 75 {
                out.push_str("=\n");
                width = 0;
            }
            width += piece.len();
            out.push_str(&piece);
        }
        if out.ends_with(' ') {
            out.pop();
            out.push_str("=20");
        }
        out.push('\n');
    }
    out
}
