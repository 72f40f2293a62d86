//! Who is called by a name that is nobody else's: what an answer says of them can be said of nobody else, whatever was asked beside them.
//!
//! In: an answer as [`super::read`] gets it. Out: candidates. Never here: what is said of them.

use super::Asked;
use super::places::places;
use super::subject;
use super::who::People;
use crate::message::OwnText;
use crate::model::SubmissionId;

/// The candidates whom an answer names: in its words, in the subject a button wrote, or by standing below their name in the quoted letter.
/// Numbers, descriptions, "all of them" and a name that two of them have name nobody.
#[must_use]
pub fn named(own: &OwnText, subject: &str, asked: &Asked) -> Vec<SubmissionId> {
    let people = People::of(asked);
    let mut found = people.called_alone(&own.text);
    if let Some(pressed) = subject::choice(subject) {
        found.extend(people.called_alone(&pressed.name.join(" ")));
    }
    found.extend(places(own, asked).into_iter().filter_map(|place| place.under));
    let ids = asked.candidates.iter().enumerate();
    ids.filter(|(at, _)| found.contains(at)).map(|(_, one)| one.submission).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::{AskedAbout, Question};

    #[test]
    fn a_name_that_two_have_names_nobody() {
        let about = |(name, id): (&str, i64)| AskedAbout {
            submission: SubmissionId(id),
            name: name.to_owned(),
            summary: String::new(),
            open: true,
            meant: None,
        };
        let asked = Asked {
            candidates: ["Ana Souza", "Ben Okafor", "Ana Souza", "Carl Okafor"]
                .into_iter()
                .zip(1..)
                .map(about)
                .collect(),
            question: Question::Decision,
            today: "2026-11-20".parse().unwrap(),
        };
        for (text, subject, whom) in [
            ("Yes to Ben, not to Carl.", "", &[2, 4][..]),
            ("Ana looks good.", "", &[]),
            ("Okafor, please.", "", &[]),
            ("Carl Okafor, please.", "", &[4]),
            ("Yes to all of them.", "", &[]),
            ("The second one.", "", &[]),
            ("", "Interested: Ben Okafor [REF-7K3Q]", &[2]),
        ] {
            let own = OwnText {
                text: text.to_owned(),
                ..OwnText::default()
            };
            let found: Vec<i64> = named(&own, subject, &asked).into_iter().map(|id| id.0).collect();
            assert_eq!(found, whom, "{text:?}");
        }
    }
}
