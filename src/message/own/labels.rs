//! Labels of header blocks in the languages of mail programs.

use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memchr2;

use crate::message::words::head;

const FROM: &str = "\
    from|von|de|da|mittente|van|från|fra|lähettäjä|od|nadawca|feladó|de la|expeditorul|expeditor|kimden|gönderen|от|\
    отправитель|від|відправник|发件人|寄件者|寄件人|差出人|送信元|보낸 사람|보낸사람|από|מאת|من|od koga|from de|remitente|expéditeur|absender|\
    afzender|avsändare|afsender|avsender|saatja|šalje|odesílatel|odosielateľ|frá|remetente|từ|dari|จาก";
const DATE: &str = "\
    sent|date|gesendet|datum|envoyé|envoyé le|enviado|enviado el|fecha|inviato|data|enviada em|enviado em|verzonden|\
    verzonden op|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|wysłano|wysłane|odesláno|odoslané|dátum|elküldve|\
    küldve|trimis|dată|gönderilen|gönderme tarihi|gönderildi|tarih|отправлено|дата|відправлено|надіслано|发送时间|发送日期|寄件日期|\
    傳送時間|日期|时间|送信日時|日付|送信日|보낸 날짜|날짜|στάλθηκε|ημερομηνία|poslano|saadetud|kuupäev|sent at|date de|sendt den|skickad|נשלח|\
    تاريخ|ngày|tanggal|วันที่";
const TO: &str = "\
    to|an|à|pour|para|a|per|aan|till|til|vastaanottaja|do|adresat|komu|címzett|destinatarul|către|kime|alıcı|кому|\
    получатель|收件人|收件者|宛先|送信先|받는 사람|받는사람|προς|kellele|saaja|za|empfänger|destinataire|destinatario|destinatário|אל|إلى|\
    đến|kepada|ถึง";
const CC: &str = "\
    cc|bcc|kopie|kopia|kopi|kopio|kópia|másolatot kap|másolat|копия|копія|bilgi|抄送|副本|dw|k|cci|참조|κοινοποίηση";
const SUBJECT: &str = "\
    subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|subiect|\
    konu|тема|主题|主旨|主題|标题|件名|제목|θέμα|teema|naslov|zadeva|efni|נושא|الموضوع|chủ đề|subjek|เรื่อง|subjekt";
const OTHER: &str = "\
    reply-to|reply to|antwort an|importance|wichtigkeit|attachments|anlagen|priority|organization|répondre à|\
    responder a|rispondi a";

/// What a label names; a word can name several things in several languages ("A" is To in Italian).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u8);

impl Kind {
    pub(super) const FROM: u8 = 1;
    pub(super) const DATE: u8 = 2;
    pub(super) const TO: u8 = 4;
    pub(super) const CC: u8 = 8;
    pub(super) const SUBJECT: u8 = 16;
    pub(super) const OTHER: u8 = 32;

    pub(super) fn has(self, kind: u8) -> bool {
        self.0 & kind != 0
    }

    pub(super) fn bit(self) -> u8 {
        self.0
    }
}

pub(super) struct Label<'s> {
    pub(super) kind: Kind,
    pub(super) value: &'s str,
}

/// The label at the start of a line, and the value behind its colon.
pub(super) fn label(text: &str) -> Option<Label<'_>> {
    let text = text.trim_start_matches(['*', '_', ' ', '|']);
    // No label is longer than this, and none has a full stop before its colon.
    // The first byte of the wide one is rare enough.
    memchr2(b':', 0xEF, text.as_bytes())?;
    let near = head(text, 32);
    let (colon, length) = match (near.find(':'), near.find('：')) {
        (Some(colon), Some(wide)) if wide < colon => (wide, '：'.len_utf8()),
        (None, Some(wide)) => (wide, '：'.len_utf8()),
        (Some(colon), _) => (colon, 1),
        (None, None) => return None,
    };
    let name = text.get(..colon)?.trim_end_matches(['*', '_', ' ', '\t', '\u{a0}']).to_lowercase();
    let value = text
        .get(colon + length..)
        .unwrap_or_default()
        .trim_start_matches(['*', '_', ' ', '\t']);
    static KNOWN: LazyLock<HashMap<&str, u8>> = LazyLock::new(|| {
        let mut known = HashMap::new();
        let lists = [
            (FROM, Kind::FROM),
            (DATE, Kind::DATE),
            (TO, Kind::TO),
            (CC, Kind::CC),
            (SUBJECT, Kind::SUBJECT),
            (OTHER, Kind::OTHER),
        ];
        for (names, bit) in lists {
            for name in names.split('|') {
                *known.entry(name).or_insert(0) |= bit;
            }
        }
        known
    });
    let kind = KNOWN.get(name.as_str()).copied().unwrap_or(0);
    (kind != 0).then_some(Label { kind: Kind(kind), value })
}

/// The line begins with such a label.
pub(super) fn is_label(text: &str) -> bool {
    label(text).is_some()
}
