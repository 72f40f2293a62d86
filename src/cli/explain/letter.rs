//! What a letter of ours asked, as far as the letter itself shows it: for mails that are read without the database.
//!
//! In: a letter's bytes. Out: [`Asking`]. Never here: trust. What a link says is not verified, and decides only what is shown.

use crate::link::{Scope, TOKEN_LEN, unverified};
use crate::message::{self, Border};
use crate::model::percent_decoded;

/// What a letter asked.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// The candidates its answer links name, in its order.
    pub(super) names: Vec<String>,
    /// It is about an interview: an answer is about times.
    pub(super) interview: Option<AboutInterview>,
}

/// A letter about an interview.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AboutInterview {
    /// A candidate decides about nobody, whatever they write.
    pub(super) to_client: bool,
    /// It offered times to choose from.
    pub(super) offers: bool,
    /// It asked for a yes or no: both buttons lead to the interview's page.
    pub(super) confirms: bool,
    /// How long the interview takes.
    pub(super) minutes: u32,
}

impl Asking {
    pub(super) fn of(letter: &[u8]) -> Self {
        let Ok(message) = message::read(letter, &Border::default()) else {
            return Self::default();
        };
        let (html, text) = (message.body.html.unwrap_or_default(), message.body.text.unwrap_or_default());
        Self {
            names: answer_links(&html),
            interview: about_interview(&html, &text),
        }
    }
}

fn about_interview(html: &str, text: &str) -> Option<AboutInterview> {
    let links = html.match_indices("/i/");
    let claims: Vec<_> = links
        .filter_map(|(at, mark)| unverified(html.get(at + mark.len()..)?.get(..TOKEN_LEN)?))
        .collect();
    let to_client = claims.first()?.addressed_to == 0;
    let offers = claims.iter().any(|claim| claim.scope.pick().is_some());
    let readings = claims.iter().any(|claim| claim.scope.meant().is_some());
    let pages = claims.iter().filter(|claim| claim.scope == Scope::Interview).count();
    Some(AboutInterview {
        to_client,
        offers,
        confirms: pages > 1 && !offers && !readings,
        minutes: minutes(text).unwrap_or(60),
    })
}

/// "a video call of 45 minutes"
fn minutes(text: &str) -> Option<u32> {
    let (before, _) = text.split_once(" minutes")?;
    before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The names in the `mailto:` answers of a letter's HTML: `subject=Interested%3A%20Ana%20Souza%20%5BREF-…`.
fn answer_links(letter: &str) -> Vec<String> {
    let starts = letter.match_indices("subject=Interested%3A%20");
    let names = starts.filter_map(|(at, found)| {
        let rest = letter.get(at + found.len()..)?;
        rest.split_once("%20%5BREF-").map(|(name, _)| percent_decoded(name))
    });
    names.filter(|name| !name.is_empty() && name.len() <= 200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(letter: &str) -> Asking {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/letters")
            .join(letter);
        Asking::of(&std::fs::read(path).unwrap())
    }

    #[test]
    fn a_letter_shows_what_it_asked() {
        let times = |to_client, offers, confirms, minutes| {
            Some(AboutInterview {
                to_client,
                offers,
                confirms,
                minutes,
            })
        };
        assert_eq!(asking("ask-times-candidate.eml").interview, times(false, false, false, 45));
        assert_eq!(asking("ask-times-meant-candidate.eml").interview, times(false, false, false, 60));
        assert_eq!(asking("ask-times-reminder-client.eml").interview, times(true, false, false, 45));
        assert_eq!(asking("offer-times-client.eml").interview, times(true, true, false, 45));
        assert_eq!(asking("reminder-client.eml").interview, times(true, false, true, 45));
        let submission = asking("submission.eml");
        assert_eq!(submission.interview, None);
        assert_eq!(submission.names.first().map(String::as_str), Some("Ana Souza"));
        assert_eq!(asking("receipt.eml").interview, None);
    }
}
