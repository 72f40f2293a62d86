//! What the phrases of the tables are about.

use crate::model::{Decision, Reason};

/// What a phrase is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A decision, and how much the words carry.
    Decide(Decision, Strength),
    /// A reason, and how much the words carry: "too junior" is a verdict, "a bit junior" is not, and "I know her from Leeds" says why
    /// beside a no and nothing without one.
    Because(Reason, Strength),
    /// A reason only where we had asked for one: "salary".
    Bare(Reason),
    /// Holds words of another class and means nothing: "no problem".
    Noise,
    /// Kind words without a verdict.
    Praise,
    /// What a candidate does who is of use: nothing by itself, and a verdict behind "none of them".
    Fits,
    /// "unfortunately", "afraid".
    Regret,
    /// Thanks.
    Thanks,
    /// A negation on its own.
    Not,
    /// A word for trouble: "concern", "gap".
    Worry,
    /// What became of the role decides about everybody: "the position has been filled".
    Role(Decision),
    /// A contrast: "but", "however".
    But,
    /// Opens a condition.
    If,
    /// The other branch of a condition: "if not", "otherwise".
    Else,
    /// Says among whom somebody is chosen: "of the three".
    Among,
    /// Words of the writer's own house inside a condition: "if my boss agrees".
    Own,
    /// Takes the strength from a decision: "probably".
    Unsure,
    /// Takes back what was said: "scratch that".
    Correct,
    /// Opens a question.
    Asks,
    /// Wants a document.
    Wants,
    /// Says when they can: "I'm around most of the week".
    Free,
    /// Is not content with us.
    Complaint,
    /// Other business, wherever it stands: an invoice, another vacancy.
    Business,
    /// Passes it on to a colleague.
    Forward,
    /// Comes back on their own.
    Later,
    /// No more mail.
    Stop,
    /// Somebody else decides.
    Wrong,
    /// "Grace too".
    Same,
    /// "just", "only", in front of a name.
    Only,
    /// Yes to a question of ours.
    Yes,
    /// No to a question of ours.
    No,
    /// A word that says nothing here.
    Filler,
    /// Opens a letter.
    Greeting,
    /// Closes a letter.
    SignOff,
    /// A set of candidates.
    Set(Set),
    /// "but", "except" between a set and a name.
    Except,
    /// Puts one candidate before another: "rather than", "over".
    Over,
    /// Opens a comparison: "I prefer Isla to Ewan".
    Prefer,
    /// A condition that is a verdict: "only if she comes down to 60".
    OnlyIf,
    /// A day or a part of one.
    Time,
    /// Opens other business: "by the way".
    Aside,
    /// Speaks of somebody else, or of another time: "the person you sent in spring".
    Elsewhere,
    /// A noun for a candidate: "developer", "one".
    Person,
    /// A place that can be taken apart in so many ways that it was not read to the end; stands in no table.
    Lost,
}

impl Class {
    /// The class of a section of a table, by its title.
    pub(super) fn named(section: &str) -> Option<Self> {
        let (word, detail) = section.split_once(' ').unwrap_or((section, ""));
        let number = || detail.parse::<usize>().ok();
        Some(match word {
            "interested" | "maybe" | "pass" => Self::Decide(word.parse().ok()?, Strength::named(detail)?),
            "reason" => {
                let (reason, strength) = detail.split_once(' ').unwrap_or((detail, ""));
                Self::Because(reason.parse().ok()?, Strength::named(strength)?)
            }
            "bare" => Self::Bare(detail.parse().ok()?),
            "noise" => Self::Noise,
            "praise" => Self::Praise,
            "fits" => Self::Fits,
            "regret" => Self::Regret,
            "thanks" => Self::Thanks,
            "not" => Self::Not,
            "but" => Self::But,
            "if" => Self::If,
            "else" => Self::Else,
            "among" => Self::Among,
            "own" => Self::Own,
            "unsure" => Self::Unsure,
            "correct" => Self::Correct,
            "asks" => Self::Asks,
            "wants" => Self::Wants,
            "free" => Self::Free,
            "complaint" => Self::Complaint,
            "business" => Self::Business,
            "forward" => Self::Forward,
            "later" => Self::Later,
            "worry" => Self::Worry,
            "role" => Self::Role(detail.parse().ok()?),
            "stop" => Self::Stop,
            "wrong" => Self::Wrong,
            "same" => Self::Same,
            "only" => Self::Only,
            "yes" => Self::Yes,
            "no" => Self::No,
            "filler" => Self::Filler,
            "greeting" => Self::Greeting,
            "signoff" => Self::SignOff,
            "all" => Self::Set(Set::All),
            "count" => Self::Set(Set::Count(number()?)),
            "none" => Self::Set(Set::None),
            "neither" => Self::Set(Set::Neither),
            "rest" => Self::Set(Set::Rest(number())),
            "nth" => Self::Set(Set::Nth(number()?)),
            "oftwo" => Self::Set(Set::OfTwo(number()?)),
            "first" => Self::Set(Set::First(number()?)),
            "final" => Self::Set(Set::Final(number()?)),
            "last" => Self::Set(Set::Last),
            "some" => Self::Set(Set::Some),
            "except" => Self::Except,
            "over" => Self::Over,
            "prefer" => Self::Prefer,
            "onlyif" => Self::OnlyIf,
            "time" => Self::Time,
            "aside" => Self::Aside,
            "elsewhere" => Self::Elsewhere,
            "person" => Self::Person,
            _ => return None,
        })
    }

