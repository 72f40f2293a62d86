//! The whole reply: what is typed, the quoted letter, what stands around them, in one or two parts, in some character set.

use base64::Engine as _;

use super::Reply;
use super::clients::{CLIENTS, Client, Head, Marks, head};
use super::dice::Dice;
use super::letters::Quoted;
use super::plain::Line;
use super::typed::{Spot, Typed, is_copied, shares_a_line, typed};
use super::{html, plain};

const SIGNATURES: [&str; 3] = [
    "Ann Lee\nHead of Engineering | Northwind Logistics\n+44 20 7946 0018",
    "Ann Lee",
    "Dr. Ann Lee, Geschäftsführerin\nNorthwind Logistics GmbH · Hafenstraße 3 · 20457 Hamburg\nwww.northwind.example",
];

const DEVICES: [&str; 10] = [
    "Sent from my iPhone",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Sent from Outlook for Android<https://aka.ms/AAb9ysg>",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
];

const BANNERS: [&str; 7] = [
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender and know the content is safe.",
    "EXTERNAL EMAIL: Use caution with links and attachments.",
    "[EXTERNAL]",
    "You don't often get email from talent@harborline.example. Learn why this is important<https://aka.ms/LearnAboutSenderIdentification>",
    "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Bitte keine Links oder Anhänge öffnen, wenn Sie den Absender nicht kennen.",
    "[Company Official Use Only - General]",
    "⚠ EXTERNAL SENDER: This message came from outside the company. Be careful with attachments and links.",
];

const DISCLAIMERS: [&str; 3] = [
    "This email and any files transmitted with it are confidential and intended solely for the use of the individual or entity to whom they are addressed. If you have received this email in error please notify the system manager.",
    "Diese E-Mail enthält vertrauliche und rechtlich geschützte Informationen. Wenn Sie nicht der richtige Empfänger sind, informieren Sie bitte den Absender und vernichten Sie diese Mail.",
    "Northwind Logistics Ltd. Registered in England No. 01234567. Registered office: 1 Quay Street, London. This message is confidential; if you are not the intended recipient, delete it.",
];

/// What stands around the words.
struct Around {
    banner: Option<&'static str>,
    /// The gateway of the reader warned of our letter, and the warning was quoted with it.
    inner_banner: Option<&'static str>,
    signature: Option<&'static str>,
    device: Option<&'static str>,
    disclaimer: Option<&'static str>,
}

fn sometimes<T: Copy>(dice: &mut Dice, share: usize, all: &[T], made: &mut Vec<&'static str>, name: &'static str) -> Option<T> {
    dice.percent(share).then(|| {
        made.push(name);
        *dice.one_of(all)
    })
}

pub(super) fn reply(dice: &mut Dice, letter: &Quoted) -> Reply {
    let mut made = Vec::new();
    let client = dice.one_of(&CLIENTS);
    let mut typed = typed(dice);
    // Nobody writes into a line of ours and copies the line as it was beside it.
    let page = format!("{}\n{}", letter.text.text, letter.text.html_text);
    if typed.iter().any(|one| matches!(one.spot, Spot::Inside(_))) {
        typed.retain(|one| !is_copied(&one.text, &page));
    }
    for one in &typed {
        made.push(match one.spot {
            Spot::Above => "top",
            Spot::Below => "below",
            Spot::Between(_) => "between",
            Spot::Inside(_) => "in a line",
        });
    }
    let around = Around {
        banner: sometimes(dice, 10, &BANNERS, &mut made, "banner"),
        inner_banner: sometimes(dice, 10, &BANNERS, &mut made, "banner in the quote"),
        signature: sometimes(dice, 20, &SIGNATURES, &mut made, "signature"),
        device: sometimes(dice, 15, &DEVICES, &mut made, "device"),
        disclaimer: sometimes(dice, 15, &DISCLAIMERS, &mut made, "disclaimer"),
    };
    let mut quoted_head = head(dice, client.head);
    if quoted_head.is_empty() {
        made.push("no mark");
    }
    let form = dice.below(3);
    let (parts, order) = if form == 0 {
        made.push("text only");
        let (text, order) = text_reply(dice, letter, client, &typed, &around, &mut quoted_head, &mut made);
        (vec![("plain", text)], order)
    } else {
        let (page, order) = html_reply(dice, letter, client, &typed, &around, &quoted_head, &mut made);
        if form == 1 {
            made.push("html only");
            (vec![("html", page)], order)
        } else {
            made.push("both");
            let text = html::rendered(dice, &page, client);
            (vec![("plain", text), ("html", page)], order)
        }
    };
    let at = |spot| typed.iter().filter(move |one| one.spot == spot).map(|one| one.text.clone());
    let typed = at(Spot::Above).chain(order).chain(at(Spot::Below)).collect::<Vec<_>>().join("\n");
    let raw = raw(dice, &parts, &mut made);
    Reply {
        raw,
        typed,
        made: format!("{} answers {}: {}", client.name, letter.name, made.join(", ")),
    }
}

