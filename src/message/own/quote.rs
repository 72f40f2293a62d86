//! Where the old mail begins in plain lines: attribution lines, header blocks, separators. By structure first: a date, an address, a colon,
//! a quote below; words of the languages only where structure is thin.

use super::lines::Line;

/// What was found at a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    /// How many lines it takes.
    pub(super) lines: usize,
    /// The old mail follows without marks, to the end.
    pub(super) rest: bool,
    /// It was passed on rather than answered.
    pub(super) forwarded: bool,
    /// Why, in a few words.
    pub(super) why: &'static str,
}

/// Longest attribution, in characters and lines.
const MAX_CHARS: usize = 500;
const MAX_LINES: usize = 4;

/// The lines and what is known of their neighbours.
pub(super) struct Page<'s> {
    pub(super) shown: &'s str,
    pub(super) lines: &'s [Line],
    /// For each line the next one that is not blank, counting itself.
    next: Vec<usize>,
}

impl<'s> Page<'s> {
    pub(super) fn new(shown: &'s str, lines: &'s [Line]) -> Self {
        let mut next = vec![lines.len(); lines.len() + 1];
        for n in (0..lines.len()).rev() {
            let blank = lines.get(n).is_none_or(|line| line.is_blank(shown));
            let value = if blank {
                next.get(n + 1).copied().unwrap_or(lines.len())
            } else {
                n
            };
            if let Some(slot) = next.get_mut(n) {
                *slot = value;
            }
        }
        Self { shown, lines, next }
    }

