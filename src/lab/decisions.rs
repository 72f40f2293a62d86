//! Scores readings of answers against expected ones, and says how often each way of reaching a decision is right.
//!
//! In: JSON lines as of [`super::decide`], with `expected`. Out: scores, for all and for each language, with the worst cases; or the
//! table of `reply/words/bands.txt`. An accepted reading is the expected one or one of its alternatives, *acted on* are the decisions
//! whose band is "act". Precision of what is acted on comes first, coverage after it: a wrong action costs more than a question.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};

use serde::Serialize;

use super::decide::{Expected, Gold, Input, Output, answer, cases, letter};
use crate::model::Decision;
use crate::reply::{Band, Ground, grounds};

/// So many of the worst cases are named.
const WORST: usize = 10;

pub(super) type Reading = BTreeMap<i64, Decision>;

#[derive(Debug, Default, Serialize)]
struct Share {
    part: usize,
    whole: usize,
}

impl Share {
    fn add(&mut self, part: usize, whole: usize) {
        self.part += part;
        self.whole += whole;
    }

    fn percent(&self) -> f64 {
        percent(self.part, self.whole)
    }
}

/// Hits, and what was said too much or too little.
#[derive(Debug, Default, Serialize)]
struct Counts {
    hit: usize,
    extra: usize,
    missed: usize,
}

impl Counts {
    fn f1(&self) -> f64 {
        percent(2 * self.hit, 2 * self.hit + self.extra + self.missed)
    }

    fn is_empty(&self) -> bool {
        self.hit + self.extra + self.missed == 0
    }
}

/// The counts behind the scores.
#[derive(Debug, Default, Serialize)]
pub(super) struct Score {
    replies: usize,
    /// Of the decisions acted on, those of the nearest accepted reading.
    precision: Share,
    /// Replies with something acted on that lies in no accepted reading.
    harm: Share,
    /// Of these, a yes taken for a pass or the reverse.
    flips: usize,
    /// Of the replies that decide, those with every candidate acted on.
    coverage: Share,
    /// Acted on exactly an accepted reading.
    done: Share,
    right: Share,
    needless: Share,
    interested: Counts,
    maybe: Counts,
    pass: Counts,
    reasons: Counts,
    other: Counts,
}

/// What is worst about one reading; the greater the worse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fault {
    AskedNeedlessly,
    NotRight,
    Harm,
    Flip,
}

impl Fault {
    const fn name(&self) -> &'static str {
        match self {
            Self::AskedNeedlessly => "asked needlessly",
            Self::NotRight => "not right",
            Self::Harm => "harm",
            Self::Flip => "flip",
        }
    }
}

#[derive(Debug, Serialize)]
struct Worst {
    id: String,
    lang: String,
    fault: Fault,
    expected: Reading,
    read: Reading,
    text: String,
}

#[derive(Debug, Serialize)]
struct Report {
    all: Figures,
    languages: BTreeMap<String, Figures>,
    worst: Vec<Worst>,
}

/// Scores in percent.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) precision: f64,
    pub(super) harm: f64,
    flips: usize,
    coverage: f64,
    done: f64,
    pub(super) right: f64,
    pub(super) asked_needlessly: f64,
    pub(super) macro_f1: f64,
    reason_f1: f64,
    other_f1: f64,
    counts: Score,
}

