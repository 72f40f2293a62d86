//! The mail programs: what each writes above what it quotes, and the HTML it puts around it.

use super::dice::Dice;

const NAME: &str = "Harbor Line Recruiting";
const ADDRESS: &str = "talent+aeaaabfxaaaadjbvuwj34jiw5fkha@harborline.example";

/// How a program marks what it quotes in plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    /// `> ` before each line.
    Prefix,
    /// Nothing but what stands above.
    None,
}

/// A mail program as far as quoting goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client {
    pub(super) name: &'static str,
    pub(super) head: Head,
    pub(super) marks: Marks,
    /// HTML around the quoted letter; `{head}` is where the words above it go.
    pub(super) before: &'static str,
    pub(super) after: &'static str,
    /// HTML around each line that is typed.
    pub(super) line: (&'static str, &'static str),
    /// HTML around the signature; empty when the program has none of its own.
    pub(super) signature: (&'static str, &'static str),
}

/// What stands above the quoted letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    Gmail,
    Apple,
    Thunderbird,
    /// From, Sent, To, Subject; after 32 underscores or not.
    Outlook,
    /// The same with Date.
    OutlookMac,
    /// `On D, T, "S" <A> wrote:` of Outlook 2019.
    Outlook2019,
    Yahoo,
    Zoho,
    Samsung,
    /// "-----Original Message-----" and a header block.
    Original,
    /// Nothing at all.
    Nothing,
}

const DIV: (&str, &str) = ("<div>", "</div>");
const MSO: (&str, &str) = ("<p class=\"MsoNormal\">", "<o:p></o:p></p>");
const NO: (&str, &str) = ("", "");

/// A program that marks what it quotes; each says what it does otherwise.
const MARKING: Client = Client {
    name: "",
    head: Head::Gmail,
    marks: Marks::Prefix,
    before: "",
    after: "</blockquote></div>",
    line: DIV,
    signature: NO,
};

/// A program that puts a header above the old mail and leaves it as it is.
const HEADING: Client = Client {
    head: Head::Outlook,
    marks: Marks::None,
    after: "</div>",
    ..MARKING
};

