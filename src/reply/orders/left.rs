//! What of a mail was not understood and is asked.
//!
//! In: what was read. Out: the sentences to ask about, as written. Never here: an order.

use super::line::Line;
use super::people::{bytes, named};
use super::reader::Reader;
use super::settle::{unread, whose};
use super::{Order, Orders, Wish, reported, table};

impl Reader<'_> {
    /// Candidates who were named and of whom nothing was understood are asked about; so is a mail of which nothing was.
    pub(super) fn left(&self, out: &mut Orders) {
        let is_served = |at: usize| {
            let id = self.asked.candidates.get(at).map(|one| one.submission);
            self.served.contains(&at)
                || out
                    .orders
                    .iter()
                    .any(|order| whose(&order.wish).is_some() && whose(&order.wish) == id)
        };
        let nothing = out.orders.is_empty() && out.unread.is_empty();
        let of_body = |line: &Line| bytes(&self.all, &line.tokens).start >= self.head;
        let body = self.lines.iter().any(of_body);
        let informs = |order: &Order| matches!(order.wish, Wish::Status | Wish::Timeline | Wish::Report(_) | Wish::Help);
        let informs = !nothing && out.orders.iter().all(informs);
        let silent: Vec<usize> = (0..self.lines.len())
            .filter(|number| {
                let Some(line) = self.lines.get(*number) else { return false };
                // A title says what a mail is about; why something is to be shown is no order.
                if body && !of_body(line) || informs && table::is("why_shown", &line.written.text) {
                    return false;
                }
                let stranger = named(&line.mentions, &line.tokens).into_iter().any(|at| !is_served(at));
                let unclear = line.mentions.iter().any(|one| one.who == super::super::who::Who::Unclear);
                // "Can you change it please?", of what was just read.
                let done = !nothing && table::is("do_it", &line.written.text);
                let wants = line.asks
                    && !done
                    && (!line.used && table::is("wants", &line.written.text) || nothing && table::is("wants_advice", &line.written.text));
                let of_interview = !line.used && line.written.text.contains('~') && table::is("of_interview", &line.written.text);
                // "Piet goes early, I think she said Tuesday": what is only thought of somebody's time.
                let thought = !line.mentions.is_empty() && line.written.text.contains('~') && table::is("aloud", &line.written.text);
                stranger || unclear || wants || of_interview || thought
            })
            .collect();
        let idle = self.holds || !self.agreed && self.lines.iter().all(|line| line.used || table::is("courtesy", &line.written.text));
        let planned = |number: usize| self.lines.get(number).is_some_and(|line| table::is("own_plan", &line.written.text));
        let hours = self.holds && (0..self.lines.len()).any(|number| self.has_hour(number) && !planned(number));
        if nothing && !hours && (idle || reported::is_small_talk(self)) && silent.is_empty() {
            return;
        }
        if nothing && self.leaves && silent.is_empty() {
            return;
        }
        if nothing && !self.holds && self.only_thanks() {
            return;
        }
        // Whoever takes something back tells why.
        let undone = out.orders.iter().any(|order| order.wish == Wish::Undo);
        if !(nothing && self.holds || undone) {
            let of_several = self.asked.candidates.len() > 1 || nothing;
            for number in silent.into_iter().filter(|_| of_several) {
                unread(out, self.line_words(number));
            }
        }
        if out.orders.is_empty() && out.unread.is_empty() && (!self.holds || hours) {
            let last = self.lines.last().map_or(0..0, |line| line.tokens.clone());
            let whole = 0..bytes(&self.all, &last).end;
            unread(out, self.words(&whole));
        }
    }

    /// Thanks, with nothing but chatter around them.
    fn only_thanks(&self) -> bool {
        let thanked = self.lines.iter().any(|line| table::is("thanked", &line.written.text));
        thanked && self.lines.iter().all(|line| line.used || line.is_chatter())
    }

    /// Nothing was made of a sentence that may steer.
    pub(super) fn is_half_read(&self) -> bool {
        self.lines.iter().any(|line| {
            let of_body = bytes(&self.all, &line.tokens).start >= self.head;
            // Whoever is named there is asked about.
            of_body && !line.used && line.mentions.is_empty() && line.may_steer()
        })
    }
}

impl Line {
    /// It speaks of nobody, of no time, and asks for nothing.
    fn is_chatter(&self) -> bool {
        let text = self.written.text.as_str();
        let wants = text.starts_with("please ") || self.asks && table::is("wants_something", text);
        !text.contains(['@', '&', '#', '~', '<']) && !self.may_steer() && !wants
    }

    /// It says more than chatter does: somebody, a time, or a word that steers.
    pub(super) fn may_steer(&self) -> bool {
        let text = self.written.text.as_str();
        !table::is("courtesy", text) && table::is("steers", text) && !table::is("harmless_steer", text)
    }
}