/// Reads every line of `file` and writes the scores, as JSON when `json`.
pub fn score_decide(file: impl BufRead, json: bool, mut out: impl Write) -> io::Result<()> {
    let mut all = Score::default();
    let mut languages: BTreeMap<String, Score> = BTreeMap::new();
    let mut worst = Vec::new();
    for (case, expected) in cases(file)? {
        let output = answer(&case);
        let fault = all.add(&output, &expected);
        languages.entry(case.lang.clone()).or_default().add(&output, &expected);
        worst.extend(fault.map(|fault| worst_of(&case, &expected, &output, fault)));
    }
    worst.sort_by(|one, other| other.fault.cmp(&one.fault));
    worst.truncate(WORST);
    if json {
        let report = Report {
            all: all.figures(),
            languages: languages.into_iter().map(|(lang, score)| (lang, score.figures())).collect(),
            worst,
        };
        serde_json::to_writer_pretty(&mut out, &report)?;
        return writeln!(out);
    }
    all.write(&mut out)?;
    if languages.len() > 1 {
        writeln!(out, "\nlanguage   replies  precision  coverage  right  macro-F1  reason F1")?;
    }
    for (lang, score) in languages.iter().filter(|_| languages.len() > 1) {
        writeln!(
            out,
            "{lang:<10} {:7} {:9.1}% {:8.1}% {:5.1}% {:8.1}% {:9.1}%",
            score.replies,
            score.precision.percent(),
            score.coverage.percent(),
            score.right.percent(),
            score.macro_f1(),
            score.reasons.f1()
        )?;
    }
    if !worst.is_empty() {
        writeln!(out, "\nworst")?;
    }
    for one in &worst {
        let text: String = one.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(90).collect();
        writeln!(
            out,
            "{} ({}) {}: expected {}, read {}: {text}",
            one.id,
            one.lang,
            one.fault.name(),
            said(&one.expected),
            said(&one.read)
        )?;
    }
    Ok(())
}

/// Reads every line of the files and writes, for each way of reaching a decision, how many were decided, how many rightly, and the band
/// that earns.
pub fn bands(files: impl Iterator<Item = io::Result<impl BufRead>>, mut out: impl Write) -> io::Result<()> {
    let mut counts: BTreeMap<Ground, Share> = BTreeMap::new();
    for file in files {
        for (case, expected) in cases(file?)? {
            let (asked, own) = letter(&case);
            let found = grounds(&own, &asked);
            let read: Reading = found.iter().map(|(who, decision, _)| (who.0, *decision)).collect();
            let accepted = accepted(&expected);
            let nearest = nearest(&accepted, &read);
            for (who, decision, ground) in found {
                let right = nearest.get(&who.0) == Some(&decision);
                counts.entry(ground).or_default().add(usize::from(right), 1);
            }
        }
    }
    writeln!(
        out,
        "# How decisions were reached on the cases of fixtures/decisions/*.jsonl, and how many of them rightly."
    )?;
    writeln!(out, "# Printed by: replyd lab bands fixtures/decisions/*.jsonl")?;
    writeln!(out, "# ground   decided   right   band")?;
    for ground in Ground::ALL {
        let none = Share::default();
        let share = counts.get(&ground).unwrap_or(&none);
        let band = match ground.earned(share.whole, share.part) {
            Band::Act => "act",
            Band::Ask => "ask",
            Band::Human => "human",
        };
        writeln!(out, "{:<10} {:7} {:7}   {band}", ground.name(), share.whole, share.part)?;
    }
    Ok(())
}

fn worst_of(case: &Input, expected: &Expected, output: &Output, fault: Fault) -> Worst {
    Worst {
        id: case.id.clone(),
        lang: case.lang.clone(),
        fault,
        expected: reading(&expected.decisions),
        read: output.decisions.iter().map(|one| (one.candidate, one.decision)).collect(),
        text: case.text.clone(),
    }
}

fn said(reading: &Reading) -> String {
    if reading.is_empty() {
        return "nothing".to_owned();
    }
    let each: Vec<String> = reading.iter().map(|(who, what)| format!("{who} {}", what.name())).collect();
    each.join(", ")
}

pub(super) fn accepted(expected: &Expected) -> Vec<Reading> {
    let alternatives = expected.alternatives.iter().map(|list| reading(list));
    std::iter::once(reading(&expected.decisions)).chain(alternatives).collect()
}

/// The accepted reading that differs least.
pub(super) fn nearest(accepted: &[Reading], read: &Reading) -> Reading {
    let differences = |one: &&Reading| {
        let wrong = read.iter().filter(|(who, what)| one.get(who) != Some(what)).count();
        wrong + one.keys().filter(|who| !read.contains_key(who)).count()
    };
    accepted.iter().min_by_key(differences).cloned().unwrap_or_default()
}