pub(super) const CLIENTS: [Client; 26] = [
    Client {
        name: "Gmail",
        before: "<br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">{head}<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">",
        signature: (
            "<div dir=\"ltr\" class=\"gmail_signature\" data-smartmail=\"gmail_signature\">",
            "</div>",
        ),
        ..MARKING
    },
    Client {
        name: "Gmail of old",
        before: "<div class=\"gmail_extra\"><br><div class=\"gmail_quote\">{head}<br><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex\">",
        after: "</blockquote></div><br></div>",
        ..MARKING
    },
    Client {
        name: "Outlook on the web",
        before: "<div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri\" color=\"#000000\">{head}</font><div>&nbsp;</div></div><div>",
        line: (
            "<div style=\"font-family: Aptos; font-size: 12pt;\" class=\"elementToProof\">",
            "</div>",
        ),
        signature: ("<div id=\"Signature\">", "</div>"),
        ..HEADING
    },
    Client {
        name: "Outlook on the web, without its first mark",
        before: "<hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\">{head}</div><div>",
        ..HEADING
    },
    Client {
        name: "Outlook for iOS",
        before: "<div id=\"mail-editor-reference-message-container\" class=\"ms-outlook-mobile-reference-message\"><hr style=\"display: inline-block; width: 98%;\"><div id=\"divRplyFwdMsg\">{head}</div>",
        line: ("<div dir=\"ltr\">", "</div>"),
        ..HEADING
    },
    Client {
        name: "Outlook for Mac",
        head: Head::OutlookMac,
        before: "<div id=\"mail-editor-reference-message-container\"><div style=\"border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in\"><p class=\"MsoNormal\">{head}</p></div>",
        line: MSO,
        ..HEADING
    },
    Client {
        name: "Outlook for Mac 2011",
        head: Head::OutlookMac,
        before: "<span id=\"OLK_SRC_BODY_SECTION\"><div style=\"border-top:#b5c4df 1pt solid\">{head}</div><blockquote id=\"MAC_OUTLOOK_ATTRIBUTION_BLOCKQUOTE\">",
        after: "</blockquote></span>",
        ..HEADING
    },
    Client {
        name: "Outlook for Windows",
        before: "<div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in\"><p class=\"MsoNormal\">{head}<o:p></o:p></p></div></div><p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>",
        after: "",
        line: MSO,
        ..HEADING
    },
    Client {
        name: "Outlook for Windows, metric",
        before: "<div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>{head}<o:p></o:p></p></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>",
        after: "",
        line: ("<p class=MsoNormal><span lang=EN-GB>", "<o:p></o:p></span></p>"),
        ..HEADING
    },
    Client {
        name: "Outlook 2019",
        head: Head::Outlook2019,
        before: "<div><p class=\"MsoNormal\">{head}<o:p></o:p></p></div><div>",
        line: MSO,
        ..HEADING
    },
    Client {
        name: "Hotmail",
        before: "<hr id=\"stopSpelling\">{head}<br><br>",
        after: "",
        ..HEADING
    },
    Client {
        name: "Apple Mail",
        head: Head::Apple,
        before: "<br class=\"Apple-interchange-newline\"><div><blockquote type=\"cite\"><div>{head}</div><br class=\"Apple-interchange-newline\"><div>",
        after: "</div></blockquote></div><br>",
        signature: ("<div id=\"AppleMailSignature\">", "</div>"),
        ..MARKING
    },
    Client {
        name: "Mail on an iPhone",
        head: Head::Apple,
        before: "<div dir=\"ltr\"><br><blockquote type=\"cite\">{head}<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">",
        after: "</div></blockquote>",
        line: ("<div dir=\"auto\">", "</div>"),
        ..MARKING
    },
    Client {
        name: "Thunderbird",
        head: Head::Thunderbird,
        before: "<div class=\"moz-cite-prefix\">{head}<br></div><blockquote type=\"cite\" cite=\"mid:aeaaaaaaaacloaaaaaa6w5cgziqtndurs646umjvo4x6k@harborline.example\">",
        after: "</blockquote>",
        line: ("<p>", "</p>"),
        signature: ("<div class=\"moz-signature\">-- <br>", "</div>"),
        ..MARKING
    },
    Client {
        name: "Yahoo",
        head: Head::Yahoo,
        before: "</div><div id=\"ydp7f31yahoo_quoted_5521\" class=\"ydp7f31yahoo_quoted\"><div style=\"font-family:Helvetica\"><div>{head}</div><div><br></div><div><div dir=\"ltr\">",
        after: "</div></div></div></div>",
        line: ("<div dir=\"ltr\" data-setdir=\"false\">", "</div>"),
        signature: ("<div class=\"ydpsignature\">-- <br>", "</div>"),
        ..HEADING
    },
    Client {
        name: "Yahoo for iOS",
        head: Head::Yahoo,
        before: "<p class=\"yahoo-quoted-begin\">{head}</p><blockquote class=\"iosymail\">",
        after: "</blockquote>",
        ..HEADING
    },
    Client {
        name: "Proton",
        head: Head::Original,
        before: "<div class=\"protonmail_quote\">{head}<br><blockquote class=\"protonmail_quote\" type=\"cite\">",
        line: ("<div style=\"font-family: Arial, sans-serif; font-size: 14px;\">", "</div>"),
        signature: ("<div class=\"protonmail_signature_block\">", "</div>"),
        ..MARKING
    },
    Client {
        name: "Tutanota",
        before: "{head}<br><blockquote class=\"tutanota_quote\">",
        after: "</blockquote>",
        ..MARKING
    },
    Client {
        name: "Zoho",
        head: Head::Zoho,
        before: "<br><div class=\"zmail_extra\" style=\"\">{head}<br><blockquote id=\"blockquote_zmail\">",
        after: "</blockquote></div>",
        ..HEADING
    },
    Client {
        name: "GMX",
        head: Head::Original,
        before: "<div name=\"quote\" style=\"margin:10px 5px\">{head}<div name=\"quoted-content\">",
        after: "</div></div>",
        ..HEADING
    },
    Client {
        name: "Spark",
        before: "<div name=\"messageReplySection\">{head}<br><blockquote type=\"cite\" style=\"border-left:1px solid #1abc9c\">",
        line: ("<div dir=\"auto\">", "</div>"),
        signature: ("<div name=\"messageSignatureSection\"><div class=\"matchFont\">", "</div></div>"),
        ..MARKING
    },
    Client {
        name: "Front",
        before: "{head}<br><blockquote type=\"cite\" class=\"front-blockquote\">",
        after: "</blockquote>",
        ..MARKING
    },
    Client {
        name: "Missive",
        before: "<div class=\"missive_quote\">{head}<br><blockquote class=\"missive_quote\">",
        ..MARKING
    },
    Client {
        name: "Freshdesk",
        before: "<div class=\"freshdesk_quote\"><blockquote class=\"freshdesk_quote\">{head}<br>",
        ..MARKING
    },
    Client {
        name: "Samsung",
        head: Head::Samsung,
        before: "<div><br></div><div>{head}</div><div><br></div>",
        after: "",
        line: ("<div dir=\"auto\">", "</div>"),
        signature: ("<div id=\"composer_signature\" dir=\"auto\">", "</div>"),
        ..HEADING
    },
    Client {
        name: "a program without a mark",
        head: Head::Nothing,
        before: "<br>",
        after: "",
        ..HEADING
    },
];

