//! Whether what was read is done, or put to the recruiter first.
//!
//! In: orders, and the sentences they were read in. Out: the same; those that weigh and rest on words with less than full sureness are proposed.
//! Never here: what is ordered.

use super::line::Line;
use super::reader::Reader;
use super::{Orders, Wish, table};

impl Reader<'_> {
    /// What others hear of, or what changes an agreed time, wants clear words.
    pub(super) fn unsure_are_proposed(&self, out: &mut Orders) {
        let aloud = self.lines.iter().any(|line| table::is("aloud", &line.written.text));
        let orders = std::mem::take(&mut out.orders);
        for order in orders {
            let number = self.line_at(order.words.range.start);
            let sure = !weighs(&order.wish) || !aloud && self.is_plain(number);
            if sure { out.orders.push(order) } else { out.proposed.push(order) }
        }
    }

    /// The sentence that holds this byte.
    fn line_at(&self, at: usize) -> usize {
        let begins = |line: &&Line| self.all.get(line.tokens.start).is_some_and(|token| token.range.start <= at);
        self.lines.iter().take_while(begins).count().saturating_sub(1)
    }

    fn is_plain(&self, number: usize) -> bool {
        !self.wavering.contains(&number)
    }
}

/// Others are written to because of it, or an agreed time changes.
const fn weighs(wish: &Wish) -> bool {
    matches!(
        wish,
        Wish::Decide { .. }
            | Wish::Times { .. }
            | Wish::Book { .. }
            | Wish::Move { .. }
            | Wish::CallOff(_)
            | Wish::Withdraw(_)
            | Wish::Readdress { .. }
    )
}