    pub(super) fn text(&self, n: usize) -> &'s str {
        self.lines.get(n).map(|line| line.text(self.shown)).unwrap_or_default()
    }

    /// The next line with words at or after `n`; `None` at the end.
    pub(super) fn next(&self, n: usize) -> Option<usize> {
        self.next.get(n).copied().filter(|n| *n < self.lines.len())
    }

    fn depth(&self, n: usize) -> usize {
        self.lines.get(n).map_or(0, |line| line.depth)
    }

    /// The line after `n` with words is quoted more deeply than `n`.
    fn quote_follows(&self, n: usize) -> bool {
        let deeper = |next: usize| {
            let (here, there) = (self.lines.get(n), self.lines.get(next));
            here.zip(there).is_some_and(|(here, there)| {
                there.depth > here.depth || there.block > here.block || (there.container.is_some() && here.container.is_none())
            })
        };
        self.next(n + 1).is_some_and(deeper)
    }

    /// What begins at line `n`, if anything does.
    pub(super) fn opening(&self, n: usize) -> Option<Opening> {
        let text = self.text(n);
        if text.is_empty() || text.len() > 2_000 {
            return None;
        }
        self.separator(n, text)
            .or_else(|| self.header_block(n))
            .or_else(|| self.attribution(n))
    }

    /// "-----Original Message-----", a rule of underscores above a header block, `---- On … wrote ----`.
    fn separator(&self, n: usize, text: &str) -> Option<Opening> {
        let rule = |c: char| matches!(c, '-' | '_' | '=' | '*' | '—' | '–' | '‐' | '─' | ' ');
        let bare = text.trim_matches(rule);
        let edge = text
            .trim_start_matches([' ', '*'])
            .chars()
            .take_while(|c| rule(*c) && *c != ' ' && *c != '*')
            .count();
        if bare.is_empty() {
            // A rule alone is decoration; signatures use it as well.
            let next = self.next(n + 1).filter(|next| text.chars().count() >= 5 && next - n <= 3)?;
            let block = self.header_block(next)?;
            return Some(Opening {
                lines: next - n + block.lines,
                ..block
            });
        }
        if edge < 2 {
            // Samsung glues the header to the separator; Apple writes a sentence with a colon.
            let block = self
                .next(n + 1)
                .filter(|next| next - n <= 3)
                .and_then(|next| self.header_block(next).map(|b| (next, b)));
            let short = text.chars().count() <= 80 && text.ends_with([':', '：']) && forward_words(text);
            return block.filter(|_| short).map(|(next, block)| Opening {
                lines: next - n + block.lines,
                forwarded: true,
                ..block
            });
        }
        if !text.ends_with(rule) {
            // "-------- Original message --------From: x Date: y To: z Subject: t", all in one line.
            return (original_words(text) && one_line_header(text)).then_some(Opening {
                lines: 1,
                rest: true,
                forwarded: false,
                why: "original message line",
            });
        }
        let chars = bare.chars().count();
        if chars > 200 || !bare.chars().any(char::is_alphabetic) {
            return None;
        }
        let forwarded = forward_words(bare);
        let block = self
            .next(n + 1)
            .filter(|next| next - n <= 4)
            .and_then(|next| self.header_block(next).map(|b| (next, b)));
        if let Some((next, block)) = block {
            return Some(Opening {
                lines: next - n + block.lines,
                forwarded,
                ..block
            });
        }
        let known = chars <= 60 && (forwarded || original_words(bare));
        let dated = has_date(bare) && (has_verb(bare) || bare.contains('@'));
        (known || dated).then_some(Opening {
            lines: 1,
            rest: !self.quote_follows(n),
            forwarded,
            why: "original message line",
        })
    }

    /// "From: … Sent: … To: … Subject: …" in any of the languages, labels bold or not, one blank line between them allowed.
    fn header_block(&self, n: usize) -> Option<Opening> {
        let first = label(self.text(n))?;
        if one_line_header(self.text(n)) {
            return Some(Opening {
                lines: 1,
                rest: true,
                forwarded: false,
                why: "header block",
            });
        }
        let mut seen = first.kind.bit();
        let mut from_value = if first.kind.has(Kind::FROM) { first.value } else { "" };
        let (mut last, mut at, mut strangers) = (n, n + 1, 0);
        while at <= n + 20 {
            let Some(next) = self.next(at).filter(|next| next - at <= 1) else {
                break;
            };
            match label(self.text(next)) {
                Some(found) => {
                    if from_value.is_empty() && found.kind.has(Kind::FROM) && !first.kind.has(Kind::FROM) {
                        from_value = found.value;
                    }
                    seen |= found.kind.bit();
                    (last, strangers) = (next, 0);
                }
                // A list of recipients or a long subject runs over lines, but not over blank ones.
                None if next == at && strangers < 3 && !seen_enough(seen) => strangers += 1,
                None => break,
            }
            at = next + 1;
        }
        // An address may stand on the line after its label.
        let named = from_value.chars().any(char::is_alphabetic) || self.text(n + 1).contains('@');
        let from = seen & Kind::FROM != 0 && named && !from_value.starts_with(|c: char| c.is_ascii_digit());
        let (date, subject, to) = (seen & Kind::DATE != 0, seen & Kind::SUBJECT != 0, seen & Kind::TO != 0);
        // Without an address two labels are a list somebody typed; three are a header.
        let address = from_value.contains('@') || from_value.contains('<');
        let enough = from && (date || subject) && (address || (date && subject) || (to && (date || subject)));
        (enough && (first.kind.has(Kind::FROM) || date || subject)).then_some(Opening {
            lines: last - n + 1,
            rest: true,
            forwarded: false,
            why: "header block",
        })
    }

    /// "On … wrote:", up to four lines.
    fn attribution(&self, n: usize) -> Option<Opening> {
        let mut joined = String::new();
        let depth = self.depth(n);
        for count in 1..=MAX_LINES {
            let at = n + count - 1;
            let text = self.text(at);
            if at >= self.lines.len() || text.is_empty() || self.depth(at) != depth {
                return None;
            }
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(text);
            if joined.len() > MAX_CHARS * 2 {
                return None;
            }
            if let Some(rest) = self.attributes(n, at, &joined) {
                return Some(Opening {
                    lines: count,
                    rest,
                    forwarded: false,
                    why: "attribution line",
                });
            }
            // Only a line that begins like one is worth joining with the next.
            if count == 1 && !begins_like_one(text) {
                return None;
            }
        }
        None
    }

    /// Whether lines `first..=last`, joined, attribute what follows; and if so, whether it follows without marks.
    fn attributes(&self, first: usize, last: usize, joined: &str) -> Option<bool> {
        let trimmed = joined.trim_end_matches(['>', '*', '_', ' ', '\u{200f}']);
        let colon = trimmed.ends_with([':', '：']) || trimmed.starts_with(':');
        let (date, verb) = (has_date(joined), has_verb(joined));
        let address = joined.contains('@') || joined.contains("<http");
        let time = has_time(joined);
        if self.quote_follows(last) {
            // A sentence of the writer's may end with a colon above a quote: "You wrote on 3 March:" is an attribution all the same.
            let by_shape = (date && (verb || address)) || (address && time) || (verb && (address || time));
            let strong = colon && (by_shape || (verb && joined.chars().count() <= 80) || (date && first != last));
            let without_colon = date && time && address && (verb || joined.trim_end().ends_with(['>', '님', ')']));
            return (strong || without_colon).then_some(false);
        }
        let whole = (date || time) && verb && address;
        let dated = date && verb && begins_like_one(joined);
        let by_shape = date && time && address;
        let ends = self.next(last + 1).is_none();
        let strong = colon && (whole || dated || by_shape);
        (strong || (ends && colon && verb && address)).then_some(true)
    }
}