fn text_reply(
    dice: &mut Dice,
    letter: &Quoted,
    client: &Client,
    typed: &[Typed],
    around: &Around,
    head: &mut Vec<String>,
    made: &mut Vec<&'static str>,
) -> (String, Vec<String>) {
    let mut source = match dice.below(3) {
        0 => html::rendered(dice, &letter.html, client),
        _ => letter.plain.clone(),
    };
    match dice.below(4) {
        0 => {
            made.push("safe links");
            source = links_changed(&source, html::safe_link);
        }
        1 => {
            made.push("url defense");
            source = links_changed(&source, |link| format!("{} [answers.harborline.example]", html::defended(link)));
        }
        _ => {}
    }
    if dice.percent(20) {
        source = source.replace('\'', "\u{2019}").replace(" - ", " \u{2013} ");
    }
    // Where our letter was cut off nobody can tell its next line from the same words typed.
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let is_ours =
        |one: &Typed| words(&source).contains(&words(&one.text)) || is_copied(&one.text, &source) || shares_a_line(&one.text, &source);
    if dice.percent(10) && !typed.iter().any(is_ours) {
        made.push("cut short");
        let lines: Vec<&str> = source.lines().collect();
        let kept = lines.len() / 2 + dice.below(lines.len() / 2 + 1);
        source = lines[..kept].join("\n");
    }
    let (mut quoted, order) = plain::quoted(dice, &source, client, typed);
    if let Some(banner) = around.inner_banner {
        let mut warned: Vec<Line> = plain::wrapped(banner, 76)
            .into_iter()
            .chain([String::new()])
            .map(|text| Line {
                text,
                quoted: client.marks == Marks::Prefix,
            })
            .collect();
        warned.append(&mut quoted);
        quoted = warned;
    }
    let is_flowed = client.marks == Marks::Prefix && dice.percent(30);
    let mut lines: Vec<Line> = Vec::new();
    let mut push = |text: &str| {
        for line in text.lines() {
            for text in plain::wrapped(line, 76) {
                lines.push(Line { text, quoted: false });
            }
        }
    };
    if let Some(banner) = around.banner {
        push(banner);
        push(" \n");
    }
    let below = typed.iter().any(|one| one.spot == Spot::Below);
    let end = |push: &mut dyn FnMut(&str)| {
        if let Some(device) = around.device {
            push(&format!(" \n{device}"));
        }
        if let Some(signature) = around.signature {
            push(" \n-- ");
            push(signature);
        }
    };
    for one in typed.iter().filter(|one| one.spot == Spot::Above) {
        push(&one.text);
    }
    if !below {
        end(&mut push);
    }
    push(" ");
    if head.len() > 1 && client.head == Head::Outlook && dice.percent(50) {
        push("________________________________");
    }
    // Programs break their attribution where the line is full.
    let width = *dice.one_of(&[60, 72, 76, 1_000]);
    let above = if head.len() == 1 {
        plain::wrapped(&head.remove(0), width)
    } else {
        std::mem::take(head)
    };
    let blank = dice.percent(40);
    lines.extend(above.into_iter().map(|text| Line { text, quoted: false }));
    if blank {
        lines.push(Line {
            text: String::new(),
            quoted: false,
        });
    }
    lines.extend(quoted);
    let mut push = |text: &str| {
        for line in text.lines() {
            for text in plain::wrapped(line, 76) {
                lines.push(Line { text, quoted: false });
            }
        }
    };
    for one in typed.iter().filter(|one| one.spot == Spot::Below) {
        push(" ");
        push(&one.text);
    }
    if below {
        end(&mut push);
    }
    if let Some(disclaimer) = around.disclaimer {
        push(" ");
        push(disclaimer);
    }
    for line in &mut lines {
        if line.text != "-- " {
            line.text.truncate(line.text.trim_end().len());
        }
    }
    if is_flowed {
        made.push("flowed");
        (plain::flowed(&lines), order)
    } else {
        (plain::body(&lines), order)
    }
}

