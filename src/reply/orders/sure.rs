//! Whether what was read is done, or put to the recruiter first.
//!
//! In: orders, and the sentences they were read in. Out: the same; those that weigh and rest on words with less than full sureness are proposed.
//! Never here: what is ordered.

use super::reader::{Draft, Reader, What};
use super::settle::whose;
use super::{Order, Orders, Wish, table};

/// An order, with the sentence it was read in and what was read there.
struct Read<'r> {
    order: &'r Order,
    number: usize,
    draft: Option<&'r Draft>,
    drafts: &'r [Draft],
    asks: bool,
}

/// Whether it leaves a doubt on an order.
type Doubt = fn(&Reader<'_>, &Read<'_>) -> bool;

/// What leaves a doubt.
const DOUBTS: [(&str, Doubt); 11] = [
    ("half_read", |reader, _| reader.is_half_read()),
    ("aloud", |reader, _| {
        reader.lines.iter().any(|line| table::is("aloud", &line.written.text))
    }),
    ("wavers", |reader, read| reader.wavering.contains(&read.number)),
    ("indirect", |_, read| read.draft.is_some_and(|draft| draft.indirect)),
    ("otherwise", |_, read| decides(read.order) && read.draft.is_none()),
    ("beside", |_, read| {
        read.drafts.iter().any(|draft| draft.line == read.number && draft.what == What::Ask)
    }),
    ("runs", |reader, read| {
        read.asks && reader.lines.get(read.number).is_some_and(|line| line.runs_on)
    }),
    ("put_off", |reader, read| decides(read.order) && reader.is_put_off(read.order)),
    ("asked", |_, read| read.asks),
    ("turns", |reader, read| decides(read.order) && reader.says(read.number, "turns")),
    ("busy", |reader, read| {
        matches!(read.order.wish, Wish::Times { .. }) && reader.says(read.number, "busy")
    }),
];

impl Reader<'_> {
    /// What others hear of, or what changes an agreed time, wants clear words.
    pub(super) fn unsure_are_proposed(&self, out: &mut Orders, drafts: &[Draft]) {
        let orders = std::mem::take(&mut out.orders);
        for order in orders {
            let at = order.words.range.clone();
            let of_order = |draft: &&Draft| draft.bytes == at && says(self, draft, &order);
            let read = Read {
                order: &order,
                number: self.line_at(at.start),
                draft: drafts.iter().find(of_order),
                drafts,
                asks: !out.unread.is_empty(),
            };
            let doubtful = if weighs(&order.wish) {
                DOUBTS.iter().any(|(_, doubt)| doubt(self, &read))
            } else {
                acts(&order.wish) && self.is_half_read()
            };
            if doubtful {
                out.proposed.push(order)
            } else {
                out.orders.push(order)
            }
        }
    }

    /// Nothing is to be done yet, for nobody in particular or for whom the order is about.
    fn is_put_off(&self, order: &Order) -> bool {
        let at = self.asked.candidates.iter().position(|one| Some(one.submission) == whose(&order.wish));
        self.holds && (self.holds_for.is_empty() || self.holds_for.iter().any(|one| one.is_none() || *one == at))
    }

    fn says(&self, number: usize, section: &str) -> bool {
        self.lines.get(number).is_some_and(|line| table::is(section, &line.written.text))
    }

    /// The sentence that holds this byte.
    fn line_at(&self, at: usize) -> usize {
        let begins = |tokens: &std::ops::Range<usize>| self.all.get(tokens.start).is_some_and(|token| token.range.start <= at);
        self.lines.iter().take_while(|line| begins(&line.tokens)).count().saturating_sub(1)
    }
}

/// The order was made of this draft.
fn says(reader: &Reader<'_>, draft: &Draft, order: &Order) -> bool {
    match &draft.what {
        What::Told(who, _) => who
            .iter()
            .filter_map(|at| reader.id(*at).ok())
            .any(|id| whose(&order.wish) == Some(id)),
        What::Do(_) | What::BookAt(_) => true,
        What::Loose(_) | What::Ask => false,
    }
}

const fn decides(order: &Order) -> bool {
    matches!(order.wish, Wish::Decide { .. })
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

/// Something is sent, shown or set going because of it.
const fn acts(wish: &Wish) -> bool {
    matches!(
        wish,
        Wish::Release | Wish::Note(_) | Wish::Report(_) | Wish::Timeline | Wish::Status | Wish::Resend(_)
    )
}