impl Score {
    /// Adds a reading; the answer is what is worst about it.
    pub(super) fn add(&mut self, output: &Output, expected: &Expected) -> Option<Fault> {
        let accepted = accepted(expected);
        let all: Reading = output.decisions.iter().map(|one| (one.candidate, one.decision)).collect();
        let acting = output.decisions.iter().filter(|one| one.band == "act");
        let acted: Reading = acting.map(|one| (one.candidate, one.decision)).collect();
        let safe = accepted
            .iter()
            .any(|reading| acted.iter().all(|(who, what)| reading.get(who) == Some(what)));
        let nearest = nearest(&accepted, &all);

        self.replies += 1;
        let kept = acted.iter().filter(|(who, what)| nearest.get(who) == Some(what)).count();
        self.precision.add(kept, acted.len());
        let asked_rightly = (expected.ask_ok || expected.must_ask) && output.band == "ask"
            || (expected.human_ok || expected.must_ask) && output.band == "human";
        let exact = accepted.contains(&all) && !expected.must_ask;
        let right = exact || asked_rightly && safe;
        self.right.add(usize::from(right), 1);
        let flipped = acted.iter().any(|(who, what)| {
            matches!(
                (what, nearest.get(who)),
                (Decision::Interested, Some(Decision::Pass)) | (Decision::Pass, Some(Decision::Interested))
            )
        });
        self.harm.add(usize::from(!safe), 1);
        self.flips += usize::from(!safe && flipped);
        if !expected.decisions.is_empty() && !expected.must_ask {
            let everybody = |reading: &Reading| !reading.is_empty() && reading.keys().all(|who| acted.contains_key(who));
            self.coverage.add(usize::from(accepted.iter().any(everybody)), 1);
            self.done.add(usize::from(accepted.contains(&acted)), 1);
        }
        let allowed = expected.ask_ok || expected.must_ask || expected.human_ok;
        let needless = output.band != "act" && !allowed;
        self.needless.add(usize::from(needless), 1);
        if !(asked_rightly && safe) {
            self.decisions(&all, &nearest);
        }
        self.reasons(output, expected, &nearest);
        let said: BTreeSet<&str> = output.other.iter().copied().collect();
        self.other.add(&said, &expected.other, &expected.other_ok);

        if !safe {
            Some(if flipped { Fault::Flip } else { Fault::Harm })
        } else if !right {
            Some(Fault::NotRight)
        } else {
            needless.then_some(Fault::AskedNeedlessly)
        }
    }

    /// Counts each decision against the nearest accepted reading.
    fn decisions(&mut self, all: &Reading, nearest: &Reading) {
        for (who, what) in all {
            let counts = self.of(*what);
            if nearest.get(who) == Some(what) {
                counts.hit += 1;
            } else {
                counts.extra += 1;
            }
        }
        for (_, what) in nearest.iter().filter(|(who, what)| all.get(who) != Some(what)) {
            self.of(*what).missed += 1;
        }
    }

    fn of(&mut self, decision: Decision) -> &mut Counts {
        match decision {
            Decision::Interested => &mut self.interested,
            Decision::Maybe => &mut self.maybe,
            Decision::Pass => &mut self.pass,
        }
    }

    /// Counts the reasons of those who are no yes.
    fn reasons(&mut self, output: &Output, expected: &Expected, nearest: &Reading) {
        let lists = std::iter::once(&expected.decisions).chain(&expected.alternatives);
        let golds: &[Gold] = lists.map(Vec::as_slice).find(|list| reading(list) == *nearest).unwrap_or_default();
        for gold in golds.iter().filter(|gold| gold.decision != Decision::Interested) {
            let of_them = output.decisions.iter().filter(|one| one.candidate == gold.candidate);
            let said: BTreeSet<&str> = of_them.flat_map(|one| one.reasons.iter().copied()).collect();
            self.reasons.add(&said, &gold.reasons, &gold.reasons_ok);
        }
    }

    /// The mean of the F1 of the three decisions, as far as they came up.
    #[expect(clippy::cast_precision_loss, reason = "at most three")]
    fn macro_f1(&self) -> f64 {
        let used: Vec<f64> = [&self.interested, &self.maybe, &self.pass]
            .into_iter()
            .filter(|counts| !counts.is_empty())
            .map(Counts::f1)
            .collect();
        if used.is_empty() {
            100.0
        } else {
            used.iter().sum::<f64>() / used.len() as f64
        }
    }

