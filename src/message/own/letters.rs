//! The words of an answer laid against the words of our letters, passage by passage and in their order.
//!
//! The letters' runs of four words are hashed. Of the runs that an answer shares with a letter the longest are believed first, and each
//! further one only where it fits between them in both texts: so what the sender typed stays theirs although it stands in the letter, at
//! another place. What lies between two runs is laid out in the cheapest way. Linear but for the sorting.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::cmp::Reverse;
use std::ops::Range;

use fnv::FnvHashSet;
use memchr::memmem;

use super::gaps::Answer;
use super::layout::Table;
use super::runs::{Counts, Fit, Indexed, RUN, Run, chained, fitting, hash_of};
use super::words::{Place, Word};
use crate::message::LetterText;
use crate::model::percent_decoded;

/// Passages looked for in one answer: the letter, older ones below it.
const PASSAGES: usize = 12;
/// So many words of a letter in a row or in pieces are no coincidence.
const SURE: usize = 20;
/// Forms of letters that are laid out to see which fits best.
const NEAR: usize = 4;
/// So many are none where old mail is expected.
const FEW: usize = 8;
/// So many whole lines of a letter are no coincidence, with so many words in all.
const WHOLE_LINES: (usize, usize) = (3, 12);
/// Pairs of words compared in the gaps of one answer: a thousand times what people need, and a fraction of a second.
const MOST_CELLS: usize = 50_000_000;

/// Words of an answer and their places in a letter.
type Pairs = Vec<(usize, usize)>;

/// A letter, or a part of it, as it stands in the answer.
#[derive(Debug, Clone)]
pub(super) struct Passage {
    /// From its first word to its last.
    pub(super) words: Range<usize>,
    /// So much of a letter that nobody typed it.
    pub(super) sure: bool,
    /// Which form of which letter.
    text: usize,
}

/// Our letters of one thread, ready to be laid against an answer.
pub(super) struct Letters<'t> {
    texts: Vec<Indexed<'t>>,
    /// Whole lines, to be known again one by one; seldom asked for.
    lines: OnceCell<FnvHashSet<u64>>,
}

