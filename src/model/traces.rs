//! Somebody's traces in texts: addresses, names, phones, and the words they wrote or that were written about them.
//!
//! In: what is known of a person. Out: whether a text holds some of it, and the text without. Words are compared without regard to case and accents
//! ([`super::spelling`]), and whatever stands between them (a line break, a quotation mark, markup) is no difference.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::Address;
use super::spelling::{Word, words};

/// What stands where something was taken out.
pub const ERASED: &str = "[erased]";

/// So many words in the same order are the same text, where people speak of somebody. Fewer are found only as a whole text.
const RUN: usize = 4;
/// And where nobody is known to: whoever says "sounds good to me" says it like many others.
const FAR_RUN: usize = 9;
/// A part of a name that is this long is found in small letters too: shorter ones are words of their own (will, mark, rose).
const LONG_PART: usize = 5;
/// Digits by which a phone number is known, from its end.
const PHONE_DIGITS: usize = 8;
/// Ways to write a few words of which each may be written in two: of more, two are looked for.
const WAYS: usize = 16;

/// Whatever tells of one person.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    /// Lower case, each in the forms in which it is written.
    addresses: Vec<String>,
    /// Hashes of words in a row: names, short texts, names of files.
    phrases: HashSet<u64>,
    longest_phrase: usize,
    /// Names written in one word.
    joined: HashSet<String>,
    /// Parts of names.
    parts: Vec<Word>,
    /// Hashes of words in a row.
    runs: HashSet<u64>,
    /// For places that are not about them.
    far: bool,
    /// The last digits of phone numbers.
    phones: Vec<String>,
}