fn links_changed(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for part in text.split_inclusive([' ', '\n', '<', '>', '\t']) {
        let bare = part.trim_end_matches([' ', '\n', '<', '>', '\t']);
        if bare.starts_with("https://") {
            out.push_str(&change(bare).replace("&amp;", "&"));
            out.push_str(&part[bare.len()..]);
        } else {
            out.push_str(part);
        }
    }
    out
}

fn html_reply(
    dice: &mut Dice,
    letter: &Quoted,
    client: &Client,
    typed: &[Typed],
    around: &Around,
    head: &[String],
    made: &mut Vec<&'static str>,
) -> (String, Vec<String>) {
    let source = html::rewritten(dice, &letter.html, made);
    let (mut quoted, order) = html::quoted(dice, &source, client, typed);
    if let Some(banner) = around.inner_banner {
        let banner = html::escaped(banner);
        quoted = match dice.below(2) {
            0 => format!("<div style=\"background:#ffeb9c\">{banner}</div><br>{quoted}"),
            _ => format!("<table border=0><tr><td>{banner}</td></tr></table><div>{quoted}</div>"),
        };
    }
    let below = typed.iter().any(|one| one.spot == Spot::Below);
    let mut page = String::from(*dice.one_of(&[
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>",
        "",
        "<div dir=\"ltr\">",
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><style>p.MsoNormal{margin:0cm}</style></head><body lang=EN-GB><div class=WordSection1>",
    ]));
    if let Some(banner) = around.banner {
        page.push_str(&format!(
            "<div style=\"border:1px solid #9c6500\">{}</div><br>",
            html::escaped(banner)
        ));
    }
    let end = |page: &mut String| {
        if let Some(device) = around.device {
            page.push_str(&format!("<br>{}", html::lines(client, device)));
        }
        if let Some(signature) = around.signature {
            let inner = html::escaped(signature).replace('\n', "<br>");
            page.push_str("<br>");
            if client.signature.0.is_empty() {
                page.push_str(&format!("<div>-- <br>{inner}</div>"));
            } else {
                page.push_str(&format!("{}{inner}{}", client.signature.0, client.signature.1));
            }
        }
    };
    for one in typed.iter().filter(|one| one.spot == Spot::Above) {
        page.push_str(&html::lines(client, &one.text));
    }
    if !below {
        end(&mut page);
    }
    let head = head.iter().map(|line| bold(line)).collect::<Vec<_>>().join("<br>\n");
    page.push_str(&client.before.replace("{head}", &head));
    page.push_str(&quoted);
    page.push_str(client.after);
    for one in typed.iter().filter(|one| one.spot == Spot::Below) {
        page.push_str("<br>");
        page.push_str(&html::lines(client, &one.text));
    }
    if below {
        end(&mut page);
    }
    if let Some(disclaimer) = around.disclaimer {
        page.push_str(&format!("<br><p style=\"font-size:8pt\">{}</p>", html::escaped(disclaimer)));
    }
    (page, order)
}