impl<'t> Letters<'t> {
    pub(super) fn new(thread: &'t [LetterText]) -> Self {
        let forms = |(number, letter): (usize, &'t LetterText)| [(number, letter.text.as_str()), (number, letter.html_text.as_str())];
        let texts = thread.iter().enumerate().flat_map(forms).filter(|(_, text)| !text.is_empty());
        Self {
            texts: texts.map(|(number, text)| Indexed::new(number, text)).collect(),
            lines: OnceCell::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// True when a letter holds this link or address as it is.
    pub(super) fn has_link(&self, link: &str) -> bool {
        let link = target(link);
        self.texts
            .iter()
            .any(|text| memmem::find(text.text.as_bytes(), link.as_bytes()).is_some())
    }

    /// True when these words are a whole line of a letter.
    pub(super) fn has_line(&self, words: &[Word]) -> bool {
        let lines = || self.texts.iter().flat_map(|text| by_line(&text.words)).map(hash_of).collect();
        !words.is_empty() && self.lines.get_or_init(lines).contains(&hash_of(words))
    }

    /// True when enough of these pairs are whole lines of a letter.
    fn has_lines(&self, all: &[Word], pairs: &[(usize, usize)]) -> bool {
        let span = pairs.first().zip(pairs.last()).map_or(0..0, |(first, last)| first.0..last.0 + 1);
        let paired = |line: &&[Word]| {
            let start = line.first().map_or(0, |word| word.range.start);
            let at = all.partition_point(|word| word.range.start < start);
            (at..at + line.len()).all(|here| pairs.binary_search_by_key(&here, |pair| pair.0).is_ok())
        };
        let whole: Vec<usize> = by_line(all.get(span).unwrap_or_default())
            .filter(|line| self.has_line(line))
            .filter(paired)
            .map(<[Word]>::len)
            .collect();
        whole.len() >= WHOLE_LINES.0 && whole.iter().sum::<usize>() >= WHOLE_LINES.1
    }

    /// True when these words stand in a row in a letter, and are enough to be no chance.
    pub(super) fn has_run(&self, words: &[Word]) -> bool {
        let run = words.get(..RUN).map(hash_of);
        run.is_some_and(|run| self.texts.iter().any(|text| text.has_run(words, run)))
    }

    /// The signs that stand before a word in the letter of its passage: "– " in "ones – and".
    pub(super) fn signs_before(&self, passage: &Passage, word: usize) -> &str {
        self.texts.get(passage.text).map_or("", |text| text.between(word))
    }

    /// Gives each word of `all` its place in a letter. `quoted` says of a line whether it is quoted beyond doubt: no passage begins inside
    /// quotes and goes on outside. From line `old` on the old mail stands without marks.
    pub(super) fn align(&self, shown: &str, all: &mut [Word], quoted: &dyn Fn(usize) -> bool, old: usize) -> Vec<Passage> {
        let marked: Vec<bool> = all.iter().map(|word| quoted(word.line)).collect();
        let (room, table) = (Cell::new(MOST_CELLS), Cell::new(Table::default()));
        let hashes: Vec<u64> = all.windows(RUN).map(hash_of).collect();
        let runs: Vec<Vec<Run>> = self.texts.iter().map(|text| text.runs_in(all, &hashes, &marked)).collect();
        let mut passages = Vec::new();
        let mut windows: Vec<Range<usize>> = std::iter::once(0..all.len()).collect();
        while let Some(window) = windows.pop() {
            if window.len() < RUN || passages.len() >= PASSAGES {
                continue;
            }
            // The text of which most stands here; of forms that have about as much in long runs the one that has more in all.
            let fits: Vec<Fit> = runs.iter().map(|runs| fitting(runs, &window)).collect();
            let mut sizes: Vec<usize> = fits.iter().map(|fit| fit.values().map(|(_, length)| *length).sum()).collect();
            let mut most = sizes.iter().copied().max().unwrap_or(0);
            if most == 0 {
                continue;
            }
            // Where little is certain, what the letters say twice must count.
            if most * 2 < window.len() {
                for (size, runs) in sizes.iter_mut().zip(&runs) {
                    *size = chained(runs, &window).unwrap_or(0).max(*size);
                }
                most = sizes.iter().copied().max().unwrap_or(most);
            }
            let answer = Answer {
                shown,
                words: all,
                marked: &marked,
                room: &room,
                table: &table,
            };
            let near = fits
                .into_iter()
                .zip(sizes)
                .enumerate()
                .filter(|(_, (_, size))| size * 10 >= most * 7)
                .take(NEAR);
            let laid = self.laid(near.collect(), answer, &window);
            // Of two that explain as much the one that does so in fewer pieces.
            let fit = laid
                .iter()
                .max_by_key(|(_, pairs, size)| (pairs.len(), Reverse(breaks(pairs)), *size));
            let Some((number, pairs, _)) = fit else { continue };
            let Some(text) = self.texts.get(*number) else { continue };
            let (Some(first), Some(last)) = (pairs.first(), pairs.last()) else {
                continue;
            };
            let mut span = first.0..last.0 + 1;
            let sure = pairs.len() >= SURE
                || pairs.len() >= FEW && pairs.len() * 10 >= text.words.len() * 6
                || pairs.len() >= WHOLE_LINES.1 && self.has_lines(all, pairs);
            // Where old mail stands anyway a few words in a row will do.
            let is_old = all.get(first.0).is_some_and(|word| word.line >= old);
            let sure = sure || is_old && passages.is_empty() && pairs.len() >= FEW && pairs.len() * 10 >= span.len() * 4;
            // So it is where the quotation holds little else.
            let is_marked = marked.get(first.0).is_some_and(|marked| *marked);
            let sure = sure || is_marked && pairs.len() >= WHOLE_LINES.1 && pairs.len() * 10 >= span.len() * 8;
            // Letters share much: what stands below the first one must be little else.
            let sure = sure && (passages.is_empty() || pairs.len() * 10 >= span.len() * 7);
            for (here, there) in pairs {
                if let Some(word) = all.get_mut(*here) {
                    word.place = Some(Place {
                        chain: passages.len(),
                        at: *there,
                    });
                }
            }
            // Programs that make one form of a letter from the other may mix both.
            let others = self.texts.iter().zip(&runs).enumerate();
            for (other_number, (other, runs)) in
                others.filter(|(_, (other, _))| sure && other.letter == text.letter && other.text != text.text)
            {
                // A word that the letter has no more often than it has been found was typed once more.
                let placed = Counts::new(all.iter().filter(|word| word.place.is_some()));
                let is_left = |word: &Word| other.counts().of(word) > placed.of(word);
                if !all.iter().any(|word| word.place.is_none() && is_left(word)) {
                    continue;
                }
                let known = laid.iter().find(|(number, ..)| *number == other_number);
                let more = known.map_or_else(
                    || {
                        let answer = Answer {
                            shown,
                            words: all,
                            marked: &marked,
                            room: &room,
                            table: &table,
                        };
                        Cow::Owned(other.pairs(fitting(runs, &window), answer, &window))
                    },
                    |(_, pairs, _)| Cow::Borrowed(pairs),
                );
                let found = agreeing(&more, all, &other.words, &is_left);
                // What stands apart from the passage was typed, whatever it says.
                let first = found
                    .iter()
                    .rev()
                    .filter(|here| **here < span.start)
                    .fold(span.start, |start, here| if *here + 1 == start { *here } else { start });
                let end = found.iter().fold(span.end, |end, here| if *here == end { end + 1 } else { end });
                span = first..end;
                for here in found.into_iter().filter(|here| span.contains(here)) {
                    if let Some(word) = all.get_mut(here) {
                        word.place = Some(Place {
                            chain: passages.len(),
                            at: usize::MAX,
                        });
                    }
                }
            }
            passages.push(Passage {
                words: span.clone(),
                sure,
                text: *number,
            });
            windows.push(window.start..span.start);
            windows.push(span.end..window.end);
        }
        passages
    }

    /// The texts that are laid against a window, each with the words that it explains; without those that must explain fewer than another.
    fn laid(&self, mut near: Vec<(usize, (Fit, usize))>, answer: Answer<'_>, window: &Range<usize>) -> Vec<(usize, Pairs, usize)> {
        near.sort_by_key(|(_, (_, size))| Reverse(*size));
        let words = answer.words.get(window.clone()).unwrap_or_default();
        // Where letters were lost on the way a word can stand for another.
        let lossy = |words: &[Word]| words.iter().any(|word| word.accented);
        let is_lossy = OnceCell::new();
        let mut laid: Vec<(usize, Pairs, usize)> = Vec::with_capacity(near.len());
        for (number, (fit, size)) in near {
            let Some(text) = self.texts.get(number) else { continue };
            let fewer = |most: usize| {
                text.counts().shared(words) < most
                    && !*is_lossy.get_or_init(|| lossy(words) || memmem::find(answer.shown.as_bytes(), b"=\n").is_some())
                    && !lossy(&text.words)
            };
            if !laid.iter().map(|(_, pairs, _)| pairs.len()).max().is_some_and(fewer) {
                laid.push((number, text.pairs(fit, answer, window), size));
            }
        }
        laid.sort_unstable_by_key(|(number, ..)| *number);
        laid
    }
}

/// How often the pairs do not go on with the next word of both texts.
fn breaks(pairs: &[(usize, usize)]) -> usize {
    let goes_on = |pair: &&[(usize, usize)]| matches!(pair, [a, b] if a.0 + 1 == b.0 && a.1 + 1 == b.1);
    pairs.windows(2).filter(|pair| !goes_on(pair)).count()
}

/// What a link led to before a gateway rewrote it: Safe Links (`?url=`), URL Defense (`/v3/__…__;`).
fn target(link: &str) -> Cow<'_, str> {
    if let Some((_, defended)) = link.split_once("/v3/__") {
        return Cow::Borrowed(defended.split("__;").next().unwrap_or(defended));
    }
    let Some((_, coded)) = link.split_once("?url=") else {
        return Cow::Borrowed(link);
    };
    Cow::Owned(percent_decoded(coded.split('&').next().unwrap_or(coded)))
}

/// The words of a text, line by line.
fn by_line(words: &[Word]) -> impl Iterator<Item = &[Word]> {
    words.chunk_by(|a, b| a.line == b.line)
}

/// The words that only the other form of the letter holds: a line of them counts where the lines around it are the same in both forms.
fn agreeing(more: &[(usize, usize)], all: &[Word], letter: &[Word], is_left: &dyn Fn(&Word) -> bool) -> Vec<usize> {
    /// Beyond so many typed words nothing is near.
    const FAR: usize = 100;
    let mut found = Vec::new();
    let is_new = |here: usize| all.get(here).is_some_and(|word| word.place.is_none());
    let line = |here: usize| all.get(here).map_or(usize::MAX, |word| word.line);
    for stretch in more.chunk_by(|a, b| a.0 + 1 == b.0 && a.1 + 1 == b.1 && is_new(a.0) == is_new(b.0)) {
        let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else {
            continue;
        };
        if !is_new(first.0) {
            continue;
        }
        // Small words are left over of many a line: it takes half of the words.
        if stretch
            .iter()
            .filter_map(|(here, _)| all.get(*here))
            .filter(|word| is_left(word))
            .count()
            * 2
            < stretch.len()
        {
            continue;
        }
        // What the first form has nearby the second must have too; else they only divide the same words differently.
        let from = all.partition_point(|word| word.line + 2 < line(first.0));
        let to = all.partition_point(|word| word.line <= line(last.0).saturating_add(2));
        let both = |here: usize| is_new(here) || more.binary_search_by_key(&here, |(here, _)| *here).is_ok();
        let above = (0..first.0).rev().take(FAR).find(|here| !is_new(*here));
        let below = (last.0 + 1..all.len()).take(FAR).find(|here| !is_new(*here));
        // One word alone goes on with what stands before it and behind it; else it was typed, and is what our buttons say.
        let is_pair = |here: Option<usize>, there: Option<usize>| {
            let pair = here.zip(there);
            pair.is_some_and(|pair| more.binary_search(&pair).is_ok())
        };
        let (before, behind) = (
            is_pair(first.0.checked_sub(1), first.1.checked_sub(1)),
            is_pair(last.0.checked_add(1), last.1.checked_add(1)),
        );
        // A few words from inside a line, and the rest of it nowhere, were typed as well.
        let cell = |there: usize| letter.get(there).map(|word| word.cell);
        let begins = first.1.checked_sub(1).and_then(cell) != cell(first.1);
        let ends = cell(last.1) != cell(last.1 + 1);
        let whole = stretch.len() >= RUN || (begins || before) && (ends || behind);
        if whole && (stretch.len() > 1 || before && behind) && (from..to).chain(above).chain(below).all(both) {
            found.extend(stretch.iter().map(|(here, _)| *here));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    const LETTER: &str = "Hi Ann,\nhere are two profiles for the data role.\n1. Ana Ruiz\nInterested: https://x.example/d/1\n\
        Pass: https://x.example/d/2\nSix years of Spark and Airflow in Málaga.\n2. Carl Berg\nInterested: https://x.example/d/3\n\
        Pass: https://x.example/d/4\nTwo years of Python.\nYes to Ana, pass on Carl is an answer.";

    /// The words that are not the letter's.
    fn typed(shown: &str) -> String {
        let thread = [LetterText {
            text: LETTER.into(),
            html_text: String::new(),
        }];
        let mut all = words(shown);
        let marked: Vec<bool> = shown.split('\n').map(|line| line.starts_with('>')).collect();
        let passages = Letters::new(&thread).align(shown, &mut all, &|line| marked[line], usize::MAX);
        let left = all.iter().filter(|word| word.place.is_none_or(|place| !passages[place.chain].sure));
        left.map(|word| shown.get(word.range.clone()).unwrap())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_is_not_the_letters_was_typed() {
        assert_eq!(typed(LETTER), "");
        assert_eq!(typed(&format!("Yes to Ana, pass on Carl\n\n{LETTER}")), "Yes to Ana pass on Carl");
        assert_eq!(typed(&LETTER.replace("Airflow in", "Airflow (wow) in")), "wow");
        assert_eq!(typed(&LETTER.replace("1. Ana Ruiz\n", "1. Ana Ruiz\nPass\n")), "Pass");
        assert_eq!(typed(&LETTER.replace("2. Carl", "Interested\n2. Carl")), "Interested");
        assert_eq!(typed(&LETTER.to_uppercase().replace("MÁLAGA", "M?LAGA")), "");
        assert_eq!(typed("Pass on Ana"), "Pass on Ana");
    }

    /// The words that are not the letter's, which has two forms.
    fn typed_of(text: &str, html_text: &str, shown: &str) -> String {
        let thread = [LetterText {
            text: text.into(),
            html_text: html_text.into(),
        }];
        let mut all = words(shown);
        let passages = Letters::new(&thread).align(shown, &mut all, &|_| false, 0);
        let left = all.iter().filter(|word| word.place.is_none_or(|place| !passages[place.chain].sure));
        left.map(|word| shown.get(word.range.clone()).unwrap())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn where_the_letter_is_cut_off_its_next_word_may_be_typed() {
        let cut = LETTER.split("Pass: https://x.example/d/4").next().unwrap();
        assert_eq!(typed(&format!("{cut}\n(pass)")), "pass");
        let cut = LETTER.split("Two years").next().unwrap();
        assert_eq!(typed(&format!("{cut}\nTwo years? More, I hope.")), "Two years More I hope");
    }

    #[test]
    fn what_stands_around_words_says_whose_they_are() {
        assert_eq!(typed(&LETTER.replace("Yes to", "Yes (yes!) to")), "yes");
        assert_eq!(typed(&LETTER.replace("Yes to", "Yes *yes* to")), "yes");
        let into = LETTER
            .replace("two profiles", "two (why?) profiles")
            .replace("role.\n", "role.\nOs dois, só com bons prófiles\n");
        assert_eq!(typed(&into), "why Os dois só com bons prófiles");
        let into = LETTER.replace("here are", "yes to both\nHere <-- see here are");
        assert_eq!(typed_of(&LETTER.replace("here are", "Here are"), "", &into), "yes to both see here");
    }

    #[test]
    fn three_whole_lines_are_a_letter() {
        let long = format!("{LETTER}\n{}", "And so on, for many more lines than anybody reads. ".repeat(9));
        let thread = [LetterText {
            text: long,
            html_text: String::new(),
        }];
        let lines = "here are two profiles for the data role.\nno\n1. Ana Ruiz\nwell\nSix years of Spark and Airflow in Málaga.";
        for (shown, sure) in [
            (lines.to_owned(), true),
            (lines.replace('\n', " and "), false),
            (
                "Yes to Ana, pass on Carl is an answer.\nSix years of Spark and Airflow in Málaga.".to_owned(),
                false,
            ),
        ] {
            let passages = Letters::new(&thread).align(&shown, &mut words(&shown), &|_| false, usize::MAX);
            assert_eq!(passages.iter().any(|passage| passage.sure), sure, "{shown}");
        }
    }

    #[test]
    fn what_explains_the_answer_in_one_piece_is_preferred() {
        let (head, tail) = (
            "Here is a fresh link for the role.\nKind regards\nMaria",
            "The links work until May.",
        );
        let (text, html) = (format!("{head}\nREF-77. {tail}"), format!("Harbor Line\tREF-77\n{head}\n{tail}"));
        assert_eq!(typed_of(&text, &html, &format!("REF-77\n\n{text}")), "REF 77");
    }

    #[test]
    fn a_letter_that_says_its_heading_twice_is_laid_out_whole() {
        let heading = "Priya Nair answered through the link that was sent to Ann";
        let html = format!(
            "{heading} Lee\nHarbor Line Recruiting\tREF-SVMR\n{heading} Lee\nIf it counts, we note: Interested for Ana Souza and Pass for Carl. \
             We asked Ann Lee by mail whether it counts. Until they say yes nothing follows; nothing to do for you.\nWritten for you alone."
        );
        let shown =
            format!("{heading} OK for me\nLee\n | Harbor Line Recruiting | REF-SVMR\nNein danke\n |\n{heading} Lee\n(interested)\n");
        assert_eq!(typed_of("", &html, &shown), "OK for me Nein danke interested");
    }

    #[test]
    fn the_mark_of_a_signature_sets_off_no_typed_words() {
        let rest = "REF-77\nSenior Java developer\nHi Ann,\nhere are three candidates for your role. Whom would you like to meet?\n\
            All of them could start within six weeks.\nKind regards\nMaria Keller and Tom Okafor";
        let html = format!("Ana Souza, Carl Jensen, Ben Whitaker. One press for each, or just reply.\n{rest}");
        assert_eq!(typed_of("", &html, &format!("REF-77\n\n-- \nAnn Lee\n\n{rest}")), "REF 77 Ann Lee");
    }

    #[test]
    fn the_last_words_of_what_is_hidden_above_a_letter_can_be_typed() {
        let rest =
            "Harbor Line Recruiting\nHi Ann,\nyour interview is agreed for the day after tomorrow, in your office.\nKind regards\nMaria";
        let html = format!("Monday 6 July 2026, 09:00 to 09:30 (Paris), with Ana Ruiz.\n{rest}");
        assert_eq!(typed_of("", &html, &format!("Ana Ruiz\n\n{rest}")), "Ana Ruiz");
        assert_eq!(typed_of("", &html, &html), "");
    }

    #[test]
    fn what_one_form_of_a_letter_has_elsewhere_was_typed() {
        let (head, tail) = (
            "Hi Ann,\nhere are two profiles for the data role.\n1. Ana Ruiz\nSix years of Spark and Airflow in Málaga.",
            "A plain reply works as well, in your own words.\nKind regards\nMaria",
        );
        let page = "All of them on one page, without a login:";
        let (text, html) = (
            format!("{head}\n{page}\n{tail}"),
            format!("One page for Ana Ruiz on top of all.\n{head}\n{tail}\nAnswer for all of them on one page, without a login."),
        );
        let typed = "All of them on one page? Only her.";
        assert_eq!(
            typed_of(&text, &html, &format!("{text}\n{typed}")),
            "All of them on one page Only her"
        );
        let into = format!("{html}\n").replace("Kind regards", "(of them please)\nKind regards");
        assert_eq!(
            typed_of(&text.replace("All of them", "Not one of them?\nAll of them"), &html, &into),
            "of them please"
        );
        let into = text.replace("1. Ana Ruiz", "1. Ana Ruiz\n好的\n\nAna Ruiz");
        assert_eq!(typed_of(&text, &html, &into), "好的 Ana Ruiz");
    }

    #[test]
    fn few_words_at_an_edge_are_no_quotation() {
        let hidden = "Whom would you like to meet: Carl Jensen? One press, or just reply.";
        let rest = "Harbor Line Recruiting\nHi Ann,\nwe have not heard from you about Carl Jensen.\nFour years of Java and Kotlin.\n\
            A plain reply works as well.\nKind regards\nMaria Keller and Tom Okafor\nHarbor Line Recruiting";
        let html = format!("{hidden}\n{rest}");
        assert_eq!(
            typed_of("", &html, &format!("Whom would you like to meet?\n{rest}")),
            "Whom would you like to meet"
        );
        let bars = rest.replace('\n', "\n | ");
        assert_eq!(typed_of("", &html, &format!("{bars}\nthe second one")), "the second one");
        let cut = rest.split("Kind").next().unwrap();
        assert_eq!(
            typed_of("", &html, &format!("{cut}Ben: perhaps\nKind regards,\nAnn Lee")),
            "Ben perhaps Kind regards Ann Lee"
        );
    }

    #[test]
    fn what_is_typed_into_a_line_begins_with_a_capital() {
        let letter = "Hi Ann,\nCould you send me her salary expectation first? Then we decide.\nKind regards\nMaria";
        let shown = letter.replace("send me", "send me OK for me");
        let mut all = super::super::words::words(&shown);
        let thread = [LetterText {
            text: letter.into(),
            html_text: String::new(),
        }];
        Letters::new(&thread).align(&shown, &mut all, &|_| false, usize::MAX);
        let left: Vec<&str> = all
            .iter()
            .filter(|word| word.place.is_none())
            .map(|word| shown.get(word.range.clone()).unwrap())
            .collect();
        let first = all.iter().position(|word| word.place.is_none()).unwrap();
        assert_eq!(
            (left.join(" ").as_str(), shown.get(all[first].range.clone()).unwrap()),
            ("OK for me", "OK")
        );
    }

    #[test]
    fn a_line_typed_between_two_like_it_is_found() {
        let shown = LETTER.replace("Pass: https://x.example/d/2\n", "Pass: https://x.example/d/2\nPass\n");
        let thread = [LetterText {
            text: LETTER.into(),
            html_text: String::new(),
        }];
        let mut all = words(&shown);
        Letters::new(&thread).align(&shown, &mut all, &|_| false, usize::MAX);
        let left = all.iter().find(|word| word.place.is_none()).unwrap();
        assert!(shown.get(left.range.end..).unwrap().starts_with("\nSix"));
    }
}