impl Traces {
    /// Nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.phrases.is_empty() && self.runs.is_empty() && self.phones.is_empty()
    }

    /// For places that need not be about them: whatever others say like that as well is no trace.
    #[must_use]
    pub fn far() -> Self {
        Self {
            far: true,
            ..Self::default()
        }
    }

    const fn run(&self) -> usize {
        if self.far { FAR_RUN } else { RUN }
    }

    /// An address of theirs.
    pub fn address(&mut self, address: &Address) {
        let lower = address.as_str().to_ascii_lowercase();
        for form in [lower.clone(), lower.replace('@', "%40"), lower.replace('@', "=")] {
            if !self.addresses.contains(&form) {
                self.addresses.push(form);
            }
        }
    }

    /// A name of theirs, in both orders. One of a single word only with [`Traces::name_in_parts`]: too many people have it.
    pub fn name(&mut self, name: &str) {
        let words = words(name);
        let Some((last, others)) = words.split_last().filter(|(_, others)| !others.is_empty()) else {
            return;
        };
        let turned: Vec<Word> = std::iter::once(last).chain(others).cloned().collect();
        for one in [&words, &turned] {
            self.joined.extend(ways(one).into_iter().map(|way| way.concat()));
            self.phrase(one);
        }
        // Without what stands between the first and the last.
        if let (Some(first), true) = (words.first(), words.len() > 2) {
            self.phrase(&[first.clone(), last.clone()]);
        }
    }

    /// Each part of a name, for texts that are about few people. `others` are words of the other people's there, which stay.
    pub fn name_in_parts(&mut self, name: &str, others: &HashSet<String>) {
        let words = words(name);
        // "de" and "van" are words of their own, unless the name is written in small letters altogether.
        let particles = words.iter().any(|word| !word.is_small());
        for word in words {
            let is_number = word.plain.chars().all(|c| c.is_ascii_digit());
            let is_particle = particles && word.is_small() && word.letters < LONG_PART;
            let tells = word.letters > 1 && !is_number && !is_particle && !word.forms().any(|form| others.contains(form));
            if tells && !self.parts.iter().any(|part| part.plain == word.plain && part.long == word.long) {
                self.parts.push(word);
            }
        }
    }

    /// The name of a file of theirs: it goes as a whole, before anything in it.
    pub fn file(&mut self, name: &str) {
        match words(name).as_slice() {
            [] => {}
            [word] => self.joined.extend(word.forms().map(str::to_owned)),
            words => self.phrase(words),
        }
    }

    /// Whether the name of a file holds their name, or a part of it that tells of them here.
    #[must_use]
    pub fn name_file(&self, name: &str) -> bool {
        let words = words(name);
        let glued: [String; 2] = [
            words.iter().map(|word| word.plain.as_str()).collect(),
            words.iter().map(|word| word.long.as_deref().unwrap_or(&word.plain)).collect(),
        ];
        let in_one_word = |name: &String| glued.iter().any(|glued| glued.contains(name.as_str()));
        self.joined.iter().any(in_one_word) || words.iter().any(|word| self.is_part(word))
    }

    /// A phone number of theirs.
    pub fn phone(&mut self, phone: &str) {
        let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
        let from = digits.len().saturating_sub(PHONE_DIGITS);
        if digits.len() >= PHONE_DIGITS {
            self.phones.push(digits.iter().skip(from).collect());
        }
    }

    /// Words they wrote, or that were written about them.
    pub fn text(&mut self, text: &str) {
        let words = words(text);
        if words.len() < self.run() {
            if words.len() > 1 && !self.far {
                self.phrase(&words);
            }
            return;
        }
        self.runs.extend(words.windows(self.run()).map(hash_plain));
    }

    /// Words that others wrote as well: by them nobody is known.
    pub fn but_not(&mut self, text: &str) {
        for run in words(text).windows(self.run()).map(hash_plain) {
            self.runs.remove(&run);
        }
    }

    /// Whether something of them is in a text.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        !self.places(text).is_empty()
    }

    /// The text without them; `None` when they are not in it.
    #[must_use]
    pub fn taken_from(&self, text: &str) -> Option<String> {
        let places = self.places(text);
        let mut left = String::with_capacity(text.len());
        let mut at = 0;
        for place in &places {
            let between = text.get(at..place.start).unwrap_or_default();
            // What stood side by side is one gap.
            if at == 0 || between.chars().any(char::is_alphanumeric) {
                left.push_str(between);
                left.push_str(ERASED);
            } else {
                left.push_str(if between.contains('\n') { "\n" } else { "" });
            }
            at = place.end;
        }
        left.push_str(text.get(at..).unwrap_or_default());
        (!places.is_empty()).then_some(left)
    }

    /// Where they are in a text, from left to right, apart from each other.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = self.addresses_in(text);
        let words = words(text);
        let span = |from: usize, to: usize| Some(words.get(from)?.at.start..words.get(to)?.at.end);
        for (at, word) in words.iter().enumerate() {
            if word.forms().any(|form| self.joined.contains(form)) || self.is_part(word) {
                found.push(word.at.clone());
            }
            for length in 2..=self.longest_phrase {
                let Some(phrase) = words.get(at..at + length) else { break };
                if self.is_phrase(phrase) {
                    found.extend(span(at, at + length - 1));
                }
            }
            let run = words.get(at..at + self.run()).filter(|_| !self.runs.is_empty());
            if let Some(run) = run.filter(|run| self.runs.contains(&hash_plain(run))) {
                found.extend(span(at, at + run.len() - 1));
            }
        }
        found.extend(self.phones_in(text));
        found.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
        let mut apart: Vec<Range<usize>> = Vec::new();
        for place in found {
            match apart.last_mut() {
                Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
                _ => apart.push(place),
            }
        }
        apart
    }

    /// A word with a capital or in capitals; in small letters only one that is long enough.
    fn is_part(&self, word: &Word) -> bool {
        let (shouted, small) = (!word.has_lower, word.is_small());
        self.parts.iter().any(|part| {
            let fits = match (shouted, small) {
                (true, _) => word.letters > 2 || !part.has_lower,
                (false, true) => word.letters >= LONG_PART,
                (false, false) => true,
            };
            fits && word.forms().any(|form| part.forms().any(|one| one == form))
        })
    }

    fn is_phrase(&self, words: &[Word]) -> bool {
        if words.iter().all(|word| word.long.is_none()) {
            return self.phrases.contains(&hash_plain(words));
        }
        ways(words).iter().any(|way| self.phrases.contains(&hash(way)))
    }

    fn addresses_in(&self, text: &str) -> Vec<Range<usize>> {
        if self.addresses.is_empty() || !(text.contains('@') || text.contains('%') || text.contains('=')) {
            return Vec::new();
        }
        let lower = text.to_ascii_lowercase();
        let mut found = Vec::new();
        for address in &self.addresses {
            for (at, _) in lower.match_indices(address.as_str()) {
                let end = at + address.len();
                let before = lower.get(..at).and_then(|head| head.chars().next_back());
                let joins = if address.contains('@') { "._+-" } else { "._" };
                let longer =
                    before.is_some_and(|c| c.is_ascii_alphanumeric() || joins.contains(c)) || goes_on(lower.get(end..).unwrap_or_default());
                if !longer {
                    found.push(at..end);
                }
            }
        }
        found
    }

    fn phones_in(&self, text: &str) -> Vec<Range<usize>> {
        if self.phones.is_empty() {
            return Vec::new();
        }
        let digits: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).collect();
        let mut found = Vec::new();
        for phone in &self.phones {
            let wanted: Vec<char> = phone.chars().collect();
            for (at, window) in digits.windows(wanted.len()).enumerate() {
                let (Some((mut from, _)), Some((to, _))) = (window.first().copied(), window.last().copied()) else {
                    continue;
                };
                let fits = window.iter().map(|(_, c)| *c).eq(wanted.iter().copied());
                let between = text.get(from..to).unwrap_or_default();
                if !fits || !between.chars().all(in_number) {
                    continue;
                }
                // The country and the area before it.
                for (before, _) in digits.iter().take(at).rev() {
                    if !text.get(*before..from).unwrap_or_default().chars().all(in_number) {
                        break;
                    }
                    from = *before;
                }
                if text.get(..from).is_some_and(|head| head.ends_with('+')) {
                    from -= 1;
                }
                found.push(from..to + 1);
            }
        }
        found
    }

    fn phrase(&mut self, words: &[Word]) {
        self.longest_phrase = self.longest_phrase.max(words.len());
        self.phrases.extend(ways(words).iter().map(|way| hash(way)));
    }
}