/// `*From:*` is bold in HTML.
fn bold(line: &str) -> String {
    let line = html::escaped(line);
    match line.strip_prefix('*').and_then(|rest| rest.split_once('*')) {
        Some((label, rest)) => format!("<b>{label}</b>{rest}"),
        None => line,
    }
}

/// The bytes in Windows-1252, when they all have a place in it.
fn western(text: &str) -> Option<Vec<u8>> {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let byte = |c: char| match u32::from(c) {
        code @ (0..=0x7f | 0xa0..=0xff) => u8::try_from(code).ok(),
        _ => HIGH.chars().position(|high| high == c).and_then(|n| u8::try_from(0x80 + n).ok()),
    };
    text.chars().map(byte).collect()
}

fn quoted_printable(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut length = 0;
    for (n, b) in bytes.iter().enumerate() {
        let last = bytes.get(n + 1).is_none_or(|next| *next == b'\n');
        let one = match b {
            b'\n' => {
                out.push_str("\r\n");
                length = 0;
                continue;
            }
            b' ' | b'\t' if last => format!("={b:02X}"),
            b'=' | 0..=8 | 11..=31 | 127..=255 => format!("={b:02X}"),
            _ => char::from(*b).to_string(),
        };
        if length + one.len() > 75 {
            out.push_str("=\r\n");
            length = 0;
        }
        length += one.len();
        out.push_str(&one);
    }
    out
}

fn raw(dice: &mut Dice, parts: &[(&str, String)], made: &mut Vec<&'static str>) -> Vec<u8> {
    let mut raw = Vec::from(
        "From: Ann Lee <ann.lee@northwind.example>\r\nTo: talent+aeaaabfxaaaadjbvuwj34jiw5fkha@harborline.example\r\n\
         Subject: Re: Three candidates for Senior Java developer [REF-SVMR]\r\nDate: Mon, 23 Nov 2026 11:02:00 +0000\r\n\
         Message-ID: <CAF3n1@mail.northwind.example>\r\nMIME-Version: 1.0\r\n",
    );
    let is_flowed = made.contains(&"flowed");
    if parts.len() > 1 {
        raw.extend_from_slice(b"Content-Type: multipart/alternative; boundary=\"=_round\"\r\n\r\n");
    }
    for (kind, text) in parts {
        if parts.len() > 1 {
            raw.extend_from_slice(b"--=_round\r\n");
        }
        let bytes = western(text).filter(|_| dice.percent(25));
        let charset = if bytes.is_some() {
            made.push("windows-1252");
            "windows-1252"
        } else {
            "utf-8"
        };
        let bytes = bytes.unwrap_or_else(|| text.clone().into_bytes());
        let (encoding, body) = match dice.below(3) {
            0 => {
                made.push("base64");
                let coded = base64::engine::general_purpose::STANDARD.encode(with_crlf(&bytes));
                let lines: Vec<&str> = coded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
                ("base64", lines.join("\r\n").into_bytes())
            }
            1 => ("quoted-printable", quoted_printable(&bytes).into_bytes()),
            _ => ("8bit", with_crlf(&bytes)),
        };
        let flowed = if is_flowed { "; format=flowed" } else { "" };
        raw.extend_from_slice(
            format!("Content-Type: text/{kind}; charset={charset}{flowed}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n").as_bytes(),
        );
        raw.extend_from_slice(&body);
        raw.extend_from_slice(b"\r\n");
    }
    if parts.len() > 1 {
        raw.extend_from_slice(b"--=_round--\r\n");
    }
    raw
}

fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 30);
    for b in bytes {
        if *b == b'\n' {
            out.push(b'\r');
        }
        out.push(*b);
    }
    out
}
