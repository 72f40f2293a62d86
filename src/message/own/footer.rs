//! What programs and lawyers put around the words of a person: warnings above, device lines and signatures below, legal text at the end.

use crate::message::words::{any_in, any_starts, list};

/// A warning or a sensitivity label that a gateway put above the text.
pub(super) fn is_banner(paragraph: &str) -> bool {
    let lower = paragraph.trim().to_lowercase();
    if lower.is_empty() || lower.len() > 1_500 {
        return false;
    }
    if lower.contains("aka.ms/learnaboutsenderidentification") {
        return true;
    }
    if is_sensitivity(&lower) {
        return true;
    }
    const MAIL: &str = "mail|message|nachricht|courriel|correo|mensaje|messaggio|bericht|sender|absender|expéditeur";
    const OUTSIDE: &str = "\
        outside|external|extern|außerhalb|extérieur|externo|esterno|buiten|fuera de|utenfor|utanför|uden for|\
        don't often get|unbekannt|unverified";
    const CARE: &str = "\
        caution|warning|attention|achtung|warnung|vorsicht|precaución|atención|attenzione|let op|external|extern|click|\
        klick|cliqu|clic|links|attachment|anhänge|pièces jointes|adjuntos|originated|learn why";
    let any = |words: &'static str| any_in(words, &lower);
    const SHOUTS: &str = "\
        caution|warning|external|attention|achtung|⚠|this email|this message|this is an external|you don't often|\
        diese e-mail|ce courriel|este correo|vorsicht|extern|precaución|atención|attenzione|let op|notice:";
    let head = lower.trim_start_matches(['*', '-', '_', '=', ' ', '[', '!', '#', '<']);
    let shouts = any_starts(SHOUTS, head);
    shouts && any(MAIL) && any(OUTSIDE) && any(CARE)
}

/// `[Public]`, `[Company Official Use Only - General]`, `Classification: Internal`.
fn is_sensitivity(lower: &str) -> bool {
    const WORDS: &str = "\
        public|internal|confidential|official use|restricted|general|private|external|non-business|sensitive|proprietary|\
        intern|vertraulich|extern";
    let bare = lower.trim_matches(['*', ' ', '_']);
    let boxed = bare.starts_with('[') && bare.ends_with(']');
    let named = bare.starts_with("classification:") || bare.starts_with("sensitivity:") || bare.starts_with("klassifizierung:");
    (boxed || named) && bare.chars().count() <= 70 && any_in(WORDS, bare)
}

/// "Sent from my iPhone", "Get Outlook for iOS". A sentence that begins like one goes on.
pub(super) fn is_device(line: &str) -> bool {
    const STARTS: &str = "\
        sent from|sent via|sent with|sent using|get outlook for|outlook for|download outlook|von meinem|von meiner|\
        gesendet von|gesendet mit|gesendet über|holen sie sich outlook|outlook für|envoyé de|envoyé depuis|envoyé à partir|\
        télécharger outlook|obtenez outlook|obtenir outlook|enviado desde|enviado do|enviado de|enviado a partir|\
        obtener outlook|obtenga outlook|obter o outlook|inviato da|inviato dal|scarica outlook|ottieni outlook|\
        verstuurd vanaf|verzonden vanaf|verstuurd met|outlook voor|download outlook|skickat från|skickat med|hämta outlook|\
        skaffa outlook|sendt fra|hent outlook|få outlook|lähetetty|hanki outlook|wysłane z|wysłano z|\
        pobierz program outlook|pobierz aplikację outlook|odesláno z|odoslané z|získat outlook|trimis de pe|iphone'umdan|\
        iphone'dan|отправлено с|отправлено из|надіслано з|发自我的|從我的|從 iphone|iphoneから送信|从我的|iphone から送信|나의 iphone|\
        mein iphone|virus-free|virenfrei|sans virus|libre de virus|yahoo mail|mail.com";
    const DEVICES: &str = "\
        phone|ipad|ipod|iphone|android|mobile|mobil|móvil|outlook|samsung|galaxy|blackberry|yahoo|mail|proton|spark|desk|\
        device|gerät|tablet|handy|huawei|xiaomi|nokia|windows|telefon|teléfono|smartphone|cell|pixel|watch|mac|gmx|web.de|\
        virus|avast|telefoon|puhelimesta|laitteesta|сотов|мобильн|телефон";
    // The link behind a name is not part of the sentence.
    let mut bare = String::new();
    let mut inside = 0_usize;
    for c in line.chars().take(600) {
        match c {
            '<' => inside += 1,
            '>' => inside = inside.saturating_sub(1),
            _ if inside == 0 => bare.push(c),
            _ => {}
        }
    }
    let lower = bare.trim().trim_matches(['-', '*', '_', ' ', '—', '–', '[', ']']).to_lowercase();
    let lower: String = lower
        .split_whitespace()
        .filter(|word| !word.contains("://"))
        .collect::<Vec<_>>()
        .join(" ");
    let starts = any_starts(STARTS, &lower);
    let device = any_in(DEVICES, &lower);
    let goes_on = lower.contains(", ")
        || lower.contains("; ")
        || lower.contains(": ")
        || lower.contains(" - ")
        || lower.contains("? ")
        || lower.contains("! ")
        || (lower.contains(". ") && !lower.starts_with("virus"));
    starts && device && !goes_on && lower.split_whitespace().count() <= 12
}