/// The ways in which words in a row may be written.
fn ways(words: &[Word]) -> Vec<Vec<&str>> {
    let many = words.iter().filter(|word| word.long.is_some()).count();
    if many > WAYS.ilog2() as usize {
        let long = words.iter().map(|word| word.long.as_deref().unwrap_or(&word.plain));
        return vec![words.iter().map(|word| word.plain.as_str()).collect(), long.collect()];
    }
    let mut ways: Vec<Vec<&str>> = vec![Vec::with_capacity(words.len())];
    for word in words {
        ways = ways
            .iter()
            .flat_map(|way| word.forms().map(|form| way.iter().copied().chain([form]).collect()))
            .collect();
    }
    ways
}

/// Whether what stands behind an address belongs to its domain: `.uk`, `-works.example`.
fn goes_on(behind: &str) -> bool {
    let in_domain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let rest: String = behind.chars().take_while(in_domain).collect();
    let labels = rest.trim_end_matches(['.', '-']);
    match labels.chars().next() {
        Some('.') => labels.len() > 1,
        Some('-') => labels.contains('.'),
        Some(_) => true,
        None => false,
    }
}

/// What may stand in a phone number.
fn in_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}')
}

/// The words of a name or a title, in lower case and without accents.
#[must_use]
pub fn words_of(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.plain).collect()
}

fn hash_plain(words: &[Word]) -> u64 {
    hash_of(words.iter().map(|word| word.plain.as_str()))
}

fn hash(words: &[&str]) -> u64 {
    hash_of(words.iter().copied())
}

