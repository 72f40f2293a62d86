//! Whether words that order or tell something do so where they stand.
//!
//! In: a hit of the tables and its sentence. Out: whether it is to be read, asked about, or says nothing. Never here: what is ordered.

use super::kind::Kind;
use super::line::{Hit, Line, behind};
use super::people::bytes;
use super::plain;
use super::reader::Reader;
use super::{Decision, about, table};

/// What is to be made of a hit.
pub(super) enum Judged {
    /// Nothing at all.
    Nothing,
    /// What nothing is done for.
    Idle,
    /// Nothing; whoever is named there was spoken of.
    Served,
    /// It must be asked.
    Ask,
    /// It is said that this is not to be done.
    Refused,
    /// It does not hold where it stands: a question, a quotation, a condition.
    Void,
    /// It is read.
    Order {
        /// It asks whether this can be done.
        proposed: bool,
        /// One of two is meant.
        either: bool,
    },
}

/// A hit with the words around it.
struct Around<'l> {
    line: &'l Line,
    hit: &'l Hit,
    whole: &'l str,
    before: &'l str,
    after: &'l str,
    /// All that stands behind it.
    rest: &'l str,
}

impl Reader<'_> {
    pub(super) fn judge(&self, number: usize, hit: &Hit) -> Judged {
        let Some(line) = self.lines.get(number) else {
            return Judged::Nothing;
        };
        let around = Around {
            line,
            hit,
            whole: line.written.text.get(hit.at.clone()).unwrap_or_default(),
            before: line.written.text.get(..hit.at.start).unwrap_or_default(),
            after: behind(line, hit),
            rest: line.written.text.get(hit.at.end..hit.reach.end).unwrap_or_default(),
        };
        let own = self.text.get(bytes(&self.all, &hit.own)).unwrap_or_default();
        // "He rang at eight"
        let of_call = table::is("called_at", &about::folded(own).join(" "));
        if let Some(judged) = around.other_than_it_seems(plain::has_hour(own, self.asked.today) && !of_call) {
            return judged;
        }
        // "Can he come at 10 instead? I've asked him, yes.": a yes to that.
        let before = number.checked_sub(1).and_then(|before| self.lines.get(before));
        let hour = number.checked_sub(1).is_some_and(|before| self.has_hour(before));
        let hour_before = || hour || before.is_some_and(|before| table::is("asks_whether", &before.written.text));
        let of_person = table::is("of_person", around.whole);
        if matches!(hit.kind, Kind::Bare(_)) && !of_person && line.under.is_none() && hour_before() {
            return Judged::Ask;
        }
        let done = self.done.filter(|(line, _)| *line == number).map_or(0, |(_, end)| end);
        let clause = around.before.get(done..).unwrap_or(around.before);
        let clause = clause.rsplit([',', '(', '.', ':', '>']).next().unwrap_or_default();
        let clause = own_clause(clause, hit.kind);
        let negated = table::is("negated", clause);
        let asks_you = || around.whole.starts_with("you ") && table::is("asks_you", around.before);
        let request = (table::is("request_before", around.before) || asks_you()) && !negated;
        let tagged = || hit.kind.decision().is_none() && table::is("tag", &line.written.text);
        let asked = line.asks && !hit.kind.may_ask() && !request && !table::is("request_itself", around.whole) && !tagged();
        let asked_for = hit.kind.may_ask() && table::is("asked_for", clause);
        let wanted = request || asked_for || table::is("wanted_before", clause) && !negated;
        let void = asked || around.is_quoted() || self.is_bound(&around) || !wanted && table::is_void(clause, around.whole, hit.kind);
        if void {
            // "… he said "I got it the first time"": their own words hand nothing over.
            if matches!(hit.kind, Kind::Take | Kind::Release) && around.is_quoted() {
                return Judged::Served;
            }
            // "If she's silent by Friday I'll take it over": what they will do themselves.
            if matches!(hit.kind, Kind::Take | Kind::Release) && table::is("own_if", &line.written.text) {
                return Judged::Idle;
            }
            return if table::is("refused", clause) {
                Judged::Refused
            } else {
                Judged::Void
            };
        }
        let written = line.written.text.as_str();
        Judged::Order {
            proposed: line.asks && table::is("proposal", written) && !table::is("polite", written),
            either: written.get(hit.reach.clone()).is_some_and(|reach| table::is("either", reach)),
        }
    }

    /// What a pattern stands for, where that hangs on what is booked or on its own words.
    pub(super) fn kind_of(&self, kind: Kind, written: &str) -> Kind {
        let nothing_booked = || self.booked_places().is_empty();
        match kind {
            // "Chloe has Wednesday 8-12" moves nothing where nothing is booked, "set the interview with Ana on Thursday" books it.
            Kind::Move if table::is("may_offer", written) && nothing_booked() => Kind::Times,
            Kind::Move if table::is("may_book", written) && written.contains('~') && nothing_booked() => Kind::Book,
            Kind::Move if table::is("not_held", written) && self.is_called_off() => Kind::Cancel,
            Kind::Times if table::is("wants_them", written) => Kind::Told(Decision::Interested),
            Kind::Note if table::is("note_of_times", written) => Kind::Times,
            // "He's ok with Tuesday 9 to 12": offered, where nothing is booked or to be booked.
            Kind::Agreed if table::is("suits_offered", written) && self.desk.of.is_some() && nothing_booked() && !self.books() => {
                Kind::Times
            }
            Kind::Note if table::is("log_of_batch", written) => Kind::Timeline,
            Kind::Request if table::is("asks_new_times", written) && !nothing_booked() => Kind::Move,
            Kind::Book if table::is("new_times", written) && !nothing_booked() => Kind::Move,
            _ => kind,
        }
    }

    fn books(&self) -> bool {
        self.lines.iter().any(|line| table::is("books", &line.written.text))
    }

    /// "Her interview can't happen, tell them it's cancelled."
    fn is_called_off(&self) -> bool {
        self.lines.iter().any(|line| table::is("is_cancelled", &line.written.text))
    }

    /// It holds only under a condition, or says more than an answer.
    fn is_bound(&self, around: &Around<'_>) -> bool {
        let Around { line, hit, after, .. } = around;
        let own = self.text.get(bytes(&self.all, &hit.on)).unwrap_or_default();
        let hours = after.contains('~') && own.contains(|c: char| c.is_ascii_digit());
        let wanted = hit.kind.decision() == Some(Decision::Interested);
        let reach = line.written.text.get(hit.at.end..hit.reach.end).unwrap_or_default();
        let only = of_interview(hit.kind) && table::is("only_if", reach) && !table::is("harmless_if", reach);
        let told = hit.kind.decision().is_some();
        only || told && (table::is("condition", after) || wanted && hours) || table::is("conditional", &line.written.text)
    }
}