const GMAIL: [&str; 18] = [
    "On Mon, Nov 23, 2026 at 9:30 AM {name} <{address}> wrote:",
    "On Mon, 23 Nov 2026 at 09:30, {name} <{address}> wrote:",
    "Am Mo., 23. Nov. 2026 um 10:30 Uhr schrieb {name} <{address}>:",
    "Le lun. 23 nov. 2026 à 10:30, {name} <{address}> a écrit :",
    "El lun, 23 nov 2026 a las 10:30, {name} (<{address}>) escribió:",
    "Il giorno lun 23 nov 2026 alle ore 10:30 {name} <{address}> ha scritto:",
    "Em seg., 23 de nov. de 2026 às 09:30, {name} <{address}> escreveu:",
    "Op ma 23 nov 2026 om 10:30 schreef {name} <{address}>:",
    "Den mån 23 nov. 2026 kl 10:30 skrev {name} <{address}>:",
    "man. 23. nov. 2026 kl. 10.30 skrev {name} <{address}>:",
    "ma 23. marrask. 2026 klo 10.30 {name} ({address}) kirjoitti:",
    "pon., 23 lis 2026 o 10:30 {name} <{address}> napisał(a):",
    "po 23. 11. 2026 v 10:30 odesílatel {name} <{address}> napsal:",
    "пн, 23 нояб. 2026 г. в 10:30, {name} <{address}>:",
    "{name} <{address}>, 23 Kas 2026 Pzt, 10:30 tarihinde şunu yazdı:",
    "2026年11月23日(月) 18:30 {name} <{address}>:",
    "{name} <{address}> 于2026年11月23日周一 17:30写道：",
    "{name} <{address}> ezt írta (időpont: 2026. nov. 23., H, 10:30):",
];

const APPLE: [&str; 10] = [
    "On 23 Nov 2026, at 09:30, {name} <{address}> wrote:",
    "On Nov 23, 2026, at 9:30 AM, {name} <{address}> wrote:",
    "Am 23.11.2026 um 10:30 schrieb {name} <{address}>:",
    "Le 23 nov. 2026 à 10:30, {name} <{address}> a écrit :",
    "El 23 nov 2026, a las 10:30, {name} <{address}> escribió:",
    "Il giorno 23 nov 2026, alle ore 10:30, {name} <{address}> ha scritto:",
    "Op 23 nov 2026, om 10:30 heeft {name} <{address}> het volgende geschreven:",
    "23 nov. 2026 kl. 10:30 skrev {name} <{address}>:",
    "No dia 23/11/2026, às 09:30, {name} <{address}> escreveu:",
    "23 нояб. 2026 г., в 12:30, {name} <{address}> написал(а):",
];

const THUNDERBIRD: [&str; 11] = [
    "On 23/11/2026 09:30, {name} wrote:",
    "On 2026-11-23 9:30 AM, {name} wrote:",
    "Am 23.11.26 um 10:30 schrieb {name}:",
    "Le 23/11/2026 à 10:30, {name} a écrit :",
    "El 23/11/26 a las 10:30, {name} escribió:",
    "Il 23/11/26 10:30, {name} ha scritto:",
    "Op 23-11-2026 om 10:30 schreef {name}:",
    "Den 2026-11-23 kl. 10:30, skrev {name}:",
    "Em 23/11/2026 09:30, {name} escreveu:",
    "W dniu 23.11.2026 o 10:30, {name} pisze:",
    "23.11.2026 12:30, {name} пишет:",
];

