//! Mail written by a machine, told by its header first and by fixed phrases last.   RFC 3834

use super::away;
use super::classify::Sighting;
use super::words::{Words, head};
use super::{AutoNature, AutoReply, ReturnPath};

/// Beginnings of subjects that mail systems write, lower case. Nobody types the colon.
static SUBJECTS: Words = Words::new(
    "\
    automatic reply:|auto reply:|auto-reply:|autoreply:|auto response:|autoresponse:|out of office:|\
    out of office autoreply:|out of the office:|ooo:|vacation:|vacation reply:|automatische antwort:|automatische antwort :|\
    abwesenheitsnotiz:|abwesenheitsnotiz|abwesend:|réponse automatique :|réponse automatique:|absence du bureau :|\
    absence du bureau:|respuesta automática:|fuera de la oficina:|risposta automatica:|fuori sede:|automatisch antwoord:|\
    afwezig:|resposta automática:|autosvar:|automatiskt svar:|automatisk svar:|fraværsmelding:|frånvaro:|\
    automaattinen vastaus:|automatická odpověď:|odpowiedź automatyczna:|automatikus válasz:|răspuns automat:|\
    otomatik yanıt:|автоматический ответ:|автоответ:|自動応答:|自动答复:|自動回覆:",
);

/// What machine wrote this, or `None` when a person did.
pub(super) fn automatic(seen: &Sighting<'_>) -> Option<AutoReply> {
    let plain = seen.plain();
    let nature = receipt(seen, plain)
        .or_else(|| recall(seen, plain))
        .or_else(|| challenge(seen, plain))
        .or_else(|| {
            marked(seen).then(|| {
                if away::gone(plain) {
                    AutoNature::Gone
                } else if away::looks_away(seen.subject, plain) {
                    AutoNature::OutOfOffice
                } else {
                    AutoNature::Other
                }
            })
        })?;
    let absent = matches!(nature, AutoNature::OutOfOffice | AutoNature::Gone);
    Some(AutoReply {
        nature,
        until: if absent { away::until(plain, seen.date) } else { None },
        substitute: if absent { away::substitute(plain) } else { None },
    })
}

/// The marks of RFC 3834 and of the programs that came before it.
fn marked(seen: &Sighting<'_>) -> bool {
    let fields = seen.fields;
    let lower = |name: &'static str| fields.first(name).unwrap_or_default().to_ascii_lowercase();
    let submitted = lower("auto-submitted");
    if !submitted.is_empty() && submitted.split([';', ' ', '(']).next() != Some("no") {
        return true;
    }
    // Exchange puts X-Auto-Response-Suppress on mail of people as well; only together with the loop mark it is an answer by a rule.
    let suppress = lower("x-auto-response-suppress");
    let suppresses_all = suppress.split(',').any(|word| word.trim() == "all");
    if suppresses_all && fields.has("x-ms-exchange-inbox-rules-loop") {
        return true;
    }
    if fields.has("x-autoreply") || fields.has("x-autorespond") || fields.has("x-autoresponder") || lower("x-apple-action") == "vacation" {
        return true;
    }
    match lower("precedence").as_str() {
        "auto_reply" => return true,
        "bulk" | "junk" if !seen.via_list => return true,
        _ => {}
    }
    if SUBJECTS.any_starts(seen.lower_subject) {
        return true;
    }
    // A null reverse-path is only ever written by machines (RFC 5321 4.5.5); which one stays open.
    *seen.return_path == ReturnPath::Null || (fields.has("list-unsubscribe") && !seen.via_list)
}

/// "Read: …" as Exchange writes it when it does not send a report.
fn receipt(seen: &Sighting<'_>, plain: &str) -> Option<AutoNature> {
    static NAMES: Words = Words::new("read:|not read:|gelesen:|ungelesen:|lu :|lu:|non lu :|leído:|letto:|gelezen:");
    if !NAMES.any_starts(seen.lower_subject) {
        return None;
    }
    let body = plain.trim_start().to_lowercase();
    let phrase = body.starts_with("your message") && (body.contains("was read on") || body.contains("was deleted without being read"));
    (phrase || marked(seen)).then_some(AutoNature::ReadReceipt)
}

fn recall(seen: &Sighting<'_>, plain: &str) -> Option<AutoNature> {
    static NAMES: Words = Words::new("recall:|rückruf:|rappel :|rappel:|recuperar:|richiamo:");
    static PHRASES: Words =
        Words::new("would like to recall the message|möchte die nachricht|souhaite rappeler le message|desea recuperar el mensaje");
    let first = head(plain.trim_start(), 300).to_lowercase();
    let phrase = PHRASES.any_in(&first);
    let named = phrase && (NAMES.any_starts(seen.lower_subject) || first.contains("would like to recall the message, \""));
    let class = || {
        seen.fields
            .first("content-class")
            .is_some_and(|class| class.to_lowercase().contains("recall"))
    };
    (named || class()).then_some(AutoNature::Recall)
}

/// Mail that wants a person to prove that they are one. Such programs rarely mark themselves.
fn challenge(seen: &Sighting<'_>, plain: &str) -> Option<AutoNature> {
    static ASKS: Words = Words::new(
        "prove you are human|prove that you are human|prove you are a human|prove that you are a person|confirm that you are human|\
        confirm you are a human|verify that you are human|verify you are human|not a robot|not a spammer|approved senders list|\
        approved sender list|challenge-response|challenge/response",
    );
    static HELD: Words = Words::new("held|waiting|will be delivered|deliver your message|verif");
    if seen.fields.has("x-boxtrapper") || seen.fields.has("x-spamarrest-challenge") {
        return Some(AutoNature::Challenge);
    }
    let text = head(plain, 3_000).to_lowercase();
    let link = || text.contains("http://") || text.contains("https://") || text.contains("reply to this");
    (ASKS.any_in(&text) && link() && HELD.any_in(&text)).then_some(AutoNature::Challenge)
}