fn hash_of<'w>(words: impl Iterator<Item = &'w str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.for_each(|word| word.hash(&mut hasher));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Traces {
        let mut ana = Traces::default();
        ana.address(&Address::parse("Ana.Souza@mail.example").unwrap());
        ana.name("Ana Souza");
        ana.phone("+351 912 555 014");
        ana.text("Ten years of airships, and a licence to moor them.");
        ana
    }

    fn without(text: &str) -> String {
        ana().taken_from(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn what_tells_of_somebody_is_taken_out_and_the_rest_stays() {
        for (text, left) in [
            ("Yes to Ana Souza, pass on Carl", "Yes to [erased], pass on Carl"),
            ("SOUZA, ANA <ana.souza@MAIL.example>", "[erased]>"),
            ("ana-souza-cv.pdf anasouza", "[erased]-cv.pdf [erased]"),
            (
                "https://x.example/?to=ana.souza%40mail.example&b=1",
                "https://x.example/?to=[erased]&b=1",
            ),
            ("> Ten years of\n> airships, and a\n>> licence to moor them.", "> [erased]."),
            ("call +351 912-555-014 now", "call [erased] now"),
            ("call 912 555 014.", "call [erased]."),
            ("Hana Souza and joana.souza@mail.example", "Hana Souza and joana.souza@mail.example"),
            ("ten years of Java", "ten years of Java"),
            ("ana.souza@mail.example-3, ana.souza@mail.example.", "[erased]-3, [erased]."),
            ("x@y.example.uk", "x@y.example.uk"),
            ("Ana said will do", "Ana said will do"),
        ] {
            assert_eq!(without(text), left);
            assert!(!ana().are_in(&without(text)), "{text}");
        }
    }

    #[test]
    fn a_longer_address_is_somebody_elses() {
        let mut traces = Traces::default();
        traces.address(&Address::parse("x@mail.example").unwrap());
        for other in [
            "x@mail.example.uk",
            "x@mail.example-works.test",
            "x@mail.examples",
            "a.x@mail.example",
            "a+x@mail.example",
        ] {
            assert!(!traces.are_in(other), "{other}");
        }
        for theirs in [
            "x@mail.example.",
            "<x@mail.example>",
            "x@mail.example-",
            "bounce+x=mail.example@list.test",
        ] {
            assert!(traces.are_in(theirs), "{theirs}");
        }
    }

    #[test]
    fn parts_of_a_name_are_known_where_few_are_spoken_of() {
        let mut mark = Traces::default();
        mark.name_in_parts("Mark Woods", &HashSet::from(["lee".to_owned()]));
        assert_eq!(
            mark.taken_from("Yes to Mark, MARK or woods").unwrap(),
            "Yes to [erased] or [erased]"
        );
        assert!(!mark.are_in("a mark in the wood"));
        let mut ann = Traces::default();
        ann.name_in_parts("Ann Lee", &HashSet::from(["lee".to_owned()]));
        assert!(ann.are_in("Ann") && !ann.are_in("Bruce Lee"));
    }

    #[test]
    fn a_name_is_known_however_it_is_spelt() {
        let mut traces = Traces::default();
        for name in ["Ana Kovač", "Jürgen Groß-Ødegård", "Maria de Souza"] {
            traces.name(name);
            traces.name_in_parts(name, &HashSet::from(["maria".to_owned()]));
        }
        for (text, left) in [
            ("Ana Kovac, KOVAC ANA, kovac", "[erased]"),
            ("anakovac.pdf", "[erased].pdf"),
            ("Ana%20Kova%C4%8D", "[erased]"),
            ("Juergen Gross-Oedegaard, Jurgen", "[erased]"),
            ("Hr. Ødegaard", "Hr. [erased]"),
            ("Ms Souza de facto", "Ms [erased] de facto"),
        ] {
            let kept = traces.taken_from(text).unwrap_or_else(|| text.to_owned());
            assert_eq!(kept, left, "{text}");
        }
        for other in ["Maria said no", "an analyst", "the kovacs family", "Jorge"] {
            assert!(!traces.are_in(other), "{other}");
        }
    }

    #[test]
    fn the_name_of_a_file_goes_as_a_whole() {
        let mut traces = Traces::default();
        traces.name("Ana Kovač");
        for (file, is_hers) in [
            ("Ana Kovac CV.pdf", true),
            ("AnaKovacCV.pdf", true),
            ("cv.pdf", false),
            ("Ana_CV.pdf", false),
        ] {
            assert_eq!(traces.name_file(file), is_hers, "{file}");
        }
        traces.file("Ana Kovac CV.pdf");
        traces.file("AnaKovacCV.pdf");
        for (text, left) in [
            ("CV Ana Kovac CV.pdf", "CV [erased]"),
            ("CV: Ana_Kova%C4%8D_CV.pdf.", "CV: [erased]."),
            ("AnaKovacCV.pdf and Ben Okafor CV.pdf", "[erased] and Ben Okafor CV.pdf"),
        ] {
            assert_eq!(traces.taken_from(text).as_deref(), Some(left));
        }
        traces.name_in_parts("Ana Kovač", &HashSet::new());
        assert!(traces.name_file("Ana_CV.pdf"));
    }

    #[test]
    fn what_many_say_is_a_trace_only_where_somebody_is_spoken_of() {
        let said = "Sounds good to me, and my quetzal is at the vet on Monday.";
        let (mut near, mut far) = (Traces::default(), Traces::far());
        near.text(said);
        far.text(said);
        assert!(near.are_in("that sounds good to me") && !far.are_in("that sounds good to me"));
        assert!(far.are_in("> sounds good to me, and\n> my quetzal is at the vet on Monday"));
    }

    #[test]
    fn what_others_wrote_as_well_tells_of_nobody() {
        let mut traces = Traces::default();
        traces.text("When can you meet the client? Tuesday at nine suits me very well.");
        traces.but_not("When can you meet the client?");
        assert!(!traces.are_in("When can you meet the client?") && traces.are_in("tuesday at nine suits"));
    }
}