const OUTLOOK_2019: [&str; 7] = [
    "On 23.11.26, 09:30, \"{name}\" <{address}> wrote:",
    "Am 23.11.26, 10:30 schrieb \"{name}\" <{address}>:",
    "Le 23/11/2026 10:30, « {name} » <{address}> a écrit :",
    "El 23/11/26 10:30, \"{name}\" <{address}> escribió:",
    "Il giorno 23/11/26, 10:30 \"{name}\" <{address}> ha scritto:",
    "Op 23-11-2026 10:30 heeft {name} <{address}> geschreven:",
    "Em 23/11/2026, 09:30, \"{name}\" <{address}> escreveu:",
];

/// From, Sent, Date, To, Subject.
const LABELS: [[&str; 5]; 14] = [
    ["From:", "Sent:", "Date:", "To:", "Subject:"],
    ["From:", "Sent:", "Date:", "To:", "Subject:"],
    ["Von:", "Gesendet:", "Datum:", "An:", "Betreff:"],
    ["De\u{a0}:", "Envoyé\u{a0}:", "Date\u{a0}:", "À\u{a0}:", "Objet\u{a0}:"],
    ["De:", "Enviado el:", "Fecha:", "Para:", "Asunto:"],
    ["Da:", "Inviato:", "Data:", "A:", "Oggetto:"],
    ["De:", "Enviada em:", "Data:", "Para:", "Assunto:"],
    ["Van:", "Verzonden:", "Datum:", "Aan:", "Onderwerp:"],
    ["Från:", "Skickat:", "Datum:", "Till:", "Ämne:"],
    ["Fra:", "Sendt:", "Dato:", "Til:", "Emne:"],
    ["Lähettäjä:", "Lähetetty:", "Päivämäärä:", "Vastaanottaja:", "Aihe:"],
    ["Od:", "Wysłano:", "Data:", "Do:", "Temat:"],
    ["От:", "Отправлено:", "Дата:", "Кому:", "Тема:"],
    ["发件人:", "发送时间:", "日期:", "收件人:", "主题:"],
];

/// The words above the quoted letter, one string a line.
pub(super) fn head(dice: &mut Dice, head: Head) -> Vec<String> {
    let fill = |template: &&str| template.replace("{name}", NAME).replace("{address}", ADDRESS);
    let block = |dice: &mut Dice, date: usize| {
        let labels = dice.one_of(&LABELS);
        let bold = dice.percent(20);
        let label = |n: usize| if bold { format!("*{}*", labels[n]) } else { labels[n].to_owned() };
        let mut lines = vec![
            format!("{} {NAME} <{ADDRESS}>", label(0)),
            format!("{} Monday, 23 November 2026 09:30", label(date)),
            format!("{} Ann Lee <ann.lee@northwind.example>", label(3)),
        ];
        if dice.percent(20) {
            lines.push("Cc: Rita Moss <rita@northwind.example>".to_owned());
        }
        lines.push(format!("{} Three candidates for Senior Java developer [REF-SVMR]", label(4)));
        lines
    };
    match head {
        Head::Gmail => vec![fill(dice.one_of(&GMAIL))],
        Head::Apple => vec![fill(dice.one_of(&APPLE))],
        Head::Thunderbird => vec![fill(dice.one_of(&THUNDERBIRD))],
        Head::Outlook2019 => vec![fill(dice.one_of(&OUTLOOK_2019))],
        Head::Outlook => block(dice, 1),
        Head::OutlookMac => block(dice, 2),
        Head::Yahoo => vec![fill(
            &"    On Monday, November 23, 2026 at 09:30:00 AM GMT, {name} <{address}> wrote:",
        )],
        Head::Zoho => vec![fill(&"---- On Mon, 23 Nov 2026 09:30:00 +0000 {name} <{address}> wrote ----")],
        Head::Samsung => vec![
            "-------- Original message --------".to_owned(),
            fill(
                &"From: {name} <{address}> Date: 23/11/2026 09:30 (GMT+00:00) To: Ann Lee <ann.lee@northwind.example> Subject: Three candidates for Senior Java developer [REF-SVMR]",
            ),
        ],
        Head::Original => {
            let mut lines = vec![
                (*dice.one_of(&[
                    "------- Original Message -------",
                    "-----Ursprüngliche Nachricht-----",
                    "-----Message d'origine-----",
                    "-----Original Message-----",
                ]))
                .to_owned(),
            ];
            lines.extend(block(dice, 1));
            lines
        }
        Head::Nothing => Vec::new(),
    }
}