impl Around<'_> {
    /// Words that are something else in this place.
    fn other_than_it_seems(&self, hour: bool) -> Option<Judged> {
        let (whole, before, kind) = (self.whole, self.before, self.hit.kind);
        let beside_time = || self.line.under.is_none() && self.line.written.signs("~").next().is_some();
        let else_withdrawn = || table::is("withdraws_else", self.after) && !table::is("withdraws_from", self.after);
        match kind {
            // "She doesn't think he fits": the client's view is no guess of the recruiter's.
            Kind::Hold if table::is("their_view", before) && table::is("thinks", whole) || table::is("no_hold", whole) => {
                Some(Judged::Nothing)
            }
            Kind::Times if table::is("away", self.after) => Some(Judged::Served),
            // "He'll send you his times tonight"
            Kind::Times if table::is("tells_later", before) => Some(Judged::Idle),
            // "I first thought, wait until Thursday, but …"
            _ if table::is("thought_first", before) => Some(Judged::Served),
            // "I am content for the rest to proceed as usual": nobody is told to.
            Kind::Release if table::is("goes_on", whole) && table::is("driver", before) => Some(Judged::Nothing),
            // "The interview of Ana is on Wednesday": no offer.
            Kind::Times if table::is("of_interview_with", before) && !whole.starts_with('~') => Some(Judged::Ask),
            // "She called over lunch"
            Kind::Times if table::is("called_then", whole) && !hour => Some(Judged::Nothing),
            _ if kind.is_idle() => Some(Judged::Idle),
            // "Yes, Tuesday": what stands beside a time is about the time.
            Kind::Bare(_) if beside_time() => Some(Judged::Nothing),
            // "Dvae - pass": somebody whose name was not known.
            Kind::Bare(_) if table::is("other_head", before) => Some(Judged::Ask),
            // "Lucy said yes!": to what?
            Kind::Bare(_) if table::is("own_words", before.trim_end()) => Some(Judged::Ask),
            // "Against a move", "my mother's move": no order.
            Kind::Move if !whole.contains(['@', '~']) && table::is("noun_before", before.trim_end()) => Some(Judged::Nothing),
            Kind::Move if !whole.contains(' ') && !table::is("orders_behind", before.trim_end()) => Some(Judged::Nothing),
            // "A small success to report"
            Kind::Report if whole.starts_with("report") && table::is("verb_before", before.trim_end()) => Some(Judged::Nothing),
            Kind::Address if table::is("elsewhere_reached", before) => Some(Judged::Nothing),
            Kind::Withdraw if ["withdrew", "interested"].iter().any(|word| whole.ends_with(word)) && else_withdrawn() => Some(Judged::Ask),
            // "She liked him, but …": no yes.
            Kind::Told(Decision::Interested) if table::is("mere_liking", whole) && table::is("but_then", self.rest) => {
                Some(Judged::Nothing)
            }
            // "No, he doesn't move to Hanoi": what others do not do is no order.
            _ if !self.is_told() && table::is("of_others", before) => Some(Judged::Served),
            _ => None,
        }
    }

    /// Somebody else's words may be told, but they are no order.
    fn is_quoted(&self) -> bool {
        !self.is_told() && self.before.matches(['"', '“', '”']).count() % 2 == 1
    }

    fn is_told(&self) -> bool {
        matches!(self.hit.kind, Kind::Withdraw | Kind::Times) || self.hit.kind.decision().is_some()
    }
}

/// "She is out and | call off her interview": a new order begins behind the "and", unless what governs it stands before.
fn own_clause(clause: &str, kind: Kind) -> &str {
    let begins = kind.decision().is_none() && table::is("and_then", clause.trim_end()) && !table::is("governs_on", clause);
    if begins { "" } else { clause }
}

/// An order that changes what was agreed with people.
const fn of_interview(kind: Kind) -> bool {
    matches!(kind, Kind::Book | Kind::Move | Kind::Cancel | Kind::Swap | Kind::Withdraw)
}
