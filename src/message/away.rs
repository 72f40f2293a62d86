//! What an absence notice says: until when somebody is away, who stands in, and whether a text without any mark is such a notice.
//!
//! In: the displayed text. Out: a day, a sentence, yes or no. The words are in `words/*.txt`, for all languages at once.
//! Never here: what follows from it.

use std::borrow::Cow;

use chrono::{Days, NaiveDate};

use super::day::{Piece, Reader, Token, tokens};
use super::own::is_header_label;
use super::tables::{Cue, Section, TABLES};
use super::until::days;
use super::words::{head, lower};
use crate::model::Timestamp;

/// The longest notice that is looked at, in characters.
const MAX: usize = 4_000;

/// The text a machine wrote, without the letter it may quote.
pub(super) struct Notice<'a> {
    /// As displayed.
    shown: &'a str,
    /// In lower case, with straight apostrophes.
    lower: String,
}

impl<'a> Notice<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let text = head(text, MAX);
        let mut end = 0;
        let mut labelled = None;
        for line in text.split_inclusive('\n') {
            let bare = line.trim();
            // Two labels in a row are the header of a letter: "From: …", "Sent: …".
            match (is_header_label(bare), labelled) {
                (true, None) => labelled = Some(end),
                (true, Some(start)) => {
                    end = start;
                    break;
                }
                (false, _) => labelled = None,
            }
            let quote = bare.starts_with(['>', '|']) || bare.starts_with("-----") || bare.starts_with("_____");
            let attribution = bare.ends_with(':') && bare.contains('@') && bare.chars().filter(char::is_ascii_digit).count() >= 4;
            if end > 0 && (quote || attribution) {
                break;
            }
            end += line.len();
        }
        let shown = text.get(..end).unwrap_or(text);
        Self {
            shown,
            lower: plain_case(shown).into_owned(),
        }
    }

    /// "No longer with the company."
    pub(super) fn gone(&self) -> bool {
        TABLES.has(Section::Gone, &self.lower)
    }

    /// Away, and back later.
    pub(super) fn away(&self) -> bool {
        TABLES.has(Section::Away, &self.lower)
    }

    /// True when only a machine writes so of its own mail.
    pub(super) fn says_machine(&self) -> bool {
        TABLES.has(Section::Machine, &self.lower)
    }

    /// True when a ticket system says that it took something in.
    pub(super) fn says_ticket(&self) -> bool {
        TABLES.has(Section::Ticket, &self.lower)
    }

    /// True when the mail is for many.
    pub(super) fn says_newsletter(&self) -> bool {
        TABLES.has(Section::Newsletter, &self.lower)
    }

    /// The sentence that names somebody who stands in, with the line of their address when that stands alone.
    pub(super) fn substitute(&self) -> Option<String> {
        let all = sentences(self.shown);
        let cued = |sentence: &String| TABLES.has(Section::StandIn, &plain_case(sentence));
        let reachable = |sentence: &String| sentence.contains('@') || sentence.chars().filter(char::is_ascii_digit).count() >= 6;
        let with_next = |at: usize| {
            let sentence = all.get(at)?;
            let next = all
                .get(at + 1)
                .filter(|next| reachable(next) && next.chars().count() < 160 && !reachable(sentence));
            Some(next.map_or_else(|| sentence.clone(), |next| format!("{sentence} {next}")))
        };
        let found: Vec<usize> = (0..all.len()).filter(|at| all.get(*at).is_some_and(cued)).collect();
        let named = found.iter().filter_map(|at| with_next(*at)).find(reachable);
        let best = named.or_else(|| found.first().and_then(|at| all.get(*at).cloned()))?;
        Some(best.chars().take(300).collect())
    }

    /// The day that must be let pass: the first day back or the last day away, whichever is named. Days without a year are the next such
    /// ones after `sent`.
    pub(super) fn until(&self, sent: Option<Timestamp>) -> Option<NaiveDate> {
        let sent = sent?.date_naive();
        let tokens = tokens(&self.lower);
        let reader = Reader {
            sent,
            month_may_come_first: TABLES.reads_english(&self.lower),
        };
        // More than a year ahead is a misreading.
        let last = sent.checked_add_days(Days::new(400))?;
        let all = days(&tokens, reader);
        let near = all.into_iter().filter(|(_, day)| *day >= sent && *day <= last);
        let rank = |cue: Cue| match cue {
            Cue::And => 0,
            // "3 to 12" says as much as "until 12".
            Cue::To | Cue::Until => 1,
            Cue::Back => 2,
        };
        near.max_by_key(|(cue, day)| (rank(*cue), *day)).map(|(_, day)| day)
    }

    /// True when the text is an absence notice and nothing else: every part of it says what such notices say, and no word of it is one of
    /// an answer. `announced` is true when the subject says so already; `name` is the author's, with which it may end.
    pub(super) fn is_nothing_else(&self, announced: bool, name: &str) -> bool {
        let says = |section| TABLES.has(section, &self.lower);
        if self.shown.len() > 2_000 || !(says(Section::Away) || says(Section::Gone)) {
            return false;
        }
        if !(announced || says(Section::Thanks) || says(Section::Machine)) {
            return false;
        }
        let answer = TABLES.list(Section::Answer);
        let text = above_the_name(&self.lower);
        let name = plain_case(name);
        let signs = |clause: &str| clause.split_whitespace().all(|word| name.contains(word));
        let usual = |clause: &String| is_usual(clause) || signs(clause);
        !tokens(text).iter().any(|token| answer.has(token.text)) && clauses(text).iter().all(usual)
    }
}

