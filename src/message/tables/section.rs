//! The sections of phrases in `words/*.txt`, each with its heading.

/// A section of the tables: phrases in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::message) enum Section {
    /// Beginnings of subjects of automatic replies.
    AutomaticSubject,
    /// Somebody is away.
    Away,
    /// Somebody has left for good.
    Gone,
    /// Somebody else is there instead.
    StandIn,
    /// Said by machines of their own mail.
    Machine,
    /// Said by ticket systems.
    Ticket,
    /// Whatever else stands in absence notices.
    Notice,
    /// Thanks for the mail that came.
    Thanks,
    /// Salutations.
    Greeting,
    /// What stands above a name.
    Closing,
    /// Beginnings of subjects of delivery reports.
    ReportSubject,
    /// First lines of delivery reports.
    Report,
    /// A letter is late.
    Delay,
    /// A letter is late, in a subject.
    DelaySubject,
    /// An address that does not exist.
    UnknownUser,
    /// Beginnings of subjects of read receipts.
    ReceiptSubject,
    /// A letter was read, or deleted unread.
    Receipt,
    /// Beginnings of subjects of recalls.
    RecallSubject,
    /// Somebody wants a message back.
    Recall,
    /// Somebody is to prove that they are a person.
    Challenge,
    /// A letter waits for that.
    Held,
    /// Somebody reacted to a letter.
    Reaction,
    /// Mail for many.
    Newsletter,
    /// Words of an answer.
    Answer,
    /// Words beside a day of coming back that say nothing else.
    Small,
    /// The end of a month.
    End,
    /// Units of time and other things that are counted.
    Unit,
    /// Words between a cue and its date.
    Article,
    /// The day after today.
    Tomorrow,
    /// The week after this one.
    NextWeek,
    /// The month after this one.
    NextMonth,
    /// Before a number of days, weeks or months that lie ahead.
    Ahead,
    /// Before a number of days, weeks or months that it lasts.
    Lasting,
}

/// Sections of phrases, with their headings.
pub(super) const SECTIONS: [(&str, Section); 33] = [
    ("automatic subject", Section::AutomaticSubject),
    ("away", Section::Away),
    ("gone", Section::Gone),
    ("stand in", Section::StandIn),
    ("machine", Section::Machine),
    ("ticket", Section::Ticket),
    ("notice", Section::Notice),
    ("thanks", Section::Thanks),
    ("greeting", Section::Greeting),
    ("closing", Section::Closing),
    ("report subject", Section::ReportSubject),
    ("report", Section::Report),
    ("delay", Section::Delay),
    ("delay subject", Section::DelaySubject),
    ("unknown user", Section::UnknownUser),
    ("receipt subject", Section::ReceiptSubject),
    ("receipt", Section::Receipt),
    ("recall subject", Section::RecallSubject),
    ("recall", Section::Recall),
    ("challenge", Section::Challenge),
    ("held", Section::Held),
    ("reaction", Section::Reaction),
    ("newsletter", Section::Newsletter),
    ("answer", Section::Answer),
    ("small", Section::Small),
    ("end", Section::End),
    ("unit", Section::Unit),
    ("article", Section::Article),
    ("tomorrow", Section::Tomorrow),
    ("next week", Section::NextWeek),
    ("next month", Section::NextMonth),
    ("ahead", Section::Ahead),
    ("lasting", Section::Lasting),
];
