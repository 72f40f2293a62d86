//! Whether what was read is done, or put to the recruiter first.
//!
//! In: orders, and the sentences they were read in. Out: the same; those that weigh and rest on words with less than full sureness are proposed.
//! Never here: what is ordered.

use super::people::named;
use super::reader::{Draft, Reader, What};
use super::settle::{is_said_again, whose};
use super::{Decision, Mention, Order, Orders, Wish, about, table};

/// An order, with the sentence it was read in and what was read there.
struct Read<'r> {
    order: &'r Order,
    number: usize,
    draft: Option<&'r Draft>,
    drafts: &'r [Draft],
    /// Sentences of which something is asked.
    asks: &'r [usize],
    /// An hour stands in the mail that no order begins or ends with.
    hours_left: bool,
}

/// Whether it leaves a doubt on an order.
type Doubt = fn(&Reader<'_>, &Read<'_>) -> bool;

/// What leaves a doubt.
const DOUBTS: [(&str, Doubt); 15] = [
    ("half_read", |reader, _| reader.is_half_read()),
    ("aloud", |reader, read| {
        let aloud = |number: &usize| reader.says(*number, "aloud");
        let mut lines = (0..reader.lines.len()).filter(aloud);
        lines.any(|number| number == read.number || decides(read.order) && !reader.is_of_others(number, read.order))
    }),
    ("wavers", |reader, read| reader.wavering.contains(&read.number)),
    ("indirect", |reader, read| {
        read.draft.is_some_and(|draft| draft.indirect && reader.is_swayed(draft))
            && !read
                .drafts
                .iter()
                .any(|draft| !draft.indirect && decides_so(reader, draft, read.order))
    }),
    ("otherwise", |_, read| decides(read.order) && read.draft.is_none()),
    ("beside", |_, read| {
        let asked = |draft: &&Draft| draft.line == read.number && draft.what == What::Ask;
        read.drafts.iter().filter(asked).any(|draft| !is_said_again(draft, read.drafts))
    }),
    ("runs", |reader, read| {
        !read.asks.is_empty() && reader.lines.get(read.number).is_some_and(|line| line.runs_on)
    }),
    ("put_off", |reader, read| {
        decides(read.order) && reader.is_put_off(read.order) && !reader.only_wavers(read)
    }),
    ("asked", |reader, read| {
        read.asks.iter().any(|line| !reader.is_of_others(*line, read.order))
    }),
    ("turns", |reader, read| decides(read.order) && reader.says(read.number, "turns")),
    ("turns_from_yes", |reader, read| {
        decides(read.order) && !passes(read.order) && reader.says(read.number, "turns_from_yes")
    }),
    ("sought", |reader, read| {
        matches!(read.order.wish, Wish::CallOff(_)) && (0..reader.lines.len()).any(|number| reader.says(number, "sought"))
    }),
    ("stays", |reader, read| {
        let stays = |number: usize| reader.says(number, "stays") && !reader.is_of_others(number, read.order);
        matches!(read.order.wish, Wish::Withdraw(_)) && (0..reader.lines.len()).any(stays)
    }),
    ("hours", |_, read| read.hours_left && is_of_times(read.order)),
    ("busy", |reader, read| {
        matches!(read.order.wish, Wish::Times { .. }) && reader.says(read.number, "busy")
    }),
];

impl Reader<'_> {
    /// What others hear of, or what changes an agreed time, wants clear words.
    pub(super) fn unsure_are_proposed(&self, out: &mut Orders, drafts: &[Draft]) {
        let orders = std::mem::take(&mut out.orders);
        let asks: Vec<usize> = out.unread.iter().map(|words| self.line_at(words.range.start)).collect();
        let hours_left = self.leaves_hours(&orders);
        for order in orders {
            let at = order.words.range.clone();
            let of_order = |draft: &&Draft| draft.bytes == at && says(self, draft, &order);
            let read = Read {
                order: &order,
                number: self.line_at(at.start),
                draft: drafts.iter().find(of_order),
                drafts,
                asks: &asks,
                hours_left,
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

    /// "Siti is a maybe, they discuss it first": what puts it off is why it is none.
    fn only_wavers(&self, read: &Read<'_>) -> bool {
        let maybe = matches!(
            read.order.wish,
            Wish::Decide {
                decision: Decision::Maybe,
                ..
            }
        );
        maybe && self.holds_for.len() == self.put_off_lines.len() && self.put_off_lines.iter().all(|line| *line == read.number)
    }

    /// What is asked there is about other candidates, by name.
    fn is_of_others(&self, number: usize, order: &Order) -> bool {
        let at = self
            .asked
            .candidates
            .iter()
            .position(|one| Some(one.submission) == whose(&order.wish));
        let (Some(at), Some(line)) = (at, self.lines.get(number)) else {
            return false;
        };
        let own = self
            .asked
            .candidates
            .get(at)
            .map(|one| about::folded(&one.name))
            .unwrap_or_default();
        let is_own = |one: &Mention| {
            let mut words = self.all.get(one.tokens.clone()).unwrap_or_default().iter();
            named(std::slice::from_ref(one), &one.tokens).contains(&at) || words.any(|word| own.iter().any(|name| *name == *word.fold))
        };
        !line.mentions.is_empty() && !line.mentions.iter().any(is_own)
    }

    /// Words beside it, or the sentence that goes on about the same, may turn it.
    fn is_swayed(&self, draft: &Draft) -> bool {
        let own = about::folded(self.text.get(draft.bytes.clone()).unwrap_or_default()).join(" ");
        let next = self.lines.get(draft.line + 1).filter(|line| line.mentions.is_empty());
        table::is("sways", &own) || next.is_some_and(|line| table::is("sways", &line.written.text))
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

/// The draft says of this candidate what the order does.
fn decides_so(reader: &Reader<'_>, draft: &Draft, order: &Order) -> bool {
    let same = matches!((&draft.what, &order.wish), (What::Told(_, told), Wish::Decide { decision, .. }) if told == decision);
    same && says(reader, draft, order)
}

const fn passes(order: &Order) -> bool {
    matches!(
        order.wish,
        Wish::Decide {
            decision: Decision::Pass,
            ..
        }
    )
}

const fn is_of_times(order: &Order) -> bool {
    matches!(order.wish, Wish::Times { .. } | Wish::Book { .. } | Wish::Move { .. })
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