fn seen_enough(seen: u8) -> bool {
    seen & Kind::SUBJECT != 0 && seen & Kind::FROM != 0
}

/// A line that can be the first of a wrapped attribution: it holds a date, an address, or begins with a word that such lines begin with.
fn begins_like_one(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "on",
        "am",
        "le",
        "el",
        "il",
        "em",
        "op",
        "den",
        "d.",
        "dnia",
        "w",
        "dne",
        "în",
        "pe",
        "a",
        "в",
        "on:",
        "at",
        "vào",
        "pada",
        "tarihinde",
        "på",
        "no",
        "the",
        "---",
        "----",
        "----on",
        "-----",
        "ha",
        "o",
    ];
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    WORDS.contains(&first.as_str()) || has_date(text) || has_time(text) || (text.contains('<') && text.contains('@'))
}

/// A year, a date in digits, or a day beside a month's name in any language (a number of one or two digits beside a word).
fn has_date(text: &str) -> bool {
    let mut previous_digits = 0_usize;
    let mut run = 0_usize;
    let mut value = 0_u32;
    let mut groups = 0_usize;
    let mut separator = ' ';
    for c in text.chars().chain(std::iter::once(' ')) {
        if let Some(digit) = c.to_digit(10) {
            run += 1;
            value = value.saturating_mul(10).saturating_add(digit);
            continue;
        }
        if run > 0 {
            if run == 4 && (1990..=2100).contains(&value) {
                return true;
            }
            let chained = matches!(separator, '.' | '/' | '-') && (1..=4).contains(&previous_digits);
            groups = if chained && run <= 4 { groups + 1 } else { 1 };
            if groups >= 3 {
                return true;
            }
            previous_digits = run;
            (run, value) = (0, 0);
            separator = c;
        } else if !matches!(c, '.' | '/' | '-') {
            separator = c;
        } else {
            separator = ' ';
        }
    }
    false
}

/// `9:14`, `09.14` does not count.
fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .windows(4)
        .any(|w| matches!(w, [a, b':', c, d] if a.is_ascii_digit() && c.is_ascii_digit() && d.is_ascii_digit()))
}