    pub(super) fn figures(self) -> Figures {
        Figures {
            precision: self.precision.percent(),
            harm: self.harm.percent(),
            flips: self.flips,
            coverage: self.coverage.percent(),
            done: self.done.percent(),
            right: self.right.percent(),
            asked_needlessly: self.needless.percent(),
            macro_f1: self.macro_f1(),
            reason_f1: self.reasons.f1(),
            other_f1: self.other.f1(),
            counts: self,
        }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut share = |name: &str, share: &Share, of: &str| {
            writeln!(out, "{name:<20} {:6.1} %   {} of {} {of}", share.percent(), share.part, share.whole)
        };
        share("act-band precision", &self.precision, "decisions acted on")?;
        share("harm", &self.harm, &format!("replies, {} flips", self.flips))?;
        share("coverage", &self.coverage, "replies with a decision")?;
        share("done", &self.done, "replies with a decision")?;
        share("right", &self.right, "replies")?;
        share("asked needlessly", &self.needless, "replies")?;
        writeln!(
            out,
            "macro-F1             {:6.1} %   interested {:.1}, maybe {:.1}, pass {:.1}",
            self.macro_f1(),
            self.interested.f1(),
            self.maybe.f1(),
            self.pass.f1()
        )?;
        writeln!(out, "reason F1            {:6.1} %", self.reasons.f1())?;
        writeln!(out, "other F1             {:6.1} %", self.other.f1())
    }
}

impl Counts {
    fn add(&mut self, said: &BTreeSet<&str>, gold: &[String], also: &[String]) {
        let is = |list: &[String], one: &str| list.iter().any(|known| known == one);
        let missing = gold.iter().filter(|one| !said.contains(one.as_str())).count();
        let spare = said.iter().filter(|one| is(also, one) && !is(gold, one)).count();
        // What may be said as well stands in for what was expected.
        let stood_in = spare.min(missing);
        self.hit += gold.len() - missing + stood_in;
        self.missed += missing - stood_in;
        self.extra += said.iter().filter(|one| !is(gold, one) && !is(also, one)).count();
    }
}

fn reading(list: &[Gold]) -> Reading {
    list.iter().map(|one| (one.candidate, one.decision)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of replies are small")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(cases: &[&str]) -> serde_json::Value {
        let mut out = Vec::new();
        score_decide(cases.join("\n").as_bytes(), true, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn the_scores_are_those_of_the_conventions() {
        let yes = r#"{"id":"a","text":"Yes please","candidates":[{"ref":1,"name":"Ana Souza"}],"lang":"en","expected":{"decisions":[{"candidate":1,"decision":"interested"}]}}"#;
        let flipped = r#"{"id":"b","text":"Yes please","candidates":[{"ref":1,"name":"Ana Souza"}],"lang":"en","expected":{"decisions":[{"candidate":1,"decision":"pass","reasons":["salary"]}]}}"#;
        let asked = r#"{"id":"c","text":"Interested","candidates":[{"ref":1,"name":"Ana Souza"},{"ref":2,"name":"Ben Ode"}],"lang":"de","expected":{"decisions":[{"candidate":1,"decision":"interested"},{"candidate":2,"decision":"interested"}],"ask_ok":true}}"#;
        let report = scored(&[yes, flipped, asked]);
        let all = &report["all"];
        let close = |value: &serde_json::Value, expected: f64| (value.as_f64().unwrap() - expected).abs() < 0.1;
        assert!(close(&all["precision"], 50.0), "{all}");
        assert!(close(&all["harm"], 33.3) && all["flips"] == 1, "{all}");
        assert!(close(&all["coverage"], 66.7), "two of three: {all}");
        assert!(close(&all["right"], 66.7), "asking is right where it is allowed: {all}");
        // One hit and one extra for interested, one missed for pass; the one rightly asked about is left out.
        assert!(close(&all["macro_f1"], (66.7 + 0.0) / 2.0), "{all}");
        assert!(close(&all["reason_f1"], 0.0), "{all}");
        assert!(close(&report["languages"]["de"]["precision"], 100.0), "{report}");
        assert_eq!(report["worst"][0]["id"], "b");
        assert_eq!(report["worst"][0]["fault"], "flip");
    }

    #[test]
    fn a_case_without_expectation_is_an_error() {
        let error = score_decide(r#"{"id":"x","text":"","candidates":[]}"#.as_bytes(), false, io::sink()).unwrap_err();
        assert!(error.to_string().contains('x'), "{error}");
    }
}