    /// Its name, without the details.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Decide(decision, _) => decision.name(),
            Self::Because(_, Strength::Strong) => "reason",
            Self::Because(_, Strength::Weak | Strength::Faint) => "half_a_reason",
            Self::Bare(_) => "bare",
            Self::Noise => "noise",
            Self::Praise => "praise",
            Self::Fits => "fits",
            Self::Regret => "regret",
            Self::Thanks => "thanks",
            Self::Not => "not",
            Self::Worry => "worry",
            Self::Role(_) => "role",
            Self::But => "but",
            Self::If => "if",
            Self::Else => "else",
            Self::Among => "among",
            Self::Own => "own",
            Self::Unsure => "unsure",
            Self::Correct => "correct",
            Self::Asks => "asks",
            Self::Wants => "wants",
            Self::Free => "free",
            Self::Complaint => "complaint",
            Self::Business => "business",
            Self::Forward => "forward",
            Self::Later => "later",
            Self::Stop => "stop",
            Self::Wrong => "wrong",
            Self::Same => "same",
            Self::Only => "only",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Filler => "filler",
            Self::Greeting => "greeting",
            Self::SignOff => "signoff",
            Self::Set(_) => "set",
            Self::Except => "except",
            Self::Over => "over",
            Self::Prefer => "prefer",
            Self::OnlyIf => "onlyif",
            Self::Time => "time",
            Self::Aside => "aside",
            Self::Elsewhere => "elsewhere",
            Self::Person => "person",
            Self::Lost => "lost",
        }
    }

    /// The decision, when it is one.
    pub(super) const fn decision(self) -> Option<(Decision, Strength)> {
        if let Self::Decide(decision, strength) = self {
            Some((decision, strength))
        } else {
            None
        }
    }

    /// The reason, when it is one; a bare word only where one was asked for.
    pub(super) const fn reason(self, asked_why: bool) -> Option<Reason> {
        if let Self::Because(reason, _) = self {
            Some(reason)
        } else if let (Self::Bare(reason), true) = (self, asked_why) {
            Some(reason)
        } else if matches!(self, Self::Role(_)) && asked_why {
            Some(Reason::RoleChanged)
        } else {
            None
        }
    }
}

/// How much the words of a decision carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Says little: "ok". Gives way to anything else.
    Faint,
    /// Could mean it: to be asked about.
    Weak,
    /// Can be acted on.
    Strong,
}

impl Strength {
    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Faint => "faint",
            Self::Weak => "weak",
            Self::Strong => "strong",
        }
    }

    fn named(detail: &str) -> Option<Self> {
        match detail {
            "" => Some(Self::Strong),
            "weak" => Some(Self::Weak),
            "faint" => Some(Self::Faint),
            _ => None,
        }
    }
}

/// Candidates meant without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// All of them.
    All,
    /// All of two, or all of three.
    Count(usize),
    /// None of them: also a pass.
    None,
    /// None of two.
    Neither,
    /// Those not spoken of; how many, when said.
    Rest(Option<usize>),
    /// By order, from 1.
    Nth(usize),
    /// By order, only when there are two.
    OfTwo(usize),
    /// So many from the top of the letter.
    First(usize),
    /// So many at its end.
    Final(usize),
    /// The last in the letter.
    Last,
    /// Somebody, but nobody can tell who: "one of them".
    Some,
}