/// Words for "wrote" of the languages, with some of their neighbours.
const VERBS: &[&str] = &[
    "wrote",
    "writes",
    "schrieb",
    "geschrieben",
    "a écrit",
    "écrit :",
    "ecrit",
    "escribió",
    "escribio",
    "ha scritto",
    "scrive",
    "escreveu",
    "schreef",
    "geschreven",
    "skrev",
    "skreiv",
    "kirjoitti",
    "napisał",
    "pisze",
    "napsal",
    "napísal",
    "píše",
    "ezt írta",
    "írta",
    "написал",
    "пише",
    "писал",
    "пишет",
    "написа",
    "写道",
    "寫道",
    "写到",
    "yazdı",
    "scris",
    "wrote:",
    "さんは書きました",
    "書きました",
    "のメッセージ",
    "님이 작성",
    "작성",
    "va escriure",
    "schreev",
    "napisao",
    "je napisao",
    "rašė",
    "rakstīja",
    "kirjutas",
    "έγραψε",
    "γράψει",
    "כתב",
    "كتب",
    "đã viết",
    "menulis",
    "เขียน",
    "idatzi",
    "escribiu",
    "skrifaði",
    "scríobh",
    "ysgrifennodd",
    "following:",
    "na:",
    "shkroi",
    "գրել",
    "დაწერა",
    "pisał",
];

fn has_verb(text: &str) -> bool {
    let lower = text.to_lowercase();
    VERBS.iter().any(|verb| lower.contains(verb))
}

fn forward_words(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "forward",
        "weitergeleitet",
        "transféré",
        "transmis",
        "réexpédié",
        "reenviad",
        "inoltrat",
        "doorgestuurd",
        "vidarebefordra",
        "videresend",
        "videresendt",
        "przekazan",
        "przesłan",
        "přeposlan",
        "preposlan",
        "továbbított",
        "redirecționat",
        "iletilen",
        "edelleenlähetetty",
        "välitetty",
        "encaminhad",
        "пересыла",
        "переслан",
        "转发",
        "轉寄",
        "転送",
        "전달",
    ];
    let lower = text.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

fn original_words(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "original message",
        "original e-mail",
        "original email",
        "original appointment",
        "reply message",
        "ursprüngliche nachricht",
        "ursprungsnachricht",
        "originalnachricht",
        "original-nachricht",
        "message d'origine",
        "message d’origine",
        "message original",
        "message initial",
        "mensaje original",
        "messaggio originale",
        "mensagem original",
        "oorspronkelijk",
        "origineel bericht",
        "ursprungligt meddelande",
        "originalmeddelande",
        "oprindelig meddelelse",
        "original meddelelse",
        "opprinnelig melding",
        "opprinneleg",
        "alkuperäinen viesti",
        "wiadomość oryginalna",
        "oryginalna wiadomość",
        "wiadomość pierwotna",
        "původní zpráva",
        "původní e-mail",
        "pôvodná správa",
        "eredeti üzenet",
        "mesaj original",
        "mesajul original",
        "orijinal",
        "özgün ileti",
        "исходное сообщение",
        "оригинальное сообщение",
        "вихідне повідомлення",
        "原始邮件",
        "原始郵件",
        "原邮件",
        "原始訊息",
        "元のメッセージ",
        "original メッセージ",
        "원본 메시지",
        "αρχικό μήνυμα",
        "reply to",
        "missatge original",
        "izvorna poruka",
        "izvirno sporočilo",
    ];
    let lower = text.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// "From: x Date: y To: z Subject: t" in one line (Samsung, Yahoo).
fn one_line_header(text: &str) -> bool {
    let lower = text.to_lowercase();
    let Some(from) = lower.find("from:") else { return false };
    let after = lower.get(from..).unwrap_or_default();
    let date = after.contains("date:") || after.contains("sent:");
    date && after.contains("subject:") && (text.len() < 2_000)
}

/// What a label names; a word can name several things in several languages ("A" is To in Italian).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind(u8);

impl Kind {
    const FROM: u8 = 1;
    const DATE: u8 = 2;
    const TO: u8 = 4;
    const CC: u8 = 8;
    const SUBJECT: u8 = 16;
    const OTHER: u8 = 32;

    fn has(self, kind: u8) -> bool {
        self.0 & kind != 0
    }

    fn bit(self) -> u8 {
        self.0
    }
}

struct Label<'s> {
    kind: Kind,
    value: &'s str,
}