/// A text in lower case, with straight apostrophes, as the tables are written.
pub(super) fn plain_case(text: &str) -> Cow<'_, str> {
    let lower = lower(text);
    if lower.contains('’') {
        Cow::Owned(lower.replace('’', "'"))
    } else {
        lower
    }
}

/// The lines above "Kind regards".
fn above_the_name(lower: &str) -> &str {
    let closing = TABLES.list(Section::Closing);
    let mut end = 0;
    for line in lower.split_inclusive('\n') {
        let bare = line.trim().trim_end_matches([',', '.', '!']);
        if end > 0 && closing.has(bare) || bare == "--" {
            break;
        }
        end += line.len();
    }
    lower.get(..end).unwrap_or(lower)
}

/// The parts between commas, full stops and blank lines.
fn clauses(lower: &str) -> Vec<String> {
    let all = sentences(lower);
    let parts = all.iter().flat_map(|sentence| sentence.split([';', '!', '?', ':']));
    let parts = parts.flat_map(|part| part.split(", ")).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// True for a clause that stands in absence notices.
fn is_usual(clause: &str) -> bool {
    let sections = [
        Section::Away,
        Section::Gone,
        Section::StandIn,
        Section::Machine,
        Section::Notice,
        Section::Thanks,
    ];
    if sections.into_iter().any(|section| TABLES.has(section, clause)) || clause.contains('@') {
        return true;
    }
    let all = tokens(clause);
    let greeting = TABLES.list(Section::Greeting);
    let greets = all.len() <= 5
        && greeting.each().any(|phrase| {
            let behind = clause.strip_prefix(phrase);
            behind.is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
        });
    let known = |token: &Token<'_>| {
        token.kind != Piece::Word
            || token.text.chars().count() == 1
            || TABLES.month(token.text).is_some()
            || TABLES.weekday(token.text).is_some()
            || TABLES.cue(&[*token]).is_some()
            || [Section::Article, Section::Small]
                .into_iter()
                .any(|section| TABLES.list(section).has(token.text))
    };
    greets || all.iter().all(known)
}

/// Sentences, each on one line. A full stop inside an address, a number or an abbreviation does not end one.
fn sentences(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut one = String::new();
    let mut chars = text.chars().peekable();
    let mut breaks = 0;
    while let Some(c) = chars.next() {
        if c == '\n' {
            breaks += 1;
            if breaks >= 2 {
                all.push(std::mem::take(&mut one));
            } else if !one.is_empty() {
                one.push(' ');
            }
            continue;
        }
        if !c.is_whitespace() {
            breaks = 0;
        }
        one.push(c);
        let ends = matches!(c, '.' | '!' | '?') && chars.peek().is_none_or(|next| next.is_whitespace()) || c == '。';
        if ends && !(c == '.' && goes_on(&one, chars.clone())) {
            all.push(std::mem::take(&mut one));
        }
    }
    all.push(one);
    let tidy = all.iter().map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "));
    tidy.filter(|s| !s.is_empty()).collect()
}