/// `-- ` (RFC 3676 4.3), also as re-encoding leaves it.
pub(super) fn is_signature_mark(line: &str) -> bool {
    matches!(line.trim_end(), "--" | "---" | "-- --" | "––" | "—")
}

/// Legal text: two or more of its words in one paragraph of some length.
pub(super) fn is_disclaimer(paragraph: &str) -> bool {
    const WORDS: &str = "\
        confidential|intended recipient|intended solely|intended only|named recipient|addressee|privileged|unauthorized|\
        unauthorised|disclosure|dissemination|delete this|delete it|delete the|please notify|notify the sender|disclaimer|\
        in error|viruses|registered in|registered office|not the intended|vertraulich|bestimmungsgemäß|empfänger|irrtümlich|\
        vernichten|unbefugt|rechtlich geschützt|geschäftsführer|amtsgericht|handelsregister|confidentiel|destinataire|\
        usage exclusif|par erreur|détruire|confidencial|destinatario|por error|uso exclusivo|riservat|vertrouwelijk|\
        geadresseerde|bestemd voor|ten onrechte|konfidentiel|fortrolig|poufn|důvěrn|before printing|bevor sie diese|\
        unsubscribe|you received this message because";
    let lower = paragraph.trim().to_lowercase();
    let hits = list(WORDS).filter(|word| lower.contains(word)).count();
    let group = lower.starts_with("you received this message because")
        || lower.starts_with("to unsubscribe from this group")
        || lower.starts_with("to view this discussion");
    let green = lower.contains("before printing this") || lower.contains("consider the environment");
    (lower.chars().count() >= 60 && hits >= 2) || group || (green && lower.chars().count() < 250)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_lines_and_sentences_that_begin_like_them() {
        for line in [
            "Sent from my iPhone",
            "Get Outlook for iOS<https://aka.ms/o0ukef>",
            "Von meinem iPhone gesendet",
            "Envoyé de mon iPhone",
            "Enviado desde mi Samsung Galaxy",
            "Inviato da iPhone",
            "Verstuurd vanaf mijn iPhone",
            "Skickat från min iPhone",
            "Sendt fra min iPhone",
            "Sent from Yahoo Mail for iPhone",
            "Sent from Outlook for Android",
        ] {
            assert!(is_device(line), "{line}");
        }
        for line in [
            "Sent from my desk, so please excuse typos: yes to Ana",
            "Sent the contract yesterday",
            "Interested",
            "Sent from heaven",
            "Sent from my phone - yes to both",
        ] {
            assert!(!is_device(line), "{line}");
        }
    }

    #[test]
    fn banners_and_labels() {
        for banner in [
            "CAUTION: This email originated from outside of the organization. Do not click links or open attachments.",
            "EXTERNAL EMAIL: Be careful with links.",
            "[Company Official Use Only - General]",
            "[Public]",
            "You don't often get email from a@b.example. Learn why this is important<https://aka.ms/LearnAboutSenderIdentification>",
            "ACHTUNG: Diese E-Mail stammt von außerhalb. Klicken Sie nicht auf Links.",
        ] {
            assert!(is_banner(banner), "{banner}");
        }
        for text in [
            "Yes please",
            "[Ana] yes",
            "We only use external recruiters by mail",
            "Attention to detail is what we miss in Carl",
        ] {
            assert!(!is_banner(text), "{text}");
        }
    }

    #[test]
    fn disclaimers() {
        assert!(is_disclaimer(
            "This email message is strictly confidential and intended solely for the addressee. If you are not the intended recipient, delete it."
        ));
        assert!(!is_disclaimer(
            "The salary is confidential, please do not share it with the team before Thursday, thanks a lot."
        ));
    }
}