/// The label at the start of a line, and the value behind its colon.
fn label(text: &str) -> Option<Label<'_>> {
    let text = text.trim_start_matches(['*', '_', ' ', '|']);
    // No label is longer than this, and none has a full stop before its colon.
    let colon = text.char_indices().take(32).find(|(_, c)| matches!(c, ':' | '：'))?;
    let name = text
        .get(..colon.0)?
        .trim_end_matches(['*', '_', ' ', '\t', '\u{a0}'])
        .to_lowercase();
    let value = text
        .get(colon.0 + colon.1.len_utf8()..)
        .unwrap_or_default()
        .trim_start_matches(['*', '_', ' ', '\t']);
    const FROM: &[&str] = &[
        "from",
        "von",
        "de",
        "da",
        "mittente",
        "van",
        "från",
        "fra",
        "lähettäjä",
        "od",
        "nadawca",
        "feladó",
        "de la",
        "expeditorul",
        "expeditor",
        "kimden",
        "gönderen",
        "от",
        "отправитель",
        "від",
        "відправник",
        "发件人",
        "寄件者",
        "寄件人",
        "差出人",
        "送信元",
        "보낸 사람",
        "보낸사람",
        "από",
        "מאת",
        "من",
        "od koga",
        "from de",
        "remitente",
        "expéditeur",
        "absender",
        "afzender",
        "avsändare",
        "afsender",
        "avsender",
        "saatja",
        "šalje",
        "odesílatel",
        "odosielateľ",
        "frá",
        "remetente",
        "từ",
        "dari",
        "จาก",
    ];
    const DATE: &[&str] = &[
        "sent",
        "date",
        "gesendet",
        "datum",
        "envoyé",
        "envoyé le",
        "enviado",
        "enviado el",
        "fecha",
        "inviato",
        "data",
        "enviada em",
        "enviado em",
        "verzonden",
        "verzonden op",
        "skickat",
        "sendt",
        "dato",
        "lähetetty",
        "päivämäärä",
        "päiväys",
        "wysłano",
        "wysłane",
        "odesláno",
        "odoslané",
        "dátum",
        "elküldve",
        "küldve",
        "trimis",
        "dată",
        "gönderilen",
        "gönderme tarihi",
        "gönderildi",
        "tarih",
        "отправлено",
        "дата",
        "відправлено",
        "надіслано",
        "发送时间",
        "发送日期",
        "寄件日期",
        "傳送時間",
        "日期",
        "时间",
        "送信日時",
        "日付",
        "送信日",
        "보낸 날짜",
        "날짜",
        "στάλθηκε",
        "ημερομηνία",
        "poslano",
        "saadetud",
        "kuupäev",
        "sent at",
        "date de",
        "sendt den",
        "skickad",
        "נשלח",
        "تاريخ",
        "ngày",
        "tanggal",
        "วันที่",
    ];
    const TO: &[&str] = &[
        "to",
        "an",
        "à",
        "pour",
        "para",
        "a",
        "per",
        "aan",
        "till",
        "til",
        "vastaanottaja",
        "do",
        "adresat",
        "komu",
        "címzett",
        "destinatarul",
        "către",
        "kime",
        "alıcı",
        "кому",
        "получатель",
        "收件人",
        "收件者",
        "宛先",
        "送信先",
        "받는 사람",
        "받는사람",
        "προς",
        "kellele",
        "saaja",
        "za",
        "empfänger",
        "destinataire",
        "destinatario",
        "destinatário",
        "אל",
        "إلى",
        "đến",
        "kepada",
        "ถึง",
    ];
    const CC: &[&str] = &[
        "cc",
        "bcc",
        "kopie",
        "kopia",
        "kopi",
        "kopio",
        "kópia",
        "másolatot kap",
        "másolat",
        "копия",
        "копія",
        "bilgi",
        "抄送",
        "副本",
        "dw",
        "k",
        "cci",
        "참조",
        "κοινοποίηση",
    ];
    const SUBJECT: &[&str] = &[
        "subject",
        "betreff",
        "objet",
        "sujet",
        "asunto",
        "oggetto",
        "assunto",
        "onderwerp",
        "ämne",
        "emne",
        "aihe",
        "temat",
        "předmět",
        "predmet",
        "tárgy",
        "subiect",
        "konu",
        "тема",
        "主题",
        "主旨",
        "主題",
        "标题",
        "件名",
        "제목",
        "θέμα",
        "teema",
        "naslov",
        "zadeva",
        "efni",
        "נושא",
        "الموضوع",
        "chủ đề",
        "subjek",
        "เรื่อง",
        "subjekt",
    ];
    const OTHER: &[&str] = &[
        "reply-to",
        "reply to",
        "antwort an",
        "importance",
        "wichtigkeit",
        "attachments",
        "anlagen",
        "priority",
        "organization",
        "répondre à",
        "responder a",
        "rispondi a",
    ];
    let mut kind = 0;
    for (names, bit) in [
        (FROM, Kind::FROM),
        (DATE, Kind::DATE),
        (TO, Kind::TO),
        (CC, Kind::CC),
        (SUBJECT, Kind::SUBJECT),
        (OTHER, Kind::OTHER),
    ] {
        if names.contains(&name.as_str()) {
            kind |= bit;
        }
    }
    (kind != 0).then_some(Label { kind: Kind(kind), value })
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::*;

    fn opens(text: &str) -> Option<Opening> {
        let lines = lines(text, &[]);
        Page::new(text, &lines).opening(0)
    }

    #[test]
    fn attributions_and_headers_open_the_old_mail() {
        for text in [
            "On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:\n> hi",
            "On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example>\nwrote:\n> hi",
            "On Tue, 7 Jul 2026 at 10:02 AM\nThe Very Long Agency Name <\na@b.example> wrote:\n> hi",
            "Am 07.07.2026 um 10:02 schrieb Agency:\n> hi",
            "Am Di., 7. Juli 2026 um 10:02 Uhr schrieb Agency <a@b.example>:\nhi",
            "Le mar. 7 juil. 2026 à 10:02, Agency <a@b.example> a écrit :\n> hi",
            "Dnia 7 lipca 2026 10:02 Agency <a@b.example> napisał(a):\n> hi",
            "2026年7月7日(火) 10:02 Agency <a@b.example>:\n> hi",
            "在 2026年7月7日，Agency <a@b.example> 写道：\nhi",
            "---- On Tue, 07 Jul 2026 10:02:00 +0200 Agency <a@b.example> wrote ----\nhi",
            "-----Original Message-----\nhi",
            "-----Ursprüngliche Nachricht-----\nVon: A <a@b.example>\nGesendet: Dienstag\nBetreff: x",
            "________________________________\nFrom: Agency <a@b.example>\nSent: Thursday\nTo: Ann\nSubject: x",
            "From: Agency\nSent: Thursday, 9 July 2026 10:02\nTo: Ann\nSubject: x",
            "*De :* Agency <a@b.example>\n*Envoyé :* jeudi 9 juillet 2026\n*À :* Ann\n*Objet :* x",
            "发件人: Agency <a@b.example>\n发送时间: 2026年7月7日\n收件人: Ann\n主题: x",
            "-------- Original message --------From: A <a@b.example> Date: 1/13/26 3:52 PM (GMT-06:00) To: ann Subject: x",
        ] {
            assert!(opens(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_people_write_opens_nothing() {
        for text in [
            "On Monday I wrote to her",
            "On Monday I wrote to her:\nplease call",
            "From: 9 to 5 works",
            "From: 9 to 5 works\nTo: be honest, mornings are better",
            "Le 4 mars me convient",
            "- one\n- two",
            "Date: Tuesday 14 July 2026\nTime: 15:00\nAddress: Main Street 1",
            "Date: Tuesday\nSubject: the role\nLet us talk",
            "____________________\nAnn Lee",
            "Ana: yes\nBen: no",
            "Yes:\nAna",
        ] {
            assert_eq!(opens(text), None, "{text}");
        }
    }
}