/// True when a full stop at the end of `one` belongs to a number or a short form: "4. Januar", "Tel. 030".
fn goes_on(one: &str, behind: impl Iterator<Item = char>) -> bool {
    let word = one.trim_end_matches('.');
    let word = word.rsplit(char::is_whitespace).next().unwrap_or_default();
    let next: String = behind
        .skip_while(|c| c.is_whitespace())
        .take_while(|c| c.is_alphanumeric())
        .take(12)
        .collect();
    let begins = |is: fn(char) -> bool| next.chars().next().is_some_and(is);
    if word.ends_with(|c: char| c.is_ascii_digit()) {
        return !begins(char::is_uppercase) || TABLES.month(&next.to_lowercase()).is_some();
    }
    word.chars().count() <= 3 && begins(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(text: &str) -> Option<String> {
        // Tuesday.
        let sent = "2026-07-07T10:00:00Z".parse().unwrap();
        Notice::of(text).until(Some(sent)).map(|day| day.to_string())
    }

    #[test]
    fn the_day_of_return_is_found() {
        for (text, expected) in [
            ("I am out of the office until 12 August 2026.", "2026-08-12"),
            ("Out from July 6 to July 17, back on Monday, July 20.", "2026-07-20"),
            ("Out of office July 6-17.", "2026-07-17"),
            ("I am away 3-14 August.", "2026-08-14"),
            ("I am away on 9 and 10 July.", "2026-07-10"),
            ("I will return on August 3rd and read my mail then.", "2026-08-03"),
            ("I'm back on Monday.", "2026-07-13"),
            ("I will be back in the office on the 14th.", "2026-07-14"),
            ("I won't be back until Thursday at 2 pm", "2026-07-09"),
            ("Ich bin bis einschließlich 24.07.2026 nicht im Büro.", "2026-07-24"),
            ("Ab dem 3. August bin ich wieder am 4. August im Büro.", "2026-08-04"),
            ("Ich bin vom 20.12. bis 4.1. im Urlaub.", "2027-01-04"),
            ("Ab dem 27.7. bin ich wieder erreichbar.", "2026-07-27"),
            ("Ich bin am 14. wieder zurück; bis 17 Uhr hilft Herr Meier.", "2026-07-14"),
            ("Je suis absente jusqu'au 20 juillet inclus.", "2026-07-20"),
            ("Je serai absent du 3 au 12 août.", "2026-08-12"),
            ("De retour le lundi 27 juillet.", "2026-07-27"),
            ("Estaré fuera de la oficina hasta el 15 de agosto de 2026.", "2026-08-15"),
            ("Vuelvo el lunes 13.", "2026-07-13"),
            ("Sarò assente dal 3 al 14 agosto e rientrerò lunedì 17 agosto.", "2026-08-17"),
            ("Ik ben afwezig t/m 12 augustus.", "2026-08-12"),
            ("Ik ben maandag 10 augustus weer terug.", "2026-08-10"),
            ("Estarei ausente de 3 a 14 de agosto.", "2026-08-14"),
            ("Jag har semester t.o.m. den 2 augusti.", "2026-08-02"),
            ("Jeg er på ferie til og med fredag den 31. juli.", "2026-07-31"),
            ("Jeg er tilbake mandag 10. august.", "2026-08-10"),
            ("Olen lomalla 31.7. asti.", "2026-07-31"),
            ("Palaan töihin maanantaina 3. elokuuta.", "2026-08-03"),
            ("Jestem na urlopie od 3 do 14 sierpnia włącznie.", "2026-08-14"),
            ("Wracam 17 sierpnia.", "2026-08-17"),
            ("休暇のため8月12日まで不在です。", "2026-08-12"),
            ("Away until 2026-07-31.", "2026-07-31"),
            ("Away until 08/10/2026.", "2026-08-10"),
            ("Je serai absent jusqu'au 08/10/2026.", "2026-10-08"),
            ("Back on 5 January.", "2027-01-05"),
            ("I am out until next week.", "2026-07-13"),
            ("I am on parental leave until the end of February 2027.", "2027-02-28"),
            ("Ich bin bis Ende Juli in Elternzeit.", "2026-07-31"),
            ("Back in January!", "2027-01-01"),
            ("Back in 2 weeks", "2026-07-21"),
            ("I'm back in the office in three days.", "2026-07-10"),
            ("I will be out of the office for the next two weeks.", "2026-07-21"),
            ("On leave for a month, back next month.", "2026-08-01"),
            ("I am out until the end of the week.", "2026-07-10"),
            ("I will return at the end of next week.", "2026-07-17"),
            ("In zwei Wochen bin ich wieder da.", "2026-07-21"),
            ("Ich bin für 10 Tage im Urlaub.", "2026-07-17"),
            ("Ich bin die nächsten drei Wochen nicht im Büro.", "2026-07-28"),
            ("Je serai de retour dans 15 jours.", "2026-07-22"),
            ("Je suis absent pendant deux semaines.", "2026-07-21"),
            ("Je suis en congé pour les deux prochaines semaines.", "2026-07-21"),
            ("Vuelvo en dos semanas.", "2026-07-21"),
            ("Estaré de vuelta dentro de una semana.", "2026-07-14"),
            ("Estaré fuera durante las próximas dos semanas.", "2026-07-21"),
            ("Rientro tra una settimana.", "2026-07-14"),
            ("Sarò assente per due settimane.", "2026-07-21"),
            ("Ik ben over twee weken weer terug.", "2026-07-21"),
            ("Ik ben de komende 3 weken afwezig.", "2026-07-28"),
            ("Volto daqui a duas semanas.", "2026-07-21"),
            ("Estarei ausente por três dias.", "2026-07-10"),
            ("Ik ben tot eind volgende week afwezig.", "2026-07-17"),
            ("Away until the end of the month.", "2026-07-31"),
            ("Ich bin bis Ende der Woche nicht da.", "2026-07-10"),
        ] {
            assert_eq!(until(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "I am away.",
            "I am away until further notice.",
            "Call 030 12.34.56 until further notice.",
            "Since 1 May 2019 I work elsewhere.",
            "Back in 9999 weeks",
            "I am away. Our shop is open for two hours a day.",
            "I am away and will answer in a few days.",
            "I was away until 1 July.",
            "I am out until 5 pm.",
            "I am away until I may return.",
            "My office closes at 9.30, until then call me.",
        ] {
            assert_eq!(until(text), None, "{text}");
        }
    }

    #[test]
    fn the_quoted_letter_names_no_day() {
        let text = "I am away.\n\nOn Tue, 7 Jul 2026 at 10:02, Sam <talent@agency.example> wrote:\n> Please answer until 12 August.\n";
        assert_eq!(until(text), None);
        assert_eq!(until("I am away.\n\n-----Original Message-----\nback on 3 August\n"), None);
    }

    #[test]
    fn the_substitute_is_one_sentence() {
        let substitute = |text: &str| Notice::of(text).substitute();
        let text = "Thank you for your mail.\nI am away until Friday. In urgent cases please\ncontact Ben Ode (ben.ode@client.example). Kind regards";
        assert_eq!(
            substitute(text).as_deref(),
            Some("In urgent cases please contact Ben Ode (ben.ode@client.example).")
        );
        let text =
            "Bin im Urlaub.\n\nIn dringenden Fällen wenden Sie sich an meine Kollegin:\n\nPriya Nair, priya.nair@client.example\n\nGruß";
        assert_eq!(
            substitute(text).as_deref(),
            Some("In dringenden Fällen wenden Sie sich an meine Kollegin: Priya Nair, priya.nair@client.example")
        );
        assert_eq!(substitute("Ich bin im Urlaub. Ihre Mail wird nicht weitergeleitet."), None);
    }

    #[test]
    fn a_notice_without_a_mark_says_nothing_else() {
        let all = |text: &str| Notice::of(text).is_nothing_else(false, "Ann Lee");
        for text in [
            "Thank you for your email. I am out of the office until 24 July with limited access to my inbox, and will respond when I return.\n\nKind regards\nAnn Lee\nHead of Data",
            "Hello,\n\nthanks for your message! I'm on annual leave and back on Monday 20 July. For anything urgent please contact Priya Nair (priya.nair@client.example).\n\nBest,\nAnn",
            "Vielen Dank für Ihre Nachricht. Ich bin bis einschließlich 24.7. im Urlaub. In dringenden Fällen wenden Sie sich bitte an Frau Nair.\n\nMit freundlichen Grüßen\nAnn Lee",
            "Bonjour,\n\nMerci pour votre message. Je suis en congé jusqu'au 20 juillet inclus.\n\nCordialement\nAnne",
        ] {
            assert!(all(text), "{text}");
        }
        for text in [
            "I'm out of office until Monday but yes to Ana",
            "Thank you for your email. I am out of the office until Monday, but yes to Ana.",
            "Thanks for your mail! I'm on holiday until Monday. Carl looks strong.",
            "Thanks for your message. I am on leave until Monday, please set up a call with Ana for the week after",
            "Vielen Dank für Ihre Mail. Ich bin bis Montag im Urlaub, Ana gefällt mir aber gut.",
            "Thank you for your email. We will look at it.",
            "Thanks for your email. Both good. I am out of office next week.",
            "Thank you for your message. I am on leave. Carl when I am back on Monday.",
            "Dear Sam, thanks for your email. Sehr gut. Ich bin bis Montag im Urlaub.",
        ] {
            assert!(!all(text), "{text}");
        }
    }
}
