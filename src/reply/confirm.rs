//! Yes or no to "Did you write that? Shall it count?".

use super::sentences::{sentences, tokens};
use super::small::Small;
use super::words::{self, Class, Hit, Strength};
use super::{Band, Doubt, DoubtKind, Finding, Reply, Says, Words, frame};
use crate::model::Decision;

/// Reads the answer to a confirmation.
pub(super) fn read(text: &str) -> Reply {
    let body = frame::body(text);
    let all = tokens(text.get(body.clone()).unwrap_or_default());
    let mut said: Option<(bool, Words)> = None;
    let mut reply = Reply::default();
    let whole = || Words {
        text: text.to_owned(),
        range: 0..text.len(),
    };
    for sentence in sentences(&all) {
        let hits = words::find(&all, sentence.tokens.start, sentence.tokens.end, &|_| false);
        let bytes = all
            .get(sentence.tokens.clone())
            .and_then(|tokens| Some(tokens.first()?.range.start + body.start..tokens.last()?.range.end + body.start));
        let words = bytes.map_or_else(whole, |range| Words {
            text: text.get(range.clone()).unwrap_or_default().to_owned(),
            range,
        });
        if sentence.asks {
            reply.findings.push(Finding {
                says: Says::Question,
                words,
                band: Band::Human,
            });
            continue;
        }
        let denied = |hit: &Hit| {
            let before = hit.tokens.start.saturating_sub(3)..hit.tokens.start;
            let near: Vec<_> = all
                .get(before)
                .unwrap_or_default()
                .iter()
                .rev()
                .take_while(|token| !token.kind.separates())
                .collect();
            let not = |other: &Hit| {
                other.class == Class::Not && other.tokens.end <= hit.tokens.start && hit.tokens.start < other.tokens.end + near.len()
            };
            near.iter().any(|token| token.is(Small::Turn)) || hits.iter().any(not)
        };
        // "Yes, go on without Jo": beside a yes or a no the rest says what it is about.
        let direct = hits.iter().any(|hit| matches!(hit.class, Class::Yes | Class::No));
        for hit in &hits {
            let decided = hit
                .class
                .decision()
                .filter(|(_, strength)| !direct && *strength > Strength::Faint)
                .map(|(decision, _)| decision);
            let answer = if hit.class == Class::Yes || decided == Some(Decision::Interested) {
                // "I can't confirm that", "not correct": no yes, and perhaps no no.
                if denied(hit) && said.is_some() {
                    continue;
                }
                if denied(hit) {
                    reply.doubts.push(Doubt {
                        kind: DoubtKind::What,
                        words: whole(),
                    });
                    return reply;
                }
                true
            } else if hit.class == Class::No || decided == Some(Decision::Pass) {
                false
            } else {
                continue;
            };
            match &said {
                Some((known, _)) if *known != answer => {
                    reply.doubts.push(Doubt {
                        kind: DoubtKind::What,
                        words: whole(),
                    });
                    return reply;
                }
                Some(_) => {}
                None => said = Some((answer, words.clone())),
            }
        }
    }
    match said {
        Some((answer, words)) => reply.findings.insert(
            0,
            Finding {
                says: Says::Confirm(answer),
                words,
                band: Band::Act,
            },
        ),
        None if text.trim().is_empty() => reply.doubts.push(Doubt {
            kind: DoubtKind::Empty,
            words: whole(),
        }),
        None if reply.findings.is_empty() => reply.doubts.push(Doubt {
            kind: DoubtKind::Unclear,
            words: whole(),
        }),
        None => {}
    }
    reply
}
