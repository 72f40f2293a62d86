//! Counts the weights of the leaning: `src/reply/words/lean.txt`, from cases with what is expected.
//!
//! In: files of JSON lines as of [`super::decide`], with `expected`. Out: the table; and for each file how answers are read with the
//! weights of all the others, which is what can be hoped for on answers nobody has seen.
//! An averaged perceptron: whole numbers, a fixed order, so the same files always give the same table.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use super::decide::{Expected, Input, answer_leaning, cases, letter};
use super::decisions::{Score, accepted, nearest};
use crate::reply::{LEANINGS, Weights, evidence};

/// So often each case is seen.
const ROUNDS: i64 = 10;

/// A sign that fewer candidates show than this teaches nothing.
const LEAST: usize = 2;

/// The average weight is written in parts of one in so many.
const PARTS: i64 = 20;

/// The cases of one file.
pub struct Cases {
    name: String,
    cases: Vec<(Input, Expected)>,
    seen: Vec<Seen>,
}

/// What is said of one candidate, and what it meant: a place in [`LEANINGS`].
struct Seen {
    signs: Vec<String>,
    meant: usize,
}

impl Cases {
    /// Reads a file.
    ///
    /// # Errors
    /// When a line is none of the form, or does not say what is expected.
    pub fn read(name: String, file: impl BufRead) -> io::Result<Self> {
        let cases = cases(file)?;
        let seen = cases.iter().flat_map(|(case, expected)| seen(case, expected)).collect();
        Ok(Self { name, cases, seen })
    }
}

fn seen(case: &Input, expected: &Expected) -> Vec<Seen> {
    let (asked, own) = letter(case);
    let evidence = evidence(&own, &asked);
    let found = evidence.iter().filter_map(|one| Some((one.submission.0, one.decision?)));
    let gold = nearest(&accepted(expected), &found.collect());
    let each = evidence.into_iter().filter_map(|one| {
        let decision = gold.get(&one.submission.0).copied();
        let meant = LEANINGS.iter().position(|leaning| *leaning == decision)?;
        Some(Seen { signs: one.signs, meant })
    });
    each.collect()
}

/// Writes the table that all files together give.
pub fn table(files: &[Cases], mut out: impl Write) -> io::Result<()> {
    writeln!(
        out,
        "# How much each sign in what is said of a candidate speaks for interested, maybe, pass and no decision."
    )?;
    writeln!(out, "# Printed by: replyd lab lean fixtures/decisions/*.jsonl")?;
    out.write_all(trained(files.iter()).as_bytes())
}

/// Writes how each file is read without a leaning, and with one that was not counted on it.
pub fn figures(files: &[Cases], mut out: impl Write) -> io::Result<()> {
    writeln!(
        out,
        "file, read with the weights of the other files            right        macro-F1   needless   precision  harm"
    )?;
    for (at, file) in files.iter().enumerate() {
        let others = files.iter().enumerate().filter(|(other, _)| *other != at);
        let weights = Weights::new(&trained(others.map(|(_, file)| file)));
        let scored = |weights: &Weights| {
            let mut score = Score::default();
            for (case, expected) in &file.cases {
                score.add(&answer_leaning(case, weights), expected);
            }
            score.figures()
        };
        let (before, after) = (scored(&Weights::default()), scored(&weights));
        writeln!(
            out,
            "{:<50} {:5.1} {:5.1}  {:5.1} {:5.1}  {:4.1} {:4.1}  {:4.1} {:4.1}  {:3.1} {:3.1}",
            file.name,
            before.right,
            after.right,
            before.macro_f1,
            after.macro_f1,
            before.asked_needlessly,
            after.asked_needlessly,
            before.precision,
            after.precision,
            before.harm,
            after.harm
        )?;
    }
    Ok(())
}

/// The lines of the table.
fn trained<'f>(files: impl Iterator<Item = &'f Cases>) -> String {
    let all: Vec<&Seen> = files.flat_map(|file| &file.seen).collect();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for sign in all.iter().flat_map(|seen| &seen.signs) {
        *shown.entry(sign).or_default() += 1;
    }
    let signs: Vec<&str> = shown
        .into_iter()
        .filter(|(_, shown)| *shown >= LEAST)
        .map(|(sign, _)| sign)
        .collect();
    let mut rows: Vec<(Vec<usize>, usize)> = Vec::new();
    for seen in mixed(&all) {
        let known = seen.signs.iter().filter_map(|sign| signs.binary_search(&sign.as_str()).ok());
        rows.push((known.collect(), seen.meant));
    }
    let mut table = String::new();
    for (sign, weights) in signs.iter().zip(averaged(&rows, signs.len())) {
        if weights.iter().any(|weight| *weight != 0) {
            let [interested, maybe, pass, none] = weights;
            table += &format!("{interested:4} {maybe:4} {pass:4} {none:4} {sign}\n");
        }
    }
    table
}

/// In an order that keeps no two of one file together, the same every time.
fn mixed<'s>(all: &[&'s Seen]) -> Vec<&'s Seen> {
    let mut order: Vec<(usize, &Seen)> = all.iter().enumerate().map(|(at, seen)| (at * 7919 % 10_007, *seen)).collect();
    order.sort_by_key(|(place, _)| *place);
    order.into_iter().map(|(_, seen)| seen).collect()
}

/// The weights of each sign, averaged over all steps.
fn averaged(rows: &[(Vec<usize>, usize)], signs: usize) -> Vec<[i64; 4]> {
    let mut now = vec![[0_i64; 4]; signs];
    // What each weight gained, times the step it gained it at: what it lacks in the average.
    let mut late = vec![[0_i64; 4]; signs];
    let mut step = 1;
    for _ in 0..ROUNDS {
        for (row, meant) in rows {
            let mut sums = [0; 4];
            for weights in row.iter().filter_map(|sign| now.get(*sign)) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += weight;
                }
            }
            let rivals = sums.iter().enumerate().filter(|(leaning, _)| leaning != meant);
            if let Some((rival, most)) = rivals.max_by_key(|(leaning, sum)| (**sum, usize::MAX - leaning))
                && sums.get(*meant).is_some_and(|sum| sum <= most)
            {
                for sign in row {
                    for (leaning, gain) in [(*meant, 1), (rival, -1)] {
                        if let Some(weight) = now.get_mut(*sign).and_then(|weights| weights.get_mut(leaning)) {
                            *weight += gain;
                        }
                        if let Some(weight) = late.get_mut(*sign).and_then(|weights| weights.get_mut(leaning)) {
                            *weight += gain * step;
                        }
                    }
                }
            }
            step += 1;
        }
    }
    let average = |(now, late): (&[i64; 4], &[i64; 4])| {
        std::array::from_fn(|at| {
            let (now, late) = (now.get(at).copied().unwrap_or_default(), late.get(at).copied().unwrap_or_default());
            (now * step - late) * PARTS / step
        })
    };
    now.iter().zip(&late).map(average).collect()
}
